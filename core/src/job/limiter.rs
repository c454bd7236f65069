//! Pacing: an even spacing of requests for every documented limit, slowed by throttles, recovering by successes.

use crate::time::Millis;

/// The rate limit of one action at one place. Requests are spaced evenly, so that no window ever holds too many.
#[derive(Clone, Debug)]
pub(crate) struct Limiter {
    /// Milliseconds between two requests when nothing was throttled.
    spacing_ms: f64,
    /// Learned factor, 1 or more.
    slow: f64,
    /// When the next request may leave.
    next: Millis,
}

/// Requests travel at different speeds: two that leave at the limit may arrive closer together.
const MARGIN: f64 = 1.02;
const SLOWEST: f64 = 64.0;

impl Limiter {
    pub(crate) fn per_second(rate: f64) -> Self {
        Self { spacing_ms: 1000.0 / rate * MARGIN, slow: 1.0, next: Millis(i64::MIN) }
    }

    /// Takes a place, or says when there will be one.
    pub(crate) fn take(&mut self, now: Millis) -> Result<(), Millis> {
        if now < self.next {
            return Err(self.next);
        }
        self.next = now.plus((self.spacing_ms * self.slow).ceil() as i64);
        Ok(())
    }

    /// When there will be a place.
    pub(crate) fn next(&self) -> Millis {
        self.next
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

/// A seeded generator (SplitMix64): the same seed tells the same story in every language.
#[derive(Clone, Debug)]
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = (high.saturating_sub(low)).max(0) as u64 + 1;
        low.saturating_add((self.next() % span) as i64)
    }
}

/// Full jitter: anything from 1 ms to the exponential bound, never zero.
pub(crate) fn backoff_ms(rng: &mut Rng, first_ms: i64, max_ms: i64, failures: u32) -> i64 {
    let bound = first_ms.saturating_mul(1_i64 << failures.min(20)).min(max_ms).max(1);
    rng.between(1, bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_holds_more_than_the_limit() {
        let mut limiter = Limiter::per_second(10.0);
        let sent: Vec<i64> = (0..5_000).filter(|now| limiter.take(Millis(*now)).is_ok()).collect();
        for start in 0..4_000 {
            let inside = sent.iter().filter(|at| (start..start + 1000).contains(*at)).count();
            assert!((9..=10).contains(&inside), "{inside} in the second from {start}");
        }
    }

    #[test]
    fn throttles_slow_down_and_successes_recover() {
        let mut limiter = Limiter::per_second(1000.0);
        limiter.throttled(Millis(0), 500);
        assert_eq!(limiter.take(Millis(499)), Err(Millis(500)));
        assert_eq!(limiter.take(Millis(500)), Ok(()));
        assert_eq!(limiter.next(), Millis(503));
        (0..100).for_each(|_| limiter.accepted());
        assert_eq!(limiter.slow, 1.0);
    }

    #[test]
    fn backoff_is_never_zero_and_never_above_its_bound() {
        let mut rng = Rng(7);
        for failures in 0..64 {
            let wait = backoff_ms(&mut rng, 1_000, 60_000, failures);
            assert!((1..=60_000).contains(&wait));
        }
    }
}
