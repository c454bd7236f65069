//! The shapes are those that Python and JavaScript see.

use super::*;
use crate::api::facts::{Facts, Identity, Ownership, Page, Quota, State, TaskState, Temporary};
use crate::base::cloud::Cloud;
use crate::base::credentials::Credentials;
use crate::base::error::Kind;
use crate::base::http::{Answer, Headers, Method};
use crate::job::EventKind;
use crate::job::{End, Phase};
use crate::provider::read;
use serde_json::{Value, json, to_string};

/// The same text: shape, names, order and values.
fn same(record: &impl Serialize, value: &Value) {
    assert_eq!(to_string(record).expect("it is JSON"), value.to_string());
}

#[test]
fn every_record_has_the_shape_that_other_languages_see() {
    let problem = |vendor_code| Problem {
        rule: "params.missing",
        path: "ImageName".into(),
        severity: crate::base::problem::Severity::Warning,
        message_en: "long".into(),
        message_zh: "过长".into(),
        vendor_code,
    };
    let mut error = Error::new(Kind::Throttled, "RequestLimitExceeded", "\"slow\"").hint("wait", "稍候");
    same(&error, &error.to_value());
    error.request_id = Some("r-1".into());
    (error.status, error.wait_ms, error.server_time) = (Some(429), Some(1000), Some(Millis(-5)));
    error.problems = vec![problem(None), problem(Some("InvalidParameter"))];
    same(&error, &error.to_value());
    for code in ["RequestLimitExceeded", "none"] {
        let explanation = Cloud::Tencent.explain(code, Some(500));
        same(&explanation, &explanation.to_value());
    }
    let request = Request {
        method: Method::Get,
        url: "https://h/".into(),
        headers: Headers::from_iter([("a".into(), "b".into())]),
        body: "{}".into(),
    };
    same(&request, &request.to_value());
    for cloud in Cloud::ALL {
        cloud.regions().iter().for_each(|region| same(region, &region.to_value()));
        cloud.operations().iter().for_each(|operation| same(operation, &operation.to_value()));
    }
    let diagnosis = crate::sign::diagnose("GET\n/\na=1\n\n\n", Some("|"));
    same(&diagnosis, &diagnosis.to_value());
    let times = (Some(Millis(1)), None);
    for (at, eta) in [times, (times.1, times.0)] {
        let known = at.is_some();
        let event = Event {
            seq: 6,
            at: Millis(5),
            what: EventKind::Progress,
            lane: known.then_some(7),
            lane_path: known.then(|| "huawei/a→b".to_owned()),
            cloud: "huawei",
            region: "cn-north-4".into(),
            percent: known.then_some(40),
            eta_ms: eta.map(|at| (at.0, 9)),
            image: known.then(|| "i".to_owned()),
            wait_ms: known.then_some(8),
            request_id: known.then(|| "r".to_owned()),
            error: known.then(|| error.clone()),
        };
        same(&event, &event.to_value());
    }
    let row = |known: bool| Row {
        lane: 3,
        cloud: "tencent",
        path: "copies[0].to[1]".into(),
        image: "img-1".into(),
        from: "ap-guangzhou".into(),
        to: "ap-beijing".into(),
        name: "golden".into(),
        phase: if known { Phase::Ended(End::Failed) } else { Phase::Queued },
        new_image: known.then(|| "img-2".to_owned()),
        task: known.then(|| "task".to_owned()),
        objects: if known { vec!["a".into(), "b".into()] } else { Vec::new() },
        note: known.then(|| ("note".to_owned(), "说明".to_owned())),
        percent: known.then_some(100),
        launches: 2,
        since: Millis(5),
        launched: known.then_some(Millis(4)),
        next: known.then_some(Millis(6)),
        eta_ms: known.then_some((7, 8)),
        request_ids: vec!["r-1".into()],
        error: known.then(|| error.clone()),
    };
    let extra = Extra { cloud: "tencent", region: "r".into(), image: "i".into(), name: "n".into(), source: "s".into() };
    let report = Report { rows: vec![row(true), row(false), row(false)], steps: vec![row(false)], extra: vec![extra] };
    same(&report, &report.to_value());
    read_back(&report);
    let plan = json!({"copies": [{"cloud": "tencent", "image": "img-1", "from": "ap-guangzhou", "to": ["ap-beijing"], "name": "n"}]});
    let plan = Plan::from_value(&plan).expect("a plan");
    same(&plan, &plan.to_value());
    read_back(&plan);
}

