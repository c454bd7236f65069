//! Pages, filters and words of listings.

use super::ids::{ID_EMPTY, ID_MASK, ID_SPACE, check_id, check_ids, check_word};
use super::tags::repeated_keys;
use crate::api::check::params::{integer, length, records, text, texts};
use crate::api::check::{Findings, Rule, rules};
use crate::base::record::Params;
use crate::base::text::quoted;
use crate::base::value::Value;

rules! {
    IMAGES_IDS_COUNT: Error {
        id: "volcengine.DescribeImages.ImageIds.count",
        source: "DOC",
        en: "{count} ids; ask for at most 100 a call",
        zh: "共 {count} 个 ID；每次最多 100 个",
    }
    IMAGES_STATUS_COUNT: Error {
        id: "volcengine.DescribeImages.Status.count",
        source: "DOC",
        en: "{count} states; give at most 10",
        zh: "共 {count} 个状态；最多 10 个",
    }
    IMAGES_STATUS_WORD: Error {
        id: "volcengine.DescribeImages.Status.word",
        source: "DOC",
        en: "{name} is {word}; use available, creating or error",
        zh: "{name} 为 {word}；应为 available、creating 或 error",
    }
    IMAGES_STATUS_ABSENT: Note {
        id: "volcengine.DescribeImages.Status.absent",
        source: "DOC",
        en: "without Status only available images come back; name available, creating and error to see all",
        zh: "未指定 Status 时只返回 available 的镜像；如需全部请同时指定 available、creating、error",
    }
    IMAGES_STATUS_SDK: Warning {
        id: "volcengine.DescribeImages.ImageStatus.undocumented",
        source: "DOC",
        en: "ImageStatus stands in the vendor's SDK only, its meaning is not documented; use Status",
        zh: "ImageStatus 仅见于官方 SDK，含义未说明；请使用 Status",
    }
    IMAGES_VISIBILITY: Error {
        id: "volcengine.DescribeImages.Visibility.word",
        source: "DOC",
        en: "Visibility is {word}; use public, private or shared",
        zh: "Visibility 为 {word}；应为 public、private 或 shared",
    }
    IMAGES_OS_TYPE: Warning {
        id: "volcengine.DescribeImages.OsType.word",
        source: "DOC",
        en: "OsType is {word}; Linux and Windows are known",
        zh: "OsType 为 {word}；已知取值为 Linux 和 Windows",
    }
    IMAGES_PLATFORM: Warning {
        id: "volcengine.DescribeImages.Platform.word",
        source: "DOC",
        en: "Platform {word} is not among the known ones: {known}",
        zh: "Platform {word} 不在已知取值之列：{known}",
    }
    IMAGES_LTS: Note {
        id: "volcengine.DescribeImages.IsLTS.false",
        source: "DOC",
        en: "IsLTS has an effect only when true; leave it out",
        zh: "IsLTS 仅在为 true 时生效；可不填",
    }
    IMAGES_FILTERS_COUNT: Error {
        id: "volcengine.DescribeImages.TagFilters.count",
        source: "DOC",
        en: "{count} tag filters; give at most 10",
        zh: "共 {count} 个标签过滤条件；最多 10 个",
    }
    IMAGES_FILTERS_REPEATED: Error {
        id: "volcengine.DescribeImages.TagFilters.key_repeated",
        source: "DOC",
        en: "{name} {key} is there already; put all values of a key into one filter",
        zh: "{name} 的 {key} 重复；请把同一个键的值放在一个条件里",
    }
    IMAGES_FILTERS_VALUES: Error {
        id: "volcengine.DescribeImages.TagFilters.values",
        source: "DOC",
        en: "{name} has {count} entries; give 1 to 3",
        zh: "{name} 有 {count} 项；应为 1 至 3 项",
    }
    IMAGES_MAX_RESULTS: Error {
        id: "volcengine.DescribeImages.MaxResults.range",
        source: "DOC",
        en: "MaxResults is {value}; give 1 to 100",
        zh: "MaxResults 为 {value}；应为 1 至 100",
    }
    TASKS_RESOURCES_COUNT: Error {
        id: "volcengine.DescribeTasks.ResourceIds.count",
        source: "DOC",
        en: "{count} ids; ask for at most 100 a call",
        zh: "共 {count} 个 ID；每次最多 100 个",
    }
    TASKS_TASKS_COUNT: Error {
        id: "volcengine.DescribeTasks.TaskIds.count",
        source: "DOC",
        en: "{count} ids; ask for at most 100 a call",
        zh: "共 {count} 个 ID；每次最多 100 个",
    }
    TASKS_RESOURCE_OLD: Note {
        id: "volcengine.DescribeTasks.ResourceId.old",
        source: "DOC",
        en: "ResourceId is the older form; prefer ResourceIds",
        zh: "ResourceId 为旧形式；建议使用 ResourceIds",
    }
    TASKS_MAX_RESULTS: Error {
        id: "volcengine.DescribeTasks.MaxResults.range",
        source: "DOC",
        en: "MaxResults is {value}; give 1 to 100",
        zh: "MaxResults 为 {value}；应为 1 至 100",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_list(params: &Params, findings: &mut Findings) {
    check_ids(params, "ImageIds", 0..=100, IMAGES_IDS_COUNT, findings);
    match length(params, "Status") {
        None | Some(0) => findings.add(IMAGES_STATUS_ABSENT, "Status", &[]),
        Some(count) if count > 10 => findings.add(IMAGES_STATUS_COUNT, "Status", &[("count", &count)]),
        Some(_) => {}
    }
    for (path, word) in texts(params, "Status") {
        if !matches!(word, "available" | "creating" | "error") {
            findings.add(IMAGES_STATUS_WORD, path, &[("name", &path), ("word", &quoted(word))]);
        }
    }
    if params.get("ImageStatus").is_some_and(|status| !status.is_null()) {
        findings.add(IMAGES_STATUS_SDK, "ImageStatus", &[]);
    }
    check_word(params, "Visibility", "public, private, shared", IMAGES_VISIBILITY, findings);
    check_word(params, "OsType", "Linux, Windows", IMAGES_OS_TYPE, findings);
    check_word(params, "Platform", PLATFORMS, IMAGES_PLATFORM, findings);
    if params.get("IsLTS") == Some(&Value::Bool(false)) {
        findings.add(IMAGES_LTS, "IsLTS", &[]);
    }
    let filters = records(params, "TagFilters");
    if filters.len() > 10 {
        findings.add(IMAGES_FILTERS_COUNT, "TagFilters", &[("count", &filters.len())]);
    }
    for (path, filter) in &filters {
        match length(filter, "Values") {
            Some(count) if !(1..=3).contains(&count) => {
                let path = path.of("Values");
                findings.add(IMAGES_FILTERS_VALUES, path.clone(), &[("name", &path), ("count", &count)]);
            }
            _ => {}
        }
    }
    repeated_keys(&filters, IMAGES_FILTERS_REPEATED, findings);
    check_page_size(params, 100, IMAGES_MAX_RESULTS, findings);
}

const PLATFORMS: &str = "CentOS, Debian, veLinux, Windows Server, Fedora, OpenSUSE, Ubuntu, Rocky Linux, AlmaLinux";

pub(super) fn check_tasks(params: &Params, findings: &mut Findings) {
    check_ids(params, "ResourceIds", 0..=100, TASKS_RESOURCES_COUNT, findings);
    check_ids(params, "TaskIds", 0..=100, TASKS_TASKS_COUNT, findings);
    if let Some(id) = text(params, "ResourceId") {
        check_id(id, "ResourceId".into(), [ID_EMPTY, ID_SPACE, ID_MASK], findings);
        findings.add(TASKS_RESOURCE_OLD, "ResourceId", &[]);
    }
    check_page_size(params, 100, TASKS_MAX_RESULTS, findings);
}

pub(super) fn check_page_size(params: &Params, most: i64, rule: Rule, findings: &mut Findings) {
    match integer(params, "MaxResults") {
        Some(value) if !(1..=most).contains(&value) => findings.add(rule, "MaxResults", &[("value", &value)]),
        _ => {}
    }
}
