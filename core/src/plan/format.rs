//! The plan from JSON, with all mistakes at once.

use super::fields::{AFTER_RECORD, CHAIN_RECORD, COPY, EXPORT, PLAN, SETTINGS, TARGET};
use super::model::{Action, After, Chain, DestinationRegion, Overrides, Plan, Settings, SourceRegion, Target, Transfer};
use super::policy::{Policy, Written};
use crate::api::check::{Both, CONTROL, Findings, Told, rules};
use crate::api::endpoint::{Endpoint, HostHeader};
use crate::base::cloud::Cloud;
use crate::base::error::Error;
use crate::base::json::from_text;
use crate::base::record::Params;
use crate::base::text::{code_point, concat, first_control, joined, replaced, shown};
use crate::base::texts::zh;
use crate::base::time::decimal;
use crate::base::value::{Map, Value};
use crate::base::words::Words;
use std::sync::Arc;

impl Plan {
    /// Reads a plan from JSON text.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) with every mistake of form in `problems`, each with its path.
    pub fn parse(text: &str) -> Result<Plan, Error> {
        let value = from_text(text.as_bytes()).map_err(|error| {
            Error::new(crate::Kind::Misuse, "plan.json", concat(&["the plan is not JSON: ", &error]))
                .hint("correct the plan at that line and column", zh!("请修正计划文件中该行该列的 JSON"))
        })?;
        Plan::from_value(&value)
    }

    /// Reads a plan from a JSON value.
    ///
    /// # Errors
    /// As [`Plan::parse`].
    pub fn from_value(value: &Value) -> Result<Plan, Error> {
        Plan::from_value_for(value, HostHeader::Given)
    }

    /// The same for a host whose HTTP client may be unable to send another `host`.
    ///
    /// # Errors
    /// As [`Plan::parse`].
    pub fn from_value_for(value: &Value, host_header: HostHeader) -> Result<Plan, Error> {
        Plan::read(value, Written::ByHand, host_header)
    }

    /// The plan of a journal, whose durations are whole milliseconds.
    pub(crate) fn from_journal(value: &Value) -> Result<Plan, Error> {
        Plan::read(value, Written::InJournal, HostHeader::Given)
    }

    fn read(value: &Value, written: Written, host_header: HostHeader) -> Result<Plan, Error> {
        let mut reader = Reader { findings: Findings::default(), written, host_header, regions: Vec::new() };
        let plan = reader.plan(value);
        if reader.findings.has_errors() { Err(reader.findings.into_error("plan")) } else { Ok(plan) }
    }
}

pub(super) const PLACEHOLDERS: [&str; 7] = ["{name}", "{src}", "{from}", "{to}", "{cloud}", "{date}", "{sha8}"];

/// The path of a field.
fn under(path: &str, field: &str) -> String {
    concat(&[path, ".", field])
}

/// Reads a plan and collects what is wrong with its form.
struct Reader {
    findings: Findings,
    written: Written,
    host_header: HostHeader,
    /// A million destinations lie in few regions: each name is kept once.
    regions: Vec<Arc<str>>,
}

impl Reader {
    pub(super) fn plan(&mut self, value: &Value) -> Plan {
        let empty = Map::new();
        let root = self.record(value, "plan", &PLAN.names()).unwrap_or(&empty);
        let mut transfers = Vec::new();
        for (key, task) in [("copies", Action::Copy), ("exports", Action::Export)] {
            for (index, entry) in self.list(root, key, "").iter().enumerate() {
                transfers.extend(self.transfer(entry, task, &concat(&[key, "[", &decimal(index as i64), "]"])));
            }
        }
        if transfers.is_empty() && !self.findings.has_errors() {
            self.findings.add(EMPTY, "plan", &[]);
        }
        let policy = match root.get("policy") {
            None => Policy::default(),
            Some(Value::Object(record)) => Policy::read(record, self.written, &mut self.findings),
            Some(_) => self.wrong("policy", Both("a record", zh!("对象"))).unwrap_or_default(),
        };
        Plan { clouds: self.clouds(root), transfers, policy, trusted_hosts: Vec::new() }
    }

    fn clouds(&mut self, root: &Map) -> Vec<(Cloud, Settings)> {
        let mut clouds = Vec::new();
        let Some(value) = root.get("clouds") else {
            return clouds;
        };
        let Some(record) = self.record(value, "clouds", &Cloud::ALL.map(Cloud::as_str)) else {
            return clouds;
        };
        for cloud in Cloud::ALL {
            if let Some(value) = record.get(cloud.as_str()) {
                let path = under("clouds", cloud.as_str());
                clouds.push((cloud, self.settings(value, &path)));
            }
        }
        clouds
    }

