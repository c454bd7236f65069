//! What the fuzz targets do with the bytes they are given, one function a target. A panic is a find.
//!
//! Bytes are taken as whoever attacks would lay them out, mostly as JSON, so that seeds and finds can be read.

use imgferry::job::{Job, Step};
use imgferry::sign::{self, Diagnosis, Options, ToSign};
use imgferry::{Answer, Cloud, Credentials, Lost, Millis, Plan};
use imgferry_sim::{Arrived, Config, Delivery, World};
use imgferry_tests::harness::{START, keyring};
use serde_json::Value;
use sha2::{Digest, Sha256};

mod machine;

pub use machine::machine;

/// An answer: `CLOUD OPERATION STATUS`, a line feed, headers as lines, an empty line, the body. Whatever it is, it is
/// read, told as JSON and explained, and twice the same.
pub fn read(input: &[u8]) {
    let Some((head, body)) = split(input, b"\n\n") else { return };
    let Ok(head) = std::str::from_utf8(head) else { return };
    let mut lines = head.split('\n');
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(cloud), Some(name), Some(status)) = (first.next(), first.next(), first.next()) else { return };
    let (Ok(cloud), Ok(status)) = (Cloud::parse(cloud), status.parse()) else { return };
    let Ok(operation) = cloud.operation(name) else { return };
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let answer = Answer { status, headers, body: body.to_vec() };
    let told = || match imgferry::read(operation, &answer) {
        Ok(reply) => reply.to_value(),
        Err(error) => error.to_value(),
    };
    assert_eq!(told(), told());
    if let Err(error) = imgferry::read(operation, &answer) {
        let _ = cloud.explain_message(&error.code, &error.message, Some(status)).to_value();
    }
    let text = String::from_utf8_lossy(body);
    let _ = sign::diagnose("GET\n/v2/cloudimages/\nlimit=1\nhost:h\n\nhost\ne3b0", Some(&text)).to_value();
    if let Ok(imgferry::Reading::Long(listing)) = imgferry::read_long(operation, Answer { body: Vec::new(), ..answer.clone() }, body) {
        let _ = listing.rows(body, 0..listing.len());
    }
}

/// A journal, whose check sums are made good first: they are no secret. What is restored goes on, and restores again.
pub fn journal(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let _ = Job::restore(text, START);
    let summed: String = text.split('\n').map(|line| format!("{} {line}\n", sum(line))).collect();
    for restore in [Job::restore, Job::wake] {
        let Ok(restored) = restore(&summed, START) else { continue };
        let mut job = restored.job;
        let _ = job.report().to_value();
        let compacted = job.compact();
        let again = Job::wake(&compacted, START).unwrap_or_else(|error| panic!("its own compaction: {error}: {compacted}"));
        assert_eq!(again.kept, compacted.len());
        play(&mut job, 20);
    }
}

/// What somebody has in hand of a refusal; behind a line `===` the answer. It is explained twice the same, and no secret shown.
pub fn investigate(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (text, answer) = text.split_once("\n===\n").unwrap_or((text, ""));
    let key = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", Some("EXAMPLE-TOKEN-NOT-REAL")).expect("a key");
    for key in [Some(&key), None] {
        let told = Diagnosis::in_text(text, answer, key, Some(START));
        assert_eq!(told, Diagnosis::in_text(text, answer, key, Some(START)));
        let is_new = key.is_some() && !input.windows(8).any(|part| part == b"NOT-REAL");
        assert!(!is_new || !told.to_string().contains("NOT-REAL"), "{told}");
    }
}

