//! Reading a scenario from JSON: everything that is wrong with it at once.

use super::config::{Config, Copying, Key, Limits, Progress, Scripted};
use super::faults::{Fault, Faults};
use super::image::{Image, Pace, Phase};
use imgferry::Cloud;
use imgferry::Credentials;
use imgferry::Error;
use imgferry::Millis;
use imgferry::api::check::Findings;
use imgferry::api::facts::Ownership;
use imgferry::api::text::shown;
use imgferry::{Problem, Severity};
use serde_json::{Map, Value};
use std::fmt;

impl Config {
    /// Reads a scenario. All keys are optional; what is absent is as in [`Config::default`].
    ///
    /// | key | value |
    /// |---|---|
    /// | `seed` | whole number |
    /// | `credentials` | `{"tencent": {"id", "secret", "token", "valid_ms"}}`, or a list of such keys per cloud |
    /// | `images` | list of `{cloud, region, id, name, description, size_gib, visibility, encrypted, iso, whole, os, tags, state, ready_after_ms, project, origin, shared_with}`; a shared image that lists a member is accepted by it; one with `ready_after_ms` is being made until so long after the world begins, and comes to its `state` then |
    /// | `catalogue` | `false` leaves the default images out |
    /// | `copy_ms` | duration of a copy: a number, or `[shortest, longest]` |
    /// | `visible_after_ms`, `forget_tasks_ms`, `clock_skew_ms` | whole numbers |
    /// | `progress` | `mixed`, `linear`, `stalled`, `bursty` |
    /// | `busy_source`, `dry_run_error`, `cors` | `true` or `false` |
    /// | `limits` | `{"tencent.SyncImages": 10, "huawei.*": 20, "huawei.copies": 5, "tencent.exports": 3, "tencent.gib": 500}`; 0 is no limit |
    /// | `quotas` | `{"tencent": 500, "volcengine": 50, "huawei": 50}` |
    /// | `faults` | `{"lost_after": 0.01, …, "timeout_ms": 90000, "slow_ms": 3000, "stale_ms": 5000, "retry_after_s": 1}`: probabilities, and the times that belong to them |
    /// | `script` | list of `{cloud, action, nth, fault}`: the nth call of an action gets the fault |
    /// | `regions`, `no_copy`, `projects` | `{"tencent": ["…"]}` |
    /// | `agencies` | list of names |
    /// | `roles` | list of Tencent service roles that may write to the object storage; default `["CVM_QcsRole"]` |
    /// | `tokens` | list of texts that Huawei's gateway takes as `X-Auth-Token`; default none |
    /// | `allow` | `{"tencent": ["cvm:SyncImages"]}`: what the keys of a cloud may do, as policies name it; a cloud that is absent allows everything |
    /// | `home` | Huawei region of requests that nothing else places |
    /// | `keep_calls` | whole number |
    ///
    /// # Errors
    /// [`Kind::Misuse`](imgferry::Kind::Misuse) with every finding in `problems`.
    pub fn from_json(scenario: &Value) -> Result<Config, Error> {
        let mut reader = Reader::default();
        let mut config = Config::default();
        let Some(object) = scenario.as_object() else {
            reader.wrong("scenario", "a JSON object");
            return Err(reader.findings.into_error("scenario"));
        };
        if object.get("catalogue") == Some(&Value::Bool(false)) {
            config.images.clear();
        }
        for (key, value) in object {
            config.read_key(key, value, &mut reader);
        }
        if config.copying.min_ms > config.copying.max_ms {
            reader.wrong("copy_ms", "[shortest, longest] in that order");
        }
        match reader.findings.has_errors() {
            true => Err(reader.findings.into_error("scenario")),
            false => Ok(config),
        }
    }

