//! The rule's data against a table that was written down independently of it, and against itself.

use std::collections::BTreeSet;

use hipaa_binder::citation::{Citation, Resolution};
use hipaa_binder::rule::{CallsFor, Condition, Designation, GoodAnswer, RequestKind, Row, RowKind, rule};

fn row(citation: &str) -> &'static Row {
    let citation: Citation = citation.parse().unwrap();
    &rule()[rule().row(&citation).unwrap()]
}

fn resolve(citation: &str) -> Resolution {
    rule().resolve(&citation.parse().unwrap())
}

#[test]
fn rows_are_those_of_the_table_in_its_order() {
    let table = include_str!("data/rows.tsv");
    let rows: Vec<String> = rule()
        .rows()
        .iter()
        .map(|row| {
            let designation = row.designation.map_or("-", Designation::as_str);
            format!("{}\t{}\t{designation}\t{}", row.citation, row.kind, row.title)
        })
        .collect();
    assert_eq!(rows, table.lines().skip(1).collect::<Vec<_>>());
}

#[test]
fn there_are_54_rows_in_the_safeguards_and_11_in_the_rest() {
    let count = |sections: &[u16], kind: RowKind, designation: Option<Designation>| {
        let rows = rule()
            .rows()
            .iter()
            .filter(|row| sections.contains(&row.section()) && row.kind == kind);
        rows.filter(|row| designation.is_none() || row.designation == designation)
            .count()
    };
    use Designation::{Addressable, Required};
    use RowKind::{Specification, Standard};
    for (sections, standards, required, addressable) in [
        (&[308][..], 9, 10, 11),
        (&[310], 4, 2, 6),
        (&[312], 5, 2, 5),
        (&[314], 2, 4, 0),
        (&[316], 2, 3, 0),
        (&[308, 310, 312], 18, 14, 22),
    ] {
        assert_eq!(count(sections, Standard, None), standards, "{sections:?}");
        assert_eq!(
            count(sections, Specification, Some(Required)),
            required,
            "{sections:?}"
        );
        assert_eq!(
            count(sections, Specification, Some(Addressable)),
            addressable,
            "{sections:?}"
        );
    }
    assert_eq!(rule().rows().len(), 65);
    assert_eq!(rule().rows_of_section(306).count(), 0);
}

#[test]
fn ids_count_the_rows_in_the_order_of_the_rule() {
    let ids: Vec<usize> = rule().row_ids().map(|id| id.index()).collect();
    assert_eq!(ids, (0..65).collect::<Vec<_>>());
    for (id, row) in rule().row_ids().zip(rule().rows()) {
        assert_eq!((row.id, id.citation()), (id, row.citation));
        assert_eq!(rule().row(&row.citation), Some(id));
    }
    assert!(
        rule()
            .rows()
            .is_sorted_by(|one, next| one.citation < next.citation)
    );
}

#[test]
fn every_specification_stands_under_a_standard_before_it() {
    for row in rule().rows() {
        match rule().standard_of(row.id) {
            Some(standard) => {
                assert_eq!(row.kind, RowKind::Specification, "{}", row.citation);
                assert_eq!(rule()[standard].kind, RowKind::Standard, "{}", row.citation);
                assert!(standard < row.id && rule().specifications_of(standard).contains(&row.id));
                assert!(row.designation.is_some() && rule()[standard].designation.is_none());
            }
            None => {
                assert_eq!(row.kind, RowKind::Standard, "{}", row.citation);
                assert_eq!(
                    row.designation.is_none(),
                    !rule().specifications_of(row.id).is_empty()
                );
            }
        }
    }
    let under = rule().specifications_of(row("164.310(d)(1)").id);
    let under: Vec<String> = under.iter().map(ToString::to_string).collect();
    assert_eq!(
        under.join(" "),
        "164.310(d)(2)(i) 164.310(d)(2)(ii) 164.310(d)(2)(iii) 164.310(d)(2)(iv)"
    );
}

