//! A job taken up again from its journal.

use super::State;
use super::errors;
use super::sources::Making;
use crate::base::cloud::Cloud;
use crate::base::error::Error;
use crate::base::time::Millis;
use crate::base::wall_clock::wall_clock;
use crate::job::id::LaneId;
use crate::job::journal::{self, Record};
use crate::job::machine::{Outcome, Phase, next};
use crate::job::pace::backoff::{LONGEST_WAIT_MS, Rng};
use crate::job::pace::limiter::JOURNEY_MS;
use crate::plan::Plan;
use crate::plan::policy::Ambiguity;

/// Runs in a row that came to nothing, after which the next one does not keep its distance from the last.
const FRUITLESS: u32 = 3;

/// How a job comes to life again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// A new run: somebody wants it to go on.
    Resumed,
    /// The next turn of the same run.
    Woken,
}

/// A state taken up again.
#[derive(Debug)]
pub(crate) struct Revived {
    pub(crate) state: State,
    /// What is to be added to the journal.
    pub(crate) lines: String,
    /// How much of the journal counts, in bytes.
    pub(crate) kept: usize,
}

/// What a journal tells beside the lanes.
#[derive(Debug)]
struct History {
    /// When the last line of this run was written.
    latest: Millis,
    /// Runs in a row that wrote nothing, and when the first of them began.
    fruitless: Option<(u32, Millis)>,
}

/// Takes a state from a journal.
///
/// # Errors
/// [`Kind::Misuse`] naming the line when the journal is damaged before its last line, or is empty.
pub(crate) fn revive(journal: &str, now: Millis, life: Life, hosts: &[&str]) -> Result<Revived, Error> {
    wall_clock("now", now.0)?;
    let parsed = journal::parse(journal)?;
    let mut records = parsed.records.into_iter();
    let Some(Record::Header { started, seed, plan }) = records.next() else {
        return Err(errors::empty_journal());
    };
    let mut state = State::new(trusted(&plan, hosts)?, started, now, seed);
    state.began = started;
    let mut history = History { latest: started, fruitless: None };
    for (index, record) in records.enumerate() {
        history.note(&record);
        replay(&mut state, record).ok_or_else(|| errors::misfit(index + 2))?;
    }
    // A different story from here on than the one already told.
    state.rng = Rng(seed ^ now.0 as u64);
    let is_new_run = match life {
        Life::Resumed => {
            // One that comes to nothing again and again, because it dies at every wait, must not wait for ever.
            let first = history.fruitless.filter(|(runs, _)| *runs >= FRUITLESS).map(|(_, first)| first);
            state.looked = Some(first.map_or(now, |at| at.min(now)));
            true
        }
        // The host's clock was set back: by what the journal tells, nothing would ever come to its end.
        Life::Woken if history.latest > now => true,
        Life::Woken => {
            state.looked = Some(state.began).filter(|began| *began != started);
            false
        }
    };
    let mut lines = String::new();
    if is_new_run {
        state.began = now;
        lines = Record::Resumed { at: now, again: life == Life::Resumed }.to_line();
    }
    take_up(&mut state, life);
    Ok(Revived { state, lines, kept: parsed.kept })
}

impl History {
    fn note(&mut self, record: &Record) {
        match record {
            Record::Resumed { at, .. } => {
                self.latest = *at;
                self.fruitless = Some(self.fruitless.map_or((1, *at), |(runs, first)| (runs + 1, first)));
            }
            Record::Header { .. } | Record::Launch { .. } | Record::Keys { .. } | Record::Source { .. } | Record::Lane { .. } => {
                self.latest = self.latest.max(record.at());
                self.fruitless = None;
            }
        }
    }
}

/// Takes a record of the journal back; `None` when it does not fit the plan.
pub(super) fn replay(state: &mut State, record: Record) -> Option<()> {
    match record {
        Record::Header { .. } => None,
        Record::Resumed { at, again } => {
            state.began = at;
            if again {
                reopen(state, at);
            }
            Some(())
        }
        Record::Launch { at, sent, lanes, name, before } => {
            if let Some(first) = lanes.first() {
                state.recent.note(*first, at, &state.plan.policy);
            }
            for (id, before) in lanes.into_iter().zip(before) {
                let lane = state.lanes.get_mut(id)?;
                lane.phase = Phase::Launching;
                lane.launches = lane.launches.saturating_add(1);
                lane.note_sent(sent);
                (lane.since, lane.launched) = (at, Some(at));
                (lane.absences, lane.seen) = (0, false);
                lane.forget_looks();
                lane.name = Some(name.as_str().into());
                lane.unsure = true;
                lane.listed = before.is_some();
                if let Some(before) = before.filter(|before| !before.is_empty()) {
                    lane.more_mut().before = before;
                }
            }
            Some(())
        }
        Record::Keys { at, cloud, refused } => {
            state.clouds[cloud].refused = refused.then_some(at);
            Some(())
        }
        Record::Source { at, source, making } => {
            let source = state.sources.get_mut(source)?;
            let since = source.making.as_ref().map_or(at, |making| making.since);
            source.making = making.map(|word| Box::new(Making { since, state: word.into() }));
            Some(())
        }
        Record::Lane { at, lane: id, state: record } => {
            let lane = state.lanes.get_mut(id)?;
            let (was_launching, sent) = (lane.phase == Phase::Launching, lane.launched);
            lane.since = at;
            lane.restore(&record)?;
            // In a compacted journal a launch that was never answered has its own time.
            if let Some(sent) = sent.filter(|sent| was_launching && lane.phase != Phase::Launching && at > *sent) {
                state.recent.note_landed(id, sent, at);
            }
            // A compacted journal tells itself when it was accepted: its line may be of a later moment.
            if was_launching && lane.accepted && record.get("launched").is_none() {
                lane.launched = Some(at);
            }
            Some(())
        }
    }
}

