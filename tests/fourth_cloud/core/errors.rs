//! The error catalogue.

use crate::api::catalogue::{Codes, Explanation, codes};
use crate::base::error::Kind;

pub(crate) static CODES: Codes = codes! {
    "NoSuchImage": NotFound, "no such image" / "找不到镜像";
    "TooMany": Throttled Backoff 1, "too many requests" / "请求过于频繁", "wait a second" / "等待一秒";
};

pub(crate) fn explain(code: &str, status: Option<u16>) -> Explanation {
    match CODES.find(code) {
        Some(row) => Explanation::from_code(row),
        None => Explanation::fallback(code, status.map_or(Kind::Server, Kind::of_status)),
    }
}

pub(crate) fn explain_message(code: &str, _message: &str, status: Option<u16>) -> Explanation {
    explain(code, status)
}
