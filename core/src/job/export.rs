//! What exports do differently: they are looked for among the tasks of their image, take turns, and where no task tells
//! of them the image at rest must.

use super::Job;
use super::find::{Listing, Witness, witness_of_time};
use super::flight::Flight;
use super::inspect::unexpected;
use super::lane::Lane;
use super::machine::{Outcome, Phase};
use super::schedule::Work;
use crate::api::facts::{Facts, Reply, Task as RemoteTask};
use crate::api::replication::Wanted;
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use crate::plan::Task;

impl Job {
    pub(super) fn is_export(&self, index: u32) -> bool {
        self.plan.transfers[self.lanes[index as usize].transfer as usize].task == Task::Export
    }

    /// Object keys that follow from the plan.
    pub(super) fn expected_objects(&self, lane: &Lane) -> Vec<String> {
        let transfer = &self.plan.transfers[lane.transfer as usize];
        if transfer.task == Task::Copy {
            return Vec::new();
        }
        let target = &transfer.to[lane.target as usize];
        let wanted = transfer.launch(target, lane.name.as_deref().unwrap_or_default(), &transfer.params_for(target));
        (transfer.cloud.steps().export_objects)(&wanted.params)
    }

    /// What tasks has the image, before the launch and when its answer was lost?
    pub(super) fn want_export_search(&mut self, index: u32, due: Millis) {
        if self.survey.is_some() {
            return self.advance(index, Outcome::NotThere, None);
        }
        if self.cloud_of(index).steps().export_evidence.is_some() {
            let channel = self.channel_for(index, Work::FindExport);
            return self.put(channel, due, index);
        }
        let doubt = (self.lanes[index as usize].phase == Phase::Probing).then(|| self.export_doubt(index));
        self.advance(index, Outcome::NoEvidence, doubt);
        self.go_on(index, due);
    }

