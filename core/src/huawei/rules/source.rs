//! The image that is copied or exported: its state, owner, size and kind.

use crate::api::check::params::text;
use crate::api::check::{Findings, Known, rules};
use crate::api::facts::{Image, Ownership, State};
use crate::api::site::{At, Edition};
use crate::base::record::Params;

rules! {
    IMAGE_ACTIVE: Error {
        id: "huawei.any.image.active",
        code: "IMG.0046",
        source: "facts 8.7, 4.7",
        en: "the image is {state}, not active; wait until it is, or choose another",
        zh: "镜像状态为 {state}，不是 active；请等待或更换镜像",
    }
    IMAGE_ISO: Error {
        id: "huawei.any.image.iso",
        code: "IMG.0167",
        source: "spec 004, facts 8.5, 4.7, 4.8",
        en: "the image is an ISO image; make a server from it and an image of that server",
        zh: "镜像是 ISO 镜像；请用其创建服务器，再制作镜像",
    }
    QUOTA_FULL: Error {
        id: "huawei.any.quota.full",
        code: "IMG.0015",
        source: "facts 8.12",
        en: "{used} of {total} private images are there already; delete one or have the quota raised",
        zh: "私有镜像已有 {used} 个，配额为 {total}；请删除或申请提高配额",
    }
    COPY_ENCRYPTED: Error {
        id: "huawei.CopyImageCrossRegion.image_id.encrypted",
        code: "IMG.0143",
        source: "spec 004, facts 8.2, 4.7",
        en: "the image is encrypted; copy it with CopyImageInRegion without cmk_id, replicate that copy, then encrypt it in the destination",
        zh: "镜像已加密；先用 CopyImageInRegion（不填 cmk_id）复制为非加密镜像，跨区域复制后再在目的地域加密",
    }
    COPY_SIZE: Error {
        id: "huawei.CopyImageCrossRegion.image_id.size",
        code: "IMG.0146",
        source: "spec 004, facts 8.3",
        en: "the image has {size} GB, the limit between these regions is {limit} GB; export it, transfer the file and import it in the destination",
        zh: "镜像大小 {size} GB，这两个地域之间的上限为 {limit} GB；请导出文件，传输后在目的地域导入",
    }
    COPY_SIZE_LISTED: Warning {
        id: "huawei.CopyImageCrossRegion.image_id.size_listed",
        code: "IMG.0146",
        source: "facts 8.3",
        en: "the image has {size} GB: more than 128 GB is allowed only between cn-south-1, cn-east-2, cn-east-3 and cn-north-4, and only of late",
        zh: "镜像大小 {size} GB：超过 128 GB 仅在 cn-south-1、cn-east-2、cn-east-3、cn-north-4 之间允许，且为近期放宽",
    }
    COPY_SIZE_HALF: Warning {
        id: "huawei.CopyImageCrossRegion.image_id.size_half",
        code: "IMG.0146",
        source: "facts 8.3",
        en: "the image has {size} GB: more than 128 GB is allowed between cn-south-1, cn-east-2, cn-east-3 and cn-north-4; whether one end is enough is not documented",
        zh: "镜像大小 {size} GB：超过 128 GB 仅在 cn-south-1、cn-east-2、cn-east-3、cn-north-4 之间允许；文档未说明是否只需一端在列",
    }
    COPY_SIZE_UNKNOWN: Note {
        id: "huawei.CopyImageCrossRegion.image_id.size_unknown",
        code: "IMG.0146",
        source: "facts 8.3b",
        en: "the size of the image is not known; it must not be above 128 GB",
        zh: "镜像大小未知；不得超过 128 GB",
    }
    pub(super) COPY_SHARED: Error {
        id: "huawei.CopyImageCrossRegion.image_id.shared",
        code: "IMG.0047",
        source: "spec 004, facts 8.6, 4.7",
        en: "the image is shared by another account; accept it, copy it with CopyImageInRegion, replicate that copy",
        zh: "镜像由其他账号共享；请先接受，用 CopyImageInRegion 复制为自己的镜像，再跨区域复制",
    }
    COPY_PUBLIC: Error {
        id: "huawei.CopyImageCrossRegion.image_id.public",
        code: "IMG.0024",
        source: "spec 004, facts 8.6, 4.7",
        en: "the image is a public or marketplace image; make a server from it and a private image of that server",
        zh: "镜像是公共或市场镜像；请用其创建服务器，再制作私有镜像",
    }
    COPY_WHOLE_VAULT: Error {
        id: "huawei.CopyImageCrossRegion.vault_id.required",
        code: "IMG.0184",
        source: "facts 4.1, 8.8",
        en: "a full-ECS image needs vault_id: a server-backup vault for replicas in the destination region",
        zh: "整机镜像须填写 vault_id：目的地域的云服务器备份复制存储库",
    }
    COPY_NEEDLESS_VAULT: Warning {
        id: "huawei.CopyImageCrossRegion.vault_id.needless",
        source: "facts 8.8",
        en: "vault_id is for full-ECS images only; leave it out",
        zh: "vault_id 仅用于整机镜像，请删除",
    }
    COPY_WHOLE_REGIONS: Warning {
        id: "huawei.CopyImageCrossRegion.region.whole",
        code: "IMG.0130",
        source: "facts 8.9",
        en: "full-ECS images are documented to replicate only between cn-south-1, cn-east-2, cn-east-3, cn-north-4 and cn-north-1",
        zh: "文档说明整机镜像仅支持在 cn-north-1、cn-north-4、cn-east-2、cn-east-3、cn-south-1 之间复制",
    }
    COPY_WINDOWS: Warning {
        id: "huawei.CopyImageCrossRegion.image_id.windows",
        code: "IMG.0105",
        source: "facts 8.11",
        en: "the international site no longer replicates Windows images; export and import it instead",
        zh: "国际站不再支持跨区域复制 Windows 镜像；请改用导出和导入",
    }
    EXPORT_WHOLE: Error {
        id: "huawei.ExportImage.image_id.whole",
        code: "IMG.0128",
        source: "facts 4.8",
        en: "a full-ECS image cannot be exported; choose a system or data disk image",
        zh: "整机镜像不支持导出；请选择系统盘或数据盘镜像",
    }
    EXPORT_ENCRYPTED: Error {
        id: "huawei.ExportImage.is_quick_export.encrypted",
        code: "IMG.0071",
        source: "facts 4.8",
        en: "an encrypted image has no fast export; give file_format instead",
        zh: "加密镜像不支持快速导出；请改填 file_format",
    }
    EXPORT_SIZE: Error {
        id: "huawei.ExportImage.image_id.size",
        code: "IMG.0059",
        source: "facts 4.8",
        en: "the image has {size} GB; only images below 1024 GB can be exported",
        zh: "镜像大小 {size} GB；仅支持导出 1024 GB 以下的镜像",
    }
    EXPORT_SIZE_QUICK: Warning {
        id: "huawei.ExportImage.image_id.size_quick",
        code: "IMG.0160",
        source: "facts 4.8",
        en: "the image has {size} GB; above 128 GB most regions offer only the fast export; set is_quick_export without file_format",
        zh: "镜像大小 {size} GB；超过 128 GB 时多数地域仅支持快速导出：设置 is_quick_export，不填 file_format",
    }
    EXPORT_PUBLIC: Error {
        id: "huawei.ExportImage.image_id.public",
        code: "IMG.0077",
        source: "facts 4.8, 7.4",
        en: "a public image cannot be exported; choose a private image",
        zh: "公共镜像不支持导出；请选择私有镜像",
    }
    EXPORT_MARKET: Error {
        id: "huawei.ExportImage.image_id.market",
        code: "IMG.0078",
        source: "facts 4.8, 7.4",
        en: "a marketplace image cannot be exported; choose a private image",
        zh: "市场镜像不支持导出；请选择私有镜像",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_image(image: &Image, findings: &mut Findings) {
    if image.state != State::Ready {
        findings.add(IMAGE_ACTIVE, "image_id", &[("state", &image.raw_state)]);
    }
    if image.iso == Some(true) {
        findings.add(IMAGE_ISO, "image_id", &[]);
    }
}

pub(super) fn check_quota(known: &Known<'_>, findings: &mut Findings) {
    if let Some((total, used)) = known.quota.and_then(|quota| quota.total.zip(quota.used))
        && used >= total
    {
        findings.add(QUOTA_FULL, "name", &[("used", &used), ("total", &total)]);
    }
}

/// Sizes as the vendor writes them: GB that are 2^30 bytes.
const GIB: u64 = 1 << 30;

pub(super) fn is_larger(image: &Image, gib: u64) -> bool {
    image.size_bytes.is_some_and(|size| size > gib * GIB)
}

pub(super) fn size_gib(image: &Image) -> u64 {
    image.size_bytes.unwrap_or_default().div_ceil(GIB)
}

pub(super) fn check_copied(params: &Params, image: &Image, at: &At, destination: &str, findings: &mut Findings) {
    const FIELD: &str = "image_id";
    // Between these up to 300 GB are copied.
    const LARGE: [&str; 4] = ["cn-south-1", "cn-east-2", "cn-east-3", "cn-north-4"];
    let both_in = |regions: &[&str]| regions.contains(&at.region.as_str()) && regions.contains(&destination);
    check_image(image, findings);
    if image.encrypted == Some(true) {
        findings.add(COPY_ENCRYPTED, FIELD, &[]);
    }
    match image.ownership {
        Ownership::Shared => findings.add(COPY_SHARED, FIELD, &[]),
        Ownership::Public | Ownership::Market => findings.add(COPY_PUBLIC, FIELD, &[]),
        Ownership::Private | Ownership::Unknown => {}
    }
    let listed = [at.region.as_str(), destination].iter().filter(|region| LARGE.contains(region)).count();
    let (limit, doubt) = match listed {
        0 => (128, None),
        1 => (300, Some(COPY_SIZE_HALF)),
        _ => (300, Some(COPY_SIZE_LISTED)),
    };
    if image.size_bytes.is_none() {
        findings.add(COPY_SIZE_UNKNOWN, FIELD, &[]);
    } else if is_larger(image, limit) {
        findings.add(COPY_SIZE, FIELD, &[("size", &size_gib(image)), ("limit", &limit)]);
    } else if let Some(rule) = doubt.filter(|_| is_larger(image, 128)) {
        findings.add(rule, FIELD, &[("size", &size_gib(image))]);
    }
    let vault = text(params, "vault_id").is_some_and(|vault| !vault.is_empty());
    match image.whole {
        Some(true) if !vault => findings.add(COPY_WHOLE_VAULT, "vault_id", &[]),
        Some(false) if vault => findings.add(COPY_NEEDLESS_VAULT, "vault_id", &[]),
        _ => {}
    }
    if image.whole == Some(true) && !both_in(&["cn-north-1", "cn-north-4", "cn-east-2", "cn-east-3", "cn-south-1"]) {
        findings.add(COPY_WHOLE_REGIONS, "region", &[]);
    }
    // Regions outside mainland China are where the international site sells.
    let overseas = at.edition == Edition::International || !at.region.starts_with("cn-") || !destination.starts_with("cn-");
    if overseas && image.os.as_deref().is_some_and(|os| os.starts_with("Windows")) {
        findings.add(COPY_WINDOWS, FIELD, &[]);
    }
}

pub(super) fn check_exported(image: &Image, quick: bool, findings: &mut Findings) {
    check_image(image, findings);
    match image.ownership {
        Ownership::Public => findings.add(EXPORT_PUBLIC, "image_id", &[]),
        Ownership::Market => findings.add(EXPORT_MARKET, "image_id", &[]),
        Ownership::Private | Ownership::Shared | Ownership::Unknown => {}
    }
    if image.whole == Some(true) {
        findings.add(EXPORT_WHOLE, "image_id", &[]);
    }
    if quick && image.encrypted == Some(true) {
        findings.add(EXPORT_ENCRYPTED, "is_quick_export", &[]);
    }
    if image.size_bytes.is_some_and(|size| size >= 1024 * GIB) {
        findings.add(EXPORT_SIZE, "image_id", &[("size", &size_gib(image))]);
    } else if !quick && is_larger(image, 128) {
        findings.add(EXPORT_SIZE_QUICK, "image_id", &[("size", &size_gib(image))]);
    }
}
