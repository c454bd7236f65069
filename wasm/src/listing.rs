//! Long listings, whose rows are made when JavaScript asks for them.

use crate::convert::{Record, Thrown, throw, wrong};
use crate::operation::{answer, named};
use imgferry::Reading;
use imgferry::api::Params;
use imgferry::api::json::{Value, to_text};
use wasm_bindgen::prelude::*;

/// An answer, read: all of it, or all but the rows of its list.
#[wasm_bindgen]
pub struct Listing {
    reply: String,
    /// The listing, and the body that its rows stand in.
    long: Option<(imgferry::Listing, Vec<u8>)>,
}

/// Reads an answer, but leaves the rows of a long listing for later.
#[wasm_bindgen(js_name = readLong)]
pub fn read_long(input: String, body: Vec<u8>) -> Thrown<Listing> {
    let listing = || {
        let mut input = Record::parse(input, "")?;
        let operation = named(&mut input)?;
        let params = match input.any("params") {
            None => Params::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(wrong("params", "an object")),
        };
        let envelope = answer(input.record("answer")?, None)?;
        input.end()?;
        Ok(match imgferry::read_long(operation, envelope, &body)? {
            Reading::Whole(reply) => Listing { reply: to_text(&reply.without_sent(&params).to_value()), long: None },
            Reading::Long(listing) => Listing { reply: to_text(&listing.head.to_value()), long: Some((listing, body)) },
        })
    };
    listing().map_err(throw)
}

#[wasm_bindgen]
impl Listing {
    /// The reply; without rows where they come later.
    pub fn reply(&self) -> String {
        self.reply.clone()
    }

    /// What the list is called that lacks its rows in the reply.
    pub fn list(&self) -> Option<String> {
        self.long.as_ref().map(|(listing, _)| listing.list.clone())
    }

    /// Number of rows that come later.
    pub fn count(&self) -> usize {
        self.long.as_ref().map_or(0, |(listing, _)| listing.len())
    }

    /// The rows of these places as a JSON array: those of the facts, or as the vendor writes them.
    pub fn rows(&self, start: usize, stop: usize, of_facts: bool) -> Thrown<String> {
        let Some((listing, body)) = &self.long else { return Ok("[]".to_owned()) };
        let mut reply = listing.rows(body, start..stop).map_err(throw)?.to_value();
        let (half, name) = if of_facts { ("facts", "items") } else { ("data", &*listing.list) };
        Ok(to_text(&reply.get_mut(half).and_then(|half| half.get_mut(name)).map_or(Value::Null, Value::take)))
    }
}
