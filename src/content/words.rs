//! Words people type, compared the way people mean them.

/// Lower case, letters and digits only, one space between words: "Size, complexity & capabilities" and
/// "size complexity  capabilities" are the same.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}

/// Lower case, with dashes between words: the spelling of ids, file names and fixed words.
pub fn dashed(text: &str) -> String {
    plain(text).replace(' ', "-")
}

/// The candidate that was most likely meant, if any is near enough to be worth saying.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = plain(typed);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let other = plain(candidate);
        if other.is_empty() || typed.is_empty() {
            continue;
        }
        let shorter = typed.chars().count().min(other.chars().count());
        let mut distance = strsim::damerau_levenshtein(&clip(&typed), &clip(&other));
        // "approved" for "approved by" is one forgotten word, not three wrong letters.
        if shorter >= 4 && (typed.starts_with(&other) || other.starts_with(&typed)) {
            distance = distance.min(2);
        }
        let allowed = (typed.chars().count().max(other.chars().count()) / 3).max(1);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Comparing whole essays letter by letter would take long and help nobody.
fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// "Did you mean `owner`? " or "".
pub fn did_you_mean<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(typed, candidates).map_or_else(String::new, |word| format!("Did you mean `{word}`? "))
}

/// "a, b and c", in the order given.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    joined(words, "and")
}

/// "a, b or c", in the order given.
pub fn choice<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    joined(words, "or")
}

fn joined<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// The start of a text, for messages: at most `most` characters, on one line.
pub fn excerpt(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        line
    } else {
        line.chars().take(most).collect::<String>().trim_end().to_owned() + "…"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let keys = ["owner", "answered_by", "reviewed", "citation"];
        assert_eq!(nearest("ownr", keys), Some("owner"));
        assert_eq!(nearest("Answered by", keys), Some("answered_by"));
        assert_eq!(nearest("review", keys), Some("reviewed"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(list(["a"]), "a");
        assert_eq!(choice(["a", "b", "c"]), "a, b or c");
    }
}
