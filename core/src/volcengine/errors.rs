//! Volcengine's error catalogue.

use crate::api::catalogue::{Code, Codes, Explanation, codes};
use crate::base::error::Kind;
use crate::base::text::{contains, last_cut};

/// One row a code, sorted.
pub(crate) static CODES: Codes = codes! {
    "AccessDenied": Permission, "a policy refuses this operation" / "策略拒绝了该操作", "grant ecs:CopyImage, ecs:DescribeImages and ecs:DescribeTasks; name ProjectName if the key may act in some projects only" / "请授予 ecs:CopyImage、ecs:DescribeImages、ecs:DescribeTasks 权限；若密钥仅有部分项目权限，请填写 ProjectName";
    "AccessDeniedException": Permission, "the account's access management refuses this key" / "访问控制拒绝了该密钥";
    "AccessKeyIsExpire": Auth Credentials, "the temporary key has expired" / "临时密钥已过期", "get a new temporary key and go on" / "请重新获取临时密钥后继续";
    "FlowLimitExceeded": Throttled Backoff 1, "too many requests in a short time" / "短时间内请求过多";
    "InnerApiNeedAccountInfo": Permission, "this is an internal operation that needs an account" / "该接口为内部接口，需要账号信息";
    "InternalError": Server Unsure, "the service failed" / "服务内部错误";
    "InternalServiceError": Server Unsure, "the service behind the gateway failed" / "网关后端服务出错";
    "InternalServiceTimeout": Server Unsure, "the service did not answer the gateway in time" / "后端服务响应超时";
    "InvalidAccessKey": Auth, "the access key id is unknown or disabled" / "访问密钥 ID 不存在或已停用", "check the key id, that it is enabled, and that it belongs to this site (Volcengine or BytePlus)" / "请检查密钥 ID 是否正确、已启用，且属于当前站点（火山引擎或 BytePlus）";
    "InvalidActionOrVersion": Unsupported, "this site or account has no such operation or version" / "该站点或账号没有此接口或版本", "copying images is by invitation: ask the account manager to open it; then check the site and the endpoint" / "复制镜像处于邀测阶段：请联系客户经理开通，并检查站点和接入地址";
    "InvalidArgument": Invalid, "one of the arguments is wrong; the cloud does not say which" / "某个参数不合法，云平台未指明是哪一个", "check the parameters locally to find it" / "请先在本地检查参数，找出错误项";
    "InvalidAuthorization": Auth, "the Authorization header cannot be parsed" / "Authorization 头无法解析", "send the headers exactly as signed" / "请原样发送签名得到的请求头";
    "InvalidClientTokenId": Auth, "the access key id is unknown or disabled" / "访问密钥 ID 不存在或已停用";
    "InvalidCredential": Auth, "the Credential part of the signature is malformed" / "签名中的 Credential 格式错误", "sign with the region of the call and service ecs" / "请用目标地域和服务名 ecs 重新签名";
    "InvalidDescription.Malformed": Invalid, "the description breaks the naming rules" / "镜像描述不符合规范", "begin with a letter or Chinese character; use letters, digits, Chinese, spaces and _ - = , . ， 。 up to 255" / "须以字母或汉字开头，只能包含中文、字母、数字、空格和 _ - = , . ， 。，不超过 255 个字符";
    "InvalidDestinationRegion.Malformed": Invalid, "the destination is not a region id" / "目标地域 ID 格式错误", "write the region id, for example cn-shanghai; a zone such as cn-shanghai-a is not a region" / "请填写地域 ID，例如 cn-shanghai；可用区（如 cn-shanghai-a）不是地域";
    "InvalidDestinationRegion.Mismatch": Invalid, "the destination is the source region itself" / "目标地域与源地域相同", "choose another destination, or call in the region of the source image" / "请选择其他目标地域，或在源镜像所在地域调用";
    "InvalidImage.NotFound": NotFound, "there is no such image in this region" / "该地域没有此镜像", "check the id, and that the call went to the region where the image is" / "请检查镜像 ID，并确认调用的是镜像所在地域";
    "InvalidImage.Shared": Conflict, "the image is shared with other accounts" / "镜像已共享给其他账号", "end the sharing first" / "请先取消共享";
    "InvalidImageForCopyImage.UnSupported": Unsupported, "this image cannot be copied" / "该镜像不支持复制", "copy a custom image of your own that holds a system disk only: public, shared and whole-machine images are refused" / "请选择自有的、仅含系统盘的自定义镜像；公共镜像、共享镜像和整机镜像不能复制";
    "InvalidImageForExportImage.UnSupported": Unsupported, "this image cannot be exported" / "该镜像不支持导出";
    "InvalidImageName.Malformed": Invalid, "the name breaks the naming rules" / "镜像名称不符合规范", "begin with a letter or Chinese character; use letters, digits, Chinese and _ - . up to 128" / "须以字母或汉字开头，只能包含中文、字母、数字和 _ - .，不超过 128 个字符";
    "InvalidImageStatus": Conflict, "the image is not in a state for this" / "镜像当前状态不允许此操作", "wait until the image is available; an image in state error has to be made again" / "请等待镜像变为 available；状态为 error 的镜像需要重新制作";
    "InvalidProject.NotFound": NotFound, "there is no such project" / "项目不存在", "check ProjectName, upper and lower case included" / "请检查 ProjectName，注意大小写";
    "InvalidRegionForCopyImage.UnSupported": Unsupported, "copying is not offered from or to this region" / "源地域或目标地域不支持复制镜像", "choose another pair of regions, or export the image and import it there" / "请更换源地域或目标地域，或改用导出再导入";
    "InvalidSecretToken": Auth Credentials, "the session token is wrong or has expired" / "会话令牌错误或已过期", "get a new temporary key with its token and go on" / "请重新获取临时密钥和令牌后继续";
    "InvalidTOSPrefix.Malformed": Invalid, "the object prefix breaks the naming rules" / "对象前缀不符合规范", "use 1 to 30 letters and digits" / "请使用 1 至 30 个字母或数字";
    "InvalidTimestamp": Auth Clock, "the time of the signature is too far from the server's" / "签名时间与服务器时间相差过大", "set the clock; the signature is made anew with the server's time once" / "请校准时钟；将按服务器时间重新签名一次";
    "InvalidTosPutObject.AccessDenied": Permission, "ECS may not write to the bucket" / "ECS 无权写入该存储桶", "let the ECS service write to the bucket, which must be in the image's region" / "请授权 ECS 服务写入该存储桶，存储桶须与镜像同地域";
    "LackPolicy": Permission, "no policy allows this operation" / "没有允许该操作的策略", "attach a policy with the missing action, for example ecs:CopyImage" / "请绑定包含所缺操作（例如 ecs:CopyImage）的策略";
    "LackProjectPolicy": Permission, "no policy allows this operation in the project" / "没有允许在该项目中操作的策略", "name a project the key may act in with ProjectName, or have the permission granted there" / "请用 ProjectName 指定有权限的项目，或申请该项目的权限";
    "LimitExceeded.MaximumImageCount": Quota, "the destination region holds as many custom images as it may" / "目标地域的自定义镜像数量已达上限", "delete images there that are not needed (usually 50 are allowed) or have the quota raised" / "请删除目标地域不用的镜像（通常上限 50 个）或申请提高配额";
    "LimitExceeded.MaximumImageSize": Quota, "the image is too large to be copied" / "镜像大小超过可复制的上限", "make a smaller image (300 GiB is the known limit) or have the limit raised" / "请制作更小的镜像（已知上限 300 GiB）或申请提高上限";
    "LimitExceeded.MaximumRegionIds": Invalid, "too many region ids in one call" / "单次请求的地域 ID 过多", "ask for at most 20 at a time" / "每次最多 20 个";
    "MethodNotAllowed": Invalid, "the HTTP method is not allowed here" / "不允许使用该 HTTP 方法", "send the request with the method it was built with" / "请按生成的方法发送请求";
    "MissingAuthenticationToken": Auth, "the request carries no signature" / "请求未携带签名", "sign the request and send all its headers" / "请签名并发送全部请求头";
    "MissingParameter": Invalid, "Action or Version is missing from the query" / "查询串缺少 Action 或 Version";
    "MissingParameter.DestinationRegion": Invalid, "DestinationRegion is missing" / "缺少 DestinationRegion";
    "MissingParameter.ImageId": Invalid, "ImageId is missing" / "缺少 ImageId";
    "MissingParameter.ImageName": Invalid, "ImageName is missing" / "缺少 ImageName";
    "MissingParameter.TOSBucket": Invalid, "TOSBucket is missing" / "缺少 TOSBucket";
    "MissingParameter.TOSPrefix": Invalid, "TOSPrefix is missing" / "缺少 TOSPrefix";
    "MissingRequestInfo": Invalid, "the request is incomplete" / "请求信息不完整";
    "MissingSignature": Auth, "the request carries no signature" / "请求缺少签名", "sign the request and send all its headers" / "请签名并发送全部请求头";
    "OperationDenied.ImageIsCopying": Conflict Backoff 30, "the image is being copied" / "镜像正在复制", "wait until the copy has ended" / "请等待复制结束";
    "OperationDenied.ImageIsExporting": Conflict Backoff 30, "the image is being exported" / "镜像正在导出", "wait until the export has ended" / "请等待导出结束";
    "OperationDenied.ResourceLocked": Conflict Backoff 30, "another operation holds the image" / "镜像被其他操作锁定", "wait until the other operation has ended, then send again" / "请等待其他操作结束后重试";
    "OperationDenied.SnapshotServiceUnavailable": Conflict Backoff 30, "the snapshot service is not available now" / "快照服务暂不可用", "send again later" / "请稍后重试";
    "ServiceNotFound": Unsupported, "this host does not know the service" / "该接入地址没有此服务", "check the endpoint, the region and the service name ecs" / "请检查接入地址、地域和服务名 ecs";
    "ServiceShouldCallSelfApi": Permission, "only the service itself may call this" / "仅服务自身可调用该接口";
    "ServiceUnavailable": Unsupported, "this host does not know the service" / "该接入地址没有此服务", "check the endpoint, the region and the service name ecs" / "请检查接入地址、地域和服务名 ecs";
    "ServiceUnavailableTemp": Server Unsure, "the service is not available for a while" / "服务暂时不可用";
    "SessionTokenInvalid": Auth Credentials, "the session token is wrong or has expired" / "会话令牌错误或已过期", "get a new temporary key with its token and go on" / "请重新获取临时密钥和令牌后继续";
    "SignatureDoesNotMatch": Auth, "the secret is wrong, or what was sent is not what was signed" / "密钥错误，或发送内容与签名内容不一致", "check the secret as text (it is never decoded), and send url, headers and body unchanged" / "请检查密钥原文（不要解码），并原样发送 URL、请求头和正文";
    "UndefinedError": Server Unsure, "the gateway reports an error without a name" / "网关返回未定义的错误";
};

