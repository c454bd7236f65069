//! A reader of JSON (RFC 8259) much smaller than that of `serde_json`, for the npm package: what it takes, and what it makes of
//! it, is the same. `json.rs` chooses.

use super::text::concat;
use super::time::decimal;
use super::value::{Number, Value, number};

/// As deep as values may lie within each other.
const DEEPEST: usize = 127;

/// What is wrong, and how far the text was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    what: &'static str,
    line: usize,
    column: usize,
}

impl Malformed {
    pub(super) fn told(self) -> String {
        concat(&[self.what, " at line ", &decimal(self.line as i64), " column ", &decimal(self.column as i64)])
    }
}

const NO_TEXT: &str = "invalid unicode code point";
const EOF_VALUE: &str = "EOF while parsing a value";
const EOF_LIST: &str = "EOF while parsing a list";
const EOF_OBJECT: &str = "EOF while parsing an object";
const EOF_STRING: &str = "EOF while parsing a string";

type Read<T> = Result<T, &'static str>;

/// The value that the text is.
pub(crate) fn read(text: &[u8]) -> Result<Value, Malformed> {
    let (value, rest) = first(text)?;
    if rest.trim_ascii_start().is_empty() { Ok(value) } else { Err(malformed(text, rest.trim_ascii_start(), "trailing characters")) }
}

/// The value that the text begins with, and what stands behind it.
pub(crate) fn first(text: &[u8]) -> Result<(Value, &[u8]), Malformed> {
    let mut reader = Reader { rest: text };
    match reader.value(0) {
        Ok(value) => Ok((value, reader.rest)),
        Err(what) => Err(malformed(text, reader.rest, what)),
    }
}

