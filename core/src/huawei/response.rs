//! How Huawei's answers are read.
//!
//! A success is judged by what it holds: an answer that lacks what its operation promises is a refusal when it
//! holds one of the cloud's ten error envelopes, whatever its status, and a protocol error otherwise.

use super::errors;
use crate::answer;
use crate::error::{Error, Kind, Retry};
use crate::facts::{Facts, Image, Launched, Origin, Ownership, Page, Project, Quota, Reply, State, Task, TaskState};
use crate::http::Answer;
use crate::operation::{Operation, Params};
use crate::time::Millis;
use serde_json::Value;

/// Reads an answer. Total: any status and any bytes.
///
/// # Errors
/// What the cloud refused; [`Kind::Protocol`] when a success does not hold what the API promises.
pub fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    let header_id = answer.header("x-request-id").or_else(|| answer.header("x-iam-trace-id")).filter(|id| !id.is_empty());
    let success = answer::is_success(answer.status);
    if success && answer.body.is_empty() && answers_nothing(operation) {
        return Ok(Reply { request_id: header_id.map(str::to_owned), facts: Facts::Nothing, data: Value::Null });
    }
    let data = answer::json(answer, header_id)?;
    let request_id = header_id.map(str::to_owned).or_else(|| body_request_id(&data));
    if success && let Some(facts) = facts(operation, &data) {
        return Ok(Reply { request_id, facts, data });
    }
    Err(match envelope(&data) {
        Some((code, message)) => refusal(&code, &message, answer, request_id.as_deref()),
        None => answer::unexpected(answer, request_id.as_deref(), &format!("nothing that {} promises", operation.name)),
    })
}

/// Operations whose success has no body.
fn answers_nothing(operation: &Operation) -> bool {
    matches!(operation.name, "AddImageTags" | "DeleteImage")
}

/// What a success tells; `None` when it lacks what the operation promises.
fn facts(operation: &Operation, data: &Value) -> Option<Facts> {
    let body = data.as_object()?;
    let has = |list: &str| body.get(list).filter(|value| value.is_array());
    match operation.name {
        "ListAgencies" => {
            has("agencies")?;
            Some(Facts::Agencies(page(answer::records(body, "agencies").filter_map(|agency| answer::owned(agency, "name")))))
        }
        "ListImageMembers" => {
            has("members")?;
            Some(Facts::Accounts(answer::records(body, "members").filter_map(|member| answer::id(member, "member_id")).collect()))
        }
        "ListImages" => {
            let images = answer::records(has("images").and(Some(body))?, "images");
            let items: Vec<Image> = images.filter_map(image).collect();
            let next = next_marker(body, &items);
            Some(Facts::Images(Page { items, next, total: None }))
        }
        "ListProjects" => {
            has("projects")?;
            Some(Facts::Projects(page(answer::records(body, "projects").filter_map(project))))
        }
        "ListRegions" => {
            has("regions")?;
            Some(Facts::Regions(page(answer::records(body, "regions").filter_map(|region| answer::owned(region, "id")))))
        }
        "ShowImage" | "UpdateImage" => Some(Facts::Images(page(std::iter::once(image(body)?)))),
        "ShowImageQuota" => quota(body).map(Facts::Quota),
        "ShowJob" | "ShowJobProgress" => Some(Facts::Tasks(page(std::iter::once(job(body)?)))),
        _ if answers_nothing(operation) => envelope(data).is_none().then_some(Facts::Nothing),
        _ => Some(Facts::Launched(vec![Launched { task: Some(answer::id(body, "job_id")?), ..Launched::default() }])),
    }
}

fn page<T>(items: impl Iterator<Item = T>) -> Page<T> {
    Page { items: items.collect(), next: None, total: None }
}

/// Where the next page of images begins. Older installations do not tell; then a page as full as the default
/// limit goes on after its last image. Whoever asks those for smaller pages goes on by the last id himself.
fn next_marker(body: &Params, items: &[Image]) -> Option<String> {
    const DEFAULT_LIMIT: usize = 500;
    match body.get("page_info").and_then(Value::as_object) {
        Some(info) => answer::owned(info, "next_marker"),
        None => items.last().filter(|_| items.len() >= DEFAULT_LIMIT).map(|image| image.id.clone()),
    }
}

