//! Huawei's documented constraints, one rule each.
//!
//! Ids read `huawei.<operation>.<field>.<what>`; `any` stands in place of the operation where several share a rule.
//! What the vendor publishes of formats of ids and lists of words is advice: other operators run the same API with
//! others, so that these are warnings. Lengths count Unicode characters.

use super::regions::REGIONS;
use crate::api::check::Known;
use crate::api::check::params::{flag, integer, length, records, text, texts};
use crate::api::check::{Findings, Rule, rule};
use crate::api::facts::{Image, Ownership, State};
use crate::api::operation::{Operation, Place};
use crate::api::site::{At, Edition};
use crate::base::record::Params;
use crate::base::text::first_outside;
use crate::base::time::Millis;

/// Every rule, for catalogues and tests.
pub static RULES: &[&Rule] = &[
    &REGION_SHAPE,
    &REGION_UNKNOWN,
    &REGION_ZONE,
    &REGION_PLACEHOLDER,
    &ID_CHARACTERS,
    &ID_UUID,
    &ID_HEX,
    &PROJECT_ID_REQUIRED,
    &LIST_EMPTY,
    &WORD,
    &NAME_EMPTY,
    &NAME_LENGTH,
    &NAME_SPACE,
    &NAME_CHARACTERS,
    &NAME_ALPHABET,
    &DESCRIPTION_LENGTH,
    &DESCRIPTION_LINE_BREAK,
    &DESCRIPTION_BRACKETS,
    &DESCRIPTION_STRICT,
    &ENTERPRISE_PROJECT,
    &IMAGE_ACTIVE,
    &IMAGE_ISO,
    &QUOTA_FULL,
    &COPY_SAME_REGION,
    &COPY_PROJECT_EMPTY,
    &COPY_PROJECT_LENGTH,
    &COPY_PROJECT_CHARACTERS,
    &COPY_PROJECT_REGION,
    &COPY_PROJECT_MOS,
    &COPY_AGENCY_EMPTY,
    &COPY_AGENCY_LENGTH,
    &COPY_AGENCY_SPACE,
    &COPY_ENCRYPTED,
    &COPY_SIZE,
    &COPY_SIZE_LISTED,
    &COPY_SIZE_UNKNOWN,
    &COPY_SHARED,
    &COPY_PUBLIC,
    &COPY_WHOLE_VAULT,
    &COPY_NEEDLESS_VAULT,
    &COPY_WHOLE_REGIONS,
    &COPY_WINDOWS,
    &COPY_RUNNING,
    &COPY_ASSUMED_IMAGE,
    &COPY_ASSUMED_DESTINATION,
    &IN_REGION_WHOLE,
    &IN_REGION_KEY,
    &IN_REGION_SHARED_ENCRYPTED,
    &IN_REGION_SHARED_KEY,
    &IN_REGION_SHARED_SIZE,
    &IN_REGION_SHARED_ENTERPRISE,
    &IN_REGION_SHARED_ACCEPTED,
    &IN_REGION_ASSUMED,
    &EXPORT_BUCKET_URL,
    &EXPORT_BUCKET_SPACE,
    &EXPORT_FORMAT_WORD,
    &EXPORT_FORMAT_REQUIRED,
    &EXPORT_FORMAT_QUICK,
    &EXPORT_WHOLE,
    &EXPORT_ENCRYPTED,
    &EXPORT_SIZE,
    &EXPORT_SIZE_QUICK,
    &EXPORT_PUBLIC,
    &EXPORT_MARKET,
    &EXPORT_ASSUMED,
    &LIST_LIMIT,
    &LIST_LIMIT_LARGE,
    &LIST_SORT,
    &LIST_TIME,
    &LIST_MEMBER_STATUS,
    &LIST_TAG,
    &IAM_PAGE,
    &IAM_PER_PAGE,
    &IAM_PAGE_TOGETHER,
    &AGENCIES_DOMAIN,
    &TAGS_ACTION,
    &TAGS_KEY,
    &UPDATE_NOTHING,
    &UPDATE_OP,
    &UPDATE_MAX_RAM,
    &MEMBERS_STATUS,
    &MEMBERS_NONE,
    &COPY_SIZE_HALF,
    &EXPORT_FORMAT_ZVHD2,
];

/// Applies every rule of the operation.
pub fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    check_place(operation, params, at, findings);
    check_ids(operation, params, findings);
    match operation.name {
        "AddImageMembers" | "DeleteImageMembers" => check_members(params, findings),
        "AddImageTags" => check_tags(params, findings),
        "CopyImageCrossRegion" => check_copy(params, at, known, findings),
        "CopyImageInRegion" | "CopyImageInRegionInSafeMode" => check_copy_in_region(params, known, findings),
        "ExportImage" | "ExportImageInSafeMode" => check_export(params, known, findings),
        "ListAgencies" => {
            if text(params, "domain_id").or(at.domain_id.as_deref()).is_none_or(str::is_empty) {
                findings.add(&AGENCIES_DOMAIN, "domain_id", &[]);
            }
            check_pages(params, 500, findings);
        }
        "ListImages" => check_list(params, findings),
        "ListProjects" => check_pages(params, 5000, findings),
        "UpdateImage" => check_update(params, findings),
        "UpdateImageMembers" => {
            check_not_empty(params, "images", findings);
            check_word(&MEMBERS_STATUS, params, "status", &["accepted", "rejected"], findings);
        }
        // The others have nothing but ids, which are checked above.
        _ => {}
    }
}

// ---- Regions, ids and words: everywhere ----

