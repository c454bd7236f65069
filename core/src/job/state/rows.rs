//! The whole state as a report, and as a journal.

use super::State;
use super::lane::Lane;
use crate::api::replication::owned;
use crate::base::cloud::Cloud;
use crate::base::names::firsts;
use crate::base::text::{concat, joined, shown};
use crate::base::texts::{Zh, zh};
use crate::base::time::{Millis, decimal};
use crate::job::id::LaneId;
use crate::job::journal::Record;
use crate::job::machine::{End, Phase};
use crate::job::pace::recent::Sent;
use crate::job::report::{Extra, Report, Row};
use crate::plan::Action;

impl State {
    /// What became of every destination so far.
    pub(crate) fn report(&self) -> Report {
        let rows = self.rows(&mut self.lanes.destinations());
        let steps = self.rows(&mut self.lanes.steps_taken());
        Report { extra: self.survey.as_deref().map(|found| not_asked(found, &rows)).unwrap_or_default(), rows, steps }
    }

    fn rows(&self, lanes: &mut dyn Iterator<Item = LaneId>) -> Vec<Row> {
        let mut rows = Vec::new();
        for lane in lanes {
            rows.push(self.row(lane));
        }
        rows
    }

    /// What became of the destination of that number, if there is one.
    pub(crate) fn destination(&self, lane: u32) -> Option<Row> {
        self.lanes.destinations().nth(lane as usize).map(|id| self.row(id))
    }

    /// The first line of the journal.
    pub(crate) fn header(&self) -> Record {
        Record::Header { started: self.started, seed: self.seed, plan: self.plan.to_journal() }
    }

    /// The whole journal anew and as short as it can be.
    pub(crate) fn compacted(&self) -> String {
        let has_begun = |lane: &Lane| lane.launched.is_some() || lane.launches > 0 || lane.phase.is_ended() || lane.more.is_some();
        let mut lines = String::new();
        let mut write = |record: &Record| lines.push_str(&record.to_line());
        write(&self.header());
        if self.began != self.started {
            write(&Record::Resumed { at: self.began, again: true });
        }
        for cloud in Cloud::ALL {
            if let Some(since) = self.clouds[cloud].refused {
                write(&Record::Keys { at: self.clock.host_time(since), cloud, refused: true });
            }
        }
        for source in self.sources.ids() {
            if let Some(making) = &self.sources[source].making {
                write(&Record::Source { at: self.clock.host_time(making.since), source, making: Some((*making.state).to_owned()) });
            }
        }
        // The limits count these; how their lanes stand follows.
        for Sent { lane: id, at, .. } in self.recent.counted(self.clock.host(), &self.plan.policy) {
            let (name, before) = (self.lanes[id].name.as_deref().unwrap_or_default().to_owned(), vec![None]);
            write(&Record::Launch { at, sent: self.lanes[id].first_sent, lanes: vec![id], name, before });
        }
        for id in self.lanes.ids() {
            if has_begun(&self.lanes[id]) {
                write(&self.whole_record(id));
            }
        }
        lines
    }

    /// A lane for a journal without the lines before: what they told of times stands here.
    pub(crate) fn whole_record(&self, id: LaneId) -> Record {
        let lane = &self.lanes[id];
        let mut state = lane.to_record();
        if let (Some(at), Some(record)) = (lane.launched, state.as_object_mut()) {
            record.insert("launched".to_owned(), self.clock.host_time(at).0.into());
        }
        Record::Lane { at: self.clock.host_time(lane.since), lane: id, state }
    }

    fn row(&self, id: LaneId) -> Row {
        let (lane, transfer) = (&self.lanes[id], self.transfer(id));
        let trouble = self.clouds[transfer.cloud].trouble.as_ref();
        let objects = lane.more.as_ref().map(|more| more.objects.clone()).filter(|keys| !keys.is_empty());
        let host = |at| self.clock.host_time(at);
        let has_turn = !lane.in_flight && !matches!(lane.phase, Phase::Inspecting | Phase::Waiting | Phase::Launching | Phase::Ended(_));
        let is_watched = matches!(lane.phase, Phase::Task | Phase::Image);
        Row {
            lane: id.0,
            cloud: transfer.cloud.as_str(),
            path: self.path(id),
            image: (*transfer.image).to_owned(),
            from: (**if self.lanes.is_step(id) { self.region_from(id) } else { &transfer.from.0 }).to_owned(),
            to: (**self.region_to(id)).to_owned(),
            name: lane.name.as_deref().unwrap_or_default().to_owned(),
            phase: lane.phase,
            new_image: lane.image.as_deref().filter(|_| transfer.task == Action::Copy).map(str::to_owned),
            task: lane.task.as_deref().map(str::to_owned),
            objects: objects.unwrap_or_else(|| self.expected_objects(id)),
            note: self.note(id),
            percent: if lane.phase == Phase::Ended(End::Ready) { Some(100) } else { lane.percent },
            launches: lane.launches,
            since: host(lane.since),
            launched: lane.launched.map(host),
            next: Some(lane.due).filter(|due| has_turn && *due < Millis(i64::MAX)).map(host),
            eta_ms: lane.eta_ms(self.clock.now()).filter(|_| is_watched),
            request_ids: owned(&lane.requests()),
            error: lane.error().or(trouble.filter(|trouble| trouble.status.is_none() && !lane.phase.is_ended())).cloned(),
        }
    }

