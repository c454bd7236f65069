//! Huawei's operations, their parameters and how a request is built.
//!
//! IMS belongs to a region and a project, IAM to the account. A copy is asked of the **source** region, its job
//! is watched there, and the finished image is read in the destination.

use super::response;
use super::scheme::SCHEME;
use crate::api::arg::Arg;
use crate::api::call::{Call, UrlParts};
use crate::api::endpoint::{BaseUrl, base_url};
use crate::api::operation::{Effect, Operation, Parameters, Place, json_body, operation, record};
use crate::api::site::{At, Language};
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind};
use crate::base::http::{Headers, Method, Request};
use crate::base::json::{Object, texts, to_text};
use crate::base::text::{all, concat, cut, quoted, shown};
use crate::base::texts::zh;
use crate::base::value::Value;
use crate::sign::encode::{is_unreserved, percent_encode};

/// Every operation, sorted by name.
pub(crate) static OPERATIONS: &[&Operation] = &[
    AddImageMembers::OPERATION,
    AddImageTags::OPERATION,
    CopyImageCrossRegion::OPERATION,
    CopyImageInRegion::OPERATION,
    CopyImageInRegionInSafeMode::OPERATION,
    CreateTemporaryAccessKeyByAgency::OPERATION,
    DeleteImage::OPERATION,
    DeleteImageMembers::OPERATION,
    ExportImage::OPERATION,
    ExportImageInSafeMode::OPERATION,
    ListAgencies::OPERATION,
    ListAuthDomains::OPERATION,
    ListImageMembers::OPERATION,
    ListImages::OPERATION,
    ListProjects::OPERATION,
    ListRegions::OPERATION,
    ShowImage::OPERATION,
    ShowImageQuota::OPERATION,
    ShowJob::OPERATION,
    ShowJobProgress::OPERATION,
    UpdateImage::OPERATION,
    UpdateImageMembers::OPERATION,
];

operation! {
    /// Shares images with projects of other accounts, with whole accounts, or with organisations: at least one of
    /// the three. Asynchronous: answers a job id.
    AddImageMembers = "AddImageMembers" {
        cloud: Cloud::Huawei, effect: Effect::Change, method: Method::Post, path: "/v1/cloudimages/members",
        service: "ims", version: "", per_second: 0, grant: "ims:images:share", answer: response::launched,
    }
    /// Ids of the images to share.
    images: "images" Body required Texts;
    /// Ids of the projects that may use them.
    projects: "projects" Body optional Texts;
    /// Ids of the accounts that may use them.
    domains: "domains" Body optional Texts;
    /// URNs of the organisations, or of their units, whose accounts may use them.
    organizations: "organizations" Body optional Texts;
}

record! {
    /// A tag of an image.
    ResourceTag;
    /// Key.
    key: "key" Body required Text;
    /// Value.
    value: "value" Body required Text;
}

operation! {
    /// Sets or deletes tags of an image.
    AddImageTags = "AddImageTags" {
        cloud: Cloud::Huawei, effect: Effect::Change, method: Method::Post, path: "/v2/{project_id}/images/{image_id}/tags/action",
        service: "ims", version: "", per_second: 0, grant: "ims:images:update", answer: response::nothing,
    }
    /// Id of the project; taken from the place of the call when absent.
    project_id: "project_id" Path optional Text;
    /// Id of the image.
    image_id: "image_id" Path required Text;
    /// `create` or `delete`.
    action: "action" Body required Text;
    /// The tags.
    tags: "tags" Body required Objects(ResourceTag);
}

