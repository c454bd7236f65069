//! Prints how well refusals are explained, by cause: `CASES` mutations from seed `FIRST` on. `AMISS=1` lists those that were not
//! explained at once.

use imgferry_tests::diagnosis::Figure;

#[allow(clippy::print_stdout)]
fn main() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (first, cases) = (number("FIRST", 0), number("CASES", 5_000));
    let figure = Figure::of(first..first + cases);
    if number("AMISS", 0) > 0 {
        figure.amiss.iter().for_each(|line| println!("{line}"));
    }
    println!("{}", figure.table());
}
