//! What clients, proxies and people make of each part of a request: the texts that may have been signed in place of those
//! that arrived. Each comes with the cause that it would be.

use super::causes::{self, Cause};
use super::details::{self, bare, media};
use super::encode::{percent_decode, percent_encode};
use crate::base::json::{from_text, to_text};
use std::borrow::Cow;
use std::fmt::Write as _;

/// A text that may have been signed, and what would have become of it.
pub(super) type Variant = (&'static Cause, String);

/// More parameters than these are not tried in every order.
const MOST_ORDERED: usize = 6;

/// Secrets that may have signed in place of this one.
pub(super) fn secrets(id: &str, secret: &str, token: Option<&str>) -> Vec<Variant> {
    let mut found = Vec::new();
    for around in ["\n", "\r\n", "\r", " ", "\t", "\u{a0}", "\0"] {
        found.push((&causes::SECRET_SPACE, format!("{secret}{around}")));
        found.push((&causes::SECRET_SPACE, format!("{around}{secret}")));
        found.push((&causes::SECRET_SPACE, format!("{around}{secret}{around}")));
    }
    found.push((&causes::SECRET_SPACE, format!("\u{feff}{secret}")));
    for (open, close) in
        [("\"", "\""), ("'", "'"), ("`", "`"), ("“", "”"), ("‘", "’"), ("\"", ""), ("", "\""), ("'", ""), ("", "'"), ("<", ">")]
    {
        found.push((&causes::SECRET_QUOTES, format!("{open}{secret}{close}")));
    }
    let mut encoded = String::new();
    percent_encode(&mut encoded, secret);
    let base64 = base64(secret.as_bytes());
    for coded in [encoded, secret.to_ascii_lowercase(), secret.to_ascii_uppercase(), format!("{base64}\n"), base64] {
        found.push((&causes::SECRET_CODED, coded));
    }
    for coded in [secret.replace('+', " "), secret.replace('/', "\\/"), String::from_utf8_lossy(&percent_decode(secret)).into_owned()] {
        found.push((&causes::SECRET_CODED, coded));
    }
    if let Some(decoded) = from_base64(secret) {
        found.push((&causes::SECRET_CODED, decoded.trim_end().to_owned()));
        found.push((&causes::SECRET_CODED, decoded));
    }
    let mut chars = secret.chars();
    chars.next();
    found.push((&causes::SECRET_CUT, chars.as_str().to_owned()));
    let mut chars = secret.chars();
    chars.next_back();
    found.push((&causes::SECRET_CUT, chars.as_str().to_owned()));
    found.push((&causes::SECRET_CUT, secret.trim_end_matches('=').to_owned()));
    found.extend([Some(id), token].into_iter().flatten().map(|part| (&causes::SECRET_OTHER_PART, part.to_owned())));
    found.push((&causes::SECRET_OTHER_PART, String::new()));
    found.retain(|(_, other)| other != secret);
    found
}

/// Paths that may have been signed in place of this one, as it arrived.
pub(super) fn paths(path: &str) -> Vec<Variant> {
    let mut found = vec![(&causes::PATH_SLASH, format!("{path}/")), (&causes::PATH_SLASH, path.trim_end_matches('/').to_owned())];
    found.push((&causes::PATH_SLASH, path.replace("//", "/")));
    found.push((&causes::PATH_ESCAPES, String::from_utf8_lossy(&percent_decode(path)).into_owned()));
    found.push((&causes::PATH_ESCAPES, path.replace('%', "%25")));
    found.push((&causes::PATH_ESCAPES, path.replace("%25", "%")));
    for (at, _) in path.match_indices('/').skip(1) {
        found.push((&causes::PATH_PREFIX, path.get(at..).unwrap_or_default().to_owned()));
    }
    found.push((&causes::PATH_PREFIX, "/".to_owned()));
    found
}

/// Queries as they may have been signed: written out, not yet in the scheme's own form.
pub(super) fn queries(query: &str) -> Vec<Variant> {
    let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    let mut found = Vec::new();
    let reversed: Vec<&str> = pairs.iter().rev().copied().collect();
    let orders = [
        sorted(&pairs, str::to_owned),
        sorted(&pairs, decoded),
        sorted(&pairs, str::to_lowercase),
        by_number(&pairs),
        reversed,
        pairs.clone(),
    ];
    // What HTTP clients write in another way: one character alone, or all that one of them does.
    for characters in ["'", "(", ")", "*", "!", "~", ",", "/", ":", "@", "|", "$", ";", "[", "]", ":,/@~'*()", "'\"<>", "!'()*"] {
        let escapes = characters.chars().map(|c| (c.to_string(), encoded(c.encode_utf8(&mut [0; 4]), "").replace('~', "%7E")));
        let (mut literal, mut escaped) = (query.to_owned(), query.to_owned());
        for (plain, escape) in escapes {
            literal = literal.replace(&escape, &plain);
            escaped = escaped.replace(&plain, &escape);
        }
        found.extend([literal, escaped].map(|text| (details::query(&text, query).unwrap_or(&causes::QUERY_ESCAPES), text)));
    }
    found.extend(
        [in_case(query, u8::to_ascii_lowercase), in_case(query, u8::to_ascii_uppercase)].map(|text| (&causes::QUERY_ESCAPES, text)),
    );
    found.push((&causes::QUERY_PLUS, query.replace('+', "%20")));
    found.push((&causes::QUERY_PLUS, query.replace("%20", "+")));
    for pairs in &orders {
        for style in STYLES {
            let text = joined(pairs, style);
            found.push((details::query(&text, query).unwrap_or(&causes::QUERY_ESCAPES), text));
        }
        found.push((&causes::QUERY_ORDER, pairs.join("&")));
    }
    for at in 0..pairs.len() {
        let rest: Vec<&str> = pairs.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, pair)| *pair).collect();
        found.push((&causes::QUERY_ADDED, rest.join("&")));
    }
    if pairs.is_empty() {
        return found;
    }
    found.push((&causes::QUERY_REPEATED, merged(&pairs)));
    found.push((&causes::QUERY_REPEATED, numbered(&pairs)));
    found.push((&causes::QUERY_ADDED, String::new()));
    found
}

