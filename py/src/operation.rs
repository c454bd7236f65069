//! Level 2: one operation of one cloud.

use crate::convert::{self, Pairs, Text, Whole};
use crate::error::OrRaise;
use crate::names;
use crate::rows;
use crate::sign::Credentials;
use crate::to_python::to_py;
use imgferry::api::check::{Known, Rule};
use imgferry::api::endpoint::{self, HostHeader, SignHost};
use imgferry::api::json::list;
use imgferry::api::operation::Operation;
use imgferry::api::site::Language;
use imgferry::{Answer, Cloud, Edition, Endpoint, Error, Kind, Method, Redactor};
use imgferry::{Reading, read_long};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Where an operation is carried out.
///
/// ``region`` is acted on; for a copy it is the source region. ``site`` is ``main`` or ``international`` (Tencent Cloud
/// International, BytePlus). ``endpoint`` is another host than the vendor's, such as ``http://127.0.0.1:8080``;
/// ``sign_host`` says whether the signature names that host (``endpoint``) or the vendor's (``official``); without it,
/// an endpoint on loopback stands in for the vendor's host, and any other is named itself. Whoever gets a request that is
/// signed for the vendor's host can send it on: ``official`` is for hosts that you trust.
/// ``project_id`` and ``domain_id`` are Huawei's. ``language`` of the vendor's messages is ``en`` or ``zh``.
#[pyclass(frozen, eq, module = "imgferry")]
#[derive(PartialEq)]
pub(crate) struct At(imgferry::At);

#[pymethods]
impl At {
    #[new]
    #[pyo3(signature = (region, *, site=None, endpoint=None, sign_host=None, project_id=None, domain_id=None, language=None))]
    #[allow(clippy::too_many_arguments, reason = "keyword-only options with defaults")]
    fn new(
        py: Python<'_>,
        region: Text<'_>,
        site: Option<Text<'_>>,
        endpoint: Option<Text<'_>>,
        sign_host: Option<Text<'_>>,
        project_id: Option<Text<'_>>,
        domain_id: Option<Text<'_>>,
        language: Option<Text<'_>>,
    ) -> PyResult<Self> {
        let sign_host = sign_host.map(|name| SignHost::parse(&name)).transpose().or_raise(py)?;
        Ok(Self(imgferry::At {
            region: region.to_string(),
            edition: site.map(|name| Edition::parse(&name)).transpose().or_raise(py)?.unwrap_or_default(),
            endpoint: endpoint.map(|url| Endpoint::new(&*url, sign_host, HostHeader::Given)),
            project_id: project_id.map(|id| id.to_string()),
            domain_id: domain_id.map(|id| id.to_string()),
            language: language.map(|name| Language::parse(&name)).transpose().or_raise(py)?,
        }))
    }

    fn __repr__(&self) -> String {
        let shown = self.options().into_iter().filter_map(|(name, value)| {
            let value = if name == "endpoint" { endpoint::shown_endpoint(value?) } else { value?.to_owned() };
            Some(format!(", {name}={value:?}"))
        });
        format!("At({:?}{})", self.0.region, shown.collect::<String>())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.0.region, self.options()).hash(&mut hasher);
        hasher.finish()
    }

    /// What makes the same place again, for pickle and copy.
    #[pyo3(signature = () -> "tuple[tuple[str], dict[str, str | None]]")]
    fn __getnewargs_ex__(&self) -> ((&str,), BTreeMap<&'static str, Option<&str>>) {
        ((&self.0.region,), self.options().into_iter().collect())
    }
}

