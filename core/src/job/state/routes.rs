//! Which channel a call goes by.

use super::State;
use crate::api::operation::Named;
use crate::api::replication::{Change, ChangeKind, CopyRef, Replica, Replication, Side, Wanted};
use crate::base::cloud::Cloud;
use crate::base::http::authority;
use crate::job::id::{ChannelId, LaneId};
use crate::job::pace::channels::{Opening, Work};
use crate::plan::Action;
use crate::provider::build;
use std::sync::Arc;

impl State {
    /// The channel of that work for a lane.
    pub(crate) fn channel_for(&mut self, lane: LaneId, work: Work) -> ChannelId {
        let cloud = self.cloud_of(lane);
        let region = match work {
            Work::Inspect | Work::FindExport | Work::Launch | Work::CopyInRegion | Work::Export | Work::ExportTask => {
                self.region_from(lane)
            }
            Work::CopyTask if cloud.replication().task_side == Side::Source => self.region_from(lane),
            Work::CopyTask | Work::Find | Work::Quota(_) | Work::Image | Work::Change(_) => self.region_to(lane),
        };
        let region = region.clone();
        self.channel(cloud, work, &region)
    }

    /// The channel of that work in that region; opened at first use.
    pub(crate) fn channel(&mut self, cloud: Cloud, work: Work, region: &Arc<str>) -> ChannelId {
        if let Some(channel) = self.channels.find(cloud, work, region) {
            return channel;
        }
        let (Wanted { operation, params }, batch) = sample(cloud.replication(), work);
        // The place where calls enter the cloud: limits are counted there. A region that makes no host fails at its calls.
        let host = match build(&Named::new(operation, &params), &self.plan.at(cloud, region)) {
            Ok(call) => authority(call.request().header("host").unwrap_or(&call.request().url)).to_owned(),
            Err(_) => (**region).to_owned(),
        };
        // All regions are asked for their room at once, and the interrupted run may just have done so. Other looks are few at the
        // start of a run.
        let looked = self.looked.filter(|_| matches!(work, Work::Quota(_)));
        let opening = Opening { cloud, work, region: region.clone(), operation, host, batch: batch.max(1), looked };
        self.channels.open(opening, &self.plan.policy)
    }

    /// The channel of a lane's launch.
    pub(crate) fn launch_channel(&mut self, lane: LaneId) -> ChannelId {
        let work = self.launch_work(lane);
        self.channel_for(lane, work)
    }

    /// What launches a lane.
    pub(crate) fn launch_work(&self, lane: LaneId) -> Work {
        match self.transfer(lane).task {
            Action::Export => Work::Export,
            Action::Copy if self.lanes[lane].in_region => Work::CopyInRegion,
            Action::Copy => Work::Launch,
        }
    }
}

/// A call of that work, to see which operation it is and where it goes, and how many ids go into one.
fn sample(steps: &Replication, work: Work) -> (Wanted, usize) {
    let none = Default::default();
    let replica = Replica { image: "", from: "", to: "", name: "", description: None, params: &none };
    let image = || (steps.images)(&["id"]);
    let change = |change: &Change| (steps.change)(&CopyRef { image: "", region: "", uin: Some("") }, change).unwrap_or_else(|_| image());
    match work {
        Work::Inspect | Work::Image => (image(), steps.image_batch),
        Work::Find => ((steps.find)(&[], None, 0), 1),
        Work::FindExport => (steps.export_evidence.map_or_else(image, |tasks| tasks("id")), 1),
        Work::Quota(call) => (steps.quota.get(usize::from(call)).map_or_else(image, |quota| quota()), 1),
        Work::Launch => ((steps.launch)(&[replica]), 1),
        Work::CopyInRegion => (steps.chaining.map_or_else(image, |chaining| (chaining.copy_in_region)(&replica, None)), 1),
        Work::Export => ((steps.export)(&replica), 1),
        Work::CopyTask => ((steps.tasks)(&["id"]), steps.task_batch),
        Work::ExportTask => (steps.export_tasks.map_or_else(image, |tasks| tasks(&["id"])), steps.task_batch),
        Work::Change(ChangeKind::Describe) => (change(&Change::Describe { name: None, description: None }), 1),
        Work::Change(ChangeKind::Tag) => (change(&Change::Tag(Vec::new())), 1),
        Work::Change(ChangeKind::Delete) => (change(&Change::Delete), 1),
        Work::Change(ChangeKind::Share) => (change(&Change::Share(Vec::new())), 1),
    }
}