operation! {
    /// Replicates a private image to another region. Asynchronous: answers a job id.
    ///
    /// Asked of the source region, where the job is watched too. There is no client token: a second call starts
    /// a second copy.
    CopyImageCrossRegion = "CopyImageCrossRegion" {
        cloud: Cloud::Huawei, effect: Effect::Launch, method: Method::Post, path: "/v1/cloudimages/{image_id}/cross_region_copy",
        service: "ims", version: "", per_second: 0, grant: "ims:images:copy", answer: response::launched,
    }
    /// Id of the source image.
    image_id: "image_id" Path required Text;
    /// Name of the new image: 1 to 128 letters, digits, Chinese characters, `-`, `.`, `_` and inner spaces.
    name: "name" Body required Text;
    /// Description of the new image: at most 1024 characters, no line break, no `<` or `>`.
    description: "description" Body optional Text;
    /// Id of the destination region; not the source region.
    region: "region" Body required Text;
    /// Name of the project in the destination region; the built-in project is named as its region.
    project_name: "project_name" Body required Text;
    /// IAM agency that lets IMS act in the destination region.
    agency_name: "agency_name" Body required Text;
    /// Backup vault in the destination region; needed for full-ECS images, otherwise left out.
    vault_id: "vault_id" Body optional Text;
}

operation! {
    /// Copies an image within its region, for example to encrypt or decrypt it. Asynchronous: answers a job id.
    CopyImageInRegion = "CopyImageInRegion" {
        cloud: Cloud::Huawei, effect: Effect::Launch, method: Method::Post, path: "/v1/cloudimages/{image_id}/copy",
        service: "ims", version: "", per_second: 0, grant: "ims:images:copy", answer: response::launched,
    }
    /// Id of the source image.
    image_id: "image_id" Path required Text;
    /// Name of the new image, as in CopyImageCrossRegion.
    name: "name" Body required Text;
    /// Description of the new image, as in CopyImageCrossRegion.
    description: "description" Body optional Text;
    /// Key that encrypts the new image; blank or absent means not encrypted. Not the key of the source image.
    cmk_id: "cmk_id" Body optional Text;
    /// Enterprise project of the new image: `0` (default) or a UUID.
    enterprise_project_id: "enterprise_project_id" Body optional Text;
}

operation! {
    /// Copies an image within its region by the newer path, with the same parameters. Asynchronous: answers a job id.
    CopyImageInRegionInSafeMode = "CopyImageInRegionInSafeMode" {
        cloud: Cloud::Huawei, effect: Effect::Launch, method: Method::Post, path: "/v2.1/cloudimages/{image_id}/copy",
        service: "ims", version: "", per_second: 0, grant: "ims:images:copy", answer: response::launched,
    }
    /// Id of the source image.
    image_id: "image_id" Path required Text;
    /// Name of the new image, as in CopyImageCrossRegion.
    name: "name" Body required Text;
    /// Description of the new image, as in CopyImageCrossRegion.
    description: "description" Body optional Text;
    /// Key that encrypts the new image; blank or absent means not encrypted. Not the key of the source image.
    cmk_id: "cmk_id" Body optional Text;
    /// Enterprise project of the new image: `0` (default) or a UUID.
    enterprise_project_id: "enterprise_project_id" Body optional Text;
}

operation! {
    /// Gives a temporary key of an agency that another account has given this one. A call of IAM.
    ///
    /// The wire carries nested records; here each of their fields is a parameter.
    CreateTemporaryAccessKeyByAgency = "CreateTemporaryAccessKeyByAgency" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Post, path: "/v3.0/OS-CREDENTIAL/securitytokens",
        service: "iam", version: "", per_second: 0, grant: "", answer: response::temporary,
    }
    /// Name of the agency.
    agency_name: "agency_name" Body required Text;
    /// Id of the account that has given it; this or its name.
    domain_id: "domain_id" Body optional Text;
    /// Name of the account that has given it; this or its id.
    domain_name: "domain_name" Body optional Text;
    /// Life of the key in seconds, 900 to 86400. Default 900.
    duration_seconds: "duration_seconds" Body optional Integer;
}

operation! {
    /// Deletes an image.
    DeleteImage = "DeleteImage" {
        cloud: Cloud::Huawei, effect: Effect::Change, method: Method::Delete, path: "/v2/images/{image_id}",
        service: "ims", version: "", per_second: 0, grant: "ims:images:delete", answer: response::nothing,
    }
    /// Id of the image.
    image_id: "image_id" Path required Text;
}

