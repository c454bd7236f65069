//! Second step, and the way out of doubt: what is in the destination under our name?
//!
//! One listing of a region serves all lanes that wait for it: those that were never launched (is the copy there
//! already?) and those whose launch got no answer (did it take effect?).

use crate::api::facts::{Facts, Image, Ownership, Quota, Reply, State as ImageState};
use crate::api::operation::Named;
use crate::api::replication::Wanted;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::names::firsts;
use crate::base::text::{concat, joined, quoted};
use crate::base::texts::zh;
use crate::base::time::Millis;
use crate::job::id::{ChannelId, LaneId};
use crate::job::machine::{Outcome, Phase};
use crate::job::pace::channels::Work;
use crate::job::pace::in_flight::{Departure, Errand, Listing, Pending, Subject};
use crate::job::report::Extra;
use crate::job::state::State;
use crate::job::state::effect::Effects;
use crate::job::state::errors::{in_two_regions, unexpected};
use crate::job::state::lane::{Lane, kept};
use crate::job::state::looks::{self, Witness, witness_of_time};
use crate::job::state::sources::SourceFacts;
use crate::provider::build;
use std::sync::Arc;

/// Longest listing that is believed to end, in entries.
const ENTRIES: usize = 20_000;

/// What the copy that a lane makes must show, as far as the cloud records it.
struct Lineage<'a> {
    /// Region of the image it was copied from.
    region: &'a str,
    /// Id of that image; `None` while it is not made yet, or was deleted since.
    image: Option<&'a str>,
    /// Whether it is encrypted; `None` where it is as its source.
    encrypted: Option<bool>,
    /// Whether the cloud records what an image was copied from.
    is_recorded: bool,
}

pub(super) fn enter(state: &mut State, lane: LaneId, due: Millis) -> Effects {
    let mut effects = Effects::default();
    let must_look = state.lanes[lane].phase == Phase::Probing || state.lanes[lane].name_taken;
    let looks_first = state.plan.policy.reconcile || state.survey.is_some() || must_look;
    if looks_first {
        let channel = state.channel_for(lane, Work::Find);
        state.put(channel, due, lane);
    } else {
        effects.advance(lane, Outcome::NoEvidence);
        effects.go_on(lane, due);
    }
    effects
}

pub(super) fn call(state: &mut State, channel: ChannelId) -> Option<Departure> {
    let now = state.clock.now();
    let (mut lanes, mut names): (Vec<LaneId>, Vec<String>) = Default::default();
    while let Some((_, id)) = state.take(channel, now) {
        let lane = &mut state.lanes[id];
        if matches!(lane.phase, Phase::Finding | Phase::Probing) && !lane.in_flight {
            lane.in_flight = true;
            names.push(lane.name.as_deref().unwrap_or_default().to_owned());
            names.extend(state.last_name(id));
            lanes.push(id);
        }
    }
    if lanes.is_empty() {
        return None;
    }
    names.sort_unstable();
    names.dedup();
    let (all, region) = (state.survey.is_some(), state.channels[channel].region.clone());
    let is_before = lanes.iter().any(|lane| state.lanes[*lane].phase == Phase::Finding);
    let wants_count = is_before && state.plan.policy.check_quota && !all;
    let counts = wants_count && state.quotas.wants_count(state.channels[channel].cloud, &region);
    let listing = Listing { names, images: Vec::new(), ids: Vec::new(), all, counts, began: now };
    let wanted = Ok(page_of(&listing, state.channels[channel].cloud, None));
    Some(Departure { subject: Subject::Lanes(lanes), wanted, listing: Some(listing) })
}

/// A page of the listing: filtered by name where the cloud takes so many.
fn page_of(listing: &Listing, cloud: Cloud, cursor: Option<&str>) -> Wanted {
    let steps = cloud.replication();
    let names: Vec<&str> = listing.names.iter().map(String::as_str).collect();
    let filter: &[&str] = if names.len() <= steps.find_names && !listing.all && !listing.counts { &names } else { &[] };
    (steps.find)(filter, cursor, listing.ids.len())
}

