//! The job against the three simulated clouds, in virtual time.

use imgferry::Cloud;
use imgferry::job::{End, Phase};
use imgferry_tests::harness::{Host, START, images_per_lane, plan, world};
use serde_json::{Value, json};

/// One image on each cloud to two or three regions.
fn three_clouds() -> serde_json::Value {
    json!({
        "copies": [
            {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore", "na-ashburn"], "name": "golden-{date}"},
            {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai", "ap-southeast-1"], "name": "golden-{date}"},
            {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1", "ap-southeast-3"], "name": "golden-{date}",
             "params": {"agency_name": "ims_copy_image"}}
        ]
    })
}

#[test]
fn three_clouds_at_once() {
    let mut host = Host::new(world(&json!({"copy_ms": [60_000, 600_000]})), 1);
    let report = host.run(plan(&three_clouds()), 1, 10_000);
    for row in &report.rows {
        assert_eq!(row.phase, Phase::Ended(End::Ready), "{row:?}");
        assert!(row.new_image.is_some(), "{row:?}");
        assert_eq!(row.launches, 1, "{row:?}");
    }
    assert_eq!(report.exit_code(), 0);
    assert_eq!(host.world.ledger().violations, []);
    assert_eq!(host.world.ledger().total(Cloud::Tencent, "SyncImages"), 1, "one call serves all destinations");
    assert!(images_per_lane(&host.world).values().all(|images| *images == 1));
}

/// Everything that can go wrong with a request, often.
fn storm(seed: u64, chance: f64) -> Value {
    json!({
        "seed": seed, "copy_ms": [30_000, 900_000], "visible_after_ms": 20_000,
        "faults": {
            "lost_before": chance, "lost_after": chance, "timeout_after": chance, "http_500_before": chance, "http_500_after": chance,
            "throttle": chance, "html_502": chance, "garbage": chance, "truncated": chance, "slow": chance, "wrong_content_type": chance,
            "duplicate": chance, "partial": chance, "withheld": chance, "stale": chance
        }
    })
}

/// What must hold whatever happened: no lane has two images, no limit was broken, and the report is the truth.
fn assert_truth(host: &Host, report: &imgferry::job::Report, seed: u64) {
    assert_eq!(host.world.ledger().violations, [], "seed {seed}");
    let images = images_per_lane(&host.world);
    for row in &report.rows {
        let cloud = Cloud::parse(row.cloud).expect("rows name clouds");
        let made = images.get(&(cloud, row.to.clone(), row.name.clone())).copied().unwrap_or(0);
        assert!(made <= 1, "seed {seed}: {made} images for {row:?}");
        match row.phase {
            Phase::Ended(End::Ready) => assert_eq!(made, 1, "seed {seed}: {row:?}"),
            Phase::Ended(End::Failed | End::Conflict | End::Cancelled) => assert_eq!(made, 0, "seed {seed}: {row:?}"),
            Phase::Ended(End::Present | End::Ambiguous | End::Unfinished) => {}
            other => panic!("seed {seed}: not ended: {other:?}"),
        }
    }
}

#[test]
fn fault_storms_never_make_two_images() {
    for seed in 0..300 {
        let mut host = Host::new(world(&storm(seed, 0.04)), seed);
        let report = host.run(plan(&three_clouds()), seed, 20_000);
        assert_truth(&host, &report, seed);
        for row in &report.rows {
            assert_eq!(row.phase, Phase::Ended(End::Ready), "seed {seed}: {row:?}");
        }
    }
}

#[test]
fn killed_at_every_record_it_ends_the_same() {
    let mut calm = Host::new(world(&storm(1, 0.0)), 1);
    let whole = calm.run(plan(&three_clouds()), 1, 20_000);
    let lines = calm.disk.lines().count();
    assert!(lines > 10, "{}", calm.disk);
    for line in 1..=lines {
        let mut host = Host::new(world(&storm(1, 0.0)), 1);
        host.crash_at = vec![line];
        let report = host.run(plan(&three_clouds()), 1, 20_000);
        assert_eq!(host.crashes, 1);
        assert_truth(&host, &report, line as u64);
        let ends = |report: &imgferry::job::Report| report.rows.iter().map(|row| (row.path.clone(), row.phase)).collect::<Vec<_>>();
        assert_eq!(ends(&report), ends(&whole), "killed after line {line}");
    }
}

#[test]
fn clocks_that_jump_do_not_matter() {
    for (seed, error_ms) in [3_600_000, -3_600_000, 48 * 3_600_000, -48 * 3_600_000, 1_000].into_iter().enumerate() {
        let mut host = Host::new(world(&json!({"copy_ms": 60_000})), seed as u64);
        host.clock_error_ms = error_ms;
        let report = host.run(plan(&three_clouds()), 9, 10_000);
        assert_eq!(report.exit_code(), 0, "{}", report.to_value());
        let skews = host.events.iter().filter(|event| event["event"] == "skew").count();
        assert_eq!(skews > 0, error_ms.abs() > 900_000, "{error_ms}: {skews} corrections");
        assert!(host.now > START);
    }
}

#[test]
fn applying_twice_does_nothing_the_second_time() {
    let mut host = Host::new(world(&json!({"copy_ms": 60_000})), 1);
    assert_eq!(states(&survey(&mut host)), ["missing"; 7]);
    assert_eq!(host.run(plan(&three_clouds()), 1, 10_000).exit_code(), 0);
    assert_eq!(states(&survey(&mut host)), ["present"; 7]);
    let launches = |host: &Host| -> u64 {
        let ledger = host.world.ledger();
        ledger.total(Cloud::Tencent, "SyncImages")
            + ledger.total(Cloud::Volcengine, "CopyImage")
            + ledger.total(Cloud::Huawei, "CopyImageCrossRegion")
    };
    let before = launches(&host);
    assert!(before > 0);
    let again = host.run(plan(&three_clouds()), 2, 10_000);
    assert_eq!(states(&again), ["present"; 7]);
    assert!(again.rows.iter().all(|row| row.new_image.is_some() && row.launches == 0));
    assert_eq!(launches(&host), before);
}

#[test]
fn other_images_of_the_same_name_are_left_alone() {
    let name = "golden-2026-01-01";
    let mut host = Host::new(
        world(&json!({"copy_ms": 60_000, "images": [
            {"cloud": "tencent", "region": "ap-shanghai", "id": "img-other001", "name": name, "size_gib": 77},
            {"cloud": "volcengine", "region": "cn-shanghai", "id": "image-other0000000000001", "name": name, "size_gib": 77},
            {"cloud": "huawei", "region": "cn-south-1", "id": "00000000-0000-4000-8000-00000000abcd", "name": name, "size_gib": 77}
        ]})),
        1,
    );
    let expected = ["conflict", "ready", "ready", "conflict", "ready"];
    let report = host.run(plan(&three_clouds()), 1, 10_000);
    assert_eq!(&states(&report)[..5], expected);
    assert_eq!(report.exit_code(), 3);
    let conflict = report.rows[0].error.as_ref().expect("a conflict says what is in the way");
    assert!(conflict.message.contains("img-other001"), "{conflict}");
    assert_eq!(images_per_lane(&host.world).get(&(Cloud::Tencent, "ap-shanghai".into(), name.into())), None);
}

fn survey(host: &mut Host) -> imgferry::job::Report {
    let mut job = imgferry::Job::survey(plan(&three_clouds()), START, 3).expect("the plan is valid");
    host.drive(&mut job, 10_000);
    job.report()
}

fn states(report: &imgferry::job::Report) -> Vec<&'static str> {
    report.rows.iter().map(|row| row.phase.as_str()).collect()
}

#[test]
fn a_source_that_is_being_copied_is_waited_for() {
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "busy_source": true})), 1);
    let one = |to: &str, deadline: &str| {
        json!({"policy": {"lane_deadline": deadline},
               "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": [to], "name": "golden"}]})
    };
    let first = host.run(plan(&one("ap-shanghai", "1s")), 1, 10_000);
    assert_eq!(states(&first), ["unfinished"], "left running");
    let second = host.run(plan(&one("ap-tokyo", "1h")), 2, 10_000);
    assert_eq!(states(&second), ["ready"]);
}
