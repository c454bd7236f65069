//! How Tencent Cloud replicates: one call serves many destinations, the new image itself shows the progress.

use super::request::{
    DeleteImages, DescribeImageQuota, DescribeImages, ExportImages, ModifyImageAttribute, ModifyImageSharePermission, SyncImages,
    TagResources,
};
use crate::facts::Ownership;
use crate::operation::Params;
use crate::steps::{Chaining, Change, Finished, Replica, Side, Steps, Wanted};
use serde_json::{Value, json};

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
    let mut params = Params::new();
    if let Some(first) = replicas.first() {
        params.insert("ImageIds".into(), json!([first.image]));
        params.insert("DestinationRegions".into(), replicas.iter().map(|replica| replica.to).collect());
        params.insert("ImageName".into(), json!(first.name));
        // Without this the answer holds no ids, or the source's.
        params.insert("ImageSetRequired".into(), json!(true));
        params.extend(first.params.clone());
    }
    Wanted { operation: SyncImages::OPERATION, params }
}

fn copy_in_region(replica: &Replica<'_>, key: Option<&str>) -> Wanted {
    let mut wanted = launch(&[*replica]);
    if let Some(key) = key {
        wanted.params.insert("Encrypt".into(), json!(true));
        wanted.params.insert("KmsKeyId".into(), json!(key));
    }
    wanted
}

fn export(replica: &Replica<'_>) -> Wanted {
    let mut params = Params::new();
    params.insert("ImageIds".into(), json!([replica.image]));
    if !replica.name.is_empty() {
        params.insert("FileNamePrefixList".into(), json!([replica.name]));
    }
    params.extend(replica.params.clone());
    Wanted { operation: ExportImages::OPERATION, params }
}

fn images(ids: &[&str]) -> Wanted {
    let mut params = Params::new();
    params.insert("ImageIds".into(), json!(ids));
    params.insert("Limit".into(), json!(100));
    Wanted { operation: DescribeImages::OPERATION, params }
}

fn find(names: &[&str], _cursor: Option<&str>, seen: usize) -> Wanted {
    let mut filters = vec![json!({"Name": "image-type", "Values": ["PRIVATE_IMAGE"]})];
    if !names.is_empty() {
        // The match is fuzzy; the job compares the names again.
        filters.push(json!({"Name": "image-name", "Values": names}));
    }
    let mut params = Params::new();
    params.insert("Filters".into(), Value::from(filters));
    params.insert("Offset".into(), json!(seen));
    params.insert("Limit".into(), json!(100));
    Wanted { operation: DescribeImages::OPERATION, params }
}

/// The quota is the ceiling; how much of it is used the number of private images tells.
fn quota() -> Wanted {
    Wanted { operation: DescribeImageQuota::OPERATION, params: Params::new() }
}

fn count() -> Wanted {
    let mut params = Params::new();
    params.insert("Filters".into(), json!([{"Name": "image-type", "Values": ["PRIVATE_IMAGE"]}]));
    params.insert("Limit".into(), json!(1));
    Wanted { operation: DescribeImages::OPERATION, params }
}

fn change(copy: &Finished<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let mut params = Params::new();
    let operation = match change {
        Change::Describe { name, description } => {
            params.insert("ImageId".into(), json!(copy.image));
            params.extend(name.as_ref().map(|name| ("ImageName".into(), json!(name))));
            params.extend(description.as_ref().map(|text| ("ImageDescription".into(), json!(text))));
            ModifyImageAttribute::OPERATION
        }
        Change::Tag(tags) => {
            // The tag service knows resources by the account that owns them.
            let uin = copy.uin.ok_or("uin")?;
            params.insert("ResourceList".into(), json!([format!("qcs::cvm:{}:uin/{uin}:image/{}", copy.region, copy.image)]));
            params.insert("Tags".into(), tags.iter().map(|(key, value)| json!({"TagKey": key, "TagValue": value})).collect());
            TagResources::OPERATION
        }
        Change::Share(accounts) => {
            params.insert("ImageId".into(), json!(copy.image));
            params.insert("AccountIds".into(), json!(accounts));
            params.insert("Permission".into(), json!("SHARE"));
            ModifyImageSharePermission::OPERATION
        }
        Change::Delete => {
            params.insert("ImageIds".into(), json!([copy.image]));
            DeleteImages::OPERATION
        }
    };
    Ok(Wanted { operation, params })
}
