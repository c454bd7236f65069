//! A job and the three simulated clouds in virtual time: hours in milliseconds, one seed one story.

use crate::Seeded;
use imgferry::job::{Event, EventKind, Job, Keyring, Phase, Report, Restored, Step};
use imgferry::{Answer, Cloud, Credentials, Error, Lost, Millis, Plan, Request};
use imgferry_sim::{self as sim, Arrived, Config, Delivery, Image, World};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// When every story begins.
pub const START: Millis = Millis(1_767_225_600_000);

/// Keys of the simulator's default world.
pub fn keyring() -> Keyring {
    Config::KEY_IDS.iter().zip(Config::KEY_SECRETS).fold(Keyring::default(), |keys, ((cloud, id), (_, secret))| {
        keys.with(*cloud, Credentials::new(id, secret, None).expect("the default keys are well formed"))
    })
}

/// A plan from JSON.
pub fn plan(value: &Value) -> Plan {
    Plan::from_value(value).unwrap_or_else(|error| panic!("{error}"))
}

/// A world with a scenario.
pub fn world(scenario: &Value) -> World {
    let config = Config::from_json(scenario).unwrap_or_else(|error| panic!("{error}"));
    World::new(&config, START).unwrap_or_else(|error| panic!("{error}"))
}

/// A host that moves the bytes between a job and a world, with delays, and may die at any moment.
pub struct Host {
    pub world: World,
    pub now: Millis,
    /// What is on disk.
    pub disk: String,
    pub keys: Keyring,
    /// How far the host's clock is from the truth, in milliseconds.
    pub clock_error_ms: i64,
    /// Every event that the job told.
    pub events: Vec<Value>,
    /// When the first launch of each lane left, by the true clock.
    pub left: BTreeMap<u32, Millis>,
    /// When each lane was told to be ready, by the true clock.
    pub ready: BTreeMap<u32, Millis>,
    /// Polls, to bound the loop.
    pub polls: u64,
    /// The job is dropped, and taken up again from the disk, when the journal reaches one of these line counts.
    pub crash_at: Vec<usize>,
    pub crashes: usize,
    pub requests: u64,
    /// What goes wrong on this side of the network.
    pub mishaps: Mishaps,
    plan: Option<(Plan, u64)>,
    lines: usize,
    story: DefaultHasher,
    dice: Seeded,
    mail: BinaryHeap<Reverse<(Millis, u64)>>,
    letters: BTreeMap<u64, Letter>,
    posted: u64,
    next_id: u32,
}

/// What goes wrong on the host's side. Chances are per thousand.
#[derive(Clone, Debug)]
pub struct Mishaps {
    /// Shortest and longest way of a message in one direction, in milliseconds.
    pub way_ms: (i64, i64),
    /// A request is held up on its way: the chance, and the longest time.
    pub held_up: (u64, i64),
    /// An answer is given to the job a second time, at once or later.
    pub twice: u64,
    /// The job is given an answer to a request that it never made.
    pub strangers: u64,
    /// Power failure at a poll; the last line on disk may be torn anywhere.
    pub deaths: u64,
    /// No more power failures than this.
    pub most_deaths: usize,
    /// Shortest and longest time, in milliseconds, until somebody takes the job up again. Looks are not journaled, so that only
    /// this keeps those of two runs apart.
    pub down_ms: (i64, i64),
    /// The host's clock is set: when, and by how much.
    pub jumps: Vec<(Millis, i64)>,
    /// When the job is cancelled.
    pub cancel_at: Option<Millis>,
    /// Fresh credentials, taken when the job asks for them.
    pub renewals: BTreeMap<Cloud, Credentials>,
    /// Fresh credentials that come at some moment, unasked.
    pub fresh_at: Option<(Millis, Cloud, Credentials)>,
    /// What somebody else does to the images of the account, and when.
    pub deeds: Vec<(Millis, Deed)>,
    /// Memory does not last: what becomes of the job at a wait of a second or more with nothing under way.
    pub memory: Memory,
}

/// What a host remembers from one wait to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Memory {
    /// Everything.
    #[default]
    Lasts,
    /// The journal alone; the job is woken for its next turn.
    Turns,
    /// The journal alone; the job is resumed, as after a crash.
    Crashes,
    /// Everything, and where the host dies, another wakes the job from the journal.
    Workers,
}

impl Default for Mishaps {
    fn default() -> Self {
        Self {
            way_ms: (5, 65),
            held_up: (0, 0),
            twice: 50,
            strangers: 0,
            deaths: 0,
            most_deaths: 10,
            down_ms: (1_000, 121_000),
            jumps: Vec::new(),
            cancel_at: None,
            renewals: BTreeMap::new(),
            fresh_at: None,
            deeds: Vec::new(),
            memory: Memory::Lasts,
        }
    }
}

