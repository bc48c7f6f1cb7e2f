//! Registers in the extract: every line with the cells that the copy shows.

use super::{ColumnWords, LineWords, RegisterWords};
use crate::content::registers::{Cell, Register, Shown, column};
use crate::content::{Content, Entry, NoneStatement, Table};

/// Every register but that of evidence, by name.
pub(super) fn registers(content: &Content) -> Vec<RegisterWords> {
    let tables = content.registers.iter().filter(|(name, _)| **name != "evidence");
    tables.map(|(name, table)| register(name, table)).collect()
}

fn register(name: &str, table: &Table) -> RegisterWords {
    let declared = table.register;
    let filled = |name: &&&'static str| table.entries.iter().any(|entry| entry.cell(name).is_some());
    let columns: Vec<&'static str> = table.columns.iter().filter(filled).copied().collect();
    let entries = table.entries.iter().map(|entry| line(entry, &columns));
    let nones = table.nones.iter().map(|none| none_line(declared, none));
    RegisterWords {
        name: name.to_string(),
        title: declared.title.to_string(),
        columns: columns.iter().map(|name| column_words(declared, name)).collect(),
        lines: entries.chain(nones).collect(),
    }
}

fn column_words(register: &'static Register, name: &str) -> ColumnWords {
    let declared = column(register, name);
    ColumnWords {
        name: name.to_string(),
        title: declared.map_or_else(|| name.replace('_', " "), |column| column.title.to_string()),
        inside: declared.is_some_and(|column| column.shown != Shown::Always),
    }
}

fn line(entry: &Entry, columns: &[&'static str]) -> LineWords {
    // A day is the same day however it was typed.
    let words = |cell: &Cell| cell.date.map_or_else(|| cell.text.clone(), |day| day.to_string());
    let cells = columns
        .iter()
        .filter_map(|name| Some((name.to_string(), words(entry.cell(name)?))));
    LineWords {
        key: entry.id.clone(),
        audience: entry.handling.audience,
        none: false,
        cells: cells.collect(),
    }
}

fn none_line(register: &Register, none: &NoneStatement) -> LineWords {
    let of = match none.of.as_str() {
        "" => String::new(),
        of => of.to_string(),
    };
    let cells = [
        ("none", register.title.to_lowercase()),
        ("of", of),
        ("from", none.from.to_string()),
        ("to", none.to.to_string()),
        ("by", none.by.clone()),
        ("recorded", none.recorded.to_string()),
        ("site", none.sites.join("; ")),
    ];
    LineWords {
        key: String::new(),
        audience: none.handling.audience,
        none: true,
        cells: cells
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name.to_string(), text))
            .collect(),
    }
}
