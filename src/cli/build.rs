//! `binder build`: make the binder and put it in place.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use hipaa_binder::Options;
use hipaa_binder::binder::{Binder, Edition};
use hipaa_binder::content::Audience;
use hipaa_binder::diagnostic::report::count;
use hipaa_binder::diagnostic::{Diagnostic, Severity, has_errors};
use hipaa_binder::gap::State;
use hipaa_binder::output::{Body, Output};
use hipaa_binder::print::{FOUND_BY_PRINTING, sources};
use hipaa_binder::theme::Theme;
use hipaa_binder::world::clock::Stopwatch;
use hipaa_binder::world::{Folder, read, write};
use hipaa_binder::{Built, Stage, address, build, content, phi};
use jiff::civil::Date;

mod past;

use super::console::{Console, progress, progress_done};
use super::copy::Copy;
use super::{Exit, When, Where, is_nowhere, problems, shown};

/// Make the binder: website and PDF.
///
/// Reads your files, and writes the website and the PDF into a folder of their own, "public" in the binder's folder.
/// With any error in your files nothing is written, and the last binder stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder build                          the binder you are in, into its folder \"public\"
  binder build my-clinic --out copy     the binder in my-clinic, into the folder \"copy\"
  binder build --as-of 2026-11-20       as it stood on that day, from the files of today
  binder build --in-force-on 2026-03-01 --out then
                                        the sealed version that was current on that day
  binder build --no-pdf                 the website only, which is faster
  binder build --edition production --out handed-over
                                        the copy to hand over: no gaps, plans, tasks, drafts
  binder build --audience workforce --out intranet
                                        without what is meant for management
  binder build --only 164.312           one PDF of these rows with policies and evidence
  binder build --only \"164.308(a)(5)(i),164.308(a)(5)(ii)(A)\" --out training.pdf")]
pub(super) struct Build {
    #[command(flatten)]
    place: Where,
    /// Where to write: a new folder, an empty one, or an earlier output [default: DIR/public]; with --only the PDF, or
    /// the folder it goes into [default: DIR/binder-ROWS.pdf, like binder-164.312.pdf]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    when: When,
    /// The sealed version that was current on this day, exactly as it was sealed: nothing is made anew
    #[arg(long, value_name = "DATE", value_parser = super::date,
          conflicts_with_all = ["as_of", "only", "no_pdf", "typst"])]
    in_force_on: Option<Date>,
    #[command(flatten)]
    copy: Copy,
    /// Leave the PDF out
    #[arg(long, conflicts_with = "only")]
    no_pdf: bool,
    /// Also write the Typst sources of the PDF into a folder of their own, for work on a theme: `typst compile
    /// --font-path DIR/fonts DIR/main.typ` makes the same pages of them
    #[arg(long, value_name = "DIR", conflicts_with_all = ["no_pdf", "only"])]
    typst: Option<PathBuf>,
    /// Say how long each stage took
    #[arg(long)]
    timings: bool,
    /// Show no progress while at work
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Build, base: &Path, console: &mut Console) -> Exit {
    let options = match args.copy.of(args.when.options(!args.no_pdf, console)) {
        Ok(options) => options,
        Err(why) => {
            console.note(&why);
            return Exit::Usage;
        }
    };
    let dir = args.place.find(base);
    if let Some(day) = args.in_force_on {
        return past::run(args, day, &options, base, &dir, console);
    }
    if !options.only.is_whole() {
        return run_part(args, &options, base, &dir, console);
    }
    let out = args
        .out
        .as_ref()
        .map_or_else(|| dir.join("public"), |out| base.join(out));

    let watch = Stopwatch::start();
    let tell = progress(args.quiet);
    let stage = |stage: Stage| {
        name(stage).into_iter().for_each(|name| watch.mark(name));
        tell(stage);
    };
    let (mut folder, ()) = rayon::join(|| read::read(&dir), content::prepare);
    stage(Stage::Read);
    if folder.files.contains_key(read::CONFIG)
        && let Err(refusal) = write::may_publish(&dir, &out)
    {
        progress_done();
        console.note(&problems(&[*refusal], &folder, console.note_color()));
        return Exit::Usage;
    }
    super::clock_note(&folder, console);
    let mut damaged = vec![];
    let (built, published) = loop {
        let built = build(&folder, &options, &stage);
        let Some(output) = &built.output else {
            progress_done();
            return refused(&built, &folder, console);
        };
        let told = |done, all| stage(Stage::Files(done, all));
        match write::publish_told(output, &built.build_id, &dir, &out, &told) {
            // Once more, without the versions that can't be taken out of their archives.
            Err(refusal) if folder.mark_damaged(&refusal) => damaged.push(*refusal),
            published => break (built, published),
        }
    };
    stage(Stage::Publish);
    progress_done();
    if let Some(Err(refusal)) = args
        .typst
        .as_ref()
        .map(|to| write_sources(&built, &folder, &dir, &base.join(to)))
    {
        console.note(&problems(&[*refusal], &folder, console.note_color()));
        return Exit::Content;
    }
    match published {
        Ok(published) => {
            if !damaged.is_empty() {
                console.note(&problems(&damaged, &folder, console.note_color()));
                console.note("The pages of these versions were left out. All else is in place.\n\n");
            }
            show_now(&built, &folder, console);
            console.result(&summary(&built, published, &out, &watch));
            if args.timings {
                console.note(&timings(&watch));
            }
            // The process ends here and the system takes all memory back at once. To take it apart text by text first
            // would take a tenth as long as the build.
            std::mem::forget((built, folder));
            Exit::Done
        }
        Err(refusal) => {
            console.note(&problems(&[*refusal], &folder, console.note_color()));
            Exit::Content
        }
    }
}

