//! `[[phi_ok]]` of `binder.toml`: a line that looks like patient data and is none, with the reason.

use jiff::civil::Date;

use super::fields::Table;
use super::{At, keys};
use crate::diagnostic::{Diagnostic, Place};

/// One `[[phi_ok]]`. It stands in no output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhiOk {
    /// Path below the content folder, with `/`.
    pub file: At<String>,
    /// The line of that file, from 1; any line where only the text is named.
    pub line: Option<u32>,
    /// The text as the warning shows it (`***-**-1234`); any text where only the line is named.
    pub text: Option<String>,
    /// Why it is none.
    pub reason: String,
    /// Who looked.
    pub by: String,
    /// When.
    pub date: Option<Date>,
    /// The block.
    pub place: Place,
}

/// Reads the blocks.
///
/// Errors: a block without file or reason, or with neither line nor text (`phi-ok-without-line`).
pub fn read(file: &Table, out: &mut Vec<Diagnostic>) -> Vec<PhiOk> {
    file.tables("phi_ok", out)
        .into_iter()
        .filter_map(|table| one(table, out))
        .collect()
}

fn one(table: &Table, out: &mut Vec<Diagnostic>) -> Option<PhiOk> {
    table.check(&keys::PHI_OK, out);
    let file = table.required(
        "file",
        "[[phi_ok]]",
        "file = \"registers/access.csv\", the file that the warning names",
        out,
    );
    let reason = table.required(
        "reason",
        "[[phi_ok]]",
        "reason = \"...\", why it is neither patient data nor a secret",
        out,
    );
    let line = table.number("line", 1..=u32::MAX, out).map(|line| line.value);
    let text = table.text("text", out).map(|text| text.value);
    let by = table.text("by", out).map_or_else(String::new, |by| by.value);
    let date = table.date("date", out).map(|date| date.value);
    if line.is_none() && text.is_none() && table.entry("line").is_none() {
        out.push(
            Diagnostic::error(
                "phi-ok-without-line",
                table.place.clone(),
                "this does not say which line of the file is meant",
            )
            .help("Type line = and the number of the line, or text = and the short text in quotes, as the warning has them."),
        );
        return None;
    }
    let mut file = file?;
    let path = file.value.replace('\\', "/");
    file.value = path.strip_prefix("./").unwrap_or(&path).to_owned();
    Some(PhiOk {
        file,
        line,
        text,
        reason: reason?.value,
        by,
        date,
        place: table.place.clone(),
    })
}
