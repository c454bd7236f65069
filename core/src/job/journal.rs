//! The journal: append-only text, one record a line, written ahead of the request it tells of.
//!
//! A line is eight hex digits, a blank and a JSON object; the digits are the head of the SHA-256 of the object's
//! text. The first line holds the plan. A last line that is cut off is left out; any other line that does not fit
//! is refused with its number, and nothing is overwritten. No record holds a secret.
//!
//! What editors, checkouts and archives do to a text file is read (a byte order mark, carriage returns) or named with
//! the way back (compression, UTF-16, UTF-32).

use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind};
use crate::base::json::{Object, from_text, list, texts, to_text};
use crate::base::text::{concat, contains, cut};
use crate::base::texts::zh;
use crate::base::time::{Millis, decimal};
use crate::base::value::Value;
use crate::job::id::{LaneId, SourceId};
use crate::sign::sha8;

/// The format; every released one loads for ever.
const VERSION: u64 = 1;

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// The first line.
    Header { started: Millis, seed: u64, plan: Value },
    /// These lanes are about to be launched by one request under this name. `sent` is the last time that the cloud told;
    /// `before` what had the name in each destination, where it was looked at.
    Launch { at: Millis, sent: Option<Millis>, lanes: Vec<LaneId>, name: String, before: Vec<Option<Vec<String>>> },
    /// The job was taken up again: deadlines count from here. `again` when somebody wanted it to go on: what had ended and can be
    /// resumed is under way again.
    Resumed { at: Millis, again: bool },
    /// A cloud refuses the credentials that it accepted before: others are waited for; or they have come.
    Keys { at: Millis, cloud: Cloud, refused: bool },
    /// A source, by its place among those of the plan, is being made, in the vendor's word; or is so no more.
    Source { at: Millis, source: SourceId, making: Option<String> },
    /// A lane as it stands now, since `at` or a little earlier.
    Lane { at: Millis, lane: LaneId, state: Value },
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
            Record::Header { started: at, .. } | Record::Launch { at, .. } | Record::Resumed { at, .. } => *at,
            Record::Keys { at, .. } | Record::Source { at, .. } | Record::Lane { at, .. } => *at,
        }
    }

    /// The record as a line, line feed included.
    pub(crate) fn to_line(&self) -> String {
        let value = match self {
            Record::Header { started, seed, plan } => Object::new()
                .set("imgferry", VERSION)
                .set("started", started.0)
                .set("seed", to_text(&Value::from(*seed)))
                .set("plan", plan.clone())
                .value(),
            Record::Launch { at, sent, lanes, name, before } => {
                let is_usual = before.iter().all(|before| before.as_ref().is_some_and(Vec::is_empty));
                let before = || list(before, |before| before.as_deref().map_or(Value::Null, texts));
                Object::new()
                    .set("t", at.0)
                    .set("launch", list(lanes, |lane| Value::from(lane.0)))
                    .set("name", name.as_str())
                    .set_some("sent", sent.map(|sent| sent.0))
                    .set_some("before", (!is_usual).then(before))
                    .value()
            }
            Record::Resumed { at, again } => Object::new().set("t", at.0).set("resumed", *again).value(),
            Record::Keys { at, cloud, refused } => {
                Object::new().set("t", at.0).set("keys", cloud.as_str()).set("refused", *refused).value()
            }
            Record::Source { at, source, making } => {
                Object::new().set("t", at.0).set("source", source.0).set("making", making.as_deref()).value()
            }
            Record::Lane { at, lane, state } => Object::new().set("t", at.0).set("lane", lane.0).set("is", state.clone()).value(),
        };
        let text = to_text(&value);
        concat(&[&sha8(&text), " ", &text, "\n"])
    }

    fn read(line: &str) -> Option<Record> {
        let (sum, text) = cut(line, b' ')?;
        if sum != sha8(text) {
            return None;
        }
        let value = from_text(text.as_bytes()).ok()?;
        if let Some(version) = value.get("imgferry") {
            let seed = value.get("seed")?.as_str()?.parse().ok()?;
            return (version.as_u64() == Some(VERSION)).then_some(()).and_then(|()| {
                Some(Record::Header { started: Millis(value.get("started")?.as_i64()?), seed, plan: value.get("plan")?.clone() })
            });
        }
        let at = Millis(value.get("t")?.as_i64()?);
        if let Some(lanes) = value.get("launch") {
            let lanes: Vec<LaneId> = lanes.as_array()?.iter().map(lane).collect::<Option<_>>()?;
            let known = |list: &Value| list.is_array().then(|| read_texts(list));
            let before = value.get("before").and_then(Value::as_array).map(|lists| lists.iter().map(known).collect());
            let before = before.unwrap_or_else(|| vec![Some(Vec::new()); lanes.len()]);
            let sent = value.get("sent").and_then(Value::as_i64).map(Millis);
            let name = value.get("name")?.as_str()?.to_owned();
            return (before.len() == lanes.len()).then_some(Record::Launch { at, sent, lanes, name, before });
        }
        if let Some(again) = value.get("resumed") {
            return Some(Record::Resumed { at, again: again.as_bool()? });
        }
        if let Some(cloud) = value.get("keys") {
            let cloud = Cloud::parse(cloud.as_str()?).ok()?;
            return Some(Record::Keys { at, cloud, refused: value.get("refused")?.as_bool()? });
        }
        if let Some(source) = value.get("source") {
            let making = value.get("making")?.as_str().map(str::to_owned);
            return Some(Record::Source { at, source: SourceId(source.as_u64()?.try_into().ok()?), making });
        }
        Some(Record::Lane { at, lane: lane(value.get("lane")?)?, state: value.get("is")?.clone() })
    }
}

