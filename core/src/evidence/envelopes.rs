//! Refusals in a text: the clouds' own envelopes wherever JSON stands in it, then the words of exceptions.

use super::exchange::starting;
use super::network;
use super::refusal::{Refusal, add, refusal};
use super::thrown::{self, Whose};
use crate::base::json::{first, to_text};
use crate::base::value::Value;

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
    if found.len() == before {
        network::find(text, found);
    }
}

/// The JSON that stands in a text, on whatever line.
fn in_json(text: &str, depth: usize, found: &mut Vec<Refusal>) {
    let (mut rest, whose) = (text, Whose::new(text));
    for _ in 0..PLACES {
        let Some(start) = rest.find('{') else { return };
        let json = &rest[start..];
        match first(json) {
            Some((value, behind)) => {
                envelopes(&value, &whose, depth, found);
                rest = behind;
            }
            None => rest = &json[1..],
        }
    }
}

fn envelopes(value: &Value, whose: &Whose, depth: usize, found: &mut Vec<Refusal>) {
    match value {
        Value::String(inner) if depth > 0 && inner.contains('{') => in_json(inner, depth - 1, found),
        Value::Array(items) => items.iter().for_each(|item| envelopes(item, whose, depth, found)),
        Value::Object(fields) => {
            let told = envelope(value, whose);
            if told.is_empty() {
                fields.iter().for_each(|(_, item)| envelopes(item, whose, depth, found));
            }
            told.into_iter().for_each(|refusal| add(refusal, found));
        }
        _ => {}
    }
}

/// A refusal in the form of one of the clouds, or of their clients: of every cloud whose it may be.
fn envelope(value: &Value, whose: &Whose) -> Vec<Refusal> {
    let (tencent, volcengine) = (&value["Response"]["Error"], &value["ResponseMetadata"]["Error"]);
    let (by_start, inner) = match (tencent.is_object(), volcengine.is_object()) {
        (true, _) => (starting("TC3"), tencent),
        (_, true) => (starting("HMAC"), volcengine),
        _ if value["error"].is_object() => (None, &value["error"]),
        _ => (None, value),
    };
    let code = any(inner, &["error_code", "errorCode", "Code", "code", "ErrorCode"]);
    let Some(code) = code.filter(|code| by_start.is_some() || thrown::is_code(code) || is_refused(code)) else { return Vec::new() };
    let message = any(inner, &["error_msg", "errorMsg", "error_message", "errorMessage", "Message", "message", "msg", "fail_reason"]);
    let status = any(value, &["status_code", "statusCode", "httpStatusCode", "httpCode"]).and_then(|text| text.parse().ok());
    let id = [value, inner, &value["Response"], &value["ResponseMetadata"]]
        .into_iter()
        .find_map(|record| any(record, &["request_id", "RequestId", "requestId", "requestID"]));
    let clouds = by_start.map_or_else(|| whose.owners(&code), |cloud| vec![cloud]);
    clouds.into_iter().map(|cloud| refusal(cloud, &code, message.as_deref(), id.as_deref(), status)).collect()
}

/// The first of these fields that holds a word or a number.
fn any(record: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match &record[*name] {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        number @ Value::Number(_) => Some(to_text(number)),
        _ => None,
    })
}

/// An HTTP status in place of a code, as IAM has it.
fn is_refused(code: &str) -> bool {
    code.parse().is_ok_and(|status: u16| (400..600).contains(&status))
}
