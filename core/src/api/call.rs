//! A built operation, ready to be signed at every send.

use super::operation::{Effect, Operation};
use crate::base::credentials::Credentials;
use crate::base::error::Error;
use crate::base::http::{Part, Request};
use crate::base::time::Millis;
use crate::sign::{Built, KeyCache, Scheme, Signer};
use std::ops::Range;

/// Where the parts of the URL of a built request stand, so that nobody has to look for them.
#[derive(Clone, Debug)]
pub(crate) struct UrlParts {
    /// Host and port.
    pub(crate) authority: Range<usize>,
    /// Where the path ends, which begins behind them.
    pub(crate) path_end: usize,
    /// Whether nothing in the path needs an escape or is one.
    pub(crate) plain: bool,
}

/// A built operation: everything but the signature.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: &'static Operation,
    pub(crate) request: Request,
    pub(crate) parts: UrlParts,
    /// How it is signed.
    pub scheme: &'static Scheme,
    pub(crate) region: Part,
    /// Service in the credential scope.
    pub service: &'static str,
    /// It goes to another host than the vendor's: every header is signed then, not only the least that the scheme needs,
    /// so that whoever sees it cannot make another call of it.
    pub elsewhere: bool,
}

impl Call {
    /// The request, complete but for date, token and authorization.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Whether sending it starts something that a second call would start again.
    pub(crate) fn is_launch(&self) -> bool {
        self.operation.effect == Effect::Launch
    }

    /// Region in the credential scope.
    pub fn region(&self) -> &str {
        self.request.headers.text(self.region)
    }

    /// Signs for this moment. Sign at every send; a stored signature is a broken retry.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) when the time cannot be written.
    pub fn sign(&self, credentials: &Credentials, now: Millis) -> Result<Request, Error> {
        sign_call(self, credentials, now, &mut KeyCache::default())
    }

    fn signed(mut self, now: Millis, sign: impl FnOnce(Built<'_>) -> Result<(), Error>) -> Result<Request, Error> {
        let Request { method, url, headers, body } = &mut self.request;
        let UrlParts { authority, path_end, plain } = self.parts;
        let (path, query) = (&url[authority.end..path_end], url.get(path_end + 1..).unwrap_or_default());
        let (scheme, host, region, service) = (self.scheme, &url[authority], self.region, self.service);
        let signs_all = self.elsewhere;
        sign(Built { scheme, method: *method, host, path, plain, query, headers, body, now, region, service, signs_all })?;
        Ok(self.request)
    }
}

/// Signs a built operation; `keys` are those derived from the same credentials before.
pub(crate) fn sign_call(call: &Call, credentials: &Credentials, now: Millis, keys: &mut KeyCache) -> Result<Request, Error> {
    call.clone().signed(now, |request| request.sign_with(credentials, keys))
}

impl Signer {
    /// Turns a built call into the complete request to send, signed for this moment.
    ///
    /// `host` is signed, and listed only when the call lists it: HTTP clients derive it from the URL.
    ///
    /// # Errors
    /// As [`prepare`](crate::sign::prepare).
    pub fn sign_call(&mut self, call: Call, now: Millis) -> Result<Request, Error> {
        call.signed(now, |request| self.complete(request))
    }
}
