//! What is done with the bytes of each fuzz target, and what must hold then.
//!
//! The program's own tests take this file in as a module: every input that ever was a finding, and a small corpus, goes
//! through it in each run.

pub mod import;
pub mod literals;
pub mod markup;
pub mod zipped;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use hipaa_binder::binder::{Binder, Options, join};
use hipaa_binder::citation::{Citation, find};
use hipaa_binder::content::edit::answer::{self, Values};
use hipaa_binder::content::edit::{NewValue, set_keys};
use hipaa_binder::content::{self, registers::declared::REGISTERS};
use hipaa_binder::diagnostic::{Diagnostic, Source};
use hipaa_binder::history::archive::{find as find_list, is_plain};
use hipaa_binder::history::{Head, MANIFEST, Manifest, SUMMARY, Summary};
use hipaa_binder::markdown::{self, Block, BlockKind, Document};
use hipaa_binder::print::Single;
use hipaa_binder::rule::{RowId, rule};
use hipaa_binder::site::markdown::{Ids, Setting, document};
use hipaa_binder::site::targets::Targets;
use hipaa_binder::theme::Theme;
use hipaa_binder::world::versions::{Archive, examine, look};
use hipaa_binder::world::{File, Folder};

pub use import::import;

/// What is done with the bytes of a target. A panic is a finding.
pub type Target = fn(&[u8]);

/// Every target by the name of its folder of inputs.
pub const TARGETS: [(&str, Target); 7] = [
    ("archives", archives),
    ("citations", citations),
    ("front_matter", front_matter),
    ("import", import),
    ("markdown_html", markdown_html),
    ("markdown_typst", markdown_typst),
    ("registers", registers),
];

/// One file of each sort that the targets change one of.
const FILES: [(&str, &str); 6] = [
    (
        "binder.toml",
        "[practice]\nname = \"Elm\"\nkind = \"covered-entity\"\n\n[applies]\nclearinghouse = false\ndecided = 2026-01-01\n\n[[site]]\nid = \"main\"\n",
    ),
    (
        "answers/a.md",
        "+++\ncitation = \"164.312(a)(2)(iv)\"\nreviewed = 2026-09-14\n+++\n\n## 1. Which?\n\nAll of them.\n",
    ),
    (
        "policies/p.md",
        "+++\nid = \"p\"\nkind = \"policy\"\ntitle = \"Ps\"\nversion = \"1.0\"\nsatisfies = [\"164.308(a)(2)\"]\n+++\n\n## Logs (164.308(a)(2))\n\nText.\n",
    ),
    (
        "records/r.md",
        "+++\nkind = \"other\"\ntitle = \"R\"\ndate = 2026-03-01\n+++\n\nAll.\n",
    ),
    (
        "registers/evidence.csv",
        "id,file,title,date,rows,phi\nEX-1,a.pdf,A,2026-09-01,164.312(b),none\n",
    ),
    (
        "registers/workforce.csv",
        "id,name,role,since,checked\nw01,Ann,Manager,2020-01-02,2026-09-01\n",
    ),
];

fn file(bytes: &[u8]) -> File {
    File {
        size: bytes.len() as u64,
        digest: [7; 32],
        bytes: Some(Arc::from(bytes)),
    }
}

/// [`FILES`], and this one in place of its like.
fn folder(path: &str, bytes: &[u8]) -> Folder {
    let mut files: BTreeMap<Arc<str>, File> = BTreeMap::new();
    for (path, text) in FILES {
        files.insert(path.into(), file(text.as_bytes()));
    }
    files.insert(path.into(), file(bytes));
    Folder {
        files,
        ..Folder::default()
    }
}

fn joined(content: content::Content) -> Binder {
    let options = Options {
        pdf: false,
        ..Options::new(jiff::civil::date(2026, 11, 20))
    };
    join(content, &[], &options, "sha256:00").0
}

/// Reads a folder, holds each message to its promise (words, and a place within the text of its file), and joins and
/// assesses what was read.
fn read(folder: &Folder) {
    let parsed = content::parse(folder);
    let mut sources: BTreeMap<Arc<str>, Option<Source>> = BTreeMap::new();
    for diagnostic in &parsed.diagnostics {
        in_place(folder, diagnostic, &mut sources);
    }
    // The join takes ten times as long as the reading: for every fourth input is often enough.
    let bytes = folder
        .files
        .values()
        .flat_map(|file| file.bytes.iter().flat_map(|bytes| bytes.iter()));
    let lot = bytes.fold(0u8, |sum, byte| sum.wrapping_add(*byte)) % 4;
    if let Some(content) = parsed.content.filter(|_| lot == 0) {
        joined(content);
    }
}

