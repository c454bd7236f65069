//! What the answers say, in one vocabulary for three clouds. The vendor's own words are kept beside it.

use crate::base::credentials::Credentials;
use crate::base::json::{Object, list, ordered, texts};
use crate::base::names::distinct;
use crate::base::record::Params;
use crate::base::time::Millis;
use crate::base::value::Value;
use crate::base::words::words;

/// A successful answer, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The id to quote to the vendor's support.
    pub request_id: Option<String>,
    /// The answer in the vocabulary of this crate.
    pub facts: Facts,
    /// The vendor's result object, complete and under its own names; null where it would show a secret.
    pub data: Value,
}

impl Reply {
    /// Takes no id that was sent for that of a new image.
    #[must_use]
    pub fn without_sent(mut self, params: &Params) -> Reply {
        let is_sent = |id: &str| {
            params.values().any(|value| value.as_str() == Some(id) || value.as_array().is_some_and(|ids| ids.iter().any(|sent| sent == id)))
        };
        if let Facts::Launched(copies) = &mut self.facts {
            for copy in copies {
                copy.image = copy.image.take().filter(|id| !is_sent(id));
            }
        }
        self
    }
}

/// What an answer tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Facts {
    /// Nothing beyond success, for example of a deletion.
    Nothing,
    /// A dry run that would have worked. Holds no usable ids.
    DryRun,
    /// Something was started: one entry per image or task that the answer names.
    Launched(Vec<Launched>),
    /// Images.
    Images(Page<Image>),
    /// Tasks or jobs.
    Tasks(Page<Task>),
    /// Room for custom images.
    Quota(Quota),
    /// Region ids.
    Regions(Page<String>),
    /// Projects: id and name.
    Projects(Page<Project>),
    /// Names of agencies.
    Agencies(Page<String>),
    /// Account ids an image is shared with.
    Accounts(Vec<String>),
    /// Whose key it is that signed.
    Identity(Identity),
    /// A temporary key.
    Temporary(Temporary),
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// What to send as offset, token or marker for the next page; `None` on the last.
    pub next: Option<String>,
    /// Number of all entries, where the cloud tells it.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Whether there are more entries than the number seen so far, by what the cloud tells: absence is proven by no such page.
    pub(crate) fn tells_of_more(&self, seen: usize) -> bool {
        self.next.is_some() || self.total.is_some_and(|total| (seen as u64) < total)
    }
}

// A page may hold an entry twice.
impl Page<Image> {
    /// How many images it shows.
    pub(crate) fn shown(&self) -> usize {
        distinct(self.items.iter().map(|image| image.id.as_str()).collect())
    }
}

impl Page<Task> {
    /// How many tasks it shows.
    pub(crate) fn shown(&self) -> usize {
        distinct(self.items.iter().map(|task| task.id.as_str()).collect())
    }
}

/// Something that was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launched {
    /// Region of the new image; `None` where the answer does not name it.
    pub region: Option<String>,
    /// Id of the new image, where it is known at once. [`read_sent`](crate::read_sent) tells it from that of the source.
    pub image: Option<String>,
    /// Id of the task or job, as text.
    pub task: Option<String>,
    /// Object keys that an export will write.
    pub objects: Vec<String>,
}

words! {
    /// Where an image is in its life.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum State {
        /// Being made or copied. Unknown words count as this, never as success.
        Pending = "pending",
        /// Usable.
        Ready = "ready",
        /// Will never be usable.
        Failed = "failed",
        /// Deleted or being deleted.
        Gone = "gone",
    }
}

words! {
    /// Whose image it is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Ownership {
        /// The account's own custom image: the only kind that can be copied to other regions.
        Private = "private",
        /// Shared by another account.
        Shared = "shared",
        /// Offered by the cloud.
        Public = "public",
        /// Offered on the marketplace.
        Market = "market",
        /// A word we do not know, or none.
        Unknown = "unknown",
    }
}

