//! `binder check`: everything that is wrong or missing, and nothing written.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hipaa_binder::binder::Binder;
use hipaa_binder::diagnostic::lines::Line;
use hipaa_binder::diagnostic::{data, has_errors, report};
use hipaa_binder::gap::RowAssessment;
use hipaa_binder::rule::rule;
use hipaa_binder::world::{Folder, read};
use hipaa_binder::{Built, check};

use super::build::{gaps, head, states};
use super::console::{Console, wrap};
use super::copy::Copy;
use super::{Exit, When, Where, is_nowhere, problems};

/// List what is wrong and what is missing, and write nothing.
///
/// First what is wrong in your files: errors keep the binder from being made, warnings do not. Then the gaps, row by
/// row: what is missing, and where to write it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder check                      the binder you are in
  binder check --deny gaps          exit code 1 when there is any gap, for scripts
  binder check --format json        the same as data
  binder check --format short       one line a problem, for the problem lists of editors
  binder check --format github      annotations for a workflow of GitHub Actions
  binder check --only 164.312       these rows only
  binder check --edition production
                                    what would keep the copy to hand over from being made

Exit code: 0 no errors, 1 errors in the files (or gaps, with --deny gaps), 2 the command itself is wrong.")]
pub(super) struct Check {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    copy: Copy,
    /// For people, or for programs
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Exit with code 1 when there are any of these
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// Everything as data, in the shape of binder.json
    Json,
    /// One line a problem, like those of a compiler
    Short,
    /// One annotation a problem, for GitHub Actions
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Gaps,
}

pub(super) fn run(args: &Check, base: &Path, console: &mut Console) -> Exit {
    let options = match args.copy.of(args.when.options(true, console)) {
        Ok(options) => options,
        Err(why) => {
            console.note(&why);
            return Exit::Usage;
        }
    };
    if args.deny == Some(Deny::Gaps) && !options.shows_gaps() {
        // A copy without gaps has none to deny, and must not say that all is there.
        let words = "error: --deny gaps looks for gaps, and this copy has none: they are left out of the production edition \
                     and of what the workforce reads. Leave out --edition and --audience.";
        console.note(&format!("{}\n", wrap(words, 0)));
        return Exit::Usage;
    }
    let dir = args.place.find(base);
    let folder = read::read(&dir);
    super::clock_note(&folder, console);
    let built = check(&folder, &options, &|_| {});
    match args.format {
        Format::Json => console.result(&built.json(&options, &folder)),
        Format::Short | Format::Github => console.result(&lines(args, &dir, &folder, &built)),
        Format::Human => {
            let mut text = problems(&built.diagnostics, &folder, console.result_color());
            if let Some(binder) = &built.binder {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&body(binder));
                text.push_str(&format!(
                    "\n{}, {}.\n",
                    gaps(binder),
                    report::summary(&built.diagnostics)
                ));
            }
            console.result(&text);
        }
    }
    let has_gaps = built
        .binder
        .as_ref()
        .is_some_and(|binder| binder.assessments.iter().any(|row| !row.gaps.is_empty()));
    if is_nowhere(&built.diagnostics) {
        Exit::Usage
    } else if has_errors(&built.diagnostics) || (args.deny == Some(Deny::Gaps) && has_gaps) {
        Exit::Content
    } else {
        Exit::Done
    }
}

/// One line a problem and, where they are denied, a gap; then how many there are.
fn lines(args: &Check, dir: &Path, folder: &Folder, built: &Built) -> String {
    let root = match args.format {
        Format::Github => repository(dir),
        _ => std::env::current_dir().ok(),
    };
    let prefix = below(root.as_deref(), dir);
    let path = |file: &str| match file {
        "" => String::new(),
        file => format!("{prefix}{file}"),
    };
    let tell = |line: &Line<'_>| match args.format {
        Format::Github => line.github(),
        _ => line.short(),
    };
    let sources = folder.sources();
    let mut text = String::new();
    for problem in &built.diagnostics {
        let source = sources(&problem.place.file);
        text += &tell(&Line::of(problem, &path(&problem.place.file), source.as_ref()));
    }
    let Some(binder) = &built.binder else {
        return text;
    };
    if args.deny == Some(Deny::Gaps) {
        for (found, gap) in binder
            .assessments
            .iter()
            .flat_map(|row| row.gaps.iter().map(move |gap| (row, gap)))
        {
            let source = sources(&gap.place.file);
            text += &tell(&Line {
                level: "error",
                path: &path(&gap.place.file),
                range: source.and_then(|source| data::range(&source, &gap.place)),
                code: gap.kind.name(),
                message: &format!("{}: {}", rule()[found.row].citation, gap.message),
                help: &gap.help,
            });
        }
    }
    format!(
        "{text}{}, {}.\n",
        gaps(binder),
        report::summary(&built.diagnostics)
    )
}

/// The top of the repository that the binder lies in: GitHub names files from there.
fn repository(dir: &Path) -> Option<PathBuf> {
    let dir = std::fs::canonicalize(dir).ok()?;
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let workspace = workspace.and_then(|path| std::fs::canonicalize(path).ok());
    workspace
        .filter(|path| dir.starts_with(path))
        .or_else(|| {
            dir.ancestors()
                .find(|path| path.join(".git").exists())
                .map(Path::to_path_buf)
        })
        .or_else(|| std::env::current_dir().ok())
}

/// What stands before the path of a file in `dir`, seen from `root`: "" or a path that ends with `/`.
fn below(root: Option<&Path>, dir: &Path) -> String {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let dir = real(dir);
    let below = root
        .and_then(|root| dir.strip_prefix(real(root)).ok())
        .unwrap_or(&dir);
    let mut prefix = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    if !prefix.is_empty() {
        prefix.push('/');
    }
    prefix
}

/// The gaps row by row, then the counts.
fn body(binder: &Binder) -> String {
    let mut text = String::new();
    for found in binder.assessments.iter().filter(|found| !found.gaps.is_empty()) {
        text.push_str(&row(found));
        text.push('\n');
    }
    text.push_str(&head(binder));
    text.push_str(&states(binder));
    text
}

fn row(found: &RowAssessment) -> String {
    let row = &rule()[found.row];
    let mut text = format!("{} {}: {}\n", row.citation, row.name(), found.state.words());
    for gap in &found.gaps {
        text.push_str(&format!("  - {}\n", wrap(&gap.message, 4)));
        let place = &gap.place;
        let at = match (place.file.is_empty(), place.line) {
            (true, _) => String::new(),
            (_, 0) => format!("{}: ", place.file),
            (_, line) => format!("{}:{line}: ", place.file),
        };
        let more = format!("{at}{}", gap.help);
        if !more.is_empty() {
            text.push_str(&format!("    {}\n", wrap(more.trim_end_matches(": "), 4)));
        }
        if let Some(plan) = &gap.plan {
            let owner = plan
                .owner
                .as_ref()
                .map(|owner| format!(", {owner}"))
                .unwrap_or_default();
            let due = plan.due.map(|due| format!(", due {due}")).unwrap_or_default();
            text.push_str(&format!(
                "    {}\n",
                wrap(&format!("Planned: {}{owner}{due}", plan.action), 4)
            ));
        }
    }
    text
}
