//! The texts that a program may have elsewhere: of rules and error codes in both languages, and all that is said in Chinese. With
//! the feature `texts` they are compiled in. Without it the host loads those that it wants; what is not loaded of a rule is told by
//! its id and its values, and other Chinese is empty.

use super::language::Language;
use super::text::filled;

impl Language {
    /// Loads texts of this language besides those that are loaded: a line of JSON, under our version, which their order is of, with
    /// a list of the texts of each file of rules and of each catalogue, by what its first row is called; of a row of a catalogue the
    /// cause and, behind a vertical bar, the next step where it has one of its own. A number stands for the text of that row. Then,
    /// a line each, what the code says in Chinese. Does nothing where all are compiled in.
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

/// The number of a text. Two texts of one number would be told for each other: what writes the lines refuses them. Of sixteen bits:
/// of three hundred texts, the next has the number of another once in two hundred times, and nothing makes larger ones smaller.
#[cfg(not(feature = "texts"))]
const fn number(text: &str) -> u16 {
    let (mut number, mut bytes) = (0x811c_9dc5_u32, text.as_bytes());
    while let [byte, rest @ ..] = bytes {
        number = (number ^ *byte as u32).wrapping_mul(0x0100_0193);
        bytes = rest;
    }
    number as u16
}

/// The text of that row of a list of rules or codes, whose rows begin with their names; `own` is the one that is compiled in.
pub(crate) fn row(language: Language, list: &str, row: usize, own: &'static str) -> &'static str {
    store::row(language, list, row, own)
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

    pub(super) fn row(_: Language, _: &str, _: usize, own: &'static str) -> &'static str {
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

    pub(super) type Own = u16;

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

    pub(super) fn row(language: Language, list: &str, row: usize, _: &str) -> &'static str {
        let first = pieces(list, b'\n').next().and_then(|line| pieces(line, b'|').next()).unwrap_or_default();
        let texts = loaded(language, |texts| {
            let read = texts.read.get_or_init(|| from_text(texts.json.as_bytes()).unwrap_or_default());
            read.get(env!("CARGO_PKG_VERSION"))?.get(first)?.as_array()
        });
        let text = |row: usize| texts?.get(row);
        // Where many rows say the same, the first of them says it.
        let told = text(row).map(|told| told.as_u64().map_or(Some(told), |first| text(first as usize)));
        told.flatten().and_then(Value::as_str).unwrap_or_default()
    }
}
