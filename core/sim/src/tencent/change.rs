//! Changing and deleting what is there.

use super::envelope::{dry_run, refuse};
use super::images::{ACCOUNT, find};
use super::params::{flag, text, texts};
use crate::image::{Image, Phase};
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use imgferry::Cloud;
use serde_json::{Map, Value, json};

pub(super) fn delete_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
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

pub(super) fn modify_image(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
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
        if let Some(family) = text(params, "ImageFamily") {
            image.family = family.to_owned();
        }
        if params.contains_key("ImageDeprecated") {
            image.deprecated = flag(params, "ImageDeprecated");
        }
    }
    Ok(Done::from(json!({})))
}

pub(super) fn modify_share(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
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

/// The tag service: resources by their six-part names. What cannot be tagged is listed, not refused.
pub(super) fn tag_resources(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
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
