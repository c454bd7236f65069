//! All that a job knows. Each part owns its fields; what needs several of them stands in the files beside this one:
//! `view` asks, `books` moves a lane, `turns` says who may go next, `looks` weighs what was not seen, `access` minds the
//! keys, `routes` opens channels, `told` takes a person's word.

pub(crate) mod access;
pub(crate) mod books;
pub(crate) mod chains;
pub(crate) mod clouds;
pub(crate) mod effect;
pub(crate) mod errors;
mod holders;
pub(crate) mod lane;
mod lane_record;
pub(crate) mod lanes;
mod layout;
pub(crate) mod looks;
pub(crate) mod news;
pub(crate) mod quotas;
pub(crate) mod resume;
pub(crate) mod retold;
mod routes;
mod rows;
pub(crate) mod sources;
pub(crate) mod told;
pub(crate) mod turns;
mod view;

use crate::base::cloud::{ByCloud, Cloud};
use crate::base::error::Error;
use crate::base::time::Millis;
use crate::job::id::{ChannelId, LaneId};
use crate::job::pace::backoff::{Rng, wait_ms};
use crate::job::pace::channels::{Channels, Item};
use crate::job::pace::clock::Clock;
use crate::job::pace::recent::Recent;
use crate::job::report::Extra;
use crate::plan::Plan;
use chains::Chains;
use clouds::CloudState;
use lanes::Lanes;
use layout::Layout;
use quotas::Quotas;
use sources::Sources;
use std::sync::Arc;

/// All that a job knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) plan: Plan,
    /// When the job began; names may tell its day.
    pub(crate) started: Millis,
    /// When this run of it began: deadlines count from here.
    pub(crate) began: Millis,
    /// The launches of the last seconds, an interrupted run's among them.
    pub(crate) recent: Recent,
    /// When it may have looked last; looks are not in the journal.
    pub(crate) looked: Option<Millis>,
    pub(crate) seed: u64,
    pub(crate) rng: Rng,
    pub(crate) clock: Clock,
    pub(crate) lanes: Lanes,
    pub(crate) sources: Sources,
    /// The lanes that are steps on the way of others.
    pub(crate) chains: Chains,
    pub(crate) quotas: Quotas,
    pub(crate) channels: Channels,
    pub(crate) clouds: ByCloud<CloudState>,
    /// Only look, launch nothing: copies found that the plan does not ask for.
    pub(crate) survey: Option<Vec<Extra>>,
    /// Set by a deadline or a cancellation: why nothing more is begun.
    pub(crate) stopping: Option<Arc<Error>>,
}

impl State {
    /// The state before the first call.
    pub(crate) fn new(plan: Plan, started: Millis, now: Millis, seed: u64) -> Self {
        let Layout { lanes, sources, chains } = Layout::of(&plan, now);
        let clouds = ByCloud::new(|cloud| CloudState::new(plan.transfers.iter().any(|transfer| transfer.cloud == cloud)));
        Self {
            plan,
            started,
            began: now,
            recent: Recent::default(),
            looked: None,
            seed,
            rng: Rng(seed),
            clock: Clock::new(now),
            lanes,
            sources,
            chains,
            quotas: Quotas::default(),
            channels: Channels::default(),
            clouds,
            survey: None,
            stopping: None,
        }
    }

    /// Puts a lane into a channel; an earlier entry of it becomes stale.
    pub(crate) fn put(&mut self, channel: ChannelId, due: Millis, lane: LaneId) {
        self.lanes[lane].due = due;
        self.channels.push(channel, due, Item::Lane(lane));
    }

    /// Takes the next lane from a channel that is due by `until`, with the time it was due.
    pub(crate) fn take(&mut self, channel: ChannelId, until: Millis) -> Option<(Millis, LaneId)> {
        loop {
            match self.channels.pop(channel, until)? {
                (due, Item::Lane(lane)) if self.lanes[lane].due == due => {
                    self.lanes[lane].due = Millis(i64::MAX);
                    return Some((due, lane));
                }
                _ => {}
            }
        }
    }

    /// How long to wait before the next try.
    pub(crate) fn wait_ms(&mut self, failures: u32, error: &Error, retry_after_ms: Option<i64>) -> i64 {
        wait_ms(&mut self.rng, &self.plan.policy, failures, error, retry_after_ms)
    }

    /// When there is something to do again, with so many requests under way, by the host's clock. Always in the future.
    pub(crate) fn wait_until(&mut self, in_flight: usize) -> Millis {
        let (now, policy) = (self.clock.now(), &self.plan.policy);
        let timeout = (in_flight > 0).then(|| now.plus(policy.request_timeout_ms));
        // Only a free place among the requests under way can help, so its time does not matter.
        let is_full = in_flight >= policy.concurrency as usize;
        let wake = if is_full { None } else { self.channels.next_wake() };
        let deadline = self.began.plus(policy.deadline_ms);
        let until = wake.or(timeout).unwrap_or(deadline).min(if self.stopping.is_none() { deadline } else { Millis(i64::MAX) });
        // Other keys may come: the host is asked for them now and then.
        let ask = Cloud::ALL.into_iter().filter_map(|cloud| self.keys_due(cloud)).min();
        self.clock.host_time(until.min(ask.unwrap_or(until)).max(now.plus(1)))
    }
}
