//! The truth, for whoever judges a client: every call, every image, every limit and everything forbidden.

use imgferry::Cloud;
use imgferry::Millis;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// What happened in a world.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The latest calls, oldest first; how many are kept is the scenario's `keep_calls`.
    pub calls: VecDeque<Call>,
    /// Number of calls by cloud and action.
    pub totals: BTreeMap<(Cloud, String), u64>,
    /// Ids of all images that calls made, by what the caller wanted; ids of failed and deleted ones too.
    pub lanes: BTreeMap<Lane, Vec<String>>,
    /// Requests per limit.
    pub buckets: BTreeMap<String, Tally>,
    /// What a careful client never does.
    pub violations: Vec<Violation>,
    pub(super) keep: usize,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it arrived.
    pub at: Millis,
    /// Whose.
    pub cloud: Cloud,
    /// Access key id that it named; empty when none.
    pub key: String,
    /// The vendor's name of the operation; `?` when it named none that there is.
    pub action: String,
    /// Region that it acted on.
    pub region: String,
    /// The vendor's error code; `None` for success.
    pub refused: Option<String>,
    /// What was broken on purpose.
    pub fault: Option<&'static str>,
    /// Request id that the answer carries.
    pub request_id: String,
    /// Leniency that was shown.
    pub note: Option<&'static str>,
}

/// What a caller wanted: one image at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lane {
    /// Whose cloud.
    pub cloud: Cloud,
    /// Destination region.
    pub region: String,
    /// Name of the new image.
    pub name: String,
    /// Source image.
    pub source: String,
}

/// Requests that count against one limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests per second that are allowed; 0 is no limit.
    pub limit: u32,
    /// Requests that arrived.
    pub calls: u64,
    /// Requests that were refused for coming too fast.
    pub throttled: u64,
    /// Most requests within any one second.
    pub peak: u32,
    /// Arrivals within the last second: time, and whether it was let in.
    recent: VecDeque<(Millis, bool)>,
}

/// Something that a careful client never does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Millis,
    /// `over_limit`, `over_concurrency` or `second_image`.
    pub what: &'static str,
    /// Which limit or lane.
    pub detail: String,
}

impl Ledger {
    /// The whole ledger as JSON, for tests in other languages.
    pub fn to_json(&self) -> Value {
        json!({
            "calls": self.calls.iter().map(Call::to_json).collect::<Vec<_>>(),
            "totals": Value::from_iter(self.totals.iter().map(|((cloud, action), count)| (format!("{cloud}.{action}"), *count))),
            "lanes": self.lanes.iter().map(|(lane, images)| json!({
                "cloud": lane.cloud.as_str(), "region": lane.region, "name": lane.name, "source": lane.source, "images": images,
            })).collect::<Vec<_>>(),
            "buckets": self.buckets.iter().map(|(name, tally)| (name.clone(), json!({
                "limit": tally.limit, "calls": tally.calls, "throttled": tally.throttled, "peak": tally.peak,
            }))).collect::<serde_json::Map<_, _>>(),
            "violations": self.violations.iter().map(|violation| json!({
                "at_ms": violation.at.0, "what": violation.what, "detail": violation.detail,
            })).collect::<Vec<_>>(),
        })
    }

    /// How often that action was called.
    pub fn total(&self, cloud: Cloud, action: &str) -> u64 {
        self.totals.get(&(cloud, action.to_owned())).copied().unwrap_or(0)
    }

    pub(super) fn record(&mut self, call: Call) {
        *self.totals.entry((call.cloud, call.action.clone())).or_default() += 1;
        self.calls.push_back(call);
        while self.calls.len() > self.keep {
            self.calls.pop_front();
        }
    }

    /// Notes a violation; the first ones are kept, as many as calls.
    pub(super) fn accuse(&mut self, violation: Violation) {
        if self.violations.len() < self.keep {
            self.violations.push(violation);
        }
    }

    /// Counts an arrival against a limit and says whether it may pass: never more than `limit` in any second.
    pub(super) fn admit(&mut self, bucket: String, limit: u32, now: Millis) -> bool {
        let tally = self.buckets.entry(bucket.clone()).or_default();
        tally.limit = limit;
        tally.calls += 1;
        while tally.recent.front().is_some_and(|(at, _)| now.since(*at) >= 1000) {
            tally.recent.pop_front();
        }
        let passed = tally.recent.iter().filter(|(_, passed)| *passed).count();
        let may_pass = limit == 0 || passed < limit as usize;
        tally.recent.push_back((now, may_pass));
        tally.peak = tally.peak.max(u32::try_from(tally.recent.len()).unwrap_or(u32::MAX));
        if !may_pass {
            tally.throttled += 1;
            self.accuse(Violation { at: now, what: "over_limit", detail: bucket });
        }
        may_pass
    }
}

impl Call {
    fn to_json(&self) -> Value {
        json!({
            "at_ms": self.at.0, "cloud": self.cloud.as_str(), "key": self.key, "action": self.action, "region": self.region,
            "refused": self.refused, "fault": self.fault, "request_id": self.request_id, "note": self.note,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_holds_for_every_second() {
        let mut ledger = Ledger { keep: 10, ..Ledger::default() };
        let at: Vec<bool> = [0, 0, 500, 999, 1000, 1400, 1500].map(|at| ledger.admit("b".into(), 3, Millis(at))).to_vec();
        assert_eq!(at, [true, true, true, false, true, true, true]);
        let tally = ledger.buckets.get("b").expect("counted");
        assert_eq!((tally.calls, tally.throttled, tally.peak), (7, 1, 4));
        assert_eq!(ledger.violations.len(), 1);
    }
}
