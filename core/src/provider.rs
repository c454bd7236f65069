//! The closed set of clouds: the only `match` over clouds in the crate, and the second level on top of it.

use crate::check::{Findings, Rule};
use crate::credentials::Credentials;
use crate::error::{Codes, Error, Explanation, Kind};
use crate::facts::{Facts, Image, Ownership, Quota, Reply};
use crate::http::{Answer, Request};
use crate::operation::{Effect, Named, Operation, Parameters, Params, check_shape};
use crate::steps::Steps;
use crate::time::Millis;
use crate::{huawei, sign, tencent, volcengine};
use std::fmt;

/// The clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    /// Tencent Cloud: CVM, signed with TC3-HMAC-SHA256.
    Tencent,
    /// Volcengine and BytePlus: ECS, signed with HMAC-SHA256.
    Volcengine,
    /// Huawei Cloud: IMS, signed with SDK-HMAC-SHA256.
    Huawei,
}

impl Cloud {
    /// All of them, in alphabetical order of nothing in particular: the order of every table.
    pub const ALL: [Cloud; 3] = [Cloud::Tencent, Cloud::Volcengine, Cloud::Huawei];

    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cloud::Tencent => "tencent",
            Cloud::Volcengine => "volcengine",
            Cloud::Huawei => "huawei",
        }
    }

    /// The cloud of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<Cloud, Error> {
        Cloud::ALL.into_iter().find(|cloud| cloud.as_str() == name).ok_or_else(|| {
            Error::new(Kind::Misuse, "cloud", String::from("there is no cloud ") + &crate::check::quoted(name))
                .hint("use tencent, volcengine or huawei", "请使用 tencent、volcengine 或 huawei")
                .did_you_mean(Cloud::like(name))
        })
    }

    /// The cloud whose name begins like a misspelt one. Three names need no more, and `imgferry/sign` has no room for more.
    fn like(name: &str) -> Option<&'static str> {
        let ends = |name: &str| {
            let bytes = name.as_bytes();
            [bytes.first(), bytes.get(1), bytes.last()].map(|byte| byte.map(u8::to_ascii_lowercase))
        };
        let [first, second, last] = ends(name);
        Cloud::ALL.map(Cloud::as_str).into_iter().find(|cloud| {
            let own = ends(cloud);
            own[0] == first && (own[1] == second || own[2] == last)
        })
    }

    /// The operations known for this cloud, sorted by name.
    pub const fn operations(self) -> &'static [&'static Operation] {
        match self {
            Cloud::Tencent => tencent::request::OPERATIONS,
            Cloud::Volcengine => volcengine::request::OPERATIONS,
            Cloud::Huawei => huawei::request::OPERATIONS,
        }
    }

    /// The operation of that name. A launch also goes by the last word of its path, as it does on some of the
    /// vendors' pages: Huawei's `cross_region_copy` is `CopyImageCrossRegion`.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn operation(self, name: &str) -> Result<&'static Operation, Error> {
        let named = self.operations().iter().find(|operation| operation.name == name);
        let by_path = |operation: &&&'static Operation| {
            operation.effect == Effect::Launch && !name.is_empty() && operation.path.rsplit('/').next() == Some(name)
        };
        named.or_else(|| self.operations().iter().find(by_path)).copied().ok_or_else(|| {
            let names: Vec<&str> = self.operations().iter().map(|operation| operation.name).collect();
            Error::new(Kind::Misuse, "operation", format!("{self} has no operation {:?}", crate::check::shown(name)))
                .hint(format!("use one of {}", names.join(", ")), format!("可用操作：{}", names.join("、")))
                .meant(name, &mut names.iter().copied())
        })
    }

    /// Every rule of this cloud, for catalogues and tests.
    pub const fn rules(self) -> &'static [&'static Rule] {
        match self {
            Cloud::Tencent => tencent::rules::RULES,
            Cloud::Volcengine => volcengine::rules::RULES,
            Cloud::Huawei => huawei::rules::RULES,
        }
    }

    /// The error catalogue of this cloud, sorted by code.
    pub const fn codes(self) -> &'static Codes {
        match self {
            Cloud::Tencent => &tencent::errors::CODES,
            Cloud::Volcengine => &volcengine::errors::CODES,
            Cloud::Huawei => &huawei::errors::CODES,
        }
    }

    /// What this cloud calls a mistake of form at that place, where it has a code for it. Volcengine has one of its own for
    /// each parameter that is missing, and its `MissingParameter` alone speaks of others.
    fn code_for_shape(self, code: &'static str, path: &str) -> Option<&'static str> {
        let own = self.codes().find(&[code, ".", path].concat()).map(|row| row.code);
        let general = match (self, code) {
            (Cloud::Volcengine, "MissingParameter") => None,
            (Cloud::Volcengine, "InvalidParameter") => Some("InvalidArgument"),
            _ => self.codes().find(code).map(|row| row.code),
        };
        own.or(general)
    }

    /// The regions known for this cloud, sorted by id. A region that is not listed is a warning, never a wall.
    pub const fn regions(self) -> &'static [Region] {
        match self {
            Cloud::Tencent => tencent::regions::REGIONS,
            Cloud::Volcengine => volcengine::regions::REGIONS,
            Cloud::Huawei => huawei::regions::REGIONS,
        }
    }

    /// What an error code means and what to do; `status` helps with codes that are not in the catalogue.
    pub fn explain(self, code: &str, status: Option<u16>) -> Explanation {
        self.explain_message(code, "", status)
    }

    /// As [`Cloud::explain`], with the cloud's message, where a code stands for several troubles and the message tells
    /// which: Huawei's APIGW.0301 is a wrong secret, an unknown key, a clock, a token, a locked key or a size.
    pub fn explain_message(self, code: &str, message: &str, status: Option<u16>) -> Explanation {
        let told = match self {
            Cloud::Tencent => tencent::errors::explain_message(code, message, status),
            Cloud::Volcengine => volcengine::errors::explain(code, status),
            Cloud::Huawei => huawei::errors::explain_message(code, message, status),
        };
        if told.known { told } else { told.meant(self.codes()) }
    }

    /// How this cloud replicates images.
    pub const fn steps(self) -> &'static Steps {
        match self {
            Cloud::Tencent => &tencent::steps::STEPS,
            Cloud::Volcengine => &volcengine::steps::STEPS,
            Cloud::Huawei => &huawei::steps::STEPS,
        }
    }

    /// How this cloud signs.
    pub const fn recipe(self) -> &'static sign::Recipe {
        match self {
            Cloud::Tencent => &tencent::recipe::RECIPE,
            Cloud::Volcengine => &volcengine::recipe::RECIPE,
            Cloud::Huawei => &huawei::recipe::RECIPE,
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A region that we know of.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// The vendor's id.
    pub id: &'static str,
    /// English name; empty where none is published.
    pub en: &'static str,
    /// Chinese name; empty where none is published.
    pub zh: &'static str,
    /// What sets it apart.
    pub class: RegionClass,
}

