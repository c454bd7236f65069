//! Records of JSON, and reading them without trusting them.

use super::json::{from_text, to_text};
use super::time::{self, Millis};
use super::value::{Map, Value};
use std::vec::IntoIter;

/// Parameters under the vendor's own names, as they come from Python, JavaScript or JSON.
pub type Params = Map;

/// A field that is a text with something in it.
pub(crate) fn text<'a>(record: &'a Params, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The same, owned.
pub(crate) fn owned(record: &Params, name: &str) -> Option<String> {
    text(record, name).map(str::to_owned)
}

/// A field of a record, and the record without it. Nothing is removed from a map in place anywhere: what keeps a tree balanced
/// then is a hundredth of the npm package's modules.
pub(crate) fn apart(record: Params, name: &str) -> (Option<Value>, Params) {
    let (mut field, mut rest) = (None, Params::new());
    for (key, value) in record {
        if key == name {
            field = Some(value);
        } else {
            rest.insert(key, value);
        }
    }
    (field, rest)
}

/// A text field that may be empty or absent, where both mean the same.
pub(crate) fn text_or_empty(record: &Params, name: &str) -> String {
    owned(record, name).unwrap_or_default()
}

/// An id as text, whether the cloud writes a text or a number.
pub(crate) fn id(record: &Params, name: &str) -> Option<String> {
    match record.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        number @ Value::Number(_) => Some(to_text(number)),
        _ => None,
    }
}

/// A count, whether the cloud writes a number or a text; negative ones and fractions are not counts.
pub(crate) fn count(record: &Params, name: &str) -> Option<u64> {
    let count = match record.get(name)? {
        Value::Number(count) => count.as_i64(),
        Value::String(text) => time::number(text.as_bytes()),
        _ => None,
    };
    u64::try_from(count?).ok()
}

/// Progress, kept between 0 and 100.
pub(crate) fn percent(record: &Params, name: &str) -> Option<u8> {
    let percent = match record.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => percentage(text),
        _ => None,
    };
    // The cast keeps to the range of the target; a fraction of a percent is nobody's concern.
    percent.filter(|percent: &f64| !percent.is_nan()).map(|percent| percent.clamp(0.0, 100.0) as u8)
}

/// A number that the cloud writes as text.
pub(crate) fn number(text: &str) -> Option<f64> {
    from_text(text.as_bytes()).ok()?.as_f64()
}

/// The same of a number with `%` behind it, or without.
pub(crate) fn percentage(mut text: &str) -> Option<f64> {
    while let Some(rest) = text.strip_suffix("%") {
        text = rest;
    }
    number(text)
}

/// A time in any of the forms that the clouds write.
pub(crate) fn time(record: &Params, name: &str) -> Option<Millis> {
    Millis::parse(text(record, name)?)
}

/// The entries of a list; none when it is no list.
pub(crate) fn items<'a>(record: &'a Params, name: &str) -> &'a [Value] {
    record.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The records of a list; entries that are none are passed over.
pub(crate) fn records<'a>(record: &'a Params, name: &str) -> IntoIter<&'a Params> {
    let mut records = Vec::new();
    for item in items(record, name) {
        if let Value::Object(entry) = item {
            records.push(entry);
        }
    }
    records.into_iter()
}

/// What `read` makes of the records of a list, without those that it makes nothing of. Each chain of iterators would be collected
/// by functions of its own.
pub(crate) fn list<T>(record: &Params, name: &str, read: fn(&Params) -> Option<T>) -> Vec<T> {
    let mut list = Vec::new();
    for item in items(record, name) {
        if let Some(entry) = item.as_object().and_then(read) {
            list.push(entry);
        }
    }
    list
}

/// The texts of a list; entries that are none are passed over.
pub(crate) fn texts(record: &Params, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for item in items(record, name) {
        if let Value::String(text) = item {
            texts.push(text.clone());
        }
    }
    texts
}

/// Tags: a list of records with `Key` and `Value` (the names differ), tags without a key passed over.
pub(crate) fn tags(record: &Params, name: &str, key: &str, value: &str) -> Vec<(String, String)> {
    let mut tags = Vec::new();
    for tag in items(record, name).iter().filter_map(Value::as_object) {
        if let Some(key) = owned(tag, key) {
            tags.push((key, text_or_empty(tag, value)));
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_any_type_are_taken_calmly() {
        let record: Params = serde_json::from_str(
            r#"{"n": 18446744073709551616, "i": -1, "s": "12", "p": 250, "q": "40%", "x": [1, {"Key": "k"}, {"Key": ""}], "t": null}"#,
        )
        .expect("JSON");
        assert_eq!((count(&record, "n"), count(&record, "i"), count(&record, "s"), count(&record, "t")), (None, None, Some(12), None));
        assert_eq!(
            (percent(&record, "p"), percent(&record, "q"), percent(&record, "i"), percent(&record, "x")),
            (Some(100), Some(40), Some(0), None)
        );
        assert_eq!(tags(&record, "x", "Key", "Value"), [("k".to_owned(), String::new())]);
        assert_eq!((id(&record, "i"), id(&record, "s"), id(&record, "x")), (Some("-1".into()), Some("12".into()), None));
    }
}
