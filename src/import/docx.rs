//! Word documents to Markdown: headings, lists, tables, links, notes and pictures; of tracked changes, what was accepted.
//!
//! The container and its XML are taken apart by a library; how it reads as Markdown is decided here, so that words never run
//! into each other and a citation stays in one piece.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use undoc::model::{Block, Document, ListType, Paragraph, RevisionType, Table, TextRun};

/// What came out of a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub markdown: String,
    /// The title among the properties of the document, "" if none. Often that of the template.
    pub title: String,
    /// Pictures: the name under which the text shows each, and its bytes.
    pub pictures: Vec<(String, Vec<u8>)>,
    /// Pictures of kinds that browsers can't show; the text has their words.
    pub left_out: usize,
}

/// Reads a document. `stem` begins the names of its pictures.
///
/// # Errors
/// Why it can't be read, in words for a person.
pub fn read(bytes: &[u8], stem: &str) -> Result<Word, String> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err("it asks for a password, or is an old Word file with a new name".to_owned());
    }
    // A document is a stranger's program for a library; where the library gives up, the next file goes on.
    let parsed = std::panic::catch_unwind(|| undoc::parse_bytes(bytes));
    let document = match parsed {
        Ok(Ok(document)) => document,
        Ok(Err(undoc::Error::Encrypted)) => return Err("it asks for a password".to_owned()),
        Ok(Err(_)) | Err(_) => return Err("it is damaged, or is no Word document".to_owned()),
    };
    let mut writer = Writer {
        document: &document,
        stem,
        names: BTreeMap::new(),
        word: Word {
            title: document.metadata.title.clone().unwrap_or_default(),
            ..Word::default()
        },
        in_list: false,
    };
    for section in &document.sections {
        for block in &section.content {
            writer.block(block);
        }
    }
    let mut word = writer.word;
    word.markdown.truncate(word.markdown.trim_end().len());
    word.markdown.push('\n');
    Ok(word)
}

struct Writer<'a> {
    document: &'a Document,
    stem: &'a str,
    /// Names of pictures by resource.
    names: BTreeMap<String, String>,
    word: Word,
    in_list: bool,
}