impl At {
    /// What it was made with beside the region, by name.
    fn options(&self) -> [(&'static str, Option<&str>); 6] {
        let imgferry::At { region: _, edition, endpoint, project_id, domain_id, language } = &self.0;
        [
            ("site", (*edition != Edition::default()).then(|| edition.as_str())),
            ("endpoint", endpoint.as_ref().map(|endpoint| &*endpoint.url)),
            ("sign_host", endpoint.as_ref().map(|endpoint| endpoint.sign_host.as_str())),
            ("project_id", project_id.as_deref()),
            ("domain_id", domain_id.as_deref()),
            ("language", language.map(Language::as_str)),
        ]
    }
}

/// A complete HTTP request: what was signed is what is sent, byte for byte.
#[pyclass(frozen, eq, module = "imgferry")]
#[derive(PartialEq)]
pub(crate) struct Request(pub(crate) imgferry::Request);

#[pymethods]
impl Request {
    /// The method, upper case.
    #[getter]
    fn method<'py>(&self, py: Python<'py>) -> &Bound<'py, PyString> {
        match self.0.method {
            Method::Get => intern!(py, "GET"),
            Method::Post => intern!(py, "POST"),
            Method::Put => intern!(py, "PUT"),
            Method::Patch => intern!(py, "PATCH"),
            Method::Delete => intern!(py, "DELETE"),
        }
    }

    /// Absolute URL, already percent-encoded; send it as it is.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// Headers in the order in which they were made. ``host`` is among them only when it differs from the URL's.
    #[getter]
    fn headers(&self) -> Pairs<'_> {
        Pairs(&self.0.headers)
    }

    /// The body; empty when there is none.
    #[getter]
    fn body(&self) -> &str {
        &self.0.body
    }

    /// A copy that may be shown: signature and tokens replaced by ``REDACTED``.
    fn redacted(&self) -> Self {
        Self(self.0.redacted())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0.method, self.url(), self.body(), self.0.headers.to_vec()).hash(&mut hasher);
        hasher.finish()
    }
}

/// A built operation: everything but the signature.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Call(imgferry::api::call::Call);

#[pymethods]
impl Call {
    /// The request, complete but for date, token and authorization.
    #[getter]
    fn request(&self) -> Request {
        Request(self.0.request().clone())
    }

    /// Region in the credential scope.
    #[getter]
    fn region(&self) -> &str {
        self.0.region()
    }

    /// Service in the credential scope.
    #[getter]
    fn service(&self) -> &'static str {
        self.0.service
    }

    /// Signs for this moment. Sign at every send; a stored signature is a broken retry.
    #[pyo3(signature = (credentials, *, time_ms))]
    fn sign(&self, py: Python<'_>, credentials: &Credentials, time_ms: Whole) -> PyResult<Request> {
        credentials.signer().sign_call(self.0.clone(), time_ms.clock(py, "time_ms")?).map(Request).or_raise(py)
    }
}

/// Checks every documented rule of an operation: all findings at once, nothing converted, nothing sent.
#[pyfunction]
#[pyo3(signature = (cloud, operation, params: "Mapping[str, Any]", at) -> "list[Problem]")]
pub(crate) fn check<'py>(
    py: Python<'py>,
    cloud: Text<'_>,
    operation: Text<'_>,
    params: &Bound<'py, PyAny>,
    at: &At,
) -> PyResult<Bound<'py, PyAny>> {
    let operation = find(py, &cloud, &operation)?;
    let params = convert::params(params)?;
    let findings = imgferry::check(operation, &params, &at.0, &Known::default());
    to_py(py, &findings.problems)
}

/// Checks and builds the request of an operation; raises with all findings in ``problems``.
#[pyfunction]
#[pyo3(signature = (cloud, operation, params: "Mapping[str, Any]", at))]
pub(crate) fn build(py: Python<'_>, cloud: Text<'_>, operation: Text<'_>, params: &Bound<'_, PyAny>, at: &At) -> PyResult<Call> {
    let operation = find(py, &cloud, &operation)?;
    let params = convert::params(params)?;
    imgferry::check_and_build(operation, &params, &at.0).map(Call).or_raise(py)
}

