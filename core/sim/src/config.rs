//! A scenario: what the simulated clouds hold, how fast they are, what they allow and what goes wrong.

use super::catalogue::catalogue;
use super::faults::{Fault, Faults};
use super::image::{Image, Pace};
use imgferry::Cloud;
use imgferry::Credentials;
use imgferry::{Error, Kind};
use std::collections::BTreeMap;

/// A scenario. [`Config::default`] is a friendly world: nothing fails, copies take seconds, limits as documented.
#[derive(Clone, Debug)]
pub struct Config {
    /// Every chance is drawn from it.
    pub seed: u64,
    /// Keys that the clouds know.
    pub keys: Vec<Key>,
    /// Images that are there from the beginning.
    pub images: Vec<Image>,
    /// How copies go.
    pub copying: Copying,
    /// What the clouds allow.
    pub limits: Limits,
    /// What goes wrong by chance.
    pub faults: Faults,
    /// What goes wrong for certain.
    pub script: Vec<Scripted>,
    /// How far the clouds' clocks are ahead of `now`, in milliseconds.
    pub clock_skew_ms: i64,
    /// Regions beside the known ones.
    pub regions: Vec<(Cloud, String)>,
    /// Regions that take no part in copies.
    pub no_copy: Vec<(Cloud, String)>,
    /// Huawei agencies that let the image service act.
    pub agencies: Vec<String>,
    /// Tencent service roles that may write to the object storage.
    pub roles: Vec<String>,
    /// Tokens that Huawei's gateway takes as `X-Auth-Token` in place of a signature.
    pub tokens: Vec<String>,
    /// Projects of Volcengine, and Huawei's projects beside the built-in ones (`<region>_<name>`).
    pub projects: Vec<(Cloud, String)>,
    /// What the keys of a cloud may do, as policies name it (`cvm:SyncImages`); a cloud that is absent allows everything.
    pub allow: BTreeMap<Cloud, Vec<String>>,
    /// Huawei region of requests that nothing else places.
    pub home: String,
    /// Whether Tencent reports a dry run that would work as the error `DryRunOperation`.
    pub dry_run_error: bool,
    /// Whether answers carry what a browser wants of another origin, preflights included. No cloud does.
    pub cors: bool,
    /// Calls that the ledger keeps in full; older ones are only counted.
    pub keep_calls: usize,
}

/// A key that a cloud knows.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose.
    pub cloud: Cloud,
    /// The key.
    pub credentials: Credentials,
    /// For how long after the beginning of the world its session token is good; `None` for ever.
    pub valid_ms: Option<i64>,
}

/// How copies go.
#[derive(Clone, Debug, PartialEq)]
pub struct Copying {
    /// Shortest duration in milliseconds.
    pub min_ms: i64,
    /// Longest duration in milliseconds.
    pub max_ms: i64,
    /// Until a new image or task shows in listings, in milliseconds.
    pub visible_after_ms: i64,
    /// How percentages move.
    pub progress: Progress,
    /// Whether the source leaves its normal state while a Tencent copy runs.
    pub busy_source: bool,
    /// After which time a finished task is forgotten; `None` for never.
    pub forget_tasks_ms: Option<i64>,
}

/// How percentages move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Each copy as it likes.
    Mixed,
    /// All the same way.
    Only(Pace),
}

/// What the clouds allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Requests per second, by cloud and action; the action `*` stands for all others. 0 is no limit.
    pub per_second: BTreeMap<(Cloud, String), u32>,
    /// Private images per region.
    pub images: BTreeMap<Cloud, u64>,
    /// Huawei copies across regions at a time.
    pub huawei_copies: usize,
    /// Tencent exports at a time.
    pub tencent_exports: usize,
    /// Largest Tencent image that may be copied or exported, in GiB; the vendor names no number.
    pub tencent_gib: u64,
}

/// A fault at a chosen call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// Whose.
    pub cloud: Option<Cloud>,
    /// Action, as in the ledger; `*` for any.
    pub action: String,
    /// Which call of that action, from 1; 0 for every one.
    pub nth: u64,
    /// What happens.
    pub fault: Fault,
}

