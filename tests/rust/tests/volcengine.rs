//! Volcengine and BytePlus at the second level: requests, rules, answers and error codes.

use imgferry::api::Params;
use imgferry::api::check::Known;
use imgferry::api::endpoint::SignHost;
use imgferry::api::facts::{Facts, Image, Launched, Ownership, Quota, Reply, State};
use imgferry::api::operation::Named;
use imgferry::volcengine::request::{CopyImage, DescribeImages, TagFilter};
use imgferry::{Answer, At, Cloud, Edition, Endpoint, Error, Method, Retry, build};
use imgferry::{Problem, Severity};
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
        let call = build(&Named::new(operation, &params), &at_of(input)).expect(id);

        assert_eq!(pairs(query(&call.request().url)), expected_pairs(input), "{id}");
        assert_eq!(call.region(), text(&input["region"]), "{id}");
        assert_eq!(call.service, "ecs", "{id}");
        // The recorded form posts fit into a URL, so here they are GETs and their query is another.
        if input["method"] == "GET" {
            let recorded = text(&case["expected"]["python_sdk_bare_signer"]["canonical_query"]);
            assert_eq!(query(&call.request().url), recorded, "{id}");
            assert_eq!(authority(&call.request().url), text(&input["host"]).trim_end_matches(":443"), "{id}");
            assert_eq!(call.request().headers.to_vec(), [], "{id}");
            assert_eq!(call.request().body, "", "{id}");
        }
        built += 1;
    }
    assert_eq!(built, 40);
}

#[test]
fn the_documented_example_is_built() {
    let call = build(&documented_example(), &At::region("cn-beijing")).expect("builds");
    assert_eq!(call.request().method, Method::Get);
    assert_eq!(authority(&call.request().url), "open.volcengineapi.com");
    let mut documented =
        pairs("Action=CopyImage&Version=2020-04-01&ImageId=image-4431h3l7hl31a0example&DestinationRegion=cn-shanghai&ImageName=image-1");
    documented.sort();
    assert_eq!(pairs(query(&call.request().url)), documented);
    // The page prints Region and ServiceName lines; both are read from the credential scope, and no client sends them.
    assert_eq!(call.request().headers.to_vec(), []);
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
    let named = Named::new(DescribeImages::OPERATION, &params);
    assert_eq!(imgferry::build(&typed, &at).expect("typed").request(), imgferry::build(&named, &at).expect("named").request());
}

#[test]
fn an_absent_description_and_an_empty_one_differ() {
    let at = At::region("cn-beijing");
    let url = |description: Option<&str>| {
        let copy = CopyImage { description: description.map(str::to_owned), tags: Some(vec![]), ..documented_example() };
        build(&copy, &at).expect("builds").request().url.clone()
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
        let call = build(&documented_example(), &at).expect(region);
        assert_eq!(authority(&call.request().url), host, "{region} {edition:?}");
    }
}

#[test]
fn another_endpoint_takes_the_call() {
    let at =
        |sign_host| At { endpoint: Some(Endpoint { url: "http://127.0.0.1:8080/volc/".into(), sign_host }), ..At::region("cn-beijing") };
    let call = build(&documented_example(), &at(SignHost::Endpoint)).expect("builds");
    assert!(call.request().url.starts_with("http://127.0.0.1:8080/volc/?Action=CopyImage&"), "{}", call.request().url);
    assert_eq!(call.request().headers.to_vec(), []);
    let call = build(&documented_example(), &at(SignHost::Official)).expect("builds");
    assert_eq!(call.request().header("Host"), Some("open.volcengineapi.com"));
}

