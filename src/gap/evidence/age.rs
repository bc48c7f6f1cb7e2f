//! How an exhibit's date stands to the intervals of the rows it cites.

use super::{Look, shortest_default};
use crate::binder::Binder;
use crate::content::Exhibit;
use crate::gap::State;
use crate::gap::proof;
use crate::gap::window::{Age, age};
use crate::rule::RowId;

/// How fresh an exhibit is on the as-of date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExhibitAge {
    /// It has no date.
    Undated,
    /// It is dated after the as-of date and counts as nothing.
    Later,
    /// Within the interval of every row that it can serve.
    Fresh,
    /// Before the interval of every row that it can serve.
    Old,
    /// Before the interval of these rows, and within that of others.
    OldFor(Vec<RowId>),
    /// No row that it cites applies, or it cites none.
    NoRow,
}

/// How fresh an exhibit is, by the intervals of the rows it cites that apply.
pub fn exhibit_age(binder: &Binder, exhibit: &Exhibit) -> ExhibitAge {
    let Some(date) = exhibit.date.as_ref().map(|at| at.value) else {
        return ExhibitAge::Undated;
    };
    if date > binder.meta.as_of {
        return ExhibitAge::Later;
    }
    let mut rows: Vec<RowId> = exhibit.rows.iter().map(|cited| cited.row).collect();
    rows.sort();
    rows.dedup();
    let (mut old, mut fresh) = (vec![], false);
    for row in rows {
        let applies = binder
            .assessments
            .get(row.index())
            .is_none_or(|found| found.state != State::DoesNotApply);
        if !applies {
            continue;
        }
        let look = Look::new(binder, row, false);
        let mut ages: Vec<Age> = proof::parts(row)
            .iter()
            .filter_map(|part| look.file(part, exhibit))
            .map(|file| file.age)
            .collect();
        if ages.is_empty() {
            // A register or a record must show the row; the file stands beside it and ages as they do.
            ages.push(age(date, look.as_of, look.months(shortest_default(row))));
        }
        if ages.contains(&Age::Fresh) {
            fresh = true;
        } else if ages.contains(&Age::Stale) {
            old.push(row);
        }
    }
    match (old.is_empty(), fresh) {
        (true, true) => ExhibitAge::Fresh,
        (false, false) => ExhibitAge::Old,
        (false, true) => ExhibitAge::OldFor(old),
        (true, false) => ExhibitAge::NoRow,
    }
}