/// What somebody else does to the images of an account.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A person deletes all images of that name in a region that a cloud lets go: those at rest.
    Deletes(Cloud, String, String),
    /// The cloud takes all of them away, whatever becomes of them.
    TakesAway(Cloud, String, String),
    /// An image is made.
    Makes(Box<Image>),
}

impl Deed {
    fn done_to(self, world: &mut World, now: Millis) {
        let is_at_rest = |image: &Image| matches!(image.phase(now), sim::Phase::Ready | sim::Phase::Failed) && image.held(now).is_none();
        match &self {
            Deed::Deletes(cloud, region, name) | Deed::TakesAway(cloud, region, name) => {
                let is_meant = |image: &&Image| image.cloud == *cloud && image.region == *region && image.name == *name;
                let goes = |image: &&Image| matches!(self, Deed::TakesAway(..)) || is_at_rest(image);
                let ids: Vec<String> = world.images().filter(is_meant).filter(goes).map(|image| image.id.clone()).collect();
                ids.iter().for_each(|id| world.remove_image(*cloud, region, id));
            }
            Deed::Makes(image) => drop(world.add_image(Image { created: now, ..(**image).clone() })),
        }
    }
}

/// Something on its way.
enum Letter {
    /// To the clouds.
    Request { life: usize, id: u32, request: Request, sent: Millis, timeout_ms: i64 },
    /// To the job of that life.
    Answer { life: usize, id: u32, what: Result<Answer, Lost> },
}

impl Host {
    pub fn new(world: World, seed: u64) -> Self {
        Self {
            world,
            now: START,
            disk: String::new(),
            keys: keyring(),
            clock_error_ms: 0,
            events: Vec::new(),
            left: BTreeMap::new(),
            ready: BTreeMap::new(),
            polls: 0,
            crash_at: Vec::new(),
            crashes: 0,
            requests: 0,
            mishaps: Mishaps::default(),
            plan: None,
            lines: 0,
            story: DefaultHasher::new(),
            dice: Seeded(seed ^ 0x5eed),
            mail: BinaryHeap::new(),
            letters: BTreeMap::new(),
            posted: 0,
            next_id: 0,
        }
    }

    /// Runs the job to its end and returns its report. Fails when it does not end within `polls` polls.
    pub fn run(&mut self, plan: Plan, seed: u64, polls: u64) -> Report {
        self.plan = Some((plan, seed));
        let mut job = self.begin();
        self.drive(&mut job, polls);
        job.report()
    }

    /// Takes the job up again from the disk and runs it to its end.
    pub fn resume(&mut self, polls: u64) -> Report {
        let mut job = self.revive();
        self.drive(&mut job, polls);
        job.report()
    }

    /// Drives a job to its end.
    pub fn drive(&mut self, job: &mut Job, polls: u64) {
        for _ in 0..polls {
            self.polls += 1;
            let step = job.poll(self.clock(), &self.keys);
            let written = self.save(job);
            if self.is_struck() {
                // Struck while writing: the line is torn, and the request never left. Or after that.
                match step {
                    _ if self.chance(333) => self.tear(written),
                    Step::Send(outgoing) if self.chance(500) => self.send(outgoing),
                    Step::Send(_) | Step::Wait { .. } | Step::Done => {}
                }
                self.crashes += 1;
                let (shortest, longest) = self.mishaps.down_ms;
                let down_ms = shortest + self.below((longest - shortest) as u64);
                let up = self.now.plus(down_ms);
                // What is on its way arrives meanwhile; answers find nobody.
                while self.mail.peek().is_some_and(|Reverse((at, _))| *at <= up) {
                    self.deliver(job);
                }
                self.pass_until(up);
                *job = if self.mishaps.memory == Memory::Workers { self.revive_by(Job::wake) } else { self.revive() };
                continue;
            }
            match step {
                Step::Done => return,
                Step::Send(outgoing) => self.send(outgoing),
                Step::Wait { until } => {
                    assert!(until > self.clock(), "a wait must lie in the future: {until:?} at {:?}", self.clock());
                    let due = until.plus(-self.clock_error_ms);
                    let cancel = self.mishaps.cancel_at.filter(|at| *at <= due);
                    let mail = self.mail.peek().map(|Reverse((at, _))| *at).filter(|at| *at <= due);
                    match (mail, cancel) {
                        (Some(at), cancel) if cancel.is_none_or(|cancel| at <= cancel) => self.deliver(job),
                        (_, Some(cancel)) => {
                            self.pass_until(cancel);
                            self.mishaps.cancel_at = None;
                            job.cancel(self.clock());
                            self.save(job);
                        }
                        (_, None) => {
                            let is_turn_over = self.mail.is_empty() && due.since(self.now) >= 1_000;
                            self.pass_until(due);
                            match self.mishaps.memory {
                                Memory::Turns if is_turn_over => *job = self.revive_by(Job::wake),
                                Memory::Crashes if is_turn_over => *job = self.revive(),
                                Memory::Lasts | Memory::Turns | Memory::Crashes | Memory::Workers => {}
                            }
                        }
                    }
                }
            }
        }
        panic!("the job did not end within {polls} polls: {}", job.report().to_value());
    }

