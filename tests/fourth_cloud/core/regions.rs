//! The regions.

use crate::api::region::{Region, RegionClass};

pub(crate) static REGIONS: &[Region] = &[
    Region { id: "four-1", en: "One", zh: "一", class: RegionClass::Mainland },
    Region { id: "four-2", en: "Two", zh: "二", class: RegionClass::Mainland },
];
