//! What starts an export: bucket, format, role.

use super::ids::path_of;
use super::source::check_exported;
use crate::api::check::params::{length, text};
use crate::api::check::{Findings, Known, rules};
use crate::base::record::Params;
use crate::base::text::{first_outside, last_cut};

rules! {
    EXPORT_BUCKET_EMPTY: Error {
        id: "tencent.ExportImages.BucketName.empty",
        code: "InvalidParameterValue.BucketNotFound",
        source: "S2",
        en: "the bucket has no name; write it like golden-1250000000",
        zh: "存储桶名称为空；写法如 golden-1250000000",
    }
    EXPORT_BUCKET_CHARACTER: Warning {
        id: "tencent.ExportImages.BucketName.character",
        code: "InvalidParameterValue.BucketNotFound",
        source: "S2",
        en: "{value} holds {char} at position {position}; give the name only, like golden-1250000000, no URL and no path",
        zh: "{value} 在位置 {position} 含有 {char}；只填名称，例如 golden-1250000000，不要填 URL 或路径",
    }
    EXPORT_BUCKET_APPID: Warning {
        id: "tencent.ExportImages.BucketName.appid",
        code: "InvalidParameterValue.InvalidAppIdFormat",
        source: "S2 CN",
        en: "{value} does not end in an APPID; write name and APPID, like golden-1250000000",
        zh: "{value} 没有以 APPID 结尾；应为名称加 APPID，例如 golden-1250000000",
    }
    EXPORT_BUCKET_PLACEHOLDER: Note {
        id: "tencent.ExportImages.BucketName.placeholder",
        code: "InvalidParameterValue.InvalidAppIdFormat",
        source: "S2",
        en: "{value} holds the documentation's placeholder; put the number of the account's APPID in its place",
        zh: "{value} 含有文档中的占位符；请替换为账号的 APPID 数字",
    }
    EXPORT_NO_IMAGE: Error {
        id: "tencent.ExportImages.ImageIds.empty",
        code: "InvalidParameter.ImageIdsSnapshotIdsMustOne",
        source: "S2 CN",
        en: "no image is given; name at least one",
        zh: "没有指定镜像；请至少填写一个",
    }
    EXPORT_FORMAT: Error {
        id: "tencent.ExportImages.ExportFormat.value",
        code: "InvalidParameterValue",
        source: "S2",
        en: "{value} is no format; use RAW, QCOW2, VHD or VMDK",
        zh: "{value} 不是支持的格式；应为 RAW、QCOW2、VHD 或 VMDK",
    }
    EXPORT_PREFIXES: Error {
        id: "tencent.ExportImages.FileNamePrefixList.count",
        code: "InvalidParameterValue.InvalidFileNamePrefixList",
        source: "S2",
        en: "there are {prefixes} prefixes for {images} images; give one for each, or leave the list out",
        zh: "{images} 个镜像对应 {prefixes} 个前缀；请逐一对应，或去掉此参数",
    }
    EXPORT_ROLE: Warning {
        id: "tencent.ExportImages.RoleName.character",
        code: "AuthFailure.CamRoleNameAuthenticateFailed",
        source: "CN",
        en: "{value} is no role name; use letters, digits and + = , . @ _ - or leave it out for CVM_QcsRole",
        zh: "{value} 不是合法的角色名；只用字母、数字和 + = , . @ _ -，或去掉此参数以使用 CVM_QcsRole",
    }
    EXPORT_ASSUMES_IMAGE: Note {
        id: "tencent.ExportImages.ImageIds.assumed",
        code: "InvalidParameterValue.InvalidImageId",
        source: "S2",
        en: "assumed, not checked: the images are in state NORMAL, own custom images, neither Windows nor Red Hat, and not too large",
        zh: "未检查的假设：镜像状态为 NORMAL、为本账号的自定义镜像、不是 Windows 或 Red Hat 且大小未超限",
    }
    EXPORT_ASSUMES_PLAIN: Note {
        id: "tencent.ExportImages.ImageIds.assumed_plain",
        code: "UnsupportedOperation.EncryptedImagesNotSupported",
        source: "S2",
        en: "assumed, not checked: the images are not encrypted and not made from a market image",
        zh: "未检查的假设：镜像未加密，也不是由市场镜像制作",
    }
    EXPORT_ASSUMES_BUCKET: Note {
        id: "tencent.ExportImages.BucketName.assumed",
        code: "InvalidParameterValue.BucketNotFound",
        source: "S2 DOC",
        en: "assumed, not checked: the bucket exists in the region of the images",
        zh: "未检查的假设：存储桶存在，且与镜像在同一地域",
    }
    EXPORT_ASSUMES_ROLE: Note {
        id: "tencent.ExportImages.RoleName.assumed",
        code: "AuthFailure.CamRoleNameAuthenticateFailed",
        source: "S2",
        en: "assumed, not checked: the role {role} exists and may write to the bucket",
        zh: "未检查的假设：角色 {role} 已存在并有存储桶的写权限",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_export(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    if let Some(bucket) = text(params, "BucketName") {
        check_bucket(bucket, findings);
    }
    let images = length(params, "ImageIds").unwrap_or_default();
    let given = params.get("ImageIds").is_some_and(|ids| !ids.is_null());
    if images == 0 && (!given || length(params, "ImageIds").is_some()) {
        findings.add(EXPORT_NO_IMAGE, "ImageIds", &[]);
    }
    if let Some(format) = text(params, "ExportFormat").filter(|format| !["RAW", "QCOW2", "VHD", "VMDK"].contains(format)) {
        findings.add(EXPORT_FORMAT, "ExportFormat", &[("value", &format)]);
    }
    if let Some(prefixes) = length(params, "FileNamePrefixList").filter(|prefixes| *prefixes != images) {
        findings.add(EXPORT_PREFIXES, "FileNamePrefixList", &[("prefixes", &prefixes), ("images", &images)]);
    }
    let role = text(params, "RoleName").unwrap_or("CVM_QcsRole");
    if role.is_empty()
        || first_outside(role, |c| c.is_ascii_alphanumeric() || matches!(c, '+' | '=' | ',' | '.' | '@' | '_' | '-')).is_some()
    {
        findings.add(EXPORT_ROLE, "RoleName", &[("value", &role)]);
    }
    match known.image {
        Some(image) => check_exported(image, path_of(image, params), findings),
        None => findings.add(EXPORT_ASSUMES_IMAGE, "ImageIds", &[]),
    }
    if known.image.and_then(|image| image.encrypted).is_none() {
        findings.add(EXPORT_ASSUMES_PLAIN, "ImageIds", &[]);
    }
    findings.add(EXPORT_ASSUMES_BUCKET, "BucketName", &[]);
    findings.add(EXPORT_ASSUMES_ROLE, "RoleName", &[("role", &role)]);
}

fn check_bucket(bucket: &str, findings: &mut Findings) {
    if bucket.is_empty() {
        return findings.add(EXPORT_BUCKET_EMPTY, "BucketName", &[]);
    }
    if let Some((position, char)) = first_outside(bucket, |c| c.is_ascii_alphanumeric() || c == '-') {
        return findings.add(EXPORT_BUCKET_CHARACTER, "BucketName", &[("value", &bucket), ("char", &char), ("position", &position)]);
    }
    match last_cut(bucket, b'-') {
        Some((name, appid)) if !name.is_empty() && !appid.is_empty() && appid.bytes().all(|b| b.is_ascii_digit()) => {}
        Some((_, appid)) if appid.eq_ignore_ascii_case("appid") => {
            findings.add(EXPORT_BUCKET_PLACEHOLDER, "BucketName", &[("value", &bucket)]);
        }
        _ => findings.add(EXPORT_BUCKET_APPID, "BucketName", &[("value", &bucket)]),
    }
}
