//! How many calls a finished copy costs with the default policy, on calm days.

use imgferry_tests::harness::{Host, phases, plan, world};
use imgferry_tests::story::{REGIONS, SOURCES};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Images of some clouds, by their place in [`SOURCES`], and to how many regions each goes.
fn day(seed: u64, clouds: &[usize], images: usize, regions: usize, copying: &Value) -> (Value, Value) {
    let (mut copies, mut sources) = (Vec::new(), Vec::new());
    for index in clouds.iter().copied() {
        let (cloud, from, id) = SOURCES[index];
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
    let mut scenario = json!({"seed": seed, "images": sources});
    scenario.as_object_mut().expect("a record").extend(copying.as_object().cloned().unwrap_or_default());
    (json!({"copies": copies}), scenario)
}

/// Calls for each finished copy, and by which operations, over some seeds.
fn calls(seeds: std::ops::Range<u64>, story: impl Fn(u64) -> (Value, Value)) -> (f64, String) {
    let (mut calls, mut copies, mut by) = (0, 0, BTreeMap::<String, u64>::new());
    for seed in seeds {
        let (wanted, scenario) = story(seed);
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
    (each(calls), told.join(", "))
}

/// The exam's proportions: where f75aacb makes so many calls a copy.
#[test]
fn calls_for_each_finished_copy_beside_f75aacb() {
    let copying = json!({"copy_ms": [20_000, 60_000], "visible_after_ms": 5_000, "progress": "linear"});
    for (what, clouds, regions, before, most) in [
        ("calm: an image of each cloud to three regions", &[0, 1, 2][..], 3, 6.3, 4.5),
        ("fan-out: an image of Tencent Cloud to twelve regions", &[0], 12, 5.4, 4.0),
    ] {
        let (each, told) = calls(0..10, |seed| day(seed, clouds, 1, regions, &copying));
        println!("{what}, copies of 20 to 60 s: {each:.2} calls a copy, f75aacb {before}: {told}");
        assert!(each <= most, "{what}: {each:.2} calls a copy");
    }
}

#[test]
fn calls_for_each_finished_copy_on_calm_days() {
    // Copies of 10 to 40 minutes are looked at every two minutes at least: most of the calls are such looks.
    for (images, most) in [(1, 25.0), (3, 16.0)] {
        for progress in ["linear", "mixed", "stalled", "bursty"] {
            let copying = json!({"copy_ms": [600_000, 2_400_000], "visible_after_ms": 30_000, "progress": progress});
            let (each, told) = calls(0..3, |seed| day(seed, &[0, 1, 2], images, 12, &copying));
            println!("{images} images to all regions, {progress}: {each:.2} calls a copy: {told}");
            assert!(each <= most, "{images} images, {progress}: {each:.2} calls a copy");
        }
    }
}

#[test]
fn where_images_may_not_be_seen_their_tasks_tell_the_end() {
    let copying =
        json!({"copy_ms": [20_000, 60_000], "progress": "linear", "allow": {"volcengine": ["ecs:CopyImage", "ecs:DescribeTasks"]}});
    let (each, told) = calls(0..3, |seed| day(seed, &[1], 2, 3, &copying));
    assert!(told.contains("DescribeTasks"), "{told}");
    assert!(each <= 9.0, "{each:.2}: {told}");
}
