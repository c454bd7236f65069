//! The images of the account.

use crate::image::Image;
use crate::turn::{Refused, Turn};
use crate::world::World;
use imgferry::Cloud;

pub(super) fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    let found = world.image(Cloud::Huawei, &turn.region, id, turn.now);
    found.ok_or_else(|| Refused::new(400, "IMG.0144", "The image does not exist."))
}

/// Whether an image of somebody else was accepted: one's own project is among those it is shared with.
pub(super) fn is_accepted(image: &Image) -> bool {
    !image.shared_with.is_empty()
}
