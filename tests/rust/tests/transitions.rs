//! The whole transition table on one page. `UPDATE_SNAPSHOTS=1 cargo test -p imgferry-tests --test transitions` writes
//! it anew; a change of it must be meant.

use imgferry::job::machine::{Outcome, next};
use imgferry::job::{Ambiguity, End, Phase};
use std::fmt::Write;
use std::path::Path;

/// Every outcome. A new one does not compile before it stands here.
fn outcomes() -> Vec<Outcome> {
    use Outcome as O;
    let mut all = vec![
        O::Suitable,
        O::Unsuitable,
        O::Absent { proven: false },
        O::Absent { proven: true },
        O::Found,
        O::FoundTask,
        O::Usable,
        O::Taken,
        O::Outdated,
        O::NotThere,
        O::Several,
        O::NoEvidence,
        O::Sent,
        O::AcceptedTask,
        O::AcceptedImage,
        O::AcceptedUnnamed,
        O::Delayed,
        O::Refused,
        O::NameTaken { perhaps_ours: false },
        O::NameTaken { perhaps_ours: true },
        O::Unsure,
        O::TaskDone,
        O::TaskDoneUnnamed,
        O::Ready { more: false },
        O::Ready { more: true },
        O::Broken,
    ];
    for (has_task, given_up) in [(false, false), (true, false), (false, true), (true, true)] {
        all.push(O::Missing { has_task, given_up });
    }
    all.extend([O::Unread, O::Barred, O::Stopped, O::Resumed]);
    all.extend([O::ToldThere { by_task: false }, O::ToldThere { by_task: true }, O::ToldAbsent]);
    for outcome in &all {
        match outcome {
            O::Suitable | O::Unsuitable | O::Absent { .. } | O::Found | O::FoundTask | O::Usable | O::Taken | O::Outdated => {}
            O::NotThere | O::Several | O::NoEvidence | O::Sent | O::AcceptedTask | O::AcceptedImage | O::AcceptedUnnamed => {}
            O::Delayed | O::Refused | O::NameTaken { .. } | O::Unsure | O::TaskDone | O::TaskDoneUnnamed => {}
            O::Ready { .. } | O::Broken | O::Missing { .. } | O::Unread | O::Barred | O::Stopped | O::Resumed => {}
            O::ToldThere { .. } | O::ToldAbsent => {}
        }
    }
    all
}

/// `Missing { has_task: true, given_up: false }` as `missing, has task`.
fn shown(outcome: Outcome) -> String {
    let debug = format!("{outcome:?}");
    let (name, fields) = debug.split_once(" { ").unwrap_or((&debug, ""));
    let mut words = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    for field in fields.trim_end_matches(" }").split(", ").filter_map(|field| field.strip_suffix(": true")) {
        words.push_str(", ");
        words.push_str(&field.replace('_', " "));
    }
    words
}

#[test]
fn every_transition_is_meant() {
    let mut page = String::from(
        "Where a lane goes from where it stands, by what came of the last step. What is not listed changes nothing:\n\
         answers may come late or twice. Written by tests/rust/tests/transitions.rs.\n",
    );
    for phase in Phase::ALL {
        let _ = writeln!(page, "\n{}", phase.as_str());
        for outcome in outcomes() {
            let (retry, stop) = (next(phase, outcome, Ambiguity::ProbeThenRetry), next(phase, outcome, Ambiguity::Stop));
            let to = match retry == stop {
                true => retry.as_str().to_owned(),
                false => format!("{}, or {} where the policy or an accepted launch forbids another", retry.as_str(), stop.as_str()),
            };
            if retry != phase || stop != phase {
                let _ = writeln!(page, "    {:<28} {to}", shown(outcome));
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../snapshots/transitions.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().expect("the folder has a parent")).expect("the folder can be made");
        std::fs::write(&path, &page).expect("the snapshot can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page, kept, "the table has changed; look at it, then write it anew with UPDATE_SNAPSHOTS=1");
}

#[test]
fn nothing_leaves_its_end_but_what_is_taken_up_again_or_told_of() {
    for phase in Phase::ALL.into_iter().filter(|phase| phase.is_ended()) {
        for outcome in outcomes() {
            let after = next(phase, outcome, Ambiguity::ProbeThenRetry);
            let may_go_on = matches!(phase, Phase::Ended(End::Cancelled | End::Ambiguous | End::Unfinished));
            let is_told = matches!(outcome, Outcome::ToldThere { .. } | Outcome::ToldAbsent) && phase == Phase::Ended(End::Ambiguous);
            assert!(after == phase || is_told || (may_go_on && outcome == Outcome::Resumed), "{phase:?} {outcome:?} {after:?}");
        }
    }
}

#[test]
fn only_certain_absence_or_a_certain_refusal_leads_to_another_launch() {
    for phase in [Phase::Launching, Phase::Probing, Phase::Task, Phase::Image, Phase::Finishing] {
        for outcome in outcomes() {
            if next(phase, outcome, Ambiguity::ProbeThenRetry) == Phase::Queued {
                let certain = [(Phase::Launching, Outcome::Delayed), (Phase::Probing, Outcome::Absent { proven: true })];
                assert!(certain.contains(&(phase, outcome)), "{phase:?} {outcome:?}");
            }
        }
    }
}

#[test]
fn every_phase_can_end_when_it_is_stopped_or_its_answer_comes() {
    for phase in Phase::ALL.into_iter().filter(|phase| !phase.is_ended() && *phase != Phase::Launching) {
        for outcome in [Outcome::Stopped, Outcome::Barred] {
            assert!(next(phase, outcome, Ambiguity::Stop).is_ended(), "{phase:?} {outcome:?}");
        }
    }
    for outcome in [Outcome::Delayed, Outcome::Refused, Outcome::Unsure, Outcome::AcceptedTask, Outcome::AcceptedImage] {
        assert_ne!(next(Phase::Launching, outcome, Ambiguity::Stop), Phase::Launching);
    }
}
