//! What happened, as data. The host drains it; the job never calls back.

use super::machine::{End, Phase};
use crate::base::error::Error;
use crate::base::json::Object;
use crate::base::time::Millis;
use serde_json::Value;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// A launch is about to leave.
    Launching,
    /// A launch was accepted.
    Launched,
    /// A launch was refused for now and will be sent again.
    Retried,
    /// The cloud asked to slow down.
    Throttled,
    /// Nobody knows whether a launch took effect; the destination is being looked at.
    Probing,
    /// A look found nothing of ours.
    Absent,
    /// A lost launch was found to have taken effect.
    Resolved,
    /// The copy went on.
    Progress,
    /// The copy is usable.
    Ready,
    /// The copy was there before.
    Present,
    /// The copy failed or was refused.
    Failed,
    /// Another image has the name.
    Conflict,
    /// An image of an older source has the name.
    Stale,
    /// A survey found nothing there.
    Missing,
    /// A person must look.
    Ambiguous,
    /// Stopped before the launch.
    Cancelled,
    /// Left running.
    Unfinished,
    /// The server's clock differs from ours and is used from now on.
    Skew,
    /// The credentials were refused; fresh ones are wanted.
    Credentials,
    /// A look failed and will be repeated, or is not allowed and was left out.
    Warning,
}

impl What {
    /// What a transition is worth telling as, if it is.
    pub(crate) fn of(before: Phase, after: Phase) -> Option<What> {
        match (before, after) {
            (_, Phase::Ended(End::Ready)) => Some(What::Ready),
            (_, Phase::Ended(End::Present)) => Some(What::Present),
            (_, Phase::Ended(End::Failed)) => Some(What::Failed),
            (_, Phase::Ended(End::Conflict)) => Some(What::Conflict),
            (_, Phase::Ended(End::Stale)) => Some(What::Stale),
            (_, Phase::Ended(End::Missing)) => Some(What::Missing),
            (_, Phase::Ended(End::Ambiguous)) => Some(What::Ambiguous),
            (_, Phase::Ended(End::Cancelled)) => Some(What::Cancelled),
            (_, Phase::Ended(End::Unfinished)) => Some(What::Unfinished),
            (Phase::Launching, Phase::Task | Phase::Image) => Some(What::Launched),
            (Phase::Probing, Phase::Task | Phase::Image) => Some(What::Resolved),
            (Phase::Probing, Phase::Queued) => Some(What::Absent),
            (Phase::Launching, Phase::Queued) => Some(What::Retried),
            (_, Phase::Probing) => Some(What::Probing),
            (_, Phase::Launching) => Some(What::Launching),
            (_, Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Queued | Phase::Task | Phase::Image | Phase::Finishing) => {
                None
            }
        }
    }

    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            What::Launching => "launching",
            What::Launched => "launched",
            What::Retried => "retried",
            What::Throttled => "throttled",
            What::Probing => "probing",
            What::Absent => "absent",
            What::Resolved => "resolved",
            What::Progress => "progress",
            What::Ready => "ready",
            What::Present => "present",
            What::Failed => "failed",
            What::Conflict => "conflict",
            What::Stale => "stale",
            What::Missing => "missing",
            What::Ambiguous => "ambiguous",
            What::Cancelled => "cancelled",
            What::Unfinished => "unfinished",
            What::Skew => "skew",
            What::Credentials => "credentials",
            What::Warning => "warning",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, by the host's clock.
    pub at: Millis,
    /// What.
    pub what: What,
    /// The lane it happened to; `None` when it concerns a whole cloud.
    pub lane: Option<u32>,
    /// Where the lane goes, for display: cloud and destination region.
    pub cloud: &'static str,
    /// Destination region, or the region of the call.
    pub region: String,
    /// Progress, 0 to 100.
    pub percent: Option<u8>,
    /// Remaining time, from and to, in milliseconds; `None` is an honest "unknown".
    pub eta_ms: Option<(i64, i64)>,
    /// Id of the new image.
    pub image: Option<String>,
    /// Wait before the next try, or the skew learned, in milliseconds.
    pub wait_ms: Option<i64>,
    /// The id to quote to the vendor's support.
    pub request_id: Option<String>,
    /// What went wrong.
    pub error: Option<Error>,
}

impl Event {
    /// The event as a JSON object; what is not known is left out.
    pub fn to_value(&self) -> Value {
        let Event { at, what, lane, cloud, region, percent, eta_ms, image, wait_ms, request_id, error } = self;
        Object::new()
            .set("at_ms", at.0)
            .set("event", what.as_str())
            .set("cloud", *cloud)
            .set("region", region.as_str())
            .set_some("lane", *lane)
            .set_some("percent", *percent)
            .set_some("eta_ms", eta_ms.map(|(from, to)| vec![Value::from(from), Value::from(to)]))
            .set_some("image_id", image.as_deref())
            .set_some("wait_ms", *wait_ms)
            .set_some("request_id", request_id.as_deref())
            .set_some("error", error.as_ref().map(Error::to_value))
            .value()
    }
}