    fn read_key(&mut self, key: &str, value: &Value, reader: &mut Reader) {
        match key {
            "seed" => reader.whole(key, value, 0, |n| self.seed = n.unsigned_abs()),
            "catalogue" => reader.flag(key, value, |_| {}),
            "credentials" => self.read_credentials(value, reader),
            "images" => reader.list(key, value, |reader, path, item| {
                if let Some(image) = read_image(path, item, reader) {
                    self.images.push(image);
                }
            }),
            "copy_ms" => self.copying.read_duration(value, reader),
            "visible_after_ms" => reader.whole(key, value, 0, |n| self.copying.visible_after_ms = n),
            "forget_tasks_ms" => reader.whole(key, value, 0, |n| self.copying.forget_tasks_ms = Some(n)),
            "clock_skew_ms" => reader.whole(key, value, i64::MIN, |n| self.clock_skew_ms = n),
            "progress" => self.copying.read_progress(value, reader),
            "busy_source" => reader.flag(key, value, |flag| self.copying.busy_source = flag),
            "cors" => reader.flag(key, value, |flag| self.cors = flag),
            "dry_run_error" => reader.flag(key, value, |flag| self.dry_run_error = flag),
            "limits" => reader.record(key, value, |reader, path, name, value| self.limits.read(path, name, value, reader)),
            "quotas" => reader.record(key, value, |reader, path, name, value| match cloud(name) {
                Some(cloud) => reader.whole(path, value, 0, |n| {
                    self.limits.images.insert(cloud, n.unsigned_abs());
                }),
                None => reader.wrong(path, "named tencent, volcengine or huawei"),
            }),
            "faults" => reader.record(key, value, |reader, path, name, value| self.faults.read(path, name, value, reader)),
            "script" => reader.list(key, value, |reader, path, item| {
                if let Some(scripted) = read_scripted(path, item, reader) {
                    self.script.push(scripted);
                }
            }),
            "regions" => reader.by_cloud(key, value, &mut self.regions),
            "no_copy" => reader.by_cloud(key, value, &mut self.no_copy),
            "projects" => reader.by_cloud(key, value, &mut self.projects),
            "agencies" => reader.names(key, value, &mut self.agencies),
            "roles" => reader.names(key, value, &mut self.roles),
            "tokens" => reader.names(key, value, &mut self.tokens),
            "allow" => reader.record(key, value, |reader, path, name, value| match cloud(name) {
                Some(cloud) => reader.names(path, value, self.allow.entry(cloud).or_default()),
                None => reader.wrong(path, "named tencent, volcengine or huawei"),
            }),
            "home" => match value.as_str() {
                Some(region) => self.home = region.to_owned(),
                None => reader.wrong(key, "a region"),
            },
            "keep_calls" => reader.whole(key, value, 0, |n| self.keep_calls = usize::try_from(n).unwrap_or(usize::MAX)),
            unknown => reader.unknown(unknown, unknown),
        }
    }

    /// The keys given for a cloud replace its default key; those of the other clouds stay.
    fn read_credentials(&mut self, value: &Value, reader: &mut Reader) {
        reader.record("credentials", value, |reader, path, name, value| {
            let Some(cloud) = cloud(name) else {
                return reader.wrong(path, "named tencent, volcengine or huawei");
            };
            self.keys.retain(|key| key.cloud != cloud);
            let single = [value.clone()];
            for (index, item) in value.as_array().map_or(&single[..], Vec::as_slice).iter().enumerate() {
                let path = format!("{path}[{index}]");
                let text = |field: &str| item.get(field).and_then(Value::as_str);
                let mut valid_ms = None;
                if let Some(given) = item.get("valid_ms") {
                    reader.whole(&format!("{path}.valid_ms"), given, 0, |n| valid_ms = Some(n));
                }
                match (text("id"), text("secret")) {
                    (Some(id), Some(secret)) => match Credentials::new(id, secret, text("token")) {
                        Ok(credentials) => self.keys.push(Key { cloud, credentials, valid_ms }),
                        Err(error) => reader.wrong(&path, error.message.clone()),
                    },
                    _ => reader.wrong(&path, "a key with id and secret"),
                }
            }
        });
    }
}

