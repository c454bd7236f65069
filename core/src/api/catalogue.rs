//! Catalogues of error codes, and what an error means: cause, owner, next step.

use crate::api::operation::Effect;
use crate::api::site::Language;
use crate::base::error::{Kind, Retry};
use crate::base::json::Object;
use crate::base::spelling::nearest;
use crate::base::text::{Pieces, concat, halves, has_cells, joined, pieces};
use crate::base::texts::{self, zh};
use crate::base::time::number;
use crate::base::value::Value;
use crate::base::words::words;
use std::borrow::Cow;

words! {
    /// Who can mend it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Owner {
        /// The caller: parameters, plan, credentials, clock.
        Caller = "caller",
        /// The owner of the account: permissions, quota, payment.
        Account = "account",
        /// The cloud.
        Cloud = "cloud",
    }
}

/// A cloud's error catalogue: one row a code, sorted. Made by `codes!`.
///
/// Texts and advice stand apart, and the texts are one: that is half as large as a table of pointers to them.
#[derive(Debug)]
pub struct Codes {
    /// A line a row, with `|` between its cells: the code; the wait; the cause in English and Chinese; the next step in both.
    texts: &'static str,
    advice: &'static [Advice],
    /// Where every [`STRIDE`]th line begins: one is looked for among these first.
    marks: &'static [u16],
    /// The cause, in English and Chinese, of a row without one of its own.
    common: fn(Kind) -> [&'static str; 2],
}

/// What a row advises.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Advice {
    pub(crate) kind: Kind,
    pub(crate) retry: Retry,
}

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
    /// What [`codes!`] makes.
    pub(crate) const fn new(codes: &[&str], texts: &'static str, advice: &'static [Advice], marks: &'static [u16]) -> Self {
        assert!(is_sorted(codes), "the rows are sorted, each code once");
        const BARS: usize = if cfg!(feature = "texts") { 5 } else { 1 };
        assert!(has_cells(texts.as_bytes(), advice.len(), BARS), "no text holds a vertical bar or a line feed");
        Self { texts, advice, marks, common: |_| ["", ""] }
    }

    /// With a cause by kind for the rows that have none. It is compiled in or loaded as the other texts are, so that a text that is not
    /// loaded is never taken for one that there is not.
    pub(crate) const fn or(self, common: fn(Kind) -> [&'static str; 2]) -> Self {
        Self { common, ..self }
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = Code> {
        self.lines().enumerate().map(|(at, (line, advice))| self.row(at, line, advice))
    }

    /// The row of that code.
    pub fn find(&self, code: &str) -> Option<Code> {
        let after = self.marks.partition_point(|mark| self.lines_from(*mark).next().is_some_and(|line| code_of(line) <= code));
        let first = after.checked_sub(1)?;
        let lines = self.lines_from(*self.marks.get(first)?).zip(self.advice.get(first * STRIDE..)?);
        for (at, (line, advice)) in lines.take(STRIDE).enumerate() {
            if code_of(line) == code {
                return Some(self.row(first * STRIDE + at, line, advice));
            }
        }
        None
    }

    /// The codes of all rows.
    fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.lines().map(|(line, _)| code_of(line))
    }

    fn lines(&self) -> impl Iterator<Item = (&'static str, &'static Advice)> {
        self.lines_from(0).zip(self.advice)
    }

    fn lines_from(&self, mark: u16) -> Pieces<'static> {
        pieces(self.texts.get(usize::from(mark)..).unwrap_or_default(), b'\n')
    }

    fn row(&self, at: usize, line: &'static str, &Advice { kind, retry }: &Advice) -> Code {
        let [code, wait, en, zh, next_en, next_zh] = cells(line);
        let wait_s = number(wait.as_bytes()).unwrap_or_default() as u16;
        let [en, zh] = if en.is_empty() { (self.common)(kind) } else { [en, zh] };
        let [en, next_en] = self.told(Language::En, at, kind, [en, next_en]);
        let [zh, next_zh] = self.told(Language::Zh, at, kind, [zh, next_zh]);
        Code { code, kind, retry, wait_s, en, zh, next_en, next_zh }
    }

    /// Cause and next step: those that are compiled in, or those that are loaded.
    fn told(&self, language: Language, at: usize, kind: Kind, own: [&'static str; 2]) -> [&'static str; 2] {
        if cfg!(feature = "texts") {
            return own;
        }
        let row = |row| texts::row(language, self.texts, row, "");
        let [cause, next] = halves(row(at));
        // What the rows of a kind have in common stands below all rows.
        [if cause.is_empty() { row(self.advice.len() + kind as usize) } else { cause }, next]
    }

    /// Its texts in that language as they are loaded: a line a row, and one for the cause of each kind behind them.
    pub fn texts(&self, language: Language) -> String {
        let mut rows = Vec::new();
        for (line, _) in self.lines() {
            let [_, _, en, zh, next_en, next_zh] = cells(line);
            let (cause, next) = if language == Language::Zh { (zh, next_zh) } else { (en, next_en) };
            rows.push(if next.is_empty() { cause.to_owned() } else { concat(&[cause, "|", next]) });
        }
        rows.extend(Kind::ALL.map(|kind| (self.common)(kind)[language as usize].to_owned()));
        joined(&rows, "\n")
    }
}