/// The warnings that do not wait for `check`: it prints nothing and can't show those of the print; and patient data must
/// be seen before the copy leaves the building.
pub(super) fn show_now(built: &Built, folder: &Folder, console: &mut Console) {
    let now: Vec<Diagnostic> = built
        .diagnostics
        .iter()
        .filter(|d| FOUND_BY_PRINTING.contains(&d.code) || phi::CODES.contains(&d.code))
        .cloned()
        .collect();
    if !now.is_empty() {
        console.note(&problems(&now, folder, console.note_color()));
    }
}

/// Writes the Typst sources of the PDF.
fn write_sources(built: &Built, folder: &Folder, dir: &Path, to: &Path) -> Result<(), Box<Diagnostic>> {
    write::may_publish(dir, to)?;
    let Some(binder) = &built.binder else {
        return Ok(());
    };
    let theme = Theme::with_overrides(folder);
    // The PDF was made of them a moment ago: there is no error left to find.
    let sources = sources(binder, &theme, folder).unwrap_or_default();
    let mut output = Output::default();
    for (path, bytes) in sources {
        // Their paths are the keys of a map.
        let _ = output.add(&path, Body::Bytes(bytes.into()), "the print's sources");
    }
    write::publish(&output, &built.build_id, dir, to).map(|_| ())
}

/// Writes one PDF of some rows.
fn run_part(args: &Build, options: &Options, base: &Path, dir: &Path, console: &mut Console) -> Exit {
    let name = format!("binder-{}.pdf", options.only.slug());
    let out = match args.out.as_ref().map(|out| base.join(out)) {
        None => dir.join(name),
        Some(out) if is_pdf(&out) => out,
        Some(folder) => folder.join(name),
    };
    let watch = Stopwatch::start();
    let tell = progress(args.quiet);
    let stage = |stage: Stage| {
        self::name(stage).into_iter().for_each(|name| watch.mark(name));
        tell(stage);
    };
    let folder = read::read(dir);
    stage(Stage::Read);
    if folder.files.contains_key(read::CONFIG)
        && let Err(refusal) = write::may_write_pdf(dir, &out)
    {
        progress_done();
        console.note(&problems(&[*refusal], &folder, console.note_color()));
        return Exit::Usage;
    }
    let built = build(&folder, options, &stage);
    let pdf = built
        .output
        .as_ref()
        .and_then(|output| output.bytes(address::PDF));
    let Some(pdf) = pdf else {
        progress_done();
        return refused(&built, &folder, console);
    };
    let written = write::write_pdf(dir, &out, pdf);
    stage(Stage::Publish);
    progress_done();
    if let Err(refusal) = written {
        console.note(&problems(&[*refusal], &folder, console.note_color()));
        return Exit::Content;
    }
    show_now(&built, &folder, console);
    let mut text = built.binder.as_ref().map(head).unwrap_or_default();
    text.push_str(&format!(
        "{} of {}, in {}.\n\nPDF      {}\n",
        count(built.pages.unwrap_or(0), "page"),
        count(options.only.rows().len(), "row"),
        seconds(watch.total()),
        shown(&out)
    ));
    console.result(&text);
    if args.timings {
        console.note(&timings(&watch));
    }
    Exit::Done
}

/// A name that ends like that of a PDF is the file; any other is a folder.
fn is_pdf(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("pdf"))
        && !path.is_dir()
}

