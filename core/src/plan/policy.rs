//! Every number of a replication in one record, with defaults for real clouds, where copies take minutes to hours.

use crate::api::check::{Findings, rules};
use crate::base::cloud::Cloud;
use crate::base::json::Object;
use serde_json::{Map, Value};

/// Defaults that suit real clouds; every one can be set in the plan and on the command line.
///
/// In JSON the fields have the same names without `_ms`; durations are texts with a unit such as `"500ms"`, `"2s"`,
/// `"30m"`, `"2h"`, `"1d"`. A number without a unit is refused.
///
/// ```
/// # use imgferry::job::Policy;
/// assert_eq!(Policy::default().settle_ms, 120_000);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Shortest time between two looks at a copy, in milliseconds; also how late an end may be noticed.
    pub poll_ms: i64,
    /// Longest time between two looks at a copy.
    pub poll_max_ms: i64,
    /// How long a launch with a lost answer is given to show before "absent" is believed.
    pub settle_ms: i64,
    /// How many complete listings must lack the copy before it counts as absent.
    pub absences: u32,
    /// How long a launched copy may stay invisible before it counts as lost.
    pub visible_ms: i64,
    /// First wait after a refused or failed request; doubles up to `backoff_max_ms`, with full jitter, never zero.
    pub backoff_ms: i64,
    /// Longest wait between two tries; also caps the waits that error catalogues suggest, but not `Retry-After`.
    pub backoff_max_ms: i64,
    /// How long a source image that is still being made is waited for; after that its copies fail, unlaunched.
    pub source_deadline_ms: i64,
    /// How long other keys are waited for when those that a cloud accepted before are refused, as an expired token is;
    /// after that what is not launched is stopped, what is left running, both to be resumed.
    pub credentials_wait_ms: i64,
    /// How long a copy may take from its launch; after that it is left running and can be resumed.
    pub lane_deadline_ms: i64,
    /// How long the whole job may take.
    pub deadline_ms: i64,
    /// How long the host should wait for one answer.
    pub request_timeout_ms: i64,
    /// Requests under way at once.
    pub concurrency: u32,
    /// Launches with a lost answer that a destination is given, each only after the one before it is proven absent.
    pub launches: u32,
    /// What to do when a lost launch is proven absent.
    pub ambiguity: Ambiguity,
    /// Whether destinations are looked at before the launch, so that what is there is not made again.
    pub reconcile: bool,
    /// Whether the room in a destination is asked for before the first launch, where the cloud tells it: what does
    /// not fit fails at once instead of after the launch.
    pub check_quota: bool,
    /// Requests per second by `cloud.Operation`, in place of the documented ones.
    pub rates: Vec<(String, f64)>,
    /// Copies at a time by cloud, in place of the documented numbers.
    pub active: Vec<(Cloud, u32)>,
}

/// What to do with a launch whose answer was lost and whose copy is proven absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguity {
    /// Launch again.
    ProbeThenRetry,
    /// End the lane as ambiguous and let a person decide.
    Stop,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            poll_ms: 15_000,
            poll_max_ms: 120_000,
            settle_ms: 120_000,
            absences: 2,
            visible_ms: 300_000,
            backoff_ms: 1_000,
            backoff_max_ms: 60_000,
            source_deadline_ms: 6 * 3_600_000,
            credentials_wait_ms: 300_000,
            lane_deadline_ms: 6 * 3_600_000,
            deadline_ms: 24 * 3_600_000,
            request_timeout_ms: 30_000,
            concurrency: 16,
            launches: 20,
            ambiguity: Ambiguity::ProbeThenRetry,
            reconcile: true,
            check_quota: true,
            rates: Vec::new(),
            active: Vec::new(),
        }
    }
}

rules! {
    FIELD: Error {
        id: "plan.policy",
        source: "plan format",
        en: "{name} must be {shape}; correct it",
        zh: "{name} 应为 {shape}，请修正",
    }
    UNKNOWN: Error {
        id: "plan.policy.unknown",
        source: "plan format",
        en: "the policy has no field {name}; it has {known}",
        zh: "policy 没有字段 {name}；可用字段：{known}",
    }
}

const FIELDS: [&str; 19] = [
    "poll",
    "poll_max",
    "settle",
    "absences",
    "visible",
    "backoff",
    "backoff_max",
    "source_deadline",
    "credentials_wait",
    "lane_deadline",
    "deadline",
    "request_timeout",
    "concurrency",
    "launches",
    "ambiguity",
    "reconcile",
    "check_quota",
    "rates",
    "active",
];

/// Where a record comes from, which decides how it writes durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// By people: a number without a unit could mean anything, so it is refused.
    ByHand,
    /// In a journal: whole milliseconds.
    InJournal,
}

