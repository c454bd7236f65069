//! What a journal tells, as the events that it was written of.

use super::State;
use super::errors;
use super::resume::replay;
use crate::base::error::Error;
use crate::base::time::Millis;
use crate::job::event::{Event, EventKind, following};
use crate::job::id::LaneId;
use crate::job::journal::{self, Record};
use crate::job::machine::Phase;
use crate::plan::Plan;

impl Event {
    /// What a journal tells of what happened, in order: launches, what became of them, how lanes ended, keys that were refused and
    /// sources that were waited for. What is not worth a line of it, such as progress, is not told; of a compacted journal only
    /// how lanes stand.
    ///
    /// # Errors
    /// As [`Job::restore`](crate::Job::restore).
    pub fn of_journal(journal: &str) -> Result<Vec<Self>, Error> {
        let mut records = journal::parse(journal)?.records.into_iter();
        let Some(Record::Header { started, seed, plan }) = records.next() else {
            return Err(errors::empty_journal());
        };
        let mut state = State::new(Plan::from_journal(&plan)?, started, started, seed);
        let mut told = Told { events: Vec::new(), seq: 0 };
        for (index, record) in records.enumerate() {
            state.clock.advance(record.at());
            let lanes: Vec<(LaneId, Phase)> =
                lanes_of(&record).iter().filter_map(|id| Some((*id, state.lanes.get_mut(*id)?.phase))).collect();
            let of_cloud = of_cloud(&mut state, &record);
            replay(&mut state, record).ok_or_else(|| errors::misfit(index + 2))?;
            of_cloud.into_iter().for_each(|event| told.tell(event, state.clock.now()));
            for (id, before) in lanes {
                let lane = &state.lanes[id];
                if let Some(what) = EventKind::of(before, lane.phase, lane.error()).filter(|_| before != lane.phase) {
                    told.tell(state.lane_event(id, what), state.clock.now());
                }
            }
        }
        Ok(told.events)
    }
}

struct Told {
    events: Vec<Event>,
    seq: u64,
}

impl Told {
    fn tell(&mut self, event: Event, now: Millis) {
        self.seq = following(self.seq, now);
        self.events.push(Event { seq: self.seq, ..event });
    }
}

/// The lanes that a record moves.
fn lanes_of(record: &Record) -> &[LaneId] {
    match record {
        Record::Launch { lanes, .. } => lanes,
        Record::Lane { lane, .. } => std::slice::from_ref(lane),
        Record::Header { .. } | Record::Resumed { .. } | Record::Keys { .. } | Record::Source { .. } => &[],
    }
}

/// What concerns a whole cloud. Why, the journal does not tell.
fn of_cloud(state: &mut State, record: &Record) -> Option<Event> {
    let (what, cloud, region) = match record {
        Record::Keys { cloud, refused: true, .. } => (EventKind::Credentials, *cloud, String::new()),
        Record::Source { source, making: Some(_), .. } => {
            let source = state.sources.get_mut(*source).filter(|source| source.making.is_none())?;
            (EventKind::SourcePending, source.cloud, (*source.region).to_owned())
        }
        Record::Header { .. }
        | Record::Launch { .. }
        | Record::Resumed { .. }
        | Record::Keys { .. }
        | Record::Source { .. }
        | Record::Lane { .. } => {
            return None;
        }
    };
    Some(Event {
        seq: 0,
        at: state.clock.host(),
        what,
        lane: None,
        lane_path: None,
        cloud: cloud.as_str(),
        region,
        percent: None,
        eta_ms: None,
        image: None,
        wait_ms: None,
        request_id: None,
        error: None,
    })
}
