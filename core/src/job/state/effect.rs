//! What a stage wants done. A stage changes the state and says what follows; the loop of the job carries it out, in this
//! order, and what follows from that before the next.

use crate::base::error::Error;
use crate::base::time::Millis;
use crate::job::event::Event;
use crate::job::id::LaneId;
use crate::job::journal::Record;
use crate::job::machine::Outcome;
use std::sync::Arc;

/// One thing to be done.
#[derive(Debug)]
pub(crate) enum Effect {
    /// A line for the journal.
    Write(String),
    /// News for the host.
    Tell(Box<Event>),
    /// This came of a lane's step: it moves by the transition table.
    Advance(LaneId, Outcome, Option<Arc<Error>>),
    /// A lane goes on from where it stands, unless the job is stopping or its cloud is barred.
    GoOn(LaneId, Millis),
    /// A lane goes on in any case.
    Enter(LaneId, Millis),
    /// A lane goes on when its copy is to be looked at next.
    Watch(LaneId),
}

/// Things to be done, in this order.
#[derive(Debug, Default)]
pub(crate) struct Effects(Vec<Effect>);

impl Effects {
    pub(crate) fn write(&mut self, record: &Record) {
        self.0.push(Effect::Write(record.to_line()));
    }

    pub(crate) fn tell(&mut self, event: Event) {
        self.0.push(Effect::Tell(Box::new(event)));
    }

    pub(crate) fn advance(&mut self, lane: LaneId, outcome: Outcome) {
        self.0.push(Effect::Advance(lane, outcome, None));
    }

    /// The same, for a reason.
    pub(crate) fn advance_by(&mut self, lane: LaneId, outcome: Outcome, error: &Arc<Error>) {
        self.0.push(Effect::Advance(lane, outcome, Some(error.clone())));
    }

    pub(crate) fn go_on(&mut self, lane: LaneId, due: Millis) {
        self.0.push(Effect::GoOn(lane, due));
    }

    pub(crate) fn enter(&mut self, lane: LaneId, due: Millis) {
        self.0.push(Effect::Enter(lane, due));
    }

    pub(crate) fn watch(&mut self, lane: LaneId) {
        self.0.push(Effect::Watch(lane));
    }

    /// All of these afterwards.
    pub(crate) fn append(&mut self, mut others: Effects) {
        self.0.append(&mut others.0);
    }

    /// Puts them on a stack, so that the first is taken first.
    pub(crate) fn put_on(self, stack: &mut Vec<Effect>) {
        stack.extend(self.0.into_iter().rev());
    }
}
