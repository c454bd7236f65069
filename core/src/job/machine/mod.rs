//! What a lane is, apart from any cloud, time and request: where it can stand, what can come of a step, and where it
//! goes from there.

mod outcome;
mod phase;
mod table;

pub use outcome::Outcome;
pub use phase::{End, Phase};
pub use table::next;
