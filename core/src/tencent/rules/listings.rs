//! Pages, filters and words of listings.

use crate::api::check::params::{Path, integer, length, records, text, texts};
use crate::api::check::{Findings, rules};
use crate::api::site::{At, Edition};
use crate::base::record::Params;
use crate::base::text::{concat, first_outside, lists};

rules! {
    LIST_BOTH: Error {
        id: "tencent.DescribeImages.Filters.with_ids",
        code: "InvalidParameter.InvalidParameterCoexistImageIdsFilters",
        source: "CN GO",
        en: "ImageIds and Filters exclude each other; give one of the two",
        zh: "ImageIds 与 Filters 不能同时使用；请只填其一",
    }
    LIST_IDS: Error {
        id: "tencent.DescribeImages.ImageIds.count",
        code: "InvalidParameterValue.LimitExceeded",
        source: "CN",
        en: "{count} ids are given; ask for at most 100 at once",
        zh: "给出了 {count} 个镜像 ID；每次最多 100 个",
    }
    LIST_SHORT_PAGE: Warning {
        id: "tencent.DescribeImages.Limit.short",
        source: "CN",
        en: "{count} ids are given but a page holds {limit}; set Limit to {count}",
        zh: "给出了 {count} 个镜像 ID，但每页只有 {limit} 个；请将 Limit 设为 {count}",
    }
    LIST_FILTERS: Error {
        id: "tencent.DescribeImages.Filters.count",
        code: "InvalidFilterValue.LimitExceeded",
        source: "CN",
        en: "{count} filters are given; use at most 10",
        zh: "给出了 {count} 个过滤条件；最多 10 个",
    }
    LIST_FILTER_NAME: Warning {
        id: "tencent.DescribeImages.Filters.Name.known",
        code: "InvalidFilter",
        source: "CN",
        en: "{value} is no filter that we know; known are {known}",
        zh: "{value} 不是已知的过滤条件；已知的有 {known}",
    }
    LIST_FILTER_EDITION: Warning {
        id: "tencent.DescribeImages.Filters.Name.edition",
        code: "InvalidFilter",
        source: "CN",
        en: "the filter {value} is documented for the China site only; leave it out",
        zh: "过滤条件 {value} 仅见于国内站文档；请去掉",
    }
    LIST_FILTER_VALUES: Error {
        id: "tencent.DescribeImages.Filters.Values.count",
        code: "InvalidFilterValue.LimitExceeded",
        source: "CN",
        en: "the filter has {count} values; use at most 5",
        zh: "过滤条件有 {count} 个值；最多 5 个",
    }
    LIST_FILTER_VALUE: Warning {
        id: "tencent.DescribeImages.Filters.Values.known",
        source: "CN",
        en: "{value} is no value that we know of the filter {name}; known are {known}",
        zh: "{value} 不是过滤条件 {name} 的已知值；已知的有 {known}",
    }
    LIST_LIMIT: Error {
        id: "tencent.DescribeImages.Limit.range",
        code: "InvalidParameterValue.InvalidParameterValueLimit",
        source: "CN GO",
        en: "a page of {value} is not possible; use 1 to 100",
        zh: "分页大小不能为 {value}；应为 1 至 100",
    }
    LIST_OFFSET: Error {
        id: "tencent.DescribeImages.Offset.range",
        code: "InvalidParameterValue",
        source: "CN",
        en: "the offset {value} is negative; use 0 or more",
        zh: "偏移量 {value} 为负数；应不小于 0",
    }
    LIST_INSTANCE_TYPE: Note {
        id: "tencent.DescribeImages.InstanceType.hides",
        source: "hashicorp/packer issue 10682",
        en: "only images that {value} can start are listed; leave it out to see all",
        zh: "只会列出 {value} 可用的镜像；如需查看全部请去掉此参数",
    }
    LIST_INSTANCE_TYPE_FORM: Warning {
        id: "tencent.DescribeImages.InstanceType.form",
        code: "InvalidInstanceType.Malformed",
        source: "CN GO",
        en: "{value} does not look like an instance type; write it like SA5.MEDIUM2",
        zh: "{value} 不像实例类型；写法如 SA5.MEDIUM2",
    }
}