static REGION_SHAPE: Rule = rule!(
    error,
    "huawei.any.region.form",
    "IMG.0147",
    "facts 1.2",
    "{region} is no region id; write it like cn-north-4: small letters, digits and inner hyphens",
    "{region} 不是地域 ID；写法如 cn-north-4：小写字母、数字和中间的连字符",
);
static REGION_UNKNOWN: Rule = rule!(
    warning,
    "huawei.any.region.unknown",
    "IMG.0147",
    "facts 1.2",
    "the region {region} is not in our table; check it, unless it is new or another operator's",
    "地域 {region} 不在表中；若不是新地域或其他运营商的地域，请检查",
);
static REGION_ZONE: Rule = rule!(
    error,
    "huawei.any.region.zone",
    "IMG.0147",
    "facts 1.2",
    "{region} is a zone; give its region {fix}",
    "{region} 是可用区；请填写其地域 {fix}",
);
static REGION_PLACEHOLDER: Rule = rule!(
    note,
    "huawei.any.region.placeholder",
    "IMG.0147",
    "facts 1.2",
    "{region} is the placeholder of the vendor's documentation; put a real region in its place",
    "{region} 是文档中的占位符，请换成真实地域",
);
static ID_CHARACTERS: Rule = rule!(
    error,
    "huawei.any.id.character",
    "",
    "facts 3.1, 10.3",
    "{field} would change the path: {what}; use letters, digits, - . _ ~ only",
    "{field} 会改变请求路径：{what}；只能使用字母、数字和 - . _ ~",
);
static ID_UUID: Rule = rule!(
    warning,
    "huawei.any.id.uuid",
    "IMG.0066",
    "facts 10.3",
    "{field} {id} is not a UUID; check it",
    "{field} {id} 不是 UUID，请检查"
);
static ID_HEX: Rule = rule!(
    warning,
    "huawei.any.id.hex",
    "IMG.0067",
    "facts 10.3",
    "{field} {id} is not 32 hexadecimal digits; check it",
    "{field} {id} 不是 32 位十六进制数，请检查",
);
static PROJECT_ID_REQUIRED: Rule = rule!(
    error,
    "huawei.any.project_id.required",
    "IMG.0067",
    "facts 4.4",
    "{operation} has the project in its path; give project_id, or set it for the region",
    "{operation} 的路径包含项目；请填写 project_id，或为该地域设置项目 ID",
);
static LIST_EMPTY: Rule = rule!(
    error,
    "huawei.any.list.empty",
    "IMG.0001",
    "facts 4.9",
    "{field} is an empty list; name at least one",
    "{field} 为空列表，至少填写一个",
);
static WORD: Rule = rule!(
    warning,
    "huawei.any.word.unknown",
    "",
    "facts 4.5",
    "{field} is one of {words}, not {given}; check it",
    "{field} 的取值为 {words}，而不是 {given}，请检查",
);

/// The region and the owner that the call itself names.
fn check_place(operation: &'static Operation, params: &Params, at: &At, findings: &mut Findings) {
    let global = operation.service == "iam" && matches!(at.region.as_str(), "" | "global");
    if !global {
        check_region(&at.region, "at.region", findings);
    }
    let in_path = operation.path.contains("{project_id}");
    for (field, id) in [("at.project_id", &at.project_id), ("at.domain_id", &at.domain_id)] {
        if let Some(id) = id {
            check_id(id, field, findings);
        }
    }
    if let Some(id) = &at.project_id {
        check_hex(id, "at.project_id", findings);
    }
    if in_path && at.project_id.is_none() && text(params, "project_id").is_none() {
        findings.add(&PROJECT_ID_REQUIRED, "project_id", &[("operation", &operation.name)]);
    }
}

fn check_ids(operation: &'static Operation, params: &Params, findings: &mut Findings) {
    for field in operation.fields {
        let Some(id) = text(params, field.name) else { continue };
        if field.place == Place::Path {
            check_id(id, field.name, findings);
        }
        match field.name {
            "image_id" | "id" | "marker" => check_uuid(id, field.name, findings),
            // Blank means none.
            "cmk_id" | "__system__cmkid" | "vault_id" if !id.is_empty() => check_uuid(id, field.name, findings),
            "job_id" | "project_id" => check_hex(id, field.name, findings),
            _ => {}
        }
    }
    for (path, id) in texts(params, "images") {
        check_uuid(id, &path, findings);
    }
}

/// Whether a region id looks like one; what does not is refused, what we do not know is doubted.
fn check_region(region: &str, path: &str, findings: &mut Findings) {
    if REGIONS.binary_search_by(|row| row.id.cmp(region)).is_ok() {
        return;
    }
    let shaped = region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !shaped || !region.contains('-') || region.starts_with('-') || region.ends_with('-') {
        findings.add_unknown(&REGION_SHAPE, path, &[("region", &format!("\"{region}\""))], region, &mut known_regions());
    } else if let Some(fix) = region_of_zone(region) {
        findings.add(&REGION_ZONE, path, &[("region", &region), ("fix", &fix)]);
    } else if is_placeholder(region) {
        findings.add(&REGION_PLACEHOLDER, path, &[("region", &region)]);
    } else {
        findings.add_unknown(&REGION_UNKNOWN, path, &[("region", &region)], region, &mut known_regions());
    }
}

fn known_regions() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|row| row.id)
}

/// `cn-north-4` of the zone `cn-north-4a`: regions end in a number, their zones in a letter behind it.
fn region_of_zone(id: &str) -> Option<&str> {
    let region = id.strip_suffix(|c: char| c.is_ascii_lowercase())?;
    region.ends_with(|c: char| c.is_ascii_digit()).then_some(region)
}

