//! Before the launch: is there room? Asked once a destination, when the first lane wants to go there; what does not fit
//! fails before anything is sent.

use super::find::Listing;
use super::flight::Flight;
use super::inspect::unexpected;
use super::machine::{Outcome, Phase};
use super::schedule::Work;
use super::{Job, What};
use crate::api::check::Known;
use crate::api::facts::{Facts, Quota, Reply};
use crate::api::replication::Wanted;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::problem::Severity;
use crate::plan::Task;
use std::sync::Arc;

/// The room in one region of one cloud.
#[derive(Debug)]
pub(crate) struct Room {
    cloud: Cloud,
    region: Arc<str>,
    /// As the cloud told it.
    quota: Quota,
    /// Places that lanes of this job have taken since.
    taken: u64,
    /// Lanes that wait for the answer; `None` once it is there, or nobody can tell.
    waiting: Option<Vec<u32>>,
}

/// How often a quota is asked for before the launches go ahead without it.
const TRIES: u32 = 4;

impl Job {
    /// Gives a lane its place, as soon as it is known whether there is one.
    pub(super) fn want_place(&mut self, index: u32) {
        if !self.has_source(index) {
            return;
        }
        let transfer = &self.plan.transfers[self.lanes[index as usize].transfer as usize];
        let (cloud, region) = (transfer.cloud, self.region_to(index).clone());
        if transfer.task == Task::Export {
            return self.want_turn(index);
        }
        if !self.plan.policy.check_quota || cloud.steps().quota.is_empty() {
            return self.placed(index, Ok(()));
        }
        let room = self.room_in(cloud, &region);
        match &mut self.rooms[room].waiting {
            None => self.take_place(index, room),
            Some(waiting) => {
                waiting.push(index);
                if waiting.len() == 1 {
                    let channel = self.channel(cloud, Work::Quota(0), &region);
                    self.schedule.push(channel, self.clock.now, index);
                }
            }
        }
    }

    /// The room in that region, made at first use.
    fn room_in(&mut self, cloud: Cloud, region: &Arc<str>) -> usize {
        self.rooms.iter().position(|room| room.cloud == cloud && room.region == *region).unwrap_or_else(|| {
            self.rooms.push(Room { cloud, region: region.clone(), quota: Quota::default(), taken: 0, waiting: Some(Vec::new()) });
            self.rooms.len() - 1
        })
    }

    pub(super) fn make_quota(&mut self, channel: usize, call: u8) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let (_, lane) = self.schedule.pop(channel, self.clock.now)?;
        let quota = self.schedule.channel(channel).cloud.steps().quota.get(usize::from(call))?;
        Some((vec![lane], quota(), None))
    }

    pub(super) fn settle_quota(&mut self, flight: Flight, call: u8, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        let channel = self.schedule.channel(flight.channel);
        let (cloud, region, failures) = (channel.cloud, channel.region.clone(), channel.failures);
        let told = match outcome {
            Ok(Reply { facts: Facts::Quota(told), .. }) => told,
            Ok(Reply { facts: Facts::Images(page), .. }) => Quota { total: None, used: page.total },
            Ok(_) => return self.quota_unknown(flight.channel, &unexpected()),
            Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) && failures + 1 < TRIES => {
                self.schedule.channel_mut(flight.channel).failures = failures + 1;
                let due = self.clock.now.plus(self.wait_ms(failures, Some(&error), retry_after_ms));
                flight.items.into_iter().for_each(|lane| self.schedule.push(flight.channel, due, lane));
                return;
            }
            Err(error) => return self.quota_unknown(flight.channel, &error),
        };
        let index = self.room_in(cloud, &region);
        let room = &mut self.rooms[index];
        room.quota = Quota { total: told.total.or(room.quota.total), used: told.used.or(room.quota.used) };
        if usize::from(call) + 1 < cloud.steps().quota.len() {
            let next = self.channel(cloud, Work::Quota(call + 1), &region);
            flight.items.into_iter().for_each(|lane| self.schedule.push(next, self.clock.now, lane));
        } else {
            self.room_known(index);
        }
    }

    /// Nobody can tell whether there is room: the launches will.
    pub(super) fn quota_unknown(&mut self, channel: usize, error: &Error) {
        let channel = self.schedule.channel(channel);
        let (cloud, region) = (channel.cloud, channel.region.clone());
        self.tell_cloud(cloud, &region, What::Warning, Some(error.clone()), None);
        let room = self.room_in(cloud, &region);
        self.rooms[room].quota = Quota::default();
        self.room_known(room);
    }

    fn room_known(&mut self, room: usize) {
        for lane in self.rooms[room].waiting.take().unwrap_or_default() {
            self.take_place(lane, room);
        }
    }

    fn take_place(&mut self, index: u32, room: usize) {
        if self.lanes[index as usize].phase != Phase::Waiting {
            return;
        }
        let room = &mut self.rooms[room];
        let verdict = match (room.quota.used, room.quota.total) {
            (Some(used), Some(total)) if used.saturating_add(room.taken) >= total => {
                let (taken, region) = (room.taken, room.region.clone());
                Err(self.no_room(index, &region, used, taken, total))
            }
            _ => {
                room.taken = room.taken.saturating_add(1);
                Ok(())
            }
        };
        self.placed(index, verdict);
    }

    pub(super) fn placed(&mut self, index: u32, verdict: Result<(), Error>) {
        match verdict {
            Ok(()) => self.advance(index, Outcome::Suitable, None),
            Err(error) => self.advance(index, Outcome::Unsuitable, Some(error)),
        }
        self.go_on(index, self.clock.now);
    }

    /// The refusal, with the cloud's own rule in `problems`.
    fn no_room(&self, index: u32, region: &str, used: u64, taken: u64, total: u64) -> Error {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let quota = Quota { total: Some(total), used: Some(used.saturating_add(taken)) };
        let check = |quota| transfer.check(&transfer.to[lane.target as usize], &self.plan, &Known { quota, ..Known::default() }).0;
        let without = check(None);
        let mut problems = check(Some(&quota));
        problems.retain(|problem| problem.severity == Severity::Error && !without.contains(problem));
        let code = problems.iter().find_map(|problem| problem.vendor_code).unwrap_or("quota.full");
        let message = match taken {
            0 => format!("{region} has no room: {used} of {total} custom images are there"),
            _ => format!("{region} has no room: {used} of {total} custom images are there, and {taken} more are on their way"),
        };
        let mut error = Error::new(Kind::Quota, code, message).hint(
            "delete images there or have the quota raised; nothing was sent",
            format!("{region} 的自定义镜像配额不足({used}/{total});请删除部分镜像或申请提高配额，未发送任何请求"),
        );
        error.problems = problems;
        error
    }
}
