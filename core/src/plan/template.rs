//! Names: templates and what they are filled with.

use super::model::{Action, Target, Transfer};
use crate::base::time::Millis;
use sha2::{Digest, Sha256};

impl Transfer {
    /// The name of the copy: `{name}` is the source's name, `{src}` its id, `{from}` and `{to}` the regions, `{cloud}`
    /// the cloud, `{date}` the day the job began (UTC), `{sha8}` eight hex digits of the source's identity.
    pub fn expand(&self, target: &Target, source_name: &str, started: Millis) -> String {
        let Some(template) = self.name_for(target) else {
            return match self.task {
                Action::Copy => source_name.to_owned(),
                Action::Export => String::new(),
            };
        };
        self.fill(template, target, source_name, started)
    }

    /// A template with its placeholders filled in.
    fn fill(&self, template: &str, target: &Target, name: &str, started: Millis) -> String {
        if !template.contains('{') {
            return template.to_owned();
        }
        template
            .replace("{src}", &self.image)
            .replace("{from}", &self.from.0)
            .replace("{to}", &target.region.0)
            .replace("{cloud}", self.cloud.as_str())
            .replace("{date}", &started.date())
            .replace("{sha8}", &self.sha8())
            .replace("{name}", name)
    }

    /// The name that the copy of that name gets at last, if it is renamed.
    pub(crate) fn last_name(&self, target: &Target, name: &str, started: Millis) -> Option<String> {
        let own = target.overrides.as_ref().and_then(|overrides| overrides.after.rename.as_deref());
        own.or(self.after.rename.as_deref()).map(|template| self.fill(template, target, name, started))
    }

    /// Name of the images made on the way.
    pub(crate) fn step_name(&self) -> String {
        format!("imgferry-{}", self.sha8())
    }

    fn sha8(&self) -> String {
        let digest = Sha256::digest(format!("{}|{}|{}", self.cloud, self.from.0, self.image));
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}
