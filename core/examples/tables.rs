//! Prints as JSON what the types of the Python and the npm package are made from: the operations of each cloud, the closed
//! sets of words, and the schema of plans. And regions and the texts of rules and error codes, which the npm package has outside of its module.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use imgferry::api::catalogue::{Codes, Owner};
use imgferry::api::check::Rule;
use imgferry::api::endpoint::SignHost;
use imgferry::api::facts::{Ownership, State, TaskState};
use imgferry::api::json::{Object, list};
use imgferry::api::operation::{Effect, Place};
use imgferry::api::region::RegionClass;
use imgferry::api::site::Language;
use imgferry::job::{Ambiguity, EventKind, Phase};
use imgferry::plan::{Purpose, Without};
use imgferry::{Cloud, Edition, Kind, Plan, Retry, Severity, plan};
use serde_json::Value;

fn main() {
    let (mut operations, mut regions) = (Object::new(), Object::new());
    for cloud in Cloud::ALL {
        operations.set(cloud.as_str(), list(cloud.operations(), |operation| operation.to_value()));
        regions.set(cloud.as_str(), list(cloud.regions(), |region| region.to_value()));
    }
    let words = Object::new()
        .set("Ambiguity", texts(&Ambiguity::ALL.map(Ambiguity::as_str)))
        .set("Cloud", texts(&Cloud::ALL.map(Cloud::as_str)))
        .set("Effect", texts(&Effect::ALL.map(Effect::as_str)))
        .set("EventKind", texts(&EventKind::ALL.map(EventKind::as_str)))
        .set("Kind", texts(&Kind::ALL.map(Kind::as_str)))
        .set("LaneState", texts(&Phase::ALL.map(Phase::as_str)))
        .set("Language", texts(&Language::ALL.map(Language::as_str)))
        .set("Owner", texts(&Owner::ALL.map(Owner::as_str)))
        .set("Ownership", texts(&Ownership::ALL.map(Ownership::as_str)))
        .set("Place", texts(&Place::ALL.map(Place::as_str)))
        .set("Purpose", texts(&Purpose::ALL.map(Purpose::as_str)))
        .set("RegionClass", texts(&RegionClass::ALL.map(RegionClass::as_str)))
        .set("Retry", texts(&Retry::ALL.map(Retry::as_str)))
        .set("Severity", texts(&Severity::ALL.map(Severity::as_str)))
        .set("SignHost", texts(&SignHost::ALL.map(SignHost::as_str)))
        .set("Site", texts(&Edition::ALL.map(Edition::as_str)))
        .set("State", texts(&State::ALL.map(State::as_str)))
        .set("TaskState", texts(&TaskState::ALL.map(TaskState::as_str)))
        .set("Without", texts(&Without::ALL.map(Without::as_str)))
        .value();
    let mut texts = Object::new();
    for language in Language::ALL {
        texts.set(language.as_str(), texts_of(language));
    }
    println!(
        "{}",
        Object::new()
            .set("operations", operations.value())
            .set("regions", regions.value())
            .set("texts", texts.value())
            .set("words", words)
            .set("schema", Plan::schema())
            .value()
    );
}

fn texts(given: &[&str]) -> Value {
    list(given, |text| (*text).into())
}

/// The texts in that language by cloud, those of parameters of every cloud with each; those of plans apart: of each file of rules and of
/// each catalogue the lines that the code has of them, and what they say, a line a row.
fn texts_of(language: Language) -> Value {
    let of_plans = |rule: &Rule| rule.id().starts_with("plan.");
    let mut all = Object::new();
    for cloud in Cloud::ALL {
        let rules: Vec<Rule> = plan::rules().filter(|rule| !of_plans(rule)).chain(cloud.rules()).collect();
        all.set(cloud.as_str(), lists(&rules, cloud.codes(), language));
    }
    let rules: Vec<Rule> = plan::rules().filter(of_plans).collect();
    all.set("plan", lists(&rules, Codes::own(), language)).value()
}

fn lists(rules: &[Rule], codes: &Codes, language: Language) -> Value {
    let mut lists = Vec::new();
    for file in rules.chunk_by(|one, other| one.first_beside() == other.first_beside()) {
        let lines: String = file.iter().map(|rule| format!("{}|{}\n", rule.id(), rule.vendor_code())).collect();
        let said: Vec<&str> = file.iter().map(|rule| if language == Language::Zh { rule.zh() } else { rule.en() }).collect();
        lists.push([lines, said.join("\n")]);
    }
    let lines = codes.rows().map(|row| format!("{}|{}\n", row.code, if row.wait_s > 0 { row.wait_s.to_string() } else { String::new() }));
    lists.push([lines.collect(), codes.texts(language).trim_end().to_owned()]);
    serde_json::json!(lists)
}
