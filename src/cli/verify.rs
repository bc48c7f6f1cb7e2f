//! `binder verify`: whether the sealed versions are as they were sealed.

use std::path::{Path, PathBuf};

use clap::Args;
use hipaa_binder::diagnostic::report::count;
use hipaa_binder::history::{self, FOLDER, Withdrawal};
use hipaa_binder::verify::{self, Examined, Finding};
use hipaa_binder::world::versions::{self, examine};
use hipaa_binder::world::{Folder, clock};
use serde_json::json;

use super::console::{Console, progress, progress_done, step, wrap};
use super::seal::Format;
use super::{Exit, enclosing, shown};

/// Look whether the sealed versions are as they were sealed.
///
/// Reads every archive in versions/ to its last byte, holds each file in it against its manifest and each version
/// against the one that follows it, and names whatever differs. Needs nothing but the archives.
///
/// Two things the archives alone can't show: that the newest one was removed, and that somebody made all of them anew.
/// Both show against a digest that was noted elsewhere when a version was sealed: on the signature sheet, in a letter.
/// Give it with --digest.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder verify                          all versions
  binder verify 2026.2                   this one, and how it is linked to its neighbours
  binder verify 2026.2 --digest \"0a63 0609 8f0a ...\"
                                         is it the archive whose digest was noted?
  binder verify --sheet c2c3a622abea     which version is this loose sheet of? The build id is in its foot
  binder verify handed-over.pdf          is this the PDF of a version?

The exit code is 1 where anything differs, or nothing fits.")]
pub(super) struct Verify {
    /// The label of a version, or a PDF file; all versions if left out
    #[arg(value_name = "VERSION|FILE.pdf")]
    what: Option<String>,
    /// A digest that was noted elsewhere: 64 digits, blanks and dashes do not matter
    #[arg(long, value_name = "HEX", value_parser = digest)]
    digest: Option<String>,
    /// The build id in the foot of a sheet, or its first 8 digits or more
    #[arg(long, value_name = "BUILD-ID", value_parser = build_id, conflicts_with_all = ["what", "digest"])]
    sheet: Option<String>,
    /// What to print: for people, or as JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Show no progress while at work
    #[arg(short, long)]
    quiet: bool,
}

fn digest(text: &str) -> Result<String, String> {
    verify::typed_digest(text).ok_or_else(|| "a digest has 64 digits from 0 to 9 and a to f".to_string())
}

fn build_id(text: &str) -> Result<String, String> {
    let help = "write the digits after \"build\" in the foot of the sheet, 8 of them or more";
    verify::typed_build_id(text).ok_or_else(|| help.to_string())
}

/// The archives that are looked at.
struct Shelf {
    list: Vec<(String, PathBuf)>,
    folder: PathBuf,
}

pub(super) fn run(args: &Verify, base: &Path, console: &mut Console) -> Exit {
    let _ = progress(args.quiet);
    let shelf = match shelf(base) {
        Ok(shelf) => shelf,
        Err(why) => {
            console.note(&format!("{}\n", wrap(&format!("error: {why}"), 0)));
            return Exit::Usage;
        }
    };
    let file = args
        .what
        .as_ref()
        .filter(|what| what.to_lowercase().ends_with(".pdf"));
    if let Some(file) = file {
        return pdf(file, args, base, &shelf, console);
    }
    if let Some(build) = &args.sheet {
        return sheet(build, args, &shelf, console);
    }
    if let Some(label) = &args.what
        && !shelf
            .list
            .iter()
            .any(|(name, _)| name == &format!("{label}{}", versions::ENDING))
    {
        let known: Vec<&str> = shelf.list.iter().map(|(name, _)| stem(name)).collect();
        let help = match known.as_slice() {
            [] => "No version is sealed here yet.".to_string(),
            known => format!("There are: {}.", known.join(", ")),
        };
        let why = format!("error: there is no version \"{label}\"");
        console.note(&format!("{}\n  {}\n", wrap(&why, 0), wrap(&help, 2)));
        return Exit::Usage;
    }
    all(args, &shelf, console)
}

/// The folder of the archives: `versions/` of the binder that `base` lies in, or of `base`; else `base` itself.
fn shelf(base: &Path) -> Result<Shelf, String> {
    let dir = enclosing(base);
    let within = dir.join(FOLDER);
    let folder = match within.is_dir() {
        true => within,
        false => base.to_path_buf(),
    };
    match versions::list_in(&folder) {
        Ok(list) if list.is_empty() => Err(format!(
            "there is no sealed version in {}. `binder seal` makes one.",
            shown(&folder)
        )),
        Ok(list) => Ok(Shelf { list, folder }),
        Err(error) => Err(format!("{} can't be read: {error}", shown(&folder))),
    }
}

fn stem(name: &str) -> &str {
    name.strip_suffix(versions::ENDING).unwrap_or(name)
}

