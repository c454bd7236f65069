//! Huawei's error catalogue.
//!
//! IMS answers nearly every failure with HTTP 400 and an `IMG.nnnn` code, the gateway before it with
//! `APIGW.nnnn` (dedicated gateways: `APIG.nnnn`, same numbers): the code decides, not the status.

use crate::api::answer::is_success;
use crate::api::catalogue::{Code, Codes, Explanation, codes};
use crate::base::error::Kind::{Auth, Invalid, Server, Unsupported};
use crate::base::error::{Kind, Retry};
use crate::base::text::{concat, contains, for_texts, trimmed};
use crate::base::texts::zh;
use crate::base::time::number;
use crate::sign::{Component, cause};

/// One row a code, sorted. Sources: facts 7.1 to 7.7. Without a cause are codes of other operations (create, import,
/// share, marketplace): what they have in common tells their kind.
pub(crate) static CODES: Codes = codes! {
    "APIGW.0101": NotFound, "the host offers no such path or method" / "该地址没有此接口", "check the endpoint and the region" / "检查接入地址和地域";
    "APIGW.0103": Server Unsure, "the back end of the API is missing at the gateway" / "网关未配置后端";
    "APIGW.0104": Server Unsure, "a plug-in is missing at the gateway" / "网关插件缺失";
    "APIGW.0105": Server Unsure, "the settings of the back end are missing at the gateway" / "网关后端配置缺失";
    "APIGW.0106": Server, "the gateway could not arrange the parameters" / "网关参数编排错误", "open a ticket with the request id" / "请凭请求 ID 提交工单";
    "APIGW.0201": Invalid, "the format of the request is wrong, or it is too large" / "请求格式错误或过大";
    "APIGW.0202": Server Unsure, "the back end is unavailable" / "后端不可用";
    "APIGW.0203": Server Unsure, "the back end timed out" / "后端超时";
    "APIGW.0204": Unsupported, "the TLS version is not supported" / "不支持的 TLS 版本";
    "APIGW.0205": Unsupported, "the client certificate is not accepted" / "客户端证书不被接受";
    "APIGW.0301": Auth, "the signature or token was refused" / "IAM 认证信息错误", "check key, secret, clock and project; do not repeat: five failures lock the key for five minutes" / "检查密钥、时钟和项目；不要反复重试：五次失败会锁定密钥五分钟";
    "APIGW.0302": Permission, "the IAM user is not allowed" / "IAM 用户不允许访问";
    "APIGW.0303": Auth, "the app authentication is wrong" / "APP 认证信息错误";
    "APIGW.0304": Permission, "the app is not allowed" / "APP 不允许访问";
    "APIGW.0305": Auth, "the authentication is wrong" / "认证信息错误";
    "APIGW.0306": Permission, "access was denied" / "拒绝访问";
    "APIGW.0307": Auth Credentials, "the token must be renewed" / "Token 需要更新", "get a new token" / "重新获取 Token";
    "APIGW.0308": Throttled Backoff, "the throttling threshold was reached" / "达到流控阈值";
    "APIGW.0310": Permission, "the project is unavailable" / "项目不可用";
    "APIGW.0311": Auth, "the debugging authentication is wrong" / "调试认证信息错误";
    "APIGW.0312": Auth, "the third-party authentication is wrong" / "第三方认证失败";
    "APIGW.0313": Auth, "the third-party authentication is wrong" / "第三方认证失败";
    "APIGW.0314": Permission, "access was denied by a third party" / "第三方拒绝访问";
    "APIGW.0401": Permission, "the IP address is unknown" / "未知的 IP 地址";
    "APIGW.0402": Permission, "the IP address is not allowed" / "IP 地址不允许访问";
    "APIGW.0404": Permission, "the back end IP address is not allowed" / "后端 IP 不允许访问";
    "APIGW.0405": Permission, "the IP address is not trusted" / "IP 地址不可信";
    "APIGW.0501": Quota, "the quota of the app is used up" / "APP 配额已用完";
    "APIGW.0502": Permission, "the app is frozen" / "APP 已冻结";
    "APIGW.0601": Server Unsure, "internal error of the gateway" / "网关内部错误";
    "APIGW.0602": Invalid, "bad request" / "非法请求";
    "APIGW.0605": Server Unsure, "the gateway could not resolve a name" / "网关域名解析失败";
    "APIGW.0606": Server Unsure, "the configuration of the gateway could not be loaded" / "网关配置加载失败";
    "APIGW.0607": Unsupported, "the protocol is not supported" / "不支持的协议";
    "APIGW.0608": Server Unsure, "the gateway could not get its admin token" / "网关获取管理 Token 失败";
    "APIGW.0609": Server Unsure, "the VPC back end could not be reached" / "VPC 后端不可达";
    "APIGW.0610": Server Backoff, "no back end is available" / "没有可用的后端";
    "APIGW.0611": Server Unsure, "the back end has no usable port" / "后端端口不可用";
    "APIGW.0612": Server Unsure, "the API calls itself" / "API 循环调用";
    "APIGW.0613": Server Backoff, "IAM is unavailable" / "IAM 暂不可用";
    "APIGW.0705": Server Unsure, "the signature of the back end failed" / "后端签名失败";
    "APIGW.0802": Permission, "the user is barred in this region" / "用户在该地域被禁用";
    "IMG.0001": Invalid, "the format of the body is wrong" / "请求体格式错误";
    "IMG.0002": Invalid, "the name is longer than 128 characters" / "名称超过 128 个字符";
    "IMG.0003": Invalid, "the format of the name is wrong" / "名称格式错误";
    "IMG.0004": Invalid, "the description is longer than 1024 characters" / "描述超过 1024 个字符";
    "IMG.0005": NotFound;
    "IMG.0006": Unsupported;
    "IMG.0007": Invalid, "the body is empty" / "请求体为空";
    "IMG.0008": Invalid;
    "IMG.0009": Conflict, "the name is in use" / "名称已被使用", "choose another name" / "换一个名称";
    "IMG.0010": Conflict;
    "IMG.0011": Invalid;
    "IMG.0012": Invalid;
    "IMG.0013": Invalid, "the name is missing" / "缺少名称";
    "IMG.0014": Server Unsure, "the platform failed the task" / "平台任务执行失败";
    "IMG.0015": Quota, "the quota of private images is used up" / "私有镜像配额已满";
    "IMG.0016": Server Unsure;
    "IMG.0017": Invalid, "the format of the URL is wrong" / "URL 格式错误";
    "IMG.0018": Server Unsure, "the job could not be submitted" / "任务提交失败";
    "IMG.0019": Invalid;
    "IMG.0020": NotFound;
    "IMG.0021": Invalid;
    "IMG.0022": Conflict;
    "IMG.0023": Server Unsure, "the job could not be queried" / "任务查询失败";
    "IMG.0024": Invalid, "the image type is wrong" / "镜像类型错误";
    "IMG.0025": Invalid;
    "IMG.0026": Permission, "the role lacks the right, or the account is not verified" / "角色缺少权限，或账号未实名认证";
    "IMG.0027": NotFound, "the image does not exist" / "没有此 ID 的镜像";
    "IMG.0028": Conflict;
    "IMG.0029": Conflict;
    "IMG.0030": Auth, "project id and token do not fit" / "项目 ID 与 Token 不匹配", "give the id of the project in the region that is called" / "填写所调用地域的项目 ID";
    "IMG.0031": Invalid, "the resource id is wrong" / "资源 ID 错误";
    "IMG.0032": Conflict;
    "IMG.0033": Unsupported;
    "IMG.0034": Unsupported;
    "IMG.0035": Conflict;
    "IMG.0036": Permission, "the token of the agency could not be had" / "获取委托 Token 失败", "send again once; if it lasts, mend the agency and its permissions" / "可再试一次；若仍失败，请检查委托及其权限";
    "IMG.0037": Server Backoff, "temporary keys could not be had" / "获取临时密钥失败";
    "IMG.0038": Server Unsure, "the bucket could not be created" / "创建桶失败";
    "IMG.0039": Server Unsure, "the bucket could not be granted" / "桶授权失败";
    "IMG.0040": Server Unsure, "the address of the bucket could not be had" / "获取桶地址失败";
    "IMG.0041": Invalid;
    "IMG.0042": Unsupported;
    "IMG.0043": Unsupported;
    "IMG.0044": Conflict;
    "IMG.0045": Server Unsure;
    "IMG.0046": Conflict Backoff 60, "the image is not active" / "镜像不可用", "wait until its status is active" / "等待镜像状态变为 active";
    "IMG.0047": Permission, "only the owner of the image may do this" / "只有镜像所有者可以操作";
    "IMG.0048": Unsupported;
    "IMG.0049": Conflict;
    "IMG.0050": Unsupported;
    "IMG.0051": Unsupported;
    "IMG.0052": Unsupported;
    "IMG.0053": Server Backoff, "tenant or domain data could not be read from IAM" / "无法从 IAM 读取租户或账号信息";
    "IMG.0054": Invalid, "the format of the description is wrong" / "描述格式错误";
    "IMG.0055": Invalid;
    "IMG.0056": Invalid;
    "IMG.0057": Invalid, "the file is missing, empty or unreadable, or its format is wrong" / "文件为空、不存在、格式错误或不可读";
    "IMG.0058": Invalid, "the bucket is in another region" / "桶不在该地域";
    "IMG.0059": Unsupported, "the file is too large" / "文件过大";
    "IMG.0060": Throttled Backoff, "task flow control" / "任务流控";
    "IMG.0061": Server Unsure, "unknown system error" / "未知系统错误";
    "IMG.0062": Invalid, "the name is wrong" / "名称错误";
    "IMG.0063": Unsupported;
    "IMG.0064": Server Backoff, "tenant or domain data could not be read from IAM" / "无法从 IAM 读取租户或账号信息";
    "IMG.0065": Server Backoff, "tenant or domain data could not be read from IAM" / "无法从 IAM 读取租户或账号信息";
    "IMG.0066": Invalid, "the image id is wrong" / "镜像 ID 错误";
    "IMG.0067": Invalid, "the project id is wrong" / "项目 ID 错误";
    "IMG.0068": Invalid, "the name of the bucket is empty" / "桶名为空";
    "IMG.0069": Server Unsure, "the bucket could not be reached" / "无法访问桶";
    "IMG.0070": Conflict, "the object already exists" / "对象已存在", "choose another object name, or delete the object" / "换一个对象名，或先删除该对象";
    "IMG.0071": Unsupported, "the image cannot be exported" / "镜像不支持导出";
    "IMG.0072": Invalid, "the format of the file is not supported" / "不支持的文件格式", "give qcow2, vhd, zvhd or vmdk" / "使用 qcow2、vhd、zvhd 或 vmdk";
    "IMG.0073": Invalid, "the name of the file is empty" / "文件名为空";
    "IMG.0074": Invalid, "the name of the file is too long" / "文件名过长";
    "IMG.0075": Invalid, "the name of the file holds bad characters" / "文件名含非法字符";
    "IMG.0076": Invalid;
    "IMG.0077": Unsupported, "a public image cannot be exported" / "公共镜像不支持导出";
    "IMG.0078": Unsupported, "a marketplace image cannot be exported" / "市场镜像不支持导出";
    "IMG.0079": Unsupported, "a charged image cannot be exported" / "收费镜像不支持导出";
    "IMG.0080": Unsupported, "an image made from a backup cannot be exported" / "备份创建的镜像不支持导出";
    "IMG.0081": Unsupported, "an image made from a file cannot be exported" / "文件创建的镜像不支持导出";
    "IMG.0082": Unsupported;
    "IMG.0083": Unsupported;
    "IMG.0084": Unsupported;
    "IMG.0085": Invalid;
    "IMG.0086": NotFound, "the image does not exist" / "未找到镜像";
    "IMG.0087": Auth, "the token is wrong" / "Token 错误";
    "IMG.0088": Quota, "the quota of sharing is used up" / "共享配额已满";
    "IMG.0089": Unsupported;
    "IMG.0090": Conflict;
    "IMG.0091": Conflict;
    "IMG.0092": Permission;
    "IMG.0093": Unsupported;
    "IMG.0094": Unsupported;
    "IMG.0095": NotFound, "the key does not exist" / "密钥不存在";
    "IMG.0096": Invalid, "the new key is the key of the source image" / "新密钥与源镜像密钥相同";
    "IMG.0097": Conflict, "the key is disabled" / "密钥已禁用", "enable the key" / "启用该密钥";
    "IMG.0098": Unsupported;
    "IMG.0099": Permission, "no right on the key" / "没有密钥权限";
    "IMG.0100": Permission, "key management is not enabled for the account" / "账号未开通密钥管理";
    "IMG.0101": NotFound, "the key of the source image does not exist" / "源镜像的密钥不存在";
    "IMG.0102": Conflict, "the key of the source image is disabled" / "源镜像的密钥已禁用", "enable the key" / "启用该密钥";
    "IMG.0103": Permission, "no right on the key of the source image" / "没有源镜像密钥的权限";
    "IMG.0104": Invalid, "the region has several projects and none was named" / "地域下有多个项目，须指定项目名称", "set project_name" / "请填写 project_name";
    "IMG.0105": Unsupported, "the operation is not supported" / "不支持此操作";
    "IMG.0106": Permission, "the image belongs to another tenant" / "镜像属于其他租户";
    "IMG.0107": Unsupported;
    "IMG.0108": NotFound, "the tenant does not exist in the region" / "在该地域找不到租户 ID";
    "IMG.0109": Invalid, "the name of the bucket holds bad characters" / "桶名含非法字符";
    "IMG.0110": Conflict;
    "IMG.0111": Invalid;
    "IMG.0112": Server Unsure;
    "IMG.0113": Server Unsure;
    "IMG.0114": Server Unsure;
    "IMG.0115": Invalid;
    "IMG.0116": Quota, "the quota of tags is used up" / "标签配额已满";
    "IMG.0117": Invalid;
    "IMG.0118": Unsupported, "a bare-metal image cannot be encrypted" / "裸金属镜像不支持加密";
    "IMG.0119": Invalid;
    "IMG.0120": Invalid;
    "IMG.0121": NotFound;
    "IMG.0122": Invalid;
    "IMG.0123": Invalid;
    "IMG.0124": Unsupported;
    "IMG.0125": Unsupported;
    "IMG.0126": Conflict;
    "IMG.0127": NotFound;
    "IMG.0128": Unsupported, "a full-ECS image cannot be exported" / "整机镜像不支持导出";
    "IMG.0129": Unsupported;
    "IMG.0130": Unsupported, "a full-ECS image cannot be exported or replicated this way" / "整机镜像不支持此导出或复制";
    "IMG.0131": Unsupported;
    "IMG.0132": Conflict;
    "IMG.0133": Permission;
    "IMG.0134": Conflict;
    "IMG.0135": Unsupported;
    "IMG.0136": Conflict;
    "IMG.0137": Server Unsure;
    "IMG.0138": Invalid;
    "IMG.0139": Conflict;
    "IMG.0140": Invalid;
    "IMG.0141": Invalid;
    "IMG.0142": Invalid, "the destination region is the source region" / "目的地域与源地域相同", "choose another, or use CopyImageInRegion" / "换一个目的地域，或改用 CopyImageInRegion";
    "IMG.0143": Unsupported, "the image is encrypted" / "镜像已加密", "copy it with CopyImageInRegion without cmk_id, replicate that copy, then encrypt it in the destination" / "先在源地域不带 cmk_id 复制出非加密镜像，再跨区域复制，最后在目的地域加密";
    "IMG.0144": NotFound, "the image does not exist" / "镜像不存在";
    "IMG.0145": Invalid, "the project name is wrong" / "项目名称错误", "name a project of the destination region; the built-in project is named as the region" / "填写目的地域的项目名称，内置项目与地域同名";
    "IMG.0146": Unsupported, "the image is too large for cross-region copying" / "镜像超过跨区域复制的大小上限", "export it, transfer the file and import it in the destination" / "导出到桶，传输文件后在目的地域导入";
    "IMG.0147": Invalid, "the destination region is wrong" / "目的地域错误";
    "IMG.0148": Conflict Backoff 60, "the image is being exported" / "镜像正在导出", "wait until the export has ended" / "等待导出结束";
    "IMG.0149": Throttled Backoff 120, "more than five cross-region copies are running" / "同时进行的跨区域复制超过五个", "wait until one of them has ended" / "等待已有复制任务结束";
    "IMG.0150": Conflict, "the backup behind the full-ECS image is already in the destination" / "整机镜像的备份已在目的地域", "use it, or delete it first" / "使用目的地域已有备份，或先将其删除";
    "IMG.0151": Permission, "the agency has no right on the destination project" / "委托在目的项目没有权限", "grant the agency IMS CrossCopyAgencyPolicy on the destination project" / "在目的项目为委托授予 IMS CrossCopyAgencyPolicy";
    "IMG.0152": Conflict Backoff 300, "the full-ECS image is for now usable in one zone only" / "整机镜像暂时只能在一个可用区使用";
    "IMG.0153": Unsupported;
    "IMG.0154": Server Backoff, "the enterprise project service could not be reached" / "无法访问企业项目服务";
    "IMG.0155": Invalid, "the enterprise project id is wrong" / "企业项目 ID 无效";
    "IMG.0156": Server Unsure, "the enterprise project could not be associated" / "关联企业项目失败";
    "IMG.0157": Invalid, "the image type is wrong" / "镜像类型错误";
    "IMG.0158": Invalid;
    "IMG.0159": Invalid;
    "IMG.0160": Unsupported, "only images below 128 GB can be exported this way" / "仅支持导出 128 GB 以下的镜像", "use a fast export: is_quick_export without file_format" / "使用快速导出：设置 is_quick_export，不填 file_format";
    "IMG.0161": Permission, "no permission for this trial feature" / "没有公测权限";
    "IMG.0162": Invalid;
    "IMG.0163": Unsupported;
    "IMG.0164": Conflict;
    "IMG.0165": Permission;
    "IMG.0166": Invalid;
    "IMG.0167": Unsupported, "an ISO image does not allow this" / "ISO 镜像不支持此操作";
    "IMG.0168": Unsupported;
    "IMG.0169": Invalid;
    "IMG.0170": Invalid;
    "IMG.0171": Invalid;
    "IMG.0172": Invalid;
    "IMG.0173": Invalid;
    "IMG.0174": Invalid;
    "IMG.0175": Invalid, "the name of the file holds a space" / "文件名含空格";
    "IMG.0176": Server Unsure;
    "IMG.0177": Invalid, "source and target tenant are in different regions" / "源租户与目标租户不在同一地域";
    "IMG.0178": Invalid;
    "IMG.0179": Permission, "the token of the agency is invalid" / "委托 Token 无效", "send again once; if it lasts, mend the agency and its permissions" / "可再试一次；若仍失败，请检查委托及其权限";
    "IMG.0180": Unsupported;
    "IMG.0181": Server Unsure;
    "IMG.0182": Quota, "the vault is full" / "存储库空间不足", "enlarge the vault" / "扩容存储库";
    "IMG.0183": Invalid;
    "IMG.0184": Invalid, "the vault could not be read" / "存储库查询失败";
    "IMG.0185": Quota, "the quota of vault members is used up" / "存储库成员配额已满";
    "IMG.0186": Conflict;
    "IMG.0187": Throttled Backoff, "the traffic limit of key management was reached" / "密钥管理流量受限";
    "IMG.0188": Conflict Backoff 60, "the vault is unavailable" / "存储库不可用", "wait until the vault is available" / "等待存储库恢复可用";
    "IMG.0189": Unsupported, "the target vault cannot take replicas" / "目标存储库不支持复制";
    "IMG.0190": Unsupported;
    "IMG.0191": Server Unsure;
    "IMG.0192": Invalid;
    "IMG.0193": Invalid, "the vault is not a server-backup vault" / "存储库类型不是云服务器备份";
    "IMG.0194": Throttled Backoff, "the import concurrency was reached" / "导入并发达到上限";
    "IMG.0195": Invalid;
    "IMG.0196": Conflict, "the shared image has not been accepted yet" / "共享镜像尚未接受", "accept it with UpdateImageMembers, then send again" / "先用 UpdateImageMembers 接受共享，再重试";
    "IMG.0197": Unsupported, "a shared encrypted image cannot be copied" / "共享的加密镜像不支持复制";
    "IMG.0198": Invalid;
    "IMG.0212": Invalid;
    "IMG.0238": Permission, "the account is not verified" / "账号未实名认证", "verify the account" / "完成实名认证";
    "IMG.0239": Quota, "the balance is too low" / "账号余额不足", "top up the account" / "请充值";
    "IMG.0241": Permission, "the payment data are incomplete" / "账号支付信息不完整", "complete them" / "补全支付信息";
    "IMG.0242": Quota, "the budget is too low" / "预算不足", "raise the budget" / "请提高预算";
    "IMG.1075": Server Unsure;
}
.or(common_cause);

