//! The memory of one destination. A million of these must be affordable: a few hundred bytes each.

use crate::base::bounds::{LONGEST, bounded};
use crate::base::error::Error;
use crate::base::time::Millis;
use crate::job::forecast::Forecast;
use crate::job::id::{SourceId, TransferId};
use crate::job::machine::{End, Phase};
use std::sync::Arc;

/// One destination of one transfer.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    /// The transfer of the plan.
    pub(crate) transfer: TransferId,
    /// Index of the target in the transfer.
    pub(crate) target: u32,
    /// The source image.
    pub(crate) source: SourceId,
    /// Where the lane stands.
    pub(crate) phase: Phase,
    /// Copies within a region: the limit of copies at a time does not count it.
    pub(crate) in_region: bool,
    /// A request about this lane is under way.
    pub(crate) in_flight: bool,
    /// Launch without company: a call for several destinations was refused.
    pub(crate) alone: bool,
    /// Its share of such a call, while dry runs tell which destination is refused: 0 before, 1 when it is not this one.
    /// The halves of share `n` are `2n` and `2n + 1`.
    pub(crate) share: u8,
    /// It takes long until it is ready to be launched: the others do not wait for it.
    pub(crate) late: bool,
    /// A launch was accepted: it may not be repeated, whatever the listings say.
    pub(crate) accepted: bool,
    /// A launch was sent whose outcome was never learned.
    pub(crate) unsure: bool,
    /// The cloud refused a launch because the name is taken: it is looked for, and not launched again.
    pub(crate) name_taken: bool,
    /// The destination was listed before the launch; `before` is complete.
    pub(crate) listed: bool,
    /// The new image has been seen at least once.
    pub(crate) seen: bool,
    /// The copy is known to be over: the cloud's limit of copies at a time counts it no more.
    pub(crate) over: bool,
    /// Complete listings, or looks in a row, that lacked the copy.
    pub(crate) absences: u8,
    /// Refusals and failures in a row.
    pub(crate) failures: u8,
    /// Launches sent.
    pub(crate) launches: u16,
    /// Launches among them whose outcome was not told.
    pub(crate) doubts: u16,
    /// Progress, 0 to 100; never falls.
    pub(crate) percent: Option<u8>,
    /// What the progress tells of the end.
    pub(crate) forecast: Forecast,
    /// When the lane is due in its channel; entries of other times are stale.
    pub(crate) due: Millis,
    /// When the present phase began, the launch was lost, or the copy was last seen at work.
    pub(crate) since: Millis,
    /// When the last launch left, or was accepted, by our clock: a request may be long on its way before the copy begins.
    pub(crate) launched: Option<Millis>,
    /// A moment before the first launch that may have been accepted, by the cloud's own clock: no copy is older. `None`
    /// where the cloud has told no time: then time proves nothing.
    pub(crate) first_sent: Option<Millis>,
    /// Name of the copy, once it is known.
    pub(crate) name: Option<Box<str>>,
    /// Id of the new image.
    pub(crate) image: Option<Box<str>>,
    /// Id of the task.
    pub(crate) task: Option<Box<str>>,
    /// Id of the first request that launched, refused or failed the copy. Most lanes have no other.
    pub(crate) request: Option<Box<str>>,
    /// What is rarely there.
    pub(crate) more: Option<Box<More>>,
}

/// What most lanes never need.
#[derive(Clone, Debug, Default)]
pub(crate) struct More {
    /// What went wrong last.
    pub(crate) error: Option<Arc<Error>>,
    /// Ids of images that had the name before the launch.
    pub(crate) before: Vec<String>,
    /// Ids of further requests that launched, refused or failed the copy.
    pub(crate) requests: Vec<String>,
    /// Object keys that an export writes.
    pub(crate) objects: Vec<String>,
    /// The looks in a row that lacked the copy.
    pub(crate) looks: Looks,
    /// Changes made to the finished copy so far.
    pub(crate) changed: u8,
}

/// Looks that lacked the copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looks {
    /// When the last one began, by our clock and by the server's.
    pub(crate) last: Option<(Millis, Option<Millis>)>,
    /// How long the copy has not been seen, as far as that is certain. Below zero where its launch may still be on its way.
    pub(crate) unseen_ms: i64,
}

/// No call of it was refused for another destination's sake.
pub(crate) const WHOLE: u8 = 0;

/// A dry run has told that it is not this destination which is refused.
pub(crate) const CLEARED: u8 = 1;

/// Request ids kept for a lane; older ones make room.
const REQUESTS: usize = 8;

/// Ids of images that had the name before, and of objects, kept for a lane.
const IDS: usize = 100;

/// An id from outside as it is kept and told: no longer than anything else.
pub(crate) fn kept(id: impl Into<String>) -> Box<str> {
    let mut id = id.into();
    bounded(&mut id);
    id.into()
}

/// So many of them at most; whether these are all, and whole.
fn kept_all(ids: &[&str]) -> (Vec<String>, bool) {
    let (mut first, mut are_whole) = (Vec::new(), ids.len() <= IDS);
    for id in ids.iter().take(IDS) {
        are_whole &= id.len() <= LONGEST;
        first.push(kept(*id).into());
    }
    (first, are_whole)
}

