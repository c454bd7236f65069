//! Operations as tables: one declaration gives the Rust type, the checks of shape, the request and the stubs.

pub use super::arg::Arg;
use super::arg::AsArg;
use super::facts::Facts;
use crate::base::cloud::Cloud;
use crate::base::http::Method;
use crate::base::json::{Object, list};
use crate::base::record::Params;
use crate::base::text::{Doc, trimmed};
use crate::base::texts::zh;
use crate::base::value::Value;
use crate::base::words::words;

/// One API operation.
#[derive(Debug)]
pub struct Operation {
    /// The cloud that offers it.
    pub cloud: Cloud,
    /// The vendor's name.
    pub name: &'static str,
    /// What sending it does.
    pub effect: Effect,
    /// HTTP method.
    pub method: Method,
    /// Path; `{name}` stands for a field whose place is [`Place::Path`].
    pub path: &'static str,
    /// Service in the credential scope and the host name.
    pub service: &'static str,
    /// API version, where the cloud names one in the request.
    pub version: &'static str,
    /// Documented default limit, requests per second; 0 where none is published.
    pub per_second: u32,
    /// What a policy must allow for it, in the vendor's word such as `cvm:SyncImages`; empty where no page names it.
    pub grant: &'static str,
    /// The parameters, in the order in which they are sent.
    pub fields: &'static [Field],
    /// How a success is read.
    pub(crate) answer: ReadFacts,
    pub(crate) doc: Doc,
}

impl Operation {
    /// Documentation; empty without the feature `docs`.
    pub fn doc(&self) -> &'static str {
        self.doc.text()
    }

    /// The table of the operation as a JSON object: what stubs, typings and command lines are made from.
    pub fn to_value(&self) -> Value {
        let Operation { cloud, name, effect, method, path, service, version, per_second, grant, fields, answer: _, doc } = self;
        Object::new()
            .set("cloud", cloud.as_str())
            .set("name", *name)
            .set("effect", effect.as_str())
            .set("method", method.as_str())
            .set("path", *path)
            .set("service", *service)
            .set("version", *version)
            .set("per_second", *per_second)
            .set("grant", *grant)
            .set("fields", list(fields, field))
            .set_some("doc", Some(trimmed(doc.text())).filter(|doc| !doc.is_empty()))
            .value()
    }
}

fn field(Field { name, shape, required, place, doc }: &Field) -> Value {
    let (shape, record, fields) = match shape {
        Shape::Text => ("text", None, None),
        Shape::Integer => ("integer", None, None),
        Shape::Boolean => ("boolean", None, None),
        Shape::Texts => ("texts", None, None),
        Shape::Objects((record, fields)) => ("objects", Some(*record), Some(list(fields, field))),
    };
    Object::new()
        .set("name", *name)
        .set("shape", shape)
        .set("record", record)
        .set("fields", fields)
        .set("required", *required)
        .set("place", place.as_str())
        .set_some("doc", Some(trimmed(doc.text())).filter(|doc| !doc.is_empty()))
        .value()
}

/// Reads the facts out of the vendor's result, `None` where there is none; otherwise says what it lacks.
pub(crate) type ReadFacts = fn(Option<&Params>) -> Result<Facts, &'static str>;

words! {
    /// What sending an operation does; decides how it may be repeated.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Effect {
        /// Changes nothing; may always be repeated.
        Read = "read",
        /// Starts something that a second call would start again. No cloud here has an idempotency token.
        Launch = "launch",
        /// Sets or deletes; a second call changes nothing more.
        Change = "change",
    }
}

/// One parameter.
#[derive(Debug)]
pub struct Field {
    /// The vendor's own name.
    pub name: &'static str,
    /// Shape of the value.
    pub shape: Shape,
    /// Whether the API insists on it.
    pub required: bool,
    /// Where it travels.
    pub place: Place,
    pub(crate) doc: Doc,
}

impl Field {
    /// Meaning and constraints, for generated stubs and docs; empty without the feature `docs`.
    pub fn doc(&self) -> &'static str {
        self.doc.text()
    }
}

