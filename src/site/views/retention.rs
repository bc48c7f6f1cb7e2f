//! What is superseded and kept, and how long each kind of document is kept at least (164.316(b)(2)(i)).

use serde::Serialize;

use super::{Day, Link};
use crate::address;
use crate::retention::{HEAD, LONGER, schedule, shelved_records, shelved_texts};
use crate::site::Site;

/// `retention.html`.
#[derive(Debug, Serialize)]
pub struct Retention {
    /// The practice's term, in years.
    pub years: u32,
    /// What stands beside every day.
    pub longer: &'static str,
    /// Head of the columns of days.
    pub head: &'static str,
    /// Superseded texts of policies.
    pub texts: Vec<TextLine>,
    /// Superseded records.
    pub records: Vec<RecordLine>,
    /// By kind of document.
    pub schedule: Vec<ScheduleLine>,
}

/// A superseded text.
#[derive(Debug, Serialize)]
pub struct TextLine {
    /// Title and page.
    pub link: Link,
    /// Version.
    pub version: String,
    /// In effect from.
    pub from: Option<Day>,
    /// In effect to.
    pub to: Option<Day>,
    /// Keep at least until: a day, or why there is none.
    pub keep: String,
}

/// A superseded record.
#[derive(Debug, Serialize)]
pub struct RecordLine {
    /// Title and page.
    pub link: Link,
    /// Day it was made.
    pub date: Option<Day>,
    /// The record that took its place.
    pub later: Link,
    /// Keep at least until: a day, or why there is none.
    pub keep: String,
}

/// A kind of document.
#[derive(Debug, Serialize)]
pub struct ScheduleLine {
    /// "Register: Training".
    pub title: String,
    /// How many there are.
    pub count: usize,
    /// Oldest and newest.
    pub range: String,
    /// How long they are kept.
    pub keep: String,
}

/// The page as seen from `page`.
pub fn view(site: &Site<'_>, page: &str) -> Retention {
    let binder = site.binder;
    let record = |index: usize| {
        let record = &binder.content.records[index];
        Link::new(page, &address::record_page(&record.id), record.title.clone())
    };
    let texts = shelved_texts(binder).into_iter().map(|(life, at, keep)| {
        let text = &binder.policies[life].texts[at];
        TextLine {
            link: Link::new(page, &site.text_page(life, at), text.policy.title.clone()),
            version: text.policy.version.clone(),
            from: text.in_effect_from.map(Day::from),
            to: text.in_effect_to.map(Day::from),
            keep: keep.brief(),
        }
    });
    let records = shelved_records(binder)
        .into_iter()
        .map(|(index, later, keep)| RecordLine {
            link: record(index),
            date: binder.content.records[index]
                .date
                .as_ref()
                .map(|at| at.value.into()),
            later: record(later),
            keep: keep.brief(),
        });
    let lines = schedule(binder);
    Retention {
        years: binder.content.config.retention_years,
        longer: LONGER,
        head: HEAD,
        texts: texts.collect(),
        records: records.collect(),
        schedule: lines
            .iter()
            .map(|line| ScheduleLine {
                title: line.title(binder),
                count: line.count,
                range: line.range(),
                keep: line.words(),
            })
            .collect(),
    }
}
