//! The other side of level 1: is this request signed by who it says, and why was one refused?

use crate::convert::Record;
use imgferry::api::json::{Object, Value};
use imgferry::sign::{self, Expect, Received};
use imgferry::{Cloud, Credentials, Error, wall_clock};

/// Why a signature was refused.
pub(crate) fn diagnose(input: &mut Record) -> Result<Value, Error> {
    let (ours, theirs) = (input.text("canonicalRequest")?, input.text("answer")?);
    input.end()?;
    Ok(sign::diagnose(&ours, Some(&theirs)).to_value())
}

/// Verifies a signature with the one key that `key` holds, or with none. A refusal is returned, not thrown: the
/// package looks up the key of the id that it names, and asks again.
pub(crate) fn verify(input: &mut Record, body: Option<Vec<u8>>) -> Result<Value, Error> {
    let key = if input.has("key") { Some(input.credentials("key")?) } else { None };
    let now = wall_clock("nowMs", input.whole("nowMs")?)?;
    let cloud = Cloud::parse(&input.text("cloud")?)?;
    let mut request = input.record("request")?;
    let (method, url, headers) = (request.text("method")?, request.text("url")?, request.headers("headers")?);
    let body = request.body(body)?;
    request.end()?;
    let mut expect = input.record_or_empty("expect")?;
    let (region, service) = (expect.optional_text("region")?, expect.optional_text("service")?);
    let required = expect.optional_texts("requiredHeaders")?.unwrap_or_default();
    expect.end()?;
    input.end()?;
    let required: Vec<&str> = required.iter().map(String::as_str).collect();
    let expect = Expect { region: region.as_deref(), service: service.as_deref(), required_headers: &required };
    let received = Received { method: &method, url: &url, headers: &headers, body: &body };
    let find = |id: &str| key.as_ref().filter(|key: &&Credentials| key.id() == id).cloned();
    Ok(match sign::verify(cloud.scheme(), &received, &find, now, &expect) {
        Ok(verified) => Object::new().set("verified", verified.to_value()).value(),
        Err(refusal) => Object::new().set("refused", refusal.to_value()).value(),
    })
}
