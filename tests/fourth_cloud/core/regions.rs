//! The regions.

use crate::api::region::{Region, RegionClass};
use crate::base::texts::Zh;

pub(crate) static REGIONS: &[Region] = &[
    Region { id: "four-1", en: "One", zh: Zh::of("一"), class: RegionClass::Mainland },
    Region { id: "four-2", en: "Two", zh: Zh::of("二"), class: RegionClass::Mainland },
];
