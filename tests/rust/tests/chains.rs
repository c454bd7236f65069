//! What takes more than one call a destination: changes to finished copies, exports, quotas, steps in between.

use imgferry::job::{End, Job, Phase, Report};
use imgferry::{Cloud, Plan};
use imgferry_sim::Image;
use imgferry_tests::harness::{Host, START, plan, world};
use imgferry_tests::story::{REGIONS, SOURCES};
use serde_json::{Value, json};

const HUAWEI_PROJECT: &str = "0123456789abcdef0123456789abcdef";

/// A copy on each cloud that is renamed, described, tagged and shared when it is usable.
fn with_follow_ups() -> Value {
    let after = json!({"rename": "{name}-ok", "description": "golden", "tags": {"team": "base", "tier": "1"}, "share": ["100000000002"]});
    json!({
        "clouds": {"tencent": {"uin": "100000000001"}, "huawei": {"projects": {"cn-north-4": HUAWEI_PROJECT, "cn-south-1": HUAWEI_PROJECT}}},
        "copies": [
            {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", {"region": "ap-singapore", "after": {"share": []}}],
             "name": "golden", "after": after},
            {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden", "after": after},
            {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
             "after": after, "params": {"agency_name": "ims_copy_image"}}
        ]
    })
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

fn image_of<'h>(host: &'h Host, cloud: &str, id: Option<&str>) -> &'h Image {
    let cloud = Cloud::parse(cloud).expect("rows name clouds");
    let found = host.world.images().find(|image| image.cloud == cloud && Some(image.id.as_str()) == id);
    found.unwrap_or_else(|| panic!("{cloud} has no image {id:?}"))
}

fn ends(report: &Report) -> Vec<(String, Phase)> {
    report.rows.iter().map(|row| (row.path.clone(), row.phase)).collect()
}

fn assert_followed_up(host: &Host, report: &Report, what: &str) {
    assert_eq!(host.world.ledger().violations, [], "{what}");
    for row in &report.rows {
        assert_eq!(row.phase, Phase::Ended(End::Ready), "{what}: {row:?}");
        let image = image_of(host, row.cloud, row.new_image.as_deref());
        assert_eq!((image.name.as_str(), image.description.as_str()), ("golden-ok", "golden"), "{what}");
        assert_eq!(image.tags, [("team".to_owned(), "base".to_owned()), ("tier".to_owned(), "1".to_owned())], "{what}");
        let shared: &[&str] = if row.to == "ap-singapore" { &[] } else { &["100000000002"] };
        assert_eq!(image.shared_with, shared, "{what}: {row:?}");
    }
}

#[test]
fn finished_copies_are_renamed_described_tagged_and_shared() {
    let mut host = Host::new(world(&json!({"copy_ms": [60_000, 600_000]})), 1);
    let report = host.run(plan(&with_follow_ups()), 1, 10_000);
    assert_followed_up(&host, &report, "calm");
    for (cloud, action, calls) in [
        (Cloud::Tencent, "ModifyImageAttribute", 2),
        (Cloud::Tencent, "TagResources", 2),
        (Cloud::Tencent, "ModifyImageSharePermission", 1),
        (Cloud::Volcengine, "ModifyImageAttribute", 1),
        (Cloud::Volcengine, "TagResources", 1),
        (Cloud::Volcengine, "ModifyImageSharePermission", 1),
        (Cloud::Huawei, "UpdateImage", 1),
        (Cloud::Huawei, "AddImageTags", 1),
        (Cloud::Huawei, "AddImageMembers", 1),
    ] {
        assert_eq!(host.world.ledger().total(cloud, action), calls, "{cloud} {action}");
    }
    // Applied again, the plan finds its copies by their last names and changes nothing.
    let again = host.run(plan(&with_follow_ups()), 2, 10_000);
    assert!(again.rows.iter().all(|row| row.phase == Phase::Ended(End::Present)), "{}", again.to_value());
}

