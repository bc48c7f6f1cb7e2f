//! What counts as text, told in cases: Markdown on the left, what it amounts to on the right.

use proptest::prelude::*;

use super::{Emptiness, Substance, judge, open_tasks, opens_with_yes_no, placeholders};
use crate::citation::Citation;
use crate::content::YesNo;
use crate::diagnostic::Source;
use crate::markdown::{Document, parse};
use crate::rule::{RowId, rule};

fn read(markdown: &str) -> (Source, Document) {
    let source = Source::new("a.md", markdown);
    let (document, _) = parse(&source, 0);
    (source, document)
}

fn row(citation: &str) -> RowId {
    let citation: Citation = citation.parse().expect("a citation");
    rule().row(&citation).expect("a row")
}

/// `real`, `blanks [A] [B]`, or the name of the emptiness.
fn judged(markdown: &str, row: Option<RowId>) -> String {
    match judge(&read(markdown).1.blocks, row) {
        Substance::Real => "real".to_owned(),
        Substance::Blanks(blanks) => {
            let texts: Vec<String> = blanks.into_iter().map(|blank| blank.text).collect();
            format!("blanks {}", texts.join(" "))
        }
        Substance::Empty(why) => format!("{why:?}"),
    }
}

#[track_caller]
fn check(cases: &[(&str, &str)], row: Option<RowId>) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(markdown, want)| {
            let got = judged(markdown, row);
            (got != *want).then(|| format!("{markdown:?} is {got}, not {want}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn scaffold_is_nothing() {
    let nothing = "Nothing";
    check(
        &[
            ("", nothing),
            ("\n\n", nothing),
            ("<!-- Say who does it. -->", nothing),
            ("### A heading\n\n#### Another", nothing),
            ("---", nothing),
            ("***\n\n<!-- x -->\n\n-\n-\n", nothing),
            ("<br>", nothing),
            ("<div>\n</div>", nothing),
            ("<!-- never ends\n\nWe lock the doors every evening.", nothing),
            ("![](picture.png)", nothing),
            ("| Who | When |\n|---|---|\n|  |  |", nothing),
            (
                "| Field | Value |\n|---|---|\n| Owner |  |\n| Next review |  |",
                nothing,
            ),
            ("**Owner:**\n\n**How often:**", nothing),
            ("164.312(b)", "RuleText"),
            ("See § 164.312(b).", "RuleText"),
        ],
        None,
    );
}

#[test]
fn todo_and_its_kin_are_empty() {
    let todo = "Todo";
    check(
        &[
            ("TODO", todo),
            ("TBD", todo),
            ("tbd.", todo),
            ("N/A", todo),
            ("n/a.", todo),
            ("Not applicable.", todo),
            ("To be written", todo),
            ("TODO: ask the vendor for the report", todo),
            ("TODO: ask the vendor\nfor the report.", todo),
            ("todo: ask", todo),
            ("TBD by the office manager", todo),
            ("- TODO\n- TBD", todo),
            ("Owner: TBD\nReviewed: n/a", todo),
            ("`TODO`", todo),
            ("> **TODO**", todo),
            ("- [ ] ask the vendor", todo),
            ("- [ ] ask the vendor\n  - and the other one", todo),
            ("1. [ ] ask", todo),
            ("Yes. TODO: say how", todo),
            ("Coming soon", todo),
        ],
        None,
    );
}

#[test]
fn a_bare_yes_or_no_is_empty() {
    let bare = "BareYesNo";
    check(
        &[
            ("Yes", bare),
            ("Yes.", bare),
            ("**No!**", bare),
            ("yes, we do", bare),
            ("No, not yet.", bare),
            ("Yes / No", bare),
            ("☐ Yes ☐ No", bare),
            ("None.", bare),
            ("Yes.\n\n- [ ] ask the vendor", bare),
            ("Y", bare),
        ],
        None,
    );
}

#[test]
fn only_blanks_are_empty() {
    let blanks = "OnlyBlanks";
    check(
        &[
            ("[PRACTICE]", blanks),
            ("[insert your answer here]", blanks),
            ("{{ answer }}", blanks),
            ("Name: ____", blanks),
            ("Security official: [NAME]\nDate: XX/XX/XXXX", blanks),
            ("Security official: [NAME]  Date: ____", blanks),
            ("| Who | When |\n|---|---|\n| [NAME] | __/__/____ |", blanks),
            ("<your practice>", blanks),
            ("<%= practice %>", blanks),
            ("{% include \"x\" %}", blanks),
            ("Our [PRACTICE]", blanks),
            (
                "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
                "Filler",
            ),
            ("Answer: lorem\nipsum dolor", "Filler"),
        ],
        None,
    );
}

#[test]
fn blanks_in_a_text_are_told() {
    check(
        &[
            (
                "The official of [PRACTICE] is [NAME].",
                "blanks [PRACTICE] [NAME]",
            ),
            (
                "We, \\[PRACTICE NAME\\], lock the doors.",
                "blanks [PRACTICE NAME]",
            ),
            (
                "We lock [insert\nhow many] doors in the evening.",
                "blanks [insert\nhow many]",
            ),
            (
                "The official is **[Name of person]** since 2024.",
                "blanks [Name of person]",
            ),
            (
                "Reviewed by the office on [effective date] and then.",
                "blanks [effective date]",
            ),
            ("Reviewed on XX/XX/XXXX by the official.", "blanks XX/XX/XXXX"),
            ("Call XXX-XXX-XXXX when the door is open.", "blanks XXX-XXX-XXXX"),
            (
                "The staff of {PRACTICE_NAME} lock the doors.",
                "blanks {PRACTICE_NAME}",
            ),
            (
                "The staff of {{practice.name}} lock the doors.",
                "blanks {{practice.name}}",
            ),
            ("The staff of ${practice} lock the doors.", "blanks ${practice}"),
            ("The staff of <<PRACTICE>> lock the doors.", "blanks <<PRACTICE>>"),
            (
                "The staff of <Practice's name> lock the doors.",
                "blanks <Practice's name>",
            ),
            ("The staff of <PRACTICE> lock the doors.", "blanks <PRACTICE>"),
            ("The staff of [[CLINIC]] lock the doors.", "blanks [[CLINIC]]"),
            (
                "The staff of [[ org.name ]] lock the doors.",
                "blanks [[ org.name ]]",
            ),
            (
                "The [[Security Officer]] locks the doors.",
                "blanks [[Security Officer]]",
            ),
            (
                "The staff of «Company_Name» lock the doors.",
                "blanks «Company_Name»",
            ),
            (
                "The staff of { MERGEFIELD Company \\* MERGEFORMAT } lock the doors.",
                "blanks { MERGEFIELD Company * MERGEFORMAT }",
            ),
            (
                "The doors are locked at Click or tap here to enter text. each day.",
                "blanks Click or tap here to enter text",
            ),
            ("Signed by ________ for the practice.", "blanks ________"),
            ("Backups are kept for TBD days.", "blanks TBD"),
            (
                "We lock the doors. lorem ipsum dolor sit amet",
                "blanks lorem ipsum dolor sit amet",
            ),
            (
                "We lock the doors every day.\n\n#### For [PRACTICE]",
                "blanks [PRACTICE]",
            ),
        ],
        None,
    );
}

#[test]
fn ordinary_markdown_is_real() {
    let real = "real";
    check(
        &[
            ("Monthly.", real),
            ("24 hours", real),
            ("Yes. Renata checks it.", real),
            ("No, the copier has no disk.", real),
            ("N/A because no server stands here.", real),
            ("The vendor answered N/A to this question.", real),
            ("- [x] Locks changed\n- [x] Alarm code changed", real),
            ("- [x] Locks changed\n- [ ] ask the vendor", real),
            (
                "We follow [our policy](policy.md), see[^1].\n\n[^1]: Kept in the office.",
                real,
            ),
            (
                "We follow [the rule][r] each day.\n\n[r]: https://x.example",
                real,
            ),
            ("Use `{curly}` and `[PRACTICE]` in the file.", real),
            ("As [164.308(a)(1)] says, we look for risks.", real),
            ("They wrote \"we shall [sic] lock doors\".", real),
            ("The vendor of [our EHR] sends the list.", real),
            ("Type [SECURE] in the subject line of the message.", real),
            ("Mail from outside is marked [EXTERNAL] in red.", real),
            ("Press [Enter] or [ENTER], then [Ctrl].", real),
            (
                "The name was [redacted] and the [date withheld] from the copy.",
                real,
            ),
            ("See control [AC-2] and exhibit [EX-014].", real),
            ("Choose [x] or [ ] or [X] on the form.", real),
            ("The set {a, b} and the key {id} are in use.", real),
            ("The variable snake__case and a_b_c_d are names.", real),
            ("The card number shows as XXX-XX-1234 on the screen.", real),
            ("In the XX century, XXL gloves were used.", real),
            ("If x < 5 and y > 3 then we call.", real),
            ("We use <b>bold</b> words here.", real),
            ("Write to <office@clinic.example> or <https://x.example>.", real),
            ("The [practices] of [named] people, [dated] papers.", real),
            ("Dates are written MM/DD/YYYY on the forms.", real),
            ("    the log says [ERROR] {NAME} ____\n", real),
            ("Items marked \"TBD\" are closed within a week.", real),
            ("We keep a to do list on the wall.", real),
            ("| Who | When |\n|---|---|\n| Renata | Monday |", real),
            ("> We lock the doors.", real),
            ("Todo lists are kept by the front desk.", real),
            ("Pending claims are locked away each night.", real),
            ("[!NOTE] The alarm is tested weekly.", real),
        ],
        None,
    );
}

const AUDIT: &str = "Implement hardware, software, and/or procedural mechanisms that record and examine activity in \
    information systems that contain or use electronic protected health information.";

#[test]
fn the_regulation_copied_out_is_empty() {
    let copied = "RuleText";
    let cases = [
        (AUDIT.to_owned(), copied),
        (format!("> {AUDIT}"), copied),
        (format!("164.312(b) *Standard: Audit controls.* {AUDIT}"), copied),
        (AUDIT.replace("that record", "that\n\nrecord"), copied),
        (AUDIT.to_uppercase(), copied),
        (format!("Our practice will {}", AUDIT.to_lowercase()), copied),
        (format!("Yes. {AUDIT}"), copied),
        (
            format!("- {}", AUDIT.replace(" and examine", "\n- and examine")),
            copied,
        ),
        ("Audit controls".to_owned(), copied),
        ("Standard: Audit controls.".to_owned(), copied),
        (
            format!("{AUDIT}\n\nRenata reads the log of the EHR every Monday."),
            "real",
        ),
        (
            format!("The rule says: \"{AUDIT}\" We keep the log of the EHR for six years."),
            "real",
        ),
        (
            "Audit controls are on in the EHR and the mail.".to_owned(),
            "real",
        ),
        (
            "The log shows who opened which chart, and Renata reads it.".to_owned(),
            "real",
        ),
    ];
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(markdown, want)| (markdown.as_str(), *want))
        .collect();
    check(&cases, Some(row("164.312(b)")));
    // Another row's words are no more of an answer.
    check(&[(AUDIT, copied)], Some(row("164.308(a)(2)")));
    check(&[(AUDIT, copied), ("Audit controls", "real")], None);
}

#[test]
fn every_row_copied_out_is_empty() {
    for row in rule().rows() {
        let text = format!("{}\n\n{} {}", row.citation, row.heading, row.text);
        assert_eq!(judged(&text, Some(row.id)), "RuleText", "{}", row.citation);
        let own = format!("{text}\n\nRenata keeps the list in the blue binder and reads it every month.");
        assert_eq!(judged(&own, Some(row.id)), "real", "{}", row.citation);
    }
}

#[test]
fn the_opening_word_is_found() {
    let cases = [
        ("Yes. We do.", Some(YesNo::Yes)),
        ("**No**, the vendor does.", Some(YesNo::No)),
        ("### Note\n\n- [ ] ask\n\n> yes: since May", Some(YesNo::Yes)),
        ("No one has the key.", Some(YesNo::No)),
        ("164.312(b): Yes, it is.", Some(YesNo::Yes)),
        ("- No.\n- Yes.", Some(YesNo::No)),
        ("No. Yes was wrong.", Some(YesNo::No)),
        ("Yes / No", None),
        ("☐ Yes ☐ No", None),
        ("Yes or no", None),
        ("No. 4 of the list", None),
        ("Nobody has the key.", None),
        ("Yesterday.", None),
        ("We do, yes.", None),
        ("", None),
    ];
    for (markdown, want) in cases {
        assert_eq!(opens_with_yes_no(&read(markdown).1.blocks), want, "{markdown:?}");
    }
}

#[test]
fn open_tasks_are_listed_with_their_bytes() {
    let (source, document) =
        read("Text.\n\n- [x] done\n  - [ ] ask *the* vendor\n    twice\n\n> 1. [ ] second\n- [ ]\n");
    let found = open_tasks(&document.blocks);
    let words: Vec<&str> = found.iter().map(|(words, _)| words.as_str()).collect();
    assert_eq!(words, ["ask the vendor twice", "second", ""]);
    assert_eq!(
        &source.text[found[0].1.as_range()],
        "- [ ] ask *the* vendor\n    twice"
    );
    assert_eq!(&source.text[found[1].1.as_range()], "1. [ ] second");
}

#[test]
fn blanks_are_where_they_stand_in_the_file() {
    let markdown = "> The &amp; staff\\* of\n> \\[PRACTICE\\] and **[NAME]** lock ____\n\n# {TITLE}\n\n- [ ] call [NAME]\n";
    let (source, document) = read(markdown);
    let found: Vec<&str> = placeholders(&document.blocks)
        .iter()
        .map(|blank| &source.text[blank.range.as_range()])
        .collect();
    assert_eq!(found, ["[PRACTICE\\]", "[NAME]", "____", "{TITLE}", "[NAME]"]);
}

#[test]
fn a_text_of_brackets_is_judged_in_one_go() {
    for piece in [
        "[",
        "[insert ",
        "{{",
        "<",
        "<%",
        "_",
        "__/",
        "X",
        "lorem ipsum ",
        "TODO ",
        "- [ ] a\n",
        "(a)",
        "164.",
    ] {
        let markdown = piece.repeat(20_000);
        let (_, document) = read(&markdown);
        let _ = judge(&document.blocks, None);
        let _ = placeholders(&document.blocks);
        let _ = opens_with_yes_no(&document.blocks);
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_and_its_blanks_stand_in_the_file(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("[NAME]"), Just("[insert "), Just("]"), Just("{{"), Just("}}"), Just("____"), Just("é"), Just("&amp;"),
                Just("XX/XX/XXXX"), Just("\\["), Just("\n"), Just("\n\n"), Just("> "), Just("- [ ] "), Just("`"), Just("<"),
                Just("<name>"), Just("yes "), Just("No. "), Just("TODO: "), Just("lorem ipsum "), Just("164.312(b)"), Just("日本"),
                Just("|a|b|\n|-|-|\n"), Just(": "), Just("(a)"), Just("'"), Just("word "),
            ],
            0..40,
        )
    ) {
        let (source, document) = read(&pieces.concat());
        let _ = opens_with_yes_no(&document.blocks);
        for (_, range) in open_tasks(&document.blocks) {
            prop_assert!(source.text.get(range.as_range()).is_some());
        }
        for blank in placeholders(&document.blocks) {
            prop_assert!(source.text.get(blank.range.as_range()).is_some_and(|text| !text.is_empty()));
        }
        if let Substance::Blanks(blanks) = judge(&document.blocks, None) {
            prop_assert!(!blanks.is_empty());
        }
    }

    /// Whatever the clinic says in six words of its own beside the rule's text, it counts.
    #[test]
    fn own_words_beside_the_rule_count(at in 0_usize..65, words in proptest::collection::vec("[b-df-hj-np-tv-z]{7}", 6..12)) {
        let row = &rule().rows()[at];
        let text = format!("{} {} {}", words[..3].join(" "), row.text, words[3..].join(" "));
        prop_assert_ne!(judge(&read(&text).1.blocks, Some(row.id)), Substance::Empty(Emptiness::RuleText));
    }
}
