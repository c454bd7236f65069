//! The world: what the clouds hold, and the way of a request through it.

use super::arrived::{Arrived, Parsed};
use super::config::{Config, Progress};
use super::faults::{Dice, Fault};
use super::image::{Growth, Held, Image, Pace, Phase, Task, TaskKind};
use super::ledger::{Call, Lane, Ledger, Violation};
use super::{huawei, tencent, volcengine};
use crate::error::Error;
use crate::http::{Answer, Lost};
use crate::provider::Cloud;
use crate::sign;
use crate::time::Millis;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The host sends this answer.
    Answer(Answer),
    /// The host drops the connection without an answer. The cloud may or may not have acted.
    Lost(Lost),
    /// The host sends the answer, but not before that time.
    Late {
        /// The answer.
        answer: Answer,
        /// Delay in milliseconds.
        after_ms: i64,
    },
}

/// The three clouds: images, tasks, limits, and a ledger of everything that happened.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) config: Config,
    born: Millis,
    /// By cloud and region, then by id.
    images: BTreeMap<(Cloud, String), BTreeMap<String, Image>>,
    /// Number of private images by region: what the quota counts at every launch.
    private: BTreeMap<(Cloud, String), u64>,
    /// Region of every image id.
    homes: BTreeMap<(Cloud, String), String>,
    deleted: Vec<Image>,
    tasks: BTreeMap<(Cloud, String), Task>,
    /// Ids of the tasks of every image.
    tasks_of: BTreeMap<(Cloud, String), Vec<String>>,
    /// Ends of the tasks that run, by what they do.
    running: BTreeMap<(Cloud, TaskKind), Vec<Option<Millis>>>,
    ledger: Ledger,
    /// Number of calls so far, by cloud and action: faults are drawn from it.
    counts: BTreeMap<(Cloud, String), u64>,
    requests: u64,
    /// Huawei's count of failed authentications in a row, by key, and when the last one was.
    pub(super) failures: BTreeMap<String, (u32, Millis)>,
}

/// One request on its way through a cloud.
pub(super) struct Turn<'a> {
    /// The host's time: rates and growth go by it.
    pub(super) now: Millis,
    /// The cloud's own clock: signatures and dates go by it.
    pub(super) clock: Millis,
    pub(super) cloud: Cloud,
    pub(super) request: &'a Parsed<'a>,
    pub(super) request_id: String,
    pub(super) fault: Option<Fault>,
    /// What the cloud finds out on the way, for the ledger.
    pub(super) key: String,
    pub(super) region: String,
    pub(super) note: Option<&'static str>,
}

/// What a cloud decided to answer; its envelope comes later.
pub(super) type Outcome = Result<Done, Refused>;

/// Success: HTTP status and result.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: u16,
    pub(super) result: Value,
}

/// A refusal in the vendor's words.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }
}

impl From<Value> for Done {
    fn from(result: Value) -> Self {
        Self { status: 200, result }
    }
}

/// What a copy shall become.
pub(super) struct Wanted<'a> {
    pub(super) region: &'a str,
    pub(super) name: &'a str,
    pub(super) change: &'a dyn Fn(&mut Image),
}

impl World {
    /// A world as the scenario describes it.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) when two images of a cloud share an id.
    pub fn new(config: &Config, now: Millis) -> Result<World, Error> {
        let mut world = Self {
            config: config.clone(),
            born: now,
            images: BTreeMap::new(),
            private: BTreeMap::new(),
            homes: BTreeMap::new(),
            deleted: Vec::new(),
            tasks: BTreeMap::new(),
            tasks_of: BTreeMap::new(),
            running: BTreeMap::new(),
            ledger: Ledger { keep: config.keep_calls, ..Ledger::default() },
            counts: BTreeMap::new(),
            requests: 0,
            failures: BTreeMap::new(),
        };
        for image in &config.images {
            if world.homes.contains_key(&(image.cloud, image.id.clone())) {
                let message = format!("two images of {} have the id {}", image.cloud, crate::check::shown(&image.id));
                return Err(Error::new(crate::Kind::Misuse, "sim.images", message)
                    .hint("give every image its own id, or none", "请为每个镜像使用不同的 id,或不填写 id"));
            }
            let mut image = image.clone();
            if image.created == Millis(0) {
                image.created = now;
            }
            world.add_image(image);
        }
        Ok(world)
    }

