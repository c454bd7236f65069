//! A job that lives one turn at a time, its memory elsewhere, tells the same story as one that is kept.

use imgferry::Millis;
use imgferry::job::{Job, Report, Step};
use imgferry_sim::{Delivery, World};
use imgferry_tests::harness::{Host, Memory, START, handle, images_per_lane, keyring, phases, plan, world};
use imgferry_tests::story::{Story, Weather};
use serde_json::{Value, json};

/// Stories whose two tellings are compared.
const SEEDS: u64 = 100;

fn ends(report: &Report) -> Vec<(String, &'static str)> {
    report.rows.iter().map(|row| (format!("{} {} {}", row.cloud, row.to, row.name), row.phase.as_str())).collect()
}

#[test]
fn in_fair_weather_every_destination_ends_the_same() {
    for seed in 0..SEEDS {
        let kept = Story::of(seed, Weather::Calm).tell();
        let turned = Story::of(seed, Weather::Calm).by_turns().tell();
        turned.assert_truth(&format!("seed {seed}"));
        assert_eq!(ends(&turned.report), ends(&kept.report), "seed {seed}");
        let (long, longer) = (kept.host.now.since(START), turned.host.now.since(START));
        assert!(longer <= 2 * long + 600_000, "seed {seed}: {longer} ms instead of {long}");
    }
}

/// One copy on each cloud whose launch got no answer.
fn lost(fault: &str) -> (Value, Value) {
    let copies = json!([
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
         "params": {"agency_name": "ims_copy_image"}},
    ]);
    let first = |cloud: &str, action: &str| json!({"cloud": cloud, "action": action, "nth": 1, "fault": fault});
    let script = json!([first("tencent", "SyncImages"), first("volcengine", "CopyImage"), first("huawei", "CopyImageCrossRegion")]);
    (json!({"copies": copies}), json!({"copy_ms": 300_000, "script": script}))
}

/// However often it is taken up again, it comes to look for what it launched; a crash at every wait is no different.
#[test]
fn a_lost_launch_is_looked_for_however_often_the_job_is_taken_up_again() {
    for memory in [Memory::Lasts, Memory::Turns, Memory::Crashes] {
        for (fault, launches) in [("lost_after", [1; 3]), ("lost_before", [2; 3])] {
            let (given, scenario) = lost(fault);
            let mut host = Host::new(world(&scenario), 1);
            host.mishaps.memory = memory;
            let report = host.run(plan(&given), 1, 5_000);
            assert_eq!(phases(&report), ["ready"; 3], "{memory:?} {fault}");
            assert_eq!(report.rows.iter().map(|row| row.launches).collect::<Vec<_>>(), launches, "{memory:?} {fault}");
            assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{memory:?} {fault}");
            assert!(host.now.since(START) < 900_000, "{memory:?} {fault}: {} ms", host.now.since(START));
        }
    }
}

/// A deadline is the run's: turns do not put it off, and what has ended stays so.
#[test]
fn deadlines_go_on_from_turn_to_turn() {
    let (mut given, _) = lost("lost_after");
    given["policy"] = json!({"lane_deadline": "30m", "deadline": "2h"});
    for memory in [Memory::Lasts, Memory::Turns] {
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "faults": {"stuck": 1.0}})), 1);
        host.mishaps.memory = memory;
        let report = host.run(plan(&given), 1, 5_000);
        assert_eq!(phases(&report), ["unfinished"; 3], "{memory:?}");
        let ms = host.now.since(START);
        assert!((1_800_000..2_400_000).contains(&ms), "{memory:?}: {ms} ms");
    }
}

/// The host's clock is set back by more than a day after the launches: what is counted from a time of the journal that now
/// lies ahead comes all the same, from turn to turn and after crashes.
#[test]
fn a_clock_set_back_makes_no_turn_wait_for_its_return() {
    for memory in [Memory::Lasts, Memory::Turns, Memory::Crashes] {
        for fault in ["lost_after", "lost_before", "throttle"] {
            let (mut given, mut scenario) = lost(fault);
            // One that goes well stands beside those that do not: it is launched first.
            for copy in given["copies"].as_array_mut().expect("a list") {
                let other = match copy["cloud"].as_str() {
                    Some("tencent") => "ap-beijing",
                    Some("volcengine") => "cn-guangzhou",
                    _ => "cn-east-3",
                };
                let first = copy["to"][0].take();
                copy["to"] = json!([{"region": other, "name": "other"}, first]);
            }
            scenario["script"].as_array_mut().expect("a list").iter_mut().for_each(|step| step["nth"] = json!(2));
            let mut host = Host::new(world(&scenario), 1);
            host.mishaps.memory = memory;
            host.mishaps.jumps = vec![(START.plus(10_000), -117_000_000)];
            let report = host.run(plan(&given), 1, 2_000);
            assert_eq!(phases(&report), ["ready"; 6], "{memory:?} {fault}");
            assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{memory:?} {fault}");
            let ms = host.now.since(START);
            assert!(ms < 1_500_000, "{memory:?} {fault}: {ms} ms");
        }
    }
}

