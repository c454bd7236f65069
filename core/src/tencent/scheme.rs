//! How Tencent signs: TC3-HMAC-SHA256 (facts 3).

use crate::sign::Scheme;
use crate::sign::scheme::{
    ContentTypeRule, HostRule, Keys, PathRule, PayloadRule, PresignRule, QueryRule, RepeatedRule, Scope, TimeFormat, ValueRule,
};

/// TC3-HMAC-SHA256. Action, version, region, token and language are not protected by the usual signature.
pub(crate) static SCHEME: Scheme = Scheme {
    algorithm: "TC3-HMAC-SHA256",
    time: TimeFormat::UnixSeconds,
    date_header: "X-TC-Timestamp",
    token_header: "X-TC-Token",
    scope: Scope::Service("tc3_request"),
    keys: Keys::Chain("TC3"),
    path: PathRule::Root,
    query: QueryRule::AsSentOnGet,
    values: ValueRule::TrimmedLower,
    host: HostRule::AsSent,
    payload: PayloadRule::HashOfWord,
    payload_header: "X-TC-Content-SHA256",
    content_type: ContentTypeRule::Required,
    repeated: RepeatedRule::Refused,
    signed: &["content-type", "host"],
    must_sign: &["content-type", "host"],
    window_s: 300,
    presign: PresignRule::None,
    derived: None,
};
