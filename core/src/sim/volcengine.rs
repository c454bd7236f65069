//! Volcengine ECS, version 2020-04-01: HMAC-SHA256 signatures, GET or form POST, errors with their own statuses.

use super::arrived::{Parsed, decode_pairs};
use super::image::{Growth, Held, Image, Phase, Task, TaskKind};
use super::world::{Done, Outcome, Refused, Turn, Wanted, World, content_type};
use crate::facts::Ownership;
use crate::http::Answer;
use crate::provider::Cloud;
use crate::sign::{Expect, Reason};
use crate::time::Millis;
use serde_json::{Value, json};

const VERSION: &str = "2020-04-01";
const ACCOUNT: &str = "2100000001";
/// Largest image that may be copied, in GiB.
const MAX_GIB: u64 = 300;

type Act = fn(&mut World, &Turn<'_>, &Params) -> Outcome;

const ACTIONS: &[(&str, Act)] = &[
    ("CopyImage", copy_image),
    ("DeleteImages", delete_images),
    ("DescribeImageSharePermission", describe_share),
    ("DescribeImages", describe_images),
    ("DescribeRegions", describe_regions),
    ("DescribeTasks", describe_tasks),
    ("ExportImage", export_image),
    ("ModifyImageAttribute", modify_image),
    ("ModifyImageSharePermission", modify_share),
    ("TagResources", tag_resources),
];

/// The action a request names.
pub(super) fn action(request: &Parsed<'_>) -> String {
    let named = request.param("Action").unwrap_or_default();
    ACTIONS.iter().find(|(name, _)| *name == named).map_or("?", |(name, _)| name).to_owned()
}

/// From the gateway's checks to the action itself.
pub(super) fn serve(world: &mut World, turn: &mut Turn<'_>) -> Outcome {
    let request = turn.request;
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return refuse(405, "MethodNotAllowed", "The request method is not allowed.");
    }
    let (Some(name), Some(version)) = (request.param("Action"), request.param("Version")) else {
        return refuse(400, "MissingParameter", "The request must contain the parameters Action and Version.");
    };
    authenticate(world, turn)?;
    let Some((action, act)) = ACTIONS.iter().find(|(known, _)| *known == name && version == VERSION) else {
        let message = format!("Could not find operation {} for version {}.", crate::check::shown(name), crate::check::shown(version));
        return refuse(404, "InvalidActionOrVersion", message);
    };
    if !world.admit(turn, action, &turn.region) {
        return Err(throttled());
    }
    let mut pairs: Vec<(String, String)> = request.pairs.iter().filter(|(key, _)| !is_common(key)).cloned().collect();
    if request.method == "POST" && !request.body.is_empty() {
        if !request.content_type_is("application/x-www-form-urlencoded") {
            return refuse(400, "InvalidArgument", "The body of a POST must be application/x-www-form-urlencoded.");
        }
        pairs.extend(decode_pairs(&String::from_utf8_lossy(request.body)));
    }
    act(world, turn, &Params(pairs))
}

/// `ResponseMetadata` carries the error; the HTTP status follows the code.
pub(super) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let version = turn.request.param("Version").unwrap_or(VERSION);
    let mut metadata = json!({
        "RequestId": turn.request_id,
        "Action": turn.request.param("Action").unwrap_or_default(),
        "Version": version,
        "Service": "ecs",
        "Region": turn.region,
    });
    let (status, body) = match outcome {
        Ok(done) => (done.status, json!({"ResponseMetadata": metadata, "Result": done.result})),
        Err(refused) => {
            let mut error = json!({"Code": refused.code, "Message": refused.message});
            if let (Some(number), Some(error)) = (code_number(&refused.code), error.as_object_mut()) {
                error.insert("CodeN".to_owned(), Value::from(number));
            }
            if let Some(metadata) = metadata.as_object_mut() {
                metadata.insert("Error".to_owned(), error);
            }
            (refused.status, json!({"ResponseMetadata": metadata}))
        }
    };
    let headers = vec![content_type("application/json; charset=utf-8"), ("X-Tt-Logid".to_owned(), turn.request_id.clone())];
    Answer { status, headers, body: body.to_string().into_bytes() }
}

