//! A channel for each kind of call in each region, a queue of due times in it, and the limiters that channels share.

use super::in_flight::Errand;
use super::limiter::Limiter;
use crate::api::operation::Operation;
use crate::api::replication::ChangeKind;
use crate::base::cloud::Cloud;
use crate::base::text::concat;
use crate::base::time::Millis;
use crate::job::id::{ChannelId, LaneId, SourceId};
use crate::plan::policy::Policy;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::{Index, IndexMut};
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

/// What a queue holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    /// A source image, in a channel that inspects.
    Source(SourceId),
    /// A lane, in every other.
    Lane(LaneId),
}

/// What is told of a channel when it is opened.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    pub(crate) region: Arc<str>,
    /// What it calls.
    pub(crate) operation: &'static Operation,
    /// Where its calls enter the cloud.
    pub(crate) host: String,
    /// Most ids in one call.
    pub(crate) batch: usize,
    /// When a run before this one may have called the same last.
    pub(crate) looked: Option<Millis>,
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
    /// A look at images was refused whose lanes have tasks to look at: no more such looks before a task is over.
    pub(crate) refuses: bool,
    limiter: usize,
    queue: BinaryHeap<Reverse<(Millis, Item)>>,
    /// Calls that go out before anything new: refused unexecuted and to be signed anew, or next pages.
    again: VecDeque<Errand>,
    /// The valid entry in the heap of wakes, if any.
    wake: Option<Millis>,
    /// Put aside: nothing wakes it but [`Channels::unpark`].
    parked: bool,
}

/// Entries for which an empty queue keeps room.
const SMALL_QUEUE: usize = 64;

/// All channels and limiters.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    all: Vec<Channel>,
    /// The channels, sorted by cloud, work and region.
    sorted: Vec<ChannelId>,
    limiters: Vec<Limiter>,
    /// By limiter: channels that wait for a place.
    waiting: Vec<Vec<ChannelId>>,
    /// By limiter: the operation and the host that it limits.
    limited: Vec<(Cloud, &'static str, String)>,
    /// Earliest first; among equals the one that has waited longest.
    wakes: BinaryHeap<Reverse<(Millis, u64, ChannelId)>>,
    sequence: u64,
    parked: Vec<ChannelId>,
}

impl Index<ChannelId> for Channels {
    type Output = Channel;

    fn index(&self, id: ChannelId) -> &Channel {
        &self.all[id.index()]
    }
}

impl IndexMut<ChannelId> for Channels {
    fn index_mut(&mut self, id: ChannelId) -> &mut Channel {
        &mut self.all[id.index()]
    }
}

impl Channels {
    /// The channel, if it was opened.
    pub(crate) fn find(&self, cloud: Cloud, work: Work, region: &str) -> Option<ChannelId> {
        self.place(cloud, work, region).ok().and_then(|place| self.sorted.get(place).copied())
    }

    /// Where the channel stands among the sorted ones, or would.
    fn place(&self, cloud: Cloud, work: Work, region: &str) -> Result<usize, usize> {
        self.sorted.binary_search_by(|id| {
            let channel = &self[*id];
            (channel.cloud, channel.work, &*channel.region).cmp(&(cloud, work, region))
        })
    }

    /// Opens a channel.
    pub(crate) fn open(&mut self, opening: Opening, policy: &Policy) -> ChannelId {
        let Opening { cloud, work, region, operation, host, batch, looked } = opening;
        let limited = (cloud, operation.name, host);
        let limiter = self.limited.iter().position(|other| *other == limited).unwrap_or_else(|| {
            self.limited.push(limited);
            self.limiters.push(Limiter::per_second(rate(operation, policy), looked));
            self.waiting.push(Vec::new());
            self.limiters.len() - 1
        });
        let id = ChannelId::at(self.all.len());
        let place = self.place(cloud, work, &region).unwrap_or_else(|place| place);
        self.all.push(Channel {
            cloud,
            work,
            region,
            batch,
            failures: 0,
            older: false,
            refuses: false,
            limiter,
            queue: BinaryHeap::new(),
            again: VecDeque::new(),
            wake: None,
            parked: false,
        });
        self.sorted.insert(place, id);
        id
    }

    pub(crate) fn limiter(&mut self, id: ChannelId) -> &mut Limiter {
        let limiter = self[id].limiter;
        &mut self.limiters[limiter]
    }

    /// Whether the channel may send now; otherwise it is woken when it may.
    pub(crate) fn has_place(&mut self, id: ChannelId, now: Millis) -> bool {
        let next = self.limiter(id).next();
        if next > now {
            self.wake(id, next);
            let limiter = self[id].limiter;
            self.waiting[limiter].push(id);
        }
        next <= now
    }

