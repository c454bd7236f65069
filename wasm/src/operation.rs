//! Level 2: one operation of one cloud.

use crate::convert::{Record, wrong};
use imgferry::Problem;
use imgferry::Request;
use imgferry::api::Params;
use imgferry::api::call::Call;
use imgferry::api::check::{Known, Rule};
use imgferry::api::endpoint::{HostHeader, SignHost};
use imgferry::api::json::{Object, Value, list};
use imgferry::api::operation::Operation;
use imgferry::api::site::Language;
use imgferry::sign::Signer;
use imgferry::{Answer, At, Cloud, Edition, Endpoint, Error, Redactor, wall_clock};

/// Checks, builds and signs the request of an operation: ready to be sent.
pub(crate) fn request(input: &mut Record) -> Result<String, Error> {
    let credentials = input.credentials("credentials")?;
    let time = wall_clock("timeMs", input.whole("timeMs")?)?;
    Ok(request_text(&Signer::new(credentials).sign_call(Wanted::read(input)?.build()?, time)?))
}

/// Every documented rule of an operation.
pub(crate) fn check(input: &mut Record) -> Result<Value, Error> {
    let Wanted { operation, params, at } = Wanted::read(input)?;
    Ok(problems_value(&imgferry::check(operation, &params, &at, &Known::default()).problems))
}

/// The request of an operation, checked and complete but for the signature.
pub(crate) fn build(input: &mut Record) -> Result<Value, Error> {
    let built = Wanted::read(input)?.build()?;
    let Call { operation, service, .. } = &built;
    let mut call = Object::new();
    call.set("cloud", operation.cloud.as_str()).set("operation", operation.name).set("region", built.region()).set("service", *service);
    Ok(call.set("request", built.request().to_value()).value())
}

/// An answer, read.
pub(crate) fn read(input: &mut Record, body: Option<Vec<u8>>) -> Result<Value, Error> {
    let (operation, params) = (named(input)?, sent(input)?);
    let mut answer = answer(input.record("answer")?, body)?;
    if input.has("credentials") {
        answer = Redactor::new(&input.credentials("credentials")?).answer(answer);
    }
    input.end()?;
    imgferry::read_sent(operation, &params, &answer).map(|reply| reply.to_value())
}

/// The parameters that were sent, where they are told.
pub(crate) fn sent(input: &mut Record) -> Result<Params, Error> {
    match input.any("params") {
        None => Ok(Params::new()),
        Some(Value::Object(params)) => Ok(params),
        Some(_) => Err(wrong("params", "an object")),
    }
}

/// What an error code means and what to do.
pub(crate) fn explain(input: &mut Record) -> Result<Value, Error> {
    let cloud = cloud(input)?;
    let (code, status, message) = (input.text("code")?, input.optional_whole("status")?, input.optional_text("message")?);
    input.end()?;
    Ok(cloud.explain_message(&code, message.as_deref().unwrap_or_default(), status).to_value())
}

/// The rules of a cloud, or those of plans.
pub(crate) fn rules(input: &mut Record) -> Result<Value, Error> {
    let mut rules = Vec::new();
    let mut add = |rule: Rule| rules.push(rule.to_value());
    if input.has("cloud") {
        only_cloud(input)?.rules().for_each(&mut add)
    } else {
        imgferry::plan::rules().for_each(&mut add)
    }
    Ok(Value::Array(rules))
}

/// The call that lists own images: of a cloud, behind a cursor and so many entries.
pub(crate) fn listing(input: &mut Record) -> Result<Value, Error> {
    let (cloud, cursor) = (cloud(input)?, input.optional_text("cursor")?);
    let seen: u32 = input.optional_whole("seen")?.unwrap_or_default();
    input.end()?;
    let wanted = cloud.listing(cursor.as_deref(), seen as usize);
    Ok(Object::new().set("operation", wanted.operation.name).set("params", wanted.params).value())
}

pub(crate) fn only_cloud(input: &mut Record) -> Result<Cloud, Error> {
    let cloud = cloud(input)?;
    input.end()?;
    Ok(cloud)
}

pub(crate) fn operation(input: &mut Record) -> Result<&'static Operation, Error> {
    let operation = named(input)?;
    input.end()?;
    Ok(operation)
}

/// An answer with its body, as text or as bytes.
pub(crate) fn answer(mut record: Record, body: Option<Vec<u8>>) -> Result<Answer, Error> {
    let status = record.optional_whole("status")?.ok_or_else(|| wrong("answer.status", "a whole number"))?;
    let answer = Answer { status, headers: record.headers("headers")?, body: record.body(body)? };
    record.end()?;
    Ok(answer)
}

/// An operation that is wanted: its parameters and where.
struct Wanted {
    operation: &'static Operation,
    params: Params,
    at: At,
}

impl Wanted {
    fn read(input: &mut Record) -> Result<Wanted, Error> {
        let operation = named(input)?;
        let Some(Value::Object(params)) = input.any("params") else { return Err(wrong("params", "an object")) };
        let wanted = Wanted { operation, params, at: at(input.record("at")?)? };
        input.end()?;
        Ok(wanted)
    }

    fn build(&self) -> Result<Call, Error> {
        imgferry::check_and_build(self.operation, &self.params, &self.at)
    }
}

/// The operation that is named.
pub(crate) fn named(input: &mut Record) -> Result<&'static Operation, Error> {
    cloud(input)?.operation(&input.text("operation")?)
}

pub(crate) fn cloud(input: &mut Record) -> Result<Cloud, Error> {
    Cloud::parse(&input.text("cloud")?)
}

/// A request ready to be sent, as texts joined by NUL, which stands in none of them: method, URL, body, then names and
/// values of headers by turns. Several times as fast as JSON on both sides.
pub(crate) fn request_text(request: &Request) -> String {
    let Request { method, url, headers, body } = request;
    let mut text = String::with_capacity(url.len() + body.len() + 64 * headers.len() + 512);
    text.push_str(method.as_str());
    let mut push = |part: &str| {
        text.push('\0');
        text.push_str(part);
    };
    push(url);
    push(body);
    for (name, value) in headers.iter() {
        push(name);
        push(value);
    }
    text
}

pub(crate) fn at(mut record: Record) -> Result<At, Error> {
    let sign_host = record.optional_text("signHost")?.map(|name| SignHost::parse(&name)).transpose()?;
    let at = At {
        region: record.text("region")?,
        edition: record.optional_text("site")?.map(|name| Edition::parse(&name)).transpose()?.unwrap_or_default(),
        endpoint: record.optional_text("endpoint")?.map(|url| Endpoint::new(url, sign_host, HostHeader::Derived)),
        project_id: record.optional_text("projectId")?,
        domain_id: record.optional_text("domainId")?,
        language: record.optional_text("language")?.map(|name| Language::parse(&name)).transpose()?,
    };
    record.end()?;
    Ok(at)
}

pub(crate) fn problems_value(problems: &[Problem]) -> Value {
    list(problems, Problem::to_value)
}
