//! Names, descriptions and families.

use crate::api::check::{Findings, Rule, rules};

rules! {
    pub(super) FAMILY_EMPTY: Error {
        id: "tencent.DescribeImageFromFamily.ImageFamily.empty",
        code: "MissingParameter",
        source: "GO",
        en: "ImageFamily is empty; name a family",
        zh: "ImageFamily 为空；请填写镜像族名称",
    }
    pub(super) COPY_NAME_LENGTH: Error {
        id: "tencent.SyncImages.ImageName.length",
        source: "CN",
        en: "the name has {count} characters; use at most 60",
        zh: "名称有 {count} 个字符；最多 60 个",
    }
    pub(super) COPY_NAME_EMPTY: Warning {
        id: "tencent.SyncImages.ImageName.empty",
        source: "S0 CN",
        en: "the name is empty; leave it out to keep the name of the source",
        zh: "名称为空；如需沿用源镜像名称请去掉此参数",
    }
    pub(super) CHANGE_NAME_LENGTH: Error {
        id: "tencent.ModifyImageAttribute.ImageName.length",
        source: "CN",
        en: "the name has {count} characters; use at most 60",
        zh: "名称有 {count} 个字符；最多 60 个",
    }
    pub(super) CHANGE_NAME_EMPTY: Warning {
        id: "tencent.ModifyImageAttribute.ImageName.empty",
        source: "CN",
        en: "the name is empty; leave it out to keep the present one",
        zh: "名称为空；如不修改请去掉此参数",
    }
    pub(super) CHANGE_DESCRIPTION_LENGTH: Error {
        id: "tencent.ModifyImageAttribute.ImageDescription.length",
        source: "CN",
        en: "the description has {count} characters; use at most 256",
        zh: "描述有 {count} 个字符；最多 256 个",
    }
}

pub(super) fn check_name(name: &str, length: Rule, empty: Rule, findings: &mut Findings) {
    const MOST: usize = 60;
    let count = name.chars().count();
    if count > MOST {
        findings.add(length, "ImageName", &[("count", &count)]);
    } else if count == 0 {
        findings.add(empty, "ImageName", &[]);
    }
}
