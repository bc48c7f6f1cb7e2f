//! Reads register files by their declarations. Knows no register by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::columns::{self, Header};
use super::{
    Cell, ColumnKind, Entry, NoneRule, NoneStatement, REGISTERS, Register, Table, cells, is_yes, register,
};
use crate::content::csv::{self, Line};
use crate::content::getters::{AUDIENCES, PHI, choose};
use crate::content::{Handling, text, words};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::memo::Memo;
use crate::world::{File, Folder};

/// Reads every register of the folder, side by side. Joins are made later, by [`super::join::join`].
///
/// Errors: unknown names in `registers/`, two files for one register, and what [`read_table`] reports.
pub fn read(folder: &Folder, memo: Option<&Memo<Sheet>>) -> (BTreeMap<&'static str, Table>, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let files: Vec<_> = folder
        .below("registers")
        .filter_map(|(path, file)| Some((path, file, named(path, &mut out)?)))
        .collect();
    let read_one = |(path, file, found): &(&Arc<str>, &File, &'static Register)| {
        let make = || {
            let mut problems = Vec::new();
            let table = text::read(path, file, &mut problems)
                .and_then(|source| read_table(found, &source, &mut problems));
            (table, problems)
        };
        match memo {
            Some(memo) => memo.get(path, &file.digest, make),
            None => make(),
        }
    };
    let sheets: Vec<Sheet> = files.par_iter().map(read_one).collect();
    let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
    for ((path, _, found), (table, problems)) in files.iter().zip(sheets) {
        if let Some(first) = tables.get(found.name) {
            // Names that differ in capital letters only are an error of the folder already.
            if !first.path.eq_ignore_ascii_case(path) {
                out.push(twice(found, path, first));
            }
            continue;
        }
        out.extend(problems);
        tables.extend(table.map(|table| (found.name, table)));
    }
    (tables, out)
}

/// What was read from one file, and what was wrong with it.
pub type Sheet = (Option<Table>, Vec<Diagnostic>);

fn twice(register: &Register, path: &Arc<str>, first: &Table) -> Diagnostic {
    Diagnostic::error(
        "duplicate-register",
        Place::file(path.clone()),
        format!("there are two files for the register {}", register.name),
    )
    .help(format!(
        "Put the lines of both into registers/{}.csv and delete the other.",
        register.name
    ))
    .also(Place::file(first.path.clone()), "the other file")
}

/// The register that a path below `registers/` is meant for.
fn named(path: &Arc<str>, out: &mut Vec<Diagnostic>) -> Option<&'static Register> {
    let name = path.strip_prefix("registers/").unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem = words::dashed(stem);
    let is_csv = extension.eq_ignore_ascii_case("csv");
    if is_csv && !name.contains('/') {
        if let Some(found) = register(&stem) {
            return Some(found);
        }
        let known = || REGISTERS.iter().map(|r| r.name);
        let meant =
            words::nearest(&stem, known()).map_or_else(String::new, |n| format!("Did you mean {n}.csv? "));
        out.push(
            Diagnostic::error(
                "unknown-register",
                Place::file(path.clone()),
                format!("there is no register named {name}"),
            )
            .help(format!("{meant}The registers are {}.", words::list(known()))),
        );
    } else if is_csv {
        out.push(
            Diagnostic::warning(
                "not-read",
                Place::file(path.clone()),
                "registers in a folder of their own are not read",
            )
            .help("Move the file up into the folder registers, or out of the binder."),
        );
    } else if ["xlsx", "xls", "xlsm", "ods", "numbers", "tsv", "txt"]
        .iter()
        .any(|e| extension.eq_ignore_ascii_case(e))
    {
        let meant = register(&stem).map_or("its-register", |r| r.name);
        out.push(
            Diagnostic::warning(
                "not-read",
                Place::file(path.clone()),
                "this spreadsheet was not read; registers are CSV files",
            )
            .help(format!(
                "Save it as \"CSV UTF-8\" under the name registers/{meant}.csv."
            )),
        );
    }
    None
}

/// No register has nearly as many columns; spreadsheets keep some empty ones.
const MOST_COLUMNS: usize = 300;