impl Copying {
    fn read_duration(&mut self, value: &Value, reader: &mut Reader) {
        match value {
            Value::Array(pair) if pair.len() == 2 => {
                reader.whole("copy_ms[0]", pair.first().unwrap_or(&Value::Null), 0, |n| self.min_ms = n);
                reader.whole("copy_ms[1]", pair.last().unwrap_or(&Value::Null), 0, |n| self.max_ms = n);
            }
            single => reader.whole("copy_ms", single, 0, |n| (self.min_ms, self.max_ms) = (n, n)),
        }
    }

    fn read_progress(&mut self, value: &Value, reader: &mut Reader) {
        match value.as_str() {
            Some("mixed") => self.progress = Progress::Mixed,
            Some("linear") => self.progress = Progress::Only(Pace::Linear),
            Some("stalled") => self.progress = Progress::Only(Pace::Stalled),
            Some("bursty") => self.progress = Progress::Only(Pace::Bursty),
            _ => reader.wrong("progress", "mixed, linear, stalled or bursty"),
        }
    }
}

impl Limits {
    fn read(&mut self, path: &str, name: &str, value: &Value, reader: &mut Reader) {
        let Some((cloud, action)) = name.split_once('.').and_then(|(name, action)| Some((cloud(name)?, action))) else {
            return reader.wrong(path, "named cloud.Action");
        };
        reader.whole(path, value, 0, |n| {
            let unlimited = |n: i64| if n == 0 { usize::MAX } else { usize::try_from(n).unwrap_or(usize::MAX) };
            match (cloud, action) {
                (Cloud::Huawei, "copies") => self.huawei_copies = unlimited(n),
                (Cloud::Tencent, "exports") => self.tencent_exports = unlimited(n),
                (Cloud::Tencent, "gib") => self.tencent_gib = if n == 0 { u64::MAX } else { n.unsigned_abs() },
                _ => {
                    self.per_second.insert((cloud, action.to_owned()), u32::try_from(n).unwrap_or(u32::MAX));
                }
            }
        });
    }
}

impl Faults {
    fn read(&mut self, path: &str, name: &str, value: &Value, reader: &mut Reader) {
        match name {
            "timeout_ms" => reader.whole(path, value, 0, |n| self.timeout_ms = n),
            "slow_ms" => reader.whole(path, value, 0, |n| self.slow_ms = n),
            "stale_ms" => reader.whole(path, value, 0, |n| self.stale_ms = n),
            "retry_after_s" => reader.whole(path, value, 0, |n| self.retry_after_s = Some(n)),
            _ => match (fault(name), value.as_f64()) {
                (Some(fault), Some(chance)) if (0.0..=1.0).contains(&chance) => {
                    self.chances.insert(fault, chance);
                }
                (Some(_), _) => reader.wrong(path, "a probability from 0 to 1"),
                (None, _) => reader.wrong(path, format_args!("one of {}", fault_names())),
            },
        }
    }
}

