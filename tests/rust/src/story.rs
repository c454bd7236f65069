//! One seed, one story: a random plan, three random clouds, a random host, and what must hold at the end.

use crate::Seeded;
use crate::harness::{Deed, Host, Memory, Mishaps, START, plan, world};
use imgferry::job::{End, Phase, Report, Row};
use imgferry::{Cloud, Credentials, Millis};
use imgferry_sim::{self as sim, Image, World};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How much goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Nothing.
    Calm,
    /// Anything.
    Storm,
}

/// A story before it is told.
#[derive(Clone, Debug)]
pub struct Story {
    pub seed: u64,
    pub plan: Value,
    pub scenario: Value,
    pub mishaps: Mishaps,
    pub clock_error_ms: i64,
    pub keys: Vec<(Cloud, Credentials)>,
}

/// A story told.
pub struct Told {
    pub host: Host,
    pub report: Report,
    /// What went wrong on the host's side, as it was before the story was told.
    pub mishaps: Mishaps,
}

/// Source images by cloud: region, id, and the parameters that a launch needs there.
pub const SOURCES: [(Cloud, &str, &str); 3] = [
    (Cloud::Tencent, "ap-guangzhou", "img-source0"),
    (Cloud::Volcengine, "cn-beijing", "image-source00000000000"),
    (Cloud::Huawei, "cn-north-4", "10000000-0000-4000-8000-00000000000"),
];

pub const REGIONS: [&[&str]; 3] = [
    &[
        "ap-bangkok",
        "ap-beijing",
        "ap-chengdu",
        "ap-chongqing",
        "ap-hongkong",
        "ap-nanjing",
        "ap-seoul",
        "ap-shanghai",
        "ap-singapore",
        "ap-tokyo",
        "eu-frankfurt",
        "na-ashburn",
    ],
    &["cn-shanghai", "cn-guangzhou", "cn-hongkong", "ap-southeast-1", "ap-southeast-3"],
    &["cn-south-1", "cn-east-3", "cn-north-1", "cn-southwest-2", "ap-southeast-1", "ap-southeast-3", "af-south-1"],
];

/// A Huawei project, an encrypted image, two that are lent, and the key of a destination.
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const ENCRYPTED: &str = "00000000-0000-4000-8000-00000000c0de";
const LENT: [&str; 2] = ["00000000-0000-4000-8000-0000000054ed", "img-lent0001"];
const CMK: &str = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";

/// Faults that befall a request.
const FAULTS: [&str; 14] = [
    "refused",
    "lost_before",
    "lost_after",
    "timeout_after",
    "http_500_before",
    "http_500_after",
    "throttle",
    "html_502",
    "garbage",
    "truncated",
    "slow",
    "wrong_content_type",
    "duplicate",
    "partial",
];

impl Story {
    /// The story of a seed.
    pub fn of(seed: u64, weather: Weather) -> Story {
        let mut dice = Seeded(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5707);
        let is_storm = weather == Weather::Storm;
        let mut scenario = json!({"seed": seed, "images": [], "keep_calls": 2000});
        let copies = some_copies(&mut dice, &mut scenario);
        let longest = *dice.pick(&[60_000_i64, 300_000, 900_000, 2_400_000]);
        scenario["copy_ms"] = json!([longest / (2 + dice.below(20) as i64), longest]);
        scenario["visible_after_ms"] = json!(dice.below(60_000));
        scenario["progress"] = json!(dice.pick(&["mixed", "linear", "stalled", "bursty"]));
        scenario["busy_source"] = json!(dice.below(2) == 0);
        let mut policy = json!({
            "poll": dice.pick(&["2s", "5s", "15s"]), "poll_max": "1m", "deadline": "200h", "lane_deadline": "2h",
            "concurrency": 1 + dice.below(16), "launches": 200,
        });
        let mut mishaps = Mishaps { way_ms: *dice.pick(&[(0, 0), (1, 5), (5, 65), (20, 400)]), ..Mishaps::default() };
        let (mut clock_error_ms, mut keys) = (0, Vec::new());
        if is_storm {
            scenario["faults"] = some_faults(&mut dice);
            some_trouble(&mut dice, &mut scenario);
            some_mishaps(&mut dice, &mut mishaps, &mut policy);
            clock_error_ms = some_time(&mut dice);
            keys = some_keys(&mut dice, &mut scenario, &mut mishaps);
            // Drawn last: all else of a seed's story is as it was without them.
            for fault in ["withheld", "stale"] {
                if dice.below(3) == 0 {
                    scenario["faults"][fault] = json!(dice.below(501) as f64 / 1000.0);
                }
            }
            scenario["faults"]["stale_ms"] = json!(dice.below(30_000));
            // With the time that a copy does not show and a replica that lags, less than the settle time.
            if dice.below(8) == 0 {
                mishaps.held_up = (1 + dice.below(60) as u64, 25_000);
            }
            if dice.below(4) == 0 {
                mishaps.deeds = some_deeds(&mut dice, &copies);
            }
        }
        let mut plan = json!({"copies": copies, "policy": policy});
        if is_storm && dice.below(3) == 0 {
            some_wishes(&mut dice, &mut scenario, &mut plan);
        }
        Story { seed, plan, scenario, mishaps, clock_error_ms, keys }
    }

