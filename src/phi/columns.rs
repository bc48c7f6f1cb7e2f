//! Columns whose head says what stands below: of CSV files, and of tables in Markdown.

use super::{Finding, Kind, names, numbers, secrets, values};
use crate::content::csv;
use crate::diagnostic::Source;

/// Heads, in small letters without signs, and what stands below them.
const HEADS: [(&str, Kind); 40] = [
    ("ssn", Kind::SocialSecurity),
    ("ss", Kind::SocialSecurity),
    ("socialsecurity", Kind::SocialSecurity),
    ("socialsecuritynumber", Kind::SocialSecurity),
    ("socialsecurityno", Kind::SocialSecurity),
    ("patientssn", Kind::SocialSecurity),
    ("dob", Kind::BirthDate),
    ("dateofbirth", Kind::BirthDate),
    ("birthdate", Kind::BirthDate),
    ("birthday", Kind::BirthDate),
    ("born", Kind::BirthDate),
    ("patientdob", Kind::BirthDate),
    ("ptdob", Kind::BirthDate),
    ("mrn", Kind::RecordNumber),
    ("mr", Kind::RecordNumber),
    ("medicalrecord", Kind::RecordNumber),
    ("medicalrecordnumber", Kind::RecordNumber),
    ("medicalrecordno", Kind::RecordNumber),
    ("patientid", Kind::RecordNumber),
    ("patientno", Kind::RecordNumber),
    ("patientnumber", Kind::RecordNumber),
    ("patientmrn", Kind::RecordNumber),
    ("chartnumber", Kind::RecordNumber),
    ("chartno", Kind::RecordNumber),
    ("memberid", Kind::MemberId),
    ("membernumber", Kind::MemberId),
    ("subscriberid", Kind::MemberId),
    ("insuranceid", Kind::MemberId),
    ("medicareid", Kind::MemberId),
    ("medicaidid", Kind::MemberId),
    ("mbi", Kind::MemberId),
    ("patient", Kind::PatientName),
    ("patientname", Kind::PatientName),
    ("patientfullname", Kind::PatientName),
    ("nameofpatient", Kind::PatientName),
    ("ptname", Kind::PatientName),
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("pwd", Kind::Password),
    ("pin", Kind::Password),
];

fn kind_of(head: &str) -> Option<Kind> {
    if head.len() > 60 {
        return None;
    }
    let plain: String = head
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    HEADS
        .iter()
        .find(|(head, _)| *head == plain)
        .map(|(_, kind)| *kind)
}

/// What stands in the columns of a CSV file.
pub fn of_csv(source: &Source, out: &mut Vec<Finding>) {
    // Most files have no such column: their head alone is read.
    let head_end = source.text.len().min(8 * 1024);
    let head = String::from_utf8_lossy(&source.text.as_bytes()[..head_end]);
    let names_one = |line: &str| {
        line.split([',', ';', '\t', '|'])
            .any(|cell| kind_of(cell).is_some())
    };
    if !head.lines().take(4).any(names_one) {
        return;
    }
    let sheet = csv::read(source, &mut vec![]);
    let Some(header) = sheet.header() else {
        return;
    };
    let kinds: Vec<Option<Kind>> = header.cells.iter().map(|cell| kind_of(&cell.text)).collect();
    for line in sheet.lines.iter().skip(1) {
        for (cell, kind) in line.cells.iter().zip(&kinds) {
            let raw = &source.text[cell.range.clone()];
            let inner = raw.trim_matches('"');
            let start = cell.range.start + (raw.len() - raw.trim_start_matches('"').len());
            if let Some(kind) = kind.filter(|kind| is_one(*kind, inner)) {
                out.push(Finding {
                    kind,
                    range: start..start + inner.len(),
                });
            }
        }
    }
}

/// What stands in the columns of tables written with `|`.
pub fn of_markdown(text: &str, out: &mut Vec<Finding>) {
    if !text.contains('|') {
        return;
    }
    let mut head: Option<Vec<Option<Kind>>> = None;
    let mut before: Option<&str> = None;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        if !line.contains('|') {
            (head, before) = (None, None);
        } else if is_rule(line) {
            head = before
                .map(|line| cells(line).into_iter().map(|cell| kind_of(&line[cell])).collect())
                .filter(|kinds: &Vec<Option<Kind>>| kinds.iter().any(Option::is_some));
        } else {
            if let Some(kinds) = &head {
                for (cell, kind) in cells(line).into_iter().zip(kinds) {
                    if let Some(kind) = kind.filter(|kind| is_one(*kind, &line[cell.clone()])) {
                        out.push(Finding {
                            kind,
                            range: start + cell.start..start + cell.end,
                        });
                    }
                }
            }
            before = Some(line);
        }
        start += whole.len();
    }
}

fn is_rule(line: &str) -> bool {
    line.contains("--")
        && line
            .bytes()
            .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'+'))
}

/// Bytes of the cells of a line, trimmed.
fn cells(line: &str) -> Vec<std::ops::Range<usize>> {
    let open = usize::from(line.starts_with('|'));
    let mut start = open;
    let mut cells = vec![];
    for cell in line[open..].split('|') {
        let trimmed = cell.trim_matches([' ', '*', '`', '_']);
        let lead = cell.len() - cell.trim_start_matches([' ', '*', '`', '_']).len();
        let from = if trimmed.is_empty() { start } else { start + lead };
        cells.push(from..from + trimmed.len());
        start += cell.len() + 1;
    }
    cells
}

/// True where a cell below a head of `kind` holds what the head says.
fn is_one(kind: Kind, cell: &str) -> bool {
    let length = cell.len();
    let whole = |end: Option<usize>| end == Some(length);
    if length == 0 || length > 80 {
        return false;
    }
    match kind {
        Kind::SocialSecurity => {
            let digits: Vec<u8> = cell
                .bytes()
                .filter(u8::is_ascii_digit)
                .map(|b| b - b'0')
                .collect();
            let plain = cell
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '.' | '\u{2013}'));
            plain && numbers::may_be_social(&digits, true)
        }
        Kind::BirthDate => {
            values::date(cell, 0).is_some_and(|(end, _)| end == length || cell[end..].starts_with([' ', 'T']))
        }
        Kind::RecordNumber => whole(values::id(cell, 0, 3)),
        Kind::MemberId => whole(values::id(cell, 0, 4)),
        Kind::PatientName => whole(names::at(cell, 0, false)),
        Kind::Password => secrets::is_password(cell),
        Kind::Card | Kind::Key => false,
    }
}
