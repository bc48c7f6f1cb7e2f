//! Registers of which every line must be in order: inventories, contracts, risks; and the people who left.

use std::collections::BTreeSet;

use super::entries::{Candidate, line_name, words_to_type};
use super::members::{Member, is_active, is_one_of, name_list};
use super::nones::Nones;
use super::{Look, Outcome};
use crate::content::Entry;
use crate::content::registers::{Coverage, Serve, Table};
use crate::diagnostic::Place;
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::window::{Age, age, start};
use crate::gap::{Mark, MarkName};

impl Look<'_> {
    pub(super) fn every_line(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
        // Conditions of `when` are asked of each line here, so a line that fails them must still be counted.
        let in_scope: Vec<Candidate> = table
            .entries
            .iter()
            .filter(|entry| is_active(entry, self.as_of) && self.holds(serve.among, entry))
            .map(|entry| self.candidate(entry, serve, table.register))
            .collect();
        if in_scope.is_empty() {
            let any_fresh = table.entries.iter().any(|e| {
                is_active(e, self.as_of)
                    && e.date
                        .is_some_and(|d| age(d, self.as_of, self.months(serve.months)) == Age::Fresh)
            });
            return match serve.coverage {
                Coverage::EveryLineIfAny if any_fresh => Outcome::full("none in scope"),
                _ => match self.nones(table, serve, None).0 {
                    Nones::Short(gap) => Outcome::none().with([gap]),
                    Nones::Absent | Nones::Full(_) => self.nothing_fresh(table, serve, candidates),
                },
            };
        }
        let good = |c: &&Candidate| c.complete && c.age == Some(Age::Fresh);
        let fresh = in_scope.iter().filter(good).count();
        let total = in_scope.len();
        let coverage = format!("{fresh} of {total} lines");
        if fresh == total {
            return Outcome::full(coverage);
        }
        let mut gaps = vec![];
        let incomplete: Vec<&Candidate> = in_scope.iter().filter(|c| !c.complete).collect();
        if let Some(first) = incomplete.first() {
            let names: Vec<&str> = incomplete.iter().map(|c| line_name(c.entry)).collect();
            gaps.push(
                Draft::new(
                    GapKind::CoverageIncomplete,
                    MarkName::Evidence,
                    format!(
                        "{}: {} of {total} lines are complete. Missing: {} ({}).",
                        table.register.title,
                        total - incomplete.len(),
                        name_list(&names),
                        self.what_is_missing(table.register, serve, first.entry)
                    ),
                    first.entry.place.clone(),
                )
                .help(
                    "Fill in the cell of that line when it is true, with proof where the column asks for it.",
                ),
            );
        }
        if let Some(stale) = in_scope
            .iter()
            .filter(|c| c.complete && c.age == Some(Age::Stale))
            .min_by_key(|c| c.date)
        {
            gaps.push(self.too_old(&stale.entry.place, stale.date, serve, table.register.title).help(
                "Look at the line again and, if it is still right, write today's date into its date column.",
            ));
        }
        if let Some(later) = in_scope.iter().find(|c| c.age == Some(Age::Later)) {
            gaps.push(self.dated_later(&later.entry.place, later.date));
        }
        if let Some(undated) = in_scope.iter().find(|c| c.complete && c.age.is_none()) {
            gaps.push(Draft::new(
                GapKind::CoverageIncomplete,
                MarkName::Evidence,
                format!("{}: a line has no date.", table.register.title),
                undated.entry.place.clone(),
            ));
        }
        let something = fresh > 0 || in_scope.iter().any(|c| c.complete && c.age == Some(Age::Stale));
        Outcome {
            mark: if something { Mark::Partial } else { Mark::None },
            coverage,
            gaps,
        }
    }

    pub(super) fn risk_lines(&self, table: &Table, serve: &Serve) -> Outcome {
        if table.entries.is_empty() {
            return match self.nones(table, serve, None).0 {
                Nones::Short(gap) => Outcome::none().with([gap]),
                Nones::Absent | Nones::Full(_) => Outcome::none(),
            };
        }
        if let Some(first) = table
            .entries
            .iter()
            .filter_map(|e| e.date)
            .min()
            .filter(|d| *d > self.as_of)
        {
            return Outcome::none().with([self.dated_later(&table.place, Some(first))]);
        }
        let mut gaps = vec![];
        for entry in &table.entries {
            if let Some(message) = self.risk_is_open(entry) {
                gaps.push(
                    Draft::new(GapKind::CoverageIncomplete, MarkName::Evidence, message, entry.place.clone())
                        .help("Write down what was decided, who does it and until when; when it is done, the day and the proof."),
                );
            }
        }
        let newest = table
            .entries
            .iter()
            .filter_map(|e| e.date)
            .filter(|d| *d <= self.as_of)
            .max();
        if newest.is_none_or(|d| age(d, self.as_of, self.months(serve.months)) != Age::Fresh) {
            gaps.push(self.too_old(&table.place, newest, serve, table.register.title));
        }
        let total = table.entries.len();
        let settled = total
            - gaps
                .iter()
                .filter(|g| g.kind == GapKind::CoverageIncomplete)
                .count()
                .min(total);
        let mark = if gaps.is_empty() {
            Mark::Full
        } else {
            Mark::Partial
        };
        Outcome {
            mark,
            coverage: format!("{settled} of {total} risks in hand"),
            gaps,
        }
    }

    /// Why a risk line is not in hand, if it is not.
    fn risk_is_open(&self, entry: &Entry) -> Option<String> {
        let id = line_name(entry);
        let on_or_before = |column: &str| entry.date_of(column).is_some_and(|date| date <= self.as_of);
        if on_or_before("done") {
            return (!self.is_filled(entry, "proof")).then(|| format!("Risk {id} is closed without proof."));
        }
        if is_one_of(entry.get("decision"), &["accept"]) {
            let accepted = !entry.get("accepted_by").is_empty() && on_or_before("accepted");
            return (!accepted).then(|| format!("Risk {id} is accepted, but not by whom and when."));
        }
        if entry.get("decision").is_empty() {
            return Some(format!("Risk {id} has no decision."));
        }
        if entry.get("owner").is_empty() {
            return Some(format!("Risk {id} has no owner."));
        }
        match entry.date_of("due") {
            None => Some(format!("Risk {id} has no due date.")),
            Some(due) if due < self.as_of => Some(format!("Risk {id} was due on {due} and is still open.")),
            Some(_) => None,
        }
    }

    pub(super) fn leavers(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
        let from = start(self.as_of, self.months(serve.months));
        let left: Vec<Member> = self
            .binder
            .content
            .registers
            .get("workforce")
            .into_iter()
            .flat_map(|workforce| &workforce.entries)
            .filter(|e| {
                e.date_of("until")
                    .is_some_and(|until| until >= from && until <= self.as_of)
            })
            .map(|e| Member {
                id: e.id.clone(),
                name: e.get("name").to_string(),
            })
            .collect();
        let whole = candidates.iter().filter(|c| c.complete);
        let settled: BTreeSet<&str> = whole
            .flat_map(|c| c.entry.persons.iter().map(String::as_str))
            .collect();
        let open: Vec<&str> = left
            .iter()
            .filter(|person| !settled.contains(person.id.as_str()))
            .map(|person| person.name.as_str())
            .collect();
        let plain = self.any(table, serve, candidates);
        if !open.is_empty() {
            let gap = Draft::new(
                GapKind::CoverageIncomplete,
                MarkName::Evidence,
                format!(
                    "{} of {} people who left have a line. Missing: {}.",
                    left.len() - open.len(),
                    left.len(),
                    name_list(&open)
                ),
                table.place.clone(),
            )
            .help(words_to_type(table.register, serve));
            let mark = if plain.mark == Mark::None || open.len() == left.len() {
                Mark::None
            } else {
                Mark::Partial
            };
            return Outcome {
                mark,
                coverage: format!("{} of {}", left.len() - open.len(), left.len()),
                gaps: vec![gap],
            }
            .with(plain.gaps);
        }
        if plain.mark == Mark::Full && !self.binder.content.registers.contains_key("workforce") {
            let gap = Draft::new(
                GapKind::CoverageIncomplete,
                MarkName::Evidence,
                "Without the list of the workforce nobody can tell whether a leaver was forgotten.",
                Place::file("registers/workforce.csv"),
            )
            .help("Make registers/workforce.csv with everyone who works here and since when.");
            return Outcome::partial(plain.coverage, gap).with(plain.gaps);
        }
        plain
    }
}