/// Reads an answer. Total: any status and any bytes give a reply or an ``Error``. With ``params``, those that were sent,
/// an id that was sent is never taken for that of a new image.
///
/// A list of more than 1,000 rows, which no page of these clouds holds, is not a ``list`` but ``imgferry.rows.Rows``: a
/// sequence whose rows are made when they are asked for. ``json.dumps(reply, default=list)`` writes it.
///
/// What the answer repeats of the secret and the token of ``credentials`` is replaced by ``REDACTED``, in whatever form.
#[pyfunction]
#[pyo3(signature = (cloud, operation, status, headers: "Headers", body: "bytes | str", *, credentials=None, params: "Mapping[str, Any] | None" = None) -> "Reply")]
#[allow(clippy::too_many_arguments)]
pub(crate) fn read<'py>(
    py: Python<'py>,
    cloud: Text<'_>,
    operation: Text<'_>,
    status: Whole,
    headers: &Bound<'py, PyAny>,
    body: &Bound<'py, PyAny>,
    credentials: Option<&Credentials>,
    params: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let operation = find(py, &cloud, &operation)?;
    let params = params.map(|params| convert::object(params, "params")).transpose()?.unwrap_or_default();
    let envelope = Answer { status: http_status(status).or_raise(py)?, headers: convert::headers(headers)?, body: Vec::new() };
    let body = convert::body(body)?;
    if let Some(credentials) = credentials {
        let answer = Answer { body: body.as_bytes().to_vec(), ..envelope };
        return to_py(py, &imgferry::read_sent(operation, &params, &Redactor::new(&credentials.key).answer(answer)).or_raise(py)?);
    }
    match read_long(operation, envelope, body.as_bytes()).or_raise(py)? {
        Reading::Whole(reply) => to_py(py, &reply.without_sent(&params)),
        Reading::Long(listing) => rows::reply(listing, body),
    }
}

/// Whether a host name or address is this machine, in whatever spelling.
#[pyfunction]
pub(crate) fn is_loopback(host: Text<'_>) -> bool {
    endpoint::is_loopback_host(&host)
}

/// An endpoint as it may be shown: without user, password and query.
#[pyfunction]
pub(crate) fn shown_endpoint(url: Text<'_>) -> String {
    endpoint::shown_endpoint(&url)
}

/// What an error code of a cloud means and what to do; ``status`` helps with codes that are not in the catalogue,
/// ``message``, the cloud's, where one code stands for several troubles.
#[pyfunction]
#[pyo3(signature = (cloud, code, *, status=None, message=None) -> "Explanation")]
pub(crate) fn explain<'py>(
    py: Python<'py>,
    cloud: Text<'_>,
    code: Text<'_>,
    status: Option<Whole>,
    message: Option<Text<'_>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (cloud, status) = (Cloud::parse(&cloud).or_raise(py)?, status.map(http_status).transpose().or_raise(py)?);
    to_py(py, &cloud.explain_message(&code, message.as_deref().unwrap_or_default(), status))
}

/// The rules of a cloud, with id, severity and messages; without a cloud those of plans and of parameters of every cloud.
#[pyfunction]
#[pyo3(signature = (cloud=None) -> "list[Rule]")]
pub(crate) fn rules<'py>(py: Python<'py>, cloud: Option<Text<'_>>) -> PyResult<Bound<'py, PyAny>> {
    let rules: Vec<Rule> = match cloud {
        Some(cloud) => Cloud::parse(&cloud).or_raise(py)?.rules().collect(),
        None => imgferry::plan::rules().collect(),
    };
    to_py(py, &list(&rules, |rule| rule.to_value()))
}

/// The regions known for a cloud, sorted by id. A region that is not listed is a warning, never a wall.
#[pyfunction]
#[pyo3(signature = (cloud) -> "list[Region]")]
pub(crate) fn regions<'py>(py: Python<'py>, cloud: Text<'_>) -> PyResult<Bound<'py, PyAny>> {
    let regions = Cloud::parse(&cloud).or_raise(py)?.regions();
    to_py(py, regions)
}

/// The operations known for a cloud, sorted by name, with their parameters.
#[pyfunction]
#[pyo3(signature = (cloud) -> "list[Operation]")]
pub(crate) fn operations<'py>(py: Python<'py>, cloud: Text<'_>) -> PyResult<Bound<'py, PyAny>> {
    let operations = Cloud::parse(&cloud).or_raise(py)?.operations();
    to_py(py, operations)
}

fn find(py: Python<'_>, cloud: &Text<'_>, operation: &Text<'_>) -> PyResult<&'static Operation> {
    match names::operation(py, cloud.address, operation.address) {
        Some(operation) => Ok(operation),
        None => Cloud::parse(cloud).and_then(|cloud| cloud.operation(operation)).or_raise(py),
    }
}

pub(crate) fn http_status(status: Whole) -> Result<u16, Error> {
    u16::try_from(status.0).map_err(|_| {
        Error::new(Kind::Misuse, "status", "status must be from 0 to 65535").hint("give the HTTP status", "请给出 HTTP 状态码")
    })
}
