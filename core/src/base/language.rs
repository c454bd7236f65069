//! The languages that messages are told in.

use super::words::words;

words! {
    /// Language of messages.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Language {
        /// English.
        En = "en",
        /// Simplified Chinese.
        Zh = "zh",
    }
}
