//! A documented constraint: id, messages, source.

use crate::base::problem::Severity;

/// One documented constraint. The rows of a cloud stand in its `rules`.
///
/// Its texts are one, with the end of each: hundreds of rows of pointers are larger than what they point to.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    severity: Severity,
    texts: &'static str,
    id_end: u16,
    code_end: u16,
    en_end: u16,
    zh_end: u16,
}

impl Rule {
    /// What [`rules!`] makes: id, vendor's code, both messages and source behind each other, with the lengths of the first four.
    pub(crate) const fn new(severity: Severity, texts: &'static str, [id, code, en, zh]: [usize; 4]) -> Self {
        assert!(texts.len() <= u16::MAX as usize, "the texts of a rule are short");
        let (code, en, zh) = (id + code, id + code + en, id + code + en + zh);
        Self { severity, texts, id_end: id as u16, code_end: code as u16, en_end: en as u16, zh_end: zh as u16 }
    }

    /// How bad a breach is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Stable id: `cloud.operation.field.what`, for example `tencent.SyncImages.ImageIds.one`.
    pub fn id(&self) -> &'static str {
        self.text(0, self.id_end)
    }

    /// The vendor's own code for the same mistake; empty when there is none.
    pub fn vendor_code(&self) -> &'static str {
        self.text(self.id_end, self.code_end)
    }

    /// English message with `{name}` placeholders: what is wrong and the fix.
    pub fn en(&self) -> &'static str {
        self.text(self.code_end, self.en_end)
    }

    /// Chinese message with the same placeholders.
    pub fn zh(&self) -> &'static str {
        self.text(self.en_end, self.zh_end)
    }

    /// Where the constraint is documented, for example `S0` or `facts 10.1`; known with the feature `docs`.
    pub fn source(&self) -> &'static str {
        self.texts.get(self.zh_end.into()..).unwrap_or_default()
    }

    fn text(&self, start: u16, end: u16) -> &'static str {
        self.texts.get(start.into()..end.into()).unwrap_or_default()
    }
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
            concat!($id, $($code,)? $en, $zh, $crate::base::text::for_docs!($source)),
            [$id.len(), concat!($($code)?).len(), $en.len(), $zh.len()],
        ); )+

        /// Every rule of this file.
        pub(crate) static RULES: &[&$crate::api::check::Rule] = &[$(&$name),+];
    };
}
pub(crate) use rules;
