//! Whatever stands in a clinic's files: never a panic, never a hang, never markup or code made of text.
//!
//! The inputs that fuzzing found stay in `tests/cases/fuzz`, and go through the targets of `fuzz/` in every run. Beside
//! them stand texts without order, texts of a deep and odd order, and archives written by a hand that knows the format.

#[path = "../fuzz/src/targets.rs"]
mod targets;

mod support;

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use hipaa_binder::diagnostic::Severity;
use hipaa_binder::history::archive::is_plain;
use hipaa_binder::history::{MANIFEST, SUMMARY};
use hipaa_binder::pipeline::build;
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use support::extremes::extremes;
use support::sealed::{Clinic, Dice};
use targets::zipped::{Part, archive};
use targets::{TARGETS, markup, opened};

/// Far more than anything here takes: whoever runs into it hangs.
const AT_MOST: Duration = Duration::from_secs(60);

/// Does it on a thread with the stack that worker threads have, and fails where it does not come to an end.
#[track_caller]
fn ends(what: &str, job: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let thread = thread.spawn(move || {
        job();
        let _ = done.send(());
    });
    let thread = thread.expect("a thread");
    match wait.recv_timeout(AT_MOST) {
        Ok(()) => {}
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what} takes more than {AT_MOST:?}"),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let why = thread.join().expect_err("it panicked");
            let words = why.downcast_ref::<String>().cloned();
            panic!(
                "{what}: {}",
                words
                    .or(why.downcast_ref::<&str>().map(|w| w.to_string()))
                    .unwrap_or_default()
            );
        }
    }
}

#[test]
fn every_input_of_the_corpus_is_read() {
    for (name, target) in TARGETS {
        let inputs = support::tree(&Path::new("tests/cases/fuzz").join(name));
        assert!(!inputs.is_empty(), "{name} has inputs");
        for (input, bytes) in inputs {
            ends(&format!("{name}/{input}"), move || target(&bytes));
        }
    }
}

/// Signs that steer others, that no text should have, or that mean something to one of our readers.
const ODD: [char; 64] = [
    '\0',
    '\u{1}',
    '\u{8}',
    '\u{b}',
    '\u{c}',
    '\u{1b}',
    '\u{7f}',
    '\u{80}',
    '\u{85}',
    '\u{9f}',
    '\u{a0}',
    '\u{ad}',
    '\u{300}',
    '\u{301}',
    '\u{338}',
    '\u{489}',
    '\u{5d0}',
    '\u{5e9}',
    '\u{627}',
    '\u{644}',
    '\u{61c}',
    '\u{6dd}',
    '\u{70f}',
    '\u{e33}',
    '\u{1100}',
    '\u{17b4}',
    '\u{180e}',
    '\u{1f1fa}',
    '\u{200b}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{20e3}',
    '\u{3000}',
    '\u{3099}',
    '\u{4e2d}',
    '\u{d7ff}',
    '\u{e000}',
    '\u{f8ff}',
    '\u{fdd0}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{fff9}',
    '\u{fffd}',
    '\u{fffe}',
    '\u{ffff}',
    '\u{10000}',
    '\u{1d165}',
    '\u{1f468}',
    '\u{1f3fd}',
    '\u{1f600}',
    '\u{1fffe}',
    '\u{e0001}',
    '\u{e0061}',
    '\u{f0000}',
    '\u{10fffd}',
    '\u{10ffff}',
];

