//! What the tests of the Rust core share. The tests themselves stand in `tests/`, one file a subject.

pub mod diagnosis;
pub mod harness;
pub mod mutations;
pub mod naive;
pub mod same_story;
pub mod story;

use imgferry::{Credentials, sign};
use serde_json::Value;
use std::path::Path;

/// A file of the folder `tests/vectors`, parsed.
pub fn vectors(cloud: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(format!("{cloud}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A text in a vector; empty where it is null or missing.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An object of texts, as headers.
pub fn headers(object: &Value) -> Vec<(String, String)> {
    object.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// Headers without those of these names.
pub fn without(headers: Vec<(String, String)>, names: &[&str]) -> Vec<(String, String)> {
    headers.into_iter().filter(|(name, _)| !names.iter().any(|other| name.eq_ignore_ascii_case(other))).collect()
}

/// A query in the order of the pairs, encoded as a form is: not what any scheme signs.
pub fn form(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() {
                    char::from(b).to_string()
                } else if b == b' ' {
                    "+".into()
                } else {
                    format!("%{b:02x}")
                }
            })
            .collect()
    };
    pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect::<Vec<_>>().join("&")
}

/// A request that a verifier receives: what [`sign::sign`] made.
pub fn arrived<'a>(method: &'a str, signed: &'a sign::Signed, body: &'a [u8]) -> sign::Received<'a> {
    sign::Received { method, url: &signed.url, headers: &signed.headers, body }
}

/// A key ring that holds one key.
pub fn only(credentials: &Credentials) -> impl Fn(&str) -> Option<Credentials> + '_ {
    move |id| (id == credentials.id()).then(|| credentials.clone())
}

/// Numbers that look random and are the same in every run (SplitMix64).
pub struct Seeded(pub u64);

impl Seeded {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() % end as u64) as usize
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The Rust example of the README runs.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The Rust tutorial runs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/tutorial/rust.md")]
pub struct Tutorial;

/// So does the Chinese one.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/zh/tutorial/rust.md")]
pub struct TutorialZh;
