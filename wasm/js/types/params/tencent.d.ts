/** Only images that match; at most 10 filters, not together with ImageIds. */
export interface Filter {
    /**
     * `image-id`, `image-type` (`PRIVATE_IMAGE`, `PUBLIC_IMAGE`, `SHARED_IMAGE`), `image-name` (fuzzy), `platform` (fuzzy),
     * `tag-key`, `tag-value`, `tag:<key>`; on the China site also `dedicated-cluster-id` and `cdc-cache-status`.
     */
    Name: string;
    /** At most 5 values. */
    Values: readonly string[];
}
/** At most 10 tags; tags that do not exist are made. */
export interface Tag {
    /** Key. A resource has one value per key; a key that is there already gets the new value. */
    TagKey: string;
    /** Value; may be empty. */
    TagValue: string;
}
/** Gives a temporary key of a role, for example of another account. A call of the token service, not of CVM. */
export interface AssumeRole {
    /** `qcs::cam::uin/<main account>:roleName/<name>`. */
    RoleArn: string;
    /** Name of the session, which the audit log shows. */
    RoleSessionName: string;
    /** Life of the key in seconds, at most 43200. Default 7200. */
    DurationSeconds?: number;
    /** What the key may do, as a policy; never more than the role may. Default: what the role may. */
    Policy?: string;
    /** The word that the role's owner gave to whom he trusts. */
    ExternalId?: string;
}
/**
 * Deletes custom images, for example copies that nobody wanted.
 * Refused while an image is being made, copied or imported, and while it is shared.
 */
export interface DeleteImages {
    /** Ids of the images, `img-…`. */
    ImageIds: readonly string[];
    /** Delete the snapshots of the images too. Default false. */
    DeleteBindedSnap?: boolean;
    /** Only check whether the images could be deleted. Default false. */
    DryRun?: boolean;
}
/** Describes the newest usable image of a family: the one that is not deprecated and was made last. */
export interface DescribeImageFromFamily {
    /** Name of the family, as ModifyImageAttribute sets it. */
    ImageFamily: string;
}
/**
 * Tells how many custom images the account may have in the region.
 * This is the ceiling; the room left is the ceiling minus the number of private images there.
 */
export interface DescribeImageQuota {
}
/** Lists the accounts that an image is shared with. */
export interface DescribeImageSharePermission {
    /** Id of the image, `img-…`. */
    ImageId: string;
}
/** Lists the images of a region with their states. */
export interface DescribeImages {
    /** Only these images, `img-…`; at most 100, not together with Filters. */
    ImageIds?: readonly string[];
    /** Only images that match; at most 10 filters, not together with ImageIds. */
    Filters?: readonly Filter[];
    /** Number of entries to skip. Default 0. */
    Offset?: number;
    /** Size of the page, at most 100. Default 20. */
    Limit?: number;
    /** Only images that this instance type can start. Hides all others, new copies included. */
    InstanceType?: string;
}
/**
 * Lists the regions of the product; it does not tell which ones take part in image copies.
 *
 * With Product it asks the service `region` (2022-06-27), without it CVM, whose list the vendor has frozen: new
 * regions may be missing there.
 */
export interface DescribeRegions {
    /** The product whose regions are listed: `cvm`. */
    Product?: string;
    /** 0 or 1; needs Product. */
    Scene?: number;
}
/**
 * Writes custom images as disk files into a bucket of the object storage COS in the same region.
 * No public operation follows the task; look for the object keys that the answer names.
 */
export interface ExportImages {
    /** The bucket with its APPID suffix, for example `golden-1250000000`; in the region of the images. */
    BucketName: string;
    /** Ids of the images, `img-…`. Optional in the schema, needed in practice. */
    ImageIds?: readonly string[];
    /** `RAW`, `QCOW2`, `VHD` or `VMDK`. Default `RAW`. */
    ExportFormat?: string;
    /** Prefixes of the file names: one for each of ImageIds. Default none. */
    FileNamePrefixList?: readonly string[];
    /** Only the system disk, no data disks. Default false. */
    OnlyExportRootDisk?: boolean;
    /** Only check whether the images could be exported. Default false. */
    DryRun?: boolean;
    /** Service role that may write to the bucket; must exist before. Default `CVM_QcsRole`. */
    RoleName?: string;
}
/** Tells whose key signs: account, user or role. A call of the token service, not of CVM. */
export interface GetCallerIdentity {
}
/** Changes name, description, family or the deprecation mark of an image. */
export interface ModifyImageAttribute {
    /** Id of the image, `img-…`. */
    ImageId: string;
    /** New name: at most 60 characters, unlike that of any other image. */
    ImageName?: string;
    /** New description: at most 256 characters. */
    ImageDescription?: string;
    /** New image family. */
    ImageFamily?: string;
    /** Whether the image is deprecated. */
    ImageDeprecated?: boolean;
}
/** Shares an image with other accounts in its region, or ends the sharing. The image must be `NORMAL`. */
export interface ModifyImageSharePermission {
    /** Id of the image, `img-…`. */
    ImageId: string;
    /** Ids of main accounts (digits, not QQ numbers), at most 500. */
    AccountIds: readonly string[];
    /** `SHARE` or `CANCEL`. */
    Permission: string;
}
/**
 * Copies one custom image to other regions, a shared image into an own one of the same region,
 * or a custom image into an encrypted one of the same region. The region of the call is that of the source.
 */
export interface SyncImages {
    /** The image to copy, `img-…`: exactly one id, although the field is a list. It must be `NORMAL`. */
    ImageIds: readonly string[];
    /** Where to. Never the source region, except for a shared image and with Encrypt, where it is the only one allowed. */
    DestinationRegions: readonly string[];
    /** Only check whether the copy could start. Default false. */
    DryRun?: boolean;
    /** Name of the copies, at most 60 characters. Default: the name of the source. */
    ImageName?: string;
    /** Ask for the ids of the new images. Default false, and then the answer names no usable id. */
    ImageSetRequired?: boolean;
    /** Make an encrypted copy, in the source region only. Default false. */
    Encrypt?: boolean;
    /** Id of the KMS key of the encrypted copy; only with Encrypt. Default: the key of the block storage product. */
    KmsKeyId?: string;
}
/** Puts tags on resources, for example those of the source image on its copies. A call of the tag service, not of CVM. */
export interface TagResources {
    /** At most 10 resources; for an image `qcs::cvm:<region>:uin/<main account>:image/<id>`. */
    ResourceList: readonly string[];
    /** At most 10 tags; tags that do not exist are made. */
    Tags: readonly Tag[];
}
/** Parameters by operation. */
export interface Operations {
    AssumeRole: AssumeRole;
    DeleteImages: DeleteImages;
    DescribeImageFromFamily: DescribeImageFromFamily;
    DescribeImageQuota: DescribeImageQuota;
    DescribeImageSharePermission: DescribeImageSharePermission;
    DescribeImages: DescribeImages;
    DescribeRegions: DescribeRegions;
    ExportImages: ExportImages;
    GetCallerIdentity: GetCallerIdentity;
    ModifyImageAttribute: ModifyImageAttribute;
    ModifyImageSharePermission: ModifyImageSharePermission;
    SyncImages: SyncImages;
    TagResources: TagResources;
}
