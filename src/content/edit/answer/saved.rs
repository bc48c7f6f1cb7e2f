//! How a file is saved: byte order mark, line ends.

use super::Unfit;
use crate::content::text::MAX_TEXT;

/// A file as text with LF or CRLF between its lines, and how it is saved.
pub(super) struct Text {
    /// Without its byte order mark.
    pub text: String,
    mark: bool,
    /// Lines end with a lone CR, as on old Macs.
    old_mac: bool,
}

impl Text {
    /// # Errors
    /// Bytes that are no text in UTF-8, or too many.
    pub fn of(bytes: &[u8]) -> Result<Self, Unfit> {
        if bytes.len() as u64 > MAX_TEXT {
            return Err(Unfit::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Unfit::NotUtf8)?;
        if text.contains('\0') {
            return Err(Unfit::NotUtf8);
        }
        let bare = text.strip_prefix('\u{feff}');
        let mark = bare.is_some();
        let text = bare.unwrap_or(text);
        let old_mac = text.contains('\r') && !text.contains('\n');
        Ok(Self {
            text: if old_mac {
                text.replace('\r', "\n")
            } else {
                text.to_string()
            },
            mark,
            old_mac,
        })
    }

    /// As it is saved.
    pub fn bytes(self) -> Vec<u8> {
        let text = if self.old_mac {
            self.text.replace('\n', "\r")
        } else {
            self.text
        };
        let mark: &[u8] = if self.mark { b"\xEF\xBB\xBF" } else { b"" };
        [mark, text.as_bytes()].concat()
    }
}