#[test]
fn follow_ups_survive_storms_and_kills() {
    for seed in 0..40 {
        let mut host = Host::new(world(&storm(seed, 0.05)), seed);
        host.crash_at = vec![3 + (seed as usize % 12), 16 + (seed as usize % 9)];
        let report = host.run(plan(&with_follow_ups()), seed, 20_000);
        assert_followed_up(&host, &report, &format!("seed {seed}"));
    }
    let mut calm = Host::new(world(&storm(1, 0.0)), 1);
    let whole = calm.run(plan(&with_follow_ups()), 1, 20_000);
    for line in 1..=calm.disk.lines().count() {
        let mut host = Host::new(world(&storm(1, 0.0)), 1);
        host.crash_at = vec![line];
        let report = host.run(plan(&with_follow_ups()), 1, 20_000);
        assert_followed_up(&host, &report, &format!("killed after line {line}"));
        assert_eq!(ends(&report), ends(&whole));
    }
}

/// Copies that are over at the same moment are changed no faster than a cloud allows.
#[test]
fn changes_keep_the_limits() {
    for (index, (cloud, from, id)) in SOURCES.iter().enumerate() {
        let image = json!({"cloud": cloud.as_str(), "region": from, "id": id, "name": "base", "created_ms": 1_700_000_000_000_i64});
        let mut host =
            Host::new(world(&json!({"copy_ms": 60_000, "visible_after_ms": 0, "images": [image], "limits": {"huawei.copies": 0}})), 1);
        let params = if *cloud == Cloud::Huawei { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
        let copy = json!({"cloud": cloud.as_str(), "image": id, "from": from, "to": REGIONS[index], "name": "golden", "params": params,
            "after": {"rename": "{name}-ok", "share": ["100000000002"]}});
        let report = host.run(plan(&json!({"copies": [copy], "policy": {"active": {"huawei": 100}}})), 1, 20_000);
        assert_eq!((report.exit_code(), host.world.ledger().violations.as_slice()), (0, &[][..]), "{}", report.to_value());
    }
}

#[test]
fn a_refused_follow_up_keeps_the_copy_and_says_which_it_was() {
    // The simulator's own account: an image cannot be shared with its owner.
    let given = json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden",
        "after": {"share": ["100000000001"], "description": "d"}}]});
    let mut host = Host::new(world(&json!({})), 1);
    let report = host.run(plan(&given), 1, 10_000);
    let row = &report.rows[0];
    assert_eq!(row.phase, Phase::Ended(End::Failed), "{row:?}");
    let error = row.error.as_ref().expect("a failed row has an error");
    assert!(error.message.contains("the copy is usable, but share was refused"), "{error:?}");
    assert_eq!(image_of(&host, "tencent", row.new_image.as_deref()).description, "d", "what came before it was done");
}

#[test]
fn follow_ups_are_checked_before_the_first_call() {
    let given = json!({"copies": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden", "after": {"tags": {"a": "b"}}},
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-nanjing"], "name": "golden",
         "after": {"rename": "n".repeat(61), "share": ["a"]}},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": [{"region": "cn-shanghai", "after": {"tags": {"volc:a": "b"}}}], "name": "golden"},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
         "after": {"tags": {"k": "v"}, "description": "<"}, "params": {"agency_name": "ims_copy_image"}}
    ]});
    let error = Job::new(plan(&given), START, 1).expect_err("four mistakes");
    let found: Vec<(&str, &str)> = error.problems.iter().map(|problem| (problem.rule, problem.path.as_str())).collect();
    for expected in [
        ("plan.after.setting", "copies[0].to[0].after.tags"),
        ("tencent.ModifyImageAttribute.ImageName.length", "copies[1].to[0].after.rename.ImageName"),
        ("tencent.ModifyImageSharePermission.AccountIds.digits", "copies[1].to[0].after.share.AccountIds[0]"),
        ("volcengine.any.Tags.key_reserved", "copies[2].to[0].after.tags.Tags[0].Key"),
        ("huawei.any.project_id.required", "copies[3].to[0].after.tags.project_id"),
        ("huawei.any.description.brackets", "copies[3].to[0].after.description.__description"),
    ] {
        assert!(found.contains(&expected), "{expected:?} not in {found:#?}");
    }
    let shape = json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"],
        "after": {"tag": {}, "tags": [], "share": [1], "rename": "{when}"}}]});
    let error = Plan::from_value(&shape).expect_err("four mistakes of form");
    let found: Vec<(&str, &str)> = error.problems.iter().map(|problem| (problem.rule, problem.path.as_str())).collect();
    for expected in [
        ("plan.unknown", "copies[0].after.tag"),
        ("plan.field", "copies[0].after.tags"),
        ("plan.field", "copies[0].after.share[0]"),
        ("plan.name.template", "copies[0].after.rename"),
    ] {
        assert!(found.contains(&expected), "{expected:?} not in {found:#?}");
    }
}

