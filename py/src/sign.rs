//! Level 1: sign or verify any request.

use crate::convert::{self, Text, Whole};
use crate::error::{self, OrRaise};
use crate::to_python::to_py;
use imgferry::sign::{Diagnosis, Expect, Identity, Options, Received, Signer, ToSign};
use imgferry::{Cloud, Error, Kind, Millis, Redactor};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An access key: `id`, `secret` and, for a temporary key, the session `token`. Never shows secret or token.
///
/// It keeps the keys derived from the secret, so signing again with the same object is cheaper.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Credentials {
    signer: Mutex<Signer>,
    pub(crate) key: imgferry::Credentials,
}

#[pymethods]
impl Credentials {
    #[new]
    #[pyo3(signature = (id, secret, token=None))]
    fn new(py: Python<'_>, id: Text<'_>, secret: Text<'_>, token: Option<Text<'_>>) -> PyResult<Self> {
        let key = imgferry::Credentials::new(&id, &secret, token.as_deref()).or_raise(py)?;
        Ok(Self { signer: Mutex::new(Signer::new(key.clone())), key })
    }

    /// The access key id: not a secret.
    #[getter]
    fn id(&self) -> &str {
        self.key.id()
    }

    /// A text of somebody else without the secret and the token of this key, in whatever encoding they stand there.
    fn redact(&self, text: Text<'_>) -> String {
        Redactor::new(&self.key).text(text.to_string())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.key)
    }

    /// Refuses to be pickled or copied: the secret would stand in the clear wherever that goes.
    #[pyo3(signature = () -> "NoReturn")]
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "Credentials are neither pickled nor copied, since the secret would stand in the clear wherever that goes: \
             find them where they are used (imgferry.credentials.load), or hand on this object itself",
        ))
    }
}

impl Credentials {
    /// A signer that remembers derived keys. Its cache is sound whatever happened to another thread.
    pub(crate) fn signer(&self) -> MutexGuard<'_, Signer> {
        self.signer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A signed request, with every intermediate. ``canonical_request`` holds the session token where the scheme signs it.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Signed(imgferry::sign::Signed);

#[pymethods]
impl Signed {
    /// The URL to send.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// All headers to send, ``Authorization`` included unless presigned.
    #[getter]
    fn headers(&self) -> Vec<(&str, &str)> {
        convert::pairs(&self.0.headers)
    }

    /// Names of the signed headers, joined by ``;``.
    #[getter]
    fn signed_headers(&self) -> &str {
        &self.0.signed_headers
    }

    /// The canonical request.
    #[getter]
    fn canonical_request(&self) -> &str {
        &self.0.canonical_request
    }

    /// The string to sign.
    #[getter]
    fn string_to_sign(&self) -> &str {
        &self.0.string_to_sign
    }

    /// Lower-case hex of the signature.
    #[getter]
    fn signature(&self) -> &str {
        &self.0.signature
    }