/// A new run: what ended and can be resumed is under way again, and what is waited for is waited for anew.
fn reopen(state: &mut State, at: Millis) {
    for id in state.sources.ids() {
        if let Some(making) = &mut state.sources[id].making {
            making.since = at;
        }
    }
    for cloud in Cloud::ALL {
        state.clouds[cloud].refused = None;
    }
    for id in state.lanes.ids() {
        let lane = &mut state.lanes[id];
        if lane.phase.is_ended() {
            (lane.since, lane.absences, lane.name_taken) = (at, 0, false);
            lane.forget_looks();
            state.lanes[id].phase = phase_of(state, id, Life::Resumed);
        }
    }
}

/// Takes every lane up where the journal left it.
fn take_up(state: &mut State, life: Life) {
    let (now, began) = (state.clock.now(), state.looked.unwrap_or(state.began));
    if life == Life::Resumed {
        reopen(state, now);
    }
    for sent in state.recent.counted(now, &state.plan.policy) {
        let channel = state.launch_channel(sent.lane);
        state.channels.limiter(channel).recall(sent.at, sent.landed);
    }
    for id in state.sources.ids() {
        if let Some(making) = &mut state.sources[id].making {
            making.since = past(making.since, now, began);
        }
    }
    for id in state.lanes.ids().filter(|id| state.lanes[*id].launches > 0) {
        // Nothing is launched before the cloud has answered a look.
        let cloud = state.cloud_of(id);
        state.clouds[cloud].has_accepted = true;
    }
    for cloud in Cloud::ALL {
        let refused = &mut state.clouds[cloud].refused;
        *refused = refused.map(|since| past(since, now, began));
    }
    for id in state.lanes.ids() {
        let was_launching = state.lanes[id].phase == Phase::Launching;
        state.lanes[id].phase = phase_of(state, id, life);
        let lane = &mut state.lanes[id];
        if was_launching && lane.phase == Phase::Probing {
            // Its word is not its arrival: what is not seen meanwhile proves nothing.
            lane.more_mut().looks.unseen_ms = -JOURNEY_MS;
        }
        (lane.since, lane.launched) = (past(lane.since, now, began), lane.launched.map(|at| past(at, now, began)));
        if let Some((looked, _)) = lane.more.as_mut().and_then(|more| more.looks.last.as_mut()) {
            *looked = past(*looked, now, began);
        }
        if matches!(lane.phase, Phase::Probing | Phase::Task | Phase::Image) {
            let exports = state.sources[lane.source].exports.as_deref_mut();
            if let Some(exports) = exports.filter(|exports| exports.turn.is_none() && exports.lanes.binary_search(&id).is_ok()) {
                exports.turn = Some(id);
            }
        }
    }
    state.lanes.recount();
    for id in state.lanes.ids() {
        if state.lanes[id].counts_as_active() {
            let (cloud, source) = (state.cloud_of(id), state.lanes[id].source);
            state.clouds[cloud].active += 1;
            state.sources[source].active += 1;
        }
    }
}

/// A moment of the journal. The host's clock may have been set back since: then it was before this run began, and stays so
/// from turn to turn. Were it taken for now, whatever is counted from it would never come.
fn past(at: Millis, now: Millis, began: Millis) -> Millis {
    if at > now { began } else { at }
}

/// Where a lane goes on.
fn phase_of(state: &State, id: LaneId, life: Life) -> Phase {
    let lane = &state.lanes[id];
    // A turn takes nothing up again that has ended, and keeps waiting where a refused launch waits.
    let stays = life == Life::Woken && (lane.phase.is_ended() || lane.is_put_off());
    let phase = if stays { lane.phase } else { next(lane.phase, Outcome::Resumed, Ambiguity::Stop) };
    // What is not known yet cannot be watched: the task stands in for the image, the listing for both.
    let has_task = state.cloud_of(id).replication().export_tasks.is_some();
    let watches_source = state.is_export(id) && !has_task && lane.accepted;
    let phase = match phase {
        Phase::Image if lane.image.is_none() && !watches_source && lane.task.is_some() => Phase::Task,
        Phase::Image if lane.image.is_none() && !watches_source => Phase::Probing,
        phase => phase,
    };
    // It waited for a step that a person had to look at.
    if phase == Phase::Probing && lane.launches == 0 { Phase::Inspecting } else { phase }
}

/// A lane sets out, for the first time or again: when it is due.
pub(crate) fn set_out(state: &mut State, id: LaneId) -> Millis {
    let (now, lane) = (state.clock.now(), &state.lanes[id]);
    let source = &mut state.sources[lane.source];
    if lane.is_put_off() && source.active > 0 {
        source.held.push_back(id);
    }
    match lane.phase {
        Phase::Probing => state.next_probe(id),
        Phase::Queued => lane.due.min(lane.since.plus(state.longest_hold_ms().max(LONGEST_WAIT_MS))),
        _ => now,
    }
}

/// The plan of a journal, unless it names a host that the program does not trust.
fn trusted(plan: &crate::base::value::Value, hosts: &[&str]) -> Result<Plan, Error> {
    let plan = Plan::from_journal(plan)?.trusting(hosts);
    let findings = plan.check_hosts();
    if findings.has_errors() { Err(findings.into_error("plan")) } else { Ok(plan) }
}
