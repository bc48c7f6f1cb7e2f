//! What the templates are given: plain values, one struct per page kind. Every choice is made here.

use jiff::civil::Date;
use serde::Serialize;

use super::Site;
use crate::address;
use crate::binder::Binder;
use crate::content::dates::MONTHS;
use crate::gap::{Gap, Mark, MarkName, State};
use crate::rule::{Designation, Row, RowId, RowKind, rule};

pub mod answer;
pub mod changes;
pub mod dashboard;
pub mod decisions;
pub mod evidence;
pub mod exhibits;
pub mod gaps;
pub mod law;
pub mod mentions;
pub mod pictures;
pub mod policies;
pub mod records;
pub mod redline;
pub mod registers;
pub mod retention;
pub mod row;
pub mod shell;
pub mod standards;
pub mod versions;

/// Text with a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads, relative to the page.
    pub href: String,
}

impl Link {
    /// A link from `page` to `address`.
    pub fn new(page: &str, address: &str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: address::link(page, address),
        }
    }
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Day {
    /// `2026-11-20`.
    pub iso: String,
    /// `Nov 20, 2026`.
    pub words: String,
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let month = MONTHS[usize::from(date.month().unsigned_abs().clamp(1, 12)) - 1];
        let short = if month.len() > 5 { &month[..3] } else { month };
        Self {
            iso: iso(date),
            words: format!("{short} {}, {}", date.day(), date.year()),
        }
    }
}

/// `2026-11-20`. Pages have thousands of days.
fn iso(date: Date) -> String {
    let (Ok(year @ 0..=9999), Ok(month), Ok(day)) = (
        u16::try_from(date.year()),
        u8::try_from(date.month()),
        u8::try_from(date.day()),
    ) else {
        return date.to_string();
    };
    let [century, year] = [year / 100, year % 100].map(|pair| pair as u8);
    let mut iso = String::with_capacity(10);
    for (dash, pair) in [(false, century), (false, year), (true, month), (true, day)] {
        if dash {
            iso.push('-');
        }
        iso.push(char::from(b'0' + pair / 10));
        iso.push(char::from(b'0' + pair % 10));
    }
    iso
}

/// `November 20, 2026`, for headings.
pub fn long_day(date: Date) -> String {
    let month = MONTHS[usize::from(date.month().unsigned_abs().clamp(1, 12)) - 1];
    format!("{month} {}, {}", date.day(), date.year())
}

/// The state of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StateView {
    /// Class name and name of the sign: `partly-documented`.
    pub name: &'static str,
    /// "partly documented".
    pub words: &'static str,
}

impl From<State> for StateView {
    fn from(state: State) -> Self {
        Self {
            name: state.name(),
            words: state.words(),
        }
    }
}

/// A mark of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MarkView {
    /// "Policy".
    pub of: &'static str,
    /// Class name and name of the sign: `partial`.
    pub name: &'static str,
    /// "partial", "not needed".
    pub words: &'static str,
}

impl MarkView {
    /// A mark under its name.
    pub fn new(of: MarkName, mark: Mark) -> Self {
        Self {
            of: of.title(),
            name: mark.name(),
            words: mark_words(mark),
        }
    }
}

/// A mark in words.
pub fn mark_words(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "none",
        Mark::Partial => "partial",
        Mark::Full => "full",
        Mark::NotNeeded => "not needed",
    }
}

/// A row as it stands in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowRef {
    /// `164.308(a)(1)(ii)(A)`.
    pub citation: String,
    /// Its name.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its state.
    pub state: StateView,
    /// It is a standard, not a specification.
    pub is_standard: bool,
    /// "R", "A" or "S".
    pub badge: &'static str,
    /// "Required", "Addressable" or "Standard".
    pub badge_words: &'static str,
}

