//! Thousands of stories in bad weather: whatever goes wrong, nothing is made twice and nothing is lost.

use imgferry_tests::story::{Story, Weather};

/// Stories told in an ordinary test run.
const SEEDS: u64 = 2_000;

fn tell(seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        let told = Story::of(seed, Weather::Storm).tell();
        told.assert_truth(&format!("seed {seed}"));
    }
}

#[test]
fn storms_of_even_seeds() {
    tell((0..SEEDS).step_by(2));
}

#[test]
fn storms_of_odd_seeds() {
    tell((1..SEEDS).step_by(2));
}
