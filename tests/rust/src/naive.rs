//! What people write without imgferry, on the vendors' clients: every launch is repeated when it fails in any way, every
//! copy is asked for alone at a fixed interval.

use crate::harness::{START, handle, keyring};
use imgferry::api::Params;
use imgferry::api::facts::{Facts, State, TaskState};
use imgferry::api::site::At;
use imgferry::job::Keyring;
use imgferry::{Cloud, Error, Kind, Millis, Plan, Retry};
use imgferry::{check_and_build, read};
use imgferry_sim::{Delivery, World};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How it went.
#[derive(Debug, Default)]
pub struct Naive {
    pub lanes: usize,
    pub finished: usize,
    pub calls: u64,
    pub delays_ms: Vec<i64>,
}

/// One launch: on Tencent to all destinations of one name, elsewhere to one.
struct Launch {
    cloud: Cloud,
    image: String,
    from: String,
    to: Vec<String>,
    name: String,
    attempts: u32,
}

/// One copy under way: the new image, or on Huawei the job.
struct Copy {
    launch: usize,
    to: String,
    watched: String,
}

/// What to do next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Launch(usize),
    Poll(usize),
}

/// Attempts of the vendors' clients, and the longest wait for a copy.
const ATTEMPTS: u32 = 4;
const PATIENCE_MS: i64 = 12 * 3_600_000;

impl Naive {
    /// Replicates the copies of a plan.
    pub fn run(plan: &Plan, world: &mut World, poll_ms: i64) -> Naive {
        let keys = keyring();
        let mut launches = launches(plan);
        let mut copies: Vec<Copy> = Vec::new();
        let mut naive = Naive { lanes: launches.iter().map(|launch| launch.to.len()).sum(), ..Naive::default() };
        let mut due: BinaryHeap<Reverse<(Millis, Next)>> = (0..launches.len()).map(|index| Reverse((START, Next::Launch(index)))).collect();
        while let Some(Reverse((now, next))) = due.pop() {
            naive.calls += 1;
            let again_ms = match next {
                Next::Launch(index) => match launches[index].send(world, &keys, now) {
                    Ok(begun) => {
                        for (to, watched) in begun {
                            copies.push(Copy { launch: index, to, watched });
                            due.push(Reverse((now.plus(poll_ms), Next::Poll(copies.len() - 1))));
                        }
                        None
                    }
                    Err(again_ms) => again_ms,
                },
                Next::Poll(index) => {
                    let launch = &launches[copies[index].launch];
                    naive.poll(launch, &copies[index], world, &keys, now).then_some(poll_ms)
                }
            };
            if let Some(again_ms) = again_ms.filter(|_| now.since(START) < PATIENCE_MS) {
                due.push(Reverse((now.plus(again_ms), next)));
            }
        }
        naive
    }

    /// Whether the copy must be asked for again.
    fn poll(&mut self, launch: &Launch, copy: &Copy, world: &mut World, keys: &Keyring, now: Millis) -> bool {
        let id = copy.watched.as_str();
        let (operation, region, params) = match launch.cloud {
            Cloud::Tencent => ("DescribeImages", &copy.to, json!({"ImageIds": [id]})),
            Cloud::Volcengine => ("DescribeImages", &copy.to, json!({"ImageIds": [id], "Status": ["available", "creating", "error"]})),
            Cloud::Huawei => ("ShowJobProgress", &launch.from, json!({"job_id": id})),
        };
        let (ready, failed) = match call(launch.cloud, operation, region, params, world, keys, now) {
            Ok(Facts::Images(page)) => {
                let state = page.items.iter().find(|image| image.id == id).map(|image| image.state);
                (state == Some(State::Ready), state == Some(State::Failed))
            }
            Ok(Facts::Tasks(page)) => {
                let state = page.items.first().map(|task| task.state);
                (state == Some(TaskState::Succeeded), state == Some(TaskState::Failed))
            }
            _ => (false, false),
        };
        if ready {
            self.finished += 1;
            let made = |image: &&imgferry_sim::Image| image.region == copy.to && image.name == launch.name && image.growth.is_some();
            let growth = world.images().find(made).and_then(|image| image.growth.as_ref());
            let end = growth.and_then(|growth| Some(growth.end?.max(growth.visible)));
            self.delays_ms.extend(end.map(|end| now.since(end).max(0)));
        }
        !ready && !failed
    }
}

