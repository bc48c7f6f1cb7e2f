//! Holds the HTML of a text to the promise that no text becomes markup: only the elements and attributes that the
//! program writes, closed in order, with nothing in them that a browser would read in another way.

use std::collections::BTreeSet;

/// Elements of a text, and what they may stand in: `block` among blocks, `inline` in a line, `both`.
const ELEMENTS: [(&str, &[&str]); 30] = [
    ("a", &["class", "rel", "href", "title", "id", "aria-label"]),
    ("blockquote", &[]),
    ("br", &[]),
    ("code", &[]),
    ("div", &["class", "role", "tabindex", "aria-label"]),
    ("em", &[]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
    ("hr", &[]),
    ("img", &["loading", "src", "alt", "title", "width", "height"]),
    ("input", &["type", "disabled", "checked", "aria-label"]),
    ("li", &["id", "value"]),
    ("ol", &["start", "class"]),
    ("p", &["class"]),
    ("pre", &["tabindex"]),
    ("s", &[]),
    ("section", &["class", "aria-label"]),
    ("span", &["class"]),
    ("strong", &[]),
    ("sup", &[]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &["class"]),
    ("th", &["scope", "class"]),
    ("thead", &[]),
    ("tr", &[]),
    ("ul", &["class"]),
];

/// Elements without an end.
const VOID: [&str; 4] = ["br", "hr", "img", "input"];
/// Elements that hold a line of words, and so nothing but the last of this list.
const LINE: [&str; 12] = [
    "p", "h2", "h3", "h4", "h5", "h6", "th", "td", "em", "strong", "s", "a",
];
/// What may stand in a line of words.
const INLINE: [&str; 10] = [
    "a", "br", "code", "em", "img", "input", "s", "span", "strong", "sup",
];

/// Reads the HTML of a text.
///
/// # Errors
/// The first thing that the program would not write.
pub fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = vec![];
    let mut ids = BTreeSet::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        words(&rest[..at])?;
        let end = rest[at..]
            .find('>')
            .ok_or_else(|| near("a tag without end", &rest[at..]))?;
        let tag = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        let name = &tag[..tag.find(' ').unwrap_or(tag.len())];
        let Some((name, allowed)) = ELEMENTS.iter().find(|(known, _)| *known == name) else {
            return Err(format!("<{tag}>"));
        };
        stands(name, &open)?;
        attributes(&tag[name.len()..], allowed, &mut ids)?;
        if !VOID.contains(name) {
            open.push(name);
        }
    }
    words(rest)?;
    match open.last() {
        Some(name) => Err(format!("<{name}> is not closed")),
        None => Ok(()),
    }
}

/// Whether an element may stand in those that are open.
fn stands(name: &str, open: &[&str]) -> Result<(), String> {
    let parent = open.last().copied().unwrap_or("div");
    let fits = match name {
        "li" => matches!(parent, "ul" | "ol"),
        "thead" | "tbody" => parent == "table",
        "tr" => matches!(parent, "thead" | "tbody"),
        "td" | "th" => parent == "tr",
        "a" => !open.contains(&"a"),
        _ if matches!(
            parent,
            "ul" | "ol" | "table" | "thead" | "tbody" | "tr" | "code" | "span"
        ) =>
        {
            false
        }
        "code" => true,
        _ if parent == "pre" => false,
        _ if LINE.contains(&parent) => INLINE.contains(&name),
        _ => true,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("<{name}> in <{parent}>"))
    }
}

fn attributes<'a>(mut rest: &'a str, allowed: &[&str], ids: &mut BTreeSet<&'a str>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    while !rest.is_empty() {
        let bad = || near("attributes", rest);
        let body = rest.strip_prefix(' ').ok_or_else(bad)?;
        let end = body.find(['=', ' ']).unwrap_or(body.len());
        let (name, after) = body.split_at(end);
        if !allowed.contains(&name) || !seen.insert(name) {
            return Err(bad());
        }
        let Some(value) = after.strip_prefix("=\"") else {
            // Only these two have no value.
            if !matches!(name, "disabled" | "checked") || after.starts_with('=') {
                return Err(bad());
            }
            rest = after;
            continue;
        };
        let (value, after) = value.split_once('"').ok_or_else(bad)?;
        words(value)?;
        if matches!(name, "href" | "src") && !leads_well(value, name) {
            return Err(format!("{name}=\"{value}\""));
        }
        if name == "id" && (value.is_empty() || value.contains(char::is_whitespace) || !ids.insert(value)) {
            return Err(format!("the id {value:?} is no id, or there twice"));
        }
        rest = after;
    }
    Ok(())
}

/// A place within the site, or an address of the few kinds that may be followed.
fn leads_well(target: &str, name: &str) -> bool {
    let first = target.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((scheme, _)) = first.split_once(':') else {
        return !target.starts_with("//") && !target.starts_with('/') && !target.contains('\\');
    };
    name == "href"
        && !target.contains([' ', '\\', '`', '{', '}', '|', '^'])
        && target.matches('#').count() < 2
        && ["http", "https", "mailto", "tel"]
            .iter()
            .any(|allowed| scheme.eq_ignore_ascii_case(allowed))
}

/// Text between tags and in attributes: `&` only as one of the five entities, and no character that HTML forbids.
fn words(text: &str) -> Result<(), String> {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        let Some(entity) = known.iter().find(|entity| rest[at..].starts_with(**entity)) else {
            return Err(near("an entity of its own", &rest[at..]));
        };
        rest = &rest[at + entity.len()..];
    }
    let forbidden = |c: char| {
        (c.is_control() && !matches!(c, '\t' | '\n'))
            || matches!(c, '<' | '>' | '"' | '\'' | '\u{fdd0}'..='\u{fdef}')
            || (c as u32) & 0xfffe == 0xfffe
    };
    match text.chars().find(|c| forbidden(*c)) {
        Some(c) => Err(format!("U+{:04X} in {text:?}", c as u32)),
        None => Ok(()),
    }
}

fn near(what: &str, rest: &str) -> String {
    format!("{what}: {:?}", rest.chars().take(60).collect::<String>())
}
