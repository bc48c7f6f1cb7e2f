//! Records: dated, signed documents.

use serde::Serialize;

use super::{Day, Link, RowRef, capital};
use crate::address;
use crate::content::{Previous, Record};
use crate::retention::keep_record;
use crate::site::html::Html;
use crate::site::markdown::{Ids, Setting};
use crate::site::{Notes, Site};

/// `records/index.html`.
#[derive(Debug, Serialize)]
pub struct Records {
    /// The records, newest first.
    pub records: Vec<RecordLine>,
    /// The page on how long they are kept.
    pub retention: Link,
}

/// A line of the list.
#[derive(Debug, Serialize)]
pub struct RecordLine {
    /// Title and page.
    pub link: Link,
    /// "Risk analysis".
    pub kind: String,
    /// Day it was made.
    pub date: Option<Day>,
    /// Who made it, "" if nobody is named.
    pub by: String,
    /// Who signed it, "" if nobody is named.
    pub signed_by: String,
    /// Rows it serves.
    pub rows: Vec<RowRef>,
}

/// `records/risk-analysis-2026.html`.
#[derive(Debug, Serialize)]
pub struct RecordPage {
    /// Facts, as in the list.
    pub line: RecordLine,
    /// The file, "" where nobody is to type there.
    pub file: String,
    /// Systems in scope.
    pub systems: Vec<String>,
    /// Sites in scope.
    pub sites: Vec<String>,
    /// The record before it.
    pub previous: Option<Link>,
    /// Why there is none, "" if that is not said.
    pub no_previous: String,
    /// "2032-03-11 (other law or ...)", "" while it is in effect or on hold.
    pub keep: String,
    /// Reason of a legal hold, "" if none.
    pub hold: String,
    /// The text.
    pub body: Html,
}

/// The list as seen from `page`.
pub fn list(site: &Site<'_>, page: &str) -> Records {
    let mut records: Vec<&Record> = site.binder.content.records.iter().collect();
    records.sort_by_key(|r| (std::cmp::Reverse(r.date.as_ref().map(|d| d.value)), r.id.clone()));
    Records {
        records: records.into_iter().map(|r| line(site, page, r)).collect(),
        retention: Link::new(page, address::RETENTION, "How long they are kept"),
    }
}

fn line(site: &Site<'_>, page: &str, record: &Record) -> RecordLine {
    let links = site.binder.rows.iter().enumerate();
    let index = site.binder.lookup.record(&record.id);
    // What it is meant to serve, and what it serves without saying so.
    let mut rows: std::collections::BTreeSet<_> = record.rows.iter().map(|r| r.value).collect();
    rows.extend(
        links
            .filter(|(_, l)| index.is_some_and(|i| l.records.binary_search(&i).is_ok()))
            .map(|(i, _)| site.binder.assessments[i].row),
    );
    RecordLine {
        link: Link::new(page, &address::record_page(&record.id), record.title.clone()),
        kind: capital(&record.kind.replace('-', " ")),
        date: record.date.as_ref().map(|d| d.value.into()),
        by: site
            .names
            .person(record.by.as_deref().unwrap_or_default())
            .to_string(),
        signed_by: site
            .names
            .person(record.signed_by.as_deref().unwrap_or_default())
            .to_string(),
        rows: site.row_refs(page, rows),
    }
}

/// The page of a record.
pub fn view(site: &Site<'_>, page: &str, record: &Record, notes: &mut Notes) -> RecordPage {
    let setting = Setting {
        targets: &site.targets,
        page,
        file: &record.path,
        document: &record.body,
        level: 2,
        ids: Ids::Own,
        title: &record.title,
    };
    let (previous, no_previous) = match &record.previous {
        Some(Previous::Record(id)) => {
            let found = site
                .binder
                .lookup
                .record(id)
                .map(|i| &site.binder.content.records[i]);
            let link = found.map(|r| Link::new(page, &address::record_page(&r.id), r.title.clone()));
            let missing = if link.is_none() {
                format!("{id} (not in the folder)")
            } else {
                String::new()
            };
            (link, missing)
        }
        Some(Previous::Reason(reason)) => (None, reason.clone()),
        None => (None, String::new()),
    };
    let index = site.binder.lookup.record(&record.id);
    RecordPage {
        line: line(site, page, record),
        file: site.source(&record.path),
        systems: record
            .systems
            .iter()
            .map(|s| site.names.system(s).to_string())
            .collect(),
        sites: record
            .sites
            .iter()
            .map(|s| site.names.site(s).to_string())
            .collect(),
        previous,
        no_previous,
        keep: index.map_or_else(String::new, |index| keep_record(site.binder, index).fact()),
        hold: record.handling.hold.clone().unwrap_or_default(),
        body: site.markdown(setting, 0..record.body.blocks.len(), notes),
    }
}