    /// Handles a request. Total: any bytes give a delivery.
    pub fn handle(&mut self, now: Millis, arrived: &Arrived<'_>) -> Delivery {
        let request = Parsed::new(arrived);
        if !self.config.cors {
            return self.serve(now, &request);
        }
        let asked = request.header("access-control-request-headers").unwrap_or("*");
        let mut delivery = match request.method.as_str() {
            "OPTIONS" => Delivery::Answer(Answer { status: 204, ..Answer::default() }),
            _ => self.serve(now, &request),
        };
        if let Delivery::Answer(answer) | Delivery::Late { answer, .. } = &mut delivery {
            for (name, value) in [
                ("Allow-Origin", "*"),
                ("Allow-Methods", "GET, POST, PUT, PATCH, DELETE"),
                ("Allow-Headers", asked),
                ("Expose-Headers", "Date, Retry-After, X-Request-Id, X-TC-RequestId, X-Tt-Logid"),
            ] {
                answer.headers.push((format!("Access-Control-{name}"), value.chars().filter(|c| matches!(c, ' '..='~')).collect()));
            }
        }
        delivery
    }

    /// Everything that happened.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Every image there is, hidden and failed ones included.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.images.values().flat_map(BTreeMap::values)
    }

    /// Every image that was deleted.
    pub fn deleted(&self) -> &[Image] {
        &self.deleted
    }

    /// Puts an image into the world and returns its id; an empty id is chosen by the world.
    pub fn add_image(&mut self, mut image: Image) -> String {
        let mut number = 0;
        while image.id.is_empty() || self.homes.contains_key(&(image.cloud, image.id.clone())) {
            let question = format!("image {} {}", image.region, image.name);
            image.id = new_image_id(image.cloud, &mut Dice::new(self.config.seed, image.cloud, &question, number));
            number += 1;
        }
        let id = image.id.clone();
        self.homes.insert((image.cloud, id.clone()), image.region.clone());
        *self.private.entry((image.cloud, image.region.clone())).or_default() += u64::from(image.is_private());
        self.images.entry((image.cloud, image.region.clone())).or_default().insert(id.clone(), image);
        id
    }

    /// Takes an image out of the world, as if somebody had deleted it by hand.
    pub fn remove_image(&mut self, cloud: Cloud, region: &str, id: &str) {
        self.delete(cloud, region, id);
    }

    /// The way of a request: which cloud, which fault, what answer, and a line in the ledger.
    fn serve(&mut self, now: Millis, request: &Parsed<'_>) -> Delivery {
        if let Some(view) = request.path.strip_prefix("/_sim/") {
            return Delivery::Answer(self.look_inside(view, now));
        }
        let Some(cloud) = recognise(request) else {
            let body = b"<html><h1>404 Not Found</h1></html>".to_vec();
            return Delivery::Answer(Answer { status: 404, headers: vec![content_type("text/html")], body });
        };
        let action = match cloud {
            Cloud::Tencent => tencent::action(request),
            Cloud::Volcengine => volcengine::action(request),
            Cloud::Huawei => huawei::action(self, request),
        };
        let mut dice = self.dice_of_call(cloud, &action);
        let fault = self.fault(cloud, &action, &mut dice);
        let clock = now.plus(self.config.clock_skew_ms);
        self.requests += 1;
        let request_id = request_id(cloud, clock, self.config.seed, self.requests);
        let mut turn = Turn { now, clock, cloud, request, request_id, fault, key: String::new(), region: String::new(), note: None };
        let (delivery, refused) = self.deliver(&mut turn, &mut dice);
        self.ledger.record(Call {
            at: now,
            cloud,
            key: turn.key,
            action,
            region: turn.region,
            refused,
            fault: fault.map(Fault::as_str),
            request_id: turn.request_id,
            note: turn.note,
        });
        delivery
    }

    /// The fault of a request decides whether the cloud sees it and what comes back.
    fn deliver(&mut self, turn: &mut Turn<'_>, dice: &mut Dice) -> (Delivery, Option<String>) {
        let before = match turn.fault {
            Some(Fault::Refused) => return (Delivery::Lost(Lost::Unsent), None),
            Some(Fault::LostBefore) => return (Delivery::Lost(Lost::Unanswered), None),
            Some(Fault::Html502) => {
                let body = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>".to_vec();
                return (Delivery::Answer(Answer { status: 502, headers: vec![content_type("text/html")], body }), None);
            }
            Some(Fault::Throttle) => Some(throttled(turn.cloud)),
            Some(Fault::Http500Before) => Some(internal_error(turn.cloud)),
            _ => None,
        };
        let outcome = match before {
            Some(refused) => Err(refused),
            None => match turn.cloud {
                Cloud::Tencent => tencent::serve(self, turn),
                Cloud::Volcengine => volcengine::serve(self, turn),
                Cloud::Huawei => huawei::serve(self, turn),
            },
        };
        let refused = outcome.as_ref().err().map(|refused| refused.code.clone());
        let outcome = if turn.fault == Some(Fault::Http500After) { Err(internal_error(turn.cloud)) } else { outcome };
        let mut answer = match turn.cloud {
            Cloud::Tencent => tencent::envelope(turn, outcome),
            Cloud::Volcengine => volcengine::envelope(turn, outcome),
            Cloud::Huawei => huawei::envelope(turn, outcome),
        };
        answer.headers.push(("Date".to_owned(), turn.clock.http_date()));
        if let (429, Some(seconds)) = (answer.status, self.config.faults.retry_after_s) {
            answer.headers.push(("Retry-After".to_owned(), seconds.to_string()));
        }
        let delivery = match turn.fault {
            Some(Fault::LostAfter) => Delivery::Lost(Lost::Unanswered),
            Some(Fault::TimeoutAfter) => Delivery::Late { answer, after_ms: self.config.faults.timeout_ms },
            Some(Fault::Slow) => Delivery::Late { answer, after_ms: self.config.faults.slow_ms },
            Some(Fault::Garbage) => {
                answer.body = (0..dice.below(200)).map(|_| dice.next().to_le_bytes()[0]).collect();
                Delivery::Answer(answer)
            }
            Some(Fault::Truncated) => {
                answer.body.truncate(answer.body.len() / 2);
                Delivery::Answer(answer)
            }
            Some(Fault::WrongContentType) => {
                answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
                answer.headers.push(content_type("text/html; charset=utf-8"));
                Delivery::Answer(answer)
            }
            _ => Delivery::Answer(answer),
        };
        (delivery, refused)
    }

    fn dice_of_call(&mut self, cloud: Cloud, action: &str) -> Dice {
        let number = self.counts.entry((cloud, action.to_owned())).or_default();
        *number += 1;
        Dice::new(self.config.seed, cloud, action, *number)
    }

    fn fault(&self, cloud: Cloud, action: &str, dice: &mut Dice) -> Option<Fault> {
        let number = self.counts.get(&(cloud, action.to_owned())).copied().unwrap_or(0);
        let drawn = self.config.faults.of_request(dice);
        let scripted = self.config.script.iter().find(|scripted| {
            scripted.cloud.is_none_or(|of| of == cloud)
                && (scripted.action == "*" || scripted.action == action)
                && (scripted.nth == 0 || scripted.nth == number)
        });
        scripted.map(|scripted| scripted.fault).or(drawn)
    }

    fn look_inside(&self, view: &str, now: Millis) -> Answer {
        let (status, body) = match view {
            "ledger" => (200, self.ledger.to_json()),
            "images" => (200, Value::from_iter(self.images().map(|image| truth(image, now)))),
            _ => (404, json!({"error": "there is /_sim/ledger and /_sim/images"})),
        };
        Answer { status, headers: vec![content_type("application/json")], body: body.to_string().into_bytes() }
    }
}

