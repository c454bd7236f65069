//! Whether the clouds accept the keys, and what is done when they do not.

use super::State;
use super::clouds::Access;
use super::effect::Effects;
use crate::api::facts::Reply;
use crate::base::cloud::Cloud;
use crate::base::credentials::Credentials;
use crate::base::error::{Error, Kind, Retry};
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::event::EventKind;
use crate::job::id::ChannelId;
use crate::job::journal::Record;
use crate::job::keyring::{Keyring, Tag};
use crate::job::machine::Outcome;
use crate::job::pace::in_flight::Pending;
use std::sync::Arc;

/// A cloud has accepted the credentials.
pub(crate) fn proven(state: &mut State, cloud: Cloud) -> Effects {
    let mut effects = Effects::default();
    // An older request may be accepted after a newer one was refused: that proves nothing.
    if matches!(state.clouds[cloud].access, Access::Unproven) {
        state.clouds[cloud].access = Access::Proven;
        state.clouds[cloud].has_accepted = true;
        if state.clouds[cloud].refused.take().is_some() {
            write(state, cloud, false, &mut effects);
        }
        state.channels.unpark(cloud);
    }
    effects
}

/// The credentials, unless the channel must wait: for the first answer of the cloud, or for other credentials.
pub(crate) fn usable_keys<'k>(state: &mut State, channel: ChannelId, keys: &'k Keyring) -> Option<&'k Credentials> {
    let cloud = state.channels[channel].cloud;
    let known = &state.clouds[cloud];
    if known.blocked.is_some() {
        state.channels.park(channel);
        return None;
    }
    if let Some(until) = known.locked_until.filter(|until| *until > state.clock.now()) {
        state.channels.wake(channel, until);
        return None;
    }
    let must_wait = match known.access {
        Access::Proven => false,
        Access::Unproven => known.in_flight > 0,
        Access::Refused { .. } => true,
    };
    let Some(credentials) = keys.get(cloud).filter(|_| !must_wait) else {
        state.channels.park(channel);
        return None;
    };
    Some(credentials)
}

/// Refused credentials are never tried again. With others the cloud is tried anew. Those that were accepted before have
/// run out: others are waited for. Then, and at once where none was ever accepted, the cloud is given up: what was not
/// launched is stopped, what was is left running.
pub(crate) fn review(state: &mut State, cloud: Cloud, keys: &Keyring) -> Effects {
    if !state.clouds[cloud].used || state.clouds[cloud].barred.is_some() {
        return Effects::default();
    }
    let mut effects = Effects::default();
    let error = match (&state.clouds[cloud].access, keys.get(cloud)) {
        (Access::Refused { tag, .. }, Some(given)) if *tag != Some(Tag::of(given)) => {
            state.clouds[cloud].access = Access::Unproven;
            state.channels.unpark(cloud);
            return Effects::default();
        }
        (Access::Refused { error, .. }, _) => error.clone(),
        (Access::Proven | Access::Unproven, Some(_)) => return Effects::default(),
        (Access::Proven | Access::Unproven, None) => {
            let error = Error::new(Kind::Auth, "credentials.missing", concat(&["no credentials for ", cloud.as_str(), " were given"]))
                .hint("give an access key for this cloud", zh!("请提供该云的访问密钥"));
            refuse(state, cloud, "", error.clone(), None, &mut effects);
            Arc::new(error)
        }
    };
    let waited_ms = state.clouds[cloud].refused.map(|since| state.clock.now().since(since));
    if waited_ms.is_some_and(|waited_ms| waited_ms < state.plan.policy.credentials_wait_ms) {
        effects.append(put_off(state, cloud, &error));
        return effects;
    }
    effects.append(take_back(state, Some(cloud), &error));
    state.clouds[cloud].barred = Some(error.clone());
    for lane in state.lanes.ids() {
        if state.cloud_of(lane) == cloud {
            state.lanes[lane].in_flight = false;
            effects.advance_by(lane, Outcome::Barred, &error);
        }
    }
    effects
}

/// Launches that wait for other keys were certainly not executed: should the job be taken up by its journal meanwhile, they
/// need not be looked for.
fn put_off(state: &mut State, cloud: Cloud, error: &Arc<Error>) -> Effects {
    let mut effects = Effects::default();
    for errand in state.channels.drain_again(Some(cloud)) {
        if errand.call.is_launch() {
            for lane in errand.lanes().iter().copied() {
                effects.advance_by(lane, Outcome::Delayed, error);
                effects.go_on(lane, state.clock.now());
            }
        } else {
            state.channels.push_again(errand);
        }
    }
    effects
}

/// Calls that wait to go out again never will; launches among them were certainly not executed.
pub(crate) fn take_back(state: &mut State, cloud: Option<Cloud>, error: &Arc<Error>) -> Effects {
    let mut effects = Effects::default();
    for errand in state.channels.drain_again(cloud) {
        if errand.call.is_launch() {
            errand.lanes().iter().for_each(|lane| effects.advance_by(*lane, Outcome::Delayed, error));
        }
    }
    effects
}

