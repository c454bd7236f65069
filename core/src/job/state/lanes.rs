//! All lanes: the destinations of the plan in its order, then the steps on the way of others.

use super::holders::Holders;
use super::lane::Lane;
use crate::job::id::{LaneId, TransferId};
use crate::job::machine::Phase;
use std::ops::{Index, IndexMut, Range};

/// All lanes, and how many of them are still to do something.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    all: Vec<Lane>,
    /// Number of those that are destinations of the plan.
    destinations: usize,
    /// Number of those that have not ended; a step counts from when it is needed.
    open: usize,
    /// By transfer: destinations that those wait for which are ready to be launched.
    awaited: Vec<u32>,
    holders: Holders,
}

impl Index<LaneId> for Lanes {
    type Output = Lane;

    fn index(&self, id: LaneId) -> &Lane {
        &self.all[id.index()]
    }
}

impl IndexMut<LaneId> for Lanes {
    fn index_mut(&mut self, id: LaneId) -> &mut Lane {
        &mut self.all[id.index()]
    }
}

impl Lanes {
    /// The destinations, of which each transfer has so many.
    pub(crate) fn new(destinations: Vec<Lane>, awaited: Vec<u32>) -> Self {
        let count = destinations.len();
        Self { all: destinations, destinations: count, open: count, awaited, holders: Holders::default() }
    }

    /// Adds a step, which sleeps.
    pub(crate) fn add_step(&mut self, lane: Lane) {
        self.all.push(lane);
    }

    /// Every lane.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = LaneId> + use<> {
        (0..self.all.len()).map(LaneId::at)
    }

    /// The destinations of the plan.
    pub(crate) fn destinations(&self) -> impl ExactSizeIterator<Item = LaneId> + use<> {
        (0..self.destinations).map(LaneId::at)
    }

    /// The steps that somebody has needed so far.
    pub(crate) fn steps_taken(&self) -> impl Iterator<Item = LaneId> {
        (self.destinations..self.all.len()).map(LaneId::at).filter(|id| !self.is_asleep(*id))
    }

    /// The destinations of a transfer.
    pub(crate) fn of_transfer(&self, transfer: TransferId) -> impl Iterator<Item = LaneId> + use<> {
        let destinations = self.all.get(..self.destinations).unwrap_or_default();
        let first = destinations.partition_point(|lane| lane.transfer < transfer);
        let end = destinations.partition_point(|lane| lane.transfer <= transfer);
        Range { start: first, end }.map(LaneId::at)
    }

    pub(crate) fn get_mut(&mut self, id: LaneId) -> Option<&mut Lane> {
        self.all.get_mut(id.index())
    }

    /// Whether the lane is a step and no destination of the plan.
    pub(crate) fn is_step(&self, id: LaneId) -> bool {
        id.index() >= self.destinations
    }

    /// Whether the lane is a step that nobody has needed so far.
    pub(crate) fn is_asleep(&self, id: LaneId) -> bool {
        self.is_step(id) && self[id].phase == Phase::Inspecting
    }

    /// A lane is given the image that it makes, or that was there.
    pub(crate) fn hold(&mut self, id: LaneId, image: Box<str>) {
        self[id].image = Some(image);
        if !self.is_step(id) {
            self.holders.add(&self.all[..self.destinations], id);
        }
    }

    /// Whether another destination of the same transfer has that image: an image is in one region only.
    pub(crate) fn is_held_elsewhere(&self, id: LaneId, image: &str) -> bool {
        !self.is_step(id) && self.holders.has_other(&self.all[..self.destinations], id, self[id].transfer, image)
    }

    /// Number of lanes that have not ended.
    pub(crate) fn open(&self) -> usize {
        self.open
    }

    /// A step is needed: it has to end from now on.
    pub(crate) fn wake(&mut self) {
        self.open += 1;
    }

    /// A lane has ended.
    pub(crate) fn close(&mut self) {
        self.open -= 1;
    }

    /// Whether some destination of the transfer is awaited.
    pub(crate) fn are_awaited(&self, transfer: TransferId) -> bool {
        self.awaited[transfer.index()] > 0
    }

    /// One more destination is awaited.
    pub(crate) fn wait_for(&mut self, transfer: TransferId) {
        self.awaited[transfer.index()] += 1;
    }

    /// A destination is awaited no more; whether it was the last of its transfer.
    pub(crate) fn wait_no_more(&mut self, transfer: TransferId) -> bool {
        let awaited = &mut self.awaited[transfer.index()];
        *awaited = awaited.saturating_sub(1);
        *awaited == 0
    }

    /// Counts anew, after the lanes were taken from a journal.
    pub(crate) fn recount(&mut self) {
        self.open = self.ids().filter(|id| !self[*id].phase.is_ended() && !self.is_asleep(*id)).count();
        self.awaited.fill(0);
        self.holders = Holders::of(&self.all[..self.destinations]);
        for lane in self.all.iter().take(self.destinations).filter(|lane| lane.is_awaited()) {
            self.awaited[lane.transfer.index()] += 1;
        }
    }
}
