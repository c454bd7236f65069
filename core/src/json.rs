//! Records as JSON: one shape for Python, JavaScript and the command line.
//!
//! Each record is taken apart without `..`, so that a new field cannot be forgotten here.

use crate::check::Problem;
use crate::error::{Error, Explanation};
use crate::facts::{Facts, Image, Launched, Origin, Page, Project, Quota, Reply, Task};
use crate::http::Request;
use crate::operation::{Field, Operation, Shape};
use crate::provider::Region;
use crate::sign::{Autopsy, Refusal, Verified};
use serde_json::{Value, json};

impl Problem {
    /// The finding as a JSON object.
    pub fn to_value(&self) -> Value {
        let Problem { rule, path, severity, message_en, message_zh, vendor_code } = self;
        json!({
            "rule": rule, "path": path, "severity": severity.as_str(),
            "message": message_en, "message_zh": message_zh, "vendor_code": vendor_code,
        })
    }
}

impl Error {
    /// The error as a JSON object.
    pub fn to_value(&self) -> Value {
        let Error { kind, code, message, request_id, status, retry, wait_ms, server_time, hint_en, hint_zh, problems } = self;
        json!({
            "kind": kind.as_str(), "code": code, "message": message, "request_id": request_id, "status": status,
            "retry": retry.as_str(), "wait_ms": wait_ms, "server_time_ms": server_time.map(|at| at.0),
            "hint": hint_en, "hint_zh": hint_zh, "problems": problems.iter().map(Problem::to_value).collect::<Vec<_>>(),
        })
    }
}

impl Explanation {
    /// The explanation as a JSON object.
    pub fn to_value(&self) -> Value {
        let Explanation { code, known, kind, retry, wait_ms, owner, cause_en, cause_zh, next_en, next_zh } = self;
        json!({
            "code": code, "known": known, "kind": kind.as_str(), "retry": retry.as_str(), "wait_ms": wait_ms, "owner": owner.as_str(),
            "cause": cause_en, "cause_zh": cause_zh, "next": next_en, "next_zh": next_zh,
        })
    }
}

impl Request {
    /// The request as a JSON object; headers are a list of pairs, since their order is kept.
    pub fn to_value(&self) -> Value {
        let Request { method, url, headers, body } = self;
        json!({ "method": method.as_str(), "url": url, "headers": headers, "body": body })
    }
}

impl Verified {
    /// What the signature says as a JSON object.
    pub fn to_value(&self) -> Value {
        let Verified { id, region, service, time, signed_headers, presigned, body_signed } = self;
        json!({
            "id": id, "region": region, "service": service, "time_ms": time.0, "signed_headers": signed_headers.join(";"),
            "presigned": presigned, "body_signed": body_signed,
        })
    }
}

impl Refusal {
    /// The refusal as a JSON object.
    pub fn to_value(&self) -> Value {
        let Refusal { reason, message, canonical_request, signed_at, id } = self;
        json!({
            "reason": reason.as_str(), "message": message, "canonical_request": canonical_request,
            "signed_at_ms": signed_at.map(|at| at.0), "id": id,
        })
    }
}

impl Autopsy {
    /// What is wrong with a signature as a JSON object.
    pub fn to_value(&self) -> Value {
        let Autopsy { component, ours, theirs, cause_en, cause_zh, fix_en, fix_zh } = self;
        json!({
            "component": component.as_str(), "ours": ours, "theirs": theirs,
            "cause": cause_en, "cause_zh": cause_zh, "fix": fix_en, "fix_zh": fix_zh,
        })
    }
}

impl Region {
    /// The region as a JSON object.
    pub fn to_value(&self) -> Value {
        let Region { id, en, zh, class } = self;
        json!({ "id": id, "name": en, "name_zh": zh, "class": class.as_str() })
    }
}

impl Reply {
    /// The reply as a JSON object.
    pub fn to_value(&self) -> Value {
        let Reply { request_id, facts, data } = self;
        json!({ "request_id": request_id, "facts": facts.to_value(), "data": data })
    }
}

