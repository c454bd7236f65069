//! Fourth step: looking until the copy is usable. Many lanes share a look; a lane is looked at as rarely as its
//! progress allows.

use crate::api::facts::{Facts, Image, Reply, State as ImageState, Task as RemoteTask, TaskState};
use crate::api::operation::Named;
use crate::api::replication::Wanted;
use crate::base::error::{Error, Kind, Retry};
use crate::base::text::{concat, contains, shown};
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::event::{Event, EventKind};
use crate::job::id::{ChannelId, LaneId};
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::Work;
use crate::job::pace::in_flight::{Departure, Pending};
use crate::job::state::effect::Effects;
use crate::job::state::errors::{deadline, in_two_regions, unexpected};
use crate::job::state::lane::kept;
use crate::job::state::looks::{self, unseen_ms};
use crate::job::state::{State, books};
use crate::plan::Action;
use crate::provider::build;
use std::sync::Arc;

pub(super) fn enter(state: &mut State, id: LaneId, due: Millis) -> Effects {
    let mut effects = Effects::default();
    let lane = &state.lanes[id];
    if state.clock.now().since(lane.launched.unwrap_or(lane.since).max(state.began)) >= state.plan.policy.lane_deadline_ms {
        effects.advance_by(id, Outcome::Stopped, &Arc::new(deadline("the copy", zh!("复制"))));
        return effects;
    }
    // The last look is for the image itself, where it is known: a task that is done would only lead there.
    let is_last = lane.accepted && lane.image.is_some() && lane.forecast.ends_by(due, state.clock.now(), state.plan.policy.poll_ms);
    let phase = lane.phase;
    let is_ahead = is_last && phase == Phase::Task && state.transfer(id).task == Action::Copy && {
        let images = state.channel_for(id, Work::Image);
        !state.channels[images].refuses
    };
    let due = if is_ahead { due.plus(follows_ms(state)) } else { due };
    let work = match (phase, state.transfer(id).task) {
        (Phase::Task, Action::Copy) if !is_ahead => Work::CopyTask,
        (Phase::Task, Action::Export) => Work::ExportTask,
        // An export without a task: the source itself is looked at, in its own region.
        (_, Action::Copy | Action::Export) => Work::Image,
    };
    let channel = state.channel_for(id, work);
    state.put(channel, due, id);
    effects
}

/// Whether a lane is looked at by its image though its task is not known to be over.
fn is_ahead(state: &State, pending: &Pending, lane: LaneId) -> bool {
    state.channels[pending.errand.channel].work == Work::Image && state.lanes[lane].phase == Phase::Task
}

pub(super) fn call(state: &mut State, channel: ChannelId) -> Option<Departure> {
    let (work, steps, is_older) = {
        let channel = &state.channels[channel];
        (channel.work, channel.cloud.replication(), channel.older)
    };
    let lanes = next_group(state, channel);
    let ids: Vec<&str> = lanes.iter().map(|lane| watched_id(state, *lane, work)).collect();
    let first = ids.first()?;
    let wanted = match (work, steps.older_task.filter(|_| is_older), steps.export_tasks) {
        (Work::CopyTask, Some(older), _) => older(first),
        (Work::CopyTask, None, _) => (steps.tasks)(&ids),
        (Work::ExportTask, _, Some(tasks)) => tasks(&ids),
        (_, _, _) => (steps.images)(&ids),
    };
    lanes.iter().for_each(|lane| state.lanes[*lane].in_flight = true);
    Some(Departure::about(lanes, wanted))
}

/// The next lanes that one look can serve.
fn next_group(state: &mut State, channel: ChannelId) -> Vec<LaneId> {
    let (work, batch) = (state.channels[channel].work, state.channels[channel].batch);
    let now = state.clock.now();
    // Those who are due later come along as far as there is room: one look serves all.
    let horizon = if batch > 1 { Millis(i64::MAX) } else { now };
    let mut group: Vec<LaneId> = Vec::new();
    while group.len() < batch
        && let Some((_, id)) = state.take(channel, horizon)
    {
        let lane = &state.lanes[id];
        let belongs = lane.phase == Phase::Task || lane.phase == Phase::Image && work == Work::Image;
        if !belongs || lane.in_flight {
            continue;
        }
        // An id that spoiled a look before is asked for alone until it has been seen.
        let is_alone = lane.alone;
        if is_alone && !group.is_empty() {
            state.put(channel, now, id);
            break;
        }
        group.push(id);
        if is_alone {
            break;
        }
    }
    group
}

