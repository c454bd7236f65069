//! Tags of images.

use super::ids::{check_not_empty, check_word};
use crate::api::check::params::{records, text};
use crate::api::check::{Findings, rules};
use crate::base::record::Params;

rules! {
    TAGS_ACTION: Error {
        id: "huawei.AddImageTags.action.value",
        code: "IMG.0001",
        source: "facts 4.9",
        en: "{field} must be one of {words}, not {given}",
        zh: "{field} 应为 {words} 之一，而不是 {given}",
    }
    TAGS_KEY: Error {
        id: "huawei.AddImageTags.tags.key",
        code: "IMG.0001",
        source: "facts 4.9",
        en: "the key of a tag is empty; give one",
        zh: "标签的键为空，请填写",
    }
}

pub(super) fn check_tags(params: &Params, findings: &mut Findings) {
    check_word(TAGS_ACTION, params, "action", "create, delete", findings);
    check_not_empty(params, "tags", findings);
    for (path, tag) in records(params, "tags") {
        if text(tag, "key") == Some("") {
            findings.add(TAGS_KEY, path.of("key"), &[]);
        }
    }
}
