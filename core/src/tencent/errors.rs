//! Tencent's error catalogue.

use crate::error::{Code, Explanation, Kind, Retry};

/// One row a code, sorted. The numbers belong to the predecessor API, whose gateway still answers now and then;
/// the `Client…`, `Server…` and `InvalidCredential` codes are made by the vendor's SDKs, not by the server.
#[rustfmt::skip]
pub static CODES: &[Code] = &[
    Code::row("4000", Kind::Invalid, "a parameter is missing or wrong (old gateway)", "缺少参数或参数有误（旧网关）"),
    Code::row("4100", Kind::Auth, "authentication failed (old gateway)", "鉴权失败（旧网关）"),
    Code::row("4200", Kind::Auth, "the request has expired (old gateway)", "请求已过期（旧网关）").retry(Retry::Clock, 0).next(CLOCK_EN, CLOCK_ZH),
    Code::row("4300", Kind::Permission, "access refused (old gateway)", "拒绝访问（旧网关）"),
    Code::row("4400", Kind::Quota, "over quota (old gateway)", "超过配额（旧网关）"),
    // An equal request has arrived before, so it may have been carried out.
    Code::row("4500", Kind::Auth, "the request was sent twice unchanged (old gateway)", "请求被原样重放（旧网关）").retry(Retry::Unsure, 0)
        .next("look whether the first one took effect; sign anew at every send", "先确认首次请求是否已生效；每次发送都要重新签名"),
    Code::row("4600", Kind::Invalid, "wrong protocol (old gateway)", "协议错误（旧网关）").next("call by HTTPS", "请使用 HTTPS 调用"),
    Code::row("5000", Kind::NotFound, "no such resource (old gateway)", "资源不存在（旧网关）"),
    Code::row("5100", Kind::Server, "the operation failed (old gateway)", "操作失败（旧网关）").retry(Retry::Unsure, 0),
    Code::row("AccountQualificationRestrictions", Kind::Permission, "the account is not verified", "账号未完成实名认证")
        .next("verify the account in the console", "请在控制台完成实名认证"),
    Code::row("ActionOffline", Kind::Unsupported, "the action was withdrawn", "接口已下线"),
    Code::row("AuthFailure.CamRoleNameAuthenticateFailed", Kind::Permission, "the service role is missing or may not write to COS", "服务角色不存在或无权写入 COS")
        .next("create the role (default CVM_QcsRole) and let it write to COS", "请创建服务角色（默认 CVM_QcsRole）并授予 COS 写权限"),
    Code::row("AuthFailure.InvalidAuthorization", Kind::Auth, "the Authorization header has another form than expected", "Authorization 请求头格式不正确")
        .next("check that nothing on the way changes headers", "检查途中是否有代理改动请求头"),
    Code::row("AuthFailure.InvalidSecretId", Kind::Auth, "the key is not a cloud API key", "密钥不是云 API 密钥")
        .next("create an API key in the console and use it", "请在控制台创建云 API 密钥"),
    Code::row("AuthFailure.MFAFailure", Kind::Auth, "the multi-factor check failed", "多因素认证失败").next(MFA_EN, MFA_ZH),
    Code::row("AuthFailure.SecretIdNotFound", Kind::Auth, "the secret id is unknown, deleted, disabled or mistyped", "SecretId 不存在、已删除、已禁用或有误")
        .next("check the key in the console, its site included (China or international)", "请在控制台核对密钥，注意国内站与国际站账号不互通"),
    Code::row("AuthFailure.SignatureExpire", Kind::Auth, "the clock is more than 5 minutes off", "时钟偏差超过 5 分钟").retry(Retry::Clock, 0).next(CLOCK_EN, CLOCK_ZH),
    Code::row("AuthFailure.SignatureFailure", Kind::Auth, "the signature does not match", "签名不匹配")
        .next("copy the secret key again, without white space; check that no proxy changes host, content type or body", "请重新复制 SecretKey，首尾不要有空白；检查代理是否改动 Host、Content-Type 或正文"),
    Code::row("AuthFailure.TokenFailure", Kind::Auth, "the session token is wrong or has expired", "临时令牌错误或已过期").retry(Retry::Credentials, 0).next(TOKEN_EN, TOKEN_ZH),
    Code::row("AuthFailure.UnauthorizedOperation", Kind::Permission, "an access policy refuses the action", "访问策略拒绝了该操作").next(POLICY_EN, POLICY_ZH),
    Code::row("ClientError", Kind::Misuse, "the vendor's SDK refused or failed before an answer came", "SDK 在收到响应前报错").retry(Retry::Unsure, 0),
    Code::row("ClientError.CircuitBreakerError", Kind::Server, "the vendor's SDK holds back calls after failures", "SDK 因连续失败而熔断").retry(Retry::Backoff, 30),
    Code::row("ClientError.HttpStatusCodeError", Kind::Server, "the HTTP status was not 200", "HTTP 状态码不是 200").retry(Retry::Unsure, 0),
    Code::row("ClientError.NetworkError", Kind::Server, "the network failed on the way", "网络请求失败").retry(Retry::Unsure, 0),
    Code::row("ClientError.ParseJsonError", Kind::Protocol, "the answer was no JSON", "响应不是 JSON").retry(Retry::Unsure, 0),
    Code::row("ClientNetworkError", Kind::Server, "the network failed on the way", "网络请求失败").retry(Retry::Unsure, 0),
    Code::row("ClientParamsError", Kind::Misuse, "the vendor's SDK refused the parameters", "SDK 拒绝了参数"),
    Code::row("DryRunOperation", Kind::Invalid, "the dry run passed: the request would have worked", "试运行通过：请求本可成功")
        .next("leave out DryRun to carry it out", "去掉 DryRun 即可正式执行"),
    Code::row("FailedOperation", Kind::Server, "the operation failed for a reason not told", "操作失败，原因未说明").retry(Retry::Unsure, 0),
    Code::row("FailedOperation.AccountAlreadyExists", Kind::Invalid, "the image is already shared with this account", "镜像已共享给该账号").next("leave the account out", "请去掉该账号"),
    Code::row("FailedOperation.AccountIsYourSelf", Kind::Invalid, "an image cannot be shared with its own account", "不能将镜像共享给自己").next("leave out your own account", "请去掉自己的账号"),
    Code::row("FailedOperation.BYOLImageShareFailed", Kind::Unsupported, "images with a brought licence cannot be shared", "自带许可（BYOL）镜像不支持共享"),
    Code::row("FailedOperation.IllegalTagKey", Kind::Invalid, "the tag key is not allowed", "标签键不合法"),
    Code::row("FailedOperation.InvalidImageState", Kind::Conflict, "the image is busy", "镜像繁忙").retry(Retry::Backoff, 30).next(BUSY_EN, BUSY_ZH),
    Code::row("FailedOperation.NotMasterAccount", Kind::Invalid, "images are shared with main accounts only", "只能共享给主账号").next("give the id of the main account", "请填写主账号 ID"),
    Code::row("FailedOperation.QImageShareFailed", Kind::Unsupported, "this image cannot be shared", "该镜像不支持共享"),
    Code::row("FailedOperation.RImageShareFailed", Kind::Unsupported, "this image cannot be shared", "该镜像不支持共享"),
    Code::row("FailedOperation.ResourceTagProcessing", Kind::Conflict, "tags of the resource are being changed", "资源标签正在变更").retry(Retry::Backoff, 5)
        .next("wait and send again", "稍后重试"),
    Code::row("ImageQuotaLimitExceeded", Kind::Quota, "no room for another custom image in the destination", "目的地域自定义镜像数量已达上限")
        .next("delete images in the destination or have its quota raised", "请在目的地域删除不用的镜像或申请提高配额"),
    Code::row("InternalError", Kind::Server, "a fault inside the service", "服务内部错误").retry(Retry::Unsure, 0),
    Code::row("InternalServerError", Kind::Server, "a fault inside the service", "服务内部错误").retry(Retry::Unsure, 0),
    Code::row("InvalidAccountId.NotFound", Kind::NotFound, "no such account", "找不到账号").next("check the account id: the main account's number, not a QQ number", "请核对账号 ID：应为主账号 ID，而不是 QQ 号"),
    Code::row("InvalidAccountIs.YourSelf", Kind::Invalid, "an image cannot be shared with its own account", "不能将镜像共享给自己").next("leave out your own account", "请去掉自己的账号"),
    Code::row("InvalidAction", Kind::Unsupported, "no such action", "接口不存在"),
    Code::row("InvalidCredential", Kind::Auth, "the vendor's SDK found the key empty or with white space around it", "SDK 发现密钥为空或首尾有空白"),
    Code::row("InvalidFilter", Kind::Invalid, "a filter is not allowed", "过滤条件不合法"),
    Code::row("InvalidFilterValue.LimitExceeded", Kind::Invalid, "a filter has too many values", "过滤条件的值过多").next("give at most 10 filters of 5 values each", "过滤条件最多 10 个，每个最多 5 个值"),
    Code::row("InvalidImageId.InShared", Kind::Conflict, "the image is shared", "镜像处于共享中").next("end the sharing first", "请先取消共享"),
    Code::row("InvalidImageId.IncorrectState", Kind::Conflict, "the state of the image does not allow this", "镜像状态不合法").next(
        "look at its state: CREATING, SYNCING and IMPORTING pass; otherwise choose another image", "查看镜像状态：CREATING、SYNCING、IMPORTING 请等待，否则请换一个镜像"),
    Code::row("InvalidImageId.Malformed", Kind::Invalid, "the image id has the wrong shape", "镜像 ID 格式错误").next("write it like img-o3ycss2p", "写法如 img-o3ycss2p"),
    Code::row("InvalidImageId.NotFound", Kind::NotFound, "no such image in this region and account", "该地域和账号下找不到镜像"),
    Code::row("InvalidImageId.TooLarge", Kind::Unsupported, "the image is bigger than can be copied", "镜像超过可复制的大小"),
    Code::row("InvalidImageName.Duplicate", Kind::Conflict, "an image of this name is already there", "镜像重名")
        .next("look at the one that is there: an earlier attempt may have made it; otherwise choose another name", "先查看同名镜像：可能是之前的请求已生效；否则请换一个名称"),
    Code::row("InvalidInstanceType.Malformed", Kind::Invalid, "the instance type has the wrong shape", "实例类型格式错误"),
    Code::row("InvalidParameter", Kind::Invalid, "a parameter is wrong", "参数错误"),
    Code::row("InvalidParameter.ImageIdsSnapshotIdsMustOne", Kind::Invalid, "image ids are missing", "缺少镜像 ID").next("give ImageIds", "请填写 ImageIds"),
    Code::row("InvalidParameter.InstanceImageNotSupport", Kind::Unsupported, "images of a whole instance are not accepted", "不支持整机（实例）镜像"),
    Code::row("InvalidParameter.InvalidKmsKeyId", Kind::Invalid, "the KMS key id is invalid", "KMS 密钥 ID 无效").next("give a key of the source region, or none for the default key", "请填写源地域的密钥，或留空使用默认密钥"),
    Code::row("InvalidParameter.InvalidParameterCoexistImageIdsFilters", Kind::Invalid, "ImageIds and Filters exclude each other", "ImageIds 与 Filters 不能同时使用").next("give one of the two", "请只填其一"),
    Code::row("InvalidParameter.ReservedTagKey", Kind::Invalid, "the tag key is reserved by the system", "标签键为系统保留"),
    Code::row("InvalidParameter.SnapshotNotFound", Kind::NotFound, "a named snapshot does not exist", "快照不存在"),
    Code::row("InvalidParameter.Tag", Kind::Invalid, "a tag is wrong", "标签参数错误"),
    Code::row("InvalidParameterValue", Kind::Invalid, "the value of a parameter is wrong", "参数取值错误"),
    Code::row("InvalidParameterValue.BucketNotFound", Kind::NotFound, "the bucket does not exist", "存储桶不存在").next("check its name, APPID suffix and region", "请核对存储桶名称、APPID 后缀和地域"),
    Code::row("InvalidParameterValue.InstanceTypeNotFound", Kind::Invalid, "no such instance type", "实例类型不存在"),
    Code::row("InvalidParameterValue.InvalidAppIdFormat", Kind::Invalid, "the APPID is invalid", "APPID 格式错误").next("end the bucket's name in -APPID, for example golden-1250000000", "存储桶名称须以 -APPID 结尾，如 golden-1250000000"),
    Code::row("InvalidParameterValue.InvalidBucketPermissionForExport", Kind::Permission, "no permission to write to the bucket", "没有存储桶的写权限").next("let the service role write to the bucket", "请授予服务角色该存储桶的写权限"),
    Code::row("InvalidParameterValue.InvalidFileNamePrefixList", Kind::Invalid, "the prefixes and the image ids differ in number", "前缀数量与镜像数量不一致").next("give one prefix for each of ImageIds", "每个镜像 ID 对应一个前缀"),
    Code::row("InvalidParameterValue.InvalidImageId", Kind::Unsupported, "this image does not allow the operation", "镜像不允许该操作"),
    Code::row("InvalidParameterValue.InvalidImageIdIsShared", Kind::Conflict, "the image is shared", "镜像处于共享中").next("end the sharing first", "请先取消共享"),
    Code::row("InvalidParameterValue.InvalidImageOsName", Kind::Unsupported, "the system of the image is not offered in this region", "该地域不提供镜像的操作系统"),
    Code::row("InvalidParameterValue.InvalidImageState", Kind::Conflict, "another task holds the image", "镜像被其他任务占用").retry(Retry::Backoff, 30).next(BUSY_EN, BUSY_ZH),
    Code::row("InvalidParameterValue.InvalidParameterValueLimit", Kind::Invalid, "the page size is out of range", "分页大小超出范围").next("give a Limit of 1 to 100", "Limit 应为 1 至 100"),
    Code::row("InvalidParameterValue.InvalidRegion", Kind::Invalid, "the region id is not usable", "地域 ID 不可用").next(REGION_EN, REGION_ZH),
    Code::row("InvalidParameterValue.LimitExceeded", Kind::Invalid, "too many values, for example two image ids", "参数值数量超限，例如传了两个镜像 ID").next("give fewer values: SyncImages takes one image id", "请减少数量：SyncImages 每次只支持一个镜像 ID"),
    Code::row("InvalidParameterValue.MissingLocationCosEndpoint", Kind::Unsupported, "the local COS of the dedicated zone has no endpoint", "专属可用区的本地 COS 未配置接入点"),
    Code::row("InvalidParameterValue.ResourceDescriptionError", Kind::Invalid, "a resource is written wrongly", "资源六段式描述错误")
        .next("write it like qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p", "写法如 qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p"),
    Code::row("InvalidParameterValue.TagKeyDuplicate", Kind::Invalid, "a tag key is given twice", "标签键重复"),
    Code::row("InvalidParameterValue.TagKeyEmpty", Kind::Invalid, "a tag key is empty", "标签键为空"),
    Code::row("InvalidParameterValue.TagKeyNotFound", Kind::Invalid, "no such tag key", "标签键不存在"),
    Code::row("InvalidParameterValue.TooLarge", Kind::Invalid, "a value exceeds its maximum", "参数值超过上限"),
    Code::row("InvalidParameterValue.ZoneNotSupported", Kind::Invalid, "the zone is not supported", "不支持该可用区"),
    Code::row("InvalidRegion.NotFound", Kind::Invalid, "no such region", "找不到地域").next(REGION_EN, REGION_ZH),
    Code::row("InvalidRegion.Unavailable", Kind::Unsupported, "the region takes no part in image copies", "该地域暂不支持同步镜像")
        .next("choose another region, or go through ExportImages and an import there", "请换一个地域，或通过 ExportImages 导出后在目的地域导入"),
    Code::row("InvalidRequest", Kind::Invalid, "the request is malformed", "请求格式错误"),
    Code::row("InvalidZone.MismatchRegion", Kind::Invalid, "the zone is in another region", "可用区与地域不匹配"),
    Code::row("IpInBlacklist", Kind::Permission, "the caller's address is barred", "调用方 IP 在黑名单中").next(ADDRESS_EN, ADDRESS_ZH),
    Code::row("IpNotInWhitelist", Kind::Permission, "the caller's address is not on the list of allowed ones", "调用方 IP 不在白名单中").next(ADDRESS_EN, ADDRESS_ZH),
    Code::row("LimitExceeded", Kind::Quota, "a quota is exceeded", "超过配额"),
    Code::row("LimitExceeded.ExportImageTaskLimitExceeded", Kind::Quota, "too many exports are running", "正在运行的导出任务过多").retry(Retry::Backoff, 300)
        .next("wait until running exports have ended", "请等待正在运行的导出任务结束"),
    Code::row("LimitExceeded.Quota", Kind::Quota, "the quota of tags is used up", "标签配额已用完"),
    Code::row("LimitExceeded.ResourceAttachedTags", Kind::Quota, "the resource has too many tags", "资源绑定的标签过多").next("take tags off the resource", "请先解绑部分标签"),
    Code::row("LimitExceeded.ResourceNumPerRequest", Kind::Invalid, "too many resources in one request", "单次请求的资源过多").next("give at most 10", "每次最多 10 个"),
    Code::row("LimitExceeded.TagNumPerRequest", Kind::Invalid, "too many tags in one request", "单次请求的标签过多").next("give at most 10", "每次最多 10 个"),
    Code::row("MissingParameter", Kind::Invalid, "a parameter is missing", "缺少参数"),
    Code::row("MutexOperation.TaskRunning", Kind::Conflict, "a task on the image is running", "镜像有任务正在执行").retry(Retry::Backoff, 30).next(BUSY_EN, BUSY_ZH),
    Code::row("NoSuchProduct", Kind::Unsupported, "no such service", "产品不存在").next("check the endpoint", "请检查接入地址"),
    Code::row("NoSuchVersion", Kind::Unsupported, "no such API version", "接口版本不存在").next("check the endpoint", "请检查接入地址"),
    Code::row("OverQuota", Kind::Quota, "the image is shared with too many accounts", "镜像共享账号数超过配额").next("end sharings that are not needed", "请取消不需要的共享"),
    Code::row("RequestLimitExceeded", Kind::Throttled, "too many requests", "请求过于频繁").retry(Retry::Backoff, 1),
    Code::row("RequestLimitExceeded.GlobalRegionUinLimitExceeded", Kind::Throttled, "too many requests of the main account over all regions", "主账号全地域请求过于频繁").retry(Retry::Backoff, 1),
    Code::row("RequestLimitExceeded.IPLimitExceeded", Kind::Throttled, "too many requests from this address", "该 IP 请求过于频繁").retry(Retry::Backoff, 1),
    Code::row("RequestLimitExceeded.UinLimitExceeded", Kind::Throttled, "too many requests of the main account", "主账号请求过于频繁").retry(Retry::Backoff, 1),
    Code::row("RequestSizeLimitExceeded", Kind::Invalid, "the request is too big", "请求过大").next("send less than 10 MB", "请求不得超过 10 MB"),
    Code::row("ResourceInUse", Kind::Conflict, "the resource is in use", "资源被占用").retry(Retry::Backoff, 30),
    // Refused for now, but in a call with several destinations perhaps not for all of them.
    Code::row("ResourceInsufficient", Kind::Quota, "not enough resources for now", "资源暂时不足").retry(Retry::Unsure, 60).next("try again later or elsewhere", "请稍后重试或换一个地域"),
    Code::row("ResourceNotFound", Kind::NotFound, "the resource does not exist", "资源不存在"),
    Code::row("ResourceUnavailable", Kind::Server, "the resource is not available for now", "资源暂不可用").retry(Retry::Unsure, 5),
    Code::row("ResourcesSoldOut.SpecifiedInstanceType", Kind::Quota, "the instance type is sold out", "该实例类型已售罄").next("choose another instance type", "请换一个实例类型"),
    Code::row("ResponseSizeLimitExceeded", Kind::Invalid, "the answer would exceed 50 MB", "响应将超过 50 MB").next("ask for a smaller page", "请减小分页"),
    Code::row("ServerNetworkError", Kind::Server, "the vendor's SDK got a status other than 200", "SDK 收到非 200 的状态码").retry(Retry::Unsure, 0),
    Code::row("ServiceUnavailable", Kind::Server, "the service is out for a while", "服务暂不可用").retry(Retry::Unsure, 5),
    Code::row("UnauthorizedOperation", Kind::Permission, "not authorised", "未授权").next(POLICY_EN, POLICY_ZH),
    Code::row("UnauthorizedOperation.ImageNotBelongToAccount", Kind::Permission, "the image belongs to another account", "镜像不属于该账号").next("use the key of the owner", "请使用镜像所有者的密钥"),
    Code::row("UnauthorizedOperation.InvalidToken", Kind::Auth, "the token is invalid", "令牌无效").retry(Retry::Credentials, 0).next(TOKEN_EN, TOKEN_ZH),
    Code::row("UnauthorizedOperation.MFAExpired", Kind::Auth, "the multi-factor check has expired", "多因素认证已过期").next(MFA_EN, MFA_ZH),
    Code::row("UnauthorizedOperation.MFANotFound", Kind::Auth, "a multi-factor check is needed", "需要多因素认证").next(MFA_EN, MFA_ZH),
    Code::row("UnauthorizedOperation.PermissionDenied", Kind::Permission, "permission denied", "权限不足").next(POLICY_EN, POLICY_ZH),
    Code::row("UnknownParameter", Kind::Invalid, "the action does not know a parameter that was sent", "请求含有接口不认识的参数")
        .next("leave it out; Encrypt and KmsKeyId are not known everywhere", "请去掉该参数；Encrypt、KmsKeyId 并非所有站点都支持"),
    Code::row("UnsupportedOperation", Kind::Unsupported, "the operation is not supported", "不支持该操作"),
    Code::row("UnsupportedOperation.EncryptedImagesNotSupported", Kind::Unsupported, "encrypted images are not supported", "不支持加密镜像"),
    Code::row("UnsupportedOperation.ImageTooLargeExportUnsupported", Kind::Unsupported, "the image is too large to export", "镜像过大，不支持导出"),
    Code::row("UnsupportedOperation.InvalidZone", Kind::Unsupported, "the zone does not support this", "该可用区不支持此操作"),
    Code::row("UnsupportedOperation.LocationImageNotSupported", Kind::Unsupported, "images of this location are not supported", "不支持该区域的镜像").next("choose another image", "请更换其他镜像"),
    Code::row("UnsupportedOperation.MarketImageExportUnsupported", Kind::Unsupported, "images made from a market image cannot be exported", "由市场镜像制作的镜像不支持导出"),
    Code::row("UnsupportedOperation.PublicImageExportUnsupported", Kind::Unsupported, "public and market images cannot be exported", "公共镜像和市场镜像不支持导出"),
    Code::row("UnsupportedOperation.RedHatImageExportUnsupported", Kind::Unsupported, "Red Hat images cannot be exported", "Red Hat 镜像不支持导出"),
    Code::row("UnsupportedOperation.Region", Kind::Unsupported, "the region is not supported", "不支持该地域"),
    Code::row("UnsupportedOperation.SharedImageExportUnsupported", Kind::Unsupported, "shared images cannot be exported", "共享镜像不支持导出").next("copy it into an own image first", "请先复制为自有镜像"),
    Code::row("UnsupportedOperation.SharedImageModifyUnsupported", Kind::Unsupported, "shared images cannot be changed", "共享镜像不支持修改").next("copy it into an own image first", "请先复制为自有镜像"),
    Code::row("UnsupportedOperation.SyncEncryptImageNotSupport", Kind::Unsupported, "the image cannot become an encrypted custom image", "该镜像不支持同步为加密镜像"),
    Code::row("UnsupportedOperation.WindowsImageExportUnsupported", Kind::Unsupported, "Windows images cannot be exported", "Windows 镜像不支持导出"),
    Code::row("UnsupportedProtocol", Kind::Invalid, "only GET and POST are supported", "仅支持 GET 和 POST"),
    Code::row("UnsupportedRegion", Kind::Unsupported, "the action does not support the region", "接口不支持该地域"),
];

