//! PDF files made by hand, and the pages of PDF files read back with poppler-utils.

use std::process::Command;

use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};

/// A PDF of these objects, the first of them its catalog, with the cross-reference table that belongs to them.
pub fn file(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut out = "%PDF-1.4\n".to_string();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, body) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out += &format!("{} 0 obj\n{body}\nendobj\n", n + 1);
    }
    let start = out.len();
    out += &table;
    out += &format!(
        "trailer\n<</Size {} /Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF",
        objects.len() + 1
    );
    out.into_bytes()
}

/// A PDF with a page of each size and turn: width and height in points, `/Rotate` in degrees. Page 2 says
/// "Certificate sheet 2".
pub fn pages(sizes: &[(u32, u32, u32)]) -> Vec<u8> {
    let kids: Vec<String> = (0..sizes.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_string(),
        format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.join(" "), sizes.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_string(),
    ];
    for (n, (width, height, rotate)) in sizes.iter().enumerate() {
        let content = format!(
            "1 w 20 20 {} {} re S BT /F1 14 Tf 72 {} Td (Certificate sheet {}) Tj ET",
            width - 40,
            height - 40,
            height - 92,
            n + 1
        );
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Rotate {rotate}/Contents {} 0 R\
             /Resources<</Font<</F1 3 0 R>>>>>>",
            5 + 2 * n
        ));
        objects.push(format!(
            "<</Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    file(&objects, "")
}

/// A PDF that asks for a password.
pub fn locked() -> Vec<u8> {
    let zeros = "00".repeat(32);
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_string(),
        "<</Type/Pages/Kids[]/Count 0>>".to_string(),
        format!("<</Filter/Standard/V 1/R 2/O<{zeros}>/U<{zeros}>/P -4>>"),
    ];
    file(&objects, "/Encrypt 3 0 R/ID[<00><00>]")
}

/// Runs a program of poppler-utils on a PDF.
pub fn poppler(program: &str, args: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("binder.pdf");
    std::fs::write(&path, pdf).expect("a file");
    let mut command = Command::new(program);
    command.args(args).arg(&path);
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().expect("poppler-utils reads the pages back");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Fails where an independent validator finds a fault.
#[track_caller]
pub fn valid(pdf: &[u8], profile: ValidationProfile) {
    let options = ValidationOptions::default().profile(profile);
    let report = validate_pdf_bytes(pdf, &options).expect("a readable PDF");
    assert!(report.failures.is_empty(), "{profile:?}: {:?}", report.failures);
    assert!(
        report.rules.passed > 100,
        "{profile:?} checked {} rules only",
        report.rules.passed
    );
}

/// A text without white space and signs that are not seen: what must not change between file and paper.
pub fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect()
}
