//! How long a replication takes, beside the least it can take under the documented limits, in simulated time.
//!
//! The least is: on Huawei what five copies at a time take in the order of the plan, when a place is taken at the very
//! moment at which it is free; on Tencent and Volcengine the last launch that the rate allows, and the longest copy after
//! it. On all of them at once the greatest of these.

use imgferry::job::Report;
use imgferry::{Cloud, Millis};
use imgferry_sim::World;
use imgferry_tests::harness::{Host, START, phases, plan, world};
use imgferry_tests::story::{REGIONS, SOURCES};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Most that is lost, over the least possible.
const BUDGET: f64 = 1.05;

/// Images of each cloud that go everywhere.
fn library(seed: u64, sizes: [usize; 3], copy_ms: [i64; 2], progress: &str) -> (Value, Value) {
    let (mut copies, mut images) = (Vec::new(), Vec::new());
    for ((index, (cloud, from, id)), size) in SOURCES.iter().enumerate().zip(sizes) {
        for number in 0..size {
            let id = if *cloud == Cloud::Huawei { format!("{}{number:05}", &id[..31]) } else { format!("{id}{number:03}") };
            images.push(json!({"cloud": cloud.as_str(), "region": from, "id": id, "name": format!("base-{number}"), "created_ms": 1_700_000_000_000_i64}));
            let params = if *cloud == Cloud::Huawei { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
            copies.push(json!({"cloud": cloud.as_str(), "image": id, "from": from, "to": REGIONS[index], "name": format!("golden-{number}"), "params": params}));
        }
    }
    let quotas = json!({"tencent": 100_000, "volcengine": 100_000, "huawei": 100_000});
    let scenario =
        json!({"seed": seed, "images": images, "copy_ms": copy_ms, "visible_after_ms": 5_000, "progress": progress, "quotas": quotas});
    (json!({"copies": copies, "policy": {"deadline": "100h", "lane_deadline": "20h"}}), scenario)
}

/// Durations of the copies of a cloud, in the order of the plan.
fn durations(world: &World, report: &Report, cloud: Cloud) -> Vec<i64> {
    let rows = report.rows.iter().filter(|row| row.cloud == cloud.as_str());
    let growth = |id: &Option<String>| world.images().find(|image| Some(&image.id) == id.as_ref()).and_then(|image| image.growth.clone());
    rows.filter_map(|row| growth(&row.new_image)).filter_map(|growth| Some(growth.end?.since(growth.start))).collect()
}

/// Five at a time, in that order, without a pause.
fn list_scheduled(durations: &[i64]) -> i64 {
    let mut free: BinaryHeap<Reverse<i64>> = (0..5).map(|_| Reverse(0)).collect();
    let mut last = 0;
    for duration in durations {
        let Reverse(start) = free.pop().expect("five places");
        last = last.max(start + duration);
        free.push(Reverse(start + duration));
    }
    last
}

fn least_ms(world: &World, report: &Report) -> i64 {
    let longest = |cloud| durations(world, report, cloud).into_iter().max().unwrap_or(0);
    let copies = |cloud| durations(world, report, cloud).len() as i64;
    let tencent = (copies(Cloud::Tencent) / REGIONS[0].len() as i64 - 1).max(0) * 1000 / 10 + longest(Cloud::Tencent);
    let volcengine = (copies(Cloud::Volcengine) - 1).max(0) * 1000 / 4 + longest(Cloud::Volcengine);
    tencent.max(volcengine).max(list_scheduled(&durations(world, report, Cloud::Huawei)))
}

#[test]
fn close_to_the_least_possible() {
    println!("{:<44} {:>6} {:>10} {:>10} {:>7}", "replication", "copies", "least, s", "took, s", "ratio");
    for (what, sizes, copy_ms, progress) in [
        ("Huawei, 35 copies, five at a time, even", [0, 0, 5], [600_000, 2_400_000], "linear"),
        ("Huawei, 35 copies, five at a time, in steps", [0, 0, 5], [600_000, 2_400_000], "bursty"),
        ("Huawei, 35 copies, five at a time, mixed", [0, 0, 5], [600_000, 2_400_000], "mixed"),
        ("Tencent, 1,200 copies in 100 calls", [100, 0, 0], [600_000, 2_400_000], "mixed"),
        ("Volcengine, 1,200 copies, limited by the rate", [0, 240, 0], [300_000, 600_000], "mixed"),
        ("all at once, 72 copies", [3, 3, 3], [600_000, 2_400_000], "mixed"),
    ] {
        let (mut least, mut took, mut lanes) = (0, 0, 0);
        for seed in 0..3 {
            let (wanted, scenario) = library(seed, sizes, copy_ms, progress);
            let mut host = Host::new(world(&scenario), seed);
            host.mishaps.way_ms = (10, 40);
            let report = host.run(plan(&wanted), seed, 1_000_000);
            assert!(phases(&report).iter().all(|phase| *phase == "ready"), "{what}: {:?}", phases(&report));
            assert_eq!(host.world.ledger().violations, [], "{what}");
            let told = host.ready.values().copied().max().unwrap_or(Millis(0));
            lanes = report.rows.len();
            least += least_ms(&host.world, &report);
            took += told.since(START);
        }
        let ratio = took as f64 / least as f64;
        println!("{what:<44} {lanes:>6} {:>10} {:>10} {ratio:>7.3}", least / 3_000, took / 3_000);
        assert!(ratio <= BUDGET, "{what}: {ratio:.3} of the least possible");
    }
}
