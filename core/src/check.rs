//! Checking before sending: rules with stable ids, problems with paths, all findings at once.

use crate::answer::items;
use crate::error::{Error, Kind};
use crate::operation::Params;
use crate::sign::encode::all;
use crate::spelling::nearest;
use serde_json::Value;
use std::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, for example an assumption that could not be checked.
    Note,
    /// Probably wrong, or newer than our tables; sent all the same.
    Warning,
    /// The cloud will refuse it; nothing is sent.
    Error,
}

impl Severity {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One documented constraint. The rows of a cloud stand in its `rules.rs`.
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
        $crate::check::Rule::new(concat!(
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
            $crate::operation::for_docs!($source)
        ))
    };
}
pub(crate) use rule;

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

/// All findings of a check, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(pub Vec<Problem>, Wanted);

/// Which findings are written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wanted {
    #[default]
    All,
    Errors,
}

impl Findings {
    /// Findings that leave out notes and warnings: writing them is half the cost of a check that finds nothing wrong.
    pub(crate) fn errors_only() -> Self {
        Self(Vec::new(), Wanted::Errors)
    }

    /// Notes that `rule` is broken at `path`; `values` fill the placeholders of its messages.
    pub fn add(&mut self, rule: &'static Rule, path: impl Into<String>, values: &[(&str, &dyn fmt::Display)]) {
        self.push(rule, path.into(), values);
    }

    /// As [`Findings::add`], of a name that is not known: says which of `known` was probably meant.
    pub(crate) fn add_unknown(
        &mut self,
        rule: &'static Rule,
        path: impl Into<String>,
        values: &[(&str, &dyn fmt::Display)],
        given: &str,
        known: &mut dyn Iterator<Item = &str>,
    ) {
        let before = self.0.len();
        self.push(rule, path.into(), values);
        if let (Some(problem), Some(meant)) = (self.0.get_mut(before), nearest(given, known)) {
            problem.message_en.push_str(&["; did you mean ", meant, "?"].concat());
            problem.message_zh.push_str(&["；是否应为 ", meant, "？"].concat());
        }
    }

    fn push(&mut self, rule: &'static Rule, path: String, values: &[(&str, &dyn fmt::Display)]) {
        let severity = rule.severity();
        if self.1 == Wanted::Errors && severity != Severity::Error {
            return;
        }
        self.0.push(Problem {
            rule: rule.id(),
            path,
            severity,
            message_en: fill(rule.en(), values),
            message_zh: fill(rule.zh(), values),
            vendor_code: Some(rule.vendor_code()).filter(|code| !code.is_empty()),
        });
    }

    /// The error that refuses to send: one line for the first finding, all of them in `problems`.
    pub fn into_error(self, what: &str) -> Error {
        let errors = self.0.iter().filter(|problem| problem.severity == Severity::Error).count();
        let first = self.0.iter().find(|problem| problem.severity == Severity::Error).or(self.0.first());
        let message = match first {
            Some(problem) if errors > 1 => format!("{what}: {}: {} (and {} more)", problem.path, problem.message_en, errors - 1),
            Some(problem) => format!("{what}: {}: {}", problem.path, problem.message_en),
            None => format!("{what}: nothing is wrong"),
        };
        let zh = first.map(|problem| problem.message_zh.clone()).unwrap_or_default();
        let code = first.map_or("check", |problem| problem.rule);
        let mut error = Error::new(Kind::Misuse, code, message)
            .hint("correct the parameters; nothing was sent", format!("{zh}；请修正参数，未发送任何请求"));
        error.problems = self.0;
        error
    }

    /// Whether anything forbids sending.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }
}

// Rules take parameters calmly: what has the wrong shape counts as absent, since the check of shapes has reported it.

/// A text parameter, empty ones included.
pub(crate) fn text<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.get(name)?.as_str()
}

/// A whole number.
pub(crate) fn integer(params: &Params, name: &str) -> Option<i64> {
    params.get(name)?.as_i64()
}

/// Whether a flag is given and true.
pub(crate) fn flag(params: &Params, name: &str) -> bool {
    params.get(name) == Some(&Value::Bool(true))
}

/// Number of entries of a list, of whatever shape; `None` when there is no list.
pub(crate) fn length(params: &Params, name: &str) -> Option<usize> {
    params.get(name)?.as_array().map(Vec::len)
}

/// The texts of a list, each with its path: `ImageIds[0]`.
pub(crate) fn texts<'a>(params: &'a Params, name: &str) -> Vec<(String, &'a str)> {
    items(params, name).iter().enumerate().filter_map(|(index, item)| Some((entry(name, index), item.as_str()?))).collect()
}

/// The records of a list, each with its path: `Filters[0]`.
pub(crate) fn records<'a>(params: &'a Params, name: &str) -> Vec<(String, &'a Params)> {
    items(params, name).iter().enumerate().filter_map(|(index, item)| Some((entry(name, index), item.as_object()?))).collect()
}

/// The path of an entry of a list. Joined, not formatted: it is written for every entry, good or bad.
fn entry(name: &str, index: usize) -> String {
    [name, "[", &index.to_string(), "]"].concat()
}

/// The first character that is not allowed, with its position, as it may stand in a message.
pub(crate) fn first_outside(value: &str, allowed: impl Fn(char) -> bool) -> Option<(usize, String)> {
    // Nearly always there is none.
    if value.bytes().all(|byte| byte.is_ascii() && allowed(char::from(byte))) { None } else { outside(value, allowed).next() }
}

/// Every character that is not allowed, with its position, as it may stand in a message.
pub(crate) fn outside(value: &str, allowed: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, String)> {
    value.chars().enumerate().filter(move |(_, c)| !allowed(*c)).map(|(position, char)| {
        let named = if char.is_ascii_graphic() { format!("'{char}'") } else { format!("U+{:04X}", char as u32) };
        (position, named)
    })
}

/// Longest value shown inside a message, in characters.
const SHOWN: usize = 200;

fn fill(template: &str, values: &[(&str, &dyn fmt::Display)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), &shown(&value.to_string()));
    }
    text
}

/// A value as it may stand in a message: control characters escaped, overlong text cut.
pub(crate) fn shown(value: &str) -> String {
    let mut text = String::new();
    show(&mut text, value);
    text
}

fn show(text: &mut String, value: &str) {
    for (at, c) in value.chars().enumerate() {
        match c {
            _ if at == SHOWN => return text.push('…'),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if c.is_control() => {
                // No control character has more than two digits.
                text.push_str("\\u{");
                text.extend([c as u32 >> 4, c as u32 & 15].into_iter().filter_map(|digit| char::from_digit(digit, 16)));
                text.push('}');
            }
            _ => text.push(c),
        }
    }
}

/// The same between quotation marks.
pub(crate) fn quoted(value: &str) -> String {
    let mut text = String::from('"');
    show(&mut text, value);
    text.push('"');
    text
}

/// The first character that cannot stand in a header, URL or name: control characters, line and
/// paragraph separators, and the marks that reverse the direction of text.
pub fn first_control(value: &str) -> Option<(usize, char)> {
    // Most texts are names, ids and numbers.
    if all(value, |byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    value.chars().enumerate().find(|(_, c)| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    })
}