/// `region-1`, as the documented example has it.
fn is_placeholder(region: &str) -> bool {
    region.strip_prefix("region-").is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn check_id(id: &str, field: &str, findings: &mut Findings) {
    let what = match first_outside(id, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~' | '-')) {
        Some((position, char)) => format!("{char} at position {position}"),
        None if matches!(id, "" | "." | "..") => format!("it is \"{id}\""),
        None => return,
    };
    findings.add(&ID_CHARACTERS, field, &[("field", &field), ("what", &what)]);
}

fn check_uuid(id: &str, field: &str, findings: &mut Findings) {
    if !is_uuid(id) {
        findings.add(&ID_UUID, field, &[("field", &field), ("id", &format!("\"{id}\""))]);
    }
}

fn is_uuid(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn check_hex(id: &str, field: &str, findings: &mut Findings) {
    if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        findings.add(&ID_HEX, field, &[("field", &field), ("id", &format!("\"{id}\""))]);
    }
}

fn check_not_empty(params: &Params, field: &str, findings: &mut Findings) {
    if length(params, field) == Some(0) {
        findings.add(&LIST_EMPTY, field, &[("field", &field)]);
    }
}

fn check_word(rule: &'static Rule, params: &Params, field: &str, words: &[&str], findings: &mut Findings) {
    if let Some(given) = text(params, field)
        && !words.contains(&given)
    {
        findings.add(rule, field, &[("field", &field), ("words", &words.join(", ")), ("given", &format!("\"{given}\""))]);
    }
}

// ---- Names, descriptions and enterprise projects: whatever makes or changes an image ----

static NAME_EMPTY: Rule =
    rule!(error, "huawei.any.name.empty", "IMG.0013", "facts 10.1", "the name is empty; give one", "名称为空，请填写");
static NAME_LENGTH: Rule = rule!(
    error,
    "huawei.any.name.length",
    "IMG.0002",
    "facts 10.1",
    "the name has {length} characters; shorten it to 128",
    "名称有 {length} 个字符，最多 128 个",
);
static NAME_SPACE: Rule = rule!(
    error,
    "huawei.any.name.space",
    "IMG.0003",
    "facts 10.1",
    "the name begins or ends with a space; remove it",
    "名称首尾有空格，请删除",
);
static NAME_CHARACTERS: Rule = rule!(
    error,
    "huawei.any.name.character",
    "IMG.0003",
    "facts 10.1",
    "the name holds {char} at position {position}; use letters, digits, Chinese characters, - . _ and inner spaces",
    "名称在位置 {position} 含有 {char}；只能使用字母、数字、中文、- . _ 和中间的空格",
);
static NAME_ALPHABET: Rule = rule!(
    warning,
    "huawei.any.name.alphabet",
    "IMG.0003",
    "facts 10.1",
    "the name holds {char} at position {position}, which is not documented as allowed; prefer letters, digits and common Chinese characters",
    "名称在位置 {position} 含有 {char}，文档未说明允许；建议使用字母、数字和常用汉字",
);
static DESCRIPTION_LENGTH: Rule = rule!(
    error,
    "huawei.any.description.length",
    "IMG.0004",
    "spec 004, facts 10.2",
    "the description has {length} characters; shorten it to 1024",
    "描述有 {length} 个字符，最多 1024 个",
);
static DESCRIPTION_LINE_BREAK: Rule = rule!(
    error,
    "huawei.any.description.line_break",
    "IMG.0054",
    "spec 004, facts 10.2",
    "the description holds a line break at position {position}; put it on one line",
    "描述在位置 {position} 含有换行，请写成一行",
);
static DESCRIPTION_BRACKETS: Rule = rule!(
    error,
    "huawei.any.description.brackets",
    "IMG.0054",
    "spec 004, facts 10.2",
    "the description holds {char} at position {position}; remove all < and >",
    "描述在位置 {position} 含有 {char}；请删除所有 < 和 >",
);
static DESCRIPTION_STRICT: Rule = rule!(
    note,
    "huawei.any.description.strict",
    "IMG.0054",
    "spec 004, facts 10.2",
    "one page allows only letters and digits, and the description holds {char} at position {position}; the service accepts more",
    "有文档只允许字母和数字，而描述在位置 {position} 含有 {char}；服务实际允许更多字符",
);
static ENTERPRISE_PROJECT: Rule = rule!(
    warning,
    "huawei.any.enterprise_project_id.form",
    "IMG.0155",
    "facts 4.5, 4.7",
    "enterprise_project_id is {words}, not {given}; check it",
    "enterprise_project_id 应为 {words}，而不是 {given}，请检查",
);

fn check_name(params: &Params, findings: &mut Findings) {
    let Some(name) = text(params, "name") else { return };
    let length = name.chars().count();
    if length == 0 {
        return findings.add(&NAME_EMPTY, "name", &[]);
    }
    if length > 128 {
        findings.add(&NAME_LENGTH, "name", &[("length", &length)]);
    }
    if name.starts_with(' ') || name.ends_with(' ') {
        findings.add(&NAME_SPACE, "name", &[]);
    }
    let documented = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ' ') || ('\u{4E00}'..='\u{9FA5}').contains(&c);
    // "Letters" does not mean accented ones. Nobody has tried rare ideographs, kana, Cyrillic and the like.
    let untried = |c: char| c > '\u{24F}';
    if let Some((position, char)) = first_outside(name, |c| documented(c) || untried(c)) {
        findings.add(&NAME_CHARACTERS, "name", &[("position", &position), ("char", &char)]);
    }
    if let Some((position, char)) = first_outside(name, |c| documented(c) || !untried(c)) {
        findings.add(&NAME_ALPHABET, "name", &[("position", &position), ("char", &char)]);
    }
}

fn check_description(params: &Params, field: &str, findings: &mut Findings) {
    let Some(description) = text(params, field) else { return };
    let length = description.chars().count();
    if length > 1024 {
        findings.add(&DESCRIPTION_LENGTH, field, &[("length", &length)]);
    }
    if let Some((position, _)) = first_outside(description, |c| !matches!(c, '\r' | '\n')) {
        findings.add(&DESCRIPTION_LINE_BREAK, field, &[("position", &position)]);
    }
    if let Some((position, char)) = first_outside(description, |c| !matches!(c, '<' | '>')) {
        findings.add(&DESCRIPTION_BRACKETS, field, &[("position", &position), ("char", &char)]);
    }
    if let Some((position, char)) = first_outside(description, char::is_alphanumeric) {
        findings.add(&DESCRIPTION_STRICT, field, &[("position", &position), ("char", &char)]);
    }
}

fn check_enterprise_project(params: &Params, words: &[&str], findings: &mut Findings) {
    const FIELD: &str = "enterprise_project_id";
    if text(params, FIELD).is_none_or(|id| !is_uuid(id)) {
        check_word(&ENTERPRISE_PROJECT, params, FIELD, words, findings);
    }
}

// ---- The source image and the room for a new one: whatever starts a job ----

static IMAGE_ACTIVE: Rule = rule!(
    error,
    "huawei.any.image.active",
    "IMG.0046",
    "facts 8.7, 4.7",
    "the image is {state}, not active; wait until it is, or choose another",
    "镜像状态为 {state}，不是 active；请等待或更换镜像",
);
static IMAGE_ISO: Rule = rule!(
    error,
    "huawei.any.image.iso",
    "IMG.0167",
    "spec 004, facts 8.5, 4.7, 4.8",
    "the image is an ISO image; make a server from it and an image of that server",
    "镜像是 ISO 镜像；请用其创建服务器，再制作镜像",
);
static QUOTA_FULL: Rule = rule!(
    error,
    "huawei.any.quota.full",
    "IMG.0015",
    "facts 8.12",
    "{used} of {total} private images are there already; delete one or have the quota raised",
    "私有镜像已有 {used} 个，配额为 {total}；请删除或申请提高配额",
);

fn check_image(image: &Image, findings: &mut Findings) {
    if image.state != State::Ready {
        findings.add(&IMAGE_ACTIVE, "image_id", &[("state", &image.raw_state)]);
    }
    if image.iso == Some(true) {
        findings.add(&IMAGE_ISO, "image_id", &[]);
    }
}

fn check_quota(known: &Known<'_>, findings: &mut Findings) {
    if let Some((total, used)) = known.quota.and_then(|quota| quota.total.zip(quota.used))
        && used >= total
    {
        findings.add(&QUOTA_FULL, "name", &[("used", &used), ("total", &total)]);
    }
}

/// Sizes as the vendor writes them: GB that are 2^30 bytes.
const GIB: u64 = 1 << 30;

fn is_larger(image: &Image, gib: u64) -> bool {
    image.size_bytes.is_some_and(|size| size > gib * GIB)
}

fn size_gib(image: &Image) -> u64 {
    image.size_bytes.unwrap_or_default().div_ceil(GIB)
}

// ---- AddImageMembers, DeleteImageMembers ----

