//! Tencent's operations, their parameters and how a request is built.

use super::response;
use super::scheme::SCHEME;
use crate::api::call::{Call, UrlParts};
use crate::api::endpoint::{BaseUrl, base_url};
use crate::api::operation::{Effect, Operation, Parameters, json_body, operation, record};
use crate::api::site::{At, Edition, Language};
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind};
use crate::base::http::{Headers, Method, Request};
use crate::base::text::{all, concat, quoted};
use crate::base::texts::zh;

/// Every operation, sorted by name.
pub(crate) static OPERATIONS: &[&Operation] = &[
    AssumeRole::OPERATION,
    DeleteImages::OPERATION,
    DescribeImageFromFamily::OPERATION,
    DescribeImageQuota::OPERATION,
    DescribeImageSharePermission::OPERATION,
    DescribeImages::OPERATION,
    DescribeRegions::OPERATION,
    ExportImages::OPERATION,
    GetCallerIdentity::OPERATION,
    ModifyImageAttribute::OPERATION,
    ModifyImageSharePermission::OPERATION,
    SyncImages::OPERATION,
    TagResources::OPERATION,
];

operation! {
    /// Gives a temporary key of a role, for example of another account. A call of the token service, not of CVM.
    AssumeRole = "AssumeRole" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "sts", version: "2018-08-13", per_second: 0, grant: "sts:AssumeRole", answer: response::temporary,
    }
    /// `qcs::cam::uin/<main account>:roleName/<name>`.
    role_arn: "RoleArn" Body required Text;
    /// Name of the session, which the audit log shows.
    role_session_name: "RoleSessionName" Body required Text;
    /// Life of the key in seconds, at most 43200. Default 7200.
    duration_seconds: "DurationSeconds" Body optional Integer;
    /// What the key may do, as a policy; never more than the role may. Default: what the role may.
    policy: "Policy" Body optional Text;
    /// The word that the role's owner gave to whom he trusts.
    external_id: "ExternalId" Body optional Text;
}

operation! {
    /// Deletes custom images, for example copies that nobody wanted.
    /// Refused while an image is being made, copied or imported, and while it is shared.
    DeleteImages = "DeleteImages" {
        cloud: Cloud::Tencent, effect: Effect::Change, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10, grant: "cvm:DeleteImages", answer: response::nothing,
    }
    /// Ids of the images, `img-…`.
    image_ids: "ImageIds" Body required Texts;
    /// Delete the snapshots of the images too. Default false.
    delete_binded_snap: "DeleteBindedSnap" Body optional Boolean;
    /// Only check whether the images could be deleted. Default false.
    dry_run: "DryRun" Body optional Boolean;
}

operation! {
    /// Describes the newest usable image of a family: the one that is not deprecated and was made last.
    DescribeImageFromFamily = "DescribeImageFromFamily" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 20, grant: "cvm:DescribeImageFromFamily", answer: response::image_of_family,
    }
    /// Name of the family, as ModifyImageAttribute sets it.
    image_family: "ImageFamily" Body required Text;
}

operation! {
    /// Tells how many custom images the account may have in the region.
    /// This is the ceiling; the room left is the ceiling minus the number of private images there.
    DescribeImageQuota = "DescribeImageQuota" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10, grant: "cvm:DescribeImageQuota", answer: response::quota,
    }
}

operation! {
    /// Lists the accounts that an image is shared with.
    DescribeImageSharePermission = "DescribeImageSharePermission" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10, grant: "cvm:DescribeImageSharePermission", answer: response::accounts,
    }
    /// Id of the image, `img-…`.
    image_id: "ImageId" Body required Text;
}

record! {
    /// A filter of a listing: several filters must all match, several values are alternatives.
    Filter;
    /// `image-id`, `image-type` (`PRIVATE_IMAGE`, `PUBLIC_IMAGE`, `SHARED_IMAGE`), `image-name` (fuzzy), `platform` (fuzzy),
    /// `tag-key`, `tag-value`, `tag:<key>`; on the China site also `dedicated-cluster-id` and `cdc-cache-status`.
    name: "Name" Body required Text;
    /// At most 5 values.
    values: "Values" Body required Texts;
}

operation! {
    /// Lists the images of a region with their states.
    DescribeImages = "DescribeImages" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 40, grant: "cvm:DescribeImages", answer: response::images,
    }
    /// Only these images, `img-…`; at most 100, not together with Filters.
    image_ids: "ImageIds" Body optional Texts;
    /// Only images that match; at most 10 filters, not together with ImageIds.
    filters: "Filters" Body optional Objects(Filter);
    /// Number of entries to skip. Default 0.
    offset: "Offset" Body optional Integer;
    /// Size of the page, at most 100. Default 20.
    limit: "Limit" Body optional Integer;
    /// Only images that this instance type can start. Hides all others, new copies included.
    instance_type: "InstanceType" Body optional Text;
}

