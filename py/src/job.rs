//! Level 3: the replication. `Job` is the only handle of the package; all else are plain records.

use crate::convert::{self, Text, Whole};
use crate::error::OrRaise;
use crate::operation::{Request, http_status};
use crate::sign::Credentials;
use crate::to_python::{large_to_py, to_py};
use imgferry::job::Outgoing;
use imgferry::{Answer, Cloud, Error, Keyring, Kind, Lost, Step};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

/// What is to be replicated: images, where they are, where they go, and every number of the replication.
///
/// Made from the dict that a plan file holds; raises with every mistake of form in ``problems``. Where the plan has requests
/// signed for the vendor's host and sent to another (``sign_host`` ``official``), ``trusted_hosts`` must name that host,
/// unless it is on loopback: it can send them on to the vendor.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Plan(imgferry::Plan);

#[pymethods]
impl Plan {
    #[new]
    #[pyo3(signature = (plan: "Mapping[str, Any]", *, trusted_hosts: "Sequence[str] | None" = None))]
    fn new(py: Python<'_>, plan: &Bound<'_, PyAny>, trusted_hosts: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let hosts = hosts(trusted_hosts)?;
        let plan = imgferry::Plan::from_value(&convert::json(plan, "plan")?).or_raise(py)?;
        Ok(Self(plan.trusting(&hosts.iter().map(String::as_str).collect::<Vec<_>>())))
    }

    /// Checks every documented rule for every destination, before the first call.
    #[pyo3(signature = () -> "list[Problem]")]
    fn check<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_py(py, &self.0.check().0)
    }

    /// The plan as a dict, defaults filled in; makes the same plan again.
    #[pyo3(signature = () -> "dict[str, Any]")]
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_py(py, &self.0)
    }
}

/// Write the journal, send this request as it is, and tell what came of it.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Send {
    outgoing: Outgoing,
}

#[pymethods]
impl Send {
    /// To be given back with the answer.
    #[getter]
    fn id(&self) -> u32 {
        self.outgoing.id
    }

    /// What to send, byte for byte.
    #[getter]
    fn request(&self) -> Request {
        Request(self.outgoing.request.clone())
    }

    /// How long to wait for the answer, in milliseconds.
    #[getter]
    fn timeout_ms(&self) -> i64 {
        self.outgoing.timeout_ms
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.outgoing)
    }
}

/// Nothing to send before this moment. Always in the future; an answer may change it.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Wait {
    /// By the host's clock, in milliseconds since 1970.
    #[pyo3(get)]
    until_ms: i64,
}

/// Every destination has ended.
#[pyclass(frozen, module = "imgferry")]
pub(crate) struct Done;

/// A replication under way: ``poll`` says what to do, ``answer`` and ``lost`` tell what came of it.
///
/// It does no I/O and knows no clock. What ``take_journal`` returns must be on disk before a ``Send`` is carried out.
/// ``seed`` decides all its chances, such as jitter.
#[pyclass(module = "imgferry")]
pub(crate) struct Job(imgferry::Job);

#[pymethods]
impl Job {
    #[new]
    #[pyo3(signature = (plan, *, now_ms, seed))]
    fn new(py: Python<'_>, plan: &Plan, now_ms: Whole, seed: Whole) -> PyResult<Self> {
        imgferry::Job::new(plan.0.clone(), now_ms.clock(py, "now_ms")?, seed.0.cast_unsigned()).map(Self).or_raise(py)
    }

    /// Only looks at what is there: every destination ends as present, missing, stale or in conflict. Nothing is launched.
    #[staticmethod]
    #[pyo3(signature = (plan, *, now_ms, seed))]
    fn survey(py: Python<'_>, plan: &Plan, now_ms: Whole, seed: Whole) -> PyResult<Self> {
        imgferry::Job::survey(plan.0.clone(), now_ms.clock(py, "now_ms")?, seed.0.cast_unsigned()).map(Self).or_raise(py)
    }

    /// Takes a replication up again from its journal; any prefix of it will do. Also returns how many bytes of the
    /// journal count: cut the file to this length before appending to it. ``trusted_hosts`` as for ``Plan``: the journal
    /// does not hold them.
    #[staticmethod]
    #[pyo3(signature = (journal, *, now_ms, trusted_hosts: "Sequence[str] | None" = None))]
    fn restore(py: Python<'_>, journal: Text<'_>, now_ms: Whole, trusted_hosts: Option<&Bound<'_, PyAny>>) -> PyResult<(Self, usize)> {
        let hosts = hosts(trusted_hosts)?;
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let restored = imgferry::job::Restored::resumed(&journal, now_ms.clock(py, "now_ms")?, &hosts).or_raise(py)?;
        Ok((Self(restored.job), restored.kept))
    }

    /// Takes a replication up for its next turn, where memory does not last from one wait to the next: as `restore`, but
    /// deadlines go on and what has ended stays so. A turn ends when nothing is under way and `Wait` says a second or more.
    #[staticmethod]
    #[pyo3(signature = (journal, *, now_ms, trusted_hosts: "Sequence[str] | None" = None))]
    fn wake(py: Python<'_>, journal: Text<'_>, now_ms: Whole, trusted_hosts: Option<&Bound<'_, PyAny>>) -> PyResult<(Self, usize)> {
        let hosts = hosts(trusted_hosts)?;
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let restored = imgferry::job::Restored::woken(&journal, now_ms.clock(py, "now_ms")?, &hosts).or_raise(py)?;
        Ok((Self(restored.job), restored.kept))
    }

