//! One character of a citation, however it is written: as itself, as an HTML entity, escaped, full-width or curly.

/// A character as meant, and how many bytes of the text it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// Spaces of all widths are `' '`, hyphens and dashes up to the en dash `'-'`, quotation marks and the marks of
    /// Markdown emphasis `'\''`, full-width forms their ordinary ones.
    pub ch: char,
    /// Bytes from the place asked to the end of the character, invisible characters before it included.
    pub len: usize,
}

/// The entities that HTML and word processors put into citations.
const ENTITIES: [(&str, char); 27] = [
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("sect", '§'),
    ("copy", '©'),
    ("period", '.'),
    ("amp", '&'),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("hyphen", '-'),
    ("dash", '-'),
    ("minus", '-'),
    ("ndash", '-'),
    ("mdash", '—'),
    ("quot", '\''),
    ("apos", '\''),
    ("lsquo", '\''),
    ("rsquo", '\''),
    ("ldquo", '\''),
    ("rdquo", '\''),
    ("lt", '<'),
    ("gt", '>'),
];

/// Longest entity looked at, `&` and `;` included: `&#x0000a7;`.
const LONGEST_ENTITY: usize = 10;

/// The character at byte `at`, which must be a character boundary; none at the end.
pub(super) fn glyph(text: &str, at: usize) -> Option<Glyph> {
    let mut skipped = 0;
    loop {
        let rest = text.get(at + skipped..)?;
        let first = rest.chars().next()?;
        let (ch, len) = match first {
            '&' => entity(rest).unwrap_or(('&', 1)),
            '\\' => match rest[1..].chars().next() {
                Some(escaped) if escaped.is_ascii_punctuation() => (escaped, 2),
                _ => ('\\', 1),
            },
            other => (other, other.len_utf8()),
        };
        match meant(ch) {
            Some(ch) => {
                return Some(Glyph {
                    ch,
                    len: skipped + len,
                });
            }
            None => skipped += len,
        }
    }
}

/// The plain character for one of its many forms; none for one that cannot be seen (soft hyphen, zero-width space).
fn meant(ch: char) -> Option<char> {
    Some(match ch {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return None,
        '\t' | '\r' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' => '-',
        '\u{2014}' | '\u{2015}' => '—',
        '"' | '`' | '*' | '_' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '′' | '″' | '«' | '»' => {
            '\''
        }
        '\u{fe59}' => '(',
        '\u{fe5a}' => ')',
        // The full-width forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xff01 + u32::from('!'))
            .map_or(ch, |plain| meant(plain).unwrap_or(plain)),
        other => other,
    })
}

/// The character of the entity that `rest` begins with, and the entity's length.
fn entity(rest: &str) -> Option<(char, usize)> {
    let end = rest.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';')?;
    let name = &rest[1..end];
    let ch = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => ENTITIES.iter().find(|(entity, _)| *entity == name)?.1,
    };
    Some((ch, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut at = 0;
        let mut plain = String::new();
        while let Some(Glyph { ch, len }) = glyph(text, at) {
            plain.push(ch);
            at += len;
        }
        plain
    }

    #[test]
    fn many_forms_are_one_character() {
        assert_eq!(read("&#40;c&#x29;"), "(c)");
        assert_eq!(read("\u{ff08}a\u{ff09}\u{ff11}"), "(a)1");
        assert_eq!(read("\\(a\\)"), "(a)");
        assert_eq!(read("1\u{ad}6\u{200b}4\u{a0}\u{2013}"), "164 -");
        assert_eq!(read("&ldquo;a\u{201d}"), "'a'");
    }

    #[test]
    fn an_ampersand_that_begins_no_entity_is_itself() {
        assert_eq!(
            read("a & b &unknown; &#xZZ; &#1114112; &"),
            "a & b &unknown; &#xZZ; &#1114112; &"
        );
    }
}
