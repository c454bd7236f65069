//! The closed set of clouds: the only `match` over clouds in the crate, and the second level on top of it.

use crate::api::call::Call;
use crate::api::catalogue::{Codes, Explanation};
use crate::api::check::{Findings, Known, Rule, check_shape, rule};
use crate::api::facts::Reply;
use crate::api::operation::{Effect, Named, Operation, Parameters};
use crate::api::own;
use crate::api::region::Region;
use crate::api::replication::{Replication, Wanted};
use crate::api::site::At;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind};
use crate::base::http::Answer;
use crate::base::record::Params;
use crate::base::text::{concat, joined, last_cut, quoted};
use crate::base::texts::zh;
use crate::base::time::decimal;
use crate::sign::Scheme;

/// What `$what` is in the folder of that cloud, there called `$folder`.
#[rustfmt::skip]
macro_rules! of {
    ($cloud:expr, $folder:ident => $what:expr) => {
        match $cloud {
            #[cfg(feature = "tencent")]
            Cloud::Tencent => { use crate::tencent as $folder; $what }
            #[cfg(feature = "volcengine")]
            Cloud::Volcengine => { use crate::volcengine as $folder; $what }
            #[cfg(feature = "huawei")]
            Cloud::Huawei => { use crate::huawei as $folder; $what }
        }
    };
}

impl Cloud {
    /// The operations known for this cloud, sorted by name.
    pub const fn operations(self) -> &'static [&'static Operation] {
        of!(self, cloud => cloud::request::OPERATIONS)
    }

    /// The operation of that name. A launch also goes by the last word of its path, as it does on some of the
    /// vendors' pages: Huawei's `cross_region_copy` is `CopyImageCrossRegion`.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn operation(self, name: &str) -> Result<&'static Operation, Error> {
        let named = self.operations().iter().find(|operation| operation.name == name);
        let by_path = |operation: &&&'static Operation| {
            operation.effect == Effect::Launch && !name.is_empty() && last_cut(operation.path, b'/').is_some_and(|(_, last)| last == name)
        };
        named.or_else(|| self.operations().iter().find(by_path)).copied().ok_or_else(|| {
            let mut names = Vec::new();
            for operation in self.operations() {
                names.push(operation.name);
            }
            Error::new(Kind::Misuse, "operation", concat(&[self.as_str(), " has no operation ", &quoted(name)]))
                .hint(concat(&["use one of ", &joined(&names, ", ")]), zh!("可用操作：{0}", &joined(&names, "、")))
                .meant(name, &mut names.iter().copied())
        })
    }

    /// Every rule of this cloud, for catalogues and tests.
    pub fn rules(self) -> impl Iterator<Item = Rule> {
        let by_subject = of!(self, cloud => cloud::rules::BY_SUBJECT);
        rule::all(by_subject)
    }

    /// The error catalogue of this cloud, sorted by code.
    pub const fn codes(self) -> &'static Codes {
        of!(self, cloud => &cloud::errors::CODES)
    }

    /// What this cloud calls a mistake of form at that place, where it has a code for it. Volcengine has one of its own for
    /// each parameter that is missing, and its `MissingParameter` alone speaks of others.
    fn code_for_shape(self, code: &'static str, path: &str) -> Option<&'static str> {
        let own = self.codes().find(&concat(&[code, ".", path])).map(|row| row.code);
        let general = match (self, code) {
            #[cfg(feature = "volcengine")]
            (Cloud::Volcengine, "MissingParameter") => None,
            #[cfg(feature = "volcengine")]
            (Cloud::Volcengine, "InvalidParameter") => Some("InvalidArgument"),
            _ => self.codes().find(code).map(|row| row.code),
        };
        own.or(general)
    }

    /// The regions known for this cloud, sorted by id. A region that is not listed is a warning, never a wall.
    pub const fn regions(self) -> &'static [Region] {
        of!(self, cloud => cloud::regions::REGIONS)
    }

    /// What an error code means and what to do, the cloud's or one of our own; `status` helps with codes that are in no catalogue.
    pub fn explain(self, code: &str, status: Option<u16>) -> Explanation {
        self.explain_message(code, "", status)
    }

    /// As [`Cloud::explain`], with the cloud's message, where a code stands for several troubles and the message tells
    /// which: Huawei's APIGW.0301 is a wrong secret, an unknown key, a clock, a token, a locked key or a size.
    pub fn explain_message(self, code: &str, message: &str, status: Option<u16>) -> Explanation {
        let told = of!(self, cloud => cloud::errors::explain_message(code, message, status));
        if told.known { told } else { own::explain(code, message).unwrap_or_else(|| told.meant(self.codes())) }
    }

    /// Whether [`Cloud::explain`] knows the code, without looking for the one that was meant: texts hold thousands of words.
    pub(crate) fn knows(self, code: &str) -> bool {
        of!(self, cloud => cloud::errors::explain_message(code, "", None)).known || own::explain(code, "").is_some()
    }

    /// How this cloud replicates images.
    pub const fn replication(self) -> &'static Replication {
        of!(self, cloud => &cloud::replication::REPLICATION)
    }

    /// The call that lists own images, whatever their state: the page behind a cursor, or behind so many entries. It stands
    /// beside [`Cloud::replication`], whose table of functions modules without jobs do without.
    pub fn listing(self, cursor: Option<&str>, seen: usize) -> Wanted {
        of!(self, cloud => cloud::replication::find(&[], cursor, seen))
    }

    /// How this cloud signs.
    pub const fn scheme(self) -> &'static Scheme {
        of!(self, cloud => &cloud::scheme::SCHEME)
    }
}

