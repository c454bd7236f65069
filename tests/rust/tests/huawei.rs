//! Huawei: requests, rules, answers and errors of every operation.

use imgferry::Severity;
use imgferry::api::Params;
use imgferry::api::check::Known;
use imgferry::api::facts::{Facts, Ownership, Quota, State, TaskState};
use imgferry::api::operation::{Named, Place};
use imgferry::{Answer, At, Cloud, Endpoint, Kind, Method, Millis, Retry, build};
use imgferry_tests::{Seeded, vectors};
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
    build(&Named::new(operation, &params(value)), at).map(|call| call.request().clone())
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
    assert_eq!(request.headers.to_vec(), [("Content-Type".to_owned(), "application/json".to_owned())]);
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
    let vectors = vectors("huawei");
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
        let call = build(&Named::new(operation, &params), &at);
        if id.starts_with("path-") {
            assert_eq!(call.unwrap_err().kind.as_str(), "misuse", "{id}: an id that changes the path");
            continue;
        }
        let request = call.unwrap_or_else(|error| panic!("{id}: {error}")).request().clone();
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
    assert_eq!(compared, 28, "vectors that our tables have");
}

#[test]
fn hosts_follow_region_service_and_endpoint() {
    let host = |operation: &str, region: &str| {
        built(operation, json!({}), &At::region(region)).map(|request| request.url).map_err(|error| error.code.clone())
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
    let plain = endpoint(imgferry::api::endpoint::SignHost::Endpoint);
    assert_eq!((plain.url.as_str(), plain.header("host")), ("http://127.0.0.1:8080/hw/v1/cloudimages/quota", None));
    let forwarded = endpoint(imgferry::api::endpoint::SignHost::Official);
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
    at.language = Some(imgferry::api::site::Language::Zh);
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
    let list = Cloud::Huawei.operation("ListImages").unwrap();
    let documented = "id name owner status visibility protected __imagetype __isregistered __os_bit __os_type __platform __whole_image \
        __system__cmkid virtual_env_type disk_format container_format min_ram min_disk architecture flavor_id tag member_status \
        enterprise_project_id created_at updated_at limit marker sort_key sort_dir __support_kvm __support_xen \
        __support_diskintensive __support_highperformance __support_largememory __support_kvm_gpu_type __support_xen_gpu_type \
        __support_kvm_infiniband __support_xen_hana";
    for name in documented.split_whitespace() {
        assert!(list.fields.iter().any(|field| field.name == name), "{name}");
    }
    for (alias, name) in [("cross_region_copy", "CopyImageCrossRegion"), ("copy", "CopyImageInRegion"), ("file", "ExportImage")] {
        assert_eq!(Cloud::Huawei.operation(alias).map(|operation| operation.name), Ok(name));
    }
    for unknown in ["", "images", "copyimagecrossregion", "{image_id}"] {
        assert_eq!(Cloud::Huawei.operation(unknown).unwrap_err().code, "operation", "{unknown}");
    }
    for operation in Cloud::Huawei.operations() {
        assert!(!operation.doc().is_empty() && operation.fields.iter().all(|field| !field.doc().is_empty()), "{}", operation.name);
        for place in operation.path.split('{').skip(1).filter_map(|tail| tail.split('}').next()) {
            assert!(operation.fields.iter().any(|field| field.name == place), "{}: {place}", operation.name);
        }
    }
}

// ---- Rules ----

/// Parameters that break no rule, by operation.
fn sound(operation: &str) -> Value {
    const IMAGE: &str = "465076de-dc36-4aec-80f5-ef9d8009428f";
    match operation {
        "AddImageMembers" | "DeleteImageMembers" => json!({"images": [IMAGE], "projects": ["0123456789abcdef0123456789abcdef"]}),
        "AddImageTags" => json!({"image_id": IMAGE, "action": "create", "tags": [{"key": "k", "value": ""}]}),
        "CopyImageCrossRegion" => json!({
            "image_id": IMAGE, "name": "web_v2", "description": "test", "region": "cn-east-3", "project_name": "cn-east-3",
            "agency_name": "ims_copy_image",
        }),
        "CopyImageInRegion" | "CopyImageInRegionInSafeMode" => json!({"image_id": IMAGE, "name": "web_v2"}),
        "CreateTemporaryAccessKeyByAgency" => json!({"agency_name": "ferry", "domain_name": "other"}),
        "ExportImage" | "ExportImageInSafeMode" => json!({"image_id": IMAGE, "bucket_url": "ims-image:web.qcow2", "file_format": "qcow2"}),
        "ShowJob" | "ShowJobProgress" => json!({"job_id": "edc89b490d7d4392898e19b2deb34797"}),
        "UpdateImage" => json!({"image_id": IMAGE, "name": "web_v3"}),
        "UpdateImageMembers" => {
            json!({"images": [IMAGE], "project_id": "0123456789abcdef0123456789abcdef", "status": "accepted"})
        }
        "DeleteImage" | "ListImageMembers" | "ShowImage" => json!({"image_id": IMAGE}),
        _ => json!({}),
    }
}

/// The image of the documented listing.
fn documented_image() -> Value {
    exchange("ListImages")["answer"]["body"].as_str().map(|body| serde_json::from_str::<Value>(body).unwrap()["images"][0].clone()).unwrap()
}

/// Checks sound parameters after a change. Keys are parameters (null removes one), but for `@image` (attributes of
/// the documented image to change), `@region`, `@project_id` and `@domain_id` (the place), `@quota` (used, total)
/// and `@running`.
fn findings(operation: &str, change: &Value) -> Vec<imgferry::Problem> {
    let operation = Cloud::Huawei.operation(operation).unwrap();
    let mut at = At::region("cn-north-4");
    at.project_id = Some("0123456789abcdef0123456789abcdef".into());
    at.domain_id = Some("0123456789abcdef0123456789abcdef".into());
    let (mut params, mut image, mut quota, mut running) = (params(sound(operation.name)), None, None, None);
    for (key, value) in change.as_object().unwrap() {
        let text = value.as_str().map(str::to_owned);
        match key.as_str() {
            "@image" => {
                let mut record = documented_image();
                record.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
                image = Some(record);
            }
            "@region" => at.region = text.unwrap(),
            "@project_id" => at.project_id = text,
            "@domain_id" => at.domain_id = text,
            "@quota" => quota = Some(Quota { used: value[0].as_u64(), total: value[1].as_u64() }),
            "@running" => running = value.as_u64().map(|running| running as u32),
            _ if value.is_null() => drop(params.remove(key)),
            _ => drop(params.insert(key.clone(), value.clone())),
        }
    }
    let image = image.map(|record| {
        let reply = imgferry::read(Cloud::Huawei.operation("ShowImage").unwrap(), &answered(200, &record.to_string())).unwrap();
        let Facts::Images(page) = reply.facts else { panic!("no image: {record}") };
        page.items.into_iter().next().unwrap()
    });
    imgferry::check(operation, &params, &at, &Known { image: image.as_ref(), quota: quota.as_ref(), running, ..Known::default() }).problems
}

/// A rule, the operation it is tried on, a change it accepts and one it rejects.
fn pairs() -> Vec<(&'static str, &'static str, Value, Value)> {
    let long = |n: usize| "镜".repeat(n);
    let gib = |n: u64| json!({"__image_size": (n << 30).to_string()});
    let above = |n: u64| json!({"__image_size": ((n << 30) + 1).to_string()});
    const COPY: &str = "CopyImageCrossRegion";
    const IN_REGION: &str = "CopyImageInRegion";
    const EXPORT: &str = "ExportImage";
    const LIST: &str = "ListImages";
    const UUID: &str = "bd66288c-9081-460a-8227-4cbd0c814cb4";
    vec![
        ("huawei.any.region.form", COPY, json!({"region": "eu-west-0"}), json!({"region": "CN-NORTH-1"})),
        ("huawei.any.region.form", COPY, json!({"region": "my-kualalumpur-1"}), json!({"region": "cn-north-1 "})),
        ("huawei.any.region.form", COPY, json!({"@region": "cn-north-1"}), json!({"@region": ""})),
        ("huawei.any.region.form", "ListRegions", json!({"@region": ""}), json!({"@region": "cnnorth"})),
        ("huawei.any.region.form", COPY, json!({"region": "eu-west-0"}), json!({"region": "-eu-west-0"})),
        ("huawei.any.region.form", COPY, json!({"region": "eu-west-0"}), json!({"region": "eu-west-"})),
        ("huawei.any.region.unknown", COPY, json!({"region": "af-north-1"}), json!({"region": "cn-north-77"})),
        ("huawei.any.region.unknown", COPY, json!({"@region": "region-1"}), json!({"@region": "eu-de"})),
        ("huawei.any.region.zone", COPY, json!({"region": "cn-north-9"}), json!({"region": "cn-north-9a"})),
        ("huawei.any.region.zone", COPY, json!({"@region": "ap-southeast-1"}), json!({"@region": "ap-southeast-1b"})),
        ("huawei.any.region.placeholder", COPY, json!({"region": "cn-north-9"}), json!({"region": "region-1"})),
        ("huawei.any.region.placeholder", COPY, json!({"region": "region-one"}), json!({"region": "region-22"})),
        ("huawei.any.id.character", "ShowImage", json!({"image_id": "a.b_c~d-e"}), json!({"image_id": "a/b"})),
        ("huawei.any.id.character", "ShowImage", json!({"image_id": "..a"}), json!({"image_id": ".."})),
        ("huawei.any.id.character", "ShowJob", json!({"@project_id": "p"}), json!({"@project_id": "a b"})),
        ("huawei.any.id.character", "ListRegions", json!({"@domain_id": "d"}), json!({"@domain_id": "a\r\nb"})),
        ("huawei.any.id.uuid", COPY, json!({"vault_id": UUID}), json!({"vault_id": "vault"})),
        ("huawei.any.id.uuid", IN_REGION, json!({"cmk_id": ""}), json!({"cmk_id": "key"})),
        ("huawei.any.id.uuid", "AddImageMembers", json!({"images": [UUID]}), json!({"images": [UUID, "x"]})),
        ("huawei.any.id.hex", "ShowJobProgress", json!({}), json!({"job_id": UUID})),
        ("huawei.any.id.uuid", "ShowImage", json!({}), json!({"image_id": "web"})),
        ("huawei.any.id.uuid", LIST, json!({"marker": UUID}), json!({"marker": "2"})),
        ("huawei.any.id.hex", "ShowJobProgress", json!({}), json!({"job_id": "g".repeat(32)})),
        ("huawei.any.id.hex", "ShowJobProgress", json!({}), json!({"job_id": "0".repeat(31)})),
        ("huawei.any.id.hex", "ShowImageQuota", json!({}), json!({"@project_id": "p"})),
        ("huawei.any.project_id.required", "ShowJob", json!({"project_id": "p", "@project_id": null}), json!({"@project_id": null})),
        ("huawei.any.list.empty", "AddImageMembers", json!({"projects": ["p"]}), json!({"projects": []})),
        ("huawei.any.list.empty", "AddImageTags", json!({}), json!({"tags": []})),
        ("huawei.any.word.unknown", LIST, json!({"__imagetype": "gold"}), json!({"__imagetype": "public"})),
        ("huawei.any.name.empty", COPY, json!({"name": "n"}), json!({"name": ""})),
        ("huawei.any.name.length", COPY, json!({"name": long(128)}), json!({"name": long(129)})),
        ("huawei.any.name.space", COPY, json!({"name": "a b"}), json!({"name": " a"})),
        ("huawei.any.name.space", "UpdateImage", json!({"name": "a"}), json!({"name": "a "})),
        ("huawei.any.name.character", COPY, json!({"name": "镜像 copy_1.x-Y"}), json!({"name": "a/b"})),
        ("huawei.any.name.character", IN_REGION, json!({"name": "naive"}), json!({"name": "naïve"})),
        ("huawei.any.name.character", COPY, json!({"name": "\u{250}"}), json!({"name": "\u{24f}"})),
        ("huawei.any.name.alphabet", COPY, json!({"name": "\u{4e00}\u{9fa5}"}), json!({"name": "カナ"})),
        ("huawei.any.name.alphabet", COPY, json!({"name": "rocket"}), json!({"name": "🚀"})),
        ("huawei.any.description.length", COPY, json!({"description": long(1024)}), json!({"description": long(1025)})),
        ("huawei.any.description.line_break", COPY, json!({"description": "a b"}), json!({"description": "a\rb"})),
        ("huawei.any.description.line_break", "UpdateImage", json!({"__description": ""}), json!({"__description": "a\nb"})),
        ("huawei.any.description.brackets", COPY, json!({"description": "a=b"}), json!({"description": "a<b"})),
        ("huawei.any.description.brackets", IN_REGION, json!({"description": "》"}), json!({"description": ">"})),
        ("huawei.any.description.strict", COPY, json!({"description": "test1复制"}), json!({"description": "test copy"})),
        ("huawei.any.enterprise_project_id.form", IN_REGION, json!({"enterprise_project_id": "0"}), json!({"enterprise_project_id": "1"})),
        (
            "huawei.any.enterprise_project_id.form",
            LIST,
            json!({"enterprise_project_id": "all_granted_eps"}),
            json!({"enterprise_project_id": ""}),
        ),
        ("huawei.any.image.active", COPY, json!({"@image": {}}), json!({"@image": {"status": "saving"}})),
        ("huawei.any.image.iso", COPY, json!({"@image": {"disk_format": "raw"}}), json!({"@image": {"virtual_env_type": "IsoImage"}})),
        ("huawei.any.image.iso", EXPORT, json!({"@image": {}}), json!({"@image": {"disk_format": "iso"}})),
        ("huawei.any.quota.full", COPY, json!({"@quota": [19, 20]}), json!({"@quota": [20, 20]})),
        ("huawei.CopyImageCrossRegion.region.same", COPY, json!({"region": "cn-north-1"}), json!({"region": "cn-north-4"})),
        ("huawei.CopyImageCrossRegion.region.same", COPY, json!({"@region": "cn-east-2"}), json!({"region": " cn-north-4 "})),
        ("huawei.CopyImageCrossRegion.project_name.empty", COPY, json!({}), json!({"project_name": ""})),
        (
            "huawei.CopyImageCrossRegion.project_name.length",
            COPY,
            json!({"project_name": format!("cn-east-3_{}", "x".repeat(54))}),
            json!({"project_name": format!("cn-east-3_{}", "x".repeat(55))}),
        ),
        (
            "huawei.CopyImageCrossRegion.project_name.character",
            COPY,
            json!({"project_name": "cn-east-3_a-B"}),
            json!({"project_name": "cn-east-3 a"}),
        ),
        (
            "huawei.CopyImageCrossRegion.project_name.region",
            COPY,
            json!({"project_name": "cn-east-3_sub"}),
            json!({"project_name": "cn-east-2"}),
        ),
        (
            "huawei.CopyImageCrossRegion.project_name.region",
            COPY,
            json!({"region": "region-1", "project_name": "project-1"}),
            json!({"project_name": "cn-east-3x"}),
        ),
        ("huawei.CopyImageCrossRegion.project_name.mos", COPY, json!({}), json!({"project_name": "MOS"})),
        ("huawei.CopyImageCrossRegion.agency_name.empty", COPY, json!({"agency_name": "Copy"}), json!({"agency_name": ""})),
        (
            "huawei.CopyImageCrossRegion.agency_name.length",
            COPY,
            json!({"agency_name": "a".repeat(64)}),
            json!({"agency_name": "a".repeat(65)}),
        ),
        ("huawei.CopyImageCrossRegion.agency_name.space", COPY, json!({"agency_name": "a b"}), json!({"agency_name": "a "})),
        (
            "huawei.CopyImageCrossRegion.image_id.encrypted",
            COPY,
            json!({"@image": {"__system__cmkid": ""}}),
            json!({"@image": {"__system__cmkid": UUID}}),
        ),
        (
            "huawei.CopyImageCrossRegion.image_id.size",
            COPY,
            json!({"@region": "cn-north-1", "region": "cn-north-9", "@image": gib(128)}),
            json!({"@region": "cn-north-1", "region": "cn-north-9", "@image": above(128)}),
        ),
        ("huawei.CopyImageCrossRegion.image_id.size", COPY, json!({"@image": gib(300)}), json!({"@image": above(300)})),
        ("huawei.CopyImageCrossRegion.image_id.size_listed", COPY, json!({"@image": gib(128)}), json!({"@image": above(128)})),
        (
            "huawei.CopyImageCrossRegion.image_id.size_half",
            COPY,
            json!({"@image": gib(128), "@region": "cn-north-1"}),
            json!({"@image": above(128), "@region": "cn-north-1"}),
        ),
        ("huawei.CopyImageCrossRegion.image_id.size_unknown", COPY, json!({"@image": {}}), json!({"@image": {"__image_size": "0"}})),
        (
            "huawei.CopyImageCrossRegion.image_id.shared",
            COPY,
            json!({"@image": {"visibility": "shared"}}),
            json!({"@image": {"__imagetype": "shared"}}),
        ),
        ("huawei.CopyImageCrossRegion.image_id.public", COPY, json!({"@image": {}}), json!({"@image": {"__imagetype": "gold"}})),
        (
            "huawei.CopyImageCrossRegion.image_id.public",
            COPY,
            json!({"@image": {"__imagetype": "new"}}),
            json!({"@image": {"__imagetype": "market"}}),
        ),
        (
            "huawei.CopyImageCrossRegion.vault_id.required",
            COPY,
            json!({"@image": {"__whole_image": true}, "vault_id": UUID}),
            json!({"@image": {"__whole_image": "true"}}),
        ),
        (
            "huawei.CopyImageCrossRegion.vault_id.required",
            COPY,
            json!({"@image": {"__backup_id": ""}}),
            json!({"@image": {"__backup_id": UUID}, "vault_id": ""}),
        ),
        ("huawei.CopyImageCrossRegion.vault_id.needless", COPY, json!({"vault_id": UUID}), json!({"@image": {}, "vault_id": UUID})),
        (
            "huawei.CopyImageCrossRegion.region.whole",
            COPY,
            json!({"@image": {"__whole_image": true}, "vault_id": UUID}),
            json!({"@image": {"__whole_image": true}, "vault_id": UUID, "region": "cn-south-2"}),
        ),
        (
            "huawei.CopyImageCrossRegion.image_id.windows",
            COPY,
            json!({"@image": {"__os_type": "Windows"}}),
            json!({"@image": {"__os_type": "Windows"}, "@region": "ap-southeast-3"}),
        ),
        ("huawei.CopyImageCrossRegion.image_id.running", COPY, json!({"@running": 4}), json!({"@running": 5})),
        ("huawei.CopyImageCrossRegion.image_id.assumed", COPY, json!({"@image": {}}), json!({})),
        ("huawei.CopyImageCrossRegion.region.assumed", COPY, json!({"@running": 0, "@quota": [0, 1]}), json!({"@running": 0})),
        (
            "huawei.CopyImageInRegion.image_id.whole",
            IN_REGION,
            json!({"@image": {}}),
            json!({"@image": {"__data_origin": "server_backup,x"}}),
        ),
        (
            "huawei.CopyImageInRegion.cmk_id.same",
            IN_REGION,
            json!({"@image": {}, "cmk_id": UUID}),
            json!({"@image": {"__system__cmkid": "k"}, "cmk_id": UUID}),
        ),
        (
            "huawei.CopyImageInRegion.image_id.shared_encrypted",
            IN_REGION,
            json!({"@image": {"__system__cmkid": "k"}}),
            json!({"@image": {"__imagetype": "shared", "__system__cmkid": "k"}}),
        ),
        (
            "huawei.CopyImageInRegion.cmk_id.shared",
            IN_REGION,
            json!({"@image": {"__imagetype": "shared"}, "cmk_id": ""}),
            json!({"@image": {"__imagetype": "shared"}, "cmk_id": UUID}),
        ),
        (
            "huawei.CopyImageInRegion.image_id.shared_size",
            IN_REGION,
            json!({"@image": above(128)}),
            json!({"@image": {"__imagetype": "shared", "__image_size": "999999999999"}}),
        ),
        (
            "huawei.CopyImageInRegion.enterprise_project_id.shared",
            IN_REGION,
            json!({"@image": {"__imagetype": "shared"}, "enterprise_project_id": "0"}),
            json!({"@image": {"__imagetype": "shared"}, "enterprise_project_id": UUID}),
        ),
        ("huawei.CopyImageInRegion.image_id.accepted", IN_REGION, json!({"@image": {}}), json!({"@image": {"__imagetype": "shared"}})),
        ("huawei.CopyImageInRegion.image_id.assumed", IN_REGION, json!({"@image": {}}), json!({})),
        ("huawei.ExportImage.bucket_url.form", EXPORT, json!({"bucket_url": "b:dir/big:1.zvhd2"}), json!({"bucket_url": "b"})),
        ("huawei.ExportImage.bucket_url.form", EXPORT, json!({"bucket_url": "b:o"}), json!({"bucket_url": ":o"})),
        ("huawei.ExportImage.bucket_url.space", EXPORT, json!({}), json!({"bucket_url": "b:my image"})),
        ("huawei.ExportImage.file_format.value", EXPORT, json!({"file_format": "zvhd2"}), json!({"file_format": "vdi"})),
        (
            "huawei.ExportImage.file_format.zvhd2",
            EXPORT,
            json!({"file_format": "zvhd2", "is_quick_export": true}),
            json!({"file_format": "zvhd2", "is_quick_export": false}),
        ),
        ("huawei.ExportImage.file_format.zvhd2", EXPORT, json!({"file_format": "zvhd"}), json!({"file_format": "zvhd2"})),
        ("huawei.any.members.required", "AddImageMembers", json!({"projects": null, "domains": ["d"]}), json!({"projects": null})),
        ("huawei.any.members.required", "DeleteImageMembers", json!({"projects": null, "organizations": ["o"]}), json!({"projects": null})),
        ("huawei.any.list.empty", "DeleteImageMembers", json!({"domains": ["d"]}), json!({"domains": []})),
        (
            "huawei.ExportImage.file_format.required",
            EXPORT,
            json!({"file_format": null, "is_quick_export": true}),
            json!({"file_format": null, "is_quick_export": false}),
        ),
        ("huawei.ExportImage.file_format.quick", EXPORT, json!({"is_quick_export": false}), json!({"is_quick_export": true})),
        (
            "huawei.ExportImage.image_id.whole",
            EXPORT,
            json!({"@image": {"__whole_image": "false"}}),
            json!({"@image": {"__whole_image": "True"}}),
        ),
        (
            "huawei.ExportImage.is_quick_export.encrypted",
            EXPORT,
            json!({"@image": {"__system__cmkid": "k"}}),
            json!({"@image": {"__system__cmkid": "k"}, "file_format": null, "is_quick_export": true}),
        ),
        ("huawei.ExportImage.image_id.size", EXPORT, json!({"@image": gib(1023)}), json!({"@image": gib(1024)})),
        (
            "huawei.ExportImage.image_id.size_quick",
            EXPORT,
            json!({"@image": above(128), "file_format": null, "is_quick_export": true}),
            json!({"@image": above(128)}),
        ),
        ("huawei.ExportImage.image_id.public", EXPORT, json!({"@image": {}}), json!({"@image": {"__imagetype": "gold"}})),
        ("huawei.ExportImage.image_id.market", EXPORT, json!({"@image": {}}), json!({"@image": {"__imagetype": "market"}})),
        ("huawei.ExportImage.image_id.assumed", EXPORT, json!({"@image": {}}), json!({})),
        ("huawei.ListImages.limit.positive", LIST, json!({"limit": 1}), json!({"limit": 0})),
        ("huawei.ListImages.limit.large", LIST, json!({"limit": 500}), json!({"limit": 501})),
        ("huawei.ListImages.sort.value", LIST, json!({"sort_key": "size", "sort_dir": "asc"}), json!({"sort_dir": "up"})),
        (
            "huawei.ListImages.time.form",
            LIST,
            json!({"created_at": "gte:2024-01-01T00:00:00Z"}),
            json!({"created_at": "2024-01-01T00:00:00Z"}),
        ),
        ("huawei.ListImages.time.form", LIST, json!({"updated_at": "lt:2024-06-01 00:00:00"}), json!({"updated_at": "lt:2024-06-01"})),
        (
            "huawei.ListImages.time.form",
            LIST,
            json!({"updated_at": "neq:2024-02-29 00:00:00"}),
            json!({"updated_at": "lt:2023-02-29 00:00:00"}),
        ),
        (
            "huawei.ListImages.time.form",
            LIST,
            json!({"updated_at": "neq:2024-02-29T00:00:00Z"}),
            json!({"updated_at": "since:2024-02-29T00:00:00Z"}),
        ),
        (
            "huawei.ListImages.time.form",
            LIST,
            json!({"created_at": "gte:2024-02-29 00:00:00"}),
            json!({"created_at": "gte:2024-02-29T08:00:00+08:00"}),
        ),
        (
            "huawei.ListImages.time.form",
            LIST,
            json!({"created_at": "gte:2024-02-29 00:00:00"}),
            json!({"created_at": "since:2024-02-29 00:00:00"}),
        ),
        (
            "huawei.ListImages.member_status.visibility",
            LIST,
            json!({"member_status": "accepted", "visibility": "shared"}),
            json!({"member_status": "accepted"}),
        ),
        ("huawei.ListImages.tag.form", LIST, json!({"tag": "环境=生产"}), json!({"tag": "production"})),
        ("huawei.any.page.positive", "ListProjects", json!({"page": 1, "per_page": 5000}), json!({"page": 0, "per_page": 1})),
        ("huawei.any.per_page.range", "ListAgencies", json!({"page": 1, "per_page": 500}), json!({"page": 1, "per_page": 501})),
        ("huawei.any.page.together", "ListProjects", json!({}), json!({"page": 1})),
        ("huawei.any.page.together", "ListProjects", json!({"page": 1, "per_page": 10}), json!({"per_page": 10})),
        (
            "huawei.ListAgencies.domain_id.required",
            "ListAgencies",
            json!({"domain_id": "d", "@domain_id": null}),
            json!({"@domain_id": null}),
        ),
        ("huawei.AddImageTags.action.value", "AddImageTags", json!({"action": "delete"}), json!({"action": "Create"})),
        ("huawei.AddImageTags.tags.key", "AddImageTags", json!({}), json!({"tags": [{"key": "", "value": "v"}]})),
        ("huawei.UpdateImage.image_id.nothing", "UpdateImage", json!({"name": null, "min_ram": 1}), json!({"name": null, "op": "add"})),
        ("huawei.UpdateImage.op.value", "UpdateImage", json!({"op": "replace"}), json!({"op": "remove"})),
        ("huawei.UpdateImage.max_ram.number", "UpdateImage", json!({"max_ram": "0"}), json!({"max_ram": "4 GB"})),
        ("huawei.UpdateImageMembers.status.value", "UpdateImageMembers", json!({"status": "rejected"}), json!({"status": "pending"})),
    ]
}

#[test]
fn every_rule_accepts_and_rejects() {
    let pairs = pairs();
    for (rule, operation, accepted, rejected) in &pairs {
        let broken = |change: &Value| findings(operation, change).into_iter().find(|problem| problem.rule == *rule);
        assert_eq!(broken(accepted), None, "{rule} should accept {accepted}");
        let problem = broken(rejected).unwrap_or_else(|| panic!("{rule} should reject {rejected}"));
        assert!(!problem.path.is_empty(), "{rule}");
        for message in [&problem.message_en, &problem.message_zh] {
            assert!(!message.is_empty() && !message.contains('{') && !message.contains('}'), "{rule}: {message}");
        }
        assert!(!problem.message_zh.is_ascii(), "{rule}: {}", problem.message_zh);
    }
    for rule in Cloud::Huawei.rules() {
        assert!(pairs.iter().any(|(id, ..)| *id == rule.id()), "{} has no pair", rule.id());
        assert!(rule.id().starts_with("huawei.") && rule.id().split('.').count() == 4, "{}", rule.id());
        assert!(rule.vendor_code().is_empty() || Cloud::Huawei.explain(rule.vendor_code(), None).known, "{}", rule.id());
        assert!(!rule.source().is_empty(), "{}", rule.id());
    }
    let mut ids: Vec<&str> = Cloud::Huawei.rules().map(|rule| rule.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Cloud::Huawei.rules().count(), "every id once");
}

#[test]
fn a_size_is_told_in_whole_gib() {
    for (bytes, told) in [((300_u64 << 30) + 1, "301"), (512 << 30, "512")] {
        let found = findings("CopyImageCrossRegion", &json!({"@image": {"__image_size": bytes.to_string()}}));
        let size = found.iter().find(|problem| problem.rule == "huawei.CopyImageCrossRegion.image_id.size").expect("it is too large");
        assert!(size.message_en.contains(told) && size.message_zh.contains(told), "{size:?}");
    }
}

#[test]
fn nothing_documented_raises_an_alarm() {
    for operation in Cloud::Huawei.operations() {
        let found = findings(operation.name, &json!({}));
        assert!(found.iter().all(|problem| problem.severity == Severity::Note), "{}: {found:?}", operation.name);
    }
    // The page's own example, and the placeholders of its regional editions.
    for (region, project) in [("region-1", "region-1"), ("region-1", "project-1")] {
        let found = findings(
            "CopyImageCrossRegion",
            &json!({
                "name": "test-copy-1001-4", "description": "test", "region": region, "project_name": project, "@project_id": null,
                "@image": {}, "@quota": [0, 20],
            }),
        );
        assert!(found.iter().all(|problem| problem.severity == Severity::Note), "{found:?}");
    }
    for (id, found) in vector_findings() {
        assert!(found.iter().all(|problem| problem.severity == Severity::Note), "{id}: {found:?}");
    }
}

/// What the rules say of the requests that the vendor's client made.
fn vector_findings() -> Vec<(String, Vec<imgferry::Problem>)> {
    let vectors = vectors("huawei");
    let vectors = vectors["vectors"].as_array().unwrap().iter();
    vectors
        .filter_map(|vector| {
            let (id, input) = (vector["id"].as_str().unwrap(), &vector["input"]);
            let operation = Cloud::Huawei.operation(our_name(vector["operation"].as_str().unwrap())).ok()?;
            let mut at = At::region(input["region"].as_str().unwrap());
            at.project_id = input["project_id"].as_str().map(str::to_owned);
            at.domain_id = input["domain_id"].as_str().map(str::to_owned);
            let bare = id.starts_with("raw-") || id.starts_with("derived-") || id.starts_with("path-");
            (!bare).then(|| (id.to_owned(), imgferry::check(operation, &params(input["params"].clone()), &at, &Known::default()).problems))
        })
        .collect()
}

#[test]
fn a_bad_name_is_shown_with_position_and_character() {
    let found = findings("CopyImageCrossRegion", &json!({"name": "镜像/1"}));
    let problem = found.iter().find(|problem| problem.rule == "huawei.any.name.character").unwrap();
    assert!(problem.message_en.contains("'/' at position 2"), "{}", problem.message_en);
    assert!(problem.message_zh.contains("位置 2"), "{}", problem.message_zh);
    assert_eq!((problem.path.as_str(), problem.vendor_code), ("name", Some("IMG.0003")));
}

#[test]
fn what_was_given_is_quoted() {
    for (operation, params, rule, told) in [
        ("ExportImage", json!({"file_format": "iso"}), "huawei.ExportImage.file_format.value", "not \"iso\""),
        ("ShowJobProgress", json!({"job_id": "ab/c"}), "huawei.any.id.character", ": '/' at position 2;"),
        ("ShowJobProgress", json!({"job_id": ".."}), "huawei.any.id.character", ": it is \"..\";"),
    ] {
        let found = findings(operation, &params);
        let problem = found.iter().find(|problem| problem.rule == rule).unwrap_or_else(|| panic!("{operation}: {found:?}"));
        assert!(problem.message_en.contains(told), "{}", problem.message_en);
    }
}

#[test]
fn no_id_changes_any_path() {
    let mut count = 0;
    for operation in Cloud::Huawei.operations() {
        for field in operation.fields.iter().filter(|field| field.place == Place::Path) {
            let found = findings(operation.name, &json!({field.name: "a/../b"}));
            let is_it = |problem: &&imgferry::Problem| problem.rule == "huawei.any.id.character" && problem.path == field.name;
            assert!(found.iter().any(|problem| is_it(&problem)), "{} {}: {found:?}", operation.name, field.name);
            count += 1;
        }
    }
    assert!(count > 10);
}

#[test]
fn all_findings_come_at_once_and_wrong_shapes_are_taken_calmly() {
    let found = findings(
        "CopyImageCrossRegion",
        &json!({"name": " a/ ", "description": "<", "region": "cn-north-4", "project_name": "", "agency_name": "", "image_id": "a b"}),
    );
    for rule in ["any.name.space", "any.name.character", "any.description.brackets", "any.id.character"] {
        assert!(found.iter().any(|problem| problem.rule == format!("huawei.{rule}")), "{rule}: {found:?}");
    }
    for rule in ["region.same", "project_name.empty", "agency_name.empty"] {
        assert!(found.iter().any(|problem| problem.rule == format!("huawei.CopyImageCrossRegion.{rule}")), "{rule}: {found:?}");
    }
    for operation in Cloud::Huawei.operations() {
        for field in operation.fields {
            for wrong in
                [json!(null), json!(true), json!(1.5), json!(i64::MIN), json!(""), json!("\u{0}"), json!([null, 1, {}]), json!({"a": []})]
            {
                findings(operation.name, &json!({field.name: wrong}));
            }
        }
    }
}

// ---- Exchanges, answers and errors ----

/// A recorded exchange: the request that an operation makes, an answer to it, and the facts of the answer.
fn exchange(name: &str) -> Value {
    let path = format!("{}/../exchanges/huawei/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))).unwrap()
}

fn exchanges() -> Vec<(String, Value)> {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../exchanges/huawei")).unwrap();
    let mut names: Vec<String> =
        files.filter_map(|file| Some(file.unwrap().file_name().to_str()?.strip_suffix(".json")?.to_owned())).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), exchange(&name))).collect()
}

