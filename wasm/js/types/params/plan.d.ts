/** A number with its unit, from 1 ms to 365 days: `500ms`, `2s`, `30m`, `2h`, `1d`. */
export type Duration = string;
/** A text; it may hold {name}, {src}, {from}, {to}, {cloud}, {date}, {sha8}. */
export type Template = string;
/** A destination, and what differs there. */
export interface Target {
    /** What is done to a copy that this job made, once it is usable. */
    after?: After;
    /** Leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted or shared image is first copied in its region. Also an empty record. */
    chain?: Chain;
    /** Description of the copies. */
    description?: string;
    /** Name of the copies: `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}`, `{sha8}`. The source's own by default. */
    name?: Template;
    /** The vendor's own further parameters of the launch. */
    params?: Readonly<Record<string, unknown>>;
    /** Region that the copy goes to. */
    region: string;
}
/** An image that is written to a bucket of its own region. */
export interface Export {
    /** Whose image it is. */
    cloud: "tencent" | "volcengine" | "huawei";
    /** Region that it is in. */
    from: string;
    /** Id of the source image. */
    image: string;
    /** Prefix of the object. */
    name?: Template;
    /** The vendor's own parameters: bucket and format. */
    params?: Readonly<Record<string, unknown>>;
}
/** Every number of the replication, with defaults that suit real clouds. */
export interface Policy {
    /** How many complete listings must lack the copy before it counts as absent. Default: `2`. */
    absences?: number;
    /** Copies at a time by cloud, in place of the documented numbers. */
    active?: {
        readonly "huawei"?: number;
        readonly "tencent"?: number;
        readonly "volcengine"?: number;
    };
    /** What to do when a lost launch is proven absent. Default: `probe_then_retry`. */
    ambiguity?: "probe_then_retry" | "stop";
    /** First wait after a refused or failed request; doubles up to `backoff_max`, with full jitter, never zero. Default: `1s`. */
    backoff?: Duration;
    /** Longest wait between two tries; also caps the waits that error catalogues suggest, but not `Retry-After`. Default: `1m`. */
    backoff_max?: Duration;
    /** Whether the room in a destination is asked for before the first launch, where the cloud tells it: what does not fit fails at once instead of after the launch. Default: `true`. */
    check_quota?: boolean;
    /** Requests under way at once. Default: `16`. */
    concurrency?: number;
    /** How long other keys are waited for when those that a cloud accepted before are refused, as an expired token is; after that what is not launched is stopped, what is left running, both to be resumed. Default: `5m`. */
    credentials_wait?: Duration;
    /** How long the whole job may take. Default: `1d`. */
    deadline?: Duration;
    /** How long a copy may take from its launch; after that it is left running and can be resumed. Default: `6h`. */
    lane_deadline?: Duration;
    /** Launches with a lost answer that a destination is given, each only after the one before it is proven absent. Default: `20`. */
    launches?: number;
    /** Shortest time between two looks at a copy; also how late an end may be noticed. Default: `15s`. */
    poll?: Duration;
    /** Longest time between two looks at a copy; where only `poll` is given, four times that. Default: `2m`. */
    poll_max?: Duration;
    /** Requests per second by `cloud.Operation`, in place of the documented ones. */
    rates?: {
        readonly "huawei.AddImageMembers"?: number;
        readonly "huawei.AddImageTags"?: number;
        readonly "huawei.CopyImageCrossRegion"?: number;
        readonly "huawei.CopyImageInRegion"?: number;
        readonly "huawei.CopyImageInRegionInSafeMode"?: number;
        readonly "huawei.CreateTemporaryAccessKeyByAgency"?: number;
        readonly "huawei.DeleteImage"?: number;
        readonly "huawei.DeleteImageMembers"?: number;
        readonly "huawei.ExportImage"?: number;
        readonly "huawei.ExportImageInSafeMode"?: number;
        readonly "huawei.ListAgencies"?: number;
        readonly "huawei.ListAuthDomains"?: number;
        readonly "huawei.ListImageMembers"?: number;
        readonly "huawei.ListImages"?: number;
        readonly "huawei.ListProjects"?: number;
        readonly "huawei.ListRegions"?: number;
        readonly "huawei.ShowImage"?: number;
        readonly "huawei.ShowImageQuota"?: number;
        readonly "huawei.ShowJob"?: number;
        readonly "huawei.ShowJobProgress"?: number;
        readonly "huawei.UpdateImage"?: number;
        readonly "huawei.UpdateImageMembers"?: number;
        readonly "tencent.AssumeRole"?: number;
        readonly "tencent.DeleteImages"?: number;
        readonly "tencent.DescribeImageFromFamily"?: number;
        readonly "tencent.DescribeImageQuota"?: number;
        readonly "tencent.DescribeImageSharePermission"?: number;
        readonly "tencent.DescribeImages"?: number;
        readonly "tencent.DescribeRegions"?: number;
        readonly "tencent.ExportImages"?: number;
        readonly "tencent.GetCallerIdentity"?: number;
        readonly "tencent.ModifyImageAttribute"?: number;
        readonly "tencent.ModifyImageSharePermission"?: number;
        readonly "tencent.SyncImages"?: number;
        readonly "tencent.TagResources"?: number;
        readonly "volcengine.AssumeRole"?: number;
        readonly "volcengine.CopyImage"?: number;
        readonly "volcengine.DeleteImages"?: number;
        readonly "volcengine.DescribeImageSharePermission"?: number;
        readonly "volcengine.DescribeImages"?: number;
        readonly "volcengine.DescribeRegions"?: number;
        readonly "volcengine.DescribeTasks"?: number;
        readonly "volcengine.ExportImage"?: number;
        readonly "volcengine.GetCallerIdentity"?: number;
        readonly "volcengine.ModifyImageAttribute"?: number;
        readonly "volcengine.ModifyImageSharePermission"?: number;
        readonly "volcengine.TagResources"?: number;
    };
    /** Whether destinations are looked at before the launch, so that what is there is not made again. Default: `true`. */
    reconcile?: boolean;
    /** How long the host should wait for one answer. Default: `30s`. */
    request_timeout?: Duration;
    /** How long a launch with a lost answer is given to show before "absent" is believed. Default: `2m`. */
    settle?: Duration;
    /** How long a source image that is still being made is waited for; after that its copies fail, unlaunched. Default: `6h`. */
    source_deadline?: Duration;
    /** How long a launched copy may stay invisible before it counts as lost. Default: `5m`. */
    visible?: Duration;
}
/** How a cloud is reached. */
export interface CloudSettings {
    /** Huawei Cloud: id of the account. */
    domain_id?: string;
    /** Another host; `{region}` stands for the region of the call. */
    endpoint?: string;
    /** Huawei Cloud: id of the project by region. */
    projects?: Readonly<Record<string, string>>;
    /** Which host is signed: that of `endpoint`, or the vendor's own. `official` needs the word of the program, unless the endpoint is on loopback. */
    sign_host?: "endpoint" | "official";
    /** Which of the vendor's sites; `main` by default. */
    site?: "main" | "international";
    /** Tencent Cloud: id of the main account, which tags need. */
    uin?: string;
}
/** Leave to make other images on the way. */
export interface Chain {
    /** Key of the destination: what arrives is copied once more, encrypted with it. Required when the source is encrypted. */
    cmk_id?: string;
    /** Whether images made on the way are deleted when nobody needs them any more. */
    delete_intermediates?: boolean;
}
/** One image and the regions it goes to. */
export interface Copy {
    /** What is done to a copy that this job made, once it is usable. */
    after?: After;
    /** Leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted or shared image is first copied in its region. Also an empty record. */
    chain?: Chain;
    /** Whose image it is. */
    cloud: "tencent" | "volcengine" | "huawei";
    /** Description of the copies. */
    description?: string;
    /** Region that it is in. */
    from: string;
    /** Id of the source image. */
    image: string;
    /** Name of the copies: `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}`, `{sha8}`. The source's own by default. */
    name?: Template;
    /** The vendor's own further parameters of the launch. */
    params?: Readonly<Record<string, unknown>>;
    /** Whether another account shares the image. */
    shared?: boolean;
    /** Where it goes; records say what differs for their region, `params`, `after` and `chain` field by field. */
    to: readonly (string | Target)[];
}
/** What is done to a copy once it is usable: name and description, then tags, then sharing. */
export interface After {
    /** Its new description. */
    description?: string;
    /** Its new name; here `{name}` is the one it was copied under. */
    rename?: Template;
    /** Accounts that may use it; on Huawei Cloud ids of projects. */
    share?: readonly string[];
    /** Tags to set; on Tencent Cloud they need `clouds.tencent.uin`, on Huawei Cloud `clouds.huawei.projects`. */
    tags?: Readonly<Record<string, string>>;
}
/** What is to be replicated. The same document in every language. */
export interface Plan {
    /** How each cloud is reached. */
    clouds?: {
        readonly "huawei"?: CloudSettings;
        readonly "tencent"?: CloudSettings;
        readonly "volcengine"?: CloudSettings;
    };
    /** Images that go to other regions. */
    copies?: readonly Copy[];
    /** Images that are written to a bucket of their own region. */
    exports?: readonly Export[];
    /** Every number of the replication. */
    policy?: Policy;
}
