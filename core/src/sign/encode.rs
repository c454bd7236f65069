//! One percent-encoder for the canonical form and for the wire, lower-case hex, and the parts of a URL.

use super::misuse;
use crate::base::error::Error;
use crate::base::text::{all, concat, cut, first_control, pieces};
use crate::base::texts::zh;
use crate::base::time::{decimal, number};
use std::borrow::Cow;

/// The characters that are never encoded: `A-Z a-z 0-9 - . _ ~`.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        table[at] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        at += 1;
    }
    table
};

/// Whether percent-encoding leaves the byte alone.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    UNRESERVED[usize::from(byte)]
}

/// Appends text percent-encoded byte by byte: upper-case hex, a space is `%20`, `+` is `%2B`, `~` stays.
pub(crate) fn percent_encode(out: &mut String, text: impl AsRef<[u8]>) {
    encode_but(out, text.as_ref(), b'~');
}

/// The same for a path, whose slashes stay.
pub(crate) fn percent_encode_path(out: &mut String, path: impl AsRef<[u8]>) {
    encode_but(out, path.as_ref(), b'/');
}

fn encode_but(out: &mut String, bytes: &[u8], kept: u8) {
    let stays = |byte| is_unreserved(byte) | (byte == kept);
    match std::str::from_utf8(bytes) {
        // Most texts are names, ids and numbers.
        Ok(text) if all(text, stays) => out.push_str(text),
        _ => bytes.iter().for_each(|&byte| if stays(byte) { out.push(char::from(byte)) } else { push_escape(out, byte) }),
    }
}

fn push_escape(out: &mut String, byte: u8) {
    const UPPER: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(UPPER[usize::from(byte >> 4)]));
    out.push(char::from(UPPER[usize::from(byte & 15)]));
}

/// Undoes percent-encoding. A `%` that no two hex digits follow stands for itself, as in every browser.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    decode_but(text, b'%')
}

/// The same for what `space` may stand for a space in.
fn decode_but(text: &str, space: u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest = after;
                hex_value(*high) << 4 | hex_value(*low)
            }
            (b'+', _) if space == b'+' => b' ',
            _ => *first,
        });
    }
    bytes
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

/// A key and its value, decoded.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// The pairs of a query, decoded; `+` is a space, as in a form. A key alone has an empty value.
pub(crate) fn query_pairs(query: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for pair in pieces(query, b'&') {
        if !pair.is_empty() {
            let (key, value) = cut(pair, b'=').unwrap_or((pair, ""));
            pairs.push((decode_but(key, b'+'), decode_but(value, b'+')));
        }
    }
    pairs
}

/// A hash as lower-case hex. All digits at once: the crate `hex` takes four times as long, three times a signature. In WebAssembly
/// there is nothing wider than eight bytes, and code that is compiled for size unrolls no loop.
pub(crate) fn hex(hash: &[u8; 32]) -> Hex {
    if cfg!(target_arch = "wasm32") { hex_by_words(hash) } else { hex_by_digits(hash) }
}

fn hex_by_digits(hash: &[u8; 32]) -> Hex {
    let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
    let mut text = [0; 64];
    for (digits, byte) in text.chunks_exact_mut(2).zip(hash) {
        digits.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    Hex(text)
}

/// Eight digits at a time, as the bytes of a word.
fn hex_by_words(hash: &[u8; 32]) -> Hex {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut text = [0; 64];
    for (digits, bytes) in text.as_chunks_mut().0.iter_mut().zip(hash.as_chunks().0) {
        let mut halves = u64::from(u32::from_le_bytes(*bytes));
        halves = (halves | halves << 16) & 0x0000_ffff_0000_ffff;
        halves = (halves | halves << 8) & 0x00ff_00ff_00ff_00ff;
        halves = (halves >> 4 | halves << 8) & (EACH * 15);
        let letters = (halves + EACH * 6) >> 4 & EACH;
        *digits = (halves + EACH * u64::from(b'0') + letters * u64::from(b'a' - 10 - b'0')).to_le_bytes();
    }
    Hex(text)
}

/// Sixty-four hex digits, without an allocation.
#[derive(Clone, Copy)]
#[repr(align(8))] // texts are looked at by words
pub(crate) struct Hex([u8; 64]);

impl Hex {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hex digits are ASCII")
    }
}

/// The parts of an absolute `http` or `https` URL, as they stand in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Url<'a> {
    /// Everything before the path.
    pub(crate) origin: &'a str,
    /// Host, and port when there is one.
    pub(crate) authority: &'a str,
    /// Path; empty or beginning with `/`.
    pub(crate) path: &'a str,
    /// What follows the first `?`; empty when there is none.
    pub(crate) query: &'a str,
}

