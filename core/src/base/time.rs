//! Calendar time without a calendar crate: the three clouds need two formats out, and six in.

use super::text::replaced;
use std::fmt;

/// An instant: milliseconds of wall clock since 1970-01-01T00:00:00Z. Durations are plain `i64` named `…_ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// First and last instant that the formats can carry: years 1 to 9999.
const MIN: i64 = -62_135_596_800_000;
const MAX: i64 = 253_402_300_799_999;

/// Days from the first of March of the year 0 to 1970.
const FROM_MARCH: i64 = 719_468;

impl Millis {
    /// Whole seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by a duration; never overflows.
    #[must_use]
    pub const fn plus(self, duration_ms: i64) -> Millis {
        Millis(self.0.saturating_add(duration_ms))
    }

    /// Milliseconds from `earlier` to this instant; negative when the clock went back.
    pub const fn since(self, earlier: Millis) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether the instant can be written with a four-digit year.
    pub const fn is_writable(self) -> bool {
        self.0 >= MIN && self.0 <= MAX
    }

    /// `YYYYMMDDTHHMMSSZ`, the form of `X-Date` and `X-Sdk-Date`.
    pub fn basic(self) -> String {
        let mut text = String::new();
        self.push_basic(&mut text);
        text
    }

    /// Appends the same.
    pub(crate) fn push_basic(self, out: &mut String) {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let parts = [(0, year / 100), (2, year % 100), (4, month), (6, day), (9, hour), (11, minute), (13, second)];
        push_digits(out, "yyyyMMddThhmmssZ", &parts);
    }

    /// Appends what follows the date there.
    pub(crate) fn push_basic_clock(self, out: &mut String) {
        let second = self.seconds().rem_euclid(86_400);
        push_digits(out, "hhmmssZ", &[(0, second / 3600), (2, second / 60 % 60), (4, second % 60)]);
    }

