//! Tencent's documented constraints, one rule each.
//!
//! Sources: S0 and S1 are the SyncImages pages of the international and the China site, S2 the ExportImages page, CN the
//! China site's SDK and reference, GO the per-action code lists of the Go SDK, DOC the product documentation,
//! TAG the page of TagResources.

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
use crate::tencent::request::{
    DeleteImages, DescribeImageFromFamily, DescribeImages, DescribeRegions, ExportImages, ModifyImageAttribute, ModifyImageSharePermission,
    SyncImages, TagResources,
};
use changes::{check_change, check_delete};
use copy::check_copy;
use export::check_export;
use ids::{check_image_id, image_ids};
use listings::check_list;
use names::FAMILY_EMPTY;
use regions::{check_region_of_call, check_regions};
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
#[cfg_attr(feature = "clouds", inline(never))] // a first signature compiles what is inlined
pub(crate) fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>, findings: &mut Findings) {
    let class = check_region_of_call(operation, at, findings);
    for (path, id) in image_ids(params) {
        check_image_id(path, id, findings);
    }
    match operation.name {
        DeleteImages::NAME => check_delete(params, known, findings),
        DescribeImageFromFamily::NAME if text(params, "ImageFamily") == Some("") => findings.add(FAMILY_EMPTY, "ImageFamily", &[]),
        DescribeImages::NAME => check_list(params, at, findings),
        DescribeRegions::NAME => check_regions(params, findings),
        ExportImages::NAME => check_export(params, known, findings),
        ModifyImageAttribute::NAME => check_change(params, known, findings),
        ModifyImageSharePermission::NAME => check_share(params, known, findings),
        SyncImages::NAME => check_copy(params, at, class, known, findings),
        TagResources::NAME => check_tag(params, findings),
        _ => {}
    }
}