fn read_image(path: &str, item: &Value, reader: &mut Reader) -> Option<Image> {
    let text = |field: &str| item.get(field).and_then(Value::as_str);
    let (Some(cloud), Some(region), Some(name)) = (text("cloud").and_then(cloud), text("region"), text("name")) else {
        reader.wrong(path, "an image with cloud, region and name");
        return None;
    };
    let mut image = Image::new(cloud, region, text("id").unwrap_or_default(), name);
    reader.record(path, item, |reader, path, field, value| match field {
        "cloud" | "region" | "name" => {}
        "id" | "description" | "os" | "project" => match value.as_str() {
            None => reader.wrong(path, "a string"),
            Some(text) if field == "description" => image.description = text.to_owned(),
            Some(text) if field == "os" => image.os = text.to_owned(),
            Some(text) if field == "project" => image.project = text.to_owned(),
            Some(_) => {}
        },
        "size_gib" => reader.whole(path, value, 0, |n| image.size_gib = n.unsigned_abs()),
        "ready_after_ms" => reader.whole(path, value, 0, |n| image.ready_after_ms = Some(n)),
        "created_ms" => reader.whole(path, value, 0, |n| image.created = Millis(n)),
        "encrypted" => reader.flag(path, value, |flag| image.encrypted = flag),
        "iso" => reader.flag(path, value, |flag| image.iso = flag),
        "whole" => reader.flag(path, value, |flag| image.whole = flag),
        "visibility" => match value.as_str() {
            Some("private") => image.ownership = Ownership::Private,
            Some("shared") => image.ownership = Ownership::Shared,
            Some("public") => image.ownership = Ownership::Public,
            Some("market") => image.ownership = Ownership::Market,
            _ => reader.wrong(path, "private, shared, public or market"),
        },
        "state" => match value.as_str() {
            Some("ready") => image.fixed = None,
            Some("pending") => image.fixed = Some(Phase::Pending),
            Some("failed") => image.fixed = Some(Phase::Failed),
            _ => reader.wrong(path, "ready, pending or failed"),
        },
        "tags" => reader.record(path, value, |reader, path, key, value| match value.as_str() {
            Some(value) => image.tags.push((key.to_owned(), value.to_owned())),
            None => reader.wrong(path, "a string"),
        }),
        "shared_with" => reader.list(path, value, |reader, path, member| match member.as_str() {
            Some(member) => image.shared_with.push(member.to_owned()),
            None => reader.wrong(path, "a string"),
        }),
        "origin" => {
            let part = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
            match (part("region"), part("image")) {
                (Some(region), Some(id)) => image.origin = Some((region, id)),
                _ => reader.wrong(path, "a record with region and image"),
            }
        }
        unknown => reader.unknown(path, unknown),
    });
    Some(image)
}

fn read_scripted(path: &str, item: &Value, reader: &mut Reader) -> Option<Scripted> {
    let text = |field: &str| item.get(field).and_then(Value::as_str);
    let Some(fault) = text("fault").and_then(fault) else {
        reader.wrong(&format!("{path}.fault"), format_args!("one of {}", fault_names()));
        return None;
    };
    let cloud = match item.get("cloud") {
        None => None,
        Some(name) => match name.as_str().and_then(cloud) {
            Some(cloud) => Some(cloud),
            None => {
                reader.wrong(&format!("{path}.cloud"), "tencent, volcengine or huawei");
                return None;
            }
        },
    };
    let mut scripted = Scripted { cloud, action: text("action").unwrap_or("*").to_owned(), nth: 1, fault };
    if let Some(nth) = item.get("nth") {
        reader.whole(&format!("{path}.nth"), nth, 0, |n| scripted.nth = n.unsigned_abs());
    }
    Some(scripted)
}

fn cloud(name: &str) -> Option<Cloud> {
    Cloud::parse(name).ok()
}

fn fault(name: &str) -> Option<Fault> {
    Fault::ALL.into_iter().find(|fault| fault.as_str() == name)
}

fn fault_names() -> String {
    Fault::ALL.map(Fault::as_str).join(", ")
}

/// Reads values and collects what is wrong with them.
#[derive(Default)]
struct Reader {
    findings: Findings,
}

impl Reader {
    fn wrong(&mut self, path: &str, expected: impl fmt::Display) {
        let expected = shown(&expected.to_string());
        self.add("sim.value", path, format!("must be {expected}"), format!("应为 {expected}"));
    }

    fn unknown(&mut self, path: &str, name: &str) {
        let name = shown(name);
        let message_en = format!("a scenario has no key {name}; remove it or correct its spelling");
        self.add("sim.unknown", path, message_en, format!("场景没有键 {name}；请删除或改正拼写"));
    }

    fn add(&mut self, rule: &'static str, path: &str, message_en: String, message_zh: String) {
        let severity = Severity::Error;
        self.findings.problems.push(Problem { rule, path: path.to_owned(), severity, message_en, message_zh, vendor_code: None });
    }

