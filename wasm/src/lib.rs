//! The JavaScript module: it converts, nothing else.
//!
//! Records cross as JSON text, which both sides read and write fastest; bodies that are no text cross as bytes.
//! Errors are thrown as JSON text too: the package makes real `Error`s of them.
#![forbid(unsafe_code)]

mod convert;
#[cfg(feature = "full")]
pub mod job;
#[cfg(feature = "full")]
pub mod operation;
pub mod sign;
#[cfg(feature = "sim")]
pub mod sim;