impl Writer<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(paragraph) => self.paragraph(paragraph),
            Block::Table(table) => self.table(table),
            Block::Image {
                resource_id,
                alt_text,
                ..
            } => {
                let picture = self.picture(resource_id, alt_text.as_deref());
                self.put(&picture);
            }
            Block::Note { label, content } => {
                let text: Vec<String> = content.iter().map(|one| self.line(one)).collect();
                self.put(&format!("[^{label}]: {}", text.join(" ").trim()));
            }
            Block::PageBreak | Block::SectionBreak => {}
        }
    }

    /// A block of its own.
    fn put(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            if self.in_list {
                self.word.markdown.push('\n');
                self.in_list = false;
            }
            let _ = write!(self.word.markdown, "{text}\n\n");
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        let text = self.line(paragraph);
        if text.trim().is_empty() {
            return;
        }
        let style = paragraph.style_name.as_deref().unwrap_or_default().to_lowercase();
        let level = match paragraph.heading.level() {
            0 if style == "title" => 1,
            level => level,
        };
        if level > 0 {
            let text = text.replace(['\n', '\\'], " ").replace("**", "");
            return self.put(&format!(
                "{} {}",
                "#".repeat(usize::from(level.min(6))),
                text.trim()
            ));
        }
        let listed = match &paragraph.list_info {
            Some(info) => Some((info.list_type, usize::from(info.level), info.number)),
            // Lists that only a style makes.
            None if style.starts_with("list bullet") => Some((ListType::Bullet, depth_of(&style), None)),
            None if style.starts_with("list number") => Some((ListType::Numbered, depth_of(&style), Some(1))),
            None => None,
        };
        match listed {
            Some((ListType::Bullet, level, _)) => self.item(level, "-", &text),
            Some((ListType::Numbered, level, number)) => {
                self.item(level, &format!("{}.", number.unwrap_or(1)), &text)
            }
            _ => self.put(&opening(&text)),
        }
    }

    fn item(&mut self, level: usize, sign: &str, text: &str) {
        let indent = "    ".repeat(level.min(8));
        let text = text.trim().replace('\n', &format!("\n{indent}    "));
        let _ = writeln!(self.word.markdown, "{indent}{sign:<3} {text}");
        self.in_list = true;
    }

    fn table(&mut self, table: &Table) {
        let columns = table
            .rows
            .iter()
            .map(undoc::model::Row::effective_columns)
            .max()
            .unwrap_or(0);
        if columns == 0 {
            return;
        }
        let mut out = String::new();
        for (index, row) in table.rows.iter().enumerate() {
            let mut cells = Vec::new();
            for cell in &row.cells {
                let mut parts: Vec<String> = cell.content.iter().map(|one| self.line(one)).collect();
                parts.extend(cell.nested_tables.iter().map(|table| plain(table, 0)));
                parts.retain(|part| !part.trim().is_empty());
                let text = parts
                    .join(" · ")
                    .replace("\\\n", " ")
                    .replace('\n', " ")
                    .replace('|', "\\|");
                cells.push(text.trim().to_owned());
                cells.extend((1..cell.col_span.min(64)).map(|_| String::new()));
            }
            cells.resize(columns, String::new());
            let _ = writeln!(out, "| {} |", cells.join(" | "));
            if index == 0 {
                let _ = writeln!(out, "|{}", " --- |".repeat(columns));
            }
        }
        self.put(&out);
    }

    /// The words of a paragraph on one line, with its style, links, notes and pictures.
    fn line(&mut self, paragraph: &Paragraph) -> String {
        let mut out = String::new();
        let mut runs: Vec<TextRun> = Vec::new();
        for run in paragraph
            .runs
            .iter()
            .filter(|run| run.revision != RevisionType::Deleted)
        {
            match runs.last_mut() {
                Some(last) if continues(last, run) => {
                    last.text.push_str(&run.text);
                    last.note.clone_from(&run.note);
                    last.line_break = run.line_break;
                }
                _ => runs.push(run.clone()),
            }
        }
        for run in &runs {
            self.run(run, &mut out);
        }
        for image in &paragraph.images {
            let picture = self.picture(&image.resource_id, image.alt_text.as_deref());
            let _ = write!(out, " {picture}");
        }
        out
    }

    fn run(&mut self, run: &TextRun, out: &mut String) {
        let text = escaped(&run.text.replace(['\t', '\u{b}', '\n', '\r'], " "));
        let words = text.trim();
        if words.is_empty() {
            out.push_str(&text);
        } else {
            let before = &text[..text.len() - text.trim_start().len()];
            let after = &text[text.trim_end().len()..];
            let mark = match (run.style.bold, run.style.italic) {
                // A citation half in bold, or a bold bracket, says nothing and reads badly.
                _ if !words.chars().any(char::is_alphabetic) || words.contains("164.") => "",
                (true, true) => "***",
                (true, false) => "**",
                (false, true) => "*",
                _ => "",
            };
            let strike = if run.style.strikethrough { "~~" } else { "" };
            let styled = format!("{strike}{mark}{words}{mark}{strike}");
            // Emphasis that touches a letter or a bracket on the outside would not be read as such.
            let touches =
                !mark.is_empty() && before.is_empty() && out.ends_with(|ch: char| !ch.is_whitespace());
            let styled = if touches { words.to_owned() } else { styled };
            match run
                .hyperlink
                .as_deref()
                .map(str::trim)
                .filter(|url| is_address(url))
            {
                Some(url) => {
                    let url = url
                        .replace(['<', '>', '\n'], "")
                        .replace(' ', "%20")
                        .replace('(', "%28")
                        .replace(')', "%29");
                    let _ = write!(out, "{before}[{styled}]({url}){after}");
                }
                None => {
                    let _ = write!(out, "{before}{styled}{after}");
                }
            }
        }
        if let Some(label) = &run.note {
            let _ = write!(out, "[^{label}]");
        }
        if run.line_break {
            out.push_str("\\\n");
        }
    }

    fn picture(&mut self, id: &str, words: Option<&str>) -> String {
        let words = escaped(words.unwrap_or("picture").trim()).replace('\n', " ");
        if let Some(name) = self.names.get(id) {
            return format!("![{words}]({name})");
        }
        let resource = self.document.resources.get(id);
        let kind = resource.and_then(|resource| {
            let bytes = resource.data.as_slice();
            match bytes {
                [0x89, b'P', b'N', b'G', ..] => Some("png"),
                [0xFF, 0xD8, ..] => Some("jpg"),
                [b'G', b'I', b'F', b'8', ..] => Some("gif"),
                [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
                _ => None,
            }
        });
        match (resource, kind) {
            (Some(resource), Some(kind)) => {
                let name = format!("{}-picture-{}.{kind}", self.stem, self.word.pictures.len() + 1);
                self.word.pictures.push((name.clone(), resource.data.clone()));
                self.names.insert(id.to_owned(), name.clone());
                format!("![{words}]({name})")
            }
            _ => {
                self.word.left_out += 1;
                format!("(picture: {words})")
            }
        }
    }
}

