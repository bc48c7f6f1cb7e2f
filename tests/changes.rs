//! What changed between two binders.
//!
//! Each folder of `tests/cases/changes` is a case: the base clinic with the files of `before.txt`, the same with those of
//! `after.txt` in their place (a file without text is one that is gone), and in `expect.txt` what must be said.
//! `UPDATE_EXPECT=1 cargo test --test changes` writes the expected texts anew; read the difference.

use std::fs;
use std::path::{Path, PathBuf};

use hipaa_binder::Options;
use hipaa_binder::binder::{Binder, Edition, join};
use hipaa_binder::content::{self, Audience};
use hipaa_binder::diagnostic::{Severity, has_errors};
use hipaa_binder::history::changes::{Changes, compare};
use hipaa_binder::history::extract::Extract;
use hipaa_binder::history::report::human;
use hipaa_binder::site::changes_alone;
use hipaa_binder::theme::Theme;
use jiff::civil::{Date, date};

mod support;
use support::whole::{Files, base, files, fill_in_digests};

fn binder(files: &Files, options: &Options) -> Binder {
    let mut files = files.clone();
    fill_in_digests(&mut files);
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let parsed = content::parse(&folder);
    let errors: Vec<_> = parsed
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let (binder, problems) = join(
        parsed.content.expect("a binder.toml"),
        &[],
        options,
        "sha256:test",
    );
    assert!(!has_errors(&problems), "{problems:#?}");
    binder
}

fn options(label: Option<&str>, as_of: Date, edition: Edition, audience: Audience) -> Options {
    Options {
        version_label: label.map(str::to_string),
        edition,
        audience,
        ..Options::new(as_of)
    }
}

/// The extracts of both sides, as one copy shows them.
fn sides(before: &Files, after: &Files, edition: Edition, audience: Audience) -> (Extract, Extract) {
    // The same day on both sides: only the files differ.
    let earlier = options(Some("2026.1"), date(2026, 11, 20), edition, audience);
    let now = options(None, date(2026, 11, 20), edition, audience);
    (
        Extract::of(&binder(before, &earlier)),
        Extract::of(&binder(after, &now)),
    )
}

fn changes(before: &Files, after: &Files) -> Changes {
    let (old, new) = sides(before, after, Edition::Internal, Audience::Official);
    compare(&old, &new)
}

fn with(of: &Files, text: &str) -> Files {
    let mut all = of.clone();
    for (path, text) in files(text) {
        match text.trim().is_empty() {
            true => all.remove(&path),
            false => all.insert(path, text),
        };
    }
    all
}

