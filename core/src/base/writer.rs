//! A writer of compact JSON. `serde_json` writes the same, but a third of a small module is what it brings along for all the
//! types and layouts that it knows, and most texts need no escape, which is told here at once.

use super::text::push_hex;
use super::time::push_decimal;
use super::value::{Map, Value, written};

/// Appends a value.
pub(crate) fn push_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => push_flag(out, *flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => push_decimal(out, number),
            None => out.push_str(&written(number)),
        },
        Value::String(text) => push_text(out, text),
        Value::Array(items) => push_list(out, items, push_value),
        Value::Object(fields) => push_object(out, fields),
    }
}

/// Appends an object.
pub(crate) fn push_object(out: &mut String, fields: &Map) {
    let mut before = '{';
    for (name, value) in fields {
        out.push(before);
        push_text(out, name);
        out.push(':');
        push_value(out, value);
        before = ',';
    }
    out.push_str(if before == '{' { "{}" } else { "}" });
}

pub(crate) fn push_flag(out: &mut String, flag: bool) {
    out.push_str(if flag { "true" } else { "false" });
}

/// Appends a list of what `push` appends for each item.
pub(crate) fn push_list<T>(out: &mut String, items: &[T], push: fn(&mut String, &T)) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

/// Appends a text.
pub(crate) fn push_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some((plain, escaped, behind)) = escape(rest) {
        out.push_str(plain);
        out.push('\\');
        match escaped {
            b'"' | b'\\' => out.push(escaped.into()),
            8 => out.push('b'),
            9 => out.push('t'),
            10 => out.push('n'),
            12 => out.push('f'),
            13 => out.push('r'),
            _ => {
                out.push('u');
                push_hex(out, escaped.into(), 4);
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out.push('"');
}

/// What stands before the first byte that needs an escape, that byte, and what stands behind it.
fn escape(text: &str) -> Option<(&str, u8, &str)> {
    if is_plain(text.as_bytes()) {
        return None;
    }
    let at = text.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')?;
    Some((text.get(..at)?, *text.as_bytes().get(at)?, text.get(at + 1..)?))
}

/// Whether JSON needs no escape. By eight bytes at a time, the last of which may be looked at twice.
fn is_plain(text: &[u8]) -> bool {
    let plain = |bytes: &[u8]| bytes.iter().fold(true, |so_far, &byte| so_far & (byte >= b' ') & (byte != b'"') & (byte != b'\\'));
    match text.last_chunk::<8>() {
        Some(last) => text.as_chunks::<8>().0.iter().fold(plain(last), |so_far, bytes| so_far & plain(bytes)),
        None => plain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_writes_as_serde_json_does() {
        let controls: String = (0..=0xa0).filter_map(char::from_u32).collect();
        for value in [
            json!(null),
            json!([]),
            json!({}),
            json!([true, false, [{}], {"a": [], "b\"\\": {"c": "d"}}]),
            json!([0, -1, i64::MIN, i64::MAX, u64::MAX, 0.5, -1e300, 1e21, 1.0, f64::MIN_POSITIVE]),
            json!([controls, "plain", "\u{2028}\u{fffd}\u{10ffff}", "镜像\"", "a quotation mark far behind the start: \"", "\n"]),
        ] {
            let mut text = String::new();
            push_value(&mut text, &value);
            assert_eq!(text, value.to_string());
        }
    }
}
