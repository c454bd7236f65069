//! Texts: what may stand in a message, and what may stand nowhere.

/// Whether all bytes are of a kind. Looks at every byte without a branch, which is several times as fast as
/// stopping at the first that is not: nearly always there is none.
pub(crate) fn all(text: impl AsRef<[u8]>, is_fit: impl Fn(u8) -> bool) -> bool {
    text.as_ref().iter().fold(true, |so_far, &byte| so_far & is_fit(byte))
}

/// Texts in one. The standard library's `concat` is its `join`, a kilobyte of code.
pub(crate) fn concat(texts: &[&str]) -> String {
    let mut all = String::with_capacity(texts.iter().map(|text| text.len()).sum());
    texts.iter().for_each(|text| all.push_str(text));
    all
}

/// The same with a text between each two.
pub(crate) fn joined(texts: &[impl AsRef<str>], between: &str) -> String {
    let mut all = String::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            all.push_str(between);
        }
        all.push_str(text.as_ref());
    }
    all
}

/// A text without white space at its ends. The standard library looks from either end, which is three times the code.
pub(crate) fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    // Nearly always there is none.
    if is_plain(text.as_bytes().first()) && is_plain(text.as_bytes().last()) {
        return text;
    }
    let (mut start, mut end) = (text.len(), 0);
    for (at, c) in text.char_indices() {
        if !c.is_whitespace() {
            (start, end) = (start.min(at), at + c.len_utf8());
        }
    }
    text.get(start..end).unwrap_or_default()
}

/// A text with `values` in place of its `{0}`, `{1}` …
pub(crate) fn filled(template: &str, values: &[&str]) -> String {
    let (mut text, mut chars) = (String::new(), template.chars());
    while let Some(c) = chars.next() {
        if c != '{' {
            text.push(c);
            continue;
        }
        let place = chars.next().and_then(|digit| digit.to_digit(10));
        text.push_str(place.and_then(|place| values.get(place as usize)).copied().unwrap_or_default());
        chars.next();
    }
    text
}

/// What stands before and after the first such part. The standard library's search for texts, made for long ones, is a
/// kilobyte of code.
pub(crate) fn around<'t>(text: &'t str, part: &str) -> Option<(&'t str, &'t str)> {
    let at = text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// What stands before and after the first `mark`, an ASCII character. Needs a twentieth of the code of `split_once`.
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Whether such a part stands in a text.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    around(text, part).is_some()
}

/// Whether a word is one of those that such a text lists: `vhd, zvhd, vmdk`, as it stands in messages.
pub(crate) fn lists(words: &str, word: &str) -> bool {
    pieces(words, b',').any(|listed| listed.strip_prefix(' ').unwrap_or(listed) == word)
}

/// What stands before and after the first vertical bar; nothing after it where there is none.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn halves(text: &str) -> [&str; 2] {
    cut(text, b'|').map_or([text, ""], |(before, after)| [before, after])
}

/// What stands between the marks, which are ASCII characters. One iterator for all: the standard library's is a kilobyte with all
/// that it may look for, from both ends.
pub(crate) fn pieces(text: &str, mark: u8) -> Pieces<'_> {
    Pieces { rest: Some(text), mark }
}

pub(crate) struct Pieces<'t> {
    rest: Option<&'t str>,
    mark: u8,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        let at = text.bytes().position(|byte| byte == self.mark);
        self.rest = at.and_then(|at| text.get(at + 1..));
        text.get(..at.unwrap_or(text.len()))
    }
}

/// Whether these are that many lines, each with so many vertical bars.
pub(crate) const fn has_cells(mut texts: &[u8], rows: usize, bars: usize) -> bool {
    let (mut found, mut lines) = (0, 0);
    while let [byte, rest @ ..] = texts {
        found += (*byte == b'|') as usize;
        lines += (*byte == b'\n') as usize;
        if *byte == b'\n' && found != bars * lines {
            return false;
        }
        texts = rest;
    }
    lines == rows
}

/// Where every `stride`th line of these texts begins.
pub(crate) const fn marks<const COUNT: usize>(texts: &str, stride: usize) -> [u16; COUNT] {
    assert!(texts.len() <= u16::MAX as usize, "a mark reaches every line");
    let (texts, mut marks) = (texts.as_bytes(), [0; COUNT]);
    let (mut line, mut at) = (0, 0);
    while at < texts.len() {
        if texts[at] == b'\n' {
            line += 1;
            if line % stride == 0 && line / stride < COUNT {
                marks[line / stride] = at as u16 + 1;
            }
        }
        at += 1;
    }
    marks
}

