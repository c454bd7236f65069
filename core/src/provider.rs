//! The closed set of clouds: the only `match` over clouds in the crate, and the second level on top of it.

use crate::check::{Findings, Rule};
use crate::credentials::Credentials;
use crate::error::{Code, Error, Explanation, Kind};
use crate::facts::{Image, Quota, Reply};
use crate::http::{Answer, Request};
use crate::operation::{Named, Operation, Parameters, Params, check_shape};
use crate::time::Millis;
use crate::{huawei, sign, tencent, volcengine};
use std::fmt;

/// The clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    /// Tencent Cloud: CVM, signed with TC3-HMAC-SHA256.
    Tencent,
    /// Volcengine and BytePlus: ECS, signed with HMAC-SHA256.
    Volcengine,
    /// Huawei Cloud: IMS, signed with SDK-HMAC-SHA256.
    Huawei,
}

impl Cloud {
    /// All of them, in alphabetical order of nothing in particular: the order of every table.
    pub const ALL: [Cloud; 3] = [Cloud::Tencent, Cloud::Volcengine, Cloud::Huawei];

    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cloud::Tencent => "tencent",
            Cloud::Volcengine => "volcengine",
            Cloud::Huawei => "huawei",
        }
    }

    /// The cloud of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn parse(name: &str) -> Result<Cloud, Error> {
        Cloud::ALL.into_iter().find(|cloud| cloud.as_str() == name).ok_or_else(|| {
            Error::new(Kind::Misuse, "cloud", format!("there is no cloud {:?}", crate::check::shown(name)))
                .hint("use tencent, volcengine or huawei", "请使用 tencent、volcengine 或 huawei")
        })
    }

    /// The operations known for this cloud, sorted by name.
    pub const fn operations(self) -> &'static [&'static Operation] {
        match self {
            Cloud::Tencent => tencent::request::OPERATIONS,
            Cloud::Volcengine => volcengine::request::OPERATIONS,
            Cloud::Huawei => huawei::request::OPERATIONS,
        }
    }

    /// The operation of that name.
    ///
    /// # Errors
    /// [`Kind::Misuse`] listing the names there are.
    pub fn operation(self, name: &str) -> Result<&'static Operation, Error> {
        self.operations().iter().find(|operation| operation.name == name).copied().ok_or_else(|| {
            let names: Vec<&str> = self.operations().iter().map(|operation| operation.name).collect();
            Error::new(Kind::Misuse, "operation", format!("{self} has no operation {:?}", crate::check::shown(name)))
                .hint(format!("use one of {}", names.join(", ")), format!("可用操作:{}", names.join("、")))
        })
    }

    /// Every rule of this cloud, for catalogues and tests.
    pub const fn rules(self) -> &'static [&'static Rule] {
        match self {
            Cloud::Tencent => tencent::rules::RULES,
            Cloud::Volcengine => volcengine::rules::RULES,
            Cloud::Huawei => huawei::rules::RULES,
        }
    }

    /// The error catalogue of this cloud, sorted by code.
    pub const fn codes(self) -> &'static [Code] {
        match self {
            Cloud::Tencent => tencent::errors::CODES,
            Cloud::Volcengine => volcengine::errors::CODES,
            Cloud::Huawei => huawei::errors::CODES,
        }
    }

    /// The regions known for this cloud, sorted by id. A region that is not listed is a warning, never a wall.
    pub const fn regions(self) -> &'static [Region] {
        match self {
            Cloud::Tencent => tencent::regions::REGIONS,
            Cloud::Volcengine => volcengine::regions::REGIONS,
            Cloud::Huawei => huawei::regions::REGIONS,
        }
    }

    /// What an error code means and what to do; `status` helps with codes that are not in the catalogue.
    pub fn explain(self, code: &str, status: Option<u16>) -> Explanation {
        match self {
            Cloud::Tencent => tencent::errors::explain(code, status),
            Cloud::Volcengine => volcengine::errors::explain(code, status),
            Cloud::Huawei => huawei::errors::explain(code, status),
        }
    }

    /// How this cloud signs.
    pub const fn recipe(self) -> &'static sign::Recipe {
        match self {
            Cloud::Tencent => &tencent::recipe::RECIPE,
            Cloud::Volcengine => &volcengine::recipe::RECIPE,
            Cloud::Huawei => &huawei::recipe::RECIPE,
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A region that we know of.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// The vendor's id.
    pub id: &'static str,
    /// English name; empty where none is published.
    pub en: &'static str,
    /// Chinese name; empty where none is published.
    pub zh: &'static str,
    /// What sets it apart.
    pub class: RegionClass,
}

/// What sets a region apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionClass {
    /// An ordinary region in mainland China.
    Mainland,
    /// An ordinary region elsewhere.
    Overseas,
    /// A finance region, walled off from the ordinary ones.
    Finance,
    /// Special purpose, not public, or old.
    Special,
}

