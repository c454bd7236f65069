//! Second step, and the way out of doubt: what is in the destination under our name?
//!
//! One listing of a region serves all lanes that wait for it: those that were never launched (is the copy there
//! already?) and those whose launch got no answer (did it take effect?).

use super::flight::Flight;
use super::inspect::{Source, unexpected};
use super::lane::{Lane, Looks};
use super::machine::{Outcome, Phase};
use super::report::Extra;
use super::schedule::Work;
use super::{Job, What};
use crate::api::facts::{Facts, Image, Ownership, Reply, State};
use crate::api::replication::{Side, Wanted};
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use crate::plan::Task;
use std::sync::Arc;

/// What the pages so far held, of the names that are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    names: Vec<String>,
    images: Vec<Image>,
    /// Entries on the pages so far.
    seen: usize,
    /// Keep every image, not just those of our names.
    all: bool,
    /// When the first page was asked for: what began later may be missing.
    began: Millis,
}

/// Precision of the servers' clocks.
const SECOND_MS: i64 = 1_000;

/// What the copy that a lane makes must show, as far as the cloud records it.
struct Lineage<'a> {
    /// Region of the image it was copied from.
    region: &'a str,
    /// Id of that image; `None` while it is not made yet, or was deleted since.
    image: Option<&'a str>,
    /// Whether it is encrypted; `None` where it is as its source.
    encrypted: Option<bool>,
}

/// Longest listing that is believed to end, in pages.
const PAGES: usize = 200;

impl Job {
    pub(super) fn want_listing(&mut self, index: u32, due: Millis) {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let looks_first = self.plan.policy.reconcile || self.survey.is_some() || lane.phase == Phase::Probing;
        if transfer.task == Task::Export {
            return self.want_export_search(index, due);
        }
        if !looks_first {
            self.advance(index, Outcome::NoEvidence, None);
            return self.go_on(index, due);
        }
        let channel = self.channel_for(index, Work::Find);
        self.put(channel, due, index);
    }

    /// When a lost launch is looked for first: soon, since finding it is the commonest case.
    pub(super) fn first_probe(&self) -> Millis {
        self.clock.now.plus(self.first_pause_ms())
    }

    fn first_pause_ms(&self) -> i64 {
        self.plan.policy.poll_ms.min(self.between_looks_ms()).max(1)
    }

    /// How far apart the looks are that must lack a launch before its absence is believed.
    fn between_looks_ms(&self) -> i64 {
        (self.plan.policy.settle_ms / i64::from(self.plan.policy.absences)).max(1)
    }

    /// When a lost launch is looked for next, by what the journal tells: at once when that is past. However often a job
    /// is taken up again, it comes to look.
    pub(super) fn next_probe(&self, index: u32) -> Millis {
        let lane = &self.lanes[index as usize];
        let last = lane.more.as_ref().and_then(|more| more.looks.last);
        let (since, pause_ms) = last.map_or((lane.since, self.first_pause_ms()), |(began, _)| (began, self.between_looks_ms()));
        // The host's clock may have been set back since.
        since.min(self.clock.now).plus(pause_ms)
    }

