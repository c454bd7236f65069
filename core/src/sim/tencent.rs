//! Tencent Cloud CVM, version 2017-03-12: TC3 signatures, JSON or GET, errors inside HTTP 200.

use super::arrived::Parsed;
use super::faults::Fault;
use super::image::{Held, Image, Phase, Task, TaskKind};
use super::world::{Done, Outcome, Refused, Turn, Wanted, World, content_type};
use crate::facts::Ownership;
use crate::http::Answer;
use crate::provider::{Cloud, RegionClass};
use crate::sign::{Expect, Reason};
use serde_json::{Map, Value, json};

/// Services by their version.
const SERVICES: [(&str, &str); 3] = [("2017-03-12", "cvm"), ("2018-08-13", "tag"), ("2022-06-27", "region")];
/// The account behind every key.
const ACCOUNT: &str = "100000000001";
const MAX_POST: usize = 10 * 1024 * 1024;
const MAX_GET: usize = 32 * 1024;

/// Shape of a parameter.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Integer,
    Boolean,
    Texts,
    Filters,
    Tags,
}
use Shape::{Boolean, Filters, Integer, Tags, Text, Texts};

type Field = (&'static str, Shape, bool);
type Act = fn(&mut World, &Turn<'_>, &Map<String, Value>) -> Outcome;

/// Actions with their parameters: name, shape, whether required.
const ACTIONS: &[(&str, &[Field], Act)] = &[
    ("DeleteImages", &[("ImageIds", Texts, true), ("DeleteBindedSnap", Boolean, false), ("DryRun", Boolean, false)], delete_images),
    ("DescribeImageQuota", &[], describe_image_quota),
    ("DescribeImageSharePermission", &[("ImageId", Text, true)], describe_share),
    (
        "DescribeImages",
        &[
            ("ImageIds", Texts, false),
            ("Filters", Filters, false),
            ("Offset", Integer, false),
            ("Limit", Integer, false),
            ("InstanceType", Text, false),
        ],
        describe_images,
    ),
    ("DescribeRegions", &[("Product", Text, false), ("Scene", Integer, false)], describe_regions),
    (
        "ExportImages",
        &[
            ("BucketName", Text, true),
            ("ImageIds", Texts, false),
            ("ExportFormat", Text, false),
            ("FileNamePrefixList", Texts, false),
            ("OnlyExportRootDisk", Boolean, false),
            ("DryRun", Boolean, false),
            ("RoleName", Text, false),
            ("SnapshotIds", Texts, false),
        ],
        export_images,
    ),
    (
        "ModifyImageAttribute",
        &[
            ("ImageId", Text, true),
            ("ImageName", Text, false),
            ("ImageDescription", Text, false),
            ("ImageFamily", Text, false),
            ("ImageDeprecated", Boolean, false),
        ],
        modify_image,
    ),
    ("ModifyImageSharePermission", &[("ImageId", Text, true), ("AccountIds", Texts, true), ("Permission", Text, true)], modify_share),
    (
        "SyncImages",
        &[
            ("ImageIds", Texts, true),
            ("DestinationRegions", Texts, true),
            ("DryRun", Boolean, false),
            ("ImageName", Text, false),
            ("ImageSetRequired", Boolean, false),
            ("Encrypt", Boolean, false),
            ("KmsKeyId", Text, false),
        ],
        sync_images,
    ),
    ("TagResources", &[("ResourceList", Texts, true), ("Tags", Tags, true)], tag_resources),
];

/// The action a request names.
pub(super) fn action(request: &Parsed<'_>) -> String {
    let named = request.header("x-tc-action").unwrap_or_default();
    ACTIONS.iter().find(|(name, _, _)| *name == named).map_or("?", |(name, _, _)| name).to_owned()
}

/// From the gateway's checks to the action itself.
pub(super) fn serve(world: &mut World, turn: &mut Turn<'_>) -> Outcome {
    let request = turn.request;
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return refuse("UnsupportedProtocol", "Only GET and POST requests are supported.");
    }
    if request.body.len() > MAX_POST || (request.method == "GET" && request.query.len() > MAX_GET) {
        return refuse("RequestSizeLimitExceeded", "The request size exceeds the upper limit.");
    }
    let header = |name: &str, parameter: &str| match request.header(name) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(Refused::new(200, "MissingParameter", format!("The request is missing the parameter `{parameter}`."))),
    };
    let name = header("x-tc-action", "Action")?;
    let version = header("x-tc-version", "Version")?;
    header("x-tc-timestamp", "Timestamp")?;
    let Some((_, service)) = SERVICES.iter().find(|(known, _)| *known == version) else {
        return refuse("NoSuchVersion", format!("The version `{}` does not exist.", crate::check::shown(version)));
    };
    authenticate(world, turn, service)?;
    let served = match name {
        "DescribeRegions" => *service != "tag",
        "TagResources" => *service == "tag",
        _ => *service == "cvm",
    };
    let Some((action, fields, act)) = ACTIONS.iter().find(|(known, _, _)| *known == name && served) else {
        let name = crate::check::shown(name);
        return refuse("InvalidAction", format!("The action `{name}` does not exist or this version does not support it."));
    };
    if !world.admit(turn, action, &request.host_name()) {
        return Err(throttled(world.config.limits.per_second(turn.cloud, action)));
    }
    if *service == "cvm" && *action != "DescribeRegions" {
        turn.region = header("x-tc-region", "Region")?.to_owned();
        check_region(world, turn)?;
    }
    let params = params(request, fields)?;
    act(world, turn, &params)
}