/// Every order of the parameters, where they are few.
pub(super) fn orders(query: &str) -> Vec<Variant> {
    let pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    let mut found = Vec::new();
    if pairs.len() <= MOST_ORDERED {
        permute(&pairs, &mut Vec::new(), &mut found);
    }
    found
}

fn permute<'a>(rest: &[&'a str], taken: &mut Vec<&'a str>, found: &mut Vec<Variant>) {
    if rest.is_empty() {
        found.push((&causes::QUERY_ORDER, taken.join("&")));
    }
    for (at, pair) in rest.iter().enumerate() {
        let others: Vec<&str> = rest.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, pair)| *pair).collect();
        taken.push(pair);
        permute(&others, taken, found);
        taken.pop();
    }
}

/// Hosts that may have been signed in place of this one; `others` are those that headers name or by which the cloud is reached.
pub(super) fn hosts<'a>(host: &str, others: impl Iterator<Item = &'a str>) -> Vec<Variant> {
    let bare = bare(host);
    let mut found = vec![(&causes::HOST_PORT, bare.to_owned())];
    for port in ["443", "80", "8080", "8443", "8888", "9443", "3128"] {
        found.push((&causes::HOST_PORT, format!("{bare}:{port}")));
    }
    found.push((&causes::HOST_CHANGED, host.to_ascii_lowercase()));
    found.push((&causes::HOST_CHANGED, host.to_ascii_uppercase()));
    for other in others.flat_map(|text| text.split(',')).map(|text| text.trim()) {
        found.push((&causes::HOST_CHANGED, other.to_owned()));
        found.push((&causes::HOST_CHANGED, details::bare(other).to_owned()));
        found.push((&causes::HOST_CHANGED, format!("{}:443", details::bare(other))));
    }
    found
}

/// Content types that may have been signed in place of this one.
pub(super) fn content_types(content_type: &str) -> Vec<Variant> {
    const USUAL: [&str; 6] =
        ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "application/octet-stream", "*/*"];
    let own = media(content_type);
    let mut found = Vec::new();
    for kind in [&own].into_iter().map(String::as_str).chain(USUAL) {
        let cause = if kind == own { &causes::CONTENT_TYPE_CHARSET } else { &causes::CONTENT_TYPE_CHANGED };
        for parameter in ["", "; charset=utf-8", ";charset=utf-8", "; charset=UTF-8", ";charset=UTF-8", "; charset=iso-8859-1"] {
            found.push((cause, format!("{kind}{parameter}")));
        }
    }
    found.push((&causes::CONTENT_TYPE_CHANGED, String::new()));
    found
}

