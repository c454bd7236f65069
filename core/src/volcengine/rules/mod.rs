//! Volcengine's documented constraints, one rule each.
//!
//! Ids read `volcengine.<operation>.<field>.<what>`; `any` stands in place of the operation where several share a rule.
//! Sources: S3 is the CopyImage page, DOC the vendor's other pages and the metadata of its command line, OWN our caution
//! about what no page says. Lengths and positions count Unicode characters, positions from 0.

use super::regions::REGIONS;
use crate::api::check::Known;
use crate::api::check::params::{flag, integer, length, records, text, texts};
use crate::api::check::{Findings, Rule, rule};
use crate::api::facts::{Image, Ownership, State};
use crate::api::operation::Operation;
use crate::api::site::At;
use crate::base::names::Names;
use crate::base::record::Params;
use crate::base::text::{first_outside, outside};
use serde_json::Value;
use std::ops::RangeInclusive;

/// Every rule, for catalogues and tests.
pub static RULES: &[&Rule] = &[
    &REGION_FORM,
    &REGION_ZONE,
    &REGION_UNKNOWN,
    &IMAGE_ID_EMPTY,
    &IMAGE_ID_SPACE,
    &IMAGE_ID_MASK,
    &IMAGE_ID_FORM,
    &ID_EMPTY,
    &ID_SPACE,
    &ID_MASK,
    &NAME_EMPTY,
    &NAME_LENGTH,
    &NAME_START,
    &NAME_CHARACTER,
    &NAME_RARE,
    &DESCRIPTION_LENGTH,
    &DESCRIPTION_START,
    &DESCRIPTION_CHARACTER,
    &DESCRIPTION_RARE,
    &PROJECT_LENGTH,
    &PROJECT_CHARACTER,
    &TAGS_COUNT,
    &TAG_KEY_LENGTH,
    &TAG_KEY_REPEATED,
    &TAG_KEY_RESERVED,
    &TAG_VALUE_LENGTH,
    &TAG_CHARACTER,
    &TAG_SPACE,
    &COPY_DESTINATION_EMPTY,
    &COPY_DESTINATION_FORM,
    &COPY_DESTINATION_CASE,
    &COPY_DESTINATION_ZONE,
    &COPY_DESTINATION_SAME,
    &COPY_DESTINATION_SAME_SHARED,
    &COPY_DESTINATION_UNKNOWN,
    &COPY_DESCRIPTION_EMPTY,
    &COPY_TAGS_IGNORED,
    &COPY_TAGS_SHARED,
    &COPY_IMAGE_ASSUMED,
    &COPY_IMAGE_ASSUMED_PLAIN,
    &COPY_IMAGE_STATE,
    &COPY_IMAGE_PUBLIC,
    &COPY_IMAGE_SHARED,
    &COPY_IMAGE_WHOLE,
    &COPY_IMAGE_SIZE,
    &COPY_QUOTA_ASSUMED,
    &COPY_QUOTA,
    &COPY_INVITATION,
    &DELETE_IDS_COUNT,
    &IMAGES_IDS_COUNT,
    &IMAGES_STATUS_COUNT,
    &IMAGES_STATUS_WORD,
    &IMAGES_STATUS_ABSENT,
    &IMAGES_STATUS_SDK,
    &IMAGES_VISIBILITY,
    &IMAGES_OS_TYPE,
    &IMAGES_PLATFORM,
    &IMAGES_LTS,
    &IMAGES_FILTERS_COUNT,
    &IMAGES_FILTERS_REPEATED,
    &IMAGES_FILTERS_VALUES,
    &IMAGES_MAX_RESULTS,
    &REGIONS_IDS_COUNT,
    &REGIONS_MAX_RESULTS,
    &REGIONS_PAGE,
    &TASKS_RESOURCES_COUNT,
    &TASKS_TASKS_COUNT,
    &TASKS_RESOURCE_OLD,
    &TASKS_MAX_RESULTS,
    &EXPORT_BUCKET_EMPTY,
    &EXPORT_BUCKET_FORM,
    &EXPORT_PREFIX_EMPTY,
    &EXPORT_PREFIX_FORM,
    &EXPORT_IMAGE_ASSUMED,
    &EXPORT_IMAGE_STATE,
    &EXPORT_IMAGE_OWNER,
    &MODIFY_NOTHING,
    &MODIFY_BOOT_MODE,
    &SHARE_NOTHING,
    &SHARE_COUNT,
    &TAG_RESOURCES_TYPE,
    &TAG_RESOURCES_COUNT,
];

/// Applies every rule of the operation.
///
/// ```
/// use imgferry::{At, api::check::Known, volcengine::request::CopyImage};
/// let params = serde_json::from_str(r#"{"ImageId": "image-1", "ImageName": "my image", "DestinationRegion": "cn-shanghai-a"}"#).unwrap();
/// let problems = imgferry::check(CopyImage::OPERATION, &params, &At::region("cn-beijing"), &Known::default());
/// assert_eq!(problems.0[0].message_en, "ImageName holds U+0020 at position 2; use letters, digits, Chinese characters and _ - .");
/// assert_eq!(problems.0[1].message_en, "cn-shanghai-a is a zone; write its region cn-shanghai");
/// assert_eq!(problems.0[1].vendor_code, Some("InvalidDestinationRegion.Malformed"));
/// ```
pub fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    if check_region(&at.region, "region", findings) && !is_known(&at.region) {
        findings.add_unknown(&REGION_UNKNOWN, "region", &[("region", &at.region)], &at.region, &mut known_regions());
    }
    if let Some(id) = text(params, "ImageId") {
        check_image_id(id, findings);
    }
    if let Some(project) = text(params, "ProjectName") {
        check_project(project, findings);
    }
    match operation.name {
        "CopyImage" => check_copy(params, at, known, findings),
        "DeleteImages" => check_ids(params, "ImageIds", 1..=100, &DELETE_IDS_COUNT, findings),
        "DescribeImages" => check_list(params, findings),
        "DescribeRegions" => check_regions(params, findings),
        "DescribeTasks" => check_tasks(params, findings),
        "ExportImage" => check_export(params, known, findings),
        "ModifyImageAttribute" => check_change(params, findings),
        "ModifyImageSharePermission" => check_share(params, findings),
        "TagResources" => check_tag(params, findings),
        _ => {}
    }
}

// ---- regions ----