#[test]
fn what_does_not_fit_fails_before_anything_is_launched() {
    // Each world has images in its catalogue already; the quotas leave one place where the copies go.
    let catalogue = |cloud, region: &str| {
        let world = world(&json!({}));
        world.images().filter(|image| image.cloud == cloud && image.region == region && image.is_private()).count() as u64
    };
    let given = json!({"copies": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-nanjing", {"region": "ap-nanjing", "name": "second"}], "name": "first"},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-east-2", {"region": "cn-east-2", "name": "second"}],
         "name": "first", "params": {"agency_name": "ims_copy_image"}}
    ]});
    let (tencent, huawei) = (catalogue(Cloud::Tencent, "ap-nanjing"), catalogue(Cloud::Huawei, "cn-east-2"));
    let mut host = Host::new(world(&json!({"quotas": {"tencent": tencent + 1, "huawei": huawei + 1}})), 1);
    let report = host.run(plan(&given), 1, 10_000);
    for (row, (code, rule)) in report.rows.iter().zip([
        ("", ""),
        ("ImageQuotaLimitExceeded", "tencent.SyncImages.DestinationRegions.quota"),
        ("", ""),
        ("IMG.0015", "huawei.any.quota.full"),
    ]) {
        if code.is_empty() {
            assert_eq!(row.phase, Phase::Ended(End::Ready), "{row:?}");
            continue;
        }
        assert_eq!((row.phase, row.launches), (Phase::Ended(End::Failed), 0), "{row:?}");
        let error = row.error.as_ref().expect("a failed row has an error");
        assert_eq!((error.kind, error.code.as_str()), (imgferry::Kind::Quota, code));
        assert!(error.message.contains(&row.to) && error.message.contains("and 1 more are on their way"), "{error:?}");
        assert_eq!(error.problems.iter().map(|problem| problem.rule).collect::<Vec<_>>(), [rule]);
    }
    assert_eq!(host.world.ledger().total(Cloud::Tencent, "DescribeImageQuota"), 1, "asked once a region");
    assert_eq!(host.world.ledger().total(Cloud::Huawei, "ShowImageQuota"), 1);
}

#[test]
fn an_unreadable_quota_is_a_warning_and_the_check_can_be_left_out() {
    let given = |check: bool| {
        json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-nanjing"], "name": "n"}],
            "policy": {"check_quota": check}})
    };
    let broken = json!({"script": [{"cloud": "tencent", "action": "DescribeImageQuota", "nth": 0, "fault": "http_500_before"}]});
    let mut host = Host::new(world(&broken), 1);
    let report = host.run(plan(&given(true)), 1, 10_000);
    assert_eq!(report.exit_code(), 0, "{}", report.to_value());
    let warnings = host.events.iter().filter(|event| event["event"] == "warning" && event["region"] == "ap-nanjing").count();
    assert_eq!(warnings, 1, "{:?}", host.events);
    let mut host = Host::new(world(&broken), 1);
    let report = host.run(plan(&given(false)), 1, 10_000);
    assert_eq!(report.exit_code(), 0, "{}", report.to_value());
    assert_eq!(host.world.ledger().total(Cloud::Tencent, "DescribeImageQuota"), 0);
}

fn exports() -> Value {
    json!({"exports": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "name": "golden", "params": {"BucketName": "images-1250000000"}},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "name": "golden", "params": {"TOSBucket": "images"}},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "name": "golden2", "params": {"TOSBucket": "images"}},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4",
         "params": {"bucket_url": "images:golden.qcow2", "file_format": "qcow2"}}
    ]})
}

const EXPORTS: [(Cloud, &str); 3] = [(Cloud::Tencent, "ExportImages"), (Cloud::Volcengine, "ExportImage"), (Cloud::Huawei, "ExportImage")];

