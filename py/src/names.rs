//! Texts that are known beforehand, both ways: clouds, operations and fields, and what headers are made of.
//!
//! Python keeps one text for a name that stands in a program, so the address tells which it is: nothing has to be read,
//! which would make bytes of it first. So does the address of a text of ours tell which of Python's it is.

use imgferry::Cloud;
use imgferry::api::operation::{Field, Shape};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sorted by address. The texts are held, so that no other comes to stand where one stood.
static NAMES: PyOnceLock<Vec<(usize, &'static str, Py<PyString>)>> = PyOnceLock::new();

/// The name that this text is, when it is one, and the program's own text of it.
pub(crate) fn known(text: &Bound<'_, PyString>) -> Option<&'static str> {
    let names = NAMES.get_or_init(text.py(), || all(text.py()));
    let at = names.binary_search_by_key(&(text.as_ptr() as usize), |(address, ..)| *address).ok()?;
    Some(names[at].1)
}

/// Address and length of a text of the program, and Python's own text of it.
type Fixed = (usize, usize, Py<PyString>);

static TEXTS: Mutex<Vec<Fixed>> = Mutex::new(Vec::new());

/// Python's own texts of those of the program, made when each is asked for the first time. Sorted by address.
pub(crate) struct Texts(MutexGuard<'static, Vec<Fixed>>);

impl Texts {
    /// For a few texts: others wait meanwhile.
    pub(crate) fn lock() -> Self {
        Self(TEXTS.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Python's text of this one, which is one of the program where it is `fixed`.
    pub(crate) fn of<'py>(&mut self, py: Python<'py>, text: &str, fixed: Option<&'static str>) -> Bound<'py, PyString> {
        let Some(fixed) = fixed else { return PyString::new(py, text) };
        let address = fixed.as_ptr() as usize;
        match self.0.binary_search_by_key(&address, |(known, ..)| *known) {
            Ok(at) if self.0[at].1 == fixed.len() => self.0[at].2.bind(py).clone(),
            // One text may begin another.
            Ok(_) => PyString::new(py, fixed),
            Err(at) => {
                let made = PyString::intern(py, fixed);
                self.0.insert(at, (address, fixed.len(), made.clone().unbind()));
                made
            }
        }
    }
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