static MEMBERS_NONE: Rule = rule!(
    error,
    "huawei.any.members.required",
    "IMG.0001",
    "facts 4.7",
    "nobody is named; give projects, domains or organizations",
    "未指定共享对象；请填写 projects、domains 或 organizations",
);

fn check_members(params: &Params, findings: &mut Findings) {
    const WHO: [&str; 3] = ["projects", "domains", "organizations"];
    check_not_empty(params, "images", findings);
    for who in WHO {
        check_not_empty(params, who, findings);
    }
    if WHO.iter().all(|who| params.get(*who).is_none_or(serde_json::Value::is_null)) {
        findings.add(&MEMBERS_NONE, "projects", &[]);
    }
}

// ---- CopyImageCrossRegion ----

static COPY_SAME_REGION: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.region.same",
    "IMG.0142",
    "spec 004, facts 8.1",
    "the destination region is the source region {region}; choose another, or use CopyImageInRegion",
    "目的地域与源地域 {region} 相同；请更换，或使用 CopyImageInRegion",
);
static COPY_PROJECT_EMPTY: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.project_name.empty",
    "IMG.0104",
    "spec 004, facts 1.3",
    "project_name is empty; the built-in project is named as the region",
    "project_name 为空；内置项目与地域同名",
);
static COPY_PROJECT_LENGTH: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.project_name.length",
    "IMG.0145",
    "facts 1.3",
    "project_name has {length} characters; a project's name has at most 64",
    "project_name 有 {length} 个字符，最多 64 个",
);
static COPY_PROJECT_CHARACTERS: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.project_name.character",
    "IMG.0145",
    "facts 1.3",
    "project_name holds {char} at position {position}; a project's name has letters, digits, - and _ only",
    "project_name 在位置 {position} 含有 {char}；项目名称只含字母、数字、- 和 _",
);
static COPY_PROJECT_REGION: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.project_name.region",
    "IMG.0145",
    "facts 1.3",
    "project_name {project} is neither {region} nor {region}_…; name a project of the destination region",
    "project_name {project} 既不是 {region} 也不是 {region}_…;请填写目的地域的项目",
);
static COPY_PROJECT_MOS: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.project_name.mos",
    "IMG.0145",
    "facts 1.3",
    "MOS is the built-in project of the object store; name a project of the destination region",
    "MOS 是对象存储的内置项目；请填写目的地域的项目",
);
static COPY_AGENCY_EMPTY: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.agency_name.empty",
    "IMG.0151",
    "spec 004, facts 4.2",
    "agency_name is empty; name an IAM agency that trusts IMS",
    "agency_name 为空；请填写信任 IMS 的 IAM 委托",
);
static COPY_AGENCY_LENGTH: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.agency_name.length",
    "IMG.0151",
    "facts 4.2",
    "agency_name has {length} characters; an agency's name has at most 64",
    "agency_name 有 {length} 个字符，最多 64 个",
);
static COPY_AGENCY_SPACE: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.agency_name.space",
    "IMG.0151",
    "facts 4.2",
    "agency_name begins or ends with white space; remove it",
    "agency_name 首尾有空白字符，请删除",
);
static COPY_ENCRYPTED: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.image_id.encrypted",
    "IMG.0143",
    "spec 004, facts 8.2, 4.7",
    "the image is encrypted; copy it with CopyImageInRegion without cmk_id, replicate that copy, then encrypt it in the destination",
    "镜像已加密；先用 CopyImageInRegion(不填 cmk_id)复制为非加密镜像，跨区域复制后再在目的地域加密",
);
static COPY_SIZE: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.image_id.size",
    "IMG.0146",
    "spec 004, facts 8.3",
    "the image has {size} GB, the limit between these regions is {limit} GB; export it, transfer the file and import it there",
    "镜像大小 {size} GB，这两个地域之间的上限为 {limit} GB；请导出文件，传输后在目的地域导入",
);
static COPY_SIZE_LISTED: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.image_id.size_listed",
    "IMG.0146",
    "facts 8.3",
    "the image has {size} GB: more than 128 GB is allowed only between cn-south-1, cn-east-2, cn-east-3 and cn-north-4, and only of late",
    "镜像大小 {size} GB：超过 128 GB 仅在 cn-south-1、cn-east-2、cn-east-3、cn-north-4 之间允许，且为近期放宽",
);
static COPY_SIZE_HALF: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.image_id.size_half",
    "IMG.0146",
    "facts 8.3",
    "the image has {size} GB: more than 128 GB is allowed between cn-south-1, cn-east-2, cn-east-3 and cn-north-4; whether one end is enough is not documented",
    "镜像大小 {size} GB：超过 128 GB 仅在 cn-south-1、cn-east-2、cn-east-3、cn-north-4 之间允许；文档未说明是否只需一端在列",
);
static COPY_SIZE_UNKNOWN: Rule = rule!(
    note,
    "huawei.CopyImageCrossRegion.image_id.size_unknown",
    "IMG.0146",
    "facts 8.3b",
    "the size of the image is not known; it must not be above 128 GB",
    "镜像大小未知；不得超过 128 GB",
);
static COPY_SHARED: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.image_id.shared",
    "IMG.0047",
    "spec 004, facts 8.6, 4.7",
    "the image is shared by another account; accept it, copy it with CopyImageInRegion, replicate that copy",
    "镜像由其他账号共享；请先接受，用 CopyImageInRegion 复制为自己的镜像，再跨区域复制",
);
static COPY_PUBLIC: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.image_id.public",
    "IMG.0024",
    "spec 004, facts 8.6, 4.7",
    "the image is a public or marketplace image; make a server from it and a private image of that server",
    "镜像是公共或市场镜像；请用其创建服务器，再制作私有镜像",
);
static COPY_WHOLE_VAULT: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.vault_id.required",
    "IMG.0184",
    "facts 4.1, 8.8",
    "a full-ECS image needs vault_id: a server-backup vault for replicas in the destination region",
    "整机镜像须填写 vault_id：目的地域的云服务器备份复制存储库",
);
static COPY_NEEDLESS_VAULT: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.vault_id.needless",
    "",
    "facts 8.8",
    "vault_id is for full-ECS images only; leave it out",
    "vault_id 仅用于整机镜像，请删除",
);
static COPY_WHOLE_REGIONS: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.region.whole",
    "IMG.0130",
    "facts 8.9",
    "full-ECS images are documented to replicate only between cn-north-1, cn-north-4, cn-east-2, cn-east-3 and cn-south-1",
    "文档说明整机镜像仅支持在 cn-north-1、cn-north-4、cn-east-2、cn-east-3、cn-south-1 之间复制",
);
static COPY_WINDOWS: Rule = rule!(
    warning,
    "huawei.CopyImageCrossRegion.image_id.windows",
    "IMG.0105",
    "facts 8.11",
    "the international site no longer replicates Windows images; export and import it instead",
    "国际站不再支持跨区域复制 Windows 镜像；请改用导出和导入",
);
static COPY_RUNNING: Rule = rule!(
    error,
    "huawei.CopyImageCrossRegion.image_id.running",
    "IMG.0149",
    "spec 004, facts 8.4",
    "{running} cross-region copies are running and five are allowed; wait until one has ended",
    "已有 {running} 个跨区域复制正在进行，最多五个；请等待其中一个结束",
);
static COPY_ASSUMED_IMAGE: Rule = rule!(
    note,
    "huawei.CopyImageCrossRegion.image_id.assumed",
    "",
    "spec 004, facts 8",
    "assumed of the image: private, active, not encrypted, not an ISO image, at most 128 GB; a full-ECS image needs vault_id",
    "假定镜像：私有、可用、未加密、非 ISO、不超过 128 GB；整机镜像须填 vault_id",
);
static COPY_ASSUMED_DESTINATION: Rule = rule!(
    note,
    "huawei.CopyImageCrossRegion.region.assumed",
    "",
    "facts 8.4, 8.10, 8.12 to 8.16",
    "assumed of the destination: room for the image, its name free, project and agency there, the pair of regions served, fewer than five copies running",
    "假定目的地域：配额充足、名称未占用、项目和委托有效、支持这对地域、进行中的复制少于五个",
);

