//! What passes between the job and its host: requests that go elsewhere, answers that repeat a secret, and no answers.

use imgferry::api::endpoint::{Endpoint, SignHost};
use imgferry::job::{End, Phase};
use imgferry::{Answer, At, Cloud, Credentials, Job, Keyring, Lost, Millis, Plan, Step, check_and_build};
use serde_json::json;

const NOW: Millis = Millis(1_767_225_600_000);
const SECRET: &str = "EXAMPLE-SECRET/of+no/worth=";
const TOKEN: &str = "EXAMPLE-TOKEN/of+no/worth/but/rather/long==";

fn keys() -> Keyring {
    let key = |id| Credentials::new(id, SECRET, Some(TOKEN)).expect("a key");
    Keyring::default().with(Cloud::Tencent, key("AKIDEXAMPLE")).with(Cloud::Huawei, key("HWAKEXAMPLE"))
}

fn job() -> Job {
    let plan = json!({"copies": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": "golden"},
    ]});
    Job::new(Plan::from_value(&plan).expect("a plan"), NOW, 1).expect("a job")
}

fn sent(job: &mut Job, now: Millis) -> u32 {
    match job.poll(now, &keys()) {
        Step::Send(outgoing) => outgoing.id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_that_goes_elsewhere_has_every_header_signed() {
    let at = |endpoint: Option<(&str, SignHost)>, region: &str| At {
        endpoint: endpoint.map(|(url, sign_host)| Endpoint { url: url.to_owned(), sign_host }),
        project_id: Some("0123456789abcdef0123456789abcdef".to_owned()),
        ..At::region(region)
    };
    let token = Credentials::new("AKIDEXAMPLE", SECRET, Some(TOKEN)).expect("a key");
    for (cloud, operation, region, least) in [
        (Cloud::Tencent, "DescribeRegions", "ap-guangzhou", "content-type;host"),
        (Cloud::Volcengine, "DescribeRegions", "cn-beijing", "host;x-content-sha256;x-date;x-security-token"),
        (Cloud::Huawei, "ShowImageQuota", "cn-north-4", "host;x-project-id;x-sdk-date;x-security-token"),
    ] {
        let operation = cloud.operation(operation).expect("an operation");
        for (endpoint, is_least) in [
            (None, true),
            (Some(("http://127.0.0.1:8080", SignHost::Official)), false),
            (Some(("http://127.0.0.1:8080", SignHost::Endpoint)), false),
            (Some(("https://gateway.example.com", SignHost::Official)), false),
        ] {
            let call = check_and_build(operation, &Default::default(), &at(endpoint, region)).expect("builds");
            let request = call.sign(&token, NOW).expect("signs");
            let authorization = request.header("authorization").expect("is signed");
            let signed = authorization.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next()).expect("a list");
            let mut all: Vec<String> = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
            all.retain(|name| name != "authorization");
            all.push("host".to_owned());
            all.sort();
            all.dedup();
            assert_eq!(signed, if is_least { least.to_owned() } else { all.join(";") }, "{cloud} {endpoint:?}");
        }
    }
}

#[test]
fn what_an_answer_repeats_of_a_secret_is_nowhere_afterwards() {
    let percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for form in [SECRET.to_owned(), TOKEN.to_owned(), TOKEN.replace('/', "\\/"), percent, format!("{}\\n{}", &TOKEN[..20], &TOKEN[20..])] {
        for status in [200, 400, 502] {
            let mut job = job();
            let id = sent(&mut job, NOW);
            let error = format!(
                r#"{{"Response":{{"Error":{{"Code":"InvalidParameter","Message":"your {form} is wrong"}},"RequestId":"{form}"}}}}"#
            );
            let body = if status == 502 { format!("<html>{form}</html>") } else { error };
            job.answer(NOW, id, Answer { status, headers: Vec::new(), body: body.into_bytes() }).expect("is taken");
            job.cancel(NOW);
            let events: Vec<_> = job.take_events().iter().map(|event| event.to_value().to_string()).collect();
            let all = format!("{events:?} {} {} {}", job.report().to_value(), job.take_journal(), job.compact());
            let lead = &form[..form.len().min(16)];
            assert!(!all.contains(lead) && !all.contains(&SECRET[..12]) && !all.contains(&TOKEN[..12]), "{form}: {all}");
            assert!(all.contains("REDACTED") || status == 200, "{form}: {all}");
        }
    }
}

#[test]
fn the_cause_of_a_loss_is_told_with_the_host() {
    let mut job = job();
    let id = sent(&mut job, NOW);
    job.lost(NOW, id, Lost::Unsent(format!("by the proxy http://u:p@proxy:3128: refused {TOKEN}"))).expect("is taken");
    let told = "the request to cvm.tencentcloudapi.com could not be sent: by the proxy http://REDACTED@proxy:3128: refused REDACTED";
    let errors: Vec<_> = job.take_events().into_iter().filter_map(|event| event.error).map(|error| error.message.clone()).collect();
    assert_eq!(errors, [told]);
    // Nobody has given up: the rows say what keeps them.
    let rows = job.report().rows;
    assert!(rows.iter().all(|row| row.phase == Phase::Inspecting && row.error.as_ref().is_some_and(|error| error.message == told)));
    job.cancel(NOW);
    assert!(job.report().rows.iter().all(|row| row.error.as_ref().is_some_and(|error| error.message.ends_with(told))));
}

#[test]
fn what_does_not_mend_itself_ends_the_run_and_can_be_resumed() {
    let mut job = job();
    let id = sent(&mut job, NOW);
    let journal = job.take_journal();
    job.lost(NOW, id, Lost::Blocked("the certificate is not trusted".to_owned())).expect("is taken");
    assert_eq!(job.poll(NOW, &keys()), Step::Done);
    let report = job.report();
    assert!(report.rows.iter().all(|row| row.phase == Phase::Ended(End::Cancelled)), "{report:?}");
    assert!(report.rows.iter().all(|row| row.error.as_ref().is_some_and(|error| error.code == "transport.blocked")), "{report:?}");
    assert_eq!(report.exit_code(), 5, "nothing was launched");
    let journal = journal + &job.take_journal();
    let mut again = Job::restore(&journal, NOW).expect("is restored").job;
    assert!(matches!(again.poll(NOW, &keys()), Step::Send(_)), "whoever mends it goes on");
}

#[test]
fn one_cloud_out_of_reach_leaves_the_others_alone() {
    let plan = json!({"copies": [
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
         "params": {"agency_name": "ims_copy_image"}},
    ]});
    let mut job = Job::new(Plan::from_value(&plan).expect("a plan"), NOW, 1).expect("a job");
    let Step::Send(first) = job.poll(NOW, &keys()) else { panic!("nothing to send") };
    let Step::Send(second) = job.poll(NOW, &keys()) else { panic!("nothing to send") };
    job.lost(NOW, first.id, Lost::Blocked("a proxy wants a login".to_owned())).expect("is taken");
    job.lost(NOW, second.id, Lost::Unsent(String::new())).expect("is taken");
    let ended: Vec<bool> = job.report().rows.iter().map(|row| row.phase.is_ended()).collect();
    assert_eq!(ended.iter().filter(|ended| **ended).count(), 1, "{ended:?}");
    assert!(matches!(job.poll(NOW, &keys()), Step::Wait { .. }));
    job.cancel(NOW);
    assert_eq!(job.report().exit_code(), 6);
}

