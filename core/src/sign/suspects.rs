//! What probably made a cloud refuse a request: facts that the request tells, its signature recomputed, the cloud's own words.

use super::causes::{self, Cause};
use super::component::Component;
use super::details::bare;
use super::diagnose::{Diagnosis, Sure, diagnose, has_echo};
use super::request::{AUTHORIZATION, HOST};
use super::retrace::{Traced, changed_body, is_whole, retrace};
use super::scheme::{Scheme, Scope};
use super::verdict::{Expect, Received};
use super::verify::{Claim, values};
use crate::base::credentials::Credentials;
use crate::base::http::{REDACTED, header};
use crate::base::time::{Millis, number};

/// A refused request, and what is known beside it.
pub(crate) struct Case<'a> {
    pub(crate) scheme: &'static Scheme,
    pub(crate) received: Received<'a>,
    /// Region and service that were called, where they are known.
    pub(crate) expect: Expect<'a>,
    /// Hosts by which the cloud is reached.
    pub(crate) hosts: &'a [String],
    /// The key that it was to be signed with.
    pub(crate) key: Option<&'a Credentials>,
    /// When it was refused.
    pub(crate) now: Option<Millis>,
    /// The cloud's answer.
    pub(crate) answer: &'a str,
}

const CONTENT_TYPE: &str = "content-type";

/// Headers that clients and proxies set or change as they like.
const FRAGILE: [&str; 12] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-length",
    "expect",
    "te",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-forwarded-for",
];

/// Largest bodies of signed requests, by the scheme.
const LARGEST: [(&str, usize); 2] = [("TC3-HMAC-SHA256", 10 << 20), ("SDK-HMAC-SHA256", 12 << 20)];

