//! Texts that are known beforehand, both ways: clouds, operations and fields, and what headers are made of.
//!
//! Python keeps one text for a name that stands in a program, so the address tells which it is: nothing has to be read,
//! which would make bytes of it first. So does the address of a text of ours tell which of Python's it is.

use imgferry::Cloud;
use imgferry::api::operation::{Field, Shape};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use std::sync::{Mutex, MutexGuard, PoisonError};

static NAMES: PyOnceLock<Names> = PyOnceLock::new();

/// The name that this text is, when it is one, and the program's own text of it.
pub(crate) fn known(text: &Bound<'_, PyString>) -> Option<&'static str> {
    NAMES.get_or_init(text.py(), || Names::new(text.py())).get(text.as_ptr() as usize)
}

/// Names by the addresses of Python's texts of them. A name stands at the place of its address, or at the next that was free:
/// three of four are.
struct Names {
    /// As many as a power of two.
    places: Vec<Option<(usize, &'static str)>>,
    /// Held, so that no other text comes to stand where one stood.
    _texts: Vec<Py<PyString>>,
}

impl Names {
    fn new(py: Python<'_>) -> Self {
        let names = all();
        let texts: Vec<_> = names.iter().map(|name| PyString::intern(py, name).unbind()).collect();
        let mut places = vec![None; names.len().next_power_of_two() * 4];
        for (name, text) in names.iter().zip(&texts) {
            let address = text.as_ptr() as usize;
            let at = Self::place(&places, address);
            places[at] = Some((address, *name));
        }
        Self { places, _texts: texts }
    }

    fn get(&self, address: usize) -> Option<&'static str> {
        self.places[Self::place(&self.places, address)].map(|(_, name)| name)
    }

    /// Where an address stands, or would.
    fn place(places: &[Option<(usize, &'static str)>], address: usize) -> usize {
        // Python's objects begin at multiples of 16.
        let mut at = (address >> 4) % places.len();
        while places[at].is_some_and(|(other, _)| other != address) {
            at = (at + 1) % places.len();
        }
        at
    }
}

/// Where a text of the program stands. One may begin another.
type Address = (usize, usize);

fn address(text: &'static str) -> Address {
    (text.as_ptr() as usize, text.len())
}

/// Python's own texts, and pairs of them, of those of the program: made when each is asked for the first time.
pub(crate) struct Texts {
    texts: Vec<(Address, Py<PyString>)>,
    pairs: Vec<([Address; 2], Py<PyTuple>)>,
}

static TEXTS: Mutex<Texts> = Mutex::new(Texts { texts: Vec::new(), pairs: Vec::new() });

impl Texts {
    /// For a few texts: others wait meanwhile.
    pub(crate) fn lock() -> MutexGuard<'static, Self> {
        TEXTS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Name and value of a header, each of them one of the program where it is `fixed`.
    pub(crate) fn pair<'py>(
        &mut self,
        py: Python<'py>,
        texts: (&str, &str),
        fixed: [Option<&'static str>; 2],
    ) -> PyResult<Bound<'py, PyTuple>> {
        match fixed {
            [Some(name), Some(value)] => self.fixed_pair(py, [name, value]),
            [Some(name), None] => PyTuple::new(py, [self.fixed(py, name), PyString::new(py, texts.1)]),
            [None, _] => PyTuple::new(py, [texts.0, texts.1]),
        }
    }

    fn fixed<'py>(&mut self, py: Python<'py>, text: &'static str) -> Bound<'py, PyString> {
        match self.texts.binary_search_by_key(&address(text), |(known, _)| *known) {
            Ok(at) => self.texts[at].1.bind(py).clone(),
            Err(at) => {
                let made = PyString::intern(py, text);
                self.texts.insert(at, (address(text), made.clone().unbind()));
                made
            }
        }
    }

    fn fixed_pair<'py>(&mut self, py: Python<'py>, texts: [&'static str; 2]) -> PyResult<Bound<'py, PyTuple>> {
        let key = texts.map(address);
        match self.pairs.binary_search_by_key(&key, |(known, _)| *known) {
            Ok(at) => Ok(self.pairs[at].1.bind(py).clone()),
            Err(at) => {
                let made = PyTuple::new(py, texts.map(|text| self.fixed(py, text)))?;
                self.pairs.insert(at, (key, made.clone().unbind()));
                Ok(made)
            }
        }
    }
}

fn all() -> Vec<&'static str> {
    let mut names = Vec::new();
    for cloud in Cloud::ALL {
        names.push(cloud.as_str());
        for operation in cloud.operations() {
            names.push(operation.name);
            add_fields(operation.fields, &mut names);
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn add_fields(fields: &'static [Field], names: &mut Vec<&'static str>) {
    for field in fields {
        names.push(field.name);
        if let Shape::Objects(_, fields) = field.shape {
            add_fields(fields, names);
        }
    }
}
