//! The source images.

use crate::api::facts::Image;
use crate::base::cloud::Cloud;
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
    pub(crate) image: Option<Box<Image>>,
    /// Lanes that export it.
    pub(crate) exports: Vec<LaneId>,
    /// So many of them, from the first on, have ended.
    pub(crate) exported: usize,
    /// The one among them whose turn it is: an image is exported once at a time.
    pub(crate) exporting: Option<LaneId>,
    /// Somebody has asked for it.
    pub(crate) asked: bool,
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
            image: None,
            exports: Vec::new(),
            exported: 0,
            exporting: None,
            asked: false,
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

    /// The sources of a cloud.
    pub(crate) fn of(&self, cloud: Cloud) -> impl Iterator<Item = &Source> {
        self.0.iter().filter(move |source| source.cloud == cloud)
    }
}
