//! Keys that run out while copies go on, and keys that were never right: nothing ends for good for want of a key.

use imgferry::job::Job;
use imgferry::{Cloud, Credentials};
use imgferry_tests::harness::{Host, Memory, START, images_per_lane, keyring, phases, plan, world};
use serde_json::{Value, json};

const REGIONS: [&str; 6] = ["cn-south-1", "cn-east-3", "cn-north-1", "cn-southwest-2", "ap-southeast-1", "af-south-1"];
/// The token lives as long as ten of the twelve copies take to be launched.
const VALID_MS: i64 = 900_000;
const WAIT_MS: i64 = 300_000;

fn token(number: u32) -> Credentials {
    let (id, secret, token) = (format!("EXAMPLE{number}"), format!("EXAMPLE-SECRET-{number}"), format!("EXAMPLE-TOKEN-{number}"));
    Credentials::new(&id, &secret, Some(&token)).expect("well formed")
}

/// Twelve copies on Huawei Cloud, which takes five at a time; the first token ends midway.
fn twelve(memory: Memory) -> (Value, Host) {
    let copy = |name: &str| {
        json!({"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": REGIONS, "name": name,
               "params": {"agency_name": "ims_copy_image"}})
    };
    let known = [1, 2]
        .map(|n| json!({"id": format!("EXAMPLE{n}"), "secret": format!("EXAMPLE-SECRET-{n}"), "token": format!("EXAMPLE-TOKEN-{n}")}));
    let mut scenario = json!({"copy_ms": 600_000, "credentials": {"huawei": known}});
    scenario["credentials"]["huawei"][0]["valid_ms"] = json!(VALID_MS);
    let mut host = Host::new(world(&scenario), 1);
    host.keys = keyring().with(Cloud::Huawei, token(1));
    host.mishaps.memory = memory;
    (json!({"copies": [copy("golden-a"), copy("golden-b")]}), host)
}

fn count(states: &[&str], state: &str) -> usize {
    states.iter().filter(|other| **other == state).count()
}

fn assert_twelve_once(host: &Host, what: &str) {
    let made = images_per_lane(&host.world);
    assert!(made.len() == 12 && made.values().all(|images| *images == 1), "{what}: {made:?}");
    assert_eq!(host.world.ledger().violations, [], "{what}");
}

#[test]
fn a_token_that_ends_midway_and_is_replaced_at_once_ends_nothing() {
    for memory in [Memory::Lasts, Memory::Turns, Memory::Crashes] {
        let (given, mut host) = twelve(memory);
        host.mishaps.renewals.insert(Cloud::Huawei, token(2));
        let report = host.run(plan(&given), 1, 20_000);
        assert_eq!(phases(&report), ["ready"; 12], "{memory:?}");
        assert_twelve_once(&host, &format!("{memory:?}"));
    }
}

/// Whoever renews the token is late: the job waits for it, and goes on by itself.
#[test]
fn a_token_that_is_replaced_late_is_waited_for() {
    for memory in [Memory::Lasts, Memory::Turns, Memory::Crashes] {
        let (given, mut host) = twelve(memory);
        host.mishaps.fresh_at = Some((START.plus(VALID_MS + 200_000), Cloud::Huawei, token(2)));
        let report = host.run(plan(&given), 1, 20_000);
        assert_eq!(phases(&report), ["ready"; 12], "{memory:?}");
        assert_twelve_once(&host, &format!("{memory:?}"));
    }
}

#[test]
fn a_token_that_nobody_replaces_stops_all_and_ends_nothing_for_good() {
    for memory in [Memory::Lasts, Memory::Turns] {
        let (given, mut host) = twelve(memory);
        let report = host.run(plan(&given), 1, 20_000);
        let states = phases(&report);
        let told = ["ready", "unfinished", "cancelled"].map(|state| count(&states, state));
        assert_eq!((told, report.exit_code()), ([5, 5, 2], 6), "{memory:?}: {states:?}");
        let ms = host.now.since(START.plus(VALID_MS));
        assert!((WAIT_MS..2 * WAIT_MS).contains(&ms), "{memory:?}: waited {ms} ms");
        for row in report.rows.iter().filter(|row| row.phase.as_str() == "cancelled") {
            let error = row.error.as_ref().expect("a reason");
            assert!(row.launches == 0 && error.kind == imgferry::Kind::Auth && !error.hint_en.is_empty() && !error.hint_zh.is_empty());
        }
        // The journal as it is, and compacted, goes on where it stopped.
        let compacted = Job::restore(&host.disk, host.clock()).expect("a good journal").job.compact();
        if memory == Memory::Lasts {
            host.disk = compacted;
        }
        host.keys = keyring().with(Cloud::Huawei, token(2));
        assert_eq!(phases(&host.resume(20_000)), ["ready"; 12], "{memory:?}");
        assert_twelve_once(&host, &format!("{memory:?}"));
    }
}

/// A key that was never accepted is a mistake: nothing is waited for, and nothing is lost.
#[test]
fn a_wrong_key_ends_the_run_soon_and_the_right_one_goes_on() {
    let copies = json!([
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
         "params": {"agency_name": "ims_copy_image"}},
    ]);
    let mut host = Host::new(world(&json!({"copy_ms": 300_000})), 1);
    host.keys = Cloud::ALL.into_iter().fold(keyring(), |keys, cloud| keys.with(cloud, token(9)));
    let report = host.run(plan(&json!({"copies": copies})), 1, 5_000);
    assert_eq!((phases(&report), report.exit_code()), (vec!["cancelled"; 3], 5), "{}", report.to_value());
    assert!(host.now.since(START) < 60_000 && host.requests == 3, "one request a cloud: {}", host.requests);
    host.keys = keyring();
    assert_eq!(phases(&host.resume(5_000)), ["ready"; 3]);
    assert!(images_per_lane(&host.world).values().all(|images| *images == 1));
}

/// A cloud whose key has run out keeps no other from going on.
#[test]
fn other_clouds_go_on_meanwhile() {
    let (mut given, mut host) = twelve(Memory::Lasts);
    let tencent = json!({"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"});
    given["copies"].as_array_mut().expect("a list").push(tencent);
    let report = host.run(plan(&given), 1, 20_000);
    assert_eq!(phases(&report).last(), Some(&"ready"));
    assert_eq!(report.exit_code(), 6);
}
