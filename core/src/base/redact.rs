//! Secrets that come back: whatever a cloud, a proxy or the host's own error texts repeat of a key is cut out before it
//! is stored or shown.

use super::credentials::Credentials;
use super::http::{Answer, REDACTED};
use super::text::{hex, lossy, push_hex};
use super::time::number as decimal;
use std::fmt;
use zeroize::Zeroizing;

/// Finds the secret and the token of one key in any text: as they are, in base64 or hex, and each of these also
/// percent-encoded, escaped for JSON or HTML, or split over lines.
pub struct Redactor {
    /// What to look for, each as [`Plain`] reads it.
    needles: Vec<Zeroizing<Vec<u8>>>,
    /// Which bytes end the head of a needle: most bytes of a text do not.
    ends: [bool; 256],
}

/// So many bytes of a needle must be there before it is looked at closely. What is shorter is no secret.
const HEAD: usize = 8;
/// Of a needle that is cut short, so much is still cut out.
const ENOUGH: usize = 16;

impl Redactor {
    /// Looks for the secret and the token of this key.
    pub fn new(credentials: &Credentials) -> Self {
        let mut redactor = Self { needles: Vec::new(), ends: [false; 256] };
        for secret in [Some(credentials.secret()), credentials.token()].into_iter().flatten() {
            if secret.len() < HEAD {
                continue;
            }
            redactor.add(secret.as_bytes());
            for shift in 0..3 {
                redactor.add(&base64(secret.as_bytes(), shift, b"+/"));
                redactor.add(&base64(secret.as_bytes(), shift, b"-_"));
            }
            let mut hex = Zeroizing::new(String::with_capacity(2 * secret.len()));
            secret.bytes().for_each(|byte| push_hex(&mut hex, byte.into(), 2));
            redactor.add(hex.as_bytes());
            hex.make_ascii_uppercase();
            redactor.add(hex.as_bytes());
        }
        redactor
    }

    fn add(&mut self, text: &[u8]) {
        let mut needle = Zeroizing::new(Vec::with_capacity(text.len()));
        for (byte, _) in (Plain { text, at: 0 }) {
            needle.push(byte);
        }
        let Some(end) = needle.get(HEAD - 1).filter(|_| !self.needles.contains(&needle)) else {
            return;
        };
        self.ends[usize::from(*end)] = true;
        self.needles.push(needle);
    }

    /// The text without secrets; `None` when there are none in it.
    fn cut(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut plain = Plain { text, at: 0 };
        // The last bytes, the newest lowest; and where each of them begins.
        let (mut last, mut starts) = (0_u64, [0; HEAD]);
        let (mut out, mut copied, mut place) = (Vec::new(), 0, 0);
        while let Some((byte, start)) = plain.next() {
            last = last << 8 | u64::from(byte);
            starts[place % HEAD] = start;
            place += 1;
            if !self.ends[usize::from(byte)] {
                continue;
            }
            let head = last.to_be_bytes();
            let mut found = None;
            for needle in &self.needles {
                if needle.starts_with(&head) {
                    found = found.max(plain.follow(needle));
                }
            }
            if let Some(end) = found {
                out.extend_from_slice(text.get(copied..starts[place % HEAD]).unwrap_or_default());
                out.extend_from_slice(REDACTED.as_bytes());
                (copied, plain.at, last) = (end, end, 0);
            }
        }
        (copied > 0).then(|| {
            out.extend_from_slice(text.get(copied..).unwrap_or_default());
            out
        })
    }

    /// The text without secrets.
    pub fn text(&self, text: String) -> String {
        match self.cut(text.as_bytes()) {
            Some(cut) => lossy(&cut),
            None => text,
        }
    }