/// Success and failure share one envelope and, as soon as the gateway has the request, status 200.
pub(super) fn envelope(turn: &Turn<'_>, outcome: Outcome) -> Answer {
    let (status, mut response) = match outcome {
        Ok(done) => (done.status, done.result),
        Err(refused) => (refused.status, json!({"Error": {"Code": refused.code, "Message": refused.message}})),
    };
    if let Some(fields) = response.as_object_mut() {
        fields.insert("RequestId".to_owned(), Value::from(turn.request_id.clone()));
    }
    let mut headers = vec![content_type("application/json"), ("X-TC-RequestId".to_owned(), turn.request_id.clone())];
    if let Some(trace) = turn.request.header("x-tc-traceid").filter(|trace| trace.bytes().all(|byte| byte.is_ascii_graphic())) {
        headers.push(("X-TC-TraceId".to_owned(), trace.to_owned()));
    }
    Answer { status, headers, body: json!({"Response": response}).to_string().into_bytes() }
}

pub(super) fn throttled(limit: u32) -> Refused {
    Refused::new(
        200,
        "RequestLimitExceeded",
        format!(
            "Your current request times equals to `{}` in a second, which exceeds the frequency limit `{limit}` for a second. Please reduce the frequency of calls.",
            limit.saturating_add(1)
        ),
    )
}

fn refuse(code: &str, message: impl Into<String>) -> Outcome {
    Err(Refused::new(200, code, message))
}

fn authenticate(world: &World, turn: &mut Turn<'_>, service: &str) -> Result<(), Refused> {
    let expect = Expect { region: None, service: Some(service), required_headers: &["content-type", "host"] };
    match world.verify(turn, &expect) {
        Ok(verified) => {
            turn.key = verified.id;
            Ok(())
        }
        Err(refusal) => {
            let (code, message) = match refusal.reason {
                Reason::Malformed => {
                    ("InvalidAuthorization", "The `Authorization` header of the request is not in the expected form.".to_owned())
                }
                Reason::UnknownKey => {
                    ("SecretIdNotFound", "The SecretId is not found, please ensure that your SecretId is correct.".to_owned())
                }
                Reason::Clock => (
                    "SignatureExpire",
                    format!(
                        "The signature has expired: the deviation between `Timestamp` and the server time {} is more than 5 minutes.",
                        turn.clock.seconds()
                    ),
                ),
                Reason::Token => ("TokenFailure", "The token of the temporary key is wrong or expired.".to_owned()),
                Reason::Scope | Reason::SignedHeaders | Reason::Payload | Reason::Signature => (
                    "SignatureFailure",
                    "The provided credentials could not be validated. Please check your signature is correct.".to_owned(),
                ),
            };
            Err(Refused::new(200, format!("AuthFailure.{code}"), message))
        }
    }
}

/// The region must exist, and the finance regions are walled off: they want a host of their own.
fn check_region(world: &World, turn: &Turn<'_>) -> Result<(), Refused> {
    let region = &turn.region;
    let unsupported = || Err(Refused::new(200, "UnsupportedRegion", format!("The region `{region}` is not supported at this endpoint.")));
    if !world.knows_region(Cloud::Tencent, region) {
        return unsupported();
    }
    let host = turn.request.host_name();
    if host.ends_with("tencentcloudapi.com") {
        let host_region = host.split('.').nth(1).unwrap_or_default();
        if is_finance(region) != is_finance(host_region) {
            return unsupported();
        }
    }
    Ok(())
}

fn is_finance(region: &str) -> bool {
    Cloud::Tencent.regions().iter().any(|known| known.id == region && known.class == RegionClass::Finance)
}

