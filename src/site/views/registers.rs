//! Registers: the list, and each as a full table.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::pictures::{self, RiskGrid, TrainingPicture};
use super::{Day, Link, RowRef, capital};
use crate::address;
use crate::citation::Citation;
use crate::content::registers::{Cell, ColumnKind, Entry, REGISTERS, Register, is_no, is_yes};
use crate::content::{NoneStatement, Table};
use crate::rule::{RowId, rule};
use crate::site::Site;

/// `registers/index.html`.
#[derive(Debug, Serialize)]
pub struct Registers {
    /// Registers of the binder.
    pub kept: Vec<RegisterLine>,
    /// Registers that the binder could have.
    pub missing: Vec<MissingRegister>,
}

/// A line of the list.
#[derive(Debug, Serialize)]
pub struct RegisterLine {
    /// Title and page.
    pub link: Link,
    /// What belongs there.
    pub purpose: &'static str,
    /// The file, "" where nobody is to type there.
    pub file: String,
    /// How many entries.
    pub entries: usize,
    /// How many none statements.
    pub nones: usize,
    /// The newest date.
    pub newest: Option<Day>,
    /// Rows it serves.
    pub rows: Vec<RowRef>,
}

/// A register without file.
#[derive(Debug, Serialize)]
pub struct MissingRegister {
    /// Title.
    pub title: &'static str,
    /// What would belong there.
    pub purpose: &'static str,
    /// The file to make.
    pub file: String,
    /// Its header row.
    pub header: String,
}

/// `registers/training.html`.
#[derive(Debug, Serialize)]
pub struct RegisterPage {
    /// Title.
    pub title: &'static str,
    /// What belongs here.
    pub purpose: &'static str,
    /// The file, "" where nobody is to type there.
    pub file: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// The entries as written.
    pub entries: Vec<EntryView>,
    /// None statements.
    pub nones: Vec<NoneView>,
    /// Rows that entries serve.
    pub rows: Vec<RowRef>,
    /// The grid of the risk register.
    pub grid: Option<RiskGrid>,
    /// Training by person, on the register of trainings.
    pub training: Option<TrainingPicture>,
    /// Some entry serves some row, so that there is a column for it.
    pub serves: bool,
}

/// An entry.
#[derive(Debug, Serialize)]
pub struct EntryView {
    /// Its anchor.
    pub anchor: String,
    /// Its cells.
    pub cells: Vec<CellView>,
    /// Rows it serves.
    pub rows: Vec<RowRef>,
    /// Reason of a legal hold, "" if none.
    pub hold: String,
}

/// A cell.
#[derive(Debug, Serialize)]
pub struct CellView {
    /// Texts, each with or without a link.
    pub pieces: Vec<Piece>,
    /// A date, printed as one.
    pub day: Option<Day>,
    /// Class name: `yes`, `no`, `number`, `long` or "".
    pub class: &'static str,
}

/// A piece of a cell.
#[derive(Debug, Serialize)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub href: Option<String>,
}

/// A none statement.
#[derive(Debug, Serialize)]
pub struct NoneView {
    /// Its anchor.
    pub anchor: String,
    /// What it speaks of, "" for everything.
    pub of: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Who says so.
    pub by: String,
    /// Day it was written down.
    pub recorded: Day,
    /// Sites it speaks of, "" for all.
    pub sites: String,
    /// Rows it serves.
    pub rows: Vec<RowRef>,
}

/// Anchor of a none statement, by its index.
pub fn none_anchor(index: usize) -> String {
    format!("none-{}", index + 1)
}

/// Rows by entry and by none statement of a register.
fn served(site: &Site<'_>, name: &str) -> (BTreeMap<usize, Vec<RowId>>, BTreeMap<usize, Vec<RowId>>) {
    let (mut entries, mut nones) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for (links, assessment) in site.binder.rows.iter().zip(&site.binder.assessments) {
        for link in links.entries.iter().filter(|l| l.register == name) {
            entries.entry(link.entry).or_default().push(assessment.row);
        }
        for link in links.nones.iter().filter(|l| l.register == name) {
            nones.entry(link.entry).or_default().push(assessment.row);
        }
    }
    (entries, nones)
}

