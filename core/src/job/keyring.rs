//! The keys of several clouds, and what is known of whether they are accepted.

use super::flight::Flight;
use super::machine::Outcome;
use super::{Job, What};
use crate::base::cloud::Cloud;
use crate::base::credentials::Credentials;
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use sha2::{Digest, Sha256};

/// Credentials by cloud. Given to every poll, so that they may be refreshed between two of them.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    keys: [Option<Credentials>; 3],
}

impl Keyring {
    /// Adds or replaces the credentials of a cloud.
    #[must_use]
    pub fn with(mut self, cloud: Cloud, credentials: Credentials) -> Self {
        self.keys[cloud as usize] = Some(credentials);
        self
    }

    /// The credentials of a cloud.
    pub fn get(&self, cloud: Cloud) -> Option<&Credentials> {
        self.keys[cloud as usize].as_ref()
    }
}

/// Tells credentials apart without keeping them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag([u8; 8]);

impl Tag {
    fn of(credentials: &Credentials) -> Tag {
        let digest = Sha256::new().chain_update(credentials.id()).chain_update([0]).chain_update(credentials.secret()).chain_update([0]);
        let digest = digest.chain_update(credentials.token().unwrap_or_default()).finalize();
        let mut tag = [0; 8];
        tag.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Tag(tag)
    }
}

/// Whether a cloud accepts the credentials.
#[derive(Clone, Debug, Default)]
pub(crate) enum Access {
    /// Not known: one request goes ahead alone, so that a wrong key is refused once and not locked by many refusals.
    #[default]
    Unproven,
    /// Accepted.
    Proven,
    /// Refused; waiting for other credentials.
    Refused {
        /// The answer.
        error: Box<Error>,
        /// The credentials that were refused.
        tag: Option<Tag>,
    },
}

impl Job {
    pub(super) fn prove_access(&mut self, cloud: Cloud) {
        // An older request may be accepted after a newer one was refused: that proves nothing.
        if matches!(self.clouds[cloud as usize].access, Access::Unproven) {
            self.clouds[cloud as usize].access = Access::Proven;
            self.schedule.unpark(cloud);
        }
    }

    /// The credentials, unless the channel must wait: for the first answer of the cloud, or for other credentials.
    pub(super) fn usable_keys<'k>(&mut self, channel: usize, keys: &'k Keyring) -> Option<&'k Credentials> {
        let cloud = self.schedule.channel(channel).cloud;
        let state = &self.clouds[cloud as usize];
        if let Some(until) = state.locked_until.filter(|until| *until > self.clock.now) {
            self.schedule.wake(channel, until);
            return None;
        }
        let must_wait = match state.access {
            Access::Proven => false,
            Access::Unproven => state.flights > 0,
            Access::Refused { .. } => true,
        };
        let Some(credentials) = keys.get(cloud).filter(|_| !must_wait) else {
            self.schedule.park(channel);
            return None;
        };
        Some(credentials)
    }

    /// Refused credentials are never tried again. With others the cloud is tried anew; with the same it is given up:
    /// what was not launched fails, what was is left running.
    pub(super) fn review_access(&mut self, cloud: Cloud, keys: &Keyring) {
        if !self.clouds[cloud as usize].used || self.clouds[cloud as usize].barred.is_some() {
            return;
        }
        let given = keys.get(cloud);
        let error = match (&self.clouds[cloud as usize].access, given) {
            (Access::Refused { tag, .. }, Some(given)) if *tag != Some(Tag::of(given)) => {
                self.clouds[cloud as usize].access = Access::Unproven;
                self.schedule.unpark(cloud);
                return;
            }
            (Access::Refused { error, .. }, _) => error.as_ref().clone(),
            (Access::Proven | Access::Unproven, Some(_)) => return,
            (Access::Proven | Access::Unproven, None) => {
                Error::new(Kind::Auth, "credentials.missing", format!("no credentials for {cloud} were given"))
                    .hint("give an access key for this cloud", "请提供该云的访问密钥")
            }
        };
        self.take_back(Some(cloud), &error);
        self.clouds[cloud as usize].barred = Some(error.clone());
        for lane in 0..self.lanes.len() as u32 {
            if self.cloud_of(lane) == cloud {
                self.lanes[lane as usize].in_flight = false;
                self.advance(lane, Outcome::Barred, Some(error.clone()));
            }
        }
    }

    /// The cloud has locked the key for a while: nothing is sent there until it is over.
    pub(super) fn locked(&mut self, cloud: Cloud, error: &Error, retry_after_ms: Option<i64>) {
        let wait_ms = self.wait_ms(0, Some(error), retry_after_ms);
        self.clouds[cloud as usize].locked_until = Some(self.clock.now.plus(wait_ms));
        self.tell_cloud(cloud, "", What::Throttled, Some(error.clone()), Some(wait_ms));
    }

    /// An answer that refuses the credentials, the clock or the signature. The request was certainly not executed.
    pub(super) fn refused_access(&mut self, flight: Flight, error: Error, server_date: Option<Millis>) -> Result<(), Error> {
        let cloud = flight.call.operation.cloud;
        let server_time = error.server_time.or(server_date);
        if let (Retry::Clock, Some(server_time), false) = (error.retry, server_time, flight.resigned) {
            let skew_ms = server_time.since(self.clock.host);
            self.clouds[cloud as usize].skew_ms = skew_ms;
            let region = self.schedule.channel(flight.channel).region.to_string();
            self.tell_cloud(cloud, &region, What::Skew, Some(error), Some(skew_ms));
            self.schedule.push_again(flight.channel, Flight { resigned: true, ..flight });
            return Ok(());
        }
        let region = self.schedule.channel(flight.channel).region.to_string();
        self.tell_cloud(cloud, &region, What::Credentials, Some(error.clone()), None);
        self.clouds[cloud as usize].access = Access::Refused { error: Box::new(error), tag: flight.tag };
        self.schedule.push_again(flight.channel, flight);
        Ok(())
    }

    pub(super) fn tag_of(credentials: &Credentials) -> Tag {
        Tag::of(credentials)
    }
}
