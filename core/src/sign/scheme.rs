//! What differs between the schemes: one [`Scheme`] holds a value for each point.

use crate::base::text::concat;
use crate::base::time::{Millis, number, push_decimal};
use std::borrow::Cow;

/// How a cloud signs: a field for each way in which the schemes differ.
///
/// The canonical request, the string to sign and the final HMAC-SHA256 are common to all; a cloud is a
/// constant of this type in its `scheme.rs`.
#[derive(Debug, PartialEq, Eq)]
pub struct Scheme {
    /// First line of the string to sign and first word of `Authorization`.
    pub algorithm: &'static str,
    /// How the moment of signing is written.
    pub time: TimeFormat,
    /// The header that carries that moment.
    pub date_header: &'static str,
    /// The header that carries the session token of temporary credentials.
    pub token_header: &'static str,
    /// What the signature is good for, and how the key is narrowed to it.
    pub scope: Scope,
    /// How the signing key comes from the secret.
    pub keys: Keys,
    /// Which path stands in the canonical request.
    pub path: PathRule,
    /// Which query stands in the canonical request, and on the wire.
    pub query: QueryRule,
    /// How header values are written in the canonical request.
    pub values: ValueRule,
    /// Which host stands in the canonical request.
    pub host: HostRule,
    /// What stands on the last line for the body.
    pub payload: PayloadRule,
    /// The header that speaks of the body.
    pub payload_header: &'static str,
    /// What a request without `content-type` gets.
    pub content_type: ContentTypeRule,
    /// What is done about a signed header that is there twice.
    pub repeated: RepeatedRule,
    /// Signed by default, when present: the least that the scheme needs. Lower case, sorted; never `user-agent`.
    pub signed: &'static [&'static str],
    /// Headers without which a verifier refuses a signature.
    pub must_sign: &'static [&'static str],
    /// Seconds by which the time of signing may differ from the server's clock.
    pub window_s: i64,
    /// The form that carries the signature in the query, where there is one.
    pub presign: PresignRule,
    /// The derived form of the same scheme, where there is one.
    pub derived: Option<&'static Scheme>,
}

/// How the moment of signing is written, in its header and in the string to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since 1970 in decimal; the scope has the date as `YYYY-MM-DD`.
    UnixSeconds,
    /// `YYYYMMDDTHHMMSSZ`; the scope has its first eight characters.
    Basic,
}

/// What the signature is good for: the credential scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything. The string to sign has no scope line; `Authorization` says `Access=<id>`.
    Everything,
    /// `date/service/<word>`: the region is a mere header.
    Service(&'static str),
    /// `date/region/service/<word>`.
    Region(&'static str),
    /// `date/region/service`, without a closing word.
    RegionOpen,
}

/// How the signing key comes from the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// The secret itself.
    Secret,
    /// HMAC over each part of the scope in turn, starting with this prefix and the secret.
    Chain(&'static str),
    /// One HKDF step (extract with the id as salt, expand with the scope), used as lower-case hex text.
    Hkdf,
}

/// Which path stands in the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathRule {
    /// Always `/`.
    Root,
    /// The path decoded and encoded again, so that an encoded slash counts as a slash.
    Decoded,
    /// The same, and a `/` at the end that the wire need not have.
    DecodedSlash,
}

/// Which query stands in the canonical request. The sorted forms are sent as they are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryRule {
    /// The query of a GET as it is sent; nothing for other methods.
    AsSentOnGet,
    /// Pairs sorted by their encoded key; equal keys keep their order.
    ByEncodedKey,
    /// Pairs sorted by key and value before they are encoded.
    ByRawPair,
}

/// How header values are written in the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRule {
    /// White space at both ends removed.
    Trimmed,
    /// The same, in lower case.
    TrimmedLower,
}

/// Which host stands in the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostRule {
    /// The host as it is sent.
    AsSent,
    /// The host without `:80` and `:443`; a presigned query keeps them.
    NoDefaultPort,
}

/// What stands on the last line of the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadRule {
    /// The hash of the body, which the payload header repeats. The body cannot be left out.
    Repeated,
    /// The hash of the body, or of the word `UNSIGNED-PAYLOAD` when the payload header holds it.
    HashOfWord,
    /// The hash of the body, or whatever the payload header holds. A body without bytes is always hashed.
    HeaderValue,
}

/// What a request without `content-type` gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentTypeRule {
    /// Nothing: it is signed when it is there.
    Optional,
    /// The scheme cannot do without it: a form for GET, JSON for everything else.
    Required,
}

