//! The plan as JSON, written so that it reads back to the same.

use super::model::{Action, After, Chain, Plan, Settings, Target, Transfer};
use super::policy::Written;
use crate::base::json::{Object, list, pairs, texts};
use crate::base::value::Value;

impl Plan {
    /// The plan as JSON; reads back to the same plan.
    pub fn to_value(&self) -> Value {
        self.write(Written::ByHand)
    }

    /// The plan as a journal keeps it.
    pub(crate) fn to_journal(&self) -> Value {
        self.write(Written::InJournal)
    }

    fn write(&self, written: Written) -> Value {
        let mut clouds = Object::new();
        for (cloud, settings) in &self.clouds {
            clouds.set(cloud.as_str(), settings.to_value());
        }
        let (mut copies, mut exports) = (Vec::new(), Vec::new());
        for transfer in &self.transfers {
            let list = if transfer.task == Action::Copy { &mut copies } else { &mut exports };
            list.push(transfer.to_value());
        }
        Object::new()
            .set("clouds", clouds.value())
            .set("copies", copies)
            .set("exports", exports)
            .set("policy", self.policy.write(written))
            .value()
    }
}

impl Transfer {
    fn to_value(&self) -> Value {
        Object::new()
            .set("cloud", self.cloud.as_str())
            .set("image", &*self.image)
            .set("from", &*self.from.0)
            .set_some("to", (self.task == Action::Copy).then(|| list(&self.to, Target::to_value)))
            .set_some("name", self.name.as_deref())
            .set_some("description", self.description.as_deref())
            .set_some("params", Some(&self.params).filter(|params| !params.is_empty()).cloned())
            .set_some("after", Some(&self.after).filter(|after| **after != After::default()).map(After::to_value))
            .set_some("chain", self.chain.as_ref().map(Chain::to_value))
            .set_some("shared", self.shared.then_some(true))
            .value()
    }
}

impl Target {
    fn to_value(&self) -> Value {
        let Some(overrides) = &self.overrides else {
            return Value::from(&*self.region.0);
        };
        Object::new()
            .set("region", &*self.region.0)
            .set("params", overrides.params.clone())
            .set_some("name", overrides.name.as_deref())
            .set_some("description", overrides.description.as_deref())
            .set_some("after", Some(&overrides.after).filter(|after| **after != After::default()).map(After::to_value))
            .set_some("chain", overrides.chain.as_ref().map(Chain::to_value))
            .value()
    }
}

impl After {
    fn to_value(&self) -> Value {
        let After { rename, description, tags, share } = self;
        Object::new()
            .set_some("rename", rename.as_deref())
            .set_some("description", description.as_deref())
            .set_some("tags", tags.as_deref().map(pairs))
            .set_some("share", share.as_deref().map(texts))
            .value()
    }
}

impl Chain {
    fn to_value(&self) -> Value {
        Object::new().set_some("cmk_id", self.cmk_id.as_deref()).set_some("delete_intermediates", self.delete_intermediates).value()
    }
}

impl Settings {
    fn to_value(&self) -> Value {
        Object::new()
            .set("site", self.edition.as_str())
            .set("projects", pairs(&self.projects))
            .set_some("endpoint", self.endpoint.as_ref().map(|endpoint| endpoint.url.as_str()))
            .set_some("sign_host", self.endpoint.as_ref().map(|endpoint| endpoint.sign_host.as_str()))
            .set_some("domain_id", self.domain_id.as_deref())
            .set_some("uin", self.uin.as_deref())
            .value()
    }
}
