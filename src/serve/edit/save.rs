//! From a form to the file.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::StatusCode;
use sha2::{Digest, Sha256};

use super::guard::Posted;
use super::views::{self, Basis, Notice};
use super::{Outcome, Work, form};
use crate::content::edit::answer::{self, Failed, Field, Opened, Unfit, Values};
use crate::content::{fields, frontmatter, text};
use crate::rule::{RowId, rule};
use crate::starter;
use crate::world::write::Expect;
use crate::world::{File, desk};

/// The file of a row as it is now.
pub struct Now {
    /// Its path below the folder.
    pub path: String,
    /// Its bytes; those of a new file where there is none.
    pub bytes: Vec<u8>,
    /// What must stand there when it is written.
    pub expect: Expect,
    /// Its fields.
    pub opened: Opened,
}

impl Now {
    /// What a form remembers of it.
    pub fn mark(&self) -> String {
        match self.expect {
            Expect::Absent => "new".into(),
            Expect::Digest(digest) => hex(&digest),
        }
    }
}

/// Why a row has no form.
pub enum NoForm {
    /// Two files answer it.
    Two(String, String),
    /// The file is such that a form would do harm.
    Unfit(String, Unfit),
    /// It can't be opened.
    Closed(String, String),
}

/// How often a file that can't be understood is looked at again: editors leave files empty for a moment.
const LOOKS: usize = 5;
/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(30);

/// Finds and opens the file of a row, from the disk and not from what was read before.
pub fn now(work: &Work, row: RowId) -> Result<Now, NoForm> {
    for _ in 1..LOOKS {
        match look(work, row) {
            Err(NoForm::Unfit(_, Unfit::FrontMatter(_))) => std::thread::sleep(PAUSE),
            found => return found,
        }
    }
    look(work, row)
}

fn look(work: &Work, row: RowId) -> Result<Now, NoForm> {
    let (path, there) = find(work, row)?;
    let expect = there.as_ref().map_or(Expect::Absent, |bytes| {
        Expect::Digest(Sha256::digest(bytes).into())
    });
    let bytes = there.unwrap_or_else(|| starter::answer(row).into_bytes());
    match answer::open(&bytes, row, &notes(row)) {
        Ok(opened) => Ok(Now {
            path,
            bytes,
            expect,
            opened,
        }),
        Err(unfit) => Err(NoForm::Unfit(path, unfit)),
    }
}

/// The file whose `citation` names the row, whatever else is wrong with it, and its bytes; the path of a new one where
/// there is none.
fn find(work: &Work, row: RowId) -> Result<(String, Option<Vec<u8>>), NoForm> {
    let folder = work.snapshot.read.clone().unwrap_or_default();
    let mut found: Option<(String, Vec<u8>)> = None;
    let mut unnamed: Vec<(String, Vec<u8>)> = Vec::new();
    for (path, known) in folder.below("answers").filter(|(path, _)| path.ends_with(".md")) {
        let bytes = match desk::read(&work.dir, path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => continue,
            Err(refused) => {
                let known = known.bytes.as_deref().unwrap_or_default();
                if cited(path, known) == Some(row) || **path == *starter::answer_path(row) {
                    return Err(NoForm::Closed(path.to_string(), refused.message.clone()));
                }
                continue;
            }
        };
        match cited(path, &bytes) {
            Some(cited) if cited == row => {}
            Some(_) => continue,
            None => {
                unnamed.push((path.to_string(), bytes));
                continue;
            }
        }
        if let Some((first, _)) = found {
            return Err(NoForm::Two(first, path.to_string()));
        }
        found = Some((path.to_string(), bytes));
    }
    if let Some((path, bytes)) = found {
        return Ok((path, Some(bytes)));
    }
    // The file that held the answer may be half written, or have lost the line that says what it is. A second file beside
    // it would only make things worse.
    let binder = work
        .snapshot
        .site
        .as_ref()
        .and_then(|site| site.built.binder.as_ref());
    let answers = binder.map_or(&[][..], |binder| &binder.content.answers);
    let answered = |path: &str| {
        let answer = answers.iter().find(|answer| &*answer.path == path);
        answer.map(|answer| answer.row)
    };
    unnamed.retain(|(path, _)| answered(path).is_none_or(|other| other == row));
    unnamed.sort_by_key(|(path, _)| (answered(path).is_none(), *path != starter::answer_path(row)));
    if let Some((path, bytes)) = unnamed.into_iter().next() {
        return Ok((path, Some(bytes)));
    }
    Ok((starter::answer_path(row), None))
}

