//! Level 2 with a key that is kept.

use crate::convert::{Record, read, told, wrong};
use crate::kept::{Kept, Key, with_key};
use crate::operation::{at, cloud, request_text};
use crate::sign::parts;
use imgferry::api::Params;
use imgferry::api::json::Value;
use imgferry::{Error, sign, wall_clock};
use wasm_bindgen::prelude::*;

/// Takes an access key, to be kept under a number.
pub(crate) fn keep(input: &mut Record) -> Result<Value, Error> {
    let (cloud, number) = (cloud(input)?, input.whole("number")?);
    let credentials = input.credentials("credentials")?;
    input.end()?;
    let key = Key { cloud, signer: sign::Signer::new(credentials), place: Default::default() };
    crate::kept::keep(number as u64, Kept::Key(Box::new(key)));
    Ok(Value::Null)
}

/// Checks, builds and signs the request of an operation. `input` is its name and the records of its place and its parameters,
/// with NUL between: no text of JSON holds one. Parameters that are texts may be those by turns with their names, each with NUL behind it.
/// What comes back of a signer that is not held is NUL alone.
#[wasm_bindgen]
pub fn request(signer: f64, input: &str, time_ms: f64) -> String {
    with_key(signer as u64, |key| told(request_of(key, input, time_ms))).unwrap_or_else(|| String::from("\0"))
}

fn request_of(key: &mut Key, input: &str, time_ms: f64) -> Result<String, Error> {
    let (operation, rest) = cut(input);
    let (place, params) = cut(rest);
    let operation = key.cloud.operation(operation)?;
    let params = params_of(params)?;
    // Most requests go where the one before went.
    if key.place.0 != place {
        key.place = (place.to_owned(), at(Record::parse(place.to_owned(), "at")?)?);
    }
    let call = imgferry::check_and_build(operation, &params, &key.place.1)?;
    Ok(request_text(&key.signer.sign_call(call, wall_clock("timeMs", time_ms as i64)?)?))
}

/// What stands before and after the first NUL.
fn cut(text: &str) -> (&str, &str) {
    let at = text.bytes().position(|byte| byte == 0).unwrap_or(text.len());
    (&text[..at], text.get(at + 1..).unwrap_or_default())
}

fn params_of(text: &str) -> Result<Params, Error> {
    if text.ends_with("\0") {
        let parts = parts(text.as_bytes(), 0);
        let mut fields = Vec::with_capacity(parts.len() / 2);
        for [name, value] in parts.as_chunks().0 {
            fields.push(((*name).to_owned(), Value::String((*value).to_owned())));
        }
        return Ok(fields.into_iter().collect());
    }
    if let Value::Object(params) = read(text)? { Ok(params) } else { Err(wrong("params", "an object")) }
}