/// Reads the parameters and checks their names, presence and shapes.
fn params(request: &Parsed<'_>, fields: &[Field]) -> Result<Map<String, Value>, Refused> {
    let params = match request.method.as_str() {
        "POST" if !request.content_type_is("application/json") => {
            return Err(Refused::new(200, "InvalidParameter", "The content type of a POST must be application/json."));
        }
        "POST" => match serde_json::from_slice(request.body) {
            Ok(Value::Object(params)) => params,
            _ => return Err(Refused::new(200, "InvalidParameter", "The request body is not a JSON object.")),
        },
        _ => unflatten(&request.pairs, fields)?,
    };
    for (name, value) in &params {
        let Some((_, shape, _)) = fields.iter().find(|(field, _, _)| field == name) else {
            return Err(unknown_parameter(name));
        };
        if !value.is_null() && !fits(*shape, value) {
            return Err(wrong_type(name));
        }
    }
    let absent = |name: &str| match params.get(name) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_array().is_some_and(Vec::is_empty) || value.as_str().is_some_and(str::is_empty),
    };
    match fields.iter().find(|(name, _, required)| *required && absent(name)) {
        Some((name, _, _)) => Err(Refused::new(200, "MissingParameter", format!("The request is missing the parameter `{name}`."))),
        None => Ok(params),
    }
}

fn unknown_parameter(name: &str) -> Refused {
    Refused::new(200, "UnknownParameter", format!("The parameter `{}` is not recognized.", crate::check::shown(name)))
}

fn wrong_type(name: &str) -> Refused {
    Refused::new(200, "InvalidParameter", format!("The value type of parameter `{name}` is not valid."))
}

fn fits(shape: Shape, value: &Value) -> bool {
    let texts = |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    match shape {
        Text => value.is_string(),
        Integer => value.is_i64(),
        Boolean => value.is_boolean(),
        Texts => texts(value),
        Filters => records(value, |name, value| match name {
            "Name" => value.is_string(),
            "Values" => texts(value),
            _ => false,
        }),
        Tags => records(value, |name, value| ["TagKey", "TagValue"].contains(&name) && value.is_string()),
    }
}

fn records(value: &Value, fits: impl Fn(&str, &Value) -> bool) -> bool {
    let record = |item: &Value| item.as_object().is_some_and(|fields| fields.iter().all(|(name, value)| fits(name, value)));
    value.as_array().is_some_and(|items| items.iter().all(record))
}

/// GET parameters: nested names joined with dots, lists counted from 0.
fn unflatten(pairs: &[(String, String)], fields: &[Field]) -> Result<Map<String, Value>, Refused> {
    let mut params = Map::new();
    for (key, text) in pairs {
        let mut parts = key.split('.');
        let name = parts.next().unwrap_or_default();
        let Some((_, shape, _)) = fields.iter().find(|(field, _, _)| *field == name) else {
            return Err(unknown_parameter(key));
        };
        let value = match (shape, text.as_str()) {
            (Integer, digits) => Value::from(digits.parse::<i64>().map_err(|_| wrong_type(name))?),
            (Boolean, "true" | "True") => Value::Bool(true),
            (Boolean, "false" | "False") => Value::Bool(false),
            (Boolean, _) => return Err(wrong_type(name)),
            (Text | Texts | Filters | Tags, text) => Value::from(text),
        };
        let slot = params.entry(name).or_insert_with(|| if matches!(shape, Texts | Filters | Tags) { json!([]) } else { Value::Null });
        let target = match (shape, parts.next(), parts.next(), parts.next()) {
            (Text | Integer | Boolean, None, None, None) => Some(slot),
            (Texts, Some(index), None, None) => entry(slot, index),
            (Tags, Some(index), Some(name @ ("TagKey" | "TagValue")), None) => entry(slot, index).and_then(|tag| field_of(tag, name)),
            (Filters, Some(index), Some("Name"), None) => entry(slot, index).and_then(|filter| field_of(filter, "Name")),
            (Filters, Some(index), Some("Values"), Some(number)) => {
                entry(slot, index).and_then(|filter| field_of(filter, "Values")).and_then(|values| {
                    if values.is_null() {
                        *values = json!([]);
                    }
                    entry(values, number)
                })
            }
            _ => None,
        };
        *target.ok_or_else(|| unknown_parameter(key))? = value;
    }
    Ok(params)
}

/// The list entry of that number, made when it is the next one.
fn entry<'v>(list: &'v mut Value, index: &str) -> Option<&'v mut Value> {
    let index: usize = index.parse().ok()?;
    let items = list.as_array_mut()?;
    if index == items.len() {
        items.push(Value::Null);
    }
    items.get_mut(index)
}

fn field_of<'v>(record: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    if record.is_null() {
        *record = json!({});
    }
    Some(record.as_object_mut()?.entry(name).or_insert(Value::Null))
}

fn text<'p>(params: &'p Map<String, Value>, name: &str) -> Option<&'p str> {
    params.get(name).and_then(Value::as_str)
}