#[test]
fn exports_end_with_the_keys_of_their_objects() {
    let mut host = Host::new(world(&json!({"copy_ms": [60_000, 600_000]})), 1);
    let report = host.run(plan(&exports()), 1, 10_000);
    for row in &report.rows {
        assert_eq!((row.phase, row.launches), (Phase::Ended(End::Ready), 1), "{row:?}");
        assert_eq!(row.note.is_some(), row.cloud == "tencent", "only Tencent has no task to ask for");
    }
    let keys: Vec<&str> = report.rows.iter().flat_map(|row| row.objects.iter().map(String::as_str)).collect();
    assert!(keys[0].starts_with("/golden_img-o3ycss2p_system_snap-"), "{keys:?}");
    assert_eq!(
        keys[1..],
        ["golden_image-4431h3l7hl31a0example_system.qcow2", "golden2_image-4431h3l7hl31a0example_system.qcow2", "images:golden.qcow2"]
    );
    assert_eq!(host.world.ledger().violations, []);
    // The two exports of one image took turns: none was refused for the other.
    assert!(host.world.ledger().calls.iter().all(|call| call.refused.is_none()), "{:?}", host.world.ledger().calls);
}

/// What a lost answer of an export means: evidence on Volcengine, a person on the other two.
#[test]
fn a_lost_export_is_found_or_left_to_a_person() {
    for (cloud, action) in EXPORTS {
        let scenario = json!({"script": [{"cloud": cloud.as_str(), "action": action, "nth": 1, "fault": "lost_after"}]});
        let mut host = Host::new(world(&scenario), 1);
        let report = host.run(plan(&exports()), 1, 10_000);
        let row = report.rows.iter().find(|row| row.cloud == cloud.as_str()).expect("every cloud has a row");
        if cloud == Cloud::Volcengine {
            assert_eq!((row.phase, row.launches), (Phase::Ended(End::Ready), 1), "{row:?}");
            assert!(row.task.is_some());
            continue;
        }
        assert_eq!((row.phase, row.launches), (Phase::Ended(End::Ambiguous), 1), "{row:?}");
        let error = row.error.as_ref().expect("it says what to look at");
        assert!(error.hint_en.contains("look in the bucket"), "{error:?}");
        assert_eq!(report.exit_code(), 7);
    }
}

/// A task that is over is not told of for ever, so that one which is not told of an hour later proves nothing.
#[test]
fn an_export_that_may_be_forgotten_is_left_to_a_person() {
    let volcengine = json!({"exports": [exports()["exports"][1]]});
    for (down_ms, end) in [(1_000, End::Ready), (3_600_000, End::Ambiguous)] {
        let lost = json!([{"cloud": "volcengine", "action": "ExportImage", "nth": 1, "fault": "lost_after"}]);
        let mut host = Host::new(world(&json!({"copy_ms": 60_000, "forget_tasks_ms": 1_500_000, "script": lost})), 1);
        (host.crash_at, host.mishaps.down_ms) = (vec![3], (down_ms, down_ms + 1));
        let report = host.run(plan(&volcengine), 1, 10_000);
        assert_eq!((host.crashes, report.rows[0].phase, report.rows[0].launches), (1, Phase::Ended(end), 1), "{:?}", report.rows[0]);
    }
}

#[test]
fn exports_survive_storms_and_kills() {
    let calls = |host: &Host| {
        EXPORTS.map(|(cloud, action)| {
            let ledger = host.world.ledger();
            ledger.calls.iter().filter(|call| call.cloud == cloud && call.action == action && acted(call)).count()
        })
    };
    for seed in 0..40 {
        let mut host = Host::new(world(&storm(seed, 0.05)), seed);
        host.crash_at = vec![2 + (seed as usize % 10)];
        let report = host.run(plan(&exports()), seed, 20_000);
        for (made, expected) in calls(&host).into_iter().zip([1, 2, 1]) {
            assert!(made <= expected, "seed {seed}: {made} exports for {expected}: {}", report.to_value());
        }
        for row in &report.rows {
            let may_doubt = row.cloud != "volcengine";
            assert!(
                row.phase == Phase::Ended(End::Ready) || (may_doubt && row.phase == Phase::Ended(End::Ambiguous)),
                "seed {seed}: {row:?}"
            );
        }
    }
}

/// Whether a call reached the cloud and was carried out.
fn acted(call: &imgferry_sim::Call) -> bool {
    call.refused.is_none() && !matches!(call.fault, Some("lost_before" | "refused" | "html_502" | "throttle" | "http_500_before"))
}

const ENCRYPTED: &str = "00000000-0000-4000-8000-00000000c0de";
const SHARED: &str = "00000000-0000-4000-8000-0000000054ed";
const KEYS: [&str; 2] = ["0d0466b0-e727-4d9c-b35d-f84bb474a37f", "1d0466b0-e727-4d9c-b35d-f84bb474a37f"];

