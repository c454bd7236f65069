//! The calls that a transfer is made of: the launch, and the changes once a copy is usable.

use super::model::{Action, After, Target, Transfer};
use crate::api::replication::{Change, Replica, Wanted};
use crate::base::record::Params;
use crate::base::time::Millis;

impl Transfer {
    /// The launch call for one destination.
    pub(crate) fn launch(&self, target: &Target, name: &str, params: &Params) -> Wanted {
        let replica = self.replica(target, name, params);
        match self.task {
            Action::Copy => (self.cloud.replication().launch)(&[replica]),
            Action::Export => (self.cloud.replication().export)(&replica),
        }
    }

    pub(crate) fn replica<'a>(&'a self, target: &'a Target, name: &'a str, params: &'a Params) -> Replica<'a> {
        Replica { image: &self.image, from: &self.from.0, to: &target.region.0, name, description: self.description_for(target), params }
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

    fn after_for(&self, target: &Target) -> After {
        let own = target.overrides.as_ref().map(|overrides| overrides.after.clone()).unwrap_or_default();
        let launched = self.description_for(target).filter(|_| self.task == Action::Copy && !self.cloud.replication().launch_describes);
        After {
            rename: own.rename.or_else(|| self.after.rename.clone()),
            description: own.description.or_else(|| self.after.description.clone()).or_else(|| launched.map(str::to_owned)),
            tags: own.tags.or_else(|| self.after.tags.clone()),
            share: own.share.or_else(|| self.after.share.clone()),
        }
    }
}