/// Reads one register. `None` for a file without any line, with the warning `empty-file`.
///
/// Errors: `unknown-column`, `duplicate-column`, `unnamed-column`, `missing-column`, `empty-cell`, `too-many-cells`,
/// `bad-date`, `not-yes-or-no`, `unknown-word`, `bad-number`, `duplicate-id`, `none-incomplete`, `none-period`.
/// Warnings: `too-few-cells`, `excel-error`, `formula-cell`, `none-not-accepted`.
pub fn read_table(register: &'static Register, source: &Source, out: &mut Vec<Diagnostic>) -> Option<Table> {
    let sheet = csv::read(source, out);
    let Some(first) = sheet.header() else {
        out.push(
            Diagnostic::warning(
                "empty-file",
                Place::file(source.path.clone()),
                "this register is empty and was not read",
            )
            .help(format!("Type its first line: {}", columns::example(register))),
        );
        return None;
    };
    if first.cells.len() > MOST_COLUMNS {
        out.push(
            Diagnostic::error(
                "too-many-cells",
                source.place(first.range.start..first.range.start),
                format!(
                    "the first line has {} cells, so this is no register",
                    first.cells.len()
                ),
            )
            .help(format!(
                "Type its first line anew: {}",
                columns::example(register)
            )),
        );
        return None;
    }
    let header = Header::read(register, source, &sheet, out);
    let mut table = Table {
        register,
        path: source.path.clone(),
        columns: header.names(),
        entries: vec![],
        nones: vec![],
        place: source.place(first.range.clone()),
    };
    let mut reader = Reader {
        register,
        source,
        header: &header,
        out,
    };
    for line in &sheet.lines[1..] {
        if line.is_sound {
            reader.count(line);
        }
        if reader.is_none(line) {
            table.nones.extend(reader.none(line));
        } else {
            table.entries.push(reader.entry(line));
        }
    }
    name_lines(&mut table);
    report_duplicates(&table, out);
    Some(table)
}

struct Reader<'a> {
    register: &'static Register,
    source: &'a Source,
    header: &'a Header,
    out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Lines that are longer or shorter than the header.
    fn count(&mut self, line: &Line) {
        let wanted = self.header.columns.len();
        let extra = line.cells.iter().skip(wanted).find(|cell| !cell.text.is_empty());
        if let Some(extra) = extra {
            let filled = line
                .cells
                .iter()
                .rposition(|c| !c.text.is_empty())
                .map_or(0, |n| n + 1);
            self.out.push(
                Diagnostic::error(
                    "too-many-cells",
                    csv::place(self.source, extra),
                    format!("this line has {filled} cells, and the first line names {wanted} columns"),
                )
                .help("A comma inside a text splits it in two: put the text in quotation marks, or edit the file in a spreadsheet."),
            );
        } else if line.cells.len() < wanted && !self.header.is_required_from(self.register, line.cells.len())
        {
            self.out.push(
                Diagnostic::warning(
                    "too-few-cells",
                    self.source.place(line.range.clone()),
                    format!(
                        "this line has {} of {wanted} cells; the others are read as empty",
                        line.cells.len()
                    ),
                )
                .help("Add a separator (a comma or semicolon, as in the first line) for each empty cell, or edit the file in a spreadsheet."),
            );
        }
    }

    /// A line whose first filled cell, or whose cell in the date column, is the word none.
    fn is_none(&self, line: &Line) -> bool {
        let says_none =
            |text: &str| ["none", "none identified", "none recorded"].contains(&words::plain(text).as_str());
        let first = line.cells.iter().find(|cell| !cell.text.is_empty());
        first.is_some_and(|cell| says_none(&cell.text))
            || self
                .header
                .text(line, self.register.date)
                .is_some_and(|cell| says_none(&cell.text))
    }

    fn entry(&mut self, line: &Line) -> Entry {
        let place = self.source.place(line.range.clone());
        let mut filled = Vec::new();
        for (column, cell) in self.header.cells(line) {
            let at = csv::place(self.source, cell);
            let cell = cells::read(column, &cell.text, at, self.out);
            if let Some(cell) = cell {
                filled.push((column.name, cell));
            }
        }
        if line.is_sound {
            self.require(line, &place);
        }
        let date = filled
            .iter()
            .find(|(name, _)| *name == self.register.date)
            .and_then(|(_, cell)| cell.date);
        let handling = self.handling(&filled);
        Entry {
            id: String::new(),
            anchor: String::new(),
            date,
            cells: filled,
            systems: vec![],
            sites: vec![],
            persons: vec![],
            handling,
            place,
        }
    }

    /// Required columns that this line leaves empty.
    fn require(&mut self, line: &Line, place: &Place) {
        for column in self.register.columns.iter().filter(|c| c.required) {
            let Some(index) = self.header.index(column.name) else {
                continue;
            };
            let cell = line.cells.get(index);
            if cell.is_none_or(|cell| cell.text.is_empty()) {
                let at = cell.map_or_else(|| place.clone(), |cell| csv::place(self.source, cell));
                self.out.push(
                    Diagnostic::error("empty-cell", at, format!("this line has no `{}`", column.name))
                        .help(cells::example(column)),
                );
            }
        }
    }

    fn handling(&mut self, filled: &[(&'static str, Cell)]) -> Handling {
        let text = |name: &str| {
            filled
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, cell)| cell.text.as_str())
        };
        Handling {
            audience: text("audience")
                .and_then(|t| choose(t, &AUDIENCES))
                .unwrap_or(self.register.audience),
            phi: text("phi").and_then(|t| choose(t, &PHI)),
            privileged: text("privileged").is_some_and(is_yes),
            hold: text("hold").map(str::to_owned),
        }
    }

    fn none(&mut self, line: &Line) -> Option<NoneStatement> {
        let place = self.source.place(line.range.clone());
        let per = match self.register.none {
            NoneRule::Accepted { per } => per,
            NoneRule::NotAccepted => {
                self.out.push(
                    Diagnostic::warning(
                        "none-not-accepted",
                        place.clone(),
                        "\"none\" proves nothing in this register",
                    )
                    .help(format!(
                        "Write what was done, or delete the line. What belongs here: {}",
                        self.register.purpose
                    )),
                );
                ""
            }
        };
        let mut filled: Vec<(&'static str, Cell)> = Vec::new();
        for (column, cell) in self.header.cells(line) {
            let wanted = [
                "from",
                "to",
                "by",
                "recorded",
                "audience",
                "phi",
                "privileged",
                "hold",
            ]
            .contains(&column.name);
            if wanted || column.name == per || column.kind == ColumnKind::Sites {
                let cell = cells::read(column, &cell.text, csv::place(self.source, cell), self.out);
                filled.extend(cell.map(|cell| (column.name, cell)));
            }
        }
        let get = |name: &str| filled.iter().find(|(n, _)| *n == name).map(|(_, cell)| cell);
        let day = |name: &str| get(name).and_then(|cell| cell.date);
        let missing: Vec<&str> = [
            ("from", "`from`"),
            ("to", "`to`"),
            ("by", "`by`"),
            ("recorded", "`recorded`"),
        ]
        .into_iter()
        .filter(|(name, _)| self.header.text(line, name).is_none())
        .map(|(_, shown)| shown)
        .collect();
        if !missing.is_empty() {
            if self.register.none != NoneRule::NotAccepted {
                self.out.push(
                    Diagnostic::error("none-incomplete", place, format!("this \"none\" has no {}", words::list(missing)))
                        .help("Fill the columns from, to (the days it speaks of), by (who says so) and recorded (the day it was written)."),
                );
            }
            return None;
        }
        let (from, to, recorded) = (day("from")?, day("to")?, day("recorded")?);
        let at = |name: &str| get(name).map_or_else(|| place.clone(), |cell| cell.place.clone());
        if from > to {
            self.out.push(
                Diagnostic::error(
                    "none-period",
                    at("from"),
                    format!("this period ends on {to}, before it starts on {from}"),
                )
                .help("Type the earlier day in `from` and the later one in `to`."),
            );
            return None;
        }
        if recorded < to {
            self.out.push(
                Diagnostic::error(
                    "none-period",
                    at("recorded"),
                    format!("this was written down on {recorded}, before the period was over on {to}"),
                )
                .help(format!(
                    "Nobody can say \"none\" in advance: type {recorded} in `to`, and a new line later."
                )),
            );
            return None;
        }
        let of = get(per).map_or_else(String::new, |cell| cell.text.to_lowercase());
        let by = get("by").map_or_else(String::new, |cell| cell.text.clone());
        // The join replaces names by ids.
        let sites = get("site").map_or_else(Vec::new, |cell| cells::list(&cell.text));
        let handling = self.handling(&filled);
        Some(NoneStatement {
            of,
            from,
            to,
            by,
            recorded,
            sites,
            handling,
            place,
        })
    }
}

