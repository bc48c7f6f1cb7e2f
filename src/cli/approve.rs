//! `binder approve`: tie an approval to the words it was given for.
//!
//! Writes who approved and when into the front matter of the policy, with a digest of the words, and keeps the file
//! as approved under `approved/`. Later changes to the working text then stand beside the approved words and do not
//! replace them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use hipaa_binder::content::edit::{NewValue, set_keys};
use hipaa_binder::content::policies::version_order;
use hipaa_binder::content::{self, Content, Policy, frontmatter};
use hipaa_binder::diagnostic::report::count;
use hipaa_binder::diagnostic::{Diagnostic, Severity};
use hipaa_binder::world::write::{Expect, create_dirs, replace};
use hipaa_binder::world::{Folder, clock, read};
use jiff::civil::Date;

use super::console::{Console, wrap};
use super::{Exit, date, enclosing, is_nowhere, problems};

/// Record that a policy was approved, in these words.
///
/// Writes the approval into the policy's file, with a digest of its words, and keeps a copy of the file as approved
/// under approved/. The version must be new: words that were approved once are never replaced.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder approve sanction-policy --by \"Medical director\"
  binder approve sanction-policy --by \"Medical director\" --dry-run    show what would be approved
  binder approve sanction-policy --by \"Dr. Okafor\" --date 2026-02-01 --sheet EX-031
                                    an approval that was signed on paper; EX-031 is the scanned sheet
  binder approve --all --by \"Medical director\"                        every policy not approved yet")]
pub(super) struct Approve {
    /// Id of the policy: the name of its file without .md, where the file says no other
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    id: Option<String>,
    /// The newest version of every policy, where it is not approved yet
    #[arg(long)]
    all: bool,
    /// Which version, where the policy has several files; the newest if left out
    #[arg(long, value_name = "V", conflicts_with = "all")]
    version: Option<String>,
    /// Who approved it: a name or a role
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: String,
    /// The day it was approved, as 2026-11-20; today if left out
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<Date>,
    /// The exhibit that is the signed and scanned approval sheet
    #[arg(long, value_name = "EXHIBIT")]
    sheet: Option<String>,
    /// Show what would be approved, and write nothing
    #[arg(long)]
    dry_run: bool,
}

fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say who approved it".to_string()),
        text if text.chars().any(char::is_control) => Err("write the name on one line".to_string()),
        text => Ok(text.to_string()),
    }
}

/// Why a policy can't be approved as it stands, in a sentence, and what to do.
struct Refusal {
    why: String,
    help: String,
}

fn refuse(why: impl Into<String>, help: impl Into<String>) -> Refusal {
    Refusal {
        why: why.into(),
        help: help.into(),
    }
}

/// What the approval of one policy will write.
struct Plan<'a> {
    policy: &'a Policy,
    /// The new text of the working file; `None` when it carries this approval already.
    working: Option<String>,
    /// Path of the kept copy below the binder's folder, with its text; `None` when it is there already.
    kept: Option<(String, String)>,
}

pub(super) fn run(args: &Approve, base: &Path, console: &mut Console) -> Exit {
    let today = clock::today();
    let day = args.date.unwrap_or(today);
    if day > today {
        console.note(&format!(
            "error: {day} has not come yet; an approval is recorded after it was given\n"
        ));
        return Exit::Usage;
    }
    let dir = enclosing(base);
    let folder = read::read(&dir);
    let (content, diagnostics) = if folder.files.contains_key(read::CONFIG) {
        let parsed = content::parse(&folder);
        (
            parsed.content,
            [folder.problems.clone(), parsed.diagnostics].concat(),
        )
    } else {
        (None, folder.problems.clone())
    };
    let Some(content) = content else {
        console.note(&problems(&diagnostics, &folder, console.note_color()));
        return if is_nowhere(&diagnostics) {
            Exit::Usage
        } else {
            Exit::Content
        };
    };
    let approval = Approval {
        args,
        day,
        recorded: clock::now(),
        folder: &folder,
        content: &content,
        diagnostics: &diagnostics,
    };
    let chosen = match approval.choose() {
        Ok(chosen) => chosen,
        Err((refusal, exit)) => {
            say_refusal(&refusal, console);
            return exit;
        }
    };
    if chosen.is_empty() {
        console.result("Every version is approved already.\n");
        return Exit::Done;
    }
    let mut refused = 0;
    for policy in &chosen {
        match approval.plan(policy) {
            Ok(plan) => {
                console.result(&approval.describe(&plan));
                if !args.dry_run && !put(&plan, &dir, &folder, console) {
                    return Exit::Content;
                }
            }
            Err(refusal) => {
                refused += 1;
                let mine: Vec<Diagnostic> = approval.errors_of(policy).cloned().collect();
                if !mine.is_empty() {
                    console.note(&problems(&mine, &folder, console.note_color()));
                }
                say_refusal(&refusal, console);
            }
        }
    }
    if args.dry_run {
        console.result("Nothing was written (--dry-run).\n");
    }
    if refused == 0 { Exit::Done } else { Exit::Content }
}

