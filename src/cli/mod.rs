//! The command line: one file per command.
//!
//! Results go to standard output, everything else to standard error. Exit code 0: done; 1: errors in the content, or
//! gaps where `check --deny gaps` asks; 2: the command could not be understood or has nothing to work on.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use hipaa_binder::Options;
use hipaa_binder::diagnostic::{Diagnostic, report};
use hipaa_binder::history;
use hipaa_binder::world::{Folder, clock, interrupt, read};
use jiff::civil::Date;

mod approve;
mod build;
mod check;
mod completions;
mod console;
mod copy;
mod diff;
mod import;
mod new;
mod only;
mod rule;
mod schema;
mod seal;
mod serve;
mod verify;
mod versions;

use console::Console;

/// Compiles a clinic's plain files into a HIPAA Security Rule binder: a website, a PDF, and a list of gaps.
#[derive(Debug, Parser)]
#[command(name = "binder", version, max_term_width = 100)]
#[command(after_help = "Examples:
  binder new my-clinic             make a new binder's folder, with where to begin
  binder build                     make the binder of the folder you are in, in the folder \"public\"
  binder serve                     show it in the browser and follow what you write
  binder check                     list what is wrong and what is missing, and write nothing
  binder rule \"164.308(a)(5)(i)\"   show what the rule says about security training
  binder approve sanction-policy --by \"Medical director\"
  binder seal 2026.2 --by \"Dana Whitfield\" --note \"Yearly review\"
  binder diff                      show what changed since the newest version
  binder verify                    look whether the sealed versions are as they were sealed
  binder versions                  list the sealed versions
  binder import \"old policies\" --into my-clinic
                                   bring Word and Markdown policies into a binder, as drafts

Each command has its own help: binder build --help

Exit codes:
  0  done
  1  something in the files or on the disk is in the way (or gaps, with --deny gaps)
  2  the command makes no sense as typed, or there is nothing to work on
  130  stopped with Ctrl-C

The binder shows what a practice has written down and what it has not. It gives no legal advice.")]
struct Cli {
    /// Work as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true)]
    base: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::New),
    Build(build::Build),
    Serve(serve::Serve),
    Check(check::Check),
    Approve(approve::Approve),
    Seal(Box<seal::Seal>),
    Verify(verify::Verify),
    Diff(diff::Diff),
    Versions(versions::Versions),
    Import(import::Import),
    Rule(rule::Rule),
    Schema(schema::SchemaArgs),
    Completions(completions::Completions),
    Man(completions::ManPages),
}

/// What the exit codes mean, as `--help` and the manual say it.
const EXITS: [(&str, &str); 4] = [
    ("0", "Done."),
    (
        "1",
        "Something in the files or on the disk is in the way, or there are gaps and --deny gaps was given.",
    ),
    (
        "2",
        "The command makes no sense as typed, or there is nothing to work on.",
    ),
    ("130", "Stopped with Ctrl-C: what was there before is as it was."),
];

/// How a command went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Done.
    Done,
    /// Something in the content, or on the disk, is in the way.
    Content,
    /// The command makes no sense as typed.
    Usage,
}

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe under `--help` is nobody's mistake.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut console = Console::new();
    if matches!(
        cli.command,
        Command::Build(_) | Command::Seal(_) | Command::Verify(_) | Command::Check(_)
    ) {
        interrupt::listen(|| {
            console::progress_done();
            Console::new().note("\nStopped. Nothing was changed: what was there before is as it was.\n");
        });
    }
    let base = cli.base.as_deref().unwrap_or(Path::new("."));
    let exit = match cli.command {
        Command::New(args) => new::run(&args, base, &mut console),
        Command::Build(args) => build::run(&args, base, &mut console),
        Command::Serve(args) => serve::run(&args, base, &mut console),
        Command::Check(args) => check::run(&args, base, &mut console),
        Command::Approve(args) => approve::run(&args, base, &mut console),
        Command::Seal(args) => seal::run(&args, base, &mut console),
        Command::Verify(args) => verify::run(&args, base, &mut console),
        Command::Diff(args) => diff::run(&args, base, &mut console),
        Command::Versions(args) => versions::run(&args, base, &mut console),
        Command::Import(args) => import::run(&args, base, &mut console),
        Command::Rule(args) => rule::run(&args, &mut console),
        Command::Schema(args) => schema::run(&args, base, &mut console),
        Command::Completions(args) => completions::completions(&args, &mut console),
        Command::Man(args) => completions::man(&args, base, &mut console),
    };
    console::progress_done();
    let exit = if console.finish() { exit } else { Exit::Content };
    if exit == Exit::Content && interrupt::asked() {
        return ExitCode::from(interrupt::EXIT);
    }
    ExitCode::from(match exit {
        Exit::Done => 0,
        Exit::Content => 1,
        Exit::Usage => 2,
    })
}

