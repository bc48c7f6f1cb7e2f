//! The index of every place that names a citation.

use serde::Serialize;

use super::{Link, RowRef};
use crate::address;
use crate::rule::rule;
use crate::site::Site;

/// `standards/mentions.html`.
#[derive(Debug, Serialize)]
pub struct Mentions {
    /// By section of the rule.
    pub sections: Vec<Section>,
    /// How many places in all.
    pub total: usize,
}

/// A section of the rule.
#[derive(Debug, Serialize)]
pub struct Section {
    /// `164.308`.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its rows.
    pub rows: Vec<Cited>,
}

/// A row and the places that name it.
#[derive(Debug, Serialize)]
pub struct Cited {
    /// Anchor.
    pub id: String,
    /// The row.
    pub row: RowRef,
    /// Places that document or serve it.
    pub documents: Vec<Place>,
    /// Places that only mention it.
    pub mentions: Vec<Place>,
    /// How many more of each there are.
    pub more: (usize, usize),
}

/// Places of one row that are listed one by one. With more of them nobody reads a list; search finds the rest.
pub const LISTED: usize = 150;

/// Cuts a list to what is shown, and says how many are not.
pub fn shown<T>(list: &mut Vec<T>, most: usize) -> usize {
    let more = list.len().saturating_sub(most);
    list.truncate(most);
    more
}

/// A place.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// What sort of place: "policy".
    pub source: &'static str,
    /// What it is called, and where it is.
    pub link: Link,
}

/// The index as seen from `page`.
pub fn view(site: &Site<'_>, page: &str) -> Mentions {
    let mut total = 0;
    let mut sections = Vec::new();
    for section in rule().sections() {
        let rows: Vec<Cited> = rule()
            .rows_of_section(section.number)
            .map(|row| {
                let (mut documents, mut mentions) = places(site, page, row.id);
                total += documents.len() + mentions.len();
                Cited {
                    more: (shown(&mut documents, LISTED), shown(&mut mentions, LISTED)),
                    id: row.citation.slug(),
                    row: site.row_ref(page, row.id),
                    documents,
                    mentions,
                }
            })
            .collect();
        if !rows.is_empty() {
            sections.push(Section {
                number: format!("164.{}", section.number),
                title: section.title.clone(),
                rows,
            });
        }
    }
    Mentions { sections, total }
}

/// The places of a row: those that document or serve it, and those that mention it. Equal lines stand once.
pub fn places(site: &Site<'_>, page: &str, row: crate::rule::RowId) -> (Vec<Place>, Vec<Place>) {
    let (mut documents, mut mentions) = (Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeSet::new();
    for reference in site.binder.crossref.of(row) {
        let place = Place {
            source: source_word(reference.source),
            link: Link {
                text: reference.title.clone(),
                href: address::link(page, &reference.address),
            },
        };
        let list = if reference.documents {
            &mut documents
        } else {
            &mut mentions
        };
        let is_new = seen.insert((
            reference.documents,
            place.source,
            place.link.text.clone(),
            place.link.href.clone(),
        ));
        if is_new {
            list.push(place);
        }
    }
    (documents, mentions)
}

fn source_word(source: crate::binder::SourceKind) -> &'static str {
    use crate::binder::SourceKind;
    match source {
        SourceKind::Answer => "answer",
        SourceKind::Policy => "policy",
        SourceKind::Record => "record",
        SourceKind::Register => "register",
        SourceKind::Exhibit => "exhibit",
    }
}
