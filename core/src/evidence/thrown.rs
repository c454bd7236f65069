//! The texts of exceptions: those of the vendors' clients and of the tools built on them, in whatever language.

use super::exchange::starting;
use super::network;
use super::refusal::{Refusal, add, refusal};
use crate::base::cloud::Cloud;

/// Names under which clients tell a code, a message and the id of a request; longer ones before those that they end with.
const CODE: [&str; 6] = ["error_code", "errorCode", "ErrorCode", "Error Code", "Code", "code"];
const MESSAGE: [&str; 10] =
    ["fail_reason", "error_msg", "errorMsg", "error_message", "errorMessage", "ErrorMessage", "Message", "message", "Msg", "msg"];
const REQUEST_ID: [&str; 7] = ["request_id", "requestId", "RequestId", "requestID", "RequestID", "request id", "Request Id"];
const STATUS: [&str; 5] = ["status_code", "statusCode", "httpStatusCode", "httpCode", "status code"];

/// Words that tell whose a text is, beside the names of the clouds.
const HINTS: [(&str, &str); 12] = [
    ("responsemetadata", "HMAC"),
    ("response: {", "TC3"),
    ("qcloud", "TC3"),
    ("tccli", "TC3"),
    ("volc", "HMAC"),
    ("byteplus", "HMAC"),
    ("hcloud", "SDK"),
    ("apigw", "SDK"),
    ("golangsdk", "SDK"),
    ("clientrequestexception", "SDK"),
    ("serviceresponseexception", "SDK"),
    ("sdkerror", "SDK"),
];

/// Words of the clients of other clouds, whose codes are much the same; and of object storage, which has an API of its own.
const OTHERS: [&str; 7] = ["amazonaws", "awsaccesskeyid", "when calling the ", "aliyun", "alicloud", "myqcloud.com", "azure"];

/// So many characters behind a code that stands alone are searched for its request's id and status.
const NEAR: usize = 4_000;

/// Adds the refusals that the words of a text tell.
pub(super) fn find(text: &str, found: &mut Vec<Refusal>) {
    let (before, whose) = (found.len(), Whose::new(text));
    let (mut last, mut is_told) = (0, false);
    let codes = coded(text);
    for (index, &(at, code)) in codes.iter().enumerate() {
        let earlier = text.get(last..at).unwrap_or_default();
        last = at;
        // What is told of a code stands before the next one.
        let next = codes.get(index + 1).map_or(text.len(), |(end, code)| end - code.len());
        let rest = text.get(at..next).unwrap_or_default();
        // Some tell the id before the code, or the message, unless it is that of the code before.
        let any = |names: &[&str]| value(rest, names).or_else(|| value(earlier, names)).map(first_word);
        let behind = value(rest, &MESSAGE);
        let (message, id) = (behind.or_else(|| value(earlier, &MESSAGE).filter(|_| !is_told)), any(&REQUEST_ID));
        is_told = behind.is_some();
        let status = any(&STATUS).and_then(|word| word.parse().ok());
        for cloud in whose.owners(code) {
            add(refusal(cloud, code, message, id, status), found);
        }
    }
    // A code that nobody knows may only wrap another: `Code=InternalError.CvmCommon, Message=…[InvalidImageId.NotFound:…]`.
    if found[before..].iter().all(|refusal| !refusal.cloud.knows(&refusal.code)) {
        bare(text, &whose, found);
    }
}

/// Codes with a name in front of them, and where each ends.
fn coded(text: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for name in CODE {
        for (at, _) in text.match_indices(name) {
            let is_whole = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let after = &text[at + name.len()..];
            let rest = after.trim_start_matches(['"', '\'', '\\', ' ', ':', '=', '[', '\t']);
            let is_named = after.len() > rest.len() && after[..after.len() - rest.len()].contains([':', '=', '[']);
            let code = &rest[..rest.find(|c: char| !is_of_code(c)).unwrap_or(rest.len())];
            let code = code.trim_end_matches(['.', '-']);
            let start = text.len() - rest.len();
            if is_whole && is_named && is_code(code) && !found.iter().any(|(end, _)| *end == start + code.len()) {
                found.push((start + code.len(), code));
            }
        }
    }
    found.sort_unstable();
    found
}

