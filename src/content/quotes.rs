//! Word's curly quotes in front matter, made straight without moving a byte.
//!
//! TOML knows straight quotes only. Outside of strings a curly quote can mean nothing else, so it is read as a straight
//! one. Curly quotes are three bytes long, straight ones one: the other two become spaces outside of the string, so
//! that every position in the result is the same position in the file.

/// The same text, of the same length, with curly quotes that delimit strings made straight and no-break spaces outside
/// of strings made spaces. Signs inside strings and comments stay as they are.
pub fn straighten(toml: &str) -> String {
    let mut out = String::with_capacity(toml.len());
    let mut rest = toml;
    while let Some(sign) = rest.chars().next() {
        let length = match sign {
            '#' => line_length(rest),
            '"' | '\'' => straight_string(rest, sign, &mut out),
            _ if is_double(sign) || is_single(sign) => curly_string(rest, sign, &mut out),
            '\u{a0}' => {
                out.push_str("  ");
                rest = &rest[2..];
                continue;
            }
            _ => sign.len_utf8(),
        };
        // The string readers push what they changed themselves and return how much of it is still to copy.
        let length = length.min(rest.len());
        if out.len() + rest.len() == toml.len() {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        } else {
            rest = &toml[out.len()..];
        }
    }
    out
}

fn is_double(sign: char) -> bool {
    matches!(sign, '“' | '”' | '„' | '‟')
}

fn is_single(sign: char) -> bool {
    matches!(sign, '‘' | '’' | '‚' | '‛')
}

fn line_length(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// A string that opens with a straight quote. Returns its length; where only a curly quote closes it on its line, writes
/// the string with a straight one to `out`.
fn straight_string(text: &str, quote: char, out: &mut String) -> usize {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    if let Some(rest) = text.strip_prefix(&triple) {
        return rest.find(&triple).map_or(text.len(), |end| {
            // Up to two more quotes may stand directly before the closing three.
            let after = &rest[end + 3..];
            6 + end + after.chars().take(2).take_while(|c| *c == quote).count()
        });
    }
    let line = &text[..line_length(text)];
    let mut escaped = false;
    for (at, sign) in line.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if sign == quote => return at + 1,
            _ => {}
        }
    }
    let curly = if quote == '"' {
        is_double as fn(char) -> bool
    } else {
        is_single
    };
    if let Some(end) = closing(line, 1, curly) {
        out.push_str(&line[..end]);
        out.push(quote);
        out.push_str("  ");
        return 0;
    }
    line.len()
}

/// A string that opens with a curly quote.
fn curly_string(text: &str, open: char, out: &mut String) -> usize {
    let line = &text[..line_length(text)];
    let start = open.len_utf8();
    let (curly, straight) = if is_double(open) {
        (is_double as fn(char) -> bool, '"')
    } else {
        (is_single as fn(char) -> bool, '\'')
    };
    let closes = |sign: char| curly(sign) || sign == straight;
    let Some(end) = closing(line, start, closes) else {
        // Nothing closes it: a straight quote here makes the error say so.
        out.push_str("  ");
        out.push(straight);
        return 0;
    };
    let inner = &line[start..end];
    // A straight quote inside would end the string early; the other kind of quote holds it.
    let quote = if inner.contains(straight) {
        if straight == '"' { '\'' } else { '"' }
    } else {
        straight
    };
    out.push_str("  ");
    out.push(quote);
    out.push_str(inner);
    out.push(quote);
    if line[end..].starts_with(curly) {
        out.push_str("  ");
    }
    0
}

/// Where the closing quote stands: the first one that is followed by nothing, a comma, a bracket, an equals sign or a
/// comment; else the last one on the line.
fn closing(line: &str, from: usize, closes: impl Fn(char) -> bool) -> Option<usize> {
    let mut last = None;
    for (at, sign) in line[from..].char_indices().filter(|(_, sign)| closes(*sign)) {
        let after = line[from + at + sign.len_utf8()..].trim_start();
        if after.is_empty() || after.starts_with([',', ']', '}', '#', '=', '.']) {
            return Some(from + at);
        }
        last = Some(from + at);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(toml: &str) -> String {
        let straight = straighten(toml);
        assert_eq!(straight.len(), toml.len(), "{toml} -> {straight}");
        let table: toml::Table =
            toml::from_str(&straight).unwrap_or_else(|e| panic!("{toml} -> {straight}: {e}"));
        table["k"]
            .as_str()
            .map_or_else(|| table["k"].to_string(), str::to_owned)
    }

    #[test]
    fn curly_quotes_delimit_strings() {
        assert_eq!(value("k = “Sanction policy”"), "Sanction policy");
        assert_eq!(value("k = “Sanction policy” # “really”"), "Sanction policy");
        assert_eq!(value("k = ‘Doctor’s order’"), "Doctor’s order");
        assert_eq!(value("k = „low quotes“"), "low quotes");
        assert_eq!(value("k = [“a”, “b”]"), "[\"a\", \"b\"]");
        assert_eq!(value("“k” = “v”"), "v");
    }

    #[test]
    fn halves_are_matched() {
        assert_eq!(value("k = “half\""), "half");
        assert_eq!(value("k = \"half”"), "half");
        assert_eq!(value("k = “says \"no\" twice”"), "says \"no\" twice");
    }

    #[test]
    fn curly_quotes_inside_strings_and_comments_stay() {
        assert_eq!(value("k = \"the “old” one\""), "the “old” one");
        assert_eq!(value("k = \"\"\"the “old”\none\"\"\""), "the “old”\none");
        assert_eq!(value("# it’s a comment\nk = \"v\""), "v");
        assert_eq!(value("k\u{a0}= \"a\u{a0}b\""), "a\u{a0}b");
    }

    #[test]
    fn what_nothing_closes_keeps_its_length() {
        for toml in [
            "k = “open",
            "k = \"open",
            "’",
            "“",
            "“\n”",
            "\"\"\"“",
            "k = ‘’’",
            "''''''“”\u{a0}",
        ] {
            assert_eq!(straighten(toml).len(), toml.len(), "{toml}");
        }
    }
}
