//! Exhibits on paper: what can be printed is printed word for word, and what can't be ends no build.
//!
//! The pages are read back with `pdftotext` and `pdfdetach` (poppler-utils).

mod support;
use support::pdf::{letters, locked, pages, poppler, valid};

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use hipaa_binder::address;
use hipaa_binder::pipeline::Built;
use hipaa_binder::world::Folder;
use image::{DynamicImage, ImageFormat};
use jiff::civil::date;
use page_validation::ValidationProfile;

const CONFIG: &str =
    "[practice]\nname = \"Larkspur Family Medicine\"\nkind = \"covered-entity\"\n\n[print]\n";

/// The exhibits of the tests: file, title, bytes, and the code of the warning that it gets.
fn exhibits() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let bytes = |text: &str| text.as_bytes().to_vec();
    let picture = picture(600, 400);
    let mut huge = picture.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = crc32(&huge[12..29]);
    huge[29..33].copy_from_slice(&crc.to_be_bytes());
    vec![
        ("log.txt", "A log", bytes(&listing()), ""),
        ("users.csv", "A table", bytes(&table()), ""),
        (
            "long.log",
            "A long log",
            bytes(&"one line of many\n".repeat(2100)),
            "exhibit-cut",
        ),
        ("letter.pdf", "A letter", pages(&[(612, 792, 0); 2]), ""),
        ("screen.png", "A screen", picture.clone(), ""),
        ("camera.png", "A photo", picture_of_camera(), ""),
        (
            "windows.txt",
            "Old text",
            b"caf\xe9 closed".to_vec(),
            "exhibit-not-utf8",
        ),
        (
            "broken.pdf",
            "A broken PDF",
            bytes("%PDF-1.7\nnothing"),
            "exhibit-not-drawable",
        ),
        ("locked.pdf", "A locked PDF", locked(), "exhibit-encrypted"),
        ("empty.pdf", "An empty file", vec![], "exhibit-empty"),
        (
            "cut.png",
            "A cut picture",
            picture[..picture.len() / 2].to_vec(),
            "exhibit-not-drawable",
        ),
        ("huge.png", "A boundless picture", huge, "exhibit-too-large"),
        (
            "words.png",
            "No picture",
            bytes("just words"),
            "exhibit-not-drawable",
        ),
        ("zeros.txt", "No text", vec![0; 64], "exhibit-not-drawable"),
        ("plan.xlsx", "A workbook", bytes("PK\u{3}\u{4}"), ""),
        ("walk.mp4", "A video", bytes("ftyp"), ""),
    ]
}

fn listing() -> String {
    let long = "word".repeat(60);
    let mut lines = vec!["Here-begins-the-log".to_string()];
    lines.extend((0..150).map(|n| format!("2026-09-{:02} #eval(\"{n}\") $x$ \\ <b> *note*", n % 30 + 1)));
    lines.push(format!("long {long} end"));
    lines.push("Here-ends-the-log".to_string());
    lines.join("\n")
}

fn table() -> String {
    let mut text = "User;Role;Last sign-in\n".to_string();
    for n in 0..120 {
        text += &format!("user-{n};\"Front desk; {n}\";2026-10-{:02}\n", n % 31 + 1);
    }
    text
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let dots = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x as u8, y as u8, (x ^ y) as u8])
    });
    let mut out = Cursor::new(vec![]);
    DynamicImage::ImageRgb8(dots)
        .write_to(&mut out, ImageFormat::Png)
        .expect("a picture");
    out.into_inner()
}

/// Larger than paper can show.
fn picture_of_camera() -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    DynamicImage::ImageLuma8(image::GrayImage::from_pixel(4200, 3000, image::Luma([120])))
        .write_to(&mut out, ImageFormat::Png)
        .expect("a picture");
    out.into_inner()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

fn folder(print: &str) -> Folder {
    let mut lines = "id,file,title,date,rows,phi\n".to_string();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (n, (file, title, bytes, _)) in exhibits().into_iter().enumerate() {
        lines += &format!("EX-{:02},{file},{title},2026-09-08,164.312(b),none\n", n + 1);
        files.insert(format!("evidence/{file}"), bytes);
    }
    let risks = "id,asset,threat,vulnerability,likelihood,impact,level,decision,checked\n\
                 R-7,Laptop,Theft,Not encrypted,low,high,moderate,mitigate,2026-09-01\n\
                 R-8,Mail,Phishing,Clicks,high,high,high,mitigate,2026-09-01\n";
    let workforce = "id,name,role,since,until,checked\n\
                     w1,Tessa Brandt,Nurse,2020-01-01,,2026-09-01\n\
                     w2,Colin Marsh,Front desk,2020-01-01,2026-06-30,2026-09-01\n";
    files.insert("registers/evidence.csv".to_string(), lines.into_bytes());
    files.insert("registers/risks.csv".to_string(), risks.into());
    files.insert("registers/workforce.csv".to_string(), workforce.into());
    files.insert(
        "binder.toml".to_string(),
        format!("{CONFIG}{print}\n").into_bytes(),
    );
    support::folder(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )
}

fn built(print: &str) -> Built {
    support::printed(&folder(print), date(2026, 11, 20))
}

