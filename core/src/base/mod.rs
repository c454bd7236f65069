//! What everything stands on: texts, times, JSON, errors, HTTP, credentials and the names of the clouds. Imports nothing
//! above itself.

pub(crate) mod blocked;
pub(crate) mod bounds;
pub(crate) mod cloud;
pub(crate) mod credentials;
pub(crate) mod error;
pub(crate) mod http;
pub mod json;
pub(crate) mod language;
pub(crate) mod names;
pub(crate) mod problem;
#[cfg(any(test, feature = "compact"))]
pub(crate) mod reader;
pub(crate) mod record;
pub(crate) mod redact;
pub(crate) mod spelling;
pub mod text;
pub(crate) mod texts;
pub(crate) mod time;
#[cfg(any(test, feature = "tree"))]
pub(crate) mod tree;
pub(crate) mod value;
pub(crate) mod wall_clock;
pub(crate) mod words;
pub(crate) mod writer;
