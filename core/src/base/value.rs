//! What JSON values are made of: those of `serde_json`, or our own where the size of a module counts.

#[cfg(feature = "tree")]
pub(crate) use super::tree::Map;
#[cfg(all(feature = "tree", feature = "compact"))]
pub(super) use super::tree::Number;

#[cfg(all(not(feature = "tree"), any(test, feature = "compact")))]
pub(super) use serde_json::Number;

/// Any JSON value.
#[cfg(not(feature = "tree"))]
pub type Value = serde_json::Value;

/// Any JSON value.
#[cfg(feature = "tree")]
pub type Value = super::tree::Node;

/// A JSON object.
#[cfg(not(feature = "tree"))]
pub(crate) type Map = serde_json::Map<String, Value>;

/// A number that is no `i64` as it is written.
#[cfg(feature = "tree")]
pub(super) fn written(number: &super::tree::Number) -> &str {
    number.written()
}

#[cfg(not(feature = "tree"))]
pub(super) fn written(number: &serde_json::Number) -> String {
    number.to_string()
}

/// A number that is no whole one, or too large for one: as it is written, and what that comes to. `None` where it is infinite.
#[cfg(all(feature = "tree", feature = "compact"))]
pub(super) fn number(text: &str, is_whole: bool, value: f64) -> Option<Number> {
    // As `serde_json` writes it, or so that it is read back to the same; whole ones stay marked as being no whole numbers here.
    let mut text = super::text::replaced(text, "+", "");
    if is_whole {
        text.push_str(".0");
    }
    value.is_finite().then(|| Number::Written(Box::new((text, value))))
}

#[cfg(all(not(feature = "tree"), any(test, feature = "compact")))]
pub(super) fn number(_: &str, _: bool, value: f64) -> Option<Number> {
    Number::from_f64(value)
}
