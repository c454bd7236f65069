//! The images of the account.

use crate::image::Image;
use crate::turn::{Refused, Turn};
use crate::world::World;
use imgferry::Cloud;

pub(super) fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    let found = world.image(Cloud::Huawei, &turn.region, id, turn.now);
    found.ok_or_else(|| missing(id, 400, "IMG.0144", "The image does not exist."))
}

/// The refusal of an id that names nothing: what is no UUID is told apart.
pub(super) fn missing(id: &str, status: u16, code: &str, message: &str) -> Refused {
    let lengths = id.split('-').map(str::len);
    match lengths.eq([8, 4, 4, 4, 12]) && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()) {
        true => Refused::new(status, code, message),
        false => Refused::new(400, "IMG.0066", "The image ID is incorrect."),
    }
}

/// Whether an image of somebody else was accepted: one's own project is among those it is shared with.
pub(super) fn is_accepted(image: &Image) -> bool {
    !image.shared_with.is_empty()
}
