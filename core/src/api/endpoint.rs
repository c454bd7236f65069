//! Where calls go: the vendor's own host, or the endpoint that was given instead.

use super::address::{ipv4, ipv6, ipv6_text};
use crate::base::error::{Error, Kind, choose};
use crate::base::text::{all, around, concat, last_cut, pieces, quoted, replaced};
use crate::base::texts::zh;
use crate::base::time::{decimal, number};
use crate::base::words::words;
use std::fmt;
use std::ops::Range;

/// Another host for all calls of a cloud: a simulator, a gateway, a private site, another operator.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host, optional port and optional path prefix, for example `http://127.0.0.1:8080`.
    pub url: String,
    /// Which host the signature names.
    pub sign_host: SignHost,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("url", &shown_endpoint(&self.url)).field("sign_host", &self.sign_host).finish()
    }
}

words! {
    /// Which host a signature names when the call goes to another [`Endpoint`].
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum SignHost {
        /// The host that the call goes to. What a simulator or a private site wants.
        #[default]
        Endpoint = "endpoint",
        /// The vendor's host, sent as the `host` header. What a gateway that forwards to the vendor wants.
        /// Whoever gets such a request can send it on: for hosts that are trusted.
        Official = "official",
    }
}

impl SignHost {
    /// The choice of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<SignHost, Error> {
        choose("sign_host", name)
    }
}

/// Whether the HTTP client of the host can be given a `host` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostHeader {
    /// It can, as outside of browsers.
    Given,
    /// It derives `host` from the URL and takes no other, as `fetch` does.
    Derived,
}

impl Endpoint {
    /// Another host for all calls. Which one is signed where nothing was `chosen`: whatever listens on loopback stands in
    /// for the vendor's own host, so that the region in the host's name is not lost; any other endpoint is named itself,
    /// and so is every endpoint where no other `host` can be sent.
    pub fn new(url: impl Into<String>, chosen: Option<SignHost>, host_header: HostHeader) -> Self {
        let url = url.into();
        let stands_in = || host_header == HostHeader::Given && is_loopback(&url);
        let sign_host = chosen.unwrap_or_else(|| if stands_in() { SignHost::Official } else { SignHost::Endpoint });
        Self { url, sign_host }
    }
}

/// Whether an endpoint leads to this machine, by its host; see [`is_loopback_host`].
pub fn is_loopback(url: &str) -> bool {
    endpoint_host(url).is_some_and(|host| is_loopback_host(&host))
}

/// Whether a host name or address is this machine, in whatever spelling: `localhost`, 127.0.0.0/8 or ::1. A name that
/// merely begins like one of them is a stranger. Brackets around an IPv6 address may be there.
pub fn is_loopback_host(host: &str) -> bool {
    let bare = host.strip_prefix("[").and_then(|rest| rest.strip_suffix("]"));
    match ipv6(bare.unwrap_or(host)) {
        Some([0, 0, 0, 0, 0, 0xffff, high, _]) => high >> 8 == 127,
        Some(groups) => groups == [0, 0, 0, 0, 0, 0, 0, 1],
        None => host.eq_ignore_ascii_case("localhost") || ipv4(host).is_some_and(|[high, _]| high >> 8 == 127),
    }
}

/// The host of an endpoint, without port; `None` when it is no URL. `{region}` may stand in it.
pub(crate) fn endpoint_host(url: &str) -> Option<String> {
    let url = replaced(url, "{region}", "region");
    let (_, authority, _) = split(&url).ok()?;
    host_name(host_and_port(authority).0)
}

/// An endpoint as it may be shown: without user, password and query, which may hold secrets.
pub fn shown_endpoint(url: &str) -> String {
    let (scheme, colon, rest) = around(url, "://").map_or(("", "", url), |(scheme, rest)| (scheme, "://", rest));
    // A password may hold any character: what stands before the last `@` is not shown, whatever it is.
    let (user, rest) = last_cut(rest, b'@').map_or(("", rest), |(_, rest)| ("REDACTED@", rest));
    let end = rest.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(rest.len());
    concat(&[scheme, colon, user, &rest[..end]])
}

