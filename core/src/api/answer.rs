//! What reading has in common in all clouds: a body taken apart without trusting it, an error filled in from the answer.

use super::catalogue::Explanation;
use super::facts::{Facts, Temporary};
use crate::base::credentials::Credentials;
use crate::base::error::{Error, Kind};
use crate::base::http::Answer;
use crate::base::json::from_text;
use crate::base::record::{Params, text};
use crate::base::text::{concat, lossy, shown, trimmed};
use crate::base::time::{Millis, decimal, saturated};
use crate::base::value::Value;
use std::str::from_utf8;

/// The body as JSON, whatever its content type says.
///
/// # Errors
/// By the HTTP status when that tells of trouble, [`Kind::Protocol`] otherwise.
pub(crate) fn json(answer: &Answer, request_id: Option<&str>) -> Result<Value, Error> {
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&answer.body);
    from_text(body).map_err(|problem| unexpected(answer, request_id, &problem))
}

/// The error for an answer that is not what the API promises; `problem` says in what way.
pub(crate) fn unexpected(answer: &Answer, request_id: Option<&str>, problem: &str) -> Error {
    let begin = shown(&lossy(answer.body.get(..400).unwrap_or(&answer.body)));
    if !is_success(answer.status) {
        let status = decimal(answer.status.into());
        let explanation = Explanation::fallback(&concat(&["http.", &status]), Kind::of_status(answer.status));
        return error(&explanation, &concat(&["HTTP status ", &status, ": ", &begin]), answer, request_id);
    }
    let (code, message) = if answer.body.is_empty() {
        ("answer.empty", "the answer has no body".to_owned())
    } else if is_compressed(answer) {
        ("answer.compressed", "the body is still compressed; undo the content encoding before it is read".to_owned())
    } else {
        ("answer.shape", concat(&["the answer is not what the API promises (", problem, "): ", &begin]))
    };
    error(&Explanation::fallback(code, Kind::Protocol), &message, answer, request_id)
}

/// The temporary key that stands under these names.
pub(crate) fn temporary(key: &Params, id: &str, secret: &str, token: &str, expires: Option<Millis>) -> Result<Facts, &'static str> {
    let (Some(id), Some(secret), Some(token)) = (text(key, id), text(key, secret), text(key, token)) else {
        return Err("a key without id, secret or token");
    };
    let credentials = Credentials::new(id, secret, Some(token)).map_err(|_| "a key that cannot be used")?;
    Ok(Facts::Temporary(Temporary { credentials, expires }))
}

/// The vendor's result, unless it holds a secret.
pub(crate) fn shown_data(facts: &Facts, data: Value) -> Value {
    if matches!(facts, Facts::Temporary(_)) { Value::Null } else { data }
}

/// The error for a refusal: what the catalogue says, completed from the answer.
pub(crate) fn error(explanation: &Explanation, message: &str, answer: &Answer, request_id: Option<&str>) -> Error {
    let message = if message.is_empty() { &*explanation.cause_en } else { message };
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

/// The server's clock as of the `Date` header.
fn date(answer: &Answer) -> Option<Millis> {
    Millis::parse_http_date(answer.header("date")?)
}

/// The `Retry-After` header: seconds, or a moment by the server's own clock. No longer than a day, whatever it says.
pub(crate) fn retry_after_ms(answer: &Answer) -> Option<i64> {
    const DAY_MS: i64 = 86_400_000;
    let text = trimmed(answer.header("retry-after")?);
    let wait = match saturated(text.as_bytes()) {
        Some(seconds) => seconds.saturating_mul(1000),
        None => Millis::parse_http_date(text)?.since(date(answer)?),
    };
    Some(wait.clamp(0, DAY_MS))
}

/// Most clients unpack a body and leave the header that says it is packed: text is none, whatever that says.
fn is_compressed(answer: &Answer) -> bool {
    let encoded = answer.header("content-encoding").is_some_and(|encoding| !trimmed(encoding).eq_ignore_ascii_case("identity"));
    (encoded && from_utf8(&answer.body).is_err()) || answer.body.starts_with(&[0x1F, 0x8B])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Retry;
    use crate::base::record::Params;

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
        assert_eq!(
            json(&answer(200, &[], deep.as_bytes()), Some("r")).map_err(|error| error.request_id.clone()),
            Err(Some("r".to_owned()))
        );
    }

    #[test]
    fn a_body_that_a_header_calls_packed_is_told_as_such_and_identity_is_none() {
        for (encoding, code) in
            [("br", "answer.compressed"), ("GZIP", "answer.compressed"), ("identity", "answer.shape"), (" Identity ", "answer.shape")]
        {
            let error = json(&answer(200, &[("content-encoding", encoding)], b"\x8b\xff\x02"), None).expect_err(encoding);
            assert_eq!(error.code, code, "{encoding}");
            // A client has unpacked the page of a gateway, and left the header.
            let error = json(&answer(200, &[("content-encoding", encoding)], b"<html>log in"), None).expect_err(encoding);
            assert!(error.code == "answer.shape" && error.message.contains("<html>log in"), "{encoding}: {}", error.message);
        }
    }

    #[test]
    fn waits_and_clocks_come_from_the_headers() {
        let date = ("Date", "Tue, 02 Jan 2024 03:04:05 GMT");
        for (after, wait) in [
            ("7", Some(7000)),
            ("4000000000", Some(86_400_000)),
            ("99999999999999999999", Some(86_400_000)),
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
}