/// The folder to work on, for the commands that take one.
#[derive(Debug, Args)]
struct Where {
    /// The binder's folder; otherwise the one you are in, or the nearest above it with a binder.toml
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The day to speak of.
#[derive(Debug, Args)]
struct When {
    /// The day the binder speaks of, as 2026-11-20; today if left out
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
}

impl Where {
    fn find(&self, base: &Path) -> PathBuf {
        match &self.dir {
            Some(dir) if base == Path::new(".") => dir.clone(),
            Some(dir) => base.join(dir),
            None => enclosing(base),
        }
    }
}

/// The binder that `base` lies in; `base` itself where it lies in none, for the message about that.
fn enclosing(base: &Path) -> PathBuf {
    match read::enclosing(base) {
        // Said as the reader would say it.
        Some(dir) if std::fs::canonicalize(base).is_ok_and(|base| base == dir) => base.to_path_buf(),
        Some(dir) => dir,
        None => base.to_path_buf(),
    }
}

impl When {
    /// The options of a build, with a warning where the day lies ahead.
    fn options(&self, pdf: bool, console: &mut Console) -> Options {
        let today = clock::today();
        let as_of = self.as_of.unwrap_or(today);
        if as_of > today {
            console.note(&format!(
                "warning: {as_of} is later than today, {today}: the binder speaks of a day that has not come\n"
            ));
        }
        Options {
            reconstruction: as_of < today,
            pdf,
            ..Options::new(as_of)
        }
    }
}

fn date(text: &str) -> Result<Date, String> {
    let shape = || "write the year, the month and the day, like 2026-11-20".to_string();
    let is_plain = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| (i == 4 || i == 7) == (b == b'-'));
    if !is_plain {
        return Err(shape());
    }
    text.parse()
        .map_err(|_| format!("there is no such day; {}", shape()))
}

/// Problems, with the lines they stand on.
fn problems(diagnostics: &[Diagnostic], folder: &Folder, color: bool) -> String {
    report::human(diagnostics, &|path| folder.source(path), color)
}

/// Says so where a version was sealed later than this computer's clock says it is.
fn clock_note(folder: &Folder, console: &mut Console) {
    let heads = folder
        .sealed
        .iter()
        .filter_map(|archive| archive.parsed.as_ref().ok());
    let warning = history::clock_behind(heads.map(|parsed| &*parsed.head), &clock::now());
    if let Some(warning) = warning {
        console.note(&format!(
            "{}\n",
            problems(&[warning], folder, console.note_color())
        ));
    }
}

/// True when the folder named in the command is no binder at all.
fn is_nowhere(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|d| ["no-folder", "not-a-folder"].contains(&d.code))
}

/// A path as somebody standing in the current folder would write it.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    let here = std::env::current_dir().ok();
    let near = here
        .as_deref()
        .and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path);
    if near.as_os_str().is_empty() {
        ".".to_string()
    } else {
        near.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_declared_without_contradiction() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_date_is_read_in_one_spelling_only() {
        assert_eq!(date("2026-11-20"), Ok(jiff::civil::date(2026, 11, 20)));
        for wrong in [
            "11/20/2026",
            "2026-13-01",
            "2026-02-30",
            "20261120",
            "2026-11-20T10:00",
            "",
            "today",
        ] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }
}
