//! The token service: whose key it is, and temporary keys of roles.

use super::envelope::refuse;
use super::images::ACCOUNT;
use super::params::text;
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use serde_json::{Map, Value, json};

/// Longest life of a temporary key, and the usual one, in seconds.
const LONGEST: i64 = 43_200;
const USUAL: i64 = 7_200;

pub(super) fn get_caller_identity(_world: &mut World, _turn: &Turn<'_>, _params: &Map<String, Value>) -> Outcome {
    Ok(Done::from(json!({
        "Arn": format!("qcs::cam::uin/{ACCOUNT}:uin/{ACCOUNT}"),
        "AccountId": ACCOUNT,
        "UserId": ACCOUNT,
        "PrincipalId": ACCOUNT,
        "Type": "RootAccount",
    })))
}

pub(super) fn assume_role(world: &mut World, turn: &Turn<'_>, params: &Map<String, Value>) -> Outcome {
    let role = text(params, "RoleArn").unwrap_or_default();
    if !role.strip_prefix("qcs::cam::uin/").is_some_and(|rest| rest.contains(":roleName/") || rest.contains(":role/")) {
        return refuse("InvalidParameter.ParamError", "The RoleArn is not valid.");
    }
    let seconds = params.get("DurationSeconds").and_then(Value::as_i64).unwrap_or(USUAL);
    if !(1..=LONGEST).contains(&seconds) {
        return refuse("InvalidParameter.OverTimeError", format!("DurationSeconds must be at most {LONGEST}."));
    }
    let (id, secret, token) = world.temporary_key(turn, seconds);
    let until = turn.clock.plus(seconds * 1000);
    Ok(Done::from(json!({
        "Credentials": {"Token": token, "TmpSecretId": id, "TmpSecretKey": secret},
        "ExpiredTime": until.seconds(),
        "Expiration": until.rfc3339(),
    })))
}
