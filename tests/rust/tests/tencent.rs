//! Tencent at the second level: requests, rules, answers and error codes.

use imgferry::api::Params;
use imgferry::api::check::Known;
use imgferry::api::endpoint::SignHost;
use imgferry::api::facts::{Facts, Image, Ownership, Quota, State};
use imgferry::api::operation::{Field, Named, Operation, Shape};
use imgferry::api::site::Language;
use imgferry::tencent::request::{DescribeImages, Filter, SyncImages};
use imgferry::{Answer, At, Cloud, Edition, Endpoint, Kind, Retry};
use imgferry::{Problem, Severity};
use imgferry_tests::{Seeded, headers, vectors};
use serde_json::{Value, json};
use std::collections::BTreeSet;

// ---- recorded exchanges ----

#[test]
fn documented_requests_are_built_to_the_byte_and_raise_no_alarm() {
    for (name, exchange) in exchanges() {
        let operation = operation(text(&exchange["operation"]));
        let (params, at) = (params(&exchange["params"]), at_of(&exchange["at"]));
        for problem in imgferry::check(operation, &params, &at, &Known::default()).problems {
            assert_eq!(problem.severity, Severity::Note, "{name}: {problem}");
        }
        let request = imgferry::check_and_build(operation, &params, &at).expect(&name).request().clone();
        // The fields go out in the order of the table, where a page may show them in another.
        assert_eq!(request.body, text(&exchange["request"]["body"]), "{name}");
        assert_eq!(serde_json::from_str::<Value>(&request.body).expect(&name), exchange["params"], "{name}");
        assert_eq!(request.method.as_str(), exchange["request"]["method"], "{name}");
        assert_eq!(request.url, text(&exchange["request"]["url"]), "{name}");
        assert_eq!(sorted(request.headers.to_vec()), headers(&exchange["request"]["headers"]), "{name}");
    }
}

#[test]
fn recorded_answers_are_read() {
    for (name, exchange) in exchanges() {
        let told = match imgferry::read(operation(text(&exchange["operation"])), &answer_of(&exchange["answer"])) {
            Ok(reply) => {
                assert_eq!(reply.facts.to_value(), exchange["facts"], "{name}");
                let mut body: Value = serde_json::from_str(text(&exchange["answer"]["body"])).expect(&name);
                body["Response"].as_object_mut().expect(&name).remove("RequestId");
                // What holds a secret is not shown a second time.
                let is_secret = exchange["facts"]["type"] == "temporary";
                assert_eq!(reply.data, if is_secret { Value::Null } else { body["Response"].clone() }, "{name}");
                reply.to_value()
            }
            Err(error) => {
                let told = error.to_value();
                for (field, value) in exchange["error"].as_object().unwrap_or_else(|| panic!("{name}: {error}")) {
                    assert_eq!(&told[field], value, "{name}: {field}");
                }
                assert!(!error.message.is_empty() && !error.hint_en.is_empty() && !error.hint_zh.is_empty(), "{name}: {told}");
                told
            }
        };
        assert_eq!(told["request_id"], exchange["request_id"], "{name}");
    }
}

#[test]
fn every_operation_has_an_exchange() {
    let exchanges = exchanges();
    for operation in Cloud::Tencent.operations() {
        assert!(exchanges.iter().any(|(_, exchange)| exchange["operation"] == operation.name), "{}", operation.name);
    }
}

// ---- requests ----