/// The list as seen from `page`.
pub fn list(site: &Site<'_>, page: &str) -> Registers {
    let mut kept = Vec::new();
    let mut missing = Vec::new();
    for register in REGISTERS {
        match site.binder.content.registers.get(register.name) {
            Some(table) => kept.push(line(site, page, register, table)),
            // What is not kept is a gap.
            None if !site.binder.meta.shows_gaps() => {}
            None => missing.push(MissingRegister {
                title: register.title,
                purpose: register.purpose,
                file: format!("registers/{}.csv", register.name),
                header: register
                    .columns
                    .iter()
                    .map(|c| c.name)
                    .collect::<Vec<_>>()
                    .join(","),
            }),
        }
    }
    kept.sort_by_key(|l| l.link.text.clone());
    Registers { kept, missing }
}

fn line(site: &Site<'_>, page: &str, register: &Register, table: &Table) -> RegisterLine {
    let (entries, nones) = served(site, register.name);
    let rows: BTreeSet<RowId> = entries
        .into_values()
        .chain(nones.into_values())
        .flatten()
        .collect();
    RegisterLine {
        link: Link::new(page, &address::register_page(register.name), register.title),
        purpose: register.purpose,
        file: site.source(&table.path),
        entries: table.entries.len(),
        nones: table.nones.len(),
        newest: table.entries.iter().filter_map(|e| e.date).max().map(Day::from),
        rows: site.row_refs(page, rows),
    }
}

/// The page of a register.
pub fn view(site: &Site<'_>, page: &str, table: &Table) -> RegisterPage {
    RegisterPage {
        grid: pictures::risk_grid(site, page, table),
        training: pictures::training_picture(site, page, table),
        ..lines(site, page, table)
    }
}

/// The page without its pictures.
fn lines(site: &Site<'_>, page: &str, table: &Table) -> RegisterPage {
    let register = table.register;
    let (entries, nones) = served(site, register.name);
    let rows: BTreeSet<RowId> = entries
        .values()
        .chain(nones.values())
        .flatten()
        .copied()
        .collect();
    let rows_of = |map: &BTreeMap<usize, Vec<RowId>>, i: usize| map.get(&i).cloned().unwrap_or_default();
    let columns = columns(table);
    RegisterPage {
        title: register.title,
        purpose: register.purpose,
        file: site.source(&table.path),
        columns: columns.iter().map(|c| title(register, c)).collect(),
        entries: (table.entries.iter().enumerate())
            .map(|(i, entry)| EntryView {
                anchor: entry.anchor.clone(),
                cells: cells(site, page, register, &columns, entry),
                rows: site.row_refs(page, rows_of(&entries, i)),
                hold: entry.handling.hold.clone().unwrap_or_default(),
            })
            .collect(),
        nones: table
            .nones
            .iter()
            .enumerate()
            .map(|(i, n)| none(site, page, i, n, rows_of(&nones, i)))
            .collect(),
        grid: None,
        training: None,
        serves: !entries.is_empty(),
        rows: site.row_refs(page, rows),
    }
}

/// The columns that are shown. Those of none statements have a table of their own.
pub fn columns(table: &Table) -> Vec<&'static str> {
    let filled = |name: &&str| {
        declared(table.register, name).is_some() || table.entries.iter().any(|e| e.cell(name).is_some())
    };
    table.columns.iter().copied().filter(filled).collect()
}

/// The cells of a line in these columns.
pub fn cells(
    site: &Site<'_>,
    page: &str,
    register: &Register,
    columns: &[&'static str],
    entry: &Entry,
) -> Vec<CellView> {
    let cell = |column: &&'static str| cell(site, page, register, entry, column);
    columns.iter().map(cell).collect()
}

/// A none statement, which serves these rows.
pub fn none(site: &Site<'_>, page: &str, index: usize, none: &NoneStatement, rows: Vec<RowId>) -> NoneView {
    NoneView {
        anchor: none_anchor(index),
        of: none.of.clone(),
        from: none.from.into(),
        to: none.to.into(),
        by: site.names.person(&none.by).to_string(),
        recorded: none.recorded.into(),
        sites: site.names.about(&[], &none.sites, &[]),
        rows: site.row_refs(page, rows),
    }
}

fn declared<'a>(register: &'a Register, name: &str) -> Option<&'a crate::content::registers::Column> {
    register.columns.iter().find(|c| c.name == name)
}

