//! Why a signature was refused: our canonical request beside the one that the server says it computed.

use super::canonical::UNSIGNED_PAYLOAD;
use super::causes::{self, Cause};
use super::component::Component;
use super::details::detail;
use super::words::cause;
use crate::base::http::REDACTED;
use crate::base::json::{Object, first};
use crate::base::text::{around, concat, contains, cut, joined, pieces, shown, trimmed};
use crate::base::value::Value;

/// What is wrong with a refused signature, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The part that differs.
    pub component: Component,
    /// Stable id of the cause: the part alone, or as in `query.plus` what became of it.
    pub id: &'static str,
    /// How sure it is: `certain` where it was computed or the cloud says so, `likely`, or `possible`.
    pub sure: &'static str,
    /// Our text of that part; empty when the parts could not be compared. Session tokens are redacted.
    pub ours: String,
    /// The server's text of that part.
    pub theirs: String,
    /// Probable cause, in English.
    pub cause_en: &'static str,
    /// Probable cause, in Chinese.
    pub cause_zh: &'static str,
    /// Next step, in English.
    pub fix_en: &'static str,
    /// Next step, in Chinese.
    pub fix_zh: &'static str,
}

/// How sure a diagnosis is: never surer than what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Computed, or the cloud says so.
    Certain,
    /// The evidence fits nothing else as well.
    Likely,
    /// Nothing speaks against it.
    Possible,
}

impl Sure {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Sure::Certain => "certain",
            Sure::Likely => "likely",
            Sure::Possible => "possible",
        }
    }
}

impl Diagnosis {
    /// A part of which no more is known.
    pub(super) fn of_component(component: Component, sure: Sure) -> Self {
        Self::new(component, component.as_str(), sure, component.advice())
    }

    /// One cause.
    pub(super) fn of_cause(cause: &Cause, sure: Sure) -> Self {
        Self::new(cause.component, cause.id, sure, cause.advice())
    }

    fn new(component: Component, id: &'static str, sure: Sure, advice: [&'static str; 4]) -> Self {
        let [cause_en, cause_zh, fix_en, fix_zh] = advice;
        let (ours, theirs) = (String::new(), String::new());
        Self { component, id, sure: sure.as_str(), ours, theirs, cause_en, cause_zh, fix_en, fix_zh }
    }

    /// The same with the texts of both sides.
    #[must_use]
    pub(super) fn between(mut self, ours: &str, theirs: &str) -> Self {
        self.ours = presentable(ours);
        self.theirs = presentable(theirs);
        self
    }

    /// What is wrong with a signature as a JSON object.
    pub fn to_value(&self) -> Value {
        let Diagnosis { component, id, sure, ours, theirs, cause_en, cause_zh, fix_en, fix_zh } = self;
        Object::new()
            .set("component", component.as_str())
            .set("id", *id)
            .set("sure", *sure)
            .set("ours", ours.as_str())
            .set("theirs", theirs.as_str())
            .set("cause", *cause_en)
            .set("cause_zh", *cause_zh)
            .set("fix", *fix_en)
            .set("fix_zh", *fix_zh)
            .value()
    }
}

/// Finds the part of a refused request that differs.
///
/// `ours` is the canonical request that was signed, or the string to sign where the server tells its own. `theirs` is what the server said: an answer's whole body, its
/// message, or an exception's text that holds either. Huawei's gateway echoes the canonical request that it computed,
/// with each line break shown as a vertical bar; a verifier of ours tells its own in [`Refusal`](super::verdict::Refusal).
/// Without an echo the code and the words of the refusal decide, and where these tell nothing, nothing is claimed.
///
/// ```
/// use imgferry::sign::{Component, diagnose};
/// let ours = "GET\n/v2/cloudimages/\nlimit=1\nhost:h\n\nhost\ne3b0";
/// let found = diagnose(ours, Some("verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/|limit=2|host:h||host|e3b0"));
/// assert_eq!((found.component, found.ours.as_str(), found.theirs.as_str()), (Component::Query, "limit=1", "limit=2"));
/// assert_eq!(diagnose(ours, None).component, Component::Unknown);
/// ```
pub fn diagnose(ours: &str, theirs: Option<&str>) -> Diagnosis {
    let told = texts(theirs.unwrap_or_default());
    if let (Some(ours), Some(theirs)) = (string_to_sign(ours), told.iter().find_map(|text| string_to_sign(text))) {
        return compare_strings(&ours, &theirs);
    }
    let (Some(ours), Some(echo)) = (segments(ours), told.iter().find_map(|text| echo(text))) else {
        return by_words(&joined(&told, "\n"));
    };
    let (component, ours, theirs) = compare(&ours, &echo);
    let told = match detail(component, ours, theirs) {
        Some(cause) => Diagnosis::of_cause(cause, Sure::Certain),
        None => Diagnosis::of_component(component, Sure::Certain),
    };
    told.between(ours, theirs)
}

