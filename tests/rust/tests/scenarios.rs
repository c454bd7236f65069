//! What goes wrong with replications, one story each, named for the trouble.

use imgferry::job::{Job, Keyring, Step};
use imgferry::{Cloud, Credentials, Kind, Millis};
use imgferry_sim::Image;
use imgferry_tests::harness::{Deed, Host, START, handle, images_per_lane, keyring, phases, plan, world};
use serde_json::{Value, json};

const TENCENT: &str = "img-o3ycss2p";
const VOLCENGINE: &str = "image-4431h3l7hl31a0example";
const HUAWEI: &str = "465076de-dc36-4aec-80f5-ef9d8009428f";
const SEVEN: [&str; 7] = ["cn-south-1", "cn-east-3", "cn-north-1", "cn-southwest-2", "ap-southeast-1", "ap-southeast-3", "af-south-1"];

/// Launches, by cloud.
const LAUNCHES: [(Cloud, &str); 3] =
    [(Cloud::Tencent, "SyncImages"), (Cloud::Volcengine, "CopyImage"), (Cloud::Huawei, "CopyImageCrossRegion")];

fn copy(cloud: Cloud, to: &[&str]) -> Value {
    match cloud {
        Cloud::Tencent => json!({"cloud": "tencent", "image": TENCENT, "from": "ap-guangzhou", "to": to, "name": "golden"}),
        Cloud::Volcengine => json!({"cloud": "volcengine", "image": VOLCENGINE, "from": "cn-beijing", "to": to, "name": "golden"}),
        Cloud::Huawei => json!({"cloud": "huawei", "image": HUAWEI, "from": "cn-north-4", "to": to, "name": "golden",
                                "params": {"agency_name": "ims_copy_image"}}),
    }
}

/// One copy on each cloud.
fn three() -> Value {
    json!({"copies": [copy(Cloud::Tencent, &["ap-shanghai"]), copy(Cloud::Volcengine, &["cn-shanghai"]), copy(Cloud::Huawei, &["cn-south-1"])]})
}

fn only(cloud: Cloud, to: &[&str], policy: Value) -> Value {
    json!({"copies": [copy(cloud, to)], "policy": policy})
}

/// The first launch of every cloud meets this fault.
fn script(fault: &str) -> Value {
    LAUNCHES.iter().map(|(cloud, action)| json!({"cloud": cloud.as_str(), "action": action, "nth": 1, "fault": fault})).collect()
}

fn count(host: &Host, event: &str) -> usize {
    host.events.iter().filter(|told| told["event"] == event).count()
}

fn launches(host: &Host) -> [u64; 3] {
    LAUNCHES.map(|(cloud, action)| host.world.ledger().total(cloud, action))
}

fn assert_once(host: &Host) {
    assert_eq!(host.world.ledger().violations, []);
    assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{:?}", images_per_lane(&host.world));
}

#[test]
fn submit_answer_lost_then_found() {
    for fault in ["lost_after", "timeout_after", "http_500_after", "garbage", "truncated"] {
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script(fault)})), 1);
        let report = host.run(plan(&three()), 1, 5_000);
        assert_eq!(phases(&report), ["ready"; 3], "{fault}");
        assert_eq!((launches(&host), count(&host, "resolved")), ([1; 3], 3), "{fault}: looked for, and not launched again");
        assert_once(&host);
    }
}

#[test]
fn submit_lost_before_acting() {
    for fault in ["lost_before", "http_500_before", "html_502"] {
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script(fault)})), 1);
        let report = host.run(plan(&three()), 1, 5_000);
        assert_eq!(phases(&report), ["ready"; 3], "{fault}");
        assert_eq!((launches(&host), count(&host, "absent")), ([2; 3], 3), "{fault}");
        assert!(host.now.since(START) >= 120_000 + 300_000, "the settle time was kept");
        assert_once(&host);
    }
    // A connection that is refused leaves no doubt: nothing is waited for.
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script("refused")})), 1);
    assert_eq!(phases(&host.run(plan(&three()), 1, 5_000)), ["ready"; 3]);
    assert_eq!((launches(&host), count(&host, "absent")), ([2; 3], 0));
}

