//! `binder diff`: what changed from one version to another, or to the working copy.

use std::path::{Path, PathBuf};

use clap::Args;
use hipaa_binder::binder::{Binder, join};
use hipaa_binder::diagnostic::has_errors;
use hipaa_binder::history::changes::{Changes, compare};
use hipaa_binder::history::extract::Extract;
use hipaa_binder::history::{self, EXTRACT, Version, report};
use hipaa_binder::site::changes_alone;
use hipaa_binder::theme::Theme;
use hipaa_binder::world::versions::{self, Archive};
use hipaa_binder::world::{Folder, read, write};
use hipaa_binder::{Options, content};

use super::console::{Console, wrap};
use super::seal::Format;
use super::{Exit, When, enclosing, is_nowhere, problems, shown};

/// The name of the working copy.
const NOW: &str = "now";

/// Show what changed from one version to another, word by word.
///
/// By row, policy, record, register and exhibit; what is the same is not listed. Words that are gone stand in [- and -],
/// new ones in {+ and +}. Why a policy changed is taken from its [[revisions]].
///
/// The working copy, your files as they are now, is called "now". It is compared as the edition, and for the readers,
/// that the version was sealed for.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder diff                        from the newest version to the working copy
  binder diff 2026.1                 from this version to the working copy
  binder diff 2026.1 2026.2          from one version to another
  binder diff 2026.1 --html changes.html
                                     as a page in a file of its own
  binder diff 2026.1 2026.2 --format json

The exit code is 0 whether or not anything changed, and 1 where a version or your files can't be read.")]
pub(super) struct Diff {
    /// The older side: the label of a version, or \"now\" [default: the newest version]
    #[arg(value_name = "A")]
    from: Option<String>,
    /// The newer side: the label of a version, or \"now\" [default: now]
    #[arg(value_name = "B")]
    to: Option<String>,
    #[command(flatten)]
    when: When,
    /// Write a page with the changes into this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// What to print: for people, or as JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
}

/// The versions of a folder.
struct Shelf {
    dir: PathBuf,
    chain: Vec<Version>,
}

