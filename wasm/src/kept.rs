//! Keys that are kept. JavaScript has the numbers of them: a class of the border would bring twice as much code.

use imgferry::{At, Cloud, Credentials, sign};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// An access key of a cloud and the keys derived from it, wiped when released.
pub(crate) struct Kept {
    number: u64,
    pub(crate) cloud: Cloud,
    pub(crate) signer: sign::Signer,
    /// Where the last request went: as it was told, and as it was read.
    pub(crate) place: (String, At),
}

thread_local! {
    /// Those that JavaScript holds. It numbers them upwards and never gives a number twice, not even to another instance of the module.
    static SIGNERS: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// Takes an access key, to be held under that number.
pub(crate) fn keep(number: u64, cloud: Cloud, credentials: Credentials) {
    let signer = sign::Signer::new(credentials);
    SIGNERS.with_borrow_mut(|signers| signers.push(Kept { number, cloud, signer, place: Default::default() }));
}

/// Lends the signer of that number, where it is held.
pub(crate) fn with<T>(number: u64, lend: impl FnOnce(&mut Kept) -> T) -> Option<T> {
    SIGNERS.with_borrow_mut(|signers| {
        let at = signers.binary_search_by_key(&number, |signer| signer.number).ok()?;
        signers.get_mut(at).map(lend)
    })
}

/// Wipes the key of a signer and gives its memory back.
#[wasm_bindgen]
pub fn release(signer: f64) {
    SIGNERS.with_borrow_mut(|signers| signers.retain(|held| held.number != signer as u64));
}
