//! The order of the printed binder: which documents it has, tab by tab.

use super::emit::{Arg, Emitted, Emitter};
use super::glyphs::Glyphs;
use super::links::Links;
use super::{
    analyses, contingency, control, decisions, exhibits, front, gaps, index, registers, rows, scope, shelf,
    signatures, texts,
};
use crate::binder::Binder;
use crate::content::config::Paper;
use crate::rule::{Row, RowId, rule};

/// Everything a document is written from.
pub(super) struct Book<'a> {
    /// The binder.
    pub binder: &'a Binder,
    /// Labels and pictures.
    pub links: Links,
    /// Fonts.
    pub glyphs: Glyphs,
    /// The content folder, for exhibits that are printed as listings.
    pub folder: &'a crate::world::Folder,
    /// What the exhibits show on paper.
    pub drawings: exhibits::Drawings,
}

/// A part of the binder, with its own tab at the cut edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tab {
    /// The rows of a section: 308, 310, 312, 314, 316.
    Section(u16),
    /// Addressable decisions, 164.306(d)(3).
    Decisions,
    /// Policies and procedures in full.
    Policies,
    /// What is needed when systems are down, to be pulled out of the rings.
    Contingency,
    /// Records in full.
    Records,
    /// Registers as tables.
    Registers,
    /// Exhibits.
    Exhibits,
    /// Superseded documents, and how long each kind is kept.
    Shelf,
    /// Indexes of request items and of citations.
    Index,
}

/// One document: a run of pages of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doc {
    /// Cover.
    Cover,
    /// Document control.
    Control,
    /// Legal entity and scope.
    Scope,
    /// Contents.
    Contents,
    /// All rows with marks, state and pages.
    RowIndex,
    /// The sheet that opens a part.
    Divider(Tab),
    /// A row's part.
    Row(RowId),
    /// A row's gaps.
    Gap(RowId),
    /// The addressable decisions.
    Decisions,
    /// A policy, by index into the policy lives.
    Policy(usize),
    /// A superseded text of a policy: index into the policy lives, and into its texts.
    Superseded(usize, usize),
    /// Whom to call, what to restore first, where the plans say what to do.
    Contingency,
    /// The sections of a policy, by index, that speak of contingencies.
    Extract(usize),
    /// A sheet to write down what was done when systems were down.
    ContingencyLog,
    /// The risk analysis beside the one before it.
    Analyses,
    /// A record, by index.
    Record(usize),
    /// A register.
    Register(&'static str),
    /// The index of exhibits.
    ExhibitIndex,
    /// The exhibits, sheet after sheet.
    Exhibits,
    /// What is superseded.
    Shelf,
    /// How long each kind of document is kept.
    Retention,
    /// The index of request items.
    RequestIndex,
    /// The index of citations.
    CitationIndex,
    /// Sheets to sign.
    Signatures,
}

/// A line of the contents.
pub(super) struct Entry {
    /// 1 for parts, 2 for documents.
    pub level: usize,
    /// Label of its heading.
    pub label: String,
    /// Its words.
    pub title: String,
}

impl Tab {
    /// All parts in order.
    pub fn all() -> Vec<Tab> {
        let sections = rule()
            .sections()
            .iter()
            .map(|s| s.number)
            .filter(|n| rule().rows_of_section(*n).next().is_some());
        let mut tabs: Vec<Tab> = sections.map(Tab::Section).collect();
        tabs.extend([
            Tab::Decisions,
            Tab::Policies,
            Tab::Contingency,
            Tab::Records,
            Tab::Registers,
            Tab::Exhibits,
            Tab::Shelf,
            Tab::Index,
        ]);
        tabs
    }

    /// Its place among the tabs, from 1.
    pub fn number(self) -> usize {
        Tab::all()
            .iter()
            .position(|tab| *tab == self)
            .map_or(1, |at| at + 1)
    }

