//! Every field that content can carry holds a word that stands nowhere else; what each copy of the binder may show is
//! there, and what it may not is nowhere in its bytes.
//!
//! The words are in `tests/cases/marked.txt`, with what the letters before them mean.

use std::path::Path;

use page_validation::ValidationProfile;

mod support;
use support::marked::{Copy, accepted, build, clinic, copy, sheets, shows};

const ATTACHED: [ValidationProfile; 2] = [ValidationProfile::PdfUa1, ValidationProfile::PdfA3a];

#[test]
fn what_is_handed_over_holds_nothing_internal() {
    let (words, files) = clinic();
    assert!(words.all.len() > 300, "the fixture holds a word for every field");
    let built = build(&files, &["--edition", "production"]);
    shows(&copy(&built), &words, "SsPAMmOo", "WwIiJNK");
    accepted(&built["binder.pdf"], &ATTACHED);
}

#[test]
fn a_copy_for_the_workforce_holds_nothing_meant_for_management() {
    let (words, files) = clinic();
    let built = build(&files, &["--audience", "workforce"]);
    shows(&copy(&built), &words, "SsPAWw", "MmIiJNOoK");
    accepted(&built["binder.pdf"], &ATTACHED);
}

#[test]
fn both_together_hold_what_everybody_may_see() {
    let (words, files) = clinic();
    let built = build(
        &files,
        &["--audience", "workforce", "--edition", "production", "--no-pdf"],
    );
    shows(&copy(&built), &words, "SsPA", "MmWwIiJNOoK");
}

#[test]
fn a_copy_for_management_holds_nothing_meant_for_the_official_alone() {
    let (words, files) = clinic();
    let built = build(&files, &["--audience", "management"]);
    shows(&copy(&built), &words, "SsPAMmWwIi", "NOoK");
    let built = build(
        &files,
        &["--audience", "management", "--edition", "production", "--no-pdf"],
    );
    shows(&copy(&built), &words, "SsPAMm", "WwIiJNOoK");
}

#[test]
fn the_internal_edition_holds_everything_but_what_is_privileged() {
    let (words, mut files) = clinic();
    let config = files.get_mut("binder.toml").expect("binder.toml");
    *config = config.replace("attach = true", "attach = true\npaper = \"a4\"");
    let built = build(&files, &[]);
    shows(&copy(&built), &words, "SsPAMmWwIiOoK", "N");
    accepted(&built["binder.pdf"], &ATTACHED);
}

#[test]
fn a_part_that_is_handed_over_holds_nothing_internal() {
    let (words, mut files) = clinic();
    let config = files.get_mut("binder.toml").expect("binder.toml");
    *config = config.replace("attach = true", "");
    let built = build(&files, &["--only", "164.312", "--edition", "production"]);
    let (path, pdf) = built.first_key_value().expect("a PDF");
    assert!(Path::new(path).extension().is_some_and(|end| end == "pdf") && built.len() == 1);
    let part = Copy {
        site: path.clone(),
        sheets: Some(sheets(pdf)),
    };
    shows(&part, &words, "", "WwIiJNK");
    let pages = &part.sheets.as_ref().expect("sheets").pages;
    for mark in ["S:reply", "S:policy-words", "S:record-words", "S:exhibit-title"] {
        assert!(pages.contains(&words.all[mark]), "the part lacks {mark}");
    }
    accepted(pdf, &[ValidationProfile::PdfUa1, ValidationProfile::PdfA2a]);
}
