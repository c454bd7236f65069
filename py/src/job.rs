//! Level 3: the replication. `Job` is the only handle of the package; all else are plain records.

use crate::convert::{self, Text, Whole};
use crate::error::OrRaise;
use crate::operation::{Request, http_status};
use crate::sign::Credentials;
use crate::to_python::{large_to_py, to_py};
use imgferry::api::json::to_text;
use imgferry::job::Outgoing;
use imgferry::{Answer, Cloud, Error, Keyring, Kind, Lost, Step};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyMapping;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What `__new__` is called with to make the same again: by position, by name.
type NewArguments<'py> = ((Bound<'py, PyAny>,), BTreeMap<&'static str, Vec<String>>);
/// A function, and what it is called with to make the same again.
type Reduced<'py> = (Bound<'py, PyAny>, (String, Vec<String>));

/// What is to be replicated: images, where they are, where they go, and every number of the replication.
///
/// Made from the dict that a plan file holds; raises with every mistake of form in ``problems``. Where the plan has requests
/// signed for the vendor's host and sent to another (``sign_host`` ``official``), ``trusted_hosts`` must name that host,
/// unless it is on loopback: it can send them on to the vendor.
#[pyclass(frozen, eq, module = "imgferry")]
#[derive(PartialEq)]
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
        to_py(py, &self.0.check().problems)
    }

    /// Every operation that carrying out the plan can call: where, what for, what a policy must allow for it, and what
    /// becomes of a run without it.
    #[pyo3(signature = () -> "list[Need]")]
    fn needs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_py(py, &self.0.needs())
    }

    /// The plan as a dict, defaults filled in; makes the same plan again.
    #[pyo3(signature = () -> "dict[str, Any]")]
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_py(py, &self.0)
    }

    /// How many images of which clouds go to how many destinations: a plan may be as long as a book.
    fn __repr__(&self) -> String {
        let told = |cloud: Cloud| {
            let mine: Vec<_> = self.0.transfers.iter().filter(|transfer| transfer.cloud == cloud).collect();
            let destinations: usize = mine.iter().map(|transfer| transfer.to.len()).sum();
            (!mine.is_empty()).then(|| format!("{} {} to {destinations}", mine.len(), cloud.as_str()))
        };
        format!("<Plan: {}>", Cloud::ALL.into_iter().filter_map(told).collect::<Vec<_>>().join(", "))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let places =
            self.0.transfers.iter().map(|transfer| (transfer.cloud.as_str(), &transfer.image, &transfer.from.0, transfer.to.len()));
        places.for_each(|place| place.hash(&mut hasher));
        hasher.finish()
    }

    /// What makes the same plan again, for pickle and copy.
    #[pyo3(signature = () -> "tuple[tuple[dict[str, Any]], dict[str, Sequence[str]]]")]
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<NewArguments<'py>> {
        Ok(((self.as_dict(py)?,), BTreeMap::from([("trusted_hosts", self.0.trusted_hosts().to_vec())])))
    }
}

/// The plan format as JSON Schema (draft-07), as text: for editors and validators. The defaults of the policy are in it.
///
/// >>> json.loads(imgferry.plan_schema())["definitions"]["Policy"]["properties"]["poll"]["default"]
/// '15s'
#[pyfunction]
pub(crate) fn plan_schema() -> String {
    to_text(&imgferry::Plan::schema())
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
#[pyclass(frozen, eq, hash, module = "imgferry")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Wait {
    /// By the host's clock, in milliseconds since 1970.
    #[pyo3(get)]
    until_ms: i64,
}

#[pymethods]
impl Wait {
    fn __repr__(&self) -> String {
        format!("<Wait until_ms={}>", self.until_ms)
    }
}

/// Every destination has ended.
#[pyclass(frozen, eq, hash, module = "imgferry")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Done;

#[pymethods]
impl Done {
    fn __repr__(&self) -> &'static str {
        "<Done>"
    }
}

/// A replication under way: ``poll`` says what to do, ``answer`` and ``lost`` tell what came of it.
///
/// It does no I/O and knows no clock. What ``take_journal`` returns must be on disk before a ``Send`` is carried out.
/// ``seed`` decides all its chances, such as jitter. Pickled and copied as its journal: what of it is not on disk stands in
/// the ``compact`` of the copy. A survey keeps none, and is neither.
#[pyclass(module = "imgferry")]
pub(crate) struct Job {
    job: imgferry::Job,
    /// The hosts that the program named: its journal does not hold them.
    trusted_hosts: Vec<String>,
    is_survey: bool,
}