/// The same record again, out of the text that it makes.
fn read_back<T: Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(record: &T) {
    let text = to_string(record).expect("it is JSON");
    assert_eq!(&serde_json::from_str::<T>(&text).expect(&text), record);
}

#[test]
fn what_is_no_report_and_no_plan_is_refused_by_name() {
    let refused = |text: &str| serde_json::from_str::<Report>(text).map(|_| ()).map_err(|error| error.to_string());
    let row = r#"{"cloud": "aws", "path": "", "image": "", "from": "", "to": "", "name": "", "state": "ready", "objects": [], "launches": 0, "lane": 0, "since_ms": 0, "request_ids": []}"#;
    for (text, why) in [
        (r#"{"rows": []}"#.to_owned(), "steps"),
        (format!(r#"{{"rows": [{row}], "steps": [], "extra": []}}"#), "aws"),
        (
            format!(r#"{{"rows": [{}], "steps": [], "extra": []}}"#, row.replace("aws", "huawei").replace("ready", "gone")),
            "state cannot be \"gone\"",
        ),
    ] {
        let error = refused(&text).expect_err("it is refused");
        assert!(error.contains(why), "{error}");
    }
    let plan = serde_json::from_str::<Plan>(r#"{"copies": [{"cloud": "tencent"}]}"#).expect_err("it is refused").to_string();
    assert!(plan.contains("image"), "{plan}");
}

#[test]
fn so_have_all_facts() {
    let page = |next: Option<&str>| (next.map(str::to_owned), next.map(|_| 9));
    let image = |known: bool| Image {
        id: "i".into(),
        name: String::new(),
        description: known.then(String::new),
        state: State::Gone,
        raw_state: "deleted".into(),
        percent: known.then_some(3),
        created: known.then_some(Millis(5)),
        size_bytes: known.then_some(u64::MAX),
        ownership: Ownership::Market,
        encrypted: known.then_some(true),
        iso: known.then_some(false),
        whole: known.then_some(true),
        os: known.then(|| "Linux".to_owned()),
        origin: known.then(|| Origin { region: "r".into(), image: "i".into() }),
        tags: if known { vec![("k".into(), "v".into())] } else { Vec::new() },
        lifecycle: known.then(|| "Active".into()),
        detection: known.then(|| "Finished".into()),
    };
    let task = |failure| Task {
        id: "t".into(),
        kind: "CopyImage".into(),
        state: TaskState::Failed,
        raw_state: "FAIL".into(),
        percent: None,
        image: Some("i".into()),
        created: Some(Millis(1)),
        failure,
    };
    let project = Project { id: "p".into(), name: "n".into(), enabled: true };
    let launched = Launched { region: Some("r".into()), objects: vec!["o".into()], ..Launched::default() };
    let text = || vec!["a".to_owned(), "b".to_owned()];
    for known in [None, Some("next")] {
        let (next, total) = page(known);
        let of = |items| Page { items, next: next.clone(), total };
        for facts in [
            Facts::Nothing,
            Facts::DryRun,
            Facts::Launched(vec![launched.clone(), Launched::default()]),
            Facts::Images(Page { items: vec![image(true), image(false)], next: next.clone(), total }),
            Facts::Tasks(Page { items: vec![task(None), task(Some(("c".into(), "m".into())))], next: next.clone(), total }),
            Facts::Quota(Quota { total: Some(5), used: None }),
            Facts::Regions(of(text())),
            Facts::Projects(Page { items: vec![project.clone()], next: next.clone(), total }),
            Facts::Agencies(of(text())),
            Facts::Accounts(text()),
            Facts::Identity(Identity { account: "1".into(), name: Some("n".into()), kind: None }),
            temporary(),
        ] {
            let reply = Reply { request_id: known.map(str::to_owned), facts, data: json!({"x": [1.5, null]}) };
            same(&reply, &reply.to_value());
        }
    }
    let operation = Cloud::Huawei.operation("ListImages").expect("it is there");
    assert!(read(operation, &Answer::default()).is_err_and(|error| to_string(&error).is_ok()));
}

fn temporary() -> Facts {
    let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", Some("EXAMPLE-TOKEN")).expect("a key");
    Facts::Temporary(Temporary { credentials, expires: Some(Millis(1)) })
}
