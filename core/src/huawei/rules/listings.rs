//! Pages, filters and words of listings.

use super::ids::{WORD, check_word, in_quotes};
use super::names::check_enterprise_project;
use crate::api::check::params::{integer, text};
use crate::api::check::{Findings, rules};
use crate::base::record::Params;
use crate::base::text::{cut, replaced};
use crate::base::time::Millis;

rules! {
    LIST_LIMIT: Error {
        id: "huawei.ListImages.limit.positive",
        code: "IMG.0001",
        source: "facts 4.5",
        en: "limit is {limit}; give 1 or more",
        zh: "limit 为 {limit}，至少为 1",
    }
    LIST_LIMIT_LARGE: Note {
        id: "huawei.ListImages.limit.large",
        source: "facts 4.5",
        en: "limit {limit} is above the default of 500; the service may answer fewer",
        zh: "limit {limit} 大于默认值 500；服务返回的可能更少",
    }
    LIST_SORT: Error {
        id: "huawei.ListImages.sort.value",
        code: "IMG.0001",
        source: "facts 4.5",
        en: "{field} must be one of {words}, not {given}",
        zh: "{field} 应为 {words} 之一，而不是 {given}",
    }
    LIST_TIME: Error {
        id: "huawei.ListImages.time.form",
        code: "IMG.0001",
        source: "facts 4.5",
        en: "{field} {given} is not <op>:<UTC time>; write it like gte:2024-01-01T00:00:00Z, op one of gt gte lt lte eq neq",
        zh: "{field} {given} 不是 <op>:<UTC 时间>；写法如 gte:2024-01-01T00:00:00Z，op 为 gt gte lt lte eq neq 之一",
    }
    LIST_MEMBER_STATUS: Error {
        id: "huawei.ListImages.member_status.visibility",
        code: "IMG.0001",
        source: "facts 4.5",
        en: "member_status works only with visibility shared; add it",
        zh: "member_status 须与 visibility=shared 一起使用，请补充",
    }
    LIST_TAG: Warning {
        id: "huawei.ListImages.tag.form",
        source: "facts 4.5",
        en: "tag {tag} is not key=value; check it",
        zh: "tag {tag} 不是 key=value，请检查",
    }
    IAM_PAGE: Error {
        id: "huawei.any.page.positive",
        source: "facts 4.9",
        en: "page is {page}; pages count from 1",
        zh: "page 为 {page}，页码从 1 开始",
    }
    IAM_PER_PAGE: Error {
        id: "huawei.any.per_page.range",
        source: "facts 4.9",
        en: "per_page is {per_page}; give 1 to {most}",
        zh: "per_page 为 {per_page}，应为 1 至 {most}",
    }
    IAM_PAGE_TOGETHER: Error {
        id: "huawei.any.page.together",
        source: "facts 4.9",
        en: "page and per_page work only together; add {missing}",
        zh: "page 和 per_page 须一起使用，请补充 {missing}",
    }
    pub(super) AGENCIES_DOMAIN: Error {
        id: "huawei.ListAgencies.domain_id.required",
        source: "facts 4.9",
        en: "domain_id is required; give the id of the account, or set it for the call",
        zh: "缺少 domain_id；请填写账号 ID，或为调用设置账号 ID",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_list(params: &Params, findings: &mut Findings) {
    match integer(params, "limit") {
        Some(limit @ ..=0) => findings.add(LIST_LIMIT, "limit", &[("limit", &limit)]),
        Some(limit @ 501..) => findings.add(LIST_LIMIT_LARGE, "limit", &[("limit", &limit)]),
        _ => {}
    }
    let sort_keys = "name, container_format, disk_format, status, id, size, created_at";
    check_word(LIST_SORT, params, "sort_key", sort_keys, findings);
    check_word(LIST_SORT, params, "sort_dir", "asc, desc", findings);
    for &(field, words) in &[
        ("status", "queued, saving, active, killed, deleted"),
        ("visibility", "public, private, shared"),
        ("__imagetype", "gold, private, shared, market"),
        ("__os_type", "Linux, Windows, Other"),
        ("virtual_env_type", "FusionCompute, DataImage, Ironic, IsoImage"),
        ("container_format", "bare"),
        ("architecture", "x86, arm"),
        ("member_status", "accepted, rejected, pending"),
    ] {
        check_word(WORD, params, field, words, findings);
    }
    check_enterprise_project(params, "0, all_granted_eps", findings);
    for &field in &["created_at", "updated_at"] {
        if let Some(given) = text(params, field)
            && !is_time_filter(given)
        {
            findings.add(LIST_TIME, field, &[("field", &field), ("given", &in_quotes(given))]);
        }
    }
    if text(params, "member_status").is_some() && text(params, "visibility") != Some("shared") {
        findings.add(LIST_MEMBER_STATUS, "member_status", &[]);
    }
    if let Some(tag) = text(params, "tag")
        && !tag.as_bytes().contains(&b'=')
    {
        findings.add(LIST_TAG, "tag", &[("tag", &in_quotes(tag))]);
    }
}

/// `gte:2024-01-01T00:00:00Z` or `lt:2024-06-01 00:00:00`: always UTC, whole seconds.
fn is_time_filter(given: &str) -> bool {
    let Some((op, time)) = cut(given, b':') else { return false };
    let written = Millis::parse(time).map(Millis::rfc3339).unwrap_or_default();
    let spaced = replaced(&replaced(&written, "T", " "), "Z", "");
    matches!(op, "gt" | "gte" | "lt" | "lte" | "eq" | "neq") && !written.is_empty() && (time == written || time == spaced)
}

pub(super) fn check_pages(params: &Params, most: i64, findings: &mut Findings) {
    let (page, per_page) = (integer(params, "page"), integer(params, "per_page"));
    if let Some(page @ ..=0) = page {
        findings.add(IAM_PAGE, "page", &[("page", &page)]);
    }
    if let Some(per_page) = per_page.filter(|per_page| !(1..=most).contains(per_page)) {
        findings.add(IAM_PER_PAGE, "per_page", &[("most", &most), ("per_page", &per_page)]);
    }
    match (page, per_page) {
        (Some(_), None) => findings.add(IAM_PAGE_TOGETHER, "per_page", &[("missing", &"per_page")]),
        (None, Some(_)) => findings.add(IAM_PAGE_TOGETHER, "page", &[("missing", &"page")]),
        _ => {}
    }
}
