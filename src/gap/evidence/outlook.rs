//! What comes due after the as-of date, and how far the training of each person reaches: the same intervals that the
//! marks are made of, looked at from the other side. Nothing here changes a mark.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Look;
use crate::binder::Binder;
use crate::content::registers::{Condition, Coverage, NEVER_AGES, REGISTERS, Serve, Table};
use crate::gap::proof::{self, Files};
use crate::gap::window::Age;
use crate::gap::{Mark, State, policy::last_looked_at};
use crate::rule::{RowId, rule};

/// A day on which something is to be looked at, done or proved again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The last day on which it is in time. It may lie before the as-of date.
    pub on: Date,
    /// What.
    pub of: DueOf,
}

/// What comes due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueOf {
    /// Review of a policy, by its index among the binder's.
    Policy(usize),
    /// Review of an answer, by its index.
    Answer(usize),
    /// A new look at a decision on an addressable row, by the index of its answer.
    Decision(usize),
    /// An exhibit that is the newest of some row, by its index.
    Exhibit(usize),
    /// A register whose lines serve some row.
    Register(&'static str),
    /// A risk that waits to be treated, by the index of its line.
    Risk(usize),
    /// The plan for a gap of this row.
    Plan(RowId),
}

/// Everything that comes due up to and including `last`, the earliest first. What is past its day is in it, too.
pub fn dues(binder: &Binder, last: Date) -> Vec<Due> {
    let mut found = Vec::new();
    texts(binder, &mut found);
    exhibits(binder, &mut found);
    registers(binder, &mut found);
    if let Some(table) = binder.content.registers.get("risks") {
        for (index, entry) in table.entries.iter().enumerate() {
            let waits = entry.date_of("done").is_none_or(|done| done > binder.meta.as_of)
                && entry.date_of("accepted").is_none();
            found.extend(entry.date_of("due").filter(|_| waits).map(|on| Due {
                on,
                of: DueOf::Risk(index),
            }));
        }
    }
    let plans = binder.assessments.iter().flat_map(|a| &a.gaps);
    found.extend(plans.filter_map(|gap| {
        Some(Due {
            on: gap.plan.as_ref()?.due?,
            of: DueOf::Plan(gap.row),
        })
    }));
    found.retain(|due| due.on <= last);
    found.sort();
    found.dedup();
    found
}

fn after(date: Date, months: u32) -> Option<Date> {
    (months != NEVER_AGES)
        .then(|| date.checked_add(i64::from(months).months()).ok())
        .flatten()
}

fn texts(binder: &Binder, found: &mut Vec<Due>) {
    let (content, as_of) = (&binder.content, binder.meta.as_of);
    let intervals = &content.config.intervals;
    for (index, life) in binder.policies.iter().enumerate() {
        let Some(text) = life.in_effect() else { continue };
        let months = text.policy.review_every.unwrap_or(intervals.policies);
        let on = last_looked_at(&text.policy, as_of).and_then(|date| after(date, months));
        found.extend(on.map(|on| Due {
            on,
            of: DueOf::Policy(index),
        }));
    }
    for (index, answer) in content.answers.iter().enumerate() {
        let reviewed = answer.reviewed.as_ref().map(|at| at.value);
        let on = reviewed
            .filter(|date| *date <= as_of)
            .and_then(|date| after(date, intervals.answers));
        found.extend(on.map(|on| Due {
            on,
            of: DueOf::Answer(index),
        }));
        let decisions = answer.decisions.iter().filter_map(|decision| {
            let decided = decision.decided.as_ref()?.value;
            let by = decision.review_by.as_ref().map(|at| at.value);
            by.into_iter().chain(after(decided, intervals.decisions)).min()
        });
        found.extend(decisions.min().map(|on| Due {
            on,
            of: DueOf::Decision(index),
        }));
    }
}

fn applies(binder: &Binder, row: RowId) -> bool {
    binder.assessment(row).state != State::DoesNotApply
}

/// Of each part of a row that files may serve, the newest exhibit; an older one beside it may grow old.
fn exhibits(binder: &Binder, found: &mut Vec<Due>) {
    let mut days = BTreeMap::<usize, Date>::new();
    for row in rule().row_ids().filter(|row| applies(binder, *row)) {
        let look = Look::new(binder, row, false);
        for part in proof::parts(row) {
            let (Files::Cited { months, .. } | Files::HostedSystems { months }) = part.files else {
                continue;
            };
            let files = look.files(part);
            let dated = files.iter().filter(|file| file.age != Age::Later);
            let dated = dated.filter_map(|file| Some((file.exhibit.date.as_ref()?.value, &file.exhibit.id)));
            let Some((date, id)) = dated.max() else { continue };
            let index = binder.lookup.exhibit(id);
            let on = after(date, look.months(months)).filter(|on| matters(binder, row, *on));
            let (Some(index), Some(on)) = (index, on) else {
                continue;
            };
            days.entry(index)
                .and_modify(|day| *day = on.min(*day))
                .or_insert(on);
        }
    }
    found.extend(days.into_iter().map(|(index, on)| Due {
        on,
        of: DueOf::Exhibit(index),
    }));
}

