//! Levels 1 and 2 with a key that is kept.

use crate::convert::{Record, Thrown, throw};
use crate::operation::{Wanted, cloud, request_text};
use crate::sign::signed_by;
use imgferry::{Cloud, Millis, sign};
use wasm_bindgen::prelude::*;

/// An access key of a cloud and the keys derived from it, wiped when freed.
#[wasm_bindgen]
pub struct Signer {
    cloud: Cloud,
    signer: sign::Signer,
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
            Ok(Signer { cloud, signer })
        };
        made().map_err(throw)
    }

    /// Signs any request, told as [`sign`](crate::sign::sign) is told it.
    pub fn sign(&mut self, input: &[u8]) -> Vec<u8> {
        signed_by(&mut self.signer, self.cloud, input)
    }

    /// Checks, builds and signs the request of an operation.
    pub fn request(&mut self, input: String, time_ms: f64) -> Thrown<String> {
        let signed = || {
            let mut input = Record::parse(input, "")?;
            let wanted = Wanted::read(self.cloud, &mut input)?;
            input.end()?;
            self.signer.sign_call(wanted.build()?, Millis(time_ms as i64))
        };
        signed().map(|request| request_text(&request)).map_err(throw)
    }
}
