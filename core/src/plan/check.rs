//! Every documented rule for every destination, before the first call.

use super::format;
use super::model::{Action, Plan, Target, Transfer};
use super::policy;
use crate::api::check::{Findings, Known, Rule, Told, rule, rules, shape};
use crate::api::endpoint::{SignHost, endpoint_host, is_loopback_host};
use crate::api::facts::{Image, Ownership};
use crate::api::replication::{CopyRef, Replica, Wanted};
use crate::base::names::firsts;
use crate::base::problem::Problem;
use crate::base::record::Params;
use crate::base::text::concat;
use crate::base::texts::Zh;
use crate::base::time::Millis;
use crate::provider::check as check_operation;

impl Plan {
    /// Checks every documented rule for every destination, before the first call. Findings that hold for all
    /// destinations of a transfer are told once.
    pub fn check(&self) -> Findings {
        let mut findings = self.check_hosts();
        let (mut places, mut names) = (Vec::new(), Vec::new());
        for (index, transfer) in self.transfers.iter().enumerate() {
            for (position, target) in transfer.to.iter().enumerate() {
                places.push((index, position));
                names.push(transfer.expand(target, &transfer.image, Millis(0)));
            }
        }
        let mut keys = Vec::with_capacity(names.len());
        for ((index, position), name) in places.iter().zip(&names) {
            let transfer = &self.transfers[*index];
            let task = if transfer.task == Action::Copy { "copy" } else { "export" };
            // The id stands in for the name of the source, which is not known yet.
            let name = if name.is_empty() { &*transfer.image } else { name };
            keys.push([transfer.cloud.as_str(), task, &*transfer.to[*position].region.0, name]);
        }
        let mut firsts = firsts(&keys).into_iter().enumerate();
        for (index, transfer) in self.transfers.iter().enumerate() {
            let mut told = Vec::new();
            for (position, target) in transfer.to.iter().enumerate() {
                let path = self.path(index, position);
                if let Some((_, first)) = firsts.next().filter(|(number, first)| number != first) {
                    let (index, position) = places[first];
                    let first = self.path(index, position);
                    findings.add(DUPLICATE, path.clone(), &[("first", &first), ("region", &&*target.region.0)]);
                }
                for (name, instead, instead_zh) in transfer.reserved(target) {
                    let words: [(&str, &dyn Told); 3] = [("name", &name), ("instead", &instead), ("instead_zh", &instead_zh.text())];
                    findings.add(RESERVED, concat(&[&path, ".params.", name]), &words);
                }
                for mut problem in
                    transfer.check(target, self, &Known::default()).problems.into_iter().chain(transfer.check_after(target, self).problems)
                {
                    let seen = (problem.rule, problem.message_en.clone());
                    if !told.contains(&seen) {
                        problem.path = concat(&[&path, ".", &problem.path]);
                        findings.take(problem);
                        told.push(seen);
                    }
                }
            }
        }
        findings
    }

    /// Finds the hosts that would get requests which are good at the vendor's, and that the program does not trust.
    pub(crate) fn check_hosts(&self) -> Findings {
        let mut findings = Findings::default();
        for (cloud, settings) in &self.clouds {
            let endpoint = settings.endpoint.as_ref().filter(|endpoint| endpoint.sign_host == SignHost::Official);
            let Some(host) = endpoint.and_then(|endpoint| endpoint_host(&endpoint.url)) else {
                continue;
            };
            if !is_loopback_host(&host) && !self.trusted_hosts.contains(&host) {
                findings.add(TRUST, concat(&["clouds.", cloud.as_str(), ".sign_host"]), &[("host", &host), ("cloud", &cloud.as_str())]);
            }
        }
        findings
    }
}