#[test]
fn every_row_asks_and_requests_with_dense_numbers() {
    let mut questions = BTreeSet::new();
    let mut requests = BTreeSet::new();
    for row in rule().rows() {
        let place = row.citation.to_string();
        let numbers = |ids: Vec<u8>| ids.into_iter().zip(1..).all(|(id, wanted)| id == wanted);
        assert!(
            numbers(row.questions.iter().map(|question| question.id).collect()),
            "{place}"
        );
        assert!(
            numbers(row.requests.iter().map(|request| request.id).collect()),
            "{place}"
        );
        assert!(
            !row.questions.is_empty() && !row.hint.is_empty() && !row.calls_for.is_empty(),
            "{place}"
        );
        assert!(
            row.questions.iter().all(|question| question.ask.contains('?')),
            "{place}"
        );

        let kinds = |kind| row.requests.iter().filter(|request| request.kind == kind).count();
        assert_eq!(kinds(RequestKind::Policy), 1, "{place}");
        assert!(kinds(RequestKind::Evidence) >= 1, "{place}");
        assert_eq!(
            kinds(RequestKind::Alternative),
            usize::from(row.is_addressable()),
            "{place}"
        );

        questions.extend(row.questions.iter().map(|question| question.ask.as_str()));
        requests.extend(row.requests.iter().map(|request| row.request_id(request)));
    }
    assert_eq!(questions.len(), 179, "no question stands twice");
    assert!(requests.contains("164.310(d)(2)(i)/2"));
    assert_eq!(rule().protocol_edition(), 2016);
    assert!(rule().fallback_question().ends_with("protects as well?"));
}

/// Answers name questions by number: a change here breaks the binders of clinics.
#[test]
fn question_numbers_keep_their_meaning() {
    for (citation, id, words, good) in [
        ("164.308(a)(3)(ii)(C)", 1, "leaver checklist", GoodAnswer::Yes),
        ("164.308(a)(3)(ii)(C)", 2, "How many hours", GoodAnswer::Text),
        (
            "164.308(b)(3)",
            2,
            "missing, expired, or signed before 2013",
            GoodAnswer::No,
        ),
        ("164.310(b)", 2, "read any screen", GoodAnswer::No),
        ("164.312(a)(2)(i)", 2, "logins shared", GoodAnswer::No),
        ("164.312(d)", 2, "second step", GoodAnswer::Yes),
        ("164.316(b)(2)(iii)", 2, "follow every change", GoodAnswer::Yes),
        ("164.316(b)(2)(iii)", 3, "next review", GoodAnswer::Text),
    ] {
        let question = row(citation).question(id).unwrap();
        assert!(question.ask.contains(words), "{citation} {id}: {}", question.ask);
        assert_eq!(question.good, good, "{citation} {id}");
    }
    assert_eq!(row("164.312(d)").question(4), None);
}

/// Only a question that can be answered with yes or no may take one of them for a shortfall.
#[test]
fn yes_and_no_belong_to_questions_that_ask_for_them() {
    const OPENINGS: [&str; 8] = ["Is ", "Was ", "Are ", "Does ", "Do ", "Did ", "Can ", "Has "];
    for row in rule().rows() {
        for question in row
            .questions
            .iter()
            .filter(|question| question.good != GoodAnswer::Text)
        {
            let asks = OPENINGS.iter().any(|opening| question.ask.starts_with(opening));
            assert!(asks, "{} {}: {}", row.citation, question.id, question.ask);
        }
    }
}

