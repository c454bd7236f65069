//! What follows from the plan and the state for one lane.

use super::State;
use super::clouds::{Access, CloudState};
use crate::api::replication::{Chaining, Change};
use crate::base::cloud::Cloud;
use crate::base::time::Millis;
use crate::job::forecast::Forecast;
use crate::job::id::{LaneId, TransferId};
use crate::job::machine::{Outcome, Phase, next};
use crate::plan::policy::Ambiguity;
use crate::plan::{Action, Target, Transfer};
use std::sync::Arc;

/// How many times the longest wait a launch is held while copies of ours keep its source busy.
const LONGEST_HOLD: i64 = 10;

impl State {
    /// The transfer that the lane belongs to.
    pub(crate) fn transfer(&self, lane: LaneId) -> &Transfer {
        self.transfer_at(self.lanes[lane].transfer)
    }

    pub(crate) fn transfer_at(&self, transfer: TransferId) -> &Transfer {
        &self.plan.transfers[transfer.index()]
    }

    /// The destination that the lane serves.
    pub(crate) fn target(&self, lane: LaneId) -> &Target {
        &self.transfer(lane).to[self.lanes[lane].target as usize]
    }

    pub(crate) fn cloud_of(&self, lane: LaneId) -> Cloud {
        self.transfer(lane).cloud
    }

    pub(crate) fn is_export(&self, lane: LaneId) -> bool {
        self.transfer(lane).task == Action::Export
    }

    /// Where a lane would stand after that outcome.
    pub(crate) fn phase_after(&self, lane: LaneId, outcome: Outcome) -> Phase {
        next(self.lanes[lane].phase, outcome, self.ambiguity(lane))
    }

    /// A launch that was accepted once, was refused for its name, or was tried too often, is never repeated.
    fn ambiguity(&self, lane: LaneId) -> Ambiguity {
        let (lane, policy) = (&self.lanes[lane], &self.plan.policy);
        let is_spent = lane.accepted || lane.name_taken || u32::from(lane.doubts) >= policy.launches;
        if is_spent { Ambiguity::Stop } else { policy.ambiguity }
    }

    /// How long a launch may be held while copies of ours keep its source busy.
    pub(crate) fn longest_hold_ms(&self) -> i64 {
        self.plan.policy.backoff_max_ms.saturating_mul(LONGEST_HOLD)
    }

    /// When a lost launch is looked for first: soon, since finding it is the commonest case.
    pub(crate) fn first_probe(&self) -> Millis {
        self.clock.now().plus(self.first_pause_ms())
    }

    pub(crate) fn first_pause_ms(&self) -> i64 {
        self.plan.policy.poll_ms.min(self.between_looks_ms()).max(1)
    }

    /// How long to wait before looking again at something that may last, and began at that time: late by half of it at most.
    pub(crate) fn pause_ms(&self, since: Millis) -> i64 {
        let policy = &self.plan.policy;
        Forecast::default().pause_ms(None, since, self.clock.now(), policy.poll_ms).clamp(1, policy.poll_max_ms)
    }

    /// When a cloud's keys are asked for again, where those at hand are refused and others are waited for.
    pub(crate) fn keys_due(&self, cloud: Cloud) -> Option<Millis> {
        let CloudState { access: Access::Refused { .. }, refused: Some(since), barred: None, .. } = self.clouds[cloud] else {
            return None;
        };
        let last = since.plus(self.plan.policy.credentials_wait_ms);
        Some(self.clock.now().plus(self.pause_ms(since)).min(last))
    }

    /// How far apart the looks are that must lack a launch before its absence is believed.
    pub(crate) fn between_looks_ms(&self) -> i64 {
        (self.plan.policy.settle_ms / i64::from(self.plan.policy.absences)).max(1)
    }

