//! The replication machine: plan → launch → watch → report, for any number of destinations at once.
//!
//! The host drives it: [`Job::poll`] says what to send or how long to wait, [`Job::answer`] and [`Job::lost`] tell
//! what came of it. Before a [`Step::Send`] is carried out, what [`Job::take_journal`] returns must be on disk.
//!
//! `machine` is the transition table, `policy` the numbers, `schedule` and `limiter` the pacing, `journal` the
//! memory, `report` and `events` the output. The steps of a lane's life stand in `inspect`, `find`, `room`,
//! `launch`, `watch` and `finish`; each has a half that makes a call and a half that reads what came of it.

mod chain;
mod events;
mod export;
mod find;
mod finish;
mod flight;
mod forecast;
mod inspect;
mod journal;
mod keyring;
mod lane;
mod launch;
mod limiter;
pub mod machine;
mod report;
mod room;
mod schedule;
mod watch;

pub use crate::plan::policy::{Ambiguity, Policy};
pub use events::{Event, What};
pub use keyring::Keyring;
pub use machine::{End, Phase};
pub use report::{Extra, Report, Row};

use crate::api::operation::Effect;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::http::{Answer, Lost, Request};
use crate::base::names::firsts;
use crate::base::time::Millis;
use crate::plan::{Plan, Task};
use crate::provider::read;
use crate::sign::KeyCache;
use chain::Chains;
use flight::Flight;
use inspect::Source;
use journal::Record;
use keyring::{Access, Tag};
use lane::Lane;
use limiter::Rng;
use machine::{Outcome, next};
use room::Room;
use schedule::Schedule;

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
/// let plan = Plan::parse(r#"{"copies": [{"cloud": "tencent", "image": "img-o3ycss2p",
///     "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}"#)?;
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
    plan: Plan,
    /// When the job began; names may tell its day.
    started: Millis,
    /// When this run of it began: deadlines count from here.
    began: Millis,
    /// When the run that was interrupted launched last, by its journal: this run's first launch keeps its distance.
    interrupted: Option<Millis>,
    /// When it may have looked last; looks are not in the journal.
    looked: Option<Millis>,
    /// Runs in a row that wrote nothing, and when the first of them began.
    fruitless: Option<(u32, Millis)>,
    seed: u64,
    rng: Rng,
    clock: Clock,
    lanes: Vec<Lane>,
    sources: Vec<Source>,
    /// The lanes that are steps on the way of others.
    chains: Chains,
    /// The places left in each destination, as far as anybody asked.
    rooms: Vec<Room>,
    /// By transfer: lanes that are not yet ready to be launched.
    preparing: Vec<u32>,
    schedule: Schedule,
    clouds: [CloudState; 3],
    /// Under way, by the ids of their requests, sorted.
    flights: Vec<(u32, Box<Flight>)>,
    next_id: u32,
    events: Vec<Event>,
    journal: String,
    /// Lanes that have not ended.
    open: usize,
    /// Only look, launch nothing: copies found that the plan does not ask for.
    survey: Option<Vec<Extra>>,
    /// Set by a deadline or a cancellation: why nothing more is begun.
    stopping: Option<Error>,
}

/// What is learned about a cloud.
#[derive(Debug, Default)]
struct CloudState {
    /// The server's clock minus the host's.
    skew_ms: i64,
    /// The server's clock, as the answer at hand tells it.
    server_time: Option<Millis>,
    /// The latest time that the cloud itself told: what is made from now on is not older, whatever the host's clock says.
    told_time: Option<Millis>,
    access: Access,
    /// Keys derived from the credentials of that tag, so that none is derived twice a day. Wiped with the job.
    derived: (Option<Tag>, KeyCache),
    /// Requests under way.
    flights: usize,
    /// The plan has lanes here.
    used: bool,
    /// Why its lanes were ended: for want of credentials.
    barred: Option<Error>,
    /// The key is locked until then.
    locked_until: Option<Millis>,
    /// Copies under way, as far as the cloud's limit counts them.
    active: u32,
}

