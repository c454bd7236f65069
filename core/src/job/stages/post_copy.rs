//! Last step: what the plan wants done to a copy once it is usable, one change after the other. Changes may be made
//! twice without harm, so that an unsure one is simply made again.

use crate::api::facts::Reply;
use crate::api::replication::{Change, CopyRef, Wanted};
use crate::base::error::{Error, Kind, Retry};
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::event::{Event, EventKind};
use crate::job::id::{ChannelId, LaneId};
use crate::job::machine::{End, Outcome, Phase};
use crate::job::pace::channels::Work;
use crate::job::pace::in_flight::{Departure, Pending, Subject};
use crate::job::state::effect::Effects;
use crate::job::state::errors::deadline;
use crate::job::state::{State, books};
use std::sync::Arc;

/// Whether a step is still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// All lanes that use it are over for good.
    Over,
    /// Lanes that use it may be taken up again later.
    Later,
    /// Lanes use it now.
    Now,
}

pub(super) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let mut effects = Effects::default();
    match need_of(state, state.chains.users(lane).unwrap_or_default()) {
        Need::Now => return effects,
        // A step that is kept for lanes that can be taken up again ends unfinished.
        Need::Later => {
            let error = Error::new(Kind::Misuse, "chain.kept", "kept for the lanes that can be taken up again");
            let error = Arc::new(error.hint("resume the journal to go on", zh!("可从日志恢复继续")));
            effects.advance_by(lane, Outcome::Stopped, &error);
            return effects;
        }
        Need::Over => {}
    }
    match state.next_change(lane) {
        Some(change) => {
            let channel = state.channel_for(lane, Work::Change(change.kind()));
            state.put(channel, due, lane);
        }
        None => effects.advance(lane, Outcome::Ready { more: false }),
    }
    effects
}

/// Whether these lanes need the step that they use.
fn need_of(state: &State, users: &[LaneId]) -> Need {
    let need = |user: &LaneId| match state.lanes[*user].phase {
        // Asleep: whoever would wake it may still do so.
        Phase::Inspecting if state.lanes.is_step(*user) => need_of(state, state.chains.users(*user).unwrap_or_default()),
        Phase::Finishing => Need::Over,
        Phase::Ended(End::Ambiguous | End::Cancelled | End::Unfinished) => Need::Later,
        Phase::Ended(End::Ready | End::Present | End::Failed | End::Conflict | End::Stale | End::Missing) => Need::Over,
        Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Queued | Phase::Launching | Phase::Probing => Need::Now,
        Phase::Task | Phase::Image => Need::Now,
    };
    users.iter().map(need).max().unwrap_or(Need::Over)
}

pub(super) fn call(state: &mut State, channel: ChannelId) -> Option<Departure> {
    let lane = loop {
        let (_, lane) = state.take(channel, state.clock.now())?;
        if state.lanes[lane].phase == Phase::Finishing && !state.lanes[lane].in_flight {
            break lane;
        }
    };
    let change = state.next_change(lane)?;
    let wanted = wanted(state, lane, &change).map_err(|setting| {
        Error::new(Kind::Misuse, "plan.after.setting", concat(&[change.field(), " needs the setting ", setting]))
            .hint("give it in the plan", zh!("请在计划中填写"))
    });
    state.lanes[lane].in_flight = true;
    Some(Departure { subject: Subject::Lanes(vec![lane]), wanted, listing: None })
}

fn wanted(state: &State, lane: LaneId, change: &Change) -> Result<Wanted, &'static str> {
    let cloud = state.cloud_of(lane);
    let copy = CopyRef {
        image: state.lanes[lane].image.as_deref().unwrap_or_default(),
        region: state.region_to(lane),
        uin: state.plan.settings(cloud).and_then(|settings| settings.uin.as_deref()),
    };
    (cloud.replication().change)(&copy, change)
}

pub(super) fn settle(state: &mut State, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let mut effects = Effects::default();
    for lane in pending.lanes().iter().copied() {
        state.lanes[lane].in_flight = false;
        if state.lanes[lane].phase != Phase::Finishing {
            continue;
        }
        match &outcome {
            Ok(_) => changed(state, lane, &mut effects),
            // What is to be deleted is gone already, perhaps by an earlier try.
            Err(error) if error.kind == Kind::NotFound && state.lanes.is_step(lane) => changed(state, lane, &mut effects),
            Err(error) => not_changed(state, lane, error, retry_after_ms, &mut effects),
        }
    }
    effects
}

fn changed(state: &mut State, id: LaneId, effects: &mut Effects) {
    let lane = &mut state.lanes[id];
    lane.failures = 0;
    let more = lane.more_mut();
    more.changed = more.changed.saturating_add(1);
    if state.next_change(id).is_some() {
        books::write_down(state, id, effects);
    }
    effects.go_on(id, state.clock.now());
}

fn not_changed(state: &mut State, id: LaneId, error: &Error, retry_after_ms: Option<i64>, effects: &mut Effects) {
    let (failures, began) = (state.lanes[id].failures, state.lanes[id].since.max(state.began));
    if error.retry == Retry::Never {
        let field = state.next_change(id).map_or("change", |change| change.field());
        let message = match state.lanes.is_step(id) {
            true => concat(&["the image between could not be deleted: ", &error.message]),
            false => concat(&["the copy is usable, but ", field, " was refused: ", &error.message]),
        };
        return effects.advance_by(id, Outcome::Refused, &Arc::new(error.saying(message)));
    }
    let now = state.clock.now();
    if now.since(began) >= state.plan.policy.lane_deadline_ms {
        return effects.advance_by(id, Outcome::Stopped, &Arc::new(deadline("the change", zh!("修改"))));
    }
    let wait_ms = state.wait_ms(u32::from(failures), error, retry_after_ms);
    let lane = &mut state.lanes[id];
    lane.failures = failures.saturating_add(1);
    // The lane stays where it is, but the refusal can be quoted.
    lane.note_request(error.request_id.as_deref());
    effects.tell(Event { error: Some(error.clone()), ..state.lane_event(id, EventKind::refused_for_now(Some(error))) });
    effects.go_on(id, now.plus(wait_ms));
}