impl Config {
    /// Ids of the keys of the default world. None of them is real.
    pub const KEY_IDS: [(Cloud, &'static str); 3] =
        [(Cloud::Tencent, "AKIDEXAMPLE"), (Cloud::Volcengine, "AKLTEXAMPLE"), (Cloud::Huawei, "HWAKEXAMPLE")];
    /// Secrets of the keys of the default world. None of them is real.
    pub const KEY_SECRETS: [(Cloud, &'static str); 3] = [
        (Cloud::Tencent, "EXAMPLE-SECRET-TENCENT"),
        (Cloud::Volcengine, "EXAMPLE-SECRET-VOLCENGINE"),
        (Cloud::Huawei, "EXAMPLE-SECRET-HUAWEI"),
    ];
}

impl Default for Config {
    fn default() -> Self {
        let keys = Self::KEY_IDS.iter().zip(Self::KEY_SECRETS.iter());
        Self {
            seed: 1,
            keys: keys
                .filter_map(|((cloud, id), (_, secret))| {
                    Some(Key { cloud: *cloud, credentials: Credentials::new(id, secret, None).ok()?, valid_ms: None })
                })
                .collect(),
            images: catalogue(),
            copying: Copying::default(),
            limits: Limits::default(),
            faults: Faults::default(),
            script: Vec::new(),
            clock_skew_ms: 0,
            // The placeholder of the vendor's own example.
            regions: vec![(Cloud::Huawei, "region-1".to_owned())],
            no_copy: Vec::new(),
            agencies: ["Copy", "ims_admin_agency", "ims_administrator_agency", "ims_copy_image", "ims_copy_image_agency"]
                .map(str::to_owned)
                .to_vec(),
            roles: vec!["CVM_QcsRole".to_owned()],
            tokens: Vec::new(),
            projects: vec![(Cloud::Volcengine, "default".to_owned())],
            allow: BTreeMap::new(),
            home: "cn-north-4".to_owned(),
            dry_run_error: false,
            cors: false,
            keep_calls: 100_000,
        }
    }
}

impl Copying {
    /// Makes everything that takes time take `1 / speed` of it.
    ///
    /// # Errors
    /// [`Kind::Misuse`] when the speed is not a positive number.
    pub fn speed_up(&mut self, speed: f64) -> Result<(), Error> {
        if !(speed.is_finite() && speed > 0.0) {
            return Err(Error::new(Kind::Misuse, "speed", "the speed must be a number above 0")
                .hint("give a number such as 10", "请给出大于 0 的数，例如 10"));
        }
        for time in [&mut self.min_ms, &mut self.max_ms, &mut self.visible_after_ms] {
            *time = (*time as f64 / speed) as i64;
        }
        Ok(())
    }
}

impl Default for Copying {
    fn default() -> Self {
        Self { min_ms: 3_000, max_ms: 9_000, visible_after_ms: 500, progress: Progress::Mixed, busy_source: true, forget_tasks_ms: None }
    }
}

impl Default for Limits {
    /// The documented limits. Volcengine and Huawei publish none per second: 20 is a guess on the strict side.
    fn default() -> Self {
        let per_second = [
            (Cloud::Tencent, "SyncImages", 10),
            (Cloud::Tencent, "ExportImages", 20),
            (Cloud::Tencent, "DescribeImages", 40),
            (Cloud::Tencent, "DescribeImageFromFamily", 20),
            (Cloud::Tencent, "GetCallerIdentity", 20),
            (Cloud::Tencent, "TagResources", 20),
            (Cloud::Tencent, "*", 10),
            (Cloud::Volcengine, "*", 20),
            (Cloud::Huawei, "*", 20),
        ];
        Self {
            per_second: per_second.map(|(cloud, action, limit)| ((cloud, action.to_owned()), limit)).into(),
            images: [(Cloud::Tencent, 500), (Cloud::Volcengine, 50), (Cloud::Huawei, 50)].into(),
            huawei_copies: 5,
            tencent_exports: 3,
            tencent_gib: 500,
        }
    }
}

impl Limits {
    /// Requests per second of that action; 0 is no limit.
    pub(super) fn per_second(&self, cloud: Cloud, action: &str) -> u32 {
        let of = |action: &str| self.per_second.get(&(cloud, action.to_owned())).copied();
        of(action).or_else(|| of("*")).unwrap_or(0)
    }
}
