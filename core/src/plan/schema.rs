//! The plan format as a JSON Schema, made of the tables that the reader knows: for editors, for types of other languages.

use super::fields::{AFTER_RECORD, CHAIN_RECORD, COPY, EXPORT, Field, PLAN, Record, SETTINGS, Shape, TARGET};
use super::format::PLACEHOLDERS;
use super::model::Plan;
use super::policy::{self, Ambiguity, Place, Policy};
use crate::api::operation::{self, Operation};
use crate::api::replication::Replica;
use crate::base::cloud::Cloud;
use crate::base::json::{Object, list, texts};
use crate::base::record::Params;
use crate::base::value::{Map, Value};
use serde_json::json;

impl Plan {
    /// The plan format as a JSON Schema (draft-07), with the policy's defaults. It says what the form of a plan must be;
    /// [`Plan::check`] says far more. Its descriptions are empty without the feature `docs`.
    ///
    /// ```
    /// # use imgferry::Plan;
    /// assert_eq!(Plan::schema()["definitions"]["Policy"]["properties"]["poll"]["default"], "15s");
    /// ```
    pub fn schema() -> Value {
        let mut definitions = Object::new();
        for record in [&SETTINGS, &COPY, &TARGET, &EXPORT, &AFTER_RECORD, &CHAIN_RECORD] {
            definitions.set(record.name, of_record(record));
        }
        for (record, call) in [(&COPY, copy_of as fn(Cloud) -> &'static Operation), (&EXPORT, export_of)] {
            let by_cloud = Cloud::ALL.map(|cloud| of_cloud(record, cloud, &params_name(call(cloud))));
            definitions.set(record.name, with(of_record(record), "allOf", by_cloud.to_vec().into()));
            for cloud in Cloud::ALL {
                definitions.set(&params_name(call(cloud)), of_params(cloud, call(cloud)));
            }
        }
        definitions.set("Policy", of_policy()).set("Duration", duration()).set("Template", template());
        for cloud in Cloud::ALL {
            definitions.set(&regions_name(cloud), of_regions(cloud));
        }
        let root = Object::new()
            .set("$schema", "http://json-schema.org/draft-07/schema#")
            .set("title", "A plan of imgferry")
            .set("anyOf", json!([{"required": ["copies"]}, {"required": ["exports"]}]))
            .set("definitions", definitions.value())
            .value();
        merged(root, of_record(&PLAN))
    }
}

fn of_record(record: &Record) -> Value {
    let mut properties = Object::new();
    for field in record.fields {
        properties.set(field.name, described(of_shape(&field.shape), field.doc));
    }
    let required: Vec<&str> = record.fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    described(closed(properties.value(), &required), record.doc)
}

/// A record that has these fields and no others.
fn closed(properties: Value, required: &[&str]) -> Value {
    let mut record = Object::new();
    record.set("type", "object").set("properties", properties).set("additionalProperties", false);
    if !required.is_empty() {
        record.set("required", texts(required));
    }
    record.value()
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": ["string", "null"]}),
        Shape::Id | Shape::Region => json!({"type": "string", "minLength": 1}),
        Shape::Template => reference("Template"),
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Word(words) => json!({"enum": words}),
        Shape::Cloud => json!({"enum": Cloud::ALL.map(Cloud::as_str)}),
        Shape::Texts => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Shape::Ids => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
        Shape::Params => json!({"type": "object"}),
        Shape::Record(record) => reference(record.name),
        Shape::List(record) => json!({"type": "array", "items": reference(record.name)}),
        Shape::Targets(record) => {
            json!({"type": "array", "minItems": 1, "items": {"anyOf": [of_shape(&Shape::Region), reference(record.name)]}})
        }
        Shape::ByCloud(record) => {
            let by_cloud: Map = Cloud::ALL.into_iter().map(|cloud| (cloud.to_string(), reference(record.name))).collect();
            closed(by_cloud.into(), &[])
        }
        Shape::Policy => reference("Policy"),
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}

/// With a description, beside which a reference would not count.
fn described(schema: Value, doc: &str) -> Value {
    let doc = doc.trim().replace("\n ", " ").replace('\n', " ");
    match schema {
        _ if doc.is_empty() => schema,
        schema if schema.get("$ref").is_some() => json!({"allOf": [schema], "description": doc}),
        schema => with(schema, "description", doc.into()),
    }
}

fn with(schema: Value, name: &str, value: Value) -> Value {
    merged(schema, json!({ name: value }))
}

fn merged(first: Value, second: Value) -> Value {
    let (Value::Object(mut fields), Value::Object(more)) = (first, second) else { return Value::Null };
    fields.extend(more);
    Value::Object(fields)
}

/// What holds where a record names that cloud: its regions and the parameters of its call.
fn of_cloud(record: &Record, cloud: Cloud, params: &str) -> Value {
    let region = reference(&regions_name(cloud));
    let mut known = Object::new();
    for Field { name, shape, .. } in record.fields {
        match shape {
            Shape::Region => known.set(name, region.clone()),
            Shape::Params => known.set(name, reference(params)),
            Shape::Targets(_) => {
                let target = json!({"properties": {"region": region, "params": reference(params)}});
                known.set(name, json!({"items": {"if": {"type": "object"}, "then": target, "else": region}}))
            }
            _ => &mut known,
        };
    }
    json!({"if": {"properties": {"cloud": {"const": cloud.as_str()}}, "required": ["cloud"]}, "then": {"properties": known.value()}})
}

/// New regions come, so that those which are known are no wall.
fn of_regions(cloud: Cloud) -> Value {
    json!({"examples": list(cloud.regions(), |region| region.id.into())})
}

fn regions_name(cloud: Cloud) -> String {
    format!("{cloud}.Region")
}

fn params_name(operation: &Operation) -> String {
    format!("{}.{}", operation.cloud, operation.name)
}

fn copy_of(cloud: Cloud) -> &'static Operation {
    (cloud.replication().launch)(&[]).operation
}

