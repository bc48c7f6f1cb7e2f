//! Bytes to text: byte order marks, Windows encodings, old line ends, and files that are no text at all.
//!
//! Word and Excel save in the encoding of the machine. Such a file is read all the same, with a warning, because a
//! clinic that cannot build for a curly apostrophe would stop building.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Place, Source};
use crate::world::File;

/// Largest text file that is read, in bytes.
pub const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// The text, with the warning that it was saved in another encoding; or why it is none.
type Decoded = Result<(Source, Option<Diagnostic>), Box<Diagnostic>>;

/// Windows-1252 for the bytes 0x80 to 0x9F; the five that it leaves open are `None`. From 0xA0 on it is Latin-1.
const CP1252: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// Text of a file, or `None` with an error in `out`.
///
/// Errors: `file-too-large` above [`MAX_TEXT`], `bad-utf8` for bytes that are no text. Warning: `not-utf8` for a
/// Windows encoding that could be read.
pub fn read(path: &Arc<str>, file: &File, out: &mut Vec<Diagnostic>) -> Option<Source> {
    let bytes = match &file.bytes {
        Some(bytes) if file.size <= MAX_TEXT => bytes,
        _ => {
            out.push(
                Diagnostic::error(
                    "file-too-large",
                    Place::file(path.clone()),
                    format!("this file has {} and was not read; a text file may have 4 MB", megabytes(file.size)),
                )
                .help("Move pictures and scans to the folder evidence, and split a long text into several files."),
            );
            return None;
        }
    };
    match decode(path, bytes) {
        Ok((source, warning)) => {
            out.extend(warning);
            Some(source)
        }
        Err(error) => {
            out.push(*error);
            None
        }
    }
}

/// Text of a file as messages show it, without any message of its own.
pub fn source(path: &Arc<str>, file: &File) -> Option<Source> {
    read(path, file, &mut Vec::new())
}

/// Text of a file of any size that is in memory; `None` for one that is no text.
pub fn listing(path: &Arc<str>, file: &File) -> Option<Source> {
    let bytes = file.bytes.as_ref()?;
    decode(path, bytes).ok().map(|(source, _)| source)
}

fn megabytes(size: u64) -> String {
    let tenths = size.saturating_mul(10) / (1024 * 1024);
    if tenths.is_multiple_of(10) || tenths > 1000 {
        format!("{} MB", tenths / 10)
    } else {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

fn decode(path: &Arc<str>, bytes: &[u8]) -> Decoded {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return utf16(path, rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return utf16(path, rest, u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Searched for by blocks first: next to no file has one.
    if bytes.contains(&0)
        && let Some(at) = bytes.iter().position(|b| *b == 0)
    {
        return Err(not_text(path, bytes, at));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Ok((Source::new(path.clone(), old_line_ends(text)), None));
    }
    let mut text = String::with_capacity(bytes.len());
    let mut first_bad = None;
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        at += chunk.valid().len();
        for byte in chunk.invalid() {
            let decoded = match byte {
                0x80..=0x9F => CP1252[usize::from(byte - 0x80)],
                _ => Some(char::from(*byte)),
            };
            let Some(decoded) = decoded else {
                return Err(not_text(path, bytes, at));
            };
            first_bad.get_or_insert((at, text.len()));
            text.push(decoded);
            at += 1;
        }
    }
    if let (Some((at, _)), Some(_)) = (first_bad, bytes.iter().find(|b| is_binary(**b))) {
        return Err(not_text(path, bytes, at));
    }
    let source = Source::new(path.clone(), old_line_ends(&text));
    let warning = first_bad.map(|(_, start)| {
        let end = start + source.text[start..].chars().next().map_or(0, char::len_utf8);
        Diagnostic::warning(
            "not-utf8",
            source.place(start..end),
            format!(
                "this file is not saved as UTF-8; this sign was read as {} in the Windows encoding",
                &source.text[start..end]
            ),
        )
        .help("Save the file as UTF-8: in Word and Notepad it is a choice of \"Save as\", in Excel it is \"CSV UTF-8\".")
    });
    Ok((source, warning))
}

fn utf16(path: &Arc<str>, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let decoded: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect();
    match decoded {
        Ok(text) if rest.is_empty() && !text.contains('\0') => {
            let source = Source::new(path.clone(), old_line_ends(&text));
            let warning = Diagnostic::warning(
                "not-utf8",
                source.place(0..0),
                "this file is saved as \"Unicode text\" (UTF-16); it was read all the same",
            )
            .help("Save the file as UTF-8: in Notepad it is a choice of \"Save as\", in Excel it is \"CSV UTF-8\".");
            Ok((source, Some(warning)))
        }
        _ => Err(not_text(path, bytes, 0)),
    }
}

/// Control characters that no text has.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0x00..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F)
}

fn not_text(path: &Arc<str>, bytes: &[u8], at: usize) -> Box<Diagnostic> {
    let before = &bytes[..at.min(bytes.len())];
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let place = Place {
        file: path.clone(),
        line: before.iter().filter(|b| **b == b'\n').count() as u32 + 1,
        column: String::from_utf8_lossy(&before[line_start..]).chars().count() as u32 + 1,
        range: (0..0).into(),
    };
    let byte = bytes.get(at).copied().unwrap_or(0);
    let error = Diagnostic::error(
        "bad-utf8",
        place,
        format!("this file is not plain text: the byte {byte:#04X} here is no letter in UTF-8 or in the Windows encoding"),
    )
    .help("Open it in the program that made it and save it as plain text in UTF-8. Scans and pictures belong in the folder evidence.");
    Box::new(error)
}

/// Classic Mac line ends (a lone CR), as Excel for Mac still writes them. The length stays the same.
fn old_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\n') || !text.contains('\r') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace('\r', "\n"))
    }
}

