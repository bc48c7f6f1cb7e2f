//! Citations in the text of the tree.
//!
//! Pieces of text that stand side by side, over soft line breaks, are searched as one string, so an escape, an entity
//! or a line end within a citation does not hide it.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::{CitationUse, Inline, InlineKind};
use crate::citation::{self, Found, Note, Resolution};
use crate::diagnostic::{Diagnostic, Source};
use crate::rule::RowId;

/// Warnings of one kind are given one by one up to this number in a file, then counted.
const MOST_WARNINGS: usize = 50;

/// Where in the document an element stands.
#[derive(Clone, Default)]
pub(super) struct Site {
    /// Index of the top-level block; of no meaning in a footnote.
    pub block: usize,
    /// Anchor of the last top-level heading.
    pub under: String,
    /// Number of the footnote it stands in.
    pub note: Option<usize>,
    pub in_heading: bool,
    pub in_table: bool,
}

/// The citations of one file.
pub(super) struct Cites<'a> {
    source: &'a Source,
    uses: Vec<(CitationUse, Option<usize>)>,
    warnings: Vec<Diagnostic>,
    uncounted: usize,
    /// Byte at which the text starts.
    start: usize,
    /// The text is about another law, so that nothing in it is a citation of this one; worked out when first needed.
    other_law: OnceCell<bool>,
}

/// What a citation in prose stands for.
struct Meaning {
    rows: Vec<RowId>,
    exact: bool,
}

/// The one place where what the finder says becomes rows; none where it names no paragraph of the rule.
fn meaning(found: &Found) -> Option<Meaning> {
    if matches!(found.whole, Resolution::Unknown { .. }) {
        return None;
    }
    let mut rows = found.links();
    rows.sort_unstable();
    rows.dedup();
    let mut named = found.rows();
    named.sort_unstable();
    named.dedup();
    let exact = !rows.is_empty() && rows == named;
    Some(Meaning { rows, exact })
}

impl<'a> Cites<'a> {
    pub(super) fn new(source: &'a Source, start: usize) -> Self {
        Self {
            source,
            start,
            other_law: OnceCell::new(),
            uses: Vec::new(),
            warnings: Vec::new(),
            uncounted: 0,
        }
    }

    /// How many were found so far.
    pub(super) fn len(&self) -> usize {
        self.uses.len()
    }

    /// Sets the anchor of the citations found since there were `from`: those of a heading that has just ended.
    pub(super) fn put_under(&mut self, from: usize, anchor: &str) {
        for (found, _) in self.uses.iter_mut().skip(from) {
            anchor.clone_into(&mut found.under);
        }
    }

    /// Joins neighbouring text and turns citations into inlines of their own; in a link they are only recorded.
    ///
    /// Text goes on through emphasis: `**164.308**(a)(2)` is one citation, as a reader sees it. It then stands whole where
    /// it begins.
    pub(super) fn settle(&mut self, raw: Vec<Inline>, in_link: bool, site: &Site) -> Vec<Inline> {
        let mut runs = vec![Run::default()];
        gather(&raw, self.source, &mut runs);
        let mut cut = Vec::new();
        for run in &runs {
            cut.push(self.citations(run, in_link, site));
        }
        let mut walk = Walk {
            runs: &runs,
            cut: &cut,
            run: 0,
            at: 0,
        };
        walk.rebuild(raw)
    }

    /// Records the citations of a run; gives those that become inlines of their own, with their bytes in the run.
    fn citations(&mut self, run: &Run, in_link: bool, site: &Site) -> Vec<(Range<usize>, Inline)> {
        let mut cut: Vec<(Range<usize>, Inline)> = Vec::new();
        for found in citation::find(&run.text) {
            // Never trust an offset into text that somebody else typed.
            let Some(text) = run.text.get(found.range.clone()).filter(|text| !text.is_empty()) else {
                continue;
            };
            if found.range.start < cut.last().map_or(0, |(last, _)| last.end) {
                continue;
            }
            if self.is_other_law() && !text.contains("45") {
                continue;
            }
            let range = run.in_file(found.range.clone());
            self.warn(&found, text, range.clone());
            let Some(Meaning { rows, exact }) = meaning(&found) else {
                continue;
            };
            let used = CitationUse {
                text: text.to_owned(),
                rows: rows.clone(),
                exact,
                range: range.clone().into(),
                line: 0,
                under: site.under.clone(),
                block: site.block,
                in_heading: site.in_heading && site.note.is_none(),
                in_table: site.in_table,
            };
            self.uses.push((used, site.note));
            if !in_link {
                let kind = InlineKind::Citation {
                    text: text.to_owned(),
                    rows,
                };
                let range = range.into();
                cut.push((found.range, Inline { kind, range }));
            }
        }
        cut
    }

