//! The canonical request: the text that both sides build, and whose hash is signed.

use super::encode::{self, Hex, Pair};
use super::hash::Hasher;
use super::misuse;
use super::request::HOST;
use super::scheme::Scheme;
use super::scheme::{HostRule, PathRule, PayloadRule, QueryRule, RepeatedRule, ValueRule};
use crate::base::error::Error;
use crate::base::text::{all, cut, pieces, trimmed};
use std::borrow::Cow;
use std::ops::Range;

/// The six parts, each as it stands in the text.
pub(super) struct Canonical<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// Whether a slash is added to the path.
    pub(super) slash: bool,
    pub(super) query: &'a str,
    /// Lower-case names, in the order of the signed list; values as they are sent.
    pub(super) headers: &'a [(&'a str, &'a str)],
    /// How the values are written; `None` where they, and the method, stand that way already.
    pub(super) values: Option<ValueRule>,
    pub(super) payload: &'a str,
}

impl Canonical<'_> {
    /// Writes the canonical request over `text`; tells where in it the list of signed headers stands.
    pub(super) fn write(&self, text: &mut String) -> Range<usize> {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() * 2 + value.len() + 3).sum();
        text.clear();
        text.reserve(self.method.len() + self.path.len() + self.query.len() + headers + self.payload.len() + 7);
        let slash = if self.slash { "/\n" } else { "\n" };
        for part in &[self.method, "\n", self.path, slash, self.query, "\n"] {
            text.push_str(part);
        }
        if self.values.is_some() {
            text.as_mut_str()[..self.method.len()].make_ascii_uppercase();
        }
        for (name, value) in self.headers {
            text.push_str(name);
            text.push(':');
            match self.values {
                Some(rule) => push_value(text, rule, value),
                None => text.push_str(value),
            }
            text.push('\n');
        }
        if self.headers.is_empty() {
            // A block without headers still has its line feed: seen in presigned queries that sign no host.
            text.push('\n');
        }
        text.push('\n');
        let start = text.len();
        let mut last = "";
        for (name, _) in self.headers {
            if *name != last {
                if !last.is_empty() {
                    text.push(';');
                }
                text.push_str(name);
            }
            last = name;
        }
        let signed = start..text.len();
        text.push('\n');
        text.push_str(self.payload);
        signed
    }
}

fn push_value(text: &mut String, rule: ValueRule, value: &str) {
    let start = text.len();
    text.push_str(trimmed(value));
    match rule {
        ValueRule::Trimmed => {}
        ValueRule::TrimmedLower => text.as_mut_str()[start..].make_ascii_lowercase(),
    }
}

/// The path for the canonical request.
pub(super) fn path(rule: PathRule, path: &str) -> Cow<'_, str> {
    if rule == PathRule::Root {
        return Cow::Borrowed("/");
    }
    let mut text = String::new();
    encode::percent_encode_path(&mut text, encode::percent_decode(path));
    if text.is_empty() || (rule == PathRule::DecodedSlash && !text.ends_with('/')) {
        text.push('/');
    }
    Cow::Owned(text)
}

/// The query for the canonical request.
pub(super) fn query<'a>(rule: QueryRule, method: &str, query: &'a str) -> Cow<'a, str> {
    match rule {
        QueryRule::AsSentOnGet if method.eq_ignore_ascii_case("GET") => Cow::Borrowed(query),
        QueryRule::AsSentOnGet => Cow::Borrowed(""),
        QueryRule::ByEncodedKey | QueryRule::ByRawPair if query.is_empty() || is_canonical(rule, query) => Cow::Borrowed(query),
        QueryRule::ByEncodedKey | QueryRule::ByRawPair => Cow::Owned(join(rule, &encode::query_pairs(query))),
    }
}

/// Sorts, encodes and joins pairs.
pub(super) fn join(rule: QueryRule, pairs: &[Pair]) -> String {
    let mut text = String::new();
    for (_, (_, value), key) in &sorted(rule, pairs) {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(key);
        text.push('=');
        encode::percent_encode(&mut text, value);
    }
    text
}