/// Killed while launches are on their way, which may take most of two seconds, and taken up again after one: the clouds, which
/// count by arrival, see no more of them in any second than they allow; and none is launched again that was on its way, though
/// new images show late. With a compacted journal too: every other life has one.
#[test]
fn no_takeover_breaks_a_limit_or_launches_what_is_on_its_way() {
    let number = |n: usize| format!("{n:08x}");
    let clouds =
        [("tencent", "ap-guangzhou", "ap-shanghai"), ("volcengine", "cn-beijing", "cn-shanghai"), ("huawei", "cn-north-4", "cn-south-1")];
    let (mut images, mut copies) = (Vec::new(), Vec::new());
    for n in 0..120 {
        for (cloud, from, to) in clouds {
            let id = match cloud {
                "tencent" => format!("img-{}", number(n)),
                "volcengine" => format!("image-{}example", number(n)),
                _ => format!("00000000-0000-4000-8000-0000{}", number(n)),
            };
            let params = if cloud == "huawei" { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
            images.push(json!({"cloud": cloud, "region": from, "id": id, "name": number(n), "size_gib": 40}));
            copies.push(json!({"cloud": cloud, "image": id, "from": from, "to": [to], "name": format!("c-{n}"), "params": params}));
        }
    }
    let launches = [("tencent", "SyncImages"), ("volcengine", "CopyImage"), ("huawei", "CopyImageCrossRegion")];
    let limits: serde_json::Map<String, Value> = launches.iter().map(|(cloud, action)| (format!("{cloud}.{action}"), json!(10))).collect();
    let rates = limits.clone();
    let mut limits = limits;
    limits.insert("huawei.copies".into(), json!(0));
    let policy = json!({"rates": rates, "active": {"huawei": 10_000}, "settle": "3s"});
    let scenario = json!({"catalogue": false, "images": images, "limits": limits, "quotas": {"tencent": 1000, "volcengine": 1000, "huawei": 1000}, "copy_ms": 20_000, "visible_after_ms": 2_700});
    let mut crashes = 0;
    for seed in 0..12 {
        let mut host = Host::new(world(&scenario), seed);
        (host.mishaps.memory, host.mishaps.held_up) = (Memory::Workers, (150, 1_900));
        (host.mishaps.deaths, host.mishaps.most_deaths, host.mishaps.down_ms) = (4, 20, (1_000, 1_500));
        let report = host.run(plan(&json!({"copies": copies, "policy": policy})), seed, 200_000);
        assert!(phases(&report).iter().all(|phase| *phase == "ready"), "seed {seed}");
        // Looks stand in no journal.
        let is_launch = |detail: &str| launches.iter().any(|(_, action)| detail.ends_with(action));
        let broken: Vec<_> = host.world.ledger().violations.iter().filter(|violation| is_launch(&violation.detail)).collect();
        assert!(broken.is_empty(), "seed {seed}: {broken:?}");
        assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "seed {seed}: a second image");
        crashes += host.crashes;
    }
    assert!(crashes > 100, "{crashes} kills");
}

/// Polls until a launch leaves, and tells when; looks are answered at once.
fn next_launch(job: &mut Job, clouds: &mut World, now: &mut Millis) -> Millis {
    for _ in 0..1_000 {
        match job.poll(*now, &keyring()) {
            Step::Send(outgoing) if outgoing.request.header("x-tc-action") == Some("SyncImages") => return *now,
            Step::Send(outgoing) => match handle(clouds, *now, &outgoing.request) {
                Delivery::Answer(answer) => job.answer(*now, outgoing.id, answer).expect("it is under way"),
                Delivery::Lost(_) | Delivery::Late { .. } => panic!("a friendly world"),
            },
            Step::Wait { until } => *now = until,
            Step::Done => panic!("nothing is launched: {}", job.report().to_value()),
        }
    }
    panic!("no end");
}

/// What the one before sent without an answer may arrive within two seconds, and counts for one more.
#[test]
fn a_launch_without_an_answer_holds_its_place_in_a_compacted_journal_too() {
    let copy =
        |to: &str| json!({"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": [to], "name": format!("golden-{to}")});
    let given = plan(&json!({"copies": [copy("ap-shanghai"), copy("ap-beijing")], "policy": {"rates": {"tencent.SyncImages": 1}}}));
    for compacted in [false, true] {
        let (mut clouds, mut now) = (world(&json!({})), START);
        let mut job = Job::new(given.clone(), now, 1).expect("a plan without findings");
        let sent = next_launch(&mut job, &mut clouds, &mut now);
        let journal = if compacted { job.compact() } else { job.take_journal() };
        now = now.plus(200);
        let mut job = Job::wake(&journal, now).expect("a whole journal").job;
        let after = next_launch(&mut job, &mut clouds, &mut now).since(sent);
        assert!((3_000..3_100).contains(&after), "compacted {compacted}: {after} ms");
    }
}
