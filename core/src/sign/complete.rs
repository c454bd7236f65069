//! The request on its way to be signed: what is missing is added, what cannot be sent is refused.

use super::canonical::{self, Canonical, EMPTY_HASH, UNSIGNED_PAYLOAD};
use super::encode::{self, Pair, Url};
use super::hash::Hasher;
use super::request::{AUTHORIZATION, HOST, Identity, Options, Prepared, ToSign};
use super::scheme::{ContentTypeRule, HostRule, PayloadRule, QueryRule, Scheme, Scope};
use super::{keys, misuse};
use crate::base::error::Error;
use crate::base::http::header;
use crate::base::text::{all, concat, cut, first_control, joined, pieces, quoted, trimmed};
use crate::base::texts::{Zh, zh};
use crate::base::time::{Millis, decimal};
use crate::base::wall_clock::plausible;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// A request that wants a signature, of whom and how, and the headers to sign, where they are listed.
struct Unsigned<'a> {
    scheme: &'static Scheme,
    what: &'a ToSign<'a>,
    who: Identity<'a>,
    options: &'a Options,
    exact: Option<Vec<&'a str>>,
}

/// Completes URL and headers, and writes the texts that the signature is made of.
pub(super) fn complete(scheme: &'static Scheme, what: &ToSign<'_>, who: Identity<'_>, options: &Options) -> Result<Prepared, Error> {
    check(scheme, what, who)?;
    let mut url = what.url.to_owned();
    encode::make_ascii(&mut url)?;
    let exact = options.signed_headers.as_deref().map(exact_list).transpose()?;
    let unsigned = Unsigned { scheme, what, who, options, exact: exact.as_deref().map(in_order) };
    let parts = Url::split(&url)?;
    let (mut hasher, mut headers) = (Hasher::default(), own_headers(what, &parts.derived_host()));
    // A presigned body is never part of it.
    let body = if options.presign { &[] } else { what.body };
    let body_hash = if body.is_empty() { None } else { Some(canonical::sha256_hex(&mut hasher, body)) };
    let body_hash = body_hash.as_ref().map_or(EMPTY_HASH, |hash| hash.as_str());
    let Completed { stamp, query, token } = match options.presign {
        true => unsigned.in_query(parts.query)?,
        false => unsigned.in_headers(parts.query, &mut headers, body_hash)?,
    };
    let payload = if options.presign { EMPTY_HASH } else { unsigned.payload(&headers, body_hash)? };

    let mut lines = canonical::header_lines(scheme, unsigned.names(), &headers, None, exact.is_some())?;
    let host_rule = if options.presign { HostRule::AsSent } else { scheme.host };
    for (_, value) in lines.iter_mut().filter(|(name, _)| *name == HOST) {
        *value = canonical::host(host_rule, value);
    }
    let (method, path) = (what.method, canonical::path(scheme.path, parts.path));
    let request = Canonical { method, path: &path, slash: false, query: &query, headers: &lines, values: Some(scheme.values), payload };
    let (mut canonical_request, mut string_to_sign) = (String::new(), String::new());
    let signed_headers = request.write(&mut canonical_request);
    canonical::string_to_sign(scheme, &stamp.text, &stamp.scope, &canonical_request, &mut string_to_sign, &mut hasher);
    if let Cow::Owned(query) = query {
        url = join_url(parts, &query);
    }
    if let Some(token) = token {
        url = insert(&url, X_SECURITY_TOKEN, &token);
    }
    Ok(Prepared {
        url,
        headers,
        signed_headers: canonical_request.get(signed_headers).unwrap_or_default().to_owned(),
        canonical_request,
        string_to_sign,
        scheme,
        scope: stamp.scope,
        presigned: options.presign,
        id: who.id.to_owned(),
        token: who.token.map(|token| Zeroizing::new(token.to_owned())),
    })
}

/// What completes a request besides its headers.
struct Completed<'a> {
    stamp: Stamp,
    query: Cow<'a, str>,
    /// Where it goes into the query.
    token: Option<Vec<u8>>,
}

