//! Fourth step: looking until the copy is usable. Many lanes share a look; a lane is looked at as rarely as its
//! progress allows.

use super::find::{Listing, in_two_regions};
use super::flight::Flight;
use super::inspect::unexpected;
use super::machine::{Outcome, Phase};
use super::schedule::Work;
use super::{Job, What, deadline_error};
use crate::api::facts::{Facts, Image, Reply, State, Task as RemoteTask, TaskState};
use crate::api::operation::Named;
use crate::api::replication::Wanted;
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use crate::plan::Task;
use crate::provider::build;

impl Job {
    pub(super) fn want_look(&mut self, index: u32, due: Millis) {
        let lane = &self.lanes[index as usize];
        if self.clock.now.since(lane.launched.unwrap_or(lane.since).max(self.began)) >= self.plan.policy.lane_deadline_ms {
            return self.advance(index, Outcome::Stopped, Some(deadline_error("the copy", "复制")));
        }
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let work = match (lane.phase, transfer.task) {
            (Phase::Task, Task::Copy) => Work::CopyTask,
            (Phase::Task, Task::Export) => Work::ExportTask,
            // An export without a task: the source itself is looked at, in its own region.
            (_, Task::Copy | Task::Export) => Work::Image,
        };
        let channel = self.channel_for(index, work);
        self.put(channel, due, index);
    }