/// What sets a region apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionClass {
    /// An ordinary region in mainland China.
    Mainland,
    /// An ordinary region elsewhere.
    Overseas,
    /// A finance region, walled off from the ordinary ones.
    Finance,
    /// Special purpose, not public, or old.
    Special,
}

impl RegionClass {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            RegionClass::Mainland => "mainland",
            RegionClass::Overseas => "overseas",
            RegionClass::Finance => "finance",
            RegionClass::Special => "special",
        }
    }
}

/// Which of a vendor's separate sites the account belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// The main site: Tencent Cloud China, Volcengine, Huawei Cloud (whose hosts follow the region).
    #[default]
    Main,
    /// The international site: Tencent Cloud International, BytePlus.
    International,
}

impl Edition {
    /// The site of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<Edition, Error> {
        match name {
            "main" => Ok(Edition::Main),
            "international" => Ok(Edition::International),
            _ => Err(unknown_name("site", name, "main or international", "main 或 international")),
        }
    }
}

/// Another host for all calls of a cloud: a simulator, a gateway, a private site, another operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host, optional port and optional path prefix, for example `http://127.0.0.1:8080`.
    pub url: String,
    /// Which host the signature names.
    pub sign_host: SignHost,
}

/// Which host a signature names when the call goes to another [`Endpoint`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignHost {
    /// The host that the call goes to. What a simulator or a private site wants.
    #[default]
    Endpoint,
    /// The vendor's host, sent as the `host` header. What a gateway that forwards to the vendor wants.
    Official,
}

