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
use serde_json::{Map, Value};

/// A JSON object, filled field by field. One function for each type of value, not a macro: what it says is code once.
#[derive(Debug, Default)]
pub struct Object(Map<String, Value>);

impl Object {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field; `None` is null.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.insert(name, value.into());
        self
    }

    /// Sets a field, which is left out where there is no value.
    pub fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.insert(name, value.into());
        }
        self
    }

    /// Sets all these fields.
    pub fn extend(&mut self, fields: &Map<String, Value>) -> &mut Self {
        for (name, value) in fields {
            self.insert(name, value.clone());
        }
        self
    }

    fn insert(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The fields so far, taken out.
    pub fn take(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.0)
    }

    /// The same as a value.
    pub fn value(&mut self) -> Value {
        Value::Object(self.take())
    }
}

/// A list of what `each` makes of every item.
pub fn list<T>(items: &[T], each: fn(&T) -> Value) -> Value {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(each(item));
    }
    Value::Array(values)
}

/// A list of texts.
pub fn texts<T: AsRef<str>>(items: &[T]) -> Value {
    list(items, |text| text.as_ref().into())
}

/// Names and values as an object.
pub(crate) fn pairs(pairs: &[(String, String)]) -> Value {
    let mut object = Object::new();
    for (name, value) in pairs {
        object.set(name, value.as_str());
    }
    object.value()
}

/// Names and values as a list of records, whose two fields are called `name` and `value`.
pub(crate) fn records(pairs: &[(String, String)], name: &str, value: &str) -> Value {
    let mut records = Vec::new();
    for pair in pairs {
        records.push(Object::new().set(name, pair.0.as_str()).set(value, pair.1.as_str()).value());
    }
    Value::Array(records)
}

/// Names and values as a list of pairs, which keeps their order.
pub(crate) fn ordered(pairs: &[(String, String)]) -> Value {
    list(pairs, |(name, value)| texts(&[name, value]))
}

/// A value as compact JSON, byte for byte as `serde_json` writes it, whose own writer adds two kilobytes of gzip to the
/// WebAssembly module.
pub fn to_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// Appends a value as compact JSON.
pub(crate) fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            let mut mark = '[';
            for item in items {
                out.push(std::mem::replace(&mut mark, ','));
                write(item, out);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(fields) => write_object(fields, out),
    }
}

/// Appends an object as compact JSON.
pub(crate) fn write_object(fields: &Map<String, Value>, out: &mut String) {
    let mut mark = '{';
    for (name, value) in fields {
        out.push(std::mem::replace(&mut mark, ','));
        write_text(name, out);
        out.push(':');
        write(value, out);
    }
    out.push_str(if fields.is_empty() { "{}" } else { "}" });
}

/// Appends a JSON string. Most need no escape and are copied whole.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push_str(text);
    } else {
        for char in text.chars() {
            match char {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\u{8}' => out.push_str("\\b"),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\u{C}' => out.push_str("\\f"),
                '\r' => out.push_str("\\r"),
                '\0'..'\u{20}' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
                _ => out.push(char),
            }
        }
    }
    out.push('"');
}

impl Problem {
    /// The finding as a JSON object.
    pub fn to_value(&self) -> Value {
        let Problem { rule, path, severity, message_en, message_zh, vendor_code } = self;
        Object::new()
            .set("rule", *rule)
            .set("path", path.as_str())
            .set("severity", severity.as_str())
            .set("message", message_en.as_str())
            .set("message_zh", message_zh.as_str())
            .set("vendor_code", *vendor_code)
            .value()
    }
}

impl Error {
    /// The error as a JSON object.
    pub fn to_value(&self) -> Value {
        let Error { kind, code, message, request_id, status, retry, wait_ms, server_time, hint_en, hint_zh, problems } = self;
        Object::new()
            .set("kind", kind.as_str())
            .set("code", code.as_str())
            .set("message", message.as_str())
            .set("request_id", request_id.as_deref())
            .set("status", *status)
            .set("retry", retry.as_str())
            .set("wait_ms", *wait_ms)
            .set("server_time_ms", server_time.map(|at| at.0))
            .set("hint", &**hint_en)
            .set("hint_zh", &**hint_zh)
            .set("problems", list(problems, Problem::to_value))
            .value()
    }
}