    /// Says what to do now. Credentials are given every time, by cloud, so that they may be refreshed between two polls.
    #[pyo3(signature = (now_ms, credentials: "Mapping[str, Credentials]") -> "Send | Wait | Done")]
    fn poll<'py>(&mut self, py: Python<'py>, now_ms: Whole, credentials: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match self.0.poll(now_ms.clock(py, "now_ms")?, &keyring(credentials)?) {
            Step::Send(outgoing) => Ok(Bound::new(py, Send { outgoing })?.into_any()),
            Step::Wait { until } => Ok(Bound::new(py, Wait { until_ms: until.0 })?.into_any()),
            Step::Done => Ok(Bound::new(py, Done)?.into_any()),
        }
    }

    /// Takes the answer of a request. Raises when no request of that id is under way; nothing changes then.
    #[pyo3(signature = (now_ms, id, status, headers: "Headers", body: "bytes | str"))]
    fn answer(
        &mut self,
        py: Python<'_>,
        now_ms: Whole,
        id: Whole,
        status: Whole,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let status = http_status(status).or_raise(py)?;
        let answer = Answer { status, headers: convert::headers(headers)?, body: convert::bytes(body)? };
        self.0.answer(now_ms.clock(py, "now_ms")?, flight(id), answer).or_raise(py)
    }

    /// Tells that a request has no answer: ``unsent`` when it certainly never left, ``blocked`` when nor will another before
    /// somebody mends what is wrong (the run ends then, to be resumed), ``unanswered`` when in doubt. ``cause`` says why in
    /// words, such as the HTTP client's own; errors and events show it.
    #[pyo3(signature = (now_ms, id, why: "Lost", cause: "str | None" = None))]
    fn lost(&mut self, py: Python<'_>, now_ms: Whole, id: Whole, why: Text<'_>, cause: Option<Text<'_>>) -> PyResult<()> {
        let why = Lost::parse(&why, cause.as_deref().unwrap_or_default()).or_raise(py)?;
        self.0.lost(now_ms.clock(py, "now_ms")?, flight(id), why).or_raise(py)
    }

    /// Stops what is not launched and leaves running what is. Ends after the answers under way.
    fn cancel(&mut self, py: Python<'_>, now_ms: Whole) -> PyResult<()> {
        self.0.cancel(now_ms.clock(py, "now_ms")?);
        Ok(())
    }

    /// Takes a person's word on a lane that is ambiguous or probing: the copy is there under that id (an export: the id of its
    /// task), or, with ``None``, it is not there. At the next poll it is watched, or looked for and launched anew. ``lane`` is
    /// that of a row; the word is in the journal. Raises when the lane is in no doubt or the id cannot be that of its copy.
    #[pyo3(signature = (now_ms, lane, id: "str | None"))]
    fn resolve(&mut self, py: Python<'_>, now_ms: Whole, lane: Whole, id: Option<Text<'_>>) -> PyResult<()> {
        let lane = u32::try_from(lane.0).unwrap_or(u32::MAX);
        self.0.resolve(now_ms.clock(py, "now_ms")?, lane, id.as_deref()).or_raise(py)
    }

    /// Takes the journal lines written since the last call.
    fn take_journal(&mut self) -> String {
        self.0.take_journal()
    }

    /// The whole journal anew and as short as it can be, to replace the file with.
    fn compact(&self) -> String {
        self.0.compact()
    }

    /// Takes the events since the last call.
    #[pyo3(signature = () -> "list[Event]")]
    fn take_events<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        large_to_py(py, &self.0.take_events())
    }

    /// What became of every destination so far.
    #[pyo3(signature = () -> "Report")]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        large_to_py(py, &self.0.report())
    }

    /// Number of destinations.
    fn __len__(&self) -> usize {
        self.0.len()
    }
}

fn hosts(given: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    given.map_or_else(|| Ok(Vec::new()), |hosts| convert::texts(hosts, "trusted_hosts"))
}

/// An id that no request can have becomes one that no request has.
fn flight(id: Whole) -> u32 {
    u32::try_from(id.0).unwrap_or(0)
}

fn keyring(credentials: &Bound<'_, PyAny>) -> PyResult<Keyring> {
    let py = credentials.py();
    let mapping = credentials.cast::<PyMapping>()?;
    let mut keys = Keyring::default();
    for entry in mapping.items()?.iter() {
        let (cloud, key): (Bound<'_, PyAny>, PyRef<'_, Credentials>) = entry.extract().map_err(|_| wrong_keys(py))?;
        let cloud = Cloud::parse(&cloud.extract::<Text<'_>>()?).or_raise(py)?;
        keys = keys.with(cloud, key.key.clone());
    }
    Ok(keys)
}

fn wrong_keys(py: Python<'_>) -> PyErr {
    let error = Error::new(Kind::Misuse, "credentials", "credentials must map names of clouds to Credentials");
    let error = error.hint("give a dict such as {\"tencent\": Credentials(...)}", "请给出 {\"tencent\": Credentials(...)} 形式的字典");
    crate::error::exception(py, &error)
}