#[test]
fn submit_lost_and_the_policy_stops() {
    let mut stop = three();
    stop["policy"] = json!({"ambiguity": "stop"});
    let mut host = Host::new(world(&json!({"script": script("lost_before")})), 1);
    let report = host.run(plan(&stop), 1, 5_000);
    assert_eq!(phases(&report), ["ambiguous"; 3]);
    assert_eq!((launches(&host), report.exit_code()), ([1; 3], 7));
    assert!(report.rows.iter().all(|row| row.error.as_ref().is_some_and(|error| !error.hint_en.is_empty())));
}

#[test]
fn listing_lags_behind() {
    for seed in 0..20 {
        let scenario = json!({"seed": seed, "copy_ms": 300_000, "visible_after_ms": 110_000, "script": script("lost_after")});
        let mut host = Host::new(world(&scenario), seed);
        let report = host.run(plan(&three()), seed, 5_000);
        assert_eq!(phases(&report), ["ready"; 3], "seed {seed}");
        assert_eq!(launches(&host), [1; 3], "seed {seed}");
        assert_once(&host);
    }
}

#[test]
fn clock_jumps_back_an_hour() {
    for jump_ms in [-3_600_000, 3_600_000, -86_400_000, 86_400_000] {
        for at_ms in [100, 20_000, 60_000, 200_000] {
            let scenario = json!({"copy_ms": 300_000, "visible_after_ms": 60_000, "script": script("lost_after")});
            let mut host = Host::new(world(&scenario), 1);
            host.mishaps.jumps = vec![(START.plus(at_ms), jump_ms)];
            let mut patient = three();
            patient["policy"] = json!({"deadline": "100h", "lane_deadline": "90h"});
            let report = host.run(plan(&patient), 1, 5_000);
            assert_eq!(phases(&report), ["ready"; 3], "{jump_ms} at {at_ms}");
            assert_eq!(launches(&host), [1; 3], "{jump_ms} at {at_ms}");
            assert!(host.now.since(START) < 3_600_000, "{jump_ms} at {at_ms}: nobody waits for a clock");
            assert_once(&host);
        }
    }
}

#[test]
fn throttled_while_polling() {
    let looks = [(Cloud::Tencent, "DescribeImages"), (Cloud::Volcengine, "DescribeTasks"), (Cloud::Huawei, "ShowJobProgress")];
    let entry =
        |(cloud, action): (Cloud, &str), nth: u64| json!({"cloud": cloud.as_str(), "action": action, "nth": nth, "fault": "throttle"});
    let script: Vec<Value> = looks.into_iter().flat_map(|look| (2..40).map(move |nth| entry(look, nth))).collect();
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script})), 1);
    let report = host.run(plan(&three()), 1, 5_000);
    assert_eq!(phases(&report), ["ready"; 3], "throttling ends no job");
    assert!(count(&host, "throttled") >= 3 * 30, "{}", count(&host, "throttled"));
    assert_once(&host);
}

#[test]
fn partial_image_set() {
    let to = ["ap-shanghai", "ap-singapore", "na-ashburn"];
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script("partial")})), 1);
    let report = host.run(plan(&only(Cloud::Tencent, &to, json!({}))), 1, 5_000);
    assert_eq!(phases(&report), ["ready"; 3]);
    assert_eq!((launches(&host)[0], count(&host, "resolved")), (1, 1), "the one that was not named was looked for");
    assert_once(&host);
}

#[test]
fn one_bad_region_spoils_nobody() {
    let to = ["ap-shanghai", "ap-tokyo", "ap-singapore", "na-ashburn"];
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "busy_source": false, "no_copy": {"tencent": ["ap-tokyo"]}})), 1);
    let report = host.run(plan(&only(Cloud::Tencent, &to, json!({}))), 1, 5_000);
    assert_eq!(phases(&report), ["ready", "failed", "ready", "ready"]);
    assert_eq!(report.rows[1].error.as_ref().map(|error| error.code.as_str()), Some("InvalidRegion.Unavailable"));
    assert_once(&host);
}

