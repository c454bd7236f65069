//! Before the launch: is the lane's source there, and is there room where it goes? The room is asked for once a
//! destination, when the first lane wants to go there; what does not fit fails before anything is sent.

use crate::api::check::Known;
use crate::api::facts::{Facts, Quota, Reply};
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::problem::Severity;
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::{Millis, decimal};
use crate::job::event::EventKind;
use crate::job::id::{ChannelId, LaneId};
use crate::job::machine::{End, Outcome, Phase};
use crate::job::pace::channels::{Item, Work};
use crate::job::pace::in_flight::{Departure, Pending};
use crate::job::state::effect::Effects;
use crate::job::state::errors::unexpected;
use crate::job::state::quotas::{CEILING, Full, Question};
use crate::job::state::{State, turns};
use std::sync::Arc;

/// How often a quota is asked for before the launches go ahead without it.
const TRIES: u32 = 4;

/// Gives a lane its place, as soon as its source is there and it is known whether there is one.
pub(super) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let (was_awaited, missing) = (state.lanes[lane].is_awaited(), source_is_missing(state, lane, due));
    state.lanes[lane].late = missing.is_some();
    let mut effects = Effects::default();
    turns::heed(state, lane, was_awaited, &mut effects);
    if let Some(follows) = missing {
        effects.append(follows);
        return effects;
    }
    if state.is_export(lane) {
        let is_its_turn = turns::take(state, lane);
        return if is_its_turn { placed(state, lane) } else { Effects::default() };
    }
    let (cloud, region) = (state.cloud_of(lane), state.region_to(lane).clone());
    if !state.plan.policy.check_quota || cloud.replication().quota.is_empty() {
        return placed(state, lane);
    }
    match state.quotas.of(cloud, &region).wait(lane) {
        None => take_place(state, lane),
        Some(true) => ask(state, lane),
        Some(false) => Effects::default(),
    }
}

/// Asks for what is not known yet of the room where a lane goes. Where it was counted what is there, the ceiling is the
/// account's and asked for once; a region is asked for its own where there would be no room by that.
fn ask(state: &mut State, lane: LaneId) -> Effects {
    let (cloud, region) = (state.cloud_of(lane), state.region_to(lane).clone());
    match state.quotas.next(cloud, &region, lane) {
        Question::Ask(number) => ask_by(state, number, lane),
        Question::Wait => {}
        Question::Known => {
            let waiting = state.quotas.of(cloud, &region).known();
            return take_places(state, waiting);
        }
    }
    Effects::default()
}

fn ask_by(state: &mut State, number: u8, lane: LaneId) {
    let (cloud, region) = (state.cloud_of(lane), state.region_to(lane).clone());
    let channel = state.channel(cloud, Work::Quota(number), &region);
    state.channels.push(channel, state.clock.now(), Item::Lane(lane));
}

/// Where a step makes what the lane copies and is not done: it is seen to, and calls the lane back.
fn source_is_missing(state: &mut State, lane: LaneId, due: Millis) -> Option<Effects> {
    let id = state.step_before(lane)?;
    let mut effects = Effects::default();
    if state.lanes.is_asleep(id) {
        state.lanes.wake();
        effects.advance(id, Outcome::Suitable);
        effects.go_on(id, state.clock.now());
        effects.enter(lane, due);
        return Some(effects);
    }
    let step = &state.lanes[id];
    let outcome = match step.phase {
        Phase::Finishing | Phase::Ended(End::Ready | End::Present) if step.image.is_some() => return None,
        Phase::Ended(End::Ambiguous) => Outcome::Unsure,
        Phase::Ended(End::Cancelled | End::Unfinished) => Outcome::Stopped,
        Phase::Ended(_) => Outcome::Unsuitable,
        _ => return Some(effects),
    };
    let mut error = step.error().cloned().unwrap_or_else(unexpected);
    error.message = concat(&["a step before it did not succeed: ", &error.message]);
    effects.advance_by(lane, outcome, &Arc::new(error));
    Some(effects)
}

pub(super) fn call(state: &mut State, channel: ChannelId, number: u8) -> Option<Departure> {
    let (_, Item::Lane(lane)) = state.channels.pop(channel, state.clock.now())? else {
        return None;
    };
    let quota = state.channels[channel].cloud.replication().quota.get(usize::from(number))?;
    Some(Departure::about(vec![lane], quota()))
}

