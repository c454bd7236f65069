//! Which lane holds an image: asked for every copy, so that a scan of all lanes would cost their number squared.

use super::lane::Lane;
use crate::job::id::{LaneId, TransferId};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Holders of one image that are kept; one more can only be another mistake of the same kind.
const MOST: usize = 4;

/// A table of lanes by the images that they hold. What a lane held before it got another stays in it until the table
/// grows: whoever looks asks the lane itself.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    /// Empty, or a power of two of them; a lane stands behind the place that its image gives it, before the next gap.
    slots: Vec<Option<LaneId>>,
    taken: usize,
}

impl Holders {
    /// Every destination that holds an image.
    pub(crate) fn of(destinations: &[Lane]) -> Self {
        let mut holders = Self::default();
        (0..destinations.len()).map(LaneId::at).for_each(|lane| holders.add(destinations, lane));
        holders
    }

    /// A destination was given the image that it holds.
    pub(crate) fn add(&mut self, destinations: &[Lane], lane: LaneId) {
        if 2 * (self.taken + 1) > self.slots.len() {
            let size = (2 * self.slots.len()).max(16);
            for old in std::mem::replace(self, Self { slots: vec![None; size], taken: 0 }).slots.into_iter().flatten() {
                self.put(destinations, old);
            }
        }
        self.put(destinations, lane);
    }

    fn put(&mut self, destinations: &[Lane], lane: LaneId) {
        let Some((transfer, image)) = held(destinations, lane) else {
            return;
        };
        let mut alike = 0;
        for place in self.places(transfer, image) {
            match self.slots[place] {
                None => {
                    (self.slots[place], self.taken) = (Some(lane), self.taken + 1);
                    return;
                }
                Some(other) if other == lane => return,
                Some(other) => alike += usize::from(held(destinations, other) == Some((transfer, image))),
            }
            if alike == MOST {
                return;
            }
        }
    }

    /// Whether a destination of that transfer other than the lane holds the image.
    pub(crate) fn has_other(&self, destinations: &[Lane], lane: LaneId, transfer: TransferId, image: &str) -> bool {
        let others = self.places(transfer, image).map_while(|place| self.slots[place]);
        others.into_iter().any(|other| other != lane && held(destinations, other) == Some((transfer, image)))
    }

    /// Where a holder of an image may stand, in turn.
    fn places(&self, transfer: TransferId, image: &str) -> impl Iterator<Item = usize> + use<> {
        let mut hasher = DefaultHasher::new();
        (transfer.index(), image).hash(&mut hasher);
        let (first, size) = (hasher.finish() as usize, self.slots.len());
        (0..size).map(move |step| first.wrapping_add(step) & (size - 1))
    }
}

fn held(destinations: &[Lane], lane: LaneId) -> Option<(TransferId, &str)> {
    let lane = destinations.get(lane.index())?;
    Some((lane.transfer, lane.image.as_deref()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Millis;
    use crate::job::id::SourceId;

    #[test]
    fn holders_are_found_and_what_was_held_before_is_not() {
        let mut lanes: Vec<Lane> = (0..300).map(|n| Lane::new(TransferId(n / 100), n, SourceId(0), Millis(0))).collect();
        let mut holders = Holders::default();
        for at in 0..lanes.len() {
            let id = LaneId::at(at);
            // Two of each hundred hold the same.
            lanes[at].image = Some(format!("img-{}", at % 99).into());
            let other = holders.has_other(&lanes, id, lanes[at].transfer, &format!("img-{}", at % 99));
            assert_eq!(other, at % 100 == 99, "{at}");
            holders.add(&lanes, id);
            holders.add(&lanes, id);
        }
        let has =
            |holders: &Holders, lanes: &[Lane], at: usize, image: &str| holders.has_other(lanes, LaneId::at(at), lanes[at].transfer, image);
        assert!(!has(&holders, &lanes, 5, "img-5") && has(&holders, &lanes, 6, "img-5") && !has(&holders, &lanes, 150, "img-none"));
        lanes[5].image = Some("img-other".into());
        holders.add(&lanes, LaneId::at(5));
        assert!(!has(&holders, &lanes, 6, "img-5") && has(&holders, &lanes, 6, "img-other"));
        let anew = Holders::of(&lanes);
        assert!(!has(&anew, &lanes, 6, "img-5") && has(&anew, &lanes, 6, "img-other"));
    }
}
