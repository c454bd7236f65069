//! Parameters: how they travel, and their shapes.

use crate::turn::Refused;
use serde_json::Value;

/// Parameters of the gateway, not of the operation.
pub(super) fn is_common(key: &str) -> bool {
    key == "Action" || key == "Version" || key.starts_with("X-")
}

/// Flat parameters: `Name`, `Name.1`, `Name.1.Key`.
pub(super) struct Params(pub(super) Vec<(String, String)>);

impl Params {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A required text.
    pub(super) fn need(&self, name: &str) -> Result<&str, Refused> {
        let missing = || Refused::new(400, format!("MissingParameter.{name}"), format!("The required parameter {name} is not supplied."));
        self.text(name).filter(|value| !value.is_empty()).ok_or_else(missing)
    }

    /// The entries of a list: numbered from 1 without gaps, at most `most`.
    pub(super) fn texts(&self, name: &str, most: usize) -> Result<Vec<&str>, Refused> {
        let texts: Vec<&str> = (1..=most + 1).map_while(|number| self.text(&format!("{name}.{number}"))).collect();
        let given = self.0.iter().filter(|(key, _)| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))).count();
        if texts.len() > most {
            return Err(Refused::new(400, format!("LimitExceeded.Maximum{name}"), format!("At most {most} {name} are allowed.")));
        }
        if given != texts.len() {
            return Err(invalid(format!("The numbers of {name}.N must run from 1 without gaps.")));
        }
        Ok(texts)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refused> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(invalid(format!("{name} must be true or false."))),
        }
    }

    pub(super) fn tags(&self) -> Result<Vec<(String, String)>, Refused> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for number in 1..=21 {
            let Some(key) = self.text(&format!("Tags.{number}.Key")) else { break };
            let value = self.text(&format!("Tags.{number}.Value")).unwrap_or_default();
            let reserved = ["volc:", "sys:"].iter().any(|prefix| key.to_lowercase().starts_with(prefix));
            let fits = (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256;
            if number == 21 || reserved || !fits || tags.iter().any(|(earlier, _)| earlier == key) {
                return Err(invalid("The Tags are invalid."));
            }
            tags.push((key.to_owned(), value.to_owned()));
        }
        Ok(tags)
    }

    /// Page size and the number of entries to skip.
    pub(super) fn page(&self, most: usize, default: usize) -> Result<(usize, usize), Refused> {
        let size = match self.text("MaxResults").filter(|text| !text.is_empty()) {
            None => default,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=most).contains(size))
                .ok_or_else(|| invalid(format!("MaxResults must be from 1 to {most}.")))?,
        };
        let skip = match self.text("NextToken").filter(|text| !text.is_empty()) {
            None => 0,
            Some(token) => token
                .strip_prefix("page-")
                .and_then(|digits| usize::from_str_radix(digits, 16).ok())
                .ok_or_else(|| invalid("The NextToken is not one that was given out."))?,
        };
        Ok((size, skip))
    }
}

/// One page of entries, and the token of the next.
pub(super) fn page_of(items: Vec<Value>, size: usize, skip: usize) -> (Vec<Value>, String) {
    let next = skip.saturating_add(size);
    let token = if next < items.len() { page_token(next) } else { String::new() };
    (items.into_iter().skip(skip).take(size).collect(), token)
}

/// The token of the page that begins after that many entries.
pub(super) fn page_token(skip: usize) -> String {
    format!("page-{skip:x}")
}

pub(super) fn invalid(message: impl Into<String>) -> Refused {
    Refused::new(400, "InvalidArgument", message)
}

pub(super) fn is_region_shape(region: &str) -> bool {
    let labels = region.split('-').collect::<Vec<_>>();
    labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// Letters and Han characters: how names and descriptions begin.
pub(super) fn is_initial(c: char) -> bool {
    c.is_ascii_alphabetic() || is_han(c)
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

pub(super) fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count())
        && name.chars().next().is_some_and(is_initial)
        && name.chars().all(|c| is_initial(c) || c.is_ascii_digit() || matches!(c, '_' | '-' | '.'))
}

pub(super) fn is_description(text: &str) -> bool {
    text.chars().count() <= 255
        && text.chars().next().is_none_or(is_initial)
        && text.chars().all(|c| is_initial(c) || c.is_ascii_digit() || matches!(c, '_' | '-' | '=' | ',' | '.' | '，' | '。' | ' '))
}
