//! Tencent: the same file names as in the other clouds' folders, so that after one you know all.

pub(crate) mod errors;
pub(crate) mod regions;
pub(crate) mod replication;
pub mod request;
pub(crate) mod response;
pub(crate) mod rules;
pub(crate) mod scheme;
