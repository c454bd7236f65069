//! How Huawei signs: SDK-HMAC-SHA256 and its derived form V11-HMAC-SHA256 (facts 3).

use crate::sign::Scheme;
use crate::sign::scheme::{
    ContentTypeRule, HostRule, Keys, PathRule, PayloadRule, PresignRule, QueryRule, RepeatedRule, Scope, TimeFormat, ValueRule,
};

/// SDK-HMAC-SHA256: no scope, the secret is the key.
pub(crate) static SCHEME: Scheme = Scheme { derived: Some(&DERIVED), ..SDK };

/// V11-HMAC-SHA256: a key per day, region and service, for hosts of other operators.
pub(crate) static DERIVED: Scheme = Scheme { algorithm: "V11-HMAC-SHA256", scope: Scope::RegionOpen, keys: Keys::Hkdf, ..SDK };

const SDK: Scheme = Scheme {
    algorithm: "SDK-HMAC-SHA256",
    time: TimeFormat::Basic,
    date_header: "X-Sdk-Date",
    token_header: "X-Security-Token",
    scope: Scope::Everything,
    keys: Keys::Secret,
    path: PathRule::DecodedSlash,
    query: QueryRule::ByRawPair,
    values: ValueRule::Trimmed,
    host: HostRule::AsSent,
    payload: PayloadRule::HeaderValue,
    payload_header: "X-Sdk-Content-Sha256",
    content_type: ContentTypeRule::Optional,
    repeated: RepeatedRule::LineEach,
    signed: &["content-type", "host", "x-domain-id", "x-project-id", "x-sdk-content-sha256", "x-sdk-date", "x-security-token"],
    must_sign: &["x-sdk-date"],
    window_s: 900,
    presign: PresignRule::None,
    derived: None,
};
