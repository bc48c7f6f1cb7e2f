//! What Markdown becomes, by example.

use super::*;
use crate::diagnostic::Source;

/// The HTML of a text that stands on its own page, with headings from level 2 on.
fn html(text: &str) -> String {
    shown(text, Ids::Own).html.as_str().trim_end().to_string()
}

fn shown(text: &str, ids: Ids<'_>) -> Rendered {
    let (document, _) = crate::markdown::parse(&Source::new("policies/a.md", text), 0);
    let targets = Targets::default();
    let setting = Setting {
        targets: &targets,
        page: "policies/a.html",
        file: "policies/a.md",
        document: &document.into(),
        level: 2,
        ids,
        title: "Sanction policy",
    };
    super::document(setting)
}

#[test]
fn html_in_markdown_is_shown_as_text() {
    assert_eq!(
        html("a <b onclick=x>c</b>"),
        "<p>a <code>&lt;b onclick=x&gt;</code>c<code>&lt;/b&gt;</code></p>"
    );
    assert!(html("<script>\nalert(1)\n</script>").starts_with("<pre tabindex=\"0\"><code>&lt;script&gt;\n"));
}

#[test]
fn headings_stand_under_the_page_and_skip_no_level() {
    let levels = |text: &str| {
        let html = html(text);
        html.match_indices("<h")
            .map(|(i, _)| html.as_bytes()[i + 2] as char)
            .collect::<String>()
    };
    assert_eq!(levels("# One\n\n### Deep\n\n## Two\n\n# Three"), "2332");
    assert_eq!(levels("### First\n\n## Second\n\n##### Under it"), "223");
    assert_eq!(
        levels("# Sanction policy\n\n## Purpose"),
        "2",
        "the page's own title is not repeated"
    );
}

#[test]
fn a_citation_leads_to_its_row_and_is_never_broken() {
    assert_eq!(
        html("See \u{a7} 164.312(b)."),
        "<p>See <a class=\"cite\" href=\"../standards/164.312-b.html\">\u{a7} 164.312(b)</a>.</p>"
    );
    assert_eq!(html("`164.312(b)`"), "<p><code>164.312(b)</code></p>");
}

#[test]
fn links_are_judged_and_refused_ones_keep_their_words() {
    assert_eq!(
        html("[site](https://a.example/?a=1&b=2)"),
        "<p><a class=\"outside\" rel=\"noopener noreferrer\" href=\"https://a.example/?a=1&amp;b=2\">site<span class=\"vh\"> (on another site)</span></a></p>"
    );
    let refused = shown("[press *here*](javascript:alert(1))", Ids::Own);
    assert_eq!(refused.html.as_str(), "<p>press <em>here</em></p>\n");
    assert_eq!(refused.broken[0].why, Why::Scheme);
    assert!(
        html("![a logo](https://a.example/x.png)").contains("<a class=\"outside\""),
        "no picture is fetched"
    );
}

#[test]
fn a_link_holds_no_other_link() {
    assert_eq!(
        html("[see <https://a.example/> here](https://b.example/)"),
        "<p><a class=\"outside\" rel=\"noopener noreferrer\" href=\"https://b.example/\">see https://a.example/ here\
         <span class=\"vh\"> (on another site)</span></a></p>"
    );
}

#[test]
fn tasks_are_boxes_that_nobody_can_tick() {
    assert_eq!(
        html("- [x] done\n- [ ] ask"),
        "<ul class=\"tasks\">\n<li><input type=\"checkbox\" disabled checked aria-label=\"done\"> done</li>\n\
         <li><input type=\"checkbox\" disabled aria-label=\"open\"> ask</li>\n</ul>"
    );
}

#[test]
fn tables_have_scopes_and_a_region_that_scrolls() {
    let table = html("| Who | Days |\n|---|--:|\n| Renata | 3 |");
    assert!(table.starts_with(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table: Who, Days\">"
    ));
    assert!(table.contains("<th scope=\"col\">Who</th><th scope=\"col\" class=\"right\">Days</th>"));
    let second = html("| Who |\n|---|\n| a |\n\n| Who |\n|---|\n| b |");
    assert!(second.contains("aria-label=\"Table: Who (2)\""));
    assert!(table.contains("<td>Renata</td><td class=\"right\">3</td>"));
}

#[test]
fn notes_lead_there_and_back_also_in_an_excerpt() {
    let text = "A[^x] and B[^x].\n\n[^x]: The note.";
    let own = html(text);
    assert!(
        own.contains("id=\"note-ref-1\" href=\"#note-1\"")
            && own.contains("id=\"note-ref-1-2\" href=\"#note-1\"")
    );
    assert!(own.contains("<li id=\"note-1\" value=\"1\">") && own.contains("href=\"#note-ref-1-2\""));
    let excerpt = shown(text, Ids::Excerpt("quote-3")).html;
    assert!(
        excerpt
            .as_str()
            .contains("id=\"quote-3-note-ref-1\" href=\"#quote-3-note-1\"")
    );
}
