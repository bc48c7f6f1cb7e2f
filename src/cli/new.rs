//! `binder new`: make a binder's folder, or add a file to one.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hipaa_binder::content::config::EntityKind;
use hipaa_binder::rule::Condition;
use hipaa_binder::starter::{self, Facts};
use hipaa_binder::world::{Folder, clock, read, write};
use jiff::civil::Date;

use super::console::{Console, wrap};
use super::{Exit, date, problems, shown};

mod add;
mod ask;

/// Make a new binder's folder, or add a file to one.
///
/// The folder has an answer file for each row of the rule, starter policies with blanks to fill in, empty registers, and
/// a README that says where to begin. Nothing that is there is ever written over.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder new my-clinic                  asks a few questions and makes the folder my-clinic
  binder new my-clinic --practice \"Larkspur Family Medicine\" --security-official \"Renata Salcedo\"
                                        asks nothing; the facts that were not given are left open
  binder new my-clinic --practice \"Larkspur\" --security-official \"Renata Salcedo\" \\
      --clearinghouse no --group-health-plan no --subcontractors no --government-arrangement no
  binder new --row \"164.312(b)\"         in a binder's folder: the answer file of a row that has none
  binder new --policy \"Fax policy\" --for \"164.312(e)(1)\"
                                        an empty policy with a section for that row
  binder new --policy \"Sanction policy\" a starter policy that was deleted")]
pub(super) struct New {
    /// The folder to make; with --row or --policy the binder, or else the one you are in
    #[arg(value_name = "DIR", required_unless_present_any = ["row", "policy"])]
    dir: Option<PathBuf>,
    /// Name of the practice, as staff say it
    #[arg(long, value_name = "NAME", value_parser = name)]
    practice: Option<String>,
    /// Name of the security official: a person, 164.308(a)(2)
    #[arg(long, value_name = "NAME", value_parser = name)]
    security_official: Option<String>,
    /// Legal name, where it is another
    #[arg(long, value_name = "NAME", value_parser = name)]
    legal_name: Option<String>,
    /// What kind of regulated entity the practice is [default: covered-entity]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Name of an office; may be repeated [default: Main office]
    #[arg(long, value_name = "NAME", value_parser = name)]
    site: Vec<String>,
    /// Address of the practice and of its first office
    #[arg(long, value_name = "TEXT", value_parser = name)]
    address: Option<String>,
    /// Is a health care clearinghouse part of the organization?
    #[arg(long, value_name = "YES/NO", value_parser = yes_no)]
    clearinghouse: Option<bool>,
    /// Does the organization run a group health plan that shares electronic data with it as employer?
    #[arg(long, value_name = "YES/NO", value_parser = yes_no)]
    group_health_plan: Option<bool>,
    /// Does the practice work for another covered entity, with subcontractors of its own?
    #[arg(long, value_name = "YES/NO", value_parser = yes_no)]
    subcontractors: Option<bool>,
    /// Does a memorandum or a law stand in for a contract with a government body?
    #[arg(long, value_name = "YES/NO", value_parser = yes_no)]
    government_arrangement: Option<bool>,
    /// Who decided these facts: a name or a role [default: the security official]
    #[arg(long, value_name = "NAME", value_parser = name)]
    decided_by: Option<String>,
    /// The day on which they were decided, as 2026-11-20; today if left out
    #[arg(long, value_name = "DATE", value_parser = date)]
    decided: Option<Date>,
    /// Add the answer file of this row to a binder; may be repeated
    #[arg(long, value_name = "CITATION", conflicts_with_all = FIRST_ONLY)]
    row: Vec<String>,
    /// Add a policy with this title to a binder; may be repeated
    #[arg(long, value_name = "TITLE", value_parser = name, conflicts_with_all = FIRST_ONLY)]
    policy: Vec<String>,
    /// With --policy: a row that the policy is meant to document; may be repeated
    #[arg(long = "for", value_name = "CITATION", requires = "policy")]
    rows_of_policy: Vec<String>,
}

