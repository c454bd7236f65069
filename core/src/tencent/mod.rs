//! Tencent: the same file names as in the other clouds' folders, so that after one you know all.

pub mod errors;
pub mod regions;
pub mod replication;
pub mod request;
pub mod response;
pub mod rules;
pub mod scheme;
