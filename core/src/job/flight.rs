//! A request under way, and the two moments of its life that all kinds share: leaving and landing.

use super::find::Listing;
use super::keyring::{Keyring, Tag};
use super::schedule::Work;
use super::{Job, Outgoing, What};
use crate::api::call::Call;
use crate::api::call::sign_call;
use crate::api::facts::Reply;
use crate::api::operation::Named;
use crate::api::replication::Wanted;
use crate::base::error::{Error, Kind};
use crate::base::time::Millis;
use crate::provider::build;
use crate::sign::KeyCache;

/// A request under way.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) channel: usize,
    /// Lanes, or sources in a channel that inspects.
    pub(crate) items: Vec<u32>,
    pub(crate) call: Call,
    /// When it left, by our clock.
    pub(crate) sent: Millis,
    /// Its place in the limiter.
    pub(crate) ticket: u64,
    /// It was refused once for its clock and signed anew.
    pub(crate) resigned: bool,
    /// The credentials it was signed with.
    pub(crate) tag: Option<Tag>,
    /// What the pages before this one held.
    pub(crate) listing: Option<Listing>,
}

/// Longest wait that a slow, throttled service is given by its own word, in milliseconds.
const LONGEST_WAIT_MS: i64 = 3_600_000;

impl Job {
    /// Makes the next call of a channel, if its limits allow.
    pub(super) fn dispatch(&mut self, channel: usize, keys: &Keyring) -> Option<Outgoing> {
        if !self.schedule.has_place(channel, self.clock.now) {
            return None;
        }
        self.usable_keys(channel, keys)?;
        let outgoing = match self.schedule.pop_again(channel) {
            Some(flight) => self.sign_and_send(flight, keys),
            None => self.depart(channel, keys),
        };
        self.schedule.rewake(channel);
        outgoing
    }

    /// Sends what the channel's own half makes of the items that are due.
    fn depart(&mut self, channel: usize, keys: &Keyring) -> Option<Outgoing> {
        let (items, Wanted { operation, params }, listing) = match self.schedule.channel(channel).work {
            Work::Inspect => self.make_inspection(channel),
            Work::Find => self.make_listing(channel),
            Work::FindExport => self.make_export_search(channel),
            Work::Quota(call) => self.make_quota(channel, call),
            Work::Launch | Work::CopyInRegion | Work::Export => self.make_launch(channel),
            Work::CopyTask | Work::ExportTask | Work::Image => self.make_look(channel),
            Work::Change(_) => self.make_change(channel),
        }?;
        let at = self.plan.at(operation.cloud, &self.schedule.channel(channel).region);
        let call = match build(&Named { operation, params: &params }, &at) {
            Ok(call) => call,
            Err(error) => {
                self.misbuilt(channel, items, &error);
                return None;
            }
        };
        let flight = Flight { channel, items, call, sent: self.clock.now, ticket: 0, resigned: false, tag: None, listing };
        self.sign_and_send(flight, keys)
    }

    fn sign_and_send(&mut self, mut flight: Flight, keys: &Keyring) -> Option<Outgoing> {
        let cloud = flight.call.operation.cloud;
        let credentials = keys.get(cloud)?;
        let signing_time = self.clock.host.plus(self.clouds[cloud as usize].skew_ms);
        let tag = Job::tag_of(credentials);
        let (derived_for, keys) = &mut self.clouds[cloud as usize].derived;
        if derived_for.replace(tag) != Some(tag) {
            *keys = KeyCache::default();
        }
        let request = match sign_call(&flight.call, credentials, signing_time, keys) {
            Ok(request) => request,
            Err(error) => {
                self.misbuilt(flight.channel, flight.items, &error);
                return None;
            }
        };
        // Taken here, not before: a call that could not be built costs no place.
        flight.sent = self.clock.now;
        flight.ticket = self.schedule.limiter(flight.channel).take(self.clock.now);
        flight.tag = Some(tag);
        self.write_ahead(&flight);
        self.clouds[cloud as usize].flights += 1;
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        let place = self.flights.partition_point(|(other, _)| *other < id);
        self.flights.insert(place, (id, Box::new(flight)));
        Some(Outgoing { id, request, timeout_ms: self.plan.policy.request_timeout_ms })
    }

