use proptest::prelude::*;

use super::*;
use crate::rule::rule;

fn row(citation: &str) -> RowId {
    rule().row(&citation.parse().expect("a citation")).expect("a row")
}

/// An addressable row with several questions.
fn leavers() -> RowId {
    row("164.308(a)(3)(ii)(C)")
}

fn notes() -> Vec<String> {
    vec![
        "<!-- Say how. -->".into(),
        "<!-- Only later:\n\n## Decision\n\n-->".into(),
    ]
}

fn values(list: &[(Field, &str)]) -> Values {
    list.iter()
        .map(|(field, value)| (*field, (*value).to_string()))
        .collect()
}

/// The text after a save that must succeed.
fn saved(text: &str, list: &[(Field, &str)]) -> String {
    let bytes = write(text.as_bytes(), leavers(), &notes(), &values(list)).expect("it is written");
    String::from_utf8(bytes).expect("text")
}

fn opened_text(text: &str) -> Opened {
    open(text.as_bytes(), leavers(), &notes()).expect("it opens")
}

const FILE: &str = "+++\n# Who\ncitation    = \"164.308(a)(3)(ii)(C)\"  # any spelling\nowner       = \"\"   # a role\nreviewed    = \"\"\n+++\n\n<!-- hello -->\n\n## 1. One?\n\n<!-- Say how. -->\n\n## 2. Two?  \n\nYes.  \n\n- a\n\n## 3. Three?\n\nText.\n\n<!-- Only later:\n\n## Decision\n\n-->\n";

#[test]
fn a_file_opens_as_its_fields() {
    let opened = opened_text(FILE);
    let value = |field| opened.values[&field].as_str();
    assert_eq!(value(Field::Owner), "");
    assert_eq!(value(Field::Question(1)), "", "a note of the program is no text");
    assert_eq!(value(Field::Question(2)), "Yes.  \n\n- a");
    assert_eq!(value(Field::Question(3)), "Text.");
    assert_eq!(
        value(Field::Branch(0)),
        "",
        "addressable: there is a decision to take"
    );
    assert_eq!(opened.scopes, [""]);
}

#[test]
fn only_what_was_typed_changes() {
    let new = saved(
        FILE,
        &[
            (Field::Owner, "Office manager"),
            (Field::Reviewed, "2026-09-14"),
            (Field::Question(1), "First.\n\nSecond."),
            (Field::Question(2), "Yes.  \n\n- b"),
            (Field::Question(3), "Text."),
        ],
    );
    let wanted = FILE
        .replace("owner       = \"\"", "owner       = \"Office manager\"")
        .replace("reviewed    = \"\"", "reviewed    = 2026-09-14")
        .replace("<!-- Say how. -->\n", "<!-- Say how. -->\nFirst.\n\nSecond.\n")
        .replace("- a\n", "- b\n");
    assert_eq!(new, wanted);
    assert_eq!(
        saved(&new, &[(Field::Question(1), "")]),
        wanted.replace("First.\n\nSecond.\n", "")
    );
}

#[test]
fn saving_what_is_there_changes_no_byte() {
    for text in [
        FILE.to_string(),
        format!("\u{feff}{}", FILE.replace('\n', "\r\n")),
        FILE.replace('\n', "\r"),
        FILE.replace("Yes.  \n\n- a", "Yes\r\n\rno\u{b} \u{85}\ttab\n  "),
        FILE.trim_end().to_string(),
        FILE.replace("+++\n\n<!-- hello", "  +++  \n<!-- hello"),
        FILE.replace("## 2. Two?  ", "Question 2: two?\n-------"),
        FILE.replace("owner       = \"\"", "owner = \u{201c}It\u{2019}s me\u{201d}"),
        FILE.replace("owner       = \"\"", "owner = '''two\nlines'''"),
        FILE.replace("Text.", "```\n## 2. no heading\n```\n[^1]\n\n[^1]: Note"),
    ] {
        let all = opened_text(&text).values;
        let typed: Values = all
            .iter()
            .map(|(field, value)| (*field, field.typed(&value.replace('\n', "\r\n"))))
            .collect();
        assert_eq!(typed, all, "a browser sends back what it was sent: {text:?}");
        let bytes = write(text.as_bytes(), leavers(), &notes(), &typed).expect("it is written");
        assert_eq!(String::from_utf8_lossy(&bytes), text);
    }
}

