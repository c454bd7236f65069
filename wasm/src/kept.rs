//! What is kept: keys, long listings, jobs. JavaScript has the numbers of them: classes of the border would bring twice as much code.

use imgferry::sign::Signer;
use imgferry::{At, Cloud};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// Something that JavaScript holds.
pub(crate) enum Kept {
    Key(Box<Key>),
    #[cfg(feature = "calls")]
    Long(Box<Long>),
    #[cfg(feature = "full")]
    Job(Box<Job>),
}

/// An access key of a cloud and the keys derived from it, wiped when released.
pub(crate) struct Key {
    pub(crate) cloud: Cloud,
    pub(crate) signer: Signer,
    /// Where the last request went: as it was told, and as it was read.
    pub(crate) place: (String, At),
}

/// A listing, and the body that its rows stand in.
#[cfg(feature = "calls")]
pub(crate) struct Long {
    pub(crate) listing: imgferry::Listing,
    pub(crate) body: Vec<u8>,
}

/// A replication under way.
#[cfg(feature = "full")]
pub(crate) struct Job {
    pub(crate) job: imgferry::Job,
    pub(crate) changes: imgferry::job::Changes,
}

thread_local! {
    /// All of it. JavaScript numbers it upwards and never gives a number twice, not even to another instance of the module.
    static KEPT: RefCell<Vec<(u64, Kept)>> = const { RefCell::new(Vec::new()) };
}

/// Keeps something under that number.
pub(crate) fn keep(number: u64, kept: Kept) {
    KEPT.with_borrow_mut(|all| all.push((number, kept)));
}

/// Lends what has that number, where it is kept.
pub(crate) fn with<T>(number: u64, lend: impl FnOnce(&mut Kept) -> Option<T>) -> Option<T> {
    KEPT.with_borrow_mut(|all| {
        let at = all.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        all.get_mut(at).and_then(|(_, kept)| lend(kept))
    })
}

/// Lends the key of that number, where it is kept.
pub(crate) fn with_key<T>(number: u64, lend: impl FnOnce(&mut Key) -> T) -> Option<T> {
    with(number, |kept| match kept {
        Kept::Key(key) => Some(lend(key)),
        #[cfg(feature = "calls")]
        _ => None,
    })
}

/// Gives the memory of what has that number back. Keys are wiped.
#[wasm_bindgen]
pub fn release(number: f64) {
    KEPT.with_borrow_mut(|all| all.retain(|(held, _)| *held != number as u64));
}
