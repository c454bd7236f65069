//! A request on its way through a cloud, and what becomes of it there.

use super::arrived::Parsed;
use super::faults::Fault;
use super::image::Image;
use imgferry::{Cloud, Millis};
use serde_json::Value;

/// One request on its way through a cloud.
pub(super) struct Turn<'a> {
    /// The host's time: rates and growth go by it.
    pub(super) now: Millis,
    /// The time that looks show: now, or earlier where they lag behind.
    pub(super) seen: Millis,
    /// The cloud's own clock: signatures and dates go by it.
    pub(super) clock: Millis,
    pub(super) cloud: Cloud,
    pub(super) request: &'a Parsed<'a>,
    pub(super) request_id: String,
    pub(super) fault: Option<Fault>,
    /// What the cloud finds out on the way, for the ledger.
    pub(super) key: String,
    pub(super) region: String,
    pub(super) note: Option<&'static str>,
}

/// What a cloud decided to answer; its envelope comes later.
pub(super) type Outcome = Result<Done, Refused>;

/// Success: HTTP status and result.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: u16,
    pub(super) result: Value,
}

/// A refusal in the vendor's words.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }
}

impl From<Value> for Done {
    fn from(result: Value) -> Self {
        Self { status: 200, result }
    }
}

/// What a copy shall become.
pub(super) struct Wanted<'a> {
    pub(super) region: &'a str,
    pub(super) name: &'a str,
    pub(super) change: &'a dyn Fn(&mut Image),
}

pub(super) fn content_type(value: &str) -> (String, String) {
    ("Content-Type".to_owned(), value.to_owned())
}
