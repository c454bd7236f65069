//! Requests in a text, each with its answer where that stands beside it: HTTP as it is written, HAR, JSON of our own.

use super::curl;
use super::exchange::Exchange;
use crate::base::http::header;
use crate::base::json::from_text;
use crate::base::time::Millis;
use crate::base::value::Value;

/// Every request in a text.
pub(super) fn find(text: &str) -> Vec<Exchange> {
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    if trimmed.starts_with('{') || trimmed.starts_with('[') {
        let mut found = Vec::new();
        if let Ok(value) = from_text(trimmed.as_bytes()) {
            in_json(&value, &mut found);
        }
        return found;
    }
    let mut found = curl::find(text);
    if found.is_empty() {
        found = in_http(text);
    }
    found
}

/// HAR entries, and records with a URL and headers.
fn in_json(value: &Value, found: &mut Vec<Exchange>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| in_json(item, found)),
        Value::Object(fields) => {
            if let (Some(request), Some(response)) = (fields.get("request"), fields.get("response")) {
                let started = fields.get("startedDateTime").and_then(Value::as_str).and_then(Millis::parse);
                found.extend(of_record(request).map(|exchange| answered(exchange, response, started)));
            } else if fields.contains_key("url") && fields.contains_key("headers") {
                found.extend(of_record(value));
            } else {
                fields.iter().for_each(|(_, item)| in_json(item, found));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `{method, url, headers, body}`, or a HAR request with `postData`.
fn of_record(record: &Value) -> Option<Exchange> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let body = text(&record["body"]).or_else(|| text(&record["postData"]["text"])).unwrap_or_default();
    let method = text(&record["method"]).unwrap_or_else(|| if body.is_empty() { "GET".to_owned() } else { "POST".to_owned() });
    Some(Exchange {
        method,
        url: text(&record["url"])?,
        headers: pairs(&record["headers"]),
        body: body.into_bytes(),
        ..Exchange::default()
    })
}

/// Headers as an object, as pairs, or as records with name and value. Those that HTTP/2 writes with a colon are none.
fn pairs(headers: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all: Vec<(String, String)> = match headers {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        Value::Array(items) => {
            let pair =
                |item: &Value| if item.is_array() { (text(&item[0]), text(&item[1])) } else { (text(&item["name"]), text(&item["value"])) };
            items.iter().map(pair).collect()
        }
        _ => Vec::new(),
    };
    let host = |(name, value): (String, String)| if name == ":authority" { ("host".to_owned(), value) } else { (name, value) };
    all.into_iter().map(host).filter(|(name, _)| !name.is_empty() && !name.starts_with(':')).collect()
}

/// Messages of HTTP one after the other, or what `curl -v` prints of them.
fn in_http(text: &str) -> Vec<Exchange> {
    let text = text.replace("\r\n", "\n");
    let is_trace = text.lines().any(|line| line.starts_with("> ") && is_request_line(&line[2..]));
    let lines: Vec<&str> = if is_trace { untraced(&text) } else { text.lines().collect() };
    let starts: Vec<usize> = (0..lines.len()).filter(|at| is_request_line(lines[*at])).collect();
    let mut found = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(lines.len());
        let message = &lines[*start..end];
        let answer = message.iter().position(|line| line.starts_with("HTTP/"));
        let (request, response) = message.split_at(answer.unwrap_or(message.len()));
        let mut exchange = of_message(request);
        if let Some(status) = response.first() {
            let (headers, body) = parts(response);
            exchange.status = status.split_whitespace().nth(1).and_then(|word| word.parse().ok());
            exchange.at = header(&headers, "date").and_then(Millis::parse_http_date);
            exchange.answer = body;
        }
        found.push(exchange);
    }
    found
}

/// The lines that went and came; notes of the tool are left out.
fn untraced(text: &str) -> Vec<&str> {
    let sides = text.lines().filter(|line| !line.starts_with("* ") && !line.starts_with("{ [") && !line.starts_with("} ["));
    sides.map(|line| line.strip_prefix("> ").or(line.strip_prefix("< ")).or(line.strip_prefix(['>', '<'])).unwrap_or(line)).collect()
}

fn is_request_line(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (method, target, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
    let is_method = matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD");
    let is_target = target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://");
    is_method && is_target && words.next().is_none() && version.is_none_or(|word| word.starts_with("HTTP/"))
}

fn of_message(lines: &[&str]) -> Exchange {
    let mut words = lines.first().copied().unwrap_or_default().split_whitespace().map(str::to_owned);
    let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (headers, body) = parts(lines);
    let length = header(&headers, "content-length").and_then(|text| text.trim().parse::<usize>().ok());
    let mut body = body.into_bytes();
    // What stands behind the body is not of it: a line end of the file, or notes.
    let end = length.unwrap_or_else(|| body.trim_ascii_end().len());
    if body.get(end..).is_some_and(|rest| rest.iter().all(u8::is_ascii_whitespace)) {
        body.truncate(end);
    }
    Exchange { method, url, headers, body, ..Exchange::default() }
}

/// Headers and body of a message whose first line is its own.
fn parts(lines: &[&str]) -> (Vec<(String, String)>, String) {
    let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    let pair = |line: &&str| line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
    let headers = lines.iter().take(end).skip(1).filter_map(pair).collect();
    (headers, lines.get(end + 1..).unwrap_or_default().join("\n"))
}

/// With what came back, as HAR has it.
fn answered(exchange: Exchange, response: &Value, started: Option<Millis>) -> Exchange {
    let headers = pairs(&response["headers"]);
    let content = &response["content"];
    let text = content["text"].as_str().or(response["body"].as_str()).unwrap_or_default();
    Exchange {
        status: response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).filter(|status| *status > 0),
        answer: text.to_owned(),
        at: header(&headers, "date").and_then(Millis::parse_http_date).or(started),
        ..exchange
    }
}
