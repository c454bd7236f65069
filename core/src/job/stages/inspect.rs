//! First step: what is the source image, and may it be copied? Asked once an image, many images a call.

use crate::api::check::Known;
use crate::api::facts::{Facts, Image, Reply, State as ImageState};
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use crate::job::id::{ChannelId, LaneId, SourceId};
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::{Item, Work};
use crate::job::pace::in_flight::{Departure, Flight, Subject};
use crate::job::state::effect::Effects;
use crate::job::state::errors::unexpected;
use crate::job::state::sources::{Source, SourceFacts};
use crate::job::state::{State, looks};
use crate::plan::Action;
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
    let mut sources = Vec::new();
    while sources.len() < batch
        && let Some((_, Item::Source(source))) = state.channels.pop(channel, state.clock.now())
    {
        sources.push(source);
    }
    let ids: Vec<&str> = sources.iter().map(|source| &*state.sources[*source].id).collect();
    let wanted = (!ids.is_empty()).then(|| (cloud.replication().images)(&ids))?;
    Some(Departure { subject: Subject::Sources(sources), wanted: Ok(wanted), listing: None })
}

pub(super) fn settle(state: &mut State, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let sources = match &flight.subject {
        Subject::Sources(sources) => sources.as_slice(),
        Subject::Lanes(_) => &[],
    };
    match outcome {
        Ok(Reply { facts: Facts::Images(page), .. }) => {
            state.channels[flight.channel].failures = 0;
            let mut effects = Effects::default();
            for id in sources.iter().copied() {
                let source = &mut state.sources[id];
                match page.items.iter().find(|image| image.id == *source.id) {
                    Some(image) => {
                        source.facts = Some(Box::new(SourceFacts::of(image, source.cloud)));
                        inspected(state, id, Ok(image), &mut effects);
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
        Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => looks::again(state, flight, &error, retry_after_ms),
        // One id spoils the batch: ask for each alone.
        Err(error) if error.kind != Kind::Permission && sources.len() > 1 => {
            state.channels[flight.channel].batch = 1;
            sources.iter().for_each(|source| state.channels.push(flight.channel, state.clock.now(), Item::Source(*source)));
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
        let needs_name = transfer.task == Action::Copy && transfer.name_for(target).is_none_or(|name| name.contains("{name}"));
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
            "请在计划中为该复制填写 chain，经由自有镜像中转",
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
    Error::new(Kind::NotFound, "image.not_listed", format!("{cloud} lists no image {id} in {region}"))
        .hint("check the image id, its region and the account", "请检查镜像 ID、所在地域和账号")
}