pub(super) fn settle(state: &mut State, mut pending: Pending, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) -> Effects {
    let mut page = match outcome {
        Ok(Reply { facts: Facts::Images(page), .. }) => page,
        Ok(_) => return looks::again(state, pending.errand, &unexpected(), retry_after_ms),
        Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => {
            return looks::again(state, pending.errand, &error, retry_after_ms);
        }
        Err(error) => return looks::refused(state, &pending.errand, error),
    };
    let Some(mut listing) = pending.errand.listing.take() else {
        return Effects::default();
    };
    let begins = std::mem::take(&mut listing.counts).then(|| listing.clone());
    let before = listing.ids.len();
    keep(&mut listing, std::mem::take(&mut page.items));
    let seen = listing.ids.len();
    let more = page.tells_of_more(seen);
    if begins.is_some() {
        let channel = &state.channels[pending.errand.channel];
        let (cloud, region) = (channel.cloud, channel.region.clone());
        let all = (!more).then_some(seen as u64);
        state.quotas.of(cloud, &region).learn(Quota { total: None, used: page.total.or(all) });
    }
    // A page that shows nothing new leads nowhere.
    if more && seen > before && seen < ENTRIES {
        // Too many for one page: the rest is asked for by name.
        if let Some(anew) = begins.filter(|_| listing.names.len() <= state.channels[pending.errand.channel].cloud.replication().find_names)
        {
            return next_page(state, pending.errand, anew, None);
        }
        return next_page(state, pending.errand, listing, page.next.as_deref());
    }
    // Before anything is launched for what it hides, it is asked for again.
    let is_before = |lane: &LaneId| state.lanes[*lane].phase == Phase::Finding;
    let hides = more && seen < ENTRIES && pending.lanes().iter().any(is_before);
    if hides && state.channels[pending.errand.channel].failures < state.plan.policy.absences {
        return looks::again(state, pending.errand, &unexpected(), retry_after_ms);
    }
    state.channels[pending.errand.channel].failures = 0;
    only_firsts(&mut listing.images);
    let channel = &state.channels[pending.errand.channel];
    let copies = extras(&listing.images, channel.cloud, &channel.region, state);
    if let Some(found) = &mut state.survey {
        found.extend(copies);
    }
    let mut effects = Effects::default();
    for lane in pending.lanes().iter().copied() {
        state.lanes[lane].in_flight = false;
        effects.append(judge(state, lane, &listing, !more));
    }
    effects
}

/// Takes from a page what is asked for.
fn keep(listing: &mut Listing, items: Vec<Image>) {
    let Listing { names, images, ids, all, .. } = listing;
    for image in items {
        ids.push(image.id.clone());
        if *all || names.binary_search(&image.name).is_ok() {
            images.push(image);
        }
    }
    ids.sort_unstable();
    ids.dedup();
}

/// An entry that stood on two pages counts once.
fn only_firsts(images: &mut Vec<Image>) {
    let firsts = firsts(&images.iter().map(|image| [image.id.as_str(), "", "", ""]).collect::<Vec<_>>());
    let mut place = 0..;
    images.retain(|_| place.next().is_some_and(|place| firsts[place] == place));
}

/// The next page follows as soon as the limits allow: it is part of the same look.
fn next_page(state: &mut State, mut errand: Errand, listing: Listing, cursor: Option<&str>) -> Effects {
    let channel = &state.channels[errand.channel];
    let Wanted { operation, params } = page_of(&listing, channel.cloud, cursor);
    match build(&Named::new(operation, &params), &state.plan.at(channel.cloud, &channel.region)) {
        Ok(call) => {
            (errand.call, errand.listing) = (call, Some(listing));
            state.channels.push_again(errand);
            Effects::default()
        }
        Err(error) => looks::refused(state, &errand, error),
    }
}

