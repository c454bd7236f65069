//! Regions: what a cloud's table tells of each.

use crate::base::json::Object;
use crate::base::texts::Zh;
use crate::base::value::Value;
use crate::base::words::words;

/// The row of a region. One after the other: length and last character tell nearly all apart,
/// where a search for the place among sorted ones begins with an area that half of them share.
pub(crate) fn find(regions: &'static [Region], id: &str) -> Option<&'static Region> {
    regions.iter().find(|region| region.id.as_bytes().last() == id.as_bytes().last() && region.id == id)
}

/// A region that we know of.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// The vendor's id.
    pub id: &'static str,
    /// English name; empty where none is published.
    pub en: &'static str,
    pub(crate) zh: Zh,
    /// What sets it apart.
    pub class: RegionClass,
}

words! {
    /// What sets a region apart.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum RegionClass {
        /// An ordinary region in mainland China.
        Mainland = "mainland",
        /// An ordinary region elsewhere.
        Overseas = "overseas",
        /// A finance region, walled off from the ordinary ones.
        Finance = "finance",
        /// Special purpose, not public, or old.
        Special = "special",
    }
}

impl Region {
    /// Chinese name; empty where none is published, or while it is not loaded, without the feature `texts`.
    pub fn zh(&self) -> &'static str {
        self.zh.text()
    }

    /// The region as a JSON object.
    pub fn to_value(&self) -> Value {
        let Region { id, en, class, .. } = self;
        Object::new().set("id", *id).set("name", *en).set("name_zh", self.zh()).set("class", class.as_str()).value()
    }
}