fn malformed(text: &[u8], rest: &[u8], what: &'static str) -> Malformed {
    // With the byte that is wrong, where there is one.
    let read = text.get(..text.len() - rest.len() + 1).unwrap_or(text);
    let before = read.split_last().map_or(read, |(_, before)| if rest.is_empty() { read } else { before });
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = read.len() - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Malformed { what, line, column }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn peek(&self) -> u8 {
        // No text holds a NUL where anything else than a fault could stand.
        self.rest.first().copied().unwrap_or(0)
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// The byte behind white space.
    fn next(&mut self) -> u8 {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.skip(1);
        }
        self.peek()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.next() == byte && !self.rest.is_empty();
        if is_there {
            self.skip(1);
        }
        is_there
    }

    /// What is wrong: that the text ends, or what stands there.
    fn at_end(&self, end: &'static str, other: &'static str) -> &'static str {
        if self.rest.is_empty() { end } else { other }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        match self.next() {
            b'{' | b'[' if depth == DEEPEST => Err("recursion limit exceeded"),
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Value::String),
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            _ => {
                let words = [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
                let Some((word, value)) = words.into_iter().find(|(word, _)| self.rest.first() == word.as_bytes().first()) else {
                    return Err(self.at_end(EOF_VALUE, "expected value"));
                };
                for byte in word.bytes() {
                    if self.peek() != byte {
                        return Err(self.at_end(EOF_VALUE, "expected ident"));
                    }
                    self.skip(1);
                }
                Ok(value)
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        self.skip(1);
        let mut fields = Vec::new();
        if !self.takes(b'}') {
            let mut end = EOF_OBJECT;
            loop {
                if self.next() != b'"' {
                    return Err(self.at_end(end, if self.peek() == b'}' { "trailing comma" } else { "key must be a string" }));
                }
                let name = self.string()?;
                if !self.takes(b':') {
                    return Err(self.at_end(EOF_OBJECT, "expected `:`"));
                }
                let value = self.value(depth)?;
                fields.push((name, value));
                if self.takes(b'}') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.at_end(EOF_OBJECT, "expected `,` or `}`"));
                }
                end = EOF_VALUE;
            }
        }
        Ok(Value::Object(fields.into_iter().collect()))
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        self.skip(1);
        let mut items = Vec::new();
        if !self.takes(b']') {
            if self.rest.is_empty() {
                return Err(EOF_LIST);
            }
            loop {
                if self.next() == b']' {
                    return Err("trailing comma");
                }
                items.push(self.value(depth)?);
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(self.at_end(EOF_LIST, "expected `,` or `]`"));
                }
            }
        }
        Ok(Value::Array(items))
    }

    fn string(&mut self) -> Read<String> {
        let all = self.rest;
        self.skip(1);
        let mut text = Vec::new();
        loop {
            let plain = self.rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(self.rest.len());
            let (before, rest) = self.rest.split_at(plain);
            text.extend_from_slice(before);
            self.rest = rest;
            match self.peek() {
                b'"' => {
                    self.skip(1);
                    return String::from_utf8(text).map_err(|wrong| {
                        // Told at the byte that is wrong; nearly, where escapes stand before it.
                        let back = wrong.as_bytes().len() - wrong.utf8_error().valid_up_to() + 1;
                        self.rest = all.get((all.len() - self.rest.len()).saturating_sub(back)..).unwrap_or_default();
                        NO_TEXT
                    });
                }
                b'\\' => self.escape(&mut text)?,
                _ => return Err(self.at_end(EOF_STRING, "control character (\\u0000-\\u001F) found while parsing a string")),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Read<()> {
        self.skip(1);
        let byte = match self.peek() {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.skip(1);
                let mut digits = self.rest;
                let mut code = self.hex()?;
                if (0xd800..0xdc00).contains(&code) {
                    for byte in *b"\\u" {
                        if self.peek() != byte {
                            return Err(self.at_end(EOF_STRING, "unexpected end of hex escape"));
                        }
                        self.skip(1);
                    }
                    digits = self.rest;
                    let low = self.hex()?;
                    code = if (0xdc00..0xe000).contains(&low) { 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) } else { code };
                }
                let Some(char) = char::from_u32(code) else {
                    self.rest = digits.get(3..).unwrap_or_default();
                    return Err("lone leading surrogate in hex escape");
                };
                text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(self.at_end(EOF_STRING, "invalid escape")),
        };
        self.skip(1);
        text.push(byte);
        Ok(())
    }

    /// Four digits. What is wrong with them is told at the last one.
    fn hex(&mut self) -> Read<u32> {
        let Some(digits) = self.rest.first_chunk::<4>() else {
            self.rest = &[];
            return Err(EOF_STRING);
        };
        let code = digits.iter().try_fold(0, |code, digit| Some(code * 16 + char::from(*digit).to_digit(16)?));
        self.skip(if code.is_some() { 4 } else { 3 });
        code.ok_or("invalid escape")
    }

    fn digits(&mut self) -> Read<&'a [u8]> {
        let (digits, rest) = self.rest.split_at(self.rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len()));
        self.rest = rest;
        if digits.is_empty() { Err(self.at_end(EOF_VALUE, "invalid number")) } else { Ok(digits) }
    }

    fn number(&mut self) -> Read<Number> {
        let all = self.rest;
        let is_negative = self.takes(b'-');
        if let [b'0', b'0'..=b'9', ..] = self.rest {
            self.skip(1);
            return Err("invalid number");
        }
        let whole = self.digits()?;
        let (mut fraction, mut exponent): (&[u8], i32) = (&[], 0);
        let mut is_whole = true;
        if self.peek() == b'.' {
            self.skip(1);
            (fraction, is_whole) = (self.digits()?, false);
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.skip(1);
            let is_small = self.peek() == b'-';
            if matches!(self.peek(), b'+' | b'-') {
                self.skip(1);
            }
            let power = self.digits()?.iter().fold(0_i32, |power, digit| power.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
            (exponent, is_whole) = (if is_small { -power } else { power }, false);
        }
        let exact = whole.iter().try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
        match exact.filter(|_| is_whole) {
            Some(number) if !is_negative => return Ok(number.into()),
            Some(number @ 1..=0x8000_0000_0000_0000) => return Ok((number.wrapping_neg() as i64).into()),
            _ => {}
        }
        let value = float(whole, fraction, exponent);
        let text = all.get(..all.len() - self.rest.len()).unwrap_or_default();
        number(text, is_whole, if is_negative { -value } else { value }).ok_or_else(|| {
            // Told at its last byte.
            self.rest = all.get(all.len() - self.rest.len() - 1..).unwrap_or_default();
            "number out of range"
        })
    }
}