impl Shelf {
    /// Looks at each archive; in whole at those that `whole` picks by label.
    fn examine(&self, whole: impl Fn(&str) -> bool) -> Vec<Examined> {
        let number = self.list.len();
        let one = |(n, (name, at)): (usize, &(String, PathBuf))| {
            step("Reading the versions", n, number);
            examine(&format!("{FOLDER}/{name}"), at, whole(stem(name)))
        };
        let examined = self.list.iter().enumerate().map(one).collect();
        progress_done();
        examined
    }
}

fn all(args: &Verify, shelf: &Shelf, console: &mut Console) -> Exit {
    let wanted = |label: &str| args.what.as_deref().is_none_or(|what| what == label);
    let mut archives = shelf.examine(wanted);
    let mut findings: Vec<Finding> = vec![];
    let records: Vec<Withdrawal> = match versions::withdrawals_in(&shelf.folder) {
        Ok(records) => records,
        Err(problem) => {
            findings.push(Finding::of(
                &problem.place.file,
                "withdrawals-unreadable",
                problem.message.clone(),
            ));
            vec![]
        }
    };
    findings.extend(archives.iter().flat_map(|archive| archive.findings.clone()));
    findings.extend(verify::chain(&archives, &records));
    if let Some(what) = &args.what {
        let path = format!("{FOLDER}/{what}{}", versions::ENDING);
        findings.retain(|finding| finding.archive == path || finding.against.as_ref() == Some(&path));
        archives.retain(|archive| archive.path == path);
    }
    findings.sort();
    findings.dedup();
    let noted = args
        .digest
        .as_ref()
        .map(|digest| noted(digest, &archives, &records));
    let fits = noted.as_ref().is_none_or(Result::is_ok);
    if let Some(warning) =
        history::clock_behind(archives.iter().filter_map(|one| one.head.as_ref()), &clock::now())
    {
        let text = super::problems(&[warning], &Folder::default(), console.note_color());
        console.note(&format!("{text}\n"));
    }
    archives.sort_by_key(|archive| {
        archive
            .head
            .as_ref()
            .map(|head| (head.as_of, head.sealed_at.clone()))
    });
    match args.format {
        Format::Json => console.result(&json_report(&archives, &findings, noted.as_ref())),
        Format::Human => console.result(&report(args, &archives, &findings, noted.as_ref())),
    }
    if findings.is_empty() && fits {
        Exit::Done
    } else {
        Exit::Content
    }
}

/// What a digest that was noted elsewhere says of the archives: a sentence, as an error where it fits none.
fn noted(digest: &str, archives: &[Examined], records: &[Withdrawal]) -> Result<String, String> {
    if let Some(archive) = archives.iter().find(|archive| archive.digest == digest) {
        return Ok(format!(
            "The digest is that of {}: it is the archive that was sealed.",
            archive.path
        ));
    }
    let mut at = digest;
    // Each record leads on; a record that leads back to where it came from ends it.
    for _ in 0..=records.len() {
        let Some(record) = records.iter().find(|record| record.before == at) else {
            break;
        };
        at = &record.after;
        if let Some(archive) = archives.iter().find(|archive| archive.digest == at) {
            return Ok(format!(
                "The digest is that of {} before a recorded withdrawal. The archive as it is now has the digest {}.",
                archive.path, archive.digest
            ));
        }
    }
    Err(match archives {
        [one] => format!(
            "The digest is not that of {}, which has {}.",
            one.path, one.digest
        ),
        _ => "The digest is that of none of these archives: the one it was noted of was changed, or is gone."
            .to_string(),
    })
}

/// Findings shown of one archive; the rest are counted. All are in the JSON.
const SHOWN: usize = 30;

fn report(
    args: &Verify,
    archives: &[Examined],
    findings: &[Finding],
    noted: Option<&Result<String, String>>,
) -> String {
    let mut text = String::new();
    for archive in archives {
        text.push_str(&about(archive));
        let of_this = findings.iter().filter(|finding| finding.archive == archive.path);
        text.push_str(&list(of_this));
    }
    let others: Vec<&Finding> = findings
        .iter()
        .filter(|finding| !archives.iter().any(|archive| archive.path == finding.archive))
        .collect();
    for finding in &others {
        let line = format!("{}: {}.", finding.archive, finding.what);
        text.push_str(&format!("{}\n", wrap(&line, 0)));
    }
    if !others.is_empty() {
        text.push('\n');
    }
    if let Some(noted) = noted {
        let (Ok(words) | Err(words)) = noted;
        text.push_str(&format!("{}\n", wrap(words, 0)));
    }
    let looked_at = count(archives.len(), "version");
    text.push_str(&match findings.len() {
        0 => format!("{looked_at} looked at to the last byte: nothing differs from what was sealed.\n"),
        n => format!("{looked_at} looked at: {} found.\n", count(n, "difference")),
    });
    if args.digest.is_none() && findings.is_empty() {
        let words = "That the newest archive was removed, or all of them made anew, shows only against a digest that was noted elsewhere: --digest.";
        text.push_str(&format!("{}\n", wrap(words, 0)));
    }
    text
}

