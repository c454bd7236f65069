//! Exports to object storage.

use super::copy::{check_source, new_job};
use super::envelope::img;
use super::images::find;
use super::params::{body, text};
use crate::image::{Growth, Held, TaskKind};
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::facts::Ownership;
use serde_json::{Value, json};

pub(super) fn export(world: &mut World, turn: &Turn<'_>, id: &str) -> Outcome {
    let body = body(turn)?;
    let url = text(&body, "bucket_url")?.unwrap_or_default();
    let Some((bucket, object)) = url.split_once(':').filter(|(_, object)| !object.is_empty()) else {
        return img("IMG.0068", "The bucket name or the file name is empty.");
    };
    if bucket.is_empty() || !bucket.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')) {
        return img("IMG.0109", "The bucket name has illegal characters.");
    }
    if object.contains(' ') {
        return img("IMG.0175", "The file name contains spaces.");
    }
    if bucket.starts_with("missing-") || bucket.starts_with("denied-") {
        return img("IMG.0069", "The bucket cannot be reached.");
    }
    let quick = match body.get("is_quick_export") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(quick)) => *quick,
        Some(_) => return img("IMG.0001", "The value of is_quick_export must be true or false."),
    };
    match (text(&body, "file_format")?, quick) {
        (Some("qcow2" | "vhd" | "zvhd" | "vmdk"), false) | (None, true) => {}
        _ => return img("IMG.0072", "The format is not supported."),
    }
    let image = find(world, turn, id)?.clone();
    if image.iso {
        return img("IMG.0167", "The operation is not possible for an ISO image.");
    }
    if image.whole {
        return img("IMG.0128", "A full-ECS image cannot be exported.");
    }
    match image.ownership {
        Ownership::Private | Ownership::Shared => {}
        Ownership::Market => return img("IMG.0078", "A marketplace image cannot be exported."),
        Ownership::Public | Ownership::Unknown => return img("IMG.0077", "A public image cannot be exported."),
    }
    check_source(&image, turn.now)?;
    if image.encrypted && quick {
        return img("IMG.0071", "The image cannot be exported.");
    }
    if image.size_gib > 1024 {
        return img("IMG.0059", "The file is too large.");
    }
    if image.size_gib > 128 && !quick {
        return img("IMG.0160", "Only images below 128 GB can be exported this way.");
    }
    let growth = world.growth(turn, &mut world.dice(Cloud::Huawei, &turn.request_id));
    let growth = Growth { visible: turn.now, ..growth };
    world.hold(&image, Held::Export, &growth);
    let job = new_job(world, turn, TaskKind::Export, &image, growth);
    Ok(Done::from(json!({"job_id": job})))
}
