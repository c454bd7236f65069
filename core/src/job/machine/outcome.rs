//! What can come of a step.

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
    /// Another image has the name, or the cloud says so.
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
    /// Nothing more can be asked: the cloud takes no key that there is.
    Barred,
    /// Time is up or the job was cancelled.
    Stopped,
    /// Taken up again from a journal.
    Resumed,
    /// A person has looked and says that the launch took effect.
    ToldThere {
        /// What it made is known by its task.
        by_task: bool,
    },
    /// A person has looked and says that the launch made nothing.
    ToldAbsent,
}
