//! The list of pages: what there is to make, and where it goes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Made, Site, past};
use crate::address;
use crate::binder::PolicyLife;
use crate::diagnostic::Place;
use crate::rule::{RowId, rule};

/// A page to be made.
#[derive(Debug, Clone)]
pub struct Page {
    /// What sort of page.
    pub kind: PageKind,
    /// Its path.
    pub path: String,
    /// Its title in the window.
    pub title: String,
    /// Its title in the way to it.
    pub crumb: String,
    /// What it is made from.
    pub source: Made,
}

/// The page kinds. Numbers are indexes into the lists of the binder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PageKind {
    Dashboard,
    Standards,
    Mentions,
    Row(RowId),
    Gaps,
    Gap(RowId),
    Policies,
    Policy { life: usize, text: usize },
    Records,
    Record(usize),
    Registers,
    Register(&'static str),
    Exhibits,
    Exhibit(usize),
    Decisions,
    Retention,
    Versions,
    NotFound,
}

#[derive(Debug, Clone)]
/// Where a text of a policy is shown.
pub struct TextPage {
    /// Its page.
    pub address: String,
    /// False when another text of the policy has the same words and the same version, and the page.
    pub own: bool,
}

impl Site<'_> {
    /// Every page of the site, in a stable order.
    pub fn pages(&self) -> Vec<Page> {
        let binder = self.binder;
        let fixed = |kind, path: &str, title: &str| Page {
            kind,
            path: path.to_string(),
            title: title.to_string(),
            crumb: title.to_string(),
            source: Made {
                words: format!("the page \u{201c}{title}\u{201d}"),
                place: Place::file("binder.toml"),
            },
        };
        let mut pages = vec![
            fixed(PageKind::Dashboard, address::DASHBOARD, "Overview"),
            fixed(PageKind::Standards, address::STANDARDS, "Standards"),
            fixed(PageKind::Mentions, address::MENTIONS, "Citations"),
            fixed(PageKind::Gaps, address::GAPS, "Gaps"),
            fixed(PageKind::Policies, address::POLICIES, "Policies"),
            fixed(PageKind::Records, address::RECORDS, "Records"),
            fixed(PageKind::Registers, address::REGISTERS, "Registers"),
            fixed(PageKind::Exhibits, address::EXHIBITS, "Exhibits"),
            fixed(PageKind::Decisions, address::DECISIONS, "Decisions"),
            fixed(PageKind::Retention, address::RETENTION, "Retention"),
            fixed(PageKind::Versions, address::VERSIONS, "Versions"),
            fixed(PageKind::NotFound, "404.html", "Page not found"),
        ];
        if !binder.meta.shows_gaps() {
            pages.retain(|page| page.kind != PageKind::Gaps);
        }
        if !past::shows_past(binder) {
            pages.retain(|page| page.kind != PageKind::Versions);
        }
        let page = |kind, path, title: String, crumb: String, words: String, place: &Place| Page {
            kind,
            path,
            title,
            crumb,
            source: Made {
                words,
                place: place.clone(),
            },
        };
        let rule_place = Place::file("binder.toml");
        for row in rule().rows() {
            let (citation, words) = (row.citation.to_string(), format!("row {}", row.citation));
            let title = format!("{citation} {}", row.name());
            pages.push(page(
                PageKind::Row(row.id),
                address::row_page(row.id),
                title.clone(),
                citation.clone(),
                words.clone(),
                &rule_place,
            ));
            if !binder.assessment(row.id).gaps.is_empty() {
                let title = format!("Gaps of {title}");
                pages.push(page(
                    PageKind::Gap(row.id),
                    address::gap_page(row.id),
                    title,
                    citation,
                    words,
                    &rule_place,
                ));
            }
        }
        for (life, texts) in self.text_pages.iter().enumerate() {
            for (text, shown_at) in texts.iter().enumerate().filter(|(_, t)| t.own) {
                let policy = &binder.policies[life].texts[text].policy;
                let other = text != binder.policies[life].shown;
                let version = format!("Version {}", policy.version);
                pages.push(page(
                    PageKind::Policy { life, text },
                    shown_at.address.clone(),
                    if other {
                        format!("{}, {}", policy.title, version.to_lowercase())
                    } else {
                        policy.title.clone()
                    },
                    if other { version } else { policy.title.clone() },
                    format!("{} {}", policy.path, policy.id),
                    &policy.place,
                ));
            }
        }
        for (i, record) in binder.content.records.iter().enumerate() {
            let path = address::record_page(&record.id);
            let (title, words) = (record.title.clone(), record.path.to_string());
            pages.push(page(
                PageKind::Record(i),
                path,
                title.clone(),
                title,
                words,
                &record.place,
            ));
        }
        for (name, table) in &binder.content.registers {
            let title = table.register.title.to_string();
            let (path, words) = (address::register_page(name), table.path.to_string());
            pages.push(page(
                PageKind::Register(name),
                path,
                title.clone(),
                title,
                words,
                &table.place,
            ));
        }
        for (i, exhibit) in binder.content.exhibits.iter().enumerate() {
            let title = format!("{} {}", exhibit.id, exhibit.title);
            let (path, words) = (
                address::exhibit_page(&exhibit.id),
                format!("exhibit {}", exhibit.id),
            );
            pages.push(page(
                PageKind::Exhibit(i),
                path,
                title,
                exhibit.id.clone(),
                words,
                &exhibit.place,
            ));
        }
        pages
    }
}

/// Pages of the texts of a policy: the shown one has the policy's own address, each other one an address with its
/// version, and texts with the same version and words share a page.
pub fn text_pages(life: &PolicyLife) -> Vec<TextPage> {
    let mut order: Vec<usize> = (0..life.texts.len()).collect();
    order.sort_by_key(|t| *t != life.shown);
    let mut pages: BTreeMap<usize, TextPage> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for t in order {
        let policy = &life.texts[t].policy;
        let same = pages.iter().find(|(other, page)| {
            let other = &life.texts[**other].policy;
            page.own && other.version == policy.version && other.text_digest == policy.text_digest
        });
        if let Some((_, page)) = same {
            let address = page.address.clone();
            pages.insert(t, TextPage { address, own: false });
            continue;
        }
        let version = if policy.version.is_empty() {
            "draft"
        } else {
            &policy.version
        };
        let wanted = match (t == life.shown, life.pending == Some(t)) {
            (true, _) => address::policy_page(&life.id),
            (false, true) => address::policy_version_page(&life.id, &format!("{version} pending")),
            (false, false) => address::policy_version_page(&life.id, version),
        };
        let stem = wanted.strip_suffix(".html").unwrap_or(&wanted);
        let numbered = (2..).map(|n| format!("{stem}-{n}.html"));
        let address = std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|a| !taken.contains(a))
            .unwrap_or_default();
        taken.insert(address.clone());
        pages.insert(t, TextPage { address, own: true });
    }
    pages.into_values().collect()
}
