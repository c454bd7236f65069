//! Huawei's documented constraints, one rule each.
//!
//! Ids read `huawei.<operation>.<field>.<what>`; `any` stands in place of the operation where several share a rule.
//! What the vendor publishes of formats of ids and lists of words is advice: other operators run the same API with
//! others, so that these are warnings. Lengths count Unicode characters.

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
use crate::huawei::request::{
    AddImageMembers, AddImageTags, CopyImageCrossRegion, CopyImageInRegion, CopyImageInRegionInSafeMode, DeleteImageMembers, ExportImage,
    ExportImageInSafeMode, ListAgencies, ListImages, ListProjects, UpdateImage, UpdateImageMembers,
};
use changes::check_update;
use copy::{check_copy, check_copy_in_region};
use export::check_export;
use ids::{check_ids, check_not_empty, check_word};
use listings::{AGENCIES_DOMAIN, check_list, check_pages};
use regions::check_place;
use sharing::{MEMBERS_STATUS, check_members};
use tags::check_tags;

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
    check_place(operation, params, at, findings);
    check_ids(operation, params, findings);
    match operation.name {
        AddImageMembers::NAME | DeleteImageMembers::NAME => check_members(params, findings),
        AddImageTags::NAME => check_tags(params, findings),
        CopyImageCrossRegion::NAME => check_copy(params, at, known, findings),
        CopyImageInRegion::NAME | CopyImageInRegionInSafeMode::NAME => check_copy_in_region(params, known, findings),
        ExportImage::NAME | ExportImageInSafeMode::NAME => check_export(params, known, findings),
        ListAgencies::NAME => {
            if text(params, "domain_id").or(at.domain_id.as_deref()).is_none_or(str::is_empty) {
                findings.add(AGENCIES_DOMAIN, "domain_id", &[]);
            }
            check_pages(params, 500, findings);
        }
        ListImages::NAME => check_list(params, findings),
        ListProjects::NAME => check_pages(params, 5000, findings),
        UpdateImage::NAME => check_update(params, findings),
        UpdateImageMembers::NAME => {
            check_not_empty(params, "images", findings);
            check_word(MEMBERS_STATUS, params, "status", "accepted, rejected", findings);
        }
        // The others have nothing but ids, which are checked above.
        _ => {}
    }
}
