//! The head of a foreign Markdown file, in any of the forms that generators and editors write.
//!
//! A head is taken apart into keys, each with the lines it was written in: what has no place in a binder is kept word for
//! word. Nothing here fails; what is no head is text.

use std::ops::Range;

use yaml_rust2::parser::{Event, Parser};

/// Heads longer than this are no heads, in bytes.
const LONGEST: usize = 64 * 1024;

/// A key of a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As written, without quotes.
    pub name: String,
    /// Its value where that is one text, number or date.
    pub value: Option<String>,
    /// The lines it was written in.
    pub lines: Vec<String>,
}

impl Key {
    /// The name as keys are compared: small letters, words joined by `_`.
    pub fn plain(&self) -> String {
        crate::content::words::plain(&self.name).replace(' ', "_")
    }
}

/// A file taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The keys in the order of the file.
    pub keys: Vec<Key>,
    /// Where the text begins.
    pub body: usize,
}

/// How the head is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Toml,
    Yaml,
}

/// Takes the head off a text with `\n` line ends.
pub fn read(text: &str) -> Head {
    let none = Head {
        keys: vec![],
        body: 0,
    };
    let start = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
    let near = &text[..text.floor_char_boundary(start + LONGEST)];
    let lines = lines(near, start);
    let Some(first) = lines.first().map(|line| near[line.clone()].trim_end()) else {
        return none;
    };
    match first {
        "+++" => fenced(near, &lines, &["+++"], Form::Toml),
        "---" => fenced(near, &lines, &["---", "..."], Form::Yaml),
        line if line.starts_with('{') => json(near, start),
        line if line.starts_with("% ") => pandoc(near, &lines),
        _ => open_ended(near, &lines),
    }
    .unwrap_or(none)
}

fn lines(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut at = start;
    text[start..]
        .split_inclusive('\n')
        .map(|line| {
            let range = at..at + line.len();
            at = range.end;
            range
        })
        .collect()
}

/// Between two lines of signs.
fn fenced(text: &str, lines: &[Range<usize>], close: &[&str], form: Form) -> Option<Head> {
    let end = (1..lines.len()).find(|at| close.contains(&text[lines[*at].clone()].trim_end()))?;
    let inner: Vec<&str> = lines[1..end]
        .iter()
        .map(|line| text[line.clone()].trim_end_matches('\n'))
        .collect();
    let keys = split(&inner, form);
    // Between two lines of a text that opens with a rule there are sentences, and no keys.
    let is_head = form == Form::Toml
        || !keys.is_empty()
        || inner
            .iter()
            .all(|line| line.trim().is_empty() || line.starts_with('#'));
    is_head.then(|| Head {
        keys,
        body: lines[end].end,
    })
}

/// Keys at the top that are closed by `---`, or by an empty line, and were never opened.
fn open_ended(text: &str, lines: &[Range<usize>]) -> Option<Head> {
    const KNOWN: [&str; 34] = [
        "title",
        "layout",
        "date",
        "author",
        "authors",
        "permalink",
        "tags",
        "category",
        "categories",
        "slug",
        "description",
        "draft",
        "weight",
        "id",
        "version",
        "owner",
        "type",
        "status",
        "toc",
        "subtitle",
        "name",
        "url",
        "summary",
        "keywords",
        "sidebar_label",
        "sidebar_position",
        "nav_order",
        "parent",
        "published",
        "effective",
        "effective_date",
        "revision",
        "approved",
        "approved_by",
    ];
    let line = |at: usize| text[lines[at].clone()].trim_end();
    let end = (0..lines.len().min(80))
        .find(|at| matches!(line(*at), "---" | "..." | "+++") || line(*at).is_empty())?;
    let inner: Vec<&str> = (0..end).map(line).collect();
    let is_fence = !line(end).is_empty();
    let keys = split(&inner, Form::Yaml);
    let belongs =
        |line: &&&str| key_of(line, Form::Yaml).is_none() && !line.starts_with([' ', '\t', '-', '#']);
    if inner.iter().filter(belongs).count() > 0 || keys.is_empty() {
        return None;
    }
    let known = keys
        .iter()
        .filter(|key| KNOWN.contains(&key.plain().as_str()))
        .count();
    let first_known = KNOWN.contains(&keys[0].plain().as_str());
    // Without a line that closes it, only what begins like a title page is a head.
    let enough = if is_fence {
        known >= 1 || keys.len() >= 2
    } else {
        first_known && keys[0].plain() == "title" && known >= 2
    };
    enough.then(|| Head {
        keys,
        body: lines[end].end,
    })
}

