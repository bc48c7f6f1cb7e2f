//! `binder schema`: JSON schemas for editors and other programs.

use std::path::{Path, PathBuf};

use clap::Args;
use hipaa_binder::schema::{SCHEMAS, Schema};
use hipaa_binder::world::{Folder, write};

use super::console::{Console, wrap};
use super::{Exit, problems, shown};

/// Print a JSON schema, so that an editor completes and checks while you type
///
/// Schemas of binder.toml and of the lines between +++ of answers, policies and records, made of what the program itself
/// reads; and of what binder check --format json prints. docs/tools.md says how editors are told of them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder schema                                  list the schemas
  binder schema binder.toml > binder.schema.json
  binder schema --out .vscode                    write all of them into a folder")]
pub(super) struct SchemaArgs {
    /// Which: binder.toml, answer, policy, record or check
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Write all schemas into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &SchemaArgs, base: &Path, console: &mut Console) -> Exit {
    if let Some(out) = &args.out {
        return write_all(&base.join(out), console);
    }
    let Some(name) = &args.name else {
        console.result(&list());
        return Exit::Done;
    };
    match Schema::named(name) {
        Some(schema) => {
            console.result(&schema.text());
            Exit::Done
        }
        None => {
            let why = format!("error: there is no schema \"{name}\". There are:");
            console.note(&format!("{}\n\n{}", wrap(&why, 0), list()));
            Exit::Usage
        }
    }
}

fn list() -> String {
    SCHEMAS
        .iter()
        .map(|schema| format!("{:<12} {}\n", schema.name, schema.about))
        .collect()
}

fn write_all(dir: &Path, console: &mut Console) -> Exit {
    let files: Vec<(String, Vec<u8>)> = SCHEMAS
        .iter()
        .map(|schema| (schema.file(), schema.text().into_bytes()))
        .collect();
    match write::own_files(
        dir,
        &files,
        b"{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n  \"title\": \"hipaa-binder: ",
    ) {
        Ok(()) => {
            console.result(&format!("{} schemas in {}\n", files.len(), shown(dir)));
            Exit::Done
        }
        Err(refusal) => {
            console.note(&problems(&[*refusal], &Folder::default(), console.note_color()));
            Exit::Content
        }
    }
}