/// Takes a journal apart.
///
/// # Errors
/// [`Kind::Misuse`] with the number of the first line that does not fit, unless it is an unfinished last one.
pub(crate) fn parse(text: &str) -> Result<Parsed, Error> {
    disguised(text).map_or(Ok(()), Err)?;
    let body = text.strip_prefix("\u{feff}").unwrap_or(text);
    let mut parsed = Parsed { records: Vec::new(), kept: text.len() - body.len() };
    let (mut rest, mut index) = (body, 0);
    while let Some((line, behind)) = cut(rest, b'\n') {
        let whole = line.strip_suffix("\r").unwrap_or(line);
        let record = Record::read(whole).ok_or_else(|| of_another_version(whole).unwrap_or_else(|| corrupt(index + 1)))?;
        match (matches!(record, Record::Header { .. }), index) {
            (true, 0) | (false, 1..) => parsed.records.push(record),
            (true, 1..) => return Err(joined(index + 1)),
            (false, 0) => return Err(corrupt(1)),
        }
        parsed.kept += line.len() + 1;
        (rest, index) = (behind, index + 1);
    }
    // Only what begins like a first line can be one that was cut off: then nothing was sent yet.
    if rest.is_empty() || index > 0 || begins_a_header(rest) { Ok(parsed) } else { Err(corrupt(1)) }
}

fn begins_a_header(line: &str) -> bool {
    const START: &str = "{\"imgferry\":";
    let (sum, text) = line.split_at_checked(9).unwrap_or((line, ""));
    sum.bytes().enumerate().all(|(index, byte)| if index == 8 { byte == b' ' } else { byte.is_ascii_hexdigit() })
        && (text.starts_with(START) || START.starts_with(text))
        && !text.as_bytes().contains(&b'\r')
}

/// A journal that was packed or written in another encoding, read as UTF-8 with a mark for every byte that is none.
fn disguised(text: &str) -> Option<Error> {
    const PACKED: [(&str, &str, &str); 5] = [
        ("\u{1f}\u{fffd}", "gzip", "gunzip"),
        ("BZh", "bzip2", "bunzip2"),
        ("\u{fffd}7zXZ", "xz", "unxz"),
        ("(\u{fffd}/\u{fffd}", "zstd", "unzstd"),
        ("PK\u{3}\u{4}", "zip", "unzip"),
    ];
    let start: String = text.chars().take(64).collect();
    if !start.is_empty() && start.chars().all(|char| char == '\0') {
        return Some(zeros());
    }
    let wide = |name: &str| (name.to_owned(), concat(&["`iconv -f ", name, " -t UTF-8`"]));
    let packed = PACKED.iter().find(|(start, ..)| text.starts_with(start));
    let (what, tool) = match packed {
        Some((_, name, tool)) => (concat(&["packed by ", name]), concat(&["`", tool, "`"])),
        None if contains(&start, "\0\0\0") => wide("UTF-32"),
        None if contains(&start, "\0") => wide("UTF-16"),
        None => return None,
    };
    let error = Error::new(Kind::Misuse, "journal.encoding", concat(&["the journal is ", &what]));
    Some(error.hint(
        concat(&["nothing is lost and nothing was overwritten: turn it back by ", &tool, ", then go on"]),
        zh!("内容未丢失，也未被覆盖：请先用 {0} 还原，再继续", &tool),
    ))
}