const CLOCK_EN: &str = "set the clock by the server's time and sign anew";
const CLOCK_ZH: &str = "按服务器时间校准时钟并重新签名";
const TOKEN_EN: &str = "get fresh temporary credentials and sign anew";
const TOKEN_ZH: &str = "重新获取临时凭证并签名";
const MFA_EN: &str = "pass the multi-factor check again, or use a key that needs none";
const MFA_ZH: &str = "请重新通过多因素认证，或使用无需认证的密钥";
const POLICY_EN: &str = "have the action allowed for this key; an account without verification or payment method is refused the same way";
const POLICY_ZH: &str = "请为该密钥授予接口权限；账号未实名或未绑定支付方式时也会报此错误";
const BUSY_EN: &str = "wait half a minute and send again";
const BUSY_ZH: &str = "等待 30 秒后重试";
const REGION_EN: &str = "check the region id, for example ap-guangzhou";
const REGION_ZH: &str = "请核对地域 ID，例如 ap-guangzhou";
const ADDRESS_EN: &str = "call from an allowed address, or have this one allowed";
const ADDRESS_ZH: &str = "请从允许的 IP 调用，或将该 IP 加入白名单";

/// What a code means: from the catalogue, else by its family, else by the HTTP status.
///
/// ```
/// use imgferry::{Kind, Retry, tencent::errors::explain};
/// let busy = explain("InvalidParameterValue.InvalidImageState", None);
/// assert_eq!((busy.kind, busy.retry, busy.wait_ms), (Kind::Conflict, Retry::Backoff, Some(30_000)));
/// let new = explain("RequestLimitExceeded.Tomorrow", Some(200));
/// assert_eq!((new.kind, new.known), (Kind::Throttled, false));
/// ```
pub fn explain(code: &str, status: Option<u16>) -> Explanation {
    match CODES.binary_search_by(|row| row.code.cmp(code)).ok().and_then(|index| CODES.get(index)) {
        Some(row) => Explanation::from_code(row),
        None => Explanation::fallback(code, family(code).unwrap_or_else(|| status.map_or(Kind::Server, by_status))),
    }
}