#[pymethods]
impl Job {
    #[new]
    #[pyo3(signature = (plan, *, now_ms, seed))]
    fn new(py: Python<'_>, plan: &Plan, now_ms: Whole, seed: Whole) -> PyResult<Self> {
        let job = imgferry::Job::new(plan.0.clone(), now_ms.clock(py, "now_ms")?, seed.0.cast_unsigned()).or_raise(py)?;
        Ok(Self { job, trusted_hosts: plan.0.trusted_hosts().to_vec(), is_survey: false })
    }

    /// Only looks at what is there: every destination ends as present, missing, stale or in conflict. Nothing is launched.
    #[staticmethod]
    #[pyo3(signature = (plan, *, now_ms, seed))]
    fn survey(py: Python<'_>, plan: &Plan, now_ms: Whole, seed: Whole) -> PyResult<Self> {
        let job = imgferry::Job::survey(plan.0.clone(), now_ms.clock(py, "now_ms")?, seed.0.cast_unsigned()).or_raise(py)?;
        Ok(Self { job, trusted_hosts: plan.0.trusted_hosts().to_vec(), is_survey: true })
    }

    /// Takes a replication up again from its journal; any prefix of it will do. Also returns how many bytes of the
    /// journal count: cut the file to this length before appending to it. ``trusted_hosts`` as for ``Plan``: the journal
    /// does not hold them.
    #[staticmethod]
    #[pyo3(signature = (journal, *, now_ms, trusted_hosts: "Sequence[str] | None" = None))]
    fn restore(py: Python<'_>, journal: Text<'_>, now_ms: Whole, trusted_hosts: Option<&Bound<'_, PyAny>>) -> PyResult<(Self, usize)> {
        let trusted_hosts = hosts(trusted_hosts)?;
        let named: Vec<&str> = trusted_hosts.iter().map(String::as_str).collect();
        let restored = imgferry::job::Restored::resumed(&journal, now_ms.clock(py, "now_ms")?, &named).or_raise(py)?;
        Ok((Self { job: restored.job, trusted_hosts, is_survey: false }, restored.kept))
    }

    /// Takes a replication up for its next turn, where memory does not last from one wait to the next: as `restore`, but
    /// deadlines go on and what has ended stays so. A turn ends when nothing is under way and `Wait` says a second or more.
    #[staticmethod]
    #[pyo3(signature = (journal, *, now_ms, trusted_hosts: "Sequence[str] | None" = None))]
    fn wake(py: Python<'_>, journal: Text<'_>, now_ms: Whole, trusted_hosts: Option<&Bound<'_, PyAny>>) -> PyResult<(Self, usize)> {
        let trusted_hosts = hosts(trusted_hosts)?;
        let named: Vec<&str> = trusted_hosts.iter().map(String::as_str).collect();
        let restored = imgferry::job::Restored::woken(&journal, now_ms.clock(py, "now_ms")?, &named).or_raise(py)?;
        Ok((Self { job: restored.job, trusted_hosts, is_survey: false }, restored.kept))
    }

    /// Says what to do now. Credentials are given every time, by cloud, so that they may be refreshed between two polls.
    #[pyo3(signature = (credentials: "Mapping[str, Credentials]", *, now_ms) -> "Send | Wait | Done")]
    fn poll<'py>(&mut self, py: Python<'py>, credentials: &Bound<'py, PyAny>, now_ms: Whole) -> PyResult<Bound<'py, PyAny>> {
        match self.job.poll(now_ms.clock(py, "now_ms")?, &keyring(credentials)?) {
            Step::Send(outgoing) => Ok(Bound::new(py, Send { outgoing })?.into_any()),
            Step::Wait { until } => Ok(Bound::new(py, Wait { until_ms: until.0 })?.into_any()),
            Step::Done => Ok(Bound::new(py, Done)?.into_any()),
        }
    }

    /// Takes the answer of a request. Raises when no request of that id is under way; nothing changes then.
    #[pyo3(signature = (id, status, headers: "Headers", body: "bytes | str", *, now_ms))]
    #[allow(clippy::too_many_arguments, reason = "an answer has these parts")]
    fn answer(
        &mut self,
        py: Python<'_>,
        id: Whole,
        status: Whole,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
        now_ms: Whole,
    ) -> PyResult<()> {
        let status = http_status(status).or_raise(py)?;
        let answer = Answer { status, headers: convert::headers(headers)?, body: convert::bytes(body)? };
        self.job.answer(now_ms.clock(py, "now_ms")?, request_id(id), answer).or_raise(py)
    }

