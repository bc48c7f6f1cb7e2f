//! Which rows a build is for: the whole binder, or a part of it.

use crate::rule::{RowId, rule};

/// Citations named before the rest is only counted.
const NAMED: usize = 4;

/// The rows of a part, in rule order, each once; none stands for the whole binder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection(Vec<RowId>);

impl Selection {
    /// Just these rows.
    pub fn of(rows: impl IntoIterator<Item = RowId>) -> Self {
        let mut rows: Vec<RowId> = rows.into_iter().collect();
        rows.sort();
        rows.dedup();
        Self(rows)
    }

    /// True for the whole binder.
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// True when the row is in it.
    pub fn holds(&self, row: RowId) -> bool {
        self.is_whole() || self.0.contains(&row)
    }

    /// The rows, none for the whole binder.
    pub fn rows(&self) -> &[RowId] {
        &self.0
    }

    /// "164.312; 164.308(a)(5)(i)": sections that are whole by their number, other rows by citation. "" for the whole
    /// binder.
    pub fn words(&self) -> String {
        self.names().join("; ")
    }

    /// The same, cut after a few: "164.308(a)(1)(i); 164.308(a)(2) and 7 more".
    pub fn brief(&self) -> String {
        let names = self.names();
        match names.len().checked_sub(NAMED).filter(|more| *more > 1) {
            Some(more) => format!("{} and {more} more", names[..NAMED].join("; ")),
            None => names.join("; "),
        }
    }

    /// For the name of a file: `164.312`, `164.308-a-5-i-and-1-more`.
    pub fn slug(&self) -> String {
        let names = self.names();
        let first = names
            .first()
            .map_or(String::new(), |name| crate::address::slug(name));
        match names.len() {
            0 | 1 => first,
            n => format!("{first}-and-{}-more", n - 1),
        }
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = vec![];
        for row in &self.0 {
            let section = rule()[*row].section();
            let whole = rule()
                .rows_of_section(section)
                .all(|row| self.0.contains(&row.id));
            let name = if whole {
                format!("164.{section}")
            } else {
                row.citation().to_string()
            };
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::citation::Citation;

    fn row(text: &str) -> RowId {
        let citation = Citation::parse(text).expect("a citation").first();
        rule().row(&citation).expect("a row")
    }

    #[test]
    fn a_part_is_named_by_sections_and_citations() {
        let section = rule().rows_of_section(312).map(|row| row.id);
        let both = Selection::of(section.chain([row("164.308(a)(5)(i)")]));
        assert_eq!(both.words(), "164.308(a)(5)(i); 164.312");
        assert_eq!(both.slug(), "164.308-a-5-i-and-1-more");
        assert!(both.holds(row("164.312(b)")) && !both.holds(row("164.308(a)(2)")));
        let six = Selection::of(rule().rows_of_section(308).take(6).map(|row| row.id));
        assert!(six.brief().ends_with("(C) and 2 more"), "{}", six.brief());
    }

    #[test]
    fn the_whole_binder_holds_every_row_and_has_no_name() {
        let whole = Selection::default();
        assert!(whole.is_whole() && rule().row_ids().all(|row| whole.holds(row)));
        assert_eq!(whole.words(), "");
    }
}