operation! {
    /// Ends the sharing of images with projects, accounts or organisations. Asynchronous: answers a job id.
    DeleteImageMembers = "DeleteImageMembers" {
        cloud: Cloud::Huawei, effect: Effect::Change, method: Method::Delete, path: "/v1/cloudimages/members",
        service: "ims", version: "", per_second: 0, grant: "ims:images:share", answer: response::launched,
    }
    /// Ids of the images.
    images: "images" Body required Texts;
    /// Ids of the projects that may use them no longer.
    projects: "projects" Body optional Texts;
    /// Ids of the accounts that may use them no longer.
    domains: "domains" Body optional Texts;
    /// URNs of the organisations whose accounts may use them no longer.
    organizations: "organizations" Body optional Texts;
}

operation! {
    /// Exports an image to a bucket of its region. Asynchronous: answers a job id.
    ExportImage = "ExportImage" {
        cloud: Cloud::Huawei, effect: Effect::Launch, method: Method::Post, path: "/v1/cloudimages/{image_id}/file",
        service: "ims", version: "", per_second: 0, grant: "ims:images:export", answer: response::launched,
    }
    /// Id of the image.
    image_id: "image_id" Path required Text;
    /// Where to: `<bucket>:<object>`, no spaces, a Standard bucket in the region of the image.
    bucket_url: "bucket_url" Body required Text;
    /// `qcow2`, `vhd`, `zvhd` or `vmdk`; required, except with a fast export, where it is forbidden.
    file_format: "file_format" Body optional Text;
    /// Fast export: the file is zvhd2.
    is_quick_export: "is_quick_export" Body optional Boolean;
}

operation! {
    /// Exports an image by the newer path, with the same parameters. Asynchronous: answers a job id.
    ExportImageInSafeMode = "ExportImageInSafeMode" {
        cloud: Cloud::Huawei, effect: Effect::Launch, method: Method::Post, path: "/v2.1/cloudimages/{image_id}/file",
        service: "ims", version: "", per_second: 0, grant: "ims:images:export", answer: response::launched,
    }
    /// Id of the image.
    image_id: "image_id" Path required Text;
    /// Where to: `<bucket>:<object>`, no spaces, a Standard bucket in the region of the image.
    bucket_url: "bucket_url" Body required Text;
    /// `qcow2`, `vhd`, `zvhd` or `vmdk`; required, except with a fast export, where it is forbidden.
    file_format: "file_format" Body optional Text;
    /// Fast export: the file is zvhd2.
    is_quick_export: "is_quick_export" Body optional Boolean;
}

operation! {
    /// Lists the IAM agencies of an account.
    ListAgencies = "ListAgencies" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v3.0/OS-AGENCY/agencies",
        service: "iam", version: "", per_second: 0, grant: "", answer: response::agencies,
    }
    /// Id of the account; taken from the place of the call when absent.
    domain_id: "domain_id" Query optional Text;
    /// Only the agency of this name.
    name: "name" Query optional Text;
    /// Only agencies that trust this account.
    trust_domain_id: "trust_domain_id" Query optional Text;
    /// Page number, from 1; needs `per_page`.
    page: "page" Query optional Integer;
    /// Page size, 1 to 500; needs `page`.
    per_page: "per_page" Query optional Integer;
}

operation! {
    /// Lists the accounts that a key belongs to: whose key it is.
    ListAuthDomains = "ListAuthDomains" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v3/auth/domains",
        service: "iam", version: "", per_second: 0, grant: "", answer: response::identity,
    }
}

operation! {
    /// Lists the projects that an image is shared with.
    ListImageMembers = "ListImageMembers" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v2/images/{image_id}/members",
        service: "ims", version: "", per_second: 0, grant: "ims:images:get", answer: response::members,
    }
    /// Id of the image.
    image_id: "image_id" Path required Text;
    /// Page size.
    limit: "limit" Query optional Integer;
    /// Id of a member; the page starts after it.
    marker: "marker" Query optional Text;
}

