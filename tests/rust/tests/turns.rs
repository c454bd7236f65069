//! A job that lives one turn at a time, its memory elsewhere, tells the same story as one that is kept.

use imgferry::job::Report;
use imgferry_tests::harness::{Host, Memory, START, images_per_lane, phases, plan, world};
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