#[test]
fn name_taken_by_earlier_attempt() {
    // The copy shows later than absence is believed; the cloud's refusal of the name tells that it is there.
    let mut found = 0;
    for seed in 0..10 {
        let scenario = json!({"seed": seed, "copy_ms": 600_000, "visible_after_ms": 200_000, "script": script("lost_after")});
        let mut host = Host::new(world(&scenario), seed);
        let report = host.run(plan(&only(Cloud::Tencent, &["ap-shanghai"], json!({"settle": "5s"}))), seed, 5_000);
        assert_eq!(phases(&report), ["ready"], "seed {seed}");
        found += launches(&host)[0] - 1;
        assert_once(&host);
    }
    assert!(found > 0, "some were launched again and refused");
}

/// The cloud refuses the name for a copy that failed, which is in nobody's way otherwise: no launch can ever succeed.
#[test]
fn name_taken_by_a_copy_that_failed_is_a_conflict_and_not_tried_again() {
    let failed = json!({"cloud": "tencent", "region": "ap-shanghai", "id": "img-inway001", "name": "golden", "state": "failed"});
    for (fault, reconcile, sent) in [("", true, 1), ("", false, 1), ("lost_before", true, 2)] {
        let script = if fault.is_empty() { json!([]) } else { script(fault) };
        for crash_at in [vec![], vec![4], vec![5], vec![6]] {
            let mut host = Host::new(world(&json!({"copy_ms": 300_000, "images": [failed], "script": script})), 1);
            host.crash_at.clone_from(&crash_at);
            let report = host.run(plan(&only(Cloud::Tencent, &["ap-shanghai"], json!({"reconcile": reconcile}))), 1, 5_000);
            let what = format!("{fault} {reconcile} {crash_at:?}: {}", report.to_value());
            assert_eq!((phases(&report), report.exit_code()), (vec!["conflict"], 4), "{what}");
            assert!(launches(&host)[0] <= sent + crash_at.len() as u64 && launches(&host)[0] >= sent, "{what}");
            assert!(report.rows[0].error.as_ref().is_some_and(|error| error.message.contains("img-inway001")), "{what}");
        }
    }
}

/// Another job copies the same image between our look and our launch.
#[test]
fn name_taken_by_the_copy_that_somebody_else_has_just_made_is_present() {
    let source = json!({"cloud": "tencent", "region": "ap-guangzhou", "id": TENCENT, "name": "base", "created_ms": 1_700_000_000_000_i64});
    let theirs = Image::new(Cloud::Tencent, "ap-shanghai", "img-theirs01", "golden");
    let mut refused = 0;
    for at_ms in (0..1_000).step_by(10) {
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "catalogue": false, "images": [source]})), 1);
        host.mishaps.deeds = vec![(START.plus(at_ms), Deed::Makes(Box::new(theirs.clone())))];
        let report = host.run(plan(&only(Cloud::Tencent, &["ap-shanghai"], json!({}))), 1, 5_000);
        if host.world.ledger().calls.iter().any(|call| call.refused.as_deref() == Some("InvalidImageName.Duplicate")) {
            refused += 1;
            let row = &report.rows[0];
            assert_eq!((row.phase.as_str(), row.new_image.as_deref(), row.launches), ("present", Some("img-theirs01"), 1), "{row:?}");
            assert!(row.note.is_some() && row.error.is_none() && report.exit_code() == 0, "{row:?}");
        }
    }
    assert!(refused > 0, "some were launched in between");
}