/// Shape of a parameter.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list of strings.
    Texts,
    /// A list of records: name of the record and its fields. One pointer, since nearly no field is one.
    Objects(&'static (&'static str, &'static [Field])),
}

words! {
    /// Where a parameter travels.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Place {
        /// In the JSON body.
        Body = "body",
        /// In the query string.
        Query = "query",
        /// In the path.
        Path = "path",
    }
}

/// Parameters that know their operation: the typed structs, and [`Named`] for JSON.
pub trait Parameters {
    /// The operation.
    fn operation(&self) -> &'static Operation;
    /// Calls `each` for every parameter that is set, in the order of the table.
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'static Field, Arg<'a>));
    /// The same parameters as JSON.
    fn to_params(&self) -> Params {
        let mut params = Params::new();
        self.visit(&mut |field, arg| {
            params.insert(field.name.to_owned(), arg.into_json());
        });
        params
    }
}

/// JSON parameters of an operation chosen at run time. Null counts as absent; unknown names are not sent.
#[derive(Debug)]
pub struct Named<'p> {
    /// The operation.
    pub operation: &'static Operation,
    /// What stands for each of its fields.
    pub(crate) values: Vec<Option<&'p Value>>,
}

impl<'p> Named<'p> {
    /// These parameters of an operation.
    pub fn new(operation: &'static Operation, params: &'p Params) -> Self {
        Self { operation, values: values(operation.fields, params) }
    }
}

/// What a record holds for each field of a table. Told by the record, which has fewer entries than the table has rows.
pub(crate) fn values<'p>(fields: &[Field], record: &'p Params) -> Vec<Option<&'p Value>> {
    // Not `vec!`, which wants the memory zeroed, and gets it from another, slower heap.
    let mut values = Vec::with_capacity(fields.len());
    values.resize(fields.len(), None);
    for (name, value) in record {
        if let Some(at) = fields.iter().position(|field| field.name == name) {
            values[at] = Some(value);
        }
    }
    values
}

impl Parameters for Named<'_> {
    fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'static Field, Arg<'a>)) {
        for (field, value) in self.operation.fields.iter().zip(&self.values) {
            match value {
                None | Some(Value::Null) => {}
                Some(value) => each(field, Arg::Json(value)),
            }
        }
    }
}

/// The body of all [`Place::Body`] fields as one compact JSON object, `{}` when there are none. Their names need no escape.
pub(crate) fn json_body(parameters: &dyn Parameters) -> String {
    let mut body = String::with_capacity(256);
    body.push('{');
    parameters.visit(&mut |field, arg| {
        if field.place == Place::Body {
            body.push_str(if body.len() > 1 { ",\"" } else { "\"" });
            body.push_str(field.name);
            body.push_str("\":");
            arg.write_json(&mut body);
        }
    });
    body.push('}');
    body
}

impl Shape {
    /// The shape in words, in English and Chinese.
    pub fn name(&self) -> [&'static str; 2] {
        match self {
            Shape::Text => ["a string", zh!("字符串")],
            Shape::Integer => ["a whole number", zh!("整数")],
            Shape::Boolean => ["true or false", zh!("true 或 false")],
            Shape::Texts => ["a list of strings", zh!("字符串列表")],
            Shape::Objects(..) => ["a list of records", zh!("对象列表")],
        }
    }
}

/// Calls `each` for every value that is set: one function for all records, since forty of them are forty times its code.
pub(crate) fn visit_all<'a>(fields: &'static [Field], values: &[&'a dyn AsArg], each: &mut dyn FnMut(&'static Field, Arg<'a>)) {
    for (field, value) in fields.iter().zip(values) {
        if let Some(arg) = value.arg() {
            each(field, arg);
        }
    }
}

/// The Rust type of a field: `rust_type!(required Text)` is `String`, `optional` wraps it in `Option`.
macro_rules! rust_type {
    (required Text) => { String };
    (required Integer) => { i64 };
    (required Boolean) => { bool };
    (required Texts) => { Vec<String> };
    (required Objects($record:ident)) => { Vec<$record> };
    (optional $($shape:tt)+) => { Option<$crate::api::operation::rust_type!(required $($shape)+)> };
}

