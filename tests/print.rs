//! The printed binder: any Markdown prints, none of it runs, and what the page says is what the file says.
//!
//! The words of a PDF are read back with `pdftotext` (poppler-utils).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use hipaa_binder::binder::{Binder, Options, join};
use hipaa_binder::content::config::{Config, Paper, Practice};
use hipaa_binder::content::{self, Content, Handling, Policy, PolicyKind};
use hipaa_binder::diagnostic::{Diagnostic, Place, Source};
use hipaa_binder::markdown::{self, Document};
use hipaa_binder::print::{Printed, render};
use hipaa_binder::rule::rule;
use hipaa_binder::theme::Theme;
use hipaa_binder::world::{Folder, read};
use jiff::civil::date;
use proptest::prelude::*;

mod support;
use support::pdf::poppler;

fn options() -> Options {
    Options {
        pdf: true,
        ..Options::new(date(2026, 11, 20))
    }
}

fn config() -> Config {
    let name = "Larkspur Family Medicine".to_string();
    let practice = Practice {
        legal_name: format!("{name}, PLLC"),
        name,
        ..Practice::default()
    };
    Config {
        practice,
        retention_years: 6,
        ..Config::default()
    }
}

/// A draft policy with this Markdown as its body.
fn policy(id: &str, text: &str) -> Policy {
    let path: Arc<str> = format!("policies/{id}.md").into();
    let (body, _) = markdown::parse(&Source::new(path.clone(), text), 0);
    Policy {
        id: id.to_string(),
        version: "1.0".to_string(),
        kind: PolicyKind::Policy,
        title: format!("Title of {id}"),
        path: path.clone(),
        place: Place::file(path),
        satisfies: vec![],
        owner: None,
        effective: None,
        approved: None,
        approved_by: None,
        approved_text: None,
        approved_sheet: None,
        text_digest: String::new(),
        superseded: None,
        review_every: None,
        revisions: vec![],
        reviews: vec![],
        starter: None,
        body_digest: String::new(),
        body: body.into(),
        sections: vec![],
        placeholders: vec![],
        handling: Handling::default(),
    }
}

fn binder(config: Config, policies: Vec<Policy>, options: &Options) -> Binder {
    let content = Content {
        config,
        answers: vec![],
        policies,
        approved: vec![],
        records: vec![],
        registers: BTreeMap::new(),
        exhibits: vec![],
    };
    join(
        content,
        &[],
        options,
        &format!("sha256:{}", "0123456789ab".repeat(5) + "cdef"),
    )
    .0
}

fn print(binder: &Binder, folder: &Folder) -> (Printed, Vec<Diagnostic>) {
    render(binder, &Theme::with_overrides(folder), folder).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// The texts of the tests below, printed once as policies of one binder: a whole binder takes seconds.
static TEXTS: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    BTreeMap::from([
        ("markup", MARKUP.join("\n\n")),
        ("blocks", BLOCKS.to_string()),
        ("links", LINKS.to_string()),
        ("nesting", nesting()),
        ("table", wide_table()),
    ])
});

static PRINTED: LazyLock<String> = LazyLock::new(|| {
    let marked = |(id, text): (&&str, &String)| {
        policy(
            id,
            &format!("Here-begins-{id}\n\n{text}\n\n***\n\nHere-ends-{id}"),
        )
    };
    let (printed, _) = print(
        &binder(config(), TEXTS.iter().map(marked).collect(), &options()),
        &Folder::default(),
    );
    words(&printed.pdf, BODY)
});

/// Arguments of `pdftotext` that leave out heads and feet.
const BODY: &[&str] = &["-x", "0", "-y", "62", "-W", "612", "-H", "664"];

/// The words of the pages of one of [`TEXTS`].
fn printed_words(id: &str) -> &'static str {
    let (start, end) = (format!("Here-begins-{id}"), format!("Here-ends-{id}"));
    let from = PRINTED.find(&start).expect("the text is printed") + start.len();
    let to = PRINTED.rfind(&end).expect("the text is printed to its end");
    &PRINTED[from..to]
}

