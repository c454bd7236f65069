//! Every number of a replication in one record, with defaults for real clouds, where copies take minutes to hours.

use crate::api::check::{Both, Findings, rules};
use crate::base::cloud::Cloud;
use crate::base::json::{Object, from_text};
use crate::base::text::{concat, cut, for_docs, joined, shown};
use crate::base::texts::{Zh, zh};
use crate::base::time::decimal as decimal_text;
use crate::base::value::{Map, Value};
use crate::base::words::{Words, words};

/// What the fields hold, by the names that the table of them uses.
type Duration = i64;
type Count = u32;
type Flag = bool;
type Choice = Ambiguity;
type Rates = Vec<(String, f64)>;
type Active = Vec<(Cloud, u32)>;

/// Where the value of a field is, and so what it holds.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// From 1 ms to 365 days.
    Duration(fn(&mut Policy) -> &mut Duration),
    /// From 1 to 10,000.
    Count(fn(&mut Policy) -> &mut Count),
    Flag(fn(&mut Policy) -> &mut Flag),
    Choice(fn(&mut Policy) -> &mut Choice),
    /// Each above 0 and at most 10,000.
    Rates(fn(&mut Policy) -> &mut Rates),
    /// Each from 1 to 10,000.
    Active(fn(&mut Policy) -> &mut Active),
}

/// A field as a plan names it.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) place: Place,
    /// Empty without the feature `docs`.
    pub(super) doc: &'static str,
}

