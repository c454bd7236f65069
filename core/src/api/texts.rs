//! The texts of rules and error codes. With the feature `texts` they are compiled in; without it the host loads those of the
//! clouds and languages that it wants, and what is not loaded is told by its id and its values.

use super::site::Language;

impl Language {
    /// Loads texts of this language besides those that are loaded: JSON with the text of each rule by its id under `rules`, and
    /// under `codes` by cloud and code a list of the cause and, where it has one of its own, the next step. Does nothing where
    /// all are compiled in.
    pub fn load_texts(self, text: String) {
        store::add(self, text);
    }
}

/// The text of a rule; `own` is the one that is compiled in.
pub(crate) fn one(language: Language, id: &str, own: &'static str) -> &'static str {
    store::one(language, id, own)
}

/// Cause and next step of a code.
pub(crate) fn two(language: Language, cloud: &str, code: &str, own: [&'static str; 2]) -> [&'static str; 2] {
    store::two(language, cloud, code, own)
}

#[cfg(feature = "texts")]
mod store {
    use super::Language;

    pub(super) fn add(_: Language, _: String) {}

    pub(super) fn one(_: Language, _: &str, own: &'static str) -> &'static str {
        own
    }

    pub(super) fn two(_: Language, _: &str, _: &str, own: [&'static str; 2]) -> [&'static str; 2] {
        own
    }
}

#[cfg(not(feature = "texts"))]
mod store {
    use super::Language;
    use crate::base::json::from_text;
    use crate::base::value::Value;
    use std::sync::{Mutex, OnceLock, PoisonError};

    /// They stay: what is told of them lives as long as the program.
    static LOADED: Mutex<Vec<&'static Texts>> = Mutex::new(Vec::new());

    struct Texts {
        language: Language,
        text: String,
        /// Read when the first of them is wanted: most programs never want one.
        read: OnceLock<Value>,
    }

    pub(super) fn add(language: Language, text: String) {
        let texts = Texts { language, text, read: OnceLock::new() };
        LOADED.lock().unwrap_or_else(PoisonError::into_inner).push(Box::leak(Box::new(texts)));
    }

    fn find(language: Language, path: &[&str]) -> Option<&'static Value> {
        let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.iter().filter(|texts| texts.language == language).find_map(|texts| {
            let read = texts.read.get_or_init(|| from_text(texts.text.as_bytes()).unwrap_or_default());
            path.iter().try_fold(read, |value, key| value.get(*key))
        })
    }

    pub(super) fn one(language: Language, id: &str, _: &str) -> &'static str {
        find(language, &["rules", id]).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn two(language: Language, cloud: &str, code: &str, _: [&str; 2]) -> [&'static str; 2] {
        let texts = find(language, &["codes", cloud, code]).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let text = |place| texts.get(place).and_then(Value::as_str).unwrap_or_default();
        [text(0), text(1)]
    }
}
