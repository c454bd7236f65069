"""Parameters of the operations of volcengine, under the vendor's own names. Generated: run `make generate`."""

from typing import List, TypedDict


_TagRequired = TypedDict(
    "_TagRequired",
    {
        # 1 to 128 characters: letters and digits of any language, spaces and `_ . : / = + - @`. Not beginning with
        # `volc:` or `sys:` in any letter case, which the cloud keeps for itself.
        "Key": str,
    },
    total=True,
)

_TagOptional = TypedDict(
    "_TagOptional",
    {
        # 0 to 256 of the same characters. Default: empty.
        "Value": str,
    },
    total=False,
)


class Tag(_TagRequired, _TagOptional):
    """1 to 20 tags, no key twice. A resource can carry 50."""


_TagFilterRequired = TypedDict(
    "_TagFilterRequired",
    {
        # The tag's key; no key twice.
        "Key": str,
    },
    total=True,
)

_TagFilterOptional = TypedDict(
    "_TagFilterOptional",
    {
        # 1 to 3 values; an empty string matches a tag without value.
        "Values": List[str],
    },
    total=False,
)


class TagFilter(_TagFilterRequired, _TagFilterOptional):
    """Up to 10 filters on tags, no key twice. A filter that matches more than 1000 images is refused."""


_AssumeRoleRequired = TypedDict(
    "_AssumeRoleRequired",
    {
        # `trn:iam::<account>:role/<name>`.
        "RoleTrn": str,
        # Name of the session, which the audit log shows.
        "RoleSessionName": str,
    },
    total=True,
)

_AssumeRoleOptional = TypedDict(
    "_AssumeRoleOptional",
    {
        # Life of the key in seconds. Default 3600.
        "DurationSeconds": int,
        # What the key may do, as a policy; never more than the role may. Default: what the role may.
        "Policy": str,
    },
    total=False,
)


class AssumeRole(_AssumeRoleRequired, _AssumeRoleOptional):
    """Gives a temporary key of a role, for example of another account. A call of the token service, not of ECS."""


_CopyImageRequired = TypedDict(
    "_CopyImageRequired",
    {
        # The custom image to copy, `image-…`. DescribeImages with Visibility=private lists them.
        "ImageId": str,
        # Region of the new image; not the source region.
        "DestinationRegion": str,
        # Name of the new image: 1 to 128 letters, digits, Chinese characters, `_`, `-`, `.`; begins with a letter or
        # a Chinese character. Names need not be unique.
        "ImageName": str,
    },
    total=True,
)

_CopyImageOptional = TypedDict(
    "_CopyImageOptional",
    {
        # Description of the new image: up to 255 letters, digits, Chinese characters, spaces and `_ - = , . ， 。`;
        # begins with a letter or a Chinese character. Default: the source's; an empty string is sent as such.
        "Description": str,
        # Whether the source's tags are copied. Default false. No effect on a shared image.
        "CopyImageTags": bool,
        # Project of the new image. Required of a caller who has rights on some projects only.
        "ProjectName": str,
        # 1 to 20 tags for the new image, no key twice. Ignored when CopyImageTags is true.
        "Tags": List[Tag],
    },
    total=False,
)


class CopyImage(_CopyImageRequired, _CopyImageOptional):
    """Copies one custom image to another region. Called in the source region; the new image's id comes at once,
    the copy takes minutes to hours. By invitation; at most 50 custom images a region; not idempotent.
    """


_DeleteImagesRequired = TypedDict(
    "_DeleteImagesRequired",
    {
        # 1 to 100 image ids.
        "ImageIds": List[str],
    },
    total=True,
)

_DeleteImagesOptional = TypedDict(
    "_DeleteImagesOptional",
    {
        # Whether the snapshots of the images are deleted, too. Default false.
        "DeleteBindedSnapshots": bool,
    },
    total=False,
)


class DeleteImages(_DeleteImagesRequired, _DeleteImagesOptional):
    """Deletes custom images. The outcome of each stands in the answer. An image being copied cannot be deleted."""


_DescribeImageSharePermissionRequired = TypedDict(
    "_DescribeImageSharePermissionRequired",
    {
        # The custom image.
        "ImageId": str,
    },
    total=True,
)

_DescribeImageSharePermissionOptional = TypedDict(
    "_DescribeImageSharePermissionOptional",
    {
        # Page size.
        "MaxResults": int,
        # NextToken of the previous page.
        "NextToken": str,
    },
    total=False,
)


class DescribeImageSharePermission(_DescribeImageSharePermissionRequired, _DescribeImageSharePermissionOptional):
    """Lists the accounts a custom image is shared with."""


