//! Numbers of what a job holds. None is ever taken for another.

/// One destination of one transfer, or a step on the way of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LaneId(pub(crate) u32);

/// One source image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SourceId(pub(crate) u32);

/// One transfer of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TransferId(pub(crate) u32);

/// All calls of one kind in one region of one cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChannelId(pub(crate) u32);

impl LaneId {
    /// The lane at that place among all.
    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// Its place among all lanes.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl SourceId {
    /// The source at that place among all.
    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// Its place among all sources.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl TransferId {
    /// The transfer at that place in the plan.
    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// Its place in the plan.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl ChannelId {
    /// The channel at that place among all.
    pub(crate) const fn at(index: usize) -> Self {
        Self(index as u32)
    }

    /// Its place among all channels.
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}
