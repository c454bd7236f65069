//! Third step: the launch. No cloud has an idempotency token, so the intent is written ahead, and whatever is not
//! certain afterwards is looked for before anything is sent again.

use super::Job;
use super::find::Listing;
use super::flight::Flight;
use super::journal::Record;
use super::machine::{Outcome, Phase};
use super::schedule::Work;
use crate::api::facts::{Facts, Launched, Reply};
use crate::api::operation::{Effect, Named};
use crate::api::replication::{Change, ChangeKind, Finished, Replica, Wanted};
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use crate::plan::Task;
use std::sync::Arc;

/// How many times the longest wait a launch is held while copies of ours keep its source busy.
pub(super) const LONGEST_HOLD: i64 = 10;

impl Job {
    pub(super) fn want_launch(&mut self, index: u32, due: Millis) {
        let task = self.plan.transfers[self.lanes[index as usize].transfer as usize].task;
        let work = match task {
            Task::Export => Work::Export,
            Task::Copy if self.lanes[index as usize].in_region => Work::CopyInRegion,
            Task::Copy => Work::Launch,
        };
        let channel = self.channel_for(index, work);
        // One call can serve all destinations of a transfer: wait a little for those that are still being looked at.
        let shares = self.cloud_of(index).steps().fan_out > 1 && work == Work::Launch && !self.is_step(index);
        let is_early = shares && self.preparing[self.lanes[index as usize].transfer as usize] > 0;
        let due = if is_early { due.max(self.clock.now.plus(self.plan.policy.poll_ms)) } else { due };
        self.put(channel, due, index);
    }

    /// The last destination of a transfer is ready to be launched, or never will be: the others need not wait for it.
    pub(super) fn prepared(&mut self, transfer: u32) {
        for lane in self.lanes_of(transfer) {
            if self.lanes[lane as usize].phase == Phase::Queued {
                self.want_launch(lane, self.clock.now);
            }
        }
    }

    /// The destinations of a transfer.
    pub(super) fn lanes_of(&self, transfer: u32) -> std::ops::Range<u32> {
        let destinations = self.lanes.get(..self.len()).unwrap_or_default();
        let first = destinations.partition_point(|lane| lane.transfer < transfer);
        let end = destinations.partition_point(|lane| lane.transfer <= transfer);
        first as u32..end as u32
    }

