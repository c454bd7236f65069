//! The way of a request through the world: which cloud, which fault, what answer, and a line in the ledger.

use super::arrived::{Arrived, Parsed};
use super::faults::{Dice, Fault};
use super::image::{Image, Phase};
use super::ledger::Call;
use super::turn::{Refused, Turn, content_type};
use super::world::World;
use super::{huawei, tencent, volcengine};
use imgferry::{Answer, Cloud, Lost, Millis};
use serde_json::{Value, json};

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The host sends this answer.
    Answer(Answer),
    /// The host drops the connection without an answer. The cloud may or may not have acted.
    Lost(Lost),
    /// The host sends the answer, but not before that time.
    Late {
        /// The answer.
        answer: Answer,
        /// Delay in milliseconds.
        after_ms: i64,
    },
}

impl World {
    /// Handles a request. Total: any bytes give a delivery.
    pub fn handle(&mut self, now: Millis, arrived: &Arrived<'_>) -> Delivery {
        let request = Parsed::new(arrived);
        if !self.config.cors {
            return self.serve(now, &request);
        }
        let asked = request.header("access-control-request-headers").unwrap_or("*");
        let mut delivery = match request.method.as_str() {
            "OPTIONS" => Delivery::Answer(Answer { status: 204, ..Answer::default() }),
            _ => self.serve(now, &request),
        };
        if let Delivery::Answer(answer) | Delivery::Late { answer, .. } = &mut delivery {
            for (name, value) in [
                ("Allow-Origin", "*"),
                ("Allow-Methods", "GET, POST, PUT, PATCH, DELETE"),
                ("Allow-Headers", asked),
                ("Expose-Headers", "Date, Retry-After, X-Request-Id, X-TC-RequestId, X-Tt-Logid"),
            ] {
                answer.headers.push((format!("Access-Control-{name}"), value.chars().filter(|c| matches!(c, ' '..='~')).collect()));
            }
        }
        delivery
    }

    /// The way of a request: which cloud, which fault, what answer, and a line in the ledger.
    fn serve(&mut self, now: Millis, request: &Parsed<'_>) -> Delivery {
        if let Some(view) = request.path.strip_prefix("/_sim/") {
            return Delivery::Answer(self.look_inside(view, now));
        }
        let Some(cloud) = recognise(request) else {
            let body = b"<html><h1>404 Not Found</h1></html>".to_vec();
            return Delivery::Answer(Answer { status: 404, headers: vec![content_type("text/html")], body });
        };
        let action = match cloud {
            Cloud::Tencent => tencent::action(request),
            Cloud::Volcengine => volcengine::action(request),
            Cloud::Huawei => huawei::action(self, request),
        };
        let mut dice = self.dice_of_call(cloud, &action);
        let fault = self.fault(cloud, &action, &mut dice);
        let clock = now.plus(self.config.clock_skew_ms);
        self.requests += 1;
        let request_id = request_id(cloud, clock, self.config.seed, self.requests);
        let seen = if fault == Some(Fault::Stale) { now.plus(-self.config.faults.stale_ms) } else { now };
        let mut turn = Turn { now, seen, clock, cloud, request, request_id, fault, key: String::new(), region: String::new(), note: None };
        let (delivery, refused) = self.deliver(&mut turn, &mut dice);
        self.ledger.record(Call {
            at: now,
            cloud,
            key: turn.key,
            action,
            region: turn.region,
            refused,
            fault: fault.map(Fault::as_str),
            request_id: turn.request_id,
            note: turn.note,
        });
        delivery
    }

    /// The fault of a request decides whether the cloud sees it and what comes back.
    fn deliver(&mut self, turn: &mut Turn<'_>, dice: &mut Dice) -> (Delivery, Option<String>) {
        let before = match turn.fault {
            Some(Fault::Refused) => return (Delivery::Lost(Lost::Unsent("refused by the scenario".to_owned())), None),
            Some(Fault::LostBefore) => return (Delivery::Lost(Lost::Unanswered("lost by the scenario".to_owned())), None),
            Some(Fault::Html502) => {
                let body = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>".to_vec();
                return (Delivery::Answer(Answer { status: 502, headers: vec![content_type("text/html")], body }), None);
            }
            Some(Fault::Throttle) => Some(throttled(turn.cloud)),
            Some(Fault::Http500Before) => Some(internal_error(turn.cloud)),
            _ => None,
        };
        let outcome = match before {
            Some(refused) => Err(refused),
            None => match turn.cloud {
                Cloud::Tencent => tencent::serve(self, turn),
                Cloud::Volcengine => volcengine::serve(self, turn),
                Cloud::Huawei => huawei::serve(self, turn),
            },
        };
        let refused = outcome.as_ref().err().map(|refused| refused.code.clone());
        let outcome = if turn.fault == Some(Fault::Http500After) { Err(internal_error(turn.cloud)) } else { outcome };
        let mut answer = match turn.cloud {
            Cloud::Tencent => tencent::envelope(turn, outcome),
            Cloud::Volcengine => volcengine::envelope(turn, outcome),
            Cloud::Huawei => huawei::envelope(turn, outcome),
        };
        answer.headers.push(("Date".to_owned(), turn.clock.http_date()));
        if let (429, Some(seconds)) = (answer.status, self.config.faults.retry_after_s) {
            answer.headers.push(("Retry-After".to_owned(), seconds.to_string()));
        }
        let delivery = match turn.fault {
            Some(Fault::LostAfter) => Delivery::Lost(Lost::Unanswered("lost by the scenario".to_owned())),
            Some(Fault::TimeoutAfter) => Delivery::Late { answer, after_ms: self.config.faults.timeout_ms },
            Some(Fault::Slow) => Delivery::Late { answer, after_ms: self.config.faults.slow_ms },
            Some(Fault::Garbage) => {
                answer.body = (0..dice.below(200)).map(|_| dice.next().to_le_bytes()[0]).collect();
                Delivery::Answer(answer)
            }
            Some(Fault::Truncated) => {
                answer.body.truncate(answer.body.len() / 2);
                Delivery::Answer(answer)
            }
            Some(Fault::WrongContentType) => {
                answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
                answer.headers.push(content_type("text/html; charset=utf-8"));
                Delivery::Answer(answer)
            }
            _ => Delivery::Answer(answer),
        };
        (delivery, refused)
    }

