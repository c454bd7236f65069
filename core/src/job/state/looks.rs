//! Looks that failed, and looks that saw nothing: what they prove, and when to look again.

use super::State;
use super::books;
use super::effect::Effects;
use super::lane::{Lane, Looks};
use super::turns;
use crate::base::error::{Error, Kind};
use crate::base::time::Millis;
use crate::job::event::EventKind;
use crate::job::id::LaneId;
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::Item;
use crate::job::pace::in_flight::{Errand, Subject};
use std::sync::Arc;

/// How far apart the clocks of one cloud may be: what looks older than the launch by more was there before it.
const CLOCK_SLACK_MS: i64 = 15 * 60_000;

/// How far apart they usually are, when nobody else is about: a listing before the launch lacked it.
const USUAL_SLACK_MS: i64 = 60_000;

/// Precision of the servers' clocks.
const SECOND_MS: i64 = 1_000;

/// What an image (or a task) that bears our name says of a launch that got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Witness {
    /// The launch made it.
    Ours,
    /// Made by the launch or not: nobody can tell.
    Unclear,
    /// It was there before, or is a copy of something else.
    Other,
}

/// Puts what a failed look asked about back, to be looked at later.
pub(crate) fn again(state: &mut State, errand: Errand, error: &Error, retry_after_ms: Option<i64>) -> Effects {
    let mut effects = Effects::default();
    let now = state.clock.now();
    let failures = state.channels[errand.channel].failures;
    state.channels[errand.channel].failures = failures.saturating_add(1);
    let wait_ms = state.wait_ms(failures, error, retry_after_ms);
    let due = now.plus(wait_ms);
    // What blocks a whole cloud has been told.
    if error.kind != Kind::Throttled && state.clouds[errand.call.operation.cloud].blocked.is_none() {
        warn(state, &errand, error, Some(due.since(now)), &mut effects);
    }
    match errand.subject {
        Subject::Sources(sources) => {
            sources.into_iter().for_each(|source| state.channels.push(errand.channel, due, Item::Source(source)));
        }
        Subject::Lanes(lanes) => {
            for lane in lanes {
                state.lanes[lane].in_flight = false;
                // Others are not held up for ever by a place that does not answer.
                let was_awaited = state.lanes[lane].is_awaited();
                state.lanes[lane].late |= due.since(state.lanes[lane].since) >= state.plan.policy.backoff_max_ms;
                turns::heed(state, lane, was_awaited, &mut effects);
                effects.advance(lane, Outcome::Unread);
                effects.go_on(lane, due);
            }
        }
    }
    effects
}

/// A look for what is there is refused: it cannot be had, and the lanes go on without it.
pub(crate) fn refused(state: &mut State, errand: &Errand, error: Error) -> Effects {
    let mut effects = Effects::default();
    warn(state, errand, &error, None, &mut effects);
    let error = Arc::new(error);
    for lane in errand.lanes().iter().copied() {
        state.lanes[lane].in_flight = false;
        match state.lanes[lane].phase {
            Phase::Probing => effects.advance_by(lane, Outcome::Refused, &error),
            // The cloud says so, and nobody can see by what.
            Phase::Finding if state.lanes[lane].name_taken => {
                let taken = state.lanes[lane].error().cloned().map_or_else(|| error.clone(), Arc::new);
                effects.advance_by(lane, Outcome::Taken, &taken);
            }
            _ => effects.advance(lane, Outcome::Refused),
        }
        effects.go_on(lane, state.clock.now());
    }
    effects
}

/// A look failed, or is not allowed.
pub(crate) fn warn(state: &State, errand: &Errand, error: &Error, wait_ms: Option<i64>, effects: &mut Effects) {
    let channel = &state.channels[errand.channel];
    effects.tell(state.cloud_event(channel.cloud, &channel.region, EventKind::Warning, error, wait_ms));
}

/// A complete look that began at that time saw nothing of a launch.
///
/// `verdict` is what that comes to once it was seen often and late enough.
pub(crate) fn absent(state: &mut State, lane: LaneId, began: Millis, verdict: impl FnOnce() -> (Outcome, Error)) -> Effects {
    let mut effects = Effects::default();
    let policy = &state.plan.policy;
    let (settle_ms, visible_ms, absences) = (policy.settle_ms, policy.visible_ms, policy.absences);
    let (now, pause_ms) = (state.clock.now(), state.between_looks_ms());
    let unseen_ms = unseen_ms(state, lane, began, state.first_pause_ms(), 2 * pause_ms);
    // What was accepted may show later than what perhaps never arrived.
    let patience_ms = if state.lanes[lane].accepted { settle_ms.max(visible_ms) } else { settle_ms };
    if u32::from(state.lanes[lane].absences) >= absences && unseen_ms >= patience_ms {
        let (outcome, error) = verdict();
        effects.advance_by(lane, outcome, &Arc::new(error));
        effects.go_on(lane, now);
        return effects;
    }
    books::write_down(state, lane, &mut effects);
    effects.advance(lane, Outcome::Absent { proven: false });
    effects.go_on(lane, now.plus(pause_ms));
    effects
}

/// One more look, begun at that time, lacked the copy: how long has that lasted?
///
/// The host's clock may be set forward between two looks. So the server's clock bounds what is believed, or where
/// it is not told the wait that was asked for: `soon_ms` before the first look, `pause_ms` between two.
pub(crate) fn unseen_ms(state: &mut State, lane: LaneId, began: Millis, soon_ms: i64, pause_ms: i64) -> i64 {
    let server_time = state.clouds[state.cloud_of(lane)].server_time;
    let lane = &mut state.lanes[lane];
    lane.absences = lane.absences.saturating_add(1);
    let since = lane.since;
    let looks = &mut lane.more_mut().looks;
    let waited_ms = match (looks.last, server_time) {
        (Some((last, Some(then))), Some(now)) => began.since(last).min(now.since(then) + SECOND_MS),
        (Some((last, _)), _) => began.since(last).min(pause_ms),
        (None, _) => began.since(since).min(soon_ms),
    };
    *looks = Looks { last: Some((began, server_time)), unseen_ms: looks.unseen_ms + waited_ms.max(0) };
    looks.unseen_ms
}

/// What its times say of something that was not listed before the launch.
///
/// Both are the cloud's: the host's clock proves nothing. Without them, or without a listing that came before the
/// launch, what bears the name may be ours or not. A launch may have waited long since that listing, and somebody else may
/// have made what is older than it.
pub(crate) fn witness_of_time(created: Option<Millis>, lane: &Lane) -> Witness {
    match created.zip(lane.first_sent).map(|(made, sent)| made.since(sent)) {
        None if lane.listed => Witness::Ours,
        None => Witness::Unclear,
        Some(age) if age < -CLOCK_SLACK_MS => Witness::Other,
        Some(age) if age < -if lane.listed { USUAL_SLACK_MS } else { SECOND_MS } => Witness::Unclear,
        Some(_) => Witness::Ours,
    }
}
