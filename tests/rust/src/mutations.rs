//! Requests as the world spoils them: signed by a client of its own making, then kept, rewritten or signed wrongly, and refused
//! by the simulated clouds. What finds the causes knows nothing of this file, nor this file of it.

use crate::Seeded;
use imgferry::{Cloud, Credentials, Millis};
use imgferry_sim::{Arrived, Config, Delivery, Key, World};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A request that a cloud has refused, and why in truth.
#[derive(Debug)]
pub struct Mutation {
    pub cloud: Cloud,
    /// Id of the true cause.
    pub truth: &'static str,
    pub method: String,
    pub url: String,
    /// As they arrived.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The right key, which the user has in hand.
    pub key: Credentials,
    pub now: Millis,
    /// Status and body of the refusal, without the canonical request that Huawei's gateway tells.
    pub answer: String,
    /// The canonical request and the string to sign that the client computed.
    pub signed: (String, String),
}

/// Causes, and the clouds on which they happen: T, V, H.
const CAUSES: [(&str, &str); 45] = [
    ("authorization.form", "TVH"),
    ("authorization.missing", "TVH"),
    ("authorization.old", "T"),
    ("authorization.scheme", "TVH"),
    ("authorization.time", "TVH"),
    ("authorization.twice", "TVH"),
    ("clock.ahead", "TVH"),
    ("clock.behind", "TVH"),
    ("content_type.changed", "TVH"),
    ("content_type.charset", "TVH"),
    ("header.changed", "TVH"),
    ("header.date", "TVH"),
    ("header.missing", "TVH"),
    ("host.changed", "TVH"),
    ("host.port", "TH"),
    ("key.cloud", "TVH"),
    ("key.other", "TVH"),
    ("key.quotes", "TVH"),
    ("key.swapped", "TVH"),
    ("method.changed", "VH"),
    ("path.escapes", "H"),
    ("path.prefix", "VH"),
    ("path.slash", "H"),
    ("payload.changed", "TVH"),
    ("payload.cut", "TVH"),
    ("payload.empty", "TVH"),
    ("payload.json", "TH"),
    ("payload.line_end", "TVH"),
    ("payload.unsigned", "TH"),
    ("query.added", "TVH"),
    ("query.double", "TVH"),
    ("query.escapes", "TV"),
    ("query.order", "TVH"),
    ("query.plus", "TVH"),
    ("query.repeated", "VH"),
    ("query.tilde", "TVH"),
    ("scope.day", "TV"),
    ("scope.region", "V"),
    ("scope.service", "TV"),
    ("secret.other", "TVH"),
    ("secret.quotes", "TVH"),
    ("secret.space", "TVH"),
    ("token.missing", "TVH"),
    ("token.other", "TVH"),
    ("token.unsigned", "VH"),
];

/// Causes that are drawn less evenly.
const MORE: [(&str, &str); 6] = [
    ("secret.coded", "TVH"),
    ("secret.cut", "TVH"),
    ("secret.part", "TVH"),
    ("signed_headers.missing", "VH"),
    ("size.body", "T"),
    ("token.needless", "TVH"),
];

/// The parts of a key.
#[derive(Clone, Debug)]
struct Parts {
    id: String,
    secret: String,
    token: Option<String>,
}

/// A request as a client has it in mind. What is signed and what is sent are two of them.
#[derive(Clone, Debug)]
struct Draft {
    cloud: Cloud,
    method: String,
    host: String,
    path: String,
    query: String,
    /// Signed headers beside host, time, content type and token.
    headers: Vec<(String, String)>,
    content_type: String,
    body: String,
    /// Seconds since 1970, and those that the headers tell.
    time: i64,
    told: i64,
    day: Option<String>,
    region: String,
    service: String,
    parts: Parts,
    /// Whether the hash of the body is told in a header.
    is_hashed: bool,
    /// Written on the last line in place of the hash.
    payload: Option<String>,
    /// A header that came after the signature, though the list names it; and one that is not signed.
    unlined: &'static str,
    unsigned: &'static str,
}

