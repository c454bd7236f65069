//! Third step: the launch. No cloud has an idempotency token, so the intent is written ahead, and whatever is not
//! certain afterwards is looked for before anything is sent again.

use crate::api::facts::{Facts, Launched, Reply};
use crate::api::replication::{Replica, Wanted};
use crate::base::error::{Error, Kind, Retry};
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::id::{ChannelId, LaneId};
use crate::job::journal::Record;
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::Work;
use crate::job::pace::in_flight::{Departure, Errand, Pending};
use crate::job::state::State;
use crate::job::state::effect::Effects;
use crate::job::state::errors::unexpected;
use crate::job::state::lane::kept;
use crate::job::state::lane::{CLEARED, Lane, WHOLE};
use crate::job::state::turns;
use crate::plan::Action;
use std::sync::Arc;

pub(super) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let work = state.launch_work(lane);
    // One call can serve all destinations of a transfer: those wait that are ready before the others, until they are called.
    let shares = state.cloud_of(lane).replication().fan_out > 1 && work == Work::Launch && !state.lanes.is_step(lane);
    let Lane { alone, share, transfer, .. } = state.lanes[lane];
    let may_wait = shares && !alone && !state.lanes[lane].is_tried() && !state.lanes[lane].is_put_off();
    if may_wait && state.lanes.are_awaited(transfer) {
        state.lanes[lane].due = Millis(i64::MAX);
        return Effects::default();
    }
    let channel = state.launch_channel(lane);
    // Copies keep their source busy: first come those whose refusal is to be confirmed.
    let due = if share == CLEARED { due.max(state.clock.now().plus(1)) } else { due };
    state.put(channel, due, lane);
    Effects::default()
}

pub(super) fn call(state: &mut State, channel: ChannelId) -> Option<Departure> {
    let is_in_region = state.channels[channel].work == Work::CopyInRegion;
    let quota = if is_in_region { 1 } else { quota(state, channel)? };
    let lanes = next_group(state, channel, quota);
    let first = *lanes.first()?;
    let wanted = if is_in_region { copy_in_region(state, first)? } else { launch(state, &lanes)? };
    Some(Departure::about(lanes, wanted))
}

/// How many copies the cloud lets us begin now; a full cloud parks the channel.
fn quota(state: &mut State, channel: ChannelId) -> Option<u32> {
    let cloud = state.channels[channel].cloud;
    let limits = &state.plan.policy.active;
    let limit = limits.iter().find(|(of, _)| *of == cloud).map_or(cloud.replication().active, |(_, limit)| *limit);
    let quota = if limit == 0 { u32::MAX } else { limit.saturating_sub(state.clouds[cloud].active) };
    if quota == 0 {
        state.channels.park(channel);
        return None;
    }
    Some(quota)
}

/// The next lanes that one call can launch: of one transfer, under one name, with the same parameters.
fn next_group(state: &mut State, channel: ChannelId, quota: u32) -> Vec<LaneId> {
    let most = state.channels[channel].cloud.replication().fan_out.min(quota as usize);
    let (mut group, mut others): (Vec<LaneId>, Vec<(Millis, LaneId)>) = (Vec::new(), Vec::new());
    // Destinations with names of their own may stand between those that go together.
    while group.len() < most && others.len() < most {
        let Some((due, lane)) = state.take(channel, state.clock.now()) else {
            break;
        };
        if state.lanes[lane].phase != Phase::Queued {
            continue;
        }
        match group.first() {
            Some(first) if !may_share(state, *first, lane) => others.push((due, lane)),
            _ => group.push(lane),
        }
    }
    // They keep their place in the queue.
    others.into_iter().for_each(|(due, lane)| state.put(channel, due, lane));
    group
}

fn may_share(state: &State, a: LaneId, b: LaneId) -> bool {
    let is_plain = |id: LaneId| {
        let own = state.target(id).overrides.as_ref();
        !state.lanes[id].alone && own.is_none_or(|own| own.params.is_empty() && own.description.is_none())
    };
    let (one, other) = (&state.lanes[a], &state.lanes[b]);
    let are_alike = one.transfer == other.transfer && one.name == other.name && one.share == other.share;
    are_alike && is_plain(a) && is_plain(b) && state.step_before(a) == state.step_before(b)
}