/// What a code means; falls back by its words, then by status.
///
/// ```
/// use imgferry::{Cloud, Kind, Retry};
/// let locked = Cloud::Volcengine.explain("OperationDenied.ResourceLocked", None);
/// assert_eq!((locked.kind, locked.retry, locked.wait_ms), (Kind::Conflict, Retry::Backoff, Some(30_000)));
/// let new = Cloud::Volcengine.explain("InvalidSnapshot.NotFound", Some(400));
/// assert_eq!((new.kind, new.known), (Kind::NotFound, false));
/// ```
pub(crate) fn explain(code: &str, status: Option<u16>) -> Explanation {
    explain_numbered(code, None, status)
}

/// As [`explain`]: no message tells more.
pub(crate) fn explain_message(code: &str, _message: &str, status: Option<u16>) -> Explanation {
    explain(code, status)
}

/// As [`explain`], with the gateway's number for the error, which decides when the code says nothing.
pub(crate) fn explain_numbered(code: &str, number: Option<u64>, status: Option<u16>) -> Explanation {
    if let Some(row) = CODES.find(code) {
        // The older name of ServiceNotFound, but in a 503 the gateway means what it says.
        return match (row.code, status) {
            ("ServiceUnavailable", Some(500..=599)) => Explanation::fallback(code, Kind::Server),
            _ => Explanation::from_code(row),
        };
    }
    match (kind_of_words(code), number.and_then(row_of_number)) {
        (Some(kind), _) => Explanation::fallback(code, kind),
        (None, Some(row)) => Explanation { code: code.to_owned(), known: false, ..Explanation::from_code(row) },
        (None, None) => Explanation::fallback(code, status.map_or(Kind::Server, kind_of_status)),
    }
}

