//! Huawei Cloud IMS and the IAM look-ups beside it: SDK-HMAC-SHA256 signatures, paths for actions, and `IMG.nnnn`.

use super::arrived::{Parsed, decode};
use super::faults::Dice;
use super::image::{Growth, Held, Image, Pace, Phase, Task, TaskKind};
use super::world::{Done, Outcome, Refused, Turn, Wanted, World, content_type};
use crate::facts::Ownership;
use crate::http::Answer;
use crate::provider::Cloud;
use crate::sign::{Expect, Reason};
use crate::time::Millis;
use serde_json::{Map, Value, json};

/// Failed authentications in a row that lock a key, and for how long.
const LOCK_AFTER: u32 = 5;
const LOCK_MS: i64 = 5 * 60_000;
/// Regions where images of up to 300 GiB may be copied across regions; elsewhere 128.
const LARGE_REGIONS: [&str; 4] = ["cn-east-2", "cn-east-3", "cn-north-4", "cn-south-1"];
const MAX_BODY: usize = 12 * 1024 * 1024;
const MAX_TARGET: usize = 32 * 1024;

/// What a path means. The ids in it are decoded.
#[derive(Debug, PartialEq, Eq)]
enum Route {
    Replicate(String),
    CopyInRegion(String),
    Export(String),
    Job(String),
    OldJob { project: String, job: String },
    List,
    Update(String),
    Show(String),
    Delete(String),
    Quota,
    Share { add: bool },
    Accept,
    Members(String),
    Tags(String),
    TagsAction(String),
    Regions,
    Projects,
    Domains,
    Agencies,
    NewAgency,
}

impl Route {
    /// The vendor's name of the operation.
    fn action(&self) -> &'static str {
        match self {
            Route::Replicate(_) => "CopyImageCrossRegion",
            Route::CopyInRegion(_) => "CopyImageInRegion",
            Route::Export(_) => "ExportImage",
            Route::Job(_) => "ShowJobProgress",
            Route::OldJob { .. } => "ShowJob",
            Route::List => "ListImages",
            Route::Update(_) => "UpdateImage",
            Route::Show(_) => "ShowImage",
            Route::Delete(_) => "DeleteImage",
            Route::Quota => "ShowImageQuota",
            Route::Share { add: true } => "AddImageMembers",
            Route::Share { add: false } => "DeleteImageMembers",
            Route::Accept => "UpdateImageMembers",
            Route::Members(_) => "ListImageMembers",
            Route::Tags(_) => "ListImageTags",
            Route::TagsAction(_) => "AddImageTags",
            Route::Regions => "ListRegions",
            Route::Projects => "ListProjects",
            Route::Domains => "ListDomains",
            Route::Agencies => "ListAgencies",
            Route::NewAgency => "CreateAgency",
        }
    }

    /// The image or job in the path: its owner tells the region when nothing else does.
    fn resource(&self) -> Option<&str> {
        match self {
            Route::Replicate(id)
            | Route::CopyInRegion(id)
            | Route::Export(id)
            | Route::Job(id)
            | Route::OldJob { job: id, .. }
            | Route::Update(id)
            | Route::Show(id)
            | Route::Delete(id)
            | Route::Members(id)
            | Route::Tags(id)
            | Route::TagsAction(id) => Some(id),
            Route::List
            | Route::Quota
            | Route::Share { .. }
            | Route::Accept
            | Route::Regions
            | Route::Projects
            | Route::Domains
            | Route::Agencies
            | Route::NewAgency => None,
        }
    }
}

/// Path segments without a leading region, and that region.
fn segments(world: &World, request: &Parsed<'_>) -> (Option<String>, Vec<String>) {
    let mut segments: Vec<String> = request.path.split('/').skip(1).map(decode).collect();
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    match segments.first() {
        Some(first) if world.knows_region(Cloud::Huawei, first) => (Some(segments.remove(0)), segments),
        _ => (None, segments),
    }
}

fn route(world: &World, request: &Parsed<'_>) -> Option<Route> {
    let (_, segments) = segments(world, request);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let own = |id: &str| id.to_owned();
    Some(match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["v1", "cloudimages", id, "cross_region_copy"]) => Route::Replicate(own(id)),
        ("POST", ["v1" | "v2.1", "cloudimages", id, "copy"]) => Route::CopyInRegion(own(id)),
        ("POST", ["v1" | "v2.1", "cloudimages", id, "file"]) => Route::Export(own(id)),
        ("GET", ["v1", "cloudimages", "job", id]) => Route::Job(own(id)),
        ("GET", ["v1", "cloudimages", "quota"]) => Route::Quota,
        ("POST", ["v1", "cloudimages", "members"]) => Route::Share { add: true },
        ("PUT", ["v1", "cloudimages", "members"]) => Route::Accept,
        ("DELETE", ["v1", "cloudimages", "members"]) => Route::Share { add: false },
        ("GET", ["v1", project, "jobs", job]) => Route::OldJob { project: own(project), job: own(job) },
        ("GET", ["v2", "cloudimages"]) => Route::List,
        ("PATCH", ["v2", "cloudimages", id]) => Route::Update(own(id)),
        ("GET", ["v2", "images", id]) => Route::Show(own(id)),
        ("DELETE", ["v2", "images", id]) => Route::Delete(own(id)),
        ("GET", ["v2", "images", id, "members"]) => Route::Members(own(id)),
        ("GET", ["v2", _, "images", id, "tags"]) => Route::Tags(own(id)),
        ("POST", ["v2", _, "images", id, "tags", "action"]) => Route::TagsAction(own(id)),
        ("GET", ["v3", "regions"]) => Route::Regions,
        ("GET", ["v3", "projects"] | ["v3", "auth", "projects"]) => Route::Projects,
        ("GET", ["v3", "auth", "domains"]) => Route::Domains,
        ("GET", ["v3.0", "OS-AGENCY", "agencies"]) => Route::Agencies,
        ("POST", ["v3.0", "OS-AGENCY", "agencies"]) => Route::NewAgency,
        _ => return None,
    })
}