const FILTERS: &str = "image-id, image-type, image-name, platform, tag-key, tag-value";

const FILTERS_OF_MAIN_SITE: &str = "dedicated-cluster-id, cdc-cache-status";

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_list(params: &Params, at: &At, findings: &mut Findings) {
    const MOST_IDS: usize = 100;
    const MOST_FILTERS: usize = 10;
    let ids = length(params, "ImageIds").unwrap_or_default();
    let filters = length(params, "Filters").unwrap_or_default();
    let limit = integer(params, "Limit");
    if ids > 0 && filters > 0 {
        findings.add(LIST_BOTH, "Filters", &[]);
    }
    if ids > MOST_IDS {
        findings.add(LIST_IDS, "ImageIds", &[("count", &ids)]);
    } else if let Some(limit) = Some(limit.unwrap_or(20)).filter(|limit| (1..=100).contains(limit) && *limit < ids as i64) {
        findings.add(LIST_SHORT_PAGE, "Limit", &[("count", &ids), ("limit", &limit)]);
    }
    if filters > MOST_FILTERS {
        findings.add(LIST_FILTERS, "Filters", &[("count", &filters)]);
    }
    for (path, filter) in records(params, "Filters") {
        check_filter(path, filter, at, findings);
    }
    if let Some(limit) = limit.filter(|limit| !(1..=100).contains(limit)) {
        findings.add(LIST_LIMIT, "Limit", &[("value", &limit)]);
    }
    if let Some(offset) = integer(params, "Offset").filter(|offset| *offset < 0) {
        findings.add(LIST_OFFSET, "Offset", &[("value", &offset)]);
    }
    if let Some(instance_type) = text(params, "InstanceType") {
        let has_form = instance_type.as_bytes().contains(&b'.')
            && first_outside(instance_type, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).is_none();
        findings.add(if has_form { LIST_INSTANCE_TYPE } else { LIST_INSTANCE_TYPE_FORM }, "InstanceType", &[("value", &instance_type)]);
    }
}

fn check_filter(path: Path<'_>, filter: &Params, at: &At, findings: &mut Findings) {
    const MOST_VALUES: usize = 5;
    let name = text(filter, "Name");
    if let Some(name) = name {
        let of_main_site = lists(FILTERS_OF_MAIN_SITE, name);
        let is_tag = name.strip_prefix("tag:").is_some_and(|key| !key.is_empty());
        if of_main_site && at.edition == Edition::International {
            findings.add(LIST_FILTER_EDITION, path.of("Name"), &[("value", &name)]);
        } else if !of_main_site && !is_tag && !lists(FILTERS, name) {
            let known = concat(&[FILTERS, ", tag:<key>"]);
            findings.add(LIST_FILTER_NAME, path.of("Name"), &[("value", &name), ("known", &known)]);
        }
    }
    if let Some(count) = length(filter, "Values").filter(|count| *count > MOST_VALUES) {
        findings.add(LIST_FILTER_VALUES, path.of("Values"), &[("count", &count)]);
    }
    let values = match name {
        Some("image-type") => "PRIVATE_IMAGE, PUBLIC_IMAGE, SHARED_IMAGE",
        Some("cdc-cache-status") => "CACHED_ALL, CACHING, CACHED, CACHE_INVALID, CACHE_FAILED",
        _ => return,
    };
    for (place, value) in texts(filter, "Values").filter(|(_, value)| !lists(values, value)) {
        findings.add(
            LIST_FILTER_VALUE,
            path.of(&String::from(place)),
            &[("value", &value), ("name", &name.unwrap_or_default()), ("known", &values)],
        );
    }
}
