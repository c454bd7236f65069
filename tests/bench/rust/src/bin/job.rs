//! What a job costs: memory and time a lane, and the time that exports take. The cloud is instant and says only what a
//! lane needs to hear, so that the job alone is measured.

use imgferry_bench::api::{Answer, Cloud, Credentials, Job, Keyring, Millis, Plan, Request, Step};
use imgferry_bench::take_turns;
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

fn main() {
    let mut subjects: Vec<imgferry_bench::Subject<'_>> = Vec::new();
    for lanes in [10_000, 100_000, 1_000_000] {
        subjects.push((format!("{lanes} lanes, bytes"), Box::new(move || measure(lanes).bytes)));
        subjects.push((format!("{lanes} lanes, µs a lane"), Box::new(move || measure(lanes).microseconds)));
    }
    for count in [20_000, 40_000, 200_000] {
        subjects.push((format!("{count} exports, seconds"), Box::new(move || exports(count))));
    }
    take_turns(subjects);
}

/// Seconds that a plan of so many exports takes from the text to its check and to the first report of its job.
fn exports(count: usize) -> f64 {
    let export = |at| json!({"cloud": "volcengine", "image": format!("image-{at:019}"), "from": "cn-beijing", "name": format!("g{at}"), "params": {"TOSBucket": "golden"}});
    let plan = json!({"exports": (0..count).map(export).collect::<Vec<_>>()});
    let began = Instant::now();
    let plan = Plan::from_value(&plan).expect("a valid plan");
    assert!(!plan.check().has_errors());
    let job = Job::new(plan, START, 7).expect("a valid plan");
    assert_eq!(job.report().rows.len(), count);
    began.elapsed().as_secs_f64()
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
