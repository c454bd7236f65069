//! imgferry carries custom VM images across regions on Tencent Cloud, Volcengine and Huawei Cloud.
//!
//! The crate does no I/O. It builds and signs requests, checks parameters, reads answers, and runs a
//! replication as a state machine; the host moves the bytes, tells the time and keeps the journal.
//!
//! Three levels, each written on the one below it:
//! 1. [`sign`]: sign or verify any request of the three schemes.
//! 2. [`check`], [`build`], [`read`], [`Cloud::explain`]: one operation of one cloud.
//! 3. [`Plan`] and [`Job`]: many copies, launched exactly once and never lost.
//!
//! Each cloud is a feature of its own; at least one is needed.
#![forbid(unsafe_code)]
#![cfg_attr(
    any(feature = "tree", not(feature = "clouds")),
    allow(dead_code, unused_imports, reason = "what only other clouds need, or the schema of plans")
)]

#[cfg(not(any(feature = "tencent", feature = "volcengine", feature = "huawei")))]
compile_error!("choose a cloud: one of the features `tencent`, `volcengine` and `huawei`, or `clouds` for all");

pub mod api;
mod base;
mod evidence;
#[cfg(feature = "huawei")]
pub mod huawei;
pub mod job;
mod listing;
pub mod plan;
mod provider;
#[cfg(feature = "serde")]
mod serialize;
pub mod sign;
#[cfg(feature = "tencent")]
pub mod tencent;
#[cfg(feature = "volcengine")]
pub mod volcengine;

pub use api::endpoint::Endpoint;
pub use api::site::{At, Edition};
pub use base::cloud::{ByCloud, Cloud};
pub use base::credentials::Credentials;
pub use base::error::{Details, Error, Kind, Retry};
pub use base::http::{Answer, Headers, Lost, Method, Request};
pub use base::problem::{Problem, Severity};
pub use base::redact::Redactor;
pub use base::time::Millis;
pub use base::wall_clock::wall_clock;
pub use job::{Job, Keyring, Step};
pub use listing::{Listing, Reading, read_long};
pub use plan::Plan;
pub use provider::{build, check, check_and_build, read, read_sent};
