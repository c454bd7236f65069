//! Levels 1 and 2 with a key that is kept.

use crate::convert::{Record, Thrown, read, throw, wrong};
use crate::operation::{at, cloud, request_text};
use crate::sign::{Told, parts, signed_by};
use imgferry::api::Params;
use imgferry::api::json::Value;
use imgferry::{At, Cloud, Error, sign, wall_clock};
use wasm_bindgen::prelude::*;

/// An access key of a cloud and the keys derived from it, wiped when freed.
#[wasm_bindgen]
pub struct Signer {
    cloud: Cloud,
    signer: sign::Signer,
    /// Where the last request went: as it was told, and as it was read.
    place: (String, At),
}

#[wasm_bindgen]
impl Signer {
    /// Takes an access key.
    #[wasm_bindgen(constructor)]
    pub fn new(input: String) -> Thrown<Signer> {
        let made = || {
            let mut input = Record::parse(input, "")?;
            let cloud = cloud(&mut input)?;
            let signer = sign::Signer::new(input.credentials("credentials")?);
            input.end()?;
            Ok(Signer { cloud, signer, place: Default::default() })
        };
        made().map_err(throw)
    }

    /// Signs any request, told as [`sign`](crate::sign::sign) is told it.
    pub fn sign(&mut self, input: &[u8], body_at: usize, time_ms: f64, ways: u32, expires_s: f64) -> Vec<u8> {
        signed_by(&mut self.signer, self.cloud, &Told::read(input, body_at, time_ms, ways, expires_s))
    }

    /// Checks, builds and signs the request of an operation. `input` is its name and the records of its place and its parameters,
    /// with NUL between: no text of JSON holds one. Parameters that are texts may be those by turns with their names, each with NUL behind it.
    pub fn request(&mut self, input: String, time_ms: f64) -> Thrown<String> {
        let mut signed = || {
            let (operation, rest) = cut(&input);
            let (place, params) = cut(rest);
            let operation = self.cloud.operation(operation)?;
            let params = params_of(params)?;
            // Most requests go where the one before went.
            if self.place.0 != place {
                self.place = (place.to_owned(), at(Record::parse(place.to_owned(), "at")?)?);
            }
            let call = imgferry::check_and_build(operation, &params, &self.place.1)?;
            self.signer.sign_call(call, wall_clock("timeMs", time_ms as i64)?)
        };
        signed().map(|request| request_text(&request)).map_err(throw)
    }
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