/// What stands before and after the last `mark`, an ASCII character.
pub(crate) fn last_cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Bytes as text, with U+FFFD in place of what is no UTF-8.
pub(crate) fn lossy(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    while let Err(wrong) = std::str::from_utf8(bytes) {
        let (valid, rest) = bytes.split_at(wrong.valid_up_to());
        text.push_str(std::str::from_utf8(valid).unwrap_or_default());
        text.push('\u{FFFD}');
        bytes = rest.get(wrong.error_len().unwrap_or(rest.len())..).unwrap_or_default();
    }
    text.push_str(std::str::from_utf8(bytes).unwrap_or_default());
    text
}

/// A text with another in place of each such part.
pub(crate) fn replaced(mut text: &str, part: &str, by: &str) -> String {
    let mut all = String::with_capacity(text.len());
    while let Some((before, after)) = around(text, part) {
        all.push_str(before);
        all.push_str(by);
        text = after;
    }
    all.push_str(text);
    all
}

/// The first character that is not allowed, with its position, as it may stand in a message.
pub(crate) fn first_outside(value: &str, allowed: impl Fn(char) -> bool) -> Option<(usize, String)> {
    // Nearly always there is none.
    if value.bytes().all(|byte| byte.is_ascii() && allowed(char::from(byte))) { None } else { outside(value, 1, &allowed).pop() }
}

/// So many of the characters that are not allowed, with their positions, as they may stand in a message.
#[cold]
pub(crate) fn outside(value: &str, most: usize, allowed: &dyn Fn(char) -> bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (position, char) in value.chars().enumerate() {
        if found.len() < most && !allowed(char) {
            found.push((
                position,
                if char.is_ascii_graphic() { concat(&["'", char.encode_utf8(&mut [0; 4]), "'"]) } else { code_point(char) },
            ));
        }
    }
    found
}

/// What is no letter and no digit beside ASCII: marks, signs, symbols, pictures and private characters, block by block.
const MARKS: [[char; 2]; 34] = [
    ['\u{80}', '\u{A9}'],
    ['«', '±'],
    ['´', '´'],
    ['¶', '¸'],
    ['»', '»'],
    ['¿', '¿'],
    ['×', '×'],
    ['÷', '÷'],
    ['\u{2C2}', '\u{2C5}'],
    ['\u{2D2}', '\u{2DF}'],
    ['\u{300}', '\u{344}'],
    ['\u{2000}', '\u{206F}'],
    ['\u{20A0}', '\u{2101}'],
    ['\u{2190}', '\u{245F}'],
    ['\u{249C}', '\u{24B5}'],
    ['\u{2500}', '\u{2775}'],
    ['\u{2794}', '\u{2BFF}'],
    ['\u{2E00}', '\u{2E2E}'],
    ['\u{2E30}', '\u{3004}'],
    ['\u{3008}', '\u{3020}'],
    ['\u{302A}', '\u{3030}'],
    ['〶', '〷'],
    ['\u{303D}', '\u{3040}'],
    ['\u{3097}', '゜'],
    ['\u{30A0}', '\u{30A0}'],
    ['・', '・'],
    ['\u{E000}', '\u{F8FF}'],
    ['\u{FE00}', '\u{FE6F}'],
    ['\u{FEFD}', '\u{FF0F}'],
    ['：', '＠'],
    ['［', '｀'],
    ['｛', '･'],
    ['\u{FFE0}', '\u{FFFF}'],
    ['\u{1F18A}', '\u{1FBEF}'],
];

/// Whether a character is a letter or a digit, of whatever script. The standard library's tables, which know every character of
/// Unicode, are a fiftieth of a module; what these blocks do not name counts as one.
pub(crate) fn is_letter_or_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { !MARKS.iter().any(|[first, last]| (*first..=*last).contains(&c)) }
}

/// Longest value shown inside a message, in characters.
const SHOWN: usize = 200;

/// A value as it may stand in a message: control characters escaped, overlong text cut.
pub fn shown(value: &str) -> String {
    let mut text = String::new();
    show(&mut text, value);
    text
}

fn show(text: &mut String, value: &str) {
    for (at, c) in value.chars().enumerate() {
        match c {
            _ if at == SHOWN => return text.push('…'),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if c.is_control() => {
                text.push_str("\\u{");
                push_hex(text, c as u32, 2);
                text.push('}');
            }
            _ => text.push(c),
        }
    }
}

/// A character by its number: `U+00E9`.
pub(crate) fn code_point(c: char) -> String {
    let mut text = String::from("u+");
    push_hex(&mut text, c as u32, 4);
    text.make_ascii_uppercase();
    text
}

