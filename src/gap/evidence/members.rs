//! Who and what must be covered: the current workforce, the systems in use, the sites, the active lines.

use jiff::civil::Date;

use super::Look;
use crate::content::Entry;
use crate::content::registers::{Condition, Coverage, SystemFilter, is_no, is_yes};

/// One person, system or site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// The id that other lines join on.
    pub id: String,
    /// The name to show.
    pub name: String,
}

/// A list to be covered, with the words for it.
pub(super) struct Population {
    /// "systems in use", "sites", "current workforce members".
    pub words: &'static str,
    /// Where the list is kept.
    pub list: &'static str,
    /// Its members.
    pub members: Vec<Member>,
}

impl Look<'_> {
    /// The population of a coverage; `None` for coverages that are not about a list of members.
    pub(super) fn population(&self, coverage: Coverage) -> Option<Population> {
        let lines = |register| self.active_lines(register);
        Some(match coverage {
            Coverage::Systems(filter) => Population {
                words: match filter {
                    SystemFilter::InUse => "systems in use",
                    SystemFilter::HoldsEphi => "systems that hold ePHI",
                    SystemFilter::LoggingOn => "systems that log",
                },
                list: "registers/systems.csv",
                members: lines("systems")
                    .filter(|e| in_filter(e, filter))
                    .map(member)
                    .collect(),
            },
            Coverage::Sites => Population {
                words: "sites",
                list: "binder.toml ([[site]])",
                members: self
                    .binder
                    .content
                    .config
                    .sites
                    .iter()
                    .map(|site| Member {
                        id: site.id.clone(),
                        name: site.name.clone(),
                    })
                    .collect(),
            },
            Coverage::Workforce { with_access } => Population {
                words: "current workforce members",
                list: "registers/workforce.csv",
                members: lines("workforce")
                    .filter(|e| !with_access || e.yes("access"))
                    .map(member)
                    .collect(),
            },
            Coverage::Any
            | Coverage::EveryLine
            | Coverage::EveryLineIfAny
            | Coverage::Leavers
            | Coverage::RiskLines => return None,
        })
    }

    /// The lines of a register that are active on the as-of date: begun, and not ended or returned.
    pub(super) fn active_lines(&self, register: &str) -> impl Iterator<Item = &Entry> {
        let as_of = self.as_of;
        self.binder
            .content
            .registers
            .get(register)
            .into_iter()
            .flat_map(|table| &table.entries)
            .filter(move |entry| is_active(entry, as_of))
    }

    /// Whether all conditions hold for a line.
    pub(super) fn holds(&self, conditions: &[Condition], entry: &Entry) -> bool {
        conditions
            .iter()
            .all(|condition| self.condition(condition, entry))
    }

    fn condition(&self, condition: &Condition, entry: &Entry) -> bool {
        match condition {
            Condition::Is(column, values) => is_one_of(entry.get(column), values),
            Condition::Yes(column) => entry.yes(column),
            Condition::YesOrDecided(column) => {
                entry.yes(column)
                    || (self.decided_otherwise && entry.get(column).eq_ignore_ascii_case("decision"))
            }
            Condition::Present(column) => !entry.get(column).is_empty() && !is_no(entry.get(column)),
            Condition::AnyFilled(columns) => columns.iter().any(|column| self.is_filled(entry, column)),
            Condition::NotAfter(first, second) => match (entry.date_of(first), entry.date_of(second)) {
                (Some(first), Some(second)) => first <= second,
                (_, None) => true,
                (None, Some(_)) => false,
            },
            Condition::Either(conditions) => conditions
                .iter()
                .any(|condition| self.condition(condition, entry)),
        }
    }
}

/// Whether a cell has one of the values. Lists are separated by `;`; spelling of spaces and case does not matter.
pub(super) fn is_one_of(text: &str, values: &[&str]) -> bool {
    // Asked of every line of every log, for every declaration: no text is copied.
    fn plain(text: &str) -> impl Iterator<Item = char> {
        let letters = text.trim().chars().flat_map(char::to_lowercase);
        letters.map(|c| if matches!(c, ' ' | '_') { '-' } else { c })
    }
    text.split(';')
        .any(|element| values.iter().any(|value| plain(element).eq(plain(value))))
}

pub(super) fn is_active(entry: &Entry, as_of: Date) -> bool {
    let begun = ["since", "issued"]
        .iter()
        .all(|c| entry.date_of(c).is_none_or(|date| date <= as_of));
    let over = ["until", "returned"]
        .iter()
        .any(|c| entry.date_of(c).is_some_and(|date| date < as_of));
    begun && !over
}

fn in_filter(entry: &Entry, filter: SystemFilter) -> bool {
    match filter {
        SystemFilter::InUse => true,
        SystemFilter::HoldsEphi => is_yes(entry.get("holds_ephi")),
        SystemFilter::LoggingOn => is_yes(entry.get("logging")),
    }
}

fn member(entry: &Entry) -> Member {
    let name = entry.get("name");
    Member {
        id: entry.id.clone(),
        name: if name.is_empty() {
            entry.id.clone()
        } else {
            name.to_string()
        },
    }
}

/// "Colin Marsh", "Colin Marsh and Tessa Brandt", "Colin Marsh, Tessa Brandt and 3 more".
pub(super) fn name_list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_string(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}
