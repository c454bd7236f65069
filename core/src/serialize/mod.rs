//! Records for `serde`, in the one shape that Python and JavaScript see.
//!
//! Each record is taken apart without `..`, so that a new field cannot be forgotten here. Fields stand in the order of
//! their names, as in every JSON that the crate writes.

mod facts;
mod read;

use crate::api::catalogue::Explanation;
use crate::api::facts::{Image, Launched, Origin, Project, Reply, Task};
use crate::api::operation::Effect;
use crate::api::operation::{Field, Operation, Shape};
use crate::api::region::Region;
use crate::base::error::{Details, Error};
use crate::base::http::Request;
use crate::base::problem::Problem;
use crate::base::time::Millis;
use crate::job::{Event, Extra, Report, Row};
use crate::plan::{Need, Plan};
use crate::sign::{Diagnosis, Refusal, Verified};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Problem { rule, path, severity, message_en, message_zh, vendor_code } = self;
        let mut record = to.serialize_struct("Problem", 6)?;
        record.serialize_field("message", message_en)?;
        record.serialize_field("message_zh", message_zh)?;
        record.serialize_field("path", path)?;
        record.serialize_field("rule", rule)?;
        record.serialize_field("severity", severity.as_str())?;
        record.serialize_field("vendor_code", vendor_code)?;
        record.end()
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Details { kind, code, message, request_id, status, retry, wait_ms, server_time, hint_en, hint_zh, problems } = &**self;
        let mut record = to.serialize_struct("Error", 11)?;
        record.serialize_field("code", code)?;
        record.serialize_field("hint", hint_en)?;
        record.serialize_field("hint_zh", hint_zh)?;
        record.serialize_field("kind", kind.as_str())?;
        record.serialize_field("message", message)?;
        record.serialize_field("problems", problems)?;
        record.serialize_field("request_id", request_id)?;
        record.serialize_field("retry", retry.as_str())?;
        record.serialize_field("server_time_ms", server_time)?;
        record.serialize_field("status", status)?;
        record.serialize_field("wait_ms", wait_ms)?;
        record.end()
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Explanation { code, known, kind, retry, wait_ms, owner, cause_en, cause_zh, next_en, next_zh } = self;
        let ([launch_en, launch_zh], [read_en, read_zh]) = (self.again(Effect::Launch), self.again(Effect::Read));
        let mut record = to.serialize_struct("Explanation", 15)?;
        record.serialize_field("again_launch", launch_en)?;
        record.serialize_field("again_launch_zh", launch_zh)?;
        record.serialize_field("again_read", read_en)?;
        record.serialize_field("again_read_zh", read_zh)?;
        record.serialize_field("cause", cause_en)?;
        record.serialize_field("cause_zh", cause_zh)?;
        record.serialize_field("code", code)?;
        record.serialize_field("command", self.command())?;
        record.serialize_field("kind", kind.as_str())?;
        record.serialize_field("known", known)?;
        record.serialize_field("next", next_en)?;
        record.serialize_field("next_zh", next_zh)?;
        record.serialize_field("owner", owner.as_str())?;
        record.serialize_field("retry", retry.as_str())?;
        record.serialize_field("wait_ms", wait_ms)?;
        record.end()
    }
}

/// Headers are a list of pairs, since their order is kept.
impl Serialize for Request {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Request { method, url, headers, body } = self;
        let headers: Vec<(&str, &str)> = headers.iter().collect();
        let mut record = to.serialize_struct("Request", 4)?;
        record.serialize_field("body", body)?;
        record.serialize_field("headers", &headers)?;
        record.serialize_field("method", method.as_str())?;
        record.serialize_field("url", url)?;
        record.end()
    }
}

impl Serialize for Verified {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Verified { id, region, service, time, signed_headers, presigned, body_signed } = self;
        let mut record = to.serialize_struct("Verified", 7)?;
        record.serialize_field("body_signed", body_signed)?;
        record.serialize_field("id", id)?;
        record.serialize_field("presigned", presigned)?;
        record.serialize_field("region", region)?;
        record.serialize_field("service", service)?;
        record.serialize_field("signed_headers", &signed_headers.join(";"))?;
        record.serialize_field("time_ms", time)?;
        record.end()
    }
}

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Refusal { reason, message, canonical_request, signed_at, id } = self;
        let mut record = to.serialize_struct("Refusal", 5)?;
        record.serialize_field("canonical_request", canonical_request)?;
        record.serialize_field("id", id)?;
        record.serialize_field("message", message)?;
        record.serialize_field("reason", reason.as_str())?;
        record.serialize_field("signed_at_ms", signed_at)?;
        record.end()
    }
}

