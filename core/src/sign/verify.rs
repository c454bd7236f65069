//! The other side: is this request signed by who it says, for here, and now?

use super::canonical::{self, Canonical, EMPTY_HASH, UNSIGNED_PAYLOAD};
use super::complete::{
    X_ALGORITHM, X_CREDENTIAL, X_DATE, X_EXPIRES, X_NOT_SIGN_BODY, X_SECURITY_TOKEN, X_SIGNATURE, X_SIGNED_HEADERS, X_SIGNED_QUERIES,
};
use super::encode::{self, Pair, Url};
use super::hash::Hasher;
use super::keys::{self, SigningKey};
use super::request::{AUTHORIZATION, HOST};
use super::scheme::{HostRule, PayloadRule, PresignRule, Scheme, Scope};
use super::verdict::{Expect, Reason, Received, Refusal, Verified};
use crate::base::credentials::Credentials;
use crate::base::http::header;
use crate::base::text::{concat, contains, cut, last_cut, lossy, pieces, shown, trimmed};
use crate::base::time::{Millis, decimal};
use crate::base::wall_clock::plausible;
use std::borrow::Cow;
use subtle::ConstantTimeEq;

/// Verifies the signature of a request as the cloud does, and takes what the vendors' own clients send.
///
/// `keys` finds the credentials of an access key id. Signatures and tokens are compared in constant time.
///
/// # Errors
/// A [`Refusal`] with the first reason found, in this order: malformed, key, clock, scope, token, signed
/// headers, payload, signature.
pub fn verify(
    scheme: &'static Scheme,
    received: &Received<'_>,
    keys: &dyn Fn(&str) -> Option<Credentials>,
    now: Millis,
    expect: &Expect<'_>,
) -> Result<Verified, Refusal> {
    let claim = Claim::read(scheme, received)?;
    let Some(credentials) = keys(&claim.id) else {
        return Err(claim.refuse(Reason::UnknownKey, concat(&["there is no access key ", &shown(&claim.id)])));
    };
    claim.check_clock(now)?;
    claim.check_scope(expect)?;
    claim.check_token(&credentials)?;
    let lines = claim.header_lines(expect)?;
    claim.check_payload()?;
    claim.check_signature(&lines, &credentials)?;
    Ok(Verified {
        body_signed: claim.is_body_signed(),
        presigned: claim.presigned.is_some(),
        id: claim.id,
        region: claim.scope.region,
        service: claim.scope.service,
        time: claim.time,
        signed_headers: claim.signed_headers,
    })
}

/// What the request says about itself.
pub(super) struct Claim<'a> {
    pub(super) scheme: &'static Scheme,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: Cow<'a, [(String, String)]>,
    pub(super) authority: Option<&'a str>,
    pub(super) body: &'a [u8],
    pub(super) id: String,
    pub(super) scope: ScopeText,
    pub(super) time_text: String,
    pub(super) time: Millis,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    pub(super) presigned: Option<Presigned>,
}

/// The scope as the request writes it, whole and in parts.
#[derive(Default)]
pub(super) struct ScopeText {
    pub(super) whole: String,
    pub(super) date: String,
    pub(super) region: Option<String>,
    pub(super) service: Option<String>,
    word: String,
}

/// The query of a presigned request, sorted out.
pub(super) struct Presigned {
    signed: Vec<Pair>,
    token: Option<Pair>,
}

