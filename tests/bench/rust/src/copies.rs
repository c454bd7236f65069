//! One copy in each cloud, and what is done with it: the same for both commits.

use crate::api::{At, Millis, Parameters, Request, Signer};
use imgferry::{huawei, tencent, volcengine};

/// One copy in each cloud: parameters and where.
pub fn copies() -> Vec<(&'static str, Box<dyn Parameters>, At)> {
    let sync = tencent::request::SyncImages {
        image_ids: vec!["img-o3ycss2p".into()],
        destination_regions: vec!["ap-guangzhou".into()],
        image_name: Some("golden-2026.08".into()),
        image_set_required: Some(true),
        ..Default::default()
    };
    let copy = volcengine::request::CopyImage {
        image_id: "image-4431h3l7hl31a0example".into(),
        destination_region: "cn-shanghai".into(),
        image_name: "golden-2026.08".into(),
        ..Default::default()
    };
    let cross = huawei::request::CopyImageCrossRegion {
        image_id: "465076de-dc36-4aec-80f5-ef9d8009428f".into(),
        name: "golden-2026.08".into(),
        region: "cn-east-3".into(),
        project_name: "cn-east-3".into(),
        agency_name: "ims_copy_image".into(),
        ..Default::default()
    };
    let project = At { project_id: Some("0123456789abcdef0123456789abcdef".into()), ..At::region("cn-north-4") };
    vec![
        ("tencent SyncImages", Box::new(sync), At::region("ap-beijing")),
        ("volcengine CopyImage", Box::new(copy), At::region("cn-beijing")),
        ("huawei CopyImageCrossRegion", Box::new(cross), project),
    ]
}

/// Builds and signs with a kept key.
pub fn build_and_sign(signer: &mut Signer, parameters: &dyn Parameters, at: &At, now: Millis) -> Request {
    let call = imgferry::build(parameters, at).expect("the parameters are good");
    signer.sign_call(call, now).expect("it can be signed")
}

/// Builds alone.
pub fn build(parameters: &dyn Parameters, at: &At) -> impl Sized {
    imgferry::build(parameters, at).expect("the parameters are good")
}