/// What the clouds' own files ask of the world.
impl World {
    /// Verifies the signature of a request; `region` and `service` are those that its scope must name.
    pub(super) fn verify(&self, turn: &Turn<'_>, expect: &sign::Expect<'_>) -> Result<sign::Verified, sign::Refusal> {
        let received =
            sign::Received { method: &turn.request.method, url: &turn.request.url, headers: turn.request.headers, body: turn.request.body };
        let find = |id: &str| self.config.keys.iter().find(|key| key.cloud == turn.cloud && key.credentials.id() == id);
        let known = |id: &str| find(id).map(|key| key.credentials.clone());
        let verified = sign::verify(turn.cloud.recipe(), &received, &known, turn.clock, expect)?;
        let valid_ms = find(&verified.id).and_then(|key| key.valid_ms);
        match valid_ms.is_some_and(|valid_ms| turn.now.since(self.born) >= valid_ms) {
            false => Ok(verified),
            true => Err(sign::Refusal {
                reason: sign::Reason::Token,
                message: "the session token has run out".to_owned(),
                canonical_request: None,
                signed_at: Some(verified.time),
                id: Some(verified.id),
            }),
        }
    }

    /// Counts a request against the limit of its action.
    pub(super) fn admit(&mut self, turn: &Turn<'_>, action: &str, place: &str) -> bool {
        let limit = self.config.limits.per_second(turn.cloud, action);
        self.ledger.admit(format!("{}/{}/{place}/{action}", turn.cloud, turn.key), limit, turn.now)
    }

