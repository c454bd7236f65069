//! Who may go on when another lane has moved.

use super::State;
use super::effect::Effects;
use crate::job::id::{LaneId, SourceId};
use crate::job::machine::Phase;

/// Takes the turn to export an image, if it is free: the clouds refuse a second export of it at a time, and a lost one
/// could not be told from it.
pub(crate) fn take(state: &mut State, lane: LaneId) -> bool {
    let exports = state.sources[state.lanes[lane].source].exports.get_or_insert_default();
    let is_taken = exports.turn.is_some_and(|other| other != lane && !state.lanes[other].phase.is_ended());
    if !is_taken {
        exports.turn = Some(lane);
    }
    !is_taken
}

/// A lane has ended: if it was an export, the next one of its image may begin.
pub(crate) fn pass(state: &mut State, lane: LaneId, effects: &mut Effects) {
    let exports = state.sources[state.lanes[lane].source].exports.as_deref_mut();
    let Some(exports) = exports.filter(|exports| exports.turn == Some(lane)) else {
        return;
    };
    let phase = |lane: &LaneId| state.lanes[*lane].phase;
    exports.over += exports.lanes.iter().skip(exports.over).take_while(|lane| phase(lane).is_ended()).count();
    if let Some(next) = exports.lanes.iter().skip(exports.over).find(|lane| phase(lane) == Phase::Waiting) {
        effects.go_on(*next, state.clock.now());
    }
}

/// A destination that was awaited, or was not, may be so no more: when the last one of a transfer is ready to be launched,
/// never will be, or takes too long, those that are ready go.
pub(crate) fn heed(state: &mut State, lane: LaneId, was_awaited: bool, effects: &mut Effects) {
    if state.lanes.is_step(lane) || was_awaited == state.lanes[lane].is_awaited() {
        return;
    }
    let transfer = state.lanes[lane].transfer;
    if !was_awaited {
        state.lanes.wait_for(transfer);
    } else if state.lanes.wait_no_more(transfer) {
        let waits = |lane: &super::lane::Lane| lane.phase == Phase::Queued && !lane.is_put_off();
        for other in state.lanes.of_transfer(transfer).filter(|other| waits(&state.lanes[*other])) {
            effects.enter(other, state.clock.now());
        }
    }
}

/// No copy of that source is under way any more: the next launch that was refused because the source was busy may go,
/// and those that can share its call come along.
pub(crate) fn release(state: &mut State, source: SourceId, effects: &mut Effects) {
    let now = state.clock.now();
    let held = &mut state.sources[source].held;
    let is_queued = |lane: LaneId| state.lanes[lane].phase == Phase::Queued;
    let call = |lane: LaneId| (state.lanes[lane].transfer, &state.lanes[lane].name);
    while let Some(first) = held.pop_front() {
        if is_queued(first) {
            effects.go_on(first, now);
            while let Some(next) = held.front().copied().filter(|next| call(*next) == call(first)) {
                held.pop_front();
                if is_queued(next) {
                    effects.go_on(next, now);
                }
            }
            return;
        }
    }
}

/// A lane has moved: those that wait for it, and the steps that waited for it to be over, go on.
pub(crate) fn moved(state: &State, lane: LaneId, effects: &mut Effects) {
    let phase = state.lanes[lane].phase;
    if state.chains.is_empty() || !(phase == Phase::Finishing || phase.is_ended()) {
        return;
    }
    for user in state.chains.users(lane).unwrap_or_default() {
        if state.lanes[*user].phase == Phase::Waiting {
            effects.go_on(*user, state.clock.now());
        }
    }
    // Steps that the lane was the last to use have something to finish.
    let mut user = lane;
    while let Some(step) = state.chains.before(user) {
        if state.lanes[step].phase == Phase::Finishing {
            effects.go_on(step, state.clock.now());
        }
        if !state.lanes.is_asleep(step) {
            return;
        }
        user = step;
    }
}
