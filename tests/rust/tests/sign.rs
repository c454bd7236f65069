//! The signer: what it adds, what it refuses, and that whatever it signs is verified.

use imgferry::api::endpoint::SignHost;
use imgferry::sign::{self, Expect, Options, Signed, Signer, ToSign};
use imgferry::{At, Cloud, Credentials, Endpoint, Error, Kind, Millis};
use imgferry_tests::{Seeded, arrived, only};

const NOON: Millis = Millis(1_716_292_800_000); // 2024-05-21T12:00:00Z

fn credentials(token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", token).unwrap()
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn request<'a>(url: &'a str, headers: &'a [(String, String)], body: &'a str) -> ToSign<'a> {
    ToSign { method: "POST", url, headers, body: body.as_bytes(), time: NOON, region: "region-1", service: "svc" }
}

fn signed(cloud: Cloud, what: &ToSign<'_>, options: &Options) -> Signed {
    sign::sign(cloud.scheme(), what, &credentials(None), options).unwrap_or_else(|error| panic!("{cloud}: {error}"))
}

fn refused(cloud: Cloud, what: &ToSign<'_>, options: &Options) -> Error {
    sign::sign(cloud.scheme(), what, &credentials(None), options).unwrap_err()
}

fn names(signed: &Signed) -> Vec<&str> {
    signed.headers.iter().map(|(name, _)| name.as_str()).collect()
}

fn exactly(names: &[&str]) -> Options {
    Options { signed_headers: Some(names.iter().map(|name| (*name).to_owned()).collect()), ..Options::default() }
}

#[test]
fn what_is_missing_is_added_and_nothing_else() {
    let given = [header("Content-Type", "application/json"), header("User-Agent", "browser/1")];
    let what = request("https://h.example/", &given, "{}");
    let with_token = credentials(Some("TOKEN"));
    for (cloud, added, signed_by_default) in [
        (Cloud::Tencent, "Host X-TC-Timestamp X-TC-Token", "content-type;host"),
        (Cloud::Volcengine, "Host X-Date X-Security-Token X-Content-Sha256", "content-type;host;x-content-sha256;x-date;x-security-token"),
        (Cloud::Huawei, "Host X-Sdk-Date X-Security-Token", "content-type;host;x-sdk-date;x-security-token"),
    ] {
        let signed = sign::sign(cloud.scheme(), &what, &with_token, &Options::default()).unwrap();
        assert_eq!(names(&signed).join(" "), format!("Content-Type User-Agent {added} Authorization"));
        assert_eq!(signed.signed_headers, signed_by_default);
        assert_eq!(signed.headers.last().map(|(_, value)| value), Some(&signed.authorization));
    }
}

#[test]
fn what_is_given_is_taken_as_it_is() {
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    for (cloud, given) in [
        (Cloud::Tencent, vec![header("x-tc-timestamp", "1551113065"), header("x-tc-token", "T"), header("content-type", "text/plain")]),
        (Cloud::Volcengine, vec![header("x-date", "20190225T164425Z"), header("x-security-token", "T"), header("x-content-sha256", hash)]),
        (Cloud::Huawei, vec![header("x-sdk-date", "20190225T164425Z"), header("x-security-token", "T")]),
    ] {
        let given: Vec<_> = given.into_iter().chain([header("HOST", "named.example"), header("authorization", "old")]).collect();
        let what = request("https://h.example/", &given, "{}");
        let signed = sign::sign(cloud.scheme(), &what, &credentials(Some("OTHER")), &Options::default()).unwrap();
        assert_eq!(signed.headers[..given.len() - 1], given[..given.len() - 1], "{cloud}");
        assert_eq!(signed.headers.len(), given.len(), "{cloud}: the old Authorization is replaced");
        assert!(signed.canonical_request.contains("\nhost:named.example\n"), "{cloud}");
        assert!(signed.string_to_sign.contains("2019") || signed.string_to_sign.contains("1551113065"), "{cloud}");
    }
}

