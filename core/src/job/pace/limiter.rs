//! Pacing: never more requests in any window than the documented limit, evenly spaced, slowed by throttles,
//! recovering by successes.

use crate::base::time::Millis;
use std::collections::VecDeque;

/// The rate limit of one action at one place.
///
/// Limits are counted by arrival, and requests travel at different speeds: two that leave at the limit may arrive
/// closer together. So a place is taken until a whole window after the *answer*, when the arrival is certainly past.
#[derive(Clone, Debug)]
pub(crate) struct Limiter {
    /// Milliseconds between two requests when nothing was throttled.
    spacing_ms: f64,
    /// Learned factor, 1 or more.
    slow: f64,
    /// When the next request may leave, as far as spacing goes.
    next: Millis,
    /// Requests that one window may hold.
    places: usize,
    window_ms: i64,
    /// When each of the latest requests gives its place back, oldest first.
    taken: VecDeque<Millis>,
    /// Number of requests that have given way to newer ones: the first ticket that still counts.
    passed: u64,
}

/// A request that has no answer after that time is taken to have arrived.
pub(crate) const JOURNEY_MS: i64 = 2_000;
const SLOWEST: f64 = 64.0;

impl Limiter {
    /// So many requests a second. A run that was interrupted may have looked last at that moment; a look that comes too fast
    /// does no harm, so only a short journey is waited for.
    pub(crate) fn per_second(rate: f64, looked: Option<Millis>) -> Self {
        let places = rate.max(1.0).floor();
        let window_ms = (places * 1000.0 / rate).ceil() as i64;
        let next = looked.map_or(Millis(i64::MIN), |at| at.plus(JOURNEY_MS / 4 + window_ms));
        let (places, taken) = (places as usize, VecDeque::new());
        Self { spacing_ms: 1000.0 / rate, slow: 1.0, next, places, window_ms, taken, passed: 0 }
    }

    /// Takes a place, free or not; look at [`Limiter::next`] before. The ticket is for [`Limiter::landed`].
    pub(crate) fn take(&mut self, now: Millis) -> u64 {
        self.next = self.next.max(now.plus((self.spacing_ms * self.slow).ceil() as i64));
        while self.taken.len() >= self.places {
            self.taken.pop_front();
            self.passed += 1;
        }
        self.taken.push_back(now.plus(JOURNEY_MS + self.window_ms));
        self.passed + self.taken.len() as u64 - 1
    }

    /// A request of the run that was interrupted: it holds its place as if this run had sent it.
    pub(crate) fn recall(&mut self, sent: Millis, landed: Option<Millis>) {
        let ticket = self.take(sent);
        if let Some(at) = landed {
            self.landed(ticket, at);
        }
    }

    /// The request of that ticket was answered: it arrived before now.
    pub(crate) fn landed(&mut self, ticket: u64, now: Millis) {
        let place = ticket.checked_sub(self.passed).and_then(|index| self.taken.get_mut(index as usize));
        if let Some(place) = place {
            *place = now.plus(self.window_ms).min(*place);
        }
    }

    /// When there will be a place.
    pub(crate) fn next(&self) -> Millis {
        let oldest = self.taken.front().filter(|_| self.taken.len() >= self.places);
        oldest.map_or(self.next, |free| self.next.max(*free))
    }

    /// The cloud says: too fast.
    pub(crate) fn throttled(&mut self, now: Millis, wait_ms: i64) {
        self.slow = (self.slow * 2.0).min(SLOWEST);
        self.next = self.next.max(now.plus(wait_ms));
    }

    /// The cloud was content.
    pub(crate) fn accepted(&mut self) {
        self.slow = (self.slow * 0.9).max(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::pace::backoff::Rng;

    #[test]
    fn no_second_holds_more_arrivals_than_the_limit() {
        let mut rng = Rng(1);
        let until_ms = if cfg!(miri) { 4_000 } else { 60_000 };
        for longest_ms in [0, 5, 60, 700] {
            let mut limiter = Limiter::per_second(10.0, None);
            let (mut landings, mut arrivals) = (Vec::new(), Vec::new());
            for now in (0..until_ms).map(Millis) {
                landings.retain(|(ticket, at)| {
                    if *at == now {
                        limiter.landed(*ticket, now);
                    }
                    *at > now
                });
                if limiter.next() <= now {
                    let arrival = now.plus(rng.between(0, longest_ms));
                    arrivals.push(arrival);
                    landings.push((limiter.take(now), arrival.plus(rng.between(1, longest_ms.max(1)))));
                }
            }
            arrivals.sort_unstable();
            assert!(arrivals.windows(11).all(|window| window[10].since(window[0]) >= 1000), "{longest_ms}");
            assert!(
                arrivals.len() as i64 >= (until_ms - 1_000) * 10 / (1_001 + 2 * longest_ms),
                "{longest_ms}: {} requests",
                arrivals.len()
            );
        }
    }

    #[test]
    fn what_is_never_answered_gives_its_place_back() {
        let mut limiter = Limiter::per_second(0.5, None);
        limiter.take(Millis(0));
        assert_eq!(limiter.next(), Millis(4_000));
        limiter.take(Millis(4_000));
        assert_eq!(limiter.next(), Millis(8_000));
        limiter.landed(0, Millis(4_001));
        limiter.landed(1, Millis(4_001));
        assert_eq!(limiter.next(), Millis(6_001));
    }

    #[test]
    fn what_an_interrupted_run_sent_holds_its_place() {
        let mut limiter = Limiter::per_second(2.0, None);
        limiter.recall(Millis(0), Some(Millis(300)));
        limiter.recall(Millis(500), None);
        assert_eq!(limiter.next(), Millis(1_300));
        limiter.take(Millis(1_300));
        assert_eq!(limiter.next(), Millis(3_500), "it may arrive as late as 2,000");
    }

    #[test]
    fn throttles_slow_down_and_successes_recover() {
        let mut limiter = Limiter::per_second(1000.0, None);
        limiter.throttled(Millis(0), 500);
        assert_eq!(limiter.next(), Millis(500));
        limiter.take(Millis(500));
        assert_eq!(limiter.next(), Millis(502));
        (0..100).for_each(|_| limiter.accepted());
        assert_eq!(limiter.slow, 1.0);
    }
}
