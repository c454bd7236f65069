//! Thousands of stories in bad weather: whatever goes wrong, nothing is made twice and nothing is lost.

use imgferry_tests::story::{Story, Weather};

/// Stories told in an ordinary test run. `make storm` tells as many others, chosen by the commit; `make soak` 100,000.
const SEEDS: u64 = 2_000;

fn tell(seeds: impl Iterator<Item = u64>, with: fn(Story) -> Story) {
    for seed in seeds {
        let told = with(Story::of(seed, Weather::Storm)).tell();
        told.assert_truth(&format!("seed {seed}"));
    }
}

#[test]
fn storms_of_even_seeds() {
    tell((0..SEEDS).step_by(2), |story| story);
}

#[test]
fn storms_of_odd_seeds() {
    tell((1..SEEDS).step_by(2), |story| story);
}

/// A database behind each turn, an object on the edge that is dropped between two alarms.
#[test]
fn storms_where_memory_ends_with_every_turn() {
    tell(0..SEEDS / 8, Story::by_turns);
}
