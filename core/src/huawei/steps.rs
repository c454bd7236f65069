//! How Huawei Cloud replicates: one call a destination, five at a time; the job is watched in the source region,
//! the new image in the destination.

use super::request::{
    AddImageMembers, AddImageTags, CopyImageCrossRegion, CopyImageInRegion, DeleteImage, ExportImage, ListImages, ShowImageQuota, ShowJob,
    ShowJobProgress, UpdateImage,
};
use crate::facts::{Image, Ownership};
use crate::operation::Params;
use crate::steps::{Chaining, Change, Finished, Replica, Side, Steps, Wanted};
use serde_json::json;

/// The table.
pub static STEPS: Steps = Steps {
    fan_out: 1,
    active: 5,
    image_batch: 1,
    task_batch: 1,
    task_side: Side::Source,
    task_by_id: true,
    find_names: 1,
    // Nothing is published for these calls; other services of the gateway allow this.
    per_second: 10,
    name_taken: &["IMG.0009", "IMG.0070"],
    launch_describes: true,
    reserved: &[("description", "use description"), ("image_id", "use image"), ("name", "use name"), ("region", "use to")],
    launch,
    chaining: Some(Chaining { needs_own, copy_in_region }),
    export,
    images,
    find,
    tasks,
    older_task: Some(older_task),
    export_tasks: Some(tasks),
    export_objects: |params| params.get("bucket_url").and_then(serde_json::Value::as_str).map(str::to_owned).into_iter().collect(),
    export_evidence: None,
    export_note: None,
    change,
    quota: &[quota],
};

fn launch(replicas: &[Replica<'_>]) -> Wanted {
    let mut params = Params::new();
    if let Some(replica) = replicas.first() {
        params.insert("image_id".into(), json!(replica.image));
        params.insert("name".into(), json!(replica.name));
        if let Some(description) = replica.description {
            params.insert("description".into(), json!(description));
        }
        params.insert("region".into(), json!(replica.to));
        // Every region has a built-in project of its own name; the plan may name another.
        params.insert("project_name".into(), json!(replica.to));
        params.extend(replica.params.clone());
    }
    Wanted { operation: CopyImageCrossRegion::OPERATION, params }
}

/// Only private images that are not encrypted go to other regions; a copy without a key is one.
fn needs_own(image: &Image) -> bool {
    image.encrypted == Some(true) || image.ownership == Ownership::Shared
}

fn copy_in_region(replica: &Replica<'_>, key: Option<&str>) -> Wanted {
    let mut params = Params::new();
    params.insert("image_id".into(), json!(replica.image));
    params.insert("name".into(), json!(replica.name));
    params.extend(replica.description.map(|text| ("description".into(), json!(text))));
    params.extend(key.map(|key| ("cmk_id".into(), json!(key))));
    Wanted { operation: CopyImageInRegion::OPERATION, params }
}

fn export(replica: &Replica<'_>) -> Wanted {
    let mut params = Params::new();
    params.insert("image_id".into(), json!(replica.image));
    params.extend(replica.params.clone());
    Wanted { operation: ExportImage::OPERATION, params }
}

fn images(ids: &[&str]) -> Wanted {
    let mut params = Params::new();
    if let Some(id) = ids.first() {
        params.insert("id".into(), json!(id));
    }
    Wanted { operation: ListImages::OPERATION, params }
}

fn find(names: &[&str], cursor: Option<&str>, _seen: usize) -> Wanted {
    let mut params = Params::new();
    params.insert("__imagetype".into(), json!("private"));
    params.insert("limit".into(), json!(500));
    if let [name] = names {
        params.insert("name".into(), json!(name));
    }
    if let Some(cursor) = cursor {
        params.insert("marker".into(), json!(cursor));
    }
    Wanted { operation: ListImages::OPERATION, params }
}

fn tasks(jobs: &[&str]) -> Wanted {
    let mut params = Params::new();
    if let Some(job) = jobs.first() {
        params.insert("job_id".into(), json!(job));
    }
    Wanted { operation: ShowJobProgress::OPERATION, params }
}

fn older_task(job: &str) -> Wanted {
    Wanted { operation: ShowJob::OPERATION, params: Params::from_iter([("job_id".into(), json!(job))]) }
}

fn quota() -> Wanted {
    Wanted { operation: ShowImageQuota::OPERATION, params: Params::new() }
}

fn change(copy: &Finished<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let mut params = Params::new();
    let operation = match change {
        Change::Describe { name, description } => {
            params.insert("image_id".into(), json!(copy.image));
            params.extend(name.as_ref().map(|name| ("name".into(), json!(name))));
            params.extend(description.as_ref().map(|text| ("__description".into(), json!(text))));
            UpdateImage::OPERATION
        }
        Change::Tag(tags) => {
            params.insert("image_id".into(), json!(copy.image));
            params.insert("action".into(), json!("create"));
            params.insert("tags".into(), tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect());
            AddImageTags::OPERATION
        }
        Change::Share(projects) => {
            params.insert("images".into(), json!([copy.image]));
            params.insert("projects".into(), json!(projects));
            AddImageMembers::OPERATION
        }
        Change::Delete => {
            params.insert("image_id".into(), json!(copy.image));
            DeleteImage::OPERATION
        }
    };
    Ok(Wanted { operation, params })
}