/// What is past its day matters only where nothing else proves the row.
fn matters(binder: &Binder, row: RowId, on: Date) -> bool {
    on >= binder.meta.as_of || binder.assessment(row).marks.evidence != Mark::Full
}

/// Of each declaration, the day on which its newest line grows old; where members must be covered, the earliest of
/// theirs.
fn registers(binder: &Binder, found: &mut Vec<Due>) {
    for register in REGISTERS {
        let Some(table) = binder.content.registers.get(register.name) else {
            continue;
        };
        for serve in register.serves {
            let Some(row) = rule()
                .row_ids()
                .find(|row| rule()[*row].citation.to_string() == serve.row)
            else {
                continue;
            };
            if !applies(binder, row) {
                continue;
            }
            let look = Look::new(binder, row, false);
            let newest = match serve.coverage {
                Coverage::Leavers => None,
                Coverage::EveryLine | Coverage::EveryLineIfAny => {
                    lines(&look, table, serve).map(|l| l.1).min()
                }
                Coverage::Any | Coverage::RiskLines => lines(&look, table, serve).map(|l| l.1).max(),
                Coverage::Systems(_) | Coverage::Sites | Coverage::Workforce { .. } => {
                    let members = look.population(serve.coverage).map_or(vec![], |p| p.members);
                    let newest = Newest::new(&look, table, serve);
                    members.iter().filter_map(|m| newest.of(&m.id)).min()
                }
            };
            let on = newest.and_then(|date| after(date, look.months(serve.months)));
            let on = on.filter(|on| matters(binder, row, *on));
            found.extend(on.map(|on| Due {
                on,
                of: DueOf::Register(register.name),
            }));
        }
    }
}

/// Complete lines up to the as-of date, with the ids that they name.
fn lines<'l>(
    look: &'l Look<'l>,
    table: &'l Table,
    serve: &'l Serve,
) -> impl Iterator<Item = (Vec<&'l str>, Date)> {
    table
        .entries
        .iter()
        .filter(|entry| {
            super::entries::speaks_of(serve, entry) && super::members::is_active(entry, look.as_of)
        })
        .map(|entry| look.candidate(entry, serve, table.register))
        .filter(|line| line.complete && matches!(line.age, Some(Age::Fresh | Age::Stale)))
        .filter_map(|line| {
            let named = match serve.coverage {
                Coverage::Systems(_) => &line.entry.systems,
                Coverage::Sites => &line.entry.sites,
                _ => &line.entry.persons,
            };
            Some((named.iter().map(String::as_str).collect(), line.date?))
        })
}

/// The newest day of each id that lines name, found in one run over them.
struct Newest<'l>(BTreeMap<&'l str, Date>);

impl<'l> Newest<'l> {
    fn new(look: &'l Look<'l>, table: &'l Table, serve: &'l Serve) -> Self {
        let mut days = BTreeMap::new();
        for (named, date) in lines(look, table, serve) {
            for id in named {
                days.entry(id)
                    .and_modify(|day: &mut Date| *day = date.max(*day))
                    .or_insert(date);
            }
        }
        Self(days)
    }

    fn of(&self, id: &str) -> Option<Date> {
        let named = ["all", id].into_iter().filter_map(|id| self.0.get(id));
        named.max().copied()
    }
}

/// Which topics of training each current workforce member had, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// The topics that rows ask for, with the row and the months that a training counts.
    pub topics: Vec<(&'static str, RowId, u32)>,
    /// Each current workforce member, in the order of the register.
    pub people: Vec<Trained>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trained {
    /// As the workforce register names the person.
    pub name: String,
    /// For each topic: within the interval (full), before it (partial) or never (none), and the last day.
    pub topics: Vec<(Mark, Option<Date>)>,
}

/// The training of the current workforce, from the registers `training` and `workforce`. Files that name persons count
/// for a row as well; they are not told apart by topic and are not in it.
pub fn training(binder: &Binder, table: &Table) -> Training {
    let mut out = Training {
        topics: vec![],
        people: vec![],
    };
    for serve in table.register.serves {
        let topic = serve.when.iter().find_map(|condition| match condition {
            Condition::Is("topic", [topic, ..]) => Some(*topic),
            _ => None,
        });
        let row = rule()
            .row_ids()
            .find(|row| rule()[*row].citation.to_string() == serve.row);
        let (Some(topic), Some(row)) = (topic, row.filter(|row| applies(binder, *row))) else {
            continue;
        };
        let look = Look::new(binder, row, false);
        let members = look.population(serve.coverage).map_or(vec![], |p| p.members);
        let months = look.months(serve.months);
        let newest = Newest::new(&look, table, serve);
        out.topics.push((topic, row, months));
        for (index, member) in members.iter().enumerate() {
            if out.people.len() <= index {
                out.people.push(Trained {
                    name: member.name.clone(),
                    topics: vec![],
                });
            }
            let last = newest.of(&member.id);
            let mark = match last {
                None => Mark::None,
                Some(date) if crate::gap::window::age(date, look.as_of, months) == Age::Fresh => Mark::Full,
                Some(_) => Mark::Partial,
            };
            out.people[index].topics.push((mark, last));
        }
    }
    out
}