    fn settings(&mut self, value: &Value, path: &str) -> Settings {
        let Some(record) = self.record(value, path, &SETTINGS.names()) else {
            return Settings::default();
        };
        let edition = self.word(record, "site", path).unwrap_or_default();
        let chosen = self.word(record, "sign_host", path);
        let endpoint = self.text(record, "endpoint", path).map(|url| Endpoint::new(url, chosen, self.host_header));
        if let Some(endpoint) = &endpoint {
            let probe = Endpoint { url: replaced(&endpoint.url, "{region}", "region"), ..endpoint.clone() };
            if let Err(error) = crate::api::endpoint::base_url(Some(&probe), &["host.invalid"]) {
                self.findings.add(
                    FIELD,
                    under(path, "endpoint"),
                    &[
                        ("name", &under(path, "endpoint")),
                        ("shape", &Both(&concat(&["an address: ", &error.message]), &zh!("地址：{0}", &error.hint_zh))),
                    ],
                );
            }
        }
        let mut projects = Vec::new();
        if let Some(value) = record.get("projects") {
            match value.as_object() {
                Some(record) => {
                    for region in record.keys() {
                        if let Some(id) = self.text(record, region, &under(path, "projects")) {
                            projects.push((region.clone(), id));
                        }
                    }
                }
                None => self
                    .wrong(&under(path, "projects"), Both("a record of project ids by region", zh!("按地域给出项目 ID 的对象")))
                    .unwrap_or_default(),
            }
        }
        Settings { edition, endpoint, projects, domain_id: self.text(record, "domain_id", path), uin: self.text(record, "uin", path) }
    }

