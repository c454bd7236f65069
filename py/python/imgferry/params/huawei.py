"""Parameters of the operations of huawei, under the vendor's own names. Generated: run `make generate`."""

from typing import List, TypedDict


_ResourceTagRequired = TypedDict(
    "_ResourceTagRequired",
    {
        # Key.
        "key": str,
        # Value.
        "value": str,
    },
    total=True,
)


class ResourceTag(_ResourceTagRequired):
    """The tags."""


_AddImageMembersRequired = TypedDict(
    "_AddImageMembersRequired",
    {
        # Ids of the images to share.
        "images": List[str],
    },
    total=True,
)

_AddImageMembersOptional = TypedDict(
    "_AddImageMembersOptional",
    {
        # Ids of the projects that may use them.
        "projects": List[str],
        # Ids of the accounts that may use them.
        "domains": List[str],
        # URNs of the organisations, or of their units, whose accounts may use them.
        "organizations": List[str],
    },
    total=False,
)


class AddImageMembers(_AddImageMembersRequired, _AddImageMembersOptional):
    """Shares images with projects of other accounts, with whole accounts, or with organisations: at least one of
    the three. Asynchronous: answers a job id.
    """


_AddImageTagsRequired = TypedDict(
    "_AddImageTagsRequired",
    {
        # Id of the image.
        "image_id": str,
        # `create` or `delete`.
        "action": str,
        # The tags.
        "tags": List[ResourceTag],
    },
    total=True,
)

_AddImageTagsOptional = TypedDict(
    "_AddImageTagsOptional",
    {
        # Id of the project; taken from the place of the call when absent.
        "project_id": str,
    },
    total=False,
)


class AddImageTags(_AddImageTagsRequired, _AddImageTagsOptional):
    """Sets or deletes tags of an image."""


_CopyImageCrossRegionRequired = TypedDict(
    "_CopyImageCrossRegionRequired",
    {
        # Id of the source image.
        "image_id": str,
        # Name of the new image: 1 to 128 letters, digits, Chinese characters, `-`, `.`, `_` and inner spaces.
        "name": str,
        # Id of the destination region; not the source region.
        "region": str,
        # Name of the project in the destination region; the built-in project is named as its region.
        "project_name": str,
        # IAM agency that lets IMS act in the destination region.
        "agency_name": str,
    },
    total=True,
)

_CopyImageCrossRegionOptional = TypedDict(
    "_CopyImageCrossRegionOptional",
    {
        # Description of the new image: at most 1024 characters, no line break, no `<` or `>`.
        "description": str,
        # Backup vault in the destination region; needed for full-ECS images, otherwise left out.
        "vault_id": str,
    },
    total=False,
)


class CopyImageCrossRegion(_CopyImageCrossRegionRequired, _CopyImageCrossRegionOptional):
    """Replicates a private image to another region. Asynchronous: answers a job id.

    Asked of the source region, where the job is watched too. There is no client token: a second call starts
    a second copy.
    """


_CopyImageInRegionRequired = TypedDict(
    "_CopyImageInRegionRequired",
    {
        # Id of the source image.
        "image_id": str,
        # Name of the new image, as in CopyImageCrossRegion.
        "name": str,
    },
    total=True,
)

_CopyImageInRegionOptional = TypedDict(
    "_CopyImageInRegionOptional",
    {
        # Description of the new image, as in CopyImageCrossRegion.
        "description": str,
        # Key that encrypts the new image; blank or absent means not encrypted. Not the key of the source image.
        "cmk_id": str,
        # Enterprise project of the new image: `0` (default) or a UUID.
        "enterprise_project_id": str,
    },
    total=False,
)


class CopyImageInRegion(_CopyImageInRegionRequired, _CopyImageInRegionOptional):
    """Copies an image within its region, for example to encrypt or decrypt it. Asynchronous: answers a job id."""


_CopyImageInRegionInSafeModeRequired = TypedDict(
    "_CopyImageInRegionInSafeModeRequired",
    {
        # Id of the source image.
        "image_id": str,
        # Name of the new image, as in CopyImageCrossRegion.
        "name": str,
    },
    total=True,
)

