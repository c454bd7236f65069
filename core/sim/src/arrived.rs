//! A request as it arrived, and what every cloud reads from it.

/// A request as the host took it off the wire.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// Method, as on the request line.
    pub method: &'a str,
    /// Path and query as on the request line, or an absolute URL.
    pub target: &'a str,
    /// Headers as received, `Host` among them.
    pub headers: &'a [(String, String)],
    /// The body, complete.
    pub body: &'a [u8],
}

/// The parts of a request that every cloud looks at.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) method: String,
    /// Absolute URL with the path and query exactly as received: what the signature speaks of.
    pub(super) url: String,
    /// Host with its port, as the client named it.
    pub(super) host: String,
    /// Path as received, still encoded.
    pub(super) path: String,
    /// Query as received, without the question mark.
    pub(super) query: String,
    /// Decoded pairs of the query.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a [u8],
}

impl<'a> Parsed<'a> {
    pub(super) fn new(arrived: &Arrived<'a>) -> Self {
        let (target_host, rest) = match arrived.target.split_once("://") {
            Some((_, rest)) if !arrived.target.starts_with('/') => {
                let end = rest.find(['/', '?']).unwrap_or(rest.len());
                let (host, rest) = rest.split_at(end);
                (Some(host), rest)
            }
            _ => (None, arrived.target),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let host = header(arrived.headers, "host").or(target_host).unwrap_or_default().trim().to_owned();
        let question = if rest.contains('?') { "?" } else { "" };
        Self {
            method: arrived.method.to_ascii_uppercase(),
            url: format!("http://{host}{path}{question}{query}"),
            pairs: decode_pairs(query),
            query: query.to_owned(),
            path,
            host,
            headers: arrived.headers,
            body: arrived.body,
        }
    }

    /// A header's value, trimmed.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.headers, name).map(str::trim)
    }

    /// The first value of a query parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the content type is of that kind; parameters such as `charset` do not count.
    pub(super) fn content_type_is(&self, kind: &str) -> bool {
        self.header("content-type").and_then(|value| value.split(';').next()).is_some_and(|value| value.trim().eq_ignore_ascii_case(kind))
    }

    /// Host without its port, lower case.
    pub(super) fn host_name(&self) -> String {
        self.host.split(':').next().unwrap_or_default().to_ascii_lowercase()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Pairs of a query or a form; `+` is a space. Total: what is not UTF-8 is replaced.
pub(super) fn decode_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Percent-decodes; a stray percent sign stays as it is.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_both_forms_are_read() {
        let headers = [("Host".to_owned(), "h:8080".to_owned())];
        let relative = Arrived { method: "get", target: "/a%20b?x=1+2&y=%E4%B8%AD", headers: &headers, body: b"" };
        let parsed = Parsed::new(&relative);
        assert_eq!((parsed.url.as_str(), parsed.path.as_str()), ("http://h:8080/a%20b?x=1+2&y=%E4%B8%AD", "/a%20b"));
        assert_eq!((parsed.param("x"), parsed.param("y")), (Some("1 2"), Some("中")));
        let absolute = Arrived { method: "GET", target: "https://other?q=%", headers: &[], body: b"" };
        let parsed = Parsed::new(&absolute);
        assert_eq!((parsed.host.as_str(), parsed.path.as_str(), parsed.param("q")), ("other", "/", Some("%")));
    }
}
