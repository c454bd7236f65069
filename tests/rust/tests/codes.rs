//! Every error code that the vendors document has a row: what happened, who mends it, whether to send again, the next step.

use imgferry::api::catalogue::{Codes, Owner};
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

/// Where the core makes an error of one of these codes, its kind is the one that is explained.
#[test]
fn our_own_codes_are_explained_as_they_are_made() {
    let mut made = 0;
    for path in walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/src")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        for part in text.split("Error::new(Kind::").skip(1) {
            let (Some(kind), Some(code)) = (part.split(',').next(), part.split('"').nth(1)) else { continue };
            let Some(row) = Codes::own().find(code) else { continue };
            assert_eq!(format!("{:?}", row.kind), kind, "{code} in {}", path.display());
            made += 1;
        }
    }
    assert!(made >= 20, "{made}");
    for row in Codes::own().rows() {
        let told: Vec<_> = Cloud::ALL.into_iter().map(|cloud| cloud.explain(row.code, None)).collect();
        assert!(told.iter().all(|one| one.known && *one == told[0] && one.cause_en == row.en), "{}", row.code);
        assert!(Cloud::ALL.into_iter().all(|cloud| cloud.codes().find(row.code).is_none()), "{}", row.code);
    }
    let unsent = Cloud::Tencent.explain("transport.unsent", None);
    assert_eq!((unsent.retry, unsent.owner), (Retry::Backoff, Owner::Caller));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
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

#[test]
fn what_blocks_a_request_is_mended_by_what_its_message_tells() {
    let next = |message: &str| Cloud::Huawei.explain_message("transport.blocked", message, None).next_en.into_owned();
    assert!(next("the certificate is not trusted: certificate has expired").contains("renewed"));
    assert!(next("").contains("waiting does not help"));
}
