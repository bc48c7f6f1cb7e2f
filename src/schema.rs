//! JSON schemas of what people write and of what `check` prints, for editors and other programs.
//!
//! Those of `binder.toml` and of front matter are made of [`crate::content::keys`], which the readers themselves check keys
//! against. They ask for the spelling that the documentation shows; the readers take more (`Policy` for `policy`, `yes` for
//! `true`), and know what no schema can: whether a row, a person or a file exists.

use serde_json::{Map, Value, json};

use crate::content::keys::{self, Holds, Key, Keys};
use crate::rule::rule;

/// A schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// What it is called in `binder schema NAME`.
    pub name: &'static str,
    /// What it is of.
    pub about: &'static str,
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Config,
    Answer,
    Policy,
    Record,
    Check,
}

/// Every schema, in the order in which they are listed.
pub const SCHEMAS: [Schema; 5] = [
    schema("binder.toml", "the file binder.toml", Of::Config),
    schema(
        "answer",
        "the lines between +++ of a file in answers/",
        Of::Answer,
    ),
    schema(
        "policy",
        "the lines between +++ of a file in policies/",
        Of::Policy,
    ),
    schema(
        "record",
        "the lines between +++ of a file in records/",
        Of::Record,
    ),
    schema("check", "what binder check --format json prints", Of::Check),
];

const fn schema(name: &'static str, about: &'static str, of: Of) -> Schema {
    Schema { name, about, of }
}

impl Schema {
    /// The schema of this name.
    pub fn named(name: &str) -> Option<Self> {
        let stem = |name: &str| name.trim_end_matches(".toml").to_lowercase();
        SCHEMAS.into_iter().find(|schema| stem(schema.name) == stem(name))
    }

    /// Name of its file: `binder.schema.json`.
    pub fn file(self) -> String {
        format!("{}.schema.json", self.name.trim_end_matches(".toml"))
    }

    /// The schema, as the text of a file.
    pub fn text(self) -> String {
        let root = match self.of {
            Of::Config => document(&keys::CONFIG),
            Of::Answer => document(&keys::ANSWER),
            Of::Policy => document(&keys::POLICY),
            Of::Record => document(&keys::RECORD),
            Of::Check => check(),
        };
        // Values always serialise.
        serde_json::to_string_pretty(&root).unwrap_or_default() + "\n"
    }
}

/// The edition that editors know best.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

fn document(keys: &Keys) -> Value {
    let mut root = Map::new();
    root.insert("$schema".into(), DRAFT.into());
    root.insert("title".into(), format!("hipaa-binder: {}", keys.what).into());
    if let Value::Object(table) = table(keys) {
        root.extend(table);
    }
    let rows: Vec<String> = rule().rows().iter().map(|row| row.citation.to_string()).collect();
    // The rows first, for completion; then any other usual spelling.
    root.insert(
        "definitions".into(),
        json!({"row": {"anyOf": [{"enum": rows}, {"type": "string", "pattern": CITATION}]}}),
    );
    Value::Object(root)
}

/// A citation of sections 164.308 to 164.316 in any usual spelling; "" is as good as no key.
const CITATION: &str = "^\\s*$|3(08|10|12|14|16)";