/// A launch waits for its turn, somebody makes an image of its name meanwhile, and its answer is lost.
#[test]
fn what_somebody_made_while_a_launch_waited_is_not_its_copy() {
    let lost = json!([{"cloud": "huawei", "action": "CopyImageCrossRegion", "nth": 6, "fault": "lost_before"}]);
    for (minutes, expected) in [(2, "ready"), (25, "ambiguous")] {
        let mut host = Host::new(world(&json!({"copy_ms": 1_800_000, "script": lost})), 1);
        let theirs = Image::new(Cloud::Huawei, SEVEN[5], "00000000-0000-4000-8000-0000000007e1", "golden");
        host.mishaps.deeds = vec![(START.plus(minutes * 60_000), Deed::Makes(Box::new(theirs.clone())))];
        let report = host.run(plan(&only(Cloud::Huawei, &SEVEN[..6], json!({}))), 1, 5_000);
        let row = &report.rows[5];
        assert_eq!(row.phase.as_str(), expected, "{minutes}: {row:?}");
        assert_ne!(row.new_image.as_deref(), Some(theirs.id.as_str()), "{row:?}");
        assert_eq!(
            images_per_lane(&host.world).get(&(Cloud::Huawei, SEVEN[5].to_owned(), "golden".to_owned())).copied().unwrap_or(0),
            usize::from(expected == "ready")
        );
    }
}

/// Huawei Cloud records what a copy was made from: what has our name and no origin is somebody else's, whenever it was made.
#[test]
fn what_was_made_of_nothing_is_not_a_copy() {
    for (fault, expected) in [("lost_after", "ready"), ("lost_before", "ambiguous")] {
        let script = json!([{"cloud": "huawei", "action": "CopyImageCrossRegion", "nth": 1, "fault": fault}]);
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "visible_after_ms": 20_000, "script": script})), 1);
        let theirs = Image::new(Cloud::Huawei, SEVEN[0], "00000000-0000-4000-8000-0000000007e1", "golden");
        host.mishaps.deeds = vec![(START.plus(2_000), Deed::Makes(Box::new(theirs.clone())))];
        let report = host.run(plan(&only(Cloud::Huawei, &SEVEN[..1], json!({}))), 1, 5_000);
        let row = &report.rows[0];
        assert_eq!((row.phase.as_str(), row.launches), (expected, 1), "{fault}: {row:?}");
        assert_ne!(row.new_image.as_deref(), Some(theirs.id.as_str()), "{row:?}");
    }
}

#[test]
fn key_locked_after_failures_is_not_hammered() {
    let mut host = Host::new(world(&json!({"copy_ms": 60_000})), 1);
    // Somebody else has tried the key with a wrong secret, once too often.
    let wrong = Credentials::new("HWAKEXAMPLE", "EXAMPLE-SECRET-WRONG", None).expect("well formed");
    for attempt in 0..6 {
        let one = plan(&only(Cloud::Huawei, &["cn-south-1"], json!({})));
        let mut job = Job::new(one, START, attempt).expect("a valid plan");
        let Step::Send(outgoing) = job.poll(START, &Keyring::default().with(Cloud::Huawei, wrong.clone())) else { panic!("a request") };
        let _ = handle(&mut host.world, START, &outgoing.request);
    }
    let before = host.world.ledger().calls.len();
    let report = host.run(plan(&only(Cloud::Huawei, &SEVEN, json!({}))), 1, 5_000);
    assert_eq!(phases(&report), ["ready"; 7]);
    let locked = |call: &&imgferry_sim::Call| call.at.since(START) < 300_000;
    assert_eq!(host.world.ledger().calls.iter().skip(before).filter(locked).count(), 1, "one request learned of the lock");
}

#[test]
fn wrong_key_is_tried_once() {
    let mut host = Host::new(world(&json!({})), 1);
    host.keys = host.keys.clone().with(Cloud::Huawei, Credentials::new("HWAKEXAMPLE", "EXAMPLE-SECRET-WRONG", None).expect("well formed"));
    let mut plan_of_two = three();
    plan_of_two["copies"][2]["to"] = json!(SEVEN);
    let report = host.run(plan(&plan_of_two), 1, 5_000);
    assert_eq!(&phases(&report)[..2], ["ready"; 2], "the other clouds go on");
    assert_eq!(&phases(&report)[2..], ["cancelled"; 7], "with the right key they can be resumed");
    assert!(report.rows[2].error.as_ref().is_some_and(|error| error.kind == Kind::Auth));
    assert_eq!(host.world.ledger().calls.iter().filter(|call| call.cloud == Cloud::Huawei).count(), 1);
}

