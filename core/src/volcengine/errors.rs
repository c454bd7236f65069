//! Volcengine's error catalogue.

use crate::error::{Code, Explanation, Kind};

/// One row a code, sorted.
pub static CODES: &[Code] = &[];

/// What a code means; falls back by prefix, then by status.
pub fn explain(code: &str, _status: Option<u16>) -> Explanation {
    Explanation::fallback(code, Kind::Server)
}
