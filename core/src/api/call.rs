//! A built operation, ready to be signed at every send.

use super::operation::Operation;
use crate::base::credentials::Credentials;
use crate::base::error::Error;
use crate::base::http::Request;
use crate::base::time::Millis;
use crate::sign::{Complete, KeyCache, Scheme, Signer, Unsigned, complete_with};

/// A built operation: everything but the signature.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: &'static Operation,
    /// The request, complete but for date, token and authorization.
    pub request: Request,
    /// How it is signed.
    pub scheme: &'static Scheme,
    /// Region in the credential scope.
    pub region: String,
    /// Service in the credential scope.
    pub service: &'static str,
    /// It goes to another host than the vendor's: every header is signed then, not only the least that the scheme needs,
    /// so that whoever sees it cannot make another call of it.
    pub elsewhere: bool,
}

impl Call {
    /// Signs for this moment. Sign at every send; a stored signature is a broken retry.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) when the time cannot be written.
    pub fn sign(&self, credentials: &Credentials, now: Millis) -> Result<Request, Error> {
        sign_call(self, credentials, now, &mut KeyCache::default())
    }

    fn complete(self, now: Millis, complete: impl FnOnce(Unsigned<'_>) -> Result<Complete, Error>) -> Result<Request, Error> {
        let Call { request: Request { method, url, headers, body }, scheme, region, service, elsewhere, operation: _ } = self;
        let unsigned = Unsigned {
            scheme,
            method: method.as_str(),
            url,
            headers,
            body: body.as_bytes(),
            time: now,
            region: &region,
            service,
            lists_host: false,
            signs_all: elsewhere,
        };
        let (url, headers) = complete(unsigned)?;
        Ok(Request { method, url, headers, body })
    }
}

/// Signs a built operation; `keys` are those derived from the same credentials before.
pub(crate) fn sign_call(call: &Call, credentials: &Credentials, now: Millis, keys: &mut KeyCache) -> Result<Request, Error> {
    call.clone().complete(now, |request| complete_with(request, credentials, keys))
}

impl Signer {
    /// Turns a built call into the complete request to send, signed for this moment.
    ///
    /// `host` is signed, and listed only when the call lists it: HTTP clients derive it from the URL.
    ///
    /// # Errors
    /// As [`prepare`](crate::sign::prepare).
    pub fn sign_call(&mut self, call: Call, now: Millis) -> Result<Request, Error> {
        call.complete(now, |request| self.complete(request))
    }
}