fn in_place(folder: &Folder, diagnostic: &Diagnostic, sources: &mut BTreeMap<Arc<str>, Option<Source>>) {
    let places = std::iter::once(&diagnostic.place).chain(diagnostic.also.iter().map(|(place, _)| place));
    for place in places.filter(|place| place.line > 0) {
        let source = sources.entry(place.file.clone()).or_insert_with(|| {
            let (path, file) = folder.files.get_key_value(&place.file)?;
            content::text::source(path, file)
        });
        if let Some(source) = source {
            assert!(
                source.text.get(place.range.as_range()).is_some(),
                "{diagnostic:?}"
            );
        }
    }
    assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
}

/// Citations in prose and in fields.
pub fn citations(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut settled = 0;
    for found in find(&text) {
        assert!(
            found.range.start >= settled && !found.range.is_empty(),
            "{found:?}"
        );
        settled = found.range.end;
        assert!(text.get(found.range.clone()).is_some(), "{found:?}");
        let rows = found.rows();
        assert!(rows.is_sorted(), "{found:?}");
        let links = found.links();
        assert!(rows.iter().all(|row| links.contains(row)), "{found:?}");
        for citation in &found.citations {
            printed(*citation);
        }
    }
    for read in [
        Citation::parse(&text),
        Citation::parse_list(&text),
        Citation::parse_start(&text).map(|(parsed, rest)| {
            assert!(text.ends_with(rest) || text.trim().ends_with(rest), "{rest:?}");
            parsed
        }),
    ] {
        match read {
            Ok(parsed) => {
                assert!(!parsed.citations.is_empty());
                // What a field may hold exists.
                for citation in parsed.citations {
                    printed(citation);
                    assert!(rule().resolve(&citation).is_known(), "{citation}");
                }
            }
            Err(error) => assert!(!error.to_string().is_empty() && !error.help().is_empty()),
        }
    }
    if let Ok(citation) = text.parse::<Citation>() {
        assert_eq!(citation.to_string(), text, "one form only");
    }
}

/// A citation is read back from how it is printed, and found where it is printed.
fn printed(citation: Citation) {
    let text = citation.to_string();
    assert_eq!(text.parse(), Ok(citation));
    assert!(
        citation
            .slug()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
    );
    if rule().resolve(&citation).is_known() {
        assert_eq!(Citation::parse(&text).map(|parsed| parsed.first()), Ok(citation));
        let sentence = format!("As \u{a7} {text} says");
        let all: Vec<Citation> = find(&sentence)
            .into_iter()
            .flat_map(|found| found.citations)
            .collect();
        assert_eq!(all, [citation], "{sentence}");
    }
}

/// `binder.toml` and the front matter of each sort of text. The first byte says which, and whether the rest is the
/// whole file or its TOML alone.
pub fn front_matter(data: &[u8]) {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let paths = [
        "binder.toml",
        "answers/a.md",
        "policies/p.md",
        "records/r.md",
        "approved/p/1.0.md",
        "policies/q.md",
    ];
    let path = paths[usize::from(which & 0x7f) % paths.len()];
    let whole = [
        b"+++\n",
        bytes,
        b"\n+++\n\n## Logs (164.312(b)) Decision\n\nText.\n",
    ]
    .concat();
    let bytes = if *which < 0x80 || path == "binder.toml" {
        bytes
    } else {
        &whole
    };
    read(&folder(path, bytes));
    let text = String::from_utf8_lossy(bytes);
    let value = NewValue::Text("Ann \"A\" \\ B".to_string());
    if let Ok(new) = set_keys(&text, &[("approved_by", value.clone())]) {
        assert_eq!(
            set_keys(&new, &[("approved_by", value)]),
            Ok(new.clone()),
            "{text}"
        );
    }
    if path.starts_with("answers") {
        edited(bytes);
    }
}

