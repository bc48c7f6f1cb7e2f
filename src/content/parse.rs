//! The whole folder, read file by file and then joined.

use std::sync::Arc;

use rayon::prelude::*;

use super::registers::{self, join::Names};
use super::{Answer, Config, Content, Parsed, Policy, Table};
use super::{answers, config, evidence, policies, records, text};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::memo::Memo;
use crate::world::{File, Folder};

/// Name of the configuration.
const CONFIG: &str = "binder.toml";

/// What was read from a file, and what was wrong with it. Both follow from its path and its bytes.
type Read<T> = (Option<T>, Vec<Diagnostic>);

/// Files as they were read last, by path and digest.
#[derive(Debug, Default)]
pub struct Cache {
    answers: Memo<Read<Answer>>,
    policies: Memo<Read<Policy>>,
    approved: Memo<Read<Policy>>,
    records: Memo<Read<records::Read>>,
    tables: Memo<Read<Table>>,
}

impl Cache {
    /// Forgets the files that are gone.
    pub(super) fn forget_unasked(&self) {
        self.answers.forget_unasked();
        self.policies.forget_unasked();
        self.approved.forget_unasked();
        self.records.forget_unasked();
        self.tables.forget_unasked();
    }
}

/// See [`super::parse`] and [`super::parse_again`].
pub fn parse(folder: &Folder, cache: Option<&Cache>) -> Parsed {
    let mut out = folder.problems.clone();
    let has_config = folder.files.contains_key(CONFIG);
    // All files side by side: who is done with one folder helps with another.
    let (config, ((answers, working), ((approved, records), tables))) = rayon::join(
        || read_config(folder, &mut out),
        || {
            let first = || {
                rayon::join(
                    || each(folder, "answers", answers::read, cache.map(|c| &c.answers)),
                    || each(folder, "policies", policies::read, cache.map(|c| &c.policies)),
                )
            };
            let texts = || {
                rayon::join(
                    || each(folder, "approved", policies::read, cache.map(|c| &c.approved)),
                    || each(folder, "records", records::read, cache.map(|c| &c.records)),
                )
            };
            let tables = || registers::read(folder, cache.map(|c| &c.tables));
            rayon::join(first, || rayon::join(texts, tables))
        },
    );
    let answers = told(answers, &mut out);
    let working = told(working, &mut out);
    let mut approved = told(approved, &mut out);
    let records = told(records, &mut out);
    let mut tables = told(tables, &mut out);

    // Sites of a binder.toml that could not be read are unknown, not missing.
    let names = Names::gather(config.as_ref(), &tables);
    registers::join::join(&mut tables, &names, &mut out);
    policies::check_kept(&approved, &mut out);
    policies::sort(&mut approved);
    let content = Content {
        config: config.unwrap_or_default(),
        answers: answers::join(answers, &names, &mut out),
        policies: policies::join(working, &names, &mut out),
        approved,
        records: records::join(records, &names, &mut out),
        exhibits: evidence::exhibits(folder, tables.get("evidence"), &mut out),
        registers: tables,
    };
    out.sort_by(|a, b| a.order().cmp(&b.order()).then_with(|| a.message.cmp(&b.message)));
    out.dedup();
    Parsed {
        content: has_config.then_some(content),
        diagnostics: out,
    }
}

fn read_config(folder: &Folder, out: &mut Vec<Diagnostic>) -> Option<Config> {
    let Some((path, file)) = folder.files.get_key_value(CONFIG) else {
        if !out.iter().any(|problem| problem.code == "no-binder-toml") {
            out.push(
                Diagnostic::error(
                    "no-binder-toml",
                    Place::file(CONFIG),
                    "this folder has no binder.toml, so it is no binder",
                )
                .help("Go to the folder that has it, or name that folder in the command."),
            );
        }
        return None;
    };
    let source = text::read(path, file, out)?;
    config::parse(&source, out)
}

/// What was read, its problems put to the others.
fn told<T>((read, problems): (T, Vec<Diagnostic>), out: &mut Vec<Diagnostic>) -> T {
    out.extend(problems);
    read
}

/// Reads the Markdown files of a folder side by side, in path order.
fn each<T: Clone + Send>(
    folder: &Folder,
    below: &str,
    read: fn(Source, &mut Vec<Diagnostic>) -> Option<T>,
    memo: Option<&Memo<Read<T>>>,
) -> (Vec<T>, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let mut files: Vec<(&Arc<str>, &File)> = Vec::new();
    for (path, file) in folder.below(below) {
        let extension = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        match extension.as_str() {
            "md" | "markdown" => files.push((path, file)),
            "docx" | "doc" | "odt" | "rtf" | "pages" | "txt" | "pdf" => out.push(
                Diagnostic::warning("not-read", Place::file(path.clone()), format!("this file was not read; texts in {below} are Markdown files"))
                    .help("Copy its words into a file that ends in .md. A scan or a signed PDF belongs in the folder evidence."),
            ),
            _ => {}
        }
    }
    let read_one = |(path, file): &(&Arc<str>, &File)| {
        let make = || {
            let mut problems = Vec::new();
            let value = text::read(path, file, &mut problems).and_then(|source| read(source, &mut problems));
            (value, problems)
        };
        match memo {
            Some(memo) => memo.get(path, &file.digest, make),
            None => make(),
        }
    };
    let mut values = Vec::new();
    for (value, problems) in files.par_iter().map(read_one).collect::<Vec<_>>() {
        values.extend(value);
        out.extend(problems);
    }
    (values, out)
}
