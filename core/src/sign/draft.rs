//! The request on its way to be signed: what is missing is added, what cannot be sent is refused.

use super::canonical::{self, Canonical, EMPTY_HASH, UNSIGNED_PAYLOAD};
use super::encode::{self, Pair, Url, all};
use super::recipe::{ContentTypeRule, HostRule, PayloadRule, Scope};
use super::{AUTHORIZATION, HOST, Identity, Options, Recipe, keys, misuse};
use crate::check::{first_control, quoted};
use crate::error::Error;
use crate::http::header;
use crate::time::Millis;
use std::borrow::Cow;
use std::ops::Range;

/// A request to be completed.
pub(super) struct Draft<'a> {
    pub(super) method: &'a str,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: &'a [u8],
    pub(super) time: Millis,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    /// Whether a missing `host` is added to the headers, as the URL has it; otherwise it is signed as HTTP
    /// clients derive it from the URL.
    pub(super) lists_host: bool,
}

/// The texts of a signature; their memory may serve many.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) scope: String,
    pub(super) canonical_request: String,
    pub(super) string_to_sign: String,
    signed_headers: Range<usize>,
}

impl Texts {
    /// Names of the signed headers, joined by `;`.
    pub(super) fn signed_headers(&self) -> &str {
        self.canonical_request.get(self.signed_headers.clone()).unwrap_or_default()
    }
}