impl Serialize for Diagnosis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Diagnosis { component, id, sure, ours, theirs, cause_en, cause_zh, fix_en, fix_zh } = self;
        let mut record = to.serialize_struct("Diagnosis", 9)?;
        record.serialize_field("cause", cause_en)?;
        record.serialize_field("cause_zh", cause_zh)?;
        record.serialize_field("component", component.as_str())?;
        record.serialize_field("fix", fix_en)?;
        record.serialize_field("fix_zh", fix_zh)?;
        record.serialize_field("id", id)?;
        record.serialize_field("ours", ours)?;
        record.serialize_field("sure", sure)?;
        record.serialize_field("theirs", theirs)?;
        record.end()
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Region { id, en, class, .. } = self;
        let mut record = to.serialize_struct("Region", 4)?;
        record.serialize_field("class", class.as_str())?;
        record.serialize_field("id", id)?;
        record.serialize_field("name", en)?;
        record.serialize_field("name_zh", self.zh())?;
        record.end()
    }
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Reply { request_id, facts, data } = self;
        let mut record = to.serialize_struct("Reply", 3)?;
        record.serialize_field("data", data)?;
        record.serialize_field("facts", facts)?;
        record.serialize_field("request_id", request_id)?;
        record.end()
    }
}

impl Serialize for Project {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Project { id, name, enabled } = self;
        let mut record = to.serialize_struct("Project", 3)?;
        record.serialize_field("enabled", enabled)?;
        record.serialize_field("id", id)?;
        record.serialize_field("name", name)?;
        record.end()
    }
}

impl Serialize for Launched {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Launched { region, image, task, objects } = self;
        let mut record = to.serialize_struct("Launched", 4)?;
        record.serialize_field("image", image)?;
        record.serialize_field("objects", objects)?;
        record.serialize_field("region", region)?;
        record.serialize_field("task", task)?;
        record.end()
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Origin { region, image } = self;
        let mut record = to.serialize_struct("Origin", 2)?;
        record.serialize_field("image", image)?;
        record.serialize_field("region", region)?;
        record.end()
    }
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
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
        let told = usize::from(lifecycle.is_some()) + usize::from(detection.is_some());
        let mut record = to.serialize_struct("Image", 15 + told)?;
        record.serialize_field("created_ms", created)?;
        record.serialize_field("description", description)?;
        match detection {
            Some(detection) => record.serialize_field("detection", detection)?,
            None => record.skip_field("detection")?,
        }
        record.serialize_field("encrypted", encrypted)?;
        record.serialize_field("id", id)?;
        record.serialize_field("iso", iso)?;
        match lifecycle {
            Some(lifecycle) => record.serialize_field("lifecycle", lifecycle)?,
            None => record.skip_field("lifecycle")?,
        }
        record.serialize_field("name", name)?;
        record.serialize_field("origin", origin)?;
        record.serialize_field("os", os)?;
        record.serialize_field("ownership", ownership.as_str())?;
        record.serialize_field("percent", percent)?;
        record.serialize_field("raw_state", raw_state)?;
        record.serialize_field("size_bytes", size_bytes)?;
        record.serialize_field("state", state.as_str())?;
        record.serialize_field("tags", tags)?;
        record.serialize_field("whole", whole)?;
        record.end()
    }
}

impl Serialize for Task {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        struct Failure<'a>(&'a str, &'a str);
        impl Serialize for Failure<'_> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let mut record = to.serialize_struct("Failure", 2)?;
                record.serialize_field("code", self.0)?;
                record.serialize_field("message", self.1)?;
                record.end()
            }
        }
        let Task { id, kind, state, raw_state, percent, image, created, failure } = self;
        let mut record = to.serialize_struct("Task", 8)?;
        record.serialize_field("created_ms", created)?;
        record.serialize_field("failure", &failure.as_ref().map(|(code, message)| Failure(code, message)))?;
        record.serialize_field("id", id)?;
        record.serialize_field("image", image)?;
        record.serialize_field("kind", kind)?;
        record.serialize_field("percent", percent)?;
        record.serialize_field("raw_state", raw_state)?;
        record.serialize_field("state", state.as_str())?;
        record.end()
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Operation { cloud, name, effect, method, path, service, version, per_second, grant, fields, answer: _, doc } = self;
        let mut record = to.serialize_struct("Operation", 11)?;
        record.serialize_field("cloud", cloud.as_str())?;
        serialize_doc(&mut record, doc.text())?;
        record.serialize_field("effect", effect.as_str())?;
        record.serialize_field("fields", fields)?;
        record.serialize_field("grant", grant)?;
        record.serialize_field("method", method.as_str())?;
        record.serialize_field("name", name)?;
        record.serialize_field("path", path)?;
        record.serialize_field("per_second", per_second)?;
        record.serialize_field("service", service)?;
        record.serialize_field("version", version)?;
        record.end()
    }
}