impl SignHost {
    /// The choice of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<SignHost, Error> {
        match name {
            "endpoint" => Ok(SignHost::Endpoint),
            "official" => Ok(SignHost::Official),
            _ => Err(unknown_name("sign_host", name, "endpoint or official", "endpoint 或 official")),
        }
    }
}

/// Where and as whom an operation is carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// The region that is acted on; for a copy the source region.
    pub region: String,
    /// Which site of the vendor.
    pub edition: Edition,
    /// Another host than the vendor's.
    pub endpoint: Option<Endpoint>,
    /// Huawei: id of the project in `region`.
    pub project_id: Option<String>,
    /// Huawei: id of the account, for IAM calls.
    pub domain_id: Option<String>,
    /// Language of the vendor's messages.
    pub language: Option<Language>,
}

impl At {
    /// In that region of the main site, at the vendor's own host.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: region.into(), ..Self::default() }
    }
}

/// Language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// The language of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<Language, Error> {
        match name {
            "en" => Ok(Language::En),
            "zh" => Ok(Language::Zh),
            _ => Err(unknown_name("language", name, "en or zh", "en 或 zh")),
        }
    }
}

fn unknown_name(field: &str, name: &str, known: &str, known_zh: &str) -> Error {
    Error::new(Kind::Misuse, field, format!("{field} cannot be {:?}", crate::check::shown(name)))
        .hint(format!("use {known}"), format!("{field} 应为 {known_zh}"))
}

/// An empty list with room for all headers of a signed request: growing it costs more than filling it.
pub(crate) fn header_list() -> Vec<(String, String)> {
    Vec::with_capacity(10)
}

/// Where the calls of a cloud go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Scheme, host, port and path prefix, without a slash at the end.
    pub(crate) url: String,
    /// The host to sign and send, when it is another than the one of `url`.
    pub(crate) host_header: Option<String>,
}

/// The base of all URLs of a cloud: its own host, or the endpoint that was given instead.
///
/// Written as HTTP clients write it (host in lower case, no default port), so that what is signed is what is sent.
///
/// # Errors
/// [`Kind::Misuse`] naming what is wrong with the endpoint, or with the region that the official host was made of.
pub(crate) fn base_url(endpoint: Option<&Endpoint>, official_host: &str) -> Result<BaseUrl, Error> {
    let official = host_name(official_host).ok_or_else(|| {
        let shown = crate::check::shown(official_host);
        Error::new(Kind::Misuse, "endpoint.host", format!("{shown:?} is not a host name")).hint("check the region", "请检查地域是否正确")
    })?;
    let Some(endpoint) = endpoint else {
        return Ok(BaseUrl { url: ["https://", &official].concat(), host_header: None });
    };
    let (url, host) = endpoint_url(&endpoint.url).map_err(|(en, zh)| {
        let shown = crate::check::shown(&endpoint.url);
        Error::new(Kind::Misuse, "endpoint.url", format!("the endpoint {shown:?} {en}"))
            .hint("write it like https://host:port/prefix", format!("接入地址{zh}；写法如 https://host:port/prefix"))
    })?;
    let host_header = (endpoint.sign_host == SignHost::Official && host != official).then_some(official);
    Ok(BaseUrl { url, host_header })
}

/// The URL of an endpoint and its host with port, or what is wrong in both languages.
fn endpoint_url(url: &str) -> Result<(String, String), (&'static str, &'static str)> {
    let (scheme, default_port, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => ("https", "443", rest),
        (_, Some(rest)) => ("http", "80", rest),
        _ => return Err(("must begin with http:// or https://", "须以 http:// 或 https:// 开头")),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(("must not hold a user or password", "不能包含用户名或密码"));
    }
    if path.contains(['?', '#']) {
        return Err(("must not hold a query or fragment", "不能包含查询参数或片段"));
    }
    // The colons of an IPv6 address stand in brackets.
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (authority, None),
    };
    let mut host =
        host_name(name).ok_or(("has no valid host; write other alphabets as punycode", "的主机名无效；非 ASCII 域名请写成 punycode"))?;
    if let Some(port) = port {
        let valid = port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
        if !valid {
            return Err(("has no valid port: use 1 to 65535", "的端口无效：应为 1 至 65535"));
        }
        let port = port.trim_start_matches('0');
        if port != default_port {
            host = format!("{host}:{port}");
        }
    }
    let path = path.trim_end_matches('/');
    if !is_path(path) {
        return Err(("has a path that HTTP clients would rewrite", "的路径会被 HTTP 客户端改写"));
    }
    Ok((format!("{scheme}://{host}{path}"), host))
}

