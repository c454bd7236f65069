//! Hosts that know fewer calls than the vendors' do, and listings that disagree with each other: neither ends a copy
//! that goes on.

use imgferry::job::{End, Job, Keyring, Phase, Report, Step};
use imgferry::{Answer, Cloud, Credentials, Millis, Plan, Request};
use serde_json::{Value, json};

/// Plays a job against a host that is a function of the request and of how many requests came before it.
fn play(plan: &Value, mut host: impl FnMut(&Request) -> (u16, Value)) -> Report {
    let key = || Credentials::new("AKEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", None).expect("well formed");
    let keys = Cloud::ALL.into_iter().fold(Keyring::default(), |keys, cloud| keys.with(cloud, key()));
    let mut now = Millis(1_767_225_600_000);
    let mut job = Job::new(Plan::from_value(plan).expect("a plan"), now, 1).expect("a good plan");
    for _ in 0..10_000 {
        match job.poll(now, &keys) {
            Step::Send(outgoing) => {
                let (status, body) = host(&outgoing.request);
                let answer = Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() };
                job.answer(now.plus(20), outgoing.id, answer).expect("a request under way");
                now = now.plus(20);
            }
            Step::Wait { until } => now = until,
            Step::Done => return job.report(),
        }
    }
    panic!("the job does not end: {:?}", job.report());
}

const JOB: &str = "9a175ac79d2a54ad019d47145b8f78cd";
const COPY: &str = "698a61e2-abde-4151-a778-f9035e214c92";

fn huawei(projects: &Value) -> Value {
    json!({
        "clouds": {"huawei": {"projects": projects}},
        "copies": [{"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"],
            "name": "golden", "params": {"agency_name": "ims_copy_image"}}]
    })
}

fn replica() -> Value {
    json!({"id": COPY, "name": "golden", "status": "active", "__imagetype": "private", "created_at": "2026-01-01T00:00:10Z",
        "__data_origin": "image,cn-north-4,465076de-dc36-4aec-80f5-ef9d8009428f"})
}

fn no_such_path() -> (u16, Value) {
    (404, json!({"error_code": "APIGW.0101", "error_msg": "The API does not exist or has not been published in the environment"}))
}

#[test]
fn a_host_that_knows_only_the_older_look_at_jobs_is_asked_by_it() {
    let mut launches = 0;
    let mut looks = 0;
    let report = play(&huawei(&json!({"cn-north-4": "0123456789abcdef0123456789abcdef"})), |request| {
        if request.url.contains("/cross_region_copy") {
            launches += 1;
            return (200, json!({"job_id": JOB}));
        }
        if request.url.contains("/v1/0123456789abcdef0123456789abcdef/jobs/") {
            looks += 1;
            let status = if looks < 3 { "RUNNING" } else { "SUCCESS" };
            return (200, json!({"job_id": JOB, "status": status, "entities": {"image_id": COPY}}));
        }
        if request.url.contains("/v2/cloudimages") && request.url.contains(COPY) {
            return (200, json!({"images": [replica()]}));
        }
        if request.url.contains("/v2/cloudimages") { (200, json!({"images": []})) } else { no_such_path() }
    });
    assert_eq!((launches, looks), (1, 3));
    assert_eq!((report.rows[0].phase, report.rows[0].new_image.as_deref()), (Phase::Ended(End::Ready), Some(COPY)));
}

#[test]
fn without_any_look_at_jobs_the_listing_tells() {
    let mut launches = 0;
    let report = play(&huawei(&json!({})), |request| {
        if request.url.contains("/cross_region_copy") {
            launches += 1;
            return (200, json!({"job_id": JOB}));
        }
        let images = if launches > 0 { json!([replica()]) } else { json!([]) };
        if request.url.contains("/v2/cloudimages") { (200, json!({"images": images})) } else { no_such_path() }
    });
    assert_eq!((report.rows[0].phase, report.rows[0].new_image.as_deref(), launches), (Phase::Ended(End::Ready), Some(COPY), 1));
}

#[test]
fn without_any_look_at_images_the_job_tells() {
    let report = play(&huawei(&json!({})), |request| {
        if request.url.contains("/cross_region_copy") {
            return (200, json!({"job_id": JOB}));
        }
        if request.url.contains("/v1/cloudimages/job/") {
            return (200, json!({"job_id": JOB, "status": "SUCCESS", "entities": {"image_id": COPY}}));
        }
        no_such_path()
    });
    assert_eq!((report.rows[0].phase, report.rows[0].new_image.as_deref()), (Phase::Ended(End::Ready), Some(COPY)));
}