    /// Front matter that names a row says what the text is about.
    fn is_other_law(&self) -> bool {
        let (front, body) = self.source.text.split_at(self.start);
        *self
            .other_law
            .get_or_init(|| !front.contains("164.") && citation::is_other_law(body))
    }

    fn warn(&mut self, found: &Found, text: &str, range: Range<usize>) {
        let unknown = match &found.whole {
            Resolution::Unknown { nearest } => Some(nearest),
            _ => None,
        };
        if unknown.is_none() && found.notes.is_empty() {
            return;
        }
        if self.warnings.len() >= MOST_WARNINGS {
            self.uncounted += 1;
            return;
        }
        let place = self.source.place(range);
        if let Some(nearest) = unknown {
            let message =
                format!("{text} names no paragraph of the Security Rule, so it is left as plain text.");
            self.warnings
                .push(Diagnostic::warning("unknown-citation", place, message).help(did_you_mean(nearest)));
            return;
        }
        for note in &found.notes {
            let (code, help) = match note {
                Note::Renumbered => ("renumbered-citation", "Type 164.308(b)(3)."),
                Note::CopyrightSign => ("copyright-sign", "Type (c) in its place."),
            };
            self.warnings
                .push(Diagnostic::warning(code, place.clone(), format!("{note}.")).help(help));
        }
    }

    /// Every citation in the order of the file, and the warnings. A citation in a footnote stands where the footnote
    /// is first referred to.
    pub(super) fn finish(self, referred: &BTreeMap<usize, Site>) -> (Vec<CitationUse>, Vec<Diagnostic>) {
        let Self {
            source,
            uses,
            mut warnings,
            uncounted,
            ..
        } = self;
        if uncounted > 0 {
            let message = format!(
                "{uncounted} more citations in this file name no paragraph of the rule or an old one."
            );
            let place = crate::diagnostic::Place::file(source.path.clone());
            warnings.push(Diagnostic::warning("unknown-citation", place, message));
        }
        // Where in the text each footnote begins, over the notes that lead to it: these have lower numbers.
        let mut begins: BTreeMap<usize, &Site> = BTreeMap::new();
        for (number, site) in referred {
            let text = site.note.and_then(|note| begins.get(&note).copied());
            begins.insert(*number, text.unwrap_or(site));
        }
        let mut uses: Vec<CitationUse> = uses
            .into_iter()
            .map(|(mut used, note)| {
                if let Some(site) = note.and_then(|number| begins.get(&number)) {
                    used.block = site.block;
                    used.under.clone_from(&site.under);
                }
                used
            })
            .collect();
        uses.sort_by_key(|used| used.range);
        // Counted in one go: a place for each would read a line of 4 MB once for every citation in it.
        let (mut line, mut at) = (1, 0);
        for used in &mut uses {
            let start = used.range.start as usize;
            line += source.text.as_bytes()[at..start]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count() as u32;
            at = start;
            used.line = line;
        }
        (uses, warnings)
    }
}

fn did_you_mean(nearest: &[RowId]) -> String {
    let names: Vec<String> = nearest.iter().map(RowId::to_string).collect();
    match names.as_slice() {
        [] => "Look the paragraph up with `binder rule`.".to_owned(),
        [only] => format!("Did you mean {only}?"),
        [most @ .., last] => format!("Did you mean {} or {last}?", most.join(", ")),
    }
}

/// The text of these inlines, emphasis left aside; anything else begins a new run.
fn gather(raw: &[Inline], source: &Source, runs: &mut Vec<Run>) {
    for inline in raw {
        match &inline.kind {
            InlineKind::Text(_) | InlineKind::SoftBreak => {
                if let Some(run) = runs.last_mut() {
                    run.push(flat(&inline.kind), inline, source);
                }
            }
            InlineKind::Emphasis(inner) | InlineKind::Strong(inner) | InlineKind::Strike(inner) => {
                gather(inner, source, runs);
            }
            _ => runs.push(Run::default()),
        }
    }
}

fn flat(kind: &InlineKind) -> &str {
    match kind {
        InlineKind::Text(text) => text,
        _ => " ",
    }
}

/// Where a second walk over the same inlines has come to.
struct Walk<'a> {
    runs: &'a [Run],
    /// The citations of each run, in order.
    cut: &'a [Vec<(Range<usize>, Inline)>],
    run: usize,
    at: usize,
}

