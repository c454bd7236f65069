//! What goes out and what comes back: complete requests, raw answers, and the two ways to get no answer.

use super::blocked::remedy;
use super::error::{Error, Kind, Retry};
use super::json::{Object, texts};
use super::text::{around, concat, first_control, last_cut, quoted};
use super::texts::zh;
use super::value::Value;
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
    pub headers: Headers,
    /// The body; empty when there is none.
    pub body: String,
}

/// The headers of a request, in the order in which they were made. What is not known beforehand stands in one text, which
/// costs two allocations a request in place of two a header.
#[derive(Default)]
pub struct Headers {
    text: String,
    headers: Vec<(Part, Part)>,
}

/// A name, a value, or another text that is kept with the headers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Fixed(&'static str),
    /// Where it begins in the text of all headers, and where it ends.
    Written(usize, usize),
}

/// With the same room: what is built once and signed at every send grows each time.
impl Clone for Headers {
    fn clone(&self) -> Self {
        let mut copy = Self { text: String::with_capacity(self.text.capacity()), headers: Vec::with_capacity(self.headers.capacity()) };
        copy.text.push_str(&self.text);
        copy.headers.extend_from_slice(&self.headers);
        copy
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl Headers {
    /// None yet, but room for all of a signed request: growing costs more than filling.
    pub(crate) fn for_request() -> Self {
        Self { text: String::with_capacity(512), headers: Vec::with_capacity(10) }
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.headers.iter().map(|(name, value)| (self.text(*name), self.text(*value)))
    }

    /// Name and value of each header where they are the program's own texts, which can be told by their addresses.
    pub fn fixed(&self) -> impl Iterator<Item = [Option<&'static str>; 2]> {
        let fixed = |part| if let Part::Fixed(text) = part { Some(text) } else { None };
        self.headers.iter().map(move |(name, value)| [fixed(*name), fixed(*value)])
    }

    /// A text that is kept with the headers.
    pub(crate) fn text(&self, part: Part) -> &str {
        match part {
            Part::Fixed(text) => text,
            Part::Written(start, end) => &self.text[start..end],
        }
    }

    /// Keeps a text that is no header: it costs no allocation of its own.
    pub(crate) fn keep(&mut self, text: &str) -> Part {
        self.written(&[text])
    }

    /// The value of a header, by name without regard to case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(|known| known.eq_ignore_ascii_case(name))
    }

    /// The value of the first header of such a name: no other value is looked at.
    pub(crate) fn find(&self, is_it: impl Fn(&str) -> bool) -> Option<&str> {
        self.headers.iter().find(|(name, _)| is_it(self.text(*name))).map(|(_, value)| self.text(*value))
    }

    /// Number of headers.
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// Copies of names and values, as many HTTP clients take them.
    pub fn to_vec(&self) -> Vec<(String, String)> {
        self.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    pub(crate) fn push(&mut self, name: &'static str, value: &str) {
        self.push_parts(name, &[value]);
    }

    /// Adds a header whose value is known beforehand.
    pub(crate) fn push_fixed(&mut self, name: &'static str, value: &'static str) {
        self.headers.push((Part::Fixed(name), Part::Fixed(value)));
    }

    /// Adds a header whose value is kept already.
    pub(crate) fn push_kept(&mut self, name: &'static str, value: Part) {
        self.headers.push((Part::Fixed(name), value));
    }

    /// Adds a header whose value is made of these parts.
    pub(crate) fn push_parts(&mut self, name: &'static str, parts: &[&str]) {
        let value = self.written(parts);
        self.headers.push((Part::Fixed(name), value));
    }

    fn push_any(&mut self, name: &str, value: &str) {
        let (name, value) = (self.written(&[name]), self.written(&[value]));
        self.headers.push((name, value));
    }

    fn written(&mut self, parts: &[&str]) -> Part {
        let start = self.text.len();
        parts.iter().for_each(|part| self.text.push_str(part));
        Part::Written(start, self.text.len())
    }
}

impl FromIterator<(String, String)> for Headers {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut headers = Self::default();
        pairs.into_iter().for_each(|(name, value)| headers.push_any(&name, &value));
        headers
    }
}

/// Secrets are not shown.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.redacted().iter()).finish()
    }
}

impl Headers {
    fn redacted(&self) -> Self {
        let mut shown = Self::default();
        self.iter().for_each(|(name, value)| shown.push_any(name, if is_secret_header(name) { REDACTED } else { value }));
        shown
    }
}

impl Request {
    /// The value of a header, by name without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// A copy that may be shown: signature and tokens replaced by `REDACTED`.
    pub fn redacted(&self) -> Request {
        let Request { method, url, headers, body } = self;
        Request { method: *method, url: redact_query(url), headers: headers.redacted(), body: body.clone() }
    }
}