impl Explanation {
    /// The explanation as a JSON object.
    pub fn to_value(&self) -> Value {
        let Explanation { code, known, kind, retry, wait_ms, owner, cause_en, cause_zh, next_en, next_zh } = self;
        Object::new()
            .set("code", code.as_str())
            .set("known", *known)
            .set("kind", kind.as_str())
            .set("retry", retry.as_str())
            .set("wait_ms", *wait_ms)
            .set("owner", owner.as_str())
            .set("cause", &**cause_en)
            .set("cause_zh", &**cause_zh)
            .set("next", &**next_en)
            .set("next_zh", &**next_zh)
            .value()
    }
}

impl Request {
    /// The request as a JSON object; headers are a list of pairs, since their order is kept.
    pub fn to_value(&self) -> Value {
        let Request { method, url, headers, body } = self;
        Object::new()
            .set("method", method.as_str())
            .set("url", url.as_str())
            .set("headers", ordered(headers))
            .set("body", body.as_str())
            .value()
    }
}

impl Verified {
    /// What the signature says as a JSON object.
    pub fn to_value(&self) -> Value {
        let Verified { id, region, service, time, signed_headers, presigned, body_signed } = self;
        Object::new()
            .set("id", id.as_str())
            .set("region", region.as_deref())
            .set("service", service.as_deref())
            .set("time_ms", time.0)
            .set("signed_headers", signed_headers.join(";"))
            .set("presigned", *presigned)
            .set("body_signed", *body_signed)
            .value()
    }
}

impl Refusal {
    /// The refusal as a JSON object.
    pub fn to_value(&self) -> Value {
        let Refusal { reason, message, canonical_request, signed_at, id } = self;
        Object::new()
            .set("reason", reason.as_str())
            .set("message", message.as_str())
            .set("canonical_request", canonical_request.as_deref())
            .set("signed_at_ms", signed_at.map(|at| at.0))
            .set("id", id.as_deref())
            .value()
    }
}

impl Autopsy {
    /// What is wrong with a signature as a JSON object.
    pub fn to_value(&self) -> Value {
        let Autopsy { component, ours, theirs, cause_en, cause_zh, fix_en, fix_zh } = self;
        Object::new()
            .set("component", component.as_str())
            .set("ours", ours.as_str())
            .set("theirs", theirs.as_str())
            .set("cause", *cause_en)
            .set("cause_zh", *cause_zh)
            .set("fix", *fix_en)
            .set("fix_zh", *fix_zh)
            .value()
    }
}

impl Region {
    /// The region as a JSON object.
    pub fn to_value(&self) -> Value {
        let Region { id, en, zh, class } = self;
        Object::new().set("id", *id).set("name", *en).set("name_zh", *zh).set("class", class.as_str()).value()
    }
}

impl Reply {
    /// The reply as a JSON object.
    pub fn to_value(&self) -> Value {
        let Reply { request_id, facts, data } = self;
        Object::new().set("request_id", request_id.as_deref()).set("facts", facts.to_value()).set("data", data.clone()).value()
    }
}

impl Facts {
    /// The facts as a JSON object; `type` tells which of them.
    pub fn to_value(&self) -> Value {
        let mut facts = Object::new();
        match self {
            Facts::Nothing => facts.set("type", "nothing"),
            Facts::DryRun => facts.set("type", "dry_run"),
            Facts::Launched(items) => facts.set("type", "launched").set("items", list(items, launched)),
            Facts::Images(found) => page(&mut facts, "images", found, Image::to_value),
            Facts::Tasks(found) => page(&mut facts, "tasks", found, Task::to_value),
            Facts::Quota(Quota { total, used }) => facts.set("type", "quota").set("total", *total).set("used", *used),
            Facts::Regions(found) => page(&mut facts, "regions", found, |id| id.as_str().into()),
            Facts::Projects(found) => page(&mut facts, "projects", found, |Project { id, name, enabled }| {
                Object::new().set("id", id.as_str()).set("name", name.as_str()).set("enabled", *enabled).value()
            }),
            Facts::Agencies(found) => page(&mut facts, "agencies", found, |name| name.as_str().into()),
            Facts::Accounts(items) => facts.set("type", "accounts").set("items", texts(items)),
        };
        facts.value()
    }
}

