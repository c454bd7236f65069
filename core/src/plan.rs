//! What is to be replicated: transfers, their destinations, names and settings, read from JSON with all findings at once.
//!
//! # The format
//!
//! A record with these fields; a field that is not listed is an error.
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `copies` | list of records | images that go to other regions |
//! | `exports` | list of records | images that are written to a bucket of their own region |
//! | `clouds` | record by `tencent`, `volcengine`, `huawei` | how each cloud is reached |
//! | `policy` | record | every number of the replication: see [`Policy`] |
//!
//! A copy:
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `cloud` | `tencent`, `volcengine`, `huawei` | whose image it is; required |
//! | `image` | id | the source image; required |
//! | `from` | region | where it is; required |
//! | `to` | list of regions, or of records with `region` | where it goes; required. A record may give `name`, `description`, `params`, `after` and `chain` of its own: they take the place of those of the copy, `params`, `after` and `chain` field by field |
//! | `name` | template | name of the copies; default: that of the source |
//! | `description` | text | description of the copies; where a launch takes none, it is set afterwards |
//! | `params` | record | the vendor's own further parameters of the launch, under their own names |
//! | `after` | record | what is done to a copy that this job made, once it is usable |
//! | `after.rename` | template | its new name; here `{name}` is the one it was copied under |
//! | `after.description` | text | its new description |
//! | `after.tags` | record of texts | tags to set; on Tencent Cloud they need `clouds.tencent.uin`, on Huawei Cloud the project of the destination in `clouds.huawei.projects` |
//! | `after.share` | list of ids | accounts that may use it; on Huawei Cloud projects |
//! | `chain` | record, also an empty one | leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted (Huawei) or shared source is first copied in its region, not encrypted and as an own image; made once for all destinations |
//! | `chain.cmk_id` | id of a key of the destination | the image that arrives is copied once more, encrypted with it; required when the source is encrypted |
//! | `chain.delete_intermediates` | `true`, `false` | whether images made on the way are deleted once all lanes that use them are over; default `false`. What the job did not make itself is never deleted |
//! | `shared` | `true`, `false` | says that the image is shared by another account; default `false`. On Tencent Cloud only such an image can go to its own region |
//!
//! Templates know `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}` (the day the job began,
//! UTC) and `{sha8}` (eight hex digits of the source's cloud, region and id).
//!
//! An export has `cloud`, `image`, `from`, `name` (prefix of the object) and `params` (bucket and format), as above.
//!
//! A cloud:
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `site` | `main`, `international` | which of the vendor's sites; default `main` |
//! | `endpoint` | URL | another host; `{region}` stands for the region of the call |
//! | `sign_host` | `endpoint`, `official` | which host the signature names; see [`SignHost`](crate::provider::SignHost) |
//! | `projects` | record by region | Huawei: id of the project |
//! | `domain_id` | id | Huawei: the account |
//! | `uin` | id | Tencent: the main account |

mod format;

use crate::check::{Findings, Problem, Rule, rule};
use crate::error::Error;
use crate::facts::{Image, Ownership};
use crate::job::policy::{self, Policy, Written};
use crate::json::Object;
use crate::names::firsts;
use crate::operation::Params;
use crate::provider::{At, Cloud, Edition, Endpoint, Known, check as check_operation};
use crate::steps::{Change, Finished, Replica, Wanted};
use crate::time::Millis;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;

/// The region an image is in. Never to be mixed up with the one it goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceRegion(pub Arc<str>);

/// The region a copy goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DestinationRegion(pub Arc<str>);

/// A whole replication: several images, clouds and regions.
///
/// ```
/// # use imgferry::{Plan, Millis};
/// let plan = Plan::parse(r#"{"copies": [{"cloud": "tencent", "image": "img-o3ycss2p",
///     "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": "golden-{date}"}]}"#)?;
/// assert!(!plan.check().has_errors());
/// # Ok::<(), imgferry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Settings by cloud.
    pub clouds: Vec<(Cloud, Settings)>,
    /// Copies first, then exports.
    pub transfers: Vec<Transfer>,
    /// Every number of the replication.
    pub policy: Policy,
}

/// How a cloud is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which site of the vendor.
    pub edition: Edition,
    /// Another host than the vendor's; `{region}` in its URL stands for the region of the call.
    pub endpoint: Option<Endpoint>,
    /// Huawei: id of the project by region.
    pub projects: Vec<(String, String)>,
    /// Huawei: id of the account.
    pub domain_id: Option<String>,
    /// Tencent: id of the main account, which tags need.
    pub uin: Option<String>,
}

