//! Where in the print the documents of a row stand: one truth for row pages and for all indexes.
//!
//! Which page a label stands on is known only when everything has its place, so what is handed to the template is
//! labels; it looks the pages up and merges them into ranges.

use super::book::Book;
use super::decisions;
use crate::binder::EntryLink;
use crate::rule::{RequestKind, RowId};

/// A piece of the print: from the page of one label to the page of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Label where it begins.
    pub from: String,
    /// Label where it ends; "" where only its first page is meant.
    pub to: String,
}

/// A document, section, register or exhibit, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// What it is called: "Sanction policy: Who decides", "Exhibit EX-018: Protection status of every computer".
    pub title: String,
    /// Where it stands, in the order of the print.
    pub spans: Vec<Span>,
}

impl Span {
    /// The page of a label.
    pub fn at(label: impl Into<String>) -> Self {
        Self {
            from: label.into(),
            to: String::new(),
        }
    }

    /// From the page of one label to that of another.
    pub fn over(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
        }
    }
}

impl Book<'_> {
    /// The row's own part; nothing where the row is not printed.
    pub fn row_span(&self, row: RowId) -> Vec<Span> {
        match self.links.row(row) {
            label if label.is_empty() => vec![],
            label => vec![Span::over(label, self.links.row_end(row))],
        }
    }

    /// The row's answer.
    pub fn answer_span(&self, row: RowId) -> Vec<Span> {
        let printed = self.binder.links(row).answer.is_some() && !self.links.row(row).is_empty();
        let (from, to) = self.links.answer(row);
        if printed {
            vec![Span::over(from, to)]
        } else {
            vec![]
        }
    }

    /// The row's form among the addressable decisions.
    pub fn decision_span(&self, row: RowId) -> Vec<Span> {
        let answer = self.binder.links(row).answer;
        let decided = answer.is_some_and(|index| !self.binder.content.answers[index].decisions.is_empty());
        if decided {
            vec![Span::at(decisions::label(row))]
        } else {
            vec![]
        }
    }

    /// The row's gap page.
    pub fn gap_span(&self, row: RowId) -> Vec<Span> {
        if self.binder.assessment(row).gaps.is_empty() || !self.binder.meta.only.holds(row) {
            vec![]
        } else {
            vec![Span::at(self.links.gap(row))]
        }
    }

    /// A record from its first page to its last.
    pub fn record_span(&self, record: usize) -> Span {
        let label = self.links.record(record);
        let end = format!("{label}-end");
        Span::over(label, end)
    }

    /// An exhibit from its head to its last page.
    pub fn exhibit_span(&self, exhibit: usize) -> Span {
        Span::over(self.links.exhibit(exhibit), self.links.exhibit_end(exhibit))
    }

    /// The policy sections in effect that document the row.
    pub fn policies_of(&self, row: RowId) -> Vec<Found> {
        let links = self.binder.links(row);
        let printed = links
            .sections
            .iter()
            .filter(|link| link.in_effect && link.text == self.binder.policies[link.life].shown);
        let mut found: Vec<Found> = vec![];
        for link in printed {
            let policy = &self.binder.text(*link).policy;
            let Some(section) = policy.sections.get(link.section) else {
                continue;
            };
            // The heading cites the row that the reader is at already.
            let own = format!("({row})");
            let words = section.title.trim_end().trim_end_matches(&own).trim_end();
            let title = match words {
                "" => policy.title.clone(),
                words => format!("{}: {words}", policy.title),
            };
            found.push(Found {
                title,
                spans: vec![Span::at(self.links.section(self.binder, *link))],
            });
        }
        found
    }

    /// The records and exhibits that serve the row.
    pub fn papers_of(&self, row: RowId) -> Vec<Found> {
        let content = &self.binder.content;
        let links = self.binder.links(row);
        let records = links.records.iter().map(|index| Found {
            title: content.records[*index].title.clone(),
            spans: vec![self.record_span(*index)],
        });
        let exhibits = links.exhibits.iter().map(|index| {
            let exhibit = &content.exhibits[*index];
            Found {
                title: format!("Exhibit {}: {}", exhibit.id, exhibit.title),
                spans: vec![self.exhibit_span(*index)],
            }
        });
        records.chain(exhibits).collect()
    }

    /// The registers with lines that serve the row, with the pages of just those lines.
    pub fn registers_of(&self, row: RowId) -> Vec<Found> {
        let links = self.binder.links(row);
        let mut names: Vec<&'static str> = links
            .entries
            .iter()
            .chain(&links.nones)
            .map(|link| link.register)
            .filter(|name| *name != "evidence")
            .collect();
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .filter_map(|name| {
                let table = self.binder.content.registers.get(name)?;
                Some(Found {
                    title: format!("{} (register)", table.register.title),
                    spans: self.lines(name, &links.entries, &links.nones),
                })
            })
            .collect()
    }

    /// Where lines and statements of one register stand. Lines that follow each other are one piece.
    pub fn lines(&self, register: &str, entries: &[EntryLink], nones: &[EntryLink]) -> Vec<Span> {
        let of = |links: &[EntryLink]| -> Vec<usize> {
            let own = links.iter().filter(|link| link.register == register);
            own.map(|link| link.entry).collect()
        };
        let mut spans: Vec<Span> = runs(&of(entries))
            .into_iter()
            .map(|(first, last)| {
                Span::over(self.links.line(register, first), self.links.line(register, last))
            })
            .collect();
        if !of(nones).is_empty() {
            spans.push(Span::at(self.links.nones(register)));
        }
        spans
    }

    /// The documents that answer a request item of this kind, as far as this copy shows them.
    pub fn answering(&self, row: RowId, kind: RequestKind) -> Vec<Found> {
        match kind {
            RequestKind::Policy => self.policies_of(row),
            RequestKind::Evidence => [self.papers_of(row), self.registers_of(row)].concat(),
            RequestKind::Alternative => self
                .decision_span(row)
                .into_iter()
                .map(|span| Found {
                    title: "The decision, on its form".to_string(),
                    spans: vec![span],
                })
                .collect(),
        }
    }
}

/// All pieces of several documents.
pub(super) fn spans(found: &[Found]) -> Vec<Span> {
    found.iter().flat_map(|found| found.spans.clone()).collect()
}

/// 1, 2, 3, 7 becomes 1 to 3 and 7 to 7. The numbers are sorted.
fn runs(numbers: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = vec![];
    for n in numbers {
        match runs.last_mut() {
            Some((_, last)) if *n <= *last + 1 => *last = (*last).max(*n),
            _ => runs.push((*n, *n)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_hold_the_same_numbers_and_never_touch(numbers in prop::collection::btree_set(0usize..60, 0..40)) {
            let numbers: Vec<usize> = numbers.into_iter().collect();
            let runs = runs(&numbers);
            let again: Vec<usize> = runs.iter().flat_map(|(a, b)| *a..=*b).collect();
            prop_assert_eq!(again, numbers);
            prop_assert!(runs.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
    }
}
