//! The warnings: which files are looked through, what is acknowledged, what is said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::acknowledged::{self, Comment};
use super::{Kind, NOT_LOOKED_AT, scan, shortened};
use crate::content::phi_ok::PhiOk;
use crate::content::{Content, Exhibit, Phi, text};
use crate::diagnostic::{Diagnostic, Place};
use crate::memo::Memo;
use crate::world::{File, Folder};

/// Most findings of one file that are shown one by one.
const SHOWN: usize = 20;
/// Most exhibits that a message names.
const NAMED: usize = 3;
/// Folders and files that are looked through. Themes hold no words about patients.
const LOOKED_THROUGH: [&str; 7] = [
    "binder.toml",
    "answers/",
    "approved/",
    "evidence/",
    "policies/",
    "records/",
    "registers/",
];

/// What a file has that needs a look.
#[derive(Debug, Clone, Default)]
struct Seen {
    findings: Vec<Spot>,
    comments: Vec<Comment>,
}

/// A finding, without what was found.
#[derive(Debug, Clone)]
struct Spot {
    kind: Kind,
    short: String,
    place: Place,
    /// How a comment on its line is written; `None` where the file has none.
    comment: Option<&'static str>,
}

/// What was seen in each file the last time, by path and digest.
#[derive(Debug, Default)]
pub struct Cache(Memo<Arc<Seen>>);

/// What was seen in the files of a folder. Follows from the files alone, so that it can be made while they are parsed.
#[derive(Debug)]
pub struct Looked<'a>(Vec<(&'a Arc<str>, Arc<Seen>)>);

/// Looks through the files of a folder, side by side.
pub fn look_through(folder: &Folder) -> Looked<'_> {
    look_with(folder, None)
}

/// The same, with the files that did not change since the last time taken from `cache`.
pub fn look_again<'a>(folder: &'a Folder, cache: &Cache) -> Looked<'a> {
    let looked = look_with(folder, Some(cache));
    cache.0.forget_unasked();
    looked
}

fn look_with<'a>(folder: &'a Folder, cache: Option<&Cache>) -> Looked<'a> {
    let is_looked_through = |path: &str| LOOKED_THROUGH.iter().any(|one| path.starts_with(one));
    let files: Vec<(&Arc<str>, &File)> = folder
        .files
        .iter()
        .filter(|(path, _)| is_looked_through(path))
        .collect();
    let one = |(path, file): (&'a Arc<str>, &File)| {
        let make = || Arc::new(see(path, file));
        let seen = cache.map_or_else(make, |cache| cache.0.get(path, &file.digest, make));
        (path, seen)
    };
    Looked(files.into_par_iter().map(one).collect())
}

/// Warnings on everything in the folder that looks like patient data or a secret and is not acknowledged, and on
/// evidence that nobody has looked at. Privileged items are left out: they are in no output.
///
/// Warnings: the codes of [`Kind::code`], `phi-ok-unused`, `phi-ok-without-reason`, `phi-not-looked-at`.
pub fn warnings(looked: &Looked<'_>, folder: &Folder, content: &Content) -> Vec<Diagnostic> {
    let known = Known::of(content);
    let mut out = vec![];
    let mut used = vec![false; content.config.phi_ok.len()];
    for (path, seen) in &looked.0 {
        judge(path, seen, content, &known, &mut used, &mut out);
    }
    for (one, _) in content.config.phi_ok.iter().zip(used).filter(|(_, used)| !used) {
        let file = &one.file.value;
        let why = match folder.files.contains_key(file.as_str()) {
            false => format!("there is no file {file}"),
            true => match one.line {
                Some(line) => format!("nothing in line {line} of {file} looks like it"),
                None => format!("nothing in {file} looks like it"),
            },
        };
        out.push(acknowledged::unused(one.place.clone(), &why));
    }
    out.extend(nobody_looked(content));
    out
}

/// Exhibits with a file of which nobody has said whether it shows patient data.
pub fn not_looked_at(content: &Content) -> impl Iterator<Item = &Exhibit> {
    content
        .exhibits
        .iter()
        .filter(|exhibit| !exhibit.handling.privileged && exhibit.found.is_some())
        .filter(|exhibit| exhibit.handling.phi.unwrap_or_default() == Phi::Unknown)
}

fn see(path: &Arc<str>, file: &File) -> Seen {
    let looks_binary = file
        .bytes
        .as_deref()
        .is_none_or(|bytes| bytes.starts_with(b"%PDF"));
    let Some(source) = (!looks_binary).then(|| text::listing(path, file)).flatten() else {
        return Seen::default();
    };
    let ways = acknowledged::Ways::of(&source);
    let mut at = Counter::default();
    let findings = scan(&source)
        .into_iter()
        .map(|finding| {
            at.go_to(&source.text, finding.range.start);
            Spot {
                kind: finding.kind,
                short: shortened(finding.kind, &source.text[finding.range.clone()]),
                place: Place {
                    file: path.clone(),
                    line: at.line,
                    column: at.column,
                    range: finding.range.clone().into(),
                },
                comment: ways.at(finding.range.start),
            }
        })
        .collect();
    Seen {
        findings,
        comments: acknowledged::comments(&source),
    }
}

