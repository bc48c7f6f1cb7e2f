//! A clinic that writes everything that makes printing hard, `tests/cases/hard-markdown`: it prints, nothing of it is
//! lost, cut or printed over, nothing of it runs, and the archive standard holds.
//!
//! The pages are read back with poppler-utils and compared with the words of the files, not with our reading of them.

mod support;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use hipaa_binder::address;
use hipaa_binder::pipeline::Built;
use image::{DynamicImage, ImageFormat};
use jiff::civil::date;
use page_validation::ValidationProfile;
use support::pdf::{file, letters, locked, pages, poppler, valid};
use support::tree;

const CASE: &str = "tests/cases/hard-markdown";

/// Files of evidence: name, bytes (none: as it lies in the folder), the code of the warning, and words on its sheet.
fn evidence() -> Vec<(&'static str, Option<Vec<u8>>, &'static str, &'static str)> {
    let poster = |width, height| {
        let mut out = Cursor::new(vec![]);
        DynamicImage::ImageLuma8(image::GrayImage::from_pixel(width, height, image::Luma([120])))
            .write_to(&mut out, ImageFormat::Png)
            .expect("a picture");
        Some(out.into_inner())
    };
    let text = |text: &str| Some(text.as_bytes().to_vec());
    let wide: Vec<u8> = "\u{feff}first line\nsecond line, Łódź 王\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut broken_table = pages(&[(612, 792, 0)]);
    let at = broken_table
        .windows(5)
        .rposition(|five| five == b"xref\n")
        .expect("a table");
    broken_table[at..at + 4].copy_from_slice(b"xxxx");
    let mixed = [
        (612, 792, 0),
        (792, 612, 0),
        (612, 792, 90),
        (595, 842, 180),
        (842, 1191, 0),
        (1191, 842, 270),
        (200, 200, 0),
        (612, 3000, 0),
    ];
    let columns: String = (0..40)
        .map(|row| {
            (0..30)
                .map(|column| format!("r{row}c{column},"))
                .collect::<String>()
                + "end\n"
        })
        .collect();
    vec![
        (
            "mixed.pdf",
            Some(pages(&mixed)),
            "",
            "page 8 of 8 of this exhibit",
        ),
        (
            "many-pages.pdf",
            Some(pages(&[(612, 792, 0); 300])),
            "exhibit-cut",
            "first 60 of 300 pages",
        ),
        (
            "broken-table.pdf",
            Some(broken_table),
            "",
            "page 1 of 1 of this exhibit",
        ),
        (
            "no-pages.pdf",
            Some(file(&["<</Type/Catalog>>".into()], "")),
            "exhibit-not-drawable",
            "can't be printed",
        ),
        (
            "locked.pdf",
            Some(locked()),
            "exhibit-encrypted",
            "asks for a password",
        ),
        (
            "not-a.pdf",
            text("only words"),
            "exhibit-not-drawable",
            "not a PDF inside",
        ),
        ("zero.pdf", Some(vec![]), "exhibit-empty", "it is empty"),
        ("zero.png", Some(vec![]), "exhibit-empty", "it is empty"),
        ("zero.mp4", Some(vec![]), "exhibit-empty", "it is empty"),
        (
            "poster.png",
            poster(10_000, 8_000),
            "exhibit-scaled-down",
            "the file has 10000 by 8000",
        ),
        ("strip.png", poster(4000, 3), "", ""),
        ("column.png", poster(3, 4000), "", ""),
        ("one.png", None, "", ""),
        ("cmyk.jpg", None, "", ""),
        ("deep.png", None, "", ""),
        ("indexed.png", None, "", ""),
        ("moving.gif", None, "", ""),
        ("turned.jpg", None, "", ""),
        ("web.webp", None, "", ""),
        ("plan.svg", None, "", ""),
        ("wide-screen.png", None, "", ""),
        ("truncated.jpg", None, "exhibit-not-drawable", "can't be printed"),
        (
            "scan.tif",
            None,
            "exhibit-not-drawable",
            "a picture in a form that can't be printed here",
        ),
        (
            "phone.heic",
            text("ftypheic"),
            "exhibit-not-drawable",
            "a picture in a form that can't be printed here",
        ),
        (
            "really-a.png",
            Some(pages(&[(612, 792, 0)])),
            "",
            "page 1 of 1 of this exhibit",
        ),
        (
            "plan.xlsx",
            text("PK\u{3}\u{4}"),
            "",
            "a workbook of a spreadsheet program (xlsx)",
        ),
        ("walk.mp4", text("ftyp"), "", "this is a video (mp4)"),
        (
            "letter.eml",
            text("From: a\nTo: b\n\n#eval(\"mail\") $x$\n"),
            "",
            "#eval(\"mail\") $x$",
        ),
        ("wide.csv", text(&columns), "", "r39c29"),
        (
            "utf-16.txt",
            Some(wide),
            "exhibit-not-utf8",
            "second line, Łódź 王",
        ),
        (
            "no ending",
            text("what is it"),
            "",
            "a file whose name does not say what it holds",
        ),
        ("Zażółć #1 (kopia).txt", text("named oddly"), "", "named oddly"),
    ]
}

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let mut files = tree(Path::new(CASE));
    let mut lines = "id,file,title,date,rows,phi\n".to_string();
    for (n, (name, bytes, _, _)) in evidence().into_iter().enumerate() {
        lines += &format!(
            "EX-{:02},{name},Title {n} #eval(1) $x$ <b> @ref *of* \\ {name},2026-09-08,164.312(b);164.308(a)(1)(ii)(A),none\n",
            n + 1
        );
        if let Some(bytes) = bytes {
            files.insert(format!("evidence/{name}"), bytes);
        }
    }
    files.insert("registers/evidence.csv".to_string(), lines.into_bytes());
    let folder = support::folder(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    );
    let built = support::printed(&folder, date(2026, 11, 20));
    if let Some(path) = std::env::var_os("BINDER_PRINT_TO") {
        let output = built.output.as_ref().expect("an output");
        std::fs::write(path, output.bytes(address::PDF).expect("a PDF")).expect("the path can be written");
    }
    built
});

