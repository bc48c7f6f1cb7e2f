//! Text that looks like patient data or a secret: what is found, what is not, and what nobody may see of it.
//!
//! `tests/cases/phi/*.txt` are lines with what must be found in them. They are made up.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hipaa_binder::binder::Options;
use hipaa_binder::diagnostic::{Diagnostic, Source, report};
use hipaa_binder::phi::{Finding, masked, scan, shortened};
use hipaa_binder::world::{File, Folder, read};
use jiff::civil::date;
use sha2::{Digest, Sha256};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// "ssn ***-**-6789, password ***", or "nothing".
fn said(source: &Source) -> String {
    let found: Vec<String> = scan(source)
        .iter()
        .map(|finding| {
            let kind = finding.kind.code().trim_start_matches("looks-like-");
            format!("{kind} {}", shortened(finding.kind, &source.text[finding.range.clone()]))
        })
        .collect();
    match found.is_empty() {
        true => "nothing".to_string(),
        false => found.join(", "),
    }
}

#[test]
fn every_line_of_the_cases_is_read_as_it_should_be() {
    let mut wrong = vec![];
    let (mut with, mut without) = (0, 0);
    for name in ["patients", "secrets", "nothing"] {
        let path = root().join(format!("tests/cases/phi/{name}.txt"));
        let text = std::fs::read_to_string(&path).expect("the cases");
        for (number, line) in text.lines().enumerate() {
            let Some((line, wanted)) = line.rsplit_once(" => ") else {
                continue;
            };
            *(if wanted == "nothing" { &mut without } else { &mut with }) += 1;
            let found = said(&Source::new("evidence/a.txt", line));
            if found != wanted {
                wrong.push(format!("{name}.txt:{}: {line}\n  wanted {wanted}\n  found  {found}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(with >= 60 && without >= 60, "{with} with and {without} without");
}