/// What is done to the headers on their way.
enum Way {
    Authorization(fn(String) -> Vec<String>),
    Drop(&'static str),
    Length(usize),
    Add(&'static str, String),
    Untouched,
}

impl Mutation {
    /// The mutation of that seed. What the simulator takes in spite of it is drawn anew.
    pub fn draw(seed: u64) -> Mutation {
        let mut dice = Seeded(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x6d75);
        loop {
            if let Some(found) = Self::attempt(&mut dice) {
                return found;
            }
        }
    }

    fn attempt(dice: &mut Seeded) -> Option<Mutation> {
        let all: Vec<(&str, &str)> = CAUSES.into_iter().chain(MORE).collect();
        let (truth, clouds) = *dice.pick(&all);
        let cloud = *dice.pick(&Cloud::ALL);
        if !clouds.contains(["T", "V", "H"][cloud as usize]) {
            return None;
        }
        let needs_token = truth.starts_with("token.") && truth != "token.needless";
        let is_temporary = needs_token || (truth != "token.needless" && dice.below(4) == 0);
        let own = parts(cloud, dice, is_temporary);
        let mut now = Millis(1_767_000_000_137 + dice.below(86_400 * 300) as i64 * 1000);
        let mut signed = Draft::draw(cloud, own.clone(), now.0 / 1000, truth, dice);
        let mut sent = signed.clone();
        let way = spoil(truth, &mut signed, &mut sent, &mut now, dice)?;
        let (canonical, string, authorization) = signed.sign();
        let (mut headers, mut given) = (sent.wire(), vec![authorization]);
        match way {
            Way::Authorization(change) => given = change(given.remove(0)),
            Way::Drop(name) => headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name)),
            Way::Length(length) => headers.push(("Content-Length".into(), length.to_string())),
            Way::Add(name, value) => headers.push((name.into(), value)),
            Way::Untouched => {}
        }
        headers.extend(given.into_iter().map(|value| ("Authorization".to_owned(), value)));
        let url = if sent.query.is_empty() { sent.path } else { format!("{}?{}", sent.path, sent.query) };
        let key = Credentials::new(&own.id, &own.secret, own.token.as_deref()).expect("a key");
        let body = sent.body.into_bytes();
        let arrived = Arrived { method: &sent.method, target: &url, headers: &headers, body: &body };
        let answer = refused(cloud, &key, now, &arrived)?;
        Some(Mutation { cloud, truth, method: sent.method, url, headers, body, key, now, answer, signed: (canonical, string) })
    }
}