/// Where the calls of a cloud go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Scheme, host, port and path prefix, without a slash at the end.
    pub(crate) url: String,
    /// Where host and port stand in it.
    pub(crate) authority: Range<usize>,
    /// Whether it is the vendor's own, which has no path.
    pub(crate) own: bool,
    /// The host to sign and send, when it is another than the one of `url`.
    pub(crate) host_header: Option<String>,
    /// Whether `url` is at another host than the vendor's.
    pub(crate) elsewhere: bool,
}

/// The base of all URLs of a cloud: its own host, whose parts are fit for one, or the endpoint that was given instead.
///
/// Written as HTTP clients write it (host in lower case, no default port), so that what is signed is what is sent.
///
/// # Errors
/// [`Kind::Misuse`] naming what is wrong with the endpoint.
pub(crate) fn base_url(endpoint: Option<&Endpoint>, official: &[&str]) -> Result<BaseUrl, Error> {
    let Some(endpoint) = endpoint else {
        // Room for path and query of nearly all calls.
        let mut url = String::with_capacity(256);
        url.push_str("https://");
        let start = url.len();
        official.iter().for_each(|part| url.push_str(part));
        if !all(&url[start..], |byte| !byte.is_ascii_uppercase()) {
            url[start..].make_ascii_lowercase();
        }
        return Ok(BaseUrl { authority: start..url.len(), url, own: true, host_header: None, elsewhere: false });
    };
    let official = concat(official).to_ascii_lowercase();
    let (url, host) = endpoint_url(&endpoint.url).map_err(|(en, zh)| {
        let shown = quoted(&shown_endpoint(&endpoint.url));
        Error::new(Kind::Misuse, "endpoint.url", concat(&["the endpoint ", &shown, " ", en]))
            .hint("write it like https://host:port/prefix", zh!("接入地址{0}；写法如 https://host:port/prefix", zh))
    })?;
    let elsewhere = host != official;
    let host_header = (endpoint.sign_host == SignHost::Official && elsewhere).then_some(official);
    let start = if url.starts_with("https") { "https://".len() } else { "http://".len() };
    Ok(BaseUrl { url, authority: start..start + host.len(), own: false, host_header, elsewhere })
}

/// What is wrong with an endpoint, in English and Chinese.
type Wrong = (&'static str, &'static str);

/// Scheme, authority and path of an endpoint.
fn split(url: &str) -> Result<(&str, &str, &str), Wrong> {
    let (scheme, rest) = match around(url, "://") {
        Some((scheme @ ("https" | "http"), rest)) => (scheme, rest),
        _ => return Err(("must begin with http:// or https://", zh!("须以 http:// 或 https:// 开头"))),
    };
    let (authority, path) = rest.split_at(rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len()));
    if authority.as_bytes().contains(&b'@') {
        return Err(("must not hold a user or password", zh!("不能包含用户名或密码")));
    }
    if path.bytes().any(|byte| matches!(byte, b'?' | b'#')) {
        return Err(("must not hold a query or fragment", zh!("不能包含查询参数或片段")));
    }
    Ok((scheme, authority, path))
}

fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    // The colons of an IPv6 address stand in brackets.
    match last_cut(authority, b':') {
        Some((name, port)) if !port.as_bytes().contains(&b']') => (name, Some(port)),
        _ => (authority, None),
    }
}

/// The URL of an endpoint and its host with port, or what is wrong in both languages.
fn endpoint_url(url: &str) -> Result<(String, String), Wrong> {
    let (scheme, authority, mut path) = split(url)?;
    let default_port = if scheme == "https" { 443 } else { 80 };
    let (name, port) = host_and_port(authority);
    let mut host = host_name(name)
        .ok_or_else(|| ("has no valid host; write other alphabets as punycode", zh!("的主机名无效；非 ASCII 域名请写成 punycode")))?;
    if let Some(port) = port {
        let port = number(port.as_bytes()).filter(|port| (1..=65535).contains(port));
        let port = port.ok_or_else(|| ("has no valid port: use 1 to 65535", zh!("的端口无效：应为 1 至 65535")))?;
        if port != default_port {
            host = concat(&[&host, ":", &decimal(port)]);
        }
    }
    while let Some(rest) = path.strip_suffix("/") {
        path = rest;
    }
    if !is_path(path) {
        return Err(("has a path that HTTP clients would rewrite", zh!("的路径会被 HTTP 客户端改写")));
    }
    Ok((concat(&[scheme, "://", &host, path]), host))
}

