//! How long building and signing take, beside the SHA-256 compressions that no signer can do without.
//!
//! All subjects run in turns within one process, so that a slow moment of the machine hits all of them; the
//! fastest turn of each is printed, one JSON object a line.

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use imgferry::api::operation::Parameters;
use imgferry::sign::{Options, Signer, ToSign, sign};
use imgferry::{At, Cloud, Credentials, Millis, Request};
use imgferry::{huawei, tencent, volcengine};
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};

const TURNS: usize = 400;
const A_TURN: u32 = 500;

const NOW: Millis = Millis(1_716_292_800_000);

fn main() {
    let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", None).expect("it is well-formed");
    let copy = tencent::request::SyncImages {
        image_ids: vec!["img-o3ycss2p".into()],
        destination_regions: vec!["ap-guangzhou".into()],
        image_name: Some("golden-2026.08".into()),
        image_set_required: Some(true),
        ..Default::default()
    };
    report("SyncImages", &copy, &At::region("ap-beijing"), &credentials);
    let copy = volcengine::request::CopyImage {
        image_id: "image-4431h3l7hl31a0example".into(),
        destination_region: "cn-shanghai".into(),
        image_name: "golden-2026.08".into(),
        ..Default::default()
    };
    report("CopyImage", &copy, &At::region("cn-beijing"), &credentials);
    let copy = huawei::request::CopyImageCrossRegion {
        image_id: "465076de-dc36-4aec-80f5-ef9d8009428f".into(),
        name: "golden-2026.08".into(),
        region: "cn-east-3".into(),
        project_name: "cn-east-3".into(),
        agency_name: "ims_copy_image".into(),
        ..Default::default()
    };
    let at = At { project_id: Some("0123456789abcdef0123456789abcdef".into()), ..At::region("cn-north-4") };
    report("CopyImageCrossRegion", &copy, &at, &credentials);
}

fn report(name: &str, parameters: &dyn Parameters, at: &At, credentials: &Credentials) {
    let mut signer = Signer::new(credentials.clone());
    let call = imgferry::build(parameters, at).expect("the parameters are good");
    let cloud = call.operation.cloud;
    let request = signer.sign_call(call.clone(), NOW).expect("it can be signed");
    let work = Work::of(cloud, &request, &call.region, call.service, credentials);
    let aws = Aws::new(&request);

    let [bare, build, both, aws] = interleaved([
        &mut || work.compress(),
        &mut || drop(black_box(imgferry::build(black_box(parameters), black_box(at)))),
        &mut || {
            let call = imgferry::build(black_box(parameters), black_box(at)).expect("the parameters are good");
            black_box(signer.sign_call(call, black_box(NOW))).expect("it can be signed");
        },
        &mut || aws.sign(),
    ]);
    let line = serde_json::json!({
        "language": "rust",
        "operation": name,
        "compressions": work.0.iter().sum::<usize>(),
        "bare_ns": bare,
        "build_ns": build,
        "build_and_sign_ns": both,
        "times_bare": f64::from(both) / f64::from(bare),
        "aws_sigv4_sign_ns": aws,
    });
    println!("{line}");
}

/// Runs the subjects in turns; the fastest turn of each, in nanoseconds a run.
fn interleaved<const N: usize>(mut subjects: [&mut dyn FnMut(); N]) -> [u32; N] {
    let mut fastest = [Duration::MAX; N];
    for _ in 0..TURNS {
        for (subject, fastest) in subjects.iter_mut().zip(&mut fastest) {
            let start = Instant::now();
            for _ in 0..A_TURN {
                subject();
            }
            *fastest = start.elapsed().min(*fastest);
        }
    }
    fastest.map(|turn| u32::try_from(turn.as_nanos() / u128::from(A_TURN)).unwrap_or(u32::MAX))
}

/// The compressions of one signature whose key is at hand: blocks of the body, of the canonical request, of the
/// string to sign behind the inner key block, and one behind the outer.
struct Work([usize; 4]);

impl Work {
    fn of(cloud: Cloud, request: &Request, region: &str, service: &str, credentials: &Credentials) -> Self {
        let headers: Vec<(String, String)> = request.headers.iter().filter(|(name, _)| name != "Authorization").cloned().collect();
        let body = request.body.as_bytes();
        let what = ToSign { method: request.method.as_str(), url: &request.url, headers: &headers, body, time: NOW, region, service };
        let signed = sign(cloud.scheme(), &what, credentials, &Options::default()).expect("it can be signed");
        let blocks = |bytes: usize| (bytes + 9).div_ceil(64);
        let of_body = if body.is_empty() { 0 } else { blocks(body.len()) };
        Self([of_body, blocks(signed.canonical_request.len()), blocks(64 + signed.string_to_sign.len()) - 1, 1])
    }

    fn compress(&self) {
        let blocks = [[0x5a; 64]; 64];
        for count in self.0 {
            let mut state = [0x6a09_e667_u32; 8];
            sha2::block_api::compress256(&mut state, black_box(&blocks[..count]));
            black_box(state);
        }
    }
}

/// The same request for the signer of another cloud.
struct Aws {
    identity: aws_smithy_runtime_api::client::identity::Identity,
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Aws {
    fn new(request: &Request) -> Self {
        let is_ours = |name: &str| name == "Authorization" || name.starts_with("X-Date") || name.starts_with("X-Content");
        Self {
            identity: AwsCredentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", None, None, "example").into(),
            method: request.method.as_str(),
            url: request.url.clone(),
            headers: request.headers.iter().filter(|(name, _)| !is_ours(name)).cloned().collect(),
            body: request.body.clone(),
        }
    }

    fn sign(&self) {
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region("region-1")
            .name("svc")
            .time(SystemTime::UNIX_EPOCH + Duration::from_millis(NOW.0.unsigned_abs()))
            .settings(SigningSettings::default())
            .build()
            .expect("nothing is missing")
            .into();
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new(self.method, &self.url, headers, SignableBody::Bytes(self.body.as_bytes()));
        let request = request.expect("it is well-formed");
        black_box(aws_sigv4::http_request::sign(request, &params)).expect("it can be signed");
    }
}
