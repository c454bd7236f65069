//! Looking: images, tasks, quotas.

use super::envelope::refuse;
use super::export::snapshots_of;
use super::images::{ACCOUNT, find, is_image_id};
use super::params::{text, texts};
use crate::image::{Held, Image, Phase};
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::facts::Ownership;
use serde_json::{Map, Value, json};

pub(super) fn describe_images(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let ids = texts(params, "ImageIds");
    let filters = params.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !ids.is_empty() && !filters.is_empty() {
        return refuse("InvalidParameter.InvalidParameterCoexistImageIdsFilters", "ImageIds and Filters cannot be specified together.");
    }
    if ids.len() > 100 || filters.len() > 10 {
        return refuse("InvalidParameterValue.LimitExceeded", "The number of parameter values exceeds the limit.");
    }
    if let Some(id) = ids.iter().find(|id| !is_image_id(id)) {
        return refuse("InvalidImageId.Malformed", format!("The image id `{}` is malformed.", imgferry::api::text::shown(id)));
    }
    if text(params, "InstanceType").is_some_and(|kind| !kind.contains('.')) {
        return refuse("InvalidInstanceType.Malformed", "The instance type is malformed.");
    }
    let number = |name: &str, default: i64| params.get(name).and_then(Value::as_i64).unwrap_or(default);
    let (Ok(offset), Ok(limit @ 1..=100)) = (usize::try_from(number("Offset", 0)), usize::try_from(number("Limit", 20))) else {
        return refuse("InvalidParameterValue.InvalidParameterValueLimit", "Offset is negative, or Limit is not from 1 to 100.");
    };
    let mut images = match ids.is_empty() {
        true => world.listed(Cloud::Tencent, &turn.region, turn.seen),
        false => ids.iter().filter_map(|id| world.image(Cloud::Tencent, &turn.region, id, turn.seen)).collect(),
    };
    for filter in filters {
        let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
        let values = filter.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if values.len() > 5 {
            return refuse("InvalidFilterValue.LimitExceeded", "A filter has more than 5 values.");
        }
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        if !is_filter(name) {
            return refuse("InvalidFilter", format!("The filter `{}` is invalid.", imgferry::api::text::shown(name)));
        }
        images.retain(|image| values.iter().any(|value| matches_filter(image, name, value)));
    }
    let total = images.len();
    let mut page: Vec<Value> = images.into_iter().skip(offset).take(limit).map(|image| shown_image(world, turn, image)).collect();
    World::repeat_if_asked(turn, &mut page);
    World::withhold_if_asked(turn, &mut page);
    Ok(Done::from(json!({"ImageSet": page, "TotalCount": total})))
}

/// The newest usable image of a family; null where there is none.
pub(super) fn describe_family(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let family = text(params, "ImageFamily").unwrap_or_default();
    let images = world.listed(Cloud::Tencent, &turn.region, turn.seen).into_iter();
    let usable = images.filter(|image| image.family == family && !image.deprecated && image.phase(turn.seen) == Phase::Ready);
    let newest = usable.max_by_key(|image| (image.created, image.id.clone()));
    Ok(Done::from(json!({"Image": newest.map(|image| shown_image(world, turn, image))})))
}

pub(super) fn is_filter(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["cdc-cache-status", "dedicated-cluster-id", "image-id", "image-name", "image-type", "platform", "tag-key", "tag-value"];
    NAMES.contains(&name) || name.strip_prefix("tag:").is_some_and(|key| !key.is_empty())
}

pub(super) fn matches_filter(image: &Image, name: &str, value: &str) -> bool {
    match name {
        "image-id" => image.id == value,
        "image-name" => image.name.contains(value),
        "image-type" => image_type(image) == value,
        "platform" => image.os.to_lowercase().contains(&value.to_lowercase()),
        "tag-key" => image.tags.iter().any(|(key, _)| key == value),
        "tag-value" => image.tags.iter().any(|(_, tag)| tag == value),
        other => other.strip_prefix("tag:").is_some_and(|key| image.tags.iter().any(|(name, tag)| name == key && tag == value)),
    }
}