/// What is done about a signed header that is there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedRule {
    /// It is refused: nothing says how the cloud would read it.
    Refused,
    /// One line a value, sorted by value.
    LineEach,
}

/// The form that carries the signature in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresignRule {
    /// There is none.
    None,
    /// `X-Signature` and its companions; the token is added after the list of signed names was made.
    Query,
}

impl TimeFormat {
    /// The moment as it stands in header and string to sign.
    pub(super) fn write(self, time: Millis) -> String {
        let mut text = String::new();
        self.push(time, &mut text);
        text
    }

    /// Appends the same.
    pub(super) fn push(self, time: Millis, out: &mut String) {
        match self {
            TimeFormat::UnixSeconds => push_decimal(out, time.seconds()),
            TimeFormat::Basic => time.push_basic(out),
        }
    }

    /// Writes the same over what was `written` before: a date and a second are written once.
    pub(super) fn write_over(self, time: Millis, text: &mut String, written: &mut Option<(TimeFormat, i64)>) {
        const DAY_S: i64 = 86_400;
        let second = time.seconds();
        match written.replace((self, second)) {
            Some(before) if before == (self, second) => {}
            Some((TimeFormat::Basic, before)) if self == TimeFormat::Basic && before.div_euclid(DAY_S) == second.div_euclid(DAY_S) => {
                text.truncate("YYYYMMDDT".len());
                time.push_basic_clock(text);
            }
            _ => {
                text.clear();
                self.push(time, text);
            }
        }
    }

    /// The moment that such a text names.
    pub(super) fn read(self, text: &str) -> Option<Millis> {
        match self {
            TimeFormat::UnixSeconds => {
                let seconds = match text.strip_prefix("-") {
                    Some(digits) => -number(digits.as_bytes())?,
                    None => number(text.as_bytes())?,
                };
                Some(Millis(seconds * 1000)).filter(|time| time.is_writable())
            }
            TimeFormat::Basic => Millis::parse_basic(text),
        }
    }

    /// The day in the scope, in UTC; `text` is the same moment as [`write`](Self::write) has it.
    pub(super) fn day(self, time: Millis, text: &str) -> Cow<'_, str> {
        match self {
            TimeFormat::UnixSeconds => Cow::Owned(time.date()),
            TimeFormat::Basic => Cow::Borrowed(text.get(..8).unwrap_or(text)),
        }
    }

    pub(super) const fn example(self) -> &'static str {
        match self {
            TimeFormat::UnixSeconds => "1551113065",
            TimeFormat::Basic => "20240521T022616Z",
        }
    }
}

impl Scheme {
    /// The value of the `Authorization` header.
    pub(super) fn authorization(&self, id: &str, scope: &str, signed_headers: &str, signature: &str) -> String {
        concat(&[&self.authorization_head(id, scope), signed_headers, ", Signature=", signature])
    }

    /// What stands in it before the names of the signed headers.
    pub(super) fn authorization_head(&self, id: &str, scope: &str) -> String {
        let (word, slash) = match self.scope {
            Scope::Everything => (" Access=", ""),
            Scope::Service(_) | Scope::Region(_) | Scope::RegionOpen => (" Credential=", "/"),
        };
        concat(&[self.algorithm, word, id, slash, scope, ", SignedHeaders="])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_written_over_another_is_the_moment() {
        let (mut text, mut written) = (String::new(), None);
        let seconds = [
            0,
            0,
            1,
            59,
            60,
            3599,
            86_399,
            86_400,
            86_400,
            86_400,
            1_716_292_799,
            1_716_292_800,
            5,
            1_716_336_000,
            1_716_379_199,
            1_716_379_200,
        ];
        for (at, second) in seconds.into_iter().enumerate() {
            for format in if at % 4 == 3 { &[TimeFormat::UnixSeconds, TimeFormat::Basic][..] } else { &[TimeFormat::Basic][..] } {
                let time = Millis(second * 1000 + 999);
                format.write_over(time, &mut text, &mut written);
                assert_eq!(text, format.write(time));
            }
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for format in [TimeFormat::UnixSeconds, TimeFormat::Basic] {
            for second in [-62_135_596_800, -86_401, -1, 0, 1, 1_716_292_800, 253_402_300_799] {
                let time = Millis(second * 1000);
                assert_eq!(format.read(&format.write(time)), Some(time), "{format:?} {second}");
            }
            for text in ["", "-", "--1", "-+1", "noon", "253402300800", "-62135596801", "999999999999999", "00000101T000000Z"] {
                assert_eq!(format.read(text), None, "{format:?} {text}");
            }
            assert_eq!(format.read(format.example()).map(|time| format.write(time)).as_deref(), Some(format.example()));
        }
    }
}
