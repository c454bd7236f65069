//! Steps in between. Some images cannot go to another region at once: an encrypted or a shared one must first be copied
//! in its region, and a key belongs to a region, so that a copy is encrypted where it arrives. Each such step is a lane of
//! its own behind those of the plan, and goes the same way: found, launched, watched, written down. It sleeps until a
//! lane that needs it is otherwise ready, and serves all that need it.

use super::machine::{End, Outcome, Phase};
use super::{Job, Lane};
use crate::api::replication::{Chaining, Replica};
use crate::base::cloud::Cloud;
use crate::base::error::Error;
use crate::base::names::Names;
use crate::base::time::Millis;
use std::sync::Arc;

/// The steps behind the lanes of the plan.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    /// Index of the first lane that is a step; those before it are destinations of the plan.
    first: u32,
    /// By lane from `first` on.
    steps: Vec<Step>,
    /// By lane: the step that makes what it copies; only as long as there are lanes that do not copy their source alone.
    before: Vec<Option<u32>>,
}

/// A lane that makes an image for other lanes.
#[derive(Debug)]
struct Step {
    /// A copy in the source's region, which is left out where the source can go as it is; otherwise a copy in the
    /// destination.
    is_own: bool,
    /// The lanes that copy what it makes.
    users: Vec<u32>,
}

/// Whether a step is still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// All lanes that use it are over for good.
    Over,
    /// Lanes that use it may be taken up again later.
    Later,
    /// Lanes use it now.
    Now,
}

impl Job {
    /// Lays the steps out behind the lanes of the plan: the same for the same plan, whatever the images turn out to be.
    pub(super) fn lay_out_steps(&mut self, now: Millis) {
        let mut known = Names::default();
        let first = self.lanes.len() as u32;
        self.chains.first = first;
        for index in 0..first {
            let lane = &self.lanes[index as usize];
            let (source, transfer) = (lane.source, &self.plan.transfers[lane.transfer as usize]);
            let target = &transfer.to[lane.target as usize];
            let Some(chain) = transfer.chain_for(target).filter(|_| transfer.cloud.steps().chaining.is_some()) else {
                continue;
            };
            let region = target.region.0.clone();
            let own = self.step_named(&mut known, format!("{source}"), index, now).0;
            let user = match chain.cmk_id {
                None => index,
                Some(_) => {
                    let (carried, is_new) = self.step_named(&mut known, format!("{source} {region}"), index, now);
                    self.lanes[index as usize].in_region = true;
                    self.use_step(carried, index);
                    if !is_new {
                        continue;
                    }
                    carried
                }
            };
            self.use_step(own, user);
        }
    }

    /// The step of that name, which is added if it is new: a copy in the region of a source is named by the source alone.
    fn step_named(&mut self, known: &mut Names, name: String, first_user: u32, now: Millis) -> (u32, bool) {
        let is_own = !name.contains(' ');
        let (step, is_new) = known.number(name);
        if is_new {
            self.add_step(first_user, is_own, now);
        }
        (self.chains.first + step as u32, is_new)
    }

    fn add_step(&mut self, first_user: u32, is_own: bool, now: Millis) {
        let user = &self.lanes[first_user as usize];
        let (transfer, target, source) = (user.transfer, user.target, user.source);
        let mut lane = Lane::new(transfer, target, source, now);
        lane.in_region = is_own;
        lane.name = Some(self.plan.transfers[transfer as usize].step_name().into());
        self.lanes.push(lane);
        self.chains.steps.push(Step { is_own, users: Vec::new() });
    }

    fn use_step(&mut self, step: u32, user: u32) {
        if self.chains.before.len() <= user as usize {
            self.chains.before.resize(user as usize + 1, None);
        }
        self.chains.before[user as usize] = Some(step);
        let first = self.chains.first;
        if let Some(step) = self.chains.steps.get_mut((step - first) as usize) {
            step.users.push(user);
        }
    }

    fn step(&self, index: u32) -> Option<&Step> {
        self.chains.steps.get(index.checked_sub(self.chains.first)? as usize)
    }

