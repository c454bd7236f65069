//! A documented constraint: id, messages, source.

use crate::base::problem::Severity;

/// One documented constraint. The rows of a cloud stand in its `rules`.
///
/// A text with a line for each part, since hundreds of rows of pointers are larger than what they point to.
#[derive(Clone, Copy, Debug)]
pub struct Rule(&'static str);

impl Rule {
    /// A rule whose parts stand on lines of their own, in the order of [`rule!`].
    pub(crate) const fn new(lines: &'static str) -> Self {
        Self(lines)
    }

    /// How bad a breach is.
    pub fn severity(&self) -> Severity {
        match self.line(0) {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Note,
        }
    }

    /// Stable id: `cloud.operation.field.what`, for example `tencent.SyncImages.ImageIds.one`.
    pub fn id(&self) -> &'static str {
        self.line(1)
    }

    /// The vendor's own code for the same mistake; empty when there is none.
    pub fn vendor_code(&self) -> &'static str {
        self.line(2)
    }

    /// English message with `{name}` placeholders: what is wrong and the fix.
    pub fn en(&self) -> &'static str {
        self.line(3)
    }

    /// Chinese message with the same placeholders.
    pub fn zh(&self) -> &'static str {
        self.line(4)
    }

    /// Where the constraint is documented, for example `S0` or `facts 10.1`; known with the feature `docs`.
    pub fn source(&self) -> &'static str {
        self.line(5)
    }

    fn line(&self, number: usize) -> &'static str {
        self.0.split('\n').nth(number).unwrap_or_default()
    }
}

/// A [`Rule`]: `error` for what the cloud enforces, `warning` for what is probably wrong or newer than our tables, `note`
/// for what is worth knowing or could not be checked; then id, vendor's code, source, and the message in both languages.
macro_rules! rule {
    ($severity:ident, $id:literal, $code:literal, $source:literal, $en:literal, $zh:literal $(,)?) => {
        $crate::api::check::rule::Rule::new(concat!(
            stringify!($severity),
            "\n",
            $id,
            "\n",
            $code,
            "\n",
            $en,
            "\n",
            $zh,
            "\n",
            $crate::base::text::for_docs!($source)
        ))
    };
}
pub(crate) use rule;