/// What the cloud answers; `None` where it takes the request, or refuses it for something else than its signature.
fn refused(cloud: Cloud, key: &Credentials, now: Millis, arrived: &Arrived<'_>) -> Option<String> {
    const OF_SIGNATURE: [&str; 13] = [
        "AuthFailure",
        "APIGW.0301",
        "SignatureDoesNotMatch",
        "InvalidAuthorization",
        "InvalidAccessKey",
        "InvalidTimestamp",
        "InvalidCredential",
        "InvalidSecretToken",
        "ServiceNotFound",
        "MissingAuthenticationToken",
        "UnsupportedOperation",
        "MissingParameter",
        "RequestSizeLimitExceeded",
    ];
    let known = Key { cloud, credentials: key.clone(), valid_ms: None };
    let config = Config { keys: vec![known], ..Config::default() };
    let mut world = World::new(&config, Millis(now.0 - 1000)).expect("a world");
    let Delivery::Answer(answer) = world.handle(now, arrived) else { return None };
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    OF_SIGNATURE.iter().any(|code| text.contains(code)).then(|| match text.find(", canonicalRequest:") {
        Some(at) => format!("{}\",\"error_code\":\"APIGW.0301\"}}", &text[..at].replace("\"error_code\":\"APIGW.0301\",", "")),
        None => text,
    })
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

fn letters(dice: &mut Seeded, from: &[u8], count: usize) -> String {
    (0..count).map(|_| char::from(*dice.pick(from))).collect()
}

/// A key of the form that the cloud's have.
fn parts(cloud: Cloud, dice: &mut Seeded, is_temporary: bool) -> Parts {
    let (id, secret) = match cloud {
        Cloud::Tencent => (format!("AKID{}", letters(dice, LETTERS, 32)), letters(dice, LETTERS, 32)),
        Cloud::Volcengine => (format!("AKLT{}", letters(dice, LETTERS, 43)), format!("{}==", letters(dice, LETTERS, 58))),
        Cloud::Huawei => (letters(dice, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 20), letters(dice, LETTERS, 40)),
    };
    Parts { id, secret, token: is_temporary.then(|| letters(dice, LETTERS, 120)) }
}

impl Draft {
    /// A request that the cloud would take. Causes about queries have one, causes about bodies too.
    fn draw(cloud: Cloud, parts: Parts, time: i64, truth: &str, dice: &mut Seeded) -> Draft {
        let names = ["golden image", "web~v2 (old)", "a b+c", "it's*", "镜像 1", "x,y/z:w"];
        let name = encoded(dice.pick::<&str>(&names));
        let wants_query = truth.starts_with("query.") || truth == "method.changed" || truth.starts_with("path.");
        let wants_body = (truth.starts_with("payload.") || truth == "size.body") && truth != "payload.empty";
        let has_body = wants_body || (!wants_query && truth != "payload.empty" && dice.below(2) == 0);
        let json =
            format!(r#"{{"name":"{}","list":["a","b/c"],"text":"镜像 ~ {}"}}"#, letters(dice, LETTERS, 8), letters(dice, LETTERS, 5));
        let (number, page) = (dice.below(90) + 1, dice.below(900));
        let (region, to) = ("cn-beijing".to_owned(), dice.below(2));
        let mut draft = Draft {
            cloud,
            method: if has_body { "POST" } else { "GET" }.to_owned(),
            host: String::new(),
            path: "/".to_owned(),
            query: String::new(),
            headers: Vec::new(),
            content_type: "application/json".to_owned(),
            body: if has_body { json } else { String::new() },
            time,
            told: time,
            day: None,
            region,
            service: String::new(),
            parts,
            is_hashed: dice.below(2) == 0,
            payload: None,
            unlined: "",
            unsigned: "",
        };
        match cloud {
            Cloud::Tencent => {
                (draft.host, draft.service) = ("cvm.tencentcloudapi.com".into(), "cvm".into());
                if !has_body {
                    draft.content_type = "application/x-www-form-urlencoded".into();
                    draft.query = format!("Filters.0.Name=image-name&Filters.0.Values.0={name}&Limit={number}&Offset={page}");
                }
                draft.is_hashed = false;
            }
            Cloud::Volcengine => {
                (draft.host, draft.service) = (["open.volcengineapi.com", "ecs.cn-beijing.volcengineapi.com"][to].into(), "ecs".into());
                draft.query = "Action=DescribeImages&Version=2020-04-01".into();
                let more = format!("ImageIds.1=image-a&ImageIds.2=image-b&ImageName={name}&MaxResults={number}");
                if has_body {
                    draft.content_type = "application/x-www-form-urlencoded".into();
                    draft.body = more;
                } else {
                    draft.query = sorted(&format!("{}&{more}", draft.query));
                }
            }
            Cloud::Huawei => {
                draft.host = "ims.cn-north-4.myhuaweicloud.com".into();
                draft.path = "/v2/cloudimages".into();
                if has_body {
                    draft.path = format!("/v1/cloudimages/{}/cross_region_copy", letters(dice, b"0123456789abcdef", 32));
                } else {
                    draft.query = format!("__imagetype=private&limit={number}&name={name}&tag=a%3D1&tag=b%3D2");
                }
            }
        }
        draft
    }

    fn time_text(seconds: i64, cloud: Cloud) -> String {
        if cloud == Cloud::Tencent { seconds.to_string() } else { Millis(seconds * 1000).basic() }
    }

    fn hash(&self) -> String {
        hex(&Sha256::digest(self.body.as_bytes()))
    }

    /// Name, value, and whether it is signed.
    fn all_headers(&self) -> Vec<(String, String, bool)> {
        let told = Self::time_text(self.told, self.cloud);
        let (date, token, hash) = match self.cloud {
            Cloud::Tencent => ("x-tc-timestamp", "x-tc-token", ""),
            Cloud::Volcengine => ("x-date", "x-security-token", "x-content-sha256"),
            Cloud::Huawei => ("x-sdk-date", "x-security-token", "x-sdk-content-sha256"),
        };
        let is_tencent = self.cloud == Cloud::Tencent;
        let mut all = vec![("host".to_owned(), self.host.clone(), true), (date.to_owned(), told, !is_tencent)];
        let has_type = !self.content_type.is_empty() && (is_tencent || !self.body.is_empty());
        all.extend(has_type.then(|| ("content-type".to_owned(), self.content_type.clone(), true)));
        all.extend(self.parts.token.clone().map(|value| (token.to_owned(), value, !is_tencent)));
        all.extend((self.is_hashed && !hash.is_empty() && !self.body.is_empty()).then(|| (hash.to_owned(), self.hash(), true)));
        all.extend(self.headers.iter().map(|(name, value)| (name.clone(), value.clone(), true)));
        if is_tencent {
            let action = if self.method == "GET" { "DescribeImages" } else { "SyncImages" };
            let labels = [("x-tc-action", action), ("x-tc-version", "2017-03-12"), ("x-tc-region", "ap-guangzhou")];
            all.extend(labels.map(|(name, value)| (name.to_owned(), value.to_owned(), false)));
        }
        all.sort();
        all
    }

    /// What goes out, but for the signature.
    fn wire(&self) -> Vec<(String, String)> {
        self.all_headers().into_iter().map(|(name, value, _)| (name, value)).collect()
    }

    /// Canonical request, string to sign and `Authorization`, as the vendors' pages write them.
    fn sign(&self) -> (String, String, String) {
        let signed: Vec<(String, String)> = self
            .all_headers()
            .into_iter()
            .filter(|(name, _, is_signed)| *is_signed && *name != self.unsigned)
            .map(|(name, value, _)| (name, value))
            .collect();
        let listed = |signed: &[&(String, String)]| signed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
        let lined: Vec<&(String, String)> = signed.iter().filter(|(name, _)| *name != self.unlined).collect();
        let (list, all) = (listed(&lined), listed(&signed.iter().collect::<Vec<_>>()));
        let lines: String = lined.iter().fold(String::new(), |mut lines, (name, value)| {
            let value = if self.cloud == Cloud::Tencent { value.to_lowercase() } else { value.clone() };
            let _ = writeln!(lines, "{name}:{}", value.trim());
            lines
        });
        let path = match self.cloud {
            Cloud::Huawei if !self.path.ends_with('/') => format!("{}/", self.path),
            // A client that does not know of the slash at the end.
            Cloud::Huawei if self.path.ends_with("//") => self.path.trim_end_matches('/').to_owned(),
            _ => self.path.clone(),
        };
        let query = if self.cloud == Cloud::Tencent && self.method != "GET" { "" } else { &self.query };
        let hash = self.payload.clone().unwrap_or_else(|| self.hash());
        let canonical = format!("{}\n{path}\n{query}\n{lines}\n{list}\n{hash}", self.method);
        let time = Self::time_text(self.time, self.cloud);
        let hashed = hex(&Sha256::digest(canonical.as_bytes()));
        let Parts { id, secret, .. } = &self.parts;
        let day = self.day.clone();
        let chain = |parts: &[&str], start: String| parts.iter().fold(start.into_bytes(), |key, part| hmac(&key, part.as_bytes()).to_vec());
        let (algorithm, scope, key) = match self.cloud {
            Cloud::Tencent => {
                let day = day.unwrap_or_else(|| Millis(self.time * 1000).date());
                let key = chain(&[&day, &self.service, "tc3_request"], format!("TC3{secret}"));
                ("TC3-HMAC-SHA256", format!("{day}/{}/tc3_request", self.service), key)
            }
            Cloud::Volcengine => {
                let day = day.unwrap_or_else(|| time[..8].to_owned());
                let key = chain(&[&day, &self.region, &self.service, "request"], secret.clone());
                ("HMAC-SHA256", format!("{day}/{}/{}/request", self.region, self.service), key)
            }
            Cloud::Huawei => ("SDK-HMAC-SHA256", String::new(), secret.clone().into_bytes()),
        };
        let string = [algorithm, &time, &scope, &hashed].iter().filter(|line| !line.is_empty()).copied().collect::<Vec<_>>().join("\n");
        let signature = hex(&hmac(&key, string.as_bytes()));
        let who = if scope.is_empty() { format!("Access={id}") } else { format!("Credential={id}/{scope}") };
        let authorization = format!("{algorithm} {who}, SignedHeaders={all}, Signature={signature}");
        (canonical, string, authorization)
    }
}

/// Spoils a request in the way of its cause; `None` where this request cannot be spoilt so.
#[allow(clippy::too_many_lines, reason = "a line or two a cause")]
fn spoil(truth: &str, signed: &mut Draft, sent: &mut Draft, now: &mut Millis, dice: &mut Seeded) -> Option<Way> {
    let own = signed.parts.clone();
    let both = |signed: &mut Draft, sent: &mut Draft, change: &dyn Fn(&mut Draft)| {
        change(signed);
        change(sent);
    };
    let mut way = Way::Untouched;
    match truth {
        "secret.space" => signed.parts.secret.push_str(dice.pick::<&str>(&["\n", " ", "\r\n", "\t"])),
        "secret.quotes" => signed.parts.secret = format!("{0}{1}{0}", dice.pick(&["\"", "'"]), own.secret),
        "secret.coded" => signed.parts.secret = base64(own.secret.as_bytes()) + if dice.below(2) == 0 { "" } else { "\n" },
        "secret.cut" => drop(signed.parts.secret.pop()),
        "secret.part" => signed.parts.secret = own.token.unwrap_or(own.id),
        "secret.other" => signed.parts.secret = parts(signed.cloud, dice, false).secret,
        "key.quotes" => both(signed, sent, &|draft| draft.parts.id = format!("\"{}\"", own.id)),
        "key.swapped" => both(signed, sent, &|draft| (draft.parts.id, draft.parts.secret) = (own.secret.clone(), own.id.clone())),
        "key.cloud" | "key.other" => {
            let others: Vec<Cloud> = Cloud::ALL.into_iter().filter(|cloud| (*cloud == signed.cloud) == (truth == "key.other")).collect();
            let other = parts(*dice.pick(&others), dice, false);
            both(signed, sent, &|draft| (draft.parts.id, draft.parts.secret) = (other.id.clone(), other.secret.clone()));
        }
        "scope.region" => {
            "ecs.cn-beijing.volcengineapi.com".clone_into(&mut sent.host);
            sent.host.clone_into(&mut signed.host);
            signed.region = (*dice.pick(&["cn-shanghai", "cn-guangzhou", "ap-southeast-1"])).to_owned();
        }
        "scope.service" => {
            "ecs.cn-beijing.volcengineapi.com".clone_into(&mut sent.host);
            if signed.cloud == Cloud::Tencent {
                "cvm.tencentcloudapi.com".clone_into(&mut sent.host);
            }
            sent.host.clone_into(&mut signed.host);
            signed.service = (*dice.pick(&["vpc", "iam", "image"])).to_owned();
        }
        "scope.day" => {
            // The day of a clock eight hours ahead.
            let day = Millis((signed.time + 8 * 3600) * 1000);
            let (utc, local) = (Millis(signed.time * 1000).date(), day.date());
            if utc == local {
                return None;
            }
            signed.day = Some(if signed.cloud == Cloud::Tencent { local } else { day.basic()[..8].to_owned() });
        }
        "clock.behind" => *now = now.plus(1000 * (901 + dice.below(7 * 3600) as i64)),
        "clock.ahead" => *now = now.plus(-1000 * (901 + dice.below(9 * 3600) as i64)),
        "header.date" => {
            let told = signed.told + *dice.pick(&[1, 1, 2, -1]);
            both(signed, sent, &|draft| draft.told = told);
        }
        "token.missing" => both(signed, sent, &|draft| draft.parts.token = None),
        "token.other" | "token.needless" => {
            let old = letters(dice, LETTERS, 120);
            both(signed, sent, &|draft| draft.parts.token = Some(old.clone()));
        }
        "token.unsigned" => signed.unlined = "x-security-token",
        "method.changed" => sent.method = (*dice.pick(&["HEAD", "PUT", "POST"])).to_owned(),
        "path.escapes" => {
            "/v2/images/my%20image/members".clone_into(&mut signed.path);
            "/v2/images/my%2520image/members".clone_into(&mut sent.path);
        }
        "path.prefix" => {
            sent.path = format!("/{}{}", dice.pick(&["api", "proxy", "gateway/ims"]), if sent.path == "/" { "/" } else { &sent.path })
        }
        "path.slash" => signed.path.push_str("//"),
        _ => way = spoil_message(truth, signed, sent, dice)?,
    }
    Some(way)
}

fn spoil_message(truth: &str, signed: &mut Draft, sent: &mut Draft, dice: &mut Seeded) -> Option<Way> {
    let is_sorted = signed.cloud != Cloud::Tencent;
    let body = sent.body.clone();
    match truth {
        // The client writes a space in another way than it signs it.
        "query.plus" => sent.query = signed.query.replace("%20", "+"),
        "query.double" => sent.query = signed.query.replace('%', "%25"),
        "query.tilde" if is_sorted => signed.query = signed.query.replace('~', "%7E"),
        "query.tilde" => sent.query = signed.query.replace('~', "%7E"),
        "query.escapes" if is_sorted => signed.query = of_javascript(&signed.query),
        "query.escapes" => {
            sent.query = ["%2C ,", "%2F /", "%3A :", "%27 '", "%28 (", "%29 )", "%2A *"].iter().fold(signed.query.clone(), unescaped)
        }
        "query.order" if is_sorted => signed.query = reversed(&signed.query),
        "query.order" => sent.query = reversed(&signed.query),
        "query.repeated" if signed.cloud == Cloud::Huawei => {
            signed.query = signed.query.replace("tag=a%3D1&tag=b%3D2", "tag=a%3D1%2Cb%3D2")
        }
        "query.repeated" => {
            sent.query = signed.query.replace("ImageIds.1=image-a&ImageIds.2=image-b", "ImageIds=image-a&ImageIds=image-b");
            signed.query = signed.query.replace("ImageIds.1=image-a&ImageIds.2=image-b", "ImageIds=image-a%2Cimage-b");
        }
        "query.added" => sent.query = format!("{}{}_={}", sent.query, if sent.query.is_empty() { "" } else { "&" }, dice.below(1_000_000)),
        "size.body" => {
            // Large requests take their time: one in ten of those drawn.
            if dice.below(10) > 0 {
                return None;
            }
            sent.body = format!("{{\"name\":\"{}\"}}", "x".repeat(10 << 20));
            signed.body.clone_from(&sent.body);
        }
        "host.port" => signed.host = format!("{}:{}", sent.host, dice.pick(&["443", "8443"])),
        "host.changed" => {
            let outer = std::mem::replace(&mut sent.host, format!("10.0.{}.{}", dice.below(256), dice.below(256)));
            return Some(if dice.below(2) == 0 { Way::Add("x-forwarded-host", outer) } else { Way::Untouched });
        }
        "content_type.charset" => sent.content_type.push_str(dice.pick::<&str>(&["; charset=utf-8", ";charset=UTF-8", "; charset=UTF-8"])),
        "content_type.changed" => "text/plain;charset=UTF-8".clone_into(&mut sent.content_type),
        "header.missing" => {
            signed.headers.push(("x-trace".into(), letters(dice, LETTERS, 12)));
            sent.headers.clone_from(&signed.headers);
            return Some(Way::Drop("x-trace"));
        }
        "header.changed" => {
            let (name, own, made) = *dice.pick(&[
                ("accept-encoding", "gzip, deflate", "gzip"),
                ("accept-encoding", "gzip, deflate, br", "identity"),
                ("user-agent", "my-tool/1.0", "my-tool/1.0 Via-Proxy/2"),
                ("user-agent", "python-requests/2.34.2", "Go-http-client/1.1"),
                ("connection", "keep-alive", "close"),
                ("x-forwarded-for", "10.1.2.3", "10.1.2.3, 172.16.0.9"),
            ]);
            signed.headers.push((name.into(), own.into()));
            sent.headers.push((name.into(), made.into()));
        }
        "signed_headers.missing" => signed.unsigned = if signed.cloud == Cloud::Volcengine { "x-date" } else { "x-sdk-date" },
        "authorization.missing" => return Some(Way::Authorization(|_| Vec::new())),
        "authorization.twice" => return Some(Way::Authorization(|own| vec!["Basic dXNlcjpwYXNz".to_owned(), own])),
        "authorization.form" => {
            return Some(Way::Authorization(|own| vec![own.split(", Signature").next().unwrap_or_default().to_owned()]));
        }
        "authorization.scheme" => {
            return Some(Way::Authorization(|own| vec![format!("AWS4-HMAC-SHA256 {}", own.split_once(' ').map_or("", |(_, rest)| rest))]));
        }
        "authorization.time" => return Some(Way::Drop(["x-tc-timestamp", "x-date", "x-sdk-date"][signed.cloud as usize])),
        "authorization.old" => {
            let form =
                "Action=DescribeImages&Version=2017-03-12&Region=ap-guangzhou&Nonce=7&Timestamp=1767000000&SignatureMethod=HmacSHA256";
            let signature = encoded(&base64(&hmac(b"x", form.as_bytes())));
            sent.body = format!("{form}&SecretId={}&Signature={signature}", signed.parts.id);
            "POST".clone_into(&mut sent.method);
            return Some(Way::Authorization(|_| Vec::new()));
        }
        _ => {
            let hashed = sent.hash();
            let way = spoil_body(truth, signed, sent, &body, dice)?;
            // The header with the hash stays as it was signed.
            if sent.is_hashed && sent.cloud != Cloud::Tencent && !body.is_empty() {
                let name = if sent.cloud == Cloud::Volcengine { "x-content-sha256" } else { "x-sdk-content-sha256" };
                sent.is_hashed = false;
                sent.headers.push((name.to_owned(), hashed));
            }
            return Some(way);
        }
    }
    Some(Way::Untouched)
}

fn spoil_body(truth: &str, signed: &mut Draft, sent: &mut Draft, body: &str, dice: &mut Seeded) -> Option<Way> {
    match truth {
        "payload.line_end" => sent.body.push_str(dice.pick::<&str>(&["\n", "\r\n"])),
        "payload.json" => {
            sent.body = if dice.below(2) == 0 {
                body.replace("\":", "\": ").replace(",\"", ", \"")
            } else {
                body.replace('镜', "\\u955c").replace('像', "\\u50cf")
            }
        }
        "payload.empty" => "{}".clone_into(&mut sent.body),
        "payload.changed" => sent.body = body.replacen(|c: char| c.is_ascii_digit() || c == 'a', "7", 1),
        "payload.cut" => {
            sent.body.truncate(body.len() / 2 - body.len() / 2 % 3);
            if !body.is_char_boundary(sent.body.len()) {
                return None;
            }
            return Some(Way::Length(body.len()));
        }
        "payload.unsigned" => {
            signed.is_hashed = false;
            sent.is_hashed = false;
            let word = "UNSIGNED-PAYLOAD";
            signed.payload = Some(if signed.cloud == Cloud::Huawei { word.to_owned() } else { hex(&Sha256::digest(word.as_bytes())) });
        }
        _ => unreachable!("{truth} is spoilt by nobody"),
    }
    Some(Way::Untouched)
}

fn unescaped(query: String, pair: &&str) -> String {
    let (from, to) = pair.split_once(' ').expect("two of them");
    query.replace(from, to)
}

/// As `encodeURIComponent` writes it.
fn of_javascript(query: &str) -> String {
    ["%27 '", "%28 (", "%29 )", "%2A *", "%21 !"].iter().fold(query.to_owned(), unescaped)
}

fn reversed(query: &str) -> String {
    query.split('&').rev().collect::<Vec<_>>().join("&")
}

fn sorted(query: &str) -> String {
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// HMAC-SHA256 as RFC 2104 writes it.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    let short = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    block[..short.len()].copy_from_slice(&short);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let bits = part.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        (0..=part.len()).for_each(|place| out.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize])));
        (part.len()..3).for_each(|_| out.push('='));
    }
    out
}
