//! The simulator: the host moves the bytes and tells the time, the core does the rest.

use crate::convert::{self, Text, Whole};
use crate::error::OrRaise;
use crate::to_python::to_py;
use imgferry::{Answer, Millis};
use imgferry_sim::{self as sim, Arrived, Config, Delivery};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The three clouds in a box, strict and seeded: takes requests, gives answers, keeps the truth.
///
/// ``scenario`` says what they hold, how fast they are, what they allow and what goes wrong; without it, a friendly world.
#[pyclass(frozen, module = "imgferry.sim")]
pub(crate) struct World(Mutex<sim::World>);

type Sent<'py> = (u16, Vec<(String, String)>, Bound<'py, PyBytes>, i64);

#[pymethods]
impl World {
    #[new]
    #[pyo3(signature = (scenario: "Mapping[str, Any] | None" = None, *, now_ms, speed=1.0))]
    fn new(py: Python<'_>, scenario: Option<&Bound<'_, PyAny>>, now_ms: Whole, speed: f64) -> PyResult<Self> {
        let scenario = scenario.map(|scenario| convert::json(scenario, "scenario")).transpose()?;
        let mut config = scenario.as_ref().map(Config::from_json).transpose().or_raise(py)?.unwrap_or_default();
        config.copying.speed_up(speed).or_raise(py)?;
        sim::World::new(&config, Millis(now_ms.0)).map(|world| Self(Mutex::new(world))).or_raise(py)
    }

    /// What becomes of a request: status, headers, body and delay in milliseconds of the answer, or ``None`` when the
    /// connection breaks without one. ``target`` is path and query as on the request line.
    #[pyo3(signature = (method, target, headers: "Headers", body: "bytes | str", *, now_ms))]
    fn handle<'py>(
        &self,
        py: Python<'py>,
        method: Text<'_>,
        target: Text<'_>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
        now_ms: Whole,
    ) -> PyResult<Option<Sent<'py>>> {
        let (headers, body) = (convert::headers(headers)?, convert::bytes(body)?);
        let arrived = Arrived { method: &method, target: &target, headers: &headers, body: &body };
        let sent = |Answer { status, headers, body }: Answer, after_ms| (status, headers, PyBytes::new(py, &body), after_ms);
        Ok(match self.world().handle(Millis(now_ms.0), &arrived) {
            Delivery::Answer(answer) => Some(sent(answer, 0)),
            Delivery::Late { answer, after_ms } => Some(sent(answer, after_ms)),
            Delivery::Lost(_) => None,
        })
    }

    /// Everything that happened: calls, totals, images per lane, load per limit, and what a careful client never does.
    #[pyo3(signature = () -> "dict[str, Any]")]
    fn ledger<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let ledger = self.world().ledger().to_json();
        to_py(py, &ledger)
    }
}

impl World {
    /// Nothing outside sees a world in the middle of a request, so a poisoned lock has nothing to hide.
    fn world(&self) -> MutexGuard<'_, sim::World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of the default world: cloud, id and secret. None of them is real.
#[pyfunction]
pub(crate) fn example_keys() -> Vec<(&'static str, &'static str, &'static str)> {
    let keys = Config::KEY_IDS.iter().zip(Config::KEY_SECRETS);
    keys.map(|((cloud, id), (_, secret))| (cloud.as_str(), *id, secret)).collect()
}