#[test]
fn conditions_stand_on_the_five_conditional_rows() {
    let conditional: Vec<(String, Condition)> = rule()
        .rows()
        .iter()
        .filter_map(|row| {
            row.condition
                .map(|condition| (row.citation.to_string(), condition))
        })
        .collect();
    let expected = [
        ("164.308(a)(4)(ii)(A)", Condition::Clearinghouse),
        ("164.314(a)(2)(ii)", Condition::GovernmentArrangement),
        ("164.314(a)(2)(iii)", Condition::Subcontractors),
        ("164.314(b)(1)", Condition::GroupHealthPlan),
        ("164.314(b)(2)", Condition::GroupHealthPlan),
    ];
    assert_eq!(
        conditional,
        expected.map(|(citation, condition)| (citation.to_owned(), condition))
    );
    for row in rule().rows() {
        assert_eq!(
            row.condition.is_some(),
            row.applies_only_if.is_some(),
            "{}",
            row.citation
        );
    }
    assert_eq!(Condition::GroupHealthPlan.as_str(), "group_health_plan");
}

/// The words "Implement policies and procedures" call for just that, and so on through the rule.
#[test]
fn what_a_row_calls_for_follows_its_words() {
    for row in rule().rows() {
        let sentence = format!("{} {}", row.lead_in.as_deref().unwrap_or_default(), row.text).to_lowercase();
        let opening: String = sentence.split_whitespace().take(9).collect::<Vec<_>>().join(" ");
        let wanted = if opening.contains("policies and procedures") && row.section() != 316 {
            Some(CallsFor::PoliciesAndProcedures)
        } else if opening.contains("procedures") && row.section() != 316 {
            Some(CallsFor::Procedures)
        } else if opening.contains("mechanism") {
            Some(CallsFor::Mechanism)
        } else if row.section() == 314 {
            Some(CallsFor::Contract)
        } else {
            None
        };
        if let Some(wanted) = wanted {
            assert!(row.calls_for.contains(&wanted), "{}: {opening}", row.citation);
        }
    }
    assert_eq!(row("164.308(a)(1)(ii)(A)").calls_for, [CallsFor::Action]);
    assert_eq!(row("164.310(d)(2)(iii)").calls_for, [CallsFor::Record]);
    assert!(row("164.310(d)(2)(i)").calls_for_doing() && !row("164.312(e)(2)(ii)").calls_for_doing());
}

#[test]
fn the_words_of_the_law_stand_where_they_belong() {
    assert_eq!(
        row("164.308(a)(1)(ii)(C)").text,
        "Apply appropriate sanctions against workforce members who fail to comply with the security policies and \
         procedures of the covered entity or business associate."
    );
    assert_eq!(row("164.308(a)(5)(ii)(A)").lead_in.as_deref(), Some("Implement:"));
    assert_eq!(
        row("164.308(b)(1)").heading,
        "Business associate contracts and other arrangements."
    );
    assert_eq!(row("164.314(b)(2)").name(), "Plan document provisions");
    for row in rule().rows() {
        for element in &row.elements {
            assert!(
                element.citation.parent().unwrap() == row.citation,
                "{}",
                element.citation
            );
            assert!(row.text.contains(&element.text), "{}", element.citation);
        }
    }
    let general = rule().context(&"164.306(d)(3)(i)".parse().unwrap()).unwrap();
    assert!(
        general
            .text
            .as_deref()
            .unwrap()
            .starts_with("Assess whether each implementation specification")
    );
    let titles: Vec<&str> = rule()
        .sections()
        .iter()
        .map(|section| section.title.as_str())
        .collect();
    assert_eq!(
        titles[1..4],
        [
            "Administrative safeguards",
            "Physical safeguards",
            "Technical safeguards"
        ]
    );
    assert_eq!(
        rule()
            .section(310)
            .unwrap()
            .text
            .as_deref()
            .unwrap()
            .split(',')
            .next(),
        Some("A covered entity or business associate must")
    );
}