impl Case<'_> {
    /// Probable causes, the most probable first; empty where nothing is known.
    pub(crate) fn diagnose(&self) -> Vec<Diagnosis> {
        let mut ranking = Ranking::default();
        match Claim::read(self.scheme, &self.received) {
            Ok(claim) => self.of_claim(&claim, &mut ranking),
            Err(_) => self.of_malformed(&mut ranking),
        }
        if LARGEST.iter().any(|(algorithm, bytes)| *algorithm == self.scheme.algorithm && self.received.body.len() > *bytes) {
            ranking.add(&causes::SIZE_BODY, Sure::Likely);
        }
        ranking.hear(&diagnose("", Some(self.answer)));
        ranking.sorted()
    }

    /// A request whose signature cannot be read.
    fn of_malformed(&self, ranking: &mut Ranking) {
        let Received { url, headers, body, .. } = self.received;
        let given: Vec<&str> = values(headers, AUTHORIZATION).collect();
        let has = |text: &[u8], part: &str| text.windows(part.len()).any(|window| window == part.as_bytes());
        let is_old = |text: &[u8]| has(text, "SecretId=") && has(text, "Signature=");
        let word = given.first().and_then(|text| text.split_whitespace().next()).unwrap_or_default();
        match given.as_slice() {
            [] if is_old(url.as_bytes()) || is_old(body) => ranking.add(&causes::AUTHORIZATION_OLD, Sure::Certain),
            [] if header(headers, "x-auth-token").is_some() => ranking.add(&causes::AUTHORIZATION_TOKEN, Sure::Likely),
            [] => ranking.add(&causes::AUTHORIZATION_MISSING, Sure::Certain),
            // Nothing is known of a signature that was taken out.
            [text] if *text == REDACTED => {}
            [_, _, ..] => ranking.add(&causes::AUTHORIZATION_TWICE, Sure::Certain),
            [_] if word != self.scheme.algorithm && (word.contains("HMAC") || ["Basic", "Bearer"].contains(&word)) => {
                ranking.add(&causes::AUTHORIZATION_SCHEME, Sure::Certain);
            }
            [text] => {
                let id = text.split(['=', ',', '/']).nth(1).unwrap_or_default();
                if is_wrapped(id) {
                    ranking.add(&causes::KEY_QUOTES, Sure::Certain);
                }
                let time = header(headers, self.scheme.date_header).map(str::trim);
                let is_timed = time.is_some_and(|text| self.scheme.time.read(text).is_some());
                ranking.add(if is_timed { &causes::AUTHORIZATION_FORM } else { &causes::TIME_MISSING }, Sure::Certain);
            }
        }
    }

    fn of_claim(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        self.key_of(claim, ranking);
        self.clock_of(claim, ranking);
        self.scope_of(claim, ranking);
        self.token_of(claim, ranking);
        self.headers_of(claim, ranking);
        changed_body(claim).into_iter().for_each(|told| ranking.push(told));
        // The secret of another key recomputes nothing.
        let traced = self.key.filter(|key| key.id() == claim.id).map(|key| retrace(claim, key, self.hosts));
        match traced {
            Some(Traced::Slip(slip)) => ranking.push(*slip),
            Some(Traced::Fine) => {
                // The signature is right: what else the request tells is all that is wrong with it.
                ranking.prove();
                ranking.add(&causes::FINE, Sure::Possible);
            }
            Some(Traced::Nothing) | None => {
                if has_echo(self.answer) {
                    self.echo_of(claim, ranking);
                }
                if !ranking.is_certain() {
                    self.hints_of(claim, ranking, traced.is_some());
                }
            }
        }
    }

    fn key_of(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        let id = claim.id.as_str();
        if is_wrapped(id) {
            return ranking.add(&causes::KEY_QUOTES, Sure::Certain);
        }
        match owner(id) {
            Some(owner) if owner != self.scheme.algorithm => ranking.add(&causes::KEY_CLOUD, Sure::Likely),
            None if id.len() > 30 && self.key.is_none() => ranking.add(&causes::KEY_SWAPPED, Sure::Possible),
            _ => {}
        }
        if let Some(key) = self.key.filter(|key| key.id() != id) {
            let cause = if key.secret() == id { &causes::KEY_SWAPPED } else { &causes::KEY_OTHER };
            ranking.add(cause, if key.secret() == id { Sure::Certain } else { Sure::Likely });
        }
    }

    fn clock_of(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        let told = server_time(self.answer);
        let Some(now) = told.or(self.now) else { return };
        let age_s = now.seconds().saturating_sub(claim.time.seconds());
        let cause = if age_s > 0 { &causes::CLOCK_BEHIND } else { &causes::CLOCK_AHEAD };
        if age_s.saturating_abs() > claim.scheme.window_s && claim.presigned.is_none() {
            let sure = if told.is_some() { Sure::Certain } else { Sure::Likely };
            ranking.push(Diagnosis::of_cause(cause, sure).between(&claim.time.rfc3339(), &now.rfc3339()));
        }
    }

    fn scope_of(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        if claim.scheme.scope == Scope::Everything {
            return;
        }
        let day = claim.scheme.time.day(claim.time, &claim.time_text);
        if claim.scope.date != *day {
            ranking.push(Diagnosis::of_cause(&causes::SCOPE_DAY, Sure::Certain).between(&claim.scope.date, &day));
        } else if claim.check_scope(&Expect::default()).is_err() {
            ranking.add(&causes::SCOPE_WORD, Sure::Certain);
        }
        for (cause, is, should) in [
            (&causes::SCOPE_REGION, &claim.scope.region, self.expect.region),
            (&causes::SCOPE_SERVICE, &claim.scope.service, self.expect.service),
        ] {
            if let (Some(is), Some(should)) = (is, should)
                && is != should
            {
                ranking.push(Diagnosis::of_cause(cause, Sure::Likely).between(is, should));
            }
        }
    }

    fn token_of(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        let sent = header(&claim.headers, claim.scheme.token_header).map(str::trim).filter(|_| claim.presigned.is_none());
        match (self.key.filter(|key| key.id() == claim.id).map(Credentials::token), sent) {
            (Some(Some(_)), None) if claim.presigned.is_none() => ranking.add(&causes::TOKEN_MISSING, Sure::Likely),
            (Some(Some(own)), Some(sent)) if own != sent => ranking.add(&causes::TOKEN_OTHER, Sure::Likely),
            (Some(None), Some(_)) => ranking.add(&causes::TOKEN_NEEDLESS, Sure::Likely),
            _ => {}
        }
    }

    fn headers_of(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        let has = |name: &str| header(&claim.headers, name).is_some() || (name.eq_ignore_ascii_case(HOST) && claim.authority.is_some());
        if let Some(name) = claim.signed_headers.iter().find(|name| !has(name)) {
            ranking.push(Diagnosis::of_cause(&causes::HEADER_MISSING, Sure::Certain).between(name, ""));
        }
        if let Some(name) = claim.scheme.must_sign.iter().find(|name| !claim.signs(name) && claim.presigned.is_none()) {
            ranking.push(Diagnosis::of_cause(&causes::SIGNED_HEADERS_LESS, Sure::Likely).between("", name));
        }
        if !is_whole(claim) && !claim.body.is_empty() {
            ranking.add(&causes::PAYLOAD_CUT, Sure::Likely);
        }
    }

    /// The canonical request that the server tells, beside the one of the request at hand.
    fn echo_of(&self, claim: &Claim<'_>, ranking: &mut Ranking) {
        let known = |_: &str| Some(claim_key(claim));
        let refused = super::verify(self.scheme, &self.received, &known, claim.time, &Expect::default());
        if let Some(ours) = refused.err().and_then(|refusal| refusal.canonical_request) {
            ranking.push(diagnose(&ours, Some(self.answer)));
        }
    }

    /// What can be seen on a request that nothing explains.
    fn hints_of(&self, claim: &Claim<'_>, ranking: &mut Ranking, is_recomputed: bool) {
        if claim.signed_headers.iter().any(|name| FRAGILE.iter().any(|fragile| name.eq_ignore_ascii_case(fragile))) {
            ranking.add(&causes::HEADER_CHANGED, if is_recomputed { Sure::Likely } else { Sure::Possible });
        }
        ranking.add(&causes::SECRET_OTHER, if is_recomputed { Sure::Likely } else { Sure::Possible });
        if !claim.body.is_empty() {
            ranking.add(&causes::PAYLOAD_CHANGED, Sure::Possible);
        }
        let content_type = header(&claim.headers, CONTENT_TYPE).unwrap_or_default();
        let host = header(&claim.headers, HOST).or(claim.authority).unwrap_or_default();
        let query = claim.query;
        for (seen, cause) in [
            (query.contains('+'), &causes::QUERY_PLUS),
            (query.contains("%25"), &causes::QUERY_DOUBLE),
            (query.contains("%7E") || query.contains("%7e"), &causes::QUERY_TILDE),
            (bare(host) != host, &causes::HOST_PORT),
            (header(&claim.headers, "x-forwarded-host").is_some(), &causes::HOST_CHANGED),
            (content_type.contains("charset") && claim.signs(CONTENT_TYPE), &causes::CONTENT_TYPE_CHARSET),
        ] {
            if seen {
                ranking.add(cause, Sure::Possible);
            }
        }
    }
}

