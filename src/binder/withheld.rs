//! Keeping messages about what is withheld out of the output.
//!
//! A large binder has many messages and may withhold many items, so nothing is gone through once for each message:
//! what is withheld is put in order once, and each message is looked up in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Withheld;
use crate::diagnostic::{Diagnostic, Place};
use crate::gap::Gap;

/// What is withheld, in order.
#[derive(Debug)]
pub struct Guard {
    places: BTreeMap<String, Places>,
    /// By which a message names what is withheld: files without folders and ending, and names.
    names: Names,
    /// By which a gap names it. "official" is the name of a file, and stands in many gaps.
    names_for_gaps: Names,
    titles: Phrases,
    /// Whole paths and ids in quotes, as gaps name them.
    paths: Phrases,
}

impl Guard {
    /// Puts in order what is withheld.
    pub(super) fn new(withheld: &Withheld) -> Self {
        let mut places: BTreeMap<String, Places> = BTreeMap::new();
        for place in &withheld.places {
            places.entry(place.file.to_string()).or_default().add(place);
        }
        places.values_mut().for_each(Places::settle);
        let files = || withheld.places.iter().filter(|place| place.line == 0);
        let stems = files().map(|place| {
            let name = place.file.rsplit('/').next().unwrap_or(&place.file);
            name.split('.').next().unwrap_or(name).to_lowercase()
        });
        let quoted = |text: &String| format!("\"{text}\"");
        let policies = withheld.policies.iter().flat_map(|id| {
            [
                format!("\"{id}\""),
                format!("approved/{id}/"),
                format!("policies/{id}.md"),
            ]
        });
        let paths = files().map(|place| place.file.to_string()).chain(policies);
        let titles: Vec<String> = withheld.titles.iter().map(quoted).collect();
        Self {
            places,
            names: Names::new(stems.chain(withheld.names.iter().cloned())),
            names_for_gaps: Names::new(withheld.names.iter().cloned()),
            paths: Phrases::new(
                paths
                    .map(|path| path.to_lowercase())
                    .chain(titles.iter().cloned()),
            ),
            titles: Phrases::new(titles),
        }
    }

    /// True where a message may stand in the output: it is not about what is withheld, and does not name it.
    pub fn permits(&self, problem: &Diagnostic) -> bool {
        let mut places = std::iter::once(&problem.place).chain(problem.also.iter().map(|(place, _)| place));
        let words = || format!("{} {}", problem.message, problem.help).to_lowercase();
        self.is_empty()
            || places.all(|place| !self.holds(place)) && {
                let words = words();
                !self.names.stand_in(&words) && !self.titles.stand_in(&words)
            }
    }

    /// True where a gap may stand in the output as it is: it is not about what is withheld, and does not name it. File
    /// names count as whole paths here.
    pub fn permits_gap(&self, gap: &Gap) -> bool {
        let words = || format!("{} {} {}", gap.message, gap.help, gap.place.file).to_lowercase();
        self.is_empty()
            || !self.holds(&gap.place) && {
                let words = words();
                !self.paths.stand_in(&words) && !self.names_for_gaps.stand_in(&words)
            }
    }

    fn is_empty(&self) -> bool {
        self.places.is_empty() && self.names.all.is_empty() && self.paths.all.is_empty()
    }

    fn holds(&self, place: &Place) -> bool {
        self.places
            .get(&*place.file)
            .is_some_and(|places| places.hold(place))
    }
}

/// What is withheld of one file.
#[derive(Debug, Default)]
struct Places {
    whole: bool,
    lines: BTreeSet<u32>,
    /// Ranges in bytes, sorted by where they start; each end is the last of all ends up to there.
    ranges: Vec<(u32, u32)>,
}

impl Places {
    fn add(&mut self, place: &Place) {
        self.whole |= place.line == 0;
        self.lines.insert(place.line);
        if place.range.start < place.range.end {
            self.ranges.push((place.range.start, place.range.end));
        }
    }

    fn settle(&mut self) {
        self.ranges.sort_unstable();
        let mut last = 0;
        for (_, end) in &mut self.ranges {
            last = last.max(*end);
            *end = last;
        }
    }

    fn hold(&self, place: &Place) -> bool {
        let before = self
            .ranges
            .partition_point(|(start, _)| *start <= place.range.start);
        let in_a_range = || {
            let last = before.checked_sub(1).and_then(|at| self.ranges.get(at));
            last.is_some_and(|(_, end)| place.range.start < *end)
        };
        self.whole || place.line > 0 && (self.lines.contains(&place.line) || in_a_range())
    }
}

/// Names that are looked for as words of their own: no letter or digit stands before or after them.
#[derive(Debug)]
pub(crate) struct Names {
    all: HashSet<String>,
    /// What a name begins with, up to its first sign that is no letter and no digit.
    openings: HashSet<String>,
    longest: usize,
}

