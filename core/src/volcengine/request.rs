//! Volcengine's operations, their parameters and how a request is built.

use super::response;
use super::scheme::SCHEME;
use crate::api::arg::Arg;
use crate::api::call::{Call, UrlParts};
use crate::api::endpoint::{BaseUrl, base_url};
use crate::api::operation::{Effect, Operation, Parameters, operation, record};
use crate::api::site::{At, Edition};
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind};
use crate::base::http::{Headers, Method, Request};
use crate::base::text::{all, concat, quoted};
use crate::base::texts::zh;
use crate::base::value::Value;
use crate::sign::encode::{is_unreserved, percent_encode};
use std::borrow::Cow;

/// Every operation, sorted by name.
pub(crate) static OPERATIONS: &[&Operation] = &[
    AssumeRole::OPERATION,
    CopyImage::OPERATION,
    DeleteImages::OPERATION,
    DescribeImageSharePermission::OPERATION,
    DescribeImages::OPERATION,
    DescribeRegions::OPERATION,
    DescribeTasks::OPERATION,
    ExportImage::OPERATION,
    GetCallerIdentity::OPERATION,
    ModifyImageAttribute::OPERATION,
    ModifyImageSharePermission::OPERATION,
    TagResources::OPERATION,
];

record! {
    /// A tag: a key, unique on its resource, and a value.
    Tag;
    /// 1 to 128 characters: letters and digits of any language, spaces and `_ . : / = + - @`. Not beginning with
    /// `volc:` or `sys:` in any letter case, which the cloud keeps for itself.
    key: "Key" Query required Text;
    /// 0 to 256 of the same characters. Default: empty.
    value: "Value" Query optional Text;
}

record! {
    /// A filter on tags: the key, and values that are alternatives.
    TagFilter;
    /// The tag's key; no key twice.
    key: "Key" Query required Text;
    /// 1 to 3 values; an empty string matches a tag without value.
    values: "Values" Query optional Texts;
}

operation! {
    /// Gives a temporary key of a role, for example of another account. A call of the token service, not of ECS.
    AssumeRole = "AssumeRole" {
        cloud: Cloud::Volcengine, effect: Effect::Read, method: Method::Get, path: "/",
        service: "sts", version: "2018-01-01", per_second: 0, grant: "sts:AssumeRole", answer: response::temporary,
    }
    /// `trn:iam::<account>:role/<name>`.
    role_trn: "RoleTrn" Query required Text;
    /// Name of the session, which the audit log shows.
    role_session_name: "RoleSessionName" Query required Text;
    /// Life of the key in seconds. Default 3600.
    duration_seconds: "DurationSeconds" Query optional Integer;
    /// What the key may do, as a policy; never more than the role may. Default: what the role may.
    policy: "Policy" Query optional Text;
}

operation! {
    /// Copies one custom image to another region. Called in the source region; the new image's id comes at once,
    /// the copy takes minutes to hours. By invitation; at most 50 custom images a region; not idempotent.
    CopyImage = "CopyImage" {
        cloud: Cloud::Volcengine, effect: Effect::Launch, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:CopyImage", answer: response::copy,
    }
    /// The custom image to copy, `image-…`. DescribeImages with Visibility=private lists them.
    image_id: "ImageId" Query required Text;
    /// Region of the new image; not the source region.
    destination_region: "DestinationRegion" Query required Text;
    /// Name of the new image: 1 to 128 letters, digits, Chinese characters, `_`, `-`, `.`; begins with a letter or
    /// a Chinese character. Names need not be unique.
    image_name: "ImageName" Query required Text;
    /// Description of the new image: up to 255 letters, digits, Chinese characters, spaces and `_ - = , . ， 。`;
    /// begins with a letter or a Chinese character. Default: the source's; an empty string is sent as such.
    description: "Description" Query optional Text;
    /// Whether the source's tags are copied. Default false. No effect on a shared image.
    copy_image_tags: "CopyImageTags" Query optional Boolean;
    /// Project of the new image. Required of a caller who has rights on some projects only.
    project_name: "ProjectName" Query optional Text;
    /// 1 to 20 tags for the new image, no key twice. Ignored when CopyImageTags is true.
    tags: "Tags" Query optional Objects(Tag);
}

