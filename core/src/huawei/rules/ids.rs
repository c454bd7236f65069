//! Forms of ids, lists and words.

use crate::api::check::params::{Path, length, text, texts};
use crate::api::check::{Both, Findings, Rule, rules};
use crate::api::operation::{Operation, Place};
use crate::base::record::Params;
use crate::base::text::{all, concat, first_outside, lists};
use crate::base::texts::zh;
use crate::base::time::decimal;
use crate::sign::encode::is_unreserved;

rules! {
    ID_CHARACTERS: Error {
        id: "huawei.any.id.character",
        source: "facts 3.1, 10.3",
        en: "{field} would change the path: {what}; use letters, digits, - . _ ~ only",
        zh: "{field} 会改变请求路径：{what}；只能使用字母、数字和 - . _ ~",
    }
    ID_UUID: Warning {
        id: "huawei.any.id.uuid",
        code: "IMG.0066",
        source: "facts 10.3",
        en: "{field} {id} is not a UUID; check it",
        zh: "{field} {id} 不是 UUID，请检查",
    }
    ID_HEX: Warning {
        id: "huawei.any.id.hex",
        code: "IMG.0067",
        source: "facts 10.3",
        en: "{field} {id} is not 32 hexadecimal digits; check it",
        zh: "{field} {id} 不是 32 位十六进制数，请检查",
    }
    LIST_EMPTY: Error {
        id: "huawei.any.list.empty",
        code: "IMG.0001",
        source: "facts 4.9",
        en: "{field} is an empty list; name at least one",
        zh: "{field} 为空列表，至少填写一个",
    }
    pub(super) WORD: Warning {
        id: "huawei.any.word.unknown",
        source: "facts 4.5",
        en: "{field} is one of {words}, not {given}; check it",
        zh: "{field} 的取值为 {words}，而不是 {given}，请检查",
    }
}

pub(super) fn check_ids(operation: &'static Operation, params: &Params, findings: &mut Findings) {
    for field in operation.fields {
        let form: fn(&str, Path<'_>, &mut Findings) = match field.name {
            "image_id" | "id" | "marker" => check_uuid,
            "cmk_id" | "__system__cmkid" | "vault_id" => check_uuid_or_blank,
            "job_id" | "project_id" => check_hex,
            _ => continue,
        };
        let Some(id) = text(params, field.name) else { continue };
        if field.place == Place::Path {
            check_id(id, field.name, findings);
        }
        form(id, field.name.into(), findings);
    }
    for (path, id) in texts(params, "images") {
        check_uuid(id, path, findings);
    }
}

/// A value as messages quote it.
pub(super) fn in_quotes(value: &str) -> String {
    concat(&["\"", value, "\""])
}

pub(super) fn check_id(id: &str, field: &str, findings: &mut Findings) {
    if all(id, is_unreserved) && !matches!(id, "" | "." | "..") {
        return;
    }
    let [en, zh] = match first_outside(id, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~' | '-')) {
        Some((position, char)) => {
            [concat(&[&char, " at position ", &decimal(position as i64)]), zh!("位置 {0} 的 {1}", &decimal(position as i64), &char)]
        }
        None => [concat(&["it is ", &in_quotes(id)]), zh!("值为 {0}", &in_quotes(id))],
    };
    findings.add(ID_CHARACTERS, field, &[("field", &field), ("what", &Both(&en, &zh))]);
}

fn check_uuid(id: &str, field: Path<'_>, findings: &mut Findings) {
    if !is_uuid(id) {
        findings.add(ID_UUID, field, &[("field", &field), ("id", &in_quotes(id))]);
    }
}

/// Blank means none.
fn check_uuid_or_blank(id: &str, field: Path<'_>, findings: &mut Findings) {
    if !id.is_empty() {
        check_uuid(id, field, findings);
    }
}

/// Hex digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn is_uuid(id: &str) -> bool {
    let is_fit = |(at, byte): (usize, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    id.len() == 36 && id.bytes().enumerate().all(is_fit)
}

pub(super) fn check_hex(id: &str, field: Path<'_>, findings: &mut Findings) {
    if id.len() != 32 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        findings.add(ID_HEX, field, &[("field", &field), ("id", &in_quotes(id))]);
    }
}

pub(super) fn check_not_empty(params: &Params, field: &str, findings: &mut Findings) {
    if length(params, field) == Some(0) {
        findings.add(LIST_EMPTY, field, &[("field", &field)]);
    }
}

pub(super) fn check_word(rule: Rule, params: &Params, field: &str, words: &str, findings: &mut Findings) {
    if let Some(given) = text(params, field)
        && !lists(words, given)
    {
        findings.add(rule, field, &[("field", &field), ("words", &words), ("given", &in_quotes(given))]);
    }
}