impl Draft<'_> {
    /// Completes URL and headers, and writes the texts that the signature is made of.
    pub(super) fn compose(&mut self, recipe: &Recipe, who: Identity<'_>, options: &Options, texts: &mut Texts) -> Result<(), Error> {
        self.check(recipe, who)?;
        encode::make_ascii(&mut self.url)?;
        if header(&self.headers, AUTHORIZATION).is_some() {
            self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(AUTHORIZATION));
        }
        let exact = options.signed_headers.as_deref().map(exact_list).transpose()?;
        match options.presign {
            true => self.compose_query(recipe, who, options, exact, texts),
            false => self.compose_headers(recipe, who, options, exact, texts),
        }
    }

    /// Date, token and signature in headers.
    fn compose_headers(
        &mut self,
        recipe: &Recipe,
        who: Identity<'_>,
        options: &Options,
        exact: Option<Vec<String>>,
        texts: &mut Texts,
    ) -> Result<(), Error> {
        let stamp = self.stamp(recipe, header(&self.headers, recipe.date_header))?;
        let url = Url::split(&self.url)?;
        let host = if self.lists_host { Cow::Borrowed(url.authority) } else { url.derived_host() };
        let listed = |name: &str| exact.as_ref().is_some_and(|list| list.iter().any(|n| name.eq_ignore_ascii_case(n)));
        let body_hash = if self.body.is_empty() { None } else { Some(canonical::sha256_hex(self.body)) };
        let body_hash = body_hash.as_ref().map_or(EMPTY_HASH, |hash| hash.as_str());

        let mut add = |name: &str, value: &str| {
            if header(&self.headers, name).is_none() {
                self.headers.push((name.to_owned(), value.to_owned()));
            }
        };
        if self.lists_host {
            add("Host", url.authority);
        }
        add(recipe.date_header, &stamp.text);
        if let Some(token) = who.token {
            add(recipe.token_header, token);
        }
        if recipe.content_type == ContentTypeRule::Required && (exact.is_none() || listed("content-type")) {
            let is_get = self.method.eq_ignore_ascii_case("GET");
            add("Content-Type", if is_get { "application/x-www-form-urlencoded" } else { "application/json" });
        }
        // Clients disagree about a body without bytes where the header's value is signed: it is left out there.
        let is_moot = recipe.payload == PayloadRule::HeaderValue && self.body.is_empty() && !listed(recipe.payload_header);
        if options.unsigned_payload && !is_moot {
            add(recipe.payload_header, UNSIGNED_PAYLOAD);
        } else if listed(recipe.payload_header) || (recipe.payload == PayloadRule::Repeated && exact.is_none()) {
            add(recipe.payload_header, body_hash);
        }

        let names: Vec<&str> = match &exact {
            Some(list) => list.iter().map(String::as_str).collect(),
            None => recipe.signed.iter().copied().filter(|name| *name == HOST || header(&self.headers, name).is_some()).collect(),
        };
        let query = canonical::query(recipe.query, self.method, url.query);
        let payload = self.payload(recipe, options, body_hash)?;
        let parts = Parts { host: &host, host_rule: recipe.host, path: url.path, query: &query, payload };
        texts.signed_headers = self.write_canonical(recipe, &names, parts, &mut texts.canonical_request)?;
        texts.scope = keys::scope(recipe, &stamp.day, self.region, self.service);
        canonical::string_to_sign(recipe, &stamp.text, &texts.scope, &texts.canonical_request, &mut texts.string_to_sign);
        if let Cow::Owned(query) = query {
            self.url = join_url(url, &query);
        }
        Ok(())
    }

    /// Date, token and signature in the query. The body is never part of it.
    fn compose_query(
        &mut self,
        recipe: &Recipe,
        who: Identity<'_>,
        options: &Options,
        exact: Option<Vec<String>>,
        texts: &mut Texts,
    ) -> Result<(), Error> {
        let url = Url::split(&self.url)?;
        if header(&self.headers, HOST).is_none() {
            self.headers.push(("Host".to_owned(), url.authority.to_owned()));
        }
        let mut pairs = encode::query_pairs(url.query);
        check_unsigned(&pairs, options)?;
        let given_date = find(&pairs, X_DATE).map(|(_, value)| String::from_utf8_lossy(value).into_owned());
        let stamp = self.stamp(recipe, given_date.as_deref())?;
        texts.scope = keys::scope(recipe, &stamp.day, self.region, self.service);
        let names = exact.unwrap_or_else(|| vec![HOST.to_owned()]);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();

        // The token is neither in the list of signed names nor in the canonical query.
        let own_token = who.token.map(|token| (Cow::Borrowed(X_SECURITY_TOKEN.as_bytes()), Cow::Borrowed(token.as_bytes())));
        let token = find(&pairs, X_SECURITY_TOKEN).cloned().or(own_token);
        pairs.retain(|(name, _)| &**name != X_SECURITY_TOKEN.as_bytes());
        let mut add = |name: &'static str, value: String| pairs.push((Cow::Borrowed(name.as_bytes()), Cow::Owned(value.into_bytes())));
        if given_date.is_none() {
            add(X_DATE, stamp.text.clone());
        }
        add(X_NOT_SIGN_BODY, String::new());
        add(X_CREDENTIAL, [who.id, "/", &texts.scope].concat());
        add(X_ALGORITHM, recipe.algorithm.to_owned());
        add(X_SIGNED_HEADERS, names.join(";"));
        if let Some(seconds) = options.expires_s {
            add(X_EXPIRES, seconds.to_string());
        }
        let list = signed_queries(&pairs);
        pairs.push((Cow::Borrowed(X_SIGNED_QUERIES.as_bytes()), Cow::Owned(list)));
        let query = canonical::join(recipe.query, pairs.clone());
        let parts = Parts { host: url.authority, host_rule: HostRule::AsSent, path: url.path, query: &query, payload: EMPTY_HASH };
        texts.signed_headers = self.write_canonical(recipe, &names, parts, &mut texts.canonical_request)?;
        canonical::string_to_sign(recipe, &stamp.text, &texts.scope, &texts.canonical_request, &mut texts.string_to_sign);
        pairs.extend(token);
        let presigned = join_url(url, &canonical::join(recipe.query, pairs));
        self.url = presigned;
        Ok(())
    }

    fn write_canonical(&self, recipe: &Recipe, names: &[&str], parts: Parts<'_>, text: &mut String) -> Result<Range<usize>, Error> {
        let mut lines = canonical::header_lines(recipe, names, &self.headers, Some(parts.host))?;
        for (_, value) in lines.iter_mut().filter(|(name, _)| *name == HOST) {
            *value = canonical::host(parts.host_rule, value.trim());
        }
        let path = canonical::path(recipe.path, parts.path);
        let Parts { query, payload, .. } = parts;
        Ok(Canonical { method: self.method, path: &path, query, headers: &lines, payload }.write(recipe, text))
    }

    /// The moment of signing: what the caller wrote, or the time given.
    fn stamp(&self, recipe: &Recipe, given: Option<&str>) -> Result<Stamp, Error> {
        let (time, text) = match given.map(str::trim) {
            None => (Some(self.time), recipe.time.write(self.time)),
            Some(given) => (recipe.time.read(given), given.to_owned()),
        };
        let Some(time) = time else {
            let name = recipe.date_header;
            return Err(misuse::DATE.about(&[&name.to_ascii_lowercase(), name, &quoted(&text), recipe.time.example()]));
        };
        let day = recipe.time.day(time, &text).into_owned();
        Ok(Stamp { text, day })
    }

    /// The last line of the canonical request.
    fn payload<'h>(&'h self, recipe: &Recipe, options: &Options, body_hash: &'h str) -> Result<&'h str, Error> {
        let given = header(&self.headers, recipe.payload_header).map(str::trim);
        let wanted = match given {
            Some(given) if options.unsigned_payload && given != UNSIGNED_PAYLOAD => Some(UNSIGNED_PAYLOAD),
            Some(given) if recipe.payload == PayloadRule::Repeated && given != body_hash => Some("the hash of the body"),
            _ => None,
        };
        if let Some(wanted) = wanted {
            let name = recipe.payload_header;
            return Err(misuse::PAYLOAD.about(&[&name.to_ascii_lowercase(), name, wanted]));
        }
        Ok(canonical::payload(recipe.payload, self.body.is_empty(), given, body_hash))
    }

    /// Refuses whatever would break out of its place in the request.
    fn check(&self, recipe: &Recipe, who: Identity<'_>) -> Result<(), Error> {
        if !is_token(self.method) {
            return Err(unfit("method", "method", "请求方法", self.method));
        }
        for (name, value) in &self.headers {
            if !is_token(name) {
                return Err(unfit("headers", "header name", "请求头名称", name));
            }
            if !is_value(value) {
                return Err(unfit(&["headers.", &name.to_ascii_lowercase()].concat(), &["value of ", name].concat(), name, ""));
            }
        }
        if !self.time.is_writable() {
            return Err(misuse::TIME.about(&[&self.time.0.to_string()]));
        }
        let (needs_region, needs_service) = match recipe.scope {
            Scope::Everything => (false, false),
            Scope::Service(_) => (false, true),
            Scope::Region(_) | Scope::RegionOpen => (true, true),
        };
        for (field, zh, value, is_needed) in
            [("region", "地域", self.region, needs_region), ("service", "服务", self.service, needs_service)]
        {
            let is_fit = value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b',' | b';'));
            if !is_fit || (is_needed && value.is_empty()) {
                return Err(unfit(field, field, zh, value));
            }
        }
        let parts = [("id", "访问密钥 ID", Some(who.id)), ("token", "会话令牌", who.token)];
        let is_bad = |text: &str| text.is_empty() || !all(text, |byte| byte.is_ascii_graphic());
        match parts.into_iter().find(|(_, _, text)| text.is_some_and(is_bad)) {
            Some((field, zh, _)) => Err(unfit(field, field, zh, "")),
            None => Ok(()),
        }
    }
}

