//! Answers without measure: what is kept and told of them is short, and says how long it was.

use imgferry::job::{Event, Job, Keyring, Step};
use imgferry::{Answer, Cloud, Credentials, Lost, Millis, Plan, Request};
use serde_json::{Value, json};

/// Longest text that is kept.
const LONGEST: usize = 2_048;
const HUGE: usize = 300_000;

struct Told {
    journal: String,
    events: Vec<Value>,
    report: Value,
}

/// Plays a job against a host that is a function of the request; at most so many polls.
fn play(plan: &Value, polls: usize, mut host: impl FnMut(&Request) -> Result<Answer, Lost>) -> Told {
    let key = || Credentials::new("AKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", None).expect("well formed");
    let keys = Cloud::ALL.into_iter().fold(Keyring::default(), |keys, cloud| keys.with(cloud, key()));
    let mut now = Millis(1_767_225_600_000);
    let mut job = Job::new(Plan::from_value(plan).expect("a plan"), now, 1).expect("a good plan");
    let (mut journal, mut events) = (String::new(), Vec::new());
    for _ in 0..polls {
        let step = job.poll(now, &keys);
        match step {
            Step::Send(outgoing) => {
                now = now.plus(20);
                match host(&outgoing.request) {
                    Ok(answer) => job.answer(now, outgoing.id, answer),
                    Err(lost) => job.lost(now, outgoing.id, lost),
                }
                .expect("a request under way");
            }
            Step::Wait { until } => now = until,
            Step::Done => break,
        }
        journal += &job.take_journal();
        events.extend(job.take_events().iter().map(Event::to_value));
    }
    // What is compacted is no longer than what was written.
    assert!(job.compact().len() <= journal.len() + 1_000);
    Told { journal, events, report: job.report().to_value() }
}

/// The longest text anywhere in a value, and whether one was cut.
fn longest(value: &Value) -> (usize, bool) {
    match value {
        Value::String(text) => (text.len(), text.contains("… (") && text.ends_with(" characters)")),
        Value::Array(items) => items.iter().map(longest).fold((0, false), |a, b| (a.0.max(b.0), a.1 || b.1)),
        Value::Object(fields) => fields.values().map(longest).fold((0, false), |a, b| (a.0.max(b.0), a.1 || b.1)),
        _ => (0, false),
    }
}

fn assert_short(told: &Told, what: &str) {
    let (in_report, was_cut) = longest(&told.report);
    assert!(in_report <= LONGEST, "{what}: {in_report} in the report");
    assert!(was_cut, "{what}: nothing tells that it was cut: {}", told.report);
    for event in &told.events {
        assert!(longest(event).0 <= LONGEST, "{what}: {event:.300}");
    }
    let line = told.journal.lines().map(str::len).max().unwrap_or(0);
    assert!(line < 16 * 1024, "{what}: a line of {line} bytes");
}

fn copy(cloud: Cloud) -> Value {
    match cloud {
        Cloud::Tencent => {
            json!({"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"})
        }
        Cloud::Volcengine => {
            json!({"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"})
        }
        Cloud::Huawei => {
            json!({"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"],
                                "name": "golden", "params": {"agency_name": "ims_copy_image"}})
        }
    }
}

fn answer(status: u16, body: &Value) -> Result<Answer, Lost> {
    Ok(Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() })
}