    pub(super) fn violation(&mut self, turn: &Turn<'_>, what: &'static str, detail: String) {
        self.ledger.accuse(Violation { at: turn.now, what, detail });
    }

    pub(super) fn dice(&self, cloud: Cloud, question: &str) -> Dice {
        Dice::new(self.config.seed, cloud, question, 0)
    }

    /// Known regions of a cloud, sorted.
    pub(super) fn regions(&self, cloud: Cloud) -> Vec<String> {
        let extra = self.config.regions.iter().filter(|(of, _)| *of == cloud).map(|(_, region)| region.clone());
        let mut regions: Vec<String> = cloud.regions().iter().map(|region| region.id.to_owned()).chain(extra).collect();
        regions.sort();
        regions.dedup();
        regions
    }

    pub(super) fn knows_region(&self, cloud: Cloud, id: &str) -> bool {
        cloud.regions().iter().any(|region| region.id == id) || self.config.regions.iter().any(|(of, region)| *of == cloud && region == id)
    }

    pub(super) fn takes_copies(&self, cloud: Cloud, region: &str) -> bool {
        !self.config.no_copy.iter().any(|(of, id)| *of == cloud && id == region)
    }

    /// An image that its owner can see.
    pub(super) fn image(&self, cloud: Cloud, region: &str, id: &str, now: Millis) -> Option<&Image> {
        self.images.get(&(cloud, region.to_owned()))?.get(id).filter(|image| image.phase(now) != Phase::Hidden)
    }

    pub(super) fn image_mut(&mut self, cloud: Cloud, region: &str, id: &str) -> Option<&mut Image> {
        self.images.get_mut(&(cloud, region.to_owned()))?.get_mut(id)
    }

    /// Region that holds an image or runs a task of that id.
    pub(super) fn home_of(&self, cloud: Cloud, id: &str) -> Option<&str> {
        let key = (cloud, id.to_owned());
        self.homes.get(&key).map(String::as_str).or_else(|| self.tasks.get(&key).map(|task| task.region.as_str()))
    }

    /// All images of a region, hidden ones too.
    pub(super) fn in_region(&self, cloud: Cloud, region: &str) -> impl Iterator<Item = &Image> {
        self.images.get(&(cloud, region.to_owned())).into_iter().flat_map(BTreeMap::values)
    }

    /// What listings of a region show, newest first.
    pub(super) fn listed(&self, cloud: Cloud, region: &str, now: Millis) -> Vec<&Image> {
        let mut images: Vec<&Image> = self.in_region(cloud, region).filter(|image| image.phase(now) != Phase::Hidden).collect();
        images.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
        images
    }

    /// Private images of a region: what the quota counts.
    pub(super) fn private_count(&self, cloud: Cloud, region: &str) -> u64 {
        self.private.get(&(cloud, region.to_owned())).copied().unwrap_or(0)
    }

    pub(super) fn quota(&self, cloud: Cloud) -> u64 {
        self.config.limits.images.get(&cloud).copied().unwrap_or(u64::MAX)
    }

