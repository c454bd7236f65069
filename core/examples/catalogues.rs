//! Prints as JSON what the documentation's catalogues are made from: the rules, error codes and regions of each cloud.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use imgferry::api::catalogue::Codes;
use imgferry::api::check::Rule;
use imgferry::api::json::{Object, list};
use imgferry::{Cloud, plan};
use serde_json::Value;

fn main() {
    let mut all = Object::new();
    for cloud in Cloud::ALL {
        let table = Object::new()
            .set("rules", rules(cloud.rules()))
            .set("codes", codes(cloud, cloud.codes()))
            .set("regions", list(cloud.regions(), |region| region.to_value()))
            .value();
        all.set(cloud.as_str(), table);
    }
    // Whichever cloud: they are told alike.
    all.set("own", Object::new().set("codes", codes(Cloud::Tencent, Codes::own())).value());
    println!("{}", all.set("plan", Object::new().set("rules", rules(plan::rules())).value()).value());
}

fn codes(cloud: Cloud, codes: &Codes) -> Value {
    codes.rows().map(|row| cloud.explain(row.code, None).to_value()).collect()
}

fn rules(rules: impl Iterator<Item = Rule>) -> Value {
    let told = |rule: Rule| {
        Object::new()
            .set("id", rule.id())
            .set("severity", rule.severity().as_str())
            .set("code", rule.vendor_code())
            .set("message", rule.en())
            .set("message_zh", rule.zh())
            .set("source", rule.source())
            .value()
    };
    rules.map(told).collect()
}