impl Unsigned<'_> {
    /// Names of the headers to sign: exactly those listed, or of these those that are there.
    fn names(&self) -> &[&str] {
        match &self.exact {
            Some(list) => list,
            None if self.options.presign => &[HOST],
            None => self.scheme.signed,
        }
    }

    /// Date, token and signature in headers.
    fn in_headers<'q>(&self, query: &'q str, headers: &mut Vec<(String, String)>, body_hash: &str) -> Result<Completed<'q>, Error> {
        let Self { scheme, what, who, options, exact } = self;
        let stamp = self.stamp(header(headers, scheme.date_header))?;
        let listed = |name: &str| exact.as_ref().is_some_and(|list| list.iter().any(|n| name.eq_ignore_ascii_case(n)));
        add(headers, scheme.date_header, &stamp.text);
        if let Some(token) = who.token {
            add(headers, scheme.token_header, token);
        }
        if scheme.content_type == ContentTypeRule::Required && (exact.is_none() || listed("content-type")) {
            let is_get = what.method.eq_ignore_ascii_case("GET");
            add(headers, "Content-Type", if is_get { "application/x-www-form-urlencoded" } else { "application/json" });
        }
        // Clients disagree about a body without bytes where the header's value is signed: it is left out there.
        let is_moot = scheme.payload == PayloadRule::HeaderValue && what.body.is_empty() && !listed(scheme.payload_header);
        if options.unsigned_payload && !is_moot {
            add(headers, scheme.payload_header, UNSIGNED_PAYLOAD);
        } else if listed(scheme.payload_header) || (scheme.payload == PayloadRule::Repeated && exact.is_none()) {
            add(headers, scheme.payload_header, body_hash);
        }
        Ok(Completed { stamp, query: canonical::query(scheme.query, what.method, query), token: None })
    }

    /// Date, token and signature in the query.
    fn in_query(&self, query: &str) -> Result<Completed<'static>, Error> {
        let Self { scheme, who, options, .. } = self;
        let given = encode::query_pairs(query);
        check_unsigned(&given, options)?;
        // What is no text is no date either.
        let date = find(&given, X_DATE).map(|date| std::str::from_utf8(date).unwrap_or_default());
        let stamp = self.stamp(date)?;

        // The token is neither in the list of signed names nor in the canonical query.
        let token = find(&given, X_SECURITY_TOKEN).or(who.token.map(str::as_bytes));
        let mut pairs = Vec::with_capacity(given.len() + PRESIGNED.len());
        for pair in &given {
            if *pair.0 != *X_SECURITY_TOKEN.as_bytes() {
                pairs.push(pair.clone());
            }
        }
        let mut add = |name: &'static str, value: &str| pairs.push((name.into(), value.into()));
        if date.is_none() {
            add(X_DATE, &stamp.text);
        }
        add(X_NOT_SIGN_BODY, "");
        add(X_CREDENTIAL, &concat(&[who.id, "/", &stamp.scope]));
        add(X_ALGORITHM, scheme.algorithm);
        add(X_SIGNED_HEADERS, &joined(self.names(), ";"));
        if let Some(seconds) = options.expires_s {
            add(X_EXPIRES, &decimal(i64::from(seconds)));
        }
        add(X_SIGNED_QUERIES, "");
        let names = signed_queries(&pairs);
        if let Some((_, value)) = pairs.last_mut() {
            *value = names;
        }
        Ok(Completed { stamp, query: Cow::Owned(canonical::join(scheme.query, &pairs)), token: token.map(<[u8]>::to_vec) })
    }

    /// The moment of signing: what the caller wrote, or the time given.
    fn stamp(&self, given: Option<&str>) -> Result<Stamp, Error> {
        let Self { scheme, what, .. } = self;
        let (time, text) = match given.map(trimmed) {
            None => (Some(what.time), scheme.time.write(what.time)),
            Some(given) => (scheme.time.read(given), given.to_owned()),
        };
        let Some(time) = time else {
            let name = scheme.date_header;
            return Err(misuse::DATE.about(&[&name.to_ascii_lowercase(), name, &quoted(&text), scheme.time.example()]));
        };
        let scope = keys::scope(scheme, &scheme.time.day(time, &text), what.region, what.service);
        Ok(Stamp { text, scope })
    }

    /// The last line of the canonical request.
    fn payload<'h>(&self, headers: &'h [(String, String)], body_hash: &'h str) -> Result<&'h str, Error> {
        let Self { scheme, what, options, .. } = self;
        let given = header(headers, scheme.payload_header).map(trimmed);
        let wanted = match given {
            Some(given) if options.unsigned_payload && given != UNSIGNED_PAYLOAD => Some(UNSIGNED_PAYLOAD),
            Some(given) if scheme.payload == PayloadRule::Repeated && given != body_hash => Some("the hash of the body"),
            _ => None,
        };
        if let Some(wanted) = wanted {
            let name = scheme.payload_header;
            return Err(misuse::PAYLOAD.about(&[&name.to_ascii_lowercase(), name, wanted]));
        }
        Ok(canonical::payload(scheme.payload, what.body.is_empty(), given, body_hash))
    }
}

