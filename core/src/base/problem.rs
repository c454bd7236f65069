//! Findings: what is wrong, where, and how bad.

use super::json::Object;
use super::value::Value;
use crate::base::words::words;
use std::fmt;

words! {
    /// How bad a finding is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Severity {
        /// Worth knowing, for example an assumption that could not be checked.
        Note = "note",
        /// Probably wrong, or newer than our tables; sent all the same.
        Warning = "warning",
        /// The cloud will refuse it; nothing is sent.
        Error = "error",
    }
}

/// A finding: one rule broken at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Id of the rule.
    pub rule: &'static str,
    /// Where, in the vendor's own names: `DestinationRegions[1]`; in plans `copies[0].to[2].name`.
    pub path: String,
    /// How bad.
    pub severity: Severity,
    /// What is wrong and the fix, in English.
    pub message_en: String,
    /// What is wrong and the fix, in Chinese.
    pub message_zh: String,
    /// The vendor's own code for the same mistake.
    pub vendor_code: Option<&'static str>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} [{}]", self.severity.as_str(), self.path, self.message_en, self.rule)
    }
}

impl Problem {
    /// The finding as a JSON object.
    pub fn to_value(&self) -> Value {
        let Problem { rule, path, severity, message_en, message_zh, vendor_code } = self;
        Object::new()
            .set("rule", *rule)
            .set("path", path.as_str())
            .set("severity", severity.as_str())
            .set("message", message_en.as_str())
            .set("message_zh", message_zh.as_str())
            .set("vendor_code", *vendor_code)
            .value()
    }
}
