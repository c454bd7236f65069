//! Chance, and how long to wait before the next try.

use crate::base::error::{Error, Kind};
use crate::plan::policy::Policy;

/// Longest wait that a slow, throttled service is given by its own word, in milliseconds.
pub(crate) const LONGEST_WAIT_MS: i64 = 3_600_000;

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
fn backoff_ms(rng: &mut Rng, first_ms: i64, max_ms: i64, failures: u32) -> i64 {
    let bound = first_ms.saturating_mul(1_i64 << failures.min(20)).min(max_ms).max(1);
    rng.between(1, bound)
}

/// How long to wait before the next try: `Retry-After` as it is, else the larger of the jittered backoff and the
/// catalogue's advice, the latter within the policy's bound. Never zero.
pub(crate) fn wait_ms(rng: &mut Rng, policy: &Policy, failures: u32, error: &Error, retry_after_ms: Option<i64>) -> i64 {
    let backoff = backoff_ms(rng, policy.backoff_ms, policy.backoff_max_ms, failures);
    // A locked key stays locked for as long as the cloud says.
    let bound = if error.kind == Kind::Auth { LONGEST_WAIT_MS } else { policy.backoff_max_ms };
    let advised = error.wait_ms.unwrap_or(0).min(bound);
    backoff.max(advised).max(retry_after_ms.unwrap_or(0)).clamp(1, LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_is_never_zero_and_never_above_its_bound() {
        let mut rng = Rng(7);
        for failures in 0..64 {
            let wait = backoff_ms(&mut rng, 1_000, 60_000, failures);
            assert!((1..=60_000).contains(&wait));
        }
    }
}
