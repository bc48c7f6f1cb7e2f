//! Markdown in, outline out: one folder of `tests/cases/markdown` a case. `UPDATE_EXPECT=1` writes the outlines anew.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::outline::outline;
use super::{Block, BlockKind, Document, Inline, InlineKind, parse, text};
use crate::diagnostic::{Diagnostic, Range32, Source};

fn cases() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/markdown"))
}

fn read(markdown: &str) -> (Source, Document, Vec<Diagnostic>) {
    let source = Source::new("text.md", markdown);
    let (document, diagnostics) = parse(&source, 0);
    (source, document, diagnostics)
}

#[test]
fn cases_give_the_outlines_beside_them() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut folders: Vec<PathBuf> = fs::read_dir(cases())
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "the cases are missing");
    let mut wrong = Vec::new();
    for folder in folders {
        let markdown = fs::read_to_string(folder.join("in.md")).expect("in.md");
        let (source, document, diagnostics) = read(&markdown);
        let found = outline(&source, &document, &diagnostics);
        let file = folder.join("out.txt");
        if update {
            fs::write(&file, &found).expect("out.txt is written");
        } else if fs::read_to_string(&file).unwrap_or_default() != found {
            wrong.push(format!("--- {} gives\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls `see` with the range of every node, and with its text where the text must stand in the file as it is.
fn each_range(blocks: &[Block], see: &mut impl FnMut(Range32, Option<&str>)) {
    for block in blocks {
        see(block.range, None);
        match &block.kind {
            BlockKind::Heading(heading) => each_inline(&heading.inlines, see),
            BlockKind::Paragraph(inlines) => each_inline(inlines, see),
            BlockKind::List(list) => {
                for item in &list.items {
                    see(item.range, None);
                    each_range(&item.blocks, see);
                }
            }
            BlockKind::Quote(inner) => each_range(inner, see),
            BlockKind::Table(table) => {
                for cell in std::iter::once(&table.head).chain(&table.rows).flatten() {
                    each_inline(cell, see);
                }
            }
            BlockKind::Code { .. } | BlockKind::Rule | BlockKind::Html(_) => {}
        }
    }
}

fn each_inline(inlines: &[Inline], see: &mut impl FnMut(Range32, Option<&str>)) {
    for inline in inlines {
        let verbatim = match &inline.kind {
            InlineKind::Text(text) => Some(text.as_str()),
            _ => None,
        };
        see(inline.range, verbatim);
        match &inline.kind {
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                each_inline(inner, see);
            }
            InlineKind::Link { inlines, .. } => each_inline(inlines, see),
            _ => {}
        }
    }
}

/// Every range is inside the file, between characters, and not turned round.
fn check_ranges(source: &Source, document: &Document) {
    let mut check = |range: Range32, _: Option<&str>| {
        let range = range.as_range();
        assert!(
            source.text.get(range.clone()).is_some(),
            "{range:?} of {:?}",
            source.text
        );
    };
    each_range(&document.blocks, &mut check);
    for note in &document.footnotes {
        each_range(&note.blocks, &mut check);
    }
    for cited in &document.citations {
        check(cited.range, None);
        assert!(
            cited.block < document.blocks.len(),
            "{cited:?} in {:?}",
            source.text
        );
    }
    for part in document.parts() {
        assert!(part.blocks.end <= document.blocks.len());
        assert!(!part.anchor.is_empty());
    }
}

/// Pieces that Markdown gives a meaning to, and words.
fn markdown_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n"),
        Just("\n\n"),
        Just("\r\n"),
        Just("    "),
        Just("\t"),
        Just(" "),
        Just("# "),
        Just("## "),
        Just("> "),
        Just("- "),
        Just("- [ ] "),
        Just("- [x] "),
        Just("1. "),
        Just("*"),
        Just("**"),
        Just("_"),
        Just("~~"),
        Just("`"),
        Just("```\n"),
        Just("["),
        Just("]"),
        Just("]("),
        Just("!["),
        Just(")"),
        Just("[^a]"),
        Just("[^a]: "),
        Just("[^b]"),
        Just("[^b]: "),
        Just("<!-- "),
        Just(" -->"),
        Just("<b>"),
        Just("</b>"),
        Just("<div>\n"),
        Just("| "),
        Just("|-|-|\n"),
        Just("\\"),
        Just("&#40;"),
        Just("&copy;"),
        Just("164.308"),
        Just("(a)(1)"),
        Just("(ii)(A)"),
        Just("164.310(c)"),
        Just("164.308(z)"),
        Just("§ "),
        Just("é"),
        Just("日本"),
        Just("\0"),
        Just("---\n"),
        Just("\n===\n"),
        Just("word"),
        Just("don't"),
        Just("http://x.y"),
        Just("<a@b.c>"),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_gives_a_tree_with_ranges_in_the_file(markdown in ".{0,200}") {
        let (source, document, _) = read(&markdown);
        check_ranges(&source, &document);
    }

    #[test]
    fn any_markdown_gives_a_tree_with_ranges_in_the_file(markdown in markdown_text(), start in 0_usize..30) {
        let source = Source::new("text.md", markdown.as_str());
        let (document, _) = parse(&source, start);
        check_ranges(&source, &document);
    }

    /// Plain text pieces carry their own bytes, or stand for an escape or entity as a whole.
    #[test]
    fn text_stands_in_the_file_as_it_is(markdown in markdown_text()) {
        let (source, document, _) = read(&markdown);
        each_range(&document.blocks, &mut |range, text| {
            if let Some(text) = text && text.len() == range.as_range().len() {
                assert_eq!(source.text.get(range.as_range()), Some(text));
            }
        });
    }

    #[test]
    fn anchors_are_unique(titles in proptest::collection::vec("[ab §-]{0,4}|a-2|b 2", 1..12)) {
        let markdown: String = titles.iter().map(|title| format!("# {title}\n\n")).collect();
        let (_, document, _) = read(&markdown);
        let mut anchors: Vec<String> = document.parts().into_iter().map(|part| part.anchor).collect();
        anchors.sort();
        let all = anchors.len();
        anchors.dedup();
        prop_assert_eq!(anchors.len(), all);
    }

    /// Prose set in every sort of block and style comes out word for word.
    #[test]
    fn no_word_is_lost(words in proptest::collection::vec("[a-z]{1,6}", 1..20), shape in 0_usize..12) {
        let prose = words.join(" ");
        let markdown = match shape {
            0 => prose.clone(),
            1 => format!("# {prose}"),
            2 => format!("> > {prose}"),
            3 => format!("- {prose}\n  - [ ] x{prose}"),
            4 => format!("| {prose} |\n|---|\n| {prose} |"),
            5 => format!("*{prose}* **{prose}** ~~{prose}~~"),
            6 => format!("[{prose}](there) ![{prose}](picture.png)"),
            7 => format!("```\n{prose}\n```\n\n    {prose}"),
            8 => format!("see[^n]\n\n[^n]: {prose}"),
            9 => format!("[^n]: {prose}"),
            10 => format!("<p>{prose}</p>\n\n{prose} <b>{prose}</b>"),
            _ => words.join("\n164.308(a)(1)\n"),
        };
        let (_, document, _) = read(&markdown);
        let text = text::document(&document);
        prop_assert!(text.split_whitespace().count() > 0);
        for word in &words {
            prop_assert!(text::words(&text).any(|found| found.trim_start_matches('x') == word.trim_start_matches('x')), "{word} of {markdown:?} is not in {text:?}");
        }
    }
}

#[test]
fn hostile_texts_are_read_in_one_go() {
    let hostile = [
        "> ".repeat(10_000) + "deep",
        "- ".repeat(10_000) + "deep",
        "1. ".repeat(10_000) + "deep",
        "[".repeat(10_000) + "deep",
        "![".repeat(10_000) + "deep" + &"](x)".repeat(10_000),
        "[".repeat(10_000) + "deep" + &"](x)".repeat(10_000),
        "*a **b ".repeat(10_000) + "deep" + &"** *".repeat(10_000),
        "> [^a]: - ".repeat(3_000) + "deep",
        "a ".to_owned() + &"`".repeat(10_000) + "deep",
        "~~a ".repeat(10_000) + "deep",
        "deep <".repeat(10_000),
        "deep <!-- ".repeat(10_000),
        "deep _".repeat(10_000),
        "# deep\n".repeat(10_000),
        "[^a]".repeat(10_000) + "\n\n[^a]: deep",
        "164.308(z) deep ".repeat(10_000),
        "164.308(a)(1)(ii)(A) deep ".repeat(10_000),
        format!(
            "{}\n{}\n{}\n",
            "|a".repeat(2_000),
            "|-".repeat(2_000),
            "|deep\n".repeat(2_000)
        ),
        "deep ".repeat(800_000),
        "deep [x".repeat(100_000),
        "&#40;deep ".repeat(100_000),
    ];
    for markdown in hostile {
        let (source, document, diagnostics) = read(&markdown);
        if document.citations.len() < 100 {
            check_ranges(&source, &document);
        }
        assert!(diagnostics.len() < 100, "{}", &markdown[..20]);
        assert!(text::document(&document).contains("deep"), "{}", &markdown[..20]);
        assert!(!format!("{document:?}").is_empty());
    }
}

#[test]
fn notes_that_lead_to_each_other_begin_in_the_text() {
    let (_, document, _) = read("[^a]: x[^b] 164.312(b)\n\n[^b]: y[^a] 164.312(d)\n\n# Top\n\nz[^a]\n");
    for used in &document.citations {
        assert_eq!((used.block, used.under.as_str()), (1, "top"), "{used:?}");
    }
    assert_eq!(document.citations.len(), 2);
}

#[test]
fn the_front_matter_is_passed_over() {
    let source = Source::new("text.md", "+++\nid = 1\n+++\n# One 164.312(b)\n");
    let (document, _) = parse(&source, 15);
    assert_eq!(document.blocks.len(), 1);
    assert_eq!(
        source.text.get(document.citations[0].range.as_range()),
        Some("164.312(b)")
    );
    assert_eq!(source.place(document.blocks[0].range.as_range()).line, 4);
    assert!(parse(&source, 900).0.blocks.is_empty());
}

#[test]
fn words_are_letters_and_digits() {
    let words: Vec<&str> = text::words("Don't 'quote' follow-up, 24/7 — 164.308(a)!").collect();
    assert_eq!(
        words,
        ["Don't", "quote", "follow", "up", "24", "7", "164", "308", "a"]
    );
}

/// Examples after the CommonMark specification, the odd corners of each chapter: all give a tree in range.
#[test]
fn the_corners_of_commonmark_give_a_tree() {
    let examples = [
        "\tfoo\tbaz\t\tbim",
        "  - foo\n\n\tbar",
        ">\t\tfoo",
        "-\t\tfoo",
        "- `one\n- two`",
        "\\!\\\"\\#\\$\\%\\&",
        "&nbsp; &amp; &copy; &AElig; &#35; &#1234; &#0; &#x22; &nope; &#87654321;",
        "***\n---\n___\n+++\n--\n**",
        "####### foo\n#5 bolt\n\\## foo\n# foo ##################################",
        "Foo *bar*\n=========\n\n> foo\nbar\n===",
        "    a simple\n      indented code block\n\n```\n<\n >\n```\n````\naaa\n```\n``````",
        "~~~~    ruby startline=3 $%@#$\ndef foo(x)\n~~~~~~~",
        "<table><tr><td>\n<pre>\n**Hello**,\n\n_world_.\n</pre>\n</td></tr></table>",
        "<?php\n\n  echo '>';\n\n?>\nokay <![CDATA[ x ]]> <!X>",
        "[foo]: /url \"title\"\n\n[foo]\n\n[ΑΓΩ]: /φου\n\n[αγω]",
        "[foo]: <>\n\n[foo] [bar][foo] ![foo][] [foo]()",
        "   > # Foo\n   > bar\n > baz",
        "> - foo\n- bar\n\n> ```\nfoo\n```",
        "1.  A paragraph\n    with two lines.\n\n        indented code\n\n    > A block quote.",
        "-\n  foo\n-\n  ```\n  bar\n  ```\n-   \n      baz",
        "- a\n > b\n ```\n c\n ```\n- d\n\n\n  - e\n1) x\n2. y\n123456789. z\n1234567890. no",
        "`` foo ` bar ``  ` `` `  `foo``bar`` `foo\nbar `",
        "*foo**bar**baz* ***foo** bar* **foo*bar*baz** foo******bar*********baz _a_b_ __a__b__",
        "*[foo*](/uri) [link [foo [bar]]](/uri) [a](<b)c> ![[[foo](uri1)](uri2)](uri3)",
        "[link](foo\\bar \"a \\\"b\\\" &quot;\") [link](   /uri\n  \"title\"  ) [a](b(c(d)))",
        "<http://foo.bar.baz> <MAILTO:FOO@BAR.BAZ> <foo\\+@bar.example.com> <> <a:b>",
        "<a foo=\"bar\" bam = 'baz <em>\"</em>'\n_boolean zoop:33=zoop33 /> </a href=\"foo\">",
        "foo  \n     bar\\\nbaz\n\nfoo\\",
        "| a | b |\n| - | :-: |\n| \\| | `\\|` |\n> bar\n\n| no |\n| - | - |",
        "~~Hi~~ Hello, ~there~ ~~~not~~~",
        "- [ ]\n- [x]foo\n- [ ] \n  a\n- [y] b",
        "\u{feff}# bom\n\rlone\rreturns\r",
    ];
    for markdown in examples {
        let (source, document, _) = read(markdown);
        check_ranges(&source, &document);
        assert!(
            !document.blocks.is_empty() || markdown.starts_with("[foo]: <"),
            "{markdown:?}"
        );
    }
}
