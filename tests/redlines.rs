//! Policies over time: a change that waits for approval, and a text that took the place of another, word by word, on the
//! pages and in print.

use std::process::Command;

use hipaa_binder::Options;
use hipaa_binder::binder::{Edition, Standing, Tie};
use hipaa_binder::content::Audience;
use hipaa_binder::output::Output;
use jiff::civil::{Date, date};
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

mod support;
use support::whole::{Files, base, fill_in_digests};

const TODAY: Date = date(2026, 11, 20);

/// A text of the policy: version, days, the words of its only section, and what follows in the front matter.
fn text(version: &str, days: (&str, &str), words: &str, digest: &str, more: &str) -> String {
    let (effective, approved) = days;
    format!(
        "+++\nid = \"sanctions\"\nkind = \"procedure\"\ntitle = \"Sanctions\"\nversion = \"{version}\"\n\
         effective = {effective}\napproved = {approved}\napproved_by = \"Owner\"\napproved_text = \"{digest}\"\n{more}+++\n\
         ## What we expect\n\nEveryone reads the rules.\n\n## Procedure (164.308(a)(1)(ii)(C))\n\n{words}\n\n## Elsewhere\n\nNothing.\n"
    )
}

const FIRST: &str = "The owner decides within fourteen days.";
const SECOND: &str = "The medical director decides within five days.";
const CHANGED: &str = "The medical director decides within five days, and says *why* in a pendingletter.";
const REASONS: &str = "\
[[revisions]]\nversion = \"1.0\"\ndate = 2024-01-10\nchange = \"First version.\"\n\
[[revisions]]\nversion = \"2.0\"\ndate = 2026-02-01\nchange = \"Fourteen days were too long.\"\n";
const PENDING: &str = "[[revisions]]\nversion = \"2.1\"\ndate = 2026-11-01\nchange = \"Pendingreason.\"\n";

/// Version 1.0 superseded, 2.0 in effect, a change of it waiting.
fn clinic() -> Files {
    let mut all = base();
    let first = text("1.0", ("2024-01-15", "2024-01-10"), FIRST, "{{digest}}", "");
    let second = text("2.0", ("2026-02-15", "2026-02-01"), SECOND, "{{digest}}", REASONS);
    let digest = "{{digest approved/sanctions/2.0.md}}";
    let more =
        format!("{REASONS}{PENDING}[[reviews]]\ndate = 2026-10-14\nby = \"Owner\"\nresult = \"no change\"\n");
    let changed = text("2.0", ("2026-02-15", "2026-02-01"), CHANGED, digest, &more);
    all.insert("approved/sanctions/1.0.md".into(), first);
    all.insert("approved/sanctions/2.0.md".into(), second);
    all.insert("policies/sanctions.md".into(), changed);
    fill_in_digests(&mut all);
    all
}

fn build(files: &Files, options: &Options) -> Output {
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let built = hipaa_binder::build(&folder, options, &|_| {});
    built.output.unwrap_or_else(|| panic!("{:#?}", built.diagnostics))
}

fn site(files: &Files) -> Output {
    build(files, &support::options(TODAY))
}

fn page(output: &Output, path: &str) -> String {
    let bytes = output.bytes(path).unwrap_or_else(|| panic!("{path} is there"));
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn holds(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words:?} is not in\n{page}");
    }
}

/// The part of a page from one text to another.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page
        .find(from)
        .unwrap_or_else(|| panic!("{from} is not in\n{page}"));
    let rest = &page[start..];
    &rest[..rest.find(to).unwrap_or(rest.len())]
}

const INS: &str = "<ins><span class=\"vh\">[added: </span>, and says why in a pendingletter<span class=\"vh\">]</span></ins>";

#[test]
fn approved_words_stay_in_effect_and_the_change_stands_beside_them_word_by_word() {
    let site = site(&clinic());
    let policy = page(&site, "policies/sanctions.html");
    let (words, change) = policy
        .split_once("id=\"waiting-change\"")
        .expect("the change has a heading");
    holds(
        words,
        &[
            "within five days.</p>",
            "A change waits for approval",
            "version 2.0",
        ],
    );
    assert!(!words.contains("pendingletter"), "{words}");
    holds(
        between(change, "Change that waits", "</section>"),
        &[
            "6 words added, 0 removed",
            "Pendingreason.",
            "<p class=\"heading\">Procedure (164.308(a)(1)(ii)(C))</p>",
            &format!("The medical director decides within five days{INS}."),
            "\u{2026} 2 paragraphs unchanged \u{2026}",
        ],
    );
    let waiting = page(&site, "policies/sanctions/2.0-pending.html");
    holds(
        &waiting,
        &["These words are not in effect", "binder approve sanctions", INS],
    );
}

