//! What carrying out a plan can ask of a cloud: the operations, where, and whether the run gets by without them.

use super::model::{Action, Plan, Target, Transfer};
use crate::api::operation::Operation;
use crate::api::replication::{Change, CopyRef, Replica, Replication, Side, Wanted};
use crate::base::cloud::Cloud;
use crate::base::json::Object;
use crate::base::text::contains;
use crate::base::value::Value;
use crate::base::words::words;

words! {
    /// What an operation is called for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Purpose {
        /// To look at the source before anything is launched.
        Inspect = "inspect",
        /// To see what is in a destination already, and what a lost launch has left there.
        Find = "find",
        /// To learn how much room is left.
        Quota = "quota",
        /// To launch.
        Launch = "launch",
        /// To make another image on the way, within a region.
        Chain = "chain",
        /// To watch what was launched.
        Watch = "watch",
        /// To name, describe, tag or share what has arrived, or to delete what was only a step.
        Change = "change",
    }
}

words! {
    /// What becomes of a run that may not call an operation.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Without {
        /// It is refused, or cannot be followed to its end.
        Refused = "refused",
        /// It warns and goes on, but does not see what is there: nothing is skipped, and a launch whose answer is lost stays
        /// ambiguous.
        Blind = "blind",
        /// It warns and goes on by other means.
        Warned = "warned",
    }
}

/// An operation that carrying out a plan can call.
#[derive(Clone, Debug)]
pub struct Need {
    /// The operation, which names its cloud.
    pub operation: &'static Operation,
    /// The region it acts on.
    pub region: String,
    /// What it is called for.
    pub purpose: Purpose,
    /// What becomes of a run that may not call it.
    pub without: Without,
}

impl Need {
    /// The need as a JSON object.
    pub fn to_value(&self) -> Value {
        let Need { operation, region, purpose, without } = self;
        let mut need = Object::new();
        need.set("cloud", operation.cloud.as_str()).set("operation", operation.name).set("grant", operation.grant);
        need.set("region", region.as_str()).set("purpose", purpose.as_str()).set("without", without.as_str()).value()
    }
}

impl Plan {
    /// Every operation that carrying out the plan can call, by cloud, name, region and purpose; each once.
    ///
    /// ```
    /// # use imgferry::{Cloud, Plan};
    /// let plan = Plan::from_value(&serde_json::json!({"copies": [{"cloud": Cloud::Tencent.as_str(), "image": "img-o3ycss2p",
    ///     "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]}))?;
    /// let mut grants: Vec<&str> = plan.needs().iter().map(|need| need.operation.grant).collect();
    /// grants.dedup();
    /// assert_eq!(grants, ["cvm:DescribeImageQuota", "cvm:DescribeImages", "cvm:SyncImages"]);
    /// # Ok::<(), imgferry::Error>(())
    /// ```
    pub fn needs(&self) -> Vec<Need> {
        let mut needs = Needs(Vec::new());
        for transfer in &self.transfers {
            for target in &transfer.to {
                match transfer.task {
                    Action::Copy => self.of_copy(transfer, target, &mut needs),
                    Action::Export => of_export(transfer, target, &mut needs),
                }
            }
        }
        needs.0
    }

    fn of_copy(&self, transfer: &Transfer, target: &Target, needs: &mut Needs) {
        let (cloud, from, to) = (transfer.cloud, &*transfer.from.0, &*target.region.0);
        let steps = cloud.replication();
        // Without a look at the source a launch is tried all the same, but not where its name is wanted.
        let wants_name = transfer.name_for(target).is_none_or(|name| contains(name, "{name}"));
        needs.add((steps.images)(&["id"]), from, Purpose::Inspect, if wants_name { Without::Refused } else { Without::Warned });
        needs.add((steps.find)(&["name"], None, 0), to, Purpose::Find, Without::Blind);
        if self.policy.check_quota {
            steps.quota.iter().for_each(|quota| needs.add(quota(), to, Purpose::Quota, Without::Warned));
        }
        let params = transfer.params_for(target);
        let replica = transfer.replica(target, "name", &params);
        needs.add((steps.launch)(&[replica]), from, Purpose::Launch, Without::Refused);
        let side = if steps.task_side == Side::Source { from } else { to };
        watch(steps, side, to, needs);
        self.of_chain(transfer, target, &replica, needs);
        for change in transfer.changes(target, "name", crate::base::time::Millis(0)) {
            self.of_change(cloud, to, &change, needs);
        }
    }

    fn of_chain(&self, transfer: &Transfer, target: &Target, replica: &Replica<'_>, needs: &mut Needs) {
        let (cloud, from, to) = (transfer.cloud, &*transfer.from.0, &*target.region.0);
        let steps = cloud.replication();
        let (Some(chain), Some(chaining)) = (transfer.chain_for(target), steps.chaining) else { return };
        let mut regions = vec![from];
        regions.extend(chain.cmk_id.as_ref().map(|_| to));
        for region in regions {
            needs.add((chaining.copy_in_region)(replica, chain.cmk_id.as_deref()), region, Purpose::Chain, Without::Refused);
            needs.add((steps.find)(&["name"], None, 0), region, Purpose::Find, Without::Blind);
            watch(steps, region, region, needs);
            if chain.delete_intermediates == Some(true) {
                self.of_change(cloud, region, &Change::Delete, needs);
            }
        }
    }

    fn of_change(&self, cloud: Cloud, region: &str, change: &Change, needs: &mut Needs) {
        let uin = self.settings(cloud).and_then(|settings| settings.uin.as_deref());
        // What the call lacks, the check of the plan tells.
        if let Ok(wanted) = (cloud.replication().change)(&CopyRef { image: "id", region, uin }, change) {
            needs.add(wanted, region, Purpose::Change, Without::Refused);
        }
    }
}

/// Where copies have tasks, task and image stand in for each other.
fn watch(steps: &Replication, side: &str, to: &str, needs: &mut Needs) {
    let has_tasks = steps.task_batch > 0;
    if has_tasks {
        needs.add((steps.tasks)(&["id"]), side, Purpose::Watch, Without::Warned);
    }
    needs.add((steps.images)(&["id"]), to, Purpose::Watch, if has_tasks { Without::Warned } else { Without::Refused });
}

fn of_export(transfer: &Transfer, target: &Target, needs: &mut Needs) {
    let (steps, region) = (transfer.cloud.replication(), &*transfer.from.0);
    needs.add((steps.images)(&["id"]), region, Purpose::Inspect, Without::Warned);
    if let Some(evidence) = steps.export_evidence {
        needs.add(evidence("id"), region, Purpose::Find, Without::Blind);
    }
    needs.add(transfer.launch(target, "name", &transfer.params_for(target)), region, Purpose::Launch, Without::Refused);
    let watched = match steps.export_tasks {
        Some(tasks) => tasks(&["id"]),
        None => (steps.images)(&["id"]),
    };
    needs.add(watched, region, Purpose::Watch, Without::Refused);
}

/// Sorted, each there once: however many destinations there are, they lie in few regions.
struct Needs(Vec<Need>);

impl Needs {
    fn add(&mut self, wanted: Wanted, region: &str, purpose: Purpose, without: Without) {
        let operation = wanted.operation;
        let key = (operation.cloud, operation.name, region, purpose);
        match self.0.binary_search_by(|need| (need.operation.cloud, need.operation.name, &*need.region, need.purpose).cmp(&key)) {
            Ok(at) => self.0[at].without = self.0[at].without.min(without),
            Err(at) => self.0.insert(at, Need { operation, region: region.to_owned(), purpose, without }),
        }
    }
}
