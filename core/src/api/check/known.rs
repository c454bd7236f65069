//! What is known beside the parameters.

use crate::api::facts::{Image, Quota};

/// Facts that let more rules run. What is `None` is not checked; the rule is listed as an assumption instead.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The source image, as described by the API.
    pub image: Option<&'a Image>,
    /// Room in the destination.
    pub quota: Option<&'a Quota>,
    /// Cross-region copies of the account that have not ended, as the caller has counted them: no cloud tells.
    pub running: Option<u32>,
}
