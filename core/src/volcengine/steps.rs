//! How Volcengine replicates: one call a destination; tasks are looked up by the new image's id.

use super::request::{
    CopyImage, DeleteImages, DescribeImages, DescribeTasks, ExportImage, ModifyImageAttribute, ModifyImageSharePermission, TagResources,
};
use crate::operation::Params;
use crate::steps::{Change, Finished, Replica, Side, Steps, Wanted};
use serde_json::json;

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
    let mut params = Params::new();
    if let Some(replica) = replicas.first() {
        params.insert("ImageId".into(), json!(replica.image));
        params.insert("DestinationRegion".into(), json!(replica.to));
        params.insert("ImageName".into(), json!(replica.name));
        if let Some(description) = replica.description {
            params.insert("Description".into(), json!(description));
        }
        params.extend(replica.params.clone());
    }
    Wanted { operation: CopyImage::OPERATION, params }
}

fn export(replica: &Replica<'_>) -> Wanted {
    let mut params = Params::new();
    params.insert("ImageId".into(), json!(replica.image));
    // The prefix is required; letters and digits only, at most 30.
    let of_image: String = replica.image.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
    params.insert("TOSPrefix".into(), if replica.name.is_empty() { json!(of_image) } else { json!(replica.name) });
    params.extend(replica.params.clone());
    Wanted { operation: ExportImage::OPERATION, params }
}

fn images(ids: &[&str]) -> Wanted {
    let mut params = Params::new();
    params.insert("ImageIds".into(), json!(ids));
    params.insert("Status".into(), json!(EVERY_STATUS));
    params.insert("MaxResults".into(), json!(100));
    Wanted { operation: DescribeImages::OPERATION, params }
}

fn find(names: &[&str], cursor: Option<&str>, _seen: usize) -> Wanted {
    let mut params = Params::new();
    params.insert("Visibility".into(), json!("private"));
    params.insert("Status".into(), json!(EVERY_STATUS));
    params.insert("MaxResults".into(), json!(100));
    if let [name] = names {
        params.insert("ImageName".into(), json!(name));
    }
    if let Some(cursor) = cursor {
        params.insert("NextToken".into(), json!(cursor));
    }
    Wanted { operation: DescribeImages::OPERATION, params }
}

fn tasks(images: &[&str]) -> Wanted {
    let mut params = Params::new();
    params.insert("ResourceIds".into(), json!(images));
    params.insert("MaxResults".into(), json!(100));
    Wanted { operation: DescribeTasks::OPERATION, params }
}

fn export_tasks(tasks: &[&str]) -> Wanted {
    let mut params = Params::new();
    params.insert("TaskIds".into(), json!(tasks));
    params.insert("MaxResults".into(), json!(100));
    Wanted { operation: DescribeTasks::OPERATION, params }
}

fn export_objects(params: &Params) -> Vec<String> {
    let text = |name: &str| params.get(name).and_then(serde_json::Value::as_str);
    text("TOSPrefix").zip(text("ImageId")).map(|(prefix, image)| format!("{prefix}_{image}_system.qcow2")).into_iter().collect()
}

fn export_evidence(image: &str) -> Wanted {
    tasks(&[image])
}

fn change(copy: &Finished<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let mut params = Params::new();
    let operation = match change {
        Change::Describe { name, description } => {
            params.insert("ImageId".into(), json!(copy.image));
            params.extend(name.as_ref().map(|name| ("ImageName".into(), json!(name))));
            params.extend(description.as_ref().map(|text| ("Description".into(), json!(text))));
            ModifyImageAttribute::OPERATION
        }
        Change::Tag(tags) => {
            params.insert("ResourceType".into(), json!("image"));
            params.insert("ResourceIds".into(), json!([copy.image]));
            params.insert("Tags".into(), tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect());
            TagResources::OPERATION
        }
        Change::Share(accounts) => {
            params.insert("ImageId".into(), json!(copy.image));
            params.insert("AddAccounts".into(), json!(accounts));
            ModifyImageSharePermission::OPERATION
        }
        Change::Delete => {
            params.insert("ImageIds".into(), json!([copy.image]));
            DeleteImages::OPERATION
        }
    };
    Ok(Wanted { operation, params })
}
