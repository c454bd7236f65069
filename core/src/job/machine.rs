//! The whole transition table of a lane. It names no cloud, holds no time and sends nothing:
//! it is told what came of the last step and says where the lane stands now.

use crate::plan::policy::Ambiguity;

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
    /// Stopped before it was launched. Can be resumed.
    Cancelled,
    /// Launched and left running: a deadline, a cancellation or lost access. Can be resumed.
    Unfinished,
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The source may be copied, or nothing is known that speaks against it.
    Suitable,
    /// The plan, the source or the destination rules a copy out.
    Unsuitable,
    /// All evidence is in and shows nothing of ours; `proven` once that was seen often and late enough.
    Absent {
        /// Absence has been seen as often and as late as the policy demands.
        proven: bool,
    },
    /// The evidence names exactly one image, and it is being made.
    Found,
    /// The evidence names exactly one task.
    FoundTask,
    /// The evidence names exactly one image, and it is usable.
    Usable,
    /// Another image has the name.
    Taken,
    /// An image made from an older source has the name.
    Outdated,
    /// A survey found nothing there.
    NotThere,
    /// More than one image fits.
    Several,
    /// This cloud keeps no evidence of such a launch.
    NoEvidence,
    /// The request is about to leave.
    Sent,
    /// Accepted; a task is to be watched.
    AcceptedTask,
    /// Accepted; the new image is to be watched.
    AcceptedImage,
    /// Accepted, but the answer names nothing to watch.
    AcceptedUnnamed,
    /// Certainly not executed, and may be sent again later.
    Delayed,
    /// Certainly not executed, and will not be.
    Refused,
    /// Refused because the name is taken, perhaps by an earlier launch of ours.
    NameTaken {
        /// An earlier launch of this lane may have taken effect.
        perhaps_ours: bool,
    },
    /// Executed or not: no answer, or one that does not tell.
    Unsure,
    /// The task is done and names its image, which decides.
    TaskDone,
    /// The task is done but names no image.
    TaskDoneUnnamed,
    /// The image is usable (or the export written); `more` when the plan wants more done.
    Ready {
        /// Something remains to be done to the copy.
        more: bool,
    },
    /// The task or the image failed.
    Broken,
    /// Not to be seen. `given_up` once that lasted too long, or the image had been seen before.
    Missing {
        /// There is a task to look at instead.
        has_task: bool,
        /// Nothing will be seen any more.
        given_up: bool,
    },
    /// The look failed for now.
    Unread,
    /// The look is impossible: permission or credentials.
    Barred,
    /// Time is up or the job was cancelled.
    Stopped,
    /// Taken up again from a journal.
    Resumed,
}