impl<'a> Claim<'a> {
    pub(super) fn read(scheme: &'static Scheme, received: &Received<'a>) -> Result<Self, Refusal> {
        let malformed = |message: &str| Refusal {
            reason: Reason::Malformed,
            message: message.to_owned(),
            canonical_request: None,
            signed_at: None,
            id: None,
        };
        let (path, query, authority) = target(received.url).map_err(malformed)?;
        let headers = as_utf8(received.headers);
        let given: Vec<&str> = values(&headers, AUTHORIZATION).collect();
        let (said, presigned) = match given.as_slice() {
            [authorization] => (Said::in_header(authorization, scheme).map_err(malformed)?, None),
            [] if scheme.presign == PresignRule::Query && contains(query, X_SIGNATURE) => {
                let pairs = encode::query_pairs(query);
                let said = Said::in_query(&pairs, scheme).map_err(malformed)?;
                (said, Some(Presigned::sort_out(pairs).map_err(malformed)?))
            }
            [] => return Err(malformed("there is no Authorization header")),
            _ => return Err(malformed("there are several Authorization headers")),
        };
        let Said { scheme, credential, signed_headers, signature, time_text } = said;
        let (id, scope) =
            split_credential(scheme, &credential).ok_or_else(|| malformed("the credential has not the parts that it must have"))?;
        let time_text = match time_text {
            Some(text) => text,
            None => header(&headers, scheme.date_header)
                .map(|text| trimmed(text).to_owned())
                .ok_or_else(|| malformed("the time of signing is missing"))?,
        };
        let time = scheme.time.read(&time_text).ok_or_else(|| malformed("the time of signing cannot be read"))?;
        let signed_headers = pieces(&signed_headers, b';').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let Received { method, body, .. } = *received;
        Ok(Self { scheme, method, path, query, headers, authority, body, id, scope, time_text, time, signed_headers, signature, presigned })
    }

    fn refuse(&self, reason: Reason, message: String) -> Refusal {
        Refusal { reason, message, canonical_request: None, signed_at: Some(self.time), id: Some(self.id.clone()) }
    }

    pub(super) fn check_clock(&self, now: Millis) -> Result<(), Refusal> {
        // Vectors of the schemes are signed at the epoch.
        if now != Millis(0) {
            plausible("now", "this clock's time", now).map_err(|error| self.refuse(Reason::Clock, error.message.clone()))?;
        }
        let age_s = now.seconds().saturating_sub(self.time.seconds());
        let good_for = match self.expires() {
            None => self.scheme.window_s,
            Some(text) => match text.parse::<u32>() {
                Ok(seconds) => i64::from(seconds),
                Err(_) => return Err(self.refuse(Reason::Malformed, concat(&[X_EXPIRES, " is no number of seconds"]))),
            },
        };
        if age_s <= good_for && age_s >= -self.scheme.window_s {
            return Ok(());
        }
        let way = if age_s > 0 { "behind" } else { "ahead of" };
        Err(self.refuse(
            Reason::Clock,
            concat(&[
                "signed at ",
                &self.time.rfc3339(),
                ", ",
                &decimal(age_s.saturating_abs()),
                " s ",
                way,
                " this clock's ",
                &now.rfc3339(),
            ]),
        ))
    }

    /// The validity that the request gives itself; only when it is signed.
    fn expires(&self) -> Option<String> {
        match &self.presigned {
            Some(presigned) => value(&presigned.signed, X_EXPIRES),
            None if self.scheme.presign == PresignRule::Query && self.signs(X_EXPIRES) => {
                header(&self.headers, X_EXPIRES).map(|text| trimmed(text).to_owned())
            }
            None => None,
        }
    }

    pub(super) fn check_scope(&self, expect: &Expect<'_>) -> Result<(), Refusal> {
        let ScopeText { date, region, service, word, .. } = &self.scope;
        let day = self.scheme.time.day(self.time, &self.time_text);
        let closing = match self.scheme.scope {
            Scope::Everything => return Ok(()),
            Scope::Service(word) | Scope::Region(word) => word,
            Scope::RegionOpen => "",
        };
        let wrong = |what: &str, is: &str, should: &str| {
            Err(self.refuse(Reason::Scope, concat(&["the scope's ", what, " is ", &shown(is), ", not ", &shown(should)])))
        };
        if *date != *day {
            return wrong("day", date, &day);
        }
        if word != closing {
            return wrong("last word", word, closing);
        }
        for (what, is, should) in [("region", region, expect.region), ("service", service, expect.service)] {
            if let (Some(is), Some(should)) = (is, should)
                && is != should
            {
                return wrong(what, is, should);
            }
        }
        Ok(())
    }

