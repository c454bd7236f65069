//! What an answer tells.

use crate::api::facts::{Facts, Identity, Page, Quota, Temporary};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// `type` tells which facts they are.
impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        fn items<S: Serializer>(to: S, kind: &str, items: &impl Serialize) -> Result<S::Ok, S::Error> {
            let mut record = to.serialize_struct("Facts", 2)?;
            record.serialize_field("items", items)?;
            record.serialize_field("type", kind)?;
            record.end()
        }
        fn page<T: Serialize, S: Serializer>(to: S, kind: &str, page: &Page<T>) -> Result<S::Ok, S::Error> {
            let Page { items, next, total } = page;
            let mut record = to.serialize_struct("Facts", 4)?;
            record.serialize_field("items", items)?;
            record.serialize_field("next", next)?;
            record.serialize_field("total", total)?;
            record.serialize_field("type", kind)?;
            record.end()
        }
        fn nothing<S: Serializer>(to: S, kind: &str) -> Result<S::Ok, S::Error> {
            let mut record = to.serialize_struct("Facts", 1)?;
            record.serialize_field("type", kind)?;
            record.end()
        }
        match self {
            Facts::Nothing => nothing(to, "nothing"),
            Facts::DryRun => nothing(to, "dry_run"),
            Facts::Launched(launched) => items(to, "launched", launched),
            Facts::Images(images) => page(to, "images", images),
            Facts::Tasks(tasks) => page(to, "tasks", tasks),
            Facts::Quota(Quota { total, used }) => {
                let mut record = to.serialize_struct("Facts", 3)?;
                record.serialize_field("total", total)?;
                record.serialize_field("type", "quota")?;
                record.serialize_field("used", used)?;
                record.end()
            }
            Facts::Regions(regions) => page(to, "regions", regions),
            Facts::Projects(projects) => page(to, "projects", projects),
            Facts::Agencies(agencies) => page(to, "agencies", agencies),
            Facts::Accounts(accounts) => items(to, "accounts", accounts),
            Facts::Identity(Identity { account, name, kind }) => {
                let mut record = to.serialize_struct("Facts", 4)?;
                record.serialize_field("account", account)?;
                record.serialize_field("kind", kind)?;
                record.serialize_field("name", name)?;
                record.serialize_field("type", "identity")?;
                record.end()
            }
            Facts::Temporary(Temporary { credentials, expires }) => {
                let mut record = to.serialize_struct("Facts", 5)?;
                record.serialize_field("expires_ms", expires)?;
                record.serialize_field("id", credentials.id())?;
                record.serialize_field("secret", credentials.secret())?;
                record.serialize_field("token", &credentials.token())?;
                record.serialize_field("type", "temporary")?;
                record.end()
            }
        }
    }
}
