//! Plans and reports read back, from the shapes in which they are told.

use crate::api::check::Rule;
use crate::base::cloud::Cloud;
use crate::base::error::{Error, Kind, Retry};
use crate::base::problem::{Problem, Severity};
use crate::base::text::shown;
use crate::base::time::Millis;
use crate::base::words::Words;
use crate::job::{Extra, Phase, Report, Row};
use crate::plan::{self, Plan};
use serde::de::Error as Refused;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Read as [`Plan::from_value`] reads it.
impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Plan::from_value(&Value::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Exit code and counts follow from the rows. A rule or a code that this version does not know is refused.
impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Shape {
            rows: Vec<Row>,
            steps: Vec<Row>,
            extra: Vec<Extra>,
        }
        let Shape { rows, steps, extra } = Shape::deserialize(from)?;
        Ok(Report { rows, steps, extra })
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Shape {
            cloud: String,
            image: String,
            image_id: String,
            name: String,
            region: String,
        }
        let Shape { cloud, image, image_id, name, region } = Shape::deserialize(from)?;
        Ok(Extra { cloud: cloud_name(&cloud)?, region, image: image_id, name, source: image })
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Shape {
            cloud: String,
            error: Option<Error>,
            eta_ms: Option<(i64, i64)>,
            from: String,
            image: String,
            image_id: Option<String>,
            lane: u32,
            launched_ms: Option<i64>,
            launches: u16,
            name: String,
            next_ms: Option<i64>,
            note: Option<String>,
            note_zh: Option<String>,
            objects: Vec<String>,
            path: String,
            percent: Option<u8>,
            request_ids: Vec<String>,
            since_ms: i64,
            state: String,
            task_id: Option<String>,
            to: String,
        }
        let row = Shape::deserialize(from)?;
        Ok(Row {
            lane: row.lane,
            cloud: cloud_name(&row.cloud)?,
            path: row.path,
            image: row.image,
            from: row.from,
            to: row.to,
            name: row.name,
            phase: Phase::parse(&row.state).ok_or_else(|| unknown("state", &row.state))?,
            new_image: row.image_id,
            task: row.task_id,
            objects: row.objects,
            note: row.note.zip(row.note_zh),
            percent: row.percent,
            launches: row.launches,
            since: Millis(row.since_ms),
            launched: row.launched_ms.map(Millis),
            next: row.next_ms.map(Millis),
            eta_ms: row.eta_ms,
            request_ids: row.request_ids,
            error: row.error,
        })
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Shape {
            code: String,
            hint: String,
            hint_zh: String,
            kind: String,
            message: String,
            problems: Vec<Problem>,
            request_id: Option<String>,
            retry: String,
            server_time_ms: Option<i64>,
            status: Option<u16>,
            wait_ms: Option<i64>,
        }
        let told = Shape::deserialize(from)?;
        let mut error = Error::new(word::<Kind, _>("kind", &told.kind)?, told.code, told.message).hint(told.hint, told.hint_zh);
        error.retry = word::<Retry, _>("retry", &told.retry)?;
        (error.request_id, error.status, error.wait_ms) = (told.request_id, told.status, told.wait_ms);
        (error.server_time, error.problems) = (told.server_time_ms.map(Millis), told.problems);
        Ok(error)
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Shape {
            message: String,
            message_zh: String,
            path: String,
            rule: String,
            severity: String,
            vendor_code: Option<String>,
        }
        let told = Shape::deserialize(from)?;
        let rule = rules().map(|rule| rule.id()).find(|id| *id == told.rule).ok_or_else(|| unknown("rule", &told.rule))?;
        let code = told.vendor_code.map(|code| vendor_code(&code).ok_or_else(|| unknown("vendor_code", &code))).transpose()?;
        Ok(Problem {
            rule,
            path: told.path,
            severity: word::<Severity, _>("severity", &told.severity)?,
            message_en: told.message,
            message_zh: told.message_zh,
            vendor_code: code,
        })
    }
}

/// The cloud of that name, as rows hold it.
fn cloud_name<E: Refused>(name: &str) -> Result<&'static str, E> {
    Cloud::parse(name).map(Cloud::as_str).map_err(E::custom)
}

fn word<W: Words, E: Refused>(field: &str, name: &str) -> Result<W, E> {
    W::find(name).ok_or_else(|| unknown(field, name))
}

fn rules() -> impl Iterator<Item = Rule> {
    plan::rules().chain(Cloud::ALL.into_iter().flat_map(Cloud::rules))
}

/// A vendor's code as rules and catalogues know it.
fn vendor_code(code: &str) -> Option<&'static str> {
    let of_rules = || rules().map(|rule| rule.vendor_code()).find(|known| *known == code);
    Cloud::ALL.into_iter().find_map(|cloud| cloud.codes().find(code)).map(|row| row.code).or_else(of_rules)
}

fn unknown<E: Refused>(field: &str, value: &str) -> E {
    E::custom(format!("{field} cannot be {:?}", shown(value)))
}