fn texts<'p>(params: &'p Map<String, Value>, name: &str) -> Vec<&'p str> {
    params.get(name).and_then(Value::as_array).map(|items| items.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

fn flag(params: &Map<String, Value>, name: &str) -> bool {
    params.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn is_image_id(id: &str) -> bool {
    id.strip_prefix("img-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// An image of the request's region, or the refusal that says why not.
fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    if !is_image_id(id) {
        return Err(Refused::new(200, "InvalidImageId.Malformed", format!("The image id `{}` is malformed.", crate::check::shown(id))));
    }
    let found = world.image(Cloud::Tencent, &turn.region, id, turn.now);
    found.ok_or_else(|| Refused::new(200, "InvalidImageId.NotFound", format!("The image `{id}` does not exist in this region.")))
}

fn sync_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let ids = texts(params, "ImageIds");
    let [id] = ids[..] else {
        return refuse("InvalidParameterValue.LimitExceeded", "Only one image can be synchronized per call.");
    };
    let source = find(world, turn, id)?.clone();
    let encrypt = flag(params, "Encrypt");
    check_source(world, turn, &source, encrypt)?;
    let destinations = texts(params, "DestinationRegions");
    check_destinations(world, turn, &source, &destinations, encrypt)?;
    match (text(params, "KmsKeyId"), encrypt) {
        (Some(_), false) => return refuse("InvalidParameter.InvalidKmsKeyId", "KmsKeyId is only valid together with Encrypt."),
        (Some(key), true) if key.len() != 36 || !key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') => {
            return refuse("InvalidParameter.InvalidKmsKeyId", "The specified KMS key ID is invalid.");
        }
        _ => {}
    }
    let name = text(params, "ImageName").filter(|name| !name.is_empty()).unwrap_or(&source.name).to_owned();
    if name.chars().count() > 60 {
        return refuse("InvalidParameterValue", "The length of `ImageName` exceeds 60 characters.");
    }
    for region in &destinations {
        if world.in_region(Cloud::Tencent, region).any(|image| image.is_private() && image.name == name && image.id != source.id) {
            return refuse("InvalidImageName.Duplicate", format!("The specified image name `{name}` already exists in {region}."));
        }
        if world.private_count(Cloud::Tencent, region) >= world.quota(Cloud::Tencent) {
            return refuse("ImageQuotaLimitExceeded", format!("The image quota of {region} has been exceeded."));
        }
    }
    if flag(params, "DryRun") {
        return dry_run(world);
    }
    let mut set = Vec::new();
    for region in &destinations {
        let change = |image: &mut Image| {
            image.description.clear();
            image.encrypted = encrypt;
        };
        let copy = world.copy(turn, &source, &Wanted { region, name: &name, change: &change });
        if let (true, Some(growth)) = (world.config.copying.busy_source, &copy.growth) {
            world.hold(&source, Held::Copy, growth);
        }
        set.push(json!({"ImageId": copy.id, "Region": region}));
    }
    if turn.fault == Some(Fault::Partial) {
        set.pop();
    }
    let international = turn.request.host_name().contains(".intl.");
    Ok(Done::from(match (flag(params, "ImageSetRequired"), international) {
        (true, _) => json!({"ImageSet": set}),
        (false, true) => json!({}),
        (false, false) => json!({"ImageSet": []}),
    }))
}

fn check_source(world: &World, turn: &Turn<'_>, source: &Image, encrypt: bool) -> Result<(), Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(200, code, message));
    match source.ownership {
        Ownership::Private => {}
        Ownership::Shared if !encrypt => {}
        Ownership::Shared => {
            return refused(
                "UnsupportedOperation.SyncEncryptImageNotSupport",
                "The image cannot be synchronized to an encrypted custom image.",
            );
        }
        Ownership::Public | Ownership::Market | Ownership::Unknown => {
            return refused("InvalidParameterValue.InvalidImageId", "The image does not support this operation.");
        }
    }
    if source.whole {
        return refused("InvalidParameter.InstanceImageNotSupport", "This API does not support instance images.");
    }
    if source.encrypted {
        return refused("UnsupportedOperation.EncryptedImagesNotSupported", "Encrypted images are not supported.");
    }
    if source.size_gib > world.config.limits.tencent_gib {
        return refused("InvalidImageId.TooLarge", "The image size exceeds the limit.");
    }
    check_idle(world, turn, source)
}

/// A busy image is refused with one of two codes, as its luck has it.
fn check_idle(world: &World, turn: &Turn<'_>, image: &Image) -> Result<(), Refused> {
    if image.phase(turn.now) != Phase::Ready {
        return Err(Refused::new(200, "InvalidImageId.IncorrectState", "Invalid image status."));
    }
    match image.held(turn.now) {
        None => Ok(()),
        Some(_) if world.dice(Cloud::Tencent, &turn.request_id).chance(0.5) => {
            Err(Refused::new(200, "FailedOperation.InvalidImageState", "The image is busy. Please try again later."))
        }
        Some(_) => Err(Refused::new(
            200,
            "InvalidParameterValue.InvalidImageState",
            "The image has another ongoing task. Please check and try again later.",
        )),
    }
}

fn check_destinations(world: &World, turn: &Turn<'_>, source: &Image, regions: &[&str], encrypt: bool) -> Result<(), Refused> {
    for (index, region) in regions.iter().enumerate() {
        let refused = |code: &str, message: String| Err(Refused::new(200, code, message));
        let shown = crate::check::shown(region);
        if !world.knows_region(Cloud::Tencent, region) {
            return refused("InvalidRegion.NotFound", format!("The region `{shown}` cannot be found."));
        }
        if regions.iter().take(index).any(|earlier| earlier == region) {
            return refused("InvalidParameterValue.InvalidRegion", format!("The region `{shown}` is named twice."));
        }
        let home = *region == turn.region;
        let only_home = encrypt || source.ownership == Ownership::Shared;
        if home != only_home {
            let message = if home { "is the source region" } else { "is not the source region, the only one possible for this image" };
            return refused("InvalidParameterValue.InvalidRegion", format!("The region `{shown}` {message}."));
        }
        if !world.takes_copies(Cloud::Tencent, region) || !world.takes_copies(Cloud::Tencent, &turn.region) {
            return refused("InvalidRegion.Unavailable", format!("The region `{shown}` does not support image synchronization."));
        }
        if is_finance(region) != is_finance(&turn.region) {
            return refused("UnsupportedOperation.Region", format!("The region `{shown}` is unsupported."));
        }
    }
    Ok(())
}

fn dry_run(world: &World) -> Outcome {
    match world.config.dry_run_error {
        true => refuse("DryRunOperation", "The request would have succeeded, but the DryRun parameter was used."),
        false => Ok(Done::from(json!({}))),
    }
}

fn export_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let (ids, snapshots) = (texts(params, "ImageIds"), texts(params, "SnapshotIds"));
    if ids.is_empty() == snapshots.is_empty() {
        return refuse("InvalidParameter.ImageIdsSnapshotIdsMustOne", "Either ImageIds or SnapshotIds must be specified.");
    }
    if !snapshots.is_empty() {
        return refuse("InvalidParameter.SnapshotNotFound", "The specified snapshot does not exist.");
    }
    if ids.len() > 10 {
        return refuse("InvalidParameterValue.LimitExceeded", "The number of parameter values exceeds the limit.");
    }
    let bucket = text(params, "BucketName").unwrap_or_default();
    let app_id = bucket.rsplit_once('-').map_or("", |(_, app_id)| app_id);
    // `AppId` is the placeholder of the vendor's own example.
    if app_id != "AppId" && (app_id.is_empty() || !app_id.bytes().all(|byte| byte.is_ascii_digit())) {
        return refuse("InvalidParameterValue.InvalidAppIdFormat", "Invalid AppID.");
    }
    if bucket.starts_with("missing-") {
        return refuse("InvalidParameterValue.BucketNotFound", "The bucket does not exist.");
    }
    if bucket.starts_with("denied-") {
        return refuse("InvalidParameterValue.InvalidBucketPermissionForExport", "You don't have the write permission to the bucket.");
    }
    if text(params, "RoleName").is_some_and(|role| role.starts_with("missing")) {
        return refuse("AuthFailure.CamRoleNameAuthenticateFailed", "Role name authentication failed.");
    }
    let format = text(params, "ExportFormat").unwrap_or("RAW");
    if !["RAW", "QCOW2", "VHD", "VMDK"].contains(&format) {
        return refuse("InvalidParameterValue", "The value of `ExportFormat` is not RAW, QCOW2, VHD or VMDK.");
    }
    let prefixes = texts(params, "FileNamePrefixList");
    if !prefixes.is_empty() && prefixes.len() != ids.len() {
        return refuse("InvalidParameterValue.InvalidFileNamePrefixList", "The length of FileNamePrefixList does not match ImageIds.");
    }
    let mut images = Vec::new();
    for id in ids {
        let image = find(world, turn, id)?.clone();
        check_exportable(world, turn, &image)?;
        images.push(image);
    }
    if world.running(Cloud::Tencent, TaskKind::Export, turn.now) >= world.config.limits.tencent_exports {
        return refuse(
            "LimitExceeded.ExportImageTaskLimitExceeded",
            "The number of image export tasks in progress reached the upper limit.",
        );
    }
    if flag(params, "DryRun") {
        return dry_run(world);
    }
    let mut dice = world.dice(Cloud::Tencent, &turn.request_id);
    let growth = world.growth(turn, &mut dice);
    let task = 100_000_000 + dice.below(900_000_000);
    let mut paths = Vec::new();
    for (index, image) in images.iter().enumerate() {
        world.hold(image, Held::Export, &growth);
        let prefix = prefixes.get(index).map(|prefix| format!("{prefix}_")).unwrap_or_default();
        for (snapshot, usage) in snapshots_of(world, image) {
            if usage == "SYSTEM_DISK" || !flag(params, "OnlyExportRootDisk") {
                let disk = if usage == "SYSTEM_DISK" { "system" } else { "data" };
                paths.push(format!("/{prefix}{}_{disk}_{snapshot}.{}", image.id, format.to_lowercase()));
            }
        }
        world.add_task(Task {
            cloud: Cloud::Tencent,
            region: turn.region.clone(),
            id: format!("{task}-{index}"),
            kind: TaskKind::Export,
            image: image.id.clone(),
            image_name: image.name.clone(),
            growth: growth.clone(),
        });
    }
    Ok(Done::from(json!({"TaskId": task, "CosPaths": paths})))
}

