//! Citations in every spelling people use, and the numbers that are none.

use hipaa_binder::citation::{Citation, CitationError, Note, Resolution, find};
use hipaa_binder::rule::rule;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What `find` makes of a text, in one line: the exact text of each item and what it stands for.
fn found(text: &str) -> String {
    let items: Vec<String> = find(text)
        .iter()
        .map(|found| {
            let exact = &text[found.range.clone()];
            let citations: Vec<String> = found.citations.iter().map(Citation::to_string).collect();
            let mark = match found.whole {
                Resolution::Row(_) => "",
                Resolution::Paragraph { .. } => "~",
                Resolution::Section => "§",
                Resolution::Unknown { .. } => "?",
            };
            format!("{exact} => {mark}{}", citations.join(" "))
        })
        .collect();
    items.join(" | ")
}

/// The lines of a data file: what is written, a tab, what is expected. `\n` and `\t` stand for themselves.
fn cases(table: &'static str) -> impl Iterator<Item = (String, &'static str)> {
    table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .map(|line| {
            let (text, expected) = line
                .split_once('\t')
                .unwrap_or_else(|| panic!("no tab in: {line}"));
            (text.replace("\\n", "\n"), expected)
        })
}

#[test]
fn spellings_in_prose() {
    let table = include_str!("data/citations-in-prose.tsv");
    assert!(cases(table).count() >= 120);
    let mut wrong = String::new();
    for (text, expected) in cases(table) {
        let got = found(&text);
        let got = if got.is_empty() {
            "-".to_owned()
        } else {
            got.replace("\n", "\\n")
        };
        if got != expected {
            wrong.push_str(&format!("\n{text:?}\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn spellings_in_fields() {
    let mut wrong = String::new();
    for (text, expected) in cases(include_str!("data/citations-in-fields.tsv")) {
        let got = match Citation::parse_list(&text) {
            Ok(parsed) => parsed
                .citations
                .iter()
                .map(Citation::to_string)
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => format!("! {error}. {}", error.help()),
        };
        if got != expected {
            wrong.push_str(&format!("\n{text:?}\n  expected {expected}\n  got      {got}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn one_citation_is_wanted_where_one_belongs() {
    assert_eq!(
        Citation::parse("164.312(b), (d)"),
        Err(CitationError::Several { found: 2 })
    );
    assert_eq!(
        Citation::parse("164.312(b)").unwrap().first().to_string(),
        "164.312(b)"
    );
}

#[test]
fn a_locator_may_follow() {
    let (parsed, rest) = Citation::parse_start("§ 164.312(b) p. 3").unwrap();
    assert_eq!(
        (parsed.first().to_string().as_str(), rest),
        ("164.312(b)", "p. 3")
    );
    assert!(Citation::parse_start("p. 3").is_err());
    let (parsed, rest) = Citation::parse_start("164.308(a)(3)-(5) and 164.312(b), (d), p. 3").unwrap();
    let read: Vec<String> = parsed.citations.iter().map(ToString::to_string).collect();
    assert_eq!(
        read.join(" "),
        "164.308(a)(3) 164.308(a)(4) 164.308(a)(5) 164.312(b) 164.312(d)"
    );
    assert_eq!(rest, ", p. 3");
    assert!(Citation::parse_start("164.308(a)(7)-(9)").is_err());
}

#[test]
fn the_reader_is_told_how_an_odd_one_was_read() {
    let parsed = Citation::parse("164.308(b)(4)").unwrap();
    assert_eq!(
        (parsed.first().to_string().as_str(), parsed.notes.as_slice()),
        ("164.308(b)(3)", &[Note::Renumbered][..])
    );
    assert!(
        Note::Renumbered
            .to_string()
            .contains("164.308(b)(4) was renumbered 164.308(b)(3) in 2013")
    );
    assert_eq!(find("164.308(b)(4)")[0].notes, [Note::Renumbered]);
    assert_eq!(find("164.310©")[0].notes, [Note::CopyrightSign]);
}

#[test]
fn citations_are_ordered_as_in_the_rule() {
    let citation = |text: &str| text.parse::<Citation>().unwrap();
    assert!(citation("164.308(a)(1)(ii)(A)") < citation("164.308(a)(2)"));
    assert!(citation("164.308(a)(9)") < citation("164.308(a)(10)"));
    assert!(citation("164.308(b)(1)") < citation("164.310(a)"));
    let deep = citation("164.308(a)(1)(ii)(A)");
    assert!(deep.is_within(&citation("164.308(a)(1)")) && deep.is_within(&deep));
    assert!(!citation("164.308(a)(1)").is_within(&deep) && !deep.is_within(&citation("164.310")));
    assert_eq!(deep.slug(), "164.308-a-1-ii-a");
    assert_eq!(deep.parent().unwrap().to_string(), "164.308(a)(1)(ii)");
    assert_eq!(Citation::section_only(308).parent(), None);
}

#[test]
fn a_citation_is_a_string_in_json() {
    let deep: Citation = "164.308(a)(1)(ii)(A)".parse().unwrap();
    let json = serde_json::to_string(&deep).unwrap();
    assert_eq!(json, "\"164.308(a)(1)(ii)(A)\"");
    assert_eq!(serde_json::from_str::<Citation>(&json).unwrap(), deep);
    for wrong in [
        "164.308(a",
        "164.308(aa)",
        "164.30",
        "308(a)",
        "164.308(a)x",
        "164.é08",
    ] {
        assert!(wrong.parse::<Citation>().is_err(), "{wrong}");
    }
}

#[test]
fn a_range_names_rows_and_links_to_them() {
    let found = &find("§§ 164.308(a)(3)-(5)")[0];
    let rows: Vec<String> = found.rows().iter().map(ToString::to_string).collect();
    assert_eq!(rows, ["164.308(a)(3)(i)", "164.308(a)(4)(i)", "164.308(a)(5)(i)"]);
    let paragraph = &find("164.316(b)(1)(ii)")[0];
    assert_eq!(paragraph.rows(), []);
    assert_eq!(paragraph.links()[0].to_string(), "164.316(b)(1)");
}

/// Every paragraph of the rule: rows, their elements, and the paragraphs around them.
fn paragraphs() -> Vec<Citation> {
    let rows = rule().rows().iter().map(|row| row.citation);
    let elements = rule()
        .rows()
        .iter()
        .flat_map(|row| row.elements.iter().map(|element| element.citation));
    let mut all: Vec<Citation> = rows
        .chain(elements)
        .chain(rule().contexts().iter().map(|context| context.citation))
        .collect();
    all.sort();
    all
}

/// The ways to write the levels of a citation.
fn written(citation: &Citation, style: usize) -> String {
    let plain = citation.to_string();
    let (section, levels) = plain.split_once('(').unwrap_or((&plain, ""));
    let levels: Vec<&str> = levels
        .split(['(', ')'])
        .filter(|level| !level.is_empty())
        .collect();
    let join = |open: &str, close: &str| {
        let levels: Vec<String> = levels
            .iter()
            .map(|level| format!("{open}{level}{close}"))
            .collect();
        format!("{section}{}", levels.concat())
    };
    match style {
        0 => plain,
        1 => join("(", ")").to_uppercase(),
        2 => join("(", ")").to_lowercase(),
        3 => join(" (", ")"),
        4 => join("('", "')"),
        5 => join("(“", "”)"),
        6 => join("&#40;", ")"),
        7 => join("&lpar;", "&rpar;"),
        8 => join("（", "）"),
        9 => join("[", "]"),
        10 => join("\\(", "\\)"),
        11 => join("( ", " )"),
        12 => join(".", ""),
        13 => join("", ""),
        _ => citation.slug(),
    }
}

const STYLES: usize = 15;
const PREFIXES: [&str; 9] = [
    "",
    "§",
    "§ ",
    "§\u{a0}",
    "45 CFR ",
    "45 C.F.R. § ",
    "45 CFR Part ",
    "&sect;&nbsp;",
    "45 CFR Sec. ",
];

#[test]
fn slugs_tell_all_paragraphs_apart() {
    let slugs: std::collections::BTreeSet<String> = paragraphs().iter().map(Citation::slug).collect();
    assert_eq!(slugs.len(), paragraphs().len());
    assert!(slugs.iter().all(|slug| {
        slug.chars()
            .all(|ch| matches!(ch, 'a'..='z' | '0'..='9' | '-' | '.'))
    }));
}

#[test]
fn every_paragraph_is_read_back_from_every_spelling() {
    for citation in paragraphs() {
        for style in 0..STYLES {
            for prefix in PREFIXES {
                let text = format!("{prefix}{}", written(&citation, style));
                let parsed = Citation::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
                assert_eq!(parsed.first(), citation, "{text}");
                let found = find(&text);
                assert_eq!(found.len(), 1, "{text}");
                assert_eq!(
                    (&found[0].citations[..], &found[0].range),
                    (&[citation][..], &(0..text.len())),
                    "{text}"
                );
            }
        }
    }
}

/// Prose that holds no citation and doesn't run into one.
fn prose() -> impl Strategy<Value = String> {
    let words = select(vec![
        "the",
        "policy",
        "(see below)",
        "and",
        "of",
        "a",
        "2026-11-20",
        "555-0142",
        "$1,164.50",
        "(c)",
        "–",
        "“so”",
        "naïve",
        "診療所",
        "\n\n",
        "[x]",
        "164",
        "§",
        "to",
        "1.",
        "e.g.",
        "💊",
        "&amp;",
        "b)",
        "45",
    ]);
    prop::collection::vec(words, 0..12).prop_map(|words| words.join(" "))
}

/// Pieces that citations are made of, in any order: near misses of every kind.
fn pieces() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "164",
        ".",
        "308",
        "310",
        "312",
        "316",
        "309",
        "(a)",
        "(1)",
        "(ii)",
        "(A)",
        "(b)",
        "(9)",
        "-",
        "–",
        "to ",
        " through ",
        ", ",
        " and ",
        "; ",
        "/",
        "§",
        "&#40;",
        "&",
        "45 CFR ",
        "©",
        "[1]",
        "é",
        "\u{200b}",
        "\\",
        "(",
        ")",
        "'",
        " ",
        "\n",
        "a",
        "iv",
        "164.308",
        "164.310(d)(2)",
        ".314",
        "www.",
        "://",
        "HIPAA-",
        "$",
        "，",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// What holds of every result, whatever the text.
fn check(text: &str) {
    let mut settled = 0;
    for found in find(text) {
        assert!(
            found.range.start >= settled && found.range.end > found.range.start,
            "{text:?}: {found:?}"
        );
        let exact = text
            .get(found.range.clone())
            .unwrap_or_else(|| panic!("{text:?}: {found:?}"));
        assert!(
            !exact.starts_with(char::is_whitespace) && !exact.ends_with(char::is_whitespace),
            "{exact:?}"
        );
        let known = found
            .citations
            .iter()
            .all(|citation| rule().resolve(citation).is_known());
        assert!(
            !found.whole.is_known() || (known && !found.citations.is_empty()),
            "{text:?}: {found:?}"
        );
        settled = found.range.end;
    }
    let _ = Citation::parse_list(text);
    let _ = Citation::parse_start(text);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_trouble(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_mixture_of_pieces_is_read_without_trouble(text in pieces()) {
        check(&text);
    }

    #[test]
    fn a_citation_in_prose_is_found_exactly(
        before in prose(),
        after in prose(),
        which in any::<Index>(),
        style in 0..STYLES,
        prefix in select(&PREFIXES[..]),
    ) {
        let all = paragraphs();
        let citation = *which.get(&all);
        let exact = format!("{prefix}{}", written(&citation, style));
        let text = format!("{before}: {exact}. {after}");
        let start = before.len() + 2;
        let found = find(&text);
        prop_assert_eq!(found.len(), 1, "{}", &text);
        prop_assert_eq!(&found[0].range, &(start..start + exact.len()), "{}", &text);
        prop_assert_eq!(&found[0].citations, &vec![citation], "{}", &text);
    }

    #[test]
    fn prose_without_citations_has_none(text in prose()) {
        prop_assert_eq!(find(&text), vec![]);
    }

    #[test]
    fn what_is_read_from_a_field_is_printed_and_read_again(text in pieces()) {
        if let Ok(parsed) = Citation::parse_list(&text) {
            let printed: Vec<String> = parsed.citations.iter().map(Citation::to_string).collect();
            let again = Citation::parse_list(&printed.join("; ")).unwrap();
            prop_assert_eq!(again.citations, parsed.citations);
        }
    }
}