    /// Makes the copy of an image: draws its id and its growth, and notes it in the ledger.
    pub(super) fn copy(&mut self, turn: &Turn<'_>, source: &Image, wanted: &Wanted<'_>) -> Image {
        let lane = Lane { cloud: turn.cloud, region: wanted.region.to_owned(), name: wanted.name.to_owned(), source: source.id.clone() };
        let made = self.ledger.lanes.get(&lane).cloned().unwrap_or_default();
        let alive = made.iter().any(|id| {
            let image = self.images.get(&(turn.cloud, wanted.region.to_owned())).and_then(|images| images.get(id));
            image.is_some_and(|image| image.phase(turn.now) != Phase::Failed)
        });
        if alive {
            let detail = format!("{} {} {} from {}", lane.cloud, lane.region, lane.name, lane.source);
            self.violation(turn, "second_image", detail);
        }
        // Drawn from what is wanted, not from the order of arrival: concurrency does not change a copy's fate.
        let question = format!("copy {} {} {}", lane.region, lane.name, lane.source);
        let mut dice = Dice::new(self.config.seed, turn.cloud, &question, made.len() as u64);
        let mut copy = Image {
            region: wanted.region.to_owned(),
            name: wanted.name.to_owned(),
            created: turn.clock,
            ownership: crate::facts::Ownership::Private,
            tags: Vec::new(),
            shared_with: Vec::new(),
            origin: Some((source.region.clone(), source.id.clone())),
            growth: Some(self.growth(turn, &mut dice)),
            held: None,
            fixed: None,
            id: String::new(),
            ..source.clone()
        };
        while copy.id.is_empty() || self.homes.contains_key(&(copy.cloud, copy.id.clone())) {
            copy.id = new_image_id(copy.cloud, &mut dice);
        }
        (wanted.change)(&mut copy);
        self.add_image(copy.clone());
        self.ledger.lanes.entry(lane).or_default().push(copy.id.clone());
        copy
    }

    /// How something that begins now will grow.
    pub(super) fn growth(&self, turn: &Turn<'_>, dice: &mut Dice) -> Growth {
        let copying = &self.config.copying;
        let duration = dice.between(copying.min_ms, copying.max_ms);
        let visible = turn.now.plus(dice.between(0, copying.visible_after_ms));
        let pace = match copying.progress {
            Progress::Only(pace) => pace,
            Progress::Mixed => match dice.below(3) {
                0 => Pace::Linear,
                1 => Pace::Stalled,
                _ => Pace::Bursty,
            },
        };
        let half_way = duration.saturating_mul(dice.between(20, 80)) / 100;
        let drawn = self.config.faults.of_copy(dice);
        let (end, fails) = match turn.fault.filter(|fault| fault.is_of_copy()).or(drawn) {
            Some(Fault::Stuck) => (None, false),
            Some(Fault::CopyFails) => (Some(turn.now.plus(half_way)), true),
            _ => (Some(turn.now.plus(duration)), false),
        };
        Growth { start: turn.now, visible, end, fails, pace }
    }

    /// Marks a source as held until the growth ends; what is stuck holds it as long as the longest copy takes.
    pub(super) fn hold(&mut self, source: &Image, what: Held, growth: &Growth) {
        let until = growth.end.unwrap_or_else(|| growth.start.plus(self.config.copying.max_ms));
        if let Some(image) = self.image_mut(source.cloud, &source.region, &source.id) {
            let until = image.held.map_or(until, |(_, earlier)| earlier.max(until));
            image.held = Some((what, until));
        }
    }

    pub(super) fn delete(&mut self, cloud: Cloud, region: &str, id: &str) {
        let place = (cloud, region.to_owned());
        if let Some(image) = self.images.get_mut(&place).and_then(|images| images.remove(id)) {
            let count = self.private.entry(place).or_default();
            *count = count.saturating_sub(u64::from(image.is_private()));
            self.deleted.push(image);
        }
    }

    pub(super) fn add_task(&mut self, task: Task) {
        self.running.entry((task.cloud, task.kind)).or_default().push(task.growth.end);
        self.tasks_of.entry((task.cloud, task.image.clone())).or_default().push(task.id.clone());
        self.tasks.insert((task.cloud, task.id.clone()), task);
    }

    /// A task that can be asked for: visible and not forgotten.
    pub(super) fn task(&self, cloud: Cloud, id: &str, now: Millis) -> Option<&Task> {
        self.tasks.get(&(cloud, id.to_owned())).filter(|task| {
            let forgotten =
                self.config.copying.forget_tasks_ms.is_some_and(|after| task.growth.end.is_some_and(|end| now.since(end) > after));
            !forgotten && (cloud == Cloud::Huawei || task.growth.phase(now) != Phase::Hidden)
        })
    }

