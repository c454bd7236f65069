//! Looking: images, tasks, quotas.

use super::envelope::img;
use super::iam::{project_id, project_region};
use super::images::{find, missing};
use crate::faults::{Dice, Fault};
use crate::image::{Image, Phase, TaskKind};
use crate::turn::{Done, Outcome, Refused, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::Millis;
use imgferry::api::facts::Ownership;
use serde_json::{Value, json};

pub(super) fn show_job(world: &World, turn: &Turn<'_>, id: &str) -> Outcome {
    let Some(task) = world.task(Cloud::Huawei, id, turn.seen).filter(|task| task.region == turn.region) else {
        return img("IMG.0031", "The resource ID is incorrect.");
    };
    let skew = turn.clock.since(turn.now);
    let percent = task.growth.percent(turn.seen);
    let stamp = |at: Millis| at.plus(skew).rfc3339().replace('Z', &format!(".{:03}Z", at.plus(skew).0.rem_euclid(1000)));
    let (status, error) = match task.growth.phase(turn.seen) {
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
    let named = percent >= 20 || status == "SUCCESS" || task.kind == TaskKind::Export;
    if let (true, Some(fields)) = (named && turn.fault != Some(Fault::Partial), entities.as_object_mut()) {
        fields.insert("image_id".to_owned(), Value::from(task.image.clone()));
    }
    // Before it begins, a job may have nothing to tell.
    if status == "INIT" && Dice::new(0, Cloud::Huawei, &task.id, 0).chance(0.5) {
        entities = Value::Null;
    }
    let ended = task.growth.end.filter(|end| *end <= turn.seen);
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

/// The deprecated path, which names the project too.
pub(super) fn show_job_of_project(world: &World, turn: &Turn<'_>, project: &str, id: &str) -> Outcome {
    match project_region(world, project).is_some_and(|region| region != turn.region) {
        true => img("IMG.0067", "The project ID is incorrect."),
        false => show_job(world, turn, id),
    }
}

pub(super) fn show_image(world: &World, turn: &Turn<'_>, id: &str) -> Outcome {
    let missing = || missing(id, 404, "IMG.0027", "The image with the given ID does not exist.");
    let image = world.image(Cloud::Huawei, &turn.region, id, turn.seen).ok_or_else(missing)?;
    Ok(Done::from(shown_image(image, turn.seen)))
}

pub(super) fn show_quota(world: &World, turn: &Turn<'_>) -> Outcome {
    let quota = |kind: &str, used: u64, quota: u64| json!({"type": kind, "used": used, "quota": quota, "min": 1, "max": 1000});
    let private = quota("image", world.private_count(Cloud::Huawei, &turn.region), world.quota(Cloud::Huawei));
    Ok(Done::from(json!({"quotas": {"resources": [private, quota("image_shared", 0, 128)]}})))
}

pub(super) fn list_members(world: &World, turn: &Turn<'_>, id: &str) -> Outcome {
    let member = |member: &String| {
        let schema = "/v2/schemas/member";
        json!({"image_id": id, "member_id": member, "member_type": "project", "status": "pending", "schema": schema})
    };
    let members: Vec<Value> = find(world, turn, id)?.shared_with.iter().map(member).collect();
    Ok(Done::from(json!({"members": members, "schema": "/v2/schemas/members"})))
}

pub(super) fn list_tags(world: &World, turn: &Turn<'_>, id: &str) -> Outcome {
    let tags: Vec<Value> = find(world, turn, id)?.tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    Ok(Done::from(json!({"tags": tags})))
}

/// The version document of OpenStack, which its clients ask for before anything else.
pub(super) fn list_versions(turn: &Turn<'_>) -> Outcome {
    let (before, _) = turn.request.url.split_once("/v2").unwrap_or((turn.request.url.trim_end_matches('/'), ""));
    let version = json!({"id": "v2.9", "status": "CURRENT", "links": [{"rel": "self", "href": format!("{before}/v2/")}]});
    Ok(Done::from(json!({"versions": [version]})))
}

pub(super) fn list_images(world: &World, turn: &mut Turn<'_>) -> Outcome {
    let limit = match turn.request.param("limit") {
        None => 500,
        Some(text) => match text.parse::<usize>() {
            Ok(limit @ 1..=1000) => limit,
            _ => return img("IMG.0025", "The value of limit is incorrect."),
        },
    };
    let mut images: Vec<&Image> = Vec::new();
    match turn.region.is_empty() {
        false => images.extend(world.listed(Cloud::Huawei, &turn.region, turn.seen)),
        true => {
            turn.note = Some("nothing told the region: searched in all regions");
            for region in world.regions(Cloud::Huawei) {
                images.extend(world.listed(Cloud::Huawei, &region, turn.seen));
            }
        }
    }
    filter(&mut images, turn)?;
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
    let mut page: Vec<Value> = images.into_iter().take(limit).map(|image| shown_image(image, turn.seen)).collect();
    World::repeat_if_asked(turn, &mut page);
    Ok(Done::from(json!({"images": page, "page_info": {"next_marker": next}})))
}

/// Leaves the images that every parameter of the query matches.
fn filter(images: &mut Vec<&Image>, turn: &Turn<'_>) -> Result<(), Refused> {
    for (key, value) in turn.request.pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let flag = |has: bool| value.eq_ignore_ascii_case(if has { "true" } else { "false" });
        match key.as_str() {
            "id" => images.retain(|image| image.id == *value),
            "name" => images.retain(|image| image.name == *value),
            "owner" => images.retain(|image| owner(image) == *value),
            "status" => images.retain(|image| status(image, turn.seen) == value),
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
                    return Err(Refused::new(400, "IMG.0025", "The time filter is incorrect."));
                };
                images.retain(|image| compare(op, Millis(image.created.seconds() * 1000), at));
            }
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn compare(op: &str, value: Millis, bound: Millis) -> bool {
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

pub(super) fn owner(image: &Image) -> String {
    match image.ownership {
        Ownership::Private => project_id(&image.region),
        _ => Dice::new(0, Cloud::Huawei, "another owner", 0).hex(32),
    }
}

/// `queued` first, `saving` on the way.
pub(super) fn status(image: &Image, now: Millis) -> &'static str {
    match (image.phase(now), image.percent(now)) {
        (Phase::Ready, _) => "active",
        (Phase::Failed, _) => "killed",
        (Phase::Hidden | Phase::Pending, Some(0..=4)) => "queued",
        (Phase::Hidden | Phase::Pending, _) => "saving",
    }
}

pub(super) fn visibility(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Private => "private",
        Ownership::Shared => "shared",
        Ownership::Public | Ownership::Market | Ownership::Unknown => "public",
    }
}

pub(super) fn image_type(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Private => "private",
        Ownership::Shared => "shared",
        Ownership::Market => "market",
        Ownership::Public | Ownership::Unknown => "gold",
    }
}

pub(super) fn os_type(image: &Image) -> &'static str {
    if image.is_windows() { "Windows" } else { "Linux" }
}

pub(super) fn environment(image: &Image) -> &'static str {
    if image.iso { "IsoImage" } else { "FusionCompute" }
}

/// The key that an encrypted image is encrypted with.
pub(super) fn image_key(image: &Image) -> String {
    Dice::new(0, Cloud::Huawei, &format!("key {}", image.region), 0).uuid()
}

pub(super) fn shown_image(image: &Image, now: Millis) -> Value {
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
