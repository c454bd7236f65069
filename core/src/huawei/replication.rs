//! How Huawei Cloud replicates: one call a destination, five at a time; the job is watched in the source region,
//! the new image in the destination.

use super::request::{
    AddImageMembers, AddImageTags, CopyImageCrossRegion, CopyImageInRegion, DeleteImage, ExportImage, ListImages, ResourceTag,
    ShowImageQuota, ShowJob, ShowJobProgress, UpdateImage,
};
use crate::api::facts::{Image, Ownership};
use crate::api::replication::{Chaining, Change, CopyRef, Replica, Replication, Side, Wanted};
use crate::base::json::Object;
use crate::base::texts::Zh;

/// The table.
pub(crate) static REPLICATION: Replication = Replication {
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
    reserved: &[
        ("description", "use description", Zh::of("请使用 description")),
        ("image_id", "use image", Zh::of("请使用 image")),
        ("name", "use name", Zh::of("请使用 name")),
        ("region", "use to", Zh::of("请使用 to")),
    ],
    launch,
    dry_run: None,
    chaining: Some(Chaining { needs_own, copy_in_region }),
    export,
    images,
    find,
    tasks,
    older_task: Some(older_task),
    export_tasks: Some(tasks),
    export_objects: |params| params.get("bucket_url").and_then(crate::base::value::Value::as_str).map(str::to_owned).into_iter().collect(),
    export_evidence: None,
    export_note: None,
    change,
    quota: &[quota],
};

fn launch(replicas: &[Replica<'_>]) -> Wanted {
    let Some(replica) = replicas.first() else {
        return Wanted::of(CopyImageCrossRegion::default());
    };
    let copy = CopyImageCrossRegion {
        image_id: replica.image.to_owned(),
        name: replica.name.to_owned(),
        description: replica.description.map(str::to_owned),
        region: replica.to.to_owned(),
        // Every region has a built-in project of its own name; the plan may name another.
        project_name: replica.to.to_owned(),
        ..CopyImageCrossRegion::default()
    };
    Wanted::of(copy).further(replica.params, &["agency_name"])
}

/// Only private images that are not encrypted go to other regions; a copy without a key is one.
fn needs_own(image: &Image) -> bool {
    image.encrypted == Some(true) || image.ownership == Ownership::Shared
}

fn copy_in_region(replica: &Replica<'_>, key: Option<&str>) -> Wanted {
    let copy = CopyImageInRegion {
        image_id: replica.image.to_owned(),
        name: replica.name.to_owned(),
        description: replica.description.map(str::to_owned),
        cmk_id: key.map(str::to_owned),
        ..CopyImageInRegion::default()
    };
    Wanted::of(copy)
}

fn export(replica: &Replica<'_>) -> Wanted {
    let export = ExportImage { image_id: replica.image.to_owned(), ..ExportImage::default() };
    Wanted::of(export).further(replica.params, &["bucket_url"])
}

fn images(ids: &[&str]) -> Wanted {
    Wanted::of(ListImages { id: ids.first().map(|id| (*id).to_owned()), ..ListImages::default() })
}

pub(crate) fn find(names: &[&str], cursor: Option<&str>, _seen: usize) -> Wanted {
    let name = if let [name] = names { Some(*name) } else { None };
    let mut params = Object::new();
    params.set("__imagetype", "private").set("limit", 500_i64).set_some("name", name).set_some("marker", cursor);
    Wanted { operation: ListImages::OPERATION, params: params.take() }
}

fn tasks(jobs: &[&str]) -> Wanted {
    Wanted::of(ShowJobProgress { job_id: jobs.first().copied().unwrap_or_default().to_owned() })
}

fn older_task(job: &str) -> Wanted {
    Wanted::of(ShowJob { job_id: job.to_owned(), ..ShowJob::default() })
}

fn quota() -> Wanted {
    Wanted::of(ShowImageQuota {})
}

fn change(copy: &CopyRef<'_>, change: &Change) -> Result<Wanted, &'static str> {
    let image_id = copy.image.to_owned();
    Ok(match change.clone() {
        Change::Describe { name, description } => Wanted::of(UpdateImage { image_id, name, description, ..UpdateImage::default() }),
        Change::Tag(tags) => {
            let tags = tags.into_iter().map(|(key, value)| ResourceTag { key, value }).collect();
            Wanted::of(AddImageTags { image_id, action: "create".to_owned(), tags, ..AddImageTags::default() })
        }
        Change::Share(projects) => {
            Wanted::of(AddImageMembers { images: vec![image_id], projects: Some(projects), ..AddImageMembers::default() })
        }
        Change::Delete => Wanted::of(DeleteImage { image_id }),
    })
}
