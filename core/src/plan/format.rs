//! The plan as JSON, read with all mistakes at once, and written so that it reads back to the same.

use super::{After, Chain, DestinationRegion, Overrides, Plan, Settings, SourceRegion, Target, Task, Transfer};
use crate::check::{Findings, Rule, rule, shown};
use crate::job::policy::{Policy, Written};
use crate::json::{Object, list, pairs, texts};
use crate::operation::{CONTROL, Params};
use crate::provider::{Cloud, Edition, Endpoint, SignHost};
use serde_json::{Map, Value};
use std::sync::Arc;

const PLACEHOLDERS: [&str; 7] = ["{name}", "{src}", "{from}", "{to}", "{cloud}", "{date}", "{sha8}"];

/// Reads a plan and collects what is wrong with its form.
pub(super) struct Reader {
    pub(super) findings: Findings,
    pub(super) written: Written,
    /// A million destinations lie in few regions: each name is kept once.
    regions: Vec<Arc<str>>,
}

impl Reader {
    pub(super) fn new(written: Written) -> Self {
        Self { findings: Findings::default(), written, regions: Vec::new() }
    }

    pub(super) fn plan(&mut self, value: &Value) -> Plan {
        let empty = Map::new();
        let root = self.record(value, "plan", &["clouds", "copies", "exports", "policy"]).unwrap_or(&empty);
        let mut transfers = Vec::new();
        for (key, task) in [("copies", Task::Copy), ("exports", Task::Export)] {
            for (index, entry) in self.list(root, key, "").iter().enumerate() {
                transfers.extend(self.transfer(entry, task, &format!("{key}[{index}]")));
            }
        }
        if transfers.is_empty() && !self.findings.has_errors() {
            self.findings.add(&EMPTY, "plan", &[]);
        }
        let policy = match root.get("policy") {
            None => Policy::default(),
            Some(Value::Object(record)) => Policy::read(record, self.written, &mut self.findings),
            Some(_) => self.wrong("policy", "a record").unwrap_or_default(),
        };
        Plan { clouds: self.clouds(root), transfers, policy }
    }

    fn clouds(&mut self, root: &Map<String, Value>) -> Vec<(Cloud, Settings)> {
        let mut clouds = Vec::new();
        let Some(value) = root.get("clouds") else {
            return clouds;
        };
        let Some(record) = self.record(value, "clouds", &["tencent", "volcengine", "huawei"]) else {
            return clouds;
        };
        for cloud in Cloud::ALL {
            if let Some(value) = record.get(cloud.as_str()) {
                let path = format!("clouds.{cloud}");
                clouds.push((cloud, self.settings(value, &path)));
            }
        }
        clouds
    }

    fn settings(&mut self, value: &Value, path: &str) -> Settings {
        let Some(record) = self.record(value, path, &["site", "endpoint", "sign_host", "projects", "domain_id", "uin"]) else {
            return Settings::default();
        };
        let edition = match self.text(record, "site", path).as_deref() {
            None | Some("main") => Edition::Main,
            Some("international") => Edition::International,
            Some(_) => self.wrong(&format!("{path}.site"), "main or international").unwrap_or_default(),
        };
        let chosen = match self.text(record, "sign_host", path).as_deref() {
            None => None,
            Some("endpoint") => Some(SignHost::Endpoint),
            Some("official") => Some(SignHost::Official),
            Some(_) => self.wrong(&format!("{path}.sign_host"), "endpoint or official"),
        };
        let endpoint =
            self.text(record, "endpoint", path).map(|url| Endpoint { sign_host: chosen.unwrap_or_else(|| SignHost::for_url(&url)), url });
        if let Some(endpoint) = &endpoint {
            let probe = Endpoint { url: endpoint.url.replace("{region}", "region"), ..endpoint.clone() };
            if let Err(error) = crate::provider::base_url(Some(&probe), "host.invalid") {
                self.findings.add(
                    &FIELD,
                    format!("{path}.endpoint"),
                    &[("name", &format!("{path}.endpoint")), ("shape", &format!("an address: {}", error.message))],
                );
            }
        }
        let mut projects = Vec::new();
        if let Some(value) = record.get("projects") {
            match value.as_object() {
                Some(record) => {
                    for region in record.keys() {
                        if let Some(id) = self.text(record, region, &format!("{path}.projects")) {
                            projects.push((region.clone(), id));
                        }
                    }
                }
                None => drop(self.wrong::<()>(&format!("{path}.projects"), "a record of project ids by region")),
            }
        }
        Settings { edition, endpoint, projects, domain_id: self.text(record, "domain_id", path), uin: self.text(record, "uin", path) }
    }