/// An image of a listing, or alone; one without an id is none.
fn image(record: &Params) -> Option<Image> {
    let filled = |name: &str| answer::text(record, name).is_some();
    let word = |name: &str, word: &str| answer::text(record, name).map(|text| text.eq_ignore_ascii_case(word));
    let raw_state = answer::text_or_empty(record, "status");
    Some(Image {
        id: answer::owned(record, "id")?,
        name: answer::text_or_empty(record, "name"),
        description: answer::owned(record, "__description"),
        state: match raw_state.to_ascii_lowercase().as_str() {
            "active" => State::Ready,
            "killed" => State::Failed,
            "deleted" => State::Gone,
            // queued, saving, and every word we do not know
            _ => State::Pending,
        },
        raw_state,
        percent: None,
        created: answer::time(record, "created_at"),
        // "0" stands for a size that the service does not know.
        size_bytes: answer::count(record, "__image_size").filter(|size| *size > 0),
        ownership: ownership(record),
        // The key is listed only for encrypted images.
        encrypted: Some(filled("__system__cmkid")),
        iso: match (word("virtual_env_type", "IsoImage"), word("disk_format", "iso")) {
            (None, None) => None,
            (by_kind, by_format) => Some(by_kind == Some(true) || by_format == Some(true)),
        },
        whole: Some(
            is_true(record, "__whole_image")
                || filled("__backup_id")
                || answer::text(record, "__data_origin").is_some_and(|origin| origin.starts_with("server_backup,")),
        ),
        os: answer::owned(record, "__os_type").or_else(|| answer::owned(record, "__platform")),
        origin: answer::text(record, "__data_origin").and_then(origin),
        tags: answer::texts(record, "tags").iter().map(|tag| split_tag(tag)).collect(),
        lifecycle: None,
        detection: None,
    })
}

/// Booleans come as booleans and as texts in either case.
fn is_true(record: &Params, name: &str) -> bool {
    match record.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// The image type decides; the visibility of one's own image may well be `shared`.
fn ownership(record: &Params) -> Ownership {
    match (answer::text(record, "__imagetype"), answer::text(record, "visibility")) {
        (Some("private"), _) | (None, Some("private")) => Ownership::Private,
        (Some("shared"), _) | (None, Some("shared")) => Ownership::Shared,
        (Some("gold"), _) | (None, Some("public")) => Ownership::Public,
        (Some("market"), _) => Ownership::Market,
        _ => Ownership::Unknown,
    }
}

/// `image,<source region>,<source image id>`: how a replica is recognised.
fn origin(text: &str) -> Option<Origin> {
    let (region, image) = text.strip_prefix("image,")?.split_once(',')?;
    (!region.is_empty() && !image.is_empty()).then(|| Origin { region: region.to_owned(), image: image.to_owned() })
}

/// Tags come as `key=value`, from older installations as `key.value`, and as a bare key.
fn split_tag(tag: &str) -> (String, String) {
    let (key, value) = tag.split_once('=').or_else(|| tag.split_once('.')).unwrap_or((tag, ""));
    (key.to_owned(), value.to_owned())
}

fn project(record: &Params) -> Option<Project> {
    let enabled = record.get("enabled").is_none_or(Value::is_null) || is_true(record, "enabled");
    Some(Project { id: answer::owned(record, "id")?, name: answer::text_or_empty(record, "name"), enabled })
}

fn quota(body: &Params) -> Option<Quota> {
    let quotas = body.get("quotas")?.as_object()?;
    quotas.get("resources")?.as_array()?;
    let images = answer::records(quotas, "resources").find(|resource| answer::text(resource, "type") == Some("image"));
    Some(images.map_or_else(Quota::default, |images| Quota { total: answer::count(images, "quota"), used: answer::count(images, "used") }))
}

/// A job. An image id may be there while it runs: only the state tells that the image is done.
fn job(body: &Params) -> Option<Task> {
    let raw_state = answer::text_or_empty(body, "status");
    let id = answer::id(body, "job_id");
    if raw_state.is_empty() && id.is_none() {
        return None;
    }
    let state = task_state(&raw_state);
    let none = Params::new();
    let entities = body.get("entities").and_then(Value::as_object).unwrap_or(&none);
    Some(Task {
        id: id.unwrap_or_default(),
        kind: answer::text_or_empty(body, "job_type"),
        state,
        raw_state,
        percent: job_percent(entities),
        image: answer::owned(entities, "image_id"),
        created: answer::time(body, "begin_time"),
        failure: if state == TaskState::Failed { failure(body, entities) } else { None },
    })
}

/// INIT, RUNNING, SUCCESS, FAIL; the vendor's prose says success and failed.
fn task_state(word: &str) -> TaskState {
    match word.to_ascii_lowercase().as_str() {
        "success" => TaskState::Succeeded,
        "fail" | "failed" => TaskState::Failed,
        _ => TaskState::Running,
    }
}

/// Progress is a fraction, 0 to 1; anything above 1 was meant as percent.
fn job_percent(entities: &Params) -> Option<u8> {
    let progress = match entities.get("process_percent")? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => answer::number(text.trim().trim_end_matches('%')),
        _ => None,
    };
    let percent =
        progress.filter(|progress| progress.is_finite()).map(|progress| if progress <= 1.0 { progress * 100.0 } else { progress })?;
    // The cast keeps to the range of the target.
    Some(percent.clamp(0.0, 100.0).round() as u8)
}