    pub(super) fn make_listing(&mut self, channel: usize) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let cloud = self.schedule.channel(channel).cloud;
        let mut items = Vec::new();
        let mut names: Vec<String> = Vec::new();
        while let Some(lane) = self.take(channel, self.clock.now) {
            let state = &self.lanes[lane as usize];
            if matches!(state.phase, Phase::Finding | Phase::Probing) && !state.in_flight {
                names.push(state.name.as_deref().unwrap_or_default().to_owned());
                names.extend(self.last_name(lane));
                items.push(lane);
            }
        }
        if items.is_empty() {
            return None;
        }
        names.sort_unstable();
        names.dedup();
        let listing = Listing { names, images: Vec::new(), seen: 0, all: self.survey.is_some(), began: self.clock.now };
        let wanted = listing.page(cloud, None);
        items.iter().for_each(|lane| self.lanes[*lane as usize].in_flight = true);
        Some((items, wanted, Some(listing)))
    }

    pub(super) fn settle_listing(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        let page = match outcome {
            Ok(Reply { facts: Facts::Images(page), .. }) => page,
            Ok(_) => return self.look_again(flight, &unexpected(), retry_after_ms),
            Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => return self.look_again(flight, &error, retry_after_ms),
            Err(error) => return self.listing_refused(flight, &error),
        };
        self.schedule.channel_mut(flight.channel).failures = 0;
        let Some(mut listing) = flight.listing.clone() else {
            return;
        };
        let is_empty = page.items.is_empty();
        // A page may hold an entry twice.
        let mut ids: Vec<&str> = page.items.iter().map(|image| image.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        listing.seen += ids.len();
        for image in page.items {
            if (listing.all || listing.names.binary_search(&image.name).is_ok()) && !listing.images.iter().any(|known| known.id == image.id)
            {
                listing.images.push(image);
            }
        }
        let more = page.next.is_some() || page.total.is_some_and(|total| (listing.seen as u64) < total);
        if more && !is_empty && listing.seen < PAGES * 100 {
            return self.next_page(flight, listing, page.next);
        }
        if let Some(extra) = &mut self.survey {
            let channel = self.schedule.channel(flight.channel);
            let copies = listing.images.iter().filter_map(|image| extra_of(image, channel.cloud, &channel.region, &self.sources));
            extra.extend(copies);
        }
        for lane in flight.items {
            self.lanes[lane as usize].in_flight = false;
            self.judge_listing(lane, &listing);
        }
    }

    /// The next page follows as soon as the limits allow: it is part of the same look.
    fn next_page(&mut self, flight: Flight, listing: Listing, cursor: Option<String>) {
        let Wanted { operation, params } = listing.page(self.schedule.channel(flight.channel).cloud, cursor.as_deref());
        let at = self.plan.at(operation.cloud, &self.schedule.channel(flight.channel).region);
        match crate::provider::build(&crate::api::operation::Named { operation, params: &params }, &at) {
            Ok(call) => self.schedule.push_again(flight.channel, Flight { call, listing: Some(listing), ..flight }),
            Err(error) => self.listing_refused(flight, &error),
        }
    }

    pub(super) fn listing_refused(&mut self, flight: Flight, error: &Error) {
        let channel = self.schedule.channel(flight.channel);
        let (cloud, region) = (channel.cloud, channel.region.to_string());
        self.tell_cloud(cloud, &region, What::Warning, Some(error.clone()), None);
        for lane in flight.items {
            self.lanes[lane as usize].in_flight = false;
            let kept = (self.lanes[lane as usize].phase == Phase::Probing).then(|| error.clone());
            self.advance(lane, Outcome::Refused, kept);
            self.go_on(lane, self.clock.now);
        }
    }

    fn judge_listing(&mut self, index: u32, listing: &Listing) {
        let lane = &self.lanes[index as usize];
        let source = self.sources[lane.source as usize].image.as_deref();
        let lineage = self.lineage(index);
        let name = lane.name.as_deref().unwrap_or_default();
        // A copy of an earlier run may have its last name already; one that is being launched has not.
        let last_name = self.last_name(index).filter(|_| lane.phase == Phase::Finding);
        let has_name = |image: &Image| image.name == name || last_name.as_ref() == Some(&image.name);
        let ours = |image: &&Image| {
            has_name(image)
                && Some(image.id.as_str()) != lineage.image
                && matches!(image.ownership, Ownership::Private | Ownership::Unknown)
        };
        let candidates: Vec<&Image> = listing.images.iter().filter(ours).collect();
        match lane.phase {
            Phase::Finding => {
                let (outcome, image, error) = reconcile(&candidates, &lineage, source);
                let (outcome, image, error) = match image {
                    Some(id) if self.is_held_elsewhere(index, &id) => (Outcome::Taken, None, Some(in_two_regions(&id))),
                    image => (outcome, image, error),
                };
                let outcome = match (outcome, &self.survey) {
                    // A survey only looks: what is being made is there, and what is not there stays so.
                    (Outcome::Found, Some(_)) => Outcome::Usable,
                    (Outcome::Absent { .. }, Some(_)) => Outcome::NotThere,
                    (outcome, _) => outcome,
                };
                let before: Vec<String> = candidates.iter().map(|image| image.id.clone()).collect();
                let lane = &mut self.lanes[index as usize];
                lane.listed = true;
                lane.image = image.map(Into::into).or(lane.image.take());
                if !before.is_empty() {
                    lane.more_mut().before = before;
                }
                self.advance(index, outcome, error);
                self.go_on(index, self.clock.now);
            }
            Phase::Probing => {
                let (mut ours, mut unclear) = (Vec::new(), Vec::new());
                for image in candidates {
                    match witness(image, lane, &lineage, source) {
                        Witness::Ours => ours.push(image.clone()),
                        Witness::Unclear => unclear.push(image.id.clone()),
                        Witness::Other => {}
                    }
                }
                self.resolve(index, &ours, &unclear, listing.began);
            }
            Phase::Inspecting
            | Phase::Waiting
            | Phase::Queued
            | Phase::Launching
            | Phase::Task
            | Phase::Image
            | Phase::Finishing
            | Phase::Ended(_) => {}
        }
    }

    /// What the copy that a lane makes must show.
    fn lineage(&self, index: u32) -> Lineage<'_> {
        let is_step = self.is_step(index);
        let in_region = self.lanes[index as usize].in_region;
        Lineage {
            region: self.region_from(index),
            image: self.source_image(index),
            encrypted: (is_step || in_region).then_some(in_region && !is_step),
        }
    }

    /// Whether another destination of the same transfer has that image: an image is in one region only.
    pub(super) fn is_held_elsewhere(&self, index: u32, image: &str) -> bool {
        let lane = &self.lanes[index as usize];
        let holds = |other: u32| other != index && self.lanes[other as usize].image.as_deref() == Some(image);
        !self.is_step(index) && self.lanes_of(lane.transfer).any(holds)
    }

    /// Evidence for or against a launch that got no answer.
    fn resolve(&mut self, index: u32, ours: &[Image], unclear: &[String], began: Millis) {
        match ours {
            [image] if self.is_held_elsewhere(index, &image.id) => self.advance(index, Outcome::Several, Some(in_two_regions(&image.id))),
            [image] => {
                let lane = &mut self.lanes[index as usize];
                lane.image = Some(image.id.as_str().into());
                (lane.seen, lane.accepted) = (true, true);
                lane.note_percent(image.percent, self.clock.now);
                let outcome = if image.state == State::Ready { Outcome::Usable } else { Outcome::Found };
                self.advance(index, outcome, None);
                self.go_on(index, self.clock.now);
            }
            [] if unclear.is_empty() => self.absent(index, began, || {
                let error = ambiguous("no image of that name has appeared since the launch", "发起复制后目标地域未出现该名称的镜像");
                (Outcome::Absent { proven: true }, error)
            }),
            // One that is certainly ours may still appear.
            [] => self.absent(index, began, || {
                let ids = unclear.join(", ");
                let en = format!("{ids} has the name, and nothing tells whether this launch made it or it was there before");
                let error = ambiguous(&en, &format!("{ids} 使用该名称，但无法判断它是由本次复制生成还是此前已存在"));
                (Outcome::Several, error)
            }),
            several => {
                let ids: Vec<&str> = several.iter().map(|image| image.id.as_str()).collect();
                let en = format!("several new images have the name: {}", ids.join(", "));
                let error = ambiguous(&en, &format!("出现多个同名新镜像：{}", ids.join("、")));
                self.advance(index, Outcome::Several, Some(error));
            }
        }
    }
}

