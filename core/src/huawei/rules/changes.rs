//! Changes of an image, and its end.

use super::ids::{check_word, in_quotes};
use super::names::{check_description, check_name};
use crate::api::check::params::text;
use crate::api::check::{Findings, rules};
use crate::base::record::Params;

rules! {
    UPDATE_NOTHING: Error {
        id: "huawei.UpdateImage.image_id.nothing",
        code: "IMG.0007",
        source: "facts 4.9",
        en: "nothing is changed; give name, __description, min_ram or max_ram",
        zh: "没有要修改的内容；请至少填写 name、__description、min_ram、max_ram 之一",
    }
    UPDATE_OP: Error {
        id: "huawei.UpdateImage.op.value",
        code: "IMG.0035",
        source: "facts 4.9",
        en: "{field} must be one of {words}, not {given}",
        zh: "{field} 应为 {words} 之一，而不是 {given}",
    }
    UPDATE_MAX_RAM: Error {
        id: "huawei.UpdateImage.max_ram.number",
        code: "IMG.0001",
        source: "facts 4.5",
        en: "max_ram {given} is not a number of MB written as text; write it like \"4096\"",
        zh: "max_ram {given} 不是以文本书写的 MB 数；写法如 \"4096\"",
    }
}

pub(super) fn check_update(params: &Params, findings: &mut Findings) {
    check_name(params, findings);
    check_description(params, "__description", findings);
    check_word(UPDATE_OP, params, "op", "add, replace", findings);
    if ["name", "__description", "min_ram", "max_ram"].iter().all(|field| params.get(*field).is_none_or(|value| value.is_null())) {
        findings.add(UPDATE_NOTHING, "image_id", &[]);
    }
    if let Some(given) = text(params, "max_ram")
        && (given.is_empty() || !given.bytes().all(|b| b.is_ascii_digit()))
    {
        findings.add(UPDATE_MAX_RAM, "max_ram", &[("given", &in_quotes(given))]);
    }
}
