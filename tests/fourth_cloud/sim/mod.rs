//! The scratch cloud in a box: it refuses everything in its own words.

use super::arrived::Parsed;
use super::turn::{Outcome, Refused, Turn, content_type};
use super::world::World;
use imgferry::Answer;
use serde_json::json;

pub(super) fn action(_: &World, request: &Parsed<'_>) -> String {
    request.path.clone()
}

pub(super) fn serve(_: &mut World, turn: &mut Turn<'_>) -> Outcome {
    turn.region = "four-1".to_owned();
    Err(Refused::new(404, "NoSuchImage", "There is no such image."))
}

pub(super) fn throttled(_: u32) -> Refused {
    Refused::new(429, "TooMany", "Too many requests.")
}

pub(super) fn envelope(_: &Turn<'_>, outcome: Outcome) -> Answer {
    let (status, body) = match outcome {
        Ok(done) => (done.status, done.result),
        Err(refused) => (refused.status, json!({"Code": refused.code, "Message": refused.message})),
    };
    Answer { status, headers: vec![content_type("application/json")], body: body.to_string().into_bytes() }
}