operation! {
    /// Deletes custom images. The outcome of each stands in the answer. An image being copied cannot be deleted.
    DeleteImages = "DeleteImages" {
        cloud: Cloud::Volcengine, effect: Effect::Change, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:DeleteImages", answer: response::nothing,
    }
    /// 1 to 100 image ids.
    image_ids: "ImageIds" Query required Texts;
    /// Whether the snapshots of the images are deleted, too. Default false.
    delete_binded_snapshots: "DeleteBindedSnapshots" Query optional Boolean;
}

operation! {
    /// Lists the accounts a custom image is shared with.
    DescribeImageSharePermission = "DescribeImageSharePermission" {
        cloud: Cloud::Volcengine, effect: Effect::Read, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:DescribeImageSharePermission", answer: response::accounts,
    }
    /// The custom image.
    image_id: "ImageId" Query required Text;
    /// Page size.
    max_results: "MaxResults" Query optional Integer;
    /// NextToken of the previous page.
    next_token: "NextToken" Query optional Text;
}

operation! {
    /// Lists images. Without Status only available images come back: to see a copy in progress, name all three.
    DescribeImages = "DescribeImages" {
        cloud: Cloud::Volcengine, effect: Effect::Read, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:DescribeImages", answer: response::images,
    }
    /// Up to 100 image ids.
    image_ids: "ImageIds" Query optional Texts;
    /// Name of the image. Whether parts of names match is not documented: compare the names that come back.
    image_name: "ImageName" Query optional Text;
    /// `public`, `private` or `shared`.
    visibility: "Visibility" Query optional Text;
    /// Up to 10 of `available`, `creating`, `error`. Default: `available` alone.
    status: "Status" Query optional Texts;
    /// One state, in the vendor's SDK only and undocumented; prefer Status.
    image_status: "ImageStatus" Query optional Text;
    /// `Linux` or `Windows`.
    os_type: "OsType" Query optional Text;
    /// `CentOS`, `Debian`, `veLinux`, `Windows Server`, `Fedora`, `OpenSUSE`, `Ubuntu`, `Rocky Linux` or `AlmaLinux`.
    platform: "Platform" Query optional Text;
    /// Images that this instance type can use.
    instance_type_id: "InstanceTypeId" Query optional Text;
    /// True: only images with long-term support. False has no effect.
    is_lts: "IsLTS" Query optional Boolean;
    /// Whether the image supports cloud-init.
    is_support_cloud_init: "IsSupportCloudInit" Query optional Boolean;
    /// Project of the image.
    project_name: "ProjectName" Query optional Text;
    /// Up to 10 filters on tags, no key twice. A filter that matches more than 1000 images is refused.
    tag_filters: "TagFilters" Query optional Objects(TagFilter);
    /// Page size, 1 to 100. Default 15.
    max_results: "MaxResults" Query optional Integer;
    /// NextToken of the previous page.
    next_token: "NextToken" Query optional Text;
}

operation! {
    /// Lists the ids of regions. Ten a page unless MaxResults asks for more.
    DescribeRegions = "DescribeRegions" {
        cloud: Cloud::Volcengine, effect: Effect::Read, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:DescribeRegions", answer: response::regions,
    }
    /// Up to 20 region ids. Default: all regions.
    region_ids: "RegionIds" Query optional Texts;
    /// Page size, 1 to 20. Default 10.
    max_results: "MaxResults" Query optional Integer;
    /// NextToken of the previous page.
    next_token: "NextToken" Query optional Text;
}

operation! {
    /// Shows how far tasks are. A copy is followed in its destination region by the new image's id; a task that
    /// failed gives no reason.
    DescribeTasks = "DescribeTasks" {
        cloud: Cloud::Volcengine, effect: Effect::Read, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:DescribeTasks", answer: response::tasks,
    }
    /// Up to 100 resource ids; for a copy the new image's.
    resource_ids: "ResourceIds" Query optional Texts;
    /// One resource id: the older form of ResourceIds, which is to be preferred.
    resource_id: "ResourceId" Query optional Text;
    /// Up to 100 task ids. CopyImage gives none, ExportImage does.
    task_ids: "TaskIds" Query optional Texts;
    /// Page size, 1 to 100. Default 20.
    max_results: "MaxResults" Query optional Integer;
    /// NextToken of the previous page.
    next_token: "NextToken" Query optional Text;
}