    /// The answer without secrets, in its headers and its body.
    pub fn answer(&self, mut answer: Answer) -> Answer {
        for (_, value) in &mut answer.headers {
            *value = self.text(std::mem::take(value));
        }
        if let Some(cut) = self.cut(&answer.body) {
            answer.body = cut;
        }
        answer
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

/// The bytes of a text as they are meant: escapes undone, also where one is within another, white space left out. Each
/// with the place where it begins in the text.
struct Plain<'a> {
    text: &'a [u8],
    at: usize,
}

impl Plain<'_> {
    /// Where the needle ends whose head has just been read; `None` when too little of it follows.
    fn follow(&self, needle: &[u8]) -> Option<usize> {
        let mut rest = Plain { text: self.text, at: self.at };
        let (mut length, mut end) = (HEAD, self.at);
        while let Some(wanted) = needle.get(length) {
            match rest.next() {
                Some((byte, _)) if byte == *wanted => (length, end) = (length + 1, rest.at),
                _ => break,
            }
        }
        (length >= needle.len().min(ENOUGH)).then_some(end)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// The number that so many hex digits say, from `ahead` on.
    fn hex(&self, ahead: usize, digits: usize) -> Option<u32> {
        hex(self.text.get(self.at + ahead..self.at + ahead + digits)?)
    }

    /// What a `%` stands for, which may itself have been encoded: `%2F`, `%252F`, `%25252F`.
    fn percent(&mut self) -> u8 {
        let mut ahead = 1;
        while self.hex(ahead, 2) == Some(0x25) && self.hex(ahead + 2, 2).is_some() {
            ahead += 2;
        }
        match self.hex(ahead, 2) {
            Some(byte) => self.skip(ahead + 2, byte),
            None => self.skip(1, u32::from(b'%')),
        }
    }

    /// What a `\` stands for; however many of them stand there: `\/`, `\u002f`, `\\u002f`, `\x2f`. None for a line's end.
    fn backslash(&mut self) -> Option<u8> {
        let count = self.text.get(self.at..).unwrap_or_default().iter().take_while(|byte| **byte == b'\\').count();
        match self.peek(count) {
            Some(b'u') if self.hex(count + 1, 4).is_some() => {
                let code = self.hex(count + 1, 4).unwrap_or_default();
                Some(self.skip(count + 5, code))
            }
            Some(b'x') if self.hex(count + 1, 2).is_some() => {
                let code = self.hex(count + 1, 2).unwrap_or_default();
                Some(self.skip(count + 3, code))
            }
            Some(b'n' | b'r' | b't') => {
                self.at += count + 1;
                None
            }
            Some(_) | None => {
                self.at += count;
                None
            }
        }
    }

    /// What an `&` stands for: `&#47;`, `&#x2f;` or one of the named five.
    fn ampersand(&mut self) -> u8 {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let end = rest.iter().take(8).position(|byte| *byte == b';');
        let name = end.and_then(|end| std::str::from_utf8(rest.get(..end)?).ok()).unwrap_or_default();
        let code = match name {
            "amp" => Some(u32::from(b'&')),
            "lt" => Some(u32::from(b'<')),
            "gt" => Some(u32::from(b'>')),
            "quot" => Some(u32::from(b'"')),
            "apos" => Some(u32::from(b'\'')),
            _ => name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
                Some(digits) => hex(digits.as_bytes()),
                None => decimal(number.as_bytes()).map(|code| code as u32),
            }),
        };
        match code {
            Some(code) => self.skip(name.len() + 2, code),
            None => self.skip(1, u32::from(b'&')),
        }
    }

    /// Goes on; what is no ASCII stands in no secret.
    fn skip(&mut self, length: usize, code: u32) -> u8 {
        self.at += length;
        u8::try_from(code).unwrap_or(0xff)
    }
}

impl Iterator for Plain<'_> {
    type Item = (u8, usize);

    fn next(&mut self) -> Option<(u8, usize)> {
        loop {
            let (byte, start) = (self.peek(0)?, self.at);
            let byte = match byte {
                b'%' => self.percent(),
                b'&' => self.ampersand(),
                b'\\' => match self.backslash() {
                    Some(byte) => byte,
                    None => continue,
                },
                byte => self.skip(1, u32::from(byte)),
            };
            // A backslash by itself counts as little as one that escapes.
            if byte > b' ' && byte != b'\\' {
                return Some((byte, start));
            }
        }
    }
}