fn table(keys: &Keys) -> Value {
    let mut properties = Map::new();
    for key in keys.keys {
        properties.insert(key.name.into(), value(key));
    }
    let required: Vec<&str> = keys
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    let mut table = json!({
        "description": keys.about,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        table["required"] = required.into();
    }
    table
}

fn value(key: &Key) -> Value {
    let mut value = holds(key.holds);
    // Beside a reference nothing else would be read.
    let value_of_reference = value.get("$ref").is_some();
    if value_of_reference {
        value = json!({"allOf": [value]});
    }
    value["description"] = key.about.into();
    value
}

fn holds(what: Holds) -> Value {
    let row = || json!({"$ref": "#/definitions/row"});
    let text = || json!({"type": ["string", "number"]});
    let many = |one: Value| json!({"anyOf": [one.clone(), {"type": "array", "items": one}]});
    match what {
        Holds::Any => json!({}),
        Holds::Text => text(),
        // A day without quotes becomes a text, too, on its way into a schema.
        Holds::Day => json!({
            "type": "string",
            "pattern": "^\\s*$|^\\s*(\\d{4}-\\d{1,2}-\\d{1,2}|\\d{1,2}/\\d{1,2}/\\d{4})",
        }),
        Holds::Flag => json!({"enum": [true, false, "yes", "no"]}),
        Holds::Number(least, most) => json!({
            "type": ["integer", "string"],
            "minimum": least,
            "maximum": most,
            "pattern": "^\\d+$",
        }),
        Holds::OneOf(words) => {
            json!({"enum": words()})
        }
        Holds::Texts => many(json!({"type": "string"})),
        Holds::Row => row(),
        Holds::Rows => many(row()),
        Holds::Claims => many(json!({"anyOf": [row(), table(&keys::CLAIM)]})),
        Holds::Id => {
            json!({"type": "string", "pattern": "^$|^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 80})
        }
        Holds::Version => {
            json!({"type": ["string", "number"], "pattern": "^$|^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 40})
        }
        Holds::Interval => json!({
            "type": ["string", "integer"],
            "minimum": 1,
            "maximum": 120,
        "pattern": "^\\s*$|[0-9A-Za-z]",
        }),
        Holds::Digest => json!({"type": "string", "pattern": "^$|^(sha256:)?[0-9a-fA-F]{64}$"}),
        Holds::Path => {
            json!({"type": "string", "pattern": "^/?$|^/[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?$"})
        }
        Holds::Table(keys) => table(keys),
        Holds::Tables(keys) => many(table(keys)),
        Holds::RowMonths => json!({
            "type": "object",
            "propertyNames": row(),
            "additionalProperties": {"type": ["integer", "string"], "minimum": 1, "maximum": 120, "pattern": "^\\d+$"},
        }),
    }
}

/// The report of `check --format json`. Keys may be added to it.
fn check() -> Value {
    let count = json!({"type": "integer", "minimum": 0});
    let text = json!({"type": "string"});
    let maybe_text = json!({"type": ["string", "null"]});
    let file = json!({"type": "string", "description": "Path below the binder's folder, with /; \"\" where no file is meant."});
    let line = json!({"type": "integer", "minimum": 0, "description": "From 1; 0 where the file as a whole is meant."});
    let mark = json!({"enum": ["full", "partial", "none", "not-needed"]});
    let state = json!({"enum": ["documented", "partly-documented", "not-documented", "does-not-apply"]});
    let range = json!({"anyOf": [{"$ref": "#/definitions/range"}, {"type": "null"}]});
    json!({
        "$schema": DRAFT,
        "title": "hipaa-binder: what binder check --format json prints",
        "description": "Every problem, every row with its gaps. Keys keep their meaning; new ones may be added.",
        "type": "object",
        "required": ["as_of", "reconstruction", "build_id", "program_version", "practice", "version", "edition", "audience",
                     "counts", "rows", "diagnostics"],
        "properties": {
            "as_of": {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"},
            "reconstruction": {"type": "boolean"},
            "build_id": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
            "program_version": text,
            "practice": maybe_text,
            "version": maybe_text,
            "edition": {"enum": ["internal", "production"]},
            "audience": {"enum": ["workforce", "management", "official"]},
            "counts": {
                "type": "object",
                "required": ["rows", "documented", "partly-documented", "not-documented", "does-not-apply", "gaps", "errors",
                             "warnings"],
                "additionalProperties": count,
            },
            "not_looked_at": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": {"$ref": "#/definitions/row"}},
            "diagnostics": {"type": "array", "items": {"$ref": "#/definitions/diagnostic"}},
        },
        "definitions": {
            "row": {
                "type": "object",
                "required": ["citation", "kind", "designation", "title", "state", "marks", "gaps"],
                "properties": {
                    "citation": {"type": "string", "pattern": "^164\\."},
                    "kind": text,
                    "designation": maybe_text,
                    "title": text,
                    "state": state,
                    "marks": {
                        "type": "object",
                        "required": ["answer", "policy", "evidence", "decision"],
                        "additionalProperties": mark,
                    },
                    "gaps": {"type": "array", "items": {
                        "type": "object",
                        "required": ["kind", "message", "help", "file", "line"],
                        "properties": {"kind": text, "message": text, "help": text, "file": file, "line": line},
                    }},
                },
            },
            "diagnostic": {
                "description": "One problem. Errors keep the binder from being made.",
                "type": "object",
                "required": ["severity", "code", "message", "file", "line", "column", "help", "range", "replacement", "related"],
                "properties": {
                    "severity": {"enum": ["error", "warning"]},
                    "code": {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "Stable name of the kind of problem."},
                    "message": {"type": "string", "minLength": 1},
                    "file": file,
                    "line": line,
                    "column": {"type": "integer", "minimum": 0, "description": "In characters, from 1; 0 where a whole line or file is meant."},
                    "help": {"type": "string", "description": "What to do or type; \"\" where the message says it all."},
                    "range": range,
                    "replacement": {"type": ["string", "null"], "description": "What belongs in place of the range, where that is known."},
                    "related": {"type": "array", "items": {
                        "type": "object",
                        "required": ["message", "file", "line", "range"],
                        "properties": {"message": text, "file": file, "line": line, "range": range},
                    }},
                },
            },
            "range": {
                "type": "object",
                "required": ["start", "end"],
                "additionalProperties": false,
                "properties": {"start": {"$ref": "#/definitions/point"}, "end": {"$ref": "#/definitions/point"}},
            },
            "point": {
                "description": "A place in the text. The end of a range is the place behind its last character.",
                "type": "object",
                "required": ["line", "column", "utf16", "byte"],
                "additionalProperties": false,
                "properties": {
                    "line": {"type": "integer", "minimum": 1, "description": "From 1."},
                    "column": {"type": "integer", "minimum": 1, "description": "In characters (Unicode scalar values), from 1."},
                    "utf16": {"type": "integer", "minimum": 1, "description": "In UTF-16 code units, from 1."},
                    "byte": {"type": "integer", "minimum": 0, "description": "In bytes of the text as UTF-8 without a byte order mark, from 0."},
                },
            },
        },
    })
}