/// The scenario with an encrypted image and an accepted shared one.
fn with_special_images(mut scenario: Value) -> Value {
    scenario["images"] = json!([
        {"cloud": "huawei", "region": "cn-north-4", "id": ENCRYPTED, "name": "vault", "encrypted": true},
        {"cloud": "huawei", "region": "cn-north-4", "id": SHARED, "name": "lent", "visibility": "shared", "shared_with": ["me"]},
        {"cloud": "tencent", "region": "ap-guangzhou", "id": "img-lent0001", "name": "lent", "visibility": "shared"}
    ]);
    scenario
}

/// An encrypted image with a key in each destination, a shared one, and a plain one that is encrypted on arrival.
fn chained(delete: bool) -> Value {
    json!({"copies": [
        {"cloud": "huawei", "image": ENCRYPTED, "from": "cn-north-4", "name": "golden", "description": "kept", "params": {"agency_name": "ims_copy_image"},
         "to": [{"region": "cn-south-1", "chain": {"cmk_id": KEYS[0]}}, {"region": "cn-east-2", "chain": {"cmk_id": KEYS[1]}}],
         "chain": {"delete_intermediates": delete}},
        {"cloud": "huawei", "image": SHARED, "from": "cn-north-4", "name": "silver", "params": {"agency_name": "ims_copy_image"},
         "to": ["cn-south-1", "cn-east-2"], "chain": {"delete_intermediates": delete}},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "name": "bronze", "params": {"agency_name": "ims_copy_image"},
         "to": ["cn-south-1"], "chain": {"cmk_id": KEYS[0], "delete_intermediates": delete}},
        {"cloud": "tencent", "image": "img-lent0001", "from": "ap-guangzhou", "name": "iron",
         "to": ["ap-shanghai", {"region": "ap-singapore", "chain": {"cmk_id": KEYS[0]}}], "chain": {"delete_intermediates": delete}}
    ]})
}

/// Images made on the way that are still there.
fn left_over(host: &Host) -> usize {
    host.world.images().filter(|image| image.name.starts_with("imgferry-")).count()
}

/// Every chain ended well, made each image once, and deleted nothing but its own steps.
fn assert_chained(host: &Host, report: &Report, delete: bool, what: &str) {
    assert_eq!(host.world.ledger().violations, [], "{what}");
    for row in report.rows.iter().chain(&report.steps) {
        assert_eq!(row.phase, Phase::Ended(End::Ready), "{what}: {row:?}");
    }
    for row in &report.rows {
        let image = image_of(host, row.cloud, row.new_image.as_deref());
        assert_eq!((image.region.as_str(), image.name.as_str()), (row.to.as_str(), row.name.as_str()), "{what}");
        let by_key = matches!((row.name.as_str(), row.to.as_str()), ("golden" | "bronze", _) | ("iron", "ap-singapore"));
        assert_eq!(image.encrypted, by_key, "{what}: {row:?}");
    }
    let made = host
        .world
        .ledger()
        .lanes
        .iter()
        .filter(|(lane, _)| lane.name.starts_with("imgferry-"))
        .map(|(_, images)| images.len())
        .sum::<usize>();
    // From the encrypted image one, and one in each destination; from the shared one one; from the plain one one.
    // On the other cloud one from the shared one, and one where there is a key.
    assert_eq!((made, report.steps.len()), (3 + 1 + 1 + 2, 7), "{what}");
    assert_eq!(left_over(host), if delete { 0 } else { made }, "{what}");
    assert!(host.world.deleted().iter().all(|image| image.name.starts_with("imgferry-")), "{what}");
    let finals = host.world.images().filter(|image| ["golden", "silver", "bronze", "iron"].contains(&image.name.as_str())).count();
    assert_eq!(finals, report.rows.len(), "{what}");
}