operation! {
    /// Lists images. All parameters are filters.
    ListImages = "ListImages" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v2/cloudimages",
        service: "ims", version: "", per_second: 0, grant: "ims:images:list", answer: response::images,
    }
    /// Id of the image.
    id: "id" Query optional Text;
    /// Exact name.
    name: "name" Query optional Text;
    /// Project that owns the image; one's own project lists one's private images.
    owner: "owner" Query optional Text;
    /// `queued`, `saving`, `active`, `killed` or `deleted`.
    status: "status" Query optional Text;
    /// `public`, `private` or `shared`.
    visibility: "visibility" Query optional Text;
    /// Whether the image is protected; true for public images.
    protected: "protected" Query optional Boolean;
    /// `gold` (public), `private`, `shared` or `market`.
    imagetype: "__imagetype" Query optional Text;
    /// `true` for images that are registered.
    isregistered: "__isregistered" Query optional Text;
    /// `32` or `64`.
    os_bit: "__os_bit" Query optional Text;
    /// `Linux`, `Windows` or `Other`.
    os_type: "__os_type" Query optional Text;
    /// Platform, for example `Ubuntu`.
    platform: "__platform" Query optional Text;
    /// Whether it is a full-ECS image.
    whole_image: "__whole_image" Query optional Boolean;
    /// Id of the key that encrypts the image.
    cmk_id: "__system__cmkid" Query optional Text;
    /// `FusionCompute` (system disk), `DataImage`, `Ironic` (bare metal) or `IsoImage`.
    virtual_env_type: "virtual_env_type" Query optional Text;
    /// For example `zvhd2`, `vhd`, `raw`, `qcow2` or `iso`.
    disk_format: "disk_format" Query optional Text;
    /// `bare`.
    container_format: "container_format" Query optional Text;
    /// Least memory, MB.
    min_ram: "min_ram" Query optional Integer;
    /// Least disk, GB.
    min_disk: "min_disk" Query optional Integer;
    /// `x86` or `arm`.
    architecture: "architecture" Query optional Text;
    /// Flavour that the image must fit.
    flavor_id: "flavor_id" Query optional Text;
    /// Tag, `key=value`.
    tag: "tag" Query optional Text;
    /// `accepted`, `rejected` or `pending`; needs `visibility` `shared`.
    member_status: "member_status" Query optional Text;
    /// `0`, a UUID or `all_granted_eps`.
    enterprise_project_id: "enterprise_project_id" Query optional Text;
    /// `<op>:<UTC time>`, op one of gt gte lt lte eq neq, for example `gte:2024-01-01T00:00:00Z`.
    created_at: "created_at" Query optional Text;
    /// As `created_at`.
    updated_at: "updated_at" Query optional Text;
    /// Page size. Default 500.
    limit: "limit" Query optional Integer;
    /// Id of an image; the page starts after it.
    marker: "marker" Query optional Text;
    /// `name`, `container_format`, `disk_format`, `status`, `id`, `size` or `created_at` (default).
    sort_key: "sort_key" Query optional Text;
    /// `asc` or `desc` (default).
    sort_dir: "sort_dir" Query optional Text;
    /// `true` for images that run on KVM.
    support_kvm: "__support_kvm" Query optional Text;
    /// `true` for images that run on Xen.
    support_xen: "__support_xen" Query optional Text;
    /// `true` for images for disk-intensive servers.
    support_diskintensive: "__support_diskintensive" Query optional Text;
    /// `true` for images for high-performance servers.
    support_highperformance: "__support_highperformance" Query optional Text;
    /// `true` for images for servers with large memory.
    support_largememory: "__support_largememory" Query optional Text;
    /// GPU type under KVM.
    support_kvm_gpu_type: "__support_kvm_gpu_type" Query optional Text;
    /// GPU type under Xen.
    support_xen_gpu_type: "__support_xen_gpu_type" Query optional Text;
    /// `true` for images for InfiniBand under KVM.
    support_kvm_infiniband: "__support_kvm_infiniband" Query optional Text;
    /// `true` for images for HANA under Xen.
    support_xen_hana: "__support_xen_hana" Query optional Text;
}