/// The text of a PDF, in reading order of the page.
fn words(pdf: &[u8], more: &[&str]) -> String {
    let args = [more, &["-raw"]].concat();
    poppler("pdftotext", &args, pdf)
}

/// The letters of a text, without white space: what must not change between file and paper.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect()
}

/// Every word of `expected` stands in `printed`, in order.
#[track_caller]
fn assert_in_order(printed: &str, expected: &str) {
    let printed = letters(printed);
    let mut at = 0;
    for word in expected.split_whitespace() {
        match printed[at..].find(word) {
            Some(found) => at += found + word.len(),
            None => panic!(
                "{word:?} is lost after {:?} in {printed}",
                &printed[at.saturating_sub(60)..at]
            ),
        }
    }
}

/// Each is a paragraph of its own and no Markdown: what is typed is what must be read.
const MARKUP: &[&str] = &[
    r##"#read("/etc/passwd") and #sys.version and #eval("1+1")"##,
    r##"$x^2$ and @ref and #let x = 1; #panic("no") = heading"##,
    r##"text"];#panic("out")[#"text and ");#panic("out");("##,
    r##"// comment and /* comment */ and ~ and --- and ..."##,
    r##"#include "other.typ" and #import "@preview/a:1.0.0""##,
    r##"C:\\Users\\Frontdesk and \u{41} and \n and \""##,
];

#[test]
fn markup_of_the_layout_language_prints_as_it_stands() {
    let printed = letters(printed_words("markup"));
    for line in MARKUP {
        // In Markdown a backslash before punctuation is an escape.
        let read = letters(&line.replace(r"\\", r"\").replace("\\\"", "\""));
        assert!(printed.contains(&read), "{read}\nis not in\n{printed}");
    }
}

const BLOCKS: &str = r#"
### It starts at level three

Words with **bold**, *italic*, ~~struck~~ and `code`.

###### Then level six
# Then level one
#### Then four

- one
  1. two
     - three

       four

- [ ] open task
- [x] done task

> quoted
>
> # heading in a quotation

```sh
echo "five" # six
```

| Head | Other |
|---|--:|
| seven | eight |
| **nine** | `ten` |

<b>raw</b> words[^n].

[^n]: Eleven.
"#;

#[test]
fn every_kind_of_block_prints_its_words() {
    assert_in_order(
        printed_words("blocks"),
        r#"It starts at level three Words with bold, italic, struck and code. Then level six Then level one Then four
        one two three four [ ] open task [x] done task quoted heading in a quotation echo "five" # six
        Head Other seven eight nine ten <b>raw</b> words"#,
    );
}

const COLUMNS: usize = 12;

fn wide_table() -> String {
    let long = "averyveryveryverylongwordwithoutanyplacetobreakit";
    let mut table = String::new();
    for row in 0..40 {
        for column in 0..COLUMNS {
            let cell = match (row + column) % 4 {
                0 => format!("r{row}c{column} {long}"),
                1 => format!("r{row}c{column} several words in a cell"),
                2 => format!("r{row}c{column} 164.308(a)(1)(ii)(A)"),
                _ => format!("r{row}c{column}"),
            };
            table.push_str(&format!("| {cell} "));
        }
        table.push_str("|\n");
        if row == 0 {
            table.push_str(&"|---".repeat(COLUMNS));
            table.push_str("|\n");
        }
    }
    table
}

#[test]
fn no_cell_of_a_wide_table_is_cut() {
    let printed = letters(printed_words("table"));
    for row in 1..40 {
        for column in 0..COLUMNS {
            let name = format!("r{row}c{column}");
            assert!(printed.contains(&name), "the cell {name} is lost");
        }
    }
}