/// A first line that is whole, but of a format that we do not know.
fn of_another_version(line: &str) -> Option<Error> {
    let (sum, text) = cut(line, b' ')?;
    let version = from_text(text.as_bytes()).ok()?.get("imgferry")?.as_u64().filter(|version| *version != VERSION && sum == sha8(text))?;
    Some(
        Error::new(
            Kind::Misuse,
            "journal.version",
            concat(&["the journal is of version ", &to_text(&version.into()), ", not ", &decimal(VERSION as i64)]),
        )
        .hint(
            "nothing was lost and nothing was overwritten: go on with the release of imgferry that wrote it, or a later one",
            zh!("内容未丢失，也未被覆盖：请使用写入该日志的 imgferry 版本或更新的版本继续"),
        ),
    )
}

/// What a file system leaves of a file whose end it knew and whose bytes it had not written when the power went.
fn zeros() -> Error {
    Error::new(Kind::Misuse, "journal.zeros", "the journal begins with zero bytes, as a file system leaves them after a crash").hint(
        "nothing was overwritten; restore the file from a copy, or run the same copy again with another journal: it looks at the destinations first",
        zh!("未覆盖任何内容；请从备份恢复该文件，或换一个日志文件重新执行相同的复制：启动前会先查看目标地域"),
    )
}

/// Two files in one, such as `cat` makes of them.
fn joined(line: usize) -> Error {
    Error::new(Kind::Misuse, "journal.joined", concat(&["line ", &decimal(line as i64), " of the journal is the first of another journal"]))
        .hint(
            "nothing was overwritten; part the file before that line and go on with each part by itself",
            zh!("第 {0} 行是另一份日志的首行，未覆盖任何内容；请在该行之前把文件拆开，分别继续", &decimal(line as i64)),
        )
}

fn corrupt(line: usize) -> Error {
    Error::new(Kind::Misuse, "journal.line", concat(&["line ", &decimal(line as i64), " of the journal is damaged, or not of this format"]))
        .hint(
            "nothing was overwritten; restore the file from a copy, or cut it before that line and look at the destinations by hand",
            zh!(
                "日志第 {0} 行已损坏或格式不符，未覆盖任何内容；请从备份恢复，或截去该行及其后内容并人工核对目标地域",
                &decimal(line as i64)
            ),
        )
}

fn lane(value: &Value) -> Option<LaneId> {
    value.as_u64()?.try_into().ok().map(LaneId)
}

