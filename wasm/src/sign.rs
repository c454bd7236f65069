//! Level 1: sign any request. Its module is to be small: fields cross one by one, and what comes of them as one text.

use imgferry::sign::{self, Identity, Options, Prepared, Signed, ToSign};
use imgferry::{Cloud, Credentials, Error, Millis};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

type Thrown<T> = Result<T, JsValue>;

/// An error of this level, as texts joined by NUL: kind, code, message and the next step in both languages.
fn throw(error: Error) -> JsValue {
    let Error { kind, code, message, hint_en, hint_zh, .. } = error;
    JsValue::from_str(&[kind.as_str(), &code, &message, &hint_en, &hint_zh].join("\0"))
}

/// A request that wants a signature.
#[wasm_bindgen]
pub struct Draft {
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

#[wasm_bindgen]
impl Draft {
    /// A request. `headers` holds names and values by turns, each with a line feed after it.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments, reason = "fields cross one by one")]
    pub fn new(
        cloud: &str,
        method: String,
        url: String,
        headers: &str,
        body: Vec<u8>,
        time_ms: f64,
        region: String,
        service: String,
    ) -> Thrown<Draft> {
        let cloud = Cloud::parse(cloud).map_err(throw)?;
        let mut parts = headers.split_terminator('\n').map(str::to_owned);
        let mut pairs = Vec::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            pairs.push((name, value));
        }
        Ok(Draft { cloud, method, url, headers: pairs, body, time: Millis(time_ms as i64), region, service, options: Options::default() })
    }

    /// Sets the ways to sign that differ from the default; `signed_headers` are joined by `;`.
    pub fn set(&mut self, signed_headers: Option<String>, unsigned_payload: bool, presign: bool, expires_s: Option<u32>, derived: bool) {
        let signed_headers = signed_headers.map(|names| names.split_terminator(';').map(str::to_owned).collect());
        self.options = Options { signed_headers, unsigned_payload, presign, expires_s, derived };
    }

    /// Signs it.
    pub fn sign(&self, id: &str, secret: String, token: Option<String>) -> Thrown<String> {
        let signed = credentials(id, secret, token)
            .and_then(|credentials| sign::sign(self.cloud.recipe(), &self.to_sign(), &credentials, &self.options));
        signed.map(|signed| signed_text(&signed)).map_err(throw)
    }

    /// Everything of its signature that needs no secret.
    pub fn prepare(&self, id: &str, token: Option<String>) -> Thrown<String> {
        self.prepared(id, token.as_deref()).map(|prepared| prepared_text(&prepared)).map_err(throw)
    }

    /// Prepares it for `id` and `token` and adds the secret's part.
    pub fn finish(&self, for_id: &str, for_token: Option<String>, id: &str, secret: String, token: Option<String>) -> Thrown<String> {
        let finished = || sign::finish(&self.prepared(for_id, for_token.as_deref())?, &credentials(id, secret, token)?);
        finished().map(|signed| signed_text(&signed)).map_err(throw)
    }
}

impl Draft {
    fn to_sign(&self) -> ToSign<'_> {
        let Draft { cloud: _, method, url, headers, body, time, region, service, options: _ } = self;
        ToSign { method, url, headers, body, time: *time, region, service }
    }

    fn prepared(&self, id: &str, token: Option<&str>) -> Result<Prepared, Error> {
        sign::prepare(self.cloud.recipe(), &self.to_sign(), Identity { id, token }, &self.options)
    }
}

fn credentials(id: &str, secret: String, token: Option<String>) -> Result<Credentials, Error> {
    let (secret, token) = (Zeroizing::new(secret), token.map(Zeroizing::new));
    Credentials::new(id, &secret, token.as_ref().map(|token| token.as_str()))
}

fn signed_text(signed: &Signed) -> String {
    let Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization, .. } = signed;
    joined(&[url, signed_headers, canonical_request, string_to_sign, signature, authorization], headers)
}

fn prepared_text(prepared: &Prepared) -> String {
    let Prepared { url, headers, signed_headers, canonical_request, string_to_sign, .. } = prepared;
    joined(&[url, signed_headers, canonical_request, string_to_sign], headers)
}

/// Texts and headers joined by NUL, which stands in none of them: no request holds control characters.
fn joined(texts: &[&String], headers: &[(String, String)]) -> String {
    let mut all: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
    all.extend(headers.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
    all.join("\0")
}
