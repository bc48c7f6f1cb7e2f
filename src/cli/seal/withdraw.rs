//! `binder seal --withdraw`: take out of a sealed version what should not have been sealed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hipaa_binder::diagnostic::report::count;
use hipaa_binder::diagnostic::{Diagnostic, Place};
use hipaa_binder::history::{FOLDER, WITHDRAWALS, Withdrawal, Withdrawn};
use hipaa_binder::seal::withdraw::{Plan, Refused, plan, shows};
use hipaa_binder::world::clock;
use hipaa_binder::world::versions::{self, Archive, Lock, examine};

use super::super::console::{Console, wrap};
use super::{Format, Refusal, Seal, unknown};

/// Largest entry that is read to look for words, in bytes.
const MOST: u64 = 64 * 1024 * 1024;
/// Entries that only name a file, as they are listed.
const NAMED: usize = 20;

pub(super) fn run(args: &Seal, label: &str, dir: &Path, console: &mut Console) -> Result<(), Refusal> {
    let list = versions::list(dir).unwrap_or_default();
    let name = format!("{label}{}", versions::ENDING);
    let Some((_, at)) = list.iter().find(|(known, _)| *known == name) else {
        return Err(unknown(label, &list));
    };
    let lock = Lock::take(dir)?;
    let path = format!("{FOLDER}/{name}");
    let found = examine(&path, at, true);
    if let Some(finding) = found.findings.first() {
        let file = finding
            .file
            .as_ref()
            .map(|file| format!("{file}: "))
            .unwrap_or_default();
        let words = format!(
            "nothing is taken out of a version that is not as it was sealed. {file}{}",
            finding.what
        );
        let problem = Diagnostic::error("sealed-version-damaged", Place::file(&*path), words);
        return Err(
            Box::new(problem.help("Run `binder verify`. Put the file back from a copy first.")).into(),
        );
    }
    let damaged = |what: String| {
        Box::new(Diagnostic::error(
            "sealed-version-damaged",
            Place::file(&*path),
            what,
        ))
    };
    let archive = Archive::open(at).map_err(|damage| damaged(damage.to_string()))?;
    let manifest = archive.manifest().map_err(|damage| damaged(damage.to_string()))?;
    let asked = args.path.as_deref().unwrap_or_default();
    let plan = {
        let present: BTreeSet<&str> = archive.entries().iter().map(|entry| &*entry.path).collect();
        let reader = Reader::new(&archive);
        plan(&manifest, &present, asked, &|name| reader.read(name))
            .map_err(|why| refusal(why, asked, label))?
    };
    let mut told = found.withdrawn.clone();
    told.push(Withdrawn {
        path: asked.to_string(),
        by: args.by.clone().unwrap_or_default(),
        reason: args.reason.clone().unwrap_or_default(),
        at: clock::now(),
        before: found.digest.clone(),
        removed: plan.removed.clone(),
    });
    let mut records = versions::withdrawals(dir)?;
    // One that was begun and did not come to its end led nowhere.
    records.retain(|record| record.label != label || record.before != found.digest);
    let mut record = |after: &str| {
        records.push(Withdrawal {
            label: label.to_string(),
            before: found.digest.clone(),
            after: after.to_string(),
        });
        // Strings always serialise.
        let text = serde_json::to_string_pretty(&records).unwrap_or_default() + "\n";
        versions::write_beside(&lock, WITHDRAWALS, text.as_bytes()).map(|_| ())
    };
    let added = vec![(
        WITHDRAWALS.to_string(),
        versions::withdrawn_text(&told).into_bytes(),
    )];
    let keep = |name: &str| !plan.removed.contains_key(name);
    let written = versions::rewrite(&lock, &archive, &keep, added, &mut record)?;
    let elsewhere = elsewhere(&list, at, &plan);
    say(args, label, dir, &plan, &written, &elsewhere, console);
    Ok(())
}

fn refusal(why: Refused, asked: &str, label: &str) -> Refusal {
    match why {
        Refused::Unknown(near) => {
            let help = match near.as_slice() {
                [] => format!(
                    "Name it as it stands in your folder, like evidence/screen.png. `unzip -l {FOLDER}/{label}.zip` lists all."
                ),
                near => format!("Did you mean {}?", near.join(" or ")),
            };
            Refusal::Usage(format!("version {label} holds no file {asked}"), help)
        }
        Refused::Gone => Refusal::Usage(
            format!("{asked} was taken out of version {label} before"),
            format!("`binder verify {label}` shows by whom and why."),
        ),
        Refused::Needed => Refusal::Usage(
            format!("{asked} can't be taken out: without it the version can't be read"),
            "Name the file that shows what should not have been sealed.".to_string(),
        ),
    }
}

