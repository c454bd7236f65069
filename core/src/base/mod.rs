//! What everything stands on. Imports nothing above itself.

pub mod credentials;
pub mod error;
pub mod http;
pub mod json;
pub(crate) mod names;
pub mod time;