#[test]
fn tencent_signs_a_query_on_get_alone() {
    let post = request("https://h.example/?a=1", &[], "{}");
    let get = ToSign { method: "GET", body: b"", ..post };
    let query = |what: &ToSign<'_>| signed(Cloud::Tencent, what, &Options::default()).canonical_request.lines().nth(2).map(str::to_owned);
    assert_eq!((query(&post).as_deref(), query(&get).as_deref()), (Some(""), Some("a=1")));
}

#[test]
fn a_date_that_is_none_is_refused_with_an_example_of_one() {
    for (cloud, name, example) in [
        (Cloud::Tencent, "X-TC-Timestamp", "1551113065"),
        (Cloud::Volcengine, "X-Date", "20240521T022616Z"),
        (Cloud::Huawei, "X-Sdk-Date", "20240521T022616Z"),
    ] {
        let error = refused(cloud, &request("https://h.example/", &[header(name, "noon")], "{}"), &Options::default());
        assert!(error.message.contains(example) && error.message.contains("noon"), "{error:?}");
    }
}

#[test]
fn a_hash_that_is_not_the_bodys_is_refused() {
    let given = [header("X-Content-Sha256", "00")];
    let error = refused(Cloud::Volcengine, &request("https://h.example/", &given, "{}"), &Options::default());
    assert_eq!(error.code, "sign.headers.x-content-sha256");
    let given = [header("X-Sdk-Content-Sha256", "00")];
    let unsigned = Options { unsigned_payload: true, ..Options::default() };
    let error = refused(Cloud::Huawei, &request("https://h.example/", &given, "{}"), &unsigned);
    assert_eq!(error.code, "sign.headers.x-sdk-content-sha256");
}

#[test]
fn a_body_without_bytes_may_be_left_out_where_that_has_one_meaning() {
    let unsigned = Options { unsigned_payload: true, ..Options::default() };
    let what = ToSign { method: "GET", ..request("https://h.example/?a=1", &[], "") };
    let tencent = signed(Cloud::Tencent, &what, &unsigned);
    assert!(names(&tencent).contains(&"X-TC-Content-SHA256"));
    assert!(tencent.canonical_request.ends_with("\n438d4109ef0d676b8c2c7ed13cdfcb418e494d53b843d4634ce3b1085f07bb96"));
    let huawei = signed(Cloud::Huawei, &what, &unsigned);
    assert_eq!(huawei, signed(Cloud::Huawei, &what, &Options::default()));
}

#[test]
fn exactly_the_listed_headers_are_signed() {
    let given =
        [header("User-Agent", "SDK/1"), header("X_Under", "u"), header("X-Lead", "  a  b  "), header("Content-Type", "Application/JSON")];
    let what = request("https://h.example:443/", &given, "{}");
    for cloud in Cloud::ALL {
        let signed = signed(cloud, &what, &exactly(&["X-Lead", "user-agent", "host", "x_under", "host", "content-type"]));
        assert_eq!(signed.signed_headers, "content-type;host;user-agent;x-lead;x_under");
        let block: Vec<&str> = signed.canonical_request.split('\n').skip(3).take(5).collect();
        let should = match cloud {
            Cloud::Tencent => ["content-type:application/json", "host:h.example", "user-agent:sdk/1", "x-lead:a  b", "x_under:u"],
            Cloud::Volcengine => ["content-type:Application/JSON", "host:h.example", "user-agent:SDK/1", "x-lead:a  b", "x_under:u"],
            Cloud::Huawei => ["content-type:Application/JSON", "host:h.example", "user-agent:SDK/1", "x-lead:a  b", "x_under:u"],
        };
        assert_eq!(block, should, "{cloud}");
        let missing = sign::sign(cloud.scheme(), &what, &credentials(None), &exactly(&["x-absent"])).unwrap_err();
        assert_eq!(missing.code, "sign.headers.x-absent");
    }
    let absent = signed(Cloud::Volcengine, &what, &exactly(&["host", "x-date"]));
    assert!(!names(&absent).contains(&"X-Content-Sha256"), "a hash that is not signed is not sent");
}

