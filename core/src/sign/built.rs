//! Requests that this crate built itself, on their way to be signed.
//!
//! Nothing in them can be wrong and their query is canonical, so nothing is read again: only what is said of the moment
//! and the key is added. What is signed is what [`complete`](super::complete) signs by default; a test holds the two
//! together.

use super::canonical::{self, Canonical, EMPTY_HASH};
use super::complete::{Texts, check_scope};
use super::keys::KeyCache;
use super::request::{AUTHORIZATION, HOST};
use super::scheme::{PayloadRule, QueryRule, Scheme};
use crate::base::credentials::Credentials;
use crate::base::error::Error;
use crate::base::http::{Headers, Method};
use crate::base::time::Millis;
use crate::base::wall_clock::plausible;

/// A request to be completed in place: its parts, and what it is signed for.
pub(crate) struct Built<'a> {
    pub(crate) scheme: &'static Scheme,
    pub(crate) method: Method,
    /// As HTTP clients derive it from the URL: in lower case, without a port that is implied.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// As they will be sent, but for date, token, hash of the body and authorization.
    pub(crate) headers: &'a mut Headers,
    pub(crate) body: &'a str,
    pub(crate) now: Millis,
    pub(crate) region: &'a str,
    pub(crate) service: &'static str,
    /// Whether every header is signed, not only the least that the scheme needs.
    pub(crate) signs_all: bool,
}

/// More headers than any request of this crate has.
const LINES: usize = 16;

impl Built<'_> {
    /// Signs with keys that were derived from the same credentials before.
    pub(crate) fn sign_with(self, credentials: &Credentials, keys: &mut KeyCache) -> Result<(), Error> {
        Ok(self.sign(credentials, keys, &mut Texts::default())?)
    }

    pub(super) fn sign(self, credentials: &Credentials, keys: &mut KeyCache, texts: &mut Texts) -> Result<(), Box<Error>> {
        let Self { scheme, method, host, path, query, headers, body, now, region, service, signs_all } = self;
        plausible("sign.time", "the time", now)?;
        check_scope("region", "地域", region, false)?;
        let day = keys.of_day(scheme, credentials, now, region, service);
        let stamp = scheme.time.write(now);
        headers.push(scheme.date_header, &stamp);
        if let Some(token) = credentials.token() {
            headers.push(scheme.token_header, token);
        }
        let body_hash = if body.is_empty() { None } else { Some(canonical::sha256_hex(body.as_bytes())) };
        let payload = body_hash.as_ref().map_or(EMPTY_HASH, |hash| hash.as_str());
        if scheme.payload == PayloadRule::Repeated {
            headers.push(scheme.payload_header, payload);
        }

        let mut lines = [("", ""); LINES];
        let mut signed = 0;
        let mut every: Vec<String> = Vec::new();
        if signs_all {
            every.extend(headers.iter().map(|(name, _)| name.to_ascii_lowercase()).chain([HOST.to_owned()]));
            every.sort_unstable();
            every.dedup();
        }
        let least = scheme.signed.iter().copied().filter(|_| !signs_all);
        for name in least.chain(every.iter().map(String::as_str)) {
            let value = match headers.get(name) {
                None if name == HOST => canonical::host(scheme.host, host),
                Some(value) if name == HOST => canonical::host(scheme.host, value),
                Some(value) => value,
                None => continue,
            };
            if let Some(line) = lines.get_mut(signed) {
                (*line, signed) = ((name, value), signed + 1);
            }
        }
        let path = canonical::path(scheme.path, path);
        let query = if scheme.query == QueryRule::AsSentOnGet && method != Method::Get { "" } else { query };
        let request = Canonical { method: method.as_str(), path: &path, query, headers: &lines[..signed], payload };
        let names = request.write(scheme, &mut texts.canonical_request);
        canonical::string_to_sign(scheme, &stamp, &day.scope, &texts.canonical_request, &mut texts.string_to_sign);
        let signature = day.key.sign(&texts.string_to_sign);
        headers.push_parts(AUTHORIZATION, &[&day.head, &texts.canonical_request[names], ", Signature=", signature.as_str()]);
        Ok(())
    }
}
