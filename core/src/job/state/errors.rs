//! What the job itself has to say against a step.

use crate::base::error::{Error, Kind};
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::decimal;

/// The answer is none to what was asked.
pub(crate) fn unexpected() -> Error {
    Error::new(Kind::Protocol, "answer.unexpected", "the answer does not hold what was asked for")
        .hint("check the endpoint; if it is right, report the answer", zh!("请检查接入地址；若无误，请反馈该响应"))
}

/// A journal whose first line was never written to its end.
pub(crate) fn empty_journal() -> Error {
    Error::new(Kind::Misuse, "journal.empty", "the journal holds no complete first line")
        .hint("nothing was sent yet; delete the file and start the plan again", zh!("尚未发送任何请求；请删除该文件并重新执行计划"))
}

/// A line that is whole, but of another plan.
pub(crate) fn misfit(line: usize) -> Error {
    Error::new(Kind::Misuse, "journal.line", concat(&["line ", &decimal(line as i64), " of the journal does not fit its plan"]))
        .hint("nothing was overwritten; restore the file from a copy", zh!("未覆盖任何内容；请从备份恢复该文件"))
}

/// Time is up.
pub(crate) fn deadline(whose_en: &str, whose_zh: &str) -> Error {
    Error::new(Kind::Server, "deadline", concat(&["the deadline of ", whose_en, " has passed"]))
        .hint("resume the journal to go on, or set a longer deadline", zh!("{0}已超时；可从日志恢复继续，或设置更长的期限", whose_zh))
}

/// Whatever answers does not tell the regions apart, so that nothing it lists proves anything.
pub(crate) fn in_two_regions(image: &str) -> Error {
    let message = concat(&["the image ", image, " seems to be in two regions: the host does not tell regions apart"]);
    Error::new(Kind::Conflict, "image.in_two_regions", message).hint(
        "put {region} into the endpoint, or {to} into the name, and look at the destination",
        zh!("请在接入地址中加入 {region}，或在名称中加入 {to}，并核对目标地域"),
    )
}
