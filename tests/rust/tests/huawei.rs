//! Huawei: requests, rules, answers and errors of every operation.

use imgferry::operation::{Named, Params};
use imgferry::{At, Cloud, Endpoint, Method, build};
use serde_json::{Value, json};

fn params(value: Value) -> Params {
    match value {
        Value::Object(params) => params,
        other => panic!("not an object: {other}"),
    }
}

/// Builds by name, as Python and JavaScript do.
fn built(operation: &str, value: Value, at: &At) -> Result<imgferry::Request, imgferry::Error> {
    let operation = Cloud::Huawei.operation(operation)?;
    build(&Named { operation, params: &params(value) }, at).map(|call| call.request)
}

#[test]
fn the_documented_example_is_built_exactly() {
    let example = json!({
        "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "agency_name": "ims_copy_image", "region": "region-1",
        "project_name": "region-1", "name": "test-copy-1001-4", "description": "test",
    });
    let request = built("CopyImageCrossRegion", example, &At::region("cn-north-4")).unwrap();
    assert_eq!(request.method, Method::Post);
    assert_eq!(
        request.url,
        "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/465076de-dc36-4aec-80f5-ef9d8009428f/cross_region_copy"
    );
    assert_eq!(request.headers, [("Content-Type".to_owned(), "application/json".to_owned())]);
    assert_eq!(
        request.body,
        r#"{"name":"test-copy-1001-4","description":"test","region":"region-1","project_name":"region-1","agency_name":"ims_copy_image"}"#
    );
}

/// The names of the vendor's client where ours differ.
fn our_name(vendor: &str) -> &str {
    match vendor {
        "KeystoneListRegions" => "ListRegions",
        "KeystoneListProjects" => "ListProjects",
        "GlanceShowImage" => "ShowImage",
        other => other,
    }
}

#[test]
fn the_vendors_client_builds_the_same_requests() {
    let vectors: Value = serde_json::from_str(include_str!("../../vectors/huawei.json")).unwrap();
    let mut compared = 0;
    for vector in vectors["vectors"].as_array().unwrap() {
        let (id, input) = (vector["id"].as_str().unwrap(), &vector["input"]);
        // Vectors of the bare signer have no parameters that make their request.
        let Ok(operation) = Cloud::Huawei.operation(our_name(vector["operation"].as_str().unwrap())) else { continue };
        if id.starts_with("raw-") || id.starts_with("derived-") {
            continue;
        }
        let mut at = At::region(input["region"].as_str().unwrap());
        at.project_id = input["project_id"].as_str().map(str::to_owned);
        at.domain_id = input["domain_id"].as_str().map(str::to_owned);
        let params = params(input["params"].clone());
        let call = build(&Named { operation, params: &params }, &at);
        if id.starts_with("path-") {
            assert_eq!(call.unwrap_err().kind.as_str(), "misuse", "{id}: an id that changes the path");
            continue;
        }
        let request = call.unwrap_or_else(|error| panic!("{id}: {error}")).request;
        let query = vector["expected"]["canonical_query"].as_str().unwrap();
        let url = format!("https://{}{}", input["host"].as_str().unwrap(), input["path"].as_str().unwrap());
        assert_eq!(request.method.as_str(), input["method"], "{id}");
        assert_eq!(request.url, if query.is_empty() { url } else { format!("{url}?{query}") }, "{id}");
        assert_eq!(request.header("x-project-id"), input["project_id"].as_str(), "{id}");
        if let Some(body) = input["body"].as_str() {
            assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), serde_json::from_str::<Value>(body).unwrap(), "{id}");
        } else {
            assert_eq!(request.body, "", "{id}");
        }
        compared += 1;
    }
    assert_eq!(compared, 26, "vectors that our tables have");
}

#[test]
fn hosts_follow_region_service_and_endpoint() {
    let host = |operation: &str, region: &str| {
        built(operation, json!({}), &At::region(region)).map(|request| request.url).map_err(|error| error.code)
    };
    assert_eq!(host("ShowImageQuota", "eu-west-101").unwrap(), "https://ims.eu-west-101.myhuaweicloud.eu/v1/cloudimages/quota");
    assert_eq!(host("ShowImageQuota", "eu-west-0").unwrap(), "https://ims.eu-west-0.myhuaweicloud.com/v1/cloudimages/quota");
    assert_eq!(host("ListRegions", "eu-west-101").unwrap(), "https://iam.eu-west-101.myhuaweicloud.eu/v3/regions");
    assert_eq!(host("ListRegions", "").unwrap(), "https://iam.myhuaweicloud.com/v3/regions");
    for region in ["", "cn north", "CN-NORTH-4", "-cn", "cn-", "cn.north", "cn/north", "cn-north-4\r\nx: y", "地域"] {
        assert_eq!(host("ShowImageQuota", region).unwrap_err(), "region", "{region:?}");
    }
    let endpoint = |sign_host| {
        let mut at = At::region("eu-de");
        at.endpoint = Some(Endpoint { url: "http://127.0.0.1:8080/hw/".into(), sign_host });
        built("ShowImageQuota", json!({}), &at).unwrap()
    };
    let plain = endpoint(imgferry::provider::SignHost::Endpoint);
    assert_eq!((plain.url.as_str(), plain.header("host")), ("http://127.0.0.1:8080/hw/v1/cloudimages/quota", None));
    let forwarded = endpoint(imgferry::provider::SignHost::Official);
    assert_eq!(forwarded.header("host"), Some("ims.eu-de.myhuaweicloud.com"));
}

