//! Tencent's documented constraints, one rule each.
//!
//! Sources: S0 and S1 are the SyncImages pages of the international and the China site, S2 the ExportImages page, CN the
//! China site's SDK and reference, GO the per-action code lists of the Go SDK, DOC the product documentation,
//! TAG the page of TagResources.

use crate::api::check::Known;
use crate::api::check::params::{flag, integer, length, records, text, texts};
use crate::api::check::{Findings, Rule, rule};
use crate::api::facts::{Image, Ownership, State};
use crate::api::operation::Operation;
use crate::api::region::RegionClass;
use crate::api::site::{At, Edition};
use crate::base::record::Params;
use crate::base::text::first_outside;
use crate::tencent::regions::REGIONS;

/// Every rule, for catalogues and tests.
pub static RULES: &[&Rule] = &[
    &REGION_MISSING,
    &REGION_CHARACTER,
    &REGION_FORM,
    &REGION_ZONE,
    &REGION_UNKNOWN,
    &REGION_FINANCE_HOST,
    &IMAGE_ID_FORM,
    &IMAGE_ID_CHARACTER,
    &IMAGE_ID_PLACEHOLDER,
    &COPY_ONE_IMAGE,
    &COPY_NO_DESTINATION,
    &COPY_DUPLICATE,
    &COPY_TO_SOURCE,
    &COPY_TO_SOURCE_PERHAPS,
    &COPY_SHARED,
    &COPY_ENCRYPTED,
    &COPY_FINANCE,
    &COPY_BORDER,
    &COPY_UNLISTED,
    &COPY_NAME_LENGTH,
    &COPY_NAME_EMPTY,
    &COPY_KEY_ALONE,
    &COPY_KEY_FORM,
    &COPY_NO_IDS,
    &COPY_DRY_RUN_IDS,
    &COPY_STATE,
    &COPY_PUBLIC,
    &COPY_OF_ENCRYPTED,
    &COPY_SIZE,
    &COPY_WHOLE,
    &COPY_QUOTA,
    &COPY_ASSUMES_IMAGE,
    &COPY_ASSUMES_PLAIN,
    &COPY_ASSUMES_ROOM,
    &EXPORT_BUCKET_EMPTY,
    &EXPORT_BUCKET_CHARACTER,
    &EXPORT_BUCKET_APPID,
    &EXPORT_BUCKET_PLACEHOLDER,
    &EXPORT_NO_IMAGE,
    &EXPORT_FORMAT,
    &EXPORT_PREFIXES,
    &EXPORT_ROLE,
    &EXPORT_STATE,
    &EXPORT_SHARED,
    &EXPORT_PUBLIC,
    &EXPORT_MARKET,
    &EXPORT_WINDOWS,
    &EXPORT_RED_HAT,
    &EXPORT_ENCRYPTED,
    &EXPORT_ASSUMES_IMAGE,
    &EXPORT_ASSUMES_PLAIN,
    &EXPORT_ASSUMES_BUCKET,
    &EXPORT_ASSUMES_ROLE,
    &LIST_BOTH,
    &LIST_IDS,
    &LIST_SHORT_PAGE,
    &LIST_FILTERS,
    &LIST_FILTER_NAME,
    &LIST_FILTER_EDITION,
    &LIST_FILTER_VALUES,
    &LIST_FILTER_VALUE,
    &LIST_LIMIT,
    &LIST_OFFSET,
    &LIST_INSTANCE_TYPE,
    &LIST_INSTANCE_TYPE_FORM,
    &CHANGE_NOTHING,
    &CHANGE_NAME_LENGTH,
    &CHANGE_NAME_EMPTY,
    &CHANGE_DESCRIPTION_LENGTH,
    &CHANGE_SHARED,
    &SHARE_PERMISSION,
    &SHARE_NOBODY,
    &SHARE_MANY,
    &SHARE_ACCOUNT,
    &SHARE_STATE,
    &SHARE_FOREIGN,
    &DELETE_NOTHING,
    &DELETE_STATE,
    &DELETE_FOREIGN,
    &TAG_RESOURCES,
    &TAG_RESOURCE_FORM,
    &TAG_TAGS,
    &TAG_KEY_EMPTY,
    &TAG_KEY_TWICE,
    &FAMILY_EMPTY,
    &REGIONS_PRODUCT,
    &REGIONS_SCENE,
];

/// Applies every rule of the operation.
pub fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    check_region_of_call(operation, at, findings);
    for (path, id) in image_ids(params) {
        check_image_id(&path, id, findings);
    }
    match operation.name {
        "DeleteImages" => check_delete(params, known, findings),
        "DescribeImageFromFamily" if text(params, "ImageFamily") == Some("") => findings.add(&FAMILY_EMPTY, "ImageFamily", &[]),
        "DescribeImages" => check_list(params, at, findings),
        "DescribeRegions" => check_regions(params, findings),
        "ExportImages" => check_export(params, known, findings),
        "ModifyImageAttribute" => check_change(params, known, findings),
        "ModifyImageSharePermission" => check_share(params, known, findings),
        "SyncImages" => check_copy(params, at, known, findings),
        "TagResources" => check_tag(params, findings),
        _ => {}
    }
}

// ---- the region of a call and region ids ----

static REGION_MISSING: Rule = rule!(
    error,
    "tencent.any.Region.missing",
    "MissingParameter",
    "S0 S1 S2",
    "the call needs a region, for a copy that of the source image; give one like ap-guangzhou",
    "调用需要指定地域（复制时为源镜像所在地域），例如 ap-guangzhou",
);
static REGION_CHARACTER: Rule = rule!(
    error,
    "tencent.any.Region.character",
    "InvalidRegion.NotFound",
    "S0 S1",
    "{value} is no region id: {char} at position {position}; use lower-case letters, digits and hyphens, as in ap-guangzhou",
    "{value} 不是地域 ID：位置 {position} 的 {char} 不合法；只用小写字母、数字和连字符，例如 ap-guangzhou",
);
static REGION_FORM: Rule = rule!(
    error,
    "tencent.any.Region.form",
    "InvalidRegion.NotFound",
    "S0 S1",
    "{value} has not the form of a region id; write area and place, as in ap-guangzhou",
    "{value} 不符合地域 ID 的格式；应为区域加地点，例如 ap-guangzhou",
);
static REGION_ZONE: Rule = rule!(
    error,
    "tencent.any.Region.zone",
    "InvalidRegion.NotFound",
    "S0 S1",
    "{value} is a zone; give its region {region}",
    "{value} 是可用区；请填写其地域 {region}",
);
static REGION_UNKNOWN: Rule = rule!(
    warning,
    "tencent.any.Region.unknown",
    "InvalidRegion.NotFound",
    "S0",
    "the region {value} is not in our table; check the spelling, or go on if it is new",
    "地域 {value} 不在已知列表中；请核对拼写，若为新地域可忽略",
);
static REGION_FINANCE_HOST: Rule = rule!(
    warning,
    "tencent.any.Region.finance_host",
    "UnsupportedRegion",
    "DOC",
    "{region} and the endpoint {url} are on different sides of the wall around finance regions; leave the endpoint out",
    "{region} 与接入地址 {url} 分属金融区和普通地域，两者相互隔离；请去掉接入地址",
);