fn check_copy(params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    check_name(params, findings);
    check_description(params, "description", findings);
    let (source, destination) = (at.region.trim(), text(params, "region").unwrap_or_default());
    if params.get("region").is_some_and(|region| region.is_string()) {
        check_region(destination, "region", findings);
    }
    if !source.is_empty() && destination.trim() == source {
        findings.add(&COPY_SAME_REGION, "region", &[("region", &source)]);
    }
    check_project_name(params, destination, findings);
    check_agency_name(params, findings);
    check_quota(known, findings);
    match known.image {
        Some(image) => check_copied_image(params, image, at, destination, findings),
        None if known.shared == Some(true) => findings.add(&COPY_SHARED, "image_id", &[]),
        None => findings.add(&COPY_ASSUMED_IMAGE, "image_id", &[]),
    }
    match known.running {
        Some(running @ 5..) => findings.add(&COPY_RUNNING, "image_id", &[("running", &running)]),
        Some(_) if known.quota.is_some() => {}
        _ => findings.add(&COPY_ASSUMED_DESTINATION, "region", &[]),
    }
}

fn check_project_name(params: &Params, region: &str, findings: &mut Findings) {
    const FIELD: &str = "project_name";
    let Some(project) = text(params, FIELD) else { return };
    let length = project.chars().count();
    if length == 0 {
        return findings.add(&COPY_PROJECT_EMPTY, FIELD, &[]);
    }
    if length > 64 {
        findings.add(&COPY_PROJECT_LENGTH, FIELD, &[("length", &length)]);
    }
    if let Some((position, char)) = first_outside(project, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        findings.add(&COPY_PROJECT_CHARACTERS, FIELD, &[("position", &position), ("char", &char)]);
    }
    // The placeholders of the documentation do not fit each other and are not meant to.
    let fits = project.strip_prefix(region).is_some_and(|own| own.is_empty() || own.starts_with('_'));
    if project == "MOS" {
        findings.add(&COPY_PROJECT_MOS, FIELD, &[]);
    } else if !fits && !region.is_empty() && !is_placeholder(region) {
        findings.add(&COPY_PROJECT_REGION, FIELD, &[("region", &region), ("project", &project)]);
    }
}

fn check_agency_name(params: &Params, findings: &mut Findings) {
    const FIELD: &str = "agency_name";
    let Some(agency) = text(params, FIELD) else { return };
    let length = agency.chars().count();
    if length == 0 {
        return findings.add(&COPY_AGENCY_EMPTY, FIELD, &[]);
    }
    if length > 64 {
        findings.add(&COPY_AGENCY_LENGTH, FIELD, &[("length", &length)]);
    }
    if agency.trim() != agency {
        findings.add(&COPY_AGENCY_SPACE, FIELD, &[]);
    }
}

fn check_copied_image(params: &Params, image: &Image, at: &At, destination: &str, findings: &mut Findings) {
    const FIELD: &str = "image_id";
    // Between these up to 300 GB are copied.
    const LARGE: [&str; 4] = ["cn-south-1", "cn-east-2", "cn-east-3", "cn-north-4"];
    let both_in = |regions: &[&str]| regions.contains(&at.region.as_str()) && regions.contains(&destination);
    check_image(image, findings);
    if image.encrypted == Some(true) {
        findings.add(&COPY_ENCRYPTED, FIELD, &[]);
    }
    match image.ownership {
        Ownership::Shared => findings.add(&COPY_SHARED, FIELD, &[]),
        Ownership::Public | Ownership::Market => findings.add(&COPY_PUBLIC, FIELD, &[]),
        Ownership::Private | Ownership::Unknown => {}
    }
    let listed = [at.region.as_str(), destination].iter().filter(|region| LARGE.contains(region)).count();
    let (limit, doubt) = match listed {
        0 => (128, None),
        1 => (300, Some(&COPY_SIZE_HALF)),
        _ => (300, Some(&COPY_SIZE_LISTED)),
    };
    if image.size_bytes.is_none() {
        findings.add(&COPY_SIZE_UNKNOWN, FIELD, &[]);
    } else if is_larger(image, limit) {
        findings.add(&COPY_SIZE, FIELD, &[("size", &size_gib(image)), ("limit", &limit)]);
    } else if let Some(rule) = doubt.filter(|_| is_larger(image, 128)) {
        findings.add(rule, FIELD, &[("size", &size_gib(image))]);
    }
    let vault = text(params, "vault_id").is_some_and(|vault| !vault.is_empty());
    match image.whole {
        Some(true) if !vault => findings.add(&COPY_WHOLE_VAULT, "vault_id", &[]),
        Some(false) if vault => findings.add(&COPY_NEEDLESS_VAULT, "vault_id", &[]),
        _ => {}
    }
    if image.whole == Some(true) && !both_in(&["cn-north-1", "cn-north-4", "cn-east-2", "cn-east-3", "cn-south-1"]) {
        findings.add(&COPY_WHOLE_REGIONS, "region", &[]);
    }
    // Regions outside mainland China are where the international site sells.
    let overseas = at.edition == Edition::International || !at.region.starts_with("cn-") || !destination.starts_with("cn-");
    if overseas && image.os.as_deref().is_some_and(|os| os.starts_with("Windows")) {
        findings.add(&COPY_WINDOWS, FIELD, &[]);
    }
}

// ---- CopyImageInRegion ----