    fn transfer(&mut self, value: &Value, task: Action, path: &str) -> Option<Transfer> {
        let known = if task == Action::Copy { &COPY } else { &EXPORT };
        let record = self.record(value, path, &known.names())?;
        let (clouds, clouds_zh) = (Cloud::choices(), Cloud::choices_zh());
        let clouds = Both(&clouds, &clouds_zh);
        let cloud = self.required(record, "cloud", path, clouds);
        let cloud = cloud.and_then(|name| {
            Cloud::find(&name).or_else(|| {
                let path = under(path, "cloud");
                let values: &[(&str, &dyn Told)] = &[("name", &path), ("shape", &clouds)];
                self.findings.add_unknown(FIELD, path.clone(), values, &name, &mut Cloud::ALL.iter().map(|cloud| cloud.as_str()));
                None
            })
        });
        let image = self.required(record, "image", path, Both("the id of the image", zh!("镜像 ID")));
        let from = self.required(record, "from", path, Both("the region the image is in", zh!("镜像所在地域")));
        let name = self.name(record, "name", path);
        let description = self.text(record, "description", path);
        let params = self.params(record, path);
        let after = self.after(record, path);
        let chain = self.chain(record, path);
        let shared = self.flag(record, "shared", path).unwrap_or_default();
        let to = match task {
            Action::Copy => self.targets(record, path),
            Action::Export => {
                from.iter().map(|region| Target { region: DestinationRegion(self.region(region)), overrides: None }).collect()
            }
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

    fn targets(&mut self, record: &Map, path: &str) -> Vec<Target> {
        if !record.contains_key("to") {
            self.findings.add(
                MISSING,
                under(path, "to"),
                &[("name", &under(path, "to")), ("shape", &Both("a list of regions", zh!("地域列表")))],
            );
        }
        let entries = self.list(record, "to", &concat(&[path, "."]));
        if entries.is_empty() && record.get("to").is_some_and(Value::is_array) {
            self.wrong::<()>(&under(path, "to"), Both("a list with at least one region", zh!("至少含一个地域的列表")));
        }
        let mut targets = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            targets.extend(self.target(entry, &concat(&[path, ".to[", &decimal(index as i64), "]"])));
        }
        targets
    }

    fn target(&mut self, entry: &Value, path: &str) -> Option<Target> {
        if let Value::String(region) = entry {
            let region = self.clean(region, path)?;
            return Some(Target { region: DestinationRegion(self.region(&region)), overrides: None });
        }
        if !entry.is_object() {
            return self.wrong(path, Both("a region or a record with a region", zh!("地域，或含 region 的对象")));
        }
        let record = self.record(entry, path, &TARGET.names())?;
        let region = self.required(record, "region", path, Both("the region the copy goes to", zh!("复制的目标地域")))?;
        let overrides = Overrides {
            name: self.name(record, "name", path),
            description: self.text(record, "description", path),
            params: self.params(record, path),
            after: self.after(record, path),
            chain: self.chain(record, path),
        };
        Some(Target { region: DestinationRegion(self.region(&region)), overrides: Some(Box::new(overrides)) })
    }

    fn after(&mut self, record: &Map, path: &str) -> After {
        let path = under(path, "after");
        let record = record.get("after").and_then(|value| self.record(value, &path, &AFTER_RECORD.names()));
        let Some(record) = record else {
            return After::default();
        };
        After {
            rename: self.name(record, "rename", &path),
            description: self.text(record, "description", &path),
            tags: record.get("tags").and_then(|tags| self.tags(tags, &under(&path, "tags"))),
            share: record.contains_key("share").then(|| self.accounts(record, &path)),
        }
    }

    fn chain(&mut self, record: &Map, path: &str) -> Option<Chain> {
        let path = under(path, "chain");
        let record = self.record(record.get("chain")?, &path, &CHAIN_RECORD.names())?;
        let delete_intermediates = self.flag(record, "delete_intermediates", &path);
        let cmk_id = self.text(record, "cmk_id", &path);
        if cmk_id.as_deref() == Some("") {
            self.wrong::<()>(&under(&path, "cmk_id"), Both("the id of a key, not an empty text", zh!("密钥 ID，不能为空")));
        }
        Some(Chain { cmk_id, delete_intermediates })
    }

    fn tags(&mut self, tags: &Value, path: &str) -> Option<Vec<(String, String)>> {
        let Some(tags) = tags.as_object() else {
            return self.wrong(path, Both("a record of values by key", zh!("键值对象")));
        };
        let mut pairs = Vec::new();
        for (key, _) in tags {
            if let Some(value) = self.text(tags, key, path) {
                pairs.extend(self.clean(key, path).map(|key| (key, value)));
            }
        }
        Some(pairs)
    }

    fn accounts(&mut self, record: &Map, path: &str) -> Vec<String> {
        let mut accounts = Vec::new();
        for (index, entry) in self.list(record, "share", &concat(&[path, "."])).iter().enumerate() {
            let path = concat(&[path, ".share[", &decimal(index as i64), "]"]);
            accounts.extend(match entry.as_str() {
                Some(account) if !account.is_empty() => self.clean(account, &path),
                _ => self.wrong(&path, Both("the id of an account as text", zh!("文本形式的账号 ID"))),
            });
        }
        accounts
    }

    fn name(&mut self, record: &Map, key: &str, path: &str) -> Option<String> {
        let name = self.text(record, key, path)?;
        let bare = PLACEHOLDERS.iter().fold(name.clone(), |rest, placeholder| replaced(&rest, placeholder, ""));
        if let Some(start) = bare.bytes().position(|byte| matches!(byte, b'{' | b'}')) {
            let what = bare.get(start..).unwrap_or_default().to_owned();
            self.findings.add(
                TEMPLATE,
                under(path, key),
                &[("name", &under(path, key)), ("what", &what), ("known", &joined(&PLACEHOLDERS, " "))],
            );
        }
        Some(name)
    }

    fn params(&mut self, record: &Map, path: &str) -> Params {
        match record.get("params") {
            None => Params::new(),
            Some(Value::Object(params)) => params.clone(),
            Some(_) => {
                self.wrong(&under(path, "params"), Both("a record of the vendor's parameters", zh!("厂商参数的对象"))).unwrap_or_default()
            }
        }
    }

    fn record<'v>(&mut self, value: &'v Value, path: &str, known: &[&str]) -> Option<&'v Map> {
        let Some(record) = value.as_object() else {
            return self.wrong(path, Both("a record", zh!("对象")));
        };
        for (key, _) in record {
            if known.contains(&key.as_str()) {
                continue;
            }
            let values: &[(&str, &dyn Told)] = &[("name", key), ("known", &joined(known, ", "))];
            self.findings.add_unknown(UNKNOWN, under(path, &shown(key)), values, key, &mut known.iter().copied());
        }
        Some(record)
    }

    fn list<'v>(&mut self, record: &'v Map, key: &str, prefix: &str) -> &'v [Value] {
        match record.get(key) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(_) => self.wrong(&concat(&[prefix, key]), Both("a list", zh!("列表"))).unwrap_or(&[]),
        }
    }

    fn required(&mut self, record: &Map, key: &str, path: &str, shape: Both<'_>) -> Option<String> {
        let path_of = under(path, key);
        match record.get(key) {
            None | Some(Value::Null) => {
                self.findings.add(MISSING, path_of.clone(), &[("name", &path_of), ("shape", &shape)]);
                None
            }
            Some(Value::String(text)) if text.is_empty() => {
                self.wrong(&path_of, Both(&concat(&[shape.0, ", not an empty text"]), &zh!("{0}，不能为空", shape.1)))
            }
            Some(_) => self.text(record, key, path),
        }
    }

    fn flag(&mut self, record: &Map, key: &str, path: &str) -> Option<bool> {
        match record.get(key) {
            None => None,
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => self.wrong(&under(path, key), Both("true or false", zh!("true 或 false"))),
        }
    }

    fn text(&mut self, record: &Map, key: &str, path: &str) -> Option<String> {
        match record.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => self.clean(text, &under(path, key)),
            Some(_) => self.wrong(&under(path, key), Both("a text", zh!("文本"))),
        }
    }

    fn word<T: Words>(&mut self, record: &Map, key: &str, path: &str) -> Option<T> {
        let name = self.text(record, key, path)?;
        T::find(&name).or_else(|| self.wrong(&under(path, key), Both(&T::choices(), &T::choices_zh())))
    }

    fn clean(&mut self, text: &str, path: &str) -> Option<String> {
        if let Some((position, char)) = first_control(text) {
            self.findings.add(CONTROL, path, &[("name", &path), ("char", &code_point(char)), ("position", &position)]);
            return None;
        }
        Some(text.to_owned())
    }

    fn wrong<T>(&mut self, path: &str, shape: Both<'_>) -> Option<T> {
        self.findings.add(FIELD, path, &[("name", &path), ("shape", &shape)]);
        None
    }
}

