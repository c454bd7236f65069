//! Building and signing, beside the SHA-256 compressions that no signer can do without, and beside the signer of
//! another cloud; and reading one page of a listing. A turn tells the nanoseconds of one run.

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use imgferry_bench::api::{Answer, Cloud, Credentials, Millis, Request, Signer, hashed, parts};
use imgferry_bench::copies::{build, build_and_sign, copies};
use imgferry_bench::{Subject, take_turns};
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};

const A_TURN: u32 = 500;
const NOW: Millis = Millis(1_716_292_800_000);

fn main() {
    let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", None).expect("it is well-formed");
    let copies = copies();
    let mut subjects: Vec<Subject<'_>> = Vec::new();
    for (name, parameters, at) in &copies {
        let parameters = parameters.as_ref();
        let mut signer = Signer::new(credentials.clone());
        let request = build_and_sign(&mut signer, parameters, at, NOW);
        let (work, aws) = (Work::of(hashed(parameters, at, NOW, &credentials)), Aws::new(&request));
        let blocks = work.0.iter().sum::<usize>() as f64;
        subjects.push((format!("{name}, blocks"), Box::new(move || blocks)));
        subjects.push((format!("{name}, bare"), Box::new(move || timed(|| work.compress()))));
        subjects.push((format!("{name}, build"), Box::new(move || timed(|| drop(black_box(build(black_box(parameters), black_box(at))))))));
        subjects.push((format!("{name}, aws-sigv4"), Box::new(move || timed(|| aws.sign()))));
        let run = move || timed(|| drop(black_box(build_and_sign(&mut signer, black_box(parameters), black_box(at), black_box(NOW)))));
        subjects.push((format!("{name}, build and sign"), Box::new(run)));
    }
    let (operation, page) = (Cloud::Tencent.operation("DescribeImages").expect("it is known"), page());
    subjects.push((
        "read a page of 100 images".to_owned(),
        Box::new(move || timed(|| drop(black_box(imgferry::read(operation, black_box(&page)))))),
    ));
    for cloud in Cloud::ALL {
        let codes: Vec<String> = cloud.codes().rows().map(|row| row.code.to_owned()).collect();
        let mut next = 0;
        let mut find = move || {
            next = (next + 1) % codes.len();
            black_box(cloud.codes().find(black_box(&codes[next])));
        };
        subjects.push((format!("{cloud}, find a code"), Box::new(move || timed(&mut find))));
    }
    take_turns(subjects);
}

/// A page of a listing, as Tencent Cloud writes it.
fn page() -> Answer {
    let image = |at| {
        serde_json::json!({"ImageId": format!("img-{at:08x}"), "ImageName": format!("golden-{at}"), "ImageType": "PRIVATE_IMAGE",
            "ImageState": "NORMAL", "ImageSize": 50, "CreatedTime": "2026-01-02T03:04:05Z", "OsName": "TencentOS Server 4",
            "Platform": "TencentOS", "Architecture": "x86_64"})
    };
    let images: Vec<serde_json::Value> = (0..100).map(image).collect();
    let body = serde_json::json!({"Response": {"TotalCount": 100, "ImageSet": images, "RequestId": "r-1"}});
    Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

fn timed(mut run: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..A_TURN {
        run();
    }
    start.elapsed().as_nanos() as f64 / f64::from(A_TURN)
}

/// The compressions of one signature whose key is at hand: blocks of the body, of the canonical request, of the
/// string to sign behind the inner key block, and one behind the outer.
struct Work([usize; 4]);

impl Work {
    fn of([body, canonical_request, string_to_sign]: [usize; 3]) -> Self {
        let blocks = |bytes: usize| (bytes + 9).div_ceil(64);
        let of_body = if body == 0 { 0 } else { blocks(body) };
        Self([of_body, blocks(canonical_request), blocks(64 + string_to_sign) - 1, 1])
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
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Aws {
    fn new(request: &Request) -> Self {
        let (method, url, headers, body) = parts(request);
        let is_ours = |name: &str| name == "Authorization" || name.starts_with("X-Date") || name.starts_with("X-Content");
        Self {
            identity: AwsCredentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET-NOT-REAL", None, None, "example").into(),
            method: method.to_owned(),
            url: url.to_owned(),
            headers: headers
                .iter()
                .filter(|(name, _)| !is_ours(name))
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.to_owned(),
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
        let request = SignableRequest::new(&self.method, &self.url, headers, SignableBody::Bytes(self.body.as_bytes()));
        let request = request.expect("it is well-formed");
        black_box(aws_sigv4::http_request::sign(request, &params)).expect("it can be signed");
    }
}
