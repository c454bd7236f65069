// Parameters of the operations of huawei, under the vendor's own names. Generated: run `npm run build`.

/** The tags. */
export interface ResourceTag {
  /** Key. */
  key: string;
  /** Value. */
  value: string;
}

/**
 * Shares images with projects of other accounts, with whole accounts, or with organisations: at least one of
 * the three. Asynchronous: answers a job id.
 */
export interface AddImageMembers {
  /** Ids of the images to share. */
  images: readonly string[];
  /** Ids of the projects that may use them. */
  projects?: readonly string[];
  /** Ids of the accounts that may use them. */
  domains?: readonly string[];
  /** URNs of the organisations, or of their units, whose accounts may use them. */
  organizations?: readonly string[];
}

/** Sets or deletes tags of an image. */
export interface AddImageTags {
  /** Id of the project; taken from the place of the call when absent. */
  project_id?: string;
  /** Id of the image. */
  image_id: string;
  /** `create` or `delete`. */
  action: string;
  /** The tags. */
  tags: readonly ResourceTag[];
}

/**
 * Replicates a private image to another region. Asynchronous: answers a job id.
 *
 * Asked of the source region, where the job is watched too. There is no client token: a second call starts
 * a second copy.
 */
export interface CopyImageCrossRegion {
  /** Id of the source image. */
  image_id: string;
  /** Name of the new image: 1 to 128 letters, digits, Chinese characters, `-`, `.`, `_` and inner spaces. */
  name: string;
  /** Description of the new image: at most 1024 characters, no line break, no `<` or `>`. */
  description?: string;
  /** Id of the destination region; not the source region. */
  region: string;
  /** Name of the project in the destination region; the built-in project is named as its region. */
  project_name: string;
  /** IAM agency that lets IMS act in the destination region. */
  agency_name: string;
  /** Backup vault in the destination region; needed for full-ECS images, otherwise left out. */
  vault_id?: string;
}

/** Copies an image within its region, for example to encrypt or decrypt it. Asynchronous: answers a job id. */
export interface CopyImageInRegion {
  /** Id of the source image. */
  image_id: string;
  /** Name of the new image, as in CopyImageCrossRegion. */
  name: string;
  /** Description of the new image, as in CopyImageCrossRegion. */
  description?: string;
  /** Key that encrypts the new image; blank or absent means not encrypted. Not the key of the source image. */
  cmk_id?: string;
  /** Enterprise project of the new image: `0` (default) or a UUID. */
  enterprise_project_id?: string;
}

/** Copies an image within its region by the newer path, with the same parameters. Asynchronous: answers a job id. */
export interface CopyImageInRegionInSafeMode {
  /** Id of the source image. */
  image_id: string;
  /** Name of the new image, as in CopyImageCrossRegion. */
  name: string;
  /** Description of the new image, as in CopyImageCrossRegion. */
  description?: string;
  /** Key that encrypts the new image; blank or absent means not encrypted. Not the key of the source image. */
  cmk_id?: string;
  /** Enterprise project of the new image: `0` (default) or a UUID. */
  enterprise_project_id?: string;
}

/**
 * Gives a temporary key of an agency that another account has given this one. A call of IAM.
 *
 * The wire carries nested records; here each of their fields is a parameter.
 */
export interface CreateTemporaryAccessKeyByAgency {
  /** Name of the agency. */
  agency_name: string;
  /** Id of the account that has given it; this or its name. */
  domain_id?: string;
  /** Name of the account that has given it; this or its id. */
  domain_name?: string;
  /** Life of the key in seconds, 900 to 86400. Default 900. */
  duration_seconds?: number;
}

/** Deletes an image. */
export interface DeleteImage {
  /** Id of the image. */
  image_id: string;
}

/** Ends the sharing of images with projects, accounts or organisations. Asynchronous: answers a job id. */
export interface DeleteImageMembers {
  /** Ids of the images. */
  images: readonly string[];
  /** Ids of the projects that may use them no longer. */
  projects?: readonly string[];
  /** Ids of the accounts that may use them no longer. */
  domains?: readonly string[];
  /** URNs of the organisations whose accounts may use them no longer. */
  organizations?: readonly string[];
}