/// Declares the record: the struct, its defaults and the table of its fields from one text, so that none can drift.
macro_rules! policy {
    ($(#[doc = $doc:literal])+ Policy; $( $(#[doc = $field_doc:literal])+ $field:ident: $name:literal $kind:ident = $default:expr; )+) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct Policy { $( $(#[doc = $field_doc])+ pub $field: $kind ),+ }

        impl Default for Policy {
            fn default() -> Self {
                Self { $( $field: $default ),+ }
            }
        }

        /// The fields by name.
        pub(super) const FIELDS: &[Field] = &[ $( Field {
            name: $name,
            place: Place::$kind(|policy| &mut policy.$field),
            doc: for_docs!(concat!($($field_doc, "\n"),+)),
        } ),+ ];
    };
}

policy! {
    /// Defaults that suit real clouds; every one can be set in the plan and on the command line.
    ///
    /// Durations are milliseconds here. In JSON the fields have the same names without `_ms`; durations are texts with a
    /// unit such as `"500ms"`, `"2s"`, `"30m"`, `"2h"`, `"1d"`. A number without a unit is refused.
    ///
    /// ```
    /// # use imgferry::job::Policy;
    /// assert_eq!(Policy::default().settle_ms, 120_000);
    /// ```
    Policy;

    /// Shortest time between two looks at a copy; also how late an end may be noticed.
    poll_ms: "poll" Duration = 15_000;
    /// Longest time between two looks at a copy; where only `poll` is given, four times that.
    poll_max_ms: "poll_max" Duration = 120_000;
    /// How long a launch with a lost answer is given to show before "absent" is believed.
    settle_ms: "settle" Duration = 120_000;
    /// How many complete listings must lack the copy before it counts as absent.
    absences: "absences" Count = 2;
    /// How long a launched copy may stay invisible before it counts as lost.
    visible_ms: "visible" Duration = 300_000;
    /// First wait after a refused or failed request; doubles up to `backoff_max`, with full jitter, never zero.
    backoff_ms: "backoff" Duration = 1_000;
    /// Longest wait between two tries; also caps the waits that error catalogues suggest, but not `Retry-After`.
    backoff_max_ms: "backoff_max" Duration = 60_000;
    /// How long a source image that is still being made is waited for; after that its copies fail, unlaunched.
    source_deadline_ms: "source_deadline" Duration = 6 * 3_600_000;
    /// How long other keys are waited for when those that a cloud accepted before are refused, as an expired token is;
    /// after that what is not launched is stopped, what is left running, both to be resumed.
    credentials_wait_ms: "credentials_wait" Duration = 300_000;
    /// How long a copy may take from its launch; after that it is left running and can be resumed.
    lane_deadline_ms: "lane_deadline" Duration = 6 * 3_600_000;
    /// How long the whole job may take.
    deadline_ms: "deadline" Duration = 24 * 3_600_000;
    /// How long the host should wait for one answer.
    request_timeout_ms: "request_timeout" Duration = 30_000;
    /// Requests under way at once.
    concurrency: "concurrency" Count = 16;
    /// Launches with a lost answer that a destination is given, each only after the one before it is proven absent.
    launches: "launches" Count = 20;
    /// What to do when a lost launch is proven absent.
    ambiguity: "ambiguity" Choice = Ambiguity::ProbeThenRetry;
    /// Whether destinations are looked at before the launch, so that what is there is not made again.
    reconcile: "reconcile" Flag = true;
    /// Whether the room in a destination is asked for before the first launch, where the cloud tells it: what does
    /// not fit fails at once instead of after the launch.
    check_quota: "check_quota" Flag = true;
    /// Requests per second by `cloud.Operation`, in place of the documented ones.
    rates: "rates" Rates = Vec::new();
    /// Copies at a time by cloud, in place of the documented numbers.
    active: "active" Active = Vec::new();
}

words! {
    /// What to do with a launch whose answer was lost and whose copy is proven absent.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Ambiguity {
        /// Launch again.
        ProbeThenRetry = "probe_then_retry",
        /// End the lane as ambiguous and let a person decide.
        Stop = "stop",
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
    pub(crate) fn read(record: &Map, written: Written, findings: &mut Findings) -> Policy {
        let mut policy = Policy::default();
        for (name, value) in record {
            let path = concat(&["policy.", &shown(name)]);
            if let Err(shape) = policy.set(name, value, written) {
                match shape {
                    None => {
                        let known: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
                        findings.add_unknown(
                            UNKNOWN,
                            path,
                            &[("name", name), ("known", &joined(&known, ", "))],
                            name,
                            &mut known.iter().copied(),
                        );
                    }
                    Some(shape) => findings.add(FIELD, path.clone(), &[("name", &path), ("shape", &shape)]),
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
        let mut policy = self.clone();
        let mut record = Object::new();
        for Field { name, place, .. } in FIELDS {
            let value = match place {
                Place::Duration(place) => duration(*place(&mut policy)),
                Place::Count(place) => (*place(&mut policy)).into(),
                Place::Flag(place) => (*place(&mut policy)).into(),
                Place::Choice(place) => place(&mut policy).as_str().into(),
                Place::Rates(place) => record_of(place(&mut policy), |(operation, rate)| (operation, rate_value(*rate))),
                Place::Active(place) => record_of(place(&mut policy), |(cloud, number)| (cloud.as_str(), (*number).into())),
            };
            record.set(name, value);
        }
        record.value()
    }

    /// Sets one field; otherwise says what it must be, or nothing when there is no such field.
    fn set(&mut self, name: &str, value: &Value, written: Written) -> Result<(), Option<Both<'static>>> {
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else { return Err(None) };
        match field.place {
            Place::Duration(place) => *place(self) = duration(value, written)?,
            Place::Count(place) => {
                let count = value
                    .as_u64()
                    .filter(|n| (1..=10_000).contains(n))
                    .ok_or_else(|| Both("a whole number from 1 to 10000", zh!("1 到 10000 的整数")))?;
                *place(self) = count as u32;
            }
            Place::Flag(place) => *place(self) = value.as_bool().ok_or_else(|| Both("true or false", zh!("true 或 false")))?,
            Place::Choice(place) => {
                *place(self) = value
                    .as_str()
                    .and_then(Ambiguity::find)
                    .ok_or_else(|| Both("probe_then_retry or stop", zh!("probe_then_retry 或 stop")))?
            }
            Place::Rates(place) => *place(self) = rates(value).ok_or_else(|| said(RATES))?,
            Place::Active(place) => *place(self) = active(value).ok_or_else(|| said(ACTIVE))?,
        }
        Ok(())
    }
}

fn record_of<T>(items: &[T], field: fn(&T) -> (&str, Value)) -> Value {
    let mut record = Object::new();
    for item in items {
        let (name, value) = field(item);
        record.set(name, value);
    }
    record.value()
}

const RATES: (&str, Zh) = (
    "a record of requests per second such as {\"tencent.SyncImages\": 5}, with operations that exist, each above 0 and at most 10000",
    Zh::of("每秒请求数的对象，例如 {\"tencent.SyncImages\": 5}：操作须存在，数值大于 0 且不超过 10000"),
);
const ACTIVE: (&str, Zh) = (
    "a record of copies at a time such as {\"huawei\": 5}, each from 1 to 10000",
    Zh::of("同时进行的复制数的对象，例如 {\"huawei\": 5}：数值为 1 到 10000"),
);
const UNIT: (&str, Zh) = (
    "a duration with its unit such as \"500ms\", \"15s\", \"30m\", \"2h\" or \"1d\"; a number without one could mean anything",
    Zh::of("带单位的时长，例如 \"500ms\"、\"15s\"、\"30m\"、\"2h\" 或 \"1d\"；没有单位的数字含义不明"),
);
const DURATION: (&str, Zh) = (
    "a duration such as \"500ms\", \"2s\", \"30m\" or \"2h\", from 1 ms to 365 days",
    Zh::of("时长，例如 \"500ms\"、\"2s\"、\"30m\" 或 \"2h\"，1 毫秒到 365 天"),
);

fn said((en, zh): (&'static str, Zh)) -> Both<'static> {
    Both(en, zh.text())
}

/// A duration, or the forms that one has.
fn duration(value: &Value, written: Written) -> Result<i64, Both<'static>> {
    if value.is_number() && written == Written::ByHand {
        return Err(said(UNIT));
    }
    duration_ms(value).ok_or_else(|| said(DURATION))
}

/// A duration in the largest unit that holds it without a rest.
pub(crate) fn duration_text(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let unit = UNITS.into_iter().find(|(unit_ms, _)| ms % unit_ms == 0);
    let (unit_ms, unit) = unit.unwrap_or((1, "ms"));
    decimal_text(ms / unit_ms) + unit
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
    let (whole, fraction) = cut(text, b'.').unwrap_or((text, ""));
    let digits = concat(&[whole, fraction]);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value = digits.bytes().fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'));
    Some(value / 10_f64.powi(fraction.len() as i32))
}

fn rates(value: &Value) -> Option<Vec<(String, f64)>> {
    let mut rates = Vec::new();
    for (name, rate) in value.as_object()? {
        let (cloud, operation) = cut(name, b'.')?;
        Cloud::find(cloud)?.operation(operation).ok()?;
        rates.push((name.clone(), rate.as_f64().filter(|rate| *rate > 0.0 && *rate <= 10_000.0)?));
    }
    Some(rates)
}

/// A rate with the fewest decimals that read back to the same, eighteen at most. What finds the shortest digits of any number is 1.7 KB of
/// the npm module, compressed.
fn rate_value(rate: f64) -> Value {
    const FINEST: i64 = 10_i64.pow(18);
    let (whole, mut scale) = (rate as i64, 10);
    let text = loop {
        let part = ((rate - whole as f64) * scale as f64 + 0.5) as i64;
        if scale == FINEST || whole as f64 + part as f64 / scale as f64 == rate {
            // The first digit is that of the scale. A rate of nothing could not be read.
            let part = decimal_text(scale + part.max((scale == FINEST).into()));
            break concat(&[&decimal_text(whole), ".", part.get(1..).unwrap_or_default()]);
        }
        scale *= 10;
    };
    from_text(text.as_bytes()).unwrap_or_default()
}

fn active(value: &Value) -> Option<Vec<(Cloud, u32)>> {
    let mut active = Vec::new();
    for (name, number) in value.as_object()? {
        active.push((Cloud::find(name)?, number.as_u64().filter(|n| (1..=10_000).contains(n))? as u32));
    }
    Some(active)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(given: Value, written: Written) -> (Policy, Vec<String>) {
        let mut findings = Findings::default();
        let policy = Policy::read(given.as_object().unwrap_or(&Map::new()), written, &mut findings);
        (policy, findings.problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message_en)).collect())
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
    fn rates_are_read_back_as_they_were_written() {
        for rate in [5.0, 0.5, 0.25, 0.1 + 0.2, 1.0 / 3.0, 9_999.999, 10_000.0, 0.99, 1e-7] {
            let policy = Policy { rates: vec![("tencent.SyncImages".into(), rate)], ..Policy::default() };
            assert_eq!(read(policy.to_value(), Written::ByHand), (policy, Vec::new()));
            assert_eq!(rate_value(rate), json!(rate));
        }
        assert_eq!(rate_value(1e-30), json!(1e-18), "never, both of them, but nothing would be refused");
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
