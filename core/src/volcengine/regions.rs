//! Volcengine's regions.

use crate::provider::Region;

/// One row a region, sorted by id.
pub static REGIONS: &[Region] = &[];