fn check_exportable(world: &World, turn: &Turn<'_>, image: &Image) -> Result<(), Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(200, format!("UnsupportedOperation.{code}"), message));
    match image.ownership {
        Ownership::Private => {}
        Ownership::Shared => return refused("SharedImageExportUnsupported", "Shared images cannot be exported."),
        Ownership::Market => {
            return refused("MarketImageExportUnsupported", "Custom images created with market images cannot be exported.");
        }
        Ownership::Public | Ownership::Unknown => {
            return refused("PublicImageExportUnsupported", "Public images and market images cannot be exported.");
        }
    }
    if image.encrypted {
        return refused("EncryptedImagesNotSupported", "Encrypted images are not supported.");
    }
    if image.is_windows() {
        return refused("WindowsImageExportUnsupported", "Windows images cannot be exported.");
    }
    if image.os.starts_with("RedHat") {
        return refused("RedHatImageExportUnsupported", "The RedHat image cannot be exported.");
    }
    if image.size_gib > world.config.limits.tencent_gib {
        return refused("ImageTooLargeExportUnsupported", "Failed to export the image: the image is too large.");
    }
    if image.phase(turn.now) != Phase::Ready || image.held(turn.now).is_some() {
        let message = "The image has another ongoing task. Please check and try again later.";
        return Err(Refused::new(200, "InvalidParameterValue.InvalidImageState", message));
    }
    Ok(())
}