/// The id by which a lane is asked for.
fn watched_id(state: &State, id: LaneId, work: Work) -> &str {
    let (lane, transfer) = (&state.lanes[id], state.transfer(id));
    let by_task = work == Work::ExportTask || (work == Work::CopyTask && transfer.cloud.replication().task_by_id);
    let own = if by_task { &lane.task } else { &lane.image };
    match transfer.task {
        Action::Export if !by_task => &transfer.image,
        Action::Copy | Action::Export => own.as_deref().unwrap_or_default(),
    }
}

pub(super) fn settle(state: &mut State, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let mut effects = Effects::default();
    match outcome {
        Ok(Reply { facts: Facts::Images(page), .. }) => {
            looked(state, &pending);
            let hides = page.tells_of_more(page.shown());
            for lane in pending.lanes().iter().copied() {
                let id = watched_id(state, lane, Work::Image);
                match page.items.iter().find(|image| image.id == id) {
                    // What it does not show may be there: it is looked at again.
                    None if hides => {
                        effects.advance(lane, Outcome::Unread);
                        effects.watch(lane);
                    }
                    image => judge_image(state, lane, pending.sent, image, &mut effects),
                }
            }
        }
        Ok(Reply { facts: Facts::Tasks(page), .. }) => {
            looked(state, &pending);
            for lane in pending.lanes().iter().copied() {
                let task = newest_task(state, lane, state.channels[pending.errand.channel].work, &page.items);
                judge_task(state, lane, pending.sent, task, &mut effects);
            }
        }
        Ok(_) => return looks::again(state, pending.errand, &unexpected(), retry_after_ms),
        Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => {
            return looks::again(state, pending.errand, &error, retry_after_ms);
        }
        // Their tasks are there still; the others look again without them.
        Err(_) if pending.lanes().iter().any(|lane| is_ahead(state, &pending, *lane)) => {
            state.channels[pending.errand.channel].refuses = true;
            for lane in pending.lanes().iter().copied() {
                state.lanes[lane].in_flight = false;
                effects.go_on(lane, state.clock.now());
            }
        }
        Err(error) if has_no_such_look(state, &pending, &error) => {
            looked(state, &pending);
            look_elsewhere(state, &pending, error, &mut effects);
        }
        Err(error) if matches!(error.kind, Kind::NotFound | Kind::Invalid) => id_refused(state, &pending, error, &mut effects),
        Err(error) => {
            let error = Arc::new(error);
            for lane in pending.lanes().iter().copied() {
                state.lanes[lane].in_flight = false;
                effects.advance_by(lane, Outcome::Refused, &error);
            }
        }
    }
    effects
}

/// An id is not known, or not liked. One spoils the batch: it is halved until the bad one is alone.
fn id_refused(state: &mut State, pending: &Pending, error: Error, effects: &mut Effects) {
    if let [id] = *pending.lanes() {
        looked(state, pending);
        let lane = &mut state.lanes[id];
        lane.note_request(error.request_id.as_deref());
        lane.alone = true;
        return judge_missing(state, id, pending.sent, Some(error), effects);
    }
    state.channels[pending.errand.channel].batch = pending.lanes().len().div_ceil(2);
    for lane in pending.lanes().iter().copied() {
        state.lanes[lane].in_flight = false;
        effects.go_on(lane, state.clock.now());
    }
}

/// Whether it is the look itself that is refused, not what it asks for.
fn has_no_such_look(state: &State, pending: &Pending, error: &Error) -> bool {
    let channel = &state.channels[pending.errand.channel];
    // Where tasks have calls of their own, this status speaks of the path.
    let is_path = channel.cloud.replication().older_task.is_some() && error.status == Some(404);
    matches!(channel.work, Work::CopyTask | Work::Image) && (is_path || matches!(error.kind, Kind::Unsupported | Kind::Permission))
}