fn title(register: &Register, name: &str) -> String {
    match declared(register, name) {
        Some(column) => column.title.to_string(),
        None => capital(&name.replace('_', " ")),
    }
}

fn cell(site: &Site<'_>, page: &str, register: &Register, entry: &Entry, column: &'static str) -> CellView {
    let kind = declared(register, column).map_or_else(|| common_kind(column), |c| c.kind);
    let Some(cell) = entry.cell(column) else {
        return CellView {
            pieces: vec![],
            day: None,
            class: "",
        };
    };
    if let Some(date) = cell.date {
        return CellView {
            pieces: vec![],
            day: Some(date.into()),
            class: "",
        };
    }
    CellView {
        pieces: pieces(site, page, kind, register, column, cell),
        day: None,
        class: class(kind, &cell.text),
    }
}

fn class(kind: ColumnKind, text: &str) -> &'static str {
    match kind {
        ColumnKind::YesNo if is_yes(text) => "yes",
        ColumnKind::YesNo if is_no(text) => "no",
        ColumnKind::Number => "number",
        _ if text.chars().count() > 48 => "long",
        _ => "",
    }
}

/// Kinds of the columns that every register has.
fn common_kind(column: &str) -> ColumnKind {
    match column {
        "system" => ColumnKind::Systems,
        "site" => ColumnKind::Sites,
        "person" => ColumnKind::Persons,
        _ => ColumnKind::Text,
    }
}

fn pieces(
    site: &Site<'_>,
    page: &str,
    kind: ColumnKind,
    register: &Register,
    column: &str,
    cell: &Cell,
) -> Vec<Piece> {
    let plain = |text: &str| Piece {
        text: text.to_string(),
        href: None,
    };
    // A link to the line of another register, under the name that it has there.
    let joined = |name: &'static str, text: &str, shown: &str| {
        let anchor = site.entry_anchor(name, text).filter(|_| name != register.name);
        let to = anchor.map(|a| format!("{}#{a}", address::register_page(name)));
        Piece {
            text: shown.to_string(),
            href: to.map(|to| address::link(page, &to)),
        }
    };
    let parts: Vec<&str> = cell
        .text
        .split(';')
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    match kind {
        ColumnKind::Systems => parts
            .iter()
            .map(|p| joined("systems", p, site.names.system(p)))
            .collect(),
        ColumnKind::Sites => parts.iter().map(|p| plain(site.names.site(p))).collect(),
        ColumnKind::Persons => parts
            .iter()
            .map(|p| joined("workforce", p, site.names.person(p)))
            .collect(),
        ColumnKind::Devices => parts.iter().map(|p| joined("devices", p, p)).collect(),
        ColumnKind::Exhibit => parts.iter().map(|p| exhibit_piece(site, page, p)).collect(),
        ColumnKind::Citations => parts.iter().map(|p| citation_piece(page, p)).collect(),
        _ if register.name == "evidence" && column == "id" => vec![exhibit_piece(site, page, &cell.text)],
        _ if site.exhibit_id(&cell.text).is_some() => vec![exhibit_piece(site, page, &cell.text)],
        // People stand in many columns of plain text: who gave a training, who looked.
        ColumnKind::Text if column != "id" && column != register.key => {
            vec![joined("workforce", &cell.text, site.names.person(&cell.text))]
        }
        _ => vec![plain(&cell.text)],
    }
}

fn exhibit_piece(site: &Site<'_>, page: &str, text: &str) -> Piece {
    let href = site
        .exhibit_id(text)
        .map(|id| address::link(page, &address::exhibit_page(id)));
    Piece {
        text: text.to_string(),
        href,
    }
}

/// A citation with what may follow it: "164.312(b) p. 3".
fn citation_piece(page: &str, text: &str) -> Piece {
    let row = Citation::parse_start(text)
        .ok()
        .and_then(|(parsed, _)| rule().resolve(&parsed.first()).link());
    Piece {
        text: text.to_string(),
        href: row.map(|r| address::link(page, &address::row_page(r))),
    }
}