pub(super) fn throttled() -> Refused {
    Refused::new(429, "FlowLimitExceeded", "The request is rejected because the flow limit is exceeded.")
}

fn refuse(status: u16, code: &str, message: impl Into<String>) -> Outcome {
    Err(Refused::new(status, code, message))
}

/// Numbers of the gateway's own codes.
fn code_number(code: &str) -> Option<u32> {
    Some(match code {
        "MissingParameter" => 100_002,
        "MissingAuthenticationToken" => 100_003,
        "MissingSignature" => 100_005,
        "InvalidTimestamp" => 100_006,
        "ServiceNotFound" => 100_007,
        "InvalidActionOrVersion" => 100_008,
        "InvalidAccessKey" => 100_009,
        "SignatureDoesNotMatch" => 100_010,
        "FlowLimitExceeded" => 100_018,
        "MethodNotAllowed" => 100_020,
        _ => return None,
    })
}

/// Parameters of the gateway, not of the operation.
fn is_common(key: &str) -> bool {
    key == "Action" || key == "Version" || key.starts_with("X-")
}

fn authenticate(world: &World, turn: &mut Turn<'_>) -> Result<(), Refused> {
    let refused = |status, code: &str, message: &str| Err(Refused::new(status, code, message));
    let presigned = turn.request.param("X-Signature").is_some() || turn.request.param("X-Algorithm").is_some();
    if !presigned && turn.request.header("authorization").is_none_or(str::is_empty) {
        return refused(401, "MissingAuthenticationToken", "The request does not contain any authentication information.");
    }
    if presigned && turn.request.param("X-Signature").is_none_or(str::is_empty) {
        return refused(401, "MissingSignature", "The request does not contain a signature.");
    }
    let expect = Expect { region: None, service: None, required_headers: if presigned { &[] } else { &["x-date"] } };
    let verified = match world.verify(turn, &expect) {
        Ok(verified) => verified,
        Err(refusal) => {
            return match refusal.reason {
                Reason::Malformed | Reason::SignedHeaders => {
                    refused(400, "InvalidAuthorization", "The Authorization of the request cannot be parsed.")
                }
                Reason::UnknownKey => refused(401, "InvalidAccessKey", "The access key does not exist or is disabled."),
                Reason::Clock => refused(403, "InvalidTimestamp", "The X-Date of the request is expired or in the future."),
                Reason::Scope => refused(400, "InvalidCredential", "The Credential of the Authorization is malformed."),
                Reason::Payload | Reason::Signature => {
                    refused(401, "SignatureDoesNotMatch", "The signature does not match. Check the secret key and the way of signing.")
                }
                Reason::Token => refused(401, "InvalidSecretToken", "The session token is wrong or expired."),
            };
        }
    };
    turn.key = verified.id;
    turn.region = verified.region.unwrap_or_default();
    if verified.service.as_deref() != Some("ecs") {
        return refused(404, "ServiceNotFound", "The service is not found at this host.");
    }
    if !world.knows_region(Cloud::Volcengine, &turn.region) {
        return refused(400, "InvalidCredential", "The region of the credential scope does not exist.");
    }
    // A regional host serves its own region only.
    let host = turn.request.host_name();
    let mut labels = host.split('.');
    match (labels.next(), labels.next()) {
        (Some("ecs"), Some(region)) if world.knows_region(Cloud::Volcengine, region) && region != turn.region => {
            refused(404, "ServiceNotFound", "The region of the credential scope is not served at this host.")
        }
        _ => Ok(()),
    }
}

/// Flat parameters: `Name`, `Name.1`, `Name.1.Key`.
struct Params(Vec<(String, String)>);

impl Params {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A required text.
    fn need(&self, name: &str) -> Result<&str, Refused> {
        let missing = || Refused::new(400, format!("MissingParameter.{name}"), format!("The required parameter {name} is not supplied."));
        self.text(name).filter(|value| !value.is_empty()).ok_or_else(missing)
    }