fn check_region_of_call(operation: &Operation, at: &At, findings: &mut Findings) {
    // These two answer the same whatever the region.
    let optional = matches!(operation.name, "DescribeRegions" | "TagResources");
    match (at.region.as_str(), optional) {
        ("", true) => {}
        ("", false) => findings.add(&REGION_MISSING, "region", &[]),
        (region, _) => check_region("region", region, findings),
    }
    if let Some(url) = at.endpoint.as_ref().map(|endpoint| endpoint.url.as_str()) {
        let is_finance = at.region.ends_with("-fsi");
        if url.contains("tencentcloudapi.com") && url.contains("-fsi.") != is_finance {
            findings.add(&REGION_FINANCE_HOST, "endpoint", &[("region", &at.region), ("url", &url)]);
        }
    }
}

fn check_region(path: &str, region: &str, findings: &mut Findings) {
    if class(region).is_some() {
        return;
    }
    if let Some((position, char)) = first_outside(region, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        let values: &[(&str, &dyn std::fmt::Display)] = &[("value", &region), ("char", &char), ("position", &position)];
        return findings.add_unknown(&REGION_CHARACTER, path, values, region, &mut REGIONS.iter().map(|known| known.id));
    }
    let area = region.split('-').next().unwrap_or_default();
    let has_form = area.len() == 2 && region.split('-').count() > 1 && region.split('-').all(|part| !part.is_empty());
    match region.rsplit_once('-') {
        _ if !has_form => {
            findings.add_unknown(&REGION_FORM, path, &[("value", &region)], region, &mut REGIONS.iter().map(|known| known.id))
        }
        Some((whole, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            findings.add(&REGION_ZONE, path, &[("value", &region), ("region", &whole)]);
        }
        _ => findings.add_unknown(&REGION_UNKNOWN, path, &[("value", &region)], region, &mut REGIONS.iter().map(|known| known.id)),
    }
}

fn class(region: &str) -> Option<RegionClass> {
    let row = REGIONS.binary_search_by(|known| known.id.cmp(region)).ok()?;
    Some(REGIONS.get(row)?.class)
}

// ---- DescribeImageFromFamily, DescribeRegions ----

static FAMILY_EMPTY: Rule = rule!(
    error,
    "tencent.DescribeImageFromFamily.ImageFamily.empty",
    "MissingParameter",
    "GO",
    "ImageFamily is empty; name a family",
    "ImageFamily 为空；请填写镜像族名称",
);
static REGIONS_PRODUCT: Rule = rule!(
    error,
    "tencent.DescribeRegions.Scene.product",
    "MissingParameter",
    "CN",
    "Scene is known to the region service only, which wants a Product; give Product cvm, or leave Scene out",
    "Scene 仅用于地域服务，须同时填写 Product；请填写 cvm，或去掉 Scene",
);
static REGIONS_SCENE: Rule = rule!(
    warning,
    "tencent.DescribeRegions.Scene.value",
    "InvalidParameterValue",
    "CN",
    "Scene is 0 or 1, not {value}; check it",
    "Scene 的取值为 0 或 1，而不是 {value}，请检查",
);

fn check_regions(params: &Params, findings: &mut Findings) {
    let scene = integer(params, "Scene");
    if text(params, "Product").is_none_or(str::is_empty) && (scene.is_some() || params.contains_key("Product")) {
        findings.add(&REGIONS_PRODUCT, "Product", &[]);
    }
    if let Some(value) = scene.filter(|scene| !matches!(scene, 0 | 1)) {
        findings.add(&REGIONS_SCENE, "Scene", &[("value", &value)]);
    }
}

// ---- image ids ----

static IMAGE_ID_FORM: Rule = rule!(
    error,
    "tencent.any.ImageId.form",
    "InvalidImageId.Malformed",
    "S0 S2 CN",
    "{value} is no image id; write it like img-o3ycss2p",
    "{value} 不是镜像 ID；写法如 img-o3ycss2p",
);
static IMAGE_ID_CHARACTER: Rule = rule!(
    error,
    "tencent.any.ImageId.character",
    "InvalidImageId.Malformed",
    "S0 S2 CN",
    "{value} is no image id: {char} at position {position}; after img- come lower-case letters and digits only",
    "{value} 不是镜像 ID：位置 {position} 的 {char} 不合法；img- 之后只能是小写字母和数字",
);
static IMAGE_ID_PLACEHOLDER: Rule = rule!(
    warning,
    "tencent.any.ImageId.placeholder",
    "InvalidImageId.NotFound",
    "DOC",
    "{value} looks like a placeholder; give the id of the image",
    "{value} 像是占位符；请填写真实的镜像 ID",
);

/// The image ids among the parameters, each with its path.
fn image_ids(params: &Params) -> Vec<(String, &str)> {
    let one = text(params, "ImageId").map(|id| ("ImageId".to_owned(), id));
    one.into_iter().chain(texts(params, "ImageIds")).collect()
}

fn check_image_id(path: &str, id: &str, findings: &mut Findings) {
    let Some(rest) = id.strip_prefix("img-").filter(|rest| !rest.is_empty()) else {
        return findings.add(&IMAGE_ID_FORM, path, &[("value", &id)]);
    };
    if let Some((position, char)) = first_outside(rest, |c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        findings.add(&IMAGE_ID_CHARACTER, path, &[("value", &id), ("char", &char), ("position", &(position + "img-".len()))]);
    } else if rest.bytes().all(|b| b == b'x') {
        findings.add(&IMAGE_ID_PLACEHOLDER, path, &[("value", &id)]);
    }
}

/// Where the image that facts are known about stands among the parameters.
fn path_of(image: &Image, params: &Params) -> String {
    let path = image_ids(params).into_iter().find(|(_, id)| *id == image.id).map(|(path, _)| path);
    path.unwrap_or_else(|| if params.contains_key("ImageId") { "ImageId" } else { "ImageIds" }.to_owned())
}

/// The vendor's word for the state, or ours where the image was described without one.
fn state_of(image: &Image) -> &str {
    if image.raw_state.is_empty() { image.state.as_str() } else { &image.raw_state }
}

// ---- SyncImages ----

static COPY_ONE_IMAGE: Rule = rule!(
    error,
    "tencent.SyncImages.ImageIds.one",
    "InvalidParameterValue.LimitExceeded",
    "S0 S1",
    "a call copies one image, not {count}; make one call for each",
    "每次调用只支持一个镜像，而不是 {count} 个；请逐个调用",
);
static COPY_NO_DESTINATION: Rule = rule!(
    error,
    "tencent.SyncImages.DestinationRegions.empty",
    "MissingParameter",
    "S0 S1",
    "no destination is given; name at least one region",
    "没有目的地域；请至少填写一个",
);
static COPY_DUPLICATE: Rule = rule!(
    error,
    "tencent.SyncImages.DestinationRegions.repeated",
    "",
    "S0 S1: one copy a region",
    "{value} is listed twice; name each region once",
    "{value} 重复；每个地域只填一次",
);
static COPY_TO_SOURCE: Rule = rule!(
    error,
    "tencent.SyncImages.DestinationRegions.source",
    "InvalidParameterValue.InvalidRegion",
    "S0 S1 CN",
    "{value} is the source region; a custom image is copied to other regions only, or encrypted in place with Encrypt",
    "{value} 是源地域；自定义镜像只能复制到其他地域，或设置 Encrypt 在源地域加密复制",
);
static COPY_TO_SOURCE_PERHAPS: Rule = rule!(
    warning,
    "tencent.SyncImages.DestinationRegions.source_unless_shared",
    "InvalidParameterValue.InvalidRegion",
    "S0 S1",
    "{value} is the source region; that is right for a shared image only: name another region, or set Encrypt",
    "{value} 是源地域；仅共享镜像可以如此：请换一个地域，或设置 Encrypt",
);
static COPY_SHARED: Rule = rule!(
    error,
    "tencent.SyncImages.DestinationRegions.shared",
    "InvalidParameterValue.InvalidRegion",
    "S0 S1",
    "a shared image can only be copied into its own region {source}; copy it there first, then copy the copy",
    "共享镜像只能复制到其所在地域 {source}；请先复制为自有镜像，再跨地域复制",
);
static COPY_ENCRYPTED: Rule = rule!(
    error,
    "tencent.SyncImages.DestinationRegions.encrypt",
    "InvalidParameterValue.InvalidRegion",
    "S0 CN",
    "with Encrypt the source region {source} is the only destination; name just that one",
    "设置 Encrypt 时目的地域只能是源地域 {source}；请只填该地域",
);
static COPY_FINANCE: Rule = rule!(
    warning,
    "tencent.SyncImages.DestinationRegions.finance",
    "UnsupportedOperation.Region",
    "DOC",
    "{value} and {source} are on different sides of the wall around finance regions; the copy will probably be refused",
    "{value} 与 {source} 分属金融区和普通地域，两者相互隔离；复制很可能被拒绝",
);
static COPY_BORDER: Rule = rule!(
    note,
    "tencent.SyncImages.DestinationRegions.border",
    "InvalidRegion.Unavailable",
    "DOC",
    "{value} is across the border of the mainland from {source}; if it is refused, ask support, or export and import",
    "{source} 到 {value} 为跨境复制；若被拒绝，请提交工单，或改用导出再导入",
);
static COPY_UNLISTED: Rule = rule!(
    warning,
    "tencent.SyncImages.Region.unlisted",
    "InvalidRegion.Unavailable",
    "S0",
    "{value} is not among the regions that SyncImages documents; the copy may be refused",
    "{value} 不在 SyncImages 文档列出的地域中；复制可能被拒绝",
);
static COPY_NAME_LENGTH: Rule = rule!(
    error,
    "tencent.SyncImages.ImageName.length",
    "",
    "CN",
    "the name has {count} characters; use at most 60",
    "名称有 {count} 个字符；最多 60 个",
);
static COPY_NAME_EMPTY: Rule = rule!(
    warning,
    "tencent.SyncImages.ImageName.empty",
    "",
    "S0 CN",
    "the name is empty; leave it out to keep the name of the source",
    "名称为空；如需沿用源镜像名称请去掉此参数",
);
static COPY_KEY_ALONE: Rule = rule!(
    error,
    "tencent.SyncImages.KmsKeyId.encrypt",
    "InvalidParameter.InvalidKmsKeyId",
    "S0 CN",
    "a key is given without Encrypt; set Encrypt to true or leave the key out",
    "填写了密钥但未设置 Encrypt；请将 Encrypt 设为 true 或去掉密钥",
);
static COPY_KEY_FORM: Rule = rule!(
    warning,
    "tencent.SyncImages.KmsKeyId.form",
    "InvalidParameter.InvalidKmsKeyId",
    "CN",
    "{value} does not look like a KMS key id, which is a UUID; leave it out for the default key",
    "{value} 不像 KMS 密钥 ID（应为 UUID）；如需使用默认密钥请去掉此参数",
);
static COPY_NO_IDS: Rule = rule!(
    note,
    "tencent.SyncImages.ImageSetRequired.ids",
    "",
    "S0 S1",
    "the answer will not name the new images; set ImageSetRequired to true to follow them",
    "响应不会返回新镜像 ID；如需跟踪请将 ImageSetRequired 设为 true",
);
static COPY_DRY_RUN_IDS: Rule = rule!(
    note,
    "tencent.SyncImages.ImageSetRequired.dry_run",
    "",
    "S0 S1",
    "a dry run makes no images, so it names none",
    "试运行不会创建镜像，因此不会返回镜像 ID",
);
static COPY_STATE: Rule = rule!(
    error,
    "tencent.SyncImages.ImageIds.state",
    "InvalidImageId.IncorrectState",
    "S0 S1",
    "the image is {state}; only an image in state NORMAL can be copied",
    "镜像状态为 {state}；只有 NORMAL 状态的镜像可以复制",
);
static COPY_PUBLIC: Rule = rule!(
    error,
    "tencent.SyncImages.ImageIds.public",
    "InvalidParameterValue.InvalidImageId",
    "S0 S1",
    "public and market images cannot be copied; use the image of that name in the destination, or make a custom one of it",
    "公共镜像和市场镜像不能复制；请直接使用目的地域的同名镜像，或先制作为自定义镜像",
);
static COPY_OF_ENCRYPTED: Rule = rule!(
    error,
    "tencent.SyncImages.ImageIds.encrypted",
    "UnsupportedOperation.EncryptedImagesNotSupported",
    "S0 S1",
    "encrypted images cannot be copied; copy an image that is not encrypted",
    "加密镜像不支持复制；请选择未加密的镜像",
);
static COPY_SIZE: Rule = rule!(
    note,
    "tencent.SyncImages.ImageIds.size",
    "InvalidImageId.TooLarge",
    "S0 S1; 50 GB in older DOC",
    "the image has {gib} GiB; older pages allowed 50, the present ones name no limit",
    "镜像大小为 {gib} GiB；旧文档限制 50 GB，现行文档未给出上限",
);
static COPY_WHOLE: Rule = rule!(
    warning,
    "tencent.SyncImages.ImageIds.whole",
    "InvalidParameter.InstanceImageNotSupport",
    "S0 S1",
    "the image holds data disks; images of a whole instance are not accepted",
    "镜像包含数据盘；整机镜像不支持复制",
);
static COPY_QUOTA: Rule = rule!(
    error,
    "tencent.SyncImages.DestinationRegions.quota",
    "ImageQuotaLimitExceeded",
    "S0 S1",
    "the destination holds {used} of {total} custom images; delete some or have the quota raised",
    "目的地域已有 {used} 个自定义镜像，上限 {total}；请删除部分镜像或申请提高配额",
);
static COPY_ASSUMES_IMAGE: Rule = rule!(
    note,
    "tencent.SyncImages.ImageIds.assumed",
    "InvalidImageId.IncorrectState",
    "S0 S1",
    "assumed, not checked: the image is in state NORMAL, a custom image of this account and not too large",
    "未检查的假设：镜像状态为 NORMAL、为本账号的自定义镜像且大小未超限",
);
static COPY_ASSUMES_PLAIN: Rule = rule!(
    note,
    "tencent.SyncImages.ImageIds.assumed_plain",
    "UnsupportedOperation.EncryptedImagesNotSupported",
    "S0 S1",
    "assumed, not checked: the image is not encrypted",
    "未检查的假设：镜像未加密",
);
static COPY_ASSUMES_ROOM: Rule = rule!(
    note,
    "tencent.SyncImages.DestinationRegions.assumed",
    "ImageQuotaLimitExceeded",
    "S0 S1: 500 a region",
    "assumed, not checked: each destination has room for one more custom image, and none of that name",
    "未检查的假设：各目的地域的镜像配额有余量，且没有同名镜像",
);

fn check_copy(params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    if let Some(count) = length(params, "ImageIds").filter(|count| *count != 1) {
        findings.add(&COPY_ONE_IMAGE, "ImageIds", &[("count", &count)]);
    }
    check_destinations(params, at, known, findings);
    if let Some(name) = text(params, "ImageName") {
        check_name(name, &COPY_NAME_LENGTH, &COPY_NAME_EMPTY, findings);
    }
    check_encryption(params, findings);
    match (flag(params, "ImageSetRequired"), flag(params, "DryRun")) {
        (true, true) => findings.add(&COPY_DRY_RUN_IDS, "ImageSetRequired", &[]),
        (false, false) => findings.add(&COPY_NO_IDS, "ImageSetRequired", &[]),
        _ => {}
    }
    match known.image {
        Some(image) => check_source(image, &path_of(image, params), findings),
        None => findings.add(&COPY_ASSUMES_IMAGE, "ImageIds", &[]),
    }
    if known.image.and_then(|image| image.encrypted).is_none() {
        findings.add(&COPY_ASSUMES_PLAIN, "ImageIds", &[]);
    }
    match known.quota.map(|quota| (quota.used, quota.total)) {
        Some((Some(used), Some(total))) if used >= total => {
            findings.add(&COPY_QUOTA, "DestinationRegions", &[("used", &used), ("total", &total)]);
        }
        Some((Some(_), Some(_))) => {}
        _ => findings.add(&COPY_ASSUMES_ROOM, "DestinationRegions", &[]),
    }
}

fn check_destinations(params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    let source = at.region.as_str();
    let destinations = texts(params, "DestinationRegions");
    if length(params, "DestinationRegions") == Some(0) {
        findings.add(&COPY_NO_DESTINATION, "DestinationRegions", &[]);
    }
    if class(source) == Some(RegionClass::Special) {
        findings.add(&COPY_UNLISTED, "region", &[("value", &source)]);
    }
    for (index, (path, region)) in destinations.iter().enumerate() {
        check_region(path, region, findings);
        if destinations.iter().take(index).any(|(_, earlier)| earlier == region) {
            findings.add(&COPY_DUPLICATE, path, &[("value", region)]);
        }
        check_pair(path, source, region, findings);
    }
    check_in_place(source, &destinations, flag(params, "Encrypt"), known.ownership(), findings);
}

/// What is known about copies from one region to another.
fn check_pair(path: &str, source: &str, region: &str, findings: &mut Findings) {
    use RegionClass::{Finance, Mainland, Overseas, Special};
    let values: &[(&str, &dyn std::fmt::Display)] = &[("value", &region), ("source", &source)];
    match (class(source), class(region)) {
        (_, Some(Special)) => findings.add(&COPY_UNLISTED, path, values),
        (Some(Finance), Some(Mainland | Overseas)) | (Some(Mainland | Overseas), Some(Finance)) => {
            findings.add(&COPY_FINANCE, path, values);
        }
        (Some(Mainland), Some(Overseas)) | (Some(Overseas), Some(Mainland)) => findings.add(&COPY_BORDER, path, values),
        _ => {}
    }
}

/// Copies within the source region: the only ones for encryption and shared images, never allowed otherwise.
fn check_in_place(source: &str, to: &[(String, &str)], encrypt: bool, ownership: Option<Ownership>, findings: &mut Findings) {
    if source.is_empty() || to.is_empty() {
        return;
    }
    let outside = to.iter().find(|(_, region)| *region != source);
    let inside = to.iter().find(|(_, region)| *region == source);
    match (outside, inside) {
        (Some((path, _)), _) if ownership == Some(Ownership::Shared) => findings.add(&COPY_SHARED, path, &[("source", &source)]),
        (Some((path, _)), _) if encrypt => findings.add(&COPY_ENCRYPTED, path, &[("source", &source)]),
        // Neither for a custom nor for a shared image can the source stand beside other regions.
        (Some(_), Some((path, region))) => findings.add(&COPY_TO_SOURCE, path, &[("value", region)]),
        (None, Some((path, region))) if !encrypt => match ownership {
            Some(Ownership::Shared) => {}
            Some(Ownership::Private) => findings.add(&COPY_TO_SOURCE, path, &[("value", region)]),
            Some(Ownership::Public | Ownership::Market | Ownership::Unknown) | None => {
                findings.add(&COPY_TO_SOURCE_PERHAPS, path, &[("value", region)]);
            }
        },
        _ => {}
    }
}

fn check_name(name: &str, length: &'static Rule, empty: &'static Rule, findings: &mut Findings) {
    const MOST: usize = 60;
    let count = name.chars().count();
    if count > MOST {
        findings.add(length, "ImageName", &[("count", &count)]);
    } else if count == 0 {
        findings.add(empty, "ImageName", &[]);
    }
}

fn check_encryption(params: &Params, findings: &mut Findings) {
    let key = text(params, "KmsKeyId");
    if let Some(key) = key {
        if !flag(params, "Encrypt") {
            findings.add(&COPY_KEY_ALONE, "KmsKeyId", &[]);
        }
        if key.is_empty() || first_outside(key, |c| c.is_ascii_alphanumeric() || c == '-').is_some() {
            findings.add(&COPY_KEY_FORM, "KmsKeyId", &[("value", &key)]);
        }
    }
}

fn check_source(image: &Image, path: &str, findings: &mut Findings) {
    const OLD_LIMIT_GIB: u64 = 50;
    if image.state != State::Ready {
        findings.add(&COPY_STATE, path, &[("state", &state_of(image))]);
    }
    if matches!(image.ownership, Ownership::Public | Ownership::Market) {
        findings.add(&COPY_PUBLIC, path, &[]);
    }
    if image.encrypted == Some(true) {
        findings.add(&COPY_OF_ENCRYPTED, path, &[]);
    }
    if let Some(gib) = image.size_bytes.map(|bytes| bytes >> 30).filter(|gib| *gib > OLD_LIMIT_GIB) {
        findings.add(&COPY_SIZE, path, &[("gib", &gib)]);
    }
    if image.whole == Some(true) {
        findings.add(&COPY_WHOLE, path, &[]);
    }
}

// ---- ExportImages ----

static EXPORT_BUCKET_EMPTY: Rule = rule!(
    error,
    "tencent.ExportImages.BucketName.empty",
    "InvalidParameterValue.BucketNotFound",
    "S2",
    "the bucket has no name; write it like golden-1250000000",
    "存储桶名称为空；写法如 golden-1250000000",
);
static EXPORT_BUCKET_CHARACTER: Rule = rule!(
    warning,
    "tencent.ExportImages.BucketName.character",
    "InvalidParameterValue.BucketNotFound",
    "S2",
    "{value} holds {char} at position {position}; give the name only, like golden-1250000000, no URL and no path",
    "{value} 在位置 {position} 含有 {char}；只填名称，例如 golden-1250000000，不要填 URL 或路径",
);
static EXPORT_BUCKET_APPID: Rule = rule!(
    warning,
    "tencent.ExportImages.BucketName.appid",
    "InvalidParameterValue.InvalidAppIdFormat",
    "S2 CN",
    "{value} does not end in an APPID; write name and APPID, like golden-1250000000",
    "{value} 没有以 APPID 结尾；应为名称加 APPID，例如 golden-1250000000",
);
static EXPORT_BUCKET_PLACEHOLDER: Rule = rule!(
    note,
    "tencent.ExportImages.BucketName.placeholder",
    "InvalidParameterValue.InvalidAppIdFormat",
    "S2",
    "{value} holds the documentation's placeholder; put the number of the account's APPID in its place",
    "{value} 含有文档中的占位符；请替换为账号的 APPID 数字",
);
static EXPORT_NO_IMAGE: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.empty",
    "InvalidParameter.ImageIdsSnapshotIdsMustOne",
    "S2 CN",
    "no image is given; name at least one",
    "没有指定镜像；请至少填写一个",
);
static EXPORT_FORMAT: Rule = rule!(
    error,
    "tencent.ExportImages.ExportFormat.value",
    "InvalidParameterValue",
    "S2",
    "{value} is no format; use RAW, QCOW2, VHD or VMDK",
    "{value} 不是支持的格式；应为 RAW、QCOW2、VHD 或 VMDK",
);
static EXPORT_PREFIXES: Rule = rule!(
    error,
    "tencent.ExportImages.FileNamePrefixList.count",
    "InvalidParameterValue.InvalidFileNamePrefixList",
    "S2",
    "there are {prefixes} prefixes for {images} images; give one for each, or leave the list out",
    "{images} 个镜像对应 {prefixes} 个前缀；请逐一对应，或去掉此参数",
);
static EXPORT_ROLE: Rule = rule!(
    warning,
    "tencent.ExportImages.RoleName.character",
    "AuthFailure.CamRoleNameAuthenticateFailed",
    "CN",
    "{value} is no role name; use letters, digits and + = , . @ _ - or leave it out for CVM_QcsRole",
    "{value} 不是合法的角色名；只用字母、数字和 + = , . @ _ -，或去掉此参数以使用 CVM_QcsRole",
);
static EXPORT_STATE: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.state",
    "InvalidParameterValue.InvalidImageState",
    "S2",
    "the image is {state}; only an image in state NORMAL can be exported",
    "镜像状态为 {state}；只有 NORMAL 状态的镜像可以导出",
);
static EXPORT_SHARED: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.shared",
    "UnsupportedOperation.SharedImageExportUnsupported",
    "S2",
    "shared images cannot be exported; copy it into an own image first",
    "共享镜像不支持导出；请先复制为自有镜像",
);
static EXPORT_PUBLIC: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.public",
    "UnsupportedOperation.PublicImageExportUnsupported",
    "S2",
    "public images cannot be exported; choose a custom image",
    "公共镜像不支持导出；请选择自定义镜像",
);
static EXPORT_MARKET: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.market",
    "UnsupportedOperation.MarketImageExportUnsupported",
    "S2",
    "market images and images made from them cannot be exported; choose another image",
    "市场镜像及由其制作的镜像不支持导出；请换一个镜像",
);
static EXPORT_WINDOWS: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.windows",
    "UnsupportedOperation.WindowsImageExportUnsupported",
    "S2",
    "Windows images cannot be exported; choose another image",
    "Windows 镜像不支持导出；请换一个镜像",
);
static EXPORT_RED_HAT: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.red_hat",
    "UnsupportedOperation.RedHatImageExportUnsupported",
    "S2",
    "Red Hat images cannot be exported; choose another image",
    "Red Hat 镜像不支持导出；请换一个镜像",
);
static EXPORT_ENCRYPTED: Rule = rule!(
    error,
    "tencent.ExportImages.ImageIds.encrypted",
    "UnsupportedOperation.EncryptedImagesNotSupported",
    "S2",
    "encrypted images cannot be exported; choose an image that is not encrypted",
    "加密镜像不支持导出；请选择未加密的镜像",
);
static EXPORT_ASSUMES_IMAGE: Rule = rule!(
    note,
    "tencent.ExportImages.ImageIds.assumed",
    "InvalidParameterValue.InvalidImageId",
    "S2",
    "assumed, not checked: the images are in state NORMAL, own custom images, neither Windows nor Red Hat, and not too large",
    "未检查的假设：镜像状态为 NORMAL、为本账号的自定义镜像、不是 Windows 或 Red Hat 且大小未超限",
);
static EXPORT_ASSUMES_PLAIN: Rule = rule!(
    note,
    "tencent.ExportImages.ImageIds.assumed_plain",
    "UnsupportedOperation.EncryptedImagesNotSupported",
    "S2",
    "assumed, not checked: the images are not encrypted and not made from a market image",
    "未检查的假设：镜像未加密，也不是由市场镜像制作",
);
static EXPORT_ASSUMES_BUCKET: Rule = rule!(
    note,
    "tencent.ExportImages.BucketName.assumed",
    "InvalidParameterValue.BucketNotFound",
    "S2 DOC",
    "assumed, not checked: the bucket exists in the region of the images",
    "未检查的假设：存储桶存在，且与镜像在同一地域",
);
static EXPORT_ASSUMES_ROLE: Rule = rule!(
    note,
    "tencent.ExportImages.RoleName.assumed",
    "AuthFailure.CamRoleNameAuthenticateFailed",
    "S2",
    "assumed, not checked: the role {role} exists and may write to the bucket",
    "未检查的假设：角色 {role} 已存在并有存储桶的写权限",
);

