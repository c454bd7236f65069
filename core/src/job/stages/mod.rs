//! The steps of a lane's life, one file each. A stage is given the state and says what follows; it never calls another.
//! Each has three parts: a lane arrives (`enter`), a call is made (`call`), and what came of it is read (`settle`).

mod export;
mod find;
mod inspect;
mod launch;
mod post_copy;
mod quota;
mod watch;

pub(crate) use launch::write_ahead;
pub(crate) use watch::next_look;

use super::id::{ChannelId, LaneId};
use super::machine::{Outcome, Phase};
use super::pace::channels::Work;
use super::pace::in_flight::{Departure, Errand, Pending, Subject};
use super::state::State;
use super::state::effect::Effects;
use crate::api::facts::Reply;
use crate::api::operation::Named;
use crate::api::replication::Wanted;
use crate::base::error::Error;
use crate::base::time::Millis;
use crate::provider::build;
use std::sync::Arc;

/// A lane arrives where its phase wants it.
pub(crate) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    match state.lanes[lane].phase {
        Phase::Inspecting => inspect::enter(state, lane, due),
        Phase::Finding | Phase::Probing if state.is_export(lane) => export::enter(state, lane, due),
        Phase::Finding | Phase::Probing => find::enter(state, lane, due),
        Phase::Waiting => quota::enter(state, lane, due),
        Phase::Queued => launch::enter(state, lane, due),
        Phase::Task | Phase::Image => watch::enter(state, lane, due),
        Phase::Finishing => post_copy::enter(state, lane, due),
        Phase::Launching | Phase::Ended(_) => Effects::default(),
    }
}

/// The next call of a channel, for what is due in it; otherwise what follows from that it cannot be built.
pub(crate) fn call(state: &mut State, channel: ChannelId) -> Option<Result<Errand, Effects>> {
    let Departure { subject, wanted, listing } = departure(state, channel)?;
    let call = wanted.and_then(|Wanted { operation, params }| {
        let at = state.plan.at(operation.cloud, &state.channels[channel].region);
        build(&Named::new(operation, &params), &at)
    });
    Some(match call {
        Ok(call) => Ok(Errand { channel, subject, call, resigned: false, listing }),
        Err(error) => Err(unbuilt(state, channel, subject, error)),
    })
}

fn departure(state: &mut State, channel: ChannelId) -> Option<Departure> {
    match state.channels[channel].work {
        Work::Inspect => inspect::call(state, channel),
        Work::Find => find::call(state, channel),
        Work::FindExport => export::call(state, channel),
        Work::Quota(number) => quota::call(state, channel, number),
        Work::Launch | Work::CopyInRegion | Work::Export => launch::call(state, channel),
        Work::CopyTask | Work::ExportTask | Work::Image => watch::call(state, channel),
        Work::Change(_) => post_copy::call(state, channel),
    }
}

/// What came of a call.
pub(crate) fn settle(state: &mut State, pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    match state.channels[pending.errand.channel].work {
        Work::Inspect => inspect::settle(state, pending, outcome, retry_after_ms),
        Work::Find => find::settle(state, pending, outcome, retry_after_ms),
        Work::FindExport => export::settle(state, pending, outcome, retry_after_ms),
        Work::Quota(number) => quota::settle(state, pending, number, outcome, retry_after_ms),
        Work::Launch | Work::CopyInRegion | Work::Export => launch::settle(state, pending, outcome, retry_after_ms),
        Work::CopyTask | Work::ExportTask | Work::Image => watch::settle(state, pending, outcome, retry_after_ms),
        Work::Change(_) => post_copy::settle(state, pending, outcome, retry_after_ms),
    }
}

/// A call that cannot be built or signed: the plan or the clock is wrong, and nothing was sent.
pub(crate) fn unbuilt(state: &mut State, channel: ChannelId, subject: Subject, error: Error) -> Effects {
    let lanes = match (state.channels[channel].work, subject) {
        (_, Subject::Sources(sources)) => return inspect::failed(state, &sources, &error),
        (Work::Quota(_), _) => return quota::unknown(state, channel, &error),
        (_, Subject::Lanes(lanes)) => lanes,
    };
    let (mut effects, error) = (Effects::default(), Arc::new(error));
    for lane in lanes {
        state.lanes[lane].in_flight = false;
        effects.advance_by(lane, Outcome::Refused, &error);
        effects.go_on(lane, state.clock.now());
    }
    effects
}
