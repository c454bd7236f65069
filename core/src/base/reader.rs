//! A reader of JSON (RFC 8259) much smaller than that of `serde_json`, for the npm package: what it takes, what it makes of it, and
//! where it stops is the same. `json.rs` chooses.

use super::text::hex;
use super::value::{Number, Value, number};

/// As deep as values may lie within each other.
const DEEPEST: usize = 127;

/// The value that the text is, or the place of the byte that is wrong.
pub(crate) fn read(text: &str) -> Result<Value, usize> {
    let mut reader = Reader { text, at: 0 };
    match reader.value(0) {
        Some(value) if reader.next() == 0 && reader.at == text.len() => Ok(value),
        _ => Err(reader.at),
    }
}

/// The value that the text begins with, and what stands behind it.
#[cfg(any(feature = "compact", test))]
pub(crate) fn first(text: &str) -> Option<(Value, &str)> {
    let mut reader = Reader { text, at: 0 };
    Some((reader.value(0)?, text.get(reader.at..)?))
}

/// Reads from `at` on. What gives nothing leaves it at the byte that is wrong.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        // No text holds a NUL where anything else than a fault could stand.
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// The byte behind white space.
    fn next(&mut self) -> u8 {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.peek()
    }

    /// Goes on behind this byte, if it stands here.
    fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == byte;
        self.at += usize::from(is_there);
        is_there
    }

    /// The same, behind white space.
    fn finds(&mut self, byte: u8) -> bool {
        self.next();
        self.takes(byte)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        match self.next() {
            b'{' | b'[' if depth == DEEPEST => None,
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Value::String),
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            _ => None,
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        word.bytes().all(|byte| self.takes(byte)).then_some(value)
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut fields = Vec::new();
        if !self.finds(b'}') {
            loop {
                if self.next() != b'"' {
                    return None;
                }
                let name = self.string()?;
                if !self.finds(b':') {
                    return None;
                }
                fields.push((name, self.value(depth)?));
                if self.finds(b'}') {
                    break;
                }
                if !self.takes(b',') {
                    return None;
                }
            }
        }
        Some(Value::Object(fields.into_iter().collect()))
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if !self.finds(b']') {
            loop {
                items.push(self.value(depth)?);
                if self.finds(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return None;
                }
            }
        }
        Some(Value::Array(items))
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            text.push_str(self.text.get(start..self.at)?);
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Some(text);
                }
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let byte = match self.peek() {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.unicode(),
            _ => return None,
        };
        self.at += 1;
        Some(char::from(byte))
    }

    fn unicode(&mut self) -> Option<char> {
        self.at += 1;
        let mut code = self.hex()?;
        if (0xd800..0xdc00).contains(&code) {
            if !self.takes(b'\\') || !self.takes(b'u') {
                return None;
            }
            let low = self.hex()?;
            code = if (0xdc00..0xe000).contains(&low) { 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) } else { code };
        }
        let char = char::from_u32(code);
        // Half of a pair alone is told at its last digit.
        self.at -= usize::from(char.is_none());
        char
    }

    /// Four digits. What is wrong with them is told at the last one.
    fn hex(&mut self) -> Option<u32> {
        let Some(digits) = self.text.as_bytes().get(self.at..self.at + 4) else {
            self.at = self.text.len();
            return None;
        };
        let code = hex(digits);
        self.at += if code.is_some() { 4 } else { 3 };
        code
    }

    /// Digits, which go on from those of `number`; how many there are, and how many of them no longer fit in.
    fn digits(&mut self, number: &mut u64) -> Option<[i32; 2]> {
        let [mut count, mut lost] = [0; 2];
        while let digit @ b'0'..=b'9' = self.peek() {
            match number.checked_mul(10).and_then(|number| number.checked_add(u64::from(digit - b'0'))) {
                Some(more) => *number = more,
                None => lost += 1,
            }
            (self.at, count) = (self.at + 1, count + 1);
        }
        (count > 0).then_some([count, lost])
    }

    fn number(&mut self) -> Option<Number> {
        let start = self.at;
        let is_negative = self.takes(b'-');
        if let Some([b'0', b'0'..=b'9']) = self.text.as_bytes().get(self.at..self.at + 2) {
            self.at += 1;
            return None;
        }
        let mut digits = 0;
        let [_, mut power] = self.digits(&mut digits)?;
        let whole = self.at;
        if self.takes(b'.') {
            let [count, lost] = self.digits(&mut digits)?;
            power -= count - lost;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let is_small = self.takes(b'-');
            if !is_small {
                self.takes(b'+');
            }
            let mut exponent = 0;
            self.digits(&mut exponent)?;
            let exponent = i32::try_from(exponent).unwrap_or(i32::MAX);
            power = power.saturating_add(if is_small { -exponent } else { exponent });
        }
        let is_whole = self.at == whole;
        match digits {
            _ if !is_whole || power != 0 => {}
            number if !is_negative => return Some(number.into()),
            1..=0x8000_0000_0000_0000 => return Some((digits.wrapping_neg() as i64).into()),
            _ => {}
        }
        let value = float(digits, power);
        let read = number(self.text.get(start..self.at)?, is_whole, if is_negative { -value } else { value });
        // One that is out of range is told at its last byte.
        self.at -= usize::from(read.is_none());
        read
    }
}