impl Launch {
    /// The copies that began, or when to send again, if at all.
    fn send(&mut self, world: &mut World, keys: &Keyring, now: Millis) -> Result<Vec<(String, String)>, Option<i64>> {
        let to = &self.to[0];
        let (operation, params) = match self.cloud {
            Cloud::Tencent => (
                "SyncImages",
                json!({"ImageIds": [self.image], "DestinationRegions": self.to, "ImageName": self.name, "ImageSetRequired": true}),
            ),
            Cloud::Volcengine => ("CopyImage", json!({"ImageId": self.image, "DestinationRegion": to, "ImageName": self.name})),
            Cloud::Huawei => (
                "CopyImageCrossRegion",
                json!({"image_id": self.image, "name": self.name, "region": to, "project_name": to, "agency_name": "ims_copy_image"}),
            ),
        };
        match call(self.cloud, operation, &self.from, params, world, keys, now) {
            Ok(Facts::Launched(begun)) => {
                let watched = |one: imgferry::api::facts::Launched| {
                    Some((one.region.unwrap_or_else(|| to.clone()), if self.cloud == Cloud::Huawei { one.task? } else { one.image? }))
                };
                Ok(begun.into_iter().filter_map(watched).collect())
            }
            // The source is busy, or the cloud is full.
            Err(error) if error.retry == Retry::Backoff && (error.kind != Kind::Throttled || error.code == "IMG.0149") => Err(Some(30_000)),
            Err(error) if error.retry == Retry::Never => Err(None),
            Ok(_) | Err(_) => {
                self.attempts += 1;
                Err((self.attempts < ATTEMPTS).then_some(300 << self.attempts))
            }
        }
    }
}

fn launches(plan: &Plan) -> Vec<Launch> {
    let mut launches: Vec<Launch> = Vec::new();
    for transfer in &plan.transfers {
        for target in &transfer.to {
            let (name, to) = (transfer.name_for(target).unwrap_or_default().to_owned(), target.region.to_string());
            let same = |launch: &&mut Launch| launch.cloud == Cloud::Tencent && launch.image == *transfer.image && launch.name == name;
            match launches.iter_mut().find(same) {
                Some(launch) => launch.to.push(to),
                None => launches.push(Launch {
                    cloud: transfer.cloud,
                    image: transfer.image.to_string(),
                    from: transfer.from.to_string(),
                    to: vec![to],
                    name,
                    attempts: 0,
                }),
            }
        }
    }
    launches
}

fn call(cloud: Cloud, name: &str, region: &str, params: Value, world: &mut World, keys: &Keyring, now: Millis) -> Result<Facts, Error> {
    let operation = cloud.operation(name)?;
    let Value::Object(params): Value = params else { unreachable!("written above") };
    let params: Params = params;
    let call = check_and_build(operation, &params, &At::region(region))?;
    let request = call.sign(keys.get(cloud).expect("every cloud has a key"), now)?;
    match handle(world, now, &request) {
        Delivery::Answer(answer) => read(operation, &answer).map(|reply| reply.facts),
        Delivery::Late { answer, after_ms } if after_ms < 30_000 => read(operation, &answer).map(|reply| reply.facts),
        Delivery::Late { .. } | Delivery::Lost(_) => {
            let mut error = Error::new(imgferry::Kind::Server, "transport", "no answer");
            error.retry = Retry::Unsure;
            Err(error)
        }
    }
}
