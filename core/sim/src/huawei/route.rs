//! What a path means.

use crate::arrived::{Parsed, decode};
use crate::world::World;
use imgferry::Cloud;

/// What a path means. The ids in it are decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    Replicate(String),
    CopyInRegion(String),
    Export(String),
    Job(String),
    OldJob { project: String, job: String },
    List,
    Versions,
    Update(String),
    Show(String),
    Delete(String),
    Quota,
    Share { add: bool },
    Accept,
    Members(String),
    Tags(String),
    TagsAction(String),
    Regions,
    Projects,
    Domains,
    Agencies,
    NewAgency,
    TemporaryKey,
}

impl Route {
    /// The vendor's name of the operation.
    pub(super) fn action(&self) -> &'static str {
        match self {
            Route::Replicate(_) => "CopyImageCrossRegion",
            Route::CopyInRegion(_) => "CopyImageInRegion",
            Route::Export(_) => "ExportImage",
            Route::Job(_) => "ShowJobProgress",
            Route::OldJob { .. } => "ShowJob",
            Route::List => "ListImages",
            Route::Versions => "ListVersions",
            Route::Update(_) => "UpdateImage",
            Route::Show(_) => "ShowImage",
            Route::Delete(_) => "DeleteImage",
            Route::Quota => "ShowImageQuota",
            Route::Share { add: true } => "AddImageMembers",
            Route::Share { add: false } => "DeleteImageMembers",
            Route::Accept => "UpdateImageMembers",
            Route::Members(_) => "ListImageMembers",
            Route::Tags(_) => "ListImageTags",
            Route::TagsAction(_) => "AddImageTags",
            Route::Regions => "ListRegions",
            Route::Projects => "ListProjects",
            Route::Domains => "ListAuthDomains",
            Route::Agencies => "ListAgencies",
            Route::NewAgency => "CreateAgency",
            Route::TemporaryKey => "CreateTemporaryAccessKeyByAgency",
        }
    }

    /// Whether it makes no sense without a region. Listings can be searched everywhere; IAM is global.
    pub(super) fn is_regional(&self) -> bool {
        !matches!(
            self,
            Route::List
                | Route::Versions
                | Route::Regions
                | Route::Projects
                | Route::Domains
                | Route::Agencies
                | Route::NewAgency
                | Route::TemporaryKey
        )
    }

    /// The image or job in the path: its owner tells the region when nothing else does.
    pub(super) fn resource(&self) -> Option<&str> {
        match self {
            Route::Replicate(id)
            | Route::CopyInRegion(id)
            | Route::Export(id)
            | Route::Job(id)
            | Route::OldJob { job: id, .. }
            | Route::Update(id)
            | Route::Show(id)
            | Route::Delete(id)
            | Route::Members(id)
            | Route::Tags(id)
            | Route::TagsAction(id) => Some(id),
            Route::List
            | Route::Versions
            | Route::Quota
            | Route::Share { .. }
            | Route::Accept
            | Route::Regions
            | Route::Projects
            | Route::Domains
            | Route::Agencies
            | Route::NewAgency
            | Route::TemporaryKey => None,
        }
    }
}

/// Path segments without a leading region, and that region.
pub(super) fn segments(world: &World, request: &Parsed<'_>) -> (Option<String>, Vec<String>) {
    let mut segments: Vec<String> = request.path.split('/').skip(1).map(decode).collect();
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    match segments.first() {
        Some(first) if world.knows_region(Cloud::Huawei, first) => (Some(segments.remove(0)), segments),
        _ => (None, segments),
    }
}

pub(super) fn route(world: &World, request: &Parsed<'_>) -> Option<Route> {
    let (_, segments) = segments(world, request);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let own = |id: &str| id.to_owned();
    Some(match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["v1", "cloudimages", id, "cross_region_copy"]) => Route::Replicate(own(id)),
        ("POST", ["v1" | "v2.1", "cloudimages", id, "copy"]) => Route::CopyInRegion(own(id)),
        ("POST", ["v1" | "v2.1", "cloudimages", id, "file"]) => Route::Export(own(id)),
        ("GET", ["v1", "cloudimages", "job", id]) => Route::Job(own(id)),
        ("GET", ["v1", "cloudimages", "quota"]) => Route::Quota,
        ("POST", ["v1", "cloudimages", "members"]) => Route::Share { add: true },
        ("PUT", ["v1", "cloudimages", "members"]) => Route::Accept,
        ("DELETE", ["v1", "cloudimages", "members"]) => Route::Share { add: false },
        ("GET", ["v1", project, "jobs", job]) => Route::OldJob { project: own(project), job: own(job) },
        ("GET", ["v2", "cloudimages"] | ["v2", "images"]) => Route::List,
        ("GET", [] | ["v2"]) => Route::Versions,
        ("PATCH", ["v2", "cloudimages", id]) => Route::Update(own(id)),
        ("GET", ["v2", "images", id]) => Route::Show(own(id)),
        ("DELETE", ["v2", "images", id]) => Route::Delete(own(id)),
        ("GET", ["v2", "images", id, "members"]) => Route::Members(own(id)),
        ("GET", ["v2", _, "images", id, "tags"]) => Route::Tags(own(id)),
        ("POST", ["v2", _, "images", id, "tags", "action"]) => Route::TagsAction(own(id)),
        ("GET", ["v3", "regions"]) => Route::Regions,
        ("GET", ["v3", "projects"] | ["v3", "auth", "projects"]) => Route::Projects,
        ("GET", ["v3", "auth", "domains"]) => Route::Domains,
        ("GET", ["v3.0", "OS-AGENCY", "agencies"]) => Route::Agencies,
        ("POST", ["v3.0", "OS-AGENCY", "agencies"]) => Route::NewAgency,
        ("POST", ["v3.0", "OS-CREDENTIAL", "securitytokens"]) => Route::TemporaryKey,
        _ => return None,
    })
}
