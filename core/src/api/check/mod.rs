//! Checking before sending: rules with stable ids, problems with paths, all findings at once.

mod findings;
mod known;
pub(crate) mod params;
pub(crate) mod rule;
mod shape;

pub use findings::Findings;
pub use known::Known;
pub use rule::Rule;
pub(crate) use rule::rule;
pub use shape::{CONTROL, RULES, check_record, check_shape};