    pub(super) fn tasks_of_image(&self, cloud: Cloud, image: &str, now: Millis) -> Vec<&Task> {
        let ids = self.tasks_of.get(&(cloud, image.to_owned())).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.task(cloud, id, now)).collect()
    }

    /// All tasks of a region that can be asked for.
    pub(super) fn tasks_in(&self, cloud: Cloud, region: &str, now: Millis) -> Vec<&Task> {
        let ids = self.tasks.iter().filter(|((of, _), task)| *of == cloud && task.region == region).map(|((_, id), _)| id);
        ids.filter_map(|id| self.task(cloud, id, now)).collect()
    }

    /// Number of unfinished tasks of a kind in the whole cloud.
    pub(super) fn running(&mut self, cloud: Cloud, kind: TaskKind, now: Millis) -> usize {
        let ends = self.running.entry((cloud, kind)).or_default();
        ends.retain(|end| end.is_none_or(|end| end > now));
        ends.len()
    }

    /// The fault "a listing holds an entry twice".
    pub(super) fn repeat_if_asked(turn: &Turn<'_>, items: &mut Vec<Value>) {
        if turn.fault == Some(Fault::Duplicate) {
            items.extend(items.first().cloned());
        }
    }
}

pub(super) fn content_type(value: &str) -> (String, String) {
    ("Content-Type".to_owned(), value.to_owned())
}

fn recognise(request: &Parsed<'_>) -> Option<Cloud> {
    let authorization = request.header("authorization").unwrap_or_default();
    let starts = |scheme: &str| authorization.starts_with(scheme);
    let huawei_paths = ["/v1/", "/v2/", "/v2.1/", "/v3/", "/v3.0/"];
    if starts("TC3-HMAC-SHA256") || request.header("x-tc-action").is_some() || tencent::old_signature(request).is_some() {
        Some(Cloud::Tencent)
    } else if starts("SDK-HMAC-SHA256")
        || starts("V11-HMAC-SHA256")
        || huawei_paths.iter().any(|path| request.path.contains(path))
        || asks_for_versions(request)
    {
        Some(Cloud::Huawei)
    } else if starts("HMAC-SHA256") || ["Action", "Version", "X-Algorithm"].iter().any(|name| request.param(name).is_some()) {
        Some(Cloud::Volcengine)
    } else {
        None
    }
}

/// How OpenStack's clients begin: with a token, or with none yet.
fn asks_for_versions(request: &Parsed<'_>) -> bool {
    let wants_json = request.header("accept").is_some_and(|kinds| kinds.contains("application/json"));
    let is_root = request.path == "/" && (wants_json || request.header("x-auth-token").is_some());
    request.method == "GET" && request.query.is_empty() && (is_root || request.path == "/v2")
}

fn throttled(cloud: Cloud) -> Refused {
    match cloud {
        Cloud::Tencent => tencent::throttled(0),
        Cloud::Volcengine => volcengine::throttled(),
        Cloud::Huawei => huawei::throttled(10),
    }
}

fn internal_error(cloud: Cloud) -> Refused {
    match cloud {
        Cloud::Tencent => Refused::new(500, "InternalError", "An internal error has occurred. Retry your request."),
        Cloud::Volcengine => Refused::new(500, "InternalError", "An internal error has occurred."),
        Cloud::Huawei => Refused::new(500, "APIGW.0601", "Internal server error."),
    }
}

/// Ids of the shapes that the clouds use.
fn new_image_id(cloud: Cloud, dice: &mut Dice) -> String {
    const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    match cloud {
        Cloud::Tencent => format!("img-{}", dice.text(BASE36, 8)),
        Cloud::Volcengine => format!("image-{}", dice.text(BASE36, 20)),
        Cloud::Huawei => dice.uuid(),
    }
}

fn request_id(cloud: Cloud, clock: Millis, seed: u64, number: u64) -> String {
    let mut dice = Dice::new(seed, cloud, "request id", number);
    match cloud {
        Cloud::Tencent => dice.uuid(),
        Cloud::Volcengine => {
            let local: String = clock.plus(8 * 3_600_000).basic().chars().filter(char::is_ascii_digit).collect();
            format!("{local}{}{}", dice.text(b"0123456789", 14), dice.text(b"0123456789ABCDEF", 5))
        }
        Cloud::Huawei => dice.hex(32),
    }
}

fn truth(image: &Image, now: Millis) -> Value {
    json!({
        "cloud": image.cloud.as_str(),
        "region": image.region,
        "id": image.id,
        "name": image.name,
        "phase": match image.phase(now) {
            Phase::Hidden => "hidden",
            Phase::Pending => "pending",
            Phase::Ready => "ready",
            Phase::Failed => "failed",
        },
        "percent": image.percent(now),
        "ownership": format!("{:?}", image.ownership).to_lowercase(),
        "origin": image.origin.as_ref().map(|(region, id)| json!({"region": region, "image": id})),
    })
}
