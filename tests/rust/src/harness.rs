//! A job and the three simulated clouds in virtual time: hours in milliseconds, one seed one story.

use crate::Seeded;
use imgferry::job::{Job, Keyring, Report, Step};
use imgferry::sim::{Arrived, Config, Delivery, World};
use imgferry::{Answer, Cloud, Credentials, Lost, Millis, Plan, Request};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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
    /// Polls, to bound the loop.
    pub polls: u64,
    /// The journal is cut and the job dropped whenever it reaches one of these line counts.
    pub crash_at: Vec<usize>,
    pub crashes: usize,
    pub requests: u64,
    dice: Seeded,
    mail: BinaryHeap<Reverse<(Millis, u64)>>,
    letters: BTreeMap<u64, Letter>,
    posted: u64,
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
            polls: 0,
            crash_at: Vec::new(),
            crashes: 0,
            requests: 0,
            dice: Seeded(seed ^ 0x5eed),
            mail: BinaryHeap::new(),
            letters: BTreeMap::new(),
            posted: 0,
        }
    }

    /// Runs the job to its end and returns its report. Fails when it does not end within `polls` polls.
    pub fn run(&mut self, plan: Plan, seed: u64, polls: u64) -> Report {
        let mut job = Job::new(plan, self.clock(), seed).unwrap_or_else(|error| panic!("{error}"));
        self.drive(&mut job, polls);
        job.report()
    }

    /// Drives a job to its end.
    pub fn drive(&mut self, job: &mut Job, polls: u64) {
        for _ in 0..polls {
            self.polls += 1;
            let step = job.poll(self.clock(), &self.keys);
            self.save(job);
            if let Some(revived) = self.maybe_die() {
                *job = revived;
                continue;
            }
            match step {
                Step::Done => return,
                Step::Send(outgoing) => {
                    self.requests += 1;
                    let delay = 5 + self.below(60);
                    let letter = Letter::Request {
                        life: self.crashes,
                        id: outgoing.id,
                        request: outgoing.request,
                        sent: self.now,
                        timeout_ms: outgoing.timeout_ms,
                    };
                    self.post(self.now.plus(delay), letter);
                }
                Step::Wait { until } => {
                    assert!(until > self.clock(), "a wait must lie in the future: {until:?} at {:?}", self.clock());
                    let due = until.plus(-self.clock_error_ms);
                    match self.mail.peek() {
                        Some(Reverse((at, _))) if *at <= due => self.deliver(job),
                        _ => self.now = due,
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

    fn save(&mut self, job: &mut Job) {
        self.disk.push_str(&job.take_journal());
        self.events.extend(job.take_events().iter().map(imgferry::job::Event::to_value));
    }

    /// Power failure: the last line may be cut anywhere; requests on their way arrive all the same, answers do not.
    fn maybe_die(&mut self) -> Option<Job> {
        let lines = self.disk.lines().count();
        let position = self.crash_at.iter().position(|at| *at <= lines)?;
        self.crash_at.remove(position);
        self.crashes += 1;
        self.now = self.now.plus(self.below(120_000));
        let restored = Job::restore(&self.disk, self.clock()).unwrap_or_else(|error| panic!("{error}"));
        self.disk.truncate(restored.kept);
        Some(restored.job)
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
        self.now = self.now.max(at);
        match self.letters.remove(&number) {
            Some(Letter::Request { life, id, request, sent, timeout_ms }) => {
                let delivery = handle(&mut self.world, self.now, &request);
                let back = 5 + self.below(60);
                let timeout = sent.plus(timeout_ms);
                match delivery {
                    Delivery::Answer(answer) => self.post(self.now.plus(back), Letter::Answer { life, id, what: Ok(answer) }),
                    Delivery::Lost(lost) => self.post(self.now.plus(back), Letter::Answer { life, id, what: Err(lost) }),
                    Delivery::Late { answer, after_ms } => {
                        let arrival = self.now.plus(after_ms);
                        if arrival > timeout {
                            self.post(timeout, Letter::Answer { life, id, what: Err(Lost::Unanswered) });
                        }
                        self.post(arrival, Letter::Answer { life, id, what: Ok(answer) });
                    }
                }
            }
            Some(Letter::Answer { life, id, what }) if life == self.crashes => {
                let now = self.clock();
                let again = what.clone();
                // An answer after its timeout, or a second one, is misuse and changes nothing.
                let _ = match what {
                    Ok(answer) => job.answer(now, id, answer),
                    Err(lost) => job.lost(now, id, lost),
                };
                if self.below(20) == 0 {
                    let before = job.report();
                    let refused = match again {
                        Ok(answer) => job.answer(now, id, answer),
                        Err(lost) => job.lost(now, id, lost),
                    };
                    assert!(refused.is_err(), "an answer was taken twice");
                    assert_eq!(job.report(), before);
                }
                self.save(job);
            }
            Some(Letter::Answer { .. }) | None => {}
        }
    }

    fn below(&mut self, bound: u64) -> i64 {
        (self.dice.draw() % bound) as i64
    }
}

/// Hands a request to a world as an HTTP server would.
pub fn handle(world: &mut World, now: Millis, request: &Request) -> Delivery {
    let target = request.url.splitn(4, '/').nth(3).map_or_else(|| "/".to_owned(), |rest| format!("/{rest}"));
    let host = request.url.split('/').nth(2).unwrap_or_default();
    let host = host.split('?').next().unwrap_or_default().to_owned();
    let mut headers = request.headers.clone();
    if request.header("host").is_none() {
        headers.insert(0, ("Host".into(), host));
    }
    world.handle(now, &Arrived { method: request.method.as_str(), target: &target, headers: &headers, body: request.body.as_bytes() })
}

/// What the clouds hold for each lane, by the ledger.
pub fn images_per_lane(world: &World) -> BTreeMap<(Cloud, String, String), usize> {
    world.ledger().lanes.iter().map(|(lane, images)| ((lane.cloud, lane.region.clone(), lane.name.clone()), images.len())).collect()
}
