//! What is told to the host of what happened.

use super::State;
use crate::base::cloud::Cloud;
use crate::base::error::Error;
use crate::base::text::concat;
use crate::job::event::{Event, EventKind};
use crate::job::id::LaneId;
use crate::plan::Action;

impl State {
    /// Something happened to a lane.
    pub(crate) fn lane_event(&self, id: LaneId, what: EventKind) -> Event {
        let (lane, transfer) = (&self.lanes[id], self.transfer(id));
        let tells_why = lane.phase.is_ended() || matches!(what, EventKind::Retried | EventKind::Throttled | EventKind::Probing);
        let from = if self.lanes.is_step(id) { self.region_from(id) } else { &transfer.from.0 };
        Event {
            seq: 0,
            at: self.clock.host(),
            what,
            lane: (!self.lanes.is_step(id)).then_some(id.0),
            lane_path: Some(concat(&[transfer.cloud.as_str(), "/", from, "→", self.region_to(id)])),
            cloud: transfer.cloud.as_str(),
            region: (**self.region_to(id)).to_owned(),
            percent: lane.percent,
            eta_ms: None,
            image: lane.image.as_deref().filter(|_| transfer.task == Action::Copy).map(str::to_owned),
            wait_ms: None,
            request_id: lane.requests().last().map(|id| (*id).to_owned()),
            error: lane.error().filter(|_| tells_why).cloned(),
        }
    }

    /// Something happened that concerns a whole cloud, or all calls in a region of it.
    pub(crate) fn cloud_event(&self, cloud: Cloud, region: &str, what: EventKind, error: &Error, wait_ms: Option<i64>) -> Event {
        let error = error.clone().bounded();
        Event {
            seq: 0,
            at: self.clock.host(),
            what,
            lane: None,
            lane_path: None,
            cloud: cloud.as_str(),
            region: region.to_owned(),
            percent: None,
            eta_ms: None,
            image: None,
            wait_ms,
            request_id: error.request_id.clone(),
            error: Some(error),
        }
    }
}
