//! Refusals in a text: the clouds' own envelopes wherever JSON stands in it, then the words of exceptions.

use super::refusal::{Refusal, add, refusal};
use super::thrown;
use crate::base::cloud::Cloud;
use crate::base::json::first;
use serde_json::Value;

/// So many places where JSON may begin are tried.
const PLACES: usize = 2_000;
/// JSON within texts within JSON is looked into so deep.
const DEPTH: usize = 4;

/// Adds the refusals that a text tells.
pub(super) fn find(text: &str, found: &mut Vec<Refusal>) {
    let before = found.len();
    in_json(text, DEPTH, found);
    if found.len() == before {
        thrown::find(text, found);
    }
}

/// The JSON that stands in a text, on whatever line.
fn in_json(text: &str, depth: usize, found: &mut Vec<Refusal>) {
    let mut rest = text;
    for _ in 0..PLACES {
        let Some(start) = rest.find('{') else { return };
        let json = &rest[start..];
        match first(json) {
            Some((value, behind)) => {
                envelopes(&value, text, depth, found);
                rest = behind;
            }
            None => rest = &json[1..],
        }
    }
}

fn envelopes(value: &Value, text: &str, depth: usize, found: &mut Vec<Refusal>) {
    match value {
        Value::String(inner) if depth > 0 && inner.contains('{') => in_json(inner, depth - 1, found),
        Value::Array(items) => items.iter().for_each(|item| envelopes(item, text, depth, found)),
        Value::Object(fields) => match envelope(value, text) {
            Some(refusal) => add(refusal, found),
            None => fields.iter().for_each(|(_, item)| envelopes(item, text, depth, found)),
        },
        _ => {}
    }
}

/// A refusal in the form of one of the clouds, or of their clients.
fn envelope(value: &Value, text: &str) -> Option<Refusal> {
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let any = |record: &Value, names: &[&str]| names.iter().find_map(|name| word(&record[*name]));
    let (tencent, volcengine) = (&value["Response"]["Error"], &value["ResponseMetadata"]["Error"]);
    let id = ["request_id", "RequestId", "requestId", "requestID"];
    if tencent.is_object() {
        let of = by_algorithm("TC3")?;
        let (message, id) = (any(tencent, &["Message"]), any(&value["Response"], &id));
        return Some(refusal(of, &any(tencent, &["Code"])?, message.as_deref(), id.as_deref(), None));
    }
    if volcengine.is_object() {
        let of = by_algorithm("HMAC")?;
        let (message, id) = (any(volcengine, &["Message"]), any(&value["ResponseMetadata"], &id));
        return Some(refusal(of, &any(volcengine, &["Code"])?, message.as_deref(), id.as_deref(), None));
    }
    let inner = if value["error"].is_object() { &value["error"] } else { value };
    let code =
        any(inner, &["error_code", "errorCode", "code", "Code", "ErrorCode"]).filter(|code| thrown::is_code(code) || is_refused(code))?;
    let message = any(inner, &["error_msg", "errorMsg", "error_message", "errorMessage", "message", "Message", "msg"]);
    let status = any(value, &["status_code", "statusCode", "httpStatusCode", "httpCode"]).and_then(|text| text.parse().ok());
    let id = any(value, &id).or(any(inner, &id));
    Some(refusal(thrown::whose(&code, text)?, &code, message.as_deref(), id.as_deref(), status))
}

/// An HTTP status in place of a code, as IAM has it.
fn is_refused(code: &str) -> bool {
    code.parse().is_ok_and(|status: u16| (400..600).contains(&status))
}

fn by_algorithm(start: &str) -> Option<Cloud> {
    Cloud::ALL.into_iter().find(|cloud| cloud.scheme().algorithm.starts_with(start))
}