/// What only a new folder can be told.
const FIRST_ONLY: [&str; 12] = [
    "practice",
    "security_official",
    "legal_name",
    "kind",
    "site",
    "address",
    "clearinghouse",
    "group_health_plan",
    "subcontractors",
    "government_arrangement",
    "decided_by",
    "decided",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Treats patients, or is a health plan or a clearinghouse
    CoveredEntity,
    /// Handles patient data for a covered entity
    BusinessAssociate,
    /// Both
    Both,
}

impl From<Kind> for EntityKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::CoveredEntity => EntityKind::CoveredEntity,
            Kind::BusinessAssociate => EntityKind::BusinessAssociate,
            Kind::Both => EntityKind::Both,
        }
    }
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().any(char::is_alphanumeric) {
        Ok(text.to_owned())
    } else {
        Err("there is no letter in it".to_owned())
    }
}

fn yes_no(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" => Ok(true),
        "no" | "n" | "false" => Ok(false),
        _ => Err("type yes or no".to_owned()),
    }
}

impl New {
    fn given(&self, fact: Condition) -> Option<bool> {
        match fact {
            Condition::Clearinghouse => self.clearinghouse,
            Condition::GroupHealthPlan => self.group_health_plan,
            Condition::Subcontractors => self.subcontractors,
            Condition::GovernmentArrangement => self.government_arrangement,
        }
    }

    /// What the options say; what they leave open stays open.
    fn facts(&self, practice: &str, security_official: &str, today: Date) -> Facts {
        Facts {
            practice: practice.to_owned(),
            legal_name: self.legal_name.clone(),
            kind: self.kind.map_or(EntityKind::CoveredEntity, EntityKind::from),
            security_official: security_official.to_owned(),
            address: self.address.clone().unwrap_or_default(),
            sites: self.site.clone(),
            applies: Condition::ALL
                .iter()
                .filter_map(|fact| Some((*fact, self.given(*fact)?)))
                .collect(),
            decided_by: self.decided_by.clone(),
            decided: self.decided.unwrap_or(today),
        }
    }
}

pub(super) fn run(args: &New, base: &Path, console: &mut Console) -> Exit {
    if !args.row.is_empty() || !args.policy.is_empty() {
        return add::run(args, base, console);
    }
    let Some(dir) = &args.dir else { return Exit::Usage };
    let dir = base.join(dir);
    let today = clock::today();
    if let Some(day) = args.decided.filter(|day| *day > today) {
        console.note(&format!(
            "error: {day} has not come yet; a decision is noted after it was made\n"
        ));
        return Exit::Usage;
    }
    if let Some((why, help)) = no_place(&dir) {
        console.note(&format!(
            "{}\n  {}\n",
            wrap(&format!("error: {why}"), 0),
            wrap(&help, 2)
        ));
        return Exit::Content;
    }
    let facts = match (&args.practice, &args.security_official) {
        (Some(practice), Some(official)) => args.facts(practice, official, today),
        _ if ask::can_ask() => match ask::ask(args, today) {
            Some(facts) => facts,
            None => {
                console.note("\nNothing was written.\n");
                return Exit::Usage;
            }
        },
        (practice, official) => {
            console.note(&missing(&dir, practice.is_some(), official.is_some()));
            return Exit::Usage;
        }
    };
    match write::make(&dir, &starter::FOLDERS, &starter::files(&facts)) {
        Ok(made) => {
            console.result(&report(&dir, &facts, made));
            Exit::Done
        }
        Err(refusal) => {
            console.note(&problems(&[*refusal], &Folder::default(), console.note_color()));
            Exit::Content
        }
    }
}

