//! Records of the core as Python values, without a tree in between.
//!
//! Names of fields are made once for a conversion. The collector of garbage holds still during a large one: it would
//! look at every new dict again and again, and finds no garbage among them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};
use serde::ser::{self, Impossible, Serialize, Serializer};
use std::cell::RefCell;
use std::fmt::Display;

/// The record as Python's own dicts, lists, texts and numbers.
pub(crate) fn to_py<'py>(py: Python<'py>, record: &(impl Serialize + ?Sized)) -> PyResult<Bound<'py, PyAny>> {
    record.serialize(&ToPython { py, names: RefCell::default() }).map_err(|failure| failure.0)
}

/// The same of a record that may be large: the collector of garbage holds still meanwhile.
pub(crate) fn large_to_py<'py>(py: Python<'py>, record: &(impl Serialize + ?Sized)) -> PyResult<Bound<'py, PyAny>> {
    let collector = py.import("gc")?;
    if !collector.call_method0("isenabled")?.is_truthy()? {
        return to_py(py, record);
    }
    collector.call_method0("disable")?;
    let made = to_py(py, record);
    collector.call_method0("enable")?;
    made
}

struct ToPython<'py> {
    py: Python<'py>,
    /// Names of fields so far. They are the very texts of the program, so their addresses tell them apart.
    names: RefCell<Vec<(&'static str, Bound<'py, PyString>)>>,
}

impl<'py> ToPython<'py> {
    fn name(&self, name: &'static str) -> Bound<'py, PyString> {
        let mut names = self.names.borrow_mut();
        if let Some((_, made)) = names.iter().find(|(known, _)| std::ptr::eq(*known, name)) {
            return made.clone();
        }
        let made = PyString::intern(self.py, name);
        names.push((name, made.clone()));
        made
    }
}

/// An exception of Python on its way through serde.
#[derive(Debug)]
pub(crate) struct Failure(PyErr);

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl ser::Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self(PyValueError::new_err(message.to_string()))
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self(error)
    }
}

type Made<'py> = Result<Bound<'py, PyAny>, Failure>;

impl<'a, 'py> Serializer for &'a ToPython<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Failure;
    type SerializeSeq = Items<'a, 'py>;
    type SerializeTuple = Items<'a, 'py>;
    type SerializeTupleStruct = Impossible<Self::Ok, Failure>;
    type SerializeTupleVariant = Impossible<Self::Ok, Failure>;
    type SerializeMap = Fields<'a, 'py>;
    type SerializeStruct = Fields<'a, 'py>;
    type SerializeStructVariant = Impossible<Self::Ok, Failure>;

    fn serialize_bool(self, flag: bool) -> Made<'py> {
        Ok(PyBool::new(self.py, flag).to_owned().into_any())
    }

    fn serialize_i8(self, number: i8) -> Made<'py> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Made<'py> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Made<'py> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Made<'py> {
        Ok(PyInt::new(self.py, number).into_any())
    }

    fn serialize_u8(self, number: u8) -> Made<'py> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Made<'py> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Made<'py> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Made<'py> {
        Ok(PyInt::new(self.py, number).into_any())
    }

    fn serialize_f32(self, number: f32) -> Made<'py> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Made<'py> {
        Ok(PyFloat::new(self.py, number).into_any())
    }

    fn serialize_char(self, char: char) -> Made<'py> {
        self.serialize_str(char.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Made<'py> {
        Ok(PyString::new(self.py, text).into_any())
    }

    fn serialize_bytes(self, _: &[u8]) -> Made<'py> {
        Err(ser::Error::custom("no record holds bytes"))
    }

    fn serialize_none(self) -> Made<'py> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made<'py> {
        Ok(self.py.None().into_bound(self.py))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made<'py> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made<'py> {
        Ok(self.name(variant).into_any())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items<'a, 'py>, Failure> {
        Ok(Items { to: self, items: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, length: usize) -> Result<Items<'a, 'py>, Failure> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Failure> {
        Err(ser::Error::custom("no record is a tuple"))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeTupleVariant, Failure> {
        Err(ser::Error::custom("no record is a tuple"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields<'a, 'py>, Failure> {
        Ok(Fields { to: self, dict: PyDict::new(self.py), name: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Fields<'a, 'py>, Failure> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeStructVariant, Failure> {
        Err(ser::Error::custom("no variant holds fields of its own"))
    }
}

/// A list that is being made.
pub(crate) struct Items<'a, 'py> {
    to: &'a ToPython<'py>,
    items: Vec<Bound<'py, PyAny>>,
}

impl<'py> ser::SerializeSeq for Items<'_, 'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Failure;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.items.push(value.serialize(self.to)?);
        Ok(())
    }

    fn end(self) -> Made<'py> {
        Ok(PyList::new(self.to.py, self.items)?.into_any())
    }
}

impl<'py> ser::SerializeTuple for Items<'_, 'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Failure;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Made<'py> {
        ser::SerializeSeq::end(self)
    }
}

/// A dict that is being made.
pub(crate) struct Fields<'a, 'py> {
    to: &'a ToPython<'py>,
    dict: Bound<'py, PyDict>,
    name: Option<Bound<'py, PyAny>>,
}

impl<'py> ser::SerializeMap for Fields<'_, 'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        self.name = Some(key.serialize(self.to)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        let value = value.serialize(self.to)?;
        Ok(self.dict.set_item(self.name.take(), value)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.dict.into_any())
    }
}

impl<'py> ser::SerializeStruct for Fields<'_, 'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Failure> {
        Ok(self.dict.set_item(self.to.name(name), value.serialize(self.to)?)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.dict.into_any())
    }
}