/// What stands in base64 of a text that has `secret` at `shift` bytes behind a multiple of three: only the characters
/// that nothing around it changes.
fn base64(secret: &[u8], shift: usize, last_two: &[u8; 2]) -> Zeroizing<Vec<u8>> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let bits = (shift + secret.len()) * 8;
    let first = (shift * 8).div_ceil(6);
    let bit = |at: usize| at.checked_sub(shift * 8).and_then(|at| secret.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1)).unwrap_or(0);
    let mut chars = Zeroizing::new(Vec::with_capacity(bits / 6));
    for at in first..bits / 6 {
        let value = usize::from((at * 6..at * 6 + 6).fold(0, |value, place| value << 1 | bit(place)));
        chars.push(if value < ALPHABET.len() { ALPHABET[value] } else { last_two[value - ALPHABET.len()] });
    }
    chars
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "EXAMPLE/SECRET+of+no+worth=31";
    const TOKEN: &str = "TOKEN-of+no/worth/that-is-rather-longer-than-a-secret==";

    fn redactor() -> Redactor {
        Redactor::new(&Credentials::new("AKIDEXAMPLE", SECRET, Some(TOKEN)).expect("a key"))
    }

    #[test]
    fn every_form_of_a_secret_is_cut_and_nothing_else() {
        let percent = |text: &str| text.replace('/', "%2F").replace('+', "%2b").replace('=', "%3D");
        let all_percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let lines = |text: &str, by: &str| format!("{}{by}{}{by}{}", &text[..5], &text[5..20], &text[20..]);
        let forms = [
            |text: &str| text.to_owned(),
            |text: &str| text.replace('/', "\\/"),
            |text: &str| text.replace('/', "\\u002f").replace('+', "\\u002B"),
            |text: &str| text.replace('/', "\\\\/"),
            |text: &str| text.replace('/', "\\\\u002f"),
            |text: &str| text.replace('/', "%5C/"),
            |text: &str| text.replace('/', "&#x2F;").replace('+', "&#43;").replace('=', "&#61;"),
            |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            |text: &str| text.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ];
        for secret in [SECRET, TOKEN] {
            let mut found: Vec<String> = forms.iter().map(|form| form(secret)).collect();
            found.extend([percent(secret), percent(&percent(secret)).replace('%', "%25"), all_percent(secret)]);
            found.extend(["\n", "\r\n ", "\\n", "\\r\\n", " ", "%0A", "&#10;"].map(|by| lines(secret, by)));
            let every = if cfg!(miri) { 6 } else { 1 };
            for form in found.into_iter().step_by(every) {
                let shown = redactor().text(format!("before {form}, after"));
                assert_eq!(shown, "before REDACTED, after", "{form}");
            }
            for before in ["", "x", "xy", "xyz"].into_iter().step_by(every) {
                for after in ["", "!", "!?"].into_iter().step_by(every) {
                    let whole = encode64(format!("{before}{secret}{after}").as_bytes());
                    for form in [whole.clone(), whole.replace('+', "-").replace('/', "_"), lines(&whole, "\r\n")] {
                        let shown = redactor().text(format!("[{form}]"));
                        assert!(shown.contains("REDACTED") && shown.len() < "[REDACTED]".len() + 14, "{form}: {shown}");
                    }
                }
            }
        }
        for harmless in ["", "EXAMPLE/", "EXAMPLE/SECRET+", "%", "%2", "\\", "\\u00", "&#", "& &amp; %41", "TOKEN-of", "\u{ff}\u{2028}云"]
        {
            assert_eq!(redactor().text(harmless.to_owned()), harmless);
        }
    }

    #[test]
    fn what_is_cut_short_or_stands_there_often_is_cut_too() {
        let text = format!("{SECRET}{SECRET} {} EXAMPLE/EXAMPLE/SECRET+of+no+worth=31", &TOKEN[..30]);
        assert_eq!(redactor().text(text), "REDACTEDREDACTED REDACTED EXAMPLE/REDACTED");
        let short = Redactor::new(&Credentials::new("AKIDEXAMPLE", "short", None).expect("a key"));
        assert_eq!(short.text("a short word".to_owned()), "a short word");
    }

    #[test]
    fn an_answer_is_searched_all_over() {
        let answer = Answer {
            status: 403,
            headers: vec![("x-request-id".to_owned(), SECRET.to_owned())],
            body: format!("{{\"m\":\"{}\"}}", TOKEN.replace('/', "\\/")).into_bytes(),
        };
        let cut = redactor().answer(answer);
        assert_eq!(cut.headers[0].1, "REDACTED");
        assert_eq!(cut.body, b"{\"m\":\"REDACTED\"}");
    }

    /// As the standard has it, by another way than ours.
    fn encode64(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let number = chunk.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let index = (number >> (18 - 6 * place)) as usize & 63;
                text.push(if place > chunk.len() { '=' } else { char::from(ALPHABET[index]) });
            }
        }
        text
    }
}