impl Policy {
    /// Reads the record; what is absent keeps its default. `poll` given alone also sets `poll_max`, to four times its value.
    pub(crate) fn read(record: &Map<String, Value>, written: Written, findings: &mut Findings) -> Policy {
        let mut policy = Policy::default();
        for (name, value) in record {
            let path = format!("policy.{}", crate::base::text::shown(name));
            if let Err(shape) = policy.set(name, value, written) {
                match shape {
                    "" => findings.add_unknown(
                        &UNKNOWN,
                        path,
                        &[("name", name), ("known", &FIELDS.join(", "))],
                        name,
                        &mut FIELDS.into_iter(),
                    ),
                    shape => findings.add(&FIELD, path.clone(), &[("name", &path), ("shape", &shape)]),
                }
            }
        }
        if record.contains_key("poll") && !record.contains_key("poll_max") {
            policy.poll_max_ms = policy.poll_ms.saturating_mul(4);
        }
        policy.poll_max_ms = policy.poll_max_ms.max(policy.poll_ms);
        policy.backoff_max_ms = policy.backoff_max_ms.max(policy.backoff_ms);
        policy
    }

    /// The record as JSON, complete; reads back to the same policy.
    pub fn to_value(&self) -> Value {
        self.write(Written::ByHand)
    }

    pub(crate) fn write(&self, written: Written) -> Value {
        let duration = |ms: i64| match written {
            Written::ByHand => Value::from(duration_text(ms)),
            Written::InJournal => Value::from(ms),
        };
        let (mut rates, mut active) = (Object::new(), Object::new());
        for (operation, rate) in &self.rates {
            rates.set(operation, *rate);
        }
        for (cloud, number) in &self.active {
            active.set(cloud.as_str(), *number);
        }
        let ambiguity = match self.ambiguity {
            Ambiguity::ProbeThenRetry => "probe_then_retry",
            Ambiguity::Stop => "stop",
        };
        Object::new()
            .set("poll", duration(self.poll_ms))
            .set("poll_max", duration(self.poll_max_ms))
            .set("settle", duration(self.settle_ms))
            .set("absences", self.absences)
            .set("visible", duration(self.visible_ms))
            .set("backoff", duration(self.backoff_ms))
            .set("backoff_max", duration(self.backoff_max_ms))
            .set("source_deadline", duration(self.source_deadline_ms))
            .set("credentials_wait", duration(self.credentials_wait_ms))
            .set("lane_deadline", duration(self.lane_deadline_ms))
            .set("deadline", duration(self.deadline_ms))
            .set("request_timeout", duration(self.request_timeout_ms))
            .set("concurrency", self.concurrency)
            .set("launches", self.launches)
            .set("reconcile", self.reconcile)
            .set("check_quota", self.check_quota)
            .set("ambiguity", ambiguity)
            .set("rates", rates.value())
            .set("active", active.value())
            .value()
    }

    /// Sets one field; otherwise says what it must be, or nothing when there is no such field.
    fn set(&mut self, name: &str, value: &Value, written: Written) -> Result<(), &'static str> {
        let duration = match value {
            Value::Number(_) if written == Written::ByHand => Err(
                "a duration with its unit such as \"500ms\", \"15s\", \"30m\", \"2h\" or \"1d\"; a number without one could mean anything",
            ),
            value => duration_ms(value).ok_or("a duration such as \"500ms\", \"2s\", \"30m\" or \"2h\", from 1 ms to 365 days"),
        };
        let count = value.as_u64().filter(|n| (1..=10_000).contains(n)).map(|n| n as u32).ok_or("a whole number from 1 to 10000");
        match name {
            "poll" => self.poll_ms = duration?,
            "poll_max" => self.poll_max_ms = duration?,
            "settle" => self.settle_ms = duration?,
            "visible" => self.visible_ms = duration?,
            "backoff" => self.backoff_ms = duration?,
            "backoff_max" => self.backoff_max_ms = duration?,
            "source_deadline" => self.source_deadline_ms = duration?,
            "credentials_wait" => self.credentials_wait_ms = duration?,
            "lane_deadline" => self.lane_deadline_ms = duration?,
            "deadline" => self.deadline_ms = duration?,
            "request_timeout" => self.request_timeout_ms = duration?,
            "absences" => self.absences = count?,
            "concurrency" => self.concurrency = count?,
            "launches" => self.launches = count?,
            "reconcile" => self.reconcile = value.as_bool().ok_or("true or false")?,
            "check_quota" => self.check_quota = value.as_bool().ok_or("true or false")?,
            "ambiguity" => {
                self.ambiguity = match value.as_str() {
                    Some("probe_then_retry") => Ambiguity::ProbeThenRetry,
                    Some("stop") => Ambiguity::Stop,
                    _ => return Err("probe_then_retry or stop"),
                }
            }
            "rates" => self.rates = rates(value).ok_or("a record of requests per second such as {\"tencent.SyncImages\": 5}, with operations that exist, each above 0 and at most 10000")?,
            "active" => self.active = active(value).ok_or("a record of copies at a time such as {\"huawei\": 5}, each from 1 to 10000")?,
            _ => return Err(""),
        }
        Ok(())
    }
}

