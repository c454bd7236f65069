//! The places left in each destination, as far as anybody asked.

use crate::api::facts::Quota;
use crate::base::cloud::{ByCloud, Cloud};
use crate::job::id::LaneId;
use std::sync::Arc;

/// The places in one region of one cloud.
#[derive(Debug)]
pub(crate) struct Places {
    cloud: Cloud,
    region: Arc<str>,
    /// As the cloud told it.
    quota: Quota,
    /// Places that lanes of this job have taken since.
    taken: u64,
    /// The number of images there was asked for.
    counted: bool,
    /// The region itself was asked for its ceiling.
    asked: bool,
    /// Lanes that wait for the answer; `None` once it is there, or nobody can tell.
    waiting: Option<Vec<LaneId>>,
}

/// The ceiling of an account, which one region tells for all where it is known how many images are there.
#[derive(Debug, Default)]
enum Ceiling {
    #[default]
    Unknown,
    /// Asked for in one region; a lane for each other one that waits for the answer.
    Asked(Vec<LaneId>),
    /// As that region told it; `None` when nobody can tell.
    Known(Option<u64>),
}

/// All places.
#[derive(Debug)]
pub(crate) struct Quotas {
    places: Vec<Places>,
    ceilings: ByCloud<Ceiling>,
}

/// What is to be learned next of the places in a region.
#[derive(Debug)]
pub(crate) enum Question {
    /// The answer of the call of that number.
    Ask(u8),
    /// The ceiling, which another region is being asked for.
    Wait,
    /// Nothing more.
    Known,
}

/// Number of the call that tells the ceiling, or all.
pub(crate) const CEILING: u8 = 0;

/// Number of the call that counts, where it takes two.
const COUNT: u8 = 1;

/// There is no place left.
#[derive(Debug)]
pub(crate) struct Full {
    /// As the cloud told it.
    pub(crate) used: u64,
    /// Taken by lanes of this job since.
    pub(crate) taken: u64,
    /// As the cloud told it.
    pub(crate) total: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { places: Vec::new(), ceilings: ByCloud::new(|_| Ceiling::default()) }
    }
}

impl Quotas {
    /// What is to be learned next for a lane that goes to that region.
    pub(crate) fn next(&mut self, cloud: Cloud, region: &Arc<str>, lane: LaneId) -> Question {
        let index = self.index(cloud, region);
        let places = &mut self.places[index];
        if takes_two(cloud) && places.quota.used.is_none() && !std::mem::replace(&mut places.counted, true) {
            return Question::Ask(COUNT);
        }
        if places.asked {
            return Question::Known;
        }
        if !takes_two(cloud) && places.quota.used.is_none() {
            // One answer tells both.
            places.asked = true;
            return Question::Ask(CEILING);
        }
        match &mut self.ceilings[cloud] {
            Ceiling::Known(total) => {
                places.quota.total = *total;
                Question::Known
            }
            Ceiling::Asked(waiting) => {
                waiting.push(lane);
                Question::Wait
            }
            unknown @ Ceiling::Unknown => {
                *unknown = Ceiling::Asked(Vec::new());
                places.asked = true;
                Question::Ask(CEILING)
            }
        }
    }

    /// A region has told the ceiling, or nobody can tell it: those that waited for it. Later answers are those regions' own.
    pub(crate) fn told_ceiling(&mut self, cloud: Cloud, total: Option<u64>) -> Vec<LaneId> {
        match &mut self.ceilings[cloud] {
            Ceiling::Asked(waiting) => {
                let waiting = std::mem::take(waiting);
                self.ceilings[cloud] = Ceiling::Known(total);
                waiting
            }
            Ceiling::Unknown | Ceiling::Known(_) => Vec::new(),
        }
    }

    /// Whether a listing of all that is in the region would save a call.
    pub(crate) fn wants_count(&mut self, cloud: Cloud, region: &Arc<str>) -> bool {
        let is_told = !cloud.replication().quota.is_empty();
        let index = self.index(cloud, region);
        let places = &self.places[index];
        is_told && places.quota.used.is_none() && !places.counted && !places.asked
    }

    /// The places in that region, made at first use.
    pub(crate) fn of(&mut self, cloud: Cloud, region: &Arc<str>) -> &mut Places {
        let index = self.index(cloud, region);
        &mut self.places[index]
    }

    fn index(&mut self, cloud: Cloud, region: &Arc<str>) -> usize {
        self.places.iter().position(|places| places.cloud == cloud && places.region == *region).unwrap_or_else(|| {
            let (quota, waiting) = (Quota::default(), Some(Vec::new()));
            self.places.push(Places { cloud, region: region.clone(), quota, taken: 0, counted: false, asked: false, waiting });
            self.places.len() - 1
        })
    }
}

fn takes_two(cloud: Cloud) -> bool {
    cloud.replication().quota.len() > 1
}

impl Places {
    /// A lane waits for the answer; whether it is the first, who has to ask. `None` when it is known already.
    pub(crate) fn wait(&mut self, lane: LaneId) -> Option<bool> {
        self.waiting.as_mut().map(|waiting| {
            waiting.push(lane);
            waiting.len() == 1
        })
    }

    /// An answer told this; what it does not tell stays. Once places are taken, a new count may hold them already.
    pub(crate) fn learn(&mut self, told: Quota) {
        let known = self.quota.used.filter(|_| self.taken > 0);
        self.quota = Quota { total: told.total.or(self.quota.total), used: known.or(told.used).or(self.quota.used) };
    }

    /// Nobody can tell.
    pub(crate) fn forget(&mut self) {
        self.quota = Quota::default();
    }

    /// There is no place by another region's ceiling: a lane waits for this one's own; whether it is the first, who has to ask.
    /// `None` when that is known.
    pub(crate) fn wait_for_own(&mut self, lane: LaneId) -> Option<bool> {
        if self.waiting.is_none() && !std::mem::replace(&mut self.asked, true) {
            self.waiting = Some(Vec::new());
        }
        self.wait(lane)
    }

    /// All is known that ever will be: those who waited.
    pub(crate) fn known(&mut self) -> Vec<LaneId> {
        self.waiting.take().unwrap_or_default()
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`Full`] when none is left.
    pub(crate) fn take(&mut self) -> Result<(), Full> {
        match (self.quota.used, self.quota.total) {
            (Some(used), Some(total)) if used.saturating_add(self.taken) >= total => Err(Full { used, taken: self.taken, total }),
            _ => {
                self.taken = self.taken.saturating_add(1);
                Ok(())
            }
        }
    }
}
