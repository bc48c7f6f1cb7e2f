//! `binder seal`: keep the whole binder as it stands, as a numbered version.

use std::path::{Path, PathBuf};

use clap::Args;
use hipaa_binder::binder::{Binder, Edition, join};
use hipaa_binder::content::config::Paper;
use hipaa_binder::content::{self, Audience};
use hipaa_binder::diagnostic::report::count;
use hipaa_binder::diagnostic::{Diagnostic, has_errors};
use hipaa_binder::history::extract::Extract;
use hipaa_binder::history::{self, EXTRACT, GapsSealed, Previous, Version};
use hipaa_binder::print::{VersionSheet, version_sheet};
use hipaa_binder::rule::rule;
use hipaa_binder::theme::Theme;
use hipaa_binder::world::versions::{self, Archive, Lock};
use hipaa_binder::world::{Folder, clock, git, read};
use hipaa_binder::{Built, Options, build, seal};

use super::build::{head, states};
use super::console::{Console, doing, progress, progress_done, wrap};
use super::copy::Whom;
use super::{Exit, When, Where, is_nowhere, problems, shown};

mod withdraw;

/// Keep the whole binder as it stands, as a version of its own.
///
/// Writes one archive, versions/VERSION.zip: your files, the website and the PDF made of them, with the date, your name
/// and your note. Nobody needs this program to open it. Privileged items are left out. Never edit, rename or delete an
/// archive: each version names the one before it by its digest, and `binder verify` says what differs.
///
/// With errors in your files nothing is sealed. Gaps are listed, and sealed when you say so with --with-gaps.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder seal 2026.2 --by \"Dana Whitfield\" --note \"After the yearly review\"
  binder seal 2026.2 --by \"Dana Whitfield\" --note \"After the yearly review\" --with-gaps
  binder seal 2026-11-ocr --edition production --by \"Dana Whitfield\" --note \"Handed over\"
                                  for a copy that leaves the house hand over its website and PDF,
                                  not the archive: that holds your files whole
  binder seal --sheet 2026.2      make its signature sheet again
  binder seal --withdraw 2026.2 --path evidence/screen.png --by \"Dana Whitfield\" \\
              --reason \"Shows a patient's name\"
                                  take out a file that should not have been sealed; what was taken out,
                                  by whom and why stays on record")]
pub(super) struct Seal {
    /// The label of the new version, your own: letters from a to z, digits, dot, dash and underscore, like 2026.2
    #[arg(value_name = "VERSION", required_unless_present_any = ["sheet", "withdraw"])]
    label: Option<String>,
    #[command(flatten)]
    place: Where,
    /// Who seals it, or takes something out: a name
    #[arg(long, value_name = "NAME", value_parser = line, required_unless_present = "sheet")]
    by: Option<String>,
    /// What this version is for, on one line
    #[arg(long, value_name = "TEXT", value_parser = line, required_unless_present_any = ["sheet", "withdraw"])]
    note: Option<String>,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    whom: Whom,
    /// Seal it although rows have gaps
    #[arg(long)]
    with_gaps: bool,
    /// Seal the website only, without the PDF
    #[arg(long)]
    no_pdf: bool,
    /// Only make the signature sheet of this version again
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["label", "withdraw", "by", "note", "with_gaps"])]
    sheet: Option<String>,
    /// Take a file out of this version, and of what shows it
    #[arg(long, value_name = "VERSION", requires_all = ["path", "reason"], conflicts_with_all = ["label", "note", "with_gaps"])]
    withdraw: Option<String>,
    /// With --withdraw: the file, like evidence/screen.png
    #[arg(long, value_name = "FILE", requires = "withdraw")]
    path: Option<String>,
    /// With --withdraw: why, on one line, without the data itself
    #[arg(long, value_name = "TEXT", value_parser = line, requires = "withdraw")]
    reason: Option<String>,
    /// What to print: for people, or as JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Show no progress while at work
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

