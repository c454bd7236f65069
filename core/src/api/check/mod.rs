//! Checking before sending: rules with stable ids, problems with paths, all findings at once.

mod findings;
mod known;
pub(crate) mod params;
pub(crate) mod rule;
pub(crate) mod shape;

pub use findings::Findings;
pub(crate) use findings::{Both, Told};
pub use known::Known;
pub use rule::Rule;
pub(crate) use rule::{Rules, STRIDE, rules};
pub(crate) use shape::CONTROL;
pub(crate) use shape::check_shape;