/// `CodeN` of the gateway's errors, sorted.
const NUMBERS: [(u64, &str); 18] = [
    (100_001, "UndefinedError"),
    (100_002, "MissingParameter"),
    (100_003, "MissingAuthenticationToken"),
    (100_004, "MissingRequestInfo"),
    (100_005, "MissingSignature"),
    (100_006, "InvalidTimestamp"),
    (100_007, "ServiceNotFound"),
    (100_008, "InvalidActionOrVersion"),
    (100_009, "InvalidAccessKey"),
    (100_010, "SignatureDoesNotMatch"),
    (100_011, "ServiceShouldCallSelfApi"),
    (100_012, "LackPolicy"),
    (100_013, "AccessDenied"),
    (100_014, "InternalServiceError"),
    (100_016, "InternalServiceTimeout"),
    (100_018, "FlowLimitExceeded"),
    (100_019, "ServiceUnavailableTemp"),
    (100_020, "MethodNotAllowed"),
];

fn row_of_number(number: u64) -> Option<Code> {
    NUMBERS.iter().find(|(n, _)| *n == number).and_then(|(_, code)| CODES.find(code))
}

/// The kind that the words of an unknown code tell. Messages are never looked at: they say "invalid" of anything.
fn kind_of_words(code: &str) -> Option<Kind> {
    let starts = |heads: &[&str]| heads.iter().any(|head| code.starts_with(head));
    let ends = |tails: &[&str]| tails.iter().any(|tail| code.ends_with(tail));
    if starts(&["MissingParameter"]) || ends(&[".Malformed", ".Mismatch", ".Duplicate"]) {
        Some(Kind::Invalid)
    } else if ends(&[".NotFound"]) {
        Some(Kind::NotFound)
    } else if code.to_ascii_lowercase().ends_with(".unsupported") {
        Some(Kind::Unsupported)
    } else if starts(&["LimitExceeded.Maximum"]) && ends(&["Ids"]) {
        Some(Kind::Invalid)
    } else if starts(&["LimitExceeded", "QuotaExceeded"]) {
        Some(Kind::Quota)
    } else if starts(&["FlowLimitExceeded", "RequestLimitExceeded", "Throttling"]) {
        Some(Kind::Throttled)
    } else if starts(&["OperationDenied"]) || ends(&["Status"]) {
        Some(Kind::Conflict)
    } else if contains(code, "AccessDenied") {
        Some(Kind::Permission)
    } else {
        last_cut(code, b'.').and_then(|(parent, _)| CODES.find(parent)).map(|parent| parent.kind)
    }
}

const fn kind_of_status(status: u16) -> Kind {
    match status {
        405 => Kind::Unsupported,
        412 => Kind::Conflict,
        // A refusal inside a success is trouble that no word tells more of.
        200..=299 => Kind::Server,
        _ => Kind::of_status(status),
    }
}