    /// The entries of a list: numbered from 1 without gaps, at most `most`.
    fn texts(&self, name: &str, most: usize) -> Result<Vec<&str>, Refused> {
        let texts: Vec<&str> = (1..=most + 1).map_while(|number| self.text(&format!("{name}.{number}"))).collect();
        let given = self.0.iter().filter(|(key, _)| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))).count();
        if texts.len() > most {
            return Err(Refused::new(400, format!("LimitExceeded.Maximum{name}"), format!("At most {most} {name} are allowed.")));
        }
        if given != texts.len() {
            return Err(invalid(format!("The numbers of {name}.N must run from 1 without gaps.")));
        }
        Ok(texts)
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Refused> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(invalid(format!("{name} must be true or false."))),
        }
    }

    fn tags(&self) -> Result<Vec<(String, String)>, Refused> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for number in 1..=21 {
            let Some(key) = self.text(&format!("Tags.{number}.Key")) else { break };
            let value = self.text(&format!("Tags.{number}.Value")).unwrap_or_default();
            let reserved = ["volc:", "sys:"].iter().any(|prefix| key.to_lowercase().starts_with(prefix));
            let fits = (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256;
            if number == 21 || reserved || !fits || tags.iter().any(|(earlier, _)| earlier == key) {
                return Err(invalid("The Tags are invalid."));
            }
            tags.push((key.to_owned(), value.to_owned()));
        }
        Ok(tags)
    }

    /// Page size and the number of entries to skip.
    fn page(&self, most: usize, default: usize) -> Result<(usize, usize), Refused> {
        let size = match self.text("MaxResults").filter(|text| !text.is_empty()) {
            None => default,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=most).contains(size))
                .ok_or_else(|| invalid(format!("MaxResults must be from 1 to {most}.")))?,
        };
        let skip = match self.text("NextToken").filter(|text| !text.is_empty()) {
            None => 0,
            Some(token) => token
                .strip_prefix("page-")
                .and_then(|digits| usize::from_str_radix(digits, 16).ok())
                .ok_or_else(|| invalid("The NextToken is not one that was given out."))?,
        };
        Ok((size, skip))
    }
}

/// One page of entries, and the token of the next.
fn page_of(items: Vec<Value>, size: usize, skip: usize) -> (Vec<Value>, String) {
    let next = skip.saturating_add(size);
    let token = if next < items.len() { format!("page-{next:x}") } else { String::new() };
    (items.into_iter().skip(skip).take(size).collect(), token)
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new(400, "InvalidArgument", message)
}

fn copy_image(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let region = params.need("DestinationRegion")?;
    let name = params.need("ImageName")?;
    let id = params.need("ImageId")?;
    if !is_region_shape(region) {
        return refuse(400, "InvalidDestinationRegion.Malformed", "The specified DestinationRegion is malformed.");
    }
    if !is_name(name) {
        return refuse(400, "InvalidImageName.Malformed", "The specified ImageName is malformed.");
    }
    let description = params.text("Description");
    if description.is_some_and(|text| !is_description(text)) {
        return refuse(400, "InvalidDescription.Malformed", "The specified Description is malformed.");
    }
    let copy_tags = params.flag("CopyImageTags")?.unwrap_or(false);
    let tags = params.tags()?;
    let project = params.text("ProjectName").filter(|name| !name.is_empty()).unwrap_or("default");
    if !world.config.projects.iter().any(|(cloud, known)| *cloud == Cloud::Volcengine && known == project) {
        return refuse(404, "InvalidProject.NotFound", "The specified Project does not exist.");
    }
    let source = find(world, turn, id)?.clone();
    let home = region == turn.region;
    if home && source.ownership != Ownership::Shared {
        return refuse(412, "InvalidDestinationRegion.Mismatch", "The destination region cannot be equal to the target region.");
    }
    let served = world.knows_region(Cloud::Volcengine, region) && world.takes_copies(Cloud::Volcengine, region);
    if !served || !world.takes_copies(Cloud::Volcengine, &turn.region) {
        return refuse(400, "InvalidRegionForCopyImage.UnSupported", "The specified region cannot be used for CopyImage.");
    }
    let may = match source.ownership {
        Ownership::Private => true,
        Ownership::Shared => home,
        Ownership::Public | Ownership::Market | Ownership::Unknown => false,
    };
    if !may || source.whole || source.encrypted || source.phase(turn.now) == Phase::Failed {
        return refuse(400, "InvalidImageForCopyImage.UnSupported", "The specified image cannot be used for CopyImage.");
    }
    if source.size_gib > MAX_GIB {
        let message = "You've reached the limit on the number of image size that you can copy.";
        return refuse(400, "LimitExceeded.MaximumImageSize", message);
    }
    if source.phase(turn.now) != Phase::Ready || source.held(turn.now) == Some(Held::Export) {
        let message = "The specified operation is denied as your resource is locked for another operation.";
        return refuse(412, "OperationDenied.ResourceLocked", message);
    }
    if world.private_count(Cloud::Volcengine, region) >= world.quota(Cloud::Volcengine) {
        let message = "You've reached the limit on the number of image that you can create.";
        return refuse(400, "LimitExceeded.MaximumImageCount", message);
    }
    let shared = source.ownership == Ownership::Shared;
    let change = |image: &mut Image| {
        if let Some(description) = description {
            image.description = description.to_owned();
        }
        image.project = project.to_owned();
        image.tags = if copy_tags && !shared { source.tags.clone() } else { tags.clone() };
    };
    let copy = world.copy(turn, &source, &Wanted { region, name, change: &change });
    let Some(growth) = copy.growth.clone() else {
        return refuse(500, "InternalError", "An internal error has occurred.");
    };
    world.hold(&source, Held::Copy, &growth);
    follow(world, turn, &copy, growth);
    Ok(Done::from(json!({"ImageId": copy.id})))
}