    /// What the tab at the edge says.
    pub fn short(self) -> String {
        match self {
            Tab::Section(number) => format!("164.{number}"),
            Tab::Decisions => "Decisions".to_string(),
            Tab::Policies => "Policies".to_string(),
            Tab::Contingency => "Contingency".to_string(),
            Tab::Records => "Records".to_string(),
            Tab::Registers => "Registers".to_string(),
            Tab::Exhibits => "Exhibits".to_string(),
            Tab::Shelf => "Superseded".to_string(),
            Tab::Index => "Index".to_string(),
        }
    }

    /// Its title.
    pub fn title(self) -> String {
        match self {
            Tab::Section(number) => {
                let title = rule()
                    .section(number)
                    .map_or("", |section| section.title.as_str());
                format!("164.{number} {title}")
            }
            Tab::Decisions => "Addressable decisions".to_string(),
            Tab::Policies => "Policies and procedures".to_string(),
            Tab::Contingency => "Contingency pull-out".to_string(),
            Tab::Records => "Records".to_string(),
            Tab::Registers => "Registers".to_string(),
            Tab::Exhibits => "Exhibits".to_string(),
            Tab::Shelf => "Superseded documents and retention".to_string(),
            Tab::Index => "Indexes".to_string(),
        }
    }

    /// Label of its first sheet.
    pub fn label(self) -> String {
        format!("tab-{}", self.number())
    }
}

impl Doc {
    /// Path of its virtual file. Names return from build to build.
    pub fn path(self) -> String {
        match self {
            Doc::Cover => "/doc/cover.typ".to_string(),
            Doc::Control => "/doc/control.typ".to_string(),
            Doc::Scope => "/doc/scope.typ".to_string(),
            Doc::Contents => "/doc/contents.typ".to_string(),
            Doc::RowIndex => "/doc/rows.typ".to_string(),
            Doc::Divider(tab) => format!("/tab/{}.typ", tab.number()),
            Doc::Row(row) => format!("/row/{}.typ", row.index()),
            Doc::Gap(row) => format!("/gap/{}.typ", row.index()),
            Doc::Decisions => "/doc/decisions.typ".to_string(),
            Doc::Policy(life) => format!("/policy/{life}.typ"),
            Doc::Superseded(life, text) => format!("/policy/{life}-{text}.typ"),
            Doc::Contingency => "/doc/contingency.typ".to_string(),
            Doc::Extract(life) => format!("/extract/{life}.typ"),
            Doc::ContingencyLog => "/doc/contingency-log.typ".to_string(),
            Doc::Analyses => "/doc/analyses.typ".to_string(),
            Doc::Record(record) => format!("/record/{record}.typ"),
            Doc::Register(name) => format!("/register/{name}.typ"),
            Doc::Exhibits => "/doc/exhibits.typ".to_string(),
            Doc::Shelf => "/doc/shelf.typ".to_string(),
            Doc::Retention => "/doc/retention.typ".to_string(),
            Doc::ExhibitIndex => "/doc/exhibit-index.typ".to_string(),
            Doc::RequestIndex => "/doc/request-index.typ".to_string(),
            Doc::CitationIndex => "/doc/citation-index.typ".to_string(),
            Doc::Signatures => "/doc/signatures.typ".to_string(),
        }
    }

    /// True where it must open on a right-hand page.
    pub fn right_hand(self) -> bool {
        matches!(self, Doc::Divider(_) | Doc::Control | Doc::Signatures)
    }
}

impl<'a> Book<'a> {
    /// Width of the text in points.
    pub fn width(&self) -> f64 {
        Self::paper_width(self.binder.meta.paper)
    }

    /// Width of the text on paper in points.
    pub fn paper_width(paper: Paper) -> f64 {
        match paper {
            Paper::UsLetter => 486.0,
            Paper::A4 => 469.2,
        }
    }

    /// Height that a picture may take on a sheet, under the line that says what it is, in points.
    pub fn picture_height(paper: Paper) -> f64 {
        match paper {
            Paper::UsLetter => 596.0,
            Paper::A4 => 646.0,
        }
    }

    /// Width of the text on a turned page in points.
    pub fn turned_width(&self) -> f64 {
        match self.binder.meta.paper {
            Paper::UsLetter => 691.2,
            Paper::A4 => 741.0,
        }
    }

