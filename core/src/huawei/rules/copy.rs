//! What starts a copy: destination, project, agency, key.

use super::names::{check_description, check_enterprise_project, check_name};
use super::regions::{check_region, is_placeholder};
use super::source::{COPY_SHARED, check_copied, check_image, check_quota, is_larger, size_gib};
use crate::api::check::params::text;
use crate::api::check::{Findings, Known, rules};
use crate::api::facts::Ownership;
use crate::api::site::At;
use crate::base::record::Params;
use crate::base::text::{first_outside, trimmed};

rules! {
    COPY_SAME_REGION: Error {
        id: "huawei.CopyImageCrossRegion.region.same",
        code: "IMG.0142",
        source: "spec 004, facts 8.1",
        en: "the destination region is the source region {region}; choose another, or use CopyImageInRegion",
        zh: "目的地域与源地域 {region} 相同；请更换，或使用 CopyImageInRegion",
    }
    COPY_PROJECT_EMPTY: Error {
        id: "huawei.CopyImageCrossRegion.project_name.empty",
        code: "IMG.0104",
        source: "spec 004, facts 1.3",
        en: "project_name is empty; the built-in project is named as the region",
        zh: "project_name 为空；内置项目与地域同名",
    }
    COPY_PROJECT_LENGTH: Error {
        id: "huawei.CopyImageCrossRegion.project_name.length",
        code: "IMG.0145",
        source: "facts 1.3",
        en: "project_name has {length} characters; shorten it to 64",
        zh: "project_name 有 {length} 个字符，最多 64 个",
    }
    COPY_PROJECT_CHARACTERS: Error {
        id: "huawei.CopyImageCrossRegion.project_name.character",
        code: "IMG.0145",
        source: "facts 1.3",
        en: "project_name holds {char} at position {position}; use letters, digits, - and _ only",
        zh: "project_name 在位置 {position} 含有 {char}；项目名称只含字母、数字、- 和 _",
    }
    COPY_PROJECT_REGION: Warning {
        id: "huawei.CopyImageCrossRegion.project_name.region",
        code: "IMG.0145",
        source: "facts 1.3",
        en: "project_name {project} is neither {region} nor {region}_…; name a project of the destination region",
        zh: "project_name {project} 既不是 {region} 也不是 {region}_…；请填写目的地域的项目",
    }
    COPY_PROJECT_MOS: Warning {
        id: "huawei.CopyImageCrossRegion.project_name.mos",
        code: "IMG.0145",
        source: "facts 1.3",
        en: "MOS is the built-in project of the object store; name a project of the destination region",
        zh: "MOS 是对象存储的内置项目；请填写目的地域的项目",
    }
    COPY_AGENCY_EMPTY: Error {
        id: "huawei.CopyImageCrossRegion.agency_name.empty",
        code: "IMG.0151",
        source: "spec 004, facts 4.2",
        en: "agency_name is empty; name an IAM agency that trusts IMS",
        zh: "agency_name 为空；请填写信任 IMS 的 IAM 委托",
    }
    COPY_AGENCY_LENGTH: Error {
        id: "huawei.CopyImageCrossRegion.agency_name.length",
        code: "IMG.0151",
        source: "facts 4.2",
        en: "agency_name has {length} characters; shorten it to 64",
        zh: "agency_name 有 {length} 个字符，最多 64 个",
    }
    COPY_AGENCY_SPACE: Error {
        id: "huawei.CopyImageCrossRegion.agency_name.space",
        code: "IMG.0151",
        source: "facts 4.2",
        en: "agency_name begins or ends with white space; remove it",
        zh: "agency_name 首尾有空白字符，请删除",
    }
    COPY_RUNNING: Error {
        id: "huawei.CopyImageCrossRegion.image_id.running",
        code: "IMG.0149",
        source: "spec 004, facts 8.4",
        en: "{running} cross-region copies are running and five are allowed; wait until one of them has ended",
        zh: "已有 {running} 个跨区域复制正在进行，最多五个；请等待其中一个结束",
    }
    COPY_ASSUMED_IMAGE: Note {
        id: "huawei.CopyImageCrossRegion.image_id.assumed",
        source: "spec 004, facts 8",
        en: "assumed of the image: private, active, not encrypted, not an ISO image, at most 128 GB; a full-ECS image needs vault_id",
        zh: "假定镜像：私有、可用、未加密、非 ISO、不超过 128 GB；整机镜像须填 vault_id",
    }
    COPY_ASSUMED_DESTINATION: Note {
        id: "huawei.CopyImageCrossRegion.region.assumed",
        source: "facts 8.4, 8.10, 8.12 to 8.16",
        en: "assumed of the destination: room for the image, its name free, project and agency there, the pair of regions served, fewer than five copies running",
        zh: "假定目的地域：配额充足、名称未占用、项目和委托有效、支持这对地域、进行中的复制少于五个",
    }
    IN_REGION_WHOLE: Error {
        id: "huawei.CopyImageInRegion.image_id.whole",
        code: "IMG.0105",
        source: "facts 4.7",
        en: "a full-ECS image cannot be copied in its region; choose a system or data disk image",
        zh: "整机镜像不支持区域内复制；请选择系统盘或数据盘镜像",
    }
    IN_REGION_KEY: Note {
        id: "huawei.CopyImageInRegion.cmk_id.same",
        code: "IMG.0096",
        source: "facts 4.7",
        en: "cmk_id must not be the key of the source image",
        zh: "cmk_id 不能与源镜像的密钥相同",
    }
    IN_REGION_SHARED_ENCRYPTED: Error {
        id: "huawei.CopyImageInRegion.image_id.shared_encrypted",
        code: "IMG.0197",
        source: "facts 4.7, 7.1",
        en: "a shared encrypted image cannot be copied; ask its owner for an unencrypted one",
        zh: "共享的加密镜像不能复制；请向所有者索取非加密镜像",
    }
    IN_REGION_SHARED_KEY: Error {
        id: "huawei.CopyImageInRegion.cmk_id.shared",
        code: "IMG.0197",
        source: "facts 4.7",
        en: "a shared image cannot be encrypted while it is copied; leave cmk_id out and encrypt the copy",
        zh: "共享镜像复制时不能加密；请不填 cmk_id，复制后再加密",
    }
    IN_REGION_SHARED_SIZE: Error {
        id: "huawei.CopyImageInRegion.image_id.shared_size",
        code: "IMG.0105",
        source: "facts 4.7",
        en: "the shared image has {size} GB and at most 128 GB can be copied; ask its owner to replicate it",
        zh: "共享镜像大小 {size} GB，最多可复制 128 GB；请由所有者复制",
    }
    IN_REGION_SHARED_ENTERPRISE: Error {
        id: "huawei.CopyImageInRegion.enterprise_project_id.shared",
        code: "IMG.0155",
        source: "facts 4.7",
        en: "the copy of a shared image takes no enterprise project; leave enterprise_project_id out",
        zh: "复制共享镜像不支持企业项目；请不填 enterprise_project_id",
    }
    IN_REGION_SHARED_ACCEPTED: Note {
        id: "huawei.CopyImageInRegion.image_id.accepted",
        code: "IMG.0196",
        source: "facts 4.7",
        en: "a shared image must have been accepted before it can be copied",
        zh: "共享镜像须先接受才能复制",
    }
    IN_REGION_ASSUMED: Note {
        id: "huawei.CopyImageInRegion.image_id.assumed",
        source: "facts 4.7",
        en: "assumed: the image is active, not a full-ECS image, not an ISO image, accepted if shared, and there is room for one more",
        zh: "假定：镜像可用、非整机、非 ISO，共享镜像已接受，配额充足",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_copy(params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    check_name(params, findings);
    check_description(params, "description", findings);
    let (source, destination) = (trimmed(&at.region), text(params, "region").unwrap_or_default());
    if params.get("region").is_some_and(|region| region.is_string()) {
        check_region(destination, "region", findings);
    }
    if !source.is_empty() && trimmed(destination) == source {
        findings.add(COPY_SAME_REGION, "region", &[("region", &source)]);
    }
    check_project_name(params, destination, findings);
    check_agency_name(params, findings);
    check_quota(known, findings);
    match known.image {
        Some(image) => check_copied(params, image, at, destination, findings),
        None if known.shared == Some(true) => findings.add(COPY_SHARED, "image_id", &[]),
        None => findings.add(COPY_ASSUMED_IMAGE, "image_id", &[]),
    }
    match known.running {
        Some(running @ 5..) => findings.add(COPY_RUNNING, "image_id", &[("running", &running)]),
        Some(_) if known.quota.is_some() => {}
        _ => findings.add(COPY_ASSUMED_DESTINATION, "region", &[]),
    }
}

fn check_project_name(params: &Params, region: &str, findings: &mut Findings) {
    const FIELD: &str = "project_name";
    let Some(project) = text(params, FIELD) else { return };
    let length = project.chars().count();
    if length == 0 {
        return findings.add(COPY_PROJECT_EMPTY, FIELD, &[]);
    }
    if length > 64 {
        findings.add(COPY_PROJECT_LENGTH, FIELD, &[("length", &length)]);
    }
    if let Some((position, char)) = first_outside(project, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        findings.add(COPY_PROJECT_CHARACTERS, FIELD, &[("position", &position), ("char", &char)]);
    }
    // The placeholders of the documentation do not fit each other and are not meant to.
    let fits = project.strip_prefix(region).is_some_and(|own| own.is_empty() || own.starts_with("_"));
    if project == "MOS" {
        findings.add(COPY_PROJECT_MOS, FIELD, &[]);
    } else if !fits && !region.is_empty() && !is_placeholder(region) {
        findings.add(COPY_PROJECT_REGION, FIELD, &[("region", &region), ("project", &project)]);
    }
}

fn check_agency_name(params: &Params, findings: &mut Findings) {
    const FIELD: &str = "agency_name";
    let Some(agency) = text(params, FIELD) else { return };
    let length = agency.chars().count();
    if length == 0 {
        return findings.add(COPY_AGENCY_EMPTY, FIELD, &[]);
    }
    if length > 64 {
        findings.add(COPY_AGENCY_LENGTH, FIELD, &[("length", &length)]);
    }
    if trimmed(agency) != agency {
        findings.add(COPY_AGENCY_SPACE, FIELD, &[]);
    }
}

pub(super) fn check_copy_in_region(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    check_name(params, findings);
    check_description(params, "description", findings);
    check_enterprise_project(params, "0", findings);
    check_quota(known, findings);
    let Some(image) = known.image else {
        return findings.add(IN_REGION_ASSUMED, "image_id", &[]);
    };
    check_image(image, findings);
    if image.whole == Some(true) {
        findings.add(IN_REGION_WHOLE, "image_id", &[]);
    }
    let new_key = text(params, "cmk_id").is_some_and(|key| !key.is_empty());
    if image.ownership != Ownership::Shared {
        if new_key && image.encrypted == Some(true) {
            findings.add(IN_REGION_KEY, "cmk_id", &[]);
        }
        return;
    }
    findings.add(IN_REGION_SHARED_ACCEPTED, "image_id", &[]);
    if image.encrypted == Some(true) {
        findings.add(IN_REGION_SHARED_ENCRYPTED, "image_id", &[]);
    }
    if new_key {
        findings.add(IN_REGION_SHARED_KEY, "cmk_id", &[]);
    }
    if is_larger(image, 128) {
        findings.add(IN_REGION_SHARED_SIZE, "image_id", &[("size", &size_gib(image))]);
    }
    if text(params, "enterprise_project_id").is_some_and(|project| project != "0") {
        findings.add(IN_REGION_SHARED_ENTERPRISE, "enterprise_project_id", &[]);
    }
}
