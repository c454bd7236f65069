//! Where calls go: the vendor's own host, or the endpoint that was given instead.

use crate::base::error::{Error, Kind, unknown_name};
use crate::base::text::shown;

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

impl SignHost {
    /// The default for an endpoint: whatever listens on loopback stands in for the vendor's own host, so that the
    /// region in the host's name is not lost; any other endpoint is named itself.
    pub fn for_url(url: &str) -> SignHost {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let loopback = ["127.", "localhost", "[::1]"].iter().any(|name| host.starts_with(name));
        if loopback { SignHost::Official } else { SignHost::Endpoint }
    }
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
        let shown = shown(official_host);
        Error::new(Kind::Misuse, "endpoint.host", format!("{shown:?} is not a host name")).hint("check the region", "请检查地域是否正确")
    })?;
    let Some(endpoint) = endpoint else {
        return Ok(BaseUrl { url: ["https://", &official].concat(), host_header: None });
    };
    let (url, host) = endpoint_url(&endpoint.url).map_err(|(en, zh)| {
        let shown = shown(&endpoint.url);
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
