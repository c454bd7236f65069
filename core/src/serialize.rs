//! Records for `serde`, in the one shape that Python and JavaScript see.
//!
//! Each record is taken apart without `..`, so that a new field cannot be forgotten here. Fields stand in the order of
//! their names, as in every JSON that the crate writes.

use crate::api::catalogue::Explanation;
use crate::api::facts::{Facts, Image, Launched, Origin, Page, Project, Quota, Reply, Task};
use crate::api::operation::{Field, Operation, Shape};
use crate::api::region::Region;
use crate::base::error::Error;
use crate::base::http::Request;
use crate::base::problem::Problem;
use crate::base::time::Millis;
use crate::job::{Event, Extra, Report, Row};
use crate::plan::Plan;
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
        let Error { kind, code, message, request_id, status, retry, wait_ms, server_time, hint_en, hint_zh, problems } = self;
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
        let mut record = to.serialize_struct("Explanation", 10)?;
        record.serialize_field("cause", cause_en)?;
        record.serialize_field("cause_zh", cause_zh)?;
        record.serialize_field("code", code)?;
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
        let mut record = to.serialize_struct("Request", 4)?;
        record.serialize_field("body", body)?;
        record.serialize_field("headers", headers)?;
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
        let Diagnosis { component, ours, theirs, cause_en, cause_zh, fix_en, fix_zh } = self;
        let mut record = to.serialize_struct("Diagnosis", 7)?;
        record.serialize_field("cause", cause_en)?;
        record.serialize_field("cause_zh", cause_zh)?;
        record.serialize_field("component", component.as_str())?;
        record.serialize_field("fix", fix_en)?;
        record.serialize_field("fix_zh", fix_zh)?;
        record.serialize_field("ours", ours)?;
        record.serialize_field("theirs", theirs)?;
        record.end()
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Region { id, en, zh, class } = self;
        let mut record = to.serialize_struct("Region", 4)?;
        record.serialize_field("class", class.as_str())?;
        record.serialize_field("id", id)?;
        record.serialize_field("name", en)?;
        record.serialize_field("name_zh", zh)?;
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

