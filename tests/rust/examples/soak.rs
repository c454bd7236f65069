//! Tells as many stories as `SEEDS` says, from `FIRST` on, and prints what they came to. Every seed that broke a
//! promise is named; the process then ends with 1. `TELL=1` prints every event of the stories and every call of the
//! clouds' ledgers.

use imgferry_tests::story::{Story, Weather};
use std::panic::catch_unwind;

#[allow(clippy::print_stdout)]
fn main() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (first, seeds, aloud) = (number("FIRST", 0), number("SEEDS", 10_000), number("TELL", 0) > 0);
    let tell = |seed| {
        let story = Story::of(seed, Weather::Storm);
        if aloud {
            println!("{story:#?}");
        }
        let told = story.tell();
        if aloud {
            told.host.events.iter().for_each(|event| println!("{event}"));
            told.host.world.ledger().calls.iter().for_each(|call| println!("{call:?}"));
        }
        told.assert_truth(&format!("seed {seed}"));
    };
    let broken: Vec<u64> = (first..first + seeds).filter(|seed| catch_unwind(|| tell(*seed)).is_err()).collect();
    println!("{seeds} stories, {} broken: {broken:?}", broken.len());
    std::process::exit(i32::from(!broken.is_empty()));
}
