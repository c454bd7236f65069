// Parameters of the operations of volcengine, under the vendor's own names. Generated: run `npm run build`.

/** 1 to 20 tags, no key twice. A resource can carry 50. */
export interface Tag {
  /**
   * 1 to 128 characters: letters and digits of any language, spaces and `_ . : / = + - @`. Not beginning with
   * `volc:` or `sys:` in any letter case, which the cloud keeps for itself.
   */
  Key: string;
  /** 0 to 256 of the same characters. Default: empty. */
  Value?: string;
}

/** Up to 10 filters on tags, no key twice. A filter that matches more than 1000 images is refused. */
export interface TagFilter {
  /** The tag's key; no key twice. */
  Key: string;
  /** 1 to 3 values; an empty string matches a tag without value. */
  Values?: readonly string[];
}

/** Gives a temporary key of a role, for example of another account. A call of the token service, not of ECS. */
export interface AssumeRole {
  /** `trn:iam::<account>:role/<name>`. */
  RoleTrn: string;
  /** Name of the session, which the audit log shows. */
  RoleSessionName: string;
  /** Life of the key in seconds. Default 3600. */
  DurationSeconds?: number;
  /** What the key may do, as a policy; never more than the role may. Default: what the role may. */
  Policy?: string;
}

/**
 * Copies one custom image to another region. Called in the source region; the new image's id comes at once,
 * the copy takes minutes to hours. By invitation; at most 50 custom images a region; not idempotent.
 */
export interface CopyImage {
  /** The custom image to copy, `image-…`. DescribeImages with Visibility=private lists them. */
  ImageId: string;
  /** Region of the new image; not the source region. */
  DestinationRegion: string;
  /**
   * Name of the new image: 1 to 128 letters, digits, Chinese characters, `_`, `-`, `.`; begins with a letter or
   * a Chinese character. Names need not be unique.
   */
  ImageName: string;
  /**
   * Description of the new image: up to 255 letters, digits, Chinese characters, spaces and `_ - = , . ， 。`;
   * begins with a letter or a Chinese character. Default: the source's; an empty string is sent as such.
   */
  Description?: string;
  /** Whether the source's tags are copied. Default false. No effect on a shared image. */
  CopyImageTags?: boolean;
  /** Project of the new image. Required of a caller who has rights on some projects only. */
  ProjectName?: string;
  /** 1 to 20 tags for the new image, no key twice. Ignored when CopyImageTags is true. */
  Tags?: readonly Tag[];
}

/** Deletes custom images. The outcome of each stands in the answer. An image being copied cannot be deleted. */
export interface DeleteImages {
  /** 1 to 100 image ids. */
  ImageIds: readonly string[];
  /** Whether the snapshots of the images are deleted, too. Default false. */
  DeleteBindedSnapshots?: boolean;
}

/** Lists the accounts a custom image is shared with. */
export interface DescribeImageSharePermission {
  /** The custom image. */
  ImageId: string;
  /** Page size. */
  MaxResults?: number;
  /** NextToken of the previous page. */
  NextToken?: string;
}

/** Lists images. Without Status only available images come back: to see a copy in progress, name all three. */
export interface DescribeImages {
  /** Up to 100 image ids. */
  ImageIds?: readonly string[];
  /** Name of the image. Whether parts of names match is not documented: compare the names that come back. */
  ImageName?: string;
  /** `public`, `private` or `shared`. */
  Visibility?: string;
  /** Up to 10 of `available`, `creating`, `error`. Default: `available` alone. */
  Status?: readonly string[];
  /** One state, in the vendor's SDK only and undocumented; prefer Status. */
  ImageStatus?: string;
  /** `Linux` or `Windows`. */
  OsType?: string;
  /** `CentOS`, `Debian`, `veLinux`, `Windows Server`, `Fedora`, `OpenSUSE`, `Ubuntu`, `Rocky Linux` or `AlmaLinux`. */
  Platform?: string;
  /** Images that this instance type can use. */
  InstanceTypeId?: string;
  /** True: only images with long-term support. False has no effect. */
  IsLTS?: boolean;
  /** Whether the image supports cloud-init. */
  IsSupportCloudInit?: boolean;
  /** Project of the image. */
  ProjectName?: string;
  /** Up to 10 filters on tags, no key twice. A filter that matches more than 1000 images is refused. */
  TagFilters?: readonly TagFilter[];
  /** Page size, 1 to 100. Default 15. */
  MaxResults?: number;
  /** NextToken of the previous page. */
  NextToken?: string;
}

