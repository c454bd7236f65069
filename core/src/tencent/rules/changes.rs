//! Changes of an image, and its end.

use super::ids::path_of;
use super::names::{CHANGE_DESCRIPTION_LENGTH, CHANGE_NAME_EMPTY, CHANGE_NAME_LENGTH, check_name};
use super::sharing::is_foreign;
use crate::api::check::params::{length, text};
use crate::api::check::{Findings, Known, rules};
use crate::api::facts::Ownership;
use crate::base::record::Params;

rules! {
    CHANGE_NOTHING: Warning {
        id: "tencent.ModifyImageAttribute.nothing",
        code: "MissingParameter",
        source: "CN",
        en: "nothing is to be changed; give a name, a description, a family or the deprecation mark",
        zh: "没有要修改的内容；请填写名称、描述、镜像族或弃用标记",
    }
    CHANGE_SHARED: Error {
        id: "tencent.ModifyImageAttribute.ImageId.shared",
        code: "UnsupportedOperation.SharedImageModifyUnsupported",
        source: "GO",
        en: "shared images cannot be changed; copy it into an own image first",
        zh: "共享镜像不支持修改；请先复制为自有镜像",
    }
    DELETE_NOTHING: Error {
        id: "tencent.DeleteImages.ImageIds.empty",
        code: "MissingParameter",
        source: "CN",
        en: "no image is given; name at least one",
        zh: "没有指定镜像；请至少填写一个",
    }
    DELETE_STATE: Error {
        id: "tencent.DeleteImages.ImageIds.state",
        code: "MutexOperation.TaskRunning",
        source: "CN GO",
        en: "the image is {state}; wait until that is over, then delete it",
        zh: "镜像状态为 {state}；请等待结束后再删除",
    }
    DELETE_FOREIGN: Error {
        id: "tencent.DeleteImages.ImageIds.owner",
        code: "InvalidParameterValue.InvalidImageIdIsShared",
        source: "CN GO",
        en: "only own custom images can be deleted; leave this one out",
        zh: "只能删除自有的自定义镜像；请去掉该镜像",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_change(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    const MOST: usize = 256;
    let changes = ["ImageName", "ImageDescription", "ImageFamily", "ImageDeprecated"];
    if changes.iter().all(|name| params.get(*name).is_none_or(crate::base::value::Value::is_null)) {
        findings.add(CHANGE_NOTHING, "ImageName", &[]);
    }
    if let Some(name) = text(params, "ImageName") {
        check_name(name, CHANGE_NAME_LENGTH, CHANGE_NAME_EMPTY, findings);
    }
    let count = text(params, "ImageDescription").map(|description| description.chars().count());
    if let Some(count) = count.filter(|count| *count > MOST) {
        findings.add(CHANGE_DESCRIPTION_LENGTH, "ImageDescription", &[("count", &count)]);
    }
    if known.image.is_some_and(|image| image.ownership == Ownership::Shared) {
        findings.add(CHANGE_SHARED, "ImageId", &[]);
    }
}

pub(super) fn check_delete(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    if length(params, "ImageIds") == Some(0) {
        findings.add(DELETE_NOTHING, "ImageIds", &[]);
    }
    if let Some(image) = known.image {
        let path = path_of(image, params);
        if matches!(image.raw_state.as_str(), "CREATING" | "SYNCING" | "IMPORTING") {
            findings.add(DELETE_STATE, path, &[("state", &image.state_word())]);
        }
        if is_foreign(image) {
            findings.add(DELETE_FOREIGN, path, &[]);
        }
    }
}