    fn whole(&mut self, path: &str, value: &Value, least: i64, set: impl FnOnce(i64)) {
        match value.as_i64() {
            Some(number) if number >= least => set(number),
            _ => self.wrong(path, "a whole number that is not negative"),
        }
    }

    fn flag(&mut self, path: &str, value: &Value, set: impl FnOnce(bool)) {
        match value.as_bool() {
            Some(flag) => set(flag),
            None => self.wrong(path, "true or false"),
        }
    }

    fn list(&mut self, path: &str, value: &Value, mut each: impl FnMut(&mut Self, &str, &Value)) {
        match value.as_array() {
            Some(items) => items.iter().enumerate().for_each(|(index, item)| each(self, &format!("{path}[{index}]"), item)),
            None => self.wrong(path, "a list"),
        }
    }

    fn record(&mut self, path: &str, value: &Value, mut each: impl FnMut(&mut Self, &str, &str, &Value)) {
        match value {
            Value::Object(fields) => {
                let fields: &Map<String, Value> = fields;
                fields.iter().for_each(|(name, value)| each(self, &format!("{path}.{name}"), name, value));
            }
            _ => self.wrong(path, "a record"),
        }
    }

    /// A list of names, in place of the default one.
    fn names(&mut self, path: &str, value: &Value, into: &mut Vec<String>) {
        into.clear();
        self.list(path, value, |reader, path, item| match item.as_str() {
            Some(name) => into.push(name.to_owned()),
            None => reader.wrong(path, "a name"),
        });
    }

    fn by_cloud(&mut self, path: &str, value: &Value, into: &mut Vec<(Cloud, String)>) {
        self.record(path, value, |reader, path, name, value| match cloud(name) {
            Some(cloud) => reader.list(path, value, |reader, path, item| match item.as_str() {
                Some(text) => into.push((cloud, text.to_owned())),
                None => reader.wrong(path, "a string"),
            }),
            None => reader.wrong(path, "named tencent, volcengine or huawei"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_full_scenario_is_read() {
        let config = Config::from_json(&json!({
            "seed": 7,
            "credentials": {"tencent": {"id": "AKIDEXAMPLE2", "secret": "EXAMPLE-SECRET", "token": "EXAMPLE-TOKEN"}},
            "images": [{"cloud": "huawei", "region": "cn-north-4", "name": "x", "size_gib": 300, "tags": {"a": "b"}, "state": "failed"}],
            "catalogue": false,
            "copy_ms": [10, 20],
            "progress": "linear",
            "limits": {"tencent.SyncImages": 1, "huawei.copies": 2, "volcengine.*": 0},
            "quotas": {"volcengine": 3},
            "faults": {"lost_after": 0.5, "slow_ms": 7},
            "script": [{"cloud": "tencent", "action": "SyncImages", "nth": 2, "fault": "http_500_after"}],
            "regions": {"tencent": ["ap-new"]},
        }));
        let config = config.expect("the scenario is well formed");
        assert_eq!((config.seed, config.images.len(), config.copying.min_ms, config.copying.max_ms), (7, 1, 10, 20));
        assert_eq!(config.keys.len(), 3);
        assert_eq!(config.limits.per_second(Cloud::Tencent, "SyncImages"), 1);
        assert_eq!(config.limits.huawei_copies, 2);
        assert_eq!(config.faults.chances.get(&Fault::LostAfter), Some(&0.5));
        assert_eq!(config.script.first().map(|scripted| scripted.nth), Some(2));
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let error = Config::from_json(&json!({
            "sed": 1, "copy_ms": "fast", "faults": {"lost": 0.1, "slow": 2}, "images": [{}], "credentials": {"tencent": {"id": "x"}},
        }))
        .expect_err("five mistakes");
        let paths: Vec<&str> = error.problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["copy_ms", "credentials.tencent[0]", "faults.lost", "faults.slow", "images[0]", "sed"]);
    }
}
