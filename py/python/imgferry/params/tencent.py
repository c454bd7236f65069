"""Parameters of the operations of tencent, under the vendor's own names. Generated: run `make generate`."""

from typing import List, TypedDict


_FilterRequired = TypedDict(
    "_FilterRequired",
    {
        # `image-id`, `image-type` (`PRIVATE_IMAGE`, `PUBLIC_IMAGE`, `SHARED_IMAGE`), `image-name` (fuzzy), `platform` (fuzzy),
        # `tag-key`, `tag-value`, `tag:<key>`; on the China site also `dedicated-cluster-id` and `cdc-cache-status`.
        "Name": str,
        # At most 5 values.
        "Values": List[str],
    },
    total=True,
)


class Filter(_FilterRequired):
    """Only images that match; at most 10 filters, not together with ImageIds."""


_TagRequired = TypedDict(
    "_TagRequired",
    {
        # Key. A resource has one value per key; a key that is there already gets the new value.
        "TagKey": str,
        # Value; may be empty.
        "TagValue": str,
    },
    total=True,
)


class Tag(_TagRequired):
    """At most 10 tags; tags that do not exist are made."""


_AssumeRoleRequired = TypedDict(
    "_AssumeRoleRequired",
    {
        # `qcs::cam::uin/<main account>:roleName/<name>`.
        "RoleArn": str,
        # Name of the session, which the audit log shows.
        "RoleSessionName": str,
    },
    total=True,
)

_AssumeRoleOptional = TypedDict(
    "_AssumeRoleOptional",
    {
        # Life of the key in seconds, at most 43200. Default 7200.
        "DurationSeconds": int,
        # What the key may do, as a policy; never more than the role may. Default: what the role may.
        "Policy": str,
        # The word that the role's owner gave to whom he trusts.
        "ExternalId": str,
    },
    total=False,
)


class AssumeRole(_AssumeRoleRequired, _AssumeRoleOptional):
    """Gives a temporary key of a role, for example of another account. A call of the token service, not of CVM."""


_DeleteImagesRequired = TypedDict(
    "_DeleteImagesRequired",
    {
        # Ids of the images, `img-…`.
        "ImageIds": List[str],
    },
    total=True,
)

_DeleteImagesOptional = TypedDict(
    "_DeleteImagesOptional",
    {
        # Delete the snapshots of the images too. Default false.
        "DeleteBindedSnap": bool,
        # Only check whether the images could be deleted. Default false.
        "DryRun": bool,
    },
    total=False,
)


class DeleteImages(_DeleteImagesRequired, _DeleteImagesOptional):
    """Deletes custom images, for example copies that nobody wanted.
    Refused while an image is being made, copied or imported, and while it is shared.
    """


_DescribeImageFromFamilyRequired = TypedDict(
    "_DescribeImageFromFamilyRequired",
    {
        # Name of the family, as ModifyImageAttribute sets it.
        "ImageFamily": str,
    },
    total=True,
)


class DescribeImageFromFamily(_DescribeImageFromFamilyRequired):
    """Describes the newest usable image of a family: the one that is not deprecated and was made last."""


_DescribeImageQuotaOptional = TypedDict(
    "_DescribeImageQuotaOptional",
    {
    },
    total=False,
)


class DescribeImageQuota(_DescribeImageQuotaOptional):
    """Tells how many custom images the account may have in the region.
    This is the ceiling; the room left is the ceiling minus the number of private images there.
    """


_DescribeImageSharePermissionRequired = TypedDict(
    "_DescribeImageSharePermissionRequired",
    {
        # Id of the image, `img-…`.
        "ImageId": str,
    },
    total=True,
)


class DescribeImageSharePermission(_DescribeImageSharePermissionRequired):
    """Lists the accounts that an image is shared with."""


_DescribeImagesOptional = TypedDict(
    "_DescribeImagesOptional",
    {
        # Only these images, `img-…`; at most 100, not together with Filters.
        "ImageIds": List[str],
        # Only images that match; at most 10 filters, not together with ImageIds.
        "Filters": List[Filter],
        # Number of entries to skip. Default 0.
        "Offset": int,
        # Size of the page, at most 100. Default 20.
        "Limit": int,
        # Only images that this instance type can start. Hides all others, new copies included.
        "InstanceType": str,
    },
    total=False,
)


class DescribeImages(_DescribeImagesOptional):
    """Lists the images of a region with their states."""


_DescribeRegionsOptional = TypedDict(
    "_DescribeRegionsOptional",
    {
        # The product whose regions are listed: `cvm`.
        "Product": str,
        # 0 or 1; needs Product.
        "Scene": int,
    },
    total=False,
)


