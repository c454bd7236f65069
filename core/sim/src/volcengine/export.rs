//! Exports to object storage.

use super::envelope::refuse;
use super::images::{find, task_id};
use super::params::Params;
use crate::image::{Held, Phase, Task, TaskKind};
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use imgferry::Cloud;
use serde_json::json;

pub(super) fn export_image(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let id = params.need("ImageId")?;
    let bucket = params.need("TOSBucket")?;
    let prefix = params.need("TOSPrefix")?;
    if prefix.chars().count() > 30 || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return refuse(400, "InvalidTOSPrefix.Malformed", "The specified TOSPrefix is malformed.");
    }
    if bucket.starts_with("denied-") || bucket.starts_with("missing-") {
        return refuse(400, "InvalidTosPutObject.AccessDenied", "ECS may not write to the specified bucket.");
    }
    let image = find(world, turn, id)?.clone();
    if !image.is_private() || image.whole || image.encrypted {
        return refuse(400, "InvalidImageForExportImage.UnSupported", "The specified image cannot be used for ExportImage.");
    }
    if image.phase(turn.now) != Phase::Ready || image.held(turn.now) == Some(Held::Export) {
        return refuse(400, "InvalidImageStatus", "The status of the specified image does not allow it.");
    }
    let mut dice = world.dice(Cloud::Volcengine, &turn.request_id);
    let growth = world.growth(turn, &mut dice);
    let task = task_id(&mut dice);
    world.hold(&image, Held::Export, &growth);
    world.add_task(Task {
        cloud: Cloud::Volcengine,
        region: turn.region.clone(),
        id: task.clone(),
        kind: TaskKind::Export,
        image: image.id,
        image_name: image.name,
        growth,
    });
    Ok(Done::from(json!({"TaskId": task})))
}
