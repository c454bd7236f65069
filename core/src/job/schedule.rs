//! When what may be sent: a channel for each kind of call in each region, a queue of due times in it, and the
//! limiters that channels share. Nothing here looks at all lanes.

use super::flight::Flight;
use super::limiter::Limiter;
use crate::api::operation::Operation;
use crate::api::replication::ChangeKind;
use crate::base::cloud::Cloud;
use crate::base::time::Millis;
use crate::plan::policy::Policy;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

/// What a channel's calls are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// Describe source images. The queue holds sources, not lanes.
    Inspect,
    /// List a destination.
    Find,
    /// List the tasks of an image that is exported.
    FindExport,
    /// Ask how much room there is: the call of that number. The queue holds any lane that wants to know.
    Quota(u8),
    /// Start copies.
    Launch,
    /// Start copies within the region.
    CopyInRegion,
    /// Start exports.
    Export,
    /// Look at tasks of copies.
    CopyTask,
    /// Look at tasks of exports.
    ExportTask,
    /// Look at new images.
    Image,
    /// Change copies that are usable.
    Change(ChangeKind),
}

/// All calls of one kind in one region of one cloud.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    /// The region the calls act on.
    pub(crate) region: Arc<str>,
    /// Most ids in one call; halved when one bad id spoils a batch.
    pub(crate) batch: usize,
    /// Failures in a row.
    pub(crate) failures: u32,
    /// The host knows only the older call for the same.
    pub(crate) older: bool,
    limiter: usize,
    queue: BinaryHeap<Reverse<(Millis, u32)>>,
    /// Calls that go out before anything new: refused unexecuted and to be signed anew, or next pages.
    again: VecDeque<Flight>,
    /// The valid entry in the heap of wakes, if any.
    wake: Option<Millis>,
    /// Put aside: nothing wakes it but [`Schedule::unpark`].
    parked: bool,
}

/// All channels and limiters.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    channels: Vec<Channel>,
    /// The channels, sorted by cloud, work and region.
    sorted: Vec<usize>,
    limiters: Vec<Limiter>,
    /// By limiter: channels that wait for a place.
    waiting: Vec<Vec<usize>>,
    /// By limiter: the operation and the host that it limits.
    limited: Vec<(Cloud, &'static str, String)>,
    /// Earliest first; among equals the one that has waited longest.
    wakes: BinaryHeap<Reverse<(Millis, u64, usize)>>,
    sequence: u64,
    parked: Vec<usize>,
}

impl Schedule {
    /// The channel, if it was opened.
    pub(crate) fn find(&self, cloud: Cloud, work: Work, region: &Arc<str>) -> Option<usize> {
        self.place(cloud, work, region).ok().and_then(|place| self.sorted.get(place).copied())
    }