fn check_export(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    if let Some(bucket) = text(params, "BucketName") {
        check_bucket(bucket, findings);
    }
    let images = length(params, "ImageIds").unwrap_or_default();
    let given = params.get("ImageIds").is_some_and(|ids| !ids.is_null());
    if images == 0 && (!given || length(params, "ImageIds").is_some()) {
        findings.add(&EXPORT_NO_IMAGE, "ImageIds", &[]);
    }
    if let Some(format) = text(params, "ExportFormat").filter(|format| !["RAW", "QCOW2", "VHD", "VMDK"].contains(format)) {
        findings.add(&EXPORT_FORMAT, "ExportFormat", &[("value", &format)]);
    }
    if let Some(prefixes) = length(params, "FileNamePrefixList").filter(|prefixes| *prefixes != images) {
        findings.add(&EXPORT_PREFIXES, "FileNamePrefixList", &[("prefixes", &prefixes), ("images", &images)]);
    }
    let role = text(params, "RoleName").unwrap_or("CVM_QcsRole");
    if role.is_empty() || first_outside(role, |c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c)).is_some() {
        findings.add(&EXPORT_ROLE, "RoleName", &[("value", &role)]);
    }
    match known.image {
        Some(image) => check_exported(image, &path_of(image, params), findings),
        None => findings.add(&EXPORT_ASSUMES_IMAGE, "ImageIds", &[]),
    }
    if known.image.and_then(|image| image.encrypted).is_none() {
        findings.add(&EXPORT_ASSUMES_PLAIN, "ImageIds", &[]);
    }
    findings.add(&EXPORT_ASSUMES_BUCKET, "BucketName", &[]);
    findings.add(&EXPORT_ASSUMES_ROLE, "RoleName", &[("role", &role)]);
}

