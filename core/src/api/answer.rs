//! What reading has in common in all clouds: a body taken apart without trusting it, an error filled in from the answer.

use crate::api::operation::Params;
use crate::base::error::{Error, Explanation, Kind};
use crate::base::http::Answer;
use crate::base::time::Millis;
use serde_json::Value;
use std::vec::IntoIter;

/// The body as JSON, whatever its content type says.
///
/// # Errors
/// By the HTTP status when that tells of trouble, [`Kind::Protocol`] otherwise.
pub(crate) fn json(answer: &Answer, request_id: Option<&str>) -> Result<Value, Error> {
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&answer.body);
    serde_json::from_slice(body).map_err(|problem| unexpected(answer, request_id, &problem.to_string()))
}

/// The error for an answer that is not what the API promises; `problem` says in what way.
pub(crate) fn unexpected(answer: &Answer, request_id: Option<&str>, problem: &str) -> Error {
    let begin = crate::api::check::shown(&String::from_utf8_lossy(answer.body.get(..400).unwrap_or(&answer.body)));
    if !is_success(answer.status) {
        let explanation = Explanation::fallback(&format!("http.{}", answer.status), Kind::of_status(answer.status));
        return error(&explanation, format!("HTTP status {}: {begin}", answer.status), answer, request_id);
    }
    let (code, message) = if answer.body.is_empty() {
        ("answer.empty", "the answer has no body".to_owned())
    } else if is_compressed(answer) {
        ("answer.compressed", "the body is still compressed; undo the content encoding before it is read".to_owned())
    } else {
        ("answer.shape", format!("the answer is not what the API promises ({problem}): {begin}"))
    };
    error(&Explanation::fallback(code, Kind::Protocol), message, answer, request_id)
}

/// The error for a refusal: what the catalogue says, completed from the answer.
pub(crate) fn error(explanation: &Explanation, message: impl Into<String>, answer: &Answer, request_id: Option<&str>) -> Error {
    let message = message.into();
    let message = if message.is_empty() { explanation.cause_en.clone().into_owned() } else { message };
    let mut error =
        Error::new(explanation.kind, explanation.code.clone(), message).hint(explanation.next_en.clone(), explanation.next_zh.clone());
    error.request_id = request_id.map(str::to_owned);
    error.status = Some(answer.status);
    error.retry = explanation.retry;
    error.wait_ms = explanation.wait_ms.max(retry_after_ms(answer));
    error.server_time = date(answer);
    error
}

/// Whether a status says that the request was dealt with.
pub(crate) const fn is_success(status: u16) -> bool {
    matches!(status, 200..=299)
}

/// A field that is a text with something in it.
pub(crate) fn text<'a>(record: &'a Params, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The same, owned.
pub(crate) fn owned(record: &Params, name: &str) -> Option<String> {
    text(record, name).map(str::to_owned)
}

/// A text field that may be empty or absent, where both mean the same.
pub(crate) fn text_or_empty(record: &Params, name: &str) -> String {
    owned(record, name).unwrap_or_default()
}

/// An id as text, whether the cloud writes a text or a number.
pub(crate) fn id(record: &Params, name: &str) -> Option<String> {
    match record.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A count, whether the cloud writes a number or a text; negative ones and fractions are not counts.
pub(crate) fn count(record: &Params, name: &str) -> Option<u64> {
    match record.get(name)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Progress, kept between 0 and 100.
pub(crate) fn percent(record: &Params, name: &str) -> Option<u8> {
    let percent = match record.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => number(text.trim_end_matches('%')),
        _ => None,
    };
    // The cast keeps to the range of the target; a fraction of a percent is nobody's concern.
    percent.filter(|percent: &f64| !percent.is_nan()).map(|percent| percent.clamp(0.0, 100.0) as u8)
}

/// A number that the cloud writes as text.
pub(crate) fn number(text: &str) -> Option<f64> {
    serde_json::from_slice::<Value>(text.as_bytes()).ok()?.as_f64()
}

/// A time in any of the forms that the clouds write.
pub(crate) fn time(record: &Params, name: &str) -> Option<Millis> {
    Millis::parse(text(record, name)?)
}

/// The entries of a list; none when it is no list.
pub(crate) fn items<'a>(record: &'a Params, name: &str) -> &'a [Value] {
    record.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The records of a list; entries that are none are passed over.
pub(crate) fn records<'a>(record: &'a Params, name: &str) -> IntoIter<&'a Params> {
    items(record, name).iter().filter_map(Value::as_object).collect::<Vec<_>>().into_iter()
}