#[test]
fn words_of_a_table_do_not_run_into_each_other() {
    let long = "Donaudampfschifffahrtsgesellschaft/with/a/path/and-more";
    let row = format!("| {long} | a **{long}**b`{long}` | {long} | {long} | 2026-01-01 | {long} |\n");
    let text = format!("| A | B | C | D | E | F |\n|---|---|---|---|---|---|\n{row}{row}");
    let (printed, _) = print(
        &binder(config(), vec![policy("text", &text)], &options()),
        &Folder::default(),
    );
    let boxes = words(&printed.pdf, &["-bbox"]);
    let mut on_page: Vec<[f64; 4]> = vec![];
    let mut checked = 0;
    for line in boxes.lines() {
        if line.contains("<page") {
            on_page.clear();
        }
        let Some(rest) = line.trim().strip_prefix("<word ") else {
            continue;
        };
        let numbers: Vec<f64> = rest
            .split('"')
            .filter_map(|part| part.parse().ok())
            .take(4)
            .collect();
        let [left, top, right, bottom] = numbers[..] else {
            continue;
        };
        assert!(
            left >= 0.0 && right <= 612.0 && top >= 0.0 && bottom <= 792.0,
            "off the sheet: {line}"
        );
        for other in &on_page {
            // Half a point: rounding. Vertically, the boxes of two lines may touch.
            let over = (right.min(other[2]) - left.max(other[0]) > 0.5)
                && (bottom.min(other[3]) - top.max(other[1]) > 0.45 * (bottom - top));
            assert!(!over, "{line} is printed over {other:?}");
        }
        on_page.push([left, top, right, bottom]);
        checked += 1;
    }
    assert!(checked > 2000, "the whole binder was looked at");
}

#[test]
fn characters_without_a_font_leave_a_visible_mark_and_a_warning() {
    let text = "Plain line.\n\nNguyễn Łukasz José, and 王 and ᚠ and 𓀀.\n";
    let (printed, warnings) = {
        let mut folder = Folder::default();
        let file = hipaa_binder::world::File {
            size: text.len() as u64,
            digest: [0; 32],
            bytes: Some(text.as_bytes().into()),
        };
        folder.files.insert("policies/text.md".into(), file);
        print(&binder(config(), vec![policy("text", text)], &options()), &folder)
    };
    let body = letters(&words(&printed.pdf, &[]));
    assert!(
        body.contains("NguyễnŁukaszJosé,and王and[U+16A0]and[U+13000]."),
        "the names are printed"
    );
    let told: Vec<(u32, bool)> = warnings
        .iter()
        .map(|w| {
            (
                w.place.line,
                w.message.contains("U+16A0") || w.message.contains("U+13000"),
            )
        })
        .collect();
    assert_eq!(told, [(3, true), (3, true)], "{warnings:#?}");
}

#[test]
fn printed_page_numbers_are_those_of_the_data() {
    let (printed, _) = print(&binder(config(), vec![], &options()), &Folder::default());
    assert_eq!(printed.row_pages.len(), rule().rows().len());
    let text = words(&printed.pdf, &[]);
    let pages: Vec<&str> = text.split('\u{c}').collect();
    for (row, page) in &printed.row_pages {
        let text = pages[page - 1];
        assert!(text.contains(&row.to_string()), "{row} is not on page {page}");
        assert!(
            text.contains(&format!("Page {page} of {}", printed.pages)),
            "page {page} does not say so"
        );
    }
    let last = format!("Page {0} of {0}", printed.pages);
    assert!(pages[printed.pages - 1].contains(&last));
}

#[test]
fn same_binder_same_bytes() {
    let once = binder(
        config(),
        vec![policy("text", "# One\n\nTwo 164.312(b) three.")],
        &options(),
    );
    let (a, _) = print(&once, &Folder::default());
    let (b, _) = print(&once.clone(), &Folder::default());
    assert!(a.pdf == b.pdf);
}

#[test]
fn a_reconstruction_says_so_on_every_sheet() {
    let options = Options {
        reconstruction: true,
        ..options()
    };
    let (printed, _) = print(&binder(config(), vec![], &options), &Folder::default());
    let text = words(&printed.pdf, &[]);
    for (page, text) in text.split('\u{c}').take(printed.pages).enumerate() {
        assert!(
            text.contains("Reconstruction"),
            "page {} does not say so",
            page + 1
        );
    }
}