    pub(super) fn make_launch(&mut self, channel: usize) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let is_in_region = self.schedule.channel(channel).work == Work::CopyInRegion;
        let room = if is_in_region { 1 } else { self.room(channel)? };
        let lanes = self.next_group(channel, room);
        let first = *lanes.first()?;
        if is_in_region {
            return Some((lanes, self.copy_in_region(first)?, None));
        }
        let source = self.source_image(first)?;
        let (transfer, name) = {
            let lane = &self.lanes[first as usize];
            (&self.plan.transfers[lane.transfer as usize], lane.name.as_deref().unwrap_or_default())
        };
        let targets: Vec<_> = lanes.iter().map(|lane| &transfer.to[self.lanes[*lane as usize].target as usize]).collect();
        let params = transfer.params_for(targets.first()?);
        let wanted = match transfer.task {
            Task::Copy => {
                let replica = |target| Replica { image: source, ..transfer.replica(target, name, &params) };
                let replicas: Vec<Replica<'_>> = targets.iter().copied().map(replica).collect();
                (transfer.cloud.steps().launch)(&replicas)
            }
            Task::Export => transfer.launch(targets.first()?, name, &params),
        };
        Some((lanes, wanted, None))
    }

    /// How many copies the cloud lets us begin now; a full cloud parks the channel.
    fn room(&mut self, channel: usize) -> Option<u32> {
        let cloud = self.schedule.channel(channel).cloud;
        let limit = self.plan.policy.active.iter().find(|(of, _)| *of == cloud).map_or(cloud.steps().active, |(_, limit)| *limit);
        let room = if limit == 0 { u32::MAX } else { limit.saturating_sub(self.clouds[cloud as usize].active) };
        if room == 0 {
            self.schedule.park(channel);
            return None;
        }
        Some(room)
    }

    /// The next lanes that one call can launch: of one transfer, under one name, with the same parameters.
    fn next_group(&mut self, channel: usize, room: u32) -> Vec<u32> {
        let most = self.schedule.channel(channel).cloud.steps().fan_out.min(room as usize);
        let (mut group, mut others): (Vec<u32>, Vec<(Millis, u32)>) = (Vec::new(), Vec::new());
        // Destinations with names of their own may stand between those that go together.
        while group.len() < most && others.len() < most {
            let Some((due, lane)) = self.take_due(channel, self.clock.now) else {
                break;
            };
            if self.lanes[lane as usize].phase != Phase::Queued {
                continue;
            }
            match group.first() {
                Some(first) if !self.may_share(*first, lane) || !self.same_source(*first, lane) => others.push((due, lane)),
                _ => group.push(lane),
            }
        }
        // They keep their place in the queue.
        others.into_iter().for_each(|(due, lane)| self.put(channel, due, lane));
        group
    }

    fn may_share(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.lanes[a as usize], &self.lanes[b as usize]);
        let transfer = &self.plan.transfers[a.transfer as usize];
        let special = |lane: &super::Lane| {
            transfer.to[lane.target as usize].overrides.as_ref().is_some_and(|o| !o.params.is_empty() || o.description.is_some())
        };
        a.transfer == b.transfer && a.name == b.name && !a.alone && !b.alone && !special(a) && !special(b)
    }

    /// Before a launch leaves: it stands in the journal, and its lanes are in the phase that a crash must find them in.
    pub(super) fn write_ahead(&mut self, flight: &Flight) {
        if flight.call.operation.effect != Effect::Launch {
            return;
        }
        let names = flight.items.iter().map(|lane| self.lanes[*lane as usize].name.as_deref().unwrap_or_default());
        let name = names.take(1).collect();
        let lanes = flight.items.iter().map(|lane| &self.lanes[*lane as usize]);
        let before = lanes.map(|lane| lane.listed.then(|| lane.before().to_vec())).collect();
        let sent = self.clouds[flight.call.operation.cloud as usize].told_time;
        let record = Record::Launch { at: self.clock.host, sent, lanes: flight.items.clone(), name, before };
        self.journal.push_str(&record.to_line());
        for lane in &flight.items {
            let state = &mut self.lanes[*lane as usize];
            state.launches = state.launches.saturating_add(u16::from(!flight.resigned));
            state.launched = Some(self.clock.now);
            state.note_sent(sent);
            self.advance(*lane, Outcome::Sent, None);
        }
    }

    pub(super) fn settle_launch(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        match outcome {
            Ok(Reply { facts: Facts::Launched(launched), request_id, .. }) => {
                let source = flight.items.first().and_then(|lane| self.source_image(*lane)).unwrap_or_default();
                let launched = without_source(launched, source);
                for lane in &flight.items {
                    self.lanes[*lane as usize].note_request(request_id.as_deref());
                    self.accepted(*lane, &launched, flight.items.len());
                }
            }
            Ok(Reply { facts: Facts::DryRun, .. }) => {
                let error = Error::new(Kind::Misuse, "plan.dry_run", "the cloud only checked the launch: the parameters ask for a dry run")
                    .hint("take DryRun out of the plan", "请从计划中去掉 DryRun");
                flight.items.iter().for_each(|lane| self.advance(*lane, Outcome::Refused, Some(error.clone())));
            }
            Ok(reply) => {
                let mut error = super::inspect::unexpected();
                error.request_id = reply.request_id;
                flight.items.iter().for_each(|lane| self.unsure(*lane, error.clone()));
            }
            Err(error) => self.launch_failed(&flight, error, retry_after_ms),
        }
    }

    /// The cloud accepted: what is to be watched now?
    fn accepted(&mut self, index: u32, launched: &[Launched], group: usize) {
        let region = self.region_to(index).clone();
        let named = |entry: &&Launched| entry.region.as_deref().map_or(group == 1, |named| *named == *region);
        let mine = launched.iter().find(named).cloned().unwrap_or_default();
        // A set that names other regions but not this one accepted those, not this one.
        let is_partial = launched.iter().any(|entry| entry.image.is_some()) && mine.image.is_none() && mine.task.is_none();
        let task = self.plan.transfers[self.lanes[index as usize].transfer as usize].task;
        let lane = &mut self.lanes[index as usize];
        lane.accepted = !is_partial;
        lane.alone = false;
        lane.unsure = is_partial;
        lane.image = mine.image.map(Into::into);
        lane.task = mine.task.map(Into::into);
        if !mine.objects.is_empty() {
            lane.more_mut().objects = mine.objects;
        }
        let steps = self.cloud_of(index).steps();
        let lane = &mut self.lanes[index as usize];
        let outcome = match task {
            Task::Export if steps.export_tasks.is_some() && lane.task.is_some() => Outcome::AcceptedTask,
            // An export without a task to ask for: the source is busy until it is written.
            Task::Export => Outcome::AcceptedImage,
            Task::Copy if steps.task_by_id && lane.task.is_some() => Outcome::AcceptedTask,
            Task::Copy if lane.image.is_some() && steps.task_batch > 0 && !steps.task_by_id => Outcome::AcceptedTask,
            Task::Copy if lane.image.is_some() => Outcome::AcceptedImage,
            Task::Copy => Outcome::AcceptedUnnamed,
        };
        self.advance(index, outcome, None);
        let due = if outcome == Outcome::AcceptedUnnamed { self.first_probe() } else { self.next_look(index) };
        self.go_on(index, due);
    }

    fn launch_failed(&mut self, flight: &Flight, error: Error, retry_after_ms: Option<i64>) {
        let steps = flight.call.operation.cloud.steps();
        let is_name_taken = steps.name_taken.contains(&error.code.as_str());
        let failures = flight.items.iter().map(|lane| self.lanes[*lane as usize].failures).max().unwrap_or(0);
        // One wait for all, so that they can share the next call, too.
        let mut wait_ms = self.wait_ms(u32::from(failures), Some(&error), retry_after_ms);
        let first = flight.items.first().map_or(0, |lane| self.lanes[*lane as usize].source);
        // A source that copies of ours keep busy is free when one of them is over.
        let is_held = error.kind == Kind::Conflict && self.sources[first as usize].active > flight.items.len() as u32;
        if is_held {
            wait_ms = wait_ms.saturating_mul(1 << failures.min(8)).min(LONGEST_HOLD * self.plan.policy.backoff_max_ms);
        }
        let due = self.clock.now.plus(wait_ms);
        for lane in flight.items.iter().copied() {
            match error.retry {
                Retry::Unsure => self.unsure(lane, error.clone()),
                Retry::Backoff | Retry::Clock | Retry::Credentials => {
                    let state = &mut self.lanes[lane as usize];
                    (state.failures, state.due) = (failures.saturating_add(1), due);
                    self.advance(lane, Outcome::Delayed, Some(error.clone()));
                    self.go_on(lane, due);
                    if is_held {
                        let source = self.lanes[lane as usize].source;
                        self.sources[source as usize].held.push_back(lane);
                    }
                }
                // One bad destination refuses the whole call: each tries alone.
                Retry::Never if flight.items.len() > 1 => {
                    self.lanes[lane as usize].alone = true;
                    self.advance(lane, Outcome::Delayed, Some(error.clone()));
                    self.go_on(lane, self.clock.now);
                }
                Retry::Never if is_name_taken => {
                    let state = &mut self.lanes[lane as usize];
                    let perhaps_ours = state.unsure;
                    state.doubts = state.doubts.saturating_add(1);
                    self.advance(lane, Outcome::NameTaken { perhaps_ours }, Some(error.clone()));
                    self.go_on(lane, self.first_probe());
                }
                Retry::Never => self.advance(lane, Outcome::Refused, Some(error.clone())),
            }
        }
    }

    /// A copy of that source is over: the next launch that was refused because the source was busy may go.
    pub(super) fn release(&mut self, source: u32) {
        while let Some(lane) = self.sources[source as usize].held.pop_front() {
            if self.lanes[lane as usize].phase == Phase::Queued {
                let (transfer, name) = (self.lanes[lane as usize].transfer, self.lanes[lane as usize].name.clone());
                self.go_on(lane, self.clock.now);
                // Those that can share its call come along.
                while let Some(next) = self.sources[source as usize].held.front().copied() {
                    let state = &self.lanes[next as usize];
                    if (state.transfer, &state.name) != (transfer, &name) {
                        break;
                    }
                    self.sources[source as usize].held.pop_front();
                    if state.phase == Phase::Queued {
                        self.go_on(next, self.clock.now);
                    }
                }
                return;
            }
        }
    }

    fn unsure(&mut self, lane: u32, error: Error) {
        let state = &mut self.lanes[lane as usize];
        state.unsure = true;
        state.doubts = state.doubts.saturating_add(1);
        self.advance(lane, Outcome::Unsure, Some(error));
        let due = self.first_probe();
        self.go_on(lane, due);
    }

    /// The channel of that work in that region; opened at first use.
    pub(super) fn channel(&mut self, cloud: Cloud, work: Work, region: &Arc<str>) -> usize {
        if let Some(channel) = self.schedule.find(cloud, work, region) {
            return channel;
        }
        let steps = cloud.steps();
        let sample = Replica { image: "", from: "", to: "", name: "", description: None, params: &Default::default() };
        let finished = Finished { image: "", region: "", uin: Some("") };
        let change = |change: &Change| (steps.change)(&finished, change).unwrap_or_else(|_| (steps.images)(&["id"]));
        let (wanted, batch) = match work {
            Work::Inspect | Work::Image => ((steps.images)(&["id"]), steps.image_batch),
            Work::Find => ((steps.find)(&[], None, 0), 1),
            Work::FindExport => (steps.export_evidence.map_or_else(|| (steps.images)(&["id"]), |tasks| tasks("id")), 1),
            Work::Quota(call) => (steps.quota.get(usize::from(call)).map_or_else(|| (steps.images)(&["id"]), |quota| quota()), 1),
            Work::Launch => ((steps.launch)(&[sample]), 1),
            Work::CopyInRegion => {
                (steps.chaining.map_or_else(|| (steps.images)(&["id"]), |chaining| (chaining.copy_in_region)(&sample, None)), 1)
            }
            Work::Export => ((steps.export)(&sample), 1),
            Work::CopyTask => ((steps.tasks)(&["id"]), steps.task_batch),
            Work::Change(ChangeKind::Describe) => (change(&Change::Describe { name: None, description: None }), 1),
            Work::Change(ChangeKind::Tag) => (change(&Change::Tag(Default::default())), 1),
            Work::Change(ChangeKind::Delete) => (change(&Change::Delete), 1),
            Work::Change(ChangeKind::Share) => (change(&Change::Share(Vec::new())), 1),
            Work::ExportTask => (steps.export_tasks.map_or_else(|| (steps.images)(&["id"]), |tasks| tasks(&["id"])), steps.task_batch),
        };
        // The place where calls enter the cloud: limits are counted there. A region that makes no host fails at its calls.
        let host = crate::provider::build(&Named { operation: wanted.operation, params: &wanted.params }, &self.plan.at(cloud, region))
            .map_or_else(
                |_| region.to_string(),
                |call| authority(&call.request.header("host").unwrap_or(&call.request.url).replace("https://", "")).to_owned(),
            );
        // Only launches stand in the journal; looks are few at the start of a run.
        let interrupted = match work {
            // All regions are asked for their room at once, and the interrupted run may just have done so.
            Work::Quota(_) => self.looked,
            _ => self.interrupted.filter(|_| wanted.operation.effect == Effect::Launch),
        };
        self.schedule.open((cloud, work, region.clone()), wanted.operation, host, batch.max(1), &self.plan.policy, interrupted)
    }
}

fn authority(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?']).next().unwrap_or(url)
}

/// The China edition answers the source's own id when new ids were not asked for.
fn without_source(mut launched: Vec<Launched>, source: &str) -> Vec<Launched> {
    for entry in &mut launched {
        if entry.image.as_deref() == Some(source) {
            entry.image = None;
        }
    }
    launched
}
