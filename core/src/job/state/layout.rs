//! From the plan to lanes: one a destination, and one for each step that some of them may need. The same for the same
//! plan, whatever the images turn out to be.

use super::chains::Chains;
use super::lane::Lane;
use super::lanes::Lanes;
use super::sources::{Source, Sources};
use crate::base::names::{Names, firsts};
use crate::base::text::concat;
use crate::base::time::{Millis, decimal};
use crate::job::id::{LaneId, SourceId, TransferId};
use crate::plan::{Action, Plan};

/// The lanes, the images that they copy, and the steps between the two.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) lanes: Lanes,
    pub(crate) sources: Sources,
    pub(crate) chains: Chains,
}

impl Layout {
    /// Lays out a plan.
    pub(crate) fn of(plan: &Plan, now: Millis) -> Self {
        let (destinations, sources) = destinations(plan, now);
        let awaited = plan.transfers.iter().map(|transfer| transfer.to.len() as u32).collect();
        let chains = Chains::new(LaneId::at(destinations.len()));
        let mut layout = Self { lanes: Lanes::new(destinations, awaited), sources, chains };
        layout.add_steps(plan, now);
        layout
    }

    fn add_steps(&mut self, plan: &Plan, now: Millis) {
        let mut known = Names::default();
        for lane in self.lanes.destinations() {
            let Lane { source, transfer, target, .. } = self.lanes[lane];
            let transfer = &plan.transfers[transfer.index()];
            let target = &transfer.to[target as usize];
            let Some(chain) = transfer.chain_for(target).filter(|_| transfer.cloud.replication().chaining.is_some()) else {
                continue;
            };
            // A copy in the region of a source is named by the source alone.
            let own = self.step_named(&mut known, decimal(source.0.into()), lane, true, plan, now).0;
            let user = match chain.cmk_id {
                None => lane,
                Some(_) => {
                    let name = concat(&[&decimal(source.0.into()), " ", &target.region.0]);
                    let (carried, is_new) = self.step_named(&mut known, name, lane, false, plan, now);
                    self.lanes[lane].in_region = true;
                    self.chains.link(carried, lane);
                    if !is_new {
                        continue;
                    }
                    carried
                }
            };
            self.chains.link(own, user);
        }
    }

    /// The step of that name, which is added if it is new.
    fn step_named(&mut self, known: &mut Names, name: String, user: LaneId, is_own: bool, plan: &Plan, now: Millis) -> (LaneId, bool) {
        let (step, is_new) = known.number(name);
        if is_new {
            let Lane { transfer, target, source, .. } = self.lanes[user];
            let mut lane = Lane::new(transfer, target, source, now);
            lane.in_region = is_own;
            lane.name = Some(plan.transfers[transfer.index()].step_name().into());
            self.lanes.add_step(lane);
            self.chains.add(is_own);
        }
        (LaneId::at(self.lanes.destinations().len() + step), is_new)
    }
}

/// One lane a destination, one source an image.
fn destinations(plan: &Plan, now: Millis) -> (Vec<Lane>, Sources) {
    let mut keys = Vec::with_capacity(plan.transfers.len());
    for transfer in &plan.transfers {
        keys.push([transfer.cloud.as_str(), "", &*transfer.from.0, &*transfer.image]);
    }
    let firsts = firsts(&keys);
    let mut sources = Sources::default();
    let mut of_transfer: Vec<SourceId> = Vec::with_capacity(firsts.len());
    let mut lanes = Vec::with_capacity(plan.transfers.iter().map(|transfer| transfer.to.len()).sum());
    for (index, transfer) in plan.transfers.iter().enumerate() {
        let source = of_transfer
            .get(firsts[index])
            .copied()
            .unwrap_or_else(|| sources.add(Source::new(transfer.cloud, transfer.from.0.clone(), transfer.image.clone())));
        of_transfer.push(source);
        for position in 0..transfer.to.len() {
            let lane = LaneId::at(lanes.len());
            sources[source].lanes.push(lane);
            if transfer.task == Action::Export {
                sources[source].exports.get_or_insert_default().lanes.push(lane);
            }
            lanes.push(Lane::new(TransferId::at(index), position as u32, source, now));
        }
    }
    (lanes, sources)
}