/// Codes of the catalogues that stand in a text by themselves: `InvalidAccessKey: the key …` as Go's clients write it.
fn bare(text: &str, whose: &Whose, found: &mut Vec<Refusal>) {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        rest = &rest[start..];
        let length = rest.find(|c: char| !is_of_code(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(length);
        let code = word.trim_end_matches(['.', '-']);
        // A plain word of a language is no code, though one has that name.
        let is_telling = code.contains('.') || code.chars().skip(1).any(|c| c.is_ascii_uppercase());
        if is_telling && Cloud::ALL.iter().any(|cloud| cloud.knows(code)) {
            let message = [":", " -", "]"].iter().find_map(|sign| behind.strip_prefix(sign)).map_or("", |message| message.trim_start());
            let message = message.split(['\n', '\t']).next().unwrap_or_default();
            let near = &behind[..behind.char_indices().nth(NEAR).map_or(behind.len(), |(at, _)| at)];
            let id = value(near, &REQUEST_ID).map(first_word);
            let status = value(near, &STATUS).and_then(|word| first_word(word).parse().ok());
            for cloud in whose.owners(code) {
                add(refusal(cloud, code, Some(message), id, status), found);
            }
        }
        rest = behind;
    }
}

/// What a text tells of whose its codes are. Made once a text: a log may hold thousands of codes.
pub(super) struct Whose {
    /// The clouds that it names, or whose clients' words are in it.
    named: Vec<Cloud>,
    /// Whether words of other clouds are in it.
    has_others: bool,
}

impl Whose {
    pub(super) fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let by_hint: Vec<Cloud> = HINTS.iter().filter(|(word, _)| lower.contains(word)).filter_map(|(_, start)| starting(start)).collect();
        Self {
            named: Cloud::ALL.into_iter().filter(|cloud| lower.contains(cloud.as_str()) || by_hint.contains(cloud)).collect(),
            has_others: OTHERS.iter().any(|word| lower.contains(word)),
        }
    }

    /// Whose code that may be: the clouds that are named and that know it, else all that know it, else the first that is named.
    pub(super) fn owners(&self, code: &str) -> Vec<Cloud> {
        if self.named.is_empty() && self.has_others {
            return Vec::new();
        }
        let known: Vec<Cloud> = Cloud::ALL.into_iter().filter(|cloud| cloud.knows(code)).collect();
        let both: Vec<Cloud> = self.named.iter().copied().filter(|cloud| known.contains(cloud)).collect();
        let first = self.named.iter().copied().take(1).collect();
        [both, known, first].into_iter().find(|clouds| !clouds.is_empty()).unwrap_or_default()
    }
}

/// The value behind one of these names: to the next name, or to the end of the line.
fn value<'a>(text: &'a str, names: &[&str]) -> Option<&'a str> {
    let places = names.iter().flat_map(|name| text.match_indices(name).map(|(at, name)| (at, at + name.len())));
    let is_named = |(at, end): &(usize, usize)| {
        let is_whole = !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        is_whole && text[*end..].trim_start_matches(['"', '\'', '\\', ' ']).starts_with([':', '='])
    };
    let (_, end) = places.filter(is_named).min()?;
    let rest = text[end..].trim_start_matches(['"', '\'', '\\', ' ']);
    let rest = rest[1..].trim_start_matches(['"', '\'', '\\', ' ', '[']);
    let all = CODE.iter().chain(&MESSAGE).chain(&REQUEST_ID).chain(&STATUS);
    let others = all.flat_map(|name| rest.match_indices(name)).filter(|(at, name)| {
        let is_whole = !rest[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        is_whole && rest[at + name.len()..].trim_start_matches(['"', '\'', '\\', ' ']).starts_with([':', '='])
    });
    let stop = others
        .map(|(at, _)| at)
        .chain(["encoded_authorization_message", "encodedAuthorizationMessage", ",encoded"].iter().filter_map(|word| rest.find(word)))
        .min();
    let value = rest[..stop.unwrap_or(rest.len())].lines().next().unwrap_or_default();
    Some(value.trim().trim_end_matches(['"', '\'', ',', '\\', '}', ']', '】', ';', ' ', '{']))
}

/// The id or number that a value begins with; nothing where a client writes that it has none.
fn first_word(text: &str) -> &str {
    let word = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).next().unwrap_or_default();
    if matches!(word, "None" | "null" | "undefined" | "nil") { "" } else { word }
}

fn is_of_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// A name in front of a number or a plain word is not yet a code; nor is what a runtime calls a network that failed.
pub(super) fn is_code(code: &str) -> bool {
    let has_letters = code.starts_with(|c: char| c.is_ascii_uppercase()) && code.len() > 3;
    let is_old = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()) && Cloud::ALL.iter().any(|cloud| cloud.knows(code));
    (has_letters || is_old) && !network::is_of_runtime(code)
}
