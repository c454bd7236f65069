//! A documented constraint: id, messages, source.

use crate::base::json::Object;
use crate::base::language::Language;
use crate::base::problem::Severity;
use crate::base::text::pieces;
use crate::base::texts;
use crate::base::value::Value;

/// One documented constraint. The rows of a cloud stand in its `rules`.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    severity: Severity,
    /// Id, vendor's code, both messages and source, a line each: hundreds of rows of pointers are larger than what they point to.
    texts: &'static str,
}

impl Rule {
    /// What [`rules!`] makes.
    pub(crate) const fn new(severity: Severity, texts: &'static str) -> Self {
        assert!(lines(texts.as_bytes()) == 5, "no text of a rule holds a line feed");
        Self { severity, texts }
    }

    fn texts(&self) -> [&'static str; 5] {
        let mut lines = pieces(self.texts, b'\n');
        let mut line = || lines.next().unwrap_or_default();
        [line(), line(), line(), line(), line()]
    }

    /// How bad a breach is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Stable id: `cloud.operation.field.what`, for example `tencent.SyncImages.ImageIds.one`.
    pub fn id(&self) -> &'static str {
        let [id, ..] = self.texts();
        id
    }

    /// The vendor's own code for the same mistake; empty when there is none.
    pub fn vendor_code(&self) -> &'static str {
        let [_, code, ..] = self.texts();
        code
    }

    /// English message with `{name}` placeholders: what is wrong and the fix. Empty while it is not loaded, without the feature `texts`.
    pub fn en(&self) -> &'static str {
        let [id, _, en, ..] = self.texts();
        texts::one(Language::En, id, en)
    }

    /// Chinese message with the same placeholders.
    pub fn zh(&self) -> &'static str {
        let [id, .., zh, _] = self.texts();
        texts::one(Language::Zh, id, zh)
    }

    /// The rule as a JSON object, with its messages.
    pub fn to_value(&self) -> Value {
        Object::new()
            .set("id", self.id())
            .set("severity", self.severity.as_str())
            .set("vendor_code", Some(self.vendor_code()).filter(|code| !code.is_empty()))
            .set("message", self.en())
            .set("message_zh", self.zh())
            .value()
    }

    /// Where the constraint is documented, for example `S0` or `facts 10.1`; known with the feature `docs`.
    pub fn source(&self) -> &'static str {
        let [.., source] = self.texts();
        source
    }
}

/// All rules of these lists.
pub(crate) fn all(lists: &[&[&'static Rule]]) -> std::vec::IntoIter<&'static Rule> {
    let mut all = Vec::new();
    for list in lists {
        all.extend_from_slice(list);
    }
    all.into_iter()
}

const fn lines(mut text: &[u8]) -> usize {
    let mut lines = 1;
    while let [byte, rest @ ..] = text {
        lines += (*byte == b'\n') as usize;
        text = rest;
    }
    lines
}

/// Declares [`Rule`]s, and `RULES`, the list of them: `Error` for what the cloud enforces, `Warning` for what is probably
/// wrong or newer than our tables, `Note` for what is worth knowing or could not be checked.
macro_rules! rules {
    ($( $visible:vis $name:ident: $severity:ident {
        id: $id:literal,
        $(code: $code:literal,)?
        source: $source:literal,
        en: $en:literal,
        zh: $zh:literal,
    } )+) => {
        $( $visible static $name: $crate::api::check::Rule = $crate::api::check::Rule::new(
            $crate::base::problem::Severity::$severity,
            concat!(
                $id, "\n", $($code,)? "\n",
                $crate::base::text::for_texts!($en), "\n", $crate::base::text::for_texts!($zh), "\n",
                $crate::base::text::for_docs!($source)
            ),
        ); )+

        /// Every rule of this file.
        pub(crate) static RULES: &[&$crate::api::check::Rule] = &[$(&$name),+];
    };
}
pub(crate) use rules;
