//! The vectors recorded from the vendors' own clients: every intermediate, in the order in which it is made.

use imgferry::sign::{self, Expect, Options, Received, Signed, ToSign};
use imgferry::{Cloud, Credentials, Millis};
use imgferry_tests::{form, headers, only, text, vectors, without};
use serde_json::Value;

/// A recorded request, ready to be signed by us.
struct Case {
    name: String,
    cloud: Cloud,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    time: Millis,
    region: String,
    service: String,
    credentials: Credentials,
    options: Options,
}

/// What the vendor's client made of it; `None` where the recording does not say.
#[derive(Default)]
struct Recorded {
    canonical_query: Option<String>,
    canonical_request: String,
    canonical_hash: Option<String>,
    string_to_sign: String,
    signed_headers: Option<String>,
    signature: String,
    authorization: Option<String>,
    url: Option<String>,
}

impl Recorded {
    fn read(expected: &Value) -> Self {
        let optional = |name: &str| expected[name].as_str().map(str::to_owned);
        let string_to_sign = text(&expected["string_to_sign"]);
        Self {
            canonical_query: optional("canonical_query"),
            canonical_request: text(&expected["canonical_request"]),
            canonical_hash: optional("canonical_request_sha256").or(string_to_sign.lines().last().map(str::to_owned)),
            string_to_sign,
            signed_headers: optional("signed_headers"),
            signature: text(&expected["signature"]),
            authorization: optional("authorization"),
            url: None,
        }
    }
}