#[test]
fn operations_are_sorted_and_of_this_cloud() {
    let names: Vec<&str> = Cloud::Tencent.operations().iter().map(|operation| operation.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for operation in Cloud::Tencent.operations() {
        assert_eq!((operation.cloud, operation.path), (Cloud::Tencent, "/"), "{}", operation.name);
        assert!(
            !operation.doc().trim().is_empty() && operation.fields.iter().all(|field| !field.doc().trim().is_empty()),
            "{}",
            operation.name
        );
    }
}

#[test]
fn recorded_sdk_calls_are_built_from_their_parameters() {
    let vectors = vectors("tencent");
    let mut built = 0;
    for case in vectors["cases"].as_array().expect("cases") {
        let (id, input, expected) = (text(&case["id"]), &case["input"], &case["expected"]);
        // What is built here is POST and CVM; the region service and GET are matters of signing alone.
        if case["mode"] != "sdk_call" || input["method"] != "POST" || input["version"] != "2017-03-12" {
            continue;
        }
        let action = text(&expected["headers"]["X-TC-Action"]);
        let official = ["cvm.tencentcloudapi.com", "cvm.intl.tencentcloudapi.com", "cvm.ap-shanghai-fsi.tencentcloudapi.com"];
        let host = text(&input["host"]);
        let at = At {
            region: input["region"].as_str().unwrap_or_default().to_owned(),
            edition: if case["sdk"] == "intl" { Edition::International } else { Edition::Main },
            endpoint: (!official.contains(&host)).then(|| endpoint(&format!("https://{host}"), SignHost::Endpoint)),
            language: input["language"].as_str().map(|language| if language == "zh-CN" { Language::Zh } else { Language::En }),
            ..At::default()
        };
        let params = params(&input["params"]);
        let request = imgferry::build(&Named::new(operation(action), &params), &at).expect(id).request().clone();
        assert_eq!(request.url, format!("https://{host}/"), "{id}");
        let recorded: Value = serde_json::from_str(text(&expected["body"])).expect(id);
        assert_eq!(serde_json::from_str::<Value>(&request.body).expect(id), recorded, "{id}");
        for (name, value) in request.headers.iter() {
            assert_eq!(expected["headers"][name], value, "{id}: {name}");
        }
        // All but what the signer adds.
        let of_signer = ["Host", "X-TC-Timestamp", "X-TC-Token", "X-TC-Content-SHA256", "Authorization"];
        for name in expected["headers"].as_object().expect("headers").keys().filter(|name| !of_signer.contains(&name.as_str())) {
            let label_of_sdk = expected["headers_only_from_sdk"].as_array().is_some_and(|labels| labels.contains(&json!(name)));
            assert!(label_of_sdk || name.starts_with("X-TC-RequestClient") || request.header(name).is_some(), "{id}: {name} is missing");
        }
        built += 1;
    }
    assert_eq!(built, 31);
}

#[test]
fn typed_and_json_parameters_give_the_same_bytes() {
    let typed = DescribeImages {
        filters: Some(vec![Filter { name: "tag:环境".into(), values: vec!["生产 \"x\"".into(), "🚀".into()] }]),
        offset: Some(0),
        limit: Some(100),
        ..DescribeImages::default()
    };
    let value =
        json!({ "Limit": 100, "Offset": 0, "InstanceType": null, "Filters": [{ "Values": ["生产 \"x\"", "🚀"], "Name": "tag:环境" }] });
    let at = At::region("ap-guangzhou");
    let params = params(&value);
    let typed = imgferry::build(&typed, &at).expect("builds").request().clone();
    assert_eq!(typed, imgferry::build(&Named::new(DescribeImages::OPERATION, &params), &at).expect("builds").request().clone());
    assert_eq!(typed.body, r#"{"Filters":[{"Name":"tag:环境","Values":["生产 \"x\"","🚀"]}],"Offset":0,"Limit":100}"#);
}

#[test]
fn the_fields_go_out_in_the_order_of_the_table() {
    let copy = SyncImages {
        image_ids: vec!["img-o3ycss2p".into()],
        destination_regions: vec!["ap-guangzhou".into()],
        dry_run: Some(true),
        image_name: Some("a".into()),
        image_set_required: Some(true),
        encrypt: Some(false),
        kms_key_id: Some("k".into()),
    };
    let body = imgferry::build(&copy, &At::region("ap-beijing")).expect("builds").request().body.clone();
    assert_eq!(
        body,
        r#"{"ImageIds":["img-o3ycss2p"],"DestinationRegions":["ap-guangzhou"],"DryRun":true,"ImageName":"a","ImageSetRequired":true,"Encrypt":false,"KmsKeyId":"k"}"#
    );
}

#[test]
fn hosts_follow_site_region_and_endpoint() {
    let host = |at: At| {
        let built = imgferry::build(&DescribeImages::default(), &at).map(|call| call.request().clone());
        built
            .map(|request| (request.url.clone(), request.header("host").map(str::to_owned)))
            .map_err(|error| (error.kind, error.code.clone()))
    };
    let official = |url: &str| Ok((url.to_owned(), None));
    let international = |region: &str| At { edition: Edition::International, ..At::region(region) };
    assert_eq!(host(At::region("ap-guangzhou")), official("https://cvm.tencentcloudapi.com/"));
    assert_eq!(host(At::region("")), official("https://cvm.tencentcloudapi.com/"));
    assert_eq!(host(international("ap-singapore")), official("https://cvm.intl.tencentcloudapi.com/"));
    assert_eq!(host(At::region("ap-shenzhen-fsi")), official("https://cvm.ap-shenzhen-fsi.tencentcloudapi.com/"));
    assert_eq!(host(international("ap-shenzhen-fsi")), official("https://cvm.ap-shenzhen-fsi.tencentcloudapi.com/"));
    // A finance region of tomorrow is one by its name.
    assert_eq!(host(At::region("ap-beijing-fsi")), official("https://cvm.ap-beijing-fsi.tencentcloudapi.com/"));

    let through = |url: &str, sign_host| host(At { endpoint: Some(endpoint(url, sign_host)), ..At::region("ap-shanghai-fsi") });
    assert_eq!(through("http://127.0.0.1:8080/tencent/", SignHost::Endpoint), official("http://127.0.0.1:8080/tencent/"));
    let named = Some("cvm.ap-shanghai-fsi.tencentcloudapi.com".to_owned());
    assert_eq!(through("http://127.0.0.1:8080", SignHost::Official), Ok(("http://127.0.0.1:8080/".to_owned(), named)));
    assert!(through("127.0.0.1", SignHost::Endpoint).is_err_and(|error| error == (Kind::Misuse, "endpoint.url".to_owned())));
}

#[test]
fn nothing_breaks_out_of_a_header_or_host() {
    for region in ["ap-guangzhou\r\nX-Evil: 1", "ap guangzhou", "a/b", "a.b-fsi", "广州", "a@b-fsi", "a\u{0}"] {
        let error = imgferry::build(&DescribeImages::default(), &At::region(region)).expect_err(region);
        assert_eq!((error.kind, error.code.as_str()), (Kind::Misuse, "region"), "{region:?}");
        assert!(!error.message.contains(['\r', '\n', '\0']), "{error}");
    }
}

// ---- rules ----

/// Circumstances in which an operation is checked.
struct Try {
    operation: &'static str,
    params: Value,
    at: At,
    image: Option<Image>,
    quota: Option<Quota>,
}

impl Try {
    fn problems(&self) -> Vec<Problem> {
        let known = Known { image: self.image.as_ref(), quota: self.quota.as_ref(), ..Known::default() };
        imgferry::check(operation(self.operation), &params(&self.params), &self.at, &known).problems
    }

    fn at(self, region: &str) -> Try {
        Try { at: At { region: region.into(), ..self.at }, ..self }
    }

    fn international(self) -> Try {
        Try { at: At { edition: Edition::International, ..self.at }, ..self }
    }

    fn through(self, url: &str) -> Try {
        Try { at: At { endpoint: Some(endpoint(url, SignHost::Endpoint)), ..self.at }, ..self }
    }

    fn image(self, change: impl Fn(&mut Image)) -> Try {
        let mut image = healthy();
        change(&mut image);
        Try { image: Some(image), ..self }
    }

    fn quota(self, used: u64, total: u64) -> Try {
        Try { quota: Some(Quota { used: Some(used), total: Some(total) }), ..self }
    }
}

fn on(operation: &'static str, params: Value) -> Try {
    Try { operation, params, at: At::region("ap-beijing"), image: None, quota: None }
}

/// A copy that is right but for what `change` changes.
fn copy(change: Value) -> Try {
    on(
        "SyncImages",
        merged(json!({ "ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-guangzhou"], "ImageSetRequired": true }), change),
    )
}

fn export(change: Value) -> Try {
    on("ExportImages", merged(json!({ "BucketName": "golden-1250000000", "ImageIds": ["img-72n9mi0y"] }), change))
}

fn list(params: Value) -> Try {
    on("DescribeImages", params)
}

fn filter(name: &str, values: Value) -> Try {
    list(json!({ "Filters": [{ "Name": name, "Values": values }] }))
}

fn change(params: Value) -> Try {
    on("ModifyImageAttribute", merged(json!({ "ImageId": "img-o3ycss2p" }), params))
}

fn share(change: Value) -> Try {
    on(
        "ModifyImageSharePermission",
        merged(json!({ "ImageId": "img-o3ycss2p", "AccountIds": ["100000000001"], "Permission": "SHARE" }), change),
    )
}

fn delete(ids: Value) -> Try {
    on("DeleteImages", json!({ "ImageIds": ids }))
}

fn tag(change: Value) -> Try {
    let resource = "qcs::cvm:ap-guangzhou:uin/100000000001:image/img-o3ycss2p";
    on("TagResources", merged(json!({ "ResourceList": [resource], "Tags": [{ "TagKey": "env", "TagValue": "" }] }), change))
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("img-{index:08}")).collect()
}

