//! Where things stand in the print: one label for each row, text, register and exhibit, and what links lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::book::Tab;
use super::pictures::{Picture, Pictures};
use crate::address;
use crate::binder::{Binder, SectionLink};
use crate::content::Phi;
use crate::markdown::{Block, BlockKind, Document};
use crate::retention::superseded_texts;
use crate::rule::RowId;

/// Labels of a binder, and the pictures its texts show.
pub(super) struct Links {
    labels: BTreeSet<String>,
    by_path: BTreeMap<String, String>,
    shown_evidence: BTreeSet<String>,
    pictures: Pictures,
}

/// Where a link leads.
pub(super) enum Target {
    /// To an address outside the binder.
    Outside(String),
    /// To a label of the binder.
    Label(String),
    /// To nothing that is printed: its words stay, the link does not.
    Nowhere,
}

/// Longest address that becomes a link.
const LONGEST: usize = 2000;

impl Links {
    /// The labels of everything that `binder` prints.
    pub fn new(binder: &Binder, pictures: Pictures) -> Self {
        let mut links = Self {
            labels: BTreeSet::new(),
            by_path: BTreeMap::new(),
            shown_evidence: BTreeSet::new(),
            pictures,
        };
        let shown = binder
            .assessments
            .iter()
            .filter(|a| binder.meta.only.holds(a.row));
        for assessment in shown {
            links.labels.insert(row_label(assessment.row));
            if !assessment.gaps.is_empty() {
                let label = links.gap(assessment.row);
                links.labels.insert(label);
            }
        }
        for answer in &binder.content.answers {
            let label = links.row(answer.row);
            links.by_path.insert(answer.path.to_string(), label);
        }
        for (index, life) in binder.policies.iter().enumerate() {
            let Some(text) = life.texts.get(life.shown) else {
                continue;
            };
            let label = links.policy(index);
            links.add_text(&label, &text.policy.body);
            for text in &life.texts {
                links.by_path.insert(text.policy.path.to_string(), label.clone());
            }
            // A part has no shelf.
            let shelved = superseded_texts(life, binder.meta.as_of).into_iter();
            for old in shelved.filter(|old| *old != life.shown && binder.meta.only.is_whole()) {
                let label = links.superseded(index, old);
                let policy = &life.texts[old].policy;
                links.add_text(&label, &policy.body);
                links.by_path.insert(policy.path.to_string(), label);
            }
        }
        for (index, record) in binder.content.records.iter().enumerate() {
            let label = links.record(index);
            links.add_text(&label, &record.body);
            links.by_path.insert(record.path.to_string(), label);
        }
        for (name, table) in &binder.content.registers {
            // The list of exhibits is printed in the part of its own.
            let label = if *name == "evidence" {
                Tab::Exhibits.label()
            } else {
                links.register(name)
            };
            links.by_path.insert(table.path.to_string(), label.clone());
            links.labels.insert(label);
        }
        for (index, exhibit) in binder.content.exhibits.iter().enumerate() {
            let label = links.exhibit(index);
            if let Some(file) = &exhibit.file {
                links.by_path.insert(file.value.clone(), label.clone());
                if exhibit.handling.phi != Some(Phi::Contains) {
                    links.shown_evidence.insert(file.value.clone());
                }
            }
            links.labels.insert(label);
        }
        for exhibit in &binder.content.exhibits {
            if exhibit.handling.phi == Some(Phi::Contains)
                && let Some(file) = &exhibit.file
            {
                links.shown_evidence.remove(&file.value);
            }
        }
        links
    }

    fn add_text(&mut self, label: &str, body: &Document) {
        self.labels.insert(label.to_string());
        for anchor in body.blocks.iter().filter_map(anchor) {
            self.labels.insert(format!("{label}#{anchor}"));
        }
    }

    /// Label of a row's part; "" where the row is not printed.
    pub fn row(&self, row: RowId) -> String {
        let label = row_label(row);
        if self.labels.contains(&label) {
            label
        } else {
            String::new()
        }
    }

    /// Label of a row's gap page.
    pub fn gap(&self, row: RowId) -> String {
        format!("gap-{}", row.index())
    }

    /// Label of the end of a row's part.
    pub fn row_end(&self, row: RowId) -> String {
        format!("row-{}-end", row.index())
    }

    /// Labels of the beginning and the end of a row's answer.
    pub fn answer(&self, row: RowId) -> (String, String) {
        let n = row.index();
        (format!("row-{n}-answer"), format!("row-{n}-answered"))
    }

    /// Label of what is asked for of a row, in the index of request items.
    pub fn requests(&self, row: RowId) -> String {
        format!("requests-{}", row.index())
    }

    /// Label of the printed text of a policy life.
    pub fn policy(&self, life: usize) -> String {
        format!("policy-{life}")
    }

