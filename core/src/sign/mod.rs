//! Signing and verifying requests: one signer, three constant recipes.
//!
//! The files are the paragraphs of the specification: [`encode`] and [`canonical`] make the canonical
//! request, [`recipe`] tells how the schemes differ, [`keys`] derives the key, [`verify()`] takes the other
//! side, [`autopsy()`] explains a refusal.
//!
//! ```
//! use imgferry::sign::{Options, ToSign, sign};
//! use imgferry::{Cloud, Credentials, Millis};
//!
//! let credentials = Credentials::new("HWAKEXAMPLE000000031", "HWSKEXAMPLE-not-a-real-secret-31", None)?;
//! let request = ToSign {
//!     method: "GET",
//!     url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota",
//!     headers: &[],
//!     body: b"",
//!     time: Millis(1_722_470_400_000),
//!     region: "cn-north-4",
//!     service: "ims",
//! };
//! let signed = sign(Cloud::Huawei.recipe(), &request, &credentials, &Options::default())?;
//! assert_eq!(signed.signed_headers, "host;x-sdk-date");
//! assert_eq!(signed.signature, "2b9fac0fb8314b069ac0ddd95f0fa30368972505d7217d216b9b87c13417ab89");
//! # Ok::<(), imgferry::Error>(())
//! ```

mod autopsy;
mod canonical;
pub(crate) mod encode;
mod keys;
pub mod recipe;
mod verify;

pub use autopsy::{Autopsy, Component, autopsy};
pub use recipe::Recipe;
pub use verify::{Expect, Reason, Received, Refusal, Verified, verify};

use crate::check::{first_control, shown};
use crate::credentials::Credentials;
use crate::error::{Error, Kind};
use crate::http::{REDACTED, Request, header};
use crate::provider::Call;
use crate::time::Millis;
use canonical::{Canonical, EMPTY_HASH, UNSIGNED_PAYLOAD};
use encode::{Pair, Url};
use keys::{KeyCache, SigningKey};
use recipe::{ContentTypeRule, HostRule, PayloadRule, QueryRule, Scope};
use std::borrow::Cow;
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

/// The public half of credentials: all that [`prepare`] needs.
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

/// All of a signature but the secret's part; [`finish`] adds that.
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
    recipe: Variant,
    scope: String,
    presigned: bool,
    id: String,
    token: Option<Zeroizing<String>>,
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

/// Everything that needs no secret: canonical request, string to sign, headers and URL.
///
/// The headers given are taken as they are, date, token and content hash included; an `Authorization` among
/// them is replaced. `host` is listed among the headers of the result.
///
/// # Errors
/// [`Kind::Misuse`] with a code such as `sign.url` or `sign.headers.x-foo` that names the field.
pub fn prepare(recipe: &'static Recipe, what: &ToSign<'_>, who: Identity<'_>, options: &Options) -> Result<Prepared, Error> {
    let draft = Draft {
        method: what.method,
        url: what.url.to_owned(),
        headers: what.headers.to_vec(),
        body: what.body,
        time: what.time,
        region: what.region,
        service: what.service,
    };
    draft.prepare(recipe.variant(options)?, who, options)
}

/// Adds the secret's part. Prepare and finish may happen in different places.
///
/// # Errors
/// [`Kind::Misuse`] `sign.credentials` when id or token are not those that were prepared for.
pub fn finish(prepared: &Prepared, credentials: &Credentials) -> Result<Signed, Error> {
    let same_token = prepared.token.as_ref().map(|token| token.as_str()) == credentials.token();
    if prepared.id != credentials.id() || !same_token {
        return Err(misuse(
            "sign.credentials",
            "the credentials are not those that the request was prepared for",
            "prepare again with the id and token of these credentials",
            "凭证与预处理时的不一致；请用当前凭证的 id 和 token 重新 prepare",
        ));
    }
    let key = SigningKey::derive(prepared.recipe.0, credentials, &prepared.scope);
    Ok(prepared.clone().seal(&key))
}

/// Signs a request: [`prepare`] and [`finish`] in one step.
///
/// # Errors
/// As [`prepare`].
pub fn sign(recipe: &'static Recipe, what: &ToSign<'_>, credentials: &Credentials, options: &Options) -> Result<Signed, Error> {
    let prepared = prepare(recipe, what, credentials.into(), options)?;
    let key = SigningKey::derive(prepared.recipe.0, credentials, &prepared.scope);
    Ok(prepared.seal(&key))
}