fn check_bucket(bucket: &str, findings: &mut Findings) {
    if bucket.is_empty() {
        return findings.add(&EXPORT_BUCKET_EMPTY, "BucketName", &[]);
    }
    if let Some((position, char)) = first_outside(bucket, |c| c.is_ascii_alphanumeric() || c == '-') {
        return findings.add(&EXPORT_BUCKET_CHARACTER, "BucketName", &[("value", &bucket), ("char", &char), ("position", &position)]);
    }
    match bucket.rsplit_once('-') {
        Some((name, appid)) if !name.is_empty() && !appid.is_empty() && appid.bytes().all(|b| b.is_ascii_digit()) => {}
        Some((_, appid)) if appid.eq_ignore_ascii_case("appid") => {
            findings.add(&EXPORT_BUCKET_PLACEHOLDER, "BucketName", &[("value", &bucket)]);
        }
        _ => findings.add(&EXPORT_BUCKET_APPID, "BucketName", &[("value", &bucket)]),
    }
}

fn check_exported(image: &Image, path: &str, findings: &mut Findings) {
    if image.state != State::Ready {
        findings.add(&EXPORT_STATE, path, &[("state", &state_of(image))]);
    }
    match image.ownership {
        Ownership::Shared => findings.add(&EXPORT_SHARED, path, &[]),
        Ownership::Public => findings.add(&EXPORT_PUBLIC, path, &[]),
        Ownership::Market => findings.add(&EXPORT_MARKET, path, &[]),
        Ownership::Private | Ownership::Unknown => {}
    }
    let os = image.os.as_deref().unwrap_or_default().to_ascii_lowercase();
    if os.contains("windows") {
        findings.add(&EXPORT_WINDOWS, path, &[]);
    }
    if os.contains("red hat") || os.contains("redhat") || os.contains("rhel") {
        findings.add(&EXPORT_RED_HAT, path, &[]);
    }
    if image.encrypted == Some(true) {
        findings.add(&EXPORT_ENCRYPTED, path, &[]);
    }
}

