//! Files and signed records as proof.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Look, Outcome, months_in_words};
use crate::binder::ROWS_PER_EXHIBIT;
use crate::content::registers::Coverage;
use crate::content::{Exhibit, Record};
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::proof::{Files, Part};
use crate::gap::window::{Age, age};
use crate::gap::{Mark, MarkName};

/// A file that may serve a part, with its age by that part's interval.
pub(super) struct FileProof<'a> {
    pub exhibit: &'a Exhibit,
    pub date: Date,
    pub age: Age,
    /// Serves hosted systems only.
    hosted_only: bool,
}

impl FileProof<'_> {
    /// The members of a coverage that the file's line names.
    pub(super) fn names(&self, coverage: Coverage, look: &Look) -> Vec<String> {
        match coverage {
            Coverage::Systems(_) if self.hosted_only => {
                let hosted: Vec<&str> = look
                    .active_lines("systems")
                    .filter(|e| e.yes("hosted"))
                    .map(|e| e.id.as_str())
                    .collect();
                let named = |id: &str| self.exhibit.systems.iter().any(|s| s == id || s == "all");
                hosted
                    .into_iter()
                    .filter(|id| named(id))
                    .map(str::to_string)
                    .collect()
            }
            Coverage::Systems(_) => self.exhibit.systems.clone(),
            Coverage::Sites => self.exhibit.sites.clone(),
            _ => self.exhibit.persons.clone(),
        }
    }
}