/// `% Title`, `% Author`, `% Date`, as pandoc writes them.
fn pandoc(text: &str, lines: &[Range<usize>]) -> Option<Head> {
    let mut keys = Vec::new();
    let mut body = lines.first()?.start;
    for (line, name) in lines.iter().zip(["title", "author", "date"]) {
        let written = text[line.clone()].trim_end();
        let Some(value) = written.strip_prefix('%') else {
            break;
        };
        keys.push(Key {
            name: name.to_owned(),
            value: Some(value.trim().to_owned()),
            lines: vec![written.to_owned()],
        });
        body = line.end;
    }
    Some(Head { keys, body })
}

/// `{ ... }` at the very top, as Hugo reads it.
fn json(text: &str, start: usize) -> Option<Head> {
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde_json::Value>();
    let Some(Ok(serde_json::Value::Object(object))) = values.next() else {
        return None;
    };
    let body = start + values.byte_offset();
    let rest = &text[body..];
    let body = body + rest.find('\n').map_or(rest.len(), |at| at + 1);
    let keys = object
        .iter()
        .map(|(name, value)| Key {
            name: name.clone(),
            value: match value {
                serde_json::Value::String(text) => Some(text.clone()),
                serde_json::Value::Number(number) => Some(number.to_string()),
                serde_json::Value::Bool(flag) => Some(flag.to_string()),
                _ => None,
            },
            lines: vec![format!("{name}: {value}")],
        })
        .collect();
    Some(Head { keys, body })
}

/// The name of the key that begins on this line.
fn key_of(line: &str, form: Form) -> Option<&str> {
    if line.starts_with([' ', '\t', '#', '-']) {
        return None;
    }
    let sign = if form == Form::Toml { '=' } else { ':' };
    let (name, value) = line.split_once(sign)?;
    let name = name.trim().trim_matches(['"', '\'']);
    let spaced = form == Form::Toml || value.is_empty() || value.starts_with([' ', '\t']);
    let is_name = name.starts_with(|ch: char| ch.is_alphabetic() || ch == '_')
        && name.chars().count() <= 40
        && name.split(' ').count() <= 3
        && name
            .chars()
            .all(|ch| ch.is_alphanumeric() || matches!(ch, '_' | '-' | ' ' | '.'));
    (spaced && is_name).then_some(name)
}

/// The keys of the outermost level, each with the lines up to the next.
fn split(lines: &[&str], form: Form) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    // Behind the first `[table]`, keys of TOML belong to it.
    let mut in_table = false;
    for line in lines {
        let opens_table = form == Form::Toml && line.starts_with('[');
        in_table |= opens_table;
        let name = if opens_table {
            Some(line.trim_matches(['[', ']', ' ']))
        } else {
            key_of(line, form).filter(|_| !in_table)
        };
        match (name, keys.last_mut()) {
            (Some(name), _) => keys.push(Key {
                name: name.to_owned(),
                value: None,
                lines: vec![(*line).to_owned()],
            }),
            (None, Some(last)) => last.lines.push((*line).to_owned()),
            // Words before the first key, mostly a comment.
            (None, None) if line.trim().is_empty() => {}
            (None, None) if line.starts_with('#') => {}
            (None, None) => return vec![],
        }
    }
    for key in &mut keys {
        key.value = value(key, form);
    }
    keys
}

fn value(key: &Key, form: Form) -> Option<String> {
    let text = key.lines.join("\n");
    let plain = || {
        let sign = if form == Form::Toml { '=' } else { ':' };
        let value = key.lines.first()?.split_once(sign)?.1.trim();
        let unquoted = value.trim_matches(['"', '\'', '“', '”']).trim();
        let is_text =
            !value.is_empty() && !value.starts_with(['[', '{', '|', '>', '&', '*']) && key.lines.len() == 1;
        is_text.then(|| unquoted.to_owned())
    };
    match form {
        Form::Toml => match toml::from_str::<toml::Table>(&text)
            .ok()
            .and_then(|table| table.into_iter().next())
        {
            Some((_, toml::Value::String(text))) => Some(text),
            Some((_, toml::Value::Boolean(flag))) => Some(flag.to_string()),
            Some((_, toml::Value::Integer(number))) => Some(number.to_string()),
            Some((_, toml::Value::Float(number))) => Some(number.to_string()),
            Some((_, toml::Value::Datetime(moment))) => Some(moment.to_string()),
            Some(_) => None,
            None => plain(),
        },
        _ => yaml_scalar(&text).unwrap_or_else(plain),
    }
    .map(|value| value.trim().to_owned())
    .filter(|value| !value.is_empty())
}

