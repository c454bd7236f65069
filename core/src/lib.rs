//! imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.
//!
//! The crate does no I/O. It builds and signs requests, checks parameters, reads answers, and runs a
//! replication as a state machine; the host moves the bytes, tells the time and keeps the journal.
//!
//! Three levels, each written on the one below it:
//! 1. [`sign`]: sign or verify any request of the three schemes.
//! 2. [`check`](fn@check), [`build`], [`read`], [`Cloud::explain`]: one operation of one cloud.
//! 3. [`Plan`] and [`Job`]: many copies, launched exactly once and never lost.
#![forbid(unsafe_code)]

mod answer;
pub mod check;
pub mod credentials;
pub mod error;
pub mod facts;
pub mod http;
pub mod huawei;
pub mod job;
pub mod json;
mod names;
pub mod operation;
pub mod plan;
pub mod provider;
pub mod sign;
#[cfg(feature = "sim")]
pub mod sim;
mod spelling;
pub mod steps;
pub mod tencent;
pub mod time;
pub mod volcengine;

pub use credentials::Credentials;
pub use error::{Error, Kind, Retry};
pub use http::{Answer, Lost, Method, Request};
pub use job::{Job, Keyring, Step};
pub use plan::Plan;
pub use provider::{At, Cloud, Edition, Endpoint, build, check, check_and_build, read, read_sent};
pub use time::Millis;