/// The action a request names, for faults and ledger.
pub(super) fn action(world: &World, request: &Parsed<'_>) -> String {
    route(world, request).map_or("?", |route| route.action()).to_owned()
}

/// From the gateway's checks to the action itself.
pub(super) fn serve(world: &mut World, turn: &mut Turn<'_>) -> Outcome {
    let request = turn.request;
    if request.body.len() > MAX_BODY {
        return refuse(413, "APIGW.0201", "Request entity too large");
    }
    if request.path.len() + request.query.len() > MAX_TARGET {
        return refuse(414, "APIGW.0201", "Request URI too large");
    }
    let Some(route) = route(world, request) else {
        return refuse(404, "APIGW.0101", "The API does not exist or has not been published in the environment");
    };
    authenticate(world, turn)?;
    let place = place(world, turn, &route);
    turn.region = place.clone().unwrap_or_default();
    if !world.admit(turn, route.action(), &turn.region) {
        return Err(throttled(world.config.limits.per_second(turn.cloud, route.action())));
    }
    match &route {
        Route::Regions => return Ok(list_regions(world)),
        Route::Projects => return Ok(list_projects(world, turn)),
        Route::Domains => return Ok(Done::from(json!({"domains": [{"id": domain_id(), "name": "example", "enabled": true}]}))),
        Route::Agencies => return list_agencies(world, turn),
        Route::NewAgency => return create_agency(world, turn),
        Route::List => return list_images(world, turn),
        _ => {}
    }
    if turn.region.is_empty() {
        turn.region = world.config.home.clone();
        turn.note = Some("nothing told the region: taken as the home region");
    }
    match route {
        Route::Replicate(id) => replicate(world, turn, &id),
        Route::CopyInRegion(id) => copy_in_region(world, turn, &id),
        Route::Export(id) => export(world, turn, &id),
        Route::Job(id) => show_job(world, turn, &id),
        Route::OldJob { project, job } => {
            if project_region(world, &project).is_some_and(|region| region != turn.region) {
                return img("IMG.0067", "The project ID is incorrect.");
            }
            show_job(world, turn, &job)
        }
        Route::Update(id) => update(world, turn, &id),
        Route::Show(id) => {
            let image = world.image(Cloud::Huawei, &turn.region, &id, turn.now);
            let missing = || Refused::new(404, "IMG.0027", "The image with the given ID does not exist.");
            Ok(Done::from(shown_image(image.ok_or_else(missing)?, turn.now)))
        }
        Route::Delete(id) => delete(world, turn, &id),
        Route::Quota => {
            let used = world.private_count(Cloud::Huawei, &turn.region);
            let quota = |kind: &str, used: u64, quota: u64| json!({"type": kind, "used": used, "quota": quota, "min": 1, "max": 1000});
            let image = quota("image", used, world.quota(Cloud::Huawei));
            Ok(Done::from(json!({"quotas": {"resources": [image, quota("image_shared", 0, 128)]}})))
        }
        Route::Share { add } => share(world, turn, add),
        Route::Accept => accept(world, turn),
        Route::Members(id) => {
            let image = find(world, turn, &id)?;
            let members: Vec<Value> = image
                .shared_with
                .iter()
                .map(|member| json!({"image_id": id, "member_id": member, "member_type": "project", "status": "pending", "schema": "/v2/schemas/member"}))
                .collect();
            Ok(Done::from(json!({"members": members, "schema": "/v2/schemas/members"})))
        }
        Route::Tags(id) => {
            let tags: Vec<Value> = find(world, turn, &id)?.tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
            Ok(Done::from(json!({"tags": tags})))
        }
        Route::TagsAction(id) => change_tags(world, turn, &id),
        Route::List | Route::Regions | Route::Projects | Route::Domains | Route::Agencies | Route::NewAgency => {
            refuse(500, "APIGW.0601", "Internal server error.")
        }
    }
}

/// The image service, the gateway and IAM each have an envelope of their own.
pub(super) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let (status, body) = match outcome {
        Ok(done) => (done.status, done.result),
        Err(refused) if refused.code.starts_with("IMG.") => {
            (refused.status, json!({"error": {"message": refused.message, "code": refused.code}}))
        }
        Err(refused) if refused.code.starts_with("APIGW.") => {
            (refused.status, json!({"error_msg": refused.message, "error_code": refused.code, "request_id": turn.request_id}))
        }
        Err(refused) => (refused.status, json!({"error": {"message": refused.message, "code": refused.status, "title": refused.code}})),
    };
    let mut headers = vec![content_type("application/json"), ("X-Request-Id".to_owned(), turn.request_id.clone())];
    if turn.request.path.contains("/v3") {
        headers.push(("X-IAM-Trace-Id".to_owned(), turn.request_id.clone()));
    }
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    Answer { status, headers, body }
}

pub(super) fn throttled(limit: u32) -> Refused {
    let message = format!("The throttling threshold has been reached: policy user over ratelimit,limit:{limit},time:1 second");
    Refused::new(429, "APIGW.0308", message)
}

