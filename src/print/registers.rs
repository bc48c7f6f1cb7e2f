//! Registers as tables: every line, every filled column; wide ones on turned pages.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Book, Tab};
use super::cells::{self, Cell};
use super::emit::{Arg, Emitter, Origin};
use super::tables;
use crate::binder::RowLinks;
use crate::content::Table;
use crate::rule::rule;

/// Writes one register.
pub(super) fn register(book: &Book, em: &mut Emitter, name: &str) {
    let Some(table) = book.binder.content.registers.get(name) else {
        return;
    };
    let columns: Vec<&'static str> = table
        .columns
        .iter()
        .copied()
        .filter(|column| table.entries.iter().any(|entry| !entry.get(column).is_empty()))
        .collect();
    let head: Vec<String> = columns.iter().map(|column| column_title(table, column)).collect();
    let rows: Vec<Vec<String>> = table
        .entries
        .iter()
        .map(|entry| {
            columns
                .iter()
                .map(|column| entry.get(column).to_string())
                .collect()
        })
        .collect();
    let upright = tables::plan(em.glyphs(), &head, &rows, book.width());
    // A turned page is worth it where the type would get small, and only if the table fits on it.
    let wide = tables::plan(em.glyphs(), &head, &rows, book.turned_width());
    let turned = (upright.stacked() || upright.size < 8.0) && !wide.stacked();
    let (plan, width) = if turned {
        (wide, book.turned_width())
    } else {
        (upright, book.width())
    };

    let title = table.register.title;
    book.sheet(
        em,
        &Tab::Registers.title(),
        title,
        Some(Tab::Registers),
        &[("flipped", Arg::Bool(turned))],
    );
    let label = book.links.register(name);
    em.open(
        "titled",
        &[
            ("", Arg::Str("Register")),
            ("", Arg::Int(2)),
            ("to", Arg::Label(&label)),
        ],
    );
    em.text(title);
    em.close();
    cells::lead(em, table.register.purpose);
    let serves = rule().row_ids().filter(|row| {
        let links = book.binder.links(*row);
        links
            .entries
            .iter()
            .chain(&links.nones)
            .any(|entry| entry.register == name)
    });
    super::texts::documents(book, em, "Serves", &serves.collect());
    if name == "risks" {
        super::risks::picture(em, table);
    }
    let lines = serving(book, name);
    let first: Vec<Option<usize>> = rows
        .iter()
        .map(|row| row.iter().position(|cell| !cell.trim().is_empty()))
        .collect();
    if rows.is_empty() {
        cells::lead(em, "No line.");
    } else {
        tables::emit(em, &plan, &[], &head, &rows, |em, row, column| match row {
            None => em.text(&head[column]),
            Some(row) => {
                let place = table.entries[row]
                    .cell(columns[column])
                    .map(|cell| cell.place.clone());
                em.at(place.map_or(Origin::None, Origin::Place));
                em.text(&rows[row][column]);
                if first[row] == Some(column) && lines.contains(&row) {
                    em.call_inline("at", &[("", Arg::Label(&book.links.line(name, row)))]);
                }
            }
        });
        em.at(Origin::None);
    }
    nones(book, em, table, width);
    em.close();
}

/// The lines of a register that serve a row: indexes name the page of each.
fn serving(book: &Book, name: &str) -> BTreeSet<usize> {
    let links = rule().row_ids().flat_map(|row| &book.binder.links(row).entries);
    links
        .filter(|link| link.register == name)
        .map(|link| link.entry)
        .collect()
}

/// Statements that nothing happened in a period.
fn nones(book: &Book, em: &mut Emitter, table: &Table, width: f64) {
    if table.nones.is_empty() {
        return;
    }
    let label = book.links.nones(table.register.name);
    em.open("hd", &[("", Arg::Int(3)), ("to", Arg::Label(&label))]);
    em.text("Statements that there was none");
    em.close();
    let rows: Vec<Vec<Cell>> = table
        .nones
        .iter()
        .map(|none| {
            vec![
                Cell::text(if none.of.is_empty() { "all kinds" } else { &none.of }),
                Cell::text(none.from.to_string()),
                Cell::text(none.to.to_string()),
                Cell::text(book.people(&none.by)),
                Cell::text(none.recorded.to_string()),
                Cell::text(if none.sites.is_empty() {
                    "all".to_string()
                } else {
                    book.sites(&none.sites)
                }),
            ]
        })
        .collect();
    cells::table(
        em,
        &["None of", "From", "To", "Stated by", "Written down", "Sites"],
        &rows,
        width,
    );
}

fn column_title(table: &Table, column: &str) -> String {
    if let Some(declared) = table.register.columns.iter().find(|c| c.name == column) {
        return declared.title.to_string();
    }
    if column == "phi" {
        return "PHI".to_string();
    }
    let words = column.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}

/// Label of the first line of a register that touches a row.
fn first_line(book: &Book, name: &str, links: &RowLinks) -> String {
    let lines = book.lines(name, &links.entries, &links.nones);
    lines
        .into_iter()
        .next()
        .map_or_else(|| book.links.register(name), |span| span.from)
}

/// The register entries that touch a row, a line for each register.
pub(super) fn summaries(book: &Book, links: &RowLinks) -> Vec<Vec<Cell>> {
    let mut by_register: BTreeMap<&'static str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for link in &links.entries {
        by_register.entry(link.register).or_default().0.push(link.entry);
    }
    for link in &links.nones {
        by_register.entry(link.register).or_default().1.push(link.entry);
    }
    let mut rows = vec![];
    for (name, (entries, nones)) in by_register {
        let Some(table) = book
            .binder
            .content
            .registers
            .get(name)
            .filter(|_| name != "evidence")
        else {
            continue;
        };
        let mut days: Vec<_> = entries
            .iter()
            .filter_map(|i| table.entries.get(*i)?.date)
            .collect();
        days.sort();
        let mut systems: Vec<String> = entries
            .iter()
            .filter_map(|i| table.entries.get(*i))
            .flat_map(|e| e.systems.iter().cloned())
            .collect();
        systems.sort_unstable();
        systems.dedup();
        let count = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let what: Vec<String> = [
            count(entries.len(), "entry", "entries"),
            count(nones.len(), "statement of none", "statements of none"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let period = match (days.first(), days.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
            (Some(day), _) => day.to_string(),
            _ => {
                let stated = nones.iter().filter_map(|i| table.nones.get(*i));
                let (from, to) = (stated.clone().map(|n| n.from).min(), stated.map(|n| n.to).max());
                from.zip(to)
                    .map(|(from, to)| format!("{from} to {to}"))
                    .unwrap_or_default()
            }
        };
        let label = book.links.register(name);
        rows.push(vec![
            Cell::Link(
                label.clone(),
                format!("{}: {}", table.register.title, what.join(", ")),
            ),
            Cell::or_dash(book.systems(&systems)),
            Cell::or_dash(period),
            Cell::text("see its lines"),
            Cell::text("register"),
            Cell::Page(first_line(book, name, links)),
        ]);
    }
    rows
}