impl<'a> Url<'a> {
    /// Splits a URL.
    ///
    /// # Errors
    /// Misuse `sign.url` when it is not absolute, or holds a user name or a fragment.
    pub(crate) fn split(url: &'a str) -> Result<Self, Error> {
        let scheme = ["https://", "http://"].iter().find(|scheme| starts_with_ignore_case(url, scheme));
        let Some(rest) = scheme.and_then(|scheme| url.get(scheme.len()..)) else {
            return Err(bad_url("does not begin with https:// or http://", zh!("应以 https:// 或 http:// 开头")));
        };
        if cut(url, b'#').is_some() {
            return Err(bad_url("has a fragment (#…), which is never sent", zh!("含有片段（#…）")));
        }
        let (authority, target) = rest.split_at(rest.bytes().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len()));
        let origin = url.get(..url.len() - target.len()).unwrap_or(url);
        check_authority(authority)?;
        let (path, query) = cut(target, b'?').unwrap_or((target, ""));
        Ok(Self { origin, authority, path, query })
    }

    /// The host that HTTP clients derive from the URL: in lower case, without the port that the scheme implies.
    pub(crate) fn derived_host(&self) -> Cow<'a, str> {
        let implied = if self.origin.len() - self.authority.len() == "https://".len() { ":443" } else { ":80" };
        let host = self.authority.strip_suffix(implied).unwrap_or(self.authority);
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(host.to_ascii_lowercase()) } else { Cow::Borrowed(host) }
    }
}

