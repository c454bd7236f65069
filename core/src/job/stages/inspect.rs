//! First step: what is the source image, and may it be copied? Asked once an image, many images a call; of one that is
//! still being made again and again, until it is usable.

use crate::api::check::Known;
use crate::api::facts::{Facts, Image, Reply, State as ImageState};
use crate::base::error::{Error, Kind, Retry};
use crate::base::text::{concat, contains, shown};
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::event::EventKind;
use crate::job::id::{ChannelId, LaneId, SourceId};
use crate::job::journal::Record;
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::{Item, Work};
use crate::job::pace::in_flight::{Departure, Pending, Subject};
use crate::job::state::effect::Effects;
use crate::job::state::errors::unexpected;
use crate::job::state::sources::{Making, Source, SourceFacts};
use crate::job::state::{State, looks};
use crate::plan::Action;
use crate::plan::policy::duration_text;
use std::sync::Arc;

/// The first lane of a source asks for it. A step sleeps until it is needed.
pub(super) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let id = state.lanes[lane].source;
    let source = &mut state.sources[id];
    if !state.lanes.is_step(lane) && !source.asked {
        source.asked = true;
        let (cloud, region) = (source.cloud, source.region.clone());
        let channel = state.channel(cloud, Work::Inspect, &region);
        state.channels.push(channel, due, Item::Source(id));
    }
    Effects::default()
}

pub(super) fn call(state: &mut State, channel: ChannelId) -> Option<Departure> {
    let (cloud, batch) = (state.channels[channel].cloud, state.channels[channel].batch);
    // Those that are due later come along as far as there is room: one look serves all.
    let horizon = if batch > 1 { Millis(i64::MAX) } else { state.clock.now() };
    let mut sources = Vec::new();
    while sources.len() < batch
        && let Some((_, Item::Source(source))) = state.channels.pop(channel, horizon)
    {
        sources.push(source);
    }
    let ids: Vec<&str> = sources.iter().map(|source| &*state.sources[*source].id).collect();
    let wanted = (!ids.is_empty()).then(|| (cloud.replication().images)(&ids))?;
    Some(Departure { subject: Subject::Sources(sources), wanted: Ok(wanted), listing: None })
}

pub(super) fn settle(state: &mut State, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let sources = match &pending.errand.subject {
        Subject::Sources(sources) => sources.as_slice(),
        Subject::Lanes(_) => &[],
    };
    match outcome {
        Ok(Reply { facts: Facts::Images(page), .. }) => {
            let is_shown = |source: &SourceId| page.items.iter().any(|image| image.id == *state.sources[*source].id);
            let hides = page.tells_of_more(page.shown()) && !sources.iter().all(is_shown);
            // It is asked again as often as absence is asked for, and not for ever: a cloud may always count so.
            if hides && state.channels[pending.errand.channel].failures < state.plan.policy.absences {
                return looks::again(state, pending.errand, &unexpected(), retry_after_ms);
            }
            state.channels[pending.errand.channel].failures = 0;
            let mut effects = Effects::default();
            for id in sources.iter().copied() {
                let source = &mut state.sources[id];
                match page.items.iter().find(|image| image.id == *source.id) {
                    Some(image) => {
                        source.facts = Some(Box::new(SourceFacts::of(image, source.cloud)));
                        seen(state, pending.errand.channel, id, image, &mut effects);
                    }
                    None => {
                        let error = not_found(source);
                        inspected(state, id, Err(&error), &mut effects);
                    }
                }
            }
            effects
        }
        Ok(_) => failed(state, sources, &unexpected()),
        Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => looks::again(state, pending.errand, &error, retry_after_ms),
        // One id spoils the batch: ask for each alone.
        Err(error) if error.kind != Kind::Permission && sources.len() > 1 => {
            state.channels[pending.errand.channel].batch = 1;
            sources.iter().for_each(|source| state.channels.push(pending.errand.channel, state.clock.now(), Item::Source(*source)));
            Effects::default()
        }
        Err(error) => failed(state, sources, &error),
    }
}

/// The sources cannot be known.
pub(super) fn failed(state: &mut State, sources: &[SourceId], error: &Error) -> Effects {
    let mut effects = Effects::default();
    sources.iter().for_each(|source| inspected(state, *source, Err(error), &mut effects));
    effects
}

/// The source is there: its lanes go on, or wait until it is made.
fn seen(state: &mut State, channel: ChannelId, id: SourceId, image: &Image, effects: &mut Effects) {
    let (now, is_survey, policy) = (state.clock.now(), state.survey.is_some(), &state.plan.policy);
    let source = &mut state.sources[id];
    let is_made = image.state != ImageState::Pending || !source.cloud.replication().being_made.contains(&image.raw_state.as_str());
    // Copies of ours keep it busy, too: then the launch will tell when it may go.
    if is_made || source.active > 0 {
        over(state, id, effects);
        return inspected(state, id, Ok(image), effects);
    }
    let before = source.making.take();
    let since = before.as_ref().map_or(now, |making| making.since);
    source.making = Some(Box::new(Making { since, state: image.raw_state.as_str().into() }));
    if is_survey {
        return inspected(state, id, Ok(image), effects);
    }
    let left_ms = policy.source_deadline_ms - now.since(since);
    let error = still_made(source, (left_ms <= 0).then_some(policy.source_deadline_ms));
    let (cloud, region) = (source.cloud, source.region.clone());
    if left_ms <= 0 {
        over(state, id, effects);
        return inspected(state, id, Err(&error), effects);
    }
    // Jobs started together should not look together.
    let pause_ms = state.pause_ms(since);
    let pause_ms = (pause_ms + state.rng.between(0, pause_ms / 64)).clamp(1, left_ms);
    let word = before.as_ref().map(|making| &*making.state);
    if word.is_none() {
        effects.tell(state.cloud_event(cloud, &region, EventKind::SourcePending, &error, Some(pause_ms)));
    }
    if word != Some(&image.raw_state) {
        effects.write(&Record::Source { at: state.clock.host_time(since), source: id, making: Some(image.raw_state.clone()) });
    }
    // What is wrong with the copy besides need not wait.
    for lane in std::mem::take(&mut state.sources[id].lanes) {
        match judge(state, lane, Ok(image)) {
            _ if state.lanes[lane].phase != Phase::Inspecting => {}
            Ok(()) => state.sources[id].lanes.push(lane),
            Err(error) => effects.advance_by(lane, Outcome::Unsuitable, &Arc::new(error)),
        }
    }
    if !state.sources[id].lanes.is_empty() {
        state.channels.push(channel, now.plus(pause_ms), Item::Source(id));
    }
}

