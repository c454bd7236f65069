//! Forms of ids.

use crate::api::check::params::{Path, text, texts};
use crate::api::check::{Findings, rules};
use crate::api::facts::Image;
use crate::base::record::Params;
use crate::base::text::first_outside;

rules! {
    IMAGE_ID_FORM: Error {
        id: "tencent.any.ImageId.form",
        code: "InvalidImageId.Malformed",
        source: "S0 S2 CN",
        en: "{value} is no image id; write it like img-o3ycss2p",
        zh: "{value} 不是镜像 ID；写法如 img-o3ycss2p",
    }
    IMAGE_ID_CHARACTER: Error {
        id: "tencent.any.ImageId.character",
        code: "InvalidImageId.Malformed",
        source: "S0 S2 CN",
        en: "{value} is no image id: {char} at position {position}; after img- come lower-case letters and digits only",
        zh: "{value} 不是镜像 ID：位置 {position} 的 {char} 不合法；img- 之后只能是小写字母和数字",
    }
    IMAGE_ID_PLACEHOLDER: Warning {
        id: "tencent.any.ImageId.placeholder",
        code: "InvalidImageId.NotFound",
        source: "DOC",
        en: "{value} looks like a placeholder; give the id of the image",
        zh: "{value} 像是占位符；请填写真实的镜像 ID",
    }
}

/// The image ids among the parameters, each with its path.
pub(super) fn image_ids(params: &Params) -> impl Iterator<Item = (Path<'_>, &str)> {
    text(params, "ImageId").map(|id| ("ImageId".into(), id)).into_iter().chain(texts(params, "ImageIds"))
}

pub(super) fn check_image_id(path: Path<'_>, id: &str, findings: &mut Findings) {
    let Some(rest) = id.strip_prefix("img-").filter(|rest| !rest.is_empty()) else {
        return findings.add(IMAGE_ID_FORM, path, &[("value", &id)]);
    };
    if let Some((position, char)) = first_outside(rest, |c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        findings.add(IMAGE_ID_CHARACTER, path, &[("value", &id), ("char", &char), ("position", &(position + "img-".len()))]);
    } else if rest.bytes().all(|b| b == b'x') {
        findings.add(IMAGE_ID_PLACEHOLDER, path, &[("value", &id)]);
    }
}

/// Where the image that facts are known about stands among the parameters.
pub(super) fn path_of<'a>(image: &Image, params: &'a Params) -> Path<'a> {
    let path = image_ids(params).find(|(_, id)| *id == image.id).map(|(path, _)| path);
    path.unwrap_or_else(|| if params.contains_key("ImageId") { "ImageId" } else { "ImageIds" }.into())
}