/// A number with a fraction or an exponent, or too large for a whole one; exact where digits and power of ten are.
fn float(whole: &[u8], fraction: &[u8], exponent: i32) -> f64 {
    let (mut digits, mut power) = (0_u64, exponent);
    for (place, digit) in whole.iter().chain(fraction).enumerate() {
        match digits.checked_mul(10).and_then(|digits| digits.checked_add(u64::from(digit - b'0'))) {
            Some(more) => {
                digits = more;
                power = power.saturating_sub(i32::from(place >= whole.len()));
            }
            None => power = power.saturating_add(i32::from(place < whole.len())),
        }
    }
    let mut value = digits as f64;
    // In steps, each within what a power of ten may be.
    while power != 0 && value != 0.0 && value.is_finite() {
        let step = power.clamp(-300, 300);
        let ten = ten_to(step.unsigned_abs());
        value = if step < 0 { value / ten } else { value * ten };
        power -= step;
    }
    value
}

fn ten_to(mut power: u32) -> f64 {
    let (mut value, mut square) = (1.0, 10.0);
    while power > 0 {
        if power & 1 == 1 {
            value *= square;
        }
        square *= square;
        power >>= 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "null",
        " true ",
        "false\n",
        "nul",
        "0",
        "-0",
        "7",
        "-7",
        "01",
        "-",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "1.5",
        "0.1",
        "-2.50",
        "1e3",
        "1E-3",
        "1.e3",
        ".5",
        "1e400",
        "1e-400",
        "20.25",
        "\"\"",
        "\"a\\n\\u4e2d\\ud83d\\ude00\\/\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ude00\"",
        "\"\u{1}\"",
        "\"\t\"",
        "\"镜像\"",
        "\"open",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\b\\f\\r\"",
        "18446744073709551616.5",
        "184467440737095516160",
        "[]",
        "[1,2 , 3]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "{}",
        "{\"a\":1,\"a\":2}",
        "{\"b\":[{}],\"a\":null}",
        "{\"a\"}",
        "{a:1}",
        "{\"a\":1,}",
        "{\"a\":1}x",
        "",
        " ",
        "\u{feff}{}",
        "1 2",
        "{\"a\":1} ",
        "nulll",
        "\"\u{0}\"",
        "\u{0}",
    ];

    #[test]
    fn it_reads_as_serde_json_does() {
        for text in TEXTS {
            let theirs = serde_json::from_str::<Value>(text);
            match (read(text.as_bytes()), &theirs) {
                (Ok(ours), Ok(theirs)) => assert_eq!(ours.to_string(), theirs.to_string(), "{text}"),
                (Err(ours), Err(theirs)) => assert_eq!(ours.told(), theirs.to_string(), "{text:?}"),
                (ours, theirs) => panic!("{text}: {ours:?}, {theirs:?}"),
            }
        }
        assert!(read(b"\"\xff\"").is_err() && read(b"\xff").is_err());
    }

    #[test]
    fn depth_is_bounded_as_there() {
        for depth in [126, 127, 128, 100_000] {
            let text = "[".repeat(depth) + &"]".repeat(depth);
            assert_eq!(read(text.as_bytes()).is_ok(), serde_json::from_str::<Value>(&text).is_ok(), "{depth}");
            if !cfg!(miri) {
                let text = "{\"a\":".repeat(depth) + "0" + &"}".repeat(depth);
                assert_eq!(read(text.as_bytes()).is_ok(), serde_json::from_str::<Value>(&text).is_ok(), "{depth}");
            }
        }
    }

    #[test]
    fn whatever_is_cut_or_changed_is_read_alike() {
        let text =
            r#"{"copies": [{"cloud": "tencent", "to": ["a", 1.25e2, -3, true, null, "\u00e9\ud83d\ude00"]}], "n": [0.5, 12345678901]}"#;
        for at in (0..text.len()).step_by(if cfg!(miri) { 37 } else { 1 }) {
            for byte in *b" 0\"\\{}[],:eu.-n\xff\xc3" {
                let mut changed = text.as_bytes().to_vec();
                changed[at] = byte;
                for text in [&changed[..], &changed[..at]] {
                    let (ours, theirs) =
                        (read(text).map_err(Malformed::told), serde_json::from_slice::<Value>(text).map_err(|e| e.to_string()));
                    let (ours, theirs) = (ours.map(|v| v.to_string()), theirs.map(|v| v.to_string()));
                    assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(text));
                }
            }
        }
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        assert_eq!(read(b"{\n \"a\" 1}").expect_err("no colon").told(), "expected `:` at line 2 column 6");
    }
}
