//! What starts an export: bucket and format.

use super::ids::{check_word, in_quotes};
use super::source::check_exported;
use crate::api::check::params::{flag, text};
use crate::api::check::{Findings, Known, rules};
use crate::base::record::Params;
use crate::base::text::{cut, first_outside};

rules! {
    EXPORT_BUCKET_URL: Error {
        id: "huawei.ExportImage.bucket_url.form",
        code: "IMG.0017",
        source: "facts 4.8",
        en: "bucket_url {url} is not <bucket>:<object>; write it like ims-image:web.qcow2",
        zh: "bucket_url {url} 不是 <桶>:<对象>；写法如 ims-image:web.qcow2",
    }
    EXPORT_BUCKET_SPACE: Error {
        id: "huawei.ExportImage.bucket_url.space",
        code: "IMG.0175",
        source: "facts 4.8",
        en: "bucket_url holds a space at position {position}; remove it",
        zh: "bucket_url 在位置 {position} 含有空格，请删除",
    }
    EXPORT_FORMAT_WORD: Error {
        id: "huawei.ExportImage.file_format.value",
        code: "IMG.0072",
        source: "facts 4.8",
        en: "{field} must be one of {words}, not {given}",
        zh: "{field} 应为 {words} 之一，而不是 {given}",
    }
    EXPORT_FORMAT_ZVHD2: Warning {
        id: "huawei.ExportImage.file_format.zvhd2",
        code: "IMG.0072",
        source: "facts 4.8",
        en: "zvhd2 is documented for fast exports only; set is_quick_export without file_format, or give qcow2, vhd, zvhd or vmdk",
        zh: "文档仅说明 zvhd2 是快速导出的格式；请设置 is_quick_export 且不填 file_format，或使用 qcow2、vhd、zvhd、vmdk",
    }
    EXPORT_FORMAT_REQUIRED: Error {
        id: "huawei.ExportImage.file_format.required",
        code: "IMG.0072",
        source: "facts 4.8",
        en: "file_format is required; give qcow2, vhd, zvhd or vmdk, or set is_quick_export",
        zh: "缺少 file_format；请填写 qcow2、vhd、zvhd 或 vmdk，或设置 is_quick_export",
    }
    EXPORT_FORMAT_QUICK: Error {
        id: "huawei.ExportImage.file_format.quick",
        code: "IMG.0072",
        source: "facts 4.8",
        en: "a fast export takes no file_format, its file is zvhd2; leave one of the two out",
        zh: "快速导出不能指定 file_format，文件为 zvhd2；两者只能填一个",
    }
    EXPORT_ASSUMED: Note {
        id: "huawei.ExportImage.image_id.assumed",
        source: "facts 4.8",
        en: "assumed: the bucket is a Standard one in the image's region; the image is active, no full-ECS or ISO image, \
     and does not come from the marketplace or from a public Windows, SUSE, Red Hat, Ubuntu or Oracle Linux image",
        zh: "假定：桶为同地域的标准存储；镜像可用，非整机、非 ISO，且不来自市场镜像或公共 Windows、SUSE、Red Hat、Ubuntu、Oracle Linux 镜像",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_export(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    if let Some(url) = text(params, "bucket_url") {
        if cut(url, b':').is_none_or(|(bucket, object)| bucket.is_empty() || object.is_empty()) {
            findings.add(EXPORT_BUCKET_URL, "bucket_url", &[("url", &in_quotes(url))]);
        }
        if let Some((position, _)) = first_outside(url, |c| !c.is_whitespace()) {
            findings.add(EXPORT_BUCKET_SPACE, "bucket_url", &[("position", &position)]);
        }
    }
    let quick = flag(params, "is_quick_export");
    let format = params.get("file_format").is_some_and(|format| !format.is_null());
    match (format, quick) {
        (true, true) => findings.add(EXPORT_FORMAT_QUICK, "file_format", &[]),
        (false, false) => findings.add(EXPORT_FORMAT_REQUIRED, "file_format", &[]),
        _ => {}
    }
    match text(params, "file_format") {
        Some("zvhd2") if !quick => findings.add(EXPORT_FORMAT_ZVHD2, "file_format", &[]),
        _ => check_word(EXPORT_FORMAT_WORD, params, "file_format", "qcow2, vhd, zvhd, vmdk", findings),
    }
    match known.image {
        Some(image) => check_exported(image, quick, findings),
        None => findings.add(EXPORT_ASSUMED, "image_id", &[]),
    }
}