/// A duration in the largest unit that holds it without a rest.
pub(crate) fn duration_text(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let unit = UNITS.into_iter().find(|(unit_ms, _)| ms % unit_ms == 0);
    let (unit_ms, unit) = unit.unwrap_or((1, "ms"));
    [&(ms / unit_ms).to_string(), unit].concat()
}

/// Whole milliseconds, or a number with a unit (`ms`, `s`, `m`, `h`, `d`); from 1 ms to 365 days.
fn duration_ms(value: &Value) -> Option<i64> {
    let ms = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => {
            let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
            let (number, unit) = text.split_at_checked(digits)?;
            let unit_ms = match unit {
                "ms" => 1.0,
                "s" => 1_000.0,
                "m" | "min" => 60_000.0,
                "h" => 3_600_000.0,
                "d" => 86_400_000.0,
                _ => return None,
            };
            (decimal(number)? * unit_ms).round() as i64
        }
        _ => return None,
    };
    (1..=365 * 86_400_000).contains(&ms).then_some(ms)
}

/// A decimal number without sign and exponent. The standard reader, exact to the last bit of any number, is fifteen
/// kilobytes larger.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value = digits.bytes().fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'));
    Some(value / 10_f64.powi(fraction.len() as i32))
}

fn rates(value: &Value) -> Option<Vec<(String, f64)>> {
    let is_known = |name: &str| {
        name.split_once('.').is_some_and(|(cloud, operation)| Cloud::parse(cloud).is_ok_and(|c| c.operation(operation).is_ok()))
    };
    let rate = |(name, rate): (&String, &Value)| {
        let rate = rate.as_f64().filter(|rate| *rate > 0.0 && *rate <= 10_000.0)?;
        is_known(name).then(|| (name.clone(), rate))
    };
    value.as_object()?.iter().map(rate).collect()
}

fn active(value: &Value) -> Option<Vec<(Cloud, u32)>> {
    let number = |(name, number): (&String, &Value)| {
        let number = number.as_u64().filter(|n| (1..=10_000).contains(n))?;
        Cloud::parse(name).ok().map(|cloud| (cloud, number as u32))
    };
    value.as_object()?.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(given: Value, written: Written) -> (Policy, Vec<String>) {
        let mut findings = Findings::default();
        let policy = Policy::read(given.as_object().unwrap_or(&Map::new()), written, &mut findings);
        (policy, findings.0.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message_en)).collect())
    }

    #[test]
    fn reads_back_what_it_writes() {
        let (policy, problems) =
            read(json!({"poll": "2s", "settle": "30s", "deadline": "2h", "ambiguity": "stop", "active": {"huawei": 3}}), Written::ByHand);
        assert_eq!((policy.poll_ms, policy.poll_max_ms, policy.settle_ms, policy.deadline_ms), (2_000, 8_000, 30_000, 7_200_000));
        assert_eq!(problems, [""; 0]);
        for written in [Written::ByHand, Written::InJournal] {
            assert_eq!(read(policy.write(written), written), (policy.clone(), Vec::new()));
        }
        assert_eq!(policy.to_value().get("deadline"), Some(&json!("2h")));
        assert_eq!(policy.write(Written::InJournal).get("deadline"), Some(&json!(7_200_000)));
        let odd = Policy { poll_ms: 1_500, ..Policy::default() };
        assert_eq!(odd.to_value().get("poll"), Some(&json!("1500ms")));
    }

    #[test]
    fn every_wrong_field_is_found_at_once() {
        let wrong = json!({"poll": 0, "settle": "soon", "speed": 3, "rates": {"tencent.Fly": 1}, "concurrency": -1, "poll_max": "1e9h"});
        assert_eq!(read(wrong, Written::ByHand).1.len(), 6);
        assert_eq!(read(json!({"poll": "1..s", "settle": ".s", "deadline": "1/h"}), Written::ByHand).1.len(), 3);
    }

    #[test]
    fn a_number_without_a_unit_is_refused_with_the_forms_allowed() {
        for given in
            [json!(15), json!(15.0), json!(360), json!("6:00"), json!("15"), json!("1..s"), json!("-1s"), json!("1 s"), json!(true)]
        {
            let (_, problems) = read(json!({ "poll": given }), Written::ByHand);
            assert!(problems.len() == 1 && problems[0].contains("\"500ms\""), "{given}: {problems:?}");
        }
        // Journals keep theirs.
        assert_eq!(read(json!({"poll": 15}), Written::InJournal).0.poll_ms, 15);
    }

    #[test]
    fn a_misspelt_field_is_told() {
        let (_, problems) = read(json!({"poll-max": "2s", "setle": "2s"}), Written::ByHand);
        assert!(problems[0].ends_with("did you mean poll_max?") && problems[1].ends_with("did you mean settle?"), "{problems:?}");
    }
}