fn refuse(status: u16, code: &str, message: impl Into<String>) -> Outcome {
    Err(Refused::new(status, code, message))
}

/// The image service answers nearly every failure with status 400.
fn img(code: &str, message: &str) -> Outcome {
    Err(Refused::new(400, code, message))
}

fn authenticate(world: &mut World, turn: &mut Turn<'_>) -> Result<(), Refused> {
    let denied = |text: String| Err(Refused::new(401, "APIGW.0301", format!("Incorrect IAM authentication information: {text}")));
    if turn.request.header("authorization").is_none() && turn.request.header("x-auth-token").is_some() {
        return denied("decrypt token fail".to_owned());
    }
    let verdict = world.verify(turn, &Expect { region: None, service: None, required_headers: &["x-sdk-date"] });
    let id = match &verdict {
        Ok(verified) => verified.id.clone(),
        Err(refusal) => refusal.id.clone().unwrap_or_default(),
    };
    turn.key = id.clone();
    if let Some((count, last)) = world.failures.get(&id).copied() {
        if turn.now.since(last) >= LOCK_MS {
            world.failures.remove(&id);
        } else if count > LOCK_AFTER {
            return denied("AK access failed to reach the limit,forbidden".to_owned());
        }
    }
    let refusal = match verdict {
        Ok(_) => {
            world.failures.remove(&id);
            return Ok(());
        }
        Err(refusal) => refusal,
    };
    if !id.is_empty() && refusal.reason != Reason::UnknownKey {
        let failures = world.failures.entry(id.clone()).or_insert((0, turn.now));
        *failures = (failures.0.saturating_add(1), turn.now);
    }
    denied(match refusal.reason {
        Reason::Malformed | Reason::Scope => "the format of the Authorization header is incorrect".to_owned(),
        Reason::UnknownKey => format!("ak {} not exist", crate::check::shown(&id)),
        Reason::Clock => {
            let signed = refusal.signed_at.unwrap_or_default().basic();
            format!("signature expired, signature time:{signed},server time:{}", turn.clock.basic())
        }
        Reason::SignedHeaders => "verify aksk signature fail, a signed header is missing".to_owned(),
        Reason::Token => "the security token is wrong or expired".to_owned(),
        Reason::Payload | Reason::Signature => match refusal.canonical_request {
            Some(canonical) => format!("verify aksk signature fail, canonicalRequest:{}", canonical.replace('\n', "|")),
            None => "verify aksk signature fail".to_owned(),
        },
    })
}

/// Path prefix, host, project, then the owner of the resource that the request names.
fn place(world: &World, turn: &Turn<'_>, route: &Route) -> Option<String> {
    let (prefix, _) = segments(world, turn.request);
    let host = turn.request.host_name();
    let by_host = || match host.split('.').collect::<Vec<_>>().as_slice() {
        ["ims", region, ..] if world.knows_region(Cloud::Huawei, region) => Some((*region).to_owned()),
        _ => None,
    };
    let by_project = || turn.request.header("x-project-id").and_then(|project| project_region(world, project));
    let by_owner = || {
        let named = turn.request.param("id").filter(|_| *route == Route::List);
        let first = || {
            let body: Value = serde_json::from_slice(turn.request.body).ok()?;
            Some(body.get("images")?.get(0)?.as_str()?.to_owned())
        };
        let id = route
            .resource()
            .or(named)
            .map(str::to_owned)
            .or_else(|| first().filter(|_| matches!(route, Route::Share { .. } | Route::Accept)))?;
        world.home_of(Cloud::Huawei, &id).map(str::to_owned)
    };
    prefix.or_else(by_host).or_else(by_project).or_else(by_owner)
}

/// Projects of the account: id, name and region. Every region has one of its own name.
fn projects(world: &World) -> Vec<(String, String, String)> {
    let built_in = world.regions(Cloud::Huawei).into_iter().map(|region| (region.clone(), region));
    let extra = world.config.projects.iter().filter(|(cloud, _)| *cloud == Cloud::Huawei).map(|(_, name)| {
        let region = name.split('_').next().unwrap_or_default().to_owned();
        (name.clone(), region)
    });
    built_in.chain(extra).map(|(name, region)| (project_id(&name), name, region)).collect()
}

/// Not from the seed: the same in every world, so that clients may be configured once.
fn project_id(name: &str) -> String {
    Dice::new(0, Cloud::Huawei, &format!("project {name}"), 0).hex(32)
}

fn domain_id() -> String {
    Dice::new(0, Cloud::Huawei, "domain", 0).hex(32)
}

fn project_region(world: &World, id: &str) -> Option<String> {
    projects(world).into_iter().find(|(known, _, _)| known == id).map(|(_, _, region)| region)
}

fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    let found = world.image(Cloud::Huawei, &turn.region, id, turn.now);
    found.ok_or_else(|| Refused::new(400, "IMG.0144", "The image does not exist."))
}

/// The JSON object in the body.
fn body(turn: &Turn<'_>) -> Result<Map<String, Value>, Refused> {
    if turn.request.body.is_empty() {
        return Err(Refused::new(400, "IMG.0007", "The request body is empty."));
    }
    match serde_json::from_slice(turn.request.body) {
        Ok(Value::Object(fields)) if turn.request.content_type_is("application/json") => Ok(fields),
        _ => Err(Refused::new(400, "IMG.0001", "The request body is not in the expected format.")),
    }
}

/// A text of the body; absent and null are the same, and anything else is refused.
fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Result<Option<&'b str>, Refused> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refused::new(400, "IMG.0001", format!("The value of {name} must be a string."))),
    }
}

