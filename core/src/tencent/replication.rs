//! How Tencent Cloud replicates: one call serves many destinations, the new image itself shows the progress.

use super::request::{
    DeleteImages, DescribeImageQuota, DescribeImages, ExportImages, Filter, ModifyImageAttribute, ModifyImageSharePermission, SyncImages,
    Tag, TagResources,
};
use crate::api::facts::Ownership;
use crate::api::replication::{Chaining, Change, CopyRef, Replica, Replication, Side, Wanted, owned};
use crate::base::json::{Object, texts};
use crate::base::text::concat;
use crate::base::texts::Zh;
use crate::base::value::Value;

/// The table.
pub(crate) static REPLICATION: Replication = Replication {
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
        ("DestinationRegions", "use to", Zh::of("请使用 to")),
        ("DryRun", "use the check command or level 2 for a dry run", Zh::of("试运行请使用 check 命令或第二层接口")),
        ("FileNamePrefixList", "use name", Zh::of("请使用 name")),
        ("ImageIds", "use image", Zh::of("请使用 image")),
        ("ImageName", "use name", Zh::of("请使用 name")),
        ("ImageSetRequired", "the ids are always asked for", Zh::of("总会要求返回镜像 ID")),
    ],
    launch,
    dry_run: Some(dry_run),
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
        Zh::of("没有公开接口可查询导出进度：已确认镜像空闲；请检查存储桶中的对象是否完整"),
    )),
    change,
    quota: &[quota, count],
};

fn launch(replicas: &[Replica<'_>]) -> Wanted {
    copies(replicas, None)
}

fn dry_run(replicas: &[Replica<'_>]) -> Wanted {
    copies(replicas, Some(true))
}

fn copies(replicas: &[Replica<'_>], dry_run: Option<bool>) -> Wanted {
    let Some(first) = replicas.first() else {
        return Wanted::of(SyncImages::default());
    };
    let copies = SyncImages {
        dry_run,
        image_ids: owned(&[first.image]),
        destination_regions: replicas.iter().map(|replica| replica.to.to_owned()).collect(),
        image_name: Some(first.name.to_owned()),
        // Without this the answer holds no ids, or the source's.
        image_set_required: Some(true),
        ..SyncImages::default()
    };
    Wanted::of(copies).further(first.params, &[])
}

fn copy_in_region(replica: &Replica<'_>, key: Option<&str>) -> Wanted {
    let copy = SyncImages {
        image_ids: owned(&[replica.image]),
        destination_regions: owned(&[replica.to]),
        image_name: Some(replica.name.to_owned()),
        image_set_required: Some(true),
        encrypt: key.map(|_| true),
        kms_key_id: key.map(str::to_owned),
        ..SyncImages::default()
    };
    Wanted::of(copy).further(replica.params, &[])
}

fn export(replica: &Replica<'_>) -> Wanted {
    let export = ExportImages {
        image_ids: Some(owned(&[replica.image])),
        file_name_prefix_list: Some(owned(&[replica.name])).filter(|_| !replica.name.is_empty()),
        ..ExportImages::default()
    };
    Wanted::of(export).further(replica.params, &["BucketName"])
}

fn images(ids: &[&str]) -> Wanted {
    Wanted::of(DescribeImages { image_ids: Some(owned(ids)), limit: Some(100), ..DescribeImages::default() })
}

pub(crate) fn find(names: &[&str], _cursor: Option<&str>, seen: usize) -> Wanted {
    let filter = |name: &str, values: &[&str]| Object::new().set("Name", name).set("Values", texts(values)).value();
    let mut filters = vec![filter("image-type", &["PRIVATE_IMAGE"])];
    if !names.is_empty() {
        // The match is fuzzy; the job compares the names again.
        filters.push(filter("image-name", names));
    }
    let mut params = Object::new();
    params.set("Filters", Value::Array(filters)).set("Offset", seen as i64).set("Limit", 100_i64);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

/// The quota is the ceiling; how much of it is used the number of private images tells.
fn quota() -> Wanted {
    Wanted::of(DescribeImageQuota {})
}

fn count() -> Wanted {
    let filters = Some(vec![Filter { name: "image-type".to_owned(), values: owned(&["PRIVATE_IMAGE"]) }]);
    Wanted::of(DescribeImages { filters, limit: Some(1), ..DescribeImages::default() })
}

fn change(copy: &CopyRef<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let image_id = copy.image.to_owned();
    Ok(match change.clone() {
        Change::Describe { name, description } => Wanted::of(ModifyImageAttribute {
            image_id,
            image_name: name,
            image_description: description,
            ..ModifyImageAttribute::default()
        }),
        Change::Tag(tags) => {
            // The tag service knows resources by the account that owns them.
            let uin = copy.uin.ok_or("uin")?;
            let resource = concat(&["qcs::cvm:", copy.region, ":uin/", uin, ":image/", &image_id]);
            let tags = tags.into_iter().map(|(tag_key, tag_value)| Tag { tag_key, tag_value }).collect();
            Wanted::of(TagResources { resource_list: vec![resource], tags })
        }
        Change::Share(account_ids) => Wanted::of(ModifyImageSharePermission { image_id, account_ids, permission: "SHARE".to_owned() }),
        Change::Delete => Wanted::of(DeleteImages { image_ids: vec![image_id], ..DeleteImages::default() }),
    })
}
