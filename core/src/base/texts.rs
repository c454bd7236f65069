//! The texts that a program may have elsewhere: of rules and error codes in both languages, and all that is said in Chinese. With
//! the feature `texts` they are compiled in. Without it the host loads those that it wants; what is not loaded of a rule is told by
//! its id and its values, and other Chinese is empty.

use super::language::Language;
use super::text::filled;

impl Language {
    /// Loads texts of this language besides those that are loaded: a line of JSON with the text of each rule by its id under
    /// `rules`, and under `codes` by cloud a list of our version, which the order of the others is of, and for each row of the
    /// catalogue the cause and, behind a vertical bar, the next step where it has one of its own; then, a line each, what the code
    /// says in Chinese. Does nothing where all are compiled in.
    pub fn load_texts(self, text: String) {
        store::add(self, text);
    }
}

/// What the code says in Chinese, where the English stands beside it: the text itself, or the number by which it is found among the
/// lines that are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zh(store::Own);

impl Zh {
    /// Evaluated at compile time only, so that the text stays out of a program that loads it: in statics, or by [`zh!`].
    pub(crate) const fn of(text: &'static str) -> Self {
        Self(store::own(text))
    }

    /// The text; empty while it is not loaded.
    pub(crate) fn text(self) -> &'static str {
        store::chinese(self.0)
    }

    /// The text with `values` in place of its `{0}`, `{1}` …; empty while it is not loaded.
    pub(crate) fn filled(self, values: &[&str]) -> String {
        filled(self.text(), values)
    }
}

/// A text in Chinese as it is loaded; with values in place of its `{0}`, `{1}` …, where any are given.
macro_rules! zh {
    ($text:literal) => {
        const { $crate::base::texts::Zh::of($text) }.text()
    };
    ($text:literal, $($value:expr),+) => {
        const { $crate::base::texts::Zh::of($text) }.filled(&[$($value),+])
    };
}
pub(crate) use zh;

/// The number of a text. Two texts of one number would be told for each other: what writes the lines refuses them.
#[cfg(not(feature = "texts"))]
const fn number(text: &str) -> u32 {
    let (mut number, mut bytes) = (0x811c_9dc5_u32, text.as_bytes());
    while let [byte, rest @ ..] = bytes {
        number = (number ^ *byte as u32).wrapping_mul(0x0100_0193);
        bytes = rest;
    }
    number
}

/// The text of a rule; `own` is the one that is compiled in.
pub(crate) fn one(language: Language, id: &str, own: &'static str) -> &'static str {
    store::one(language, id, own)
}

/// Cause and next step of the code in that row of a catalogue.
pub(crate) fn two(language: Language, cloud: &str, row: usize, own: [&'static str; 2]) -> [&'static str; 2] {
    store::two(language, cloud, row, own)
}

#[cfg(feature = "texts")]
mod store {
    use super::Language;

    pub(super) type Own = &'static str;

    pub(super) const fn own(text: &'static str) -> Own {
        text
    }

    pub(super) fn chinese(own: Own) -> &'static str {
        own
    }

    pub(super) fn add(_: Language, _: String) {}

    pub(super) fn one(_: Language, _: &str, own: &'static str) -> &'static str {
        own
    }

    pub(super) fn two(_: Language, _: &str, _: usize, own: [&'static str; 2]) -> [&'static str; 2] {
        own
    }
}

#[cfg(not(feature = "texts"))]
mod store {
    use super::{Language, number};
    use crate::base::json::from_text;
    use crate::base::text::{cut, pieces};
    use crate::base::value::Value;
    use std::sync::OnceLock;

    pub(super) type Own = u32;

    pub(super) const fn own(text: &'static str) -> Own {
        number(text)
    }

    /// One after the other: all together they are said in Chinese in some ten thousand bytes, and only what went wrong is told.
    pub(super) fn chinese(own: Own) -> &'static str {
        loaded(Language::Zh, |texts| pieces(texts.lines, b'\n').find(|line| number(line) == own)).unwrap_or_default()
    }

    /// The first of those that are loaded. They stay: what is told of them lives as long as the program.
    static FIRST: OnceLock<&'static Texts> = OnceLock::new();

    struct Texts {
        language: Language,
        json: &'static str,
        /// Read when the first of them is wanted: most programs never want one.
        read: OnceLock<Value>,
        lines: &'static str,
        next: OnceLock<&'static Texts>,
    }

    pub(super) fn add(language: Language, text: String) {
        let text = text.leak();
        let (json, lines) = cut(text, b'\n').unwrap_or((text, ""));
        let texts: &Texts = Box::leak(Box::new(Texts { language, json, read: OnceLock::new(), lines, next: OnceLock::new() }));
        let mut place = &FIRST;
        while let (Err(_), Some(there)) = (place.set(texts), place.get()) {
            place = &there.next;
        }
    }

    /// The first that is found among the loaded texts of a language.
    fn loaded<T>(language: Language, find: impl Fn(&'static Texts) -> Option<T>) -> Option<T> {
        let mut place = &FIRST;
        while let Some(texts) = place.get() {
            if let found @ Some(_) = Some(texts).filter(|texts| texts.language == language).and_then(|texts| find(texts)) {
                return found;
            }
            place = &texts.next;
        }
        None
    }

    fn find(language: Language, path: &[&str]) -> Option<&'static Value> {
        loaded(language, |texts| {
            let read = texts.read.get_or_init(|| from_text(texts.json.as_bytes()).unwrap_or_default());
            path.iter().try_fold(read, |value, key| value.get(*key))
        })
    }

    pub(super) fn one(language: Language, id: &str, _: &str) -> &'static str {
        find(language, &["rules", id]).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn two(language: Language, cloud: &str, row: usize, _: [&str; 2]) -> [&'static str; 2] {
        let texts = find(language, &["codes", cloud]).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let text = |place: usize| texts.get(place).and_then(Value::as_str).unwrap_or_default();
        // Those of another version are in another order.
        let both = if text(0) == env!("CARGO_PKG_VERSION") { text(row + 1) } else { "" };
        let (cause, next) = cut(both, b'|').unwrap_or((both, ""));
        [cause, next]
    }
}
