//! The clinic of `tests/cases/marked.txt`: a word that stands nowhere else in every field, and what copies show of it.
//!
//! PDF files are read as a person would (poppler-utils) and byte by byte, with every stream unpacked, those of
//! attachments too.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::Object;
use hipaa_binder::content::Audience;
use hipaa_binder::content::registers::{COMMON, ColumnKind, REGISTERS, Register};
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

use super::{tree, whole};

/// The words by letter: "S:reply" to what stands for it in the files; of an earlier time "S:before reply".
#[derive(Default)]
pub struct Words {
    pub all: BTreeMap<String, String>,
    /// Goes into the marks from now on, so that the same fixture gets other words.
    pub time: &'static str,
}

impl Words {
    /// The word for a mark, a new one the first time. All are of one length, so that none is a part of another.
    pub fn word(&mut self, mark: &str) -> String {
        let next = self.all.len();
        let (letter, name) = mark.split_once(':').expect("a letter and a name");
        let word = self.all.entry(format!("{letter}:{}{name}", self.time));
        word.or_insert_with(|| format!("zq{next:04}x")).clone()
    }

    /// The text with a word for each mark.
    pub fn fill(&mut self, text: &str) -> String {
        let mut parts = text.split('%');
        let mut done = parts.next().unwrap_or_default().to_string();
        while let Some(mark) = parts.next() {
            done.push_str(&self.word(mark));
            done.push_str(parts.next().expect("marks end with %"));
        }
        done
    }

    pub fn of(&self, letters: &str) -> impl Iterator<Item = (&str, &str)> {
        let letters = letters.to_string();
        let words = self.all.iter();
        words
            .filter(move |(mark, _)| letters.contains(&mark[..1]))
            .map(|(mark, word)| (mark.as_str(), word.as_str()))
    }
}

/// The fixture, with every register column by column.
pub fn clinic() -> (Words, BTreeMap<String, String>) {
    let mut words = Words::default();
    let files = files(&mut words);
    (words, files)
}

/// The files of the fixture with the words of the time that `words` is set to.
pub fn files(words: &mut Words) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string("tests/cases/marked.txt").expect("marked.txt is there");
    let mut files = whole::files(&words.fill(&text));
    for register in REGISTERS.iter().filter(|register| register.name != "evidence") {
        files.insert(format!("registers/{}.csv", register.name), table(register, words));
    }
    whole::fill_in_digests(&mut files);
    files
}

