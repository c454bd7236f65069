//! What wants a signature, of whom, in which way, and what comes of it.

use super::misuse;
use super::scheme::{PayloadRule, PresignRule, Scheme};
use crate::base::credentials::Credentials;
use crate::base::error::Error;
use crate::base::http::REDACTED;
use crate::base::texts::zh;
use crate::base::time::Millis;
use std::fmt;
use zeroize::Zeroizing;

/// A request that wants a signature.
#[derive(Clone, Copy, Debug)]
pub struct ToSign<'a> {
    /// Method; signed in upper case.
    pub method: &'a str,
    /// Absolute `http` or `https` URL without user name and fragment; path and query already percent-encoded.
    pub url: &'a str,
    /// Headers as they will be sent. `host`, the date, the token and what else the scheme needs are added when missing.
    pub headers: &'a [(String, String)],
    /// Exact bytes of the body.
    pub body: &'a [u8],
    /// The moment of sending.
    pub time: Millis,
    /// Region in the scope.
    pub region: &'a str,
    /// Service in the scope.
    pub service: &'a str,
}

/// The public half of credentials: all that [`prepare`](super::prepare) needs.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// Access key id.
    pub id: &'a str,
    /// Session token of a temporary key.
    pub token: Option<&'a str>,
}

impl fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).field("token", &self.token.map(|_| REDACTED)).finish()
    }
}

impl<'a> From<&'a Credentials> for Identity<'a> {
    fn from(credentials: &'a Credentials) -> Self {
        Self { id: credentials.id(), token: credentials.token() }
    }
}

/// Ways to sign that differ from the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Exactly these headers; `None` signs the least that the scheme needs. They are sorted and put in lower case.
    pub signed_headers: Option<Vec<String>>,
    /// Leave the body out of the signature (Tencent, Huawei).
    pub unsigned_payload: bool,
    /// Put the signature into the query (Volcengine).
    pub presign: bool,
    /// Seconds for which a presigned URL is good.
    pub expires_s: Option<u32>,
    /// The derived form V11-HMAC-SHA256 (Huawei).
    pub derived: bool,
}

impl Options {
    /// The form of this scheme that these options ask for.
    pub(super) fn variant(&self, scheme: &'static Scheme) -> Result<&'static Scheme, Error> {
        let fault = if self.presign && scheme.presign == PresignRule::None {
            ["presign", "only Volcengine signs in the query", zh!("仅火山引擎支持 query 预签名")]
        } else if self.expires_s.is_some() && !self.presign {
            ["expires_s", "it belongs to a presigned query", zh!("有效期仅用于预签名")]
        } else if self.expires_s == Some(0) {
            ["expires_s", "the URL would never be good", zh!("有效期不能为 0")]
        } else if self.unsigned_payload && scheme.payload == PayloadRule::Repeated && !self.presign {
            ["unsigned_payload", "its header form always signs the body", zh!("该签名方式必须对请求体签名")]
        } else if !self.derived {
            return Ok(scheme);
        } else if let Some(derived) = scheme.derived {
            return Ok(derived);
        } else {
            ["derived", "only Huawei Cloud has a derived form", zh!("仅华为云支持派生密钥签名")]
        };
        let [field, en, zh] = fault;
        Err(misuse::OPTION.about(&[field, scheme.algorithm, en, zh]))
    }
}

/// All of a signature but the secret's part; [`finish`](super::finish) adds that.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepared {
    /// The URL to send: its query is the signed one. Without the signature while presigned.
    pub url: String,
    /// All headers to send except `Authorization`.
    pub headers: Vec<(String, String)>,
    /// Names of the signed headers, joined by `;`.
    pub signed_headers: String,
    /// The canonical request. Holds the session token where the scheme signs it.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    pub(super) scheme: &'static Scheme,
    pub(super) scope: String,
    pub(super) presigned: bool,
    pub(super) id: String,
    pub(super) token: Option<Zeroizing<String>>,
}

/// A signed request, with every intermediate.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// The URL to send.
    pub url: String,
    /// All headers to send, `Authorization` included unless presigned.
    pub headers: Vec<(String, String)>,
    /// Names of the signed headers, joined by `;`.
    pub signed_headers: String,
    /// The canonical request. Holds the session token where the scheme signs it.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// Lower-case hex of the signature.
    pub signature: String,
    /// The value of the `Authorization` header; empty when presigned.
    pub authorization: String,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("id", &self.id).field("string_to_sign", &self.string_to_sign).finish_non_exhaustive()
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("signed_headers", &self.signed_headers)
            .field("string_to_sign", &self.string_to_sign)
            .finish_non_exhaustive()
    }
}

pub(super) const HOST: &str = "host";
pub(super) const AUTHORIZATION: &str = "Authorization";
