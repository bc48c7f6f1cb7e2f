//! Texts of one shape, as large as asked for.

/// Texts whose parts a careless program would walk one within the other, or look at again and again.
pub fn extremes(size: usize) -> Vec<(&'static str, String)> {
    let wide = |cells: usize, rows: usize| {
        format!(
            "{}|\n{}|\n{}",
            "|a".repeat(cells),
            "|-".repeat(cells),
            format!("{}|\n", "|b *c*".repeat(cells)).repeat(rows)
        )
    };
    let steps: String = (0..200.min(size))
        .map(|n| format!("{}- a\n", "  ".repeat(n)))
        .collect();
    let mut all: Vec<(&'static str, String)> = [
        "[",
        "]",
        "![",
        "*",
        "**a ",
        "_",
        "_a ",
        "~",
        "~~a ",
        ">",
        "> ",
        "- ",
        "1. ",
        "- [ ] ",
        "`",
        "` ",
        "<",
        "<a ",
        "<!--",
        "<?",
        "<!A ",
        "&",
        "&#",
        "&amp",
        "#",
        "# a\n",
        "###### a\n# b\n",
        "\\",
        "|",
        "|-",
        "|\n",
        "(",
        "[a](",
        "[a][",
        "[a]: b\n",
        "[^a]",
        "[^a]: ",
        "$",
        "\"",
        "'",
        "\t",
        "a\u{301}",
        "\u{202e}",
        "164.308(a)",
        "164.312(b), (c) and ",
        "\u{a7}\u{a7} 164.308(a)(1)-",
        "{{",
        "EX-1 ",
        "<https://a.example/",
        "a@b.",
        "[*a](b)",
        "*[a](b)",
        "> [^a]: - ",
        "+++\n",
        "```\n",
        "~~~ a\n",
        "a  \n",
        "\u{feff}",
        "\u{1f468}\u{200d}",
    ]
    .into_iter()
    .map(|piece| (piece, piece.repeat(size)))
    .collect();
    all.extend([
        ("links in links", "[".repeat(size) + "a" + &"](b)".repeat(size)),
        (
            "pictures in pictures",
            "![".repeat(size) + "a" + &"](b)".repeat(size),
        ),
        (
            "styles in styles",
            "*a **b ~~c ".repeat(size) + &"~~** *".repeat(size),
        ),
        ("lists in lists", steps),
        (
            "code of growing fences",
            (1..size.min(600))
                .map(|n| format!("a {} ", "`".repeat(n)))
                .collect(),
        ),
        ("a long word", "a".repeat(size * 40)),
        ("a long line", "word ".repeat(size * 20)),
        (
            "one reference to much",
            format!("[a]: /{}\n\n{}", "b".repeat(size), "[a] ".repeat(size)),
        ),
        (
            "many notes",
            (0..size)
                .map(|n| format!("x[^{n}]\n\n[^{n}]: y[^{}]\n\n", n + 1))
                .collect(),
        ),
        ("one note, many times", "x[^a] ".repeat(size) + "\n\n[^a]: y"),
        (
            "notes in notes",
            (0..size)
                .map(|n| format!("[^{n}]: > - [^{}]\n\n", n + 1))
                .collect::<String>()
                + "z[^0]",
        ),
        ("a wide table", wide(size / 8, 4)),
        ("a long table", wide(4, size / 2)),
        (
            "a table of holes",
            format!(
                "{}|\n{}|\n{}",
                "|a".repeat(size / 10),
                "|-".repeat(size / 10),
                "|b\n".repeat(size)
            ),
        ),
        ("the same heading", "# a\n\n".repeat(size)),
        (
            "deeper headings",
            (0..size)
                .map(|n| format!("{} h{n}\n\n", "#".repeat(n % 6 + 1)))
                .collect(),
        ),
    ]);
    all
}
