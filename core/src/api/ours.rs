//! The codes of our own that stand in events, rows and journals beside those of the clouds.

use super::catalogue::{Codes, Explanation, Owner, codes};
use crate::base::http::remedy;

/// One row a code, sorted.
pub(crate) static CODES: Codes = codes! {
    "answer.unexpected": Protocol Unsure, "the answer does not hold what was asked for" / "响应中没有所请求的内容", "check the endpoint; if it is right, report the answer" / "请检查接入地址；若无误，请反馈该响应";
    "copy.failed": Server, "the task of the copy failed, and the cloud gives no reason" / "复制任务失败，云平台未说明原因", "copy again; if it fails again, open a ticket" / "请重新复制；若再次失败，请提交工单";
    "credentials.missing": Auth Credentials, "no access key for this cloud was given" / "未提供该云的访问密钥", "give an access key for this cloud, then resume" / "请提供该云的访问密钥后恢复";
    "deadline": Server, "a deadline of the policy has passed; what was launched goes on at the cloud" / "已超过策略设定的期限；已发起的复制仍在云端继续", "resume the journal to go on, or set a longer deadline" / "可从日志恢复继续，或设置更长的期限";
    "export.ambiguous": Conflict, "nobody can tell whether the export began: its answer was lost" / "无法确定导出是否已开始：未收到响应", "look in the bucket; if the object does not appear, run the plan again" / "请查看存储桶；若一直没有出现，请重新执行计划";
    "image.being_made": Conflict Backoff, "the source is still being made" / "源镜像仍在制作中", "its copies are launched once it is usable" / "源镜像可用后自动发起复制";
    "image.conflict": Conflict, "another image of the destination has the name; it was left alone" / "目标地域中另有同名镜像；未对其做任何改动", "choose another name, or delete that image" / "请换一个名称，或删除该镜像";
    "image.failed": Server, "the new image ended in a state of failure" / "新镜像处于失败状态", "delete it and copy again; if it fails again, open a ticket" / "请删除后重新复制；若再次失败，请提交工单";
    "image.gone": NotFound, "the new image is not to be seen any more, or never was" / "新镜像已不可见，或从未出现", "look at the destination; copy again if it is not there" / "请核对目标地域；若不存在请重新复制";
    "image.in_two_regions": Conflict, "one image seems to be in two regions: the host does not tell regions apart" / "同一镜像似乎位于两个地域：该主机不区分地域", "put {region} into the endpoint, or {to} into the name, and look at the destination" / "请在接入地址中加入 {region}，或在名称中加入 {to}，并核对目标地域";
    "image.not_listed": NotFound, "the source is not listed in its region" / "源地域未列出该镜像", "check the image id, its region and the account" / "请检查镜像 ID、所在地域和账号";
    "image.stale": Conflict, "an image of that name is older than the source; it was left alone" / "同名镜像早于源镜像；未对其做任何改动", "choose a new name, for example with {date}, or delete that image" / "请换一个新名称（例如含 {date}），或删除该镜像";
    "job.cancelled": Misuse, "the job was cancelled" / "任务已取消", "resume the journal to go on" / "可从日志恢复继续";
    "launch.ambiguous": Conflict, "nobody can tell whether a copy was made" / "无法确定是否已复制", "look at the destination, then resume, or tell what is there" / "请核对目标地域后恢复，或说明实际情况";
    "source.deadline": Conflict, "the source is still being made, longer than the plan waits; nothing was launched" / "源镜像仍在制作中，已超过等待期限；未发起复制", "look at what makes it; run the plan again once it is usable, or set a longer source_deadline" / "请检查其制作过程，可用后重新执行计划，或设置更长的 source_deadline";
    "transport.blocked": Server, "the request never left: certificate, proxy or endpoint must be mended first" / "请求未发出：须先修正证书、代理或接入地址", "mend it, then resume" / "请修正后恢复";
    "transport.unanswered": Server Unsure, "the request was sent, but no answer came" / "请求已发出，但未收到响应", "the destination is looked at before anything is sent again" / "重试前会先核对目标地域";
    "transport.unsent": Server Backoff, "the request never left: no connection was made" / "请求未发出：未能建立连接", "check the network, the proxy and the endpoint" / "请检查网络、代理和接入地址";
};

/// What a code of ours means; `None` for any other. The message of a request that is blocked tells what mends it.
pub(crate) fn explain(code: &str, message: &str) -> Option<Explanation> {
    let mut told = Explanation::from_code(CODES.find(code)?);
    if !code.ends_with(".failed") {
        told.owner = Owner::Caller;
    }
    if code == "transport.blocked" && !message.is_empty() {
        let (en, zh) = remedy(message);
        (told.next_en, told.next_zh) = (en.into(), zh.into());
    }
    Some(told)
}