fn line(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it is empty".to_string()),
        text if text.chars().any(char::is_control) => Err("write it on one line".to_string()),
        text => Ok(text.to_string()),
    }
}

/// Why there is no new version.
enum Refusal {
    /// Something in the content, or on the disk.
    Problem(Box<Diagnostic>),
    /// The command makes no sense as typed: why, and what to type.
    Usage(String, String),
    /// It was said already.
    Said(Exit),
}

impl From<Box<Diagnostic>> for Refusal {
    fn from(problem: Box<Diagnostic>) -> Self {
        Self::Problem(problem)
    }
}

pub(super) fn run(args: &Seal, base: &Path, console: &mut Console) -> Exit {
    let dir = args.place.find(base);
    let done = match (&args.label, &args.sheet, &args.withdraw) {
        (_, Some(label), _) => make_sheet_again(label, &dir, console),
        (_, _, Some(label)) => withdraw::run(args, label, &dir, console),
        (Some(label), ..) => seal(args, label, &dir, console),
        // The arguments are declared so that this can't be.
        _ => Err(Refusal::Usage("name the version".into(), String::new())),
    };
    match done {
        Ok(()) => Exit::Done,
        Err(Refusal::Said(exit)) => exit,
        Err(Refusal::Problem(problem)) => {
            progress_done();
            console.note(&problems(&[*problem], &Folder::default(), console.note_color()));
            Exit::Content
        }
        Err(Refusal::Usage(why, help)) => {
            progress_done();
            console.note(&format!("{}\n", wrap(&format!("error: {why}"), 0)));
            if !help.is_empty() {
                console.note(&format!("  {}\n", wrap(&help, 2)));
            }
            Exit::Usage
        }
    }
}

fn seal(args: &Seal, label: &str, dir: &Path, console: &mut Console) -> Result<(), Refusal> {
    if let Some(why) = history::label_problem(label) {
        return Err(Refusal::Usage(
            format!("\"{label}\" can't be the label of a version: {why}"),
            "A label is up to 40 letters from a to z, digits, dots, dashes and underscores, like 2026.2 or 2026-11."
                .into(),
        ));
    }
    let options = Options {
        version_label: Some(label.to_string()),
        ..args.whom.of(args.when.options(!args.no_pdf, console))
    };
    // Before anything is written, the lock included.
    if !dir.join(read::CONFIG).is_file() {
        let folder = read::read(dir);
        console.note(&problems(&folder.problems, &folder, console.note_color()));
        return Err(Refusal::Said(Exit::Usage));
    }
    let lock = Lock::take(dir)?;
    let stage = progress(args.quiet);
    let folder = read::read(dir);
    stage(hipaa_binder::Stage::Read);
    let chain = chain_before(&folder, dir, label, &options)?;
    let built = build(&folder, &options, &stage);
    progress_done();
    let Some(binder) = built.binder.as_ref().filter(|_| built.output.is_some()) else {
        return Err(Refusal::Said(refused(&built, &folder, console)));
    };
    let gaps = gaps(&folder, &options, binder, args, console)?;
    let (previous, before) = match chain.last() {
        Some(last) => before(last, dir)?,
        None => (None, None),
    };
    let Some(parts) = seal::parts(&folder, &built, before.as_ref()) else {
        return Err(Refusal::Said(refused(&built, &folder, console)));
    };
    let words = seal::Words {
        label: label.to_string(),
        by: args.by.clone().unwrap_or_default(),
        note: args.note.clone().unwrap_or_default(),
        sealed_at: clock::now(),
        git: git::state(dir),
        gaps,
        previous,
        withdrawals: versions::withdrawals(dir)?,
    };
    let head = seal::head(binder, built.pages, words);
    let files = parts.len() + 1;
    let _ = progress(args.quiet);
    doing("Writing the version and reading it back");
    let written = versions::write(&lock, dir, head, parts);
    progress_done();
    let written = written?;
    let sheet = make_sheet(&lock, dir, label, binder.meta.paper);
    // What is sealed stays: patient data in it must be seen now, and taken out with --withdraw.
    super::build::show_now(&built, &folder, console);
    say(args, &built, &written, files, sheet.as_deref().ok(), console);
    // The version is sealed, whatever became of its sheet.
    if let Err(problem) = sheet {
        console.note(&problems(&[*problem], &folder, console.note_color()));
        let again = format!(
            "The version is sealed. Run `binder seal --sheet {label}` to make its signature sheet.\n"
        );
        console.note(&again);
        return Err(Refusal::Said(Exit::Content));
    }
    Ok(())
}

