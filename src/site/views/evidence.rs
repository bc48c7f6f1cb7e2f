//! The evidence table of a row: exhibits, records, register entries and none statements, in one form.

use jiff::civil::Date;
use serde::Serialize;

use super::row::{Proof, proofs};
use super::{Day, Link};
use crate::address;
use crate::content::registers::{ColumnKind, Entry, Register};
use crate::rule::RowId;
use crate::site::Site;

/// Exhibits, and records, that a row page shows before it sends the reader to the list of all.
const FILES: usize = 100;
/// Entries of one register that a row page shows before it sends the reader to the register.
const SHOWN: usize = 8;

/// Part 4 of a row page.
#[derive(Debug, Serialize)]
pub struct Evidence {
    /// What is wanted, part by part, and how far it is there.
    pub proofs: Vec<Proof>,
    /// The table.
    pub items: Vec<Item>,
    /// Registers with more entries than are shown: link, and how many more.
    pub more: Vec<(Link, usize)>,
}

/// A line of the evidence table.
#[derive(Debug, Serialize)]
pub struct Item {
    /// "Exhibit", "Record", "Training".
    pub source: String,
    /// What it is, and where.
    pub what: Link,
    /// More words on it, "" if none.
    pub detail: String,
    /// Systems, sites and persons it speaks of.
    pub about: String,
    /// Its date.
    pub date: Option<Day>,
    /// The period of a none statement: last day.
    pub to: Option<Day>,
    /// By whom, "" if not said.
    pub by: String,
    /// The exhibit that shows it.
    pub exhibit: Option<Link>,
}

/// Leaves the newest of a long list, in the order of the list, and says how many went.
fn newest<T: Copy>(list: &mut Vec<T>, day: impl Fn(&T) -> Option<Date>) -> usize {
    let gone = list.len().saturating_sub(FILES);
    if gone > 0 {
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by_key(|at| (std::cmp::Reverse(day(&list[*at])), *at));
        order.truncate(FILES);
        order.sort_unstable();
        *list = order.into_iter().map(|at| list[at]).collect();
    }
    gone
}

/// The evidence of a row.
pub fn evidence(site: &Site<'_>, page: &str, row: RowId) -> Evidence {
    let content = &site.binder.content;
    let links = site.binder.links(row);
    let mut items = Vec::new();
    let mut more = Vec::new();
    let mut exhibits: Vec<_> = links
        .exhibits
        .iter()
        .filter_map(|e| content.exhibits.get(*e))
        .collect();
    if newest(&mut exhibits, |exhibit| exhibit.date.as_ref().map(|d| d.value)) > 0 {
        let link = Link::new(page, address::EXHIBITS, "Exhibits");
        more.push((link, links.exhibits.len() - FILES));
    }
    for exhibit in exhibits {
        let served = exhibit.rows.iter().filter(|r| r.row == row);
        let locators: Vec<String> = served.filter_map(|r| r.locator.clone()).collect();
        items.push(Item {
            source: "Exhibit".into(),
            what: Link::new(page, &address::exhibit_page(&exhibit.id), exhibit.title.clone()),
            detail: locators.join(", "),
            about: site
                .names
                .about(&exhibit.systems, &exhibit.sites, &exhibit.persons),
            date: exhibit.date.as_ref().map(|d| d.value.into()),
            to: None,
            by: site.names.person(&exhibit.by).to_string(),
            exhibit: Some(Link::new(
                page,
                &address::exhibit_page(&exhibit.id),
                exhibit.id.clone(),
            )),
        });
    }
    let mut records: Vec<_> = links
        .records
        .iter()
        .filter_map(|r| content.records.get(*r))
        .collect();
    if newest(&mut records, |record| record.date.as_ref().map(|d| d.value)) > 0 {
        let link = Link::new(page, address::RECORDS, "Records");
        more.push((link, links.records.len() - FILES));
    }
    for record in records {
        items.push(Item {
            source: "Record".into(),
            what: Link::new(page, &address::record_page(&record.id), record.title.clone()),
            detail: String::new(),
            about: site.names.about(&record.systems, &record.sites, &[]),
            date: record.date.as_ref().map(|d| d.value.into()),
            to: None,
            by: site
                .names
                .person(
                    record
                        .signed_by
                        .as_deref()
                        .or(record.by.as_deref())
                        .unwrap_or_default(),
                )
                .to_string(),
            exhibit: None,
        });
    }
    for (name, mut entries) in super::standards::by_register(&links.entries) {
        let Some(table) = content.registers.get(name) else {
            continue;
        };
        entries.retain(|e| *e < table.entries.len());
        // Newest first; the register itself keeps its own order.
        entries.sort_by_key(|e| (std::cmp::Reverse(table.entries[*e].date), *e));
        if entries.len() > SHOWN {
            more.push((
                Link::new(page, &address::register_page(name), table.register.title),
                entries.len() - SHOWN,
            ));
        }
        items.extend(
            entries
                .iter()
                .take(SHOWN)
                .map(|e| entry_item(site, page, table.register, &table.entries[*e])),
        );
    }
    for (name, nones) in super::standards::by_register(&links.nones) {
        let Some(table) = content.registers.get(name) else {
            continue;
        };
        for (i, none) in nones
            .iter()
            .filter_map(|n| table.nones.get(*n).map(|none| (*n, none)))
        {
            let to = format!(
                "{}#{}",
                address::register_page(name),
                super::registers::none_anchor(i)
            );
            items.push(Item {
                source: table.register.title.into(),
                what: Link::new(
                    page,
                    &to,
                    if none.of.is_empty() {
                        "None".into()
                    } else {
                        format!("None: {}", none.of)
                    },
                ),
                detail: String::new(),
                about: site.names.about(&[], &none.sites, &[]),
                date: Some(none.from.into()),
                to: Some(none.to.into()),
                by: site.names.person(&none.by).to_string(),
                exhibit: None,
            });
        }
    }
    Evidence {
        proofs: proofs(site, row),
        items,
        more,
    }
}

