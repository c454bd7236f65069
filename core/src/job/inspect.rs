//! First step: what is the source image, and may it be copied? Asked once an image, many images a call.

use super::find::Listing;
use super::flight::Flight;
use super::machine::{Outcome, Phase};
use super::schedule::Work;
use super::{Job, What};
use crate::api::check::Known;
use crate::api::facts::{Facts, Image, Reply, State};
use crate::api::replication::Wanted;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::time::Millis;
use std::collections::VecDeque;
use std::sync::Arc;

/// A source image and the lanes that wait for it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) cloud: Cloud,
    pub(crate) region: Arc<str>,
    pub(crate) id: Arc<str>,
    pub(crate) lanes: Vec<u32>,
    /// Copies of it under way.
    pub(crate) active: u32,
    /// Lanes whose launch was refused because copies of ours keep it busy, in the order in which they may go.
    pub(crate) held: VecDeque<u32>,
    pub(crate) image: Option<Box<Image>>,
    /// Lanes that export it.
    pub(crate) exports: Vec<u32>,
    /// The one among them whose turn it is: an image is exported once at a time.
    pub(crate) exporting: Option<u32>,
    asked: bool,
}

impl Source {
    pub(crate) fn new(cloud: Cloud, region: Arc<str>, id: Arc<str>) -> Self {
        Self {
            cloud,
            region,
            id,
            lanes: Vec::new(),
            active: 0,
            held: VecDeque::new(),
            image: None,
            exports: Vec::new(),
            exporting: None,
            asked: false,
        }
    }
}

impl Job {
    pub(super) fn want_inspection(&mut self, lane: u32, due: Millis) {
        let index = self.lanes[lane as usize].source;
        let source = &self.sources[index as usize];
        if source.asked {
            return;
        }
        let (cloud, region) = (source.cloud, source.region.clone());
        self.sources[index as usize].asked = true;
        let channel = self.channel(cloud, Work::Inspect, &region);
        self.schedule.push(channel, due, index);
    }

    pub(super) fn make_inspection(&mut self, channel: usize) -> Option<(Vec<u32>, Wanted, Option<Listing>)> {
        let (cloud, batch) = (self.schedule.channel(channel).cloud, self.schedule.channel(channel).batch);
        let mut items = Vec::new();
        while let Some(source) = (items.len() < batch).then(|| self.schedule.pop(channel, self.clock.now)).flatten() {
            items.push(source.1);
        }
        let ids: Vec<&str> = items.iter().map(|source| &*self.sources[*source as usize].id).collect();
        let wanted = (!ids.is_empty()).then(|| (cloud.steps().images)(&ids))?;
        Some((items, wanted, None))
    }

    pub(super) fn settle_inspection(&mut self, flight: Flight, outcome: Result<Reply, Error>, retry_after_ms: Option<i64>) {
        match outcome {
            Ok(Reply { facts: Facts::Images(page), .. }) => {
                self.schedule.channel_mut(flight.channel).failures = 0;
                for source in flight.items {
                    let image = page.items.iter().find(|image| image.id == *self.sources[source as usize].id);
                    self.inspected(source, image.cloned().ok_or_else(|| not_found(&self.sources[source as usize])));
                }
            }
            Ok(_) => self.settle_inspection_failure(flight.items, &unexpected()),
            Err(error) if matches!(error.retry, Retry::Backoff | Retry::Unsure) => self.look_again(flight, &error, retry_after_ms),
            // One id spoils the batch: ask for each alone.
            Err(error) if error.kind != Kind::Permission && flight.items.len() > 1 => {
                self.schedule.channel_mut(flight.channel).batch = 1;
                flight.items.into_iter().for_each(|source| self.schedule.push(flight.channel, self.clock.now, source));
            }
            Err(error) => self.settle_inspection_failure(flight.items, &error),
        }
    }

    pub(super) fn settle_inspection_failure(&mut self, sources: Vec<u32>, error: &Error) {
        sources.into_iter().for_each(|source| self.inspected(source, Err(error.clone())));
    }

