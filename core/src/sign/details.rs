//! How a part differs on the two sides of a signature: a space, an escape, a port.

use super::canonical::{EMPTY_HASH, UNSIGNED_PAYLOAD, UNSIGNED_PAYLOAD_HASH};
use super::causes::{self, Cause};
use super::component::Component;
use super::encode::percent_decode;
use crate::base::text::{cut, joined, last_cut, lossy, pieces, replaced, trimmed};

/// Hash of `{}`, which clients send for nothing.
const BRACES_HASH: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// What became of a part, where both sides are known; `None` where no more is known than the part.
pub(super) fn detail(component: Component, ours: &str, theirs: &str) -> Option<&'static Cause> {
    Some(match component {
        Component::Method => &causes::METHOD_CHANGED,
        Component::Path => path(ours, theirs)?,
        Component::Query => query(ours, theirs)?,
        Component::Host if bare(value(ours)) == bare(value(theirs)) => &causes::HOST_PORT,
        Component::Host => &causes::HOST_CHANGED,
        Component::ContentType if media(value(ours)) == media(value(theirs)) => &causes::CONTENT_TYPE_CHARSET,
        Component::ContentType => &causes::CONTENT_TYPE_CHANGED,
        Component::Header if is_time(ours) => &causes::CLOCK_HEADER,
        Component::Header => &causes::HEADER_CHANGED,
        Component::SignedHeaders => &causes::SIGNED_HEADERS_CHANGED,
        Component::Payload => payload(ours, theirs),
        Component::Secret
        | Component::Signature
        | Component::Authorization
        | Component::Scope
        | Component::Key
        | Component::Token
        | Component::Clock
        | Component::Locked
        | Component::Size
        | Component::Unknown => return None,
    })
}

/// How two queries differ.
pub(super) fn query(ours: &str, theirs: &str) -> Option<&'static Cause> {
    let is_same = |change: &dyn Fn(&str) -> String| change(ours) == change(theirs);
    let spaces = |text: &str| replaced(&replaced(text, "%2B", "%20"), "+", "%20");
    Some(if is_same(&spaces) {
        &causes::QUERY_PLUS
    } else if is_same(&|text| replaced(text, "%7E", "~")) {
        &causes::QUERY_TILDE
    } else if is_same(&|text| replaced(text, "%25", "%")) {
        &causes::QUERY_DOUBLE
    } else if is_same(&|text| joined(&sorted(text), "&")) {
        &causes::QUERY_ORDER
    } else if is_same(&|text| lossy(&percent_decode(text))) {
        &causes::QUERY_ESCAPES
    } else if names(ours) == names(theirs) && sorted(ours).len() != sorted(theirs).len() {
        &causes::QUERY_REPEATED
    } else if !ours.is_empty() && sorted(ours).iter().all(|pair| sorted(theirs).contains(pair)) {
        &causes::QUERY_ADDED
    } else {
        return None;
    })
}

/// How two paths differ.
pub(super) fn path(ours: &str, theirs: &str) -> Option<&'static Cause> {
    let decoded = |text: &str| percent_decode(text);
    let plain = |text: &str| replaced(text, "//", "/").trim_end_matches('/').to_owned();
    Some(if plain(ours) == plain(theirs) {
        &causes::PATH_SLASH
    } else if decoded(ours) == decoded(theirs) || replaced(ours, "%25", "%") == replaced(theirs, "%25", "%") {
        &causes::PATH_ESCAPES
    } else if theirs.ends_with(ours) || ours.ends_with(theirs) {
        &causes::PATH_PREFIX
    } else {
        return None;
    })
}

fn payload(ours: &str, theirs: &str) -> &'static Cause {
    let empty = [EMPTY_HASH, BRACES_HASH];
    let unsigned = [UNSIGNED_PAYLOAD, UNSIGNED_PAYLOAD_HASH];
    if empty.contains(&ours) && empty.contains(&theirs) {
        &causes::PAYLOAD_EMPTY
    } else if unsigned.contains(&ours) || unsigned.contains(&theirs) {
        &causes::PAYLOAD_UNSIGNED
    } else {
        &causes::PAYLOAD_CHANGED
    }
}

fn sorted(query: &str) -> Vec<&str> {
    let mut pairs: Vec<&str> = pieces(query, b'&').collect();
    pairs.sort_unstable();
    pairs
}

fn names(query: &str) -> Vec<&str> {
    let mut names: Vec<&str> = pieces(query, b'&').map(|pair| cut(pair, b'=').map_or(pair, |(name, _)| name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The value of a line of the header block.
fn value(line: &str) -> &str {
    cut(line, b':').map_or(line, |(_, value)| value)
}

/// A host without its port.
pub(super) fn bare(host: &str) -> &str {
    match last_cut(host, b':') {
        Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare,
        _ => host,
    }
}

/// A content type without its parameters.
pub(super) fn media(content_type: &str) -> String {
    trimmed(cut(content_type, b';').map_or(content_type, |(media, _)| media)).to_ascii_lowercase()
}

fn is_time(line: &str) -> bool {
    ["x-date:", "x-sdk-date:", "x-tc-timestamp:"].iter().any(|name| line.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_brackets_keeps_its_colons() {
        let hosts = [("h:443", "h"), ("h", "h"), ("[::1]:443", "[::1]"), ("[::1]", "[::1]")];
        assert!(hosts.iter().all(|(host, without)| bare(host) == *without));
    }

    #[test]
    fn what_became_of_a_part_is_told() {
        for (component, ours, theirs, id) in [
            (Component::Query, "a=x%20y", "a=x%2By", Some("query.plus")),
            (Component::Query, "a=x+y", "a=x%20y", Some("query.plus")),
            (Component::Query, "a=~", "a=%7E", Some("query.tilde")),
            (Component::Query, "a=%20", "a=%2520", Some("query.double")),
            (Component::Query, "b=1&a=2", "a=2&b=1", Some("query.order")),
            (Component::Query, "a=%2A", "a=*", Some("query.escapes")),
            (Component::Query, "a=1&a=2", "a=1", Some("query.repeated")),
            (Component::Query, "a=1", "_=7&a=1", Some("query.added")),
            (Component::Query, "a=1", "a=2", None),
            (Component::Path, "/v2/x", "/v2/x/", Some("path.slash")),
            (Component::Path, "/v2/x/", "/api/v2/x/", Some("path.prefix")),
            (Component::Path, "/a%20b", "/a%2520b", Some("path.escapes")),
            (Component::Path, "/a", "/b", None),
            (Component::Host, "host:h", "host:h:8443", Some("host.port")),
            (Component::Host, "host:h", "host:proxy", Some("host.changed")),
            (Component::ContentType, "content-type:a/b", "content-type:a/b; charset=utf-8", Some("content_type.charset")),
            (Component::ContentType, "content-type:a/b", "content-type:", Some("content_type.changed")),
            (Component::Header, "x-sdk-date:1", "x-sdk-date:2", Some("header.date")),
            (Component::Header, "accept:1", "accept:2", Some("header.changed")),
            (Component::Payload, EMPTY_HASH, BRACES_HASH, Some("payload.empty")),
            (Component::Payload, UNSIGNED_PAYLOAD, EMPTY_HASH, Some("payload.unsigned")),
            (Component::Payload, "00", "11", Some("payload.changed")),
            (Component::Secret, "", "", None),
        ] {
            assert_eq!(detail(component, ours, theirs).map(|cause| cause.id), id, "{ours} {theirs}");
        }
    }
}