#[test]
fn a_header_given_twice_is_signed_only_where_the_scheme_says_how() {
    let given = [header("X-Tag", "b"), header("x-tag", " a")];
    let what = request("https://h.example/", &given, "{}");
    let list = exactly(&["host", "x-tag"]);
    let huawei = signed(Cloud::Huawei, &what, &list);
    assert!(huawei.canonical_request.contains("\nhost:h.example\nx-tag:a\nx-tag:b\n\nhost;x-tag\n"), "{}", huawei.canonical_request);
    for cloud in [Cloud::Tencent, Cloud::Volcengine] {
        assert_eq!(refused(cloud, &what, &list).code, "sign.headers.x-tag");
    }
    // In the order of their values, whatever it was and however many headers stand before them.
    let given = ["c", "a", "b", "a"].map(|value| header("X-Tag", value));
    let signed = signed(Cloud::Huawei, &request("https://h.example/", &given, "{}"), &list);
    assert!(signed.canonical_request.contains("\nhost:h.example\nx-tag:a\nx-tag:a\nx-tag:b\nx-tag:c\n\n"), "{}", signed.canonical_request);
}

#[test]
fn a_presigned_url_has_all_in_its_query() {
    let what = ToSign { method: "GET", ..request("https://h.example:443?Action=X&b=1+2&X-Z=9", &[], "") };
    let options = Options { presign: true, expires_s: Some(60), ..Options::default() };
    let signed = sign::sign(Cloud::Volcengine.scheme(), &what, &credentials(Some("TO+KEN")), &options).unwrap();
    let list = "Action%3BX-Algorithm%3BX-Credential%3BX-Date%3BX-Expires%3BX-NotSignBody%3BX-SignedHeaders%3BX-SignedQueries%3BX-Z%3Bb";
    let head = "https://h.example:443/?Action=X&X-Algorithm=HMAC-SHA256&X-Credential=AKIDEXAMPLE%2F20240521%2Fregion-1%2Fsvc%2Frequest";
    let should = format!(
        "{head}&X-Date=20240521T120000Z&X-Expires=60&X-NotSignBody=&X-Security-Token=TO%2BKEN&X-Signature={}&X-SignedHeaders=host&X-SignedQueries={list}&X-Z=9&b=1%202",
        signed.signature
    );
    assert_eq!(signed.url, should);
    assert_eq!((signed.authorization.as_str(), names(&signed)), ("", vec!["Host"]));
    assert!(signed.canonical_request.contains("\nhost:h.example\n\nhost\n"), "clients drop the port that the scheme implies");
    let again = ToSign { url: &signed.url, ..what };
    assert_eq!(sign::sign(Cloud::Volcengine.scheme(), &again, &credentials(None), &options).unwrap_err().code, "sign.url");
    let unnamed = Options { expires_s: None, ..options.clone() };
    for (url, options, is_taken) in [
        ("https://h.example/?X-Expires=60", &unnamed, true),
        ("https://h.example/?X-Expires=60", &options, false),
        ("https://h.example/?X-Signature=1", &unnamed, false),
        ("https://h.example/?X-Signature=1", &options, false),
    ] {
        let signed = sign::sign(Cloud::Volcengine.scheme(), &ToSign { url, ..what }, &credentials(None), options);
        assert_eq!(signed.map_err(|error| error.code.clone()).err(), (!is_taken).then(|| "sign.url".to_owned()), "{url}");
    }
    let unlistable = ToSign { url: "https://h.example/?a%3Bb=1", ..what };
    assert_eq!(sign::sign(Cloud::Volcengine.scheme(), &unlistable, &credentials(None), &options).unwrap_err().code, "sign.url");
}

#[test]
fn options_that_a_scheme_has_not_are_refused() {
    let what = request("https://h.example/", &[], "{}");
    let option = |edit: fn(&mut Options)| {
        let mut options = Options::default();
        edit(&mut options);
        options
    };
    for (cloud, options, code) in [
        (Cloud::Tencent, option(|o| o.presign = true), "sign.options.presign"),
        (Cloud::Huawei, option(|o| o.presign = true), "sign.options.presign"),
        (Cloud::Tencent, option(|o| o.derived = true), "sign.options.derived"),
        (Cloud::Volcengine, option(|o| o.derived = true), "sign.options.derived"),
        (Cloud::Volcengine, option(|o| o.unsigned_payload = true), "sign.options.unsigned_payload"),
        (Cloud::Volcengine, option(|o| o.expires_s = Some(9)), "sign.options.expires_s"),
        (Cloud::Volcengine, option(|o| (o.presign, o.expires_s) = (true, Some(0))), "sign.options.expires_s"),
        (Cloud::Tencent, exactly(&["authorization"]), "sign.options.signed_headers"),
        (Cloud::Tencent, exactly(&["a b"]), "sign.options.signed_headers"),
        (Cloud::Tencent, exactly(&[""]), "sign.options.signed_headers"),
    ] {
        assert_eq!(refused(cloud, &what, &options).code, code, "{cloud}");
    }
}

