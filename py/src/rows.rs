//! The rows of a long listing, made when Python asks for them.

use crate::error::OrRaise;
use crate::to_python::to_py;
use imgferry::Listing;
use imgferry::api::facts::Facts;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde::Serialize;
use std::sync::Arc;

/// The reply of a long listing, whose two lists are sequences that read from the body.
pub(crate) fn reply<'py>(listing: Listing, body: Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    let py = body.py();
    let reply = to_py(py, &listing.head)?.cast_into::<PyDict>()?;
    let (list, body, listing) = (listing.list.clone(), body.unbind(), Arc::new(listing));
    for (half, name, of_facts) in [("facts", "items", true), ("data", &*list, false)] {
        let source = Source { listing: listing.clone(), body: body.clone_ref(py), of_facts };
        let rows = py.import("imgferry.rows")?.getattr("Rows")?.call1((Bound::new(py, source)?,))?;
        reply.as_any().get_item(half)?.set_item(name, rows)?;
    }
    Ok(reply.into_any())
}

/// Where the rows of a listing are read from. Private: ``imgferry.rows.Rows`` is what is handed out.
#[pyclass(frozen, module = "imgferry._imgferry")]
struct Source {
    listing: Arc<Listing>,
    body: Py<PyBytes>,
    /// Rows in the vocabulary of imgferry, or as the vendor writes them.
    of_facts: bool,
}

#[pymethods]
impl Source {
    fn __len__(&self) -> usize {
        self.listing.len()
    }

    /// The rows of these places as a list.
    fn read<'py>(&self, py: Python<'py>, start: usize, stop: usize) -> PyResult<Bound<'py, PyAny>> {
        let reply = self.listing.rows(self.body.bind(py).as_bytes(), start..stop).or_raise(py)?;
        if self.of_facts { to_py(py, &Items(&reply.facts)) } else { to_py(py, &reply.data.get(&self.listing.list)) }
    }
}

/// The rows of facts alone.
struct Items<'a>(&'a Facts);

impl Serialize for Items<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Facts::Launched(items) => items.serialize(to),
            Facts::Images(page) => page.items.serialize(to),
            Facts::Tasks(page) => page.items.serialize(to),
            Facts::Projects(page) => page.items.serialize(to),
            Facts::Regions(page) | Facts::Agencies(page) => page.items.serialize(to),
            Facts::Accounts(items) => items.serialize(to),
            // No listing; and what is new in the core stands in the whole reply first.
            _ => to.serialize_none(),
        }
    }
}
