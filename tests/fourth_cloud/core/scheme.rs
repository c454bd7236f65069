//! How the cloud signs.

use crate::sign::Scheme;
use crate::sign::scheme::{
    ContentTypeRule, HostRule, Keys, PathRule, PayloadRule, PresignRule, QueryRule, RepeatedRule, Scope, TimeFormat, ValueRule,
};

pub(crate) static SCHEME: Scheme = Scheme {
    algorithm: "FOURTH-HMAC-SHA256",
    time: TimeFormat::Basic,
    date_header: "X-Fourth-Date",
    token_header: "X-Fourth-Token",
    scope: Scope::Region("fourth_request"),
    keys: Keys::Chain("FOURTH"),
    path: PathRule::Decoded,
    query: QueryRule::ByEncodedKey,
    values: ValueRule::Trimmed,
    host: HostRule::NoDefaultPort,
    payload: PayloadRule::Repeated,
    payload_header: "X-Fourth-Content-Sha256",
    content_type: ContentTypeRule::Optional,
    repeated: RepeatedRule::Refused,
    signed: &["content-type", "host", "x-fourth-content-sha256", "x-fourth-date"],
    must_sign: &["host", "x-fourth-date"],
    window_s: 900,
    presign: PresignRule::None,
    derived: None,
};
