//! Signing and verifying requests: one signer, three constant recipes.
//!
//! The files are the paragraphs of the specification: `draft` completes the request, `encode` and `canonical`
//! write the canonical request, [`recipe`] tells how the schemes differ, `keys` derives the key over `hash`,
//! `misuse` says what is wrong, `verify` takes the other side, `autopsy` explains a refusal.
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
mod draft;
pub(crate) mod encode;
mod hash;
mod keys;
mod misuse;
pub mod recipe;
mod verify;
mod words;

pub use autopsy::{Autopsy, Component, autopsy};
pub use recipe::Recipe;
pub use verify::{Expect, Reason, Received, Refusal, Verified, verify};

use crate::credentials::Credentials;
use crate::error::Error;
use crate::http::{REDACTED, Request};
use crate::provider::Call;
use crate::time::Millis;
use draft::{Draft, Texts};
pub(crate) use keys::KeyCache;
use keys::SigningKey;
use std::fmt;
pub(crate) use words::cause;
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
/// [`Kind::Misuse`](crate::Kind::Misuse) with a code such as `sign.url` or `sign.headers.x-foo` that names the field.
pub fn prepare(recipe: &'static Recipe, what: &ToSign<'_>, who: Identity<'_>, options: &Options) -> Result<Prepared, Error> {
    let recipe = recipe.variant(options)?;
    let mut draft = Draft {
        method: what.method,
        url: what.url.to_owned(),
        headers: what.headers.to_vec(),
        body: what.body,
        time: what.time,
        region: what.region,
        service: what.service,
        lists_host: true,
    };
    let mut texts = Texts::default();
    draft.compose(recipe, who, options, &mut texts)?;
    Ok(Prepared {
        url: draft.url,
        headers: draft.headers,
        signed_headers: texts.signed_headers().to_owned(),
        canonical_request: texts.canonical_request,
        string_to_sign: texts.string_to_sign,
        recipe: Variant(recipe),
        scope: texts.scope,
        presigned: options.presign,
        id: who.id.to_owned(),
        token: who.token.map(|token| Zeroizing::new(token.to_owned())),
    })
}

/// Adds the secret's part. Prepare and finish may happen in different places.
///
/// # Errors
/// [`Kind::Misuse`](crate::Kind::Misuse) `sign.credentials` when id or token are not those that were prepared for.
pub fn finish(prepared: &Prepared, credentials: &Credentials) -> Result<Signed, Error> {
    let same_token = prepared.token.as_ref().map(|token| token.as_str()) == credentials.token();
    if prepared.id != credentials.id() || !same_token {
        return Err(*misuse::CREDENTIALS.about(&[]));
    }
    Ok(prepared.clone().seal(&SigningKey::derive(prepared.recipe.0, credentials, &prepared.scope)))
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
    texts: Texts,
}

impl Signer {
    /// A signer for these credentials.
    pub fn new(credentials: Credentials) -> Self {
        Self { credentials, keys: KeyCache::default(), texts: Texts::default() }
    }

    /// The credentials it signs with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Signs a request, as [`sign`](fn@sign) does.
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
    /// `host` is signed, and listed only when the call lists it: HTTP clients derive it from the URL.
    ///
    /// # Errors
    /// As [`prepare`].
    pub fn sign_call(&mut self, call: Call, now: Millis) -> Result<Request, Error> {
        complete(call, &self.credentials, now, &mut self.keys, &mut self.texts)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

/// Signs a built operation; `keys` are those derived from the same credentials before.
pub(crate) fn sign_call(call: &Call, credentials: &Credentials, now: Millis, keys: &mut KeyCache) -> Result<Request, Error> {
    complete(call.clone(), credentials, now, keys, &mut Texts::default())
}

fn complete(call: Call, credentials: &Credentials, now: Millis, keys: &mut KeyCache, texts: &mut Texts) -> Result<Request, Error> {
    let Call { operation, request: Request { method, url, headers, body }, region, service } = call;
    let recipe = operation.cloud.recipe();
    let mut draft =
        Draft { method: method.as_str(), url, headers, body: body.as_bytes(), time: now, region: &region, service, lists_host: false };
    draft.compose(recipe, credentials.into(), &Options::default(), texts)?;
    let signature = keys.get(recipe, credentials, &texts.scope).sign(&texts.string_to_sign);
    let authorization = recipe.authorization(credentials.id(), &texts.scope, texts.signed_headers(), signature.as_str());
    let Draft { url, mut headers, .. } = draft;
    headers.push((AUTHORIZATION.to_owned(), authorization));
    Ok(Request { method, url, headers, body })
}

impl Prepared {
    fn seal(self, key: &SigningKey) -> Signed {
        let signature = key.sign(&self.string_to_sign).as_str().to_owned();
        let Self { mut url, mut headers, signed_headers, canonical_request, string_to_sign, recipe, scope, presigned, id, .. } = self;
        let mut authorization = String::new();
        if presigned {
            url = draft::insert(&url, draft::X_SIGNATURE, signature.as_bytes());
        } else {
            authorization = recipe.0.authorization(&id, &scope, &signed_headers, &signature);
            headers.push((AUTHORIZATION.to_owned(), authorization.clone()));
        }
        Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization }
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

/// A recipe, compared by its algorithm.
#[derive(Clone, Copy)]
struct Variant(&'static Recipe);

impl PartialEq for Variant {
    fn eq(&self, other: &Self) -> bool {
        self.0.algorithm == other.0.algorithm
    }
}

impl Eq for Variant {}

const HOST: &str = "host";
const AUTHORIZATION: &str = "Authorization";