    /// An ordinary day of somebody who keeps golden images: three of them on every cloud go everywhere, with the
    /// default policy, and nothing goes wrong.
    pub fn ordinary(seed: u64) -> Story {
        let mut copies = Vec::new();
        let mut images = Vec::new();
        for (index, (cloud, from, id)) in SOURCES.iter().enumerate() {
            for number in 0..3 {
                let id = format!("{id}{number}");
                images.push(json!({"cloud": cloud.as_str(), "region": from, "id": id, "name": format!("base-{number}"), "created_ms": 1_700_000_000_000_i64}));
                let params = if *cloud == Cloud::Huawei { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
                copies.push(json!({"cloud": cloud.as_str(), "image": id, "from": from, "to": REGIONS[index], "name": format!("golden-{number}"), "params": params}));
            }
        }
        let scenario = json!({"seed": seed, "images": images, "copy_ms": [600_000, 2_400_000], "visible_after_ms": 30_000});
        let plan = json!({"copies": copies});
        Story { seed, plan, scenario, mishaps: Mishaps::default(), clock_error_ms: 0, keys: Vec::new() }
    }

    /// The same story where the job's memory ends with every turn.
    #[must_use]
    pub fn by_turns(mut self) -> Story {
        self.mishaps.memory = Memory::Turns;
        self
    }

    /// Tells the story, and checks on the way that the job neither spins nor stalls.
    pub fn tell(&self) -> Told {
        let mut host = Host::new(world(&self.scenario), self.seed);
        host.mishaps = self.mishaps.clone();
        host.clock_error_ms = self.clock_error_ms;
        for (cloud, key) in &self.keys {
            host.keys = host.keys.clone().with(*cloud, key.clone());
        }
        let report = host.run(plan(&self.plan), self.seed, 400_000);
        let bound = 200 + 6 * host.requests + 200 * host.crashes as u64;
        assert!(host.polls <= bound, "seed {}: {} polls for {} requests", self.seed, host.polls, host.requests);
        Told { host, report, mishaps: self.mishaps.clone() }
    }
}

fn some_copies(dice: &mut Seeded, scenario: &mut Value) -> Vec<Value> {
    let clouds = 1 + dice.below(7);
    let mut copies = Vec::new();
    for (index, (cloud, from, id)) in SOURCES.iter().enumerate().filter(|(index, _)| clouds & (1 << index) != 0) {
        for number in 0..1 + dice.below(3) {
            let id = format!("{id}{number}");
            let image =
                json!({"cloud": cloud.as_str(), "region": from, "id": id, "name": base_name(&id), "created_ms": 1_700_000_000_000_i64});
            scenario["images"].as_array_mut().expect("a list").push(image);
            let mut regions = REGIONS[index].to_vec();
            while regions.len() > 1 && dice.below(3) > 0 {
                regions.remove(dice.below(regions.len()));
            }
            let own_names = dice.below(4) == 0;
            let to: Vec<Value> = regions
                .iter()
                .map(|region| match own_names && dice.below(2) == 0 {
                    true => json!({"region": region, "name": format!("own-{number}-{region}")}),
                    false => json!(region),
                })
                .collect();
            let mut copy = json!({"cloud": cloud.as_str(), "image": id, "from": from, "to": to, "name": format!("golden-{number}")});
            if *cloud == Cloud::Huawei {
                copy["params"] = json!({"agency_name": "ims_copy_image"});
            }
            copies.push(copy);
        }
    }
    copies
}

/// Each fault is away, rare or frequent.
fn some_faults(dice: &mut Seeded) -> Value {
    let most = *dice.pick(&[0, 10, 50, 300]);
    let mut faults = Map::new();
    for fault in FAULTS {
        if most > 0 && dice.below(2) == 0 {
            faults.insert(fault.to_owned(), json!(dice.below(most + 1) as f64 / 1000.0));
        }
    }
    for fault in ["copy_fails", "stuck"] {
        if dice.below(4) == 0 {
            faults.insert(fault.to_owned(), json!(dice.below(301) as f64 / 1000.0));
        }
    }
    faults.insert("timeout_ms".into(), json!(20_000 + dice.below(100_000)));
    faults.insert("slow_ms".into(), json!(dice.below(40_000)));
    if dice.below(2) == 0 {
        faults.insert("retry_after_s".into(), json!(dice.below(90)));
    }
    Value::from(faults)
}

/// Full quotas, tighter limits, clouds with other clocks, images in the way.
fn some_trouble(dice: &mut Seeded, scenario: &mut Value) {
    if dice.below(6) == 0 {
        scenario["quotas"] = json!({"tencent": dice.below(4), "volcengine": dice.below(4), "huawei": dice.below(4)});
    }
    if dice.below(4) == 0 {
        scenario["forget_tasks_ms"] = json!(dice.below(600_000));
    }
    scenario["clock_skew_ms"] = json!(some_time(dice).max(0));
    if dice.below(6) == 0 {
        let (index, cloud) = *dice.pick(&[(0, "tencent"), (1, "volcengine"), (2, "huawei")]);
        let image = json!({"cloud": cloud, "region": dice.pick(REGIONS[index]), "name": "golden-0", "size_gib": 7});
        scenario["images"].as_array_mut().expect("a list").push(image);
    }
}

fn some_mishaps(dice: &mut Seeded, mishaps: &mut Mishaps, policy: &mut Value) {
    mishaps.strangers = dice.below(20) as u64;
    if dice.below(2) == 0 {
        mishaps.deaths = 1 + dice.below(60) as u64;
    }
    let soon = |dice: &mut Seeded| START.plus(dice.below(1_800_000) as i64);
    for _ in 0..dice.below(3) {
        mishaps.jumps.push((soon(dice), some_time(dice)));
    }
    if dice.below(8) == 0 {
        mishaps.cancel_at = Some(soon(dice));
    }
    if dice.below(8) == 0 {
        policy["deadline"] = json!(format!("{}ms", 1 + dice.below(1_800_000)));
    }
    if dice.below(5) == 0 {
        policy["reconcile"] = json!(false);
    }
    // Every turn reads the journal anew: these stories take long to tell.
    if dice.below(25) == 0 {
        mishaps.memory = Memory::Turns;
    }
    if dice.below(8) == 0 {
        policy["ambiguity"] = json!("stop");
    }
}

/// Somebody else works in the same account: copies and sources are deleted, images are made under the copies' names.
fn some_deeds(dice: &mut Seeded, copies: &[Value]) -> Vec<(Millis, Deed)> {
    let mut deeds = Vec::new();
    for _ in 0..1 + dice.below(12) {
        let copy = dice.pick(copies);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let cloud = Cloud::parse(&text(&copy["cloud"])).expect("plans name clouds");
        let (from, id) = (text(&copy["from"]), text(&copy["image"]));
        let to = dice.pick(copy["to"].as_array().expect("a list"));
        let (region, name) = match to.as_str() {
            Some(region) => (region.to_owned(), text(&copy["name"])),
            None => (text(&to["region"]), text(&to["name"])),
        };
        let most = *dice.pick(&[5_000, 100_000, 1_800_000]);
        let deed = match dice.below(6) {
            0 => Deed::Deletes(cloud, from, base_name(&id)),
            1 => Deed::Makes(Box::new(Image::new(cloud, &region, "", &name))),
            2 => Deed::Makes(Box::new(Image { origin: Some((from, id)), ..Image::new(cloud, &region, "", &name) })),
            _ => Deed::Deletes(cloud, region, name),
        };
        deeds.push((START.plus(dice.below(most) as i64), deed));
    }
    deeds
}

/// What a plan may ask for beside plain copies: changes to copies that are usable, exports, images made on the way.
fn some_wishes(dice: &mut Seeded, scenario: &mut Value, plan: &mut Value) {
    let projects: Map<String, Value> =
        REGIONS[2].iter().chain(&[SOURCES[2].1]).map(|region| ((*region).to_owned(), json!(PROJECT))).collect();
    plan["clouds"] = json!({"tencent": {"uin": "100000000001"}, "huawei": {"projects": projects}});
    let mut exports = Vec::new();
    for copy in plan["copies"].as_array_mut().expect("a list") {
        if dice.below(2) == 0 {
            let after = json!({"rename": "{name}-ok", "description": "golden", "tags": {"team": "base"}, "share": ["100000000002"]});
            copy["after"] = after.as_object().expect("a record").clone().into_iter().filter(|_| dice.below(2) == 0).collect();
        }
        if dice.below(3) == 0 {
            let name = format!("golden{}", exports.len());
            let params = match copy["cloud"].as_str() {
                Some("tencent") => json!({"BucketName": "images-1250000000"}),
                Some("volcengine") => json!({"TOSBucket": "images"}),
                _ => json!({"bucket_url": format!("images:{name}.qcow2"), "file_format": "qcow2"}),
            };
            let mut export = json!({"cloud": copy["cloud"], "image": copy["image"], "from": copy["from"], "params": params});
            if copy["cloud"] != json!("huawei") {
                export["name"] = json!(name);
            }
            exports.push(export);
        }
    }
    plan["exports"] = json!(exports);
    if !exports.is_empty() && !scenario["forget_tasks_ms"].is_null() {
        // A task is the only trace of an export.
        scenario["forget_tasks_ms"] = json!(1_200_000 + dice.below(600_000));
    }
    if dice.below(2) == 0 {
        return;
    }
    let chain = json!({"delete_intermediates": dice.below(2) == 0});
    let images = scenario["images"].as_array_mut().expect("a list");
    images.push(json!({"cloud": "huawei", "region": "cn-north-4", "id": ENCRYPTED, "name": "vault", "encrypted": true}));
    images.push(
        json!({"cloud": "huawei", "region": "cn-north-4", "id": LENT[0], "name": "lent", "visibility": "shared", "shared_with": ["me"]}),
    );
    images.push(json!({"cloud": "tencent", "region": "ap-guangzhou", "id": LENT[1], "name": "lent", "visibility": "shared"}));
    let params = json!({"agency_name": "ims_copy_image"});
    let copies = plan["copies"].as_array_mut().expect("a list");
    copies.push(json!({"cloud": "huawei", "image": ENCRYPTED, "from": "cn-north-4", "name": "sealed", "params": params, "chain": chain,
        "to": [{"region": "cn-south-1", "chain": {"cmk_id": CMK}}, {"region": "cn-east-3", "chain": {"cmk_id": CMK}}]}));
    copies.push(json!({"cloud": "huawei", "image": LENT[0], "from": "cn-north-4", "name": "silver", "params": params, "chain": chain,
        "to": ["cn-south-1", "cn-east-3"]}));
    copies.push(json!({"cloud": "tencent", "image": LENT[1], "from": "ap-guangzhou", "name": "iron", "chain": chain,
        "to": ["ap-shanghai", {"region": "ap-singapore", "chain": {"cmk_id": CMK}}]}));
}

/// The name of a source: its number is the last character of its id.
fn base_name(id: &str) -> String {
    format!("base-{}", id.chars().last().expect("an id"))
}

/// Often no error at all, else seconds to days, both ways.
fn some_time(dice: &mut Seeded) -> i64 {
    let most = *dice.pick(&[0, 0, 2_000, 120_000, 1_500_000, 7_200_000, 200_000_000]);
    if most == 0 { 0 } else { dice.below(2 * most) as i64 - most as i64 }
}

/// Now and then a cloud's key runs out, and a fresh one may or may not be there.
fn some_keys(dice: &mut Seeded, scenario: &mut Value, mishaps: &mut Mishaps) -> Vec<(Cloud, Credentials)> {
    let mut keys = Vec::new();
    let mut given = Map::new();
    for cloud in Cloud::ALL {
        if dice.below(5) > 0 {
            continue;
        }
        let key = |number: u32| (format!("EXAMPLE{number}"), format!("EXAMPLE-SECRET-{number}"), format!("EXAMPLE-SECRET-TOKEN-{number}"));
        let ((id, secret, token), (id2, secret2, token2)) = (key(1), key(2));
        given.insert(
            cloud.as_str().to_owned(),
            json!([
                {"id": id, "secret": secret, "token": token, "valid_ms": dice.below(900_000)},
                {"id": id2, "secret": secret2, "token": token2}
            ]),
        );
        let credentials = |id: &str, secret: &str, token: &str| Credentials::new(id, secret, Some(token)).expect("well formed");
        keys.push((cloud, credentials(&id, &secret, &token)));
        if dice.below(4) > 0 {
            mishaps.renewals.insert(cloud, credentials(&id2, &secret2, &token2));
        }
    }
    if !given.is_empty() {
        scenario["credentials"] = Value::from(given);
    }
    keys
}

impl Told {
    /// What must hold whatever happened: no lane has two images, no limit was broken, every lane ended, the report
    /// is the truth, and nothing secret was told.
    pub fn assert_truth(&self, what: &str) {
        let violations: Vec<_> = self.host.world.ledger().violations.iter().filter(|violation| !self.is_excused(violation)).collect();
        assert!(violations.is_empty(), "{what}: {violations:?}");
        for row in &self.report.rows {
            let verdict = match self.is_touched(row) {
                _ if row.path.starts_with("exports") => judge_export(row, &self.host.world),
                false => judge(row, &self.host.world, self.host.now),
                true => self.judge_touched(row),
            };
            if let Err(lie) = verdict {
                panic!("{what}: {lie}: {}", row.to_value());
            }
        }
        for step in &self.report.steps {
            let made = made_for(step, &self.host.world);
            assert!(made.len() <= 1, "{what}: two images for one step: {made:?}: {}", step.to_value());
        }
        if self.mishaps.deeds.is_empty() {
            let steps: Vec<&String> = self.report.steps.iter().flat_map(|step| made_for(step, &self.host.world)).collect();
            let strange = self.host.world.deleted().iter().find(|image| !steps.contains(&&image.id));
            assert!(strange.is_none(), "{what}: deleted, and not made on the way: {strange:?}");
        }
        let told: String = self.host.events.iter().map(Value::to_string).collect();
        for (place, text) in [("journal", &self.host.disk), ("events", &told), ("report", &self.report.to_value().to_string())] {
            assert!(!text.contains("SECRET"), "{what}: a secret in the {place}");
        }
    }