/// Time that never goes back, whatever the host's clock does.
#[derive(Debug)]
struct Clock {
    /// Now, never falling.
    now: Millis,
    /// The host's clock minus ours.
    offset_ms: i64,
    host: Millis,
}

impl Clock {
    /// A clock that jumped back goes on from where ours stands.
    fn advance(&mut self, host: Millis) {
        let ours = host.plus(-self.offset_ms);
        if ours < self.now {
            self.offset_ms = host.since(self.now);
        }
        self.now = self.now.max(ours);
        self.host = host;
    }

    fn host_time(&self, ours: Millis) -> Millis {
        ours.plus(self.offset_ms)
    }
}

impl Job {
    /// Begins a replication. Nothing is sent before the first poll.
    ///
    /// # Errors
    /// [`Kind::Misuse`] with all findings when the plan breaks a rule of severity error.
    pub fn new(plan: Plan, now: Millis, seed: u64) -> Result<Job, Error> {
        let findings = plan.check();
        if findings.has_errors() {
            return Err(findings.into_error("plan"));
        }
        let mut job = Job::begin(plan, now, now, seed);
        let header = Record::Header { started: now, seed, plan: job.plan.to_journal() };
        job.journal.push_str(&header.to_line());
        job.enqueue_all();
        Ok(job)
    }

