//! Regions: of the call, and their ids.

use super::ids::check_ids;
use super::listings::check_page_size;
use crate::api::check::params::{Path, integer, length, texts};
use crate::api::check::{Findings, rules};
use crate::api::region::find;
use crate::base::record::Params;
use crate::base::text::{last_cut, pieces, quoted};
use crate::volcengine::regions::REGIONS;

rules! {
    REGION_FORM: Error {
        id: "volcengine.any.Region.form",
        source: "OWN",
        en: "{region} is not a region id; write one like cn-beijing: lower-case letters, digits and hyphens",
        zh: "{region} 不是地域 ID；写法如 cn-beijing：小写字母、数字和连字符",
    }
    REGION_ZONE: Error {
        id: "volcengine.any.Region.zone",
        source: "OWN",
        en: "{region} is a zone; write its region {fix}",
        zh: "{region} 是可用区；请填写其地域 {fix}",
    }
    pub(super) REGION_UNKNOWN: Warning {
        id: "volcengine.any.Region.unknown",
        source: "OWN",
        en: "{region} is not among the known regions; check the spelling, or ask DescribeRegions",
        zh: "{region} 不在已知地域之列；请检查拼写，或用 DescribeRegions 查询",
    }
    REGIONS_IDS_COUNT: Error {
        id: "volcengine.DescribeRegions.RegionIds.count",
        code: "LimitExceeded.MaximumRegionIds",
        source: "DOC",
        en: "{count} ids; ask for at most 20 a call",
        zh: "共 {count} 个 ID；每次最多 20 个",
    }
    REGIONS_MAX_RESULTS: Error {
        id: "volcengine.DescribeRegions.MaxResults.range",
        source: "DOC",
        en: "MaxResults is {value}; give 1 to 20",
        zh: "MaxResults 为 {value}；应为 1 至 20",
    }
    REGIONS_PAGE: Note {
        id: "volcengine.DescribeRegions.MaxResults.absent",
        source: "DOC",
        en: "a page holds ten regions; give MaxResults 20 or follow NextToken to see all",
        zh: "每页默认 10 个地域；如需全部请将 MaxResults 设为 20 或按 NextToken 翻页",
    }
}

/// Checks the form of a region id; tells whether it is right.
pub(super) fn check_region(id: &str, path: Path<'_>, findings: &mut Findings) -> bool {
    if let Some(fix) = region_of_zone(id) {
        findings.add(REGION_ZONE, path, &[("region", &id), ("fix", &fix)]);
    } else if !is_region(id) {
        findings.add_unknown(REGION_FORM, path, &[("region", &quoted(id))], id, &mut known_regions());
    } else {
        return true;
    }
    false
}

/// At least two parts of lower-case letters and digits, the first beginning with a letter.
pub(super) fn is_region(id: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && id.as_bytes().contains(&b'-') && pieces(id, b'-').all(is_part)
}

/// Zones append a letter to their region: `cn-beijing-a`.
pub(super) fn region_of_zone(id: &str) -> Option<&str> {
    let (region, zone) = last_cut(id, b'-')?;
    (zone.len() == 1 && zone.bytes().all(|b| b.is_ascii_lowercase()) && is_region(region)).then_some(region)
}

pub(super) fn known_regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|known| known.id)
}

pub(super) fn is_known(region: &str) -> bool {
    find(REGIONS, region).is_some()
}

pub(super) fn check_regions(params: &Params, findings: &mut Findings) {
    check_ids(params, "RegionIds", 0..=20, REGIONS_IDS_COUNT, findings);
    for (path, id) in texts(params, "RegionIds").filter(|(_, id)| !id.is_empty()) {
        check_region(id, path, findings);
    }
    check_page_size(params, 20, REGIONS_MAX_RESULTS, findings);
    if length(params, "RegionIds").unwrap_or(0) == 0 && integer(params, "MaxResults").is_none() {
        findings.add(REGIONS_PAGE, "MaxResults", &[]);
    }
}
