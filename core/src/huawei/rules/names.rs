//! Names, descriptions and enterprise projects.

use super::ids::{check_word, is_uuid};
use crate::api::check::params::text;
use crate::api::check::{Findings, rules};
use crate::base::record::Params;
use crate::base::text::{first_outside, is_letter_or_digit};

rules! {
    NAME_EMPTY: Error {
        id: "huawei.any.name.empty",
        code: "IMG.0013",
        source: "facts 10.1",
        en: "the name is empty; give one",
        zh: "名称为空，请填写",
    }
    NAME_LENGTH: Error {
        id: "huawei.any.name.length",
        code: "IMG.0002",
        source: "facts 10.1",
        en: "the name has {length} characters; shorten it to 128",
        zh: "名称有 {length} 个字符，最多 128 个",
    }
    NAME_SPACE: Error {
        id: "huawei.any.name.space",
        code: "IMG.0003",
        source: "facts 10.1",
        en: "the name begins or ends with a space; remove it",
        zh: "名称首尾有空格，请删除",
    }
    NAME_CHARACTERS: Error {
        id: "huawei.any.name.character",
        code: "IMG.0003",
        source: "facts 10.1",
        en: "the name holds {char} at position {position}; use letters, digits, Chinese characters, - . _ and inner spaces",
        zh: "名称在位置 {position} 含有 {char}；只能使用字母、数字、中文、- . _ 和中间的空格",
    }
    NAME_ALPHABET: Warning {
        id: "huawei.any.name.alphabet",
        code: "IMG.0003",
        source: "facts 10.1",
        en: "the name holds {char} at position {position}, which is not documented as allowed; prefer letters, digits and common Chinese characters",
        zh: "名称在位置 {position} 含有 {char}，文档未说明允许；建议使用字母、数字和常用汉字",
    }
    DESCRIPTION_LENGTH: Error {
        id: "huawei.any.description.length",
        code: "IMG.0004",
        source: "spec 004, facts 10.2",
        en: "the description has {length} characters; shorten it to 1024",
        zh: "描述有 {length} 个字符，最多 1024 个",
    }
    DESCRIPTION_LINE_BREAK: Error {
        id: "huawei.any.description.line_break",
        code: "IMG.0054",
        source: "spec 004, facts 10.2",
        en: "the description holds a line break at position {position}; put it on one line",
        zh: "描述在位置 {position} 含有换行，请写成一行",
    }
    DESCRIPTION_BRACKETS: Error {
        id: "huawei.any.description.brackets",
        code: "IMG.0054",
        source: "spec 004, facts 10.2",
        en: "the description holds {char} at position {position}; remove all < and >",
        zh: "描述在位置 {position} 含有 {char}；请删除所有 < 和 >",
    }
    DESCRIPTION_STRICT: Note {
        id: "huawei.any.description.strict",
        code: "IMG.0054",
        source: "spec 004, facts 10.2",
        en: "one page allows only letters and digits, and the description holds {char} at position {position}; the service accepts more",
        zh: "有文档只允许字母和数字，而描述在位置 {position} 含有 {char}；服务实际允许更多字符",
    }
    ENTERPRISE_PROJECT: Warning {
        id: "huawei.any.enterprise_project_id.form",
        code: "IMG.0155",
        source: "facts 4.5, 4.7",
        en: "enterprise_project_id is {words}, not {given}; check it",
        zh: "enterprise_project_id 应为 {words}，而不是 {given}，请检查",
    }
}

pub(super) fn check_name(params: &Params, findings: &mut Findings) {
    let Some(name) = text(params, "name") else { return };
    let length = name.chars().count();
    if length == 0 {
        return findings.add(NAME_EMPTY, "name", &[]);
    }
    if length > 128 {
        findings.add(NAME_LENGTH, "name", &[("length", &length)]);
    }
    if name.starts_with(" ") || name.ends_with(" ") {
        findings.add(NAME_SPACE, "name", &[]);
    }
    let documented = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ' ') || ('\u{4E00}'..='\u{9FA5}').contains(&c);
    // "Letters" does not mean accented ones. Nobody has tried rare ideographs, kana, Cyrillic and the like.
    let untried = |c: char| c > '\u{24F}';
    if let Some((position, char)) = first_outside(name, |c| documented(c) || untried(c)) {
        findings.add(NAME_CHARACTERS, "name", &[("position", &position), ("char", &char)]);
    }
    if let Some((position, char)) = first_outside(name, |c| documented(c) || !untried(c)) {
        findings.add(NAME_ALPHABET, "name", &[("position", &position), ("char", &char)]);
    }
}

pub(super) fn check_description(params: &Params, field: &str, findings: &mut Findings) {
    let Some(description) = text(params, field) else { return };
    let length = description.chars().count();
    if length > 1024 {
        findings.add(DESCRIPTION_LENGTH, field, &[("length", &length)]);
    }
    if let Some((position, _)) = first_outside(description, |c| !matches!(c, '\r' | '\n')) {
        findings.add(DESCRIPTION_LINE_BREAK, field, &[("position", &position)]);
    }
    if let Some((position, char)) = first_outside(description, |c| !matches!(c, '<' | '>')) {
        findings.add(DESCRIPTION_BRACKETS, field, &[("position", &position), ("char", &char)]);
    }
    if findings.wants(DESCRIPTION_STRICT)
        && let Some((position, char)) = first_outside(description, is_letter_or_digit)
    {
        findings.add(DESCRIPTION_STRICT, field, &[("position", &position), ("char", &char)]);
    }
}

pub(super) fn check_enterprise_project(params: &Params, words: &str, findings: &mut Findings) {
    const FIELD: &str = "enterprise_project_id";
    if text(params, FIELD).is_none_or(|id| !is_uuid(id)) {
        check_word(ENTERPRISE_PROJECT, params, FIELD, words, findings);
    }
}
