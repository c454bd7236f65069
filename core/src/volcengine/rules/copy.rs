//! What starts a copy: destination, name, key.

use super::names::{check_description, check_name};
use super::regions::{is_known, is_region, known_regions, region_of_zone};
use super::source::{COPY_IMAGE_SHARED, check_copied};
use super::tags::check_tags;
use crate::api::check::params::{flag, length, text};
use crate::api::check::{Findings, Known, rules};
use crate::api::facts::Ownership;
use crate::api::site::At;
use crate::base::record::Params;
use crate::base::text::quoted;

rules! {
    COPY_DESTINATION_EMPTY: Error {
        id: "volcengine.CopyImage.DestinationRegion.empty",
        code: "MissingParameter.DestinationRegion",
        source: "S3",
        en: "DestinationRegion is empty; give a region id such as cn-shanghai",
        zh: "DestinationRegion 为空；请填写地域 ID，例如 cn-shanghai",
    }
    COPY_DESTINATION_FORM: Error {
        id: "volcengine.CopyImage.DestinationRegion.form",
        code: "InvalidDestinationRegion.Malformed",
        source: "S3",
        en: "{region} is not a region id; write one like cn-shanghai: lower-case letters, digits and hyphens",
        zh: "{region} 不是地域 ID；写法如 cn-shanghai：小写字母、数字和连字符",
    }
    COPY_DESTINATION_CASE: Error {
        id: "volcengine.CopyImage.DestinationRegion.case",
        code: "InvalidDestinationRegion.Malformed",
        source: "OWN",
        en: "{region} has upper-case letters; write {fix}",
        zh: "{region} 含有大写字母；请写成 {fix}",
    }
    COPY_DESTINATION_ZONE: Error {
        id: "volcengine.CopyImage.DestinationRegion.zone",
        code: "InvalidDestinationRegion.Malformed",
        source: "OWN",
        en: "{region} is a zone; write its region {fix}",
        zh: "{region} 是可用区；请填写其地域 {fix}",
    }
    COPY_DESTINATION_SAME: Error {
        id: "volcengine.CopyImage.DestinationRegion.same",
        code: "InvalidDestinationRegion.Mismatch",
        source: "S3",
        en: "{region} is the source region itself; choose another destination",
        zh: "{region} 就是源地域；请选择其他目标地域",
    }
    COPY_DESTINATION_SAME_SHARED: Warning {
        id: "volcengine.CopyImage.DestinationRegion.same_shared",
        code: "InvalidDestinationRegion.Mismatch",
        source: "DOC",
        en: "a shared image is copied within its region {region}, which only newer pages of the vendor allow; have the image's owner copy it if this is refused",
        zh: "共享镜像将在其所在地域 {region} 内复制，仅较新的官方文档允许；若被拒绝，请由镜像所有者复制",
    }
    COPY_DESTINATION_UNKNOWN: Warning {
        id: "volcengine.CopyImage.DestinationRegion.unknown",
        code: "InvalidDestinationRegion.Malformed",
        source: "OWN",
        en: "{region} is not among the known regions; check the spelling, or ask DescribeRegions",
        zh: "{region} 不在已知地域之列；请检查拼写，或用 DescribeRegions 查询",
    }
    COPY_DESCRIPTION_EMPTY: Note {
        id: "volcengine.CopyImage.Description.empty",
        source: "OWN",
        en: "Description is sent empty; whether the cloud then takes the source's is not documented, so leave it out to inherit it",
        zh: "Description 将以空值发送；此时是否沿用源镜像描述未见文档，如需沿用请不填",
    }
    COPY_TAGS_IGNORED: Warning {
        id: "volcengine.CopyImage.Tags.ignored",
        source: "DOC",
        en: "Tags are ignored while CopyImageTags is true; drop one of the two",
        zh: "CopyImageTags 为 true 时 Tags 会被忽略；请去掉其中一个",
    }
    COPY_TAGS_SHARED: Warning {
        id: "volcengine.CopyImage.CopyImageTags.shared",
        source: "DOC",
        en: "CopyImageTags has no effect on a shared image; give Tags instead",
        zh: "CopyImageTags 对共享镜像无效；请改用 Tags",
    }
    COPY_IMAGE_ASSUMED: Note {
        id: "volcengine.CopyImage.ImageId.assumed",
        source: "DOC",
        en: "nothing is known of the image: assumed to be an available custom image of this account, of one system disk and at most 300 GiB",
        zh: "尚无镜像信息：假定为本账号可用的自定义镜像，仅含系统盘且不超过 300 GiB",
    }
    COPY_QUOTA_ASSUMED: Note {
        id: "volcengine.CopyImage.quota.assumed",
        source: "S3",
        en: "nothing is known of the room in the destination: assumed to hold fewer than 50 custom images",
        zh: "尚无目标地域的配额信息：假定其自定义镜像少于 50 个",
    }
    COPY_QUOTA: Error {
        id: "volcengine.CopyImage.quota.full",
        code: "LimitExceeded.MaximumImageCount",
        source: "S3",
        en: "the destination holds {used} of {total} custom images; delete one there or have the quota raised",
        zh: "目标地域已有 {used} 个自定义镜像，上限 {total} 个；请删除不用的镜像或申请提高配额",
    }
    COPY_INVITATION: Note {
        id: "volcengine.CopyImage.account.invited",
        source: "S3",
        en: "copying is by invitation: this account is assumed to have it; if not, ask the account manager",
        zh: "复制镜像处于邀测阶段：假定本账号已开通；若未开通，请联系客户经理",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_copy(params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    check_name(params, findings);
    match text(params, "Description") {
        Some("") => findings.add(COPY_DESCRIPTION_EMPTY, "Description", &[]),
        Some(description) => check_description(description, findings),
        None => {}
    }
    if let Some(destination) = text(params, "DestinationRegion") {
        check_destination(destination, findings);
    }
    let within_region = text(params, "DestinationRegion").is_some_and(|to| !to.is_empty() && to.eq_ignore_ascii_case(&at.region));
    let is_shared = known.image.is_some_and(|image| image.ownership == Ownership::Shared);
    if within_region {
        let rule = if is_shared { COPY_DESTINATION_SAME_SHARED } else { COPY_DESTINATION_SAME };
        findings.add(rule, "DestinationRegion", &[("region", &at.region)]);
    }
    check_tags(params, 0, findings);
    if flag(params, "CopyImageTags") {
        if length(params, "Tags").is_some_and(|count| count > 0) {
            findings.add(COPY_TAGS_IGNORED, "Tags", &[]);
        }
        if is_shared {
            findings.add(COPY_TAGS_SHARED, "CopyImageTags", &[]);
        }
    }
    match known.image {
        Some(image) => check_copied(image, within_region, findings),
        None if known.shared == Some(true) => findings.add(COPY_IMAGE_SHARED, "ImageId", &[]),
        None => findings.add(COPY_IMAGE_ASSUMED, "ImageId", &[]),
    }
    // The page names the limit, so the number of images alone is enough to know.
    match known.quota.and_then(|quota| Some((quota.used?, quota.total.unwrap_or(50)))) {
        Some((used, total)) if used >= total => findings.add(COPY_QUOTA, "DestinationRegion", &[("used", &used), ("total", &total)]),
        Some(_) => {}
        None => findings.add(COPY_QUOTA_ASSUMED, "DestinationRegion", &[]),
    }
    findings.add(COPY_INVITATION, "account", &[]);
}

fn check_destination(region: &str, findings: &mut Findings) {
    const PATH: &str = "DestinationRegion";
    let lower = region.to_ascii_lowercase();
    if region.is_empty() {
        findings.add(COPY_DESTINATION_EMPTY, PATH, &[]);
    } else if let Some(fix) = region_of_zone(&lower) {
        findings.add(COPY_DESTINATION_ZONE, PATH, &[("region", &region), ("fix", &fix)]);
    } else if !is_region(&lower) {
        findings.add_unknown(COPY_DESTINATION_FORM, PATH, &[("region", &quoted(region))], region, &mut known_regions());
    } else if region != lower {
        findings.add(COPY_DESTINATION_CASE, PATH, &[("region", &region), ("fix", &lower)]);
    } else if findings.wants(COPY_DESTINATION_UNKNOWN) && !is_known(region) {
        findings.add_unknown(COPY_DESTINATION_UNKNOWN, PATH, &[("region", &region)], region, &mut known_regions());
    }
}