impl Job {
    /// A complete look that began at that time saw nothing of a launch.
    ///
    /// `verdict` is what that comes to once it was seen often and late enough.
    pub(super) fn absent(&mut self, index: u32, began: Millis, verdict: impl FnOnce() -> (Outcome, Error)) {
        let policy = &self.plan.policy;
        let (settle_ms, visible_ms, absences) = (policy.settle_ms, policy.visible_ms, policy.absences);
        let pause_ms = self.between_looks_ms();
        let unseen_ms = self.unseen_ms(index, began, self.first_pause_ms(), 2 * pause_ms);
        let lane = &self.lanes[index as usize];
        // What was accepted may show later than what perhaps never arrived.
        let patience_ms = if lane.accepted { settle_ms.max(visible_ms) } else { settle_ms };
        if u32::from(lane.absences) >= absences && unseen_ms >= patience_ms {
            let (outcome, error) = verdict();
            self.advance(index, outcome, Some(error));
            return self.go_on(index, self.clock.now);
        }
        self.record_lane(index);
        self.advance(index, Outcome::Absent { proven: false }, None);
        self.go_on(index, self.clock.now.plus(pause_ms));
    }

    /// One more look, begun at that time, lacked the copy: how long has that lasted?
    ///
    /// The host's clock may be set forward between two looks. So the server's clock bounds what is believed, or where
    /// it is not told the wait that was asked for: `soon_ms` before the first look, `pause_ms` between two.
    pub(super) fn unseen_ms(&mut self, index: u32, began: Millis, soon_ms: i64, pause_ms: i64) -> i64 {
        let server_time = self.clouds[self.cloud_of(index) as usize].server_time;
        let lane = &mut self.lanes[index as usize];
        lane.absences = lane.absences.saturating_add(1);
        let since = lane.since;
        let looks = &mut lane.more_mut().looks;
        let waited_ms = match (looks.last, server_time) {
            (Some((last, Some(then))), Some(now)) => began.since(last).min(now.since(then) + SECOND_MS),
            (Some((last, _)), _) => began.since(last).min(pause_ms),
            (None, _) => began.since(since).min(soon_ms),
        };
        *looks = Looks { last: Some((began, server_time)), unseen_ms: looks.unseen_ms + waited_ms.max(0) };
        looks.unseen_ms
    }
}

