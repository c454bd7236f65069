//! Every error code that the vendors document has a row: what happened, who mends it, whether to send again, the next step.

use imgferry::{Cloud, Kind, Retry};

/// The codes of the vendors' pages, one a line: cloud, code.
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