#[test]
fn without_a_look_at_tasks_the_image_tells() {
    let plan = json!({"copies": [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"}]});
    let mut looks = 0;
    let report = play(&plan, |request| {
        if request.url.contains("Action=CopyImage") {
            return (200, json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"ImageId": "image-copy"}}));
        }
        if request.url.contains("Action=DescribeImages") && request.url.contains("image-copy") {
            looks += 1;
            let status = if looks < 3 { "creating" } else { "available" };
            let image = json!({"ImageId": "image-copy", "ImageName": "golden", "Status": status, "Visibility": "private"});
            return (200, json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": [image]}}));
        }
        if request.url.contains("Action=DescribeImages") {
            return (200, json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": []}}));
        }
        let error = json!({"Code": "InvalidActionOrVersion", "Message": "Could not find operation"});
        (404, json!({"ResponseMetadata": {"RequestId": "r", "Error": error}}))
    });
    assert_eq!((report.rows[0].phase, report.rows[0].launches), (Phase::Ended(End::Ready), 1));
}

/// A listing may lag behind, and a copy lasts longer than any patience with one that was never seen.
#[test]
fn one_look_that_lacks_the_copy_ends_nothing() {
    let tencent =
        json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]});
    let mut looks = 0;
    let report = play(&tencent, |request| {
        let is_launch = request.headers.iter().any(|(_, value)| value == "SyncImages");
        if is_launch {
            return (200, json!({"Response": {"ImageSet": [{"ImageId": "img-thecopy1", "Region": "ap-shanghai"}], "RequestId": "r"}}));
        }
        let mut images = json!([]);
        if request.body.contains("img-thecopy1") {
            looks += 1;
            let state = if looks < 30 { "SYNCING" } else { "NORMAL" };
            // Seen at first, then missing now and then.
            if looks % 4 != 3 {
                images = json!([{"ImageId": "img-thecopy1", "ImageName": "golden", "ImageState": state, "ImageType": "PRIVATE_IMAGE"}]);
            }
        }
        (200, json!({"Response": {"ImageSet": images, "TotalCount": 0, "RequestId": "r"}}))
    });
    assert!(looks >= 30, "{looks}");
    assert_eq!((report.rows[0].phase, report.rows[0].launches), (Phase::Ended(End::Ready), 1), "{report:?}");
}

#[test]
fn a_copy_that_stays_away_was_deleted() {
    let tencent =
        json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]});
    let mut looks = 0;
    let report = play(&tencent, |request| {
        if request.headers.iter().any(|(_, value)| value == "SyncImages") {
            return (200, json!({"Response": {"ImageSet": [{"ImageId": "img-thecopy1", "Region": "ap-shanghai"}], "RequestId": "r"}}));
        }
        let mut images = json!([]);
        if request.body.contains("img-thecopy1") {
            looks += 1;
            if looks < 3 {
                images = json!([{"ImageId": "img-thecopy1", "ImageName": "golden", "ImageState": "SYNCING", "ImageType": "PRIVATE_IMAGE"}]);
            }
        }
        (200, json!({"Response": {"ImageSet": images, "TotalCount": 0, "RequestId": "r"}}))
    });
    let row = &report.rows[0];
    assert_eq!((row.phase, row.error.as_ref().map(|error| &*error.code)), (Phase::Ended(End::Failed), Some("image.gone")));
    assert!(looks < 20, "{looks}");
}

/// A cloud's replicas: one of them has not heard of the copy yet.
#[test]
fn a_copy_that_a_replica_does_not_show_yet_lives() {
    let mut looks = 0;
    let report = play(&huawei(&json!({})), |request| {
        if request.url.contains("/cross_region_copy") {
            return (200, json!({"job_id": JOB}));
        }
        if request.url.contains("/v1/cloudimages/job/") {
            return (200, json!({"job_id": JOB, "status": "SUCCESS", "entities": {"image_id": COPY}}));
        }
        looks += u32::from(request.url.contains(COPY));
        let mut copy = replica();
        copy["status"] = json!(if looks > 6 { "active" } else { "saving" });
        (200, json!({"images": if looks == 1 || looks > 5 { json!([copy]) } else { json!([]) }}))
    });
    assert_eq!(report.rows[0].phase, Phase::Ended(End::Ready), "{}", report.to_value());
    assert!(looks > 6, "{looks}");
}