#[test]
fn expired_token_is_asked_for_again() {
    let key = |number: u32| json!({"id": format!("EXAMPLE{number}"), "secret": format!("EXAMPLE-SECRET-{number}"), "token": format!("TOKEN-{number}")});
    let credentials =
        |number: u32| Credentials::new(&format!("EXAMPLE{number}"), &format!("EXAMPLE-SECRET-{number}"), Some(&format!("TOKEN-{number}")));
    let mut keys = serde_json::Map::new();
    let mut host_keys = keyring();
    for cloud in Cloud::ALL {
        let mut first = key(1);
        first["valid_ms"] = json!(200_000);
        keys.insert(cloud.as_str().into(), json!([first, key(2)]));
        host_keys = host_keys.with(cloud, credentials(1).expect("well formed"));
    }
    let scenario = json!({"copy_ms": 600_000, "credentials": keys});
    let mut host = Host::new(world(&scenario), 1);
    host.keys = host_keys.clone();
    host.mishaps.renewals = Cloud::ALL.into_iter().map(|cloud| (cloud, credentials(2).expect("well formed"))).collect();
    assert_eq!(phases(&host.run(plan(&three()), 1, 5_000)), ["ready"; 3]);
    assert_eq!((count(&host, "credentials"), launches(&host)), (3, [1; 3]));

    // Nobody has fresh ones: what runs is left running, and can be taken up again later.
    let mut host = Host::new(world(&scenario), 1);
    host.keys = host_keys;
    let report = host.run(plan(&three()), 1, 5_000);
    assert_eq!((phases(&report), report.exit_code()), (vec!["unfinished"; 3], 6));
    host.keys = Cloud::ALL.into_iter().fold(keyring(), |keys, cloud| keys.with(cloud, credentials(2).expect("well formed")));
    assert_eq!(phases(&host.resume(5_000)), ["ready"; 3]);
    assert_eq!(launches(&host), [1; 3]);
    assert_once(&host);
}

#[test]
fn huawei_five_at_a_time() {
    let mut host = Host::new(world(&json!({"copy_ms": 600_000})), 1);
    let report = host.run(plan(&only(Cloud::Huawei, &SEVEN, json!({}))), 1, 10_000);
    assert_eq!(phases(&report), ["ready"; 7]);
    assert_eq!(host.world.ledger().violations, []);
    assert_eq!(launches(&host)[2], 7, "none was refused");
}

#[test]
fn source_busy_waits() {
    // Other names want other calls, and Tencent's source is busy while a copy of it runs.
    let to: Vec<Value> =
        ["ap-shanghai", "ap-singapore", "na-ashburn"].map(|region| json!({"region": region, "name": format!("for-{region}")})).into();
    let mut waits = only(Cloud::Tencent, &[], json!({}));
    waits["copies"][0]["to"] = json!(to);
    let mut host = Host::new(world(&json!({"copy_ms": 600_000, "busy_source": true, "progress": "linear"})), 1);
    let report = host.run(plan(&waits), 1, 5_000);
    assert_eq!(phases(&report), ["ready"; 3]);
    assert!(launches(&host)[0] <= 3 + 2 + 1 + 8, "{} launches for three copies", launches(&host)[0]);
    assert!(host.now.since(START) <= 3 * 600_000 + 3 * 40_000, "{} s", host.now.since(START) / 1000);
    assert_once(&host);
}