/// `type` tells which facts they are.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        fn items<S: Serializer>(to: S, kind: &str, items: &impl Serialize) -> Result<S::Ok, S::Error> {
            let mut record = to.serialize_struct("Facts", 2)?;
            record.serialize_field("items", items)?;
            record.serialize_field("type", kind)?;
            record.end()
        }
        fn page<T: Serialize, S: Serializer>(to: S, kind: &str, page: &Page<T>) -> Result<S::Ok, S::Error> {
            let Page { items, next, total } = page;
            let mut record = to.serialize_struct("Facts", 4)?;
            record.serialize_field("items", items)?;
            record.serialize_field("next", next)?;
            record.serialize_field("total", total)?;
            record.serialize_field("type", kind)?;
            record.end()
        }
        fn nothing<S: Serializer>(to: S, kind: &str) -> Result<S::Ok, S::Error> {
            let mut record = to.serialize_struct("Facts", 1)?;
            record.serialize_field("type", kind)?;
            record.end()
        }
        match self {
            Facts::Nothing => nothing(to, "nothing"),
            Facts::DryRun => nothing(to, "dry_run"),
            Facts::Launched(launched) => items(to, "launched", launched),
            Facts::Images(images) => page(to, "images", images),
            Facts::Tasks(tasks) => page(to, "tasks", tasks),
            Facts::Quota(Quota { total, used }) => {
                let mut record = to.serialize_struct("Facts", 3)?;
                record.serialize_field("total", total)?;
                record.serialize_field("type", "quota")?;
                record.serialize_field("used", used)?;
                record.end()
            }
            Facts::Regions(regions) => page(to, "regions", regions),
            Facts::Projects(projects) => page(to, "projects", projects),
            Facts::Agencies(agencies) => page(to, "agencies", agencies),
            Facts::Accounts(accounts) => items(to, "accounts", accounts),
        }
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
        } = self;
        let mut record = to.serialize_struct("Image", 15)?;
        record.serialize_field("created_ms", created)?;
        record.serialize_field("description", description)?;
        record.serialize_field("encrypted", encrypted)?;
        record.serialize_field("id", id)?;
        record.serialize_field("iso", iso)?;
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
        let Operation { cloud, name, effect, method, path, service, version, per_second, fields, answer: _, doc } = self;
        let mut record = to.serialize_struct("Operation", 10)?;
        record.serialize_field("cloud", cloud.as_str())?;
        serialize_doc(&mut record, doc)?;
        record.serialize_field("effect", effect.as_str())?;
        record.serialize_field("fields", fields)?;
        record.serialize_field("method", method.as_str())?;
        record.serialize_field("name", name)?;
        record.serialize_field("path", path)?;
        record.serialize_field("per_second", per_second)?;
        record.serialize_field("service", service)?;
        record.serialize_field("version", version)?;
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
            Shape::Objects(record, fields) => ("objects", Some(record), Some(fields)),
        };
        let mut record = to.serialize_struct("Field", 7)?;
        serialize_doc(&mut record, doc)?;
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
        let Event { at, what, lane, cloud, region, percent, eta_ms, image, wait_ms, request_id, error } = self;
        let mut record = to.serialize_struct("Event", 11)?;
        record.serialize_field("at_ms", at)?;
        record.serialize_field("cloud", cloud)?;
        known(&mut record, "error", error)?;
        known(&mut record, "eta_ms", eta_ms)?;
        record.serialize_field("event", what.as_str())?;
        known(&mut record, "image_id", image)?;
        known(&mut record, "lane", lane)?;
        known(&mut record, "percent", percent)?;
        record.serialize_field("region", region)?;
        known(&mut record, "request_id", request_id)?;
        known(&mut record, "wait_ms", wait_ms)?;
        record.end()
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Report { rows, steps, extra } = self;
        let mut counts = BTreeMap::new();
        for row in rows {
            *counts.entry(row.phase.as_str()).or_insert(0_u64) += 1;
        }
        let mut record = to.serialize_struct("Report", 5)?;
        record.serialize_field("counts", &counts)?;
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
            request_ids,
            error,
        } = self;
        let mut record = to.serialize_struct("Row", 16)?;
        record.serialize_field("cloud", cloud)?;
        record.serialize_field("error", error)?;
        record.serialize_field("from", from)?;
        record.serialize_field("image", image)?;
        record.serialize_field("image_id", new_image)?;
        record.serialize_field("launches", launches)?;
        record.serialize_field("name", name)?;
        record.serialize_field("note", &note.map(|(en, _)| en))?;
        record.serialize_field("note_zh", &note.map(|(_, zh)| zh))?;
        record.serialize_field("objects", objects)?;
        record.serialize_field("path", path)?;
        record.serialize_field("percent", percent)?;
        record.serialize_field("request_ids", request_ids)?;
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
mod tests {
    use super::*;
    use crate::api::facts::{Ownership, State, TaskState};
    use crate::base::cloud::Cloud;
    use crate::base::error::Kind;
    use crate::base::http::{Answer, Method};
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
            rule: "tencent.image_name.length",
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
        let request = Request { method: Method::Get, url: "https://h/".into(), headers: vec![("a".into(), "b".into())], body: "{}".into() };
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
                at: Millis(5),
                what: EventKind::Progress,
                lane: known.then_some(7),
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
            note: known.then_some(("note", "说明")),
            percent: known.then_some(100),
            launches: 2,
            request_ids: vec!["r-1".into()],
            error: known.then(|| error.clone()),
        };
        let extra = Extra { cloud: "tencent", region: "r".into(), image: "i".into(), name: "n".into(), source: "s".into() };
        let report = Report { rows: vec![row(true), row(false), row(false)], steps: vec![row(false)], extra: vec![extra] };
        same(&report, &report.to_value());
        let plan = json!({"copies": [{"cloud": "tencent", "image": "img-1", "from": "ap-guangzhou", "to": ["ap-beijing"], "name": "n"}]});
        let plan = Plan::from_value(&plan).expect("a plan");
        same(&plan, &plan.to_value());
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
            ] {
                let reply = Reply { request_id: known.map(str::to_owned), facts, data: json!({"x": [1.5, null]}) };
                same(&reply, &reply.to_value());
            }
        }
        let operation = Cloud::Huawei.operation("ListImages").expect("it is there");
        assert!(read(operation, &Answer::default()).is_err_and(|error| to_string(&error).is_ok()));
    }
}