/// Why no new binder can be made there, and what to do.
fn no_place(dir: &Path) -> Option<(String, String)> {
    let name = shown(dir);
    if dir.join(read::CONFIG).symlink_metadata().is_ok() {
        return Some((
            format!("\"{name}\" is a binder already: it holds {}", read::CONFIG),
            "Nothing was changed. To add a file to it: binder new --row CITATION, or binder new --policy TITLE, inside that folder."
                .to_owned(),
        ));
    }
    if dir.symlink_metadata().is_ok() && !dir.is_dir() {
        return Some((
            format!("\"{name}\" is a file, not a folder"),
            "Choose another name for the new folder.".to_owned(),
        ));
    }
    inside_another(dir)
}

/// Whether a new binder there would lie in a part of another.
pub(super) fn inside_another(dir: &Path) -> Option<(String, String)> {
    let name = shown(dir);
    // The folder itself may not be there yet.
    let near = dir.ancestors().find(|above| above.is_dir())?;
    let near = if near.as_os_str().is_empty() {
        Path::new(".")
    } else {
        near
    };
    let around = read::enclosing(near)?;
    let below = std::fs::canonicalize(near)
        .ok()?
        .strip_prefix(&around)
        .ok()?
        .join(dir.strip_prefix(near).ok()?);
    let entry = below.components().next()?.as_os_str().to_str()?.to_owned();
    read::ENTRIES.contains(&entry.as_str()).then(|| {
        (
            format!(
                "\"{name}\" lies in the folder {entry} of another binder, {}",
                around.display()
            ),
            "One binder is one legal entity. Choose a folder outside of it.".to_owned(),
        )
    })
}

fn missing(dir: &Path, has_practice: bool, has_official: bool) -> String {
    let wanted = match (has_practice, has_official) {
        (true, _) => "the name of the security official: --security-official",
        (_, true) => "the name of the practice: --practice",
        _ => "two names: --practice and --security-official",
    };
    format!(
        "error: a new binder needs {wanted}\n  Type: binder new \"{}\" --practice \"Larkspur Family Medicine\" \
         --security-official \"Renata Salcedo\"\n  On a terminal, `binder new` without them asks.\n",
        shown(dir)
    )
}

/// What was made, and where to begin.
fn report(dir: &Path, facts: &Facts, made: write::Made) -> String {
    let name = shown(dir);
    let mut text = format!(
        "The binder of {} is in {name}.\n",
        facts.practice.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    let rows = hipaa_binder::rule::rule().rows().len();
    let policies = hipaa_binder::content::starters::all().count();
    let registers = hipaa_binder::content::registers::REGISTERS.len();
    text.push_str(&format!(
        "  {rows} answer files, {policies} starter policies with blanks to fill in, {registers} empty registers, and a README.\n"
    ));
    if made.same > 0 {
        text.push_str(&format!(
            "  {} of the files were there from an earlier try, and were kept.\n",
            made.same
        ));
    }
    text.push_str("\nNothing is documented yet, and nobody does all of it at once. Begin with these ten, in this order:\n\n");
    for (number, step) in starter::first_ten().iter().enumerate() {
        text.push_str(&format!(
            "  {:>2}. {:<30} {}\n",
            number + 1,
            step.title,
            step.files().first().map_or("", String::as_str)
        ));
    }
    text.push_str(&format!("\n{name}/README.md says what to do for each.\n"));
    let open: Vec<&str> = Condition::ALL
        .iter()
        .filter(|fact| facts.applies.iter().all(|(known, _)| known != *fact))
        .map(|fact| fact.as_str())
        .collect();
    if !open.is_empty() {
        let words = format!(
            "Still open in {}, under [applies]: {}. These facts decide whether a few rows apply.",
            read::CONFIG,
            hipaa_binder::content::words::list(open)
        );
        text.push_str(&format!("\n{}\n", wrap(&words, 0)));
    }
    let quoted = if name.contains(char::is_whitespace) {
        format!("\"{name}\"")
    } else {
        name
    };
    text.push_str(&format!(
        "\nNext:\n  binder serve {quoted} --open   see the binder in your browser while you write\n  binder build {quoted}          make the website and the PDF\n"
    ));
    text
}