/// A list of texts of the body; what is no text is left out.
fn texts(body: &Map<String, Value>, name: &str) -> Vec<String> {
    let items = body.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn check_name(name: Option<&str>) -> Result<&str, Refused> {
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

fn check_description(description: Option<&str>) -> Result<(), Refused> {
    let text = description.unwrap_or_default();
    if text.chars().count() > 1024 {
        return Err(Refused::new(400, "IMG.0004", "The description is longer than 1024 characters."));
    }
    match text.chars().any(|c| c.is_control() || matches!(c, '<' | '>')) {
        true => Err(Refused::new(400, "IMG.0054", "The format of the description is incorrect.")),
        false => Ok(()),
    }
}

fn replicate(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let body = body(turn)?;
    let name = check_name(text(&body, "name")?)?;
    let description = text(&body, "description")?;
    check_description(description)?;
    let region = text(&body, "region")?.unwrap_or_default();
    if region == turn.region {
        return img("IMG.0142", "The destination region is the source region.");
    }
    if !world.knows_region(Cloud::Huawei, region) {
        return img("IMG.0147", "The destination region is incorrect.");
    }
    let project = text(&body, "project_name")?.unwrap_or_default();
    if !projects(world).iter().any(|(_, known, of)| known == project && of == region) {
        return img("IMG.0145", "The project name is incorrect.");
    }
    let agency = text(&body, "agency_name")?.unwrap_or_default();
    if !world.config.agencies.iter().any(|known| known == agency) {
        return img("IMG.0151", "The agency has no right on the target project.");
    }
    let source = find(world, turn, id)?.clone();
    check_source(&source, turn.now)?;
    if source.iso {
        return img("IMG.0167", "The operation is not possible for an ISO image.");
    }
    if source.encrypted {
        return img("IMG.0143", "An encrypted image cannot be replicated across regions.");
    }
    if source.whole && text(&body, "vault_id")?.is_none_or(str::is_empty) {
        return img("IMG.0184", "The vault cannot be read: a full-ECS image needs vault_id.");
    }
    let large = LARGE_REGIONS.contains(&region) && LARGE_REGIONS.contains(&turn.region.as_str());
    if source.size_gib > if large { 300 } else { 128 } {
        return img("IMG.0146", "The image is larger than cross-region replication allows.");
    }
    if !world.takes_copies(Cloud::Huawei, region) || !world.takes_copies(Cloud::Huawei, &turn.region) {
        return img("IMG.0105", "The operation is not supported.");
    }
    if world.running(Cloud::Huawei, TaskKind::Copy, turn.now) >= world.config.limits.huawei_copies {
        world.violation(turn, "over_concurrency", format!("huawei copies at a time: {}", world.config.limits.huawei_copies));
        return img("IMG.0149", "Too many images are being replicated across regions.");
    }
    launch(world, turn, &source, region, name, description, TaskKind::Copy)
}

/// What both copies ask of the source.
fn check_source(source: &Image, now: Millis) -> Result<(), Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(400, code, message));
    match (source.ownership, source.phase(now), source.held(now)) {
        (Ownership::Shared, _, _) => refused("IMG.0047", "Only the owner of the image may do this."),
        (Ownership::Public | Ownership::Market | Ownership::Unknown, _, _) => refused("IMG.0105", "The operation is not supported."),
        (Ownership::Private, Phase::Ready, Some(Held::Export)) => refused("IMG.0148", "The image is being exported."),
        (Ownership::Private, Phase::Ready, _) => Ok(()),
        (Ownership::Private, _, _) => refused("IMG.0046", "The image is unavailable."),
    }
}

fn copy_in_region(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let body = body(turn)?;
    let name = check_name(text(&body, "name")?)?;
    let description = text(&body, "description")?;
    check_description(description)?;
    let key = text(&body, "cmk_id")?.filter(|key| !key.is_empty());
    let source = find(world, turn, id)?.clone();
    match source.ownership {
        Ownership::Shared if !is_accepted(&source) => return img("IMG.0196", "The shared image has not been accepted yet."),
        Ownership::Shared if key.is_some() || source.size_gib > 128 => return img("IMG.0105", "The operation is not supported."),
        Ownership::Shared => {}
        _ => check_source(&source, turn.now)?,
    }
    if source.iso {
        return img("IMG.0167", "The operation is not possible for an ISO image.");
    }
    if source.whole {
        return img("IMG.0130", "A full-ECS image cannot be exported or replicated.");
    }
    if let Some(key) = key {
        if key.len() != 36 {
            return img("IMG.0095", "The key does not exist.");
        }
        if source.encrypted && key == image_key(&source) {
            return img("IMG.0096", "The key is the one of the source image.");
        }
    }
    let region = turn.region.clone();
    let answer = launch(world, turn, &source, &region, name, description, TaskKind::CopyInRegion)?;
    let task = answer.result.get("job_id").and_then(Value::as_str).and_then(|job| world.task(Cloud::Huawei, job, turn.now));
    let made = task.map(|task| task.image.clone()).unwrap_or_default();
    if let Some(image) = world.image_mut(Cloud::Huawei, &region, &made) {
        image.encrypted = key.is_some();
    }
    Ok(answer)
}