operation! {
    /// Lists the projects of an account. Every region has a built-in project of its own name.
    ListProjects = "ListProjects" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v3/projects",
        service: "iam", version: "", per_second: 0, grant: "", answer: response::projects,
    }
    /// Only projects of this account.
    domain_id: "domain_id" Query optional Text;
    /// Only the project of this name.
    name: "name" Query optional Text;
    /// Only projects below this one.
    parent_id: "parent_id" Query optional Text;
    /// Only usable, or only unusable projects.
    enabled: "enabled" Query optional Boolean;
    /// Whether the project is an account.
    is_domain: "is_domain" Query optional Boolean;
    /// Page number, from 1; needs `per_page`.
    page: "page" Query optional Integer;
    /// Page size, 1 to 5000; needs `page`.
    per_page: "per_page" Query optional Integer;
}

operation! {
    /// Lists regions.
    ListRegions = "ListRegions" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v3/regions",
        service: "iam", version: "", per_second: 0, grant: "", answer: response::regions,
    }
}

operation! {
    /// Describes one image.
    ShowImage = "ShowImage" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v2/images/{image_id}",
        service: "ims", version: "", per_second: 0, grant: "ims:images:get", answer: response::one_image,
    }
    /// Id of the image.
    image_id: "image_id" Path required Text;
}

operation! {
    /// Tells how many private images a region may hold and holds.
    ShowImageQuota = "ShowImageQuota" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v1/cloudimages/quota",
        service: "ims", version: "", per_second: 0, grant: "ims:quotas:get", answer: response::quotas,
    }
}

operation! {
    /// Describes a job, by the path that the vendor has deprecated; other operators may know no other.
    ShowJob = "ShowJob" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v1/{project_id}/jobs/{job_id}",
        service: "ims", version: "", per_second: 0, grant: "", answer: response::one_job,
    }
    /// Id of the source project; taken from the place of the call when absent.
    project_id: "project_id" Path optional Text;
    /// Id of the job.
    job_id: "job_id" Path required Text;
}

operation! {
    /// Describes a job and its progress.
    ShowJobProgress = "ShowJobProgress" {
        cloud: Cloud::Huawei, effect: Effect::Read, method: Method::Get, path: "/v1/cloudimages/job/{job_id}",
        service: "ims", version: "", per_second: 0, grant: "ims:imageJobs:getPercentage", answer: response::one_job,
    }
    /// Id of the job.
    job_id: "job_id" Path required Text;
}

operation! {
    /// Changes attributes of an image. The wire carries a JSON Patch; here each attribute is a parameter.
    UpdateImage = "UpdateImage" {
        cloud: Cloud::Huawei, effect: Effect::Change, method: Method::Patch, path: "/v2/cloudimages/{image_id}",
        service: "ims", version: "", per_second: 0, grant: "ims:images:update", answer: response::one_image,
    }
    /// Id of the image.
    image_id: "image_id" Path required Text;
    /// `add` (default) sets, `replace` changes attributes that an image may lack: all but `name` and `min_ram`.
    op: "op" Body optional Text;
    /// New name.
    name: "name" Body optional Text;
    /// New description.
    description: "__description" Body optional Text;
    /// Least memory, MB.
    min_ram: "min_ram" Body optional Integer;
    /// Most memory, MB, as text.
    max_ram: "max_ram" Body optional Text;
}

operation! {
    /// Accepts or rejects images that others share. Asynchronous: answers a job id.
    UpdateImageMembers = "UpdateImageMembers" {
        cloud: Cloud::Huawei, effect: Effect::Change, method: Method::Put, path: "/v1/cloudimages/members",
        service: "ims", version: "", per_second: 0, grant: "ims:images:share", answer: response::launched,
    }
    /// Ids of the shared images.
    images: "images" Body required Texts;
    /// Id of the project that accepts or rejects them.
    project_id: "project_id" Body required Text;
    /// `accepted` or `rejected`.
    status: "status" Body required Text;
    /// Backup vault; needed to accept a full-ECS image made by the backup service.
    vault_id: "vault_id" Body optional Text;
}