/// Columns that say by whom, in the order in which they are asked.
const BY: &[&str] = &[
    "by",
    "done_by",
    "sent_by",
    "decided_by",
    "authorized_by",
    "approved_by",
    "verified_by",
    "agreed_by",
    "accepted_by",
    "cleared_by",
    "read_by",
    "host",
    "owner",
];

fn entry_item(site: &Site<'_>, page: &str, register: &Register, entry: &Entry) -> Item {
    let to = format!("{}#{}", address::register_page(register.name), entry.anchor);
    let by = BY.iter().find(|c| !entry.get(c).is_empty());
    let words = summary(site, register, entry, by.copied().unwrap_or_default());
    let mut words = words.into_iter();
    // A line that is known by the person alone says the person elsewhere.
    let id = if entry.id == entry.get("person") {
        ""
    } else {
        entry.id.as_str()
    };
    let what = match (id, words.next()) {
        ("", None) => format!("line {}", entry.place.line),
        ("", Some(word)) => word,
        (id, None) => id.to_string(),
        (id, Some(word)) => format!("{id} {word}"),
    };
    let exhibit = register
        .columns
        .iter()
        .filter(|c| c.kind == ColumnKind::Exhibit)
        .find_map(|c| {
            let id = site.exhibit_id(entry.get(c.name))?;
            Some(Link::new(page, &address::exhibit_page(id), id))
        });
    Item {
        source: register.title.into(),
        what: Link::new(page, &to, what),
        detail: words.collect::<Vec<_>>().join(" \u{b7} "),
        about: site.names.about(&entry.systems, &entry.sites, &entry.persons),
        date: entry.date.map(Day::from),
        to: None,
        by: by.map_or(String::new(), |c| site.names.person(entry.get(c)).to_string()),
        exhibit,
    }
}

/// The words that tell an entry from others: its first filled columns, without those that have a place of their own.
fn summary(site: &Site<'_>, register: &Register, entry: &Entry, by: &str) -> Vec<String> {
    let joined = |kind| {
        matches!(
            kind,
            ColumnKind::Systems | ColumnKind::Sites | ColumnKind::Persons | ColumnKind::Exhibit
        )
    };
    register
        .columns
        .iter()
        .filter(|c| {
            c.name != register.date && c.name != by && !matches!(c.name, "id" | "system" | "site" | "person")
        })
        .filter(|c| !joined(c.kind) && c.kind != ColumnKind::Date)
        .filter(|c| !entry.get(c.name).is_empty())
        .map(|c| match c.kind {
            ColumnKind::YesNo | ColumnKind::Number => format!("{}: {}", c.title, entry.get(c.name)),
            _ => site.names.any(entry.get(c.name)).to_string(),
        })
        .take(3)
        .collect()
}