    /// A clock that is set forward cannot be told from time that passed. So requests that left before may share a second with
    /// some that left after: only such a second is excused, and each side must have kept the limit by itself. Of requests that
    /// are held up on their way, more may arrive in a second than left in one.
    fn is_excused(&self, violation: &sim::Violation) -> bool {
        let ledger = self.host.world.ledger();
        let limit = ledger.buckets.get(&violation.detail).map_or(0, |tally| tally.limit as usize);
        let shares_a_second = |(jump, by): &(Millis, i64)| {
            let shares = |at: Millis| (0..1_000 + self.mishaps.way_ms.1).contains(&at.since(*jump));
            let over = ledger.violations.iter().filter(|other| other.detail == violation.detail && shares(other.at)).count();
            *by > 0 && shares(violation.at) && over <= limit
        };
        match violation.what {
            "over_limit" => self.mishaps.held_up.0 > 0 || self.mishaps.jumps.iter().any(shares_a_second),
            // Who takes another's image for the copy thinks that the copy is over.
            "over_concurrency" => self.report.rows.iter().any(|row| row.cloud == Cloud::Huawei.as_str() && self.may_be_taken(row)),
            _ => false,
        }
    }

    /// Whether somebody else may have made or deleted an image of a row, or its source.
    fn is_touched(&self, row: &Row) -> bool {
        let meets = |cloud: &Cloud, region: &str, name: &str| {
            let place = (region, name);
            cloud.as_str() == row.cloud
                && (place == (row.to.as_str(), row.name.as_str()) || place == (row.from.as_str(), &base_name(&row.image)))
        };
        self.mishaps.deeds.iter().any(|(_, deed)| match deed {
            Deed::Deletes(cloud, region, name) | Deed::TakesAway(cloud, region, name) => meets(cloud, region, name),
            Deed::Makes(image) => meets(&image.cloud, &image.region, &image.name),
        })
    }

