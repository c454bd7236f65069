//! The JavaScript module: it converts, nothing else.
//!
//! Records cross as JSON text, which both sides read and write fastest; bodies that are no text cross as bytes.
//! Errors are thrown as JSON text too: the package makes real `Error`s of them.
#![forbid(unsafe_code)]

#[cfg(feature = "full")]
mod convert;
#[cfg(feature = "full")]
pub mod job;
#[cfg(feature = "full")]
pub mod operation;
pub mod sign;
#[cfg(feature = "full")]
pub mod signer;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "full")]
pub mod verify;

/// The small module makes a handful of short-lived allocations a call: the smallest allocator serves it best.
#[cfg(all(target_arch = "wasm32", not(feature = "full")))]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
