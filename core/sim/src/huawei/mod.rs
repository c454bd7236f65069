//! Huawei Cloud IMS and the IAM look-ups beside it: SDK-HMAC-SHA256 signatures, paths for actions, and `IMG.nnnn`.

mod change;
mod copy;
mod describe;
mod envelope;
mod export;
mod iam;
mod images;
mod params;
mod route;

use super::arrived::Parsed;
use super::turn::{Outcome, Refused, Turn};
use super::world::World;
use envelope::refuse;
pub(super) use envelope::{envelope, throttled};
use imgferry::Cloud;
use imgferry::sign::{Expect, Reason};
use route::{Route, route, segments};
use serde_json::Value;

/// Failed authentications in a row that lock a key, and for how long.
const LOCK_AFTER: u32 = 5;
const LOCK_MS: i64 = 5 * 60_000;
const MAX_BODY: usize = 12 * 1024 * 1024;
const MAX_TARGET: usize = 32 * 1024;

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
    if route == Route::Versions {
        return describe::list_versions(turn);
    }
    authenticate(world, turn)?;
    turn.region = match place(world, turn, &route) {
        Some(region) => region,
        None if route.is_regional() => {
            turn.note = Some("nothing told the region: taken as the home region");
            world.config.home.clone()
        }
        None => String::new(),
    };
    if !world.admit(turn, route.action(), &turn.region) {
        return Err(throttled(world.config.limits.per_second(turn.cloud, route.action())));
    }
    if let Some(grant) = world.lacks(turn.cloud, route.action()) {
        return refuse(403, "IMG.0026", format!("Policy doesn't allow {grant} to be performed."));
    }
    match &route {
        Route::Replicate(id) => copy::replicate(world, turn, id),
        Route::CopyInRegion(id) => copy::copy_in_region(world, turn, id),
        Route::Export(id) => export::export(world, turn, id),
        Route::Job(id) => describe::show_job(world, turn, id),
        Route::OldJob { project, job } => describe::show_job_of_project(world, turn, project, job),
        Route::Versions => describe::list_versions(turn),
        Route::List => describe::list_images(world, turn),
        Route::Show(id) => describe::show_image(world, turn, id),
        Route::Quota => describe::show_quota(world, turn),
        Route::Members(id) => describe::list_members(world, turn, id),
        Route::Tags(id) => describe::list_tags(world, turn, id),
        Route::Update(id) => change::update(world, turn, id),
        Route::Delete(id) => change::delete(world, turn, id),
        Route::Share { add } => change::share(world, turn, *add),
        Route::Accept => change::accept(world, turn),
        Route::TagsAction(id) => change::change_tags(world, turn, id),
        Route::Regions => iam::list_regions(world),
        Route::Projects => iam::list_projects(world, turn),
        Route::Domains => iam::list_domains(),
        Route::Agencies => iam::list_agencies(world, turn),
        Route::NewAgency => iam::create_agency(world, turn),
        Route::TemporaryKey => iam::temporary_key(world, turn),
    }
}

fn authenticate(world: &mut World, turn: &mut Turn<'_>) -> Result<(), Refused> {
    let denied = |text: String| Err(Refused::new(401, "APIGW.0301", format!("Incorrect IAM authentication information: {text}")));
    if let (None, Some(token)) = (turn.request.header("authorization"), turn.request.header("x-auth-token")) {
        return match world.config.tokens.iter().any(|known| known == token) {
            true => Ok(()),
            false => denied("decrypt token fail".to_owned()),
        };
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
        Reason::UnknownKey => format!("ak {} not exist", imgferry::api::text::shown(&id)),
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
    let by_project = || turn.request.header("x-project-id").and_then(|project| iam::project_region(world, project));
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