/// A host name or address in lower case; `None` when it is neither.
fn host_name(name: &str) -> Option<String> {
    if let Some(address) = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().ok().map(|address| format!("[{address}]"));
    }
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let looks_like_address = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    let valid = name.split('.').all(is_label) && (!looks_like_address || name.parse::<std::net::Ipv4Addr>().is_ok());
    valid.then(|| name.to_ascii_lowercase())
}

/// Whether a path goes over the wire as it stands: only URL characters, whole escapes, no dot segments.
fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        let mut pieces = segment.split('%');
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&b));
        // Clients take an encoded dot for a dot.
        !matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
            && pieces.next().is_none_or(plain)
            && pieces.all(|piece| piece.len() >= 2 && piece.bytes().take(2).all(|b| b.is_ascii_hexdigit()) && plain(piece))
    };
    path.split('/').all(is_segment)
}

/// Facts that let more rules run. What is `None` is not checked; the rule is listed as an assumption instead.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The source image, as described by the API.
    pub image: Option<&'a Image>,
    /// Room in the destination.
    pub quota: Option<&'a Quota>,
    /// Cross-region copies of the account that have not ended, as the caller has counted them: no cloud tells.
    pub running: Option<u32>,
    /// Whether the source is shared by another account, as its user says where it has not been described by the API.
    pub shared: Option<bool>,
}

impl Known<'_> {
    /// Whose the source is: what the API tells stands above what its user says.
    pub(crate) fn ownership(&self) -> Option<Ownership> {
        let told = self.image.map(|image| image.ownership).filter(|ownership| *ownership != Ownership::Unknown);
        told.or_else(|| self.shared.map(|shared| if shared { Ownership::Shared } else { Ownership::Private }))
    }
}

impl SignHost {
    /// The default for an endpoint: whatever listens on loopback stands in for the vendor's own host, so that the
    /// region in the host's name is not lost; any other endpoint is named itself.
    pub fn for_url(url: &str) -> SignHost {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let loopback = ["127.", "localhost", "[::1]"].iter().any(|name| host.starts_with(name));
        if loopback { SignHost::Official } else { SignHost::Endpoint }
    }
}

/// A built operation: everything but the signature.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: &'static Operation,
    /// The request, complete but for date, token and authorization.
    pub request: Request,
    /// Region in the credential scope.
    pub region: String,
    /// Service in the credential scope.
    pub service: &'static str,
}

impl Call {
    /// Signs for this moment. Sign at every send; a stored signature is a broken retry.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when the time cannot be written.
    pub fn sign(&self, credentials: &Credentials, now: Millis) -> Result<Request, Error> {
        sign::sign_call(self, credentials, now, &mut sign::KeyCache::default())
    }
}

/// Checks every documented rule of an operation; all findings at once, nothing converted, nothing sent.
pub fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>) -> Findings {
    let mut findings = Findings::default();
    check_into(&mut findings, operation, params, at, known);
    findings
}

fn check_into(findings: &mut Findings, operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>) {
    let before = findings.0.len();
    check_shape(operation, params, findings);
    for problem in findings.0.iter_mut().skip(before) {
        problem.vendor_code = problem.vendor_code.and_then(|code| operation.cloud.code_for_shape(code, &problem.path));
    }
    match operation.cloud {
        Cloud::Tencent => tencent::rules::check(operation, params, at, known, findings),
        Cloud::Volcengine => volcengine::rules::check(operation, params, at, known, findings),
        Cloud::Huawei => huawei::rules::check(operation, params, at, known, findings),
    }
}

/// Builds the request of an operation with typed parameters.
///
/// # Errors
/// [`Kind::Misuse`] when a value cannot stand in a URL or header, or the endpoint is not a URL.
pub fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    match parameters.operation().cloud {
        Cloud::Tencent => tencent::request::build(parameters, at),
        Cloud::Volcengine => volcengine::request::build(parameters, at),
        Cloud::Huawei => huawei::request::build(parameters, at),
    }
}