// ---- DescribeImages ----

static LIST_BOTH: Rule = rule!(
    error,
    "tencent.DescribeImages.Filters.with_ids",
    "InvalidParameter.InvalidParameterCoexistImageIdsFilters",
    "CN GO",
    "ImageIds and Filters exclude each other; give one of the two",
    "ImageIds 与 Filters 不能同时使用；请只填其一",
);
static LIST_IDS: Rule = rule!(
    error,
    "tencent.DescribeImages.ImageIds.count",
    "InvalidParameterValue.LimitExceeded",
    "CN",
    "{count} ids are given; ask for at most 100 at once",
    "给出了 {count} 个镜像 ID；每次最多 100 个",
);
static LIST_SHORT_PAGE: Rule = rule!(
    warning,
    "tencent.DescribeImages.Limit.short",
    "",
    "CN",
    "{count} ids are given but a page holds {limit}; set Limit to {count}",
    "给出了 {count} 个镜像 ID，但每页只有 {limit} 个；请将 Limit 设为 {count}",
);
static LIST_FILTERS: Rule = rule!(
    error,
    "tencent.DescribeImages.Filters.count",
    "InvalidFilterValue.LimitExceeded",
    "CN",
    "{count} filters are given; use at most 10",
    "给出了 {count} 个过滤条件；最多 10 个",
);
static LIST_FILTER_NAME: Rule = rule!(
    warning,
    "tencent.DescribeImages.Filters.Name.known",
    "InvalidFilter",
    "CN",
    "{value} is no filter that we know; known are {known}",
    "{value} 不是已知的过滤条件；已知的有 {known}",
);
static LIST_FILTER_EDITION: Rule = rule!(
    warning,
    "tencent.DescribeImages.Filters.Name.edition",
    "InvalidFilter",
    "CN",
    "the filter {value} is documented for the China site only; leave it out",
    "过滤条件 {value} 仅见于国内站文档；请去掉",
);
static LIST_FILTER_VALUES: Rule = rule!(
    error,
    "tencent.DescribeImages.Filters.Values.count",
    "InvalidFilterValue.LimitExceeded",
    "CN",
    "the filter has {count} values; use at most 5",
    "过滤条件有 {count} 个值；最多 5 个",
);
static LIST_FILTER_VALUE: Rule = rule!(
    warning,
    "tencent.DescribeImages.Filters.Values.known",
    "",
    "CN",
    "{value} is no value that we know of the filter {name}; known are {known}",
    "{value} 不是过滤条件 {name} 的已知值；已知的有 {known}",
);
static LIST_LIMIT: Rule = rule!(
    error,
    "tencent.DescribeImages.Limit.range",
    "InvalidParameterValue.InvalidParameterValueLimit",
    "CN GO",
    "a page of {value} is not possible; use 1 to 100",
    "分页大小不能为 {value}；应为 1 至 100",
);
static LIST_OFFSET: Rule = rule!(
    error,
    "tencent.DescribeImages.Offset.range",
    "InvalidParameterValue",
    "CN",
    "the offset {value} is negative; use 0 or more",
    "偏移量 {value} 为负数；应不小于 0",
);
static LIST_INSTANCE_TYPE: Rule = rule!(
    note,
    "tencent.DescribeImages.InstanceType.hides",
    "",
    "hashicorp/packer issue 10682",
    "only images that {value} can start are listed; leave it out to see all",
    "只会列出 {value} 可用的镜像；如需查看全部请去掉此参数",
);
static LIST_INSTANCE_TYPE_FORM: Rule = rule!(
    warning,
    "tencent.DescribeImages.InstanceType.form",
    "InvalidInstanceType.Malformed",
    "CN GO",
    "{value} does not look like an instance type; write it like SA5.MEDIUM2",
    "{value} 不像实例类型；写法如 SA5.MEDIUM2",
);