    /// The value of the ``Authorization`` header; empty when presigned.
    #[getter]
    fn authorization(&self) -> &str {
        &self.0.authorization
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// All of a signature but the secret's part; ``finish`` adds that.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Prepared(imgferry::sign::Prepared);

#[pymethods]
impl Prepared {
    /// The URL to send; without the signature while presigned.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// All headers to send except ``Authorization``.
    #[getter]
    fn headers(&self) -> Vec<(&str, &str)> {
        convert::pairs(&self.0.headers)
    }

    /// Names of the signed headers, joined by ``;``.
    #[getter]
    fn signed_headers(&self) -> &str {
        &self.0.signed_headers
    }

    /// The canonical request. Holds the session token where the scheme signs it.
    #[getter]
    fn canonical_request(&self) -> &str {
        &self.0.canonical_request
    }

    /// The string to sign.
    #[getter]
    fn string_to_sign(&self) -> &str {
        &self.0.string_to_sign
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Signs a request of the scheme of a cloud.
///
/// The headers given are taken as they are; ``host``, the date, the token and what else the scheme needs are added when
/// missing. ``signed_headers`` names exactly the headers to sign; without it, the least that the scheme needs.
/// ``unsigned_payload`` (Tencent, Huawei) leaves the body out; ``presign`` with ``expires_s`` (Volcengine) puts the
/// signature into the query; ``derived`` (Huawei) makes the form V11-HMAC-SHA256.
#[pyfunction]
#[pyo3(signature = (cloud, method, url, *, credentials, time_ms, headers: "Headers | None" = None, body: "bytes | str | None" = None, region=None,
    service=None, signed_headers: "Sequence[str] | None" = None, unsigned_payload=false, presign=false, expires_s=None, derived=false))]
#[allow(clippy::too_many_arguments, reason = "keyword-only options with defaults")]
pub(crate) fn sign(
    py: Python<'_>,
    cloud: Text<'_>,
    method: Text<'_>,
    url: Text<'_>,
    credentials: &Credentials,
    time_ms: Whole,
    headers: Option<&Bound<'_, PyAny>>,
    body: Option<&Bound<'_, PyAny>>,
    region: Option<Text<'_>>,
    service: Option<Text<'_>>,
    signed_headers: Option<&Bound<'_, PyAny>>,
    unsigned_payload: bool,
    presign: bool,
    expires_s: Option<Whole>,
    derived: bool,
) -> PyResult<Signed> {
    let scheme = Cloud::parse(&cloud).or_raise(py)?.scheme();
    let headers = headers.map(convert::headers).transpose()?.unwrap_or_default();
    let body = body.map(convert::bytes).transpose()?.unwrap_or_default();
    let what = to_sign(&method, &url, &headers, &body, Millis(time_ms.0), region.as_deref(), service.as_deref());
    let signed_headers = signed_headers.map(|names| convert::texts(names, "signed_headers")).transpose()?;
    let expires_s = expires_s.map(seconds).transpose().or_raise(py)?;
    let options = Options { signed_headers, unsigned_payload, presign, expires_s, derived };
    credentials.signer().sign(scheme, &what, &options).map(Signed).or_raise(py)
}

/// Everything of a signature that needs no secret: ``sign`` without the key, for ``finish`` elsewhere.
#[pyfunction]
#[pyo3(signature = (cloud, method, url, *, id, token=None, time_ms, headers: "Headers | None" = None, body: "bytes | str | None" = None, region=None,
    service=None, signed_headers: "Sequence[str] | None" = None, unsigned_payload=false, presign=false, expires_s=None, derived=false))]
#[allow(clippy::too_many_arguments, reason = "keyword-only options with defaults")]
pub(crate) fn prepare(
    py: Python<'_>,
    cloud: Text<'_>,
    method: Text<'_>,
    url: Text<'_>,
    id: Text<'_>,
    token: Option<Text<'_>>,
    time_ms: Whole,
    headers: Option<&Bound<'_, PyAny>>,
    body: Option<&Bound<'_, PyAny>>,
    region: Option<Text<'_>>,
    service: Option<Text<'_>>,
    signed_headers: Option<&Bound<'_, PyAny>>,
    unsigned_payload: bool,
    presign: bool,
    expires_s: Option<Whole>,
    derived: bool,
) -> PyResult<Prepared> {
    let scheme = Cloud::parse(&cloud).or_raise(py)?.scheme();
    let headers = headers.map(convert::headers).transpose()?.unwrap_or_default();
    let body = body.map(convert::bytes).transpose()?.unwrap_or_default();
    let what = to_sign(&method, &url, &headers, &body, Millis(time_ms.0), region.as_deref(), service.as_deref());
    let signed_headers = signed_headers.map(|names| convert::texts(names, "signed_headers")).transpose()?;
    let expires_s = expires_s.map(seconds).transpose().or_raise(py)?;
    let options = Options { signed_headers, unsigned_payload, presign, expires_s, derived };
    imgferry::sign::prepare(scheme, &what, Identity { id: &id, token: token.as_deref() }, &options).map(Prepared).or_raise(py)
}

/// Adds the secret's part to what ``prepare`` made. The two may happen in different places.
#[pyfunction]
pub(crate) fn finish(py: Python<'_>, prepared: &Prepared, credentials: &Credentials) -> PyResult<Signed> {
    imgferry::sign::finish(prepared.0.clone(), &credentials.key).map(Signed).or_raise(py)
}

