//! Level 1: sign or verify any request.

use crate::convert::{Record, Thrown, throw};
use imgferry::sign::{self, Expect, Identity, Options, Prepared, Received, Signed, ToSign};
use imgferry::{Cloud, Credentials, Error, Millis};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// Signs a request.
#[wasm_bindgen]
pub fn sign(input: String, body: Option<Vec<u8>>) -> Thrown<String> {
    signed(input, body).map(|signed| signed_value(&signed).to_string()).map_err(throw)
}

fn signed(input: String, body: Option<Vec<u8>>) -> Result<Signed, Error> {
    let mut input = Record::parse(input, "")?;
    let credentials = input.credentials("credentials")?;
    let draft = Draft::read(&mut input, body)?;
    input.end()?;
    sign::sign(draft.cloud.recipe(), &draft.to_sign(), &credentials, &draft.options)
}

/// Everything of a signature that needs no secret.
#[wasm_bindgen]
pub fn prepare(input: String, body: Option<Vec<u8>>) -> Thrown<String> {
    prepared(input, body).map(|prepared| prepared_value(&prepared).to_string()).map_err(throw)
}

fn prepared(input: String, body: Option<Vec<u8>>) -> Result<Prepared, Error> {
    let mut input = Record::parse(input, "")?;
    let mut identity = input.record("identity")?;
    let (id, token) = (identity.text("id")?, identity.optional_text("token")?);
    identity.end()?;
    let draft = Draft::read(&mut input, body)?;
    input.end()?;
    sign::prepare(draft.cloud.recipe(), &draft.to_sign(), Identity { id: &id, token: token.as_deref() }, &draft.options)
}

/// Adds the secret's part to what [`prepare`] made of the same input, possibly elsewhere.
#[wasm_bindgen]
pub fn finish(input: String, body: Option<Vec<u8>>, credentials: String) -> Thrown<String> {
    let finished = || {
        let mut record = Record::parse(credentials, "")?;
        let credentials = record.credentials("credentials")?;
        record.end()?;
        sign::finish(&prepared(input, body)?, &credentials)
    };
    finished().map(|signed| signed_value(&signed).to_string()).map_err(throw)
}

/// Verifies a signature with the one key that `key` holds, or with none. A refusal is returned, not thrown: the
/// package looks up the key of the id that it names, and asks again.
#[wasm_bindgen]
pub fn verify(input: String, body: Option<Vec<u8>>) -> Thrown<String> {
    let verified = || {
        let mut input = Record::parse(input, "")?;
        let key = if input.has("key") { Some(input.credentials("key")?) } else { None };
        let now = Millis(input.whole("nowMs")?);
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
        Ok(match sign::verify(cloud.recipe(), &received, &find, now, &expect) {
            Ok(verified) => json!({ "verified": verified.to_value() }),
            Err(refusal) => json!({ "refused": refusal.to_value() }),
        })
    };
    verified().map(|value| value.to_string()).map_err(throw)
}

/// A request that wants a signature, owned.
struct Draft {
    cloud: Cloud,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    time: Millis,
    region: String,
    service: String,
    options: Options,
}

impl Draft {
    fn read(input: &mut Record, bytes: Option<Vec<u8>>) -> Result<Draft, Error> {
        let cloud = Cloud::parse(&input.text("cloud")?)?;
        let mut options = input.record_or_empty("options")?;
        let chosen = Options {
            signed_headers: options.optional_texts("signedHeaders")?,
            unsigned_payload: options.flag("unsignedPayload")?,
            presign: options.flag("presign")?,
            expires_s: options.optional_whole("expiresS")?,
            derived: options.flag("derived")?,
        };
        options.end()?;
        let mut request = input.record("request")?;
        let draft = Draft {
            cloud,
            method: request.text("method")?,
            url: request.text("url")?,
            headers: request.headers("headers")?,
            body: request.body(bytes)?,
            time: Millis(request.whole("timeMs")?),
            region: request.optional_text("region")?.unwrap_or_default(),
            service: request.optional_text("service")?.unwrap_or_default(),
            options: chosen,
        };
        request.end()?;
        Ok(draft)
    }

    fn to_sign(&self) -> ToSign<'_> {
        let Draft { cloud: _, method, url, headers, body, time, region, service, options: _ } = self;
        ToSign { method, url, headers, body, time: *time, region, service }
    }
}

fn signed_value(signed: &Signed) -> Value {
    let Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization, .. } = signed;
    json!({
        "url": url, "headers": headers, "signedHeaders": signed_headers, "canonicalRequest": canonical_request,
        "stringToSign": string_to_sign, "signature": signature, "authorization": authorization,
    })
}

fn prepared_value(prepared: &Prepared) -> Value {
    let Prepared { url, headers, signed_headers, canonical_request, string_to_sign, .. } = prepared;
    json!({
        "url": url, "headers": headers, "signedHeaders": signed_headers, "canonicalRequest": canonical_request,
        "stringToSign": string_to_sign,
    })
}