    /// Where the lane stands in the plan.
    pub(crate) fn path(&self, lane: LaneId) -> String {
        let path = self.plan.path(self.lanes[lane].transfer.index(), self.lanes[lane].target as usize);
        let step = match self.chains.is_own(lane) {
            Some(true) => ".chain.from",
            Some(false) => ".chain.to",
            None => "",
        };
        path + step
    }

    /// What to know about a lane although nothing went wrong.
    fn note(&self, id: LaneId) -> Option<(String, String)> {
        let (of_source, of_copy) = (self.note_of_source(id), self.note_of_copy(id));
        match (of_source, of_copy) {
            (Some((en, zh)), Some((more_en, more_zh))) => Some((concat(&[&en, "; ", &more_en]), zh!("{0}；{1}", &zh, &more_zh))),
            (of_source, of_copy) => of_source.or(of_copy),
        }
    }

    /// That its source is still being made: as long as that is waited for, and in a survey.
    fn note_of_source(&self, id: LaneId) -> Option<(String, String)> {
        let lane = &self.lanes[id];
        let making = self.sources[lane.source].making.as_ref();
        let making = making.filter(|_| self.survey.is_some() || (lane.phase == Phase::Inspecting && !self.lanes.is_step(id)))?;
        let word = shown(&making.state);
        Some((
            concat(&["the source is still being made (", &word, "): it is copied once it is usable"]),
            zh!("源镜像仍在制作中（{0}）：可用后才会复制", &word),
        ))
    }

    /// What to know about a lane that ended well.
    fn note_of_copy(&self, id: LaneId) -> Option<(String, String)> {
        let lane = &self.lanes[id];
        let note = if lane.phase == Phase::Ended(End::Present) {
            return self.note_of_present(id);
        } else if lane.phase != Phase::Ended(End::Ready) {
            None
        } else if self.lanes.is_step(id) {
            let is_deleted = lane.more.as_ref().is_some_and(|more| more.changed > 0);
            is_deleted.then_some(("deleted: nobody needs it any more", const { Zh::of("已不再需要，已删除") }))
        } else if self.is_export(id) {
            self.cloud_of(id).replication().export_note
        } else {
            None
        };
        note.map(|(en, zh)| (en.to_owned(), zh.text().to_owned()))
    }

    /// How far it is known that what was there is the copy that was wanted.
    fn note_of_present(&self, id: LaneId) -> Option<(String, String)> {
        let (mut en, mut zh) = (Vec::new(), Vec::new());
        if let ids @ [_, _, ..] = self.lanes[id].before() {
            let count = decimal(ids.len() as i64);
            en.push(concat(&[&count, " images have the name: ", &joined(ids, ", ")]));
            zh.push(zh!("有 {0} 个同名镜像：{1}", &count, &joined(ids, "、")));
        }
        if !self.cloud_of(id).replication().records_origin {
            en.push("judged by name, size, system and age: the cloud records no origin".to_owned());
            zh.push(zh!("按名称、大小、系统和创建时间判断：云平台不记录镜像来源").to_owned());
        }
        // Where Chinese is not loaded, there is nothing to join.
        zh.retain(|text| !text.is_empty());
        (!en.is_empty()).then(|| (joined(&en, "; "), joined(&zh, "；")))
    }
}

/// The copies among those found that no row asks for.
fn not_asked(found: &[Extra], rows: &[Row]) -> Vec<Extra> {
    let (mut keys, mut extras) = (Vec::new(), Vec::new());
    for row in rows {
        keys.push([row.cloud, "", &*row.to, &*row.name]);
    }
    for extra in found {
        keys.push([extra.cloud, "", &*extra.region, &*extra.name]);
    }
    for (extra, first) in found.iter().zip(&firsts(&keys)[rows.len()..]) {
        if *first >= rows.len() {
            extras.push(extra.clone());
        }
    }
    extras
}
