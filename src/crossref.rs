//! Citation to places: the index of the whole binder.

use serde::Serialize;

use crate::address;
use crate::binder::{Binder, Mention, SourceKind};
use crate::content::Entry;
use crate::diagnostic::Place;
use crate::rule::{RowId, rule};

/// Every place that touches a citation, by row, in the order answer, policy, record, register, exhibit.
#[derive(Debug, Clone, Default)]
pub struct CrossRef {
    /// One list per row, in rule order.
    pub rows: Vec<Vec<Reference>>,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reference {
    /// What sort of place.
    pub source: SourceKind,
    /// Path and anchor in the site ([`crate::address`]); the print turns it into a page number.
    pub address: String,
    /// What it is called: "Sanction policy, section Who decides".
    pub title: String,
    /// True when the place documents or serves the row, false when it only mentions it.
    pub documents: bool,
    /// Where it is written.
    pub place: Place,
}

impl CrossRef {
    /// The places of a row.
    pub fn of(&self, row: RowId) -> &[Reference] {
        self.rows.get(row.index()).map_or(&[], Vec::as_slice)
    }
}

/// Collects the places of every row.
pub fn build(binder: &Binder) -> CrossRef {
    CrossRef {
        rows: rule().row_ids().map(|row| of_row(binder, row)).collect(),
    }
}

fn of_row(binder: &Binder, row: RowId) -> Vec<Reference> {
    let content = &binder.content;
    let links = binder.links(row);
    let mut places = vec![];
    if let Some(answer) = links.answer.map(|index| &content.answers[index]) {
        places.push(Reference {
            source: SourceKind::Answer,
            address: format!("{}#answer", address::row_page(row)),
            title: "Answer".to_string(),
            documents: true,
            place: answer.place.clone(),
        });
    }
    for link in links
        .sections
        .iter()
        .filter(|link| link.text == binder.policies[link.life].shown)
    {
        let policy = &binder.text(*link).policy;
        let section = &policy.sections[link.section];
        places.push(Reference {
            source: SourceKind::Policy,
            address: format!("{}#{}", address::policy_page(&policy.id), section.anchor),
            title: format!("{}: {}", policy.title, section.title),
            documents: link.in_effect,
            place: section.place.clone(),
        });
    }
    for record in links.records.iter().map(|index| &content.records[*index]) {
        places.push(Reference {
            source: SourceKind::Record,
            address: address::record_page(&record.id),
            title: record.title.clone(),
            documents: true,
            place: record.place.clone(),
        });
    }
    for link in &links.entries {
        let table = &content.registers[link.register];
        let entry = &table.entries[link.entry];
        places.push(Reference {
            source: SourceKind::Register,
            address: format!("{}#{}", address::register_page(link.register), entry.anchor),
            title: entry_title(table.register.title, entry),
            documents: true,
            place: entry.place.clone(),
        });
    }
    for exhibit in links.exhibits.iter().map(|index| &content.exhibits[*index]) {
        places.push(Reference {
            source: SourceKind::Exhibit,
            address: address::exhibit_page(&exhibit.id),
            title: format!("{}: {}", exhibit.id, exhibit.title),
            documents: true,
            place: exhibit.place.clone(),
        });
    }
    places.extend(links.mentions.iter().map(mentioned));
    places.sort_by_key(|place| (place.source, !place.documents));
    places
}

fn mentioned(mention: &Mention) -> Reference {
    let page = match mention.source {
        SourceKind::Answer => format!("standards/{}.html", mention.id),
        SourceKind::Record => address::record_page(&mention.id),
        _ => address::policy_page(&mention.id),
    };
    let anchor = if mention.anchor.is_empty() {
        String::new()
    } else {
        format!("#{}", mention.anchor)
    };
    let under = if mention.under.is_empty() {
        String::new()
    } else {
        format!(": {}", mention.under)
    };
    Reference {
        source: mention.source,
        address: page + &anchor,
        title: mention.title.clone() + &under,
        documents: false,
        place: mention.place.clone(),
    }
}

/// What a register line is called: "Training, 2026-03-02" or "Risk register, R-07".
fn entry_title(register: &str, entry: &Entry) -> String {
    match (entry.id.as_str(), entry.date) {
        ("", Some(date)) => format!("{register}, {date}"),
        ("", None) => register.to_string(),
        (id, _) => format!("{register}, {id}"),
    }
}