    fn check_token(&self, credentials: &Credentials) -> Result<(), Refusal> {
        let sent = match &self.presigned {
            Some(presigned) => presigned.token.as_ref().map(|(_, token)| Cow::Owned(lossy(token))),
            None => header(&self.headers, self.scheme.token_header).map(|token| Cow::Borrowed(trimmed(token))),
        };
        let message = match (credentials.token(), sent) {
            (None, None) => return Ok(()),
            (Some(own), Some(sent)) if bool::from(own.as_bytes().ct_eq(sent.as_bytes())) => return Ok(()),
            (Some(_), Some(_)) => "the session token is not the one of this key",
            (Some(_), None) => "the key is temporary and its session token is missing",
            (None, Some(_)) => "there is a session token, but the key is not temporary",
        };
        Err(self.refuse(Reason::Token, message.to_owned()))
    }

    fn header_lines(&self, expect: &Expect<'_>) -> Result<Vec<(&str, &str)>, Refusal> {
        let own: &[&str] = if self.presigned.is_some() { &[] } else { self.scheme.must_sign };
        if let Some(missing) = own.iter().chain(expect.required_headers).find(|name| !self.signs(name)) {
            return Err(self.refuse(Reason::SignedHeaders, concat(&[missing, " is not signed"])));
        }
        let names: Vec<&str> = self.signed_headers.iter().map(String::as_str).collect();
        canonical::header_lines(self.scheme, &names, &self.headers, self.authority, true)
            .map_err(|error| self.refuse(Reason::SignedHeaders, error.message.clone()))
    }

    pub(super) fn signs(&self, name: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed.eq_ignore_ascii_case(name))
    }

    pub(super) fn payload_header(&self) -> Option<&str> {
        header(&self.headers, self.scheme.payload_header).map(trimmed)
    }

    fn check_payload(&self) -> Result<(), Refusal> {
        let is_free = match self.scheme.payload {
            PayloadRule::Repeated => self.presigned.is_some(),
            PayloadRule::HashOfWord => true,
            PayloadRule::HeaderValue => self.payload_header() == Some(UNSIGNED_PAYLOAD),
        };
        match self.payload_header() {
            Some(hash) if !is_free && hash != canonical::sha256_hex(&mut Hasher::default(), self.body).as_str() => {
                Err(self.refuse(Reason::Payload, concat(&[self.scheme.payload_header, " is not the hash of the body"])))
            }
            _ => Ok(()),
        }
    }

    fn is_body_signed(&self) -> bool {
        match (&self.presigned, self.scheme.payload) {
            (Some(presigned), _) => value(&presigned.signed, X_NOT_SIGN_BODY).is_none(),
            (None, PayloadRule::Repeated) => true,
            (None, PayloadRule::HashOfWord | PayloadRule::HeaderValue) => self.payload_header() != Some(UNSIGNED_PAYLOAD),
        }
    }

    /// Computes the signature in every way in which a vendor's client may have: see each list.
    fn check_signature(&self, lines: &[(&str, &str)], credentials: &Credentials) -> Result<(), Refusal> {
        let mut key = SigningKey::derive(self.scheme, credentials, &self.scope.whole);
        let path = canonical::path(self.scheme.path, self.path);
        let mut hasher = Hasher::default();
        let body_hash = canonical::sha256_hex(&mut hasher, self.body);
        let (mut request, mut text, mut first) = (String::new(), String::new(), None);
        for query in self.queries() {
            for payload in self.payloads(body_hash.as_str()) {
                for host in self.hosts() {
                    let lines: Vec<(&str, &str)> =
                        lines.iter().map(|(name, value)| (*name, if name.eq_ignore_ascii_case(HOST) { host } else { *value })).collect();
                    let (headers, values) = (&lines[..], Some(self.scheme.values));
                    let parts = Canonical { method: self.method, path: &path, slash: false, query: &query, headers, values, payload };
                    parts.write(&mut request);
                    canonical::string_to_sign(self.scheme, &self.time_text, &self.scope.whole, &request, &mut text, &mut hasher);
                    if bool::from(key.sign(&text).as_str().as_bytes().ct_eq(self.signature.as_bytes())) {
                        return Ok(());
                    }
                    first.get_or_insert_with(|| request.clone());
                }
            }
        }
        let refusal = self.refuse(Reason::Signature, "the signature is not the one that this secret makes of this request".to_owned());
        Err(Refusal { canonical_request: first, ..refusal })
    }

    /// Canonical queries: one; presigned also the one that counts the token, as an older client of the vendor does.
    pub(super) fn queries(&self) -> Vec<Cow<'_, str>> {
        let Some(Presigned { signed, token }) = &self.presigned else {
            return vec![canonical::query(self.scheme.query, self.method, self.query)];
        };
        let mut queries = vec![Cow::Owned(canonical::join(self.scheme.query, signed))];
        if let Some(token) = token {
            let with_token: Vec<Pair> = signed.iter().chain([token]).cloned().collect();
            queries.push(Cow::Owned(canonical::join(self.scheme.query, &with_token)));
        }
        queries
    }

    /// Last lines: one; two for a header about a body without bytes, which the vendor's clients read differently.
    pub(super) fn payloads<'h>(&'h self, body_hash: &'h str) -> Vec<&'h str> {
        let hash = if self.is_body_signed() { body_hash } else { EMPTY_HASH };
        let mut payloads = vec![canonical::payload(self.scheme.payload, self.body.is_empty(), self.payload_header(), hash)];
        if let (PayloadRule::HeaderValue, Some(word), true) = (self.scheme.payload, self.payload_header(), self.body.is_empty()) {
            payloads.push(word);
        }
        payloads
    }

    /// Hosts: by the rule; as sent; without its port, as clients sign it that do not count the port as host.
    pub(super) fn hosts(&self) -> Vec<&str> {
        let sent = trimmed(header(&self.headers, HOST).or(self.authority).unwrap_or_default());
        let rule = if self.presigned.is_some() { HostRule::AsSent } else { self.scheme.host };
        let bare = match last_cut(sent, b':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => sent,
        };
        let mut hosts = vec![canonical::host(rule, sent), sent, bare];
        hosts.dedup();
        hosts
    }
}