    /// Whether the lane is a step and no destination of the plan.
    pub(super) fn is_step(&self, index: u32) -> bool {
        index >= self.chains.first
    }

    /// Number of lanes that are destinations of the plan.
    pub(super) fn destinations(&self) -> u32 {
        self.chains.first
    }

    /// Whether the lane is a step that nobody has needed so far.
    pub(super) fn is_asleep(&self, index: u32) -> bool {
        self.is_step(index) && self.lanes[index as usize].phase == Phase::Inspecting
    }

    /// The step that makes what the lane copies, if its source cannot go as it is.
    pub(super) fn step_before(&self, index: u32) -> Option<u32> {
        let step = (*self.chains.before.get(index as usize)?)?;
        let is_needed = !self.step(step)?.is_own || {
            let lane = &self.lanes[step as usize];
            let image = self.sources[lane.source as usize].image.as_deref();
            let chaining = self.chaining(index)?;
            // A source that was not described again after an interruption: then what was done tells.
            image.map_or(!self.is_asleep(step), |image| (chaining.needs_own)(image))
        };
        is_needed.then_some(step)
    }

    /// How the lane's cloud makes steps.
    pub(super) fn chaining(&self, index: u32) -> Option<&'static Chaining> {
        self.cloud_of(index).steps().chaining.as_ref()
    }

    /// Whether two lanes copy the same image.
    pub(super) fn same_source(&self, a: u32, b: u32) -> bool {
        self.step_before(a) == self.step_before(b)
    }

    /// The image that the lane copies; `None` while the step that makes it is not done.
    pub(super) fn source_image(&self, index: u32) -> Option<&str> {
        match self.step_before(index) {
            Some(step) => self.lanes[step as usize].image.as_deref(),
            None => Some(&self.plan.transfers[self.lanes[index as usize].transfer as usize].image),
        }
    }

    /// The region that the lane copies from.
    pub(super) fn region_from(&self, index: u32) -> &Arc<str> {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        if lane.in_region && !self.is_step(index) { &transfer.to[lane.target as usize].region.0 } else { &transfer.from.0 }
    }

    /// The region that the lane copies to.
    pub(super) fn region_to(&self, index: u32) -> &Arc<str> {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        if lane.in_region && self.is_step(index) { &transfer.from.0 } else { &transfer.to[lane.target as usize].region.0 }
    }

    /// The launch of a copy within its region.
    pub(super) fn copy_in_region(&self, index: u32) -> Option<crate::api::replication::Wanted> {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let target = &transfer.to[lane.target as usize];
        let is_last = !self.is_step(index);
        let key = transfer.chain_for(target).and_then(|chain| chain.cmk_id).filter(|_| is_last);
        let replica = Replica {
            image: self.source_image(index)?,
            from: self.region_from(index),
            to: self.region_to(index),
            name: lane.name.as_deref().unwrap_or_default(),
            description: transfer.description_for(target).filter(|_| is_last),
            params: &crate::base::record::Params::new(),
        };
        Some((self.chaining(index)?.copy_in_region)(&replica, key.as_deref()))
    }

    /// Whether the lane's source is there; otherwise the step that makes it is seen to, and calls the lane back.
    pub(super) fn has_source(&mut self, index: u32) -> bool {
        let Some(step) = self.step_before(index) else {
            return true;
        };
        if self.is_asleep(step) {
            self.open += 1;
            self.advance(step, Outcome::Suitable, None);
            self.go_on(step, self.clock.now);
        }
        let lane = &self.lanes[step as usize];
        let failed = |error: Option<&Error>| {
            let mut error = error.cloned().unwrap_or_else(super::inspect::unexpected);
            error.message = format!("a step before it did not succeed: {}", error.message);
            Some(error)
        };
        let error = lane.error();
        let (outcome, error) = match lane.phase {
            Phase::Finishing | Phase::Ended(End::Ready | End::Present) if lane.image.is_some() => return true,
            Phase::Ended(End::Ambiguous) => (Outcome::Unsure, failed(error)),
            Phase::Ended(End::Cancelled | End::Unfinished) => (Outcome::Stopped, failed(error)),
            Phase::Ended(_) => (Outcome::Unsuitable, failed(error)),
            _ => return false,
        };
        self.advance(index, outcome, error);
        false
    }

    /// A lane has moved: those that wait for it, and the steps that waited for it to be over, go on.
    pub(super) fn moved(&mut self, index: u32) {
        let phase = self.lanes[index as usize].phase;
        if self.chains.steps.is_empty() || !(phase == Phase::Finishing || phase.is_ended()) {
            return;
        }
        for user in self.step(index).map(|step| step.users.clone()).unwrap_or_default() {
            if self.lanes[user as usize].phase == Phase::Waiting {
                self.go_on(user, self.clock.now);
            }
        }
        self.review_steps(index);
    }

    /// Steps that a lane was the last to use have something to finish.
    fn review_steps(&mut self, index: u32) {
        if let Some(step) = self.chains.before.get(index as usize).copied().flatten() {
            if self.lanes[step as usize].phase == Phase::Finishing {
                self.go_on(step, self.clock.now);
            } else if self.is_asleep(step) {
                self.review_steps(step);
            }
        }
    }

    /// Whether the image of a step is to be deleted: it was made by this job, and all who use it want that.
    pub(super) fn deletes(&self, index: u32) -> bool {
        self.lanes[index as usize].launches > 0 && self.all_users_delete(index)
    }

    fn all_users_delete(&self, index: u32) -> bool {
        match self.step(index) {
            Some(step) => step.users.iter().all(|user| self.all_users_delete(*user)),
            None => {
                let lane = &self.lanes[index as usize];
                let transfer = &self.plan.transfers[lane.transfer as usize];
                transfer.chain_for(&transfer.to[lane.target as usize]).is_some_and(|chain| chain.delete_intermediates == Some(true))
            }
        }
    }

    /// Whether a step may be finished now. One that is kept for lanes that can be taken up again ends unfinished.
    pub(super) fn may_finish(&mut self, index: u32) -> bool {
        let need = self.step(index).map_or(Need::Over, |step| self.need_of(&step.users));
        if need == Need::Later {
            let error = Error::new(crate::Kind::Misuse, "chain.kept", "kept for the lanes that can be taken up again");
            self.advance(index, Outcome::Stopped, Some(error.hint("resume the journal to go on", "可从日志恢复继续")));
        }
        need == Need::Over
    }

    fn need_of(&self, users: &[u32]) -> Need {
        let need = |user: &u32| match self.lanes[*user as usize].phase {
            // Asleep: whoever would wake it may still do so.
            Phase::Inspecting if self.is_step(*user) => self.step(*user).map_or(Need::Over, |step| self.need_of(&step.users)),
            Phase::Finishing => Need::Over,
            Phase::Ended(End::Ambiguous | End::Cancelled | End::Unfinished) => Need::Later,
            Phase::Ended(End::Ready | End::Present | End::Failed | End::Conflict | End::Stale | End::Missing) => Need::Over,
            Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Queued | Phase::Launching | Phase::Probing => Need::Now,
            Phase::Task | Phase::Image => Need::Now,
        };
        users.iter().map(need).max().unwrap_or(Need::Over)
    }

    /// Steps that were taken, for the report.
    pub(super) fn steps_taken(&self) -> impl Iterator<Item = u32> {
        (self.chains.first..self.lanes.len() as u32).filter(|index| !self.is_asleep(*index))
    }

    /// Where a step stands in the plan.
    pub(super) fn step_path(&self, index: u32) -> &'static str {
        match self.step(index) {
            Some(Step { is_own: true, .. }) => ".chain.from",
            Some(Step { is_own: false, .. }) => ".chain.to",
            None => "",
        }
    }

    /// Lanes of a cloud that its limit of copies at a time counts.
    pub(super) fn active_lanes(&self, cloud: Cloud) -> u32 {
        (0..self.lanes.len() as u32).filter(|lane| self.cloud_of(*lane) == cloud && self.lanes[*lane as usize].counts_as_active()).count()
            as u32
    }
}
