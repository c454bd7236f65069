//! Parameters: how they travel, and their shapes.

use crate::turn::{Refused, Turn};
use serde_json::{Map, Value};

/// The JSON object in the body.
pub(super) fn body(turn: &Turn<'_>) -> Result<Map<String, Value>, Refused> {
    if turn.request.body.is_empty() {
        return Err(Refused::new(400, "IMG.0007", "The request body is empty."));
    }
    // Without a content type the body is taken for JSON.
    let is_json = turn.request.header("content-type").is_none() || turn.request.content_type_is("application/json");
    match serde_json::from_slice(turn.request.body) {
        Ok(Value::Object(fields)) if is_json => Ok(fields),
        _ => Err(Refused::new(400, "IMG.0001", "The request body is not in the expected format.")),
    }
}

/// A text of the body; absent and null are the same, and anything else is refused.
pub(super) fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Result<Option<&'b str>, Refused> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refused::new(400, "IMG.0001", format!("The value of {name} must be a string."))),
    }
}

/// A list of texts of the body; what is no text is left out.
pub(super) fn texts(body: &Map<String, Value>, name: &str) -> Vec<String> {
    let items = body.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn check_name(name: Option<&str>) -> Result<&str, Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(400, code, message));
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return refused("IMG.0013", "The image name is missing.");
    };
    if name.chars().count() > 128 {
        return refused("IMG.0002", "The image name is longer than 128 characters.");
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ' ' | '\u{4E00}'..='\u{9FA5}');
    match name.trim_matches(' ') == name && name.chars().all(allowed) {
        true => Ok(name),
        false => refused("IMG.0003", "The format of the image name is incorrect."),
    }
}

pub(super) fn check_description(description: Option<&str>) -> Result<(), Refused> {
    let text = description.unwrap_or_default();
    if text.chars().count() > 1024 {
        return Err(Refused::new(400, "IMG.0004", "The description is longer than 1024 characters."));
    }
    match text.chars().any(|c| c.is_control() || matches!(c, '<' | '>')) {
        true => Err(Refused::new(400, "IMG.0054", "The format of the description is incorrect.")),
        false => Ok(()),
    }
}
