//! What the subjects use of the crate as it was: the names of `rust/src/api.rs`, in the words of commit f75aacb.

pub use imgferry::operation::Parameters;
pub use imgferry::job::{Job, Keyring, Step};
pub use imgferry::sign::Signer;
pub use imgferry::{Answer, At, Cloud, Credentials, Millis, Plan, Request};

/// Lengths in bytes of the texts that are hashed for a signature: body, canonical request, string to sign.
pub fn hashed(parameters: &dyn Parameters, at: &At, now: Millis, credentials: &Credentials) -> [usize; 3] {
    use imgferry::sign::{Options, ToSign, sign};
    let call = imgferry::build(parameters, at).expect("the parameters are good");
    let request = &call.request;
    let what = ToSign {
        method: request.method.as_str(),
        url: &request.url,
        headers: &request.headers,
        body: request.body.as_bytes(),
        time: now,
        region: &call.region,
        service: call.service,
    };
    let signed = sign(call.operation.cloud.recipe(), &what, credentials, &Options::default()).expect("it can be signed");
    [request.body.len(), signed.canonical_request.len(), signed.string_to_sign.len()]
}

/// The parts of a request for the signer of another cloud: method, URL, headers, body.
pub fn parts(request: &Request) -> (&str, &str, Vec<(&str, &str)>, &str) {
    let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    (request.method.as_str(), &request.url, headers, &request.body)
}
