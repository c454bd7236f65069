//! SHA-256 and HMAC-SHA256 of one text: of signatures, of a journal's lines, and in names.

use hmac::{HmacReset, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 of one text after the other. Kept for all of them: wiping what is dropped takes a sixth of a short text's time.
#[derive(Default)]
pub(super) struct Hasher(Sha256);

impl Hasher {
    /// The hash of these bytes.
    pub(super) fn of(&mut self, bytes: &[u8]) -> [u8; 32] {
        Digest::update(&mut self.0, bytes);
        self.0.finalize_reset().into()
    }
}

/// The first eight hex digits of the SHA-256 of a text.
pub(crate) fn sha8(text: &str) -> String {
    hex::encode(Sha256::digest(text).get(..4).unwrap_or_default())
}

/// HMAC-SHA256 with its key: kept as the states behind the two key blocks, so that a code costs no compression for the
/// key. Wiped when dropped. Set back after each code, which takes a quarter less time than a clone that is dropped.
pub(super) struct Hmac(HmacReset<Sha256>);

impl Hmac {
    /// Takes a key of any length.
    pub(super) fn new(key: &[u8]) -> Self {
        Self(HmacReset::new_from_slice(key).expect("a key may have any length"))
    }

    /// The code of this message.
    pub(super) fn of(&mut self, message: &[u8]) -> [u8; 32] {
        Mac::update(&mut self.0, message);
        self.0.finalize_reset().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::encode::hex;

    #[test]
    fn published_codes() {
        // RFC 4231, cases 1, 2, 3 and 6.
        for (key, message, code) in [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&Hmac::new(&key).of(&message)).as_str(), code);
        }
    }
}
