//! The three clouds in a box.