    fn dice_of_call(&mut self, cloud: Cloud, action: &str) -> Dice {
        let number = self.counts.entry((cloud, action.to_owned())).or_default();
        *number += 1;
        Dice::new(self.config.seed, cloud, action, *number)
    }

    fn fault(&self, cloud: Cloud, action: &str, dice: &mut Dice) -> Option<Fault> {
        let number = self.counts.get(&(cloud, action.to_owned())).copied().unwrap_or(0);
        let drawn = self.config.faults.of_request(dice);
        let scripted = self.config.script.iter().find(|scripted| {
            scripted.cloud.is_none_or(|of| of == cloud)
                && (scripted.action == "*" || scripted.action == action)
                && (scripted.nth == 0 || scripted.nth == number)
        });
        scripted.map(|scripted| scripted.fault).or(drawn)
    }

    fn look_inside(&self, view: &str, now: Millis) -> Answer {
        let (status, body) = match view {
            "ledger" => (200, self.ledger.to_json()),
            "images" => (200, Value::from_iter(self.images().map(|image| truth(image, now)))),
            _ => (404, json!({"error": "there is /_sim/ledger and /_sim/images"})),
        };
        Answer { status, headers: vec![content_type("application/json")], body: body.to_string().into_bytes() }
    }
}

fn recognise(request: &Parsed<'_>) -> Option<Cloud> {
    let authorization = request.header("authorization").unwrap_or_default();
    let starts = |scheme: &str| authorization.starts_with(scheme);
    let huawei_paths = ["/v1/", "/v2/", "/v2.1/", "/v3/", "/v3.0/"];
    if starts("TC3-HMAC-SHA256") || request.header("x-tc-action").is_some() || tencent::old_signature(request).is_some() {
        Some(Cloud::Tencent)
    } else if starts("SDK-HMAC-SHA256")
        || starts("V11-HMAC-SHA256")
        || huawei_paths.iter().any(|path| request.path.contains(path))
        || asks_for_versions(request)
    {
        Some(Cloud::Huawei)
    } else if starts("HMAC-SHA256") || ["Action", "Version", "X-Algorithm"].iter().any(|name| request.param(name).is_some()) {
        Some(Cloud::Volcengine)
    } else {
        None
    }
}

/// How OpenStack's clients begin: with a token, or with none yet.
fn asks_for_versions(request: &Parsed<'_>) -> bool {
    let wants_json = request.header("accept").is_some_and(|kinds| kinds.contains("application/json"));
    let is_root = request.path == "/" && (wants_json || request.header("x-auth-token").is_some());
    request.method == "GET" && request.query.is_empty() && (is_root || request.path == "/v2")
}

fn throttled(cloud: Cloud) -> Refused {
    match cloud {
        Cloud::Tencent => tencent::throttled(0),
        Cloud::Volcengine => volcengine::throttled(),
        Cloud::Huawei => huawei::throttled(10),
    }
}

fn internal_error(cloud: Cloud) -> Refused {
    match cloud {
        Cloud::Tencent => Refused::new(500, "InternalError", "An internal error has occurred. Retry your request."),
        Cloud::Volcengine => Refused::new(500, "InternalError", "An internal error has occurred."),
        Cloud::Huawei => Refused::new(500, "APIGW.0601", "Internal server error."),
    }
}

fn request_id(cloud: Cloud, clock: Millis, seed: u64, number: u64) -> String {
    let mut dice = Dice::new(seed, cloud, "request id", number);
    match cloud {
        Cloud::Tencent => dice.uuid(),
        Cloud::Volcengine => {
            let local: String = clock.plus(8 * 3_600_000).basic().chars().filter(char::is_ascii_digit).collect();
            format!("{local}{}{}", dice.text(b"0123456789", 14), dice.text(b"0123456789ABCDEF", 5))
        }
        Cloud::Huawei => dice.hex(32),
    }
}

fn truth(image: &Image, now: Millis) -> Value {
    json!({
        "cloud": image.cloud.as_str(),
        "region": image.region,
        "id": image.id,
        "name": image.name,
        "phase": match image.phase(now) {
            Phase::Hidden => "hidden",
            Phase::Pending => "pending",
            Phase::Ready => "ready",
            Phase::Failed => "failed",
        },
        "percent": image.percent(now),
        "ownership": format!("{:?}", image.ownership).to_lowercase(),
        "origin": image.origin.as_ref().map(|(region, id)| json!({"region": region, "image": id})),
    })
}
