//! The request on its way to be signed: what is missing is added, what cannot be sent is refused.

use super::canonical::{self, Canonical, EMPTY_HASH, UNSIGNED_PAYLOAD};
use super::encode::{self, Pair, Url};
use super::hash::Hasher;
use super::request::{AUTHORIZATION, HOST, Identity, Options, Unsigned};
use super::scheme::{ContentTypeRule, HostRule, PayloadRule, Scheme, Scope, TimeFormat};
use super::{keys, misuse};
use crate::base::error::Error;
use crate::base::http::header;
use crate::base::text::{all, concat, cut, first_control, quoted, trimmed};
use crate::base::texts::{Zh, zh};
use crate::base::time::{Millis, decimal};
use crate::base::wall_clock::plausible;
use std::borrow::Cow;
use std::ops::Range;

/// The texts of a signature; their memory may serve many.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) scope: String,
    pub(super) canonical_request: String,
    pub(super) string_to_sign: String,
    /// The moment of signing.
    pub(super) stamp: String,
    /// The second that it tells, and in which form.
    pub(super) written: Option<(TimeFormat, i64)>,
    pub(super) hasher: Hasher,
    signed_headers: Range<usize>,
}

impl Texts {
    /// Names of the signed headers, joined by `;`.
    pub(super) fn signed_headers(&self) -> &str {
        self.canonical_request.get(self.signed_headers.clone()).unwrap_or_default()
    }
}

