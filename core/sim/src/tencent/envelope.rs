//! Tencent's envelope, and refusals in its words.

use crate::turn::{Done, Outcome, Refused, Turn, content_type};
use crate::world::World;
use imgferry::Answer;
use serde_json::{Value, json};

pub(crate) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let (status, mut response) = match outcome {
        Ok(done) => (done.status, done.result),
        Err(refused) => (refused.status, json!({"Error": {"Code": refused.code, "Message": refused.message}})),
    };
    if let Some(fields) = response.as_object_mut() {
        fields.insert("RequestId".to_owned(), Value::from(turn.request_id.clone()));
    }
    let mut headers = vec![content_type("application/json"), ("X-TC-RequestId".to_owned(), turn.request_id.clone())];
    if let Some(trace) = turn.request.header("x-tc-traceid").filter(|trace| trace.bytes().all(|byte| byte.is_ascii_graphic())) {
        headers.push(("X-TC-TraceId".to_owned(), trace.to_owned()));
    }
    Answer { status, headers, body: json!({"Response": response}).to_string().into_bytes() }
}

pub(crate) fn throttled(limit: u32) -> Refused {
    let message = format!("The requests of this second exceed the frequency limit `{limit}`. Please reduce the frequency of calls.");
    Refused::new(200, "RequestLimitExceeded", message)
}

pub(super) fn refuse(code: &str, message: impl Into<String>) -> Outcome {
    Err(Refused::new(200, code, message))
}

pub(super) fn dry_run(world: &World) -> Outcome {
    match world.config.dry_run_error {
        true => refuse("DryRunOperation", "The request would have succeeded, but the DryRun parameter was used."),
        false => Ok(Done::from(json!({}))),
    }
}
