//! Prints the hashes of stories, a line each, for the other languages to compare with: `same_story [how many]`.
use imgferry_tests::same_story::{Told, tell};

#[allow(clippy::print_stdout)]
fn main() {
    let stories = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1000);
    for seed in 0..stories {
        let Told(hashes) = tell(seed);
        println!("{seed} {}", hashes.join(" "));
    }
}
