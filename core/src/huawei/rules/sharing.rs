//! Sharing an image with other accounts.

use super::ids::check_not_empty;
use crate::api::check::{Findings, rules};
use crate::base::record::Params;

rules! {
    MEMBERS_NONE: Error {
        id: "huawei.any.members.required",
        code: "IMG.0001",
        source: "facts 4.7",
        en: "nobody is named; give projects, domains or organizations",
        zh: "未指定共享对象；请填写 projects、domains 或 organizations",
    }
    pub(super) MEMBERS_STATUS: Error {
        id: "huawei.UpdateImageMembers.status.value",
        code: "IMG.0001",
        source: "facts 4.5",
        en: "{field} must be one of {words}, not {given}",
        zh: "{field} 应为 {words} 之一，而不是 {given}",
    }
}

pub(super) fn check_members(params: &Params, findings: &mut Findings) {
    const WHO: [&str; 3] = ["projects", "domains", "organizations"];
    check_not_empty(params, "images", findings);
    for &who in &WHO {
        check_not_empty(params, who, findings);
    }
    if WHO.iter().all(|who| params.get(*who).is_none_or(crate::base::value::Value::is_null)) {
        findings.add(MEMBERS_NONE, "projects", &[]);
    }
}