impl Request {
    /// The request as a JSON object; headers are a list of pairs, since their order is kept.
    pub fn to_value(&self) -> Value {
        let Request { method, url, headers, body } = self;
        let mut pairs = Vec::with_capacity(headers.len());
        for (name, value) in headers.iter() {
            pairs.push(texts(&[name, value]));
        }
        Object::new()
            .set("method", method.as_str())
            .set("url", url.as_str())
            .set("headers", Value::Array(pairs))
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

/// Why a request has no answer, with the cause in words, such as the HTTP client's own; empty when there are none.
/// The difference decides whether a launch may be repeated, and whether anything more is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request certainly never left, and the next may: name not resolved, connection refused, a proxy without a way.
    Unsent(String),
    /// The request certainly never left, nor will another before somebody mends what is wrong: a certificate that is
    /// not trusted, a proxy that wants a login, a scheme that the client does not know.
    Blocked(String),
    /// The request may have arrived: timeout, reset, broken answer. When in doubt, this one.
    Unanswered(String),
}

impl Lost {
    /// The reason of that name: `unsent`, `blocked` or `unanswered`.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str, cause: &str) -> Result<Lost, Error> {
        match name {
            "unsent" => Ok(Lost::Unsent(cause.to_owned())),
            "blocked" => Ok(Lost::Blocked(cause.to_owned())),
            "unanswered" => Ok(Lost::Unanswered(cause.to_owned())),
            _ => Err(Error::new(Kind::Misuse, "lost", concat(&["a request cannot be lost as ", &quoted(name)])).hint(
                "use unsent, blocked or unanswered; when in doubt, unanswered",
                zh!("请使用 unsent、blocked 或 unanswered；不确定时用 unanswered"),
            )),
        }
    }

    /// The error that a call to this URL ends with.
    pub(crate) fn error(&self, url: &str) -> Error {
        let host = authority(url);
        let (code, retry, what, cause) = match self {
            Lost::Unsent(cause) => ("transport.unsent", Retry::Backoff, "could not be sent", cause),
            Lost::Blocked(cause) => ("transport.blocked", Retry::Never, "cannot be sent", cause),
            Lost::Unanswered(cause) => ("transport.unanswered", Retry::Unsure, "was sent, but no answer came", cause),
        };
        let colon = if cause.is_empty() { "" } else { ": " };
        let mut error = Error::new(Kind::Server, code, concat(&["the request to ", host, " ", what, colon, &in_words(cause)]));
        error.retry = retry;
        match self {
            Lost::Unsent(_) => error.hint("check the network, the proxy and the endpoint", zh!("请检查网络、代理和接入地址")),
            Lost::Blocked(cause) => {
                let (en, zh) = remedy(cause);
                error.hint(en, zh)
            }
            Lost::Unanswered(_) => error.hint("the destination is looked at before anything is sent again", zh!("重试前会先核对目标地域")),
        }
    }
}

/// Host and port of a URL.
pub(crate) fn authority(url: &str) -> &str {
    let rest = around(url, "://").map_or(url, |(_, rest)| rest);
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?'));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}

/// A cause as it may be shown: one short line, without the users and passwords of URLs.
fn in_words(cause: &str) -> String {
    const LONGEST: usize = 300;
    let mut text = String::new();
    let (mut rest, mut is_url) = (Some(cause), false);
    while let Some(left) = rest {
        let (part, behind) = around(left, "://").map_or((left, None), |(part, behind)| (part, Some(behind)));
        let end = part.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ')' | ',')).unwrap_or(part.len());
        let (url, other) = part.split_at(end);
        match last_cut(url, b'@').filter(|_| is_url) {
            Some((_, host)) => text.extend([REDACTED, "@", host]),
            None => text.push_str(url),
        }
        text.push_str(other);
        if behind.is_some() {
            text.push_str("://");
        }
        (rest, is_url) = (behind, true);
    }
    let mut words = String::new();
    for word in text.split(|c: char| c.is_whitespace() || first_control(c.encode_utf8(&mut [0; 4])).is_some()) {
        if !word.is_empty() && words.len() < LONGEST {
            words.push_str(if words.is_empty() { "" } else { " " });
            words.extend(word.chars().take(LONGEST));
        }
    }
    words
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
    fn a_cause_is_told_in_one_line_without_passwords() {
        let told = |lost: Lost| lost.error("https://ims.cn-north-4.myhuaweicloud.com/v2?x").message.clone();
        assert_eq!(told(Lost::Unsent(String::new())), "the request to ims.cn-north-4.myhuaweicloud.com could not be sent");
        for (cause, shown) in [
            ("proxy http://u:p@proxy:3128/ says 502\r\n\u{1b}[31mno", "proxy http://REDACTED@proxy:3128/ says 502 [31mno"),
            ("a@b: 'socks5://u:p@@w@h', \"https://x@y\"", "a@b: 'socks5://REDACTED@h', \"https://REDACTED@y\""),
        ] {
            let message = told(Lost::Blocked(cause.to_owned()));
            assert_eq!(message, format!("the request to ims.cn-north-4.myhuaweicloud.com cannot be sent: {shown}"));
        }
        assert!(told(Lost::Unanswered("x".repeat(if cfg!(miri) { 1_000 } else { 10_000 }))).len() < 400);
        assert!(Lost::parse("blocked", "").is_ok() && Lost::parse("lost", "").is_err());
    }

    #[test]
    fn nothing_secret_is_shown() {
        let request = Request {
            method: Method::Get,
            url: "https://h/?a=1&X-Signature=abc&X-Security-Token=tok".into(),
            headers: Headers::from_iter([("Authorization".into(), "sig".into()), ("X-TC-Token".into(), "tok".into())]),
            body: String::new(),
        };
        let shown = format!("{request:?}");
        assert!(!shown.contains("sig\"") && !shown.contains("abc") && !shown.contains("tok\""), "{shown}");
        assert!(shown.contains("a=1"), "{shown}");
    }
}
