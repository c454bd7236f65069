//! What is learned about a cloud: whether it accepts the credentials, what time it is there, how busy it is.

use crate::base::credentials::Credentials;
use crate::base::error::Error;
use crate::base::redact::Redactor;
use crate::base::time::Millis;
use crate::job::keyring::Tag;
use crate::sign::KeyCache;
use std::sync::Arc;

/// What is learned about a cloud.
#[derive(Debug, Default)]
pub(crate) struct CloudState {
    /// The server's clock minus the host's.
    pub(crate) skew_ms: i64,
    /// The server's clock, as the answer at hand tells it.
    pub(crate) server_time: Option<Millis>,
    /// The latest time that the cloud itself told: what is made from now on is not older, whatever the host's clock says.
    pub(crate) told_time: Option<Millis>,
    pub(crate) access: Access,
    /// It has accepted credentials at some time: those that are refused now are no mistake, but have run out.
    pub(crate) has_accepted: bool,
    /// Since when other credentials are waited for, by our clock.
    pub(crate) refused: Option<Millis>,
    /// Keys derived from the credentials of that tag, so that none is derived twice a day. Wiped with the job.
    derived: (Option<Tag>, KeyCache),
    /// Cuts those credentials out of whatever comes back.
    pub(crate) redactor: Option<Arc<Redactor>>,
    /// Requests under way.
    pub(crate) in_flight: usize,
    /// The plan has lanes here.
    pub(crate) used: bool,
    /// Why its lanes were ended: for want of credentials.
    pub(crate) barred: Option<Arc<Error>>,
    /// Why the latest request has no answer, or none that tells anything; without a status nothing answered at all.
    pub(crate) trouble: Option<Error>,
    /// Why its lanes were stopped: nothing carries its requests until somebody mends the way.
    pub(crate) blocked: Option<Arc<Error>>,
    /// The key is locked until then.
    pub(crate) locked_until: Option<Millis>,
    /// Copies under way, as far as the cloud's limit counts them.
    pub(crate) active: u32,
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
        error: Arc<Error>,
        /// The credentials that were refused.
        tag: Option<Tag>,
    },
}

impl CloudState {
    /// Nothing is known yet, but whether the plan has lanes there.
    pub(crate) fn new(used: bool) -> Self {
        Self { used, ..Self::default() }
    }

    /// The keys derived so far from these credentials, whose tag this is.
    pub(crate) fn derived(&mut self, tag: Tag, credentials: &Credentials) -> &mut KeyCache {
        let (of, keys) = &mut self.derived;
        if of.replace(tag) != Some(tag) {
            *keys = KeyCache::default();
            self.redactor = Some(Arc::new(Redactor::new(credentials)));
        }
        keys
    }
}
