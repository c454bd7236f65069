//! What a cloud holds: images and tasks, and how they grow with time.

use imgferry::Cloud;
use imgferry::Millis;
use imgferry::api::facts::Ownership;

/// An image of the simulated world.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Whose cloud.
    pub cloud: Cloud,
    /// Region that holds it.
    pub region: String,
    /// Id; empty lets the world choose one.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// When it was made.
    pub created: Millis,
    /// Size in GiB.
    pub size_gib: u64,
    /// Whose it is.
    pub ownership: Ownership,
    /// Encrypted with a key of the key service.
    pub encrypted: bool,
    /// Made from an ISO file.
    pub iso: bool,
    /// Holds a whole machine: data disks, backup.
    pub whole: bool,
    /// Platform, for example `Ubuntu`, `CentOS`, `Windows`, `RedHat`.
    pub os: String,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// Image family, where the cloud has them.
    pub family: String,
    /// Marked as not to be used any more.
    pub deprecated: bool,
    /// Project, where the cloud has them.
    pub project: String,
    /// Accounts it is shared with.
    pub shared_with: Vec<String>,
    /// Region and id of the image it was copied from.
    pub origin: Option<(String, String)>,
    /// Its growth; `None` for an image that was always there.
    pub growth: Option<Growth>,
    /// Until when a copy or an export holds it.
    pub held: Option<(Held, Millis)>,
    /// It is still being made: usable, or failed where its state is fixed so, this long after the world begins.
    pub ready_after_ms: Option<i64>,
    /// A state that never changes, for special images of a scenario.
    pub fixed: Option<Phase>,
}

/// What holds a source image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A copy from it runs.
    Copy,
    /// An export of it runs.
    Export,
}

/// Where an image or a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Made, but not yet shown by listings.
    Hidden,
    /// Growing.
    Pending,
    /// Usable, or finished well.
    Ready,
    /// Never usable, or finished badly.
    Failed,
}

impl Image {
    /// A plain private image that was always there.
    pub fn new(cloud: Cloud, region: &str, id: &str, name: &str) -> Self {
        Self {
            cloud,
            region: region.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            created: Millis(0),
            size_gib: 40,
            ownership: Ownership::Private,
            encrypted: false,
            iso: false,
            whole: false,
            os: "Ubuntu".to_owned(),
            tags: Vec::new(),
            family: String::new(),
            deprecated: false,
            project: "default".to_owned(),
            shared_with: Vec::new(),
            origin: None,
            growth: None,
            held: None,
            ready_after_ms: None,
            fixed: None,
        }
    }

    /// Where it is in its life at that moment.
    pub fn phase(&self, now: Millis) -> Phase {
        self.fixed.unwrap_or_else(|| self.growth.as_ref().map_or(Phase::Ready, |growth| growth.phase(now)))
    }

    /// Progress of its copy, 0 to 100; `None` for an image that was always there.
    pub fn percent(&self, now: Millis) -> Option<u8> {
        self.growth.as_ref().map(|growth| growth.percent(now))
    }

    /// What holds it at that moment.
    pub fn held(&self, now: Millis) -> Option<Held> {
        self.held.and_then(|(what, until)| (until > now).then_some(what))
    }

    /// Whether the account may call it its own custom image.
    pub fn is_private(&self) -> bool {
        self.ownership == Ownership::Private
    }

    pub(super) fn is_windows(&self) -> bool {
        self.os.starts_with("Windows")
    }
}

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TaskKind {
    /// A copy to another region.
    Copy,
    /// A copy within the region.
    CopyInRegion,
    /// An export to object storage.
    Export,
    /// The look that follows a copy (Volcengine).
    Detect,
    /// A change of those an image is shared with (Huawei).
    Members,
}

/// A task or job.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Task {
    /// Whose cloud.
    pub(super) cloud: Cloud,
    /// Region where it may be asked for.
    pub(super) region: String,
    /// Id.
    pub(super) id: String,
    /// What it does.
    pub(super) kind: TaskKind,
    /// The image it works on: for a copy the new one.
    pub(super) image: String,
    /// Name of that image.
    pub(super) image_name: String,
    /// Its growth.
    pub(super) growth: Growth,
}

/// How something grows from a request to its end; everything is computed from `now`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// When it was asked for.
    pub start: Millis,
    /// When listings begin to show it.
    pub visible: Millis,
    /// When it ends; `None` for never.
    pub end: Option<Millis>,
    /// Whether it ends badly.
    pub fails: bool,
    /// How the percentage moves.
    pub pace: Pace,
}

/// How a percentage moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Evenly.
    Linear,
    /// Quickly to 90, then nothing until the end.
    Stalled,
    /// In steps of twenty.
    Bursty,
}

impl Growth {
    pub(super) fn phase(&self, now: Millis) -> Phase {
        match self.end {
            Some(end) if now >= end && now >= self.visible => match self.fails {
                true => Phase::Failed,
                false => Phase::Ready,
            },
            _ if now < self.visible => Phase::Hidden,
            _ => Phase::Pending,
        }
    }

    /// 0 to 99 while it grows, 100 once it ended well.
    pub(super) fn percent(&self, now: Millis) -> u8 {
        if self.phase(now) == Phase::Ready {
            return 100;
        }
        // What never ends creeps towards where it is stuck; what fails stops half-way.
        let length = self.end.map_or(600_000, |end| end.since(self.start)).max(1);
        let done = now.since(self.start).clamp(0, length).saturating_mul(100) / length;
        let shown = match self.pace {
            Pace::Linear => done,
            Pace::Stalled => (done * 3).min(90),
            Pace::Bursty => done / 20 * 20,
        };
        let ceiling = if self.end.is_none() || self.fails { 57 } else { 99 };
        u8::try_from(shown.clamp(0, ceiling)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_hidden_then_pending_then_over_and_never_shrinks() {
        for pace in [Pace::Linear, Pace::Stalled, Pace::Bursty] {
            let growth = Growth { start: Millis(0), visible: Millis(100), end: Some(Millis(1000)), fails: false, pace };
            assert_eq!(growth.phase(Millis(99)), Phase::Hidden);
            assert_eq!(growth.phase(Millis(999)), Phase::Pending);
            assert_eq!(growth.phase(Millis(1000)), Phase::Ready);
            let shown: Vec<u8> = (0..=1000).map(|at| growth.percent(Millis(at))).collect();
            assert!(shown.is_sorted(), "{pace:?}");
            assert_eq!(shown.last(), Some(&100));
        }
    }
}