/// Every rule: a case that it accepts, a case that it rejects, and the path where.
fn cases() -> Vec<(&'static str, Try, Try, &'static str)> {
    let none = || json!({});
    let image_of = |ownership| move |image: &mut Image| image.ownership = ownership;
    let state_of = |state: State, word: &'static str| {
        move |image: &mut Image| {
            image.state = state;
            image.raw_state = word.into();
        }
    };
    let to = |regions: &[&str]| copy(json!({ "DestinationRegions": regions }));
    let encrypted = |regions: &[&str]| copy(json!({ "DestinationRegions": regions, "Encrypt": true }));
    let family = |name: &str| on("DescribeImageFromFamily", json!({ "ImageFamily": name }));
    let regions = |params: Value| on("DescribeRegions", params);
    vec![
        ("tencent.DescribeImageFromFamily.ImageFamily.empty", family("golden"), family(""), "ImageFamily"),
        (
            "tencent.DescribeRegions.Scene.product",
            regions(json!({ "Product": "cvm", "Scene": 1 })),
            regions(json!({ "Scene": 1 })),
            "Product",
        ),
        ("tencent.DescribeRegions.Scene.product", regions(none()), regions(json!({ "Product": "" })), "Product"),
        (
            "tencent.DescribeRegions.Scene.value",
            regions(json!({ "Product": "cvm", "Scene": 0 })),
            regions(json!({ "Product": "cvm", "Scene": 2 })),
            "Scene",
        ),
        ("tencent.any.Region.missing", list(none()), list(none()).at(""), "region"),
        ("tencent.any.Region.missing", on("DescribeRegions", none()).at(""), on("DescribeImageQuota", none()).at(""), "region"),
        ("tencent.any.Region.character", list(none()), list(none()).at("ap-Guangzhou"), "region"),
        ("tencent.any.Region.character", to(&["ap-guangzhou"]), to(&["ap-guangzhou "]), "DestinationRegions[0]"),
        ("tencent.any.Region.form", list(none()).at("ap-shanghai-fsi"), list(none()).at("guangzhou"), "region"),
        ("tencent.any.Region.form", to(&["ap-guangzhou"]), to(&["ap-shanghai", "ap-"]), "DestinationRegions[1]"),
        ("tencent.any.Region.form", list(none()).at("ap-newplace"), list(none()).at("ap"), "region"),
        ("tencent.any.Region.form", list(none()).at("ap-newplace"), list(none()).at("asia-newplace"), "region"),
        ("tencent.any.Region.form", list(none()).at("ap-newplace"), list(none()).at("ap--newplace"), "region"),
        ("tencent.any.Region.zone", list(none()), list(none()).at("ap-guangzhou-3"), "region"),
        ("tencent.any.Region.zone", to(&["ap-guangzhou"]), to(&["ap-guangzhou-3"]), "DestinationRegions[0]"),
        ("tencent.any.Region.unknown", list(none()).at("eu-moscow"), list(none()).at("ap-newplace"), "region"),
        ("tencent.any.Region.unknown", to(&["sa-saopaulo"]), to(&["ap-guangzou"]), "DestinationRegions[0]"),
        (
            "tencent.any.Region.finance_host",
            list(none()).at("ap-shanghai-fsi").through("https://cvm.ap-shanghai-fsi.tencentcloudapi.com"),
            list(none()).at("ap-shanghai-fsi").through("https://cvm.tencentcloudapi.com"),
            "endpoint",
        ),
        (
            "tencent.any.Region.finance_host",
            list(none()).at("ap-shanghai-fsi").through("http://127.0.0.1:8080"),
            list(none()).through("https://cvm.ap-shanghai-fsi.tencentcloudapi.com"),
            "endpoint",
        ),
        ("tencent.any.ImageId.form", delete(json!(["img-34vaef8fe"])), delete(json!(["img-o3ycss2p", "ins-o3ycss2p"])), "ImageIds[1]"),
        ("tencent.any.ImageId.form", change(none()), change(json!({ "ImageId": "img-" })), "ImageId"),
        ("tencent.any.ImageId.character", delete(json!(["img-0"])), delete(json!(["img-6pb6****"])), "ImageIds[0]"),
        ("tencent.any.ImageId.character", change(none()), change(json!({ "ImageId": "img-O3ycss2p" })), "ImageId"),
        ("tencent.any.ImageId.placeholder", delete(json!(["img-xxxxxxx1"])), delete(json!(["img-xxxxxxxx"])), "ImageIds[0]"),
        ("tencent.SyncImages.ImageIds.one", copy(none()), copy(json!({ "ImageIds": ["img-1", "img-2"] })), "ImageIds"),
        ("tencent.SyncImages.ImageIds.one", copy(none()), copy(json!({ "ImageIds": [] })), "ImageIds"),
        ("tencent.SyncImages.DestinationRegions.empty", copy(none()), to(&[]), "DestinationRegions"),
        (
            "tencent.SyncImages.DestinationRegions.repeated",
            to(&["ap-guangzhou", "ap-shanghai"]),
            to(&["ap-guangzhou", "ap-shanghai", "ap-guangzhou"]),
            "DestinationRegions[2]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.source",
            to(&["ap-guangzhou"]),
            to(&["ap-guangzhou", "ap-beijing"]),
            "DestinationRegions[1]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.source",
            to(&["ap-beijing"]).image(image_of(Ownership::Shared)),
            to(&["ap-beijing"]).image(image_of(Ownership::Private)),
            "DestinationRegions[0]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.source",
            encrypted(&["ap-beijing"]).image(image_of(Ownership::Private)),
            to(&["ap-beijing"]).image(image_of(Ownership::Private)),
            "DestinationRegions[0]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.source_unless_shared",
            to(&["ap-beijing"]).image(image_of(Ownership::Shared)),
            to(&["ap-beijing"]),
            "DestinationRegions[0]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.source_unless_shared",
            encrypted(&["ap-beijing"]),
            to(&["ap-beijing"]),
            "DestinationRegions[0]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.shared",
            to(&["ap-beijing"]).image(image_of(Ownership::Shared)),
            to(&["ap-guangzhou"]).image(image_of(Ownership::Shared)),
            "DestinationRegions[0]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.encrypt",
            encrypted(&["ap-beijing"]),
            encrypted(&["ap-beijing", "ap-guangzhou"]),
            "DestinationRegions[1]",
        ),
        ("tencent.SyncImages.DestinationRegions.encrypt", to(&["ap-guangzhou"]), encrypted(&["ap-guangzhou"]), "DestinationRegions[0]"),
        (
            "tencent.SyncImages.DestinationRegions.finance",
            to(&["ap-shenzhen-fsi"]).at("ap-shanghai-fsi"),
            to(&["ap-shanghai", "ap-shanghai-fsi"]),
            "DestinationRegions[1]",
        ),
        (
            "tencent.SyncImages.DestinationRegions.finance",
            to(&["ap-tokyo"]),
            to(&["ap-shanghai"]).at("ap-shanghai-fsi"),
            "DestinationRegions[0]",
        ),
        ("tencent.SyncImages.DestinationRegions.border", to(&["ap-guangzhou"]), to(&["ap-hongkong"]), "DestinationRegions[0]"),
        ("tencent.SyncImages.Region.unlisted", copy(none()), to(&["ap-mumbai"]), "DestinationRegions[0]"),
        ("tencent.SyncImages.Region.unlisted", copy(none()).at("na-siliconvalley"), copy(none()).at("na-toronto"), "region"),
        (
            "tencent.SyncImages.ImageName.length",
            copy(json!({ "ImageName": "镜".repeat(60) })),
            copy(json!({ "ImageName": "a".repeat(61) })),
            "ImageName",
        ),
        ("tencent.SyncImages.ImageName.empty", copy(json!({ "ImageName": "a" })), copy(json!({ "ImageName": "" })), "ImageName"),
        (
            "tencent.SyncImages.KmsKeyId.encrypt",
            copy(json!({ "Encrypt": true, "KmsKeyId": "2bb53791" })),
            copy(json!({ "Encrypt": false, "KmsKeyId": "2bb53791" })),
            "KmsKeyId",
        ),
        (
            "tencent.SyncImages.KmsKeyId.form",
            copy(json!({ "KmsKeyId": "2bb53791-c2e9-4c42" })),
            copy(json!({ "KmsKeyId": "alias/mine" })),
            "KmsKeyId",
        ),
        ("tencent.SyncImages.ImageSetRequired.ids", copy(none()), copy(json!({ "ImageSetRequired": null })), "ImageSetRequired"),
        (
            "tencent.SyncImages.ImageSetRequired.dry_run",
            copy(json!({ "DryRun": false })),
            copy(json!({ "DryRun": true })),
            "ImageSetRequired",
        ),
        (
            "tencent.SyncImages.ImageIds.state",
            copy(none()).image(|_| {}),
            copy(none()).image(state_of(State::Pending, "SYNCING")),
            "ImageIds[0]",
        ),
        (
            "tencent.SyncImages.ImageIds.state",
            copy(none()).image(state_of(State::Ready, "USING")),
            copy(none()).image(state_of(State::Failed, "CREATEFAILED")),
            "ImageIds[0]",
        ),
        ("tencent.SyncImages.ImageIds.public", copy(none()).image(|_| {}), copy(none()).image(image_of(Ownership::Public)), "ImageIds[0]"),
        (
            "tencent.SyncImages.ImageIds.public",
            copy(none()).image(image_of(Ownership::Unknown)),
            copy(none()).image(image_of(Ownership::Market)),
            "ImageIds[0]",
        ),
        (
            "tencent.SyncImages.ImageIds.encrypted",
            copy(none()).image(|_| {}),
            copy(none()).image(|image| image.encrypted = Some(true)),
            "ImageIds[0]",
        ),
        (
            "tencent.SyncImages.ImageIds.size",
            copy(none()).image(|image| image.size_bytes = Some(50 << 30)),
            copy(none()).image(|image| image.size_bytes = Some(51 << 30)),
            "ImageIds[0]",
        ),
        (
            "tencent.SyncImages.ImageIds.whole",
            copy(none()).image(|_| {}),
            copy(none()).image(|image| image.whole = Some(true)),
            "ImageIds[0]",
        ),
        ("tencent.SyncImages.DestinationRegions.quota", copy(none()).quota(499, 500), copy(none()).quota(500, 500), "DestinationRegions"),
        ("tencent.SyncImages.ImageIds.assumed", copy(none()).image(|_| {}), copy(none()), "ImageIds"),
        (
            "tencent.SyncImages.ImageIds.assumed_plain",
            copy(none()).image(|image| image.encrypted = Some(false)),
            copy(none()).image(|_| {}),
            "ImageIds",
        ),
        ("tencent.SyncImages.DestinationRegions.assumed", copy(none()).quota(1, 500), copy(none()), "DestinationRegions"),
        ("tencent.ExportImages.BucketName.empty", export(none()), export(json!({ "BucketName": "" })), "BucketName"),
        (
            "tencent.ExportImages.BucketName.character",
            export(none()),
            export(json!({ "BucketName": "cos://golden-1250000000" })),
            "BucketName",
        ),
        ("tencent.ExportImages.BucketName.appid", export(none()), export(json!({ "BucketName": "golden" })), "BucketName"),
        (
            "tencent.ExportImages.BucketName.appid",
            export(json!({ "BucketName": "test-bucket-AppId" })),
            export(json!({ "BucketName": "-1250000000" })),
            "BucketName",
        ),
        ("tencent.ExportImages.BucketName.placeholder", export(none()), export(json!({ "BucketName": "test-bucket-AppId" })), "BucketName"),
        ("tencent.ExportImages.ImageIds.empty", export(none()), export(json!({ "ImageIds": [] })), "ImageIds"),
        ("tencent.ExportImages.ImageIds.empty", export(none()), export(json!({ "ImageIds": null })), "ImageIds"),
        (
            "tencent.ExportImages.ExportFormat.value",
            export(json!({ "ExportFormat": "VMDK" })),
            export(json!({ "ExportFormat": "raw" })),
            "ExportFormat",
        ),
        (
            "tencent.ExportImages.FileNamePrefixList.count",
            export(json!({ "FileNamePrefixList": ["a"] })),
            export(json!({ "FileNamePrefixList": ["a", "b"] })),
            "FileNamePrefixList",
        ),
        (
            "tencent.ExportImages.FileNamePrefixList.count",
            export(none()),
            export(json!({ "FileNamePrefixList": [] })),
            "FileNamePrefixList",
        ),
        (
            "tencent.ExportImages.RoleName.character",
            export(json!({ "RoleName": "Role,Name@x.y" })),
            export(json!({ "RoleName": "a role" })),
            "RoleName",
        ),
        ("tencent.ExportImages.RoleName.character", export(none()), export(json!({ "RoleName": "" })), "RoleName"),
        (
            "tencent.ExportImages.ImageIds.state",
            export(none()).image(|_| {}),
            export(none()).image(state_of(State::Pending, "SYNCING")),
            "ImageIds",
        ),
        (
            "tencent.ExportImages.ImageIds.shared",
            export(none()).image(|_| {}),
            export(none()).image(image_of(Ownership::Shared)),
            "ImageIds",
        ),
        (
            "tencent.ExportImages.ImageIds.public",
            export(none()).image(|_| {}),
            export(none()).image(image_of(Ownership::Public)),
            "ImageIds",
        ),
        (
            "tencent.ExportImages.ImageIds.market",
            export(none()).image(|_| {}),
            export(none()).image(image_of(Ownership::Market)),
            "ImageIds",
        ),
        (
            "tencent.ExportImages.ImageIds.windows",
            export(none()).image(|_| {}),
            export(none()).image(|image| image.os = Some("Windows Server 2022".into())),
            "ImageIds",
        ),
        (
            "tencent.ExportImages.ImageIds.red_hat",
            export(none()).image(|_| {}),
            export(none()).image(|image| image.os = Some("RedHat".into())),
            "ImageIds",
        ),
        (
            "tencent.ExportImages.ImageIds.encrypted",
            export(none()).image(|_| {}),
            export(json!({ "ImageIds": ["img-1", "img-o3ycss2p"] })).image(|image| image.encrypted = Some(true)),
            "ImageIds[1]",
        ),
        ("tencent.ExportImages.ImageIds.assumed", export(none()).image(|_| {}), export(none()), "ImageIds"),
        (
            "tencent.ExportImages.ImageIds.assumed_plain",
            export(none()).image(|image| image.encrypted = Some(false)),
            export(none()),
            "ImageIds",
        ),
        ("tencent.ExportImages.BucketName.assumed", list(none()), export(none()), "BucketName"),
        ("tencent.ExportImages.RoleName.assumed", list(none()), export(none()), "RoleName"),
        (
            "tencent.DescribeImages.Filters.with_ids",
            list(json!({ "ImageIds": [], "Filters": [{ "Name": "image-id", "Values": ["img-1"] }] })),
            list(json!({ "ImageIds": ["img-1"], "Filters": [{ "Name": "image-id", "Values": ["img-1"] }] })),
            "Filters",
        ),
        (
            "tencent.DescribeImages.ImageIds.count",
            list(json!({ "ImageIds": ids(100), "Limit": 100 })),
            list(json!({ "ImageIds": ids(101), "Limit": 100 })),
            "ImageIds",
        ),
        ("tencent.DescribeImages.Limit.short", list(json!({ "ImageIds": ids(20) })), list(json!({ "ImageIds": ids(21) })), "Limit"),
        (
            "tencent.DescribeImages.Limit.short",
            list(json!({ "ImageIds": ids(21), "Limit": 21 })),
            list(json!({ "ImageIds": ids(2), "Limit": 1 })),
            "Limit",
        ),
        (
            "tencent.DescribeImages.Filters.count",
            list(json!({ "Filters": vec![json!({ "Name": "platform", "Values": ["CentOS"] }); 10] })),
            list(json!({ "Filters": vec![json!({ "Name": "platform", "Values": ["CentOS"] }); 11] })),
            "Filters",
        ),
        (
            "tencent.DescribeImages.Filters.Name.known",
            filter("tag:环境", json!(["生产"])),
            filter("name", json!(["golden"])),
            "Filters[0].Name",
        ),
        (
            "tencent.DescribeImages.Filters.Name.known",
            filter("cdc-cache-status", json!(["CACHED"])),
            filter("tag:", json!(["x"])),
            "Filters[0].Name",
        ),
        (
            "tencent.DescribeImages.Filters.Name.edition",
            filter("dedicated-cluster-id", json!(["c"])),
            filter("dedicated-cluster-id", json!(["c"])).international(),
            "Filters[0].Name",
        ),
        (
            "tencent.DescribeImages.Filters.Values.count",
            filter("image-id", json!(ids(5))),
            filter("image-id", json!(ids(6))),
            "Filters[0].Values",
        ),
        (
            "tencent.DescribeImages.Filters.Values.known",
            filter("image-type", json!(["PRIVATE_IMAGE"])),
            filter("image-type", json!(["PUBLIC_IMAGE", "private"])),
            "Filters[0].Values[1]",
        ),
        (
            "tencent.DescribeImages.Filters.Values.known",
            filter("cdc-cache-status", json!(["CACHED_ALL", "CACHE_FAILED"])),
            filter("cdc-cache-status", json!(["cached"])),
            "Filters[0].Values[0]",
        ),
        ("tencent.DescribeImages.Limit.range", list(json!({ "Limit": 100 })), list(json!({ "Limit": 101 })), "Limit"),
        ("tencent.DescribeImages.Limit.range", list(json!({ "Limit": 1 })), list(json!({ "Limit": 0 })), "Limit"),
        ("tencent.DescribeImages.Offset.range", list(json!({ "Offset": 0 })), list(json!({ "Offset": -1 })), "Offset"),
        ("tencent.DescribeImages.InstanceType.hides", list(none()), list(json!({ "InstanceType": "SA5.MEDIUM2" })), "InstanceType"),
        (
            "tencent.DescribeImages.InstanceType.form",
            list(json!({ "InstanceType": "SA5.MEDIUM2" })),
            list(json!({ "InstanceType": "medium" })),
            "InstanceType",
        ),
        (
            "tencent.ModifyImageAttribute.nothing",
            change(json!({ "ImageDeprecated": false })),
            change(json!({ "ImageName": null })),
            "ImageName",
        ),
        (
            "tencent.ModifyImageAttribute.ImageName.length",
            change(json!({ "ImageName": "é".repeat(60) })),
            change(json!({ "ImageName": "é".repeat(61) })),
            "ImageName",
        ),
        (
            "tencent.ModifyImageAttribute.ImageName.empty",
            change(json!({ "ImageName": "a" })),
            change(json!({ "ImageName": "" })),
            "ImageName",
        ),
        (
            "tencent.ModifyImageAttribute.ImageDescription.length",
            change(json!({ "ImageDescription": "描".repeat(256) })),
            change(json!({ "ImageDescription": "描".repeat(257) })),
            "ImageDescription",
        ),
        (
            "tencent.ModifyImageAttribute.ImageId.shared",
            change(none()).image(|_| {}),
            change(none()).image(image_of(Ownership::Shared)),
            "ImageId",
        ),
        (
            "tencent.ModifyImageSharePermission.Permission.value",
            share(json!({ "Permission": "CANCEL" })),
            share(json!({ "Permission": "share" })),
            "Permission",
        ),
        ("tencent.ModifyImageSharePermission.AccountIds.empty", share(none()), share(json!({ "AccountIds": [] })), "AccountIds"),
        (
            "tencent.ModifyImageSharePermission.AccountIds.count",
            share(json!({ "AccountIds": vec!["1"; 500] })),
            share(json!({ "AccountIds": vec!["1"; 501] })),
            "AccountIds",
        ),
        (
            "tencent.ModifyImageSharePermission.AccountIds.digits",
            share(none()),
            share(json!({ "AccountIds": ["100000000001", "somebody"] })),
            "AccountIds[1]",
        ),
        (
            "tencent.ModifyImageSharePermission.ImageId.state",
            share(none()).image(|_| {}),
            share(none()).image(state_of(State::Pending, "CREATING")),
            "ImageId",
        ),
        (
            "tencent.ModifyImageSharePermission.ImageId.owner",
            share(none()).image(|_| {}),
            share(none()).image(image_of(Ownership::Shared)),
            "ImageId",
        ),
        ("tencent.DeleteImages.ImageIds.empty", delete(json!(["img-1"])), delete(json!([])), "ImageIds"),
        (
            "tencent.DeleteImages.ImageIds.state",
            delete(json!(["img-1"])).image(state_of(State::Failed, "CREATEFAILED")),
            delete(json!(["img-1"])).image(state_of(State::Pending, "SYNCING")),
            "ImageIds",
        ),
        (
            "tencent.DeleteImages.ImageIds.owner",
            delete(json!(["img-1"])).image(|_| {}),
            delete(json!(["img-1"])).image(image_of(Ownership::Public)),
            "ImageIds",
        ),
        ("tencent.TagResources.ResourceList.count", tag(none()), tag(json!({ "ResourceList": [] })), "ResourceList"),
        ("tencent.TagResources.ResourceList.form", tag(none()), tag(json!({ "ResourceList": ["img-o3ycss2p"] })), "ResourceList[0]"),
        (
            "tencent.TagResources.ResourceList.form",
            tag(none()),
            tag(json!({ "ResourceList": ["arn::cvm:ap-guangzhou:uin/1:image/img-o3ycss2p"] })),
            "ResourceList[0]",
        ),
        (
            "tencent.TagResources.ResourceList.form",
            tag(none()),
            tag(json!({ "ResourceList": ["qcs::cvm:image/img-o3ycss2p"] })),
            "ResourceList[0]",
        ),
        (
            "tencent.TagResources.ResourceList.form",
            tag(none()),
            tag(json!({ "ResourceList": ["qcs::cvm:ap-guangzhou:uin/1:image/"] })),
            "ResourceList[0]",
        ),
        (
            "tencent.TagResources.Tags.count",
            tag(none()),
            tag(json!({ "Tags": vec![json!({ "TagKey": "k", "TagValue": "v" }); 11] })),
            "Tags",
        ),
        (
            "tencent.TagResources.Tags.TagKey.empty",
            tag(none()),
            tag(json!({ "Tags": [{ "TagKey": "", "TagValue": "v" }] })),
            "Tags[0].TagKey",
        ),
        (
            "tencent.TagResources.Tags.TagKey.repeated",
            tag(json!({ "Tags": [{ "TagKey": "a", "TagValue": "" }, { "TagKey": "b", "TagValue": "" }] })),
            tag(json!({ "Tags": [{ "TagKey": "a", "TagValue": "" }, { "TagKey": "a", "TagValue": "x" }] })),
            "Tags[1].TagKey",
        ),
    ]
}