impl Unsigned<'_> {
    /// Completes URL and headers, and writes the texts that the signature is made of.
    pub(super) fn compose(
        &mut self,
        given: &[(String, String)],
        who: Identity<'_>,
        options: &Options,
        texts: &mut Texts,
    ) -> Result<(), Error> {
        let scheme = self.scheme;
        self.check(scheme, given, who)?;
        encode::make_ascii(&mut self.url)?;
        for header in given {
            if !header.0.eq_ignore_ascii_case(AUTHORIZATION) {
                self.headers.push(header.clone());
            }
        }
        let exact = options.signed_headers.as_deref().map(exact_list).transpose()?;
        let exact = exact.as_ref().map(|list| {
            let mut names = Vec::with_capacity(list.len());
            for name in list {
                names.push(name.as_str());
            }
            names.sort_unstable();
            names.dedup();
            names
        });
        match options.presign {
            true => self.compose_query(scheme, who, options, exact, texts),
            false => self.compose_headers(scheme, who, options, exact, texts),
        }
    }

    /// Date, token and signature in headers.
    fn compose_headers(
        &mut self,
        scheme: &Scheme,
        who: Identity<'_>,
        options: &Options,
        exact: Option<Vec<&str>>,
        texts: &mut Texts,
    ) -> Result<(), Error> {
        let stamp = self.stamp(scheme, header(&self.headers, scheme.date_header))?;
        let url = Url::split(&self.url)?;
        let host = url.derived_host();
        let listed = |name: &str| exact.as_ref().is_some_and(|list| list.iter().any(|n| name.eq_ignore_ascii_case(n)));
        let body_hash = if self.body.is_empty() { None } else { Some(canonical::sha256_hex(&mut texts.hasher, self.body)) };
        let body_hash = body_hash.as_ref().map_or(EMPTY_HASH, |hash| hash.as_str());

        let mut add = |name: &str, value: &str| {
            if header(&self.headers, name).is_none() {
                self.headers.push((name.to_owned(), value.to_owned()));
            }
        };
        add("Host", &host);
        add(scheme.date_header, &stamp.text);
        if let Some(token) = who.token {
            add(scheme.token_header, token);
        }
        if scheme.content_type == ContentTypeRule::Required && (exact.is_none() || listed("content-type")) {
            let is_get = self.method.eq_ignore_ascii_case("GET");
            add("Content-Type", if is_get { "application/x-www-form-urlencoded" } else { "application/json" });
        }
        // Clients disagree about a body without bytes where the header's value is signed: it is left out there.
        let is_moot = scheme.payload == PayloadRule::HeaderValue && self.body.is_empty() && !listed(scheme.payload_header);
        if options.unsigned_payload && !is_moot {
            add(scheme.payload_header, UNSIGNED_PAYLOAD);
        } else if listed(scheme.payload_header) || (scheme.payload == PayloadRule::Repeated && exact.is_none()) {
            add(scheme.payload_header, body_hash);
        }

        let names: Vec<&str> = match exact {
            Some(list) => list,
            None => {
                let mut names = Vec::with_capacity(scheme.signed.len());
                for &name in scheme.signed {
                    if name == HOST || header(&self.headers, name).is_some() {
                        names.push(name);
                    }
                }
                names
            }
        };
        let query = canonical::query(scheme.query, self.method, url.query);
        let payload = self.payload(scheme, options, body_hash)?;
        let parts = Parts { names: &names, host: &host, host_rule: scheme.host, path: url.path, query: &query, payload };
        self.write(scheme, stamp, parts, texts)?;
        if let Cow::Owned(query) = query {
            self.url = join_url(url, &query);
        }
        Ok(())
    }

    /// Date, token and signature in the query. The body is never part of it.
    fn compose_query(
        &mut self,
        scheme: &Scheme,
        who: Identity<'_>,
        options: &Options,
        exact: Option<Vec<&str>>,
        texts: &mut Texts,
    ) -> Result<(), Error> {
        let url = Url::split(&self.url)?;
        let host = url.derived_host();
        if header(&self.headers, HOST).is_none() {
            self.headers.push(("Host".to_owned(), host.as_ref().to_owned()));
        }
        let given = encode::query_pairs(url.query);
        check_unsigned(&given, options)?;
        // What is no text is no date either.
        let date = find(&given, X_DATE).map(|date| std::str::from_utf8(date).unwrap_or_default());
        let stamp = self.stamp(scheme, date)?;
        let names = exact.unwrap_or_else(|| vec![HOST]);

        // The token is neither in the list of signed names nor in the canonical query.
        let token = find(&given, X_SECURITY_TOKEN).or(who.token.map(str::as_bytes));
        let mut query = String::new();
        for (name, value) in &given {
            if **name != *X_SECURITY_TOKEN.as_bytes() {
                add(&mut query, name, value);
            }
        }
        if date.is_none() {
            add(&mut query, X_DATE.as_bytes(), stamp.text.as_bytes());
        }
        add(&mut query, X_NOT_SIGN_BODY.as_bytes(), b"");
        add(&mut query, X_CREDENTIAL.as_bytes(), concat(&[who.id, "/", &stamp.scope]).as_bytes());
        add(&mut query, X_ALGORITHM.as_bytes(), scheme.algorithm.as_bytes());
        add(&mut query, X_SIGNED_HEADERS.as_bytes(), &list(&names));
        if let Some(seconds) = options.expires_s {
            add(&mut query, X_EXPIRES.as_bytes(), decimal(i64::from(seconds)).as_bytes());
        }
        let queries = signed_queries(&query);
        add(&mut query, X_SIGNED_QUERIES.as_bytes(), &queries);
        let query = canonical::join(scheme.query, &encode::query_pairs(&query));
        let parts = Parts { names: &names, host: &host, host_rule: HostRule::AsSent, path: url.path, query: &query, payload: EMPTY_HASH };
        self.write(scheme, stamp, parts, texts)?;
        let url = join_url(url, &query);
        self.url = match token {
            Some(token) => insert(&url, X_SECURITY_TOKEN, token),
            None => url,
        };
        Ok(())
    }

    fn write(&self, scheme: &Scheme, stamp: Stamp, parts: Parts<'_>, texts: &mut Texts) -> Result<(), Error> {
        let mut lines = canonical::header_lines(scheme, parts.names, &self.headers, Some(parts.host))?;
        for (_, value) in lines.iter_mut().filter(|(name, _)| *name == HOST) {
            *value = canonical::host(parts.host_rule, trimmed(value));
        }
        let path = canonical::path(scheme.path, parts.path);
        let Parts { query, payload, .. } = parts;
        let request =
            Canonical { method: self.method, path: &path, slash: false, query, headers: &lines, values: Some(scheme.values), payload };
        texts.signed_headers = request.write(&mut texts.canonical_request);
        let Texts { canonical_request, string_to_sign, hasher, .. } = texts;
        canonical::string_to_sign(scheme, &stamp.text, &stamp.scope, canonical_request, string_to_sign, hasher);
        texts.scope = stamp.scope;
        Ok(())
    }

    /// The moment of signing: what the caller wrote, or the time given.
    fn stamp(&self, scheme: &Scheme, given: Option<&str>) -> Result<Stamp, Error> {
        let (time, text) = match given.map(trimmed) {
            None => (Some(self.time), scheme.time.write(self.time)),
            Some(given) => (scheme.time.read(given), given.to_owned()),
        };
        let Some(time) = time else {
            let name = scheme.date_header;
            return Err(misuse::DATE.about(&[&name.to_ascii_lowercase(), name, &quoted(&text), scheme.time.example()]));
        };
        let scope = keys::scope(scheme, &scheme.time.day(time, &text), self.region, self.service);
        Ok(Stamp { text, scope })
    }

    /// The last line of the canonical request.
    fn payload<'h>(&'h self, scheme: &Scheme, options: &Options, body_hash: &'h str) -> Result<&'h str, Error> {
        let given = header(&self.headers, scheme.payload_header).map(trimmed);
        let wanted = match given {
            Some(given) if options.unsigned_payload && given != UNSIGNED_PAYLOAD => Some(UNSIGNED_PAYLOAD),
            Some(given) if scheme.payload == PayloadRule::Repeated && given != body_hash => Some("the hash of the body"),
            _ => None,
        };
        if let Some(wanted) = wanted {
            let name = scheme.payload_header;
            return Err(misuse::PAYLOAD.about(&[&name.to_ascii_lowercase(), name, wanted]));
        }
        Ok(canonical::payload(scheme.payload, self.body.is_empty(), given, body_hash))
    }

    /// Refuses whatever would break out of its place in the request.
    fn check(&self, scheme: &Scheme, headers: &[(String, String)], who: Identity<'_>) -> Result<(), Error> {
        if !is_token(self.method) {
            return Err(unfit("method", "method", zh!("请求方法"), self.method));
        }
        for (name, value) in headers {
            if !is_token(name) {
                return Err(unfit("headers", "header name", zh!("请求头名称"), name));
            }
            if first_control(value).is_some() {
                return Err(unfit(&concat(&["headers.", &name.to_ascii_lowercase()]), &concat(&["value of ", name]), name, ""));
            }
        }
        // Vectors of the schemes are signed at the epoch.
        if self.time != Millis(0) {
            plausible("sign.time", "the time", self.time)?;
        }
        let (needs_region, needs_service) = match scheme.scope {
            Scope::Everything => (false, false),
            Scope::Service(_) => (false, true),
            Scope::Region(_) | Scope::RegionOpen => (true, true),
        };
        check_scope("region", const { Zh::of("地域") }, self.region, needs_region)?;
        check_scope("service", const { Zh::of("服务") }, self.service, needs_service)?;
        check_key("id", const { Zh::of("访问密钥 ID") }, who.id)?;
        who.token.map_or(Ok(()), |token| check_key("token", const { Zh::of("会话令牌") }, token))
    }
}