impl RegionClass {
    /// Stable lower-case name, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            RegionClass::Mainland => "mainland",
            RegionClass::Overseas => "overseas",
            RegionClass::Finance => "finance",
            RegionClass::Special => "special",
        }
    }
}

/// Which of a vendor's separate sites the account belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// The main site: Tencent Cloud China, Volcengine, Huawei Cloud (whose hosts follow the region).
    #[default]
    Main,
    /// The international site: Tencent Cloud International, BytePlus.
    International,
}

/// Another host for all calls of a cloud: a simulator, a gateway, a private site, another operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host, optional port and optional path prefix, for example `http://127.0.0.1:8080`.
    pub url: String,
    /// Which host the signature names.
    pub sign_host: SignHost,
}

/// Which host a signature names when the call goes to another [`Endpoint`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignHost {
    /// The host that the call goes to. What a simulator or a private site wants.
    #[default]
    Endpoint,
    /// The vendor's host, sent as the `host` header. What a gateway that forwards to the vendor wants.
    Official,
}

/// Where and as whom an operation is carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At {
    /// The region that is acted on; for a copy the source region.
    pub region: String,
    /// Which site of the vendor.
    pub edition: Edition,
    /// Another host than the vendor's.
    pub endpoint: Option<Endpoint>,
    /// Huawei: id of the project in `region`.
    pub project_id: Option<String>,
    /// Huawei: id of the account, for IAM calls.
    pub domain_id: Option<String>,
    /// Language of the vendor's messages.
    pub language: Option<Language>,
}

impl At {
    /// In that region of the main site, at the vendor's own host.
    pub fn region(region: impl Into<String>) -> Self {
        Self { region: region.into(), ..Self::default() }
    }
}

/// Language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// Facts that let more rules run. What is `None` is not checked; the rule is listed as an assumption instead.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The source image, as described by the API.
    pub image: Option<&'a Image>,
    /// Room in the destination.
    pub quota: Option<&'a Quota>,
}

/// A built operation: everything but the signature.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: &'static Operation,
    /// The request, complete but for date, token and authorization.
    pub request: Request,
    /// Region in the credential scope.
    pub region: String,
    /// Service in the credential scope.
    pub service: &'static str,
}

impl Call {
    /// Signs for this moment. Sign at every send; a stored signature is a broken retry.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when the time cannot be written.
    pub fn sign(&self, credentials: &Credentials, now: Millis) -> Result<Request, Error> {
        sign::sign_call(self, credentials, now)
    }
}

/// Checks every documented rule of an operation; all findings at once, nothing converted, nothing sent.
pub fn check(operation: &'static Operation, params: &Params, at: &At, known: &Known<'_>) -> Findings {
    let mut findings = Findings::default();
    check_shape(operation, params, &mut findings);
    match operation.cloud {
        Cloud::Tencent => tencent::rules::check(operation, params, at, known, &mut findings),
        Cloud::Volcengine => volcengine::rules::check(operation, params, at, known, &mut findings),
        Cloud::Huawei => huawei::rules::check(operation, params, at, known, &mut findings),
    }
    findings
}

/// Builds the request of an operation with typed parameters.
///
/// # Errors
/// [`Kind::Misuse`] when a value cannot stand in a URL or header, or the endpoint is not a URL.
pub fn build(parameters: &dyn Parameters, at: &At) -> Result<Call, Error> {
    match parameters.operation().cloud {
        Cloud::Tencent => tencent::request::build(parameters, at),
        Cloud::Volcengine => volcengine::request::build(parameters, at),
        Cloud::Huawei => huawei::request::build(parameters, at),
    }
}

/// Checks and builds the request of an operation with JSON parameters.
///
/// # Errors
/// [`Kind::Misuse`] with all `problems` when a rule of severity error is broken; otherwise as [`build`].
pub fn check_and_build(operation: &'static Operation, params: &Params, at: &At) -> Result<Call, Error> {
    let findings = check(operation, params, at, &Known::default());
    if findings.has_errors() {
        return Err(findings.into_error(operation.name));
    }
    build(&Named { operation, params }, at)
}

/// Reads an answer. Total: any status and any bytes give a reply or an error, never a panic.
///
/// # Errors
/// What the cloud refused, with kind, code, message, request id and advice; [`Kind::Protocol`] when the
/// answer is not what the API promises.
pub fn read(operation: &'static Operation, answer: &Answer) -> Result<Reply, Error> {
    match operation.cloud {
        Cloud::Tencent => tencent::response::read(operation, answer),
        Cloud::Volcengine => volcengine::response::read(operation, answer),
        Cloud::Huawei => huawei::response::read(operation, answer),
    }
}
