//! What blocks every request until somebody mends it, as HTTP clients and runtimes word it: a certificate, or a proxy's login.

use super::text::contains;
use super::texts::{Zh, zh};

/// What mends a cause that waiting does not: told by the words that HTTP clients and runtimes have for it.
pub(crate) fn remedy(cause: &str) -> (&'static str, &'static str) {
    let cause = cause.to_ascii_lowercase();
    for (words, en, zh) in &REMEDIES {
        if words.iter().any(|word| contains(&cause, word)) {
            return (en, zh.text());
        }
    }
    ("mend the proxy or the endpoint, then go on: waiting does not help", zh!("请修正代理或接入地址后继续；等待无法解决"))
}

/// By what a cause says, in small letters; the first that fits. A certificate of any other fault is one that is not trusted.
const REMEDIES: [(&[&str], &str, Zh); 5] = [
    (
        &["wants a login", "(407)", "407 proxy", "authorization required", "authentication required"],
        "write user:password@ before the proxy's host, then go on",
        Zh::of("请在代理主机前写明 user:password@ 后继续"),
    ),
    (
        &["expired"],
        "have the endpoint's certificate renewed; check that this machine's clock is right",
        Zh::of("请更新接入地址的证书，并检查本机时钟是否准确"),
    ),
    (
        &["not yet valid", "not_yet_valid", "notvalidyet", "notyetvalid"],
        "set this machine's clock: by it the certificate is not valid yet",
        Zh::of("请校准本机时钟：按本机时间该证书尚未生效"),
    ),
    (
        &["mismatch", "altname", "alternative", "peerunverified", "notvalidforname", "doesn't match", "does not match", "not valid for"],
        "call the endpoint by a name that its certificate holds",
        Zh::of("请使用证书所含的域名作为接入地址"),
    ),
    (
        &["certificate", "cert_", "issuer", "pkix", "self_signed", "self-signed", "unable_to_"],
        "name the file of the certificate's authority in SSL_CERT_FILE (Node: NODE_EXTRA_CA_CERTS), or have the server send its whole chain",
        Zh::of("请用 SSL_CERT_FILE（Node 为 NODE_EXTRA_CA_CERTS）指定颁发机构的证书文件，或让服务器发送完整证书链"),
    ),
];

/// Words of a certificate that the client does not take, or of a proxy that wants a login: waiting does not mend them.
pub(crate) const BLOCKED: [&str; 26] = [
    "certificate_verify_failed",
    "certificate verify failed",
    "certificateerror",
    "x509:",
    "pkix path",
    "certificateexception",
    "certificatenotyetvalid",
    "no subject alternative",
    "sslpeerunverified",
    "certificate problem",
    "no alternative certificate",
    "invalid peer certificate",
    "certificate's altnames",
    "cert_altname",
    "cert_has_expired",
    "cert_not_yet_valid",
    "certificate has expired",
    "certificate is not yet valid",
    "issuer cert",
    "issuer_cert",
    "self signed certificate",
    "self-signed certificate",
    "self_signed_cert",
    "unable to verify the first certificate",
    "unable_to_verify_leaf",
    "proxy authentication required",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::http::Lost;

    #[test]
    fn one_next_step_mends_what_waiting_does_not() {
        for (cause, en, zh) in [
            ("the certificate is not trusted: certificate has expired", "renewed", "更新"),
            ("fetch failed: certificate has expired: CERT_HAS_EXPIRED", "renewed", "更新"),
            ("client error (Connect): invalid peer certificate: Expired", "renewed", "更新"),
            ("CERT_NOT_YET_VALID", "clock", "时钟"),
            ("invalid peer certificate: NotValidYet", "clock", "时钟"),
            ("ERR_TLS_CERT_ALTNAME_INVALID", "name that its certificate holds", "域名"),
            ("IP address mismatch, certificate is not valid for '127.0.0.1'.", "name that its certificate holds", "域名"),
            ("self-signed certificate: DEPTH_ZERO_SELF_SIGNED_CERT", "SSL_CERT_FILE", "SSL_CERT_FILE"),
            ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "SSL_CERT_FILE", "SSL_CERT_FILE"),
            ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE", "SSL_CERT_FILE"),
            ("the proxy wants a login: 407 Proxy Authentication Required", "user:password@", "user:password@"),
            ("https_proxy names a proxy of the unknown kind ftp", "proxy or the endpoint", "代理或接入地址"),
        ] {
            let error = Lost::Blocked(cause.to_owned()).error("https://h/");
            assert!(error.hint_en.contains(en) && error.hint_zh.contains(zh), "{cause}: {} {}", error.hint_en, error.hint_zh);
        }
    }

    #[test]
    fn what_tells_of_it_has_a_next_step_of_its_own() {
        // Go writes what it is behind these.
        for words in BLOCKED.iter().filter(|words| **words != "x509:") {
            assert!(!remedy(words).0.starts_with("mend the proxy or the endpoint"), "{words}");
        }
    }
}