/// So many times this power of ten: a number with a fraction or an exponent, or too large for a whole one; exact where both are.
fn float(digits: u64, mut power: i32) -> f64 {
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
    use super::super::json::{unexpected, unexpected_in};
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
        "1\u{0}",
        "-1.25e2",
        "1.00000000000000000000001",
        "1e+3",
        "1e-+3",
        "-18446744073709551615",
    ];

    #[test]
    fn what_stands_behind_the_first_value_is_left() {
        let told = |text| first(text).map(|(value, behind)| (value.to_string(), behind));
        assert_eq!(told(" [1, 2] said 3"), Some(("[1,2]".to_owned(), " said 3")));
        assert_eq!(told("{\"镜像\":null}{}"), Some(("{\"镜像\":null}".to_owned(), "{}")));
        assert_eq!((told("said 3"), told("[1")), (None, None));
    }

    /// What both make of a text, or say of it.
    fn both(text: &str) -> [Result<String, String>; 2] {
        let ours = read(text).map_err(|at| unexpected(text.as_bytes(), at));
        let theirs = serde_json::from_str::<Value>(text).map_err(|wrong| unexpected_in(wrong.line(), wrong.column(), wrong.is_eof()));
        [ours, theirs].map(|read| read.map(|value| value.to_string()))
    }

    #[test]
    fn it_reads_as_serde_json_does() {
        for text in TEXTS {
            for text in [(*text).to_owned(), format!("[0,\n{text} , 0]"), format!("{text}\u{c}")] {
                let [ours, theirs] = both(&text);
                assert_eq!(ours, theirs, "{text:?}");
            }
        }
    }

    #[test]
    fn depth_is_bounded_as_there() {
        for depth in [126, 127, 128, 100_000] {
            let [ours, theirs] = both(&("[".repeat(depth) + &"]".repeat(depth)));
            assert_eq!(ours, theirs, "{depth}");
            if !cfg!(miri) {
                let [ours, theirs] = both(&("{\"a\":".repeat(depth) + "0" + &"}".repeat(depth)));
                assert_eq!(ours, theirs, "{depth}");
            }
        }
    }

    #[test]
    fn whatever_is_cut_or_changed_is_read_alike() {
        let text =
            r#"{"copies": [{"cloud": "tencent", "to": ["a", 1.25e2, -3, true, null, "\u00e9\ud83d\ude00"]}], "n": [0.5, 12345678901]}"#;
        for at in (0..text.len()).step_by(if cfg!(miri) { 37 } else { 1 }) {
            for other in " 0\"\\{}[],:eu.-n\0é".chars() {
                let before = &text[..at];
                for text in [format!("{before}{other}{}", &text[at + 1..]), format!("{before}{other}"), before.to_owned()] {
                    let [ours, theirs] = both(&text);
                    assert_eq!(ours, theirs, "{text}");
                }
            }
        }
    }
}
