//! The look-ups of the identity service: regions, projects, accounts, agencies.

use super::envelope::refuse;
use crate::faults::Dice;
use crate::turn::{Done, Outcome, Turn};
use crate::world::World;
use imgferry::Cloud;
use serde_json::{Value, json};

/// Projects of the account: id, name and region. Every region has one of its own name.
pub(super) fn projects(world: &World) -> Vec<(String, String, String)> {
    let built_in = world.regions(Cloud::Huawei).into_iter().map(|region| (region.clone(), region));
    let extra = world.config.projects.iter().filter(|(cloud, _)| *cloud == Cloud::Huawei).map(|(_, name)| {
        let region = name.split('_').next().unwrap_or_default().to_owned();
        (name.clone(), region)
    });
    built_in.chain(extra).map(|(name, region)| (project_id(&name), name, region)).collect()
}

/// Not from the seed: the same in every world, so that clients may be configured once.
pub(super) fn project_id(name: &str) -> String {
    Dice::new(0, Cloud::Huawei, &format!("project {name}"), 0).hex(32)
}

pub(super) fn domain_id() -> String {
    Dice::new(0, Cloud::Huawei, "domain", 0).hex(32)
}

pub(super) fn project_region(world: &World, id: &str) -> Option<String> {
    projects(world).into_iter().find(|(known, _, _)| known == id).map(|(_, _, region)| region)
}

pub(super) fn list_regions(world: &World) -> Outcome {
    let regions: Vec<Value> = world
        .regions(Cloud::Huawei)
        .into_iter()
        .map(|id| {
            let known = Cloud::Huawei.regions().iter().find(|region| region.id == id);
            let (en, zh) = known.map_or(("", ""), |region| (region.en, region.zh()));
            json!({
                "id": id, "type": "public", "description": "", "parent_region_id": null,
                "links": {"self": format!("https://iam.myhuaweicloud.com/v3/regions/{id}")}, "locales": {"en-us": en, "zh-cn": zh},
            })
        })
        .collect();
    let links = json!({"self": "https://iam.myhuaweicloud.com/v3/regions", "previous": null, "next": null});
    Ok(Done::from(json!({"regions": regions, "links": links})))
}

pub(super) fn list_projects(world: &World, turn: &Turn<'_>) -> Outcome {
    let name = turn.request.param("name");
    let domain = domain_id();
    let mut projects: Vec<Value> = projects(world)
        .into_iter()
        .filter(|(_, known, _)| name.is_none_or(|name| name == known))
        .map(|(id, name, _)| {
            let link = format!("https://iam.myhuaweicloud.com/v3/projects/{id}");
            json!({
                "id": id, "name": name, "domain_id": domain, "parent_id": domain, "enabled": true, "is_domain": false,
                "description": "", "links": {"self": link},
            })
        })
        .collect();
    let page = |name: &str| turn.request.param(name).and_then(|text| text.parse::<usize>().ok()).filter(|number| *number > 0);
    if let (Some(page), Some(per_page)) = (page("page"), page("per_page")) {
        projects = projects.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    }
    let links = json!({"self": "https://iam.myhuaweicloud.com/v3/projects", "previous": null, "next": null});
    Ok(Done::from(json!({"projects": projects, "links": links})))
}

pub(super) fn list_domains() -> Outcome {
    Ok(Done::from(json!({"domains": [{"id": domain_id(), "name": "example", "enabled": true}]})))
}

pub(super) fn list_agencies(world: &World, turn: &Turn<'_>) -> Outcome {
    let Some(domain) = turn.request.param("domain_id").filter(|id| !id.is_empty()) else {
        return refuse(400, "Bad Request", "domain_id is required");
    };
    let name = turn.request.param("name").filter(|name| !name.is_empty());
    let agencies: Vec<Value> = world
        .config
        .agencies
        .iter()
        .filter(|known| name.is_none_or(|name| name == *known))
        .map(|name| shown_agency(name, domain))
        .collect();
    Ok(Done::from(json!({"agencies": agencies})))
}

pub(super) fn shown_agency(name: &str, domain: &str) -> Value {
    json!({
        "id": Dice::new(0, Cloud::Huawei, &format!("agency {name}"), 0).hex(32), "name": name, "domain_id": domain,
        "trust_domain_id": Dice::new(0, Cloud::Huawei, "op_svc_ims", 0).hex(32), "trust_domain_name": "op_svc_ims",
        "description": "", "duration": "FOREVER", "expire_time": null, "create_time": "2024-06-01T01:02:03.000000",
    })
}

pub(super) fn create_agency(world: &mut World, turn: &Turn<'_>) -> Outcome {
    let body: Value = serde_json::from_slice(turn.request.body).unwrap_or_default();
    let agency = body.get("agency");
    let part = |name: &str| agency.and_then(|agency| agency.get(name)).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(name), Some(domain)) = (part("name").filter(|name| name.chars().count() <= 64), part("domain_id")) else {
        return refuse(400, "Bad Request", "name and domain_id are required");
    };
    if world.config.agencies.iter().any(|known| known == name) {
        return refuse(409, "Conflict", "an agency of this name exists already");
    }
    world.config.agencies.push(name.to_owned());
    Ok(Done { status: 201, result: json!({"agency": shown_agency(name, domain)}) })
}

/// A temporary key of an agency.
pub(super) fn temporary_key(world: &mut World, turn: &Turn<'_>) -> Outcome {
    const LIVES: std::ops::RangeInclusive<i64> = 900..=86_400;
    let body: Value = serde_json::from_slice(turn.request.body).unwrap_or_default();
    let identity = body.pointer("/auth/identity");
    let role = identity.filter(|identity| identity["methods"] == json!(["assume_role"])).map(|identity| &identity["assume_role"]);
    let part = |name: &str| role.and_then(|role| role.get(name)).and_then(Value::as_str).filter(|text| !text.is_empty());
    if part("agency_name").is_none() || part("domain_id").or(part("domain_name")).is_none() {
        return refuse(400, "Bad Request", "agency_name and domain_id or domain_name are required");
    }
    let seconds = role.and_then(|role| role.get("duration_seconds")).map_or(Some(900), Value::as_i64);
    let Some(seconds) = seconds.filter(|seconds| LIVES.contains(seconds)) else {
        return refuse(400, "Bad Request", "duration_seconds must be 900 to 86400");
    };
    let (access, secret, token) = world.temporary_key(turn, seconds);
    let expires = turn.clock.plus(seconds * 1000).rfc3339();
    let credential = json!({"access": access, "secret": secret, "securitytoken": token, "expires_at": expires});
    Ok(Done { status: 201, result: json!({"credential": credential}) })
}
