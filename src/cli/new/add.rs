//! `binder new --row` and `--policy`: single files for a binder that is there.

use std::path::Path;

use hipaa_binder::citation::Citation;
use hipaa_binder::content::{self, Content, PolicyKind};
use hipaa_binder::gap::State;
use hipaa_binder::rule::{RowId, rule};
use hipaa_binder::starter::{self, NewFile};
use hipaa_binder::world::{clock, read, write};
use hipaa_binder::{Options, check};

use super::New;
use crate::cli::console::{Console, wrap};
use crate::cli::rule::explain;
use crate::cli::{Exit, Where, is_nowhere, problems};

pub(super) fn run(args: &New, base: &Path, console: &mut Console) -> Exit {
    let (rows, documents) = match (rows(&args.row), rows(&args.rows_of_policy)) {
        (Ok(rows), Ok(documents)) => (rows, documents),
        (Err(why), _) | (_, Err(why)) => {
            console.note(&why);
            return Exit::Usage;
        }
    };
    let dir = Where {
        dir: args.dir.clone(),
    }
    .find(base);
    let folder = read::read(&dir);
    if !folder.files.contains_key(read::CONFIG) {
        console.note(&problems(&folder.problems, &folder, console.note_color()));
        return if is_nowhere(&folder.problems) {
            Exit::Usage
        } else {
            Exit::Content
        };
    }
    // Files with errors are left out of it: they still keep their places on the disk.
    let content = content::parse(&folder).content.unwrap_or_else(nothing);
    let planned = answers(&rows, &content).and_then(|mut files| {
        files.extend(policies(&args.policy, &documents, &content)?);
        Ok(files)
    });
    let files = match planned {
        Ok(files) => files,
        Err((why, help)) => {
            console.note(&format!(
                "{}\n  {}\n",
                wrap(&format!("error: {why}"), 0),
                wrap(&help, 2)
            ));
            return Exit::Content;
        }
    };
    if let Err(refusal) = write::make(&dir, &[], &files) {
        console.note(&problems(&[*refusal], &folder, console.note_color()));
        return Exit::Content;
    }
    for file in &files {
        console.result(&format!("Made {}\n", file.path));
    }
    if !rows.is_empty() {
        let built = check(&folder, &Options::new(clock::today()), &|_| {});
        for row in &rows {
            let applies = built
                .binder
                .as_ref()
                .and_then(|binder| binder.assessments.iter().find(|found| found.row == *row))
                .is_none_or(|found| found.state != State::DoesNotApply);
            console.result(&about(*row, applies));
        }
    }
    for file in files.iter().filter(|file| file.path.starts_with("policies/")) {
        let id = file.path.trim_start_matches("policies/").trim_end_matches(".md");
        let words =
            format!("When it is written and no blank is left: binder approve {id} --by \"NAME OR ROLE\"");
        console.result(&format!("{words}\n"));
    }
    Exit::Done
}

/// A binder of which nothing could be read.
fn nothing() -> Content {
    Content {
        config: content::Config::default(),
        answers: vec![],
        policies: vec![],
        approved: vec![],
        records: vec![],
        registers: std::collections::BTreeMap::new(),
        exhibits: vec![],
    }
}

fn about(row: RowId, applies: bool) -> String {
    let row = &rule()[row];
    let mut words = format!("{} {}: ", row.citation, row.name());
    words.push_str(match (applies, row.is_addressable()) {
        (false, _) => "by the facts in binder.toml this row does not apply, and needs no answer now.",
        (true, true) => {
            "write under each heading, and fill in the decision at the top: the specification is addressable."
        }
        (true, false) => "write under each heading.",
    });
    format!("{}\n", wrap(&words, 0))
}

/// The rows that citations name, each exactly one.
fn rows(written: &[String]) -> Result<Vec<RowId>, String> {
    let mut rows: Vec<RowId> = vec![];
    for written in written {
        let by_address = rule()
            .rows()
            .iter()
            .find(|row| row.citation.slug().eq_ignore_ascii_case(written.trim()))
            .map(|row| row.citation);
        let found = match by_address {
            Some(citation) => vec![citation],
            None => {
                Citation::parse_list(written)
                    .map_err(|error| explain(&error))?
                    .citations
            }
        };
        for citation in found {
            let row = rule().row(&citation).ok_or_else(|| no_row(&citation))?;
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

/// A paragraph that is part of the rule and no row.
fn no_row(citation: &Citation) -> String {
    let mut text = format!("error: {citation} is part of the Security Rule, but no row of a binder\n");
    let near = rule().rows_within(citation);
    let near = if near.is_empty() {
        rule().resolve(citation).link().into_iter().collect()
    } else {
        near
    };
    if !near.is_empty() {
        text.push_str("  Name one of these:\n");
        for row in near {
            text.push_str(&format!("  {} {}\n", row.citation(), rule()[row].name()));
        }
    }
    text
}

type Planned = Result<Vec<NewFile>, (String, String)>;

fn answers(rows: &[RowId], content: &Content) -> Planned {
    rows.iter()
        .map(
            |row| match content.answers.iter().find(|answer| answer.row == *row) {
                Some(answer) => Err((
                    format!("{} has an answer file already: {}", row.citation(), answer.path),
                    "Nothing was written. Open that file and write in it.".to_owned(),
                )),
                None => Ok(NewFile::text(starter::answer_path(*row), starter::answer(*row))),
            },
        )
        .collect()
}

fn policies(titles: &[String], documents: &[RowId], content: &Content) -> Planned {
    let mut files: Vec<NewFile> = vec![];
    for title in titles {
        let known = starter::starter_called(title).filter(|_| documents.is_empty());
        let id = match known {
            Some(known) => known.id.to_owned(),
            None => free_id(starter::policy_id(title), &files, content),
        };
        let path = format!("policies/{id}.md");
        if let Some(there) = content.policies.iter().find(|policy| policy.id == id) {
            return Err((
                format!("there is a policy with the id \"{id}\" already: {}", there.path),
                "Nothing was written. Choose another title, or open that file. A new version is written in the same file: raise its version."
                    .to_owned(),
            ));
        }
        if files.iter().any(|file| file.path == path) {
            return Err((
                format!("two of the titles make the same file, {path}"),
                "Nothing was written. Choose titles that differ in more than signs.".to_owned(),
            ));
        }
        let text = match known {
            Some(starter) => starter::starter_policy(starter),
            None => starter::blank_policy(&id, title, PolicyKind::Policy, documents),
        };
        files.push(NewFile::text(path, text));
    }
    Ok(files)
}

/// Titles without a letter of our alphabet all have the same id: they are told apart by number.
fn free_id(id: String, files: &[NewFile], content: &Content) -> String {
    let taken = |id: &str| {
        let path = format!("policies/{id}.md");
        content.policies.iter().any(|policy| policy.id == id) || files.iter().any(|file| file.path == path)
    };
    if id != starter::NAMELESS || !taken(&id) {
        return id;
    }
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    numbered.into_iter().find(|id| !taken(id)).unwrap_or(id)
}
