//! What starts a copy: destination, name, key.

use super::ids::path_of;
use super::names::{COPY_NAME_EMPTY, COPY_NAME_LENGTH, check_name};
use super::regions::{check_unknown, class};
use super::source::check_source;
use crate::api::check::params::{Path, flag, length, text, texts};
use crate::api::check::{Findings, Known, Told, rules};
use crate::api::facts::Ownership;
use crate::api::region::RegionClass;
use crate::api::site::At;
use crate::base::record::Params;
use crate::base::text::first_outside;

rules! {
    COPY_ONE_IMAGE: Error {
        id: "tencent.SyncImages.ImageIds.one",
        code: "InvalidParameterValue.LimitExceeded",
        source: "S0 S1",
        en: "a call copies one image, not {count}; make one call for each",
        zh: "每次调用只支持一个镜像，而不是 {count} 个；请逐个调用",
    }
    COPY_NO_DESTINATION: Error {
        id: "tencent.SyncImages.DestinationRegions.empty",
        code: "MissingParameter",
        source: "S0 S1",
        en: "no destination is given; name at least one region",
        zh: "没有目的地域；请至少填写一个",
    }
    COPY_DUPLICATE: Error {
        id: "tencent.SyncImages.DestinationRegions.repeated",
        source: "S0 S1: one copy a region",
        en: "{value} is listed twice; name each region once",
        zh: "{value} 重复；每个地域只填一次",
    }
    COPY_TO_SOURCE: Error {
        id: "tencent.SyncImages.DestinationRegions.source",
        code: "InvalidParameterValue.InvalidRegion",
        source: "S0 S1 CN",
        en: "{value} is the source region; a custom image is copied to other regions only, or encrypted in place with Encrypt",
        zh: "{value} 是源地域；自定义镜像只能复制到其他地域，或设置 Encrypt 在源地域加密复制",
    }
    COPY_TO_SOURCE_PERHAPS: Warning {
        id: "tencent.SyncImages.DestinationRegions.source_unless_shared",
        code: "InvalidParameterValue.InvalidRegion",
        source: "S0 S1",
        en: "{value} is the source region; that is right for a shared image only: name another region, or set Encrypt",
        zh: "{value} 是源地域；仅共享镜像可以如此：请换一个地域，或设置 Encrypt",
    }
    COPY_SHARED: Error {
        id: "tencent.SyncImages.DestinationRegions.shared",
        code: "InvalidParameterValue.InvalidRegion",
        source: "S0 S1",
        en: "a shared image can only be copied into its own region {source}; copy it there first, then copy the copy",
        zh: "共享镜像只能复制到其所在地域 {source}；请先复制为自有镜像，再跨地域复制",
    }
    COPY_ENCRYPTED: Error {
        id: "tencent.SyncImages.DestinationRegions.encrypt",
        code: "InvalidParameterValue.InvalidRegion",
        source: "S0 CN",
        en: "with Encrypt the source region {source} is the only destination; name just that one",
        zh: "设置 Encrypt 时目的地域只能是源地域 {source}；请只填该地域",
    }
    COPY_FINANCE: Warning {
        id: "tencent.SyncImages.DestinationRegions.finance",
        code: "UnsupportedOperation.Region",
        source: "DOC",
        en: "{value} and {source} are on different sides of the wall around finance regions; the copy will probably be refused",
        zh: "{value} 与 {source} 分属金融区和普通地域，两者相互隔离；复制很可能被拒绝",
    }
    COPY_BORDER: Note {
        id: "tencent.SyncImages.DestinationRegions.border",
        code: "InvalidRegion.Unavailable",
        source: "DOC",
        en: "{value} is across the border of the mainland from {source}; if it is refused, ask support, or export and import",
        zh: "{source} 到 {value} 为跨境复制；若被拒绝，请提交工单，或改用导出再导入",
    }
    COPY_UNLISTED: Warning {
        id: "tencent.SyncImages.Region.unlisted",
        code: "InvalidRegion.Unavailable",
        source: "S0",
        en: "{value} is not among the regions that SyncImages documents; the copy may be refused",
        zh: "{value} 不在 SyncImages 文档列出的地域中；复制可能被拒绝",
    }
    COPY_KEY_ALONE: Error {
        id: "tencent.SyncImages.KmsKeyId.encrypt",
        code: "InvalidParameter.InvalidKmsKeyId",
        source: "S0 CN",
        en: "a key is given without Encrypt; set Encrypt to true or leave the key out",
        zh: "填写了密钥但未设置 Encrypt；请将 Encrypt 设为 true 或去掉密钥",
    }
    COPY_KEY_FORM: Warning {
        id: "tencent.SyncImages.KmsKeyId.form",
        code: "InvalidParameter.InvalidKmsKeyId",
        source: "CN",
        en: "{value} does not look like a KMS key id, which is a UUID; leave it out for the default key",
        zh: "{value} 不像 KMS 密钥 ID（应为 UUID）；如需使用默认密钥请去掉此参数",
    }
    COPY_NO_IDS: Note {
        id: "tencent.SyncImages.ImageSetRequired.ids",
        source: "S0 S1",
        en: "the answer will not name the new images; set ImageSetRequired to true to follow them",
        zh: "响应不会返回新镜像 ID；如需跟踪请将 ImageSetRequired 设为 true",
    }
    COPY_DRY_RUN_IDS: Note {
        id: "tencent.SyncImages.ImageSetRequired.dry_run",
        source: "S0 S1",
        en: "a dry run makes no images, so it names none",
        zh: "试运行不会创建镜像，因此不会返回镜像 ID",
    }
    COPY_QUOTA: Error {
        id: "tencent.SyncImages.DestinationRegions.quota",
        code: "ImageQuotaLimitExceeded",
        source: "S0 S1",
        en: "the destination holds {used} of {total} custom images; delete some or have the quota raised",
        zh: "目的地域已有 {used} 个自定义镜像，上限 {total}；请删除部分镜像或申请提高配额",
    }
    COPY_ASSUMES_IMAGE: Note {
        id: "tencent.SyncImages.ImageIds.assumed",
        code: "InvalidImageId.IncorrectState",
        source: "S0 S1",
        en: "assumed, not checked: the image is in state NORMAL, a custom image of this account and not too large",
        zh: "未检查的假设：镜像状态为 NORMAL、为本账号的自定义镜像且大小未超限",
    }
    COPY_ASSUMES_PLAIN: Note {
        id: "tencent.SyncImages.ImageIds.assumed_plain",
        code: "UnsupportedOperation.EncryptedImagesNotSupported",
        source: "S0 S1",
        en: "assumed, not checked: the image is not encrypted",
        zh: "未检查的假设：镜像未加密",
    }
    COPY_ASSUMES_ROOM: Note {
        id: "tencent.SyncImages.DestinationRegions.assumed",
        code: "ImageQuotaLimitExceeded",
        source: "S0 S1: 500 a region",
        en: "assumed, not checked: each destination has room for one more custom image, and none of that name",
        zh: "未检查的假设：各目的地域的镜像配额有余量，且没有同名镜像",
    }
}