impl Listing {
    fn page(&self, cloud: Cloud, cursor: Option<&str>) -> Wanted {
        let steps = cloud.steps();
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let filter: &[&str] = if names.len() <= steps.find_names && !self.all { &names } else { &[] };
        (steps.find)(filter, cursor, self.seen)
    }
}

/// What images of our name mean for a lane that was never launched: outcome, image to follow, and what is in the way.
fn reconcile(candidates: &[&Image], lineage: &Lineage<'_>, source: Option<&Image>) -> (Outcome, Option<String>, Option<Error>) {
    let living: Vec<&&Image> = candidates.iter().filter(|image| matches!(image.state, State::Ready | State::Pending)).collect();
    let same: Vec<&&&Image> = living.iter().filter(|image| is_copy_of(image, lineage, source)).collect();
    let best = same.iter().find(|image| image.state == State::Ready).or(same.first());
    match (best, living.first()) {
        (Some(image), _) if image.state == State::Ready => (Outcome::Usable, Some(image.id.clone()), None),
        (Some(image), _) => (Outcome::Found, Some(image.id.clone()), None),
        (None, None) => (Outcome::Absent { proven: true }, None, None),
        (None, Some(old)) if is_older_than_source(old, source) => {
            let message = format!("the image {} of that name is older than the source", old.id);
            let error = Error::new(Kind::Conflict, "image.stale", message).hint(
                "choose a new name, for example with {date}, or delete that image; it was left alone",
                "请换一个新名称（例如含 {date}），或删除该镜像；未对其做任何改动",
            );
            (Outcome::Outdated, None, Some(error))
        }
        (None, Some(other)) => {
            let message = format!("another image has the name {:?}: {}", other.name, other.id);
            let error = Error::new(Kind::Conflict, "image.conflict", message)
                .hint("choose another name, or delete that image; it was left alone", "请换一个名称，或删除该镜像；未对其做任何改动");
            (Outcome::Taken, None, Some(error))
        }
    }
}

/// Whether an image is a copy of the source: by the recorded origin where there is one, else by what a copy must
/// share with its source.
fn is_copy_of(image: &Image, lineage: &Lineage<'_>, source: Option<&Image>) -> bool {
    if is_of_other_origin(image, lineage) || lineage.encrypted.is_some_and(|wanted| image.encrypted.is_some_and(|is| is != wanted)) {
        return false;
    }
    if image.origin.is_some() && lineage.image.is_some() {
        return true;
    }
    let Some(source) = source else {
        return false;
    };
    // A source that tells no origins at all would make every image look like a copy.
    // A copy takes longer than the second that its source was made in.
    let later = image.created.is_none_or(|made| source.created.is_none_or(|origin| made > origin));
    later && is_alike(image, Some(source))
}

/// Whether an image has the size and the system of the source, as far as both are told.
fn is_alike(image: &Image, source: Option<&Image>) -> bool {
    source.is_none_or(|source| {
        let same_size = image.size_bytes.is_none() || source.size_bytes.is_none() || image.size_bytes == source.size_bytes;
        same_size && (image.os.is_none() || source.os.is_none() || image.os == source.os)
    })
}

/// Made before its supposed source, where no origin is recorded: a copy of an earlier version.
fn is_older_than_source(image: &Image, source: Option<&Image>) -> bool {
    let made = |image: &Image| image.created;
    image.origin.is_none() && source.and_then(made).is_some_and(|source| image.created.is_some_and(|old| old < source))
}