fn refused(built: &Built, folder: &Folder, console: &mut Console) -> Exit {
    console.note(&problems(&built.diagnostics, folder, console.note_color()));
    if is_nowhere(&built.diagnostics) {
        return Exit::Usage;
    }
    if has_errors(&built.diagnostics) {
        console.note("Nothing was written. The last binder, if there is one, is as it was.\n");
    }
    Exit::Content
}

fn summary(built: &Built, published: write::Published, out: &Path, watch: &Stopwatch) -> String {
    let mut text = String::new();
    if let Some(binder) = &built.binder {
        text.push_str(&head(binder));
        text.push_str(&states(binder));
        text.push_str(&format!("\n{}", gaps(binder)));
        text.push_str(&match warnings(&built.diagnostics) {
            0 => ".\n".to_string(),
            n => format!(", {}. `binder check` shows them.\n", count(n, "warning")),
        });
    }
    let pages = built
        .pages
        .map(|pages| format!(", {} of PDF", count(pages, "page")))
        .unwrap_or_default();
    let kept = match published.kept {
        0 => String::new(),
        n => format!(" ({} of others kept)", count(n, "file")),
    };
    text.push_str(&format!(
        "{}{pages}, in {}{kept}.\n\n",
        count(published.files, "file"),
        seconds(watch.total())
    ));
    text.push_str(&format!("Website  {}\n", shown(&out.join(address::DASHBOARD))));
    if built.pages.is_some() {
        text.push_str(&format!("PDF      {}\n", shown(&out.join(address::PDF))));
    }
    text
}

/// "Larkspur Family Medicine as of 2026-11-20, working copy".
pub(super) fn head(binder: &Binder) -> String {
    let meta = &binder.meta;
    let version = meta
        .version_label
        .as_ref()
        .map_or("working copy".to_string(), |label| format!("version {label}"));
    let past = if meta.reconstruction {
        ", a reconstruction from today's files"
    } else {
        ""
    };
    let copy = match (meta.edition, meta.audience) {
        (Edition::Internal, Audience::Official) => String::new(),
        _ => format!(", {}", meta.copy().to_lowercase()),
    };
    let part = match meta.only.is_whole() {
        true => String::new(),
        false => format!(", only {}", meta.only.brief()),
    };
    format!(
        "{} as of {}, {version}{copy}{part}{past}\n\n",
        super::console::wrap(&meta.practice, 0),
        meta.as_of
    )
}

/// Rows by state, one a line.
pub(super) fn states(binder: &Binder) -> String {
    let counts = binder.counts();
    [
        State::Documented,
        State::PartlyDocumented,
        State::NotDocumented,
        State::DoesNotApply,
    ]
    .into_iter()
    .map(|state| {
        format!(
            "{:>4}  {}\n",
            counts.get(state.name()).copied().unwrap_or(0),
            words(state)
        )
    })
    .collect()
}

fn words(state: State) -> &'static str {
    match state {
        State::Documented => "rows documented",
        State::PartlyDocumented => "partly documented",
        State::NotDocumented => "not documented",
        State::DoesNotApply => "do not apply",
    }
}

/// "63 gaps on 16 rows".
pub(super) fn gaps(binder: &Binder) -> String {
    if !binder.meta.shows_gaps() {
        return "Gaps are left out".to_string();
    }
    let open: Vec<usize> = binder
        .assessments
        .iter()
        .map(|row| row.gaps.len())
        .filter(|n| *n > 0)
        .collect();
    match open.iter().sum() {
        0 => "No gaps".to_string(),
        n => format!("{} on {}", count(n, "gap"), count(open.len(), "row")),
    }
}

/// Warnings that `check` shows, too.
fn warnings(diagnostics: &[Diagnostic]) -> usize {
    diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Warning && !FOUND_BY_PRINTING.contains(&d.code))
        .count()
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// When each stage ended, counted from the start. Site and PDF are made side by side.
fn timings(watch: &Stopwatch) -> String {
    watch
        .laps()
        .iter()
        .map(|(name, at)| format!("{name:<8} ended at {:>7.1} ms\n", at.as_secs_f64() * 1000.0))
        .collect()
}

fn name(stage: Stage) -> Option<&'static str> {
    Some(match stage {
        Stage::Read => "read",
        Stage::Parse => "parse",
        Stage::Join => "join",
        Stage::Site => "site",
        Stage::Print => "print",
        Stage::Json => "json",
        Stage::Publish => "publish",
        Stage::Pages(..) | Stage::Files(..) => return None,
    })
}