/// The launch of copies to other regions, or of an export.
fn launch(state: &State, lanes: &[LaneId]) -> Option<Wanted> {
    let first = *lanes.first()?;
    let source = state.source_image(first)?;
    let (transfer, name) = (state.transfer(first), state.lanes[first].name.as_deref().unwrap_or_default());
    let params = transfer.params_for(state.target(first));
    Some(match transfer.task {
        Action::Copy => {
            let mut replicas = Vec::new();
            for lane in lanes {
                replicas.push(Replica { image: source, ..transfer.replica(state.target(*lane), name, &params) });
            }
            let steps = transfer.cloud.replication();
            let call = steps.dry_run.filter(|_| state.lanes[first].is_tried()).unwrap_or(steps.launch);
            call(&replicas)
        }
        Action::Export => transfer.launch(state.target(first), name, &params),
    })
}

/// The launch of a copy within its region.
fn copy_in_region(state: &State, lane: LaneId) -> Option<Wanted> {
    let (transfer, target) = (state.transfer(lane), state.target(lane));
    let is_last = !state.lanes.is_step(lane);
    let key = transfer.chain_for(target).and_then(|chain| chain.cmk_id).filter(|_| is_last);
    let replica = Replica {
        image: state.source_image(lane)?,
        from: state.region_from(lane),
        to: state.region_to(lane),
        name: state.lanes[lane].name.as_deref().unwrap_or_default(),
        description: transfer.description_for(target).filter(|_| is_last),
        params: &Default::default(),
    };
    Some((state.chaining(lane)?.copy_in_region)(&replica, key.as_deref()))
}

/// Before a launch leaves: it stands in the journal, and its lanes are in the phase that a crash must find them in.
pub(crate) fn write_ahead(state: &mut State, errand: &Errand) -> Effects {
    let mut effects = Effects::default();
    let Some(first) = errand.lanes().first().filter(|_| errand.call.is_launch()) else {
        return effects;
    };
    let lanes = errand.lanes().iter().map(|lane| &state.lanes[*lane]);
    let sent = state.clouds[errand.call.operation.cloud].told_time;
    state.recent.note(*first, state.clock.host(), &state.plan.policy);
    effects.write(&Record::Launch {
        at: state.clock.host(),
        sent,
        lanes: errand.lanes().to_vec(),
        name: state.lanes[*first].name.as_deref().unwrap_or_default().to_owned(),
        before: lanes.map(|lane| lane.listed.then(|| lane.before().to_vec())).collect(),
    });
    for id in errand.lanes().iter().copied() {
        let lane = &mut state.lanes[id];
        lane.launches = lane.launches.saturating_add(u16::from(!errand.resigned && !lane.is_tried()));
        lane.launched = Some(state.clock.now());
        lane.note_sent(sent);
        effects.advance(id, Outcome::Sent);
    }
    effects
}

pub(super) fn settle(state: &mut State, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let (mut effects, lanes) = (Effects::default(), pending.lanes());
    let is_dry_run = lanes.first().is_some_and(|lane| state.lanes[*lane].is_tried());
    match outcome {
        Ok(Reply { facts: Facts::DryRun, .. }) if is_dry_run => cleared(state, lanes, &mut effects),
        Ok(Reply { facts: Facts::Launched(launched), .. }) if is_dry_run && launched.iter().all(|entry| entry.image.is_none()) => {
            cleared(state, lanes, &mut effects);
        }
        Ok(Reply { facts: Facts::Launched(launched), request_id, .. }) => {
            let source = lanes.first().and_then(|lane| state.source_image(*lane)).unwrap_or_default();
            let launched = without_source(launched, source);
            for lane in lanes.iter().copied() {
                state.lanes[lane].note_request(request_id.as_deref());
                accepted(state, lane, &launched, lanes.len(), &mut effects);
            }
        }
        Ok(Reply { facts: Facts::DryRun, .. }) => {
            let error = Error::new(Kind::Misuse, "plan.dry_run", "the cloud only checked the launch: the parameters ask for a dry run")
                .hint("take DryRun out of the plan", zh!("请从计划中去掉 DryRun"));
            let error = Arc::new(error);
            lanes.iter().for_each(|lane| effects.advance_by(*lane, Outcome::Refused, &error));
        }
        Ok(reply) => {
            let mut error = unexpected();
            error.request_id = reply.request_id;
            let error = Arc::new(error);
            lanes.iter().for_each(|lane| unsure(state, *lane, &error, &mut effects));
        }
        Err(error) => failed(state, &pending, error, retry_after_ms, &mut effects),
    }
    effects
}