/// The lines of a string to sign: algorithm, time, scope where there is one, hash. `None` for any other text.
fn string_to_sign(text: &str) -> Option<Vec<&str>> {
    let start = ["TC3-HMAC-SHA256", "SDK-HMAC-SHA256", "V11-HMAC-SHA256", "HMAC-SHA256"]
        .iter()
        .find_map(|word| around(text, word))
        .map(|(before, _)| before.len())?;
    let lines: Vec<&str> = segments_of(text.get(start..)?, 4);
    let end = lines.iter().position(|line| line.len() >= 64 && line.bytes().take(64).all(|byte| byte.is_ascii_hexdigit()))?;
    (end >= 2).then(|| lines.into_iter().take(end + 1).collect())
}

/// So many of the lines of a text, which bars may separate, too.
fn segments_of(text: &str, most: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in pieces(text, b'\n') {
        lines.extend(pieces(line, b'|'));
    }
    lines.truncate(most);
    lines
}

/// Two strings to sign: the time, the scope, then the hash of what was signed.
fn compare_strings(ours: &[&str], theirs: &[&str]) -> Diagnosis {
    let differs = ours.iter().zip(theirs).position(|(ours, theirs)| trimmed(ours) != trimmed(theirs));
    let told = match differs {
        Some(0) => Diagnosis::of_component(Component::Authorization, Sure::Certain),
        Some(1) => Diagnosis::of_cause(&causes::CLOCK_HEADER, Sure::Certain),
        Some(2) if ours.len() > 3 => Diagnosis::of_component(Component::Scope, Sure::Certain),
        Some(_) => Diagnosis::of_component(Component::Signature, Sure::Certain),
        None => Diagnosis::of_component(Component::Secret, Sure::Certain),
    };
    let at = differs.unwrap_or(usize::MAX);
    told.between(ours.get(at).copied().unwrap_or_default(), theirs.get(at).copied().unwrap_or_default())
}

/// What the code and the words of a refusal tell.
fn by_words(told: &str) -> Diagnosis {
    let component = cause(told).unwrap_or(Component::Unknown);
    let sure = match component {
        // The cloud itself says so.
        Component::Clock | Component::Key | Component::Token | Component::Locked | Component::Size => Sure::Certain,
        Component::Unknown => Sure::Possible,
        _ => Sure::Likely,
    };
    Diagnosis::of_component(component, sure)
}

/// Whether a server's text holds the canonical request that it computed.
pub(super) fn has_echo(answer: &str) -> bool {
    texts(answer).iter().any(|text| echo(text).is_some())
}

/// The texts of an answer: those in the JSON that it holds, unescaped, or all of it where it holds none.
fn texts(answer: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = answer;
    while let Some(start) = rest.bytes().position(|byte| byte == b'{') {
        let (before, json) = rest.split_at(start);
        // No JSON begins here: an answer in other words.
        let Some((value, behind)) = first(json) else { break };
        texts.push(before.to_owned());
        leaves(&value, &mut texts);
        rest = behind;
    }
    texts.push(rest.to_owned());
    texts
}