    /// A new virtual file.
    pub fn emitter(&self) -> Emitter<'_> {
        Emitter::new(&self.glyphs)
    }

    /// Names of systems given by id.
    pub fn systems(&self, ids: &[String]) -> String {
        if ids.iter().any(|id| id.eq_ignore_ascii_case("all")) {
            return "all".to_string();
        }
        let names: Vec<String> = ids.iter().map(|id| self.name("systems", id)).collect();
        names.join(", ")
    }

    /// Names of people given by id, several separated by `;`. Names stay as they are.
    pub fn people(&self, text: &str) -> String {
        let names: Vec<String> = text
            .split(';')
            .map(|id| self.name("workforce", id.trim()))
            .collect();
        names.join(", ")
    }

    /// Names of sites given by id.
    pub fn sites(&self, ids: &[String]) -> String {
        let sites = &self.binder.content.config.sites;
        let names = ids.iter().map(|id| {
            sites
                .iter()
                .find(|site| site.id == *id)
                .map_or(id.as_str(), |site| &site.name)
        });
        names.collect::<Vec<_>>().join(", ")
    }

    fn name(&self, register: &str, id: &str) -> String {
        let table = self.binder.content.registers.get(register);
        let entry = table.and_then(|table| {
            table
                .entries
                .iter()
                .find(|entry| entry.id.eq_ignore_ascii_case(id))
        });
        entry
            .map(|entry| entry.get("name"))
            .filter(|name| !name.is_empty())
            .unwrap_or(id)
            .to_string()
    }

    /// Opens a run of pages.
    pub fn sheet(&self, em: &mut Emitter, part: &str, title: &str, tab: Option<Tab>, more: &[(&str, Arg)]) {
        let label = tab.map(Tab::short).unwrap_or_default();
        let mut args = vec![("part", Arg::Str(part)), ("title", Arg::Str(title))];
        if let Some(tab) = tab {
            args.extend([("tab", Arg::Int(tab.number())), ("tab-label", Arg::Str(&label))]);
        }
        args.extend_from_slice(more);
        em.open("sheet", &args);
    }

    /// The rows of a section that are printed.
    pub fn rows_of(&self, section: u16) -> impl Iterator<Item = &'static Row> {
        let only = self.binder.meta.only.clone();
        rule()
            .rows_of_section(section)
            .filter(move |row| only.holds(row.id))
    }

    /// Answers with decisions, in rule order.
    pub fn decided(&self) -> Vec<usize> {
        let answers = &self.binder.content.answers;
        let mut decided: Vec<usize> = (0..answers.len())
            .filter(|i| !answers[*i].decisions.is_empty())
            .collect();
        decided.sort_by_key(|i| answers[*i].row);
        decided
    }

    /// Registers that are printed as tables; exhibits have a part of their own. In a selection, those with a line for one
    /// of its rows.
    pub fn registers(&self) -> Vec<&'static str> {
        let only = &self.binder.meta.only;
        let serves = |name: &str| {
            let links = only.rows().iter().map(|row| self.binder.links(*row));
            links
                .flat_map(|links| links.entries.iter().chain(&links.nones))
                .any(|link| link.register == name)
        };
        self.binder
            .content
            .registers
            .keys()
            .copied()
            .filter(|name| *name != "evidence" && (only.is_whole() || serves(name)))
            .collect()
    }

    /// Writes one document.
    pub fn write(&self, doc: Doc) -> Emitted {
        let mut em = self.emitter();
        match doc {
            Doc::Cover => front::cover(self, &mut em),
            Doc::Control => control::control(self, &mut em),
            Doc::Scope => scope::scope(self, &mut em),
            Doc::Contents => front::contents(self, &mut em),
            Doc::RowIndex => index::rows::rows(self, &mut em),
            Doc::Divider(tab) => front::divider(self, &mut em, tab),
            Doc::Row(row) => rows::row(self, &mut em, row),
            Doc::Gap(row) => gaps::gap(self, &mut em, row),
            Doc::Decisions => decisions::decisions(self, &mut em),
            Doc::Policy(life) => texts::policy(self, &mut em, life),
            Doc::Superseded(life, text) => texts::superseded(self, &mut em, life, text),
            Doc::Contingency => contingency::sheets(self, &mut em),
            Doc::Extract(life) => contingency::extract(self, &mut em, life),
            Doc::ContingencyLog => contingency::log(self, &mut em),
            Doc::Analyses => analyses::analyses(self, &mut em),
            Doc::Record(record) => texts::record(self, &mut em, record),
            Doc::Register(name) => registers::register(self, &mut em, name),
            Doc::Exhibits => exhibits::exhibits(self, &mut em),
            Doc::Shelf => shelf::shelf(self, &mut em),
            Doc::Retention => shelf::retention(self, &mut em),
            Doc::ExhibitIndex => index::exhibits::exhibits(self, &mut em),
            Doc::RequestIndex => index::requests::requests(self, &mut em),
            Doc::CitationIndex => index::citations::citations(self, &mut em),
            Doc::Signatures => signatures::signatures(self, &mut em),
        }
        em.finish()
    }

    /// The lines of the contents that a document gives.
    pub fn entries(&self, doc: Doc) -> Vec<Entry> {
        let binder = self.binder;
        let entry = |level, label: String, title: String| vec![Entry { level, label, title }];
        let named = |level, list: &[(&str, &str)]| {
            let entry = |(label, title): &(&str, &str)| Entry {
                level,
                label: (*label).to_string(),
                title: (*title).to_string(),
            };
            list.iter().map(entry).collect()
        };
        match doc {
            Doc::Cover | Doc::Contents | Doc::Gap(_) | Doc::Exhibits => vec![],
            Doc::Decisions => self
                .decided()
                .into_iter()
                .map(|answer| binder.content.answers[answer].row)
                .flat_map(|row| entry(2, decisions::label(row), format!("{row} {}", rule()[row].name())))
                .collect(),
            Doc::Control => entry(1, "control".to_string(), "Document control".to_string()),
            Doc::Signatures => named(1, &signatures::SHEETS),
            Doc::Scope => named(1, &[scope::SHEET]),
            Doc::Contingency => named(2, &contingency::SHEETS),
            Doc::ContingencyLog => named(2, &[contingency::LOG]),
            Doc::Analyses => named(2, &[analyses::SHEET]),
            Doc::Shelf => named(2, &[shelf::SHEET]),
            Doc::Retention => named(2, &[shelf::SCHEDULE]),
            Doc::RowIndex => entry(1, index::ROWS.to_string(), "Index of rows".to_string()),
            Doc::ExhibitIndex => entry(2, index::EXHIBITS.to_string(), "Index of exhibits".to_string()),
            Doc::RequestIndex => entry(
                2,
                index::REQUESTS.to_string(),
                "Index of request items".to_string(),
            ),
            Doc::CitationIndex => entry(2, index::CITATIONS.to_string(), "Index of citations".to_string()),
            Doc::Divider(tab) => entry(1, tab.label(), tab.title()),
            Doc::Row(row) => entry(2, self.links.row(row), format!("{row} {}", rule()[row].name())),
            Doc::Policy(life) => {
                let text = &binder.policies[life].texts[binder.policies[life].shown];
                entry(2, self.links.policy(life), text.policy.title.clone())
            }
            Doc::Superseded(life, text) => {
                let policy = &binder.policies[life].texts[text].policy;
                let title = format!("{}, version {}", policy.title, policy.version);
                entry(2, self.links.superseded(life, text), title)
            }
            Doc::Extract(life) => {
                let text = &binder.policies[life].texts[binder.policies[life].shown];
                entry(
                    2,
                    contingency::extract_label(life),
                    format!("From: {}", text.policy.title),
                )
            }
            Doc::Record(record) => entry(
                2,
                self.links.record(record),
                binder.content.records[record].title.clone(),
            ),
            Doc::Register(name) => {
                let title = binder.content.registers[name].register.title;
                entry(2, self.links.register(name), title.to_string())
            }
        }
    }
}
