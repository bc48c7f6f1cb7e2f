//! The Evidence mark: fresh proof with full coverage, part by part.
//!
//! Each part of a row's proof has alternatives: register entries, files, records, rules of their own. The best one
//! counts. Files that name systems, sites or persons add to a register's coverage.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::assess::Draft;
use super::kinds::GapKind;
use super::proof::{self, Files, Part, Special};
use super::{Mark, MarkName, PartProof};
use crate::binder::Binder;
use crate::content::registers::NoneAccepted;
use crate::diagnostic::Place;
use crate::rule::RowId;

mod age;
mod coverage;
mod documents;
mod entries;
mod lines;
mod members;
mod nones;
mod outlook;
mod special;

pub use age::{ExhibitAge, exhibit_age};
pub use entries::belongs;
pub use nones::none_speaks_of;
pub use outlook::{Due, DueOf, Trained, Training, dues, training};

/// What proof the row's decision calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The row's own.
    Own,
    /// That of the alternative measure, chosen for everything.
    Alternative,
    /// Both: the branches differ by system.
    Both,
}

/// How far one alternative proves a part.
#[derive(Debug, Clone)]
struct Outcome {
    mark: Mark,
    coverage: String,
    gaps: Vec<Draft>,
}

impl Outcome {
    fn none() -> Self {
        Self {
            mark: Mark::None,
            coverage: String::new(),
            gaps: vec![],
        }
    }

    fn full(coverage: impl Into<String>) -> Self {
        Self {
            mark: Mark::Full,
            coverage: coverage.into(),
            gaps: vec![],
        }
    }

    fn partial(coverage: impl Into<String>, gap: Draft) -> Self {
        Self {
            mark: Mark::Partial,
            coverage: coverage.into(),
            gaps: vec![gap],
        }
    }

    fn with(mut self, gaps: impl IntoIterator<Item = Draft>) -> Self {
        self.gaps.extend(gaps);
        self
    }
}

/// What the evaluation of one row needs at hand.
struct Look<'a> {
    binder: &'a Binder,
    row: RowId,
    as_of: Date,
    /// The shortest default interval of the row, and what the practice set in its place.
    own_interval: Option<(u32, u32)>,
    /// True when the row's answer holds a decision other than `implement`.
    decided_otherwise: bool,
}

impl<'a> Look<'a> {
    fn new(binder: &'a Binder, row: RowId, decided_otherwise: bool) -> Self {
        let intervals = &binder.content.config.intervals.rows;
        Self {
            binder,
            row,
            as_of: binder.meta.as_of,
            own_interval: intervals.get(&row).map(|own| (shortest_default(row), *own)),
            decided_otherwise,
        }
    }
}

impl Look<'_> {
    /// The interval to use where the default is `months`.
    fn months(&self, months: u32) -> u32 {
        match self.own_interval {
            Some((default, own)) if default == months => own,
            _ => months,
        }
    }

    fn register_place(&self, name: &str) -> Place {
        match self.binder.content.registers.get(name) {
            Some(table) => Place::file(table.path.clone()),
            None => Place::file(format!("registers/{name}.csv")),
        }
    }
}

/// The Evidence mark of a row, its gaps, and what serves each part.
pub(super) fn evidence(
    binder: &Binder,
    row: RowId,
    wanted: Wanted,
    decided_otherwise: bool,
) -> (Mark, Vec<Draft>, Vec<PartProof>) {
    let look = Look::new(binder, row, decided_otherwise);
    let own = proof::parts(row).iter();
    let alternative = std::iter::once(&proof::ALTERNATIVE);
    let parts: Vec<&Part> = match wanted {
        Wanted::Own => own.collect(),
        Wanted::Alternative => alternative.collect(),
        Wanted::Both => own.chain(alternative).collect(),
    };

    let outcomes: Vec<(&Part, Outcome)> = parts.into_iter().map(|part| (part, look.part(part))).collect();
    let mark = together(outcomes.iter().map(|(_, outcome)| outcome.mark));
    let proofs = outcomes
        .iter()
        .map(|(part, outcome)| PartProof {
            wanted: part.wanted.to_string(),
            mark: outcome.mark,
            coverage: outcome.coverage.clone(),
        })
        .collect();
    let mut gaps: Vec<Draft> = outcomes
        .into_iter()
        .flat_map(|(_, outcome)| outcome.gaps)
        .collect();
    gaps.extend(look.broken_exhibits());
    dedup(&mut gaps);
    (mark, gaps, proofs)
}

/// Full when all are, none when none has anything.
fn together(marks: impl Iterator<Item = Mark> + Clone) -> Mark {
    if marks.clone().all(|mark| mark == Mark::Full) {
        Mark::Full
    } else if marks.clone().all(|mark| mark == Mark::None) {
        Mark::None
    } else {
        Mark::Partial
    }
}

