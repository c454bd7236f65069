//! The images of the account.

use crate::faults::Dice;
use crate::image::Image;
use crate::turn::{Refused, Turn};
use crate::world::World;
use imgferry::Cloud;

pub(super) const ACCOUNT: &str = "2100000001";
/// Largest image that may be copied, in GiB.
pub(super) const MAX_GIB: u64 = 300;

pub(super) fn task_id(dice: &mut Dice) -> String {
    format!("t-{}", dice.text(b"0123456789abcdefghijklmnopqrstuvwxyz", 20))
}

pub(super) fn find<'w>(world: &'w World, turn: &Turn<'_>, id: &str) -> Result<&'w Image, Refused> {
    let found = world.image(Cloud::Volcengine, &turn.region, id, turn.now);
    found.ok_or_else(|| Refused::new(404, "InvalidImage.NotFound", "The specified image does not exist."))
}
