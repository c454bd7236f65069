//! One spec, told in Rust, Python and JavaScript: a seed makes a plan and a scenario by plain arithmetic, a job and the
//! simulated clouds play it in virtual time, and what they say is hashed.
//!
//! | step | what the host does |
//! |---|---|
//! | send | hands the request to the world at once, with a `Host` header of the URL's own; tells the answer in the same instant |
//! | answer that comes later than the request's timeout, or never | tells `unanswered` |
//! | wait | sets the clock to that moment |
//! | done | stops |
//!
//! After every poll and every answer it takes the journal and the events. A story's four hashes are those of all requests
//! (`METHOD URL`, a line a header, an empty line, the body, a line feed), all events and the report (as JSON with sorted keys,
//! without spaces; a line each), and the journal as it is.

use crate::harness::{START, handle, keyring, plan, world};
use imgferry::job::{Event, Job, Step};
use imgferry::{Lost, Request};
use imgferry_sim::Delivery;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The hashes of one story: requests, events, journal, report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(pub [String; 4]);

/// Polls after which a story must have ended.
const POLLS: usize = 20_000;

/// Tells the story of a seed.
///
/// # Panics
/// When it does not end.
pub fn tell(seed: u64) -> Told {
    let (mut world, mut now) = (world(&scenario_of(seed)), START);
    let mut job = Job::new(plan(&plan_of(seed)), now, seed).expect("the plan is sound");
    let keys = keyring();
    let (mut requests, mut events, mut journal) = (String::new(), String::new(), String::new());
    let mut take = |job: &mut Job| {
        journal.push_str(&job.take_journal());
        for event in job.take_events() {
            events.push_str(&format!("{}\n", Event::to_value(&event)));
        }
    };
    for _ in 0..POLLS {
        let step = job.poll(now, &keys);
        take(&mut job);
        match step {
            Step::Done => {
                let report = format!("{}\n", job.report().to_value());
                return Told([&requests, &events, &journal, &report].map(|text| hex(text)));
            }
            Step::Wait { until } => now = until,
            Step::Send(outgoing) => {
                requests.push_str(&text_of(&outgoing.request));
                let answered = match handle(&mut world, now, &outgoing.request) {
                    Delivery::Answer(answer) => job.answer(now, outgoing.id, answer),
                    Delivery::Late { answer, after_ms } if after_ms <= outgoing.timeout_ms => job.answer(now, outgoing.id, answer),
                    Delivery::Late { .. } | Delivery::Lost(_) => job.lost(now, outgoing.id, Lost::Unanswered(String::new())),
                };
                answered.expect("the request was under way");
                take(&mut job);
            }
        }
    }
    panic!("the story {seed} did not end");
}

fn scenario_of(seed: u64) -> Value {
    let chance = (seed % 6) as f64 / 100.0;
    json!({
        "seed": seed, "copy_ms": [20_000, 20_000 + 1000 * (seed % 200)], "visible_after_ms": 1000 * (seed % 7), "busy_source": seed.is_multiple_of(2),
        "faults": {"lost_after": chance, "lost_before": chance, "http_500_after": chance, "throttle": chance, "garbage": chance, "html_502": chance, "timeout_after": chance},
    })
}

fn plan_of(seed: u64) -> Value {
    let some = |regions: &[&'static str]| regions[..1 + (seed % regions.len() as u64) as usize].to_vec();
    json!({
        "copies": [
            {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": some(&["ap-shanghai", "ap-beijing", "ap-singapore"]), "name": format!("golden-{seed}")},
            {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": some(&["cn-shanghai", "cn-guangzhou"]), "name": format!("golden-{seed}")},
            {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": some(&["cn-south-1", "cn-east-3", "ap-southeast-3"]),
             "name": format!("golden-{seed}"), "params": {"agency_name": "ims_copy_image"}},
        ],
        "policy": {"poll": "5s", "settle": "30s", "concurrency": 1 + seed % 4, "launches": 50},
    })
}

fn text_of(request: &Request) -> String {
    let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{} {}\n{headers}\n{}\n", request.method, request.url, request.body)
}

fn hex(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