impl Presigned {
    /// Every pair must be signed but for the signature, the token and the list itself, which some clients leave out.
    fn sort_out(pairs: Vec<Pair>) -> Result<Self, &'static str> {
        // Bytes: a name need not be UTF-8.
        let list = pairs.iter().find(|(key, _)| &**key == X_SIGNED_QUERIES.as_bytes()).map(|(_, value)| value.to_vec());
        let list = list.ok_or("X-SignedQueries is missing")?;
        let names: Vec<&[u8]> = list.split(|byte| *byte == b';').collect();
        if names.iter().any(|name| !pairs.iter().any(|(key, _)| &**key == *name)) {
            return Err("X-SignedQueries names a parameter that is not there");
        }
        let (signed, free): (Vec<Pair>, Vec<Pair>) = pairs.into_iter().partition(|(key, _)| names.contains(&&**key));
        let may_be_free = [X_SIGNATURE, X_SECURITY_TOKEN, X_SIGNED_QUERIES].map(str::as_bytes);
        if free.iter().any(|(key, _)| !may_be_free.contains(&&**key)) {
            return Err("there is a parameter that X-SignedQueries does not name");
        }
        let is_token = |pair: &&Pair| &*pair.0 == X_SECURITY_TOKEN.as_bytes();
        let token = signed.iter().chain(&free).find(is_token).cloned();
        Ok(Self { signed, token })
    }
}

/// What the signature says about itself.
struct Said {
    scheme: &'static Scheme,
    credential: String,
    signed_headers: String,
    signature: String,
    time_text: Option<String>,
}