/// The cloud accepted: what is to be watched now?
fn accepted(state: &mut State, id: LaneId, launched: &[Launched], group: usize, effects: &mut Effects) {
    let region = state.region_to(id).clone();
    let named = |entry: &&Launched| entry.region.as_deref().map_or(group == 1, |named| *named == *region);
    let mine = launched.iter().find(named).cloned().unwrap_or_default();
    // A set that names other regions but not this one accepted those, not this one.
    let is_partial = launched.iter().any(|entry| entry.image.is_some()) && mine.image.is_none() && mine.task.is_none();
    let (now, lane) = (state.clock.now(), &mut state.lanes[id]);
    lane.accepted = !is_partial;
    lane.launched = if is_partial { lane.launched } else { Some(now) };
    lane.alone = false;
    lane.unsure = is_partial;
    lane.image = None;
    lane.task = mine.task.map(kept);
    lane.note_objects(mine.objects);
    if let Some(image) = mine.image {
        state.lanes.hold(id, kept(image));
    }
    let (steps, lane) = (state.cloud_of(id).replication(), &state.lanes[id]);
    let outcome = match state.transfer(id).task {
        Action::Export if steps.export_tasks.is_some() && lane.task.is_some() => Outcome::AcceptedTask,
        // An export without a task to ask for: the source is busy until it is written.
        Action::Export => Outcome::AcceptedImage,
        Action::Copy if steps.task_by_id && lane.task.is_some() => Outcome::AcceptedTask,
        Action::Copy if lane.image.is_some() && steps.task_batch > 0 && !steps.task_by_id => Outcome::AcceptedTask,
        Action::Copy if lane.image.is_some() => Outcome::AcceptedImage,
        Action::Copy => Outcome::AcceptedUnnamed,
    };
    effects.advance(id, outcome);
    match outcome {
        Outcome::AcceptedUnnamed => effects.go_on(id, state.first_probe()),
        _ => effects.watch(id),
    }
}

/// A dry run has found nothing wrong with these: they go together when the others are told apart, too.
fn cleared(state: &mut State, lanes: &[LaneId], effects: &mut Effects) {
    for id in lanes.iter().copied() {
        state.lanes[id].failures = 0;
        share(state, id, CLEARED, effects);
        effects.advance(id, Outcome::Delayed);
        effects.go_on(id, state.clock.now());
    }
}

/// Another share of the refused call.
fn share(state: &mut State, id: LaneId, share: u8, effects: &mut Effects) {
    let was_awaited = state.lanes[id].is_awaited();
    state.lanes[id].share = share;
    turns::heed(state, id, was_awaited, effects);
}

