//! Level 3: the replication job, the one handle of the border.

use crate::convert::{Record, Thrown, parse, throw};
use crate::operation::{answer, problems_value};
use imgferry::api::endpoint::HostHeader;
use imgferry::api::json::{Object, Value, list, to_text};
use imgferry::job::{Changes, Event, Outgoing, Restored};
use imgferry::plan::Need;
use imgferry::{Cloud, Error, Keyring, Lost, Millis, Plan, Step, wall_clock};
use wasm_bindgen::prelude::*;

/// A replication under way. Times are whole milliseconds: the package checks them.
#[wasm_bindgen]
pub struct Job {
    job: imgferry::Job,
    changes: Changes,
    /// Of a restored journal: how many UTF-16 units of it count.
    kept: usize,
}

impl Job {
    fn of(job: imgferry::Job) -> Job {
        Job { job, changes: Changes::default(), kept: 0 }
    }

    fn taken_up(journal: String, now_ms: f64, trusted: &str, from: fn(&str, Millis, &[&str]) -> Result<Restored, Error>) -> Thrown<Job> {
        let restored = millis(now_ms).and_then(|now| from(&journal, now, &hosts(trusted))).map_err(throw)?;
        let kept = journal.get(..restored.kept).unwrap_or_default().encode_utf16().count();
        Ok(Job { kept, ..Job::of(restored.job) })
    }
}

#[wasm_bindgen]
impl Job {
    /// Begins a replication.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: String, now_ms: f64, seed: f64, trusted: &str) -> Thrown<Job> {
        let begun = || imgferry::Job::new(plan_of(plan)?.trusting(&hosts(trusted)), millis(now_ms)?, seed as u64);
        begun().map(Job::of).map_err(throw)
    }

    /// Only looks at what is there.
    pub fn survey(plan: String, now_ms: f64, seed: f64, trusted: &str) -> Thrown<Job> {
        let begun = || imgferry::Job::survey(plan_of(plan)?.trusting(&hosts(trusted)), millis(now_ms)?, seed as u64);
        begun().map(Job::of).map_err(throw)
    }

    /// Takes a replication up again from its journal.
    pub fn restore(journal: String, now_ms: f64, trusted: &str) -> Thrown<Job> {
        Job::taken_up(journal, now_ms, trusted, imgferry::job::Restored::resumed)
    }

    /// Takes a replication up for its next turn.
    pub fn wake(journal: String, now_ms: f64, trusted: &str) -> Thrown<Job> {
        Job::taken_up(journal, now_ms, trusted, imgferry::job::Restored::woken)
    }

    /// How much of the journal counted, as JavaScript counts characters.
    #[wasm_bindgen(getter)]
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Says what to do now.
    pub fn poll(&mut self, now_ms: f64, keys: String) -> Thrown<String> {
        let keys = keyring(keys).map_err(throw)?;
        let step = match self.job.poll(millis(now_ms).map_err(throw)?, &keys) {
            Step::Send(Outgoing { id, request, timeout_ms }) => {
                Object::new().set("type", "send").set("id", id).set("request", request.to_value()).set("timeoutMs", timeout_ms).value()
            }
            Step::Wait { until } => Object::new().set("type", "wait").set("untilMs", until.0).value(),
            Step::Done => Object::new().set("type", "done").value(),
        };
        Ok(to_text(&step))
    }

    /// Takes the answer of a request.
    pub fn answer(&mut self, now_ms: f64, id: u32, input: String, body: Option<Vec<u8>>) -> Thrown<()> {
        let answer = Record::parse(input, "answer").and_then(|record| answer(record, body)).map_err(throw)?;
        self.job.answer(millis(now_ms).map_err(throw)?, id, answer).map_err(throw)
    }

    /// Tells that a request has no answer.
    pub fn lost(&mut self, now_ms: f64, id: u32, why: &str, cause: &str) -> Thrown<()> {
        let why = Lost::parse(why, cause).map_err(throw)?;
        self.job.lost(millis(now_ms).map_err(throw)?, id, why).map_err(throw)
    }

    /// Stops what is not launched and leaves running what is.
    pub fn cancel(&mut self, now_ms: f64) -> Thrown<()> {
        self.job.cancel(millis(now_ms).map_err(throw)?);
        Ok(())
    }

    /// Takes a person's word on a lane in doubt.
    pub fn resolve(&mut self, now_ms: f64, lane: u32, id: Option<String>) -> Thrown<()> {
        self.job.resolve(millis(now_ms).map_err(throw)?, lane, id.as_deref()).map_err(throw)
    }

    /// Takes the journal lines written since the last call.
    #[wasm_bindgen(js_name = takeJournal)]
    pub fn take_journal(&mut self) -> String {
        self.job.take_journal()
    }

    /// The whole journal anew and as short as it can be.
    pub fn compact(&self) -> String {
        self.job.compact()
    }

    /// Takes the events since the last call.
    #[wasm_bindgen(js_name = takeEvents)]
    pub fn take_events(&mut self) -> String {
        to_text(&list(&self.job.take_events(), Event::to_value))
    }

    /// What became of every destination so far.
    pub fn report(&self) -> String {
        to_text(&self.job.report().to_value())
    }

    /// What became of one destination so far; null where there is none of that number.
    pub fn row(&self, lane: u32) -> String {
        to_text(&self.job.row(lane).map_or(Value::Null, |row| row.to_value()))
    }

    /// The report with what has changed behind that number.
    pub fn changes(&mut self, now_ms: f64, since: f64) -> Thrown<String> {
        let now = millis(now_ms).map_err(throw)?;
        Ok(to_text(&self.changes.since(&self.job.report(), since as u64, now)))
    }

    /// Number of destinations.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.job.lanes()
    }
}

/// Checks every documented rule of a plan, for every destination.
#[wasm_bindgen(js_name = checkPlan)]
pub fn check_plan(plan: String, trusted: &str) -> Thrown<String> {
    let checked = || match plan_of(plan) {
        Ok(plan) => Ok(plan.trusting(&hosts(trusted)).check().problems),
        // Mistakes of form are findings like all others.
        Err(mut error) if !error.problems.is_empty() => Ok(std::mem::take(&mut error.problems)),
        Err(error) => Err(error),
    };
    checked().map(|problems| to_text(&problems_value(&problems))).map_err(throw)
}

/// Every operation that carrying out a plan can call.
#[wasm_bindgen]
pub fn needs(plan: String) -> Thrown<String> {
    plan_of(plan).map(|plan| to_text(&list(&plan.needs(), Need::to_value))).map_err(throw)
}

/// A plan. `fetch` derives the `host` header from the URL.
fn plan_of(plan: String) -> Result<Plan, Error> {
    Plan::from_value_for(&parse(plan)?, HostHeader::Derived)
}

/// What a journal tells of what happened.
#[wasm_bindgen(js_name = eventsOf)]
pub fn events_of(journal: &str) -> Thrown<String> {
    Event::of_journal(journal).map(|events| to_text(&list(&events, Event::to_value))).map_err(throw)
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

fn millis(whole: f64) -> Result<Millis, Error> {
    wall_clock("nowMs", whole as i64)
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