/// What stands in the canonical request besides method and headers.
struct Parts<'a> {
    host: &'a str,
    host_rule: HostRule,
    path: &'a str,
    query: &'a str,
    payload: &'a str,
}

struct Stamp {
    text: String,
    day: String,
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

/// What presigning adds and may not find there. A date, a validity and a token are taken as they are.
const PRESIGNED: [&str; 6] = [X_NOT_SIGN_BODY, X_CREDENTIAL, X_ALGORITHM, X_SIGNED_HEADERS, X_SIGNED_QUERIES, X_SIGNATURE];

fn find<'p, 'a>(pairs: &'p [Pair<'a>], name: &str) -> Option<&'p Pair<'a>> {
    pairs.iter().find(|(key, _)| &**key == name.as_bytes())
}

/// Refuses a query that is presigned already, or cannot be.
fn check_unsigned(pairs: &[Pair<'_>], options: &Options) -> Result<(), Error> {
    let expires = options.expires_s.map(|_| X_EXPIRES);
    if let Some(name) = PRESIGNED.into_iter().chain(expires).find(|name| find(pairs, name).is_some()) {
        return Err(misuse::PRESIGNED.about(&[name]));
    }
    if pairs.iter().any(|(name, _)| name.contains(&b';')) {
        return Err(misuse::SEMICOLON.about(&[]));
    }
    Ok(())
}

/// The names of all pairs and of the list itself, sorted, joined by `;`.
fn signed_queries(pairs: &[Pair<'_>]) -> Vec<u8> {
    let mut names: Vec<&[u8]> = pairs.iter().map(|(name, _)| &**name).chain([X_SIGNED_QUERIES.as_bytes()]).collect();
    names.sort_unstable();
    names.dedup();
    names.join(&b';')
}

/// Puts the signature at its sorted place in a sorted query.
pub(super) fn insert_signature(url: &str, signature: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let own = format!("{X_SIGNATURE}={signature}");
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.insert(pairs.partition_point(|pair| pair.split('=').next().unwrap_or(pair) < X_SIGNATURE), &own);
    format!("{base}?{}", pairs.join("&"))
}

fn join_url(url: Url<'_>, query: &str) -> String {
    let path = if url.path.is_empty() { "/" } else { url.path };
    [url.origin, path, "?", query].concat()
}

/// The caller's list: lower case, sorted, each name once.
fn exact_list(names: &[String]) -> Result<Vec<String>, Error> {
    let mut list: Vec<String> = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    if let Some(bad) = list.iter().find(|name| !is_token(name) || name.eq_ignore_ascii_case(AUTHORIZATION)) {
        return Err(unfit("options.signed_headers", "header name", "请求头名称", bad));
    }
    list.sort_unstable();
    list.dedup();
    Ok(list)
}

/// A method or header name as RFC 9110 allows it.
fn is_token(text: &str) -> bool {
    !text.is_empty() && all(text, |byte| byte.is_ascii_alphanumeric() | (byte == b'-')) || has_token_marks(text)
}

fn has_token_marks(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| encode::is_unreserved(byte) || b"!#$%&'*+^`|".contains(&byte))
}

/// Whether a text may stand in a header value.
fn is_value(text: &str) -> bool {
    all(text, |byte| (b' '..=b'~').contains(&byte)) || first_control(text).is_none()
}

/// Something that cannot stand where it should. `value` is left empty where it may be a secret.
fn unfit(field: &str, en: &str, zh: &str, value: &str) -> Error {
    misuse::UNFIT.about(&[field, en, zh, &if value.is_empty() { String::new() } else { quoted(value) }])
}