    /// A request was answered: its place will be free earlier than was feared.
    pub(crate) fn landed(&mut self, id: ChannelId, ticket: u64, now: Millis) {
        self.limiter(id).landed(ticket, now);
        let limiter = self[id].limiter;
        std::mem::take(&mut self.waiting[limiter]).into_iter().for_each(|id| self.rewake(id));
    }

    /// Puts a call in front of whatever its channel has to do.
    pub(crate) fn push_again(&mut self, errand: Errand) {
        let id = errand.channel;
        self[id].again.push_back(errand);
        self.rewake(id);
    }

    /// Takes the next such call.
    pub(crate) fn pop_again(&mut self, id: ChannelId) -> Option<Errand> {
        self[id].again.pop_front()
    }

    /// Takes all such calls, of one cloud or of all.
    pub(crate) fn drain_again(&mut self, cloud: Option<Cloud>) -> Vec<Errand> {
        let mut errands = Vec::new();
        for channel in &mut self.all {
            if cloud.is_none_or(|cloud| channel.cloud == cloud) {
                while let Some(errand) = channel.again.pop_front() {
                    errands.push(errand);
                }
            }
        }
        errands
    }

    /// Puts an item into a channel.
    pub(crate) fn push(&mut self, id: ChannelId, due: Millis, item: Item) {
        self[id].queue.push(Reverse((due, item)));
        self.wake(id, due);
    }

    /// Takes the next item that is due by `until`, with the time it was due.
    pub(crate) fn pop(&mut self, id: ChannelId, until: Millis) -> Option<(Millis, Item)> {
        let queue = &mut self[id].queue;
        let due = queue.peek().is_some_and(|Reverse((due, _))| *due <= until);
        let entry = due.then(|| queue.pop())?;
        // A million lanes pass through one channel after the other: those behind them give their memory back.
        if queue.is_empty() {
            queue.shrink_to(SMALL_QUEUE);
        }
        entry.map(|Reverse(entry)| entry)
    }

    /// The next channel whose time has come. Afterwards it sleeps until it is woken.
    pub(crate) fn due(&mut self, now: Millis) -> Option<ChannelId> {
        while let Some(&Reverse((at, _, id))) = self.wakes.peek() {
            if self[id].wake != Some(at) {
                self.wakes.pop();
                continue;
            }
            if at > now {
                return None;
            }
            self.wakes.pop();
            self[id].wake = None;
            return Some(id);
        }
        None
    }

    /// When the next channel wakes.
    pub(crate) fn next_wake(&mut self) -> Option<Millis> {
        while let Some(&Reverse((at, _, id))) = self.wakes.peek() {
            if self[id].wake == Some(at) {
                return Some(at);
            }
            self.wakes.pop();
        }
        None
    }

    /// Wakes a channel at `at`, or earlier if it was to wake earlier.
    pub(crate) fn wake(&mut self, id: ChannelId, at: Millis) {
        let channel = &mut self[id];
        if !channel.parked && channel.wake.is_none_or(|wake| at < wake) {
            channel.wake = Some(at);
            self.sequence += 1;
            self.wakes.push(Reverse((at, self.sequence, id)));
        }
    }

    /// Wakes a channel when its next item is due and its limiter has a place.
    pub(crate) fn rewake(&mut self, id: ChannelId) {
        let channel = &self[id];
        let first = channel.queue.peek().map(|Reverse((due, _))| *due);
        if let Some(due) = if channel.again.is_empty() { first } else { Some(Millis(i64::MIN)) } {
            let at = due.max(self.limiter(id).next());
            self.wake(id, at);
        }
    }

    /// Puts a channel aside until [`Channels::unpark`].
    pub(crate) fn park(&mut self, id: ChannelId) {
        let channel = &mut self[id];
        if !channel.parked {
            (channel.parked, channel.wake) = (true, None);
            self.parked.push(id);
        }
    }

    /// Wakes the parked channels of a cloud.
    pub(crate) fn unpark(&mut self, cloud: Cloud) {
        for id in std::mem::take(&mut self.parked) {
            if self[id].cloud == cloud {
                self[id].parked = false;
                self.rewake(id);
            } else {
                self.parked.push(id);
            }
        }
    }
}

fn rate(operation: &'static Operation, policy: &Policy) -> f64 {
    let documented = if operation.per_second > 0 { operation.per_second } else { operation.cloud.replication().per_second };
    let name = concat(&[operation.cloud.as_str(), ".", operation.name]);
    policy.rates.iter().find(|(rated, _)| *rated == name).map_or(f64::from(documented), |(_, rate)| *rate)
}