/// The regulation's words, all together, have one digest per edition. It was taken when the data had been compared
/// word by word with the eCFR text of 2026-07-01; an accidental edit of a single letter changes it.
#[test]
fn the_words_of_the_law_are_those_that_were_compared() {
    use sha2::{Digest, Sha256};
    let mut words = String::new();
    for section in rule().sections() {
        words.push_str(&format!(
            "{}\n{}\n",
            section.title,
            section.text.as_deref().unwrap_or_default()
        ));
    }
    for row in rule().rows() {
        let lead_in = row.lead_in.as_deref().unwrap_or_default();
        words.push_str(&format!(
            "{}\n{}\n{lead_in}\n{}\n",
            row.citation, row.heading, row.text
        ));
    }
    for context in rule().contexts() {
        let (heading, text) = (context.heading.as_deref(), context.text.as_deref());
        words.push_str(&format!(
            "{}\n{}\n{}\n",
            context.citation,
            heading.unwrap_or_default(),
            text.unwrap_or_default()
        ));
    }
    let digest: String = Sha256::digest(words)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        (rule().edition().id.as_str(), digest.as_str()),
        (
            "2013-omnibus",
            "8ad3a812b53ca3fa02a762b52b96dfb10813dc21d00651e54d6c8f164c52e7ce"
        )
    );
}

#[test]
fn the_form_of_appendix_a_names_the_row() {
    for number in [1, 3, 4, 5, 6, 7] {
        let short = format!("164.308(a)({number})");
        let row = row(&format!("{short}(i)")).id;
        assert_eq!(resolve(&short), Resolution::Row(row), "{short}");
    }
    assert_eq!(resolve("164.308(a)(2)"), Resolution::Row(row("164.308(a)(2)").id));
}

#[test]
fn a_paragraph_that_is_no_row_leads_to_the_row_above_it() {
    for (paragraph, above) in [
        ("164.316(b)(1)(ii)", Some("164.316(b)(1)")),
        ("164.314(a)(2)(i)(B)", Some("164.314(a)(2)(i)")),
        ("164.314(b)(2)(iii)", Some("164.314(b)(2)")),
        ("164.308(a)(1)(ii)", Some("164.308(a)(1)(i)")),
        ("164.310(d)(2)", Some("164.310(d)(1)")),
        ("164.312(e)", Some("164.312(e)(1)")),
        ("164.316(b)(2)", Some("164.316(b)(1)")),
        ("164.308(b)", Some("164.308(b)(1)")),
        ("164.308(b)(2)", Some("164.308(b)(1)")),
        ("164.308(a)", None),
        ("164.306(b)(2)(iv)", None),
        ("164.318(b)", None),
    ] {
        let above = above.map(|above| row(above).id);
        assert_eq!(resolve(paragraph), Resolution::Paragraph { above }, "{paragraph}");
    }
    for section in ["164.302", "164.304", "164.306", "164.308", "164.316", "164.318"] {
        assert_eq!(resolve(section), Resolution::Section, "{section}");
    }
}

#[test]
fn what_does_not_exist_comes_with_the_nearest_rows() {
    for (written, nearest) in [
        (
            "164.308(a)(9)",
            "164.308(a)(8) 164.308(a)(7)(i) 164.308(a)(7)(ii)(A)",
        ),
        (
            "164.308(a)(1)(ii)(E)",
            "164.308(a)(1)(ii)(D) 164.308(a)(1)(ii)(C) 164.308(a)(1)(ii)(B)",
        ),
        ("164.312(d)(1)", "164.312(d)"),
        ("164.309(a)(1)", "164.310(a)(1)"),
        ("164.306(f)", ""),
    ] {
        let Resolution::Unknown { nearest: got } = resolve(written) else {
            panic!("{written} is known")
        };
        let got: Vec<String> = got.iter().map(ToString::to_string).collect();
        assert!(
            got.join(" ").starts_with(nearest) && got.is_empty() == nearest.is_empty(),
            "{written}: {got:?}"
        );
    }
    // A level left out, and so not countable: found again by the levels that are there.
    assert_eq!(
        rule().nearest("164.308(a)(5)(B)")[0],
        row("164.308(a)(5)(ii)(B)").id
    );
}
