//! A scratch cloud with one operation, signed as nobody else signs.

pub(crate) mod errors;
pub(crate) mod regions;
pub(crate) mod replication;
pub mod request;
pub(crate) mod response;
pub(crate) mod rules;
pub(crate) mod scheme;

#[cfg(test)]
mod tests {
    use super::request::CopyImage;
    use crate::sign::{Expect, Received, verify};
    use crate::{At, Cloud, Credentials, Millis, build, check_and_build};

    #[test]
    fn a_request_is_built_signed_and_verified() {
        let copy = CopyImage { image_id: "image-1".into(), destination_region: "four-2".into(), image_name: None };
        let credentials = Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None).expect("credentials");
        let now = Millis(1_700_000_000_000);
        let request = build(&copy, &At::region("four-1")).and_then(|call| call.sign(&credentials, now)).expect("signed");
        assert_eq!(request.url, "https://image.fourth.example/");
        assert_eq!(request.body, r#"{"ImageId":"image-1","DestinationRegion":"four-2"}"#);
        let headers: Vec<(String, String)> = request.headers.to_vec();
        let received = Received { method: "POST", url: &request.url, headers: &headers, body: request.body.as_bytes() };
        let expect = Expect::default();
        let verified = verify(Cloud::Fourth.scheme(), &received, &|_| Some(credentials.clone()), now, &expect).expect("verified");
        assert_eq!(verified.id, "AKIDEXAMPLE");
        let changed = Received { body: b"{}", ..received };
        assert!(verify(Cloud::Fourth.scheme(), &changed, &|_| Some(credentials.clone()), now, &expect).is_err());
    }

    #[test]
    fn its_rules_and_codes_are_asked() {
        let params = serde_json::from_str(r#"{"ImageId": "", "DestinationRegion": "four-2"}"#).expect("JSON");
        let operation = Cloud::parse("fourth").and_then(|cloud| cloud.operation("CopyImage")).expect("an operation");
        let refused = check_and_build(operation, &params, &At::region("four-1")).expect_err("an empty id");
        assert_eq!(refused.code, "fourth.CopyImage.ImageId.empty");
        assert!(Cloud::Fourth.explain("TooMany", None).known);
    }
}