fn describe_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let ids = texts(params, "ImageIds");
    let filters = params.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !ids.is_empty() && !filters.is_empty() {
        return refuse("InvalidParameter.InvalidParameterCoexistImageIdsFilters", "ImageIds and Filters cannot be specified together.");
    }
    if ids.len() > 100 || filters.len() > 10 {
        return refuse("InvalidParameterValue.LimitExceeded", "The number of parameter values exceeds the limit.");
    }
    if let Some(id) = ids.iter().find(|id| !is_image_id(id)) {
        return refuse("InvalidImageId.Malformed", format!("The image id `{}` is malformed.", crate::check::shown(id)));
    }
    if text(params, "InstanceType").is_some_and(|kind| !kind.contains('.')) {
        return refuse("InvalidInstanceType.Malformed", "The instance type is malformed.");
    }
    let number = |name: &str, default: i64| params.get(name).and_then(Value::as_i64).unwrap_or(default);
    let (Ok(offset), Ok(limit @ 1..=100)) = (usize::try_from(number("Offset", 0)), usize::try_from(number("Limit", 20))) else {
        return refuse("InvalidParameterValue.InvalidParameterValueLimit", "Offset is negative, or Limit is not from 1 to 100.");
    };
    let mut images = match ids.is_empty() {
        true => world.listed(Cloud::Tencent, &turn.region, turn.now),
        false => ids.iter().filter_map(|id| world.image(Cloud::Tencent, &turn.region, id, turn.now)).collect(),
    };
    for filter in filters {
        let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
        let values = filter.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if values.len() > 5 {
            return refuse("InvalidFilterValue.LimitExceeded", "A filter has more than 5 values.");
        }
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        if !is_filter(name) {
            return refuse("InvalidFilter", format!("The filter `{}` is invalid.", crate::check::shown(name)));
        }
        images.retain(|image| values.iter().any(|value| matches_filter(image, name, value)));
    }
    let total = images.len();
    let mut page: Vec<Value> = images.into_iter().skip(offset).take(limit).map(|image| shown_image(world, turn, image)).collect();
    World::repeat_if_asked(turn, &mut page);
    Ok(Done::from(json!({"ImageSet": page, "TotalCount": total})))
}

fn is_filter(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["cdc-cache-status", "dedicated-cluster-id", "image-id", "image-name", "image-type", "platform", "tag-key", "tag-value"];
    NAMES.contains(&name) || name.strip_prefix("tag:").is_some_and(|key| !key.is_empty())
}

