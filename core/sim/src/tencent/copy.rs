//! Copies: what is checked and what is started.

use super::envelope::{dry_run, refuse};
use super::images::{find, is_finance};
use super::params::{flag, text, texts};
use crate::faults::Fault;
use crate::image::{Held, Image, Phase};
use crate::turn::{Done, Outcome, Refused, Turn, Wanted};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::facts::Ownership;
use serde_json::{Map, Value, json};

pub(super) fn sync_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let ids = texts(params, "ImageIds");
    let [id] = ids[..] else {
        return refuse("InvalidParameterValue.LimitExceeded", "Only one image can be synchronized per call.");
    };
    let source = find(world, turn, id)?.clone();
    let encrypt = flag(params, "Encrypt");
    check_source(world, turn, &source, encrypt)?;
    let destinations = texts(params, "DestinationRegions");
    check_destinations(world, turn, &source, &destinations, encrypt)?;
    match (text(params, "KmsKeyId"), encrypt) {
        (Some(_), false) => return refuse("InvalidParameter.InvalidKmsKeyId", "KmsKeyId is only valid together with Encrypt."),
        (Some(key), true) if key.len() != 36 || !key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') => {
            return refuse("InvalidParameter.InvalidKmsKeyId", "The specified KMS key ID is invalid.");
        }
        _ => {}
    }
    let name = text(params, "ImageName").filter(|name| !name.is_empty()).unwrap_or(&source.name).to_owned();
    if name.chars().count() > 60 {
        return refuse("InvalidParameterValue", "The length of `ImageName` exceeds 60 characters.");
    }
    for region in &destinations {
        if world.in_region(Cloud::Tencent, region).any(|image| image.is_private() && image.name == name && image.id != source.id) {
            return refuse("InvalidImageName.Duplicate", format!("The specified image name `{name}` already exists in {region}."));
        }
        if world.private_count(Cloud::Tencent, region) >= world.quota(Cloud::Tencent) {
            return refuse("ImageQuotaLimitExceeded", format!("The image quota of {region} has been exceeded."));
        }
    }
    if flag(params, "DryRun") {
        return dry_run(world);
    }
    let mut set = Vec::new();
    for region in &destinations {
        let change = |image: &mut Image| {
            image.description.clear();
            image.encrypted = encrypt;
        };
        let copy = world.copy(turn, &source, &Wanted { region, name: &name, change: &change });
        if let (true, Some(growth)) = (world.config.copying.busy_source, &copy.growth) {
            world.hold(&source, Held::Copy, growth);
        }
        set.push(json!({"ImageId": copy.id, "Region": region}));
    }
    if turn.fault == Some(Fault::Partial) {
        set.pop();
    }
    // Three documented answers to a call that asked for no ids; the last one names the source.
    let international = turn.request.host_name().contains(".intl.");
    let old = world.dice(Cloud::Tencent, &turn.request_id).chance(0.5);
    Ok(Done::from(match (flag(params, "ImageSetRequired"), international, old) {
        (true, _, _) => json!({"ImageSet": set}),
        (false, true, _) => json!({}),
        (false, false, false) => json!({"ImageSet": []}),
        (false, false, true) => {
            json!({"ImageSet": destinations.iter().map(|region| json!({"ImageId": source.id, "Region": region})).collect::<Vec<_>>()})
        }
    }))
}

pub(super) fn check_source(world: &World, turn: &Turn<'_>, source: &Image, encrypt: bool) -> Result<(), Refused> {
    let refused = |code: &str, message: &str| Err(Refused::new(200, code, message));
    match source.ownership {
        Ownership::Private => {}
        Ownership::Shared if !encrypt => {}
        Ownership::Shared => {
            return refused(
                "UnsupportedOperation.SyncEncryptImageNotSupport",
                "The image cannot be synchronized to an encrypted custom image.",
            );
        }
        Ownership::Public | Ownership::Market | Ownership::Unknown => {
            return refused("InvalidParameterValue.InvalidImageId", "The image does not support this operation.");
        }
    }
    if source.whole {
        return refused("InvalidParameter.InstanceImageNotSupport", "This API does not support instance images.");
    }
    if source.encrypted {
        return refused("UnsupportedOperation.EncryptedImagesNotSupported", "Encrypted images are not supported.");
    }
    if source.size_gib > world.config.limits.tencent_gib {
        return refused("InvalidImageId.TooLarge", "The image size exceeds the limit.");
    }
    check_idle(world, turn, source)
}

/// A busy image is refused with one of two codes, as its luck has it.
pub(super) fn check_idle(world: &World, turn: &Turn<'_>, image: &Image) -> Result<(), Refused> {
    if image.phase(turn.now) != Phase::Ready {
        return Err(Refused::new(200, "InvalidImageId.IncorrectState", "Invalid image status."));
    }
    match image.held(turn.now) {
        None => Ok(()),
        Some(_) if world.dice(Cloud::Tencent, &turn.request_id).chance(0.5) => {
            Err(Refused::new(200, "FailedOperation.InvalidImageState", "The image is busy. Please try again later."))
        }
        Some(_) => Err(Refused::new(
            200,
            "InvalidParameterValue.InvalidImageState",
            "The image has another ongoing task. Please check and try again later.",
        )),
    }
}

pub(super) fn check_destinations(world: &World, turn: &Turn<'_>, source: &Image, regions: &[&str], encrypt: bool) -> Result<(), Refused> {
    for (index, region) in regions.iter().enumerate() {
        let refused = |code: &str, message: String| Err(Refused::new(200, code, message));
        let shown = imgferry::api::text::shown(region);
        if !world.knows_region(Cloud::Tencent, region) {
            return refused("InvalidRegion.NotFound", format!("The region `{shown}` cannot be found."));
        }
        if regions.iter().take(index).any(|earlier| earlier == region) {
            return refused("InvalidParameterValue.InvalidRegion", format!("The region `{shown}` is named twice."));
        }
        let home = *region == turn.region;
        let only_home = encrypt || source.ownership == Ownership::Shared;
        if home != only_home {
            let message = if home { "is the source region" } else { "is not the source region, the only one possible for this image" };
            return refused("InvalidParameterValue.InvalidRegion", format!("The region `{shown}` {message}."));
        }
        if !world.takes_copies(Cloud::Tencent, region) || !world.takes_copies(Cloud::Tencent, &turn.region) {
            return refused("InvalidRegion.Unavailable", format!("The region `{shown}` does not support image synchronization."));
        }
        if is_finance(region) != is_finance(&turn.region) {
            // Nor does every refusal name the destination.
            return refused("UnsupportedOperation.Region", "The specified region is unsupported.".to_owned());
        }
    }
    Ok(())
}
