//! What is asked by name.

use crate::convert::{Record, told, wrong};
use crate::{operation, signer};
use imgferry::Error;
use imgferry::api::json::{Value, list, to_text};
use imgferry::api::region::Region;
use wasm_bindgen::prelude::*;

/// What can be asked by name with a record, and perhaps a body beside it. One function of the border for all: each would bring its
/// own code on both sides.
#[wasm_bindgen]
pub fn ask(name: &str, input: String, body: Option<Vec<u8>>) -> String {
    told(Record::parse(input, "").and_then(|mut input| answered(name, &mut input, body)))
}

fn answered(name: &str, input: &mut Record, body: Option<Vec<u8>>) -> Result<String, Error> {
    let value = match name {
        "request" => return operation::request(input),
        "signer" => signer::keep(input),
        "check" => operation::check(input),
        "build" => operation::build(input),
        "read" => operation::read(input, body),
        "explain" => operation::explain(input),
        "regions" => Ok(list(operation::only_cloud(input)?.regions(), Region::to_value)),
        "operations" => Ok(list(operation::only_cloud(input)?.operations(), |operation| operation.to_value())),
        "parameters" => Ok(operation::operation(input)?.to_value().get_mut("fields").map_or(Value::Null, Value::take)),
        "rules" => operation::rules(input),
        "listing" => operation::listing(input),
        #[cfg(feature = "calls")]
        "readLong" => crate::listing::read_long(input, body),
        #[cfg(feature = "calls")]
        "rows" => crate::listing::rows(input),
        #[cfg(feature = "full")]
        "verify" => crate::verify::verify(input, body),
        #[cfg(feature = "full")]
        "diagnose" => crate::verify::diagnose(input),
        _ => Err(wrong("name", "the name of a question")),
    };
    value.map(|value| to_text(&value))
}
