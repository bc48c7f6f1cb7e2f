use proptest::prelude::*;

use super::*;

fn text(paras: &[&str]) -> Vec<Para> {
    paras.iter().map(|text| Para::new(Kind::Text, *text)).collect()
}

/// `stayed [-removed-] [+added+]`, a paragraph a line.
fn drawn(redline: &Redline) -> String {
    let line = |piece: &Piece| match piece {
        Piece::Folded(n) => format!("... {n}"),
        Piece::Para { spans, .. } => spans
            .iter()
            .map(|span| match span.fate {
                Fate::Stayed => span.text.clone(),
                Fate::Added => format!("[+{}+]", span.text),
                Fate::Removed => format!("[-{}-]", span.text),
            })
            .collect(),
    };
    let lines: Vec<String> = redline.pieces.iter().map(line).collect();
    lines.join("\n")
}

fn difference(old: &[&str], new: &[&str]) -> String {
    Redline::new(&text(old), &text(new)).map_or_else(String::new, |redline| drawn(&redline))
}

#[test]
fn a_changed_word_is_shown_where_it_stands() {
    assert_eq!(
        difference(
            &["The office manager turns the logins off within 24 hours."],
            &["The office manager turns the logins off within 4 hours."]
        ),
        "The office manager turns the logins off within [-24-][+4+] hours."
    );
}

#[test]
fn the_same_text_has_no_difference() {
    assert_eq!(difference(&["One.", "Two."], &["One.", "Two."]), "");
}

#[test]
fn words_that_happen_to_stay_between_two_changes_are_no_confetti() {
    assert_eq!(
        difference(
            &["Keys are returned to a clerk on the last day, and the alarm code is changed."],
            &["Keys are handed over to the manager on the same day, and the alarm code is changed."]
        ),
        "Keys are [-returned to a clerk-][+handed over to the manager+] on the [-last-][+same+] day, and the alarm code is changed."
    );
}

#[test]
fn a_sentence_written_anew_is_replaced_as_a_whole() {
    assert_eq!(
        difference(
            &["Staff may never share a password with anyone at all."],
            &[
                "Each login belongs to one person; nobody types with the login of another, not even for a minute."
            ]
        ),
        "[-Staff may never share a password with anyone at all.-]\n[+Each login belongs to one person; nobody types with the login of another, not even for a minute.+]"
    );
}

#[test]
fn a_date_changes_as_a_whole() {
    assert_eq!(
        difference(
            &["Confirmed on 2026-10-01 for this year by follow-up."],
            &["Confirmed on 2026-11-01 for this year by follow-on."]
        ),
        "Confirmed on [-2026-10-01-][+2026-11-01+] for this year by [-follow-up-][+follow-on+]."
    );
}

#[test]
fn a_heading_that_only_grew_is_not_replaced() {
    assert_eq!(
        difference(
            &["Three classes"],
            &["Three classes and what each of them leads to"]
        ),
        "Three classes[+ and what each of them leads to+]"
    );
}

#[test]
fn paragraphs_that_stayed_are_folded_but_for_those_beside_a_change() {
    let old = ["a a", "b b", "c c", "d d", "e e", "Use the old form."];
    let new = ["a a", "b b", "c c", "d d", "e e", "Use the new form."];
    assert_eq!(difference(&old, &new), "... 4\ne e\nUse the [-old-][+new+] form.");
}

#[test]
fn a_change_keeps_the_heading_it_stands_under() {
    let mut old = vec![Para::new(Kind::Heading, "Sanctions")];
    old.extend(text(&["a a", "b b", "c c", "Use the old form."]));
    let mut new = old.clone();
    new[4].text = "Use the new form.".to_string();
    let redline = Redline::new(&old, &new).expect("a difference");
    assert_eq!(
        drawn(&redline),
        "Sanctions\n... 2\nc c\nUse the [-old-][+new+] form."
    );
}

#[test]
fn a_paragraph_put_between_two_others_leaves_them_alone() {
    assert_eq!(
        difference(
            &["Ask the vendor.", "Write it down."],
            &["Ask the vendor.", "Wait for two days.", "Write it down."]
        ),
        "Ask the vendor.\n[+Wait for two days.+]\nWrite it down."
    );
}

#[test]
fn words_are_counted_and_punctuation_is_not() {
    let redline =
        Redline::new(&text(&["Yes, always."]), &text(&["Yes, nearly always (so far)."])).expect("one");
    assert_eq!((redline.added, redline.removed), (3, 0));
}

