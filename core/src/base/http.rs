//! What goes out and what comes back: complete requests, raw answers, and the two ways to get no answer.

use super::error::{Error, Kind};
use super::json::{Object, ordered};
use super::text::shown;
use serde_json::Value;
use std::fmt;

/// An HTTP method used by the three clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method as it stands on the request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A complete HTTP request: what was signed is what is sent, byte for byte.
///
/// `host` is listed among the headers only when it differs from the host of the URL
/// (see [`SignHost`](crate::api::endpoint::SignHost)); HTTP clients derive it otherwise.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Absolute URL, already percent-encoded; send it as it is.
    pub url: String,
    /// Headers in the order in which they were made.
    pub headers: Vec<(String, String)>,
    /// The body; empty when there is none.
    pub body: String,
}

impl Request {
    /// The value of a header, by name without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// A copy that may be shown: signature and tokens replaced by `REDACTED`.
    pub fn redacted(&self) -> Request {
        let mut shown = self.clone();
        for (name, value) in &mut shown.headers {
            if is_secret_header(name) {
                *value = REDACTED.to_owned();
            }
        }
        shown.url = redact_query(&shown.url);
        shown
    }
}

impl Request {
    /// The request as a JSON object; headers are a list of pairs, since their order is kept.
    pub fn to_value(&self) -> Value {
        let Request { method, url, headers, body } = self;
        Object::new()
            .set("method", method.as_str())
            .set("url", url.as_str())
            .set("headers", ordered(headers))
            .set("body", body.as_str())
            .value()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.redacted();
        f.debug_struct("Request")
            .field("method", &shown.method)
            .field("url", &shown.url)
            .field("headers", &shown.headers)
            .field("body", &shown.body)
            .finish()
    }
}

/// What the host received: any status and any bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Response headers, as received.
    pub headers: Vec<(String, String)>,
    /// Response body, after any content encoding was undone.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, by name without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// Why a request has no answer. The difference decides whether a launch may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request certainly never left: name not resolved, connection refused, TLS refused.
    Unsent,
    /// The request may have arrived: timeout, reset, broken answer. When in doubt, this one.
    Unanswered,
}

impl Lost {
    /// The reason of that name: `unsent` or `unanswered`.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<Lost, Error> {
        match name {
            "unsent" => Ok(Lost::Unsent),
            "unanswered" => Ok(Lost::Unanswered),
            _ => Err(Error::new(Kind::Misuse, "lost", format!("a request cannot be lost as {:?}", shown(name)))
                .hint("use unsent or unanswered; when in doubt, unanswered", "请使用 unsent 或 unanswered；不确定时用 unanswered")),
        }
    }
}

/// The value of a header, by name without regard to case.
pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// What stands in place of a secret wherever a request is shown.
pub(crate) const REDACTED: &str = "REDACTED";

/// Headers whose values must not be shown.
fn is_secret_header(name: &str) -> bool {
    ["authorization", "x-tc-token", "x-security-token", "x-auth-token"].iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

/// Presigned URLs carry signature and token in the query.
fn redact_query(url: &str) -> String {
    let Some((base, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let shown: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key @ ("X-Signature" | "X-Security-Token"), _)) => format!("{key}={REDACTED}"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{base}?{}", shown.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_shown() {
        let request = Request {
            method: Method::Get,
            url: "https://h/?a=1&X-Signature=abc&X-Security-Token=tok".into(),
            headers: vec![("Authorization".into(), "sig".into()), ("X-TC-Token".into(), "tok".into())],
            body: String::new(),
        };
        let shown = format!("{request:?}");
        assert!(!shown.contains("sig\"") && !shown.contains("abc") && !shown.contains("tok\""), "{shown}");
        assert!(shown.contains("a=1"), "{shown}");
    }
}