/** Exports an image to a bucket of its region. Asynchronous: answers a job id. */
export interface ExportImage {
  /** Id of the image. */
  image_id: string;
  /** Where to: `<bucket>:<object>`, no spaces, a Standard bucket in the region of the image. */
  bucket_url: string;
  /** `qcow2`, `vhd`, `zvhd` or `vmdk`; required, except with a fast export, where it is forbidden. */
  file_format?: string;
  /** Fast export: the file is zvhd2. */
  is_quick_export?: boolean;
}

/** Exports an image by the newer path, with the same parameters. Asynchronous: answers a job id. */
export interface ExportImageInSafeMode {
  /** Id of the image. */
  image_id: string;
  /** Where to: `<bucket>:<object>`, no spaces, a Standard bucket in the region of the image. */
  bucket_url: string;
  /** `qcow2`, `vhd`, `zvhd` or `vmdk`; required, except with a fast export, where it is forbidden. */
  file_format?: string;
  /** Fast export: the file is zvhd2. */
  is_quick_export?: boolean;
}

/** Lists the IAM agencies of an account. */
export interface ListAgencies {
  /** Id of the account; taken from the place of the call when absent. */
  domain_id?: string;
  /** Only the agency of this name. */
  name?: string;
  /** Only agencies that trust this account. */
  trust_domain_id?: string;
  /** Page number, from 1; needs `per_page`. */
  page?: number;
  /** Page size, 1 to 500; needs `page`. */
  per_page?: number;
}

/** Lists the accounts that a key belongs to: whose key it is. */
export interface ListAuthDomains {
}

/** Lists the projects that an image is shared with. */
export interface ListImageMembers {
  /** Id of the image. */
  image_id: string;
  /** Page size. */
  limit?: number;
  /** Id of a member; the page starts after it. */
  marker?: string;
}

/** Lists images. All parameters are filters. */
export interface ListImages {
  /** Id of the image. */
  id?: string;
  /** Exact name. */
  name?: string;
  /** Project that owns the image; one's own project lists one's private images. */
  owner?: string;
  /** `queued`, `saving`, `active`, `killed` or `deleted`. */
  status?: string;
  /** `public`, `private` or `shared`. */
  visibility?: string;
  /** Whether the image is protected; true for public images. */
  protected?: boolean;
  /** `gold` (public), `private`, `shared` or `market`. */
  __imagetype?: string;
  /** `true` for images that are registered. */
  __isregistered?: string;
  /** `32` or `64`. */
  __os_bit?: string;
  /** `Linux`, `Windows` or `Other`. */
  __os_type?: string;
  /** Platform, for example `Ubuntu`. */
  __platform?: string;
  /** Whether it is a full-ECS image. */
  __whole_image?: boolean;
  /** Id of the key that encrypts the image. */
  __system__cmkid?: string;
  /** `FusionCompute` (system disk), `DataImage`, `Ironic` (bare metal) or `IsoImage`. */
  virtual_env_type?: string;
  /** For example `zvhd2`, `vhd`, `raw`, `qcow2` or `iso`. */
  disk_format?: string;
  /** `bare`. */
  container_format?: string;
  /** Least memory, MB. */
  min_ram?: number;
  /** Least disk, GB. */
  min_disk?: number;
  /** `x86` or `arm`. */
  architecture?: string;
  /** Flavour that the image must fit. */
  flavor_id?: string;
  /** Tag, `key=value`. */
  tag?: string;
  /** `accepted`, `rejected` or `pending`; needs `visibility` `shared`. */
  member_status?: string;
  /** `0`, a UUID or `all_granted_eps`. */
  enterprise_project_id?: string;
  /** `<op>:<UTC time>`, op one of gt gte lt lte eq neq, for example `gte:2024-01-01T00:00:00Z`. */
  created_at?: string;
  /** As `created_at`. */
  updated_at?: string;
  /** Page size. Default 500. */
  limit?: number;
  /** Id of an image; the page starts after it. */
  marker?: string;
  /** `name`, `container_format`, `disk_format`, `status`, `id`, `size` or `created_at` (default). */
  sort_key?: string;
  /** `asc` or `desc` (default). */
  sort_dir?: string;
  /** `true` for images that run on KVM. */
  __support_kvm?: string;
  /** `true` for images that run on Xen. */
  __support_xen?: string;
  /** `true` for images for disk-intensive servers. */
  __support_diskintensive?: string;
  /** `true` for images for high-performance servers. */
  __support_highperformance?: string;
  /** `true` for images for servers with large memory. */
  __support_largememory?: string;
  /** GPU type under KVM. */
  __support_kvm_gpu_type?: string;
  /** GPU type under Xen. */
  __support_xen_gpu_type?: string;
  /** `true` for images for InfiniBand under KVM. */
  __support_kvm_infiniband?: string;
  /** `true` for images for HANA under Xen. */
  __support_xen_hana?: string;
}