    /// Only looks at what is there: every destination ends as present, missing, stale or in conflict. Nothing is
    /// launched, and there is no journal to keep.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub fn survey(plan: Plan, now: Millis, seed: u64) -> Result<Job, Error> {
        let mut job = Job::new(plan, now, seed)?;
        job.journal.clear();
        job.survey = Some(Vec::new());
        Ok(job)
    }

    /// Takes a replication up again from its journal: any prefix of it will do, a last line that is cut off too.
    /// Lanes that were being launched are looked for before anything is launched again; deadlines begin anew, and
    /// what ended and can be resumed goes on.
    ///
    /// # Errors
    /// [`Kind::Misuse`] naming the line when the journal is damaged before its last line, or is empty.
    pub fn restore(journal: &str, now: Millis) -> Result<Restored, Error> {
        Job::from_journal(journal, now, Life::Resumed)
    }

    /// Takes a replication up for its next turn, where memory does not last from one wait to the next: as
    /// [`Job::restore`], but deadlines go on and what ended stays so, as if the job had stayed in memory. A turn ends
    /// when nothing is under way and [`Step::Wait`] says a second or more; limits are counted within a turn.
    ///
    /// # Errors
    /// As [`Job::restore`].
    ///
    /// ```
    /// # use imgferry::{Plan, Millis, Credentials, Cloud, Job, Keyring, Step};
    /// let plan = Plan::parse(r#"{"copies": [{"cloud": "tencent", "image": "img-o3ycss2p",
    ///     "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}"#)?;
    /// let stored = Job::new(plan, Millis(1_700_000_000_000), 7)?.take_journal();
    /// // The next turn, perhaps in another process.
    /// let mut job = Job::wake(&stored, Millis(1_700_000_060_000))?.job;
    /// assert!(job.take_journal().is_empty());
    /// # Ok::<(), imgferry::Error>(())
    /// ```
    pub fn wake(journal: &str, now: Millis) -> Result<Restored, Error> {
        Job::from_journal(journal, now, Life::Woken)
    }

    fn from_journal(journal: &str, now: Millis, life: Life) -> Result<Restored, Error> {
        let parsed = journal::parse(journal)?;
        let mut records = parsed.records.into_iter();
        let Some(Record::Header { started, seed, plan }) = records.next() else {
            let error = Error::new(Kind::Misuse, "journal.empty", "the journal holds no complete first line");
            return Err(error
                .hint("nothing was sent yet; delete the file and start the plan again", "尚未发送任何请求；请删除该文件并重新执行计划"));
        };
        let mut job = Job::begin(Plan::from_journal(&plan)?, started, now, seed);
        job.began = started;
        let mut latest = started;
        for (index, record) in records.enumerate() {
            latest = if let Record::Resumed { at } = record { at } else { latest.max(record.at()) };
            job.replay(record).ok_or_else(|| {
                Error::new(Kind::Misuse, "journal.line", format!("line {} of the journal does not fit its plan", index + 2))
                    .hint("nothing was overwritten; restore the file from a copy", "未覆盖任何内容；请从备份恢复该文件")
            })?;
        }
        // A different story from here on than the one already told.
        job.rng = Rng(seed ^ now.0 as u64);
        job.interrupted = job.interrupted.map(|at| at.min(now));
        match life {
            Life::Resumed => {
                // One that comes to nothing again and again, because it dies at every wait, must not wait for ever.
                let first = job.fruitless.filter(|(runs, _)| *runs >= FRUITLESS).map(|(_, first)| first);
                job.looked = Some(first.map_or(now, |at| at.min(now)));
                job.begin_run(now);
            }
            // The host's clock was set back: by what the journal tells, nothing would ever come to its end.
            Life::Woken if latest > now => job.begin_run(now),
            Life::Woken => job.looked = Some(job.began).filter(|began| *began != started),
        }
        job.resume(life);
        Ok(Restored { job, kept: parsed.kept })
    }

    fn begin_run(&mut self, now: Millis) {
        self.began = now;
        self.journal.push_str(&Record::Resumed { at: now }.to_line());
    }

    /// Says what to do now. Costs O(log n) in the number of lanes.
    pub fn poll(&mut self, now: Millis, keys: &Keyring) -> Step {
        self.clock.advance(now);
        if self.stopping.is_none() && self.clock.now.since(self.began) >= self.plan.policy.deadline_ms {
            self.stop(deadline_error("the job", "作业"));
        }
        Cloud::ALL.into_iter().for_each(|cloud| self.review_access(cloud, keys));
        if self.open == 0 {
            return Step::Done;
        }
        while self.flights.len() < self.plan.policy.concurrency as usize {
            let Some(channel) = self.schedule.due(self.clock.now) else {
                break;
            };
            if let Some(outgoing) = self.dispatch(channel, keys) {
                return Step::Send(outgoing);
            }
        }
        // A call that could not be built ends its lane: that may have been the last one.
        if self.open == 0 { Step::Done } else { Step::Wait { until: self.wait_until() } }
    }

    /// Takes the answer of a request.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when no request of that id is under way: it was answered before, or never sent. Nothing changes.
    pub fn answer(&mut self, now: Millis, id: u32, answer: Answer) -> Result<(), Error> {
        let flight = self.land(now, id)?;
        let outcome = read(flight.call.operation, &answer);
        let retry_after_ms =
            answer.header("retry-after").and_then(|text| text.trim().parse::<i64>().ok()).map(|s| s.clamp(0, 3_600) * 1000);
        let server_date = answer.header("date").and_then(Millis::parse_http_date);
        let cloud = flight.call.operation.cloud;
        self.clouds[cloud as usize].server_time = server_date;
        // A gateway in between may answer with a clock of its own: only what is certainly the cloud's counts.
        let told = match &outcome {
            Ok(_) => server_date,
            Err(error) => error.server_time.or(server_date.filter(|_| error.request_id.is_some())),
        };
        self.clouds[cloud as usize].told_time = told.or(self.clouds[cloud as usize].told_time);
        match &outcome {
            Err(error) if error.kind == Kind::Auth && error.retry != Retry::Backoff => {
                return self.refused_access(flight, error.clone(), server_date);
            }
            Err(error) if error.kind == Kind::Auth => self.locked(cloud, error, retry_after_ms),
            Err(error) if error.kind == Kind::Throttled => self.throttled(&flight, error, retry_after_ms),
            Err(_) | Ok(_) => {
                self.prove_access(cloud);
                self.schedule.limiter(flight.channel).accepted();
            }
        }
        self.settle(flight, outcome, retry_after_ms);
        Ok(())
    }

    /// Tells that a request has no answer.
    ///
    /// # Errors
    /// As [`Job::answer`].
    pub fn lost(&mut self, now: Millis, id: u32, why: Lost) -> Result<(), Error> {
        let flight = self.land(now, id)?;
        let error = match why {
            Lost::Unsent => {
                let mut error = Error::new(Kind::Server, "transport.unsent", "the request could not be sent");
                error.retry = Retry::Backoff;
                error.hint("check the network and the endpoint", "请检查网络和接入地址")
            }
            Lost::Unanswered => {
                let mut error = Error::new(Kind::Server, "transport.unanswered", "the request was sent, but no answer came");
                error.retry = Retry::Unsure;
                error.hint("the destination is looked at before anything is sent again", "重试前会先核对目标地域")
            }
        };
        self.settle(flight, Err(error), None);
        Ok(())
    }

    /// Stops what is not launched and leaves running what is. Ends after the answers under way.
    pub fn cancel(&mut self, now: Millis) {
        self.clock.advance(now);
        let error = Error::new(Kind::Misuse, "job.cancelled", "the job was cancelled");
        self.stop(error.hint("resume the journal to go on", "可从日志恢复继续"));
    }

    /// Takes the journal lines written since the last call. They must be on disk before the next request leaves.
    #[must_use]
    pub fn take_journal(&mut self) -> String {
        std::mem::take(&mut self.journal)
    }

    /// The whole journal anew and as short as it can be, to replace the file with.
    pub fn compact(&self) -> String {
        let header = Record::Header { started: self.started, seed: self.seed, plan: self.plan.to_journal() };
        let begun = |lane: &&Lane| lane.launches > 0 || lane.phase.is_ended() || lane.more.is_some();
        // What the lines that are left out told of times stands in the lines of the lanes.
        let lanes = self.lanes.iter().enumerate().filter(|(_, lane)| begun(lane)).map(|(index, lane)| {
            let launched = lane.launched.map(|at| self.clock.host_time(at).0.into());
            let state = lane.to_record().as_object_mut().map(std::mem::take).unwrap_or_default();
            let state = state.into_iter().chain(launched.map(|at: serde_json::Value| ("launched".to_owned(), at))).collect();
            Record::Lane { at: self.clock.host_time(lane.since), lane: index as u32, state }
        });
        let resumed = (self.began != self.started).then_some(Record::Resumed { at: self.began });
        std::iter::once(header).chain(resumed).chain(lanes).map(|record| record.to_line()).collect()
    }

    /// Takes the events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// What became of every destination so far.
    pub fn report(&self) -> Report {
        let row = |index: u32| {
            let lane = &self.lanes[index as usize];
            let transfer = &self.plan.transfers[lane.transfer as usize];
            let more = lane.more.as_deref();
            Row {
                cloud: transfer.cloud.as_str(),
                path: transfer.path(lane.transfer as usize, lane.target as usize, &self.plan) + self.step_path(index),
                image: transfer.image.to_string(),
                from: if self.is_step(index) { self.region_from(index) } else { &transfer.from.0 }.to_string(),
                to: self.region_to(index).to_string(),
                name: lane.name.as_deref().unwrap_or_default().to_owned(),
                phase: lane.phase,
                new_image: lane.image.as_deref().filter(|_| transfer.task == Task::Copy).map(str::to_owned),
                task: lane.task.as_deref().map(str::to_owned),
                objects: more.map(|m| m.objects.clone()).filter(|keys| !keys.is_empty()).unwrap_or_else(|| self.expected_objects(lane)),
                note: self.note(index),
                percent: if lane.phase == Phase::Ended(End::Ready) { Some(100) } else { lane.percent },
                launches: lane.launches,
                request_ids: lane.requests().map(str::to_owned).collect(),
                error: lane.error().cloned(),
            }
        };
        let rows: Vec<Row> = (0..self.destinations()).map(row).collect();
        let asked = |extra: &&Extra| rows.iter().any(|row| row.cloud == extra.cloud && row.to == extra.region && row.name == extra.name);
        let extra = self.survey.iter().flatten().filter(|extra| !asked(extra)).cloned().collect();
        Report { rows, steps: self.steps_taken().map(row).collect(), extra }
    }

    /// Number of destinations.
    pub fn len(&self) -> usize {
        self.destinations() as usize
    }

    /// Whether there is no destination; a checked plan always has one.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    fn begin(plan: Plan, started: Millis, now: Millis, seed: u64) -> Job {
        let mut job = Job {
            plan,
            started,
            began: now,
            interrupted: None,
            looked: None,
            fruitless: None,
            seed,
            rng: Rng(seed),
            clock: Clock { now, offset_ms: 0, host: now },
            lanes: Vec::new(),
            sources: Vec::new(),
            chains: Chains::default(),
            rooms: Vec::new(),
            preparing: Vec::new(),
            schedule: Schedule::default(),
            clouds: Default::default(),
            flights: Vec::new(),
            next_id: 1,
            events: Vec::new(),
            journal: String::new(),
            open: 0,
            survey: None,
            stopping: None,
        };
        job.lay_out(now);
        job
    }

    /// One lane a destination, one source an image.
    fn lay_out(&mut self, now: Millis) {
        let mut keys = Vec::with_capacity(self.plan.transfers.len());
        for transfer in &self.plan.transfers {
            keys.push([transfer.cloud.as_str(), "", &*transfer.from.0, &*transfer.image]);
        }
        let firsts = firsts(&keys);
        let mut sources: Vec<usize> = Vec::with_capacity(firsts.len());
        self.lanes.reserve_exact(self.plan.transfers.iter().map(|transfer| transfer.to.len()).sum());
        for (index, transfer) in self.plan.transfers.iter().enumerate() {
            let source = sources.get(firsts[index]).copied().unwrap_or_else(|| {
                self.sources.push(Source::new(transfer.cloud, transfer.from.0.clone(), transfer.image.clone()));
                self.sources.len() - 1
            });
            sources.push(source);
            self.clouds[transfer.cloud as usize].used = true;
            for position in 0..transfer.to.len() {
                let lane = self.lanes.len() as u32;
                self.sources[source].lanes.push(lane);
                if transfer.task == Task::Export {
                    self.sources[source].exports.push(lane);
                }
                self.lanes.push(Lane::new(index as u32, position as u32, source as u32, now));
            }
        }
        self.open = self.lanes.len();
        self.lay_out_steps(now);
        self.preparing = self.plan.transfers.iter().map(|transfer| transfer.to.len() as u32).collect();
    }

    fn enqueue_all(&mut self) {
        for lane in 0..self.lanes.len() as u32 {
            self.enqueue(lane, self.clock.now);
        }
    }

    /// Puts a lane where its phase wants it.
    fn enqueue(&mut self, lane: u32, due: Millis) {
        match self.lanes[lane as usize].phase {
            Phase::Inspecting if self.is_step(lane) => {}
            Phase::Inspecting => self.want_inspection(lane, due),
            Phase::Finding | Phase::Probing => self.want_listing(lane, due),
            Phase::Waiting => self.want_place(lane),
            Phase::Queued => self.want_launch(lane, due),
            Phase::Task | Phase::Image => self.want_look(lane, due),
            Phase::Finishing => self.want_change(lane, due),
            Phase::Launching | Phase::Ended(_) => {}
        }
    }

    /// Puts a lane into a channel; an earlier entry of it becomes stale.
    fn put(&mut self, channel: usize, due: Millis, lane: u32) {
        self.lanes[lane as usize].due = due;
        self.schedule.push(channel, due, lane);
    }

    /// Takes the next lane from a channel that is due by `until`.
    fn take(&mut self, channel: usize, until: Millis) -> Option<u32> {
        self.take_due(channel, until).map(|(_, lane)| lane)
    }

    /// The same, with the time it was due.
    fn take_due(&mut self, channel: usize, until: Millis) -> Option<(Millis, u32)> {
        loop {
            let (due, lane) = self.schedule.pop(channel, until)?;
            if self.lanes[lane as usize].due == due {
                self.lanes[lane as usize].due = Millis(i64::MAX);
                return Some((due, lane));
            }
        }
    }

    /// Moves a lane by the transition table, and keeps the books: journal, events, counts.
    fn advance(&mut self, index: u32, outcome: Outcome, error: Option<Error>) {
        let ambiguity = self.ambiguity(index);
        let cloud = self.cloud_of(index);
        if self.is_asleep(index) && outcome != Outcome::Suitable {
            return;
        }
        let lane = &mut self.lanes[index as usize];
        let (before, counted) = (lane.phase, lane.counts_as_active());
        let after = next(before, outcome, ambiguity);
        if let Some(error) = &error {
            lane.note_request(error.request_id.as_deref());
        }
        if before == after {
            return;
        }
        lane.phase = after;
        // Looking elsewhere for what is missing is no news of it, and a launch that is tried again no success.
        let is_news = match outcome {
            Outcome::Missing { .. } => after == Phase::Probing,
            Outcome::TaskDone => !std::mem::replace(&mut lane.over, true),
            _ => true,
        };
        if is_news {
            lane.since = self.clock.now;
            lane.absences = 0;
            lane.forget_looks();
        }
        if !matches!(after, Phase::Launching | Phase::Queued) {
            lane.failures = 0;
        }
        match (error, after) {
            (Some(error), _) => lane.more_mut().error = Some(Box::new(error)),
            (None, Phase::Queued | Phase::Launching | Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Probing) => {}
            (None, Phase::Task | Phase::Image | Phase::Finishing | Phase::Ended(_)) => {
                if let Some(more) = &mut lane.more {
                    more.error = None;
                }
            }
        }
        let is_durable = !matches!(
            (before, after),
            (_, Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Launching) | (Phase::Waiting, Phase::Queued)
        );
        let counts = lane.counts_as_active();
        if is_durable {
            self.record_lane(index);
        }
        let active = &mut self.clouds[cloud as usize].active;
        *active = (*active + u32::from(counts)).saturating_sub(u32::from(counted));
        let source = self.lanes[index as usize].source;
        let active = &mut self.sources[source as usize].active;
        *active = (*active + u32::from(counts)).saturating_sub(u32::from(counted));
        if counted && !counts {
            self.schedule.unpark(cloud);
            if *active == 0 && after != Phase::Queued {
                self.release(source);
            }
        }
        if after.is_ended() {
            self.open -= 1;
            self.pass_turn(index);
        }
        if before.is_preparing() && !after.is_preparing() && !self.is_step(index) {
            let transfer = self.lanes[index as usize].transfer;
            self.preparing[transfer as usize] -= 1;
            if self.preparing[transfer as usize] == 0 {
                self.prepared(transfer);
            }
        }
        if let Some(what) = What::of(before, after) {
            self.tell(index, what, |_| {});
        }
        self.moved(index);
    }

    /// Writes down how a lane stands. A survey has no journal.
    fn record_lane(&mut self, lane: u32) {
        if self.survey.is_none() {
            let record = Record::Lane { at: self.clock.host, lane, state: self.lanes[lane as usize].to_record() };
            self.journal.push_str(&record.to_line());
        }
    }

    /// A launch that was accepted once, or was tried too often, is never repeated.
    fn ambiguity(&self, index: u32) -> Ambiguity {
        let lane = &self.lanes[index as usize];
        let spent = lane.accepted || u32::from(lane.doubts) >= self.plan.policy.launches;
        if spent { Ambiguity::Stop } else { self.plan.policy.ambiguity }
    }

    /// Sends a lane on its way again, unless the job is stopping.
    fn go_on(&mut self, lane: u32, due: Millis) {
        let barred = &self.clouds[self.cloud_of(lane) as usize].barred;
        match (self.stopping.clone(), barred.clone()) {
            (Some(error), _) => self.advance(lane, Outcome::Stopped, Some(error)),
            (None, Some(error)) => self.advance(lane, Outcome::Barred, Some(error)),
            (None, None) => self.enqueue(lane, due),
        }
    }

    fn stop(&mut self, error: Error) {
        if self.stopping.is_some() {
            return;
        }
        self.take_back(None, &error);
        for lane in 0..self.lanes.len() as u32 {
            self.advance(lane, Outcome::Stopped, Some(error.clone()));
        }
        self.stopping = Some(error);
    }

    /// Calls that wait to go out again never will; launches among them were certainly not executed.
    fn take_back(&mut self, cloud: Option<Cloud>, error: &Error) {
        for flight in self.schedule.drain_again(cloud) {
            if flight.call.operation.effect == Effect::Launch {
                flight.items.iter().for_each(|lane| self.advance(*lane, Outcome::Delayed, Some(error.clone())));
            }
        }
    }

    fn replay(&mut self, record: Record) -> Option<()> {
        self.fruitless = match record {
            Record::Resumed { at } => Some(self.fruitless.map_or((1, at), |(runs, first)| (runs + 1, first))),
            Record::Header { .. } | Record::Launch { .. } | Record::Lane { .. } => None,
        };
        match record {
            Record::Header { .. } => None,
            Record::Resumed { at } => {
                self.began = at;
                Some(())
            }
            Record::Launch { at, sent, lanes, name, before, .. } => {
                self.interrupted = self.interrupted.max(Some(at));
                for (index, before) in lanes.into_iter().zip(before) {
                    let lane = self.lanes.get_mut(index as usize)?;
                    lane.phase = Phase::Launching;
                    lane.launches = lane.launches.saturating_add(1);
                    lane.note_sent(sent);
                    (lane.since, lane.launched) = (at, Some(at));
                    (lane.absences, lane.seen) = (0, false);
                    lane.forget_looks();
                    lane.name = Some(name.as_str().into());
                    lane.unsure = true;
                    lane.listed = before.is_some();
                    if let Some(before) = before.filter(|before| !before.is_empty()) {
                        lane.more_mut().before = before;
                    }
                }
                Some(())
            }
            Record::Lane { at, lane, state } => {
                let lane = self.lanes.get_mut(lane as usize)?;
                lane.since = at;
                lane.restore(&state)
            }
        }
    }

    /// Takes every lane up where the journal left it.
    fn resume(&mut self, life: Life) {
        let now = self.clock.now;
        for index in 0..self.lanes.len() as u32 {
            let lane = &mut self.lanes[index as usize];
            if life == Life::Resumed && lane.phase.is_ended() {
                (lane.since, lane.absences) = (now, 0);
                lane.forget_looks();
            }
            // A turn takes nothing up again that has ended, and keeps waiting where a refused launch waits.
            let stays = life == Life::Woken && (lane.phase.is_ended() || lane.is_put_off());
            if !stays {
                lane.phase = next(lane.phase, Outcome::Resumed, Ambiguity::Stop);
            }
            // What is not known yet cannot be watched: the task stands in for the image, the listing for both.
            let transfer = &self.plan.transfers[lane.transfer as usize];
            let watches_source = transfer.task == Task::Export && transfer.cloud.steps().export_tasks.is_none() && lane.accepted;
            if lane.phase == Phase::Image && lane.image.is_none() && !watches_source {
                lane.phase = if lane.task.is_some() { Phase::Task } else { Phase::Probing };
            }
            // It waited for a step that a person had to look at.
            if lane.phase == Phase::Probing && lane.launches == 0 {
                lane.phase = Phase::Inspecting;
            }
            // The host's clock may have been set back since.
            let past = |at: Millis| if at > now { self.began } else { at };
            (lane.since, lane.launched) = (past(lane.since), lane.launched.map(past));
            if matches!(lane.phase, Phase::Probing | Phase::Task | Phase::Image) {
                let source = &mut self.sources[lane.source as usize];
                source.exporting = source.exporting.or(source.exports.contains(&index).then_some(index));
            }
        }
        self.open =
            (0..self.lanes.len() as u32).filter(|lane| !self.lanes[*lane as usize].phase.is_ended() && !self.is_asleep(*lane)).count();
        self.preparing.fill(0);
        for lane in self.lanes.iter().take(self.len()).filter(|lane| lane.phase.is_preparing()) {
            self.preparing[lane.transfer as usize] += 1;
        }
        for cloud in Cloud::ALL {
            self.clouds[cloud as usize].active = self.active_lanes(cloud);
        }
        for lane in self.lanes.iter().filter(|lane| lane.counts_as_active()) {
            self.sources[lane.source as usize].active += 1;
        }
        let longest_ms = self.plan.policy.backoff_max_ms.saturating_mul(launch::LONGEST_HOLD);
        for lane in 0..self.lanes.len() as u32 {
            let state = &self.lanes[lane as usize];
            let due = match state.phase {
                Phase::Probing => self.next_probe(lane),
                Phase::Queued => state.due.min(now.plus(longest_ms)),
                _ => now,
            };
            if state.is_put_off() && self.sources[state.source as usize].active > 0 {
                let source = state.source;
                self.sources[source as usize].held.push_back(lane);
            }
            self.enqueue(lane, due);
        }
    }

    fn wait_until(&mut self) -> Millis {
        let now = self.clock.now;
        let timeout = (!self.flights.is_empty()).then(|| now.plus(self.plan.policy.request_timeout_ms));
        // Only a free place among the requests under way can help, so its time does not matter.
        let full = self.flights.len() >= self.plan.policy.concurrency as usize;
        let wake = if full { None } else { self.schedule.next_wake() };
        let deadline = self.began.plus(self.plan.policy.deadline_ms);
        let until = wake.or(timeout).unwrap_or(deadline).min(if self.stopping.is_none() { deadline } else { Millis(i64::MAX) });
        self.clock.host_time(until.max(now.plus(1)))
    }

    fn cloud_of(&self, lane: u32) -> Cloud {
        self.plan.transfers[self.lanes[lane as usize].transfer as usize].cloud
    }

    fn tell(&mut self, lane: u32, what: What, refine: impl FnOnce(&mut Event)) {
        let state = &self.lanes[lane as usize];
        let transfer = &self.plan.transfers[state.transfer as usize];
        let mut event = Event {
            at: self.clock.host,
            what,
            lane: (!self.is_step(lane)).then_some(lane),
            cloud: transfer.cloud.as_str(),
            region: self.region_to(lane).to_string(),
            percent: state.percent,
            eta_ms: None,
            image: state.image.as_deref().filter(|_| transfer.task == Task::Copy).map(str::to_owned),
            wait_ms: None,
            request_id: state.requests().next_back().map(str::to_owned),
            error: state.error().filter(|_| state.phase.is_ended() || what == What::Retried || what == What::Probing).cloned(),
        };
        refine(&mut event);
        self.events.push(event);
    }

    fn tell_cloud(&mut self, cloud: Cloud, region: &str, what: What, error: Option<Error>, wait_ms: Option<i64>) {
        self.events.push(Event {
            at: self.clock.host,
            what,
            lane: None,
            cloud: cloud.as_str(),
            region: region.to_owned(),
            percent: None,
            eta_ms: None,
            image: None,
            wait_ms,
            request_id: error.as_ref().and_then(|error| error.request_id.clone()),
            error,
        });
    }
}

/// Runs in a row that came to nothing, after which the next one does not keep its distance from the last.
const FRUITLESS: u32 = 3;

/// How a job comes to life again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// A new run: somebody wants it to go on.
    Resumed,
    /// The next turn of the same run.
    Woken,
}

/// A job taken up again.
#[derive(Debug)]
pub struct Restored {
    /// The job.
    pub job: Job,
    /// How much of the journal counts, in bytes: cut the file to this length before appending to it.
    pub kept: usize,
}

fn deadline_error(whose_en: &str, whose_zh: &str) -> Error {
    Error::new(Kind::Server, "deadline", format!("the deadline of {whose_en} has passed"))
        .hint("resume the journal to go on, or set a longer deadline", format!("{whose_zh}已超时；可从日志恢复继续，或设置更长的期限"))
}