const FILTERS: [&str; 6] = ["image-id", "image-type", "image-name", "platform", "tag-key", "tag-value"];
const FILTERS_OF_MAIN_SITE: [&str; 2] = ["dedicated-cluster-id", "cdc-cache-status"];

fn check_list(params: &Params, at: &At, findings: &mut Findings) {
    const MOST_IDS: usize = 100;
    const MOST_FILTERS: usize = 10;
    let ids = length(params, "ImageIds").unwrap_or_default();
    let filters = length(params, "Filters").unwrap_or_default();
    let limit = integer(params, "Limit");
    if ids > 0 && filters > 0 {
        findings.add(&LIST_BOTH, "Filters", &[]);
    }
    if ids > MOST_IDS {
        findings.add(&LIST_IDS, "ImageIds", &[("count", &ids)]);
    } else if let Some(limit) = Some(limit.unwrap_or(20)).filter(|limit| (1..=100).contains(limit) && *limit < ids as i64) {
        findings.add(&LIST_SHORT_PAGE, "Limit", &[("count", &ids), ("limit", &limit)]);
    }
    if filters > MOST_FILTERS {
        findings.add(&LIST_FILTERS, "Filters", &[("count", &filters)]);
    }
    for (path, filter) in records(params, "Filters") {
        check_filter(&path, filter, at, findings);
    }
    if let Some(limit) = limit.filter(|limit| !(1..=100).contains(limit)) {
        findings.add(&LIST_LIMIT, "Limit", &[("value", &limit)]);
    }
    if let Some(offset) = integer(params, "Offset").filter(|offset| *offset < 0) {
        findings.add(&LIST_OFFSET, "Offset", &[("value", &offset)]);
    }
    if let Some(instance_type) = text(params, "InstanceType") {
        let has_form =
            instance_type.contains('.') && first_outside(instance_type, |c| c.is_ascii_alphanumeric() || ".-_".contains(c)).is_none();
        findings.add(if has_form { &LIST_INSTANCE_TYPE } else { &LIST_INSTANCE_TYPE_FORM }, "InstanceType", &[("value", &instance_type)]);
    }
}