    /// Puts the items of a failed look back, to be looked at later.
    pub(super) fn look_again(&mut self, flight: Flight, error: &Error, retry_after_ms: Option<i64>) {
        let failures = self.schedule.channel(flight.channel).failures;
        self.schedule.channel_mut(flight.channel).failures = failures.saturating_add(1);
        let due = self.clock.now.plus(self.wait_ms(failures, Some(error), retry_after_ms));
        let channel = self.schedule.channel(flight.channel);
        let (cloud, region, is_inspection) = (channel.cloud, channel.region.to_string(), channel.work == Work::Inspect);
        if error.kind != Kind::Throttled {
            self.tell_cloud(cloud, &region, What::Warning, Some(error.clone()), Some(due.since(self.clock.now)));
        }
        for item in flight.items {
            if is_inspection {
                self.schedule.push(flight.channel, due, item);
            } else {
                self.lanes[item as usize].in_flight = false;
                self.advance(item, Outcome::Unread, None);
                self.go_on(item, due);
            }
        }
    }

    /// The source is known, or cannot be: its lanes go on.
    fn inspected(&mut self, source: u32, found: Result<Image, Error>) {
        let known = match found {
            Ok(image) => {
                self.sources[source as usize].image = Some(Box::new(image));
                None
            }
            Err(error) => Some(error),
        };
        for lane in std::mem::take(&mut self.sources[source as usize].lanes) {
            // Lanes taken up again further on need no leave to go on.
            if self.lanes[lane as usize].phase != Phase::Inspecting {
                continue;
            }
            let verdict = self.judge_source(lane, known.as_ref());
            match verdict {
                Ok(()) => self.advance(lane, Outcome::Suitable, None),
                Err(error) => self.advance(lane, Outcome::Unsuitable, Some(error)),
            }
            self.go_on(lane, self.clock.now);
        }
    }

    /// Whether the plan, the source and the destination allow the launch, by all rules and facts; names the copy.
    fn judge_source(&mut self, index: u32, inspection: Option<&Error>) -> Result<(), Error> {
        let lane = &self.lanes[index as usize];
        let transfer = &self.plan.transfers[lane.transfer as usize];
        let target = &transfer.to[lane.target as usize];
        let image = self.sources[lane.source as usize].image.as_deref();
        if let Some(error) = inspection {
            let needs_name =
                transfer.task == crate::plan::Task::Copy && transfer.name_for(target).is_none_or(|name| name.contains("{name}"));
            // Without the right or the call to describe images, or where the listing does not show it, a launch may
            // still be allowed; if not, its refusal says so.
            let may_try = matches!(error.kind, Kind::Permission | Kind::NotFound | Kind::Unsupported);
            if !may_try || needs_name {
                return Err(error.clone());
            }
        }
        // A source that is being copied leaves its normal state for a while: the launch will tell when it may go.
        let settled = image.filter(|image| image.state == State::Pending).map(|image| Image { state: State::Ready, ..image.clone() });
        let findings = transfer.check(target, &self.plan, &Known { image: settled.as_ref().or(image), ..Known::default() });
        if findings.has_errors() {
            let chaining = transfer.cloud.steps().chaining.filter(|_| transfer.chain_for(target).is_none());
            if chaining.zip(image).is_some_and(|(chaining, image)| (chaining.needs_own)(image)) {
                let path = transfer.path(lane.transfer as usize, lane.target as usize, &self.plan);
                return Err(findings.into_error(&path).hint(
                    "give the copy a chain in the plan, so that it goes by an image of its own",
                    "请在计划中为该复制填写 chain，经由自有镜像中转",
                ));
            }
            return Err(findings.into_error(&transfer.path(lane.transfer as usize, lane.target as usize, &self.plan)));
        }
        if lane.name.is_none() {
            let source_name = image.map_or("", |image| &image.name);
            let name = transfer.expand(target, source_name, self.started);
            self.lanes[index as usize].name = Some(name.into());
        }
        Ok(())
    }
}

fn not_found(source: &Source) -> Error {
    let Source { cloud, region, id, .. } = source;
    Error::new(Kind::NotFound, "image.not_listed", format!("{cloud} lists no image {id} in {region}"))
        .hint("check the image id, its region and the account", "请检查镜像 ID、所在地域和账号")
}

pub(super) fn unexpected() -> Error {
    Error::new(Kind::Protocol, "answer.unexpected", "the answer does not hold what was asked for")
        .hint("check the endpoint; if it is right, report the answer", "请检查接入地址；若无误，请反馈该响应")
}
