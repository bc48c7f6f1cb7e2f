//! None statements as proof: "nothing of the kind happened from .. to".

use jiff::civil::Date;

use super::Look;
use super::entries::{line_name, speaks_of, words_to_type};
use super::members::is_one_of;
use crate::content::registers::{Condition, NoneAccepted, NoneRule, Register, Serve, Table};
use crate::content::{Entry, NoneStatement};
use crate::gap::MarkName;
use crate::gap::assess::Draft;
use crate::gap::kinds::GapKind;
use crate::gap::window::{Age, age, first_hole, start};

/// What the none statements amount to.
pub(super) enum Nones {
    Absent,
    Full(Date),
    Short(Draft),
}

/// Whether a none statement speaks of what a declaration is about.
pub fn none_speaks_of(register: &Register, serve: &Serve, none: &NoneStatement) -> bool {
    let NoneRule::Accepted { per } = register.none else {
        return true;
    };
    if serve.none == NoneAccepted::No && !none.of.is_empty() {
        return false;
    }
    if none.of.is_empty() {
        return serve.none != NoneAccepted::Named;
    }
    let named = serve
        .when
        .iter()
        .any(|c| matches!(c, Condition::Is(column, values) if *column == per && is_one_of(&none.of, values)));
    let speaks_of_all = !serve
        .when
        .iter()
        .any(|c| matches!(c, Condition::Is(column, _) if *column == per));
    // "No outage" says nothing about incidents of other kinds: a part that speaks of every kind needs a statement
    // about every kind.
    named && !speaks_of_all
}