/// Signs many requests with the same credentials: keeps the derived keys, wiped when dropped.
pub struct Signer {
    credentials: Credentials,
    keys: KeyCache,
}

impl Signer {
    /// A signer for these credentials, good for every cloud whose key this is.
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, keys: KeyCache::default() }
    }

    /// The credentials it signs with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Signs a request, as [`sign`] does.
    ///
    /// # Errors
    /// As [`prepare`].
    pub fn sign(&mut self, recipe: &'static Recipe, what: &ToSign<'_>, options: &Options) -> Result<Signed, Error> {
        let prepared = prepare(recipe, what, (&self.credentials).into(), options)?;
        let key = self.keys.get(prepared.recipe.0, &self.credentials, &prepared.scope);
        Ok(prepared.seal(key))
    }

    /// Turns a built call into the complete request to send, signed for this moment.
    ///
    /// # Errors
    /// As [`prepare`].
    pub fn sign_call(&mut self, call: Call, now: Millis) -> Result<Request, Error> {
        let keys = &mut self.keys;
        outgoing(call, &self.credentials, now, |prepared, credentials| {
            let key = keys.get(prepared.recipe.0, credentials, &prepared.scope);
            key.sign(&prepared.string_to_sign)
        })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

/// Signs a built operation.
pub(crate) fn sign_call(call: &Call, credentials: &Credentials, now: Millis) -> Result<Request, Error> {
    outgoing(call.clone(), credentials, now, |prepared, credentials| {
        SigningKey::derive(prepared.recipe.0, credentials, &prepared.scope).sign(&prepared.string_to_sign)
    })
}

/// The complete request. Its `host` is listed only when the call lists one: HTTP clients derive it from the URL.
fn outgoing(
    call: Call,
    credentials: &Credentials,
    now: Millis,
    signature: impl FnOnce(&Prepared, &Credentials) -> String,
) -> Result<Request, Error> {
    let Call { operation, request: Request { method, url, mut headers, body }, region, service } = call;
    let derives_host = header(&headers, HOST).is_none();
    if derives_host {
        headers.push((HOST.to_owned(), derived_host(&url)?));
    }
    let draft = Draft { method: method.as_str(), url, headers, body: body.as_bytes(), time: now, region: &region, service };
    let prepared = draft.prepare(operation.cloud.recipe(), credentials.into(), &Options::default())?;
    let authorization = prepared.authorization(&signature(&prepared, credentials));
    let Prepared { url, mut headers, .. } = prepared;
    if derives_host {
        headers.retain(|(name, _)| name != HOST);
    }
    headers.push((AUTHORIZATION.to_owned(), authorization));
    Ok(Request { method, url, headers, body })
}

/// The host that HTTP clients derive from a URL: in lower case, without the port that the scheme implies.
fn derived_host(url: &str) -> Result<String, Error> {
    let Url { origin, authority, .. } = Url::split(url)?;
    let implied = if origin.len() - authority.len() == "https://".len() { ":443" } else { ":80" };
    Ok(authority.strip_suffix(implied).unwrap_or(authority).to_ascii_lowercase())
}

const HOST: &str = "host";
const CONTENT_TYPE: &str = "content-type";
const AUTHORIZATION: &str = "Authorization";

/// A recipe, compared by its algorithm.
#[derive(Clone, Copy)]
struct Variant(&'static Recipe);

impl PartialEq for Variant {
    fn eq(&self, other: &Self) -> bool {
        self.0.algorithm == other.0.algorithm
    }
}

impl Eq for Variant {}

/// What becomes a [`Prepared`].
struct Draft<'a> {
    method: &'a str,
    url: String,
    headers: Vec<(String, String)>,
    body: &'a [u8],
    time: Millis,
    region: &'a str,
    service: &'a str,
}

impl Draft<'_> {
    fn prepare(mut self, recipe: &'static Recipe, who: Identity<'_>, options: &Options) -> Result<Prepared, Error> {
        self.check(recipe, who)?;
        self.url = encode::ascii_url(self.url)?;
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(AUTHORIZATION));
        let exact = options.signed_headers.as_deref().map(exact_list).transpose()?;
        if header(&self.headers, HOST).is_none() {
            let host = Url::split(&self.url)?.authority.to_owned();
            self.headers.push(("Host".to_owned(), host));
        }
        if options.presign { self.in_query(recipe, who, options, exact) } else { self.in_headers(recipe, who, options, exact) }
    }

    /// Date, token and signature in headers.
    fn in_headers(
        mut self,
        recipe: &'static Recipe,
        who: Identity<'_>,
        options: &Options,
        exact: Option<Vec<String>>,
    ) -> Result<Prepared, Error> {
        let stamp = self.stamp(recipe, header(&self.headers, recipe.date_header))?;
        self.add_missing(recipe.date_header, || stamp.text.clone());
        if let Some(token) = who.token {
            self.add_missing(recipe.token_header, || token.to_owned());
        }
        let listed = |name: &str| exact.as_ref().is_some_and(|list| list.iter().any(|n| name.eq_ignore_ascii_case(n)));
        if recipe.content_type == ContentTypeRule::Required && (exact.is_none() || listed(CONTENT_TYPE)) {
            let is_get = self.method.eq_ignore_ascii_case("GET");
            let value = if is_get { "application/x-www-form-urlencoded" } else { "application/json" };
            self.add_missing("Content-Type", || value.to_owned());
        }
        let body_hash = if self.body.is_empty() { Cow::Borrowed(EMPTY_HASH) } else { Cow::Owned(canonical::sha256_hex(self.body)) };
        let repeats = recipe.payload == PayloadRule::Repeated && exact.is_none();
        if options.unsigned_payload && (!self.body.is_empty() || listed(recipe.payload_header)) {
            self.add_missing(recipe.payload_header, || UNSIGNED_PAYLOAD.to_owned());
        } else if repeats || listed(recipe.payload_header) {
            self.add_missing(recipe.payload_header, || body_hash.clone().into_owned());
        }
        let payload = self.payload(recipe, options, &body_hash)?;

        let url = Url::split(&self.url)?;
        let names: Vec<&str> = match &exact {
            Some(list) => list.iter().map(String::as_str).collect(),
            None => recipe.signed.iter().copied().filter(|name| header(&self.headers, name).is_some()).collect(),
        };
        let query = canonical::query(recipe.query, self.method, url.query);
        let (canonical_request, signed_headers) = self.canonical(recipe, recipe.host, &names, url, &query, &payload)?;
        let is_rewritten = recipe.query != QueryRule::AsSentOnGet && query != url.query;
        let rewritten = is_rewritten.then(|| join_url(url, &query));
        let scope = keys::scope(recipe, &stamp.date, self.region, self.service);
        Ok(Prepared {
            string_to_sign: canonical::string_to_sign(recipe, &stamp.text, &scope, &canonical_request),
            url: rewritten.unwrap_or(self.url),
            headers: self.headers,
            signed_headers,
            canonical_request,
            recipe: Variant(recipe),
            scope,
            presigned: false,
            id: who.id.to_owned(),
            token: who.token.map(|token| Zeroizing::new(token.to_owned())),
        })
    }

    /// Date, token and signature in the query. The body is never part of it.
    fn in_query(
        self,
        recipe: &'static Recipe,
        who: Identity<'_>,
        options: &Options,
        exact: Option<Vec<String>>,
    ) -> Result<Prepared, Error> {
        let url = Url::split(&self.url)?;
        let mut pairs = encode::query_pairs(url.query);
        if let Some((name, _)) = pairs.iter().find(|(name, _)| PRESIGNED.iter().any(|own| own.as_bytes() == &**name)) {
            let name = String::from_utf8_lossy(name);
            return Err(misuse(
                "sign.url",
                format!("the query already holds {name}, which presigning adds"),
                "give the URL as it was before it was presigned",
                format!("query 中已有 {name}；请使用预签名之前的 URL"),
            ));
        }
        if pairs.iter().any(|(name, _)| name.contains(&b';')) {
            return Err(misuse(
                "sign.url",
                "a query name holds ';', which separates the names in X-SignedQueries",
                "rename the parameter, or sign in headers",
                "query 参数名含有“;”，与 X-SignedQueries 的分隔符冲突；请改名或改用请求头签名",
            ));
        }
        let given_date = pairs.iter().find(|(name, _)| &**name == X_DATE.as_bytes()).map(|(_, v)| String::from_utf8_lossy(v).into_owned());
        let stamp = self.stamp(recipe, given_date.as_deref())?;
        let scope = keys::scope(recipe, &stamp.date, self.region, self.service);
        let names = exact.unwrap_or_else(|| vec![HOST.to_owned()]);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();

        // The token is neither in the list of signed names nor in the canonical query.
        let given_token = pairs.iter().position(|(name, _)| &**name == X_SECURITY_TOKEN.as_bytes()).map(|at| pairs.remove(at));
        let mut add = |name: &'static str, value: String| pairs.push((Cow::Borrowed(name.as_bytes()), Cow::Owned(value.into_bytes())));
        if given_date.is_none() {
            add(X_DATE, stamp.text.clone());
        }
        add(X_NOT_SIGN_BODY, String::new());
        add(X_CREDENTIAL, format!("{}/{scope}", who.id));
        add(X_ALGORITHM, recipe.algorithm.to_owned());
        add(X_SIGNED_HEADERS, names.join(";"));
        if let Some(seconds) = options.expires_s {
            add(X_EXPIRES, seconds.to_string());
        }
        let list = signed_queries(&pairs);
        pairs.push((Cow::Borrowed(X_SIGNED_QUERIES.as_bytes()), Cow::Owned(list)));
        let query = canonical::join(recipe.query, pairs.clone());
        let (canonical_request, signed_headers) = self.canonical(recipe, HostRule::AsSent, &names, url, &query, EMPTY_HASH)?;
        let token = who.token.map(|token| (Cow::Borrowed(X_SECURITY_TOKEN.as_bytes()), Cow::Borrowed(token.as_bytes())));
        pairs.extend(given_token.or(token));
        let wire = canonical::join(recipe.query, pairs);
        Ok(Prepared {
            string_to_sign: canonical::string_to_sign(recipe, &stamp.text, &scope, &canonical_request),
            url: join_url(url, &wire),
            signed_headers,
            canonical_request,
            recipe: Variant(recipe),
            scope,
            presigned: true,
            id: who.id.to_owned(),
            token: who.token.map(|token| Zeroizing::new(token.to_owned())),
            headers: self.headers,
        })
    }

    fn canonical(
        &self,
        recipe: &Recipe,
        host: HostRule,
        names: &[&str],
        url: Url<'_>,
        query: &str,
        payload: &str,
    ) -> Result<(String, String), Error> {
        let mut lines = canonical::header_lines(recipe, names.iter().copied(), &self.headers)?;
        for (_, value) in lines.iter_mut().filter(|(name, _)| *name == HOST) {
            *value = canonical::host(host, value.trim());
        }
        let path = canonical::path(recipe.path, url.path);
        Ok(Canonical { method: self.method, path: &path, query, headers: &lines, payload }.write(recipe))
    }

    fn add_missing(&mut self, name: &str, value: impl FnOnce() -> String) {
        if header(&self.headers, name).is_none() {
            self.headers.push((name.to_owned(), value()));
        }
    }

    /// The moment of signing: what the caller wrote, or the time given.
    fn stamp(&self, recipe: &Recipe, given: Option<&str>) -> Result<Stamp, Error> {
        let Some(given) = given.map(str::trim) else {
            return Ok(Stamp { text: recipe.time.write(self.time), date: recipe.time.date(self.time) });
        };
        let Some(time) = recipe.time.read(given) else {
            let name = recipe.date_header;
            return Err(misuse(
                format!("sign.headers.{}", name.to_ascii_lowercase()),
                format!("{name} is {:?}, which is no time in the form {}", shown(given), recipe.time.example()),
                "correct the header, or leave it out to have it added",
                format!("{name} 不是有效时间，格式应如 {}；请修正，或去掉以自动添加", recipe.time.example()),
            ));
        };
        Ok(Stamp { text: given.to_owned(), date: recipe.time.date(time) })
    }

    /// The last line of the canonical request.
    fn payload<'h>(&'h self, recipe: &Recipe, options: &Options, body_hash: &'h str) -> Result<Cow<'h, str>, Error> {
        let given = header(&self.headers, recipe.payload_header).map(str::trim);
        let wanted = match given {
            Some(given) if options.unsigned_payload && given != UNSIGNED_PAYLOAD => Some(UNSIGNED_PAYLOAD),
            Some(given) if recipe.payload == PayloadRule::Repeated && given != body_hash => Some("the hash of the body"),
            _ => None,
        };
        if let Some(wanted) = wanted {
            let name = recipe.payload_header;
            return Err(misuse(
                format!("sign.headers.{}", name.to_ascii_lowercase()),
                format!("{name} is not {wanted}"),
                "leave the header out to have it added",
                format!("{name} 的值与请求不符；请去掉该请求头以自动添加"),
            ));
        }
        Ok(canonical::payload(recipe.payload, self.body.is_empty(), given, body_hash))
    }

    /// Refuses whatever would break out of its place in the request.
    fn check(&self, recipe: &Recipe, who: Identity<'_>) -> Result<(), Error> {
        if !is_token(self.method) {
            return Err(unfit("sign.method", "method", "请求方法", self.method));
        }
        for (name, value) in &self.headers {
            if !is_token(name) {
                return Err(unfit("sign.headers", "header name", "请求头名称", name));
            }
            if first_control(value).is_some() {
                return Err(unfit(
                    format!("sign.headers.{}", name.to_ascii_lowercase()),
                    &format!("value of {name}"),
                    &format!("{name} 的值"),
                    "",
                ));
            }
        }
        if !self.time.is_writable() {
            return Err(misuse(
                "sign.time",
                format!("the time {} ms lies outside the years 1 to 9999", self.time.0),
                "give milliseconds since 1970",
                "时间超出公元 1 至 9999 年；请使用 1970 年以来的毫秒数",
            ));
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
                return Err(unfit(format!("sign.{field}"), field, zh, value));
            }
        }
        let parts = [("id", "访问密钥 ID", Some(who.id)), ("token", "会话令牌", who.token)];
        let is_bad = |text: &str| text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic());
        match parts.into_iter().find(|(_, _, text)| text.is_some_and(is_bad)) {
            Some((field, zh, _)) => Err(unfit(format!("sign.{field}"), field, zh, "")),
            None => Ok(()),
        }
    }
}