    pub(super) fn make_look(&mut self, channel: usize) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let (cloud, work, batch, is_older) = {
            let channel = self.schedule.channel(channel);
            (channel.cloud, channel.work, channel.batch, channel.older)
        };
        // Those who are due later come along as far as there is room: one look serves all.
        let horizon = if batch > 1 { Millis(i64::MAX) } else { self.clock.now };
        let mut items: Vec<u32> = Vec::new();
        while let Some(lane) = (items.len() < batch).then(|| self.take(channel, horizon)).flatten() {
            let state = &self.lanes[lane as usize];
            let wanted_phase = if work == Work::Image { Phase::Image } else { Phase::Task };
            if state.phase != wanted_phase || state.in_flight {
                continue;
            }
            // An id that spoiled a look before is asked for alone until it has been seen.
            if state.alone && !items.is_empty() {
                self.put(channel, self.clock.now, lane);
                break;
            }
            items.push(lane);
            if state.alone {
                break;
            }
        }
        let steps = cloud.steps();
        let ids: Vec<&str> = items.iter().map(|lane| self.watched_id(*lane, work)).collect();
        let first = ids.first()?;
        let wanted = match (work, steps.older_task.filter(|_| is_older), steps.export_tasks) {
            (Work::CopyTask, Some(older), _) => older(first),
            (Work::CopyTask, None, _) => (steps.tasks)(&ids),
            (Work::ExportTask, _, Some(tasks)) => tasks(&ids),
            (_, _, _) => (steps.images)(&ids),
        };
        items.iter().for_each(|lane| self.lanes[*lane as usize].in_flight = true);
        Some((items, wanted, None))
    }

    /// The id by which a lane is asked for.
    fn watched_id(&self, index: u32, work: Work) -> &str {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let by_task = work == Work::ExportTask || (work == Work::CopyTask && transfer.cloud.steps().task_by_id);
        let own = if by_task { &lane.task } else { &lane.image };
        match transfer.task {
            Task::Export if !by_task => &transfer.image,
            Task::Copy | Task::Export => own.as_deref().unwrap_or_default(),
        }
    }

    pub(super) fn settle_look(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        match outcome {
            Ok(Reply { facts: Facts::Images(page), .. }) => {
                self.looked(&flight);
                for lane in flight.items {
                    let id = self.watched_id(lane, Work::Image).to_owned();
                    self.judge_image(lane, flight.sent, page.items.iter().find(|image| image.id == id));
                }
            }
            Ok(Reply { facts: Facts::Tasks(page), .. }) => {
                self.looked(&flight);
                let work = self.schedule.channel(flight.channel).work;
                for lane in flight.items {
                    let id = self.watched_id(lane, work).to_owned();
                    let by_id = work == Work::ExportTask || self.cloud_of(lane).steps().task_by_id;
                    let mine = |task: &&RemoteTask| {
                        if by_id { task.id == id || page.items.len() == 1 } else { task.image.as_deref() == Some(&id) && is_copy(task) }
                    };
                    // The newest counts: an image may have been worked on before.
                    let newest = page.items.iter().filter(mine).max_by_key(|task| task.created);
                    self.judge_task(lane, flight.sent, newest.cloned().as_ref());
                }
            }
            Ok(_) => self.look_again(flight, &unexpected(), retry_after_ms),
            Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => self.look_again(flight, &error, retry_after_ms),
            Err(error) if self.has_no_such_look(&flight, &error) => {
                self.looked(&flight);
                self.look_elsewhere(flight, &error);
            }
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Invalid) && flight.items.len() == 1 => {
                self.looked(&flight);
                for lane in flight.items {
                    let state = &mut self.lanes[lane as usize];
                    state.note_request(error.request_id.as_deref());
                    state.alone = true;
                    self.judge_missing(lane, flight.sent, Some(error.clone()));
                }
            }
            // One id spoils the batch: halve it until the bad one is alone.
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Invalid) && flight.items.len() > 1 => {
                self.schedule.channel_mut(flight.channel).batch = flight.items.len().div_ceil(2);
                for lane in flight.items {
                    self.lanes[lane as usize].in_flight = false;
                    self.go_on(lane, self.clock.now);
                }
            }
            Err(error) => {
                for lane in flight.items {
                    self.lanes[lane as usize].in_flight = false;
                    self.advance(lane, Outcome::Refused, Some(error.clone()));
                }
            }
        }
    }

    /// Whether it is the look itself that is refused, not what it asks for.
    fn has_no_such_look(&self, flight: &Flight, error: &Error) -> bool {
        let channel = self.schedule.channel(flight.channel);
        // Where tasks have calls of their own, this status speaks of the path.
        let is_path = channel.cloud.steps().older_task.is_some() && error.status == Some(404);
        matches!(channel.work, Work::CopyTask | Work::Image) && (is_path || matches!(error.kind, Kind::Unsupported | Kind::Permission))
    }

    /// The cloud has no such look for us: an older call, the image, the listing or the task must tell instead.
    fn look_elsewhere(&mut self, flight: Flight, error: &Error) {
        let channel = self.schedule.channel(flight.channel);
        let (cloud, region, is_task) = (channel.cloud, channel.region.clone(), channel.work == Work::CopyTask);
        if let Some(older) = cloud.steps().older_task.filter(|_| is_task && !channel.older) {
            let Wanted { operation, params } = older("id");
            // It may want more than the plan has, such as a project.
            if build(&Named { operation, params: &params }, &self.plan.at(cloud, &region)).is_ok() {
                self.schedule.channel_mut(flight.channel).older = true;
                return flight.items.into_iter().for_each(|lane| self.go_on(lane, self.clock.now));
            }
        }
        self.tell_cloud(cloud, &region, What::Warning, Some(error.clone()), None);
        for lane in flight.items {
            let state = &self.lanes[lane as usize];
            let (outcome, error) = match (is_task, state.image.is_some(), state.over) {
                (true, true, _) => (Outcome::Missing { has_task: false, given_up: false }, None),
                (true, false, _) => (Outcome::TaskDoneUnnamed, None),
                // Its task has said that it is done.
                (false, _, true) => (Outcome::Ready { more: self.next_change(lane).is_some() }, None),
                (false, _, false) => (Outcome::Refused, Some(error.clone())),
            };
            self.advance(lane, outcome, error);
            let due = self.next_look(lane);
            self.go_on(lane, due);
        }
    }

    /// A look succeeded: the channel recovers, and a halved batch grows again.
    fn looked(&mut self, flight: &Flight) {
        let steps = self.schedule.channel(flight.channel).cloud.steps();
        let channel = self.schedule.channel_mut(flight.channel);
        let most = if channel.work == Work::Image { steps.image_batch } else { steps.task_batch };
        channel.failures = 0;
        channel.batch = (channel.batch * 2).min(most.max(1));
        flight.items.iter().for_each(|lane| self.lanes[*lane as usize].in_flight = false);
    }

    fn judge_task(&mut self, index: u32, began: Millis, task: Option<&RemoteTask>) {
        let Some(task) = task else {
            return self.judge_missing(index, began, None);
        };
        let transfer = &self.plan.transfers[self.lanes[index as usize].transfer as usize];
        let (is_export, source) = (transfer.task == Task::Export, self.source_image(index).unwrap_or_default().to_owned());
        let named = task.image.as_deref().filter(|id| !is_export && !id.is_empty() && **id != *source);
        if let Some(image) = named.filter(|id| self.lanes[index as usize].image.as_deref() != Some(*id)) {
            if self.is_held_elsewhere(index, image) {
                return self.advance(index, Outcome::Several, Some(in_two_regions(image)));
            }
            // The id may come on the way; it names the image, but says nothing about its state.
            self.lanes[index as usize].image = Some(image.into());
        }
        let lane = &mut self.lanes[index as usize];
        lane.alone = false;
        match task.state {
            TaskState::Running => self.seen_at_work(index, task.percent),
            TaskState::Succeeded if is_export => self.finish(index, Outcome::Ready { more: false }, None),
            TaskState::Succeeded => {
                let outcome = if lane.image.is_some() { Outcome::TaskDone } else { Outcome::TaskDoneUnnamed };
                self.finish(index, outcome, None);
            }
            TaskState::Failed => {
                let (code, message) = task.failure.clone().unwrap_or_else(|| ("copy.failed".into(), "the cloud gives no reason".into()));
                let explanation = self.cloud_of(index).explain(&code, None);
                let error = Error::new(explanation.kind, code, format!("the task failed: {message}"))
                    .hint(explanation.next_en, explanation.next_zh);
                self.finish(index, Outcome::Broken, Some(error));
            }
        }
    }

    fn judge_image(&mut self, index: u32, began: Millis, image: Option<&Image>) {
        let Some(image) = image else {
            return self.judge_missing(index, began, None);
        };
        let lane = &mut self.lanes[index as usize];
        (lane.seen, lane.alone) = (true, false);
        match image.state {
            State::Ready if self.is_export(index) => self.judge_exported(index, true),
            State::Pending if self.is_export(index) => self.judge_exported(index, false),
            State::Ready => {
                let more = self.next_change(index).is_some();
                self.finish(index, Outcome::Ready { more }, None);
            }
            State::Pending => self.seen_at_work(index, image.percent),
            State::Failed | State::Gone => {
                let message = format!("the image {} is in state {}", image.id, crate::base::text::shown(&image.raw_state));
                let error = Error::new(Kind::Server, "image.failed", message)
                    .hint("delete it and copy again; if it fails again, open a ticket", "请删除后重新复制；若再次失败，请提交工单");
                self.finish(index, Outcome::Broken, Some(error));
            }
        }
    }

    /// The look did not show the task or the image. Tasks are forgotten, and listings lag: only what lasts counts.
    fn judge_missing(&mut self, index: u32, began: Millis, error: Option<Error>) {
        let (poll_ms, poll_max_ms) = (self.plan.policy.poll_ms, self.plan.policy.poll_max_ms);
        let unseen_ms = self.unseen_ms(index, began, poll_ms, poll_max_ms);
        let lasts = unseen_ms >= self.plan.policy.visible_ms;
        let (steps, policy, is_copy) = (self.cloud_of(index).steps(), &self.plan.policy, !self.is_export(index));
        let lane = &self.lanes[index as usize];
        // An image that was seen before was deleted; that a task is gone says nothing.
        let was_deleted = lane.phase == Phase::Image && lane.seen && u32::from(lane.absences) >= policy.absences;
        let has_task =
            is_copy && !lane.seen && steps.task_batch > 0 && if steps.task_by_id { lane.task.is_some() } else { lane.image.is_some() };
        let given_up = match lane.phase {
            // The image is the better witness where it is known.
            Phase::Task => lasts && lane.image.is_none(),
            _ => lasts || was_deleted,
        };
        // Tasks show late, too, and tell of progress, which images do not everywhere.
        if lane.phase == Phase::Task && !given_up && (lane.image.is_none() || unseen_ms < policy.settle_ms) {
            self.record_lane(index);
            return self.still_running(index, None);
        }
        let before = lane.phase;
        let error = given_up.then(|| {
            error.unwrap_or_else(|| {
                Error::new(Kind::NotFound, "image.gone", "the new image is not to be seen any more, or never was")
                    .hint("look at the destination; copy again if it is not there", "请核对目标地域；若不存在请重新复制")
            })
        });
        self.advance(index, Outcome::Missing { has_task, given_up }, error);
        if self.lanes[index as usize].phase == before {
            self.record_lane(index);
        }
        let due = if self.lanes[index as usize].phase == Phase::Probing { self.first_probe() } else { self.next_look(index) };
        self.go_on(index, due);
    }

    fn seen_at_work(&mut self, index: u32, percent: Option<u8>) {
        let lane = &mut self.lanes[index as usize];
        let was_missing = lane.absences > 0;
        (lane.since, lane.absences) = (self.clock.now, 0);
        lane.forget_looks();
        if was_missing {
            self.record_lane(index);
        }
        self.still_running(index, percent);
    }

    pub(super) fn still_running(&mut self, index: u32, percent: Option<u8>) {
        let lane = &mut self.lanes[index as usize];
        if lane.note_percent(percent, self.clock.now) {
            let elapsed_ms = self.clock.now.since(lane.launched.unwrap_or(lane.since));
            let eta_ms = eta_ms(lane.percent, elapsed_ms);
            self.tell(index, What::Progress, |event| event.eta_ms = eta_ms);
        }
        let due = self.next_look(index);
        self.go_on(index, due);
    }

    /// When a watched lane is looked at next.
    pub(super) fn next_look(&mut self, index: u32) -> Millis {
        let (now, policy) = (self.clock.now, &self.plan.policy);
        let lane = &self.lanes[index as usize];
        let ideal = match lane.phase {
            // The image follows its task within moments.
            Phase::Image if lane.over => now.since(lane.since).max(policy.poll_ms / 4),
            _ => lane.forecast.pause_ms(lane.percent, lane.launched.unwrap_or(lane.since), now, policy.poll_ms),
        };
        let pause = ideal.clamp(1, policy.poll_max_ms);
        // Jobs started together should not look together.
        let jitter = self.rng.between(0, pause / 64);
        now.plus(pause + jitter)
    }

    pub(super) fn finish(&mut self, index: u32, outcome: Outcome, error: Option<Error>) {
        self.advance(index, outcome, error);
        self.go_on(index, self.clock.now);
    }
}

/// Tasks of other kinds follow a copy, for example a check of the new image.
fn is_copy(task: &RemoteTask) -> bool {
    task.kind.is_empty() || task.kind.to_ascii_lowercase().contains("copy")
}

/// Remaining time if it goes on as so far, give or take half; unknown before there is progress to go by.
fn eta_ms(percent: Option<u8>, elapsed_ms: i64) -> Option<(i64, i64)> {
    let percent = i64::from(percent.filter(|p| *p > 0)?);
    let rest = elapsed_ms.max(0) / percent * (100 - percent);
    Some((rest / 2, rest + rest / 2))
}
