//! Every example of the CommonMark specification, as the text of a policy and within an answer: its words are those that
//! the specification expects, the pages are valid HTML, and the PDF holds to both standards.
//!
//! The specification is under CC BY-SA and no part of this repository; `tests/all.sh` fetches it.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use hipaa_binder::address;
use hipaa_binder::diagnostic::Source;
use hipaa_binder::markdown::{BlockKind, parse};
use hipaa_binder::output::Output;
use hipaa_binder::rule::rule;
use hipaa_binder::site::preview::preview;
use jiff::civil::date;
use page_validation::ValidationProfile;
use support::pdf::valid;

const CHECKERS: &str = "target/checkers/node_modules";

/// An example: its Markdown, and the HTML that the specification expects.
struct Example {
    markdown: String,
    html: String,
}

static EXAMPLES: LazyLock<Vec<Example>> = LazyLock::new(|| {
    let path = Path::new(CHECKERS).join("commonmark-spec/spec.txt");
    let spec = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; bash tests/all.sh fetches it", path.display()));
    let fence = "`".repeat(32);
    let mut examples = vec![];
    for part in spec.split(&format!("\n{fence} example\n")).skip(1) {
        // Arrows stand for tabs.
        let part = part.replace('\u{2192}', "\t");
        let (body, _) = part.split_once(&format!("\n{fence}")).expect("an end");
        let body = format!("\n{body}\n");
        let (markdown, html) = body.split_once("\n.\n").expect("both sides");
        examples.push(Example {
            markdown: format!("{}\n", markdown.strip_prefix('\n').unwrap_or(markdown)),
            html: html.to_string(),
        });
    }
    examples
});

#[test]
fn the_specification_has_all_its_examples() {
    assert_eq!(EXAMPLES.len(), 652);
}

/// Letters, digits and what else is no blank of an HTML text, entities decoded.
fn words_of(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let mut skip = c.len_utf8();
        match c {
            '<' => skip = rest.find('>').map_or(rest.len(), |end| end + 1),
            '&' => {
                let (decoded, length) = [
                    ("&amp;", '&'),
                    ("&lt;", '<'),
                    ("&gt;", '>'),
                    ("&quot;", '"'),
                    ("&#39;", '\''),
                ]
                .iter()
                .find(|(entity, _)| rest.starts_with(entity))
                .map_or(('&', 1), |(entity, c)| (*c, entity.len()));
                out.push(decoded);
                skip = length;
            }
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
        rest = &rest[skip..];
    }
    out
}

#[test]
fn the_words_are_those_that_the_specification_expects() {
    let (mut compared, mut wrong) = (0, vec![]);
    for (n, example) in EXAMPLES.iter().enumerate() {
        let source = Source::new("policies/a.md", example.markdown.as_str());
        let (_, problems) = parse(&source, 0);
        // Raw HTML is shown as text here, and an image that leads nowhere as its words.
        if problems
            .iter()
            .any(|problem| problem.code == "raw-html" || problem.code == "open-comment")
            || example.html.contains("<img")
        {
            continue;
        }
        compared += 1;
        let ours = preview(None, "policies/a.html", "policies/a.md", "x", &example.markdown);
        // What is said to readers of the screen alone is no word of the text.
        let ours = words_of(ours.as_str()).replace("(onanothersite)", "");
        let theirs = words_of(&example.html);
        if ours != theirs {
            wrong.push(format!("example {}: {ours:?}, not {theirs:?}", n + 1));
        }
    }
    assert!(compared > 520, "{compared} examples were compared");
    assert!(wrong.is_empty(), "{} differ: {wrong:#?}", wrong.len());
}

/// True when what follows the example is no part of it: a fence or a comment of it that never ends would take it in.
fn ends(markdown: &str) -> bool {
    let text = format!("{markdown}\n\n## 2. Next\n");
    let (document, _) = parse(&Source::new("a.md", text.as_str()), 0);
    matches!(document.blocks.last().map(|block| &block.kind), Some(BlockKind::Heading(heading)) if heading.level == 2)
}

