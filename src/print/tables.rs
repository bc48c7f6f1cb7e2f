//! Tables that lose nothing: columns are measured here, so that no cell is cut and no word runs into its neighbour.

use super::emit::{Arg, Emitter};
use super::glyphs::Glyphs;

/// Space left and right of a cell's text, in points; the template's table inset.
const INSET: f64 = 8.0;
/// Sizes of type tried, the largest first.
const SIZES: [f64; 4] = [8.5, 8.0, 7.5, SMALLEST];
/// The smallest type that is read without a glass.
const SMALLEST: f64 = 7.0;
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
    /// Width of the whole in points.
    pub available: f64,
    /// A row is so tall that it may go over a page.
    pub tall: bool,
}

impl Plan {
    /// True when the columns do not fit side by side in any way.
    pub fn stacked(&self) -> bool {
        self.columns.is_empty()
    }
}

/// Size of type of names and values under each other.
const STACKED: f64 = 8.0;
/// A row taller than this many points may go over a page; others stay in one piece.
const TALL: f64 = 200.0;
/// Lines of a table that are measured for the shares of its columns; more would only cost time.
const SAMPLE: usize = 80;

/// What a column needs at one point of type size.
struct Need {
    /// Widest word.
    word: f64,
    /// Widest cell on one line.
    line: f64,
    /// Widths of its cells on one line, the header first.
    cells: Vec<f64>,
}

fn needs(glyphs: &Glyphs, head: &[String], rows: &[Vec<String>]) -> Vec<Need> {
    (0..head.len())
        .map(|column| {
            let mut need = Need {
                word: 0.0,
                line: 0.0,
                cells: vec![],
            };
            let mut add = |text: &str, bold: bool| {
                let line = glyphs.width(text, 1.0, bold);
                need.line = need.line.max(line);
                need.cells.push(line);
                for word in text.split(|c: char| c.is_whitespace() && c != '\u{a0}') {
                    let width = if word.len() == text.len() {
                        line
                    } else {
                        glyphs.width(word, 1.0, bold)
                    };
                    need.word = need.word.max(width);
                }
            };
            add(&head[column], true);
            for row in rows {
                add(row.get(column).map_or("", String::as_str), false);
            }
            need
        })
        .collect()
}

/// Plans a table `available` points wide.
pub(super) fn plan(glyphs: &Glyphs, head: &[String], rows: &[Vec<String>], available: f64) -> Plan {
    let needs = needs(glyphs, head, rows);
    // Words cut into short pieces read worse than names and values under each other.
    let tries = SIZES.iter().map(|size| (*size, WORD)).chain([(SMALLEST, 7.0)]);
    for (size, word) in tries {
        if let Some(columns) = fit(&needs, size, available, word) {
            let tall = tallest(&needs, &columns, size) > TALL;
            return Plan {
                size,
                columns,
                available,
                tall,
            };
        }
    }
    Plan {
        size: STACKED,
        columns: vec![],
        available,
        tall: false,
    }
}

/// Height of the tallest row in points, estimated.
fn tallest(needs: &[Need], columns: &[f64], size: f64) -> f64 {
    let cells = needs.iter().zip(columns).flat_map(|(need, width)| {
        need.cells
            .iter()
            .map(move |cell| (cell * size / (width - INSET).max(1.0)).ceil() * size * 1.4)
    });
    cells.fold(0.0, f64::max)
}

/// Widths that give every column its widest word (or `cap` ems, where a word is wider), if they fit.
fn fit(needs: &[Need], size: f64, available: f64, cap: f64) -> Option<Vec<f64>> {
    // A hundredth more than measured: kerning and rounding.
    let em = size * 1.01;
    let least: Vec<f64> = needs
        .iter()
        .map(|need| need.word.min(cap).max(NARROW.min(need.line.max(1.5))) * em + INSET)
        .collect();
    let most: Vec<f64> = needs
        .iter()
        .zip(&least)
        .map(|(need, least)| (need.line * em + INSET).max(*least))
        .collect();
    if least.iter().sum::<f64>() > available {
        return None;
    }
    let wanted: f64 = most.iter().sum();
    if wanted <= available {
        // Room for every cell on one line; what is left goes to the columns by what they hold.
        let stretch = available / wanted.max(1.0);
        return Some(most.iter().map(|width| width * stretch).collect());
    }
    let mut widths = least;
    let step = ((available - widths.iter().sum::<f64>()) / 60.0).max(0.5);
    let lines = needs.first().map_or(0, |need| need.cells.len());
    let sample: Vec<usize> = (0..lines).step_by(lines.div_ceil(SAMPLE).max(1)).collect();
    // Each share goes to the column that keeps most lines of the table high.
    let mut left = available - widths.iter().sum::<f64>();
    while left > 0.01 {
        let share = step.min(left);
        let mut gain = vec![0.0; widths.len()];
        for line in &sample {
            let height = |column: usize| needs[column].cells[*line] * em / (widths[column] - INSET).max(1.0);
            let tallest = (0..widths.len()).max_by(|a, b| height(*a).total_cmp(&height(*b)));
            if let Some(column) = tallest.filter(|column| height(*column) > 1.0) {
                gain[column] += height(column) * share / (widths[column] - INSET + share);
            }
        }
        match (0..gain.len())
            .max_by(|a, b| gain[*a].total_cmp(&gain[*b]))
            .filter(|column| gain[*column] > 0.0)
        {
            Some(column) => widths[column] += share,
            // Nothing is higher than one line any more.
            None => {
                let each = left / widths.len().max(1) as f64;
                widths.iter_mut().for_each(|width| *width += each);
                break;
            }
        }
        left -= share;
    }
    Some(widths)
}

/// Writes a table as planned. `cell` writes one cell: of the header row where the row is `None`.
pub(super) fn emit(
    em: &mut Emitter,
    plan: &Plan,
    aligns: &[&str],
    head: &[String],
    words: &[Vec<String>],
    mut cell: impl FnMut(&mut Emitter, Option<usize>, usize),
) {
    let rows = words.len();
    if plan.stacked() {
        let filled =
            |row: usize, column: usize| words[row].get(column).is_some_and(|cell| !cell.trim().is_empty());
        let half = plan.available / 2.0 - 30.0;
        em.start("stacked", &[]);
        for row in 0..rows {
            em.item_open();
            em.start("pairs", &[]);
            for (column, name) in head.iter().enumerate().filter(|(column, _)| filled(row, *column)) {
                em.item_open();
                em.start("pair", &[]);
                em.item(name);
                em.item_open();
                em.within(Some((half, plan.size)));
                cell(em, Some(row), column);
                em.within(None);
                em.item_close();
                em.end();
                em.item_close();
            }
            em.end();
            em.item_close();
        }
        em.end();
        return;
    }
    let args = [
        ("columns", Arg::Points(&plan.columns)),
        ("size", Arg::Point(plan.size)),
        ("aligns", Arg::List(aligns)),
        ("whole-rows", Arg::Bool(!plan.tall)),
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
