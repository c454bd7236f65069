//! The source images.

use crate::api::facts::Image;
use crate::base::cloud::Cloud;
use crate::base::time::Millis;
use crate::job::id::{LaneId, SourceId};
use std::collections::VecDeque;
use std::ops::{Index, IndexMut};
use std::sync::Arc;

/// A source image and the lanes that wait for it.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) cloud: Cloud,
    pub(crate) region: Arc<str>,
    pub(crate) id: Arc<str>,
    /// Lanes that wait until it is inspected.
    pub(crate) lanes: Vec<LaneId>,
    /// Copies of it under way.
    pub(crate) active: u32,
    /// Lanes whose launch was refused because copies of ours keep it busy, in the order in which they may go.
    pub(crate) held: VecDeque<LaneId>,
    /// What it was described as.
    pub(crate) facts: Option<Box<SourceFacts>>,
    /// It is still being made: its lanes wait for it.
    pub(crate) making: Option<Box<Making>>,
    pub(crate) exports: Option<Box<Exports>>,
    /// How long its quickest copy of this run took, as far as seen; none of them was over sooner.
    pub(crate) quickest_ms: Option<i64>,
    /// Somebody has asked for it.
    pub(crate) asked: bool,
}

/// What must be known of a source image as long as copies of it are looked for.
#[derive(Debug)]
pub(crate) struct SourceFacts {
    pub(crate) created: Option<Millis>,
    pub(crate) size_bytes: Option<u64>,
    pub(crate) os: Option<Box<str>>,
    /// Whether it must first be copied in its region before it can go to another one.
    pub(crate) needs_own: bool,
}

/// A source that is still being made.
#[derive(Debug)]
pub(crate) struct Making {
    /// Since when it is waited for, by our clock.
    pub(crate) since: Millis,
    /// The vendor's word for where it stands.
    pub(crate) state: Box<str>,
}

/// The exports of an image, of which there is one at a time.
#[derive(Debug, Default)]
pub(crate) struct Exports {
    /// The lanes.
    pub(crate) lanes: Vec<LaneId>,
    /// So many of them, from the first on, have ended.
    pub(crate) over: usize,
    /// The one whose turn it is.
    pub(crate) turn: Option<LaneId>,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<Source>);

impl Source {
    pub(crate) fn new(cloud: Cloud, region: Arc<str>, id: Arc<str>) -> Self {
        Self {
            cloud,
            region,
            id,
            lanes: Vec::new(),
            active: 0,
            held: VecDeque::new(),
            facts: None,
            making: None,
            exports: None,
            quickest_ms: None,
            asked: false,
        }
    }
}

impl SourceFacts {
    /// Of an image of that cloud.
    pub(crate) fn of(image: &Image, cloud: Cloud) -> Self {
        Self {
            created: image.created,
            size_bytes: image.size_bytes,
            os: image.os.as_deref().map(Box::from),
            needs_own: cloud.replication().chaining.is_some_and(|chaining| (chaining.needs_own)(image)),
        }
    }
}

impl Index<SourceId> for Sources {
    type Output = Source;

    fn index(&self, id: SourceId) -> &Source {
        &self.0[id.index()]
    }
}

impl IndexMut<SourceId> for Sources {
    fn index_mut(&mut self, id: SourceId) -> &mut Source {
        &mut self.0[id.index()]
    }
}

impl Sources {
    pub(crate) fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId::at(self.0.len() - 1)
    }

    pub(crate) fn get_mut(&mut self, id: SourceId) -> Option<&mut Source> {
        self.0.get_mut(id.index())
    }

    /// Every source.
    pub(crate) fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..self.0.len()).map(SourceId::at)
    }

    /// The sources of a cloud.
    pub(crate) fn of(&self, cloud: Cloud) -> impl Iterator<Item = &Source> {
        self.0.iter().filter(move |source| source.cloud == cloud)
    }
}