/// Lines and columns, counted once from one finding to the next: an export may be one line of megabytes.
struct Counter {
    byte: usize,
    line: u32,
    column: u32,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            byte: 0,
            line: 1,
            column: 1,
        }
    }
}

impl Counter {
    fn go_to(&mut self, text: &str, byte: usize) {
        for c in text[self.byte..byte].chars() {
            match c {
                '\n' => (self.line, self.column) = (self.line.saturating_add(1), 1),
                _ => self.column = self.column.saturating_add(1),
            }
        }
        self.byte = byte;
    }
}

fn judge(
    path: &str,
    seen: &Seen,
    content: &Content,
    known: &Known<'_>,
    used: &mut [bool],
    out: &mut Vec<Diagnostic>,
) {
    if seen.findings.is_empty() && seen.comments.is_empty() || known.privileged.holds_file(path) {
        return;
    }
    let marked = known.mark(path);
    let mut answered: BTreeSet<u32> = BTreeSet::new();
    let mut open = vec![];
    for spot in &seen.findings {
        let by_comment = |comment: &&Comment| comment.has_reason && comment.line == spot.place.line;
        let mut is_answered = false;
        if let Some(comment) = seen.comments.iter().find(by_comment) {
            answered.insert(comment.place.line);
            is_answered = true;
        }
        for (one, used) in content.config.phi_ok.iter().zip(used.iter_mut()) {
            if speaks_of(one, path, spot) {
                *used = true;
                is_answered = true;
            }
        }
        // Who marked a file so has seen it; what opens a door is another matter.
        let was_seen =
            marked.as_ref().is_some_and(|(phi, _)| *phi == Phi::Contains) && spot.kind.is_of_a_person();
        if !is_answered && !was_seen && !known.privileged.holds_line(path, spot.place.line) {
            open.push(spot);
        }
    }
    let cleared = marked.filter(|(phi, _)| matches!(phi, Phi::None | Phi::Redacted));
    for (n, spot) in open.iter().enumerate() {
        if n == SHOWN {
            out.push(more(spot, open.len() - SHOWN));
            break;
        }
        let mut warning = Diagnostic::warning(
            spot.kind.code(),
            spot.place.clone(),
            format!("this looks like {}: {}", spot.kind.words(), spot.short),
        )
        .help(help(spot, known.is_approved(path)));
        if let Some((_, place)) = cleared.as_ref().filter(|_| spot.kind.is_of_a_person()) {
            warning = warning.also(place.clone(), "says that it shows no patient data");
        }
        out.push(warning);
    }
    for comment in &seen.comments {
        if !comment.has_reason {
            out.push(acknowledged::without_reason(comment.place.clone()));
        } else if !answered.contains(&comment.place.line) {
            let why = "nothing in its line looks like patient data or a secret";
            out.push(acknowledged::unused(comment.place.clone(), why));
        }
    }
}

fn speaks_of(one: &PhiOk, path: &str, spot: &Spot) -> bool {
    one.file.value == path
        && one.line.is_none_or(|line| line == spot.place.line)
        && one.text.as_ref().is_none_or(|text| *text == spot.short)
}

/// The number of an exhibit in its line, which may be long.
fn beginning(exhibit: &Exhibit) -> Place {
    let mut place = exhibit.place.clone();
    let id = u32::try_from(exhibit.id.len()).unwrap_or(0);
    place.range.end = place.range.end.min(place.range.start + id);
    place
}

fn help(spot: &Spot, approved: bool) -> String {
    let file = &spot.place.file;
    let take_out = match spot.kind.is_of_a_person() {
        true => "Take it out, or say it without naming a person.",
        false => "Take it out, and change it: whoever has read this file knows it.",
    };
    if let Some(comment) = spot
        .comment
        .filter(|_| !approved && !file.starts_with("evidence/"))
    {
        return format!("{take_out} If it is no such thing, say why on the same line:\n{comment}");
    }
    let quoted = |text: &str| toml::Value::from(text).to_string();
    format!(
        "{take_out} If it is no such thing, add to binder.toml:\n[[phi_ok]]\nfile = {}\nline = {}\ntext = {}\nreason = \"why it is \
         no such thing\"",
        quoted(file),
        spot.place.line,
        quoted(&spot.short)
    )
}