impl Case {
    fn sign(&self) -> Signed {
        let Case { method, url, headers, body, region, service, .. } = self;
        let what = ToSign { method, url, headers, body: body.as_bytes(), time: self.time, region, service };
        sign::sign(self.cloud.scheme(), &what, &self.credentials, &self.options).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Signs, compares every intermediate, and has the result verified.
    fn assert(&self, recorded: &Recorded) {
        let ours = self.sign();
        let line = |nth: usize| ours.canonical_request.split('\n').nth(nth).map(str::to_owned);
        let hash = ours.string_to_sign.lines().last().map(str::to_owned);
        let steps = [
            ("canonical query", line(2), recorded.canonical_query.clone()),
            ("canonical request", Some(ours.canonical_request.clone()), Some(recorded.canonical_request.clone())),
            ("hash of the canonical request", hash, recorded.canonical_hash.clone()),
            ("string to sign", Some(ours.string_to_sign.clone()), Some(recorded.string_to_sign.clone())),
            ("signed headers", Some(ours.signed_headers.clone()), recorded.signed_headers.clone()),
            ("signature", Some(ours.signature.clone()), Some(recorded.signature.clone())),
            ("authorization", Some(ours.authorization.clone()), recorded.authorization.clone()),
            ("url", Some(ours.url.clone()), recorded.url.clone()),
        ];
        for (step, is, should) in steps {
            if should.is_some() {
                assert_eq!(is, should, "{}: {step}", self.name);
            }
        }
        self.assert_accepted(&ours.url, &ours.headers);
    }

    /// Verifies a request as it was, or would be, sent.
    fn assert_accepted(&self, url: &str, headers: &[(String, String)]) {
        let received = Received { method: &self.method, url, headers, body: self.body.as_bytes() };
        let expect = match self.cloud {
            Cloud::Tencent => Expect { service: Some(&self.service), ..Expect::default() },
            Cloud::Volcengine => Expect { region: Some(&self.region), service: Some(&self.service), ..Expect::default() },
            Cloud::Huawei => Expect::default(),
        };
        let verified = sign::verify(self.cloud.scheme(), &received, &only(&self.credentials), self.time, &expect);
        // One of Volcengine's own clients leaves the host out, which the page asks for: that signature is good at any host.
        let signs_host = |names: &str| names.split(';').any(|name| name == "host");
        let list = headers.iter().find_map(|(name, value)| (name == "Authorization").then(|| value.split("SignedHeaders=").nth(1)));
        if let (Cloud::Volcengine, Some(Some(list))) = (self.cloud, list)
            && !signs_host(list.split(',').next().unwrap_or_default())
        {
            let reason = verified.as_ref().err().map(|refusal| refusal.reason);
            return assert_eq!(reason, Some(sign::Reason::SignedHeaders), "{}", self.name);
        }
        let verified = verified.unwrap_or_else(|refusal| panic!("{}: refused: {refusal}", self.name));
        assert_eq!((verified.id.as_str(), verified.time), (self.credentials.id(), self.time), "{}", self.name);
    }
}

/// A list of names joined by `;`.
fn exactly(names: &Value) -> Option<Vec<String>> {
    Some(text(names).split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn credentials(input: &Value, [id, secret, token]: [&str; 3]) -> Credentials {
    Credentials::new(&text(&input[id]), &text(&input[secret]), input[token].as_str()).expect("recorded credentials are well-formed")
}

fn tencent(case: &Value) -> (Case, Recorded) {
    let (input, expected) = (&case["input"], &case["expected"]);
    let made_by_signing = ["Host", "X-TC-Timestamp", "X-TC-Token", "X-TC-Content-SHA256", "Authorization"];
    let case = Case {
        name: format!("tencent {}", text(&case["id"])),
        cloud: Cloud::Tencent,
        method: text(&input["method"]),
        url: format!("https://{}{}", text(&input["host"]), text(&expected["request_target"])),
        headers: without(headers(&expected["headers"]), &made_by_signing),
        body: if input["method"] == "GET" { String::new() } else { text(&expected["body"]) },
        time: Millis(input["timestamp"].as_i64().expect("every case has a time") * 1000),
        region: text(&input["region"]),
        service: text(&input["service"]),
        credentials: credentials(input, ["secret_id", "secret_key", "token"]),
        options: Options {
            signed_headers: exactly(&expected["signed_headers"]),
            unsigned_payload: input["unsigned_payload"] == true,
            ..Options::default()
        },
    };
    let recorded = Recorded { canonical_query: Some(text(&expected["query"])), ..Recorded::read(expected) };
    (case, recorded)
}

#[test]
fn tencent_cases() {
    let file = vectors("tencent");
    let cases = file["cases"].as_array().expect("the file has cases");
    for value in cases {
        let (mut case, recorded) = tencent(value);
        // GET puts its query where the recording has it; POST has none in the canonical request.
        let canonical_query = recorded.canonical_query.clone().filter(|_| case.method == "GET").unwrap_or_default();
        let recorded = Recorded { canonical_query: Some(canonical_query), ..recorded };
        case.assert(&recorded);
        if recorded.signed_headers.as_deref() == Some("content-type;host") {
            case.options.signed_headers = None;
            case.assert(&recorded);
        }
        if value["expected"]["headers_complete"] == true {
            case.assert_accepted(&case.url, &headers(&value["expected"]["headers"]));
        }
    }
    println!("tencent: {0} of {0} cases, {1} in the file", cases.len(), file["case_count"]);
    assert_eq!(Some(cases.len() as u64), file["case_count"].as_u64());
}

fn huawei(case: &Value) -> (Case, Recorded) {
    let (input, expected) = (&case["input"], &case["expected"]);
    let mut given = headers(&input["headers"]);
    for (name, value) in [("X-Project-Id", &input["project_id"]), ("X-Domain-Id", &input["domain_id"])] {
        given.extend(value.as_str().map(|value| (name.to_owned(), value.to_owned())));
    }
    let pairs: Vec<(String, String)> =
        input["query"].as_array().into_iter().flatten().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", form(&pairs)) };
    let signed_headers = exactly(&expected["signed_headers"]);
    let listed = signed_headers.iter().flatten().any(|name| name == "x-sdk-content-sha256");
    let time = Millis(input["timestamp_unix"].as_i64().expect("every case has a time") * 1000);
    let case = Case {
        name: format!("huawei {}", text(&case["id"])),
        cloud: Cloud::Huawei,
        method: text(&input["method"]),
        url: format!("{}://{}{}{query}", text(&input["scheme"]), text(&input["host"]), text(&input["path"])),
        headers: given,
        body: text(&input["body"]),
        time,
        region: text(&input["region"]),
        service: text(&input["derived_service"]),
        credentials: credentials(input, ["ak", "sk", "security_token"]),
        options: Options {
            signed_headers,
            unsigned_payload: listed,
            derived: text(&case["algorithm"]) == "V11-HMAC-SHA256",
            ..Options::default()
        },
    };
    let recorded = Recorded { url: Some(text(&expected["url"])), ..Recorded::read(expected) };
    (case, recorded)
}

#[test]
fn huawei_cases() {
    let file = vectors("huawei");
    let cases = file["vectors"].as_array().expect("the file has vectors");
    let mut derived = 0;
    for value in cases {
        let (case, recorded) = huawei(value);
        derived += usize::from(case.options.derived);
        case.assert(&recorded);
        // As the vendor's own client sent it: wire form of the URL, values outside ASCII read as Latin-1.
        let expected = &value["expected"];
        case.assert_accepted(&text(&expected["wire_url"]), &headers(&expected["headers"]));
    }
    println!("huawei: {0} of {0} cases, {derived} of them derived", cases.len());
    assert!(cases.len() >= 51 && derived == 2);
}

/// What no signer here can make, and why. Each of them is still accepted by the verifier.
const NOT_MADE: &[(&str, &str, &str)] = &[
    ("pub-012", "js_sdk_core_client", "it keeps :443 in the canonical host; the vendor's Python and Go clients drop it, and so do we"),
    (
        "pub-p01",
        "js_openapi_signer",
        "it leaves X-SignedQueries out of the list and of the canonical query; Python and Go put it into both",
    ),
    ("pub-p02", "js_openapi_signer", "as pub-p01"),
    ("pub-p03", "js_openapi_signer", "as pub-p01, and it signs the token, which the newer Python client and Go do not"),
    ("pub-p04", "js_openapi_signer", "as pub-p01"),
    (
        "pub-p03",
        "volcengine_legacy",
        "it has the token in the canonical query but not in the list; the newer Python client and Go have it in neither",
    ),
];

fn volcengine(case: &Value, signer: &str) -> (Case, Recorded) {
    let (input, expected) = (&case["input"], &case["expected"][signer]);
    let sent = headers(&expected["headers"]);
    let origin = format!("{}://{}", input["scheme"].as_str().unwrap_or("https"), text(&input["host"]));
    let target = case["expected"]["python_sdk_client"]["wire_target"].as_str().map(str::to_owned);
    let pairs = input["flat_params"].as_array().or(input["query"].as_array()).into_iter().flatten();
    let mut pairs: Vec<(String, String)> = pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
    if input["query"].is_null() {
        pairs.extend([("Action".to_owned(), text(&input["action"])), ("Version".to_owned(), text(&input["version"]))]);
    }
    let target = target.unwrap_or_else(|| format!("/?{}", form(&pairs)));
    let is_presigned = case["kind"] == "presign";
    let signed_headers = match signer {
        "python_sdk_with_host" => exactly(&Value::from("host")),
        _ if is_presigned => Some(Vec::new()),
        _ => exactly(&expected["signed_headers"]),
    };
    let case = Case {
        name: format!("volcengine {} {signer}", text(&case["id"])),
        cloud: Cloud::Volcengine,
        method: text(&input["method"]),
        url: format!("{origin}{target}"),
        headers: without(sent, &["X-Date", "X-Content-Sha256", "X-Security-Token", "Authorization"]),
        body: text(&expected["body"]),
        time: Millis::parse(&text(&input["timestamp"])).expect("every case has a time"),
        region: text(&input["region"]),
        service: text(&input["service"]),
        credentials: credentials(input, ["access_key", "secret_key", "token"]),
        options: Options { signed_headers, presign: is_presigned, ..Options::default() },
    };
    (case, Recorded::read(expected))
}

#[test]
fn volcengine_cases() {
    let file = vectors("volcengine");
    let all = ["cases", "published_examples"].map(|part| file[part].as_array().expect("the file has both parts"));
    let (mut made, mut left) = (0, Vec::new());
    for value in all.into_iter().flatten() {
        for signer in value["expected"].as_object().expect("every case has signers").keys() {
            let (mut case, recorded) = volcengine(value, signer);
            if let Some((id, _, reason)) = NOT_MADE.iter().find(|(id, by, _)| value["id"] == *id && signer == by) {
                assert_ne!(case.sign().signature, recorded.signature, "{} is listed as not made", case.name);
                left.push(format!("{id} {signer}: {reason}"));
            } else {
                case.assert(&recorded);
                made += 1;
                if signer == "python_sdk_bare_signer" {
                    case.options.signed_headers = None;
                    case.assert(&recorded);
                }
            }
            accept_as_sent(&case, &value["expected"][signer]);
        }
    }
    println!("volcengine: {made} recordings made, {} not:", left.len());
    left.iter().for_each(|line| println!("  {line}"));
    assert_eq!(left.len(), NOT_MADE.len());
    assert_eq!(made, 40 * 5 + 4 * 4 + 2 * 2 - NOT_MADE.len());
}

/// The request as the vendor's own client sent it.
fn accept_as_sent(case: &Case, expected: &Value) {
    let origin = case.url.split_inclusive('/').take(3).collect::<String>();
    let url = match (&expected["query"], &expected["wire_target"], &expected["wire_url"]) {
        (Value::String(query), _, _) => format!("{origin}?{query}"),
        (_, Value::String(target), _) => target.clone(),
        (_, _, Value::String(url)) => url.clone(),
        _ => case.url.clone(),
    };
    let mut sent = headers(&expected["headers"]);
    if !sent.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        sent.push(("Host".to_owned(), origin.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()));
    }
    case.assert_accepted(&url, &sent);
}