#[test]
fn texts_in_other_scripts_are_compared_by_word() {
    assert_eq!(
        difference(
            &["Ключи сдают в последний день."],
            &["Ключи сдают в первый день."]
        ),
        "Ключи сдают в [-последний-][+первый+] день."
    );
    assert_eq!(
        difference(&["钥匙在最后一天归还。"], &["钥匙在第一天归还。"])
            .matches("[-")
            .count(),
        1
    );
}

#[test]
fn huge_texts_without_anything_in_common_are_no_trouble() {
    let many = |word: &str| -> Vec<Para> {
        (0..30_000)
            .map(|n| Para::new(Kind::Text, format!("{word} {n}")))
            .collect()
    };
    let redline = Redline::whole(&many("old"), &many("new"));
    assert_eq!(redline.pieces.len(), 60_000);
    let long = |word: &str| (0..60_000).map(|n| format!("{word}{n} ")).collect::<String>();
    assert_eq!(spans(&long("a"), &long("b")).len(), 2 + 1);
}

fn side(redline: &Redline, not: Fate) -> Vec<String> {
    let paras = redline.pieces.iter().filter_map(|piece| match piece {
        Piece::Folded(_) => None,
        Piece::Para { spans, .. } => {
            let spans: Vec<&str> = spans
                .iter()
                .filter(|span| span.fate != not)
                .map(|span| span.text.as_str())
                .collect();
            (!spans.is_empty()).then(|| spans.concat())
        }
    });
    paras.collect()
}

fn paras() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        Just("the"),
        Just("key"),
        Just("is"),
        Just("kept"),
        Just("day,"),
        Just("(a)(1)"),
        Just("é\u{301}"),
        Just("归还"),
        Just("—"),
        Just("."),
        Just("164.308"),
        Just("\u{1f511}")
    ];
    let para = proptest::collection::vec(word, 1..14).prop_map(|words| words.join(" "));
    proptest::collection::vec(para, 0..9)
}

proptest! {
    #[test]
    fn what_stayed_with_what_is_gone_is_the_old_text_and_with_what_is_new_the_new_one(old in paras(), new in paras()) {
        let para = |list: &[String]| -> Vec<Para> { list.iter().map(|t| Para::new(Kind::Text, t)).collect() };
        let redline = Redline::whole(&para(&old), &para(&new));
        prop_assert_eq!(side(&redline, Fate::Added), old);
        prop_assert_eq!(side(&redline, Fate::Removed), new);
    }

    #[test]
    fn two_changes_never_stand_side_by_side(old in paras(), new in paras()) {
        let spans = spans(&old.join(" "), &new.join(" "));
        for pair in spans.windows(2) {
            prop_assert_ne!(pair[0].fate, pair[1].fate);
            prop_assert!(!(pair[0].fate == Fate::Added && pair[1].fate == Fate::Removed), "{:?}", spans);
        }
    }

    #[test]
    fn any_two_texts_can_be_compared(old in ".{0,200}", new in ".{0,200}") {
        let spans = spans(&old, &new);
        let text = |not| spans.iter().filter(|s| s.fate != not).map(|s| s.text.as_str()).collect::<String>();
        prop_assert_eq!(text(Fate::Added), old);
        prop_assert_eq!(text(Fate::Removed), new);
    }

    #[test]
    fn folding_hides_nothing_that_changed(old in paras(), new in paras()) {
        let para = |list: &[String]| -> Vec<Para> { list.iter().map(|t| Para::new(Kind::Text, t)).collect() };
        let (old, new) = (para(&old), para(&new));
        let whole = Redline::whole(&old, &new);
        if let Some(folded) = Redline::new(&old, &new) {
            let changed = |r: &Redline| -> Vec<Span> {
                let paras = r.pieces.iter().filter_map(|p| match p { Piece::Para { spans, .. } => Some(spans), Piece::Folded(_) => None });
                paras.flatten().filter(|s| s.fate != Fate::Stayed).cloned().collect()
            };
            prop_assert_eq!(changed(&whole), changed(&folded));
            let count: usize = folded.pieces.iter().map(|p| match p { Piece::Folded(n) => *n, Piece::Para { .. } => 1 }).sum();
            prop_assert_eq!(count, whole.pieces.len());
        }
    }
}
