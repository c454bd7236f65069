//! The three clouds in a box: a strict, seeded simulator, as pure as the crate `imgferry` itself, which does not know it.
//!
//! A [`World`] takes requests and gives answers: `(now, request) -> answer`. It holds no clock, does no I/O and
//! draws every chance from its seed, so one seed is one story. Time is computed lazily from `now`; nothing ticks.
//! One world serves all three clouds and tells them apart by what the request carries:
//!
//! | cloud | told by |
//! |---|---|
//! | Tencent | header `X-TC-Action`, or `TC3-HMAC-SHA256` in `Authorization` |
//! | Volcengine | `Action` or `X-Algorithm` in the query, or `HMAC-SHA256` in `Authorization` |
//! | Huawei | the paths `/v1/…`, `/v2/…`, `/v2.1/…`, `/v3/…`, `/v3.0/…`, or `SDK-HMAC-SHA256` in `Authorization` |
//!
//! It verifies signatures and clock windows, checks parameters, states, limits and quotas as the clouds do, and
//! answers in their envelopes with their codes. [`Faults`] break things on purpose; the [`Ledger`] keeps the truth.
//!
//! # Which region a Huawei request means
//! Huawei names the region in the host alone. Behind one address the world looks, in this order, at: the first
//! segment of the path when it is a region (`http://127.0.0.1:8080/cn-north-4` as endpoint), a host
//! `ims.<region>.…`, the header `X-Project-Id` (`GET /v3/projects` lists the project of every region), the region
//! that owns the image or job that the request names, and the configured home region. A listing that nothing
//! places is searched in all regions; the ledger notes this leniency.
//!
//! # Looking inside over HTTP
//! `GET /_sim/ledger` and `GET /_sim/images` answer the truth as JSON to whoever can reach the simulator.
//!
//! ```
//! use imgferry_sim::{Arrived, Config, Delivery, World};
//! use imgferry::Millis;
//! let mut world = World::new(&Config::default(), Millis(1_700_000_000_000)).unwrap();
//! let arrived = Arrived { method: "GET", target: "/_sim/ledger", headers: &[], body: b"" };
//! let Delivery::Answer(answer) = world.handle(Millis(1_700_000_000_000), &arrived) else { panic!() };
//! assert_eq!(answer.status, 200);
//! ```
#![forbid(unsafe_code)]

mod arrived;
mod catalogue;
mod config;
mod faults;
mod huawei;
mod image;
mod ledger;
mod scenario;
mod serve;
mod tencent;
mod turn;
mod volcengine;
mod world;

pub use arrived::Arrived;
pub use config::{Config, Copying, Key, Limits, Progress, Scripted};
pub use faults::{Fault, Faults};
pub use image::{Growth, Held, Image, Pace, Phase};
pub use ledger::{Call, Lane, Ledger, Tally, Violation};
pub use serve::Delivery;
pub use world::World;
