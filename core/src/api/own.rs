//! Codes of our own, which reports, journals and errors hold where no cloud has spoken.

use crate::api::catalogue::{Code, Codes, Explanation, Owner, codes};
use crate::base::blocked::remedy;
use crate::base::error::Kind;

/// Every code of our own that a run may end with, or that a journal is refused by. The codes of findings are those of their rules.
static CODES: Codes = codes! {
    "answer.unexpected": Protocol Unsure, "the answer does not hold what was asked for" / "响应中没有所需内容";
    "chain.kept": Misuse, "the image is kept for the copies that can still be taken up again" / "该镜像被保留，供可恢复的复制使用", "resume the journal to go on" / "可从日志恢复继续";
    "copy.failed": Server, "the task of the copy failed, and the cloud gives no reason" / "复制任务失败，云平台未说明原因", "copy again; if it fails again, open a ticket" / "请重新复制；若再次失败，请提交工单";
    "credentials.expired": Auth Credentials, "the key in the file has expired" / "文件中的密钥已过期", "log in again, or give another key" / "请重新登录或提供其他密钥";
    "credentials.missing": Auth Credentials, "no key was given for this cloud" / "未提供该云的密钥", "give an access key for this cloud" / "请提供该云的访问密钥";
    "deadline": Server Unsure, "the time that the policy allows has passed; what was launched goes on in the cloud" / "已超过策略允许的时间；已发起的复制仍在云端进行", "resume the journal to go on, or set a longer deadline" / "可从日志恢复继续，或设置更长的期限";
    "export.ambiguous": Conflict, "nobody can tell whether the export began: its answer was lost" / "响应丢失，无法确定导出是否已开始", "look in the bucket; if the file does not appear, run the plan again" / "请查看存储桶；若文件一直没有出现，请重新执行计划";
    "image.being_made": Conflict Backoff, "the source is still being made" / "源镜像仍在制作中", "its copies are launched once it is usable" / "源镜像可用后自动发起复制";
    "image.conflict": Conflict, "another image has the wanted name" / "目标名称已被其他镜像占用", "choose another name, or delete that image; it was left alone" / "请换一个名称，或删除该镜像；未对其做任何改动";
    "image.failed": Server, "the cloud took the copy and could not finish it" / "云平台已接受复制，但未能完成", "delete it and copy again; if it fails again, open a ticket" / "请删除后重新复制；若再次失败，请提交工单";
    "image.gone": NotFound Unsure, "the new image is not to be seen any more, or never was" / "新镜像已不可见，或从未出现", "look at the destination; copy again if it is not there" / "请核对目标地域；若不存在请重新复制";
    "image.in_two_regions": Conflict, "the host does not tell regions apart: one image seems to be in two" / "接入地址不区分地域：同一镜像似乎出现在两个地域", "put {region} into the endpoint, or {to} into the name, and look at the destination" / "请在接入地址中加入 {region}，或在名称中加入 {to}，并核对目标地域";
    "image.not_listed": NotFound, "the cloud lists no such image in that region" / "该地域的列表中没有此镜像", "check the image id, its region and the account" / "请检查镜像 ID、所在地域和账号";
    "image.stale": Conflict, "an older image has the wanted name" / "目标名称已被旧镜像占用", "choose a new name, for example with {date}, or delete that image; it was left alone" / "请换一个新名称（例如含 {date}），或删除该镜像；未对其做任何改动";
    "job.cancelled": Misuse, "the job was cancelled; what was launched goes on in the cloud" / "任务已取消；已发起的复制仍在云端进行", "resume the journal to go on" / "可从日志恢复继续";
    "journal.encoding": Misuse, "the journal was packed or turned into another encoding" / "日志被压缩或转成了其他编码", "turn it back, then go on; nothing of it is lost" / "请先还原，再继续；内容未丢失";
    "journal.joined": Misuse, "two journals stand in one file" / "一个文件中有两份日志", "part the file before that line and go on with each part by itself" / "请在该行之前把文件拆开，分别继续";
    "journal.line": Misuse, "a line of the journal is damaged, or not of this plan" / "日志中有一行已损坏，或不属于该计划", "restore the file from a copy, or cut it before that line and look at the destinations by hand" / "请从备份恢复，或截去该行及其后内容并人工核对目标地域";
    "journal.locked": Misuse, "another process drives the job of this journal" / "另一进程正在使用此日志", "wait for it to end, or choose another file" / "请等待其结束，或换一个文件";
    "journal.unwritable": Misuse, "the journal cannot be written by this user" / "当前用户不能写入日志", "let this user write the file, then go on; nothing of it is lost" / "请让当前用户可以写入该文件，再继续；内容未丢失";
    "journal.version": Misuse, "another version of imgferry wrote the journal" / "日志由其他版本的 imgferry 写入", "go on with the release that wrote it, or a later one; nothing of it is lost" / "请使用写入该日志的版本或更新的版本继续；内容未丢失";
    "journal.zeros": Misuse, "the journal begins with zero bytes, as a crash leaves them" / "日志以零字节开头，通常由崩溃造成", "restore the file from a copy, or run the same copy again with another journal" / "请从备份恢复该文件，或换一个日志文件重新执行相同的复制";
    "launch.ambiguous": Conflict, "nobody can tell whether a copy was made" / "无法确定是否已复制", "look at the destination, then resume or delete" / "请核对目标地域后恢复或清理";
    "plan.dry_run": Misuse, "the cloud only checked the launch: the parameters ask for a dry run" / "参数要求仅预检，云平台未发起复制", "take DryRun out of the plan" / "请从计划中去掉 DryRun";
    "source.deadline": Conflict, "the source was still being made when the time that the policy allows had passed; nothing was launched" / "已超过策略允许的时间，源镜像仍在制作中；未发起复制", "look at what makes it; run the plan again once it is usable, or set a longer source_deadline" / "请检查其制作过程；可用后重新执行计划，或设置更长的 source_deadline";
    "transport.blocked": Server, "no request can leave: a certificate is not trusted, or a proxy wants a login" / "请求无法发出：证书不受信任，或代理要求登录", "mend the certificates, the proxy or the endpoint, then go on; waiting does not help" / "请修正证书、代理或接入地址后继续；等待无法解决";
    "transport.unanswered": Server Unsure, "the request was sent, but no answer came" / "请求已发出，但没有收到响应";
    "transport.unsent": Server Backoff, "the request never left: no such host, a refused connection, or a proxy without a way" / "请求未发出：域名无法解析、连接被拒绝或代理不通", "check the network, the proxy and the endpoint, then send again" / "请检查网络、代理和接入地址后重试";
};

impl Codes {
    /// The codes of our own, which stand beside those of every cloud.
    pub fn own() -> &'static Codes {
        &CODES
    }
}

/// What a code of our own means. The message of a request that is blocked tells what mends it.
pub(crate) fn explain(code: &str, message: &str) -> Option<Explanation> {
    // What carries out no plan is told none of them, and its texts are not at hand.
    if cfg!(all(feature = "compact", not(feature = "own"))) {
        return None;
    }
    let row: Code = CODES.find(code)?;
    let mut told = Explanation::from_code(row);
    // What never reached a cloud is not the cloud's to mend.
    if row.kind == Kind::Server && !code.ends_with(".failed") {
        told.owner = Owner::Caller;
    }
    if code == "transport.blocked" && !message.is_empty() {
        let (en, zh) = remedy(message);
        (told.next_en, told.next_zh) = (en.into(), zh.into());
    }
    Some(told)
}
