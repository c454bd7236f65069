//! The token service: whose key it is, and temporary keys of roles.

use super::envelope::refuse;
use super::params::Params;
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use serde_json::json;

/// The account that every key belongs to.
const ACCOUNT: u64 = 2_000_000_001;
/// Shortest and longest life of a temporary key, and the usual one, in seconds.
const LIVES: std::ops::RangeInclusive<i64> = 900..=43_200;
const USUAL: i64 = 3_600;

pub(super) fn get_caller_identity(_world: &mut World, _turn: &Turn<'_>, _params: &Params) -> Outcome {
    Ok(Done::from(json!({
        "AccountId": ACCOUNT,
        "Trn": format!("trn:iam::{ACCOUNT}:root"),
        "IdentityType": "Account",
        "IdentityId": ACCOUNT.to_string(),
    })))
}

pub(super) fn assume_role(world: &mut World, turn: &Turn<'_>, params: &Params) -> Outcome {
    let (role, session) = (params.need("RoleTrn")?, params.need("RoleSessionName")?);
    if !role.strip_prefix("trn:iam::").is_some_and(|rest| rest.contains(":role/")) {
        return refuse(400, "InvalidParameter", "The RoleTrn is invalid.");
    }
    let seconds = params.text("DurationSeconds").map_or(Some(USUAL), |text| text.parse().ok());
    let Some(seconds) = seconds.filter(|seconds| LIVES.contains(seconds)) else {
        return refuse(400, "InvalidParameter", "The DurationSeconds is invalid.");
    };
    let (id, secret, token) = world.temporary_key(turn, seconds);
    Ok(Done::from(json!({
        "Credentials": {
            "CurrentTime": turn.clock.rfc3339(),
            "ExpiredTime": turn.clock.plus(seconds * 1000).rfc3339(),
            "AccessKeyId": id,
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
        "AssumedRoleUser": {"Trn": role.replace(":iam:", ":sts:"), "AssumedRoleId": format!("0:{session}")},
    })))
}
