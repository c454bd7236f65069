//! Closed sets of words: each an enum whose names are the same in every language.

/// Declares an enum with the word of each variant, so that list and words cannot drift. A variant may depend on a feature.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $( $(#[doc = $doc:literal])* $(#[default $($default:tt)?])? $(#[cfg(feature = $feature:literal)])? $variant:ident = $word:literal ),+ $(,)?
    }) => {
        $(#[$meta])*
        pub enum $name {
            $( $(#[doc = $doc])* $(#[default $($default)?])? $(#[cfg(feature = $feature)])? $variant ),+
        }

        impl $name {
            const WORDS: &'static [&'static str] = &[$( $(#[cfg(feature = $feature)])? $word ),+];

            /// All of them.
            pub const ALL: [$name; Self::WORDS.len()] = [$( $(#[cfg(feature = $feature)])? $name::$variant ),+];

            /// Stable lower-case name, the same in every language.
            pub const fn as_str(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }

        impl $crate::base::words::Words for $name {
            const WORDS: &'static [&'static str] = Self::WORDS;
            const ALL: &'static [Self] = &Self::ALL;
        }
    };
}
pub(crate) use words;

/// An enum made by [`words!`].
pub(crate) trait Words: Copy + 'static {
    /// The names.
    const WORDS: &'static [&'static str];
    /// The variants, in the same order.
    const ALL: &'static [Self];

    /// The variant of that name.
    fn find(name: &str) -> Option<Self> {
        Self::ALL.get(place(Self::WORDS, name)?).copied()
    }

    /// All names as they stand in an English sentence: `a, b or c`.
    fn choices() -> String {
        sentence(Self::WORDS, ", ", " or ")
    }

    /// The same in Chinese.
    fn choices_zh() -> String {
        sentence(Self::WORDS, "、", " 或 ")
    }
}

fn place(words: &[&str], name: &str) -> Option<usize> {
    words.iter().position(|word| *word == name)
}

fn sentence(words: &[&str], comma: &str, or: &str) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            text.push_str(if index + 1 == words.len() { or } else { comma });
        }
        text.push_str(word);
    }
    text
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "what the macro makes is public")]
mod tests {
    use super::*;

    words! {
        /// Three of them.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Colour {
            /// The first.
            Red = "red",
            /// The second.
            Green = "green",
            /// The third.
            Blue = "blue",
        }
    }

    #[test]
    fn words_and_variants_stand_in_the_same_order() {
        for colour in Colour::ALL {
            assert_eq!(Colour::find(colour.as_str()), Some(colour));
        }
        assert_eq!(Colour::find("grey"), None);
        assert_eq!((Colour::choices().as_str(), Colour::choices_zh().as_str()), ("red, green or blue", "red、green 或 blue"));
    }
}
