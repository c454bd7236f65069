//! Events have numbers that only grow, and a journal tells those again that are worth a line of it.

use imgferry::job::Event;
use imgferry_tests::harness::{Host, Memory, phases, plan, world};
use serde_json::{Value, json};

/// What a journal tells of: launches, what became of them, and ends.
const TOLD: [&str; 10] = ["launching", "launched", "retried", "throttled", "probing", "resolved", "absent", "ready", "failed", "ambiguous"];

fn told(events: &[Value]) -> Vec<[Value; 4]> {
    let is_told = |event: &&Value| TOLD.iter().any(|kind| event["event"] == *kind) && !event["lane"].is_null();
    events.iter().filter(is_told).map(|event| ["event", "lane", "at_ms", "lane_path"].map(|field| event[field].clone())).collect()
}

#[test]
fn a_journal_tells_again_what_happened() {
    let copies = json!([
        {"cloud": "tencent", "image": "img-o3ycss2p", "from": "ap-guangzhou", "to": ["ap-shanghai", "ap-beijing"], "name": "golden"},
        {"cloud": "volcengine", "image": "image-4431h3l7hl31a0example", "from": "cn-beijing", "to": ["cn-shanghai"], "name": "golden"},
        {"cloud": "huawei", "image": "465076de-dc36-4aec-80f5-ef9d8009428f", "from": "cn-north-4", "to": ["cn-south-1"], "name": "golden",
         "params": {"agency_name": "ims_copy_image"}},
    ]);
    let script = json!([{"cloud": "huawei", "action": "CopyImageCrossRegion", "nth": 1, "fault": "lost_before"},
                        {"cloud": "volcengine", "action": "CopyImage", "nth": 1, "fault": "lost_after"},
                        {"cloud": "tencent", "action": "SyncImages", "nth": 1, "fault": "throttle"}]);
    for memory in [Memory::Lasts, Memory::Turns] {
        let mut host = Host::new(world(&json!({"copy_ms": 300_000, "script": script})), 1);
        host.mishaps.memory = memory;
        let report = host.run(plan(&json!({"copies": copies})), 1, 20_000);
        assert_eq!(phases(&report), ["ready"; 4]);
        let again = Event::of_journal(&host.disk).expect("a whole journal");
        assert!(again.windows(2).all(|pair| pair[0].seq < pair[1].seq), "{again:?}");
        assert!(host.events.windows(2).all(|pair| pair[0]["seq"].as_u64() < pair[1]["seq"].as_u64()), "{memory:?}: {:?}", host.events);
        let again: Vec<Value> = again.iter().map(Event::to_value).collect();
        assert_eq!(told(&again), told(&host.events), "{memory:?}");
        assert!(told(&again).iter().any(|event| event[3] == "huawei/cn-north-4→cn-south-1"));
        // A launch that is throttled has the word of a look that is, and its reason.
        let throttled: Vec<&Value> = again.iter().filter(|event| event["event"] == "throttled").collect();
        assert!(throttled.len() == 2 && throttled.iter().all(|event| event["error"]["kind"] == "throttled"), "{memory:?}: {throttled:?}");
        assert!(!again.iter().any(|event| event["event"] == "retried"));
        // Whatever a crash leaves of it can be told.
        for end in (0..host.disk.len()).step_by(97).filter(|end| host.disk.is_char_boundary(*end)) {
            let part = Event::of_journal(&host.disk[..end]);
            assert!(part.is_ok() || part.is_err_and(|error| error.code == "journal.empty"));
        }
    }
}