    /// A call that cannot be built or signed: the plan or the clock is wrong, and nothing was sent.
    fn misbuilt(&mut self, channel: usize, items: Vec<u32>, error: &Error) {
        match self.schedule.channel(channel).work {
            Work::Inspect => self.settle_inspection_failure(items, error),
            Work::Quota(_) => self.quota_unknown(channel, error),
            Work::Find
            | Work::FindExport
            | Work::Launch
            | Work::CopyInRegion
            | Work::Export
            | Work::CopyTask
            | Work::ExportTask
            | Work::Image
            | Work::Change(_) => {
                for lane in items {
                    self.lanes[lane as usize].in_flight = false;
                    self.advance(lane, super::Outcome::Refused, Some(error.clone()));
                    self.go_on(lane, self.clock.now);
                }
            }
        }
    }

    /// Takes a flight off the list of those under way.
    pub(super) fn land(&mut self, now: Millis, id: u32) -> Result<Flight, Error> {
        let place = self.flights.binary_search_by_key(&id, |(id, _)| *id).map_err(|_| {
            Error::new(Kind::Misuse, "job.answer", format!("no request {id} is under way: it was answered before, or never sent"))
                .hint("answer each request once", "每个请求只应答一次")
        })?;
        let flight = *self.flights.remove(place).1;
        self.clock.advance(now);
        self.schedule.landed(flight.channel, flight.ticket, self.clock.now);
        let flights = &mut self.clouds[flight.call.operation.cloud as usize].flights;
        *flights = flights.saturating_sub(1);
        if *flights == 0 {
            self.schedule.unpark(flight.call.operation.cloud);
        }
        Ok(flight)
    }

    /// Hands what came of a request to the half that reads it.
    pub(super) fn settle(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        let channel = flight.channel;
        match self.schedule.channel(channel).work {
            Work::Inspect => self.settle_inspection(flight, outcome, retry_after_ms),
            Work::Find => self.settle_listing(flight, outcome, retry_after_ms),
            Work::FindExport => self.settle_export_search(flight, outcome, retry_after_ms),
            Work::Quota(call) => self.settle_quota(flight, call, outcome, retry_after_ms),
            Work::Launch | Work::CopyInRegion | Work::Export => self.settle_launch(flight, outcome, retry_after_ms),
            Work::CopyTask | Work::ExportTask | Work::Image => self.settle_look(flight, outcome, retry_after_ms),
            Work::Change(_) => self.settle_change(flight, outcome, retry_after_ms),
        }
        self.schedule.rewake(channel);
    }

    pub(super) fn throttled(&mut self, flight: &Flight, error: &Error, retry_after_ms: Option<i64>) {
        let wait_ms = self.wait_ms(0, Some(error), retry_after_ms);
        self.schedule.limiter(flight.channel).throttled(self.clock.now, wait_ms);
        let channel = self.schedule.channel(flight.channel);
        let (cloud, region) = (channel.cloud, channel.region.to_string());
        self.tell_cloud(cloud, &region, What::Throttled, Some(error.clone()), Some(wait_ms));
    }

    /// How long to wait before the next try: `Retry-After` as it is, else the larger of the jittered backoff and the
    /// catalogue's advice, the latter within the policy's bound. Never zero.
    pub(super) fn wait_ms(&mut self, failures: u32, error: Option<&Error>, retry_after_ms: Option<i64>) -> i64 {
        let policy = &self.plan.policy;
        let backoff = super::limiter::backoff_ms(&mut self.rng, policy.backoff_ms, policy.backoff_max_ms, failures);
        // A locked key stays locked for as long as the cloud says.
        let bound = if error.is_some_and(|error| error.kind == Kind::Auth) { LONGEST_WAIT_MS } else { policy.backoff_max_ms };
        let advised = error.and_then(|error| error.wait_ms).unwrap_or(0).min(bound);
        backoff.max(advised).max(retry_after_ms.unwrap_or(0)).clamp(1, LONGEST_WAIT_MS)
    }
}