/// What stands for required, addressable, or a standard that has specifications.
pub fn badge(row: &Row) -> (&'static str, &'static str) {
    match (row.designation, row.kind) {
        (Some(Designation::Addressable), _) => ("A", "Addressable"),
        (Some(Designation::Required), RowKind::Specification) => ("R", "Required"),
        (Some(Designation::Required), RowKind::Standard) => ("R", "Standard, required"),
        (None, _) => ("S", "Standard"),
    }
}

/// A gap as it stands in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapView {
    /// Stable name of its kind.
    pub kind: &'static str,
    /// The kind in words: "Evidence older than interval".
    pub kind_words: String,
    /// The mark it keeps from being full, "" for gaps of the whole row.
    pub mark: &'static str,
    /// What is missing.
    pub message: super::html::Html,
    /// What to do or type.
    pub help: super::html::Html,
    /// The file to open.
    pub file: String,
    /// The line, 0 where none is meant.
    pub line: u32,
    /// Who closes it, "" if nobody is named.
    pub owner: String,
    /// Until when.
    pub due: Option<Day>,
    /// The date is past.
    pub overdue: bool,
    /// What will be done, "" without a plan.
    pub plan: String,
}

impl GapView {
    /// A gap on the as-of date of the binder.
    pub fn new(site: &Site<'_>, gap: &Gap) -> Self {
        let due = gap.plan.as_ref().and_then(|p| p.due);
        Self {
            kind: gap.kind.name(),
            kind_words: capital(&gap.kind.name().replace('-', " ")),
            mark: gap.mark.map_or("", MarkName::title),
            message: super::html::prose(&gap.message),
            help: super::html::prose(&gap.help),
            file: gap.place.file.to_string(),
            line: gap.place.line,
            owner: gap.owner.clone(),
            due: due.map(Day::from),
            overdue: due.is_some_and(|d| d < site.binder.meta.as_of),
            plan: gap.plan.as_ref().map_or(String::new(), |p| p.action.clone()),
        }
    }
}

/// The first letter made a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}

/// "1 section", "3 sections".
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Every row for a list on a page at the top of the site, in rule order. Lists have thousands of them.
pub(super) fn rows(binder: &Binder) -> Vec<RowRef> {
    let row = |data: &Row| {
        let (badge, badge_words) = badge(data);
        RowRef {
            citation: data.citation.to_string(),
            title: data.name().to_string(),
            href: address::row_page(data.id),
            state: binder.assessment(data.id).state.into(),
            is_standard: data.kind == RowKind::Standard,
            badge,
            badge_words,
        }
    };
    rule().rows().iter().map(row).collect()
}

impl Site<'_> {
    /// A row for a list on `page`.
    pub fn row_ref(&self, page: &str, row: RowId) -> RowRef {
        let row = &self.rows[row.index()];
        RowRef {
            citation: row.citation.clone(),
            title: row.title.clone(),
            href: address::link(page, &row.href),
            ..*row
        }
    }

    /// A file of the content folder by its path, where readers may be sent there to type; else "".
    pub fn source(&self, path: &str) -> String {
        match self.binder.meta.shows_gaps() {
            true => path.to_string(),
            false => String::new(),
        }
    }

    /// Rows for a list on `page`.
    pub fn row_refs(&self, page: &str, rows: impl IntoIterator<Item = RowId>) -> Vec<RowRef> {
        rows.into_iter().map(|r| self.row_ref(page, r)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_have_a_form_for_programs() {
        for day in [
            date(2026, 11, 20),
            date(987, 1, 9),
            date(9999, 12, 31),
            date(-44, 3, 15),
        ] {
            assert_eq!(iso(day), day.to_string());
        }
    }

    #[test]
    fn days_read_as_americans_write_them() {
        assert_eq!(Day::from(date(2026, 11, 20)).words, "Nov 20, 2026");
        assert_eq!(Day::from(date(2026, 7, 4)).words, "July 4, 2026");
        assert_eq!(long_day(date(2026, 9, 1)), "September 1, 2026");
    }
}