/// Pieces that mean something in one of the languages that a text goes through, and what breaks out of them.
const PIECES: [&str; 64] = [
    "#eval(\"1\")",
    "#read(\"/etc/passwd\")",
    "\"];#panic()[#\"",
    "\\\");#panic();(\\\"",
    "\\",
    "$x$",
    "@ref",
    "<label>",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "</code></pre>",
    "\" onload=\"x",
    "' x='",
    "&lt;",
    "&#0;",
    "&#xD800;",
    "&#1114112;",
    "&nbsp",
    "<!--",
    "-->",
    "<![CDATA[",
    "{{ x }}",
    "{% raw %}",
    "{{",
    "164.312(b)",
    "\u{a7} 164.308(a)(1)(ii)(A)-(D)",
    "164.",
    "EX-1",
    "[a](javascript:x)",
    "[a](<b c> \"t\")",
    "![a](x.png)",
    "[^a]",
    "\n\n[^a]: ",
    "[a]: <",
    "\n\n[a]: /b 'c'\n\n",
    "<https://a.example/[>",
    "<a@b.c>",
    "`",
    "``",
    "```\n",
    "~~~",
    "~~",
    "*",
    "**",
    "_",
    "\n# ",
    "\n## 1. ",
    "\n===\n",
    "\n---\n",
    "\n- ",
    "\n1. ",
    "\n> ",
    "\n    ",
    "\t",
    "\r\n",
    "\r",
    "  \n",
    "\\\n",
    "\n| a | b |\n|---|:-:|\n| ",
    "|",
    "[ ] ",
    "- [x] ",
    "+++\n",
    "\u{feff}",
];

fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(&PIECES[..]).prop_map(str::to_string),
        3 => vec(proptest::sample::select(&ODD[..]), 1..4).prop_map(String::from_iter),
        2 => vec(any::<char>(), 1..6).prop_map(String::from_iter),
        2 => "[ a-z]{1,9}",
        1 => "[!-/:-@\\[-`{-~]{1,9}",
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Markdown of a deep and lawful order: blocks in blocks, styles in styles.
fn ordered_text() -> impl Strategy<Value = String> {
    let words = prop_oneof![
        "[a-z]{1,6}( [a-z]{1,6}){0,4}",
        odd_text().prop_map(|text| text.replace(['\n', '\r'], " "))
    ];
    let line = words.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|x| format!("*{x}*")),
            inner.clone().prop_map(|x| format!("**{x}**")),
            inner.clone().prop_map(|x| format!("~~{x}~~")),
            inner
                .clone()
                .prop_map(|x| format!("[{x}](../policies/p.md#logs \"{x}\")")),
            inner.clone().prop_map(|x| format!("![{x}]({x})")),
            inner.clone().prop_map(|x| format!("`{x}`")),
            inner
                .clone()
                .prop_map(|x| format!("[{x}][^n] <https://a.example/{x}>")),
            vec(inner, 2..4).prop_map(|all| all.join(" ")),
        ]
    });
    let within = |text: &str, first: &str, then: &str| {
        let lines: Vec<&str> = text.lines().collect();
        format!("{first}{}\n", lines.join(&format!("\n{then}")))
    };
    line.prop_recursive(8, 60, 4, move |inner| {
        prop_oneof![
            inner.clone().prop_map(move |x| within(&x, "> ", "> ")),
            inner.clone().prop_map(move |x| within(&x, "- ", "  ")),
            inner.clone().prop_map(move |x| within(&x, "1. [ ] ", "   ")),
            inner.clone().prop_map(move |x| within(&x, "[^n]: ", "    ")),
            inner.clone().prop_map(|x| format!("# {x}\n\n### {x}\n")),
            inner.clone().prop_map(|x| format!("```{x}\n{x}\n```\n")),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| {
                let cell = |text: &str| text.replace(['\n', '\r'], " ");
                format!(
                    "| {} | b |\n|:--|--:|\n| {} | {} |\n",
                    cell(&x),
                    cell(&y),
                    cell(&x)
                )
            }),
            vec(inner, 1..4).prop_map(|all| all.join("\n\n")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn markdown_is_never_markup_and_never_code(text in prop_oneof![odd_text(), ordered_text()]) {
        targets::markdown_html(text.as_bytes());
        targets::markdown_typst(text.as_bytes());
    }

    #[test]
    fn any_text_is_looked_through_for_citations(text in odd_text()) {
        targets::citations(text.as_bytes());
    }

    #[test]
    fn any_text_stands_in_toml(which in 0u8..6, key in "[a-z_]{1,10}", text in odd_text(), escape in "\\\\(u[dD][89a-f][0-9a-f]{2}|U0011[0-9]{4}|x[0-9]{1,2}|e|.)", whole: bool) {
        for value in [format!("\"{text}{escape}\""), format!("'''{text}'''"), format!("[ '{text}', {text} ]"), text.clone()] {
            let mut bytes = vec![which | if whole { 0x80 } else { 0 }];
            bytes.extend(format!("{key} = {value}\ntitle = {value}\n[[gap]]\naction = {value}\n").bytes());
            targets::front_matter(&bytes);
        }
    }

    #[test]
    fn any_text_stands_in_registers(which in 0u8..24, cells in vec(odd_text(), 1..30), quoted: bool) {
        let cell = |text: &String| if quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() };
        let line: Vec<String> = cells.iter().map(cell).collect();
        let mut bytes = vec![which | 0x80];
        bytes.extend(format!("{}\n{}\n", line.join(","), line.join(";")).bytes());
        targets::registers(&bytes);
    }

    #[test]
    fn archives_of_any_parts_are_read_and_found_out(bytes in vec(any::<u8>(), 0..120)) {
        targets::archives(&[&[1][..], &bytes].concat());
        targets::archives(&[&[0][..], &bytes].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    /// Names that a disk can hold: everything but `/` and NUL.
    #[test]
    fn files_of_any_name_are_built(names in vec(vec(prop_oneof![any::<char>(), proptest::sample::select(&ODD[..]), any::<char>().prop_map(|c| (c as u8 % 94 + 33) as char)], 1..12), 6), text in ordered_text()) {
        let name = |n: usize| -> String {
            let name: String = names[n].iter().filter(|c| !matches!(c, '/' | '\0')).collect();
            if name.is_empty() || name == "." || name == ".." { "x".to_string() } else { name }
        };
        let files = [
            ("binder.toml".to_string(), "[practice]\nname = \"Elm\"\nkind = \"covered-entity\"\n[[site]]\nid = \"main\"\n".to_string()),
            (format!("policies/{}.md", name(0)), format!("+++\nkind = \"policy\"\ntitle = \"T\"\nversion = \"1.0\"\n+++\n{text}")),
            (format!("policies/{}/{}.md", name(1), name(2)), format!("+++\nkind = \"policy\"\ntitle = \"T\"\nversion = \"1.0\"\n+++\n[x](<../{}.md>)\n", name(0))),
            (format!("records/{}.md", name(3)), "+++\nkind = \"other\"\ntitle = \"R\"\ndate = 2026-03-01\n+++\nAll.\n".to_string()),
            (format!("evidence/{}", name(4)), "words".to_string()),
            ("registers/evidence.csv".to_string(), format!("id,file,title,date,rows,phi\nEX-1,\"{}\",\"{}\",2026-09-01,164.312(b),none\n", name(4).replace('"', "\"\""), name(5).replace('"', "\"\""))),
        ];
        let folder = support::folder(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
        let built = build(&folder, &support::options(date(2026, 11, 20)), &|_| {});
        match built.output {
            Some(output) => {
                for (path, _) in output.files() {
                    prop_assert!(is_plain(path), "{path:?}");
                    prop_assert!(!path.chars().any(|c| c.is_control()), "{path:?}");
                }
            }
            None => prop_assert!(built.diagnostics.iter().any(|d| d.severity == Severity::Error)),
        }
    }
}

#[test]
fn ten_thousand_of_anything_are_read() {
    for (what, text) in extremes(10_000) {
        ends(what, move || {
            targets::markdown_html(text.as_bytes());
            targets::markdown_typst(text.as_bytes());
            targets::citations(text.as_bytes());
        });
    }
}

#[test]
fn values_in_values_without_end_are_refused() {
    let deep = 100_000;
    for (what, toml) in [
        ("lists", "a = ".to_string() + &"[".repeat(deep)),
        (
            "closed lists",
            "a = ".to_string() + &"[".repeat(deep) + &"]".repeat(deep),
        ),
        ("tables", "a = ".to_string() + &"{a=".repeat(deep)),
        (
            "closed tables",
            "a = ".to_string() + &"{a=".repeat(deep) + "1" + &"}".repeat(deep),
        ),
        ("dotted keys", "a.".repeat(deep) + "a = 1"),
        (
            "a dotted heading",
            "[".to_string() + &"a.".repeat(deep) + "a]\nb = 1",
        ),
        (
            "headings in headings",
            (1..400).map(|n| format!("[{}a]\n", "a.".repeat(n))).collect(),
        ),
        (
            "lists of headings",
            (1..400).map(|n| format!("[[{}a]]\n", "a.".repeat(n))).collect(),
        ),
        ("quotes", "a = \"".repeat(deep)),
        ("long quotes", "a = \"\"\"".repeat(deep)),
        ("brackets", "[".repeat(deep)),
    ] {
        for which in [0, 0x81, 0x82, 0x83] {
            let bytes = [&[which], toml.as_bytes()].concat();
            ends(what, move || targets::front_matter(&bytes));
        }
    }
    for json in [
        "[".repeat(deep),
        "{\"a\":".repeat(deep),
        format!("{{\"files\":{}", "[".repeat(deep)),
    ] {
        let parts = [
            Part::new(MANIFEST, json.as_bytes()),
            Part::new(SUMMARY, json.as_bytes()),
        ];
        ends("JSON", move || opened(&archive(&parts, None)));
    }
}

#[test]
fn large_registers_are_read() {
    for (what, text) in [
        ("separators", ",".repeat(200_000)),
        ("quotes", "\"".repeat(200_000)),
        ("quoted lines", "\"a\n".repeat(60_000)),
        ("lines of one cell", "none\n".repeat(60_000)),
        (
            "one cell of citations",
            format!("EX-1,a,b,2026-09-01,\"{}\"\n", "164.312(b); ".repeat(20_000)),
        ),
        ("one long cell", "a".repeat(1_000_000)),
        (
            "the same id",
            "EX-1,a.pdf,A,2026-09-01,164.312(b)\n".repeat(4_000),
        ),
    ] {
        for which in [0x80, 0x87, 0x88] {
            let bytes = [&[which], text.as_bytes()].concat();
            ends(what, move || targets::registers(&bytes));
        }
    }
}

/// What a hand that knows the format can do to an archive, each found out by name or by reading on.
#[test]
fn archives_that_lie_are_found_out() {
    let good = || {
        vec![
            Part::new(MANIFEST, b"{}"),
            Part::new("site/index.html", b"<p>"),
            Part::new(SUMMARY, b"{}"),
        ]
    };
    const HUGE: [u64; 7] = [0, 1, 0xffff, 0xffff_ffff, 0x1_0000_0000, u64::MAX / 2, u64::MAX];
    let mut all: Vec<(String, Vec<u8>)> = vec![];
    for n in 0..3 {
        for number in HUGE {
            for field in 0..4 {
                let mut parts = good();
                let part = &mut parts[n];
                match field {
                    0 => part.size = Some(number),
                    1 => part.packed_size = Some(number),
                    2 => (part.size, part.packed_size) = (Some(number), Some(number)),
                    _ => part.offset = Some(number),
                }
                for packed in [false, true] {
                    parts[n].packed = packed;
                    all.push((
                        format!("field {field} of part {n} is {number}"),
                        archive(&parts, None),
                    ));
                }
            }
        }
    }
    for count in HUGE {
        all.push((format!("a count of {count}"), archive(&good(), Some(count))));
    }
    for name in [
        "../a",
        "/a",
        "a/../../b",
        "a\\b",
        "C:\\a",
        "",
        ".",
        "..",
        "a//b",
        "a/",
        "a\0b",
        MANIFEST,
        "site/index.html",
    ] {
        let mut parts = good();
        parts.push(Part::new(name, b"x"));
        all.push((format!("the name {name:?}"), archive(&parts, None)));
    }
    // The same bytes for two names: the second header lies within the first entry.
    let mut parts = good();
    parts[2].offset = Some(0);
    all.push(("entries that overlap".to_string(), archive(&parts, None)));
    let long = "a/".repeat(30_000) + "a";
    let mut parts = good();
    parts.push(Part::new(&long, b"x"));
    all.push(("a long name".to_string(), archive(&parts, None)));
    // A megabyte of zeros that says it is a few bytes, and one that says it is more than it is.
    for size in [3, 60 * 1024 * 1024] {
        let mut parts = good();
        parts[0].bytes = vec![0; 1024 * 1024];
        parts[0].packed = true;
        parts[0].size = Some(size);
        all.push((format!("a bomb that says {size}"), archive(&parts, None)));
    }
    for (what, bytes) in all {
        ends(&what, move || opened(&bytes));
    }
}

/// The program itself, on archives of other makers and on lies: it says so and goes on, with no page of theirs.
#[test]
fn a_build_goes_on_beside_archives_that_lie() {
    let clinic = Clinic::new();
    clinic.seal("one", "2026-09-01");
    let whole = std::fs::read(clinic.archive("one")).expect("bytes");
    let mut dice = Dice(0x51AB);
    let mut outside = vec![
        Part::new(MANIFEST, b"{}"),
        Part::new("site/../../../escaped", b"x"),
    ];
    outside[1].packed = true;
    let mut twice = whole.clone();
    twice.extend(&whole);
    let mut holes = whole.clone();
    for _ in 0..40 {
        let at = dice.below(holes.len() as u64 - 8) as usize;
        holes[at..at + 8].fill(0xff);
    }
    for (what, bytes) in [
        ("a name that leads out", archive(&outside, None)),
        ("a huge count", archive(&outside[..1], Some(u64::MAX))),
        ("two archives in one", twice),
        ("holes", holes),
        ("nothing", vec![]),
    ] {
        std::fs::write(clinic.path("versions/two.zip"), bytes).expect("written");
        for command in [
            &["verify"][..],
            &["build", "--no-pdf", "--as-of", "2026-10-01", "--out", "public"],
        ] {
            let said = clinic.run(command);
            assert!(
                matches!(said.code, Some(0 | 1)),
                "{what}: {command:?}: {} {}",
                said.out,
                said.err
            );
            assert!(!said.err.contains("panicked"), "{what}: {}", said.err);
        }
        assert!(!clinic.path("escaped").exists() && !clinic.dir().with_file_name("escaped").exists());
        assert!(!clinic.path("public/versions/two").exists(), "{what}");
    }
}

#[test]
fn the_check_of_markup_finds_what_is_not_ours() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">a</p>",
        "<p>a",
        "a</p>",
        "<p>a & b</p>",
        "<p>\u{1}</p>",
        "<a href=\"javascript:x\">a</a>",
        "<a href=\"x\"><em><a href=\"y\">a</a></em></a>",
        "<a href=\"//evil\">a</a>",
        "<p><p>a</p></p>",
        "<ul><p>a</p></ul>",
        "<h2 id=\"a\">a</h2><h2 id=\"a\">b</h2>",
        "<img src=\"https://a.example/x.png\" alt=\"\">",
        "<p class=x>a</p>",
        "<li>a</li>",
        "<a href=\"https://a.example/ b\">a</a>",
        "<td>a</td>",
        "<p>a > b</p>",
    ] {
        assert!(markup::check(html).is_err(), "{html}");
    }
    assert_eq!(
        markup::check("<p>a &amp; <a href=\"../x.html#b\">c<br>\n</a></p>\n<hr>\n"),
        Ok(())
    );
}