/// The value of the only key of a YAML text, where it is one scalar; `None` outside where the text can't be read. Read
/// event by event: no aliases are followed, so nothing grows.
fn yaml_scalar(text: &str) -> Option<Option<String>> {
    let mut parser = Parser::new_from_str(text);
    let mut depth = 0;
    let mut seen = 0;
    let mut found = None;
    for _ in 0..text.len() + 16 {
        let (event, _) = parser.next_token().ok()?;
        match event {
            Event::Scalar(value, ..) if depth == 1 => {
                seen += 1;
                if seen == 2 {
                    found = Some(value);
                }
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if depth == 1 {
                    seen += 1;
                }
                depth += 1;
            }
            Event::MappingEnd | Event::SequenceEnd => depth -= 1,
            Event::StreamEnd => return Some(found.filter(|value| !value.is_empty())),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Vec<(String, String)>, &str) {
        let head = read(text);
        let keys = head
            .keys
            .into_iter()
            .map(|key| {
                (
                    key.name.clone(),
                    key.value
                        .unwrap_or_else(|| format!("<{} lines>", key.lines.len())),
                )
            })
            .collect();
        (keys, &text[head.body..])
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn heads_of_every_kind_are_taken_off() {
        let title = pairs(&[("title", "Access: who may enter")]);
        for text in [
            "---\ntitle: \"Access: who may enter\"\n---\nText\n",
            "---\ntitle: 'Access: who may enter'\n...\nText\n",
            "---\ntitle: Access: who may enter\n---\nText\n",
            "---\ntitle: >\n  Access: who\n  may enter\n---\nText\n",
            "+++\ntitle = \"Access: who may enter\"\n+++\nText\n",
            "title: \"Access: who may enter\"\n---\nText\n",
            "{\n  \"title\": \"Access: who may enter\"\n}\nText\n",
            "% Access: who may enter\nText\n",
            "\n\n---\ntitle: \"Access: who may enter\"\n---\nText\n",
        ] {
            assert_eq!(told(text), (title.clone(), "Text\n"), "{text}");
        }
    }

    #[test]
    fn lists_and_tables_stay_with_their_key() {
        let (keys, body) = told("---\nlayout: page\ntags:\n  - a\n  - b\n- c\nweight: 3\n---\n");
        assert_eq!(
            keys,
            pairs(&[("layout", "page"), ("tags", "<4 lines>"), ("weight", "3")])
        );
        assert_eq!(body, "");
        let (keys, _) = told("+++\ntitle = \"A\"\ndate = 2020-01-01\n[menu.main]\nname = \"x\"\n+++\n");
        assert_eq!(
            keys,
            pairs(&[("title", "A"), ("date", "2020-01-01"), ("menu.main", "<2 lines>")])
        );
    }

    #[test]
    fn text_is_left_alone() {
        for text in [
            "Purpose: we lock up\n---\nText\n",
            "---\nA sentence between two rules.\n\n---\nText\n",
            "---\nno end",
            "# Title\n\nkey: value\n",
            "{{ template }}\n",
            "{not json}\n",
            "Note: read this\nOther: that\n\nText",
            "",
            "+++\nno end = 1\n",
        ] {
            assert_eq!(told(text), (vec![], text), "{text}");
        }
        assert_eq!(told("Title: A\nAuthor: B\n\nText").1, "Text");
    }

    #[test]
    fn bombs_and_nests_do_no_harm() {
        let bomb = format!("---\na: &a [{}]\nb: [*a,*a]\ntitle: T\n---\nx", "x,".repeat(2000));
        assert_eq!(told(&bomb).0.last(), Some(&("title".to_owned(), "T".to_owned())));
        let nest = format!("---\na: {}\ntitle: T\n---\nx", "[".repeat(20_000));
        assert_eq!(told(&nest).1, "x");
    }
}
