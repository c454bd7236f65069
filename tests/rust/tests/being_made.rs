//! Sources that are still being made when the job begins: the normal moment of whoever bakes an image and copies it.

use imgferry::job::{Job, Report, Step};
use imgferry::{Cloud, Millis};
use imgferry_sim::Delivery;
use imgferry_tests::harness::{Host, Memory, START, handle, images_per_lane, keyring, phases, plan, world};
use serde_json::{Value, json};

const SOURCES: [(&str, &str, &str, &str); 3] = [
    ("tencent", "ap-guangzhou", "img-baked001", "ap-shanghai"),
    ("volcengine", "cn-beijing", "image-baked00000000000001", "cn-shanghai"),
    ("huawei", "cn-north-4", "10000000-0000-4000-8000-000000000001", "cn-south-1"),
];
/// The vendors' words for it, at first.
const WORDS: [&str; 3] = ["CREATING", "creating", "queued"];
const LAUNCHES: [(Cloud, &str); 3] =
    [(Cloud::Tencent, "SyncImages"), (Cloud::Volcengine, "CopyImage"), (Cloud::Huawei, "CopyImageCrossRegion")];

/// One copy on each cloud.
fn copies(policy: Value) -> Value {
    let copy = |(cloud, from, image, to): (&str, &str, &str, &str)| {
        let params = if cloud == "huawei" { json!({"agency_name": "ims_copy_image"}) } else { json!({}) };
        json!({"cloud": cloud, "image": image, "from": from, "to": [to], "name": "golden", "params": params})
    };
    json!({"copies": SOURCES.map(copy), "policy": policy})
}

/// The sources are being made for so long, and come to that state.
fn scenario(ready_after_ms: i64, state: &str) -> Value {
    let image = |(cloud, region, id, _): (&str, &str, &str, &str)| json!({"cloud": cloud, "region": region, "id": id, "name": "base", "state": state, "ready_after_ms": ready_after_ms});
    json!({"catalogue": false, "images": SOURCES.map(image), "copy_ms": 300_000})
}

fn launches(host: &Host) -> [u64; 3] {
    LAUNCHES.map(|(cloud, action)| host.world.ledger().total(cloud, action))
}

fn pending(host: &Host) -> usize {
    host.events.iter().filter(|event| event["event"] == "source_pending").count()
}

fn codes(report: &Report) -> Vec<&str> {
    report.rows.iter().map(|row| row.error.as_ref().map_or("", |error| &error.code)).collect()
}

#[test]
fn a_source_that_is_being_made_is_waited_for() {
    const MADE_MS: i64 = 1_200_000;
    for memory in [Memory::Lasts, Memory::Turns, Memory::Crashes] {
        let mut host = Host::new(world(&scenario(MADE_MS, "ready")), 1);
        host.mishaps.memory = memory;
        let report = host.run(plan(&copies(json!({}))), 1, 5_000);
        assert_eq!(phases(&report), ["ready"; 3], "{memory:?}: {}", report.to_value());
        assert_eq!(launches(&host), [1; 3], "{memory:?}: none is tried in vain");
        assert_eq!(pending(&host), 3, "{memory:?}: told once");
        assert!(images_per_lane(&host.world).values().all(|images| *images == 1));
        let first = host.world.ledger().calls.iter().find(|call| LAUNCHES.iter().any(|(_, action)| call.action == *action));
        let waited_ms = first.map_or(0, |call| call.at.since(START));
        assert!((MADE_MS..MADE_MS + 180_000).contains(&waited_ms), "{memory:?}: launched after {waited_ms} ms");
        assert!(report.rows.iter().all(|row| row.note.is_none() && row.error.is_none()), "{memory:?}");
    }
}