    /// Tells that a request has no answer: ``unsent`` when it certainly never left, ``blocked`` when nor will another before
    /// somebody mends what is wrong (the run ends then, to be resumed), ``unanswered`` when in doubt. ``cause`` says why in
    /// words, such as the HTTP client's own; errors and events show it.
    #[pyo3(signature = (id, why: "Lost", cause: "str | None" = None, *, now_ms))]
    fn lost(&mut self, py: Python<'_>, id: Whole, why: Text<'_>, cause: Option<Text<'_>>, now_ms: Whole) -> PyResult<()> {
        let why = Lost::parse(&why, cause.as_deref().unwrap_or_default()).or_raise(py)?;
        self.job.lost(now_ms.clock(py, "now_ms")?, request_id(id), why).or_raise(py)
    }

    /// Stops what is not launched and leaves running what is. Ends after the answers under way.
    #[pyo3(signature = (*, now_ms))]
    fn cancel(&mut self, py: Python<'_>, now_ms: Whole) -> PyResult<()> {
        self.job.cancel(now_ms.clock(py, "now_ms")?);
        Ok(())
    }

    /// Takes a person's word on a lane that is ambiguous or probing: the copy is there under that id (an export: the id of its
    /// task), or, with ``None``, it is not there. At the next poll it is watched, or looked for and launched anew. ``lane`` is
    /// that of a row; the word is in the journal. Raises when the lane is in no doubt or the id cannot be that of its copy.
    #[pyo3(signature = (lane, id: "str | None", *, now_ms))]
    fn resolve(&mut self, py: Python<'_>, lane: Whole, id: Option<Text<'_>>, now_ms: Whole) -> PyResult<()> {
        let lane = u32::try_from(lane.0).unwrap_or(u32::MAX);
        self.job.resolve(now_ms.clock(py, "now_ms")?, lane, id.as_deref()).or_raise(py)
    }

    /// Takes the journal lines written since the last call.
    fn take_journal(&mut self) -> String {
        self.job.take_journal()
    }

    /// The whole journal anew and as short as it can be, to replace the file with.
    fn compact(&self) -> String {
        self.job.compact()
    }

    /// Takes the events since the last call.
    #[pyo3(signature = () -> "list[Event]")]
    fn take_events<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        large_to_py(py, &self.job.take_events())
    }

    /// What became of every destination so far.
    #[pyo3(signature = () -> "Report")]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let report = large_to_py(py, &self.job.report())?;
        py.import("imgferry.report")?.getattr("Report")?.call1((report,))
    }

    /// The rows of some destinations as they stand in the report, without making the others.
    #[pyo3(signature = (lanes: "Sequence[int]") -> "list[Row]")]
    fn rows<'py>(&self, py: Python<'py>, lanes: Vec<u32>) -> PyResult<Bound<'py, PyAny>> {
        let row = |lane: u32| self.job.row(lane).ok_or_else(|| PyIndexError::new_err(format!("there is no lane {lane}")));
        to_py(py, &lanes.into_iter().map(row).collect::<PyResult<Vec<_>>>()?)
    }

    /// Number of destinations.
    fn __len__(&self) -> usize {
        self.job.lanes()
    }

    fn __repr__(&self) -> String {
        let counts = self.job.report().counts();
        let counts: Vec<String> = counts.into_iter().map(|(state, count)| format!("{count} {state}")).collect();
        format!("<Job: {}>", counts.join(", "))
    }

    /// Its journal, and what takes it up again, for pickle and copy.
    #[pyo3(signature = () -> "tuple[Callable[[str, list[str]], Job], tuple[str, list[str]]]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        if self.is_survey {
            return Err(PyTypeError::new_err("a survey keeps no journal, so it is neither pickled nor copied: begin it anew"));
        }
        Ok((py.import("imgferry.drive")?.getattr("woken")?, (self.job.compact(), self.trusted_hosts.clone())))
    }
}

fn hosts(given: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    given.map_or_else(|| Ok(Vec::new()), |hosts| convert::texts(hosts, "trusted_hosts"))
}

/// An id that no request can have becomes one that no request has.
fn request_id(id: Whole) -> u32 {
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
