//! Sharing an image with other accounts.

use crate::api::check::params::{length, text, texts};
use crate::api::check::{Findings, Known, rules};
use crate::api::facts::{Image, Ownership, State};
use crate::base::record::Params;
use crate::base::text::first_outside;

rules! {
    SHARE_PERMISSION: Error {
        id: "tencent.ModifyImageSharePermission.Permission.value",
        code: "InvalidParameterValue",
        source: "CN",
        en: "{value} is no permission; use SHARE or CANCEL",
        zh: "{value} 不是合法的操作；应为 SHARE 或 CANCEL",
    }
    SHARE_NOBODY: Error {
        id: "tencent.ModifyImageSharePermission.AccountIds.empty",
        code: "MissingParameter",
        source: "CN",
        en: "no account is given; name at least one",
        zh: "没有指定账号；请至少填写一个",
    }
    SHARE_MANY: Error {
        id: "tencent.ModifyImageSharePermission.AccountIds.count",
        code: "OverQuota",
        source: "CN",
        en: "{count} accounts are given; an image is shared with at most 500",
        zh: "给出了 {count} 个账号；一个镜像最多共享给 500 个账号",
    }
    SHARE_ACCOUNT: Warning {
        id: "tencent.ModifyImageSharePermission.AccountIds.digits",
        code: "InvalidAccountId.NotFound",
        source: "CN",
        en: "{value} is no account id; give the number of a main account",
        zh: "{value} 不是账号 ID；请填写主账号 ID（数字）",
    }
    SHARE_STATE: Error {
        id: "tencent.ModifyImageSharePermission.ImageId.state",
        code: "InvalidImageId.IncorrectState",
        source: "CN",
        en: "the image is {state}; only an image in state NORMAL can be shared",
        zh: "镜像状态为 {state}；只有 NORMAL 状态的镜像可以共享",
    }
    SHARE_FOREIGN: Error {
        id: "tencent.ModifyImageSharePermission.ImageId.owner",
        code: "UnauthorizedOperation.ImageNotBelongToAccount",
        source: "GO",
        en: "only own images can be shared; use the key of the owner, or copy the image into an own one",
        zh: "只能共享自有镜像；请使用所有者的密钥，或先复制为自有镜像",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_share(params: &Params, known: &Known<'_>, findings: &mut Findings) {
    const MOST: usize = 500;
    if let Some(permission) = text(params, "Permission").filter(|permission| !["SHARE", "CANCEL"].contains(permission)) {
        findings.add(SHARE_PERMISSION, "Permission", &[("value", &permission)]);
    }
    match length(params, "AccountIds") {
        Some(0) => findings.add(SHARE_NOBODY, "AccountIds", &[]),
        Some(count) if count > MOST => findings.add(SHARE_MANY, "AccountIds", &[("count", &count)]),
        _ => {}
    }
    for (path, account) in texts(params, "AccountIds") {
        if account.is_empty() || first_outside(account, |c| c.is_ascii_digit()).is_some() {
            findings.add(SHARE_ACCOUNT, path, &[("value", &account)]);
        }
    }
    if let Some(image) = known.image {
        if image.state != State::Ready {
            findings.add(SHARE_STATE, "ImageId", &[("state", &image.state_word())]);
        }
        if is_foreign(image) {
            findings.add(SHARE_FOREIGN, "ImageId", &[]);
        }
    }
}

pub(super) fn is_foreign(image: &Image) -> bool {
    match image.ownership {
        Ownership::Shared | Ownership::Public | Ownership::Market => true,
        Ownership::Private | Ownership::Unknown => false,
    }
}