operation! {
    /// Exports a custom image to a bucket in the same region. The object is `<TOSPrefix>_<ImageId>_system.qcow2`.
    ExportImage = "ExportImage" {
        cloud: Cloud::Volcengine, effect: Effect::Launch, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:ExportImage", answer: response::export,
    }
    /// The custom image to export.
    image_id: "ImageId" Query required Text;
    /// Bucket in the image's region, which the ECS service must be allowed to write to.
    tos_bucket: "TOSBucket" Query required Text;
    /// First part of the object's name: 1 to 30 letters and digits.
    tos_prefix: "TOSPrefix" Query required Text;
}

operation! {
    /// Tells whose key signs: account, user or role. A call of the token service, not of ECS.
    GetCallerIdentity = "GetCallerIdentity" {
        cloud: Cloud::Volcengine, effect: Effect::Read, method: Method::Get, path: "/",
        service: "sts", version: "2018-01-01", per_second: 0, grant: "sts:GetCallerIdentity", answer: response::identity,
    }
}

operation! {
    /// Changes name, description or boot mode of a custom image.
    ModifyImageAttribute = "ModifyImageAttribute" {
        cloud: Cloud::Volcengine, effect: Effect::Change, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:ModifyImageAttribute", answer: response::nothing,
    }
    /// The custom image.
    image_id: "ImageId" Query required Text;
    /// New name; as in CopyImage.
    image_name: "ImageName" Query optional Text;
    /// New description; as in CopyImage. An empty string clears it.
    description: "Description" Query optional Text;
    /// `BIOS` or `UEFI`.
    boot_mode: "BootMode" Query optional Text;
}

operation! {
    /// Shares a custom image with other accounts, or ends the sharing.
    ModifyImageSharePermission = "ModifyImageSharePermission" {
        cloud: Cloud::Volcengine, effect: Effect::Change, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:ModifyImageSharePermission", answer: response::nothing,
    }
    /// The custom image.
    image_id: "ImageId" Query required Text;
    /// Up to 50 account ids that may use the image from now on.
    add_accounts: "AddAccounts" Query optional Texts;
    /// Account ids that may no longer use it.
    remove_accounts: "RemoveAccounts" Query optional Texts;
}

operation! {
    /// Adds tags to images or other resources. A key that is there already gets the new value.
    TagResources = "TagResources" {
        cloud: Cloud::Volcengine, effect: Effect::Change, method: Method::Get, path: "/",
        service: "ecs", version: "2020-04-01", per_second: 0, grant: "ecs:TagResources", answer: response::nothing,
    }
    /// `image`, `instance`, `keypair`, `reservedinstance` or `scheduledinstance`.
    resource_type: "ResourceType" Query required Text;
    /// 1 to 50 resource ids.
    resource_ids: "ResourceIds" Query required Texts;
    /// 1 to 20 tags, no key twice. A resource can carry 50.
    tags: "Tags" Query required Objects(Tag);
}

/// Longest URL that is sent; beyond it the parameters move into a form. Gateways commonly stop at 8 KB.
const LONGEST_URL: usize = 8000;

