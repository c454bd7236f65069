//! The stories that every language tells: the same again when they are told again, and all different.

use imgferry_tests::same_story::tell;
use std::collections::BTreeSet;

#[test]
fn a_story_told_twice_is_the_same_story() {
    let told: Vec<_> = (0..24).map(tell).collect();
    assert_eq!(told, (0..24).map(tell).collect::<Vec<_>>());
    let requests: BTreeSet<_> = told.iter().map(|told| &told.0[0]).collect();
    assert_eq!(requests.len(), 24);
}
