//! Requests that this crate built itself, on their way to be signed.
//!
//! Nothing in them can be wrong and their query is canonical, so nothing is read again: only what is said of the moment
//! and the key is added. What is signed is what [`complete`](super::complete) signs by default; a test holds the two
//! together.

use super::canonical::{self, Canonical, EMPTY_HASH};
use super::hash::Hasher;
use super::keys::KeyCache;
use super::request::{AUTHORIZATION, HOST};
use super::scheme::{PathRule, PayloadRule, QueryRule, Scheme, TimeFormat};
use crate::base::credentials::Credentials;
use crate::base::error::Error;
use crate::base::http::{Headers, Method, Part};
use crate::base::time::Millis;
use crate::base::wall_clock::plausible;
use std::borrow::Cow;

/// The texts of a signature; their memory may serve many.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) canonical_request: String,
    pub(super) string_to_sign: String,
    /// The moment of signing.
    pub(super) stamp: String,
    /// The second that it tells, and in which form.
    pub(super) written: Option<(TimeFormat, i64)>,
    pub(super) hasher: Hasher,
}

/// A request to be completed in place: its parts, and what it is signed for.
pub(crate) struct Built<'a> {
    pub(crate) scheme: &'static Scheme,
    pub(crate) method: Method,
    /// As HTTP clients derive it from the URL: in lower case, without a port that is implied.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    /// Whether nothing in the path needs an escape or is one.
    pub(crate) plain: bool,
    pub(crate) query: &'a str,
    /// As they will be sent, but for date, token, hash of the body and authorization.
    pub(crate) headers: &'a mut Headers,
    pub(crate) body: &'a str,
    pub(crate) now: Millis,
    /// Kept with the headers.
    pub(crate) region: Part,
    pub(crate) service: &'static str,
    /// Whether every header is signed, not only the least that the scheme needs.
    pub(crate) signs_all: bool,
}

/// More headers than any request of this crate has.
const LINES: usize = 12;

impl Built<'_> {
    /// Signs with keys that were derived from the same credentials before.
    pub(crate) fn sign_with(self, credentials: &Credentials, keys: &mut KeyCache) -> Result<(), Error> {
        self.sign(credentials, keys, &mut Texts::default())
    }

    pub(super) fn sign(self, credentials: &Credentials, keys: &mut KeyCache, texts: &mut Texts) -> Result<(), Error> {
        let Self { scheme, method, host, path, plain, query, headers, body, now, region, service, signs_all } = self;
        plausible("sign.time", "the time", now)?;
        let Texts { canonical_request, string_to_sign, stamp, written, hasher } = texts;
        let day = keys.of_day(scheme, credentials, now, headers.text(region), service);
        scheme.time.write_over(now, stamp, written);
        headers.push(scheme.date_header, stamp);
        if let Some(token) = credentials.token() {
            headers.push(scheme.token_header, token);
        }
        let body_hash = if body.is_empty() { None } else { Some(canonical::sha256_hex(hasher, body.as_bytes())) };
        let payload = body_hash.as_ref().map_or(EMPTY_HASH, |hash| hash.as_str());
        if scheme.payload == PayloadRule::Repeated {
            headers.push(scheme.payload_header, payload);
        }

        let every = if signs_all { every_name(headers) } else { Vec::new() };
        let every: Vec<&str> = every.iter().map(String::as_str).collect();
        let signed = if signs_all { &every[..] } else { scheme.signed };
        let mut lines = [("", ""); LINES];
        let count = fill_lines(signed, headers, host, &mut lines);
        for (_, value) in lines[..count].iter_mut().filter(|(name, _)| *name == HOST) {
            *value = canonical::host(scheme.host, value);
        }
        let (path, slash) = match scheme.path {
            PathRule::Decoded if plain => (Cow::Borrowed(path), false),
            PathRule::DecodedSlash if plain => (Cow::Borrowed(path), !path.ends_with('/')),
            rule => (canonical::path(rule, path), false),
        };
        let query = if scheme.query == QueryRule::AsSentOnGet && method != Method::Get { "" } else { query };
        // The least are written by us, as they are signed.
        let values = signs_all.then_some(scheme.values);
        let request = Canonical { method: method.as_str(), path: &path, slash, query, headers: &lines[..count], values, payload };
        let names = request.write(canonical_request);
        canonical::string_to_sign(scheme, stamp, &day.scope, canonical_request, string_to_sign, hasher);
        let signature = day.key.sign(string_to_sign);
        headers.push_parts(AUTHORIZATION, &[&day.head, &canonical_request[names], ", Signature=", signature.as_str()]);
        Ok(())
    }
}

