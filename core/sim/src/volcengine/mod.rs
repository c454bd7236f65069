//! Volcengine ECS, version 2020-04-01: HMAC-SHA256 signatures, GET or form POST, errors with their own statuses.

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
use copy::copy_image;
use describe::{describe_images, describe_regions, describe_share, describe_tasks};
pub(super) use envelope::{envelope, throttled};
use envelope::{refuse, service_of};
use export::export_image;
use imgferry::Cloud;
use imgferry::sign::{Expect, Reason};
use params::{Params, is_common};
use sts::{assume_role, get_caller_identity};

type Act = fn(&mut World, &Turn<'_>, &Params) -> Outcome;

const ACTIONS: &[(&str, Act)] = &[
    ("AssumeRole", assume_role),
    ("CopyImage", copy_image),
    ("DeleteImages", delete_images),
    ("DescribeImageSharePermission", describe_share),
    ("DescribeImages", describe_images),
    ("DescribeRegions", describe_regions),
    ("DescribeTasks", describe_tasks),
    ("ExportImage", export_image),
    ("GetCallerIdentity", get_caller_identity),
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
    let (service, its_version) = service_of(name);
    authenticate(world, turn, service)?;
    let Some((action, act)) = ACTIONS.iter().find(|(known, _)| *known == name && version == its_version) else {
        let message =
            format!("Could not find operation {} for version {}.", imgferry::api::text::shown(name), imgferry::api::text::shown(version));
        return refuse(404, "InvalidActionOrVersion", message);
    };
    if !world.admit(turn, action, &turn.region) {
        return Err(throttled());
    }
    if let Some(grant) = world.lacks(turn.cloud, action) {
        return refuse(403, "AccessDenied", format!("User is not authorized to perform: {grant} on resource: *"));
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
fn authenticate(world: &World, turn: &mut Turn<'_>, service: &str) -> Result<(), Refused> {
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
    if verified.service.as_deref() != Some(service) {
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
