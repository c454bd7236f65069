//! What a verifier is asked, and what it says.

use crate::base::json::Object;
use crate::base::time::Millis;
use crate::base::value::Value;
use crate::base::words::words;
use std::fmt;

/// A request as it arrived.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    /// Method of the request line.
    pub method: &'a str,
    /// Target of the request line: path and query, or an absolute URL.
    pub url: &'a str,
    /// Headers as they arrived.
    pub headers: &'a [(String, String)],
    /// Bytes of the body.
    pub body: &'a [u8],
}

/// What the signature must be good for, beyond what the scheme asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expect<'a> {
    /// Region in the scope, where the scheme has one there.
    pub region: Option<&'a str>,
    /// Service in the scope, where the scheme has one there.
    pub service: Option<&'a str>,
    /// Headers that must be signed, lower case, besides those of the scheme.
    pub required_headers: &'a [&'a str],
}

/// What a good signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Access key id.
    pub id: String,
    /// Region in the scope, where the scheme has one there.
    pub region: Option<String>,
    /// Service in the scope, where the scheme has one there.
    pub service: Option<String>,
    /// The moment of signing.
    pub time: Millis,
    /// Names of the signed headers, lower case, in the order of the list.
    pub signed_headers: Vec<String>,
    /// Whether the signature came in the query.
    pub presigned: bool,
    /// Whether the signature covers the body.
    pub body_signed: bool,
}

words! {
    /// Why a request is refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Reason {
        /// There is no signature, or it cannot be read.
        Malformed = "malformed",
        /// Nobody has this access key id.
        UnknownKey = "unknown_key",
        /// Signed too long ago, or in the future.
        Clock = "clock",
        /// Signed for another day, region or service.
        Scope = "scope",
        /// A header that must be signed is not, or one that is signed is not there.
        SignedHeaders = "signed_headers",
        /// The body is not the one whose hash the request carries.
        Payload = "payload",
        /// The signature is not the one that this secret makes of this request.
        Signature = "signature",
        /// The session token is missing, or not the one of this key.
        Token = "token",
    }
}

/// A refused request.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", reason.as_str())]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// What was found, for a log: no secret in it.
    pub message: String,
    /// The canonical request that the verifier computed, when it came that far. May hold the session token.
    pub canonical_request: Option<String>,
    /// The moment of signing, when it could be read.
    pub signed_at: Option<Millis>,
    /// The access key id, when it could be read.
    pub id: Option<String>,
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("reason", &self.reason).field("message", &self.message).finish_non_exhaustive()
    }
}

impl Verified {
    /// What the signature says as a JSON object.
    pub fn to_value(&self) -> Value {
        let Verified { id, region, service, time, signed_headers, presigned, body_signed } = self;
        Object::new()
            .set("id", id.as_str())
            .set("region", region.as_deref())
            .set("service", service.as_deref())
            .set("time_ms", time.0)
            .set("signed_headers", signed_headers.join(";"))
            .set("presigned", *presigned)
            .set("body_signed", *body_signed)
            .value()
    }
}

impl Refusal {
    /// The refusal as a JSON object.
    pub fn to_value(&self) -> Value {
        let Refusal { reason, message, canonical_request, signed_at, id } = self;
        Object::new()
            .set("reason", reason.as_str())
            .set("message", message.as_str())
            .set("canonical_request", canonical_request.as_deref())
            .set("signed_at_ms", signed_at.map(|at| at.0))
            .set("id", id.as_deref())
            .value()
    }
}
