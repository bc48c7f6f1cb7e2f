//! Files that a browser would open: which are pictures, how large they are, and under which name they may be published.
//!
//! Owns the rule that nothing from the clinic's folder can run as a page: web pages and scripts are published as
//! text, and so is an SVG drawing that holds anything but a drawing.

mod svg;

pub use super::sizes::size;

/// True for the kinds that browsers show in a page, judged by name and, for SVG, by content.
pub fn is_picture(path: &str, bytes: &[u8]) -> bool {
    match extension(path).as_str() {
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "bmp" => true,
        "svg" => svg::is_a_drawing(bytes),
        _ => false,
    }
}

/// The last part of the name in lower case, "" if none.
pub fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .map_or(String::new(), |(_, e)| e.to_ascii_lowercase())
}

/// Kinds that a browser shows or saves and never runs.
const HARMLESS: &[&str] = &[
    "avif", "bmp", "csv", "doc", "docx", "eml", "gif", "gz", "heic", "ics", "jpeg", "jpg", "json", "log",
    "m4a", "md", "mov", "mp3", "mp4", "msg", "odp", "ods", "odt", "pdf", "png", "ppt", "pptx", "rtf", "tif",
    "tiff", "tsv", "txt", "vcf", "wav", "webm", "webp", "xls", "xlsm", "xlsx", "zip",
];

/// Kinds that are text, whatever else they may be.
const TEXTS: &[&str] = &[
    "cfg", "conf", "css", "csv", "htm", "html", "ini", "js", "json", "log", "md", "mht", "mhtml", "mjs",
    "ps1", "reg", "shtml", "svg", "toml", "tsv", "txt", "xhtml", "xht", "xml", "xsl", "xslt", "yaml", "yml",
];

/// The name under which a file is published: its own, or with `.txt` (texts) or `.bin` (anything else) behind it when
/// a browser might run it.
pub fn published_name(path: &str, bytes: &[u8]) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = extension(path);
    match extension.as_str() {
        e if HARMLESS.contains(&e) => name.to_string(),
        "svg" if svg::is_a_drawing(bytes) => name.to_string(),
        e if TEXTS.contains(&e) => format!("{name}.txt"),
        _ => format!("{name}.bin"),
    }
}

/// True when the file can be shown as text.
pub fn is_text(path: &str) -> bool {
    TEXTS.contains(&extension(path).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_shown_and_a_program_is_not() {
        let drawing = br##"<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/><use href="#a"/></svg>"##;
        assert!(is_picture("evidence/a.svg", drawing));
        assert_eq!(published_name("evidence/a.svg", drawing), "a.svg");
        for program in [
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>x</script></svg>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x\"/>",
            "no drawing at all",
        ] {
            assert!(!is_picture("evidence/a.svg", program.as_bytes()), "{program}");
            assert_eq!(
                published_name("evidence/a.svg", program.as_bytes()),
                "a.svg.txt",
                "{program}"
            );
        }
    }

    #[test]
    fn web_pages_and_programs_are_published_as_text_or_as_bytes() {
        assert_eq!(published_name("evidence/report.HTML", b""), "report.HTML.txt");
        assert_eq!(published_name("evidence/setup.exe", b""), "setup.exe.bin");
        assert_eq!(published_name("evidence/export", b""), "export.bin");
        assert_eq!(published_name("evidence/log.csv", b""), "log.csv");
    }
}