pub(super) fn image_type(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Public => "PUBLIC_IMAGE",
        Ownership::Shared => "SHARED_IMAGE",
        Ownership::Private | Ownership::Market | Ownership::Unknown => "PRIVATE_IMAGE",
    }
}

pub(super) fn state(image: &Image, turn: &Turn<'_>) -> &'static str {
    match (image.phase(turn.seen), image.held(turn.seen)) {
        (Phase::Failed, _) => "CREATEFAILED",
        (Phase::Hidden | Phase::Pending, _) if image.growth.is_some() && image.ready_after_ms.is_none() => "SYNCING",
        (Phase::Hidden | Phase::Pending, _) => "CREATING",
        (Phase::Ready, Some(Held::Copy)) => "SYNCING",
        (Phase::Ready, _) => "NORMAL",
    }
}

pub(super) fn shown_image(world: &World, turn: &Turn<'_>, image: &Image) -> Value {
    let mut dice = world.dice(Cloud::Tencent, &format!("shown {}", image.id));
    // Both spellings of the time occur, and the percentage is null now and then.
    let created = match dice.chance(0.5) {
        true => image.created.rfc3339(),
        false => image.created.rfc3339().replace('Z', "+00:00"),
    };
    let percent = image.percent(turn.seen).filter(|percent| *percent == 100 || !(dice.next() ^ u64::from(*percent)).is_multiple_of(4));
    let snapshots: Vec<Value> = snapshots_of(world, image)
        .into_iter()
        .map(|(id, usage)| json!({"SnapshotId": id, "DiskUsage": usage, "DiskSize": image.size_gib}))
        .collect();
    json!({
        "ImageId": image.id,
        "OsName": format!("{} 64bit", image.os),
        "ImageType": image_type(image),
        "CreatedTime": created,
        "ImageName": image.name,
        "ImageDescription": image.description,
        "ImageSize": image.size_gib,
        "Architecture": "x86_64",
        "ImageState": state(image, turn),
        "Platform": image.os,
        "ImageCreator": if image.is_private() { Value::from(ACCOUNT) } else { Value::Null },
        "ImageSource": if image.ownership == Ownership::Public { "OFFICIAL" } else { "CREATE_IMAGE" },
        "SyncPercent": percent,
        "IsSupportCloudinit": true,
        "SnapshotSet": snapshots,
        "Tags": image.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Vec<_>>(),
        "LicenseType": "TencentCloud",
        "ImageFamily": image.family,
        "ImageDeprecated": image.deprecated,
    })
}

pub(super) fn describe_image_quota(world: &mut World, _turn: &Turn<'_>, _params: &Map<String, Value>) -> Outcome {
    Ok(Done::from(json!({"ImageNumQuota": world.quota(Cloud::Tencent)})))
}

pub(super) fn describe_regions(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    if turn.request.header("x-tc-version") == Some("2022-06-27") && text(params, "Product").is_none() {
        return refuse("MissingParameter", "The request is missing the parameter `Product`.");
    }
    let regions: Vec<Value> = world
        .regions(Cloud::Tencent)
        .into_iter()
        .map(|id| {
            let name = Cloud::Tencent.regions().iter().find(|region| region.id == id).map_or("", |region| region.en);
            json!({"Region": id, "RegionName": name, "RegionState": "AVAILABLE"})
        })
        .collect();
    Ok(Done::from(json!({"TotalCount": regions.len(), "RegionSet": regions})))
}

pub(super) fn describe_share(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let image = find(world, turn, text(params, "ImageId").unwrap_or_default())?;
    let set: Vec<Value> =
        image.shared_with.iter().map(|account| json!({"AccountId": account, "CreatedTime": image.created.rfc3339()})).collect();
    Ok(Done::from(json!({"SharePermissionSet": set})))
}