/** Lists the projects of an account. Every region has a built-in project of its own name. */
export interface ListProjects {
  /** Only projects of this account. */
  domain_id?: string;
  /** Only the project of this name. */
  name?: string;
  /** Only projects below this one. */
  parent_id?: string;
  /** Only usable, or only unusable projects. */
  enabled?: boolean;
  /** Whether the project is an account. */
  is_domain?: boolean;
  /** Page number, from 1; needs `per_page`. */
  page?: number;
  /** Page size, 1 to 5000; needs `page`. */
  per_page?: number;
}

/** Lists regions. */
export interface ListRegions {
}

/** Describes one image. */
export interface ShowImage {
  /** Id of the image. */
  image_id: string;
}

/** Tells how many private images a region may hold and holds. */
export interface ShowImageQuota {
}

/** Describes a job, by the path that the vendor has deprecated; other operators may know no other. */
export interface ShowJob {
  /** Id of the source project; taken from the place of the call when absent. */
  project_id?: string;
  /** Id of the job. */
  job_id: string;
}

/** Describes a job and its progress. */
export interface ShowJobProgress {
  /** Id of the job. */
  job_id: string;
}

/** Changes attributes of an image. The wire carries a JSON Patch; here each attribute is a parameter. */
export interface UpdateImage {
  /** Id of the image. */
  image_id: string;
  /** `add` (default) sets, `replace` changes attributes that an image may lack: all but `name` and `min_ram`. */
  op?: string;
  /** New name. */
  name?: string;
  /** New description. */
  __description?: string;
  /** Least memory, MB. */
  min_ram?: number;
  /** Most memory, MB, as text. */
  max_ram?: string;
}

/** Accepts or rejects images that others share. Asynchronous: answers a job id. */
export interface UpdateImageMembers {
  /** Ids of the shared images. */
  images: readonly string[];
  /** Id of the project that accepts or rejects them. */
  project_id: string;
  /** `accepted` or `rejected`. */
  status: string;
  /** Backup vault; needed to accept a full-ECS image made by the backup service. */
  vault_id?: string;
}

/** Parameters by operation. */
export interface Operations {
  AddImageMembers: AddImageMembers;
  AddImageTags: AddImageTags;
  CopyImageCrossRegion: CopyImageCrossRegion;
  CopyImageInRegion: CopyImageInRegion;
  CopyImageInRegionInSafeMode: CopyImageInRegionInSafeMode;
  CreateTemporaryAccessKeyByAgency: CreateTemporaryAccessKeyByAgency;
  DeleteImage: DeleteImage;
  DeleteImageMembers: DeleteImageMembers;
  ExportImage: ExportImage;
  ExportImageInSafeMode: ExportImageInSafeMode;
  ListAgencies: ListAgencies;
  ListAuthDomains: ListAuthDomains;
  ListImageMembers: ListImageMembers;
  ListImages: ListImages;
  ListProjects: ListProjects;
  ListRegions: ListRegions;
  ShowImage: ShowImage;
  ShowImageQuota: ShowImageQuota;
  ShowJob: ShowJob;
  ShowJobProgress: ShowJobProgress;
  UpdateImage: UpdateImage;
  UpdateImageMembers: UpdateImageMembers;
}
