//! The simulator: every operation on the documented examples, every refusal, faults by seed, and a truthful ledger.

use imgferry::sign::{Options, ToSign, sign};
use imgferry::{Answer, At, Cloud, Credentials, Millis};
use imgferry_sim::{Arrived, Config, Delivery, World};
use serde_json::{Value, json};

const START: Millis = Millis(1_717_300_000_000);

/// A world, its time, and a client with good keys.
struct Sky {
    world: World,
    now: Millis,
}

impl Sky {
    fn new(scenario: Value) -> Self {
        let config = Config::from_json(&scenario).expect("the scenario is well formed");
        Self { world: World::new(&config, START).expect("the world can be made"), now: START }
    }

    fn later(&mut self, ms: i64) {
        self.now = self.now.plus(ms);
    }

    /// Calls an operation of level 2 in a region and gives status and body.
    fn call(&mut self, cloud: Cloud, operation: &str, region: &str, params: Value) -> (u16, Value) {
        match self.deliver(cloud, operation, region, params) {
            Delivery::Answer(answer) => (answer.status, body_of(&answer)),
            other => panic!("no answer to {operation}: {other:?}"),
        }
    }

    fn deliver(&mut self, cloud: Cloud, operation: &str, region: &str, params: Value) -> Delivery {
        let operation = cloud.operation(operation).expect("the operation exists");
        let params = params.as_object().expect("a record").clone();
        let call =
            imgferry::build(&imgferry::api::operation::Named::new(operation, &params), &At::region(region)).expect("it can be built");
        let request = call.sign(&key(cloud), self.now).expect("it can be signed");
        let mut headers = request.headers.to_vec();
        if request.header("host").is_none() {
            let host = request.url.split('/').nth(2).expect("an absolute URL").to_owned();
            headers.push(("Host".into(), host));
        }
        let (method, target) = (request.method.as_str(), request.url.as_str());
        self.world.handle(self.now, &Arrived { method, target, headers: &headers, body: request.body.as_bytes() })
    }

    /// Signs any request with good keys and sends it.
    fn raw(&mut self, cloud: Cloud, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        let headers = with_signature(cloud, method, url, headers, body, self.now, &key(cloud));
        let answer = match self.world.handle(self.now, &Arrived { method, target: url, headers: &headers, body: body.as_bytes() }) {
            Delivery::Answer(answer) => answer,
            other => panic!("no answer to {method} {url}: {other:?}"),
        };
        (answer.status, body_of(&answer))
    }
}