/// Values of any other header that may have been signed in place of this one.
pub(super) fn header_values(name: &str, value: &str) -> Vec<Variant> {
    const CODINGS: [&str; 8] =
        ["identity", "gzip", "gzip, deflate", "gzip,deflate", "gzip, deflate, br", "gzip, deflate, br, zstd", "deflate, gzip", ""];
    const ACCEPTED: [&str; 4] = ["*/*", "application/json", "application/json, text/plain, */*", ""];
    const CONNECTIONS: [&str; 4] = ["keep-alive", "Keep-Alive", "close", ""];
    let known: &[&str] = match &*name.to_ascii_lowercase() {
        "accept-encoding" => &CODINGS,
        "accept" => &ACCEPTED,
        "connection" => &CONNECTIONS,
        _ => &[""],
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    let own = [
        value.to_ascii_lowercase(),
        value.to_ascii_uppercase(),
        words.join(" "),
        words.join("  "),
        value.replace(", ", ","),
        value.replace(',', ", "),
    ];
    // A proxy adds what it is to what stood there.
    let parts = value.match_indices([',', ' ', ';']).map(|(at, _)| value.get(..at).unwrap_or_default().to_owned());
    known.iter().map(|text| (*text).to_owned()).chain(own).chain(parts).map(|text| (&causes::HEADER_CHANGED, text)).collect()
}

/// Bodies that may have been signed in place of this one.
pub(super) fn bodies(body: &[u8]) -> Vec<(&'static Cause, Cow<'_, [u8]>)> {
    let mut found: Vec<(&'static Cause, Cow<'_, [u8]>)> = Vec::new();
    for text in ["", "{}", "null", "\n", "[]", "{}\n", "\"\""] {
        let is_empty = matches!(body.trim_ascii(), b"" | b"{}" | b"null" | b"[]" | b"\"\"");
        found.push((if is_empty { &causes::PAYLOAD_EMPTY } else { &causes::PAYLOAD_CHANGED }, Cow::Borrowed(text.as_bytes())));
    }
    for end in ["\n", "\r\n"] {
        found.push((&causes::PAYLOAD_LINE_END, Cow::Owned([body, end.as_bytes()].concat())));
        found.extend(body.strip_suffix(end.as_bytes()).map(|less| (&causes::PAYLOAD_LINE_END, Cow::Borrowed(less))));
    }
    found.push((&causes::PAYLOAD_LINE_END, Cow::Borrowed(body.trim_ascii())));
    found.push((&causes::PAYLOAD_LINE_END, Cow::Owned(["\u{feff}".as_bytes(), body].concat())));
    found.extend(body.strip_prefix("\u{feff}".as_bytes()).map(|less| (&causes::PAYLOAD_LINE_END, Cow::Borrowed(less))));
    let Ok(text) = std::str::from_utf8(body) else { return found };
    for lines in [text.replace("\r\n", "\n"), text.replace("\r\n", "\n").replace('\n', "\r\n"), text.replace(['\r', '\n'], "")] {
        found.push((&causes::PAYLOAD_LINE_END, Cow::Owned(lines.into_bytes())));
    }
    let is_json = text.trim_start().starts_with(['{', '[']);
    // Written anew from what was read, the keys are sorted.
    let sorted = from_text(body).ok().map(|value| to_text(&value)).filter(|_| is_json);
    found.extend(sorted.iter().map(|sorted| (&causes::PAYLOAD_JSON, Cow::Owned(sorted.clone().into_bytes()))));
    found.extend(sorted.map(|sorted| (&causes::PAYLOAD_JSON, Cow::Owned(escaped(&spaced(&sorted, (" ", " "))).into_bytes()))));
    for spaces in [("", ""), (" ", " "), ("", " "), (" ", "")] {
        for escapes in [escaped, unescaped, str::to_owned] {
            let anew = spaced(&escapes(text), spaces);
            let slashes = [
                anew.replace('/', "\\/"),
                anew.replace("\\/", "/"),
                anew.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"),
            ];
            for anew in slashes.into_iter().chain([anew]).filter(|_| is_json) {
                found.push((&causes::PAYLOAD_JSON, Cow::Owned(anew.into_bytes())));
            }
        }
    }
    for form in [text.replace('+', "%20"), text.replace("%20", "+"), text.replace("%7E", "~"), text.replace('~', "%7E")] {
        found.push((&causes::PAYLOAD_CHANGED, Cow::Owned(form.into_bytes())));
    }
    found.retain(|(_, other)| other.as_ref() != body);
    found
}

/// JSON with these spaces behind colons and commas and none elsewhere.
fn spaced(json: &str, (colon, comma): (&str, &str)) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut in_text, mut is_escaped) = (false, false);
    for c in json.chars() {
        if in_text {
            out.push(c);
            in_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        in_text = c == '"';
        if !c.is_ascii_whitespace() {
            out.push(c);
            out.push_str(match c {
                ':' => colon,
                ',' => comma,
                _ => "",
            });
        }
    }
    out
}

/// JSON in ASCII.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// JSON in UTF-8.
fn unescaped(json: &str) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        let unit = rest
            .strip_prefix("\\u")
            .and_then(|hex| hex.get(..4))
            .and_then(|hex| u16::from_str_radix(hex, 16).ok())
            .filter(|unit| *unit > 0x7f);
        match unit {
            Some(unit) => units.push(unit),
            None => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
        rest = rest.get(if unit.is_some() { 6 } else { c.len_utf8() }..).unwrap_or_default();
    }
    String::from_utf16_lossy(&units)
}