#[test]
fn encrypted_and_shared_images_go_by_images_of_their_own() {
    for delete in [false, true] {
        let mut host = Host::new(world(&with_special_images(json!({"copy_ms": [60_000, 600_000]}))), 1);
        let report = host.run(plan(&chained(delete)), 1, 20_000);
        assert_chained(&host, &report, delete, &format!("delete {delete}"));
        assert_eq!(report.exit_code(), 0);
        let ledger = host.world.ledger();
        assert_eq!(ledger.total(Cloud::Huawei, "CopyImageInRegion"), 2 + 3, "one a source, one a key");
        assert_eq!(ledger.total(Cloud::Huawei, "CopyImageCrossRegion"), 2 + 2 + 1);
        assert_eq!(ledger.total(Cloud::Huawei, "DeleteImage"), if delete { 5 } else { 0 });
        assert_eq!(ledger.total(Cloud::Tencent, "DeleteImages"), if delete { 2 } else { 0 });
        // Applied again, all is there, and no step is taken.
        let again = host.run(plan(&chained(delete)), 2, 20_000);
        assert!(again.rows.iter().all(|row| row.phase == Phase::Ended(End::Present)), "{}", again.to_value());
        assert_eq!(again.steps, []);
    }
}

#[test]
fn chains_survive_storms_and_kills() {
    for seed in 0..40 {
        let mut host = Host::new(world(&with_special_images(storm(seed, 0.04))), seed);
        host.crash_at = vec![2 + (seed as usize % 20), 25 + (seed as usize % 30)];
        let report = host.run(plan(&chained(true)), seed, 60_000);
        assert_chained(&host, &report, true, &format!("seed {seed}"));
    }
}

#[test]
fn chains_killed_at_every_record_end_the_same() {
    let scenario = with_special_images(storm(1, 0.0));
    let mut calm = Host::new(world(&scenario), 1);
    let whole = calm.run(plan(&chained(true)), 1, 60_000);
    assert_chained(&calm, &whole, true, "calm");
    let lines = calm.disk.lines().count();
    assert!(lines > 50, "{lines}");
    for line in 1..=lines {
        let mut host = Host::new(world(&scenario), 1);
        host.crash_at = vec![line];
        let report = host.run(plan(&chained(true)), 1, 60_000);
        assert_eq!(host.crashes, 1);
        assert_chained(&host, &report, true, &format!("killed after line {line}"));
        assert_eq!(ends(&report), ends(&whole));
    }
}

#[test]
fn what_others_made_is_used_and_never_deleted() {
    let given = json!({"copies": [{"cloud": "huawei", "image": SHARED, "from": "cn-north-4", "to": ["cn-south-1"], "name": "silver",
        "params": {"agency_name": "ims_copy_image"}, "chain": {"delete_intermediates": true}}]});
    let mut first = Host::new(world(&with_special_images(json!({}))), 1);
    let name = first.run(plan(&given), 1, 10_000).steps[0].name.clone();
    let mut scenario = with_special_images(json!({}));
    let earlier = json!({"cloud": "huawei", "region": "cn-north-4", "id": "00000000-0000-4000-8000-00000000ea12", "name": name,
        "origin": {"region": "cn-north-4", "image": SHARED}});
    scenario["images"].as_array_mut().expect("images").push(earlier);
    let mut host = Host::new(world(&scenario), 1);
    let report = host.run(plan(&given), 1, 10_000);
    assert_eq!(report.exit_code(), 0, "{}", report.to_value());
    assert_eq!(report.steps[0].phase, Phase::Ended(End::Present));
    assert_eq!(host.world.ledger().total(Cloud::Huawei, "CopyImageInRegion"), 0);
    assert_eq!(host.world.deleted(), [], "another run may need it");
}

