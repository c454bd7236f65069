//! What people have in hand when something was refused: a request as a file, a curl line or a HAR entry, an answer, the text
//! of an exception, a journal, a log. Requests and refusals are found in it wherever they stand.

mod curl;
mod envelopes;
mod exchange;
mod network;
mod refusal;
mod requests;
mod thrown;

use crate::api::catalogue::Explanation;
use crate::api::operation::{Effect, Operation};
use crate::base::cloud::Cloud;
use crate::base::credentials::Credentials;
use crate::base::json::{Object, list};
use crate::base::redact::Redactor;
use crate::base::time::Millis;
use crate::base::value::Value;
use crate::sign::{Case, Diagnosis, Expect, Received};
use exchange::Exchange;
use refusal::Refusal;

impl Diagnosis {
    /// Explains whatever is in hand of a refusal, as a JSON object.
    ///
    /// `text` may hold requests (HTTP, curl lines, HAR, `{method, url, headers, body}`), answers, texts of exceptions of the
    /// vendors' clients, or lines of a log with any of these in them; `answer` is the cloud's answer where it stands apart.
    /// With the `key` that was to sign, probable causes are tried by computing the signature anew; `now` is when it was
    /// refused, where that is known and the answer has no `Date`.
    ///
    /// The object has `known`, false where nothing was recognised; `requests`, each with cloud, operation and `causes` (as
    /// [`Diagnosis::to_value`], the most probable first); and `refusals`, each with cloud, code, message and what is known of the
    /// code (as [`Explanation::to_value`]). No secret of `key` and no token is in it.
    ///
    /// ```
    /// use imgferry::sign::Diagnosis;
    /// let thrown = "[TencentCloudSDKException] code:AuthFailure.SecretIdNotFound message:The SecretId is not found requestId:r-1";
    /// let told = Diagnosis::in_text(thrown, "", None, None);
    /// assert_eq!((&told["refusals"][0]["code"], &told["refusals"][0]["request_id"]), (&"AuthFailure.SecretIdNotFound".into(), &"r-1".into()));
    /// assert_eq!(Diagnosis::in_text("some words", "", None, None)["known"], false);
    /// ```
    pub fn in_text(text: &str, answer: &str, key: Option<&Credentials>, now: Option<Millis>) -> Value {
        let exchanges = requests::find(text);
        let told: Vec<&str> = exchanges.iter().map(|exchange| exchange.answer.as_str()).collect();
        // The text of an exchange is not looked at a second time, or a request's own body would be read as an answer.
        let rest = if exchanges.is_empty() { text } else { "" };
        let mut refusals = Vec::new();
        for part in told.into_iter().chain([rest, answer]).filter(|part| !part.is_empty()) {
            envelopes::find(part, &mut refusals);
        }
        let requests: Vec<Value> = exchanges.iter().filter_map(|exchange| request(exchange, &refusals, answer, key, now)).collect();
        let operation = exchanges.iter().find_map(Exchange::operation).or_else(|| named(text));
        let known = !requests.is_empty() || !refusals.is_empty();
        let told = Object::new()
            .set("known", known)
            .set("requests", requests)
            .set("refusals", refusals.iter().map(|refusal| explained(refusal, operation)).collect::<Vec<Value>>())
            .value();
        match key {
            Some(key) => redacted(told, &Redactor::new(key)),
            None => told,
        }
    }
}

/// One request: whose it is, and why it was probably refused.
fn request(exchange: &Exchange, refusals: &[Refusal], answer: &str, key: Option<&Credentials>, now: Option<Millis>) -> Option<Value> {
    let cloud = exchange.cloud().or_else(|| refusals.first().map(|refusal| refusal.cloud))?;
    let operation = exchange.operation();
    let answer = [exchange.answer.as_str(), answer].join("\n");
    let (region, service) = exchange.called(cloud, operation);
    let (hosts, headers) = (exchange.hosts(cloud), exchange.headers.as_slice());
    let case = Case {
        scheme: cloud.scheme(),
        received: Received { method: &exchange.method, url: &exchange.url, headers, body: &exchange.body },
        expect: Expect { region: region.as_deref(), service: service.as_deref(), ..Expect::default() },
        hosts: &hosts,
        key,
        now: exchange.at.or(now),
        answer: &answer,
    };
    Some(
        Object::new()
            .set("cloud", cloud.as_str())
            .set("method", exchange.method.as_str())
            .set("host", exchange.host())
            .set("operation", operation.map(|operation| operation.name))
            .set("status", exchange.status)
            .set("causes", list(&case.diagnose(), Diagnosis::to_value))
            .value(),
    )
}

/// One refusal, with what is known of its code, for the operation where it is known.
fn explained(refusal: &Refusal, operation: Option<&'static Operation>) -> Value {
    let Refusal { cloud, code, message, request_id, status } = refusal;
    let operation = operation.filter(|operation| operation.cloud == *cloud);
    let told: Explanation = match network::lost(message).filter(|_| network::is_of_client(code)) {
        Some(own) => Explanation { code: code.clone(), ..cloud.explain_message(own, message, None) },
        None => cloud.explain_message(code, message, *status),
    };
    let mut record = Object::new();
    let command = told.command().replace("CLOUD", cloud.as_str());
    if let Value::Object(fields) = told.to_value() {
        record.extend(&fields);
    }
    record.set("cloud", cloud.as_str()).set("message", message.as_str()).set("request_id", request_id.as_deref());
    record.set("operation", operation.map(|operation| operation.name)).set("command", command);
    let [en, zh] = told.again(operation.map_or(Effect::Launch, |operation| operation.effect));
    record.set("again", en).set("again_zh", zh);
    let mut record = record.take();
    // The one that holds for this operation stands alone.
    record.retain(|name, _| !name.starts_with("again_") || name == "again_zh");
    Value::Object(record)
}

/// An operation that a text names.
fn named(text: &str) -> Option<&'static Operation> {
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.find_map(|word| Cloud::ALL.into_iter().flat_map(Cloud::operations).copied().find(|operation| operation.name == word))
}

/// The same without secrets in any text.
fn redacted(value: Value, redactor: &Redactor) -> Value {
    match value {
        Value::String(text) => Value::String(redactor.text(text)),
        Value::Array(items) => items.into_iter().map(|item| redacted(item, redactor)).collect(),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(name, value)| (name, redacted(value, redactor))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

#[cfg(test)]
mod tests;
