//! The header row of a register: which column of the declaration each column of the file is.

use super::ColumnKind::{Date, OneOf, Persons, Sites, Systems, Text, YesNo};
use super::{Column, ColumnKind, Register, Shown};
use crate::content::csv::{self, Line, RawCell, Sheet};
use crate::content::words;
use crate::diagnostic::{Diagnostic, Source};

const fn common(name: &'static str, title: &'static str, kind: ColumnKind) -> Column {
    Column {
        name,
        title,
        kind,
        required: false,
        shown: Shown::Always,
    }
}

impl Column {
    const fn inside(self) -> Self {
        Self {
            shown: Shown::Inside,
            ..self
        }
    }
    const fn never(self) -> Self {
        Self {
            shown: Shown::Never,
            ..self
        }
    }
}

/// The columns that every register takes; a declaration of the same name wins.
pub static COMMON: [Column; 13] = [
    common("id", "Id", Text),
    common("system", "System", Systems),
    common("site", "Site", Sites),
    common("person", "Person", Persons),
    common("note", "Note", Text).inside(),
    common(
        "audience",
        "Audience",
        OneOf(&["workforce", "management", "official"]),
    )
    .never(),
    common("phi", "PHI", OneOf(&["none", "redacted", "contains", "unknown"])),
    common("privileged", "Privileged", YesNo).never(),
    common("hold", "Legal hold", Text).inside(),
    common("from", "From", Date),
    common("to", "To", Date),
    common("by", "By", Text),
    common("recorded", "Recorded", Date),
];

/// The declaration of a column of this register, its own or a common one.
pub fn column(register: &'static Register, name: &str) -> Option<&'static Column> {
    register
        .columns
        .iter()
        .chain(&COMMON)
        .find(|column| column.name == name)
}

/// The first line of an empty register.
pub fn example(register: &Register) -> String {
    register
        .columns
        .iter()
        .map(|c| c.name)
        .collect::<Vec<_>>()
        .join(",")
}

/// The columns of a file, in file order.
pub struct Header {
    /// One per column of the file; `None` for one that is not read.
    pub columns: Vec<Option<&'static Column>>,
}

impl Header {
    /// Reads the first line.
    pub fn read(
        register: &'static Register,
        source: &Source,
        sheet: &Sheet,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let Some(first) = sheet.header() else {
            return Self { columns: vec![] };
        };
        let mut header = Self { columns: vec![] };
        // Excel keeps empty columns at the end; without cells they are nothing.
        let width = first
            .cells
            .iter()
            .rposition(|c| !c.text.is_empty())
            .map_or(0, |n| n + 1);
        let mut missing_column = false;
        for (index, cell) in first.cells.iter().enumerate() {
            let place = || csv::place(source, cell);
            let name = words::plain(&cell.text).replace(' ', "_");
            if name.is_empty() {
                let used = sheet.lines[1..]
                    .iter()
                    .filter_map(|l| l.cells.get(index))
                    .find(|c| !c.text.is_empty());
                if let (Some(used), true) = (used, index < width) {
                    out.push(
                        Diagnostic::error(
                            "unnamed-column",
                            csv::place(source, used),
                            "this cell stands in a column without a name",
                        )
                        .help("Type the column's name in the first line, or delete the column."),
                    );
                }
                if index < width {
                    header.columns.push(None);
                }
                continue;
            }
            match column(register, &name) {
                Some(known) if header.index(known.name).is_some() => {
                    let earlier = header.index(known.name).and_then(|i| first.cells.get(i));
                    let mut error = Diagnostic::error(
                        "duplicate-column",
                        place(),
                        format!("the column `{}` stands here twice", known.name),
                    )
                    .help("Put the cells of both into one column and delete the other.");
                    if let Some(earlier) = earlier {
                        error = error.also(csv::place(source, earlier), "first here");
                    }
                    out.push(error);
                    header.columns.push(None);
                }
                Some(known) => header.columns.push(Some(known)),
                None => {
                    missing_column |= register
                        .columns
                        .iter()
                        .any(|c| c.required && words::nearest(&name, [c.name]).is_some());
                    out.push(unknown(register, &cell.text, place()));
                    header.columns.push(None);
                }
            }
        }
        header.report_missing(register, source, first, missing_column, out);
        header
    }

    fn report_missing(
        &self,
        register: &Register,
        source: &Source,
        first: &Line,
        misspelt: bool,
        out: &mut Vec<Diagnostic>,
    ) {
        let missing: Vec<&str> = register
            .columns
            .iter()
            .filter(|c| c.required && self.index(c.name).is_none())
            .map(|c| c.name)
            .collect();
        if missing.is_empty() {
            return;
        }
        let (what, them) = if missing.len() == 1 {
            ("column", "it")
        } else {
            ("columns", "them")
        };
        let hint = if misspelt {
            ", or mend the name that is misspelt"
        } else {
            ""
        };
        out.push(
            Diagnostic::error(
                "missing-column",
                source.place(first.range.clone()),
                format!(
                    "the {what} {} {} missing",
                    words::list(missing.iter().copied()),
                    if missing.len() == 1 { "is" } else { "are" }
                ),
            )
            .help(format!(
                "Add {them} to the first line{hint}. A whole first line is: {}",
                example(register)
            )),
        );
    }

    /// The names read, in file order.
    pub fn names(&self) -> Vec<&'static str> {
        self.columns.iter().flatten().map(|c| c.name).collect()
    }

    /// Where a column stands in the file.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|c| c.is_some_and(|c| c.name == name))
    }

    /// Whether a column from this one on must be filled: then the empty cell is told, and the short line is not.
    pub fn is_required_from(&self, register: &Register, first: usize) -> bool {
        let rest = self.columns.iter().skip(first).flatten();
        rest.filter(|column| column.required)
            .any(|column| register.columns.iter().any(|c| c.name == column.name))
    }

    /// The filled cell of a column.
    pub fn text<'l>(&self, line: &'l Line, name: &str) -> Option<&'l RawCell> {
        line.cells
            .get(self.index(name)?)
            .filter(|cell| !cell.text.is_empty())
    }

    /// The filled cells of a line with their columns, in file order.
    pub fn cells<'l>(&self, line: &'l Line) -> impl Iterator<Item = (&'static Column, &'l RawCell)> {
        let pairs = self.columns.iter().zip(&line.cells);
        pairs
            .filter_map(|(column, cell)| column.map(|column| (column, cell)))
            .filter(|(_, cell)| !cell.text.is_empty())
    }
}

fn unknown(register: &'static Register, typed: &str, place: crate::diagnostic::Place) -> Diagnostic {
    let own = register.columns.iter().map(|c| c.name);
    let all = own.clone().chain(COMMON.iter().map(|c| c.name));
    Diagnostic::error(
        "unknown-column",
        place,
        format!(
            "the register {} has no column named \"{}\"",
            register.name,
            words::excerpt(typed, 40)
        ),
    )
    .help(format!(
        "{}The columns are {}; each line may also have a note.",
        words::did_you_mean(typed, all.clone()),
        words::list(own)
    ))
    .maybe_instead(words::nearest(typed, all))
}
