//! Tables that lose nothing: columns are measured here, so that no cell is cut and no word runs into its neighbour.

use super::emit::{Arg, Emitter};
use super::glyphs::Glyphs;

/// Space left and right of a cell's text, in points; the template's table inset.
const INSET: f64 = 8.0;
/// Sizes of type tried, the largest first.
const SIZES: [f64; 5] = [9.0, 8.5, 8.0, 7.5, 7.0];
/// A word that is wider than this many ems is broken rather than given a wide column.
const WORD: f64 = 9.0;
/// A column is never narrower than this many ems.
const NARROW: f64 = 3.6;

/// How a table is set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    /// Size of type in points.
    pub size: f64,
    /// Widths of the columns in points, insets included; empty when the table is set as stacked records.
    pub columns: Vec<f64>,
}

impl Plan {
    /// True when the columns do not fit side by side in any way.
    pub fn stacked(&self) -> bool {
        self.columns.is_empty()
    }
}

/// What a column needs at one point of type size.
struct Need {
    /// Widest word.
    word: f64,
    /// Widest cell on one line.
    line: f64,
    /// Mean width of its cells on one line.
    mean: f64,
}

fn needs(glyphs: &Glyphs, head: &[String], rows: &[Vec<String>]) -> Vec<Need> {
    (0..head.len())
        .map(|column| {
            let mut need = Need { word: 0.0, line: 0.0, mean: 0.0 };
            let mut add = |text: &str, bold: bool| {
                let line = glyphs.width(text, 1.0, bold);
                need.line = need.line.max(line);
                need.mean += line;
                for word in text.split_whitespace() {
                    let width = if word.len() == text.len() { line } else { glyphs.width(word, 1.0, bold) };
                    need.word = need.word.max(width);
                }
            };
            add(&head[column], true);
            for row in rows {
                if let Some(cell) = row.get(column) {
                    add(cell, false);
                }
            }
            need.mean /= (rows.len() + 1) as f64;
            need
        })
        .collect()
}

/// Plans a table `available` points wide.
pub(super) fn plan(glyphs: &Glyphs, head: &[String], rows: &[Vec<String>], available: f64) -> Plan {
    let needs = needs(glyphs, head, rows);
    for size in SIZES {
        if let Some(columns) = fit(&needs, size, available, WORD) {
            return Plan { size, columns };
        }
    }
    let size = SIZES[SIZES.len() - 1];
    for word in [7.0, 5.5, 4.5, NARROW] {
        if let Some(columns) = fit(&needs, size, available, word) {
            return Plan { size, columns };
        }
    }
    Plan { size: 8.5, columns: vec![] }
}

/// Widths that give every column its widest word (or `cap` ems, where a word is wider), if they fit.
fn fit(needs: &[Need], size: f64, available: f64, cap: f64) -> Option<Vec<f64>> {
    // A hundredth more than measured: kerning and rounding.
    let least = |need: &Need| need.word.min(cap).max(NARROW.min(need.line.max(1.5))) * size * 1.01 + INSET;
    let most = |need: &Need| need.line * size * 1.01 + INSET;
    let sum: f64 = needs.iter().map(least).sum();
    if sum > available {
        return None;
    }
    let wanted: f64 = needs.iter().map(|need| most(need).max(least(need))).sum();
    if wanted <= available {
        // Room for every cell on one line; what is left goes to the columns by what they hold.
        let spare = available - wanted;
        return Some(
            needs.iter().map(|need| most(need).max(least(need)) * (1.0 + spare / wanted.max(1.0))).collect(),
        );
    }
    // What is left after the least goes where the text is, long cells counting less and less.
    let weight = |need: &Need| {
        let room = (most(need) - least(need)).max(0.0);
        room.min(need.mean * size * 0.6 + (room * 12.0).sqrt())
    };
    let weights: f64 = needs.iter().map(weight).sum();
    let spare = available - sum;
    Some(needs.iter().map(|need| least(need) + spare * weight(need) / weights.max(0.001)).collect())
}

/// Writes a table as planned. `cell` writes one cell: of the header row where the row is `None`.
pub(super) fn emit(
    em: &mut Emitter,
    plan: &Plan,
    aligns: &[&str],
    head: &[String],
    rows: usize,
    mut cell: impl FnMut(&mut Emitter, Option<usize>, usize),
) {
    if plan.stacked() {
        em.start("stacked", &[]);
        for row in 0..rows {
            em.item_open();
            for (column, name) in head.iter().enumerate() {
                em.start("pair", &[]);
                em.item(name);
                em.item_open();
                cell(em, Some(row), column);
                em.item_close();
                em.end();
            }
            em.item_close();
        }
        em.end();
        return;
    }
    let args = [
        ("columns", Arg::Points(&plan.columns)),
        ("size", Arg::Point(plan.size)),
        ("aligns", Arg::List(aligns)),
    ];
    em.start("tbl", &args);
    em.list_open("head");
    for column in 0..head.len() {
        one(em, plan, column, |em| cell(em, None, column));
    }
    em.list_close();
    for row in 0..rows {
        for column in 0..head.len() {
            one(em, plan, column, |em| cell(em, Some(row), column));
        }
    }
    em.within(None);
    em.end();
}

fn one(em: &mut Emitter, plan: &Plan, column: usize, write: impl FnOnce(&mut Emitter)) {
    em.item_open();
    em.within(plan.columns.get(column).map(|width| (width - INSET, plan.size)));
    write(em);
    em.item_close();
}

/// A table of plain texts.
pub(super) fn plain(em: &mut Emitter, head: &[String], rows: &[Vec<String>], available: f64) {
    let plan = plan(em.glyphs(), head, rows, available);
    emit(em, &plan, &[], head, rows.len(), |em, row, column| {
        let text = match row {
            None => head.get(column),
            Some(row) => rows.get(row).and_then(|cells| cells.get(column)),
        };
        em.text(text.map_or("", String::as_str));
    });
}