    /// The host's clock.
    pub fn clock(&self) -> Millis {
        self.now.plus(self.clock_error_ms)
    }

    /// A number that tells two stories apart: all requests, events and journal lines went into it.
    pub fn story(&self) -> u64 {
        self.story.finish()
    }

    fn send(&mut self, outgoing: imgferry::job::Outgoing) {
        self.requests += 1;
        let imgferry::job::Outgoing { id, request, timeout_ms } = outgoing;
        (self.now, id, &request.url, &request.headers.to_vec(), &request.body).hash(&mut self.story);
        self.next_id = self.next_id.max(id);
        let letter = Letter::Request { life: self.crashes, id, request, sent: self.now, timeout_ms };
        let (held_up, longest) = self.mishaps.held_up;
        let way = self.way() + if self.chance(held_up) { self.below(longest as u64) } else { 0 };
        self.post(self.now.plus(way), letter);
    }

    /// Writes to disk what the job wants written; returns how many bytes.
    fn save(&mut self, job: &mut Job) -> usize {
        let text = job.take_journal();
        self.lines += text.lines().count();
        self.disk.push_str(&text);
        text.hash(&mut self.story);
        for event in job.take_events() {
            self.heed(&event);
            let value = event.to_value();
            value.to_string().hash(&mut self.story);
            self.events.push(value);
        }
        text.len()
    }

    fn heed(&mut self, event: &Event) {
        match (event.what, event.lane) {
            (EventKind::Launching, Some(lane)) => drop(self.left.entry(lane).or_insert(self.now)),
            (EventKind::Ready, Some(lane)) => drop(self.ready.entry(lane).or_insert(self.now)),
            (EventKind::Credentials, _) => {
                let cloud = Cloud::parse(event.cloud).expect("events name clouds");
                if let Some(fresh) = self.mishaps.renewals.remove(&cloud) {
                    self.keys = self.keys.clone().with(cloud, fresh);
                }
            }
            _ => {}
        }
    }

    fn is_struck(&mut self) -> bool {
        if let Some(position) = self.crash_at.iter().position(|at| *at <= self.lines) {
            self.crash_at.remove(position);
            return true;
        }
        self.crashes < self.mishaps.most_deaths && self.mishaps.deaths > 0 && self.chance(self.mishaps.deaths)
    }

    /// Cuts the disk somewhere in what was written last.
    fn tear(&mut self, written: usize) {
        let lost = self.below(written as u64 + 1) as usize;
        let mut length = self.disk.len() - lost;
        while !self.disk.is_char_boundary(length) {
            length -= 1;
        }
        self.disk.truncate(length);
    }

    fn begin(&mut self) -> Job {
        let (plan, seed) = self.plan.clone().expect("a plan was given");
        Job::new(plan, self.clock(), seed).unwrap_or_else(|error| panic!("{error}"))
    }

    fn revive(&mut self) -> Job {
        self.revive_by(Job::restore)
    }

    fn revive_by(&mut self, restore: fn(&str, Millis) -> Result<Restored, Error>) -> Job {
        let restored = match restore(&self.disk, self.clock()) {
            Ok(restored) => restored,
            Err(error) if error.code == "journal.empty" => {
                (self.lines, self.disk) = (0, String::new());
                return self.begin();
            }
            Err(error) => panic!("{error}"),
        };
        self.disk.truncate(restored.kept);
        self.lines = self.disk.lines().count();
        if self.crashes.is_multiple_of(2) {
            return restored.job;
        }
        // Every other life begins with a compacted journal: it must tell the same.
        let whole = restored.job.report();
        self.disk = restored.job.compact();
        let again = restore(&self.disk, self.clock()).unwrap_or_else(|error| panic!("a compacted journal: {error}"));
        assert_eq!(again.kept, self.disk.len());
        assert_eq!(again.job.report(), whole, "a compacted journal tells another story");
        again.job
    }