    /// When a lost launch is looked for next, by what the journal tells: at once when that is past. However often a job
    /// is taken up again, it comes to look.
    pub(crate) fn next_probe(&self, lane: LaneId) -> Millis {
        let lane = &self.lanes[lane];
        let last = lane.more.as_ref().and_then(|more| more.looks.last);
        let (since, pause_ms) = last.map_or((lane.since, self.first_pause_ms()), |(began, _)| (began, self.between_looks_ms()));
        since.plus(pause_ms)
    }

    /// The step that makes what the lane copies, if its source cannot go as it is.
    pub(crate) fn step_before(&self, lane: LaneId) -> Option<LaneId> {
        let step = self.chains.before(lane)?;
        let is_needed = !self.chains.is_own(step)? || {
            let facts = self.sources[self.lanes[step].source].facts.as_deref();
            // A source that was not described again after an interruption: then what was done tells.
            facts.map_or(!self.lanes.is_asleep(step), |facts| facts.needs_own)
        };
        is_needed.then_some(step)
    }

    /// How the lane's cloud makes steps.
    pub(crate) fn chaining(&self, lane: LaneId) -> Option<&'static Chaining> {
        self.cloud_of(lane).replication().chaining.as_ref()
    }

    /// The image that the lane copies; `None` while the step that makes it is not done.
    pub(crate) fn source_image(&self, lane: LaneId) -> Option<&str> {
        match self.step_before(lane) {
            Some(step) => self.lanes[step].image.as_deref(),
            None => Some(&self.transfer(lane).image),
        }
    }

    /// The region that the lane copies from.
    pub(crate) fn region_from(&self, lane: LaneId) -> &Arc<str> {
        let is_on_arrival = self.lanes[lane].in_region && !self.lanes.is_step(lane);
        if is_on_arrival { &self.target(lane).region.0 } else { &self.transfer(lane).from.0 }
    }

    /// The region that the lane copies to.
    pub(crate) fn region_to(&self, lane: LaneId) -> &Arc<str> {
        let is_at_home = self.lanes[lane].in_region && self.lanes.is_step(lane);
        if is_at_home { &self.transfer(lane).from.0 } else { &self.target(lane).region.0 }
    }

    /// The change that comes next, if any is left.
    pub(crate) fn next_change(&self, lane: LaneId) -> Option<Change> {
        let made = self.lanes[lane].more.as_ref().map_or(0, |more| more.changed);
        if self.is_export(lane) {
            return None;
        }
        if self.lanes.is_step(lane) {
            return (self.deletes(lane) && made == 0).then_some(Change::Delete);
        }
        let name = self.lanes[lane].name.as_deref().unwrap_or_default();
        self.transfer(lane).changes(self.target(lane), name, self.started).into_iter().nth(usize::from(made))
    }

    /// The name that the copy gets at last, where it is another than the one it is copied under.
    pub(crate) fn last_name(&self, lane: LaneId) -> Option<String> {
        let name = self.lanes[lane].name.as_deref().unwrap_or_default();
        if self.lanes.is_step(lane) { None } else { self.transfer(lane).last_name(self.target(lane), name, self.started) }
    }

    /// Whether the image of a step is to be deleted: it was made by this job, and all who use it want that.
    fn deletes(&self, step: LaneId) -> bool {
        self.lanes[step].launches > 0 && self.all_users_delete(step)
    }

    fn all_users_delete(&self, lane: LaneId) -> bool {
        match self.chains.users(lane) {
            Some(users) => users.iter().all(|user| self.all_users_delete(*user)),
            None => self.transfer(lane).chain_for(self.target(lane)).is_some_and(|chain| chain.delete_intermediates == Some(true)),
        }
    }

    /// Object keys that an export of that lane writes, as far as they follow from the plan.
    pub(crate) fn expected_objects(&self, lane: LaneId) -> Vec<String> {
        let transfer = self.transfer(lane);
        if transfer.task == Action::Copy {
            return Vec::new();
        }
        let (target, name) = (self.target(lane), self.lanes[lane].name.as_deref().unwrap_or_default());
        let wanted = transfer.launch(target, name, &transfer.params_for(target));
        (transfer.cloud.replication().export_objects)(&wanted.params)
    }
}
