//! Level 3: plans, and the replication job.

use crate::convert::{Record, parse, told, wrong};
use crate::kept::{Job, Kept, keep, with};
use crate::operation::{answer, problems_value};
use imgferry::api::endpoint::HostHeader;
use imgferry::api::json::{Object, Value, list, to_text};
use imgferry::job::{Changes, Event, Outgoing, Restored};
use imgferry::plan::Need;
use imgferry::{Cloud, Error, Keyring, Lost, Millis, Plan, Step, wall_clock};
use wasm_bindgen::prelude::*;

/// What is asked, beside its name; what each of these is, the question tells. Times are whole milliseconds: the package checks them.
struct Asked<'t> {
    now_ms: f64,
    count: f64,
    text: String,
    more: &'t str,
    body: Option<Vec<u8>>,
}

/// What can be asked by name of plans and journals, and of the job of that number; or to begin one, to be kept under it. One function
/// of the border for all: each would bring its own code on both sides.
#[wasm_bindgen]
pub fn job(number: f64, question: &str, now_ms: f64, count: f64, text: String, more: &str, body: Option<Vec<u8>>) -> String {
    told(answered(number as u64, question, Asked { now_ms, count, text, more, body }))
}

fn answered(number: u64, question: &str, asked: Asked<'_>) -> Result<String, Error> {
    let begin = |job| keep(number, Kept::Job(Box::new(Job { job, changes: Changes::default() })));
    match question {
        "check" => asked.check(),
        // Every operation that carrying out a plan can call.
        "needs" => Ok(to_text(&list(&plan_of(asked.text)?.needs(), Need::to_value))),
        // What a journal tells of what happened.
        "eventsOf" => Ok(to_text(&list(&Event::of_journal(&asked.text)?, Event::to_value))),
        "new" | "survey" => {
            let new = if question == "new" { imgferry::Job::new } else { imgferry::Job::survey };
            let (now, seed, hosts) = (millis(asked.now_ms), asked.count as u64, hosts(asked.more));
            begin(new(plan_of(asked.text)?.trusting(&hosts), now?, seed)?);
            Ok(String::new())
        }
        "restore" | "wake" => {
            let restored = if question == "wake" { Restored::woken } else { Restored::resumed };
            let Restored { job, kept } = restored(&asked.text, millis(asked.now_ms)?, &hosts(asked.more))?;
            begin(job);
            // As JavaScript counts characters.
            Ok(to_text(&asked.text.get(..kept).unwrap_or_default().encode_utf16().count().into()))
        }
        _ => with(number, |kept| if let Kept::Job(job) = kept { Some(job.answered(question, asked)) } else { None })
            .unwrap_or_else(|| Err(wrong("number", "that of a job"))),
    }
}

impl Asked<'_> {
    /// Every documented rule of a plan, for every destination.
    fn check(self) -> Result<String, Error> {
        let problems = match plan_of(self.text) {
            Ok(plan) => plan.trusting(&hosts(self.more)).check().problems,
            // Mistakes of form are findings like all others.
            Err(mut error) if !error.problems.is_empty() => std::mem::take(&mut error.problems),
            Err(error) => return Err(error),
        };
        Ok(to_text(&problems_value(&problems)))
    }
}

impl Job {
    fn answered(&mut self, question: &str, asked: Asked<'_>) -> Result<String, Error> {
        let (count, job) = (asked.count as u32, &mut self.job);
        let value = match question {
            "poll" => {
                let keys = keyring(asked.text)?;
                step(job.poll(millis(asked.now_ms)?, &keys))
            }
            "answer" => {
                let answer = answer(Record::parse(asked.text, "answer")?, asked.body)?;
                job.answer(millis(asked.now_ms)?, count, answer)?;
                Value::Null
            }
            "lost" => {
                let why = Lost::parse(&asked.text, asked.more)?;
                job.lost(millis(asked.now_ms)?, count, why)?;
                Value::Null
            }
            "cancel" => {
                job.cancel(millis(asked.now_ms)?);
                Value::Null
            }
            // An id has an equals sign before it.
            "resolve" => {
                job.resolve(millis(asked.now_ms)?, count, asked.text.strip_prefix('='))?;
                Value::Null
            }
            "takeJournal" => return Ok(job.take_journal()),
            "compact" => return Ok(job.compact()),
            "takeEvents" => list(&job.take_events(), Event::to_value),
            "report" => job.report().to_value(),
            "row" => job.row(count).map_or(Value::Null, |row| row.to_value()),
            "changes" => self.changes.since(&job.report(), asked.count as u64, millis(asked.now_ms)?),
            "length" => job.lanes().into(),
            _ => return Err(wrong("question", "the name of a question")),
        };
        Ok(to_text(&value))
    }
}

fn step(step: Step) -> Value {
    match step {
        Step::Send(Outgoing { id, request, timeout_ms }) => {
            Object::new().set("type", "send").set("id", id).set("request", request.to_value()).set("timeoutMs", timeout_ms).value()
        }
        Step::Wait { until } => Object::new().set("type", "wait").set("untilMs", until.0).value(),
        Step::Done => Object::new().set("type", "done").value(),
    }
}

/// A plan. `fetch` derives the `host` header from the URL.
fn plan_of(plan: String) -> Result<Plan, Error> {
    Plan::from_value_for(&parse(plan)?, HostHeader::Derived)
}

fn millis(whole: f64) -> Result<Millis, Error> {
    wall_clock("nowMs", whole as i64)
}

/// The hosts that the program trusts, one a line.
fn hosts(lines: &str) -> Vec<&str> {
    let mut hosts = Vec::new();
    // `str::lines` is half a kilobyte of code.
    for line in lines.as_bytes().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        hosts.extend(std::str::from_utf8(line));
    }
    hosts
}

/// The access keys by cloud.
fn keyring(text: String) -> Result<Keyring, Error> {
    let mut input = Record::parse(text, "credentials")?;
    let mut keys = Keyring::default();
    for cloud in Cloud::ALL {
        if input.has(cloud.as_str()) {
            keys = keys.with(cloud, input.credentials(cloud.as_str())?);
        }
    }
    input.end()?;
    Ok(keys)
}
