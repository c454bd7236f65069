//! How Volcengine's answers are read.
//!
//! `ResponseMetadata` stands around every answer. An error in it comes before the HTTP status: the cloud answers
//! errors with status 200, too.

use crate::api::answer::{error, is_success, json, shown_data, temporary as temporary_key, unexpected};
use crate::api::facts::{Facts, Identity, Image, Launched, Ownership, Page, Reply, State, Task, TaskState};
use crate::api::operation::Operation;
use crate::base::error::Error;
use crate::base::http::Answer;
use crate::base::json::to_text;
use crate::base::record::Params;
use crate::base::record::{apart, count, id, owned, percent, records, tags, text, text_or_empty, time};
use crate::base::text::concat;
use crate::base::texts::zh;
use crate::base::time::decimal;
use crate::base::value::Value;
use crate::volcengine::errors::explain_numbered;

/// Reads an answer. Total: any status and any bytes give a reply or an error.
///
/// What is missing or of an unexpected type counts as not told, but the id or the list that an answer is about must
/// be there: that an image does not exist is never concluded from a broken answer.
///
/// ```
/// use imgferry::{Answer, read, api::facts::Facts, volcengine::request::CopyImage};
/// let body = r#"{"ResponseMetadata": {"RequestId": "r-1"}, "Result": {"ImageId": "image-2"}}"#;
/// let answer = Answer { status: 200, headers: vec![], body: body.into() };
/// let Facts::Launched(copies) = read(CopyImage::OPERATION, &answer)?.facts else { panic!("a launch") };
/// assert_eq!(copies[0].image.as_deref(), Some("image-2"));
/// # Ok::<(), imgferry::Error>(())
/// ```
///
/// # Errors
/// What the cloud refused, also when it refused one image of several; [`Kind::Protocol`](crate::Kind::Protocol) when
/// the answer is not what the API promises, which after a launch may still have taken effect.
pub(crate) fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    let log_id = answer.header("x-tt-logid").map(str::trim).filter(|id| !id.is_empty());
    let Value::Object(envelope) = json(answer, log_id).map_err(suspect_host)? else {
        return Err(suspect_host(unexpected(answer, log_id, "not an object")));
    };
    let (metadata, mut envelope) = apart(envelope, "ResponseMetadata");
    let Some(Value::Object(metadata)) = metadata else {
        return Err(read_old(&envelope, answer, log_id));
    };
    let request_id = text(&metadata, "RequestId").or(log_id);
    match metadata.get("Error") {
        None | Some(Value::Null) if !is_success(answer.status) => return Err(unexpected(answer, request_id, "no error")),
        None | Some(Value::Null) => {}
        Some(Value::Object(failure)) => return Err(refusal(failure, text_or_empty(failure, "Message"), answer, request_id)),
        Some(_) => return Err(unexpected(answer, request_id, "an error that is no record")),
    }
    let data = envelope.get_mut("Result").map_or(Value::Null, Value::take);
    if let Some((failure, message)) = data.as_object().and_then(failed_item) {
        return Err(refusal(failure, message, answer, request_id));
    }
    let facts = (operation.answer)(data.as_object()).map_err(|problem| unexpected(answer, request_id, problem))?;
    Ok(Reply { request_id: request_id.map(str::to_owned), data: shown_data(&facts, data), facts })
}

/// An older form without metadata, which the vendor's Go client still decodes, and that without regard to case.
fn read_old(envelope: &Params, answer: &Answer, request_id: Option<&str>) -> Error {
    let named = |name: &str| envelope.keys().find(|key| key.eq_ignore_ascii_case(name)).map(String::as_str);
    let Some(code) = named("errorcode").and_then(|name| id(envelope, name)) else {
        return suspect_host(unexpected(answer, request_id, "no ResponseMetadata"));
    };
    let told = named("HTTPCode").and_then(|name| count(envelope, name)).and_then(|status| u16::try_from(status).ok());
    let message = named("message").map(|name| text_or_empty(envelope, name)).unwrap_or_default();
    error(&explain_numbered(&code, code.parse().ok(), told.or(Some(answer.status))), &message, answer, request_id)
}

/// An answer without Volcengine's envelope and with status 404 comes from another host than Volcengine's.
fn suspect_host(error: Error) -> Error {
    match error.status {
        Some(404) => error.hint(
            "check the endpoint and the region: a 404 of this sort nearly always means a wrong host",
            zh!("请检查接入地址和地域：这类 404 通常是主机名错误"),
        ),
        _ => error,
    }
}

fn refusal(failure: &Params, message: String, answer: &Answer, request_id: Option<&str>) -> Error {
    let number = count(failure, "CodeN");
    match (text(failure, "Code"), number) {
        (Some(code), _) => error(&explain_numbered(code, number, Some(answer.status)), &message, answer, request_id),
        (None, Some(number)) => {
            error(&explain_numbered(&to_text(&number.into()), Some(number), Some(answer.status)), &message, answer, request_id)
        }
        (None, None) => unexpected(answer, request_id, "an error without a code"),
    }
}

/// The first of several images that was refused inside a success, and what to say of it.
fn failed_item(result: &Params) -> Option<(&Params, String)> {
    let mut failed = records(result, "OperationDetails").filter_map(|detail| Some((detail, detail.get("Error")?.as_object()?)));
    let (detail, failure) = failed.next()?;
    let others = match failed.count() {
        0 => String::new(),
        others => concat(&[" (and ", &decimal(others as i64), " more)"]),
    };
    Some((failure, concat(&[&text_or_empty(detail, "ImageId"), ": ", &text_or_empty(failure, "Message"), &others])))
}