/// A host that keeps the images of all regions in one place, and lists them to everybody.
#[test]
fn one_image_is_never_the_copy_of_two_destinations() {
    let mut plan = huawei(&json!({}));
    plan["copies"][0]["to"] = json!(["cn-south-1", "cn-east-3"]);
    let mut launches = 0;
    let report = play(&plan, |request| {
        if request.url.contains("/cross_region_copy") {
            launches += 1;
            // The second one was lost on its way to the service.
            let lost = (502, json!("bad gateway"));
            return if launches == 2 { lost } else { (200, json!({"job_id": JOB})) };
        }
        if request.url.contains("/v1/cloudimages/job/") {
            return (200, json!({"job_id": JOB, "status": "SUCCESS", "entities": {"image_id": COPY}}));
        }
        let images = if launches > 0 { json!([replica()]) } else { json!([]) };
        (200, json!({"images": images}))
    });
    let codes: Vec<_> = report.rows.iter().map(|row| row.error.as_ref().map(|error| &*error.code)).collect();
    assert_eq!(report.rows.iter().filter(|row| row.phase == Phase::Ended(End::Ready)).count(), 1, "{report:?}");
    assert!(codes.contains(&Some("image.in_two_regions")), "{codes:?}");
    assert_eq!(report.exit_code(), 7);

    // Begun again, what is there can be the copy of one of them only.
    let report = play(&plan, |_| (200, json!({"images": [replica()]})));
    assert_eq!(report.rows[0].phase, Phase::Ended(End::Present));
    assert_eq!(report.rows[1].phase, Phase::Ended(End::Conflict));
}

/// A launch whose answer is lost, on a cloud that lists no image and says that there is one more: on a next page, or by number.
fn launches_beside(cloud: &str, places: [&str; 3], launch: &str, listing: &Value) -> (u32, Report) {
    let [image, from, to] = places;
    let plan = json!({
        "copies": [{"cloud": cloud, "image": image, "from": from, "to": [to], "name": "golden"}],
        "policy": {"check_quota": false}
    });
    let mut launches = 0;
    let report = play(&plan, |request| {
        let said = format!("{} {:?}", request.url, request.headers.iter().collect::<Vec<_>>());
        if said.contains(launch) {
            launches += 1;
            return (502, json!("bad gateway"));
        }
        (200, listing.clone())
    });
    (launches, report)
}

#[test]
fn a_listing_that_tells_of_more_than_it_shows_proves_no_absence() {
    let tencent = json!({"Response": {"RequestId": "r", "ImageSet": [], "TotalCount": 1}});
    let volcengine = json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": [], "NextToken": "more"}});
    // What another page showed does not count twice.
    let other = json!([{"ImageId": "image-another0000000000000", "ImageName": "golden-2", "Status": "available", "Visibility": "private"}]);
    let without_token = json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": other, "TotalCount": 2}});
    let same_token = json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": other, "NextToken": "more"}});
    for (cloud, places, launch, listing) in [
        ("volcengine", ["image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai"], "CopyImage", without_token),
        ("volcengine", ["image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai"], "CopyImage", same_token),
        ("tencent", ["img-o3ycss2p", "ap-guangzhou", "ap-shanghai"], "SyncImages", tencent),
        ("volcengine", ["image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai"], "CopyImage", volcengine),
    ] {
        let (launches, report) = launches_beside(cloud, places, launch, &listing);
        let row = &report.rows[0];
        assert_eq!((launches, row.phase), (1, Phase::Ended(End::Ambiguous)), "{cloud}: {}", report.to_value());
    }
}

/// The same before anything is launched: what a listing hides may be the copy of an earlier run.
#[test]
fn a_copy_of_an_earlier_run_that_is_counted_and_not_shown_is_not_made_again() {
    let plan = json!({"copies": [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing",
        "to": ["cn-shanghai"], "name": "golden"}]});
    let image = |id: &str, name: &str, created: &str| json!({"ImageId": id, "ImageName": name, "Status": "available", "Visibility": "private", "CreatedAt": created});
    for (hidden, launched, end) in [(1, false, End::Present), (2, false, End::Present), (u32::MAX, true, End::Ready)] {
        let (mut looks, mut launches) = (0, 0);
        let report = play(&plan, |request| {
            let mut images = json!([image("image-4431h3l7hl31a0example", "base", "2026-01-01T00:00:00+08:00")]);
            if request.url.contains("Action=CopyImage&") {
                launches += 1;
                let made = json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"ImageId": "image-thecopy0000000000000"}});
                return (200, made);
            }
            let is_find = request.url.contains("ImageName=golden") || request.url.contains("Visibility=private");
            if is_find {
                looks += 1;
            }
            if is_find || request.url.contains("image-thecopy") {
                images = json!([image("image-thecopy0000000000000", "golden", "2026-01-01T01:00:00+08:00")]);
            }
            if is_find && looks <= hidden {
                images = json!([]);
            }
            (200, json!({"ResponseMetadata": {"RequestId": "r"}, "Result": {"Images": images, "TotalCount": 1, "Tasks": []}}))
        });
        let row = &report.rows[0];
        assert_eq!((launches > 0, row.phase), (launched, Phase::Ended(end)), "{hidden} times hidden: {}", report.to_value());
    }
}

