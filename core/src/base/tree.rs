//! JSON values that keep an object as a sorted list, in the place of those of `serde_json` where the size of a module counts:
//! the code of a search tree is some twentieth of it. They have the names and ways of those; numbers that are no whole ones
//! stay as they are written, so that nothing has to find the shortest digits of one.

#![allow(unnameable_types, unreachable_pub, reason = "modules name no numbers and no iterators")]

use super::text::concat;
use super::time::decimal;
use std::ops::Index;

/// Any JSON value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Node {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Map),
}

impl Node {
    /// The field of that name of an object.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.as_object()?.get(name)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        self.as_object_mut()?.get_mut(name)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Node::String(text) = self { Some(text) } else { None }
    }

    /// The truth of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        if let Node::Bool(flag) = self { Some(*flag) } else { None }
    }

    /// A whole number.
    pub fn as_i64(&self) -> Option<i64> {
        if let Node::Number(number) = self { number.as_i64() } else { None }
    }

    /// A whole number that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        if let Node::Number(number) = self { number.as_u64() } else { None }
    }

    /// Any number.
    pub fn as_f64(&self) -> Option<f64> {
        if let Node::Number(number) = self { number.as_f64() } else { None }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&Vec<Node>> {
        if let Node::Array(items) = self { Some(items) } else { None }
    }

    /// The same, to be changed.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Node>> {
        if let Node::Array(items) = self { Some(items) } else { None }
    }

    /// The fields of an object.
    pub fn as_object(&self) -> Option<&Map> {
        if let Node::Object(fields) = self { Some(fields) } else { None }
    }

    /// The same, to be changed.
    pub fn as_object_mut(&mut self) -> Option<&mut Map> {
        if let Node::Object(fields) = self { Some(fields) } else { None }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Node::Null)
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Node::Number(_))
    }

    /// Whether it is a string.
    pub fn is_string(&self) -> bool {
        matches!(self, Node::String(_))
    }

    /// Whether it is an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Node::Array(_))
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Node::Object(_))
    }

    /// The value, with `null` in its place.
    #[must_use]
    pub fn take(&mut self) -> Node {
        std::mem::take(self)
    }
}

impl Index<&str> for Node {
    type Output = Node;

    /// The field of that name; `null` where there is none.
    fn index(&self, name: &str) -> &Node {
        self.get(name).unwrap_or(&Node::Null)
    }
}

impl Index<usize> for Node {
    type Output = Node;

    /// The item at that place; `null` where there is none.
    fn index(&self, at: usize) -> &Node {
        self.as_array().and_then(|items| items.get(at)).unwrap_or(&Node::Null)
    }
}

impl PartialEq<str> for Node {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Node {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq<String> for Node {
    fn eq(&self, other: &String) -> bool {
        *self == **other
    }
}

impl PartialEq<Node> for str {
    fn eq(&self, other: &Node) -> bool {
        *other == *self
    }
}

impl PartialEq<Node> for String {
    fn eq(&self, other: &Node) -> bool {
        *other == **self
    }
}

/// What becomes a value by being put into it.
macro_rules! from {
    ($( $from:ty => $variant:ident, )+) => {
        $( impl From<$from> for Node {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        } )+
    };
}

from! {
    bool => Bool,
    u8 => Number,
    u16 => Number,
    u32 => Number,
    i64 => Number,
    u64 => Number,
    usize => Number,
    &str => String,
    String => String,
    Map => Object,
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(items: Vec<T>) -> Self {
        items.into_iter().collect()
    }
}

impl<T: Into<Node>> FromIterator<T> for Node {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Node>> FromIterator<(String, T)> for Node {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(fields: I) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name, value.into())).collect())
    }
}

/// A number of JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other: as it is written, and what that comes to.
    Written(Box<(String, f64)>),
}

impl Number {
    /// A whole number.
    pub fn as_i64(&self) -> Option<i64> {
        if let Number::Whole(number) = self { Some(*number) } else { None }
    }