// What the answers of the operations tell, or what they lack.

type Told = Result<Facts, &'static str>;

pub(super) fn nothing(_: Option<&Params>) -> Told {
    Ok(Facts::Nothing)
}

pub(super) fn copy(result: Option<&Params>) -> Told {
    let image = Some(result.and_then(|result| owned(result, "ImageId")).ok_or("no Result.ImageId")?);
    Ok(Facts::Launched(vec![Launched { image, ..Launched::default() }]))
}

pub(super) fn export(result: Option<&Params>) -> Told {
    let task = Some(result.and_then(|result| owned(result, "TaskId")).ok_or("no Result.TaskId")?);
    Ok(Facts::Launched(vec![Launched { task, ..Launched::default() }]))
}

pub(super) fn identity(result: Option<&Params>) -> Told {
    let result = result.ok_or("no Result")?;
    let account = id(result, "AccountId").ok_or("no Result.AccountId")?;
    Ok(Facts::Identity(Identity { account, name: owned(result, "Trn"), kind: owned(result, "IdentityType") }))
}

pub(super) fn temporary(result: Option<&Params>) -> Told {
    let key = result.and_then(|result| result.get("Credentials")?.as_object()).ok_or("no Result.Credentials")?;
    temporary_key(key, "AccessKeyId", "SecretAccessKey", "SessionToken", time(key, "ExpiredTime"))
}

pub(super) fn accounts(result: Option<&Params>) -> Told {
    Ok(Facts::Accounts(page(result, "Accounts", |account| id(account, "AccountId"))?.items))
}

pub(super) fn images(result: Option<&Params>) -> Told {
    Ok(Facts::Images(page(result, "Images", image)?))
}

pub(super) fn regions(result: Option<&Params>) -> Told {
    Ok(Facts::Regions(page(result, "Regions", |region| owned(region, "RegionId"))?))
}

pub(super) fn tasks(result: Option<&Params>) -> Told {
    Ok(Facts::Tasks(page(result, "Tasks", |entry| Some(task(entry)))?))
}

/// A page of a listing. A list that is absent or null is empty, and so are nulls in it.
fn page<T>(result: Option<&Params>, list: &str, read: fn(&Params) -> Option<T>) -> Result<Page<T>, &'static str> {
    let result = result.ok_or("no Result")?;
    let entries = match result.get(list) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(_) => return Err("a listing that is no list"),
    };
    let mut items = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.is_null()) {
        items.push(entry.as_object().and_then(read).ok_or("an entry without id")?);
    }
    Ok(Page { items, next: owned(result, "NextToken"), total: count(result, "TotalCount") })
}

fn image(entry: &Params) -> Option<Image> {
    let raw_state = text_or_empty(entry, "Status");
    Some(Image {
        id: owned(entry, "ImageId")?,
        name: text_or_empty(entry, "ImageName"),
        description: entry.get("Description").and_then(Value::as_str).map(str::to_owned),
        state: match raw_state.as_str() {
            "available" => State::Ready,
            "error" => State::Failed,
            _ => State::Pending,
        },
        raw_state,
        created: time(entry, "CreatedAt"),
        size_bytes: size_bytes(entry),
        ownership: match text(entry, "Visibility") {
            Some("private") => Ownership::Private,
            Some("shared") => Ownership::Shared,
            Some("public") => Ownership::Public,
            _ => Ownership::Unknown,
        },
        whole: whole(entry),
        os: owned(entry, "OsType").or_else(|| owned(entry, "Platform")),
        tags: tags(entry, "Tags", "Key", "Value"),
        lifecycle: owned(entry, "LifecycleStatus"),
        detection: entry.get("DetectionResults").and_then(Value::as_object).and_then(|results| owned(results, "DetectionStatus")),
        // No field tells.
        percent: None,
        encrypted: None,
        iso: None,
        origin: None,
    })
}

/// `Size` is in GiB; `VirtualSize`, in bytes, is text in one of the vendor's models and a number in another.
fn size_bytes(entry: &Params) -> Option<u64> {
    let size = count(entry, "Size").filter(|gib| *gib > 0).and_then(|gib| gib.checked_mul(1 << 30));
    size.or_else(|| count(entry, "VirtualSize"))
}

/// More than one snapshot, or one of a data disk, makes a whole-machine image; unknown where none is listed.
fn whole(entry: &Params) -> Option<bool> {
    let kinds: Vec<Option<&str>> = records(entry, "Snapshots").map(|snapshot| text(snapshot, "VolumeKind")).collect();
    (!kinds.is_empty()).then(|| kinds.len() > 1 || kinds.contains(&Some("data")))
}

/// A task is found by its resource; the cloud gives no reason for a failure.
fn task(entry: &Params) -> Task {
    let raw_state = text_or_empty(entry, "Status");
    Task {
        id: text_or_empty(entry, "Id"),
        kind: text_or_empty(entry, "Type"),
        state: match raw_state.as_str() {
            "Succeeded" => TaskState::Succeeded,
            "Failed" => TaskState::Failed,
            _ => TaskState::Running,
        },
        raw_state,
        percent: percent(entry, "Process"),
        image: owned(entry, "ResourceId"),
        created: time(entry, "CreatedAt"),
        failure: None,
    }
}