/// What is done with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Copied to other regions.
    Copy,
    /// Written to a bucket of its own region.
    Export,
}

/// One image and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// The cloud.
    pub cloud: Cloud,
    /// What is done.
    pub task: Task,
    /// The image.
    pub image: Arc<str>,
    /// Where it is.
    pub from: SourceRegion,
    /// Where it goes; for an export one entry, its own region.
    pub to: Vec<Target>,
    /// Template of the name; `None` takes the name of the source.
    pub name: Option<String>,
    /// Description of the copies.
    pub description: Option<String>,
    /// The vendor's own further parameters of the launch.
    pub params: Params,
    /// What is done to the copies once they are usable.
    pub after: After,
    /// Leave to make other images on the way.
    pub chain: Option<Chain>,
    /// Whether the image is shared by another account, as the plan says before anybody has looked.
    pub shared: bool,
}

/// Leave to make other images on the way, for what cannot go to another region at once: an encrypted or a shared image
/// is first copied in its region, not encrypted and as an own one. What is made on the way is named
/// `imgferry-` and the `{sha8}` of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Key of the destination region: the image that arrives there is copied once more, encrypted with it.
    pub cmk_id: Option<String>,
    /// Whether the images made on the way are deleted when nobody needs them any more. Only what the job made itself
    /// is deleted. Default false.
    pub delete_intermediates: Option<bool>,
}

/// What is done to a copy once it is usable. Made in this order: name and description, tags, sharing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct After {
    /// Template of its new name; `{name}` is the name it was copied under. A copy that is renamed when it is usable
    /// is never found by that name before.
    pub rename: Option<String>,
    /// Its new description.
    pub description: Option<String>,
    /// Tags to set.
    pub tags: Option<Vec<(String, String)>>,
    /// Accounts that may use it; on Huawei Cloud the ids of their projects.
    pub share: Option<Vec<String>>,
}

/// One destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The region.
    pub region: DestinationRegion,
    /// What differs from the transfer, if anything.
    pub overrides: Option<Box<Overrides>>,
}

/// What differs for one destination.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Template of the name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Parameters, laid over those of the transfer.
    pub params: Params,
    /// What is done afterwards; what it gives takes the place of what the transfer gives.
    pub after: After,
    /// Leave to make other images on the way; what it gives takes the place of what the transfer gives.
    pub chain: Option<Chain>,
}

impl Plan {
    /// Reads a plan from JSON text.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) with every mistake of form in `problems`, each with its path.
    pub fn parse(text: &str) -> Result<Plan, Error> {
        let value: Value = serde_json::from_slice(text.as_bytes()).map_err(|error| {
            Error::new(crate::Kind::Misuse, "plan.json", format!("the plan is not JSON: {error}"))
                .hint("correct the plan at that line and column", "请修正计划文件中该行该列的 JSON")
        })?;
        Plan::from_value(&value)
    }

    /// Reads a plan from a JSON value.
    ///
    /// # Errors
    /// As [`Plan::parse`].
    pub fn from_value(value: &Value) -> Result<Plan, Error> {
        Plan::read(value, Written::ByHand)
    }

    /// The plan of a journal, whose durations are whole milliseconds.
    pub(crate) fn from_journal(value: &Value) -> Result<Plan, Error> {
        Plan::read(value, Written::InJournal)
    }

    fn read(value: &Value, written: Written) -> Result<Plan, Error> {
        let mut reader = format::Reader::new(written);
        let plan = reader.plan(value);
        if reader.findings.has_errors() { Err(reader.findings.into_error("plan")) } else { Ok(plan) }
    }

    /// The plan as JSON; reads back to the same plan.
    pub fn to_value(&self) -> Value {
        self.write(Written::ByHand)
    }

    /// The plan as a journal keeps it.
    pub(crate) fn to_journal(&self) -> Value {
        self.write(Written::InJournal)
    }

    fn write(&self, written: Written) -> Value {
        let mut clouds = Object::new();
        for (cloud, settings) in &self.clouds {
            clouds.set(cloud.as_str(), settings.to_value());
        }
        let (mut copies, mut exports) = (Vec::new(), Vec::new());
        for transfer in &self.transfers {
            let list = if transfer.task == Task::Copy { &mut copies } else { &mut exports };
            list.push(transfer.to_value());
        }
        Object::new()
            .set("clouds", clouds.value())
            .set("copies", copies)
            .set("exports", exports)
            .set("policy", self.policy.write(written))
            .value()
    }