    /// A whole number that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Number::Whole(number) => u64::try_from(*number).ok(),
            Number::Written(written) => written.0.parse().ok(),
        }
    }

    /// Any number.
    pub fn as_f64(&self) -> Option<f64> {
        Some(match self {
            Number::Whole(number) => *number as f64,
            Number::Written(written) => written.1,
        })
    }

    /// How it is written, where it is no whole one that fits.
    pub(super) fn written(&self) -> &str {
        if let Number::Written(written) = self { &written.0 } else { "" }
    }

    /// Whether it is a whole one that fits.
    pub fn is_i64(&self) -> bool {
        self.as_i64().is_some()
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(
            |_| Self::Written(Box::new((concat(&[&decimal((number / 10) as i64), &decimal((number % 10) as i64)]), number as f64))),
            Self::Whole,
        )
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<u8> for Number {
    fn from(number: u8) -> Self {
        Self::Whole(number.into())
    }
}

impl From<u16> for Number {
    fn from(number: u16) -> Self {
        Self::Whole(number.into())
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<usize> for Number {
    fn from(number: usize) -> Self {
        (number as u64).into()
    }
}

/// An object: fields sorted by their names, each there once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(String, Node)>);

impl Map {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where a field of that name is, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        // Most objects are filled in order.
        match self.0.last() {
            Some((last, _)) if **last >= *name => self.0.binary_search_by(|(field, _)| (**field).cmp(name)),
            _ => Err(self.0.len()),
        }
    }

    /// The field of that name.
    #[inline(never)] // it is asked for from everywhere
    pub fn get(&self, name: &str) -> Option<&Node> {
        let at = self.place(name).ok()?;
        Some(&self.0.get(at)?.1)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Node> {
        let at = self.place(name).ok()?;
        Some(&mut self.0.get_mut(at)?.1)
    }

    /// Whether there is a field of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_ok()
    }

    /// Sets a field.
    #[inline(never)]
    pub fn insert(&mut self, name: String, value: Node) {
        match self.place(&name) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (name, value)),
        }
    }

    /// Sets these fields.
    pub fn extend(&mut self, fields: impl IntoIterator<Item = (String, Node)>) {
        for (name, value) in fields {
            self.insert(name, value);
        }
    }

    /// Keeps the fields that `keep` wants.
    pub fn retain(&mut self, mut keep: impl FnMut(&String, &mut Node) -> bool) {
        self.0.retain_mut(|(name, value)| keep(name, value));
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields by name.
    pub fn iter(&self) -> Fields<'_> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The values in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Node> {
        self.0.iter().map(|(_, value)| value)
    }
}

/// The fields of an object by name.
pub type Fields<'a> = std::iter::Map<std::slice::Iter<'a, (String, Node)>, fn(&'a (String, Node)) -> (&'a String, &'a Node)>;

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a String, &'a Node);
    type IntoIter = Fields<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Map {
    type Item = (String, Node);
    type IntoIter = std::vec::IntoIter<(String, Node)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(String, Node)> for Map {
    /// Of fields of the same name the last one counts. However many there are and in whatever order, none is moved often.
    fn from_iter<I: IntoIterator<Item = (String, Node)>>(fields: I) -> Self {
        let mut fields: Vec<(String, Node)> = fields.into_iter().collect();
        if fields.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Self(fields);
        }
        // Places are sorted by a third of the code that fields are, which have to be moved.
        let mut places: Vec<usize> = (0..fields.len()).collect();
        places.sort_unstable_by(|one, other| fields[*one].0.cmp(&fields[*other].0).then(one.cmp(other)));
        let mut sorted: Vec<(String, Node)> = Vec::with_capacity(fields.len());
        for place in places {
            let (name, value) = std::mem::take(&mut fields[place]);
            match sorted.last_mut() {
                Some((last, latest)) if *last == name => *latest = value,
                _ => sorted.push((name, value)),
            }
        }
        Self(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(names: &[&str]) -> Map {
        names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), at.into())).collect()
    }

    fn order(map: &Map) -> Vec<(&str, u64)> {
        map.iter().map(|(name, value)| (name.as_str(), value.as_u64().expect("a place"))).collect()
    }

    #[test]
    fn fields_are_sorted_and_the_last_of_a_name_counts() {
        for names in [&["a", "b", "c"][..], &["c", "b", "a"], &["b", "a", "b", "c", "a"], &["x", "x", "x"], &[], &["", "é", "z", "Z"]] {
            let mut one_by_one = Map::new();
            names.iter().enumerate().for_each(|(at, name)| one_by_one.insert((*name).to_owned(), at.into()));
            let theirs: serde_json::Map<_, _> = names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), at.into())).collect();
            assert_eq!(map(names), one_by_one);
            let theirs: Vec<_> = theirs.iter().map(|(name, value)| (name.as_str(), value.as_u64().expect("a place"))).collect();
            assert_eq!(order(&one_by_one), theirs, "{names:?}");
            assert!(
                names.iter().all(|name| one_by_one.contains_key(name)) && !one_by_one.contains_key("q") && one_by_one.get("0").is_none()
            );
        }
    }

    #[test]
    fn many_fields_in_any_order_are_sorted_at_once() {
        let count = if cfg!(miri) { 200 } else { 200_000 };
        let names = (0..count).map(|number: u32| number.wrapping_mul(2_654_435_761).to_string());
        let many: Map = names.map(|name| (name, Node::Null)).collect();
        assert!(many.len() == count as usize && many.keys().is_sorted());
    }

    fn written(number: &Number) -> String {
        number.as_i64().map_or_else(|| number.written().to_owned(), |whole| whole.to_string())
    }

    #[test]
    fn numbers_are_those_of_serde_json() {
        for number in [0, 1, u64::MAX, i64::MAX as u64, i64::MAX as u64 + 1] {
            let (ours, theirs) = (Node::from(number), serde_json::Value::from(number));
            assert_eq!((ours.as_u64(), ours.as_i64(), ours.as_f64()), (theirs.as_u64(), theirs.as_i64(), theirs.as_f64()));
            let Node::Number(ours) = ours else { panic!("a number") };
            assert_eq!((written(&ours), ours.is_i64()), (theirs.to_string(), theirs.is_i64()));
        }
        assert_eq!((Node::from(-3_i64).as_u64(), Node::from(-3_i64).as_i64()), (None, Some(-3)));
    }
}