#[test]
fn nothing_breaks_out_of_its_place() {
    let good = request("https://h.example/", &[], "{}");
    for evil in ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\u{7f}b", "a\u{2028}b", "a\tb"] {
        let headers = [header("X-Foo", evil)];
        let url = format!("https://h.example/{evil}");
        let host = format!("https://h{evil}/");
        let names = [header(evil, "v")];
        for (what, code) in [
            (ToSign { method: evil, ..good }, "sign.method"),
            (ToSign { url: &url, ..good }, "sign.url"),
            (ToSign { url: &host, ..good }, "sign.url"),
            (ToSign { headers: &headers, ..good }, "sign.headers.x-foo"),
            (ToSign { headers: &names, ..good }, "sign.headers"),
            (ToSign { region: evil, ..good }, "sign.region"),
            (ToSign { service: evil, ..good }, "sign.service"),
        ] {
            for cloud in Cloud::ALL {
                let error = refused(cloud, &what, &Options::default());
                assert_eq!((error.kind, error.code.as_str()), (Kind::Misuse, code), "{cloud} {evil:?}");
                assert!(!error.message.contains(['\r', '\n', '\0']) && !error.hint_zh.is_empty(), "{error:?}");
            }
        }
        let who = sign::Identity { id: evil, token: None };
        assert_eq!(sign::prepare(Cloud::Tencent.scheme(), &good, who, &Options::default()).unwrap_err().code, "sign.id");
        let who = sign::Identity { id: "a", token: Some(evil) };
        assert_eq!(sign::prepare(Cloud::Tencent.scheme(), &good, who, &Options::default()).unwrap_err().code, "sign.token");
    }
    for time in [Millis(i64::MIN), Millis(i64::MAX), Millis(-62_135_596_800_001), Millis(253_402_300_800_000)] {
        for cloud in Cloud::ALL {
            assert_eq!(refused(cloud, &ToSign { time, ..good }, &Options::default()).code, "sign.time");
        }
    }
    // Seconds taken for milliseconds.
    for time in [Millis(-1), Millis(1), Millis(1_716_292_800), Millis(1_420_070_399_999)] {
        for cloud in Cloud::ALL {
            let error = refused(cloud, &ToSign { time, ..good }, &Options::default());
            assert!(
                error.code == "sign.time" && error.hint_en.contains("milliseconds since 1970") && error.message.contains("before 2015"),
                "{error}"
            );
        }
    }
    for (region, service, code) in [("", "svc", "sign.region"), ("a/b", "svc", "sign.region"), ("r", "", "sign.service")] {
        let what = ToSign { region, service, ..good };
        assert_eq!(refused(Cloud::Volcengine, &what, &Options::default()).code, code);
    }
    for date in ["", "20240521", "2024-05-21T12:00:00Z", "20241321T120000Z", "1716292800"] {
        let headers = [header("X-Date", date)];
        let error = refused(Cloud::Volcengine, &ToSign { headers: &headers, ..good }, &Options::default());
        assert_eq!(error.code, "sign.headers.x-date");
    }
}

