//! What a lane costs, in memory and time, with ten thousand and with a million of them. The cloud is instant and
//! says only what a lane needs to hear, so that the job alone is measured. Prints one JSON line a row.

use imgferry::job::{Job, Keyring, Step};
use imgferry::{Answer, Cloud, Credentials, Millis, Plan, Request};
use serde_json::{Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Counts what is allocated: resident memory would tell of the allocator's habits, too.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const START: Millis = Millis(1_767_225_600_000);
const REGIONS: [&str; 4] = ["cn-shanghai", "cn-guangzhou", "cn-hongkong", "ap-southeast-1"];

#[allow(clippy::print_stdout)]
fn main() {
    let costs: Vec<Cost> = std::env::args()
        .nth(1)
        .map_or(vec![10_000, 100_000, 1_000_000], |n| vec![10_000, n.parse().expect("a number of lanes")])
        .into_iter()
        .map(measure)
        .collect();
    let row = |what: &str, ours: String, against: String, value: f64, unit: &str, at_most: f64| {
        println!(
            "{}",
            json!({"group": "job", "what": what, "ours": ours, "against": against, "value": value, "unit": unit, "at_most": at_most})
        );
    };
    if let [small, .., large] = costs.as_slice() {
        row(
            "memory a lane, 1,000,000 lanes",
            format!("{:.0} bytes at rest", large.bytes),
            "all that is allocated while every lane is watched".into(),
            large.bytes,
            "bytes",
            600.0,
        );
        let told: Vec<String> = costs.iter().map(|cost| format!("{:.1} µs", cost.microseconds)).collect();
        row(
            "time a lane, 10,000 to 1,000,000 lanes",
            told.join(", "),
            "from plan to report, answers read".into(),
            large.microseconds / small.microseconds,
            "x",
            1.3,
        );
    }
}

struct Cost {
    bytes: f64,
    microseconds: f64,
}

fn measure(lanes: usize) -> Cost {
    let plan = plan(lanes);
    let keys =
        Keyring::default().with(Cloud::Volcengine, Credentials::new("AKLTEXAMPLE", "EXAMPLE-SECRET", None).expect("a well-formed key"));
    let before = IN_USE.load(Ordering::Relaxed);
    let began = Instant::now();
    let plan = Plan::from_value(&plan).expect("a valid plan");
    let mut job = Job::new(plan, START, 7).expect("a valid plan");
    let (mut now, mut at_rest, mut made) = (START, 0, 0);
    loop {
        let step = job.poll(now, &keys);
        drop((job.take_journal(), job.take_events()));
        match step {
            Step::Done => break,
            Step::Wait { until } => now = until,
            Step::Send(outgoing) => {
                if made == lanes && at_rest == 0 {
                    // Every lane has been launched and none is over: the most that there ever is.
                    at_rest = IN_USE.load(Ordering::Relaxed);
                }
                let answer = answer(&outgoing.request, &mut made, lanes);
                job.answer(now, outgoing.id, answer).expect("an answer to a request");
            }
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(job.report().exit_code(), 0, "every lane is ready");
    assert!(at_rest > before, "the job was measured while every lane was watched");
    Cost { bytes: (at_rest - before) as f64 / lanes as f64, microseconds: seconds * 1e6 / lanes as f64 }
}

fn plan(lanes: usize) -> Value {
    let copies: Vec<Value> = (0..lanes / REGIONS.len())
        .map(|image| json!({"cloud": "volcengine", "image": format!("image-{image:019}"), "from": "cn-beijing", "to": REGIONS, "name": format!("golden-{image}")}))
        .collect();
    let rate = 10_000;
    json!({"copies": copies, "policy": {
        "poll": "30m", "concurrency": 1, "deadline": "300d", "lane_deadline": "300d", "visible": "300d",
        "rates": {"volcengine.CopyImage": rate, "volcengine.DescribeImages": rate, "volcengine.DescribeTasks": rate}
    }})
}

/// What the instant cloud answers: every copy is done when it is looked at, as soon as all are launched.
fn answer(request: &Request, made: &mut usize, lanes: usize) -> Answer {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let all = |prefix: &str| -> Vec<&str> {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(_, value)| value)
            .collect()
    };
    let result = match all("Action").first() {
        Some(&"CopyImage") => {
            *made += 1;
            json!({"ImageId": format!("image-n{made:018}")})
        }
        Some(&"DescribeTasks") => {
            let status = if *made == lanes { "Succeeded" } else { "Running" };
            let tasks = all("ResourceIds.")
                .into_iter()
                .map(|id| json!({"Id": format!("t-{id}"), "ResourceId": id, "Type": "CopyImage", "Status": status, "Process": 50}));
            json!({"Tasks": tasks.collect::<Vec<_>>()})
        }
        _ => {
            let images = all("ImageIds.").into_iter().map(|id| {
                json!({"ImageId": id, "ImageName": "source", "Status": "available", "Visibility": "private", "OsType": "Linux", "Size": 20})
            });
            json!({"Images": images.collect::<Vec<_>>()})
        }
    };
    let body = json!({"ResponseMetadata": {"RequestId": "2026010100000000000000000000000000"}, "Result": result});
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}
