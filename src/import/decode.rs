//! Bytes of a foreign file to text with `\n` line ends.

use std::sync::Arc;

use crate::content::text;
use crate::world::File;

/// The text, and whether it was saved in another encoding than UTF-8.
///
/// # Errors
/// Why it is no text, in words for a person.
pub fn decode(path: &str, bytes: &[u8]) -> Result<(String, bool), String> {
    let marked;
    let bytes = match utf16_without_mark(bytes) {
        Some(mark) => {
            marked = [mark.as_slice(), bytes].concat();
            marked.as_slice()
        }
        None => bytes,
    };
    let file = File {
        size: bytes.len() as u64,
        digest: [0; 32],
        bytes: Some(bytes.into()),
    };
    let mut out = vec![];
    let source = text::read(&Arc::from(path), &file, &mut out);
    match source {
        Some(source) => {
            let text = source
                .text
                .trim_start_matches('\u{feff}')
                .replace("\r\n", "\n")
                .replace('\r', "\n");
            Ok((text, !out.is_empty()))
        }
        None => Err(out
            .first()
            .map_or_else(|| "it is no text".to_owned(), |problem| problem.message.clone())),
    }
}

/// Every second byte of western text in UTF-16 is zero: the byte order mark that was left out.
fn utf16_without_mark(bytes: &[u8]) -> Option<[u8; 2]> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if pairs.len() < 8 || !rest.is_empty() {
        return None;
    }
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let (low, high) = (zeros(0), zeros(1));
    if high * 10 > pairs.len() * 7 && low == 0 {
        Some([0xFF, 0xFE])
    } else if low * 10 > pairs.len() * 7 && high == 0 {
        Some([0xFE, 0xFF])
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_gives_the_same_text() {
        let wanted = "Fax – “policy”\nnext\n".to_owned();
        let utf16 = |order: fn(u16) -> [u8; 2]| wanted.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let mut little = vec![0xFF, 0xFE];
        little.extend(utf16(u16::to_le_bytes));
        for bytes in [
            wanted.clone().into_bytes(),
            [b"\xEF\xBB\xBF".as_slice(), wanted.as_bytes()].concat(),
            b"Fax \x96 \x93policy\x94\r\nnext\r\n".to_vec(),
            little,
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(
                decode("a.md", &bytes).map(|(text, _)| text),
                Ok(wanted.clone()),
                "{bytes:?}"
            );
        }
        assert!(decode("a.md", b"\x89PNG\r\n\x1a\n\0\0\0").is_err());
    }
}