pub(super) fn settle(
    state: &mut State,
    pending: Pending,
    number: u8,
    outcome: Result<Reply, Error>,
    retry_after_ms: Option<i64>,
) -> Effects {
    let channel = &state.channels[pending.errand.channel];
    let (cloud, region, failures) = (channel.cloud, channel.region.clone(), channel.failures);
    let told = match outcome {
        Ok(Reply { facts: Facts::Quota(told), .. }) => told,
        Ok(Reply { facts: Facts::Images(page), .. }) => Quota { total: None, used: page.total },
        Ok(_) => return unknown(state, pending.errand.channel, &unexpected()),
        Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) && failures + 1 < TRIES => {
            state.channels[pending.errand.channel].failures = failures + 1;
            let due = state.clock.now().plus(state.wait_ms(failures, &error, retry_after_ms));
            pending.lanes().iter().for_each(|lane| state.channels.push(pending.errand.channel, due, Item::Lane(*lane)));
            return Effects::default();
        }
        Err(error) => return unknown(state, pending.errand.channel, &error),
    };
    let mut effects = Effects::default();
    state.quotas.of(cloud, &region).learn(told);
    for lane in pending.lanes().iter().copied() {
        effects.append(ask(state, lane));
    }
    if number == CEILING {
        ceiling(state, cloud, told.total, &mut effects);
    }
    effects
}

/// The account's ceiling is known, or will never be: the other regions go on.
fn ceiling(state: &mut State, cloud: Cloud, total: Option<u64>, effects: &mut Effects) {
    for lane in state.quotas.told_ceiling(cloud, total) {
        effects.append(ask(state, lane));
    }
}

/// Nobody can tell whether there is room: the launches will.
pub(super) fn unknown(state: &mut State, channel: ChannelId, error: &Error) -> Effects {
    let mut effects = Effects::default();
    let channel = &state.channels[channel];
    let (cloud, region, work) = (channel.cloud, channel.region.clone(), channel.work);
    effects.tell(state.cloud_event(cloud, &region, EventKind::Warning, error, None));
    let places = state.quotas.of(cloud, &region);
    places.forget();
    let waiting = places.known();
    effects.append(take_places(state, waiting));
    if work == Work::Quota(CEILING) {
        ceiling(state, cloud, None, &mut effects);
    }
    effects
}

fn take_places(state: &mut State, lanes: Vec<LaneId>) -> Effects {
    let mut effects = Effects::default();
    for lane in lanes {
        if state.lanes[lane].phase == Phase::Waiting {
            effects.append(take_place(state, lane));
        }
    }
    effects
}

fn take_place(state: &mut State, lane: LaneId) -> Effects {
    let (cloud, region) = (state.cloud_of(lane), state.region_to(lane).clone());
    match state.quotas.of(cloud, &region).take() {
        Ok(()) => placed(state, lane),
        Err(full) => {
            let mut effects = Effects::default();
            if let Some(is_first) = state.quotas.of(cloud, &region).wait_for_own(lane) {
                if is_first {
                    ask_by(state, CEILING, lane);
                }
                return effects;
            }
            effects.advance_by(lane, Outcome::Unsuitable, &Arc::new(quota_reached(state, lane, &full)));
            effects.go_on(lane, state.clock.now());
            effects
        }
    }
}

/// Nothing more stands in the way of the launch.
fn placed(state: &State, lane: LaneId) -> Effects {
    let mut effects = Effects::default();
    effects.advance(lane, Outcome::Suitable);
    effects.go_on(lane, state.clock.now());
    effects
}

/// The refusal, with the cloud's own rule in `problems`.
fn quota_reached(state: &State, lane: LaneId, full: &Full) -> Error {
    let &Full { used, taken, total } = full;
    let region = state.region_to(lane);
    let quota = Quota { total: Some(total), used: Some(used.saturating_add(taken)) };
    let check = |quota| state.transfer(lane).check(state.target(lane), &state.plan, &Known { quota, ..Known::default() }).problems;
    let without = check(None);
    let mut problems = check(Some(&quota));
    problems.retain(|problem| problem.severity == Severity::Error && !without.contains(problem));
    let code = problems.iter().find_map(|problem| problem.vendor_code).unwrap_or("quota.full");
    let [used, more, total] = [used, taken, total].map(|count| decimal(count as i64));
    let message = match taken {
        0 => concat(&[region, " has no room: ", &used, " of ", &total, " custom images are there"]),
        _ => concat(&[region, " has no room: ", &used, " of ", &total, " custom images are there, and ", &more, " more are on their way"]),
    };
    let mut error = Error::new(Kind::Quota, code, message).hint(
        "delete images there or have the quota raised; nothing was sent",
        zh!("{0} 的自定义镜像配额不足（{1}/{2}）；请删除部分镜像或申请提高配额，未发送任何请求", region, &used, &total),
    );
    error.problems = problems;
    error
}
