//! Which slip makes a refused signature come out right: each is tried by recomputation, one at a time.

use super::canonical::{self, Canonical, UNSIGNED_PAYLOAD, UNSIGNED_PAYLOAD_HASH};
use super::causes::{self, Cause};
use super::diagnose::{Diagnosis, Sure};
use super::hash::Hasher;
use super::keys::SigningKey;
use super::request::HOST;
use super::scheme::PathRule;
use super::variants;
use super::verify::Claim;
use crate::base::credentials::Credentials;
use crate::base::http::header;
use crate::base::time::number;

/// What recomputing a signature has shown.
pub(super) enum Traced {
    /// It is right as it stands.
    Fine,
    /// It is right with one change.
    Slip(Box<Diagnosis>),
    /// Nothing that was tried makes it right.
    Nothing,
}

/// The seconds by which the time that was signed is tried to differ from the one that arrived.
const SECONDS: i64 = 300;
/// Larger bodies are not written anew.
const LARGE: usize = 1 << 20;

/// Tries what may have been signed in place of what arrived. `hosts` are those by which the cloud is also reached.
pub(super) fn retrace(claim: &Claim<'_>, key: &Credentials, hosts: &[String]) -> Traced {
    let Some(mut bench) = Bench::new(claim, key) else { return Traced::Nothing };
    if bench.is_signed(&Part::None) {
        return Traced::Fine;
    }
    let slip = bench
        .secrets(key)
        .or_else(|| bench.methods())
        .or_else(|| bench.queries())
        .or_else(|| bench.paths())
        .or_else(|| bench.headers(hosts))
        .or_else(|| bench.signed_headers())
        .or_else(|| bench.bodies())
        .or_else(|| bench.times())
        .or_else(|| bench.orders());
    slip.map_or(Traced::Nothing, |slip| Traced::Slip(Box::new(slip)))
}