/// The cloud has no such look for us: an older call, the image, the listing or the task must tell instead.
fn look_elsewhere(state: &mut State, pending: &Pending, error: Error, effects: &mut Effects) {
    let channel = &state.channels[pending.errand.channel];
    let is_task = channel.work == Work::CopyTask;
    if let Some(older) = channel.cloud.replication().older_task.filter(|_| is_task && !channel.older) {
        let Wanted { operation, params } = older("id");
        // It may want more than the plan has, such as a project.
        if build(&Named::new(operation, &params), &state.plan.at(channel.cloud, &channel.region)).is_ok() {
            state.channels[pending.errand.channel].older = true;
            pending.lanes().iter().for_each(|lane| effects.go_on(*lane, state.clock.now()));
            return;
        }
    }
    looks::warn(state, &pending.errand, &error, None, effects);
    let error = Arc::new(error);
    for id in pending.lanes().iter().copied() {
        let lane = &state.lanes[id];
        match (is_task, lane.image.is_some(), lane.over) {
            (true, true, _) => effects.advance(id, Outcome::Missing { has_task: false, given_up: false }),
            (true, false, _) => effects.advance(id, Outcome::TaskDoneUnnamed),
            // Its task has said that it is done.
            (false, _, true) => effects.advance(id, made(state, id)),
            (false, _, false) => effects.advance_by(id, Outcome::Refused, &error),
        }
        effects.watch(id);
    }
}

/// A look succeeded: the channel recovers, and a halved batch grows again.
fn looked(state: &mut State, pending: &Pending) {
    let channel = &mut state.channels[pending.errand.channel];
    let steps = channel.cloud.replication();
    let most = if channel.work == Work::Image { steps.image_batch } else { steps.task_batch };
    channel.failures = 0;
    channel.batch = (channel.batch * 2).min(most.max(1));
    pending.lanes().iter().for_each(|lane| state.lanes[*lane].in_flight = false);
}

/// The task of a lane among those that a look showed. The newest counts: an image may have been worked on before.
fn newest_task<'t>(state: &State, lane: LaneId, work: Work, tasks: &'t [RemoteTask]) -> Option<&'t RemoteTask> {
    let id = watched_id(state, lane, work);
    let by_id = work == Work::ExportTask || state.cloud_of(lane).replication().task_by_id;
    // Tasks of other kinds follow a copy, for example a check of the new image.
    let is_copy = |task: &RemoteTask| task.kind.is_empty() || contains(&task.kind.to_ascii_lowercase(), "copy");
    let is_mine = |task: &&RemoteTask| match by_id {
        true => task.id == id || tasks.len() == 1,
        false => task.image.as_deref() == Some(id) && is_copy(task),
    };
    tasks.iter().filter(is_mine).max_by_key(|task| task.created)
}

fn judge_task(state: &mut State, id: LaneId, began: Millis, task: Option<&RemoteTask>, effects: &mut Effects) {
    let Some(task) = task else {
        return judge_missing(state, id, began, None, effects);
    };
    let is_export = state.is_export(id);
    let source = state.source_image(id).unwrap_or_default();
    let named = task.image.as_deref().filter(|image| !is_export && !image.is_empty() && *image != source);
    if let Some(image) = named.map(kept).as_deref().filter(|image| state.lanes[id].image.as_deref() != Some(*image)) {
        if state.lanes.is_held_elsewhere(id, image) {
            return effects.advance_by(id, Outcome::Several, &Arc::new(in_two_regions(image)));
        }
        // The id may come on the way; it names the image, but says nothing about its state.
        state.lanes.hold(id, kept(image));
    }
    let (now, lane) = (state.clock.now(), &mut state.lanes[id]);
    lane.alone = false;
    match task.state {
        TaskState::Running => return seen_at_work(state, id, began, task.percent, effects),
        TaskState::Succeeded if is_export => effects.advance(id, Outcome::Ready { more: false }),
        TaskState::Succeeded if lane.image.is_some() => {
            note_duration(state, id);
            effects.advance(id, Outcome::TaskDone);
            return effects.go_on(id, now.plus(follows_ms(state)));
        }
        TaskState::Succeeded => effects.advance(id, Outcome::TaskDoneUnnamed),
        TaskState::Failed => {
            let (code, message) = task.failure.clone().unwrap_or_else(|| ("copy.failed".into(), "the cloud gives no reason".into()));
            let explanation = state.cloud_of(id).explain(&code, None);
            let error =
                Error::new(explanation.kind, code, concat(&["the task failed: ", &message])).hint(explanation.next_en, explanation.next_zh);
            effects.advance_by(id, Outcome::Broken, &Arc::new(error));
        }
    }
    effects.go_on(id, now);
}

