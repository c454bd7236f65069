//! Copies: what is checked and what is started.

use super::envelope::refuse;
use super::images::{MAX_GIB, find, task_id};
use super::params::{Params, is_description, is_name, is_region_shape};
use crate::faults::Fault;
use crate::image::{Growth, Held, Image, Phase, Task, TaskKind};
use crate::turn::{Done, Outcome, Refused, Turn, Wanted};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::facts::Ownership;
use serde_json::json;

pub(super) fn copy_image(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let region = params.need("DestinationRegion")?;
    let name = params.need("ImageName")?;
    let id = params.need("ImageId")?;
    if !is_region_shape(region) {
        return refuse(400, "InvalidDestinationRegion.Malformed", "The specified DestinationRegion is malformed.");
    }
    if !is_name(name) {
        return refuse(400, "InvalidImageName.Malformed", "The specified ImageName is malformed.");
    }
    let description = params.text("Description");
    if description.is_some_and(|text| !is_description(text)) {
        return refuse(400, "InvalidDescription.Malformed", "The specified Description is malformed.");
    }
    let copy_tags = params.flag("CopyImageTags")?.unwrap_or(false);
    let tags = params.tags()?;
    let project = params.text("ProjectName").filter(|name| !name.is_empty()).unwrap_or("default");
    if !world.config.projects.iter().any(|(cloud, known)| *cloud == Cloud::Volcengine && known == project) {
        return refuse(404, "InvalidProject.NotFound", "The specified Project does not exist.");
    }
    let source = find(world, turn, id)?.clone();
    check_source(world, turn, &source, region)?;
    let shared = source.ownership == Ownership::Shared;
    let change = |image: &mut Image| {
        if let Some(description) = description {
            image.description = description.to_owned();
        }
        image.project = project.to_owned();
        image.tags = if copy_tags && !shared { source.tags.clone() } else { tags.clone() };
    };
    let copy = world.copy(turn, &source, &Wanted { region, name, change: &change });
    let Some(growth) = copy.growth.clone() else {
        return refuse(500, "InternalError", "An internal error has occurred.");
    };
    world.hold(&source, Held::Copy, &growth);
    follow(world, turn, &copy, growth);
    Ok(Done::from(if turn.fault == Some(Fault::Partial) { json!({}) } else { json!({"ImageId": copy.id}) }))
}

/// Whether the image can be copied there.
fn check_source(world: &World, turn: &Turn<'_>, source: &Image, region: &str) -> Result<(), Refused> {
    let home = region == turn.region;
    if home && source.ownership != Ownership::Shared {
        return Err(Refused::new(412, "InvalidDestinationRegion.Mismatch", "The destination region cannot be equal to the target region."));
    }
    let served = world.knows_region(Cloud::Volcengine, region) && world.takes_copies(Cloud::Volcengine, region);
    if !served || !world.takes_copies(Cloud::Volcengine, &turn.region) {
        return Err(Refused::new(400, "InvalidRegionForCopyImage.UnSupported", "The specified region cannot be used for CopyImage."));
    }
    let may = match source.ownership {
        Ownership::Private => true,
        Ownership::Shared => home,
        Ownership::Public | Ownership::Market | Ownership::Unknown => false,
    };
    if !may || source.whole || source.encrypted || source.phase(turn.now) == Phase::Failed {
        return Err(Refused::new(400, "InvalidImageForCopyImage.UnSupported", "The specified image cannot be used for CopyImage."));
    }
    if source.size_gib > MAX_GIB {
        let message = "You've reached the limit on the number of image size that you can copy.";
        return Err(Refused::new(400, "LimitExceeded.MaximumImageSize", message));
    }
    if source.phase(turn.now) != Phase::Ready || source.held(turn.now) == Some(Held::Export) {
        let message = "The specified operation is denied as your resource is locked for another operation.";
        return Err(Refused::new(412, "OperationDenied.ResourceLocked", message));
    }
    if world.private_count(Cloud::Volcengine, region) >= world.quota(Cloud::Volcengine) {
        let message = "You've reached the limit on the number of image that you can create.";
        return Err(Refused::new(400, "LimitExceeded.MaximumImageCount", message));
    }
    Ok(())
}

/// The tasks that follow a copy: the copy itself, done a little before the image is, and now and then a look at it.
pub(super) fn follow(world: &mut World, turn: &Turn<'_>, copy: &Image, growth: Growth) {
    let mut dice = world.dice(Cloud::Volcengine, &format!("tasks {}", copy.id));
    let ahead = growth.end.map_or(0, |end| end.since(growth.start) / 20).min(2_000);
    let task = Task {
        cloud: Cloud::Volcengine,
        region: copy.region.clone(),
        id: task_id(&mut dice),
        kind: TaskKind::Copy,
        image: copy.id.clone(),
        image_name: copy.name.clone(),
        growth: Growth { end: growth.end.map(|end| end.plus(-ahead).max(turn.now)), ..growth.clone() },
    };
    world.add_task(task.clone());
    if let (Some(end), false, true) = (growth.end, growth.fails, dice.chance(0.3)) {
        let look = Growth { start: end, visible: end, end: Some(end.plus(1_000)), ..growth };
        world.add_task(Task { id: task_id(&mut dice), kind: TaskKind::Detect, growth: look, ..task });
    }
}