/** Lists the ids of regions. Ten a page unless MaxResults asks for more. */
export interface DescribeRegions {
  /** Up to 20 region ids. Default: all regions. */
  RegionIds?: readonly string[];
  /** Page size, 1 to 20. Default 10. */
  MaxResults?: number;
  /** NextToken of the previous page. */
  NextToken?: string;
}

/**
 * Shows how far tasks are. A copy is followed in its destination region by the new image's id; a task that
 * failed gives no reason.
 */
export interface DescribeTasks {
  /** Up to 100 resource ids; for a copy the new image's. */
  ResourceIds?: readonly string[];
  /** One resource id: the older form of ResourceIds, which is to be preferred. */
  ResourceId?: string;
  /** Up to 100 task ids. CopyImage gives none, ExportImage does. */
  TaskIds?: readonly string[];
  /** Page size, 1 to 100. Default 20. */
  MaxResults?: number;
  /** NextToken of the previous page. */
  NextToken?: string;
}

/** Exports a custom image to a bucket in the same region. The object is `<TOSPrefix>_<ImageId>_system.qcow2`. */
export interface ExportImage {
  /** The custom image to export. */
  ImageId: string;
  /** Bucket in the image's region, which the ECS service must be allowed to write to. */
  TOSBucket: string;
  /** First part of the object's name: 1 to 30 letters and digits. */
  TOSPrefix: string;
}

/** Tells whose key signs: account, user or role. A call of the token service, not of ECS. */
export interface GetCallerIdentity {
}

/** Changes name, description or boot mode of a custom image. */
export interface ModifyImageAttribute {
  /** The custom image. */
  ImageId: string;
  /** New name; as in CopyImage. */
  ImageName?: string;
  /** New description; as in CopyImage. An empty string clears it. */
  Description?: string;
  /** `BIOS` or `UEFI`. */
  BootMode?: string;
}

/** Shares a custom image with other accounts, or ends the sharing. */
export interface ModifyImageSharePermission {
  /** The custom image. */
  ImageId: string;
  /** Up to 50 account ids that may use the image from now on. */
  AddAccounts?: readonly string[];
  /** Account ids that may no longer use it. */
  RemoveAccounts?: readonly string[];
}

/** Adds tags to images or other resources. A key that is there already gets the new value. */
export interface TagResources {
  /** `image`, `instance`, `keypair`, `reservedinstance` or `scheduledinstance`. */
  ResourceType: string;
  /** 1 to 50 resource ids. */
  ResourceIds: readonly string[];
  /** 1 to 20 tags, no key twice. A resource can carry 50. */
  Tags: readonly Tag[];
}

/** Parameters by operation. */
export interface Operations {
  AssumeRole: AssumeRole;
  CopyImage: CopyImage;
  DeleteImages: DeleteImages;
  DescribeImageSharePermission: DescribeImageSharePermission;
  DescribeImages: DescribeImages;
  DescribeRegions: DescribeRegions;
  DescribeTasks: DescribeTasks;
  ExportImage: ExportImage;
  GetCallerIdentity: GetCallerIdentity;
  ModifyImageAttribute: ModifyImageAttribute;
  ModifyImageSharePermission: ModifyImageSharePermission;
  TagResources: TagResources;
}