#[test]
fn every_rule_accepts_and_rejects() {
    for (rule, accepted, rejected, path) in cases() {
        let found = accepted.problems();
        assert!(found.iter().all(|problem| problem.rule != rule), "{rule} must accept: {found:?}");
        let found = rejected.problems();
        let problem = found.iter().find(|problem| problem.rule == rule).unwrap_or_else(|| panic!("{rule} must reject: {found:?}"));
        assert_eq!(problem.path, path, "{rule}");
        for message in [&problem.message_en, &problem.message_zh] {
            assert!(!message.contains(['{', '}']), "{rule}: {message}");
        }
    }
    let covered: BTreeSet<&str> = cases().iter().map(|case| case.0).collect();
    let declared: BTreeSet<&str> = Cloud::Tencent.rules().map(|rule| rule.id()).collect();
    assert_eq!(covered, declared, "every rule has a pair of cases, and every rule that is found is declared");
    assert_eq!(declared.len(), Cloud::Tencent.rules().count(), "ids are unique");
}

#[test]
fn every_rule_is_well_formed() {
    for rule in Cloud::Tencent.rules() {
        assert!(rule.id().starts_with("tencent.") && !rule.source().is_empty() && !rule.en().is_empty(), "{}", rule.id());
        assert!(rule.zh().chars().any(is_chinese), "{}: {}", rule.id(), rule.zh());
        assert!(
            rule.vendor_code().is_empty() || Cloud::Tencent.explain(rule.vendor_code(), None).known,
            "{}: {}",
            rule.id(),
            rule.vendor_code()
        );
        assert_eq!(placeholders(rule.en()), placeholders(rule.zh()), "{}", rule.id());
    }
}