rules! {
    pub(super) FIELD: Error {
        id: "plan.field",
        source: "plan format",
        en: "{name} must be {shape}; correct it",
        zh: "{name} 应为 {shape}，请修正",
    }
    pub(super) MISSING: Error {
        id: "plan.missing",
        source: "plan format",
        en: "{name} is missing; give {shape}",
        zh: "缺少 {name}；请给出 {shape}",
    }
    pub(super) UNKNOWN: Error {
        id: "plan.unknown",
        source: "plan format",
        en: "there is no field {name} here; there are {known}",
        zh: "此处没有字段 {name}；可用字段：{known}",
    }
    pub(super) EMPTY: Error {
        id: "plan.empty",
        source: "plan format",
        en: "the plan holds nothing to do; add an entry to copies or exports",
        zh: "计划为空；请在 copies 或 exports 中添加内容",
    }
    pub(super) TEMPLATE: Error {
        id: "plan.name.template",
        source: "plan format",
        en: "{name} holds the unknown placeholder {what}; use {known}",
        zh: "{name} 含有未知占位符 {what}；可用：{known}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() -> Result<(), Error> {
        let text = r#"{
            "clouds": {"huawei": {"endpoint": "http://127.0.0.1:1/{region}", "projects": {"cn-north-4": "0123"}, "domain_id": "d"}, "tencent": {"uin": "100000000001"}},
            "copies": [
                {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", {"region": "ap-singapore", "name": "sg", "after": {"share": []}}], "name": "golden-{date}",
                 "after": {"rename": "{name}-ok", "description": "d", "tags": {"k": "v"}, "share": ["100000000002"]}},
                {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-east-2", {"region": "cn-south-1", "chain": {"delete_intermediates": true}}], "params": {"agency_name": "ims_copy_image"},
                 "chain": {"cmk_id": "0d0466b0-e727-4d9c-b35d-f84bb474a37f"}}
            ],
            "exports": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "params": {"BucketName": "b-1250000000"}}],
            "policy": {"poll": "2s"}
        }"#;
        let plan = Plan::parse(text)?;
        assert_eq!(Plan::from_value(&plan.to_value())?, plan);
        assert_eq!(plan.transfers.len(), 3);
        assert_eq!(plan.at(Cloud::Huawei, "cn-south-1").endpoint.map(|e| e.url).as_deref(), Some("http://127.0.0.1:1/cn-south-1"));
        Ok(())
    }

    #[test]
    fn every_mistake_of_form_is_found_at_once() {
        let text = r#"{"copie": [], "copies": [{"cloud": "aws", "image": "", "to": [1, {"regio": "x"}], "name": "{when}", "params": []}], "policy": {"poll": 0}}"#;
        let error = Plan::parse(text).err();
        let rules: Vec<_> = error.iter().flat_map(|e| &e.problems).map(|p| (p.rule, p.path.as_str())).collect();
        for expected in [
            ("plan.unknown", "plan.copie"),
            ("plan.field", "copies[0].cloud"),
            ("plan.field", "copies[0].image"),
            ("plan.missing", "copies[0].from"),
            ("plan.field", "copies[0].to[0]"),
            ("plan.unknown", "copies[0].to[1].regio"),
            ("plan.missing", "copies[0].to[1].region"),
            ("plan.name.template", "copies[0].name"),
            ("plan.field", "copies[0].params"),
            ("plan.policy", "policy.poll"),
        ] {
            assert!(rules.contains(&expected), "{expected:?} not in {rules:?}");
        }
    }
}