impl Look<'_> {
    /// What the none statements of a table say for a declaration, at a site where one is named.
    pub(super) fn nones(&self, table: &Table, serve: &Serve, site: Option<&str>) -> (Nones, Vec<Draft>) {
        let spoken: Vec<&NoneStatement> = table
            .nones
            .iter()
            .filter(|none| none_speaks_of(table.register, serve, none))
            .filter(|none| {
                site.is_none_or(|s| none.sites.is_empty() || none.sites.iter().any(|x| x == s || x == "all"))
            })
            .collect();
        let Some(first) = spoken.first() else {
            return (Nones::Absent, vec![]);
        };
        if serve.none == NoneAccepted::No {
            let gap = Draft::new(
                GapKind::NoneNotAccepted,
                MarkName::Evidence,
                format!(
                    "\"None\" proves nothing in the register {}: something must have happened.",
                    table.register.title
                ),
                first.place.clone(),
            )
            .help(words_to_type(table.register, serve));
            return (Nones::Short(gap), vec![]);
        }
        let (good, contradictions) = self.uncontradicted(table, serve, site, &spoken);
        let counted: Vec<&NoneStatement> = good
            .into_iter()
            .filter(|none| none.to <= self.as_of && none.recorded <= self.as_of)
            .collect();
        let Some(newest) = counted.iter().max_by_key(|none| none.to) else {
            let later = spoken
                .iter()
                .find(|none| none.to > self.as_of || none.recorded > self.as_of);
            let nones = match later {
                Some(none) => Nones::Short(self.dated_later(&none.place, Some(none.to.max(none.recorded)))),
                None => Nones::Absent,
            };
            return (nones, contradictions);
        };
        let months = self.months(serve.months);
        let from = start(self.as_of, months);
        if newest.to < from {
            let gap = self.too_old(&newest.place, Some(newest.to), serve, table.register.title);
            return (
                Nones::Short(gap.help("Add a new line none for the time since then.")),
                contradictions,
            );
        }
        let begin = match serve.none {
            NoneAccepted::NoHoles => from,
            _ => counted
                .iter()
                .filter(|none| none.to >= from)
                .map(|none| none.from)
                .min()
                .unwrap_or(from),
        };
        let periods = counted.iter().map(|none| (none.from, none.to)).collect();
        // Any line will do: a statement about all kinds must be split around an entry of any kind.
        let keeps_book = |a: Date, b: Date| {
            table
                .entries
                .iter()
                .any(|e| e.date.is_some_and(|date| (a..=b).contains(&date)))
        };
        let nones = match first_hole(begin, newest.to, periods, keeps_book) {
            None if serve.none == NoneAccepted::WithList && !self.list_is_confirmed(table, serve) => {
                Nones::Short(
                    Draft::new(
                        GapKind::CoverageIncomplete,
                        MarkName::Evidence,
                        format!(
                            "{}: \"none\" without a look at the list of who has access.",
                            table.register.title
                        ),
                        newest.place.clone(),
                    )
                    .help("Go through the list and add a line with action = list-confirmed or review."),
                )
            }
            None => Nones::Full(newest.to),
            Some((a, b)) => Nones::Short(
                Draft::new(
                    GapKind::PeriodUncovered,
                    MarkName::Evidence,
                    format!(
                        "{}: no line and no statement covers {a} to {b}.",
                        table.register.title
                    ),
                    newest.place.clone(),
                )
                .help(format!(
                    "If nothing of the kind happened, add a line none with from {a} and to {b}."
                )),
            ),
        };
        (nones, contradictions)
    }

    /// Whether somebody looked at the list of who has access within the interval.
    fn list_is_confirmed(&self, table: &Table, serve: &Serve) -> bool {
        table.entries.iter().any(|e| {
            is_one_of(e.get("action"), &["list-confirmed", "review"])
                && e.date
                    .is_some_and(|date| age(date, self.as_of, self.months(serve.months)) == Age::Fresh)
        })
    }

    fn uncontradicted<'n>(
        &self,
        table: &Table,
        serve: &Serve,
        site: Option<&str>,
        spoken: &[&'n NoneStatement],
    ) -> (Vec<&'n NoneStatement>, Vec<Draft>) {
        let mut good = vec![];
        let mut contradictions = vec![];
        for none in spoken {
            let within = |date: Option<Date>| date.filter(|date| (none.from..=none.to).contains(date));
            let here = |entry: &Entry| {
                site.is_none_or(|s| {
                    entry.sites.is_empty() || entry.sites.iter().any(|x| x == s || x == "all")
                })
            };
            // "No moves" is not contradicted by something that left for good.
            let same_value = |entry: &Entry| match table.register.none {
                NoneRule::Accepted { per } if !none.of.is_empty() => is_one_of(entry.get(per), &[&none.of]),
                _ => true,
            };
            let own = table
                .entries
                .iter()
                .filter(|e| speaks_of(serve, e) && same_value(e) && here(e))
                .find_map(|e| within(e.date).map(|date| (table.register.title, line_name(e), date)));
            // Somebody who started in the period, and was authorized the week before it, has a line.
            let has_line_of_its_own = |other: &Entry| {
                let names =
                    |e: &Entry| e.persons.contains(&other.id) || is_one_of(e.get("item"), &[&other.id]);
                !other.id.is_empty() && table.entries.iter().any(|e| speaks_of(serve, e) && names(e))
            };
            let other = serve.contradicted_by.iter().find_map(|other| {
                let lines = self.binder.content.registers.get(other.register)?;
                lines
                    .entries
                    .iter()
                    .filter_map(|e| Some((e, within(e.date_of(other.date))?)))
                    .find(|(e, _)| self.holds(other.when, e) && !has_line_of_its_own(e))
                    .map(|(e, date)| (lines.register.title, line_name(e), date))
            });
            match own.or(other) {
                None => good.push(*none),
                Some((register, line, date)) => contradictions.push(
                    Draft::new(
                        GapKind::NoneContradicted,
                        MarkName::Evidence,
                        format!(
                            "\"None from {} to {}\" is contradicted by the register {register}: {line}, {date}.",
                            none.from, none.to
                        ),
                        none.place.clone(),
                    )
                    .help("Correct the dates of the statement, or add the line that is missing."),
                ),
            }
        }
        (good, contradictions)
    }
}
