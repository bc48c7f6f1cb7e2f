//! Register entries as proof.

use jiff::civil::Date;

use super::members::{Member, Population, is_active, is_one_of, name_list};
use super::nones::Nones;
use super::{Look, Outcome, documents::FileProof, months_in_words};
use crate::content::Entry;
use crate::content::registers::{ColumnKind, Condition, Coverage, NoneAccepted, Register, Serve, Table};
use crate::diagnostic::Place;
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::proof::{Files, Part};
use crate::gap::window::{Age, age, start};
use crate::gap::{Mark, MarkName};

/// Whether a line is one that a declaration speaks of (before asking whether it is complete and fresh).
pub(super) fn speaks_of(serve: &Serve, entry: &Entry) -> bool {
    serve
        .among
        .iter()
        .chain(serve.when)
        .all(|condition| match condition {
            Condition::Is(column, values) => is_one_of(entry.get(column), values),
            Condition::Yes(column)
                if serve
                    .among
                    .iter()
                    .any(|c| matches!(c, Condition::Yes(name) if name == column)) =>
            {
                entry.yes(column)
            }
            _ => true,
        })
}

/// Whether a line belongs beside a row: the declaration speaks of it and, where single lines are the proof, it holds
/// what makes it one. A line that lacks a cell of an inventory belongs there all the same: it shows what is missing.
pub fn belongs(serve: &Serve, entry: &Entry) -> bool {
    let holds_what_proves = || {
        let filled = |column: &str| !entry.get(column).is_empty();
        serve.filled.iter().all(|column| filled(column))
            && serve.when.iter().all(|condition| match condition {
                Condition::Present(column) => filled(column),
                Condition::AnyFilled(columns) => columns.iter().any(|column| filled(column)),
                _ => true,
            })
    };
    speaks_of(serve, entry) && (serve.coverage != Coverage::Any || holds_what_proves())
}

/// The words to type to add the line that is wanted.
pub(super) fn words_to_type(register: &Register, serve: &Serve) -> String {
    let value = |column: &str| {
        serve.when.iter().find_map(|condition| match condition {
            Condition::Is(name, values) if *name == column => Some(format!("{column} = {}", values[0])),
            Condition::Yes(name) | Condition::YesOrDecided(name) if *name == column => {
                Some(format!("{column} = yes"))
            }
            _ => None,
        })
    };
    let mut columns: Vec<&str> = register
        .columns
        .iter()
        .filter(|c| c.required)
        .map(|c| c.name)
        .collect();
    columns.extend(serve.filled);
    columns.extend(serve.when.iter().filter_map(|condition| match condition {
        Condition::Is(name, _)
        | Condition::Yes(name)
        | Condition::YesOrDecided(name)
        | Condition::Present(name) => Some(*name),
        _ => None,
    }));
    let mut seen = vec![];
    columns.retain(|c| {
        !seen.contains(c) && {
            seen.push(*c);
            true
        }
    });
    let typed: Vec<String> = columns
        .iter()
        .map(|c| value(c).unwrap_or_else(|| (*c).to_string()))
        .collect();
    let line = format!(
        "Add a line to registers/{}.csv with {}.",
        register.name,
        typed.join(", ")
    );
    match serve.none {
        NoneAccepted::No => line,
        _ => format!(
            "{line} If nothing of the kind happened, add a line that begins with none, with from, to, by and recorded."
        ),
    }
}

/// An entry that could serve, with what its date says.
struct Candidate<'a> {
    entry: &'a Entry,
    date: Option<Date>,
    age: Option<Age>,
    complete: bool,
}

