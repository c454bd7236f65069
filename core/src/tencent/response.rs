//! How Tencent's answers are read.
//!
//! Success and refusal share one envelope and, as a rule, the status 200; `Response.Error` tells them apart.

use crate::api::answer::{error, is_success, json, shown_data, temporary as temporary_key, unexpected};
use crate::api::facts::{Facts, Identity, Image, Launched, Ownership, Page, Quota, Reply, State};
use crate::api::operation::Operation;
use crate::base::error::Error;
use crate::base::http::Answer;
use crate::base::record::Params;
use crate::base::record::{apart, count, id, list, owned, percent, records, tags, text, text_or_empty, texts, time};
use crate::base::time::{Millis, number};
use crate::base::value::Value;
use crate::tencent::errors::{explain, explain_message};

/// Reads an answer. Total: any status and any bytes give a reply or an error.
///
/// ```
/// use imgferry::{Answer, Kind, read, tencent::request::DescribeImages};
/// let body = r#"{"Response":{"Error":{"Code":"InvalidImageId.NotFound","Message":"gone"},"RequestId":"r-1"}}"#;
/// let answer = Answer { status: 200, headers: vec![], body: body.into() };
/// let error = read(DescribeImages::OPERATION, &answer).unwrap_err();
/// assert_eq!((error.kind, error.request_id.as_deref()), (Kind::NotFound, Some("r-1")));
/// ```
///
/// # Errors
/// What the cloud refused; [`Kind::Protocol`](crate::Kind::Protocol) when the answer has no envelope.
pub(crate) fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    let id_in_header = answer.header("x-tc-requestid");
    let Value::Object(envelope) = json(answer, id_in_header)? else {
        return Err(unexpected(answer, id_in_header, "not an object"));
    };
    let (response, envelope) = apart(envelope, "Response");
    let Some(Value::Object(response)) = response else {
        return read_old(envelope, answer, id_in_header);
    };
    let (request_id, response) = apart(response, "RequestId");
    let request_id = match request_id {
        Some(Value::String(id)) if !id.is_empty() => Some(id),
        _ => id_in_header.map(str::to_owned),
    };
    match response.get("Error") {
        None | Some(Value::Null) if !is_success(answer.status) => Err(unexpected(answer, request_id.as_deref(), "")),
        None | Some(Value::Null) => match failed_resource(&response) {
            Some(failed) => Err(refusal(failed, answer, request_id.as_deref())),
            None => match (operation.answer)(Some(&response)) {
                Ok(facts) => Ok(Reply { request_id, data: shown_data(&facts, Value::Object(response)), facts }),
                Err(problem) => Err(unexpected(answer, request_id.as_deref(), problem)),
            },
        },
        Some(Value::Object(failure)) if text(failure, "Code") == Some("DryRunOperation") => {
            Ok(Reply { request_id, facts: Facts::DryRun, data: Value::Object(response) })
        }
        Some(Value::Object(failure)) if text(failure, "Code").is_some() => Err(refusal(failure, answer, request_id.as_deref())),
        Some(_) => Err(unexpected(answer, request_id.as_deref(), "an error without a code")),
    }
}

/// The envelope of the predecessor API, which its gateway still sends now and then: a number, no `Response`.
fn read_old(envelope: Params, answer: &Answer, request_id: Option<&str>) -> Result<Reply, Error> {
    let Some(code) = id(&envelope, "code") else {
        return Err(unexpected(answer, request_id, "no Response"));
    };
    if code == "0" && is_success(answer.status) {
        let data = Value::Object(apart(envelope, "code").1);
        return Ok(Reply { request_id: request_id.map(str::to_owned), facts: Facts::Nothing, data });
    }
    let by_number = explain(&code, Some(answer.status));
    let mut explanation = match text(&envelope, "codeDesc") {
        Some(word) if !by_number.known => explain(word, Some(answer.status)),
        _ => by_number,
    };
    explanation.code = code;
    Err(error(&explanation, &text_or_empty(&envelope, "message"), answer, request_id))
}

/// Tagging names the resources that it failed for inside a success.
fn failed_resource(response: &Params) -> Option<&Params> {
    records(response, "FailedResources").find(|failed| text(failed, "Code").is_some())
}

fn refusal(failure: &Params, answer: &Answer, request_id: Option<&str>) -> Error {
    let code = text_or_empty(failure, "Code");
    let message = text_or_empty(failure, "Message");
    let explanation = explain_message(&code, &message, Some(answer.status));
    let told = if code == "AuthFailure.SignatureExpire" { server_time(&message) } else { None };
    let mut error = error(&explanation, &message, answer, request_id);
    error.server_time = told.or(error.server_time);
    error
}

/// The server's clock out of the message of an expired signature: the last number of ten digits, in seconds.
fn server_time(message: &str) -> Option<Millis> {
    let digits = message.as_bytes().rsplit(|byte| !byte.is_ascii_digit()).find(|digits| digits.len() == 10)?;
    Some(Millis(number(digits)? * 1000))
}

// What the answers of the operations tell. A list that is missing counts as empty.