/// Starts a copy and the job that reports it: the job ends a little before the image is active.
fn launch(
    world: &mut World,
    turn: &Turn<'_>,
    source: &Image,
    region: &str,
    name: &str,
    description: Option<&str>,
    kind: TaskKind,
) -> Outcome {
    if world.private_count(Cloud::Huawei, region) >= world.quota(Cloud::Huawei) {
        return img("IMG.0015", "The quota of private images has been reached.");
    }
    let change = |image: &mut Image| image.description = description.unwrap_or_default().to_owned();
    let copy = world.copy(turn, source, &Wanted { region, name, change: &change });
    let Some(growth) = copy.growth.clone() else {
        return refuse(500, "APIGW.0601", "Internal server error.");
    };
    world.hold(source, Held::Copy, &growth);
    let ahead = growth.end.map_or(0, |end| end.since(growth.start) / 20).min(2_000);
    let growth = Growth { end: growth.end.map(|end| end.plus(-ahead).max(turn.now)), visible: turn.now, ..growth };
    let job = new_job(world, turn, kind, &copy, growth);
    Ok(Done::from(json!({"job_id": job})))
}

/// A job stands in the region where it was asked for.
fn new_job(world: &mut World, turn: &Turn<'_>, kind: TaskKind, image: &Image, growth: Growth) -> String {
    let mut dice = world.dice(Cloud::Huawei, &format!("job {:?} {} {}", kind, image.id, turn.request_id));
    let id = format!("ff80{}", dice.hex(28));
    world.add_task(Task {
        cloud: Cloud::Huawei,
        region: turn.region.clone(),
        id: id.clone(),
        kind,
        image: image.id.clone(),
        image_name: image.name.clone(),
        growth,
    });
    id
}

fn show_job(world: &World, turn: &Turn<'_>, id: &str) -> Outcome {
    let Some(task) = world.task(Cloud::Huawei, id, turn.now).filter(|task| task.region == turn.region) else {
        return img("IMG.0031", "The resource ID is incorrect.");
    };
    let skew = turn.clock.since(turn.now);
    let percent = task.growth.percent(turn.now);
    let stamp = |at: Millis| at.plus(skew).rfc3339().replace('Z', &format!(".{:03}Z", at.plus(skew).0.rem_euclid(1000)));
    let (status, error) = match task.growth.phase(turn.now) {
        Phase::Ready => ("SUCCESS", None),
        Phase::Failed => ("FAIL", Some(("IMG.0014", "The platform failed the task."))),
        Phase::Hidden | Phase::Pending if percent == 0 => ("INIT", None),
        Phase::Hidden | Phase::Pending => ("RUNNING", None),
    };
    let mut entities = json!({"image_name": task.image_name, "process_percent": f64::from(percent) / 100.0, "current_task": ""});
    let class = match task.kind {
        TaskKind::Export => "imsNativeExportImageJob",
        TaskKind::CopyInRegion => "imsCopyImageInRegionJob",
        TaskKind::Copy => "imsCrossRegionCopyImageJob",
        TaskKind::Members | TaskKind::Detect => "imsMembersJob",
    };
    // The id appears on the way; its presence proves nothing.
    if let (true, Some(fields)) = (percent >= 20 || status == "SUCCESS" || task.kind == TaskKind::Export, entities.as_object_mut()) {
        fields.insert("image_id".to_owned(), Value::from(task.image.clone()));
    }
    let ended = task.growth.end.filter(|end| *end <= turn.now);
    Ok(Done::from(json!({
        "job_id": task.id,
        "job_type": class,
        "begin_time": stamp(task.growth.start),
        "end_time": ended.map(stamp).unwrap_or_default(),
        "status": status,
        "error_code": error.map(|(code, _)| code),
        "fail_reason": error.map(|(_, reason)| reason),
        "entities": entities,
    })))
}

fn list_images(world: &World, turn: &mut Turn<'_>) -> Outcome {
    let query = &turn.request.pairs;
    let limit = match turn.request.param("limit") {
        None => 500,
        Some(text) => match text.parse::<usize>() {
            Ok(limit @ 1..=1000) => limit,
            _ => return img("IMG.0025", "The value of limit is incorrect."),
        },
    };
    let mut images: Vec<&Image> = Vec::new();
    match turn.region.is_empty() {
        false => images.extend(world.listed(Cloud::Huawei, &turn.region, turn.now)),
        true => {
            turn.note = Some("nothing told the region: searched in all regions");
            for region in world.regions(Cloud::Huawei) {
                images.extend(world.listed(Cloud::Huawei, &region, turn.now));
            }
        }
    }
    for (key, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        let flag = |has: bool| value.eq_ignore_ascii_case(if has { "true" } else { "false" });
        match key.as_str() {
            "id" => images.retain(|image| image.id == *value),
            "name" => images.retain(|image| image.name == *value),
            "owner" => images.retain(|image| owner(image) == *value),
            "status" => images.retain(|image| status(image, turn.now) == value),
            "visibility" => images.retain(|image| visibility(image) == value),
            "__imagetype" => images.retain(|image| image_type(image) == value),
            "__os_type" => images.retain(|image| os_type(image) == value),
            "__platform" => images.retain(|image| image.os == *value),
            "__whole_image" => images.retain(|image| flag(image.whole)),
            "__system__cmkid" => images.retain(|image| image.encrypted && image_key(image) == *value),
            "virtual_env_type" => images.retain(|image| environment(image) == value),
            "protected" => images.retain(|image| flag(image.ownership == Ownership::Public)),
            "tag" => images.retain(|image| image.tags.iter().any(|(key, tag)| format!("{key}={tag}") == *value || key == value)),
            "created_at" | "updated_at" => {
                let Some((op, at)) = value.split_once(':').and_then(|(op, at)| Some((op, Millis::parse(at)?))) else {
                    return img("IMG.0025", "The time filter is incorrect.");
                };
                images.retain(|image| compare(op, Millis(image.created.seconds() * 1000), at));
            }
            _ => {}
        }
    }
    if turn.request.param("sort_key") == Some("name") {
        images.sort_by(|a, b| a.name.cmp(&b.name));
    }
    if turn.request.param("sort_dir") == Some("asc") {
        images.reverse();
    }
    if let Some(marker) = turn.request.param("marker").filter(|marker| !marker.is_empty()) {
        let Some(position) = images.iter().position(|image| image.id == marker) else {
            return img("IMG.0027", "The image of the marker does not exist.");
        };
        images.drain(..=position);
    }
    let next = if images.len() > limit { images.get(limit - 1).map(|image| image.id.clone()).unwrap_or_default() } else { String::new() };
    let mut page: Vec<Value> = images.into_iter().take(limit).map(|image| shown_image(image, turn.now)).collect();
    World::repeat_if_asked(turn, &mut page);
    Ok(Done::from(json!({"images": page, "page_info": {"next_marker": next}})))
}