/// The build made nothing: says why.
fn refused(built: &Built, folder: &Folder, console: &mut Console) -> Exit {
    console.note(&problems(&built.diagnostics, folder, console.note_color()));
    if is_nowhere(&built.diagnostics) {
        return Exit::Usage;
    }
    if has_errors(&built.diagnostics) {
        console.note("Nothing was sealed. The earlier versions are as they were.\n");
    }
    Exit::Content
}

/// The versions there are, in the order of the chain.
///
/// # Errors
/// Where the new one can't follow them.
fn chain_before(
    folder: &Folder,
    dir: &Path,
    label: &str,
    options: &Options,
) -> Result<Vec<Version>, Refusal> {
    let unreadable = |problem: &&Diagnostic| problem.code == "sealed-version-unreadable";
    if let Some(problem) = folder.problems.iter().find(unreadable) {
        return Err(not_on_top_of(problem.clone()));
    }
    let (chain, problems) = history::chain(&folder.sealed);
    if let Some(problem) = problems.into_iter().next() {
        return Err(not_on_top_of(problem));
    }
    // An archive says for good when it was sealed.
    if let Some(mut problem) =
        history::clock_behind(chain.iter().map(|version| &*version.manifest), &clock::now())
    {
        problem.severity = hipaa_binder::diagnostic::Severity::Error;
        problem.help =
            "Set the clock right, and seal again: an archive says for good when it was sealed.".into();
        return Err(Box::new(problem).into());
    }
    let list = versions::list(dir).unwrap_or_default();
    let file = format!("{label}{}", versions::ENDING);
    let taken = list.iter().find(|(name, _)| name.eq_ignore_ascii_case(&file));
    if let Some((name, _)) = taken {
        let problem = Diagnostic::error(
            "version-exists",
            hipaa_binder::diagnostic::Place::file(format!("{}/{name}", history::FOLDER)),
            format!("there is a version \"{label}\" already, and a sealed version is never replaced"),
        );
        return Err(
            Box::new(problem.help("Choose another label. `binder versions` lists those there are.")).into(),
        );
    }
    let named = |version: &&Version| {
        let previous = version.manifest.previous.as_ref();
        previous.is_some_and(|previous| previous.label.eq_ignore_ascii_case(label))
    };
    if let Some(version) = chain.iter().find(named) {
        let problem = Diagnostic::error(
            "version-exists",
            hipaa_binder::diagnostic::Place::file(&*version.path),
            format!(
                "version {} names a version \"{label}\" as the one before it, which is not in the folder",
                version.label()
            ),
        );
        return Err(
            Box::new(problem.help("Put that archive back from a copy, or choose another label.")).into(),
        );
    }
    match chain.last() {
        Some(last) if options.as_of < last.manifest.as_of => Err(Refusal::Problem(Box::new(
            Diagnostic::error(
                "version-before-last",
                hipaa_binder::diagnostic::Place::file(&*last.path),
                format!(
                    "a version as of {} can't follow version {}, which is as of {}",
                    options.as_of,
                    last.label(),
                    last.manifest.as_of
                ),
            )
            .help("Seal as of that day or a later one, with --as-of."),
        ))),
        _ => Ok(chain),
    }
}