/// The source is waited for no more.
fn over(state: &mut State, id: SourceId, effects: &mut Effects) {
    if state.sources[id].making.take().is_some() {
        effects.write(&Record::Source { at: state.clock.host(), source: id, making: None });
    }
}

/// The source is known, or cannot be: its lanes go on.
fn inspected(state: &mut State, source: SourceId, found: Result<&Image, &Error>, effects: &mut Effects) {
    for lane in std::mem::take(&mut state.sources[source].lanes) {
        // Lanes taken up again further on need no leave to go on.
        if state.lanes[lane].phase != Phase::Inspecting {
            continue;
        }
        match judge(state, lane, found) {
            Ok(()) => {
                name(state, lane, found.map_or("", |image| &image.name));
                effects.advance(lane, Outcome::Suitable);
            }
            Err(error) => effects.advance_by(lane, Outcome::Unsuitable, &Arc::new(error)),
        }
        effects.go_on(lane, state.clock.now());
    }
}

/// Whether the plan, the source and the destination allow the launch, by all rules and facts.
fn judge(state: &State, id: LaneId, found: Result<&Image, &Error>) -> Result<(), Error> {
    let (transfer, target) = (state.transfer(id), state.target(id));
    let image = found.ok();
    if let Err(error) = found {
        let needs_name = transfer.task == Action::Copy && transfer.name_for(target).is_none_or(|name| contains(name, "{name}"));
        // Without the right or the call to describe images, or where the listing does not show it, a launch may
        // still be allowed; if not, its refusal says so.
        let may_try = matches!(error.kind, Kind::Permission | Kind::NotFound | Kind::Unsupported);
        if !may_try || needs_name {
            return Err(error.clone());
        }
    }
    // A source that is being copied leaves its normal state for a while: the launch will tell when it may go.
    let is_busy = |image: &&Image| image.state == ImageState::Pending;
    let settled = image.filter(is_busy).map(|image| Image { state: ImageState::Ready, ..image.clone() });
    let findings = transfer.check(target, &state.plan, &Known { image: settled.as_ref().or(image), ..Known::default() });
    if !findings.has_errors() {
        return Ok(());
    }
    let error = findings.into_error(&state.path(id));
    let chaining = transfer.cloud.replication().chaining.filter(|_| transfer.chain_for(target).is_none());
    let needs_chain = chaining.zip(image).is_some_and(|(chaining, image)| (chaining.needs_own)(image));
    Err(match needs_chain {
        true => error.hint(
            "give the copy a chain in the plan, so that it goes by an image of its own",
            zh!("请在计划中为该复制填写 chain，经由自有镜像中转"),
        ),
        false => error,
    })
}

/// The copy is named by its source, unless it has its name already.
fn name(state: &mut State, lane: LaneId, source_name: &str) {
    if state.lanes[lane].name.is_none() {
        let name = state.transfer(lane).expand(state.target(lane), source_name, state.started);
        state.lanes[lane].name = Some(name.into());
    }
}

fn not_found(source: &Source) -> Error {
    let Source { cloud, region, id, .. } = source;
    Error::new(Kind::NotFound, "image.not_listed", concat(&[cloud.as_str(), " lists no image ", id, " in ", region]))
        .hint("check the image id, its region and the account", zh!("请检查镜像 ID、所在地域和账号"))
}

/// The source is still being made; `waited_ms` when it was waited for as long as the policy allows.
fn still_made(source: &Source, waited_ms: Option<i64>) -> Error {
    let Source { region, id, making, .. } = source;
    let word = making.as_ref().map_or(String::new(), |making| shown(&making.state));
    match waited_ms.map(duration_text) {
        None => Error::new(
            Kind::Conflict,
            "image.being_made",
            concat(&["the source ", id, " in ", region, " is still being made (", &word, ")"]),
        )
        .hint("its copies are launched once it is usable", zh!("源镜像可用后自动发起复制")),
        Some(waited) => {
            let message = concat(&[
                "the source ",
                id,
                " in ",
                region,
                " is still being made (",
                &word,
                ") after ",
                &waited,
                "; nothing was launched",
            ]);
            Error::new(Kind::Conflict, "source.deadline", message).hint(
                "look at what makes it; run the plan again once it is usable, or set a longer source_deadline",
                zh!(
                    "等待 {0} 后源镜像仍在制作中（{1}），未发起复制；请检查其制作过程，可用后重新执行计划，或设置更长的 source_deadline",
                    &waited,
                    &word
                ),
            )
        }
    }
}
