//! The simulated clouds.

use crate::convert::{Record, Thrown, parse, throw};
use imgferry::{Answer, Error, Lost, Millis};
use imgferry_sim::{self as sim, Arrived, Config, Delivery};
use serde_json::json;
use wasm_bindgen::prelude::*;

/// The three clouds in a box.
#[wasm_bindgen]
pub struct World {
    world: sim::World,
    /// Body of the last answer: any bytes.
    body: Vec<u8>,
}

#[wasm_bindgen]
impl World {
    /// The world of a scenario.
    #[wasm_bindgen(constructor)]
    pub fn new(scenario: String, now_ms: f64, speed: f64) -> Thrown<World> {
        let built = || {
            let mut config = Config::from_json(&parse(scenario)?)?;
            config.copying.speed_up(speed)?;
            sim::World::new(&config, Millis(now_ms as i64))
        };
        built().map(|world| World { world, body: Vec::new() }).map_err(throw)
    }

    /// What becomes of a request: status, headers and delay of the answer, whose body [`World::body`] holds, or why it is lost.
    pub fn handle(&mut self, now_ms: f64, input: String, body: Option<Vec<u8>>) -> Thrown<String> {
        let (method, target, headers, body) = arrived(input, body).map_err(throw)?;
        let arrived = Arrived { method: &method, target: &target, headers: &headers, body: &body };
        let mut sent = |Answer { status, headers, body }: Answer, after_ms: i64| {
            self.body = body;
            json!({ "status": status, "headers": headers, "afterMs": after_ms })
        };
        let delivery = match self.world.handle(Millis(now_ms as i64), &arrived) {
            Delivery::Answer(answer) => sent(answer, 0),
            Delivery::Late { answer, after_ms } => sent(answer, after_ms),
            Delivery::Lost(Lost::Unsent(_)) => json!({ "lost": "unsent" }),
            Delivery::Lost(Lost::Blocked(_)) => json!({ "lost": "blocked" }),
            Delivery::Lost(Lost::Unanswered(_)) => json!({ "lost": "unanswered" }),
        };
        Ok(delivery.to_string())
    }

    /// The body of the last answer.
    pub fn body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }

    /// Everything that happened.
    pub fn ledger(&self) -> String {
        self.world.ledger().to_json().to_string()
    }
}

/// The keys of the default world by cloud.
#[wasm_bindgen]
pub fn keys() -> String {
    let (ids, secrets) = (Config::KEY_IDS.iter(), Config::KEY_SECRETS.iter());
    let keys = ids.zip(secrets).map(|((cloud, id), (_, secret))| (cloud.as_str().to_owned(), json!({ "id": id, "secret": secret })));
    serde_json::Value::Object(keys.collect()).to_string()
}

type Received = (String, String, Vec<(String, String)>, Vec<u8>);

fn arrived(input: String, body: Option<Vec<u8>>) -> Result<Received, Error> {
    let mut record = Record::parse(input, "request")?;
    let arrived = (record.text("method")?, record.text("target")?, record.headers("headers")?, record.body(body)?);
    record.end()?;
    Ok(arrived)
}