fn say_refusal(refusal: &Refusal, console: &mut Console) {
    console.note(&format!("{}\n", wrap(&format!("error: {}", refusal.why), 0)));
    if !refusal.help.is_empty() {
        console.note(&format!("  {}\n", wrap(&refusal.help, 2)));
    }
}

/// Writes the working file first: should the kept copy fail, a second run sees an approval without its copy and makes
/// it, while a copy without its approval would look like somebody else's.
fn put(plan: &Plan<'_>, dir: &Path, folder: &Folder, console: &mut Console) -> bool {
    let write = || {
        if let (Some(text), Some(file)) = (&plan.working, folder.files.get(&plan.policy.path)) {
            replace(
                &dir.join(&*plan.policy.path),
                text.as_bytes(),
                Expect::Digest(file.digest),
            )?;
        }
        if let Some((path, text)) = &plan.kept {
            let path: PathBuf = dir.join(path);
            create_dirs(path.parent().unwrap_or(dir))?;
            replace(&path, text.as_bytes(), Expect::Absent)?;
        }
        Ok(())
    };
    write()
        .map_err(|refusal: hipaa_binder::world::write::Refused| {
            console.note(&problems(&[*refusal], folder, console.note_color()));
        })
        .is_ok()
}

struct Approval<'a> {
    args: &'a Approve,
    day: Date,
    recorded: String,
    folder: &'a Folder,
    content: &'a Content,
    diagnostics: &'a [Diagnostic],
}