static REGION_FORM: Rule = rule!(
    error,
    "volcengine.any.Region.form",
    "",
    "OWN",
    "{region} is not a region id; write one like cn-beijing: lower-case letters, digits and hyphens",
    "{region} 不是地域 ID；写法如 cn-beijing：小写字母、数字和连字符",
);
static REGION_ZONE: Rule = rule!(
    error,
    "volcengine.any.Region.zone",
    "",
    "OWN",
    "{region} is a zone; write its region {fix}",
    "{region} 是可用区；请填写其地域 {fix}",
);
static REGION_UNKNOWN: Rule = rule!(
    warning,
    "volcengine.any.Region.unknown",
    "",
    "OWN",
    "{region} is not among the known regions; check the spelling, or ask DescribeRegions",
    "{region} 不在已知地域之列；请检查拼写，或用 DescribeRegions 查询",
);

/// Checks the form of a region id; tells whether it is right.
fn check_region(id: &str, path: &str, findings: &mut Findings) -> bool {
    if let Some(fix) = region_of_zone(id) {
        findings.add(&REGION_ZONE, path, &[("region", &id), ("fix", &fix)]);
    } else if !is_region(id) {
        findings.add_unknown(&REGION_FORM, path, &[("region", &quoted(id))], id, &mut known_regions());
    } else {
        return true;
    }
    false
}

/// At least two parts of lower-case letters and digits, the first beginning with a letter.
fn is_region(id: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.starts_with(|first: char| first.is_ascii_lowercase()) && id.contains('-') && id.split('-').all(is_part)
}

/// Zones append a letter to their region: `cn-beijing-a`.
fn region_of_zone(id: &str) -> Option<&str> {
    let (region, zone) = id.rsplit_once('-')?;
    (zone.len() == 1 && zone.bytes().all(|b| b.is_ascii_lowercase()) && is_region(region)).then_some(region)
}

fn known_regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|known| known.id)
}

fn is_known(region: &str) -> bool {
    REGIONS.binary_search_by(|known| known.id.cmp(region)).is_ok()
}

/// A value in quotes, so that an empty one is seen, too.
fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

// ---- ids ----

static IMAGE_ID_EMPTY: Rule = rule!(
    error,
    "volcengine.any.ImageId.empty",
    "MissingParameter.ImageId",
    "S3",
    "ImageId is empty; give the id of the image",
    "ImageId 为空；请填写镜像 ID",
);
static IMAGE_ID_SPACE: Rule = rule!(
    error,
    "volcengine.any.ImageId.space",
    "InvalidImage.NotFound",
    "OWN",
    "ImageId holds white space or a control character ({char} at position {position}); copy the id again",
    "ImageId 含有空白或控制字符（位置 {position} 的 {char}）；请重新复制 ID",
);
static IMAGE_ID_MASK: Rule = rule!(
    error,
    "volcengine.any.ImageId.mask",
    "InvalidImage.NotFound",
    "OWN",
    "ImageId {id} is masked with asterisks; copy the whole id from the console or from DescribeImages",
    "ImageId {id} 被星号遮盖；请从控制台或 DescribeImages 复制完整 ID",
);
static IMAGE_ID_FORM: Rule = rule!(
    warning,
    "volcengine.any.ImageId.form",
    "",
    "OWN",
    "{id} does not look like an image id: image- and then lower-case letters and digits",
    "{id} 不像镜像 ID：应为 image- 加小写字母和数字",
);
static ID_EMPTY: Rule =
    rule!(error, "volcengine.any.Ids.empty", "", "OWN", "{name} is empty; leave it out or give an id", "{name} 为空；请去掉该项或填写 ID");
static ID_SPACE: Rule = rule!(
    error,
    "volcengine.any.Ids.space",
    "",
    "OWN",
    "{name} holds white space or a control character ({char} at position {position}); copy the id again",
    "{name} 含有空白或控制字符（位置 {position} 的 {char}）；请重新复制 ID",
);
static ID_MASK: Rule = rule!(
    error,
    "volcengine.any.Ids.mask",
    "",
    "OWN",
    "{name} {id} is masked with asterisks; copy the whole id",
    "{name} 的 {id} 被星号遮盖；请复制完整 ID",
);

fn check_image_id(id: &str, findings: &mut Findings) {
    let clean = check_id(id, "ImageId", [&IMAGE_ID_EMPTY, &IMAGE_ID_SPACE, &IMAGE_ID_MASK], findings);
    if clean && !looks_like_image(id) {
        findings.add(&IMAGE_ID_FORM, "ImageId", &[("id", &id)]);
    }
}

/// A list of ids: how many, and each of them.
fn check_ids(params: &Params, name: &str, range: RangeInclusive<usize>, count: &'static Rule, findings: &mut Findings) {
    match length(params, name) {
        Some(given) if !range.contains(&given) => findings.add(count, name, &[("count", &given)]),
        _ => {}
    }
    for (path, id) in texts(params, name) {
        let clean = check_id(id, &path, [&ID_EMPTY, &ID_SPACE, &ID_MASK], findings);
        if clean && name == "ImageIds" && !looks_like_image(id) {
            findings.add(&IMAGE_ID_FORM, path, &[("id", &id)]);
        }
    }
}

