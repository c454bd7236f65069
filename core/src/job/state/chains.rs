//! Steps in between. Some images cannot go to another region at once: an encrypted or a shared one must first be copied
//! in its region, and a key belongs to a region, so that a copy is encrypted where it arrives. Each such step is a lane of
//! its own behind those of the plan, and goes the same way: found, launched, watched, written down. It sleeps until a
//! lane that needs it is otherwise ready, and serves all that need it.

use crate::job::id::LaneId;

/// Which step makes what for whom.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    /// Number of the first lane that is a step.
    first: u32,
    /// By lane from `first` on.
    steps: Vec<Step>,
    /// By lane: the step that makes what it copies; only as long as there are lanes that do not copy their source alone.
    before: Vec<Option<LaneId>>,
}

/// A lane that makes an image for other lanes.
#[derive(Debug)]
struct Step {
    /// A copy in the source's region, which is left out where the source can go as it is; otherwise a copy in the
    /// destination.
    is_own: bool,
    /// The lanes that copy what it makes.
    users: Vec<LaneId>,
}

impl Chains {
    /// No step yet; the first will be that lane.
    pub(crate) fn new(first: LaneId) -> Self {
        Self { first: first.0, steps: Vec::new(), before: Vec::new() }
    }

    /// Adds a step behind the others.
    pub(crate) fn add(&mut self, is_own: bool) {
        self.steps.push(Step { is_own, users: Vec::new() });
    }

    /// A lane copies what a step makes.
    pub(crate) fn link(&mut self, step: LaneId, user: LaneId) {
        if self.before.len() <= user.index() {
            self.before.resize(user.index() + 1, None);
        }
        self.before[user.index()] = Some(step);
        let first = self.first;
        if let Some(step) = self.steps.get_mut((step.0 - first) as usize) {
            step.users.push(user);
        }
    }

    /// Whether there is no step at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The lanes that copy what a step makes; `None` when the lane is no step.
    pub(crate) fn users(&self, lane: LaneId) -> Option<&[LaneId]> {
        self.step(lane).map(|step| step.users.as_slice())
    }

    /// The step that makes what the lane copies, should its source not be able to go as it is.
    pub(crate) fn before(&self, lane: LaneId) -> Option<LaneId> {
        self.before.get(lane.index()).copied().flatten()
    }

    /// Whether a step is a copy in the source's region; `None` when the lane is no step.
    pub(crate) fn is_own(&self, lane: LaneId) -> Option<bool> {
        self.step(lane).map(|step| step.is_own)
    }

    fn step(&self, lane: LaneId) -> Option<&Step> {
        self.steps.get(lane.0.checked_sub(self.first)? as usize)
    }
}
