//! One error for everything, and the small set of kinds that a caller acts on.

use super::bounds::{LONGEST, bounded};
use super::json::{Object, list};
use super::problem::Problem;
use super::spelling::nearest;
use super::text::{concat, filled, quoted};
use super::texts::{Zh, zh};
use super::time::Millis;
use super::value::Value;
use super::words::{Words, words};
use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

words! {
    /// What sort of trouble it is; each variant says what the caller should do.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Kind {
        /// The key, token, clock or signature was refused: mend the credentials or the clock.
        Auth = "auth",
        /// The key is known but may not do this: have the permission granted.
        Permission = "permission",
        /// Too many requests: slow down and send again; the request was not acted on.
        Throttled = "throttled",
        /// A quota is used up: delete something or have it raised.
        Quota = "quota",
        /// The thing named does not exist here: check the id and the region.
        NotFound = "not_found",
        /// A parameter is wrong: mend it; the same request will fail again.
        Invalid = "invalid",
        /// The thing is busy or already there: wait, or decide which one to keep.
        Conflict = "conflict",
        /// The cloud does not offer this for this image, region or account.
        Unsupported = "unsupported",
        /// The cloud failed: reads may be repeated; look before repeating a launch.
        Server = "server",
        /// The answer is not what the API promises: keep it and report it.
        Protocol = "protocol",
        /// The library was used wrongly: the message names the field and the fix.
        Misuse = "misuse",
    }
}

impl Kind {
    /// The kind for an HTTP status when nothing else tells.
    pub(crate) const fn of_status(status: u16) -> Kind {
        match status {
            401 => Kind::Auth,
            403 => Kind::Permission,
            404 => Kind::NotFound,
            409 => Kind::Conflict,
            429 => Kind::Throttled,
            // A request that took too long to arrive may have arrived all the same.
            408 => Kind::Server,
            300..=399 => Kind::Protocol,
            400..=499 => Kind::Invalid,
            _ => Kind::Server,
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Self::find(name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

words! {
    /// Whether sending the same request again can help.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Retry {
        /// No: something must be changed first.
        Never = "never",
        /// Yes, after a wait: the cloud certainly did not act, so even a launch may be repeated.
        Backoff = "backoff",
        /// The cloud may have acted: repeat a read; look for the effect before repeating a launch.
        Unsure = "unsure",
        /// Once, signed anew with the server's time.
        Clock = "clock",
        /// Once, with fresh credentials.
        Credentials = "credentials",
    }
}

impl Retry {
    /// The answer of that name.
    pub fn parse(name: &str) -> Option<Retry> {
        Self::find(name)
    }
}

/// Anything that went wrong, ours or the cloud's. It goes up through many hands: a pointer to its [`Details`], which are its fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Details>);

/// What an [`Error`] tells.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}{}{}", between(" (", hint_en, ")"), between(" [request ", request_id.as_deref().unwrap_or_default(), "]"))]
#[non_exhaustive]
pub struct Details {
    /// What sort of trouble.
    pub kind: Kind,
    /// The vendor's code verbatim, or our own dotted id for [`Kind::Misuse`] and [`Kind::Protocol`].
    pub code: String,
    /// The vendor's message verbatim, or ours. Never holds a secret.
    pub message: String,
    /// The id to quote to the vendor's support.
    pub request_id: Option<String>,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Whether the same request can be sent again.
    pub retry: Retry,
    /// Shortest sensible wait before that, in milliseconds; from the catalogue, `Retry-After` or the message.
    pub wait_ms: Option<i64>,
    /// The server's own clock, where the answer tells it.
    pub server_time: Option<Millis>,
    /// Next step, in English.
    pub hint_en: Cow<'static, str>,
    /// Next step, in Chinese.
    pub hint_zh: Cow<'static, str>,
    /// Every broken rule, when parameters or a plan were refused before sending.
    pub problems: Vec<Problem>,
}

impl Error {
    /// An error that is not worth repeating; the builder methods below refine it.
    pub fn new(kind: Kind, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            code: code.into(),
            message: message.into(),
            request_id: None,
            status: None,
            retry: Retry::Never,
            wait_ms: None,
            server_time: None,
            hint_en: Cow::Borrowed(""),
            hint_zh: Cow::Borrowed(""),
            problems: Vec::new(),
        }))
    }