    pub(super) fn make_export_search(&mut self, channel: usize) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let search = self.schedule.channel(channel).cloud.steps().export_evidence?;
        let index = loop {
            let index = self.take(channel, self.clock.now)?;
            let lane = &self.lanes[index as usize];
            if matches!(lane.phase, Phase::Finding | Phase::Probing) && !lane.in_flight {
                break index;
            }
        };
        let lane = &mut self.lanes[index as usize];
        lane.in_flight = true;
        Some((vec![index], search(&self.plan.transfers[lane.transfer as usize].image), None))
    }

    pub(super) fn settle_export_search(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        let page = match outcome {
            Ok(Reply { facts: Facts::Tasks(page), .. }) => page,
            Ok(_) => return self.look_again(flight, &unexpected(), retry_after_ms),
            Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => return self.look_again(flight, &error, retry_after_ms),
            Err(error) => return self.listing_refused(flight, &error),
        };
        self.schedule.channel_mut(flight.channel).failures = 0;
        let exports: Vec<RemoteTask> = page.items.into_iter().filter(is_export).collect();
        for index in flight.items {
            self.lanes[index as usize].in_flight = false;
            self.judge_export_search(index, &exports, page.next.is_none(), flight.sent);
        }
    }

    fn judge_export_search(&mut self, index: u32, exports: &[RemoteTask], is_complete: bool, began: Millis) {
        let lane = &self.lanes[index as usize];
        match lane.phase {
            Phase::Finding => {
                let before: Vec<String> = exports.iter().map(|task| task.id.clone()).collect();
                let lane = &mut self.lanes[index as usize];
                lane.listed = is_complete;
                if !before.is_empty() {
                    lane.more_mut().before = before;
                }
                self.advance(index, Outcome::Absent { proven: true }, None);
                self.go_on(index, self.clock.now);
            }
            Phase::Probing => {
                let others = &self.sources[lane.source as usize].exports;
                let claimed =
                    |id: &str| others.iter().any(|other| *other != index && self.lanes[*other as usize].task.as_deref() == Some(id));
                let witness = |task: &RemoteTask| match lane.before().contains(&task.id) || claimed(&task.id) {
                    true => Witness::Other,
                    false => witness_of_time(task.created, lane),
                };
                let is_unclear = exports.iter().any(|task| witness(task) == Witness::Unclear);
                let ours = exports.iter().filter(|task| witness(task) == Witness::Ours);
                let mut new: Vec<&str> = ours.map(|task| task.id.as_str()).collect();
                // A listing may hold an entry twice.
                new.sort_unstable();
                new.dedup();
                let doubt = self.export_doubt(index);
                match new.as_slice() {
                    [task] => {
                        let task = Box::from(*task);
                        let lane = &mut self.lanes[index as usize];
                        (lane.task, lane.accepted) = (Some(task), true);
                        self.finish(index, Outcome::FoundTask, None);
                    }
                    [] if is_complete && is_unclear => self.absent(index, began, || (Outcome::Several, doubt)),
                    [] if is_complete => self.absent(index, began, || (Outcome::Absent { proven: true }, doubt)),
                    [] => self.advance(index, Outcome::NoEvidence, Some(doubt)),
                    _ => self.advance(index, Outcome::Several, Some(doubt)),
                }
            }
            Phase::Inspecting | Phase::Waiting | Phase::Queued | Phase::Launching | Phase::Task | Phase::Image => {}
            Phase::Finishing | Phase::Ended(_) => {}
        }
    }

    /// One export of an image at a time: the clouds refuse a second one, and a lost one could not be told from it.
    pub(super) fn want_turn(&mut self, index: u32) {
        let source = &mut self.sources[self.lanes[index as usize].source as usize];
        let is_taken = source.exporting.is_some_and(|other| other != index && !self.lanes[other as usize].phase.is_ended());
        if !is_taken {
            source.exporting = Some(index);
            self.placed(index, Ok(()));
        }
    }

    /// A lane has ended: if it was an export, the next one of its image may begin.
    pub(super) fn pass_turn(&mut self, index: u32) {
        let source = &self.sources[self.lanes[index as usize].source as usize];
        if source.exporting == Some(index) {
            let next = source.exports.iter().copied().find(|lane| self.lanes[*lane as usize].phase == Phase::Waiting);
            next.into_iter().for_each(|lane| self.go_on(lane, self.clock.now));
        }
    }

    /// The image at rest is weak evidence that an export is written: an export may begin to show late, or never. It
    /// must be seen at rest as often and as late as absence is believed.
    pub(super) fn judge_exported(&mut self, index: u32, at_rest: bool) {
        let policy = &self.plan.policy;
        let (settle_ms, absences) = (policy.settle_ms, policy.absences);
        let lane = &mut self.lanes[index as usize];
        let before = lane.absences;
        lane.absences = if at_rest { before.saturating_add(1) } else { 0 };
        let has_changed = lane.absences != before;
        let waited_ms = self.clock.now.since(lane.launched.unwrap_or(lane.since));
        if u32::from(lane.absences) >= absences && waited_ms >= settle_ms {
            return self.finish(index, Outcome::Ready { more: false }, None);
        }
        if has_changed {
            self.record_lane(index);
        }
        self.still_running(index, None);
    }

    fn export_doubt(&self, index: u32) -> Error {
        let lane = &self.lanes[index as usize];
        let objects = self.expected_objects(lane).join(", ");
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let where_en = if objects.is_empty() { format!("objects of {}", transfer.image) } else { objects };
        let error = Error::new(Kind::Conflict, "export.ambiguous", "nobody can tell whether the export began: its answer was lost");
        error.hint(
            format!("look in the bucket for {where_en}; if it does not appear, run the plan again"),
            format!("请在存储桶中查找 {where_en}；若一直没有出现，请重新执行计划"),
        )
    }
}

fn is_export(task: &RemoteTask) -> bool {
    task.kind.to_ascii_lowercase().contains("export")
}
