//! How well citations are found in texts as people write them: recall and precision on a labelled set.
//!
//! `tests/data/citation-set.tsv` marks each citation and says what it names. Well-formed ones must all be found, with their
//! exact words, and nothing else may be. What is malformed is measured, and the measure is held.

use std::collections::BTreeMap;

use hipaa_binder::diagnostic::Source;
use hipaa_binder::markdown;
use hipaa_binder::rule::rule;

/// A citation: its bytes in the text, and the rows it leads to.
type Cited = (std::ops::Range<usize>, Vec<String>);

struct Case {
    kind: char,
    text: String,
    wanted: Vec<Cited>,
}

fn cases() -> Vec<Case> {
    let mut cases = vec![];
    for line in include_str!("data/citation-set.tsv").lines() {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let parts: Vec<&str> = line.split('\t').collect();
        let [kind, marked, named] = parts.as_slice() else {
            panic!("three columns: {line}");
        };
        let mut text = String::new();
        let mut ranges = vec![];
        for ch in marked
            .replace("\\\\", "\u{1}")
            .replace("\\n", "\n")
            .replace('\u{1}', "\\")
            .chars()
        {
            match ch {
                '⟦' => ranges.push(text.len()..text.len()),
                '⟧' => ranges.last_mut().expect("an opening mark").end = text.len(),
                ch => text.push(ch),
            }
        }
        let rows: Vec<Vec<String>> = named
            .split(" | ")
            .filter(|named| !named.is_empty())
            .map(|named| named.split(' ').flat_map(links).collect())
            .collect();
        assert_eq!(ranges.len(), rows.len(), "a name for each mark: {line}");
        cases.push(Case {
            kind: kind.chars().next().expect("a kind"),
            text,
            wanted: ranges.into_iter().zip(rows).collect(),
        });
    }
    cases
}

/// The row that a citation leads to; none for a place that has no row.
fn links(citation: &str) -> Option<String> {
    let citation = citation.parse().ok()?;
    rule().resolve(&citation).link().map(|row| row.to_string())
}

fn found(text: &str) -> Vec<Cited> {
    let (document, _) = markdown::parse(&Source::new("a.md", text), 0);
    let cited = document.citations.iter();
    cited
        .map(|cited| {
            let rows = cited.rows.iter().map(ToString::to_string).collect();
            (cited.range.as_range(), rows)
        })
        .collect()
}

#[derive(Default)]
struct Score {
    wanted: usize,
    hit: usize,
    found: usize,
    wrong: String,
}

fn score() -> BTreeMap<char, Score> {
    let mut scores: BTreeMap<char, Score> = BTreeMap::new();
    for case in cases() {
        let got = found(&case.text);
        let score = scores.entry(case.kind).or_default();
        let hits = case.wanted.iter().filter(|wanted| got.contains(wanted)).count();
        score.wanted += case.wanted.len();
        score.hit += hits;
        // A whole section leads nowhere: where nothing is meant, only a link is wrong.
        let counted = |cited: &&Cited| case.kind == 'W' || !cited.1.is_empty();
        score.found += got.iter().filter(counted).count();
        if hits != case.wanted.len() || got.iter().filter(counted).count() != hits {
            let shown = |cited: &[Cited]| {
                let words = cited
                    .iter()
                    .map(|(range, rows)| format!("{:?} = {}", &case.text[range.clone()], rows.join(" ")));
                words.collect::<Vec<_>>().join(", ")
            };
            score.wrong += &format!(
                "\n{:?}\n  wanted {}\n  found  {}",
                case.text,
                shown(&case.wanted),
                shown(&got)
            );
        }
    }
    scores
}

#[test]
fn the_set_is_large_and_says_what_it_says() {
    let cases = cases();
    let marked: usize = cases.iter().map(|case| case.wanted.len()).sum();
    assert!(marked >= 300, "{marked} citations");
    assert!(cases.iter().filter(|case| case.kind == 'N').count() >= 60);
    let mut texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), cases.len(), "no text twice");
}

#[test]
fn every_well_formed_citation_is_found_and_nothing_else() {
    let scores = score();
    let (well, none) = (&scores[&'W'], &scores[&'N']);
    assert!(well.wrong.is_empty(), "{}", well.wrong);
    assert!(none.wrong.is_empty(), "false links:{}", none.wrong);
    assert_eq!((well.hit, well.found, none.found), (well.wanted, well.wanted, 0));
}

/// Ten of forty are read in full. Nine more lead to a row: two to the right one with one sign less around it, seven to the row
/// above, or to parts of it. None leads to a row that has nothing to do with what was meant.
#[test]
fn of_the_malformed_the_measure_is_held() {
    let scores = score();
    let malformed = &scores[&'M'];
    assert_eq!(
        (malformed.wanted, malformed.hit, malformed.found),
        (40, 10, 19),
        "{}",
        malformed.wrong
    );
}
