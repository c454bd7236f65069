//! The journal: append-only text, one record a line, written ahead of the request it tells of.
//!
//! A line is eight hex digits, a blank and a JSON object; the digits are the head of the SHA-256 of the object's
//! text. The first line holds the plan. A last line that is cut off is left out; any other line that does not fit
//! is refused with its number, and nothing is overwritten. No record holds a secret.

use super::lane::{Lane, Looks};
use super::machine::Phase;
use crate::base::error::{Error, Kind, Retry};
use crate::base::json::{Object, list, texts, to_text};
use crate::base::time::Millis;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The format; every released one loads for ever.
const VERSION: u64 = 1;

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// The first line.
    Header { started: Millis, seed: u64, plan: Value },
    /// These lanes are about to be launched by one request under this name. `sent` is the last time that the cloud told;
    /// `before` what had the name in each destination, where it was looked at.
    Launch { at: Millis, sent: Option<Millis>, lanes: Vec<u32>, name: String, before: Vec<Option<Vec<String>>> },
    /// The job was taken up again: deadlines count from here.
    Resumed { at: Millis },
    /// A lane as it stands now, since `at` or a little earlier.
    Lane { at: Millis, lane: u32, state: Value },
}

/// A journal taken apart.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) records: Vec<Record>,
    /// Length of the text that counts, in bytes: cut the file here before appending.
    pub(crate) kept: usize,
}

impl Record {
    /// When it was written, by the host's clock.
    pub(crate) fn at(&self) -> Millis {
        match self {
            Record::Header { started: at, .. } | Record::Launch { at, .. } | Record::Resumed { at } | Record::Lane { at, .. } => *at,
        }
    }

    /// The record as a line, line feed included.
    pub(crate) fn to_line(&self) -> String {
        let value = match self {
            Record::Header { started, seed, plan } => Object::new()
                .set("imgferry", VERSION)
                .set("started", started.0)
                .set("seed", seed.to_string())
                .set("plan", plan.clone())
                .value(),
            Record::Launch { at, sent, lanes, name, before } => {
                let is_usual = before.iter().all(|before| before.as_ref().is_some_and(Vec::is_empty));
                let before = || list(before, |before| before.as_deref().map_or(Value::Null, texts));
                Object::new()
                    .set("t", at.0)
                    .set("launch", list(lanes, |lane| Value::from(*lane)))
                    .set("name", name.as_str())
                    .set_some("sent", sent.map(|sent| sent.0))
                    .set_some("before", (!is_usual).then(before))
                    .value()
            }
            Record::Resumed { at } => Object::new().set("t", at.0).set("resumed", true).value(),
            Record::Lane { at, lane, state } => Object::new().set("t", at.0).set("lane", *lane).set("is", state.clone()).value(),
        };
        let text = to_text(&value);
        format!("{} {text}\n", checksum(&text))
    }

    fn read(line: &str) -> Option<Record> {
        let (sum, text) = line.split_once(' ')?;
        if sum != checksum(text) {
            return None;
        }
        let value: Value = serde_json::from_slice(text.as_bytes()).ok()?;
        if let Some(version) = value.get("imgferry") {
            let seed = value.get("seed")?.as_str()?.parse().ok()?;
            return (version.as_u64() == Some(VERSION)).then_some(()).and_then(|()| {
                Some(Record::Header { started: Millis(value.get("started")?.as_i64()?), seed, plan: value.get("plan")?.clone() })
            });
        }
        let at = Millis(value.get("t")?.as_i64()?);
        if let Some(lanes) = value.get("launch") {
            let lanes: Vec<u32> = lanes.as_array()?.iter().map(index).collect::<Option<_>>()?;
            let known = |list: &Value| list.is_array().then(|| read_texts(list));
            let before = value.get("before").and_then(Value::as_array).map(|lists| lists.iter().map(known).collect());
            let before = before.unwrap_or_else(|| vec![Some(Vec::new()); lanes.len()]);
            let sent = value.get("sent").and_then(Value::as_i64).map(Millis);
            let name = value.get("name")?.as_str()?.to_owned();
            return (before.len() == lanes.len()).then_some(Record::Launch { at, sent, lanes, name, before });
        }
        if value.get("resumed").is_some() {
            return Some(Record::Resumed { at });
        }
        Some(Record::Lane { at, lane: index(value.get("lane")?)?, state: value.get("is")?.clone() })
    }
}

