//! SHA-256 and HMAC-SHA256 of one text, straight on the block function.
//!
//! A signature is four short hashes. Streaming hashers spend half as long again on their buffers as on the
//! compressions; and of a key only the two states behind its blocks have to be kept, and wiped.

use sha2::block_api::compress256;
use zeroize::Zeroizing;

const BLOCK: usize = 64;

/// SHA-256 of these bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    finish(INITIAL, 0, bytes)
}

/// HMAC-SHA256 with its key: the states behind the inner and the outer key block. Wiped when dropped.
pub(super) struct Hmac {
    inner: Zeroizing<[u32; 8]>,
    outer: Zeroizing<[u32; 8]>,
}

impl Hmac {
    /// Takes a key of any length.
    pub(super) fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; BLOCK]);
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&sha256(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let behind = |pad: u8| {
            let padded = Zeroizing::new(block.map(|byte| byte ^ pad));
            let mut state = Zeroizing::new(INITIAL);
            compress256(&mut state, std::slice::from_ref(&padded));
            state
        };
        Self { inner: behind(0x36), outer: behind(0x5c) }
    }

    /// The code of this message.
    pub(super) fn of(&self, message: &[u8]) -> [u8; 32] {
        finish(*self.outer, BLOCK, &finish(*self.inner, BLOCK, message))
    }
}

/// The state that SHA-256 begins with (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Hashes `bytes` behind `before` bytes, whole blocks that `state` already has, and pads (FIPS 180-4, 5.1.1).
fn finish(mut state: [u32; 8], before: usize, bytes: &[u8]) -> [u8; 32] {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut tail = [[0; BLOCK]; 2];
    let tail_blocks = if rest.len() < BLOCK - 8 { 1 } else { 2 };
    tail[0][..rest.len()].copy_from_slice(rest);
    tail[0][rest.len()] = 0x80;
    let bits = (before as u64 + bytes.len() as u64) * 8;
    tail[tail_blocks - 1][BLOCK - 8..].copy_from_slice(&bits.to_be_bytes());
    // The tail is written first: read back at once, its narrow stores would hold up the wide loads.
    if !blocks.is_empty() {
        compress256(&mut state, blocks);
    }
    compress256(&mut state, &tail[..tail_blocks]);
    let mut hash = [0; 32];
    for (four, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *four = word.to_be_bytes();
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::encode::hex;
    use sha2::{Digest, Sha256};

    #[test]
    fn agrees_with_the_streaming_hasher_at_every_length() {
        let text: Vec<u8> = (0..600_u32).map(|n| (n * 7 % 251) as u8).collect();
        for length in 0..=text.len() {
            let part = &text[..length];
            assert_eq!(sha256(part)[..], Sha256::digest(part)[..], "{length} bytes");
            let (key, message) = part.split_at(length / 3);
            assert_eq!(Hmac::new(key).of(message)[..], by_definition(key, message)[..], "{length} bytes");
        }
    }

    /// RFC 2104, word for word.
    fn by_definition(key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut block = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
        block.resize(64, 0);
        let with = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
        let inner = Sha256::digest([with(0x36), message.to_vec()].concat());
        Sha256::digest([with(0x5c), inner.to_vec()].concat()).to_vec()
    }

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
