//! Long listings, whose rows are made when JavaScript asks for them.

use crate::convert::{Record, wrong};
use crate::kept::{Kept, Long, keep, with};
use crate::operation::{answer, named, sent};
use imgferry::api::json::{Object, Value};
use imgferry::{Error, Reading};

/// Reads an answer, but leaves the rows of a long listing for later: how many, and what the list is called that lacks them.
pub(crate) fn read_long(input: &mut Record, body: Option<Vec<u8>>) -> Result<Value, Error> {
    let (number, body) = (input.whole("number")?, body.unwrap_or_default());
    let (operation, params) = (named(input)?, sent(input)?);
    let envelope = answer(input.record("answer")?, None)?;
    input.end()?;
    let mut told = Object::new();
    match imgferry::read_long(operation, envelope, &body)? {
        Reading::Whole(reply) => told.set("reply", reply.without_sent(&params).to_value()),
        Reading::Long(listing) => {
            told.set("reply", listing.head.to_value()).set("list", &*listing.list).set("count", listing.len() as u64);
            keep(number as u64, Kept::Long(Box::new(Long { listing, body })));
            &mut told
        }
    };
    Ok(told.value())
}

/// The rows of these places: those of the facts, or as the vendor writes them.
pub(crate) fn rows(input: &mut Record) -> Result<Value, Error> {
    let (number, start, stop) = (input.whole("number")?, input.whole("start")?, input.whole("stop")?);
    let half = input.text("half")?;
    input.end()?;
    with(number as u64, |kept| match kept {
        Kept::Long(long) => {
            let Long { listing, body } = &**long;
            let name = if half == "facts" { "items" } else { &*listing.list };
            let rows = |reply: &mut Value| reply.get_mut(&half).and_then(|half| half.get_mut(name)).map_or(Value::Null, Value::take);
            Some(listing.rows(body, start as usize..stop as usize).map(|reply| rows(&mut reply.to_value())))
        }
        _ => None,
    })
    .unwrap_or_else(|| Err(wrong("number", "that of a listing")))
}