class DescribeRegions(_DescribeRegionsOptional):
    """Lists the regions of the product; it does not tell which ones take part in image copies.

    With Product it asks the service `region` (2022-06-27), without it CVM, whose list the vendor has frozen: new
    regions may be missing there.
    """


_ExportImagesRequired = TypedDict(
    "_ExportImagesRequired",
    {
        # The bucket with its APPID suffix, for example `golden-1250000000`; in the region of the images.
        "BucketName": str,
    },
    total=True,
)

_ExportImagesOptional = TypedDict(
    "_ExportImagesOptional",
    {
        # Ids of the images, `img-…`. Optional in the schema, needed in practice.
        "ImageIds": List[str],
        # `RAW`, `QCOW2`, `VHD` or `VMDK`. Default `RAW`.
        "ExportFormat": str,
        # Prefixes of the file names: one for each of ImageIds. Default none.
        "FileNamePrefixList": List[str],
        # Only the system disk, no data disks. Default false.
        "OnlyExportRootDisk": bool,
        # Only check whether the images could be exported. Default false.
        "DryRun": bool,
        # Service role that may write to the bucket; must exist before. Default `CVM_QcsRole`.
        "RoleName": str,
    },
    total=False,
)


class ExportImages(_ExportImagesRequired, _ExportImagesOptional):
    """Writes custom images as disk files into a bucket of the object storage COS in the same region.
    No public operation follows the task; look for the object keys that the answer names.
    """


_GetCallerIdentityOptional = TypedDict(
    "_GetCallerIdentityOptional",
    {
    },
    total=False,
)


class GetCallerIdentity(_GetCallerIdentityOptional):
    """Tells whose key signs: account, user or role. A call of the token service, not of CVM."""


_ModifyImageAttributeRequired = TypedDict(
    "_ModifyImageAttributeRequired",
    {
        # Id of the image, `img-…`.
        "ImageId": str,
    },
    total=True,
)

_ModifyImageAttributeOptional = TypedDict(
    "_ModifyImageAttributeOptional",
    {
        # New name: at most 60 characters, unlike that of any other image.
        "ImageName": str,
        # New description: at most 256 characters.
        "ImageDescription": str,
        # New image family.
        "ImageFamily": str,
        # Whether the image is deprecated.
        "ImageDeprecated": bool,
    },
    total=False,
)


class ModifyImageAttribute(_ModifyImageAttributeRequired, _ModifyImageAttributeOptional):
    """Changes name, description, family or the deprecation mark of an image."""


_ModifyImageSharePermissionRequired = TypedDict(
    "_ModifyImageSharePermissionRequired",
    {
        # Id of the image, `img-…`.
        "ImageId": str,
        # Ids of main accounts (digits, not QQ numbers), at most 500.
        "AccountIds": List[str],
        # `SHARE` or `CANCEL`.
        "Permission": str,
    },
    total=True,
)


class ModifyImageSharePermission(_ModifyImageSharePermissionRequired):
    """Shares an image with other accounts in its region, or ends the sharing. The image must be `NORMAL`."""


_SyncImagesRequired = TypedDict(
    "_SyncImagesRequired",
    {
        # The image to copy, `img-…`: exactly one id, although the field is a list. It must be `NORMAL`.
        "ImageIds": List[str],
        # Where to. Never the source region, except for a shared image and with Encrypt, where it is the only one allowed.
        "DestinationRegions": List[str],
    },
    total=True,
)

_SyncImagesOptional = TypedDict(
    "_SyncImagesOptional",
    {
        # Only check whether the copy could start. Default false.
        "DryRun": bool,
        # Name of the copies, at most 60 characters. Default: the name of the source.
        "ImageName": str,
        # Ask for the ids of the new images. Default false, and then the answer names no usable id.
        "ImageSetRequired": bool,
        # Make an encrypted copy, in the source region only. Default false.
        "Encrypt": bool,
        # Id of the KMS key of the encrypted copy; only with Encrypt. Default: the key of the block storage product.
        "KmsKeyId": str,
    },
    total=False,
)


class SyncImages(_SyncImagesRequired, _SyncImagesOptional):
    """Copies one custom image to other regions, a shared image into an own one of the same region,
    or a custom image into an encrypted one of the same region. The region of the call is that of the source.
    """


_TagResourcesRequired = TypedDict(
    "_TagResourcesRequired",
    {
        # At most 10 resources; for an image `qcs::cvm:<region>:uin/<main account>:image/<id>`.
        "ResourceList": List[str],
        # At most 10 tags; tags that do not exist are made.
        "Tags": List[Tag],
    },
    total=True,
)


class TagResources(_TagResourcesRequired):
    """Puts tags on resources, for example those of the source image on its copies. A call of the tag service, not of CVM."""