/// A call for several destinations is refused. Those that the message names try alone, the others once more together. Where
/// it names none, dry runs of its halves tell them apart; where it cannot be a destination's fault, each tries alone.
fn part(state: &mut State, lanes: &[LaneId], error: &Arc<Error>, effects: &mut Effects) {
    let now = state.clock.now();
    let mut named = Vec::new();
    for lane in lanes {
        named.push(is_named(&error.message, state.region_to(*lane)));
    }
    let tells = named.contains(&true) && named.contains(&false);
    let may_try = !matches!(error.kind, Kind::Permission | Kind::NotFound);
    for (index, id) in lanes.iter().copied().enumerate() {
        let Lane { share: of, transfer, .. } = state.lanes[id];
        let can_try = may_try && state.transfer_at(transfer).cloud.replication().dry_run.is_some() && of != CLEARED;
        let half = of.max(1).checked_mul(2).map(|half| half + u8::from(index >= lanes.len() / 2)).filter(|_| can_try);
        let (next, due) = match (tells, half) {
            (true, _) if !named[index] => (Some(of), now.plus(1)),
            (false, Some(half)) => (Some(half), now),
            _ => (None, now),
        };
        state.lanes[id].alone = next.is_none();
        share(state, id, next.unwrap_or(WHOLE), effects);
        effects.advance_by(id, Outcome::Delayed, error);
        effects.go_on(id, due);
    }
}

/// Whether a message names that region, and not just one whose name is longer.
fn is_named(message: &str, region: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let bytes = message.as_bytes();
    bytes.windows(region.len().max(1)).enumerate().any(|(at, part)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        part == region.as_bytes() && !is_part(before) && !is_part(bytes.get(at + region.len()))
    })
}

fn failed(state: &mut State, pending: &Pending, error: Error, retry_after_ms: Option<i64>, effects: &mut Effects) {
    let lanes = pending.lanes();
    let is_name_taken = pending.errand.call.operation.cloud.replication().name_taken.contains(&error.code.as_str());
    let failures = lanes.iter().map(|lane| state.lanes[*lane].failures).max().unwrap_or(0);
    // One wait for all, so that they can share the next call, too.
    let mut wait_ms = state.wait_ms(u32::from(failures), &error, retry_after_ms);
    // A source that copies of ours keep busy is free when one of them is over.
    let active = lanes.first().map_or(0, |lane| state.sources[state.lanes[*lane].source].active);
    let is_held = error.kind == Kind::Conflict && active > lanes.len() as u32;
    if is_held {
        wait_ms = wait_ms.saturating_mul(1 << failures.min(8)).min(state.longest_hold_ms());
    }
    let (now, error) = (state.clock.now(), Arc::new(error));
    let due = now.plus(wait_ms);
    if error.retry == Retry::Never && lanes.len() > 1 {
        return part(state, lanes, &error, effects);
    }
    for id in lanes.iter().copied() {
        match error.retry {
            Retry::Unsure => unsure(state, id, &error, effects),
            Retry::Backoff | Retry::Clock | Retry::Credentials => {
                let lane = &mut state.lanes[id];
                (lane.failures, lane.due) = (failures.saturating_add(1), due);
                effects.advance_by(id, Outcome::Delayed, &error);
                effects.go_on(id, due);
                if is_held {
                    let source = state.lanes[id].source;
                    state.sources[source].held.push_back(id);
                }
            }
            // The launch itself has the last word.
            Retry::Never if state.lanes[id].is_tried() => {
                state.lanes[id].alone = true;
                share(state, id, WHOLE, effects);
                effects.advance_by(id, Outcome::Delayed, &error);
                effects.go_on(id, now);
            }
            Retry::Never if is_name_taken => {
                let lane = &mut state.lanes[id];
                (lane.name_taken, lane.late) = (true, true);
                effects.advance_by(id, Outcome::NameTaken { perhaps_ours: lane.unsure }, &error);
                effects.go_on(id, state.first_probe());
            }
            Retry::Never => effects.advance_by(id, Outcome::Refused, &error),
        }
    }
}

/// Nobody knows whether the launch took effect: it is looked for.
fn unsure(state: &mut State, id: LaneId, error: &Arc<Error>, effects: &mut Effects) {
    let lane = &mut state.lanes[id];
    lane.unsure = true;
    lane.doubts = lane.doubts.saturating_add(1);
    effects.advance_by(id, Outcome::Unsure, error);
    effects.go_on(id, state.first_probe());
}

/// The China edition answers the source's own id when new ids were not asked for.
fn without_source(mut launched: Vec<Launched>, source: &str) -> Vec<Launched> {
    for entry in &mut launched {
        if entry.image.as_deref() == Some(source) {
            entry.image = None;
        }
    }
    launched
}
