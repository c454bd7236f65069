//! Level 2: one operation of one cloud.

use crate::convert::{Record, Thrown, throw, wrong};
use imgferry::Problem;
use imgferry::Request;
use imgferry::api::Params;
use imgferry::api::call::Call;
use imgferry::api::check::{Known, Rule};
use imgferry::api::endpoint::{HostHeader, SignHost};
use imgferry::api::json::{Object, list, to_text};
use imgferry::api::operation::Operation;
use imgferry::api::region::Region;
use imgferry::api::site::Language;
use imgferry::sign::Signer;
use imgferry::{Answer, At, Cloud, Edition, Endpoint, Error, Redactor, wall_clock};
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// Checks every documented rule of an operation.
#[wasm_bindgen]
pub fn check(input: String) -> Thrown<String> {
    let checked = || {
        let mut input = Record::parse(input, "")?;
        let Wanted { operation, params, at } = Wanted::read(cloud(&mut input)?, &mut input)?;
        input.end()?;
        Ok(imgferry::check(operation, &params, &at, &Known::default()).0)
    };
    checked().map(|problems| problems_text(&problems)).map_err(throw)
}

/// Loads texts of rules and error codes in a language.
#[wasm_bindgen(js_name = loadTexts)]
pub fn load_texts(language: &str, texts: String) -> Thrown<()> {
    Language::parse(language).map_err(throw)?.load_texts(texts);
    Ok(())
}

/// Checks and builds the request of an operation, complete but for the signature.
#[wasm_bindgen]
pub fn build(input: String) -> Thrown<String> {
    let built = || {
        let mut input = Record::parse(input, "")?;
        let wanted = Wanted::read(cloud(&mut input)?, &mut input)?;
        input.end()?;
        let built = wanted.build()?;
        let Call { operation, service, .. } = &built;
        let mut call = Object::new();
        call.set("cloud", operation.cloud.as_str()).set("operation", operation.name).set("region", built.region()).set("service", *service);
        Ok(call.set("request", built.request().to_value()).value())
    };
    built().map(|call| to_text(&call)).map_err(throw)
}

/// Checks, builds and signs the request of an operation: ready to be sent.
#[wasm_bindgen]
pub fn request(input: String) -> Thrown<String> {
    let signed = || {
        let mut input = Record::parse(input, "")?;
        let credentials = input.credentials("credentials")?;
        let time = wall_clock("timeMs", input.whole("timeMs")?)?;
        let wanted = Wanted::read(cloud(&mut input)?, &mut input)?;
        input.end()?;
        Signer::new(credentials).sign_call(wanted.build()?, time)
    };
    signed().map(|request| request_text(&request)).map_err(throw)
}

/// Reads an answer.
#[wasm_bindgen]
pub fn read(input: String, body: Option<Vec<u8>>) -> Thrown<String> {
    let reply = || {
        let mut input = Record::parse(input, "")?;
        let operation = cloud(&mut input)?.operation(&input.text("operation")?)?;
        let params = match input.any("params") {
            None => Params::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(wrong("params", "an object")),
        };
        let mut answer = answer(input.record("answer")?, body)?;
        if input.has("credentials") {
            answer = Redactor::new(&input.credentials("credentials")?).answer(answer);
        }
        input.end()?;
        imgferry::read_sent(operation, &params, &answer)
    };
    reply().map(|reply| to_text(&reply.to_value())).map_err(throw)
}

/// What an error code means and what to do.
#[wasm_bindgen]
pub fn explain(input: String) -> Thrown<String> {
    let explained = || {
        let mut input = Record::parse(input, "")?;
        let cloud = cloud(&mut input)?;
        let (code, status, message) = (input.text("code")?, input.optional_whole("status")?, input.optional_text("message")?);
        input.end()?;
        Ok(cloud.explain_message(&code, message.as_deref().unwrap_or_default(), status))
    };
    explained().map(|explanation| to_text(&explanation.to_value())).map_err(throw)
}

/// The regions known for a cloud.
#[wasm_bindgen]
pub fn regions(cloud: String) -> Thrown<String> {
    let cloud = Cloud::parse(&cloud).map_err(throw)?;
    Ok(to_text(&list(cloud.regions(), Region::to_value)))
}

/// The operations known for a cloud, with their parameters.
#[wasm_bindgen]
pub fn operations(cloud: String) -> Thrown<String> {
    let cloud = Cloud::parse(&cloud).map_err(throw)?;
    Ok(to_text(&list(cloud.operations(), |operation| operation.to_value())))
}

/// The parameters of an operation.
#[wasm_bindgen]
pub fn parameters(input: String) -> Thrown<String> {
    let asked = || {
        let mut input = Record::parse(input, "")?;
        let operation = cloud(&mut input)?.operation(&input.text("operation")?)?;
        input.end()?;
        Ok(operation.to_value())
    };
    asked().map(|operation| to_text(&operation["fields"])).map_err(throw)
}

/// The rules of a cloud, or those of plans.
#[wasm_bindgen]
pub fn rules(cloud: Option<String>) -> Thrown<String> {
    let rules: Vec<&Rule> = match cloud {
        Some(cloud) => Cloud::parse(&cloud).map_err(throw)?.rules().collect(),
        None => imgferry::plan::rules().collect(),
    };
    Ok(to_text(&list(&rules, |rule| rule.to_value())))
}

/// The call that lists own images: of a cloud, behind a cursor and so many entries.
#[wasm_bindgen]
pub fn listing(input: String) -> Thrown<String> {
    let asked = || {
        let mut input = Record::parse(input, "")?;
        let (cloud, cursor) = (cloud(&mut input)?, input.optional_text("cursor")?);
        let seen: u32 = input.optional_whole("seen")?.unwrap_or_default();
        input.end()?;
        Ok((cloud.replication().find)(&[], cursor.as_deref(), seen as usize))
    };
    let wanted = asked().map_err(throw)?;
    Ok(to_text(&Object::new().set("operation", wanted.operation.name).set("params", wanted.params).value()))
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
    fn read(cloud: Cloud, input: &mut Record) -> Result<Wanted, Error> {
        let operation = cloud.operation(&input.text("operation")?)?;
        let Some(Value::Object(params)) = input.any("params") else { return Err(wrong("params", "an object")) };
        Ok(Wanted { operation, params, at: at(input.record("at")?)? })
    }

    fn build(&self) -> Result<Call, Error> {
        imgferry::check_and_build(self.operation, &self.params, &self.at)
    }
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
    for part in [&**url, body].into_iter().chain(headers.iter().flat_map(|(name, value)| [name, value])) {
        text.push('\0');
        text.push_str(part);
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

pub(crate) fn problems_text(problems: &[Problem]) -> String {
    to_text(&list(problems, Problem::to_value))
}