impl Transfer {
    /// Checks the calls that make the copy for one destination: the launch, and in a chain those before and after it.
    pub(crate) fn check(&self, target: &Target, plan: &Plan, known: &Known<'_>) -> Findings {
        let params = self.params_for(target);
        // The source's name is not known before the first call; this one is legal on every cloud.
        let source_name = known.image.map_or("name", |image| &image.name);
        let name = self.expand(target, source_name, Millis(0));
        let check = |wanted: Wanted, region: &str, known: &Known<'_>| {
            check_operation(wanted.operation, &wanted.params, &plan.at(self.cloud, region), known)
        };
        let Some(chain) = self.chain_for(target) else {
            return check(self.launch(target, &name, &params), &self.from.0, &Known { shared: Some(self.shared), ..known.clone() });
        };
        let mut findings = Findings::default();
        let Some(chaining) = &self.cloud.replication().chaining else {
            findings.add(CHAIN, "chain", &[("cloud", &self.cloud.as_str())]);
            return findings;
        };
        let step_name = self.step_name();
        let in_region = |region: &str, name: &str, key: Option<&str>| {
            let none = Params::new();
            let description = self.description_for(target).filter(|_| key.is_some());
            let replica = Replica { image: &self.image, from: region, to: region, name, description, params: &none };
            (chaining.copy_in_region)(&replica, key)
        };
        let own = known.image.filter(|image| (chaining.needs_own)(image));
        if own.is_some() {
            findings.problems.extend(check(in_region(&self.from.0, &step_name, None), &self.from.0, known).problems);
            if chain.cmk_id.is_none() && known.image.is_some_and(|image| image.encrypted == Some(true)) {
                findings.add(CHAIN_KEY, "chain.cmk_id", &[("region", &&*target.region.0)]);
            }
        }
        // The copy of its own is private and not encrypted, and otherwise as its source.
        let plain = own.map(|image| Image { ownership: Ownership::Private, encrypted: image.encrypted.map(|_| false), ..image.clone() });
        let sent = Known { image: plain.as_ref().or(known.image), shared: Some(false), ..known.clone() };
        let crossing = if chain.cmk_id.is_some() { &step_name } else { &name };
        findings.problems.extend(check(self.launch(target, crossing, &params), &self.from.0, &sent).problems);
        if let Some(key) = &chain.cmk_id {
            let arrived = Known { image: None, ..known.clone() };
            findings.problems.extend(check(in_region(&target.region.0, &name, Some(key)), &target.region.0, &arrived).problems);
        }
        findings
    }

    /// Checks the calls that follow a copy. The id of the copy is not known yet; the source's stands in for it.
    fn check_after(&self, target: &Target, plan: &Plan) -> Findings {
        let mut findings = Findings::default();
        let uin = plan.settings(self.cloud).and_then(|settings| settings.uin.as_deref());
        let name = self.expand(target, "name", Millis(0));
        for change in self.changes(target, &name, Millis(0)) {
            let field = change.field();
            match (self.cloud.replication().change)(&CopyRef { image: &self.image, region: &target.region.0, uin }, &change) {
                Ok(Wanted { operation, params }) => {
                    let found = check_operation(operation, &params, &plan.at(self.cloud, &target.region.0), &Known::default());
                    for problem in found.problems {
                        findings.problems.push(Problem { path: concat(&["after.", field, ".", &problem.path]), ..problem });
                    }
                }
                Err(setting) => {
                    let setting = concat(&["clouds.", self.cloud.as_str(), ".", setting]);
                    findings.add(SETTING, concat(&["after.", field]), &[("name", &setting), ("what", &field)]);
                }
            }
        }
        findings
    }

    /// Parameters that the plan's own fields or the job decide, and what to use instead, in English and Chinese.
    fn reserved(&self, target: &Target) -> Vec<(&'static str, &'static str, Zh)> {
        let params = self.params_for(target);
        let mut reserved = Vec::new();
        for row in self.cloud.replication().reserved {
            if params.contains_key(row.0) {
                reserved.push(*row);
            }
        }
        reserved
    }
}

rules! {
    DUPLICATE: Error {
        id: "plan.duplicate",
        source: "design: one lane a destination",
        en: "the same name goes to {region} twice, here and at {first}; remove one or name it differently",
        zh: "同一名称两次复制到 {region}（另见 {first}）；请删除其一或改名",
    }
    RESERVED: Error {
        id: "plan.params.reserved",
        source: "design: the job must know what it launches",
        en: "{name} cannot be given under params; {instead}",
        zh: "params 中不能包含 {name}；{instead_zh}",
    }
    TRUST: Error {
        id: "plan.trust",
        source: "design: what is signed for the vendor is sent to nobody else unasked",
        en: "{host} would get requests that are good at {cloud}'s own host; use sign_host endpoint, or name {host} as trusted where the job is started",
        zh: "{host} 将收到对 {cloud} 官方域名有效的请求；请改用 sign_host endpoint，或在启动作业的程序中将 {host} 列为可信",
    }
    SETTING: Error {
        id: "plan.after.setting",
        source: "facts: the tag service names resources by their account",
        en: "{what} needs {name}; give it",
        zh: "{what} 需要 {name}；请填写",
    }
    CHAIN: Error {
        id: "plan.chain.cloud",
        source: "facts: copies within a region",
        en: "{cloud} has no copies within a region to chain; leave chain out",
        zh: "{cloud} 没有可用于串联的地域内复制；请去掉 chain",
    }
    CHAIN_KEY: Error {
        id: "plan.chain.key",
        source: "design: nothing encrypted arrives in the clear unasked",
        en: "the source is encrypted; give the key of {region} as chain.cmk_id, so that the copy is encrypted too",
        zh: "源镜像已加密；请用 chain.cmk_id 给出 {region} 的密钥，使副本同样加密",
    }
}