/// Why a job failed: the first of the places that say anything.
fn failure(body: &Params, entities: &Params) -> Option<(String, String)> {
    let pair = |record: &Params, code: &str, message: &str| {
        let pair = (answer::id(record, code).unwrap_or_default(), answer::text_or_empty(record, message));
        (!pair.0.is_empty() || !pair.1.is_empty()).then_some(pair)
    };
    pair(body, "error_code", "fail_reason")
        .or_else(|| pair(entities, "error_code", "error"))
        .or_else(|| pair(entities, "addition_error_code", "addition_error_msg"))
        .or_else(|| {
            answer::records(entities, "sub_jobs_result")
                .filter(|job| task_state(&answer::text_or_empty(job, "status")) == TaskState::Failed)
                .find_map(|job| pair(job, "error_code", "fail_reason"))
        })
}

/// Code and message of an error, in whichever of the cloud's envelopes. An empty or null code counts as missing.
fn envelope(data: &Value) -> Option<(String, String)> {
    const NAMES: [(&str, &str); 3] = [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")];
    let body = data.as_object()?;
    let pair = |record: &Params| {
        NAMES.iter().find_map(|(code, message)| Some((answer::id(record, code)?, answer::text_or_empty(record, message))))
    };
    let listed = || {
        let first = |name: &str| match body.get(name)? {
            Value::Array(items) => items.iter().find_map(Value::as_str),
            other => other.as_str(),
        };
        let code = first("errorcode").filter(|code| !code.is_empty())?;
        Some((code.to_owned(), first("message").unwrap_or_default().to_owned()))
    };
    pair(body).or_else(|| body.values().filter_map(Value::as_object).find_map(pair)).or_else(listed)
}

fn body_request_id(data: &Value) -> Option<String> {
    let body = data.as_object()?;
    answer::owned(body, "request_id").or_else(|| answer::owned(body.get("error")?.as_object()?, "request_id"))
}

/// The error of an envelope. The gateway's two commonest codes say in their text what to do.
fn refusal(code: &str, message: &str, answer: &Answer, request_id: Option<&str>) -> Error {
    let explanation = errors::explain_message(code, message, Some(answer.status));
    let is_throttled = explanation.kind == Kind::Throttled;
    let mut error = answer::error(&explanation, message, answer, request_id);
    if is_throttled {
        error.wait_ms = error.wait_ms.max(throttle_ms(message));
    } else if errors::explain(code, Some(answer.status)).kind == Kind::Auth {
        if error.retry == Retry::Clock {
            error.server_time = after(message, "server time:").and_then(|text| Millis::parse(text.get(..16)?)).or(error.server_time);
            // Signed anew with the same clock it would only count as another failure.
            error.retry = if error.server_time.is_some() { Retry::Clock } else { Retry::Never };
        }
        error.message = hide_keys(&error.message);
    }
    error
}

/// `limit:5,time:1 minute`: five a minute, so one in twelve seconds.
fn throttle_ms(message: &str) -> Option<i64> {
    const DAY_MS: i64 = 86_400_000;
    let limit: i64 = leading_number(after(message, "limit:")?)?;
    let time = after(message, "time:")?;
    let unit_ms = match time.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start() {
        unit if unit.starts_with("second") => 1000,
        unit if unit.starts_with("minute") => 60_000,
        unit if unit.starts_with("hour") => 3_600_000,
        unit if unit.starts_with("day") => DAY_MS,
        _ => return None,
    };
    let window_ms = leading_number(time)?.checked_mul(unit_ms)?;
    Some(window_ms.checked_div(limit)?.clamp(1, DAY_MS))
}

fn after<'a>(text: &'a str, marker: &str) -> Option<&'a str> {
    text.split_once(marker).map(|(_, rest)| rest)
}

fn leading_number(text: &str) -> Option<i64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

/// Hides what the gateway echoes of the caller: session tokens, and access key ids after their fourth character.
fn hide_keys(message: &str) -> String {
    const TOKEN: &str = "x-security-token:";
    let mut parts = message.split(TOKEN);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_token, rest) = part.split_at(part.find(['|', '\n']).unwrap_or(part.len()));
        shown.push_str(TOKEN);
        shown.push_str(crate::http::REDACTED);
        shown.push_str(rest);
    }
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let mut hidden = String::with_capacity(shown.len());
    for piece in shown.split_inclusive(|c| !is_word(c)) {
        match piece.split_at_checked(4) {
            Some((start, _)) if is_key_id(piece.trim_end_matches(|c| !is_word(c))) => {
                hidden.push_str(start);
                hidden.push('…');
                hidden.extend(piece.chars().next_back().filter(|c| !is_word(*c)));
            }
            _ => hidden.push_str(piece),
        }
    }
    hidden
}

/// Key ids are some twenty capitals and digits; times (16) and hashes (lower case) are not.
fn is_key_id(word: &str) -> bool {
    word.len() > 16 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_uppercase())
}
