//! What every cloud is made of: operations and their parameters, rules, answers, error codes, regions, endpoints.

mod address;
pub(crate) mod answer;
pub(crate) mod arg;
pub mod call;
pub mod catalogue;
pub mod check;
pub mod endpoint;
pub mod facts;
pub mod operation;
pub(crate) mod own;
pub mod region;
pub mod replication;
pub mod site;

pub use crate::base::record::Params;
pub use crate::base::{json, text};