macro_rules! shape {
    (Objects($record:ident)) => {
        $crate::api::operation::Shape::Objects(&(stringify!($record), $record::FIELDS))
    };
    ($shape:ident) => {
        $crate::api::operation::Shape::$shape
    };
}

macro_rules! is_required {
    (required) => {
        true
    };
    (optional) => {
        false
    };
}

/// Declares a record: a Rust struct and its table of fields from one text, so that neither can drift.
macro_rules! record {
    ($(#[doc = $doc:literal])+ $name:ident;
     $( $(#[doc = $field_doc:literal])+ $field:ident: $wire:literal $place:ident $need:ident $shape:ident $(($record:ident))?; )*) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name { $( $(#[doc = $field_doc])+ pub $field: $crate::api::operation::rust_type!($need $shape $(($record))?), )* }

        impl $name {
            /// The table of fields.
            pub const FIELDS: &'static [$crate::api::operation::Field] = &[ $( $crate::api::operation::Field {
                name: $wire,
                shape: $crate::api::operation::shape!($shape $(($record))?),
                required: $crate::api::operation::is_required!($need),
                place: $crate::api::operation::Place::$place,
                doc: $crate::base::text::Doc::of(concat!($($field_doc, "\n"),+)),
            }, )* ];

            #[allow(dead_code, reason = "records inside of records are taken whole")]
            fn visit_fields<'a>(&'a self, each: &mut dyn FnMut(&'static $crate::api::operation::Field, $crate::api::arg::Arg<'a>)) {
                $crate::api::operation::visit_all(Self::FIELDS, &[$(&self.$field),*], each);
            }
        }

        impl $crate::api::arg::AsArg for Vec<$name> {
            fn arg(&self) -> Option<$crate::api::arg::Arg<'_>> {
                Some($crate::api::arg::Arg::Objects(self, |records| {
                    let records = records.downcast_ref::<Self>().into_iter().flatten();
                    records.map(|record| crate::base::value::Value::Object(record.clone().into())).collect()
                }))
            }

            fn put(self, name: &str, params: &mut $crate::base::record::Params) {
                let records = self.into_iter().map(|record| crate::base::value::Value::Object(record.into())).collect();
                params.insert(name.to_owned(), crate::base::value::Value::Array(records));
            }
        }

        impl From<$name> for $crate::base::record::Params {
            #[allow(unused_mut, unused_variables, reason = "some operations take nothing")]
            fn from(record: $name) -> Self {
                let mut params = Self::new();
                $( $crate::api::arg::AsArg::put(record.$field, $wire, &mut params); )*
                params
            }
        }
    };
}

/// Declares an operation: its parameter record, its table and the link between them.
macro_rules! operation {
    ($(#[doc = $doc:literal])+ $name:ident = $wire:literal { $($key:ident: $value:expr),+ $(,)? } $($fields:tt)*) => {
        $crate::api::operation::record! { $(#[doc = $doc])+ $name; $($fields)* }

        impl $name {
            /// The vendor's name of the operation.
            pub(crate) const NAME: &'static str = $wire;

            /// The operation that takes these parameters.
            pub const OPERATION: &'static $crate::api::operation::Operation = &$crate::api::operation::Operation {
                name: Self::NAME,
                fields: Self::FIELDS,
                doc: $crate::base::text::Doc::of(concat!($($doc, "\n"),+)),
                $($key: $value,)+
            };
        }

        impl $crate::api::operation::Parameters for $name {
            fn operation(&self) -> &'static $crate::api::operation::Operation {
                Self::OPERATION
            }

            fn visit<'a>(&'a self, each: &mut dyn FnMut(&'static $crate::api::operation::Field, $crate::api::arg::Arg<'a>)) {
                self.visit_fields(each);
            }
        }
    };
}

pub(crate) use {is_required, operation, record, rust_type, shape};