#[test]
fn what_can_go_together_goes_together() {
    let image = |number: usize| json!({"cloud": "tencent", "region": "ap-guangzhou", "id": format!("img-base{number:04}"), "name": format!("base-{number}")});
    let to = json!(["ap-shanghai", {"region": "ap-tokyo", "name": "own-{name}"}, "ap-singapore", "na-ashburn"]);
    let copies: Vec<Value> = (0..30)
        .map(|number| json!({"cloud": "tencent", "image": format!("img-base{number:04}"), "from": "ap-guangzhou", "to": to, "name": "golden-{name}"}))
        .collect();
    let images: Vec<Value> = (0..30).map(image).collect();
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "busy_source": false, "images": images})), 1);
    let report = host.run(plan(&json!({"copies": copies})), 1, 20_000);
    assert_eq!(phases(&report), ["ready"; 120]);
    assert_eq!(launches(&host)[0], 60, "one call for the three of one name, one for the other");
    assert_once(&host);
}

#[test]
fn quota_full_in_one_region() {
    let scenario = json!({"copy_ms": 300_000, "quotas": {"tencent": 1, "volcengine": 1, "huawei": 1}, "images": [
        {"cloud": "tencent", "region": "ap-tokyo", "name": "another"},
        {"cloud": "volcengine", "region": "cn-hongkong", "name": "another"},
        {"cloud": "huawei", "region": "cn-north-1", "name": "another"}
    ]});
    for check_quota in [true, false] {
        let copies = [
            copy(Cloud::Tencent, &["ap-shanghai", "ap-tokyo"]),
            copy(Cloud::Volcengine, &["cn-shanghai", "cn-hongkong"]),
            copy(Cloud::Huawei, &["cn-south-1", "cn-north-1"]),
        ];
        let mut host = Host::new(world(&scenario), 1);
        let report = host.run(plan(&json!({"copies": copies, "policy": {"check_quota": check_quota}})), 1, 5_000);
        assert_eq!(phases(&report), ["ready", "failed", "ready", "failed", "ready", "failed"]);
        assert!(report.rows.iter().filter_map(|row| row.error.as_ref()).all(|error| error.kind == Kind::Quota));
        assert_once(&host);
    }
}

#[test]
fn image_deleted_while_watching() {
    for at_ms in [100_000, 299_000] {
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "progress": "linear"})), 1);
        let gone = |cloud, region: &str| (START.plus(at_ms), Deed::TakesAway(cloud, region.to_owned(), "golden".to_owned()));
        host.mishaps.deeds =
            vec![gone(Cloud::Tencent, "ap-shanghai"), gone(Cloud::Volcengine, "cn-shanghai"), gone(Cloud::Huawei, "cn-south-1")];
        let report = host.run(plan(&three()), 1, 5_000);
        assert_eq!(phases(&report), ["failed"; 3], "deleted after {at_ms} ms");
        assert_eq!(launches(&host), [1; 3], "what was deleted is not made again");
        assert!(host.now.since(START) < 1_800_000, "noticed after {} s", host.now.since(START) / 1000);
    }
}

#[test]
fn journal_torn_anywhere() {
    let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script("lost_after")})), 1);
    let whole = host.run(plan(&three()), 1, 5_000);
    let disk = host.disk.clone();
    let (mut kept, mut last) = (0, None);
    for end in (0..=disk.len()).filter(|end| disk.is_char_boundary(*end)) {
        if disk[..end].ends_with('\n') {
            (kept, last) = (end, None);
        }
        match Job::restore(&disk[..end], host.now) {
            Err(error) => assert!(kept == 0 && error.code == "journal.empty", "byte {end}: {error}"),
            Ok(restored) => {
                assert_eq!(restored.kept, kept, "byte {end}: whole lines count, the torn one does not");
                let report = restored.job.report();
                assert_eq!(last.get_or_insert(report.clone()), &report, "byte {end}");
            }
        }
    }
    // Taken up again after every line, with requests in the air or not, it ends the same and launches nothing twice.
    let ends = |report: &imgferry::job::Report| report.rows.iter().map(|row| (row.phase, row.new_image.clone())).collect::<Vec<_>>();
    for line in 1..=disk.lines().count() {
        for seed in 0..4 {
            let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script("lost_after")})), seed);
            host.crash_at = vec![line];
            let report = host.run(plan(&three()), 1, 5_000);
            assert_eq!((host.crashes, ends(&report)), (1, ends(&whole)), "line {line}, seed {seed}");
            assert_once(&host);
        }
    }
}