fn page<'f, T>(facts: &'f mut Object, kind: &str, page: &Page<T>, each: fn(&T) -> Value) -> &'f mut Object {
    let Page { items, next, total } = page;
    facts.set("type", kind).set("items", list(items, each)).set("next", next.as_deref()).set("total", *total)
}

fn launched(Launched { region, image, task, objects }: &Launched) -> Value {
    Object::new()
        .set("region", region.as_deref())
        .set("image", image.as_deref())
        .set("task", task.as_deref())
        .set("objects", texts(objects))
        .value()
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
            lifecycle,
            detection,
        } = self;
        let origin = origin
            .as_ref()
            .map(|Origin { region, image }| Object::new().set("region", region.as_str()).set("image", image.as_str()).value());
        Object::new()
            .set("id", id.as_str())
            .set("name", name.as_str())
            .set("description", description.as_deref())
            .set("state", state.as_str())
            .set("raw_state", raw_state.as_str())
            .set("percent", *percent)
            .set("created_ms", created.map(|at| at.0))
            .set("size_bytes", *size_bytes)
            .set("ownership", ownership.as_str())
            .set("encrypted", *encrypted)
            .set("iso", *iso)
            .set("whole", *whole)
            .set("os", os.as_deref())
            .set("origin", origin)
            .set("tags", ordered(tags))
            .set_some("lifecycle", lifecycle.as_deref())
            .set_some("detection", detection.as_deref())
            .value()
    }
}

impl Task {
    /// The task as a JSON object.
    pub fn to_value(&self) -> Value {
        let Task { id, kind, state, raw_state, percent, image, created, failure } = self;
        let failure =
            failure.as_ref().map(|(code, message)| Object::new().set("code", code.as_str()).set("message", message.as_str()).value());
        Object::new()
            .set("id", id.as_str())
            .set("kind", kind.as_str())
            .set("state", state.as_str())
            .set("raw_state", raw_state.as_str())
            .set("percent", *percent)
            .set("image", image.as_deref())
            .set("created_ms", created.map(|at| at.0))
            .set("failure", failure)
            .value()
    }
}

impl Operation {
    /// The table of the operation as a JSON object: what stubs, typings and command lines are made from.
    pub fn to_value(&self) -> Value {
        let Operation { cloud, name, effect, method, path, service, version, per_second, fields, doc } = self;
        Object::new()
            .set("cloud", cloud.as_str())
            .set("name", *name)
            .set("effect", effect.as_str())
            .set("method", method.as_str())
            .set("path", *path)
            .set("service", *service)
            .set("version", *version)
            .set("per_second", *per_second)
            .set("fields", list(fields, field))
            .set_some("doc", Some(doc.trim()).filter(|doc| !doc.is_empty()))
            .value()
    }
}

fn field(Field { name, shape, required, place, doc }: &Field) -> Value {
    let (shape, record, fields) = match shape {
        Shape::Text => ("text", None, None),
        Shape::Integer => ("integer", None, None),
        Shape::Boolean => ("boolean", None, None),
        Shape::Texts => ("texts", None, None),
        Shape::Objects(record, fields) => ("objects", Some(*record), Some(list(fields, field))),
    };
    Object::new()
        .set("name", *name)
        .set("shape", shape)
        .set("record", record)
        .set("fields", fields)
        .set("required", *required)
        .set("place", place.as_str())
        .set_some("doc", Some(doc.trim()).filter(|doc| !doc.is_empty()))
        .value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::provider::Cloud;
    use serde_json::json;

    #[test]
    fn facts_say_which_they_are() {
        let facts = Facts::Quota(Quota { total: Some(50), used: None });
        assert_eq!(facts.to_value(), json!({ "type": "quota", "total": 50, "used": null }));
        let facts = Facts::Regions(Page { items: vec!["r".to_owned()], next: None, total: Some(1) });
        assert_eq!(facts.to_value(), json!({ "type": "regions", "items": ["r"], "next": null, "total": 1 }));
    }

    #[test]
    fn text_is_what_serde_json_writes() {
        let every: String = (0..0x100).filter_map(char::from_u32).chain(['\u{2028}', '中', '\u{1F600}']).collect();
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([[], {}, [1, -1, u64::MAX, 1.5, 1e300, true, false, null]]),
            json!({ "a": { "b": ["c"] }, "": "", "d\"": every }),
        ] {
            assert_eq!(to_text(&value), value.to_string());
        }
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
