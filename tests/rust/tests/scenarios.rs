//! What goes wrong with replications, one story each, named for the trouble.

use imgferry::Cloud;
use imgferry_tests::harness::{Host, phases, plan, world};
use serde_json::{Value, json};

const HUAWEI: &str = "465076de-dc36-4aec-80f5-ef9d8009428f";

fn huawei(to: &[&str]) -> Value {
    json!({"copies": [{"cloud": "huawei", "image": HUAWEI, "from": "cn-north-4", "to": to, "name": "golden",
                       "params": {"agency_name": "ims_copy_image"}}]})
}

const SEVEN: [&str; 7] = ["cn-south-1", "cn-east-3", "cn-north-1", "cn-southwest-2", "ap-southeast-1", "ap-southeast-3", "af-south-1"];

#[test]
fn huawei_five_at_a_time() {
    let mut host = Host::new(world(&json!({"copy_ms": 600_000})), 1);
    let report = host.run(plan(&huawei(&SEVEN)), 1, 10_000);
    assert_eq!(phases(&report), ["ready"; 7]);
    assert_eq!(host.world.ledger().violations, []);
    assert_eq!(host.world.ledger().total(Cloud::Huawei, "CopyImageCrossRegion"), 7, "none was refused");
}
