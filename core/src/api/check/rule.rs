//! A documented constraint: id, messages, source.

use crate::base::json::Object;
use crate::base::language::Language;
use crate::base::problem::Severity;
use crate::base::text::{has_cells, pieces};
use crate::base::texts;
use crate::base::value::Value;

/// One documented constraint. The rows of a cloud stand in its `rules`.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    rules: &'static Rules,
    row: usize,
}

/// The rules of one file. Their texts are one: hundreds of rows of pointers are larger than what they point to.
#[derive(Debug)]
pub(crate) struct Rules {
    /// A line a rule, with `|` between its cells: id and vendor's code, both messages and source.
    texts: &'static str,
    /// Where every [`STRIDE`]th of them begins: a plan may be told of one for each of its lanes.
    marks: &'static [u16],
    /// How bad a breach of each is: what is only noted, nobody looks up.
    severities: &'static [Severity],
}

/// Lines from one mark to the next.
pub(crate) const STRIDE: usize = 4;

impl Rules {
    /// What [`rules!`] makes.
    pub(crate) const fn new(texts: &'static str, marks: &'static [u16], severities: &'static [Severity]) -> Self {
        const BARS: usize = if cfg!(feature = "texts") { 4 } else { 1 };
        assert!(has_cells(texts.as_bytes(), severities.len(), BARS), "no text holds a vertical bar or a line feed");
        Self { texts, marks, severities }
    }

    /// The rule of that row.
    pub(crate) const fn row(&'static self, row: usize) -> Rule {
        Rule { rules: self, row }
    }
}

impl Rule {
    fn texts(self) -> [&'static str; 5] {
        let mark = self.rules.marks.get(self.row / STRIDE).copied().unwrap_or_default();
        let lines = self.rules.texts.get(usize::from(mark)..).unwrap_or_default();
        let line = pieces(lines, b'\n').nth(self.row % STRIDE).unwrap_or_default();
        let mut cells = pieces(line, b'|');
        let mut cell = || cells.next().unwrap_or_default();
        [cell(), cell(), cell(), cell(), cell()]
    }

    /// Id, vendor's code and both messages.
    pub(super) fn told(self) -> [&'static str; 4] {
        let [id, code, en, zh, _] = self.texts();
        let text = |language, own| texts::row(language, self.rules.texts, self.row, own);
        [id, code, text(Language::En, en), text(Language::Zh, zh)]
    }

    /// Id of the first rule of its file, under which the texts of that file are loaded.
    pub fn first_beside(self) -> &'static str {
        self.rules.row(0).id()
    }

    /// How bad a breach is.
    pub fn severity(self) -> Severity {
        self.rules.severities[self.row]
    }

    /// Stable id: `cloud.operation.field.what`, for example `tencent.SyncImages.ImageIds.one`.
    pub fn id(self) -> &'static str {
        let [id, ..] = self.texts();
        id
    }

    /// The vendor's own code for the same mistake; empty when there is none.
    pub fn vendor_code(self) -> &'static str {
        let [_, code, ..] = self.texts();
        code
    }

    /// English message with `{name}` placeholders: what is wrong and the fix. Empty while it is not loaded, without the feature `texts`.
    pub fn en(self) -> &'static str {
        let [.., en, _] = self.told();
        en
    }

    /// Chinese message with the same placeholders.
    pub fn zh(self) -> &'static str {
        let [.., zh] = self.told();
        zh
    }

    /// The rule as a JSON object, with its messages.
    pub fn to_value(self) -> Value {
        let [id, code, en, zh] = self.told();
        Object::new()
            .set("id", id)
            .set("severity", self.severity().as_str())
            .set("vendor_code", Some(code).filter(|code| !code.is_empty()))
            .set("message", en)
            .set("message_zh", zh)
            .value()
    }

    /// Where the constraint is documented, for example `S0` or `facts 10.1`; known with the feature `docs`.
    pub fn source(self) -> &'static str {
        let [.., source] = self.texts();
        source
    }
}

/// All rules of these lists.
pub(crate) fn all(lists: &[&'static Rules]) -> std::vec::IntoIter<Rule> {
    let mut all = Vec::new();
    for list in lists {
        for row in 0..list.severities.len() {
            all.push(list.row(row));
        }
    }
    all.into_iter()
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
        /// Every rule of this file.
        pub(crate) static RULES: $crate::api::check::Rules = {
            const TEXTS: &str = concat!($(
                $id, "|", $($code,)? $crate::base::text::for_texts!("|"),
                $crate::base::text::for_texts!($en), $crate::base::text::for_texts!("|"),
                $crate::base::text::for_texts!($zh), $crate::base::text::for_texts!("|"),
                $crate::base::text::for_docs!($source), "\n"
            ),+);
            const SEVERITIES: &[$crate::base::problem::Severity] = &[$( $crate::base::problem::Severity::$severity ),+];
            const STRIDE: usize = $crate::api::check::STRIDE;
            const MARKS: &[u16] = &$crate::base::text::marks::<{ SEVERITIES.len().div_ceil(STRIDE) }>(TEXTS, STRIDE);
            $crate::api::check::Rules::new(TEXTS, MARKS, SEVERITIES)
        };

        /// Their places in it.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "named as they are")]
        enum Row { $($name),+ }

        $( $visible const $name: $crate::api::check::Rule = RULES.row(Row::$name as usize); )+
    };
}
pub(crate) use rules;
