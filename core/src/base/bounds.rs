//! How much is kept and told of what others write.

use super::text::concat;
use super::time::decimal;

/// Longest text from outside that is kept and told, in bytes.
pub(crate) const LONGEST: usize = 2048;

/// A text from outside as it is kept and told: where it is longer than 2 KB, its beginning and how long it is.
pub(crate) fn bounded(text: &mut String) {
    if text.len() <= LONGEST {
        return;
    }
    let mut count = decimal(text.chars().count() as i64);
    let mut place = count.len();
    while place > 3 {
        place -= 3;
        count.insert(place, ',');
    }
    let rest = concat(&["… (", &count, " characters)"]);
    let mut end = LONGEST - rest.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push_str(&rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_and_tell_how_long_they_were() {
        for (unit, times, told) in
            [("x", 5_000, "… (5,000 characters)"), ("镜", 700, "… (700 characters)"), ("x", 1_234_567, "… (1,234,567 characters)")]
        {
            let mut text = unit.repeat(times);
            bounded(&mut text);
            assert!(text.starts_with(unit) && text.ends_with(told) && (LONGEST - 3..=LONGEST).contains(&text.len()), "{}", text.len());
            let once = text.clone();
            bounded(&mut text);
            assert_eq!(text, once, "cut once");
        }
        let mut short = "x".repeat(LONGEST);
        bounded(&mut short);
        assert_eq!(short.len(), LONGEST);
    }
}
