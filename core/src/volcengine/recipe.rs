//! How Volcengine signs.

use crate::sign::Recipe;

/// The recipe.
pub static RECIPE: Recipe = Recipe {};