impl Facts {
    /// The facts as a JSON object; `type` tells which of them.
    pub fn to_value(&self) -> Value {
        match self {
            Facts::Nothing => json!({ "type": "nothing" }),
            Facts::DryRun => json!({ "type": "dry_run" }),
            Facts::Launched(items) => json!({ "type": "launched", "items": items.iter().map(launched).collect::<Vec<_>>() }),
            Facts::Images(found) => page("images", found, Image::to_value),
            Facts::Tasks(found) => page("tasks", found, Task::to_value),
            Facts::Quota(Quota { total, used }) => json!({ "type": "quota", "total": total, "used": used }),
            Facts::Regions(found) => page("regions", found, |id| json!(id)),
            Facts::Projects(found) => {
                page("projects", found, |Project { id, name, enabled }| json!({ "id": id, "name": name, "enabled": enabled }))
            }
            Facts::Agencies(found) => page("agencies", found, |name| json!(name)),
            Facts::Accounts(items) => json!({ "type": "accounts", "items": items }),
        }
    }
}

fn page<T>(kind: &str, Page { items, next, total }: &Page<T>, each: impl Fn(&T) -> Value) -> Value {
    json!({ "type": kind, "items": items.iter().map(each).collect::<Vec<_>>(), "next": next, "total": total })
}

fn launched(Launched { region, image, task, objects }: &Launched) -> Value {
    json!({ "region": region, "image": image, "task": task, "objects": objects })
}

impl Image {
    /// The image as a JSON object.
    pub fn to_value(&self) -> Value {
        let Image {
            id,
            name,
            description,
            state,
            raw_state,
            percent,
            created,
            size_bytes,
            ownership,
            encrypted,
            iso,
            whole,
            os,
            origin,
            tags,
        } = self;
        json!({
            "id": id, "name": name, "description": description, "state": state.as_str(), "raw_state": raw_state,
            "percent": percent, "created_ms": created.map(|at| at.0), "size_bytes": size_bytes, "ownership": ownership.as_str(),
            "encrypted": encrypted, "iso": iso, "whole": whole, "os": os,
            "origin": origin.as_ref().map(|Origin { region, image }| json!({ "region": region, "image": image })),
            "tags": tags,
        })
    }
}

impl Task {
    /// The task as a JSON object.
    pub fn to_value(&self) -> Value {
        let Task { id, kind, state, raw_state, percent, image, created, failure } = self;
        json!({
            "id": id, "kind": kind, "state": state.as_str(), "raw_state": raw_state, "percent": percent, "image": image,
            "created_ms": created.map(|at| at.0),
            "failure": failure.as_ref().map(|(code, message)| json!({ "code": code, "message": message })),
        })
    }
}

impl Operation {
    /// The table of the operation as a JSON object: what stubs, typings and command lines are made from.
    pub fn to_value(&self) -> Value {
        let Operation { cloud, name, effect, method, path, service, version, per_second, fields, doc } = self;
        json!({
            "cloud": cloud.as_str(), "name": name, "effect": effect.as_str(), "method": method.as_str(), "path": path,
            "service": service, "version": version, "per_second": per_second, "fields": table(fields), "doc": doc.trim(),
        })
    }
}

fn table(fields: &[Field]) -> Vec<Value> {
    fields.iter().map(field).collect()
}

fn field(Field { name, shape, required, place, doc }: &Field) -> Value {
    let (shape, record, fields) = match shape {
        Shape::Text => ("text", None, None),
        Shape::Integer => ("integer", None, None),
        Shape::Boolean => ("boolean", None, None),
        Shape::Texts => ("texts", None, None),
        Shape::Objects(record, fields) => ("objects", Some(*record), Some(table(fields))),
    };
    json!({
        "name": name, "shape": shape, "record": record, "fields": fields,
        "required": required, "place": place.as_str(), "doc": doc.trim(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::provider::Cloud;

    #[test]
    fn facts_say_which_they_are() {
        let facts = Facts::Quota(Quota { total: Some(50), used: None });
        assert_eq!(facts.to_value(), json!({ "type": "quota", "total": 50, "used": null }));
        let facts = Facts::Regions(Page { items: vec!["r".to_owned()], next: None, total: Some(1) });
        assert_eq!(facts.to_value(), json!({ "type": "regions", "items": ["r"], "next": null, "total": 1 }));
    }

    #[test]
    fn every_operation_can_be_told() {
        for cloud in Cloud::ALL {
            for operation in cloud.operations() {
                let told = operation.to_value();
                assert_eq!(told["fields"].as_array().map(Vec::len), Some(operation.fields.len()), "{}", operation.name);
            }
        }
    }

    #[test]
    fn an_error_keeps_its_kind() {
        assert_eq!(Error::new(Kind::NotFound, "c", "m").to_value()["kind"], "not_found");
    }
}
