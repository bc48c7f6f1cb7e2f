//! Files that a browser would open: which are pictures, how large they are, and under which name they may be published.
//!
//! Owns the rule that nothing from the clinic's folder can run as a page: web pages and scripts are published as
//! text, and so is an SVG drawing that holds anything but a drawing.

pub use super::sizes::size;

/// True for the kinds that browsers show in a page, judged by name and, for SVG, by content.
pub fn is_picture(path: &str, bytes: &[u8]) -> bool {
    match extension(path).as_str() {
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "bmp" => true,
        "svg" => svg_is_a_drawing(bytes),
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
        "svg" if svg_is_a_drawing(bytes) => name.to_string(),
        e if TEXTS.contains(&e) => format!("{name}.txt"),
        _ => format!("{name}.bin"),
    }
}

/// True when the file can be shown as text.
pub fn is_text(path: &str) -> bool {
    TEXTS.contains(&extension(path).as_str())
}

/// True when an SVG file holds no script, no event handler, no entity, no foreign content and nothing from elsewhere.
fn svg_is_a_drawing(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let text = text.to_ascii_lowercase();
    if !text.contains("<svg") {
        return false;
    }
    let refused = [
        "<script",
        ":script",
        "<foreignobject",
        ":foreignobject",
        "<!entity",
        "javascript:",
        "<iframe",
        "<embed",
        "<object",
        "<handler",
        "<set",
        "<animate",
        "@import",
        "<?xml-stylesheet",
    ];
    if refused.iter().any(|r| text.contains(r)) {
        return false;
    }
    // An attribute that starts with "on" is an event handler; links may only lead within the drawing.
    let mut rest = text.as_str();
    while let Some(at) = rest.find('=') {
        let name = rest[..at].trim_end();
        let name = &name[name
            .rfind(|c: char| c.is_whitespace() || "\"'/<".contains(c))
            .map_or(0, |i| i + 1)..];
        let value = rest[at + 1..]
            .trim_start()
            .trim_start_matches(['"', '\''])
            .trim_start();
        let link = matches!(name, "href" | "src") || name.ends_with(":href");
        if name.starts_with("on") || (link && !value.starts_with('#') && !value.starts_with("data:image/")) {
            return false;
        }
        rest = &rest[at + 1..];
    }
    true
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
            "<svg><script>x</script></svg>",
            "<svg onload=\"x\"/>",
            "<svg\nonload = 'x'/>",
            "<svg/onload=x>",
            "<svg><a xlink:href=\"javascript:x\"/></svg>",
            "<svg><image href=\"https://a.example/x.png\"/></svg>",
            "<svg><foreignObject/></svg>",
            "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>",
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