/// A key that stands for the one that is not at hand, so that a request can be read to its end.
fn claim_key(claim: &Claim<'_>) -> Credentials {
    let token = header(&claim.headers, claim.scheme.token_header).map(str::trim);
    Credentials::stand_in(&claim.id, token)
}

/// Causes by how sure they are, in the order in which they were found.
#[derive(Default)]
struct Ranking(Vec<Diagnosis>);

impl Ranking {
    fn add(&mut self, cause: &Cause, sure: Sure) {
        self.push(Diagnosis::of_cause(cause, sure));
    }

    /// What is found later of the same cause rests on more: it takes the place of what was found before.
    fn push(&mut self, told: Diagnosis) {
        match self.0.iter_mut().find(|known| known.id == told.id) {
            Some(known) => *known = told,
            None => self.0.push(told),
        }
    }

    fn is_certain(&self) -> bool {
        self.0.iter().any(|told| told.sure == Sure::Certain.as_str())
    }

    /// The signature was recomputed and is right, so what was likely is certain.
    fn prove(&mut self) {
        if let [only] = self.0.as_mut_slice()
            && only.sure == Sure::Likely.as_str()
        {
            only.sure = Sure::Certain.as_str();
        }
    }

    /// The cloud's own words: they confirm what was found of the same part, and stand by themselves where nothing was.
    fn hear(&mut self, words: &Diagnosis) {
        let is_first = self.0.is_empty();
        let same = self.0.iter_mut().find(|told| told.component == words.component);
        match (same, words.component) {
            (_, Component::Unknown) => {}
            (Some(told), _) if told.sure == Sure::Possible.as_str() => told.sure = Sure::Likely.as_str(),
            (Some(told), _) => told.sure = Sure::Certain.as_str(),
            (None, Component::Signature | Component::Authorization | Component::Scope) if !is_first => {}
            (None, _) => self.push(words.clone()),
        }
    }

    fn sorted(mut self) -> Vec<Diagnosis> {
        let rank = |sure: &str| [Sure::Certain, Sure::Likely, Sure::Possible].iter().position(|known| known.as_str() == sure);
        self.0.sort_by_key(|told| rank(told.sure));
        self.0
    }
}

/// White space or quotes around a text.
fn is_wrapped(id: &str) -> bool {
    id.trim() != id || id.starts_with(['"', '\'', '`', '“', '‘']) || id.ends_with(['"', '\'', '`', '”', '’'])
}

/// The scheme of the cloud whose key ids have this form.
fn owner(id: &str) -> Option<&'static str> {
    if id.starts_with("AKID") {
        Some("TC3-HMAC-SHA256")
    } else if id.starts_with("AKLT") || id.starts_with("AKTP") {
        Some("HMAC-SHA256")
    } else if id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) {
        Some("SDK-HMAC-SHA256")
    } else {
        None
    }
}

/// The server's time, where a refusal tells it: seconds, or the form of `X-Sdk-Date`.
fn server_time(answer: &str) -> Option<Millis> {
    let rest = answer.to_ascii_lowercase().find("server time").and_then(|at| answer.get(at + "server time".len()..))?;
    let start = rest.find(|c: char| c.is_ascii_digit())?;
    let text: &str = rest.get(start..)?.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    Millis::parse_basic(text).or_else(|| number(text.as_bytes()).map(|seconds| Millis(seconds.saturating_mul(1000))))
}
