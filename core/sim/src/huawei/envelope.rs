//! Huawei's envelopes, and refusals in its words.

use crate::turn::{Outcome, Refused, Turn, content_type};
use imgferry::Answer;
use serde_json::json;

/// The image service, the gateway and IAM each have an envelope of their own.
pub(crate) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let (status, body) = match outcome {
        Ok(done) => (done.status, done.result),
        Err(refused) if refused.code.starts_with("IMG.") => {
            (refused.status, json!({"error": {"message": refused.message, "code": refused.code}}))
        }
        Err(refused) if refused.code.starts_with("APIGW.") => {
            (refused.status, json!({"error_msg": refused.message, "error_code": refused.code, "request_id": turn.request_id}))
        }
        Err(refused) => (refused.status, json!({"error": {"message": refused.message, "code": refused.status, "title": refused.code}})),
    };
    let mut headers = vec![content_type("application/json"), ("X-Request-Id".to_owned(), turn.request_id.clone())];
    if turn.request.path.contains("/v3") {
        headers.push(("X-IAM-Trace-Id".to_owned(), turn.request_id.clone()));
    }
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    Answer { status, headers, body }
}

pub(crate) fn throttled(limit: u32) -> Refused {
    let message = format!("The throttling threshold has been reached: policy user over ratelimit,limit:{limit},time:1 second");
    Refused::new(429, "APIGW.0308", message)
}

pub(super) fn refuse(status: u16, code: &str, message: impl Into<String>) -> Outcome {
    Err(Refused::new(status, code, message))
}

/// The image service answers nearly every failure with status 400.
pub(super) fn img(code: &str, message: &str) -> Outcome {
    Err(Refused::new(400, code, message))
}