    /// What still holds of such a row: it ended, it names an image that is or was there, no second one was made beside the
    /// first, and what the job had told of was not made again.
    fn judge_touched(&self, row: &Row) -> Result<(), String> {
        let world = &self.host.world;
        let made = made_for(row, world);
        let is_told = |id: &&String| self.host.events.iter().any(|event| event["image_id"] == json!(id));
        let was_there = |id: &String| world.images().chain(world.deleted()).any(|image| image.id == *id);
        let ensure = |holds: bool, lie: &str| if holds { Ok(()) } else { Err(format!("{lie}; made {made:?}")) };
        let Phase::Ended(end) = row.phase else { return Err(format!("not ended: {:?}", row.phase)) };
        let lives = |id: &&&String| world.images().any(|image| image.id == ***id && image.phase(self.host.now) != sim::Phase::Failed);
        let living = made.iter().filter(lives).count();
        ensure(living <= 1, "two images for one lane")?;
        // Where the host died, what it told of last may not have been written down.
        let before = made.get(..made.len().saturating_sub(1)).unwrap_or_default();
        ensure(self.host.crashes > 0 || !before.iter().any(is_told), "made again, though it was known")?;
        match end {
            End::Ready => ensure(row.new_image.as_ref().is_some_and(|id| made.contains(&id)) || self.may_be_taken(row), "another's image"),
            End::Present => ensure(row.new_image.as_ref().is_some_and(was_there), "an image that never was"),
            End::Failed | End::Conflict | End::Stale | End::Ambiguous => ensure(row.error.is_some(), "without a reason"),
            End::Cancelled => ensure(living == 0, "called not launched, but it was"),
            End::Unfinished => ensure(row.launches > 0, "nothing was left running"),
            End::Missing => Err("a survey's end".to_owned()),
        }
    }

