//! How Tencent Cloud replicates: one call serves many destinations, the new image itself shows the progress.

use super::request::{
    DeleteImages, DescribeImageQuota, DescribeImages, ExportImages, ModifyImageAttribute, ModifyImageSharePermission, SyncImages,
    TagResources,
};
use crate::facts::Ownership;
use crate::json::{Object, list, records, texts};
use crate::operation::Params;
use crate::steps::{Chaining, Change, Finished, Replica, Side, Steps, Wanted};
use serde_json::Value;

/// The table.
pub static STEPS: Steps = Steps {
    fan_out: 20,
    active: 0,
    image_batch: 100,
    task_batch: 0,
    task_side: Side::Destination,
    task_by_id: false,
    find_names: 5,
    per_second: 20,
    name_taken: &["InvalidImageName.Duplicate"],
    records_origin: false,
    // SYNCING stands for a source, too, from which a copy runs.
    being_made: &["CREATING", "IMPORTING", "SYNCING"],
    launch_describes: false,
    reserved: &[
        ("DestinationRegions", "use to"),
        ("DryRun", "use the check command or level 2 for a dry run"),
        ("FileNamePrefixList", "use name"),
        ("ImageIds", "use image"),
        ("ImageName", "use name"),
        ("ImageSetRequired", "the ids are always asked for"),
    ],
    launch,
    chaining: Some(Chaining { needs_own: |image| image.ownership == Ownership::Shared, copy_in_region }),
    export,
    images,
    find,
    tasks: images,
    older_task: None,
    export_tasks: None,
    // They hold ids of snapshots, which only the answer tells.
    export_objects: |_| Vec::new(),
    export_evidence: None,
    export_note: Some((
        "no public call tells when an export is written: the image was seen at rest; check that the objects are complete in the bucket",
        "没有公开接口可查询导出进度：已确认镜像空闲；请检查存储桶中的对象是否完整",
    )),
    change,
    quota: &[quota, count],
};

fn launch(replicas: &[Replica<'_>]) -> Wanted {
    let mut params = Object::new();
    if let Some(first) = replicas.first() {
        params.set("ImageIds", texts(&[first.image]));
        params.set("DestinationRegions", list(replicas, |replica| replica.to.into()));
        params.set("ImageName", first.name);
        // Without this the answer holds no ids, or the source's.
        params.set("ImageSetRequired", true);
        params.extend(first.params);
    }
    Wanted { operation: SyncImages::OPERATION, params: params.take() }
}

fn copy_in_region(replica: &Replica<'_>, key: Option<&str>) -> Wanted {
    let mut wanted = launch(&[*replica]);
    if let Some(key) = key {
        wanted.params.insert("Encrypt".to_owned(), true.into());
        wanted.params.insert("KmsKeyId".to_owned(), key.into());
    }
    wanted
}

fn export(replica: &Replica<'_>) -> Wanted {
    let mut params = Object::new();
    params.set("ImageIds", texts(&[replica.image]));
    if !replica.name.is_empty() {
        params.set("FileNamePrefixList", texts(&[replica.name]));
    }
    params.extend(replica.params);
    Wanted { operation: ExportImages::OPERATION, params: params.take() }
}

fn images(ids: &[&str]) -> Wanted {
    let mut params = Object::new();
    params.set("ImageIds", texts(ids));
    params.set("Limit", 100);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

fn find(names: &[&str], _cursor: Option<&str>, seen: usize) -> Wanted {
    let mut filters = vec![filter("image-type", &["PRIVATE_IMAGE"])];
    if !names.is_empty() {
        // The match is fuzzy; the job compares the names again.
        filters.push(filter("image-name", names));
    }
    let mut params = Object::new();
    params.set("Filters", filters);
    params.set("Offset", seen);
    params.set("Limit", 100);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

fn filter(name: &str, values: &[&str]) -> Value {
    Object::new().set("Name", name).set("Values", texts(values)).value()
}

/// The quota is the ceiling; how much of it is used the number of private images tells.
fn quota() -> Wanted {
    Wanted { operation: DescribeImageQuota::OPERATION, params: Params::new() }
}

fn count() -> Wanted {
    let mut params = Object::new();
    params.set("Filters", vec![filter("image-type", &["PRIVATE_IMAGE"])]);
    params.set("Limit", 1);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

fn change(copy: &Finished<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let mut params = Object::new();
    let operation = match change {
        Change::Describe { name, description } => {
            params.set("ImageId", copy.image);
            params.set_some("ImageName", name.as_deref());
            params.set_some("ImageDescription", description.as_deref());
            ModifyImageAttribute::OPERATION
        }
        Change::Tag(tags) => {
            // The tag service knows resources by the account that owns them.
            let uin = copy.uin.ok_or("uin")?;
            params.set("ResourceList", texts(&[format!("qcs::cvm:{}:uin/{uin}:image/{}", copy.region, copy.image)]));
            params.set("Tags", records(tags, "TagKey", "TagValue"));
            TagResources::OPERATION
        }
        Change::Share(accounts) => {
            params.set("ImageId", copy.image);
            params.set("AccountIds", texts(accounts));
            params.set("Permission", "SHARE");
            ModifyImageSharePermission::OPERATION
        }
        Change::Delete => {
            params.set("ImageIds", texts(&[copy.image]));
            DeleteImages::OPERATION
        }
    };
    Ok(Wanted { operation, params: params.take() })
}
