//! Changing and deleting what is there.

use super::copy::new_job;
use super::describe::shown_image;
use super::envelope::img;
use super::images::{find, missing};
use super::params::{body, check_description, check_name, text, texts};
use crate::image::{Growth, Pace, Phase, TaskKind};
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::facts::Ownership;
use serde_json::{Value, json};

pub(super) fn delete(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let missing = || missing(id, 404, "IMG.0027", "The image with the given ID does not exist.");
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
pub(super) fn update(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
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

pub(super) fn share(world: &mut World, turn: &Turn<'_>, add: bool) -> Outcome {
    let body = body(turn)?;
    let images = texts(&body, "images");
    let members: Vec<String> = ["projects", "domains", "organizations"].iter().flat_map(|who| texts(&body, who)).collect();
    if images.is_empty() || members.is_empty() {
        return img("IMG.0001", "images and at least one of projects, domains and organizations are needed.");
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
pub(super) fn accept(world: &mut World, turn: &Turn<'_>) -> Outcome {
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

/// Changes of members are done at once; their job is there to be asked for.
pub(super) fn member_job(world: &mut World, turn: &Turn<'_>, images: &[String]) -> Outcome {
    let image = find(world, turn, images.first().map_or("", String::as_str))?.clone();
    let now = turn.now;
    let growth = Growth { start: now, visible: now, end: Some(now), fails: false, pace: Pace::Linear };
    let job = new_job(world, turn, TaskKind::Members, &image, growth);
    Ok(Done::from(json!({"job_id": job})))
}

pub(super) fn change_tags(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
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