/// An image, as far as the answer tells. `None` means that the answer does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The cloud's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// The vendor's word for it.
    pub raw_state: String,
    /// Progress of the copy, 0 to 100. For display; decides nothing.
    pub percent: Option<u8>,
    /// When it was made.
    pub created: Option<Millis>,
    /// Size in bytes.
    pub size_bytes: Option<u64>,
    /// Whose it is.
    pub ownership: Ownership,
    /// Whether it is encrypted.
    pub encrypted: Option<bool>,
    /// Whether it was made from an ISO file.
    pub iso: Option<bool>,
    /// Whether it holds a whole machine (data disks, backup) rather than one disk.
    pub whole: Option<bool>,
    /// `Linux`, `Windows` or the platform's name.
    pub os: Option<String>,
    /// The image it was copied from, where the cloud records it.
    pub origin: Option<Origin>,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// The vendor's word for where its maintenance stands, where the cloud tells it: Volcengine's `LifecycleStatus`.
    pub lifecycle: Option<String>,
    /// Whether the cloud's inspection of the image is over, in the vendor's word: Volcengine's `Finished` or
    /// `Processing`. Its findings stand in the answer's data.
    pub detection: Option<String>,
}

/// The source of a copy, as recorded by the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Source region.
    pub region: String,
    /// Source image id.
    pub image: String,
}

words! {
    /// Where a task is in its life.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum TaskState {
        /// Accepted or running. Unknown words count as this, never as success.
        Running = "running",
        /// Finished well. The image may still need a look.
        Succeeded = "succeeded",
        /// Finished badly.
        Failed = "failed",
    }
}

/// A task or job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The cloud's id.
    pub id: String,
    /// The vendor's word for what it does.
    pub kind: String,
    /// Where it is in its life.
    pub state: TaskState,
    /// The vendor's word for it.
    pub raw_state: String,
    /// Progress, 0 to 100.
    pub percent: Option<u8>,
    /// The image it works on: for a copy the new image's id.
    pub image: Option<String>,
    /// When it began.
    pub created: Option<Millis>,
    /// Why it failed: code and message, as far as the cloud tells.
    pub failure: Option<(String, String)>,
}

/// Room for custom images in a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// How many there may be.
    pub total: Option<u64>,
    /// How many there are.
    pub used: Option<u64>,
}

/// A project of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether it may be used.
    pub enabled: bool,
}

/// Whose key it is that signed, as far as the cloud tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Id of the account.
    pub account: String,
    /// Who acts in it: the vendor's name of a resource (`qcs::…`, `trn:…`), or the account's name.
    pub name: Option<String>,
    /// The vendor's word for what that is: a user, a role, the account itself.
    pub kind: Option<String>,
}

/// A key that runs out. Neither `Debug` nor the reply's `data` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Temporary {
    /// The key, with its session token.
    pub credentials: Credentials,
    /// When it runs out, by the cloud's clock.
    pub expires: Option<Millis>,
}

impl Reply {
    /// The reply as a JSON object. The only text that shows a [`Temporary`] key.
    pub fn to_value(&self) -> Value {
        let Reply { request_id, facts, data } = self;
        Object::new().set("request_id", request_id.as_deref()).set("facts", facts.to_value()).set("data", data.clone()).value()
    }
}