#[test]
fn parameters_too_long_for_a_url_are_posted() {
    let ids = |count: usize, length: usize| DescribeImages {
        image_ids: Some((0..count).map(|n| format!("image-{n:0length$}")).collect()),
        ..DescribeImages::default()
    };
    let at = At::region("cn-beijing");
    let usual = build(&ids(100, 24), &at).expect("builds").request().clone();
    assert_eq!(usual.method, Method::Get, "100 ids of 30 characters fit");

    let long = build(&ids(100, 90), &at).expect("builds").request().clone();
    assert_eq!(long.method, Method::Post);
    assert_eq!(long.url, "https://open.volcengineapi.com/?Action=DescribeImages&Version=2020-04-01");
    assert_eq!(long.headers.to_vec(), [("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())]);
    assert!(long.body.starts_with("ImageIds.1=image-0") && !long.body.contains("Action"), "{}", long.body);
    assert_eq!(pairs(&long.body).len(), 100);
}

#[test]
fn a_region_cannot_break_out_of_host_or_scope() {
    for region in ["", "cn beijing", "cn-beijing/x", "a.b", "cn-beijing\r\nX: y", "北京", "x@evil.example"] {
        for edition in [Edition::Main, Edition::International] {
            let at = At { edition, ..At::region(region) };
            let error = build(&documented_example(), &at).expect_err(region);
            assert_eq!((error.kind, error.code.as_str()), (imgferry::Kind::Misuse, "region"), "{region:?}");
        }
    }
}

#[test]
fn operations_are_sorted_and_documented() {
    let names: Vec<&str> = Cloud::Volcengine.operations().iter().map(|operation| operation.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for operation in Cloud::Volcengine.operations() {
        assert!(operation.doc().len() > 20, "{}", operation.name);
        assert!(operation.fields.iter().all(|field| field.doc().len() > 10), "{}", operation.name);
    }
}

// ---- rules ----

/// For every rule that needs no facts: parameters of an operation that keep it and parameters that break it,
/// as changes to [`valid`]. Null takes a parameter away.
fn rule_cases() -> Vec<(&'static str, &'static str, Value, Value)> {
    let ids = |count: usize| (0..count).map(|n| format!("image-{n}")).collect::<Vec<_>>();
    let tag = |key: &str, value: &str| json!({ "Tags": [{ "Key": key, "Value": value }] });
    let tags = |count: usize| json!({ "Tags": (0..count).map(|n| json!({ "Key": format!("k{n}") })).collect::<Vec<_>>() });
    let filters = |count: usize| json!({ "TagFilters": (0..count).map(|n| json!({ "Key": format!("k{n}") })).collect::<Vec<_>>() });
    vec![
        ("any.ImageId.empty", "CopyImage", json!({}), json!({ "ImageId": "" })),
        ("any.ImageId.space", "CopyImage", json!({}), json!({ "ImageId": "image-4431h3l7 " })),
        ("any.ImageId.space", "ExportImage", json!({}), json!({ "ImageId": "image-\u{3000}a" })),
        ("any.ImageId.mask", "CopyImage", json!({}), json!({ "ImageId": "image-4431h3l7hl31a0******" })),
        ("any.ImageId.form", "CopyImage", json!({ "ImageId": "image-2" }), json!({ "ImageId": "img-2" })),
        ("any.ImageId.form", "ModifyImageAttribute", json!({}), json!({ "ImageId": "image-A" })),
        ("any.ImageId.form", "DescribeImages", json!({ "ImageIds": ["image-2"] }), json!({ "ImageIds": ["image-"] })),
        ("any.Ids.empty", "DescribeImages", json!({ "ImageIds": [] }), json!({ "ImageIds": ["image-1", ""] })),
        ("any.Ids.empty", "DescribeTasks", json!({ "ResourceId": "i-1" }), json!({ "ResourceId": "" })),
        ("any.Ids.space", "DescribeTasks", json!({ "TaskIds": ["t-1"] }), json!({ "TaskIds": ["t-1\n"] })),
        ("any.Ids.space", "ModifyImageSharePermission", json!({}), json!({ "RemoveAccounts": ["21 00"] })),
        ("any.Ids.mask", "DescribeTasks", json!({ "ResourceIds": ["image-1"] }), json!({ "ResourceIds": ["image-1***"] })),
        ("any.ImageName.empty", "CopyImage", json!({}), json!({ "ImageName": "" })),
        ("any.ImageName.length", "CopyImage", json!({ "ImageName": "n".repeat(128) }), json!({ "ImageName": "n".repeat(129) })),
        ("any.ImageName.length", "CopyImage", json!({ "ImageName": "镜".repeat(128) }), json!({ "ImageName": "镜".repeat(129) })),
        ("any.ImageName.start", "CopyImage", json!({ "ImageName": "镜1" }), json!({ "ImageName": "1镜" })),
        ("any.ImageName.start", "ModifyImageAttribute", json!({ "ImageName": "a" }), json!({ "ImageName": "_a" })),
        ("any.ImageName.character", "CopyImage", json!({ "ImageName": "a_-.9镜" }), json!({ "ImageName": "a=" })),
        // A wrong character at the start is told once.
        ("any.ImageName.character", "CopyImage", json!({ "ImageName": "=a" }), json!({ "ImageName": "==" })),
        ("any.ImageName.rare", "CopyImage", json!({ "ImageName": "a\u{9FA5}" }), json!({ "ImageName": "a\u{9FA6}" })),
        ("any.Description.length", "CopyImage", json!({ "Description": "d".repeat(255) }), json!({ "Description": "d".repeat(256) })),
        ("any.Description.start", "CopyImage", json!({ "Description": "a 1" }), json!({ "Description": "1 a" })),
        ("any.Description.start", "CopyImage", json!({ "Description": "说 明" }), json!({ "Description": " 说明" })),
        ("any.Description.start", "ModifyImageAttribute", json!({ "Description": "" }), json!({ "Description": "，" })),
        ("any.Description.character", "CopyImage", json!({ "Description": "a9镜_-=,.，。 " }), json!({ "Description": "a：" })),
        ("any.Description.rare", "CopyImage", json!({ "Description": "a一" }), json!({ "Description": "a〇" })),
        ("any.ProjectName.length", "CopyImage", json!({ "ProjectName": "p".repeat(64) }), json!({ "ProjectName": "p".repeat(65) })),
        ("any.ProjectName.length", "DescribeImages", json!({ "ProjectName": "default" }), json!({ "ProjectName": "" })),
        ("any.ProjectName.character", "CopyImage", json!({ "ProjectName": "a_b.c-1" }), json!({ "ProjectName": "a b" })),
        ("any.Tags.count", "CopyImage", tags(20), tags(21)),
        ("any.Tags.count", "TagResources", tags(1), tags(0)),
        ("any.Tags.key_length", "CopyImage", tag(&"键".repeat(128), ""), tag(&"k".repeat(129), "")),
        ("any.Tags.key_length", "CopyImage", tag("k", ""), tag("", "")),
        (
            "any.Tags.key_repeated",
            "CopyImage",
            json!({ "Tags": [{ "Key": "a" }, { "Key": "A" }] }),
            json!({ "Tags": [{ "Key": "a" }, {}, { "Key": "a" }] }),
        ),
        ("any.Tags.key_reserved", "CopyImage", tag("volcano", ""), tag("Volc:x", "")),
        ("any.Tags.key_reserved", "TagResources", tag("system", ""), tag("SYS:x", "")),
        ("any.Tags.value_length", "CopyImage", tag("k", &"v".repeat(256)), tag("k", &"v".repeat(257))),
        ("any.Tags.character", "CopyImage", tag("é部_.:/=+-@ 1", "ü"), tag("k", "a*b")),
        ("any.Tags.character", "TagResources", tag("k", "a"), tag("k,", "")),
        ("any.Tags.space", "CopyImage", tag("a b", "c d"), tag("k", " v")),
        ("any.Tags.space", "CopyImage", tag("k", ""), tag("k ", "v")),
        ("CopyImage.DestinationRegion.empty", "CopyImage", json!({}), json!({ "DestinationRegion": "" })),
        ("CopyImage.DestinationRegion.form", "CopyImage", json!({}), json!({ "DestinationRegion": "shanghai" })),
        ("CopyImage.DestinationRegion.form", "CopyImage", json!({}), json!({ "DestinationRegion": "cn_shanghai" })),
        ("CopyImage.DestinationRegion.form", "CopyImage", json!({}), json!({ "DestinationRegion": "cn-shanghai-" })),
        ("CopyImage.DestinationRegion.case", "CopyImage", json!({}), json!({ "DestinationRegion": "cn-Shanghai" })),
        (
            "CopyImage.DestinationRegion.zone",
            "CopyImage",
            json!({ "DestinationRegion": "cn-shanghai" }),
            json!({ "DestinationRegion": "cn-shanghai-a" }),
        ),
        (
            "CopyImage.DestinationRegion.same",
            "CopyImage",
            json!({ "DestinationRegion": "cn-beijing2" }),
            json!({ "DestinationRegion": "cn-beijing" }),
        ),
        ("CopyImage.DestinationRegion.same", "CopyImage", json!({}), json!({ "DestinationRegion": "CN-Beijing" })),
        (
            "CopyImage.DestinationRegion.unknown",
            "CopyImage",
            json!({ "DestinationRegion": "ap-southeast-3" }),
            json!({ "DestinationRegion": "us-east-1" }),
        ),
        ("CopyImage.DestinationRegion.unknown", "CopyImage", json!({}), json!({ "DestinationRegion": "cn-north-1" })),
        ("CopyImage.Description.empty", "CopyImage", json!({ "Description": null }), json!({ "Description": "" })),
        (
            "CopyImage.Tags.ignored",
            "CopyImage",
            json!({ "CopyImageTags": false, "Tags": [{ "Key": "a" }] }),
            json!({ "CopyImageTags": true, "Tags": [{ "Key": "a" }] }),
        ),
        (
            "CopyImage.Tags.ignored",
            "CopyImage",
            json!({ "CopyImageTags": true, "Tags": [] }),
            json!({ "CopyImageTags": true, "Tags": [{ "Key": "a" }, { "Key": "b" }] }),
        ),
        ("DeleteImages.ImageIds.count", "DeleteImages", json!({ "ImageIds": ids(100) }), json!({ "ImageIds": ids(101) })),
        ("DeleteImages.ImageIds.count", "DeleteImages", json!({ "ImageIds": ids(1) }), json!({ "ImageIds": [] })),
        ("DescribeImages.ImageIds.count", "DescribeImages", json!({ "ImageIds": ids(100) }), json!({ "ImageIds": ids(101) })),
        ("DescribeImages.Status.count", "DescribeImages", json!({ "Status": vec!["error"; 10] }), json!({ "Status": vec!["error"; 11] })),
        (
            "DescribeImages.Status.word",
            "DescribeImages",
            json!({ "Status": ["available", "creating", "error"] }),
            json!({ "Status": ["Available"] }),
        ),
        ("DescribeImages.Status.absent", "DescribeImages", json!({ "Status": ["error"] }), json!({ "Status": null })),
        ("DescribeImages.Status.absent", "DescribeImages", json!({ "Status": ["error"] }), json!({ "Status": [] })),
        ("DescribeImages.Visibility.word", "DescribeImages", json!({ "Visibility": "shared" }), json!({ "Visibility": "Private" })),
        ("DescribeImages.OsType.word", "DescribeImages", json!({ "OsType": "Linux" }), json!({ "OsType": "linux" })),
        ("DescribeImages.Platform.word", "DescribeImages", json!({ "Platform": "Rocky Linux" }), json!({ "Platform": "Plan 9" })),
        ("DescribeImages.IsLTS.false", "DescribeImages", json!({ "IsLTS": true }), json!({ "IsLTS": false })),
        ("DescribeImages.TagFilters.count", "DescribeImages", filters(10), filters(11)),
        (
            "DescribeImages.TagFilters.key_repeated",
            "DescribeImages",
            json!({ "TagFilters": [{ "Key": "a" }, { "Key": "b" }] }),
            json!({ "TagFilters": [{ "Key": "a" }, { "Key": "a" }] }),
        ),
        (
            "DescribeImages.TagFilters.values",
            "DescribeImages",
            json!({ "TagFilters": [{ "Key": "a", "Values": ["1", "2", ""] }] }),
            json!({ "TagFilters": [{ "Key": "a", "Values": ["1", "2", "3", "4"] }] }),
        ),
        (
            "DescribeImages.TagFilters.values",
            "DescribeImages",
            json!({ "TagFilters": [{ "Key": "a", "Values": [""] }] }),
            json!({ "TagFilters": [{ "Key": "a", "Values": [] }] }),
        ),
        ("DescribeImages.ImageStatus.undocumented", "DescribeImages", json!({ "ImageStatus": null }), json!({ "ImageStatus": "creating" })),
        ("DescribeImages.MaxResults.range", "DescribeImages", json!({ "MaxResults": 100 }), json!({ "MaxResults": 101 })),
        ("DescribeImages.MaxResults.range", "DescribeImages", json!({ "MaxResults": 1 }), json!({ "MaxResults": 0 })),
        (
            "DescribeRegions.RegionIds.count",
            "DescribeRegions",
            json!({ "RegionIds": vec!["cn-beijing"; 20] }),
            json!({ "RegionIds": vec!["cn-beijing"; 21] }),
        ),
        ("DescribeRegions.MaxResults.range", "DescribeRegions", json!({ "MaxResults": 20 }), json!({ "MaxResults": 21 })),
        ("DescribeRegions.MaxResults.absent", "DescribeRegions", json!({ "MaxResults": 20 }), json!({ "MaxResults": null })),
        ("any.Region.zone", "DescribeRegions", json!({ "RegionIds": ["cn-beijing"] }), json!({ "RegionIds": ["cn-beijing-b"] })),
        ("any.Region.form", "DescribeRegions", json!({ "RegionIds": ["xx-new-9"] }), json!({ "RegionIds": ["Beijing"] })),
        ("DescribeTasks.ResourceIds.count", "DescribeTasks", json!({ "ResourceIds": ids(100) }), json!({ "ResourceIds": ids(101) })),
        ("DescribeTasks.TaskIds.count", "DescribeTasks", json!({ "TaskIds": ids(100) }), json!({ "TaskIds": ids(101) })),
        ("DescribeTasks.ResourceId.old", "DescribeTasks", json!({ "ResourceIds": ids(1) }), json!({ "ResourceId": "image-1" })),
        ("DescribeTasks.MaxResults.range", "DescribeTasks", json!({ "MaxResults": 100 }), json!({ "MaxResults": 101 })),
        ("ExportImage.TOSBucket.empty", "ExportImage", json!({}), json!({ "TOSBucket": "" })),
        ("ExportImage.TOSBucket.form", "ExportImage", json!({ "TOSBucket": "b".repeat(63) }), json!({ "TOSBucket": "b".repeat(64) })),
        ("ExportImage.TOSBucket.form", "ExportImage", json!({ "TOSBucket": "a-1" }), json!({ "TOSBucket": "A_1" })),
        ("ExportImage.TOSPrefix.empty", "ExportImage", json!({}), json!({ "TOSPrefix": "" })),
        ("ExportImage.TOSPrefix.form", "ExportImage", json!({ "TOSPrefix": "p".repeat(30) }), json!({ "TOSPrefix": "p".repeat(31) })),
        ("ExportImage.TOSPrefix.form", "ExportImage", json!({ "TOSPrefix": "aZ09" }), json!({ "TOSPrefix": "a/b" })),
        (
            "ModifyImageAttribute.ImageId.nothing",
            "ModifyImageAttribute",
            json!({ "ImageName": null, "Description": "" }),
            json!({ "ImageName": null }),
        ),
        ("ModifyImageAttribute.BootMode.word", "ModifyImageAttribute", json!({ "BootMode": "UEFI" }), json!({ "BootMode": "Legacy" })),
        (
            "ModifyImageSharePermission.ImageId.nothing",
            "ModifyImageSharePermission",
            json!({ "AddAccounts": [], "RemoveAccounts": ["1"] }),
            json!({ "AddAccounts": [] }),
        ),
        (
            "ModifyImageSharePermission.AddAccounts.count",
            "ModifyImageSharePermission",
            json!({ "AddAccounts": ids(50) }),
            json!({ "AddAccounts": ids(51) }),
        ),
        ("TagResources.ResourceType.word", "TagResources", json!({ "ResourceType": "image" }), json!({ "ResourceType": "Image" })),
        ("TagResources.ResourceIds.count", "TagResources", json!({ "ResourceIds": ids(50) }), json!({ "ResourceIds": ids(51) })),
        ("TagResources.ResourceIds.count", "TagResources", json!({ "ResourceIds": ids(1) }), json!({ "ResourceIds": [] })),
    ]
}

/// For the rules about regions and about what is known of image and quota: a check that keeps and one that breaks.
fn fact_cases() -> Vec<(&'static str, Vec<Problem>, Vec<Problem>)> {
    let image = |change: fn(&mut Image)| {
        let mut image = an_image();
        change(&mut image);
        image
    };
    let copy = |image: Option<&Image>, quota: Option<Quota>| {
        findings("CopyImage", &valid("CopyImage"), "cn-beijing", &Known { image, quota: quota.as_ref(), ..Known::default() })
    };
    let of = |change: fn(&mut Image)| copy(Some(&image(change)), None);
    let with = |changes: Value, change: fn(&mut Image)| {
        let image = image(change);
        let known = Known { image: Some(&image), ..Known::default() };
        findings("CopyImage", &changed("CopyImage", &changes), "cn-beijing", &known)
    };
    let room = |used, total| copy(None, Some(Quota { used, total }));
    let export = |image: Option<&Image>| findings("ExportImage", &valid("ExportImage"), "cn-beijing", &Known { image, ..Known::default() });
    let at = |region| findings("DescribeTasks", &Params::new(), region, &Known::default());
    let here = json!({ "DestinationRegion": "cn-beijing" });
    vec![
        ("any.Region.form", at("cn-beijing"), at("")),
        ("any.Region.form", at("xx-new-9"), at("CN-BEIJING")),
        ("any.Region.zone", at("cn-beijing"), at("cn-beijing-a")),
        ("any.Region.unknown", at("cn-guangzhou"), at("cn-nanjing")),
        ("CopyImage.ImageId.assumed", of(|_| {}), copy(None, None)),
        ("CopyImage.ImageId.assumed_plain", of(|_| {}), of(|image| image.whole = None)),
        ("CopyImage.ImageId.assumed_plain", copy(None, None), of(|image| image.size_bytes = None)),
        ("CopyImage.ImageId.assumed_plain", of(|_| {}), of(|image| image.ownership = Ownership::Unknown)),
        ("CopyImage.ImageId.state", of(|_| {}), of(|image| image.state = State::Pending)),
        ("CopyImage.ImageId.state", of(|_| {}), of(|image| image.state = State::Failed)),
        ("CopyImage.ImageId.public", of(|_| {}), of(|image| image.ownership = Ownership::Public)),
        ("CopyImage.ImageId.public", of(|image| image.ownership = Ownership::Unknown), of(|image| image.ownership = Ownership::Market)),
        (
            "CopyImage.ImageId.shared",
            with(here.clone(), |image| image.ownership = Ownership::Shared),
            of(|image| image.ownership = Ownership::Shared),
        ),
        ("CopyImage.ImageId.whole", of(|image| image.whole = Some(false)), of(|image| image.whole = Some(true))),
        ("CopyImage.ImageId.size", of(|image| image.size_bytes = Some(300 << 30)), of(|image| image.size_bytes = Some((300 << 30) + 1))),
        (
            "CopyImage.DestinationRegion.same",
            with(here.clone(), |image| image.ownership = Ownership::Shared),
            with(here.clone(), |image| image.ownership = Ownership::Private),
        ),
        (
            "CopyImage.DestinationRegion.same_shared",
            with(here.clone(), |image| image.ownership = Ownership::Private),
            with(here, |image| image.ownership = Ownership::Shared),
        ),
        (
            "CopyImage.CopyImageTags.shared",
            with(json!({ "CopyImageTags": true }), |_| {}),
            with(json!({ "CopyImageTags": true }), |image| image.ownership = Ownership::Shared),
        ),
        ("CopyImage.quota.assumed", room(Some(1), None), room(None, Some(50))),
        ("CopyImage.quota.full", room(Some(49), None), room(Some(50), None)),
        ("CopyImage.quota.full", room(Some(50), Some(100)), room(Some(100), Some(100))),
        // An assumption of every launch; only other operations are free of it.
        ("CopyImage.account.invited", export(None), copy(None, None)),
        ("ExportImage.ImageId.assumed", export(Some(&an_image())), export(None)),
        ("ExportImage.ImageId.state", export(Some(&an_image())), export(Some(&image(|image| image.state = State::Pending)))),
        ("ExportImage.ImageId.owner", export(Some(&an_image())), export(Some(&image(|image| image.ownership = Ownership::Shared)))),
    ]
}

#[test]
fn every_rule_accepts_and_rejects() {
    let mut cases = fact_cases();
    for (rule, operation, keeps, breaks) in rule_cases() {
        let check = |changes| findings(operation, &changed(operation, changes), "cn-beijing", &Known::default());
        cases.push((rule, check(&keeps), check(&breaks)));
    }
    for (rule, accepted, rejected) in &cases {
        let id = format!("volcengine.{rule}");
        assert!(accepted.iter().all(|problem| problem.rule != id), "{id} is raised wrongly: {accepted:#?}");
        let problem = rejected.iter().find(|problem| problem.rule == id).unwrap_or_else(|| panic!("{id} is not raised: {rejected:#?}"));
        for message in [&problem.message_en, &problem.message_zh] {
            assert!(!message.is_empty() && !message.contains(['{', '}']), "{id}: {message}");
        }
    }
    for rule in Cloud::Volcengine.rules() {
        let tested = cases.iter().any(|(id, ..)| rule.id() == format!("volcengine.{id}"));
        assert!(tested, "{} has no case", rule.id());
    }
}

#[test]
fn rules_are_unique_and_well_formed() {
    let mut ids: Vec<&str> = Cloud::Volcengine.rules().map(|rule| rule.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Cloud::Volcengine.rules().count());
    for rule in Cloud::Volcengine.rules() {
        let parts: Vec<&str> = rule.id().split('.').collect();
        let [cloud, operation, _, _] = parts.as_slice() else { panic!("{}", rule.id()) };
        assert!(*cloud == "volcengine" && (*operation == "any" || Cloud::Volcengine.operation(operation).is_ok()), "{}", rule.id());
        assert!(matches!(rule.source(), "S3" | "DOC" | "OWN"), "{}", rule.id());
        let code = rule.vendor_code();
        assert!(code.is_empty() || Cloud::Volcengine.codes().rows().any(|row| row.code == code), "{}: {code}", rule.id());
    }
}

#[test]
fn no_documented_example_raises_an_alarm() {
    let alarms = |operation: &str, params: &Params, at: &At| {
        let operation = Cloud::Volcengine.operation(operation).expect("known");
        let mut problems = imgferry::check(operation, params, at, &Known::default()).problems;
        problems.retain(|problem| problem.severity > Severity::Note);
        problems
    };
    let example = documented_example();
    assert_eq!(alarms("CopyImage", &imgferry::api::operation::Parameters::to_params(&example), &At::region("cn-beijing")), []);
    for (name, exchange) in exchanges() {
        assert_eq!(alarms(text(&exchange["operation"]), &params(&exchange["params"]), &exchange_at(&exchange)), [], "{name}");
    }
    // The recorded requests are examples, too, but for those that were made to strain the encoder.
    let vectors: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let strained: Vec<(&str, Vec<&str>)> = vectors["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .map(|case| {
            let problems = alarms(text(&case["input"]["action"]), &params(&case["input"]["params"]), &at_of(&case["input"]));
            let mut rules: Vec<&str> = problems.iter().map(|problem| problem.rule).collect();
            rules.dedup();
            (text(&case["id"]), rules)
        })
        .filter(|(_, rules)| !rules.is_empty())
        .collect();
    assert_eq!(
        strained,
        [
            ("pub-006", vec!["volcengine.any.Description.character"]),
            ("pub-010", vec!["volcengine.any.ImageName.rare"]),
            ("pub-021", vec!["params.shape"]),
            ("pub-028", vec!["volcengine.any.ImageName.character", "volcengine.any.Description.character"]),
            ("pub-037", vec!["volcengine.any.Description.start", "volcengine.any.Description.character"]),
            ("pub-038", vec!["params.control", "volcengine.any.Description.character"]),
            ("pub-p02", vec!["volcengine.any.Description.character"]),
        ]
    );
}

#[test]
fn names_and_descriptions_are_spelled_as_documented() {
    // One character each: whether it may begin, and whether it may follow, in a name and in a description.
    let table = [
        ("a", "BB", "BB"),
        ("Z", "BB", "BB"),
        ("镜", "BB", "BB"),
        ("9", "-F", "-F"),
        ("_", "-F", "-F"),
        ("-", "-F", "-F"),
        (".", "-F", "-F"),
        ("=", "--", "-F"),
        (",", "--", "-F"),
        ("\u{FF0C}", "--", "-F"),
        ("\u{3002}", "--", "-F"),
        (" ", "--", "-F"),
        ("\u{3400}", "BB", "BB"),
        ("\u{F900}", "BB", "BB"),
        ("\u{20000}", "BB", "BB"),
        ("\t", "--", "--"),
        ("\n", "--", "--"),
        ("\u{3000}", "--", "--"),
        ("\u{FF0E}", "--", "--"),
        ("\u{FF61}", "--", "--"),
        ("、", "--", "--"),
        ("\"", "--", "--"),
        ("(", "--", "--"),
        (":", "--", "--"),
        ("/", "--", "--"),
        ("+", "--", "--"),
        ("ひ", "--", "--"),
        ("한", "--", "--"),
        ("я", "--", "--"),
        ("é", "--", "--"),
        ("Ａ", "--", "--"),
        ("９", "--", "--"),
        ("😀", "--", "--"),
    ];
    for (character, name, description) in table {
        for (field, expected) in [("ImageName", name), ("Description", description)] {
            let is_fine = |value: String| {
                let params = changed("CopyImage", &json!({ field: value }));
                findings("CopyImage", &params, "cn-beijing", &Known::default()).iter().all(|problem| problem.severity < Severity::Error)
            };
            let begins = is_fine(format!("{character}a"));
            let follows = is_fine(format!("a{character}"));
            assert_eq!((begins, follows), (expected.starts_with('B'), !expected.ends_with('-')), "{field} {character:?}");
        }
    }
}

#[test]
fn every_wrong_character_is_told_at_once() {
    let params = changed("CopyImage", &json!({ "ImageName": "1a b/镜:", "DestinationRegion": "cn-beijing", "ImageId": "" }));
    let problems = findings("CopyImage", &params, "cn-beijing", &Known::default());
    let errors: Vec<(&str, &str)> = problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| (problem.path.as_str(), problem.vendor_code.unwrap_or_default()))
        .collect();
    assert_eq!(
        errors,
        [
            ("ImageId", "MissingParameter.ImageId"),
            ("ImageName", "InvalidImageName.Malformed"),
            ("ImageName", "InvalidImageName.Malformed"),
            ("ImageName", "InvalidImageName.Malformed"),
            ("ImageName", "InvalidImageName.Malformed"),
            ("DestinationRegion", "InvalidDestinationRegion.Mismatch"),
        ]
    );
    let messages: String = problems.iter().map(|problem| format!("{}\n", problem.message_en)).collect();
    for told in ["'1' at position 0", "U+0020 at position 2", "'/' at position 4", "':' at position 6"] {
        assert!(messages.contains(told), "{told}: {messages}");
    }
    let operation = CopyImage::OPERATION;
    let error = imgferry::check_and_build(operation, &params, &At::region("cn-beijing")).expect_err("refused");
    assert_eq!((error.kind, error.problems.len()), (imgferry::Kind::Misuse, problems.len()));
}

#[test]
fn wrong_shapes_are_reported_and_taken_calmly() {
    let wrong = [json!(1), json!(1.5), json!(true), json!("x"), json!([]), json!([1, null, []]), json!({}), json!([{ "Key": 1 }])];
    for operation in Cloud::Volcengine.operations() {
        for field in operation.fields {
            for value in &wrong {
                let params = changed(operation.name, &json!({ field.name: value }));
                // Built even when refused: whatever comes, nothing breaks.
                findings(operation.name, &params, "cn-beijing", &Known::default());
                assert!(build(&Named::new(operation, &params), &At::region("cn-beijing")).is_ok());
            }
        }
    }
}

// ---- answers ----

#[test]
fn recorded_exchanges_are_built_and_read() {
    for (name, exchange) in exchanges() {
        let operation = Cloud::Volcengine.operation(text(&exchange["operation"])).expect(&name);
        let params = params(&exchange["params"]);
        let call = build(&Named::new(operation, &params), &exchange_at(&exchange)).expect(&name);
        assert_eq!(call.request().to_value(), exchange["request"], "{name}");

        let expected = &exchange["expected"];
        match imgferry::read(operation, &answer_of(&exchange["answer"])) {
            Ok(reply) => {
                assert_eq!(reply.facts.to_value(), expected["facts"], "{name}");
                assert_eq!(json!(reply.request_id), expected["request_id"], "{name}");
                // What holds a secret is not shown a second time.
                let is_secret = expected["facts"]["type"] == "temporary";
                assert_eq!(reply.data, if is_secret { Value::Null } else { exchange["answer"]["body"]["Result"].clone() }, "{name}");
            }
            Err(error) => {
                let told = error.to_value();
                assert_eq!(told["request_id"], expected["request_id"], "{name}: {told}");
                for (key, value) in expected["error"].as_object().unwrap_or_else(|| panic!("{name}: {told}")) {
                    assert_eq!(&told[key], value, "{name}: {key}");
                }
                assert!(!error.message.is_empty() && !error.hint_en.is_empty() && !error.hint_zh.is_empty(), "{name}: {told}");
            }
        }
    }
}

#[test]
fn the_documented_answer_is_read() {
    let body = r#"{
    "ResponseMetadata": {
        "RequestId": "2022061517394001022514606307*****",
        "Action": "CopyImage",
        "Version": "2020-04-01",
        "Service": "ecs",
        "Region": "cn-beijing"
    },
    "Result": {
        "ImageId": "image-3teco18f1w5a71******"
    }
}"#;
    let reply = read("CopyImage", 200, body).expect("a success");
    assert_eq!(reply.request_id.as_deref(), Some("2022061517394001022514606307*****"));
    let Facts::Launched(launched) = reply.facts else { panic!("not launched") };
    assert_eq!(launched, [Launched { image: Some("image-3teco18f1w5a71******".into()), ..Launched::default() }]);
}

#[test]
fn a_broken_success_is_never_taken_for_absence() {
    let metadata = r#""ResponseMetadata":{"RequestId":"r"}"#;
    for (operation, body) in [
        ("CopyImage", format!("{{{metadata}}}")),
        ("CopyImage", format!(r#"{{{metadata},"Result":{{"ImageId":""}}}}"#)),
        ("CopyImage", format!(r#"{{{metadata},"Result":{{"ImageId":7}}}}"#)),
        ("CopyImage", "{}".to_owned()),
        ("CopyImage", String::new()),
        ("ExportImage", format!(r#"{{{metadata},"Result":{{}}}}"#)),
        ("DescribeImages", format!("{{{metadata}}}")),
        ("DescribeImages", format!(r#"{{{metadata},"Result":[]}}"#)),
        ("DescribeImages", format!(r#"{{{metadata},"Result":{{"Images":"none"}}}}"#)),
        ("DescribeImages", format!(r#"{{{metadata},"Result":{{"Images":[{{"ImageName":"image-1"}}]}}}}"#)),
        ("DescribeTasks", format!(r#"{{{metadata},"Result":{{"Tasks":[7]}}}}"#)),
        ("DescribeRegions", format!(r#"{{{metadata},"Result":{{"Regions":{{}}}}}}"#)),
        ("DescribeImages", r#"{"ResponseMetadata":{"Error":"no"}}"#.to_owned()),
        ("DescribeImages", r#"{"ResponseMetadata":{"Error":{}}}"#.to_owned()),
    ] {
        let error = read(operation, 200, &body).expect_err(&body);
        assert_eq!((error.kind, error.retry), (imgferry::Kind::Protocol, Retry::Unsure), "{operation} {body}");
    }
}

#[test]
fn hostile_bodies_never_panic() {
    let mut random = Random(0x5EED);
    let read_all = |status: u16, body: &[u8]| {
        let answer = Answer { status, headers: vec![], body: body.to_vec() };
        for operation in Cloud::Volcengine.operations() {
            // Whatever is read, a launch names what it launched.
            if let Ok(Reply { facts: Facts::Launched(launched), .. }) = imgferry::read(operation, &answer) {
                assert!(launched.iter().all(|one| one.image.is_some() || one.task.is_some()));
            }
        }
    };
    for _ in 0..2000 {
        let body: Vec<u8> = (0..random.below(64)).map(|_| random.below(256) as u8).collect();
        read_all([200, 400, 500][random.below(3)], &body);
    }
    for body in ["null", "[]", "7", "\"x\"", "{\"ResponseMetadata\":null}", "{\"errorcode\":{}}"] {
        read_all(200, body.as_bytes());
    }
    read_all(200, "[".repeat(1_000_000).as_bytes());
    read_all(200, "{\"ResponseMetadata\":".repeat(100_000).as_bytes());
}

#[test]
fn examples_cut_or_twisted_anywhere_never_panic() {
    for (name, exchange) in exchanges() {
        let operation = Cloud::Volcengine.operation(text(&exchange["operation"])).expect(&name);
        let whole = answer_of(&exchange["answer"]);
        for length in 0..whole.body.len() {
            let cut = Answer { body: whole.body[..length].to_vec(), ..whole.clone() };
            assert!(imgferry::read(operation, &cut).is_err(), "{name} cut at {length} passes for a success");
        }
        let wrong =
            [json!(null), json!(true), json!(-1), json!(1e300), json!(u64::MAX), json!(""), json!("x"), json!([]), json!({}), json!([[]])];
        for pointer in pointers(&exchange["answer"]["body"]) {
            for value in &wrong {
                let mut body = exchange["answer"]["body"].clone();
                *body.pointer_mut(&pointer).expect("there") = value.clone();
                let _ = imgferry::read(operation, &Answer { body: body.to_string().into_bytes(), ..whole.clone() });
            }
        }
    }
}

#[test]
fn a_body_of_50_mb_is_read() {
    let html = "<p>x</p>".repeat(50 << 17);
    let error = read("CopyImage", 502, &html).expect_err("refused");
    assert!(error.message.chars().count() < 400, "a message is an excerpt");
    let image = "x".repeat(50 << 20);
    assert!(read("CopyImage", 200, &format!(r#"{{"ResponseMetadata":{{}},"Result":{{"ImageId":"{image}"}}}}"#)).is_ok());
}

// ---- error codes ----

#[test]
fn every_code_is_explained_in_both_languages() {
    for row in Cloud::Volcengine.codes().rows() {
        let told = Cloud::Volcengine.explain(row.code, None);
        assert!(told.known, "{}", row.code);
        assert_eq!((told.kind, told.retry), (row.kind, row.retry), "{}", row.code);
        assert!(!told.next_en.is_empty() && !told.next_zh.is_empty(), "{}", row.code);
        assert!(!row.en.is_empty() && !row.en.ends_with('.'), "{}: {}", row.code, row.en);
        assert!(row.zh.chars().any(|c| c >= '\u{4E00}'), "{}: {}", row.code, row.zh);
        assert_eq!(row.next_en.is_empty(), row.next_zh.is_empty(), "{}", row.code);
        // What may certainly be repeated was certainly refused: only throttles and locks say so much.
        let is_certain = matches!(row.kind, imgferry::Kind::Throttled | imgferry::Kind::Conflict);
        assert!(row.retry != Retry::Backoff || is_certain, "{}", row.code);
        assert_eq!(row.kind == imgferry::Kind::Server, row.retry == Retry::Unsure, "{}", row.code);
    }
}

#[test]
fn every_documented_code_is_in_the_catalogue() {
    let documented = "AccessDenied AccessDeniedException AccessKeyIsExpire FlowLimitExceeded InnerApiNeedAccountInfo InternalError \
        InternalServiceError InternalServiceTimeout InvalidAccessKey InvalidActionOrVersion InvalidArgument InvalidAuthorization \
        InvalidClientTokenId InvalidCredential InvalidDescription.Malformed InvalidDestinationRegion.Malformed \
        InvalidDestinationRegion.Mismatch InvalidImage.NotFound InvalidImage.Shared InvalidImageForCopyImage.UnSupported \
        InvalidImageForExportImage.UnSupported InvalidImageName.Malformed InvalidImageStatus InvalidProject.NotFound \
        InvalidRegionForCopyImage.UnSupported InvalidSecretToken InvalidTOSPrefix.Malformed InvalidTimestamp \
        InvalidTosPutObject.AccessDenied LackPolicy LackProjectPolicy LimitExceeded.MaximumImageCount LimitExceeded.MaximumImageSize \
        LimitExceeded.MaximumRegionIds MethodNotAllowed MissingAuthenticationToken MissingParameter \
        MissingParameter.DestinationRegion MissingParameter.ImageId MissingParameter.ImageName MissingParameter.TOSBucket \
        MissingParameter.TOSPrefix MissingRequestInfo MissingSignature OperationDenied.ImageIsCopying \
        OperationDenied.ImageIsExporting OperationDenied.ResourceLocked OperationDenied.SnapshotServiceUnavailable ServiceNotFound \
        ServiceShouldCallSelfApi ServiceUnavailable ServiceUnavailableTemp SessionTokenInvalid SignatureDoesNotMatch UndefinedError";
    let listed: Vec<&str> = Cloud::Volcengine.codes().rows().map(|row| row.code).collect();
    assert_eq!(listed, documented.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn the_gateways_numbers_decide_where_the_code_says_nothing() {
    use imgferry::Kind::*;
    for (number, kind, retry) in [
        (100001, Server, Retry::Unsure),
        (100002, Invalid, Retry::Never),
        (100003, Auth, Retry::Never),
        (100004, Invalid, Retry::Never),
        (100005, Auth, Retry::Never),
        (100006, Auth, Retry::Clock),
        (100007, Unsupported, Retry::Never),
        (100008, Unsupported, Retry::Never),
        (100009, Auth, Retry::Never),
        (100010, Auth, Retry::Never),
        (100011, Permission, Retry::Never),
        (100012, Permission, Retry::Never),
        (100013, Permission, Retry::Never),
        (100014, Server, Retry::Unsure),
        (100016, Server, Retry::Unsure),
        (100018, Throttled, Retry::Backoff),
        (100019, Server, Retry::Unsure),
        (100020, Invalid, Retry::Never),
    ] {
        for code in ["", "Unheard"] {
            let body = json!({ "ResponseMetadata": { "Error": { "CodeN": number, "Code": code, "Message": "m" } } }).to_string();
            let error = read("CopyImage", 418, &body).expect_err("refused");
            assert_eq!((error.kind, error.retry), (kind, retry), "{number} {code}");
        }
        // The code itself comes first.
        let body = json!({ "ResponseMetadata": { "Error": { "CodeN": number, "Code": "InvalidImage.NotFound" } } }).to_string();
        assert_eq!(read("CopyImage", 500, &body).expect_err("refused").kind, NotFound);
    }
}

#[test]
fn unknown_codes_fall_back_by_words_then_by_status() {
    use imgferry::Kind::*;
    for (code, status, kind) in [
        ("MissingParameter.Foo", 500, Invalid),
        ("InvalidFoo.Malformed", 500, Invalid),
        ("InvalidFoo.Mismatch", 412, Invalid),
        ("InvalidTag.Duplicate", 409, Invalid),
        ("InvalidSnapshot.NotFound", 400, NotFound),
        ("InvalidFoo.UnSupported", 400, Unsupported),
        ("InvalidFoo.Unsupported", 400, Unsupported),
        ("InvalidFoo.UNSUPPORTED", 400, Unsupported),
        ("LimitExceeded.MaximumImageIds", 400, Invalid),
        ("LimitExceeded.MaximumTags", 400, Quota),
        ("QuotaExceeded.Image", 403, Quota),
        ("FlowLimitExceeded.User", 400, Throttled),
        ("RequestLimitExceeded", 400, Throttled),
        ("Throttling.Api", 503, Throttled),
        ("OperationDenied.Foo", 400, Conflict),
        ("InvalidDiskStatus", 400, Conflict),
        ("InvalidImageStatus.Creating", 400, Conflict),
        ("InvalidTosGetObject.AccessDenied", 400, Permission),
        ("AccessDenied.Project", 500, Permission),
        ("InvalidTimestamp.Early", 400, Auth),
        ("ServiceUnavailable", 404, Unsupported),
        ("ServiceUnavailable", 503, Server),
        ("Unheard", 200, Server),
        ("Unheard", 400, Invalid),
        ("Unheard", 401, Auth),
        ("Unheard", 403, Permission),
        ("Unheard", 404, NotFound),
        ("Unheard", 405, Unsupported),
        ("Unheard", 409, Conflict),
        ("Unheard", 412, Conflict),
        ("Unheard", 418, Invalid),
        ("Unheard", 429, Throttled),
        ("Unheard", 502, Server),
        ("", 504, Server),
    ] {
        let told = Cloud::Volcengine.explain(code, Some(status));
        assert_eq!(told.kind, kind, "{code} {status}");
        let certain = told.retry == Retry::Backoff;
        assert!(!certain || kind == Throttled, "{code} {status}: a launch would be repeated");
    }
    assert_eq!(Cloud::Volcengine.explain("Unheard", None).retry, Retry::Unsure);
}

/// What other clients of this API get wrong, one line each.
#[test]
fn lessons_of_other_clients() {
    // Messages say "invalid" and "not found" of anything; only codes count.
    let body = json!({ "ResponseMetadata": { "Error": { "Code": "InvalidArgument", "Message": "invalid: the image was not found" } } });
    assert_eq!(read("DescribeImages", 400, &body.to_string()).expect_err("refused").kind, imgferry::Kind::Invalid);
    // An unknown key is not an expired one: new credentials do not help.
    assert_eq!(Cloud::Volcengine.explain("InvalidAccessKey", Some(401)).retry, Retry::Never);
    // A failed image is final at once instead of waiting for the deadline.
    let body = json!({ "ResponseMetadata": {}, "Result": { "Images": [{ "ImageId": "image-1", "Status": "error" }] } });
    let Ok(Facts::Images(page)) = read("DescribeImages", 200, &body.to_string()).map(|reply| reply.facts) else { panic!("no images") };
    assert_eq!(page.items[0].state, State::Failed);
    // A listing without Status hides the copies in progress.
    let problems = findings("DescribeImages", &Params::new(), "cn-beijing", &Known::default());
    assert_eq!(problems.iter().map(|problem| problem.rule).collect::<Vec<_>>(), ["volcengine.DescribeImages.Status.absent"]);
    // Regions that circulate in public code and do not exist.
    for invented in ["ap-singapore", "ap-tokyo", "us-east-1", "cn-nanjing"] {
        let problems = findings("DescribeTasks", &Params::new(), invented, &Known::default());
        assert_eq!(problems[0].rule, "volcengine.any.Region.unknown", "{invented}");
        assert_eq!(problems[0].severity, Severity::Warning, "{invented}");
    }
    // Lists are numbered, not joined by commas.
    let list = DescribeImages { status: Some(vec!["creating".into(), "error".into()]), ..DescribeImages::default() };
    let url = build(&list, &At::region("cn-beijing")).expect("builds").request().url.clone();
    assert!(url.contains("Status.1=creating&Status.2=error"), "{url}");
    // An undocumented parameter of the vendor's model is sent, and doubted.
    let params = params(&json!({ "ImageStatus": "creating", "Status": ["creating"] }));
    let problems = findings("DescribeImages", &params, "cn-beijing", &Known::default());
    assert_eq!((problems[0].rule, problems[0].severity), ("volcengine.DescribeImages.ImageStatus.undocumented", Severity::Warning));
}

#[test]
fn regions_are_sorted_and_well_formed() {
    let ids: Vec<&str> = Cloud::Volcengine.regions().iter().map(|region| region.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for id in ["cn-beijing", "cn-shanghai", "cn-guangzhou", "cn-hongkong", "ap-southeast-1", "ap-southeast-3"] {
        let region = Cloud::Volcengine.regions().iter().find(|region| region.id == id).expect(id);
        assert!(!region.en.is_empty() && !region.zh().is_empty(), "{id}");
    }
    for id in ids {
        assert_eq!(findings("DescribeTasks", &Params::new(), id, &Known::default()), [], "{id}");
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

/// Parameters of an operation that break no rule.
fn valid(operation: &str) -> Params {
    let id = "image-4431h3l7hl31a0example";
    params(&match operation {
        "CopyImage" => json!({ "ImageId": id, "DestinationRegion": "cn-shanghai", "ImageName": "image-1" }),
        "DeleteImages" => json!({ "ImageIds": [id] }),
        "DescribeImageSharePermission" => json!({ "ImageId": id }),
        "ExportImage" => json!({ "ImageId": id, "TOSBucket": "bucket-1", "TOSPrefix": "test123" }),
        "ModifyImageAttribute" => json!({ "ImageId": id, "ImageName": "image-2" }),
        "ModifyImageSharePermission" => json!({ "ImageId": id, "AddAccounts": ["2100000001"] }),
        "TagResources" => json!({ "ResourceType": "image", "ResourceIds": [id], "Tags": [{ "Key": "k" }] }),
        _ => json!({}),
    })
}

fn changed(operation: &str, changes: &Value) -> Params {
    let mut params = valid(operation);
    params.extend(changes.as_object().cloned().expect("an object"));
    params
}

fn findings(operation: &str, params: &Params, region: &str, known: &Known<'_>) -> Vec<Problem> {
    let operation = Cloud::Volcengine.operation(operation).expect("known");
    imgferry::check(operation, params, &At::region(region), known).problems
}

/// An image that may be copied.
fn an_image() -> Image {
    Image {
        id: "image-4431h3l7hl31a0example".into(),
        name: "golden".into(),
        description: None,
        state: State::Ready,
        raw_state: "available".into(),
        percent: None,
        created: None,
        size_bytes: Some(40 << 30),
        ownership: Ownership::Private,
        encrypted: None,
        iso: None,
        whole: Some(false),
        os: None,
        origin: None,
        tags: vec![],
        lifecycle: None,
        detection: None,
    }
}

/// The recorded exchanges by file name, sorted.
fn exchanges() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../exchanges/volcengine");
    let mut all: Vec<(String, Value)> = std::fs::read_dir(folder)
        .expect(folder)
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            let name = path.display().to_string();
            let content = std::fs::read_to_string(&path).expect(&name);
            (name.clone(), serde_json::from_str(&content).expect(&name))
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert!(all.len() > 40, "{} exchanges", all.len());
    all
}

fn exchange_at(exchange: &Value) -> At {
    let edition = if exchange["at"]["edition"] == "international" { Edition::International } else { Edition::Main };
    At { edition, ..At::region(text(&exchange["at"]["region"])) }
}

/// A recorded answer; a body that is no text stands for its JSON.
fn answer_of(recorded: &Value) -> Answer {
    Answer {
        status: recorded["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("a status"),
        headers: serde_json::from_value(recorded["headers"].clone()).expect("pairs"),
        body: match &recorded["body"] {
            Value::String(text) => text.clone().into_bytes(),
            body => body.to_string().into_bytes(),
        },
    }
}

fn read(operation: &str, status: u16, body: &str) -> Result<Reply, Error> {
    let operation = Cloud::Volcengine.operation(operation).expect("known");
    imgferry::read(operation, &Answer { status, headers: vec![], body: body.as_bytes().to_vec() })
}

/// JSON pointers to every value inside a value.
fn pointers(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, child)| (key.clone(), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => vec![],
    };
    let below = |(key, child): &(String, &Value)| -> Vec<String> {
        std::iter::once(String::new()).chain(pointers(child)).map(|rest| format!("/{key}{rest}")).collect()
    };
    children.iter().flat_map(below).collect()
}

/// A small seeded generator (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn absent_parameters_have_the_codes_of_the_page() {
    let codes = |cloud: Cloud, operation: &str, params: &Value| -> Vec<(String, Option<&'static str>)> {
        let operation = cloud.operation(operation).expect("known");
        let problems =
            imgferry::check(operation, params.as_object().expect("a record"), &At::region("cn-beijing"), &Known::default()).problems;
        problems
            .into_iter()
            .filter(|problem| problem.rule.starts_with("params."))
            .map(|problem| (problem.path, problem.vendor_code))
            .collect()
    };
    let found = codes(Cloud::Volcengine, "CopyImage", &json!({ "ImageId": 1, "Imagename": "x" }));
    for (path, code) in [
        ("Imagename", None),
        ("ImageId", Some("InvalidArgument")),
        ("DestinationRegion", Some("MissingParameter.DestinationRegion")),
        ("ImageName", Some("MissingParameter.ImageName")),
    ] {
        assert!(found.contains(&(path.to_owned(), code)), "{path}: {found:?}");
    }
    assert_eq!(codes(Cloud::Volcengine, "ExportImage", &json!({})).len(), 3);
    assert!(
        codes(Cloud::Volcengine, "ExportImage", &json!({}))
            .iter()
            .all(|(path, code)| *code == Some(format!("MissingParameter.{path}").as_str()))
    );
    assert!(codes(Cloud::Huawei, "CopyImageCrossRegion", &json!({ "name": 1, "x": 1 })).iter().all(|(_, code)| code.is_none()));
    let found = codes(Cloud::Tencent, "SyncImages", &json!({ "ImageIds": 1, "x": 1 }));
    assert_eq!(
        found.iter().filter_map(|(_, code)| *code).collect::<Vec<_>>(),
        ["UnknownParameter", "InvalidParameter", "MissingParameter"]
    );
}