fn judge_image(state: &mut State, id: LaneId, began: Millis, image: Option<&Image>, effects: &mut Effects) {
    let Some(image) = image else {
        return judge_missing(state, id, began, None, effects);
    };
    let lane = &mut state.lanes[id];
    (lane.seen, lane.alone) = (true, false);
    let has_task = lane.phase == Phase::Task;
    match image.state {
        ImageState::Ready if state.is_export(id) => return judge_exported(state, id, true, effects),
        ImageState::Pending if state.is_export(id) => return judge_exported(state, id, false, effects),
        ImageState::Pending => return seen_at_work(state, id, began, image.percent, effects),
        ImageState::Ready => {
            note_duration(state, id);
            effects.advance(id, made(state, id));
        }
        // Its task tells why.
        ImageState::Failed | ImageState::Gone if has_task => {}
        ImageState::Failed | ImageState::Gone => {
            let message = concat(&["the image ", &image.id, " is in state ", &shown(&image.raw_state)]);
            let error = Error::new(Kind::Server, "image.failed", message)
                .hint("delete it and copy again; if it fails again, open a ticket", zh!("请删除后重新复制；若再次失败，请提交工单"));
            effects.advance_by(id, Outcome::Broken, &Arc::new(error));
        }
    }
    effects.go_on(id, state.clock.now());
}

/// A copy is over: the next ones of its source are looked at accordingly.
fn note_duration(state: &mut State, id: LaneId) {
    let (now, lane) = (state.clock.now(), &state.lanes[id]);
    if let Some(launched) = lane.launched.filter(|_| lane.accepted && !lane.over) {
        let quickest = &mut state.sources[lane.source].quickest_ms;
        let took_ms = now.since(launched);
        *quickest = Some(quickest.map_or(took_ms, |quickest| quickest.min(took_ms)));
    }
}

/// The image is usable: the copy that a launch of this lane made, or what somebody else was making under its name when
/// the lane first looked, which is left as it is.
fn made(state: &State, id: LaneId) -> Outcome {
    let may_be_ours = state.lanes[id].accepted || state.lanes[id].unsure;
    if may_be_ours { Outcome::Ready { more: state.next_change(id).is_some() } } else { Outcome::Usable }
}

/// The image at rest is weak evidence that an export is written: an export may begin to show late, or never. It
/// must be seen at rest as often and as late as absence is believed.
fn judge_exported(state: &mut State, id: LaneId, at_rest: bool, effects: &mut Effects) {
    let (settle_ms, absences) = (state.plan.policy.settle_ms, state.plan.policy.absences);
    let (now, lane) = (state.clock.now(), &mut state.lanes[id]);
    let before = lane.absences;
    lane.absences = if at_rest { before.saturating_add(1) } else { 0 };
    let has_changed = lane.absences != before;
    let waited_ms = now.since(lane.launched.unwrap_or(lane.since));
    if u32::from(lane.absences) >= absences && waited_ms >= settle_ms {
        effects.advance(id, Outcome::Ready { more: false });
        return effects.go_on(id, now);
    }
    if has_changed {
        books::write_down(state, id, effects);
    }
    effects.watch(id);
}

