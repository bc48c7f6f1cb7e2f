//! Markup by construction: text goes in escaped, and only literals of this program go in as they are.

use std::io;

use serde::{Serialize, Serializer};

/// HTML made by this program. Text can only enter escaped, so a value of this type is safe to print as it is; the
/// templates print it without escaping it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text, escaped.
    pub fn text(text: &str) -> Self {
        let mut html = Self::new();
        html.push_text(text);
        html
    }

    /// Adds a text, escaped.
    pub fn push_text(&mut self, text: &str) {
        self.0.reserve(text.len());
        pieces(text, |piece| self.0.push_str(piece));
    }

    /// Adds markup. Only what stands in this program's own source can be added.
    pub fn push_markup(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// The inside of a `style` element. What would end the element is taken out of it: style sheets of a practice are
    /// files like any other.
    pub fn style(sheet: &str) -> Self {
        Self(sheet.replace('<', ""))
    }

    /// Adds ` name="value"`, the value escaped.
    pub fn push_attribute(&mut self, name: &'static str, value: &str) {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        self.push_text(value);
        self.0.push('"');
    }

    /// Adds other markup of this type.
    pub fn push(&mut self, other: &Html) {
        self.0.push_str(&other.0);
    }

    /// True when nothing was added.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As it goes into the page.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Html {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tera::Value::safe_string(&self.0).serialize(serializer)
    }
}

/// What stands for a character in text and in attribute values; `None` where it stands for itself. Control characters
/// are not allowed in HTML at all and become the replacement character.
fn escaped(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '\t' | '\n' => None,
        '\r' => Some(""),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fdd0}'..='\u{fdef}' => Some("\u{fffd}"),
        c if (c as u32) & 0xfffe == 0xfffe => Some("\u{fffd}"),
        _ => None,
    }
}

/// Gives an escaped text to `take`, piece by piece: runs that stand for themselves go as they are.
#[inline]
fn pieces(text: &str, mut take: impl FnMut(&str)) {
    let mut from = 0;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        if !MAY_BE_ESCAPED[usize::from(*byte)] {
            at += 1;
            continue;
        }
        // Only first bytes of a character are marked.
        let Some(c) = text[at..].chars().next() else { break };
        let next = at + c.len_utf8();
        if let Some(entity) = escaped(c) {
            if from < at {
                take(&text[from..at]);
            }
            take(entity);
            from = next;
        }
        at = next;
    }
    if from < text.len() {
        take(&text[from..]);
    }
}

/// By byte, whether a character that begins with it may be one of those that [`escaped`] replaces: control characters,
/// the signs of markup, and the first bytes of U+0080 to U+00BF, of U+F000 to U+FFFF, and of all beyond.
const MAY_BE_ESCAPED: [bool; 256] = {
    let mut marked = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        marked[byte] =
            matches!(byte as u8, 0..=0x1f | b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7f | 0xc2 | 0xef..=0xff);
        byte += 1;
    }
    marked[b'\t' as usize] = false;
    marked[b'\n' as usize] = false;
    marked
};

/// The escaping of the templates: the same as [`Html::push_text`].
pub fn escape(text: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let mut written = Ok(());
    pieces(text, |piece| {
        if written.is_ok() {
            written = out.write_all(piece.as_bytes());
        }
    });
    written
}

/// Words with `code` between backticks, and line breaks, as help texts of the program write them.
pub fn prose(text: &str) -> Html {
    let mut html = Html::new();
    for (i, line) in text.trim().lines().enumerate() {
        if i > 0 {
            html.push_markup("<br>\n");
        }
        let pieces: Vec<&str> = line.split('`').collect();
        // An odd number of backticks leaves the last one as it stands.
        let paired = if pieces.len() % 2 == 1 {
            pieces.len()
        } else {
            pieces.len() - 1
        };
        for (n, piece) in pieces.iter().enumerate() {
            match (n % 2 == 1, n < paired) {
                (true, true) => {
                    html.push_markup("<code>");
                    html.push_text(piece);
                    html.push_markup("</code>");
                }
                (true, false) => {
                    html.push_text("`");
                    html.push_text(piece);
                }
                (false, _) => html.push_text(piece),
            }
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_open_no_tag_and_close_no_attribute() {
        let mut html = Html::new();
        html.push_markup("<a");
        html.push_attribute("title", "\"><script>alert('1')</script>");
        html.push_markup(">");
        assert_eq!(
            html.as_str(),
            "<a title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\">"
        );
    }

    #[test]
    fn control_characters_are_not_allowed_in_html() {
        assert_eq!(
            Html::text("a\0b\u{8}c\r\nd\u{fffe}").as_str(),
            "a\u{fffd}b\u{fffd}c\nd\u{fffd}"
        );
    }

    #[test]
    fn every_character_is_escaped_the_same_in_a_run_as_alone() {
        for c in '\0'..=char::MAX {
            let wanted = escaped(c).map_or_else(|| c.to_string(), str::to_string);
            let html = Html::text(&format!("a{c}b"));
            assert_eq!(html.as_str(), format!("a{wanted}b"), "{c:?}");
        }
    }

    #[test]
    fn help_shows_what_to_type_as_code() {
        assert_eq!(
            prose("Type `owner = \"<you>\"` here").as_str(),
            "Type <code>owner = &quot;&lt;you&gt;&quot;</code> here"
        );
        assert_eq!(prose("a ` b").as_str(), "a ` b");
        assert_eq!(prose("a `b` ` c").as_str(), "a <code>b</code> ` c");
    }

    #[test]
    fn templates_print_it_as_it_is_and_escape_everything_else() {
        #[derive(Serialize)]
        struct View {
            made: Html,
            typed: &'static str,
        }
        let mut tera = tera::Tera::new();
        tera.set_escape_fn(escape);
        tera.add_raw_template("a.html", "{{ v.made }} {{ v.typed }}")
            .expect("a template");
        let mut context = tera::Context::new();
        context.insert(
            "v",
            &View {
                made: prose("`<b>`"),
                typed: "<b>'",
            },
        );
        assert_eq!(
            tera.render("a.html", &context).expect("a page"),
            "<code>&lt;b&gt;</code> &lt;b&gt;&#39;"
        );
    }
}