/// How clients write the parts of a query.
const STYLES: [fn(&str) -> String; 8] = [
    |part| encoded(&decoded(part), ""),
    |part| encoded(&decoded(part), "").replace("%20", "+"),
    |part| encoded(&decoded(part).replace('+', " "), ""),
    |part| encoded(&decoded(part), "").replace("%20", "+").replace('~', "%7E"),
    |part| encoded(&decoded(part), "").replace('~', "%7E"),
    |part| encoded(&decoded(part), "!'()*"),
    |part| encoded(&decoded(part), "").replace('%', "%25"),
    |part| encoded(&decoded(&decoded(part)), ""),
];

/// A query with the digits of its escapes in one case.
fn in_case(query: &str, case: fn(&u8) -> u8) -> String {
    let mut parts = query.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        out.push('%');
        out.extend(digits.bytes().map(|byte| char::from(case(&byte))).filter(char::is_ascii));
        out.push_str(rest);
    }
    out
}

fn joined(pairs: &[&str], style: impl Fn(&str) -> String) -> String {
    let each = pairs.iter().map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", style(name), style(value)),
        None => format!("{}=", style(pair)),
    });
    each.collect::<Vec<_>>().join("&")
}

fn sorted<'a>(pairs: &[&'a str], by: impl Fn(&str) -> String) -> Vec<&'a str> {
    let mut pairs = pairs.to_vec();
    pairs.sort_by_cached_key(|pair| by(pair));
    pairs
}

/// Sorted so that `Ids.2` stands before `Ids.10`.
fn by_number<'a>(pairs: &[&'a str]) -> Vec<&'a str> {
    let mut pairs = pairs.to_vec();
    pairs.sort_by_cached_key(|pair| {
        let mut parts = name(pair).split('.').map(|part| format!("{part:0>20}"));
        (parts.next().map(|_| name(pair).split('.').next().unwrap_or_default().to_owned()), parts.collect::<Vec<_>>())
    });
    pairs
}

/// Parameters of one name joined by commas under it.
fn merged(pairs: &[&str]) -> String {
    let mut all: Vec<(&str, String)> = Vec::new();
    for pair in pairs {
        let value = pair.split_once('=').map_or("", |(_, value)| value);
        match all.iter_mut().find(|(known, _)| *known == name(pair)) {
            Some((_, values)) => *values = format!("{values}%2C{value}"),
            None => all.push((name(pair), value.to_owned())),
        }
    }
    all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Parameters of one name numbered from one.
fn numbered(pairs: &[&str]) -> String {
    let each = pairs.iter().enumerate().map(|(at, pair)| {
        let is_same = |other: &&&str| name(other) == name(pair);
        let before = pairs.iter().take(at).filter(is_same).count();
        match (pairs.iter().filter(is_same).count(), pair.split_once('=')) {
            (2.., Some((name, value))) => format!("{name}.{}={value}", before + 1),
            _ => (*pair).to_owned(),
        }
    });
    each.collect::<Vec<_>>().join("&")
}

fn name(pair: &str) -> &str {
    pair.split('=').next().unwrap_or_default()
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent_decode(text)).into_owned()
}

/// Percent-encoded but for these characters.
fn encoded(text: &str, but: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if but.contains(c) { out.push(c) } else { percent_encode(&mut out, c.encode_utf8(&mut [0; 4])) }
    }
    out
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let group = part.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= part.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn from_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut group, mut bits) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        group = group << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((group >> bits & 255) as u8);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| text.chars().all(|c| c.is_ascii_graphic() || c.is_ascii_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_both_ways() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!((base64(plain.as_bytes()).as_str(), from_base64(coded).as_deref()), (coded, Some(plain)));
        }
        assert_eq!(from_base64("not base64!"), None);
    }

    #[test]
    fn json_is_written_in_other_ways() {
        let json = r#"{"a": "b: \"c, d\"", "名": [1,2]}"#;
        assert_eq!(spaced(json, ("", "")), r#"{"a":"b: \"c, d\"","名":[1,2]}"#);
        assert_eq!(spaced(json, (" ", " ")), r#"{"a": "b: \"c, d\"", "名": [1, 2]}"#);
        assert_eq!(escaped("镜🚀"), "\\u955c\\ud83d\\ude80");
        assert_eq!(unescaped("\\u955c\\ud83d\\ude80\\u0080\\u007f\\u000a"), "镜🚀\u{80}\\u007f\\u000a");
    }

    #[test]
    fn repeated_parameters_are_joined_and_numbered() {
        let pairs = ["a=1", "b=2", "a=3"];
        assert_eq!(merged(&pairs), "a=1%2C3&b=2");
        assert_eq!(numbered(&pairs), "a.1=1&b=2&a.2=3");
        assert_eq!(orders("a=1&b=2").len(), 2);
    }
}
