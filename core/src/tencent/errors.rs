//! Tencent's error catalogue.

use crate::api::catalogue::{Codes, Explanation, codes};
use crate::base::error::Kind;
use crate::base::text::pieces;
use crate::sign::{Component, cause};

/// One row a code, sorted. The numbers belong to the predecessor API, whose gateway still answers now and then;
/// the `Client…`, `Server…` and `InvalidCredential` codes are made by the vendor's SDKs, not by the server.
pub(crate) static CODES: Codes = codes! {
    "4000": Invalid, "a parameter is missing or wrong (old gateway)" / "缺少参数或参数有误（旧网关）";
    "4100": Auth, "authentication failed (old gateway)" / "鉴权失败（旧网关）";
    "4200": Auth Clock, "the request has expired (old gateway)" / "请求已过期（旧网关）", "set the clock by the server's time and sign anew" / "按服务器时间校准时钟并重新签名";
    "4300": Permission, "access refused (old gateway)" / "拒绝访问（旧网关）";
    "4400": Quota, "over quota (old gateway)" / "超过配额（旧网关）";
    // An equal request has arrived before, so it may have been carried out.
    "4500": Auth Unsure, "the request was sent twice unchanged (old gateway)" / "请求被原样重放（旧网关）", "look whether the first one took effect; sign anew at every send" / "先确认首次请求是否已生效；每次发送都要重新签名";
    "4600": Invalid, "wrong protocol (old gateway)" / "协议错误（旧网关）", "call by HTTPS" / "请使用 HTTPS 调用";
    "5000": NotFound, "no such resource (old gateway)" / "资源不存在（旧网关）";
    "5100": Server Unsure, "the operation failed (old gateway)" / "操作失败（旧网关）";
    "AccountQualificationRestrictions": Permission, "the account is not verified" / "账号未完成实名认证", "verify the account in the console" / "请在控制台完成实名认证";
    "ActionOffline": Unsupported, "the action was withdrawn" / "接口已下线";
    "AuthFailure.CamRoleNameAuthenticateFailed": Permission, "the service role is missing or may not write to COS" / "服务角色不存在或无权写入 COS", "create the role (default CVM_QcsRole) and let it write to COS" / "请创建服务角色（默认 CVM_QcsRole）并授予 COS 写权限";
    "AuthFailure.InvalidAuthorization": Auth, "the Authorization header has another form than expected" / "Authorization 请求头格式不正确", "check that nothing on the way changes headers" / "检查途中是否有代理改动请求头";
    "AuthFailure.InvalidSecretId": Auth, "the key is not a cloud API key" / "密钥不是云 API 密钥", "create an API key in the console and use it" / "请在控制台创建云 API 密钥";
    "AuthFailure.MFAFailure": Auth, "the multi-factor check failed" / "多因素认证失败", "pass the multi-factor check again, or use a key that needs none" / "请重新通过多因素认证，或使用无需认证的密钥";
    "AuthFailure.SecretIdNotFound": Auth, "the secret id is unknown, deleted, disabled or mistyped" / "SecretId 不存在、已删除、已禁用或有误", "check the key in the console, its site included (China or international)" / "请在控制台核对密钥，注意国内站与国际站账号不互通";
    "AuthFailure.SignatureExpire": Auth Clock, "the clock is more than 5 minutes off" / "时钟偏差超过 5 分钟", "set the clock by the server's time and sign anew" / "按服务器时间校准时钟并重新签名";
    "AuthFailure.SignatureFailure": Auth, "the signature does not match" / "签名不匹配", "copy the secret key again, without white space; check that no proxy changes host, content type or body" / "请重新复制 SecretKey，首尾不要有空白；检查代理是否改动 Host、Content-Type 或正文";
    "AuthFailure.TokenFailure": Auth Credentials, "the session token is wrong or has expired" / "临时令牌错误或已过期", "get fresh temporary credentials and sign anew" / "重新获取临时凭证并签名";
    "AuthFailure.UnauthorizedOperation": Permission, "an access policy refuses the action" / "访问策略拒绝了该操作", "have the action allowed for this key; an account without verification or payment method is refused the same way" / "请为该密钥授予接口权限；账号未实名或未绑定支付方式时也会报此错误";
    "ClientError": Misuse Unsure, "the vendor's SDK refused or failed before an answer came" / "SDK 在收到响应前报错";
    "ClientError.CircuitBreakerError": Server Backoff 30, "the vendor's SDK holds back calls after failures" / "SDK 因连续失败而熔断";
    "ClientError.HttpStatusCodeError": Server Unsure, "the HTTP status was not 200" / "HTTP 状态码不是 200";
    "ClientError.NetworkError": Server Unsure, "the network failed on the way" / "网络请求失败";
    "ClientError.ParseJsonError": Protocol Unsure, "the answer was no JSON" / "响应不是 JSON";
    "ClientNetworkError": Server Unsure, "the network failed on the way" / "网络请求失败";
    "ClientParamsError": Misuse, "the vendor's SDK refused the parameters" / "SDK 拒绝了参数";
    "DryRunOperation": Invalid, "the dry run passed: the request would have worked" / "试运行通过：请求本可成功", "leave out DryRun to carry it out" / "去掉 DryRun 即可正式执行";
    "FailedOperation": Server Unsure, "the operation failed for a reason not told" / "操作失败，原因未说明";
    "FailedOperation.AccountAlreadyExists": Invalid, "the image is already shared with this account" / "镜像已共享给该账号", "leave the account out" / "请去掉该账号";
    "FailedOperation.AccountIsYourSelf": Invalid, "an image cannot be shared with its own account" / "不能将镜像共享给自己", "leave out your own account" / "请去掉自己的账号";
    "FailedOperation.BYOLImageShareFailed": Unsupported, "images with a brought licence cannot be shared" / "自带许可（BYOL）镜像不支持共享";
    "FailedOperation.IllegalTagKey": Invalid, "the tag key is not allowed" / "标签键不合法";
    "FailedOperation.IllegalTagValue": Invalid, "the tag value is not allowed" / "标签值不合法";
    "FailedOperation.InvalidImageState": Conflict Backoff 30, "the image is busy" / "镜像繁忙", "wait half a minute and send again" / "等待 30 秒后重试";
    "FailedOperation.NotMasterAccount": Invalid, "images are shared with main accounts only" / "只能共享给主账号", "give the id of the main account" / "请填写主账号 ID";
    "FailedOperation.QImageShareFailed": Unsupported, "this image cannot be shared" / "该镜像不支持共享";
    "FailedOperation.RImageShareFailed": Unsupported, "this image cannot be shared" / "该镜像不支持共享";
    "FailedOperation.ResourceTagProcessing": Conflict Backoff 5, "tags of the resource are being changed" / "资源标签正在变更", "wait and send again" / "稍后重试";
    "FailedOperation.TagKeyDuplicate": Invalid, "a tag key is given twice" / "标签键重复";
    "FailedOperation.TagKeyReserved": Invalid, "the tag key is reserved by the system" / "标签键为系统保留";
    "ImageQuotaLimitExceeded": Quota, "no room for another custom image in the destination" / "目的地域自定义镜像数量已达上限", "delete images in the destination or have its quota raised" / "请在目的地域删除不用的镜像或申请提高配额";
    "InternalError": Server Unsure, "a fault inside the service" / "服务内部错误";
    "InternalServerError": Server Unsure, "a fault inside the service" / "服务内部错误";
    "InvalidAccountId.NotFound": NotFound, "no such account" / "找不到账号", "check the account id: the main account's number, not a QQ number" / "请核对账号 ID：应为主账号 ID，而不是 QQ 号";
    "InvalidAccountIs.YourSelf": Invalid, "an image cannot be shared with its own account" / "不能将镜像共享给自己", "leave out your own account" / "请去掉自己的账号";
    "InvalidAction": Unsupported, "no such action" / "接口不存在";
    "InvalidCredential": Auth, "the vendor's SDK found the key empty or with white space around it" / "SDK 发现密钥为空或首尾有空白";
    "InvalidFilter": Invalid, "a filter is not allowed" / "过滤条件不合法";
    "InvalidFilterValue.LimitExceeded": Invalid, "a filter has too many values" / "过滤条件的值过多", "give at most 10 filters of 5 values each" / "过滤条件最多 10 个，每个最多 5 个值";
    "InvalidImageId.InShared": Conflict, "the image is shared" / "镜像处于共享中", "end the sharing first" / "请先取消共享";
    "InvalidImageId.IncorrectState": Conflict, "the state of the image does not allow this" / "镜像状态不合法", "look at its state: CREATING, SYNCING and IMPORTING pass; otherwise choose another image" / "查看镜像状态：CREATING、SYNCING、IMPORTING 请等待，否则请换一个镜像";
    "InvalidImageId.Malformed": Invalid, "the image id has the wrong shape" / "镜像 ID 格式错误", "write it like img-o3ycss2p" / "写法如 img-o3ycss2p";
    "InvalidImageId.NotFound": NotFound, "no such image in this region and account" / "该地域和账号下找不到镜像";
    "InvalidImageId.TooLarge": Unsupported, "the image is bigger than can be copied" / "镜像超过可复制的大小";
    "InvalidImageName.Duplicate": Conflict, "an image of this name is already there" / "镜像重名", "look at the one that is there: an earlier attempt may have made it; otherwise choose another name" / "先查看同名镜像：可能是之前的请求已生效；否则请换一个名称";
    "InvalidInstanceType.Malformed": Invalid, "the instance type has the wrong shape" / "实例类型格式错误";
    "InvalidParameter": Invalid, "a parameter is wrong" / "参数错误";
    "InvalidParameter.ImageIdsSnapshotIdsMustOne": Invalid, "image ids are missing" / "缺少镜像 ID", "give ImageIds" / "请填写 ImageIds";
    "InvalidParameter.InstanceImageNotSupport": Unsupported, "images of a whole instance are not accepted" / "不支持整机（实例）镜像";
    "InvalidParameter.InvalidKmsKeyId": Invalid, "the KMS key id is invalid" / "KMS 密钥 ID 无效", "give a key of the source region, or none for the default key" / "请填写源地域的密钥，或留空使用默认密钥";
    "InvalidParameter.InvalidParameterCoexistImageIdsFilters": Invalid, "ImageIds and Filters exclude each other" / "ImageIds 与 Filters 不能同时使用", "give one of the two" / "请只填其一";
    "InvalidParameter.ReservedTagKey": Invalid, "the tag key is reserved by the system" / "标签键为系统保留";
    "InvalidParameter.SnapshotNotFound": NotFound, "a named snapshot does not exist" / "快照不存在";
    "InvalidParameter.Tag": Invalid, "a tag is wrong" / "标签参数错误";
    "InvalidParameterValue": Invalid, "the value of a parameter is wrong" / "参数取值错误";
    "InvalidParameterValue.BucketNotFound": NotFound, "the bucket does not exist" / "存储桶不存在", "check its name, APPID suffix and region" / "请核对存储桶名称、APPID 后缀和地域";
    "InvalidParameterValue.InstanceTypeNotFound": Invalid, "no such instance type" / "实例类型不存在";
    "InvalidParameterValue.InvalidAppIdFormat": Invalid, "the APPID is invalid" / "APPID 格式错误", "end the bucket's name in -APPID, for example golden-1250000000" / "存储桶名称须以 -APPID 结尾，如 golden-1250000000";
    "InvalidParameterValue.InvalidBucketPermissionForExport": Permission, "no permission to write to the bucket" / "没有存储桶的写权限", "let the service role write to the bucket" / "请授予服务角色该存储桶的写权限";
    "InvalidParameterValue.InvalidFileNamePrefixList": Invalid, "the prefixes and the image ids differ in number" / "前缀数量与镜像数量不一致", "give one prefix for each of ImageIds" / "每个镜像 ID 对应一个前缀";
    "InvalidParameterValue.InvalidImageId": Unsupported, "this image does not allow the operation" / "镜像不允许该操作";
    "InvalidParameterValue.InvalidImageIdIsShared": Conflict, "the image is shared" / "镜像处于共享中", "end the sharing first" / "请先取消共享";
    "InvalidParameterValue.InvalidImageOsName": Unsupported, "the system of the image is not offered in this region" / "该地域不提供镜像的操作系统";
    "InvalidParameterValue.InvalidImageState": Conflict Backoff 30, "another task holds the image" / "镜像被其他任务占用", "wait half a minute and send again" / "等待 30 秒后重试";
    "InvalidParameterValue.InvalidParameterValueLimit": Invalid, "the page size is out of range" / "分页大小超出范围", "give a Limit of 1 to 100" / "Limit 应为 1 至 100";
    "InvalidParameterValue.InvalidRegion": Invalid, "the region id is not usable" / "地域 ID 不可用", "check the region id, for example ap-guangzhou" / "请核对地域 ID，例如 ap-guangzhou";
    "InvalidParameterValue.LimitExceeded": Invalid, "too many values, for example two image ids" / "参数值数量超限，例如传了两个镜像 ID", "give fewer values: SyncImages takes one image id" / "请减少数量：SyncImages 每次只支持一个镜像 ID";
    "InvalidParameterValue.MissingLocationCosEndpoint": Unsupported, "the local COS of the dedicated zone has no endpoint" / "专属可用区的本地 COS 未配置接入点";
    "InvalidParameterValue.ResourceDescriptionError": Invalid, "a resource is written wrongly" / "资源六段式描述错误", "write it like qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p" / "写法如 qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p";
    "InvalidParameterValue.TagKeyDuplicate": Invalid, "a tag key is given twice" / "标签键重复";
    "InvalidParameterValue.TagKeyEmpty": Invalid, "a tag key is empty" / "标签键为空";
    "InvalidParameterValue.TagKeyNotFound": Invalid, "no such tag key" / "标签键不存在";
    "InvalidParameterValue.TooLarge": Invalid, "a value exceeds its maximum" / "参数值超过上限";
    "InvalidParameterValue.ZoneNotSupported": Invalid, "the zone is not supported" / "不支持该可用区";
    "InvalidRegion.NotFound": Invalid, "no such region" / "找不到地域", "check the region id, for example ap-guangzhou" / "请核对地域 ID，例如 ap-guangzhou";
    "InvalidRegion.Unavailable": Unsupported, "the region takes no part in image copies" / "该地域暂不支持同步镜像", "choose another region, or go through ExportImages and an import there" / "请换一个地域，或通过 ExportImages 导出后在目的地域导入";
    "InvalidRequest": Invalid, "the request is malformed" / "请求格式错误";
    "InvalidZone.MismatchRegion": Invalid, "the zone is in another region" / "可用区与地域不匹配";
    "IpInBlacklist": Permission, "the caller's address is barred" / "调用方 IP 在黑名单中", "call from an allowed address, or have this one allowed" / "请从允许的 IP 调用，或将该 IP 加入白名单";
    "IpNotInWhitelist": Permission, "the caller's address is not on the list of allowed ones" / "调用方 IP 不在白名单中", "call from an allowed address, or have this one allowed" / "请从允许的 IP 调用，或将该 IP 加入白名单";
    "LimitExceeded": Quota, "a quota is exceeded" / "超过配额";
    "LimitExceeded.ExportImageTaskLimitExceeded": Quota Backoff 300, "too many exports are running" / "正在运行的导出任务过多", "wait until running exports have ended" / "请等待正在运行的导出任务结束";
    "LimitExceeded.Quota": Quota, "the quota of tags is used up" / "标签配额已用完";
    "LimitExceeded.ResourceAttachedTags": Quota, "the resource has too many tags" / "资源绑定的标签过多", "take tags off the resource" / "请先解绑部分标签";
    "LimitExceeded.ResourceNumPerRequest": Invalid, "too many resources in one request" / "单次请求的资源过多", "give at most 10" / "每次最多 10 个";
    "LimitExceeded.TagNumPerRequest": Invalid, "too many tags in one request" / "单次请求的标签过多", "give at most 10" / "每次最多 10 个";
    "MissingParameter": Invalid, "a parameter is missing" / "缺少参数";
    "MutexOperation.TaskRunning": Conflict Backoff 30, "a task on the image is running" / "镜像有任务正在执行", "wait half a minute and send again" / "等待 30 秒后重试";
    "NoSuchProduct": Unsupported, "no such service" / "产品不存在", "check the endpoint" / "请检查接入地址";
    "NoSuchVersion": Unsupported, "no such API version" / "接口版本不存在", "check the endpoint" / "请检查接入地址";
    "OverQuota": Quota, "the image is shared with too many accounts" / "镜像共享账号数超过配额", "end sharings that are not needed" / "请取消不需要的共享";
    "RequestLimitExceeded": Throttled Backoff 1, "too many requests" / "请求过于频繁";
    "RequestLimitExceeded.GlobalRegionUinLimitExceeded": Throttled Backoff 1, "too many requests of the main account over all regions" / "主账号全地域请求过于频繁";
    "RequestLimitExceeded.IPLimitExceeded": Throttled Backoff 1, "too many requests from this address" / "该 IP 请求过于频繁";
    "RequestLimitExceeded.UinLimitExceeded": Throttled Backoff 1, "too many requests of the main account" / "主账号请求过于频繁";
    "RequestSizeLimitExceeded": Invalid, "the request is too big" / "请求过大", "send less than 10 MB" / "请求不得超过 10 MB";
    "ResourceInUse": Conflict Backoff 30, "the resource is in use" / "资源被占用";
    // Refused for now, but in a call with several destinations perhaps not for all of them.
    "ResourceInsufficient": Quota Unsure 60, "not enough resources for now" / "资源暂时不足", "try again later or elsewhere" / "请稍后重试或换一个地域";
    "ResourceNotFound": NotFound, "the resource does not exist" / "资源不存在";
    "ResourceUnavailable": Server Unsure 5, "the resource is not available for now" / "资源暂不可用";
    "ResourcesSoldOut.SpecifiedInstanceType": Quota, "the instance type is sold out" / "该实例类型已售罄", "choose another instance type" / "请换一个实例类型";
    "ResponseSizeLimitExceeded": Invalid, "the answer would exceed 50 MB" / "响应将超过 50 MB", "ask for a smaller page" / "请减小分页";
    "ServerNetworkError": Server Unsure, "the vendor's SDK got a status other than 200" / "SDK 收到非 200 的状态码";
    "ServiceUnavailable": Server Unsure 5, "the service is out for a while" / "服务暂不可用";
    "UnauthorizedOperation": Permission, "not authorised" / "未授权", "have the action allowed for this key; an account without verification or payment method is refused the same way" / "请为该密钥授予接口权限；账号未实名或未绑定支付方式时也会报此错误";
    "UnauthorizedOperation.ImageNotBelongToAccount": Permission, "the image belongs to another account" / "镜像不属于该账号", "use the key of the owner" / "请使用镜像所有者的密钥";
    "UnauthorizedOperation.InvalidToken": Auth Credentials, "the token is invalid" / "令牌无效", "get fresh temporary credentials and sign anew" / "重新获取临时凭证并签名";
    "UnauthorizedOperation.MFAExpired": Auth, "the multi-factor check has expired" / "多因素认证已过期", "pass the multi-factor check again, or use a key that needs none" / "请重新通过多因素认证，或使用无需认证的密钥";
    "UnauthorizedOperation.MFANotFound": Auth, "a multi-factor check is needed" / "需要多因素认证", "pass the multi-factor check again, or use a key that needs none" / "请重新通过多因素认证，或使用无需认证的密钥";
    "UnauthorizedOperation.PermissionDenied": Permission, "permission denied" / "权限不足", "have the action allowed for this key; an account without verification or payment method is refused the same way" / "请为该密钥授予接口权限；账号未实名或未绑定支付方式时也会报此错误";
    "UnknownParameter": Invalid, "the action does not know a parameter that was sent" / "请求含有接口不认识的参数", "leave it out; Encrypt and KmsKeyId are not known everywhere" / "请去掉该参数；Encrypt、KmsKeyId 并非所有站点都支持";
    "UnsupportedOperation": Unsupported, "the operation is not supported" / "不支持该操作";
    "UnsupportedOperation.EncryptedImagesNotSupported": Unsupported, "encrypted images are not supported" / "不支持加密镜像";
    "UnsupportedOperation.ImageTooLargeExportUnsupported": Unsupported, "the image is too large to export" / "镜像过大，不支持导出";
    "UnsupportedOperation.InvalidZone": Unsupported, "the zone does not support this" / "该可用区不支持此操作";
    "UnsupportedOperation.LocationImageNotSupported": Unsupported, "images of this location are not supported" / "不支持该区域的镜像", "choose another image" / "请更换其他镜像";
    "UnsupportedOperation.MarketImageExportUnsupported": Unsupported, "images made from a market image cannot be exported" / "由市场镜像制作的镜像不支持导出";
    "UnsupportedOperation.PublicImageExportUnsupported": Unsupported, "public and market images cannot be exported" / "公共镜像和市场镜像不支持导出";
    "UnsupportedOperation.RedHatImageExportUnsupported": Unsupported, "Red Hat images cannot be exported" / "Red Hat 镜像不支持导出";
    "UnsupportedOperation.Region": Unsupported, "the region is not supported" / "不支持该地域";
    "UnsupportedOperation.SharedImageExportUnsupported": Unsupported, "shared images cannot be exported" / "共享镜像不支持导出", "copy it into an own image first" / "请先复制为自有镜像";
    "UnsupportedOperation.SharedImageModifyUnsupported": Unsupported, "shared images cannot be changed" / "共享镜像不支持修改", "copy it into an own image first" / "请先复制为自有镜像";
    "UnsupportedOperation.SyncEncryptImageNotSupport": Unsupported, "the image cannot become an encrypted custom image" / "该镜像不支持同步为加密镜像";
    "UnsupportedOperation.WindowsImageExportUnsupported": Unsupported, "Windows images cannot be exported" / "Windows 镜像不支持导出";
    "UnsupportedProtocol": Invalid, "only GET and POST are supported" / "仅支持 GET 和 POST";
    "UnsupportedRegion": Unsupported, "the action does not support the region" / "接口不支持该地域";
};

