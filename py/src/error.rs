//! Errors cross as the one exception of the Python package, attribute by attribute.

use crate::to_python::to_py;
use imgferry::Error;
use imgferry::sign::Refusal;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;

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
    build(py, "Error", error).unwrap_or_else(|failure| failure)
}

/// `imgferry.Refused` with the reason.
pub(crate) fn refused(py: Python<'_>, refusal: &Refusal) -> PyErr {
    build(py, "Refused", refusal).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, class: &str, attributes: &impl Serialize) -> PyResult<PyErr> {
    let class = py.import("imgferry.error")?.getattr(class)?;
    let attributes = to_py(py, attributes)?.cast_into::<PyDict>()?;
    Ok(PyErr::from_value(class.call((), Some(&attributes))?))
}