static IN_REGION_WHOLE: Rule = rule!(
    error,
    "huawei.CopyImageInRegion.image_id.whole",
    "IMG.0105",
    "facts 4.7",
    "a full-ECS image cannot be copied in its region; choose a system or data disk image",
    "整机镜像不支持区域内复制；请选择系统盘或数据盘镜像",
);
static IN_REGION_KEY: Rule = rule!(
    note,
    "huawei.CopyImageInRegion.cmk_id.same",
    "IMG.0096",
    "facts 4.7",
    "cmk_id must not be the key of the source image",
    "cmk_id 不能与源镜像的密钥相同",
);
static IN_REGION_SHARED_ENCRYPTED: Rule = rule!(
    error,
    "huawei.CopyImageInRegion.image_id.shared_encrypted",
    "IMG.0197",
    "facts 4.7, 7.1",
    "a shared encrypted image cannot be copied; ask its owner for an unencrypted one",
    "共享的加密镜像不能复制；请向所有者索取非加密镜像",
);
static IN_REGION_SHARED_KEY: Rule = rule!(
    error,
    "huawei.CopyImageInRegion.cmk_id.shared",
    "IMG.0197",
    "facts 4.7",
    "a shared image cannot be encrypted while it is copied; leave cmk_id out and encrypt the copy",
    "共享镜像复制时不能加密；请不填 cmk_id，复制后再加密",
);
static IN_REGION_SHARED_SIZE: Rule = rule!(
    error,
    "huawei.CopyImageInRegion.image_id.shared_size",
    "IMG.0105",
    "facts 4.7",
    "the shared image has {size} GB and at most 128 GB can be copied; ask its owner to replicate it",
    "共享镜像大小 {size} GB，最多可复制 128 GB；请由所有者复制",
);
static IN_REGION_SHARED_ENTERPRISE: Rule = rule!(
    error,
    "huawei.CopyImageInRegion.enterprise_project_id.shared",
    "IMG.0155",
    "facts 4.7",
    "the copy of a shared image takes no enterprise project; leave enterprise_project_id out",
    "复制共享镜像不支持企业项目；请不填 enterprise_project_id",
);
static IN_REGION_SHARED_ACCEPTED: Rule = rule!(
    note,
    "huawei.CopyImageInRegion.image_id.accepted",
    "IMG.0196",
    "facts 4.7",
    "a shared image must have been accepted before it can be copied",
    "共享镜像须先接受才能复制",
);
static IN_REGION_ASSUMED: Rule = rule!(
    note,
    "huawei.CopyImageInRegion.image_id.assumed",
    "",
    "facts 4.7",
    "assumed: the image is active, not a full-ECS image, not an ISO image, accepted if shared, and there is room for one more",
    "假定：镜像可用、非整机、非 ISO，共享镜像已接受，配额充足",
);

fn check_copy_in_region(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    check_name(params, findings);
    check_description(params, "description", findings);
    check_enterprise_project(params, &["0"], findings);
    check_quota(known, findings);
    let Some(image) = known.image else {
        return findings.add(&IN_REGION_ASSUMED, "image_id", &[]);
    };
    check_image(image, findings);
    if image.whole == Some(true) {
        findings.add(&IN_REGION_WHOLE, "image_id", &[]);
    }
    let new_key = text(params, "cmk_id").is_some_and(|key| !key.is_empty());
    if image.ownership != Ownership::Shared {
        if new_key && image.encrypted == Some(true) {
            findings.add(&IN_REGION_KEY, "cmk_id", &[]);
        }
        return;
    }
    findings.add(&IN_REGION_SHARED_ACCEPTED, "image_id", &[]);
    if image.encrypted == Some(true) {
        findings.add(&IN_REGION_SHARED_ENCRYPTED, "image_id", &[]);
    }
    if new_key {
        findings.add(&IN_REGION_SHARED_KEY, "cmk_id", &[]);
    }
    if is_larger(image, 128) {
        findings.add(&IN_REGION_SHARED_SIZE, "image_id", &[("size", &size_gib(image))]);
    }
    if text(params, "enterprise_project_id").is_some_and(|project| project != "0") {
        findings.add(&IN_REGION_SHARED_ENTERPRISE, "enterprise_project_id", &[]);
    }
}

// ---- ExportImage ----

static EXPORT_BUCKET_URL: Rule = rule!(
    error,
    "huawei.ExportImage.bucket_url.form",
    "IMG.0017",
    "facts 4.8",
    "bucket_url {url} is not <bucket>:<object>; write it like ims-image:web.qcow2",
    "bucket_url {url} 不是 <桶>:<对象>;写法如 ims-image:web.qcow2",
);
static EXPORT_BUCKET_SPACE: Rule = rule!(
    error,
    "huawei.ExportImage.bucket_url.space",
    "IMG.0175",
    "facts 4.8",
    "bucket_url holds a space at position {position}; remove it",
    "bucket_url 在位置 {position} 含有空格，请删除",
);
static EXPORT_FORMAT_WORD: Rule = rule!(
    error,
    "huawei.ExportImage.file_format.value",
    "IMG.0072",
    "facts 4.8",
    "{field} must be one of {words}, not {given}",
    "{field} 应为 {words} 之一，而不是 {given}",
);
static EXPORT_FORMAT_ZVHD2: Rule = rule!(
    warning,
    "huawei.ExportImage.file_format.zvhd2",
    "IMG.0072",
    "facts 4.8",
    "zvhd2 is documented as the format of fast exports only; set is_quick_export without file_format, or give qcow2, vhd, zvhd or vmdk",
    "文档仅说明 zvhd2 是快速导出的格式；请设置 is_quick_export 且不填 file_format，或使用 qcow2、vhd、zvhd、vmdk",
);
static EXPORT_FORMAT_REQUIRED: Rule = rule!(
    error,
    "huawei.ExportImage.file_format.required",
    "IMG.0072",
    "facts 4.8",
    "file_format is required; give qcow2, vhd, zvhd or vmdk, or set is_quick_export",
    "缺少 file_format；请填写 qcow2、vhd、zvhd 或 vmdk，或设置 is_quick_export",
);
static EXPORT_FORMAT_QUICK: Rule = rule!(
    error,
    "huawei.ExportImage.file_format.quick",
    "IMG.0072",
    "facts 4.8",
    "a fast export takes no file_format, its file is zvhd2; leave one of the two out",
    "快速导出不能指定 file_format，文件为 zvhd2；两者只能填一个",
);
static EXPORT_WHOLE: Rule = rule!(
    error,
    "huawei.ExportImage.image_id.whole",
    "IMG.0128",
    "facts 4.8",
    "a full-ECS image cannot be exported; choose a system or data disk image",
    "整机镜像不支持导出；请选择系统盘或数据盘镜像",
);
static EXPORT_ENCRYPTED: Rule = rule!(
    error,
    "huawei.ExportImage.is_quick_export.encrypted",
    "IMG.0071",
    "facts 4.8",
    "an encrypted image has no fast export; give file_format instead",
    "加密镜像不支持快速导出；请改填 file_format",
);
static EXPORT_SIZE: Rule = rule!(
    error,
    "huawei.ExportImage.image_id.size",
    "IMG.0059",
    "facts 4.8",
    "the image has {size} GB; only images below 1024 GB can be exported",
    "镜像大小 {size} GB；仅支持导出 1024 GB 以下的镜像",
);
static EXPORT_SIZE_QUICK: Rule = rule!(
    warning,
    "huawei.ExportImage.image_id.size_quick",
    "IMG.0160",
    "facts 4.8",
    "the image has {size} GB; above 128 GB most regions offer only the fast export: set is_quick_export, without file_format",
    "镜像大小 {size} GB；超过 128 GB 时多数地域仅支持快速导出：设置 is_quick_export，不填 file_format",
);
static EXPORT_PUBLIC: Rule = rule!(
    error,
    "huawei.ExportImage.image_id.public",
    "IMG.0077",
    "facts 4.8, 7.4",
    "a public image cannot be exported; choose a private image",
    "公共镜像不支持导出；请选择私有镜像",
);
static EXPORT_MARKET: Rule = rule!(
    error,
    "huawei.ExportImage.image_id.market",
    "IMG.0078",
    "facts 4.8, 7.4",
    "a marketplace image cannot be exported; choose a private image",
    "市场镜像不支持导出；请选择私有镜像",
);
static EXPORT_ASSUMED: Rule = rule!(
    note,
    "huawei.ExportImage.image_id.assumed",
    "",
    "facts 4.8",
    "assumed: the bucket is a Standard one in the image's region; the image is active, no full-ECS or ISO image, \
     and does not come from the marketplace or from a public Windows, SUSE, Red Hat, Ubuntu or Oracle Linux image",
    "假定：桶为同地域的标准存储；镜像可用，非整机、非 ISO，且不来自市场镜像或公共 Windows、SUSE、Red Hat、Ubuntu、Oracle Linux 镜像",
);