/// `class` is that of the source region.
pub(super) fn check_copy(params: &Params, at: &At, class: Option<RegionClass>, known: &Known<'_>, findings: &mut Findings) {
    if let Some(count) = length(params, "ImageIds").filter(|count| *count != 1) {
        findings.add(COPY_ONE_IMAGE, "ImageIds", &[("count", &count)]);
    }
    check_destinations(params, (&at.region, class), known, findings);
    if let Some(name) = text(params, "ImageName") {
        check_name(name, COPY_NAME_LENGTH, COPY_NAME_EMPTY, findings);
    }
    check_encryption(params, findings);
    if findings.wants(COPY_NO_IDS) {
        match (flag(params, "ImageSetRequired"), flag(params, "DryRun")) {
            (true, true) => findings.add(COPY_DRY_RUN_IDS, "ImageSetRequired", &[]),
            (false, false) => findings.add(COPY_NO_IDS, "ImageSetRequired", &[]),
            _ => {}
        }
    }
    match known.image {
        Some(image) => check_source(image, path_of(image, params), findings),
        None => findings.add(COPY_ASSUMES_IMAGE, "ImageIds", &[]),
    }
    if known.image.and_then(|image| image.encrypted).is_none() {
        findings.add(COPY_ASSUMES_PLAIN, "ImageIds", &[]);
    }
    match known.quota.map(|quota| (quota.used, quota.total)) {
        Some((Some(used), Some(total))) if used >= total => {
            findings.add(COPY_QUOTA, "DestinationRegions", &[("used", &used), ("total", &total)]);
        }
        Some((Some(_), Some(_))) => {}
        _ => findings.add(COPY_ASSUMES_ROOM, "DestinationRegions", &[]),
    }
}