/// Verifies the signature of a request as the cloud does; raises ``Refused`` with the reason when it is not good.
///
/// ``keys`` finds the credentials of an access key id, or ``None``: the ``get`` of a dict will do. ``region``, ``service``
/// and ``required_headers`` say what the signature must be good for, beyond what the scheme asks.
#[pyfunction]
#[pyo3(signature = (cloud, method, url, *, headers: "Headers", body: "bytes | str", now_ms, keys: "Callable[[str], Credentials | None]", region=None,
    service=None, required_headers: "Sequence[str] | None" = None) -> "Verified")]
#[allow(clippy::too_many_arguments, reason = "keyword-only options with defaults")]
pub(crate) fn verify<'py>(
    py: Python<'py>,
    cloud: Text<'_>,
    method: Text<'_>,
    url: Text<'_>,
    headers: &Bound<'py, PyAny>,
    body: &Bound<'py, PyAny>,
    now_ms: Whole,
    keys: &Bound<'py, PyAny>,
    region: Option<Text<'_>>,
    service: Option<Text<'_>>,
    required_headers: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let scheme = Cloud::parse(&cloud).or_raise(py)?.scheme();
    let headers = convert::headers(headers)?;
    let body = convert::bytes(body)?;
    let received = Received { method: &method, url: &url, headers: &headers, body: &body };
    let required = required_headers.map(|names| convert::texts(names, "required_headers")).transpose()?.unwrap_or_default();
    let required: Vec<&str> = required.iter().map(String::as_str).collect();
    let expect = Expect { region: region.as_deref(), service: service.as_deref(), required_headers: &required };
    // An exception in `keys` cannot pass through the core: it is kept here and raised after.
    let failure = RefCell::new(None);
    let find = |id: &str| match keys.call1((id,)).and_then(|found| found.extract::<Option<PyRef<'_, Credentials>>>().map_err(PyErr::from)) {
        Ok(found) => found.map(|credentials| credentials.key.clone()),
        Err(error) => {
            failure.replace(Some(error));
            None
        }
    };
    let verified = imgferry::sign::verify(scheme, &received, &find, now_ms.clock(py, "now_ms")?, &expect);
    if let Some(error) = failure.take() {
        return Err(error);
    }
    match verified {
        Ok(verified) => to_py(py, &verified),
        Err(refusal) => Err(error::refused(py, &refusal)),
    }
}

/// Why a signature was refused: our canonical request beside what the server says of its own, or of the refusal.
#[pyfunction]
#[pyo3(signature = (ours, theirs=None) -> "Diagnosis")]
pub(crate) fn diagnose<'py>(py: Python<'py>, ours: Text<'_>, theirs: Option<Text<'_>>) -> PyResult<Bound<'py, PyAny>> {
    to_py(py, &imgferry::sign::diagnose(&ours, theirs.as_deref()))
}

/// Explains whatever is in hand of a refusal: a request (HTTP, a curl line, HAR, JSON) with its answer, an exception's text of
/// any client, lines of a log. ``answer`` is the cloud's answer where it stands apart; with the ``credentials`` that were to
/// sign, causes are tried by computing the signature anew; ``now_ms`` is when it was refused, where that is known.
#[pyfunction]
#[pyo3(signature = (text, answer=None, *, credentials=None, now_ms=None) -> "Evidence")]
pub(crate) fn investigate<'py>(
    py: Python<'py>,
    text: Text<'_>,
    answer: Option<Text<'_>>,
    credentials: Option<&Credentials>,
    now_ms: Option<Whole>,
) -> PyResult<Bound<'py, PyAny>> {
    let now = now_ms.map(|now| now.clock(py, "now_ms")).transpose()?;
    let key = credentials.map(|credentials| &credentials.key);
    to_py(py, &Diagnosis::in_text(&text, answer.as_deref().unwrap_or_default(), key, now))
}

fn to_sign<'a>(
    method: &'a str,
    url: &'a str,
    headers: &'a [(String, String)],
    body: &'a [u8],
    time: Millis,
    region: Option<&'a str>,
    service: Option<&'a str>,
) -> ToSign<'a> {
    let (region, service) = (region.unwrap_or_default(), service.unwrap_or_default());
    ToSign { method, url, headers, body, time, region, service }
}

fn seconds(given: Whole) -> Result<u32, Error> {
    u32::try_from(given.0).map_err(|_| {
        Error::new(Kind::Misuse, "expires_s", "expires_s must be from 0 to 4294967295").hint("give whole seconds", "请给出整数秒")
    })
}