/// A line that its register's readers see, one for management, one that is privileged, one for the official, and where the register takes them
/// a statement of none.
fn table(register: &Register, words: &mut Words) -> String {
    let own: Vec<_> = register.columns.iter().collect();
    let more = COMMON
        .iter()
        .filter(|common| own.iter().all(|column| column.name != common.name));
    let columns: Vec<_> = own.iter().copied().chain(more).collect();
    let mut lines = vec![
        columns
            .iter()
            .map(|column| column.name)
            .collect::<Vec<_>>()
            .join(","),
    ];
    let usual = match register.audience {
        Audience::Workforce => "S",
        _ => "M",
    };
    for (n, letter) in [usual, "M", "N", "O"].into_iter().enumerate() {
        // The lines that others name by their ids.
        let id = match (register.name, n) {
            ("systems", 0) => "s1".to_string(),
            ("workforce", 0) => "w1".to_string(),
            ("devices", 0) => "d1".to_string(),
            _ => words.word(&format!("{letter}:{}-{n}-id", register.name)),
        };
        let cells = columns.iter().map(|column| match (column.name, column.kind) {
            ("id", _) => id.clone(),
            ("audience", _) if n == 1 => "management".to_string(),
            ("audience", _) if n == 3 => "official".to_string(),
            ("audience" | "phi", _) | ("from" | "to" | "recorded", ColumnKind::Date) => String::new(),
            ("privileged", _) => if n == 2 { "yes" } else { "" }.to_string(),
            ("note" | "hold", _) => {
                let letter = ["I", "I", "N", "K"][n];
                words.word(&format!("{letter}:{}-{n}-{}", register.name, column.name))
            }
            (_, ColumnKind::Date) => "2026-09-01".to_string(),
            (_, ColumnKind::YesNo) => "yes".to_string(),
            (_, ColumnKind::OneOf(choice)) => choice[0].to_string(),
            (_, ColumnKind::Number) => "5".to_string(),
            (_, ColumnKind::Systems) => "s1".to_string(),
            (_, ColumnKind::Sites) => "main".to_string(),
            (_, ColumnKind::Devices) => "d1".to_string(),
            // Ids of exhibits that no other reader may know of.
            (name, ColumnKind::Exhibit) => words.fill(&format!(
                "EX-2%N:privileged-exhibit-id%; EX-4%M:management-exhibit-id%; EX-7%O:official-exhibit-id%; {letter}{n}%{letter}:{}-{n}-{name}%",
                register.name
            )),
            (_, ColumnKind::Citations) => "164.312(b)".to_string(),
            (name, ColumnKind::Text | ColumnKind::Persons) => {
                words.word(&format!("{letter}:{}-{n}-{name}", register.name))
            }
        });
        lines.push(cells.collect::<Vec<_>>().join(","));
    }
    if register.name == "leavers" {
        let cells = columns.iter().map(|column| match column.name {
            name if name == register.date => "none".to_string(),
            "from" => "2026-01-01".to_string(),
            "to" | "recorded" => "2026-06-30".to_string(),
            "by" => words.word("S:none-by"),
            "hold" => words.word("J:none-hold"),
            _ => String::new(),
        });
        lines.push(cells.collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}

/// Builds a copy with the program, and gives its files; of a part the PDF alone.
pub fn build(files: &BTreeMap<String, String>, arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let place = tempfile::tempdir().expect("temp");
    for (name, text) in files {
        let path = place.path().join("clinic").join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let out = place.path().join("out");
    let run = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(["build", "--as-of", "2026-11-20"])
        .arg(place.path().join("clinic"))
        .arg("--out")
        .arg(&out)
        .args(arguments)
        .output()
        .expect("binder runs");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    tree(&out)
}

/// What is in a PDF, as people and programs find it.
pub struct Sheets {
    /// The words of the pages.
    pub pages: String,
    /// All that is in it: pages, outline, metadata, destinations, attachments with their names, and every
    /// stream unpacked. Text of two bytes a letter stands here with one.
    pub all: String,
}

pub fn sheets(pdf: &[u8]) -> Sheets {
    let place = tempfile::tempdir().expect("temp");
    let path = place.path().join("a.pdf");
    std::fs::write(&path, pdf).expect("written");
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(place.path());
        let run = command.output().expect("poppler-utils are there");
        assert!(run.status.success(), "{program}");
        String::from_utf8_lossy(&run.stdout).into_owned()
    };
    let pages = run("pdftotext", &["-raw", "a.pdf", "-"]);
    let mut all = pages.clone();
    all += &run("pdftohtml", &["-xml", "-i", "-stdout", "a.pdf"]);
    for arguments in [["-meta", "a.pdf"], ["-dests", "a.pdf"]] {
        all += &run("pdfinfo", &arguments);
    }
    // Their bytes are among the streams.
    all += &run("pdfdetach", &["-list", "a.pdf"]);
    let mut bytes = pdf.to_vec();
    let read = Pdf::new(pdf.to_vec()).expect("a readable PDF");
    let mut streams = 0;
    for object in read.objects() {
        if let Object::Stream(stream) = object
            && let Ok(data) = stream.decoded()
        {
            streams += 1;
            bytes.extend_from_slice(&data);
        }
    }
    assert!(streams > 50, "the streams were unpacked");
    bytes.extend(hexadecimal(pdf));
    bytes.retain(|byte| *byte != 0);
    all += &String::from_utf8_lossy(&bytes);
    Sheets { pages, all }
}

/// The strings that are written as digits, `<FEFF0041>`.
fn hexadecimal(pdf: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let strings = pdf.split(|byte| *byte == b'<').filter_map(|rest| {
        let end = rest.iter().position(|byte| *byte == b'>')?;
        let digits: Option<Vec<u32>> = rest[..end].iter().map(digit).collect();
        digits
    });
    let pairs = strings.flat_map(|digits| {
        digits
            .chunks_exact(2)
            .map(|two| two[0] * 16 + two[1])
            .collect::<Vec<_>>()
    });
    pairs.filter_map(|byte| u8::try_from(byte).ok()).collect()
}

/// A copy of the binder, taken apart.
pub struct Copy {
    pub site: String,
    pub sheets: Option<Sheets>,
}

pub fn copy(files: &BTreeMap<String, Vec<u8>>) -> Copy {
    let mut site = String::new();
    let mut print: Option<Sheets> = None;
    for (path, bytes) in files {
        site += &format!("\n{path}\n");
        if !path.ends_with("binder.pdf") {
            site += &String::from_utf8_lossy(bytes);
            continue;
        }
        // Those of sealed versions, too.
        let more = sheets(bytes);
        let print = print.get_or_insert_with(|| Sheets {
            pages: String::new(),
            all: String::new(),
        });
        print.pages += &more.pages;
        print.all += &more.all;
    }
    Copy { site, sheets: print }
}

/// The words of the fixture that a text holds, with what stands around them.
pub fn found(text: &str) -> BTreeMap<&str, &str> {
    let starts = text.match_indices("zq").map(|(at, _)| at);
    let words = starts.filter_map(|at| Some((text.get(at..at + 7)?, at)));
    words
        .filter(|(word, _)| word.ends_with('x') && word[2..6].bytes().all(|byte| byte.is_ascii_digit()))
        .map(|(word, at)| {
            let from = text.floor_char_boundary(at.saturating_sub(60));
            (word, &text[from..text.floor_char_boundary(at + 30)])
        })
        .collect()
}

/// Asserts that the words of `hidden` are nowhere and those of `shown` are where they belong, and names each that is not.
pub fn shows(copy: &Copy, words: &Words, shown: &str, hidden: &str) {
    let mut wrong: BTreeSet<String> = BTreeSet::new();
    let site = found(&copy.site);
    let all = found(copy.sheets.as_ref().map_or("", |sheets| &sheets.all));
    let pages = found(copy.sheets.as_ref().map_or("", |sheets| &sheets.pages));
    for (mark, word) in words.of(hidden) {
        for (place, found) in [("the site", &site), ("the PDF", &all)] {
            if let Some(around) = found.get(word) {
                wrong.insert(format!("{place} shows {mark}: ...{around}..."));
            }
        }
    }
    for (mark, word) in words.of(shown) {
        let letter = mark.chars().next().unwrap_or_default();
        if letter != 'P' && !site.contains_key(word) {
            wrong.insert(format!("the site lacks {mark}"));
        }
        let printed = match letter {
            'A' => &all,
            _ => &pages,
        };
        if letter.is_uppercase() && copy.sheets.is_some() && !printed.contains_key(word) {
            wrong.insert(format!("the PDF lacks {mark}"));
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// By a validator that shares no code with the exporter.
pub fn accepted(pdf: &[u8], profiles: &[ValidationProfile]) {
    for profile in profiles {
        let options = ValidationOptions::default().profile(*profile);
        let report = validate_pdf_bytes(pdf, &options).expect("a readable PDF");
        assert!(report.failures.is_empty(), "{profile:?}: {:?}", report.failures);
    }
}