operation! {
    /// Lists the regions of the product; it does not tell which ones take part in image copies.
    ///
    /// With Product it asks the service `region` (2022-06-27), without it CVM, whose list the vendor has frozen: new
    /// regions may be missing there.
    DescribeRegions = "DescribeRegions" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 0, grant: "cvm:DescribeRegions", answer: response::regions,
    }
    /// The product whose regions are listed: `cvm`.
    product: "Product" Body optional Text;
    /// 0 or 1; needs Product.
    scene: "Scene" Body optional Integer;
}

operation! {
    /// Writes custom images as disk files into a bucket of the object storage COS in the same region.
    /// No public operation follows the task; look for the object keys that the answer names.
    ExportImages = "ExportImages" {
        cloud: Cloud::Tencent, effect: Effect::Launch, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 20, grant: "cvm:ExportImages", answer: response::exports,
    }
    /// The bucket with its APPID suffix, for example `golden-1250000000`; in the region of the images.
    bucket_name: "BucketName" Body required Text;
    /// Ids of the images, `img-…`. Optional in the schema, needed in practice.
    image_ids: "ImageIds" Body optional Texts;
    /// `RAW`, `QCOW2`, `VHD` or `VMDK`. Default `RAW`.
    export_format: "ExportFormat" Body optional Text;
    /// Prefixes of the file names: one for each of ImageIds. Default none.
    file_name_prefix_list: "FileNamePrefixList" Body optional Texts;
    /// Only the system disk, no data disks. Default false.
    only_export_root_disk: "OnlyExportRootDisk" Body optional Boolean;
    /// Only check whether the images could be exported. Default false.
    dry_run: "DryRun" Body optional Boolean;
    /// Service role that may write to the bucket; must exist before. Default `CVM_QcsRole`.
    role_name: "RoleName" Body optional Text;
}

operation! {
    /// Tells whose key signs: account, user or role. A call of the token service, not of CVM.
    GetCallerIdentity = "GetCallerIdentity" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "sts", version: "2018-08-13", per_second: 20, grant: "sts:GetCallerIdentity", answer: response::identity,
    }
}

operation! {
    /// Changes name, description, family or the deprecation mark of an image.
    ModifyImageAttribute = "ModifyImageAttribute" {
        cloud: Cloud::Tencent, effect: Effect::Change, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10, grant: "cvm:ModifyImageAttribute", answer: response::nothing,
    }
    /// Id of the image, `img-…`.
    image_id: "ImageId" Body required Text;
    /// New name: at most 60 characters, unlike that of any other image.
    image_name: "ImageName" Body optional Text;
    /// New description: at most 256 characters.
    image_description: "ImageDescription" Body optional Text;
    /// New image family.
    image_family: "ImageFamily" Body optional Text;
    /// Whether the image is deprecated.
    image_deprecated: "ImageDeprecated" Body optional Boolean;
}

operation! {
    /// Shares an image with other accounts in its region, or ends the sharing. The image must be `NORMAL`.
    ModifyImageSharePermission = "ModifyImageSharePermission" {
        cloud: Cloud::Tencent, effect: Effect::Change, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10, grant: "cvm:ModifyImageSharePermission", answer: response::nothing,
    }
    /// Id of the image, `img-…`.
    image_id: "ImageId" Body required Text;
    /// Ids of main accounts (digits, not QQ numbers), at most 500.
    account_ids: "AccountIds" Body required Texts;
    /// `SHARE` or `CANCEL`.
    permission: "Permission" Body required Text;
}

operation! {
    /// Copies one custom image to other regions, a shared image into an own one of the same region,
    /// or a custom image into an encrypted one of the same region. The region of the call is that of the source.
    SyncImages = "SyncImages" {
        cloud: Cloud::Tencent, effect: Effect::Launch, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10, grant: "cvm:SyncImages", answer: response::copies,
    }
    /// The image to copy, `img-…`: exactly one id, although the field is a list. It must be `NORMAL`.
    image_ids: "ImageIds" Body required Texts;
    /// Where to. Never the source region, except for a shared image and with Encrypt, where it is the only one allowed.
    destination_regions: "DestinationRegions" Body required Texts;
    /// Only check whether the copy could start. Default false.
    dry_run: "DryRun" Body optional Boolean;
    /// Name of the copies, at most 60 characters. Default: the name of the source.
    image_name: "ImageName" Body optional Text;
    /// Ask for the ids of the new images. Default false, and then the answer names no usable id.
    image_set_required: "ImageSetRequired" Body optional Boolean;
    /// Make an encrypted copy, in the source region only. Default false.
    encrypt: "Encrypt" Body optional Boolean;
    /// Id of the KMS key of the encrypted copy; only with Encrypt. Default: the key of the block storage product.
    kms_key_id: "KmsKeyId" Body optional Text;
}

