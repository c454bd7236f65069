//! Networks that failed, as the HTTP clients of every language tell it: whether the request left decides whether it may be sent again.

use super::exchange::called_in;
use super::refusal::{Refusal, add, refusal};
use crate::base::blocked::BLOCKED;

/// Words of what may have happened after a request left. They are looked for first: of several tries one may have arrived.
const LEFT: [&str; 19] = [
    "read timed out",
    "readtimeout",
    "read timeout",
    "sockettimeoutexception: timeout",
    "awaiting headers",
    "context deadline exceeded",
    "connection reset",
    "econnreset",
    "connection aborted",
    "remotedisconnected",
    "remote end closed connection",
    "socket hang up",
    "other side closed",
    "server disconnected",
    "unexpected eof",
    ": eof",
    "broken pipe",
    "epipe",
    "operation timed out after",
];

/// Words of a connection that was never there.
const NEVER_LEFT: [&str; 26] = [
    "name or service not known",
    "no such host",
    "could not resolve",
    "nameresolutionerror",
    "name resolution",
    "nodename nor servname",
    "getaddrinfo",
    "enotfound",
    "eai_again",
    "unknownhostexception",
    "connection refused",
    "econnrefused",
    "failed to establish a new connection",
    "newconnectionerror",
    "connecttimeout",
    "connect timed out",
    "connect timeout",
    "connect_timeout",
    "connect etimedout",
    "dial tcp",
    "proxyconnect",
    "tunnel connection failed",
    "cannot connect to proxy",
    "no route to host",
    "network is unreachable",
    "failed to connect to",
];

/// Words that do not tell whether the request had left.
const UNSURE: [&str; 6] = ["etimedout", "econnaborted", "timeout of ", "fetch failed", "failed to fetch", "und_err_"];

/// The code of our own for what the words of a client tell of a request without an answer.
pub(super) fn lost(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match () {
        () if has(&LEFT) => Some("transport.unanswered"),
        () if has(&BLOCKED) => Some("transport.blocked"),
        () if has(&NEVER_LEFT) => Some("transport.unsent"),
        () if has(&UNSURE) => Some("transport.unanswered"),
        () => None,
    }
}

/// Whether a code is a client's own for a network that failed, and no cloud's: its message says more.
pub(super) fn is_of_client(code: &str) -> bool {
    matches!(code, "ClientNetworkError" | "ClientError.NetworkError")
}

/// Whether a code is one that runtimes print beside an exception of theirs: in capitals throughout, as no cloud's is.
pub(super) fn is_of_runtime(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') && lost(code).is_some()
}

/// Adds what a client tells of a request to one of the clouds' hosts that has no answer.
pub(super) fn find(text: &str, found: &mut Vec<Refusal>) {
    let Some(code) = lost(text) else { return };
    let telling = text.lines().find(|line| lost(line) == Some(code)).unwrap_or(text).trim();
    for cloud in called_in(text) {
        add(refusal(cloud, code, Some(telling), None, None), found);
    }
}