/// What a code means: from the catalogue, else by its family, else by the HTTP status.
///
/// ```
/// use imgferry::{Cloud, Kind, Retry};
/// let busy = Cloud::Tencent.explain("InvalidParameterValue.InvalidImageState", None);
/// assert_eq!((busy.kind, busy.retry, busy.wait_ms), (Kind::Conflict, Retry::Backoff, Some(30_000)));
/// let new = Cloud::Tencent.explain("RequestLimitExceeded.Tomorrow", Some(200));
/// assert_eq!((new.kind, new.known), (Kind::Throttled, false));
/// ```
pub(crate) fn explain(code: &str, status: Option<u16>) -> Explanation {
    match CODES.find(code) {
        Some(row) => Explanation::from_code(row),
        None => Explanation::fallback(code, family(code).unwrap_or_else(|| status.map_or(Kind::Server, by_status))),
    }
}

/// As [`explain`], with the message: a request too large for the signature of old is refused as a wrong signature.
pub(crate) fn explain_message(code: &str, message: &str, status: Option<u16>) -> Explanation {
    let told = explain(code, status);
    if told.kind != Kind::Auth || cause(message) != Some(Component::Size) {
        return told;
    }
    let [cause_en, cause_zh, next_en, next_zh] = Component::Size.advice();
    Explanation {
        kind: Kind::Invalid,
        cause_en: cause_en.into(),
        cause_zh: cause_zh.into(),
        next_en: next_en.into(),
        next_zh: next_zh.into(),
        ..told
    }
}

/// What the form of a code tells. Only the first segment is looked at: `InvalidParameterValue.LimitExceeded` is no quota.
fn family(code: &str) -> Option<Kind> {
    let first = pieces(code, b'.').next().unwrap_or_default();
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
    if crate::api::answer::is_success(status) { Kind::Server } else { Kind::of_status(status) }
}