fn refusal(cloud: Cloud, status: u16, code: &str) -> Result<Answer, Lost> {
    let (message, id) = ("镜".repeat(HUGE), "r".repeat(HUGE));
    match cloud {
        Cloud::Tencent => answer(200, &json!({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": id}})),
        Cloud::Volcengine => answer(status, &json!({"ResponseMetadata": {"RequestId": id, "Error": {"Code": code, "Message": message}}})),
        Cloud::Huawei => answer(status, &json!({"error_code": code, "error_msg": message, "request_id": id})),
    }
}

fn is_launch(request: &Request) -> bool {
    let named = |word: &str| request.url.contains(word) || request.headers.iter().any(|(_, value)| value == word);
    named("SyncImages") || named("Action=CopyImage") || named("cross_region_copy")
}

#[test]
fn a_refusal_without_measure_is_kept_short() {
    for cloud in Cloud::ALL {
        for (status, code) in [(400, "Refused".to_owned()), (500, "C".repeat(HUGE)), (503, "InternalError".to_owned())] {
            let told = play(&json!({"copies": [copy(cloud)]}), 60, |_| refusal(cloud, status, &code));
            for event in &told.events {
                assert!(longest(event).0 <= LONGEST, "{cloud} {status}");
            }
            assert!(told.journal.lines().all(|line| line.len() < 16 * 1024), "{cloud} {status}");
            assert!(longest(&told.report).0 <= LONGEST, "{cloud} {status}");
            assert!(!told.events.is_empty() || longest(&told.report).1, "{cloud} {status}");
        }
    }
}

#[test]
fn a_launch_that_is_refused_at_length_is_told_in_short() {
    for cloud in Cloud::ALL {
        let told = play(&json!({"copies": [copy(cloud)], "policy": {"check_quota": false}}), 60, |request| match is_launch(request) {
            true => refusal(cloud, 400, "Refused"),
            false => empty(cloud),
        });
        assert_short(&told, cloud.as_str());
        let error = &told.report["rows"][0]["error"]["message"];
        assert!(
            error.as_str().is_some_and(|text| text.starts_with("镜镜") && text.ends_with("(300,000 characters)")),
            "{cloud}: {error:.99}"
        );
    }
}

/// A listing without images.
fn empty(cloud: Cloud) -> Result<Answer, Lost> {
    match cloud {
        Cloud::Tencent => answer(200, &json!({"Response": {"ImageSet": [], "TotalCount": 0, "RequestId": "r"}})),
        Cloud::Volcengine => answer(200, &json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": [], "Tasks": []}})),
        Cloud::Huawei => answer(200, &json!({"images": []})),
    }
}

#[test]
fn ids_without_measure_are_kept_short() {
    for cloud in Cloud::ALL {
        let told = play(&json!({"copies": [copy(cloud)], "policy": {"check_quota": false}}), 200, |request| {
            let id = "i".repeat(HUGE);
            match (is_launch(request), cloud) {
                (true, Cloud::Tencent) => {
                    answer(200, &json!({"Response": {"ImageSet": [{"ImageId": id, "Region": "ap-shanghai"}], "RequestId": id}}))
                }
                (true, Cloud::Volcengine) => answer(200, &json!({"ResponseMetadata": {"RequestId": id}, "Result": {"ImageId": id}})),
                (true, Cloud::Huawei) => answer(200, &json!({"job_id": id})),
                (false, _) => empty(cloud),
            }
        });
        assert_short(&told, cloud.as_str());
    }
}

/// Very many images that never came to anything have the name.
#[test]
fn very_many_images_of_the_name_are_not_all_kept() {
    let dead = |number: usize| json!({"id": format!("00000000-0000-4000-8000-{number:012}"), "name": "golden", "status": "killed", "__imagetype": "private"});
    let images: Vec<Value> = (0..900).map(dead).collect();
    let mut launches = 0;
    let told = play(&json!({"copies": [copy(Cloud::Huawei)], "policy": {"check_quota": false}}), 60, |request| match is_launch(request) {
        true => {
            launches += 1;
            answer(200, &json!({"job_id": "9a175ac79d2a54ad019d47145b8f78cd"}))
        }
        false if request.url.contains("marker=") => answer(200, &json!({"images": []})),
        false => answer(200, &json!({"images": images})),
    });
    assert_eq!(launches, 1);
    let line = told.journal.lines().map(str::len).max().unwrap_or(0);
    assert!((2_000..8_000).contains(&line), "a line of {line} bytes");
}

#[test]
fn a_reason_without_measure_is_kept_short() {
    let told = play(&json!({"copies": [copy(Cloud::Tencent)]}), 60, |_| Err(Lost::Blocked("x".repeat(HUGE))));
    assert!(longest(&told.report).0 <= LONGEST && told.events.iter().all(|event| longest(event).0 <= LONGEST));
}