pub(super) fn run(args: &Diff, base: &Path, console: &mut Console) -> Exit {
    let shelf = match Shelf::new(enclosing(base), console) {
        Ok(shelf) => shelf,
        Err(why) => return usage(&why, console),
    };
    let (Some(from), to) = (
        args.from.clone().or_else(|| shelf.newest()),
        args.to.clone().unwrap_or_else(|| NOW.to_string()),
    ) else {
        let why = format!(
            "there is no sealed version {} to compare with. Seal one with `binder seal`",
            in_folder(&shelf.dir)
        );
        return usage(&why, console);
    };
    for label in [&from, &to] {
        if !is_now(label) && shelf.find(label).is_none() {
            return usage(&shelf.unknown(label), console);
        }
    }
    if is_now(&from) && is_now(&to) {
        return usage(
            "both sides are the working copy. Name a version for one of them",
            console,
        );
    }
    let changes = shelf.sides(&from, &to, args, console);
    let (changes, practice, theme) = match changes {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    if let Some(to) = &args.html {
        let to = base.join(to);
        let page = changes_alone(&changes, &practice, &theme).map_err(|faults| faults.into_iter().next());
        let written = match page {
            Ok(page) => write::write_page(&shelf.dir, &to, page.as_bytes()).map_err(|fault| Some(*fault)),
            Err(fault) => Err(fault),
        };
        if let Err(fault) = written {
            let list: Vec<_> = fault.into_iter().collect();
            console.note(&problems(&list, &Folder::default(), console.note_color()));
            return Exit::Content;
        }
        console.note(&format!("Page     {}\n", shown(&to)));
    }
    match args.format {
        Format::Json => match serde_json::to_string_pretty(&changes) {
            Ok(text) => console.result(&format!("{text}\n")),
            Err(error) => {
                console.note(&format!(
                    "error: the changes can't be written as JSON ({error})\n"
                ));
                return Exit::Content;
            }
        },
        Format::Human if args.html.is_some() => console.result(&format!("{}\n", report::summary(&changes))),
        Format::Human => console.result(&report::human(&changes, console.result_color())),
    }
    Exit::Done
}

fn is_now(label: &str) -> bool {
    label.eq_ignore_ascii_case(NOW)
}

fn in_folder(dir: &Path) -> String {
    match shown(dir).as_str() {
        "." => "in this folder".to_string(),
        dir => format!("in {dir}"),
    }
}

fn usage(why: &str, console: &mut Console) -> Exit {
    console.note(&format!("{}\n", wrap(&format!("error: {why}."), 0)));
    Exit::Usage
}

/// The changes, the name of the practice, and the theme a page of them is made with.
type Found = (Changes, String, Theme);

impl Shelf {
    fn new(dir: PathBuf, console: &mut Console) -> Result<Self, String> {
        let list = versions::list(&dir)
            .map_err(|error| format!("the versions in {} can't be listed: {error}", shown(&dir)))?;
        let mut sealed = vec![];
        let mut faults = vec![];
        for (name, at) in list {
            let path = format!("{}/{name}", history::FOLDER);
            match versions::look(&path, &at) {
                Ok(archive) => sealed.push(archive),
                Err(why) => faults.push(history::unreadable(&path, &why)),
            }
        }
        let (chain, more) = history::chain(&sealed);
        faults.extend(more);
        if !faults.is_empty() {
            console.note(&problems(&faults, &Folder::default(), console.note_color()));
        }
        Ok(Self { dir, chain })
    }

    fn newest(&self) -> Option<String> {
        self.chain.last().map(|version| version.label().to_string())
    }

    fn find(&self, label: &str) -> Option<&Version> {
        self.chain
            .iter()
            .find(|version| version.label().eq_ignore_ascii_case(label))
    }

    fn unknown(&self, label: &str) -> String {
        let there: Vec<&str> = self.chain.iter().map(Version::label).collect();
        match there.is_empty() {
            true => format!(
                "there is no version \"{label}\": none is sealed in {}",
                shown(&self.dir)
            ),
            false => format!(
                "there is no version \"{label}\". There are {}, and \"{NOW}\" for the working copy",
                there.join(", ")
            ),
        }
    }

    fn sides(&self, from: &str, to: &str, args: &Diff, console: &mut Console) -> Result<Found, Exit> {
        let sealed = |label: &str| self.find(label).filter(|_| !is_now(label));
        let (old, new) = (sealed(from), sealed(to));
        // The working copy is looked at with the eyes of the version it is held against.
        let as_sealed = old.or(new).map(|version| version.manifest.clone());
        let folder = read::read(&self.dir);
        let mut practice = as_sealed
            .as_ref()
            .map_or(String::new(), |head| head.practice.clone());
        let mut side = |version: Option<&Version>, console: &mut Console| match version {
            Some(version) => self.extract(version, console),
            None => {
                let mut options = args.when.options(false, console);
                if let Some(head) = &as_sealed {
                    options.edition = head.edition;
                    options.audience = head.audience;
                }
                let binder = working_copy(&folder, &options, console)?;
                practice.clone_from(&binder.meta.practice);
                Ok(Extract::of(&binder))
            }
        };
        let old = side(old, console)?;
        let new = side(new, console)?;
        Ok((compare(&old, &new), practice, Theme::with_overrides(&folder)))
    }

    fn extract(&self, version: &Version, console: &mut Console) -> Result<Extract, Exit> {
        let read = || -> Result<Extract, String> {
            let archive =
                Archive::open(&self.dir.join(&*version.path)).map_err(|damage| damage.to_string())?;
            if archive.entry(EXTRACT).is_none() {
                return Err("the words to compare were taken out of it".to_string());
            }
            let manifest = archive.manifest().map_err(|damage| damage.to_string())?;
            let bytes = archive
                .checked(EXTRACT, &manifest)
                .map_err(|damage| damage.to_string())?;
            serde_json::from_slice(&bytes).map_err(|error| format!("its words can't be understood ({error})"))
        };
        read().map_err(|why| {
            let mut problem = history::unreadable(&version.path, &why);
            problem.severity = hipaa_binder::diagnostic::Severity::Error;
            console.note(&problems(&[problem], &Folder::default(), console.note_color()));
            Exit::Content
        })
    }
}

fn working_copy(folder: &Folder, options: &Options, console: &mut Console) -> Result<Binder, Exit> {
    let mut diagnostics = folder.problems.clone();
    if folder.files.contains_key(read::CONFIG) {
        let parsed = content::parse(folder);
        diagnostics.extend(parsed.diagnostics);
        if let Some(content) = parsed.content {
            let (binder, problems) = join(content, &folder.sealed, options, "");
            diagnostics.extend(problems);
            if !has_errors(&diagnostics) {
                return Ok(binder);
            }
        }
    }
    diagnostics.sort_by_key(|problem| (problem.order(), problem.message.clone()));
    diagnostics.dedup();
    console.note(&problems(&diagnostics, folder, console.note_color()));
    match is_nowhere(&diagnostics) {
        true => Err(Exit::Usage),
        false => Err(Exit::Content),
    }
}
