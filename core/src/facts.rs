//! What the answers say, in one vocabulary for three clouds. The vendor's own words are kept beside it.

use crate::time::Millis;
use serde_json::Value;

/// A successful answer, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The id to quote to the vendor's support.
    pub request_id: Option<String>,
    /// The answer in the vocabulary of this crate.
    pub facts: Facts,
    /// The vendor's result object, complete and under its own names.
    pub data: Value,
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

/// Where an image is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being made or copied. Unknown words count as this, never as success.
    Pending,
    /// Usable.
    Ready,
    /// Will never be usable.
    Failed,
    /// Deleted or being deleted.
    Gone,
}

impl State {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Ready => "ready",
            State::Failed => "failed",
            State::Gone => "gone",
        }
    }
}

/// Whose image it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The account's own custom image: the only kind that can be copied to other regions.
    Private,
    /// Shared by another account.
    Shared,
    /// Offered by the cloud.
    Public,
    /// Offered on the marketplace.
    Market,
    /// A word we do not know, or none.
    Unknown,
}

impl Ownership {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ownership::Private => "private",
            Ownership::Shared => "shared",
            Ownership::Public => "public",
            Ownership::Market => "market",
            Ownership::Unknown => "unknown",
        }
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

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Accepted or running. Unknown words count as this, never as success.
    Running,
    /// Finished well. The image may still need a look.
    Succeeded,
    /// Finished badly.
    Failed,
}

impl TaskState {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            TaskState::Running => "running",
            TaskState::Succeeded => "succeeded",
            TaskState::Failed => "failed",
        }
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
