//! Regions: of the call, and their ids.

use crate::api::check::params::{Path, integer, text};
use crate::api::check::{Findings, Told, rules};
use crate::api::operation::Operation;
use crate::api::region::{RegionClass, find};
use crate::api::site::At;
use crate::base::record::Params;
use crate::base::text::{contains, first_outside, last_cut, pieces};
use crate::tencent::regions::REGIONS;
use crate::tencent::request::{DescribeRegions, TagResources};

rules! {
    REGION_MISSING: Error {
        id: "tencent.any.Region.missing",
        code: "MissingParameter",
        source: "S0 S1 S2",
        en: "the call needs a region, for a copy that of the source image; give one like ap-guangzhou",
        zh: "调用需要指定地域（复制时为源镜像所在地域），例如 ap-guangzhou",
    }
    REGION_CHARACTER: Error {
        id: "tencent.any.Region.character",
        code: "InvalidRegion.NotFound",
        source: "S0 S1",
        en: "{value} is no region id: {char} at position {position}; use lower-case letters, digits and hyphens, as in ap-guangzhou",
        zh: "{value} 不是地域 ID：位置 {position} 的 {char} 不合法；只用小写字母、数字和连字符，例如 ap-guangzhou",
    }
    REGION_FORM: Error {
        id: "tencent.any.Region.form",
        code: "InvalidRegion.NotFound",
        source: "S0 S1",
        en: "{value} has not the form of a region id; write area and place, as in ap-guangzhou",
        zh: "{value} 不符合地域 ID 的格式；应为区域加地点，例如 ap-guangzhou",
    }
    REGION_ZONE: Error {
        id: "tencent.any.Region.zone",
        code: "InvalidRegion.NotFound",
        source: "S0 S1",
        en: "{value} is a zone; give its region {region}",
        zh: "{value} 是可用区；请填写其地域 {region}",
    }
    REGION_UNKNOWN: Warning {
        id: "tencent.any.Region.unknown",
        code: "InvalidRegion.NotFound",
        source: "S0",
        en: "the region {value} is not in our table; check the spelling, or go on if it is new",
        zh: "地域 {value} 不在已知列表中；请核对拼写，若为新地域可忽略",
    }
    REGION_FINANCE_HOST: Warning {
        id: "tencent.any.Region.finance_host",
        code: "UnsupportedRegion",
        source: "DOC",
        en: "{region} and the endpoint {url} are on different sides of the wall around finance regions; leave the endpoint out",
        zh: "{region} 与接入地址 {url} 分属金融区和普通地域，两者相互隔离；请去掉接入地址",
    }
    REGIONS_PRODUCT: Error {
        id: "tencent.DescribeRegions.Scene.product",
        code: "MissingParameter",
        source: "CN",
        en: "Scene is known to the region service only, which wants a Product; give Product cvm, or leave Scene out",
        zh: "Scene 仅用于地域服务，须同时填写 Product；请填写 cvm，或去掉 Scene",
    }
    REGIONS_SCENE: Warning {
        id: "tencent.DescribeRegions.Scene.value",
        code: "InvalidParameterValue",
        source: "CN",
        en: "Scene is 0 or 1, not {value}; check it",
        zh: "Scene 的取值为 0 或 1，而不是 {value}，请检查",
    }
}

/// Tells of what class the region is.
pub(super) fn check_region_of_call(operation: &Operation, at: &At, findings: &mut Findings) -> Option<RegionClass> {
    // These two answer the same whatever the region.
    let optional = matches!(operation.name, DescribeRegions::NAME | TagResources::NAME);
    let class = class(&at.region);
    match (at.region.as_str(), optional) {
        ("", true) => {}
        ("", false) => findings.add(REGION_MISSING, "region", &[]),
        (region, _) if class.is_none() => check_unknown("region".into(), region, findings),
        _ => {}
    }
    if let Some(url) = at.endpoint.as_ref().map(|endpoint| endpoint.url.as_str()) {
        let is_finance = at.region.ends_with("-fsi");
        if contains(url, "tencentcloudapi.com") && contains(url, "-fsi.") != is_finance {
            findings.add(REGION_FINANCE_HOST, "endpoint", &[("region", &at.region), ("url", &url)]);
        }
    }
    class
}

/// A region that is in no table: whether it can be one.
pub(super) fn check_unknown(path: Path<'_>, region: &str, findings: &mut Findings) {
    if let Some((position, char)) = first_outside(region, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        let values: &[(&str, &dyn Told)] = &[("value", &region), ("char", &char), ("position", &position)];
        return findings.add_unknown(REGION_CHARACTER, path, values, region, &mut REGIONS.iter().map(|known| known.id));
    }
    let area = pieces(region, b'-').next().unwrap_or_default();
    let has_form = area.len() == 2 && pieces(region, b'-').count() > 1 && pieces(region, b'-').all(|part| !part.is_empty());
    match last_cut(region, b'-') {
        _ if !has_form => findings.add_unknown(REGION_FORM, path, &[("value", &region)], region, &mut REGIONS.iter().map(|known| known.id)),
        Some((whole, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            findings.add(REGION_ZONE, path, &[("value", &region), ("region", &whole)]);
        }
        _ => findings.add_unknown(REGION_UNKNOWN, path, &[("value", &region)], region, &mut REGIONS.iter().map(|known| known.id)),
    }
}

pub(super) fn class(region: &str) -> Option<RegionClass> {
    Some(find(REGIONS, region)?.class)
}

pub(super) fn check_regions(params: &Params, findings: &mut Findings) {
    let scene = integer(params, "Scene");
    if text(params, "Product").is_none_or(str::is_empty) && (scene.is_some() || params.contains_key("Product")) {
        findings.add(REGIONS_PRODUCT, "Product", &[]);
    }
    if let Some(value) = scene.filter(|scene| !matches!(scene, 0 | 1)) {
        findings.add(REGIONS_SCENE, "Scene", &[("value", &value)]);
    }
}