impl Names {
    /// Names in lower case; empty ones are left out.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let all: HashSet<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        Self {
            openings: all.iter().map(|name| opening(name).to_string()).collect(),
            longest: all.iter().map(String::len).max().unwrap_or(0),
            all,
        }
    }

    /// True where one of them stands in `words`, which are in lower case.
    pub fn stand_in(&self, words: &str) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let mut in_word = false;
        for (at, c) in words.char_indices() {
            let free = !in_word;
            in_word = c.is_alphanumeric();
            if free && self.openings.contains(opening(&words[at..])) && self.one_begins(&words[at..]) {
                return true;
            }
        }
        false
    }

    fn one_begins(&self, rest: &str) -> bool {
        let ends = rest
            .char_indices()
            .skip(1)
            .map(|(at, c)| (at, !c.is_alphanumeric()));
        ends.chain([(rest.len(), true)])
            .take_while(|(end, _)| *end <= self.longest)
            .any(|(end, free)| free && self.all.contains(&rest[..end]))
    }
}

/// The letters and digits that a text begins with.
fn opening(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric());
    &text[..end.unwrap_or(text.len())]
}

/// Texts that are looked for wherever they stand.
#[derive(Debug)]
struct Phrases {
    all: HashSet<String>,
    /// The first bytes of each, as many as the shortest has.
    openings: HashSet<Vec<u8>>,
    shortest: usize,
    longest: usize,
}

impl Phrases {
    fn new(phrases: impl IntoIterator<Item = String>) -> Self {
        let all: HashSet<String> = phrases.into_iter().filter(|text| !text.is_empty()).collect();
        let shortest = all.iter().map(String::len).min().unwrap_or(0);
        Self {
            openings: all
                .iter()
                .map(|text| text.as_bytes()[..shortest].to_vec())
                .collect(),
            shortest,
            longest: all.iter().map(String::len).max().unwrap_or(0),
            all,
        }
    }

    fn stand_in(&self, words: &str) -> bool {
        !self.all.is_empty()
            && words
                .as_bytes()
                .windows(self.shortest)
                .enumerate()
                .any(|(at, opening)| {
                    self.openings.contains(opening)
                        && (self.shortest..=self.longest).any(|length| {
                            let phrase = words.get(at..at + length);
                            phrase.is_some_and(|phrase| self.all.contains(phrase))
                        })
                })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True where one of `names` stands in `words` as a word of its own; all in lower case.
    fn words_hold<'a>(words: &str, names: impl IntoIterator<Item = &'a str>) -> bool {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        names.into_iter().filter(|name| !name.is_empty()).any(|name| {
            words.match_indices(name).any(|(at, name)| {
                !letter(words[..at].chars().next_back()) && !letter(words[at + name.len()..].chars().next())
            })
        })
    }

    fn names(names: &[&str]) -> Names {
        Names::new(names.iter().map(ToString::to_string))
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        let all = names(&["ann lee", "ra-2026", "(x)"]);
        for (words, held) in [
            ("signed by ann lee.", true),
            ("signed by joann lee", false),
            ("signed by ann leeds", false),
            ("see ra-2026", true),
            ("see ra-2026-2", true),
            ("see ra-20261", false),
            ("the box (x) here", true),
            ("the box a(x)", false),
            ("", false),
        ] {
            assert_eq!(all.stand_in(words), held, "{words}");
        }
    }

    #[test]
    fn looking_up_and_searching_through_say_the_same() {
        let parts = ["a", "ab", "-", "é", " ", "1", ".", "\"", "ab-1"];
        let texts: Vec<String> = (0..parts.len().pow(4))
            .map(|n| {
                (0..4)
                    .map(|place| parts[n / parts.len().pow(place) % parts.len()])
                    .collect()
            })
            .collect();
        for list in [
            vec!["ab"],
            vec!["ab-1", "é"],
            vec!["-", "1."],
            vec!["\"a\"", "a é"],
        ] {
            let all = names(&list);
            let phrases = Phrases::new(list.iter().map(ToString::to_string));
            for text in &texts {
                let searched = words_hold(text, list.iter().copied());
                assert_eq!(all.stand_in(text), searched, "{list:?} in {text}");
                let held = list.iter().any(|one| text.contains(one));
                assert_eq!(phrases.stand_in(text), held, "{list:?} in {text}");
            }
        }
    }

    #[test]
    fn a_place_is_held_by_its_file_its_line_or_its_bytes() {
        let place = |file: &str, line: u32, range: std::ops::Range<u32>| Place {
            file: file.into(),
            line,
            column: 1,
            range: crate::diagnostic::Range32 {
                start: range.start,
                end: range.end,
            },
        };
        let withheld = Withheld {
            places: vec![
                place("records/a.md", 0, 0..0),
                place("registers/b.csv", 3, 20..90),
                place("registers/b.csv", 7, 30..40),
            ],
            ..Withheld::default()
        };
        let guard = Guard::new(&withheld);
        for (at, held) in [
            (place("records/a.md", 9, 0..1), true),
            (place("records/a.md", 0, 0..0), true),
            (place("records/b.md", 1, 0..1), false),
            (place("registers/b.csv", 3, 0..1), true),
            (place("registers/b.csv", 4, 60..61), true),
            (place("registers/b.csv", 9, 90..91), false),
            (place("registers/b.csv", 2, 19..25), false),
            (place("registers/b.csv", 0, 25..25), false),
        ] {
            assert_eq!(guard.holds(&at), held, "{at:?}");
        }
    }
}
