//! How Volcengine and BytePlus sign: HMAC-SHA256 (facts 3).

use crate::sign::Scheme;
use crate::sign::scheme::{
    ContentTypeRule, HostRule, Keys, PathRule, PayloadRule, PresignRule, QueryRule, RepeatedRule, Scope, TimeFormat, ValueRule,
};

/// HMAC-SHA256, in headers or in the query. The key chain has no prefix and ends in `request`.
pub(crate) static SCHEME: Scheme = Scheme {
    algorithm: "HMAC-SHA256",
    time: TimeFormat::Basic,
    date_header: "X-Date",
    token_header: "X-Security-Token",
    scope: Scope::Region("request"),
    keys: Keys::Chain(""),
    path: PathRule::Decoded,
    query: QueryRule::ByEncodedKey,
    values: ValueRule::Trimmed,
    host: HostRule::NoDefaultPort,
    payload: PayloadRule::Repeated,
    payload_header: "X-Content-Sha256",
    content_type: ContentTypeRule::Optional,
    repeated: RepeatedRule::Refused,
    signed: &["content-type", "host", "x-content-sha256", "x-date", "x-security-token"],
    // One of the vendor's own clients signs no host; the page says that host must be signed.
    must_sign: &["host", "x-date"],
    window_s: 900,
    presign: PresignRule::Query,
    derived: None,
};