fn key(cloud: Cloud) -> Credentials {
    let of = |table: [(Cloud, &'static str); 3]| table.into_iter().find(|(of, _)| *of == cloud).expect("every cloud has a key").1;
    Credentials::new(of(Config::KEY_IDS), of(Config::KEY_SECRETS), None).expect("a good key")
}

fn with_signature(
    cloud: Cloud,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
    time: Millis,
    key: &Credentials,
) -> Vec<(String, String)> {
    let headers: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (region, service) = match cloud {
        Cloud::Tencent => ("", "cvm"),
        Cloud::Volcengine => ("cn-beijing", "ecs"),
        Cloud::Huawei => ("cn-north-4", "ims"),
    };
    let what = ToSign { method, url, headers: &headers, body: body.as_bytes(), time, region, service };
    let signed = sign(cloud.scheme(), &what, key, &Options::default()).expect("it can be signed");
    let mut headers = signed.headers;
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        headers.push(("Host".into(), url.split('/').nth(2).expect("an absolute URL").to_owned()));
    }
    headers
}

fn body_of(answer: &Answer) -> Value {
    if answer.body.is_empty() { Value::Null } else { serde_json::from_slice(&answer.body).expect("a JSON body") }
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {pointer} of {value}"))
}

#[test]
fn tencent_copies_the_documented_image_and_ends_normal() {
    let mut sky = Sky::new(json!({"copy_ms": 5000}));
    let params = json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-shanghai", "ap-beijing"], "ImageSetRequired": true});
    let (status, body) = sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", params);
    assert_eq!(status, 200, "{body}");
    let set = body["Response"]["ImageSet"].as_array().expect("an ImageSet");
    assert_eq!(set.len(), 2, "{body}");
    assert_eq!(text(&body, "/Response/RequestId").len(), 36);
    for entry in set.clone() {
        let (region, id) = (text(&entry, "/Region"), text(&entry, "/ImageId"));
        sky.now = START.plus(1000);
        let (_, seen) = sky.call(Cloud::Tencent, "DescribeImages", region, json!({"ImageIds": [id]}));
        assert_eq!(text(&seen, "/Response/ImageSet/0/ImageState"), "SYNCING", "{seen}");
        sky.now = START.plus(5000);
        let (_, seen) = sky.call(Cloud::Tencent, "DescribeImages", region, json!({"ImageIds": [id]}));
        assert_eq!(text(&seen, "/Response/ImageSet/0/ImageState"), "NORMAL", "{seen}");
        assert_eq!(text(&seen, "/Response/ImageSet/0/ImageName"), "web-base");
    }
}

#[test]
fn volcengine_copies_the_documented_image_and_ends_available() {
    let mut sky = Sky::new(json!({"copy_ms": 5000}));
    let params = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    let (status, body) = sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", params);
    assert_eq!(status, 200, "{body}");
    assert_eq!(text(&body, "/ResponseMetadata/Region"), "cn-beijing");
    let id = text(&body, "/Result/ImageId").to_owned();
    sky.later(1000);
    let (_, seen) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", json!({"ImageIds": [id]}));
    assert_eq!(seen["Result"]["TotalCount"], 0, "without Status only available images are listed: {seen}");
    let all = json!({"ImageIds": [id], "Status": ["available", "creating", "error"]});
    let (_, seen) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", all);
    assert_eq!(text(&seen, "/Result/Images/0/Status"), "creating", "{seen}");
    let (_, tasks) = sky.call(Cloud::Volcengine, "DescribeTasks", "cn-shanghai", json!({"ResourceIds": [id]}));
    assert_eq!(text(&tasks, "/Result/Tasks/0/Status"), "Running", "{tasks}");
    sky.later(3800);
    let (_, tasks) = sky.call(Cloud::Volcengine, "DescribeTasks", "cn-shanghai", json!({"ResourceIds": [id]}));
    assert_eq!(text(&tasks, "/Result/Tasks/0/Status"), "Succeeded", "the task ends before the image is ready: {tasks}");
    assert_eq!(tasks["Result"]["Tasks"][0]["Process"], 100);
    sky.later(200);
    let (_, seen) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", json!({"ImageIds": [id]}));
    assert_eq!(text(&seen, "/Result/Images/0/Status"), "available", "{seen}");
    assert_eq!(text(&seen, "/Result/Images/0/Description"), "base image", "absent means as the source: {seen}");
}

#[test]
fn huawei_copies_the_documented_image_and_ends_active() {
    let mut sky = Sky::new(json!({"copy_ms": 5000}));
    let params = json!({
        "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "test-copy-1001-4", "description": "test",
        "region": "region-1", "project_name": "region-1", "agency_name": "ims_copy_image",
    });
    let (status, body) = sky.call(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", params);
    assert_eq!(status, 200, "{body}");
    let job = text(&body, "/job_id").to_owned();
    assert_eq!(job.len(), 32);
    sky.later(2500);
    let (_, seen) = sky.call(Cloud::Huawei, "ShowJobProgress", "cn-north-4", json!({"job_id": job}));
    assert_eq!(text(&seen, "/status"), "RUNNING", "{seen}");
    let (_, elsewhere) = sky.call(Cloud::Huawei, "ShowJobProgress", "cn-east-3", json!({"job_id": job}));
    assert_eq!(text(&elsewhere, "/error/code"), "IMG.0031", "the job is known to the source region only");
    sky.later(2500);
    let (_, seen) = sky.call(Cloud::Huawei, "ShowJobProgress", "cn-north-4", json!({"job_id": job}));
    assert_eq!(text(&seen, "/status"), "SUCCESS", "{seen}");
    let id = text(&seen, "/entities/image_id").to_owned();
    let (_, images) = sky.call(Cloud::Huawei, "ListImages", "region-1", json!({"id": id}));
    assert_eq!(text(&images, "/images/0/status"), "active", "{images}");
    assert_eq!(text(&images, "/images/0/__data_origin"), "image,cn-north-4,465076de-dc36-4aec-80f5-ef9d8009428f");
}

#[test]
fn a_request_with_one_byte_changed_is_refused_in_each_clouds_words() {
    let mut sky = Sky::new(json!({}));
    let copy = r#"{"ImageIds":["img-o3ycss2p"],"DestinationRegions":["ap-shanghai"]}"#;
    let tencent: &[(&str, &str)] = &[
        ("Content-Type", "application/json"),
        ("X-TC-Action", "SyncImages"),
        ("X-TC-Version", "2017-03-12"),
        ("X-TC-Region", "ap-guangzhou"),
    ];
    let (_, good) = sky.raw(Cloud::Tencent, "POST", "http://127.0.0.1:8080/", tencent, copy);
    assert!(good.pointer("/Response/Error").is_none(), "{good}");
    let volcengine = "http://127.0.0.1:8080/?Action=DescribeImages&Version=2020-04-01";
    let huawei = "http://127.0.0.1:8080/v2/cloudimages?name=x";
    for (cloud, method, url, headers, body, status, pointer, code) in [
        (Cloud::Tencent, "POST", "http://127.0.0.1:8080/", tencent, copy, 200, "/Response/Error/Code", "AuthFailure.SignatureFailure"),
        (Cloud::Volcengine, "GET", volcengine, &[], "", 401, "/ResponseMetadata/Error/Code", "SignatureDoesNotMatch"),
        (Cloud::Huawei, "GET", huawei, &[], "", 401, "/error_code", "APIGW.0301"),
    ] {
        let headers = with_signature(cloud, method, url, headers, body, sky.now, &key(cloud));
        let (target, body) = if body.is_empty() { (format!("{url}x"), String::new()) } else { (url.to_owned(), body.replace('3', "4")) };
        let arrived = Arrived { method, target: &target, headers: &headers, body: body.as_bytes() };
        let Delivery::Answer(answer) = sky.world.handle(sky.now, &arrived) else { panic!("no answer") };
        let seen = body_of(&answer);
        assert_eq!((answer.status, text(&seen, pointer)), (status, code), "{seen}");
    }
}

/// The code of a refusal, wherever the cloud puts it; empty for success.
fn code(body: &Value) -> String {
    let places = ["/Response/Error/Code", "/ResponseMetadata/Error/Code", "/error/code", "/error_code"];
    places
        .iter()
        .find_map(|place| body.pointer(place))
        .map(|code| code.as_str().map_or_else(|| code.to_string(), str::to_owned))
        .unwrap_or_default()
}

/// `base` with some fields replaced; null removes one.
fn with(base: &Value, change: Value) -> Value {
    let mut merged = base.as_object().expect("a record").clone();
    for (name, value) in change.as_object().expect("a record").clone() {
        if value.is_null() {
            merged.remove(&name);
        } else {
            merged.insert(name, value);
        }
    }
    Value::Object(merged)
}

#[test]
fn tencent_refuses_copies_with_the_documented_codes() {
    let base = json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-shanghai"]});
    let image = |id: &str| json!({"ImageIds": [id]});
    let to = |region: &str| json!({"DestinationRegions": [region]});
    for (change, expected) in [
        (json!({}), ""),
        (json!({"DryRun": true}), ""),
        (json!({"ImageIds": null}), "MissingParameter"),
        (json!({"DestinationRegions": []}), "MissingParameter"),
        (json!({"ImageIds": "img-o3ycss2p"}), "InvalidParameter"),
        (json!({"ImageIds": ["img-o3ycss2p", "img-72n9mi0y"]}), "InvalidParameterValue.LimitExceeded"),
        (image("image-1"), "InvalidImageId.Malformed"),
        (image("img-nowhere0"), "InvalidImageId.NotFound"),
        (image("img-encrypt1"), "UnsupportedOperation.EncryptedImagesNotSupported"),
        (image("img-public01"), "InvalidParameterValue.InvalidImageId"),
        (image("img-whole001"), "InvalidParameter.InstanceImageNotSupport"),
        (image("img-toolarge"), "InvalidImageId.TooLarge"),
        (image("img-creating"), "InvalidImageId.IncorrectState"),
        (image("img-failed01"), "InvalidImageId.IncorrectState"),
        (image("img-shared01"), "InvalidParameterValue.InvalidRegion"),
        (json!({"ImageIds": ["img-shared01"], "DestinationRegions": ["ap-guangzhou"]}), ""),
        (
            json!({"ImageIds": ["img-shared01"], "DestinationRegions": ["ap-guangzhou"], "Encrypt": true}),
            "UnsupportedOperation.SyncEncryptImageNotSupport",
        ),
        (to("ap-nowhere"), "InvalidRegion.NotFound"),
        (to("ap-guangzhou"), "InvalidParameterValue.InvalidRegion"),
        (to("ap-bangkok"), "InvalidRegion.Unavailable"),
        (to("ap-shanghai-fsi"), "UnsupportedOperation.Region"),
        (json!({"DestinationRegions": ["ap-shanghai", "ap-shanghai"]}), "InvalidParameterValue.InvalidRegion"),
        (json!({"Encrypt": true}), "InvalidParameterValue.InvalidRegion"),
        (json!({"Encrypt": true, "DestinationRegions": ["ap-guangzhou"]}), ""),
        (json!({"Encrypt": true, "DestinationRegions": ["ap-guangzhou"], "KmsKeyId": "no-key"}), "InvalidParameter.InvalidKmsKeyId"),
        (json!({"ImageName": "名".repeat(60)}), ""),
        (json!({"ImageName": "名".repeat(61)}), "InvalidParameterValue"),
        (json!({"ImageName": "taken"}), "InvalidImageName.Duplicate"),
        (to("ap-tokyo"), "ImageQuotaLimitExceeded"),
    ] {
        let fill: Vec<Value> =
            (0..3).map(|number| json!({"cloud": "tencent", "region": "ap-tokyo", "name": format!("full-{number}")})).collect();
        let mut images = fill;
        images.push(json!({"cloud": "tencent", "region": "ap-shanghai", "name": "taken"}));
        let mut sky = Sky::new(json!({"images": images, "quotas": {"tencent": 3}, "no_copy": {"tencent": ["ap-bangkok"]}}));
        if change.get("Encrypt").is_some() || change["ImageIds"][0] == "img-shared01" {
            sky = Sky::new(json!({}));
        }
        let (status, body) = sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", with(&base, change.clone()));
        assert_eq!((status, code(&body).as_str()), (200, expected), "{change}: {body}");
        let made: usize = sky.world.ledger().lanes.values().map(Vec::len).sum();
        assert_eq!(made, usize::from(expected.is_empty() && change.get("DryRun").is_none()), "{change}");
    }
}

#[test]
fn tencent_source_is_busy_while_a_copy_of_it_runs() {
    let mut sky = Sky::new(json!({"copy_ms": 5000}));
    let to = |region: &str| json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": [region]});
    assert_eq!(code(&sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", to("ap-shanghai")).1), "");
    let (_, seen) = sky.call(Cloud::Tencent, "DescribeImages", "ap-guangzhou", json!({"ImageIds": ["img-o3ycss2p"]}));
    assert_eq!(text(&seen, "/Response/ImageSet/0/ImageState"), "SYNCING");
    let busy = code(&sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", to("ap-tokyo")).1);
    assert!(["FailedOperation.InvalidImageState", "InvalidParameterValue.InvalidImageState"].contains(&busy.as_str()), "{busy}");
    let again = code(&sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", to("ap-shanghai")).1);
    assert_ne!(again, "", "a repeated launch never makes a second image");
    sky.later(5000);
    assert_eq!(code(&sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", to("ap-tokyo")).1), "");
}

#[test]
fn tencent_exports_as_documented() {
    let base = json!({"ImageIds": ["img-72n9mi0y"], "BucketName": "test-bucket-AppId"});
    let image = |id: &str| json!({"ImageIds": [id]});
    for (change, expected) in [
        (json!({}), ""),
        (json!({"BucketName": null}), "MissingParameter"),
        (json!({"ImageIds": null}), "InvalidParameter.ImageIdsSnapshotIdsMustOne"),
        (json!({"BucketName": "bucket"}), "InvalidParameterValue.InvalidAppIdFormat"),
        (json!({"BucketName": "missing-1250000000"}), "InvalidParameterValue.BucketNotFound"),
        (json!({"BucketName": "denied-1250000000"}), "InvalidParameterValue.InvalidBucketPermissionForExport"),
        (json!({"RoleName": "missing_role"}), "AuthFailure.CamRoleNameAuthenticateFailed"),
        (json!({"RoleName": "SomebodysRole"}), "AuthFailure.CamRoleNameAuthenticateFailed"),
        (json!({"ExportFormat": "ISO"}), "InvalidParameterValue"),
        (json!({"FileNamePrefixList": ["a", "b"]}), "InvalidParameterValue.InvalidFileNamePrefixList"),
        (image("img-encrypt1"), "UnsupportedOperation.EncryptedImagesNotSupported"),
        (image("img-windows1"), "UnsupportedOperation.WindowsImageExportUnsupported"),
        (image("img-redhat01"), "UnsupportedOperation.RedHatImageExportUnsupported"),
        (image("img-shared01"), "UnsupportedOperation.SharedImageExportUnsupported"),
        (image("img-public01"), "UnsupportedOperation.PublicImageExportUnsupported"),
        (image("img-market01"), "UnsupportedOperation.MarketImageExportUnsupported"),
        (image("img-toolarge"), "UnsupportedOperation.ImageTooLargeExportUnsupported"),
        (image("img-creating"), "InvalidParameterValue.InvalidImageState"),
    ] {
        let (_, body) = Sky::new(json!({})).call(Cloud::Tencent, "ExportImages", "ap-guangzhou", with(&base, change.clone()));
        assert_eq!(code(&body), expected, "{change}: {body}");
    }
    let mut sky = Sky::new(json!({"copy_ms": 1000, "limits": {"tencent.exports": 1}}));
    let params = with(&base, json!({"ExportFormat": "QCOW2", "FileNamePrefixList": ["golden"]}));
    let (_, body) = sky.call(Cloud::Tencent, "ExportImages", "ap-guangzhou", params);
    assert!(body["Response"]["TaskId"].is_u64(), "{body}");
    let path = text(&body, "/Response/CosPaths/0");
    assert!(path.starts_with("/golden_img-72n9mi0y_system_snap-") && path.ends_with(".qcow2"), "{path}");
    let again = sky.call(Cloud::Tencent, "ExportImages", "ap-guangzhou", base.clone()).1;
    assert_eq!(code(&again), "InvalidParameterValue.InvalidImageState");
    let other = sky.call(Cloud::Tencent, "ExportImages", "ap-guangzhou", with(&base, image("img-o3ycss2p"))).1;
    assert_eq!(code(&other), "LimitExceeded.ExportImageTaskLimitExceeded");
    sky.later(1000);
    assert_eq!(code(&sky.call(Cloud::Tencent, "ExportImages", "ap-guangzhou", base).1), "");
}

#[test]
fn tencent_lists_by_page_and_filter() {
    let images: Vec<Value> =
        (0..30).map(|number| json!({"cloud": "tencent", "region": "ap-seoul", "name": format!("web-{number:02}"), "tags": {"n": format!("{}", number % 3)}})).collect();
    let mut sky = Sky::new(json!({"images": images}));
    let mut list = |params: Value| {
        let (_, body) = sky.call(Cloud::Tencent, "DescribeImages", "ap-seoul", params);
        (code(&body), body["Response"]["ImageSet"].as_array().map_or(0, Vec::len), body["Response"]["TotalCount"].as_u64().unwrap_or(0))
    };
    assert_eq!(list(json!({})), (String::new(), 20, 30));
    assert_eq!(list(json!({"Offset": 20, "Limit": 100})), (String::new(), 10, 30));
    let named = |name: &str, values: &[&str]| json!({"Filters": [{"Name": name, "Values": values}]});
    assert_eq!(list(named("image-name", &["web-0", "web-29"])).1, 11, "the name filter is fuzzy and its values are alternatives");
    assert_eq!(list(named("tag:n", &["1"])).2, 10);
    assert_eq!(list(named("image-type", &["PUBLIC_IMAGE"])).2, 0);
    assert_eq!(list(named("name", &["x"])).0, "InvalidFilter");
    assert_eq!(list(named("image-name", &["1", "2", "3", "4", "5", "6"])).0, "InvalidFilterValue.LimitExceeded");
    assert_eq!(list(json!({"Limit": 101})).0, "InvalidParameterValue.InvalidParameterValueLimit");
    assert_eq!(list(json!({"ImageIds": ["x"]})).0, "InvalidImageId.Malformed");
    let both = with(&named("image-name", &["web"]), json!({"ImageIds": ["img-o3ycss2p"]}));
    assert_eq!(list(both).0, "InvalidParameter.InvalidParameterCoexistImageIdsFilters");
}

#[test]
fn tencent_gateway_speaks_as_documented() {
    let mut sky = Sky::new(json!({}));
    let url = "http://127.0.0.1/";
    let headers = |action: &'static str, version: &'static str, region: &'static str| {
        let all = [("Content-Type", "application/json"), ("X-TC-Action", action), ("X-TC-Version", version), ("X-TC-Region", region)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>()
    };
    let cvm = "2017-03-12";
    for (action, version, region, body, expected) in [
        ("DescribeImages", cvm, "ap-guangzhou", "{}", ""),
        ("DescribeImages", cvm, "", "{}", "MissingParameter"),
        ("DescribeImages", "", "ap-guangzhou", "{}", "MissingParameter"),
        ("DescribeImages", "2020-01-01", "ap-guangzhou", "{}", "NoSuchVersion"),
        ("Describe", cvm, "ap-guangzhou", "{}", "InvalidAction"),
        ("TagResources", cvm, "ap-guangzhou", "{}", "InvalidAction"),
        ("DescribeImages", cvm, "ap-nowhere", "{}", "UnsupportedRegion"),
        ("DescribeImages", cvm, "ap-guangzhou", "[]", "InvalidParameter"),
        ("DescribeImages", cvm, "ap-guangzhou", "{", "InvalidParameter"),
        ("DescribeImages", cvm, "ap-guangzhou", r#"{"Page":1}"#, "UnknownParameter"),
        ("DescribeImages", cvm, "ap-guangzhou", r#"{"Filters":[{"Nam":"x"}]}"#, "InvalidParameter"),
    ] {
        let (status, seen) = sky.raw(Cloud::Tencent, "POST", url, &headers(action, version, region), body);
        assert_eq!((status, code(&seen).as_str()), (200, expected), "{action} {version} {region} {body}: {seen}");
    }
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let get = [form, ("X-TC-Action", "DescribeImages"), ("X-TC-Version", cvm), ("X-TC-Region", "ap-guangzhou")];
    let query = "Filters.0.Name=image-name&Filters.0.Values.0=web%2Dbase&Limit=1&Offset=0";
    let (_, seen) = sky.raw(Cloud::Tencent, "GET", &format!("{url}?{query}"), &get, "");
    assert_eq!(seen["Response"]["TotalCount"], 1, "{seen}");
    for bad in ["Filters.1.Name=x", "Limit=x", "ImageIds=x", "Filters.0.Name.1=x", "Nope=1"] {
        let (_, seen) = sky.raw(Cloud::Tencent, "GET", &format!("{url}?{bad}"), &get, "");
        assert_ne!(code(&seen), "", "{bad}: {seen}");
    }
    let (_, seen) = sky.raw(Cloud::Tencent, "PUT", url, &headers("DescribeImages", cvm, "ap-guangzhou"), "{}");
    assert_eq!(code(&seen), "UnsupportedProtocol");
    // The finance wall stands between region and official host.
    for (host, region, expected) in [
        ("cvm.ap-shanghai-fsi.tencentcloudapi.com", "ap-shanghai-fsi", ""),
        ("cvm.tencentcloudapi.com", "ap-shanghai-fsi", "UnsupportedRegion"),
        ("cvm.ap-shanghai-fsi.tencentcloudapi.com", "ap-guangzhou", "UnsupportedRegion"),
        ("cvm.intl.tencentcloudapi.com", "ap-guangzhou", ""),
        ("127.0.0.1:8080", "ap-shanghai-fsi", ""),
    ] {
        let (_, seen) = sky.raw(Cloud::Tencent, "POST", &format!("http://{host}/"), &headers("DescribeImages", cvm, region), "{}");
        assert_eq!(code(&seen), expected, "{host} {region}");
    }
}

#[test]
fn volcengine_refuses_copies_with_the_documented_codes() {
    let base = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    let image = |id: &str| json!({"ImageId": id});
    for (change, status, expected) in [
        (json!({}), 200, ""),
        (json!({"Description": "", "ProjectName": "default", "CopyImageTags": true}), 200, ""),
        (json!({"Description": "说明 a=1,b。，_-."}), 200, ""),
        (json!({"DestinationRegion": null}), 400, "MissingParameter.DestinationRegion"),
        (json!({"ImageName": null}), 400, "MissingParameter.ImageName"),
        (json!({"ImageId": null}), 400, "MissingParameter.ImageId"),
        (json!({"CopyImageTags": "yes"}), 400, "InvalidArgument"),
        (json!({"DestinationRegion": "CN-Shanghai"}), 400, "InvalidDestinationRegion.Malformed"),
        (json!({"DestinationRegion": "cn-nowhere"}), 400, "InvalidRegionForCopyImage.UnSupported"),
        (json!({"DestinationRegion": "cn-guangzhou"}), 400, "InvalidRegionForCopyImage.UnSupported"),
        (json!({"DestinationRegion": "cn-beijing"}), 412, "InvalidDestinationRegion.Mismatch"),
        (json!({"ImageName": "1-image"}), 400, "InvalidImageName.Malformed"),
        (json!({"ImageName": "a b"}), 400, "InvalidImageName.Malformed"),
        (json!({"ImageName": "名".repeat(129)}), 400, "InvalidImageName.Malformed"),
        (json!({"Description": " leading"}), 400, "InvalidDescription.Malformed"),
        (json!({"Description": "a:b"}), 400, "InvalidDescription.Malformed"),
        (json!({"ProjectName": "nobody"}), 404, "InvalidProject.NotFound"),
        (json!({"Tags": [{"Key": "volc:x", "Value": "y"}]}), 400, "InvalidArgument"),
        (image("image-nowhere"), 404, "InvalidImage.NotFound"),
        (image("image-shared000000000example"), 400, "InvalidImageForCopyImage.UnSupported"),
        (image("image-public000000000example"), 400, "InvalidImageForCopyImage.UnSupported"),
        (image("image-whole0000000000example"), 400, "InvalidImageForCopyImage.UnSupported"),
        (image("image-error0000000000example"), 400, "InvalidImageForCopyImage.UnSupported"),
        (image("image-toolarge0000000example"), 400, "LimitExceeded.MaximumImageSize"),
        (image("image-creating0000000example"), 412, "OperationDenied.ResourceLocked"),
        (json!({"DestinationRegion": "cn-hongkong"}), 400, "LimitExceeded.MaximumImageCount"),
    ] {
        let full = json!([{"cloud": "volcengine", "region": "cn-hongkong", "name": "full"}]);
        let mut sky = Sky::new(json!({"images": full, "quotas": {"volcengine": 1}, "no_copy": {"volcengine": ["cn-guangzhou"]}}));
        let (seen_status, body) = sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", with(&base, change.clone()));
        assert_eq!((seen_status, code(&body).as_str()), (status, expected), "{change}: {body}");
    }
}

#[test]
fn volcengine_takes_every_way_of_sending_and_refuses_with_numbers() {
    let mut sky = Sky::new(json!({}));
    let list = "http://127.0.0.1:8080/?Action=DescribeImages&Version=2020-04-01";
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let (_, seen) = sky.raw(Cloud::Volcengine, "POST", list, &[form], "ImageName=web&Visibility=private");
    assert_eq!(seen["Result"]["TotalCount"], 1, "{seen}");
    for (method, url, body, status, number, expected) in [
        ("GET", "http://127.0.0.1/?Action=DescribeImages", "", 400, 100_002, "MissingParameter"),
        ("GET", "http://127.0.0.1/?Action=Describe&Version=2020-04-01", "", 404, 100_008, "InvalidActionOrVersion"),
        ("GET", "http://127.0.0.1/?Action=DescribeImages&Version=2022-06-15", "", 404, 100_008, "InvalidActionOrVersion"),
        ("PUT", list, "", 405, 100_020, "MethodNotAllowed"),
        ("GET", "http://ecs.cn-shanghai.volcengineapi.com/?Action=DescribeImages&Version=2020-04-01", "", 404, 100_007, "ServiceNotFound"),
    ] {
        let (seen_status, seen) = sky.raw(Cloud::Volcengine, method, url, &[], body);
        assert_eq!((seen_status, code(&seen).as_str()), (status, expected), "{url}: {seen}");
        assert_eq!(seen["ResponseMetadata"]["Error"]["CodeN"], number, "{seen}");
    }
    let arrived =
        Arrived { method: "GET", target: "/?Action=DescribeImages&Version=2020-04-01", headers: &[("Host".into(), "h".into())], body: b"" };
    let Delivery::Answer(answer) = sky.world.handle(sky.now, &arrived) else { panic!("no answer") };
    assert_eq!((answer.status, code(&body_of(&answer)).as_str()), (401, "MissingAuthenticationToken"));
    for bad in ["Status.1=ready", "Status.2=error", "ImageIds.0=x", "MaxResults=0", "MaxResults=101", "NextToken=zzz", "Visibility=mine"] {
        let (status, seen) = sky.raw(Cloud::Volcengine, "GET", &format!("{list}&{bad}"), &[], "");
        assert_eq!((status, code(&seen).as_str()), (400, "InvalidArgument"), "{bad}");
    }
    let many: String = (1..=101).map(|number| format!("&ImageIds.{number}=x")).collect();
    let (_, seen) = sky.raw(Cloud::Volcengine, "GET", &format!("{list}{many}"), &[], "");
    assert_eq!(code(&seen), "LimitExceeded.MaximumImageIds");
    let what = ToSign {
        method: "GET",
        url: list,
        headers: &[("Host".to_owned(), "127.0.0.1:8080".to_owned())],
        body: b"",
        time: sky.now,
        region: "cn-beijing",
        service: "ecs",
    };
    let presigned = sign(Cloud::Volcengine.scheme(), &what, &key(Cloud::Volcengine), &Options { presign: true, ..Options::default() });
    let url = presigned.expect("it can be presigned").url;
    let host = [("Host".to_owned(), "127.0.0.1:8080".to_owned())];
    let Delivery::Answer(answer) = sky.world.handle(sky.now, &Arrived { method: "GET", target: &url, headers: &host, body: b"" }) else {
        panic!("no answer")
    };
    assert_eq!(answer.status, 200, "{}", body_of(&answer));
}

#[test]
fn volcengine_pages_and_follows_exports() {
    let images: Vec<Value> =
        (0..20).map(|number| json!({"cloud": "volcengine", "region": "cn-shanghai", "name": format!("web-{number}")})).collect();
    let mut sky = Sky::new(json!({"images": images, "copy_ms": 1000}));
    let (_, first) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", json!({}));
    assert_eq!(first["Result"]["Images"].as_array().map(Vec::len), Some(15));
    let token = text(&first, "/Result/NextToken");
    let (_, second) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", json!({"NextToken": token}));
    assert_eq!(second["Result"]["Images"].as_array().map(Vec::len), Some(5));
    assert_eq!(text(&second, "/Result/NextToken"), "");
    let (_, regions) = sky.call(Cloud::Volcengine, "DescribeRegions", "cn-beijing", json!({}));
    assert_eq!(regions["Result"]["Regions"].as_array().map(Vec::len), Some(10), "ten a page");
    let export = json!({"ImageId": "image-4431h3l7hl31a0example", "TOSBucket": "bucket", "TOSPrefix": "golden1"});
    let (_, body) = sky.call(Cloud::Volcengine, "ExportImage", "cn-beijing", export.clone());
    let task = text(&body, "/Result/TaskId").to_owned();
    assert_eq!(code(&sky.call(Cloud::Volcengine, "ExportImage", "cn-beijing", export.clone()).1), "InvalidImageStatus");
    sky.later(1000);
    let (_, tasks) = sky.call(Cloud::Volcengine, "DescribeTasks", "cn-beijing", json!({"TaskIds": [task]}));
    assert_eq!((text(&tasks, "/Result/Tasks/0/Type"), text(&tasks, "/Result/Tasks/0/Status")), ("ExportImage", "Succeeded"));
    for (change, expected) in [
        (json!({"TOSPrefix": "a-b"}), "InvalidTOSPrefix.Malformed"),
        (json!({"TOSBucket": "denied-1"}), "InvalidTosPutObject.AccessDenied"),
        (json!({"TOSBucket": null}), "MissingParameter.TOSBucket"),
        (json!({"ImageId": "image-whole0000000000example"}), "InvalidImageForExportImage.UnSupported"),
    ] {
        assert_eq!(code(&sky.call(Cloud::Volcengine, "ExportImage", "cn-beijing", with(&export, change.clone())).1), expected, "{change}");
    }
}

#[test]
fn huawei_refuses_copies_with_the_documented_codes() {
    let base = json!({
        "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "web-1", "region": "cn-east-3",
        "project_name": "cn-east-3", "agency_name": "ims_copy_image",
    });
    let special = |last: &str| json!({"image_id": format!("00000000-0000-4000-8000-0000000000{last}")});
    let to = |region: &str| json!({"region": region, "project_name": region});
    for (change, expected) in [
        (json!({}), ""),
        (json!({"description": "web base, 基础镜像"}), ""),
        (json!({"name": null}), "IMG.0013"),
        (json!({"name": "n".repeat(129)}), "IMG.0002"),
        (json!({"name": " web"}), "IMG.0003"),
        (json!({"name": "web/1"}), "IMG.0003"),
        (json!({"description": "d".repeat(1025)}), "IMG.0004"),
        (json!({"description": "a<b"}), "IMG.0054"),
        (json!({"description": "a\rb"}), "IMG.0054"),
        (to("cn-north-4"), "IMG.0142"),
        (to("cn-nowhere-1"), "IMG.0147"),
        (json!({"project_name": "cn-east-2"}), "IMG.0145"),
        (json!({"project_name": null}), "IMG.0145"),
        (json!({"agency_name": "nobody"}), "IMG.0151"),
        (json!({"image_id": "00000000-0000-4000-8000-000000000000"}), "IMG.0144"),
        (special("e1"), "IMG.0143"),
        (special("e2"), "IMG.0047"),
        (special("e3"), "IMG.0105"),
        (special("e4"), "IMG.0167"),
        (special("e5"), "IMG.0184"),
        (with(&special("e5"), json!({"vault_id": "0d4d9f2a-0000-4000-8000-000000000001"})), ""),
        (special("e6"), "IMG.0146"),
        (special("e7"), "IMG.0046"),
        (to("cn-north-1"), "IMG.0105"),
        (to("cn-south-1"), "IMG.0015"),
        (json!({"image_id": "00000000-0000-4000-8000-000000000129"}), ""),
        (with(&to("ap-southeast-1"), json!({"image_id": "00000000-0000-4000-8000-000000000129"})), "IMG.0146"),
    ] {
        let images = json!([
            {"cloud": "huawei", "region": "cn-south-1", "name": "full"},
            {"cloud": "huawei", "region": "cn-north-4", "name": "large", "size_gib": 129, "id": "00000000-0000-4000-8000-000000000129"},
        ]);
        let mut sky = Sky::new(json!({"images": images, "quotas": {"huawei": 1}, "no_copy": {"huawei": ["cn-north-1"]}}));
        let (status, body) = sky.call(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", with(&base, change.clone()));
        assert_eq!(code(&body), expected, "{change}: {body}");
        assert_eq!(status, if expected.is_empty() { 200 } else { 400 }, "{body}");
    }
}

#[test]
fn huawei_copies_five_at_a_time() {
    let mut sky = Sky::new(json!({"copy_ms": 10_000}));
    let mut copy = |name: &str, now: i64| {
        sky.now = START.plus(now);
        let params = json!({
            "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": name, "region": "cn-east-3", "project_name": "cn-east-3",
            "agency_name": "ims_copy_image",
        });
        code(&sky.call(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", params).1)
    };
    for name in ["a", "b", "c", "d", "e"] {
        assert_eq!(copy(name, 0), "");
    }
    assert_eq!(copy("f", 5_000), "IMG.0149");
    assert_eq!(copy("f", 10_000), "");
    assert_eq!(sky.world.ledger().violations.iter().filter(|violation| violation.what == "over_concurrency").count(), 1);
}

#[test]
fn huawei_finds_the_region_behind_one_address() {
    let mut sky = Sky::new(json!({"copy_ms": 1000}));
    let base = "http://127.0.0.1:8080";
    let json_type = ("Content-Type", "application/json;charset=utf-8");
    let body = r#"{"name":"web-1","region":"cn-east-3","project_name":"cn-east-3","agency_name":"ims_copy_image"}"#;
    let copy = format!("{base}/v1/cloudimages/465076de-dc36-4aec-80f5-ef9d8009428f/cross_region_copy");
    let (_, seen) = sky.raw(Cloud::Huawei, "POST", &copy, &[json_type], body);
    let job = text(&seen, "/job_id").to_owned();
    sky.later(1000);
    let (_, seen) = sky.raw(Cloud::Huawei, "GET", &format!("{base}/v1/cloudimages/job/{job}"), &[], "");
    let id = text(&seen, "/entities/image_id").to_owned();
    let (_, projects) = sky.raw(Cloud::Huawei, "GET", &format!("{base}/v3/projects?name=cn-east-3"), &[], "");
    let project = text(&projects, "/projects/0/id").to_owned();
    let mut find = |url: &str, headers: &[(&str, &str)]| {
        let (status, seen) = sky.raw(Cloud::Huawei, "GET", url, headers, "");
        let count = seen["images"].as_array().map_or(0, Vec::len);
        (status, count, sky.world.ledger().calls.back().expect("a call").note)
    };
    let searched = Some("nothing told the region: searched in all regions");
    assert_eq!(find(&format!("{base}/v2/cloudimages?name=web-1"), &[]), (200, 1, searched));
    assert_eq!(find(&format!("{base}/v2/cloudimages?id={id}"), &[]), (200, 1, None));
    assert_eq!(find(&format!("{base}/cn-east-3/v2/cloudimages?name=web-1"), &[]), (200, 1, None));
    assert_eq!(find(&format!("{base}/cn-east-2/v2/cloudimages?name=web-1"), &[]), (200, 0, None));
    assert_eq!(find("http://ims.cn-east-3.myhuaweicloud.com/v2/cloudimages?name=web-1", &[]), (200, 1, None));
    assert_eq!(find("http://ims.cn-north-1.example.com/v2/cloudimages?name=web-1", &[]), (200, 0, None));
    assert_eq!(find(&format!("{base}/v2/cloudimages?name=web-1"), &[("X-Project-Id", &project)]), (200, 1, None));
    let (status, quota) = sky.raw(Cloud::Huawei, "GET", &format!("{base}/v1/cloudimages/quota"), &[("X-Project-Id", &project)], "");
    assert_eq!((status, &quota["quotas"]["resources"][0]["used"]), (200, &json!(1)));
    let old = format!("{base}/v1/{project}/jobs/{job}");
    assert_eq!(code(&sky.raw(Cloud::Huawei, "GET", &old, &[], "").1), "IMG.0067", "the job belongs to the source project");
}

#[test]
fn huawei_chains_and_neighbours_work() {
    let mut sky = Sky::new(json!({"copy_ms": 1000}));
    let (encrypted, shared) = ("00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000e2");
    let home = "cn-north-4";
    // Encrypted: a plain copy at home can go to other regions.
    let (_, body) = sky.call(Cloud::Huawei, "CopyImageInRegion", home, json!({"image_id": encrypted, "name": "plain"}));
    let job = text(&body, "/job_id").to_owned();
    sky.later(1000);
    let (_, seen) = sky.call(Cloud::Huawei, "ShowJobProgress", home, json!({"job_id": job}));
    assert_eq!(text(&seen, "/job_type"), "imsCopyImageInRegionJob");
    let plain = text(&seen, "/entities/image_id").to_owned();
    let copy =
        json!({"image_id": plain, "name": "far", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "ims_copy_image"});
    assert_eq!(code(&sky.call(Cloud::Huawei, "CopyImageCrossRegion", home, copy).1), "");
    // Shared: accepted first.
    let take = json!({"image_id": shared, "name": "mine"});
    assert_eq!(code(&sky.call(Cloud::Huawei, "CopyImageInRegion", home, take.clone()).1), "IMG.0196");
    let accept = json!({"images": [shared], "project_id": "0123456789abcdef0123456789abcdef", "status": "accepted"});
    assert_eq!(code(&sky.call(Cloud::Huawei, "UpdateImageMembers", home, accept).1), "");
    assert_eq!(code(&sky.call(Cloud::Huawei, "CopyImageInRegion", home, take).1), "");
    // Attributes, tags, members, deletion.
    sky.later(1000);
    assert_eq!(
        code(&sky.call(Cloud::Huawei, "UpdateImage", home, json!({"image_id": plain, "name": "renamed", "__description": "new"})).1),
        ""
    );
    let tags = json!({"image_id": plain, "project_id": "p", "action": "create", "tags": [{"key": "team", "value": "web"}]});
    assert_eq!(sky.call(Cloud::Huawei, "AddImageTags", home, tags), (204, Value::Null));
    assert_eq!(code(&sky.call(Cloud::Huawei, "AddImageMembers", home, json!({"images": [plain], "projects": ["p"]})).1), "");
    let (_, seen) = sky.call(Cloud::Huawei, "ShowImage", home, json!({"image_id": plain}));
    assert_eq!((text(&seen, "/name"), text(&seen, "/__description"), text(&seen, "/tags/0")), ("renamed", "new", "team=web"));
    assert_eq!(sky.call(Cloud::Huawei, "DeleteImage", home, json!({"image_id": plain})), (204, Value::Null));
    assert_eq!(sky.call(Cloud::Huawei, "ShowImage", home, json!({"image_id": plain})).0, 404);
    assert_eq!(sky.world.deleted().len(), 1);
    let export = |change: Value| {
        with(&json!({"image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "bucket_url": "b:o", "file_format": "qcow2"}), change)
    };
    for (params, expected) in [
        (export(json!({})), ""),
        (export(json!({})), "IMG.0148"),
        (export(json!({"bucket_url": "b"})), "IMG.0068"),
        (export(json!({"bucket_url": "b:a b"})), "IMG.0175"),
        (export(json!({"file_format": "iso"})), "IMG.0072"),
        (export(json!({"is_quick_export": true})), "IMG.0072"),
        (export(json!({"image_id": "00000000-0000-4000-8000-0000000000e3"})), "IMG.0077"),
        (export(json!({"image_id": "00000000-0000-4000-8000-0000000000e5"})), "IMG.0128"),
        (export(json!({"image_id": "00000000-0000-4000-8000-0000000000e6"})), "IMG.0059"),
    ] {
        assert_eq!(code(&sky.call(Cloud::Huawei, "ExportImage", home, params.clone()).1), expected, "{params}");
    }
    let (_, agencies) = sky.call(Cloud::Huawei, "ListAgencies", "", json!({"domain_id": "d", "name": "ims_copy_image"}));
    assert_eq!(text(&agencies, "/agencies/0/trust_domain_name"), "op_svc_ims");
    let (_, regions) = sky.call(Cloud::Huawei, "ListRegions", "", json!({}));
    assert!(regions["regions"].as_array().is_some_and(|regions| regions.len() > 30));
}

#[test]
fn huawei_locks_a_key_after_more_than_five_failures() {
    let mut sky = Sky::new(json!({}));
    let wrong = Credentials::new("HWAKEXAMPLE", "EXAMPLE-SECRET-WRONG", None).expect("well formed");
    let url = "http://127.0.0.1/v2/cloudimages";
    let mut ask = |key: &Credentials, at: i64| {
        let now = START.plus(at);
        let headers = with_signature(Cloud::Huawei, "GET", url, &[], "", now, key);
        let Delivery::Answer(answer) = sky.world.handle(now, &Arrived { method: "GET", target: url, headers: &headers, body: b"" }) else {
            panic!("no answer")
        };
        body_of(&answer)["error_msg"].as_str().unwrap_or_default().to_owned()
    };
    let good = key(Cloud::Huawei);
    for _ in 0..5 {
        let message = ask(&wrong, 0);
        assert!(message.contains("verify aksk signature fail, canonicalRequest:GET|/v2/cloudimages/||host:127.0.0.1|"), "{message}");
    }
    assert_eq!(ask(&good, 0), "", "five failures do not lock yet, and a success forgives them");
    for _ in 0..6 {
        ask(&wrong, 1000);
    }
    assert!(ask(&good, 2000).contains("AK access failed to reach the limit,forbidden"));
    assert_eq!(ask(&good, 1000 + 300_000), "", "five minutes later the key works again");
}

#[test]
fn clocks_keys_and_tokens_are_told_apart() {
    let temporary = json!({"id": "AKIDEXAMPLE2", "secret": "EXAMPLE-SECRET-2", "token": "EXAMPLE-TOKEN"});
    let mut sky = Sky::new(json!({"credentials": {"tencent": temporary}, "clock_skew_ms": 3_600_000}));
    let stranger = Credentials::new("STRANGEREXAMPLE", "EXAMPLE-SECRET-3", None).expect("well formed");
    let tencent: &[(&str, &str)] = &[
        ("Content-Type", "application/json"),
        ("X-TC-Action", "DescribeImageQuota"),
        ("X-TC-Version", "2017-03-12"),
        ("X-TC-Region", "ap-guangzhou"),
    ];
    let volcengine = "http://h/?Action=DescribeImages&Version=2020-04-01";
    let huawei = "http://h/v2/cloudimages";
    let server = START.plus(3_600_000);
    let bare = Credentials::new("AKIDEXAMPLE2", "EXAMPLE-SECRET-2", None).expect("well formed");
    let whole = Credentials::new("AKIDEXAMPLE2", "EXAMPLE-SECRET-2", Some("EXAMPLE-TOKEN")).expect("well formed");
    for (cloud, url, headers, time, key, status, expected, fragment) in [
        (Cloud::Tencent, "http://h/", tencent, server, &whole, 200, "", ""),
        (Cloud::Tencent, "http://h/", tencent, server, &bare, 200, "AuthFailure.TokenFailure", ""),
        (Cloud::Tencent, "http://h/", tencent, START, &whole, 200, "AuthFailure.SignatureExpire", "server time 1717303600"),
        (Cloud::Tencent, "http://h/", tencent, server, &stranger, 200, "AuthFailure.SecretIdNotFound", ""),
        (Cloud::Volcengine, volcengine, &[], server, &key(Cloud::Volcengine), 200, "", ""),
        (Cloud::Volcengine, volcengine, &[], START, &key(Cloud::Volcengine), 403, "InvalidTimestamp", ""),
        (Cloud::Volcengine, volcengine, &[], server, &stranger, 401, "InvalidAccessKey", ""),
        (Cloud::Volcengine, volcengine, &[], server, &whole, 401, "InvalidAccessKey", ""),
        (Cloud::Huawei, huawei, &[], server, &key(Cloud::Huawei), 200, "", ""),
        (
            Cloud::Huawei,
            huawei,
            &[],
            START,
            &key(Cloud::Huawei),
            401,
            "APIGW.0301",
            "signature expired, signature time:20240602T034640Z,server time:20240602T044640Z",
        ),
        (Cloud::Huawei, huawei, &[], server, &stranger, 401, "APIGW.0301", "ak STRANGEREXAMPLE not exist"),
    ] {
        let (method, body) = if cloud == Cloud::Tencent { ("POST", "{}") } else { ("GET", "") };
        let headers = with_signature(cloud, method, url, headers, body, time, key);
        let Delivery::Answer(answer) = sky.world.handle(START, &Arrived { method, target: url, headers: &headers, body: body.as_bytes() })
        else {
            panic!("no answer")
        };
        let seen = body_of(&answer);
        assert_eq!((answer.status, code(&seen).as_str()), (status, expected), "{seen}");
        assert!(seen.to_string().contains(fragment), "{seen}");
        assert_eq!(answer.header("date"), Some(server.http_date().as_str()), "the Date header tells the cloud's own time");
    }
}

#[test]
fn limits_answer_in_each_clouds_words_and_stand_in_the_ledger() {
    let limits = json!({"tencent.DescribeImages": 2, "volcengine.*": 2, "huawei.ListImages": 2});
    let mut sky = Sky::new(json!({"limits": limits, "faults": {"retry_after_s": 1}}));
    for (cloud, operation, region, status, expected) in [
        (Cloud::Tencent, "DescribeImages", "ap-guangzhou", 200, "RequestLimitExceeded"),
        (Cloud::Volcengine, "DescribeImages", "cn-beijing", 429, "FlowLimitExceeded"),
        (Cloud::Huawei, "ListImages", "cn-north-4", 429, "APIGW.0308"),
    ] {
        for _ in 0..2 {
            assert_eq!(code(&sky.call(cloud, operation, region, json!({})).1), "");
        }
        let (seen, body) = sky.call(cloud, operation, region, json!({}));
        assert_eq!((seen, code(&body).as_str()), (status, expected));
        let read = imgferry::read(
            cloud.operation(operation).expect("known"),
            &Answer { status: seen, headers: Vec::new(), body: body.to_string().into_bytes() },
        );
        assert_eq!(read.expect_err("refused").kind, imgferry::Kind::Throttled);
    }
    sky.later(1000);
    assert_eq!(code(&sky.call(Cloud::Tencent, "DescribeImages", "ap-guangzhou", json!({})).1), "");
    let ledger = sky.world.ledger();
    assert_eq!(ledger.violations.iter().filter(|violation| violation.what == "over_limit").count(), 3);
    let bucket = &ledger.buckets["tencent/AKIDEXAMPLE/cvm.tencentcloudapi.com/DescribeImages"];
    assert_eq!((bucket.limit, bucket.calls, bucket.throttled, bucket.peak), (2, 4, 1, 3));
    assert_eq!(ledger.total(Cloud::Huawei, "ListImages"), 3);
    assert_eq!(ledger.to_json()["totals"]["tencent.DescribeImages"], 4);
}

#[test]
fn faults_break_what_they_name() {
    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    for (fault, acted) in [
        ("refused", false),
        ("lost_before", false),
        ("lost_after", true),
        ("timeout_after", true),
        ("http_500_before", false),
        ("http_500_after", true),
        ("throttle", false),
        ("html_502", false),
        ("garbage", true),
        ("truncated", true),
        ("slow", true),
        ("wrong_content_type", true),
        ("copy_fails", true),
        ("stuck", true),
    ] {
        let script = json!([{"cloud": "volcengine", "action": "CopyImage", "nth": 2, "fault": fault}]);
        let mut sky = Sky::new(json!({"script": script, "copy_ms": 1000}));
        let first = with(&copy, json!({"ImageName": "first"}));
        assert!(matches!(sky.deliver(Cloud::Volcengine, "CopyImage", "cn-beijing", first), Delivery::Answer(_)), "{fault}");
        let delivery = sky.deliver(Cloud::Volcengine, "CopyImage", "cn-beijing", copy.clone());
        match (fault, &delivery) {
            ("refused", Delivery::Lost(imgferry::Lost::Unsent(_))) => {}
            ("lost_before" | "lost_after", Delivery::Lost(imgferry::Lost::Unanswered(_))) => {}
            ("timeout_after", Delivery::Late { after_ms: 90_000, .. }) | ("slow", Delivery::Late { after_ms: 3_000, .. }) => {}
            ("http_500_before" | "http_500_after", Delivery::Answer(answer)) => {
                assert_eq!((answer.status, code(&body_of(answer)).as_str()), (500, "InternalError"));
            }
            ("throttle", Delivery::Answer(answer)) => assert_eq!(answer.status, 429),
            ("html_502", Delivery::Answer(answer)) => assert!(answer.status == 502 && answer.body.starts_with(b"<html>")),
            ("garbage" | "truncated", Delivery::Answer(answer)) => {
                assert!(serde_json::from_slice::<Value>(&answer.body).is_err(), "{answer:?}");
            }
            ("wrong_content_type", Delivery::Answer(answer)) => assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8")),
            ("copy_fails" | "stuck", Delivery::Answer(answer)) => assert_eq!(answer.status, 200),
            (_, other) => panic!("{fault}: {other:?}"),
        }
        let made: Vec<_> = sky.world.images().filter(|image| image.name == "image-1").collect();
        assert_eq!(made.len(), usize::from(acted), "{fault}");
        let phase = made.first().map(|image| image.phase(sky.now.plus(1_000_000)));
        match fault {
            "copy_fails" => assert_eq!(phase, Some(imgferry_sim::Phase::Failed)),
            "stuck" => assert_eq!(phase, Some(imgferry_sim::Phase::Pending)),
            _ => assert!(phase.is_none_or(|phase| phase == imgferry_sim::Phase::Ready)),
        }
        assert_eq!(sky.world.ledger().calls.back().expect("a call").fault, Some(fault));
    }
}

#[test]
fn a_failed_copy_says_so_in_each_cloud() {
    let mut sky = Sky::new(json!({"copy_ms": 1000, "faults": {"copy_fails": 1.0}}));
    let (_, body) = sky.call(
        Cloud::Tencent,
        "SyncImages",
        "ap-guangzhou",
        json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-seoul"], "ImageSetRequired": true}),
    );
    let tencent = text(&body, "/Response/ImageSet/0/ImageId").to_owned();
    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    let (_, body) = sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", copy);
    let volcengine = text(&body, "/Result/ImageId").to_owned();
    let copy = json!({"image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "x", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "Copy"});
    let (_, body) = sky.call(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", copy);
    let job = text(&body, "/job_id").to_owned();
    sky.later(1000);
    let (_, seen) = sky.call(Cloud::Tencent, "DescribeImages", "ap-seoul", json!({"ImageIds": [tencent]}));
    assert_eq!(text(&seen, "/Response/ImageSet/0/ImageState"), "CREATEFAILED");
    let (_, seen) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", json!({"ImageIds": [volcengine], "Status": ["error"]}));
    assert_eq!(text(&seen, "/Result/Images/0/Status"), "error");
    let (_, seen) = sky.call(Cloud::Volcengine, "DescribeTasks", "cn-shanghai", json!({"ResourceIds": [volcengine]}));
    assert_eq!(text(&seen, "/Result/Tasks/0/Status"), "Failed");
    let (_, seen) = sky.call(Cloud::Huawei, "ShowJobProgress", "cn-north-4", json!({"job_id": job}));
    assert_eq!((text(&seen, "/status"), text(&seen, "/error_code")), ("FAIL", "IMG.0014"));
}

#[test]
fn one_seed_is_one_story() {
    let story = |seed: u64| {
        let faults =
            json!({"lost_before": 0.1, "lost_after": 0.1, "http_500_after": 0.1, "garbage": 0.1, "copy_fails": 0.2, "duplicate": 0.2});
        let mut sky = Sky::new(json!({"seed": seed, "faults": faults, "quotas": {"volcengine": 1000}, "limits": {"volcengine.*": 0}}));
        let mut lines = Vec::new();
        for number in 0..100 {
            let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": format!("image-{number}")});
            lines.push(format!("{:?}", sky.deliver(Cloud::Volcengine, "CopyImage", "cn-beijing", copy)));
            lines.push(format!("{:?}", sky.deliver(Cloud::Volcengine, "DescribeTasks", "cn-shanghai", json!({}))));
            sky.later(200);
        }
        lines.push(sky.world.ledger().to_json().to_string());
        lines
    };
    assert_eq!(story(1), story(1));
    assert_ne!(story(1), story(2));
}

#[test]
fn the_ledger_tells_a_second_image_for_one_lane() {
    let mut sky = Sky::new(json!({}));
    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    for _ in 0..2 {
        sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", copy.clone());
    }
    let ledger = sky.world.ledger();
    assert_eq!(ledger.lanes.len(), 1);
    assert_eq!(ledger.lanes.values().next().map(Vec::len), Some(2));
    assert_eq!(ledger.violations.iter().map(|violation| violation.what).collect::<Vec<_>>(), ["second_image"]);
    let arrived = Arrived { method: "GET", target: "/_sim/ledger", headers: &[], body: b"" };
    let Delivery::Answer(answer) = sky.world.handle(sky.now, &arrived) else { panic!("no answer") };
    assert_eq!(body_of(&answer)["violations"][0]["what"], "second_image");
}

#[test]
fn what_the_simulator_answers_is_what_the_readers_read() {
    use imgferry::api::facts::{Facts, State, TaskState};
    let mut sky = Sky::new(json!({"copy_ms": 1000}));
    let mut read = |cloud: Cloud, operation: &str, region: &str, params: Value, later: i64| {
        sky.later(later);
        let Delivery::Answer(answer) = sky.deliver(cloud, operation, region, params) else { panic!("no answer") };
        let reply = imgferry::read(cloud.operation(operation).expect("known"), &answer).expect("a reply");
        assert!(reply.request_id.is_some(), "{operation}");
        reply.facts
    };
    let params = json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-seoul"], "ImageSetRequired": true});
    let Facts::Launched(launched) = read(Cloud::Tencent, "SyncImages", "ap-guangzhou", params, 0) else { panic!("not launched") };
    let id = launched[0].image.clone().expect("an id");
    let Facts::Images(page) = read(Cloud::Tencent, "DescribeImages", "ap-seoul", json!({"ImageIds": [id]}), 1000) else {
        panic!("no images")
    };
    assert_eq!((page.items[0].id.as_str(), page.items[0].state, page.items[0].percent), (id.as_str(), State::Ready, Some(100)));
    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    let Facts::Launched(launched) = read(Cloud::Volcengine, "CopyImage", "cn-beijing", copy, 0) else { panic!("not launched") };
    let id = launched[0].image.clone().expect("an id");
    let Facts::Tasks(page) = read(Cloud::Volcengine, "DescribeTasks", "cn-shanghai", json!({"ResourceIds": [id]}), 1000) else {
        panic!("no tasks")
    };
    assert!(page.items.iter().any(|task| task.state == TaskState::Succeeded && task.image.as_deref() == Some(&id)), "{page:?}");
    let copy = json!({"image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "x", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "Copy"});
    let Facts::Launched(launched) = read(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", copy, 0) else { panic!("not launched") };
    let job = launched[0].task.clone().expect("a job");
    let Facts::Tasks(page) = read(Cloud::Huawei, "ShowJobProgress", "cn-north-4", json!({"job_id": job}), 1000) else { panic!("no job") };
    let id = page.items[0].image.clone().expect("an id");
    let Facts::Images(page) = read(Cloud::Huawei, "ListImages", "cn-east-3", json!({"id": id}), 0) else { panic!("no images") };
    let origin = page.items[0].origin.clone().expect("a lineage");
    assert_eq!((origin.region.as_str(), origin.image.as_str()), ("cn-north-4", "465076de-dc36-4aec-80f5-ef9d8009428f"));
    let Facts::Quota(quota) = read(Cloud::Huawei, "ShowImageQuota", "cn-east-3", json!({}), 0) else { panic!("no quota") };
    assert_eq!((quota.total, quota.used), (Some(50), Some(1)));
}

#[test]
fn a_token_runs_out_when_the_scenario_says() {
    let id = "AKLTEXAMPLE2";
    let temporary = json!({"id": id, "secret": "EXAMPLE-SECRET-2", "token": "EXAMPLE-TOKEN", "valid_ms": 60_000});
    let mut sky = Sky::new(json!({"credentials": {"volcengine": temporary}}));
    let key = Credentials::new(id, "EXAMPLE-SECRET-2", Some("EXAMPLE-TOKEN")).expect("well formed");
    let url = "http://h/?Action=DescribeImages&Version=2020-04-01";
    for (at, status, expected) in [(0, 200, ""), (59_999, 200, ""), (60_000, 401, "InvalidSecretToken")] {
        let now = START.plus(at);
        let headers = with_signature(Cloud::Volcengine, "GET", url, &[], "", now, &key);
        let Delivery::Answer(answer) = sky.world.handle(now, &Arrived { method: "GET", target: url, headers: &headers, body: b"" }) else {
            panic!("no answer")
        };
        assert_eq!((answer.status, code(&body_of(&answer)).as_str()), (status, expected), "{at}");
    }
}

#[test]
fn browsers_are_answered_when_the_scenario_says() {
    let asked = [("Access-Control-Request-Headers".to_owned(), "authorization, x-date".to_owned())];
    let preflight = Arrived { method: "OPTIONS", target: "/", headers: &asked, body: b"" };
    let mut open = Sky::new(json!({"cors": true}));
    let Delivery::Answer(answer) = open.world.handle(open.now, &preflight) else { panic!("no answer") };
    assert_eq!((answer.status, answer.header("access-control-allow-headers")), (204, Some("authorization, x-date")));
    assert!(open.world.ledger().calls.is_empty(), "a preflight is no call");
    let mut closed = Sky::new(json!({}));
    let Delivery::Answer(answer) = closed.world.handle(closed.now, &preflight) else { panic!("no answer") };
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, None));
}

#[test]
fn a_scenario_of_extremes_still_answers() {
    for extreme in [i64::MIN, -1, 0, i64::MAX] {
        let positive = extreme.max(0);
        let scenario = json!({
            "copy_ms": positive, "visible_after_ms": positive, "forget_tasks_ms": positive, "clock_skew_ms": extreme, "seed": positive,
            "keep_calls": 1, "faults": {"slow": 1.0, "slow_ms": positive, "retry_after_s": positive},
        });
        let mut sky = Sky::new(scenario);
        // The first and the last moment that can be signed for.
        for now in [START, Millis(1_420_070_400_000), Millis(32_503_679_999_999)] {
            sky.now = now;
            for cloud in Cloud::ALL {
                let (operation, region, params) = match cloud {
                    Cloud::Tencent => ("DescribeImages", "ap-guangzhou", json!({})),
                    Cloud::Volcengine => ("DescribeTasks", "cn-beijing", json!({})),
                    Cloud::Huawei => ("ListImages", "cn-north-4", json!({})),
                };
                let delivery = sky.deliver(cloud, operation, region, params);
                assert!(matches!(delivery, Delivery::Late { after_ms, .. } if after_ms == positive), "{delivery:?}");
            }
        }
    }
}

/// Small deterministic noise.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len())]
    }
}

#[test]
fn no_request_whatever_makes_it_panic() {
    let mut noise = Noise(7);
    let mut sky = Sky::new(json!({"limits": {"tencent.*": 0, "volcengine.*": 0, "huawei.*": 0}}));
    let pieces = [
        "/",
        "//",
        "?",
        "&",
        "=",
        ".",
        "-1",
        "99999999999999999999",
        "%",
        "%zz",
        "%E4%B8",
        "\u{0}",
        "中",
        "http://",
        "v1",
        "v2",
        "v3",
        "cloudimages",
        "images",
        "jobs",
        "quota",
        "cn-north-4",
        "Action=CopyImage",
        "Version=2020-04-01",
        "X-Signature=",
        "X-Algorithm=HMAC-SHA256",
        "ImageIds.1=",
        "Filters.0.Values.0=",
    ];
    let names =
        ["Host", "Authorization", "X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "X-Date", "X-Sdk-Date", "Content-Type", "X-Project-Id"];
    let values = [
        "",
        "h:80",
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2024-06-02/cvm/tc3_request, SignedHeaders=host, Signature=0",
        "HMAC-SHA256 x",
        "SDK-HMAC-SHA256 Access=HWAKEXAMPLE, SignedHeaders=x-sdk-date, Signature=",
        "SyncImages",
        "2017-03-12",
        "1717300000",
        "20240602T034640Z",
        "application/json",
        "\u{FFFD}",
    ];
    for _ in 0..3_000 {
        let target: String = (0..noise.below(8)).map(|_| *noise.pick(&pieces)).collect();
        let headers: Vec<(String, String)> =
            (0..noise.below(6)).map(|_| ((*noise.pick(&names)).to_owned(), (*noise.pick(&values)).to_owned())).collect();
        let body: Vec<u8> = (0..noise.below(64)).map(|_| u8::try_from(noise.below(256)).unwrap_or(0)).collect();
        let method = *noise.pick(&["GET", "POST", "PUT", "PATCH", "DELETE", "", "\u{0}"]);
        sky.world.handle(
            Millis(i64::try_from(noise.below(1 << 40)).unwrap_or(0)),
            &Arrived { method, target: &target, headers: &headers, body: &body },
        );
    }
    for extreme in [i64::MIN, -1, 0, i64::MAX] {
        sky.world.handle(Millis(extreme), &Arrived { method: "GET", target: "/v2/cloudimages", headers: &[], body: b"" });
    }
}

#[test]
fn no_parameters_whatever_make_it_panic() {
    let mut noise = Noise(11);
    let mut sky = Sky::new(
        json!({"limits": {"tencent.*": 0, "tencent.SyncImages": 0, "tencent.ExportImages": 0, "tencent.DescribeImages": 0, "volcengine.*": 0, "huawei.*": 0}}),
    );
    let texts = [
        "",
        "img-o3ycss2p",
        "image-4431h3l7hl31a0example",
        "465076de-dc36-4aec-80f5-ef9d8009428f",
        "ap-shanghai",
        "cn-shanghai",
        "cn-east-3",
        "x",
        "中文",
        "a-1",
        "b:o",
        "SHARE",
        "create",
        "2024-01-01T00:00:00Z",
        "gt:2024-01-01T00:00:00Z",
        "accepted",
        "image",
        "qcs::cvm:ap-guangzhou:uin/1:image/img-o3ycss2p",
        "page-ffffffffffffffff",
    ];
    let mut calls = 0;
    while calls < 6_000 {
        let cloud = *noise.pick(&Cloud::ALL);
        let operation = *noise.pick(cloud.operations());
        let mut params = serde_json::Map::new();
        for field in operation.fields {
            if !field.required && noise.below(3) > 0 {
                continue;
            }
            let text = |noise: &mut Noise| json!(noise.pick(&texts));
            let value = match &field.shape {
                imgferry::api::operation::Shape::Text => text(&mut noise),
                imgferry::api::operation::Shape::Integer => json!(*noise.pick(&[i64::MIN, -1, 0, 1, 15, 100, i64::MAX])),
                imgferry::api::operation::Shape::Boolean => json!(noise.below(2) == 0),
                imgferry::api::operation::Shape::Texts => {
                    Value::from_iter((0..noise.below(4)).map(|_| text(&mut noise)).collect::<Vec<_>>())
                }
                imgferry::api::operation::Shape::Objects((_, fields)) => {
                    let record: serde_json::Map<String, Value> =
                        fields.iter().map(|field| (field.name.to_owned(), text(&mut noise))).collect();
                    json!([record])
                }
            };
            params.insert(field.name.to_owned(), value);
        }
        let at = At::region(match cloud {
            Cloud::Tencent => "ap-guangzhou",
            Cloud::Volcengine => "cn-beijing",
            Cloud::Huawei => "cn-north-4",
        });
        calls += 1;
        let Ok(call) = imgferry::build(&imgferry::api::operation::Named::new(operation, &params), &at) else { continue };
        let request = call.sign(&key(cloud), sky.now).expect("it can be signed");
        let mut headers = request.headers.to_vec();
        headers.push(("Host".into(), request.url.split('/').nth(2).unwrap_or_default().to_owned()));
        let arrived = Arrived { method: request.method.as_str(), target: &request.url, headers: &headers, body: request.body.as_bytes() };
        let Delivery::Answer(answer) = sky.world.handle(sky.now, &arrived) else { panic!("no answer") };
        assert!(!code(&body_of(&answer)).starts_with("AuthFailure.Sig"), "{operation:?}: {}", body_of(&answer));
        sky.later(50);
    }
    let ledger = sky.world.ledger();
    let reached: std::collections::BTreeSet<_> = ledger.calls.iter().map(|call| (call.cloud, &call.action, &call.refused)).collect();
    let good = reached.iter().filter(|(_, _, refused)| refused.is_none()).count();
    assert!(reached.len() > 90 && good > 15, "the noise reaches far into the clouds: {} outcomes, {good} good", reached.len());
}

#[test]
fn tencent_changes_shares_tags_and_deletes() {
    let mut sky = Sky::new(json!({"copy_ms": 1000}));
    let home = "ap-guangzhou";
    let mut ask = |operation: &str, params: Value| code(&sky.call(Cloud::Tencent, operation, home, params).1);
    let id = "img-o3ycss2p";
    let modify = |change: Value| with(&json!({"ImageId": id}), change);
    assert_eq!(ask("ModifyImageAttribute", modify(json!({"ImageName": "export-me"}))), "InvalidImageName.Duplicate");
    assert_eq!(ask("ModifyImageAttribute", modify(json!({"ImageDescription": "d".repeat(257)}))), "InvalidParameterValue");
    assert_eq!(ask("ModifyImageAttribute", modify(json!({"ImageName": "renamed", "ImageDescription": "new"}))), "");
    assert_eq!(ask("ModifyImageAttribute", json!({"ImageId": "img-shared01"})), "UnsupportedOperation.SharedImageModifyUnsupported");
    let share = |account: &str, permission: &str| json!({"ImageId": id, "AccountIds": [account], "Permission": permission});
    assert_eq!(ask("ModifyImageSharePermission", share("100000000002", "SHARE")), "");
    assert_eq!(ask("ModifyImageSharePermission", share("100000000001", "SHARE")), "FailedOperation.AccountIsYourSelf");
    assert_eq!(ask("ModifyImageSharePermission", share("someone", "SHARE")), "InvalidAccountId.NotFound");
    assert_eq!(ask("ModifyImageSharePermission", share("100000000002", "GIVE")), "InvalidParameterValue");
    assert_eq!(ask("DeleteImages", json!({"ImageIds": [id]})), "InvalidImageId.InShared");
    assert_eq!(ask("ModifyImageSharePermission", share("100000000002", "CANCEL")), "");
    let resource = "qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p";
    assert_eq!(ask("TagResources", json!({"ResourceList": [resource], "Tags": [{"TagKey": "team", "TagValue": "web"}]})), "");
    assert_eq!(ask("DeleteImages", json!({"ImageIds": [id], "DryRun": true})), "");
    assert_eq!(ask("DeleteImages", json!({"ImageIds": ["img-creating"]})), "InvalidImageId.IncorrectState");
    let (_, seen) = sky.call(Cloud::Tencent, "DescribeImages", home, json!({"ImageIds": [id]}));
    let image = &seen["Response"]["ImageSet"][0];
    assert_eq!(
        (&image["ImageName"], &image["ImageDescription"], &image["Tags"][0]["Key"]),
        (&json!("renamed"), &json!("new"), &json!("team"))
    );
    assert_eq!(code(&sky.call(Cloud::Tencent, "DeleteImages", home, json!({"ImageIds": [id]})).1), "");
    let (_, seen) = sky.call(Cloud::Tencent, "DescribeImages", home, json!({"ImageIds": [id]}));
    assert_eq!(seen["Response"]["TotalCount"], 0);
}

#[test]
fn volcengine_changes_shares_tags_and_deletes() {
    let mut sky = Sky::new(json!({"copy_ms": 1000}));
    let (home, id) = ("cn-beijing", "image-4431h3l7hl31a0example");
    let mut ask = |operation: &str, params: Value| sky.call(Cloud::Volcengine, operation, home, params).1;
    assert_eq!(code(&ask("ModifyImageAttribute", json!({"ImageId": id, "ImageName": "renamed", "Description": ""}))), "");
    assert_eq!(code(&ask("ModifyImageAttribute", json!({"ImageId": id, "ImageName": "1"}))), "InvalidImageName.Malformed");
    assert_eq!(code(&ask("ModifyImageSharePermission", json!({"ImageId": id, "AddAccounts": ["2100000002"]}))), "");
    assert_eq!(code(&ask("TagResources", json!({"ResourceType": "image", "ResourceIds": [id], "Tags": [{"Key": "a", "Value": "b"}]}))), "");
    let shared = ask("DescribeImageSharePermission", json!({"ImageId": id}));
    assert_eq!(shared["Result"]["TotalCount"], 1, "{shared}");
    let copy = json!({"ImageId": id, "DestinationRegion": "cn-shanghai", "ImageName": "image-1", "CopyImageTags": true});
    let made = text(&ask("CopyImage", copy), "/Result/ImageId").to_owned();
    let delete = json!({"ImageIds": [id, "image-nowhere"]});
    let details = ask("DeleteImages", delete.clone());
    assert_eq!(text(&details, "/Result/OperationDetails/0/Error/Code"), "InvalidImage.Shared");
    assert_eq!(text(&details, "/Result/OperationDetails/1/Error/Code"), "InvalidImage.NotFound");
    assert_eq!(code(&ask("ModifyImageSharePermission", json!({"ImageId": id, "RemoveAccounts": ["2100000002"]}))), "");
    assert_eq!(text(&ask("DeleteImages", delete.clone()), "/Result/OperationDetails/0/Error/Code"), "OperationDenied.ImageIsCopying");
    sky.later(1000);
    let details = sky.call(Cloud::Volcengine, "DeleteImages", home, delete).1;
    assert!(details["Result"]["OperationDetails"][0]["Error"].is_null(), "{details}");
    let (_, seen) = sky.call(Cloud::Volcengine, "DescribeImages", "cn-shanghai", json!({"ImageIds": [made]}));
    let image = &seen["Result"]["Images"][0];
    assert_eq!((&image["Description"], &image["Tags"].as_array().map(Vec::len)), (&json!(""), &Some(2)), "{image}");
}

#[test]
fn listings_lag_repeat_lack_and_forget_as_the_scenario_says() {
    let copy = json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-seoul", "ap-tokyo"], "ImageSetRequired": true});
    let mut sky =
        Sky::new(json!({"copy_ms": 60_000, "visible_after_ms": 20_000, "script": [{"action": "SyncImages", "fault": "partial"}]}));
    let (_, body) = sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", copy);
    assert_eq!(body["Response"]["ImageSet"].as_array().map(Vec::len), Some(1), "one of two is missing from the answer: {body}");
    assert_eq!(sky.world.images().filter(|image| image.origin.is_some()).count(), 2);
    let seen_at = |sky: &mut Sky, at: i64| {
        sky.now = START.plus(at);
        sky.call(Cloud::Tencent, "DescribeImages", "ap-seoul", json!({})).1["Response"]["TotalCount"].as_u64()
    };
    assert_eq!((seen_at(&mut sky, 0), seen_at(&mut sky, 20_000)), (Some(0), Some(1)));

    let script = json!([{"cloud": "volcengine", "nth": 0, "fault": "partial"}, {"action": "ShowJobProgress", "fault": "partial"}]);
    let mut sky = Sky::new(json!({"copy_ms": 1000, "script": script}));
    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    assert_eq!(sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", copy).1["Result"], json!({}), "made, but not named");
    assert_eq!(sky.world.images().filter(|image| image.origin.is_some()).count(), 1);
    let copy = json!({
        "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "x", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "Copy",
    });
    let job = text(&sky.call(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", copy).1, "/job_id").to_owned();
    sky.later(1000);
    let mut id = || sky.call(Cloud::Huawei, "ShowJobProgress", "cn-north-4", json!({"job_id": job})).1["entities"]["image_id"].clone();
    assert!(id().is_null() && id().is_string(), "the first look has no id, the second has");

    let script = json!([{"action": "DescribeTasks", "nth": 2, "fault": "duplicate"}]);
    let mut sky = Sky::new(json!({"copy_ms": 1000, "forget_tasks_ms": 60_000, "script": script}));
    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", copy);
    let mut count = |at: i64| {
        sky.now = START.plus(at);
        sky.call(Cloud::Volcengine, "DescribeTasks", "cn-shanghai", json!({})).1["Result"]["Tasks"].as_array().map_or(0, Vec::len)
    };
    let plain = count(1_000);
    assert_eq!(count(1_000), plain + 1, "an entry stands there twice");
    assert_eq!(count(70_000), 0, "old tasks are forgotten");
}

#[test]
fn what_a_listing_leaves_out_it_tells_of() {
    let mut sky = Sky::new(json!({"copy_ms": 1000, "faults": {"withheld": 1.0}}));
    let (_, body) = sky.call(Cloud::Tencent, "DescribeImages", "ap-guangzhou", json!({"ImageIds": ["img-o3ycss2p"]}));
    assert_eq!(body["Response"]["ImageSet"], json!([]));
    assert_eq!(body["Response"]["TotalCount"], json!(1), "{body}");

    let copy = json!({"ImageId": "image-4431h3l7hl31a0example", "DestinationRegion": "cn-shanghai", "ImageName": "image-1"});
    sky.call(Cloud::Volcengine, "CopyImage", "cn-beijing", copy);
    sky.later(1000);
    let result = |sky: &mut Sky, action| sky.call(Cloud::Volcengine, action, "cn-shanghai", json!({})).1["Result"].clone();
    let images = result(&mut sky, "DescribeImages");
    assert_eq!((&images["Images"], &images["TotalCount"]), (&json!([]), &json!(1)), "{images}");
    let tasks = result(&mut sky, "DescribeTasks");
    assert_eq!((&tasks["Tasks"], &tasks["NextToken"]), (&json!([]), &json!("page-0")), "{tasks}");

    // No answer of Huawei Cloud tells of more, so nothing is left out there.
    let (_, body) = sky.call(Cloud::Huawei, "ListImages", "cn-north-4", json!({}));
    assert!(body["images"].as_array().is_some_and(|images| !images.is_empty()), "{body}");
}

#[test]
fn a_replica_that_lags_shows_what_was() {
    let mut sky = Sky::new(json!({"copy_ms": 60_000, "visible_after_ms": 0, "faults": {"stale": 1.0, "stale_ms": 10_000}}));
    let copy = json!({"ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-seoul"], "ImageSetRequired": true});
    let made = sky.call(Cloud::Tencent, "SyncImages", "ap-guangzhou", copy).1["Response"]["ImageSet"][0]["ImageId"].clone();
    for (later_ms, state) in [(9_000, None), (1_000, Some("SYNCING")), (59_000, Some("SYNCING")), (1_000, Some("NORMAL"))] {
        sky.later(later_ms);
        let (_, body) = sky.call(Cloud::Tencent, "DescribeImages", "ap-seoul", json!({"ImageIds": [made]}));
        assert_eq!(body["Response"]["ImageSet"][0]["ImageState"].as_str(), state, "{body}");
    }
    let job = json!({
        "image_id": "465076de-dc36-4aec-80f5-ef9d8009428f", "name": "x", "region": "cn-east-3", "project_name": "cn-east-3", "agency_name": "Copy",
    });
    let job = sky.call(Cloud::Huawei, "CopyImageCrossRegion", "cn-north-4", job).1["job_id"].clone();
    for (later_ms, status) in [(60_000, "RUNNING"), (10_000, "SUCCESS")] {
        sky.later(later_ms);
        assert_eq!(sky.call(Cloud::Huawei, "ShowJobProgress", "cn-north-4", json!({"job_id": job})).1["status"], json!(status));
    }
}

// ---- anybody's client ----

/// The answer of a fresh world to a request as it stands.
fn answer_to(scenario: &Value, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
    let headers: Vec<(String, String)> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let arrived = Arrived { method, target, headers: &headers, body: body.as_bytes() };
    let Delivery::Answer(answer) = Sky::new(scenario.clone()).world.handle(START, &arrived) else { panic!("no answer") };
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

#[test]
fn older_signatures_are_refused_by_name_in_tencents_envelope() {
    let form = "Action=DescribeImages&Nonce=1&SecretId=AKIDEXAMPLE&Signature=abc%3D&Timestamp=1&Version=2017-03-12";
    for (method, target, kind, body, named) in [
        ("POST", "/".to_owned(), "application/json", form.to_owned(), "HmacSHA1"),
        ("POST", "/".to_owned(), "application/x-www-form-urlencoded", format!("{form}&SignatureMethod=HmacSHA256"), "HmacSHA256"),
        ("GET", format!("/?{form}&SignatureMethod=HmacSHA256"), "", String::new(), "HmacSHA256"),
        ("GET", format!("/?{form}"), "", String::new(), "HmacSHA1"),
    ] {
        let (status, answer) = answer_to(&json!({}), method, &target, &[("Host", "127.0.0.1:1"), ("Content-Type", kind)], &body);
        let error = &answer["Response"]["Error"];
        assert_eq!((status, error["Code"].as_str()), (200, Some("UnsupportedOperation")), "{answer}");
        assert!(error["Message"].as_str().expect("a message").contains(named), "{answer}");
    }
}

#[test]
fn a_service_that_is_not_simulated_is_said_to_be_none() {
    for (service, version, secret, code) in [
        ("kms", "2018-08-13", "EXAMPLE-SECRET-TENCENT", "NoSuchProduct"),
        ("kms", "2018-08-13", "EXAMPLE-SECRET-WRONG", "AuthFailure.SignatureFailure"),
        ("sts", "2018-08-13", "EXAMPLE-SECRET-TENCENT", "MissingParameter"),
        ("tag", "2018-08-13", "EXAMPLE-SECRET-TENCENT", "InvalidAction"),
        ("cvm", "2018-08-13", "EXAMPLE-SECRET-TENCENT", "NoSuchVersion"),
        ("cvm", "2018-08-13", "EXAMPLE-SECRET-WRONG", "AuthFailure.SignatureFailure"),
    ] {
        let headers: Vec<(String, String)> = [
            ("Content-Type", "application/json"),
            ("X-TC-Action", "AssumeRole"),
            ("X-TC-Version", version),
            ("Host", &format!("{service}.tencentcloudapi.com")),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let credentials = Credentials::new("AKIDEXAMPLE", secret, None).expect("a key");
        let wanted = imgferry::sign::ToSign {
            method: "POST",
            url: &format!("https://{service}.tencentcloudapi.com/"),
            headers: &headers,
            body: b"{}",
            time: START,
            region: "",
            service,
        };
        let signed =
            imgferry::sign::sign(Cloud::Tencent.scheme(), &wanted, &credentials, &imgferry::sign::Options::default()).expect("signed");
        let all: Vec<(&str, &str)> = headers.iter().chain(&signed.headers).map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut once: Vec<(&str, &str)> = Vec::new();
        for (name, value) in all {
            if !once.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                once.push((name, value));
            }
        }
        let (_, answer) = answer_to(&json!({}), "POST", "/", &once, "{}");
        assert_eq!(answer["Response"]["Error"]["Code"].as_str(), Some(code), "{service} {version}: {answer}");
    }
}

#[test]
fn tokens_of_the_scenario_are_taken_by_huaweis_gateway() {
    let scenario = json!({"tokens": ["EXAMPLE-TOKEN"]});
    let host = ("Host", "ims.cn-north-4.myhuaweicloud.com");
    let (status, answer) = answer_to(&scenario, "GET", "/v2/images?limit=3", &[host, ("X-Auth-Token", "EXAMPLE-TOKEN")], "");
    assert_eq!((status, answer["images"].as_array().map(Vec::len)), (200, Some(3)), "{answer}");
    let (status, answer) = answer_to(&scenario, "GET", "/v2/images", &[host, ("X-Auth-Token", "EXAMPLE-OTHER")], "");
    assert_eq!((status, answer["error_code"].as_str()), (401, Some("APIGW.0301")), "{answer}");
    assert_eq!(answer_to(&json!({}), "GET", "/v2/images", &[host, ("X-Auth-Token", "EXAMPLE-TOKEN")], "").0, 401);
    for target in ["/v2/", "/v2", "/"] {
        let (status, answer) = answer_to(&json!({}), "GET", target, &[("Host", "127.0.0.1:1"), ("X-Auth-Token", "x")], "");
        assert_eq!((status, answer["versions"][0]["links"][0]["href"].as_str()), (200, Some("http://127.0.0.1:1/v2/")), "{target}");
    }
}

#[test]
fn a_huawei_image_id_that_is_none_is_told_from_one_that_is_missing() {
    let scenario = json!({"tokens": ["EXAMPLE-TOKEN"]});
    let headers = [("Host", "ims.cn-north-4.myhuaweicloud.com"), ("X-Auth-Token", "EXAMPLE-TOKEN"), ("Content-Type", "application/json")];
    for (method, path) in [
        ("GET", "/v2/images/{id}"),
        ("DELETE", "/v2/images/{id}"),
        ("POST", "/v1/cloudimages/{id}/cross_region_copy"),
        ("POST", "/v1/cloudimages/{id}/copy"),
        ("GET", "/v2/images/{id}/members"),
    ] {
        let code = |id: &str| {
            let body = r#"{"name":"n","region":"cn-east-3","project_name":"cn-east-3","agency_name":"Copy"}"#;
            let (_, answer) = answer_to(&scenario, method, &path.replace("{id}", id), &headers, if method == "POST" { body } else { "" });
            answer["error"]["code"].as_str().unwrap_or_default().to_owned()
        };
        assert_eq!(code("web-base"), "IMG.0066", "{method} {path}");
        assert_eq!(code("465076de-dc36-4aec-80f5-ef9d8009428"), "IMG.0066", "{method} {path}");
        let missing = code("465076de-dc36-4aec-80f5-ef9d80090000");
        assert!(matches!(missing.as_str(), "IMG.0027" | "IMG.0144"), "{method} {path}: {missing}");
    }
}