fn shortest_default(row: RowId) -> u32 {
    let files = proof::parts(row).iter().filter_map(|part| match part.files {
        Files::None => None,
        Files::Cited { months, .. } | Files::HostedSystems { months } => Some(months),
    });
    let records = proof::parts(row)
        .iter()
        .filter(|part| !part.records.is_empty() || part.special.is_some())
        .map(|p| p.record_months);
    proof::serves(row)
        .map(|(_, serve)| serve.months)
        .chain(files)
        .chain(records)
        .min()
        .unwrap_or(12)
}

fn dedup(gaps: &mut Vec<Draft>) {
    let mut seen: BTreeSet<(&'static str, String)> = BTreeSet::new();
    gaps.retain(|gap| seen.insert((gap.kind.name(), gap.message.clone())));
}

impl Look<'_> {
    fn part(&self, part: &Part) -> Outcome {
        let files = self.files(part);
        let mut outcomes: Vec<Outcome> = proof::serves(self.row)
            .filter(|(_, serve)| serve.part == part.name)
            .map(|(register, serve)| self.serve(register, serve, part, &files))
            .collect();
        if !self.log_falls_short(part, &outcomes) {
            outcomes.push(self.files_alone(part, &files));
            outcomes.push(self.records(part));
        }
        if let Some(special) = part.special {
            outcomes.push(match special {
                Special::RiskAnalysis => self.risk_analysis(),
                Special::Evaluation => self.evaluation(),
                Special::PolicyReviews => self.policy_reviews(),
                Special::PlanDocuments => self.plan_documents(),
                Special::SealedVersion => self.sealed_version(part.record_months),
            });
        }
        let best = outcomes
            .iter()
            .map(|o| o.mark)
            .max_by_key(|mark| rank(*mark))
            .unwrap_or(Mark::None);
        let explains = |o: &&Outcome| o.mark == best && (best != Mark::None || !o.gaps.is_empty());
        match outcomes.iter().find(explains) {
            Some(outcome) => outcome.clone(),
            None => Outcome::none().with([self.missing(part)]),
        }
    }

    /// Where "none" would be an answer, the log says all that happened: a certificate on file does not make up for a
    /// line without one, for a hole, or for a statement that something contradicts.
    fn log_falls_short(&self, part: &Part, outcomes: &[Outcome]) -> bool {
        let short = |gap: &Draft| {
            matches!(
                gap.kind,
                GapKind::CoverageIncomplete | GapKind::NoneContradicted | GapKind::PeriodUncovered
            )
        };
        proof::serves(self.row)
            .filter(|(_, serve)| serve.part == part.name)
            .zip(outcomes)
            .any(|((_, serve), outcome)| serve.none != NoneAccepted::No && outcome.gaps.iter().any(short))
    }

    fn missing(&self, part: &Part) -> Draft {
        let own_output = self
            .binder
            .links(self.row)
            .exhibits
            .iter()
            .any(|i| self.binder.content.exhibits[*i].self_made);
        let mut message = format!("There is no proof yet. Wanted: {}.", part.wanted);
        if own_output {
            message.push_str(" What this program prints about the binder proves nothing.");
        }
        let (place, help) = self.where_to_put_it(part);
        Draft::new(GapKind::EvidenceMissing, MarkName::Evidence, message, place).help(help)
    }

    /// The first file that could serve a part, and the words to type.
    fn where_to_put_it(&self, part: &Part) -> (Place, String) {
        if let Some((register, serve)) = proof::serves(self.row).find(|(_, serve)| serve.part == part.name) {
            return (
                self.register_place(register.name),
                entries::words_to_type(register, serve),
            );
        }
        let record = match part.special {
            Some(Special::RiskAnalysis) => Some("risk-analysis"),
            Some(Special::Evaluation) => Some("evaluation"),
            Some(Special::PolicyReviews) => {
                return (
                    Place::file("policies"),
                    "Add a [[reviews]] block with date and by to each policy.".into(),
                );
            }
            Some(Special::PlanDocuments) => {
                return (
                    Place::file("policies"),
                    "Add the plan document to policies/ with kind = \"plan-document\" and this citation."
                        .into(),
                );
            }
            _ => part.records.iter().find(|kind| **kind != "*").copied(),
        };
        if let Some(kind) = record {
            let help = format!(
                "Write records/{kind}.md with kind = \"{kind}\", title, date, by, signed_by and rows = [\"{}\"].",
                self.row
            );
            return (Place::file(format!("records/{kind}.md")), help);
        }
        let help = format!(
            "Put the file into evidence/ and add a line to registers/evidence.csv with id, file, title, date and rows = {}.",
            self.row
        );
        (self.register_place("evidence"), help)
    }
}

fn rank(mark: Mark) -> u8 {
    match mark {
        Mark::None => 0,
        Mark::Partial => 1,
        Mark::Full | Mark::NotNeeded => 2,
    }
}

/// "12 months", "1 month".
fn months_in_words(months: u32) -> String {
    if months == 1 {
        "1 month".to_string()
    } else {
        format!("{months} months")
    }
}
