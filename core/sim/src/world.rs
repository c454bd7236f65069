//! The world: what the clouds hold.

use super::config::{Config, Key, Progress};
use super::faults::{Dice, Fault};
use super::image::{Growth, Held, Image, Pace, Phase, Task, TaskKind};
use super::ledger::{Lane, Ledger, Violation};
use super::turn::{Turn, Wanted};
use imgferry::Cloud;
use imgferry::Credentials;
use imgferry::Error;
use imgferry::Millis;
use imgferry::sign;
use serde_json::Value;
use std::collections::BTreeMap;

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
    pub(super) ledger: Ledger,
    /// Number of calls so far, by cloud and action: faults are drawn from it.
    pub(super) counts: BTreeMap<(Cloud, String), u64>,
    pub(super) requests: u64,
    /// Huawei's count of failed authentications in a row, by key, and when the last one was.
    pub(super) failures: BTreeMap<String, (u32, Millis)>,
}

impl World {
    /// A world as the scenario describes it.
    ///
    /// # Errors
    /// [`Kind::Misuse`](imgferry::Kind::Misuse) when two images of a cloud share an id.
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
                let message = format!("two images of {} have the id {}", image.cloud, imgferry::api::text::shown(&image.id));
                return Err(Error::new(imgferry::Kind::Misuse, "sim.images", message)
                    .hint("give every image its own id, or none", "请为每个镜像使用不同的 id，或不填写 id"));
            }
            let mut image = image.clone();
            if image.created == Millis(0) {
                image.created = now;
            }
            if let Some(ms) = image.ready_after_ms {
                let fails = image.fixed.take() == Some(Phase::Failed);
                image.growth = Some(Growth { start: now, visible: now, end: Some(now.plus(ms)), fails, pace: Pace::Linear });
            }
            world.add_image(image);
        }
        Ok(world)
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

    /// How many exports of an image were begun, failed and forgotten ones included.
    pub fn exports_of(&self, cloud: Cloud, image: &str) -> usize {
        let tasks = self.tasks_of.get(&(cloud, image.to_owned())).map_or(&[][..], Vec::as_slice);
        let kinds = tasks.iter().filter_map(|id| self.tasks.get(&(cloud, id.clone()))).map(|task| task.kind);
        kinds.filter(|kind| *kind == TaskKind::Export).count()
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
}

/// What the clouds' own files ask of the world.
impl World {
    /// Verifies the signature of a request; `region` and `service` are those that its scope must name.
    pub(super) fn verify(&self, turn: &Turn<'_>, expect: &sign::Expect<'_>) -> Result<sign::Verified, sign::Refusal> {
        let received =
            sign::Received { method: &turn.request.method, url: &turn.request.url, headers: turn.request.headers, body: turn.request.body };
        let find = |id: &str| self.config.keys.iter().find(|key| key.cloud == turn.cloud && key.credentials.id() == id);
        let known = |id: &str| find(id).map(|key| key.credentials.clone());
        let verified = sign::verify(turn.cloud.scheme(), &received, &known, turn.clock, expect)?;
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

    /// What a policy must allow for that action and does not; `None` where it may be called.
    pub(super) fn lacks(&self, cloud: Cloud, action: &str) -> Option<&'static str> {
        let grant = cloud.operation(action).ok()?.grant;
        let allowed = self.config.allow.get(&cloud)?;
        (!grant.is_empty() && !allowed.iter().any(|known| known == grant)).then_some(grant)
    }

    /// Makes a temporary key, good from now on for that many seconds. None is real.
    pub(super) fn temporary_key(&mut self, turn: &Turn<'_>, seconds: i64) -> (String, String, String) {
        let mut dice = Dice::new(self.config.seed, turn.cloud, "temporary key", self.requests);
        let known = Config::KEY_IDS.iter().find(|(cloud, _)| *cloud == turn.cloud).map_or("", |(_, id)| id);
        let mut part = |before: &str| format!("{before}{}", dice.text(b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 12));
        let (id, secret, token) = (part(known), part("EXAMPLE-SECRET-"), part("EXAMPLE-TOKEN-"));
        if let Ok(credentials) = Credentials::new(&id, &secret, Some(&token)) {
            let valid_ms = Some(turn.now.since(self.born).saturating_add(seconds.saturating_mul(1000)));
            self.config.keys.push(Key { cloud: turn.cloud, credentials, valid_ms });
        }
        (id, secret, token)
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
            ownership: imgferry::api::facts::Ownership::Private,
            tags: Vec::new(),
            shared_with: Vec::new(),
            origin: Some((source.region.clone(), source.id.clone())),
            growth: Some(self.growth(turn, &mut dice)),
            held: None,
            ready_after_ms: None,
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

    /// The fault "a listing leaves an entry out that it tells of": whether there was one to leave out.
    pub(super) fn withhold_if_asked(turn: &Turn<'_>, items: &mut Vec<Value>) -> bool {
        turn.fault == Some(Fault::Withheld) && items.pop().is_some()
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