fn cells(line: &str) -> [&str; 6] {
    let mut cells = pieces(line, b'|');
    let mut cell = || cells.next().unwrap_or_default();
    [cell(), cell(), cell(), cell(), cell(), cell()]
}

fn code_of(line: &str) -> &str {
    pieces(line, b'|').next().unwrap_or_default()
}

/// Lines from one mark to the next.
pub(crate) const STRIDE: usize = 16;

/// Whether each code comes before the next.
const fn is_sorted(mut codes: &[&str]) -> bool {
    while let [first, rest @ ..] = codes {
        if let [second, ..] = rest
            && !is_less(first.as_bytes(), second.as_bytes())
        {
            return false;
        }
        codes = rest;
    }
    true
}

const fn is_less(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([a_first, a_rest @ ..], [b_first, b_rest @ ..]) = (a, b) {
        if *a_first != *b_first {
            return *a_first < *b_first;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && !b.is_empty()
}

/// Declares a catalogue: `"code": Kind Retry seconds, "cause" / "原因", "next step" / "下一步";` a row. Never is the retry, and
/// no wait, where they are left out; so may be the next step, which the kind tells, and the cause.
macro_rules! codes {
    ($( $code:literal: $kind:ident $($retry:ident $($wait:literal)?)? $(, $en:literal / $zh:literal $(, $next_en:literal / $next_zh:literal)?)? ; )+) => {{
        const CODES: &[&str] = &[$($code),+];
        const TEXTS: &str = concat!($(
            $code, "|", $($($wait,)?)? $crate::base::text::for_texts!("|"), $($crate::base::text::for_texts!($en),)?
            $crate::base::text::for_texts!("|"), $($crate::base::text::for_texts!($zh),)?
            $crate::base::text::for_texts!("|"), $($($crate::base::text::for_texts!($next_en),)?)?
            $crate::base::text::for_texts!("|"), $($($crate::base::text::for_texts!($next_zh),)?)? "\n"
        ),+);
        $crate::api::catalogue::Codes::new(
            CODES,
            TEXTS,
            &[$( $crate::api::catalogue::advice!($kind $($retry)?) ),+],
            &const { $crate::base::text::marks::<{ CODES.len().div_ceil($crate::api::catalogue::STRIDE) }>(TEXTS, $crate::api::catalogue::STRIDE) },
        )
    }};
}

macro_rules! advice {
    ($kind:ident) => {
        $crate::api::catalogue::advice!($kind Never)
    };
    ($kind:ident $retry:ident) => {
        $crate::api::catalogue::Advice { kind: $crate::base::error::Kind::$kind, retry: $crate::base::error::Retry::$retry }
    };
}
pub(crate) use {advice, codes};

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
        if let Some(meant) = nearest(&self.code, &mut codes.codes()) {
            self.cause_en = concat(&[&self.cause_en, "; did you mean ", meant, "?"]).into();
            self.cause_zh = zh!("{0}；是否应为 {1}？", &self.cause_zh, meant).into();
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
            cause_zh: Cow::Borrowed(zh!("目录中没有此错误码，按前缀或 HTTP 状态判断")),
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
fn next_step(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Auth => ("check the access key, the session token and the clock", zh!("检查访问密钥、会话令牌和本机时钟")),
        Kind::Permission => ("have the missing permission granted to this key", zh!("请管理员为该密钥授权")),
        Kind::Throttled => ("wait and send again, more slowly", zh!("稍后降低频率重试")),
        Kind::Quota => ("delete what is not needed or have the quota raised", zh!("删除不用的资源或申请提高配额")),
        Kind::NotFound => ("check the id and the region", zh!("检查 ID 和地域是否正确")),
        Kind::Invalid => ("correct the parameter and send again", zh!("修正参数后重试")),
        Kind::Conflict => ("wait until the resource is free, or choose another name", zh!("等待资源空闲，或换一个名称")),
        Kind::Unsupported => {
            ("choose another image, region or way; the cloud does not offer this", zh!("云平台不支持此操作，请更换镜像、地域或方式"))
        }
        Kind::Server => (
            "look whether it took effect, then send again; if it lasts, open a ticket with the request id",
            zh!("先确认是否已生效再重试；若持续失败，请凭请求 ID 提交工单"),
        ),
        Kind::Protocol => ("check the endpoint; if it is right, report the answer", zh!("检查接入地址；若无误，请反馈该响应")),
        Kind::Misuse => ("correct the call as the message says", zh!("按提示修正调用")),
    }
}

impl Explanation {
    /// Whether a request of that effect may go out again, in English and Chinese: a launch is not a read.
    pub fn again(&self, effect: Effect) -> [&'static str; 2] {
        match (self.retry, effect) {
            (Retry::Never, _) => ["not as it is", zh!("不可原样重试")],
            (Retry::Backoff, _) => ["after a wait: the cloud has not acted", zh!("等待后可以：云平台未执行")],
            (Retry::Unsure, Effect::Read) => ["yes: it changes nothing", zh!("可以：不改变任何内容")],
            (Retry::Unsure, Effect::Change) => ["yes: done twice it is the same", zh!("可以：重复执行结果相同")],
            (Retry::Unsure, Effect::Launch) => {
                ["only after a look at the destination: it may have been carried out", zh!("须先查看目标地域：可能已经执行")]
            }
            (Retry::Clock, _) => ["once, signed by the server's time", zh!("按服务器时间重签一次")],
            (Retry::Credentials, _) => ["with other keys", zh!("更换密钥后可以")],
        }
    }

    /// The next command to run; words in capitals stand for what it is run on.
    pub fn command(&self) -> &'static str {
        match self.kind {
            _ if self.code.starts_with("transport.") => "imgferry doctor CLOUD",
            Kind::Auth | Kind::Protocol => "imgferry doctor CLOUD",
            Kind::Permission => "imgferry permissions PLAN",
            Kind::Throttled | Kind::Server => "imgferry resume RUN",
            Kind::Quota => "imgferry prune --keep N --older-than AGE --dry-run CLOUD:REGION",
            Kind::NotFound => "imgferry images list CLOUD REGION",
            Kind::Conflict => "imgferry plan PLAN",
            Kind::Invalid | Kind::Misuse => "imgferry check PLAN",
            Kind::Unsupported => "imgferry rules CLOUD",
        }
    }

    /// The explanation as a JSON object.
    pub fn to_value(&self) -> Value {
        let Explanation { code, known, kind, retry, wait_ms, owner, cause_en, cause_zh, next_en, next_zh } = self;
        Object::new()
            .set("code", code.as_str())
            .set("known", *known)
            .set("kind", kind.as_str())
            .set("retry", retry.as_str())
            .set("wait_ms", *wait_ms)
            .set("owner", owner.as_str())
            .set("cause", &**cause_en)
            .set("cause_zh", &**cause_zh)
            .set("next", &**next_en)
            .set("next_zh", &**next_zh)
            .set("again_launch", self.again(Effect::Launch)[0])
            .set("again_launch_zh", self.again(Effect::Launch)[1])
            .set("again_read", self.again(Effect::Read)[0])
            .set("again_read_zh", self.again(Effect::Read)[1])
            .set("command", self.command())
            .value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::cloud::Cloud;

    #[test]
    fn rows_out_of_order_or_with_too_many_cells_do_not_compile() {
        assert!(is_sorted(&[]) && is_sorted(&["a"]) && is_sorted(&["a", "a.b", "b"]));
        assert!(!is_sorted(&["a", "a"]) && !is_sorted(&["b", "a"]) && !is_sorted(&["a.b", "a"]));
        assert!(has_cells(b"a||||\nb|c|d|e|f\n", 2, 4));
        assert!(!has_cells(b"a||||\n", 2, 4) && !has_cells(b"a|||\nb|||||\n", 2, 4) && !has_cells(b"a||||", 1, 4));
    }

    #[test]
    fn every_code_is_found() {
        for cloud in Cloud::ALL {
            let codes = cloud.codes();
            for row in codes.rows().step_by(if cfg!(miri) { 120 } else { 1 }) {
                assert_eq!(codes.find(row.code), Some(row));
                assert_eq!(codes.find(&format!("{}\0", row.code)), None);
            }
            assert!(codes.codes().eq(codes.rows().map(|row| row.code)));
            for unknown in ["", "|", "\n", "~"] {
                assert_eq!(codes.find(unknown), None);
            }
        }
    }
}