fn check_scope(field: &str, zh: Zh, value: &str, is_needed: bool) -> Result<(), Error> {
    let is_fit = all(value, |byte| byte.is_ascii_graphic() & !matches!(byte, b'/' | b',' | b';'));
    if is_fit && !(is_needed && value.is_empty()) { Ok(()) } else { Err(unfit(field, field, zh.text(), value)) }
}

fn check_key(field: &str, zh: Zh, value: &str) -> Result<(), Error> {
    let is_fit = !value.is_empty() && all(value, |byte| byte.is_ascii_graphic());
    if is_fit { Ok(()) } else { Err(unfit(field, field, zh.text(), "")) }
}

/// What stands in the canonical request besides method and headers.
struct Parts<'a> {
    names: &'a [&'a str],
    host: &'a str,
    host_rule: HostRule,
    path: &'a str,
    query: &'a str,
    payload: &'a str,
}

/// The moment of signing, and the scope that it is in.
struct Stamp {
    text: String,
    scope: String,
}

pub(super) const X_DATE: &str = "X-Date";
pub(super) const X_EXPIRES: &str = "X-Expires";
pub(super) const X_NOT_SIGN_BODY: &str = "X-NotSignBody";
pub(super) const X_CREDENTIAL: &str = "X-Credential";
pub(super) const X_ALGORITHM: &str = "X-Algorithm";
pub(super) const X_SIGNED_HEADERS: &str = "X-SignedHeaders";
pub(super) const X_SIGNED_QUERIES: &str = "X-SignedQueries";
pub(super) const X_SECURITY_TOKEN: &str = "X-Security-Token";
pub(super) const X_SIGNATURE: &str = "X-Signature";