pub(crate) fn read_texts(value: &Value) -> Vec<String> {
    value.as_array().map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Vec<Record> {
        vec![
            Record::Header { started: Millis(5), seed: u64::MAX, plan: json!({"copies": []}) },
            Record::Launch { at: Millis(6), sent: None, lanes: vec![LaneId(0)], name: "x".into(), before: vec![Some(vec![])] },
            Record::Launch {
                at: Millis(6),
                sent: Some(Millis(4)),
                lanes: vec![LaneId(0), LaneId(1), LaneId(2)],
                name: "金-1".into(),
                before: vec![Some(vec![]), None, Some(vec!["img-1".into()])],
            },
            Record::Resumed { at: Millis(7), again: true },
            Record::Resumed { at: Millis(7), again: false },
            Record::Source { at: Millis(7), source: SourceId(2), making: Some("CREATING".into()) },
            Record::Source { at: Millis(8), source: SourceId(2), making: None },
            Record::Keys { at: Millis(9), cloud: Cloud::Huawei, refused: true },
            Record::Lane { at: Millis(7), lane: LaneId(1), state: json!({"phase": "task", "launches": 1}) },
        ]
    }

    #[test]
    fn every_prefix_loads_and_every_flipped_byte_is_told() -> Result<(), Error> {
        let text: String = sample().iter().map(Record::to_line).collect();
        assert_eq!(parse(&text)?.records, sample());
        let step = if cfg!(miri) { 61 } else { 1 };
        for end in (0..=text.len()).step_by(step).filter(|end| text.is_char_boundary(*end)) {
            let parsed = parse(text.get(..end).unwrap_or_default())?;
            assert_eq!(parsed.records.as_slice(), sample().get(..parsed.records.len()).unwrap_or_default());
            assert!(parsed.kept <= end);
        }
        for position in (0..text.len() - 1).step_by(step) {
            let mut bytes = text.clone().into_bytes();
            bytes[position] ^= 1;
            if let Ok(damaged) = String::from_utf8(bytes) {
                assert!(parse(&damaged).is_err(), "byte {position}");
            }
        }
        Ok(())
    }

    #[test]
    fn what_editors_and_checkouts_do_to_a_journal_changes_nothing() -> Result<(), Error> {
        let text: String = sample().iter().map(Record::to_line).collect();
        let returns = text.replace('\n', "\r\n");
        for changed in [
            format!("\u{feff}{text}"),
            returns.clone(),
            format!("\u{feff}{returns}"),
            format!("{returns}{}", text.lines().last().unwrap_or_default()),
        ] {
            let parsed = parse(&changed)?;
            assert_eq!(parsed.records, sample());
            assert_eq!(parsed.kept, changed.rfind('\n').map_or(0, |end| end + 1));
        }
        assert_eq!(parse("")?.records, []);
        Ok(())
    }

    #[test]
    fn a_journal_of_another_version_is_no_damage() {
        let text = to_text(&json!({"imgferry": VERSION + 1, "begun": 5, "plan": {}}));
        let error = parse(&format!("{} {text}\n{}", sha8(&text), sample()[1].to_line())).expect_err("it is not read");
        assert_eq!((error.code.as_str(), error.hint_en.contains("nothing was lost")), ("journal.version", true), "{error}");
        let damaged = parse(&format!("00000000 {text}\n")).expect_err("it is not read");
        assert_eq!(damaged.code, "journal.line");
    }

    #[test]
    fn two_journals_in_one_file_and_one_of_zero_bytes_are_told_as_such() {
        let text: String = sample().iter().map(Record::to_line).collect();
        let lines = sample().len();
        let error = parse(&format!("{text}{text}")).expect_err("it is not read");
        assert_eq!((error.code.as_str(), error.message.contains(&format!("line {}", lines + 1))), ("journal.joined", true), "{error}");
        for zeros in ["\0".to_owned(), "\0".repeat(4096), format!("{}\n{text}", "\0".repeat(512))] {
            assert_eq!(parse(&zeros).err().map(|error| error.code.clone()), Some("journal.zeros".into()));
        }
        // Behind whole lines they are what was not written yet.
        let kept = parse(&format!("{text}{}", "\0".repeat(4096))).map(|parsed| (parsed.records, parsed.kept));
        assert_eq!(kept, Ok((sample(), text.len())));
    }

    #[test]
    fn a_journal_in_disguise_is_named_with_the_way_back() {
        let text: String = sample().iter().map(Record::to_line).collect();
        let wide: Vec<u8> = std::iter::once('\u{feff}').chain(text.chars()).flat_map(|char| (char as u32 as u16).to_le_bytes()).collect();
        let bare = wide.get(2..).unwrap_or_default();
        let wider: Vec<u8> = text.chars().flat_map(|char| (char as u32).to_be_bytes()).collect();
        for (bytes, way) in [
            (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x8d\n\x01".as_slice(), "gunzip"),
            (b"\xfd7zXZ\0\0\x04".as_slice(), "unxz"),
            (b"\x28\xb5\x2f\xfd\x24".as_slice(), "unzstd"),
            (&wide, "iconv -f UTF-16"),
            (bare, "iconv -f UTF-16"),
            (&wider, "iconv -f UTF-32"),
        ] {
            let error = parse(&String::from_utf8_lossy(bytes)).err();
            assert!(error.as_ref().is_some_and(|error| error.code == "journal.encoding" && error.hint_en.contains(way)), "{error:?}");
        }
        // Nothing of these says that nothing was sent.
        for noise in ["hello", "0123456789", &text.replace('\n', "\r"), "{\"imgferry\":1}"] {
            assert_eq!(parse(noise).err().map(|error| error.code.clone()), Some("journal.line".into()), "{noise}");
        }
    }
}
