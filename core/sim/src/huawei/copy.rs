//! Copies: what is checked and what is started.

use super::describe::image_key;
use super::envelope::{img, refuse};
use super::iam::projects;
use super::images::find;
use super::images::is_accepted;
use super::params::{body, check_description, check_name, text};
use crate::image::{Growth, Held, Image, Phase, Task, TaskKind};
use crate::turn::{Done, Outcome, Refused, Turn, Wanted};
use crate::world::World;
use imgferry::Cloud;
use imgferry::Millis;
use imgferry::api::facts::Ownership;
use serde_json::{Value, json};

/// Regions where images of up to 300 GiB may be copied across regions; elsewhere 128.
const LARGE_REGIONS: [&str; 4] = ["cn-east-2", "cn-east-3", "cn-north-4", "cn-south-1"];

pub(super) fn replicate(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
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
pub(super) fn check_source(source: &Image, now: Millis) -> Result<(), Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(400, code, message));
    match (source.ownership, source.phase(now), source.held(now)) {
        (Ownership::Shared, _, _) => refused("IMG.0047", "Only the owner of the image may do this."),
        (Ownership::Public | Ownership::Market | Ownership::Unknown, _, _) => refused("IMG.0105", "The operation is not supported."),
        (Ownership::Private, Phase::Ready, Some(Held::Export)) => refused("IMG.0148", "The image is being exported."),
        (Ownership::Private, Phase::Ready, _) => Ok(()),
        (Ownership::Private, _, _) => refused("IMG.0046", "The image is unavailable."),
    }
}

pub(super) fn copy_in_region(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
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
pub(super) fn launch(
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
pub(super) fn new_job(world: &mut World, turn: &Turn<'_>, kind: TaskKind, image: &Image, growth: Growth) -> String {
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