/// Appends a number in hex digits, at least so many: no character has more than six.
pub(crate) fn push_hex(text: &mut String, number: u32, least: u32) {
    for place in (0..6).rev() {
        let rest = number >> (4 * place);
        if rest > 0 || place < least {
            text.extend(char::from_digit(rest & 15, 16));
        }
    }
}

/// The number that hex digits say, at most eight of them.
pub(crate) fn hex(digits: &[u8]) -> Option<u32> {
    let mut number = 0;
    for digit in digits {
        number = number << 4 | char::from(*digit).to_digit(16)?;
    }
    Some(number)
}

/// A value between quotation marks, as it may stand in a message. `{:?}` would bring along which characters of Unicode can be seen.
pub(crate) fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    show(&mut text, value);
    text.push('"');
    text
}

/// The first character that cannot stand in a header, URL or name: control characters, line and
/// paragraph separators, and the marks that reverse the direction of text.
pub fn first_control(value: &str) -> Option<(usize, char)> {
    // Most texts are names, ids and numbers.
    if all(value, |byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    value.chars().enumerate().find(|(_, c)| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    })
}

/// A text of a table that only generators and tests read. Without the feature `docs` it takes no place there.
#[derive(Debug)]
pub(crate) struct Doc(#[cfg(feature = "docs")] &'static str);

impl Doc {
    #[cfg_attr(not(feature = "docs"), expect(unused_variables, reason = "there is no place for it"))]
    pub(crate) const fn of(text: &'static str) -> Self {
        Self(
            #[cfg(feature = "docs")]
            text,
        )
    }

    /// The text; empty without the feature `docs`.
    pub(crate) const fn text(&self) -> &'static str {
        #[cfg(feature = "docs")]
        return self.0;
        #[cfg(not(feature = "docs"))]
        ""
    }
}

/// A text that only generators and tests read; empty without the feature `docs`.
#[cfg(feature = "docs")]
macro_rules! for_docs {
    ($text:expr) => {
        $text
    };
}

#[cfg(not(feature = "docs"))]
macro_rules! for_docs {
    ($text:expr) => {
        ""
    };
}

pub(crate) use for_docs;

/// A text of a rule or an error code; empty without the feature `texts`.
#[cfg(feature = "texts")]
macro_rules! for_texts {
    ($text:expr) => {
        $text
    };
}

#[cfg(not(feature = "texts"))]
macro_rules! for_texts {
    ($text:expr) => {
        ""
    };
}

pub(crate) use for_texts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_as_the_standard_library_finds_them() {
        for text in ["", "a", "a://b", "://", "镜像--镜--", "ab:/:://b", "aaaa"] {
            for part in ["://", "a", "aa", "镜", "--", "b"] {
                assert_eq!(around(text, part), text.split_once(part));
                assert_eq!(contains(text, part), text.contains(part));
                assert_eq!(replaced(text, part, "{}"), text.replace(part, "{}"));
                assert_eq!(joined(&[text, "", part], part), [text, "", part].join(part));
            }
        }
    }

    #[test]
    fn white_space_at_both_ends_is_left_out() {
        for white in ["", " ", "\t", " \u{a0}", "\u{3000}\r\n", "\u{85}"] {
            for text in ["", "a", "a b", "镜", "镜 a", "a\u{3000}镜"] {
                for given in [format!("{white}{text}"), format!("{text}{white}"), format!("{white}{text}{white}{white}")] {
                    assert_eq!(trimmed(&given), given.trim(), "{given:?}");
                }
            }
        }
    }

    #[test]
    fn bytes_become_the_text_that_the_standard_library_makes_of_them() {
        for bytes in [&b""[..], b"a\xff\xfeb", b"\xe9\x95", b"\xe9\x95\x9c\xe9x", b"\xf0\x9f\x9aa", b"\xed\xa0\x80", b"\xc3"] {
            assert_eq!(lossy(bytes), String::from_utf8_lossy(bytes), "{bytes:?}");
        }
        for text in ["", "-", "a-b", "-a--b-", "镜-像"] {
            assert!(pieces(text, b'-').eq(text.split('-')) && last_cut(text, b'-') == text.rsplit_once('-'), "{text}");
        }
    }

    #[test]
    fn every_letter_and_digit_is_one() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric()) {
            assert!(is_letter_or_digit(c), "U+{:04X}", c as u32);
        }
        let marks = ('\0'..='\u{2C1}').chain('\u{2000}'..='\u{206F}').chain('\u{2190}'..='\u{2BFF}').chain('\u{3000}'..='\u{30FF}');
        for c in marks.chain("，。！？（）【】《》、；：“”‘’…—·￥".chars()).chain("🚀👍\u{E000}".chars()) {
            assert_eq!(is_letter_or_digit(c), c.is_alphanumeric(), "U+{:04X}", c as u32);
        }
    }
}