/// Builds a request.
///
/// # Errors
/// [`Kind::Misuse`] naming the field when a value cannot stand in a URL or header, and when the region or a
/// project id is needed and absent.
///
/// ```
/// # use imgferry::{At, build, huawei::request::CopyImageCrossRegion};
/// let copy = CopyImageCrossRegion {
///     image_id: "465076de-dc36-4aec-80f5-ef9d8009428f".into(),
///     name: "web-1".into(),
///     region: "cn-east-3".into(),
///     project_name: "cn-east-3".into(),
///     agency_name: "ims_copy_image".into(),
///     ..Default::default()
/// };
/// let call = build(&copy, &At::region("cn-north-4"))?;
/// assert!(call.request().url.starts_with("https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/465076de"));
/// # Ok::<(), imgferry::Error>(())
/// ```
#[cfg_attr(feature = "clouds", inline(never))] // as in `rules`
pub(crate) fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    let operation = parameters.operation();
    let BaseUrl { mut url, authority, own, host_header, elsewhere } =
        base_url(at.endpoint.as_ref(), &official_host(operation.service, &at.region)?)?;
    push_path(parameters, at, &mut url)?;
    let parts = UrlParts { authority, path_end: url.len(), plain: own };
    push_query(parameters, at, &mut url)?;
    let mut headers = Headers::for_request();
    let region = headers.keep(&at.region);
    let body = body(parameters);
    if !body.is_empty() {
        headers.push_fixed("Content-Type", "application/json");
    }
    // IMS belongs to a project, IAM to the account.
    let (header, field, owner) = match operation.service {
        "iam" => ("X-Domain-Id", "domain_id", &at.domain_id),
        _ => ("X-Project-Id", "project_id", &at.project_id),
    };
    if let Some(id) = owner {
        headers.push(header, check_id(field, id)?);
    }
    if let Some(language) = at.language {
        let language = match language {
            Language::En => "en-us",
            Language::Zh => "zh-cn",
        };
        headers.push_fixed("X-Language", language);
    }
    if let Some(host) = host_header {
        headers.push("host", &host);
    }
    let request = Request { method: operation.method, url, headers, body };
    let service = operation.service;
    Ok(Call { operation, request, parts, scheme: &SCHEME, region, service, elsewhere })
}

/// The vendor's host. Region ids become part of it, so that only what may stand in a host name is let through.
fn official_host<'a>(service: &'a str, region: &'a str) -> Result<[&'a str; 4], Error> {
    if service == "iam" && (region.is_empty() || region == "global") {
        return Ok(["iam.myhuaweicloud.com", "", "", ""]);
    }
    let shaped = all(region, |b| b.is_ascii_lowercase() | b.is_ascii_digit() | (b == b'-'));
    if region.is_empty() || !shaped || region.starts_with("-") || region.ends_with("-") {
        let message = concat(&["region ", &quoted(region), " cannot be part of a host name"]);
        return Err(Error::new(Kind::Misuse, "region", message)
            .hint("give the id of the source region, for example cn-north-4", zh!("请填写源地域 ID，例如 cn-north-4")));
    }
    // The European partition; eu-west-0, which another operator runs, stays on .com.
    let domain = if region == "eu-west-101" { ".myhuaweicloud.eu" } else { ".myhuaweicloud.com" };
    Ok([service, ".", region, domain])
}

/// Appends the path with its fields filled in. Ids never need an escape: what would is refused.
fn push_path(parameters: &dyn Parameters, at: &At, url: &mut String) -> Result<(), Error> {
    let mut rest = parameters.operation().path;
    while let Some((before, (field, after))) = cut(rest, b'{').and_then(|(before, tail)| Some((before, cut(tail, b'}')?))) {
        let mut given = None;
        parameters.visit(&mut |known, arg| match arg {
            Arg::Text(id) if known.place == Place::Path && known.name == field => given = Some(id),
            Arg::Json(Value::String(id)) if known.place == Place::Path && known.name == field => given = Some(id),
            _ => {}
        });
        let default = if field == "project_id" { at.project_id.as_deref() } else { None };
        url.push_str(before);
        url.push_str(check_id(field, given.or(default).unwrap_or_default())?);
        rest = after;
    }
    url.push_str(rest);
    Ok(())
}