impl<'a> Approval<'a> {
    fn choose(&self) -> Result<Vec<&'a Policy>, (Refusal, Exit)> {
        let Some(id) = &self.args.id else {
            return Ok(self.open());
        };
        let of_id: Vec<&Policy> = self
            .content
            .policies
            .iter()
            .filter(|policy| policy.id == *id)
            .collect();
        let versions: Vec<&str> = of_id.iter().map(|policy| policy.version.as_str()).collect();
        let fits = |policy: &&Policy| {
            self.args
                .version
                .as_ref()
                .is_none_or(|version| policy.version == *version)
        };
        let fitting: Vec<&Policy> = of_id.iter().filter(|policy| fits(policy)).copied().collect();
        match (of_id.as_slice(), fitting.as_slice()) {
            ([], _) => Err(self.unknown(id)),
            (_, [one]) => Ok(vec![one]),
            (_, []) => Err((
                refuse(
                    format!(
                        "\"{id}\" has no version {}",
                        self.args.version.as_deref().unwrap_or("")
                    ),
                    format!("The files have: {}.", versions.join(", ")),
                ),
                Exit::Usage,
            )),
            (_, several) => match newest(several) {
                Some(policy) => Ok(vec![policy]),
                None => Err((
                    refuse(
                        format!("\"{id}\" has several versions: {}", versions.join(", ")),
                        "Say which one, with --version.",
                    ),
                    Exit::Usage,
                )),
            },
        }
    }

    /// The newest version of each policy, where it is not approved in these words and not superseded. Older versions
    /// are history: an approval of today would say something wrong about them.
    fn open(&self) -> Vec<&'a Policy> {
        let ids: BTreeSet<&str> = self
            .content
            .policies
            .iter()
            .map(|policy| policy.id.as_str())
            .collect();
        ids.into_iter()
            .filter_map(|id| {
                newest(
                    &self
                        .content
                        .policies
                        .iter()
                        .filter(|policy| policy.id == id)
                        .collect::<Vec<_>>(),
                )
            })
            .filter(|policy| !is_tied(policy) && policy.superseded.is_none())
            .collect()
    }

    fn unknown(&self, id: &str) -> (Refusal, Exit) {
        // A file with errors is left out of the content: then its errors are what the reader needs to hear.
        let broken = self
            .diagnostics
            .iter()
            .find(|d| d.severity == Severity::Error && *d.place.file == *format!("policies/{id}.md"));
        if let Some(error) = broken {
            let why = format!("{}:{}: {}", error.place.file, error.place.line, error.message);
            return (refuse(why, error.help.clone()), Exit::Content);
        }
        let mut near: Vec<(usize, &str)> = self
            .content
            .policies
            .iter()
            .map(|policy| (strsim::damerau_levenshtein(&policy.id, id), policy.id.as_str()))
            .collect();
        near.sort();
        near.dedup();
        let near: Vec<&str> = near
            .into_iter()
            .filter(|(far, _)| *far <= 1 + id.len() / 3)
            .take(3)
            .map(|(_, id)| id)
            .collect();
        let help = match near.as_slice() {
            [] => "The id is the name of the file in policies/ without .md, or what the file gives as id."
                .to_string(),
            near => format!("Did you mean {}?", near.join(" or ")),
        };
        (
            refuse(format!("there is no policy with the id \"{id}\""), help),
            Exit::Usage,
        )
    }

    fn errors_of(&self, policy: &'a Policy) -> impl Iterator<Item = &'a Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error && d.place.file == policy.path)
    }

    /// Looks for everything that speaks against the approval before anything is written.
    fn plan(&self, policy: &'a Policy) -> Result<Plan<'a>, Refusal> {
        let (id, path) = (&policy.id, &policy.path);
        let bytes = self
            .folder
            .bytes(path)
            .ok_or_else(|| refuse(format!("{path} can't be read"), ""))?;
        let text = std::str::from_utf8(bytes).map_err(|_| {
            refuse(
                format!("{path} is not saved as UTF-8, so it can't be changed without changing its signs"),
                "Open it in a text editor, save it again with the encoding UTF-8, and run this again.",
            )
        })?;
        if self.errors_of(policy).next().is_some() {
            return Err(refuse(
                format!("{path} has errors"),
                "Mend them, and run this again.",
            ));
        }
        if policy.version.is_empty() {
            return Err(refuse(
                format!("\"{id}\" has no version, so nobody could tell later which words were approved"),
                format!("Write a line version = \"1.0\" between the +++ lines of {path}."),
            ));
        }
        if let Some(blank) = policy.placeholders.first() {
            return Err(refuse(
                format!(
                    "\"{id}\" has {} left: \"{}\"",
                    count(policy.placeholders.len(), "blank"),
                    blank.value
                ),
                format!("Fill it in: {}, line {}.", blank.place.file, blank.place.line),
            ));
        }
        if !policy.sections.iter().any(|section| section.substance.has_text()) && words(text) < 5 {
            return Err(refuse(
                format!("\"{id}\" has no text"),
                format!("Write it in {path} first."),
            ));
        }
        let kept_path = kept_path(policy).ok_or_else(|| {
            refuse(
                format!(
                    "the id \"{id}\" or the version \"{}\" can't be the name of a file",
                    policy.version
                ),
                "Use letters, digits, dots and dashes.",
            )
        })?;
        let has_kept = self.folder.files.contains_key(kept_path.as_str());
        if is_tied(policy) && self.args.sheet.is_none() {
            return Ok(Plan {
                policy,
                working: None,
                kept: (!has_kept).then(|| (kept_path, text.to_string())),
            });
        }
        if has_kept {
            return Err(self.kept_already(policy, &kept_path));
        }
        let working =
            set_keys(text, &self.keys(policy)?).map_err(|error| refuse(format!("{path}: {error}"), ""))?;
        Ok(Plan {
            policy,
            kept: Some((kept_path, working.clone())),
            working: Some(working),
        })
    }

    fn kept_already(&self, policy: &Policy, kept_path: &str) -> Refusal {
        let kept = self.content.approved.iter().find(|kept| *kept.path == *kept_path);
        match kept {
            Some(kept) if kept.text_digest == policy.text_digest => {
                let when = kept
                    .approved
                    .as_ref()
                    .map(|day| format!(" on {}", day.value))
                    .unwrap_or_default();
                let by = kept
                    .approved_by
                    .as_ref()
                    .map(|by| format!(" by {}", by.value))
                    .unwrap_or_default();
                refuse(
                    format!(
                        "version {} of \"{}\" was approved{when}{by}, in these same words",
                        policy.version, policy.id
                    ),
                    "A review without a change is recorded with [[reviews]] in the file. Nothing needs approving again.",
                )
            }
            _ => refuse(
                format!(
                    "version {} of \"{}\" was approved in other words, kept in {kept_path}",
                    policy.version, policy.id
                ),
                format!(
                    "Approved words are never replaced. Raise the version in {}, and run this again.",
                    policy.path
                ),
            ),
        }
    }

    fn keys(&self, policy: &Policy) -> Result<Vec<(&'static str, NewValue)>, Refusal> {
        let mut keys = vec![
            ("approved", NewValue::Day(self.day)),
            ("approved_by", NewValue::Text(self.args.by.clone())),
            ("approved_text", NewValue::Text(policy.text_digest.clone())),
            // The true time beside the day that was given by hand.
            ("approval_recorded", NewValue::Text(self.recorded.clone())),
        ];
        match (&self.args.sheet, &policy.approved_sheet) {
            (Some(sheet), _) => {
                if !self.content.exhibits.iter().any(|exhibit| exhibit.id == *sheet) {
                    return Err(refuse(
                        format!("there is no exhibit \"{sheet}\""),
                        "Put the scanned sheet into evidence/, and give it a line in registers/evidence.csv.",
                    ));
                }
                keys.push(("approved_sheet", NewValue::Text(sheet.clone())));
            }
            (None, Some(old)) => {
                return Err(refuse(
                    format!(
                        "{} still names the approval sheet of an earlier approval, {}",
                        policy.path, old.value
                    ),
                    "Name the new sheet with --sheet, or take the line approved_sheet out.",
                ));
            }
            (None, None) => {}
        }
        Ok(keys)
    }

    fn describe(&self, plan: &Plan<'_>) -> String {
        let policy = plan.policy;
        let text = self
            .folder
            .bytes(&policy.path)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .unwrap_or_default();
        let mut rows: Vec<String> = policy
            .sections
            .iter()
            .flat_map(|section| &section.rows)
            .map(|row| row.to_string())
            .collect();
        rows.extend(policy.satisfies.iter().map(|claim| claim.row.to_string()));
        let order: Vec<String> = hipaa_binder::rule::rule()
            .rows()
            .iter()
            .map(|row| row.citation.to_string())
            .collect();
        let rows: Vec<String> = order.into_iter().filter(|row| rows.contains(row)).collect();
        let mut out = format!("{}, version {}\n", wrap(&policy.title, 0), policy.version);
        out.push_str(&format!("  {} in {}\n", count(words(&text), "word"), policy.path));
        if !rows.is_empty() {
            out.push_str(&format!("  documents {}\n", wrap(&rows.join(", "), 12)));
        }
        if let Some(effective) = &policy.effective {
            out.push_str(&format!("  effective {}\n", effective.value));
        }
        match (&plan.working, &plan.kept) {
            (None, None) => out.push_str("  approved already; nothing to do\n"),
            (None, Some((path, _))) => {
                out.push_str(&format!("  approved already; its copy is kept again in {path}\n"))
            }
            (Some(_), kept) => {
                out.push_str(&format!(
                    "  approved {} by {}, recorded {}\n",
                    self.day, self.args.by, self.recorded
                ));
                if let Some((path, _)) = kept {
                    out.push_str(&format!("  kept in {path}\n"));
                }
            }
        }
        out.push('\n');
        out
    }
}

