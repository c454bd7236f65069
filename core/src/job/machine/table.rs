//! The whole transition table of a lane. It names no cloud, holds no time and sends nothing:
//! it is told what came of the last step and says where the lane stands now.

use super::outcome::Outcome as O;
use super::phase::End::{self, Ambiguous, Cancelled, Conflict, Failed, Present, Unfinished};
use super::phase::Phase::{self, Ended, Finding, Finishing, Image, Inspecting, Launching, Probing, Queued, Task, Waiting};
use crate::plan::policy::Ambiguity;

/// The transition table. An outcome that does not belong to a phase changes nothing: answers may come late or twice.
pub const fn next(phase: Phase, outcome: O, ambiguity: Ambiguity) -> Phase {
    match phase {
        Inspecting => inspecting(outcome),
        Finding => finding(outcome),
        Waiting => waiting(outcome),
        Queued => queued(outcome),
        Launching => launching(outcome),
        Probing => probing(outcome, ambiguity),
        Task => task(outcome),
        Image => image(outcome),
        Finishing => finishing(outcome),
        Ended(end) => ended(end, outcome),
    }
}

const fn inspecting(outcome: O) -> Phase {
    match outcome {
        O::Suitable => Finding,
        O::Unsuitable | O::Refused => Ended(Failed),
        O::Stopped | O::Barred => Ended(Cancelled),
        O::Unread | O::Resumed => Inspecting,
        O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several | O::NoEvidence | O::Sent => Inspecting,
        O::Outdated | O::NotThere => Inspecting,
        O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure => Inspecting,
        O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => Inspecting,
        O::ToldThere { .. } | O::ToldAbsent => Inspecting,
    }
}

const fn finding(outcome: O) -> Phase {
    match outcome {
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
        O::Unsuitable => Ended(Failed),
        O::Stopped | O::Barred => Ended(Cancelled),
        O::Unread => Finding,
        O::Resumed => Inspecting,
        O::Suitable | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } => Finding,
        O::Unsure | O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => Finding,
        O::ToldThere { .. } | O::ToldAbsent => Finding,
    }
}

const fn waiting(outcome: O) -> Phase {
    match outcome {
        O::Suitable => Queued,
        O::Unsuitable | O::Refused => Ended(Failed),
        O::Stopped | O::Barred => Ended(Cancelled),
        O::Resumed => Inspecting,
        O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several | O::Outdated | O::NotThere => Waiting,
        // A person must first look at the step that makes its source.
        O::Unsure => Ended(Ambiguous),
        O::NoEvidence | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed => Waiting,
        O::NameTaken { .. } | O::Unread => Waiting,
        O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => Waiting,
        O::ToldThere { .. } | O::ToldAbsent => Waiting,
    }
}

const fn queued(outcome: O) -> Phase {
    match outcome {
        O::Sent => Launching,
        O::Unsuitable | O::Refused => Ended(Failed),
        O::Stopped | O::Barred => Ended(Cancelled),
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
        | O::NoEvidence => Queued,
        O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure | O::Unread => Queued,
        O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => Queued,
        O::ToldThere { .. } | O::ToldAbsent => Queued,
    }
}

const fn launching(outcome: O) -> Phase {
    match outcome {
        O::AcceptedTask => Task,
        O::AcceptedImage => Image,
        O::AcceptedUnnamed | O::Unsure => Probing,
        O::NameTaken { perhaps_ours: true } => Probing,
        // Somebody came first: perhaps with the copy that is wanted.
        O::NameTaken { perhaps_ours: false } => Finding,
        O::Delayed => Queued,
        O::Refused => Ended(Failed),
        // The request left; only its answer or a probe can tell more.
        O::Stopped | O::Barred => Launching,
        // Written ahead, then the host died: sent or not, nobody knows.
        O::Resumed => Probing,
        O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several => Launching,
        O::Outdated | O::NotThere | O::NoEvidence | O::Sent | O::Unread => Launching,
        O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => Launching,
        O::ToldThere { .. } | O::ToldAbsent => Launching,
    }
}