/// Reads entries, and remembers none: the largest are not read at all.
struct Reader<'a> {
    archive: &'a Archive,
    /// Texts are asked for several times.
    known: RefCell<BTreeMap<String, Option<Vec<u8>>>>,
}

impl<'a> Reader<'a> {
    fn new(archive: &'a Archive) -> Self {
        Self {
            archive,
            known: RefCell::default(),
        }
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let small = self.archive.entry(name).filter(|entry| entry.size <= MOST);
        let bytes = small.and_then(|_| self.archive.read(name).ok());
        self.known.borrow_mut().insert(name.to_string(), bytes.clone());
        bytes
    }
}

/// The other versions that hold the same file, or its words: label, and the entries.
fn elsewhere(list: &[(String, PathBuf)], at: &Path, plan: &Plan) -> Vec<(String, Vec<String>)> {
    let digests: BTreeSet<&str> = plan
        .removed
        .iter()
        .filter(|(name, _)| name.starts_with("sources/"))
        .map(|(_, file)| file.sha256.as_str())
        .collect();
    let mut others = vec![];
    for (name, path) in list.iter().filter(|(_, path)| path != at) {
        let Ok(archive) = Archive::open(path) else {
            continue;
        };
        let Ok(manifest) = archive.manifest() else {
            continue;
        };
        let holds = |entry: &&hipaa_binder::history::archive::Entry| {
            let same = manifest
                .files
                .get(&*entry.path)
                .is_some_and(|file| digests.contains(file.sha256.as_str()));
            let look = !plan.phrases.is_empty() && entry.size <= MOST;
            same || (look
                && archive
                    .read(&entry.path)
                    .is_ok_and(|bytes| shows(&bytes, &plan.phrases)))
        };
        let found: Vec<String> = archive
            .entries()
            .iter()
            .filter(holds)
            .map(|entry| entry.path.to_string())
            .collect();
        if !found.is_empty() {
            let label = name.strip_suffix(versions::ENDING).unwrap_or(name);
            others.push((label.to_string(), found));
        }
    }
    others
}

fn say(
    args: &Seal,
    label: &str,
    dir: &Path,
    plan: &Plan,
    written: &versions::Written,
    elsewhere: &[(String, Vec<String>)],
    console: &mut Console,
) {
    if args.format == Format::Json {
        let data = serde_json::json!({
            "label": label,
            "digest": written.digest,
            "removed": plan.removed.keys().collect::<Vec<_>>(),
            "naming": plan.naming,
            "elsewhere": elsewhere.iter().map(|(label, files)| serde_json::json!({"label": label, "files": files})).collect::<Vec<_>>(),
        });
        console.result(&format!("{data:#}\n"));
        return;
    }
    let mut text = format!(
        "Taken out of version {label}, {}:\n",
        count(plan.removed.len(), "file")
    );
    for name in plan.removed.keys() {
        let _ = writeln!(text, "  {name}");
    }
    let _ = writeln!(text, "\nDigest now  {}\n", written.digest);
    let mut paragraph = |words: &str| {
        let _ = writeln!(text, "{}", wrap(words, 0));
    };
    paragraph(
        "Who took it out, when and why stands in the archive and in versions/withdrawals.json, with the digest before. Keep both. The signature sheet keeps the digest of the day of sealing: `binder verify` leads from it to this one.",
    );
    paragraph(&format!(
        "The list of files in its {} names the path and the digest of what was taken out.",
        hipaa_binder::history::MANIFEST
    ));
    if !plan.naming.is_empty() {
        paragraph("Look at these, which stay and hold its name, its title or words of it:");
        for name in plan.naming.iter().take(NAMED) {
            let _ = writeln!(text, "  {name}");
        }
        if plan.naming.len() > NAMED {
            let _ = writeln!(
                text,
                "  and {} more, all with --format json",
                plan.naming.len() - NAMED
            );
        }
    }
    for (other, files) in elsewhere {
        let _ = writeln!(
            text,
            "{}",
            wrap(
                &format!("Version {other} holds the same file, or words of it: withdraw it there, too."),
                0
            )
        );
        for name in files.iter().take(8) {
            let _ = writeln!(text, "  {name}");
        }
        if files.len() > 8 {
            let _ = writeln!(text, "  and {} more", files.len() - 8);
        }
    }
    let asked = args.path.as_deref().unwrap_or_default();
    if dir.join(asked).is_file() {
        let words = format!(
            "{asked} is still in your folder: without a change there the next version holds it again."
        );
        let _ = writeln!(text, "{}", wrap(&words, 0));
    }
    let words =
        "Copies of the archive and of its website that are kept elsewhere, backups included, still hold it.";
    let _ = writeln!(text, "{}", wrap(words, 0));
    console.result(&text);
}