#[test]
fn a_row_shows_what_would_change_in_the_section_that_documents_it() {
    let site = site(&clinic());
    let row = page(&site, "standards/164.308-a-1-ii-c.html");
    let policies = between(&row, "id=\"policies\"", "id=\"evidence\"");
    assert_eq!(
        policies.matches("<article").count(),
        1,
        "one text is quoted: {policies}"
    );
    holds(
        policies,
        &[
            "A change of this policy waits for approval.",
            "It changes this section.",
            "href=\"../policies/sanctions/2.0-pending.html\"",
            "<details class=\"pending-change\">",
            INS,
            "href=\"../policies/sanctions/1.0.html\">version 1.0</a>, in effect from",
        ],
    );
    // A change elsewhere in the policy is said, and not shown.
    let mut files = clinic();
    let text = files["policies/sanctions.md"]
        .replace(CHANGED, SECOND)
        .replace("Nothing.", "Nothing else.");
    files.insert("policies/sanctions.md".into(), text);
    let row = page(&self::site(&files), "standards/164.308-a-1-ii-c.html");
    holds(&row, &["It does not change this section."]);
    assert!(!row.contains("<details class=\"pending-change\">"));
    // So is one that no longer speaks of the row.
    let text = files["policies/sanctions.md"].replace(" (164.308(a)(1)(ii)(C))", "");
    files.insert("policies/sanctions.md".into(), text);
    let row = page(&self::site(&files), "standards/164.308-a-1-ii-c.html");
    holds(&row, &["It has no section for this row."]);
}

#[test]
fn a_superseded_text_has_its_days_its_term_and_what_took_its_place() {
    let page = page(&site(&clinic()), "policies/sanctions/1.0.html");
    holds(
        &page,
        &[
            "no longer in effect",
            "<time datetime=\"2024-01-15\">",
            "<time datetime=\"2026-02-14\">",
            "2032-02-14 (other law or a legal hold may require longer)",
            "within fourteen days",
        ],
    );
    let change = between(&page, "id=\"next-change\"", "</section>");
    holds(
        change,
        &[
            "Against <a href=\"../sanctions.html\">version 2.0</a>, in effect from",
            "Fourteen days were too long.",
            "<del><span class=\"vh\">[removed: </span>owner<span class=\"vh\">]</span></del>",
            "<ins><span class=\"vh\">[added: </span>medical director<span class=\"vh\">]</span></ins>",
        ],
    );
    assert!(
        !page.contains("pendingletter"),
        "what waits is held against the words in effect only"
    );
}

#[test]
fn approving_ends_the_waiting() {
    let mut files = clinic();
    let approved = text(
        "2.1",
        ("2026-11-10", "2026-11-05"),
        CHANGED,
        "{{digest}}",
        &format!("{REASONS}{PENDING}"),
    );
    files.insert("policies/sanctions.md".into(), approved);
    fill_in_digests(&mut files);
    let site = site(&files);
    let policy = page(&site, "policies/sanctions.html");
    holds(&policy, &["version 2.1", "pendingletter"]);
    assert!(!policy.contains("waiting-change"));
    holds(
        &page(&site, "policies/sanctions/2.0.html"),
        &[INS, "Pendingreason."],
    );
}

#[test]
fn what_is_approved_for_a_later_day_waits_for_the_day_and_not_for_approval() {
    let mut files = clinic();
    let later = text("3.0", ("2027-01-01", "2026-11-05"), CHANGED, "{{digest}}", "");
    files.insert("policies/sanctions.md".into(), later);
    fill_in_digests(&mut files);
    let site = site(&files);
    let policy = page(&site, "policies/sanctions.html");
    holds(
        &policy,
        &[
            "A new text takes effect on <time datetime=\"2027-01-01\">",
            "Change that is approved and not yet in effect",
        ],
    );
    assert!(!policy.contains("waits for approval"), "{policy}");
    let row = page(&site, "standards/164.308-a-1-ii-c.html");
    holds(&row, &["A new text of this policy takes effect on"]);
}

#[test]
fn a_change_of_layout_alone_is_called_that() {
    let mut files = clinic();
    let text = files["policies/sanctions.md"]
        .replace(CHANGED, "The **medical director** decides\nwithin five days.");
    files.insert("policies/sanctions.md".into(), text);
    let policy = page(&site(&files), "policies/sanctions.html");
    holds(&policy, &["No word of the text differs, only its layout"]);
}