/// What presigning adds and may not find there; a validity, only where it adds one. A date and a token are taken as they are.
const PRESIGNED: [&str; 7] = [X_NOT_SIGN_BODY, X_CREDENTIAL, X_ALGORITHM, X_SIGNED_HEADERS, X_SIGNED_QUERIES, X_SIGNATURE, X_EXPIRES];

fn find<'p>(pairs: &'p [Pair<'_>], name: &str) -> Option<&'p [u8]> {
    pairs.iter().find(|(key, _)| **key == *name.as_bytes()).map(|(_, value)| &**value)
}

/// Refuses a query that is presigned already, or cannot be.
fn check_unsigned(pairs: &[Pair<'_>], options: &Options) -> Result<(), Error> {
    for name in PRESIGNED {
        if find(pairs, name).is_some() && (name != X_EXPIRES || options.expires_s.is_some()) {
            return Err(misuse::PRESIGNED.about(&[name]));
        }
    }
    if !pairs.iter().all(|(name, _)| all(name, |byte| byte != b';')) {
        return Err(misuse::SEMICOLON.about(&[]));
    }
    Ok(())
}

/// Adds a pair to a query.
fn add(query: &mut String, name: &[u8], value: &[u8]) {
    query.push('&');
    encode::percent_encode(query, name);
    query.push('=');
    encode::percent_encode(query, value);
}

/// The list of the names of a query, its own among them.
fn signed_queries(query: &str) -> Vec<u8> {
    let pairs = encode::query_pairs(query);
    let mut names: Vec<&[u8]> = vec![X_SIGNED_QUERIES.as_bytes()];
    for (name, _) in &pairs {
        names.push(name);
    }
    names.sort_unstable();
    names.dedup();
    list(&names)
}

/// Names joined by `;`.
fn list(names: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut list = Vec::new();
    for (index, name) in names.iter().enumerate() {
        // A name may be empty, the first one too.
        if index > 0 {
            list.push(b';');
        }
        list.extend_from_slice(name.as_ref());
    }
    list
}

/// Puts a pair at its place in a sorted query. The list of signed names, for one, stands behind it.
pub(super) fn insert(url: &str, name: &str, value: &[u8]) -> String {
    let (base, query) = cut(url, b'?').unwrap_or((url, ""));
    let mut at = 0;
    for pair in query.as_bytes().split(|&byte| byte == b'&') {
        if pair >= name.as_bytes() {
            break;
        }
        at += pair.len() + 1;
    }
    let (head, tail) = query.split_at_checked(at).unwrap_or((query, ""));
    let mut url = concat(&[base, "?", head, name, "="]);
    encode::percent_encode(&mut url, value);
    url.push('&');
    url.push_str(tail);
    url
}

fn join_url(url: Url<'_>, query: &str) -> String {
    let path = if url.path.is_empty() { "/" } else { url.path };
    concat(&[url.origin, path, "?", query])
}

/// The caller's list in lower case.
fn exact_list(names: &[String]) -> Result<Vec<String>, Error> {
    let mut list = Vec::with_capacity(names.len());
    for name in names {
        let name = trimmed(name);
        if !is_token(name) || name.eq_ignore_ascii_case(AUTHORIZATION) {
            return Err(unfit("options.signed_headers", "header name", zh!("请求头名称"), name));
        }
        list.push(name.to_ascii_lowercase());
    }
    Ok(list)
}

/// A method or header name as RFC 9110 allows it.
fn is_token(text: &str) -> bool {
    !text.is_empty() && all(text, |byte| byte.is_ascii_alphanumeric() | (byte == b'-')) || has_token_marks(text)
}

fn has_token_marks(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| encode::is_unreserved(byte) || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'^' | b'`' | b'|'))
}

/// Something that cannot stand where it should. `value` is left empty where it may be a secret.
fn unfit(field: &str, en: &str, zh: &str, value: &str) -> Error {
    misuse::UNFIT.about(&[field, en, zh, &if value.is_empty() { String::new() } else { String::from(" ") + &quoted(value) }])
}
