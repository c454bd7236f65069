//! A person's word on a launch of which nobody else can tell whether it took effect.

use super::effect::Effects;
use super::{State, books};
use crate::base::error::{Error, Kind};
use crate::base::text::{all, concat, quoted};
use crate::base::texts::zh;
use crate::base::time::decimal;
use crate::job::id::LaneId;
use crate::job::machine::{End, Outcome, Phase};

/// Longest id that any cloud gives.
const LONGEST_ID: usize = 128;

/// Takes the word for a lane in doubt: the copy is there under that id (of its task, for an export), or it is not there.
/// It stands in the journal before the lane goes on.
///
/// # Errors
/// [`Kind::Misuse`] when the lane is in no doubt, or the id cannot be that of its copy. Nothing changes.
pub(crate) fn told(state: &mut State, lane: u32, id: Option<&str>) -> Result<Effects, Error> {
    let in_doubt = |phase| matches!(phase, Phase::Probing | Phase::Ended(End::Ambiguous));
    let lane = LaneId(lane);
    let phase = state.lanes.get_mut(lane).map(|lane| lane.phase);
    if !phase.is_some_and(in_doubt) {
        let what = if phase.is_some() { " is in no doubt: it needs no person's word" } else { " is not there" };
        return Err(refused(
            concat(&["lane ", &decimal(lane.0.into()), what]),
            "give the lane of a row that is ambiguous",
            zh!("没有该 lane，或它无需人工判断；请填写状态为 ambiguous 的行的 lane"),
        ));
    }
    if let Some(id) = id {
        check(state, lane, id)?;
    }
    let (is_export, has_tasks) = (state.is_export(lane), state.cloud_of(lane).replication().export_tasks.is_some());
    let by_task = is_export && has_tasks;
    let now = state.clock.now();
    let it = &mut state.lanes[lane];
    (it.unsure, it.accepted, it.name_taken, it.doubts, it.failures) = (false, id.is_some(), false, 0, 0);
    // Deadlines and forecasts count from here.
    (it.launched, it.image, it.listed) = (Some(now), None, false);
    match id {
        Some(id) if by_task => it.task = Some(id.into()),
        Some(_) if is_export => {}
        Some(id) => it.image = Some(id.into()),
        None => (it.first_sent, it.launched, it.task) = (None, None, None),
    }
    if let Some(more) = &mut it.more {
        more.error = None;
        more.before.clear();
    }
    let mut effects = Effects::default();
    moved(state, lane, id.map_or(Outcome::ToldAbsent, |_| Outcome::ToldThere { by_task }), &mut effects);
    // Those that ended in doubt with it, since it was to make what they copy.
    for user in state.chains.users(lane).unwrap_or_default().to_vec() {
        if state.lanes[user].phase == Phase::Ended(End::Ambiguous) && state.lanes[user].launches == 0 {
            moved(state, user, Outcome::ToldAbsent, &mut effects);
        }
    }
    state.lanes.recount();
    Ok(effects)
}

/// The lane moves by that word, which is written down.
fn moved(state: &mut State, lane: LaneId, outcome: Outcome, effects: &mut Effects) {
    effects.append(books::advance(state, lane, outcome, None));
    let source = &mut state.sources[state.lanes[lane].source];
    // An export waits for its turn anew.
    if let Some(exports) = &mut source.exports {
        exports.over = 0;
    }
    if outcome == Outcome::ToldAbsent && !state.lanes.is_step(lane) && !source.lanes.contains(&lane) {
        // Its source is described again, unless that is under way. A step sleeps until it is needed.
        source.asked = source.asked && !source.lanes.is_empty();
        source.lanes.push(lane);
    }
    effects.write(&state.whole_record(lane));
    if !state.lanes.is_asleep(lane) {
        effects.go_on(lane, state.clock.now());
    }
}

fn check(state: &State, lane: LaneId, id: &str) -> Result<(), Error> {
    let is_one = !id.is_empty() && id.len() <= LONGEST_ID && all(id, |byte| byte.is_ascii_alphanumeric() | matches!(byte, b'-' | b'_'));
    let what = if !is_one {
        "cannot be an id"
    } else if state.is_export(lane) {
        return Ok(());
    } else if *id == *state.transfer(lane).image || state.source_image(lane) == Some(id) {
        "is the image that is copied"
    } else if state.lanes.is_held_elsewhere(lane, id) {
        "is the copy of another destination"
    } else {
        return Ok(());
    };
    let hint =
        ("give the id of the image in the destination, or null where there is none", zh!("请填写目标地域中该镜像的 ID；若不存在请填 null"));
    Err(refused(concat(&[&quoted(id), " ", what]), hint.0, hint.1))
}

fn refused(message: String, hint: &'static str, hint_zh: &'static str) -> Error {
    Error::new(Kind::Misuse, "job.resolve", message).hint(hint, hint_zh)
}