fn compare(op: &str, value: Millis, bound: Millis) -> bool {
    match op {
        "gt" => value > bound,
        "gte" => value >= bound,
        "lt" => value < bound,
        "lte" => value <= bound,
        "eq" => value == bound,
        "neq" => value != bound,
        _ => false,
    }
}

fn owner(image: &Image) -> String {
    match image.ownership {
        Ownership::Private => project_id(&image.region),
        _ => Dice::new(0, Cloud::Huawei, "another owner", 0).hex(32),
    }
}

/// `queued` first, `saving` on the way.
fn status(image: &Image, now: Millis) -> &'static str {
    match (image.phase(now), image.percent(now)) {
        (Phase::Ready, _) => "active",
        (Phase::Failed, _) => "killed",
        (Phase::Hidden | Phase::Pending, Some(0..=4)) => "queued",
        (Phase::Hidden | Phase::Pending, _) => "saving",
    }
}

fn visibility(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Private => "private",
        Ownership::Shared => "shared",
        Ownership::Public | Ownership::Market | Ownership::Unknown => "public",
    }
}

fn image_type(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Private => "private",
        Ownership::Shared => "shared",
        Ownership::Market => "market",
        Ownership::Public | Ownership::Unknown => "gold",
    }
}

fn os_type(image: &Image) -> &'static str {
    if image.is_windows() { "Windows" } else { "Linux" }
}

fn environment(image: &Image) -> &'static str {
    if image.iso { "IsoImage" } else { "FusionCompute" }
}

/// The key that an encrypted image is encrypted with.
fn image_key(image: &Image) -> String {
    Dice::new(0, Cloud::Huawei, &format!("key {}", image.region), 0).uuid()
}

fn shown_image(image: &Image, now: Millis) -> Value {
    let mut shown = json!({
        "id": image.id,
        "name": image.name,
        "status": status(image, now),
        "visibility": visibility(image),
        "owner": owner(image),
        "__imagetype": image_type(image),
        "__image_size": (image.size_gib.saturating_mul(1 << 30)).to_string(),
        "min_disk": image.size_gib,
        "min_ram": 0,
        "max_ram": "",
        "disk_format": if image.iso { "iso" } else { "zvhd2" },
        "container_format": "bare",
        "virtual_env_type": environment(image),
        "__os_type": os_type(image),
        "__platform": image.os,
        "__os_bit": "64",
        "__os_version": format!("{} 64bit", image.os),
        "__description": image.description,
        "__isregistered": "true",
        "__image_source_type": "uds",
        "enterprise_project_id": "0",
        "protected": image.ownership == Ownership::Public,
        "tags": image.tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
        "created_at": image.created.rfc3339(),
        "updated_at": image.created.rfc3339(),
        "file": format!("/v2/images/{}/file", image.id),
        "self": format!("/v2/images/{}", image.id),
        "schema": "/v2/schemas/image",
        "size": 0,
        "virtual_size": null,
        "checksum": "d41d8cd98f00b204e9800998ecf8427e",
    });
    if let Some(fields) = shown.as_object_mut() {
        let mut set = |name: &str, value: String| fields.insert(name.to_owned(), Value::from(value));
        match &image.origin {
            Some((region, id)) => set("__data_origin", format!("image,{region},{id}")),
            None => set("__data_origin", format!("instance,{}", Dice::new(0, Cloud::Huawei, &image.id, 0).uuid())),
        };
        if image.encrypted {
            set("__system__cmkid", image_key(image));
        }
        if image.whole {
            set("__whole_image", "true".to_owned());
            set("__backup_id", Dice::new(0, Cloud::Huawei, &format!("backup {}", image.id), 0).uuid());
        }
    }
    shown
}