/// The tasks that follow a copy: the copy itself, done a little before the image is, and now and then a look at it.
fn follow(world: &mut World, turn: &Turn<'_>, copy: &Image, growth: Growth) {
    let mut dice = world.dice(Cloud::Volcengine, &format!("tasks {}", copy.id));
    let ahead = growth.end.map_or(0, |end| end.since(growth.start) / 20).min(2_000);
    let task = Task {
        cloud: Cloud::Volcengine,
        region: copy.region.clone(),
        id: task_id(&mut dice),
        kind: TaskKind::Copy,
        image: copy.id.clone(),
        image_name: copy.name.clone(),
        growth: Growth { end: growth.end.map(|end| end.plus(-ahead).max(turn.now)), ..growth.clone() },
    };
    world.add_task(task.clone());
    if let (Some(end), false, true) = (growth.end, growth.fails, dice.chance(0.3)) {
        let look = Growth { start: end, visible: end, end: Some(end.plus(1_000)), ..growth };
        world.add_task(Task { id: task_id(&mut dice), kind: TaskKind::Detect, growth: look, ..task });
    }
}

fn task_id(dice: &mut super::faults::Dice) -> String {
    format!("t-{}", dice.text(b"0123456789abcdefghijklmnopqrstuvwxyz", 20))
}

fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    let found = world.image(Cloud::Volcengine, &turn.region, id, turn.now);
    found.ok_or_else(|| Refused::new(404, "InvalidImage.NotFound", "The specified image does not exist."))
}

fn is_region_shape(region: &str) -> bool {
    let labels = region.split('-').collect::<Vec<_>>();
    labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// Letters and Han characters: how names and descriptions begin.
fn is_initial(c: char) -> bool {
    c.is_ascii_alphabetic() || is_han(c)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count())
        && name.chars().next().is_some_and(is_initial)
        && name.chars().all(|c| is_initial(c) || c.is_ascii_digit() || matches!(c, '_' | '-' | '.'))
}

fn is_description(text: &str) -> bool {
    text.chars().count() <= 255
        && text.chars().next().is_none_or(is_initial)
        && text.chars().all(|c| is_initial(c) || c.is_ascii_digit() || matches!(c, '_' | '-' | '=' | ',' | '.' | '，' | '。' | ' '))
}

