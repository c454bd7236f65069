//! Huawei's documented constraints, one rule each.

use crate::check::{Findings, Rule};
use crate::operation::{Operation, Params};
use crate::provider::{At, Known};

/// Every rule, for catalogues and tests.
pub static RULES: &[&Rule] = &[];

/// Applies every rule of the operation.
pub fn check(_operation: &'static Operation, _params: &Params, _at: &At, _known: &Known<'_>, _findings: &mut Findings) {}
