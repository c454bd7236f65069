//! The replication machine: plan → launch → watch → report, for any number of destinations at once.
//!
//! The host drives it: [`Job::poll`] says what to send or how long to wait, [`Job::answer`] and [`Job::lost`] tell
//! what came of it. Before a [`Step::Send`] is carried out, what [`Job::take_journal`] returns must be on disk.
//!
//! `machine` is the transition table, `pace` says when what may be sent, `state` holds all that is known, `stages` are
//! the steps of a lane's life. A stage changes the state and returns effects: journal lines, events, lanes that move or
//! go on. It never calls another; the one loop that carries effects out, and what follows from them, is `Job::drain`.

mod changes;
pub mod event;
mod forecast;
mod id;
mod journal;
mod keyring;
pub mod machine;
mod pace;
mod report;
mod stages;
mod state;

pub use crate::plan::policy::{Ambiguity, Policy};
pub use changes::Changes;
pub use event::{Event, EventKind};
pub use keyring::Keyring;
pub use machine::{End, Phase};
pub use report::{Extra, Report, Row};

use crate::api::answer::retry_after_ms;
use crate::api::call::sign_call;
use crate::api::facts::Reply;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::http::{Answer, Lost, Request};
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::base::wall_clock::wall_clock;
use crate::plan::Plan;
use crate::provider::read;
use id::{ChannelId, LaneId};
use keyring::Tag;
use machine::Outcome;
use pace::in_flight::{Errand, InFlight, Pending};
use state::effect::{Effect, Effects};
use state::resume::{self, Life, Revived};
use state::told::told;
use state::{State, access, books, errors};
use std::sync::Arc;

/// What the host does next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// Write the journal, send this request as it is, and tell what came of it.
    Send(Outgoing),
    /// Nothing to send before this moment. Always in the future; an answer may change it.
    Wait {
        /// By the host's clock.
        until: Millis,
    },
    /// Every lane has ended.
    Done,
}

/// A request on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// To be given back with the answer.
    pub id: u32,
    /// What to send, byte for byte.
    pub request: Request,
    /// How long to wait for the answer, in milliseconds.
    pub timeout_ms: i64,
}

/// A replication under way.
///
/// ```
/// # use imgferry::{Plan, Millis, Credentials, Cloud};
/// # use imgferry::job::{Job, Keyring, Step};
/// let plan = Plan::from_value(&serde_json::json!({"copies": [{"cloud": Cloud::Tencent.as_str(), "image": "img-o3ycss2p",
///     "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}))?;
/// let keys = Keyring::default().with(Cloud::Tencent, Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None)?);
/// let mut job = Job::new(plan, Millis(1_700_000_000_000), 7)?;
/// match job.poll(Millis(1_700_000_000_000), &keys) {
///     Step::Send(outgoing) => assert!(outgoing.request.url.starts_with("https://cvm.")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), imgferry::Error>(())
/// ```
#[derive(Debug)]
pub struct Job {
    state: State,
    in_flight: InFlight,
    events: Vec<Event>,
    /// Number of the last event.
    seq: u64,
    journal: String,
}

/// A job taken up again.
#[derive(Debug)]
pub struct Restored {
    /// The job.
    pub job: Job,
    /// How much of the journal counts, in bytes: cut the file to this length before appending to it.
    pub kept: usize,
}

impl Restored {
    /// [`Job::restore`] for a plan that signs for the vendor's host and sends elsewhere: as with [`Plan::trusting`], the
    /// program names the hosts, not the journal.
    ///
    /// # Errors
    /// As [`Job::restore`], and when the plan names a host that is not trusted.
    pub fn resumed(journal: &str, now: Millis, trusted_hosts: &[&str]) -> Result<Restored, Error> {
        resume::revive(journal, now, Life::Resumed, trusted_hosts).map(Restored::of)
    }

    /// [`Job::wake`], likewise.
    ///
    /// # Errors
    /// As [`Restored::resumed`].
    pub fn woken(journal: &str, now: Millis, trusted_hosts: &[&str]) -> Result<Restored, Error> {
        resume::revive(journal, now, Life::Woken, trusted_hosts).map(Restored::of)
    }

    fn of(revived: Revived) -> Self {
        let Revived { state, lines, kept } = revived;
        Self { job: begin(state, lines), kept }
    }
}

