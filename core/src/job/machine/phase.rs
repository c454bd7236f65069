//! Where a lane can stand.

/// Where a lane stands. One lane is one destination of one transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The source image is being described.
    Inspecting,
    /// The destination is being listed for what is there already.
    Finding,
    /// Nothing there speaks against it; waiting for the step that makes its source, and to learn whether there is room.
    Waiting,
    /// Waiting for its turn to be launched.
    Queued,
    /// The launch is on its way; a lane restored from a journal in this phase is probed first.
    Launching,
    /// Nobody knows whether the launch took effect: evidence is being gathered.
    Probing,
    /// Launched; its task is being watched.
    Task,
    /// Launched; the new image is being watched.
    Image,
    /// The copy is usable; what the plan wants done to it afterwards is being done.
    Finishing,
    /// Over.
    Ended(End),
}

/// How a lane ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The copy is usable.
    Ready,
    /// A copy of this source under this name was there before; nothing was launched.
    Present,
    /// The cloud refused or the copy failed.
    Failed,
    /// Another image has the name; it was left alone.
    Conflict,
    /// An image made from an older source has the name; it was left alone.
    Stale,
    /// A survey found nothing there; a copy would be launched.
    Missing,
    /// Nobody can tell whether a copy was made; a person must look.
    Ambiguous,
    /// Stopped before it was launched: a deadline, a cancellation or keys that are refused. Can be resumed.
    Cancelled,
    /// Launched and left running: a deadline, a cancellation or lost access. Can be resumed.
    Unfinished,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Phase; 18] = [
        Phase::Inspecting,
        Phase::Finding,
        Phase::Waiting,
        Phase::Queued,
        Phase::Launching,
        Phase::Probing,
        Phase::Task,
        Phase::Image,
        Phase::Finishing,
        Phase::Ended(End::Ready),
        Phase::Ended(End::Present),
        Phase::Ended(End::Failed),
        Phase::Ended(End::Conflict),
        Phase::Ended(End::Stale),
        Phase::Ended(End::Missing),
        Phase::Ended(End::Ambiguous),
        Phase::Ended(End::Cancelled),
        Phase::Ended(End::Unfinished),
    ];

    /// Stable lower-case name, the same in every language and in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Inspecting => "inspecting",
            Phase::Finding => "finding",
            Phase::Waiting => "waiting",
            Phase::Queued => "queued",
            Phase::Launching => "launching",
            Phase::Probing => "probing",
            Phase::Task => "task",
            Phase::Image => "image",
            Phase::Finishing => "finishing",
            Phase::Ended(End::Ready) => "ready",
            Phase::Ended(End::Present) => "present",
            Phase::Ended(End::Failed) => "failed",
            Phase::Ended(End::Conflict) => "conflict",
            Phase::Ended(End::Stale) => "stale",
            Phase::Ended(End::Missing) => "missing",
            Phase::Ended(End::Ambiguous) => "ambiguous",
            Phase::Ended(End::Cancelled) => "cancelled",
            Phase::Ended(End::Unfinished) => "unfinished",
        }
    }

    /// The phase of that name.
    pub fn parse(name: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.as_str() == name)
    }

    /// Whether the lane is not yet ready to be launched.
    pub(crate) const fn is_preparing(self) -> bool {
        matches!(self, Phase::Inspecting | Phase::Finding | Phase::Waiting)
    }

    /// Whether nothing more will be done for the lane.
    pub const fn is_ended(self) -> bool {
        matches!(self, Phase::Ended(_))
    }
}
