//! Second step of an export, and the way out of doubt: what tasks has the image?

use crate::api::facts::{Facts, Reply, Task as RemoteTask};
use crate::base::error::{Error, Kind, Retry};
use crate::base::text::{concat, contains, joined};
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::id::{ChannelId, LaneId};
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::Work;
use crate::job::pace::in_flight::{Departure, Pending};
use crate::job::state::State;
use crate::job::state::effect::Effects;
use crate::job::state::errors::unexpected;
use crate::job::state::lane::kept;
use crate::job::state::looks::{self, Witness, witness_of_time};
use std::sync::Arc;

/// How long a task is taken to be told of once it is over. No document says, and an export leaves no other trace.
const KEPT_MS: i64 = 15 * 60_000;

pub(super) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let mut effects = Effects::default();
    if state.survey.is_some() {
        effects.advance(lane, Outcome::NotThere);
        return effects;
    }
    if state.cloud_of(lane).replication().export_evidence.is_some() {
        let channel = state.channel_for(lane, Work::FindExport);
        state.put(channel, due, lane);
        return effects;
    }
    match state.lanes[lane].phase {
        Phase::Probing => effects.advance_by(lane, Outcome::NoEvidence, &Arc::new(doubt(state, lane))),
        _ => effects.advance(lane, Outcome::NoEvidence),
    }
    effects.go_on(lane, due);
    effects
}

pub(super) fn call(state: &mut State, channel: ChannelId) -> Option<Departure> {
    let search = state.channels[channel].cloud.replication().export_evidence?;
    let lane = loop {
        let (_, id) = state.take(channel, state.clock.now())?;
        let lane = &state.lanes[id];
        if matches!(lane.phase, Phase::Finding | Phase::Probing) && !lane.in_flight {
            break id;
        }
    };
    state.lanes[lane].in_flight = true;
    Some(Departure::about(vec![lane], search(&state.transfer(lane).image)))
}

pub(super) fn settle(state: &mut State, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let page = match outcome {
        Ok(Reply { facts: Facts::Tasks(page), .. }) => page,
        Ok(_) => return looks::again(state, pending.errand, &unexpected(), retry_after_ms),
        Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => {
            return looks::again(state, pending.errand, &error, retry_after_ms);
        }
        Err(error) => return looks::refused(state, &pending.errand, error),
    };
    state.channels[pending.errand.channel].failures = 0;
    let is_export = |task: &RemoteTask| contains(&task.kind.to_ascii_lowercase(), "export");
    let is_complete = !page.tells_of_more(page.shown());
    let mut exports = page.items;
    exports.retain(is_export);
    let ids: Vec<&str> = exports.iter().map(|task| task.id.as_str()).collect();
    let mut effects = Effects::default();
    for id in pending.lanes().iter().copied() {
        let lane = &mut state.lanes[id];
        lane.in_flight = false;
        match lane.phase {
            Phase::Finding => {
                lane.note_before(&ids, is_complete);
                effects.advance(id, Outcome::Absent { proven: true });
                effects.go_on(id, state.clock.now());
            }
            Phase::Probing => effects.append(judge_probe(state, id, &exports, is_complete, pending.sent)),
            Phase::Inspecting | Phase::Waiting | Phase::Queued | Phase::Launching | Phase::Task | Phase::Image => {}
            Phase::Finishing | Phase::Ended(_) => {}
        }
    }
    effects
}

/// Evidence for or against an export that got no answer.
fn judge_probe(state: &mut State, id: LaneId, exports: &[RemoteTask], is_complete: bool, began: Millis) -> Effects {
    let lane = &state.lanes[id];
    let others = state.sources[lane.source].exports.as_ref().map_or(&[][..], |exports| &exports.lanes);
    let is_claimed = |task: &str| others.iter().any(|other| *other != id && state.lanes[*other].task.as_deref() == Some(task));
    let witness = |task: &RemoteTask| match lane.before().contains(&task.id) || is_claimed(&task.id) {
        true => Witness::Other,
        false => witness_of_time(task.created, lane),
    };
    let is_unclear = exports.iter().any(|task| witness(task) == Witness::Unclear) || may_be_forgotten(state, id);
    let ours = exports.iter().filter(|task| witness(task) == Witness::Ours);
    let mut new: Vec<&str> = ours.map(|task| task.id.as_str()).collect();
    // A listing may hold an entry twice.
    new.sort_unstable();
    new.dedup();
    let doubt = doubt(state, id);
    let mut effects = Effects::default();
    match new.as_slice() {
        [task] => {
            let lane = &mut state.lanes[id];
            (lane.task, lane.accepted) = (Some(kept(*task)), true);
            effects.advance(id, Outcome::FoundTask);
            effects.go_on(id, state.clock.now());
        }
        [] if is_complete && is_unclear => return looks::absent(state, id, began, || (Outcome::Several, doubt)),
        [] if is_complete => return looks::absent(state, id, began, || (Outcome::Absent { proven: true }, doubt)),
        // What it does not show may be the export: it is looked at again, and not for ever, since there may always be more.
        [] if state.clock.now().since(lane.since) < state.plan.policy.settle_ms => {
            effects.advance(id, Outcome::Unread);
            effects.go_on(id, state.clock.now().plus(state.between_looks_ms()));
        }
        [] => effects.advance_by(id, Outcome::NoEvidence, &Arc::new(doubt)),
        _ => effects.advance_by(id, Outcome::Several, &Arc::new(doubt)),
    }
    effects
}

/// Whether the export may be over, and its task told of no more. By the cloud's time as by the host's, since that may be set back;
/// of the cloud's only that of the first launch is known, and each after it followed within such a while.
fn may_be_forgotten(state: &State, id: LaneId) -> bool {
    let (lane, most_ms) = (&state.lanes[id], state.plan.policy.settle_ms.saturating_add(KEPT_MS));
    let by_host = lane.launched.map_or(i64::MAX, |at| state.clock.now().since(at));
    let by_cloud = state.clouds[state.cloud_of(id)].told_time.zip(lane.first_sent).map_or(0, |(now, sent)| now.since(sent));
    by_host > most_ms || by_cloud > most_ms.saturating_mul(i64::from(lane.doubts.max(1)))
}

fn doubt(state: &State, lane: LaneId) -> Error {
    let objects = joined(&state.expected_objects(lane), ", ");
    let where_en = if objects.is_empty() { concat(&["objects of ", &state.transfer(lane).image]) } else { objects };
    let error = Error::new(Kind::Conflict, "export.ambiguous", "nobody can tell whether the export began: its answer was lost");
    error.hint(
        concat(&["look in the bucket for ", &where_en, "; if it does not appear, run the plan again"]),
        zh!("请在存储桶中查找 {0}；若一直没有出现，请重新执行计划", &where_en),
    )
}
