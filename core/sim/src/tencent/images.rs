//! The images of the account.

use crate::image::Image;
use crate::turn::{Refused, Turn};
use crate::world::World;
use imgferry::Cloud;
use imgferry::api::region::RegionClass;

/// The account behind every key.
pub(super) const ACCOUNT: &str = "100000000001";

pub(super) fn is_finance(region: &str) -> bool {
    Cloud::Tencent.regions().iter().any(|known| known.id == region && known.class == RegionClass::Finance)
}

pub(super) fn is_image_id(id: &str) -> bool {
    id.strip_prefix("img-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// An image of the request's region, or the refusal that says why not.
pub(super) fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    if !is_image_id(id) {
        return Err(Refused::new(
            200,
            "InvalidImageId.Malformed",
            format!("The image id `{}` is malformed.", imgferry::api::text::shown(id)),
        ));
    }
    let found = world.image(Cloud::Tencent, &turn.region, id, turn.now);
    found.ok_or_else(|| Refused::new(200, "InvalidImageId.NotFound", format!("The image `{id}` does not exist in this region.")))
}
