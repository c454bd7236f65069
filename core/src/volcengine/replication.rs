//! How Volcengine replicates: one call a destination; tasks are looked up by the new image's id.

use super::request::{
    CopyImage, DeleteImages, DescribeImages, DescribeTasks, ExportImage, ModifyImageAttribute, ModifyImageSharePermission, Tag,
    TagResources,
};
use crate::api::replication::{Change, CopyRef, Replica, Replication, Side, Wanted, owned};
use crate::base::json::{Object, texts};
use crate::base::record::Params;
use crate::base::text::concat;
use crate::base::texts::Zh;

/// The table.
pub(crate) static REPLICATION: Replication = Replication {
    fan_out: 1,
    active: 0,
    image_batch: 100,
    task_batch: 100,
    task_side: Side::Destination,
    task_by_id: false,
    find_names: 1,
    // Nothing is published; the vendor's own Terraform provider keeps to this.
    per_second: 4,
    name_taken: &[],
    records_origin: false,
    being_made: &["creating"],
    launch_describes: true,
    reserved: &[
        ("Description", "use description", Zh::of("请使用 description")),
        ("DestinationRegion", "use to", Zh::of("请使用 to")),
        ("ImageId", "use image", Zh::of("请使用 image")),
        ("ImageName", "use name", Zh::of("请使用 name")),
        ("TOSPrefix", "use name", Zh::of("请使用 name")),
    ],
    launch,
    dry_run: None,
    // Within a region only what others share can be copied, and no page says how.
    chaining: None,
    export,
    images,
    find,
    tasks,
    older_task: None,
    export_tasks: Some(export_tasks),
    export_objects,
    export_evidence: Some(export_evidence),
    export_note: None,
    change,
    quota: &[],
};

/// Without it only images in state `available` are listed.
const EVERY_STATUS: [&str; 3] = ["available", "creating", "error"];

fn launch(replicas: &[Replica<'_>]) -> Wanted {
    let Some(replica) = replicas.first() else {
        return Wanted::of(CopyImage::default());
    };
    let copy = CopyImage {
        image_id: replica.image.to_owned(),
        destination_region: replica.to.to_owned(),
        image_name: replica.name.to_owned(),
        description: replica.description.map(str::to_owned),
        ..CopyImage::default()
    };
    Wanted::of(copy).further(replica.params, &[])
}

fn export(replica: &Replica<'_>) -> Wanted {
    // The prefix is required; letters and digits only, at most 30.
    let of_image = || replica.image.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
    let export = ExportImage {
        image_id: replica.image.to_owned(),
        tos_prefix: if replica.name.is_empty() { of_image() } else { replica.name.to_owned() },
        ..ExportImage::default()
    };
    Wanted::of(export).further(replica.params, &["TOSBucket"])
}

fn images(ids: &[&str]) -> Wanted {
    let images = DescribeImages {
        image_ids: Some(owned(ids)),
        status: Some(owned(&EVERY_STATUS)),
        max_results: Some(100),
        ..DescribeImages::default()
    };
    Wanted::of(images)
}

pub(crate) fn find(names: &[&str], cursor: Option<&str>, _seen: usize) -> Wanted {
    let name = if let [name] = names { Some(*name) } else { None };
    let mut params = Object::new();
    params.set("Visibility", "private").set("Status", texts(&EVERY_STATUS)).set_some("ImageName", name);
    params.set("MaxResults", 100_i64).set_some("NextToken", cursor);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

fn tasks(images: &[&str]) -> Wanted {
    Wanted::of(DescribeTasks { resource_ids: Some(owned(images)), max_results: Some(100), ..DescribeTasks::default() })
}

fn export_tasks(tasks: &[&str]) -> Wanted {
    Wanted::of(DescribeTasks { task_ids: Some(owned(tasks)), max_results: Some(100), ..DescribeTasks::default() })
}

fn export_objects(params: &Params) -> Vec<String> {
    let text = |name: &str| params.get(name).and_then(crate::base::value::Value::as_str);
    text("TOSPrefix").zip(text("ImageId")).map(|(prefix, image)| concat(&[prefix, "_", image, "_system.qcow2"])).into_iter().collect()
}

fn export_evidence(image: &str) -> Wanted {
    tasks(&[image])
}

fn change(copy: &CopyRef<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let image_id = copy.image.to_owned();
    Ok(match change.clone() {
        Change::Describe { name, description } => {
            Wanted::of(ModifyImageAttribute { image_id, image_name: name, description, ..ModifyImageAttribute::default() })
        }
        Change::Tag(tags) => {
            let tags = tags.into_iter().map(|(key, value)| Tag { key, value: Some(value) }).collect();
            Wanted::of(TagResources { resource_type: "image".to_owned(), resource_ids: vec![image_id], tags })
        }
        Change::Share(accounts) => {
            Wanted::of(ModifyImageSharePermission { image_id, add_accounts: Some(accounts), ..ModifyImageSharePermission::default() })
        }
        Change::Delete => Wanted::of(DeleteImages { image_ids: vec![image_id], ..DeleteImages::default() }),
    })
}