fn describe_images(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids = params.texts("ImageIds", 100)?;
    let statuses = params.texts("Status", 10)?;
    if statuses.iter().any(|status| !["available", "creating", "error"].contains(status)) {
        return Err(invalid("Status.N must be available, creating or error."));
    }
    let statuses = if statuses.is_empty() { vec!["available"] } else { statuses };
    let visibility = params.text("Visibility").filter(|text| !text.is_empty());
    if visibility.is_some_and(|word| !["public", "private", "shared"].contains(&word)) {
        return Err(invalid("Visibility must be public, private or shared."));
    }
    let (size, skip) = params.page(100, 15)?;
    let given = |name: &str| params.text(name).filter(|text| !text.is_empty());
    let tags = tag_filters(params)?;
    let images = world.listed(Cloud::Volcengine, &turn.region, turn.now).into_iter().filter(|image| {
        (ids.is_empty() || ids.contains(&image.id.as_str()))
            && statuses.contains(&status(image, turn.now))
            && visibility.is_none_or(|word| visibility_of(image) == word)
            && given("ImageName").is_none_or(|name| image.name.contains(name))
            && given("OsType").is_none_or(|kind| os_type(image) == kind)
            && given("Platform").is_none_or(|platform| image.os == platform)
            && given("ProjectName").is_none_or(|project| image.project == project)
            && tags.iter().all(|(key, values)| {
                image.tags.iter().any(|(name, value)| name == key && (values.is_empty() || values.contains(&value.as_str())))
            })
    });
    let shown: Vec<Value> = images.map(|image| shown_image(image, turn.now)).collect();
    let total = shown.len();
    let (mut page, next) = page_of(shown, size, skip);
    World::repeat_if_asked(turn, &mut page);
    Ok(Done::from(json!({"TotalCount": total, "NextToken": next, "Images": page})))
}

fn tag_filters(params: &Params) -> Result<Vec<(&str, Vec<&str>)>, Refused> {
    let mut filters = Vec::new();
    for number in 1..=10 {
        let Some(key) = params.text(&format!("TagFilters.{number}.Key")) else { break };
        filters.push((key, params.texts(&format!("TagFilters.{number}.Values"), 3)?));
    }
    Ok(filters)
}

fn status(image: &Image, now: Millis) -> &'static str {
    match image.phase(now) {
        Phase::Ready => "available",
        Phase::Failed => "error",
        Phase::Hidden | Phase::Pending => "creating",
    }
}

fn visibility_of(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Private => "private",
        Ownership::Shared => "shared",
        Ownership::Public | Ownership::Market | Ownership::Unknown => "public",
    }
}

fn os_type(image: &Image) -> &'static str {
    if image.is_windows() { "Windows" } else { "Linux" }
}

/// `2022-05-06T17:33:34+08:00`.
fn local_time(at: Millis) -> String {
    at.plus(8 * 3_600_000).rfc3339().replace('Z', "+08:00")
}

fn shown_image(image: &Image, now: Millis) -> Value {
    let snapshot = |kind: &str| json!({"SnapshotId": format!("snap-{kind}-{}", image.id), "Size": image.size_gib, "VolumeKind": kind});
    let mut snapshots = vec![snapshot("system")];
    if image.whole {
        snapshots.push(snapshot("data"));
    }
    json!({
        "ImageId": image.id,
        "ImageName": image.name,
        "Description": image.description,
        "ImageOwnerId": if image.is_private() { ACCOUNT } else { "2100000000" },
        "ProjectName": image.project,
        "Architecture": "amd64",
        "BootMode": "BIOS",
        "OsName": format!("{} 64 bit", image.os),
        "OsType": os_type(image),
        "Platform": image.os,
        "PlatformVersion": "",
        "Kernel": "",
        "Status": status(image, now),
        "Visibility": visibility_of(image),
        "ShareStatus": if image.shared_with.is_empty() { "" } else { "HasShared" },
        "LicenseType": "",
        "IsLTS": false,
        "IsSupportCloudInit": true,
        "Size": image.size_gib,
        "VirtualSize": image.size_gib.saturating_mul(1 << 30).to_string(),
        "CreatedAt": local_time(image.created),
        "UpdatedAt": local_time(image.created),
        "Snapshots": snapshots,
        "Tags": image.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Vec<_>>(),
    })
}