#[test]
fn all_findings_come_at_once() {
    let bad = copy(
        json!({ "ImageIds": ["x", "img-2"], "DestinationRegions": ["AP", "ap-beijing-1"], "ImageName": "", "KmsKeyId": "k", "Nmae": 1, "DryRun": "yes" }),
    );
    let found: BTreeSet<&str> = bad.problems().iter().map(|problem| problem.rule).collect();
    for rule in [
        "params.unknown",
        "params.shape",
        "tencent.SyncImages.ImageIds.one",
        "tencent.any.ImageId.form",
        "tencent.any.Region.character",
        "tencent.any.Region.zone",
        "tencent.SyncImages.ImageName.empty",
        "tencent.SyncImages.KmsKeyId.encrypt",
    ] {
        assert!(found.contains(rule), "{rule} in {found:?}");
    }
}

#[test]
fn assumptions_are_notes_of_launches_only() {
    for operation in Cloud::Tencent.operations() {
        let found = imgferry::check(operation, &Params::new(), &At::region("ap-beijing"), &Known::default()).problems;
        for problem in found.iter().filter(|problem| problem.rule.contains("assumed")) {
            assert_eq!(problem.severity, Severity::Note, "{problem}");
            assert!(matches!(operation.name, "SyncImages" | "ExportImages"), "{problem}");
        }
    }
}