record! {
    /// A tag.
    Tag;
    /// Key. A resource has one value per key; a key that is there already gets the new value.
    tag_key: "TagKey" Body required Text;
    /// Value; may be empty.
    tag_value: "TagValue" Body required Text;
}

operation! {
    /// Puts tags on resources, for example those of the source image on its copies. A call of the tag service, not of CVM.
    TagResources = "TagResources" {
        cloud: Cloud::Tencent, effect: Effect::Change, method: Method::Post, path: "/",
        service: "tag", version: "2018-08-13", per_second: 20, grant: "tag:TagResources", answer: response::nothing,
    }
    /// At most 10 resources; for an image `qcs::cvm:<region>:uin/<main account>:image/<id>`.
    resource_list: "ResourceList" Body required Texts;
    /// At most 10 tags; tags that do not exist are made.
    tags: "Tags" Body required Objects(Tag);
}

/// Builds a request: complete but for timestamp, token and authorization, which belong to the signer.
///
/// ```
/// use imgferry::{At, build, tencent::request::SyncImages};
/// let copy = SyncImages {
///     image_ids: vec!["img-o3ycss2p".into()],
///     destination_regions: vec!["ap-guangzhou".into()],
///     image_set_required: Some(true),
///     ..SyncImages::default()
/// };
/// let call = build(&copy, &At::region("ap-beijing"))?;
/// assert_eq!(call.request().url, "https://cvm.tencentcloudapi.com/");
/// assert_eq!(call.request().body, r#"{"ImageIds":["img-o3ycss2p"],"DestinationRegions":["ap-guangzhou"],"ImageSetRequired":true}"#);
/// # Ok::<(), imgferry::Error>(())
/// ```
///
/// # Errors
/// [`Kind::Misuse`] when the region cannot stand in a header or host name, or the endpoint is not a URL.
#[cfg_attr(feature = "clouds", inline(never))] // as in `rules`
pub(crate) fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    let operation = parameters.operation();
    if !all(&at.region, |b| b.is_ascii_alphanumeric() | (b == b'-')) {
        let shown = quoted(&at.region);
        return Err(Error::new(
            Kind::Misuse,
            "region",
            concat(&["the region ", &shown, " holds other characters than letters, digits and hyphens"]),
        )
        .hint("write it like ap-guangzhou", zh!("地域写法如 ap-guangzhou")));
    }
    let (service, version) = served_by(parameters);
    let BaseUrl { mut url, authority, own, host_header, elsewhere } = base_url(at.endpoint.as_ref(), &official_host(service, at))?;
    url.push_str(operation.path);
    let parts = UrlParts { authority, path_end: url.len(), plain: own };
    let mut headers = Headers::for_request();
    let region = headers.keep(&at.region);
    headers.push_fixed("Content-Type", "application/json");
    headers.push_fixed("X-TC-Action", operation.name);
    headers.push_fixed("X-TC-Version", version);
    if !at.region.is_empty() {
        headers.push_kept("X-TC-Region", region);
    }
    if let Some(language) = at.language {
        headers.push_fixed("X-TC-Language", language_name(language));
    }
    if let Some(host) = host_header {
        headers.push("host", &host);
    }
    let request = Request { method: operation.method, url, headers, body: json_body(parameters) };
    Ok(Call { operation, request, parts, scheme: &SCHEME, region, service, elsewhere })
}

/// The service that answers, and its version: lists of regions have a service of their own, which wants a product.
fn served_by(parameters: &dyn Parameters) -> (&'static str, &'static str) {
    let operation = parameters.operation();
    let mut names_product = false;
    if operation.name == DescribeRegions::OPERATION.name {
        parameters.visit(&mut |field, _| names_product |= field.name == "Product");
    }
    if names_product { ("region", "2022-06-27") } else { (operation.service, operation.version) }
}

/// The vendor's host. Only finance regions bind it to the region: they are walled off from the ordinary hosts.
fn official_host<'a>(service: &'a str, at: &'a At) -> [&'a str; 4] {
    match at.edition {
        _ if at.region.ends_with("-fsi") => [service, ".", &at.region, ".tencentcloudapi.com"],
        Edition::Main => [service, ".tencentcloudapi.com", "", ""],
        Edition::International => [service, ".intl.tencentcloudapi.com", "", ""],
    }
}

const fn language_name(language: Language) -> &'static str {
    match language {
        Language::En => "en-US",
        Language::Zh => "zh-CN",
    }
}
