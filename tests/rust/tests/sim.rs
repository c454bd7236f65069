//! The simulator: every operation on the documented examples, every refusal, faults by seed, and a truthful ledger.

use imgferry::sign::{Options, ToSign, sign};
use imgferry::sim::{Arrived, Config, Delivery, World};
use imgferry::{Answer, At, Cloud, Credentials, Millis};
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
            imgferry::build(&imgferry::operation::Named { operation, params: &params }, &At::region(region)).expect("it can be built");
        let request = call.sign(&key(cloud), self.now).expect("it can be signed");
        let mut headers = request.headers.clone();
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
    let signed = sign(cloud.recipe(), &what, key, &Options::default()).expect("it can be signed");
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