/// The highest version; `None` where two files claim it.
fn newest<'a>(policies: &[&'a Policy]) -> Option<&'a Policy> {
    let highest = policies
        .iter()
        .map(|policy| version_order(&policy.version))
        .max()?;
    let mut found = policies
        .iter()
        .filter(|policy| version_order(&policy.version) == highest);
    let first = found.next()?;
    found.next().is_none().then_some(*first)
}

/// Approved, in the words that stand there now.
fn is_tied(policy: &Policy) -> bool {
    policy.approved.is_some()
        && policy.approved_by.is_some()
        && policy
            .approved_text
            .as_ref()
            .is_some_and(|digest| digest.value == policy.text_digest)
}

fn kept_path(policy: &Policy) -> Option<String> {
    let plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with(['.', '~', '#', ' '])
            && !text.ends_with(['.', ' ', '~'])
            && text.chars().all(|c| c.is_alphanumeric() || "-_. ".contains(c))
    };
    (plain(&policy.id) && plain(&policy.version))
        .then(|| format!("approved/{}/{}.md", policy.id, policy.version))
}

/// Words of the body.
fn words(text: &str) -> usize {
    // A byte order mark would hide the first fence, and the front matter would count as words.
    let text = text.trim_start_matches('\u{feff}');
    let body = frontmatter::fences(text).map_or(0, |fences| fences.body);
    text[body..]
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count()
}