#[test]
fn an_id_that_would_change_the_path_is_refused_by_name() {
    for id in ["", ".", "..", "a/b", "a b", "a%2Fb", "a?b", "a#b", "a\r\nb", "镜像", "a\u{202e}b"] {
        let error = built("ShowImage", json!({"image_id": id}), &At::region("cn-north-4")).unwrap_err();
        assert_eq!((error.kind.as_str(), error.code.as_str()), ("misuse", "image_id"), "{id:?}");
        let mut at = At::region("cn-north-4");
        at.project_id = Some(id.into());
        assert_eq!(built("ShowImageQuota", json!({}), &at).unwrap_err().code, "project_id", "{id:?}");
    }
    for wrong in [json!(5), json!(["a"]), json!({"a": 1}), json!(true)] {
        assert_eq!(built("ShowImage", json!({"image_id": wrong}), &At::region("cn-north-4")).unwrap_err().code, "image_id");
    }
    assert!(built("ShowImage", json!({"image_id": "a.b_c~d-9"}), &At::region("cn-north-4")).is_ok());
}

#[test]
fn project_and_account_come_from_the_parameters_or_from_the_place() {
    let mut at = At::region("cn-north-4");
    assert_eq!(built("ShowJob", json!({"job_id": "j1"}), &at).unwrap_err().code, "project_id");
    assert_eq!(built("ListAgencies", json!({}), &at).unwrap_err().code, "domain_id");
    at.project_id = Some("p1".into());
    at.domain_id = Some("d1".into());
    assert!(built("ShowJob", json!({"job_id": "j1"}), &at).unwrap().url.ends_with("/v1/p1/jobs/j1"));
    assert!(built("ShowJob", json!({"job_id": "j1", "project_id": "p2"}), &at).unwrap().url.ends_with("/v1/p2/jobs/j1"));
    let agencies = built("ListAgencies", json!({"name": "a"}), &at).unwrap();
    assert!(agencies.url.ends_with("/v3.0/OS-AGENCY/agencies?domain_id=d1&name=a"), "{}", agencies.url);
    assert_eq!((agencies.header("x-domain-id"), agencies.header("x-project-id")), (Some("d1"), None));
    at.language = Some(imgferry::provider::Language::Zh);
    assert_eq!(built("ShowImageQuota", json!({}), &at).unwrap().header("x-language"), Some("zh-cn"));
}

#[test]
fn bodies_are_compact_and_in_the_order_of_the_tables() {
    let at = At { project_id: Some("p1".into()), ..At::region("cn-north-4") };
    let body = |operation: &str, value: Value| built(operation, value, &at).unwrap().body;
    assert_eq!(
        body("UpdateImage", json!({"image_id": "i", "name": "新", "__description": "a\"b", "min_ram": 1024, "max_ram": "4096"})),
        r#"[{"op":"replace","path":"/name","value":"新"},{"op":"add","path":"/__description","value":"a\"b"},{"op":"replace","path":"/min_ram","value":1024},{"op":"add","path":"/max_ram","value":"4096"}]"#
    );
    assert_eq!(
        body("UpdateImage", json!({"image_id": "i", "op": "replace", "__description": ""})),
        r#"[{"op":"replace","path":"/__description","value":""}]"#
    );
    assert_eq!(
        body("AddImageTags", json!({"image_id": "i", "action": "create", "tags": [{"key": "k", "value": "v"}]})),
        r#"{"action":"create","tags":[{"key":"k","value":"v"}]}"#
    );
    assert_eq!(
        body("ExportImage", json!({"image_id": "i", "bucket_url": "b:o", "is_quick_export": true})),
        r#"{"bucket_url":"b:o","is_quick_export":true}"#
    );
    assert_eq!(body("AddImageMembers", json!({"images": ["i"], "projects": ["p"]})), r#"{"images":["i"],"projects":["p"]}"#);
    assert_eq!(body("DeleteImage", json!({"image_id": "i"})), "", "a DELETE with a body fails its signature");
}

#[test]
fn tables_are_sorted_and_complete() {
    assert!(Cloud::Huawei.operations().is_sorted_by(|a, b| a.name < b.name));
    assert!(Cloud::Huawei.regions().is_sorted_by(|a, b| a.id < b.id));
    assert_eq!(Cloud::Huawei.regions().len(), 33);
    for operation in Cloud::Huawei.operations() {
        assert!(!operation.doc.is_empty() && operation.fields.iter().all(|field| !field.doc.is_empty()), "{}", operation.name);
        for place in operation.path.split('{').skip(1).filter_map(|tail| tail.split('}').next()) {
            assert!(operation.fields.iter().any(|field| field.name == place), "{}: {place}", operation.name);
        }
    }
}
