//! Changing and deleting what is there.

use super::envelope::refuse;
use super::images::find;
use super::params::{Params, invalid, is_description, is_name};
use crate::image::{Held, Image, Phase};
use crate::turn::{Done, Outcome, Refused, Turn};
use crate::world::World;
use imgferry::Cloud;
use serde_json::{Value, json};

pub(super) fn delete_images(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
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
pub(super) fn own<'w>(world: &'w mut World, turn: &Turn<'_>, params: &Params) -> Result<&'w mut Image, Refused> {
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

pub(super) fn modify_image(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
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

pub(super) fn modify_share(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let (add, remove) = (params.texts("AddAccounts", 50)?, params.texts("RemoveAccounts", 50)?);
    if add.iter().chain(&remove).any(|account| account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(invalid("Accounts are named by their numbers."));
    }
    let image = own(world, turn, params)?;
    image.shared_with.retain(|account| !add.contains(&account.as_str()) && !remove.contains(&account.as_str()));
    image.shared_with.extend(add.into_iter().map(str::to_owned));
    Ok(Done::from(Value::Null))
}

/// The tag service behind the same host: a key that is there already gets the new value.
pub(super) fn tag_resources(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
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