    /// Checks every documented rule for every destination, before the first call. Findings that hold for all
    /// destinations of a transfer are told once.
    pub fn check(&self) -> Findings {
        let mut findings = Findings::default();
        let (mut places, mut names) = (Vec::new(), Vec::new());
        for (index, transfer) in self.transfers.iter().enumerate() {
            for (position, target) in transfer.to.iter().enumerate() {
                places.push((index, position));
                names.push(transfer.expand(target, &transfer.image, Millis(0)));
            }
        }
        let mut keys = Vec::with_capacity(names.len());
        for ((index, position), name) in places.iter().zip(&names) {
            let transfer = &self.transfers[*index];
            let task = if transfer.task == Task::Copy { "copy" } else { "export" };
            // The id stands in for the name of the source, which is not known yet.
            let name = if name.is_empty() { &*transfer.image } else { name };
            keys.push([transfer.cloud.as_str(), task, &*transfer.to[*position].region.0, name]);
        }
        let mut firsts = firsts(&keys).into_iter().enumerate();
        for (index, transfer) in self.transfers.iter().enumerate() {
            let mut told = Vec::new();
            for (position, target) in transfer.to.iter().enumerate() {
                let path = transfer.path(index, position, self);
                if let Some((_, first)) = firsts.next().filter(|(number, first)| number != first) {
                    let (index, position) = places[first];
                    let first = self.transfers[index].path(index, position, self);
                    findings.add(&DUPLICATE, path.clone(), &[("first", &first), ("region", &target.region.0)]);
                }
                for (name, instead) in transfer.reserved(target) {
                    findings.add(&RESERVED, format!("{path}.params.{name}"), &[("name", &name), ("instead", &instead)]);
                }
                for mut problem in transfer.check(target, self, &Known::default()).0.into_iter().chain(transfer.check_after(target, self).0)
                {
                    let seen = (problem.rule, problem.message_en.clone());
                    if !told.contains(&seen) {
                        problem.path = format!("{path}.{}", problem.path);
                        findings.0.push(problem);
                        told.push(seen);
                    }
                }
            }
        }
        findings
    }

    /// The settings of a cloud.
    pub fn settings(&self, cloud: Cloud) -> Option<&Settings> {
        self.clouds.iter().find(|(of, _)| *of == cloud).map(|(_, settings)| settings)
    }

    /// Where a call of that cloud in that region goes.
    pub fn at(&self, cloud: Cloud, region: &str) -> At {
        let settings = self.settings(cloud).cloned().unwrap_or_default();
        At {
            region: region.to_owned(),
            edition: settings.edition,
            endpoint: settings.endpoint.map(|endpoint| Endpoint { url: endpoint.url.replace("{region}", region), ..endpoint }),
            project_id: settings.projects.into_iter().find(|(of, _)| of == region).map(|(_, id)| id),
            domain_id: settings.domain_id,
            language: None,
        }
    }
}

impl Transfer {
    /// Template of the name at that destination.
    pub fn name_for<'a>(&'a self, target: &'a Target) -> Option<&'a str> {
        target.overrides.as_ref().and_then(|o| o.name.as_deref()).or(self.name.as_deref())
    }

    /// Description at that destination.
    pub fn description_for<'a>(&'a self, target: &'a Target) -> Option<&'a str> {
        target.overrides.as_ref().and_then(|o| o.description.as_deref()).or(self.description.as_deref())
    }

    /// Further parameters at that destination.
    pub fn params_for(&self, target: &Target) -> Params {
        let mut params = self.params.clone();
        if let Some(overrides) = &target.overrides {
            params.extend(overrides.params.clone());
        }
        params
    }

    /// The launch call for one destination.
    pub(crate) fn launch(&self, target: &Target, name: &str, params: &Params) -> Wanted {
        let replica = self.replica(target, name, params);
        match self.task {
            Task::Copy => (self.cloud.steps().launch)(&[replica]),
            Task::Export => (self.cloud.steps().export)(&replica),
        }
    }

    pub(crate) fn replica<'a>(&'a self, target: &'a Target, name: &'a str, params: &'a Params) -> Replica<'a> {
        Replica { image: &self.image, from: &self.from.0, to: &target.region.0, name, description: self.description_for(target), params }
    }

