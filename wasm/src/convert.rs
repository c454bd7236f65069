//! JSON records to the core's types. Total: whatever does not fit is refused with the path to it.

use imgferry::api::Params;
use imgferry::api::json::{Value, from_text, to_text};
use imgferry::{Credentials, Error};
#[cfg(any(feature = "sim", feature = "evidence"))]
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

/// What a function of the border gives: text, or an error as JSON text, thrown.
#[cfg(any(feature = "sim", feature = "evidence"))]
pub(crate) type Thrown<T> = Result<T, JsValue>;

/// The error as it is thrown.
#[cfg(any(feature = "sim", feature = "evidence"))]
pub(crate) fn throw(error: Error) -> JsValue {
    JsValue::from_str(&to_text(&error.to_value()))
}

/// What a question gives: text, or NUL, which begins no other, and an error as JSON text. A function that throws needs references,
/// and a table of them on both sides of the border.
#[cfg(feature = "operations")]
pub(crate) fn told(answer: Result<String, Error>) -> String {
    answer.unwrap_or_else(|error| String::from("\0") + &to_text(&error.to_value()))
}

/// The value of that text, wiped afterwards: it may hold a secret.
pub(crate) fn parse(text: String) -> Result<Value, Error> {
    read(&Zeroizing::new(text))
}

/// The value of a text that holds no secret.
pub(crate) fn read(text: &str) -> Result<Value, Error> {
    from_text(text.as_bytes()).map_err(|error| Error::of_input("input", String::from("the input cannot cross: ") + &error))
}

/// A record, taken field by field; what is left at the end is refused.
pub(crate) struct Record {
    path: String,
    fields: Vec<(String, Value)>,
}

#[cfg_attr(not(feature = "full"), allow(dead_code, reason = "the simulator's module takes few of them"))]
impl Record {
    /// The record in that text.
    pub(crate) fn parse(text: String, path: &str) -> Result<Record, Error> {
        Record::of(parse(text)?, path)
    }

    fn of(value: Value, path: &str) -> Result<Record, Error> {
        match value {
            Value::Object(fields) => Ok(Record { path: path.to_owned(), fields: fields.into_iter().collect() }),
            _ => Err(wrong(path, "an object")),
        }
    }

    /// Whether a field is there; null counts as absent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, value)| field == name && !value.is_null())
    }

    /// A field of any shape; null counts as absent.
    pub(crate) fn any(&mut self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(field, _)| field == name)?;
        Some(self.fields.remove(at).1).filter(|value| !value.is_null())
    }

    /// A record inside this one.
    pub(crate) fn record(&mut self, name: &str) -> Result<Record, Error> {
        let path = self.path_of(name);
        self.any(name).map_or_else(|| Err(wrong(&path, "an object")), |value| Record::of(value, &path))
    }

    /// A record inside this one; empty when it is absent.
    pub(crate) fn record_or_empty(&mut self, name: &str) -> Result<Record, Error> {
        let path = self.path_of(name);
        Record::of(self.any(name).unwrap_or_else(|| Value::Object(Params::new())), &path)
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, Error> {
        self.optional_text(name)?.ok_or_else(|| wrong(&self.path_of(name), "a string"))
    }

    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(&self.path_of(name), "a string")),
        }
    }

    /// A whole number that must be there.
    pub(crate) fn whole(&mut self, name: &str) -> Result<i64, Error> {
        let number = self.any(name).and_then(|value| whole(&value));
        number.ok_or_else(|| wrong(&self.path_of(name), "a whole number"))
    }

    /// A whole number of a smaller range.
    pub(crate) fn optional_whole<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Option<T>, Error> {
        let Some(value) = self.any(name) else { return Ok(None) };
        let number = whole(&value).and_then(|number| T::try_from(number).ok());
        number.map(Some).ok_or_else(|| wrong(&self.path_of(name), "a whole number in its range"))
    }

    pub(crate) fn optional_texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Error> {
        let Some(value) = self.any(name) else { return Ok(None) };
        let texts = match value {
            Value::Array(items) => items.into_iter().map(text).collect(),
            _ => None,
        };
        texts.map(Some).ok_or_else(|| wrong(&self.path_of(name), "an array of strings"))
    }

    /// Headers as pairs: the package makes them of whatever was given.
    pub(crate) fn headers(&mut self, name: &str) -> Result<Vec<(String, String)>, Error> {
        let (pairs, is_list) = match self.any(name) {
            None => (Vec::new(), true),
            Some(Value::Array(pairs)) => (pairs, true),
            Some(_) => (Vec::new(), false),
        };
        let (count, mut headers) = (pairs.len(), Vec::with_capacity(pairs.len()));
        for value in pairs {
            if let Some(header) = pair(value) {
                headers.push(header);
            }
        }
        if is_list && headers.len() == count {
            return Ok(headers);
        }
        Err(wrong(&self.path_of(name), "an object or pairs of name and value, all of them strings"))
    }

    /// The bytes of a body: those that came beside the record, or its text.
    pub(crate) fn body(&mut self, bytes: Option<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let text = self.optional_text("body")?;
        Ok(bytes.or(text.map(String::into_bytes)).unwrap_or_default())
    }

    /// An access key; its parts are wiped here.
    pub(crate) fn credentials(&mut self, name: &str) -> Result<Credentials, Error> {
        let mut record = self.record(name)?;
        let id = record.text("id")?;
        let secret = Zeroizing::new(record.text("secret")?);
        let token = record.optional_text("token")?.map(Zeroizing::new);
        record.end()?;
        Credentials::new(&id, &secret, token.as_ref().map(|token| token.as_str()))
    }

    /// Refuses what was not asked for: a name misspelt must not go unnoticed.
    pub(crate) fn end(&self) -> Result<(), Error> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => {
                let path = self.path_of(name);
                Err(Error::of_input(path.clone(), String::from("there is no field ") + &path + ": remove it, or correct its name"))
            }
        }
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { self.path.clone() + "." + name }
    }
}

/// The error of a value of the wrong shape. It never shows the value, which might be a secret.
pub(crate) fn wrong(path: &str, shape: &str) -> Error {
    Error::of_input(path, path.to_owned() + " must be " + shape)
}

/// A whole number, also when it is written as `1e3`.
#[cfg_attr(not(feature = "full"), allow(dead_code, reason = "as above"))]
fn whole(value: &Value) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let exact = |number: f64| (number.fract() == 0.0 && number.abs() <= LARGEST).then_some(number as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(exact))
}

fn text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

fn pair(value: Value) -> Option<(String, String)> {
    let Value::Array(parts) = value else { return None };
    let [name, value] = <[Value; 2]>::try_from(parts).ok()?;
    Some((text(name)?, text(value)?))
}
