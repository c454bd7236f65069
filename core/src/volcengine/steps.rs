//! How Volcengine replicates: one call a destination; tasks are looked up by the new image's id.

use super::request::{
    CopyImage, DeleteImages, DescribeImages, DescribeTasks, ExportImage, ModifyImageAttribute, ModifyImageSharePermission, TagResources,
};
use crate::json::{Object, records, texts};
use crate::operation::Params;
use crate::steps::{Change, Finished, Replica, Side, Steps, Wanted};

/// The table.
pub static STEPS: Steps = Steps {
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
        ("Description", "use description"),
        ("DestinationRegion", "use to"),
        ("ImageId", "use image"),
        ("ImageName", "use name"),
        ("TOSPrefix", "use name"),
    ],
    launch,
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
    let mut params = Object::new();
    if let Some(replica) = replicas.first() {
        params.set("ImageId", replica.image);
        params.set("DestinationRegion", replica.to);
        params.set("ImageName", replica.name);
        params.set_some("Description", replica.description);
        params.extend(replica.params);
    }
    Wanted { operation: CopyImage::OPERATION, params: params.take() }
}

fn export(replica: &Replica<'_>) -> Wanted {
    let mut params = Object::new();
    params.set("ImageId", replica.image);
    // The prefix is required; letters and digits only, at most 30.
    let of_image: String = replica.image.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
    params.set("TOSPrefix", if replica.name.is_empty() { &of_image } else { replica.name });
    params.extend(replica.params);
    Wanted { operation: ExportImage::OPERATION, params: params.take() }
}

fn images(ids: &[&str]) -> Wanted {
    let mut params = Object::new();
    params.set("ImageIds", texts(ids));
    params.set("Status", texts(&EVERY_STATUS));
    params.set("MaxResults", 100);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

fn find(names: &[&str], cursor: Option<&str>, _seen: usize) -> Wanted {
    let mut params = Object::new();
    params.set("Visibility", "private");
    params.set("Status", texts(&EVERY_STATUS));
    params.set("MaxResults", 100);
    if let [name] = names {
        params.set("ImageName", *name);
    }
    params.set_some("NextToken", cursor);
    Wanted { operation: DescribeImages::OPERATION, params: params.take() }
}

fn tasks(images: &[&str]) -> Wanted {
    let mut params = Object::new();
    params.set("ResourceIds", texts(images));
    params.set("MaxResults", 100);
    Wanted { operation: DescribeTasks::OPERATION, params: params.take() }
}

fn export_tasks(tasks: &[&str]) -> Wanted {
    let mut params = Object::new();
    params.set("TaskIds", texts(tasks));
    params.set("MaxResults", 100);
    Wanted { operation: DescribeTasks::OPERATION, params: params.take() }
}

fn export_objects(params: &Params) -> Vec<String> {
    let text = |name: &str| params.get(name).and_then(serde_json::Value::as_str);
    text("TOSPrefix").zip(text("ImageId")).map(|(prefix, image)| format!("{prefix}_{image}_system.qcow2")).into_iter().collect()
}

fn export_evidence(image: &str) -> Wanted {
    tasks(&[image])
}

fn change(copy: &Finished<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let mut params = Object::new();
    let operation = match change {
        Change::Describe { name, description } => {
            params.set("ImageId", copy.image);
            params.set_some("ImageName", name.as_deref());
            params.set_some("Description", description.as_deref());
            ModifyImageAttribute::OPERATION
        }
        Change::Tag(tags) => {
            params.set("ResourceType", "image");
            params.set("ResourceIds", texts(&[copy.image]));
            params.set("Tags", records(tags, "Key", "Value"));
            TagResources::OPERATION
        }
        Change::Share(accounts) => {
            params.set("ImageId", copy.image);
            params.set("AddAccounts", texts(accounts));
            ModifyImageSharePermission::OPERATION
        }
        Change::Delete => {
            params.set("ImageIds", texts(&[copy.image]));
            DeleteImages::OPERATION
        }
    };
    Ok(Wanted { operation, params: params.take() })
}