/// Pairs in their order, each with its place before and its encoded key.
pub(super) fn sorted(rule: QueryRule, pairs: &[Pair]) -> Vec<(usize, &Pair, String)> {
    let mut sorted = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let mut key = String::with_capacity(pair.0.len());
        encode::percent_encode(&mut key, &pair.0);
        sorted.push((sorted.len(), pair, key));
    }
    sorted.sort_unstable_by(|(place, pair, key), (other_place, other_pair, other_key)| match rule {
        QueryRule::ByRawPair => pair.cmp(other_pair),
        QueryRule::ByEncodedKey | QueryRule::AsSentOnGet => key.cmp(other_key).then(place.cmp(other_place)),
    });
    sorted
}

/// Whether a query already is what [`join`] would make of it. May say no to one that is, as to any with an escape, never yes
/// to one that is not.
fn is_canonical(rule: QueryRule, query: &str) -> bool {
    let mut last: Option<(&str, &str)> = None;
    pieces(query, b'&').all(|pair| {
        let Some((key, value)) = cut(pair, b'=') else {
            return false;
        };
        let in_order = last.is_none_or(|last| match rule {
            QueryRule::ByRawPair => last <= (key, value),
            QueryRule::ByEncodedKey | QueryRule::AsSentOnGet => last.0 <= key,
        });
        last = Some((key, value));
        in_order && all(key, encode::is_unreserved) && all(value, encode::is_unreserved)
    })
}

/// The host for the canonical request.
pub(super) fn host(rule: HostRule, host: &str) -> &str {
    match rule {
        HostRule::AsSent => host,
        HostRule::NoDefaultPort => host.strip_suffix(":80").or(host.strip_suffix(":443")).unwrap_or(host),
    }
}

/// The lines of the header block, in the order of `names`; `host` where no header names it. Values without white space at their ends.
///
/// # Errors
/// Misuse `sign.headers.<name>` when one is missing of what is to be `complete`, or a header is there twice where nothing says how to
/// sign that.
pub(super) fn header_lines<'a>(
    scheme: &Scheme,
    names: &[&'a str],
    headers: &'a [(String, String)],
    host: Option<&'a str>,
    complete: bool,
) -> Result<Vec<(&'a str, &'a str)>, Error> {
    let mut lines: Vec<(&str, &str)> = Vec::with_capacity(names.len());
    for &name in names {
        let first = lines.len();
        for (own, value) in headers {
            if own.eq_ignore_ascii_case(name) {
                // Several in the order of their values.
                let value = trimmed(value);
                let smaller = lines[first..].iter().filter(|(_, other)| *other <= value).count();
                lines.insert(first + smaller, (name, value));
            }
        }
        if let (Some(host), true) = (host, lines.len() == first && name == HOST) {
            lines.push((name, host));
        }
        match lines.len() - first {
            0 if complete => return Err(misuse::ABSENT.about(&[name])),
            0 | 1 => {}
            _ if scheme.repeated == RepeatedRule::Refused => return Err(misuse::REPEATED.about(&[name])),
            _ => {}
        }
    }
    Ok(lines)
}

/// The last line: the hash of the body, or what the payload header makes of it.
pub(super) fn payload<'a>(rule: PayloadRule, is_empty: bool, header: Option<&'a str>, body_hash: &'a str) -> &'a str {
    match (rule, header) {
        (PayloadRule::HashOfWord, Some(UNSIGNED_PAYLOAD)) => UNSIGNED_PAYLOAD_HASH,
        (PayloadRule::HeaderValue, Some(value)) if !is_empty => value,
        (PayloadRule::Repeated | PayloadRule::HashOfWord | PayloadRule::HeaderValue, _) => body_hash,
    }
}

/// The hash of these bytes, as it stands in the canonical request.
pub(super) fn sha256_hex(hasher: &mut Hasher, bytes: &[u8]) -> Hex {
    encode::hex(&hasher.of(bytes))
}

/// Hash of a body without bytes.
pub(super) const EMPTY_HASH: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Hash of the word below.
pub(super) const UNSIGNED_PAYLOAD_HASH: &str = "438d4109ef0d676b8c2c7ed13cdfcb418e494d53b843d4634ce3b1085f07bb96";

