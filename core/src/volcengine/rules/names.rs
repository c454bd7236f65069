//! Names, descriptions and projects.

use crate::api::check::params::text;
use crate::api::check::{Findings, Rule, rules};
use crate::base::record::Params;
use crate::base::text::{first_outside, outside};

rules! {
    NAME_EMPTY: Error {
        id: "volcengine.any.ImageName.empty",
        code: "MissingParameter.ImageName",
        source: "S3",
        en: "ImageName is empty; give 1 to 128 characters",
        zh: "ImageName 为空；请填写 1 至 128 个字符",
    }
    NAME_LENGTH: Error {
        id: "volcengine.any.ImageName.length",
        code: "InvalidImageName.Malformed",
        source: "S3",
        en: "ImageName is {length} characters long; shorten it to 128",
        zh: "ImageName 长 {length} 个字符；请缩短到 128 个以内",
    }
    NAME_START: Error {
        id: "volcengine.any.ImageName.start",
        code: "InvalidImageName.Malformed",
        source: "S3",
        en: "ImageName begins with {char} at position 0; begin with a letter or a Chinese character",
        zh: "ImageName 在位置 0 以 {char} 开头；须以字母或汉字开头",
    }
    NAME_CHARACTER: Error {
        id: "volcengine.any.ImageName.character",
        code: "InvalidImageName.Malformed",
        source: "S3",
        en: "ImageName holds {char} at position {position}; use letters, digits, Chinese characters and _ - .",
        zh: "ImageName 在位置 {position} 含有 {char}；只能包含字母、数字、汉字和 _ - .",
    }
    NAME_RARE: Warning {
        id: "volcengine.any.ImageName.rare",
        code: "InvalidImageName.Malformed",
        source: "OWN",
        en: "ImageName holds the rare Chinese character {char} at position {position}, which may be refused; use one of U+4E00 to U+9FA5",
        zh: "ImageName 在位置 {position} 含有生僻字 {char}，可能被拒绝；请使用 U+4E00 至 U+9FA5 的汉字",
    }
    DESCRIPTION_LENGTH: Error {
        id: "volcengine.any.Description.length",
        code: "InvalidDescription.Malformed",
        source: "S3",
        en: "Description is {length} characters long; shorten it to 255",
        zh: "Description 长 {length} 个字符；请缩短到 255 个以内",
    }
    DESCRIPTION_START: Error {
        id: "volcengine.any.Description.start",
        code: "InvalidDescription.Malformed",
        source: "S3",
        en: "Description begins with {char} at position 0; begin with a letter or a Chinese character",
        zh: "Description 在位置 0 以 {char} 开头；须以字母或汉字开头",
    }
    DESCRIPTION_CHARACTER: Error {
        id: "volcengine.any.Description.character",
        code: "InvalidDescription.Malformed",
        source: "S3",
        en: "Description holds {char} at position {position}; use letters, digits, Chinese characters, spaces and _ - = , . ， 。",
        zh: "Description 在位置 {position} 含有 {char}；只能包含字母、数字、汉字、空格和 _ - = , . ， 。",
    }
    DESCRIPTION_RARE: Warning {
        id: "volcengine.any.Description.rare",
        code: "InvalidDescription.Malformed",
        source: "OWN",
        en: "Description holds the rare Chinese character {char} at position {position}, which may be refused; use one of U+4E00 to U+9FA5",
        zh: "Description 在位置 {position} 含有生僻字 {char}，可能被拒绝；请使用 U+4E00 至 U+9FA5 的汉字",
    }
    PROJECT_LENGTH: Error {
        id: "volcengine.any.ProjectName.length",
        code: "InvalidProject.NotFound",
        source: "DOC",
        en: "ProjectName is {length} characters long; give 1 to 64, or leave it out",
        zh: "ProjectName 长 {length} 个字符；应为 1 至 64 个，或不填",
    }
    PROJECT_CHARACTER: Error {
        id: "volcengine.any.ProjectName.character",
        code: "InvalidProject.NotFound",
        source: "DOC",
        en: "ProjectName holds {char} at position {position}; use letters, digits and _ . -",
        zh: "ProjectName 在位置 {position} 含有 {char}；只能包含字母、数字和 _ . -",
    }
}

/// How a name or description is spelled.
struct Spelling {
    name: &'static str,
    most: usize,
    /// What may stand beside letters, digits and Chinese characters.
    marks: &'static [char],
    too_long: Rule,
    start: Rule,
    character: Rule,
    rare: Rule,
}

static NAME: Spelling = Spelling {
    name: "ImageName",
    most: 128,
    marks: &['_', '-', '.'],
    too_long: NAME_LENGTH,
    start: NAME_START,
    character: NAME_CHARACTER,
    rare: NAME_RARE,
};

/// The page's own text shows the Chinese comma as an ASCII one; the vendor's other pages name it.
static DESCRIPTION: Spelling = Spelling {
    name: "Description",
    most: 255,
    marks: &['_', '-', '=', ',', '.', '，', '。', ' '],
    too_long: DESCRIPTION_LENGTH,
    start: DESCRIPTION_START,
    character: DESCRIPTION_CHARACTER,
    rare: DESCRIPTION_RARE,
};

pub(super) fn check_name(params: &Params, findings: &mut Findings) {
    match text(params, "ImageName") {
        Some("") => findings.add(NAME_EMPTY, "ImageName", &[]),
        Some(name) => check_spelling(name, &NAME, findings),
        None => {}
    }
}

pub(super) fn check_description(description: &str, findings: &mut Findings) {
    check_spelling(description, &DESCRIPTION, findings);
}

/// Lengths are in characters. Every wrong character is told, since the next attempt should be the last.
fn check_spelling(value: &str, rules: &Spelling, findings: &mut Findings) {
    let length = value.chars().count();
    if length > rules.most {
        findings.add(rules.too_long, rules.name, &[("length", &length)]);
    }
    let is_start = |c: char| c.is_ascii_alphabetic() || is_han(c);
    let first = value.chars().next().map_or(0, char::len_utf8);
    if let Some((_, char)) = first_outside(&value[..first], is_start) {
        findings.add(rules.start, rules.name, &[("char", &char)]);
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || is_han(c) || rules.marks.contains(&c);
    for (position, char) in outside(&value[first..], MOST_CHARACTERS, &is_allowed) {
        let position = position + 1;
        findings.add(rules.character, rules.name, &[("position", &position), ("char", &char)]);
    }
    if let Some((position, char)) = first_outside(value, |c| !is_han(c) || matches!(c, '\u{4E00}'..='\u{9FA5}')) {
        findings.add(rules.rare, rules.name, &[("position", &position), ("char", &char)]);
    }
}

/// So many wrong characters of one value are told; a text that is wrong throughout needs no list.
pub(super) const MOST_CHARACTERS: usize = 10;

/// Chinese characters by Unicode. Services commonly take U+4E00 to U+9FA5; the others are warned of.
const fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

pub(super) fn check_project(value: &str, findings: &mut Findings) {
    let length = value.chars().count();
    if !(1..=64).contains(&length) {
        findings.add(PROJECT_LENGTH, "ProjectName", &[("length", &length)]);
    }
    for (position, char) in outside(value, MOST_CHARACTERS, &|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')) {
        findings.add(PROJECT_CHARACTER, "ProjectName", &[("position", &position), ("char", &char)]);
    }
}