    /// Time passes; what happens by itself on the way happens.
    fn pass_until(&mut self, at: Millis) {
        self.now = self.now.max(at);
        let now = self.now;
        let due: i64 = self.mishaps.jumps.iter().filter(|(at, _)| *at <= now).map(|(_, by)| *by).sum();
        self.mishaps.jumps.retain(|(at, _)| *at > now);
        self.clock_error_ms += due;
        if let Some((_, cloud, fresh)) = self.mishaps.fresh_at.take_if(|(at, ..)| *at <= now) {
            self.keys = self.keys.clone().with(cloud, fresh);
        }
        let (due, to_come) = std::mem::take(&mut self.mishaps.deeds).into_iter().partition(|(at, _)| *at <= now);
        self.mishaps.deeds = to_come;
        for (_, deed) in Vec::into_iter(due) {
            deed.done_to(&mut self.world, now);
        }
    }

    fn post(&mut self, at: Millis, letter: Letter) {
        self.posted += 1;
        self.mail.push(Reverse((at, self.posted)));
        self.letters.insert(self.posted, letter);
    }

    fn deliver(&mut self, job: &mut Job) {
        let Some(Reverse((at, number))) = self.mail.pop() else {
            return;
        };
        self.pass_until(at);
        match self.letters.remove(&number) {
            Some(Letter::Request { life, id, request, sent, timeout_ms }) => {
                let delivery = handle(&mut self.world, self.now, &request);
                let back = self.way();
                let timeout = sent.plus(timeout_ms);
                let (arrival, what) = match delivery {
                    Delivery::Answer(answer) => (self.now.plus(back), Ok(answer)),
                    Delivery::Lost(lost) => (self.now.plus(back), Err(lost)),
                    Delivery::Late { answer, after_ms } => (self.now.plus(after_ms), Ok(answer)),
                };
                if arrival > timeout {
                    self.post(timeout.max(self.now), Letter::Answer { life, id, what: Err(Lost::Unanswered(String::new())) });
                }
                self.post(arrival, Letter::Answer { life, id, what });
            }
            Some(Letter::Answer { life, id, what }) if life == self.crashes => {
                if self.chance(self.mishaps.strangers) {
                    let before = job.report();
                    assert!(give(job, self.clock(), self.next_id.wrapping_add(7), what.clone()), "a stranger's answer was taken");
                    assert_eq!(job.report(), before);
                }
                let again = what.clone();
                // An answer after its timeout, or a second one, is misuse and changes nothing.
                let _ = give(job, self.clock(), id, what);
                if self.chance(self.mishaps.twice) {
                    if self.chance(500) {
                        let before = job.report();
                        assert!(give(job, self.clock(), id, again), "an answer was taken twice");
                        assert_eq!(job.report(), before);
                    } else {
                        let later = self.now.plus(self.below(100_000));
                        self.post(later, Letter::Answer { life, id, what: again });
                    }
                }
                self.save(job);
            }
            Some(Letter::Answer { .. }) | None => {}
        }
    }

    fn way(&mut self) -> i64 {
        let (shortest, longest) = self.mishaps.way_ms;
        shortest + self.below((longest - shortest + 1) as u64)
    }

    fn chance(&mut self, per_mille: u64) -> bool {
        per_mille > 0 && self.dice.draw() % 1000 < per_mille
    }

    fn below(&mut self, bound: u64) -> i64 {
        (self.dice.draw() % bound) as i64
    }
}

/// Gives the job an answer; true when it was refused.
fn give(job: &mut Job, now: Millis, id: u32, what: Result<Answer, Lost>) -> bool {
    match what {
        Ok(answer) => job.answer(now, id, answer).is_err(),
        Err(lost) => job.lost(now, id, lost).is_err(),
    }
}

/// Hands a request to a world as an HTTP server would.
pub fn handle(world: &mut World, now: Millis, request: &Request) -> Delivery {
    let target = request.url.splitn(4, '/').nth(3).map_or_else(|| "/".to_owned(), |rest| format!("/{rest}"));
    let host = request.url.split('/').nth(2).unwrap_or_default();
    let host = host.split('?').next().unwrap_or_default().to_owned();
    let mut headers = request.headers.to_vec();
    if request.header("host").is_none() {
        headers.insert(0, ("Host".into(), host));
    }
    world.handle(now, &Arrived { method: request.method.as_str(), target: &target, headers: &headers, body: request.body.as_bytes() })
}

/// What the clouds hold for each lane, by the ledger.
pub fn images_per_lane(world: &World) -> BTreeMap<(Cloud, String, String), usize> {
    world.ledger().lanes.iter().map(|(lane, images)| ((lane.cloud, lane.region.clone(), lane.name.clone()), images.len())).collect()
}

/// Names of the phases of all rows, in the order of the plan.
pub fn phases(report: &Report) -> Vec<&'static str> {
    report.rows.iter().map(|row| Phase::as_str(row.phase)).collect()
}
