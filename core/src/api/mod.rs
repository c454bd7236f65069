//! What every cloud is made of.

pub(crate) mod answer;
pub mod check;
pub mod facts;
pub mod operation;
pub mod replication;
