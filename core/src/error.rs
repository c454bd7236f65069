//! One error for everything, and the small set of kinds that a caller acts on.

use crate::check::Problem;
use crate::spelling::nearest;
use crate::time::Millis;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// What sort of trouble it is; each variant says what the caller should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The key, token, clock or signature was refused: mend the credentials or the clock.
    Auth,
    /// The key is known but may not do this: have the permission granted.
    Permission,
    /// Too many requests: slow down and send again; the request was not acted on.
    Throttled,
    /// A quota is used up: delete something or have it raised.
    Quota,
    /// The thing named does not exist here: check the id and the region.
    NotFound,
    /// A parameter is wrong: mend it; the same request will fail again.
    Invalid,
    /// The thing is busy or already there: wait, or decide which one to keep.
    Conflict,
    /// The cloud does not offer this for this image, region or account.
    Unsupported,
    /// The cloud failed: reads may be repeated; look before repeating a launch.
    Server,
    /// The answer is not what the API promises: keep it and report it.
    Protocol,
    /// The library was used wrongly: the message names the field and the fix.
    Misuse,
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

    /// All of them.
    pub const ALL: [Kind; 11] = [
        Kind::Auth,
        Kind::Permission,
        Kind::Throttled,
        Kind::Quota,
        Kind::NotFound,
        Kind::Invalid,
        Kind::Conflict,
        Kind::Unsupported,
        Kind::Server,
        Kind::Protocol,
        Kind::Misuse,
    ];

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Auth => "auth",
            Kind::Permission => "permission",
            Kind::Throttled => "throttled",
            Kind::Quota => "quota",
            Kind::NotFound => "not_found",
            Kind::Invalid => "invalid",
            Kind::Conflict => "conflict",
            Kind::Unsupported => "unsupported",
            Kind::Server => "server",
            Kind::Protocol => "protocol",
            Kind::Misuse => "misuse",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether sending the same request again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// No: something must be changed first.
    Never,
    /// Yes, after a wait: the cloud certainly did not act, so even a launch may be repeated.
    Backoff,
    /// The cloud may have acted: repeat a read; look for the effect before repeating a launch.
    Unsure,
    /// Once, signed anew with the server's time.
    Clock,
    /// Once, with fresh credentials.
    Credentials,
}

impl Retry {
    /// All of them.
    pub const ALL: [Retry; 5] = [Retry::Never, Retry::Backoff, Retry::Unsure, Retry::Clock, Retry::Credentials];

    /// The answer of that name.
    pub fn parse(name: &str) -> Option<Retry> {
        Retry::ALL.into_iter().find(|retry| retry.as_str() == name)
    }

    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Retry::Never => "never",
            Retry::Backoff => "backoff",
            Retry::Unsure => "unsure",
            Retry::Clock => "clock",
            Retry::Credentials => "credentials",
        }
    }
}

/// Anything that went wrong, ours or the cloud's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
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
        Self {
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
        }
    }

    /// Sets the next step in both languages.
    #[must_use]
    pub fn hint(mut self, en: impl Into<Cow<'static, str>>, zh: impl Into<Cow<'static, str>>) -> Self {
        self.hint_en = en.into();
        self.hint_zh = zh.into();
        self
    }

    /// Says which of the known names was probably meant by one that does not exist.
    #[must_use]
    pub(crate) fn meant(self, given: &str, known: &mut dyn Iterator<Item = &str>) -> Self {
        self.did_you_mean(nearest(given, known))
    }

    #[must_use]
    pub(crate) fn did_you_mean(mut self, meant: Option<&str>) -> Self {
        if let Some(meant) = meant {
            self.hint_en = ["did you mean ", meant, "? ", &self.hint_en].concat().into();
            self.hint_zh = ["是否应为 ", meant, "？", &self.hint_zh].concat().into();
        }
        self
    }

    /// Whether sending the same request again can help at all.
    pub fn is_retryable(&self) -> bool {
        self.retry != Retry::Never
    }
}

/// A misuse of ours: a row of a table. `{0}`, `{1}` … in its texts stand for what it is about.
pub(crate) struct Misuse {
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
}

