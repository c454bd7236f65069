//! Chance, all of it from the seed, and what it breaks.

use imgferry::Cloud;
use std::collections::BTreeMap;

/// Something that goes wrong with one request or one copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection is refused: the request certainly never left. A host that serves real connections can only drop them.
    Refused,
    /// The connection breaks before the cloud acted.
    LostBefore,
    /// The cloud acts, then the connection breaks.
    LostAfter,
    /// The cloud acts, but answers only after `timeout_ms`.
    TimeoutAfter,
    /// HTTP 500 in the cloud's envelope; the cloud did not act.
    Http500Before,
    /// HTTP 500 in the cloud's envelope, although the cloud acted.
    Http500After,
    /// The cloud's "too many requests"; it did not act.
    Throttle,
    /// A load balancer's HTML page with status 502; the cloud did not act.
    Html502,
    /// The cloud acts; the body that arrives is noise.
    Garbage,
    /// The cloud acts; the body that arrives ends in the middle.
    Truncated,
    /// The cloud acts and answers after `slow_ms`.
    Slow,
    /// The answer calls itself `text/html`.
    WrongContentType,
    /// A listing holds an entry twice.
    Duplicate,
    /// The answer lacks the id of an image that was made: an entry of Tencent's `ImageSet`, Volcengine's `ImageId`, the
    /// `image_id` of Huawei's job.
    Partial,
    /// A listing leaves its last entry out, and says so: its number still counts it, or a next page is named. Huawei's tell
    /// neither, so there it does not strike.
    Withheld,
    /// A look shows images and tasks as they were `stale_ms` ago: a replica of the cloud's that lags behind.
    Stale,
    /// The copy fails half-way.
    CopyFails,
    /// The copy never ends.
    Stuck,
}

impl Fault {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Fault; 18] = [
        Fault::Refused,
        Fault::LostBefore,
        Fault::LostAfter,
        Fault::TimeoutAfter,
        Fault::Http500Before,
        Fault::Http500After,
        Fault::Throttle,
        Fault::Html502,
        Fault::Garbage,
        Fault::Truncated,
        Fault::Slow,
        Fault::WrongContentType,
        Fault::Duplicate,
        Fault::Partial,
        Fault::Withheld,
        Fault::Stale,
        Fault::CopyFails,
        Fault::Stuck,
    ];

    /// The name in a scenario.
    pub const fn as_str(self) -> &'static str {
        match self {
            Fault::Refused => "refused",
            Fault::LostBefore => "lost_before",
            Fault::LostAfter => "lost_after",
            Fault::TimeoutAfter => "timeout_after",
            Fault::Http500Before => "http_500_before",
            Fault::Http500After => "http_500_after",
            Fault::Throttle => "throttle",
            Fault::Html502 => "html_502",
            Fault::Garbage => "garbage",
            Fault::Truncated => "truncated",
            Fault::Slow => "slow",
            Fault::WrongContentType => "wrong_content_type",
            Fault::Duplicate => "duplicate",
            Fault::Partial => "partial",
            Fault::Withheld => "withheld",
            Fault::Stale => "stale",
            Fault::CopyFails => "copy_fails",
            Fault::Stuck => "stuck",
        }
    }

    /// Whether it befalls a copy rather than a request.
    pub const fn is_of_copy(self) -> bool {
        matches!(self, Fault::CopyFails | Fault::Stuck)
    }
}

/// How often each fault strikes: probabilities from 0 to 1, and the times that belong to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Faults {
    /// Probability of each fault, per request or per copy.
    pub chances: BTreeMap<Fault, f64>,
    /// How late an answer comes after [`Fault::TimeoutAfter`], in milliseconds.
    pub timeout_ms: i64,
    /// How late an answer comes after [`Fault::Slow`], in milliseconds.
    pub slow_ms: i64,
    /// How far a look lags behind with [`Fault::Stale`], in milliseconds.
    pub stale_ms: i64,
    /// `Retry-After` of "too many requests", in seconds; `None` leaves the header out, as the documents do.
    pub retry_after_s: Option<i64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { chances: BTreeMap::new(), timeout_ms: 90_000, slow_ms: 3_000, stale_ms: 5_000, retry_after_s: None }
    }
}

impl Faults {
    /// The fault of this request, if any: each kind is tried once, in a fixed order.
    pub(super) fn of_request(&self, dice: &mut Dice) -> Option<Fault> {
        self.draw(dice, |fault| !fault.is_of_copy())
    }

    /// The fault of this copy, if any.
    pub(super) fn of_copy(&self, dice: &mut Dice) -> Option<Fault> {
        self.draw(dice, Fault::is_of_copy)
    }

    fn draw(&self, dice: &mut Dice, of_this_sort: impl Fn(Fault) -> bool) -> Option<Fault> {
        self.chances.iter().filter(|(fault, _)| of_this_sort(**fault)).find(|(_, chance)| dice.chance(**chance)).map(|(fault, _)| *fault)
    }
}

/// A small generator (SplitMix64). Each question gets its own, made from the seed and the question's name, so
/// that one request more or less does not change the luck of the others.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64, cloud: Cloud, question: &str, number: u64) -> Self {
        let mut state = seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for byte in cloud.as_str().bytes().chain([0]).chain(question.bytes()) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
        let mut dice = Self(state);
        dice.next();
        dice
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// True with that probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        // 53 bits fit a double exactly, so the comparison is the same on every machine.
        ((self.next() >> 11) as f64) < probability * (1u64 << 53) as f64
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.saturating_sub(low).max(0).unsigned_abs().saturating_add(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// Text of that many characters from an alphabet of ASCII characters.
    pub(super) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).filter_map(|_| alphabet.get(self.below(alphabet.len() as u64) as usize).map(|byte| char::from(*byte))).collect()
    }

    /// Lower-case hex digits.
    pub(super) fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }

    /// A random UUID.
    pub(super) fn uuid(&mut self) -> String {
        let (a, b, c, d, e) = (self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12));
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luck_is_the_seeds_alone() {
        let roll = |seed, number| Dice::new(seed, Cloud::Tencent, "SyncImages", number).next();
        assert_eq!(roll(1, 1), roll(1, 1));
        assert_ne!(roll(1, 1), roll(2, 1));
        assert_ne!(roll(1, 1), roll(1, 2));
    }

    #[test]
    fn chances_come_out_as_asked() {
        let mut dice = Dice::new(7, Cloud::Huawei, "test", 0);
        let hits = (0..10_000).filter(|_| dice.chance(0.25)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!(!dice.chance(0.0));
        assert!(dice.chance(1.0));
    }
}