/// A listing is not complete where the cloud tells of more than it shows: an empty page that names a next one, or a number of
/// images that are not there. Asked for often enough it hinders no first launch, which would be waited for for ever where a cloud
/// always counts so.
fn judge(state: &mut State, id: LaneId, listing: &Listing, is_complete: bool) -> Effects {
    let (lane, lineage) = (&state.lanes[id], lineage(state, id));
    let name = lane.name.as_deref().unwrap_or_default();
    // A copy of an earlier run may have its last name already; one that is being launched has not.
    let last_name = state.last_name(id).filter(|_| lane.phase == Phase::Finding);
    let has_name = |image: &Image| image.name == name || last_name.as_ref() == Some(&image.name);
    let is_private = |image: &Image| matches!(image.ownership, Ownership::Private | Ownership::Unknown);
    let listed: Vec<&Image> = listing.images.iter().collect();
    let candidates = those(&listed, &|image| has_name(image) && Some(image.id.as_str()) != lineage.image && is_private(image));
    match lane.phase {
        Phase::Finding => {
            let found = reconcile(&candidates, &lineage, state.sources[lane.source].facts.as_deref());
            found_before(state, id, &candidates, found, is_complete)
        }
        Phase::Probing => {
            let source = state.sources[lane.source].facts.as_deref();
            let says = |of: Witness| those(&candidates, &|image| witness(image, lane, &lineage, source) == of);
            let (ours, unclear, others) = (says(Witness::Ours), says(Witness::Unclear), says(Witness::Other));
            if ours.is_empty() && !is_complete {
                // What it does not show may be the copy: it proves nothing, and is looked at again.
                let mut effects = Effects::default();
                effects.advance(id, Outcome::Unread);
                effects.go_on(id, state.clock.now().plus(state.between_looks_ms()));
                return effects;
            }
            found_after(state, id, [&ours, &unclear, &others], listing.began)
        }
        Phase::Inspecting | Phase::Waiting | Phase::Queued | Phase::Launching | Phase::Task | Phase::Image => Effects::default(),
        Phase::Finishing | Phase::Ended(_) => Effects::default(),
    }
}

/// Those among images that are so.
fn those<'i>(images: &[&'i Image], is_so: &dyn Fn(&Image) -> bool) -> Vec<&'i Image> {
    let mut found = Vec::new();
    for image in images {
        if is_so(image) {
            found.push(*image);
        }
    }
    found
}

/// What the copy that a lane makes must show.
fn lineage(state: &State, lane: LaneId) -> Lineage<'_> {
    let (is_step, in_region) = (state.lanes.is_step(lane), state.lanes[lane].in_region);
    Lineage {
        region: state.region_from(lane),
        image: state.source_image(lane),
        encrypted: (is_step || in_region).then_some(in_region && !is_step),
        is_recorded: state.cloud_of(lane).replication().records_origin,
    }
}

/// What is there of a lane that was never launched.
fn found_before(state: &mut State, id: LaneId, candidates: &[&Image], found: Found, is_complete: bool) -> Effects {
    let Found { mut outcome, mut image, mut error } = found;
    if let Some(held) = image.take_if(|image| state.lanes.is_held_elsewhere(id, image)) {
        (outcome, error) = (Outcome::Taken, Some(in_two_regions(&held)));
    }
    // The cloud refused the launch for its name: what has it does not count, such as a copy that failed, or is not listed yet.
    if matches!(outcome, Outcome::Absent { .. }) && state.lanes[id].name_taken {
        let told = state.lanes[id].error().cloned();
        (outcome, error) = (Outcome::Taken, candidates.first().map(|other| taken_by(other)).or(told));
    }
    // A survey only looks: what is being made is there, and what is not there stays so.
    if state.survey.is_some() {
        outcome = match outcome {
            Outcome::Found => Outcome::Usable,
            Outcome::Absent { .. } => Outcome::NotThere,
            outcome => outcome,
        };
    }
    if let Some(image) = image {
        state.lanes.hold(id, kept(image));
    }
    state.lanes[id].note_before(&ids_of(candidates), is_complete);
    let mut effects = Effects::default();
    match error {
        Some(error) => effects.advance_by(id, outcome, &Arc::new(error)),
        None => effects.advance(id, outcome),
    }
    effects.go_on(id, state.clock.now());
    effects
}