    /// What a program gives that cannot be taken, before anything comes of it.
    pub fn of_input(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Kind::Misuse, code, message).hint("correct this value", zh!("请修正该值"))
    }

    /// Sets the next step in both languages.
    #[must_use]
    pub fn hint(mut self, en: impl Into<Cow<'static, str>>, zh: impl Into<Cow<'static, str>>) -> Self {
        self.hint_en = en.into();
        self.hint_zh = zh.into();
        self
    }

    /// The same with another message.
    #[must_use]
    pub(crate) fn saying(&self, message: String) -> Self {
        let mut error = self.clone();
        error.message = message;
        error
    }

    /// Says which of the known names was probably meant by one that does not exist.
    #[must_use]
    pub(crate) fn meant(self, given: &str, known: &mut dyn Iterator<Item = &str>) -> Self {
        self.did_you_mean(nearest(given, known))
    }

    #[must_use]
    pub(crate) fn did_you_mean(mut self, meant: Option<&str>) -> Self {
        if let Some(meant) = meant {
            self.hint_en = concat(&["did you mean ", meant, "? ", &self.hint_en]).into();
            self.hint_zh = zh!("是否应为 {0}？{1}", meant, &self.hint_zh).into();
        }
        self
    }

    /// Whether nothing in it is longer than what is kept and told.
    fn is_bounded(&self) -> bool {
        let texts = [&*self.code, &*self.message, self.request_id.as_deref().unwrap_or_default(), &*self.hint_en, &*self.hint_zh];
        texts.iter().all(|text| text.len() <= LONGEST)
    }

    /// The error as it is kept and told: what others wrote in it is cut at 2 KB.
    #[must_use]
    pub(crate) fn bounded(mut self) -> Self {
        if self.is_bounded() {
            return self;
        }
        let Details { code, message, request_id, hint_en, hint_zh, .. } = &mut *self.0;
        [code, message].into_iter().chain(request_id).for_each(bounded);
        [hint_en.to_mut(), hint_zh.to_mut()].into_iter().for_each(bounded);
        self
    }

    /// The same of one that many hold.
    #[must_use]
    pub(crate) fn bounded_shared(self: Arc<Self>) -> Arc<Self> {
        if self.is_bounded() { self } else { Arc::new(Arc::unwrap_or_clone(self).bounded()) }
    }

    /// Whether sending the same request again can help at all.
    pub fn is_retryable(&self) -> bool {
        self.retry != Retry::Never
    }
}

impl Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// A misuse of ours: a row of a table. `{0}`, `{1}` … in its texts stand for what it is about.
pub(crate) struct Misuse {
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) en: &'static str,
    pub(crate) zh: Zh,
}

impl Misuse {
    /// The error.
    #[cold]
    #[inline(never)]
    pub(crate) fn about(&self, about: &[&str]) -> Error {
        let Self { code, message, en, zh } = *self;
        Error::new(Kind::Misuse, filled(code, about), filled(message, about)).hint(filled(en, about), zh.filled(about))
    }
}

/// The variant of that name; otherwise an error about the `field` that lists the names there are.
pub(crate) fn choose<T: Words>(field: &str, name: &str) -> Result<T, Error> {
    T::find(name).ok_or_else(|| unknown(field, name, &T::choices(), &T::choices_zh()))
}

#[cold]
fn unknown(field: &str, name: &str, known: &str, known_zh: &str) -> Error {
    Error::new(Kind::Misuse, field, concat(&[field, " cannot be ", &quoted(name)]))
        .hint(concat(&["use ", known]), zh!("{0} 应为 {1}", field, known_zh))
}

impl Error {
    /// The error as a JSON object.
    pub fn to_value(&self) -> Value {
        let Details { kind, code, message, request_id, status, retry, wait_ms, server_time, hint_en, hint_zh, problems } = &*self.0;
        Object::new()
            .set("kind", kind.as_str())
            .set("code", code.as_str())
            .set("message", message.as_str())
            .set("request_id", request_id.as_deref())
            .set("status", *status)
            .set("retry", retry.as_str())
            .set("wait_ms", *wait_ms)
            .set("server_time_ms", server_time.map(|at| at.0))
            .set("hint", &**hint_en)
            .set("hint_zh", &**hint_zh)
            .set("problems", list(problems, Problem::to_value))
            .value()
    }
}

/// A text between two others; nothing where there is none.
fn between(before: &str, text: &str, after: &str) -> String {
    if text.is_empty() { String::new() } else { concat(&[before, text, after]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_kind() {
        assert_eq!(Error::new(Kind::NotFound, "c", "m").to_value()["kind"], "not_found");
    }
}