/// The same of a copy that is watched: what is counted and not shown was not deleted.
#[test]
fn a_copy_that_is_counted_and_not_shown_lives() {
    let plan =
        json!({"copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}]});
    for hidden in [3, 40] {
        let mut looks = 0;
        let report = play(&plan, |request| {
            if request.headers.iter().any(|(_, value)| value == "SyncImages") {
                return (200, json!({"Response": {"ImageSet": [{"ImageId": "img-thecopy1", "Region": "ap-shanghai"}], "RequestId": "r"}}));
            }
            let is_copy = request.body.contains("img-thecopy1");
            looks += u32::from(is_copy);
            let state = if looks > hidden { "NORMAL" } else { "SYNCING" };
            let image = json!({"ImageId": "img-thecopy1", "ImageName": "golden", "ImageState": state, "ImageType": "PRIVATE_IMAGE"});
            let images = if is_copy && (looks == 1 || looks > hidden) { json!([image]) } else { json!([]) };
            (200, json!({"Response": {"ImageSet": images, "TotalCount": u32::from(is_copy), "RequestId": "r"}}))
        });
        assert_eq!(report.rows[0].phase, Phase::Ended(End::Ready), "{hidden} times hidden: {}", report.to_value());
    }
}

/// The same of a source: it is asked for again, and not for ever where a cloud always counts so.
#[test]
fn a_source_that_is_counted_and_not_shown_is_asked_for_again() {
    let plan = json!({"copies": [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing",
        "to": ["cn-shanghai"], "name": "{name}-copy"}]});
    let source = json!({"ImageId": "image-4431h3l7hl31a0example", "ImageName": "golden", "Status": "available", "Visibility": "private"});
    for (hidden, code) in [(1, None), (2, None), (100, Some("image.not_listed"))] {
        let (mut looks, mut made) = (0, json!([]));
        let report = play(&plan, |request| {
            let answer = |result: Value| (200, json!({"ResponseMetadata": {"RequestId": "r"}, "Result": result}));
            if request.url.contains("Action=CopyImage&") {
                made = json!([{"ImageId": "image-thecopy0000000000000", "ImageName": "golden-copy", "Status": "available", "Visibility": "private"}]);
                return answer(json!({"ImageId": "image-thecopy0000000000000"}));
            }
            if request.url.contains("image-4431h3l7hl31a0example") {
                looks += 1;
                return answer(json!({"Images": if looks > hidden { json!([source]) } else { json!([]) }, "TotalCount": 1}));
            }
            answer(json!({"Images": made, "TotalCount": made.as_array().map(Vec::len), "Tasks": []}))
        });
        let row = &report.rows[0];
        assert_eq!(row.error.as_ref().map(|error| &*error.code), code, "{hidden} times hidden: {}", report.to_value());
        assert!(looks <= 4, "{looks}");
    }
}

/// The same of an export, whose tasks are the evidence.
#[test]
fn tasks_that_are_counted_and_not_shown_prove_no_absence() {
    let plan = json!({"exports": [{"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "name": "golden",
        "params": {"TOSBucket": "images"}}]});
    let source = json!({"ImageId": "image-4431h3l7hl31a0example", "ImageName": "golden", "Status": "available", "Visibility": "private"});
    for (result, once) in [(json!({"Tasks": [], "TotalCount": 1}), true), (json!({"Tasks": [], "TotalCount": 0}), false)] {
        let mut launches = 0;
        let report = play(&plan, |request| {
            let answer = |result: &Value| (200, json!({"ResponseMetadata": {"RequestId": "r"}, "Result": result}));
            match ["ExportImage", "DescribeTasks"].iter().find(|action| request.url.contains(&format!("Action={action}&"))) {
                Some(&"ExportImage") => {
                    launches += 1;
                    (502, json!("bad gateway"))
                }
                Some(_) => answer(&result),
                None => answer(&json!({"Images": [source], "TotalCount": 1})),
            }
        });
        assert_eq!(launches == 1, once, "{launches} launches: {}", report.to_value());
        assert!(!once || report.rows[0].phase == Phase::Ended(End::Ambiguous), "{}", report.to_value());
    }
}

#[test]
fn a_deadline_tells_what_was_answered_all_the_while() {
    let plan = json!({
        "copies": [{"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden"}],
        "policy": {"deadline": "10m"}
    });
    for (status, body, told) in [(502, json!("bad gateway"), "HTTP status 502"), (200, json!("log in first"), "not what the API promises")]
    {
        let report = play(&plan, |_| (status, body.clone()));
        let error = report.rows[0].error.as_ref().expect("the deadline has passed");
        assert_eq!(error.code, "deadline");
        assert!(error.message.contains(told), "{}", error.message);
    }
}