    /// Checks the calls that make the copy for one destination: the launch, and in a chain those before and after it.
    pub(crate) fn check(&self, target: &Target, plan: &Plan, known: &Known<'_>) -> Findings {
        let params = self.params_for(target);
        // The source's name is not known before the first call; this one is legal on every cloud.
        let source_name = known.image.map_or("name", |image| &image.name);
        let name = self.expand(target, source_name, Millis(0));
        let check = |wanted: Wanted, region: &str, known: &Known<'_>| {
            check_operation(wanted.operation, &wanted.params, &plan.at(self.cloud, region), known)
        };
        let Some(chain) = self.chain_for(target) else {
            return check(self.launch(target, &name, &params), &self.from.0, &Known { shared: Some(self.shared), ..known.clone() });
        };
        let mut findings = Findings::default();
        let Some(chaining) = &self.cloud.steps().chaining else {
            findings.add(&CHAIN, "chain", &[("cloud", &self.cloud)]);
            return findings;
        };
        let step_name = self.step_name();
        let in_region = |region: &str, name: &str, key: Option<&str>| {
            let none = Params::new();
            let description = self.description_for(target).filter(|_| key.is_some());
            let replica = Replica { image: &self.image, from: region, to: region, name, description, params: &none };
            (chaining.copy_in_region)(&replica, key)
        };
        let own = known.image.filter(|image| (chaining.needs_own)(image));
        if own.is_some() {
            findings.0.extend(check(in_region(&self.from.0, &step_name, None), &self.from.0, known).0);
            if chain.cmk_id.is_none() && known.image.is_some_and(|image| image.encrypted == Some(true)) {
                findings.add(&CHAIN_KEY, "chain.cmk_id", &[("region", &target.region.0)]);
            }
        }
        // The copy of its own is private and not encrypted, and otherwise as its source.
        let plain = own.map(|image| Image { ownership: Ownership::Private, encrypted: image.encrypted.map(|_| false), ..image.clone() });
        let sent = Known { image: plain.as_ref().or(known.image), shared: Some(false), ..known.clone() };
        let crossing = if chain.cmk_id.is_some() { &step_name } else { &name };
        findings.0.extend(check(self.launch(target, crossing, &params), &self.from.0, &sent).0);
        if let Some(key) = &chain.cmk_id {
            let arrived = Known { image: None, ..known.clone() };
            findings.0.extend(check(in_region(&target.region.0, &name, Some(key)), &target.region.0, &arrived).0);
        }
        findings
    }

    /// Leave to make other images on the way to that destination.
    pub(crate) fn chain_for(&self, target: &Target) -> Option<Chain> {
        let own = target.overrides.as_ref().and_then(|overrides| overrides.chain.as_ref());
        match (own, &self.chain) {
            (Some(own), Some(all)) => Some(Chain {
                cmk_id: own.cmk_id.clone().or_else(|| all.cmk_id.clone()),
                delete_intermediates: own.delete_intermediates.or(all.delete_intermediates),
            }),
            (own, all) => own.or(all.as_ref()).cloned(),
        }
    }

    /// Name of the images made on the way.
    pub(crate) fn step_name(&self) -> String {
        format!("imgferry-{}", self.sha8())
    }

    /// The name of the copy: `{name}` is the source's name, `{src}` its id, `{from}` and `{to}` the regions, `{cloud}`
    /// the cloud, `{date}` the day the job began (UTC), `{sha8}` eight hex digits of the source's identity.
    pub fn expand(&self, target: &Target, source_name: &str, started: Millis) -> String {
        let Some(template) = self.name_for(target) else {
            return match self.task {
                Task::Copy => source_name.to_owned(),
                Task::Export => String::new(),
            };
        };
        self.fill(template, target, source_name, started)
    }

    /// A template with its placeholders filled in.
    fn fill(&self, template: &str, target: &Target, name: &str, started: Millis) -> String {
        if !template.contains('{') {
            return template.to_owned();
        }
        template
            .replace("{src}", &self.image)
            .replace("{from}", &self.from.0)
            .replace("{to}", &target.region.0)
            .replace("{cloud}", self.cloud.as_str())
            .replace("{date}", &started.date())
            .replace("{sha8}", &self.sha8())
            .replace("{name}", name)
    }

    /// What is to be done to the copy that was launched under that name, one call each.
    pub(crate) fn changes(&self, target: &Target, name: &str, started: Millis) -> Vec<Change> {
        let after = self.after_for(target);
        let describe = Change::Describe { name: self.last_name(target, name, started), description: after.description };
        let mut changes = vec![describe, Change::Tag(after.tags.unwrap_or_default()), Change::Share(after.share.unwrap_or_default())];
        changes.retain(|change| match change {
            Change::Describe { name, description } => name.is_some() || description.is_some(),
            Change::Tag(tags) => !tags.is_empty(),
            Change::Share(accounts) => !accounts.is_empty(),
            Change::Delete => false,
        });
        changes
    }

    /// The name that the copy of that name gets at last, if it is renamed.
    pub(crate) fn last_name(&self, target: &Target, name: &str, started: Millis) -> Option<String> {
        let own = target.overrides.as_ref().and_then(|overrides| overrides.after.rename.as_deref());
        own.or(self.after.rename.as_deref()).map(|template| self.fill(template, target, name, started))
    }

    fn after_for(&self, target: &Target) -> After {
        let own = target.overrides.as_ref().map(|overrides| overrides.after.clone()).unwrap_or_default();
        let launched = self.description_for(target).filter(|_| self.task == Task::Copy && !self.cloud.steps().launch_describes);
        After {
            rename: own.rename.or_else(|| self.after.rename.clone()),
            description: own.description.or_else(|| self.after.description.clone()).or_else(|| launched.map(str::to_owned)),
            tags: own.tags.or_else(|| self.after.tags.clone()),
            share: own.share.or_else(|| self.after.share.clone()),
        }
    }

    /// Checks the calls that follow a copy. The id of the copy is not known yet; the source's stands in for it.
    fn check_after(&self, target: &Target, plan: &Plan) -> Findings {
        let mut findings = Findings::default();
        let uin = plan.settings(self.cloud).and_then(|settings| settings.uin.as_deref());
        let name = self.expand(target, "name", Millis(0));
        for change in self.changes(target, &name, Millis(0)) {
            let field = change.field();
            match (self.cloud.steps().change)(&Finished { image: &self.image, region: &target.region.0, uin }, &change) {
                Ok(Wanted { operation, params }) => {
                    let found = check_operation(operation, &params, &plan.at(self.cloud, &target.region.0), &Known::default());
                    findings
                        .0
                        .extend(found.0.into_iter().map(|problem| Problem { path: format!("after.{field}.{}", problem.path), ..problem }));
                }
                Err(setting) => {
                    let setting = format!("clouds.{}.{setting}", self.cloud);
                    findings.add(&SETTING, format!("after.{field}"), &[("name", &setting), ("what", &field)]);
                }
            }
        }
        findings
    }

    /// Parameters that the plan's own fields or the job decide, and what to use instead.
    fn reserved(&self, target: &Target) -> Vec<(&'static str, &'static str)> {
        let params = self.params_for(target);
        self.cloud.steps().reserved.iter().copied().filter(|(name, _)| params.contains_key(*name)).collect()
    }

    fn sha8(&self) -> String {
        let digest = Sha256::digest(format!("{}|{}|{}", self.cloud, self.from.0, self.image));
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Where a destination stands in the plan: `copies[0].to[2]`.
    pub(crate) fn path(&self, index: usize, position: usize, plan: &Plan) -> String {
        match self.task {
            Task::Copy => format!("copies[{index}].to[{position}]"),
            Task::Export => format!("exports[{}]", index - plan.transfers.iter().filter(|t| t.task == Task::Copy).count()),
        }
    }
}