/// A host name or address in lower case; `None` when it is neither.
fn host_name(name: &str) -> Option<String> {
    if let Some(address) = name.strip_prefix("[").and_then(|rest| rest.strip_suffix("]")) {
        return ipv6(address).map(|groups| concat(&["[", &ipv6_text(&groups), "]"]));
    }
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let looks_like_address = last_cut(name, b'.').map_or(name, |(_, last)| last).bytes().all(|b| b.is_ascii_digit());
    let valid = pieces(name, b'.').all(is_label) && (!looks_like_address || ipv4(name).is_some());
    valid.then(|| name.to_ascii_lowercase())
}

/// Whether a path goes over the wire as it stands: only URL characters, whole escapes, no dot segments.
fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| {
        let mut pieces = pieces(segment, b'%');
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&b));
        // Clients take an encoded dot for a dot.
        !matches!(replaced(&segment.to_ascii_lowercase(), "%2e", ".").as_str(), "." | "..")
            && pieces.next().is_none_or(plain)
            && pieces.all(|piece| piece.len() >= 2 && piece.bytes().take(2).all(|b| b.is_ascii_hexdigit()) && plain(piece))
    };
    pieces(path, b'/').all(is_segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str, sign_host: SignHost) -> Result<BaseUrl, Error> {
        base_url(Some(&Endpoint { url: url.into(), sign_host }), &["cvm", ".example.com"])
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
    fn loopback_is_told_by_the_host_itself() {
        for url in [
            "http://127.0.0.1:1/p",
            "http://127.9.9.9",
            "https://LocalHost:8080",
            "http://[::1]:9",
            "http://localhost/{region}",
            "http://[0:0:0:0:0:0:0:1]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(is_loopback(url), "{url}");
            assert_eq!(Endpoint::new(url, None, HostHeader::Given).sign_host, SignHost::Official);
            assert_eq!(Endpoint::new(url, None, HostHeader::Derived).sign_host, SignHost::Endpoint);
            assert_eq!(Endpoint::new(url, Some(SignHost::Endpoint), HostHeader::Given).sign_host, SignHost::Endpoint);
        }
        for url in [
            "http://127.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.{region}",
            "http://localhost.",
            "http://127.1",
            "http://0x7f000001",
            "http://[::2]",
            "http://localhost.example.com",
            "http://[::1",
            "http://h/127.0.0.1",
            "127.0.0.1",
            "http://u@127.0.0.1",
        ] {
            assert!(!is_loopback(url), "{url}");
            assert_eq!(Endpoint::new(url, None, HostHeader::Given).sign_host, SignHost::Endpoint);
        }
    }

    #[test]
    fn the_official_host_is_named_only_when_asked_and_different() {
        assert_eq!(base_url(None, &["CVM", ".example.com"]).map(|base| base.url), Ok("https://cvm.example.com".to_owned()));
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
            let message = base(url, SignHost::Endpoint).map_err(|error| error.message.clone());
            assert!(message.as_ref().is_err_and(|message| message.contains(reason)), "{url}: {message:?}");
        }
        for url in [
            "http://u:PASSWORD@h",
            "https://u:PASS@WORD@h/p",
            "ftp://u:PASSWORD@h",
            "u:PASSWORD@h",
            "http://u:PASSWORD/@h",
            "http://h?PASSWORD",
        ] {
            let message = base(url, SignHost::Endpoint).expect_err(url).message.clone();
            let shown = format!("{:?}", Endpoint { url: url.into(), sign_host: SignHost::Endpoint });
            for text in [message, shown] {
                assert!(!text.contains("PASS") && !text.contains("WORD") && text.contains('h'), "{text}");
            }
        }
    }
}
