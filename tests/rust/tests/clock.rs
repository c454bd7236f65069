//! Hosts whose clocks are wrong, or jump: a launch is made once all the same, and nothing is called ours that is not.

use imgferry::job::{End, Job, Phase, Step};
use imgferry::{Cloud, Millis};
use imgferry_tests::harness::{Host, START, images_per_lane, keyring, phases, plan, world};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

/// A cloud, its region of origin, the image, a destination, and the call that launches.
const COPIES: [(Cloud, &str, &str, &str, &str); 3] = [
    (Cloud::Tencent, "ap-guangzhou", "img-o3ycss2p", "ap-shanghai", "SyncImages"),
    (Cloud::Volcengine, "cn-beijing", "image-4431h3l7hl31a0example", "cn-shanghai", "CopyImage"),
    (Cloud::Huawei, "cn-north-4", "465076de-dc36-4aec-80f5-ef9d8009428f", "cn-south-1", "CopyImageCrossRegion"),
];

fn story(index: usize, reconcile: bool) -> Value {
    let (cloud, from, image, to, _) = COPIES[index];
    let params = if cloud == Cloud::Huawei { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
    json!({"copies": [{"cloud": cloud.as_str(), "image": image, "from": from, "to": [to], "name": "golden", "params": params}],
        "policy": {"reconcile": reconcile, "deadline": "200h", "lane_deadline": "200h"}})
}

fn scenario(index: usize, fault: &str) -> Value {
    let (cloud, .., action) = COPIES[index];
    json!({"copy_ms": 300_000, "visible_after_ms": 20_000,
        "script": [{"cloud": cloud.as_str(), "action": action, "nth": 1, "fault": fault}]})
}

#[test]
fn a_wrong_clock_makes_no_second_image() {
    for index in [0, 1, 2] {
        for reconcile in [true, false] {
            for error_ms in [-40 * HOUR, -2 * HOUR, -600_000, 600_000, 2 * HOUR, 40 * HOUR] {
                for kill_at in [None, Some(2), Some(3)] {
                    for jump_ms in [0, error_ms] {
                        let told = format!("{:?} reconcile {reconcile} clock {error_ms} jump {jump_ms} kill {kill_at:?}", COPIES[index].0);
                        let mut host = Host::new(world(&scenario(index, "lost_after")), 1);
                        host.clock_error_ms = error_ms - jump_ms;
                        host.mishaps.jumps = vec![(START.plus(30_000), jump_ms)];
                        host.crash_at = kill_at.into_iter().collect();
                        let report = host.run(plan(&story(index, reconcile)), 1, 5_000);
                        assert!(images_per_lane(&host.world).values().all(|images| *images == 1), "{told}: {:?}", report.rows);
                        assert!(report.rows[0].launches == 1 || kill_at.is_some(), "{told}: {:?}", report.rows);
                        // Where no origin is recorded and nothing was listed before, nobody can tell whose it is.
                        let wanted = if COPIES[index].0 != Cloud::Huawei && !reconcile { "ambiguous" } else { "ready" };
                        assert_eq!(phases(&report), [wanted], "{told}: {:?}", report.rows);
                    }
                }
            }
        }
    }
}

/// Somebody else's image of that name, and a launch that never arrived: it is not ours.
#[test]
fn what_no_launch_of_ours_made_is_not_called_ready() {
    for index in [0, 1, 2] {
        let (cloud, _, _, to, _) = COPIES[index];
        for error_ms in [-2 * HOUR, 0, 2 * HOUR] {
            let mut scenario = scenario(index, "lost_before");
            scenario["images"] = json!([{"cloud": cloud.as_str(), "region": to, "name": "golden", "size_gib": 7}]);
            let mut host = Host::new(world(&scenario), 1);
            host.clock_error_ms = error_ms;
            let report = host.run(plan(&story(index, false)), 1, 5_000);
            let row = &report.rows[0];
            assert_eq!(row.phase, Phase::Ended(End::Ambiguous), "{cloud} {error_ms}: {row:?}");
            let error = row.error.as_ref().expect("a reason");
            let stranger = host.world.images().find(|image| image.name == "golden" && image.region == to).expect("it is there").id.clone();
            assert!(error.message.contains(&stranger) && error.hint_zh.contains(&stranger), "{error:?}");
        }
    }
}

/// Older than the launch by the cloud's own clock: it was there before.
#[test]
fn old_images_of_the_name_are_told_from_the_copy() {
    for index in [1, 2] {
        let (cloud, from, image, to, _) = COPIES[index];
        let mut scenario = scenario(index, "lost_before");
        let origin = json!({"region": from, "image": image});
        scenario["images"] =
            json!([{"cloud": cloud.as_str(), "region": to, "name": "golden", "created_ms": START.0 - 10 * HOUR, "origin": origin}]);
        let mut host = Host::new(world(&scenario), 1);
        host.clock_error_ms = -40 * HOUR;
        let report = host.run(plan(&story(index, false)), 1, 5_000);
        assert_eq!((phases(&report), report.rows[0].launches), (vec!["ready"], 2), "{:?}", report.rows);
    }
}

/// Seconds and microseconds are told before anything comes of them; the journal's own times may be any.
#[test]
fn a_time_in_another_unit_is_a_mistake() {
    let given = plan(
        &json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}),
    );
    for wrong in [START.0 / 1000, START.0 * 1000, START.0 * 1_000_000, 0, -1, i64::MIN, i64::MAX].map(Millis) {
        let mut job = Job::new(given.clone(), START, 1).expect("a good plan");
        let Step::Send(outgoing) = job.poll(START, &keyring()) else { panic!("something to send") };
        let journal = job.compact();
        let answer = imgferry::Answer { status: 500, headers: Vec::new(), body: Vec::new() };
        let errors = [
            Job::new(given.clone(), wrong, 1).err(),
            Job::survey(given.clone(), wrong, 1).err(),
            Job::restore(&journal, wrong).err(),
            Job::wake(&journal, wrong).err(),
            job.answer(wrong, outgoing.id, answer.clone()).err(),
            job.lost(wrong, outgoing.id, imgferry::Lost::Unanswered(String::new())).err(),
        ];
        for error in errors {
            assert_eq!(error.map(|error| error.code.clone()).as_deref(), Some("now"), "{wrong:?}");
        }
        // Nothing has changed: the answer is still awaited.
        assert!(job.answer(START.plus(1), outgoing.id, answer).is_ok());
    }
}
