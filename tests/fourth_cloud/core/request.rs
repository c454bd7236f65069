//! The operation, its parameters and how a request is built.

use super::response;
use super::scheme::SCHEME;
use crate::api::call::{Call, UrlParts};
use crate::api::endpoint::{BaseUrl, base_url};
use crate::api::operation::{Effect, Operation, Parameters, json_body, operation};
use crate::api::site::At;
use crate::base::cloud::Cloud;
use crate::base::error::Error;
use crate::base::http::{Headers, Method, Request};

pub(crate) static OPERATIONS: &[&Operation] = &[CopyImage::OPERATION];

operation! {
    /// Copies an image to another region.
    CopyImage = "CopyImage" {
        cloud: Cloud::Fourth, effect: Effect::Launch, method: Method::Post, path: "/",
        service: "image", version: "1", per_second: 0, grant: "", answer: response::nothing,
    }
    /// The image.
    image_id: "ImageId" Body required Text;
    /// Region of the new image.
    destination_region: "DestinationRegion" Body required Text;
    /// Name of the new image.
    image_name: "ImageName" Body optional Text;
}

pub(crate) fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    let operation = parameters.operation();
    let official = [operation.service, ".fourth.example", "", ""];
    let BaseUrl { mut url, authority, own, host_header, elsewhere } = base_url(at.endpoint.as_ref(), &official)?;
    url.push_str(operation.path);
    let parts = UrlParts { authority, path_end: url.len(), plain: own };
    let mut headers = Headers::for_request();
    let region = headers.keep(&at.region);
    headers.push("Content-Type", "application/json");
    if let Some(host) = host_header {
        headers.push("host", &host);
    }
    let request = Request { method: operation.method, url, headers, body: json_body(parameters) };
    Ok(Call { operation, request, parts, scheme: &SCHEME, region, service: operation.service, elsewhere })
}
