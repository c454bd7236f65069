//! A request with its answer, and what it tells of itself: whose it is, what it asks for, where.

use crate::api::operation::Operation;
use crate::base::cloud::Cloud;
use crate::base::http::{REDACTED, header};
use crate::base::spelling::nearest;
use crate::base::time::Millis;
use crate::sign::scheme::Scope;

/// A request and what came back.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) status: Option<u16>,
    /// The answer's body; empty where there is none.
    pub(super) answer: String,
    /// When the cloud answered.
    pub(super) at: Option<Millis>,
}

/// The hosts of each cloud by the ends of their names.
const HOSTS: [(&str, &str); 8] = [
    ("tencentcloudapi.com", "TC3"),
    ("tencentcloudapi.com.cn", "TC3"),
    ("volcengineapi.com", "HMAC"),
    ("volces.com", "HMAC"),
    ("byteplusapi.com", "HMAC"),
    ("bytepluses.com", "HMAC"),
    ("myhuaweicloud.com", "SDK"),
    ("myhuaweicloud.eu", "SDK"),
];

/// The clouds whose hosts a text names.
pub(super) fn called_in(text: &str) -> Vec<Cloud> {
    Cloud::ALL.into_iter().filter(|cloud| HOSTS.iter().any(|(end, start)| text.contains(end) && starting(start) == Some(*cloud))).collect()
}

/// The cloud whose algorithm begins so.
pub(super) fn starting(start: &str) -> Option<Cloud> {
    Cloud::ALL.into_iter().find(|cloud| cloud.scheme().algorithm.starts_with(start))
}

impl Exchange {
    pub(super) fn host(&self) -> &str {
        let authority = self.url.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?']).next().unwrap_or_default();
        header(&self.headers, "host").unwrap_or(authority)
    }

    /// Whose request it is: by its signature, its host, or the headers of its kind.
    pub(super) fn cloud(&self) -> Option<Cloud> {
        let word = header(&self.headers, "authorization").and_then(|text| text.split_whitespace().next()).unwrap_or_default();
        let by_word = Cloud::ALL.into_iter().find(|cloud| cloud.scheme().algorithm == word);
        let v11 = Cloud::ALL.into_iter().find(|cloud| cloud.scheme().derived.is_some_and(|scheme| scheme.algorithm == word));
        let host = self.host().split(':').next().unwrap_or_default();
        let by_host = HOSTS.iter().find(|(end, _)| host.ends_with(end)).and_then(|(_, start)| starting(start));
        let by_header = || Cloud::ALL.into_iter().find(|cloud| header(&self.headers, cloud.scheme().date_header).is_some());
        let by_query = || self.url.contains("X-Algorithm=HMAC-SHA256").then(|| starting("HMAC")).flatten();
        by_host.or(by_word).or(v11).or_else(by_header).or_else(by_query)
    }

    /// The operation that it asks for.
    pub(super) fn operation(&self) -> Option<&'static Operation> {
        let cloud = self.cloud()?;
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        let in_query = query.split('&').find_map(|pair| pair.strip_prefix("Action="));
        if let Some(name) = header(&self.headers, "x-tc-action").or(in_query) {
            return cloud.operation(name).ok();
        }
        let path = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let path: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').filter(|part| !part.is_empty()).collect();
        let fits = |operation: &&&'static Operation| {
            let parts: Vec<&str> = operation.path.split('/').filter(|part| !part.is_empty()).collect();
            let is_part = |(own, part): (&&str, &&str)| own.starts_with('{') || own == part;
            !parts.is_empty()
                && operation.method.as_str() == self.method
                && parts.len() == path.len()
                && parts.iter().zip(&path).all(is_part)
        };
        cloud.operations().iter().find(fits).copied()
    }

    /// Region and service that its host and its operation speak of. A region that no cloud has is held to the one that was
    /// probably meant.
    pub(super) fn called(&self, cloud: Cloud, operation: Option<&'static Operation>) -> (Option<String>, Option<String>) {
        let scope = self.scope();
        let meant = match (cloud.scheme().scope, scope.as_slice()) {
            (Scope::Region(_), [.., region, _, _]) => nearest(region, &mut cloud.regions().iter().map(|region| region.id)),
            _ => None,
        };
        let host = self.host().split(':').next().unwrap_or_default();
        if !HOSTS.iter().any(|(end, start)| host.ends_with(end) && cloud.scheme().algorithm.starts_with(start)) {
            return (meant.map(str::to_owned), None);
        }
        let mut labels = host.split('.').map(str::to_owned);
        let service = labels.next().filter(|label| label != "open");
        let region = labels.next().filter(|label| label.contains('-') && host.split('.').count() > 3);
        let by_operation = || operation.map(|operation| operation.service.to_owned());
        (region.or(meant.map(str::to_owned)), service.or_else(by_operation))
    }

    /// The parts of the credential in its signature: id, date, region or service.
    fn scope(&self) -> Vec<&str> {
        let authorization = header(&self.headers, "authorization").filter(|text| *text != REDACTED).unwrap_or_default();
        authorization.split(',').next().unwrap_or_default().split('/').collect()
    }

    /// Hosts by which the cloud may have been called.
    pub(super) fn hosts(&self, cloud: Cloud) -> Vec<String> {
        let algorithm = cloud.scheme().algorithm;
        let scope = self.scope();
        let mut found = Vec::new();
        for (end, start) in HOSTS {
            if !algorithm.starts_with(start) {
                continue;
            }
            found.push(format!("open.{end}"));
            for service in ["cvm", "ecs", "ims", "sts", "iam", "tag"].into_iter().chain(scope.iter().rev().skip(1).take(1).copied()) {
                found.push(format!("{service}.{end}"));
                found.push(format!("{service}.intl.{end}"));
                for region in cloud.regions() {
                    found.push(format!("{service}.{}.{end}", region.id));
                }
            }
        }
        found
    }
}