const fn probing(outcome: O, ambiguity: Ambiguity) -> Phase {
    match outcome {
        O::Found | O::Usable => Image,
        O::FoundTask => Task,
        O::Absent { proven: false } | O::Unread | O::Resumed => Probing,
        O::Absent { proven: true } => match ambiguity {
            Ambiguity::ProbeThenRetry => Queued,
            Ambiguity::Stop => Ended(Ambiguous),
        },
        O::Taken => Ended(Conflict),
        O::Several | O::Outdated | O::NotThere | O::NoEvidence | O::Refused | O::Barred | O::Stopped => Ended(Ambiguous),
        O::Suitable | O::Unsuitable | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed => Probing,
        O::NameTaken { .. } | O::Unsure => Probing,
        O::TaskDone | O::TaskDoneUnnamed | O::Ready { .. } | O::Broken | O::Missing { .. } => Probing,
        O::ToldThere { by_task: true } => Task,
        O::ToldThere { by_task: false } => Image,
        O::ToldAbsent => Inspecting,
    }
}

const fn task(outcome: O) -> Phase {
    match outcome {
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
        O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken => Task,
        O::Outdated | O::NotThere | O::NoEvidence | O::Sent => Task,
        O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure => Task,
        O::ToldThere { .. } | O::ToldAbsent => Task,
    }
}

const fn image(outcome: O) -> Phase {
    match outcome {
        O::Unread | O::Resumed => Image,
        O::Ready { more: true } => Finishing,
        O::Ready { more: false } => Ended(End::Ready),
        // It was found there before any launch of ours, and is made by now.
        O::Usable => Ended(Present),
        O::Broken | O::Missing { given_up: true, .. } => Ended(Failed),
        O::Missing { given_up: false, has_task: true } => Task,
        O::Missing { given_up: false, has_task: false } => Image,
        O::Refused | O::Barred | O::Stopped => Ended(Unfinished),
        O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Taken | O::Several => Image,
        O::Outdated | O::NotThere | O::NoEvidence | O::Sent => Image,
        O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed | O::Delayed | O::NameTaken { .. } | O::Unsure => Image,
        O::TaskDone | O::TaskDoneUnnamed => Image,
        O::ToldThere { .. } | O::ToldAbsent => Image,
    }
}

const fn finishing(outcome: O) -> Phase {
    match outcome {
        // Changes are idempotent: an unsure one is simply made again.
        O::Unread | O::Resumed | O::Delayed | O::Unsure | O::Ready { more: true } => Finishing,
        O::Ready { more: false } => Ended(End::Ready),
        O::Refused => Ended(Failed),
        O::Barred | O::Stopped => Ended(Unfinished),
        O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Several => Finishing,
        O::Outdated
        | O::NotThere
        | O::NoEvidence
        | O::Sent
        | O::AcceptedTask
        | O::AcceptedImage
        | O::AcceptedUnnamed
        | O::NameTaken { .. } => Finishing,
        O::TaskDone | O::TaskDoneUnnamed | O::Broken | O::Missing { .. } => Finishing,
        O::ToldThere { .. } | O::ToldAbsent => Finishing,
    }
}

const fn ended(end: End, outcome: O) -> Phase {
    match (end, outcome) {
        (Cancelled, O::Resumed) => Inspecting,
        (Ambiguous, O::Resumed) => Probing,
        (Ambiguous, O::ToldThere { by_task: true }) => Task,
        (Ambiguous, O::ToldThere { by_task: false }) => Image,
        (Ambiguous, O::ToldAbsent) => Inspecting,
        // The journal knows what was being watched; see `Job::restore`.
        (Unfinished, O::Resumed) => Image,
        (End::Ready | Present | Failed | Conflict | End::Stale | End::Missing | Cancelled | Ambiguous | Unfinished, _) => Ended(end),
    }
}