#[test]
fn the_forms_of_retry_after_mean_the_same() {
    let date = "Thu, 01 Jan 2026 00:00:00 GMT";
    let forms = ["600", "Thu, 01 Jan 2026 00:10:00 GMT", "Thursday, 01-Jan-26 00:10:00 GMT", "Thu Jan  1 00:10:00 2026"];
    let waits: Vec<i64> = forms
        .into_iter()
        .map(|after| {
            let mut job = job();
            let id = sent(&mut job, NOW);
            let headers = vec![("Retry-After".to_owned(), after.to_owned()), ("Date".to_owned(), date.to_owned())];
            job.answer(NOW, id, Answer { status: 503, headers, body: Vec::new() }).expect("is taken");
            match job.poll(NOW, &keys()) {
                Step::Wait { until } => until.since(NOW),
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(waits, [600_000; 4]);
}

#[test]
fn a_time_in_another_unit_stops_a_job_before_anything_more_is_sent() {
    let seconds = Millis(NOW.0 / 1000);
    let mut job = job();
    assert!(matches!(job.poll(seconds, &keys()), Step::Done), "nothing is sent");
    let report = job.report();
    for row in &report.rows {
        let error = row.error.as_ref().expect("why");
        assert!(error.code == "now" && error.message.contains("looks like seconds"), "{error:?}");
    }
    assert!(job.resolve(seconds, 0, None).is_err_and(|error| error.code == "now"));
    // The journal's own times are as they were: it can be resumed.
    let restored = Job::restore(&job.compact(), NOW).expect("is restored");
    let mut job = restored.job;
    assert!(matches!(job.poll(NOW, &keys()), Step::Send(_)));
}