#[test]
fn corrupt_middle_line_is_refused() {
    let mut host = Host::new(world(&json!({"copy_ms": 60_000})), 1);
    host.run(plan(&three()), 1, 5_000);
    let lines: Vec<&str> = host.disk.split_inclusive('\n').collect();
    for broken in 0..lines.len() {
        let damaged: String = lines
            .iter()
            .enumerate()
            .map(|(index, line)| if index == broken { line.replacen('"', "'", 1) } else { (*line).to_owned() })
            .collect();
        let error = Job::restore(&damaged, host.now).map(|_| ()).expect_err("a damaged line");
        assert_eq!((error.kind, error.code.as_str()), (Kind::Misuse, "journal.line"));
        assert!(error.message.contains(&format!("line {} ", broken + 1)), "{error}");
    }
}

#[test]
fn answer_twice_changes_nothing() {
    let mut host = Host::new(world(&json!({"copy_ms": 300_000})), 1);
    host.mishaps.twice = 1000;
    host.mishaps.strangers = 500;
    let report = host.run(plan(&three()), 1, 5_000);
    assert_eq!(phases(&report), ["ready"; 3]);
    assert_eq!(launches(&host), [1; 3]);
    assert_once(&host);
}

#[test]
fn deadline_leaves_resumable() {
    let mut short = three();
    short["policy"] = json!({"deadline": "5m"});
    let mut host = Host::new(world(&json!({"copy_ms": 1_200_000})), 1);
    let report = host.run(plan(&short), 1, 5_000);
    assert_eq!((phases(&report), report.exit_code()), (vec!["unfinished"; 3], 6));
    assert!(host.now.since(START) < 302_000);
    // Deadlines begin anew: five minutes are too short three times.
    let mut report = report;
    for _ in 0..10 {
        if report.exit_code() == 0 {
            break;
        }
        report = host.resume(5_000);
    }
    assert_eq!((phases(&report), launches(&host)), (vec!["ready"; 3], [1; 3]));
    assert_once(&host);
}

#[test]
fn cancel_says_what_runs_on() {
    let mut host = Host::new(world(&json!({"copy_ms": 600_000})), 1);
    host.mishaps.cancel_at = Some(START.plus(120_000));
    let report = host.run(plan(&only(Cloud::Huawei, &SEVEN, json!({}))), 1, 5_000);
    assert_eq!(
        (phases(&report), report.exit_code()),
        (vec!["unfinished", "unfinished", "unfinished", "unfinished", "unfinished", "cancelled", "cancelled"], 6)
    );
    assert!(report.rows.iter().take(5).all(|row| row.task.is_some()), "what runs on can be found");
    assert_eq!(launches(&host)[2], 5);
    assert_eq!(phases(&host.resume(5_000)), ["ready"; 7]);
    assert_eq!(launches(&host)[2], 7);
    assert_once(&host);
}

#[test]
fn retry_after_is_honoured() {
    let scenario = json!({"copy_ms": 60_000, "faults": {"retry_after_s": 45}, "script": script("throttle")});
    let mut host = Host::new(world(&scenario), 1);
    let report = host.run(plan(&three()), 1, 5_000);
    assert_eq!(phases(&report), ["ready"; 3]);
    // Tencent throttles with status 200 and no such header.
    for (cloud, action) in &LAUNCHES[1..] {
        let calls: Vec<Millis> =
            host.world.ledger().calls.iter().filter(|call| call.cloud == *cloud && call.action == *action).map(|call| call.at).collect();
        assert_eq!(calls.len(), 2);
        let waited = calls[1].since(calls[0]);
        assert!((45_000..50_000).contains(&waited), "{cloud}: {waited} ms");
    }
}