    /// Label of a superseded text of a policy life.
    pub fn superseded(&self, life: usize, text: usize) -> String {
        format!("policy-{life}-{text}")
    }

    /// Label of a section of a policy's printed text; of the policy where that text is not the one printed.
    pub fn section(&self, binder: &Binder, link: SectionLink) -> String {
        let label = self.policy(link.life);
        let life = &binder.policies[link.life];
        let section = binder.text(link).policy.sections.get(link.section);
        let Some(section) = section.filter(|_| life.shown == link.text) else {
            return label;
        };
        let deep = format!("{label}#{}", section.anchor);
        if self.labels.contains(&deep) { deep } else { label }
    }

    /// Label of a record.
    pub fn record(&self, record: usize) -> String {
        format!("record-{record}")
    }

    /// Label of a register.
    pub fn register(&self, name: &str) -> String {
        format!("register-{name}")
    }

    /// Label of an exhibit's sheet.
    pub fn exhibit(&self, exhibit: usize) -> String {
        format!("exhibit-{exhibit}")
    }

    /// Label of the last thing of an exhibit.
    pub fn exhibit_end(&self, exhibit: usize) -> String {
        format!("exhibit-{exhibit}-end")
    }

    /// Label of a line of a register: of its entry number `entry`, from 0. Only lines that serve a row have one.
    pub fn line(&self, register: &str, entry: usize) -> String {
        format!("register-{register}-line-{entry}")
    }

    /// Label of the statements of none of a register.
    pub fn nones(&self, register: &str) -> String {
        format!("register-{register}-nones")
    }

    /// Where a link written in the file `from` leads. `own` is the label of the text it stands in.
    pub fn resolve(&self, target: &str, from: &Arc<str>, own: &str, document: &Document) -> Target {
        let target = target.trim();
        let scheme = target
            .split_once(':')
            .map_or("", |(scheme, _)| scheme)
            .to_ascii_lowercase();
        if ["http", "https", "mailto", "tel"].contains(&scheme.as_str()) {
            let plain = target.chars().all(|c| !c.is_control() && !c.is_whitespace());
            let enough = target.len() > scheme.len() + 1 && target.len() <= LONGEST;
            return if plain && enough {
                Target::Outside(target.to_string())
            } else {
                Target::Nowhere
            };
        }
        let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
        let label = if path.is_empty() {
            let here = document
                .blocks
                .iter()
                .filter_map(self::anchor)
                .any(|there| there == anchor);
            if !here || own.is_empty() {
                return Target::Nowhere;
            }
            own.to_string()
        } else {
            match self.file(path, from) {
                Some(label) => label.to_string(),
                None => return Target::Nowhere,
            }
        };
        let deep = format!("{label}#{anchor}");
        if !anchor.is_empty() && self.labels.contains(&deep) {
            Target::Label(deep)
        } else if self.labels.contains(&label) {
            Target::Label(label)
        } else {
            Target::Nowhere
        }
    }

    fn file(&self, path: &str, from: &str) -> Option<&str> {
        candidates(path, from)
            .flat_map(|path| {
                let other = path.strip_suffix(".html").map(|stem| format!("{stem}.md"));
                std::iter::once(path).chain(other)
            })
            .find_map(|path| self.by_path.get(&path))
            .map(String::as_str)
    }

    /// The picture a text shows, or why it can't be printed; `None` where the folder has none that may be shown.
    pub fn picture(&self, src: &str, from: &str) -> Option<Result<Picture, String>> {
        if src.contains("://") {
            return None;
        }
        // A picture of the evidence folder is shown as an exhibit or not at all: one that nobody listed, that this binder
        // leaves out, or that shows protected health information must not come in through a text.
        candidates(src, from)
            .filter(|path| !path.starts_with("evidence/") || self.shown_evidence.contains(path))
            .find_map(|path| self.pictures.check(&path))
    }

    /// The picture of an exhibit, or why it can't be printed; `None` for files that are no pictures.
    pub fn exhibit_picture(&self, path: &str) -> Option<Result<Picture, String>> {
        self.pictures.check(path)
    }

    /// The pictures that were printed.
    pub fn into_pictures(self) -> Pictures {
        self.pictures
    }
}

fn row_label(row: RowId) -> String {
    format!("row-{}", row.index())
}

/// Anchor of a heading that is printed: one with words.
fn anchor(block: &Block) -> Option<&str> {
    match &block.kind {
        BlockKind::Heading(heading) if !super::text::plain(&heading.inlines).trim().is_empty() => {
            Some(&heading.anchor)
        }
        _ => None,
    }
}

/// A path as seen from the file `from`, then as seen from the content folder.
fn candidates(path: &str, from: &str) -> impl Iterator<Item = String> {
    let path = address::decoded(path);
    [address::resolve(from, &path), address::resolve("", &path)]
        .into_iter()
        .flatten()
}
