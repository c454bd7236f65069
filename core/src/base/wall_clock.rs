//! The time that a host gives: a number in the wrong unit is told, not signed, compared or waited for.

use super::error::{Error, Misuse};
use super::texts::Zh;
use super::time::{Millis, decimal};

/// The first moment of 2015: no cloud served such calls before.
const FIRST: i64 = 1_420_070_400_000;
/// The first moment of the year 3000.
const END: i64 = 32_503_680_000_000;

static UNIT: Misuse = Misuse {
    code: "{0}",
    message: "{1} {2} ms is {3}; it looks like {4}",
    en: "give milliseconds since 1970, here {5}",
    zh: Zh::of("时间 {2} 不在 2015 至 2999 年之间；请使用 1970 年以来的毫秒数，此处应为 {5}"),
};
static NO_TIME: Misuse = Misuse {
    code: "{0}",
    message: "{1} {2} ms is {3}",
    en: "give the present time in milliseconds since 1970",
    zh: Zh::of("时间 {2} 不在 2015 至 2999 年之间；请使用当前时间，以 1970 年以来的毫秒数表示"),
};

/// The wall clock's time in milliseconds since 1970, as the host gives it by an argument of that name.
///
/// ```
/// # use imgferry::wall_clock;
/// assert!(wall_clock("now_ms", 1_767_225_600_000).is_ok());
/// let seconds = wall_clock("now_ms", 1_767_225_600).unwrap_err();
/// assert!(seconds.message.ends_with("it looks like seconds") && seconds.hint_en.ends_with("here 1767225600000"));
/// ```
///
/// # Errors
/// [`Kind::Misuse`](crate::Kind::Misuse) naming the argument when the number is no time between 2015 and 2999: before anything
/// else, where seconds, microseconds or nanoseconds were given.
pub fn wall_clock(argument: &str, ms: i64) -> Result<Millis, Error> {
    plausible(argument, argument, Millis(ms))
}

/// As [`wall_clock`], for a time that the message calls `what`.
pub(crate) fn plausible(code: &str, what: &str, time: Millis) -> Result<Millis, Error> {
    if (FIRST..END).contains(&time.0) { Ok(time) } else { Err(implausible(code, what, time.0)) }
}

#[cold]
fn implausible(code: &str, what: &str, given: i64) -> Error {
    let side = if given < FIRST { "before 2015" } else { "after 2999" };
    let units = [("seconds", given.clamp(0, END) * 1_000), ("microseconds", given / 1_000), ("nanoseconds", given / 1_000_000)];
    let meant = units.iter().find(|(_, ms)| (FIRST..END).contains(ms));
    let (row, &(unit, ms)) = meant.map_or((&NO_TIME, &("", 0)), |meant| (&UNIT, meant));
    row.about(&[code, what, &decimal(given), side, unit, &decimal(ms)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Kind;

    #[test]
    fn a_time_in_another_unit_is_told_with_the_one_that_was_meant() {
        for (given, unit) in
            [(1_767_225_600, "seconds"), (1_767_225_600_000_000, "microseconds"), (1_767_225_600_000_000_000, "nanoseconds")]
        {
            let error = wall_clock("now_ms", given).expect_err(unit);
            assert_eq!((error.kind, error.code.as_str()), (Kind::Misuse, "now_ms"));
            assert!(error.message.starts_with(&format!("now_ms {given} ")) && error.message.ends_with(&format!("looks like {unit}")));
            assert!(error.hint_en.ends_with("here 1767225600000") && error.hint_zh.ends_with("1767225600000"), "{error}");
        }
        for given in [i64::MIN, -1, 0, 1, 1_000_000_000, FIRST - 1, END, i64::MAX] {
            assert!(wall_clock("time_ms", given).is_err_and(|error| !error.hint_en.is_empty() && !error.hint_zh.is_empty()), "{given}");
        }
        for given in [FIRST, 1_700_000_000_000, 4_102_444_800_000, END - 1] {
            assert_eq!(wall_clock("time_ms", given), Ok(Millis(given)));
        }
    }
}
