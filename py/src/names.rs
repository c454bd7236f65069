//! Names that are known beforehand: clouds, operations and fields.
//!
//! Python keeps one text for a name that stands in a program, so the address tells which it is: nothing has to be read,
//! which would make bytes of it first.

use imgferry::Cloud;
use imgferry::api::operation::{Field, Shape};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

/// Sorted by address. The texts are held, so that no other comes to stand where one stood.
static NAMES: PyOnceLock<Vec<(usize, &'static str, Py<PyString>)>> = PyOnceLock::new();

/// The name that this text is, when it is one, and the program's own text of it.
pub(crate) fn known(text: &Bound<'_, PyString>) -> Option<&'static str> {
    let names = NAMES.get_or_init(text.py(), || all(text.py()));
    let at = names.binary_search_by_key(&(text.as_ptr() as usize), |(address, ..)| *address).ok()?;
    Some(names[at].1)
}

fn all(py: Python<'_>) -> Vec<(usize, &'static str, Py<PyString>)> {
    let mut names = Vec::new();
    for cloud in Cloud::ALL {
        names.push(cloud.as_str());
        for operation in cloud.operations() {
            names.push(operation.name);
            add_fields(operation.fields, &mut names);
        }
    }
    let mut known: Vec<_> = names
        .into_iter()
        .map(|name| {
            let text = PyString::intern(py, name);
            (text.as_ptr() as usize, name, text.unbind())
        })
        .collect();
    known.sort_unstable_by_key(|(address, ..)| *address);
    known.dedup_by_key(|(address, ..)| *address);
    known
}

fn add_fields(fields: &'static [Field], names: &mut Vec<&'static str>) {
    for field in fields {
        names.push(field.name);
        if let Shape::Objects(_, fields) = field.shape {
            add_fields(fields, names);
        }
    }
}
