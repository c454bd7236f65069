//! Regions: of the call, and their ids.

use super::ids::{check_hex, check_id, in_quotes};
use crate::api::check::params::text;
use crate::api::check::{Findings, rules};
use crate::api::operation::Operation;
use crate::api::region::find;
use crate::api::site::At;
use crate::base::record::Params;
use crate::base::text::contains;
use crate::huawei::regions::REGIONS;

rules! {
    REGION_SHAPE: Error {
        id: "huawei.any.region.form",
        code: "IMG.0147",
        source: "facts 1.2",
        en: "{region} is no region id; write it like cn-north-4: small letters, digits and inner hyphens",
        zh: "{region} 不是地域 ID；写法如 cn-north-4：小写字母、数字和中间的连字符",
    }
    REGION_UNKNOWN: Warning {
        id: "huawei.any.region.unknown",
        code: "IMG.0147",
        source: "facts 1.2",
        en: "the region {region} is not in our table; check it, unless it is new or another operator's",
        zh: "地域 {region} 不在表中；若不是新地域或其他运营商的地域，请检查",
    }
    REGION_ZONE: Error {
        id: "huawei.any.region.zone",
        code: "IMG.0147",
        source: "facts 1.2",
        en: "{region} is a zone; give its region {fix}",
        zh: "{region} 是可用区；请填写其地域 {fix}",
    }
    REGION_PLACEHOLDER: Note {
        id: "huawei.any.region.placeholder",
        code: "IMG.0147",
        source: "facts 1.2",
        en: "{region} is the placeholder of the documentation; give a real region",
        zh: "{region} 是文档中的占位符，请换成真实地域",
    }
    PROJECT_ID_REQUIRED: Error {
        id: "huawei.any.project_id.required",
        code: "IMG.0067",
        source: "facts 4.4",
        en: "{operation} has the project in its path; give project_id, or set it for the region",
        zh: "{operation} 的路径包含项目；请填写 project_id，或为该地域设置项目 ID",
    }
}

/// The region and the owner that the call itself names.
pub(super) fn check_place(operation: &'static Operation, params: &Params, at: &At, findings: &mut Findings) {
    let global = operation.service == "iam" && matches!(at.region.as_str(), "" | "global");
    if !global {
        check_region(&at.region, "at.region", findings);
    }
    for &(field, id) in &[("at.project_id", &at.project_id), ("at.domain_id", &at.domain_id)] {
        if let Some(id) = id {
            check_id(id, field, findings);
        }
    }
    if let Some(id) = &at.project_id {
        check_hex(id, "at.project_id".into(), findings);
    }
    if at.project_id.is_none() && contains(operation.path, "{project_id}") && text(params, "project_id").is_none() {
        findings.add(PROJECT_ID_REQUIRED, "project_id", &[("operation", &operation.name)]);
    }
}

/// Whether a region id looks like one; what does not is refused, what we do not know is doubted.
pub(super) fn check_region(region: &str, path: &str, findings: &mut Findings) {
    if find(REGIONS, region).is_some() {
        return;
    }
    let shaped = region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !shaped || !region.as_bytes().contains(&b'-') || region.starts_with("-") || region.ends_with("-") {
        findings.add_unknown(REGION_SHAPE, path, &[("region", &in_quotes(region))], region, &mut known_regions());
    } else if let Some(fix) = region_of_zone(region) {
        findings.add(REGION_ZONE, path, &[("region", &region), ("fix", &fix)]);
    } else if is_placeholder(region) {
        findings.add(REGION_PLACEHOLDER, path, &[("region", &region)]);
    } else {
        findings.add_unknown(REGION_UNKNOWN, path, &[("region", &region)], region, &mut known_regions());
    }
}

fn known_regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|row| row.id)
}

/// `cn-north-4` of the zone `cn-north-4a`: regions end in a number, their zones in a letter behind it.
fn region_of_zone(id: &str) -> Option<&str> {
    match id.as_bytes() {
        [region @ .., digit, letter] if digit.is_ascii_digit() && letter.is_ascii_lowercase() => id.get(..=region.len()),
        _ => None,
    }
}

/// `region-1`, as the documented example has it.
pub(super) fn is_placeholder(region: &str) -> bool {
    region.strip_prefix("region-").is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}
