//! Which site of a vendor an account belongs to, and where and as whom an operation is carried out.

use super::endpoint::Endpoint;
use crate::base::error::{Error, choose};
pub use crate::base::language::Language;
use crate::base::words::words;

words! {
    /// Which of a vendor's separate sites the account belongs to.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Edition {
        /// The main site: Tencent Cloud China, Volcengine, Huawei Cloud (whose hosts follow the region).
        #[default]
        Main = "main",
        /// The international site: Tencent Cloud International, BytePlus.
        International = "international",
    }
}

impl Edition {
    /// The site of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) listing the names there are.
    pub fn parse(name: &str) -> Result<Edition, Error> {
        choose("site", name)
    }
}

/// Where and as whom an operation is carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// The region that is acted on; for a copy the source region.
    pub region: String,
    /// Which site of the vendor.
    pub edition: Edition,
    /// Another host than the vendor's.
    pub endpoint: Option<Endpoint>,
    /// Huawei: id of the project in `region`.
    pub project_id: Option<String>,
    /// Huawei: id of the account, for IAM calls.
    pub domain_id: Option<String>,
    /// Language of the vendor's messages.
    pub language: Option<Language>,
}

impl At {
    /// In that region of the main site, at the vendor's own host.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: region.into(), ..Self::default() }
    }
}

impl Language {
    /// The language of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`](crate::Kind::Misuse) listing the names there are.
    pub fn parse(name: &str) -> Result<Language, Error> {
        choose("language", name)
    }
}