    fn transfer(&mut self, value: &Value, task: Task, path: &str) -> Option<Transfer> {
        const COPY: [&str; 10] = ["cloud", "image", "from", "to", "name", "description", "params", "after", "chain", "shared"];
        const EXPORT: [&str; 5] = ["cloud", "image", "from", "name", "params"];
        let record = self.record(value, path, if task == Task::Copy { &COPY } else { &EXPORT })?;
        let cloud = self.required(record, "cloud", path, "tencent, volcengine or huawei");
        let cloud = cloud.and_then(|name| {
            Cloud::parse(&name).ok().or_else(|| {
                let path = format!("{path}.cloud");
                let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &path), ("shape", &"tencent, volcengine or huawei")];
                self.findings.add_unknown(&FIELD, path.clone(), values, &name, &mut Cloud::ALL.iter().map(|cloud| cloud.as_str()));
                None
            })
        });
        let image = self.required(record, "image", path, "the id of the image");
        let from = self.required(record, "from", path, "the region the image is in");
        let name = self.name(record, "name", path);
        let description = self.text(record, "description", path);
        let params = self.params(record, path);
        let after = self.after(record, path);
        let chain = self.chain(record, path);
        let shared = self.flag(record, "shared", path).unwrap_or_default();
        let to = match task {
            Task::Copy => self.targets(record, path),
            Task::Export => from.iter().map(|region| Target { region: DestinationRegion(self.region(region)), overrides: None }).collect(),
        };
        Some(Transfer {
            cloud: cloud?,
            task,
            image: image?.into(),
            from: SourceRegion(self.region(&from?)),
            to,
            name,
            description,
            params,
            after,
            chain,
            shared,
        })
    }

    fn region(&mut self, name: &str) -> Arc<str> {
        let place = self.regions.binary_search_by(|region| (**region).cmp(name));
        let place = place.unwrap_or_else(|place| {
            self.regions.insert(place, name.into());
            place
        });
        self.regions[place].clone()
    }

    fn targets(&mut self, record: &Map<String, Value>, path: &str) -> Vec<Target> {
        if !record.contains_key("to") {
            self.findings.add(&MISSING, format!("{path}.to"), &[("name", &format!("{path}.to")), ("shape", &"a list of regions")]);
        }
        let entries = self.list(record, "to", &format!("{path}."));
        if entries.is_empty() && record.get("to").is_some_and(Value::is_array) {
            self.wrong::<()>(&format!("{path}.to"), "a list with at least one region");
        }
        entries.iter().enumerate().filter_map(|(index, entry)| self.target(entry, &format!("{path}.to[{index}]"))).collect()
    }

    fn target(&mut self, entry: &Value, path: &str) -> Option<Target> {
        if let Value::String(region) = entry {
            let region = self.clean(region, path)?;
            return Some(Target { region: DestinationRegion(self.region(&region)), overrides: None });
        }
        if !entry.is_object() {
            return self.wrong(path, "a region or a record with a region");
        }
        let record = self.record(entry, path, &["region", "name", "description", "params", "after", "chain"])?;
        let region = self.required(record, "region", path, "the region the copy goes to")?;
        let overrides = Overrides {
            name: self.name(record, "name", path),
            description: self.text(record, "description", path),
            params: self.params(record, path),
            after: self.after(record, path),
            chain: self.chain(record, path),
        };
        Some(Target { region: DestinationRegion(self.region(&region)), overrides: Some(Box::new(overrides)) })
    }

    fn after(&mut self, record: &Map<String, Value>, path: &str) -> After {
        let path = format!("{path}.after");
        let record = record.get("after").and_then(|value| self.record(value, &path, &["rename", "description", "tags", "share"]));
        let Some(record) = record else {
            return After::default();
        };
        After {
            rename: self.name(record, "rename", &path),
            description: self.text(record, "description", &path),
            tags: record.get("tags").and_then(|tags| self.tags(tags, &format!("{path}.tags"))),
            share: record.contains_key("share").then(|| self.accounts(record, &path)),
        }
    }

    fn chain(&mut self, record: &Map<String, Value>, path: &str) -> Option<Chain> {
        let path = format!("{path}.chain");
        let record = self.record(record.get("chain")?, &path, &["cmk_id", "delete_intermediates"])?;
        let delete_intermediates = self.flag(record, "delete_intermediates", &path);
        let cmk_id = self.text(record, "cmk_id", &path);
        if cmk_id.as_deref() == Some("") {
            self.wrong::<()>(&format!("{path}.cmk_id"), "the id of a key, not an empty text");
        }
        Some(Chain { cmk_id, delete_intermediates })
    }

    fn tags(&mut self, tags: &Value, path: &str) -> Option<Vec<(String, String)>> {
        let Some(tags) = tags.as_object() else {
            return self.wrong(path, "a record of values by key");
        };
        let tags = tags.keys().filter_map(|key| {
            let value = self.text(tags, key, path)?;
            Some((self.clean(key, path)?, value))
        });
        Some(tags.collect())
    }

    fn accounts(&mut self, record: &Map<String, Value>, path: &str) -> Vec<String> {
        let entries = self.list(record, "share", &format!("{path}.")).iter().enumerate();
        let accounts = entries.filter_map(|(index, entry)| {
            let path = format!("{path}.share[{index}]");
            match entry.as_str() {
                Some(account) if !account.is_empty() => self.clean(account, &path),
                _ => self.wrong(&path, "the id of an account as text"),
            }
        });
        accounts.collect()
    }

    fn name(&mut self, record: &Map<String, Value>, key: &str, path: &str) -> Option<String> {
        let name = self.text(record, key, path)?;
        let bare = PLACEHOLDERS.iter().fold(name.clone(), |rest, placeholder| rest.replace(placeholder, ""));
        if let Some(start) = bare.find(['{', '}']) {
            let what = bare.get(start..).unwrap_or_default().to_owned();
            self.findings.add(
                &TEMPLATE,
                format!("{path}.{key}"),
                &[("name", &format!("{path}.{key}")), ("what", &what), ("known", &PLACEHOLDERS.join(" "))],
            );
        }
        Some(name)
    }

    fn params(&mut self, record: &Map<String, Value>, path: &str) -> Params {
        match record.get("params") {
            None => Params::new(),
            Some(Value::Object(params)) => params.clone(),
            Some(_) => self.wrong(&format!("{path}.params"), "a record of the vendor's parameters").unwrap_or_default(),
        }
    }

    fn record<'v>(&mut self, value: &'v Value, path: &str, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let Some(record) = value.as_object() else {
            return self.wrong(path, "a record");
        };
        for key in record.keys().filter(|key| !known.contains(&key.as_str())) {
            let values: &[(&str, &dyn std::fmt::Display)] = &[("name", key), ("known", &known.join(", "))];
            self.findings.add_unknown(&UNKNOWN, format!("{path}.{}", shown(key)), values, key, &mut known.iter().copied());
        }
        Some(record)
    }

    fn list<'v>(&mut self, record: &'v Map<String, Value>, key: &str, prefix: &str) -> &'v [Value] {
        match record.get(key) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(_) => self.wrong(&format!("{prefix}{key}"), "a list").unwrap_or(&[]),
        }
    }

    fn required(&mut self, record: &Map<String, Value>, key: &str, path: &str, shape: &str) -> Option<String> {
        let path_of = format!("{path}.{key}");
        match record.get(key) {
            None | Some(Value::Null) => {
                self.findings.add(&MISSING, path_of.clone(), &[("name", &path_of), ("shape", &shape)]);
                None
            }
            Some(Value::String(text)) if text.is_empty() => self.wrong(&path_of, &format!("{shape}, not an empty text")),
            Some(_) => self.text(record, key, path),
        }
    }

    fn flag(&mut self, record: &Map<String, Value>, key: &str, path: &str) -> Option<bool> {
        match record.get(key) {
            None => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => self.wrong(&format!("{path}.{key}"), "true or false"),
        }
    }

    fn text(&mut self, record: &Map<String, Value>, key: &str, path: &str) -> Option<String> {
        match record.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => self.clean(text, &format!("{path}.{key}")),
            Some(_) => self.wrong(&format!("{path}.{key}"), "a text"),
        }
    }

    fn clean(&mut self, text: &str, path: &str) -> Option<String> {
        if let Some((position, char)) = crate::check::first_control(text) {
            self.findings.add(&CONTROL, path, &[("name", &path), ("char", &format!("U+{:04X}", char as u32)), ("position", &position)]);
            return None;
        }
        Some(text.to_owned())
    }

    fn wrong<T>(&mut self, path: &str, shape: &str) -> Option<T> {
        self.findings.add(&FIELD, path, &[("name", &path), ("shape", &shape)]);
        None
    }
}