fn sum(line: &str) -> String {
    Sha256::digest(line)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A plan. One that is read is written so that it reads back to the same; one without errors makes a job.
pub fn plan(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(plan) = Plan::parse(text) else { return };
    let written = plan.to_value();
    let again = Plan::from_value(&written).unwrap_or_else(|error| panic!("its own writing: {error}: {written}"));
    assert_eq!(again.to_value(), written);
    let findings = plan.check();
    // More lanes than that only take time.
    let lanes: usize = plan.transfers.iter().map(|transfer| transfer.to.len().max(1)).sum();
    if findings.has_errors() || lanes > 64 {
        return;
    }
    let mut job = Job::new(plan, START, 7).unwrap_or_else(|error| panic!("a plan without findings: {error}"));
    play(&mut job, 40);
    let text = job.compact();
    Job::restore(&text, START).unwrap_or_else(|error| panic!("its own journal: {error}: {text}"));
}

/// A few steps of a job whose requests have no answers: each wait lies ahead.
fn play(job: &mut Job, polls: usize) {
    let (mut now, keys) = (START, keyring());
    for _ in 0..polls {
        match job.poll(now, &keys) {
            Step::Done => break,
            Step::Send(outgoing) => job.lost(now, outgoing.id, Lost::Unanswered(String::new())).expect("it is under way"),
            Step::Wait { until } => {
                assert!(until > now, "a wait until {until} at {now}");
                now = until;
            }
        }
        let _ = (job.take_journal(), job.take_events());
    }
    let _ = job.report().to_value();
}

/// A line of `imgferry sign -`. What is signed verifies, with every option.
pub fn sign(input: &[u8]) {
    let Ok(line) = serde_json::from_slice::<Value>(input) else { return };
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    let Ok(cloud) = Cloud::parse(text("cloud")) else { return };
    let headers: Vec<(String, String)> = match &line["headers"] {
        Value::Object(map) => map.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
        _ => Vec::new(),
    };
    let options = Options {
        signed_headers: line["signed_headers"].as_array().map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        unsigned_payload: line["unsigned_payload"] == true,
        presign: line["presign"] == true,
        expires_s: line["expires_s"].as_u64().and_then(|seconds| seconds.try_into().ok()),
        derived: line["derived"] == true,
    };
    let Ok(key) = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", line["token"].as_str()) else { return };
    let time = Millis(line["time_ms"].as_i64().unwrap_or(START.0));
    let what = ToSign {
        method: text("method"),
        url: text("url"),
        headers: &headers,
        body: text("body").as_bytes(),
        time,
        region: text("region"),
        service: text("service"),
    };
    let Ok(signed) = sign::sign(cloud.scheme(), &what, &key, &options) else { return };
    // Whoever brings a date, a token or a hash of his own signs what he says, not what is so.
    let own = |name: &str| ["date", "token", "content", "host", "expires"].iter().any(|part| name.to_ascii_lowercase().contains(part));
    if headers.iter().any(|(name, _)| own(name)) || what.url.contains("X-") || options.signed_headers.is_some() {
        return;
    }
    let received = sign::Received { method: what.method, url: &signed.url, headers: &signed.headers, body: what.body };
    let find = |id: &str| (id == key.id()).then(|| key.clone());
    if let Err(refusal) = sign::verify(cloud.scheme(), &received, &find, time, &sign::Expect::default()) {
        panic!("refused: {refusal}: {:?}: {:?}", signed.canonical_request, refusal.canonical_request);
    }
}

/// A request as it arrives, HTTP/1.1 without a version: nothing that is not signed is taken, and nothing breaks.
pub fn verify(input: &[u8]) {
    let Some(arrived) = Wire::of(input) else { return };
    let find = |_: &str| Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None).ok();
    for cloud in Cloud::ALL {
        let received = sign::Received { method: arrived.method, url: arrived.target, headers: &arrived.headers, body: arrived.body };
        match sign::verify(cloud.scheme(), &received, &find, START, &sign::Expect::default()) {
            Ok(verified) => drop(verified.to_value()),
            Err(refusal) => drop(refusal.to_value()),
        }
    }
}

/// Requests to the simulator, separated by a line of three dashes, a second apart. A signature may be anything; those that
/// ask to be signed (`Authorization: SIGN`) are signed well, so that what lies behind the signature is reached.
pub fn sim(input: &[u8]) {
    let mut world = World::new(&Config::default(), START).expect("the default world is sound");
    let mut now = START;
    for request in cut(input, b"\n---\n").take(16) {
        let Some(mut arrived) = Wire::of(request) else { continue };
        now = now.plus(1_000);
        if arrived.headers.iter().any(|(name, value)| name == "Authorization" && value == "SIGN") {
            arrived.sign(now);
        }
        let asked = Arrived { method: arrived.method, target: arrived.target, headers: &arrived.headers, body: arrived.body };
        if let Delivery::Answer(answer) = world.handle(now, &asked) {
            assert!((100..600).contains(&answer.status));
        }
    }
    let _ = world.ledger().to_json();
}

/// A request on the wire: a line of method and target, headers, an empty line, the body.
struct Wire<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(String, String)>,
    body: &'a [u8],
}

impl<'a> Wire<'a> {
    fn of(input: &'a [u8]) -> Option<Self> {
        let (head, body) = split(input, b"\n\n").unwrap_or((input, b""));
        let mut lines = std::str::from_utf8(head).ok()?.split('\n');
        let (method, target) = lines.next()?.split_once(' ')?;
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(Self { method, target, headers, body })
    }

    /// Signs it with the key of the cloud that its target or headers speak of.
    fn sign(&mut self, now: Millis) {
        self.headers.retain(|(name, _)| name != "Authorization");
        let has = |name: &str| self.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        let index = if has("X-TC-Action") { 0 } else { 1 + usize::from(!self.target.contains("Action=")) };
        let ((cloud, id), (_, secret)) = (Config::KEY_IDS[index], Config::KEY_SECRETS[index]);
        let Ok(key) = Credentials::new(id, secret, None) else { return };
        let (host, region, service) = match cloud {
            Cloud::Tencent => ("cvm.tencentcloudapi.com", "", "cvm"),
            Cloud::Volcengine => ("open.volcengineapi.com", "cn-beijing", "ecs"),
            Cloud::Huawei => ("ims.cn-north-4.myhuaweicloud.com", "cn-north-4", "ims"),
        };
        let url = format!("http://{host}{}", self.target);
        let what = ToSign { method: self.method, url: &url, headers: &self.headers, body: self.body, time: now, region, service };
        if let Ok(signed) = sign::sign(cloud.scheme(), &what, &key, &Options::default()) {
            self.headers = signed.headers;
        }
    }
}

fn split<'a>(input: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let start = input.windows(at.len()).position(|window| window == at)?;
    Some((&input[..start], &input[start + at.len()..]))
}

fn cut<'a>(mut rest: &'a [u8], at: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut over = false;
    std::iter::from_fn(move || {
        if over {
            return None;
        }
        let (part, behind) = split(rest, at).unwrap_or_else(|| {
            over = true;
            (rest, b"")
        });
        rest = behind;
        Some(part)
    })
}