fn export_of(cloud: Cloud) -> &'static Operation {
    let params = Params::new();
    let any = Replica { image: "", from: "", to: "", name: "", description: None, params: &params };
    (cloud.replication().export)(&any).operation
}

/// The parameters that a plan can give: those that follow from its own fields are left out.
fn of_params(cloud: Cloud, operation: &Operation) -> Value {
    let reserved = |name: &str| cloud.replication().reserved.iter().any(|(reserved, ..)| *reserved == name);
    let fields: Vec<&operation::Field> = operation.fields.iter().filter(|field| !reserved(field.name)).collect();
    described(closed(of_fields(&fields), &[]), &format!("Further parameters of {}.", operation.name))
}

fn of_fields(fields: &[&operation::Field]) -> Value {
    let mut properties = Object::new();
    for field in fields {
        properties.set(field.name, described(of_parameter(&field.shape), field.doc()));
    }
    properties.value()
}

fn of_parameter(shape: &operation::Shape) -> Value {
    match shape {
        operation::Shape::Text => json!({"type": ["string", "null"]}),
        operation::Shape::Integer => json!({"type": ["integer", "null"]}),
        operation::Shape::Boolean => json!({"type": ["boolean", "null"]}),
        operation::Shape::Texts => json!({"type": ["array", "null"], "items": {"type": "string"}}),
        operation::Shape::Objects((_, fields)) => {
            let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
            json!({"type": ["array", "null"], "items": closed(of_fields(&fields.iter().collect::<Vec<_>>()), &required)})
        }
    }
}

fn of_policy() -> Value {
    let defaults = Policy::default().to_value();
    let mut properties = Object::new();
    for policy::Field { name, place, doc } in policy::FIELDS {
        let count = json!({"type": "integer", "minimum": 1, "maximum": 10_000});
        let schema = match place {
            Place::Duration(_) => reference("Duration"),
            Place::Count(_) => count,
            Place::Flag(_) => json!({"type": "boolean"}),
            Place::Choice(_) => json!({"enum": Ambiguity::ALL.map(Ambiguity::as_str)}),
            Place::Rates(_) => of_rates(),
            Place::Active(_) => closed(Cloud::ALL.into_iter().map(|cloud| (cloud.to_string(), count.clone())).collect(), &[]),
        };
        properties.set(name, with(described(schema, doc), "default", defaults[*name].clone()));
    }
    described(closed(properties.value(), &[]), "Every number of the replication, with defaults that suit real clouds.")
}

fn of_rates() -> Value {
    let rate = json!({"type": "number", "exclusiveMinimum": 0, "maximum": 10_000});
    let operations = Cloud::ALL.into_iter().flat_map(Cloud::operations);
    closed(operations.map(|operation| (params_name(operation), rate.clone())).collect(), &[])
}

fn duration() -> Value {
    json!({
        "type": "string",
        "pattern": r"^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ms|s|m|min|h|d)$",
        "description": "A number with its unit, from 1 ms to 365 days: `500ms`, `2s`, `30m`, `2h`, `1d`.",
    })
}

fn template() -> Value {
    let known = PLACEHOLDERS.map(|placeholder| placeholder.replace('{', r"\{").replace('}', r"\}"));
    json!({
        "type": ["string", "null"],
        "pattern": format!("^([^{{}}]|{})*$", known.join("|")),
        "description": format!("A text; it may hold {}.", PLACEHOLDERS.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere_and_every_field_is_described() {
        let schema = Plan::schema();
        let definitions = &schema["definitions"];
        let text = schema.to_string();
        for name in text.split("#/definitions/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(definitions.get(name).is_some(), "{name}");
        }
        for (name, definition) in definitions.as_object().into_iter().flatten() {
            for (field, of) in definition["properties"].as_object().into_iter().flatten() {
                assert!(of.get("description").is_some(), "{name}.{field}");
            }
        }
    }

    #[test]
    fn it_tells_the_policy_that_is_used() {
        let properties = &Plan::schema()["definitions"]["Policy"]["properties"];
        let told: Map =
            properties.as_object().into_iter().flatten().map(|(name, field)| (name.clone(), field["default"].clone())).collect();
        assert_eq!(Value::Object(told), Policy::default().to_value());
    }
}