#[test]
fn the_character_that_is_wrong_is_pointed_at() {
    let message = |id: &str| delete(json!([id])).problems().remove(0).message_en;
    assert!(message("img-6pb6****").contains("'*' at position 8"), "{}", message("img-6pb6****"));
    assert!(message("img-o3y\u{a0}ss2p").contains("U+00A0 at position 7"), "{}", message("img-o3y\u{a0}ss2p"));
}

#[test]
fn rules_take_wrong_shapes_calmly() {
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}"),
        json!([]),
        json!([null]),
        json!([[1]]),
        json!([{}]),
        json!([{ "Name": 1, "Values": "x" }]),
        json!({}),
        json!("x".repeat(100_000)),
    ];
    let facts = healthy();
    for operation in Cloud::Tencent.operations() {
        for Field { name, shape, .. } in operation.fields {
            for value in &wrong {
                let params = params(&json!({ *name: value }));
                for known in [
                    Known::default(),
                    Known { image: Some(&facts), quota: Some(&Quota { total: Some(1), used: None }), ..Known::default() },
                ] {
                    let found = imgferry::check(operation, &params, &At::region("x"), &known);
                    let fits =
                        matches!((shape, value), (Shape::Text, Value::String(_)) | (Shape::Boolean, Value::Bool(_)) | (_, Value::Null));
                    let fits = fits || matches!((shape, value), (Shape::Integer, number) if number.is_i64());
                    let fits =
                        fits || matches!((shape, value), (Shape::Texts | Shape::Objects(..), Value::Array(items)) if items.is_empty());
                    let reported =
                        found.problems.iter().any(|problem| problem.path.starts_with(name) && problem.rule.starts_with("params."));
                    assert!(fits || reported, "{}.{name} = {value}", operation.name);
                }
            }
        }
    }
}

// ---- error codes ----

#[test]
fn the_catalogue_is_sorted_complete_and_bilingual() {
    for row in Cloud::Tencent.codes().rows() {
        let told = Cloud::Tencent.explain(row.code, Some(200));
        assert!(told.known && told.kind == row.kind && told.retry == row.retry, "{}", row.code);
        for text in [&told.cause_en, &told.next_en] {
            assert!(!text.is_empty() && !text.ends_with('.') && !text.chars().any(is_chinese), "{}: {text}", row.code);
        }
        for text in [&told.cause_zh, &told.next_zh] {
            assert!(text.chars().any(is_chinese) && !text.ends_with('。'), "{}: {text}", row.code);
        }
    }
    for code in DOCUMENTED.split_whitespace() {
        assert!(Cloud::Tencent.explain(code, None).known, "{code}");
    }
}

/// The codes of the pages of SyncImages (both sites) and ExportImages, and the common ones.
const DOCUMENTED: &str = "
    FailedOperation.InvalidImageState ImageQuotaLimitExceeded InvalidImageId.IncorrectState InvalidImageId.Malformed
    InvalidImageId.NotFound InvalidImageId.TooLarge InvalidImageName.Duplicate InvalidParameter.InstanceImageNotSupport
    InvalidParameter.InvalidKmsKeyId InvalidParameterValue.InvalidImageId InvalidParameterValue.InvalidImageState
    InvalidParameterValue.InvalidRegion InvalidParameterValue.LimitExceeded InvalidRegion.NotFound InvalidRegion.Unavailable
    UnsupportedOperation.EncryptedImagesNotSupported UnsupportedOperation.LocationImageNotSupported UnsupportedOperation.Region
    UnsupportedOperation.SyncEncryptImageNotSupport
    AuthFailure.CamRoleNameAuthenticateFailed InvalidParameter.ImageIdsSnapshotIdsMustOne InvalidParameter.SnapshotNotFound
    InvalidParameterValue.BucketNotFound InvalidParameterValue.InvalidAppIdFormat
    InvalidParameterValue.InvalidBucketPermissionForExport InvalidParameterValue.InvalidFileNamePrefixList
    InvalidParameterValue.InvalidImageOsName InvalidParameterValue.MissingLocationCosEndpoint InvalidParameterValue.TooLarge
    LimitExceeded.ExportImageTaskLimitExceeded UnsupportedOperation.ImageTooLargeExportUnsupported
    UnsupportedOperation.MarketImageExportUnsupported UnsupportedOperation.PublicImageExportUnsupported
    UnsupportedOperation.RedHatImageExportUnsupported UnsupportedOperation.SharedImageExportUnsupported
    UnsupportedOperation.WindowsImageExportUnsupported
    FailedOperation.IllegalTagKey InvalidFilter InvalidFilterValue.LimitExceeded InvalidInstanceType.Malformed
    InvalidParameterValue.InstanceTypeNotFound InvalidParameter.InvalidParameterCoexistImageIdsFilters
    InvalidParameterValue.InvalidParameterValueLimit InvalidParameterValue.TagKeyNotFound InvalidParameterValue.ZoneNotSupported
    InvalidZone.MismatchRegion ResourcesSoldOut.SpecifiedInstanceType UnauthorizedOperation.InvalidToken
    UnauthorizedOperation.PermissionDenied UnsupportedOperation UnsupportedOperation.InvalidZone InvalidImageId.InShared
    InvalidParameterValue.InvalidImageIdIsShared MutexOperation.TaskRunning UnauthorizedOperation.ImageNotBelongToAccount OverQuota
    FailedOperation.AccountAlreadyExists FailedOperation.AccountIsYourSelf FailedOperation.NotMasterAccount
    FailedOperation.BYOLImageShareFailed FailedOperation.QImageShareFailed FailedOperation.RImageShareFailed
    InvalidAccountId.NotFound InvalidAccountIs.YourSelf UnsupportedOperation.SharedImageModifyUnsupported
    ActionOffline AuthFailure.InvalidAuthorization AuthFailure.InvalidSecretId AuthFailure.MFAFailure AuthFailure.SecretIdNotFound
    AuthFailure.SignatureExpire AuthFailure.SignatureFailure AuthFailure.TokenFailure AuthFailure.UnauthorizedOperation
    DryRunOperation FailedOperation InternalError InternalServerError InvalidAction InvalidParameter InvalidParameterValue
    InvalidRequest IpInBlacklist IpNotInWhitelist LimitExceeded MissingParameter NoSuchProduct NoSuchVersion RequestLimitExceeded
    RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded
    RequestSizeLimitExceeded ResourceInUse ResourceInsufficient ResourceNotFound ResourceUnavailable ResponseSizeLimitExceeded
    ServiceUnavailable UnauthorizedOperation UnauthorizedOperation.MFAExpired UnauthorizedOperation.MFANotFound UnknownParameter
    UnsupportedOperation UnsupportedProtocol UnsupportedRegion AccountQualificationRestrictions
    4000 4100 4200 4300 4400 4500 4600 5000 5100
    ClientNetworkError ServerNetworkError ClientError ClientParamsError InvalidCredential ClientError.NetworkError
    ClientError.HttpStatusCodeError ClientError.ParseJsonError ClientError.CircuitBreakerError";

