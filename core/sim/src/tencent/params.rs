//! Parameters: how they travel, and their shapes.

use crate::arrived::Parsed;
use crate::turn::Refused;
use serde_json::{Map, Value, json};

/// Shape of a parameter.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    Integer,
    Boolean,
    Texts,
    Filters,
    Tags,
}
use Shape::{Boolean, Filters, Integer, Tags, Text, Texts};

pub(super) type Field = (&'static str, Shape, bool);

/// Reads the parameters and checks their names, presence and shapes.
pub(super) fn params(request: &Parsed<'_>, fields: &[Field]) -> Result<Map<String, Value>, Refused> {
    let params = match request.method.as_str() {
        "POST" if !request.content_type_is("application/json") => {
            return Err(Refused::new(200, "InvalidParameter", "The content type of a POST must be application/json."));
        }
        "POST" => match serde_json::from_slice(request.body) {
            Ok(Value::Object(params)) => params,
            _ => return Err(Refused::new(200, "InvalidParameter", "The request body is not a JSON object.")),
        },
        _ => unflatten(&request.pairs, fields)?,
    };
    for (name, value) in &params {
        let Some((_, shape, _)) = fields.iter().find(|(field, _, _)| field == name) else {
            return Err(unknown_parameter(name));
        };
        if !value.is_null() && !fits(*shape, value) {
            return Err(wrong_type(name));
        }
    }
    let absent = |name: &str| match params.get(name) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_array().is_some_and(Vec::is_empty) || value.as_str().is_some_and(str::is_empty),
    };
    match fields.iter().find(|(name, _, required)| *required && absent(name)) {
        Some((name, _, _)) => Err(Refused::new(200, "MissingParameter", format!("The request is missing the parameter `{name}`."))),
        None => Ok(params),
    }
}

pub(super) fn unknown_parameter(name: &str) -> Refused {
    Refused::new(200, "UnknownParameter", format!("The parameter `{}` is not recognized.", imgferry::api::text::shown(name)))
}

pub(super) fn wrong_type(name: &str) -> Refused {
    Refused::new(200, "InvalidParameter", format!("The value type of parameter `{name}` is not valid."))
}

pub(super) fn fits(shape: Shape, value: &Value) -> bool {
    let texts = |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    match shape {
        Text => value.is_string(),
        Integer => value.is_i64(),
        Boolean => value.is_boolean(),
        Texts => texts(value),
        Filters => records(value, |name, value| match name {
            "Name" => value.is_string(),
            "Values" => texts(value),
            _ => false,
        }),
        Tags => records(value, |name, value| ["TagKey", "TagValue"].contains(&name) && value.is_string()),
    }
}

pub(super) fn records(value: &Value, fits: impl Fn(&str, &Value) -> bool) -> bool {
    let record = |item: &Value| item.as_object().is_some_and(|fields| fields.iter().all(|(name, value)| fits(name, value)));
    value.as_array().is_some_and(|items| items.iter().all(record))
}

/// GET parameters: nested names joined with dots, lists counted from 0.
pub(super) fn unflatten(pairs: &[(String, String)], fields: &[Field]) -> Result<Map<String, Value>, Refused> {
    let mut params = Map::new();
    for (key, text) in pairs {
        let mut parts = key.split('.');
        let name = parts.next().unwrap_or_default();
        let Some((_, shape, _)) = fields.iter().find(|(field, _, _)| *field == name) else {
            return Err(unknown_parameter(key));
        };
        let value = match (shape, text.as_str()) {
            (Integer, digits) => Value::from(digits.parse::<i64>().map_err(|_| wrong_type(name))?),
            (Boolean, "true" | "True") => Value::Bool(true),
            (Boolean, "false" | "False") => Value::Bool(false),
            (Boolean, _) => return Err(wrong_type(name)),
            (Text | Texts | Filters | Tags, text) => Value::from(text),
        };
        let slot = params.entry(name).or_insert_with(|| if matches!(shape, Texts | Filters | Tags) { json!([]) } else { Value::Null });
        let target = match (shape, parts.next(), parts.next(), parts.next()) {
            (Text | Integer | Boolean, None, None, None) => Some(slot),
            (Texts, Some(index), None, None) => entry(slot, index),
            (Tags, Some(index), Some(name @ ("TagKey" | "TagValue")), None) => entry(slot, index).and_then(|tag| field_of(tag, name)),
            (Filters, Some(index), Some("Name"), None) => entry(slot, index).and_then(|filter| field_of(filter, "Name")),
            (Filters, Some(index), Some("Values"), Some(number)) => {
                entry(slot, index).and_then(|filter| field_of(filter, "Values")).and_then(|values| {
                    if values.is_null() {
                        *values = json!([]);
                    }
                    entry(values, number)
                })
            }
            _ => None,
        };
        *target.ok_or_else(|| unknown_parameter(key))? = value;
    }
    Ok(params)
}

/// The list entry of that number, made when it is the next one.
pub(super) fn entry<'v>(list: &'v mut Value, index: &str) -> Option<&'v mut Value> {
    let index: usize = index.parse().ok()?;
    let items = list.as_array_mut()?;
    if index == items.len() {
        items.push(Value::Null);
    }
    items.get_mut(index)
}

pub(super) fn field_of<'v>(record: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    if record.is_null() {
        *record = json!({});
    }
    Some(record.as_object_mut()?.entry(name).or_insert(Value::Null))
}

pub(super) fn text<'p>(params: &'p Map<String, Value>, name: &str) -> Option<&'p str> {
    params.get(name).and_then(Value::as_str)
}

pub(super) fn texts<'p>(params: &'p Map<String, Value>, name: &str) -> Vec<&'p str> {
    params.get(name).and_then(Value::as_array).map(|items| items.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

pub(super) fn flag(params: &Map<String, Value>, name: &str) -> bool {
    params.get(name).and_then(Value::as_bool).unwrap_or(false)
}