_CopyImageInRegionInSafeModeOptional = TypedDict(
    "_CopyImageInRegionInSafeModeOptional",
    {
        # Description of the new image, as in CopyImageCrossRegion.
        "description": str,
        # Key that encrypts the new image; blank or absent means not encrypted. Not the key of the source image.
        "cmk_id": str,
        # Enterprise project of the new image: `0` (default) or a UUID.
        "enterprise_project_id": str,
    },
    total=False,
)


class CopyImageInRegionInSafeMode(_CopyImageInRegionInSafeModeRequired, _CopyImageInRegionInSafeModeOptional):
    """Copies an image within its region by the newer path, with the same parameters. Asynchronous: answers a job id."""


_CreateTemporaryAccessKeyByAgencyRequired = TypedDict(
    "_CreateTemporaryAccessKeyByAgencyRequired",
    {
        # Name of the agency.
        "agency_name": str,
    },
    total=True,
)

_CreateTemporaryAccessKeyByAgencyOptional = TypedDict(
    "_CreateTemporaryAccessKeyByAgencyOptional",
    {
        # Id of the account that has given it; this or its name.
        "domain_id": str,
        # Name of the account that has given it; this or its id.
        "domain_name": str,
        # Life of the key in seconds, 900 to 86400. Default 900.
        "duration_seconds": int,
    },
    total=False,
)


class CreateTemporaryAccessKeyByAgency(_CreateTemporaryAccessKeyByAgencyRequired, _CreateTemporaryAccessKeyByAgencyOptional):
    """Gives a temporary key of an agency that another account has given this one. A call of IAM.

    The wire carries nested records; here each of their fields is a parameter.
    """


_DeleteImageRequired = TypedDict(
    "_DeleteImageRequired",
    {
        # Id of the image.
        "image_id": str,
    },
    total=True,
)


class DeleteImage(_DeleteImageRequired):
    """Deletes an image."""


_DeleteImageMembersRequired = TypedDict(
    "_DeleteImageMembersRequired",
    {
        # Ids of the images.
        "images": List[str],
    },
    total=True,
)

_DeleteImageMembersOptional = TypedDict(
    "_DeleteImageMembersOptional",
    {
        # Ids of the projects that may use them no longer.
        "projects": List[str],
        # Ids of the accounts that may use them no longer.
        "domains": List[str],
        # URNs of the organisations whose accounts may use them no longer.
        "organizations": List[str],
    },
    total=False,
)


class DeleteImageMembers(_DeleteImageMembersRequired, _DeleteImageMembersOptional):
    """Ends the sharing of images with projects, accounts or organisations. Asynchronous: answers a job id."""


_ExportImageRequired = TypedDict(
    "_ExportImageRequired",
    {
        # Id of the image.
        "image_id": str,
        # Where to: `<bucket>:<object>`, no spaces, a Standard bucket in the region of the image.
        "bucket_url": str,
    },
    total=True,
)

_ExportImageOptional = TypedDict(
    "_ExportImageOptional",
    {
        # `qcow2`, `vhd`, `zvhd` or `vmdk`; required, except with a fast export, where it is forbidden.
        "file_format": str,
        # Fast export: the file is zvhd2.
        "is_quick_export": bool,
    },
    total=False,
)


class ExportImage(_ExportImageRequired, _ExportImageOptional):
    """Exports an image to a bucket of its region. Asynchronous: answers a job id."""


_ExportImageInSafeModeRequired = TypedDict(
    "_ExportImageInSafeModeRequired",
    {
        # Id of the image.
        "image_id": str,
        # Where to: `<bucket>:<object>`, no spaces, a Standard bucket in the region of the image.
        "bucket_url": str,
    },
    total=True,
)

_ExportImageInSafeModeOptional = TypedDict(
    "_ExportImageInSafeModeOptional",
    {
        # `qcow2`, `vhd`, `zvhd` or `vmdk`; required, except with a fast export, where it is forbidden.
        "file_format": str,
        # Fast export: the file is zvhd2.
        "is_quick_export": bool,
    },
    total=False,
)