#[test]
fn retries_are_those_of_the_facts() {
    for (code, kind, retry, wait_ms) in [
        ("FailedOperation.InvalidImageState", Kind::Conflict, Retry::Backoff, Some(30_000)),
        ("InvalidImageName.Duplicate", Kind::Conflict, Retry::Never, None),
        ("InvalidImageId.IncorrectState", Kind::Conflict, Retry::Never, None),
        ("LimitExceeded.ExportImageTaskLimitExceeded", Kind::Quota, Retry::Backoff, Some(300_000)),
        ("RequestLimitExceeded.GlobalRegionUinLimitExceeded", Kind::Throttled, Retry::Backoff, Some(1000)),
        ("AuthFailure.SignatureExpire", Kind::Auth, Retry::Clock, None),
        ("AuthFailure.TokenFailure", Kind::Auth, Retry::Credentials, None),
        ("AuthFailure.SignatureFailure", Kind::Auth, Retry::Never, None),
        ("AuthFailure.UnauthorizedOperation", Kind::Permission, Retry::Never, None),
        ("InternalError", Kind::Server, Retry::Unsure, None),
        ("FailedOperation", Kind::Server, Retry::Unsure, None),
        ("UnsupportedOperation.Region", Kind::Unsupported, Retry::Never, None),
        ("InvalidParameterValue.LimitExceeded", Kind::Invalid, Retry::Never, None),
        ("InvalidFilterValue.LimitExceeded", Kind::Invalid, Retry::Never, None),
    ] {
        let told = Cloud::Tencent.explain(code, Some(200));
        assert_eq!((told.kind, told.retry, told.wait_ms), (kind, retry, wait_ms), "{code}");
    }
}

#[test]
fn unknown_codes_are_judged_by_their_family_then_by_the_status() {
    for (code, status, kind) in [
        ("AuthFailure.New", None, Kind::Auth),
        ("UnauthorizedOperation.New", None, Kind::Permission),
        ("RequestLimitExceeded.New", None, Kind::Throttled),
        ("LimitExceeded.New", None, Kind::Quota),
        ("ImageQuotaLimitExceeded.New", None, Kind::Quota),
        ("ResourcesSoldOut.New", None, Kind::Quota),
        ("InvalidParameterValue.NewLimitExceeded", None, Kind::Invalid),
        ("InvalidFilter.LimitExceeded", None, Kind::Invalid),
        ("InvalidBucket.NotFound", None, Kind::NotFound),
        ("FailedOperation.NotFound", None, Kind::NotFound),
        ("InvalidRegion.NotFound.New", None, Kind::Invalid),
        ("InvalidZone.NotFound", None, Kind::Invalid),
        ("ResourceNotFound.New", None, Kind::NotFound),
        ("ResourceInUse.New", None, Kind::Conflict),
        ("ResourceBusy", None, Kind::Conflict),
        ("MutexOperation", None, Kind::Conflict),
        ("OperationDenied.ImageSyncInProgress", None, Kind::Conflict),
        ("OperationDenied.New", None, Kind::Server),
        ("InternalError.New", None, Kind::Server),
        ("UnsupportedNew", None, Kind::Unsupported),
        ("NoSuchThing", None, Kind::Unsupported),
        ("InvalidActionType.New", None, Kind::Invalid),
        ("Wholly.New", Some(200), Kind::Server),
        ("Wholly.New", Some(403), Kind::Permission),
        ("Wholly.New", Some(429), Kind::Throttled),
        ("Wholly.New", Some(302), Kind::Protocol),
        ("", Some(404), Kind::NotFound),
        ("", None, Kind::Server),
        ("InvalidParameter", Some(500), Kind::Invalid),
    ] {
        let told = Cloud::Tencent.explain(code, status);
        assert_eq!(told.kind, kind, "{code} {status:?}");
        let launch_may_be_repeated = told.retry == Retry::Backoff;
        assert!(told.known || launch_may_be_repeated == (kind == Kind::Throttled), "{code}: {:?}", told.retry);
    }
}

// ---- answers from anywhere ----

#[test]
fn the_envelope_is_judged_by_its_content() {
    let read = |status: u16, body: Value| imgferry::read(SyncImages::OPERATION, &answer(status, &[], body.to_string().as_bytes()));
    // An error without a code, or of another shape, is an error all the same.
    for error in [json!({}), json!({ "Code": 7 }), json!({ "Code": "" }), json!("broken"), json!([]), json!(true)] {
        let refused = read(200, json!({ "Response": { "Error": error, "RequestId": "r" } })).expect_err("an error");
        assert_eq!((refused.kind, refused.request_id.as_deref()), (Kind::Protocol, Some("r")), "{error}");
    }
    assert!(read(200, json!({ "Response": { "Error": null } })).is_ok());
    // A refusal keeps its meaning under any status; a success needs its own.
    let refusal = json!({ "Response": { "Error": { "Code": "RequestLimitExceeded", "Message": "" } } });
    assert_eq!(read(503, refusal).expect_err("refused").kind, Kind::Throttled);
    assert_eq!(read(503, json!({ "Response": {} })).expect_err("status").code, "http.503");
    for body in
        [json!(null), json!([]), json!("x"), json!({}), json!({ "Response": null }), json!({ "Response": [] }), json!({ "code": null })]
    {
        assert_eq!(read(200, body.clone()).expect_err("no envelope").kind, Kind::Protocol, "{body}");
    }
    assert_eq!(read(200, json!({ "code": 0, "codeDesc": "Success" })).expect("success").facts, Facts::Nothing);
    assert_eq!(read(200, json!({ "code": 4104, "codeDesc": "LimitExceeded.New" })).expect_err("refused").kind, Kind::Quota);
    assert_eq!(read(200, json!({ "code": "4200" })).expect_err("refused").retry, Retry::Clock);
}

#[test]
fn the_servers_clock_is_the_last_number_of_ten_digits() {
    let clock = |message: &str| {
        let body = json!({ "Response": { "Error": { "Code": "AuthFailure.SignatureExpire", "Message": message } } });
        imgferry::read(SyncImages::OPERATION, &answer(200, &[], body.to_string().as_bytes()))
            .expect_err("refused")
            .server_time
            .map(|at| at.0)
    };
    assert_eq!(clock("the server time 1706406788"), Some(1_706_406_788_000));
    assert_eq!(clock("Timestamp 1706400000, server 1706406788, id 12345678901"), Some(1_706_406_788_000));
    assert_eq!(clock("签名过期"), None);
    assert_eq!(clock("99999999999999999999 ١٢٣٤٥٦٧٨٩٠"), None);
}

