//! Register entries as proof.

use jiff::civil::Date;

use super::members::{is_active, is_one_of, name_list};
use super::nones::Nones;
use super::{Look, Outcome, documents::FileProof, months_in_words};
use crate::content::Entry;
use crate::content::registers::{ColumnKind, Condition, Coverage, NoneAccepted, Register, Serve, Table};
use crate::diagnostic::Place;
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::proof::Part;
use crate::gap::window::{Age, age};
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
pub(super) struct Candidate<'a> {
    pub entry: &'a Entry,
    pub date: Option<Date>,
    pub age: Option<Age>,
    pub complete: bool,
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

    pub(super) fn candidate<'e>(
        &self,
        entry: &'e Entry,
        serve: &Serve,
        register: &Register,
    ) -> Candidate<'e> {
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

    pub(super) fn any(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
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
    pub(super) fn nothing_fresh(&self, table: &Table, serve: &Serve, candidates: &[Candidate]) -> Outcome {
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

    pub(super) fn what_is_missing(&self, register: &Register, serve: &Serve, entry: &Entry) -> String {
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