/// How many binders hold the examples: the validator gives up on a list of bookmarks with more than 256 in a row.
const BINDERS: usize = 3;

/// Binders with all examples: a policy each, and the answers full of them.
static BUILT: LazyLock<Vec<Output>> = LazyLock::new(|| (0..BINDERS).map(built).collect());

fn built(binder: usize) -> Output {
    let mut files = BTreeMap::from([(
        "binder.toml".to_string(),
        "[practice]\nname = \"Specification clinic\"\nkind = \"both\"\n\n[[site]]\nid = \"main\"\n"
            .to_string(),
    )]);
    let rows: Vec<_> = rule().rows().iter().collect();
    // Questions of each row, each with its examples; those that never end stand last in their file.
    let mut slots: Vec<Vec<Vec<&str>>> = rows.iter().map(|row| vec![vec![]; row.questions.len()]).collect();
    let mut open = vec![];
    let mine = EXAMPLES.iter().enumerate().filter(|(n, _)| n % BINDERS == binder);
    for (place, (n, example)) in mine.enumerate() {
        let head = format!(
            "+++\nkind = \"policy\"\ntitle = \"Example {} of the specification\"\nversion = \"1.0\"\n\
             effective = 2026-01-01\napproved = 2026-01-01\napproved_by = \"Owner\"\n+++\n",
            n + 1
        );
        files.insert(
            format!("policies/example-{:03}.md", n + 1),
            head + &example.markdown,
        );
        if ends(&example.markdown) {
            let row = &mut slots[place % rows.len()];
            let slot = place / rows.len() % row.len();
            row[slot].push(&example.markdown);
        } else {
            open.push(example.markdown.as_str());
        }
    }
    assert!((1..rows.len()).contains(&open.len()), "{} never end", open.len());
    for (row, slots) in slots.iter().enumerate() {
        let mut text = format!(
            "+++\ncitation = \"{}\"\nreviewed = 2026-09-01\n+++\n",
            rows[row].citation
        );
        for (question, examples) in rows[row].questions.iter().zip(slots) {
            text += &format!("\n## {}.\n\n{}\n", question.id, examples.join("\n\n"));
        }
        text += open.get(row).unwrap_or(&"");
        files.insert(format!("answers/{row:02}.md"), text);
    }
    let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let built = support::printed(&folder, date(2026, 11, 20));
    built.output.expect("an output")
}

#[test]
fn every_example_gives_valid_html() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pages = 0;
    for (binder, output) in BUILT.iter().enumerate() {
        for path in output.files().map(|(path, _)| path) {
            let at = folder.path().join(format!("{binder}/{path}"));
            // What stands in every binder alike is looked at once.
            let texts = ["policies/", "standards/"]
                .iter()
                .any(|below| path.starts_with(below));
            if path.ends_with(".html") && (binder == 0 || texts) {
                std::fs::create_dir_all(at.parent().expect("a folder above")).expect("made");
                std::fs::write(at, output.bytes(path).expect("its bytes")).expect("written");
                pages += 1;
            }
        }
    }
    assert!(pages > 652 + BINDERS * rule().rows().len(), "{pages} pages");
    let said = Command::new("java")
        .arg("-jar")
        .arg(Path::new(CHECKERS).join("vnu-jar/build/dist/vnu.jar"))
        .args(["--errors-only"])
        .arg(folder.path())
        .output()
        .expect("java runs the checker");
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success() && words.is_empty(), "{words}");
}

#[test]
fn every_example_gives_a_pdf_that_holds_to_both_standards() {
    for output in BUILT.iter() {
        let pdf = output.bytes(address::PDF).expect("a PDF");
        valid(pdf, ValidationProfile::PdfUa1);
        valid(pdf, ValidationProfile::PdfA2a);
    }
}