fn describe_tasks(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids = params.texts("TaskIds", 100)?;
    let mut resources = params.texts("ResourceIds", 100)?;
    resources.extend(params.text("ResourceId").filter(|id| !id.is_empty()));
    let (size, skip) = params.page(100, 20)?;
    let mut tasks: Vec<&Task> = match (ids.is_empty(), resources.is_empty()) {
        (true, true) => world.tasks_in(Cloud::Volcengine, &turn.region, turn.now),
        (true, false) => resources.iter().flat_map(|id| world.tasks_of_image(Cloud::Volcengine, id, turn.now)).collect(),
        (false, _) => ids.iter().filter_map(|id| world.task(Cloud::Volcengine, id, turn.now)).collect(),
    };
    tasks.retain(|task| task.region == turn.region && (resources.is_empty() || resources.contains(&task.image.as_str())));
    tasks.sort_by(|a, b| b.growth.start.cmp(&a.growth.start).then_with(|| a.id.cmp(&b.id)));
    tasks.dedup_by(|a, b| a.id == b.id);
    let skew = turn.clock.since(turn.now);
    let (mut page, next) = page_of(tasks.into_iter().map(|task| shown_task(task, turn.now, skew)).collect(), size, skip);
    World::repeat_if_asked(turn, &mut page);
    Ok(Done::from(json!({"NextToken": next, "Tasks": page})))
}

fn shown_task(task: &Task, now: Millis, skew: i64) -> Value {
    let growth = &task.growth;
    let percent = growth.percent(now);
    let status = match growth.phase(now) {
        Phase::Ready => "Succeeded",
        Phase::Failed => "Failed",
        Phase::Hidden | Phase::Pending if percent < 5 => "Pending",
        Phase::Hidden | Phase::Pending => "Running",
    };
    let ended = growth.end.filter(|end| *end <= now);
    json!({
        "Id": task.id,
        "ResourceId": task.image,
        "Type": match task.kind {
            TaskKind::Copy | TaskKind::CopyInRegion => "CopyImage",
            TaskKind::Export => "ExportImage",
            TaskKind::Detect | TaskKind::Members => "DetectImage",
        },
        "Status": status,
        "Process": percent,
        "CreatedAt": local_time(growth.start.plus(skew)),
        "UpdatedAt": local_time(ended.unwrap_or(now).plus(skew)),
        "EndAt": ended.map(|end| local_time(end.plus(skew))).unwrap_or_default(),
    })
}

fn describe_regions(world: &mut World, _turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids = params.texts("RegionIds", 20)?;
    let (size, skip) = params.page(20, 10)?;
    let regions = world.regions(Cloud::Volcengine).into_iter().filter(|id| ids.is_empty() || ids.contains(&id.as_str()));
    let (page, next) = page_of(regions.map(|id| json!({"RegionId": id})).collect(), size, skip);
    Ok(Done::from(json!({"Regions": page, "NextToken": next})))
}

fn export_image(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let id = params.need("ImageId")?;
    let bucket = params.need("TOSBucket")?;
    let prefix = params.need("TOSPrefix")?;
    if prefix.chars().count() > 30 || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return refuse(400, "InvalidTOSPrefix.Malformed", "The specified TOSPrefix is malformed.");
    }
    if bucket.starts_with("denied-") || bucket.starts_with("missing-") {
        return refuse(400, "InvalidTosPutObject.AccessDenied", "ECS may not write to the specified bucket.");
    }
    let image = find(world, turn, id)?.clone();
    if !image.is_private() || image.whole || image.encrypted {
        return refuse(400, "InvalidImageForExportImage.UnSupported", "The specified image cannot be used for ExportImage.");
    }
    if image.phase(turn.now) != Phase::Ready || image.held(turn.now) == Some(Held::Export) {
        return refuse(400, "InvalidImageStatus", "The status of the specified image does not allow it.");
    }
    let mut dice = world.dice(Cloud::Volcengine, &turn.request_id);
    let growth = world.growth(turn, &mut dice);
    let task = task_id(&mut dice);
    world.hold(&image, Held::Export, &growth);
    world.add_task(Task {
        cloud: Cloud::Volcengine,
        region: turn.region.clone(),
        id: task.clone(),
        kind: TaskKind::Export,
        image: image.id,
        image_name: image.name,
        growth,
    });
    Ok(Done::from(json!({"TaskId": task})))
}