fn export(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let body = body(turn)?;
    let url = text(&body, "bucket_url")?.unwrap_or_default();
    let Some((bucket, object)) = url.split_once(':').filter(|(_, object)| !object.is_empty()) else {
        return img("IMG.0068", "The bucket name or the file name is empty.");
    };
    if bucket.is_empty() || !bucket.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')) {
        return img("IMG.0109", "The bucket name has illegal characters.");
    }
    if object.contains(' ') {
        return img("IMG.0175", "The file name contains spaces.");
    }
    if bucket.starts_with("missing-") || bucket.starts_with("denied-") {
        return img("IMG.0069", "The bucket cannot be reached.");
    }
    let quick = match body.get("is_quick_export") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(quick)) => *quick,
        Some(_) => return img("IMG.0001", "The value of is_quick_export must be true or false."),
    };
    match (text(&body, "file_format")?, quick) {
        (Some("qcow2" | "vhd" | "zvhd" | "vmdk"), false) | (None, true) => {}
        _ => return img("IMG.0072", "The format is not supported."),
    }
    let image = find(world, turn, id)?.clone();
    if image.iso {
        return img("IMG.0167", "The operation is not possible for an ISO image.");
    }
    if image.whole {
        return img("IMG.0128", "A full-ECS image cannot be exported.");
    }
    match image.ownership {
        Ownership::Private | Ownership::Shared => {}
        Ownership::Market => return img("IMG.0078", "A marketplace image cannot be exported."),
        Ownership::Public | Ownership::Unknown => return img("IMG.0077", "A public image cannot be exported."),
    }
    check_source(&image, turn.now)?;
    if image.encrypted && quick {
        return img("IMG.0071", "The image cannot be exported.");
    }
    if image.size_gib > 1024 {
        return img("IMG.0059", "The file is too large.");
    }
    if image.size_gib > 128 && !quick {
        return img("IMG.0160", "Only images below 128 GB can be exported this way.");
    }
    let growth = world.growth(turn, &mut world.dice(Cloud::Huawei, &turn.request_id));
    let growth = Growth { visible: turn.now, ..growth };
    world.hold(&image, Held::Export, &growth);
    let job = new_job(world, turn, TaskKind::Export, &image, growth);
    Ok(Done::from(json!({"job_id": job})))
}

fn delete(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let missing = || Refused::new(404, "IMG.0027", "The image with the given ID does not exist.");
    let image = world.image(Cloud::Huawei, &turn.region, id, turn.now).ok_or_else(missing)?;
    if !image.is_private() {
        return img("IMG.0047", "Only the owner of the image may do this.");
    }
    if image.phase(turn.now) == Phase::Pending || image.held(turn.now).is_some() {
        return img("IMG.0046", "The image is unavailable.");
    }
    world.delete(Cloud::Huawei, &turn.region, id);
    Ok(Done { status: 204, result: Value::Null })
}

/// A JSON patch of attributes. What is replaced must be there already.
fn update(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let Ok(Value::Array(patches)) = serde_json::from_slice(turn.request.body) else {
        return img("IMG.0001", "The request body is not in the expected format.");
    };
    let mut image = find(world, turn, id)?.clone();
    if !image.is_private() {
        return img("IMG.0047", "Only the owner of the image may do this.");
    }
    for patch in &patches {
        let part = |name: &str| patch.get(name).and_then(Value::as_str);
        let value = patch.get("value").and_then(Value::as_str).unwrap_or_default();
        match (part("op"), part("path")) {
            (Some("replace" | "add"), Some("/name")) => image.name = check_name(Some(value))?.to_owned(),
            (Some("add"), Some("/__description")) => {
                check_description(Some(value))?;
                image.description = value.to_owned();
            }
            (Some("replace"), Some("/__description")) if !image.description.is_empty() => {
                check_description(Some(value))?;
                image.description = value.to_owned();
            }
            (Some("remove"), Some("/__description")) if !image.description.is_empty() => image.description.clear(),
            (Some("add" | "replace"), Some("/min_ram" | "/max_ram" | "/min_disk" | "/hw_firmware_type")) => {}
            _ => return img("IMG.0035", "The attribute cannot be changed, or is not set."),
        }
    }
    let shown = shown_image(&image, turn.now);
    if let Some(kept) = world.image_mut(Cloud::Huawei, &turn.region, id) {
        *kept = image;
    }
    Ok(Done::from(shown))
}

fn share(world: &mut World, turn: &Turn<'_>, add: bool) -> Outcome {
    let body = body(turn)?;
    let (images, members) = (texts(&body, "images"), texts(&body, "projects"));
    if images.is_empty() || members.is_empty() {
        return img("IMG.0001", "Both images and projects are needed.");
    }
    for id in &images {
        let image = find(world, turn, id)?;
        if !image.is_private() {
            return img("IMG.0047", "Only the owner of the image may do this.");
        }
        if image.phase(turn.now) != Phase::Ready {
            return img("IMG.0046", "The image is unavailable.");
        }
    }
    for id in &images {
        if let Some(image) = world.image_mut(Cloud::Huawei, &turn.region, id) {
            image.shared_with.retain(|member| !members.contains(member));
            if add {
                image.shared_with.extend(members.iter().cloned());
            }
        }
    }
    member_job(world, turn, &images)
}

/// Accepts or rejects images that others share.
fn accept(world: &mut World, turn: &Turn<'_>) -> Outcome {
    let body = body(turn)?;
    let images: Vec<String> = texts(&body, "images");
    let (Some(member), Some(status)) = (text(&body, "project_id")?, text(&body, "status")?) else {
        return img("IMG.0001", "Both project_id and status are needed.");
    };
    if images.is_empty() || !["accepted", "rejected"].contains(&status) {
        return img("IMG.0001", "The images are missing, or the status is neither accepted nor rejected.");
    }
    for id in &images {
        if find(world, turn, id)?.ownership != Ownership::Shared {
            return img("IMG.0105", "The operation is not supported.");
        }
    }
    for id in &images {
        if let Some(image) = world.image_mut(Cloud::Huawei, &turn.region, id) {
            image.shared_with.retain(|known| known != member);
            if status == "accepted" {
                image.shared_with.push(member.to_owned());
            }
        }
    }
    member_job(world, turn, &images)
}

