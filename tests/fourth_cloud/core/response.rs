//! How answers are read.

use super::errors::explain;
use crate::api::answer::{error, is_success, json, unexpected};
use crate::api::facts::{Facts, Reply};
use crate::api::operation::Operation;
use crate::base::error::Error;
use crate::base::http::Answer;
use crate::base::record::Params;

pub(crate) fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    let body = json(answer, None)?;
    if !is_success(answer.status) {
        let code = body["Code"].as_str().unwrap_or_default();
        return Err(error(&explain(code, Some(answer.status)), "", answer, None));
    }
    match (operation.answer)(body.as_object()) {
        Ok(facts) => Ok(Reply { request_id: None, facts, data: body }),
        Err(lacks) => Err(unexpected(answer, None, lacks)),
    }
}

pub(super) fn nothing(_: Option<&Params>) -> Result<Facts, &'static str> {
    Ok(Facts::Nothing)
}
