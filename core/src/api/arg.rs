//! The value of a parameter on its way into a request: as JSON, and as the keys and texts of a query.

use crate::base::json::{texts, to_text};
use crate::base::record::Params;
use crate::base::text::concat;
use crate::base::time::{decimal, push_decimal};
use crate::base::value::Value;
use crate::base::writer::{push_flag, push_list, push_text, push_value};
use std::any::Any;

/// A parameter's value on its way into a request.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// A string.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list of strings.
    Texts(&'a [String]),
    /// Anything that came as JSON.
    Json(&'a Value),
    /// Records of a typed operation, and what makes JSON of them. Nearly no operation has any, and a value that owns nothing
    /// is dropped for nothing.
    Objects(&'a dyn Any, fn(&dyn Any) -> Value),
}

impl Arg<'_> {
    /// The value as JSON.
    pub fn into_json(self) -> Value {
        match self {
            Arg::Text(text) => Value::from(text),
            Arg::Integer(number) => Value::from(number),
            Arg::Boolean(flag) => Value::from(flag),
            Arg::Texts(given) => texts(given),
            Arg::Json(value) => value.clone(),
            Arg::Objects(records, json) => json(records),
        }
    }

    /// Appends the value as compact JSON.
    pub(crate) fn write_json(&self, out: &mut String) {
        match self {
            Arg::Text(text) => push_text(out, text),
            Arg::Integer(number) => push_decimal(out, *number),
            Arg::Boolean(flag) => push_flag(out, *flag),
            Arg::Texts(texts) => push_list(out, texts, |out, text| push_text(out, text)),
            Arg::Json(value) => push_value(out, value),
            Arg::Objects(records, json) => push_value(out, &json(*records)),
        }
    }

    /// Takes the value apart for a query string: calls `each` with a key and a text for every leaf.
    /// List entries are numbered from `first`, records add `.Name`; nulls and empty lists vanish.
    pub(crate) fn flatten(&self, key: &str, first: usize, each: &mut dyn FnMut(&str, &str)) {
        match self {
            Arg::Text(text) => each(key, text),
            Arg::Integer(number) => each(key, &decimal(*number)),
            Arg::Boolean(flag) => each(key, if *flag { "true" } else { "false" }),
            Arg::Texts(texts) => {
                for (index, text) in texts.iter().enumerate() {
                    each(&numbered(key, index + first), text);
                }
            }
            Arg::Json(value) => flatten_json(value, key, first, each),
            Arg::Objects(records, json) => flatten_json(&json(*records), key, first, each),
        }
    }
}

fn numbered(key: &str, index: usize) -> String {
    concat(&[key, ".", &decimal(index as i64)])
}

fn flatten_json(value: &Value, key: &str, first: usize, each: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => each(key, if *flag { "true" } else { "false" }),
        Value::Number(_) => each(key, &to_text(value)),
        Value::String(text) => each(key, text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten_json(item, &numbered(key, index + first), first, each);
            }
        }
        Value::Object(object) => {
            for (name, item) in object {
                flatten_json(item, &concat(&[key, ".", name]), first, each);
            }
        }
    }
}

/// A Rust value that can be a parameter. Implemented for the types that [`operation!`] produces.
pub(crate) trait AsArg {
    /// The value; `None` where it is not set.
    fn arg(&self) -> Option<Arg<'_>>;

    /// Sets the field of that name, if there is a value.
    fn put(self, name: &str, params: &mut Params)
    where
        Self: Sized;
}

fn put(name: &str, value: Value, params: &mut Params) {
    params.insert(name.to_owned(), value);
}

impl AsArg for String {
    fn arg(&self) -> Option<Arg<'_>> {
        Some(Arg::Text(self))
    }

    fn put(self, name: &str, params: &mut Params) {
        put(name, Value::String(self), params);
    }
}

impl AsArg for i64 {
    fn arg(&self) -> Option<Arg<'_>> {
        Some(Arg::Integer(*self))
    }

    fn put(self, name: &str, params: &mut Params) {
        put(name, Value::from(self), params);
    }
}

impl AsArg for bool {
    fn arg(&self) -> Option<Arg<'_>> {
        Some(Arg::Boolean(*self))
    }

    fn put(self, name: &str, params: &mut Params) {
        put(name, Value::Bool(self), params);
    }
}

impl AsArg for Vec<String> {
    fn arg(&self) -> Option<Arg<'_>> {
        Some(Arg::Texts(self))
    }

    fn put(self, name: &str, params: &mut Params) {
        put(name, self.into_iter().map(Value::String).collect(), params);
    }
}

impl<T: AsArg> AsArg for Option<T> {
    fn arg(&self) -> Option<Arg<'_>> {
        self.as_ref().and_then(AsArg::arg)
    }

    fn put(self, name: &str, params: &mut Params) {
        if let Some(value) = self {
            value.put(name, params);
        }
    }
}