impl Look<'_> {
    /// How far one declaration, together with the files of the same part, proves it.
    pub(super) fn serve(
        &self,
        register: &Register,
        serve: &Serve,
        part: &Part,
        files: &[FileProof],
    ) -> Outcome {
        let Some(table) = self.binder.content.registers.get(register.name) else {
            return self.covered_by_files_only(serve, part, files);
        };
        let candidates: Vec<Candidate> = table
            .entries
            .iter()
            // A designation that ended, a key that came back: they say who it was, not who it is.
            .filter(|entry| speaks_of(serve, entry) && is_active(entry, self.as_of))
            .map(|entry| self.candidate(entry, serve, register))
            .collect();
        match serve.coverage {
            Coverage::Any => self.any(table, serve, &candidates),
            Coverage::EveryLine | Coverage::EveryLineIfAny => self.every_line(table, serve, &candidates),
            Coverage::RiskLines => self.risk_lines(table, serve),
            Coverage::Leavers => self.leavers(table, serve, &candidates),
            Coverage::Systems(_) | Coverage::Sites | Coverage::Workforce { .. } => {
                self.members(table, serve, part, &candidates, files)
            }
        }
    }

    fn candidate<'e>(&self, entry: &'e Entry, serve: &Serve, register: &Register) -> Candidate<'e> {
        let date = if serve.date.is_empty() {
            entry.date
        } else {
            entry.date_of(serve.date)
        };
        let complete = self.holds(serve.when, entry)
            && serve
                .filled
                .iter()
                .all(|column| self.is_filled_in(register, serve, entry, column));
        Candidate {
            entry,
            date,
            age: date.map(|d| age(d, self.as_of, self.months(serve.months))),
            complete,
        }
    }

    pub(super) fn is_filled(&self, entry: &Entry, column: &str) -> bool {
        let text = entry.get(column);
        !text.is_empty() && self.exhibit_stands(text)
    }

    /// Dates after the as-of date never count: what will be signed, closed or switched off later has not been yet.
    /// (The date that freshness is measured by says so itself.)
    fn is_filled_in(&self, register: &Register, serve: &Serve, entry: &Entry, column: &str) -> bool {
        if column != serve.date && entry.date_of(column).is_some_and(|date| date > self.as_of) {
            return false;
        }
        let is_exhibit = register
            .columns
            .iter()
            .any(|c| c.name == column && c.kind == ColumnKind::Exhibit);
        let text = entry.get(column);
        !text.is_empty() && (!is_exhibit || self.exhibit_stands(text))
    }

    fn any(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
        let fresh = candidates
            .iter()
            .filter(|c| c.complete && c.age == Some(Age::Fresh))
            .max_by_key(|c| c.date);
        let (nones, contradictions) = self.nones(table, serve, None);
        let outcome = match (fresh, nones) {
            (Some(entry), Nones::Short(gap)) if gap.kind == GapKind::PeriodUncovered => {
                Outcome::partial(last_on(entry.date), gap)
            }
            (Some(entry), _) => Outcome::full(last_on(entry.date)),
            (None, Nones::Full(to)) => Outcome::full(format!("none recorded to {to}")),
            (None, Nones::Short(gap))
                if gap.kind == GapKind::NoneNotAccepted || gap.kind == GapKind::EvidenceDatedLater =>
            {
                Outcome::none().with([gap])
            }
            (None, Nones::Short(gap)) => Outcome::partial("", gap),
            (None, Nones::Absent) => self.nothing_fresh(table, serve, candidates),
        };
        self.each_line_is_complete(table, serve, candidates, outcome)
            .with(contradictions)
    }

    /// Where "none" would be an answer, the lines are all that happened, and one good line does not make up for one
    /// that lacks its certificate.
    fn each_line_is_complete(
        &self,
        table: &Table,
        serve: &Serve,
        candidates: &[Candidate],
        mut outcome: Outcome,
    ) -> Outcome {
        if serve.none == NoneAccepted::No || outcome.mark == Mark::None {
            return outcome;
        }
        let fresh = || candidates.iter().filter(|c| c.age == Some(Age::Fresh));
        let incomplete: Vec<&Candidate> = fresh().filter(|c| !c.complete).collect();
        let Some(first) = incomplete.first() else {
            return outcome;
        };
        let names: Vec<&str> = incomplete.iter().map(|c| line_name(c.entry)).collect();
        let words = format!(
            "{}: {} of {} lines are complete. Missing: {} ({}).",
            table.register.title,
            fresh().count() - incomplete.len(),
            fresh().count(),
            name_list(&names),
            self.what_is_missing(table.register, serve, first.entry)
        );
        outcome.mark = outcome.mark.min(Mark::Partial);
        outcome.with([Draft::new(
            GapKind::CoverageIncomplete,
            MarkName::Evidence,
            words,
            first.entry.place.clone(),
        )
        .help("Fill in the cell of that line when it is true.")])
    }

    /// No fresh entry: is there a stale one, one dated later, an incomplete one?
    fn nothing_fresh(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
        let stale = candidates
            .iter()
            .filter(|c| c.complete && c.age == Some(Age::Stale))
            .max_by_key(|c| c.date);
        if let Some(stale) = stale {
            let gap = self.too_old(&stale.entry.place, stale.date, serve, table.register.title);
            return Outcome::partial(
                last_on(stale.date),
                gap.help(words_to_type(table.register, serve)),
            );
        }
        if let Some(later) = candidates.iter().find(|c| c.age == Some(Age::Later)) {
            return Outcome::none().with([self.dated_later(&later.entry.place, later.date)]);
        }
        if let Some(incomplete) = candidates
            .iter()
            .find(|c| !c.complete && c.age == Some(Age::Fresh))
        {
            let gap = Draft::new(
                GapKind::EvidenceMissing,
                MarkName::Evidence,
                format!(
                    "A line of the register {} does not say enough to prove this row: {}.",
                    table.register.title,
                    self.what_is_missing(table.register, serve, incomplete.entry)
                ),
                incomplete.entry.place.clone(),
            );
            return Outcome::none().with([gap.help(words_to_type(table.register, serve))]);
        }
        Outcome::none()
    }

    fn what_is_missing(&self, register: &Register, serve: &Serve, entry: &Entry) -> String {
        let mut wants: Vec<String> = serve
            .filled
            .iter()
            .filter(|column| !self.is_filled_in(register, serve, entry, column))
            .map(|column| match entry.get(column) {
                "" => format!("{column} is empty"),
                day if entry.date_of(column).is_some() => format!("{column} is {day}, after {}", self.as_of),
                exhibit => format!("{column} names {exhibit}, which is not on file as recorded"),
            })
            .collect();
        for condition in serve
            .when
            .iter()
            .filter(|c| !self.holds(std::slice::from_ref(c), entry))
        {
            wants.push(match condition {
                Condition::Is(column, values) => format!("{column} is not {}", values.join(" or ")),
                Condition::Yes(column) => format!("{column} is not yes"),
                Condition::YesOrDecided(column) => format!("{column} is not yes"),
                Condition::Present(column) => format!("{column} is empty or no"),
                Condition::AnyFilled(columns) => format!("none of {} is filled", columns.join(", ")),
                Condition::NotAfter(first, second) => format!("{first} is empty or later than {second}"),
                Condition::Either(_) => "it lacks an approval".to_string(),
            });
        }
        if wants.is_empty() {
            "its date is missing".to_string()
        } else {
            wants.join("; ")
        }
    }

    fn every_line(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
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

    fn risk_lines(&self, table: &Table, serve: &Serve) -> Outcome {
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

    fn leavers(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
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
        let open: Vec<&str> = left
            .iter()
            .filter(|person| {
                !candidates
                    .iter()
                    .any(|c| c.complete && c.entry.persons.contains(&person.id))
            })
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

    fn members(
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

    fn covered_by_files_only(&self, serve: &Serve, part: &Part, files: &[FileProof]) -> Outcome {
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

    fn count(&self, covered: Covered, population: &Population, serve: &Serve, place: &Place) -> Outcome {
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
        let missing = |ids: &[String]| -> Vec<&str> {
            population
                .members
                .iter()
                .filter(|m| !ids.contains(&m.id))
                .map(|m| m.name.as_str())
                .collect()
        };
        let seen: Vec<String> = covered.fresh.iter().chain(&covered.stale).cloned().collect();
        let (never, not_fresh) = (missing(&seen), missing(&covered.fresh));
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
        let only_stale: Vec<&str> = not_fresh
            .iter()
            .filter(|name| !never.contains(name))
            .copied()
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

    pub(super) fn too_old(&self, place: &Place, date: Option<Date>, serve: &Serve, what: &str) -> Draft {
        let when = date.map_or("has no date".to_string(), |date| format!("is of {date}"));
        let months = months_in_words(self.months(serve.months));
        Draft::new(
            GapKind::EvidenceOlderThanInterval,
            MarkName::Evidence,
            format!("{what}: the newest proof {when}. The practice's interval is {months}."),
            place.clone(),
        )
    }

    pub(super) fn dated_later(&self, place: &Place, date: Option<Date>) -> Draft {
        let when = date.map(|date| format!(" ({date})")).unwrap_or_default();
        Draft::new(
            GapKind::EvidenceDatedLater,
            MarkName::Evidence,
            format!(
                "This is dated after {}{when}, so it does not count yet.",
                self.as_of
            ),
            place.clone(),
        )
        .help("Check the date. If it is right, it will count from that day.")
    }
}

/// Which members of a population are covered.
struct Covered<'p> {
    population: &'p Population,
    fresh: Vec<String>,
    stale: Vec<String>,
    anything: bool,
}

impl<'p> Covered<'p> {
    fn new(population: &'p Population) -> Self {
        Self {
            population,
            fresh: vec![],
            stale: vec![],
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
        let all = ids.iter().any(|id| id == "all");
        for member in self
            .population
            .members
            .iter()
            .filter(|m| all || ids.contains(&m.id))
        {
            if !into.contains(&member.id) {
                into.push(member.id.clone());
            }
        }
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

pub(super) fn line_name(entry: &Entry) -> &str {
    let name = ["name", "title", "item", "asset"]
        .iter()
        .map(|c| entry.get(c))
        .find(|text| !text.is_empty());
    match (entry.id.as_str(), name) {
        ("", Some(name)) => name,
        ("", None) => &entry.anchor,
        (id, _) => id,
    }
}

fn last_on(date: Option<Date>) -> String {
    date.map(|date| format!("last on {date}")).unwrap_or_default()
}