/// Names of all headers and of the host, as they stand in the list of signed headers.
fn every_name(headers: &Headers) -> Vec<String> {
    let mut names = vec![HOST.to_owned()];
    for (name, _) in headers.iter() {
        names.push(name.to_ascii_lowercase());
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a header of ours is the one of that name in lower case. One bit tells the cases of letters apart, and digits and
/// hyphens have it.
fn is_name(header: &str, lower: &str) -> bool {
    header.len() == lower.len() && header.bytes().zip(lower.bytes()).fold(true, |so_far, (one, other)| so_far & (one | 0x20 == other))
}

/// The lines of those `names` that there are headers of, in their order; tells how many. `host` is always there.
fn fill_lines<'a>(names: &[&'a str], headers: &'a Headers, host: &'a str, lines: &mut [(&'a str, &'a str); LINES]) -> usize {
    let mut count = 0;
    for &name in names {
        let given = headers.find(|known| is_name(known, name));
        if let (Some(value), Some(line)) = (given.or((name == HOST).then_some(host)), lines.get_mut(count)) {
            *line = (name, value);
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::cloud::Cloud;
    use crate::sign::{Options, ToSign, sign};

    const SCHEMES: [(Cloud, bool); 4] =
        [(Cloud::Tencent, false), (Cloud::Volcengine, false), (Cloud::Huawei, false), (Cloud::Huawei, true)];
    const MESSAGES: [(Method, &str, &str); 4] =
        [(Method::Get, "", ""), (Method::Get, "a=%20&b=~", ""), (Method::Post, "a=1", "{}"), (Method::Put, "", "{\"a\":1}")];
    const HOSTS: [&str; 3] = ["h.example", "h.example:443", "h.example:8443"];
    const PATHS: [(&str, bool); 6] =
        [("/", true), ("/v1/x", true), ("/v1/x/", true), ("/a%20b", false), ("/a%2Fb", false), ("/%7Ea/", false)];
    /// Days, regions and services come again, so that what was kept of them serves.
    const MOMENTS: [(i64, &str, &str); 4] =
        [(1_716_292_800, "r-1", "svc"), (1_716_292_801, "r-2", "svc"), (1_716_379_200, "r-1", "svc"), (1_716_292_800, "r-1", "ims")];
    const GIVEN: [(&str, &str); 4] =
        [("Content-Type", "application/json"), ("X-Project-Id", "0123abcd"), ("X-Domain-Id", "4567"), ("User-Agent", "Agent/1")];
    /// They stand first: names that end sooner or later than one that is signed, or differ in a letter or two.
    const DECOYS: [[&str; 2]; 4] =
        [["Hosts", "Hose"], ["Hole", "X-Domain-Is"], ["Content-Typo", "X-Project"], ["X-Project-Id-Of", "X-Project-Ie"]];

    #[test]
    fn what_was_built_is_signed_as_any_other_request() {
        let credentials =
            [None, Some("TOKEN")].map(|token| Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", token).expect("it is well-formed"));
        let (mut keys, mut texts) = (KeyCache::default(), Texts::default());
        for round in (0..9216).step_by(if cfg!(miri) { 331 } else { 1 }) {
            let mut left = round;
            let mut pick = |count: usize| {
                let picked = left % count;
                left /= count;
                picked
            };
            let ((cloud, derived), signs_all) = (SCHEMES[pick(4)], pick(2) == 1);
            let (method, query, body) = MESSAGES[pick(4)];
            let (host, (path, plain)) = (HOSTS[pick(3)], PATHS[pick(6)]);
            let (credentials, (second, region, service)) = (&credentials[pick(2)], MOMENTS[(pick(4) + round) % 4]);
            let given: Vec<(&str, &str)> = DECOYS[round / 3 % 4].map(|name| (name, "decoy")).into_iter().chain(GIVEN).collect();
            let scheme = if derived { cloud.scheme().derived.expect("there is one") } else { cloud.scheme() };
            let now = Millis(second * 1000);

            let mut all = Headers::default();
            given.iter().for_each(|(name, value)| all.push(name, value));
            let (region_part, headers) = (all.keep(region), &mut all);
            let built = Built { scheme, method, host, path, plain, query, headers, body, now, region: region_part, service, signs_all };
            built.sign(credentials, &mut keys, &mut texts).expect("nothing in it is wrong");

            let headers: Vec<(String, String)> = given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let names = all.iter().map(|(name, _)| name.to_owned()).filter(|name| name != AUTHORIZATION).chain([HOST.to_owned()]);
            let options = Options { signed_headers: signs_all.then(|| names.collect()), derived, ..Options::default() };
            let (url, method) = (format!("http://{host}{path}?{query}"), method.as_str());
            let what = ToSign { method, url: &url, headers: &headers, body: body.as_bytes(), time: now, region, service };
            let signed = sign(cloud.scheme(), &what, credentials, &options).expect("it can be signed");
            let should: Vec<(String, String)> = signed.headers.into_iter().filter(|(name, _)| name != "Host").collect();
            assert_eq!(all.to_vec(), should, "{cloud} {derived} {method} {url}");
        }
    }
}