/// The form of an answer: what is not changed stays as it is, byte for byte, and what is typed is read back.
fn edited(bytes: &[u8]) {
    static ROW: LazyLock<Option<RowId>> = LazyLock::new(|| {
        let citation: Citation = "164.312(a)(2)(iv)".parse().ok()?;
        rule().resolve(&citation).row()
    });
    let Some(row) = *ROW else { return };
    let Ok(opened) = answer::open(bytes, row, &[]) else {
        return;
    };
    if let Ok(same) = answer::write(bytes, row, &[], &opened.values) {
        assert_eq!(same, bytes, "nothing was changed");
    }
    let typed: Values = opened
        .values
        .keys()
        .map(|field| (*field, field.typed(" Words\r\nof *mine* # 1. \u{2028} ")))
        .collect();
    for (field, value) in typed {
        let wanted = Values::from([(field, value.clone())]);
        if let Ok(new) = answer::write(bytes, row, &[], &wanted) {
            let again = answer::open(&new, row, &[]).expect("what was written is read");
            assert_eq!(again.values.get(&field), Some(&value), "{field:?}");
        }
    }
}

/// Registers. The first byte says which, and whether the rest has its header line already.
pub fn registers(data: &[u8]) {
    let Some((which, bytes)) = data.split_first() else {
        return;
    };
    let register = &REGISTERS[usize::from(which & 0x7f) % REGISTERS.len()];
    let path = format!("registers/{}.csv", register.name);
    let mut text = vec![];
    if *which >= 0x80 {
        let names: Vec<&str> = register.columns.iter().map(|column| column.name).collect();
        text.extend(names.join(",").bytes());
        text.extend(b",from,to,by,recorded,audience\n");
    }
    text.extend(bytes);
    read(&folder(&path, &text));
}

/// What of Markdown goes for every rendering: ranges that lie in the file and in one another.
fn tree(text: &str) -> Document {
    let source = Source::new("policies/p.md", text);
    let (document, problems) = markdown::parse(&source, 0);
    for problem in &problems {
        assert!(text.get(problem.place.range.as_range()).is_some(), "{problem:?}");
    }
    ranges(text, &document.blocks, 0);
    for citation in &document.citations {
        assert!(text.get(citation.range.as_range()).is_some(), "{citation:?}");
        assert!(citation.block < document.blocks.len(), "{citation:?}");
    }
    let anchors: Vec<String> = document.parts().into_iter().map(|part| part.anchor).collect();
    let unique: BTreeSet<&String> = anchors.iter().collect();
    assert_eq!(unique.len(), anchors.len(), "{anchors:?}");
    // Nothing that may be left out breaks the rest.
    markdown::cut::without(&document, |block| block % 2 == 0);
    document
}

fn ranges(text: &str, blocks: &[Block], depth: usize) {
    assert!(depth <= 100, "deeper than anything may be");
    for block in blocks {
        assert!(text.get(block.range.as_range()).is_some(), "{:?}", block.range);
        match &block.kind {
            BlockKind::Quote(inner) => ranges(text, inner, depth + 1),
            BlockKind::List(list) => {
                for item in &list.items {
                    assert!(text.get(item.range.as_range()).is_some(), "{:?}", item.range);
                    ranges(text, &item.blocks, depth + 1);
                }
            }
            BlockKind::Table(table) => {
                let width = table.head.len();
                assert!(
                    table.rows.iter().all(|row| row.len() <= width),
                    "{} columns",
                    width
                );
            }
            _ => {}
        }
    }
}

/// The folder of the Markdown targets, for links that lead somewhere.
static HOME: LazyLock<(Binder, Folder, Theme)> = LazyLock::new(|| {
    let folder = folder("evidence/a.pdf", b"%PDF-1.7");
    let content = content::parse(&folder).content.expect("binder.toml is good");
    (joined(content), folder.clone(), Theme::with_overrides(&folder))
});

/// The text of the bytes of a Markdown target: as a file would be read.
fn text_of(data: &[u8]) -> Option<String> {
    content::text::source(&"policies/p.md".into(), &file(data)).map(|source| source.text.to_string())
}

/// Markdown to HTML.
pub fn markdown_html(data: &[u8]) {
    static TARGETS: LazyLock<Targets> =
        LazyLock::new(|| Targets::new(&HOME.0, &HOME.1, |_, _| "policies/p.html".to_string()));
    let Some(text) = text_of(data) else { return };
    let tree = Arc::new(tree(&text));
    for ids in [Ids::Own, Ids::Excerpt("x-1")] {
        let rendered = document(Setting {
            targets: &TARGETS,
            page: "policies/p.html",
            file: "policies/p.md",
            document: &tree,
            level: 2,
            ids,
            title: "Ps",
        });
        if let Err(why) = markup::check(rendered.html.as_str()) {
            panic!("{why}\n{}", rendered.html.as_str());
        }
        for broken in rendered.broken {
            assert!(text.get(broken.range.as_range()).is_some(), "{broken:?}");
        }
    }
}

