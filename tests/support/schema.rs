//! Holds data against a JSON schema. It knows the keywords that our schemas use and fails on any other, so that none is left
//! out in silence; tests/all.sh has editors' own checker look at the same schemas.

use regex::Regex;
use serde_json::Value;

/// Everything that is wrong, each with its place; empty where the data is as the schema says.
pub fn problems(schema: &Value, data: &Value) -> Vec<String> {
    let mut found = vec![];
    look(schema, schema, data, "$", &mut found);
    found
}

fn look(root: &Value, schema: &Value, data: &Value, at: &str, found: &mut Vec<String>) {
    let mut own = vec![];
    let mut wrong = |what: String| own.push(format!("{at}: {what}"));
    let fits = |schema: &Value| {
        let mut inner = vec![];
        look(root, schema, data, at, &mut inner);
        inner.is_empty()
    };
    for (keyword, asked) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "definitions" => {}
            "$ref" => {
                let name = asked
                    .as_str()
                    .and_then(|path| path.strip_prefix("#/definitions/"));
                let named = &root["definitions"][name.expect("a definition of this schema")];
                look(root, named, data, at, found);
                continue;
            }
            "type" => {
                let types: Vec<&str> = match asked {
                    Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !types.iter().any(|name| is(name, data)) {
                    wrong(format!("{data} is none of {types:?}"));
                }
            }
            "enum" => {
                if !asked.as_array().expect("a list").contains(data) {
                    wrong(format!("{data} is none of {asked}"));
                }
            }
            "anyOf" => {
                if !asked.as_array().expect("a list").iter().any(fits) {
                    wrong(format!("{data} fits none of {asked}"));
                }
            }
            "allOf" => {
                for one in asked.as_array().expect("a list") {
                    look(root, one, data, at, found);
                }
                continue;
            }
            "pattern" => {
                let pattern = Regex::new(asked.as_str().expect("text")).expect("a pattern");
                if data.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    wrong(format!("{data} does not match {asked}"));
                }
            }
            "minimum" | "maximum" => {
                let (limit, number) = (asked.as_f64().expect("a number"), data.as_f64());
                if number.is_some_and(|n| {
                    if keyword == "minimum" {
                        n < limit
                    } else {
                        n > limit
                    }
                }) {
                    wrong(format!("{data} is beyond {limit}"));
                }
            }
            "minLength" | "maxLength" => {
                let limit = asked.as_u64().expect("a number");
                let length = data.as_str().map(|text| text.chars().count() as u64);
                if length.is_some_and(|n| {
                    if keyword == "minLength" {
                        n < limit
                    } else {
                        n > limit
                    }
                }) {
                    wrong(format!("{data} is not as long as it must be"));
                }
            }
            "required" => {
                for name in asked.as_array().expect("a list").iter().filter_map(Value::as_str) {
                    if data.as_object().is_some_and(|object| !object.contains_key(name)) {
                        wrong(format!("{name} is missing"));
                    }
                }
            }
            "items" => {
                for (index, item) in data.as_array().into_iter().flatten().enumerate() {
                    look(root, asked, item, &format!("{at}[{index}]"), found);
                }
                continue;
            }
            "propertyNames" => {
                for name in data.as_object().into_iter().flat_map(|object| object.keys()) {
                    look(
                        root,
                        asked,
                        &Value::from(name.as_str()),
                        &format!("{at}.{name}"),
                        found,
                    );
                }
                continue;
            }
            "properties" => {
                for (name, schema) in asked.as_object().expect("an object") {
                    if let Some(value) = data.get(name) {
                        look(root, schema, value, &format!("{at}.{name}"), found);
                    }
                }
                continue;
            }
            "additionalProperties" => {
                let declared = schema["properties"].as_object();
                let others = data.as_object().into_iter().flatten();
                for (name, value) in
                    others.filter(|(name, _)| declared.is_none_or(|known| !known.contains_key(*name)))
                {
                    match asked {
                        Value::Bool(false) => found.push(format!("{at}: {name} is no key here")),
                        schema => look(root, schema, value, &format!("{at}.{name}"), found),
                    }
                }
                continue;
            }
            other => panic!("the checker of the tests does not know {other}"),
        }
    }
    found.extend(own);
}

fn is(name: &str, data: &Value) -> bool {
    match name {
        "object" => data.is_object(),
        "array" => data.is_array(),
        "string" => data.is_string(),
        "number" => data.is_number(),
        "integer" => data.is_i64() || data.is_u64(),
        "boolean" => data.is_boolean(),
        "null" => data.is_null(),
        other => panic!("no type {other}"),
    }
}

/// TOML as a schema sees it: days become text.
pub fn of_toml(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    convert(&toml::Value::Table(table))
}

fn convert(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(flag) => (*flag).into(),
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::Array(items) => items.iter().map(convert).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), convert(value)))
            .collect(),
    }
}