fn check_filter(path: &str, filter: &Params, at: &At, findings: &mut Findings) {
    const MOST_VALUES: usize = 5;
    let name = text(filter, "Name");
    if let Some(name) = name {
        let of_main_site = FILTERS_OF_MAIN_SITE.contains(&name);
        let is_tag = name.strip_prefix("tag:").is_some_and(|key| !key.is_empty());
        if of_main_site && at.edition == Edition::International {
            findings.add(&LIST_FILTER_EDITION, format!("{path}.Name"), &[("value", &name)]);
        } else if !of_main_site && !is_tag && !FILTERS.contains(&name) {
            let known = format!("{}, tag:<key>", FILTERS.join(", "));
            findings.add(&LIST_FILTER_NAME, format!("{path}.Name"), &[("value", &name), ("known", &known)]);
        }
    }
    if let Some(count) = length(filter, "Values").filter(|count| *count > MOST_VALUES) {
        findings.add(&LIST_FILTER_VALUES, format!("{path}.Values"), &[("count", &count)]);
    }
    let values: &[&str] = match name {
        Some("image-type") => &["PRIVATE_IMAGE", "PUBLIC_IMAGE", "SHARED_IMAGE"],
        Some("cdc-cache-status") => &["CACHED_ALL", "CACHING", "CACHED", "CACHE_INVALID", "CACHE_FAILED"],
        _ => return,
    };
    for (place, value) in texts(filter, "Values").into_iter().filter(|(_, value)| !values.contains(value)) {
        findings.add(
            &LIST_FILTER_VALUE,
            format!("{path}.{place}"),
            &[("value", &value), ("name", &name.unwrap_or_default()), ("known", &values.join(", "))],
        );
    }
}

// ---- ModifyImageAttribute ----

static CHANGE_NOTHING: Rule = rule!(
    warning,
    "tencent.ModifyImageAttribute.nothing",
    "MissingParameter",
    "CN",
    "nothing is to be changed; give a name, a description, a family or the deprecation mark",
    "没有要修改的内容；请填写名称、描述、镜像族或弃用标记",
);
static CHANGE_NAME_LENGTH: Rule = rule!(
    error,
    "tencent.ModifyImageAttribute.ImageName.length",
    "",
    "CN",
    "the name has {count} characters; use at most 60",
    "名称有 {count} 个字符；最多 60 个",
);
static CHANGE_NAME_EMPTY: Rule = rule!(
    warning,
    "tencent.ModifyImageAttribute.ImageName.empty",
    "",
    "CN",
    "the name is empty; leave it out to keep the present one",
    "名称为空；如不修改请去掉此参数",
);
static CHANGE_DESCRIPTION_LENGTH: Rule = rule!(
    error,
    "tencent.ModifyImageAttribute.ImageDescription.length",
    "",
    "CN",
    "the description has {count} characters; use at most 256",
    "描述有 {count} 个字符；最多 256 个",
);
static CHANGE_SHARED: Rule = rule!(
    error,
    "tencent.ModifyImageAttribute.ImageId.shared",
    "UnsupportedOperation.SharedImageModifyUnsupported",
    "GO",
    "shared images cannot be changed; copy it into an own image first",
    "共享镜像不支持修改；请先复制为自有镜像",
);

fn check_change(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    const MOST: usize = 256;
    let changes = ["ImageName", "ImageDescription", "ImageFamily", "ImageDeprecated"];
    if changes.iter().all(|name| params.get(*name).is_none_or(serde_json::Value::is_null)) {
        findings.add(&CHANGE_NOTHING, "ImageName", &[]);
    }
    if let Some(name) = text(params, "ImageName") {
        check_name(name, &CHANGE_NAME_LENGTH, &CHANGE_NAME_EMPTY, findings);
    }
    let count = text(params, "ImageDescription").map(|description| description.chars().count());
    if let Some(count) = count.filter(|count| *count > MOST) {
        findings.add(&CHANGE_DESCRIPTION_LENGTH, "ImageDescription", &[("count", &count)]);
    }
    if known.image.is_some_and(|image| image.ownership == Ownership::Shared) {
        findings.add(&CHANGE_SHARED, "ImageId", &[]);
    }
}

// ---- ModifyImageSharePermission ----