/// Refuses an id that would change the path or break out of a header.
fn check_id<'id>(field: &str, id: &'id str) -> Result<&'id str, Error> {
    if !id.is_empty() && all(id, is_unreserved) && id != "." && id != ".." {
        return Ok(id);
    }
    let odd = id.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~' | '-')));
    let why = match odd {
        _ if id.is_empty() => "is missing or not a text".to_owned(),
        Some(odd) => concat(&["holds '", &shown(odd.encode_utf8(&mut [0; 4])), "', which an id cannot"]),
        None if id == "." || id == ".." => "is a step in a path, not an id".to_owned(),
        None => return Ok(id),
    };
    Err(Error::new(Kind::Misuse, field, concat(&[field, " ", &why]))
        .hint(concat(&["give ", field, " as the console or a listing shows it"]), zh!("请按控制台或查询结果填写 {0}", field)))
}

/// Appends the canonical query, which is what is sent: sorted before encoding, an empty value keeps its `=`.
fn push_query(parameters: &dyn Parameters, at: &At, url: &mut String) -> Result<(), Error> {
    let mut pairs = Vec::new();
    let operation = parameters.operation();
    // Only what is read has a query.
    if operation.method != Method::Get {
        return Ok(());
    }
    parameters.visit(&mut |field, arg| {
        if field.place == Place::Query {
            arg.flatten(field.name, 0, &mut |key, value| add(&mut pairs, key, value));
        }
    });
    if operation.name == ListAgencies::OPERATION.name && !pairs.iter().any(|(key, _)| key == "domain_id") {
        let domain = check_id("domain_id", at.domain_id.as_deref().unwrap_or_default())?;
        add(&mut pairs, "domain_id", domain);
    }
    for (index, (key, value)) in pairs.iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        percent_encode(url, key);
        url.push('=');
        percent_encode(url, value);
    }
    Ok(())
}

/// Puts a pair in its place: there are few, and no two of one name.
fn add(pairs: &mut Vec<(String, String)>, key: &str, value: &str) {
    let place = pairs.iter().position(|(known, _)| known.as_str() > key).unwrap_or(pairs.len());
    pairs.insert(place, (key.to_owned(), value.to_owned()));
}

/// The body of a POST, PUT or PATCH; empty for the other methods, which must not carry one. A DELETE has one only
/// where its operation has fields for it.
fn body(parameters: &dyn Parameters) -> String {
    let operation = parameters.operation();
    match operation.method {
        Method::Delete if operation.fields.iter().any(|field| field.place == Place::Body) => json_body(parameters),
        Method::Get | Method::Delete => String::new(),
        Method::Patch => json_patch(parameters),
        Method::Post if operation.name == CreateTemporaryAccessKeyByAgency::NAME => assume_role(parameters),
        Method::Post | Method::Put => json_body(parameters),
    }
}

/// The records around the parameters of an agency.
fn assume_role(parameters: &dyn Parameters) -> String {
    let identity = Object::new().set("assume_role", parameters.to_params()).set("methods", texts(&["assume_role"])).value();
    to_text(&Object::new().set("auth", Object::new().set("identity", identity).value()).value())
}

/// A JSON Patch. Every image has a name and a least memory, which are replaced. Other attributes may be unset,
/// and replacing an unset one is refused (IMG.0035): `op` says what to do, by default to add.
fn json_patch(parameters: &dyn Parameters) -> String {
    let mut op = Value::from("add");
    let mut attributes = Vec::new();
    parameters.visit(&mut |field, arg| match (field.place, field.name) {
        (Place::Body, "op") => op = arg.into_json(),
        (Place::Body, _) => attributes.push((field.name, arg.into_json())),
        (Place::Path | Place::Query, _) => {}
    });
    let mut patch = Vec::new();
    for (name, value) in attributes {
        let op = if matches!(name, "name" | "min_ram") { Value::from("replace") } else { op.clone() };
        patch.push(Object::new().set("op", op).set("path", concat(&["/", name])).set("value", value).value());
    }
    to_text(&Value::Array(patch))
}
