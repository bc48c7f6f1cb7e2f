//! The schemas say what the readers say: on every file there is, and key by key.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hipaa_binder::content;
use hipaa_binder::content::frontmatter::fences;
use hipaa_binder::content::keys::{self, Holds, Key, Keys};
use hipaa_binder::schema::{SCHEMAS, Schema};
use serde_json::Value;

mod support;
use support::schema::{of_toml, problems};

fn schema(name: &str) -> Value {
    let schema = Schema::named(name).unwrap_or_else(|| panic!("{name}"));
    serde_json::from_str(&schema.text()).expect("JSON")
}

#[test]
fn the_files_in_docs_are_what_the_program_prints() {
    for schema in SCHEMAS {
        let path = PathBuf::from("docs/schema").join(schema.file());
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all("docs/schema").expect("made");
            fs::write(&path, schema.text()).expect("written");
        }
        snapbox::assert_data_eq!(schema.text(), snapbox::Data::read_from(&path, None).raw());
    }
    let names: Vec<_> = fs::read_dir("docs/schema").expect("a folder").flatten().collect();
    assert_eq!(names.len(), SCHEMAS.len(), "no other file: {names:?}");
}

/// Every file of a folder that a schema is for, with the name of the schema and its TOML.
fn written(dir: &Path) -> Vec<(PathBuf, &'static str, String)> {
    let mut found = vec![];
    for (path, bytes) in support::tree(dir) {
        let kind = match path.split('/').next() {
            Some("binder.toml") => "binder.toml",
            Some("answers") => "answer",
            Some("policies" | "approved") => "policy",
            Some("records") => "record",
            _ => continue,
        };
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        let toml = match (kind, fences(&text)) {
            ("binder.toml", _) => text,
            (_, Ok(fences)) => text[fences.toml].to_string(),
            _ => continue,
        };
        found.push((dir.join(path), kind, toml));
    }
    found
}

#[test]
fn the_example_and_a_new_binder_are_as_the_schemas_say() {
    let new = tempfile::tempdir().expect("a folder");
    let made = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(["new", "clinic", "--practice", "P", "--security-official", "S"])
        .current_dir(new.path())
        .output()
        .expect("it runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut kinds = std::collections::BTreeMap::new();
    for dir in [Path::new("content-example"), &new.path().join("clinic")] {
        for (path, kind, toml) in written(dir) {
            let found = problems(&schema(kind), &of_toml(&toml));
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
            *kinds.entry(kind).or_insert(0) += 1;
        }
    }
    println!("{kinds:?}");
    assert!(
        kinds.len() == 4 && kinds["answer"] > 100 && kinds["policy"] > 40,
        "{kinds:?}"
    );
}

/// A value that a key takes, and values that it does not, as TOML.
fn samples(key: &Key) -> (String, Vec<&'static str>) {
    let (good, bad): (String, &[&str]) = match key.holds {
        Holds::Any => ("[\"anything\", true]".into(), &[]),
        Holds::Text => ("\"words\"".into(), &["true", "[\"a\"]", "{ a = 1 }"]),
        Holds::Day => ("2026-02-01".into(), &["true", "\"some day\"", "[]"]),
        Holds::Flag => ("true".into(), &["\"perhaps\"", "7", "[]"]),
        Holds::Number(least, _) => (least.to_string(), &["0", "\"many\"", "true", "2.5", "[]"]),
        Holds::OneOf(words) => (
            format!("\"{}\"", words()[0]),
            &["\"something-else\"", "true", "[]"],
        ),
        Holds::Texts => ("[\"ehr\"]".into(), &["[true]", "[[\"a\"]]", "{ a = 1 }"]),
        Holds::Row => ("\"164.312(b)\"".into(), &["\"one two\"", "true", "[]"]),
        Holds::Rows => (
            "[\"164.312(b)\"]".into(),
            &["[true]", "[\"one two\"]", "{ a = 1 }"],
        ),
        Holds::Claims => (
            "[\"164.312(b)\", { row = \"164.312(b)\", section = \"Logs\" }]".into(),
            &[
                "[true]",
                "[\"one two\"]",
                "[{ section = \"Logs\" }]",
                "[{ row = \"164.312(b)\", part = \"x\" }]",
            ],
        ),
        Holds::Id => ("\"fax-policy\"".into(), &["\"Fax Policy\"", "\"-x\"", "true"]),
        Holds::Version => ("\"2.0\"".into(), &["\"two words\"", "\"../x\"", "true"]),
        Holds::Interval => ("\"12 months\"".into(), &["true", "0", "121", "[]"]),
        Holds::Digest => (
            format!("\"sha256:{}\"", "0".repeat(64)),
            &["\"sha256:00\"", "true", "[]"],
        ),
        Holds::RowMonths => (
            "{ \"164.312(b)\" = 3 }".into(),
            &[
                "{ \"one two\" = 3 }",
                "{ \"164.312(b)\" = \"x\" }",
                "{ \"164.312(b)\" = 0 }",
                "3",
            ],
        ),
        Holds::Path => (
            "\"/binder/\"".into(),
            &["\"binder\"", "\"/a b/\"", "\"/../x\"", "true", "[]"],
        ),
        Holds::Table(keys) => (table(keys, None), &["true", "\"x\"", "[1]"]),
        Holds::Tables(keys) => (format!("[{}]", table(keys, None)), &["true", "\"x\"", "[1]"]),
    };
    (good, bad.to_vec())
}

/// A table with what it needs; `with` replaces or adds a key.
fn pairs(keys: &Keys, with: Option<(&str, &str)>) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = keys
        .keys
        .iter()
        .filter(|key| key.required && with.is_none_or(|(name, _)| name != key.name))
        .map(|key| (key.name.to_string(), samples(key).0))
        .collect();
    pairs.extend(with.map(|(name, value)| (name.to_string(), value.to_string())));
    pairs
}