/// Percent-encodes what cannot stand in a request line: spaces and characters outside ASCII.
///
/// # Errors
/// Misuse `sign.url` when there is a control character.
pub(crate) fn make_ascii(url: &mut String) -> Result<(), Error> {
    if all(&*url, |byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    if let Some((at, _)) = first_control(url) {
        return Err(bad_url(&concat(&["holds a control character at position ", &decimal(at as i64)]), zh!("含有控制字符")));
    }
    let mut out = String::with_capacity(url.len() * 3);
    for byte in url.bytes() {
        if byte.is_ascii_graphic() { out.push(char::from(byte)) } else { push_escape(&mut out, byte) }
    }
    *url = out;
    Ok(())
}

fn starts_with_ignore_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn check_authority(authority: &str) -> Result<(), Error> {
    if cut(authority, b'@').is_some() {
        return Err(bad_url("holds a user name or password", zh!("含有用户名或密码")));
    }
    let (host, port) = match authority.strip_prefix("[") {
        Some(rest) => match cut(rest, b']') {
            Some((address, port))
                if cut(address, b':').is_some() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.') =>
            {
                (address, port)
            }
            _ => return Err(bad_url("has no IPv6 address between its brackets", zh!("方括号内不是 IPv6 地址"))),
        },
        None => authority.split_at(authority.bytes().position(|byte| byte == b':').unwrap_or(authority.len())),
    };
    let is_port = |text: &str| {
        text.is_empty() || text.strip_prefix(":").and_then(|digits| number(digits.as_bytes())).is_some_and(|port| port <= 65535)
    };
    if host.is_empty() {
        return Err(bad_url("has no host", zh!("缺少主机名")));
    }
    if !host.bytes().all(|byte| is_unreserved(byte) || byte == b':') {
        return Err(bad_url("has a host with other characters than letters, digits, '-', '.' and '_'", zh!("主机名含有非法字符")));
    }
    if !is_port(port) {
        return Err(bad_url("has a port that is no number up to 65535", zh!("端口不是 65535 以内的数字")));
    }
    Ok(())
}

fn bad_url(en: &str, zh: &str) -> Error {
    misuse::URL.about(&[en, zh])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hard_characters_come_out_right() {
        let mut out = String::new();
        percent_encode(&mut out, "a b+c~*'()/中%2F");
        assert_eq!(out, "a%20b%2Bc~%2A%27%28%29%2F%E4%B8%AD%252F");
        assert_eq!(percent_decode(&out), "a b+c~*'()/中%2F".as_bytes());
        assert_eq!(percent_decode("%zz%4%"), "%zz%4%".as_bytes());
        assert_eq!(percent_decode("%aF%Fa"), [0xaf, 0xfa].as_slice());
        assert_eq!(hex(&[0x9f; 32]).as_str(), "9f".repeat(32));
        for first in (0..=255).step_by(32) {
            let bytes: [u8; 32] = std::array::from_fn(|at| first + at as u8);
            assert_eq!(hex_by_words(&bytes).as_str(), hex_by_digits(&bytes).as_str());
        }
    }

    #[test]
    fn every_byte_is_written_in_one_way_and_read_in_two() {
        for byte in 0..=255_u8 {
            let mut text = String::new();
            percent_encode(&mut text, [byte]);
            assert_eq!(text.len() == 1, byte.is_ascii_alphanumeric() || b"-._~".contains(&byte), "{byte}");
            assert_eq!(percent_decode(&text), [byte].as_slice());
            if text.len() > 1 {
                assert_eq!(percent_decode(&text.to_ascii_lowercase()), [byte].as_slice());
            }
        }
        // All digits, and the neighbours of each row of them.
        let marks = b"/0123456789:@ABCDEFG`abcdefg";
        for (high, low) in marks.iter().flat_map(|high| marks.iter().map(|low| (*high, *low))) {
            let text = String::from_utf8(vec![b'%', high, low]).expect("it is ASCII");
            let is_read = high.is_ascii_hexdigit() && low.is_ascii_hexdigit();
            assert_eq!(percent_decode(&text).len(), if is_read { 1 } else { 3 }, "{text}");
        }
    }

    #[test]
    fn queries_fall_into_pairs() {
        let pairs = query_pairs("a=1&&b&c=d=e&=x&p+q=%2B&+=+");
        let text: Vec<String> =
            pairs.iter().map(|(k, v)| format!("{}:{}", String::from_utf8_lossy(k), String::from_utf8_lossy(v))).collect();
        assert_eq!(text, ["a:1", "b:", "c:d=e", ":x", "p q:+", " : "]);
    }

    #[test]
    fn urls_fall_into_parts() {
        let url = Url::split("HTTPS://[::1]:8443?a=/b?c").expect("it is absolute");
        assert_eq!((url.origin, url.authority, url.path, url.query), ("HTTPS://[::1]:8443", "[::1]:8443", "", "a=/b?c"));
        let url = Url::split("http://h.example/p%2Fq?").expect("it is absolute");
        assert_eq!((url.authority, url.path, url.query), ("h.example", "/p%2Fq", ""));
        for good in ["https://h:65535/", "https://a_b.example~/", "https://[::ffff:1.2.3.4]:80/p", "http://[2001:DB8::A]"] {
            assert!(Url::split(good).is_ok(), "{good}");
        }
        for (bad, told) in [
            ("", "begin"),
            ("host/path", "begin"),
            ("ftp://h/", "begin"),
            ("https:/h/", "begin"),
            ("https://", "no host"),
            ("https:///p", "no host"),
            ("https://?a=1", "no host"),
            ("https://:80/", "no host"),
            ("https://u:p@h/", "user name"),
            ("https://u@[::1]/", "user name"),
            ("https://h/#f", "fragment"),
            ("https://h:x/", "port"),
            ("https://h:65536/", "port"),
            ("https://h:99999/", "port"),
            ("https://h:/", "port"),
            ("https://h:+1/", "port"),
            ("https://h:1:2/", "port"),
            ("https://[::1]80/", "port"),
            ("https://[::1]:x/", "port"),
            ("https://[::1/", "IPv6"),
            ("https://[h]/", "IPv6"),
            ("https://[]/", "IPv6"),
            ("https://[1.2.3.4]/", "IPv6"),
            ("https://[::g]/", "IPv6"),
            ("https://h\\x/", "other characters"),
            ("https://h*/", "other characters"),
            ("https://h]/", "other characters"),
            ("https://镜像/", "other characters"),
        ] {
            let error = Url::split(bad).map(|_| ()).expect_err(bad);
            assert!(error.code == "sign.url" && error.message.contains(told), "{bad:?}: {error}");
        }
    }

    #[test]
    fn the_host_is_the_one_that_clients_derive() {
        for (url, host) in [
            ("https://H.Example:443/p", "h.example"),
            ("HTTPS://h.example:443", "h.example"),
            ("http://h.example:80?a", "h.example"),
            ("http://h.example:443/", "h.example:443"),
            ("https://h.example:80/", "h.example:80"),
            ("https://[::A]:443/", "[::a]"),
            ("http://h.example", "h.example"),
        ] {
            assert_eq!(Url::split(url).expect("it is absolute").derived_host(), host, "{url}");
        }
    }

    #[test]
    fn raw_characters_of_a_url_are_encoded() {
        let ascii = |url: &str| {
            let mut url = url.to_owned();
            make_ascii(&mut url).map(|()| url).map_err(|error| error.code.clone())
        };
        assert_eq!(ascii("https://h/a b?中").as_deref(), Ok("https://h/a%20b?%E4%B8%AD"));
        assert_eq!(ascii("https://h/%41'").as_deref(), Ok("https://h/%41'"));
        assert_eq!(ascii("https://h/\r\nx: y"), Err("sign.url".to_owned()));
        let told = make_ascii(&mut "https://h/\u{7f}".to_owned()).expect_err("it cannot stand there").message.clone();
        assert!(told.ends_with("position 10"), "{told}");
    }
}