struct Stamp {
    text: String,
    date: String,
}

impl Prepared {
    fn seal(self, key: &SigningKey) -> Signed {
        let signature = key.sign(&self.string_to_sign);
        let authorization = if self.presigned { String::new() } else { self.authorization(&signature) };
        let Self { mut url, mut headers, signed_headers, canonical_request, string_to_sign, presigned, .. } = self;
        if presigned {
            url = insert_signature(&url, &signature);
        } else {
            headers.push((AUTHORIZATION.to_owned(), authorization.clone()));
        }
        Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization }
    }

    fn authorization(&self, signature: &str) -> String {
        let (word, slash) = match self.recipe.0.scope {
            Scope::Everything => (" Access=", ""),
            Scope::Service(_) | Scope::Region(_) | Scope::RegionOpen => (" Credential=", "/"),
        };
        [self.recipe.0.algorithm, word, &self.id, slash, &self.scope, ", SignedHeaders=", &self.signed_headers, ", Signature=", signature]
            .concat()
    }
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

const X_DATE: &str = "X-Date";
const X_EXPIRES: &str = "X-Expires";
const X_NOT_SIGN_BODY: &str = "X-NotSignBody";
const X_CREDENTIAL: &str = "X-Credential";
const X_ALGORITHM: &str = "X-Algorithm";
const X_SIGNED_HEADERS: &str = "X-SignedHeaders";
const X_SIGNED_QUERIES: &str = "X-SignedQueries";
const X_SECURITY_TOKEN: &str = "X-Security-Token";
const X_SIGNATURE: &str = "X-Signature";

