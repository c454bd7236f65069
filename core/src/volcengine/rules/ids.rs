//! Forms of ids, and words.

use crate::api::check::params::{Path, length, text, texts};
use crate::api::check::{Findings, Rule, rules};
use crate::base::record::Params;
use crate::base::text::{first_outside, lists, quoted};
use std::ops::RangeInclusive;

rules! {
    IMAGE_ID_EMPTY: Error {
        id: "volcengine.any.ImageId.empty",
        code: "MissingParameter.ImageId",
        source: "S3",
        en: "ImageId is empty; give the id of the image",
        zh: "ImageId 为空；请填写镜像 ID",
    }
    IMAGE_ID_SPACE: Error {
        id: "volcengine.any.ImageId.space",
        code: "InvalidImage.NotFound",
        source: "OWN",
        en: "ImageId holds white space or a control character ({char} at position {position}); copy the id again",
        zh: "ImageId 含有空白或控制字符（位置 {position} 的 {char}）；请重新复制 ID",
    }
    IMAGE_ID_MASK: Error {
        id: "volcengine.any.ImageId.mask",
        code: "InvalidImage.NotFound",
        source: "OWN",
        en: "ImageId {id} is masked with asterisks; copy the whole id from the console or from DescribeImages",
        zh: "ImageId {id} 被星号遮盖；请从控制台或 DescribeImages 复制完整 ID",
    }
    IMAGE_ID_FORM: Warning {
        id: "volcengine.any.ImageId.form",
        source: "OWN",
        en: "{id} does not look like an image id: image- and then lower-case letters and digits",
        zh: "{id} 不像镜像 ID：应为 image- 加小写字母和数字",
    }
    pub(super) ID_EMPTY: Error {
        id: "volcengine.any.Ids.empty",
        source: "OWN",
        en: "{name} is empty; leave it out or give an id",
        zh: "{name} 为空；请去掉该项或填写 ID",
    }
    pub(super) ID_SPACE: Error {
        id: "volcengine.any.Ids.space",
        source: "OWN",
        en: "{name} holds white space or a control character ({char} at position {position}); copy the id again",
        zh: "{name} 含有空白或控制字符（位置 {position} 的 {char}）；请重新复制 ID",
    }
    pub(super) ID_MASK: Error {
        id: "volcengine.any.Ids.mask",
        source: "OWN",
        en: "{name} {id} is masked with asterisks; copy the whole id",
        zh: "{name} 的 {id} 被星号遮盖；请复制完整 ID",
    }
}

pub(super) fn check_image_id(id: &str, findings: &mut Findings) {
    let clean = check_id(id, "ImageId".into(), [IMAGE_ID_EMPTY, IMAGE_ID_SPACE, IMAGE_ID_MASK], findings);
    if clean && !looks_like_image(id) {
        findings.add(IMAGE_ID_FORM, "ImageId", &[("id", &id)]);
    }
}

/// A list of ids: how many, and each of them.
pub(super) fn check_ids(params: &Params, name: &str, range: RangeInclusive<usize>, count: Rule, findings: &mut Findings) {
    match length(params, name) {
        Some(given) if !range.contains(&given) => findings.add(count, name, &[("count", &given)]),
        _ => {}
    }
    for (path, id) in texts(params, name) {
        let clean = check_id(id, path, [ID_EMPTY, ID_SPACE, ID_MASK], findings);
        if clean && name == "ImageIds" && !looks_like_image(id) {
            findings.add(IMAGE_ID_FORM, path, &[("id", &id)]);
        }
    }
}

/// Checks what no id holds; tells whether all was right.
pub(super) fn check_id(id: &str, path: Path<'_>, [empty, space, mask]: [Rule; 3], findings: &mut Findings) -> bool {
    let before = findings.problems.len();
    if id.is_empty() {
        findings.add(empty, path, &[("name", &path)]);
    }
    if let Some((position, char)) = first_outside(id, |c| !c.is_whitespace() && !c.is_control()) {
        findings.add(space, path, &[("name", &path), ("position", &position), ("char", &char)]);
    }
    if id.as_bytes().contains(&b'*') {
        findings.add(mask, path, &[("name", &path), ("id", &id)]);
    }
    findings.problems.len() == before
}

fn looks_like_image(id: &str) -> bool {
    let is_tail = |tail: &str| !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.strip_prefix("image-").is_some_and(is_tail)
}

pub(super) fn check_word(params: &Params, name: &str, words: &str, rule: Rule, findings: &mut Findings) {
    match text(params, name) {
        Some(word) if !lists(words, word) => findings.add(rule, name, &[("word", &quoted(word)), ("known", &words)]),
        _ => {}
    }
}