#[test]
fn a4_where_the_configuration_says_so() {
    let config = Config {
        paper: Paper::A4,
        ..config()
    };
    let (printed, _) = print(&binder(config, vec![], &options()), &Folder::default());
    assert!(words(&printed.pdf, &["-bbox", "-l", "1"]).contains("width=\"595.27"));
}

#[test]
fn a_broken_theme_file_is_named_with_its_line() {
    let mut folder = Folder::default();
    let text = b"#let sheet(..) = none\n#let broken = (\n";
    let file = hipaa_binder::world::File {
        size: text.len() as u64,
        digest: [0; 32],
        bytes: Some(text.as_slice().into()),
    };
    folder.files.insert("theme/print/binder.typ".into(), file);
    let binder = binder(config(), vec![], &options());
    let errors =
        render(&binder, &Theme::with_overrides(&folder), &folder).expect_err("the template is broken");
    assert_eq!(
        (&*errors[0].place.file, errors[0].place.line),
        ("theme/print/binder.typ", 2),
        "{errors:#?}"
    );
}

#[test]
fn pictures_that_do_not_decode_leave_a_sheet_and_no_failure() {
    let mut folder = Folder::default();
    for (path, bytes) in [
        ("policies/empty.png", &b""[..]),
        ("policies/broken.png", b"\x89PNG\r\n\x1a\nrubbish"),
        ("policies/text.jpg", b"no picture"),
        ("policies/shape.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10'/></svg>"),
        ("evidence/unlisted.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10'/></svg>"),
        ("policies/letters.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>王</text></svg>".as_bytes()),
    ] {
        let file = hipaa_binder::world::File { size: bytes.len() as u64, digest: [0; 32], bytes: Some(bytes.into()) };
        folder.files.insert(path.into(), file);
    }
    let text = "![](empty.png) ![b](broken.png) ![t](text.jpg) ![](shape.svg) ![](letters.svg) ![](gone.png) ![](../evidence/unlisted.svg)";
    let (printed, _) = print(&binder(config(), vec![policy("text", text)], &options()), &folder);
    let body = letters(&words(&printed.pdf, &[]));
    // Evidence that no exhibit lists does not come in through a text.
    let not_shown = [
        "empty.png",
        "broken.png",
        "text.jpg",
        "letters.svg",
        "gone.png",
        "../evidence/unlisted.svg",
    ];
    for name in not_shown {
        assert!(body.contains(&format!("({name})")), "{name}");
    }
    assert!(
        !body.contains("shape.svg"),
        "a drawing of plain shapes is set as a picture"
    );
}

fn nesting() -> String {
    let quotes = format!("{} in the quotation", ">".repeat(300));
    let lists: String = (0..60)
        .map(|n| format!("{}- level {n}\n", "  ".repeat(n)))
        .collect();
    let stars = format!("{}strong{}", "**a *b ".repeat(100), "* c**".repeat(100));
    format!("{quotes}\n\n{lists}\n\n{stars}")
}

#[test]
fn nesting_without_end_prints_its_words() {
    assert_in_order(
        printed_words("nesting"),
        "in the quotation level 0 level 30 level 59 strong",
    );
}

const LINKS: &str = "##\n\n# Named\n\n[to nothing](#) [to an empty heading](#section) [to a heading](#named) \
    [to no file](gone.md) [a program](javascript:alert(1)) [out](https://example.org/x) []() [up](../../etc/passwd)";

#[test]
fn links_lead_somewhere_or_stay_words() {
    assert_in_order(
        printed_words("links"),
        "to nothing to an empty heading to a heading to no file a program out (https://example.org/x) up",
    );
}