impl Misuse {
    /// The error. In a box, as errors are large and go up through many hands.
    #[cold]
    #[inline(never)]
    pub(crate) fn about(&self, about: &[&str]) -> Box<Error> {
        let fill = |template: &str| {
            let (mut text, mut chars) = (String::new(), template.chars());
            while let Some(c) = chars.next() {
                if c != '{' {
                    text.push(c);
                    continue;
                }
                let place = chars.next().and_then(|digit| digit.to_digit(10));
                text.push_str(place.and_then(|place| about.get(place as usize)).copied().unwrap_or_default());
                chars.next();
            }
            text
        };
        let Self { code, message, en, zh } = *self;
        Box::new(Error::new(Kind::Misuse, fill(code), fill(message)).hint(fill(en), fill(zh)))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if !self.hint_en.is_empty() {
            write!(f, " ({})", self.hint_en)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " [request {id}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<Box<Error>> for Error {
    fn from(error: Box<Error>) -> Self {
        *error
    }
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The caller: parameters, plan, credentials, clock.
    Caller,
    /// The owner of the account: permissions, quota, payment.
    Account,
    /// The cloud.
    Cloud,
}

impl Owner {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Owner::Caller => "caller",
            Owner::Account => "account",
            Owner::Cloud => "cloud",
        }
    }
}

/// A cloud's error catalogue: one row a code, sorted. A table of texts, not of pointers to them: it is half as large.
///
/// The cells of a row, with `|` between them: the code; kind, retry and wait in seconds, by their names; the cause in
/// English and Chinese; the next step in English and Chinese. What is at the end of a row may be left out.
#[derive(Debug)]
pub struct Codes(&'static str);

/// One row of a cloud's error catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The vendor's code; rows are sorted by it.
    pub code: &'static str,
    /// What sort of trouble.
    pub kind: Kind,
    /// Whether the same request can be sent again.
    pub retry: Retry,
    /// Shortest sensible wait before that, in seconds; 0 leaves it to the policy.
    pub wait_s: u16,
    /// Cause, in English: short, no full stop.
    pub en: &'static str,
    /// Cause, in Chinese.
    pub zh: &'static str,
    /// Next step in English; empty means the default of the kind.
    pub next_en: &'static str,
    /// Next step in Chinese; empty means the default of the kind.
    pub next_zh: &'static str,
}

impl Codes {
    /// A catalogue of rows, each with a line feed after it.
    pub(crate) const fn new(rows: &'static str) -> Self {
        Self(rows)
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = Code> {
        self.0.lines().map(Code::read)
    }

    /// The row of that code.
    pub fn find(&self, code: &str) -> Option<Code> {
        let mut rows = self.0;
        while !rows.is_empty() {
            let middle = rows.as_bytes().get(..rows.len() / 2)?;
            let start = middle.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
            let (before, rest) = rows.split_at_checked(start)?;
            let (row, after) = rest.split_once('\n')?;
            let row = Code::read(row);
            match row.code.cmp(code) {
                Ordering::Less => rows = after,
                Ordering::Greater => rows = before,
                Ordering::Equal => return Some(row),
            }
        }
        None
    }
}

impl Code {
    fn read(row: &'static str) -> Self {
        let mut cells = row.split('|');
        let mut cell = || cells.next().unwrap_or_default();
        let code = cell();
        let mut words = cell().split(' ');
        let mut word = || words.next().unwrap_or_default();
        Self {
            code,
            kind: Kind::parse(word()).unwrap_or(Kind::Server),
            retry: Retry::parse(word()).unwrap_or(Retry::Never),
            wait_s: word().parse().unwrap_or_default(),
            en: cell(),
            zh: cell(),
            next_en: cell(),
            next_zh: cell(),
        }
    }
}

/// What is known about an error code: the answer of [`Cloud::explain`](crate::Cloud::explain).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code as given.
    pub code: String,
    /// Whether the code itself is in the catalogue; otherwise prefix or status decided.
    pub known: bool,
    /// What sort of trouble.
    pub kind: Kind,
    /// Whether the same request can be sent again.
    pub retry: Retry,
    /// Shortest sensible wait before that, in milliseconds.
    pub wait_ms: Option<i64>,
    /// Who can mend it.
    pub owner: Owner,
    /// Cause, in English.
    pub cause_en: Cow<'static, str>,
    /// Cause, in Chinese.
    pub cause_zh: Cow<'static, str>,
    /// Next step, in English.
    pub next_en: Cow<'static, str>,
    /// Next step, in Chinese.
    pub next_zh: Cow<'static, str>,
}

impl Explanation {
    /// A row of the catalogue, with the defaults of its kind filled in.
    pub fn from_code(row: Code) -> Self {
        let (next_en, next_zh) = next_step(row.kind);
        let or = |own: &'static str, default: &'static str| Cow::Borrowed(if own.is_empty() { default } else { own });
        Self {
            code: row.code.to_owned(),
            known: true,
            kind: row.kind,
            retry: row.retry,
            wait_ms: (row.wait_s > 0).then_some(i64::from(row.wait_s) * 1000),
            owner: owner(row.kind),
            cause_en: Cow::Borrowed(row.en),
            cause_zh: Cow::Borrowed(row.zh),
            next_en: or(row.next_en, next_en),
            next_zh: or(row.next_zh, next_zh),
        }
    }