/// Evidence for or against a launch that got no answer.
fn found_after(state: &mut State, id: LaneId, [ours, unclear, others]: [&[&Image]; 3], began: Millis) -> Effects {
    let mut effects = Effects::default();
    let in_the_way = others.first().filter(|_| state.lanes[id].name_taken);
    match (ours, unclear) {
        ([image], _) if state.lanes.is_held_elsewhere(id, &image.id) => {
            effects.advance_by(id, Outcome::Several, &Arc::new(in_two_regions(&image.id)));
        }
        ([image], _) => {
            state.lanes.hold(id, kept(image.id.as_str()));
            let lane = &mut state.lanes[id];
            (lane.seen, lane.accepted) = (true, true);
            lane.note_percent(image.percent, began, state.clock.now());
            effects.advance(id, if image.state == ImageState::Ready { Outcome::Usable } else { Outcome::Found });
            effects.go_on(id, state.clock.now());
        }
        ([], []) => {
            return looks::absent(state, id, began, || {
                // The cloud refused the name for it.
                if let Some(other) = in_the_way {
                    return (Outcome::Taken, taken_by(other));
                }
                let error = ambiguous("no image of that name has appeared since the launch", zh!("发起复制后目标地域未出现该名称的镜像"));
                (Outcome::Absent { proven: true }, error)
            });
        }
        // One that is certainly ours may still appear.
        ([], unclear) => {
            return looks::absent(state, id, began, || {
                let ids = joined(&ids_of(unclear), ", ");
                let en = concat(&[&ids, " has the name, and nothing tells whether this launch made it or it was there before"]);
                (Outcome::Several, ambiguous(&en, &zh!("{0} 使用该名称，但无法判断它是由本次复制生成还是此前已存在", &ids)))
            });
        }
        (several, _) => {
            let ids = ids_of(several);
            let en = concat(&["several new images have the name: ", &joined(&ids, ", ")]);
            let error = ambiguous(&en, &zh!("出现多个同名新镜像：{0}", &joined(&ids, "、")));
            effects.advance_by(id, Outcome::Several, &Arc::new(error));
        }
    }
    effects
}

fn ids_of<'i>(images: &[&'i Image]) -> Vec<&'i str> {
    images.iter().map(|image| image.id.as_str()).collect()
}

/// What images of our name mean for a lane that was never launched.
struct Found {
    outcome: Outcome,
    /// The image to follow.
    image: Option<String>,
    /// What is in the way.
    error: Option<Error>,
}

fn reconcile(candidates: &[&Image], lineage: &Lineage<'_>, source: Option<&SourceFacts>) -> Found {
    let living = those(candidates, &|image| matches!(image.state, ImageState::Ready | ImageState::Pending));
    let same = those(&living, &|image| is_copy_of(image, lineage, source));
    let best = same.iter().find(|image| image.state == ImageState::Ready).or(same.first());
    let follow = |outcome, image: &Image| Found { outcome, image: Some(image.id.clone()), error: None };
    match (best, living.first()) {
        (Some(image), _) if image.state == ImageState::Ready => follow(Outcome::Usable, image),
        (Some(image), _) => follow(Outcome::Found, image),
        (None, None) => Found { outcome: Outcome::Absent { proven: true }, image: None, error: None },
        (None, Some(old)) if is_older_than_source(old, source) => {
            let message = concat(&["the image ", &old.id, " of that name is older than the source"]);
            let error = Error::new(Kind::Conflict, "image.stale", message).hint(
                "choose a new name, for example with {date}, or delete that image; it was left alone",
                zh!("请换一个新名称（例如含 {date}），或删除该镜像；未对其做任何改动"),
            );
            Found { outcome: Outcome::Outdated, image: None, error: Some(error) }
        }
        (None, Some(other)) => Found { outcome: Outcome::Taken, image: None, error: Some(taken_by(other)) },
    }
}