/// Checks what no id holds; tells whether all was right.
fn check_id(id: &str, path: &str, [empty, space, mask]: [&'static Rule; 3], findings: &mut Findings) -> bool {
    let before = findings.0.len();
    if id.is_empty() {
        findings.add(empty, path, &[("name", &path)]);
    }
    if let Some((position, char)) = first_outside(id, |c| !c.is_whitespace() && !c.is_control()) {
        findings.add(space, path, &[("name", &path), ("position", &position), ("char", &char)]);
    }
    if id.contains('*') {
        findings.add(mask, path, &[("name", &path), ("id", &id)]);
    }
    findings.0.len() == before
}

fn looks_like_image(id: &str) -> bool {
    let is_tail = |tail: &str| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.strip_prefix("image-").is_some_and(is_tail)
}

// ---- names, descriptions, projects ----

static NAME_EMPTY: Rule = rule!(
    error,
    "volcengine.any.ImageName.empty",
    "MissingParameter.ImageName",
    "S3",
    "ImageName is empty; give 1 to 128 characters",
    "ImageName 为空；请填写 1 至 128 个字符",
);
static NAME_LENGTH: Rule = rule!(
    error,
    "volcengine.any.ImageName.length",
    "InvalidImageName.Malformed",
    "S3",
    "ImageName is {length} characters long; shorten it to 128",
    "ImageName 长 {length} 个字符；请缩短到 128 个以内",
);
static NAME_START: Rule = rule!(
    error,
    "volcengine.any.ImageName.start",
    "InvalidImageName.Malformed",
    "S3",
    "ImageName begins with {char} at position 0; begin with a letter or a Chinese character",
    "ImageName 在位置 0 以 {char} 开头；须以字母或汉字开头",
);
static NAME_CHARACTER: Rule = rule!(
    error,
    "volcengine.any.ImageName.character",
    "InvalidImageName.Malformed",
    "S3",
    "ImageName holds {char} at position {position}; use letters, digits, Chinese characters and _ - .",
    "ImageName 在位置 {position} 含有 {char}；只能包含字母、数字、汉字和 _ - .",
);
static NAME_RARE: Rule = rule!(
    warning,
    "volcengine.any.ImageName.rare",
    "InvalidImageName.Malformed",
    "OWN",
    "ImageName holds the rare Chinese character {char} at position {position}, which may be refused; use one of U+4E00 to U+9FA5",
    "ImageName 在位置 {position} 含有生僻字 {char}，可能被拒绝；请使用 U+4E00 至 U+9FA5 的汉字",
);
static DESCRIPTION_LENGTH: Rule = rule!(
    error,
    "volcengine.any.Description.length",
    "InvalidDescription.Malformed",
    "S3",
    "Description is {length} characters long; shorten it to 255",
    "Description 长 {length} 个字符；请缩短到 255 个以内",
);
static DESCRIPTION_START: Rule = rule!(
    error,
    "volcengine.any.Description.start",
    "InvalidDescription.Malformed",
    "S3",
    "Description begins with {char} at position 0; begin with a letter or a Chinese character",
    "Description 在位置 0 以 {char} 开头；须以字母或汉字开头",
);
static DESCRIPTION_CHARACTER: Rule = rule!(
    error,
    "volcengine.any.Description.character",
    "InvalidDescription.Malformed",
    "S3",
    "Description holds {char} at position {position}; use letters, digits, Chinese characters, spaces and _ - = , . ， 。",
    "Description 在位置 {position} 含有 {char}；只能包含字母、数字、汉字、空格和 _ - = , . ， 。",
);
static DESCRIPTION_RARE: Rule = rule!(
    warning,
    "volcengine.any.Description.rare",
    "InvalidDescription.Malformed",
    "OWN",
    "Description holds the rare Chinese character {char} at position {position}, which may be refused; use one of U+4E00 to U+9FA5",
    "Description 在位置 {position} 含有生僻字 {char}，可能被拒绝；请使用 U+4E00 至 U+9FA5 的汉字",
);
static PROJECT_LENGTH: Rule = rule!(
    error,
    "volcengine.any.ProjectName.length",
    "InvalidProject.NotFound",
    "DOC",
    "ProjectName is {length} characters long; give 1 to 64, or leave it out",
    "ProjectName 长 {length} 个字符；应为 1 至 64 个，或不填",
);
static PROJECT_CHARACTER: Rule = rule!(
    error,
    "volcengine.any.ProjectName.character",
    "InvalidProject.NotFound",
    "DOC",
    "ProjectName holds {char} at position {position}; use letters, digits and _ . -",
    "ProjectName 在位置 {position} 含有 {char}；只能包含字母、数字和 _ . -",
);

/// How a name or description is spelled.
struct Spelling {
    name: &'static str,
    most: usize,
    /// What may stand beside letters, digits and Chinese characters.
    marks: &'static [char],
    too_long: &'static Rule,
    start: &'static Rule,
    character: &'static Rule,
    rare: &'static Rule,
}

static NAME: Spelling = Spelling {
    name: "ImageName",
    most: 128,
    marks: &['_', '-', '.'],
    too_long: &NAME_LENGTH,
    start: &NAME_START,
    character: &NAME_CHARACTER,
    rare: &NAME_RARE,
};

/// The page's own text shows the Chinese comma as an ASCII one; the vendor's other pages name it.
static DESCRIPTION: Spelling = Spelling {
    name: "Description",
    most: 255,
    marks: &['_', '-', '=', ',', '.', '，', '。', ' '],
    too_long: &DESCRIPTION_LENGTH,
    start: &DESCRIPTION_START,
    character: &DESCRIPTION_CHARACTER,
    rare: &DESCRIPTION_RARE,
};

fn check_name(params: &Params, findings: &mut Findings) {
    match text(params, "ImageName") {
        Some("") => findings.add(&NAME_EMPTY, "ImageName", &[]),
        Some(name) => check_spelling(name, &NAME, findings),
        None => {}
    }
}

/// Lengths are in characters. Every wrong character is told, since the next attempt should be the last.
fn check_spelling(value: &str, rules: &Spelling, findings: &mut Findings) {
    let length = value.chars().count();
    if length > rules.most {
        findings.add(rules.too_long, rules.name, &[("length", &length)]);
    }
    let is_start = |c: char| c.is_ascii_alphabetic() || is_han(c);
    if let Some((0, char)) = first_outside(value, is_start) {
        findings.add(rules.start, rules.name, &[("char", &char)]);
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || is_han(c) || rules.marks.contains(&c);
    for (position, char) in outside(value, is_allowed).filter(|(position, _)| *position > 0).take(MOST_CHARACTERS) {
        findings.add(rules.character, rules.name, &[("position", &position), ("char", &char)]);
    }
    if let Some((position, char)) = first_outside(value, |c| !is_han(c) || matches!(c, '\u{4E00}'..='\u{9FA5}')) {
        findings.add(rules.rare, rules.name, &[("position", &position), ("char", &char)]);
    }
}

/// So many wrong characters of one value are told; a text that is wrong throughout needs no list.
const MOST_CHARACTERS: usize = 10;

/// Chinese characters by Unicode. Services commonly take U+4E00 to U+9FA5; the others are warned of.
const fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn check_project(value: &str, findings: &mut Findings) {
    let length = value.chars().count();
    if !(1..=64).contains(&length) {
        findings.add(&PROJECT_LENGTH, "ProjectName", &[("length", &length)]);
    }
    for (position, char) in outside(value, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')).take(MOST_CHARACTERS) {
        findings.add(&PROJECT_CHARACTER, "ProjectName", &[("position", &position), ("char", &char)]);
    }
}

// ---- tags ----

static TAGS_COUNT: Rule =
    rule!(error, "volcengine.any.Tags.count", "", "DOC", "{count} tags; give 1 to 20 a call", "共 {count} 个标签；每次应为 1 至 20 个");
static TAG_KEY_LENGTH: Rule = rule!(
    error,
    "volcengine.any.Tags.key_length",
    "",
    "DOC",
    "{name} is {length} characters long; give 1 to 128",
    "{name} 长 {length} 个字符；应为 1 至 128 个",
);
static TAG_KEY_REPEATED: Rule = rule!(
    error,
    "volcengine.any.Tags.key_repeated",
    "",
    "DOC",
    "{name} {key} is there already; give every key once",
    "{name} 的 {key} 重复；每个键只能出现一次",
);
static TAG_KEY_RESERVED: Rule = rule!(
    error,
    "volcengine.any.Tags.key_reserved",
    "",
    "DOC",
    "{name} {key} begins with volc: or sys:, which the cloud keeps for itself; choose another key",
    "{name} 的 {key} 以云平台保留的 volc: 或 sys: 开头；请换一个键",
);
static TAG_VALUE_LENGTH: Rule = rule!(
    error,
    "volcengine.any.Tags.value_length",
    "",
    "DOC",
    "{name} is {length} characters long; shorten it to 256",
    "{name} 长 {length} 个字符；请缩短到 256 个以内",
);
static TAG_CHARACTER: Rule = rule!(
    error,
    "volcengine.any.Tags.character",
    "",
    "DOC",
    "{name} holds {char} at position {position}; use letters, digits, spaces and _ . : / = + - @",
    "{name} 在位置 {position} 含有 {char}；只能包含文字、数字、空格和 _ . : / = + - @",
);
static TAG_SPACE: Rule =
    rule!(error, "volcengine.any.Tags.space", "", "OWN", "{name} begins or ends with a space; remove it", "{name} 首尾有空格；请删除");

/// An empty list is not sent, so that it is well where tags are optional.
fn check_tags(params: &Params, least: usize, findings: &mut Findings) {
    match length(params, "Tags") {
        Some(count) if !(least..=20).contains(&count) => findings.add(&TAGS_COUNT, "Tags", &[("count", &count)]),
        _ => {}
    }
    let tags = records(params, "Tags");
    for (path, tag) in &tags {
        if let Some(key) = text(tag, "Key") {
            let path = format!("{path}.Key");
            if key.is_empty() || key.chars().count() > 128 {
                findings.add(&TAG_KEY_LENGTH, path.clone(), &[("name", &path), ("length", &key.chars().count())]);
            }
            let lower = key.to_ascii_lowercase();
            if lower.starts_with("volc:") || lower.starts_with("sys:") {
                findings.add(&TAG_KEY_RESERVED, path.clone(), &[("name", &path), ("key", &quoted(key))]);
            }
            check_tag_text(key, &path, findings);
        }
        if let Some(value) = text(tag, "Value") {
            let path = format!("{path}.Value");
            if value.chars().count() > 256 {
                findings.add(&TAG_VALUE_LENGTH, path.clone(), &[("name", &path), ("length", &value.chars().count())]);
            }
            check_tag_text(value, &path, findings);
        }
    }
    repeated_keys(&tags, &TAG_KEY_REPEATED, findings);
}

fn check_tag_text(value: &str, path: &str, findings: &mut Findings) {
    if value.starts_with(' ') || value.ends_with(' ') {
        findings.add(&TAG_SPACE, path, &[("name", &path)]);
    }
    let is_allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    for (position, char) in outside(value, is_allowed).take(MOST_CHARACTERS) {
        findings.add(&TAG_CHARACTER, path, &[("name", &path), ("position", &position), ("char", &char)]);
    }
}

/// Reports every key that stands earlier in the list, too.
fn repeated_keys(records: &[(String, &Params)], rule: &'static Rule, findings: &mut Findings) {
    let mut seen = Names::default();
    for (path, record) in records {
        match text(record, "Key") {
            Some(key) if !seen.number(key.to_owned()).1 => {
                let path = format!("{path}.Key");
                findings.add(rule, path.clone(), &[("name", &path), ("key", &quoted(key))]);
            }
            _ => {}
        }
    }
}

// ---- CopyImage ----

static COPY_DESTINATION_EMPTY: Rule = rule!(
    error,
    "volcengine.CopyImage.DestinationRegion.empty",
    "MissingParameter.DestinationRegion",
    "S3",
    "DestinationRegion is empty; give a region id such as cn-shanghai",
    "DestinationRegion 为空；请填写地域 ID，例如 cn-shanghai",
);
static COPY_DESTINATION_FORM: Rule = rule!(
    error,
    "volcengine.CopyImage.DestinationRegion.form",
    "InvalidDestinationRegion.Malformed",
    "S3",
    "{region} is not a region id; write one like cn-shanghai: lower-case letters, digits and hyphens",
    "{region} 不是地域 ID；写法如 cn-shanghai：小写字母、数字和连字符",
);
static COPY_DESTINATION_CASE: Rule = rule!(
    error,
    "volcengine.CopyImage.DestinationRegion.case",
    "InvalidDestinationRegion.Malformed",
    "OWN",
    "{region} has upper-case letters; write {fix}",
    "{region} 含有大写字母；请写成 {fix}",
);
static COPY_DESTINATION_ZONE: Rule = rule!(
    error,
    "volcengine.CopyImage.DestinationRegion.zone",
    "InvalidDestinationRegion.Malformed",
    "OWN",
    "{region} is a zone; write its region {fix}",
    "{region} 是可用区；请填写其地域 {fix}",
);
static COPY_DESTINATION_SAME: Rule = rule!(
    error,
    "volcengine.CopyImage.DestinationRegion.same",
    "InvalidDestinationRegion.Mismatch",
    "S3",
    "{region} is the source region itself; choose another destination",
    "{region} 就是源地域；请选择其他目标地域",
);
static COPY_DESTINATION_SAME_SHARED: Rule = rule!(
    warning,
    "volcengine.CopyImage.DestinationRegion.same_shared",
    "InvalidDestinationRegion.Mismatch",
    "DOC",
    "a shared image is copied within its region {region}, which only newer pages of the vendor allow; have the image's owner copy it if this is refused",
    "共享镜像将在其所在地域 {region} 内复制，仅较新的官方文档允许；若被拒绝，请由镜像所有者复制",
);
static COPY_DESTINATION_UNKNOWN: Rule = rule!(
    warning,
    "volcengine.CopyImage.DestinationRegion.unknown",
    "InvalidDestinationRegion.Malformed",
    "OWN",
    "{region} is not among the known regions; check the spelling, or ask DescribeRegions",
    "{region} 不在已知地域之列；请检查拼写，或用 DescribeRegions 查询",
);
static COPY_DESCRIPTION_EMPTY: Rule = rule!(
    note,
    "volcengine.CopyImage.Description.empty",
    "",
    "OWN",
    "Description is sent empty; whether the cloud then takes the source's is not documented, so leave it out to inherit it",
    "Description 将以空值发送；此时是否沿用源镜像描述未见文档，如需沿用请不填",
);
static COPY_TAGS_IGNORED: Rule = rule!(
    warning,
    "volcengine.CopyImage.Tags.ignored",
    "",
    "DOC",
    "Tags are ignored while CopyImageTags is true; drop one of the two",
    "CopyImageTags 为 true 时 Tags 会被忽略；请去掉其中一个",
);
static COPY_TAGS_SHARED: Rule = rule!(
    warning,
    "volcengine.CopyImage.CopyImageTags.shared",
    "",
    "DOC",
    "CopyImageTags has no effect on a shared image; give Tags instead",
    "CopyImageTags 对共享镜像无效；请改用 Tags",
);
static COPY_IMAGE_ASSUMED: Rule = rule!(
    note,
    "volcengine.CopyImage.ImageId.assumed",
    "",
    "DOC",
    "nothing is known of the image: assumed to be an available custom image of this account, of one system disk and at most 300 GiB",
    "尚无镜像信息：假定为本账号可用的自定义镜像，仅含系统盘且不超过 300 GiB",
);
static COPY_IMAGE_ASSUMED_PLAIN: Rule = rule!(
    note,
    "volcengine.CopyImage.ImageId.assumed_plain",
    "",
    "DOC",
    "not all is known of the image: assumed to be a custom image of this account, of one system disk and at most 300 GiB",
    "镜像信息不全：假定为本账号的自定义镜像，仅含系统盘且不超过 300 GiB",
);
static COPY_IMAGE_STATE: Rule = rule!(
    error,
    "volcengine.CopyImage.ImageId.state",
    "InvalidImageForCopyImage.UnSupported",
    "DOC",
    "the image is {state}; only available images can be copied",
    "镜像状态为 {state}；仅 available 的镜像可以复制",
);
static COPY_IMAGE_PUBLIC: Rule = rule!(
    error,
    "volcengine.CopyImage.ImageId.public",
    "InvalidImageForCopyImage.UnSupported",
    "S3",
    "this is a public image; it cannot be copied and is offered in the other regions anyway, so use a custom image",
    "这是公共镜像，不能复制（其他地域也有提供）；请使用自定义镜像",
);
static COPY_IMAGE_SHARED: Rule = rule!(
    error,
    "volcengine.CopyImage.ImageId.shared",
    "InvalidImageForCopyImage.UnSupported",
    "DOC",
    "the image is shared by another account and cannot be copied to another region; have its owner copy it",
    "该镜像由其他账号共享，不能跨地域复制；请由所有者复制",
);
static COPY_IMAGE_WHOLE: Rule = rule!(
    warning,
    "volcengine.CopyImage.ImageId.whole",
    "InvalidImageForCopyImage.UnSupported",
    "DOC",
    "the image holds a whole machine and will probably be refused; make an image of the system disk alone",
    "该镜像为整机镜像，可能被拒绝；请制作仅含系统盘的镜像",
);
static COPY_IMAGE_SIZE: Rule = rule!(
    warning,
    "volcengine.CopyImage.ImageId.size",
    "LimitExceeded.MaximumImageSize",
    "DOC",
    "the image has {size} GiB and will probably be refused; 300 GiB is the known limit",
    "镜像大小为 {size} GiB，可能被拒绝；已知上限为 300 GiB",
);
static COPY_QUOTA_ASSUMED: Rule = rule!(
    note,
    "volcengine.CopyImage.quota.assumed",
    "",
    "S3",
    "nothing is known of the room in the destination: assumed to hold fewer than 50 custom images",
    "尚无目标地域的配额信息：假定其自定义镜像少于 50 个",
);
static COPY_QUOTA: Rule = rule!(
    error,
    "volcengine.CopyImage.quota.full",
    "LimitExceeded.MaximumImageCount",
    "S3",
    "the destination holds {used} of {total} custom images; delete one there or have the quota raised",
    "目标地域已有 {used} 个自定义镜像，上限 {total} 个；请删除不用的镜像或申请提高配额",
);
static COPY_INVITATION: Rule = rule!(
    note,
    "volcengine.CopyImage.account.invited",
    "",
    "S3",
    "copying is by invitation: this account is assumed to have it; if not, ask the account manager",
    "复制镜像处于邀测阶段：假定本账号已开通；若未开通，请联系客户经理",
);

fn check_copy(params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    check_name(params, findings);
    match text(params, "Description") {
        Some("") => findings.add(&COPY_DESCRIPTION_EMPTY, "Description", &[]),
        Some(description) => check_spelling(description, &DESCRIPTION, findings),
        None => {}
    }
    if let Some(destination) = text(params, "DestinationRegion") {
        check_destination(destination, findings);
    }
    let within_region = text(params, "DestinationRegion").is_some_and(|to| !to.is_empty() && to.eq_ignore_ascii_case(&at.region));
    let is_shared = known.image.is_some_and(|image| image.ownership == Ownership::Shared);
    if within_region {
        let rule = if is_shared { &COPY_DESTINATION_SAME_SHARED } else { &COPY_DESTINATION_SAME };
        findings.add(rule, "DestinationRegion", &[("region", &at.region)]);
    }
    check_tags(params, 0, findings);
    if flag(params, "CopyImageTags") {
        if length(params, "Tags").is_some_and(|count| count > 0) {
            findings.add(&COPY_TAGS_IGNORED, "Tags", &[]);
        }
        if is_shared {
            findings.add(&COPY_TAGS_SHARED, "CopyImageTags", &[]);
        }
    }
    match known.image {
        Some(image) => check_copied(image, within_region, findings),
        None if known.shared == Some(true) => findings.add(&COPY_IMAGE_SHARED, "ImageId", &[]),
        None => findings.add(&COPY_IMAGE_ASSUMED, "ImageId", &[]),
    }
    // The page names the limit, so the number of images alone is enough to know.
    match known.quota.and_then(|quota| Some((quota.used?, quota.total.unwrap_or(50)))) {
        Some((used, total)) if used >= total => findings.add(&COPY_QUOTA, "DestinationRegion", &[("used", &used), ("total", &total)]),
        Some(_) => {}
        None => findings.add(&COPY_QUOTA_ASSUMED, "DestinationRegion", &[]),
    }
    findings.add(&COPY_INVITATION, "account", &[]);
}

fn check_destination(region: &str, findings: &mut Findings) {
    const PATH: &str = "DestinationRegion";
    let lower = region.to_ascii_lowercase();
    if region.is_empty() {
        findings.add(&COPY_DESTINATION_EMPTY, PATH, &[]);
    } else if let Some(fix) = region_of_zone(&lower) {
        findings.add(&COPY_DESTINATION_ZONE, PATH, &[("region", &region), ("fix", &fix)]);
    } else if !is_region(&lower) {
        findings.add_unknown(&COPY_DESTINATION_FORM, PATH, &[("region", &quoted(region))], region, &mut known_regions());
    } else if region != lower {
        findings.add(&COPY_DESTINATION_CASE, PATH, &[("region", &region), ("fix", &lower)]);
    } else if !is_known(region) {
        findings.add_unknown(&COPY_DESTINATION_UNKNOWN, PATH, &[("region", &region)], region, &mut known_regions());
    }
}

fn check_copied(image: &Image, within_region: bool, findings: &mut Findings) {
    const PATH: &str = "ImageId";
    if image.state != State::Ready {
        findings.add(&COPY_IMAGE_STATE, PATH, &[("state", &state_of(image))]);
    }
    match image.ownership {
        Ownership::Public | Ownership::Market => findings.add(&COPY_IMAGE_PUBLIC, PATH, &[]),
        Ownership::Shared if !within_region => findings.add(&COPY_IMAGE_SHARED, PATH, &[]),
        Ownership::Shared | Ownership::Private | Ownership::Unknown => {}
    }
    if image.whole == Some(true) {
        findings.add(&COPY_IMAGE_WHOLE, PATH, &[]);
    }
    match image.size_bytes.map(|bytes| bytes.div_ceil(1 << 30)) {
        Some(size) if size > 300 => findings.add(&COPY_IMAGE_SIZE, PATH, &[("size", &size)]),
        _ => {}
    }
    if image.ownership == Ownership::Unknown || image.whole.is_none() || image.size_bytes.is_none() {
        findings.add(&COPY_IMAGE_ASSUMED_PLAIN, PATH, &[]);
    }
}

/// The vendor's word for the state, or ours where the image was described without one.
fn state_of(image: &Image) -> &str {
    if image.raw_state.is_empty() { image.state.as_str() } else { &image.raw_state }
}

// ---- listings ----

static IMAGES_IDS_COUNT: Rule = rule!(
    error,
    "volcengine.DescribeImages.ImageIds.count",
    "",
    "DOC",
    "{count} ids; ask for at most 100 a call",
    "共 {count} 个 ID；每次最多 100 个",
);
static IMAGES_STATUS_COUNT: Rule =
    rule!(error, "volcengine.DescribeImages.Status.count", "", "DOC", "{count} states; give at most 10", "共 {count} 个状态；最多 10 个");
static IMAGES_STATUS_WORD: Rule = rule!(
    error,
    "volcengine.DescribeImages.Status.word",
    "",
    "DOC",
    "{name} is {word}; use available, creating or error",
    "{name} 为 {word}；应为 available、creating 或 error",
);
static IMAGES_STATUS_ABSENT: Rule = rule!(
    note,
    "volcengine.DescribeImages.Status.absent",
    "",
    "DOC",
    "without Status only available images come back; name available, creating and error to see all",
    "未指定 Status 时只返回 available 的镜像；如需全部请同时指定 available、creating、error",
);
static IMAGES_STATUS_SDK: Rule = rule!(
    warning,
    "volcengine.DescribeImages.ImageStatus.undocumented",
    "",
    "DOC",
    "ImageStatus stands in the vendor's SDK only, its meaning is not documented; use Status",
    "ImageStatus 仅见于官方 SDK，含义未说明；请使用 Status",
);
static IMAGES_VISIBILITY: Rule = rule!(
    error,
    "volcengine.DescribeImages.Visibility.word",
    "",
    "DOC",
    "Visibility is {word}; use public, private or shared",
    "Visibility 为 {word}；应为 public、private 或 shared",
);
static IMAGES_OS_TYPE: Rule = rule!(
    warning,
    "volcengine.DescribeImages.OsType.word",
    "",
    "DOC",
    "OsType is {word}; Linux and Windows are known",
    "OsType 为 {word}；已知取值为 Linux 和 Windows",
);
static IMAGES_PLATFORM: Rule = rule!(
    warning,
    "volcengine.DescribeImages.Platform.word",
    "",
    "DOC",
    "Platform {word} is not among the known ones: {known}",
    "Platform {word} 不在已知取值之列：{known}",
);
static IMAGES_LTS: Rule = rule!(
    note,
    "volcengine.DescribeImages.IsLTS.false",
    "",
    "DOC",
    "IsLTS has an effect only when true; leave it out",
    "IsLTS 仅在为 true 时生效；可不填",
);
static IMAGES_FILTERS_COUNT: Rule = rule!(
    error,
    "volcengine.DescribeImages.TagFilters.count",
    "",
    "DOC",
    "{count} tag filters; give at most 10",
    "共 {count} 个标签过滤条件；最多 10 个",
);
static IMAGES_FILTERS_REPEATED: Rule = rule!(
    error,
    "volcengine.DescribeImages.TagFilters.key_repeated",
    "",
    "DOC",
    "{name} {key} is there already; put all values of a key into one filter",
    "{name} 的 {key} 重复；请把同一个键的值放在一个条件里",
);
static IMAGES_FILTERS_VALUES: Rule = rule!(
    error,
    "volcengine.DescribeImages.TagFilters.values",
    "",
    "DOC",
    "{name} has {count} entries; give 1 to 3",
    "{name} 有 {count} 项；应为 1 至 3 项",
);
static IMAGES_MAX_RESULTS: Rule = rule!(
    error,
    "volcengine.DescribeImages.MaxResults.range",
    "",
    "DOC",
    "MaxResults is {value}; give 1 to 100",
    "MaxResults 为 {value}；应为 1 至 100",
);
static REGIONS_IDS_COUNT: Rule = rule!(
    error,
    "volcengine.DescribeRegions.RegionIds.count",
    "LimitExceeded.MaximumRegionIds",
    "DOC",
    "{count} ids; ask for at most 20 a call",
    "共 {count} 个 ID；每次最多 20 个",
);
static REGIONS_MAX_RESULTS: Rule = rule!(
    error,
    "volcengine.DescribeRegions.MaxResults.range",
    "",
    "DOC",
    "MaxResults is {value}; give 1 to 20",
    "MaxResults 为 {value}；应为 1 至 20",
);
static REGIONS_PAGE: Rule = rule!(
    note,
    "volcengine.DescribeRegions.MaxResults.absent",
    "",
    "DOC",
    "a page holds ten regions; give MaxResults 20 or follow NextToken to see all",
    "每页默认 10 个地域；如需全部请将 MaxResults 设为 20 或按 NextToken 翻页",
);
static TASKS_RESOURCES_COUNT: Rule = rule!(
    error,
    "volcengine.DescribeTasks.ResourceIds.count",
    "",
    "DOC",
    "{count} ids; ask for at most 100 a call",
    "共 {count} 个 ID；每次最多 100 个",
);
static TASKS_TASKS_COUNT: Rule = rule!(
    error,
    "volcengine.DescribeTasks.TaskIds.count",
    "",
    "DOC",
    "{count} ids; ask for at most 100 a call",
    "共 {count} 个 ID；每次最多 100 个",
);
static TASKS_RESOURCE_OLD: Rule = rule!(
    note,
    "volcengine.DescribeTasks.ResourceId.old",
    "",
    "DOC",
    "ResourceId is the older form; prefer ResourceIds",
    "ResourceId 为旧形式；建议使用 ResourceIds",
);
static TASKS_MAX_RESULTS: Rule = rule!(
    error,
    "volcengine.DescribeTasks.MaxResults.range",
    "",
    "DOC",
    "MaxResults is {value}; give 1 to 100",
    "MaxResults 为 {value}；应为 1 至 100",
);

fn check_list(params: &Params, findings: &mut Findings) {
    check_ids(params, "ImageIds", 0..=100, &IMAGES_IDS_COUNT, findings);
    match length(params, "Status") {
        None | Some(0) => findings.add(&IMAGES_STATUS_ABSENT, "Status", &[]),
        Some(count) if count > 10 => findings.add(&IMAGES_STATUS_COUNT, "Status", &[("count", &count)]),
        Some(_) => {}
    }
    for (path, word) in texts(params, "Status") {
        if !matches!(word, "available" | "creating" | "error") {
            findings.add(&IMAGES_STATUS_WORD, path.clone(), &[("name", &path), ("word", &quoted(word))]);
        }
    }
    if params.get("ImageStatus").is_some_and(|status| !status.is_null()) {
        findings.add(&IMAGES_STATUS_SDK, "ImageStatus", &[]);
    }
    check_word(params, "Visibility", &["public", "private", "shared"], &IMAGES_VISIBILITY, findings);
    check_word(params, "OsType", &["Linux", "Windows"], &IMAGES_OS_TYPE, findings);
    check_word(params, "Platform", &PLATFORMS, &IMAGES_PLATFORM, findings);
    if params.get("IsLTS") == Some(&Value::Bool(false)) {
        findings.add(&IMAGES_LTS, "IsLTS", &[]);
    }
    let filters = records(params, "TagFilters");
    if filters.len() > 10 {
        findings.add(&IMAGES_FILTERS_COUNT, "TagFilters", &[("count", &filters.len())]);
    }
    for (path, filter) in &filters {
        match length(filter, "Values") {
            Some(count) if !(1..=3).contains(&count) => {
                let path = format!("{path}.Values");
                findings.add(&IMAGES_FILTERS_VALUES, path.clone(), &[("name", &path), ("count", &count)]);
            }
            _ => {}
        }
    }
    repeated_keys(&filters, &IMAGES_FILTERS_REPEATED, findings);
    check_page_size(params, 100, &IMAGES_MAX_RESULTS, findings);
}

const PLATFORMS: [&str; 9] = ["CentOS", "Debian", "veLinux", "Windows Server", "Fedora", "OpenSUSE", "Ubuntu", "Rocky Linux", "AlmaLinux"];

fn check_regions(params: &Params, findings: &mut Findings) {
    check_ids(params, "RegionIds", 0..=20, &REGIONS_IDS_COUNT, findings);
    for (path, id) in texts(params, "RegionIds").into_iter().filter(|(_, id)| !id.is_empty()) {
        check_region(id, &path, findings);
    }
    check_page_size(params, 20, &REGIONS_MAX_RESULTS, findings);
    if length(params, "RegionIds").unwrap_or(0) == 0 && integer(params, "MaxResults").is_none() {
        findings.add(&REGIONS_PAGE, "MaxResults", &[]);
    }
}

fn check_tasks(params: &Params, findings: &mut Findings) {
    check_ids(params, "ResourceIds", 0..=100, &TASKS_RESOURCES_COUNT, findings);
    check_ids(params, "TaskIds", 0..=100, &TASKS_TASKS_COUNT, findings);
    if let Some(id) = text(params, "ResourceId") {
        check_id(id, "ResourceId", [&ID_EMPTY, &ID_SPACE, &ID_MASK], findings);
        findings.add(&TASKS_RESOURCE_OLD, "ResourceId", &[]);
    }
    check_page_size(params, 100, &TASKS_MAX_RESULTS, findings);
}

fn check_page_size(params: &Params, most: i64, rule: &'static Rule, findings: &mut Findings) {
    match integer(params, "MaxResults") {
        Some(value) if !(1..=most).contains(&value) => findings.add(rule, "MaxResults", &[("value", &value)]),
        _ => {}
    }
}

fn check_word(params: &Params, name: &str, words: &[&str], rule: &'static Rule, findings: &mut Findings) {
    match text(params, name) {
        Some(word) if !words.contains(&word) => findings.add(rule, name, &[("word", &quoted(word)), ("known", &words.join(", "))]),
        _ => {}
    }
}

// ---- ExportImage ----

static EXPORT_BUCKET_EMPTY: Rule = rule!(
    error,
    "volcengine.ExportImage.TOSBucket.empty",
    "MissingParameter.TOSBucket",
    "DOC",
    "TOSBucket is empty; give a bucket in the image's region",
    "TOSBucket 为空；请填写与镜像同地域的存储桶",
);
static EXPORT_BUCKET_FORM: Rule = rule!(
    error,
    "volcengine.ExportImage.TOSBucket.form",
    "",
    "OWN",
    "TOSBucket is {bucket}; a bucket's name has 3 to 63 lower-case letters, digits and hyphens",
    "TOSBucket 为 {bucket}；存储桶名称应为 3 至 63 个小写字母、数字或连字符",
);
static EXPORT_PREFIX_EMPTY: Rule = rule!(
    error,
    "volcengine.ExportImage.TOSPrefix.empty",
    "MissingParameter.TOSPrefix",
    "DOC",
    "TOSPrefix is empty; give 1 to 30 letters and digits",
    "TOSPrefix 为空；请填写 1 至 30 个字母或数字",
);
static EXPORT_PREFIX_FORM: Rule = rule!(
    error,
    "volcengine.ExportImage.TOSPrefix.form",
    "InvalidTOSPrefix.Malformed",
    "DOC",
    "TOSPrefix is {prefix}; give 1 to 30 letters and digits, no slash or hyphen",
    "TOSPrefix 为 {prefix}；应为 1 至 30 个字母或数字，不含斜杠或连字符",
);
static EXPORT_IMAGE_ASSUMED: Rule = rule!(
    note,
    "volcengine.ExportImage.ImageId.assumed",
    "",
    "DOC",
    "nothing is known of the image: assumed to be an available custom image of this account, in the bucket's region",
    "尚无镜像信息：假定为本账号可用的自定义镜像，且与存储桶同地域",
);
static EXPORT_IMAGE_STATE: Rule = rule!(
    error,
    "volcengine.ExportImage.ImageId.state",
    "InvalidImageStatus",
    "DOC",
    "the image is {state}; only available images can be exported",
    "镜像状态为 {state}；仅 available 的镜像可以导出",
);
static EXPORT_IMAGE_OWNER: Rule = rule!(
    warning,
    "volcengine.ExportImage.ImageId.owner",
    "InvalidImageForExportImage.UnSupported",
    "DOC",
    "this is not a custom image of this account and will probably be refused",
    "该镜像不是本账号的自定义镜像，可能被拒绝",
);

fn check_export(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    match text(params, "TOSBucket") {
        Some("") => findings.add(&EXPORT_BUCKET_EMPTY, "TOSBucket", &[]),
        Some(bucket) if !is_bucket(bucket) => findings.add(&EXPORT_BUCKET_FORM, "TOSBucket", &[("bucket", &quoted(bucket))]),
        _ => {}
    }
    match text(params, "TOSPrefix") {
        Some("") => findings.add(&EXPORT_PREFIX_EMPTY, "TOSPrefix", &[]),
        Some(prefix) if prefix.len() > 30 || !prefix.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            findings.add(&EXPORT_PREFIX_FORM, "TOSPrefix", &[("prefix", &quoted(prefix))]);
        }
        _ => {}
    }
    let Some(image) = known.image else {
        return findings.add(&EXPORT_IMAGE_ASSUMED, "ImageId", &[]);
    };
    if image.state != State::Ready {
        findings.add(&EXPORT_IMAGE_STATE, "ImageId", &[("state", &state_of(image))]);
    }
    match image.ownership {
        Ownership::Public | Ownership::Market | Ownership::Shared => findings.add(&EXPORT_IMAGE_OWNER, "ImageId", &[]),
        Ownership::Private | Ownership::Unknown => {}
    }
}

fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

// ---- changes ----

static DELETE_IDS_COUNT: Rule = rule!(
    error,
    "volcengine.DeleteImages.ImageIds.count",
    "",
    "DOC",
    "{count} ids; give 1 to 100 a call",
    "共 {count} 个 ID；每次应为 1 至 100 个",
);
static MODIFY_NOTHING: Rule = rule!(
    warning,
    "volcengine.ModifyImageAttribute.ImageId.nothing",
    "",
    "DOC",
    "nothing is changed; give ImageName, Description or BootMode",
    "没有要修改的内容；请填写 ImageName、Description 或 BootMode",
);
static MODIFY_BOOT_MODE: Rule = rule!(
    warning,
    "volcengine.ModifyImageAttribute.BootMode.word",
    "",
    "DOC",
    "BootMode is {word}; BIOS and UEFI are known",
    "BootMode 为 {word}；已知取值为 BIOS 和 UEFI",
);
static SHARE_NOTHING: Rule = rule!(
    warning,
    "volcengine.ModifyImageSharePermission.ImageId.nothing",
    "",
    "DOC",
    "nothing is changed; give AddAccounts or RemoveAccounts",
    "没有要修改的内容；请填写 AddAccounts 或 RemoveAccounts",
);
static SHARE_COUNT: Rule = rule!(
    error,
    "volcengine.ModifyImageSharePermission.AddAccounts.count",
    "",
    "DOC",
    "{count} accounts; give at most 50 a call",
    "共 {count} 个账号；每次最多 50 个",
);
static TAG_RESOURCES_TYPE: Rule = rule!(
    warning,
    "volcengine.TagResources.ResourceType.word",
    "",
    "DOC",
    "ResourceType is {word}; the known ones are {known}",
    "ResourceType 为 {word}；已知取值：{known}",
);
static TAG_RESOURCES_COUNT: Rule = rule!(
    error,
    "volcengine.TagResources.ResourceIds.count",
    "",
    "DOC",
    "{count} ids; give 1 to 50 a call",
    "共 {count} 个 ID；每次应为 1 至 50 个",
);

fn check_change(params: &Params, findings: &mut Findings) {
    check_name(params, findings);
    if let Some(description) = text(params, "Description") {
        check_spelling(description, &DESCRIPTION, findings);
    }
    check_word(params, "BootMode", &["BIOS", "UEFI"], &MODIFY_BOOT_MODE, findings);
    if ["ImageName", "Description", "BootMode"].iter().all(|name| text(params, name).is_none()) {
        findings.add(&MODIFY_NOTHING, "ImageId", &[]);
    }
}

fn check_share(params: &Params, findings: &mut Findings) {
    check_ids(params, "AddAccounts", 0..=50, &SHARE_COUNT, findings);
    check_ids(params, "RemoveAccounts", 0..=usize::MAX, &SHARE_COUNT, findings);
    if ["AddAccounts", "RemoveAccounts"].iter().all(|name| length(params, name).unwrap_or(0) == 0) {
        findings.add(&SHARE_NOTHING, "ImageId", &[]);
    }
}

fn check_tag(params: &Params, findings: &mut Findings) {
    const TYPES: [&str; 5] = ["image", "instance", "keypair", "reservedinstance", "scheduledinstance"];
    check_word(params, "ResourceType", &TYPES, &TAG_RESOURCES_TYPE, findings);
    check_ids(params, "ResourceIds", 1..=50, &TAG_RESOURCES_COUNT, findings);
    check_tags(params, 1, findings);
}
