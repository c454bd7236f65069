//! What a cloud contributes to a replication: which calls launch, find and watch a copy, and how many fit into one.
//!
//! The job sees clouds only through this table of functions; a cloud fills it in its `replication.rs`.

use super::facts::Image;
use super::operation::{Operation, Parameters};
use crate::base::record::{Params, apart};
use crate::base::texts::Zh;

/// One destination of one transfer, as the job hands it to a cloud.
#[derive(Clone, Copy, Debug)]
pub struct Replica<'a> {
    /// The source image.
    pub image: &'a str,
    /// The region the source image is in.
    pub from: &'a str,
    /// The region the copy goes to; for an export the region of the image.
    pub to: &'a str,
    /// Name of the copy; for an export the object name or prefix.
    pub name: &'a str,
    /// Description of the copy; `None` leaves it to the cloud.
    pub description: Option<&'a str>,
    /// The vendor's own further parameters, from the plan.
    pub params: &'a Params,
}

/// A copy that is usable and is to be changed.
#[derive(Clone, Copy, Debug)]
pub struct CopyRef<'a> {
    /// The copy.
    pub image: &'a str,
    /// Where it is.
    pub region: &'a str,
    /// Id of the main account, from the plan.
    pub uin: Option<&'a str>,
}

/// A change to a finished copy. Making it twice changes nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another name, another description, or both.
    Describe {
        /// The new name; `None` keeps the present one.
        name: Option<String>,
        /// The new description; `None` keeps the present one.
        description: Option<String>,
    },
    /// Tags; a key that is there already gets the new value.
    Tag(Vec<(String, String)>),
    /// The accounts that may use it, or the projects where a cloud shares with those.
    Share(Vec<String>),
    /// It is deleted: an image that was only a step on the way.
    Delete,
}

/// What a [`Change`] does, without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// [`Change::Describe`].
    Describe,
    /// [`Change::Tag`].
    Tag,
    /// [`Change::Share`].
    Share,
    /// [`Change::Delete`].
    Delete,
}

impl Change {
    /// What it does.
    pub const fn kind(&self) -> ChangeKind {
        match self {
            Change::Describe { .. } => ChangeKind::Describe,
            Change::Tag(_) => ChangeKind::Tag,
            Change::Share(_) => ChangeKind::Share,
            Change::Delete => ChangeKind::Delete,
        }
    }

    /// The field of the plan that asks for it.
    pub(crate) const fn field(&self) -> &'static str {
        match self {
            Change::Describe { name: Some(_), .. } => "rename",
            Change::Describe { name: None, .. } => "description",
            Change::Tag(_) => "tags",
            Change::Share(_) => "share",
            Change::Delete => "delete_intermediates",
        }
    }
}

/// A call that the job wants made. Those of [`Replication::find`] name their parameters one by one: a record with all that a
/// listing takes would be made and taken apart again, half a kilobyte of a cloud's module.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The operation.
    pub operation: &'static Operation,
    /// Its parameters.
    pub params: Params,
}

impl Wanted {
    /// The call of these parameters.
    pub(crate) fn of(parameters: impl Parameters + Into<Params>) -> Self {
        Self { operation: parameters.operation(), params: parameters.into() }
    }

    /// The same with the plan's own parameters laid over. What is `required` by the operation and only the plan can
    /// give is absent where the plan does not give it.
    pub(crate) fn further(mut self, params: &Params, required: &[&str]) -> Self {
        for name in required {
            self.params = apart(self.params, name).1;
        }
        self.params.extend(params.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }
}

/// Texts as a parameter holds them.
pub(crate) fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// At which end of a copy a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In the source region.
    Source,
    /// In the destination region.
    Destination,
}

/// How a cloud copies images within a region, on their way to another one.
#[derive(Clone, Copy, Debug)]
pub struct Chaining {
    /// Whether an image must first be copied in its region before it can go to another one.
    pub needs_own: fn(&Image) -> bool,
    /// Copies an image within its region, encrypted with that key, or not encrypted.
    pub copy_in_region: fn(&Replica<'_>, Option<&str>) -> Wanted,
}

/// How one cloud replicates images.
#[derive(Clone, Copy, Debug)]
pub struct Replication {
    /// Destinations that one launch can serve.
    pub fan_out: usize,
    /// Documented number of copies at a time for an account; 0 where none is documented.
    pub active: u32,
    /// Image ids that one look at images can ask for.
    pub image_batch: usize,
    /// Tasks that one look at tasks can ask for; 0 where copies have no task and the image is watched instead.
    pub task_batch: usize,
    /// Where the tasks of copies are watched.
    pub task_side: Side,
    /// Whether a task is asked for by its own id; otherwise by the id of the new image.
    pub task_by_id: bool,
    /// Names that one listing can filter by; more names are served by listing all private images.
    pub find_names: usize,
    /// Requests per second for operations without a documented limit.
    pub per_second: u32,
    /// Codes by which the cloud says that the name is taken.
    pub name_taken: &'static [&'static str],
    /// Whether images tell what they were copied from.
    pub records_origin: bool,
    /// States of a source that pass by themselves: the image is still being made, and can be copied once it is usable. Any
    /// other state that is not usable wants a person.
    pub being_made: &'static [&'static str],
    /// Whether a launch takes a description; otherwise it is set afterwards.
    pub launch_describes: bool,
    /// Parameters that the plan cannot give: they follow from its own fields. With each, what to use instead, in
    /// English and Chinese.
    pub(crate) reserved: &'static [(&'static str, &'static str, Zh)],
    /// Starts the copy of one image to several destinations; all replicas differ only in `to`.
    pub launch: fn(&[Replica<'_>]) -> Wanted,
    /// Checks whether the cloud would take such a launch, and starts nothing: tells which of several destinations is refused.
    /// `None` where a launch serves one.
    pub dry_run: Option<fn(&[Replica<'_>]) -> Wanted>,
    /// Copies within a region; `None` where the cloud has none.
    pub chaining: Option<Chaining>,
    /// Starts an export.
    pub export: fn(&Replica<'_>) -> Wanted,
    /// Describes images by id, whatever their state.
    pub images: fn(&[&str]) -> Wanted,
    /// Lists private images in any state: those of these names, or all of them when there are none. Takes the
    /// cursor of the page and the number of entries seen before it.
    pub find: fn(&[&str], Option<&str>, usize) -> Wanted,
    /// Describes tasks, by the ids of the tasks or of the images they make.
    pub tasks: fn(&[&str]) -> Wanted,
    /// Describes one task by an older call, for hosts that do not offer the first; `None` where there is none.
    pub older_task: Option<fn(&str) -> Wanted>,
    /// Describes tasks of exports by their ids; `None` where exports have no task and the source is watched instead.
    pub export_tasks: Option<fn(&[&str]) -> Wanted>,
    /// Object keys that an export of these parameters writes, as far as they follow from them.
    pub export_objects: fn(&Params) -> Vec<String>,
    /// Lists the tasks of an image, the latest of which an export whose answer was lost would be; `None` where
    /// exports leave no such trace.
    pub export_evidence: Option<fn(&str) -> Wanted>,
    /// What to know about exports that ended well, where no task tells it: in English and Chinese.
    pub(crate) export_note: Option<(&'static str, Zh)>,
    /// Changes a finished copy; otherwise names the setting of the cloud in the plan that the call needs.
    pub change: fn(&CopyRef<'_>, &Change) -> Result<Wanted, &'static str>,
    /// Ask for the room left in a region; empty where the cloud publishes no such call. Each answer tells a quota, or
    /// by its number of images how much of it is used.
    pub quota: &'static [fn() -> Wanted],
}
