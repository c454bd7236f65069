//! Volcengine's documented constraints, one rule each.
//!
//! Ids read `volcengine.<operation>.<field>.<what>`; `any` stands in place of the operation where several share a rule.
//! Sources: S3 is the CopyImage page, DOC the vendor's other pages and the metadata of its command line, OWN our caution
//! about what no page says. Lengths and positions count Unicode characters, positions from 0.

mod changes;
mod copy;
mod export;
mod ids;
mod listings;
mod names;
mod regions;
mod sharing;
mod source;
mod tags;

use crate::api::check::params::text;
use crate::api::check::{Findings, Known, Rules};
use crate::api::operation::Operation;
use crate::api::site::At;
use crate::base::record::Params;
use crate::volcengine::request::{
    CopyImage, DeleteImages, DescribeImages, DescribeRegions, DescribeTasks, ExportImage, ModifyImageAttribute, ModifyImageSharePermission,
    TagResources,
};
use changes::{DELETE_IDS_COUNT, check_change};
use copy::check_copy;
use export::check_export;
use ids::{check_ids, check_image_id};
use listings::{check_list, check_tasks};
use names::check_project;
use regions::{REGION_UNKNOWN, check_region, check_regions, is_known, known_regions};
use sharing::check_share;
use tags::check_tag;

/// Every rule, by what it is about.
pub(crate) static BY_SUBJECT: &[&Rules] = &[
    &regions::RULES,
    &ids::RULES,
    &names::RULES,
    &copy::RULES,
    &source::RULES,
    &export::RULES,
    &listings::RULES,
    &changes::RULES,
    &sharing::RULES,
    &tags::RULES,
];

/// Applies every rule of the operation.
///
/// ```
/// use imgferry::{At, api::check::Known, volcengine::request::CopyImage};
/// let params = serde_json::from_str(r#"{"ImageId": "image-1", "ImageName": "my image", "DestinationRegion": "cn-shanghai-a"}"#).unwrap();
/// let found = imgferry::check(CopyImage::OPERATION, &params, &At::region("cn-beijing"), &Known::default());
/// assert_eq!(found.problems[0].message_en, "ImageName holds U+0020 at position 2; use letters, digits, Chinese characters and _ - .");
/// assert_eq!(found.problems[1].message_en, "cn-shanghai-a is a zone; write its region cn-shanghai");
/// assert_eq!(found.problems[1].vendor_code, Some("InvalidDestinationRegion.Malformed"));
/// ```
#[cfg_attr(feature = "clouds", inline(never))] // a first signature compiles what is inlined
pub(crate) fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    if check_region(&at.region, "region".into(), findings) && findings.wants(REGION_UNKNOWN) && !is_known(&at.region) {
        findings.add_unknown(REGION_UNKNOWN, "region", &[("region", &at.region)], &at.region, &mut known_regions());
    }
    if let Some(id) = text(params, "ImageId") {
        check_image_id(id, findings);
    }
    if let Some(project) = text(params, "ProjectName") {
        check_project(project, findings);
    }
    match operation.name {
        CopyImage::NAME => check_copy(params, at, known, findings),
        DeleteImages::NAME => check_ids(params, "ImageIds", 1..=100, DELETE_IDS_COUNT, findings),
        DescribeImages::NAME => check_list(params, findings),
        DescribeRegions::NAME => check_regions(params, findings),
        DescribeTasks::NAME => check_tasks(params, findings),
        ExportImage::NAME => check_export(params, known, findings),
        ModifyImageAttribute::NAME => check_change(params, findings),
        ModifyImageSharePermission::NAME => check_share(params, findings),
        TagResources::NAME => check_tag(params, findings),
        _ => {}
    }
}
