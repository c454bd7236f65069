//! What recomputing the signature tells.

use super::{Tried, key};
use crate::base::cloud::Cloud;
use crate::sign::Options;
use crate::sign::canonical::UNSIGNED_PAYLOAD_HASH;

const JSON: (&str, &str) = ("Content-Type", "application/json");

type Slip = (&'static str, &'static str, &'static str, fn(&mut Tried), &'static str);

/// Letters of the clouds, what stands behind the host when it is signed, the body, what is changed, and the cause.
const SLIPS: &[Slip] = &[
    ("TVH", "/?a=1", "", |t| t.method = "PUT", "method.changed"),
    ("TVH", "/?a=b%20c", "", |t| t.url = t.url.replace("%20", "%2B"), "query.plus"),
    ("VH", "/?a=b%20c", "", |t| t.url = t.url.replace("%20", "%2520"), "query.double"),
    ("T", "/?a=~", "", |t| t.url = t.url.replace('~', "%7E"), "query.tilde"),
    ("T", "/?a=%2C", "", |t| t.url = t.url.replace("%2C", ","), "query.escapes"),
    ("T", "/?a=%2c", "", |t| t.url = t.url.replace("%2c", "%2C"), "query.escapes"),
    ("T", "/?a=b+c%7E", "", |t| t.url = t.url.replace("b+c%7E", "b%20c~"), "query.escapes"),
    ("T", "/?a=1&b=2", "", |t| t.url = t.url.replace("a=1&b=2", "b=2&a=1"), "query.order"),
    ("T", "/?c=1&a=1&b=1&d=1", "", |t| t.url = t.url.replace("c=1&a=1&b=1&d=1", "b=1&a=1&d=1&c=1"), "query.order"),
    // More than are tried in every order.
    ("T", "/?A=1&B=1&D=1&a=1&b=1&c=1&d=1", "", |t| t.url = "/?b=1&c=1&a=1&A=1&d=1&D=1&B=1".to_owned(), "query.order"),
    ("T", "/?a.1=1&a.2=1&a.10=1&b=1&c=1&d=1&e=1", "", |t| t.url = "/?b=1&a.10=1&a.1=1&e=1&a.2=1&c=1&d=1".to_owned(), "query.order"),
    ("T", "/?A=1&b=1&C=1&d=1&E=1&f=1&G=1", "", |t| t.url = "/?b=1&G=1&A=1&d=1&C=1&f=1&E=1".to_owned(), "query.order"),
    ("TVH", "/?a=1", "", |t| t.url.push_str("&_=7"), "query.added"),
    ("TVH", "/?a=1", "", |t| t.url.push_str("&a=2"), "query.repeated"),
    ("VH", "/?a=1%2C2", "", |t| t.url = t.url.replace("a=1%2C2", "a=1&a=2"), "query.repeated"),
    ("VH", "/?a.1=1&a.2=2", "", |t| t.url = t.url.replace(".1", "").replace(".2", ""), "query.repeated"),
    ("VH", "/v1/x?a=1", "", |t| t.url = t.url.replace("/v1", "/api/v1"), "path.prefix"),
    ("V", "/v1/x/?a=1", "", |t| t.url = t.url.replace("/x/", "/x"), "path.slash"),
    ("V", "/v1/x?a=1", "", |t| t.url = t.url.replace("/x", "/x/"), "path.slash"),
    ("VH", "/v1/a%20b?a=1", "", |t| t.url = t.url.replace("%20", "%2520"), "path.escapes"),
    ("TVH", "/", "", |t| *t.header("host") = "o.example".to_owned(), "host.changed"),
    (
        "TVH",
        "/",
        "",
        |t| {
            (t.url, *t.header("host")) = ("/".to_owned(), "10.0.0.1".to_owned());
            t.headers.push(("X-Forwarded-Host".to_owned(), "o.example, h.example".to_owned()));
        },
        "host.changed",
    ),
    ("TVH", ":8443/", "", |t| *t.header("host") = "h.example".to_owned(), "host.port"),
    ("TVH", "/", "", |t| t.header("content-type").push_str("; charset=utf-8"), "content_type.charset"),
    ("TVH", "/", "", |t| *t.header("content-type") = "text/plain".to_owned(), "content_type.changed"),
    ("TH", "/", "{}", |t| t.body.clear(), "payload.empty"),
    ("TVH", "/", "{\"a\":1}", |t| t.body.push(b'\n'), "payload.line_end"),
    ("TVH", "/", "{\"a\":1,\"b\":\"/\"}", |t| t.body = b"{\"a\": 1, \"b\": \"/\"}".to_vec(), "payload.json"),
    ("TVH", "/", "a~b", |t| t.body = b"a%7Eb".to_vec(), "payload.changed"),
    ("V", "/", "{}", |t| t.body = b"{\"a\":1}".to_vec(), "payload.changed"),
    ("T", "/", "", |t| *t.header("x-tc-timestamp") = "1716292801".to_owned(), "header.date"),
    ("T", "/", "", |t| *t.header("x-tc-timestamp") = "1716292500".to_owned(), "header.date"),
    ("V", "/", "", |t| *t.header("x-date") = "20240521T115500Z".to_owned(), "header.date"),
    ("H", "/", "", |t| *t.header("x-sdk-date") = "20240521T120001Z".to_owned(), "header.date"),
];

