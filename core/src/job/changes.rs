//! What of a report has changed since somebody looked last.

use super::event::following;
use super::report::Report;
use crate::base::json::to_text;
use crate::base::time::Millis;
use crate::base::value::Value;
use sha2::{Digest, Sha256};

/// Tells the reports of a job apart, row by row, for whoever shows them.
///
/// ```
/// # use imgferry::job::{Changes, Job};
/// # use imgferry::{Cloud, Millis, Plan};
/// # let plan = Plan::from_value(&serde_json::json!({"copies": [{"cloud": Cloud::Tencent.as_str(), "image": "img-o3ycss2p",
/// #     "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}))?;
/// # let now = Millis(1_700_000_000_000);
/// let (job, mut changes) = (Job::new(plan, now, 7)?, Changes::default());
/// let first = changes.since(&job.report(), 0, now);
/// let seq = first["seq"].as_u64().unwrap_or_default();
/// assert_eq!(first["rows"].as_array().map(Vec::len), Some(1));
/// assert_eq!(changes.since(&job.report(), seq, now)["rows"].as_array().map(Vec::len), Some(0));
/// # Ok::<(), imgferry::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Changes {
    /// By lane: how its row looked, and the number of its last change.
    seen: Vec<([u8; 8], u64)>,
    seq: u64,
}

impl Changes {
    /// The report as JSON with those rows and steps alone that have changed behind that number, and in `seq` the number to give
    /// the next time; 0 is the beginning. Remaining times alone are no change. Numbers are those of events: moments, so that they
    /// go on when memory is lost, and what was not seen yet counts as changed.
    pub fn since(&mut self, report: &Report, since: u64, now: Millis) -> Value {
        let mut value = report.to_value();
        let next = following(self.seq, now);
        for list in ["rows", "steps"] {
            if let Some(rows) = value.get_mut(list).and_then(Value::as_array_mut) {
                rows.retain(|row| self.changed(row, next) > since);
            }
        }
        if let Some(record) = value.as_object_mut() {
            record.insert("seq".to_owned(), self.seq.into());
        }
        value
    }

    /// The number of a row's last change, which is `next` when it is seen for the first time now.
    fn changed(&mut self, row: &Value, next: u64) -> u64 {
        let mut lasting = row.clone();
        if let Some(eta) = lasting.get_mut("eta_ms") {
            *eta = Value::Null;
        }
        let mut digest = [0; 8];
        digest.iter_mut().zip(Sha256::digest(to_text(&lasting))).for_each(|(to, from)| *to = from);
        let lane = row["lane"].as_u64().unwrap_or_default() as usize;
        if self.seen.len() <= lane {
            self.seen.resize(lane + 1, Default::default());
        }
        let (before, seq) = &mut self.seen[lane];
        if *seq == 0 || *before != digest {
            (*before, *seq) = (digest, next);
            self.seq = next;
        }
        *seq
    }
}
