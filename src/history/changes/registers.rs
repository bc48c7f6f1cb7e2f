//! Registers against each other, line by line.

use std::collections::BTreeMap;

use super::{CellTurn, How, LineChange, RegisterChange};
use crate::history::extract::{LineWords, RegisterWords};

/// Longest lists of lines without id, one times the other, in which the line that became another is looked for.
const MOST_PAIRS: usize = 1_000_000;

/// What changed in a register; `None` when nothing did.
pub(super) fn register(old: Option<&RegisterWords>, new: Option<&RegisterWords>) -> Option<RegisterChange> {
    let none = RegisterWords::default();
    let named = new.or(old)?;
    let how = match (old, new) {
        (None, _) => How::New,
        (_, None) => How::Gone,
        _ => How::Changed,
    };
    let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
    let columns = Columns::of(old, new);
    let lines: Vec<LineChange> = pairs(&old.lines, &new.lines)
        .into_iter()
        .map(|(old, new)| line(&columns, old, new))
        .filter(|line| line.how != How::Changed || line.cells.iter().any(|cell| cell.old != cell.new))
        .collect();
    let is_same = lines.is_empty() && how == How::Changed;
    (!is_same).then(|| RegisterChange {
        name: named.name.clone(),
        title: named.title.clone(),
        how,
        lines,
    })
}

type Pair<'a> = (Option<&'a LineWords>, Option<&'a LineWords>);

/// The lines that are not the same on both sides: those with an id by that, the others by what they share. In the order
/// of the newer register, what is gone last.
fn pairs<'a>(old: &'a [LineWords], new: &'a [LineWords]) -> Vec<Pair<'a>> {
    let mut left: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
    let keys: Vec<Key> = old.iter().map(Key::of).collect();
    for (index, key) in keys.iter().enumerate().rev() {
        left.entry(key).or_default().push(index);
    }
    // The same line, or the line of the same id.
    let mut partner: Vec<Option<usize>> = new
        .iter()
        .map(|line| left.get_mut(&Key::of(line))?.pop())
        .collect();
    let mut taken = vec![false; old.len()];
    partner.iter().flatten().for_each(|index| taken[*index] = true);
    let alone = |line: &LineWords| line.key.is_empty();
    let gone: Vec<usize> = (0..old.len())
        .filter(|index| !taken[*index] && alone(&old[*index]))
        .collect();
    let added: Vec<usize> = (0..new.len())
        .filter(|index| partner[*index].is_none() && alone(&new[*index]))
        .collect();
    if gone.len() * added.len() <= MOST_PAIRS {
        let mut best: Vec<(usize, usize, usize)> = vec![];
        for a in &gone {
            for b in &added {
                let share = shared(&old[*a], &new[*b]);
                if share > 0 {
                    best.push((share, *a, *b));
                }
            }
        }
        best.sort_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
        for (_, a, b) in best {
            if !taken[a] && partner[b].is_none() {
                taken[a] = true;
                partner[b] = Some(a);
            }
        }
    }
    let kept = new
        .iter()
        .zip(&partner)
        .map(|(line, partner)| (partner.map(|index| &old[index]), Some(line)));
    let gone = old.iter().zip(&taken).filter(|(_, taken)| !**taken);
    kept.chain(gone.map(|(line, _)| (Some(line), None)))
        .filter(|(old, new)| old != new)
        .collect()
}

/// What two lines have in common where they are one line: its id, or all of its cells.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Id(String),
    Cells(bool, Vec<(String, String)>),
}

impl Key {
    fn of(line: &LineWords) -> Self {
        match line.key.is_empty() {
            false => Self::Id(line.key.to_lowercase()),
            true => Self::Cells(line.none, line.cells.clone()),
        }
    }
}

/// Out of 1000, how much two lines without id share; 0 where it is too little to call one the other's successor.
fn shared(old: &LineWords, new: &LineWords) -> usize {
    if old.none != new.none {
        return 0;
    }
    let same = old.cells.iter().filter(|cell| new.cells.contains(cell)).count();
    let share = 2000 * same / (old.cells.len() + new.cells.len()).max(1);
    if share < 600 { 0 } else { share }
}

/// The columns of both sides.
struct Columns<'a> {
    /// Name, heading, and whether it is shown only where gaps are.
    all: Vec<(&'a str, &'a str, bool)>,
}

impl<'a> Columns<'a> {
    fn of(old: &'a RegisterWords, new: &'a RegisterWords) -> Self {
        let mut all: Vec<(&str, &str, bool)> = vec![];
        for column in new.columns.iter().chain(&old.columns) {
            if !all.iter().any(|(name, ..)| *name == column.name) {
                all.push((&column.name, &column.title, column.inside));
            }
        }
        Self { all }
    }

    fn cell(&self, name: &str, old: &str, new: &str) -> CellTurn {
        let declared = self.all.iter().find(|(of, ..)| *of == name);
        CellTurn {
            name: declared.map_or_else(|| name.replace('_', " "), |(_, title, _)| (*title).to_string()),
            old: old.to_string(),
            new: new.to_string(),
            inside: declared.is_some_and(|(_, _, inside)| *inside),
        }
    }
}

fn line(columns: &Columns, old: Option<&LineWords>, new: Option<&LineWords>) -> LineChange {
    let value = |line: Option<&LineWords>, name: &str| -> String {
        let cell = line.and_then(|line| line.cells.iter().find(|(of, _)| of == name));
        cell.map_or(String::new(), |(_, text)| text.clone())
    };
    let mut names: Vec<&str> = columns.all.iter().map(|(name, ..)| *name).collect();
    for line in [new, old].into_iter().flatten() {
        for (name, _) in &line.cells {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let cells = names.into_iter().filter_map(|name| {
        let (before, after) = (value(old, name), value(new, name));
        let is_empty = before.is_empty() && after.is_empty();
        (!is_empty).then(|| columns.cell(name, &before, &after))
    });
    let cells: Vec<CellTurn> = cells.collect();
    LineChange {
        key: new.or(old).map_or(String::new(), |line| line.key.clone()),
        audience: old
            .into_iter()
            .chain(new)
            .map(|line| line.audience)
            .max()
            .unwrap_or_default(),
        how: match (old, new) {
            (None, _) => How::New,
            (_, None) => How::Gone,
            _ => How::Changed,
        },
        cells,
    }
}
