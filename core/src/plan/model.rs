//! The plan as types.

use super::policy::Policy;
use crate::api::endpoint::Endpoint;
use crate::api::replication::owned;
use crate::api::site::{At, Edition};
use crate::base::cloud::Cloud;
use crate::base::record::Params;
use crate::base::text::{concat, replaced};
use crate::base::time::decimal;
use std::fmt;
use std::sync::Arc;

/// The region an image is in. Never to be mixed up with the one it goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceRegion(pub Arc<str>);

/// The region a copy goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DestinationRegion(pub Arc<str>);

/// A whole replication: several images, clouds and regions.
///
/// ```
/// # use imgferry::{Cloud, Plan};
/// let plan = Plan::from_value(&serde_json::json!({"copies": [{"cloud": Cloud::Tencent.as_str(), "image": "img-o3ycss2p",
///     "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-singapore"], "name": "golden-{date}"}]}))?;
/// assert!(!plan.check().has_errors());
/// # Ok::<(), imgferry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Settings by cloud.
    pub clouds: Vec<(Cloud, Settings)>,
    /// Copies first, then exports.
    pub transfers: Vec<Transfer>,
    /// Every number of the replication.
    pub policy: Policy,
    /// See [`Plan::trusting`]. Neither read from JSON nor written to it.
    pub(crate) trusted_hosts: Vec<String>,
}

/// How a cloud is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Which site of the vendor.
    pub edition: Edition,
    /// Another host than the vendor's; `{region}` in its URL stands for the region of the call.
    pub endpoint: Option<Endpoint>,
    /// Huawei: id of the project by region.
    pub projects: Vec<(String, String)>,
    /// Huawei: id of the account.
    pub domain_id: Option<String>,
    /// Tencent: id of the main account, which tags need.
    pub uin: Option<String>,
}

/// What is done with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Copied to other regions.
    Copy,
    /// Written to a bucket of its own region.
    Export,
}

/// One image and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// The cloud.
    pub cloud: Cloud,
    /// What is done.
    pub task: Action,
    /// The image.
    pub image: Arc<str>,
    /// Where it is.
    pub from: SourceRegion,
    /// Where it goes; for an export one entry, its own region.
    pub to: Vec<Target>,
    /// Template of the name; `None` takes the name of the source.
    pub name: Option<String>,
    /// Description of the copies.
    pub description: Option<String>,
    /// The vendor's own further parameters of the launch.
    pub params: Params,
    /// What is done to the copies once they are usable.
    pub after: After,
    /// Leave to make other images on the way.
    pub chain: Option<Chain>,
    /// Whether the image is shared by another account, as the plan says before anybody has looked.
    pub shared: bool,
}

/// Leave to make other images on the way, for what cannot go to another region at once: an encrypted or a shared image
/// is first copied in its region, not encrypted and as an own one. What is made on the way is named
/// `imgferry-` and the `{sha8}` of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Key of the destination region: the image that arrives there is copied once more, encrypted with it.
    pub cmk_id: Option<String>,
    /// Whether the images made on the way are deleted when nobody needs them any more. Only what the job made itself
    /// is deleted. Default false.
    pub delete_intermediates: Option<bool>,
}

/// What is done to a copy once it is usable. Made in this order: name and description, tags, sharing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct After {
    /// Template of its new name; `{name}` is the name it was copied under. A copy that is renamed when it is usable
    /// is never found by that name before.
    pub rename: Option<String>,
    /// Its new description.
    pub description: Option<String>,
    /// Tags to set.
    pub tags: Option<Vec<(String, String)>>,
    /// Accounts that may use it; on Huawei Cloud the ids of their projects.
    pub share: Option<Vec<String>>,
}

/// One destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The region.
    pub region: DestinationRegion,
    /// What differs from the transfer, if anything.
    pub overrides: Option<Box<Overrides>>,
}

/// What differs for one destination.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Template of the name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Parameters, laid over those of the transfer.
    pub params: Params,
    /// What is done afterwards; what it gives takes the place of what the transfer gives.
    pub after: After,
    /// Leave to make other images on the way; what it gives takes the place of what the transfer gives.
    pub chain: Option<Chain>,
}

impl Plan {
    /// Names the hosts, without port, that may be sent requests which are signed for the vendor's own host (`sign_host:
    /// official`): whoever gets these can send them on to the vendor. It is the word of the program that holds the keys,
    /// so a plan cannot say it. Loopback needs none.
    #[must_use]
    pub fn trusting(mut self, hosts: &[&str]) -> Plan {
        self.trusted_hosts = owned(hosts);
        self.trusted_hosts.iter_mut().for_each(|host| host.make_ascii_lowercase());
        self
    }

    /// The hosts that the program named, see [`Plan::trusting`].
    pub fn trusted_hosts(&self) -> &[String] {
        &self.trusted_hosts
    }

    /// The settings of a cloud.
    pub fn settings(&self, cloud: Cloud) -> Option<&Settings> {
        self.clouds.iter().find(|(of, _)| *of == cloud).map(|(_, settings)| settings)
    }

    /// Where a destination stands in the plan: `copies[0].to[2]`. Exports are counted from behind the copies.
    pub(crate) fn path(&self, transfer: usize, target: usize) -> String {
        match self.transfers[transfer].task {
            Action::Copy => concat(&["copies[", &decimal(transfer as i64), "].to[", &decimal(target as i64), "]"]),
            Action::Export => {
                let copies = self.transfers.partition_point(|transfer| transfer.task == Action::Copy);
                concat(&["exports[", &decimal(transfer.saturating_sub(copies) as i64), "]"])
            }
        }
    }

    /// Where a call of that cloud in that region goes.
    pub fn at(&self, cloud: Cloud, region: &str) -> At {
        let settings = self.settings(cloud).cloned().unwrap_or_default();
        At {
            region: region.to_owned(),
            edition: settings.edition,
            endpoint: settings.endpoint.map(|endpoint| Endpoint { url: replaced(&endpoint.url, "{region}", region), ..endpoint }),
            project_id: settings.projects.iter().find(|(of, _)| of == region).map(|(_, id)| id.clone()),
            domain_id: settings.domain_id,
            language: None,
        }
    }
}

impl Transfer {
    /// Template of the name at that destination.
    pub fn name_for<'a>(&'a self, target: &'a Target) -> Option<&'a str> {
        target.overrides.as_ref().and_then(|o| o.name.as_deref()).or(self.name.as_deref())
    }

    /// Description at that destination.
    pub fn description_for<'a>(&'a self, target: &'a Target) -> Option<&'a str> {
        target.overrides.as_ref().and_then(|o| o.description.as_deref()).or(self.description.as_deref())
    }

    /// Further parameters at that destination.
    pub fn params_for(&self, target: &Target) -> Params {
        let mut params = self.params.clone();
        if let Some(overrides) = &target.overrides {
            params.extend(overrides.params.clone());
        }
        params
    }

    /// Leave to make other images on the way to that destination.
    pub(crate) fn chain_for(&self, target: &Target) -> Option<Chain> {
        let own = target.overrides.as_ref().and_then(|overrides| overrides.chain.as_ref());
        match (own, &self.chain) {
            (Some(own), Some(all)) => Some(Chain {
                cmk_id: own.cmk_id.clone().or_else(|| all.cmk_id.clone()),
                delete_intermediates: own.delete_intermediates.or(all.delete_intermediates),
            }),
            (own, all) => own.or(all.as_ref()).cloned(),
        }
    }
}

impl fmt::Display for SourceRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DestinationRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
