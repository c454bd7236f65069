//! What is known beside the parameters.

use crate::api::facts::{Image, Ownership, Quota};

/// Facts that let more rules run. What is `None` is not checked; the rule is listed as an assumption instead.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The source image, as described by the API.
    pub image: Option<&'a Image>,
    /// What is used of the quota in the destination, and the whole of it.
    pub quota: Option<&'a Quota>,
    /// Cross-region copies of the account that have not ended, as the caller has counted them: no cloud tells.
    pub running: Option<u32>,
    /// Whether the source is shared by another account, as its user says where it has not been described by the API.
    pub shared: Option<bool>,
}

impl Known<'_> {
    /// Whose the source is: what the API tells stands above what its user says.
    pub(crate) fn ownership(&self) -> Option<Ownership> {
        let told = self.image.map(|image| image.ownership).filter(|ownership| *ownership != Ownership::Unknown);
        told.or_else(|| self.shared.map(|shared| if shared { Ownership::Shared } else { Ownership::Private }))
    }
}
