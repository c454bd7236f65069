//! Tells as many stories as `SEEDS` says, from `FIRST` on, on all cores, and prints what they came to. Every seed that
//! broke a promise is named; the process then ends with 1. `TELL=1` prints every event of the stories and every call of
//! the clouds' ledgers, on one core.

use imgferry_tests::story::{Story, Weather};
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

fn tell(seed: u64, aloud: bool) {
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
}

#[allow(clippy::print_stdout)]
fn main() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (first, seeds, aloud) = (number("FIRST", 0), number("SEEDS", 10_000), number("TELL", 0) > 0);
    let threads = if aloud { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let (began, next) = (Instant::now(), AtomicU64::new(first));
    let work = || {
        let mut broken = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first.saturating_add(seeds) {
                return broken;
            }
            if catch_unwind(|| tell(seed, aloud)).is_err() {
                broken.push(seed);
            }
        }
    };
    let mut broken: Vec<u64> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a story's panic is caught")).collect()
    });
    broken.sort_unstable();
    let (last, minutes) = (first.saturating_add(seeds).saturating_sub(1), began.elapsed().as_secs_f64() / 60.0);
    println!("{seeds} stories, seeds {first} to {last}, {} broken {broken:?}, in {minutes:.1} min on {threads} cores", broken.len());
    std::process::exit(i32::from(!broken.is_empty()));
}
