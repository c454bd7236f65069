//! The places left in each destination, as far as anybody asked.

use crate::api::facts::Quota;
use crate::base::cloud::Cloud;
use crate::job::id::LaneId;
use std::sync::Arc;

/// The places in one region of one cloud.
#[derive(Debug)]
pub(crate) struct Places {
    cloud: Cloud,
    region: Arc<str>,
    /// As the cloud told it.
    quota: Quota,
    /// Places that lanes of this job have taken since.
    taken: u64,
    /// Lanes that wait for the answer; `None` once it is there, or nobody can tell.
    waiting: Option<Vec<LaneId>>,
}

/// All places.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Vec<Places>);

/// There is no place left.
#[derive(Debug)]
pub(crate) struct Full {
    /// As the cloud told it.
    pub(crate) used: u64,
    /// Taken by lanes of this job since.
    pub(crate) taken: u64,
    /// As the cloud told it.
    pub(crate) total: u64,
}

impl Quotas {
    /// The places in that region, made at first use.
    pub(crate) fn of(&mut self, cloud: Cloud, region: &Arc<str>) -> &mut Places {
        let index = self.0.iter().position(|places| places.cloud == cloud && places.region == *region).unwrap_or_else(|| {
            self.0.push(Places { cloud, region: region.clone(), quota: Quota::default(), taken: 0, waiting: Some(Vec::new()) });
            self.0.len() - 1
        });
        &mut self.0[index]
    }
}

impl Places {
    /// A lane waits for the answer; whether it is the first, who has to ask. `None` when it is known already.
    pub(crate) fn wait(&mut self, lane: LaneId) -> Option<bool> {
        self.waiting.as_mut().map(|waiting| {
            waiting.push(lane);
            waiting.len() == 1
        })
    }

    /// An answer told this; what it does not tell stays.
    pub(crate) fn learn(&mut self, told: Quota) {
        self.quota = Quota { total: told.total.or(self.quota.total), used: told.used.or(self.quota.used) };
    }

    /// Nobody can tell.
    pub(crate) fn forget(&mut self) {
        self.quota = Quota::default();
    }

    /// All is known that ever will be: those who waited.
    pub(crate) fn known(&mut self) -> Vec<LaneId> {
        self.waiting.take().unwrap_or_default()
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`Full`] when none is left.
    pub(crate) fn take(&mut self) -> Result<(), Full> {
        match (self.quota.used, self.quota.total) {
            (Some(used), Some(total)) if used.saturating_add(self.taken) >= total => Err(Full { used, taken: self.taken, total }),
            _ => {
                self.taken = self.taken.saturating_add(1);
                Ok(())
            }
        }
    }
}