#[test]
fn no_cut_answer_is_taken_for_success() {
    for (name, exchange) in exchanges() {
        let body = text(&exchange["answer"]["body"]).as_bytes();
        for end in 0..body.len() {
            let cut = answer(200, &[], &body[..end]);
            assert!(imgferry::read(operation(text(&exchange["operation"])), &cut).is_err(), "{name} cut at {end}");
        }
    }
}

#[test]
fn every_value_may_have_any_type() {
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}😀"),
        json!([]),
        json!([[null]]),
        json!({}),
        json!({ "": {} }),
    ];
    let mut read = 0;
    for (_, exchange) in exchanges() {
        // What a proxy answered is no JSON.
        let Ok(body) = serde_json::from_str::<Value>(text(&exchange["answer"]["body"])) else { continue };
        for pointer in pointers(&body, String::new()) {
            for value in &wrong {
                let mut changed = body.clone();
                *changed.pointer_mut(&pointer).expect("it was found there") = value.clone();
                for operation in Cloud::Tencent.operations() {
                    read += usize::from(imgferry::read(operation, &answer(200, &[], changed.to_string().as_bytes())).is_ok());
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}

#[test]
fn no_bytes_and_no_status_panic() {
    let bodies: Vec<String> = exchanges().iter().map(|(_, exchange)| text(&exchange["answer"]["body"]).to_owned()).collect();
    let mut random = Seeded(0x7E3C_E27A);
    for round in 0..20_000_usize {
        let mut body = bodies[round % bodies.len()].clone().into_bytes();
        if round % 5 == 0 {
            body = (0..random.below(200)).map(|_| random.draw() as u8).collect();
        }
        for _ in 0..random.below(4) {
            if !body.is_empty() {
                let at = random.below(body.len());
                body[at] = random.draw() as u8;
            }
        }
        let status = *random.pick(&[200, 0, 204, 302, 400, 500, 999]);
        let headers = [("Date", "not a date"), ("X-TC-RequestId", "\u{0}"), ("Retry-After", "1e9"), ("Content-Encoding", "gzip")];
        let operation = random.pick(Cloud::Tencent.operations());
        let _ = imgferry::read(operation, &answer(status, &headers[..random.below(5)], &body));
    }
    for deep in ["[".repeat(200_000), "{\"Response\":".repeat(200_000), format!("{{\"Response\":{}{}}}", "[".repeat(127), "]".repeat(127))]
    {
        assert_eq!(imgferry::read(SyncImages::OPERATION, &answer(200, &[], deep.as_bytes())).expect_err("too deep").kind, Kind::Protocol);
    }
}

#[test]
fn an_answer_of_fifty_megabytes_is_read() {
    let entry = json!({ "ImageId": "img-evhmf3fy", "ImageState": "NORMAL", "ImageDescription": "x".repeat(1_000_000) });
    let body = json!({ "Response": { "ImageSet": vec![entry; 50], "TotalCount": 50, "RequestId": "r" } }).to_string();
    assert!(body.len() > 50_000_000);
    let reply = imgferry::read(DescribeImages::OPERATION, &answer(200, &[], body.as_bytes())).expect("reads");
    let Facts::Images(page) = reply.facts else { panic!("not images") };
    assert_eq!((page.items.len(), page.total), (50, Some(50)));
}

// ---- regions ----

#[test]
fn regions_are_sorted_and_have_the_form_that_rules_want() {
    let regions = Cloud::Tencent.regions();
    assert!(regions.windows(2).all(|pair| pair[0].id < pair[1].id));
    for region in regions {
        let found = list(json!({})).at(region.id).problems();
        assert!(found.iter().all(|problem| problem.path != "region"), "{found:?}");
        assert!(!region.en.is_empty() && region.zh().chars().any(is_chinese), "{}", region.id);
    }
    let listed = regions.iter().filter(|region| region.class.as_str() != "special").count();
    assert_eq!(listed, 18, "the regions that SyncImages documents");
}

// ---- helpers ----

/// All recorded exchanges with their file names, in the order of the names.
fn exchanges() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../exchanges/tencent");
    let mut found: Vec<(String, Value)> = std::fs::read_dir(folder)
        .expect("the folder of exchanges")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            (path.display().to_string(), serde_json::from_str(&text).expect("JSON"))
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(found.len() >= 31, "{} exchanges", found.len());
    found
}

fn at_of(value: &Value) -> At {
    At {
        edition: if value["edition"] == "international" { Edition::International } else { Edition::Main },
        language: value["language"].as_str().map(|language| if language == "zh" { Language::Zh } else { Language::En }),
        ..At::region(text(&value["region"]))
    }
}

fn answer_of(value: &Value) -> Answer {
    let status = value["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("a status");
    Answer { status, headers: headers(&value["headers"]), body: text(&value["body"]).into() }
}

fn sorted(mut headers: Vec<(String, String)>) -> Vec<(String, String)> {
    headers.sort();
    headers
}

fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: body.to_vec() }
}

/// An image that nothing forbids to carry. Tencent does not tell whether an image is encrypted.
fn healthy() -> Image {
    Image {
        id: "img-o3ycss2p".into(),
        name: "golden".into(),
        description: None,
        state: State::Ready,
        raw_state: "NORMAL".into(),
        percent: None,
        created: None,
        size_bytes: Some(20 << 30),
        ownership: Ownership::Private,
        encrypted: None,
        iso: None,
        whole: Some(false),
        os: Some("CentOS".into()),
        origin: None,
        tags: Vec::new(),
        lifecycle: None,
        detection: None,
    }
}

fn operation(name: &str) -> &'static Operation {
    Cloud::Tencent.operation(name).expect(name)
}

fn endpoint(url: &str, sign_host: SignHost) -> Endpoint {
    Endpoint { url: url.into(), sign_host }
}

fn params(value: &Value) -> Params {
    value.as_object().cloned().expect("an object")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

fn merged(mut base: Value, change: Value) -> Value {
    base.as_object_mut().expect("an object").extend(params(&change));
    base
}

fn is_chinese(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

fn placeholders(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// The paths of all values within a value, outermost first.
fn pointers(value: &Value, here: String) -> Vec<String> {
    let inner: Vec<String> = match value {
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| pointers(value, format!("{here}/{name}"))).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(index, value)| pointers(value, format!("{here}/{index}"))).collect(),
        _ => Vec::new(),
    };
    std::iter::once(here).chain(inner).collect()
}

#[test]
fn the_id_of_the_source_is_no_new_image() {
    let sync = operation("SyncImages");
    let launched = |params: Value, image: &str| {
        let body = json!({ "Response": { "ImageSet": [{ "ImageId": image, "Region": "ap-guangzhou" }], "RequestId": "r" } });
        let answer = Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() };
        let reply = imgferry::read_sent(sync, params.as_object().expect("a record"), &answer).expect("read");
        let Facts::Launched(copies) = reply.facts else { panic!("a launch") };
        copies[0].image.clone()
    };
    // Example 1 of the China page, and example 2.
    let sent = json!({ "ImageIds": ["img-o3ycss2p"], "DestinationRegions": ["ap-guangzhou"] });
    assert_eq!(launched(sent.clone(), "img-o3ycss2p"), None);
    assert_eq!(launched(sent, "img-evhmf3fy").as_deref(), Some("img-evhmf3fy"));
}
