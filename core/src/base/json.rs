//! JSON values made and written. Each record has a `to_value` beside its type, the one shape for Python, JavaScript and
//! the command line; it takes the record apart without `..`, so that a new field cannot be forgotten.

use super::value::Map;
pub use super::value::Value;
#[cfg(feature = "compact")]
use crate::base::reader;
use crate::base::text::concat;
use crate::base::time::decimal;
use crate::base::writer;

/// A JSON object, filled field by field. One function for each type of value, not a macro: what it says is code once.
#[derive(Debug, Default)]
pub struct Object(Map);

impl Object {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field; `None` is null.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) -> &mut Self {
        self.insert(name, value.into());
        self
    }

    /// Sets a field, which is left out where there is no value.
    pub fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) -> &mut Self {
        if let Some(value) = value {
            self.insert(name, value.into());
        }
        self
    }

    /// Sets all these fields.
    pub fn extend(&mut self, fields: &Map) -> &mut Self {
        for (name, value) in fields {
            self.insert(name, value.clone());
        }
        self
    }

    fn insert(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The fields so far, taken out.
    pub fn take(&mut self) -> Map {
        std::mem::take(&mut self.0)
    }

    /// The same as a value.
    pub fn value(&mut self) -> Value {
        Value::Object(self.take())
    }
}

/// A list of what `each` makes of every item.
pub fn list<T>(items: &[T], each: fn(&T) -> Value) -> Value {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(each(item));
    }
    Value::Array(values)
}

/// A list of texts.
pub(crate) fn texts<T: AsRef<str>>(items: &[T]) -> Value {
    list(items, |text| text.as_ref().into())
}

/// Names and values as an object.
pub(crate) fn pairs(pairs: &[(String, String)]) -> Value {
    let mut object = Object::new();
    for (name, value) in pairs {
        object.set(name, value.as_str());
    }
    object.value()
}

/// Names and values as a list of pairs, which keeps their order.
pub(crate) fn ordered(pairs: &[(String, String)]) -> Value {
    list(pairs, |(name, value)| texts(&[name, value]))
}

/// A value as compact JSON.
pub fn to_text(value: &Value) -> String {
    let mut text = String::new();
    writer::push_value(&mut text, value);
    text
}

/// The value that a text is.
///
/// # Errors
/// Where it stops being one, and whether it only ends too early.
pub fn from_text(text: &[u8]) -> Result<Value, String> {
    let whole = std::str::from_utf8(text).map_err(|wrong| unexpected(text, wrong.valid_up_to()))?;
    #[cfg(feature = "compact")]
    let read = reader::read(whole).map_err(|at| unexpected(text, at));
    #[cfg(not(feature = "compact"))]
    let read = serde_json::from_str(whole).map_err(|wrong| unexpected_in(wrong.line(), wrong.column(), wrong.is_eof()));
    read
}

/// What is wrong with a text that was read up to the byte at that place, or to its end.
pub(super) fn unexpected(text: &[u8], at: usize) -> String {
    let (before, is_end) = (&text[..at], at == text.len());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + usize::from(!is_end);
    unexpected_in(line, column, is_end)
}

pub(super) fn unexpected_in(line: usize, column: usize, is_end: bool) -> String {
    let what = if is_end { "unexpected end in line " } else { "unexpected text in line " };
    concat(&[what, &decimal(line as i64), ", column ", &decimal(column as i64)])
}

/// The value that a text begins with, and what stands behind it; `None` where it begins with none.
#[cfg(not(feature = "compact"))]
pub(crate) fn first(text: &str) -> Option<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let value = values.next()?.ok()?;
    Some((value, text.get(values.byte_offset()..)?))
}

#[cfg(feature = "compact")]
pub(crate) use reader::first;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_with_its_place() {
        for (text, told) in [
            (&b"{\n \"a\" 1}"[..], "unexpected text in line 2, column 6"),
            (b"<html>", "unexpected text in line 1, column 1"),
            (b"{}\n\n,", "unexpected text in line 3, column 1"),
            (b"\n[\"\xff\"]", "unexpected text in line 2, column 3"),
            (b"\n[\"\xe9", "unexpected text in line 2, column 3"),
            (b"", "unexpected end in line 1, column 0"),
            (b"[1,\n2", "unexpected end in line 2, column 1"),
        ] {
            assert_eq!(from_text(text), Err(told.to_owned()), "{}", String::from_utf8_lossy(text));
        }
    }
}
