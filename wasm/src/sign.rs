//! Level 1: sign any request. Its module is to be small: one function, one packed text each way.

#[cfg(feature = "operations")]
use imgferry::api::site::Language;
use imgferry::sign::{self, Identity, Options, Prepared, Signed, ToSign};
use imgferry::{Cloud, Credentials, Error, Kind, Millis};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// Loads texts, Chinese or English.
#[cfg(feature = "operations")]
#[wasm_bindgen(js_name = loadTexts)]
pub fn load_texts(is_zh: bool, texts: String) {
    (if is_zh { Language::Zh } else { Language::En }).load_texts(texts);
}

/// Signs what it is told; without a secret, does all that needs none.
///
/// `input` is texts, each ended by the byte that stands before them and that none of them holds, and behind them, from
/// `body_at` on, the body. Optional texts begin with `=` when they are there. `ways` is the sum of 1 to leave the body out,
/// 2 to presign and 4 to derive; a negative validity is none. `signer` is the number of the one whose key signs, or 0. What comes
/// back are texts ended by NUL, which stands in none of them: no request holds control characters. Those of an error begin with an
/// empty one; where the signer is not held, there are none.
#[wasm_bindgen]
pub fn sign(input: Vec<u8>, body_at: usize, time_ms: f64, ways: u32, expires_s: f64, signer: f64) -> Vec<u8> {
    let input = Zeroizing::new(input);
    let mut answer = Vec::new();
    if let Err(error) = Told::read(&input, body_at, time_ms, ways, expires_s).answer(signer, &mut answer) {
        // Whatever cannot be signed is misuse.
        say(&mut answer, &["", Kind::Misuse.as_str(), &error.code, &error.message, &error.hint_en, &error.hint_zh]);
    }
    answer
}

/// A request, how to sign it, and for whom.
struct Told<'a> {
    texts: [&'a str; 11],
    headers: Vec<(String, String)>,
    body: &'a [u8],
    time: Millis,
    options: Options,
}

impl<'a> Told<'a> {
    fn read(input: &'a [u8], body_at: usize, time_ms: f64, ways: u32, expires_s: f64) -> Self {
        let (texts, body) = input.split_at_checked(body_at).unwrap_or_default();
        let (&mark, texts) = texts.split_first().unwrap_or((&0, &[]));
        let texts = parts(texts, mark);
        let (&texts, headers) = texts.split_first_chunk().unwrap_or((&[""; 11], &[]));
        let [.., signed_headers] = texts;
        let options = Options {
            signed_headers: given(signed_headers).map(|names| owned(&parts(names.as_bytes(), b';'))),
            unsigned_payload: ways & 1 != 0,
            presign: ways & 2 != 0,
            expires_s: (expires_s >= 0.0).then_some(expires_s as u32),
            derived: ways & 4 != 0,
        };
        let mut pairs = Vec::with_capacity(headers.len() / 2);
        for [name, value] in headers.as_chunks().0 {
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        Self { texts, headers: pairs, body, time: Millis(time_ms as i64), options }
    }

    fn to_sign(&self) -> ToSign<'_> {
        let [_, method, url, region, service, ..] = self.texts;
        ToSign { method, url, headers: &self.headers, body: self.body, time: self.time, region, service }
    }

    #[cfg_attr(not(feature = "operations"), allow(unused_variables, reason = "no signers are held"))]
    fn answer(&self, signer: f64, answer: &mut Vec<u8>) -> Result<(), Error> {
        #[cfg(feature = "operations")]
        if signer > 0.0 {
            let sign = |key: &mut crate::kept::Key| key.signer.sign(key.cloud.scheme(), &self.to_sign(), &self.options);
            if let Some(signed) = crate::kept::with_key(signer as u64, sign) {
                say_signed(answer, &signed?);
            }
            return Ok(());
        }
        let [cloud, .., for_id, for_token, id, token, secret, _] = self.texts;
        let scheme = Cloud::parse(cloud)?.scheme();
        let credentials = match given(secret) {
            Some(secret) => Some(Credentials::new(id, secret, given(token))?),
            None => None,
        };
        let (id, token) = given(for_id).map_or((id, token), |id| (id, for_token));
        let who = Identity { id, token: given(token) };
        let prepared = sign::prepare(scheme, &self.to_sign(), who, &self.options)?;
        match credentials {
            Some(credentials) => say_signed(answer, &sign::finish(prepared, &credentials)?),
            None => {
                let Prepared { url, headers, signed_headers, canonical_request, string_to_sign, .. } = &prepared;
                say(answer, &[url, signed_headers, canonical_request, string_to_sign, "", ""]);
                say_headers(answer, headers);
            }
        }
        Ok(())
    }
}

/// The texts that end in `end`. A loop, here and where else requests are signed, is a tenth of the code of a chain of iterators.
pub(crate) fn parts(mut text: &[u8], end: u8) -> Vec<&str> {
    let mut parts = Vec::with_capacity(16);
    while let Some(at) = text.iter().position(|&byte| byte == end) {
        let (part, rest) = text.split_at(at);
        parts.push(std::str::from_utf8(part).unwrap_or_default());
        text = rest.get(1..).unwrap_or_default();
    }
    parts
}

fn owned(texts: &[&str]) -> Vec<String> {
    let mut list = Vec::with_capacity(texts.len());
    for &text in texts {
        list.push(text.to_owned());
    }
    list
}

/// An optional text.
fn given(text: &str) -> Option<&str> {
    text.strip_prefix("=")
}

fn say_signed(answer: &mut Vec<u8>, signed: &Signed) {
    let Signed { url, headers, signed_headers, canonical_request, string_to_sign, signature, authorization, .. } = signed;
    say(answer, &[url, signed_headers, canonical_request, string_to_sign, signature, authorization]);
    say_headers(answer, headers);
}

fn say_headers(answer: &mut Vec<u8>, headers: &[(String, String)]) {
    headers.iter().for_each(|(name, value)| say(answer, &[name, value]));
}

fn say(answer: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        answer.extend_from_slice(text.as_bytes());
        answer.push(0);
    }
}
