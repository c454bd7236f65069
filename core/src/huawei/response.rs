//! How Huawei's answers are read.
//!
//! A success is judged by what it holds: an answer that lacks what its operation promises is a refusal when it
//! holds one of the cloud's ten error envelopes, whatever its status, and a protocol error otherwise.

use super::errors;
use crate::api::answer;
use crate::api::facts::{Facts, Identity, Image, Launched, Origin, Ownership, Page, Project, Quota, Reply, State, Task, TaskState};
use crate::api::operation::Operation;
use crate::base::error::{Error, Kind, Retry};
use crate::base::http::Answer;
use crate::base::record;
use crate::base::record::Params;
use crate::base::text::{around, concat, cut, trimmed};
use crate::base::time::{Millis, saturated};
use crate::base::value::Value;

/// Reads an answer. Total: any status and any bytes.
///
/// # Errors
/// What the cloud refused; [`Kind::Protocol`] when a success does not hold what the API promises.
pub(crate) fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    let header_id = answer.header("x-request-id").or_else(|| answer.header("x-iam-trace-id")).filter(|id| !id.is_empty());
    let success = answer::is_success(answer.status);
    if success
        && answer.body.is_empty()
        && let Ok(facts) = (operation.answer)(None)
    {
        return Ok(Reply { request_id: header_id.map(str::to_owned), facts, data: Value::Null });
    }
    let data = answer::json(answer, header_id)?;
    let request_id = header_id.map(str::to_owned).or_else(|| body_request_id(&data));
    let body = data.as_object();
    if success
        && body.is_some()
        && let Ok(facts) = (operation.answer)(body)
    {
        return Ok(Reply { request_id, data: answer::shown_data(&facts, data), facts });
    }
    Err(match body.and_then(envelope) {
        Some((code, message)) => refusal(&code, &message, answer, request_id.as_deref()),
        None => answer::unexpected(answer, request_id.as_deref(), &concat(&["nothing that ", operation.name, " promises"])),
    })
}

// What the answers of the operations tell, or what they lack.

type Told = Result<Facts, &'static str>;

fn listed<T>(body: Option<&Params>, list: &str, read: fn(&Params) -> Option<T>) -> Result<Page<T>, &'static str> {
    let body = body.filter(|body| body.get(list).is_some_and(Value::is_array)).ok_or("no list")?;
    Ok(page(record::list(body, list, read)))
}

/// The success has no body, or one that is no error.
pub(super) fn nothing(body: Option<&Params>) -> Told {
    if body.and_then(envelope).is_none() { Ok(Facts::Nothing) } else { Err("an error") }
}

pub(super) fn launched(body: Option<&Params>) -> Told {
    let task = Some(body.and_then(|body| record::id(body, "job_id")).ok_or("no job_id")?);
    Ok(Facts::Launched(vec![Launched { task, ..Launched::default() }]))
}

pub(super) fn agencies(body: Option<&Params>) -> Told {
    Ok(Facts::Agencies(listed(body, "agencies", |agency| record::owned(agency, "name"))?))
}

/// A key belongs to one account; were there several, the first is told.
pub(super) fn identity(body: Option<&Params>) -> Told {
    let domain =
        body.and_then(|body| record::records(body, "domains").find(|domain| record::text(domain, "id").is_some())).ok_or("no domain")?;
    Ok(Facts::Identity(Identity { account: record::text_or_empty(domain, "id"), name: record::owned(domain, "name"), kind: None }))
}

pub(super) fn temporary(body: Option<&Params>) -> Told {
    let key = body.and_then(|body| body.get("credential")?.as_object()).ok_or("no credential")?;
    answer::temporary(key, "access", "secret", "securitytoken", record::time(key, "expires_at"))
}

pub(super) fn members(body: Option<&Params>) -> Told {
    Ok(Facts::Accounts(listed(body, "members", |member| record::id(member, "member_id"))?.items))
}

pub(super) fn images(body: Option<&Params>) -> Told {
    let Page { items, .. } = listed(body, "images", image)?;
    let next = body.and_then(|body| next_marker(body, &items));
    Ok(Facts::Images(Page { items, next, total: None }))
}

pub(super) fn projects(body: Option<&Params>) -> Told {
    Ok(Facts::Projects(listed(body, "projects", project)?))
}

pub(super) fn regions(body: Option<&Params>) -> Told {
    Ok(Facts::Regions(listed(body, "regions", |region| record::owned(region, "id"))?))
}

