//! The check of shapes: names, presence and types of all parameters, by the table of the operation.

use super::findings::{Both, Findings};
use super::params::entry;
use super::rule::rules;
use crate::api::operation::{Field, Named, Shape, values};
use crate::base::record::Params;
use crate::base::text::{code_point, concat, first_control, joined, shown};
use crate::base::texts::zh;
use crate::base::value::Value;
use std::borrow::Cow;

rules! {
    UNKNOWN: Error {
        id: "params.unknown",
        code: "UnknownParameter",
        source: "operation tables",
        en: "{operation} has no parameter {name}; it takes {known}",
        zh: "{operation} 没有参数 {name}；可用参数：{known}",
    }
    MISSING: Error {
        id: "params.missing",
        code: "MissingParameter",
        source: "operation tables",
        en: "{name} is required; give it",
        zh: "缺少必填参数 {name}",
    }
    SHAPE: Error {
        id: "params.shape",
        code: "InvalidParameter",
        source: "operation tables",
        en: "{name} must be {shape}, not {given}",
        zh: "{name} 应为 {shape}，而不是 {given}",
    }
    pub(crate) CONTROL: Error {
        id: "params.control",
        source: "design: nothing may break out of a header or URL",
        en: "{name} holds the forbidden character {char} at position {position}; remove it",
        zh: "{name} 在位置 {position} 含有禁止字符 {char}，请删除",
    }
}

/// Checks names, presence and shapes of all parameters, and that no text holds a control character.
/// Rules of single operations build on this: they may take a value of the right shape for granted, or absent.
pub(crate) fn check_shape(named: &Named<'_>, params: &Params, findings: &mut Findings) {
    check_record(named.operation.name, named.operation.fields, params, &named.values, "", findings);
}

/// Checks one record against a table of fields, whose `values` these are; `prefix` is the path of the record with its dot.
fn check_record(owner: &str, fields: &'static [Field], params: &Params, values: &[Option<&Value>], prefix: &str, findings: &mut Findings) {
    // It comes first: an unknown name may be the one that is missing, misspelt.
    if values.iter().flatten().count() < params.len() {
        report_unknown(owner, fields, params, prefix, findings);
    }
    for (field, &value) in fields.iter().zip(values) {
        // Nearly all records are right and stand at the top: no path is written for them.
        let path = if prefix.is_empty() { Cow::Borrowed(field.name) } else { Cow::Owned(concat(&[prefix, field.name])) };
        match value {
            None | Some(Value::Null) if field.required => findings.add(MISSING, &*path, &[("name", &field.name)]),
            None | Some(Value::Null) => {}
            Some(value) => check_value(field, value, &path, findings),
        }
    }
}

fn report_unknown(owner: &str, fields: &'static [Field], params: &Params, prefix: &str, findings: &mut Findings) {
    for (name, _) in params.iter().filter(|(name, _)| !fields.iter().any(|field| field.name == *name)) {
        let mut known = Vec::new();
        for field in fields {
            known.push(field.name);
        }
        let path = concat(&[prefix, &shown(name)]);
        let (listed, none) = (joined(&known, ", "), Both("none", zh!("无")));
        findings.add_unknown(
            UNKNOWN,
            path,
            &[("operation", &owner), ("name", name), ("known", if known.is_empty() { &none } else { &listed })],
            name,
            &mut known.iter().copied(),
        );
    }
}

fn check_value(field: &'static Field, value: &Value, path: &str, findings: &mut Findings) {
    match (&field.shape, value) {
        (Shape::Text, Value::String(text)) => check_text(path, text, findings),
        (Shape::Boolean, Value::Bool(_)) => {}
        (Shape::Integer, Value::Number(number)) if number.is_i64() => {}
        (Shape::Texts, Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                let Value::String(text) = item else {
                    let path = entry(path, index);
                    findings.add(
                        SHAPE,
                        path.clone(),
                        &[("name", &path), ("shape", &Both("a string", zh!("字符串"))), ("given", &given(item))],
                    );
                    continue;
                };
                if first_control(text).is_some() {
                    check_text(&entry(path, index), text, findings);
                }
            }
        }
        (Shape::Objects((record, fields)), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                match item {
                    Value::Object(object) => {
                        check_record(record, fields, object, &values(fields, object), &concat(&[&entry(path, index), "."]), findings);
                    }
                    other => findings.add(
                        SHAPE,
                        entry(path, index),
                        &[("name", &path), ("shape", &Both("a record", zh!("对象"))), ("given", &given(other))],
                    ),
                }
            }
        }
        (shape, other) => {
            let [en, zh] = shape.name();
            findings.add(SHAPE, path, &[("name", &path), ("shape", &Both(en, zh)), ("given", &given(other))]);
        }
    }
}

fn check_text(path: &str, text: &str, findings: &mut Findings) {
    if let Some((position, char)) = first_control(text) {
        findings.add(CONTROL, path, &[("name", &path), ("char", &code_point(char)), ("position", &position)]);
    }
}

fn given(value: &Value) -> Both<'static> {
    match value {
        Value::Null => Both("null", "null"),
        Value::Bool(_) => Both("a boolean", zh!("布尔值")),
        Value::Number(number) if number.is_i64() => Both("a whole number", zh!("整数")),
        Value::Number(_) => Both("a number out of range or with a fraction", zh!("超出范围或带小数的数")),
        Value::String(_) => Both("a string", zh!("字符串")),
        Value::Array(_) => Both("a list", zh!("列表")),
        Value::Object(_) => Both("a record", zh!("对象")),
    }
}
