//! Every error code that the vendors document has a row: what happened, who mends it, whether to send again, the next step.

use imgferry::api::facts::{Facts, State};
use imgferry::{Answer, Cloud, Kind, Retry};
use serde_json::{Value, json};

/// The codes of the vendors' pages on errors, of each operation that is here and of those that all share, as they stood in
/// November 2026; one a line: cloud, code.
fn documented() -> impl Iterator<Item = (Cloud, &'static str)> {
    include_str!("../../snapshots/codes.txt").lines().map(|line| {
        let (cloud, code) = line.split_once(' ').expect("cloud and code");
        (Cloud::parse(cloud).expect(line), code)
    })
}

#[test]
fn every_documented_code_is_explained() {
    for (cloud, code) in documented() {
        let told = cloud.explain(code, None);
        assert!(told.known, "{cloud} {code} has no row");
        for text in [&told.cause_en, &told.cause_zh, &told.next_en, &told.next_zh] {
            assert!(!text.is_empty(), "{cloud} {code}");
        }
        // What certainly did nothing may go out again; what is the cloud's trouble may have done it.
        assert!(!matches!((told.kind, told.retry), (Kind::Throttled, Retry::Never)), "{cloud} {code}");
        assert!(!matches!((told.kind, told.retry), (Kind::Invalid, Retry::Backoff)), "{cloud} {code}");
    }
}

#[test]
fn the_pages_are_whole() {
    for (cloud, least) in [(Cloud::Tencent, 120), (Cloud::Volcengine, 50), (Cloud::Huawei, 240)] {
        assert!(documented().filter(|(of, _)| *of == cloud).count() >= least, "{cloud}");
    }
}

/// What a listing tells of an image in that state.
fn state_of(cloud: Cloud, word: &str) -> State {
    let (operation, body): (&str, Value) = match cloud {
        Cloud::Tencent => ("DescribeImages", json!({"Response": {"ImageSet": [{"ImageId": "i", "ImageState": word}], "RequestId": "r"}})),
        Cloud::Volcengine => ("DescribeImages", json!({"ResponseMetadata": {}, "Result": {"Images": [{"ImageId": "i", "Status": word}]}})),
        Cloud::Huawei => ("ListImages", json!({"images": [{"id": "i", "status": word}]})),
    };
    let answer = Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() };
    let reply = imgferry::read(cloud.operation(operation).expect("known"), &answer).expect("read");
    let Facts::Images(page) = reply.facts else { panic!("images") };
    page.items[0].state
}

#[test]
fn what_is_still_being_made_is_waited_for() {
    for (cloud, making, over) in [
        (Cloud::Tencent, &["CREATING", "IMPORTING", "SYNCING"][..], &["NORMAL", "CREATEFAILED", "IMPORTFAILED", "DELETING", "USING"][..]),
        (Cloud::Volcengine, &["creating"], &["available", "error"]),
        (Cloud::Huawei, &["queued", "saving"], &["active", "killed", "deleted"]),
    ] {
        assert_eq!(cloud.replication().being_made, making, "{cloud}");
        assert!(making.iter().all(|word| state_of(cloud, word) == State::Pending), "{cloud}");
        assert!(
            over.iter().all(|word| state_of(cloud, word) != State::Pending && !cloud.replication().being_made.contains(word)),
            "{cloud}"
        );
    }
}

/// What the job itself says against a step: the kind and the code, as they stand in its sources.
fn own() -> Vec<(Kind, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src");
    let mut found = vec![(Kind::Server, "copy.failed".to_owned())];
    for path in ["base/http.rs", "job/mod.rs", "job/state/access.rs", "job/state/errors.rs", "job/state/resume.rs"]
        .into_iter()
        .map(|path| root.join(path))
        .chain(std::fs::read_dir(root.join("job/stages")).expect("a folder").map(|entry| entry.expect("a file").path()))
    {
        let text = std::fs::read_to_string(path).expect("a source");
        for rest in text.split("Error::new(Kind::").skip(1) {
            let Some((kind, rest)) = rest.split_once(", \"") else { continue };
            let code = rest.split('"').next().unwrap_or_default();
            if let Some(kind) = Kind::ALL.into_iter().find(|known| format!("{known:?}") == kind) {
                found.push((kind, code.to_owned()));
            }
        }
        found.extend(
            text.split("\"transport.").skip(1).filter_map(|rest| Some((Kind::Server, format!("transport.{}", rest.split_once('"')?.0)))),
        );
    }
    // They tell a misuse of the program, or of a file, and never stand in a row.
    found.retain(|(_, code)| {
        !code.starts_with("journal.")
            && !code.starts_with("plan.")
            && !matches!(code.as_str(), "job.resolve" | "job.answer" | "lost" | "region" | "chain.kept")
    });
    found.sort();
    found.dedup();
    found
}

#[test]
fn codes_of_our_own_blame_no_cloud() {
    let own = own();
    assert!(own.len() > 15, "{own:?}");
    for (kind, code) in own {
        for cloud in Cloud::ALL {
            let told = cloud.explain(&code, None);
            assert!(told.known && told.kind == kind, "{cloud} {code}: {told:?}");
            for text in [&told.cause_en, &told.cause_zh, &told.next_en, &told.next_zh] {
                assert!(!text.is_empty() && !text.contains("ticket") || code.ends_with(".failed"), "{code}: {text}");
            }
            assert_eq!(told.owner.as_str() == "cloud", code.ends_with(".failed"), "{code}");
        }
    }
    let next = |message: &str| Cloud::Huawei.explain_message("transport.blocked", message, None).next_en.into_owned();
    assert!(next("the certificate is not trusted: certificate has expired").contains("renewed"));
    assert!(next("").contains("resume"));
}