impl Walk<'_> {
    fn rebuild(&mut self, raw: Vec<Inline>) -> Vec<Inline> {
        let mut out = Vec::with_capacity(raw.len());
        let mut raw = raw.into_iter().peekable();
        while let Some(inline) = raw.next() {
            let range = inline.range;
            let kind = match inline.kind {
                InlineKind::Text(_) | InlineKind::SoftBreak => {
                    let start = self.at;
                    self.at += flat(&inline.kind).len();
                    while let Some(next) =
                        raw.next_if(|next| matches!(next.kind, InlineKind::Text(_) | InlineKind::SoftBreak))
                    {
                        self.at += flat(&next.kind).len();
                    }
                    self.emit(start..self.at, &mut out);
                    continue;
                }
                InlineKind::Emphasis(inner) => self.styled(inner).map(InlineKind::Emphasis),
                InlineKind::Strong(inner) => self.styled(inner).map(InlineKind::Strong),
                InlineKind::Strike(inner) => self.styled(inner).map(InlineKind::Strike),
                other => {
                    self.run += 1;
                    self.at = 0;
                    Some(other)
                }
            };
            out.extend(kind.map(|kind| Inline { kind, range }));
        }
        out
    }

    /// What is left in emphasis; none where a citation that began before it took everything.
    fn styled(&mut self, inner: Vec<Inline>) -> Option<Vec<Inline>> {
        let was_empty = inner.is_empty();
        let inner = self.rebuild(inner);
        (was_empty || !inner.is_empty()).then_some(inner)
    }

    /// Puts out a part of the run: its text, and each citation where it begins.
    fn emit(&self, part: Range<usize>, out: &mut Vec<Inline>) {
        let (Some(run), Some(cut)) = (self.runs.get(self.run), self.cut.get(self.run)) else {
            return;
        };
        let mut at = part.start;
        let first = cut.partition_point(|(range, _)| range.end <= part.start);
        for (range, citation) in cut[first..]
            .iter()
            .take_while(|(range, _)| range.start < part.end)
        {
            run.emit(at..range.start.max(at), out);
            if range.start >= part.start {
                out.push(citation.clone());
            }
            at = range.end.min(part.end);
        }
        run.emit(at..part.end, out);
    }
}

/// Text and soft breaks that stand side by side.
#[derive(Default)]
struct Run {
    text: String,
    pieces: Vec<Piece>,
}

struct Piece {
    /// Offset in the run.
    at: usize,
    range: Range<usize>,
    soft_break: bool,
    /// The run has the very bytes of the file here, so offsets can be carried over.
    verbatim: bool,
}

impl Run {
    fn push(&mut self, text: &str, inline: &Inline, source: &Source) {
        let range = inline.range.as_range();
        let soft_break = matches!(inline.kind, InlineKind::SoftBreak);
        let verbatim = !soft_break && source.text.get(range.clone()) == Some(text);
        let at = self.text.len();
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if verbatim && last.verbatim && last.range.end == range.start => {
                last.range.end = range.end
            }
            _ => self.pieces.push(Piece {
                at,
                range,
                soft_break,
                verbatim,
            }),
        }
    }

    /// Index of the piece that holds the byte at `offset`.
    fn piece(&self, offset: usize) -> usize {
        self.pieces
            .partition_point(|piece| piece.at <= offset)
            .saturating_sub(1)
    }

    /// A non-empty range of the run as a range of the file.
    fn in_file(&self, range: Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (
            self.pieces.get(self.piece(range.start)),
            self.pieces.get(self.piece(range.end.saturating_sub(1))),
        ) else {
            return 0..0;
        };
        let start = if first.verbatim {
            first.range.start + (range.start - first.at)
        } else {
            first.range.start
        };
        let end = if last.verbatim {
            last.range.start + (range.end - last.at)
        } else {
            last.range.end
        };
        start..end
    }

    /// Puts out a part of the run as text and soft breaks.
    fn emit(&self, part: Range<usize>, out: &mut Vec<Inline>) {
        if part.is_empty() {
            return;
        }
        for index in self.piece(part.start)..self.pieces.len() {
            let piece = &self.pieces[index];
            if piece.at >= part.end {
                break;
            }
            let end = self.pieces.get(index + 1).map_or(self.text.len(), |next| next.at);
            let cut = piece.at.max(part.start)..end.min(part.end);
            if cut.is_empty() {
                continue;
            }
            let range = self.in_file(cut.clone()).into();
            let kind = if piece.soft_break {
                InlineKind::SoftBreak
            } else {
                InlineKind::Text(self.text[cut].to_owned())
            };
            out.push(Inline { kind, range });
        }
    }
}
