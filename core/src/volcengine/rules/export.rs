//! What starts an export: bucket and prefix.

use super::source::check_exported;
use crate::api::check::params::text;
use crate::api::check::{Findings, Known, rules};
use crate::base::record::Params;
use crate::base::text::quoted;

rules! {
    EXPORT_BUCKET_EMPTY: Error {
        id: "volcengine.ExportImage.TOSBucket.empty",
        code: "MissingParameter.TOSBucket",
        source: "DOC",
        en: "TOSBucket is empty; give a bucket in the image's region",
        zh: "TOSBucket 为空；请填写与镜像同地域的存储桶",
    }
    EXPORT_BUCKET_FORM: Error {
        id: "volcengine.ExportImage.TOSBucket.form",
        source: "OWN",
        en: "TOSBucket is {bucket}; a bucket's name has 3 to 63 lower-case letters, digits and hyphens",
        zh: "TOSBucket 为 {bucket}；存储桶名称应为 3 至 63 个小写字母、数字或连字符",
    }
    EXPORT_PREFIX_EMPTY: Error {
        id: "volcengine.ExportImage.TOSPrefix.empty",
        code: "MissingParameter.TOSPrefix",
        source: "DOC",
        en: "TOSPrefix is empty; give 1 to 30 letters and digits",
        zh: "TOSPrefix 为空；请填写 1 至 30 个字母或数字",
    }
    EXPORT_PREFIX_FORM: Error {
        id: "volcengine.ExportImage.TOSPrefix.form",
        code: "InvalidTOSPrefix.Malformed",
        source: "DOC",
        en: "TOSPrefix is {prefix}; give 1 to 30 letters and digits, no slash or hyphen",
        zh: "TOSPrefix 为 {prefix}；应为 1 至 30 个字母或数字，不含斜杠或连字符",
    }
    EXPORT_IMAGE_ASSUMED: Note {
        id: "volcengine.ExportImage.ImageId.assumed",
        source: "DOC",
        en: "nothing is known of the image: assumed to be an available custom image of this account, in the bucket's region",
        zh: "尚无镜像信息：假定为本账号可用的自定义镜像，且与存储桶同地域",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_export(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    match text(params, "TOSBucket") {
        Some("") => findings.add(EXPORT_BUCKET_EMPTY, "TOSBucket", &[]),
        Some(bucket) if !is_bucket(bucket) => findings.add(EXPORT_BUCKET_FORM, "TOSBucket", &[("bucket", &quoted(bucket))]),
        _ => {}
    }
    match text(params, "TOSPrefix") {
        Some("") => findings.add(EXPORT_PREFIX_EMPTY, "TOSPrefix", &[]),
        Some(prefix) if prefix.len() > 30 || !prefix.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            findings.add(EXPORT_PREFIX_FORM, "TOSPrefix", &[("prefix", &quoted(prefix))]);
        }
        _ => {}
    }
    match known.image {
        Some(image) => check_exported(image, findings),
        None => findings.add(EXPORT_IMAGE_ASSUMED, "ImageId", &[]),
    }
}

fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
