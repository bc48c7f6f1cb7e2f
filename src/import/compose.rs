//! A foreign text as a file of `policies/`: its head in this program's form, and its words as they were.

use std::fmt::Write as _;

use super::head::Key;
use super::supports;
use crate::content::edit::NewValue;
use crate::content::{policies, substance, words};
use crate::diagnostic::Source;
use crate::markdown::{self, BlockKind, text};
use crate::rule::RowId;

/// What goes into the head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Where it came from, as the report names it.
    pub source: String,
    /// Its id.
    pub id: String,
    /// policy, procedure or plan.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// Rows named by headings.
    pub rows: Vec<RowId>,
    /// Rows supported by paragraphs, with the heading of their section.
    pub sections: Vec<(RowId, String)>,
    /// Keys of the old head.
    pub keys: Vec<Key>,
    /// The text.
    pub body: String,
}

/// Keys that keep their place; all others, dates and approvals above all, become notes.
const KEPT: [&str; 6] = ["version", "owner", "audience", "privileged", "hold", "phi"];

/// The file.
pub fn text(draft: &Draft) -> String {
    let quoted = |text: &str| NewValue::Text(text.to_owned()).to_string();
    let mut out = format!(
        "+++\n# {MARK}{}\n# A draft: it documents nothing until somebody has read it and it is approved: binder approve {} --by \"NAME OR ROLE\"\n",
        comment(&draft.source),
        draft.id
    );
    let _ = write!(
        out,
        "id = {}\nkind = \"{}\"   # policy | procedure | plan | form | contract | plan-document\ntitle = {}\n",
        quoted(&draft.id),
        draft.kind,
        quoted(&draft.title)
    );
    out.push_str(&satisfies(draft));
    let kept = |name: &str| {
        draft
            .keys
            .iter()
            .find(|key| key.plain() == name)
            .and_then(|key| kept_value(name, key))
    };
    let version = kept("version");
    let _ = writeln!(
        out,
        "version = {}",
        version.clone().unwrap_or_else(|| quoted("1.0"))
    );
    let mut used = vec!["title"];
    if version.is_some() {
        used.push("version");
    }
    for name in &KEPT[1..] {
        if let Some(value) = kept(name) {
            let _ = writeln!(out, "{name} = {value}");
            used.push(name);
        }
    }
    out.push_str("review_every = \"12 months\"\n");
    let notes: Vec<&Key> = draft
        .keys
        .iter()
        .filter(|key| {
            !used.contains(&key.plain().as_str())
                || (key.plain() == "title" && key.value.as_deref().map(clean) != Some(draft.title.clone()))
        })
        .collect();
    if !notes.is_empty() {
        out.push_str("# What else stood at the top of the old file:\n");
        for line in notes.iter().flat_map(|key| &key.lines) {
            let _ = writeln!(out, "#   {}", comment(line));
        }
    }
    out.push_str("+++\n\n");
    out.push_str(draft.body.trim_start_matches('\n'));
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// What the line that tells the source begins with, behind `# `.
pub const MARK: &str = "Imported from ";

fn satisfies(draft: &Draft) -> String {
    let mut items: Vec<String> = draft.rows.iter().map(|row| format!("\"{row}\"")).collect();
    items.extend(draft.sections.iter().map(|(row, section)| {
        format!(
            "{{ row = \"{row}\", section = {} }}",
            NewValue::Text(section.clone())
        )
    }));
    match items.len() {
        0 => "satisfies = []\n".to_owned(),
        1 => format!("satisfies = [{}]\n", items[0]),
        _ => format!("satisfies = [\n    {},\n]\n", items.join(",\n    ")),
    }
}

fn kept_value(name: &str, key: &Key) -> Option<String> {
    let value = key.value.as_deref()?.trim();
    let quoted = |text: &str| NewValue::Text(text.to_owned()).to_string();
    match name {
        "version" => {
            let is_good = value.len() <= 40
                && value.starts_with(|ch: char| ch.is_ascii_alphanumeric())
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
                && !value.contains("..");
            is_good.then(|| quoted(value))
        }
        "audience" => ["workforce", "management", "official"]
            .contains(&value)
            .then(|| quoted(value)),
        "phi" => ["none", "redacted", "contains", "unknown"]
            .contains(&value)
            .then(|| quoted(value)),
        "privileged" => ["true", "yes"]
            .contains(&value.to_lowercase().as_str())
            .then(|| "true".to_owned()),
        "hold" => (!value.is_empty()).then(|| quoted(value)),
        "owner" => is_title(value).then(|| quoted(&clean(value))),
        _ => None,
    }
}

/// A line as a comment of TOML may hold it.
fn comment(line: &str) -> String {
    line.chars()
        .map(|ch| if ch.is_control() && ch != '\t' { ' ' } else { ch })
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// A longer bold paragraph is a warning, not a title.
const LONGEST_BOLD: usize = 90;

/// The title of a text: what its head says, or its first heading, or a bold paragraph at its beginning, or `others` in their order, or the name of its file.
pub fn title(keys: &[Key], body: &str, others: &[&str], path: &str) -> String {
    let named = [
        "title",
        "policy_title",
        "policy_name",
        "document_title",
        "linktitle",
        "name",
        "sidebar_label",
    ];
    let of_head = named
        .iter()
        .filter_map(|name| {
            keys.iter()
                .find(|key| key.plain() == *name || key.plain() == name.replace('_', ""))
        })
        .filter_map(|key| key.value.clone());
    let (document, _) = markdown::parse(&Source::new(path, body), 0);
    let mut headings: Vec<(u8, String)> = document
        .blocks
        .iter()
        .filter_map(|block| match &block.kind {
            BlockKind::Heading(heading) => Some((heading.level, text::inlines(&heading.inlines))),
            _ => None,
        })
        .take(6)
        .collect();
    // The first heading of the highest level that opens the text.
    let top = headings.iter().map(|(level, _)| *level).min().unwrap_or(1);
    headings.sort_by_key(|(level, _)| *level != top);
    // A title that is only bold, as many make one in Word.
    let bold = document.blocks.first().and_then(|block| match &block.kind {
        BlockKind::Paragraph(inlines) if supports::is_strong(inlines) => Some(text::inlines(inlines)),
        _ => None,
    });
    let bold = bold.filter(|words| words.chars().count() <= LONGEST_BOLD);
    let all = of_head
        .chain(headings.into_iter().map(|(_, words)| words))
        .chain(bold)
        .chain(others.iter().map(|other| (*other).to_owned()));
    all.map(|words| clean(&words))
        .find(|words| is_title(words))
        .unwrap_or_else(|| of_name(path))
}

/// A title on one line, without what programs put around it.
fn clean(words: &str) -> String {
    let line = words::excerpt(words.trim_matches(['*', '_', '`', '#', ' ']), 160);
    let line = line.strip_prefix("Microsoft Word - ").unwrap_or(&line);
    let line: String = line
        .chars()
        .filter(|ch| !ch.is_control() && !matches!(ch, '\u{ad}' | '\u{200b}' | '\u{feff}'))
        .collect();
    line.trim().to_owned()
}

/// Not a blank, and not what programs and templates call every document.
fn is_title(words: &str) -> bool {
    const NONE: [&str; 27] = [
        "",
        "untitled",
        "untitled document",
        "document",
        "new document",
        "title",
        "document title",
        "policy title",
        "policy name",
        "name of policy",
        "policy",
        "policies",
        "template",
        "policy template",
        "tbd",
        "todo",
        "index",
        "readme",
        "home",
        "table of contents",
        "contents",
        "new page",
        "page title",
        "your title here",
        "normal template",
        "draft",
        "overview",
    ];
    let plain = words::plain(words);
    let numbered = plain.trim_end_matches(|ch: char| ch.is_ascii_digit() || ch == ' ');
    if NONE.contains(&numbered) || !plain.chars().any(char::is_alphabetic) {
        return false;
    }
    let (document, _) = markdown::parse(&Source::new("title", words), 0);
    substance::placeholders(&document.blocks).is_empty()
}

/// "03-sanction_policy.md" is "Sanction policy".
fn of_name(path: &str) -> String {
    let stem = super::names::stem(path.rsplit('/').next().unwrap_or(path));
    let spaced = stem.replace(['_', '-', '.'], " ");
    let spaced = words::excerpt(&spaced, 160);
    let bare = spaced.trim_start_matches(|ch: char| ch.is_ascii_digit() || ch == ' ');
    let bare = if bare.is_empty() { spaced.as_str() } else { bare };
    let mut letters = bare.chars().filter(|ch| !ch.is_control());
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Policy".to_owned(),
    }
}

/// What kind of document it is: what its head says, or its title. A policy where both leave it open, since a procedure
/// may document more.
pub fn kind(keys: &[Key], title: &str) -> &'static str {
    let said = keys
        .iter()
        .find(|key| key.plain() == "kind")
        .and_then(|key| key.value.as_deref());
    if let Some(kind) = said.and_then(policies::kind_called) {
        return policies::kind_word(kind);
    }
    let plain = words::plain(title);
    let mut all = plain
        .split(' ')
        .filter(|word| !word.chars().all(|ch| ch.is_ascii_digit()));
    let says = |wanted: &[&str]| plain.split(' ').any(|word| wanted.contains(&word));
    if says(&["policy", "policies"]) {
        "policy"
    } else if says(&["procedure", "procedures"]) {
        "procedure"
    } else if all.next_back() == Some("plan") {
        "plan"
    } else {
        "policy"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, value: &str) -> Key {
        Key {
            name: name.into(),
            value: Some(value.into()),
            lines: vec![format!("{name}: {value}")],
        }
    }

    #[test]
    fn the_first_real_title_is_taken() {
        for (head, body, path, wanted) in [
            (Some("Sanctions"), "# Other\n", "a.md", "Sanctions"),
            (Some("{{ page.title }}"), "# Fax policy\n", "a.md", "Fax policy"),
            (
                Some("Untitled"),
                "## [COMPANY NAME]\n\n## Fax policy\n",
                "a.md",
                "Fax policy",
            ),
            (None, "intro\n\n# *Fax* `policy`\n", "a.md", "Fax policy"),
            (None, "## Small\n\n# Large\n", "a.md", "Large"),
            (None, "text\n", "x/03-sanction_policy.md", "Sanction policy"),
            (None, "# Table of contents\n", "2024.md", "2024"),
            (Some("Document1"), "", "fax.md", "Fax"),
            (None, "**Fax policy**\n\nText.\n", "a.md", "Fax policy"),
        ] {
            let keys: Vec<Key> = head.map(|title| key("Title", title)).into_iter().collect();
            assert_eq!(title(&keys, body, &[], path), wanted, "{head:?} {body:?}");
        }
    }

    #[test]
    fn a_procedure_is_one_only_where_it_says_so() {
        assert_eq!(kind(&[], "Termination procedure"), "procedure");
        assert_eq!(kind(&[], "Policies and procedures"), "policy");
        assert_eq!(kind(&[], "Contingency plan 2"), "plan");
        assert_eq!(kind(&[key("kind", "form")], "X"), "form");
        assert_eq!(kind(&[key("kind", "page")], "X"), "policy");
    }
}