#[test]
fn a_failed_step_fails_what_needs_it_and_leaves_the_rest() {
    let mut scenario = with_special_images(json!({}));
    // The name of the step is taken by an image of another origin.
    let mut first = Host::new(world(&scenario), 1);
    let name = first.run(plan(&chained(true)), 1, 20_000).steps.iter().find(|step| step.image == SHARED).map(|step| step.name.clone());
    scenario["images"].as_array_mut().expect("images").push(json!({"cloud": "huawei", "region": "cn-north-4", "name": name,
        "id": "00000000-0000-4000-8000-00000000ea13", "origin": {"region": "cn-north-4", "image": ENCRYPTED}}));
    let mut host = Host::new(world(&scenario), 1);
    let report = host.run(plan(&chained(true)), 1, 20_000);
    for row in &report.rows {
        let expected = if row.name == "silver" { End::Failed } else { End::Ready };
        assert_eq!(row.phase, Phase::Ended(expected), "{row:?}");
    }
    let failed = report.rows.iter().find(|row| row.name == "silver").and_then(|row| row.error.as_ref()).expect("an error");
    assert!(failed.message.contains("a step before it did not succeed: another image has the name"), "{failed:?}");
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn chains_are_checked_before_the_first_call_and_offered_where_they_help() {
    let given = |cloud: &str, image: &str, from: &str, to: &str, chain: Value| {
        let mut copy = json!({"cloud": cloud, "image": image, "from": from, "to": [to], "name": "golden"});
        if cloud == "huawei" {
            copy["params"] = json!({"agency_name": "ims_copy_image"});
        }
        if !chain.is_null() {
            copy["chain"] = chain;
        }
        plan(&json!({"copies": [copy]}))
    };
    let refused = Job::new(given("volcengine", "image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai", json!({})), START, 1);
    assert_eq!(refused.map_err(|error| error.code.clone()).err().as_deref(), Some("plan.chain.cloud"));

    let run = |chain: Value| {
        let mut host = Host::new(world(&with_special_images(json!({}))), 1);
        let report = host.run(given("huawei", ENCRYPTED, "cn-north-4", "cn-south-1", chain), 1, 10_000);
        assert_eq!(host.world.ledger().total(Cloud::Huawei, "CopyImageInRegion"), 0, "nothing is begun");
        report.rows[0].error.clone().expect("a refusal")
    };
    let without = run(Value::Null);
    assert_eq!(without.code, "huawei.CopyImageCrossRegion.image_id.encrypted");
    assert!(without.hint_en.contains("give the copy a chain"), "{without:?}");
    assert_eq!(run(json!({})).code, "plan.chain.key", "an encrypted image never arrives in the clear unasked");

    let shape = json!({"copies": [{"cloud": "huawei", "image": ENCRYPTED, "from": "cn-north-4", "to": [{"region": "cn-south-1", "chain": 1}],
        "chain": {"key": "x", "cmk_id": "", "delete_intermediates": "yes"}}]});
    let error = Plan::from_value(&shape).expect_err("four mistakes of form");
    let found: Vec<(&str, &str)> = error.problems.iter().map(|problem| (problem.rule, problem.path.as_str())).collect();
    for expected in [
        ("plan.unknown", "copies[0].chain.key"),
        ("plan.field", "copies[0].chain.cmk_id"),
        ("plan.field", "copies[0].chain.delete_intermediates"),
        ("plan.field", "copies[0].to[0].chain"),
    ] {
        assert!(found.contains(&expected), "{expected:?} not in {found:#?}");
    }
}

#[test]
fn a_doubtful_step_stops_its_lanes_and_a_cancelled_chain_goes_on_later() {
    let given = || {
        plan(
            &json!({"copies": [{"cloud": "huawei", "image": SHARED, "from": "cn-north-4", "to": ["cn-south-1", "cn-east-2"], "name": "silver",
            "params": {"agency_name": "ims_copy_image"}, "chain": {"delete_intermediates": true}}], "policy": {"ambiguity": "stop"}}),
        )
    };
    // The launch of the step is lost before the cloud saw it, and the plan wants a person to decide.
    let lost = json!({"script": [{"cloud": "huawei", "action": "CopyImageInRegion", "nth": 1, "fault": "lost_before"}]});
    let mut host = Host::new(world(&with_special_images(lost)), 1);
    let report = host.run(given(), 1, 10_000);
    assert!(report.rows.iter().chain(&report.steps).all(|row| row.phase == Phase::Ended(End::Ambiguous)), "{}", report.to_value());
    assert!(report.rows.iter().all(|row| row.launches == 0), "{}", report.to_value());
    assert_eq!(report.exit_code(), 7);

    let mut host = Host::new(world(&with_special_images(json!({"copy_ms": 600_000}))), 1);
    // The step is done after ten minutes, and then the copies run.
    host.mishaps.cancel_at = Some(START.plus(700_000));
    let report = host.run(given(), 1, 10_000);
    assert!(report.rows.iter().all(|row| row.phase == Phase::Ended(End::Unfinished)), "{}", report.to_value());
    assert_eq!(report.exit_code(), 6);
    assert_eq!(host.world.deleted(), [], "the step is kept for those who go on");
    let report = host.resume(10_000);
    assert!(report.rows.iter().chain(&report.steps).all(|row| row.phase == Phase::Ended(End::Ready)), "{}", report.to_value());
    assert_eq!(host.world.ledger().violations, []);
    assert_eq!((left_over(&host), host.world.deleted().len()), (0, 1));
}