fn not_on_top_of(mut problem: Diagnostic) -> Refusal {
    problem.severity = hipaa_binder::diagnostic::Severity::Error;
    problem.message = format!(
        "nothing is sealed on top of a version that can't be read. {}",
        problem.message
    );
    Refusal::Problem(Box::new(problem))
}

/// What the new version says of the last one, and what that one said.
fn before(last: &Version, dir: &Path) -> Result<(Option<Previous>, Option<Extract>), Refusal> {
    let at = dir.join(&*last.path);
    let damaged = |what: String| {
        let problem = history::unreadable(&last.path, &what);
        not_on_top_of(problem)
    };
    let digest = versions::digest(&at).map_err(|error| damaged(error.to_string()))?;
    let archive = Archive::open(&at).map_err(|damage| damaged(damage.to_string()))?;
    let manifest = archive.manifest().map_err(|damage| damaged(damage.to_string()))?;
    // It may have been taken out.
    let extract = match archive.entry(EXTRACT) {
        Some(_) => {
            let bytes = archive
                .checked(EXTRACT, &manifest)
                .map_err(|damage| damaged(damage.to_string()))?;
            serde_json::from_slice(&bytes).ok()
        }
        None => None,
    };
    let previous = Previous {
        label: last.label().to_string(),
        digest,
        manifest: last.manifest_digest.to_string(),
    };
    Ok((Some(previous), extract))
}

/// Lists the gaps, and asks for `--with-gaps`.
fn gaps(
    folder: &Folder,
    options: &Options,
    built: &Binder,
    args: &Seal,
    console: &mut Console,
) -> Result<GapsSealed, Refusal> {
    let internal = (built.meta.edition, built.meta.audience) == (Edition::Internal, Audience::Official);
    let whole = match internal {
        true => None,
        // Other copies know of no gaps; the version has them all the same.
        false => content::parse(folder).content.map(|content| {
            let options = Options {
                edition: Edition::Internal,
                audience: Audience::Official,
                ..options.clone()
            };
            join(content, &folder.sealed, &options, &built.meta.build_id).0
        }),
    };
    let binder = whole.as_ref().unwrap_or(built);
    let gaps = seal::gaps(binder);
    let mut rows: Vec<_> = gaps.iter().map(|gap| gap.row).collect();
    rows.dedup();
    let sealed = GapsSealed {
        count: gaps.len(),
        rows: rows.len(),
        with_gaps: args.with_gaps,
    };
    if gaps.is_empty() || args.with_gaps {
        return Ok(sealed);
    }
    let mut text = String::new();
    for row in &rows {
        let of_row: Vec<_> = gaps.iter().filter(|gap| gap.row == *row).collect();
        let row = &rule()[*row];
        text.push_str(&format!(
            "{} {}: {}\n",
            row.citation,
            row.name(),
            count(of_row.len(), "gap")
        ));
        for gap in of_row {
            let place = match gap.place.line {
                0 => gap.place.file.to_string(),
                line => format!("{}:{line}", gap.place.file),
            };
            text.push_str(&format!("  {place}\n    {}\n", wrap(&gap.message, 4)));
        }
    }
    text.push_str(&format!(
        "\nNothing was sealed: the binder has {} on {}.\n{}\n",
        count(gaps.len(), "gap"),
        count(rows.len(), "row"),
        wrap(
            "A version may have gaps: it says what was there on its day, and what was not. Add --with-gaps to seal it with these.",
            0
        )
    ));
    console.note(&text);
    Err(Refusal::Said(Exit::Content))
}

