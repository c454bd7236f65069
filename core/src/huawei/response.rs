//! How Huawei's answers are read.

use crate::error::{Error, Kind};
use crate::facts::Reply;
use crate::http::Answer;
use crate::operation::Operation;

/// Reads an answer; total.
///
/// # Errors
/// What the cloud refused.
pub fn read(operation: &'static Operation, _answer: &Answer) -> Result<Reply, Error> {
    Err(Error::new(Kind::Protocol, "answer", operation.name))
}
