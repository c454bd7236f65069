//! What people have in hand when something was refused, explained.

use crate::convert::{Record, Thrown, throw};
use imgferry::api::json::{Value, to_text};
use imgferry::sign::Diagnosis;
use imgferry::{Error, wall_clock};
use wasm_bindgen::prelude::*;

/// What a text tells of a refusal.
#[wasm_bindgen]
pub fn investigate(input: String) -> Thrown<String> {
    explained(input).map(|told| to_text(&told)).map_err(throw)
}

fn explained(input: String) -> Result<Value, Error> {
    let mut input = Record::parse(input, "")?;
    let (text, answer) = (input.text("text")?, input.optional_text("answer")?);
    let key = if input.has("credentials") { Some(input.credentials("credentials")?) } else { None };
    let now = input.optional_whole::<i64>("nowMs")?.map(|now| wall_clock("nowMs", now)).transpose()?;
    input.end()?;
    Ok(Diagnosis::in_text(&text, answer.as_deref().unwrap_or_default(), key.as_ref(), now))
}