/// Signed as it was and sent otherwise: what was done to it is found.
#[test]
fn each_slip_is_found_by_recomputing() {
    let own = key("AKEXAMPLE", None);
    let of = |clouds: &'static str| {
        Cloud::ALL.into_iter().zip(["T", "V", "H"]).filter(|(_, letter)| clouds.contains(letter)).map(|(cloud, _)| cloud)
    };
    for (clouds, target, body, change, should) in SLIPS {
        for cloud in of(clouds) {
            let mut tried = Tried::of(cloud, &own, &format!("https://h.example{target}"), &[JSON], body, &Options::default());
            assert_eq!(tried.told(Some(&own)), "possible fine");
            change(&mut tried);
            assert_eq!(tried.told(Some(&own)), format!("certain {should}"), "{cloud} {target} {}", tried.url);
        }
    }
}

#[test]
fn slips_with_headers_are_found() {
    let own = key("AKEXAMPLE", None);
    for (name, signed, sent) in [
        ("Accept-Encoding", "gzip, deflate", "identity"),
        ("Accept", "*/*", "text/html"),
        ("Connection", "keep-alive", "close"),
        ("X-Forwarded-For", "10.1.2.3", "10.1.2.3, 172.16.0.9"),
        ("X-Any", "a b", "a  b"),
    ] {
        for cloud in Cloud::ALL {
            let date = cloud.scheme().date_header;
            let list = ["host", "content-type", date, name].into_iter().filter(|name| cloud != Cloud::Tencent || *name != date);
            let options = Options { signed_headers: Some(list.map(str::to_owned).collect()), ..Options::default() };
            let mut tried = Tried::of(cloud, &own, "https://h.example/", &[JSON, (name, signed)], "", &options);
            assert_eq!(tried.told(Some(&own)), "possible fine");
            *tried.header(name) = sent.to_owned();
            assert_eq!(tried.told(Some(&own)), "certain header.changed", "{cloud} {name}");
            // Signed, and not in the list.
            *tried.header(name) = signed.to_owned();
            let authorization = tried.header("authorization").replace(&name.to_ascii_lowercase(), "").replace(";;", ";");
            *tried.header("authorization") = authorization.replace("=;", "=").replace(";,", ",");
            assert_eq!(tried.told(Some(&own)), "certain signed_headers.changed", "{cloud} {name}");
        }
    }
}

#[test]
fn lists_and_ports_that_do_not_fit_are_found() {
    let own = key("AKEXAMPLE", None);
    for (cloud, token) in [
        (Cloud::Tencent, None),
        (Cloud::Volcengine, None),
        (Cloud::Volcengine, Some("T")),
        (Cloud::Huawei, None),
        (Cloud::Huawei, Some("T")),
    ] {
        let mut tried = Tried::of(cloud, &own, "https://h.example/", &[JSON], "", &Options::default());
        let name = if token.is_some() { "x-security-token" } else { "x-trace" };
        tried.headers.push((name.to_owned(), token.unwrap_or("1").to_owned()));
        let listed = tried.header("authorization").replace(", Signature", &format!(";{name}, Signature"));
        *tried.header("authorization") = listed;
        let should = if token.is_some() { "certain token.unsigned" } else { "certain signed_headers.changed" };
        assert_eq!(tried.told(Some(&key("AKEXAMPLE", token))), should, "{cloud}");
    }
    // A port that the client does not count as host.
    for cloud in Cloud::ALL {
        let given = [JSON, ("Host", "h.example")];
        let mut tried = Tried::of(cloud, &own, "https://h.example:8443/", &given, "", &Options::default());
        *tried.header("host") = "h.example:8443".to_owned();
        assert_eq!(tried.told(Some(&own)), "possible fine", "{cloud}");
    }
}