/// The texts of a list; entries that are none are passed over.
pub(crate) fn texts(record: &Params, name: &str) -> Vec<String> {
    items(record, name).iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Tags: a list of records with `Key` and `Value` (the names differ), tags without a key passed over.
pub(crate) fn tags(record: &Params, name: &str, key: &str, value: &str) -> Vec<(String, String)> {
    records(record, name).filter_map(|tag| Some((owned(tag, key)?, text_or_empty(tag, value)))).collect()
}

/// The server's clock as of the `Date` header.
fn date(answer: &Answer) -> Option<Millis> {
    Millis::parse_http_date(answer.header("date")?)
}

/// The `Retry-After` header: seconds, or a moment by the server's own clock. No longer than a day, whatever it says.
fn retry_after_ms(answer: &Answer) -> Option<i64> {
    const DAY_MS: i64 = 86_400_000;
    let text = answer.header("retry-after")?.trim();
    let wait = match text.parse::<u32>() {
        Ok(seconds) => i64::from(seconds) * 1000,
        Err(_) => Millis::parse_http_date(text)?.since(date(answer)?),
    };
    Some(wait.clamp(0, DAY_MS))
}

fn is_compressed(answer: &Answer) -> bool {
    let encoded = answer.header("content-encoding").is_some_and(|encoding| !encoding.trim().eq_ignore_ascii_case("identity"));
    encoded || answer.body.starts_with(&[0x1F, 0x8B])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Retry;

    fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: body.to_vec() }
    }

    #[test]
    fn what_is_no_json_is_judged_by_status_then_by_the_bytes() {
        for (status, body, code, kind, retry) in [
            (200, &b""[..], "answer.empty", Kind::Protocol, Retry::Unsure),
            (200, b"\x1f\x8b\x08", "answer.compressed", Kind::Protocol, Retry::Unsure),
            (200, b"<html>", "answer.shape", Kind::Protocol, Retry::Unsure),
            (200, b"\xff\xfe", "answer.shape", Kind::Protocol, Retry::Unsure),
            (302, b"", "http.302", Kind::Protocol, Retry::Unsure),
            (401, b"", "http.401", Kind::Auth, Retry::Never),
            (404, b"", "http.404", Kind::NotFound, Retry::Never),
            (429, b"slow", "http.429", Kind::Throttled, Retry::Backoff),
            (503, b"<html>", "http.503", Kind::Server, Retry::Unsure),
            (0, b"", "http.0", Kind::Server, Retry::Unsure),
        ] {
            let error = json(&answer(status, &[], body), None).expect_err(code);
            assert_eq!((error.code.as_str(), error.kind, error.retry, error.status), (code, kind, retry, Some(status)));
        }
        assert_eq!(json(&answer(500, &[], b"\xEF\xBB\xBF{}"), None), Ok(Value::Object(Params::new())));
        let deep = "[".repeat(100_000);
        assert_eq!(json(&answer(200, &[], deep.as_bytes()), Some("r")).map_err(|error| error.request_id), Err(Some("r".to_owned())));
    }

    #[test]
    fn waits_and_clocks_come_from_the_headers() {
        let date = ("Date", "Tue, 02 Jan 2024 03:04:05 GMT");
        for (after, wait) in [
            ("7", Some(7000)),
            ("4000000000", Some(86_400_000)),
            ("Tue, 02 Jan 2024 03:04:15 GMT", Some(10_000)),
            ("Tue, 02 Jan 2024 03:04:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let error = json(&answer(503, &[date, ("retry-after", after)], b""), None).expect_err(after);
            assert_eq!(error.wait_ms, wait, "{after}");
            assert_eq!(error.server_time, Some(Millis(1_704_164_645_000)));
        }
    }

    #[test]
    fn fields_of_any_type_are_taken_calmly() {
        let record: Params = serde_json::from_str(
            r#"{"n": 18446744073709551616, "i": -1, "s": "12", "p": 250, "q": "40%", "x": [1, {"Key": "k"}, {"Key": ""}], "t": null}"#,
        )
        .expect("JSON");
        assert_eq!((count(&record, "n"), count(&record, "i"), count(&record, "s"), count(&record, "t")), (None, None, Some(12), None));
        assert_eq!(
            (percent(&record, "p"), percent(&record, "q"), percent(&record, "i"), percent(&record, "x")),
            (Some(100), Some(40), Some(0), None)
        );
        assert_eq!(tags(&record, "x", "Key", "Value"), [("k".to_owned(), String::new())]);
        assert_eq!((id(&record, "i"), id(&record, "s"), id(&record, "x")), (Some("-1".into()), Some("12".into()), None));
    }
}