/// The words of a text as digests see them: LF line ends.
pub fn lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> File {
        File {
            size: bytes.len() as u64,
            digest: [0; 32],
            bytes: Some(bytes.into()),
        }
    }

    fn read_bytes(bytes: &[u8]) -> (Option<String>, Vec<&'static str>, Option<(u32, u32)>) {
        let mut out = Vec::new();
        let source = read(&"a.md".into(), &file(bytes), &mut out);
        let place = out.first().map(|d| (d.place.line, d.place.column));
        (
            source.map(|s| s.text.to_string()),
            out.iter().map(|d| d.code).collect(),
            place,
        )
    }

    #[test]
    fn byte_order_mark_is_no_text() {
        assert_eq!(
            read_bytes(b"\xEF\xBB\xBFhello"),
            (Some("hello".into()), vec![], None)
        );
    }

    #[test]
    fn windows_text_is_read_with_a_warning_at_its_first_sign() {
        let (text, codes, place) = read_bytes(b"one\nit\x92s \x80 5");
        assert_eq!(text.as_deref(), Some("one\nit’s € 5"));
        assert_eq!((codes, place), (vec!["not-utf8"], Some((2, 3))));
    }

    #[test]
    fn one_bad_byte_does_not_spoil_the_good_letters() {
        assert_eq!(read_bytes("é\u{2013}".as_bytes()).1, Vec::<&str>::new());
        assert_eq!(read_bytes(b"\xC3\xA9 \xE9").0.as_deref(), Some("é é"));
    }

    #[test]
    fn bytes_of_no_encoding_are_an_error_with_their_line() {
        assert_eq!(read_bytes(b"a\nb\x81"), (None, vec!["bad-utf8"], Some((2, 2))));
        assert_eq!(read_bytes(b"a\nb\n\0"), (None, vec!["bad-utf8"], Some((3, 1))));
        assert_eq!(
            read_bytes(b"\x89PNG\r\n\x1a\n\xff"),
            (None, vec!["bad-utf8"], Some((1, 1)))
        );
    }

    #[test]
    fn excel_unicode_text_is_read() {
        let (text, codes, _) = read_bytes(b"\xFF\xFEa\0\t");
        assert_eq!(
            (text, codes),
            (None, vec!["bad-utf8"]),
            "an odd number of bytes is no UTF-16"
        );
        let (text, codes, _) = read_bytes(b"\xFF\xFEa\0\t\0b\0");
        assert_eq!((text.as_deref(), codes), (Some("a\tb"), vec!["not-utf8"]));
    }

    #[test]
    fn a_large_file_is_not_read() {
        let mut out = Vec::new();
        let big = File {
            size: 50 * 1024 * 1024,
            digest: [0; 32],
            bytes: None,
        };
        assert!(read(&"a.md".into(), &big, &mut out).is_none());
        assert_eq!(out[0].code, "file-too-large");
        assert!(out[0].message.contains("50 MB"), "{}", out[0].message);
    }

    #[test]
    fn old_mac_lines_are_lines() {
        assert_eq!(read_bytes(b"a\rb\r").0.as_deref(), Some("a\nb\n"));
    }
}
