//! What of a lane stands in the journal.

use super::lane::{Lane, Looks};
use crate::base::error::{Error, Kind, Retry};
use crate::base::json::{Object, texts};
use crate::base::time::Millis;
use crate::base::value::Value;
use crate::job::journal::read_texts;
use crate::job::machine::Phase;
use std::borrow::Cow;
use std::sync::Arc;

impl Lane {
    /// What must survive, as JSON: everything a resumed job decides by or reports.
    pub(crate) fn to_record(&self) -> Value {
        let mut state = Object::new();
        state
            .set("phase", self.phase.as_str())
            .set("launches", self.launches)
            .set("doubts", self.doubts)
            .set_some("name", self.name.as_deref())
            .set_some("image", self.image.as_deref())
            .set_some("task", self.task.as_deref())
            .set_some("sent", self.first_sent.map(|at| at.0))
            .set_some("accepted", self.accepted.then_some(true))
            .set_some("unsure", self.unsure.then_some(true))
            .set_some("name_taken", self.name_taken.then_some(true))
            .set_some("over", self.over.then_some(true))
            .set_some("listed", self.listed.then_some(true))
            .set_some("alone", self.alone.then_some(true))
            .set_some("seen", self.seen.then_some(true))
            .set_some("absences", Some(self.absences).filter(|absences| *absences > 0))
            .set_some("failures", Some(self.failures).filter(|_| self.is_put_off()))
            .set_some("due", Some(self.due.0).filter(|_| self.is_put_off()))
            .set_some("requests", self.request.as_ref().map(|_| texts(&self.requests())));
        if let Some(more) = self.more.as_deref() {
            state
                .set_some("error", more.error.as_deref().map(Error::to_value))
                .set_some("before", (!more.before.is_empty()).then(|| texts(&more.before)))
                .set_some("objects", (!more.objects.is_empty()).then(|| texts(&more.objects)))
                .set_some("changed", Some(more.changed).filter(|changed| *changed > 0))
                .set_some("looks", more.looks.to_record());
        }
        state.value()
    }

    /// Takes a recorded state back; what it lacks is reset.
    pub(crate) fn restore(&mut self, state: &Value) -> Option<()> {
        let text = |key: &str| state.get(key).and_then(Value::as_str).map(Box::from);
        let time = |key: &str| state.get(key).and_then(Value::as_i64).map(Millis);
        let flag = |key: &str| state.get(key).and_then(Value::as_bool).unwrap_or(false);
        self.phase = Phase::parse(state.get("phase")?.as_str()?)?;
        let count = |key: &str| state.get(key).and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
        (self.launches, self.doubts) = (count("launches"), count("doubts"));
        self.name = text("name").or(self.name.take());
        self.image = text("image");
        self.task = text("task");
        self.first_sent = time("sent");
        (self.accepted, self.unsure, self.listed, self.alone) = (flag("accepted"), flag("unsure"), flag("listed"), flag("alone"));
        self.name_taken = flag("name_taken");
        (self.over, self.seen, self.absences) = (flag("over"), flag("seen"), count("absences").try_into().unwrap_or(u8::MAX));
        (self.failures, self.due) = (count("failures").try_into().unwrap_or(u8::MAX), time("due").unwrap_or(Millis(i64::MIN)));
        self.launched = time("launched").or(self.launched);
        let looks = state.get("looks").and_then(Looks::from_record);
        let mut lists = ["before", "requests", "objects"].map(|key| state.get(key).map(read_texts).unwrap_or_default());
        self.request = if lists[1].is_empty() { None } else { Some(lists[1].remove(0).into()) };
        let error = state.get("error").and_then(read_error);
        let changed = state.get("changed").and_then(Value::as_u64).and_then(|n| n.try_into().ok()).unwrap_or(0);
        if error.is_some() || changed > 0 || looks.is_some() || lists.iter().any(|list| !list.is_empty()) {
            let more = self.more_mut();
            (more.changed, more.looks) = (changed, looks.unwrap_or_default());
            [more.before, more.requests, more.objects] = lists;
            more.error = error.map(Arc::new);
        } else {
            self.more = None;
        }
        Some(())
    }
}

impl Looks {
    /// When the last look began, by our clock and by the server's, and how long the copy had not been seen by then.
    fn to_record(self) -> Option<Value> {
        let time = |time: Option<Millis>| time.map_or(Value::Null, |time| time.0.into());
        let (began, server) = (self.last.map(|(began, _)| began), self.last.and_then(|(_, server)| server));
        (self != Looks::default()).then(|| Value::from(vec![time(began), time(server), self.unseen_ms.into()]))
    }

    fn from_record(value: &Value) -> Option<Looks> {
        let [began, server, unseen_ms] = value.as_array()?.as_slice() else {
            return None;
        };
        let last = began.as_i64().map(|began| (Millis(began), server.as_i64().map(Millis)));
        Some(Looks { last, unseen_ms: unseen_ms.as_i64()? })
    }
}

/// An error as [`Error::to_value`] wrote it. Problems are not kept: they are found again by checking again.
fn read_error(value: &Value) -> Option<Error> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = text("kind").and_then(|name| Kind::parse(&name))?;
    let mut error = Error::new(kind, text("code")?, text("message")?);
    error.request_id = text("request_id");
    error.status = value.get("status").and_then(Value::as_u64).and_then(|n| n.try_into().ok());
    error.retry = text("retry").and_then(|name| Retry::parse(&name)).unwrap_or(Retry::Never);
    error.hint_en = Cow::Owned(text("hint").unwrap_or_default());
    error.hint_zh = Cow::Owned(text("hint_zh").unwrap_or_default());
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::id::{SourceId, TransferId};

    #[test]
    fn a_lane_reads_back_what_it_writes() {
        let mut lane = Lane::new(TransferId(0), 0, SourceId(0), Millis(0));
        lane.phase = Phase::Task;
        lane.task = Some("job".into());
        lane.more_mut().before = vec!["img-1".into()];
        lane.more_mut().changed = 2;
        (lane.seen, lane.absences) = (true, 3);
        lane.more_mut().error = Some(Arc::new(Error::new(Kind::Quota, "X", "full")));
        for looks in [Looks::default(), Looks { last: Some((Millis(7), None)), unseen_ms: 5 }, Looks { last: None, unseen_ms: -5 }] {
            lane.more_mut().looks = looks;
            let mut again = Lane::new(TransferId(0), 0, SourceId(0), Millis(0));
            assert_eq!(again.restore(&lane.to_record()), Some(()));
            assert_eq!(again.to_record(), lane.to_record());
            assert_eq!(again.more_mut().looks, looks);
        }
    }
}
