//! How well refusals are explained: mutations drawn from seeds, each put to the diagnosis with an echo, with the secret, without.

use crate::mutations::Mutation;
use imgferry::sign::{self, Component, Diagnosis, Expect, Received};
use imgferry::{Cloud, Credentials};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Counts of one cause.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    pub cases: u32,
    /// Told with an echo, and the component named right.
    pub echoed: u32,
    pub named: u32,
    /// With the secret: the cause is the first, or among the first two.
    pub first: u32,
    pub second: u32,
    /// Without the secret: the cause is among those told; and something certain was told that is wrong, with it or without.
    pub blind: u32,
    pub wrong: u32,
}

/// What was told of all of them, by the true cause.
#[derive(Debug, Default)]
pub struct Figure {
    pub rows: BTreeMap<&'static str, Row>,
    /// Where something was wrong, for a look.
    pub amiss: Vec<String>,
}

impl Figure {
    /// Draws and diagnoses mutations.
    pub fn of(seeds: impl Iterator<Item = u64>) -> Figure {
        let mut figure = Figure::default();
        for seed in seeds {
            figure.add(seed, &Mutation::draw(seed));
        }
        figure
    }

    fn add(&mut self, seed: u64, mutation: &Mutation) {
        let Mutation { truth, .. } = *mutation;
        let (with, without) = (told(mutation, Some(&mutation.key)), told(mutation, None));
        let (echo, row) = (echoed(mutation), self.rows.entry(truth).or_default());
        row.cases += 1;
        let place = with.iter().position(|(id, _)| *id == truth);
        row.first += u32::from(place == Some(0));
        row.second += u32::from(place.is_some_and(|place| place < 2));
        row.blind += u32::from(without.iter().any(|(id, _)| *id == truth));
        let is_wrong = |(id, sure): &(String, String)| sure == "certain" && !fits(id, truth);
        let wrong = with.iter().chain(&without).any(is_wrong);
        row.wrong += u32::from(wrong);
        if let Some(component) = echo {
            row.echoed += 1;
            row.named += u32::from(named(component, truth));
        }
        let is_amiss = wrong || place.is_none_or(|place| place > 0) || echo.is_some_and(|component| !named(component, truth));
        if is_amiss {
            self.amiss
                .push(format!("seed {seed}: {} {truth}; with the secret {with:?}, without {without:?}, by echo {echo:?}", mutation.cloud));
        }
    }

    /// Sums over all causes.
    pub fn all(&self) -> Row {
        self.rows.values().fold(Row::default(), |sum, row| Row {
            cases: sum.cases + row.cases,
            echoed: sum.echoed + row.echoed,
            named: sum.named + row.named,
            first: sum.first + row.first,
            second: sum.second + row.second,
            blind: sum.blind + row.blind,
            wrong: sum.wrong + row.wrong,
        })
    }

    /// As Markdown.
    pub fn table(&self) -> String {
        let mut out = String::from(
            "| cause | cases | echo: component named | secret: first | secret: among two | no secret: among those told | certain and wrong |\n|---|--:|--:|--:|--:|--:|--:|\n",
        );
        for (cause, row) in self.rows.iter().map(|(cause, row)| (format!("`{cause}`"), *row)).chain([("all".to_owned(), self.all())]) {
            let echo = if row.echoed > 0 { format!("{} of {}", row.named, row.echoed) } else { "none told".to_owned() };
            let _ = writeln!(out, "| {cause} | {} | {echo} | {} | {} | {} | {} |", row.cases, row.first, row.second, row.blind, row.wrong);
        }
        out
    }
}

/// Ids and how sure they are, as everybody gets them: from the text of the request and the answer.
fn told(mutation: &Mutation, key: Option<&Credentials>) -> Vec<(String, String)> {
    let mut text = format!("{} {} HTTP/1.1\n", mutation.method, mutation.url);
    for (name, value) in &mutation.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    let record = serde_json::json!({
        "method": mutation.method, "url": mutation.url, "headers": mutation.headers, "body": String::from_utf8_lossy(&mutation.body),
    });
    let told = Diagnosis::in_text(&record.to_string(), &mutation.answer, key, Some(mutation.now));
    let texts =
        |cause: &Value| (cause["id"].as_str().unwrap_or_default().to_owned(), cause["sure"].as_str().unwrap_or_default().to_owned());
    told["requests"][0]["causes"].as_array().into_iter().flatten().map(texts).collect()
}

/// What is named where the cloud tells the canonical request and the string to sign that it computed; `None` where it refuses
/// before it computes them.
fn echoed(mutation: &Mutation) -> Option<Component> {
    let Mutation { cloud, method, url, headers, body, key, now, .. } = mutation;
    let received = Received { method, url, headers, body };
    let find = |id: &str| (id == key.id()).then(|| key.clone());
    let refusal = sign::verify(cloud.scheme(), &received, &find, *now, &Expect::default()).err()?;
    let theirs = refusal.canonical_request?;
    let (canonical, string) = &mutation.signed;
    let by_request = sign::diagnose(canonical, Some(&theirs)).component;
    if by_request != Component::Secret {
        return Some(by_request);
    }
    let theirs = string_to_sign(*cloud, headers, string, &theirs);
    Some(sign::diagnose(string, Some(&theirs)).component)
}

/// The string to sign that a server computes: its own canonical request, the time of the header.
fn string_to_sign(cloud: Cloud, headers: &[(String, String)], ours: &str, canonical: &str) -> String {
    use sha2::{Digest, Sha256};
    let date = cloud.scheme().date_header;
    let time = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(date)).map_or("", |(_, value)| value);
    let hash: String = Sha256::digest(canonical.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut lines: Vec<&str> = ours.lines().collect();
    lines[1] = time;
    *lines.last_mut().expect("a hash") = &hash;
    lines.join("\n")
}

/// Whether a cause that is told is the true one, or says less and nothing else.
fn fits(id: &str, truth: &str) -> bool {
    id == truth || !id.contains('.') && truth.split('.').next() == Some(id)
}

/// Whether the component is that of the cause.
fn named(component: Component, truth: &str) -> bool {
    let part = truth.split('.').next().unwrap_or_default();
    match truth {
        "token.unsigned" => matches!(component, Component::Header | Component::SignedHeaders | Component::Token),
        "header.date" => matches!(component, Component::Header | Component::Clock),
        _ => component.as_str() == part,
    }
}
