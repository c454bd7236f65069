//! Level 1: sign any request. Its module is to be small: one function, one packed text each way.

use imgferry::sign::{self, Identity, Options, Signed, ToSign};
use imgferry::{Cloud, Credentials, Error, Millis};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// Signs what the fields of `input` say; without a secret, does all that needs none.
///
/// Each field is a letter, its text and the byte 0xFF, which no text holds. The body is the last and has no end. What
/// comes back are texts joined by NUL; those of an error begin with an empty one.
#[wasm_bindgen]
pub fn sign(input: Vec<u8>) -> Vec<u8> {
    let input = Zeroizing::new(input);
    answer(signed(&Fields::read(&input)))
}

/// Signs with a key that is kept. Those in the fields do not count.
#[cfg(feature = "full")]
pub(crate) fn signed_by(signer: &mut sign::Signer, cloud: Cloud, input: &[u8]) -> Vec<u8> {
    let fields = Fields::read(input);
    answer(signer.sign(cloud.recipe(), &fields.to_sign(), &fields.options).map(|signed| signed_text(&signed)))
}

fn answer(texts: Result<String, Error>) -> Vec<u8> {
    let texts = texts.unwrap_or_else(|error| {
        let Error { kind, code, message, hint_en, hint_zh, .. } = error;
        ["", kind.as_str(), &code, &message, &hint_en, &hint_zh].join("\0")
    });
    texts.into_bytes()
}

/// A request, how to sign it, and for whom.
#[derive(Default)]
struct Fields<'a> {
    cloud: &'a str,
    method: &'a str,
    url: &'a str,
    headers: Vec<(String, String)>,
    body: &'a [u8],
    time_ms: &'a str,
    region: &'a str,
    service: &'a str,
    options: Options,
    for_id: Option<&'a str>,
    for_token: Option<&'a str>,
    id: &'a str,
    token: Option<&'a str>,
    secret: Option<&'a str>,
}

impl<'a> Fields<'a> {
    fn read(mut input: &'a [u8]) -> Self {
        let mut fields = Self::default();
        while let [letter, rest @ ..] = input {
            let end = rest.iter().position(|&byte| byte == 0xff).unwrap_or(rest.len());
            let (text, next) = rest.split_at(end);
            let text = std::str::from_utf8(text).unwrap_or_default();
            match letter {
                b'c' => fields.cloud = text,
                b'm' => fields.method = text,
                b'u' => fields.url = text,
                b'n' => fields.headers.push((text.to_owned(), String::new())),
                b'v' => fields.headers.last_mut().into_iter().for_each(|(_, value)| value.push_str(text)),
                b't' => fields.time_ms = text,
                b'r' => fields.region = text,
                b's' => fields.service = text,
                b'H' => fields.options.signed_headers = Some(text.split_terminator(';').map(str::to_owned).collect()),
                b'U' => fields.options.unsigned_payload = true,
                b'P' => fields.options.presign = true,
                b'E' => fields.options.expires_s = text.parse().ok(),
                b'D' => fields.options.derived = true,
                b'i' => fields.for_id = Some(text),
                b'k' => fields.for_token = Some(text),
                b'I' => fields.id = text,
                b'K' => fields.token = Some(text),
                b'S' => fields.secret = Some(text),
                _ => {
                    fields.body = rest;
                    break;
                }
            }
            input = next.get(1..).unwrap_or_default();
        }
        fields
    }

    fn to_sign(&self) -> ToSign<'_> {
        let &Fields { method, url, ref headers, body, time_ms, region, service, .. } = self;
        ToSign { method, url, headers, body, time: Millis(time_ms.parse().unwrap_or(i64::MAX)), region, service }
    }
}

fn signed(fields: &Fields<'_>) -> Result<String, Error> {
    let &Fields { cloud, ref options, for_id, for_token, id, token, secret, .. } = fields;
    let cloud = Cloud::parse(cloud)?;
    let credentials = secret.map(|secret| Credentials::new(id, secret, token)).transpose()?;
    let who = for_id.map_or(Identity { id, token }, |id| Identity { id, token: for_token });
    let prepared = sign::prepare(cloud.recipe(), &fields.to_sign(), who, options)?;
    let Some(credentials) = credentials else {
        return Ok(joined(
            [&prepared.url, &prepared.signed_headers, &prepared.canonical_request, &prepared.string_to_sign, "", ""],
            &prepared.headers,
        ));
    };
    sign::finish(&prepared, &credentials).map(|signed| signed_text(&signed))
}

fn signed_text(signed: &Signed) -> String {
    let Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization, .. } = signed;
    joined([url, signed_headers, canonical_request, string_to_sign, signature, authorization], headers)
}

/// Texts and headers joined by NUL, which stands in none of them: no request holds control characters.
fn joined(texts: [&str; 6], headers: &[(String, String)]) -> String {
    let mut all = texts.to_vec();
    headers.iter().for_each(|(name, value)| all.extend([name.as_str(), value]));
    all.join("\0")
}
