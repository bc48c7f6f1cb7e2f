//! `binder import`: bring policies that are there already, in Word or Markdown, into a binder.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hipaa_binder::import::{self, Plan, State};
use hipaa_binder::starter::{self, Facts};
use hipaa_binder::world::{Folder, import as disk, read};
use serde_json::json;

use super::console::{Console, wrap};
use super::new::inside_another;
use super::{Exit, problems, shown};

/// Bring policies that you have, in Word or Markdown, into a binder as drafts.
///
/// Folders are looked through to the bottom. The originals are read and never changed. Each text becomes a file below
/// "policies" in the binder; what was there is never written over, and a second run changes nothing. A text claims only rows
/// that a heading or a paragraph of it supports, and documents nothing until somebody has read and approved it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder import \"old policies\" --into my-clinic
                                   a folder of .docx and .md files, into a binder or a new folder
  binder import fax.docx access.md --into my-clinic
  binder import old --into my-clinic --format json
                                   the closing table as data

Exit code: 0 done, 1 something could not be imported (the table says what), 2 the command itself is wrong.")]
pub(super) struct Import {
    /// Folders or files to bring in
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,
    /// The binder's folder; made where there is none
    #[arg(long, value_name = "DIR", required = true)]
    into: PathBuf,
    /// Name of the practice, for a new binder [default: the name of its folder]
    #[arg(long, value_name = "NAME")]
    practice: Option<String>,
    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub(super) fn run(args: &Import, base: &Path, console: &mut Console) -> Exit {
    let dir = base.join(&args.into);
    let sources: Vec<PathBuf> = args.sources.iter().map(|source| base.join(source)).collect();
    if let Some((why, help)) = in_the_way(&dir) {
        console.note(&format!(
            "{}\n  {}\n",
            wrap(&format!("error: {why}"), 0),
            wrap(&help, 2)
        ));
        return Exit::Usage;
    }
    let read = disk::gather(&sources, &dir).and_then(|sources| Ok((sources, disk::there(&dir)?)));
    let (sources, there) = match read {
        Ok(read) => read,
        Err(refusal) => {
            console.note(&problems(
                &[*refusal.clone()],
                &Folder::default(),
                console.note_color(),
            ));
            return if refusal.code == "unreadable" {
                Exit::Content
            } else {
                Exit::Usage
            };
        }
    };
    let mut plan = import::plan(sources.found, &there);
    // The settings come first: what is brought in can be built at any moment from then on.
    let is_new = !disk::is_binder(&dir);
    let mut stopped = None;
    if is_new && let Some(settings) = starter::files(&facts(args, &dir)).pop() {
        stopped = disk::add(&dir, &settings).err();
    }
    if stopped.is_none() {
        // The ledger stands before the files that it names: a run that is broken off is taken up by the next.
        stopped = plan
            .ledger
            .as_ref()
            .and_then(|bytes| disk::put_ledger(&dir, there.ledger.as_deref(), bytes).err());
    }
    if let Some(refusal) = stopped {
        console.note(&problems(&[*refusal], &Folder::default(), console.note_color()));
        return Exit::Content;
    }
    write(&dir, &mut plan);
    let name = shown(&dir);
    match args.format {
        Format::Json => {
            let report = json!({
                "into": name,
                "made": is_new,
                "files": import::json(&plan.lines),
                "passed_over": sources.droppings,
            });
            console.result(&format!("{report:#}\n"));
        }
        Format::Human => console.result(&human(&plan, &sources.droppings, &name, is_new)),
    }
    let failed = plan.lines.iter().any(|line| line.state == State::Failed);
    if failed { Exit::Content } else { Exit::Done }
}

/// Each file by itself: one that can't be written keeps no other from being written.
fn write(dir: &Path, plan: &mut Plan) {
    for (line, file) in &plan.files {
        if let Err(refusal) = disk::add(dir, file)
            && let Some(line) = plan.lines.get_mut(*line)
        {
            line.state = State::Failed;
            line.notes.push(format!("{}.", refusal.message));
        }
    }
}

/// Why nothing can be imported there.
fn in_the_way(dir: &Path) -> Option<(String, String)> {
    if dir.symlink_metadata().is_ok() && !dir.is_dir() {
        return Some((
            format!("\"{}\" is a file, not a folder", shown(dir)),
            "Name the binder's folder, or a new one.".to_owned(),
        ));
    }
    if disk::is_binder(dir) {
        None
    } else {
        inside_another(dir)
    }
}

fn facts(args: &Import, dir: &Path) -> Facts {
    let whole = hipaa_binder::world::desk::whole(dir);
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
    Facts {
        practice: args
            .practice
            .clone()
            .or(name)
            .unwrap_or_else(|| "My practice".to_owned()),
        ..Facts::default()
    }
}

fn human(plan: &Plan, droppings: &[String], name: &str, is_new: bool) -> String {
    let mut text = import::human(&plan.lines);
    if !droppings.is_empty() {
        let words: Vec<&str> = droppings.iter().take(10).map(String::as_str).collect();
        let more = droppings.len().saturating_sub(words.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let words = format!(
            "Left behind by programs, and not looked at: {}{more}.",
            words.join(", ")
        );
        text.push_str(&format!("\n{}\n", wrap(&words, 0)));
    }
    let count = |state: State| {
        plan.lines
            .iter()
            .filter(|line| line.state == state && !line.title.is_empty())
            .count()
    };
    let failed = plan
        .lines
        .iter()
        .filter(|line| line.state == State::Failed)
        .count();
    let left = plan
        .lines
        .iter()
        .filter(|line| line.state == State::PassedOver)
        .count();
    let mut counts = vec![
        (count(State::Imported), "imported"),
        (count(State::Unchanged), "unchanged since the last import"),
        (count(State::Kept), "kept as they are"),
        (left, "not imported"),
        (failed, "could not be imported"),
    ];
    counts.retain(|(number, _)| *number > 0);
    let counts: Vec<String> = counts
        .iter()
        .map(|(number, words)| format!("{number} {words}"))
        .collect();
    let counts = if counts.is_empty() {
        "Nothing was found".to_owned()
    } else {
        counts.join(", ")
    };
    text.push_str(&format!("\n{counts}. The originals were not changed.\n"));
    let quoted = if name.contains(char::is_whitespace) {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    };
    if is_new {
        let words = format!(
            "{quoted} is a binder now: it has a {}, with the name of the practice and open questions. `binder new` in another \
             folder makes one with answer files, registers and starter policies, too.",
            read::CONFIG
        );
        text.push_str(&format!("\n{}\n", wrap(&words, 0)));
    }
    if plan.lines.iter().any(|line| !line.title.is_empty()) {
        text.push_str(&format!(
            "\nEvery text is a draft: it documents nothing until it is approved.\nNext:\n  binder check {quoted}    what is wrong and what is missing\n  \
             binder serve {quoted} --open   read them in the browser\n  binder -C {quoted} approve ID --by \"NAME OR ROLE\"\n"
        ));
    }
    text
}
