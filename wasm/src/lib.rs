//! The JavaScript module: it converts, nothing else.
//!
//! Records cross as JSON text, and so do errors: the package makes real `Error`s of them. What level 1 takes
//! and gives, and signed requests, cross as packed texts, which need no JSON; bodies that are no text cross as bytes.
#![forbid(unsafe_code)]

#[cfg(feature = "operations")]
pub mod ask;
#[cfg(any(feature = "operations", feature = "sim", feature = "evidence"))]
mod convert;
#[cfg(feature = "evidence")]
pub mod evidence;
#[cfg(feature = "full")]
pub mod job;
#[cfg(feature = "operations")]
pub mod kept;
#[cfg(feature = "calls")]
pub mod listing;
#[cfg(feature = "operations")]
pub mod operation;
#[cfg(any(feature = "operations", not(any(feature = "sim", feature = "evidence"))))]
pub mod sign;
#[cfg(feature = "operations")]
pub mod signer;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "full")]
pub mod verify;

/// The small module makes a handful of short-lived allocations a call: the smallest allocator serves it best.
#[cfg(all(target_arch = "wasm32", not(any(feature = "operations", feature = "sim", feature = "evidence"))))]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());

/// Small too, and quick whatever is asked of it. Where nobody fetches the module, the usual one serves long answers faster.
#[cfg(all(target_arch = "wasm32", feature = "operations", any(feature = "full", not(feature = "calls"))))]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
