//! The keys of several clouds.

use crate::base::cloud::ByCloud;
use crate::base::cloud::Cloud;
use crate::base::credentials::Credentials;
use sha2::{Digest, Sha256};

/// Credentials by cloud. Given to every poll, so that they may be refreshed between two of them.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    keys: ByCloud<Option<Credentials>>,
}

impl Keyring {
    /// Adds or replaces the credentials of a cloud.
    #[must_use]
    pub fn with(mut self, cloud: Cloud, credentials: Credentials) -> Self {
        self.keys[cloud] = Some(credentials);
        self
    }

    /// The credentials of a cloud.
    pub fn get(&self, cloud: Cloud) -> Option<&Credentials> {
        self.keys[cloud].as_ref()
    }
}

/// Tells credentials apart without keeping them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag([u8; 8]);

impl Tag {
    pub(crate) fn of(credentials: &Credentials) -> Tag {
        let digest = Sha256::new().chain_update(credentials.id()).chain_update([0]).chain_update(credentials.secret()).chain_update([0]);
        let digest = digest.chain_update(credentials.token().unwrap_or_default()).finalize();
        let mut tag = [0; 8];
        tag.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Tag(tag)
    }
}
