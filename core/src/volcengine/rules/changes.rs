//! Changes of an image, and its end.

use super::ids::check_word;
use super::names::{check_description, check_name};
use crate::api::check::params::text;
use crate::api::check::{Findings, rules};
use crate::base::record::Params;

rules! {
    pub(super) DELETE_IDS_COUNT: Error {
        id: "volcengine.DeleteImages.ImageIds.count",
        source: "DOC",
        en: "{count} ids; give 1 to 100 a call",
        zh: "共 {count} 个 ID；每次应为 1 至 100 个",
    }
    MODIFY_NOTHING: Warning {
        id: "volcengine.ModifyImageAttribute.ImageId.nothing",
        source: "DOC",
        en: "nothing is changed; give ImageName, Description or BootMode",
        zh: "没有要修改的内容；请填写 ImageName、Description 或 BootMode",
    }
    MODIFY_BOOT_MODE: Warning {
        id: "volcengine.ModifyImageAttribute.BootMode.word",
        source: "DOC",
        en: "BootMode is {word}; BIOS and UEFI are known",
        zh: "BootMode 为 {word}；已知取值为 BIOS 和 UEFI",
    }
}

pub(super) fn check_change(params: &Params, findings: &mut Findings) {
    check_name(params, findings);
    if let Some(description) = text(params, "Description") {
        check_description(description, findings);
    }
    check_word(params, "BootMode", "BIOS, UEFI", MODIFY_BOOT_MODE, findings);
    if ["ImageName", "Description", "BootMode"].iter().all(|name| text(params, name).is_none()) {
        findings.add(MODIFY_NOTHING, "ImageId", &[]);
    }
}