static DUPLICATE: Rule = rule!(
    error,
    "plan.duplicate",
    "",
    "design: one lane a destination",
    "the same name goes to {region} twice, here and at {first}; remove one or name it differently",
    "同一名称两次复制到 {region}(另见 {first});请删除其一或改名",
);
static RESERVED: Rule = rule!(
    error,
    "plan.params.reserved",
    "",
    "design: the job must know what it launches",
    "{name} cannot be given under params; {instead}",
    "params 中不能包含 {name};{instead}",
);
static SETTING: Rule = rule!(
    error,
    "plan.after.setting",
    "",
    "facts: the tag service names resources by their account",
    "{what} needs {name}; give it",
    "{what} 需要 {name}；请填写",
);
static CHAIN: Rule = rule!(
    error,
    "plan.chain.cloud",
    "",
    "facts: copies within a region",
    "{cloud} has no copies within a region to chain; leave chain out",
    "{cloud} 没有可用于串联的地域内复制；请去掉 chain",
);
static CHAIN_KEY: Rule = rule!(
    error,
    "plan.chain.key",
    "",
    "design: nothing encrypted arrives in the clear unasked",
    "the source is encrypted; give the key of {region} as chain.cmk_id, so that the copy is encrypted too",
    "源镜像已加密；请用 chain.cmk_id 给出 {region} 的密钥，使副本同样加密",
);
/// The rules of plans, for the catalogue.
pub static RULES: &[&Rule] = &[
    &format::FIELD,
    &format::MISSING,
    &format::UNKNOWN,
    &format::EMPTY,
    &format::TEMPLATE,
    &DUPLICATE,
    &RESERVED,
    &SETTING,
    &CHAIN,
    &CHAIN_KEY,
];

