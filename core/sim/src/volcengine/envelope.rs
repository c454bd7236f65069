//! Volcengine's envelope, and refusals in its words.

use crate::turn::{Outcome, Refused, Turn, content_type};
use imgferry::Answer;
use serde_json::{Value, json};

pub(super) const VERSION: &str = "2020-04-01";

pub(crate) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let version = turn.request.param("Version").unwrap_or(VERSION);
    let mut metadata = json!({
        "RequestId": turn.request_id,
        "Action": turn.request.param("Action").unwrap_or_default(),
        "Version": version,
        "Service": "ecs",
        "Region": turn.region,
    });
    let (status, body) = match outcome {
        Ok(done) => (done.status, json!({"ResponseMetadata": metadata, "Result": done.result})),
        Err(refused) => {
            let mut error = json!({"Code": refused.code, "Message": refused.message});
            if let (Some(number), Some(error)) = (code_number(&refused.code), error.as_object_mut()) {
                error.insert("CodeN".to_owned(), Value::from(number));
            }
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert("Error".to_owned(), error);
            }
            (refused.status, json!({"ResponseMetadata": metadata}))
        }
    };
    let headers = vec![content_type("application/json; charset=utf-8"), ("X-Tt-Logid".to_owned(), turn.request_id.clone())];
    Answer { status, headers, body: body.to_string().into_bytes() }
}

pub(crate) fn throttled() -> Refused {
    Refused::new(429, "FlowLimitExceeded", "The request is rejected because the flow limit is exceeded.")
}

pub(super) fn refuse(status: u16, code: &str, message: impl Into<String>) -> Outcome {
    Err(Refused::new(status, code, message))
}

/// Numbers of the gateway's own codes.
fn code_number(code: &str) -> Option<u32> {
    Some(match code {
        "MissingParameter" => 100_002,
        "MissingAuthenticationToken" => 100_003,
        "MissingSignature" => 100_005,
        "InvalidTimestamp" => 100_006,
        "ServiceNotFound" => 100_007,
        "InvalidActionOrVersion" => 100_008,
        "InvalidAccessKey" => 100_009,
        "SignatureDoesNotMatch" => 100_010,
        "FlowLimitExceeded" => 100_018,
        "MethodNotAllowed" => 100_020,
        _ => return None,
    })
}
