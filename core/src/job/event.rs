//! What happened, as data. The host drains it; the job never calls back.

use super::machine::{End, Phase};
use crate::base::error::{Error, Kind};
use crate::base::json::Object;
use crate::base::time::Millis;
use crate::base::value::Value;
use crate::base::words::words;

words! {
    /// What happened.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum EventKind {
        /// A launch is about to leave.
        Launching = "launching",
        /// A launch was accepted.
        Launched = "launched",
        /// A launch was refused for now and will be sent again.
        Retried = "retried",
        /// The cloud asked to slow down: with a lane, its launch is sent again; without one, what is sent in that region waits.
        Throttled = "throttled",
        /// Nobody knows whether a launch took effect; the destination is being looked at.
        Probing = "probing",
        /// A look found nothing of ours, or a person says that there is nothing.
        Absent = "absent",
        /// A lost launch was found to have taken effect, or a person says so.
        Resolved = "resolved",
        /// The copy went on.
        Progress = "progress",
        /// The copy is usable.
        Ready = "ready",
        /// The copy was there before.
        Present = "present",
        /// The copy failed or was refused.
        Failed = "failed",
        /// Another image has the name.
        Conflict = "conflict",
        /// An image of an older source has the name.
        Stale = "stale",
        /// A survey found nothing there.
        Missing = "missing",
        /// A person must look.
        Ambiguous = "ambiguous",
        /// Stopped before the launch.
        Cancelled = "cancelled",
        /// Left running.
        Unfinished = "unfinished",
        /// The server's clock differs from ours and is used from now on.
        Skew = "skew",
        /// The credentials were refused; fresh ones are wanted.
        Credentials = "credentials",
        /// A source image is still being made: its copies wait for it.
        SourcePending = "source_pending",
        /// A look failed and will be repeated, or is not allowed and was left out.
        Warning = "warning",
    }
}

impl EventKind {
    /// What a transition is worth telling as, if it is.
    pub(crate) fn of(before: Phase, after: Phase, error: Option<&Error>) -> Option<EventKind> {
        match (before, after) {
            (_, Phase::Ended(End::Ready)) => Some(EventKind::Ready),
            (_, Phase::Ended(End::Present)) => Some(EventKind::Present),
            (_, Phase::Ended(End::Failed)) => Some(EventKind::Failed),
            (_, Phase::Ended(End::Conflict)) => Some(EventKind::Conflict),
            (_, Phase::Ended(End::Stale)) => Some(EventKind::Stale),
            (_, Phase::Ended(End::Missing)) => Some(EventKind::Missing),
            (_, Phase::Ended(End::Ambiguous)) => Some(EventKind::Ambiguous),
            (_, Phase::Ended(End::Cancelled)) => Some(EventKind::Cancelled),
            (_, Phase::Ended(End::Unfinished)) => Some(EventKind::Unfinished),
            (Phase::Launching, Phase::Task | Phase::Image) => Some(EventKind::Launched),
            (Phase::Probing | Phase::Ended(End::Ambiguous), Phase::Task | Phase::Image) => Some(EventKind::Resolved),
            (Phase::Probing, Phase::Queued) | (Phase::Probing | Phase::Ended(End::Ambiguous), Phase::Inspecting) => Some(EventKind::Absent),
            (Phase::Launching, Phase::Queued) => Some(EventKind::refused_for_now(error)),
            (_, Phase::Probing) => Some(EventKind::Probing),
            (_, Phase::Launching) => Some(EventKind::Launching),
            (_, Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Queued | Phase::Task | Phase::Image | Phase::Finishing) => {
                None
            }
        }
    }

    /// What is refused for now is tried again; a throttle is told by the same word, whatever it held up.
    pub(crate) fn refused_for_now(error: Option<&Error>) -> EventKind {
        if error.is_some_and(|error| error.kind == Kind::Throttled) { EventKind::Throttled } else { EventKind::Retried }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number, which only grows: the moment it happened in milliseconds, or the next number. So numbers go on where a
    /// job is taken up again from its journal.
    pub seq: u64,
    /// When, by the host's clock.
    pub at: Millis,
    /// What.
    pub what: EventKind,
    /// The lane it happened to; `None` when it concerns a whole cloud.
    pub lane: Option<u32>,
    /// Where the lane leads, for display: cloud, region it comes from, region it goes to, as in `huawei/cn-north-4→cn-east-3`.
    pub lane_path: Option<String>,
    /// The cloud.
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

/// The number of what happens next.
pub(crate) fn following(seq: u64, now: Millis) -> u64 {
    (seq + 1).max(now.0.try_into().unwrap_or_default())
}

impl Event {
    /// The event as a JSON object; what is not known is left out.
    pub fn to_value(&self) -> Value {
        let Event { seq, at, what, lane, lane_path, cloud, region, percent, eta_ms, image, wait_ms, request_id, error } = self;
        Object::new()
            .set("seq", *seq)
            .set("at_ms", at.0)
            .set("event", what.as_str())
            .set("cloud", *cloud)
            .set("region", region.as_str())
            .set_some("lane", *lane)
            .set_some("lane_path", lane_path.as_deref())
            .set_some("percent", *percent)
            .set_some("eta_ms", eta_ms.map(|(from, to)| vec![Value::from(from), Value::from(to)]))
            .set_some("image_id", image.as_deref())
            .set_some("wait_ms", *wait_ms)
            .set_some("request_id", request_id.as_deref())
            .set_some("error", error.as_ref().map(Error::to_value))
            .value()
    }
}
