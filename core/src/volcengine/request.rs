//! Volcengine's operations, their parameters and how a request is built.

use crate::error::{Error, Kind};
use crate::operation::{Operation, Parameters};
use crate::provider::{At, Call};

/// Every operation, sorted by name.
pub static OPERATIONS: &[&Operation] = &[];

/// Builds a request.
///
/// # Errors
/// When a value cannot stand in a URL or header.
pub fn build(parameters: &dyn Parameters, _at: &At) -> Result<Call, Error> {
    Err(Error::new(Kind::Misuse, "operation", parameters.operation().name))
}