    /// `YYYY-MM-DD`, always in UTC.
    pub fn date(self) -> String {
        let Civil { year, month, day, .. } = self.civil();
        let mut text = String::new();
        push_digits(&mut text, "yyyy-MM-dd", &[(0, year / 100), (2, year % 100), (5, month), (8, day)]);
        text
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`.
    pub fn rfc3339(self) -> String {
        let (mut text, second) = (self.date(), self.seconds().rem_euclid(86_400));
        push_digits(&mut text, "Thh:mm:ssZ", &[(1, second / 3600), (4, second / 60 % 60), (7, second % 60)]);
        text
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the form of the `Date` header.
    pub fn http_date(self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let weekday = DAYS[self.seconds().div_euclid(86_400).rem_euclid(7) as usize];
        let month = MONTHS[month as usize - 1];
        format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }

    /// Reads the forms that the clouds write: RFC 3339 with `Z` or an offset and with or without
    /// fractions, the basic form, and `yyyy-MM-dd HH:mm:ss`. A missing offset means UTC.
    pub fn parse(text: &str) -> Option<Millis> {
        let bytes = text.as_bytes();
        let (at, rest) = match bytes.get(4)? {
            b'-' => (from_basic(&separated(bytes)?)?, text.get(19..)?),
            _ => (from_basic(bytes.get(..15)?)?, text.get(15..)?),
        };
        let (fraction_ms, rest) = fraction(rest)?;
        Some(Millis(at.0 + fraction_ms - offset_ms(rest)?))
    }

    /// Reads the form that [`basic`](Self::basic) writes, and no other.
    pub(crate) fn parse_basic(text: &str) -> Option<Millis> {
        let [digits @ .., b'Z'] = text.as_bytes() else { return None };
        from_basic(digits)
    }

    /// Reads a date of HTTP, such as the `Date` header, in the three forms that RFC 9110 has recipients read: the usual one,
    /// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. Years of two digits are those of 1970 to 2069.
    pub fn parse_http_date(text: &str) -> Option<Millis> {
        let mut words = Vec::new();
        for word in text.as_bytes().split(|byte| matches!(byte, b' ' | b',' | b'-' | b':')) {
            if !word.is_empty() {
                words.push(word);
            }
        }
        let (day, name, year, [hour, minute, second]) = match words[..] {
            [_, month, day, hour, minute, second, year] => (day, month, year, [hour, minute, second]),
            [_, day, month, year, hour, minute, second, b"GMT"] => (day, month, year, [hour, minute, second]),
            _ => return None,
        };
        let month = MONTHS.iter().position(|month| month.as_bytes() == name)? as i64 + 1;
        let year = match (year.len(), number(year)?) {
            (2, year) => year + if year < 70 { 2000 } else { 1900 },
            (_, year) => year,
        };
        from_civil(year, month, number(day)?, number(hour)?, number(minute)?, number(second)?)
    }

    fn civil(self) -> Civil {
        // Of a day in the year before the first: nothing is negative.
        let seconds = (self.0.clamp(MIN, MAX) + FROM_MARCH * 86_400_000) as u64 / 1000;
        let (days, of_day) = (seconds / 86_400, (seconds % 86_400) as i64);
        // Howard Hinnant's civil_from_days: eras of 400 years, years that begin in March.
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = (of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100)) as i64;
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Civil {
            year: (year_of_era + era * 400) as i64 + i64::from(month <= 2),
            month,
            day: of_year - (153 * march_month + 2) / 5 + 1,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        }
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

/// Appends a template of at most 16 characters, filled with numbers of two digits. Signing needs it at every request, and
/// formatting is slow.
fn push_digits(out: &mut String, template: &str, parts: &[(usize, i64)]) {
    let mut text = [0; 16];
    let text = &mut text[..template.len()];
    text.copy_from_slice(template.as_bytes());
    for &(at, number) in parts {
        if let Some([tens, ones]) = text.get_mut(at..at + 2) {
            (*tens, *ones) = (b'0' + (number / 10) as u8, b'0' + (number % 10) as u8);
        }
    }
    out.push_str(std::str::from_utf8(text).expect("template and digits are ASCII"));
}

/// A number of decimal digits and nothing else; so few that it counts seconds whose milliseconds do not overflow.
pub(crate) fn number(digits: &[u8]) -> Option<i64> {
    saturated(digits).filter(|_| digits.len() <= 15)
}

/// The same of any length: what no number holds is the largest that there is.
pub(crate) fn saturated(digits: &[u8]) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0_i64, |number, digit| number.saturating_mul(10).saturating_add(i64::from(digit - b'0'))))
}

/// A number in decimal digits. What the standard library does for it brings the whole of its formatting along.
pub(crate) fn decimal(number: i64) -> String {
    let mut text = String::new();
    push_decimal(&mut text, number);
    text
}

/// Appends the same.
pub(crate) fn push_decimal(out: &mut String, number: i64) {
    let (mut text, mut at, mut rest) = ([b'-'; 20], 20, number.unsigned_abs());
    let digit = |value: u64| b'0' + value as u8;
    // Two at a time: each division waits for the one before.
    while rest > 9 {
        at -= 2;
        (text[at], text[at + 1]) = (digit(rest % 100 / 10), digit(rest % 10));
        rest /= 100;
    }
    if rest > 0 || at == 20 {
        at -= 1;
        text[at] = digit(rest);
    }
    let from = if number < 0 { at - 1 } else { at };
    out.push_str(std::str::from_utf8(&text[from..]).expect("digits are ASCII"));
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `YYYYMMDDTHHMMSS`
fn from_basic(text: &[u8]) -> Option<Millis> {
    if text.len() != 15 || text.get(8) != Some(&b'T') {
        return None;
    }
    let part = |range: std::ops::Range<usize>| number(text.get(range)?);
    from_civil(part(0..4)?, part(4..6)?, part(6..8)?, part(9..11)?, part(11..13)?, part(13..15)?)
}

/// Of numbers that were read from digits: none is negative.
fn from_civil(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<Millis> {
    let in_range = (1..=9999).contains(&year) && (1..=12).contains(&month) && hour < 24 && minute < 60 && second <= 60;
    if !in_range {
        return None;
    }
    let march_year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let days = march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + of_year - FROM_MARCH;
    // What is no day of its month is one of another.
    let is_there = Millis(days * 86_400_000).civil().day == day;
    is_there.then_some(Millis((days * 86_400 + hour * 3600 + minute * 60 + second) * 1000))
}

/// `2022-05-06T17:33:34…` or `2022-05-06 17:33:34…` to `20220506T173334`.
fn separated(text: &[u8]) -> Option<[u8; 15]> {
    let &[y, e, a, r, b'-', m, o, b'-', d, i, b'T' | b't' | b' ', h, u, b':', n, t, b':', s, c, ..] = text else { return None };
    Some([y, e, a, r, m, o, d, i, b'T', h, u, n, t, s, c])
}

fn fraction(rest: &str) -> Option<(i64, &str)> {
    let Some(after) = rest.strip_prefix(".") else {
        return Some((0, rest));
    };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let first_three = after.get(..digits.min(3))?;
    Some((number(first_three.as_bytes())? * [100, 10, 1][first_three.len() - 1], after.get(digits..)?))
}

fn offset_ms(rest: &str) -> Option<i64> {
    if rest.is_empty() || rest.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match rest.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = replaced(rest.get(1..)?, ":", "");
    let parsed = number(digits.as_bytes()).filter(|_| digits.len() == 4)?;
    Some(sign * (parsed / 100 * 60 + parsed % 100) * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_every_form() {
        let at = Millis(1_704_164_645_000);
        assert_eq!(at.basic(), "20240102T030405Z");
        assert_eq!(at.date(), "2024-01-02");
        assert_eq!(at.http_date(), "Tue, 02 Jan 2024 03:04:05 GMT");
        for text in
            ["20240102T030405Z", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "2024-01-02T11:04:05+08:00", "2024-01-02T03:04:05.000Z"]
        {
            assert_eq!(Millis::parse(text), Some(at), "{text}");
        }
        assert_eq!(Millis::parse("2024-11-06T06:14:27.168Z").map(|m| m.0 % 1000), Some(168));
        for text in ["Tue, 02 Jan 2024 03:04:05 GMT", "Tuesday, 02-Jan-24 03:04:05 GMT", "Tue Jan  2 03:04:05 2024"] {
            assert_eq!(Millis::parse_http_date(text), Some(at), "{text}");
        }
        assert_eq!(Millis::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), Some(Millis(784_111_777_000)));
        assert_eq!(Millis::parse_http_date("Wed Nov 16 08:49:37 1994"), Some(Millis(784_975_777_000)));
    }

    #[test]
    fn every_day_of_eight_centuries_survives_a_round_trip() {
        for day in (-146_097..146_097_i64).step_by(if cfg!(miri) { 4_999 } else { 1 }) {
            let at = Millis(day * 86_400_000 + 86_399_000);
            assert_eq!(Millis::parse(&at.rfc3339()), Some(at));
            assert_eq!(Millis::parse_http_date(&at.http_date()), Some(at));
        }
    }

    #[test]
    fn numbers_are_written_and_read() {
        for number in [0, 9, 10, -1, 1_551_113_065, i64::MAX, i64::MIN] {
            assert_eq!(decimal(number), number.to_string());
        }
        for (text, read) in [("0", Some(0)), ("007", Some(7)), ("999999999999999", Some(999_999_999_999_999))] {
            assert_eq!(number(text.as_bytes()), read, "{text}");
        }
        for text in ["", "-1", "+1", "1x", "1000000000000000"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "2024",
            "2024-13-01T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "20240102X030405Z",
            "2024-01-02T03:04:05+8",
            "２０２４-01-02T03:04:05Z",
            "2024-01-02T03:04:05.Z",
        ] {
            assert_eq!(Millis::parse(text), None, "{text}");
        }
        for text in [
            "",
            "Tue, 02 Jan 2024 03:04:05",
            "Tue, 02 Jan 2024 03:04:05 CST",
            "Tue, 02 Jan 2024 03:04:05 GMT GMT",
            "Tue, 02 Jan 2024 03:04 GMT",
            "Tue, 02 Jan 2024 03:04:05:06 GMT",
            "Tue, 30 Feb 2024 03:04:05 GMT",
            "Tue Jan  2 03:04:05 2024 GMT",
            "Tuesday, 02-jan-24 03:04:05 GMT",
        ] {
            assert_eq!(Millis::parse_http_date(text), None, "{text}");
        }
    }
}
