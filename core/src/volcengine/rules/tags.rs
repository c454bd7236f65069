//! Tags of images.

use super::ids::{check_ids, check_word};
use super::names::MOST_CHARACTERS;
use crate::api::check::params::{Path, length, records, text};
use crate::api::check::{Findings, Rule, rules};
use crate::base::names::Names;
use crate::base::record::Params;
use crate::base::text::{is_letter_or_digit, outside, quoted};

rules! {
    TAGS_COUNT: Error {
        id: "volcengine.any.Tags.count",
        source: "DOC",
        en: "{count} tags; give 1 to 20 a call",
        zh: "共 {count} 个标签；每次应为 1 至 20 个",
    }
    TAG_KEY_LENGTH: Error {
        id: "volcengine.any.Tags.key_length",
        source: "DOC",
        en: "{name} is {length} characters long; give 1 to 128",
        zh: "{name} 长 {length} 个字符；应为 1 至 128 个",
    }
    TAG_KEY_REPEATED: Error {
        id: "volcengine.any.Tags.key_repeated",
        source: "DOC",
        en: "{name} {key} is there already; give every key once",
        zh: "{name} 的 {key} 重复；每个键只能出现一次",
    }
    TAG_KEY_RESERVED: Error {
        id: "volcengine.any.Tags.key_reserved",
        source: "DOC",
        en: "{name} {key} begins with volc: or sys:, which the cloud keeps for itself; choose another key",
        zh: "{name} 的 {key} 以云平台保留的 volc: 或 sys: 开头；请换一个键",
    }
    TAG_VALUE_LENGTH: Error {
        id: "volcengine.any.Tags.value_length",
        source: "DOC",
        en: "{name} is {length} characters long; shorten it to 256",
        zh: "{name} 长 {length} 个字符；请缩短到 256 个以内",
    }
    TAG_CHARACTER: Error {
        id: "volcengine.any.Tags.character",
        source: "DOC",
        en: "{name} holds {char} at position {position}; use letters, digits, spaces and _ . : / = + - @",
        zh: "{name} 在位置 {position} 含有 {char}；只能包含文字、数字、空格和 _ . : / = + - @",
    }
    TAG_SPACE: Error {
        id: "volcengine.any.Tags.space",
        source: "OWN",
        en: "{name} begins or ends with a space; remove it",
        zh: "{name} 首尾有空格；请删除",
    }
    TAG_RESOURCES_TYPE: Warning {
        id: "volcengine.TagResources.ResourceType.word",
        source: "DOC",
        en: "ResourceType is {word}; the known ones are {known}",
        zh: "ResourceType 为 {word}；已知取值：{known}",
    }
    TAG_RESOURCES_COUNT: Error {
        id: "volcengine.TagResources.ResourceIds.count",
        source: "DOC",
        en: "{count} ids; give 1 to 50 a call",
        zh: "共 {count} 个 ID；每次应为 1 至 50 个",
    }
}

/// An empty list is not sent, so that it is well where tags are optional.
pub(super) fn check_tags(params: &Params, least: usize, findings: &mut Findings) {
    match length(params, "Tags") {
        Some(count) if !(least..=20).contains(&count) => findings.add(TAGS_COUNT, "Tags", &[("count", &count)]),
        _ => {}
    }
    let tags = records(params, "Tags");
    for (path, tag) in &tags {
        if let Some(key) = text(tag, "Key") {
            let path = path.of("Key");
            if key.is_empty() || key.chars().count() > 128 {
                findings.add(TAG_KEY_LENGTH, path.clone(), &[("name", &path), ("length", &key.chars().count())]);
            }
            let lower = key.to_ascii_lowercase();
            if lower.starts_with("volc:") || lower.starts_with("sys:") {
                findings.add(TAG_KEY_RESERVED, path.clone(), &[("name", &path), ("key", &quoted(key))]);
            }
            check_tag_text(key, &path, findings);
        }
        if let Some(value) = text(tag, "Value") {
            let path = path.of("Value");
            if value.chars().count() > 256 {
                findings.add(TAG_VALUE_LENGTH, path.clone(), &[("name", &path), ("length", &value.chars().count())]);
            }
            check_tag_text(value, &path, findings);
        }
    }
    repeated_keys(&tags, TAG_KEY_REPEATED, findings);
}

fn check_tag_text(value: &str, path: &str, findings: &mut Findings) {
    if value.starts_with(" ") || value.ends_with(" ") {
        findings.add(TAG_SPACE, path, &[("name", &path)]);
    }
    let is_allowed = |c: char| is_letter_or_digit(c) || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@');
    for (position, char) in outside(value, MOST_CHARACTERS, &is_allowed) {
        findings.add(TAG_CHARACTER, path, &[("name", &path), ("position", &position), ("char", &char)]);
    }
}

/// Reports every key that stands earlier in the list, too.
pub(super) fn repeated_keys(records: &[(Path<'_>, &Params)], rule: Rule, findings: &mut Findings) {
    let mut seen = Names::default();
    for (path, record) in records {
        match text(record, "Key") {
            Some(key) if !seen.number(key.to_owned()).1 => {
                let path = path.of("Key");
                findings.add(rule, path.clone(), &[("name", &path), ("key", &quoted(key))]);
            }
            _ => {}
        }
    }
}

pub(super) fn check_tag(params: &Params, findings: &mut Findings) {
    const TYPES: &str = "image, instance, keypair, reservedinstance, scheduledinstance";
    check_word(params, "ResourceType", TYPES, TAG_RESOURCES_TYPE, findings);
    check_ids(params, "ResourceIds", 1..=50, TAG_RESOURCES_COUNT, findings);
    check_tags(params, 1, findings);
}