/// The look did not show the task or the image. Tasks are forgotten, and listings lag: only what lasts counts.
fn judge_missing(state: &mut State, id: LaneId, began: Millis, error: Option<Error>, effects: &mut Effects) {
    let (poll_ms, poll_max_ms) = (state.plan.policy.poll_ms, state.plan.policy.poll_max_ms);
    let unseen_ms = unseen_ms(state, id, began, poll_ms, poll_max_ms);
    let lasts = unseen_ms >= state.plan.policy.visible_ms;
    let (steps, policy, is_copy) = (state.cloud_of(id).replication(), &state.plan.policy, !state.is_export(id));
    let lane = &state.lanes[id];
    // An image that was seen before was deleted, unless a replica that lags behind was asked; that a task is gone says nothing.
    let is_seen = lane.phase == Phase::Image && lane.seen && u32::from(lane.absences) >= policy.absences;
    let was_deleted = is_seen && unseen_ms >= policy.settle_ms;
    let its_task = if steps.task_by_id { &lane.task } else { &lane.image };
    let has_task = is_copy && !lane.seen && steps.task_batch > 0 && its_task.is_some();
    let given_up = match lane.phase {
        // The image is the better witness where it is known.
        Phase::Task => lasts && lane.image.is_none(),
        _ => lasts || was_deleted,
    };
    // Tasks show late, too, and tell of progress, which images do not everywhere.
    if lane.phase == Phase::Task && !given_up && (lane.image.is_none() || unseen_ms < policy.settle_ms) {
        books::write_down(state, id, effects);
        return effects.watch(id);
    }
    let outcome = Outcome::Missing { has_task, given_up };
    let after = state.phase_after(id, outcome);
    if after == lane.phase {
        books::write_down(state, id, effects);
    }
    if given_up {
        effects.advance_by(id, outcome, &Arc::new(error.unwrap_or_else(gone)));
    } else {
        effects.advance(id, outcome);
    }
    match after {
        Phase::Probing => effects.go_on(id, state.first_probe()),
        _ => effects.watch(id),
    }
}

fn gone() -> Error {
    Error::new(Kind::NotFound, "image.gone", "the new image is not to be seen any more, or never was")
        .hint("look at the destination; copy again if it is not there", zh!("请核对目标地域；若不存在请重新复制"))
}

fn seen_at_work(state: &mut State, id: LaneId, asked: Millis, percent: Option<u8>, effects: &mut Effects) {
    let lane = &mut state.lanes[id];
    let was_missing = lane.absences > 0;
    lane.absences = 0;
    // Where no launch of ours tells since when it is made, its deadline counts from when it was found.
    lane.since = if lane.launched.is_some() { state.clock.now() } else { lane.since };
    lane.forget_looks();
    if was_missing {
        books::write_down(state, id, effects);
    }
    let now = state.clock.now();
    let lane = &mut state.lanes[id];
    if lane.note_percent(percent, asked, now) {
        let eta_ms = lane.eta_ms(now);
        effects.tell(Event { eta_ms, ..state.lane_event(id, EventKind::Progress) });
    }
    effects.watch(id);
}

/// How long after its task an image is looked at: it follows within moments.
fn follows_ms(state: &State) -> i64 {
    state.plan.policy.poll_ms / 8
}

/// When a watched lane is looked at next.
pub(crate) fn next_look(state: &mut State, id: LaneId) -> Millis {
    let (now, policy, lane) = (state.clock.now(), &state.plan.policy, &state.lanes[id]);
    let ideal = match lane.phase {
        // The image follows its task within moments.
        Phase::Image if lane.over => now.since(lane.since).max(policy.poll_ms / 4),
        // A look long before the quickest copy of the same image was over tells nothing.
        Phase::Task | Phase::Image if lane.percent.is_none() && lane.accepted && now == lane.launched.unwrap_or(now) => {
            state.sources[lane.source].quickest_ms.map_or(0, |quickest| quickest / 2).max(policy.poll_ms)
        }
        _ => lane.forecast.pause_ms(lane.percent, lane.launched.unwrap_or(lane.since), now, policy.poll_ms),
    };
    let pause = ideal.clamp(1, policy.poll_max_ms);
    // Jobs started together should not look together.
    let jitter = state.rng.between(0, pause / 64);
    now.plus(pause + jitter)
}