fn about(archive: &Examined) -> String {
    let mut text = match &archive.head {
        Some(head) => {
            let words = format!(
                "{}  as of {}, sealed {} by {}, {}",
                head.label,
                head.as_of,
                head.sealed_at,
                head.by,
                count(archive.files, "file")
            );
            format!("{}\n", wrap(&words, 0))
        }
        None => format!("{}\n", archive.path),
    };
    text.push_str(&format!("  digest {}\n", archive.digest));
    for one in &archive.withdrawn {
        let words = format!(
            "with a recorded withdrawal: {} of {} taken out on {} by {}: {}",
            count(one.removed.len(), "file"),
            one.path,
            one.at,
            one.by,
            one.reason
        );
        text.push_str(&format!("  {}\n", wrap(&words, 2)));
    }
    text
}

fn list<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let all: Vec<&Finding> = findings.collect();
    let mut text = String::new();
    for finding in all.iter().take(SHOWN) {
        let file = finding
            .file
            .as_ref()
            .map(|file| format!("{file}: "))
            .unwrap_or_default();
        let line = format!("{}: {file}{}.", finding.archive, finding.what);
        text.push_str(&format!("  {}\n", wrap(&line, 2)));
    }
    if all.len() > SHOWN {
        text.push_str(&format!(
            "  and {} more, all in --format json.\n",
            all.len() - SHOWN
        ));
    }
    text.push('\n');
    text
}

fn json_report(
    archives: &[Examined],
    findings: &[Finding],
    noted: Option<&Result<String, String>>,
) -> String {
    let versions: Vec<_> = archives
        .iter()
        .map(|archive| {
            let head = archive.head.as_ref();
            json!({
                "archive": archive.path,
                "label": head.map(|head| head.label.clone()),
                "as_of": head.map(|head| head.as_of.to_string()),
                "sealed_at": head.map(|head| head.sealed_at.clone()),
                "build_id": head.map(|head| head.build_id.clone()),
                "digest": archive.digest,
                "size": archive.size,
                "files": archive.files,
                "withdrawals": archive.withdrawn,
                "findings": findings.iter().filter(|finding| finding.archive == archive.path).count(),
            })
        })
        .collect();
    let data = json!({
        "versions": versions,
        "findings": findings,
        "digest_fits": noted.map(Result::is_ok),
    });
    format!("{data:#}\n")
}

/// Which version a loose sheet is of.
fn sheet(build: &str, args: &Verify, shelf: &Shelf, console: &mut Console) -> Exit {
    let archives = shelf.examine(|_| false);
    let fits = |archive: &&Examined| {
        let id = archive
            .head
            .as_ref()
            .map(|head| head.build_id.as_str())
            .unwrap_or_default();
        id.strip_prefix("sha256:").unwrap_or(id).starts_with(build)
    };
    let found: Vec<&Examined> = archives.iter().filter(fits).collect();
    let none = "No version here has this build id: the sheet is of a working copy, or of a version that is not here.";
    say("sheet", build, &found, args, ("The sheet is of", none), console)
}

/// Whether a file is the PDF of a version.
fn pdf(file: &str, args: &Verify, base: &Path, shelf: &Shelf, console: &mut Console) -> Exit {
    let at = base.join(file);
    let digest = match versions::digest(&at) {
        Ok(digest) => digest,
        Err(error) => {
            console.note(&format!(
                "{}\n",
                wrap(&format!("error: {} can't be read: {error}", shown(&at)), 0)
            ));
            return Exit::Usage;
        }
    };
    let archives = shelf.examine(|_| false);
    let found: Vec<&Examined> = archives
        .iter()
        .filter(|archive| archive.pdf.as_ref() == Some(&digest))
        .collect();
    let none = "This file is not the PDF of any version here: not one byte may differ. A print or a new save of the same PDF is another file; look for the build id in its foot with --sheet.";
    say(
        "pdf",
        file,
        &found,
        args,
        ("The file is the PDF of", none),
        console,
    )
}

fn say(
    what: &str,
    asked: &str,
    found: &[&Examined],
    args: &Verify,
    (yes, no): (&str, &str),
    console: &mut Console,
) -> Exit {
    let heads = || found.iter().filter_map(|archive| archive.head.as_ref());
    if args.format == Format::Json {
        let versions: Vec<_> = heads()
            .map(|head| json!({"label": head.label, "as_of": head.as_of.to_string(), "sealed_at": head.sealed_at}))
            .collect();
        let data = json!({what: asked, "versions": versions});
        console.result(&format!("{data:#}\n"));
    } else {
        for head in heads() {
            let words = format!(
                "{yes} version {}, as of {}, sealed {} by {}. `binder verify {}` says whether its archive is as it was sealed.",
                head.label, head.as_of, head.sealed_at, head.by, head.label
            );
            console.result(&format!("{}\n", wrap(&words, 0)));
        }
        if found.is_empty() {
            console.result(&format!("{}\n", wrap(no, 0)));
        }
    }
    if found.is_empty() {
        Exit::Content
    } else {
        Exit::Done
    }
}
