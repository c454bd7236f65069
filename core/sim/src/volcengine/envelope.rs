//! Volcengine's envelope, and refusals in its words.

use crate::turn::{Outcome, Refused, Turn, content_type};
use imgferry::Answer;
use serde_json::{Value, json};

/// The service of an action, and its version.
pub(super) fn service_of(action: &str) -> (&'static str, &'static str) {
    match action {
        "AssumeRole" | "GetCallerIdentity" => ("sts", "2018-01-01"),
        _ => ("ecs", "2020-04-01"),
    }
}

pub(crate) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let action = turn.request.param("Action").unwrap_or_default();
    let (service, version) = service_of(action);
    let version = turn.request.param("Version").unwrap_or(version);
    let mut metadata = json!({
        "RequestId": turn.request_id,
        "Action": action,
        "Version": version,
        "Service": service,
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
        "AccessDenied" => 100_013,
        "FlowLimitExceeded" => 100_018,
        "MethodNotAllowed" => 100_020,
        _ => return None,
    })
}