pub(super) fn one_image(body: Option<&Params>) -> Told {
    let image = body.and_then(image).ok_or("no image")?;
    Ok(Facts::Images(page(vec![image])))
}

pub(super) fn quotas(body: Option<&Params>) -> Told {
    body.and_then(quota).map(Facts::Quota).ok_or("no quotas")
}

pub(super) fn one_job(body: Option<&Params>) -> Told {
    let job = body.and_then(job).ok_or("no job")?;
    Ok(Facts::Tasks(page(vec![job])))
}

fn page<T>(items: Vec<T>) -> Page<T> {
    Page { items, next: None, total: None }
}

/// Where the next page of images begins. Older installations do not tell; then a page as full as the default
/// limit goes on after its last image. Whoever asks those for smaller pages goes on by the last id himself.
fn next_marker(body: &Params, items: &[Image]) -> Option<String> {
    const DEFAULT_LIMIT: usize = 500;
    match body.get("page_info").and_then(Value::as_object) {
        Some(info) => record::owned(info, "next_marker"),
        None => items.last().filter(|_| items.len() >= DEFAULT_LIMIT).map(|image| image.id.clone()),
    }
}

/// An image of a listing, or alone; one without an id is none.
fn image(record: &Params) -> Option<Image> {
    let filled = |name: &str| record::text(record, name).is_some();
    let word = |name: &str, word: &str| record::text(record, name).map(|text| text.eq_ignore_ascii_case(word));
    let raw_state = record::text_or_empty(record, "status");
    Some(Image {
        id: record::owned(record, "id")?,
        name: record::text_or_empty(record, "name"),
        description: record::owned(record, "__description"),
        state: match raw_state.to_ascii_lowercase().as_str() {
            "active" => State::Ready,
            "killed" => State::Failed,
            "deleted" => State::Gone,
            // queued, saving, and every word we do not know
            _ => State::Pending,
        },
        raw_state,
        percent: None,
        created: record::time(record, "created_at"),
        // "0" stands for a size that the service does not know.
        size_bytes: record::count(record, "__image_size").filter(|size| *size > 0),
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
                || record::text(record, "__data_origin").is_some_and(|origin| origin.starts_with("server_backup,")),
        ),
        os: record::owned(record, "__os_type").or_else(|| record::owned(record, "__platform")),
        origin: record::text(record, "__data_origin").and_then(origin),
        tags: tags(record),
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
    match (record::text(record, "__imagetype"), record::text(record, "visibility")) {
        (Some("private"), _) | (None, Some("private")) => Ownership::Private,
        (Some("shared"), _) | (None, Some("shared")) => Ownership::Shared,
        (Some("gold"), _) | (None, Some("public")) => Ownership::Public,
        (Some("market"), _) => Ownership::Market,
        _ => Ownership::Unknown,
    }
}

/// `image,<source region>,<source image id>`: how a replica is recognised.
fn origin(text: &str) -> Option<Origin> {
    let (region, image) = cut(text.strip_prefix("image,")?, b',')?;
    (!region.is_empty() && !image.is_empty()).then(|| Origin { region: region.to_owned(), image: image.to_owned() })
}

/// Tags come as `key=value`, from older installations as `key.value`, and as a bare key.
fn tags(record: &Params) -> Vec<(String, String)> {
    let mut tags = Vec::new();
    for tag in record::texts(record, "tags") {
        let (key, value) = cut(&tag, b'=').or_else(|| cut(&tag, b'.')).unwrap_or((&tag, ""));
        tags.push((key.to_owned(), value.to_owned()));
    }
    tags
}

fn project(record: &Params) -> Option<Project> {
    let enabled = record.get("enabled").is_none_or(Value::is_null) || is_true(record, "enabled");
    Some(Project { id: record::owned(record, "id")?, name: record::text_or_empty(record, "name"), enabled })
}

fn quota(body: &Params) -> Option<Quota> {
    let quotas = body.get("quotas")?.as_object()?;
    quotas.get("resources")?.as_array()?;
    let images = record::records(quotas, "resources").find(|resource| record::text(resource, "type") == Some("image"));
    Some(images.map_or_else(Quota::default, |images| Quota { total: record::count(images, "quota"), used: record::count(images, "used") }))
}

/// A job. An image id may be there while it runs: only the state tells that the image is done.
fn job(body: &Params) -> Option<Task> {
    let raw_state = record::text_or_empty(body, "status");
    let id = record::id(body, "job_id");
    if raw_state.is_empty() && id.is_none() {
        return None;
    }
    let state = task_state(&raw_state);
    let none = Params::new();
    let entities = body.get("entities").and_then(Value::as_object).unwrap_or(&none);
    Some(Task {
        id: id.unwrap_or_default(),
        kind: record::text_or_empty(body, "job_type"),
        state,
        raw_state,
        percent: job_percent(entities),
        image: record::owned(entities, "image_id"),
        created: record::time(body, "begin_time"),
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
        Value::String(text) => record::percentage(trimmed(text)),
        _ => None,
    };
    let percent =
        progress.filter(|progress| progress.is_finite()).map(|progress| if progress <= 1.0 { progress * 100.0 } else { progress })?;
    // The cast keeps to the range of the target, and leaves the fraction out.
    Some((percent.clamp(0.0, 100.0) + 0.5) as u8)
}

/// Why a job failed: the first of the places that say anything.
fn failure(body: &Params, entities: &Params) -> Option<(String, String)> {
    let pair = |record: &Params, code: &str, message: &str| {
        let pair = (record::id(record, code).unwrap_or_default(), record::text_or_empty(record, message));
        (!pair.0.is_empty() || !pair.1.is_empty()).then_some(pair)
    };
    pair(body, "error_code", "fail_reason")
        .or_else(|| pair(entities, "error_code", "error"))
        .or_else(|| pair(entities, "addition_error_code", "addition_error_msg"))
        .or_else(|| {
            record::records(entities, "sub_jobs_result")
                .filter(|job| task_state(&record::text_or_empty(job, "status")) == TaskState::Failed)
                .find_map(|job| pair(job, "error_code", "fail_reason"))
        })
}

/// Code and message of an error, in whichever of the cloud's envelopes. An empty or null code counts as missing.
fn envelope(body: &Params) -> Option<(String, String)> {
    const NAMES: [(&str, &str); 3] = [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")];
    let pair = |record: &Params| {
        NAMES.iter().find_map(|(code, message)| Some((record::id(record, code)?, record::text_or_empty(record, message))))
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
    record::owned(body, "request_id").or_else(|| record::owned(body.get("error")?.as_object()?, "request_id"))
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
    let unit_ms = match trimmed(time.get(digits(time)..)?) {
        unit if unit.starts_with("second") => 1000,
        unit if unit.starts_with("minute") => 60_000,
        unit if unit.starts_with("hour") => 3_600_000,
        unit if unit.starts_with("day") => DAY_MS,
        _ => return None,
    };
    let window_ms = leading_number(time)?.saturating_mul(unit_ms);
    Some(window_ms.checked_div(limit)?.clamp(1, DAY_MS))
}

fn after<'a>(text: &'a str, marker: &str) -> Option<&'a str> {
    around(text, marker).map(|(_, rest)| rest)
}

fn leading_number(text: &str) -> Option<i64> {
    saturated(text.as_bytes().get(..digits(text))?)
}

/// How many digits a text begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Hides what the gateway echoes of the caller: session tokens, and access key ids after their fourth character.
fn hide_keys(message: &str) -> String {
    const TOKEN: &str = "x-security-token:";
    let (mut shown, mut part, mut is_token) = (String::with_capacity(message.len()), message, false);
    loop {
        let next = around(part, TOKEN);
        let this = next.map_or(part, |(before, _)| before);
        let token = if is_token { this.bytes().position(|byte| matches!(byte, b'|' | b'\n')).unwrap_or(this.len()) } else { 0 };
        shown.push_str(this.get(token..).unwrap_or_default());
        let Some((_, after)) = next else { break };
        shown.push_str(TOKEN);
        shown.push_str(crate::base::http::REDACTED);
        (part, is_token) = (after, true);
    }
    let (mut hidden, mut rest) = (String::with_capacity(shown.len()), &*shown);
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.bytes().take_while(u8::is_ascii_alphanumeric).count());
        match word.split_at_checked(4) {
            Some((start, _)) if is_key_id(word) => hidden.extend([start, "…"]),
            _ => hidden.push_str(word),
        }
        let (marks, next) = behind.split_at(behind.bytes().take_while(|byte| !byte.is_ascii_alphanumeric()).count());
        hidden.push_str(marks);
        rest = next;
    }
    hidden
}

/// Key ids are some twenty capitals and digits; times (16) and hashes (lower case) are not.
fn is_key_id(word: &str) -> bool {
    word.len() > 16 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_uppercase())
}
