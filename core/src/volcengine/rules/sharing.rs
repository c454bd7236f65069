//! Sharing an image with other accounts.

use super::ids::check_ids;
use crate::api::check::params::length;
use crate::api::check::{Findings, rules};
use crate::base::record::Params;

rules! {
    SHARE_NOTHING: Warning {
        id: "volcengine.ModifyImageSharePermission.ImageId.nothing",
        source: "DOC",
        en: "nothing is changed; give AddAccounts or RemoveAccounts",
        zh: "没有要修改的内容；请填写 AddAccounts 或 RemoveAccounts",
    }
    SHARE_COUNT: Error {
        id: "volcengine.ModifyImageSharePermission.AddAccounts.count",
        source: "DOC",
        en: "{count} accounts; give at most 50 a call",
        zh: "共 {count} 个账号；每次最多 50 个",
    }
}

pub(super) fn check_share(params: &Params, findings: &mut Findings) {
    check_ids(params, "AddAccounts", 0..=50, SHARE_COUNT, findings);
    check_ids(params, "RemoveAccounts", 0..=usize::MAX, SHARE_COUNT, findings);
    if ["AddAccounts", "RemoveAccounts"].iter().all(|name| length(params, name).unwrap_or(0) == 0) {
        findings.add(SHARE_NOTHING, "ImageId", &[]);
    }
}
