//! Exports to object storage.

use super::envelope::{dry_run, refuse};
use super::images::find;
use super::params::{flag, text, texts};
use crate::image::{Held, Image, Phase, Task, TaskKind};
use crate::turn::{Done, Outcome, Refused, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::facts::Ownership;
use serde_json::{Map, Value, json};

pub(super) fn export_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let (ids, snapshots) = (texts(params, "ImageIds"), texts(params, "SnapshotIds"));
    if ids.is_empty() == snapshots.is_empty() {
        return refuse("InvalidParameter.ImageIdsSnapshotIdsMustOne", "Either ImageIds or SnapshotIds must be specified.");
    }
    if !snapshots.is_empty() {
        return refuse("InvalidParameter.SnapshotNotFound", "The specified snapshot does not exist.");
    }
    if ids.len() > 10 {
        return refuse("InvalidParameterValue.LimitExceeded", "The number of parameter values exceeds the limit.");
    }
    check_bucket(params)?;
    let role = text(params, "RoleName").filter(|role| !role.is_empty()).unwrap_or("CVM_QcsRole");
    if !world.config.roles.iter().any(|known| known == role) {
        return refuse("AuthFailure.CamRoleNameAuthenticateFailed", "Role name authentication failed.");
    }
    let format = text(params, "ExportFormat").unwrap_or("RAW");
    if !["RAW", "QCOW2", "VHD", "VMDK"].contains(&format) {
        return refuse("InvalidParameterValue", "The value of `ExportFormat` is not RAW, QCOW2, VHD or VMDK.");
    }
    let prefixes = texts(params, "FileNamePrefixList");
    if !prefixes.is_empty() && prefixes.len() != ids.len() {
        return refuse("InvalidParameterValue.InvalidFileNamePrefixList", "The length of FileNamePrefixList does not match ImageIds.");
    }
    let mut images = Vec::new();
    for id in ids {
        let image = find(world, turn, id)?.clone();
        check_exportable(world, turn, &image)?;
        images.push(image);
    }
    if world.running(Cloud::Tencent, TaskKind::Export, turn.now) >= world.config.limits.tencent_exports {
        return refuse(
            "LimitExceeded.ExportImageTaskLimitExceeded",
            "The number of image export tasks in progress reached the upper limit.",
        );
    }
    if flag(params, "DryRun") {
        return dry_run(world);
    }
    let mut dice = world.dice(Cloud::Tencent, &turn.request_id);
    let growth = world.growth(turn, &mut dice);
    let task = 100_000_000 + dice.below(900_000_000);
    let mut paths = Vec::new();
    for (index, image) in images.iter().enumerate() {
        world.hold(image, Held::Export, &growth);
        let prefix = prefixes.get(index).map(|prefix| format!("{prefix}_")).unwrap_or_default();
        for (snapshot, usage) in snapshots_of(world, image) {
            if usage == "SYSTEM_DISK" || !flag(params, "OnlyExportRootDisk") {
                let disk = if usage == "SYSTEM_DISK" { "system" } else { "data" };
                paths.push(format!("/{prefix}{}_{disk}_{snapshot}.{}", image.id, format.to_lowercase()));
            }
        }
        world.add_task(Task {
            cloud: Cloud::Tencent,
            region: turn.region.clone(),
            id: format!("{task}-{index}"),
            kind: TaskKind::Export,
            image: image.id.clone(),
            image_name: image.name.clone(),
            growth: growth.clone(),
        });
    }
    Ok(Done::from(json!({"TaskId": task, "CosPaths": paths})))
}

/// Bucket and role, as far as their names tell.
fn check_bucket(params: &Map<String, Value>) -> Result<(), Refused> {
    let bucket = text(params, "BucketName").unwrap_or_default();
    let app_id = bucket.rsplit_once('-').map_or("", |(_, app_id)| app_id);
    // `AppId` is the placeholder of the vendor's own example.
    if app_id != "AppId" && (app_id.is_empty() || !app_id.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Refused::new(200, "InvalidParameterValue.InvalidAppIdFormat", "Invalid AppID."));
    }
    if bucket.starts_with("missing-") {
        return Err(Refused::new(200, "InvalidParameterValue.BucketNotFound", "The bucket does not exist."));
    }
    if bucket.starts_with("denied-") {
        return Err(Refused::new(
            200,
            "InvalidParameterValue.InvalidBucketPermissionForExport",
            "You don't have the write permission to the bucket.",
        ));
    }
    Ok(())
}

pub(super) fn check_exportable(world: &World, turn: &Turn<'_>, image: &Image) -> Result<(), Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(200, format!("UnsupportedOperation.{code}"), message));
    match image.ownership {
        Ownership::Private => {}
        Ownership::Shared => return refused("SharedImageExportUnsupported", "Shared images cannot be exported."),
        Ownership::Market => {
            return refused("MarketImageExportUnsupported", "Custom images created with market images cannot be exported.");
        }
        Ownership::Public | Ownership::Unknown => {
            return refused("PublicImageExportUnsupported", "Public images and market images cannot be exported.");
        }
    }
    if image.encrypted {
        return refused("EncryptedImagesNotSupported", "Encrypted images are not supported.");
    }
    if image.is_windows() {
        return refused("WindowsImageExportUnsupported", "Windows images cannot be exported.");
    }
    if image.os.starts_with("RedHat") {
        return refused("RedHatImageExportUnsupported", "The RedHat image cannot be exported.");
    }
    if image.size_gib > world.config.limits.tencent_gib {
        return refused("ImageTooLargeExportUnsupported", "Failed to export the image: the image is too large.");
    }
    if image.phase(turn.now) != Phase::Ready || image.held(turn.now).is_some() {
        let message = "The image has another ongoing task. Please check and try again later.";
        return Err(Refused::new(200, "InvalidParameterValue.InvalidImageState", message));
    }
    Ok(())
}

/// Snapshots behind an image: id and disk usage.
pub(super) fn snapshots_of(world: &World, image: &Image) -> Vec<(String, &'static str)> {
    let mut dice = world.dice(Cloud::Tencent, &format!("snapshots {}", image.id));
    let mut id = || format!("snap-{}", dice.text(b"0123456789abcdefghijklmnopqrstuvwxyz", 8));
    let mut snapshots = vec![(id(), "SYSTEM_DISK")];
    if image.whole {
        snapshots.push((id(), "DATA_DISK"));
    }
    snapshots
}