impl Job {
    /// Begins a replication. Nothing is sent before the first poll.
    ///
    /// # Errors
    /// [`Kind::Misuse`] with all findings when the plan breaks a rule of severity error, and when `now` is no time of these
    /// years in milliseconds.
    pub fn new(plan: Plan, now: Millis, seed: u64) -> Result<Job, Error> {
        wall_clock("now", now.0)?;
        let findings = plan.check();
        if findings.has_errors() {
            return Err(findings.into_error("plan"));
        }
        let state = State::new(plan, now, now, seed);
        let header = state.header().to_line();
        Ok(begin(state, header))
    }

    /// Only looks at what is there: every destination ends as present, missing, stale or in conflict. Nothing is
    /// launched, and there is no journal to keep.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub fn survey(plan: Plan, now: Millis, seed: u64) -> Result<Job, Error> {
        let mut job = Job::new(plan, now, seed)?;
        job.journal.clear();
        job.state.survey = Some(Vec::new());
        Ok(job)
    }

    /// Takes a replication up again from its journal: any prefix of it will do, a last line that is cut off too.
    /// Lanes that were being launched are looked for before anything is launched again; deadlines begin anew, and
    /// what ended and can be resumed goes on.
    ///
    /// # Errors
    /// [`Kind::Misuse`] naming the line when the journal is damaged before its last line, or is empty; and when `now` is no
    /// time of these years. The journal's own times may be any.
    pub fn restore(journal: &str, now: Millis) -> Result<Restored, Error> {
        Restored::resumed(journal, now, &[])
    }

    /// Takes a replication up for its next turn, where memory does not last from one wait to the next: as
    /// [`Job::restore`], but deadlines go on and what ended stays so, as if the job had stayed in memory. A turn ends
    /// when nothing is under way and [`Step::Wait`] says a second or more; limits are counted within a turn.
    ///
    /// # Errors
    /// As [`Job::restore`].
    ///
    /// ```
    /// # use imgferry::{Cloud, Job, Millis, Plan};
    /// let plan = Plan::from_value(&serde_json::json!({"copies": [{"cloud": Cloud::Tencent.as_str(), "image": "img-o3ycss2p",
    ///     "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}))?;
    /// let stored = Job::new(plan, Millis(1_700_000_000_000), 7)?.take_journal();
    /// // The next turn, perhaps in another process.
    /// let mut job = Job::wake(&stored, Millis(1_700_000_060_000))?.job;
    /// assert!(job.take_journal().is_empty());
    /// # Ok::<(), imgferry::Error>(())
    /// ```
    pub fn wake(journal: &str, now: Millis) -> Result<Restored, Error> {
        Restored::woken(journal, now, &[])
    }

    /// Says what to do now. Costs O(log n) in the number of lanes.
    ///
    /// Where a cloud refuses its key, other credentials given here let the job go on; how long it waits for them, the policy
    /// says. What it stops for want of them can be resumed.
    ///
    /// A `now` that is no time of these years, such as one in seconds, stops the job before anything more is sent; its lanes tell
    /// why and can be resumed.
    pub fn poll(&mut self, now: Millis, keys: &Keyring) -> Step {
        if let Err(error) = wall_clock("now", now.0) {
            self.stop(error);
        }
        self.state.clock.advance(now);
        let now = self.state.clock.now();
        if self.state.stopping.is_none() && now.since(self.state.began) >= self.state.plan.policy.deadline_ms {
            self.stop(errors::deadline("the job", zh!("作业")));
        }
        for cloud in Cloud::ALL {
            let effects = access::review(&mut self.state, cloud, keys);
            self.drain(effects);
        }
        if self.state.lanes.open() == 0 {
            return Step::Done;
        }
        while self.in_flight.len() < self.state.plan.policy.concurrency as usize {
            let Some(channel) = self.state.channels.due(now) else {
                break;
            };
            if let Some(outgoing) = self.dispatch(channel, keys) {
                return Step::Send(outgoing);
            }
        }
        // A call that could not be built ends its lane: that may have been the last one.
        if self.state.lanes.open() == 0 { Step::Done } else { Step::Wait { until: self.state.wait_until(self.in_flight.len()) } }
    }

    /// Takes the answer of a request.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when no request of that id is under way: it was answered before, or never sent; or `now` is no time of
    /// these years. Nothing changes.
    pub fn answer(&mut self, now: Millis, id: u32, answer: Answer) -> Result<(), Error> {
        wall_clock("now", now.0)?;
        let pending = self.in_flight.land(id)?;
        self.state.clock.advance(now);
        access::landed(&mut self.state, &pending);
        let answer = pending.redacted(answer);
        let outcome = read(pending.errand.call.operation, &answer);
        let retry_after_ms = retry_after_ms(&answer);
        let server_date = answer.header("date").and_then(Millis::parse_http_date);
        let cloud = pending.errand.call.operation.cloud;
        self.state.clouds[cloud].trouble =
            outcome.as_ref().err().filter(|error| matches!(error.kind, Kind::Protocol | Kind::Server)).cloned();
        access::note_time(&mut self.state, cloud, &outcome, server_date);
        let effects = match &outcome {
            Err(error) if error.kind == Kind::Auth && error.retry != Retry::Backoff => {
                let effects = access::refused(&mut self.state, pending, error.clone(), server_date);
                self.drain(effects);
                return Ok(());
            }
            Err(error) if error.kind == Kind::Auth => access::locked(&mut self.state, cloud, error, retry_after_ms),
            Err(error) if error.kind == Kind::Throttled => access::throttled(&mut self.state, &pending, error, retry_after_ms),
            Err(_) | Ok(_) => {
                self.state.channels.limiter(pending.errand.channel).accepted();
                access::proven(&mut self.state, cloud)
            }
        };
        self.drain(effects);
        self.settle(pending, outcome, retry_after_ms);
        Ok(())
    }

    /// Tells that a request has no answer.
    ///
    /// # Errors
    /// As [`Job::answer`].
    pub fn lost(&mut self, now: Millis, id: u32, why: Lost) -> Result<(), Error> {
        wall_clock("now", now.0)?;
        let pending = self.in_flight.land(id)?;
        self.state.clock.advance(now);
        access::landed(&mut self.state, &pending);
        let mut error = why.error(&pending.errand.call.request().url);
        error.message = pending.redacted_text(std::mem::take(&mut error.message));
        error = error.bounded();
        self.state.clouds[pending.errand.call.operation.cloud].trouble = Some(error.clone());
        if let Lost::Blocked(_) = why {
            let effects = access::blocked(&mut self.state, &pending, &error);
            self.drain(effects);
            // It was not sent: a launch may be made again, by whoever resumes.
            error.retry = Retry::Backoff;
        }
        self.settle(pending, Err(error), None);
        Ok(())
    }

    /// Stops what is not launched and leaves running what is. Ends after the answers under way.
    pub fn cancel(&mut self, now: Millis) {
        self.state.clock.advance(now);
        let error = Error::new(Kind::Misuse, "job.cancelled", "the job was cancelled");
        self.stop(error.hint("resume the journal to go on", zh!("可从日志恢复继续")));
    }

    /// Takes a person's word on a lane of which nobody can tell whether its launch took effect: the copy is there under
    /// that id (an export: the id of its task), or it is not there. The lane of a [`Row`] that is ambiguous or probing goes on
    /// from there at the next poll: the copy is watched, or looked for and launched anew. The word is in the journal.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when the lane is in no doubt, the id cannot be that of its copy, or `now` is no time of these
    /// years. Nothing changes.
    pub fn resolve(&mut self, now: Millis, lane: u32, id: Option<&str>) -> Result<(), Error> {
        wall_clock("now", now.0)?;
        self.state.clock.advance(now);
        let effects = told(&mut self.state, lane, id)?;
        self.drain(effects);
        Ok(())
    }

    /// Takes the journal lines written since the last call. They must be on disk before the next request leaves.
    #[must_use]
    pub fn take_journal(&mut self) -> String {
        std::mem::take(&mut self.journal)
    }

    /// The whole journal anew and as short as it can be, to replace the file with.
    pub fn compact(&self) -> String {
        self.state.compacted()
    }

    /// Takes the events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// What became of every destination so far.
    pub fn report(&self) -> Report {
        self.state.report()
    }

    /// What became of one destination so far: the row of that number in [`Job::report`], without making the others.
    pub fn row(&self, lane: u32) -> Option<Row> {
        self.state.destination(lane)
    }

    /// Number of destinations; a checked plan always has one.
    pub fn lanes(&self) -> usize {
        self.state.lanes.destinations().len()
    }

    /// The loop: carries out what a stage wants done, and what follows from it, until nothing is left. What follows from
    /// one thing comes before the next.
    fn drain(&mut self, effects: Effects) {
        let (state, mut stack) = (&mut self.state, Vec::new());
        effects.put_on(&mut stack);
        while let Some(effect) = stack.pop() {
            let more = match effect {
                Effect::Write(line) => {
                    self.journal.push_str(&line);
                    continue;
                }
                Effect::Tell(event) => {
                    self.seq = event::following(self.seq, state.clock.now());
                    self.events.push(Event { seq: self.seq, ..*event });
                    continue;
                }
                Effect::Advance(lane, outcome, error) => books::advance(state, lane, outcome, error),
                Effect::Enter(lane, due) => stages::enter(state, lane, due),
                Effect::GoOn(lane, due) => go_on(state, lane, due),
                Effect::Watch(lane) => {
                    let due = stages::next_look(state, lane);
                    go_on(state, lane, due)
                }
            };
            more.put_on(&mut stack);
        }
    }

    /// Makes the next call of a channel, if its limits allow.
    fn dispatch(&mut self, channel: ChannelId, keys: &Keyring) -> Option<Outgoing> {
        if !self.state.channels.has_place(channel, self.state.clock.now()) {
            return None;
        }
        access::usable_keys(&mut self.state, channel, keys)?;
        let errand = self.state.channels.pop_again(channel).map(Ok).or_else(|| stages::call(&mut self.state, channel));
        let outgoing = match errand {
            Some(Ok(errand)) => self.send(errand, keys),
            Some(Err(effects)) => {
                self.drain(effects);
                None
            }
            None => None,
        };
        self.state.channels.rewake(channel);
        outgoing
    }

    /// Signs a call, writes ahead what must not be forgotten, and lets it go.
    fn send(&mut self, errand: Errand, keys: &Keyring) -> Option<Outgoing> {
        let (cloud, now) = (errand.call.operation.cloud, self.state.clock.now());
        let credentials = keys.get(cloud)?;
        let tag = Tag::of(credentials);
        let account = &mut self.state.clouds[cloud];
        let signing_time = self.state.clock.host().plus(account.skew_ms);
        let request = match sign_call(&errand.call, credentials, signing_time, account.derived(tag, credentials)) {
            Ok(request) => request,
            Err(error) => {
                let effects = stages::unbuilt(&mut self.state, errand.channel, errand.subject, error);
                self.drain(effects);
                return None;
            }
        };
        account.in_flight += 1;
        let redactor = account.redactor.clone();
        // Taken here, not before: a call that could not be built costs no place.
        let ticket = self.state.channels.limiter(errand.channel).take(now);
        let effects = stages::write_ahead(&mut self.state, &errand);
        self.drain(effects);
        let id = self.in_flight.leave(Pending { errand, sent: now, ticket, tag, redactor });
        Some(Outgoing { id, request, timeout_ms: self.state.plan.policy.request_timeout_ms })
    }

    /// Hands what came of a request to the stage that made it.
    fn settle(&mut self, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        let channel = pending.errand.channel;
        let effects = stages::settle(&mut self.state, pending, outcome, retry_after_ms);
        self.drain(effects);
        self.state.channels.rewake(channel);
    }

    /// Nothing more is begun.
    fn stop(&mut self, error: Error) {
        if self.state.stopping.is_some() {
            return;
        }
        let error = Arc::new(error);
        let effects = access::take_back(&mut self.state, None, &error);
        self.drain(effects);
        for lane in self.state.lanes.ids() {
            let trouble = self.state.clouds[self.state.cloud_of(lane)].trouble.as_ref();
            let error =
                trouble.map_or_else(|| error.clone(), |trouble| Arc::new(error.saying(concat(&[&error.message, "; ", &trouble.message]))));
            let effects = books::advance(&mut self.state, lane, Outcome::Stopped, Some(error));
            self.drain(effects);
        }
        self.state.stopping = Some(error);
    }
}

/// A job in that state, with every lane where it goes on from.
fn begin(state: State, journal: String) -> Job {
    let mut job = Job { state, in_flight: InFlight::new(), events: Vec::new(), seq: 0, journal };
    for lane in job.state.lanes.ids() {
        let due = resume::set_out(&mut job.state, lane);
        let effects = stages::enter(&mut job.state, lane, due);
        job.drain(effects);
    }
    job
}

/// Sends a lane on its way again, unless the job is stopping or its cloud is barred.
fn go_on(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let mut effects = Effects::default();
    let cloud = &state.clouds[state.cloud_of(lane)];
    match (state.stopping.as_ref().or(cloud.blocked.as_ref()), &cloud.barred) {
        (Some(error), _) => effects.advance_by(lane, Outcome::Stopped, error),
        (None, Some(error)) => effects.advance_by(lane, Outcome::Barred, error),
        (None, None) => return stages::enter(state, lane, due),
    }
    effects
}