fn leaves(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, texts)),
        Value::Object(fields) => fields.iter().for_each(|(_, item)| leaves(item, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The canonical request inside a server's text.
fn echo(text: &str) -> Option<Vec<&str>> {
    match around(text, "canonicalRequest:") {
        // With bars for line breaks it ends with its line, whatever stands behind.
        Some((_, echo)) => segments(pieces(echo, b'\n').next()?).or_else(|| segments(echo)),
        None => segments(text),
    }
}

/// The lines of a canonical request, whichever way they are separated: a bar inside a header value splits both sides
/// alike. `None` for any other text.
fn segments(text: &str) -> Option<Vec<&str>> {
    let mut lines: Vec<&str> = segments_of(trimmed(text), usize::MAX);
    let hash = lines.last_mut()?;
    // An exception's text goes on behind the echo.
    let end = hash.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'-'));
    *hash = hash.get(..end.unwrap_or(hash.len())).unwrap_or_default();
    let is_hash = *hash == UNSIGNED_PAYLOAD || (!hash.is_empty() && hash.bytes().all(|b| b.is_ascii_hexdigit()));
    let is_method = lines.first().is_some_and(|method| !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase()));
    let has_path = lines.get(1).is_some_and(|path| path.starts_with('/'));
    (lines.len() >= 6 && is_hash && is_method && has_path).then_some(lines)
}