fn matches_filter(image: &Image, name: &str, value: &str) -> bool {
    match name {
        "image-id" => image.id == value,
        "image-name" => image.name.contains(value),
        "image-type" => image_type(image) == value,
        "platform" => image.os.to_lowercase().contains(&value.to_lowercase()),
        "tag-key" => image.tags.iter().any(|(key, _)| key == value),
        "tag-value" => image.tags.iter().any(|(_, tag)| tag == value),
        other => other.strip_prefix("tag:").is_some_and(|key| image.tags.iter().any(|(name, tag)| name == key && tag == value)),
    }
}

fn image_type(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Public => "PUBLIC_IMAGE",
        Ownership::Shared => "SHARED_IMAGE",
        Ownership::Private | Ownership::Market | Ownership::Unknown => "PRIVATE_IMAGE",
    }
}

fn state(image: &Image, turn: &Turn<'_>) -> &'static str {
    match (image.phase(turn.now), image.held(turn.now)) {
        (Phase::Failed, _) => "CREATEFAILED",
        (Phase::Hidden | Phase::Pending, _) if image.growth.is_some() => "SYNCING",
        (Phase::Hidden | Phase::Pending, _) => "CREATING",
        (Phase::Ready, Some(Held::Copy)) => "SYNCING",
        (Phase::Ready, _) => "NORMAL",
    }
}

fn shown_image(world: &World, turn: &Turn<'_>, image: &Image) -> Value {
    let mut dice = world.dice(Cloud::Tencent, &format!("shown {}", image.id));
    // Both spellings of the time occur, and the percentage is null now and then.
    let created = match dice.chance(0.5) {
        true => image.created.rfc3339(),
        false => image.created.rfc3339().replace('Z', "+00:00"),
    };
    let percent = image.percent(turn.now).filter(|percent| *percent == 100 || !(dice.next() ^ u64::from(*percent)).is_multiple_of(4));
    let snapshots: Vec<Value> = snapshots_of(world, image)
        .into_iter()
        .map(|(id, usage)| json!({"SnapshotId": id, "DiskUsage": usage, "DiskSize": image.size_gib}))
        .collect();
    json!({
        "ImageId": image.id,
        "OsName": format!("{} 64bit", image.os),
        "ImageType": image_type(image),
        "CreatedTime": created,
        "ImageName": image.name,
        "ImageDescription": image.description,
        "ImageSize": image.size_gib,
        "Architecture": "x86_64",
        "ImageState": state(image, turn),
        "Platform": image.os,
        "ImageCreator": if image.is_private() { Value::from(ACCOUNT) } else { Value::Null },
        "ImageSource": if image.ownership == Ownership::Public { "OFFICIAL" } else { "CREATE_IMAGE" },
        "SyncPercent": percent,
        "IsSupportCloudinit": true,
        "SnapshotSet": snapshots,
        "Tags": image.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Vec<_>>(),
        "LicenseType": "TencentCloud",
        "ImageFamily": "",
        "ImageDeprecated": false,
    })
}

/// Snapshots behind an image: id and disk usage.
fn snapshots_of(world: &World, image: &Image) -> Vec<(String, &'static str)> {
    let mut dice = world.dice(Cloud::Tencent, &format!("snapshots {}", image.id));
    let mut id = || format!("snap-{}", dice.text(b"0123456789abcdefghijklmnopqrstuvwxyz", 8));
    let mut snapshots = vec![(id(), "SYSTEM_DISK")];
    if image.whole {
        snapshots.push((id(), "DATA_DISK"));
    }
    snapshots
}

fn describe_image_quota(world: &mut World, _turn: &Turn<'_>, _params: &Map<String, Value>) -> Outcome {
    Ok(Done::from(json!({"ImageNumQuota": world.quota(Cloud::Tencent)})))
}

fn describe_regions(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    if turn.request.header("x-tc-version") == Some("2022-06-27") && text(params, "Product").is_none() {
        return refuse("MissingParameter", "The request is missing the parameter `Product`.");
    }
    let regions: Vec<Value> = world
        .regions(Cloud::Tencent)
        .into_iter()
        .map(|id| {
            let name = Cloud::Tencent.regions().iter().find(|region| region.id == id).map_or("", |region| region.en);
            json!({"Region": id, "RegionName": name, "RegionState": "AVAILABLE"})
        })
        .collect();
    Ok(Done::from(json!({"TotalCount": regions.len(), "RegionSet": regions})))
}

fn delete_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let ids = texts(params, "ImageIds");
    for id in &ids {
        let image = find(world, turn, id)?;
        if !image.is_private() {
            return refuse("InvalidParameterValue.InvalidImageIdIsShared", "Only custom images of the account can be deleted.");
        }
        if !image.shared_with.is_empty() {
            return refuse("InvalidImageId.InShared", "The image is shared. Cancel the sharing first.");
        }
        if image.phase(turn.now) == Phase::Pending {
            return refuse("InvalidImageId.IncorrectState", "Invalid image status.");
        }
        if image.held(turn.now).is_some() {
            return refuse("MutexOperation.TaskRunning", "Another task of the image is running.");
        }
    }
    if flag(params, "DryRun") {
        return dry_run(world);
    }
    for id in ids {
        world.delete(Cloud::Tencent, &turn.region, id);
    }
    Ok(Done::from(json!({})))
}