/// The cause that many codes of one kind have in common.
const fn common_cause(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Invalid => [for_texts!("a parameter of another image operation is wrong"), for_texts!("其他镜像操作的参数错误")],
        Kind::NotFound => [for_texts!("a resource that the image operation needs does not exist"), for_texts!("镜像操作所需的资源不存在")],
        Kind::Permission => [for_texts!("a right that the image operation needs is missing"), for_texts!("缺少镜像操作所需的权限")],
        Kind::Conflict => {
            [for_texts!("the image, or what it is made of, is busy or already there"), for_texts!("镜像或其来源正忙或已存在")]
        }
        Kind::Unsupported => {
            [for_texts!("this image or its source does not allow the operation"), for_texts!("该镜像或其来源不支持此操作")]
        }
        Kind::Server => [for_texts!("an internal step of the image service failed"), for_texts!("镜像服务内部步骤失败")],
        _ => ["", ""],
    }
}

/// What a code means; falls back by prefix, then by status.
pub(crate) fn explain(code: &str, status: Option<u16>) -> Explanation {
    let code = trimmed(code);
    let row = match code.strip_prefix("APIG.") {
        Some(number) => CODES.find(&concat(&["APIGW.", number])),
        None => CODES.find(code),
    };
    // One number for two troubles: a malformed request, and a back end that does not answer.
    let row = match (row, status) {
        (Some(Code { code: "APIGW.0201", .. }), Some(500..)) => CODES.find("APIGW.0202"),
        (row, _) => row,
    };
    match row {
        Some(row) => Explanation { code: code.to_owned(), ..Explanation::from_code(row) },
        None => Explanation::fallback(code, fallback_kind(code, status)),
    }
}

