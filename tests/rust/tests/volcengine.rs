//! Volcengine and BytePlus at the second level: requests, rules, answers and error codes.

use imgferry::operation::{Named, Params};
use imgferry::provider::SignHost;
use imgferry::volcengine::request::{self, CopyImage, DescribeImages, TagFilter};
use imgferry::{At, Cloud, Edition, Endpoint, Method};
use serde_json::{Value, json};

// ---- requests ----

const VECTORS: &str = include_str!("../../vectors/volcengine.json");

#[test]
fn the_header_vectors_are_built_from_their_parameters() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let mut built = 0;
    for case in vectors["cases"].as_array().expect("cases").iter().filter(|case| case["kind"] != "presign") {
        let (id, input) = (text(&case["id"]), &case["input"]);
        let operation = Cloud::Volcengine.operation(text(&input["action"])).expect(id);
        let params = params(&input["params"]);
        let call = request::build(&Named { operation, params: &params }, &at_of(input)).expect(id);

        assert_eq!(pairs(query(&call.request.url)), expected_pairs(input), "{id}");
        assert_eq!(call.region, text(&input["region"]), "{id}");
        assert_eq!(call.service, "ecs", "{id}");
        // The recorded form posts fit into a URL, so here they are GETs and their query is another.
        if input["method"] == "GET" {
            let recorded = text(&case["expected"]["python_sdk_bare_signer"]["canonical_query"]);
            assert_eq!(query(&call.request.url), recorded, "{id}");
            assert_eq!(authority(&call.request.url), text(&input["host"]).trim_end_matches(":443"), "{id}");
            assert_eq!(call.request.headers, [], "{id}");
            assert_eq!(call.request.body, "", "{id}");
        }
        built += 1;
    }
    assert_eq!(built, 40);
}

#[test]
fn the_documented_example_is_built() {
    let call = request::build(&documented_example(), &At::region("cn-beijing")).expect("builds");
    assert_eq!(call.request.method, Method::Get);
    assert_eq!(authority(&call.request.url), "open.volcengineapi.com");
    let mut documented =
        pairs("Action=CopyImage&Version=2020-04-01&ImageId=image-4431h3l7hl31a0example&DestinationRegion=cn-shanghai&ImageName=image-1");
    documented.sort();
    assert_eq!(pairs(query(&call.request.url)), documented);
    // The page prints Region and ServiceName lines; both are read from the credential scope, and no client sends them.
    assert_eq!(call.request.headers, []);
}

#[test]
fn typed_and_json_parameters_give_the_same_request() {
    let typed = DescribeImages {
        image_ids: Some((1..=12).map(|n| format!("image-{n}")).collect()),
        status: Some(vec!["available".into(), "creating".into(), "error".into()]),
        tag_filters: Some(vec![TagFilter { key: "键".into(), values: Some(vec!["".into(), "a b".into()]) }]),
        max_results: Some(100),
        is_lts: Some(true),
        ..DescribeImages::default()
    };
    let params = params(&json!({
        "ImageIds": (1..=12).map(|n| format!("image-{n}")).collect::<Vec<_>>(),
        "Status": ["available", "creating", "error"],
        "TagFilters": [{"Key": "键", "Values": ["", "a b"]}],
        "MaxResults": 100,
        "IsLTS": true,
        "Platform": null,
    }));
    let at = At::region("cn-beijing");
    let named = Named { operation: DescribeImages::OPERATION, params: &params };
    assert_eq!(imgferry::build(&typed, &at).expect("typed").request, imgferry::build(&named, &at).expect("named").request);
}

#[test]
fn an_absent_description_and_an_empty_one_differ() {
    let at = At::region("cn-beijing");
    let url = |description: Option<&str>| {
        let copy = CopyImage { description: description.map(str::to_owned), tags: Some(vec![]), ..documented_example() };
        request::build(&copy, &at).expect("builds").request.url
    };
    assert!(!url(None).contains("Description"));
    assert!(url(Some("")).contains("&Description=&"));
    // An empty list is not sent at all.
    assert!(!url(None).contains("Tags"));
}

#[test]
fn hosts_follow_region_and_edition() {
    for (region, edition, host) in [
        ("cn-beijing", Edition::Main, "open.volcengineapi.com"),
        ("cn-hongkong", Edition::Main, "open.volcengineapi.com"),
        ("xx-new-1", Edition::Main, "open.volcengineapi.com"),
        ("ap-southeast-2", Edition::Main, "ecs.ap-southeast-2.volcengineapi.com"),
        ("ap-southeast-3", Edition::Main, "ecs.ap-southeast-3.volcengineapi.com"),
        ("cn-beijing-autodriving", Edition::Main, "ecs.cn-beijing-autodriving.volcengineapi.com"),
        ("cn-shanghai-autodriving", Edition::Main, "ecs.cn-shanghai-autodriving.volcengineapi.com"),
        ("cn-beijing-selfdrive", Edition::Main, "ecs.cn-beijing-selfdrive.volcengineapi.com"),
        ("ap-southeast-1", Edition::International, "ecs.ap-southeast-1.byteplusapi.com"),
        ("cn-hongkong", Edition::International, "ecs.cn-hongkong.byteplusapi.com"),
        ("cn-beijing", Edition::International, "ecs.cn-beijing.byteplusapi.com.cn"),
    ] {
        let at = At { edition, ..At::region(region) };
        let call = request::build(&documented_example(), &at).expect(region);
        assert_eq!(authority(&call.request.url), host, "{region} {edition:?}");
    }
}