type Told = Result<Facts, &'static str>;

fn within(response: Option<&Params>) -> Result<&Params, &'static str> {
    response.ok_or("no Response")
}

pub(super) fn nothing(_: Option<&Params>) -> Told {
    Ok(Facts::Nothing)
}

pub(super) fn quota(response: Option<&Params>) -> Told {
    Ok(Facts::Quota(Quota { total: count(within(response)?, "ImageNumQuota"), used: None }))
}

pub(super) fn accounts(response: Option<&Params>) -> Told {
    Ok(Facts::Accounts(list(within(response)?, "SharePermissionSet", |account| id(account, "AccountId"))))
}

pub(super) fn identity(response: Option<&Params>) -> Told {
    let response = within(response)?;
    let account = id(response, "AccountId").ok_or("no AccountId")?;
    Ok(Facts::Identity(Identity { account, name: owned(response, "Arn"), kind: owned(response, "Type") }))
}

pub(super) fn temporary(response: Option<&Params>) -> Told {
    let response = within(response)?;
    let key = response.get("Credentials").and_then(Value::as_object).ok_or("no Credentials")?;
    let seconds = count(response, "ExpiredTime").and_then(|seconds| i64::try_from(seconds).ok()?.checked_mul(1000));
    temporary_key(key, "TmpSecretId", "TmpSecretKey", "Token", seconds.map(Millis))
}

pub(super) fn image_of_family(response: Option<&Params>) -> Told {
    let found = within(response)?.get("Image").and_then(Value::as_object).and_then(image);
    Ok(Facts::Images(Page { total: Some(u64::from(found.is_some())), items: found.into_iter().collect(), next: None }))
}

pub(super) fn images(response: Option<&Params>) -> Told {
    let response = within(response)?;
    Ok(Facts::Images(page(response, list(response, "ImageSet", image))))
}

pub(super) fn regions(response: Option<&Params>) -> Told {
    let response = within(response)?;
    Ok(Facts::Regions(page(response, list(response, "RegionSet", |region| owned(region, "Region")))))
}

pub(super) fn copies(response: Option<&Params>) -> Told {
    Ok(Facts::Launched(list(within(response)?, "ImageSet", copy)))
}

pub(super) fn exports(response: Option<&Params>) -> Told {
    Ok(Facts::Launched(export(within(response)?).into_iter().collect()))
}

/// The next offset depends on the request; who asked adds the number of entries until it reaches `total`.
fn page<T>(response: &Params, items: Vec<T>) -> Page<T> {
    Page { items, next: None, total: count(response, "TotalCount") }
}

/// A new image and its region. Without ImageSetRequired this may be the source image: who asked must leave that out.
fn copy(entry: &Params) -> Option<Launched> {
    let (region, image) = (owned(entry, "Region"), owned(entry, "ImageId"));
    (region.is_some() || image.is_some()).then(|| Launched { region, image, ..Launched::default() })
}

/// The task and its files; an answer without either, as that of a dry run, started nothing.
fn export(response: &Params) -> Option<Launched> {
    let (task, objects) = (id(response, "TaskId"), texts(response, "CosPaths"));
    (task.is_some() || !objects.is_empty()).then(|| Launched { task, objects, ..Launched::default() })
}

fn image(entry: &Params) -> Option<Image> {
    let raw_state = text_or_empty(entry, "ImageState");
    Some(Image {
        id: owned(entry, "ImageId")?,
        name: text_or_empty(entry, "ImageName"),
        description: owned(entry, "ImageDescription"),
        state: state(&raw_state),
        raw_state,
        percent: percent(entry, "SyncPercent"),
        created: time(entry, "CreatedTime"),
        size_bytes: count(entry, "ImageSize").and_then(|gib| gib.checked_mul(1 << 30)),
        ownership: match text(entry, "ImageType") {
            Some("PRIVATE_IMAGE") => Ownership::Private,
            Some("SHARED_IMAGE") => Ownership::Shared,
            Some("PUBLIC_IMAGE") => Ownership::Public,
            _ => Ownership::Unknown,
        },
        // No field tells; neither does any tell an ISO file or the source of a copy.
        encrypted: None,
        iso: None,
        whole: whole(entry),
        os: owned(entry, "Platform").or_else(|| owned(entry, "OsName")),
        origin: None,
        tags: tags(entry, "Tags", "Key", "Value"),
        lifecycle: None,
        detection: None,
    })
}

/// `USING` is the old spelling of a usable image. A word that we do not know is waited for, never taken for success.
fn state(word: &str) -> State {
    match word {
        "NORMAL" | "USING" => State::Ready,
        "CREATEFAILED" | "IMPORTFAILED" => State::Failed,
        "DELETING" => State::Gone,
        _ => State::Pending,
    }
}

/// Whether the image holds data disks too; unknown where no snapshot is listed.
fn whole(entry: &Params) -> Option<bool> {
    let mut disks = records(entry, "SnapshotSet").filter_map(|snapshot| text(snapshot, "DiskUsage")).peekable();
    disks.peek()?;
    Some(disks.any(|usage| usage == "DATA_DISK"))
}
