//! The launches of the last seconds, as the journal tells them: whoever goes on from it counts them against the limits as
//! the run that made them did.

use super::limiter::JOURNEY_MS;
use crate::base::time::Millis;
use crate::job::id::LaneId;
use crate::plan::policy::Policy;
use std::collections::VecDeque;

/// The launches that may still count, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Recent(VecDeque<Sent>);

/// A launch, by the host's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The first of its lanes.
    pub(crate) lane: LaneId,
    /// When its word was written.
    pub(crate) at: Millis,
    /// When what came of it was written; it had arrived by then.
    pub(crate) landed: Option<Millis>,
}

impl Sent {
    /// Whether no limit counts it any more. One of the far future was written before the clock was set back: were it taken for
    /// now, it would count for ever.
    fn is_past(&self, now: Millis, policy: &Policy) -> bool {
        let arrived = self.landed.unwrap_or(self.at.plus(JOURNEY_MS));
        arrived.plus(longest_window_ms(policy)) <= now || self.at > now.plus(JOURNEY_MS)
    }
}

impl Recent {
    /// A launch leaves.
    pub(crate) fn note(&mut self, lane: LaneId, at: Millis, policy: &Policy) {
        while self.0.front().is_some_and(|sent| sent.is_past(at, policy)) {
            self.0.pop_front();
        }
        self.0.push_back(Sent { lane, at, landed: None });
    }

    /// What came of a lane's launch, which left at `sent`, was written.
    pub(crate) fn note_landed(&mut self, lane: LaneId, sent: Millis, at: Millis) {
        let from = self.0.partition_point(|other| other.at < sent);
        let mut same = self.0.range_mut(from..).take_while(|other| other.at == sent);
        if let Some(sent) = same.find(|other| other.lane == lane) {
            sent.landed.get_or_insert(at);
        }
    }

    /// Those that a limit may count now.
    pub(crate) fn counted(&self, now: Millis, policy: &Policy) -> Vec<Sent> {
        self.0.iter().filter(|sent| !sent.is_past(now, policy)).copied().collect()
    }
}

/// The longest time in which a limit of that policy counts.
fn longest_window_ms(policy: &Policy) -> i64 {
    policy.rates.iter().map(|(_, rate)| (1000.0 / rate).ceil() as i64).fold(1000, i64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_counts_until_its_window_is_over() {
        let (mut recent, mut policy) = (Recent::default(), Policy::default());
        let lanes =
            |recent: &Recent, now, policy: &Policy| recent.counted(Millis(now), policy).iter().map(|sent| sent.lane.0).collect::<Vec<_>>();
        recent.note(LaneId(0), Millis(10_000), &policy);
        recent.note(LaneId(1), Millis(10_000), &policy);
        recent.note(LaneId(2), Millis(10_100), &policy);
        recent.note_landed(LaneId(1), Millis(10_000), Millis(10_250));
        assert_eq!(lanes(&recent, 11_249, &policy), [0, 1, 2]);
        assert_eq!(lanes(&recent, 11_250, &policy), [0, 2]);
        assert_eq!(lanes(&recent, 13_000, &policy), [2]);
        assert_eq!(lanes(&recent, 8_100, &policy), [0, 1, 2], "another host's clock may be a little ahead");
        assert!(lanes(&recent, 1_000, &policy).is_empty(), "the clock was set back");
        policy.rates.push(("tencent.SyncImages".into(), 0.25));
        assert_eq!(lanes(&recent, 13_000, &policy), [0, 1, 2], "a limit of one in four seconds");
    }
}