/// The transition table. An outcome that does not belong to a phase changes nothing: answers may come late or twice.
pub const fn next(phase: Phase, outcome: Outcome, ambiguity: Ambiguity) -> Phase {
    use End::{Ambiguous, Cancelled, Conflict, Failed, Present, Unfinished};
    use Outcome as O;
    use Phase::{Ended, Finding, Finishing, Image, Inspecting, Launching, Probing, Queued, Task, Waiting};
    match phase {
        Inspecting => match outcome {
            O::Suitable => Finding,
            O::Unsuitable | O::Refused | O::Barred => Ended(Failed),
            O::Stopped => Ended(Cancelled),
            O::Unread | O::Resumed => Inspecting,
            O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several | O::NoEvidence | O::Sent => phase,
            O::Outdated | O::NotThere => phase,
            O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure => phase,
            O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => phase,
        },
        Finding => match outcome {
            O::Absent { .. } | O::NoEvidence => Waiting,
            // Not allowed to look beforehand: the launch itself may still be allowed.
            O::Refused => Waiting,
            // Somebody, perhaps an earlier run, is making it already.
            O::Found => Image,
            O::FoundTask => Task,
            O::Usable => Ended(Present),
            O::Taken | O::Several => Ended(Conflict),
            O::Outdated => Ended(End::Stale),
            O::NotThere => Ended(End::Missing),
            O::Unsuitable | O::Barred => Ended(Failed),
            O::Stopped => Ended(Cancelled),
            O::Unread => Finding,
            O::Resumed => Inspecting,
            O::Suitable | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } => phase,
            O::Unsure | O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => phase,
        },
        Waiting => match outcome {
            O::Suitable => Queued,
            O::Unsuitable | O::Refused | O::Barred => Ended(Failed),
            O::Stopped => Ended(Cancelled),
            O::Resumed => Inspecting,
            O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several | O::Outdated | O::NotThere => phase,
            // A person must first look at the step that makes its source.
            O::Unsure => Ended(Ambiguous),
            O::NoEvidence | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed => phase,
            O::NameTaken { .. } | O::Unread => phase,
            O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => phase,
        },
        Queued => match outcome {
            O::Sent => Launching,
            O::Unsuitable | O::Refused | O::Barred => Ended(Failed),
            O::Stopped => Ended(Cancelled),
            // What was seen before the interruption may have changed.
            O::Resumed => Inspecting,
            O::Suitable
            | O::Absent { .. }
            | O::Found
            | O::FoundTask
            | O::Usable
            | O::Taken
            | O::Several
            | O::Outdated
            | O::NotThere
            | O::NoEvidence => phase,
            O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure | O::Unread => phase,
            O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => phase,
        },
        Launching => match outcome {
            O::AcceptedTask => Task,
            O::AcceptedImage => Image,
            O::AcceptedUnnamed | O::Unsure => Probing,
            O::NameTaken { perhaps_ours: true } => Probing,
            O::NameTaken { perhaps_ours: false } => Ended(Conflict),
            O::Delayed => Queued,
            O::Refused => Ended(Failed),
            // The request left; only its answer or a probe can tell more.
            O::Stopped | O::Barred => Launching,
            // Written ahead, then the host died: sent or not, nobody knows.
            O::Resumed => Probing,
            O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several => phase,
            O::Outdated | O::NotThere | O::NoEvidence | O::Sent | O::Unread => phase,
            O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => phase,
        },
        Probing => match outcome {
            O::Found | O::Usable => Image,
            O::FoundTask => Task,
            O::Absent { proven: false } | O::Unread | O::Resumed => Probing,
            O::Absent { proven: true } => match ambiguity {
                Ambiguity::ProbeThenRetry => Queued,
                Ambiguity::Stop => Ended(Ambiguous),
            },
            O::Several | O::Taken | O::Outdated | O::NotThere | O::NoEvidence | O::Refused | O::Barred | O::Stopped => Ended(Ambiguous),
            O::Suitable | O::Unsuitable | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed => phase,
            O::NameTaken { .. } | O::Unsure => phase,
            O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => phase,
        },
        Task => match outcome {
            O::Unread | O::Resumed => Task,
            O::TaskDone => Image,
            O::TaskDoneUnnamed => Probing,
            O::Ready { more: true } => Finishing,
            O::Ready { more: false } => Ended(End::Ready),
            O::Broken => Ended(Failed),
            // Old tasks vanish; the image is the better witness, or whatever bears its name.
            O::Missing { given_up: false, .. } => Image,
            O::Missing { given_up: true, .. } => Probing,
            // It names an image that another destination holds.
            O::Several => Ended(Ambiguous),
            O::Refused | O::Barred | O::Stopped => Ended(Unfinished),
            O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken => phase,
            O::Outdated | O::NotThere | O::NoEvidence | O::Sent => phase,
            O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure => phase,
        },
        Image => match outcome {
            O::Unread | O::Resumed => Image,
            O::Ready { more: true } => Finishing,
            O::Ready { more: false } => Ended(End::Ready),
            O::Broken | O::Missing { given_up: true, .. } => Ended(Failed),
            O::Missing { given_up: false, has_task: true } => Task,
            O::Missing { given_up: false, has_task: false } => Image,
            O::Refused | O::Barred | O::Stopped => Ended(Unfinished),
            O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several => phase,
            O::Outdated | O::NotThere | O::NoEvidence | O::Sent => phase,
            O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure => phase,
            O::TaskDone | O::TaskDoneUnnamed => phase,
        },
        Finishing => match outcome {
            // Changes are idempotent: an unsure one is simply made again.
            O::Unread | O::Resumed | O::Delayed | O::Unsure | O::Ready { more: true } => Finishing,
            O::Ready { more: false } => Ended(End::Ready),
            O::Refused => Ended(Failed),
            O::Barred | O::Stopped => Ended(Unfinished),
            O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several => phase,
            O::Outdated
            | O::NotThere
            | O::NoEvidence
            | O::Sent
            | O::AcceptedTask
            | O::AcceptedImage
            | O::AcceptedUnnamed
            | O::NameTaken { .. } => phase,
            O::TaskDone | O::TaskDoneUnnamed | O::Broken | O::Missing { .. } => phase,
        },
        Ended(end) => match (end, outcome) {
            (Cancelled, O::Resumed) => Inspecting,
            (Ambiguous, O::Resumed) => Probing,
            // The journal knows what was being watched; see `Job::restore`.
            (Unfinished, O::Resumed) => Image,
            (End::Ready | Present | Failed | Conflict | End::Stale | End::Missing | Cancelled | Ambiguous | Unfinished, _) => phase,
        },
    }
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
