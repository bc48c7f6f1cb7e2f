//! Proof that must name each system, site or person of a list.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::Candidate;
use super::members::{Member, Population, name_list};
use super::nones::Nones;
use super::{Look, Outcome, documents::FileProof, months_in_words};
use crate::content::Entry;
use crate::content::registers::{Coverage, NoneAccepted, Serve, Table};
use crate::diagnostic::Place;
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::proof::{Files, Part};
use crate::gap::window::Age;
use crate::gap::{Mark, MarkName};

impl Look<'_> {
    pub(super) fn members(
        &self,
        table: &Table,
        serve: &Serve,
        part: &Part,
        candidates: &[Candidate],
        files: &[FileProof],
    ) -> Outcome {
        let Some(population) = self.population(serve.coverage) else {
            return Outcome::none();
        };
        let names = |entry: &Entry| match serve.coverage {
            Coverage::Systems(_) => entry.systems.clone(),
            Coverage::Sites => entry.sites.clone(),
            _ => entry.persons.clone(),
        };
        let mut covered = Covered::new(&population);
        for c in candidates.iter().filter(|c| c.complete) {
            covered.add(&names(c.entry), c.age);
        }
        let file_part = same_coverage(serve.coverage, part.files);
        for file in files.iter().filter(|_| file_part) {
            covered.add(&file.names(serve.coverage, self), Some(file.age));
        }
        let mut none_gaps = vec![];
        if serve.none != NoneAccepted::No && serve.coverage == Coverage::Sites {
            for member in &population.members {
                let (nones, contradictions) = self.nones(table, serve, Some(&member.id));
                none_gaps.extend(contradictions);
                match nones {
                    Nones::Full(_) => covered.add(std::slice::from_ref(&member.id), Some(Age::Fresh)),
                    Nones::Short(gap) => none_gaps.push(gap),
                    Nones::Absent => {}
                }
            }
        } else {
            let (nones, contradictions) = self.nones(table, serve, None);
            none_gaps.extend(contradictions);
            if let Nones::Short(gap) = nones {
                none_gaps.push(gap);
            }
        }
        let outcome = self.count(covered, &population, serve, &table.place);
        if outcome.mark == Mark::None && outcome.gaps.is_empty() && none_gaps.is_empty() {
            return self.nothing_fresh(table, serve, candidates);
        }
        // A short none statement matters only where it was needed; a contradiction always does.
        let full = outcome.mark == Mark::Full;
        outcome.with(
            none_gaps.into_iter().filter(|gap| {
                !full || matches!(gap.kind, GapKind::NoneContradicted | GapKind::PeriodUncovered)
            }),
        )
    }

    pub(super) fn covered_by_files_only(&self, serve: &Serve, part: &Part, files: &[FileProof]) -> Outcome {
        if files.is_empty() || !same_coverage(serve.coverage, part.files) {
            return Outcome::none();
        }
        let Some(population) = self.population(serve.coverage) else {
            return Outcome::none();
        };
        let mut covered = Covered::new(&population);
        for file in files {
            covered.add(&file.names(serve.coverage, self), Some(file.age));
        }
        self.count(covered, &population, serve, &files[0].exhibit.place)
    }

    fn count<'p>(
        &self,
        covered: Covered,
        population: &'p Population,
        serve: &Serve,
        place: &Place,
    ) -> Outcome {
        let total = population.members.len();
        let coverage = format!("{} of {total} {}", covered.fresh.len(), population.words);
        if total == 0 {
            if !covered.anything {
                return Outcome::none();
            }
            let gap = Draft::new(
                GapKind::CoverageIncomplete,
                MarkName::Evidence,
                format!(
                    "There is proof, but no list of {}, so nobody can tell whether it covers all.",
                    population.words
                ),
                Place::file(population.list.split(' ').next().unwrap_or_default()),
            )
            .help(format!("Fill in {}.", population.list));
            return Outcome::partial("", gap);
        }
        if covered.fresh.len() == total {
            return Outcome::full(coverage);
        }
        let members = || population.members.iter().enumerate();
        let name = |(_, member): (usize, &'p Member)| member.name.as_str();
        let never: Vec<&str> = members()
            .filter(|(at, _)| !covered.fresh.contains(at) && !covered.stale.contains(at))
            .map(name)
            .collect();
        let mut gaps = vec![];
        if !covered.anything {
            return Outcome {
                mark: Mark::None,
                coverage,
                gaps,
            };
        }
        if !never.is_empty() {
            gaps.push(
                Draft::new(
                    GapKind::CoverageIncomplete,
                    MarkName::Evidence,
                    format!(
                        "{} of {total} {} are covered. Missing: {}.",
                        total - never.len(),
                        population.words,
                        name_list(&never)
                    ),
                    place.clone(),
                )
                .help("Add a line for each of them, or an exhibit that names them."),
            );
        }
        let only_stale: Vec<&str> = members()
            .filter(|(at, _)| !covered.fresh.contains(at) && covered.stale.contains(at))
            .map(name)
            .collect();
        if !only_stale.is_empty() {
            gaps.push(
                Draft::new(
                    GapKind::EvidenceOlderThanInterval,
                    MarkName::Evidence,
                    format!(
                        "The proof for {} is older than {}.",
                        name_list(&only_stale),
                        months_in_words(self.months(serve.months))
                    ),
                    place.clone(),
                )
                .help("Do it again and add a line with the new date."),
            );
        }
        Outcome {
            mark: Mark::Partial,
            coverage,
            gaps,
        }
    }
}

/// Which members of a population are covered.
struct Covered<'p> {
    population: &'p Population,
    /// Where each member stands in the population.
    places: BTreeMap<&'p str, Vec<usize>>,
    fresh: BTreeSet<usize>,
    stale: BTreeSet<usize>,
    anything: bool,
}

impl<'p> Covered<'p> {
    fn new(population: &'p Population) -> Self {
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, member) in population.members.iter().enumerate() {
            places.entry(&member.id).or_default().push(index);
        }
        Self {
            population,
            places,
            fresh: BTreeSet::new(),
            stale: BTreeSet::new(),
            anything: false,
        }
    }

    fn add(&mut self, ids: &[String], age: Option<Age>) {
        let into = match age {
            Some(Age::Fresh) => &mut self.fresh,
            Some(Age::Stale) => &mut self.stale,
            Some(Age::Later) | None => return,
        };
        self.anything = true;
        if ids.iter().any(|id| id == "all") {
            into.extend(0..self.population.members.len());
        }
        let places = ids.iter().filter_map(|id| self.places.get(id.as_str()));
        into.extend(places.flatten());
    }
}

fn same_coverage(coverage: Coverage, files: Files) -> bool {
    match files {
        Files::None => false,
        Files::Cited {
            coverage: of_files, ..
        } => of_files == coverage,
        Files::HostedSystems { .. } => matches!(coverage, Coverage::Systems(_)),
    }
}