class ExportImageInSafeMode(_ExportImageInSafeModeRequired, _ExportImageInSafeModeOptional):
    """Exports an image by the newer path, with the same parameters. Asynchronous: answers a job id."""


_ListAgenciesOptional = TypedDict(
    "_ListAgenciesOptional",
    {
        # Id of the account; taken from the place of the call when absent.
        "domain_id": str,
        # Only the agency of this name.
        "name": str,
        # Only agencies that trust this account.
        "trust_domain_id": str,
        # Page number, from 1; needs `per_page`.
        "page": int,
        # Page size, 1 to 500; needs `page`.
        "per_page": int,
    },
    total=False,
)


class ListAgencies(_ListAgenciesOptional):
    """Lists the IAM agencies of an account."""


_ListAuthDomainsOptional = TypedDict(
    "_ListAuthDomainsOptional",
    {
    },
    total=False,
)


class ListAuthDomains(_ListAuthDomainsOptional):
    """Lists the accounts that a key belongs to: whose key it is."""


_ListImageMembersRequired = TypedDict(
    "_ListImageMembersRequired",
    {
        # Id of the image.
        "image_id": str,
    },
    total=True,
)

_ListImageMembersOptional = TypedDict(
    "_ListImageMembersOptional",
    {
        # Page size.
        "limit": int,
        # Id of a member; the page starts after it.
        "marker": str,
    },
    total=False,
)


class ListImageMembers(_ListImageMembersRequired, _ListImageMembersOptional):
    """Lists the projects that an image is shared with."""


_ListImagesOptional = TypedDict(
    "_ListImagesOptional",
    {
        # Id of the image.
        "id": str,
        # Exact name.
        "name": str,
        # Project that owns the image; one's own project lists one's private images.
        "owner": str,
        # `queued`, `saving`, `active`, `killed` or `deleted`.
        "status": str,
        # `public`, `private` or `shared`.
        "visibility": str,
        # Whether the image is protected; true for public images.
        "protected": bool,
        # `gold` (public), `private`, `shared` or `market`.
        "__imagetype": str,
        # `true` for images that are registered.
        "__isregistered": str,
        # `32` or `64`.
        "__os_bit": str,
        # `Linux`, `Windows` or `Other`.
        "__os_type": str,
        # Platform, for example `Ubuntu`.
        "__platform": str,
        # Whether it is a full-ECS image.
        "__whole_image": bool,
        # Id of the key that encrypts the image.
        "__system__cmkid": str,
        # `FusionCompute` (system disk), `DataImage`, `Ironic` (bare metal) or `IsoImage`.
        "virtual_env_type": str,
        # For example `zvhd2`, `vhd`, `raw`, `qcow2` or `iso`.
        "disk_format": str,
        # `bare`.
        "container_format": str,
        # Least memory, MB.
        "min_ram": int,
        # Least disk, GB.
        "min_disk": int,
        # `x86` or `arm`.
        "architecture": str,
        # Flavour that the image must fit.
        "flavor_id": str,
        # Tag, `key=value`.
        "tag": str,
        # `accepted`, `rejected` or `pending`; needs `visibility` `shared`.
        "member_status": str,
        # `0`, a UUID or `all_granted_eps`.
        "enterprise_project_id": str,
        # `<op>:<UTC time>`, op one of gt gte lt lte eq neq, for example `gte:2024-01-01T00:00:00Z`.
        "created_at": str,
        # As `created_at`.
        "updated_at": str,
        # Page size. Default 500.
        "limit": int,
        # Id of an image; the page starts after it.
        "marker": str,
        # `name`, `container_format`, `disk_format`, `status`, `id`, `size` or `created_at` (default).
        "sort_key": str,
        # `asc` or `desc` (default).
        "sort_dir": str,
        # `true` for images that run on KVM.
        "__support_kvm": str,
        # `true` for images that run on Xen.
        "__support_xen": str,
        # `true` for images for disk-intensive servers.
        "__support_diskintensive": str,
        # `true` for images for high-performance servers.
        "__support_highperformance": str,
        # `true` for images for servers with large memory.
        "__support_largememory": str,
        # GPU type under KVM.
        "__support_kvm_gpu_type": str,
        # GPU type under Xen.
        "__support_xen_gpu_type": str,
        # `true` for images for InfiniBand under KVM.
        "__support_kvm_infiniband": str,
        # `true` for images for HANA under Xen.
        "__support_xen_hana": str,
    },
    total=False,
)


