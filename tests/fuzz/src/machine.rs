//! A job whose every outcome and every moment the bytes choose, against the simulated clouds.

use imgferry::job::{Job, Step};
use imgferry::{Answer, Lost, Millis, Plan};
use imgferry_sim::{Delivery, World};
use imgferry_tests::harness::{Host, Mishaps, START, handle, world};
use imgferry_tests::story::Told;
use serde_json::{Value, json};

/// Polls after which a job must have ended, whatever befalls it.
const POLLS: usize = 20_000;

/// Between the moment that a job asks for a request and the one at which the cloud has it, in milliseconds.
const WAY_MS: i64 = 10;

/// One byte a step: what becomes of a request, how long a wait really lasts, when power fails. When they are used up,
/// nothing goes wrong any more. In the end the report is the truth, and no lane has two images.
pub fn machine(input: &[u8]) {
    let mut bytes = input.iter().copied();
    let head = bytes.next().unwrap_or(0);
    let (plan, scenario) = (plan(head), scenario(head));
    let parsed = || Plan::from_value(&plan).expect("the plan is sound");
    let mut host = Host::new(world(&scenario), 7);
    let mut jumps = Vec::new();
    let mut job = Job::new(parsed(), START, 7).expect("the plan is sound");
    for _ in 0..POLLS {
        let step = job.poll(host.clock(), &host.keys);
        let before = host.disk.len();
        host.disk.push_str(&job.take_journal());
        host.events.extend(job.take_events().iter().map(imgferry::job::Event::to_value));
        match step {
            Step::Done => {
                let report = job.report();
                let mishaps = Mishaps { jumps, way_ms: (WAY_MS, WAY_MS), ..Mishaps::default() };
                return Told { host, report, mishaps }.assert_truth("the bytes");
            }
            Step::Send(outgoing) => {
                host.now = host.now.plus(WAY_MS);
                let befalls = bytes.next().unwrap_or(0);
                if befalls == 15 {
                    // Power fails while the line is written: the request never leaves.
                    let kept = before + (host.disk.len() - before) * usize::from(bytes.next().unwrap_or(0)) / 256;
                    host.disk.truncate((0..=kept).rev().find(|end| host.disk.is_char_boundary(*end)).unwrap_or(0));
                    job = revived(&mut host, parsed());
                    continue;
                }
                let told = befall(befalls, &mut host.world, host.now, &outgoing);
                if befalls == 14 {
                    job = revived(&mut host, parsed());
                    continue;
                }
                let now = host.clock();
                match told {
                    Ok(answer) => job.answer(now, outgoing.id, answer),
                    Err(lost) => job.lost(now, outgoing.id, lost),
                }
                .expect("it is under way");
            }
            Step::Wait { until } => {
                assert!(until > host.clock(), "a wait until {until} at {}", host.clock());
                host.now = until.plus(-host.clock_error_ms);
                match bytes.next().unwrap_or(0) {
                    1..=15 => host.now = host.now.plus(60_000),
                    16..=20 => {
                        let by = [-7_200_000, -1_000, 1_000, 1_200_000, 90_000_000][usize::from(bytes.next().unwrap_or(0) % 5)];
                        jumps.push((host.now, by));
                        host.clock_error_ms += by;
                    }
                    21..=25 => job = revived(&mut host, parsed()),
                    26 => job.cancel(host.clock()),
                    _ => {}
                }
            }
        }
    }
    panic!("it did not end: {}", job.report().to_value());
}

/// What becomes of one request: the truth, or what hides it. Nothing is told that a cloud does not mean.
fn befall(how: u8, world: &mut World, now: Millis, outgoing: &imgferry::job::Outgoing) -> Result<Answer, Lost> {
    let page = |status| Answer { status, headers: Vec::new(), body: b"<html><title>Bad Gateway</title></html>".to_vec() };
    if let 1..=3 = how {
        // It does not arrive.
        return match how {
            1 => Err(Lost::Unsent("refused".into())),
            2 => Err(Lost::Unanswered(String::new())),
            _ => Ok(page(502)),
        };
    }
    let delivery = handle(world, now, &outgoing.request);
    match (how, delivery) {
        (4, _) => Err(Lost::Unanswered(String::new())),
        (5, _) => Ok(page(504)),
        (6, _) => Ok(Answer { status: 200, ..Answer::default() }),
        (7, Delivery::Answer(mut answer)) => {
            answer.body.truncate(answer.body.len() / 2);
            Ok(answer)
        }
        (8, Delivery::Answer(mut answer)) => {
            answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
            Ok(answer)
        }
        (_, Delivery::Answer(answer) | Delivery::Late { answer, .. }) => Ok(answer),
        (_, Delivery::Lost(lost)) => Err(lost),
    }
}

/// The job from the disk, or from the beginning where nothing of it is there.
fn revived(host: &mut Host, plan: Plan) -> Job {
    host.now = host.now.plus(60_000);
    match Job::restore(&host.disk, host.clock()) {
        Ok(restored) => {
            host.disk.truncate(restored.kept);
            host.crashes += 1;
            restored.job
        }
        Err(error) if error.code == "journal.empty" => {
            host.disk.clear();
            Job::new(plan, host.clock(), 7).expect("the plan is sound")
        }
        Err(error) => panic!("{error}"),
    }
}

fn plan(head: u8) -> Value {
    let all = [
        json!({"cloud": "tencent", "image": "img-source00", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing"], "name": "golden"}),
        json!({"cloud": "volcengine", "image": "image-source000000000000", "from": "cn-beijing", "to": ["cn-shanghai", "cn-guangzhou"], "name": "golden"}),
        json!({"cloud": "huawei", "image": "10000000-0000-4000-8000-000000000000", "from": "cn-north-4", "to": ["cn-south-1", "cn-east-3"],
            "name": "golden", "params": {"agency_name": "ims_copy_image"}}),
    ];
    let copies: Vec<&Value> =
        all.iter().enumerate().filter(|(index, _)| head & 7 == 0 || head & (1 << index) != 0).map(|(_, copy)| copy).collect();
    let policy = json!({
        "poll": "5s", "poll_max": "1m", "deadline": "2000h", "lane_deadline": "20h", "concurrency": 1 + (head >> 3) % 4, "launches": 200,
        "reconcile": head & 32 == 0, "ambiguity": if head & 64 == 0 { "probe_then_retry" } else { "stop" },
    });
    json!({"copies": copies, "policy": policy})
}

fn scenario(head: u8) -> Value {
    let image = |cloud: &str, region: &str, id: &str| json!({"cloud": cloud, "region": region, "id": id, "name": "base", "created_ms": 1_700_000_000_000_i64});
    json!({
        "seed": 7, "copy_ms": [60_000, 300_000], "visible_after_ms": if head & 128 == 0 { 0 } else { 30_000 },
        "images": [
            image("tencent", "ap-guangzhou", "img-source00"),
            image("volcengine", "cn-beijing", "image-source000000000000"),
            image("huawei", "cn-north-4", "10000000-0000-4000-8000-000000000000"),
        ],
    })
}