fn pdf() -> &'static [u8] {
    let output = BUILT.output.as_ref().expect("an output");
    output.bytes(address::PDF).expect("a PDF")
}

/// The text of the pages without heads, feet and tabs.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let body = ["-x", "26", "-y", "60", "-W", "740", "-H", "676", "-raw"];
    poppler("pdftotext", &body, pdf())
});

#[test]
fn the_archive_standard_and_the_one_for_readers_hold() {
    valid(pdf(), ValidationProfile::PdfUa1);
    valid(pdf(), ValidationProfile::PdfA2a);
}

/// Characters that steer others and have no shape of their own.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A sign on, below or around a letter, or one that no character set has.
fn is_mark(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Mark | GeneralCategoryGroup::Other
    ) && !c.is_whitespace()
}

/// What a file says on paper, taken from its bytes by rules so plain that they share nothing with the reader of
/// Markdown: marks of Markdown stay in or go, words stay.
fn source_words(text: &str) -> Vec<String> {
    let mut kept = String::new();
    let mut rest = text;
    // Where links lead within the folder, what pictures show, names of notes, comments, languages of code.
    while let Some(c) = rest.chars().next() {
        let skip_to = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
        let skip = if rest.starts_with("<!--") {
            skip_to("-->")
        } else if rest.starts_with("![") {
            skip_to(")").min(skip_to("\n"))
        } else if rest.starts_with("[^") {
            skip_to("]").min(skip_to("\n"))
        } else if rest.starts_with("](") && !rest[..skip_to(")")].contains("://") {
            skip_to(")")
        } else if (rest.starts_with("```") || rest.starts_with("~~~")) && kept.ends_with('\n') {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with('&') && rest[..skip_to(";").min(9)].ends_with(';') {
            skip_to(";")
        } else {
            0
        };
        if skip > 0 {
            kept.push(' ');
            rest = &rest[skip..];
        } else {
            kept.push(if rest.starts_with('\u{2028}') || rest.starts_with('\u{2029}') {
                ' '
            } else {
                c
            });
            rest = &rest[c.len_utf8()..];
        }
    }
    kept.split(|c: char| !(c.is_alphanumeric() || is_unseen(c) || is_mark(c)))
        .map(|word| word.chars().filter(|c| !is_unseen(*c)).collect::<String>())
        // `lost1` and `lost2` have no column, which is told.
        .filter(|word| {
            word.chars().any(char::is_alphanumeric) && !["lost1", "lost2"].contains(&word.as_str())
        })
        .collect()
}

/// Words as often as they stand.
fn counted(words: Vec<String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// A word as it is printed: what no font has as its code.
fn as_printed(word: &str) -> String {
    let unshown = |c: char| {
        let code = format!(" U+{:04X};", c as u32);
        BUILT
            .diagnostics
            .iter()
            .any(|d| d.code == "character-not-printable" && d.message.contains(&code))
    };
    word.chars()
        .map(|c| {
            if c > '\u{2ff}' && unshown(c) {
                format!("[U+{:04X}]", c as u32)
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// How often a word stands in the pages. Poppler gives words of other scripts in forms of their own: letters in their
/// shapes, marks beside letters, right-to-left words in the order of the pen.
fn found(printed: &str, word: &str) -> usize {
    let word = as_printed(word);
    let turned: String = word.chars().rev().collect();
    printed
        .matches(&word)
        .count()
        .max(printed.matches(&turned).count())
}

#[test]
fn the_words_of_every_text_are_on_its_pages_as_often_as_in_the_file() {
    let printed = letters(&TEXT);
    let mut files = 0;
    for (path, bytes) in tree(Path::new(CASE)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some(name) = text
            .find("Begins-here-")
            .filter(|_| path.ends_with(".md"))
            .and_then(|at| text[at + 12..].split('.').next())
        else {
            continue;
        };
        files += 1;
        let (start, end) = (format!("Begins-here-{name}."), format!("Ends-here-{name}."));
        let body = text
            .split_once(&start)
            .and_then(|(_, body)| body.rsplit_once(&end))
            .expect("both marks")
            .0;
        let from = printed.find(&start).unwrap_or_else(|| panic!("{path} begins"));
        // Notes stand behind the last paragraph.
        let to = printed[from..]
            .find("Begins-here-")
            .map(|_| ())
            .map_or(printed.len(), |()| {
                let after = from
                    + printed[from..]
                        .find(&end)
                        .unwrap_or_else(|| panic!("{path} ends"));
                printed[after..]
                    .find("Not in effect")
                    .map_or(printed.len(), |more| after + more)
            });
        let pages = &printed[from..to];
        let mut lost = vec![];
        for (word, count) in counted(source_words(body)) {
            let there = found(pages, &word);
            if there < count {
                lost.push(format!("{word:?}: {there} of {count}"));
            }
        }
        assert!(lost.is_empty(), "{path}: {lost:#?}");
    }
    assert!(files >= 14, "{files} files were compared");
}

#[test]
fn every_cell_of_every_register_is_printed() {
    let printed = letters(&TEXT);
    // Behind the texts.
    let begins = printed.rfind("Ends-here-").expect("the last text");
    let mut cells = 0;
    for (path, bytes) in tree(&Path::new(CASE).join("registers")) {
        let mut lost = vec![];
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(true)
            .from_reader(bytes.as_slice());
        for record in reader.records() {
            let record = record.expect("a line");
            let shown = record.get(0) != Some("none");
            for cell in record.iter().filter(|cell| shown && !cell.is_empty()) {
                cells += 1;
                // Whole, or where it is so long that it goes over a page, or is written leftward, word by word.
                let whole = letters(cell);
                if printed[begins..].contains(&whole) {
                    continue;
                }
                for (word, count) in counted(source_words(cell)) {
                    if found(&printed[begins..], &word) < count {
                        lost.push(word);
                    }
                }
            }
        }
        assert!(lost.is_empty(), "{path}: {lost:#?}");
    }
    assert!(cells > 4000, "{cells} cells were looked for");
}

#[test]
fn cells_that_a_table_has_no_column_for_are_told() {
    let told: Vec<_> = BUILT
        .diagnostics
        .iter()
        .filter(|d| d.code == "cells-without-column")
        .map(|d| &*d.place.file)
        .collect();
    assert_eq!(told, ["policies/tables.md"]);
}

/// A word of a page and where it stands: left, top, right, bottom, in points.
struct Word<'a>([f64; 4], &'a str);

#[test]
fn no_word_leaves_the_text_area_and_none_is_printed_over_another() {
    let boxes = poppler("pdftotext", &["-bbox"], pdf());
    let (mut width, mut page, mut checked) = (0.0, 0, 0);
    let mut on_page: Vec<Word> = vec![];
    let mut faults = vec![];
    for line in boxes.lines().map(str::trim) {
        let numbers: Vec<f64> = line
            .split('"')
            .filter_map(|part| part.parse().ok())
            .take(4)
            .collect();
        if line.starts_with("<page") {
            (width, page) = (numbers[0], page + 1);
            on_page.clear();
        }
        let (true, [left, top, right, bottom]) = (line.starts_with("<word "), numbers.as_slice()) else {
            continue;
        };
        let word = line
            .rsplit_once("</word>")
            .and_then(|(line, _)| line.rsplit_once('>'))
            .map_or("", |(_, w)| w);
        checked += 1;
        // The tabs at the cut edge are outside on purpose.
        let tab = *right < 22.0 || *left > width - 22.0;
        if !tab && (*left < 49.0 || *right > width - 49.0) {
            faults.push(format!("page {page}: {word:?} stands outside, {left} to {right}"));
        }
        for Word([l, t, r, b], other) in &on_page {
            let wide = right.min(*r) - left.max(*l);
            let high = bottom.min(*b) - top.max(*t);
            // Less than a point is rounding and slant; the boxes of two lines may touch, and a small figure stands beside its word.
            if wide > 0.75 && high > 0.45 * (bottom - top).min(b - t) {
                faults.push(format!(
                    "page {page}: {word:?} is printed over {other:?}, {wide:.1} by {high:.1} points"
                ));
            }
        }
        on_page.push(Word([*left, *top, *right, *bottom], word));
    }
    assert!(
        faults.is_empty(),
        "{} faults: {:#?}",
        faults.len(),
        &faults[..faults.len().min(30)]
    );
    assert!(checked > 30_000, "{checked} words were looked at");
}

#[test]
fn every_exhibit_prints_or_gets_a_sheet_with_the_reason() {
    let printed = letters(&TEXT);
    for (n, (name, _, code, words)) in evidence().into_iter().enumerate() {
        let head = letters(&format!(
            "Exhibit EX-{:02}: Title {n} #eval(1) $x$ <b> @ref *of* \\ {name}",
            n + 1
        ));
        let from = printed
            .find(&head)
            .unwrap_or_else(|| panic!("{name} has a sheet"));
        let next = format!("ExhibitEX-{:02}:", n + 2);
        let sheet = &printed[from..from + printed[from..].find(&next).unwrap_or(printed.len() - from)];
        assert!(
            sheet.contains(&letters(words)),
            "{name}: {words} in {}",
            &sheet[..sheet.len().min(900)]
        );
        assert!(sheet.contains("SHA-256"), "{name} has its digest");
        let codes: Vec<&str> = BUILT
            .diagnostics
            .iter()
            .filter(|d| d.code.starts_with("exhibit-"))
            .filter(|d| (&*d.place.file, d.place.line) == ("registers/evidence.csv", n as u32 + 2))
            .map(|d| d.code)
            .collect();
        let expected = if code.is_empty() { vec![] } else { vec![code] };
        assert_eq!(codes, expected, "{name}");
    }
}

#[test]
fn what_no_font_has_is_told_with_its_line() {
    let told: Vec<(&str, u32)> = BUILT
        .diagnostics
        .iter()
        .filter(|d| d.code == "character-not-printable")
        .map(|d| (&*d.place.file, d.place.line))
        .collect();
    let line = |path: &str, needle: &str| {
        let text = std::fs::read_to_string(Path::new(CASE).join(path)).expect("the file");
        text.lines()
            .position(|line| line.contains(needle))
            .expect("the line") as u32
            + 1
    };
    let runes = ("policies/languages.md", line("policies/languages.md", "No font:"));
    let private = (
        "policies/characters.md",
        line("policies/characters.md", "Private"),
    );
    assert!(told.contains(&runes) && told.contains(&private), "{told:?}");
    assert!(
        told.iter().all(|place| *place == runes || *place == private),
        "{told:?}"
    );
}
