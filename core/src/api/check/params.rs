//! Parameters as rules read them, with the path of each entry.

use crate::base::record::{Params, items};
use crate::base::time::push_decimal;
use crate::base::value::Value;

// Rules take parameters calmly: what has the wrong shape counts as absent, since the check of shapes has reported it.

/// A text parameter, empty ones included.
pub(crate) fn text<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.get(name)?.as_str()
}

/// A whole number.
pub(crate) fn integer(params: &Params, name: &str) -> Option<i64> {
    params.get(name)?.as_i64()
}

/// Whether a flag is given and true.
pub(crate) fn flag(params: &Params, name: &str) -> bool {
    params.get(name) == Some(&Value::Bool(true))
}

/// Number of entries of a list, of whatever shape; `None` when there is no list.
pub(crate) fn length(params: &Params, name: &str) -> Option<usize> {
    params.get(name)?.as_array().map(Vec::len)
}

/// The texts of a list, each with its path: `ImageIds[0]`.
pub(crate) fn texts<'a>(params: &'a Params, name: &str) -> Vec<(String, &'a str)> {
    items(params, name).iter().enumerate().filter_map(|(index, item)| Some((entry(name, index), item.as_str()?))).collect()
}

/// The records of a list, each with its path: `Filters[0]`.
pub(crate) fn records<'a>(params: &'a Params, name: &str) -> Vec<(String, &'a Params)> {
    items(params, name).iter().enumerate().filter_map(|(index, item)| Some((entry(name, index), item.as_object()?))).collect()
}

/// The path of an entry of a list. Joined, not formatted: it is written for every entry, good or bad.
fn entry(name: &str, index: usize) -> String {
    let mut path = String::with_capacity(name.len() + 8);
    path.push_str(name);
    path.push('[');
    push_decimal(&mut path, index as i64);
    path.push(']');
    path
}
