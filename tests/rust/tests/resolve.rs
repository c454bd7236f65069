//! A launch of which nobody can tell whether it took effect, and a person who has looked.

use imgferry::job::{Job, Phase, Report, Restored, Step};
use imgferry::{Cloud, Error, Kind, Millis};
use imgferry_sim::Delivery;
use imgferry_tests::harness::{Host, START, handle, images_per_lane, phases, plan, world};
use serde_json::{Value, json};

const LAUNCHES: [(Cloud, &str); 3] =
    [(Cloud::Tencent, "SyncImages"), (Cloud::Volcengine, "CopyImage"), (Cloud::Huawei, "CopyImageCrossRegion")];

/// One copy on each cloud, of a plan that leaves what is in doubt to a person.
fn three() -> Value {
    json!({
        "copies": [
            {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"},
            {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
            {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
             "params": {"agency_name": "ims_copy_image"}}
        ],
        "policy": {"ambiguity": "stop"}
    })
}

/// A host at the end of that plan, with every lane ambiguous: the first launch of every cloud met this fault.
fn in_doubt(fault: &str, scenario: Value) -> (Host, Report) {
    let mut scenario = scenario;
    scenario["script"] =
        LAUNCHES.iter().map(|(cloud, action)| json!({"cloud": cloud.as_str(), "action": action, "nth": 1, "fault": fault})).collect();
    let mut host = Host::new(world(&scenario), 1);
    let report = host.run(plan(&three()), 1, 5_000);
    assert_eq!((phases(&report), report.exit_code()), (vec!["ambiguous"; 3], 7));
    (host, report)
}

/// How the job comes back to the person: after a crash, or for its next turn.
type Return = fn(&str, Millis) -> Result<Restored, Error>;

const RETURNS: [Return; 2] = [Job::restore, Job::wake];

/// The ids of what the launches made, by lane.
fn made(host: &Host) -> Vec<String> {
    let of = |(cloud, region)| host.world.images().find(|image| image.cloud == cloud && image.region == region && image.name == "golden");
    let to = [(Cloud::Tencent, "ap-shanghai"), (Cloud::Volcengine, "cn-shanghai"), (Cloud::Huawei, "cn-south-1")];
    to.into_iter().map(|place| of(place).expect("it is there").id.clone()).collect()
}

#[test]
fn what_a_person_has_found_is_watched_to_its_end() {
    for (back, killed) in RETURNS.into_iter().flat_map(|back| [(back, false), (back, true)]) {
        // It shows later than absence is believed, and takes a day longer than that.
        let (mut host, _) = in_doubt("lost_after", json!({"copy_ms": 3_600_000, "visible_after_ms": 1_800_000}));
        host.now = host.now.plus(1_200_000);
        let mut job = back(&host.disk, host.clock()).expect("a journal").job;
        for (lane, id) in made(&host).iter().enumerate() {
            job.resolve(host.clock(), lane as u32, Some(id)).expect("it is in doubt");
        }
        let report = job.report();
        assert_eq!(phases(&report), ["image"; 3]);
        assert!(report.rows.iter().all(|row| row.error.is_none() && row.launches == 1), "{}", report.to_value());
        if killed {
            host.disk.push_str(&job.take_journal());
            let compacted = job.compact();
            for text in [&host.disk, &compacted] {
                let again = back(text, host.clock()).expect("a journal").job;
                assert_eq!(phases(&again.report()), ["image"; 3], "the word is in the journal");
                assert_eq!(again.report().rows[1].new_image, report.rows[1].new_image);
                job = again;
            }
        }
        host.drive(&mut job, 5_000);
        assert_eq!(phases(&job.report()), ["ready"; 3]);
        assert_eq!(LAUNCHES.map(|(cloud, action)| host.world.ledger().total(cloud, action)), [1; 3]);
        assert!(images_per_lane(&host.world).values().all(|images| *images == 1));
        assert_eq!(host.events.iter().filter(|event| event["event"] == "resolved").count(), if killed { 0 } else { 3 });
    }
}

#[test]
fn what_a_person_has_not_found_is_launched_anew() {
    for (back, killed) in RETURNS.into_iter().flat_map(|back| [(back, false), (back, true)]) {
        let (mut host, _) = in_doubt("lost_before", json!({"copy_ms": 600_000}));
        let mut job = back(&host.disk, host.clock()).expect("a journal").job;
        for lane in 0..3 {
            job.resolve(host.clock(), lane, None).expect("it is in doubt");
        }
        if killed {
            host.disk.push_str(&job.take_journal());
            job = back(&host.disk, host.clock()).expect("a journal").job;
        }
        assert_eq!(job.report().exit_code(), 6, "it goes on: {}", job.report().to_value());
        host.drive(&mut job, 5_000);
        assert_eq!(phases(&job.report()), ["ready"; 3]);
        assert!(job.report().rows.iter().all(|row| row.launches == 2 && row.error.is_none()));
        assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{:?}", images_per_lane(&host.world));
    }
}

/// The same job, still in memory.
#[test]
fn a_job_in_memory_goes_on_too() {
    for (fault, is_there) in [("lost_before", false), ("lost_after", true)] {
        let script: Value =
            LAUNCHES.iter().map(|(cloud, action)| json!({"cloud": cloud.as_str(), "action": action, "nth": 1, "fault": fault})).collect();
        let visible_ms = if is_there { 1_800_000 } else { 1_000 };
        let mut host = Host::new(world(&json!({"copy_ms": 600_000, "visible_after_ms": visible_ms, "script": script})), 1);
        let mut job = Job::new(plan(&three()), START, 1).expect("a plan");
        host.drive(&mut job, 5_000);
        assert_eq!(phases(&job.report()), ["ambiguous"; 3]);
        host.now = host.now.plus(1_800_000);
        let ids: Vec<Option<String>> = if is_there { made(&host).into_iter().map(Some).collect() } else { vec![None; 3] };
        for (lane, id) in ids.iter().enumerate() {
            job.resolve(host.clock(), lane as u32, id.as_deref()).expect("it is in doubt");
        }
        host.drive(&mut job, 5_000);
        assert_eq!(phases(&job.report()), ["ready"; 3], "{}", job.report().to_value());
        assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{:?}", images_per_lane(&host.world));
    }
}

/// The person was wrong: what is there is found before anything is launched.
#[test]
fn a_person_who_errs_makes_no_second_image() {
    let (mut host, _) = in_doubt("lost_after", json!({"copy_ms": 600_000, "visible_after_ms": 1_800_000}));
    host.now = host.now.plus(1_800_000);
    let mut job = Job::wake(&host.disk, host.clock()).expect("a journal").job;
    for lane in 0..3 {
        job.resolve(host.clock(), lane, None).expect("it is in doubt");
    }
    host.drive(&mut job, 5_000);
    assert!(phases(&job.report()).iter().all(|phase| ["present", "ready"].contains(phase)), "{}", job.report().to_value());
    assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{:?}", images_per_lane(&host.world));
}

#[test]
fn a_word_that_cannot_be_true_changes_nothing() {
    let (mut host, before) = in_doubt("lost_before", json!({}));
    let mut job = Job::wake(&host.disk, host.clock()).expect("a journal").job;
    for (lane, id) in [
        (0, Some("")),
        (0, Some("img 1")),
        (0, Some("img-\u{1b}")),
        (0, Some("../../img-1")),
        (0, Some("img-o3ycss2p")),
        (3, None),
        (u32::MAX, None),
    ] {
        let error = job.resolve(host.clock(), lane, id).expect_err("it cannot be true");
        assert_eq!((error.kind, &*error.code), (Kind::Misuse, "job.resolve"), "{lane} {id:?}");
        assert!(!error.hint_en.is_empty() && !error.hint_zh.is_empty());
    }
    assert_eq!(phases(&job.report()), phases(&before));
    assert_eq!(job.take_journal(), "");
    job.resolve(host.clock(), 1, None).expect("it is in doubt");
    let again = job.resolve(host.clock(), 1, None).expect_err("it goes on already");
    assert_eq!(again.message, "lane 1 is in no doubt: it needs no person's word");
    assert!(again.hint_zh.contains("无需人工判断"), "{again}");
    host.drive(&mut job, 5_000);
    assert_eq!(phases(&job.report()), ["ambiguous", "ready", "ambiguous"]);
}

#[test]
fn an_export_is_known_by_its_task() {
    let exports = json!({
        "exports": [
            {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "name": "golden", "params": {"BucketName": "images-1250000000"}},
            {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "name": "golden2", "params": {"BucketName": "images-1250000000"}},
            {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4",
             "params": {"bucket_url": "images:golden.qcow2", "file_format": "qcow2"}}
        ],
        "policy": {"ambiguity": "stop"}
    });
    let script = json!([{"action": "ExportImages", "nth": 1, "fault": "lost_before"}, {"cloud": "huawei", "action": "ExportImage", "nth": 1, "fault": "lost_before"}]);
    let mut host = Host::new(world(&json!({"copy_ms": 60_000, "script": script})), 1);
    assert_eq!(phases(&host.run(plan(&exports), 1, 5_000)), ["ambiguous", "ready", "ambiguous"]);
    let mut watched = Job::wake(&host.disk, host.clock()).expect("a journal").job;
    watched.resolve(host.clock(), 2, Some("4010b39d5281d6ae01528ed3ccc26a9f")).expect("it is in doubt");
    let row = &watched.report().rows[2];
    assert_eq!((row.phase, row.task.as_deref()), (Phase::Task, Some("4010b39d5281d6ae01528ed3ccc26a9f")));
    let mut job = Job::wake(&host.disk, host.clock()).expect("a journal").job;
    for lane in [0, 2] {
        job.resolve(host.clock(), lane, None).expect("it is in doubt");
    }
    host.drive(&mut job, 5_000);
    assert_eq!(phases(&job.report()), ["ready"; 3], "{}", job.report().to_value());
}

/// A step is told of by its own lane, and those that it was to serve go on with it.
#[test]
fn a_step_in_doubt_is_resolved_for_all_who_need_it() {
    let shared = "00000000-0000-4000-8000-0000000054ed";
    let given = json!({"copies": [{"cloud": "huawei", "image": shared, "from": "cn-north-4", "to": ["cn-south-1", "cn-east-2"], "name": "silver",
        "params": {"agency_name": "ims_copy_image"}, "chain": {}}], "policy": {"ambiguity": "stop"}});
    let images =
        json!([{"cloud": "huawei", "region": "cn-north-4", "id": shared, "name": "lent", "visibility": "shared", "shared_with": ["me"]}]);
    let lost = json!({"copy_ms": 60_000, "images": images, "script": [{"cloud": "huawei", "action": "CopyImageInRegion", "nth": 1, "fault": "lost_before"}]});
    let mut host = Host::new(world(&lost), 1);
    let report = host.run(plan(&given), 1, 10_000);
    assert_eq!((phases(&report), report.steps.len(), report.steps[0].phase.as_str()), (vec!["ambiguous"; 2], 1, "ambiguous"));
    let mut job = Job::wake(&host.disk, host.clock()).expect("a journal").job;
    job.resolve(host.clock(), report.steps[0].lane, None).expect("it is in doubt");
    host.drive(&mut job, 10_000);
    assert_eq!(phases(&job.report()), ["ready"; 2], "{}", job.report().to_value());
    assert!(images_per_lane(&host.world).values().all(|images| *images == 1));
}

/// What a console shows of a lane: since when it stands there, what comes next, and when it may be over.
#[test]
fn rows_tell_times() {
    let (mut host, mut now) = (Host::new(world(&json!({"copy_ms": 3_600_000})), 1), START);
    let mut job = Job::new(plan(&three()), START, 1).expect("a plan");
    while now < START.plus(1_800_000) {
        match job.poll(now, &host.keys) {
            Step::Send(outgoing) => match handle(&mut host.world, now, &outgoing.request) {
                Delivery::Answer(answer) => job.answer(now, outgoing.id, answer).expect("it is under way"),
                other => panic!("{other:?}"),
            },
            Step::Wait { until } => now = until,
            Step::Done => panic!("too early"),
        }
    }
    for row in job.report().rows {
        let (launched, next) = (row.launched.expect("it was launched"), row.next.expect("it is looked at again"));
        assert!(START <= launched && launched < START.plus(60_000) && launched < row.since && row.since <= now && now <= next, "{row:?}");
        if let Some((from, to)) = row.eta_ms {
            assert!(0 < from && from < 1_800_000 && 1_800_000 < to, "{row:?}");
        }
    }
    assert!(job.report().rows.iter().any(|row| row.eta_ms.is_some()), "{}", job.report().to_value());
    let mut host = Host::new(world(&json!({"copy_ms": 3_600_000})), 1);
    for row in host.run(plan(&three()), 1, 5_000).rows {
        assert!(row.launched.expect("it was launched") < row.since && (row.next, row.eta_ms) == (None, None), "{row:?}");
    }
}