/// Markdown to Typst.
pub fn markdown_typst(data: &[u8]) {
    thread_local! {
        static SINGLE: (Single, BTreeSet<String>) = {
            let (binder, folder, theme) = &*HOME;
            let files: Vec<String> = theme
                .below("print")
                .filter(|(path, _)| path.ends_with(".typ"))
                .map(|(_, file)| String::from_utf8_lossy(file.bytes.as_ref()).into_owned())
                .collect();
            (
                Single::new(binder, theme, folder),
                literals::functions(files.iter().map(String::as_str)),
            )
        };
    }
    let Some(text) = text_of(data) else { return };
    let tree = tree(&text);
    SINGLE.with(|(single, functions)| {
        let line: String = text
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
        for source in [single.source("policies/p.md", &tree), single.line(&line)] {
            if let Err(why) = literals::check_source(&source, functions) {
                panic!("{why}\n{source}");
            }
        }
    });
}

/// Archives: for even first bytes the rest is a file, for odd ones it says what a file is made of.
pub fn archives(data: &[u8]) {
    let Some((how, bytes)) = data.split_first() else {
        return;
    };
    if how % 2 == 0 {
        return opened(bytes);
    }
    let (parts, count) = told(bytes);
    opened(&zipped::archive(&parts, count));
}

/// Reads an archive by each way that the program has.
pub fn opened(bytes: &[u8]) {
    let at = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(at.path(), bytes).expect("written");
    let found = examine("versions/x.zip", at.path(), true);
    assert!(!found.findings.is_empty(), "none of these was sealed");
    let _ = look("versions/x.zip", at.path());
    let _ = find_list(&bytes[bytes.len().saturating_sub(98)..], bytes.len() as u64);
    let Ok(archive) = Archive::open(at.path()) else {
        return;
    };
    let mut most = 0;
    for entry in archive.entries() {
        assert!(is_plain(&entry.path), "{:?}", entry.path);
        assert!(entry.offset >= most, "{entry:?}");
        most = entry.end();
        if let Ok(read) = archive.read(&entry.path) {
            assert_eq!(read.len() as u64, entry.size, "{entry:?}");
        }
    }
    if let Ok(manifest) = archive.read(MANIFEST) {
        let _ = (Manifest::read(&manifest), Head::read(&manifest));
    }
    if let Ok(summary) = archive.read(SUMMARY) {
        let _ = serde_json::from_slice::<Summary>(&summary);
    }
}

/// Parts of an archive as bytes tell them: what each is called, how large it says it is, and what it holds.
fn told(mut bytes: &[u8]) -> (Vec<zipped::Part>, Option<u64>) {
    const NAMES: [&str; 12] = [
        MANIFEST,
        SUMMARY,
        "a",
        "site/index.html",
        "sources/binder.toml",
        "../a",
        "/etc/passwd",
        "a\\b",
        "a//b",
        "",
        "withdrawals.json",
        "site/../../b",
    ];
    const NUMBERS: [u64; 8] = [
        0,
        1,
        0xfffe,
        0xffff,
        0xffff_fffe,
        0xffff_ffff,
        0x1_0000_0000,
        u64::MAX,
    ];
    let mut parts = vec![zipped::Part::new(MANIFEST, b"{}")];
    let mut count = None;
    while let [kind, number, length, rest @ ..] = bytes {
        let (body, after) = rest.split_at(usize::from(*length).min(rest.len()));
        bytes = after;
        let number = match number {
            n if *n < 8 => NUMBERS[usize::from(*n)],
            n => u64::from(*n - 8),
        };
        match kind & 7 {
            0 => parts.push(zipped::Part::new(
                NAMES[usize::from(kind >> 3) % NAMES.len()],
                body,
            )),
            1 => parts.push(zipped::Part::new(
                &String::from_utf8_lossy(body),
                &body.repeat(usize::from(*kind)),
            )),
            2 => count = Some(number),
            kind => {
                let Some(part) = parts.last_mut() else { continue };
                match kind {
                    3 => part.size = Some(number),
                    4 => part.packed_size = Some(number),
                    5 => part.crc = u32::try_from(number).ok(),
                    6 => part.offset = Some(number),
                    _ => {
                        part.packed = !part.packed;
                        part.bytes.extend(body);
                    }
                }
            }
        }
        if parts.len() > 64 {
            break;
        }
    }
    (parts, count)
}