impl Lane {
    pub(crate) fn new(transfer: TransferId, target: u32, source: SourceId, now: Millis) -> Self {
        Self {
            transfer,
            target,
            source,
            phase: Phase::Inspecting,
            in_region: false,
            in_flight: false,
            alone: false,
            share: WHOLE,
            late: false,
            accepted: false,
            unsure: false,
            name_taken: false,
            listed: false,
            seen: false,
            over: false,
            absences: 0,
            failures: 0,
            launches: 0,
            doubts: 0,
            percent: None,
            forecast: Forecast::default(),
            due: now,
            since: now,
            launched: None,
            first_sent: None,
            name: None,
            image: None,
            task: None,
            request: None,
            more: None,
        }
    }

    pub(crate) fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_with(Box::default)
    }

    /// Whether the cloud's limit of copies at a time counts this lane: from its launch until the copy is known to be
    /// over. What was left running, or may be running, counts as long as the job lasts.
    pub(crate) fn counts_as_active(&self) -> bool {
        match self.phase {
            _ if self.in_region => false,
            Phase::Launching | Phase::Probing => true,
            Phase::Task | Phase::Image => !self.over,
            Phase::Ended(End::Unfinished | End::Ambiguous) => !self.over && self.launches > 0,
            Phase::Inspecting | Phase::Finding | Phase::Waiting | Phase::Queued | Phase::Finishing | Phase::Ended(_) => false,
        }
    }

    /// A launch leaves. Only those count that may have been accepted: the first of them bounds the age of a copy.
    pub(crate) fn note_sent(&mut self, sent: Option<Millis>) {
        if !self.unsure && !self.accepted {
            self.first_sent = sent;
        }
    }

    pub(crate) fn error(&self) -> Option<&Error> {
        self.more.as_ref()?.error.as_deref()
    }

    pub(crate) fn before(&self) -> &[String] {
        self.more.as_ref().map_or(&[], |more| &more.before)
    }

    /// These had the name before the launch, by a listing that is complete or not. Where they are too many to be kept, what
    /// bears the name later may have been there before.
    pub(crate) fn note_before(&mut self, ids: &[&str], is_complete: bool) {
        let (before, are_all) = kept_all(ids);
        self.listed = is_complete && are_all;
        if !before.is_empty() {
            self.more_mut().before = before;
        }
    }

    /// The export writes these.
    pub(crate) fn note_objects(&mut self, keys: Vec<String>) {
        if !keys.is_empty() {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            self.more_mut().objects = kept_all(&keys).0;
        }
    }

    /// Whether dry runs are to tell if the cloud takes it.
    pub(crate) fn is_tried(&self) -> bool {
        self.share > CLEARED
    }

    /// Whether those that could share its launch wait for it.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_tried() || self.phase.is_preparing() && !self.late
    }

    /// Whether its launch was refused for now and waits for its next try.
    pub(crate) fn is_put_off(&self) -> bool {
        self.phase == Phase::Queued && self.failures > 0
    }

    /// The copy was seen: looks that lacked it count no more.
    pub(crate) fn forget_looks(&mut self) {
        if let Some(more) = &mut self.more {
            more.looks = Looks::default();
        }
    }

    pub(crate) fn note_request(&mut self, id: Option<&str>) {
        let id = id.map(kept);
        match id.as_deref() {
            None => {}
            Some(id) if self.request.is_none() => self.request = Some(id.into()),
            Some(id) if self.requests().contains(&id) => {}
            Some(id) => {
                let requests = &mut self.more_mut().requests;
                requests.push(id.to_owned());
                if requests.len() >= REQUESTS {
                    requests.remove(0);
                }
            }
        }
    }

    /// Ids of requests that launched, refused or failed the copy, oldest first.
    pub(crate) fn requests(&self) -> Vec<&str> {
        let mut requests = Vec::new();
        requests.extend(self.request.as_deref());
        for id in self.more.as_ref().map_or(&[][..], |more| &more.requests) {
            requests.push(id);
        }
        requests
    }

    /// Remaining time of the copy if it goes on as so far, give or take half; unknown before there is progress to go by.
    pub(crate) fn eta_ms(&self, now: Millis) -> Option<(i64, i64)> {
        let percent = i64::from(self.percent.filter(|percent| *percent > 0)?);
        let rest = now.since(self.launched.unwrap_or(self.since)).max(0) / percent * (100 - percent);
        Some((rest / 2, rest + rest / 2))
    }

    /// Progress never falls, and only the end is 100.
    pub(crate) fn note_percent(&mut self, percent: Option<u8>, asked: Millis, now: Millis) -> bool {
        let percent = percent.map(|p| p.min(99));
        let risen = percent > self.percent;
        self.percent = self.percent.max(percent);
        if let Some(percent) = self.percent.filter(|percent| *percent > 0) {
            self.forecast.learn(percent, risen, self.launched.unwrap_or(self.since), asked, now);
        }
        risen
    }
}