fn taken_by(other: &Image) -> Error {
    Error::new(Kind::Conflict, "image.conflict", concat(&["another image has the name ", &quoted(&other.name), ": ", &other.id]))
        .hint("choose another name, or delete that image; it was left alone", zh!("请换一个名称，或删除该镜像；未对其做任何改动"))
}

/// Whether an image is a copy of the source: by the recorded origin where there is one, else by what a copy must
/// share with its source.
fn is_copy_of(image: &Image, lineage: &Lineage<'_>, source: Option<&SourceFacts>) -> bool {
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
fn is_alike(image: &Image, source: Option<&SourceFacts>) -> bool {
    source.is_none_or(|source| {
        let same_size = image.size_bytes.is_none() || source.size_bytes.is_none() || image.size_bytes == source.size_bytes;
        same_size && (image.os.is_none() || source.os.is_none() || image.os.as_deref() == source.os.as_deref())
    })
}

/// Made before its supposed source, where no origin is recorded: a copy of an earlier version.
fn is_older_than_source(image: &Image, source: Option<&SourceFacts>) -> bool {
    let made = source.and_then(|source| source.created);
    image.origin.is_none() && made.is_some_and(|source| image.created.is_some_and(|old| old < source))
}

/// The copies of our sources among images, by their recorded origins.
fn extras(images: &[Image], cloud: Cloud, region: &Arc<str>, state: &State) -> Vec<Extra> {
    if state.survey.is_none() {
        return Vec::new();
    }
    let (mut keys, mut copies, mut extras) = (Vec::new(), Vec::new(), Vec::new());
    for source in state.sources.of(cloud) {
        keys.push([&*source.region, &*source.id, "", ""]);
    }
    let ours = keys.len();
    for image in images {
        if let Some(origin) = &image.origin {
            keys.push([&*origin.region, &*origin.image, "", ""]);
            copies.push((image, origin));
        }
    }
    for ((image, origin), first) in copies.into_iter().zip(&firsts(&keys)[ours..]) {
        if *first < ours {
            extras.push(Extra {
                cloud: cloud.as_str(),
                region: (**region).to_owned(),
                image: kept(image.id.as_str()).into(),
                name: kept(image.name.as_str()).into(),
                source: origin.image.clone(),
            });
        }
    }
    extras
}

fn is_of_other_origin(image: &Image, lineage: &Lineage<'_>) -> bool {
    let is_other = |id: &str| lineage.image.is_some_and(|source| source != id);
    image.origin.as_ref().is_some_and(|origin| origin.region != lineage.region || is_other(&origin.image))
}

/// What an image of our name says of a launch that got no answer: by what was listed before, the origin that it
/// records, and the times.
fn witness(image: &Image, lane: &Lane, lineage: &Lineage<'_>, source: Option<&SourceFacts>) -> Witness {
    if lane.before().contains(&image.id) || is_of_other_origin(image, lineage) {
        return Witness::Other;
    }
    // A copy has the size of its source; but what is being made may not tell it yet.
    let differs = image.origin.is_none() && image.state == ImageState::Ready && !is_alike(image, source);
    // Where no origin tells, anybody may have made it since, unless the cloud accepted our launch. Of a copy that is made, one
    // that is recorded does tell.
    let is_silent = lineage.is_recorded && image.state == ImageState::Ready;
    let is_anybodys = image.origin.is_none() && (!lane.listed || is_silent) && !lane.accepted;
    match witness_of_time(image.created, lane) {
        Witness::Ours if differs || is_anybodys => Witness::Unclear,
        witness => witness,
    }
}

fn ambiguous(en: &str, zh: &str) -> Error {
    Error::new(Kind::Conflict, "launch.ambiguous", concat(&["nobody can tell whether a copy was made: ", en]))
        .hint("look at the destination, then resume or delete", zh!("无法确定是否已复制：{0}；请核对目标地域后恢复或清理", zh))
}