/// Whether an image of somebody else was accepted: one's own project is among those it is shared with.
fn is_accepted(image: &Image) -> bool {
    !image.shared_with.is_empty()
}

/// Changes of members are done at once; their job is there to be asked for.
fn member_job(world: &mut World, turn: &Turn<'_>, images: &[String]) -> Outcome {
    let image = find(world, turn, images.first().map_or("", String::as_str))?.clone();
    let now = turn.now;
    let growth = Growth { start: now, visible: now, end: Some(now), fails: false, pace: Pace::Linear };
    let job = new_job(world, turn, TaskKind::Members, &image, growth);
    Ok(Done::from(json!({"job_id": job})))
}

fn change_tags(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let body = body(turn)?;
    find(world, turn, id)?;
    let tags: Vec<(String, String)> = body
        .get("tags")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|tag| {
            let value = tag.get("value").and_then(Value::as_str).unwrap_or_default();
            Some((tag.get("key")?.as_str()?.to_owned(), value.to_owned()))
        })
        .collect();
    let Some(add) = body.get("action").and_then(Value::as_str).and_then(|action| match action {
        "create" => Some(true),
        "delete" => Some(false),
        _ => None,
    }) else {
        return img("IMG.0001", "The action must be create or delete.");
    };
    if tags.is_empty()
        || tags.len() > 10
        || tags.iter().any(|(key, value)| key.is_empty() || key.chars().count() > 36 || value.chars().count() > 43)
    {
        return img("IMG.0115", "The tags are incorrect.");
    }
    if let Some(image) = world.image_mut(Cloud::Huawei, &turn.region, id) {
        image.tags.retain(|(key, _)| !tags.iter().any(|(changed, _)| changed == key));
        if add {
            image.tags.extend(tags);
        }
        if image.tags.len() > 10 {
            image.tags.truncate(10);
            return img("IMG.0116", "The quota of tags has been reached.");
        }
    }
    Ok(Done { status: 204, result: Value::Null })
}

fn list_regions(world: &World) -> Done {
    let regions: Vec<Value> = world
        .regions(Cloud::Huawei)
        .into_iter()
        .map(|id| {
            let known = Cloud::Huawei.regions().iter().find(|region| region.id == id);
            let (en, zh) = known.map_or(("", ""), |region| (region.en, region.zh));
            json!({
                "id": id, "type": "public", "description": "", "parent_region_id": null,
                "links": {"self": format!("https://iam.myhuaweicloud.com/v3/regions/{id}")}, "locales": {"en-us": en, "zh-cn": zh},
            })
        })
        .collect();
    Done::from(json!({"regions": regions, "links": {"self": "https://iam.myhuaweicloud.com/v3/regions", "previous": null, "next": null}}))
}

fn list_projects(world: &World, turn: &Turn<'_>) -> Done {
    let name = turn.request.param("name");
    let domain = domain_id();
    let mut projects: Vec<Value> = projects(world)
        .into_iter()
        .filter(|(_, known, _)| name.is_none_or(|name| name == known))
        .map(|(id, name, _)| {
            let link = format!("https://iam.myhuaweicloud.com/v3/projects/{id}");
            json!({
                "id": id, "name": name, "domain_id": domain, "parent_id": domain, "enabled": true, "is_domain": false,
                "description": "", "links": {"self": link},
            })
        })
        .collect();
    let page = |name: &str| turn.request.param(name).and_then(|text| text.parse::<usize>().ok()).filter(|number| *number > 0);
    if let (Some(page), Some(per_page)) = (page("page"), page("per_page")) {
        projects = projects.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    }
    Done::from(
        json!({"projects": projects, "links": {"self": "https://iam.myhuaweicloud.com/v3/projects", "previous": null, "next": null}}),
    )
}

fn list_agencies(world: &World, turn: &Turn<'_>) -> Outcome {
    let Some(domain) = turn.request.param("domain_id").filter(|id| !id.is_empty()) else {
        return refuse(400, "Bad Request", "domain_id is required");
    };
    let name = turn.request.param("name").filter(|name| !name.is_empty());
    let agencies: Vec<Value> = world
        .config
        .agencies
        .iter()
        .filter(|known| name.is_none_or(|name| name == *known))
        .map(|name| shown_agency(name, domain))
        .collect();
    Ok(Done::from(json!({"agencies": agencies})))
}

fn shown_agency(name: &str, domain: &str) -> Value {
    json!({
        "id": Dice::new(0, Cloud::Huawei, &format!("agency {name}"), 0).hex(32), "name": name, "domain_id": domain,
        "trust_domain_id": Dice::new(0, Cloud::Huawei, "op_svc_ims", 0).hex(32), "trust_domain_name": "op_svc_ims",
        "description": "", "duration": "FOREVER", "expire_time": null, "create_time": "2024-06-01T01:02:03.000000",
    })
}

fn create_agency(world: &mut World, turn: &Turn<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(turn.request.body).unwrap_or_default();
    let agency = body.get("agency");
    let part = |name: &str| agency.and_then(|agency| agency.get(name)).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(name), Some(domain)) = (part("name").filter(|name| name.chars().count() <= 64), part("domain_id")) else {
        return refuse(400, "Bad Request", "name and domain_id are required");
    };
    if world.config.agencies.iter().any(|known| known == name) {
        return refuse(409, "Conflict", "an agency of this name exists already");
    }
    world.config.agencies.push(name.to_owned());
    Ok(Done { status: 201, result: json!({"agency": shown_agency(name, domain)}) })
}