/// Checks and builds the request of an operation with JSON parameters.
///
/// # Errors
/// [`Kind::Misuse`] with all `problems` when a rule of severity error is broken; otherwise as [`build`].
pub fn check_and_build(operation: &'static Operation, params: &Params, at: &At) -> Result<Call, Error> {
    let mut errors = Findings::errors_only();
    check_into(&mut errors, operation, params, at, &Known::default());
    if errors.has_errors() {
        return Err(check(operation, params, at, &Known::default()).into_error(operation.name));
    }
    build(&Named { operation, params }, at)
}

/// As [`read`], with the parameters that were sent: an id that was sent is never taken for that of a new image. Tencent
/// Cloud's SyncImages without `ImageSetRequired` answers with the id of the source (example 1 of the China page).
///
/// # Errors
/// As [`read`].
pub fn read_sent(operation: &'static Operation, params: &Params, answer: &Answer) -> Result<Reply, Error> {
    let mut reply = read(operation, answer)?;
    if let Facts::Launched(copies) = &mut reply.facts {
        let is_sent = |id: &str| {
            params.values().any(|value| value.as_str() == Some(id) || value.as_array().is_some_and(|ids| ids.iter().any(|sent| sent == id)))
        };
        for copy in copies {
            copy.image = copy.image.take().filter(|id| !is_sent(id));
        }
    }
    Ok(reply)
}

/// Reads an answer. Total: any status and any bytes give a reply or an error, never a panic.
///
/// # Errors
/// What the cloud refused, with kind, code, message, request id and advice; [`Kind::Protocol`] when the
/// answer is not what the API promises.
pub fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    match operation.cloud {
        Cloud::Tencent => tencent::response::read(operation, answer),
        Cloud::Volcengine => volcengine::response::read(operation, answer),
        Cloud::Huawei => huawei::response::read(operation, answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str, sign_host: SignHost) -> Result<BaseUrl, Error> {
        base_url(Some(&Endpoint { url: url.into(), sign_host }), "cvm.example.com")
    }

    #[test]
    fn endpoints_are_written_as_http_clients_write_them() {
        for (given, url) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://Gateway.Example.com:443/cvm//", "https://gateway.example.com/cvm"),
            ("http://h:80", "http://h"),
            ("http://h:080", "http://h"),
            ("https://h:080/a%20b", "https://h:80/a%20b"),
            ("http://[0:0::1]:9/p", "http://[::1]:9/p"),
            ("http://sim_server:9", "http://sim_server:9"),
        ] {
            assert_eq!(base(given, SignHost::Endpoint).map(|base| base.url), Ok(url.to_owned()), "{given}");
        }
    }

    #[test]
    fn the_official_host_is_named_only_when_asked_and_different() {
        assert_eq!(base_url(None, "CVM.example.com").map(|base| base.url), Ok("https://cvm.example.com".to_owned()));
        assert_eq!(base("http://h", SignHost::Endpoint).map(|base| base.host_header), Ok(None));
        assert_eq!(base("http://h", SignHost::Official).map(|base| base.host_header), Ok(Some("cvm.example.com".to_owned())));
        assert_eq!(base("https://cvm.example.com", SignHost::Official).map(|base| base.host_header), Ok(None));
    }

    #[test]
    fn wrong_endpoints_are_refused_with_the_reason() {
        for (url, reason) in [
            ("", "begin with http"),
            ("cvm.example.com", "begin with http"),
            ("ftp://h", "begin with http"),
            ("http://", "no valid host"),
            ("http://a b", "no valid host"),
            ("http://a..b", "no valid host"),
            ("http://a\r\nX: y", "no valid"),
            ("http://127.1", "no valid host"),
            ("http://云.example.com", "no valid host"),
            ("http://[::1", "no valid"),
            ("http://u:p@h", "user or password"),
            ("http://h?a=1", "query or fragment"),
            ("http://h/#f", "query or fragment"),
            ("http://h:0", "no valid port"),
            ("http://h:", "no valid port"),
            ("http://h:65536", "no valid port"),
            ("http://h/a/../b", "rewrite"),
            ("http://h/a/%2e%2E/b", "rewrite"),
            ("http://h/.%2e", "rewrite"),
            ("http://h/a b", "rewrite"),
            ("http://h/%2", "rewrite"),
            ("http://h/é", "rewrite"),
        ] {
            let message = base(url, SignHost::Endpoint).map_err(|error| error.message);
            assert!(message.as_ref().is_err_and(|message| message.contains(reason)), "{url}: {message:?}");
        }
        assert!(base_url(None, "cvm.ap-x\r\n.example.com").is_err());
    }
}