#[test]
fn line_ends_are_those_of_the_file() {
    let text = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    let new = saved(
        &text,
        &[(Field::Question(3), "Text.\nMore."), (Field::AnsweredBy, "Ann")],
    );
    assert!(new.contains("Text.\r\nMore.\r\n") && new.starts_with('\u{feff}'));
    assert!(new.contains("\r\nanswered_by = \"Ann\"\r\n"), "{new}");
    assert!(!new.replace("\r\n", "").contains(['\r', '\n']));
    let mac = saved(&FILE.replace('\n', "\r"), &[(Field::Question(1), "A\nB")]);
    assert!(mac.contains("\rA\rB\r") && !mac.contains('\n'));
}

#[test]
fn lines_that_stay_keep_their_bytes() {
    let text = FILE.replace("Yes.  \n\n- a", "one\r\ntwo\nthree\r\nfour");
    let new = saved(&text, &[(Field::Question(2), "one\n2\nthree\nfour")]);
    assert!(new.contains("one\r\n2\nthree\r\nfour\n"), "{new:?}");
}

#[test]
fn a_question_without_heading_gets_one() {
    let ask = &rule()[leavers()].question(2).expect("a question").ask;
    for (text, wanted) in [
        (
            "+++\ncitation = \"x\"\n+++",
            format!("+++\ncitation = \"x\"\n+++\n\n## 2. {ask}\n\nNew.\n"),
        ),
        (
            "+++\ncitation = \"x\"\n+++\n### 1. One\nText\n\n### 3. Three\n",
            format!("+++\ncitation = \"x\"\n+++\n### 1. One\nText\n\n### 2. {ask}\n\nNew.\n\n### 3. Three\n"),
        ),
        (
            "+++\ncitation = \"x\"\n+++\n\n## 3. Three\n",
            format!("+++\ncitation = \"x\"\n+++\n\n## 2. {ask}\n\nNew.\n\n## 3. Three\n"),
        ),
        (
            "+++\ncitation = \"x\"\n+++\n\n## Decision\n\nNo.\n",
            format!("+++\ncitation = \"x\"\n+++\n\n## 2. {ask}\n\nNew.\n\n## Decision\n\nNo.\n"),
        ),
    ] {
        let new = saved(text, &[(Field::Question(2), "New.")]);
        assert_eq!(new, wanted);
        assert_eq!(opened_text(&new).values[&Field::Question(2)], "New.");
    }
}

#[test]
fn a_decision_is_put_behind_the_other_keys_and_changed_in_its_place() {
    let new = saved(
        FILE,
        &[
            (Field::Branch(0), "implement"),
            (Field::DecidedBy(0), "Dr. \"Mim\""),
            (Field::Decided(0), "2026-09-14"),
        ],
    );
    let block = "\n[[decision]]\nbranch = \"implement\"\ndecided_by = \"Dr. \\\"Mim\\\"\"\ndecided    = 2026-09-14\n+++\n";
    assert_eq!(
        new,
        FILE.replacen(
            "reviewed    = \"\"\n+++\n",
            &format!("reviewed    = \"\"\n{block}"),
            1
        )
    );
    let again = saved(&new, &[(Field::Branch(0), "neither"), (Field::DecidedBy(0), "")]);
    assert_eq!(
        again,
        new.replace("implement", "neither")
            .replace("\"Dr. \\\"Mim\\\"\"", "\"\"")
    );
    let two = new.replace(
        "[[decision]]\n",
        "[[decision]] # one\nscope = \"EHR\"\n[[gap]]\naction = \"x\"\n[[decision]]\nscope = \"Mail\"\n",
    );
    let changed = saved(
        &two,
        &[(Field::Branch(0), "alternative"), (Field::Branch(1), "neither")],
    );
    assert!(
        changed.contains("scope = \"EHR\"\nbranch = \"alternative\"\n[[gap]]"),
        "{changed}"
    );
    assert!(changed.contains("branch = \"neither\""), "{changed}");
    assert_eq!(opened_text(&changed).scopes, ["EHR", "Mail"]);
}