    /// Says which code of the catalogue was probably meant.
    #[must_use]
    pub(crate) fn meant(mut self, codes: &Codes) -> Self {
        if let Some(meant) = nearest(&self.code, &mut codes.rows().map(|row| row.code)) {
            self.cause_en = [&self.cause_en, "; did you mean ", meant, "?"].concat().into();
            self.cause_zh = [&self.cause_zh, "；是否应为 ", meant, "？"].concat().into();
        }
        self
    }

    /// A code that is in no catalogue: the kind was told by its prefix or the HTTP status.
    /// Unknown server trouble is [`Retry::Unsure`], unknown throttling [`Retry::Backoff`], all else never.
    pub fn fallback(code: &str, kind: Kind) -> Self {
        let (next_en, next_zh) = next_step(kind);
        Self {
            code: code.to_owned(),
            known: false,
            kind,
            retry: match kind {
                Kind::Throttled => Retry::Backoff,
                Kind::Server | Kind::Protocol => Retry::Unsure,
                _ => Retry::Never,
            },
            wait_ms: None,
            owner: owner(kind),
            cause_en: Cow::Borrowed("not in the catalogue; judged by its prefix or the HTTP status"),
            cause_zh: Cow::Borrowed("目录中没有此错误码，按前缀或 HTTP 状态判断"),
            next_en: Cow::Borrowed(next_en),
            next_zh: Cow::Borrowed(next_zh),
        }
    }
}

const fn owner(kind: Kind) -> Owner {
    match kind {
        Kind::Permission | Kind::Quota => Owner::Account,
        Kind::Server | Kind::Throttled | Kind::Protocol => Owner::Cloud,
        Kind::Auth | Kind::NotFound | Kind::Invalid | Kind::Conflict | Kind::Unsupported | Kind::Misuse => Owner::Caller,
    }
}

/// Default next step of a kind, English and Chinese.
const fn next_step(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Auth => ("check the access key, the session token and the clock", "检查访问密钥、会话令牌和本机时钟"),
        Kind::Permission => ("have the missing permission granted to this key", "请管理员为该密钥授权"),
        Kind::Throttled => ("wait and send again, more slowly", "稍后降低频率重试"),
        Kind::Quota => ("delete what is not needed or have the quota raised", "删除不用的资源或申请提高配额"),
        Kind::NotFound => ("check the id and the region", "检查 ID 和地域是否正确"),
        Kind::Invalid => ("correct the parameter and send again", "修正参数后重试"),
        Kind::Conflict => ("wait until the resource is free, or choose another name", "等待资源空闲，或换一个名称"),
        Kind::Unsupported => {
            ("choose another image, region or way; the cloud does not offer this", "云平台不支持此操作，请更换镜像、地域或方式")
        }
        Kind::Server => (
            "look whether it took effect, then send again; if it lasts, open a ticket with the request id",
            "先确认是否已生效再重试；若持续失败，请凭请求 ID 提交工单",
        ),
        Kind::Protocol => ("check the endpoint; if it is right, report the answer", "检查接入地址；若无误，请反馈该响应"),
        Kind::Misuse => ("correct the call as the message says", "按提示修正调用"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Cloud;

    #[test]
    fn every_row_of_a_catalogue_is_well_written() {
        for row in Cloud::ALL.iter().flat_map(|cloud| cloud.codes().0.lines()) {
            let cells: Vec<&str> = row.split('|').collect();
            assert!(matches!(cells.len(), 2 | 4 | 6), "{row}: causes and next steps come in both languages");
            let code = Code::read(row);
            let mut words = format!("{} {} {}", code.kind, code.retry.as_str(), code.wait_s);
            for default in [" 0", " never"] {
                words.truncate(words.strip_suffix(default).map_or(words.len(), str::len));
            }
            assert_eq!(cells[1], words, "{row}");
        }
    }

    #[test]
    fn every_code_is_found() {
        for cloud in Cloud::ALL {
            let codes = cloud.codes();
            assert!(codes.rows().is_sorted_by(|a, b| a.code < b.code));
            for row in codes.rows() {
                assert_eq!(codes.find(row.code), Some(row));
                assert_eq!(codes.find(&format!("{}\0", row.code)), None);
            }
            for unknown in ["", "|", "\n", "~"] {
                assert_eq!(codes.find(unknown), None);
            }
        }
    }
}