    /// Whether somebody made what cannot be told from the row's own copy: one of the same source, or where no origin is recorded one
    /// after its launch.
    fn may_be_taken(&self, row: &Row) -> bool {
        // The cloud's latest word of its time before the launch may be minutes old where answers are lost.
        let since = self.host.left.get(&row.lane).map_or(START, |at| at.plus(-300_000));
        let is_alike = |at: Millis, image: &Image| {
            let is_its = (image.cloud.as_str(), &image.region, &image.name) == (row.cloud, &row.to, &row.name);
            is_its && if image.cloud == Cloud::Huawei { image.origin.is_some() } else { at >= since || image.origin.is_some() }
        };
        self.mishaps.deeds.iter().any(|(at, deed)| matches!(deed, Deed::Makes(image) if is_alike(*at, image)))
    }

    /// Time from the end of each copy to the moment the job told of it.
    pub fn delays_ms(&self) -> Vec<i64> {
        let end = |row: &Row| {
            let image = self.host.world.images().find(|image| Some(&image.id) == row.new_image.as_ref())?;
            let growth = image.growth.as_ref()?;
            Some(growth.end?.max(growth.visible))
        };
        let lanes = self.report.rows.iter().enumerate().filter(|(_, row)| row.launches > 0);
        lanes.filter_map(|(lane, row)| Some(self.host.ready.get(&(lane as u32))?.since(end(row)?))).collect()
    }
}

/// Ids of the images that were made for a row; what its source was may be an image on the way.
fn made_for<'w>(row: &Row, world: &'w World) -> Vec<&'w String> {
    let is_its = |lane: &sim::Lane| (lane.cloud.as_str(), &lane.region, &lane.name) == (row.cloud, &row.to, &row.name);
    world.ledger().lanes.iter().filter(|(lane, _)| is_its(lane)).flat_map(|(_, images)| images).collect()
}

