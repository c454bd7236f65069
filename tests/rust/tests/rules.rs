//! The examples of the rules that `imgferry rules` shows, run with all that is known of image, quota and running copies.

use imgferry::api::Params;
use imgferry::api::check::Known;
use imgferry::api::facts::{Image, Ownership, Quota, State};
use imgferry::{At, Cloud, Edition, Endpoint, Plan};
use serde_json::Value;
use std::collections::BTreeSet;

fn examples() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../py/python/imgferry/cli/rule_examples.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the examples")).expect("JSON")
}

fn word<T: Copy>(all: &[T], name: fn(T) -> &'static str, value: &Value) -> Option<T> {
    all.iter().copied().find(|known| Some(name(*known)) == value.as_str())
}

fn image(told: &Value) -> Image {
    let text = |name: &str| told[name].as_str().map(str::to_owned);
    Image {
        id: text("id").unwrap_or_default(),
        name: "golden".to_owned(),
        description: None,
        state: word(&State::ALL, State::as_str, &told["state"]).unwrap_or(State::Ready),
        raw_state: text("raw_state").unwrap_or_default(),
        percent: None,
        created: None,
        size_bytes: told["size_bytes"].as_u64(),
        ownership: word(&Ownership::ALL, Ownership::as_str, &told["ownership"]).unwrap_or(Ownership::Private),
        encrypted: told["encrypted"].as_bool(),
        iso: told["iso"].as_bool(),
        whole: told["whole"].as_bool(),
        os: text("os"),
        origin: None,
        tags: Vec::new(),
        lifecycle: None,
        detection: None,
    }
}

/// The rules that an example breaks.
fn found(example: &Value, cloud: &str) -> BTreeSet<String> {
    if !example["plan"].is_null() {
        let problems = match Plan::from_value(&example["plan"]) {
            Ok(plan) => plan.check().problems,
            Err(error) => error.problems.clone(),
        };
        return problems.iter().map(|problem| problem.rule.to_owned()).collect();
    }
    let text = |name: &str| example[name].as_str().map(str::to_owned);
    let at = At {
        region: text("region").unwrap_or_default(),
        edition: text("site").map_or(Edition::Main, |_| Edition::International),
        endpoint: text("endpoint").map(|url| Endpoint::new(url, None, imgferry::api::endpoint::HostHeader::Given)),
        project_id: text("project_id"),
        domain_id: text("domain_id"),
        language: None,
    };
    let image = (!example["image"].is_null()).then(|| image(&example["image"]));
    let quota =
        (!example["quota"].is_null()).then(|| Quota { used: example["quota"]["used"].as_u64(), total: example["quota"]["total"].as_u64() });
    let running = example["running"].as_u64().map(|running| running as u32);
    let known = Known { image: image.as_ref(), quota: quota.as_ref(), running, ..Known::default() };
    let params: Params = example["params"].as_object().expect("params").clone();
    let cloud = Cloud::parse(example["cloud"].as_str().unwrap_or(cloud)).expect("a cloud");
    let operation = cloud.operation(example["operation"].as_str().expect("an operation")).expect("known");
    imgferry::check(operation, &params, &at, &known).problems.iter().map(|problem| problem.rule.to_owned()).collect()
}

#[test]
fn each_example_passes_or_fails_by_its_rule_alone() {
    let examples = examples();
    for (id, pair) in examples.as_object().expect("an object") {
        // Known only once a job has seen its source.
        if id == "plan.chain.key" {
            continue;
        }
        let cloud = id.split('.').next().unwrap_or_default();
        let (passes, fails) = (found(&pair["passes"], cloud), found(&pair["fails"], cloud));
        assert!(!passes.contains(id), "{id}: {passes:?}");
        assert!(fails.contains(id), "{id}: {fails:?}");
        let is_usual = |rule: &str| rule == id || rule.contains("assumed") || (rule == "params.control" && id.ends_with("line_break"));
        let along: Vec<&String> = fails.iter().filter(|rule| !is_usual(rule) && !passes.contains(*rule)).collect();
        assert!(along.is_empty(), "{id} comes with {along:?}");
    }
}

#[test]
fn every_rule_has_its_examples() {
    let examples = examples();
    let shown: BTreeSet<&str> = examples.as_object().expect("an object").keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> =
        imgferry::plan::rules().chain(Cloud::ALL.into_iter().flat_map(Cloud::rules)).map(|rule| rule.id()).collect();
    assert_eq!(shown, declared);
}