impl Said {
    fn in_header(text: &str, scheme: &'static Scheme) -> Result<Self, &'static str> {
        let (algorithm, fields) = cut(trimmed(text), b' ').ok_or("the Authorization header has no parts")?;
        let scheme = by_algorithm(scheme, algorithm)?;
        let field = |name: &str| {
            let mut found = pieces(fields, b',').filter_map(|field| cut(trimmed(field), b'=')).filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| value.to_owned())
        };
        let word = match scheme.scope {
            Scope::Everything => "Access",
            Scope::Service(_) | Scope::Region(_) | Scope::RegionOpen => "Credential",
        };
        Ok(Self {
            scheme,
            credential: field(word).ok_or("the Authorization header has no credential")?,
            signed_headers: field("SignedHeaders").ok_or("the Authorization header has no SignedHeaders")?,
            signature: field("Signature").ok_or("the Authorization header has no Signature")?,
            time_text: None,
        })
    }

    fn in_query(pairs: &[Pair], scheme: &'static Scheme) -> Result<Self, &'static str> {
        Ok(Self {
            scheme: by_algorithm(scheme, &value(pairs, X_ALGORITHM).ok_or("X-Algorithm is missing")?)?,
            credential: value(pairs, X_CREDENTIAL).ok_or("X-Credential is missing")?,
            signed_headers: value(pairs, X_SIGNED_HEADERS).ok_or("X-SignedHeaders is missing")?,
            signature: value(pairs, X_SIGNATURE).ok_or("X-Signature is missing")?,
            time_text: Some(value(pairs, X_DATE).ok_or("X-Date is missing")?),
        })
    }
}

fn by_algorithm(scheme: &'static Scheme, algorithm: &str) -> Result<&'static Scheme, &'static str> {
    [Some(scheme), scheme.derived].into_iter().flatten().find(|r| r.algorithm == algorithm).ok_or("the algorithm is not one of this cloud")
}

/// Splits `id/scope`, from the right: an id may hold a slash.
fn split_credential(scheme: &Scheme, credential: &str) -> Option<(String, ScopeText)> {
    let (has_region, has_word) = match scheme.scope {
        Scope::Everything => return (!credential.is_empty()).then(|| (credential.to_owned(), ScopeText::default())),
        Scope::Service(_) => (false, true),
        Scope::Region(_) => (true, true),
        Scope::RegionOpen => (true, false),
    };
    let mut id = credential;
    let mut last = || {
        let part;
        (id, part) = last_cut(id, b'/')?;
        Some(part.to_owned())
    };
    let word = if has_word { last()? } else { String::new() };
    let service = last()?;
    let region = if has_region { Some(last()?) } else { None };
    let date = last()?;
    let whole = keys::scope(scheme, &date, region.as_deref().unwrap_or_default(), &service);
    (!id.is_empty()).then(|| (id.to_owned(), ScopeText { whole, date, region, service: Some(service), word }))
}

/// Path, query, and the authority of an absolute target.
fn target(url: &str) -> Result<(&str, &str, Option<&str>), &'static str> {
    if url.starts_with('/') || url.is_empty() {
        let (path, query) = cut(url, b'?').unwrap_or((url, ""));
        return Ok((path, query, None));
    }
    let url = Url::split(url).map_err(|_| "the request target is neither a path nor a URL")?;
    Ok((url.path, url.query, Some(url.authority)))
}

pub(super) fn values<'a>(headers: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The value of a pair, as text.
fn value(pairs: &[Pair], name: &str) -> Option<String> {
    pairs.iter().find(|(key, _)| &**key == name.as_bytes()).map(|(_, value)| lossy(value))
}

/// Header values that a server read as Latin-1, read as the UTF-8 that clients mean.
fn as_utf8(headers: &[(String, String)]) -> Cow<'_, [(String, String)]> {
    if headers.iter().all(|(_, value)| value.is_ascii()) {
        return Cow::Borrowed(headers);
    }
    let read = |value: &str| {
        let mut bytes = Vec::new();
        for c in value.chars() {
            bytes.push(u8::try_from(c).ok()?);
        }
        String::from_utf8(bytes).ok()
    };
    let mut all = Vec::new();
    for (name, value) in headers {
        all.push((name.clone(), read(value).unwrap_or_else(|| value.clone())));
    }
    Cow::Owned(all)
}