/// The operation by its name, with what a policy must allow for it.
impl Serialize for Need {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Need { operation, region, purpose, without } = self;
        let mut record = to.serialize_struct("Need", 6)?;
        record.serialize_field("cloud", operation.cloud.as_str())?;
        record.serialize_field("grant", operation.grant)?;
        record.serialize_field("operation", operation.name)?;
        record.serialize_field("purpose", purpose.as_str())?;
        record.serialize_field("region", region)?;
        record.serialize_field("without", without.as_str())?;
        record.end()
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Field { name, shape, required, place, doc } = self;
        let (shape, of, fields) = match shape {
            Shape::Text => ("text", None, None),
            Shape::Integer => ("integer", None, None),
            Shape::Boolean => ("boolean", None, None),
            Shape::Texts => ("texts", None, None),
            Shape::Objects((record, fields)) => ("objects", Some(record), Some(fields)),
        };
        let mut record = to.serialize_struct("Field", 7)?;
        serialize_doc(&mut record, doc.text())?;
        record.serialize_field("fields", &fields)?;
        record.serialize_field("name", name)?;
        record.serialize_field("place", place.as_str())?;
        record.serialize_field("record", &of)?;
        record.serialize_field("required", required)?;
        record.serialize_field("shape", shape)?;
        record.end()
    }
}

/// Without the feature `docs` there is none, and no field for it.
fn serialize_doc<R: SerializeStruct>(record: &mut R, doc: &str) -> Result<(), R::Error> {
    match doc.trim() {
        "" => record.skip_field("doc"),
        doc => record.serialize_field("doc", doc),
    }
}

/// What is not known is left out.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        fn known<R: SerializeStruct>(record: &mut R, name: &'static str, value: &Option<impl Serialize>) -> Result<(), R::Error> {
            match value {
                Some(value) => record.serialize_field(name, value),
                None => record.skip_field(name),
            }
        }
        let Event { seq, at, what, lane, lane_path, cloud, region, percent, eta_ms, image, wait_ms, request_id, error } = self;
        let mut record = to.serialize_struct("Event", 13)?;
        record.serialize_field("at_ms", at)?;
        record.serialize_field("cloud", cloud)?;
        known(&mut record, "error", error)?;
        known(&mut record, "eta_ms", eta_ms)?;
        record.serialize_field("event", what.as_str())?;
        known(&mut record, "image_id", image)?;
        known(&mut record, "lane", lane)?;
        known(&mut record, "lane_path", lane_path)?;
        known(&mut record, "percent", percent)?;
        record.serialize_field("region", region)?;
        known(&mut record, "request_id", request_id)?;
        record.serialize_field("seq", seq)?;
        known(&mut record, "wait_ms", wait_ms)?;
        record.end()
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Report { rows, steps, extra } = self;
        let mut record = to.serialize_struct("Report", 5)?;
        record.serialize_field("counts", &self.counts().into_iter().collect::<BTreeMap<_, _>>())?;
        record.serialize_field("exit_code", &self.exit_code())?;
        record.serialize_field("extra", extra)?;
        record.serialize_field("rows", rows)?;
        record.serialize_field("steps", steps)?;
        record.end()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Extra { cloud, region, image, name, source } = self;
        let mut record = to.serialize_struct("Extra", 5)?;
        record.serialize_field("cloud", cloud)?;
        record.serialize_field("image", source)?;
        record.serialize_field("image_id", image)?;
        record.serialize_field("name", name)?;
        record.serialize_field("region", region)?;
        record.end()
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Row {
            lane,
            cloud,
            path,
            image,
            from,
            to: destination,
            name,
            phase,
            new_image,
            task,
            objects,
            note,
            percent,
            launches,
            since,
            launched,
            next,
            eta_ms,
            request_ids,
            error,
        } = self;
        let mut record = to.serialize_struct("Row", 21)?;
        record.serialize_field("cloud", cloud)?;
        record.serialize_field("error", error)?;
        record.serialize_field("eta_ms", eta_ms)?;
        record.serialize_field("from", from)?;
        record.serialize_field("image", image)?;
        record.serialize_field("image_id", new_image)?;
        record.serialize_field("lane", lane)?;
        record.serialize_field("launched_ms", &launched.map(|at| at.0))?;
        record.serialize_field("launches", launches)?;
        record.serialize_field("name", name)?;
        record.serialize_field("next_ms", &next.map(|at| at.0))?;
        record.serialize_field("note", &note.as_ref().map(|(en, _)| en))?;
        record.serialize_field("note_zh", &note.as_ref().map(|(_, zh)| zh))?;
        record.serialize_field("objects", objects)?;
        record.serialize_field("path", path)?;
        record.serialize_field("percent", percent)?;
        record.serialize_field("request_ids", request_ids)?;
        record.serialize_field("since_ms", &since.0)?;
        record.serialize_field("state", phase.as_str())?;
        record.serialize_field("task_id", task)?;
        record.serialize_field("to", destination)?;
        record.end()
    }
}

/// The format of plan files.
impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(to)
    }
}

#[cfg(test)]
mod tests;