fn table(keys: &Keys, with: Option<(&str, &str)>) -> String {
    let pairs: Vec<String> = pairs(keys, with)
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// Whether the readers take this TOML without an error about a key or a value.
fn is_read(kind: &str, toml: &str) -> Result<(), Vec<String>> {
    const ABOUT_VALUES: [&str; 16] = [
        "unknown-key",
        "missing-key",
        "wrong-type",
        "unknown-word",
        "bad-date",
        "bad-id",
        "bad-version",
        "bad-digest",
        "bad-interval",
        "unknown-citation",
        "not-a-row",
        "retention-too-short",
        "bad-toml",
        "bad-editor",
        "bad-path",
        "duplicate-key",
    ];
    let config = "[practice]\nname = \"P\"\n[[site]]\nid = \"main\"\n";
    let body = format!("+++\n{toml}\n+++\n\n# Logs\n\nWords.\n");
    let files: Vec<(&str, &str)> = match kind {
        "binder.toml" => vec![("binder.toml", toml)],
        "answer" => vec![("binder.toml", config), ("answers/a.md", &body)],
        "policy" => vec![("binder.toml", config), ("policies/a.md", &body)],
        _ => vec![("binder.toml", config), ("records/a.md", &body)],
    };
    let folder = support::folder(files.into_iter().map(|(path, text)| (path, text.as_bytes())));
    let said = content::parse(&folder).diagnostics;
    let errors: Vec<String> = said
        .iter()
        .filter(|d| ABOUT_VALUES.contains(&d.code))
        .map(|d| format!("{}: {}", d.code, d.message))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Asks schema and reader about one table within its document, and holds their answers against each other.
struct Both {
    kind: &'static str,
    schema: Value,
    asked: usize,
}

impl Both {
    fn agree(&mut self, toml: &str, good: bool) {
        self.asked += 1;
        let by_schema = problems(&self.schema, &of_toml(toml));
        let by_reader = is_read(self.kind, toml);
        assert_eq!(
            by_schema.is_empty(),
            good,
            "the schema of {} on\n{toml}\n{by_schema:#?}",
            self.kind
        );
        assert_eq!(
            by_reader.is_ok(),
            good,
            "the reader of {} on\n{toml}\n{by_reader:?}",
            self.kind
        );
    }

    /// Each key of `keys`, which stands in a document as `document` writes it around it.
    fn table(&mut self, keys: &'static Keys, document: &dyn Fn(String) -> String) {
        let write = |with: Option<(&str, &str)>| document(table(keys, with));
        self.agree(&write(None), true);
        self.agree(&write(Some(("no_such_key", "1"))), false);
        for key in keys.keys {
            let (good, bad) = samples(key);
            // Text about an editor is more than text.
            if key.name != "editor" {
                self.agree(&write(Some((key.name, &good))), true);
            }
            for bad in bad {
                self.agree(&write(Some((key.name, bad))), false);
            }
            if key.required {
                let all = pairs(keys, None);
                let others: Vec<String> = all
                    .iter()
                    .filter(|(name, _)| name != key.name)
                    .map(|(n, v)| format!("{n} = {v}"))
                    .collect();
                self.agree(&document(format!("{{ {} }}", others.join(", "))), false);
            }
            let within = |inner: String| write(Some((key.name, &inner)));
            match key.holds {
                Holds::Table(inner) => self.table(inner, &within),
                Holds::Tables(inner) => self.table(inner, &|one| within(format!("[{one}]"))),
                _ => {}
            }
        }
    }
}

/// `{ a = 1, b = 2 }` as lines of a document.
fn unwrapped(table: &str) -> String {
    let value: toml::Table = format!("x = {table}")
        .parse()
        .unwrap_or_else(|e| panic!("{e}: {table}"));
    let toml::Value::Table(table) = &value["x"] else {
        panic!("{table}")
    };
    table
        .iter()
        .map(|(key, value)| format!("{key} = {value}\n"))
        .collect()
}

#[test]
fn schema_and_reader_agree_on_every_key() {
    for (kind, keys) in [
        ("binder.toml", &keys::CONFIG),
        ("answer", &keys::ANSWER),
        ("policy", &keys::POLICY),
        ("record", &keys::RECORD),
    ] {
        let mut both = Both {
            kind,
            schema: schema(kind),
            asked: 0,
        };
        both.table(keys, &|table| unwrapped(&table));
        println!("{kind}: asked {} times", both.asked);
        assert!(both.asked > 50, "{kind}: {}", both.asked);
    }
}

#[test]
fn the_words_of_a_schema_are_in_the_documentation() {
    // Whoever reads docs/content.md and whoever has an editor complete must find the same kinds.
    let docs = fs::read_to_string("docs/content.md").expect("the page");
    for word in keys::POLICY
        .keys
        .iter()
        .chain(keys::RECORD.keys)
        .filter(|key| key.name == "kind")
        .flat_map(|key| match key.holds {
            Holds::OneOf(words) => words(),
            _ => vec![],
        })
    {
        assert!(docs.contains(word), "{word}");
    }
}