/// Gives each line its id and an anchor of its own.
fn name_lines(table: &mut Table) {
    let mut used = std::collections::BTreeSet::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for entry in &mut table.entries {
        let key = table.register.key;
        let candidates = [entry.get("id"), if key.is_empty() { "" } else { entry.get(key) }];
        let id = candidates
            .into_iter()
            .find(|id| !id.is_empty())
            .unwrap_or("")
            .to_owned();
        entry.id = id;
        let base = match words::dashed(&entry.id) {
            slug if slug.is_empty() => format!("line-{}", entry.place.line),
            slug => slug,
        };
        let mut anchor = base.clone();
        while !used.insert(anchor.clone()) {
            let number = numbers.entry(base.clone()).or_insert(1);
            *number += 1;
            anchor = format!("{base}-{number}");
        }
        entry.anchor = anchor;
    }
}

/// Two lines with one id or key.
fn report_duplicates(table: &Table, out: &mut Vec<Diagnostic>) {
    let mut columns = vec!["id"];
    if !table.register.key.is_empty() && table.register.key != "id" {
        columns.push(table.register.key);
    }
    for column in columns {
        let mut first: BTreeMap<String, &Cell> = BTreeMap::new();
        for cell in table.entries.iter().filter_map(|e| e.cell(column)) {
            match first.entry(cell.text.to_lowercase()) {
                std::collections::btree_map::Entry::Vacant(vacant) => {
                    vacant.insert(cell);
                }
                std::collections::btree_map::Entry::Occupied(other) => {
                    let line = other.get().place.line;
                    out.push(
                        Diagnostic::error(
                            "duplicate-id",
                            cell.place.clone(),
                            format!(
                                "lines {line} and {} both have the {column} {}",
                                cell.place.line, cell.text
                            ),
                        )
                        .help(
                            "Give one of them another one. An id that was used stays with its line for good.",
                        )
                        .also(other.get().place.clone(), "first used here"),
                    );
                }
            }
        }
    }
}
