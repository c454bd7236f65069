//! How the cloud replicates.

use super::request::CopyImage;
use crate::api::replication::{Replica, Replication, Side, Wanted};

pub(crate) static REPLICATION: Replication = Replication {
    fan_out: 1,
    active: 0,
    image_batch: 1,
    task_batch: 0,
    task_side: Side::Destination,
    task_by_id: false,
    find_names: 0,
    per_second: 1,
    name_taken: &[],
    records_origin: false,
    being_made: &[],
    launch_describes: false,
    reserved: &[],
    launch: |replicas| replicas.first().map_or_else(none, launch),
    dry_run: None,
    chaining: None,
    export: launch,
    images: |_| none(),
    find,
    tasks: |_| none(),
    older_task: None,
    export_tasks: None,
    export_objects: |_| Vec::new(),
    export_evidence: None,
    export_note: None,
    change: |_, _| Ok(none()),
    quota: &[],
};

pub(crate) fn find(_names: &[&str], _cursor: Option<&str>, _seen: usize) -> Wanted {
    none()
}

fn none() -> Wanted {
    Wanted::of(CopyImage::default())
}

fn launch(replica: &Replica<'_>) -> Wanted {
    let copy = CopyImage {
        image_id: replica.image.to_owned(),
        destination_region: replica.to.to_owned(),
        image_name: Some(replica.name.to_owned()),
    };
    Wanted::of(copy).further(replica.params, &[])
}