#[test]
fn what_would_become_another_answer_is_refused_with_its_line() {
    for (typed, says, help) in [
        (
            "Yes.\n\n## 3. Fake heading\n\nNo.",
            "line 3 is a heading, \"## 3. Fake heading\"",
            "###",
        ),
        ("## Background\nx", "line 1 is a heading", "###"),
        ("Yes\n---\nno", "line 2 is a line of dashes", "empty line above"),
        (
            "### Decision\nWe decided.",
            "begins the written decision",
            "another word",
        ),
        ("Yes\n\n<!-- note", "a comment begins with <!-- on line 3", "-->"),
        ("Yes\n\n```\ncode", "a block of code begins on line 3", "```"),
        ("<script>\nx", "line 1 begins with <", "\\<"),
    ] {
        let wanted = values(&[(Field::Question(2), typed)]);
        let Err(Failed::Typed(problems)) = write(FILE.as_bytes(), leavers(), &notes(), &wanted) else {
            panic!("{typed:?} is refused");
        };
        let [problem] = problems.as_slice() else {
            panic!("one problem")
        };
        assert_eq!(problem.field, Field::Question(2));
        assert!(problem.message.contains(says), "{typed:?}: {}", problem.message);
        assert!(problem.help.contains(help), "{typed:?}: {}", problem.help);
    }
}

#[test]
fn odd_texts_that_mean_nothing_stay_as_typed() {
    for typed in [
        "+++",
        "+++\nowner = \"x\"\n+++",
        "-->",
        "<!-- whole --> and text",
        "C:\\new\\table \\# \\\\",
        "### 3. A heading within the answer\n\nText",
        "\\## 3. Not a heading",
        "    ## 3. code",
        "> ## 3. quoted",
        "- [ ] ask the vendor\n- [x] done",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "164.312(b) and \u{a7} 164.308",
        "tab\there  \nline ",
        "\u{a0}\u{a0}x",
        "[[decision]]\nbranch = \"neither\"",
        "{{ page.title }} {% raw %} #let x = 1 $a$",
    ] {
        let new = saved(FILE, &[(Field::Question(1), typed), (Field::Question(3), typed)]);
        let opened = opened_text(&new);
        assert_eq!(opened.values[&Field::Question(1)], typed);
        assert_eq!(opened.values[&Field::Question(3)], typed);
        assert_eq!(opened.values[&Field::Question(2)], "Yes.  \n\n- a");
    }
}

#[test]
fn files_that_are_not_edited_here_say_why() {
    let unfit = |bytes: &[u8]| open(bytes, leavers(), &notes()).expect_err("unfit");
    assert_eq!(unfit(b"+++\nowner = \"it\x92s\"\n+++\n"), Unfit::NotUtf8);
    assert_eq!(unfit(b"\xFF\xFE+\0"), Unfit::NotUtf8);
    assert_eq!(unfit(b"text"), Unfit::FrontMatter(EditError::NoFrontMatter));
    assert_eq!(
        unfit(b"+++\nowner = x\n+++\n"),
        Unfit::FrontMatter(EditError::Unreadable)
    );
    assert_eq!(unfit(b"+++\nprivileged = true\n+++\n"), Unfit::Privileged);
    assert_eq!(unfit(b"+++\n+++\n## 2. A\n\n## 2. B\n"), Unfit::Twice(2));
}

#[test]
fn typed_values_are_checked() {
    for (field, typed) in [
        (Field::Reviewed, "2026-02-30"),
        (Field::Decided(0), "soon"),
        (Field::Branch(0), "maybe"),
    ] {
        let failed = write(FILE.as_bytes(), leavers(), &notes(), &values(&[(field, typed)]));
        assert!(
            matches!(&failed, Err(Failed::Typed(problems)) if problems[0].field == field),
            "{failed:?}"
        );
    }
    let failed = write(
        FILE.as_bytes(),
        leavers(),
        &notes(),
        &values(&[(Field::Question(99), "x")]),
    );
    assert!(matches!(failed, Err(Failed::Typed(_))), "no such question");
}

#[test]
fn names_of_fields_are_read_back() {
    for field in [
        Field::Owner,
        Field::AnsweredBy,
        Field::Reviewed,
        Field::Question(12),
        Field::Branch(0),
        Field::DecidedBy(1),
        Field::Decided(2),
    ] {
        assert_eq!(Field::named(&field.to_string()), Some(field));
    }
    for name in [
        "",
        "question",
        "question-",
        "question-01",
        "question-+1",
        "question-256",
        "../owner",
        "path",
    ] {
        assert_eq!(Field::named(name), None, "{name}");
    }
}