/// "List Bullet 2" is one level in.
fn depth_of(style: &str) -> usize {
    style
        .rsplit(' ')
        .next()
        .and_then(|word| word.parse::<usize>().ok())
        .map_or(0, |number| number.saturating_sub(1).min(8))
}

/// Runs that Word cut for its own purposes. A run of signs and numbers joins its neighbour whatever its style.
fn continues(last: &TextRun, run: &TextRun) -> bool {
    let together = last.hyperlink == run.hyperlink && last.note.is_none() && !last.line_break;
    let same = last.style.bold == run.style.bold
        && last.style.italic == run.style.italic
        && last.style.strikethrough == run.style.strikethrough;
    together && same
}

/// A nested table as plain words: Markdown has no table within a table.
fn plain(table: &Table, depth: usize) -> String {
    let mut words = Vec::new();
    for cell in table.rows.iter().flat_map(|row| &row.cells) {
        words.extend(cell.content.iter().map(|one| escaped(&one.plain_text())));
        if depth < 20 {
            words.extend(cell.nested_tables.iter().map(|table| plain(table, depth + 1)));
        }
    }
    words.retain(|word| !word.trim().is_empty());
    words.join(" · ")
}

fn is_address(url: &str) -> bool {
    ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| url.to_lowercase().starts_with(scheme))
}

/// Text in which nothing is a sign of Markdown. Blanks are left as they are: `[NAME]` and `____` mean what they say.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(ch) = rest.next() {
        let escape = match ch {
            '\\' | '`' | '*' => true,
            '<' => rest
                .peek()
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            ']' => rest.peek().is_some_and(|next| matches!(next, '(' | '[' | ':')),
            '&' => rest
                .peek()
                .is_some_and(|next| next.is_ascii_alphabetic() || *next == '#'),
            '~' => rest.peek() == Some(&'~'),
            _ => false,
        };
        if escape {
            out.push('\\');
        }
        out.push(ch);
    }
    out
}

/// The opening of a paragraph that Markdown would take for a heading, a list, a quotation, a rule or a head.
fn opening(text: &str) -> String {
    let text = text.trim_start();
    let digits = text.len() - text.trim_start_matches(|ch: char| ch.is_ascii_digit()).len();
    let numbered = (1..=9).contains(&digits) && text[digits..].starts_with(['.', ')']);
    if numbered {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    match text.chars().next() {
        Some('#' | '>' | '+' | '-' | '=' | '|' | ':') => format!("\\{text}"),
        _ => text.to_owned(),
    }
}
