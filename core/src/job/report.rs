//! What became of every destination. Always complete, whatever happened.

use super::machine::{End, Phase};
use crate::base::error::{Error, Kind};
use crate::base::json::{Object, list, texts};
use crate::base::time::Millis;
use crate::base::value::Value;

/// The state of the whole job.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// One row a destination, in the order of the plan.
    pub rows: Vec<Row>,
    /// Images made on the way of others, as chains need them, as far as any was needed.
    pub steps: Vec<Row>,
    /// Copies of the plan's images that the plan does not ask for, as far as the cloud records origins. Only a survey looks for them.
    pub extra: Vec<Extra>,
}

/// A copy that the plan does not ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// Cloud.
    pub cloud: &'static str,
    /// Where it is.
    pub region: String,
    /// Its id.
    pub image: String,
    /// Its name.
    pub name: String,
    /// The source it was copied from.
    pub source: String,
}

/// One destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number in this job: that of its events, and what [`Job::resolve`](crate::Job::resolve) asks for.
    pub lane: u32,
    /// Cloud.
    pub cloud: &'static str,
    /// Where the row stands in the plan, for example `copies[0].to[2]`.
    pub path: String,
    /// Source image.
    pub image: String,
    /// Source region.
    pub from: String,
    /// Destination region.
    pub to: String,
    /// Name of the copy; empty while it is not known.
    pub name: String,
    /// Where the lane stands.
    pub phase: Phase,
    /// Id of the new image.
    pub new_image: Option<String>,
    /// Id of the task.
    pub task: Option<String>,
    /// Object keys that an export writes.
    pub objects: Vec<String>,
    /// What to know although all went well, in English and Chinese.
    pub note: Option<(String, String)>,
    /// Progress, 0 to 100.
    pub percent: Option<u8>,
    /// Launches sent.
    pub launches: u16,
    /// Since when it stands there, or when its copy was last seen at work, by the host's clock.
    pub since: Millis,
    /// When the last launch left; once it is accepted, when that was told.
    pub launched: Option<Millis>,
    /// When it is looked at or launched next, as far as that is known.
    pub next: Option<Millis>,
    /// Remaining time of the copy, from and to, in milliseconds.
    pub eta_ms: Option<(i64, i64)>,
    /// Ids to quote to the vendor's support.
    pub request_ids: Vec<String>,
    /// What went wrong, with the next step.
    pub error: Option<Error>,
}

impl Report {
    /// The exit code of a command line: 0 all ready, 3 some failed, 4 all failed, 6 still running and resumable,
    /// 7 an ambiguous launch needs a person. The highest need wins: 7, then 6, then 4 or 3. Where nothing was launched
    /// and no key is accepted or nothing carries the requests, it is 5, as for everything that must be mended before a start.
    pub fn exit_code(&self) -> u8 {
        // A step that went well makes nothing good; one that did not is as bad as a destination.
        let is_good = |phase| matches!(phase, Phase::Ended(End::Ready | End::Present | End::Missing));
        let mut rows = Vec::new();
        for row in &self.rows {
            rows.push(row);
        }
        for step in &self.steps {
            if !is_good(step.phase) {
                rows.push(step);
            }
        }
        let count = |wanted: fn(Phase) -> bool| rows.iter().filter(|row| wanted(row.phase)).count();
        let ambiguous = count(|phase| phase == Phase::Ended(End::Ambiguous));
        let failed = count(|phase| matches!(phase, Phase::Ended(End::Failed | End::Conflict | End::Stale)));
        let good = count(|phase| matches!(phase, Phase::Ended(End::Ready | End::Present | End::Missing)));
        match (ambiguous, rows.len() - ambiguous - failed - good, failed) {
            (1.., _, _) => 7,
            (0, open @ 1.., _) if open == rows.len() && rows.iter().all(|row| row.is_blocked()) => 5,
            (0, 1.., _) => 6,
            (0, 0, 0) => 0,
            (0, 0, _) if good == 0 => 4,
            (0, 0, _) => 3,
        }
    }

    /// How many destinations stand where, by the names of the phases and in their order.
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let mut counts: Vec<(&'static str, usize)> = Vec::new();
        for row in &self.rows {
            let phase = row.phase.as_str();
            match counts.binary_search_by(|(counted, _)| (*counted).cmp(phase)) {
                Ok(at) => counts[at].1 += 1,
                Err(at) => counts.insert(at, (phase, 1)),
            }
        }
        counts
    }

    /// The report as JSON.
    pub fn to_value(&self) -> Value {
        let mut counts = Object::new();
        for (phase, count) in self.counts() {
            counts.set(phase, count);
        }
        Object::new()
            .set("exit_code", self.exit_code())
            .set("counts", counts.value())
            .set("rows", list(&self.rows, Row::to_value))
            .set("steps", list(&self.steps, Row::to_value))
            .set("extra", list(&self.extra, Extra::to_value))
            .value()
    }
}

impl Extra {
    /// The copy as a JSON object.
    pub fn to_value(&self) -> Value {
        let Extra { cloud, region, image, name, source } = self;
        Object::new()
            .set("cloud", *cloud)
            .set("region", region.as_str())
            .set("image_id", image.as_str())
            .set("name", name.as_str())
            .set("image", source.as_str())
            .value()
    }
}

impl Row {
    /// Whether it was stopped before any launch since nothing carries its requests, or its key is refused.
    fn is_blocked(&self) -> bool {
        self.launches == 0 && self.error.as_ref().is_some_and(|error| error.code == "transport.blocked" || error.kind == Kind::Auth)
    }

    /// The row as a JSON object.
    pub fn to_value(&self) -> Value {
        let Row {
            lane,
            cloud,
            path,
            image,
            from,
            to,
            name,
            phase,
            new_image,
            task,
            objects,
            note,
            percent,
            launches,
            since,
            launched,
            next,
            eta_ms,
            request_ids,
            error,
        } = self;
        Object::new()
            .set("lane", *lane)
            .set("cloud", *cloud)
            .set("path", path.as_str())
            .set("image", image.as_str())
            .set("from", from.as_str())
            .set("to", to.as_str())
            .set("name", name.as_str())
            .set("state", phase.as_str())
            .set("image_id", new_image.as_deref())
            .set("task_id", task.as_deref())
            .set("objects", texts(objects))
            .set("note", note.as_ref().map(|(en, _)| en.as_str()))
            .set("note_zh", note.as_ref().map(|(_, zh)| zh.as_str()))
            .set("percent", *percent)
            .set("launches", *launches)
            .set("since_ms", since.0)
            .set("launched_ms", launched.map(|at| at.0))
            .set("next_ms", next.map(|at| at.0))
            .set("eta_ms", eta_ms.map(|(from, to)| vec![Value::from(from), Value::from(to)]))
            .set("request_ids", texts(request_ids))
            .set("error", error.as_ref().map(Error::to_value))
            .value()
    }
}