/// Takes a journal apart.
///
/// # Errors
/// [`Kind::Misuse`] with the number of the first line that does not fit, unless it is an unfinished last one.
pub(crate) fn parse(text: &str) -> Result<Parsed, Error> {
    let mut parsed = Parsed { records: Vec::new(), kept: 0 };
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let Some(whole) = line.strip_suffix('\n') else {
            break;
        };
        let record = Record::read(whole).filter(|record| matches!(record, Record::Header { .. }) == (index == 0));
        parsed.records.push(record.ok_or_else(|| corrupt(index + 1))?);
        parsed.kept += line.len();
    }
    Ok(parsed)
}

fn corrupt(line: usize) -> Error {
    Error::new(Kind::Misuse, "journal.line", format!("line {line} of the journal is damaged, or not of this format")).hint(
        "nothing was overwritten; restore the file from a copy, or cut it before that line and look at the destinations by hand",
        format!("日志第 {line} 行已损坏或格式不符，未覆盖任何内容；请从备份恢复，或截去该行及其后内容并人工核对目标地域"),
    )
}

fn checksum(text: &str) -> String {
    Sha256::digest(text).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn index(value: &Value) -> Option<u32> {
    value.as_u64()?.try_into().ok()
}

fn read_texts(value: &Value) -> Vec<String> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

impl Lane {
    /// What must survive, as JSON: everything a resumed job decides by or reports.
    pub(crate) fn to_record(&self) -> Value {
        let mut state = Object::new();
        state
            .set("phase", self.phase.as_str())
            .set("launches", self.launches)
            .set("doubts", self.doubts)
            .set_some("name", self.name.as_deref())
            .set_some("image", self.image.as_deref())
            .set_some("task", self.task.as_deref())
            .set_some("sent", self.first_sent.map(|at| at.0))
            .set_some("accepted", self.accepted.then_some(true))
            .set_some("unsure", self.unsure.then_some(true))
            .set_some("over", self.over.then_some(true))
            .set_some("listed", self.listed.then_some(true))
            .set_some("alone", self.alone.then_some(true))
            .set_some("seen", self.seen.then_some(true))
            .set_some("absences", Some(self.absences).filter(|absences| *absences > 0))
            .set_some("failures", Some(self.failures).filter(|_| self.is_put_off()))
            .set_some("due", Some(self.due.0).filter(|_| self.is_put_off()))
            .set_some("requests", self.request.as_ref().map(|_| self.requests().map(Value::from).collect::<Vec<_>>()));
        if let Some(more) = self.more.as_deref() {
            state
                .set_some("error", more.error.as_deref().map(Error::to_value))
                .set_some("before", (!more.before.is_empty()).then(|| texts(&more.before)))
                .set_some("objects", (!more.objects.is_empty()).then(|| texts(&more.objects)))
                .set_some("changed", Some(more.changed).filter(|changed| *changed > 0))
                .set_some("looks", more.looks.to_record());
        }
        state.value()
    }

    /// Takes a recorded state back; what it lacks is reset.
    pub(crate) fn restore(&mut self, state: &Value) -> Option<()> {
        let text = |key: &str| state.get(key).and_then(Value::as_str).map(Box::from);
        let time = |key: &str| state.get(key).and_then(Value::as_i64).map(Millis);
        let flag = |key: &str| state.get(key).and_then(Value::as_bool).unwrap_or(false);
        self.phase = Phase::parse(state.get("phase")?.as_str()?)?;
        let count = |key: &str| state.get(key).and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
        (self.launches, self.doubts) = (count("launches"), count("doubts"));
        self.name = text("name").or(self.name.take());
        self.image = text("image");
        self.task = text("task");
        self.first_sent = time("sent");
        (self.accepted, self.unsure, self.listed, self.alone) = (flag("accepted"), flag("unsure"), flag("listed"), flag("alone"));
        (self.over, self.seen, self.absences) = (flag("over"), flag("seen"), count("absences").try_into().unwrap_or(u8::MAX));
        (self.failures, self.due) = (count("failures").try_into().unwrap_or(u8::MAX), time("due").unwrap_or(Millis(i64::MIN)));
        self.launched = time("launched").or(self.launched);
        let looks = state.get("looks").and_then(Looks::from_record);
        let mut lists = ["before", "requests", "objects"].map(|key| state.get(key).map(read_texts).unwrap_or_default());
        self.request = if lists[1].is_empty() { None } else { Some(lists[1].remove(0).into()) };
        let error = state.get("error").and_then(read_error);
        let changed = state.get("changed").and_then(Value::as_u64).and_then(|n| n.try_into().ok()).unwrap_or(0);
        if error.is_some() || changed > 0 || looks.is_some() || lists.iter().any(|list| !list.is_empty()) {
            let more = self.more_mut();
            (more.changed, more.looks) = (changed, looks.unwrap_or_default());
            [more.before, more.requests, more.objects] = lists;
            more.error = error.map(Box::new);
        } else {
            self.more = None;
        }
        Some(())
    }
}

impl Looks {
    /// When the last look began, by our clock and by the server's, and how long the copy had not been seen by then.
    fn to_record(self) -> Option<Value> {
        let (began, server) = self.last?;
        Some(Value::from(vec![Value::from(began.0), server.map_or(Value::Null, |server| server.0.into()), self.unseen_ms.into()]))
    }

    fn from_record(value: &Value) -> Option<Looks> {
        let [began, server, unseen_ms] = value.as_array()?.as_slice() else {
            return None;
        };
        Some(Looks { last: Some((Millis(began.as_i64()?), server.as_i64().map(Millis))), unseen_ms: unseen_ms.as_i64()? })
    }
}

/// An error as [`Error::to_value`] wrote it. Problems are not kept: they are found again by checking again.
fn read_error(value: &Value) -> Option<Error> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = text("kind").and_then(|name| Kind::parse(&name))?;
    let mut error = Error::new(kind, text("code")?, text("message")?);
    error.request_id = text("request_id");
    error.status = value.get("status").and_then(Value::as_u64).and_then(|n| n.try_into().ok());
    error.retry = text("retry").and_then(|name| Retry::parse(&name)).unwrap_or(Retry::Never);
    error.hint_en = Cow::Owned(text("hint").unwrap_or_default());
    error.hint_zh = Cow::Owned(text("hint_zh").unwrap_or_default());
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Vec<Record> {
        vec![
            Record::Header { started: Millis(5), seed: u64::MAX, plan: json!({"copies": []}) },
            Record::Launch { at: Millis(6), sent: None, lanes: vec![0], name: "x".into(), before: vec![Some(vec![])] },
            Record::Launch {
                at: Millis(6),
                sent: Some(Millis(4)),
                lanes: vec![0, 1, 2],
                name: "金-1".into(),
                before: vec![Some(vec![]), None, Some(vec!["img-1".into()])],
            },
            Record::Resumed { at: Millis(7) },
            Record::Lane { at: Millis(7), lane: 1, state: json!({"phase": "task", "launches": 1}) },
        ]
    }

    #[test]
    fn every_prefix_loads_and_every_flipped_byte_is_told() -> Result<(), Error> {
        let text: String = sample().iter().map(Record::to_line).collect();
        assert_eq!(parse(&text)?.records, sample());
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let parsed = parse(text.get(..end).unwrap_or_default())?;
            assert_eq!(parsed.records.as_slice(), sample().get(..parsed.records.len()).unwrap_or_default());
            assert!(parsed.kept <= end);
        }
        for position in 0..text.len() - 1 {
            let mut bytes = text.clone().into_bytes();
            bytes[position] ^= 1;
            if let Ok(damaged) = String::from_utf8(bytes) {
                assert!(parse(&damaged).is_err(), "byte {position}");
            }
        }
        Ok(())
    }

    #[test]
    fn a_lane_reads_back_what_it_writes() {
        let mut lane = Lane::new(0, 0, 0, Millis(0));
        lane.phase = Phase::Task;
        lane.task = Some("job".into());
        lane.more_mut().before = vec!["img-1".into()];
        lane.more_mut().changed = 2;
        (lane.seen, lane.absences) = (true, 3);
        lane.more_mut().looks = Looks { last: Some((Millis(7), None)), unseen_ms: 5 };
        lane.more_mut().error = Some(Box::new(Error::new(Kind::Quota, "X", "full")));
        let mut again = Lane::new(0, 0, 0, Millis(0));
        assert_eq!(again.restore(&lane.to_record()), Some(()));
        assert_eq!(again.to_record(), lane.to_record());
    }
}