#[test]
fn the_two_halves_make_the_whole() {
    let what = request("https://h.example/?b=2&a=1", &[], "{}");
    for cloud in Cloud::ALL {
        let own = credentials(Some("TOKEN"));
        let whole = sign::sign(cloud.scheme(), &what, &own, &Options::default()).unwrap();
        let prepared = sign::prepare(cloud.scheme(), &what, (&own).into(), &Options::default()).unwrap();
        assert_eq!(prepared.canonical_request, whole.canonical_request);
        assert_eq!(sign::finish(prepared.clone(), &own).unwrap(), whole);
        let derived = Options { derived: true, ..Options::default() };
        if cloud == Cloud::Huawei {
            assert!(sign::prepare(cloud.scheme(), &what, (&own).into(), &derived).unwrap() != prepared);
        }
        assert!(sign::prepare(cloud.scheme(), &what, (&own).into(), &Options::default()).unwrap() == prepared);
        let mut signer = Signer::new(own.clone());
        for _ in 0..2 {
            assert_eq!(signer.sign(cloud.scheme(), &what, &Options::default()).unwrap(), whole);
        }
        for other in
            [credentials(None), credentials(Some("OTHER")), Credentials::new("OTHER", "EXAMPLE-SECRET-NOT-REAL", Some("TOKEN")).unwrap()]
        {
            assert_eq!(sign::finish(prepared.clone(), &other).unwrap_err().code, "sign.credentials");
        }
    }
}

#[test]
fn nothing_secret_is_shown() {
    let own = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", Some("SESSION-TOKEN-EXAMPLE")).unwrap();
    let what = request("https://h.example/?b=2&a=1", &[], "{}");
    for (cloud, presign) in [(Cloud::Tencent, false), (Cloud::Volcengine, false), (Cloud::Volcengine, true), (Cloud::Huawei, false)] {
        let options = Options { presign, ..Options::default() };
        let prepared = sign::prepare(cloud.scheme(), &what, (&own).into(), &options).unwrap();
        let signed = sign::finish(prepared.clone(), &own).unwrap();
        let refusal = sign::verify(cloud.scheme(), &arrived("PUT", &signed, b"{}"), &only(&own), NOON, &Expect::default()).unwrap_err();
        let signer = Signer::new(own.clone());
        let shown = format!("{prepared:?} {signed:?} {refusal:?} {refusal} {signer:?} {:?}", sign::Identity::from(&own));
        for secret in ["EXAMPLE-SECRET", "SESSION-TOKEN", &signed.signature] {
            assert!(!shown.contains(secret), "{shown}");
        }
        for told in [
            "Prepared { id: \"AKIDEXAMPLE\"",
            "Signed { signed_headers: ",
            "Refusal { reason: ",
            "Signer { credentials: ",
            "Identity { id: ",
        ] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
    }
}

