//! Python values to JSON values. Total: whatever cannot be JSON is refused with the path to it.

use crate::error::{self, OrRaise};
use crate::names;
use crate::text::push_text;
use imgferry::api::Params;
use imgferry::{Error, Millis};
use pyo3::prelude::*;
#[cfg(feature = "stubs")]
use pyo3::type_object::PyTypeInfo;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

/// Deepest nesting taken: far beyond any API, far below what a stack bears.
const DEPTH: usize = 64;

/// Most that one value may come to, in bytes, when what it repeats is written out: a plan of a million destinations fits.
const SIZE: usize = 128 * 1024 * 1024;

/// What a value costs beyond its text, in bytes.
const NODE: usize = 32;

/// Bytes that are left for the rest of a value: a few hundred bytes of references to references would fill any memory.
struct Budget(Cell<usize>);

impl Budget {
    fn take(&self, value: &Bound<'_, PyAny>, path: &Path<'_>, size: usize) -> PyResult<()> {
        let left = self.0.get().checked_sub(size);
        let left = left.ok_or_else(|| refused(value, path.root(), "is larger than 128 MB when what it repeats is written out"))?;
        self.0.set(left);
        Ok(())
    }
}

/// Where a value stands; written out only when it is refused.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root(&'a str),
    Name(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn root(&self) -> &str {
        match self {
            Path::Root(name) => name,
            Path::Name(parent, _) | Path::Index(parent, _) => parent.root(),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(name) => f.write_str(name),
            Path::Name(parent, name) => write!(f, "{parent}.{name}"),
            Path::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Parameters of an operation. Their memory serves those of the next call, which are mostly of the same names; none is a
/// secret.
pub(crate) struct Given {
    kept: Kept,
    is_small: bool,
}

/// Parameters, and Python's texts of their names in the same order; none where one of the names is in no table.
#[derive(Default)]
struct Kept {
    names: Vec<&'static Py<PyString>>,
    params: Params,
}

thread_local! {
    static KEPT: Cell<Kept> = Cell::default();
}

/// Most that is kept, in bytes.
const KEPT_SIZE: usize = 4096;

/// A Python mapping as parameters.
pub(crate) fn params(value: &Bound<'_, PyAny>) -> PyResult<Given> {
    const NAME: &str = "params";
    let (mut kept, budget) = (KEPT.take(), Budget(Cell::new(SIZE)));
    match value.cast::<PyDict>() {
        Ok(entries) if overwritten(&mut kept, entries, &Path::Root(NAME), &budget)? => {}
        _ => {
            let params = object(value, NAME)?;
            let names = params.keys().map(|name| names::python(value.py(), name)).collect::<Option<_>>();
            kept = Kept { names: names.unwrap_or_default(), params };
        }
    }
    Ok(Given { kept, is_small: budget.0.get() >= SIZE - KEPT_SIZE })
}

impl Deref for Given {
    type Target = Params;

    fn deref(&self) -> &Params {
        &self.kept.params
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if self.is_small {
            KEPT.set(std::mem::take(&mut self.kept));
        }
    }
}

/// Puts the values of a dict in place of those that are kept, if the names are the same.
fn overwritten(kept: &mut Kept, entries: &Bound<'_, PyDict>, path: &Path<'_>, budget: &Budget) -> PyResult<bool> {
    let Kept { names, params } = kept;
    if entries.len() != params.len() || names.len() != params.len() {
        return Ok(false);
    }
    for (text, (name, slot)) in names.iter().zip(params.iter_mut()) {
        let Ok(Some(value)) = entries.get_item(text.bind(entries.py())) else { return Ok(false) };
        budget.take(&value, path, name.len())?;
        overwrite(slot, &value, &Path::Name(path, name), DEPTH - 1, budget)?;
    }
    Ok(true)
}

fn overwrite(slot: &mut Value, value: &Bound<'_, PyAny>, path: &Path<'_>, depth: usize, budget: &Budget) -> PyResult<()> {
    if let Value::String(kept) = slot
        && let Ok(text) = value.cast::<PyString>()
    {
        kept.clear();
        push_text(kept, text).ok_or_else(|| refused(value, path, LONE_SURROGATE))?;
        return budget.take(value, path, NODE + kept.len());
    }
    if let Value::Array(kept) = slot
        && depth > 0
        && let Ok(items) = value.cast::<PyList>()
    {
        budget.take(value, path, NODE)?;
        kept.truncate(items.len());
        for (index, item) in items.iter().enumerate() {
            match kept.get_mut(index) {
                Some(slot) => overwrite(slot, &item, &Path::Index(path, index), depth - 1, budget)?,
                None => kept.push(from_py(&item, &Path::Index(path, index), depth - 1, budget)?),
            }
        }
        return Ok(());
    }
    *slot = from_py(value, path, depth, budget)?;
    Ok(())
}

/// A Python mapping as a JSON object; `name` is what errors call it.
pub(crate) fn object(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Map<String, Value>> {
    match json(value, name)? {
        Value::Object(object) => Ok(object),
        _ => Err(refused(value, name, "must be a dict")),
    }
}

/// A Python value as JSON; `name` is what errors call it.
pub(crate) fn json(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Value> {
    from_py(value, &Path::Root(name), DEPTH, &Budget(Cell::new(SIZE)))
}

fn from_py(value: &Bound<'_, PyAny>, path: &Path<'_>, depth: usize, budget: &Budget) -> PyResult<Value> {
    budget.take(value, path, NODE)?;
    let Some(depth) = depth.checked_sub(1) else {
        return Err(refused(value, path.root(), "is nested too deeply, or holds itself"));
    };
    if let Ok(text) = value.cast::<PyString>() {
        let text = string(text, path)?;
        budget.take(value, path, text.len())?;
        return Ok(Value::String(text));
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    // A bool is an int in Python: it must be asked first.
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if value.cast::<PyInt>().is_ok() {
        return match (value.extract::<i64>(), value.extract::<u64>()) {
            (Ok(number), _) => Ok(number.into()),
            (_, Ok(number)) => Ok(number.into()),
            _ => Err(refused(value, path, "does not fit into 64 bits")),
        };
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Number::from_f64(number.value()).map(Value::Number).ok_or_else(|| refused(value, path, "is not a finite number"));
    }
    if let Ok(items) = value.cast::<PyList>() {
        return list(items.iter(), path, depth, budget);
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return list(items.iter(), path, depth, budget);
    }
    if let Ok(entries) = value.cast::<PyDict>() {
        return record(entries.iter().map(Ok), path, depth, budget);
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        return record(mapping.items()?.iter().map(|entry| entry.extract()), path, depth, budget);
    }
    Err(refused(value, path, "cannot be JSON; use str, int, float, bool, None, list or dict"))
}

fn list<'py>(items: impl Iterator<Item = Bound<'py, PyAny>>, path: &Path<'_>, depth: usize, budget: &Budget) -> PyResult<Value> {
    items
        .enumerate()
        .map(|(index, item)| from_py(&item, &Path::Index(path, index), depth, budget))
        .collect::<PyResult<_>>()
        .map(Value::Array)
}

type Entry<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

fn record<'py>(entries: impl Iterator<Item = PyResult<Entry<'py>>>, path: &Path<'_>, depth: usize, budget: &Budget) -> PyResult<Value> {
    let mut object = Map::new();
    for entry in entries {
        let (key, value) = entry?;
        let name = key.cast::<PyString>().map_err(|_| refused(&key, path, "has a key that is not a string"))?;
        let name = match names::known(name) {
            Some(name) => name.to_owned(),
            None => string(name, path)?,
        };
        budget.take(&key, path, name.len())?;
        let value = from_py(&value, &Path::Name(path, &name), depth, budget)?;
        object.insert(name, value);
    }
    Ok(Value::Object(object))
}

/// Text that can be UTF-8: a lone surrogate cannot.
fn string(text: &Bound<'_, PyString>, path: &dyn fmt::Display) -> PyResult<String> {
    let mut string = String::new();
    push_text(&mut string, text).ok_or_else(|| refused(text, path, LONE_SURROGATE))?;
    Ok(string)
}

const LONE_SURROGATE: &str = "holds a lone surrogate, which cannot be UTF-8";

/// An argument that is text. A wrong type is Python's own `TypeError`, which names the argument.
pub(crate) struct Text<'a> {
    text: Cow<'a, str>,
    /// Of Python's text, which lives for as long.
    pub(crate) address: usize,
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<'a> FromPyObject<'a, '_> for Text<'a> {
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = <PyString as PyTypeInfo>::TYPE_HINT;

    fn extract(value: Borrowed<'a, '_, PyAny>) -> PyResult<Self> {
        let (text, address) = (value.cast::<PyString>()?, value.as_ptr() as usize);
        if let Some(name) = names::known(&text) {
            return Ok(Text { text: Cow::Borrowed(name), address });
        }
        match text.extract::<Cow<'a, str>>() {
            Ok(text) => Ok(Text { text, address }),
            Err(_) => Err(refused(&text, "argument", LONE_SURROGATE)),
        }
    }
}

/// An argument that is a whole number: an HTTP status, or a time in milliseconds.
pub(crate) struct Whole(pub(crate) i64);

impl<'a> FromPyObject<'a, '_> for Whole {
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = <PyInt as PyTypeInfo>::TYPE_HINT;

    fn extract(value: Borrowed<'a, '_, PyAny>) -> PyResult<Self> {
        let number = value.cast::<PyInt>()?;
        number.extract().map(Whole).map_err(|_| refused(&number, "argument", "does not fit into 64 bits"))
    }
}

impl Whole {
    /// The wall clock's time, by an argument of that name.
    pub(crate) fn clock(&self, py: Python<'_>, argument: &str) -> PyResult<Millis> {
        imgferry::wall_clock(argument, self.0).or_raise(py)
    }
}

/// A list of texts; `name` is what errors call it.
pub(crate) fn texts(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<String>> {
    let wrong = || refused(value, name, "must be a list of strings");
    let Value::Array(items) = json(value, name)? else { return Err(wrong()) };
    let text = |item| if let Value::String(text) = item { Ok(text) } else { Err(wrong()) };
    items.into_iter().map(text).collect()
}

/// Headers as anything with `items()`, as every HTTP client has, or as pairs; their order is kept.
pub(crate) fn headers(value: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let wrong = |_| refused(value, "headers", "must be a dict or pairs of name and value, all of them strings");
    let entries = match value.getattr("items") {
        Ok(items) => items.call0()?,
        Err(_) => value.clone(),
    };
    let mut headers = Vec::new();
    for entry in entries.try_iter().map_err(wrong)? {
        let (name, value): (Bound<'_, PyString>, Bound<'_, PyString>) = entry?.extract().map_err(wrong)?;
        let name = string(&name, &"headers")?;
        let value = string(&value, &Path::Name(&Path::Root("headers"), &name))?;
        headers.push((name, value));
    }
    Ok(headers)
}

/// The headers of a request as a list of pairs. Names, and values that are always the same, are made once.
pub(crate) struct Pairs<'a>(pub(crate) &'a imgferry::Headers);

impl<'py> IntoPyObject<'py> for Pairs<'_> {
    type Target = PyList;
    type Output = Bound<'py, PyList>;
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr = <Vec<(&str, &str)> as IntoPyObject<'py>>::OUTPUT_TYPE;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let mut texts = names::Texts::lock();
        // Collecting results would grow the list step by step.
        let mut pairs = Vec::with_capacity(self.0.len());
        for (header, fixed) in self.0.iter().zip(self.0.fixed()) {
            pairs.push(texts.pair(py, header, fixed)?);
        }
        PyList::new(py, pairs)
    }
}

/// Headers on their way to Python, which makes its own texts of them.
pub(crate) fn pairs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A body given as bytes or as text.
pub(crate) fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    Ok(body(value)?.as_bytes().to_vec())
}

/// The same, not copied where it is Python's bytes already.
pub(crate) fn body<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Ok(PyBytes::new(value.py(), &bytes.to_vec()));
    }
    match value.cast::<PyString>() {
        Ok(text) => text.encode_utf8().map_err(|_| refused(value, "body", LONE_SURROGATE)),
        Err(_) => Err(refused(value, "body", "must be bytes or str")),
    }
}

/// The error of a value that cannot cross. It names where the value stands and its type, never the value
/// itself, which might be a secret.
#[cold]
fn refused(value: &Bound<'_, PyAny>, path: impl fmt::Display, why: &str) -> PyErr {
    let kind = value.get_type().qualname().map_or_else(|_| "value".to_owned(), |name| name.to_string());
    let error = Error::of_input(path.to_string(), format!("{path} {why}; its type is {kind}"));
    error::exception(value.py(), &error)
}
