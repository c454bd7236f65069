//! Last step: what the plan wants done to a copy once it is usable, one change after the other. Changes may be made
//! twice without harm, so that an unsure one is simply made again.

use super::find::Listing;
use super::flight::Flight;
use super::machine::{End, Outcome, Phase};
use super::schedule::Work;
use super::{Job, What, deadline_error};
use crate::api::facts::Reply;
use crate::api::replication::{Change, Finished, Wanted};
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use crate::plan::Task;

impl Job {
    /// The change that comes next, if any is left.
    pub(super) fn next_change(&self, index: u32) -> Option<Change> {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        if transfer.task == Task::Export {
            return None;
        }
        if self.is_step(index) {
            let is_done = lane.more.as_ref().is_some_and(|more| more.changed > 0);
            return (self.deletes(index) && !is_done).then_some(Change::Delete);
        }
        let name = lane.name.as_deref().unwrap_or_default();
        let changes = transfer.changes(&transfer.to[lane.target as usize], name, self.started);
        let made = lane.more.as_ref().map_or(0, |more| more.changed);
        changes.into_iter().nth(usize::from(made))
    }

    /// What to know about a lane that ended well.
    pub(super) fn note(&self, index: u32) -> Option<(String, String)> {
        let lane = &self.lanes[index as usize];
        let note = if lane.phase == Phase::Ended(End::Present) {
            return self.note_of_present(index);
        } else if lane.phase != Phase::Ended(End::Ready) {
            None
        } else if self.is_step(index) {
            let is_deleted = lane.more.as_ref().is_some_and(|more| more.changed > 0);
            is_deleted.then_some(("deleted: nobody needs it any more", "已不再需要，已删除"))
        } else if self.is_export(index) {
            self.cloud_of(index).steps().export_note
        } else {
            None
        };
        note.map(|(en, zh)| (en.to_owned(), zh.to_owned()))
    }

    /// How far it is known that what was there is the copy that was wanted.
    fn note_of_present(&self, index: u32) -> Option<(String, String)> {
        let lane = &self.lanes[index as usize];
        let (mut en, mut zh) = (Vec::new(), Vec::new());
        if let ids @ [_, _, ..] = lane.before() {
            en.push(format!("{} images have the name: {}", ids.len(), ids.join(", ")));
            zh.push(format!("有 {} 个同名镜像：{}", ids.len(), ids.join("、")));
        }
        if !self.cloud_of(index).steps().records_origin {
            en.push("judged by name, size, system and age: the cloud records no origin".to_owned());
            zh.push("按名称、大小、系统和创建时间判断：云平台不记录镜像来源".to_owned());
        }
        (!en.is_empty()).then(|| (en.join("; "), zh.join("；")))
    }

    /// The name that the copy gets at last, where it is another than the one it is copied under.
    pub(super) fn last_name(&self, index: u32) -> Option<String> {
        if self.is_step(index) {
            return None;
        }
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        transfer.last_name(&transfer.to[lane.target as usize], lane.name.as_deref().unwrap_or_default(), self.started)
    }

    pub(super) fn want_change(&mut self, index: u32, due: Millis) {
        if self.is_step(index) && !self.may_finish(index) {
            return;
        }
        match self.next_change(index) {
            Some(change) => {
                let channel = self.channel_for(index, Work::Change(change.kind()));
                self.put(channel, due, index);
            }
            None => self.advance(index, Outcome::Ready { more: false }, None),
        }
    }

    pub(super) fn make_change(&mut self, channel: usize) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let index = loop {
            let index = self.take(channel, self.clock.now)?;
            let lane = &self.lanes[index as usize];
            if lane.phase == Phase::Finishing && !lane.in_flight {
                break index;
            }
        };
        let change = self.next_change(index)?;
        match self.change(index, &change) {
            Ok(wanted) => {
                self.lanes[index as usize].in_flight = true;
                Some((vec![index], wanted, None))
            }
            Err(setting) => {
                let error = Error::new(Kind::Misuse, "plan.after.setting", format!("{} needs the setting {setting}", change.field()));
                self.advance(index, Outcome::Refused, Some(error.hint("give it in the plan", "请在计划中填写")));
                None
            }
        }
    }

    fn change(&self, index: u32, change: &Change) -> Result<Wanted, &'static str> {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let copy = Finished {
            image: lane.image.as_deref().unwrap_or_default(),
            region: self.region_to(index),
            uin: self.plan.settings(transfer.cloud).and_then(|settings| settings.uin.as_deref()),
        };
        (transfer.cloud.steps().change)(&copy, change)
    }

    pub(super) fn settle_change(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        for index in flight.items {
            self.lanes[index as usize].in_flight = false;
            if self.lanes[index as usize].phase != Phase::Finishing {
                continue;
            }
            match &outcome {
                Ok(_) => self.changed(index),
                // What is to be deleted is gone already, perhaps by an earlier try.
                Err(error) if error.kind == Kind::NotFound && self.is_step(index) => self.changed(index),
                Err(error) => self.not_changed(index, error.clone(), retry_after_ms),
            }
        }
    }

    fn changed(&mut self, index: u32) {
        let lane = &mut self.lanes[index as usize];
        lane.failures = 0;
        let more = lane.more_mut();
        more.changed = more.changed.saturating_add(1);
        if self.next_change(index).is_some() {
            self.record_lane(index);
        }
        self.go_on(index, self.clock.now);
    }

    fn not_changed(&mut self, index: u32, error: Error, retry_after_ms: Option<i64>) {
        let lane = &self.lanes[index as usize];
        let (failures, began) = (lane.failures, lane.since.max(self.began));
        if error.retry == Retry::Never {
            let field = self.next_change(index).map_or("change", |change| change.field());
            let message = match self.is_step(index) {
                true => format!("the image between could not be deleted: {}", error.message),
                false => format!("the copy is usable, but {field} was refused: {}", error.message),
            };
            return self.advance(index, Outcome::Refused, Some(Error { message, ..error }));
        }
        if self.clock.now.since(began) >= self.plan.policy.lane_deadline_ms {
            return self.advance(index, Outcome::Stopped, Some(deadline_error("the change", "修改")));
        }
        let due = self.clock.now.plus(self.wait_ms(u32::from(failures), Some(&error), retry_after_ms));
        self.lanes[index as usize].failures = failures.saturating_add(1);
        self.advance(index, Outcome::Delayed, Some(error.clone()));
        self.tell(index, What::Retried, |event| event.error = Some(error));
        self.go_on(index, due);
    }
}
