//! What the subjects use of the crate, under names that both commits can be measured by.

pub use imgferry::api::operation::Parameters;
pub use imgferry::job::{Job, Keyring, Step};
pub use imgferry::sign::Signer;
pub use imgferry::{Answer, At, Cloud, Credentials, Millis, Plan, Request};

/// Lengths in bytes of the texts that are hashed for a signature: body, canonical request, string to sign.
pub fn hashed(parameters: &dyn Parameters, at: &At, now: Millis, credentials: &Credentials) -> [usize; 3] {
    use imgferry::sign::{Options, ToSign, sign};
    let call = imgferry::build(parameters, at).expect("the parameters are good");
    let (request, headers) = (call.request(), call.request().headers.to_vec());
    let what = ToSign {
        method: request.method.as_str(),
        url: &request.url,
        headers: &headers,
        body: request.body.as_bytes(),
        time: now,
        region: call.region(),
        service: call.service,
    };
    let signed = sign(call.operation.cloud.scheme(), &what, credentials, &Options::default()).expect("it can be signed");
    [request.body.len(), signed.canonical_request.len(), signed.string_to_sign.len()]
}

/// The parts of a request for the signer of another cloud: method, URL, headers, body.
pub fn parts(request: &Request) -> (&str, &str, Vec<(&str, &str)>, &str) {
    let headers = request.headers.iter().collect();
    (request.method.as_str(), &request.url, headers, &request.body)
}