fn delete_images(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids: Vec<String> = params.texts("ImageIds", 100)?.into_iter().map(str::to_owned).collect();
    if ids.is_empty() {
        return refuse(400, "MissingParameter.ImageIds", "The required parameter ImageIds is not supplied.");
    }
    params.flag("DeleteBindedSnapshots")?;
    let mut details = Vec::new();
    for id in ids {
        let refused = match find(world, turn, &id) {
            Err(_) => Some("InvalidImage.NotFound"),
            Ok(image) if !image.is_private() => Some("InvalidImage.NotFound"),
            Ok(image) if !image.shared_with.is_empty() => Some("InvalidImage.Shared"),
            Ok(image) if image.phase(turn.now) == Phase::Pending || image.held(turn.now) == Some(Held::Copy) => {
                Some("OperationDenied.ImageIsCopying")
            }
            Ok(image) if image.held(turn.now) == Some(Held::Export) => Some("OperationDenied.ImageIsExporting"),
            Ok(_) => None,
        };
        if refused.is_none() {
            world.delete(Cloud::Volcengine, &turn.region, &id);
        }
        let error = refused.map(|code| json!({"Code": code, "Message": "The image cannot be deleted."}));
        details.push(json!({"ImageId": id, "Error": error}));
    }
    Ok(Done::from(json!({"OperationDetails": details})))
}

/// An image of one's own, to be changed.
fn own<'w>(world: &'w mut World, turn: &Turn<'_>, params: &Params) -> Result<&'w mut Image, Refused> {
    let id = params.need("ImageId")?;
    let image = find(world, turn, id)?;
    if !image.is_private() {
        return Err(Refused::new(403, "AccessDenied", "The image does not belong to this account."));
    }
    if image.phase(turn.now) != Phase::Ready {
        return Err(Refused::new(400, "InvalidImageStatus", "The status of the specified image does not allow it."));
    }
    let missing = || Refused::new(404, "InvalidImage.NotFound", "The specified image does not exist.");
    world.image_mut(Cloud::Volcengine, &turn.region, id).ok_or_else(missing)
}

fn modify_image(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let image = own(world, turn, params)?;
    if params.text("ImageName").is_some_and(|name| !is_name(name)) {
        return refuse(400, "InvalidImageName.Malformed", "The specified ImageName is malformed.");
    }
    if params.text("Description").is_some_and(|text| !is_description(text)) {
        return refuse(400, "InvalidDescription.Malformed", "The specified Description is malformed.");
    }
    if let Some(name) = params.text("ImageName") {
        image.name = name.to_owned();
    }
    if let Some(description) = params.text("Description") {
        image.description = description.to_owned();
    }
    Ok(Done::from(Value::Null))
}

fn modify_share(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let (add, remove) = (params.texts("AddAccounts", 50)?, params.texts("RemoveAccounts", 50)?);
    if add.iter().chain(&remove).any(|account| account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(invalid("Accounts are named by their numbers."));
    }
    let image = own(world, turn, params)?;
    image.shared_with.retain(|account| !add.contains(&account.as_str()) && !remove.contains(&account.as_str()));
    image.shared_with.extend(add.into_iter().map(str::to_owned));
    Ok(Done::from(Value::Null))
}

fn describe_share(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let (size, skip) = params.page(100, 20)?;
    let accounts: Vec<Value> = own(world, turn, params)?.shared_with.iter().map(|account| json!({"AccountId": account})).collect();
    let total = accounts.len();
    let (page, next) = page_of(accounts, size, skip);
    Ok(Done::from(json!({"TotalCount": total, "NextToken": next, "Accounts": page})))
}

/// The tag service behind the same host: a key that is there already gets the new value.
fn tag_resources(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    if params.need("ResourceType")? != "image" {
        return Err(invalid("Only resources of the type image are simulated."));
    }
    let ids: Vec<String> = params.texts("ResourceIds", 50)?.into_iter().map(str::to_owned).collect();
    let tags = params.tags()?;
    if ids.is_empty() || tags.is_empty() {
        return Err(invalid("ResourceIds and Tags are needed."));
    }
    let mut details = Vec::new();
    for id in ids {
        let found = find(world, turn, &id).is_ok();
        if let (true, Some(image)) = (found, world.image_mut(Cloud::Volcengine, &turn.region, &id)) {
            image.tags.retain(|(key, _)| !tags.iter().any(|(changed, _)| changed == key));
            image.tags.extend(tags.iter().cloned());
        }
        let error = (!found).then(|| json!({"Code": "InvalidImage.NotFound", "Message": "The specified image does not exist."}));
        details.push(json!({"ResourceId": id, "Error": error}));
    }
    Ok(Done::from(json!({"OperationDetails": details})))
}