/// Every rule that is of no cloud: of the shapes of parameters, of plans and policies. Modules without plans know none of these.
pub fn rules() -> impl Iterator<Item = Rule> {
    if cfg!(all(feature = "compact", not(feature = "own"))) {
        rule::all(&[&shape::RULES])
    } else {
        rule::all(&[&shape::RULES, &format::RULES, &RULES, &policy::RULES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::cloud::Cloud;
    use crate::base::error::Error;
    use crate::base::problem::Severity;

    #[test]
    fn a_copy_into_its_own_region_is_refused_before_anything_is_sent() {
        let copy = |cloud: &str, image: &str, region: &str, more: &str| {
            let text = format!(
                r#"{{"copies": [{{"cloud": "{cloud}", "image": "{image}", "from": "{region}", "to": ["{region}"], "name": "n"{more}}}]}}"#
            );
            Plan::parse(&text).expect("a plan").check()
        };
        let own_region = |findings: &Findings| {
            let same = |problem: &&Problem| problem.severity == Severity::Error && problem.message_en.contains("source region");
            findings.problems.iter().filter(same).count()
        };
        let tencent = |more: &str| copy("tencent", "img-o3ycss2p", "ap-guangzhou", more);
        for findings in [
            tencent(""),
            tencent(r#", "shared": false"#),
            copy("volcengine", "image-1", "cn-beijing", ""),
            copy(
                "huawei",
                "465076de-dc36-4aec-80f5-ef9d8009428f",
                "cn-north-4",
                r#", "params": {"agency_name": "a", "project_name": "cn-north-4"}"#,
            ),
        ] {
            assert_eq!(own_region(&findings), 1, "{findings:?}");
        }
        for more in [r#", "shared": true"#, r#", "params": {"Encrypt": true}"#] {
            assert!(!tencent(more).has_errors(), "{more}: {:?}", tencent(more));
        }
    }

    #[test]
    fn a_shared_source_goes_nowhere_else() {
        for (cloud, image, from, to, params) in [
            ("tencent", "img-o3ycss2p", "ap-guangzhou", "ap-shanghai", "{}"),
            ("volcengine", "image-1", "cn-beijing", "cn-shanghai", "{}"),
            (
                "huawei",
                "465076de-dc36-4aec-80f5-ef9d8009428f",
                "cn-north-4",
                "cn-east-2",
                r#"{"agency_name": "a", "project_name": "cn-east-2"}"#,
            ),
        ] {
            for (shared, chain) in [(true, ""), (false, ""), (true, r#", "chain": {}"#)] {
                let text = format!(
                    r#"{{"copies": [{{"cloud": "{cloud}", "image": "{image}", "from": "{from}", "to": ["{to}"], "name": "n", "params": {params}, "shared": {shared}{chain}}}]}}"#
                );
                let plan = Plan::parse(&text).expect("a plan");
                assert_eq!(Plan::from_value(&plan.to_value()).as_ref(), Ok(&plan));
                let is_refused = plan.check().has_errors();
                // Volcengine has nothing to chain.
                assert_eq!(
                    is_refused,
                    (shared && chain.is_empty()) || (cloud == "volcengine" && !chain.is_empty()),
                    "{text} {:?}",
                    plan.check()
                );
            }
        }
    }

    #[test]
    fn misspelt_names_are_told() {
        let text = r#"{"copies": [{"cloud": "tencnet", "image": "i", "from": "ap-guangzhou", "too": ["ap-shanghai"], "desciption": "d"}], "polcy": {}}"#;
        let told: Vec<String> =
            Plan::parse(text).expect_err("misspelt").problems.clone().into_iter().map(|problem| problem.message_en).collect();
        for meant in ["tencent", "to", "description", "policy"] {
            assert!(told.iter().any(|told| told.ends_with(&format!("did you mean {meant}?"))), "{meant} not in {told:?}");
        }
        let text = r#"{"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shangai"], "params": {"Encrypted": true}}]}"#;
        let told = Plan::parse(text).expect("a plan").check().problems;
        let told = |severity| {
            told.iter().filter(|problem| problem.severity == severity).map(|problem| problem.message_en.as_str()).collect::<Vec<_>>()
        };
        assert!(told(Severity::Warning).iter().any(|told| told.ends_with("did you mean ap-shanghai?")));
        assert!(told(Severity::Error).iter().any(|told| told.ends_with("did you mean Encrypt?")));
        let error = Cloud::parse("huwaei").expect_err("misspelt");
        assert!(error.hint_en.starts_with("did you mean huawei?") && error.hint_zh.starts_with("是否应为 huawei？"));
        let error = Cloud::Huawei.operation("ListImage").expect_err("misspelt");
        assert!(error.hint_en.starts_with("did you mean ListImages?"), "{}", error.hint_en);
        assert!(Cloud::Tencent.explain("InvalidImageName.Duplicat", None).cause_en.ends_with("did you mean InvalidImageName.Duplicate?"));
    }

    #[test]
    fn regions_of_every_cloud_are_guessed() {
        for (cloud, image, from, to, meant) in [
            ("tencent", "img-o3ycss2p", "ap-guangzhou", "ap-singapor", "ap-singapore"),
            ("volcengine", "image-1", "cn-beijing", "cn-shanghia", "cn-shanghai"),
            ("huawei", "465076de-dc36-4aec-80f5-ef9d8009428f", "cn-north-4", "cn-esat-3", "cn-east-3"),
        ] {
            let text =
                format!(r#"{{"copies": [{{"cloud": "{cloud}", "image": "{image}", "from": "{from}", "to": ["{to}"], "name": "n"}}]}}"#);
            let told = Plan::parse(&text).expect("a plan").check();
            let found = told.problems.iter().find(|problem| problem.message_en.ends_with(&format!("did you mean {meant}?")));
            assert_eq!(found.map(|problem| problem.severity), Some(Severity::Warning), "{told:?}");
        }
    }

    #[test]
    fn only_the_program_lets_a_stranger_have_what_is_signed_for_the_vendor() -> Result<(), Error> {
        let plan = |endpoint: &str, sign_host: &str| {
            let plan = serde_json::json!({"clouds": {"tencent": {"endpoint": endpoint, "sign_host": sign_host}},
                "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"]}]});
            Plan::from_value(&plan)
        };
        let rules = |plan: &Plan| plan.check().problems.iter().filter(|problem| problem.rule == "plan.trust").count();
        for stranger in ["http://Stranger.example:8080/x", "https://localhost.stranger.example", "https://{region}.stranger.example"] {
            assert_eq!(rules(&plan(stranger, "official")?), 1, "{stranger}");
            assert_eq!(rules(&plan(stranger, "endpoint")?), 0, "{stranger}");
        }
        assert_eq!(rules(&plan("http://127.0.0.1:1", "official")?), 0);
        let trusted = plan("http://Stranger.example:8080/x", "official")?.trusting(&["stranger.EXAMPLE"]);
        assert_eq!(rules(&trusted), 0);
        // The journal holds the plan, not the word.
        let mut job = crate::Job::new(trusted, Millis(1_700_000_000_000), 1)?;
        let journal = job.take_journal();
        assert!(
            crate::Job::restore(&journal, Millis(1_700_000_000_000))
                .is_err_and(|error| error.problems.iter().any(|p| p.rule == "plan.trust"))
        );
        assert!(crate::Job::wake(&journal, Millis(1_700_000_000_000)).is_err());
        assert!(crate::job::Restored::resumed(&journal, Millis(1_700_000_000_000), &["stranger.example"]).is_ok());
        assert!(crate::job::Restored::woken(&journal, Millis(1_700_000_000_000), &["stranger.example"]).is_ok());
        Ok(())
    }
}