/// Every rule of plans and policies.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain(policy::RULES).copied()
}

impl fmt::Display for SourceRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DestinationRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() -> Result<(), Error> {
        let text = r#"{
            "clouds": {"huawei": {"endpoint": "http://127.0.0.1:1/{region}", "projects": {"cn-north-4": "0123"}, "domain_id": "d"}, "tencent": {"uin": "100000000001"}},
            "copies": [
                {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", {"region": "ap-singapore", "name": "sg", "after": {"share": []}}], "name": "golden-{date}",
                 "after": {"rename": "{name}-ok", "description": "d", "tags": {"k": "v"}, "share": ["100000000002"]}},
                {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-east-2", {"region": "cn-south-1", "chain": {"delete_intermediates": true}}], "params": {"agency_name": "ims_copy_image"},
                 "chain": {"cmk_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"}}
            ],
            "exports": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "params": {"BucketName": "b-1250000000"}}],
            "policy": {"poll": "2s"}
        }"#;
        let plan = Plan::parse(text)?;
        assert_eq!(Plan::from_value(&plan.to_value())?, plan);
        assert_eq!(plan.transfers.len(), 3);
        assert_eq!(plan.at(Cloud::Huawei, "cn-south-1").endpoint.map(|e| e.url).as_deref(), Some("http://127.0.0.1:1/cn-south-1"));
        Ok(())
    }

    #[test]
    fn every_mistake_of_form_is_found_at_once() {
        let text = r#"{"copie": [], "copies": [{"cloud": "aws", "image": "", "to": [1, {"regio": "x"}], "name": "{when}", "params": []}], "policy": {"poll": 0}}"#;
        let error = Plan::parse(text).err();
        let rules: Vec<_> = error.iter().flat_map(|e| &e.problems).map(|p| (p.rule, p.path.as_str())).collect();
        for expected in [
            ("plan.unknown", "plan.copie"),
            ("plan.field", "copies[0].cloud"),
            ("plan.field", "copies[0].image"),
            ("plan.missing", "copies[0].from"),
            ("plan.field", "copies[0].to[0]"),
            ("plan.unknown", "copies[0].to[1].regio"),
            ("plan.missing", "copies[0].to[1].region"),
            ("plan.name.template", "copies[0].name"),
            ("plan.field", "copies[0].params"),
            ("plan.policy", "policy.poll"),
        ] {
            assert!(rules.contains(&expected), "{expected:?} not in {rules:?}");
        }
    }

    #[test]
    fn a_copy_into_its_own_region_is_refused_before_anything_is_sent() {
        let copy = |cloud: &str, image: &str, region: &str, more: &str| {
            let text = format!(
                r#"{{"copies": [{{"cloud": "{cloud}", "image": "{image}", "from": "{region}", "to": ["{region}"], "name": "n"{more}}}]}}"#
            );
            Plan::parse(&text).expect("a plan").check()
        };
        let own_region = |findings: &Findings| {
            let same =
                |problem: &&Problem| problem.severity == crate::check::Severity::Error && problem.message_en.contains("source region");
            findings.0.iter().filter(same).count()
        };
        let tencent = |more: &str| copy("tencent", "img-o3ycss2p", "ap-guangzhou", more);
        for findings in [
            tencent(""),
            tencent(r#", "shared": false"#),
            copy("volcengine", "image-1", "cn-beijing", ""),
            copy(
                "huawei",
                "465076de-dc36-4aec-80f5-ef9d8009428f",
                "cn-north-4",
                r#", "params": {"agency_name": "a", "project_name": "cn-north-4"}"#,
            ),
        ] {
            assert_eq!(own_region(&findings), 1, "{findings:?}");
        }
        for more in [r#", "shared": true"#, r#", "params": {"Encrypt": true}"#] {
            assert!(!tencent(more).has_errors(), "{more}: {:?}", tencent(more));
        }
    }

    #[test]
    fn a_shared_source_goes_nowhere_else() {
        for (cloud, image, from, to, params) in [
            ("tencent", "img-o3ycss2p", "ap-guangzhou", "ap-shanghai", "{}"),
            ("volcengine", "image-1", "cn-beijing", "cn-shanghai", "{}"),
            (
                "huawei",
                "465076de-dc36-4aec-80f5-ef9d8009428f",
                "cn-north-4",
                "cn-east-2",
                r#"{"agency_name": "a", "project_name": "cn-east-2"}"#,
            ),
        ] {
            for (shared, chain) in [(true, ""), (false, ""), (true, r#", "chain": {}"#)] {
                let text = format!(
                    r#"{{"copies": [{{"cloud": "{cloud}", "image": "{image}", "from": "{from}", "to": ["{to}"], "name": "n", "params": {params}, "shared": {shared}{chain}}}]}}"#
                );
                let plan = Plan::parse(&text).expect("a plan");
                assert_eq!(Plan::from_value(&plan.to_value()).as_ref(), Ok(&plan));
                let is_refused = plan.check().has_errors();
                // Volcengine has nothing to chain.
                assert_eq!(
                    is_refused,
                    (shared && chain.is_empty()) || (cloud == "volcengine" && !chain.is_empty()),
                    "{text} {:?}",
                    plan.check()
                );
            }
        }
    }

    #[test]
    fn misspelt_names_are_told() {
        let text = r#"{"copies": [{"cloud": "tencnet", "image": "i", "from": "ap-guangzhou", "too": ["ap-shanghai"], "desciption": "d"}], "polcy": {}}"#;
        let told: Vec<String> = Plan::parse(text).expect_err("misspelt").problems.into_iter().map(|problem| problem.message_en).collect();
        for meant in ["tencent", "to", "description", "policy"] {
            assert!(told.iter().any(|told| told.ends_with(&format!("did you mean {meant}?"))), "{meant} not in {told:?}");
        }
        let text = r#"{"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shangai"], "params": {"Encrypted": true}}]}"#;
        let told = Plan::parse(text).expect("a plan").check().0;
        let told = |severity| {
            told.iter().filter(|problem| problem.severity == severity).map(|problem| problem.message_en.as_str()).collect::<Vec<_>>()
        };
        assert!(told(crate::check::Severity::Warning).iter().any(|told| told.ends_with("did you mean ap-shanghai?")));
        assert!(told(crate::check::Severity::Error).iter().any(|told| told.ends_with("did you mean Encrypt?")));
        let error = Cloud::parse("huwaei").expect_err("misspelt");
        assert!(error.hint_en.starts_with("did you mean huawei?") && error.hint_zh.starts_with("是否应为 huawei？"));
        let error = Cloud::Huawei.operation("ListImage").expect_err("misspelt");
        assert!(error.hint_en.starts_with("did you mean ListImages?"), "{}", error.hint_en);
        assert!(Cloud::Tencent.explain("InvalidImageName.Duplicat", None).cause_en.ends_with("did you mean InvalidImageName.Duplicate?"));
    }

    #[test]
    fn regions_of_every_cloud_are_guessed() {
        for (cloud, image, from, to, meant) in [
            ("tencent", "img-o3ycss2p", "ap-guangzhou", "ap-singapor", "ap-singapore"),
            ("volcengine", "image-1", "cn-beijing", "cn-shanghia", "cn-shanghai"),
            ("huawei", "465076de-dc36-4aec-80f5-ef9d8009428f", "cn-north-4", "cn-esat-3", "cn-east-3"),
        ] {
            let text =
                format!(r#"{{"copies": [{{"cloud": "{cloud}", "image": "{image}", "from": "{from}", "to": ["{to}"], "name": "n"}}]}}"#);
            let told = Plan::parse(&text).expect("a plan").check();
            let found = told.0.iter().find(|problem| problem.message_en.ends_with(&format!("did you mean {meant}?")));
            assert_eq!(found.map(|problem| problem.severity), Some(crate::check::Severity::Warning), "{told:?}");
        }
    }
}
