use proptest::prelude::*;

use super::documents::sections;
use super::*;
use crate::diagnostic::Source;
use crate::markdown;
use crate::rule::rule;

fn document(text: &str) -> markdown::Document {
    let source = Source::new("policies/a.md", text);
    markdown::parse(&source, 0).0
}

#[test]
fn a_document_is_cut_at_its_headings() {
    let text = "# Sanction policy\n\nBefore any heading.\n\n## Who decides\n\nThe *medical director*[^1].\n\n\
                - first\n- second\n\n### Under it\n\n[^1]: In writing.\n";
    let made: Vec<_> = sections(&document(text), "Sanction Policy")
        .into_iter()
        .map(|s| format!("{}|{}|{}", s.anchor, s.title, s.text.replace('\n', "/")))
        .collect();
    assert_eq!(
        made,
        [
            "||Before any heading.",
            "who-decides|Who decides|The medical director./first/second",
            "under-it|Under it|/In writing.",
        ]
    );
}

#[test]
fn paragraphs_lead_to_their_rows_and_rows_to_themselves() {
    let places = rule().row_ids().map(|row| (row, row.index())).collect();
    let keys = citations::keys(&places);
    for row in rule().rows() {
        let key = row.citation.slug().trim_start_matches("164.").replace('-', "");
        assert_eq!(keys.get(&key), Some(&row.id.index()), "{key}");
    }
    assert_eq!(keys["308b4"], keys["308b3"], "as it was called until 2013");
    assert_eq!(keys["314a2ib"], keys["314a2i"]);
}

#[test]
fn a_small_index_reads_like_this() {
    let mut maker = Maker::default();
    let section = |anchor: &str, title: &str, text: &str| Section {
        anchor: anchor.into(),
        title: title.into(),
        text: text.into(),
    };
    maker.page("policies/a b.html", "A");
    maker.place(Kind::Policy, false, &section("", "", "One </script> text"));
    maker.place(Kind::Policy, false, &section("größe", "Größe", "Two"));
    maker.page("policies/a/1.0.html", "A, version 1.0");
    maker.place(Kind::Policy, true, &section("", "", "One </script> text"));
    let json = harmless(&serde_json::to_string(&maker.index).expect("JSON"));
    let shown = json.split_once("\"pages\":").map_or("", |(_, rest)| rest);
    assert_eq!(
        shown,
        "[[\"policies/a%20b.html\",\"A\"],[\"policies/a/1.0.html\",\"A, version 1.0\"]],\
         \"texts\":[\"One \\u003c/script\\u003e text\",\"Two\"],\
         \"places\":[[2,0,\"\",\"\",0,0],[2,0,\"gr%C3%B6%C3%9Fe\",\"Größe\",1,0],[2,1,\"\",\"\",0,1]],\"keys\":{}}"
    );
}

proptest! {
    #[test]
    fn any_text_stays_a_string_of_the_script(text in "(\\PC|[<>&\"'\\\\\u{2028}\u{2029}\u{0}-\u{1f}]|</script>|<!--|]]>){0,40}") {
        let json = serde_json::to_string(&text).expect("JSON");
        let safe = harmless(&json);
        let unsafe_ones = ['<', '>', '\u{2028}', '\u{2029}', '\n'];
        prop_assert!(!safe.contains(unsafe_ones), "{}", safe);
        prop_assert_eq!(serde_json::from_str::<String>(&safe).expect("JSON"), text);
    }
}