/// As [`explain`], with the message, which tells refused authentications apart (facts 7.8). None is repeated blindly:
/// after five failures in a row the gateway locks the key for five minutes.
pub(crate) fn explain_message(code: &str, message: &str, status: Option<u16>) -> Explanation {
    const LOCK_MS: i64 = 300_000;
    let mut told = explain(code, status);
    let Some(component) = cause(message).filter(|_| told.kind == Auth) else { return told };
    match component {
        Component::Clock => told.retry = Retry::Clock,
        Component::Token => told.retry = Retry::Credentials,
        Component::Locked => (told.retry, told.wait_ms) = (Retry::Backoff, told.wait_ms.max(Some(LOCK_MS))),
        Component::Size => told.kind = Invalid,
        _ => {}
    }
    let [cause_en, cause_zh, next_en, next_zh] = match component {
        // The answer shows the canonical request that the gateway computed.
        Component::Signature if contains(message, "canonicalRequest:") => [
            "the signature does not match; the answer shows the canonical request that the gateway computed",
            zh!("签名不匹配；响应中附有网关计算的规范请求"),
            "compare its canonicalRequest with ours (| stands for a line break); where both are the same, the secret is wrong",
            zh!("将其中的 canonicalRequest 与本地的规范请求比较（| 表示换行）；若两者一致，则密钥错误"),
        ],
        component => component.advice(),
    };
    Explanation { cause_en: cause_en.into(), cause_zh: cause_zh.into(), next_en: next_en.into(), next_zh: next_zh.into(), ..told }
}

/// The kind by HTTP status (facts 6.2); a bare number in place of a code is a status too.
fn fallback_kind(code: &str, status: Option<u16>) -> Kind {
    match status.filter(|status| !is_success(*status)).or_else(|| u16::try_from(number(code.as_bytes())?).ok()) {
        Some(405 | 406 | 501) => Unsupported,
        Some(status) => Kind::of_status(status),
        // A refusal inside a success, or no status at all: what the prefix says, and else the cloud's trouble.
        _ if code.starts_with("IMG.") => Invalid,
        _ if code.starts_with("APIGW.03") || code.starts_with("APIG.03") => Auth,
        _ => Server,
    }
}