/// The headers to send: those given, and the host where they do not name it.
fn own_headers(what: &ToSign<'_>, host: &str) -> Vec<(String, String)> {
    // A few are added.
    let mut headers = Vec::with_capacity(what.headers.len() + 6);
    for header in what.headers {
        if !header.0.eq_ignore_ascii_case(AUTHORIZATION) {
            headers.push(header.clone());
        }
    }
    add(&mut headers, "Host", host);
    headers
}

/// Adds a header that is not there.
fn add(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    if header(headers, name).is_none() {
        headers.push((name.to_owned(), value.to_owned()));
    }
}

/// Refuses whatever would break out of its place in the request.
fn check(scheme: &Scheme, what: &ToSign<'_>, who: Identity<'_>) -> Result<(), Error> {
    if !is_token(what.method) {
        return Err(unfit("method", "method", zh!("请求方法"), what.method));
    }
    for (name, value) in what.headers {
        if !is_token(name) {
            return Err(unfit("headers", "header name", zh!("请求头名称"), name));
        }
        if first_control(value).is_some() {
            return Err(unfit(&concat(&["headers.", &name.to_ascii_lowercase()]), &concat(&["value of ", name]), name, ""));
        }
    }
    // Vectors of the schemes are signed at the epoch.
    if what.time != Millis(0) {
        plausible("sign.time", "the time", what.time)?;
    }
    let (needs_region, needs_service) = match scheme.scope {
        Scope::Everything => (false, false),
        Scope::Service(_) => (false, true),
        Scope::Region(_) | Scope::RegionOpen => (true, true),
    };
    check_scope("region", const { Zh::of("地域") }, what.region, needs_region)?;
    check_scope("service", const { Zh::of("服务") }, what.service, needs_service)?;
    check_key("id", const { Zh::of("访问密钥 ID") }, who.id)?;
    who.token.map_or(Ok(()), |token| check_key("token", const { Zh::of("会话令牌") }, token))
}

fn check_scope(field: &str, zh: Zh, value: &str, is_needed: bool) -> Result<(), Error> {
    let is_fit = all(value, |byte| byte.is_ascii_graphic() & !matches!(byte, b'/' | b',' | b';'));
    if is_fit && !(is_needed && value.is_empty()) { Ok(()) } else { Err(unfit(field, field, zh.text(), value)) }
}

fn check_key(field: &str, zh: Zh, value: &str) -> Result<(), Error> {
    let is_fit = !value.is_empty() && all(value, |byte| byte.is_ascii_graphic());
    if is_fit { Ok(()) } else { Err(unfit(field, field, zh.text(), "")) }
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

fn find<'p>(pairs: &'p [Pair], name: &str) -> Option<&'p [u8]> {
    pairs.iter().find(|(key, _)| **key == *name.as_bytes()).map(|(_, value)| &**value)
}

/// Refuses a query that is presigned already, or cannot be.
fn check_unsigned(pairs: &[Pair], options: &Options) -> Result<(), Error> {
    for name in &PRESIGNED {
        if find(pairs, name).is_some() && (*name != X_EXPIRES || options.expires_s.is_some()) {
            return Err(misuse::PRESIGNED.about(&[name]));
        }
    }
    if !pairs.iter().all(|(name, _)| all(name, |byte| byte != b';')) {
        return Err(misuse::SEMICOLON.about(&[]));
    }
    Ok(())
}

/// The list of the names of a query.
fn signed_queries(pairs: &[Pair]) -> Vec<u8> {
    let mut list = Vec::new();
    let mut last = None;
    for (_, (name, _), _) in &canonical::sorted(QueryRule::ByRawPair, pairs) {
        let before = last.replace(name);
        if before != Some(name) {
            // A name may be empty, the first one too.
            if before.is_some() {
                list.push(b';');
            }
            list.extend_from_slice(name);
        }
    }
    list
}

/// Puts a pair at its place in a sorted query. The list of signed names, for one, stands behind it.
pub(super) fn insert(url: &str, name: &str, value: &[u8]) -> String {
    let (base, query) = cut(url, b'?').unwrap_or((url, ""));
    let mut at = 0;
    for pair in pieces(query, b'&') {
        if pair >= name {
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

/// Names in their order, each once.
fn in_order(list: &[String]) -> Vec<&str> {
    let mut names = Vec::with_capacity(list.len());
    for name in list {
        names.push(name.as_str());
    }
    names.sort_unstable();
    names.dedup();
    names
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