impl Look<'_> {
    /// The files that cite the row and may serve a part. Files of this program's own output, files beyond the eighth
    /// row of a mapping, and files that are missing or changed serve nothing.
    pub(super) fn files(&self, part: &Part) -> Vec<FileProof<'_>> {
        self.exhibits()
            .filter_map(|exhibit| self.file(part, exhibit))
            .collect()
    }

    /// One exhibit that cites the row, where it may serve a part.
    pub(super) fn file<'e>(&self, part: &Part, exhibit: &'e Exhibit) -> Option<FileProof<'e>> {
        let (shows, months, hosted_only) = match part.files {
            Files::None => return None,
            Files::Cited { shows, months, .. } => (shows, months, false),
            Files::HostedSystems { months } => (&["letter", "report", "statement"][..], months, true),
        };
        let is_proof = !exhibit.self_made && self.counts_for_row(exhibit) && exhibit.is_on_file();
        let fits = shows.is_empty() || exhibit.shows.is_empty() || shows.contains(&exhibit.shows.as_str());
        let date = exhibit.date.as_ref().filter(|_| is_proof && fits)?.value;
        Some(FileProof {
            exhibit,
            date,
            age: age(date, self.as_of, self.months(months)),
            hosted_only,
        })
    }

    fn exhibits(&self) -> impl Iterator<Item = &Exhibit> {
        let content = &self.binder.content;
        self.binder
            .links(self.row)
            .exhibits
            .iter()
            .map(|index| &content.exhibits[*index])
    }

    /// A file that cites more than eight rows counts for the first eight, and for those with a page or section.
    fn counts_for_row(&self, exhibit: &Exhibit) -> bool {
        exhibit
            .rows
            .iter()
            .enumerate()
            .any(|(place, row)| row.row == self.row && (place < ROWS_PER_EXHIBIT || row.locator.is_some()))
    }

    /// Whether the exhibit named by a register cell is on file; text that names no exhibit says where the proof is
    /// and is taken at its word.
    pub(super) fn exhibit_stands(&self, cell: &str) -> bool {
        let named = |text: &str| {
            let index = self.binder.lookup.exhibit(text)?;
            self.binder.content.exhibits.get(index)
        };
        // Neither this program's own output nor what is dated later proves anything.
        let counts = |exhibit: &Exhibit| {
            let later = exhibit.date.as_ref().is_some_and(|at| at.value > self.as_of);
            exhibit.is_on_file() && !exhibit.self_made && !later
        };
        cell.split(';').filter_map(named).all(counts)
    }

    /// How far files alone prove a part.
    pub(super) fn files_alone(&self, part: &Part, files: &[FileProof]) -> Outcome {
        let coverage = match part.files {
            Files::Cited { coverage, .. } => coverage,
            Files::None | Files::HostedSystems { .. } => return self.later_or_none(files),
        };
        if coverage != Coverage::Any {
            // Counted together with the register's entries; here only the rows that have no such register.
            let has_register = crate::gap::proof::serves(self.row)
                .any(|(_, s)| s.part == part.name && s.coverage == coverage);
            return if has_register {
                self.later_or_none(files)
            } else {
                self.files_cover(coverage, part, files)
            };
        }
        if let Some(newest) = files
            .iter()
            .filter(|f| f.age == Age::Fresh)
            .max_by_key(|f| f.date)
        {
            return Outcome::full(format!("{} of {}", newest.exhibit.id, newest.date));
        }
        let Some(stale) = files
            .iter()
            .filter(|f| f.age == Age::Stale)
            .max_by_key(|f| f.date)
        else {
            return self.later_or_none(files);
        };
        let Files::Cited { months, .. } = part.files else {
            return Outcome::none();
        };
        let gap = Draft::new(
            GapKind::EvidenceOlderThanInterval,
            MarkName::Evidence,
            format!(
                "Exhibit {} is of {}. The practice's interval is {}.",
                stale.exhibit.id,
                stale.date,
                months_in_words(self.months(months))
            ),
            stale.exhibit.place.clone(),
        )
        .help("Add a newer exhibit, with its date, to registers/evidence.csv.");
        Outcome::partial(format!("{} of {}", stale.exhibit.id, stale.date), gap)
    }

    fn files_cover(&self, coverage: Coverage, part: &Part, files: &[FileProof]) -> Outcome {
        let Some(population) = self.population(coverage) else {
            return Outcome::none();
        };
        let fresh: Vec<&FileProof> = files.iter().filter(|f| f.age == Age::Fresh).collect();
        if fresh.is_empty() {
            let stale = files.iter().find(|f| f.age == Age::Stale);
            let Some(stale) = stale else {
                return self.later_or_none(files);
            };
            let gap = Draft::new(
                GapKind::EvidenceOlderThanInterval,
                MarkName::Evidence,
                format!(
                    "Exhibit {} is of {}, which is too old: {}.",
                    stale.exhibit.id, stale.date, part.wanted
                ),
                stale.exhibit.place.clone(),
            )
            .help("Add a newer exhibit, with its date, to registers/evidence.csv.");
            return Outcome::partial("", gap);
        }
        let named: BTreeSet<String> = fresh.iter().flat_map(|f| f.names(coverage, self)).collect();
        let all = named.contains("all");
        let missing: Vec<&str> = population
            .members
            .iter()
            .filter(|m| !all && !named.contains(&m.id))
            .map(|m| m.name.as_str())
            .collect();
        let total = population.members.len();
        let covered = format!("{} of {total} {}", total - missing.len(), population.words);
        if missing.is_empty() && total > 0 {
            return Outcome::full(covered);
        }
        let words = if total == 0 {
            format!(
                "There is proof, but no list of {}, so nobody can tell whether it covers all.",
                population.words
            )
        } else {
            format!(
                "{covered} are shown. Missing: {}.",
                super::members::name_list(&missing)
            )
        };
        let gap = Draft::new(GapKind::CoverageIncomplete, MarkName::Evidence, words, fresh[0].exhibit.place.clone())
            .help("Name what the exhibit shows in its system, site or person column, or add an exhibit for the others.");
        Outcome::partial(covered, gap)
    }

    fn later_or_none(&self, files: &[FileProof]) -> Outcome {
        match files.iter().find(|f| f.age == Age::Later) {
            Some(later) => Outcome::none().with([self.dated_later(&later.exhibit.place, Some(later.date))]),
            None => Outcome::none(),
        }
    }

    /// Exhibits that cite the row and are not what the register says: a gap each, whatever else proves the row.
    pub(super) fn broken_exhibits(&self) -> Vec<Draft> {
        self.exhibits()
            .filter_map(|exhibit| {
                let file = exhibit.file.as_ref()?;
                let Some(found) = &exhibit.found else {
                    let words = format!("The file of exhibit {} is not there: {}.", exhibit.id, file.value);
                    return Some(
                        Draft::new(GapKind::EvidenceFileMissing, MarkName::Evidence, words, exhibit.place.clone())
                            .help("Put the file back, or correct its name in registers/evidence.csv."),
                    );
                };
                let recorded = exhibit.recorded_sha256.as_ref()?;
                (!recorded.value.eq_ignore_ascii_case(&found.sha256)).then(|| {
                    let words = format!(
                        "The file of exhibit {} is not the one that was recorded: its SHA-256 begins with {}, not {}.",
                        exhibit.id,
                        prefix(&found.sha256),
                        prefix(&recorded.value)
                    );
                    Draft::new(GapKind::EvidenceFileChanged, MarkName::Evidence, words, recorded.place.clone())
                        .help("Put the recorded file back, or add the new file as an exhibit of its own.")
                })
            })
            .collect()
    }

    /// How far signed records prove a part.
    pub(super) fn records(&self, part: &Part) -> Outcome {
        let any_kind = part.records.contains(&"*");
        let mut records: Vec<&Record> = self
            .binder
            .links(self.row)
            .records
            .iter()
            .map(|index| &self.binder.content.records[*index])
            .filter(|record| {
                let names_the_row = record.rows.iter().any(|at| at.value == self.row);
                // A signed record that names the row serves wherever any file would.
                let as_file = any_kind
                    || matches!(
                        part.files,
                        Files::Cited {
                            coverage: Coverage::Any,
                            ..
                        }
                    );
                part.records.contains(&record.kind) || (as_file && names_the_row)
            })
            .collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.date.as_ref().map(|at| at.value)));
        let mut best = Outcome::none();
        for record in records {
            let mut outcome = self.record(record, part.record_months);
            if let (Mark::Full, Some(gap)) = (outcome.mark, self.sites_left_out(record, part)) {
                outcome = Outcome::partial(outcome.coverage, gap);
            }
            if outcome.mark == Mark::Full {
                return outcome;
            }
            if best.mark == Mark::None && (outcome.mark != Mark::None || best.gaps.is_empty()) {
                best = outcome;
            }
        }
        best
    }

    /// Where proof is asked for site by site, a record covers the sites that it names; the only site need not be named.
    fn sites_left_out(&self, record: &Record, part: &Part) -> Option<Draft> {
        let Files::Cited {
            coverage: Coverage::Sites,
            ..
        } = part.files
        else {
            return None;
        };
        let sites = self.population(Coverage::Sites)?.members;
        let named = |id: &String| record.sites.iter().any(|site| site == id || site == "all");
        let missing: Vec<&str> = sites
            .iter()
            .filter(|m| !named(&m.id))
            .map(|m| m.name.as_str())
            .collect();
        if missing.is_empty() || (sites.len() == 1 && record.sites.is_empty()) {
            return None;
        }
        let words = format!(
            "\"{}\" speaks of {} of {} sites. Missing: {}.",
            record.title,
            sites.len() - missing.len(),
            sites.len(),
            super::members::name_list(&missing)
        );
        Some(
            Draft::new(GapKind::CoverageIncomplete, MarkName::Evidence, words, record.place.clone())
                .help("Name the sites it speaks of at its top, like sites = [\"main\"], or write one for the others."),
        )
    }

    /// A record must be dated, signed and hold text.
    pub(super) fn record(&self, record: &Record, months: u32) -> Outcome {
        let gap = |kind, words: String, help: &str| {
            Draft::new(kind, MarkName::Evidence, words, record.place.clone()).help(help)
        };
        let Some(date) = record.date.as_ref().map(|at| at.value) else {
            let words = format!("The record \"{}\" has no date.", record.title);
            return Outcome::none().with([gap(
                GapKind::EvidenceMissing,
                words,
                "Add date = 2026-09-14 to its top.",
            )]);
        };
        if record
            .signed_by
            .as_deref()
            .is_none_or(|name| name.trim().is_empty())
        {
            let words = format!("The record \"{}\" is not signed.", record.title);
            let help = "When somebody has signed it, add signed_by = \"name and role\" to its top.";
            return Outcome::none().with([gap(GapKind::EvidenceMissing, words, help)]);
        }
        if !record.substance.has_text() {
            let words = format!("The record \"{}\" holds no text.", record.title);
            return Outcome::none().with([gap(
                GapKind::EvidenceMissing,
                words,
                "Write down what was done and found.",
            )]);
        }
        match age(date, self.as_of, self.months(months)) {
            Age::Later => Outcome::none().with([self.dated_later(&record.place, Some(date))]),
            Age::Stale => {
                let interval = months_in_words(self.months(months));
                let words = format!(
                    "\"{}\" is of {date}. The practice's interval is {interval}.",
                    record.title
                );
                let help = "Do it again and write a new record with the new date; keep this one.";
                Outcome::partial(
                    format!("{date}"),
                    gap(GapKind::EvidenceOlderThanInterval, words, help),
                )
            }
            Age::Fresh => Outcome::full(format!("{} of {date}", record.title)),
        }
    }
}

fn prefix(digest: &str) -> String {
    digest.chars().take(12).collect()
}
