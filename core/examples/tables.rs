//! Prints as JSON what the types of the Python and the npm package are made from: the operations of each cloud, the closed
//! sets of words, and the schema of plans.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use imgferry::api::catalogue::Owner;
use imgferry::api::endpoint::SignHost;
use imgferry::api::facts::{Ownership, State, TaskState};
use imgferry::api::json::{Object, list, texts};
use imgferry::api::operation::{Effect, Place};
use imgferry::api::region::RegionClass;
use imgferry::api::site::Language;
use imgferry::job::{Ambiguity, EventKind, Phase};
use imgferry::{Cloud, Edition, Kind, Plan, Retry, Severity};

fn main() {
    let mut operations = Object::new();
    for cloud in Cloud::ALL {
        operations.set(cloud.as_str(), list(cloud.operations(), |operation| operation.to_value()));
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
        .set("RegionClass", texts(&RegionClass::ALL.map(RegionClass::as_str)))
        .set("Retry", texts(&Retry::ALL.map(Retry::as_str)))
        .set("Severity", texts(&Severity::ALL.map(Severity::as_str)))
        .set("SignHost", texts(&SignHost::ALL.map(SignHost::as_str)))
        .set("Site", texts(&Edition::ALL.map(Edition::as_str)))
        .set("State", texts(&State::ALL.map(State::as_str)))
        .set("TaskState", texts(&TaskState::ALL.map(TaskState::as_str)))
        .value();
    println!("{}", Object::new().set("operations", operations.value()).set("words", words).set("schema", Plan::schema()).value());
}
