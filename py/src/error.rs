//! Errors cross as the one exception of the Python package, attribute by attribute.

use crate::convert;
use imgferry::Error;
use imgferry::sign::Refusal;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

/// Turns the errors of the core into exceptions.
pub(crate) trait OrRaise<T> {
    /// The value, or `imgferry.Error` with everything that the core says.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}

/// `imgferry.Error` with everything that the core says.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    build(py, "Error", &error.to_value()).unwrap_or_else(|failure| failure)
}

/// `imgferry.Refused` with the reason.
pub(crate) fn refused(py: Python<'_>, refusal: &Refusal) -> PyErr {
    build(py, "Refused", &refusal.to_value()).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, class: &str, attributes: &Value) -> PyResult<PyErr> {
    let class = py.import("imgferry.error")?.getattr(class)?;
    let attributes = convert::to_py(py, attributes)?.cast_into::<PyDict>()?;
    Ok(PyErr::from_value(class.call((), Some(&attributes))?))
}