impl Transfer {
    pub(super) fn to_value(&self) -> Value {
        Object::new()
            .set("cloud", self.cloud.as_str())
            .set("image", &*self.image)
            .set("from", &*self.from.0)
            .set_some("to", (self.task == Task::Copy).then(|| list(&self.to, Target::to_value)))
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
    pub(super) fn to_value(&self) -> Value {
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
    pub(super) fn to_value(&self) -> Value {
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
    pub(super) fn to_value(&self) -> Value {
        Object::new().set_some("cmk_id", self.cmk_id.as_deref()).set_some("delete_intermediates", self.delete_intermediates).value()
    }
}

impl Settings {
    pub(super) fn to_value(&self) -> Value {
        let site = match self.edition {
            Edition::Main => "main",
            Edition::International => "international",
        };
        let sign_host = self.endpoint.as_ref().map(|endpoint| match endpoint.sign_host {
            SignHost::Endpoint => "endpoint",
            SignHost::Official => "official",
        });
        Object::new()
            .set("site", site)
            .set("projects", pairs(&self.projects))
            .set_some("endpoint", self.endpoint.as_ref().map(|endpoint| endpoint.url.as_str()))
            .set_some("sign_host", sign_host)
            .set_some("domain_id", self.domain_id.as_deref())
            .set_some("uin", self.uin.as_deref())
            .value()
    }
}

pub(super) static FIELD: Rule =
    rule!(error, "plan.field", "", "plan format", "{name} must be {shape}; correct it", "{name} 应为 {shape}，请修正",);
pub(super) static MISSING: Rule =
    rule!(error, "plan.missing", "", "plan format", "{name} is missing; give {shape}", "缺少 {name}；请给出 {shape}",);
pub(super) static UNKNOWN: Rule = rule!(
    error,
    "plan.unknown",
    "",
    "plan format",
    "there is no field {name} here; there are {known}",
    "此处没有字段 {name}；可用字段：{known}",
);
pub(super) static EMPTY: Rule = rule!(
    error,
    "plan.empty",
    "",
    "plan format",
    "the plan holds nothing to do; add an entry to copies or exports",
    "计划为空；请在 copies 或 exports 中添加内容",
);
pub(super) static TEMPLATE: Rule = rule!(
    error,
    "plan.name.template",
    "",
    "plan format",
    "{name} holds the unknown placeholder {what}; use {known}",
    "{name} 含有未知占位符 {what}；可用：{known}",
);