/// Lines that mean something to one of the readers, and lines that mean nothing.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        "[ a-zA-Z0-9.,!?#*_`<>\\[\\]\\\\|+\u{e9}\t-]{0,24}",
        prop::sample::select(vec![
            "## 3. fake heading",
            "# 1",
            "+++",
            "-->",
            "<!--",
            "<!-- x -->",
            "---",
            "===",
            "```",
            "~~~",
            "<div>",
            "<script>",
            "- item",
            "1. item",
            "> quote",
            "    code",
            "[^1]: note",
            "[a]: b",
            "## Decision",
            "\\",
            "  ",
            "<?",
            "| a |",
            "|---|",
        ])
        .prop_map(str::to_string),
    ];
    prop::collection::vec(line, 0..7).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed is refused, or comes back as it was typed; whatever was not touched has its bytes.
    #[test]
    fn what_is_typed_comes_back_and_nothing_else_changes(
        bodies in prop::collection::vec(lines(), 4),
        typed in lines(),
        question in 1u8..4,
        ends in prop::sample::select(vec!["\n", "\r\n"]),
        last in any::<bool>(),
        owner in "[ a-zA-Z\"'\\\\#\u{e9}\u{201c}]{0,12}",
    ) {
        let mut text = format!(
            "+++\n# note\ncitation = \"164.308(a)(3)(ii)(C)\" # x\n\nreviewed   =  2026-01-02\n+++\n{}\n## 1. One\n{}\n\n## 2. Two\n{}\n## 3. Three\n\n{}",
            bodies[0], bodies[1], bodies[2], bodies[3]
        );
        if last {
            text.push('\n');
        }
        let text = text.replace('\n', ends);
        let Ok(before) = open(text.as_bytes(), leavers(), &notes()) else { return Ok(()) };
        let field = Field::Question(question);
        let typed = field.typed(&typed.replace('\n', "\r\n"));
        let owner = Field::Owner.typed(&owner);
        let wanted = values(&[(field, &typed), (Field::Owner, &owner)]);
        let Ok(bytes) = write(text.as_bytes(), leavers(), &notes(), &wanted) else { return Ok(()) };
        let after = open(&bytes, leavers(), &notes()).expect("opens again");
        let mut expected = before.values.clone();
        expected.extend(wanted.clone());
        prop_assert_eq!(&after.values, &expected);
        // The file is the old one with one piece exchanged in the body, and one line in the front matter.
        let new = String::from_utf8(bytes.clone()).expect("text");
        let (old_front, old_body) = text.split_at(read(&text).expect("reads").0.body);
        let (new_front, new_body) = new.split_at(read(&new).expect("reads").0.body);
        let line = format!("owner    = {}{ends}", NewValue::Text(owner.clone()));
        let line_of = |front: &str| front.split_inclusive('\n').filter(|l| !l.starts_with("owner")).collect::<String>();
        prop_assert_eq!(line_of(new_front), old_front);
        prop_assert!(owner.is_empty() || new_front.contains(line.trim_end().trim_start_matches("owner").trim_start()));
        let head = old_body.bytes().zip(new_body.bytes()).take_while(|(a, b)| a == b).count();
        let tail = old_body[..].bytes().rev().zip(new_body.bytes().rev()).take_while(|(a, b)| a == b).count();
        let changed = old_body.len().saturating_sub(head + tail);
        let most = before.values[&field].replace('\n', ends).len() + 2 * ends.len();
        prop_assert!(changed <= most, "{changed} bytes changed: {old_body:?} {new_body:?}");
        // The same again changes nothing.
        prop_assert_eq!(write(&bytes, leavers(), &notes(), &wanted).expect("written"), bytes);
    }

    /// Plain sentences are never refused.
    #[test]
    fn plain_sentences_are_always_taken(
        lines in prop::collection::vec("[a-zA-Z][ a-zA-Z0-9.,!?()\"'&%\u{e9}]{0,40}", 0..6),
        question in 1u8..4,
    ) {
        let typed = Field::Question(question).typed(&lines.join("\n\n"));
        let new = saved(FILE, &[(Field::Question(question), &typed)]);
        prop_assert_eq!(&opened_text(&new).values[&Field::Question(question)], &typed);
    }

    /// No bytes make it panic.
    #[test]
    fn any_bytes_are_opened_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60), text in lines()) {
        let mut file = b"+++\ncitation = \"x\"\n+++\n## 1. A\n".to_vec();
        file.extend(text.bytes());
        file.extend(&bytes);
        let wanted = values(&[(Field::Question(1), "x"), (Field::Question(2), text.trim())]);
        let _ = write(&file, leavers(), &notes(), &wanted);
        let _ = write(&bytes, leavers(), &notes(), &wanted);
    }
}
