//! Files that a browser would open: which are pictures, how large they are, and under which name they may be published.
//!
//! Owns the rule that nothing from the clinic's folder can run as a page: web pages and scripts are published as
//! text, and so is an SVG drawing that holds anything but a drawing.

mod svg;

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

/// Width and height in pixels, as the head of a PNG, GIF, JPEG or BMP file says.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be32 = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le32 = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| {
        Some(u32::from(u16::from_le_bytes(
            bytes.get(at..at + 2)?.try_into().ok()?,
        )))
    };
    let found = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (be32(16)?, be32(20)?)
    } else if bytes.starts_with(b"GIF8") {
        (le16(6)?, le16(8)?)
    } else if bytes.starts_with(b"BM") {
        (le32(18)?, le32(22)?)
    } else if bytes.starts_with(&[0xff, 0xd8]) {
        jpeg_size(bytes)?
    } else {
        return None;
    };
    (found.0 > 0 && found.1 > 0).then_some(found)
}

fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            0xff => at += 1,
            // Start of frame, whichever coding; not the tables in between.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((u32::from(be16(at + 7)?), u32::from(be16(at + 5)?)));
            }
            _ => at += 2 + usize::from(be16(at + 2)?),
        }
    }
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

    #[test]
    fn the_head_of_a_picture_tells_its_size() {
        let png = [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(),
            &[0, 0, 1, 0],
            &[0, 0, 0, 9],
        ]
        .concat();
        assert_eq!(size(&png), Some((256, 9)));
        assert_eq!(size(b"GIF89a\x02\0\x03\0"), Some((2, 3)));
        let jpeg = [
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 11, 8, 0, 7, 0, 8, 1,
        ];
        assert_eq!(size(&jpeg), Some((8, 7)));
        assert_eq!(size(&jpeg[..12]), None);
        assert_eq!(size(b"\x89PNG\r\n\x1a\n"), None);
    }
}
