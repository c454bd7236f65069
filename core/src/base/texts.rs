//! The texts that a program may have elsewhere: of rules and error codes in both languages, and all that is said in Chinese. With
//! the feature `texts` they are compiled in. Without it the host loads those that it wants; what is not loaded of a rule is told by
//! its id and its values, and other Chinese is empty.

use super::language::Language;
use super::text::filled;

impl Language {
    /// Loads texts of this language besides those that are loaded, with `^` between them: what the code says in Chinese, and those of
    /// each file of rules and of each catalogue, a line a row, below the number of the lines that the code has of them. Of a row of a
    /// catalogue it is the cause and, behind a vertical bar, the next step where it has one of its own. Does nothing where all are
    /// compiled in.
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

/// The text of that row of a list of rules or codes, of which the code has these lines; `own` is the one that is compiled in.
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
    use crate::base::text::{cut, pieces};
    use crate::base::time::decimal;
    use std::sync::Mutex;

    pub(super) type Own = u16;

    pub(super) const fn own(text: &'static str) -> Own {
        number(text)
    }

    pub(super) fn chinese(own: Own) -> &'static str {
        loaded(Language::Zh, own)
    }

    pub(super) fn row(language: Language, list: &str, row: usize, _: &str) -> &'static str {
        let rows = loaded(language, number(&decimal(number(list).into())));
        pieces(rows, b'\n').nth(row).unwrap_or_default()
    }

    /// Each by the number of its first line: that of the lines that the code has, or what it says. They stay: what is told of them lives
    /// as long as the program.
    static LOADED: Mutex<Vec<(Language, Own, &'static str)>> = Mutex::new(Vec::new());

    pub(super) fn add(language: Language, text: String) {
        let Ok(mut all) = LOADED.lock() else { return };
        for text in pieces(text.leak(), b'^') {
            let (first, rows) = cut(text, b'\n').unwrap_or((text, text));
            all.push((language, number(first), rows));
        }
    }

    /// The loaded text of that number.
    fn loaded(language: Language, own: Own) -> &'static str {
        let Ok(all) = LOADED.lock() else { return "" };
        for (spoken, number, text) in all.iter() {
            if *number == own && *spoken == language {
                return text;
            }
        }
        ""
    }
}