class ListImages(_ListImagesOptional):
    """Lists images. All parameters are filters."""


_ListProjectsOptional = TypedDict(
    "_ListProjectsOptional",
    {
        # Only projects of this account.
        "domain_id": str,
        # Only the project of this name.
        "name": str,
        # Only projects below this one.
        "parent_id": str,
        # Only usable, or only unusable projects.
        "enabled": bool,
        # Whether the project is an account.
        "is_domain": bool,
        # Page number, from 1; needs `per_page`.
        "page": int,
        # Page size, 1 to 5000; needs `page`.
        "per_page": int,
    },
    total=False,
)


class ListProjects(_ListProjectsOptional):
    """Lists the projects of an account. Every region has a built-in project of its own name."""


_ListRegionsOptional = TypedDict(
    "_ListRegionsOptional",
    {
    },
    total=False,
)


class ListRegions(_ListRegionsOptional):
    """Lists regions."""


_ShowImageRequired = TypedDict(
    "_ShowImageRequired",
    {
        # Id of the image.
        "image_id": str,
    },
    total=True,
)


class ShowImage(_ShowImageRequired):
    """Describes one image."""


_ShowImageQuotaOptional = TypedDict(
    "_ShowImageQuotaOptional",
    {
    },
    total=False,
)


class ShowImageQuota(_ShowImageQuotaOptional):
    """Tells how many private images a region may hold and holds."""


_ShowJobRequired = TypedDict(
    "_ShowJobRequired",
    {
        # Id of the job.
        "job_id": str,
    },
    total=True,
)

_ShowJobOptional = TypedDict(
    "_ShowJobOptional",
    {
        # Id of the source project; taken from the place of the call when absent.
        "project_id": str,
    },
    total=False,
)


class ShowJob(_ShowJobRequired, _ShowJobOptional):
    """Describes a job, by the path that the vendor has deprecated; other operators may know no other."""


_ShowJobProgressRequired = TypedDict(
    "_ShowJobProgressRequired",
    {
        # Id of the job.
        "job_id": str,
    },
    total=True,
)


class ShowJobProgress(_ShowJobProgressRequired):
    """Describes a job and its progress."""


_UpdateImageRequired = TypedDict(
    "_UpdateImageRequired",
    {
        # Id of the image.
        "image_id": str,
    },
    total=True,
)

_UpdateImageOptional = TypedDict(
    "_UpdateImageOptional",
    {
        # `add` (default) sets, `replace` changes attributes that an image may lack: all but `name` and `min_ram`.
        "op": str,
        # New name.
        "name": str,
        # New description.
        "__description": str,
        # Least memory, MB.
        "min_ram": int,
        # Most memory, MB, as text.
        "max_ram": str,
    },
    total=False,
)


class UpdateImage(_UpdateImageRequired, _UpdateImageOptional):
    """Changes attributes of an image. The wire carries a JSON Patch; here each attribute is a parameter."""


_UpdateImageMembersRequired = TypedDict(
    "_UpdateImageMembersRequired",
    {
        # Ids of the shared images.
        "images": List[str],
        # Id of the project that accepts or rejects them.
        "project_id": str,
        # `accepted` or `rejected`.
        "status": str,
    },
    total=True,
)

_UpdateImageMembersOptional = TypedDict(
    "_UpdateImageMembersOptional",
    {
        # Backup vault; needed to accept a full-ECS image made by the backup service.
        "vault_id": str,
    },
    total=False,
)


class UpdateImageMembers(_UpdateImageMembersRequired, _UpdateImageMembersOptional):
    """Accepts or rejects images that others share. Asynchronous: answers a job id."""

