//! What is to be replicated: transfers, their destinations, names and settings, read from JSON with all findings at once.
//!
//! # The format
//!
//! A record with these fields; a field that is not listed is an error.
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `copies` | list of records | images that go to other regions |
//! | `exports` | list of records | images that are written to a bucket of their own region |
//! | `clouds` | record by `tencent`, `volcengine`, `huawei` | how each cloud is reached |
//! | `policy` | record | every number of the replication: see [`Policy`](policy::Policy) |
//!
//! A copy:
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `cloud` | `tencent`, `volcengine`, `huawei` | whose image it is; required |
//! | `image` | id | the source image; required |
//! | `from` | region | where it is; required |
//! | `to` | list of regions, or of records with `region` | where it goes; required. A record may give `name`, `description`, `params`, `after` and `chain` of its own: they take the place of those of the copy, `params`, `after` and `chain` field by field |
//! | `name` | template | name of the copies; default: that of the source |
//! | `description` | text | description of the copies; where a launch takes none, it is set afterwards |
//! | `params` | record | the vendor's own further parameters of the launch, under their own names |
//! | `after` | record | what is done to a copy that this job made, once it is usable |
//! | `after.rename` | template | its new name; here `{name}` is the one it was copied under |
//! | `after.description` | text | its new description |
//! | `after.tags` | record of texts | tags to set; on Tencent Cloud they need `clouds.tencent.uin`, on Huawei Cloud the project of the destination in `clouds.huawei.projects` |
//! | `after.share` | list of ids | accounts that may use it; on Huawei Cloud projects |
//! | `chain` | record, also an empty one | leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted (Huawei) or shared source is first copied in its region, not encrypted and as an own image; made once for all destinations |
//! | `chain.cmk_id` | id of a key of the destination | the image that arrives is copied once more, encrypted with it; required when the source is encrypted |
//! | `chain.delete_intermediates` | `true`, `false` | whether images made on the way are deleted once all lanes that use them are over; default `false`. What the job did not make itself is never deleted |
//! | `shared` | `true`, `false` | says that the image is shared by another account; default `false`. On Tencent Cloud only such an image, or one that is copied with `Encrypt`, can go to its own region |
//!
//! Templates know `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}` (the day the job began,
//! UTC) and `{sha8}` (eight hex digits of the source's cloud, region and id).
//!
//! An export has `cloud`, `image`, `from`, `name` (prefix of the object) and `params` (bucket and format), as above.
//!
//! A cloud:
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `site` | `main`, `international` | which of the vendor's sites; default `main` |
//! | `endpoint` | URL | another host; `{region}` stands for the region of the call |
//! | `sign_host` | `endpoint`, `official` | which host the signature names; see [`SignHost`](crate::api::endpoint::SignHost). `official` needs the word of the program, [`Plan::trusting`], unless the endpoint is on loopback |
//! | `projects` | record by region | Huawei: id of the project |
//! | `domain_id` | id | Huawei: the account |
//! | `uin` | id | Tencent: the main account |

mod calls;
mod check;
mod fields;
mod format;
mod model;
mod needs;
pub mod policy;
#[cfg(not(feature = "tree"))]
mod schema;
mod template;
mod write;

pub use check::rules;
pub use model::{Action, After, Chain, DestinationRegion, Overrides, Plan, Settings, SourceRegion, Target, Transfer};
pub use needs::{Need, Purpose, Without};