fn more(spot: &Spot, count: usize) -> Diagnostic {
    let places = match count {
        1 => "1 more place".to_string(),
        n => format!("{n} more places"),
    };
    Diagnostic::warning(
        spot.kind.code(),
        Place::file(spot.place.file.clone()),
        format!(
            "{places} of this file, from line {} on, look like patient data or secrets",
            spot.place.line
        ),
    )
    .help("Take the file out of the binder, or keep of it only what shows how you work.")
}

/// One line for all evidence without a mark.
fn nobody_looked(content: &Content) -> Option<Diagnostic> {
    let all: Vec<&Exhibit> = not_looked_at(content).collect();
    let first = all.first()?;
    let names: Vec<String> = all
        .iter()
        .take(NAMED)
        .map(|exhibit| {
            let file = exhibit.file.as_ref().map_or("", |file| file.value.as_str());
            format!(
                "{} ({})",
                exhibit.id,
                file.strip_prefix("evidence/").unwrap_or(file)
            )
        })
        .collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let exhibits = match all.len() {
        1 => "1 exhibit".to_string(),
        n => format!("{n} exhibits"),
    };
    Some(
        Diagnostic::warning(
            NOT_LOOKED_AT,
            Place {
                line: 0,
                column: 0,
                ..first.place.clone()
            },
            format!(
                "nobody has said whether {exhibits} show{} patient data: {}{more}",
                if all.len() == 1 { "s" } else { "" },
                names.join(", ")
            ),
        )
        .help(
            "Open each file and look. Then write into the column phi of registers/evidence.csv: none, or redacted once it is \
             blacked out, or contains. Pictures and PDFs can't be looked through by a program.",
        ),
    )
}

/// What the clinic says of its files, by path: asked for each file with a finding.
struct Known<'a> {
    privileged: Privileged<'a>,
    exhibits: BTreeMap<&'a str, Vec<&'a Exhibit>>,
    approved: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(content: &'a Content) -> Self {
        let mut exhibits: BTreeMap<&str, Vec<&Exhibit>> = BTreeMap::new();
        for exhibit in &content.exhibits {
            if let Some(file) = &exhibit.file {
                exhibits.entry(&file.value).or_default().push(exhibit);
            }
        }
        let approved = content.policies.iter().filter(|policy| policy.approved.is_some());
        Self {
            privileged: Privileged::of(content),
            exhibits,
            approved: approved.map(|policy| &*policy.path).collect(),
        }
    }

    /// The mark of an exhibit, with its line. Of two lines that name a file, the one that says least for it.
    fn mark(&self, path: &str) -> Option<(Phi, Place)> {
        self.exhibits
            .get(path)?
            .iter()
            .map(|exhibit| (exhibit.handling.phi.unwrap_or_default(), beginning(exhibit)))
            .max_by_key(|(phi, _)| *phi)
    }

    /// True for a text whose words were approved: a comment in it would change them.
    fn is_approved(&self, path: &str) -> bool {
        path.starts_with("approved/") || self.approved.contains(path)
    }
}

/// Where privileged items are written.
struct Privileged<'a> {
    files: BTreeSet<String>,
    lines: BTreeMap<&'a str, BTreeSet<u32>>,
}

impl<'a> Privileged<'a> {
    fn of(content: &'a Content) -> Self {
        let texts = || content.policies.iter().chain(&content.approved);
        let ids: BTreeSet<&str> = texts()
            .filter(|policy| policy.handling.privileged)
            .map(|policy| policy.id.as_str())
            .collect();
        let policies = texts()
            .filter(|policy| ids.contains(policy.id.as_str()))
            .map(|policy| &*policy.path);
        let answers = content.answers.iter().filter(|answer| answer.handling.privileged);
        let records = content.records.iter().filter(|record| record.handling.privileged);
        let exhibits = content
            .exhibits
            .iter()
            .filter(|exhibit| exhibit.handling.privileged);
        let files = policies
            .chain(answers.map(|answer| &*answer.path))
            .chain(records.map(|record| &*record.path))
            .chain(
                exhibits
                    .filter_map(|exhibit| exhibit.file.as_ref())
                    .map(|file| file.value.as_str()),
            );
        let mut lines: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for table in content.registers.values() {
            let entries = table.entries.iter().map(|entry| (&entry.handling, &entry.place));
            let nones = table.nones.iter().map(|none| (&none.handling, &none.place));
            for (_, place) in entries.chain(nones).filter(|(handling, _)| handling.privileged) {
                lines.entry(&*place.file).or_default().insert(place.line);
            }
        }
        Self {
            files: files.map(str::to_lowercase).collect(),
            lines,
        }
    }

    fn holds_file(&self, path: &str) -> bool {
        self.files.contains(&path.to_lowercase())
    }

    fn holds_line(&self, path: &str, line: u32) -> bool {
        self.lines.get(path).is_some_and(|lines| lines.contains(&line))
    }
}
