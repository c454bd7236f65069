//! Names: templates and what they are filled with.

use super::model::{Action, Target, Transfer};
use crate::base::text::{concat, contains, replaced};
use crate::base::time::Millis;
use crate::sign::sha8;

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
        let mut text = template.to_owned();
        if !contains(template, "{") {
            return text;
        }
        for (placeholder, value) in [
            ("{src}", &*self.image),
            ("{from}", &self.from.0),
            ("{to}", &target.region.0),
            ("{cloud}", self.cloud.as_str()),
            ("{date}", &started.date()),
            ("{sha8}", &self.sha8()),
            ("{name}", name),
        ] {
            text = replaced(&text, placeholder, value);
        }
        text
    }

    /// The name that the copy of that name gets at last, if it is renamed.
    pub(crate) fn last_name(&self, target: &Target, name: &str, started: Millis) -> Option<String> {
        let own = target.overrides.as_ref().and_then(|overrides| overrides.after.rename.as_deref());
        own.or(self.after.rename.as_deref()).map(|template| self.fill(template, target, name, started))
    }

    /// Name of the images made on the way.
    pub(crate) fn step_name(&self) -> String {
        concat(&["imgferry-", &self.sha8()])
    }

    fn sha8(&self) -> String {
        sha8(&concat(&[self.cloud.as_str(), "|", &self.from.0, "|", &self.image]))
    }
}