fn compare<'a>(ours: &[&'a str], theirs: &[&'a str]) -> (Component, &'a str, &'a str) {
    let part = |lines: &[&'a str], at: usize| lines.get(at).copied().unwrap_or_default();
    for (at, component) in [Component::Method, Component::Path, Component::Query].into_iter().enumerate() {
        if part(ours, at) != part(theirs, at) {
            return (component, part(ours, at), part(theirs, at));
        }
    }
    let block = |lines: &[&'a str]| -> Vec<&'a str> { lines.iter().skip(3).take(lines.len().saturating_sub(6)).copied().collect() };
    let (our_block, their_block) = (block(ours), block(theirs));
    for at in 0..our_block.len().max(their_block.len()) {
        let (our_line, their_line) = (part(&our_block, at), part(&their_block, at));
        if our_line != their_line {
            let component = match cut(our_line, b':').map(|(name, _)| name) {
                Some("host") => Component::Host,
                Some("content-type") => Component::ContentType,
                _ => Component::Header,
            };
            return (component, our_line, their_line);
        }
    }
    let last = |lines: &[&'a str], back: usize| lines.len().checked_sub(back).map_or("", |at| part(lines, at));
    for (back, component) in [(2, Component::SignedHeaders), (1, Component::Payload)] {
        if last(ours, back) != last(theirs, back) {
            return (component, last(ours, back), last(theirs, back));
        }
    }
    (Component::Secret, "", "")
}

/// A part as it may be shown: session tokens redacted, control characters escaped, overlong text cut.
fn presentable(part: &str) -> String {
    match cut(part, b':') {
        Some((name @ ("x-security-token" | "x-tc-token"), _)) => concat(&[name, ":", REDACTED]),
        _ if contains(part, "X-Security-Token=") => REDACTED.to_owned(),
        _ => shown(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str =
        "POST\n/v1/x/\n\ncontent-type:application/json\nhost:h\nx-security-token:SECRET\n\ncontent-type;host;x-security-token\ne3b0";

    #[test]
    fn each_part_is_told_from_the_others() {
        for (from, to, component) in [
            ("POST", "GET", Component::Method),
            ("/v1/x/", "/v1/y/", Component::Path),
            ("/x/\n\n", "/x/\na=1\n", Component::Query),
            ("json\n", "json; charset=utf-8\n", Component::ContentType),
            ("host:h\n", "host:proxy\n", Component::Host),
            ("token:SECRET", "token:OTHER", Component::Header),
            ("\n\ncontent-type;", "\n\n", Component::SignedHeaders),
            ("e3b0", "44136f", Component::Payload),
            ("", "", Component::Secret),
        ] {
            let theirs = OURS.replacen(from, to, 1);
            for text in [theirs.clone(), format!("verify aksk signature fail, canonicalRequest:{}", theirs.replace('\n', "|"))] {
                let found = diagnose(OURS, Some(&text));
                assert_eq!(found.component, component, "{text}");
                assert!(!format!("{found:?}").contains("SECRET") && !found.cause_zh.is_empty());
            }
        }
    }

    #[test]
    fn the_message_is_taken_out_of_the_body_first() {
        let echo =
            format!("Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:{}", OURS.replace('\n', "|"));
        let body = serde_json::json!({"error_msg": echo, "error_code": "APIGW.0301", "request_id": "r-1"}).to_string();
        let thrown =
            format!("ClientRequestException - {{status_code:401,request_id:r-1,error_code:APIGW.0301,error_msg:{echo},encoded:None}}");
        let escaped = body.replace('|', "\\n");
        for text in [body.clone(), thrown, escaped, format!("{echo}\nat line 1"), format!("HTTP/1.1 401 x\r\n\r\n{body}\n")] {
            assert_eq!(diagnose(OURS, Some(&text)).component, Component::Secret, "{text}");
            let other = text.replace("/v1/x/", "/v1/y/");
            assert_eq!(diagnose(OURS, Some(&other)).component, Component::Path, "{other}");
        }
    }

    #[test]
    fn words_decide_where_there_is_no_echo() {
        for (text, component) in [
            (Some("signature expired, signature time:20211217T064303Z,server time:20211217T065804Z"), Component::Clock),
            (Some("ak HWAKEXAMPLE not exist"), Component::Key),
            (Some("AK access failed to reach the limit,forbidden"), Component::Locked),
            (Some("decrypt token fail"), Component::Token),
            (Some(r#"{"error_msg":"calc aksk signature fail:body too large","error_code":"APIGW.0301"}"#), Component::Size),
            (Some(r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"x"},"RequestId":"r"}}"#), Component::Clock),
            (Some(r#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"x"}}}"#), Component::Key),
            (Some(r#"{"Response":{"Error":{"Code":"AuthFailure.TokenFailure","Message":"x"}}}"#), Component::Token),
            (Some(r#"{"ResponseMetadata":{"Error":{"CodeN":100006,"Code":"InvalidTimestamp","Message":"x"}}}"#), Component::Clock),
            (Some("verify aksk signature fail"), Component::Signature),
            (Some("verify aksk signature fail, canonicalRequest:POST|/v1/x/|cut"), Component::Signature),
            (Some("<html>\n<head>\n<title>\n502\n</title>\n</head>\n<body>|</body></html>"), Component::Unknown),
            (Some("{\"a\":{\"b\":[1,null]}} {"), Component::Unknown),
            (Some("|"), Component::Unknown),
            (Some(""), Component::Unknown),
            (None, Component::Unknown),
        ] {
            let found = diagnose(OURS, text);
            assert_eq!((found.component, found.ours.as_str(), found.theirs.as_str()), (component, "", ""), "{text:?}");
        }
    }

    #[test]
    fn what_was_never_signed_is_compared_with_nothing() {
        for ours in ["", "GET", "some words"] {
            assert_eq!(diagnose(ours, Some(OURS)).component, Component::Unknown, "{ours}");
        }
    }

    /// Each line of a string to sign, with a scope and without; alone, with bars, inside an answer.
    #[test]
    fn strings_to_sign_are_told_apart_line_by_line() {
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        let other = hash.replace('4', "5");
        for (algorithm, time, scope) in [
            ("TC3-HMAC-SHA256", "1551113065", Some("2019-02-25/cvm/tc3_request")),
            ("HMAC-SHA256", "20240521T022616Z", Some("20240521/cn-beijing/ecs/request")),
            ("V11-HMAC-SHA256", "20240521T022616Z", Some("20240521/cn-north-4/ims")),
            ("SDK-HMAC-SHA256", "20240521T022616Z", None),
        ] {
            let lines: Vec<&str> = [algorithm, time].into_iter().chain(scope).chain([hash]).collect();
            let ours = lines.join("\n");
            let scoped = scope.map(|scope| (scope, "20200101/x/y", "scope"));
            let another = if algorithm.starts_with("SDK") { "V11-HMAC-SHA256" } else { "SDK-HMAC-SHA256" };
            let changes =
                [(algorithm, another, "authorization"), (time, "1", "header.date"), (hash, &other, "signature"), ("", "", "secret")];
            for (from, to, id) in changes.into_iter().chain(scoped) {
                let theirs = ours.replacen(from, to, 1);
                let json = serde_json::json!({"error": {"text": [format!("computed {theirs}")]}}).to_string();
                for told in
                    [theirs.clone(), theirs.replace('\n', "|"), format!("string to sign: {theirs}\nat line 1"), format!("{json} and so on")]
                {
                    let found = diagnose(&ours, Some(&told));
                    assert_eq!((found.id, found.sure, found.ours.as_str(), found.theirs.as_str()), (id, "certain", from, to), "{told}");
                }
            }
            // Less than a whole one is none.
            for cut in [
                algorithm.to_owned(),
                lines[..lines.len() - 1].join("\n"),
                format!("{algorithm}\n{hash}"),
                ours[..ours.len() - 1].to_owned(),
            ] {
                assert_eq!(diagnose(&ours, Some(&cut)).component, Component::Unknown, "{cut}");
                assert_eq!(diagnose(&cut, Some(&ours)).component, Component::Unknown, "{cut}");
            }
        }
    }

    #[test]
    fn no_token_is_shown_of_either_side() {
        for (ours, theirs) in [
            ("GET\n/\n\nhost:h\nx-tc-token:MINE\n\nhost;x-tc-token\ne3b0", "x-tc-token:MINE"),
            ("GET\n/\n\nhost:h\nx-security-token:MINE\n\nhost;x-security-token\ne3b0", "x-security-token:MINE"),
            ("GET\n/\na=1&X-Security-Token=MINE\nhost:h\n\nhost\ne3b0", "a=1&X-Security-Token=MINE"),
        ] {
            let found = diagnose(ours, Some(&ours.replace(theirs, &theirs.replace("MINE", "THEIRS"))));
            assert!(!format!("{found:?}").contains("MINE") && !format!("{found:?}").contains("THEIRS"), "{found:?}");
            assert!(found.ours.contains(REDACTED) && found.theirs.contains(REDACTED), "{found:?}");
        }
        let shown = diagnose("GET\n/\n\nhost:h\n\nhost\ne3b0", Some("GET\n/\n\nhost:o\n\nhost\ne3b0"));
        assert_eq!((shown.ours.as_str(), shown.theirs.as_str()), ("host:h", "host:o"));
    }

    /// Headers that one side has and the other has not; the last line of a body that is left out.
    #[test]
    fn requests_of_other_lengths_are_compared() {
        let request = |block: &str, hash: &str| format!("GET\n/\n\n{block}\n\nhost\n{hash}");
        for (ours, theirs, id, our_part, their_part) in [
            (request("a:1\nhost:h", "e3b0"), request("host:h", "e3b0"), "header.changed", "a:1", "host:h"),
            (request("host:h", "e3b0"), request("host:h\nz:1", "e3b0"), "header.changed", "", "z:1"),
            (request("host:h\nz:1", "e3b0"), request("host:h", "e3b0"), "header.changed", "z:1", ""),
            (request("host:h", "e3b0"), request("host:h", "UNSIGNED-PAYLOAD"), "payload.unsigned", "e3b0", "UNSIGNED-PAYLOAD"),
            (request("host:h", "e3b0"), request("host:h", "e3b0. Try again"), "secret", "", ""),
        ] {
            let found = diagnose(&ours, Some(&theirs));
            assert_eq!((found.id, found.ours.as_str(), found.theirs.as_str()), (id, our_part, their_part), "{theirs}");
        }
        // What lacks a line, has no method, no path or no hash is no canonical request.
        let good = request("host:h", "e3b0");
        assert_eq!(diagnose(&good, Some(&good)).component, Component::Secret);
        for bad in [
            good.replacen('\n', "", 1),
            good.replacen("GET", "Get", 1),
            good.replacen("GET", "", 1),
            good.replacen("/\n", "x\n", 1),
            good.replacen("e3b0", "", 1),
            good.replacen("e3b0", "word", 1),
            "GET\n/\n\n\ne3b0".to_owned(),
        ] {
            assert_eq!(diagnose(&good, Some(&bad)).component, Component::Unknown, "{bad:?}");
            assert!(!has_echo(&bad) && has_echo(&good));
        }
    }

    #[test]
    fn words_are_as_sure_as_the_cloud_is() {
        for (text, id, sure) in [
            ("signature expired", "clock", "certain"),
            ("ak HWAKEXAMPLE not exist", "key", "certain"),
            ("decrypt token fail", "token", "certain"),
            ("reach the limit", "locked", "certain"),
            ("body too large", "size", "certain"),
            ("SignatureDoesNotMatch", "signature", "likely"),
            ("InvalidCredential", "scope", "likely"),
            ("MissingSignature", "authorization", "likely"),
            ("some words", "unknown", "possible"),
        ] {
            let found = diagnose("", Some(text));
            assert_eq!((found.id, found.sure), (id, sure), "{text}");
        }
    }
}