/// What presigning adds and may not find there. A date, a validity and a token are taken as they are.
const PRESIGNED: [&str; 6] = [X_NOT_SIGN_BODY, X_CREDENTIAL, X_ALGORITHM, X_SIGNED_HEADERS, X_SIGNED_QUERIES, X_SIGNATURE];

/// The names of all pairs and of the list itself, sorted, joined by `;`.
fn signed_queries(pairs: &[Pair<'_>]) -> Vec<u8> {
    let mut names: Vec<&[u8]> = pairs.iter().map(|(name, _)| &**name).chain([X_SIGNED_QUERIES.as_bytes()]).collect();
    names.sort_unstable();
    names.dedup();
    names.join(&b';')
}

/// Puts the signature at its sorted place in a sorted query.
fn insert_signature(url: &str, signature: &str) -> String {
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
        return Err(unfit("sign.options.signed_headers", "header name", "请求头名称", bad));
    }
    list.sort_unstable();
    list.dedup();
    Ok(list)
}

/// A method or header name as RFC 9110 allows it.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Something that cannot stand where it should. `value` is left empty where it may be a secret.
fn unfit(code: impl Into<String>, en: &str, zh: &str, value: &str) -> Error {
    let quoted = if value.is_empty() { String::new() } else { format!(" {:?}", shown(value)) };
    misuse(
        code,
        format!("the {en}{quoted} is empty or holds a character that cannot stand there"),
        "correct it; line breaks and control characters are never sent",
        format!("{zh}{quoted} 为空或含有非法字符；请修正，换行和控制字符不会被发送"),
    )
}

fn misuse(code: impl Into<String>, message: impl Into<String>, en: &'static str, zh: impl Into<Cow<'static, str>>) -> Error {
    Error::new(Kind::Misuse, code, message).hint(en, zh)
}
