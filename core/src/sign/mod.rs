//! Signing and verifying requests: one signer, three constant schemes.
//!
//! The files are the paragraphs of the specification: `complete` completes the request, `encode` and `canonical`
//! write the canonical request, [`scheme`] tells how the schemes differ, `keys` derives the key over `hash`,
//! `misuse` says what is wrong, `verify` takes the other side, `diagnose` explains a refusal.
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
//! let signed = sign(Cloud::Huawei.scheme(), &request, &credentials, &Options::default())?;
//! assert_eq!(signed.signed_headers, "host;x-sdk-date");
//! assert_eq!(signed.signature, "2b9fac0fb8314b069ac0ddd95f0fa30368972505d7217d216b9b87c13417ab89");
//! # Ok::<(), imgferry::Error>(())
//! ```

mod built;
mod canonical;
mod causes;
mod complete;
mod component;
mod details;
mod diagnose;
pub(crate) mod encode;
mod hash;
mod keys;
mod misuse;
mod request;
mod retrace;
pub mod scheme;
mod suspects;
#[cfg(test)]
mod tests;
mod variants;
mod verdict;
mod verify;
mod words;

pub use component::Component;
pub use diagnose::{Diagnosis, diagnose};
pub use request::{Identity, Options, Prepared, Signed, ToSign};
pub use scheme::Scheme;
pub use verdict::{Expect, Reason, Received, Refusal, Verified};
pub use verify::verify;

use crate::base::credentials::Credentials;
use crate::base::error::Error;
pub(crate) use built::Built;
use built::Texts;
pub(crate) use hash::sha8;
pub(crate) use keys::KeyCache;
use keys::SigningKey;
use request::AUTHORIZATION;
use std::fmt;
pub(crate) use suspects::Case;
pub(crate) use words::cause;

/// Everything that needs no secret: canonical request, string to sign, headers and URL.
///
/// The headers given are taken as they are, date, token and content hash included; an `Authorization` among
/// them is replaced. `host` is listed among the headers of the result.
///
/// # Errors
/// [`Kind::Misuse`](crate::Kind::Misuse) with a code such as `sign.url` or `sign.headers.x-foo` that names the field.
pub fn prepare(scheme: &'static Scheme, what: &ToSign<'_>, who: Identity<'_>, options: &Options) -> Result<Prepared, Error> {
    complete::complete(options.variant(scheme)?, what, who, options)
}

/// Adds the secret's part. Prepare and finish may happen in different places.
///
/// # Errors
/// [`Kind::Misuse`](crate::Kind::Misuse) `sign.credentials` when id or token are not those that were prepared for.
pub fn finish(prepared: Prepared, credentials: &Credentials) -> Result<Signed, Error> {
    let same_token = prepared.token.as_ref().map(|token| token.as_str()) == credentials.token();
    if prepared.id != credentials.id() || !same_token {
        return Err(misuse::CREDENTIALS.about(&[]));
    }
    let mut key = SigningKey::derive(prepared.scheme, credentials, &prepared.scope);
    Ok(prepared.seal(&mut key))
}

/// Signs a request: [`prepare`] and [`finish`] in one step.
///
/// # Errors
/// As [`prepare`].
pub fn sign(scheme: &'static Scheme, what: &ToSign<'_>, credentials: &Credentials, options: &Options) -> Result<Signed, Error> {
    let prepared = prepare(scheme, what, credentials.into(), options)?;
    let mut key = SigningKey::derive(prepared.scheme, credentials, &prepared.scope);
    Ok(prepared.seal(&mut key))
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
    pub fn sign(&mut self, scheme: &'static Scheme, what: &ToSign<'_>, options: &Options) -> Result<Signed, Error> {
        let prepared = prepare(scheme, what, (&self.credentials).into(), options)?;
        let key = self.keys.get(prepared.scheme, &self.credentials, &prepared.scope);
        Ok(prepared.seal(key))
    }

    /// Completes and signs a request that this crate has built.
    pub(crate) fn complete(&mut self, request: Built<'_>) -> Result<(), Error> {
        request.sign(&self.credentials, &mut self.keys, &mut self.texts)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl Prepared {
    fn seal(self, key: &mut SigningKey) -> Signed {
        let signature = key.sign(&self.string_to_sign).as_str().to_owned();
        let Self { mut url, mut headers, signed_headers, canonical_request, string_to_sign, scheme, scope, presigned, id, .. } = self;
        let mut authorization = String::new();
        if presigned {
            url = complete::insert(&url, complete::X_SIGNATURE, signature.as_bytes());
        } else {
            authorization = scheme.authorization(&id, &scope, &signed_headers, &signature);
            headers.push((AUTHORIZATION.to_owned(), authorization.clone()));
        }
        Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization }
    }
}
