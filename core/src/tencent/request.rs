//! Tencent's operations, their parameters and how a request is built.

use crate::error::{Error, Kind};
use crate::http::Method;
use crate::operation::{Effect, Operation, Parameters, operation, record};
use crate::provider::{At, Call, Cloud};

/// Every operation, sorted by name.
pub static OPERATIONS: &[&Operation] = &[DescribeImages::OPERATION, SyncImages::OPERATION];

operation! {
    /// Copies one custom image to other regions.
    SyncImages = "SyncImages" {
        cloud: Cloud::Tencent, effect: Effect::Launch, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 10,
    }
    /// The image to copy: exactly one id, although the field is a list.
    image_ids: "ImageIds" Body required Texts;
    /// Ask for the new image ids. Default false.
    image_set_required: "ImageSetRequired" Body optional Boolean;
}

record! {
    /// A filter: values are alternatives.
    Filter;
    /// Name of the filter.
    name: "Name" Body required Text;
    /// At most 5 values.
    values: "Values" Body required Texts;
}

operation! {
    /// Lists images.
    DescribeImages = "DescribeImages" {
        cloud: Cloud::Tencent, effect: Effect::Read, method: Method::Post, path: "/",
        service: "cvm", version: "2017-03-12", per_second: 40,
    }
    /// At most 10 filters; not together with ImageIds.
    filters: "Filters" Body optional Objects(Filter);
    /// Page size.
    limit: "Limit" Body optional Integer;
}

/// Builds a request.
///
/// # Errors
/// When a value cannot stand in a URL or header.
pub fn build(parameters: &dyn Parameters, _at: &At) -> Result<Call, Error> {
    Err(Error::new(Kind::Misuse, "operation", parameters.operation().name))
}