fn pdf_of(built: &Built) -> Arc<[u8]> {
    let output = built.output.as_ref().expect("an output");
    output.bytes(address::PDF).expect("a PDF").clone()
}

/// With the files attached: built once for all tests.
static BUILT: LazyLock<Built> = LazyLock::new(|| built("attach = true"));

/// The text of the pages without heads, feet and tabs.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let body = ["-x", "26", "-y", "62", "-W", "560", "-H", "664", "-raw"];
    poppler("pdftotext", &body, &pdf_of(&BUILT))
});

#[test]
fn a_listing_has_every_line_and_nothing_else() {
    let printed = letters(&TEXT);
    let numbered: Vec<String> = listing()
        .lines()
        .enumerate()
        .map(|(n, line)| format!("{}{}", n + 1, letters(line)))
        .collect();
    let from = printed.find(&numbered[0]).expect("the first line");
    let last = numbered.last().expect("a line");
    let to = printed.find(last).expect("the last line") + last.len();
    let (read, typed) = (&printed[from..to], numbered.concat());
    let same = read
        .bytes()
        .zip(typed.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    assert_eq!(read[same..], typed[same..], "from letter {same} on");
}

#[test]
fn a_table_has_every_cell_in_order() {
    let printed = letters(&TEXT);
    let mut at = printed.find("UserRoleLastsign-in").expect("the header");
    for line in table().lines().skip(1) {
        let cells = letters(&line.replace(";\"", "").replace("\";", ""));
        match printed[at..].find(&cells) {
            Some(found) => at += found,
            None => panic!("{cells} is lost"),
        }
    }
}

#[test]
fn what_cannot_be_printed_gets_a_sheet_and_a_warning_at_its_line() {
    let printed = letters(&TEXT);
    for (n, (file, title, _, code)) in exhibits().into_iter().enumerate() {
        let head = letters(&format!("Exhibit EX-{:02}: {title}", n + 1));
        assert!(printed.contains(&head), "{title} has a sheet");
        let codes: Vec<&str> = BUILT
            .diagnostics
            .iter()
            .filter(|d| d.code.starts_with("exhibit-"))
            .filter(|d| (&*d.place.file, d.place.line) == ("registers/evidence.csv", n as u32 + 2))
            .map(|d| d.code)
            .collect();
        let expected = if code.is_empty() { vec![] } else { vec![code] };
        assert_eq!(codes, expected, "{file}");
    }
    for words in [
        "can't be printed: the PDF asks for a password",
        "can't be printed: it is empty",
        "can't be printed: the picture has 60000 by 60000 dots",
        "this is a workbook of a spreadsheet program (xlsx). The file is kept as evidence/plan.xlsx",
        "this is a video (mp4)",
        "The first 2000 of 2100 lines are printed. The whole file is kept as evidence/long.log",
        "the file has 4200 by 3000",
        "Exhibit EX-04, page 2 of 2 of this exhibit",
    ] {
        assert!(printed.contains(&letters(words)), "{words}");
    }
}

#[test]
fn pages_keep_their_words_for_those_who_cannot_see_them() {
    let alt = b"Certificate sheet 2";
    let wide: Vec<u8> = alt.iter().flat_map(|b| [0, *b]).collect();
    let pdf = pdf_of(&BUILT);
    let has = |needle: &[u8]| pdf.windows(needle.len()).any(|window| window == needle);
    assert!(
        has(alt) || has(&wide),
        "the words of the second page are its alternative"
    );
}

#[test]
fn the_picture_of_the_risks_and_the_signature_sheets_are_there() {
    for words in [
        "Impact high",
        "Likelihood low",
        "Signature sheet: approval of the policies",
        "Signature sheet: workforce acknowledgment",
    ] {
        assert!(letters(&TEXT).contains(&letters(words)), "{words}");
    }
    let sheet = TEXT.rfind("workforce acknowledgment").expect("the sheet");
    assert!(TEXT[sheet..].contains("Tessa Brandt"));
    assert!(!TEXT[sheet..].contains("Colin Marsh"), "who left signs nothing");
    assert!(
        letters(&TEXT[sheet..]).contains(&BUILT.build_id),
        "bound to the build"
    );
}

#[test]
fn originals_are_attached_where_the_clinic_asks_for_it_and_the_archive_standard_holds() {
    let listed = poppler("pdfdetach", &["-list"], &pdf_of(&BUILT));
    for file in ["letter.pdf", "users.csv", "plan.xlsx"] {
        assert!(listed.contains(file), "{file} in {listed}");
    }
    valid(&pdf_of(&BUILT), ValidationProfile::PdfA3a);
    valid(&pdf_of(&BUILT), ValidationProfile::PdfUa1);

    let plain = built("");
    let plain_pdf = pdf_of(&plain);
    assert!(poppler("pdfdetach", &["-list"], &plain_pdf).starts_with("0 embedded files"));
    valid(&plain_pdf, ValidationProfile::PdfA2a);
    // Forgetting what was drawn changes nothing.
    comemo::evict(0);
    assert_eq!(pdf_of(&built("")), plain_pdf, "the same bytes");
}
