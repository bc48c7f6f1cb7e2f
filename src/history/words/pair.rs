//! Which paragraph of the older text became which of the newer one.

use std::collections::BTreeMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::history::plain::Para;

/// Paragraphs of the two texts, in the order of reading: both where one became the other.
pub type Pairs<'a> = Vec<(Option<&'a Para>, Option<&'a Para>)>;

/// Longest lists of changed paragraphs, one times the other, in which the best pairs are looked for.
const MOST_PAIRS: usize = 40_000;
/// Longest texts of which the paragraphs are compared at all.
const MOST_PARAS: usize = 60_000;

/// Pairs the paragraphs of two texts.
pub fn pairs<'a>(old: &'a [Para], new: &'a [Para]) -> Pairs<'a> {
    if old.len().max(new.len()) > MOST_PARAS {
        return apart(old, new).collect();
    }
    // Numbers are compared faster than texts.
    let mut numbers: BTreeMap<&Para, usize> = BTreeMap::new();
    let mut number = |para: &'a Para| {
        let next = numbers.len();
        *numbers.entry(para).or_insert(next)
    };
    let before: Vec<usize> = old.iter().map(&mut number).collect();
    let after: Vec<usize> = new.iter().map(&mut number).collect();
    let mut out = vec![];
    for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (from, to) = (&old[op.old_range()], &new[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => out.extend(from.iter().zip(to).map(|(a, b)| (Some(a), Some(b)))),
            _ => out.extend(changed(from, to)),
        }
    }
    out
}

fn apart<'a>(old: &'a [Para], new: &'a [Para]) -> impl Iterator<Item = (Option<&'a Para>, Option<&'a Para>)> {
    let gone = old.iter().map(|para| (Some(para), None));
    gone.chain(new.iter().map(|para| (None, Some(para))))
}

/// The pairs among changed paragraphs that share the most words, without crossing.
fn changed<'a>(old: &'a [Para], new: &'a [Para]) -> Pairs<'a> {
    if old.is_empty() || new.is_empty() || old.len() * new.len() > MOST_PAIRS {
        return apart(old, new).collect();
    }
    let before: Vec<Bag> = old.iter().map(Bag::new).collect();
    let after: Vec<Bag> = new.iter().map(Bag::new).collect();
    // best[i][j]: the most that old[i..] and new[j..] can share.
    let width = new.len() + 1;
    let mut best = vec![0_u32; (old.len() + 1) * width];
    let mut alike = vec![0_u32; old.len() * new.len()];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let likeness = before[i].likeness(&after[j]);
            alike[i * new.len() + j] = likeness;
            let skip = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            best[i * width + j] = match likeness {
                0 => skip,
                _ => skip.max(best[(i + 1) * width + j + 1] + likeness),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out: Pairs<'a> = vec![];
    while i < old.len() && j < new.len() {
        let likeness = alike[i * new.len() + j];
        if likeness > 0 && best[i * width + j] == best[(i + 1) * width + j + 1] + likeness {
            out.push((Some(&old[i]), Some(&new[j])));
            (i, j) = (i + 1, j + 1);
        } else if best[i * width + j] == best[(i + 1) * width + j] {
            out.push((Some(&old[i]), None));
            i += 1;
        } else {
            out.push((None, Some(&new[j])));
            j += 1;
        }
    }
    out.extend(apart(&old[i..], &new[j..]));
    out
}

/// The words of a paragraph, sorted.
struct Bag<'a> {
    para: &'a Para,
    words: Vec<String>,
}

impl<'a> Bag<'a> {
    fn new(para: &'a Para) -> Self {
        let mut words: Vec<String> = crate::markdown::text::words(&para.text)
            .map(str::to_lowercase)
            .collect();
        words.sort();
        Self { para, words }
    }

    /// Out of 1000, how much two paragraphs share; 0 where it is too little to call one the other's successor.
    fn likeness(&self, other: &Bag<'_>) -> u32 {
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.words.get(i), other.words.get(j)) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
            }
        }
        let all = (self.words.len() + other.words.len()).max(1);
        let likeness = u32::try_from(2000 * shared / all).unwrap_or(0);
        let needed = match self.para.kind == other.para.kind {
            true => 350,
            false => 750,
        };
        if likeness < needed { 0 } else { likeness }
    }
}