impl Facts {
    /// The facts as a JSON object; `type` tells which of them.
    pub fn to_value(&self) -> Value {
        let mut facts = Object::new();
        match self {
            Facts::Nothing => facts.set("type", "nothing"),
            Facts::DryRun => facts.set("type", "dry_run"),
            Facts::Launched(items) => facts.set("type", "launched").set("items", list(items, launched)),
            Facts::Images(found) => page(&mut facts, "images", found, Image::to_value),
            Facts::Tasks(found) => page(&mut facts, "tasks", found, Task::to_value),
            Facts::Quota(Quota { total, used }) => facts.set("type", "quota").set("total", *total).set("used", *used),
            Facts::Regions(found) => page(&mut facts, "regions", found, |id| id.as_str().into()),
            Facts::Projects(found) => page(&mut facts, "projects", found, |Project { id, name, enabled }| {
                Object::new().set("id", id.as_str()).set("name", name.as_str()).set("enabled", *enabled).value()
            }),
            Facts::Agencies(found) => page(&mut facts, "agencies", found, |name| name.as_str().into()),
            Facts::Accounts(items) => facts.set("type", "accounts").set("items", texts(items)),
            Facts::Identity(Identity { account, name, kind }) => {
                let kind = kind.as_deref();
                facts.set("type", "identity").set("account", account.as_str()).set("name", name.as_deref()).set("kind", kind)
            }
            Facts::Temporary(Temporary { credentials, expires }) => facts
                .set("type", "temporary")
                .set("id", credentials.id())
                .set("secret", credentials.secret())
                .set("token", credentials.token())
                .set("expires_ms", expires.map(|at| at.0)),
        };
        facts.value()
    }
}

fn page<'f, T>(facts: &'f mut Object, kind: &str, page: &Page<T>, each: fn(&T) -> Value) -> &'f mut Object {
    let Page { items, next, total } = page;
    facts.set("type", kind).set("items", list(items, each)).set("next", next.as_deref()).set("total", *total)
}

fn launched(Launched { region, image, task, objects }: &Launched) -> Value {
    Object::new()
        .set("region", region.as_deref())
        .set("image", image.as_deref())
        .set("task", task.as_deref())
        .set("objects", texts(objects))
        .value()
}

impl Image {
    /// The vendor's word for the state, or ours where the image was described without one.
    pub(crate) fn state_word(&self) -> &str {
        if self.raw_state.is_empty() { self.state.as_str() } else { &self.raw_state }
    }

    /// The image as a JSON object.
    pub fn to_value(&self) -> Value {
        let Image {
            id,
            name,
            description,
            state,
            raw_state,
            percent,
            created,
            size_bytes,
            ownership,
            encrypted,
            iso,
            whole,
            os,
            origin,
            tags,
            lifecycle,
            detection,
        } = self;
        let origin = origin
            .as_ref()
            .map(|Origin { region, image }| Object::new().set("region", region.as_str()).set("image", image.as_str()).value());
        Object::new()
            .set("id", id.as_str())
            .set("name", name.as_str())
            .set("description", description.as_deref())
            .set("state", state.as_str())
            .set("raw_state", raw_state.as_str())
            .set("percent", *percent)
            .set("created_ms", created.map(|at| at.0))
            .set("size_bytes", *size_bytes)
            .set("ownership", ownership.as_str())
            .set("encrypted", *encrypted)
            .set("iso", *iso)
            .set("whole", *whole)
            .set("os", os.as_deref())
            .set("origin", origin)
            .set("tags", ordered(tags))
            .set_some("lifecycle", lifecycle.as_deref())
            .set_some("detection", detection.as_deref())
            .value()
    }
}

impl Task {
    /// The task as a JSON object.
    pub fn to_value(&self) -> Value {
        let Task { id, kind, state, raw_state, percent, image, created, failure } = self;
        let failure =
            failure.as_ref().map(|(code, message)| Object::new().set("code", code.as_str()).set("message", message.as_str()).value());
        Object::new()
            .set("id", id.as_str())
            .set("kind", kind.as_str())
            .set("state", state.as_str())
            .set("raw_state", raw_state.as_str())
            .set("percent", *percent)
            .set("image", image.as_deref())
            .set("created_ms", created.map(|at| at.0))
            .set("failure", failure)
            .value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_say_which_they_are() {
        let facts = Facts::Quota(Quota { total: Some(50), used: None });
        assert_eq!(facts.to_value(), json!({ "type": "quota", "total": 50, "used": null }));
        let facts = Facts::Regions(Page { items: vec!["r".to_owned()], next: None, total: Some(1) });
        assert_eq!(facts.to_value(), json!({ "type": "regions", "items": ["r"], "next": null, "total": 1 }));
    }
}