/// The row that a file says it answers.
fn cited(path: &str, bytes: &[u8]) -> Option<RowId> {
    let file = File {
        size: bytes.len() as u64,
        digest: [0; 32],
        bytes: Some(bytes.into()),
    };
    let source = text::source(&path.into(), &file)?;
    let fences = frontmatter::fences(&source.text).ok()?;
    let table = fields::read(&source, fences.toml, &mut vec![])?;
    let citation = table.text("citation", &mut vec![])?;
    rule().row(&citation.value.parse().ok()?)
}

/// The comments that a new file has under its questions.
pub fn notes(row: RowId) -> Vec<String> {
    let text = starter::answer(row);
    let body = text.split_once("\n## ").map_or("", |(_, body)| body);
    let mut notes = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find("<!--") {
        let Some(end) = rest[at..].find("-->") else { break };
        notes.push(rest[at..at + end + 3].to_string());
        rest = &rest[at + end + 3..];
    }
    notes.sort();
    notes.dedup();
    notes
}

/// What a form brought: the values typed, and what it showed when it was made.
pub struct Brought {
    /// Values of the fields that are in it.
    pub values: Values,
    /// The file it was made from.
    pub mark: String,
    /// Digests of the values it showed.
    shown: BTreeMap<Field, String>,
}

impl Brought {
    /// Takes a form apart. Names that are no fields are passed over.
    pub fn new(posted: &Posted) -> Self {
        let mut brought = Self {
            values: Values::new(),
            mark: posted.get("file").cloned().unwrap_or_default(),
            shown: BTreeMap::new(),
        };
        for (name, value) in posted {
            if let Some(field) = Field::named(name) {
                brought.values.insert(field, field.typed(value));
            } else if let Some(field) = name.strip_prefix("was-").and_then(Field::named) {
                brought.shown.insert(field, value.clone());
            }
        }
        brought
    }

    /// The values that somebody typed, less those that the form only carried along.
    pub fn typed(&self) -> Values {
        let is_typed = |field: &Field, value: &String| self.shown.get(field) != Some(&short(value));
        let values = self.values.iter().filter(|(field, value)| is_typed(field, value));
        values.map(|(field, value)| (*field, value.clone())).collect()
    }
}

/// A short digest of a value.
pub fn short(value: &str) -> String {
    hex(&Sha256::digest(value.as_bytes())[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes what was typed, or says why not. Whatever is typed is in the answer again unless it was written.
pub fn save(work: &Work, row: RowId, posted: &Posted) -> Outcome {
    let brought = Brought::new(posted);
    let now = match now(work, row) {
        Ok(now) => now,
        Err(no_form) => return form::none(work, row, &no_form, &brought.typed()),
    };
    let mut typed = brought.typed();
    typed.retain(|field, value| now.opened.values.get(field) != Some(value));
    if typed.is_empty() {
        return Outcome::Row { row, written: false };
    }
    if brought.mark != now.mark() {
        return conflict(work, row, &now, &typed);
    }
    let notice = |status, notice: Notice| {
        let basis = Basis::of(&now).with(&typed).marked(&brought.mark);
        views::form(work, row, status, &now, &basis, &notice)
    };
    let bytes = match answer::write(&now.bytes, row, &notes(row), &typed) {
        Ok(bytes) => bytes,
        Err(Failed::Typed(problems)) => {
            return notice(StatusCode::UNPROCESSABLE_ENTITY, Notice::Problems(problems));
        }
        Err(Failed::Unfit(unfit)) => {
            return form::none(work, row, &NoForm::Unfit(now.path.clone(), unfit), &typed);
        }
    };
    match desk::save(&work.dir, &now.path, &bytes, now.expect) {
        Ok(()) => Outcome::Row { row, written: true },
        Err(refused) if refused.code == "changed-meanwhile" => match self::now(work, row) {
            Ok(now) => conflict(work, row, &now, &typed),
            Err(no_form) => form::none(work, row, &no_form, &typed),
        },
        Err(refused) => notice(
            StatusCode::INTERNAL_SERVER_ERROR,
            Notice::NotWritten(refused.message),
        ),
    }
}

/// Somebody else changed the file: both are shown, and one is chosen.
fn conflict(work: &Work, row: RowId, now: &Now, typed: &Values) -> Outcome {
    views::conflict(work, row, now, typed)
}
