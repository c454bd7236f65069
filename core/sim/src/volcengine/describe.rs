//! Looking: images, tasks, quotas.

use super::change::own;
use super::images::ACCOUNT;
use super::params::{Params, invalid, page_of, page_token};
use crate::image::{Image, Phase, Task, TaskKind};
use crate::turn::{Done, Outcome, Refused, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::Millis;
use imgferry::api::facts::Ownership;
use serde_json::{Value, json};

pub(super) fn describe_images(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids = params.texts("ImageIds", 100)?;
    let statuses = params.texts("Status", 10)?;
    if statuses.iter().any(|status| !["available", "creating", "error"].contains(status)) {
        return Err(invalid("Status.N must be available, creating or error."));
    }
    let statuses = if statuses.is_empty() { vec!["available"] } else { statuses };
    let visibility = params.text("Visibility").filter(|text| !text.is_empty());
    if visibility.is_some_and(|word| !["public", "private", "shared"].contains(&word)) {
        return Err(invalid("Visibility must be public, private or shared."));
    }
    let (size, skip) = params.page(100, 15)?;
    let given = |name: &str| params.text(name).filter(|text| !text.is_empty());
    let tags = tag_filters(params)?;
    let images = world.listed(Cloud::Volcengine, &turn.region, turn.seen).into_iter().filter(|image| {
        (ids.is_empty() || ids.contains(&image.id.as_str()))
            && statuses.contains(&status(image, turn.seen))
            && visibility.is_none_or(|word| visibility_of(image) == word)
            && given("ImageName").is_none_or(|name| image.name.contains(name))
            && given("OsType").is_none_or(|kind| os_type(image) == kind)
            && given("Platform").is_none_or(|platform| image.os == platform)
            && given("ProjectName").is_none_or(|project| image.project == project)
            && tags.iter().all(|(key, values)| {
                image.tags.iter().any(|(name, value)| name == key && (values.is_empty() || values.contains(&value.as_str())))
            })
    });
    let shown: Vec<Value> = images.map(|image| shown_image(image, turn.seen)).collect();
    let total = shown.len();
    let (mut page, next) = page_of(shown, size, skip);
    World::repeat_if_asked(turn, &mut page);
    World::withhold_if_asked(turn, &mut page);
    Ok(Done::from(json!({"TotalCount": total, "NextToken": next, "Images": page})))
}

pub(super) fn tag_filters(params: &Params) -> Result<Vec<(&str, Vec<&str>)>, Refused> {
    let mut filters = Vec::new();
    for number in 1..=10 {
        let Some(key) = params.text(&format!("TagFilters.{number}.Key")) else { break };
        filters.push((key, params.texts(&format!("TagFilters.{number}.Values"), 3)?));
    }
    Ok(filters)
}

pub(super) fn status(image: &Image, now: Millis) -> &'static str {
    match image.phase(now) {
        Phase::Ready => "available",
        Phase::Failed => "error",
        Phase::Hidden | Phase::Pending => "creating",
    }
}

pub(super) fn visibility_of(image: &Image) -> &'static str {
    match image.ownership {
        Ownership::Private => "private",
        Ownership::Shared => "shared",
        Ownership::Public | Ownership::Market | Ownership::Unknown => "public",
    }
}

pub(super) fn os_type(image: &Image) -> &'static str {
    if image.is_windows() { "Windows" } else { "Linux" }
}

/// `2022-05-06T17:33:34+08:00`.
pub(super) fn local_time(at: Millis) -> String {
    at.plus(8 * 3_600_000).rfc3339().replace('Z', "+08:00")
}

pub(super) fn shown_image(image: &Image, now: Millis) -> Value {
    let snapshot = |kind: &str| json!({"SnapshotId": format!("snap-{kind}-{}", image.id), "Size": image.size_gib, "VolumeKind": kind});
    let mut snapshots = vec![snapshot("system")];
    if image.whole {
        snapshots.push(snapshot("data"));
    }
    json!({
        "ImageId": image.id,
        "ImageName": image.name,
        "Description": image.description,
        "ImageOwnerId": if image.is_private() { ACCOUNT } else { "2100000000" },
        "ProjectName": image.project,
        "Architecture": "amd64",
        "BootMode": "BIOS",
        "OsName": format!("{} 64 bit", image.os),
        "OsType": os_type(image),
        "Platform": image.os,
        "PlatformVersion": "",
        "Kernel": "",
        "Status": status(image, now),
        "Visibility": visibility_of(image),
        "ShareStatus": if image.shared_with.is_empty() { "" } else { "HasShared" },
        "LicenseType": "",
        "IsLTS": false,
        "IsSupportCloudInit": true,
        "Size": image.size_gib,
        "VirtualSize": image.size_gib.saturating_mul(1 << 30).to_string(),
        "CreatedAt": local_time(image.created),
        "UpdatedAt": local_time(image.created),
        "LifecycleStatus": "Active",
        "DetectionResults": {"DetectionStatus": if image.phase(now) == Phase::Ready { "Finished" } else { "Processing" }, "Items": []},
        "Snapshots": snapshots,
        "Tags": image.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect::<Vec<_>>(),
    })
}

