//! JSON values made and written. Each record has a `to_value` beside its type, the one shape for Python, JavaScript and
//! the command line; it takes the record apart without `..`, so that a new field cannot be forgotten.

use super::text::all;
use serde_json::{Map, Value};

/// A JSON object, filled field by field. One function for each type of value, not a macro: what it says is code once.
#[derive(Debug, Default)]
pub struct Object(Map<String, Value>);

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
    pub fn extend(&mut self, fields: &Map<String, Value>) -> &mut Self {
        for (name, value) in fields {
            self.insert(name, value.clone());
        }
        self
    }

    fn insert(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The fields so far, taken out.
    pub fn take(&mut self) -> Map<String, Value> {
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
pub fn texts<T: AsRef<str>>(items: &[T]) -> Value {
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

/// A value as compact JSON, byte for byte as `serde_json` writes it, whose own writer adds two kilobytes of gzip to the
/// WebAssembly module.
pub fn to_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// Appends a value as compact JSON.
pub(crate) fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            let mut mark = '[';
            for item in items {
                out.push(std::mem::replace(&mut mark, ','));
                write(item, out);
            }
            out.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(fields) => write_object(fields, out),
    }
}

/// Appends an object as compact JSON.
pub(crate) fn write_object(fields: &Map<String, Value>, out: &mut String) {
    let mut mark = '{';
    for (name, value) in fields {
        out.push(std::mem::replace(&mut mark, ','));
        write_text(name, out);
        out.push(':');
        write(value, out);
    }
    out.push_str(if fields.is_empty() { "{}" } else { "}" });
}

/// Appends a JSON string. Most need no escape and are copied whole.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    if all(text, |b| (b >= 0x20) & (b != b'"') & (b != b'\\')) {
        out.push_str(text);
    } else {
        for char in text.chars() {
            match char {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\u{8}' => out.push_str("\\b"),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\u{C}' => out.push_str("\\f"),
                '\r' => out.push_str("\\r"),
                '\0'..'\u{20}' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
                _ => out.push(char),
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_what_serde_json_writes() {
        let every: String = (0..0x100).filter_map(char::from_u32).chain(['\u{2028}', '中', '\u{1F600}']).collect();
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([[], {}, [1, -1, u64::MAX, 1.5, 1e300, true, false, null]]),
            json!({ "a": { "b": ["c"] }, "": "", "d\"": every }),
        ] {
            assert_eq!(to_text(&value), value.to_string());
        }
    }
}