fn check_export(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    if let Some(url) = text(params, "bucket_url") {
        if url.split_once(':').is_none_or(|(bucket, object)| bucket.is_empty() || object.is_empty()) {
            findings.add(&EXPORT_BUCKET_URL, "bucket_url", &[("url", &format!("\"{url}\""))]);
        }
        if let Some((position, _)) = first_outside(url, |c| !c.is_whitespace()) {
            findings.add(&EXPORT_BUCKET_SPACE, "bucket_url", &[("position", &position)]);
        }
    }
    let quick = flag(params, "is_quick_export");
    let format = params.get("file_format").is_some_and(|format| !format.is_null());
    match (format, quick) {
        (true, true) => findings.add(&EXPORT_FORMAT_QUICK, "file_format", &[]),
        (false, false) => findings.add(&EXPORT_FORMAT_REQUIRED, "file_format", &[]),
        _ => {}
    }
    match text(params, "file_format") {
        Some("zvhd2") if !quick => findings.add(&EXPORT_FORMAT_ZVHD2, "file_format", &[]),
        _ => check_word(&EXPORT_FORMAT_WORD, params, "file_format", &["qcow2", "vhd", "zvhd", "vmdk"], findings),
    }
    let Some(image) = known.image else {
        return findings.add(&EXPORT_ASSUMED, "image_id", &[]);
    };
    check_image(image, findings);
    match image.ownership {
        Ownership::Public => findings.add(&EXPORT_PUBLIC, "image_id", &[]),
        Ownership::Market => findings.add(&EXPORT_MARKET, "image_id", &[]),
        Ownership::Private | Ownership::Shared | Ownership::Unknown => {}
    }
    if image.whole == Some(true) {
        findings.add(&EXPORT_WHOLE, "image_id", &[]);
    }
    if quick && image.encrypted == Some(true) {
        findings.add(&EXPORT_ENCRYPTED, "is_quick_export", &[]);
    }
    if image.size_bytes.is_some_and(|size| size >= 1024 * GIB) {
        findings.add(&EXPORT_SIZE, "image_id", &[("size", &size_gib(image))]);
    } else if !quick && is_larger(image, 128) {
        findings.add(&EXPORT_SIZE_QUICK, "image_id", &[("size", &size_gib(image))]);
    }
}

// ---- ListImages ----

static LIST_LIMIT: Rule = rule!(
    error,
    "huawei.ListImages.limit.positive",
    "IMG.0001",
    "facts 4.5",
    "limit is {limit}; give 1 or more",
    "limit 为 {limit}，至少为 1",
);
static LIST_LIMIT_LARGE: Rule = rule!(
    note,
    "huawei.ListImages.limit.large",
    "",
    "facts 4.5",
    "limit {limit} is above the default of 500; the service may answer fewer",
    "limit {limit} 大于默认值 500；服务返回的可能更少",
);
static LIST_SORT: Rule = rule!(
    error,
    "huawei.ListImages.sort.value",
    "IMG.0001",
    "facts 4.5",
    "{field} must be one of {words}, not {given}",
    "{field} 应为 {words} 之一，而不是 {given}",
);
static LIST_TIME: Rule = rule!(
    error,
    "huawei.ListImages.time.form",
    "IMG.0001",
    "facts 4.5",
    "{field} {given} is not <op>:<UTC time>; write it like gte:2024-01-01T00:00:00Z, op one of gt gte lt lte eq neq",
    "{field} {given} 不是 <op>:<UTC 时间>;写法如 gte:2024-01-01T00:00:00Z,op 为 gt gte lt lte eq neq 之一",
);
static LIST_MEMBER_STATUS: Rule = rule!(
    error,
    "huawei.ListImages.member_status.visibility",
    "IMG.0001",
    "facts 4.5",
    "member_status works only with visibility shared; add it",
    "member_status 须与 visibility=shared 一起使用，请补充",
);
static LIST_TAG: Rule = rule!(
    warning,
    "huawei.ListImages.tag.form",
    "",
    "facts 4.5",
    "tag {tag} is not key=value; check it",
    "tag {tag} 不是 key=value，请检查",
);

