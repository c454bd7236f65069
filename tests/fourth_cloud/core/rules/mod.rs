//! The documented constraints.

use crate::api::check::params::text;
use crate::api::check::{Findings, Known, Rules, rules};
use crate::api::operation::Operation;
use crate::api::site::At;
use crate::base::record::Params;

rules! {
    IMAGE_ID_EMPTY: Error {
        id: "fourth.CopyImage.ImageId.empty",
        code: "NoSuchImage",
        source: "nowhere",
        en: "the id is empty; give one",
        zh: "ID 为空；请填写",
    }
}

pub(crate) static BY_SUBJECT: &[&Rules] = &[&RULES];

pub(crate) fn check(_: &'static Operation, params: &Params, _: &At, _: &Known<'_>, findings: &mut Findings) {
    if text(params, "ImageId") == Some("") {
        findings.add(IMAGE_ID_EMPTY, "ImageId", &[]);
    }
}