/// What the form of a code tells. Only the first segment is looked at: `InvalidParameterValue.LimitExceeded` is no quota.
fn family(code: &str) -> Option<Kind> {
    let first = code.split('.').next().unwrap_or_default();
    if code.ends_with(".NotFound") && !matches!(first, "InvalidRegion" | "InvalidZone") {
        return Some(Kind::NotFound);
    }
    let kind = match first {
        "AuthFailure" => Kind::Auth,
        "UnauthorizedOperation" => Kind::Permission,
        "RequestLimitExceeded" => Kind::Throttled,
        "LimitExceeded" | "OverQuota" | "ResourceInsufficient" | "ResourcesSoldOut" => Kind::Quota,
        "ResourceNotFound" => Kind::NotFound,
        "ResourceInUse" | "ResourceBusy" | "MutexOperation" => Kind::Conflict,
        "OperationDenied" if code.ends_with("InProgress") => Kind::Conflict,
        "ResourceUnavailable" | "InternalError" | "InternalServerError" | "ServiceUnavailable" | "FailedOperation" => Kind::Server,
        "ActionOffline" | "InvalidAction" => Kind::Unsupported,
        "MissingParameter" | "UnknownParameter" => Kind::Invalid,
        _ if first.ends_with("QuotaLimitExceeded") => Kind::Quota,
        _ if first.starts_with("Unsupported") || first.starts_with("NoSuch") => Kind::Unsupported,
        _ if first.starts_with("Invalid") => Kind::Invalid,
        _ => return None,
    };
    Some(kind)
}

/// A refusal inside a successful status is unknown trouble; other statuses tell more.
const fn by_status(status: u16) -> Kind {
    if crate::answer::is_success(status) { Kind::Server } else { Kind::of_status(status) }
}