/// Random requests, with the characters that signers stumble over.
#[test]
fn whatever_is_signed_is_verified() {
    let mut random = Seeded(42);
    let texts = [
        "a b+c~*'()/中%2F",
        "",
        "😀",
        "é",
        "a=b&c",
        "x",
        "%",
        "%zz",
        "~",
        "{",
        "z",
        "+",
        " ",
        "ImageIds.10",
        "ImageIds.1",
        "A",
        "/",
        "?",
        ",:@$!",
        "\"<>\\^`|",
    ];
    let hosts =
        ["h.example", "h.example:80", "h.example:443", "h.example:8443", "[::1]", "[2001:db8::1]:8080", "127.0.0.1:1", "a_b.example"];
    for round in 0..1000 {
        let encode = |text: &str| -> String {
            text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
        };
        let raw = |text: &str| text.replace(['#', '\\'], "");
        let one = |random: &mut Seeded| {
            let text = *random.pick::<&str>(&texts);
            if random.below(4) == 0 { raw(text) } else { encode(text) }
        };
        let path: String = (0..random.below(4)).map(|_| format!("/{}", one(&mut random).replace('?', ""))).collect();
        let query: Vec<String> = (0..random.below(5)).map(|_| format!("{}={}", one(&mut random), one(&mut random))).collect();
        let url = format!("{}://{}{path}?{}", random.pick(&["https", "http"]), random.pick(&hosts), query.join("&"));
        let method = *random.pick::<&str>(&["GET", "POST", "PUT", "PATCH", "DELETE", "get", "PURGE"]);
        let body: String = (0..random.below(3)).map(|_| *random.pick::<&str>(&texts)).collect();
        let mut headers = Vec::new();
        let mut list = vec!["host".to_owned(), "content-type".to_owned(), "x-date".to_owned(), "x-sdk-date".to_owned()];
        headers.push(header("Content-Type", random.pick::<&str>(&["application/json", "Text/Plain; charset=UTF-8"])));
        for name in ["X-One", "x-two", "X_Three", "User-Agent"] {
            if random.below(2) == 0 {
                headers.push(header(name, random.pick::<&str>(&["v", "  padded  ", "镜像", "", "a,b;c=d"])));
                list.push(name.to_owned());
            }
        }
        let token = (random.below(2) == 0).then_some("TOKEN+/=");
        let own = credentials(token);
        let what = ToSign {
            method,
            url: &url,
            headers: &headers,
            body: body.as_bytes(),
            time: Millis(NOON.0 + round),
            region: "r-1",
            service: "svc",
        };
        for cloud in Cloud::ALL {
            let listed: Vec<String> = list
                .iter()
                .filter(|name| match name.as_str() {
                    "x-date" => cloud == Cloud::Volcengine,
                    "x-sdk-date" => cloud == Cloud::Huawei,
                    _ => true,
                })
                .cloned()
                .collect();
            let plain = Options::default();
            let options = [
                plain.clone(),
                Options { signed_headers: Some(listed), ..plain.clone() },
                Options { unsigned_payload: cloud != Cloud::Volcengine, ..plain.clone() },
                Options { presign: cloud == Cloud::Volcengine, derived: cloud == Cloud::Huawei, ..plain },
            ];
            for options in &options {
                let signed = sign::sign(cloud.scheme(), &what, &own, options).unwrap_or_else(|error| panic!("{url}: {error}"));
                assert!(signed.url.is_ascii() && !signed.url.contains(' '), "{}", signed.url);
                let received = arrived(method, &signed, body.as_bytes());
                let verified = sign::verify(cloud.scheme(), &received, &only(&own), NOON, &Expect::default());
                assert!(verified.is_ok(), "{cloud} {method} {url} {options:?}: {:?}\n{}", verified, signed.canonical_request);
                // Signing what was signed changes nothing: the wire form is the canonical form.
                if !options.presign {
                    let again = sign::sign(cloud.scheme(), &ToSign { url: &signed.url, ..what }, &own, options).unwrap();
                    assert_eq!((again.url, again.signature), (signed.url, signed.signature));
                }
            }
        }
    }
}

#[test]
fn a_built_call_lists_its_host_only_when_it_is_not_that_of_the_url() {
    for (cloud, operation, parameters) in
        [(Cloud::Volcengine, "DescribeTasks", r#"{"ResourceIds":["image-1"]}"#), (Cloud::Huawei, "ListImages", "{}")]
    {
        let Ok(operation) = cloud.operation(operation) else { continue };
        let parameters: serde_json::Map<String, serde_json::Value> = serde_json::from_str(parameters).unwrap();
        for (url, sign_host, listed) in [
            (None, SignHost::Endpoint, false),
            (Some("http://127.0.0.1:8080"), SignHost::Endpoint, false),
            (Some("http://Gateway.Example:80"), SignHost::Official, true),
        ] {
            let endpoint = url.map(|url| Endpoint { url: url.to_owned(), sign_host });
            let at = At { endpoint, ..At::region("cn-north-4") };
            let Ok(call) = imgferry::check_and_build(operation, &parameters, &at) else { panic!("{cloud} {url:?}") };
            let own = credentials(None);
            let request = call.sign(&own, NOON).unwrap();
            assert_eq!(Signer::new(own.clone()).sign_call(call, NOON).unwrap(), request);
            assert_eq!(request.header("host").is_some(), listed, "{cloud} {url:?}");
            let mut headers = request.headers.to_vec();
            if !listed {
                let host = request.url.split('/').nth(2).unwrap().to_owned();
                headers.push(header("Host", &host));
            }
            let received =
                sign::Received { method: request.method.as_str(), url: &request.url, headers: &headers, body: request.body.as_bytes() };
            let verified =
                sign::verify(cloud.scheme(), &received, &only(&own), NOON, &Expect { required_headers: &["host"], ..Expect::default() });
            assert!(verified.is_ok(), "{cloud} {url:?}: {verified:?}");
        }
    }
}