fn modify_image(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let id = text(params, "ImageId").unwrap_or_default();
    let image = find(world, turn, id)?;
    if !image.is_private() {
        return refuse("UnsupportedOperation.SharedImageModifyUnsupported", "Shared images cannot be modified.");
    }
    let (name, description) = (text(params, "ImageName"), text(params, "ImageDescription"));
    if name.is_some_and(|name| name.chars().count() > 60) || description.is_some_and(|text| text.chars().count() > 256) {
        return refuse("InvalidParameterValue", "ImageName exceeds 60 characters, or ImageDescription exceeds 256.");
    }
    let taken = |other: &Image| other.id != id && other.is_private() && Some(other.name.as_str()) == name;
    if world.in_region(Cloud::Tencent, &turn.region).any(taken) {
        return refuse("InvalidImageName.Duplicate", "The specified image name already exists.");
    }
    if let Some(image) = world.image_mut(Cloud::Tencent, &turn.region, id) {
        if let Some(name) = name {
            image.name = name.to_owned();
        }
        if let Some(description) = description {
            image.description = description.to_owned();
        }
    }
    Ok(Done::from(json!({})))
}

fn modify_share(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let id = text(params, "ImageId").unwrap_or_default();
    let image = find(world, turn, id)?;
    if !image.is_private() {
        return refuse("UnauthorizedOperation.ImageNotBelongToAccount", "The image does not belong to this account.");
    }
    if image.phase(turn.now) != Phase::Ready || image.held(turn.now).is_some() {
        return refuse("InvalidImageId.IncorrectState", "Invalid image status.");
    }
    let accounts = texts(params, "AccountIds");
    if accounts.contains(&ACCOUNT) {
        return refuse("FailedOperation.AccountIsYourSelf", "The account is your own.");
    }
    if accounts.iter().any(|account| account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit())) {
        return refuse("InvalidAccountId.NotFound", "The account does not exist.");
    }
    let share = match text(params, "Permission") {
        Some("SHARE") => true,
        Some("CANCEL") => false,
        _ => return refuse("InvalidParameterValue", "Permission must be SHARE or CANCEL."),
    };
    if let Some(image) = world.image_mut(Cloud::Tencent, &turn.region, id) {
        image.shared_with.retain(|account| !accounts.contains(&account.as_str()));
        if share {
            image.shared_with.extend(accounts.iter().map(|account| (*account).to_owned()));
        }
        if image.shared_with.len() > 500 {
            image.shared_with.truncate(500);
            return refuse("OverQuota", "An image can be shared with 500 accounts.");
        }
    }
    Ok(Done::from(json!({})))
}

fn describe_share(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let image = find(world, turn, text(params, "ImageId").unwrap_or_default())?;
    let set: Vec<Value> =
        image.shared_with.iter().map(|account| json!({"AccountId": account, "CreatedTime": image.created.rfc3339()})).collect();
    Ok(Done::from(json!({"SharePermissionSet": set})))
}

/// The tag service: resources by their six-part names. What cannot be tagged is listed, not refused.
fn tag_resources(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let resources = texts(params, "ResourceList");
    let records = params.get("Tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if resources.len() > 10 || records.len() > 10 {
        return refuse("InvalidParameterValue", "At most 10 resources and 10 tags are allowed.");
    }
    let part = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tags: Vec<(String, String)> = records.iter().map(|tag| (part(tag, "TagKey"), part(tag, "TagValue"))).collect();
    if tags.iter().any(|(key, _)| key.is_empty()) {
        return refuse("MissingParameter", "The request is missing the parameter `TagKey`.");
    }
    let mut failed = Vec::new();
    for resource in resources {
        let parts: Vec<&str> = resource.split(':').collect();
        let place = match parts.as_slice() {
            ["qcs", _, "cvm", region, _, image] => image.strip_prefix("image/").map(|id| (*region, id)),
            _ => None,
        };
        let found = place.filter(|(region, id)| world.image(Cloud::Tencent, region, id, turn.now).is_some());
        match found.and_then(|(region, id)| world.image_mut(Cloud::Tencent, region, id)) {
            Some(image) => {
                image.tags.retain(|(key, _)| !tags.iter().any(|(changed, _)| changed == key));
                image.tags.extend(tags.iter().cloned());
            }
            None => failed.push(json!({"Resource": resource, "Code": "ResourceNotFound", "Message": "The resource does not exist."})),
        }
    }
    Ok(Done::from(json!({"FailedResources": failed})))
}