/// What stands in the payload header of a request whose body is left out of the signature.
pub(super) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The four lines, or three without a scope, whose HMAC is the signature; written over `text`.
pub(super) fn string_to_sign(scheme: &Scheme, time: &str, scope: &str, canonical_request: &str, text: &mut String, hasher: &mut Hasher) {
    text.clear();
    text.reserve(scheme.algorithm.len() + time.len() + scope.len() + 67);
    for line in &[scheme.algorithm, time, scope] {
        if !line.is_empty() {
            text.push_str(line);
            text.push('\n');
        }
    }
    text.push_str(sha256_hex(hasher, canonical_request.as_bytes()).as_str());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_is_taken_as_canonical_is_what_joining_makes() {
        let texts = [
            "",
            "a=1",
            "a=1&b=2",
            "b=2&a=1",
            "a=&a=0",
            "a=0&a=",
            "a",
            "a=b=c",
            "a=%20",
            "a=+",
            "a=%7E",
            "a=%2f",
            "a=%2F",
            "ImageIds.1=x&ImageIds.10=y",
            "ImageIds.10=x&ImageIds.1=y",
            "k%7B=1&kz=2",
            "kz=1&k%7B=2",
            "a=1&&b=2",
            "a=1&",
            "é=1",
            "a%41=1",
            "%=1",
            "a=%2",
        ];
        for rule in [QueryRule::ByEncodedKey, QueryRule::ByRawPair] {
            for text in texts {
                let joined = join(rule, &encode::query_pairs(text));
                assert_eq!(query(rule, "GET", text), joined, "{rule:?} {text}");
                assert_eq!(query(rule, "GET", &joined), joined, "{rule:?} {text} again");
            }
        }
    }

    #[test]
    fn known_hashes() {
        assert_eq!(sha256_hex(&mut Hasher::default(), b"").as_str(), EMPTY_HASH);
        assert_eq!(sha256_hex(&mut Hasher::default(), UNSIGNED_PAYLOAD.as_bytes()).as_str(), UNSIGNED_PAYLOAD_HASH);
    }

    #[test]
    fn paths_are_decoded_before_they_are_encoded() {
        for (given, decoded, slashed) in [
            ("", "/", "/"),
            ("/", "/", "/"),
            ("/v2/images", "/v2/images", "/v2/images/"),
            ("/a%2Fb", "/a/b", "/a/b/"),
            ("/%7Ea%2A%20+", "/~a%2A%20%2B", "/~a%2A%20%2B/"),
            ("/a%2520", "/a%2520", "/a%2520/"),
            ("/a%20b/", "/a%20b/", "/a%20b/"),
            ("/a%2F", "/a/", "/a/"),
        ] {
            assert_eq!(path(PathRule::Decoded, given), decoded);
            assert_eq!(path(PathRule::DecodedSlash, given), slashed);
            assert_eq!(path(PathRule::Root, given), "/");
        }
    }

    #[test]
    fn the_payload_header_counts_where_the_rule_says_so() {
        for (rule, is_empty, header, line) in [
            (PayloadRule::Repeated, false, Some("given"), "hash"),
            (PayloadRule::HashOfWord, false, None, "hash"),
            (PayloadRule::HashOfWord, false, Some("given"), "hash"),
            (PayloadRule::HashOfWord, true, Some(UNSIGNED_PAYLOAD), UNSIGNED_PAYLOAD_HASH),
            (PayloadRule::HeaderValue, false, None, "hash"),
            (PayloadRule::HeaderValue, false, Some("given"), "given"),
            (PayloadRule::HeaderValue, true, Some(UNSIGNED_PAYLOAD), "hash"),
        ] {
            assert_eq!(payload(rule, is_empty, header, "hash"), line, "{rule:?} {header:?}");
        }
    }

    #[test]
    fn only_default_ports_are_dropped() {
        for (given, kept) in [("h", "h"), ("h:80", "h"), ("h:443", "h"), ("h:8443", "h:8443"), ("[::1]:443", "[::1]"), ("[::80]", "[::80]")]
        {
            assert_eq!(host(HostRule::NoDefaultPort, given), kept);
            assert_eq!(host(HostRule::AsSent, given), given);
        }
    }
}