static SHARE_PERMISSION: Rule = rule!(
    error,
    "tencent.ModifyImageSharePermission.Permission.value",
    "InvalidParameterValue",
    "CN",
    "{value} is no permission; use SHARE or CANCEL",
    "{value} 不是合法的操作；应为 SHARE 或 CANCEL",
);
static SHARE_NOBODY: Rule = rule!(
    error,
    "tencent.ModifyImageSharePermission.AccountIds.empty",
    "MissingParameter",
    "CN",
    "no account is given; name at least one",
    "没有指定账号；请至少填写一个",
);
static SHARE_MANY: Rule = rule!(
    error,
    "tencent.ModifyImageSharePermission.AccountIds.count",
    "OverQuota",
    "CN",
    "{count} accounts are given; an image is shared with at most 500",
    "给出了 {count} 个账号；一个镜像最多共享给 500 个账号",
);
static SHARE_ACCOUNT: Rule = rule!(
    warning,
    "tencent.ModifyImageSharePermission.AccountIds.digits",
    "InvalidAccountId.NotFound",
    "CN",
    "{value} is no account id; give the number of a main account",
    "{value} 不是账号 ID；请填写主账号 ID（数字）",
);
static SHARE_STATE: Rule = rule!(
    error,
    "tencent.ModifyImageSharePermission.ImageId.state",
    "InvalidImageId.IncorrectState",
    "CN",
    "the image is {state}; only an image in state NORMAL can be shared",
    "镜像状态为 {state}；只有 NORMAL 状态的镜像可以共享",
);
static SHARE_FOREIGN: Rule = rule!(
    error,
    "tencent.ModifyImageSharePermission.ImageId.owner",
    "UnauthorizedOperation.ImageNotBelongToAccount",
    "GO",
    "only own images can be shared; use the key of the owner, or copy the image into an own one",
    "只能共享自有镜像；请使用所有者的密钥，或先复制为自有镜像",
);

fn check_share(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    const MOST: usize = 500;
    if let Some(permission) = text(params, "Permission").filter(|permission| !["SHARE", "CANCEL"].contains(permission)) {
        findings.add(&SHARE_PERMISSION, "Permission", &[("value", &permission)]);
    }
    match length(params, "AccountIds") {
        Some(0) => findings.add(&SHARE_NOBODY, "AccountIds", &[]),
        Some(count) if count > MOST => findings.add(&SHARE_MANY, "AccountIds", &[("count", &count)]),
        _ => {}
    }
    for (path, account) in texts(params, "AccountIds") {
        if account.is_empty() || first_outside(account, |c| c.is_ascii_digit()).is_some() {
            findings.add(&SHARE_ACCOUNT, path, &[("value", &account)]);
        }
    }
    if let Some(image) = known.image {
        if image.state != State::Ready {
            findings.add(&SHARE_STATE, "ImageId", &[("state", &state_of(image))]);
        }
        if is_foreign(image) {
            findings.add(&SHARE_FOREIGN, "ImageId", &[]);
        }
    }
}

fn is_foreign(image: &Image) -> bool {
    match image.ownership {
        Ownership::Shared | Ownership::Public | Ownership::Market => true,
        Ownership::Private | Ownership::Unknown => false,
    }
}

// ---- DeleteImages ----

static DELETE_NOTHING: Rule = rule!(
    error,
    "tencent.DeleteImages.ImageIds.empty",
    "MissingParameter",
    "CN",
    "no image is given; name at least one",
    "没有指定镜像；请至少填写一个",
);
static DELETE_STATE: Rule = rule!(
    error,
    "tencent.DeleteImages.ImageIds.state",
    "MutexOperation.TaskRunning",
    "CN GO",
    "the image is {state}; wait until that is over, then delete it",
    "镜像状态为 {state}；请等待结束后再删除",
);
static DELETE_FOREIGN: Rule = rule!(
    error,
    "tencent.DeleteImages.ImageIds.owner",
    "InvalidParameterValue.InvalidImageIdIsShared",
    "CN GO",
    "only own custom images can be deleted; leave this one out",
    "只能删除自有的自定义镜像；请去掉该镜像",
);

fn check_delete(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    if length(params, "ImageIds") == Some(0) {
        findings.add(&DELETE_NOTHING, "ImageIds", &[]);
    }
    if let Some(image) = known.image {
        let path = path_of(image, params);
        if matches!(image.raw_state.as_str(), "CREATING" | "SYNCING" | "IMPORTING") {
            findings.add(&DELETE_STATE, path.as_str(), &[("state", &state_of(image))]);
        }
        if is_foreign(image) {
            findings.add(&DELETE_FOREIGN, path, &[]);
        }
    }
}

// ---- TagResources ----

static TAG_RESOURCES: Rule = rule!(
    error,
    "tencent.TagResources.ResourceList.count",
    "LimitExceeded.ResourceNumPerRequest",
    "TAG",
    "{count} resources are given; name 1 to 10",
    "给出了 {count} 个资源；应为 1 至 10 个",
);
static TAG_RESOURCE_FORM: Rule = rule!(
    error,
    "tencent.TagResources.ResourceList.form",
    "InvalidParameterValue.ResourceDescriptionError",
    "TAG",
    "{value} has not the six parts of a resource; write it like qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p",
    "{value} 不是六段式资源描述；写法如 qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p",
);
static TAG_TAGS: Rule = rule!(
    error,
    "tencent.TagResources.Tags.count",
    "LimitExceeded.TagNumPerRequest",
    "TAG",
    "{count} tags are given; name 1 to 10",
    "给出了 {count} 个标签；应为 1 至 10 个",
);
static TAG_KEY_EMPTY: Rule = rule!(
    error,
    "tencent.TagResources.Tags.TagKey.empty",
    "InvalidParameterValue.TagKeyEmpty",
    "TAG",
    "the tag has no key; give one",
    "标签键为空；请填写",
);
static TAG_KEY_TWICE: Rule = rule!(
    error,
    "tencent.TagResources.Tags.TagKey.repeated",
    "InvalidParameterValue.TagKeyDuplicate",
    "TAG",
    "the key {value} is given twice; a resource has one value per key",
    "标签键 {value} 重复；每个键只能有一个值",
);

fn check_tag(params: &Params, findings: &mut Findings) {
    for (field, rule) in [("ResourceList", &TAG_RESOURCES), ("Tags", &TAG_TAGS)] {
        if let Some(count) = length(params, field).filter(|count| !(1..=10).contains(count)) {
            findings.add(rule, field, &[("count", &count)]);
        }
    }
    for (path, resource) in texts(params, "ResourceList") {
        if !resource.starts_with("qcs:") || resource.split(':').count() != 6 || resource.ends_with([':', '/']) {
            findings.add(&TAG_RESOURCE_FORM, path, &[("value", &resource)]);
        }
    }
    let tags = records(params, "Tags");
    let mut keys = Vec::new();
    for (path, key) in tags.iter().filter_map(|(path, tag)| Some((format!("{path}.TagKey"), text(tag, "TagKey")?))) {
        if key.is_empty() {
            findings.add(&TAG_KEY_EMPTY, path, &[]);
        } else if keys.contains(&key) {
            findings.add(&TAG_KEY_TWICE, path, &[("value", &key)]);
        } else {
            keys.push(key);
        }
    }
}
