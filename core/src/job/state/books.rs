//! A lane moves: the transition table says where to, and the books are kept: journal, counts, who may go next, events.

use super::State;
use super::effect::Effects;
use super::lane::WHOLE;
use super::turns;
use crate::base::error::Error;
use crate::base::time::Millis;
use crate::job::event::EventKind;
use crate::job::id::LaneId;
use crate::job::journal::Record;
use crate::job::machine::{Outcome, Phase};
use std::sync::Arc;

/// Moves a lane by what came of its step.
pub(crate) fn advance(state: &mut State, id: LaneId, outcome: Outcome, error: Option<Arc<Error>>) -> Effects {
    let (mut effects, error) = (Effects::default(), error.map(Error::bounded_shared));
    if state.lanes.is_asleep(id) && outcome != Outcome::Suitable {
        return effects;
    }
    let after = state.phase_after(id, outcome);
    let now = state.clock.now();
    let lane = &mut state.lanes[id];
    let (before, counted, was_awaited) = (lane.phase, lane.counts_as_active(), lane.is_awaited());
    if let Some(error) = &error {
        lane.note_request(error.request_id.as_deref());
    }
    if before == after {
        return effects;
    }
    lane.move_to(after, outcome, now);
    lane.note_error(error);
    if is_durable(before, after) {
        write_down(state, id, &mut effects);
    }
    count(state, id, counted, &mut effects);
    if after.is_ended() {
        state.lanes.close();
        turns::pass(state, id, &mut effects);
    }
    turns::heed(state, id, was_awaited, &mut effects);
    if let Some(what) = EventKind::of(before, after, state.lanes[id].error()) {
        effects.tell(state.lane_event(id, what));
    }
    turns::moved(state, id, &mut effects);
    effects
}

/// Writes down how a lane stands. A survey has no journal.
pub(crate) fn write_down(state: &State, id: LaneId, effects: &mut Effects) {
    if state.survey.is_none() {
        effects.write(&Record::Lane { at: state.clock.host(), lane: id, state: state.lanes[id].to_record() });
    }
}

/// Whether a move must survive: what is only looked at is looked at again, and launches are written ahead.
const fn is_durable(before: Phase, after: Phase) -> bool {
    // That a launch is over must not be forgotten.
    matches!(before, Phase::Launching)
        || !matches!(
            (before, after),
            (_, Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Launching) | (Phase::Waiting, Phase::Queued)
        )
}

/// Counts the copies under way; one that is over makes room for others.
fn count(state: &mut State, id: LaneId, counted: bool, effects: &mut Effects) {
    let (cloud, lane) = (state.cloud_of(id), &state.lanes[id]);
    let (counts, source, phase) = (lane.counts_as_active(), lane.source, lane.phase);
    for active in [&mut state.clouds[cloud].active, &mut state.sources[source].active] {
        *active = (*active + u32::from(counts)).saturating_sub(u32::from(counted));
    }
    if counted && !counts {
        state.channels.unpark(cloud);
        if state.sources[source].active == 0 && phase != Phase::Queued {
            turns::release(state, source, effects);
        }
    }
}

impl super::lane::Lane {
    fn move_to(&mut self, after: Phase, outcome: Outcome, now: Millis) {
        self.phase = after;
        // Looking elsewhere for what is missing is no news of it, and a launch that is tried again no success.
        let is_news = match outcome {
            Outcome::Missing { .. } => after == Phase::Probing,
            Outcome::TaskDone => !std::mem::replace(&mut self.over, true),
            _ => true,
        };
        if is_news {
            self.since = now;
            self.absences = 0;
            self.forget_looks();
        }
        if !matches!(after, Phase::Launching | Phase::Queued) {
            (self.failures, self.share) = (0, WHOLE);
        }
    }

    /// What went wrong last, unless the lane has come further since.
    fn note_error(&mut self, error: Option<Arc<Error>>) {
        match (error, self.phase) {
            (Some(error), _) => self.more_mut().error = Some(error),
            (None, Phase::Queued | Phase::Launching | Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Probing) => {}
            (None, Phase::Task | Phase::Image | Phase::Finishing | Phase::Ended(_)) => {
                if let Some(more) = &mut self.more {
                    more.error = None;
                }
            }
        }
    }
}
