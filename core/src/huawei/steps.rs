//! How Huawei Cloud replicates: one call a destination, five at a time; the job is watched in the source region,
//! the new image in the destination.

use super::request::{
    AddImageMembers, AddImageTags, CopyImageCrossRegion, CopyImageInRegion, DeleteImage, ExportImage, ListImages, ShowImageQuota, ShowJob,
    ShowJobProgress, UpdateImage,
};
use crate::facts::{Image, Ownership};
use crate::json::{Object, records, texts};
use crate::operation::Params;
use crate::steps::{Chaining, Change, Finished, Replica, Side, Steps, Wanted};

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
    records_origin: true,
    being_made: &["queued", "saving"],
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
    let mut params = Object::new();
    if let Some(replica) = replicas.first() {
        params.set("image_id", replica.image);
        params.set("name", replica.name);
        params.set_some("description", replica.description);
        params.set("region", replica.to);
        // Every region has a built-in project of its own name; the plan may name another.
        params.set("project_name", replica.to);
        params.extend(replica.params);
    }
    Wanted { operation: CopyImageCrossRegion::OPERATION, params: params.take() }
}

/// Only private images that are not encrypted go to other regions; a copy without a key is one.
fn needs_own(image: &Image) -> bool {
    image.encrypted == Some(true) || image.ownership == Ownership::Shared
}

fn copy_in_region(replica: &Replica<'_>, key: Option<&str>) -> Wanted {
    let mut params = Object::new();
    params.set("image_id", replica.image);
    params.set("name", replica.name);
    params.set_some("description", replica.description);
    params.set_some("cmk_id", key);
    Wanted { operation: CopyImageInRegion::OPERATION, params: params.take() }
}

fn export(replica: &Replica<'_>) -> Wanted {
    let mut params = Object::new();
    params.set("image_id", replica.image);
    params.extend(replica.params);
    Wanted { operation: ExportImage::OPERATION, params: params.take() }
}

fn images(ids: &[&str]) -> Wanted {
    let mut params = Object::new();
    if let Some(id) = ids.first() {
        params.set("id", *id);
    }
    Wanted { operation: ListImages::OPERATION, params: params.take() }
}

fn find(names: &[&str], cursor: Option<&str>, _seen: usize) -> Wanted {
    let mut params = Object::new();
    params.set("__imagetype", "private");
    params.set("limit", 500);
    if let [name] = names {
        params.set("name", *name);
    }
    params.set_some("marker", cursor);
    Wanted { operation: ListImages::OPERATION, params: params.take() }
}

fn tasks(jobs: &[&str]) -> Wanted {
    let mut params = Object::new();
    if let Some(job) = jobs.first() {
        params.set("job_id", *job);
    }
    Wanted { operation: ShowJobProgress::OPERATION, params: params.take() }
}

fn older_task(job: &str) -> Wanted {
    Wanted { operation: ShowJob::OPERATION, params: Object::new().set("job_id", job).take() }
}

fn quota() -> Wanted {
    Wanted { operation: ShowImageQuota::OPERATION, params: Params::new() }
}

fn change(copy: &Finished<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let mut params = Object::new();
    let operation = match change {
        Change::Describe { name, description } => {
            params.set("image_id", copy.image);
            params.set_some("name", name.as_deref());
            params.set_some("__description", description.as_deref());
            UpdateImage::OPERATION
        }
        Change::Tag(tags) => {
            params.set("image_id", copy.image);
            params.set("action", "create");
            params.set("tags", records(tags, "key", "value"));
            AddImageTags::OPERATION
        }
        Change::Share(projects) => {
            params.set("images", texts(&[copy.image]));
            params.set("projects", texts(projects));
            AddImageMembers::OPERATION
        }
        Change::Delete => {
            params.set("image_id", copy.image);
            DeleteImage::OPERATION
        }
    };
    Ok(Wanted { operation, params: params.take() })
}
