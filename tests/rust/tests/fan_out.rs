//! One call launches many destinations on Tencent Cloud, and its source is busy until the last copy is over: who does not
//! go along waits for all of them.

use imgferry::job::Report;
use imgferry_tests::harness::{Host, START, phases, plan, world};
use serde_json::{Value, json};

const GOOD: [&str; 14] = [
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
    "ap-jakarta",
    "ap-nanjing",
    "ap-seoul",
    "ap-shanghai",
    "ap-singapore",
    "ap-tokyo",
    "eu-frankfurt",
    "na-siliconvalley",
    "sa-saopaulo",
    "ap-bangkok",
];

/// What a replication to these regions took.
struct Told {
    host: Host,
    report: Report,
}

impl Told {
    fn of(to: &[&str], policy: &Value, way_ms: (i64, i64), mut scenario: Value) -> Self {
        scenario["copy_ms"] = json!([600_000, 2_400_000]);
        let copy = json!({"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": to, "name": "golden"});
        let mut host = Host::new(world(&scenario), 7);
        host.mishaps.way_ms = way_ms;
        let report = host.run(plan(&json!({"copies": [copy], "policy": policy})), 7, 1_000_000);
        assert_eq!(host.world.ledger().violations, []);
        Self { host, report }
    }

    fn launch_calls(&self) -> usize {
        self.host.world.ledger().calls.iter().filter(|call| call.action == "SyncImages").count()
    }

    /// Time until the last copy was told to be ready, over what the longest of them takes.
    fn stretch(&self) -> f64 {
        let growths = self.host.world.images().filter_map(|image| image.growth.as_ref());
        let longest = growths.filter_map(|growth| Some(growth.end?.since(growth.start))).max().expect("a copy");
        let last = self.host.ready.values().max().expect("a copy that is ready");
        last.since(START) as f64 / longest as f64
    }
}

/// Two destinations that the cloud refuses cost their own calls, and the others nothing: whether the refusal names them or
/// not.
#[test]
fn bad_destinations_do_not_make_the_others_serial() {
    let good = Told::of(&GOOD, &json!({}), (5, 65), json!({}));
    assert_eq!((phases(&good.report), good.launch_calls()), (vec!["ready"; 14], 1));
    for (bad, most_calls) in [(["ap-shanghai-fsi", "ap-shenzhen-fsi"], 18), (["na-ashburn", "na-toronto"], 5)] {
        let mut to = GOOD.to_vec();
        to.insert(3, bad[0]);
        to.insert(11, bad[1]);
        let told = Told::of(&to, &json!({}), (5, 65), json!({"no_copy": {"tencent": ["na-ashburn", "na-toronto"]}}));
        for row in &told.report.rows {
            let is_bad = bad.contains(&row.to.as_str());
            assert_eq!(row.phase.as_str(), if is_bad { "failed" } else { "ready" }, "{}", row.to_value());
            assert!(row.launches <= 3 && (is_bad == row.error.is_some()), "{}", row.to_value());
        }
        let (calls, stretch) = (told.launch_calls(), told.stretch());
        println!("{bad:?}: {calls} calls to launch, {stretch:.3} of the longest copy; without them 1 and {:.3}", good.stretch());
        assert!(calls <= most_calls, "{bad:?}: {calls} calls");
        assert!(stretch <= good.stretch() * 1.05, "{bad:?}: {stretch} of the longest copy instead of {}", good.stretch());
    }
}

/// Who is still being looked at is waited for, however short a poll is and however slow the way.
#[test]
fn those_that_are_still_looked_at_are_waited_for() {
    for (policy, way_ms) in [
        (json!({"poll": "167ms"}), (5, 65)),
        (json!({"poll": "167ms"}), (200, 2_000)),
        (json!({}), (2_000, 9_000)),
        (json!({"rates": {"tencent.DescribeImageQuota": 0.5}}), (5, 65)),
    ] {
        let told = Told::of(&GOOD, &policy, way_ms, json!({}));
        assert_eq!((phases(&told.report), told.launch_calls()), (vec!["ready"; 14], 1), "{policy} {way_ms:?}");
        let stretch = told.stretch();
        println!("{policy} {way_ms:?}: {stretch:.3} of the longest copy");
        assert!(stretch <= 1.2, "{policy} {way_ms:?}: {stretch} of the longest copy");
    }
}

/// A destination that does not answer holds up the others for a while only.
#[test]
fn one_that_does_not_answer_is_left_behind() {
    let lost: Vec<Value> =
        (3..60).map(|nth| json!({"cloud": "tencent", "action": "DescribeImages", "nth": nth, "fault": "lost_before"})).collect();
    let told = Told::of(&["ap-beijing", "ap-shanghai"], &json!({"check_quota": false}), (5, 65), json!({"script": lost}));
    assert_eq!(phases(&told.report), ["ready"; 2]);
    let launched: Vec<i64> =
        told.host.events.iter().filter(|event| event["event"] == "launched").filter_map(|event| event["at_ms"].as_i64()).collect();
    assert!(launched.len() == 2 && (30_000..200_000).contains(&(launched[0] - START.0)), "{launched:?}");
}

/// Before the launch each destination is listed once, which tells how full it is, too, and the ceiling is asked for once; a
/// region that would be too full by another's ceiling is asked for its own.
#[test]
fn the_ceiling_is_asked_for_once_and_the_listing_counts() {
    let before_launch = |told: &Told, action: &str| {
        let calls = &told.host.world.ledger().calls;
        calls
            .iter()
            .take_while(|call| call.action != "SyncImages")
            .filter(|call| call.action == action && call.region != "ap-guangzhou")
            .count()
    };
    let told = Told::of(&GOOD, &json!({}), (5, 65), json!({}));
    assert_eq!(phases(&told.report), ["ready"; 14]);
    assert_eq!((before_launch(&told, "DescribeImages"), before_launch(&told, "DescribeImageQuota")), (14, 1));
    let full = json!({"quotas": {"tencent": 2}, "images": [
        {"cloud": "tencent", "region": "ap-tokyo", "name": "one"}, {"cloud": "tencent", "region": "ap-tokyo", "name": "two"}]});
    let told = Told::of(&["ap-beijing", "ap-shanghai", "ap-tokyo"], &json!({}), (5, 65), full);
    assert_eq!(phases(&told.report), ["ready", "ready", "failed"]);
    assert_eq!((before_launch(&told, "DescribeImages"), before_launch(&told, "DescribeImageQuota")), (3, 2));
    // More than a page holds: the copy is asked for by its name.
    let images: Vec<Value> =
        (0..130).map(|number| json!({"cloud": "tencent", "region": "ap-tokyo", "name": format!("old-{number}")})).collect();
    let told = Told::of(&["ap-beijing", "ap-tokyo"], &json!({}), (5, 65), json!({"quotas": {"tencent": 500}, "images": images}));
    assert_eq!(phases(&told.report), ["ready"; 2]);
    assert_eq!((before_launch(&told, "DescribeImages"), before_launch(&told, "DescribeImageQuota")), (3, 1));
}