fn answered(status: u16, body: &str) -> Answer {
    Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn pairs_of(headers: &Value) -> Vec<(String, String)> {
    headers.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn read(operation: &str, answer: &Answer) -> Result<imgferry::api::facts::Reply, imgferry::Error> {
    imgferry::read(Cloud::Huawei.operation(operation).unwrap(), answer)
}

#[test]
fn every_operation_has_an_exchange_and_keeps_to_it() {
    let exchanges = exchanges();
    for operation in Cloud::Huawei.operations() {
        assert!(exchanges.iter().any(|(_, exchange)| exchange["operation"] == operation.name), "{}", operation.name);
    }
    for (name, exchange) in &exchanges {
        let mut at = At::region(exchange["at"]["region"].as_str().unwrap());
        at.project_id = exchange["at"]["project_id"].as_str().map(str::to_owned);
        at.domain_id = exchange["at"]["domain_id"].as_str().map(str::to_owned);
        let operation = Cloud::Huawei.operation(exchange["operation"].as_str().unwrap()).unwrap();
        let request = imgferry::check_and_build(operation, &params(exchange["params"].clone()), &at).unwrap().request().clone();
        let wanted = &exchange["request"];
        assert_eq!(request.method.as_str(), wanted["method"], "{name}");
        assert_eq!(request.url, wanted["url"].as_str().unwrap(), "{name}");
        assert_eq!(request.body, wanted["body"].as_str().unwrap(), "{name}");
        let mut headers = request.headers.to_vec().clone();
        headers.sort();
        assert_eq!(headers, pairs_of(&wanted["headers"]), "{name}");

        let answer = &exchange["answer"];
        let answer = Answer {
            status: u16::try_from(answer["status"].as_u64().unwrap()).unwrap(),
            headers: pairs_of(&answer["headers"]),
            body: answer["body"].as_str().unwrap().into(),
        };
        match (imgferry::read(operation, &answer), exchange.get("error")) {
            (Ok(reply), None) => {
                assert_eq!(reply.facts.to_value(), exchange["facts"], "{name}");
                assert_eq!(reply.request_id.as_deref(), Some("7c1f3a52e0b84f0d9a6b1c2d3e4f5a6b"), "{name}");
                // What holds a secret is not shown a second time.
                if exchange["facts"]["type"] == "temporary" {
                    assert_eq!(reply.data, Value::Null, "{name}");
                } else if !answer.body.is_empty() {
                    assert_eq!(reply.data, serde_json::from_slice::<Value>(&answer.body).unwrap(), "{name}");
                }
            }
            (Err(error), Some(wanted)) => {
                let (shown, wanted) = (error.to_value(), wanted.as_object().unwrap());
                wanted.iter().for_each(|(field, value)| assert_eq!(&shown[field], value, "{name}: {field}"));
                assert_eq!(error.request_id.as_deref(), exchange["request_id"].as_str(), "{name}");
            }
            (read, _) => panic!("{name}: {read:?}"),
        }
    }
}

#[test]
fn every_envelope_is_opened() {
    for (status, body, code, kind, message) in [
        (
            400,
            r#"{"error":{"message":"The imagetype is invalid.","code":"IMG.0024"}}"#,
            "IMG.0024",
            Kind::Invalid,
            "The imagetype is invalid.",
        ),
        (401, r#"{"error_msg":"bad","error_code":"APIGW.0301","request_id":"r1"}"#, "APIGW.0301", Kind::Auth, "bad"),
        (400, r#"{"errorCode":"IMG.0143","errorMsg":"enc"}"#, "IMG.0143", Kind::Unsupported, "enc"),
        (400, r#"{"code":"IMG.0149","message":"busy"}"#, "IMG.0149", Kind::Throttled, "busy"),
        (403, r#"{"error":{"message":"no","code":403,"title":"Forbidden"}}"#, "403", Kind::Permission, "no"),
        (404, r#"{"itemNotFound":{"message":"gone","code":404}}"#, "404", Kind::NotFound, "gone"),
        (400, r#"{"badRequest":{"message":"odd","code":400}}"#, "400", Kind::Invalid, "odd"),
        (400, r#"{"error":{"error_code":"IMG.0145","error_msg":"project"}}"#, "IMG.0145", Kind::Invalid, "project"),
        (400, r#"{"errorcode":["IMG.0144"],"message":["none"]}"#, "IMG.0144", Kind::NotFound, "none"),
        (400, r#"{"errorcode":"IMG.0144"}"#, "IMG.0144", Kind::NotFound, "the image does not exist"),
        (
            403,
            r#"{"error":{"message":"denied","code":"IMG.0026"},"encoded_authorization_message":"XYZ"}"#,
            "IMG.0026",
            Kind::Permission,
            "denied",
        ),
        (404, "<html><h1>404 Not Found</h1></html>", "http.404", Kind::NotFound, "HTTP status 404: <html><h1>404 Not Found</h1></html>"),
        (502, "", "http.502", Kind::Server, "HTTP status 502: "),
        (
            400,
            r#"{"error":{"message":"null","code":null}}"#,
            "http.400",
            Kind::Invalid,
            r#"HTTP status 400: {"error":{"message":"null","code":null}}"#,
        ),
        (400, r#"{"error_code":"","error_msg":"","code":"IMG.0001"}"#, "IMG.0001", Kind::Invalid, "the format of the body is wrong"),
        // A refusal inside a success is a refusal.
        (200, r#"{"error_code":"IMG.0142","error_msg":"same"}"#, "IMG.0142", Kind::Invalid, "same"),
        (200, r#"{"job_id":null,"error":{"code":"IMG.0015","message":"full"}}"#, "IMG.0015", Kind::Quota, "full"),
        (500, r#"{"job_id":"j","code":"IMG.0061"}"#, "IMG.0061", Kind::Server, "unknown system error"),
    ] {
        let error = read("CopyImageCrossRegion", &answered(status, body)).expect_err(body);
        assert_eq!((error.code.as_str(), error.kind, error.message.as_str()), (code, kind, message), "{body}");
        assert_eq!(error.status, Some(status), "{body}");
        assert!(!error.hint_en.is_empty() && !error.hint_zh.is_empty(), "{body}");
        if body.contains("r1") {
            assert_eq!(error.request_id.as_deref(), Some("r1"), "the body's, where no header has one");
        }
    }
    let answer = Answer {
        status: 503,
        headers: vec![("x-request-id".into(), "head".into()), ("Retry-After".into(), "30".into())],
        body: br#"{"error_code":"APIGW.0613","error_msg":"iam","request_id":"body"}"#.to_vec(),
    };
    let error = read("ShowImageQuota", &answer).unwrap_err();
    assert_eq!((error.request_id.as_deref(), error.wait_ms, error.retry), (Some("head"), Some(30_000), Retry::Backoff));
}

#[test]
fn a_launch_without_a_job_id_may_have_happened() {
    for body in ["{}", "[]", "null", "", r#"{"job_id":""}"#, r#"{"job_id":null}"#, r#"{"job_id":["j"]}"#, "{\"job_id\":\"j"] {
        for operation in ["CopyImageCrossRegion", "CopyImageInRegion", "ExportImage"] {
            let error = read(operation, &answered(200, body)).expect_err(body);
            assert_eq!((error.kind, error.retry), (Kind::Protocol, Retry::Unsure), "{operation} {body}");
        }
    }
}

#[test]
fn authentication_failures_are_told_apart_and_hide_keys() {
    let refused = |text: &str| {
        let body = json!({"error_code": "APIGW.0301", "error_msg": format!("Incorrect IAM authentication information: {text}")});
        read("ShowImageQuota", &answered(401, &body.to_string())).unwrap_err()
    };
    let expired = refused("signature expired, signature time:20211217T064303Z,server time:20211217T065804Z");
    assert_eq!((expired.retry, expired.server_time), (Retry::Clock, Millis::parse("2021-12-17T06:58:04Z")));
    let expired = refused("calc aksk signature fail:signature expired,signature time:20211217T064303Z,server time:20211217T065804Z");
    assert_eq!(expired.retry, Retry::Clock);
    assert_eq!(refused("signature expired, somehow").retry, Retry::Never, "without a server time there is nothing to correct by");

    let echoed = refused(
        "verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/||host:h|x-sdk-date:20240102T030405Z|\
         x-security-token:EXAMPLETOKEN+a/b==||host;x-sdk-date;x-security-token|e3b0c442",
    );
    assert_eq!(echoed.retry, Retry::Never);
    assert!(echoed.message.contains("GET|/v2/cloudimages/||host:h|x-sdk-date:20240102T030405Z|"), "{}", echoed.message);
    assert!(echoed.message.contains("x-security-token:REDACTED||host;"), "{}", echoed.message);
    assert!(!echoed.message.contains("EXAMPLETOKEN"), "{}", echoed.message);

    for unknown in ["ak HWAKEXAMPLE000000031 not exist", "Get secretKey failed,ak:HWAKEXAMPLE000000031,err:ak not exist"] {
        let error = refused(unknown);
        assert_eq!(error.retry, Retry::Never);
        assert!(error.message.contains("HWAK…") && !error.message.contains("HWAKEXAMPLE0"), "{}", error.message);
    }
    let locked = refused("AK access failed to reach the limit,forbidden");
    assert_eq!((locked.retry, locked.wait_ms), (Retry::Backoff, Some(300_000)));
    assert!(locked.message.contains("AK access failed"), "{}", locked.message);
    assert_eq!(refused("decrypt token fail").retry, Retry::Credentials);
    let large = refused("calc aksk signature fail:body too large");
    assert_eq!((large.kind, large.retry), (Kind::Invalid, Retry::Never));
    assert!(large.hint_en.contains("12 MB") && !large.hint_en.contains("secret"), "{}", large.hint_en);
    assert_eq!(refused("something new").retry, Retry::Never);

    // What `read` tells, `explain` tells too.
    for text in ["signature expired", "ak HWAK… not exist", "AK access failed to reach the limit,forbidden", "decrypt token fail"] {
        let (read, told) = (refused(text), Cloud::Huawei.explain_message("APIGW.0301", text, Some(401)));
        assert_eq!((read.kind, read.hint_en.clone(), read.wait_ms), (told.kind, told.next_en, told.wait_ms), "{text}");
    }
}

#[test]
fn a_throttle_tells_how_long_to_wait() {
    for (text, wait) in [
        ("policy ip over ratelimit,limit:5,time:1 minute", Some(12_000)),
        ("policy user over ratelimit,limit:10,time:1 second", Some(100)),
        ("limit:1,time:2 hours", Some(7_200_000)),
        ("limit:1,time:99999 day", Some(86_400_000)),
        ("limit:0,time:1 minute", None),
        ("limit:99999999999999999999,time:1 minute", Some(1)),
        ("limit:1000000000000000,time:1 day", Some(1)),
        ("limit:5,time:9223372036854775807 day", Some(86_400_000)),
        ("limit:5,time:00000000000000000001 minute", Some(12_000)),
        ("limit:5,time:1 fortnight", None),
        ("slow down", None),
    ] {
        let body = json!({"error_code": "APIGW.0308", "error_msg": format!("The throttling threshold has been reached: {text}")});
        let error = read("ListImages", &answered(429, &body.to_string())).unwrap_err();
        assert_eq!((error.kind, error.retry, error.wait_ms), (Kind::Throttled, Retry::Backoff, wait), "{text}");
    }
}

#[test]
fn job_states_and_failures_are_read() {
    let job = |body: Value| match read("ShowJobProgress", &answered(200, &body.to_string())).unwrap().facts {
        Facts::Tasks(page) => page.items.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    };
    for (word, state) in [
        ("INIT", TaskState::Running),
        ("RUNNING", TaskState::Running),
        ("SUCCESS", TaskState::Succeeded),
        ("success", TaskState::Succeeded),
        ("FAIL", TaskState::Failed),
        ("failed", TaskState::Failed),
        ("Fail", TaskState::Failed),
        ("SUCCEEDED?", TaskState::Running),
    ] {
        let task = job(json!({"job_id": "j", "status": word}));
        assert_eq!((task.state, task.raw_state.as_str()), (state, word));
    }
    for (progress, percent) in [
        (json!(0.2), Some(20)),
        (json!(0.29), Some(29)),
        (json!(1), Some(100)),
        (json!("0.4"), Some(40)),
        (json!(55), Some(55)),
        (json!("55%"), Some(55)),
        (json!(1e300), Some(100)),
        (json!(-3), Some(0)),
        (json!("nan"), None),
        (json!(null), None),
        (json!([]), None),
    ] {
        assert_eq!(
            job(json!({"job_id": "j", "status": "RUNNING", "entities": {"process_percent": progress}})).percent,
            percent,
            "{progress}"
        );
    }
    for (rest, code, message) in [
        (json!({"error_code": "IMG.0151", "fail_reason": "why"}), "IMG.0151", "why"),
        (json!({"error_code": null, "fail_reason": "only why"}), "", "only why"),
        (json!({"entities": {"error_code": "E1", "error": "inner"}}), "E1", "inner"),
        (json!({"entities": {"addition_error_code": "E2", "addition_error_msg": "more"}}), "E2", "more"),
        (
            json!({"entities": {"sub_jobs_result": [{"status": "SUCCESS", "error_code": "no"}, {"status": "FAIL", "error_code": "E3", "fail_reason": "sub"}]}}),
            "E3",
            "sub",
        ),
    ] {
        let mut body = json!({"job_id": "j", "status": "FAIL"});
        body.as_object_mut().unwrap().extend(params(rest));
        assert_eq!(job(body).failure, Some((code.to_owned(), message.to_owned())));
    }
    assert_eq!(job(json!({"job_id": "j", "status": "FAIL", "entities": null})).failure, None);
}

#[test]
fn listings_page_by_marker_and_pass_over_what_is_no_image() {
    let listed = |body: Value| match read("ListImages", &answered(200, &body.to_string())).unwrap().facts {
        Facts::Images(page) => page,
        other => panic!("{other:?}"),
    };
    let page = listed(
        json!({"images": [{"id": "a"}, {"id": ""}, {}, null, 5, {"id": "b", "status": "hatching"}], "page_info": {"next_marker": "b"}}),
    );
    assert_eq!((page.items.len(), page.next.as_deref()), (2, Some("b")));
    let image = &page.items[1];
    assert_eq!((image.state, image.raw_state.as_str(), image.ownership), (State::Pending, "hatching", Ownership::Unknown));
    let many = |n: usize| (0..n).map(|n| json!({"id": format!("i{n}")})).collect::<Vec<_>>();
    assert_eq!(listed(json!({"images": many(500)})).next.as_deref(), Some("i499"), "an older installation's full page");
    assert_eq!(listed(json!({"images": many(499)})).next, None);
    assert_eq!(listed(json!({"images": many(500), "page_info": {}})).next, None);
    for (status, state) in [
        ("active", State::Ready),
        ("queued", State::Pending),
        ("saving", State::Pending),
        ("killed", State::Failed),
        ("deleted", State::Gone),
    ] {
        assert_eq!(listed(json!({"images": [{"id": "a", "status": status}]})).items[0].state, state);
    }
    for (origin, wanted) in
        [("image,cn-north-4,i1", true), ("image,cn-north-4,", false), ("image,x", false), ("volume,v", false), ("", false)]
    {
        assert_eq!(listed(json!({"images": [{"id": "a", "__data_origin": origin}]})).items[0].origin.is_some(), wanted, "{origin}");
    }
}

#[test]
fn the_catalogue_is_sorted_complete_and_in_two_languages() {
    let codes: Vec<_> = Cloud::Huawei.codes().rows().collect();
    assert!(codes.is_sorted_by(|a, b| a.code < b.code));
    assert_eq!(codes.len(), 246, "204 of the image service, 42 of the gateway");
    for row in codes {
        let explanation = Cloud::Huawei.explain(row.code, Some(400));
        assert!(explanation.known && explanation.code == row.code, "{}", row.code);
        for text in [&explanation.cause_en, &explanation.next_en] {
            assert!(!text.is_empty() && text.is_ascii() && !text.ends_with('.'), "{}: {text}", row.code);
        }
        for text in [&explanation.cause_zh, &explanation.next_zh] {
            assert!(!text.is_ascii(), "{}: {text}", row.code);
        }
        if row.kind == Kind::Throttled {
            assert_eq!(row.retry, Retry::Backoff, "{}", row.code);
        }
    }
}

#[test]
fn codes_outside_the_catalogue_are_judged_by_prefix_and_status() {
    let kind = |code: &str, status: Option<u16>| {
        let explanation = Cloud::Huawei.explain(code, status);
        (explanation.known, explanation.kind, explanation.retry)
    };
    assert_eq!(kind("APIG.0308", Some(429)), (true, Kind::Throttled, Retry::Backoff), "a dedicated gateway");
    assert_eq!(Cloud::Huawei.explain("APIG.0301", None).code, "APIG.0301");
    assert_eq!(kind("APIGW.0201", Some(400)), (true, Kind::Invalid, Retry::Never));
    assert_eq!(kind("APIGW.0201", Some(413)), (true, Kind::Invalid, Retry::Never));
    assert_eq!(kind("APIGW.0201", Some(502)), (true, Kind::Server, Retry::Unsure));
    assert_eq!(kind("IMG.9999", Some(400)), (false, Kind::Invalid, Retry::Never));
    assert_eq!(kind("IMG.9999", Some(500)), (false, Kind::Server, Retry::Unsure));
    assert_eq!(kind("IMG.9999", None), (false, Kind::Invalid, Retry::Never));
    assert_eq!(kind("404", Some(200)), (false, Kind::NotFound, Retry::Never));
    assert_eq!(kind("404", None), (false, Kind::NotFound, Retry::Never));
    for (status, wanted) in [
        (400, Kind::Invalid),
        (401, Kind::Auth),
        (403, Kind::Permission),
        (404, Kind::NotFound),
        (405, Kind::Unsupported),
        (406, Kind::Unsupported),
        (408, Kind::Server),
        (409, Kind::Conflict),
        (413, Kind::Invalid),
        (414, Kind::Invalid),
        (429, Kind::Throttled),
        (494, Kind::Invalid),
        (500, Kind::Server),
        (501, Kind::Unsupported),
        (503, Kind::Server),
        (504, Kind::Server),
    ] {
        assert_eq!(kind("New.Code", Some(status)).1, wanted, "{status}");
    }
    for (code, retry, wait_ms) in [
        ("IMG.0149", Retry::Backoff, Some(120_000)),
        ("IMG.0060", Retry::Backoff, None),
        ("IMG.0014", Retry::Unsure, None),
        ("IMG.0018", Retry::Unsure, None),
        ("IMG.0142", Retry::Never, None),
        ("APIGW.0307", Retry::Credentials, None),
    ] {
        let explanation = Cloud::Huawei.explain(code, Some(400));
        assert_eq!((explanation.retry, explanation.wait_ms), (retry, wait_ms), "{code}");
    }
}

/// Reading must end in a reply or an error that a person can use, whatever came.
fn survives(operation: &'static imgferry::api::operation::Operation, status: u16, body: &[u8]) {
    let answer = Answer { status, headers: Vec::new(), body: body.to_vec() };
    match imgferry::read(operation, &answer) {
        Ok(reply) => drop(reply.facts.to_value()),
        Err(error) => assert!(!error.code.is_empty() && !error.message.is_empty() && !error.hint_en.is_empty(), "{error:?}"),
    }
}

#[test]
fn hostile_bodies_are_survived() {
    let mut random = Seeded(0x1CE_B00DA);
    for (_, exchange) in exchanges() {
        let operation = Cloud::Huawei.operation(exchange["operation"].as_str().unwrap()).unwrap();
        let body = exchange["answer"]["body"].as_str().unwrap().as_bytes();
        for end in 0..body.len() {
            survives(operation, 200, &body[..end]);
        }
        for _ in 0..300 {
            let mut bytes = body.to_vec();
            for _ in 0..1 + random.draw() % 4 {
                let at = random.draw() as usize % bytes.len().max(1);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.draw() as u8;
                }
            }
            survives(operation, [200, 400, 401, 429, 500][random.draw() as usize % 5], &bytes);
            let noise: Vec<u8> = (0..random.draw() % 64).map(|_| random.draw() as u8).collect();
            survives(operation, random.draw() as u16, &noise);
        }
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            for wrong in wrong_values() {
                with_every_place_replaced(&value, &wrong, &mut |changed| {
                    survives(operation, 200, changed.to_string().as_bytes());
                    survives(operation, 400, changed.to_string().as_bytes());
                });
            }
        }
    }
}

fn wrong_values() -> Vec<Value> {
    let huge: Value = serde_json::from_str("1e308").unwrap();
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        huge,
        json!(""),
        json!("\u{0}\u{202e}"),
        json!([]),
        json!([[], {}, null]),
        json!({}),
        json!({"a": {}}),
    ]
}

/// Calls `each` with a copy of `value` for every place in it, that place replaced.
fn with_every_place_replaced(value: &Value, wrong: &Value, each: &mut dyn FnMut(&Value)) {
    each(wrong);
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                with_every_place_replaced(field, wrong, &mut |changed| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), changed.clone());
                    each(&Value::Object(fields));
                });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                with_every_place_replaced(item, wrong, &mut |changed| {
                    let mut items = items.clone();
                    items[index] = changed.clone();
                    each(&Value::Array(items));
                });
            }
        }
        _ => {}
    }
}

#[test]
fn deep_and_large_bodies_are_survived() {
    let deep = format!("{}{}", r#"{"images":"#.repeat(10_000), "1");
    let error = read("ListImages", &answered(200, &deep)).unwrap_err();
    assert_eq!(error.kind, Kind::Protocol);
    let image = r#"{"id":"i","name":"0123456789"}"#;
    let large = format!(r#"{{"images":[{}{image}]}}"#, format!("{image},").repeat(100_000));
    let Facts::Images(page) = read("ListImages", &answered(200, &large)).unwrap().facts else { panic!("no images") };
    assert_eq!(page.items.len(), 100_001);
    let message = "HWAKEXAMPLE000000031 ".repeat(100_000);
    let error = read("ListImages", &answered(401, &json!({"error_code": "APIGW.0301", "error_msg": message}).to_string())).unwrap_err();
    assert!(!error.message.contains("HWAKE") && error.message.starts_with("HWAK…"));
}
