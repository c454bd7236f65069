//! What the job itself has to say against a step.

use crate::base::error::{Error, Kind};

/// The answer is none to what was asked.
pub(crate) fn unexpected() -> Error {
    Error::new(Kind::Protocol, "answer.unexpected", "the answer does not hold what was asked for")
        .hint("check the endpoint; if it is right, report the answer", "请检查接入地址；若无误，请反馈该响应")
}

/// Time is up.
pub(crate) fn deadline(whose_en: &str, whose_zh: &str) -> Error {
    Error::new(Kind::Server, "deadline", format!("the deadline of {whose_en} has passed"))
        .hint("resume the journal to go on, or set a longer deadline", format!("{whose_zh}已超时；可从日志恢复继续，或设置更长的期限"))
}

/// Whatever answers does not tell the regions apart, so that nothing it lists proves anything.
pub(crate) fn in_two_regions(image: &str) -> Error {
    let message = format!("the image {image} seems to be in two regions: the host does not tell regions apart");
    Error::new(Kind::Conflict, "image.in_two_regions", message).hint(
        "put {region} into the endpoint, or {to} into the name, and look at the destination",
        "请在接入地址中加入 {region}，或在名称中加入 {to}，并核对目标地域",
    )
}