/// Checks every documented rule of an operation; all findings at once, nothing converted, nothing sent.
pub fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>) -> Findings {
    let mut findings = Findings::default();
    check_into(&mut findings, &Named::new(operation, params), params, at, known);
    findings
}

fn check_into(findings: &mut Findings, named: &Named<'_>, params: &Params, at: &At, known: &Known<'_>) {
    let (operation, before) = (named.operation, findings.problems.len());
    check_shape(named, params, findings);
    for problem in findings.problems.iter_mut().skip(before) {
        problem.vendor_code = problem.vendor_code.and_then(|code| operation.cloud.code_for_shape(code, &problem.path));
    }
    of!(operation.cloud, cloud => cloud::rules::check(operation, params, at, known, findings))
}

/// Builds the request of an operation with typed parameters.
///
/// # Errors
/// [`Kind::Misuse`] when a value cannot stand in a URL or header, or the endpoint is not a URL.
pub fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    of!(parameters.operation().cloud, cloud => cloud::request::build(parameters, at))
}

/// Checks and builds the request of an operation with JSON parameters.
///
/// # Errors
/// [`Kind::Misuse`] with all `problems` when a rule of severity error is broken; otherwise as [`build`].
pub fn check_and_build(operation: &'static Operation, params: &Params, at: &At) -> Result<Call, Error> {
    let (mut errors, named) = (Findings::errors_only(), Named::new(operation, params));
    check_into(&mut errors, &named, params, at, &Known::default());
    if errors.has_errors() {
        return Err(check(operation, params, at, &Known::default()).into_error(operation.name));
    }
    build(&named, at)
}

/// As [`read`], with the parameters that were sent: an id that was sent is never taken for that of a new image. Tencent
/// Cloud's SyncImages without `ImageSetRequired` answers with the id of the source (example 1 of the China page).
///
/// # Errors
/// As [`read`].
pub fn read_sent(operation: &'static Operation, params: &Params, answer: &Answer) -> Result<Reply, Error> {
    read(operation, answer).map(|reply| reply.without_sent(params))
}

/// Reads an answer. Total: any status and any bytes give a reply or an error, never a panic.
///
/// # Errors
/// What the cloud refused, with kind, code, message, request id and advice; [`Kind::Protocol`] when the
/// answer is not what the API promises.
pub fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    let told = of!(operation.cloud, cloud => cloud::response::read(operation, answer));
    told.map_err(|error| if brings_key(operation) { unquoted(error) } else { error })
}

/// Whether the answer of an operation holds a secret.
fn brings_key(operation: &Operation) -> bool {
    matches!(operation.name, "AssumeRole" | "CreateTemporaryAccessKeyByAgency")
}

/// An answer that was to bring a key is not quoted: it may hold one where nobody looked for it.
fn unquoted(mut error: Error) -> Error {
    if error.code.starts_with("answer.") {
        "the answer holds no key where the API promises it".clone_into(&mut error.message);
    } else if error.code.starts_with("http.") {
        error.message = concat(&["HTTP status ", &decimal(error.status.unwrap_or_default().into())]);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_key_stands_in_the_facts_alone() {
        let key = r#"{"AccessKeyId":"A","SecretAccessKey":"EXAMPLE-SECRET","SessionToken":"EXAMPLE-TOKEN"}"#;
        let bodies = [
            (Cloud::Tencent, r#"{"Response":{"Credentials":{"TmpSecretId":"A","TmpSecretKey":"EXAMPLE-SECRET","Token":"EXAMPLE-TOKEN"}}}"#),
            (Cloud::Tencent, r#"{"Response":{"Elsewhere":{"TmpSecretKey":"EXAMPLE-SECRET","Token":"EXAMPLE-TOKEN"}}}"#),
            (Cloud::Tencent, r#"{"TmpSecretKey":"EXAMPLE-SECRET"}"#),
            (Cloud::Volcengine, &format!(r#"{{"ResponseMetadata":{{}},"Result":{{"Credentials":{key}}}}}"#)),
            (Cloud::Volcengine, &format!(r#"{{"ResponseMetadata":{{}},"Result":{key}}}"#)),
            (Cloud::Huawei, r#"{"credential":{"access":"A","secret":"EXAMPLE-SECRET","securitytoken":"EXAMPLE-TOKEN"}}"#),
            (Cloud::Huawei, r#"{"credentials":{"secret":"EXAMPLE-SECRET","securitytoken":"EXAMPLE-TOKEN"}}"#),
        ];
        for (cloud, body) in bodies {
            let operation = cloud.operations().iter().find(|operation| brings_key(operation)).expect("each cloud has one");
            for status in [200, 500] {
                let told = read(operation, &Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() });
                assert!(!format!("{told:?}").contains("EXAMPLE"), "{body}: {told:?}");
                if let Ok(reply) = told {
                    assert!(reply.to_value()["facts"]["secret"] == "EXAMPLE-SECRET" && reply.data.is_null());
                }
            }
        }
    }

    #[test]
    fn every_operation_can_be_told() {
        for cloud in Cloud::ALL {
            for operation in cloud.operations() {
                let told = operation.to_value();
                assert_eq!(told["fields"].as_array().map(Vec::len), Some(operation.fields.len()), "{}", operation.name);
            }
        }
    }
}
