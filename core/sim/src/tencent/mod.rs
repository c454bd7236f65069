//! Tencent Cloud CVM, version 2017-03-12: TC3 signatures, JSON or GET, errors inside HTTP 200.

mod change;
mod copy;
mod describe;
mod envelope;
mod export;
mod images;
mod params;
mod sts;

use super::arrived::{Parsed, decode_pairs};
use super::turn::{Outcome, Refused, Turn};
use super::world::World;
use change::{delete_images, modify_image, modify_share, tag_resources};
use copy::sync_images;
use describe::{describe_family, describe_image_quota, describe_images, describe_regions, describe_share};
use envelope::refuse;
pub(super) use envelope::{envelope, throttled};
use export::export_images;
use images::is_finance;
use imgferry::Cloud;
use imgferry::sign::{Expect, Reason};
use params::Field;
use params::Shape::{Boolean, Filters, Integer, Tags, Text, Texts};
use serde_json::{Map, Value};
use sts::{assume_role, get_caller_identity};

type Act = fn(&mut World, &Turn<'_>, &Map<String, Value>) -> Outcome;

/// Services by their version.
const SERVICES: [(&str, &str); 4] = [("2017-03-12", "cvm"), ("2018-08-13", "sts"), ("2018-08-13", "tag"), ("2022-06-27", "region")];
const MAX_POST: usize = 10 * 1024 * 1024;
const MAX_GET: usize = 32 * 1024;

/// Actions with their parameters: name, shape, whether required.
const ACTIONS: &[(&str, &[Field], Act)] = &[
    (
        "AssumeRole",
        &[
            ("RoleArn", Text, true),
            ("RoleSessionName", Text, true),
            ("DurationSeconds", Integer, false),
            ("Policy", Text, false),
            ("ExternalId", Text, false),
        ],
        assume_role,
    ),
    ("DeleteImages", &[("ImageIds", Texts, true), ("DeleteBindedSnap", Boolean, false), ("DryRun", Boolean, false)], delete_images),
    ("DescribeImageFromFamily", &[("ImageFamily", Text, true)], describe_family),
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
    ("GetCallerIdentity", &[], get_caller_identity),
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

/// The method of a signature by the vendor's older schemes, which travels in the query or in a form, whatever the
/// content type says. The default of these schemes is HmacSHA1.
pub(super) fn old_signature(request: &Parsed<'_>) -> Option<String> {
    let find = |pairs: &[(String, String)]| {
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        (value("SecretId").is_some() && value("Signature").is_some()).then(|| value("SignatureMethod").unwrap_or("HmacSHA1".to_owned()))
    };
    if request.header("authorization").is_some() {
        return None;
    }
    let form = || {
        let is_form = request.method == "POST" && request.body.windows(9).any(|part| part == b"SecretId=");
        is_form.then(|| decode_pairs(&String::from_utf8_lossy(request.body))).as_deref().and_then(find)
    };
    find(&request.pairs).or_else(form)
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
    if let Some(method) = old_signature(request) {
        let method = imgferry::api::text::shown(&method);
        let message = format!("Signatures by {method} are not simulated. Sign with TC3-HMAC-SHA256, for example by signMethod or isV3.");
        return refuse("UnsupportedOperation", message);
    }
    let header = |name: &str, parameter: &str| match request.header(name) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(Refused::new(200, "MissingParameter", format!("The request is missing the parameter `{parameter}`."))),
    };
    let name = header("x-tc-action", "Action")?;
    let version = header("x-tc-version", "Version")?;
    header("x-tc-timestamp", "Timestamp")?;
    if SERVICES.iter().all(|(known, _)| *known != version) {
        return refuse("NoSuchVersion", format!("The version `{}` does not exist.", imgferry::api::text::shown(version)));
    }
    let service = authenticate(world, turn, version)?;
    let served = match name {
        "AssumeRole" | "GetCallerIdentity" => service == "sts",
        "DescribeRegions" => matches!(service, "cvm" | "region"),
        "TagResources" => service == "tag",
        _ => service == "cvm",
    };
    let Some((action, fields, act)) = ACTIONS.iter().find(|(known, _, _)| *known == name && served) else {
        let name = imgferry::api::text::shown(name);
        return refuse("InvalidAction", format!("The action `{name}` does not exist or this version does not support it."));
    };
    if !world.admit(turn, action, &request.host_name()) {
        return Err(throttled(world.config.limits.per_second(turn.cloud, action)));
    }
    if let Some(grant) = world.lacks(turn.cloud, action) {
        let region = imgferry::api::text::shown(header("x-tc-region", "Region").unwrap_or_default());
        let message = format!(
            "[request id:{}]you are not authorized to perform operation ({grant})\nresource (qcs::{service}:{region}:uin/{}:*) has no permission\n",
            turn.request_id,
            images::ACCOUNT
        );
        return refuse("UnauthorizedOperation", message);
    }
    if service == "cvm" && *action != "DescribeRegions" {
        turn.region = header("x-tc-region", "Region")?.to_owned();
        check_region(world, turn)?;
    }
    let params = params::params(request, fields)?;
    act(world, turn, &params)
}

/// Success and failure share one envelope and, as soon as the gateway has the request, status 200.
fn authenticate(world: &World, turn: &mut Turn<'_>, version: &str) -> Result<&'static str, Refused> {
    let expect = Expect { region: None, service: None, required_headers: &["content-type", "host"] };
    // A version does not tell a service: that of `sts` is that of `tag`.
    let named = |service: &str| SERVICES.iter().find(|(of, known)| *of == version && *known == service).map(|(_, known)| *known);
    match world.verify(turn, &expect) {
        Ok(verified) if verified.service.as_deref().and_then(named).is_some() => {
            turn.key = verified.id;
            Ok(verified.service.as_deref().and_then(named).unwrap_or_default())
        }
        Ok(verified) if SERVICES.iter().all(|(_, known)| verified.service.as_deref() != Some(known)) => {
            let product = imgferry::api::text::shown(verified.service.as_deref().unwrap_or_default());
            Err(Refused::new(200, "NoSuchProduct", format!("The product `{product}` does not exist, or is not simulated.")))
        }
        // The product is there, and right; the version is that of another.
        Ok(verified) if turn.request.host_name().split('.').next() == verified.service.as_deref() => {
            let version = imgferry::api::text::shown(turn.request.header("x-tc-version").unwrap_or_default());
            Err(Refused::new(200, "NoSuchVersion", format!("The version `{version}` does not exist.")))
        }
        Ok(_) => Err(Refused::new(
            200,
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        )),
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