fn check_list(params: &Params, findings: &mut Findings) {
    match integer(params, "limit") {
        Some(limit @ ..=0) => findings.add(&LIST_LIMIT, "limit", &[("limit", &limit)]),
        Some(limit @ 501..) => findings.add(&LIST_LIMIT_LARGE, "limit", &[("limit", &limit)]),
        _ => {}
    }
    let sort_keys = ["name", "container_format", "disk_format", "status", "id", "size", "created_at"];
    check_word(&LIST_SORT, params, "sort_key", &sort_keys, findings);
    check_word(&LIST_SORT, params, "sort_dir", &["asc", "desc"], findings);
    for (field, words) in [
        ("status", &["queued", "saving", "active", "killed", "deleted"][..]),
        ("visibility", &["public", "private", "shared"]),
        ("__imagetype", &["gold", "private", "shared", "market"]),
        ("__os_type", &["Linux", "Windows", "Other"]),
        ("virtual_env_type", &["FusionCompute", "DataImage", "Ironic", "IsoImage"]),
        ("container_format", &["bare"]),
        ("architecture", &["x86", "arm"]),
        ("member_status", &["accepted", "rejected", "pending"]),
    ] {
        check_word(&WORD, params, field, words, findings);
    }
    check_enterprise_project(params, &["0", "all_granted_eps"], findings);
    for field in ["created_at", "updated_at"] {
        if let Some(given) = text(params, field)
            && !is_time_filter(given)
        {
            findings.add(&LIST_TIME, field, &[("field", &field), ("given", &format!("\"{given}\""))]);
        }
    }
    if text(params, "member_status").is_some() && text(params, "visibility") != Some("shared") {
        findings.add(&LIST_MEMBER_STATUS, "member_status", &[]);
    }
    if let Some(tag) = text(params, "tag")
        && !tag.contains('=')
    {
        findings.add(&LIST_TAG, "tag", &[("tag", &format!("\"{tag}\""))]);
    }
}

/// `gte:2024-01-01T00:00:00Z` or `lt:2024-06-01 00:00:00`: always UTC, whole seconds.
fn is_time_filter(given: &str) -> bool {
    let Some((op, time)) = given.split_once(':') else { return false };
    let written = Millis::parse(time).map(Millis::rfc3339).unwrap_or_default();
    let spaced = written.replace('T', " ").replace('Z', "");
    matches!(op, "gt" | "gte" | "lt" | "lte" | "eq" | "neq") && !written.is_empty() && (time == written || time == spaced)
}

// ---- IAM look-ups ----

static IAM_PAGE: Rule =
    rule!(error, "huawei.any.page.positive", "", "facts 4.9", "page is {page}; pages count from 1", "page 为 {page}，页码从 1 开始");
static IAM_PER_PAGE: Rule = rule!(
    error,
    "huawei.any.per_page.range",
    "",
    "facts 4.9",
    "per_page is {per_page}; give 1 to {most}",
    "per_page 为 {per_page}，应为 1 至 {most}",
);
static IAM_PAGE_TOGETHER: Rule = rule!(
    error,
    "huawei.any.page.together",
    "",
    "facts 4.9",
    "page and per_page work only together; add {missing}",
    "page 和 per_page 须一起使用，请补充 {missing}",
);
static AGENCIES_DOMAIN: Rule = rule!(
    error,
    "huawei.ListAgencies.domain_id.required",
    "",
    "facts 4.9",
    "domain_id is required; give the id of the account, or set it for the call",
    "缺少 domain_id；请填写账号 ID，或为调用设置账号 ID",
);

fn check_pages(params: &Params, most: i64, findings: &mut Findings) {
    let (page, per_page) = (integer(params, "page"), integer(params, "per_page"));
    if let Some(page @ ..=0) = page {
        findings.add(&IAM_PAGE, "page", &[("page", &page)]);
    }
    if let Some(per_page) = per_page.filter(|per_page| !(1..=most).contains(per_page)) {
        findings.add(&IAM_PER_PAGE, "per_page", &[("most", &most), ("per_page", &per_page)]);
    }
    match (page, per_page) {
        (Some(_), None) => findings.add(&IAM_PAGE_TOGETHER, "per_page", &[("missing", &"per_page")]),
        (None, Some(_)) => findings.add(&IAM_PAGE_TOGETHER, "page", &[("missing", &"page")]),
        _ => {}
    }
}

// ---- Tags, attributes and members ----

static TAGS_ACTION: Rule = rule!(
    error,
    "huawei.AddImageTags.action.value",
    "IMG.0001",
    "facts 4.9",
    "{field} must be one of {words}, not {given}",
    "{field} 应为 {words} 之一，而不是 {given}",
);
static TAGS_KEY: Rule =
    rule!(error, "huawei.AddImageTags.tags.key", "IMG.0001", "facts 4.9", "the key of a tag is empty; give one", "标签的键为空，请填写");
static UPDATE_NOTHING: Rule = rule!(
    error,
    "huawei.UpdateImage.image_id.nothing",
    "IMG.0007",
    "facts 4.9",
    "there is nothing to change; give at least one of name, __description, min_ram, max_ram",
    "没有要修改的内容；请至少填写 name、__description、min_ram、max_ram 之一",
);
static UPDATE_OP: Rule = rule!(
    error,
    "huawei.UpdateImage.op.value",
    "IMG.0035",
    "facts 4.9",
    "{field} must be one of {words}, not {given}",
    "{field} 应为 {words} 之一，而不是 {given}",
);
static UPDATE_MAX_RAM: Rule = rule!(
    error,
    "huawei.UpdateImage.max_ram.number",
    "IMG.0001",
    "facts 4.5",
    "max_ram {given} is not a number of MB written as text; write it like \"4096\"",
    "max_ram {given} 不是以文本书写的 MB 数；写法如 \"4096\"",
);
static MEMBERS_STATUS: Rule = rule!(
    error,
    "huawei.UpdateImageMembers.status.value",
    "IMG.0001",
    "facts 4.5",
    "{field} must be one of {words}, not {given}",
    "{field} 应为 {words} 之一，而不是 {given}",
);

fn check_tags(params: &Params, findings: &mut Findings) {
    check_word(&TAGS_ACTION, params, "action", &["create", "delete"], findings);
    check_not_empty(params, "tags", findings);
    for (path, tag) in records(params, "tags") {
        if text(tag, "key") == Some("") {
            findings.add(&TAGS_KEY, format!("{path}.key"), &[]);
        }
    }
}

fn check_update(params: &Params, findings: &mut Findings) {
    check_name(params, findings);
    check_description(params, "__description", findings);
    check_word(&UPDATE_OP, params, "op", &["add", "replace"], findings);
    if ["name", "__description", "min_ram", "max_ram"].iter().all(|field| params.get(*field).is_none_or(|value| value.is_null())) {
        findings.add(&UPDATE_NOTHING, "image_id", &[]);
    }
    if let Some(given) = text(params, "max_ram")
        && (given.is_empty() || !given.bytes().all(|b| b.is_ascii_digit()))
    {
        findings.add(&UPDATE_MAX_RAM, "max_ram", &[("given", &format!("\"{given}\""))]);
    }
}