/// Nothing carries the requests of a cloud until somebody mends the way: its lanes are stopped, to be resumed.
pub(crate) fn blocked(state: &mut State, pending: &Pending, error: &Error) -> Effects {
    let cloud = pending.errand.call.operation.cloud;
    let mut effects = Effects::default();
    let region = state.channels[pending.errand.channel].region.clone();
    effects.tell(state.cloud_event(cloud, &region, EventKind::Warning, error, None));
    let error = Arc::new(error.clone());
    state.clouds[cloud].blocked = Some(error.clone());
    effects.append(take_back(state, Some(cloud), &error));
    for lane in state.lanes.ids() {
        if state.cloud_of(lane) == cloud {
            effects.advance_by(lane, Outcome::Stopped, &error);
        }
    }
    effects
}

/// An answer tells the time.
pub(crate) fn note_time(state: &mut State, cloud: Cloud, outcome: &Result<Reply, Error>, server_date: Option<Millis>) {
    let cloud = &mut state.clouds[cloud];
    cloud.server_time = server_date;
    // A gateway in between may answer with a clock of its own: only what is certainly the cloud's counts.
    let told = match outcome {
        Ok(_) => server_date,
        Err(error) => error.server_time.or(server_date.filter(|_| error.request_id.is_some())),
    };
    cloud.told_time = told.or(cloud.told_time);
}

/// A request was answered, or is lost: others may take its place.
pub(crate) fn landed(state: &mut State, pending: &Pending) {
    state.channels.landed(pending.errand.channel, pending.ticket, state.clock.now());
    let cloud = pending.errand.call.operation.cloud;
    let in_flight = &mut state.clouds[cloud].in_flight;
    *in_flight = in_flight.saturating_sub(1);
    if *in_flight == 0 {
        state.channels.unpark(cloud);
    }
}

/// The cloud has locked the key for a while: nothing is sent there until it is over.
pub(crate) fn locked(state: &mut State, cloud: Cloud, error: &Error, retry_after_ms: Option<i64>) -> Effects {
    let mut effects = Effects::default();
    let wait_ms = state.wait_ms(0, error, retry_after_ms);
    state.clouds[cloud].locked_until = Some(state.clock.now().plus(wait_ms));
    effects.tell(state.cloud_event(cloud, "", EventKind::Throttled, error, Some(wait_ms)));
    effects
}

/// The cloud asks to slow down.
pub(crate) fn throttled(state: &mut State, pending: &Pending, error: &Error, retry_after_ms: Option<i64>) -> Effects {
    let mut effects = Effects::default();
    let wait_ms = state.wait_ms(0, error, retry_after_ms);
    state.channels.limiter(pending.errand.channel).throttled(state.clock.now(), wait_ms);
    let channel = &state.channels[pending.errand.channel];
    effects.tell(state.cloud_event(channel.cloud, &channel.region, EventKind::Throttled, error, Some(wait_ms)));
    effects
}

/// An answer that refuses the credentials, the clock or the signature. The request was certainly not executed, and goes
/// out again: signed by the server's clock if that was the fault, else when there are other credentials.
pub(crate) fn refused(state: &mut State, pending: Pending, error: Error, server_date: Option<Millis>) -> Effects {
    let (mut effects, Pending { mut errand, tag, .. }) = (Effects::default(), pending);
    let cloud = errand.call.operation.cloud;
    let region = state.channels[errand.channel].region.clone();
    let server_time = error.server_time.or(server_date);
    if let (Retry::Clock, Some(server_time), false) = (error.retry, server_time, errand.resigned) {
        let skew_ms = server_time.since(state.clock.host());
        state.clouds[cloud].skew_ms = skew_ms;
        effects.tell(state.cloud_event(cloud, &region, EventKind::Skew, &error, Some(skew_ms)));
        errand.resigned = true;
    } else {
        refuse(state, cloud, &region, error, Some(tag), &mut effects);
    }
    state.channels.push_again(errand);
    effects
}

/// The credentials of that tag are refused, or there are none. Where some were accepted before, others may come.
fn refuse(state: &mut State, cloud: Cloud, region: &str, error: Error, tag: Option<Tag>, effects: &mut Effects) {
    let (now, wait_ms) = (state.clock.now(), state.plan.policy.credentials_wait_ms);
    if state.clouds[cloud].has_accepted && state.clouds[cloud].refused.is_none() {
        state.clouds[cloud].refused = Some(now);
        write(state, cloud, true, effects);
    }
    let left_ms = state.clouds[cloud].refused.map(|since| (wait_ms - now.since(since)).max(0));
    effects.tell(state.cloud_event(cloud, region, EventKind::Credentials, &error, left_ms));
    state.clouds[cloud].access = Access::Refused { error: Arc::new(error), tag };
}

/// Writes down that a cloud's credentials have run out, or that others were accepted.
fn write(state: &State, cloud: Cloud, refused: bool, effects: &mut Effects) {
    if state.survey.is_none() {
        effects.write(&Record::Keys { at: state.clock.host(), cloud, refused });
    }
}
