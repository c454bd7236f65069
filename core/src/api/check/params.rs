//! Parameters as rules read them, with the path of each entry.

use super::findings::Told;
use crate::api::site::Language;
use crate::base::record::Params;
use crate::base::text::concat;
use crate::base::time::decimal;
use crate::base::value::Value;

// Rules take parameters calmly: what has the wrong shape counts as absent, since the check of shapes has reported it.

/// A parameter. One by one: of the few that a call has, the length alone tells nearly all apart, which a search for the place
/// among sorted ones does not use.
fn get<'a>(params: &'a Params, name: &str) -> Option<&'a Value> {
    params.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value)
}

/// A text parameter, empty ones included.
pub(crate) fn text<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    get(params, name)?.as_str()
}

/// A whole number.
pub(crate) fn integer(params: &Params, name: &str) -> Option<i64> {
    get(params, name)?.as_i64()
}

/// Whether a flag is given and true.
pub(crate) fn flag(params: &Params, name: &str) -> bool {
    matches!(get(params, name), Some(Value::Bool(true)))
}

/// Number of entries of a list, of whatever shape; `None` when there is no list.
pub(crate) fn length(params: &Params, name: &str) -> Option<usize> {
    get(params, name)?.as_array().map(Vec::len)
}

/// Where a value stands among the parameters: `ImageName`, `ImageIds[0]`. It is written when something is said of the value,
/// which is nearly never.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    name: &'a str,
    index: Option<usize>,
}

impl<'a> From<&'a str> for Path<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, index: None }
    }
}

impl Path<'_> {
    /// The path of a field of the record that stands there.
    pub(crate) fn of(self, field: &str) -> String {
        concat(&[&String::from(self), ".", field])
    }
}

impl From<Path<'_>> for String {
    fn from(Path { name, index }: Path<'_>) -> Self {
        index.map_or_else(|| name.to_owned(), |index| entry(name, index))
    }
}

impl Told for Path<'_> {
    fn told(&self, _: Language) -> String {
        (*self).into()
    }
}

/// The path of an entry of a list.
pub(crate) fn entry(list: &str, index: usize) -> String {
    concat(&[list, "[", &decimal(index as i64), "]"])
}

fn items<'a>(params: &'a Params, name: &str) -> &'a [Value] {
    get(params, name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of a list, each with its path: `ImageIds[0]`.
pub(crate) fn texts<'a>(params: &'a Params, name: &'a str) -> impl Iterator<Item = (Path<'a>, &'a str)> + Clone {
    items(params, name).iter().enumerate().filter_map(move |(index, item)| Some((Path { name, index: Some(index) }, item.as_str()?)))
}

/// The records of a list, each with its path: `Filters[0]`.
pub(crate) fn records<'a>(params: &'a Params, name: &'a str) -> Vec<(Path<'a>, &'a Params)> {
    let mut records = Vec::new();
    for (index, item) in items(params, name).iter().enumerate() {
        if let Value::Object(record) = item {
            records.push((Path { name, index: Some(index) }, record));
        }
    }
    records
}