_DescribeImagesOptional = TypedDict(
    "_DescribeImagesOptional",
    {
        # Up to 100 image ids.
        "ImageIds": List[str],
        # Name of the image. Whether parts of names match is not documented: compare the names that come back.
        "ImageName": str,
        # `public`, `private` or `shared`.
        "Visibility": str,
        # Up to 10 of `available`, `creating`, `error`. Default: `available` alone.
        "Status": List[str],
        # One state, in the vendor's SDK only and undocumented; prefer Status.
        "ImageStatus": str,
        # `Linux` or `Windows`.
        "OsType": str,
        # `CentOS`, `Debian`, `veLinux`, `Windows Server`, `Fedora`, `OpenSUSE`, `Ubuntu`, `Rocky Linux` or `AlmaLinux`.
        "Platform": str,
        # Images that this instance type can use.
        "InstanceTypeId": str,
        # True: only images with long-term support. False has no effect.
        "IsLTS": bool,
        # Whether the image supports cloud-init.
        "IsSupportCloudInit": bool,
        # Project of the image.
        "ProjectName": str,
        # Up to 10 filters on tags, no key twice. A filter that matches more than 1000 images is refused.
        "TagFilters": List[TagFilter],
        # Page size, 1 to 100. Default 15.
        "MaxResults": int,
        # NextToken of the previous page.
        "NextToken": str,
    },
    total=False,
)


class DescribeImages(_DescribeImagesOptional):
    """Lists images. Without Status only available images come back: to see a copy in progress, name all three."""


_DescribeRegionsOptional = TypedDict(
    "_DescribeRegionsOptional",
    {
        # Up to 20 region ids. Default: all regions.
        "RegionIds": List[str],
        # Page size, 1 to 20. Default 10.
        "MaxResults": int,
        # NextToken of the previous page.
        "NextToken": str,
    },
    total=False,
)


class DescribeRegions(_DescribeRegionsOptional):
    """Lists the ids of regions. Ten a page unless MaxResults asks for more."""


_DescribeTasksOptional = TypedDict(
    "_DescribeTasksOptional",
    {
        # Up to 100 resource ids; for a copy the new image's.
        "ResourceIds": List[str],
        # One resource id: the older form of ResourceIds, which is to be preferred.
        "ResourceId": str,
        # Up to 100 task ids. CopyImage gives none, ExportImage does.
        "TaskIds": List[str],
        # Page size, 1 to 100. Default 20.
        "MaxResults": int,
        # NextToken of the previous page.
        "NextToken": str,
    },
    total=False,
)


class DescribeTasks(_DescribeTasksOptional):
    """Shows how far tasks are. A copy is followed in its destination region by the new image's id; a task that
    failed gives no reason.
    """


_ExportImageRequired = TypedDict(
    "_ExportImageRequired",
    {
        # The custom image to export.
        "ImageId": str,
        # Bucket in the image's region, which the ECS service must be allowed to write to.
        "TOSBucket": str,
        # First part of the object's name: 1 to 30 letters and digits.
        "TOSPrefix": str,
    },
    total=True,
)


class ExportImage(_ExportImageRequired):
    """Exports a custom image to a bucket in the same region. The object is `<TOSPrefix>_<ImageId>_system.qcow2`."""


_GetCallerIdentityOptional = TypedDict(
    "_GetCallerIdentityOptional",
    {
    },
    total=False,
)


class GetCallerIdentity(_GetCallerIdentityOptional):
    """Tells whose key signs: account, user or role. A call of the token service, not of ECS."""


_ModifyImageAttributeRequired = TypedDict(
    "_ModifyImageAttributeRequired",
    {
        # The custom image.
        "ImageId": str,
    },
    total=True,
)

_ModifyImageAttributeOptional = TypedDict(
    "_ModifyImageAttributeOptional",
    {
        # New name; as in CopyImage.
        "ImageName": str,
        # New description; as in CopyImage. An empty string clears it.
        "Description": str,
        # `BIOS` or `UEFI`.
        "BootMode": str,
    },
    total=False,
)


class ModifyImageAttribute(_ModifyImageAttributeRequired, _ModifyImageAttributeOptional):
    """Changes name, description or boot mode of a custom image."""


_ModifyImageSharePermissionRequired = TypedDict(
    "_ModifyImageSharePermissionRequired",
    {
        # The custom image.
        "ImageId": str,
    },
    total=True,
)

_ModifyImageSharePermissionOptional = TypedDict(
    "_ModifyImageSharePermissionOptional",
    {
        # Up to 50 account ids that may use the image from now on.
        "AddAccounts": List[str],
        # Account ids that may no longer use it.
        "RemoveAccounts": List[str],
    },
    total=False,
)


class ModifyImageSharePermission(_ModifyImageSharePermissionRequired, _ModifyImageSharePermissionOptional):
    """Shares a custom image with other accounts, or ends the sharing."""


_TagResourcesRequired = TypedDict(
    "_TagResourcesRequired",
    {
        # `image`, `instance`, `keypair`, `reservedinstance` or `scheduledinstance`.
        "ResourceType": str,
        # 1 to 50 resource ids.
        "ResourceIds": List[str],
        # 1 to 20 tags, no key twice. A resource can carry 50.
        "Tags": List[Tag],
    },
    total=True,
)


class TagResources(_TagResourcesRequired):
    """Adds tags to images or other resources. A key that is there already gets the new value."""

