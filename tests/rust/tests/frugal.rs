//! How many calls a finished copy costs with the default policy, on calm days.

use imgferry_tests::harness::{Host, phases, plan, world};
use imgferry_tests::story::{REGIONS, SOURCES};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Images of every cloud, and to how many regions each goes.
fn day(seed: u64, images: usize, regions: usize, progress: &str) -> (Value, Value) {
    let (mut copies, mut sources) = (Vec::new(), Vec::new());
    for (index, (cloud, from, id)) in SOURCES.iter().enumerate() {
        for number in 0..images {
            let id = format!("{id}{number}");
            sources.push(json!({"cloud": cloud.as_str(), "region": from, "id": id, "name": format!("base-{number}"), "created_ms": 1_700_000_000_000_i64}));
            let params = if cloud.as_str() == "huawei" { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
            let to = &REGIONS[index][..regions.min(REGIONS[index].len())];
            copies.push(
                json!({"cloud": cloud.as_str(), "image": id, "from": from, "to": to, "name": format!("golden-{number}"), "params": params}),
            );
        }
    }
    let scenario =
        json!({"seed": seed, "images": sources, "copy_ms": [600_000, 2_400_000], "visible_after_ms": 30_000, "progress": progress});
    (json!({"copies": copies}), scenario)
}

#[test]
fn calls_for_each_finished_copy_on_calm_days() {
    // Copies of 10 to 40 minutes are looked at every two minutes at least: most of the calls are such looks.
    for (images, most) in [(1, 28.0), (3, 18.0)] {
        for progress in ["linear", "mixed", "stalled", "bursty"] {
            let (mut calls, mut copies, mut by) = (0, 0, BTreeMap::<String, u64>::new());
            for seed in 0..3 {
                let (wanted, scenario) = day(seed, images, 12, progress);
                let mut host = Host::new(world(&scenario), seed);
                let report = host.run(plan(&wanted), seed, 200_000);
                assert!(phases(&report).iter().all(|phase| *phase == "ready"), "{}", report.to_value());
                (calls, copies) = (calls + host.requests, copies + report.rows.len());
                for ((cloud, action), count) in &host.world.ledger().totals {
                    *by.entry(format!("{cloud} {action}")).or_default() += count;
                }
            }
            let each = |count: u64| count as f64 / copies as f64;
            let told: Vec<String> = by.iter().map(|(name, count)| format!("{name} {:.2}", each(*count))).collect();
            println!("{images} images to all regions, {progress}: {:.2} calls a copy: {}", each(calls), told.join(", "));
            assert!(each(calls) <= most, "{images} images, {progress}: {:.2} calls a copy", each(calls));
        }
    }
}