#[test]
fn each_slip_with_a_secret_is_found() {
    for cloud in Cloud::ALL {
        let own = key("AKEXAMPLE", Some("TOKEN")).with_secret("Example+Secret/Not=".to_owned());
        for (secret, should) in [
            ("Example+Secret/Not=", "possible fine"),
            ("Example+Secret/Not=\n", "certain secret.space"),
            (" Example+Secret/Not=", "certain secret.space"),
            ("\u{feff}Example+Secret/Not=", "certain secret.space"),
            ("\"Example+Secret/Not=\"", "certain secret.quotes"),
            ("'Example+Secret/Not=", "certain secret.quotes"),
            ("Example%2BSecret%2FNot%3D", "certain secret.coded"),
            ("example+secret/not=", "certain secret.coded"),
            ("RXhhbXBsZStTZWNyZXQvTm90PQ==", "certain secret.coded"),
            ("Example Secret/Not=", "certain secret.coded"),
            ("xample+Secret/Not=", "certain secret.cut"),
            ("Example+Secret/Not", "certain secret.cut"),
            ("AKEXAMPLE", "certain secret.part"),
            ("TOKEN", "certain secret.part"),
            ("", "certain secret.part"),
            ("another", "likely secret.other"),
        ] {
            let signer = own.with_secret(secret.to_owned());
            let tried = Tried::of(cloud, &signer, "https://h.example/v1/x?a=1&b=%2B", &[("Content-Type", "a/b")], "", &Options::default());
            assert_eq!(tried.told(Some(&own)), should, "{cloud} {secret}");
        }
        let tried = Tried::of(cloud, &own.with_secret("plain".to_owned()), "https://h.example/", &[], "", &Options::default());
        assert_eq!(tried.told(Some(&own.with_secret("cGxhaW4=".to_owned()))), "certain secret.coded");
    }
}

/// What the request itself tells of its body; large ones are not written anew to find out more.
#[test]
#[cfg_attr(miri, ignore = "megabytes")]
fn bodies_are_compared_with_the_hash_in_the_header() {
    const LARGE: usize = 1 << 20;
    let own = key("AKEXAMPLE", None);
    let tried = |cloud, length: usize| {
        Tried::of(cloud, &own, "https://h.example/", &[("Content-Type", "a/b")], &"x".repeat(length), &Options::default())
    };
    let mut unsigned = tried(Cloud::Volcengine, 2);
    *unsigned.header("x-content-sha256") = UNSIGNED_PAYLOAD_HASH.to_owned();
    assert_eq!(unsigned.told(None), "certain payload.unsigned");
    let mut cut = tried(Cloud::Volcengine, 2);
    cut.headers.push(("Content-Length".to_owned(), "2".to_owned()));
    cut.body.push(b'\n');
    assert_eq!(cut.told(None), "certain payload.cut");
    cut.headers.pop();
    assert_eq!(cut.told(None), "certain payload.line_end");
    *cut.header("x-content-sha256") = "short".to_owned();
    assert_eq!(cut.told(None), "possible secret.other, possible payload.changed");
    for (length, should, by_hash) in [
        (LARGE - 1, "certain payload.line_end", "certain payload.line_end"),
        (LARGE, "likely secret.other, possible payload.changed", "certain payload.changed"),
        (LARGE + 1, "likely secret.other, possible payload.changed", "certain payload.changed"),
    ] {
        let mut longer = tried(Cloud::Tencent, length);
        longer.body.push(b'\n');
        assert_eq!(longer.told(Some(&own)), should, "{length}");
        let mut longer = tried(Cloud::Volcengine, length);
        longer.body.push(b'\n');
        assert_eq!(longer.told(None), by_hash, "{length}");
    }
}
