//! Texts that are known beforehand, both ways: clouds, operations and fields, and what headers are made of.
//!
//! Python keeps one text for a name that stands in a program, so the address tells which it is: nothing has to be read,
//! which would make bytes of it first. So does the address of a text of ours tell which of Python's it is.

use imgferry::Cloud;
use imgferry::api::operation::{Field, Operation, Shape};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

static NAMES: PyOnceLock<Names> = PyOnceLock::new();

/// The name that this text is, when it is one, and the program's own text of it.
pub(crate) fn known(text: &Bound<'_, PyString>) -> Option<&'static str> {
    Names::get(text.py()).by_address.get(&(text.as_ptr() as usize)).copied()
}

/// The operation that these two texts name, by their addresses alone.
pub(crate) fn operation(py: Python<'_>, cloud: usize, operation: usize) -> Option<&'static Operation> {
    Names::get(py).operations.get(&(cloud, operation)).copied()
}

/// Python's text of a name.
pub(crate) fn python(py: Python<'_>, name: &str) -> Option<&'static Py<PyString>> {
    let names = Names::get(py);
    let at = names.texts.binary_search_by_key(&name, |(known, _)| known).ok()?;
    names.texts.get(at).map(|(_, text)| text)
}

struct Names {
    /// By the addresses of Python's texts of them.
    by_address: ByAddress<usize, &'static str>,
    /// By those of the texts of their clouds and names.
    operations: ByAddress<(usize, usize), &'static Operation>,
    /// Sorted, with Python's text of each: held, so that no other comes to stand where one stood.
    texts: Vec<(&'static str, Py<PyString>)>,
}

impl Names {
    fn get(py: Python<'_>) -> &'static Self {
        NAMES.get_or_init(py, || {
            let texts: Vec<_> = all().into_iter().map(|name| (name, PyString::intern(py, name).unbind())).collect();
            let address = |name: &str| PyString::intern(py, name).as_ptr() as usize;
            let of_cloud = |cloud: Cloud| cloud.operations().iter().map(move |operation| (cloud, *operation));
            let operations = Cloud::ALL.into_iter().flat_map(of_cloud);
            Self {
                by_address: texts.iter().map(|(name, text)| (text.as_ptr() as usize, *name)).collect(),
                operations: operations.map(|(cloud, it)| ((address(cloud.as_str()), address(it.name)), it)).collect(),
                texts,
            }
        })
    }
}

type ByAddress<K, V> = HashMap<K, V, BuildHasherDefault<Addresses>>;

/// Hashes addresses: nobody chooses them to be slow for us, so that a multiplication is enough.
#[derive(Default)]
struct Addresses(u64);

impl Hasher for Addresses {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0.rotate_left(5) ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    /// A table takes its place from the lowest bits, which are those that a multiplication leaves as they were.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

/// Where a text of the program stands, and its length: one may begin another.
type Address = (usize, usize);

fn address(text: &'static str) -> Address {
    (text.as_ptr() as usize, text.len())
}

/// Python's own texts, and pairs of them, of those of the program: made when each is asked for the first time.
pub(crate) struct Texts {
    texts: ByAddress<Address, Py<PyString>>,
    pairs: ByAddress<(Address, Address), Py<PyTuple>>,
}

static TEXTS: Mutex<Texts> =
    Mutex::new(Texts { texts: HashMap::with_hasher(BuildHasherDefault::new()), pairs: HashMap::with_hasher(BuildHasherDefault::new()) });

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
            [Some(name), Some(value)] => self.fixed_pair(py, name, value),
            [Some(name), None] => PyTuple::new(py, [self.fixed(py, name), PyString::new(py, texts.1)]),
            [None, _] => PyTuple::new(py, [texts.0, texts.1]),
        }
    }

    fn fixed<'py>(&mut self, py: Python<'py>, text: &'static str) -> Bound<'py, PyString> {
        self.texts.entry(address(text)).or_insert_with(|| PyString::intern(py, text).unbind()).bind(py).clone()
    }

    fn fixed_pair<'py>(&mut self, py: Python<'py>, name: &'static str, value: &'static str) -> PyResult<Bound<'py, PyTuple>> {
        let key = (address(name), address(value));
        if let Some(pair) = self.pairs.get(&key) {
            return Ok(pair.bind(py).clone());
        }
        let pair = PyTuple::new(py, [self.fixed(py, name), self.fixed(py, value)])?;
        self.pairs.insert(key, pair.clone().unbind());
        Ok(pair)
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
        if let Shape::Objects((_, fields)) = field.shape {
            add_fields(fields, names);
        }
    }
}
