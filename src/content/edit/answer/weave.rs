//! Texts within a text: what is shown of them, and how they are exchanged without touching what stands around.

use std::ops::Range;

/// True for the characters that a page can show; the others come back from a browser as something else.
pub(super) fn is_shown(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{a}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fdd0}'..='\u{fdef}')
        && u32::from(c) & 0xfffe != 0xfffe
}

/// A piece of a file as a text area shows it, and as a browser sends it back where nobody changed it: LF between
/// lines, a replacement character for what no page can show.
pub(super) fn shown(piece: &str) -> String {
    let text = piece.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .map(|c| if c == '\n' || is_shown(c) { c } else { '\u{fffd}' })
        .collect()
}

/// Without blank lines before and after; the first line keeps its indent, the last one its spaces.
pub(super) fn without_blank_lines(text: &str) -> &str {
    let core = core(text, 0);
    &text[core]
}

/// From the first line that holds something to the last, without its line end; empty at `from` where none does.
fn core(text: &str, from: usize) -> Range<usize> {
    let mut range = from..from;
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if !line.trim().is_empty() {
            if range.is_empty() {
                range.start = at;
            }
            range.end = at + line.trim_end_matches(['\n', '\r']).len();
        }
        at += line.len();
    }
    range
}

/// The first line end used in a text.
pub(super) fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// A typed text with the line ends of a file.
pub(super) fn with_ends(typed: &str, newline: &str) -> String {
    typed.replace('\n', newline)
}

/// Behind the line end that comes next.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |n| at + n + 1)
}

/// Cuts what stands under a heading: how much of it comes before the text, and the text. Notes of the program are no
/// text: those of one line before it, and all after it.
pub(super) fn trim(region: &str, notes: &[String]) -> (usize, Range<usize>) {
    let is_note = |line: &str| notes.iter().any(|note| note == line.trim());
    let mut at = 0;
    let mut after_note = 0;
    for line in region.split_inclusive('\n') {
        if !line.trim().is_empty() && !is_note(line) {
            break;
        }
        at += line.len();
        if is_note(line) {
            after_note = at;
        }
    }
    let mut found = core(region, at);
    while let Some(less) = without_last_note(&region[found.clone()], notes) {
        let kept = found.start..found.start + less;
        found = core(&region[..kept.end], kept.start);
    }
    if !found.is_empty() {
        return (at, found);
    }
    let first = region.split_inclusive('\n').next().unwrap_or("");
    let lead = match after_note {
        0 if first.ends_with('\n') && first.trim().is_empty() => first.len(),
        lead => lead,
    };
    (lead, lead..lead)
}

/// Length of the text before the note that ends it.
fn without_last_note(text: &str, notes: &[String]) -> Option<usize> {
    notes.iter().find_map(|note| {
        let windows = note.replace('\n', "\r\n");
        let before = text
            .strip_suffix(note.as_str())
            .or_else(|| text.strip_suffix(windows.as_str()))?;
        (before.is_empty() || before.ends_with('\n')).then_some(before.len())
    })
}

/// The text with `typed` in place of `core`, which stands behind `lead`. Lines that stay keep their bytes.
pub(super) fn replace(
    text: &str,
    lead: &Range<usize>,
    core: &Range<usize>,
    typed: &str,
    newline: &str,
) -> String {
    if core.is_empty() {
        if typed.is_empty() {
            return text.to_string();
        }
        let answer = format!("{}{newline}", with_ends(typed, newline));
        // A blank line between heading and text; none between a note and the text it speaks of.
        let gap = if lead.is_empty() { newline } else { "" };
        let ended = text[..lead.end].ends_with('\n') || lead.end == 0;
        let start = if ended { "" } else { newline };
        let rest = &text[lead.end..];
        let next = rest.split_inclusive('\n').next().unwrap_or("");
        let after = if next.trim().is_empty() { "" } else { newline };
        return format!("{}{start}{gap}{answer}{after}{rest}", &text[..lead.end]);
    }
    if typed.is_empty() {
        return format!("{}{}", &text[..core.start], &text[line_end(text, core.end)..]);
    }
    let woven = weave(&text[core.clone()], typed, newline);
    format!("{}{woven}{}", &text[..core.start], &text[core.end..])
}

/// `typed` with the bytes of `old` where lines at its beginning and end are the same.
fn weave(old: &str, typed: &str, newline: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = typed.split_inclusive('\n').collect();
    let same = |(old, new): &(&&str, &&str)| shown(old) == **new;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old[head..]
        .iter()
        .rev()
        .zip(new[head..].iter().rev())
        .take_while(same)
        .count();
    // A line that takes the place of another one ends as that one did.
    let ends = old[head..old.len() - tail]
        .iter()
        .map(|line| match line.strip_suffix('\n') {
            Some(rest) if rest.ends_with('\r') => "\r\n",
            Some(_) => "\n",
            None => newline,
        });
    let middle: String = new[head..new.len() - tail]
        .iter()
        .zip(ends.chain(std::iter::repeat(newline)))
        .map(|(line, end)| with_ends(line, end))
        .collect();
    format!(
        "{}{middle}{}",
        old[..head].concat(),
        old[old.len() - tail..].concat()
    )
}

/// Puts lines in at the beginning of a line, with a blank line before and after them.
pub(super) fn insert(text: &str, at: usize, lines: &str, newline: &str) -> String {
    let (before, after) = text.split_at(at);
    let start = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        newline
    };
    let last = before.trim_end_matches(['\n', '\r']);
    let ends = before[last.len()..].matches('\n').count() + usize::from(!start.is_empty());
    let gap = if ends < 2 { newline } else { "" };
    let next = after.split_inclusive('\n').next().unwrap_or("");
    let behind = if next.trim().is_empty() { "" } else { newline };
    format!("{before}{start}{gap}{lines}{behind}{after}")
}