/// The wait is the run's: turns do not put its end off.
#[test]
fn a_source_that_is_being_made_for_too_long_fails_its_copies_unlaunched() {
    for memory in [Memory::Lasts, Memory::Turns] {
        let mut host = Host::new(world(&scenario(36_000_000, "ready")), 1);
        host.mishaps.memory = memory;
        let report = host.run(plan(&copies(json!({"source_deadline": "30m"}))), 1, 5_000);
        assert_eq!((phases(&report), codes(&report)), (vec!["failed"; 3], vec!["source.deadline"; 3]), "{memory:?}");
        for (row, word) in report.rows.iter().zip(["CREATING", "creating", "saving"]) {
            let error = row.error.as_ref().expect("a reason");
            assert!(error.message.contains(word) || error.message.contains("queued"), "{}", error.message);
            assert!(
                error.message.contains("30m")
                    && error.hint_en.contains("source_deadline")
                    && error.hint_zh.contains("30m 后源镜像仍在制作中")
            );
        }
        assert_eq!((launches(&host), report.exit_code()), ([0; 3], 4));
        let ms = host.now.since(START);
        assert!((1_800_000..1_860_000).contains(&ms), "{memory:?}: {ms} ms");
    }
}

#[test]
fn an_image_that_is_not_made_in_the_end_fails_its_copies() {
    let mut host = Host::new(world(&scenario(600_000, "failed")), 1);
    let report = host.run(plan(&copies(json!({}))), 1, 5_000);
    assert_eq!((phases(&report), launches(&host)), (vec!["failed"; 3], [0; 3]));
    let told = |row: &imgferry::job::Row| {
        row.error
            .as_ref()
            .is_some_and(|error| error.problems.iter().any(|found| found.rule.contains("state") || found.rule.contains("active")))
    };
    assert!(report.rows.iter().all(told), "{}", report.to_value());
}

/// What is wrong besides is told at once.
#[test]
fn a_copy_that_cannot_be_made_anyway_does_not_wait() {
    let mut given = scenario(36_000_000, "ready");
    for image in given["images"].as_array_mut().expect("a list") {
        image["whole"] = json!(true);
    }
    let mut host = Host::new(world(&given), 1);
    let report = host.run(plan(&copies(json!({"source_deadline": "30m"}))), 1, 5_000);
    let failed_at_once = codes(&report).iter().filter(|code| **code != "source.deadline").count();
    assert!(failed_at_once >= 1, "{}", report.to_value());
    assert_eq!(launches(&host), [0; 3]);
}

#[test]
fn a_survey_waits_for_nothing_and_tells_how_the_source_stands() {
    let mut host = Host::new(world(&scenario(36_000_000, "ready")), 1);
    let mut job = Job::survey(plan(&copies(json!({}))), START, 1).expect("a good plan");
    host.drive(&mut job, 500);
    let report = job.report();
    assert_eq!(phases(&report), ["missing"; 3]);
    for (row, word) in report.rows.iter().zip(WORDS) {
        let (en, zh) = row.note.clone().expect("a note");
        assert!(en.contains(word) && zh.contains(word), "{en}");
    }
    assert!(host.now.since(START) < 60_000 && host.disk.is_empty());
}

#[test]
fn the_rows_of_a_job_that_waits_tell_why_and_its_journal_too() {
    let mut world = world(&scenario(36_000_000, "ready"));
    let mut job = Job::new(plan(&copies(json!({}))), START, 1).expect("a good plan");
    let (mut journal, mut now) = (String::new(), START);
    for _ in 0..20 {
        let step = job.poll(now, &keyring());
        journal += &job.take_journal();
        match step {
            Step::Send(outgoing) => match handle(&mut world, now, &outgoing.request) {
                Delivery::Answer(answer) => job.answer(now, outgoing.id, answer).expect("it was under way"),
                other => panic!("{other:?}"),
            },
            Step::Wait { until } if now == START => now = until,
            Step::Wait { .. } => break,
            Step::Done => panic!("{}", job.report().to_value()),
        }
    }
    let told = |job: &Job| -> Vec<_> { job.report().rows.iter().map(|row| (row.phase, row.note.clone())).collect() };
    for ((phase, note), word) in told(&job).iter().zip(WORDS) {
        let (en, zh) = note.clone().expect("a note");
        assert!(phase.as_str() == "inspecting" && en.contains(word) && zh.contains(word), "{en}");
    }
    for journal in [&journal, &job.compact()] {
        for restore in [Job::restore, Job::wake] {
            let again = restore(journal, now).expect("a good journal").job;
            assert_eq!(told(&again), told(&job));
        }
    }
    assert!(now > Millis(0) && journal.contains("\"making\":\"CREATING\""), "{journal}");
}