fn say(
    args: &Seal,
    built: &Built,
    written: &versions::Written,
    files: usize,
    sheet: Option<&Path>,
    console: &mut Console,
) {
    let Some(binder) = &built.binder else { return };
    if args.format == Format::Json {
        let data = serde_json::json!({
            "label": args.label,
            "as_of": binder.meta.as_of.to_string(),
            "build_id": binder.meta.build_id,
            "archive": shown(&written.path),
            "digest": written.digest,
            "size": written.size,
            "files": files,
            "pages": built.pages,
            "signature_sheet": sheet.map(shown),
        });
        console.result(&format!("{data:#}\n"));
        return;
    }
    let mut text = head(binder);
    text.push_str(&states(binder));
    let pages = built
        .pages
        .map(|pages| format!(", {} of PDF", count(pages, "page")))
        .unwrap_or_default();
    text.push_str(&format!(
        "\nSealed: {}{pages}, {:.1} MB.\n\n",
        count(files, "file"),
        written.size as f64 / 1e6
    ));
    text.push_str(&format!("Archive          {}\n", shown(&written.path)));
    if let Some(sheet) = sheet {
        text.push_str(&format!("Signature sheet  {}\n", shown(sheet)));
    }
    text.push_str(&format!("Digest           {}\n\n", written.digest));
    text.push_str(&wrap(
        "Write this digest down elsewhere: on paper, in a letter, in a message to somebody. Only with it can anyone show later that this archive is the one that was sealed now. The signature sheet carries it.",
        0,
    ));
    text.push('\n');
    if binder.meta.edition == Edition::Production || binder.meta.audience != Audience::Official {
        text.push_str(&wrap(
            "The website and the PDF in it are of this copy. The archive itself also holds your files whole: do not hand it over.",
            0,
        ));
        text.push('\n');
    }
    console.result(&text);
}

fn make_sheet_again(label: &str, dir: &Path, console: &mut Console) -> Result<(), Refusal> {
    let list = versions::list(dir).unwrap_or_default();
    let file = format!("{label}{}", versions::ENDING);
    if !list.iter().any(|(name, _)| *name == file) {
        return Err(unknown(label, &list));
    }
    let lock = Lock::take(dir)?;
    let paper = content::parse(&read::read(dir))
        .content
        .map(|content| content.config.paper);
    let sheet = make_sheet(&lock, dir, label, paper.unwrap_or_default())?;
    console.result(&format!("Signature sheet  {}\n", shown(&sheet)));
    Ok(())
}

/// There is no such version.
fn unknown(label: &str, list: &[(String, PathBuf)]) -> Refusal {
    let known: Vec<&str> = list
        .iter()
        .map(|(name, _)| name.strip_suffix(versions::ENDING).unwrap_or(name))
        .collect();
    let help = match known.as_slice() {
        [] => "No version is sealed here yet.".to_string(),
        known => format!("There are: {}.", known.join(", ")),
    };
    Refusal::Usage(format!("there is no version \"{label}\""), help)
}

/// Makes the sheet of a version that is in place.
fn make_sheet(lock: &Lock, dir: &Path, label: &str, paper: Paper) -> Result<PathBuf, Box<Diagnostic>> {
    let at = dir
        .join(history::FOLDER)
        .join(format!("{label}{}", versions::ENDING));
    let path = format!("{}/{label}{}", history::FOLDER, versions::ENDING);
    let damaged = |what: String| Box::new(history::unreadable(&path, &what));
    let sealed = versions::look(&path, &at).map_err(damaged)?;
    let (chain, mut problems) = history::chain(&[sealed]);
    let Some(version) = chain.into_iter().next() else {
        return Err(problems.pop().map_or_else(|| damaged(String::new()), Box::new));
    };
    let digest = versions::digest(&at).map_err(|error| damaged(error.to_string()))?;
    let sheet = VersionSheet {
        version: &version,
        digest: &digest,
        paper,
    };
    let theme = Theme::with_overrides(&Folder::default());
    let pdf = version_sheet(&sheet, &theme).map_err(|errors| {
        let first = errors.into_iter().next();
        first.map_or_else(|| damaged("its sheet can't be printed".into()), Box::new)
    })?;
    versions::write_beside(lock, &format!("{label}-signature-sheet.pdf"), &pdf)
}
