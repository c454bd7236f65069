//! What a check found.

use super::rule::Rule;
use crate::api::site::Language;
use crate::base::error::{Error, Kind};
use crate::base::json::to_text;
use crate::base::problem::{Problem, Severity};
use crate::base::spelling::nearest;
use crate::base::text::{concat, cut, shown};
use crate::base::texts::zh;
use crate::base::time::decimal;

/// Findings of one check at most. Nobody reads more, and a hostile plan of a megabyte would come to gigabytes of them.
const MOST: usize = 20_000;

/// All findings of a check, in the order in which they were made: the first twenty thousand, an error among them if there is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What was found.
    pub problems: Vec<Problem>,
    wanted: Wanted,
}

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
        Self { problems: Vec::new(), wanted: Wanted::Errors }
    }

    /// Notes that `rule` is broken at `path`; `values` fill the placeholders of its messages.
    #[cold]
    pub(crate) fn add(&mut self, rule: Rule, path: impl Into<String>, values: &[(&str, &dyn Told)]) {
        // What is left out is not written, not even its path.
        if self.wants(rule) {
            self.push(rule, path.into(), values);
        }
    }

    /// Whether a breach of this rule is written out.
    pub(crate) fn wants(&self, rule: Rule) -> bool {
        (self.wanted == Wanted::All || rule.severity() == Severity::Error) && self.has_room(rule.severity())
    }

    /// Takes what another check has found.
    pub(crate) fn take(&mut self, problem: Problem) {
        if self.has_room(problem.severity) {
            self.problems.push(problem);
        }
    }

    /// The last place is for an error: one may come after any number of notes.
    fn has_room(&self, severity: Severity) -> bool {
        self.problems.len() < if severity == Severity::Error { MOST } else { MOST - 1 }
    }

    /// As [`Findings::add`], of a name that is not known: says which of `known` was probably meant.
    #[cold]
    pub(crate) fn add_unknown(
        &mut self,
        rule: Rule,
        path: impl Into<String>,
        values: &[(&str, &dyn Told)],
        given: &str,
        known: &mut dyn Iterator<Item = &str>,
    ) {
        if self.wants(rule) {
            self.push(rule, path.into(), values);
            self.add_meant(nearest(given, known));
        }
    }

    /// Says it in the last finding.
    fn add_meant(&mut self, meant: Option<&str>) {
        if let (Some(problem), Some(meant)) = (self.problems.last_mut(), meant) {
            problem.message_en.push_str(&concat(&["; did you mean ", meant, "?"]));
            problem.message_zh.push_str(&zh!("；是否应为 {0}？", meant));
        }
    }

    fn push(&mut self, rule: Rule, path: String, values: &[(&str, &dyn Told)]) {
        let [id, code, en, zh] = rule.told();
        self.problems.push(Problem {
            rule: id,
            path,
            severity: rule.severity(),
            message_en: fill(en, id, values, Language::En),
            message_zh: fill(zh, id, values, Language::Zh),
            vendor_code: Some(code).filter(|code| !code.is_empty()),
        });
    }

    /// The error that refuses to send: one line for the first finding, all of them in `problems`.
    pub fn into_error(self, what: &str) -> Error {
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let first = self.problems.iter().find(|problem| problem.severity == Severity::Error).or(self.problems.first());
        let message = match first {
            Some(problem) if errors > 1 => {
                concat(&[what, ": ", &problem.path, ": ", &problem.message_en, " (and ", &decimal(errors as i64 - 1), " more)"])
            }
            Some(problem) => concat(&[what, ": ", &problem.path, ": ", &problem.message_en]),
            None => concat(&[what, ": nothing is wrong"]),
        };
        let zh = first.map(|problem| problem.message_zh.clone()).unwrap_or_default();
        let code = first.map_or("check", |problem| problem.rule);
        let mut error = Error::new(Kind::Misuse, code, message)
            .hint("correct the parameters; nothing was sent", zh!("{0}；请修正参数，未发送任何请求", &zh));
        error.problems = self.problems;
        error
    }

    /// Whether anything forbids sending.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }
}

/// A value as messages tell it. The standard library's formatting would be a thirtieth of a module of one cloud.
pub(crate) trait Told {
    fn told(&self, language: Language) -> String;
}

impl Told for &str {
    fn told(&self, _: Language) -> String {
        (*self).to_owned()
    }
}

impl Told for String {
    fn told(&self, _: Language) -> String {
        self.clone()
    }
}

macro_rules! told_numbers {
    ($($number:ty)+) => {
        $(impl Told for $number {
            fn told(&self, _: Language) -> String {
                to_text(&(*self).into())
            }
        })+
    };
}
told_numbers!(i64 u32 u64 usize);

/// A value in English and, where it is loaded, in Chinese.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Both<'t>(pub(crate) &'t str, pub(crate) &'t str);

impl Told for Both<'_> {
    fn told(&self, language: Language) -> String {
        match language {
            Language::Zh if !self.1.is_empty() => self.1,
            _ => self.0,
        }
        .to_owned()
    }
}

/// The message of a rule; where its text is not loaded, its id and the values.
fn fill(template: &str, id: &str, values: &[(&str, &dyn Told)], language: Language) -> String {
    if template.is_empty() {
        let mut text = id.to_owned();
        for (index, (name, value)) in values.iter().enumerate() {
            text.push_str(&concat(&[if index == 0 { ": " } else { ", " }, name, " ", &shown(&value.told(language))]));
        }
        return text;
    }
    let (mut text, mut rest) = (String::new(), template);
    while let Some((before, after)) = cut(rest, b'{') {
        let (name, behind) = cut(after, b'}').unwrap_or_default();
        text.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => text.push_str(&shown(&value.told(language))),
            // Braces of the message itself.
            None => text.push_str(&concat(&["{", name, "}"])),
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_found_than_may_be_and_an_error_has_its_place() {
        let problem = |severity| Problem {
            rule: "",
            path: String::new(),
            severity,
            message_en: String::new(),
            message_zh: String::new(),
            vendor_code: None,
        };
        let mut findings = Findings::default();
        (0..MOST + 5).for_each(|_| findings.take(problem(Severity::Warning)));
        assert_eq!((findings.problems.len(), findings.has_errors()), (MOST - 1, false));
        (0..5).for_each(|_| findings.take(problem(Severity::Error)));
        assert_eq!((findings.problems.len(), findings.has_errors()), (MOST, true));
    }
}