/// Words that no font lacks (and no spacing accent beside a letter, which pdftotext would put on top of it), with everything that means something to the layout language or to Markdown.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,8}",
        "[#$@\\\\*_<>\\[\\]{}()=/\"'.,;:!?|&%+-]{1,6}",
        Just("#read(\"/etc/passwd\")".to_string()),
        Just("];#panic()[".to_string()),
        Just("#\"".to_string()),
        Just("\\u{41}".to_string()),
        Just("<label>".to_string()),
        Just(" ```\n#panic()\n``` ".to_string()),
        Just("é ß Ł".to_string()),
    ];
    let separator = prop_oneof![
        Just(" "),
        Just(""),
        Just("\n"),
        Just("\n\n"),
        Just("\n\n- "),
        Just(" | "),
        Just("\n\n> ")
    ];
    prop::collection::vec((piece, separator), 1..30)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, after)| piece + after).collect())
}

/// The words of the tree in the order they are printed.
fn expected(document: &Document) -> String {
    markdown::text::blocks(&document.blocks)
}

proptest! {
    // Each case is a whole binder: few cases, each of many texts.
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_becomes_code(texts in prop::collection::vec(hostile(), 40)) {
        let policies: Vec<Policy> = texts.iter().enumerate().map(|(n, text)| policy(&format!("p{n:02}"), text)).collect();
        let wanted: Vec<String> = policies.iter().map(|policy| expected(&policy.body)).collect();
        let (printed, _) = print(&binder(config(), policies, &options()), &Folder::default());
        let body = words(&printed.pdf, BODY);
        let body = letters(&body);
        let mut at = 0;
        for (n, wanted) in wanted.iter().enumerate() {
            for word in wanted.split_whitespace() {
                let found = body[at..].find(word);
                prop_assert!(found.is_some(), "{:?} of text {} is lost: {:?}", word, n, texts[n]);
                at += found.unwrap_or(0) + word.len();
            }
        }
    }
}

#[test]
fn the_example_clinic_prints_without_a_warning() {
    let folder = read::read(Path::new("content-example"));
    let content = content::parse(&folder)
        .content
        .expect("the example has a binder.toml");
    let (binder, _) = join(
        content,
        &[],
        &options(),
        &format!("sha256:{}", "0123456789ab".repeat(5) + "cdef"),
    );
    let (printed, warnings) = print(&binder, &folder);
    assert_eq!(warnings, [], "every character has a font");
    assert_eq!(printed.row_pages.len(), rule().rows().len());
    let body = words(&printed.pdf, &[]);
    for policy in &binder.policies {
        let shown = &policy.texts[policy.shown].policy;
        assert!(
            letters(&body).contains(&letters(&shown.title)),
            "{} is printed",
            shown.title
        );
    }
    let body = letters(&body);
    for table in binder.content.registers.values() {
        for (column, cell) in table.entries.iter().flat_map(|entry| &entry.cells) {
            let silent = ["audience", "privileged"].contains(column) || table.register.name == "evidence";
            let lost = cell
                .text
                .split_whitespace()
                .find(|word| !silent && !body.contains(word));
            assert_eq!(lost, None, "a word of the column {column} of {}", table.path);
        }
    }
    // File by file, each paragraph, heading and cell in one piece, over the breaks of pages; without tabs, heads and feet.
    let body = letters(&words(
        &printed.pdf,
        &["-x", "24", "-y", "60", "-W", "564", "-H", "676"],
    ));
    let answers = binder
        .content
        .answers
        .iter()
        .map(|answer| (&answer.path, &answer.body));
    let records = binder
        .content
        .records
        .iter()
        .map(|record| (&record.path, &record.body));
    let policies = binder.policies.iter().map(|life| &life.texts[life.shown].policy);
    let policies = policies.map(|policy| (&policy.path, &policy.body));
    for (path, document) in answers.chain(records).chain(policies) {
        for piece in expected(document).split(['\n', '\t']) {
            // Forms have names of their own for the parts of a decision.
            let name = path.starts_with("answers/") && (piece.len() < 30 || piece.starts_with("Decision"));
            assert!(name || body.contains(&letters(piece)), "{path}: {piece:?} is cut");
        }
    }
    // BINDER_PRINT_TO=binder.pdf keeps the pages, to look at.
    if let Some(path) = std::env::var_os("BINDER_PRINT_TO") {
        std::fs::write(path, &printed.pdf).expect("the path can be written");
    }
}