/// The same of an export: there is one task at most, and no look tells how a task that nobody knows ends.
fn judge_export(row: &Row, world: &World) -> Result<(), String> {
    let cloud = Cloud::parse(row.cloud).expect("rows name clouds");
    let begun = world.exports_of(cloud, &row.image);
    let ensure = |holds: bool, lie: &str| if holds { Ok(()) } else { Err(format!("{lie}; {begun} exports were begun")) };
    ensure(begun <= 1, "two exports of one image")?;
    match row.phase {
        Phase::Ended(End::Ready) => ensure(begun == 1, "exported, but no export was begun"),
        Phase::Ended(End::Failed | End::Ambiguous) => ensure(row.error.is_some(), "without a reason"),
        Phase::Ended(End::Cancelled) => ensure(begun == 0, "called not launched, but it was"),
        Phase::Ended(End::Unfinished) => ensure(begun == 1, "nothing was left running"),
        other => Err(format!("no end of an export: {other:?}")),
    }
}

/// Whether a row says what the clouds hold; what is wrong with it otherwise.
fn judge(row: &Row, world: &World, now: Millis) -> Result<(), String> {
    let cloud = Cloud::parse(row.cloud).expect("rows name clouds");
    let made = made_for(row, world);
    let images: BTreeMap<&str, sim::Phase> = world
        .images()
        .filter(|image| image.cloud == cloud && image.region == row.to && (image.name == row.name || made.contains(&&image.id)))
        .map(|image| (image.id.as_str(), image.phase(now)))
        .collect();
    let mine = row.new_image.as_deref().and_then(|id| images.get(id)).copied();
    let ensure = |holds: bool, lie: &str| if holds { Ok(()) } else { Err(format!("{lie}; made {made:?}, there are {images:?}")) };
    ensure(made.len() <= 1, "two images for one lane")?;
    match row.phase {
        Phase::Ended(End::Ready) => {
            ensure(mine == Some(sim::Phase::Ready), "the image is not ready")?;
            ensure(row.launches > 0 && made.len() == 1, "ready, but not made by a launch")
        }
        Phase::Ended(End::Present) => {
            ensure(mine == Some(sim::Phase::Ready), "the image is not there")?;
            // A launch may have been refused because somebody else was making it.
            ensure(made.is_empty(), "called present, but a launch made it")
        }
        Phase::Ended(End::Failed) => {
            // The task may tell of the failure a moment before the image does.
            let doomed =
                |id: &String| world.images().any(|image| image.id == *id && image.growth.as_ref().is_some_and(|growth| growth.fails));
            let dead = made.iter().all(|id| !images.contains_key(id.as_str()) || doomed(id));
            let is_unchanged = row.error.as_ref().is_some_and(|error| error.message.starts_with("the copy is usable, but "));
            ensure(dead || is_unchanged && mine == Some(sim::Phase::Ready), "called failed, but the image lives")?;
            ensure(row.error.is_some(), "failed without a reason")
        }
        Phase::Ended(End::Conflict | End::Stale) => {
            ensure(made.is_empty() && !images.is_empty() && row.error.is_some(), "nothing is in the way")
        }
        Phase::Ended(End::Cancelled) => ensure(made.is_empty(), "called not launched, but it was"),
        Phase::Ended(End::Unfinished) => ensure(made.len() == 1 && (mine.is_some() || row.new_image.is_none()), "nothing was left running"),
        Phase::Ended(End::Ambiguous) => {
            // Whether it would be launched hangs on a step of which nobody can tell.
            let is_of_step = row.error.as_ref().is_some_and(|error| error.message.starts_with("a step before it "));
            ensure((row.launches > 0 || is_of_step) && row.error.is_some(), "nothing is ambiguous")
        }
        other => Err(format!("not ended: {other:?}")),
    }
}