    /// Where the channel stands among the sorted ones, or would.
    fn place(&self, cloud: Cloud, work: Work, region: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|index| {
            let channel = &self.channels[*index];
            (channel.cloud, channel.work, &*channel.region).cmp(&(cloud, work, region))
        })
    }

    /// Opens a channel whose calls are of this operation and enter the cloud at this host.
    pub(crate) fn open(
        &mut self,
        key: (Cloud, Work, Arc<str>),
        operation: &'static Operation,
        host: String,
        batch: usize,
        policy: &Policy,
        interrupted: Option<Millis>,
    ) -> usize {
        let (cloud, work, region) = key;
        let limited = (cloud, operation.name, host);
        let limiter = self.limited.iter().position(|other| *other == limited).unwrap_or_else(|| {
            self.limited.push(limited);
            self.limiters.push(Limiter::per_second(rate(operation, policy), interrupted));
            self.waiting.push(Vec::new());
            self.limiters.len() - 1
        });
        let index = self.channels.len();
        let place = self.place(cloud, work, &region).unwrap_or_else(|place| place);
        self.channels.push(Channel {
            cloud,
            work,
            region,
            batch,
            failures: 0,
            older: false,
            limiter,
            queue: BinaryHeap::new(),
            again: VecDeque::new(),
            wake: None,
            parked: false,
        });
        self.sorted.insert(place, index);
        index
    }

    pub(crate) fn channel(&self, index: usize) -> &Channel {
        &self.channels[index]
    }

    pub(crate) fn channel_mut(&mut self, index: usize) -> &mut Channel {
        &mut self.channels[index]
    }

    pub(crate) fn limiter(&mut self, index: usize) -> &mut Limiter {
        let limiter = self.channels[index].limiter;
        &mut self.limiters[limiter]
    }

    /// Whether the channel may send now; otherwise it is woken when it may.
    pub(crate) fn has_place(&mut self, index: usize, now: Millis) -> bool {
        let next = self.limiter(index).next();
        if next > now {
            self.wake(index, next);
            let limiter = self.channels[index].limiter;
            self.waiting[limiter].push(index);
        }
        next <= now
    }

    /// A request was answered: its place will be free earlier than was feared.
    pub(crate) fn landed(&mut self, index: usize, ticket: u64, now: Millis) {
        self.limiter(index).landed(ticket, now);
        let limiter = self.channels[index].limiter;
        std::mem::take(&mut self.waiting[limiter]).into_iter().for_each(|index| self.rewake(index));
    }

    /// Puts a call in front of whatever a channel has to do.
    pub(crate) fn push_again(&mut self, index: usize, flight: Flight) {
        self.channels[index].again.push_back(flight);
        self.rewake(index);
    }

    /// Takes the next such call.
    pub(crate) fn pop_again(&mut self, index: usize) -> Option<Flight> {
        self.channels[index].again.pop_front()
    }

    /// Takes all such calls, of one cloud or of all.
    pub(crate) fn drain_again(&mut self, cloud: Option<Cloud>) -> Vec<Flight> {
        let channels = self.channels.iter_mut().filter(|channel| cloud.is_none_or(|cloud| channel.cloud == cloud));
        channels.flat_map(|channel| std::mem::take(&mut channel.again)).collect()
    }

    /// Puts an item into a channel.
    pub(crate) fn push(&mut self, index: usize, due: Millis, item: u32) {
        self.channels[index].queue.push(Reverse((due, item)));
        self.wake(index, due);
    }

    /// Takes the next item that is due by `until`, with the time it was due.
    pub(crate) fn pop(&mut self, index: usize, until: Millis) -> Option<(Millis, u32)> {
        let queue = &mut self.channels[index].queue;
        let due = queue.peek().is_some_and(|Reverse((due, _))| *due <= until);
        due.then(|| queue.pop().map(|Reverse(entry)| entry))?
    }

    /// The next channel whose time has come. Afterwards it sleeps until it is woken.
    pub(crate) fn due(&mut self, now: Millis) -> Option<usize> {
        while let Some(&Reverse((at, _, index))) = self.wakes.peek() {
            if self.channels[index].wake != Some(at) {
                self.wakes.pop();
                continue;
            }
            if at > now {
                return None;
            }
            self.wakes.pop();
            self.channels[index].wake = None;
            return Some(index);
        }
        None
    }

    /// When the next channel wakes.
    pub(crate) fn next_wake(&mut self) -> Option<Millis> {
        while let Some(&Reverse((at, _, index))) = self.wakes.peek() {
            if self.channels[index].wake == Some(at) {
                return Some(at);
            }
            self.wakes.pop();
        }
        None
    }

    /// Wakes a channel at `at`, or earlier if it was to wake earlier.
    pub(crate) fn wake(&mut self, index: usize, at: Millis) {
        let channel = &mut self.channels[index];
        if !channel.parked && channel.wake.is_none_or(|wake| at < wake) {
            channel.wake = Some(at);
            self.sequence += 1;
            self.wakes.push(Reverse((at, self.sequence, index)));
        }
    }

    /// Wakes a channel when its next item is due and its limiter has a place.
    pub(crate) fn rewake(&mut self, index: usize) {
        let channel = &self.channels[index];
        let first = channel.queue.peek().map(|Reverse((due, _))| *due);
        if let Some(due) = if channel.again.is_empty() { first } else { Some(Millis(i64::MIN)) } {
            let at = due.max(self.limiter(index).next());
            self.wake(index, at);
        }
    }

    /// Puts a channel aside until [`Schedule::unpark`].
    pub(crate) fn park(&mut self, index: usize) {
        let channel = &mut self.channels[index];
        if !channel.parked {
            (channel.parked, channel.wake) = (true, None);
            self.parked.push(index);
        }
    }

    /// Wakes the parked channels of a cloud.
    pub(crate) fn unpark(&mut self, cloud: Cloud) {
        let (wanted, rest) = std::mem::take(&mut self.parked).into_iter().partition(|index| self.channels[*index].cloud == cloud);
        self.parked = rest;
        let wanted: Vec<usize> = wanted;
        for index in wanted {
            self.channels[index].parked = false;
            self.rewake(index);
        }
    }
}

fn rate(operation: &'static Operation, policy: &Policy) -> f64 {
    let documented = if operation.per_second > 0 { operation.per_second } else { operation.cloud.steps().per_second };
    let name = format!("{}.{}", operation.cloud, operation.name);
    policy.rates.iter().find(|(rated, _)| *rated == name).map_or(f64::from(documented), |(_, rate)| *rate)
}