/// Another job is making the copy that is wanted: it is waited for, and called what it is.
#[test]
fn what_another_job_is_making_under_the_name_is_present_once_it_is_made() {
    const MADE_MS: i64 = 600_000;
    for memory in [Memory::Lasts, Memory::Turns, Memory::Crashes] {
        let images = SOURCES.map(|(cloud, from, source, to)| {
            let id = source.replace("baked", "other").replace("10000000", "20000000");
            let mut copy = json!({"cloud": cloud, "region": to, "id": id, "name": "golden", "ready_after_ms": MADE_MS});
            if cloud == "huawei" {
                copy["origin"] = json!({"region": from, "image": source});
            }
            [json!({"cloud": cloud, "region": from, "id": source, "name": "base", "created_ms": 1_700_000_000_000_i64}), copy]
        });
        let mut host = Host::new(world(&json!({"catalogue": false, "images": images.as_flattened()})), 1);
        host.mishaps.memory = memory;
        // What is done to copies of ours is not done to it.
        let mut wanted = copies(json!({}));
        wanted["clouds"] = json!({"tencent": {"uin": "100000000001"}});
        wanted["copies"][0]["after"] = json!({"tags": {"made-by": "us"}});
        let report = host.run(plan(&wanted), 1, 5_000);
        assert_eq!((phases(&report), launches(&host)), (vec!["present"; 3], [0; 3]), "{memory:?}: {}", report.to_value());
        assert!((MADE_MS..MADE_MS + 400_000).contains(&host.now.since(START)), "{memory:?}: not before it is made");
        assert!(report.rows.iter().all(|row| row.new_image.as_ref().is_some_and(|id| id.contains("other") || id.starts_with("20"))));
        assert!(report.rows.iter().zip([true, true, false]).all(|(row, judged)| row.note.is_some() == judged), "{}", report.to_value());
        assert_eq!(report.exit_code(), 0);
        assert!(host.events.iter().all(|event| event["event"] != "ready" && event["event"] != "launched"));
    }
}

/// It may never be made: the deadline of a copy is that of the wait for it, too.
#[test]
fn what_another_job_never_finishes_is_left_at_the_deadline() {
    for memory in [Memory::Lasts, Memory::Turns] {
        let mut images = scenario(0, "ready")["images"].as_array().cloned().expect("a list");
        let (cloud, _, _, to) = SOURCES[1];
        images.push(
            json!({"cloud": cloud, "region": to, "id": "image-other00000000000001", "name": "golden", "ready_after_ms": 360_000_000}),
        );
        images[1] =
            json!({"cloud": cloud, "region": SOURCES[1].1, "id": SOURCES[1].2, "name": "base", "created_ms": 1_700_000_000_000_i64});
        let mut host = Host::new(world(&json!({"catalogue": false, "images": images})), 1);
        host.mishaps.memory = memory;
        let mut wanted = copies(json!({"lane_deadline": "1h"}));
        wanted["copies"] = json!([wanted["copies"][1]]);
        let report = host.run(plan(&wanted), 1, 5_000);
        assert_eq!((phases(&report), report.rows[0].launches), (vec!["unfinished"], 0), "{memory:?}: {}", report.to_value());
        assert!((3_600_000..3_800_000).contains(&host.now.since(START)) && host.requests < 60, "{memory:?}: {} calls", host.requests);
    }
}