/// A copy of one of our sources, by its recorded origin.
fn extra_of(image: &Image, cloud: Cloud, region: &Arc<str>, sources: &[Source]) -> Option<Extra> {
    let origin = image.origin.as_ref()?;
    let source = sources.iter().find(|source| source.cloud == cloud && *source.id == *origin.image && *source.region == *origin.region)?;
    Some(Extra {
        cloud: cloud.as_str(),
        region: region.to_string(),
        image: image.id.clone(),
        name: image.name.clone(),
        source: source.id.to_string(),
    })
}

fn is_of_other_origin(image: &Image, lineage: &Lineage<'_>) -> bool {
    let is_other = |id: &str| lineage.image.is_some_and(|source| source != id);
    image.origin.as_ref().is_some_and(|origin| origin.region != lineage.region || is_other(&origin.image))
}

/// How far apart the clocks of one cloud may be: what looks older than the launch by more was there before it.
const CLOCK_SLACK_MS: i64 = 15 * 60_000;

/// What an image (or a task) that bears our name says of a launch that got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Witness {
    /// The launch made it.
    Ours,
    /// Made by the launch or not: nobody can tell.
    Unclear,
    /// It was there before, or is a copy of something else.
    Other,
}

/// What its times say of something that was not listed before the launch.
///
/// Both are the cloud's: the host's clock proves nothing. Without them, or without a listing that came before the
/// launch, what bears the name may be ours or not.
pub(super) fn witness_of_time(created: Option<Millis>, lane: &Lane) -> Witness {
    match created.zip(lane.first_sent).map(|(made, sent)| made.since(sent)) {
        _ if lane.listed => Witness::Ours,
        None => Witness::Unclear,
        Some(age) if age < -CLOCK_SLACK_MS => Witness::Other,
        Some(age) if age < -SECOND_MS => Witness::Unclear,
        Some(_) => Witness::Ours,
    }
}

/// What an image of our name says of a launch that got no answer: by what was listed before, the origin that it
/// records, and the times.
fn witness(image: &Image, lane: &Lane, lineage: &Lineage<'_>, source: Option<&Image>) -> Witness {
    if lane.before().contains(&image.id) || is_of_other_origin(image, lineage) {
        return Witness::Other;
    }
    // A copy has the size of its source; but what is being made may not tell it yet.
    let differs = image.origin.is_none() && image.state == State::Ready && !is_alike(image, source);
    // Where no origin tells, anybody may have made it since, unless the cloud accepted our launch.
    let is_anybodys = image.origin.is_none() && !lane.listed && !lane.accepted;
    match witness_of_time(image.created, lane) {
        Witness::Ours if differs || is_anybodys => Witness::Unclear,
        witness => witness,
    }
}

/// Whatever answers does not tell the regions apart, so that nothing it lists proves anything.
pub(super) fn in_two_regions(image: &str) -> Error {
    let message = format!("the image {image} seems to be in two regions: the host does not tell regions apart");
    Error::new(Kind::Conflict, "image.in_two_regions", message).hint(
        "put {region} into the endpoint, or {to} into the name, and look at the destination",
        "请在接入地址中加入 {region}，或在名称中加入 {to}，并核对目标地域",
    )
}

pub(super) fn ambiguous(en: &str, zh: &str) -> Error {
    Error::new(Kind::Conflict, "launch.ambiguous", format!("nobody can tell whether a copy was made: {en}"))
        .hint("look at the destination, then resume or delete", format!("无法确定是否已复制：{zh}；请核对目标地域后恢复或清理"))
}

impl Job {
    pub(super) fn channel_for(&mut self, index: u32, work: Work) -> usize {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let steps = transfer.cloud.steps();
        let (source, destination) = (self.region_from(index), self.region_to(index));
        let region: Arc<str> = match work {
            Work::Inspect | Work::FindExport | Work::Launch | Work::CopyInRegion | Work::Export | Work::ExportTask => source.clone(),
            Work::CopyTask if steps.task_side == Side::Source => source.clone(),
            Work::CopyTask | Work::Find | Work::Quota(_) | Work::Image | Work::Change(_) => destination.clone(),
        };
        let cloud = transfer.cloud;
        self.channel(cloud, work, &region)
    }
}