fn case(dir: &Path) -> (Files, Files) {
    let text = |name: &str| fs::read_to_string(dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let before = with(&base(), &text("before.txt"));
    let after = with(&before, &text("after.txt"));
    (before, after)
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/changes");
    let mut cases: Vec<PathBuf> = fs::read_dir(root)
        .expect("cases")
        .map(|entry| entry.expect("a case").path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 7, "the cases are where they should be");
    cases
}

#[test]
fn each_case_says_what_it_must() {
    for dir in cases() {
        let (before, after) = case(&dir);
        let said = human(&changes(&before, &after), false);
        let path = dir.join("expect.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &said).expect("the expected text is written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(said, expected, "{}", path.display());
    }
}

#[test]
fn nothing_changed_from_a_binder_to_itself() {
    for dir in cases() {
        let (before, after) = case(&dir);
        for files in [before, after] {
            let (_, now) = sides(&files, &files, Edition::Internal, Audience::Official);
            let found = compare(&now, &now);
            assert!(found.is_empty(), "{}: {found:#?}", dir.display());
        }
    }
}

/// What is new one way is gone the other way.
#[test]
fn the_way_back_is_as_long() {
    for dir in cases() {
        let (before, after) = case(&dir);
        let (old, new) = sides(&before, &after, Edition::Internal, Audience::Official);
        let (there, back) = (compare(&old, &new), compare(&new, &old));
        let mut counts = (there.counts(), back.counts());
        // A change that waits is a change of the policy on the way there only; all else is the same.
        if dir.ends_with("pending-change") {
            counts.1.policies = counts.0.policies;
        }
        assert_eq!(counts.0, counts.1, "{}", dir.display());
    }
}

#[test]
fn an_extract_and_its_changes_come_back_from_an_archive_as_they_were() {
    for dir in cases() {
        let (before, after) = case(&dir);
        let (old, new) = sides(&before, &after, Edition::Internal, Audience::Official);
        let text = serde_json::to_string(&new).expect("JSON");
        let back: Extract = serde_json::from_str(&text).expect("the same");
        assert_eq!(back, new);
        let found = compare(&old, &new);
        let text = serde_json::to_string(&found).expect("JSON");
        let back: Changes = serde_json::from_str(&text).expect("the same");
        assert_eq!(back, found);
    }
}

/// An archive of a later program may say more, one of an earlier program less.
#[test]
fn an_extract_with_less_or_more_in_it_can_be_read() {
    let side = r#"{"label": "1", "as_of": "2026-01-01", "edition": "internal", "audience": "official", "mood": "good"}"#;
    let text = format!(r#"{{"side": {side}, "rows": [{{"row": "164.312(d)", "weather": "fine"}}]}}"#);
    let read: Extract = serde_json::from_str(&text).expect("it is read");
    assert_eq!(read.rows[0].row, "164.312(d)");
    assert!(read.policies.is_empty());
}

/// A word for management in a register line and in a record, and a change that waits.
const MARKED: &str = "\
=== registers/sanctions.csv
id,date,rule_broken,step,decided_by
s1,2026-08-01,markedsanction,warning,Owner
=== records/note.md
+++
kind = \"statement\"
title = \"markedtitle\"
date = 2026-08-01
by = \"Owner\"
signed_by = \"Owner\"
audience = \"official\"
+++
markedrecord words.
=== answers/a.md
+++
citation = \"164.312(d)\"
audience = \"management\"
+++
## 1.
markedanswer words.
=== registers/backups.csv
date,kind,system,result,by,note
2026-05-05,check,nas,complete,w1,markednote
";

#[test]
fn changes_can_be_cut_down_to_what_a_copy_may_show() {
    let before = base();
    let after = with(&before, MARKED);
    let (old, new) = sides(&before, &after, Edition::Internal, Audience::Official);
    let all = compare(&old, &new);
    let words = [
        "markedsanction",
        "markedtitle",
        "markedrecord",
        "markedanswer",
        "markednote",
    ];
    let text = |changes: &Changes| {
        // New records are not quoted: their words stand in the binder.
        serde_json::to_string(changes).expect("JSON")
    };
    let seen = |text: &str| -> Vec<&str> { words.into_iter().filter(|word| text.contains(word)).collect() };
    assert_eq!(
        seen(&text(&all)),
        ["markedsanction", "markedtitle", "markedanswer", "markednote"]
    );
    let cut = |edition, audience| all.for_readers(edition, audience);
    let management = cut(Edition::Internal, Audience::Management).expect("the same edition");
    assert_eq!(
        seen(&text(&management)),
        ["markedsanction", "markedanswer", "markednote"]
    );
    let workforce = cut(Edition::Internal, Audience::Workforce).expect("the same edition");
    assert_eq!(seen(&text(&workforce)), [""; 0]);
    assert!(
        workforce
            .registers
            .iter()
            .any(|register| register.name == "backups"),
        "the line itself is for all"
    );
    assert_eq!(
        cut(Edition::Production, Audience::Official),
        None,
        "the internal edition says too much"
    );

    // The same from two extracts of which one was made for fewer readers.
    let (_, for_all) = sides(&before, &after, Edition::Internal, Audience::Workforce);
    let narrow = compare(&old, &for_all);
    assert_eq!(seen(&text(&narrow)), [""; 0]);
    assert_eq!(narrow.remarks.len(), 1);
}

#[test]
fn what_an_edition_leaves_out_is_not_in_its_extract() {
    let (_, after) = case(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/changes/pending-change"));
    for (edition, shows) in [(Edition::Internal, true), (Edition::Production, false)] {
        let (_, extract) = sides(&after, &after, edition, Audience::Official);
        let text = serde_json::to_string(&extract).expect("JSON");
        assert_eq!(text.contains("says why in a letter"), shows, "{edition:?}");
    }
}

fn page(changes: &Changes) -> String {
    changes_alone(
        changes,
        "Base <Practice>",
        &Theme::with_overrides(&support::folder([])),
    )
    .expect("it renders")
}

#[test]
fn the_page_lists_what_changed_and_leads_to_each() {
    let (before, after) =
        case(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/changes/new-version"));
    let page = page(&changes(&before, &after));
    for words in [
        "<h1>Changes from version 2026.1 to the working copy</h1>",
        "<a class=\"part\" href=\"#policies\">3 policies</a>",
        "<a href=\"#policy-sanctions\">Sanctions</a>",
        "<article class=\"changed\" id=\"policy-sanctions\">",
        "Ten days were too long when access had to be cut.",
        "<del><span class=\"vh\">[removed: </span>ten<span class=\"vh\">]</span></del>",
        "<span class=\"fate new\">new</span>",
        "<span class=\"fate gone\">no longer in the binder</span>",
        "Base &lt;Practice&gt;",
    ] {
        assert!(page.contains(words), "{words} is not in\n{page}");
    }
    // It stands alone: nothing is asked for, and no anchor leads nowhere.
    for word in ["url(", "<script", "<link", "src="] {
        assert!(!page.contains(word), "{word}");
    }
    let anchors: Vec<&str> = page
        .split("href=\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(anchors.len() >= 8);
    for anchor in anchors.iter().filter(|anchor| !anchor.starts_with("s-")) {
        assert_eq!(page.matches(&format!("id=\"{anchor}\"")).count(), 1, "{anchor}");
    }
}

#[test]
fn a_page_without_changes_says_so() {
    let (before, after) = case(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/changes/nothing"));
    assert!(page(&changes(&before, &after)).contains("Nothing changed."));
    let (_, only) = sides(&before, &after, Edition::Internal, Audience::Official);
    assert!(page(&Changes::first(only.side)).contains("There is no version before this one"));
}

#[test]
fn words_of_a_clinic_become_neither_markup_nor_orders_to_the_terminal() {
    let hostile = "\
=== answers/a.md
+++
citation = \"164.312(d)\"
owner = \"<script>alert(1)</script>\"
+++
## 1.
Say `<img src=x onerror=alert(2)>` and \u{1b}]0;owned\u{7} \u{1b}[31mred, </style></p> & {% raw %}.
=== registers/backups.csv
date,kind,system,result,by
2026-05-05,check,nas,\"<b>bold</b> \u{1b}[2J\",w1
";
    let before = base();
    let after = with(&before, hostile);
    let changes = changes(&before, &after);
    let page = page(&changes);
    for markup in ["<script>", "<img", "<b>", "</style></p>"] {
        assert!(!page.contains(markup), "{markup}");
    }
    assert!(page.contains("&lt;script&gt;"));
    let text = human(&changes, false);
    assert!(text.contains("<script>alert(1)</script>"));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text:?}");
    // With colour only our own signs steer the terminal.
    let colored = human(&changes, true);
    assert!(
        !colored.contains("\u{1b}]") && !colored.contains("\u{1b}[2J"),
        "{colored:?}"
    );
}