#[test]
fn reviews_without_change_count_and_are_listed() {
    // Approved two years ago, read through last month.
    let old = |reviews: &str| {
        let mut files = base();
        let words = text("1.0", ("2024-01-15", "2024-01-10"), FIRST, "{{digest}}", reviews);
        files.insert("policies/sanctions.md".into(), words);
        fill_in_digests(&mut files);
        files
    };
    let gaps = |files: &Files| {
        page(&site(files), "standards/164.308-a-1-ii-c.html").contains("its interval is 12 months")
    };
    assert!(gaps(&old("")));
    let reviewed = old("[[reviews]]\ndate = 2026-10-14\nby = \"Owner\"\nresult = \"no change\"\n");
    assert!(!gaps(&reviewed));
    let policy = page(&site(&reviewed), "policies/sanctions.html");
    holds(
        between(&policy, "id=\"h-reviews\"", "</section>"),
        &["2026-10-14", "no change"],
    );
    // Nobody's name, nobody's review.
    assert!(gaps(&old(
        "[[reviews]]\ndate = 2026-10-14\nresult = \"no change\"\n"
    )));
}

fn pdf_text(pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let at = dir.path().join("a.pdf");
    std::fs::write(&at, pdf).expect("written");
    let out = Command::new("pdftotext")
        .args(["-raw"])
        .arg(&at)
        .arg("-")
        .output();
    let text = String::from_utf8(out.expect("pdftotext, from poppler-utils").stdout).expect("text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_print_has_the_change_beside_the_words_in_effect_and_says_on_the_row_where() {
    let output = build(&clinic(), &Options::new(TODAY));
    let pdf = output.bytes("binder.pdf").expect("a PDF");
    let text = pdf_text(pdf);
    holds(
        &text,
        &[
            "A change of \"Sanctions\" waits for approval: page ",
            "Change that waits for approval This is not in effect until it is approved.",
            "The medical director decides within five days[+, and says why in a pendingletter+].",
        ],
    );
    assert_eq!(text.matches("pendingletter").count(), 1, "{text}");
    for profile in [ValidationProfile::PdfUa1, ValidationProfile::PdfA2a] {
        let options = ValidationOptions::default().profile(profile);
        let report = validate_pdf_bytes(pdf, &options).expect("a readable PDF");
        assert!(report.failures.is_empty(), "{profile:?}: {:?}", report.failures);
    }
}

#[test]
fn copies_that_may_not_show_the_change_have_none_of_its_words() {
    let marks = ["pendingletter", "Pendingreason"];
    let shows = |files: &Files, edition, audience| {
        let options = Options {
            edition,
            audience,
            ..Options::new(TODAY)
        };
        let output = build(files, &options);
        let text = pdf_text(output.bytes("binder.pdf").expect("a PDF"));
        let in_site = output.files().any(|(path, _)| {
            let bytes = output.bytes(path).filter(|_| path != "binder.pdf");
            let page = bytes
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .unwrap_or_default();
            marks.iter().any(|mark| page.contains(mark))
        });
        in_site || marks.iter().any(|mark| text.contains(mark))
    };
    let mut files = clinic();
    assert!(shows(&files, Edition::Internal, Audience::Official));
    assert!(
        shows(&files, Edition::Internal, Audience::Workforce),
        "the policy is for all"
    );
    assert!(!shows(&files, Edition::Production, Audience::Official));
    assert!(!shows(&files, Edition::Production, Audience::Workforce));
    let text = files["policies/sanctions.md"].replace("kind = ", "audience = \"management\"\nkind = ");
    files.insert("policies/sanctions.md".into(), text);
    assert!(!shows(&files, Edition::Internal, Audience::Workforce));
}

#[test]
fn a_policy_knows_which_text_took_the_place_of_which() {
    let files = clinic();
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let (binder, _) = support::binder(&folder, TODAY);
    let life = &binder.expect("a binder").policies[0];
    assert_eq!(life.standing, Standing::InEffect);
    let versions: Vec<_> = life
        .texts
        .iter()
        .map(|text| (text.policy.version.as_str(), text.tie))
        .collect();
    let changed = life.texts.iter().position(|text| text.tie == Tie::Changed);
    assert_eq!(life.pending, changed, "{versions:?}");
    assert_eq!(
        life.successor(0).map(|next| versions[next]),
        Some(("2.0", Tie::Tied))
    );
    assert_eq!(life.successor(life.shown), None, "what waits took no place yet");
}