pub(super) fn describe_tasks(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids = params.texts("TaskIds", 100)?;
    let mut resources = params.texts("ResourceIds", 100)?;
    resources.extend(params.text("ResourceId").filter(|id| !id.is_empty()));
    let (size, skip) = params.page(100, 20)?;
    let mut tasks: Vec<&Task> = match (ids.is_empty(), resources.is_empty()) {
        (true, true) => world.tasks_in(Cloud::Volcengine, &turn.region, turn.seen),
        (true, false) => resources.iter().flat_map(|id| world.tasks_of_image(Cloud::Volcengine, id, turn.seen)).collect(),
        (false, _) => ids.iter().filter_map(|id| world.task(Cloud::Volcengine, id, turn.seen)).collect(),
    };
    tasks.retain(|task| task.region == turn.region && (resources.is_empty() || resources.contains(&task.image.as_str())));
    tasks.sort_by(|a, b| b.growth.start.cmp(&a.growth.start).then_with(|| a.id.cmp(&b.id)));
    tasks.dedup_by(|a, b| a.id == b.id);
    let skew = turn.clock.since(turn.now);
    let (mut page, mut next) = page_of(tasks.into_iter().map(|task| shown_task(task, turn.seen, skew)).collect(), size, skip);
    World::repeat_if_asked(turn, &mut page);
    // Tasks are not counted: what is left out stands on a next page.
    if World::withhold_if_asked(turn, &mut page) {
        next = page_token(skip.saturating_add(page.len()));
    }
    Ok(Done::from(json!({"NextToken": next, "Tasks": page})))
}

pub(super) fn shown_task(task: &Task, now: Millis, skew: i64) -> Value {
    let growth = &task.growth;
    let percent = growth.percent(now);
    let status = match growth.phase(now) {
        Phase::Ready => "Succeeded",
        Phase::Failed => "Failed",
        Phase::Hidden | Phase::Pending if percent < 5 => "Pending",
        Phase::Hidden | Phase::Pending => "Running",
    };
    let ended = growth.end.filter(|end| *end <= now);
    json!({
        "Id": task.id,
        "ResourceId": task.image,
        "Type": match task.kind {
            TaskKind::Copy | TaskKind::CopyInRegion => "CopyImage",
            TaskKind::Export => "ExportImage",
            TaskKind::Detect | TaskKind::Members => "DetectImage",
        },
        "Status": status,
        "Process": percent,
        "CreatedAt": local_time(growth.start.plus(skew)),
        "UpdatedAt": local_time(ended.unwrap_or(now).plus(skew)),
        "EndAt": ended.map(|end| local_time(end.plus(skew))).unwrap_or_default(),
    })
}

pub(super) fn describe_regions(world: &mut World, _turn: &Turn<'_>, params: &Params) -> Outcome {
    let ids = params.texts("RegionIds", 20)?;
    let (size, skip) = params.page(20, 10)?;
    let regions = world.regions(Cloud::Volcengine).into_iter().filter(|id| ids.is_empty() || ids.contains(&id.as_str()));
    let (page, next) = page_of(regions.map(|id| json!({"RegionId": id})).collect(), size, skip);
    Ok(Done::from(json!({"Regions": page, "NextToken": next})))
}

pub(super) fn describe_share(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let (size, skip) = params.page(100, 20)?;
    let accounts: Vec<Value> = own(world, turn, params)?.shared_with.iter().map(|account| json!({"AccountId": account})).collect();
    let total = accounts.len();
    let (page, next) = page_of(accounts, size, skip);
    Ok(Done::from(json!({"TotalCount": total, "NextToken": next, "Accounts": page})))
}