/// Builds a request: a GET whose query is the canonical query itself.
///
/// Only parameters too long for a URL are posted as a form; `Action` and `Version` stay in the query then.
/// Region and service stand in the credential scope, never in headers.
///
/// # Errors
/// [`Kind::Misuse`] when the region cannot stand in a host name or the endpoint is not a URL.
///
/// ```
/// use imgferry::{At, build, volcengine::request::CopyImage};
///
/// let copy = CopyImage {
///     image_id: "image-4431h3l7hl31a0example".into(),
///     destination_region: "cn-shanghai".into(),
///     image_name: "image-1".into(),
///     ..CopyImage::default()
/// };
/// let call = build(&copy, &At::region("cn-beijing"))?;
/// assert_eq!(
///     call.request().url,
///     "https://open.volcengineapi.com/?Action=CopyImage&DestinationRegion=cn-shanghai\
///      &ImageId=image-4431h3l7hl31a0example&ImageName=image-1&Version=2020-04-01"
/// );
/// # Ok::<(), imgferry::Error>(())
/// ```
#[cfg_attr(feature = "clouds", inline(never))] // as in `rules`
pub(crate) fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    let operation = parameters.operation();
    check_region(&at.region)?;
    let BaseUrl { mut url, authority, own, host_header, elsewhere } =
        base_url(at.endpoint.as_ref(), &official_host(operation.service, at))?;
    let mut headers = Headers::for_request();
    let region = headers.keep(&at.region);
    if let Some(host) = host_header {
        headers.push("host", &host);
    }
    url.push_str("/?");
    let start = url.len();
    let parts = UrlParts { authority, path_end: start - 1, plain: own };
    let common = || [("Action".into(), operation.name.into()), ("Version".into(), operation.version.into())];
    let mut pairs: Vec<Pair<'_>> = Vec::with_capacity(16);
    pairs.extend(common());
    add_pairs(parameters, &mut pairs);
    write_sorted(&mut pairs, &mut url);
    let (mut method, mut body) = (Method::Get, String::new());
    if url.len() > LONGEST_URL {
        method = Method::Post;
        headers.push_fixed("Content-Type", "application/x-www-form-urlencoded");
        url.truncate(start);
        write_sorted(&mut common(), &mut url);
        pairs.clear();
        add_pairs(parameters, &mut pairs);
        write_sorted(&mut pairs, &mut body);
    }
    let (request, service) = (Request { method, url, headers, body }, operation.service);
    Ok(Call { operation, request, parts, scheme: &SCHEME, region, service, elsewhere })
}

/// Regions that the shared host does not serve, as in the vendor's own clients. Sorted.
const OWN_HOST: [&str; 5] =
    ["ap-southeast-2", "ap-southeast-3", "cn-beijing-autodriving", "cn-beijing-selfdrive", "cn-shanghai-autodriving"];

fn official_host<'a>(service: &'a str, at: &'a At) -> [&'a str; 4] {
    let region = at.region.as_str();
    match at.edition {
        // The token service is global.
        Edition::Main if service == "sts" => ["sts.volcengineapi.com", "", "", ""],
        Edition::International if service == "sts" => ["open.byteplusapi.com", "", "", ""],
        Edition::Main if OWN_HOST.contains(&region) => [service, ".", region, ".volcengineapi.com"],
        Edition::Main => ["open.volcengineapi.com", "", "", ""],
        Edition::International if region.starts_with("cn-") && region != "cn-hongkong" => [service, ".", region, ".byteplusapi.com.cn"],
        Edition::International => [service, ".", region, ".byteplusapi.com"],
    }
}

/// The region becomes a label of the host name and a part of the credential scope, so nothing may break out of either.
fn check_region(region: &str) -> Result<(), Error> {
    if !region.is_empty() && all(region, |b| b.is_ascii_alphanumeric() | (b == b'-')) {
        return Ok(());
    }
    Err(Error::new(Kind::Misuse, "region", concat(&["the region is ", &quoted(region)]))
        .hint("give a region id such as cn-beijing", zh!("请填写地域 ID，例如 cn-beijing")))
}

/// A key and its value, not yet encoded.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Takes the parameters apart. Texts, which nearly all of them are, are borrowed.
fn add_pairs<'a>(parameters: &'a dyn Parameters, pairs: &mut Vec<Pair<'a>>) {
    parameters.visit(&mut |field, arg| match arg {
        Arg::Text(text) => pairs.push((field.name.into(), text.into())),
        Arg::Json(Value::String(text)) => pairs.push((field.name.into(), text.into())),
        _ => arg.flatten(field.name, 1, &mut |key, value| pairs.push((key.to_owned().into(), value.to_owned().into()))),
    });
}

/// Writes pairs encoded: a query, canonical as it is written, or a form. They are sorted by their encoded keys first: in
/// joined texts `ImageIds.10=` would come before `ImageIds.1=`. A borrowed key is a name of the tables, which is plain.
fn write_sorted(pairs: &mut [Pair<'_>], out: &mut String) {
    for (key, _) in &mut *pairs {
        if let Cow::Owned(name) = key
            && !all(&*name, is_unreserved)
        {
            let mut encoded = String::new();
            percent_encode(&mut encoded, &*name);
            *name = encoded;
        }
    }
    pairs.sort_unstable();
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        out.push_str(key);
        out.push('=');
        // Most values are names, ids and numbers.
        if all(&**value, is_unreserved) { out.push_str(value) } else { percent_encode(out, &**value) }
    }
}