#[test]
fn another_endpoint_takes_the_call() {
    let at =
        |sign_host| At { endpoint: Some(Endpoint { url: "http://127.0.0.1:8080/volc/".into(), sign_host }), ..At::region("cn-beijing") };
    let call = request::build(&documented_example(), &at(SignHost::Endpoint)).expect("builds");
    assert!(call.request.url.starts_with("http://127.0.0.1:8080/volc/?Action=CopyImage&"), "{}", call.request.url);
    assert_eq!(call.request.headers, []);
    let call = request::build(&documented_example(), &at(SignHost::Official)).expect("builds");
    assert_eq!(call.request.header("Host"), Some("open.volcengineapi.com"));
}

#[test]
fn parameters_too_long_for_a_url_are_posted() {
    let ids = |count: usize, length: usize| DescribeImages {
        image_ids: Some((0..count).map(|n| format!("image-{n:0length$}")).collect()),
        ..DescribeImages::default()
    };
    let at = At::region("cn-beijing");
    let usual = request::build(&ids(100, 24), &at).expect("builds").request;
    assert_eq!(usual.method, Method::Get, "100 ids of 30 characters fit");

    let long = request::build(&ids(100, 90), &at).expect("builds").request;
    assert_eq!(long.method, Method::Post);
    assert_eq!(long.url, "https://open.volcengineapi.com/?Action=DescribeImages&Version=2020-04-01");
    assert_eq!(long.headers, [("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())]);
    assert!(long.body.starts_with("ImageIds.1=image-0") && !long.body.contains("Action"), "{}", long.body);
    assert_eq!(pairs(&long.body).len(), 100);
}

#[test]
fn a_region_cannot_break_out_of_host_or_scope() {
    for region in ["", "cn beijing", "cn-beijing/x", "a.b", "cn-beijing\r\nX: y", "北京", "x@evil.example"] {
        for edition in [Edition::Main, Edition::International] {
            let at = At { edition, ..At::region(region) };
            let error = request::build(&documented_example(), &at).expect_err(region);
            assert_eq!((error.kind, error.code.as_str()), (imgferry::Kind::Misuse, "region"), "{region:?}");
        }
    }
}

#[test]
fn operations_are_sorted_and_documented() {
    let names: Vec<&str> = request::OPERATIONS.iter().map(|operation| operation.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for operation in request::OPERATIONS {
        assert!(operation.doc.len() > 20, "{}", operation.name);
        assert!(operation.fields.iter().all(|field| field.doc.len() > 10), "{}", operation.name);
    }
}

// ---- what the tests share ----

/// The request example of the CopyImage page. The page masks its id with asterisks, which no cloud would accept
/// and which a rule refuses as a pasted mask, so a whole id stands in its place.
fn documented_example() -> CopyImage {
    CopyImage {
        image_id: "image-4431h3l7hl31a0example".into(),
        destination_region: "cn-shanghai".into(),
        image_name: "image-1".into(),
        ..CopyImage::default()
    }
}

/// Where a recorded case was sent: hosts that the clients were configured with are endpoints here.
fn at_of(input: &Value) -> At {
    let region = text(&input["region"]);
    let edition = if input["site"] == "byteplus" { Edition::International } else { Edition::Main };
    let endpoint = (input["endpoint_choice"] != "sdk_default")
        .then(|| Endpoint { url: format!("{}://{}", text(&input["scheme"]), text(&input["host"])), sign_host: SignHost::Endpoint });
    At { edition, endpoint, ..At::region(region) }
}

/// The recorded flat parameters with Action and Version, sorted by key as in a canonical query.
fn expected_pairs(input: &Value) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = input["flat_params"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|pair| (text(&pair[0]).to_owned(), text(&pair[1]).to_owned()))
        .chain([("Action".to_owned(), text(&input["action"]).to_owned()), ("Version".to_owned(), text(&input["version"]).to_owned())])
        .collect();
    pairs.sort();
    pairs
}

fn params(value: &Value) -> Params {
    value.as_object().cloned().expect("an object")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

fn query(url: &str) -> &str {
    url.split_once('?').map_or("", |(_, query)| query)
}

fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// A query or form taken apart again, percent-decoded.
fn pairs(encoded: &str) -> Vec<(String, String)> {
    encoded
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').expect("key=value"))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).expect("two hex digits"));
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).expect("UTF-8")
}