#[test]
fn same_seed_same_story() {
    let tell = |seed: u64| {
        let mut host =
            Host::new(world(&json!({"seed": 5, "copy_ms": [60_000, 600_000], "faults": {"lost_after": 0.1, "throttle": 0.1}})), 5);
        let report = host.run(plan(&three()), seed, 10_000);
        (host.story(), report.to_value().to_string(), host.disk)
    };
    assert_eq!(tell(1), tell(1));
    assert_ne!(tell(1).0, tell(2).0);
}

/// The image of the wanted name in each cloud's destination, as the scenario writes it.
fn there(cloud: Cloud, id: &str, created_ms: i64) -> Value {
    let (region, origin) = match cloud {
        Cloud::Tencent => ("ap-shanghai", Value::Null),
        Cloud::Volcengine => ("cn-shanghai", Value::Null),
        Cloud::Huawei => ("cn-south-1", json!({"region": "cn-north-4", "image": HUAWEI})),
    };
    let mut image = json!({"cloud": cloud.as_str(), "region": region, "id": id, "name": "golden", "created_ms": created_ms});
    if !origin.is_null() {
        image["origin"] = origin;
    }
    image
}

const TWO: [(Cloud, [&str; 2]); 3] = [
    (Cloud::Tencent, ["img-there001", "img-there002"]),
    (Cloud::Volcengine, ["image-there0000000000000001", "image-there0000000000000002"]),
    (Cloud::Huawei, ["00000000-0000-4000-8000-0000000000a1", "00000000-0000-4000-8000-0000000000a2"]),
];

#[test]
fn two_images_of_the_wanted_name_are_both_named() {
    let images: Vec<Value> = TWO.iter().flat_map(|(cloud, ids)| ids.map(|id| there(*cloud, id, START.0))).collect();
    let mut host = Host::new(world(&json!({ "images": images })), 1);
    let report = host.run(plan(&three()), 1, 5_000);
    assert_eq!(phases(&report), ["present"; 3]);
    // Told again from the journal.
    let again = host.resume(5_000);
    for (row, (cloud, ids)) in report.rows.iter().zip(TWO) {
        let (en, zh) = row.note.clone().expect("a note");
        assert!(ids.iter().all(|id| en.contains(id) && zh.contains(id)), "{en}");
        assert_eq!(en.contains("judged by name, size, system and age"), cloud != Cloud::Huawei, "{en}");
    }
    let notes = |report: &imgferry::job::Report| report.rows.iter().map(|row| row.note.clone()).collect::<Vec<_>>();
    assert_eq!(notes(&report), notes(&again));
    assert_eq!(launches(&host), [0; 3]);
}

#[test]
fn one_image_of_the_wanted_name_says_how_it_was_judged_where_no_origin_is_recorded() {
    let images: Vec<Value> = TWO.iter().map(|(cloud, ids)| there(*cloud, ids[0], START.0)).collect();
    let report = Host::new(world(&json!({ "images": images })), 1).run(plan(&three()), 1, 5_000);
    assert_eq!(phases(&report), ["present"; 3]);
    let notes: Vec<bool> = report.rows.iter().map(|row| row.note.is_some()).collect();
    assert_eq!(notes, [true, true, false]);
}

#[test]
fn an_image_of_the_same_second_as_its_source_is_no_copy() {
    // The sources of the default world.
    const SOURCE_MS: i64 = 1_717_203_723_000;
    for (after_ms, states) in [(0, ["conflict", "conflict", "present"]), (1_000, ["present"; 3])] {
        let images: Vec<Value> = TWO.iter().map(|(cloud, ids)| there(*cloud, ids[0], SOURCE_MS + after_ms)).collect();
        let report = Host::new(world(&json!({ "images": images })), 1).run(plan(&three()), 1, 5_000);
        assert_eq!(phases(&report), states, "{after_ms}");
    }
}