fn check_destinations(params: &Params, (source, class_of_source): (&str, Option<RegionClass>), known: &Known<'_>, findings: &mut Findings) {
    let destinations = texts(params, "DestinationRegions");
    if length(params, "DestinationRegions") == Some(0) {
        findings.add(COPY_NO_DESTINATION, "DestinationRegions", &[]);
    }
    if class_of_source == Some(RegionClass::Special) {
        findings.add(COPY_UNLISTED, "region", &[("value", &source)]);
    }
    for (index, (path, region)) in destinations.clone().enumerate() {
        let class = class(region);
        if class.is_none() {
            check_unknown(path, region, findings);
        }
        if destinations.clone().take(index).any(|(_, earlier)| earlier == region) {
            findings.add(COPY_DUPLICATE, path, &[("value", &region)]);
        }
        check_pair(path, [(source, class_of_source), (region, class)], findings);
    }
    check_in_place(source, destinations, flag(params, "Encrypt"), known.ownership(), findings);
}

/// What is known about copies from one region to another.
fn check_pair(path: Path<'_>, [(source, from), (region, to)]: [(&str, Option<RegionClass>); 2], findings: &mut Findings) {
    use RegionClass::{Finance, Mainland, Overseas, Special};
    let values: &[(&str, &dyn Told)] = &[("value", &region), ("source", &source)];
    match (from, to) {
        (_, Some(Special)) => findings.add(COPY_UNLISTED, path, values),
        (Some(Finance), Some(Mainland | Overseas)) | (Some(Mainland | Overseas), Some(Finance)) => {
            findings.add(COPY_FINANCE, path, values);
        }
        (Some(Mainland), Some(Overseas)) | (Some(Overseas), Some(Mainland)) => findings.add(COPY_BORDER, path, values),
        _ => {}
    }
}

/// Copies within the source region: the only ones for encryption and shared images, never allowed otherwise.
fn check_in_place<'a>(
    source: &str,
    to: impl Iterator<Item = (Path<'a>, &'a str)> + Clone,
    encrypt: bool,
    ownership: Option<Ownership>,
    findings: &mut Findings,
) {
    if source.is_empty() {
        return;
    }
    let outside = to.clone().find(|(_, region)| *region != source);
    let inside = to.clone().find(|(_, region)| *region == source);
    match (outside, inside) {
        (Some((path, _)), _) if ownership == Some(Ownership::Shared) => findings.add(COPY_SHARED, path, &[("source", &source)]),
        (Some((path, _)), _) if encrypt => findings.add(COPY_ENCRYPTED, path, &[("source", &source)]),
        // Neither for a custom nor for a shared image can the source stand beside other regions.
        (Some(_), Some((path, region))) => findings.add(COPY_TO_SOURCE, path, &[("value", &region)]),
        (None, Some((path, region))) if !encrypt => match ownership {
            Some(Ownership::Shared) => {}
            Some(Ownership::Private) => findings.add(COPY_TO_SOURCE, path, &[("value", &region)]),
            Some(Ownership::Public | Ownership::Market | Ownership::Unknown) | None => {
                findings.add(COPY_TO_SOURCE_PERHAPS, path, &[("value", &region)]);
            }
        },
        _ => {}
    }
}

fn check_encryption(params: &Params, findings: &mut Findings) {
    let key = text(params, "KmsKeyId");
    if let Some(key) = key {
        if !flag(params, "Encrypt") {
            findings.add(COPY_KEY_ALONE, "KmsKeyId", &[]);
        }
        if key.is_empty() || first_outside(key, |c| c.is_ascii_alphanumeric() || c == '-').is_some() {
            findings.add(COPY_KEY_FORM, "KmsKeyId", &[("value", &key)]);
        }
    }
}