/// The part of the request that is taken otherwise than it arrived.
enum Part<'a> {
    None,
    Method(&'a str),
    Path(&'a str),
    Query(&'a str),
    Line(usize, &'a str),
    Lines(Vec<(&'a str, &'a str)>),
    Payload(&'a str),
    /// The time in the string to sign, and whether the header had it too when it was signed.
    Time(&'a str, bool),
}

/// The request as it arrived, in every way in which a server reads it, and what is needed to sign it again.
struct Bench<'a> {
    claim: &'a Claim<'a>,
    key: SigningKey,
    path: String,
    queries: Vec<String>,
    payloads: Vec<String>,
    lines: Vec<(&'a str, &'a str)>,
    hosts: Vec<&'a str>,
    hasher: Hasher,
    request: String,
    text: String,
}

impl<'a> Bench<'a> {
    /// `None` where a signed header did not arrive: nothing can be recomputed then.
    fn new(claim: &'a Claim<'a>, key: &Credentials) -> Option<Self> {
        let names: Vec<&str> = claim.signed_headers.iter().map(String::as_str).collect();
        let lines = canonical::header_lines(claim.scheme, &names, &claim.headers, claim.authority, true).ok()?;
        let mut hasher = Hasher::default();
        let body_hash = canonical::sha256_hex(&mut hasher, claim.body);
        Some(Self {
            key: SigningKey::derive(claim.scheme, key, &claim.scope.whole),
            path: canonical::path(claim.scheme.path, claim.path).into_owned(),
            queries: claim.queries().into_iter().map(|query| query.into_owned()).collect(),
            payloads: claim.payloads(body_hash.as_str()).into_iter().map(str::to_owned).collect(),
            lines,
            hosts: claim.hosts(),
            hasher,
            request: String::new(),
            text: String::new(),
            claim,
        })
    }

    /// Whether the signature is that of the request with this part.
    fn is_signed(&mut self, part: &Part<'_>) -> bool {
        let scheme = self.claim.scheme;
        let one = |text: &str| vec![text.to_owned()];
        let method = if let Part::Method(method) = part { method } else { self.claim.method };
        let path = if let Part::Path(path) = part { path } else { self.path.as_str() };
        let time = if let Part::Time(time, _) = part { time } else { self.claim.time_text.as_str() };
        let queries = match part {
            Part::Query(query) => one(query),
            Part::Method(method) => one(&canonical::query(scheme.query, method, self.claim.query)),
            _ => self.queries.clone(),
        };
        let payloads = if let Part::Payload(payload) = part { one(payload) } else { self.payloads.clone() };
        let hosts = if matches!(part, Part::Line(place, _) if self.is_host(*place)) { vec![""] } else { self.hosts.clone() };
        for query in &queries {
            for payload in &payloads {
                for host in &hosts {
                    let arrived =
                        || self.lines.iter().enumerate().map(|(at, line)| (line.0, if self.is_host(at) { *host } else { line.1 }));
                    let lines: Vec<(&str, &str)> = match part {
                        Part::Lines(lines) => lines.clone(),
                        Part::Line(place, value) => {
                            arrived().enumerate().map(|(at, line)| if at == *place { (line.0, *value) } else { line }).collect()
                        }
                        Part::Time(time, true) => {
                            let is_date = |name: &str| name.eq_ignore_ascii_case(scheme.date_header);
                            arrived().map(|line| if is_date(line.0) { (line.0, *time) } else { line }).collect()
                        }
                        _ => arrived().collect(),
                    };
                    let parts = Canonical { method, path, slash: false, query, headers: &lines, values: Some(scheme.values), payload };
                    parts.write(&mut self.request);
                    canonical::string_to_sign(scheme, time, &self.claim.scope.whole, &self.request, &mut self.text, &mut self.hasher);
                    if self.key.sign(&self.text).as_str() == self.claim.signature {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn is_host(&self, place: usize) -> bool {
        self.lines.get(place).is_some_and(|(name, _)| name.eq_ignore_ascii_case(HOST))
    }

    fn secrets(&mut self, key: &Credentials) -> Option<Diagnosis> {
        let scope = &self.claim.scope.whole;
        let own = SigningKey::derive(self.claim.scheme, key, scope);
        for (cause, secret) in variants::secrets(key.id(), key.secret(), key.token()) {
            self.key = SigningKey::derive(self.claim.scheme, &key.with_secret(secret), scope);
            if self.is_signed(&Part::None) {
                return Some(found(cause, "", ""));
            }
        }
        self.key = own;
        None
    }

    fn methods(&mut self) -> Option<Diagnosis> {
        let method = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"].into_iter().find(|method| self.is_signed(&Part::Method(method)))?;
        Some(found(&causes::METHOD_CHANGED, method, self.claim.method))
    }

    fn queries(&mut self) -> Option<Diagnosis> {
        if self.claim.presigned.is_some() {
            return None;
        }
        variants::queries(self.claim.query).into_iter().find_map(|variant| self.query(variant))
    }

    fn orders(&mut self) -> Option<Diagnosis> {
        let is_tried = self.claim.presigned.is_none();
        is_tried.then(|| variants::orders(self.claim.query).into_iter().find_map(|variant| self.query(variant)))?
    }

    /// A query as the scheme writes it, and as a client that knows no better has left it.
    fn query(&mut self, (cause, query): variants::Variant) -> Option<Diagnosis> {
        let canonical = canonical::query(self.claim.scheme.query, self.claim.method, &query).into_owned();
        let theirs = self.queries.first().cloned().unwrap_or_default();
        let ours = [canonical, query].into_iter().filter(|ours| *ours != theirs).find(|ours| self.is_signed(&Part::Query(ours)))?;
        let cause = super::details::query(&ours, &theirs).unwrap_or(cause);
        Some(found(cause, &ours, &theirs))
    }

    fn paths(&mut self) -> Option<Diagnosis> {
        if self.claim.scheme.path == PathRule::Root {
            return None;
        }
        let theirs = self.path.clone();
        for (cause, path) in variants::paths(self.claim.path) {
            let canonical = canonical::path(self.claim.scheme.path, &path).into_owned();
            if let Some(ours) = [canonical, path].into_iter().find(|ours| *ours != theirs && self.is_signed(&Part::Path(ours))) {
                return Some(found(cause, &ours, &theirs));
            }
        }
        let bare = theirs.trim_end_matches('/').to_owned();
        self.is_signed(&Part::Path(&bare)).then(|| found(&causes::PATH_SLASH, &bare, &theirs))
    }

    fn headers(&mut self, hosts: &[String]) -> Option<Diagnosis> {
        const FORWARDED: [&str; 5] = ["x-forwarded-host", "x-original-host", "x-host", "x-real-host", "x-forwarded-server"];
        for (place, (name, value)) in self.lines.clone().into_iter().enumerate() {
            let name = name.to_ascii_lowercase();
            let variants = match name.as_str() {
                HOST => {
                    let told = FORWARDED.into_iter().filter_map(|name| header(&self.claim.headers, name)).chain(self.claim.authority);
                    variants::hosts(value, told.chain(hosts.iter().map(String::as_str)))
                }
                "content-type" => variants::content_types(value),
                _ => variants::header_values(&name, value),
            };
            for (cause, ours) in variants {
                if self.is_signed(&Part::Line(place, &ours)) {
                    return Some(found(cause, &format!("{name}:{ours}"), &format!("{name}:{value}")));
                }
            }
        }
        None
    }

    /// A header that the list names and that was not signed, or the other way about.
    fn signed_headers(&mut self) -> Option<Diagnosis> {
        let lines = self.lines.clone();
        let listed = self.claim.signed_headers.join(";");
        for place in 0..lines.len() {
            let rest: Vec<(&str, &str)> = lines.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, line)| *line).collect();
            if self.is_signed(&Part::Lines(rest)) {
                let is_token = lines[place].0.eq_ignore_ascii_case(self.claim.scheme.token_header);
                let cause = if is_token { &causes::TOKEN_UNSIGNED } else { &causes::SIGNED_HEADERS_CHANGED };
                return Some(found(cause, "", &listed));
            }
        }
        for (name, value) in self.claim.headers.iter().filter(|(name, _)| !self.claim.signs(name)) {
            let lower = name.to_ascii_lowercase();
            let mut more: Vec<(&str, &str)> = lines.iter().copied().chain([(lower.as_str(), value.as_str())]).collect();
            more.sort_unstable();
            if self.is_signed(&Part::Lines(more)) {
                return Some(found(&causes::SIGNED_HEADERS_CHANGED, &lower, &listed));
            }
        }
        None
    }

    fn bodies(&mut self) -> Option<Diagnosis> {
        let theirs = self.payloads.first().cloned().unwrap_or_default();
        for ours in [UNSIGNED_PAYLOAD, UNSIGNED_PAYLOAD_HASH] {
            if self.is_signed(&Part::Payload(ours)) {
                return Some(found(&causes::PAYLOAD_UNSIGNED, ours, &theirs));
            }
        }
        if self.claim.body.len() > LARGE {
            return None;
        }
        for (cause, body) in variants::bodies(self.claim.body) {
            let ours = canonical::sha256_hex(&mut self.hasher, &body).as_str().to_owned();
            if self.is_signed(&Part::Payload(&ours)) {
                return Some(found(cause, &ours, &theirs));
            }
        }
        None
    }

    /// The time in the string to sign alone, and in a signed header too.
    fn times(&mut self) -> Option<Diagnosis> {
        let theirs = self.claim.time_text.clone();
        let format = self.claim.scheme.time;
        let times: Vec<String> = (1..=SECONDS).flat_map(|by| [-by, by]).map(|by| format.write(self.claim.time.plus(by * 1000))).collect();
        let both = self.claim.signs(self.claim.scheme.date_header);
        let ours =
            times.into_iter().find(|time| self.is_signed(&Part::Time(time, false)) || (both && self.is_signed(&Part::Time(time, true))))?;
        Some(found(&causes::CLOCK_HEADER, &ours, &theirs))
    }
}

/// What became of a body whose hash the request carries; `None` where the hash is right, or there is none.
pub(super) fn changed_body(claim: &Claim<'_>) -> Option<Diagnosis> {
    let ours = claim.payload_header().filter(|hash| hash.len() == 64)?;
    let mut hasher = Hasher::default();
    let theirs = canonical::sha256_hex(&mut hasher, claim.body);
    if ours == theirs.as_str() {
        return None;
    }
    let cause = match ours {
        UNSIGNED_PAYLOAD_HASH => &causes::PAYLOAD_UNSIGNED,
        _ if !is_whole(claim) => &causes::PAYLOAD_CUT,
        _ if claim.body.len() > LARGE => &causes::PAYLOAD_CHANGED,
        _ => {
            let mut bodies = variants::bodies(claim.body).into_iter();
            bodies
                .find(|(_, body)| canonical::sha256_hex(&mut hasher, body).as_str() == ours)
                .map_or(&causes::PAYLOAD_CHANGED, |(cause, _)| cause)
        }
    };
    Some(found(cause, ours, theirs.as_str()))
}

/// Whether the body is as long as the request says.
pub(super) fn is_whole(claim: &Claim<'_>) -> bool {
    let length = header(&claim.headers, "content-length").and_then(|text| number(text.trim().as_bytes()));
    length.is_none_or(|length| usize::try_from(length) == Ok(claim.body.len()))
}

fn found(cause: &Cause, ours: &str, theirs: &str) -> Diagnosis {
    Diagnosis::of_cause(cause, Sure::Certain).between(ours, theirs)
}
