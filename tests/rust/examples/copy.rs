//! A whole replication over real HTTP: `cargo run --example copy -- PLAN JOURNAL`, keys in the environment.
//!
//! A program of your own adds `ureq`'s TLS (its default features); here only loopback is reached.
//!
//! The loop takes no decision: it writes the journal, sends what it is given, and tells what came of it.

use imgferry::{Answer, Cloud, Credentials, Error, Job, Keyring, Lost, Method, Millis, Plan, Request, Step};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use ureq::http;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (plan, journal) = (arguments.next().ok_or("give a plan file")?, arguments.next().ok_or("give a journal file")?);
    let plan = Plan::parse(&fs::read_to_string(plan)?)?;
    let mut journal = OpenOptions::new().create_new(true).append(true).open(journal)?;
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let keys = keyring()?;
    let mut job = Job::new(plan, now(), now().0 as u64)?;
    loop {
        let step = job.poll(now(), &keys);
        journal.write_all(job.take_journal().as_bytes())?;
        journal.sync_data()?;
        job.take_events().iter().for_each(|event| eprintln!("{}", event.to_value()));
        match step {
            Step::Done => break,
            Step::Wait { until } => std::thread::sleep(Duration::from_millis(until.since(now()).max(0) as u64)),
            Step::Send(outgoing) => match send(&agent, &outgoing.request, outgoing.timeout_ms) {
                Ok(answer) => job.answer(now(), outgoing.id, answer)?,
                Err(lost) => job.lost(now(), outgoing.id, lost)?,
            },
        }
    }
    println!("{}", job.report().to_value());
    std::process::exit(job.report().exit_code().into())
}

/// Sends exactly these bytes, once.
fn send(agent: &ureq::Agent, request: &Request, timeout_ms: i64) -> Result<Answer, Lost> {
    let mut builder = http::Request::builder().method(request.method.as_str()).uri(&request.url);
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
    }
    let timeout = Duration::from_millis(timeout_ms as u64);
    // A connection that is not made by then never left; what it is made for has the other half.
    let (whole, connect) = (Some(timeout), Some(timeout / 2));
    let unsent = |error: http::Error| Lost::Unsent(error.to_string());
    let sent = match request.method {
        Method::Get | Method::Delete => {
            let request = builder.body(()).map_err(unsent)?;
            agent.run(agent.configure_request(request).timeout_global(whole).timeout_connect(connect).build())
        }
        Method::Post | Method::Put | Method::Patch => {
            let request = builder.body(request.body.clone()).map_err(unsent)?;
            agent.run(agent.configure_request(request).timeout_global(whole).timeout_connect(connect).build())
        }
    };
    let mut answer = sent.map_err(|error| lost(&error))?;
    let headers =
        answer.headers().iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    let body = answer.body_mut().with_config().limit(50 << 20).read_to_vec();
    let body = body.map_err(|error| Lost::Unanswered(error.to_string()))?;
    Ok(Answer { status: answer.status().as_u16(), headers, body })
}

/// Whether it left, and why not. What does not mend itself is told apart: the job ends, to be resumed. A route that is gone ends a
/// connection that stands, too, so that it tells nothing.
fn lost(error: &ureq::Error) -> Lost {
    use ureq::Timeout::{Connect, Resolve};
    let cause = error.to_string();
    match error {
        ureq::Error::ConnectProxyFailed(reason) if reason.contains("407") => Lost::Blocked(cause),
        ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl | ureq::Error::TlsRequired => Lost::Blocked(cause),
        _ if cause.contains("certificate") => Lost::Blocked(cause),
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound | ureq::Error::ConnectProxyFailed(_) => Lost::Unsent(cause),
        ureq::Error::Timeout(Resolve | Connect) => Lost::Unsent(cause),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Lost::Unsent(cause),
        _ => Lost::Unanswered(cause),
    }
}

fn keyring() -> Result<Keyring, Error> {
    let names = [
        (Cloud::Tencent, "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        (Cloud::Volcengine, "VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY"),
        (Cloud::Huawei, "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
    ];
    names.into_iter().try_fold(Keyring::default(), |keys, (cloud, id, secret)| match (std::env::var(id), std::env::var(secret)) {
        (Ok(id), Ok(secret)) => Ok(keys.with(cloud, Credentials::new(&id, &secret, None)?)),
        _ => Ok(keys),
    })
}

fn now() -> Millis {
    Millis(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
}
