//! Where words may be broken: long ones in parts that fit, citations never.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Splits text into words and the spaces between; spaces are marked as breaking anyway.
pub(super) fn words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let space = breaks(first);
        let end = rest.find(|c| breaks(c) != space).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some((word, space))
    })
}

/// `164.308(a)(1)`, with what may stand around it: short enough to keep in one piece.
pub(super) fn is_citation(word: &str) -> bool {
    word.len() <= 40 && word.find("164.").is_some_and(|at| word[at..].contains(")("))
}

fn breaks(c: char) -> bool {
    c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}'
}

/// Cuts a long word into parts of at most `letters` letters, after punctuation where there is some in the second half
/// of a part.
pub(super) fn chop(word: &str, letters: usize) -> Vec<&str> {
    let letters = letters.max(1);
    let mut parts = vec![];
    let mut rest = word;
    loop {
        let Some((limit, _)) = rest.char_indices().nth(letters) else {
            parts.push(rest);
            return parts;
        };
        // A mark stays with the letter below it.
        let limit = limit + rest[limit..].find(|c| !is_mark(c)).unwrap_or(rest.len() - limit);
        if limit == rest.len() {
            parts.push(rest);
            return parts;
        }
        let half = rest.char_indices().nth(letters / 2).map_or(0, |(at, _)| at);
        let cut = rest[half..limit]
            .rfind(|c: char| "/\\.-_,;:?&=#@+".contains(c))
            .map(|at| {
                let c = rest[half + at..].chars().next().map_or(1, char::len_utf8);
                half + at + c
            });
        let (part, tail) = rest.split_at(cut.unwrap_or(limit));
        parts.push(part);
        rest = tail;
        if rest.is_empty() {
            return parts;
        }
    }
}

/// A sign that is set on, below or around the letter before it, or holds it to the next.
fn is_mark(c: char) -> bool {
    c > '\u{2ff}' && (c == '\u{200d}' || c.general_category_group() == GeneralCategoryGroup::Mark)
}

/// Cuts a word into parts no wider than `width`, by measure; at least one letter a part.
pub(super) fn chop_to(word: &str, width: f64, measure: impl Fn(&str) -> f64) -> Vec<&str> {
    let mut parts = vec![];
    let mut rest = word;
    while !rest.is_empty() {
        let mut used = 0.0;
        let fitting = rest
            .char_indices()
            .take_while(|(at, c)| {
                used += measure(&rest[*at..at + c.len_utf8()]);
                used <= width
            })
            .count();
        let fitting = fitting.max(1);
        if rest.chars().count() <= fitting {
            parts.push(rest);
            break;
        }
        let first = chop(rest, fitting)[0];
        parts.push(first);
        rest = &rest[first.len()..];
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_by_cutting() {
        for word in [
            "abc",
            "a/very/long/path/with-many.parts",
            "ĄĆĘŁŃÓŚŹŻąćęłńóśźż",
            "164.308(a)(1)(ii)(A)",
        ] {
            for letters in 1..12 {
                let parts = chop(word, letters);
                assert_eq!(parts.concat(), word);
                assert!(
                    parts
                        .iter()
                        .all(|part| (1..=letters).contains(&part.chars().count())),
                    "{parts:?}"
                );
            }
            let parts = chop_to(word, 4.0, |text| text.chars().count() as f64);
            assert_eq!(parts.concat(), word);
            assert!(parts.iter().all(|part| part.chars().count() <= 4), "{parts:?}");
        }
    }

    #[test]
    fn a_mark_stays_with_its_letter() {
        let word = "e\u{302}\u{303}".repeat(5);
        assert!(
            chop(&word, 2).iter().all(|part| part.starts_with('e')),
            "{:?}",
            chop(&word, 2)
        );
        assert_eq!(chop(&word, 2).concat(), word);
    }

    #[test]
    fn long_words_are_cut_after_punctuation_where_there_is_some() {
        assert_eq!(
            chop("policies/sanction-policy.md", 12),
            ["policies/", "sanction-", "policy.md"]
        );
    }

    #[test]
    fn citations_stay_whole_and_long_words_do_not() {
        assert!(is_citation("164.308(a)(1)(ii)(A),"));
        assert!(!is_citation("164.308"));
        assert!(!is_citation(&"164.308(a)(1)".repeat(9)));
    }

    #[test]
    fn spaces_are_kept_and_no_break_spaces_hold() {
        let pieces: Vec<_> = words("a  b\u{a0}c").collect();
        assert_eq!(pieces, [("a", false), ("  ", true), ("b\u{a0}c", false)]);
    }
}
