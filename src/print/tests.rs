//! No text becomes code: whatever a clinic writes, wherever it writes it, the sources handed to the layout engine hold
//! string literals and calls of the template's functions, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use typst::syntax::{SyntaxKind, parse};

use super::manuscript::{MAIN, META, Manuscript};
use crate::binder::{Options, join};
use crate::content;
use crate::theme::Theme;
use crate::world::{File, Folder};

// The fuzz targets hold the same sources to the same promise.
#[path = "../../fuzz/src/literals.rs"]
mod literals;

use literals::{check, check_source, source};

/// The names that the template defines.
fn functions() -> BTreeSet<String> {
    let theme = Theme::with_overrides(&Folder::default());
    let files: Vec<String> = theme
        .below("print")
        .filter(|(path, _)| path.ends_with(".typ"))
        .map(|(_, file)| String::from_utf8_lossy(file.bytes.as_ref()).into_owned())
        .collect();
    literals::functions(files.iter().map(String::as_str))
}

/// The sources of a binder, as they go to the layout engine.
fn written(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let folder = Folder {
        files: files
            .iter()
            .map(|(path, text)| {
                let bytes: Arc<[u8]> = Arc::from(text.as_bytes());
                let file = File {
                    size: bytes.len() as u64,
                    digest: [0; 32],
                    bytes: Some(bytes),
                };
                (Arc::from(path.as_str()), file)
            })
            .collect(),
        ..Folder::default()
    };
    let content = content::parse(&folder).content.expect("binder.toml is whole");
    let options = Options::new(jiff::civil::date(2026, 11, 20));
    let (binder, _) = join(content, &[], &options, &format!("sha256:{}", "01".repeat(32)));
    let theme = Theme::with_overrides(&folder);
    let manuscript = Manuscript::new(&binder, &theme, &folder).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let mut out: BTreeMap<String, String> = manuscript
        .files
        .iter()
        .map(|(path, file)| (path.clone(), file.text.clone()))
        .collect();
    let meta = manuscript.plain().remove(META.trim_start_matches('/'));
    out.insert(
        META.to_string(),
        String::from_utf8_lossy(&meta.expect("the sheet")).into_owned(),
    );
    out
}

/// A text in every place where a clinic can write one.
fn everywhere(texts: &[String]) -> BTreeMap<String, String> {
    let text = |n: usize| texts[n % texts.len()].as_str();
    // On one line, for cells, titles and names.
    let line = |n: usize| {
        let words = text(n).split(char::is_whitespace).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    };
    let toml = |n: usize| {
        let mut out = "\"x".to_string();
        for c in line(n).chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c.is_control() => {}
                c => out.push(c),
            }
        }
        out + "\""
    };
    let cell = |n: usize| format!("\"x{}\"", line(n).replace('"', "\"\""));
    let file_name: String = line(0)
        .chars()
        .filter(|c| c.is_alphanumeric() || "#$@()[]\"'` _=*".contains(*c))
        .take(40)
        .collect();
    BTreeMap::from([
        (
            "binder.toml".to_string(),
            format!(
                "[practice]\nname = {}\nlegal_name = {}\nkind = \"covered-entity\"\nsecurity_official = {}\naddress = {}\n\
                 [[site]]\nid = \"main\"\nname = {}\naddress = {}\n",
                toml(0),
                toml(1),
                toml(2),
                toml(3),
                toml(4),
                toml(5)
            ),
        ),
        (
            "answers/one.md".to_string(),
            format!(
                "+++\ncitation = \"164.308(a)(1)(ii)(C)\"\nowner = {}\nanswered_by = {}\nreviewed = 2026-09-01\n\
                 [[gap]]\nmark = \"evidence\"\naction = {}\nowner = {}\ndue = 2026-12-01\n+++\n\n## 1. {}\n\nYes. {}\n",
                toml(6),
                toml(7),
                toml(8),
                toml(9),
                line(10),
                text(11)
            ),
        ),
        (
            "answers/two.md".to_string(),
            format!(
                "+++\ncitation = \"164.312(a)(2)(iv)\"\n[[decision]]\nscope = {}\nbranch = \"alternative\"\ndecided_by = {}\n\
                 decided = 2026-09-01\n+++\n\n## Decision: {}\n\n### Reason\n\n{}\n\n### Alternative\n\n{}\n",
                toml(0),
                toml(1),
                line(0),
                text(2),
                text(3)
            ),
        ),
        (
            "policies/one.md".to_string(),
            format!(
                "+++\nkind = \"policy\"\ntitle = {}\nversion = \"1.0\"\nowner = {}\nsatisfies = [\"164.312(b)\"]\n+++\n\n{}\n",
                toml(12),
                toml(13),
                text(14)
            ),
        ),
        (
            "records/one.md".to_string(),
            format!(
                "+++\nkind = \"data-flows\"\ntitle = {}\ndate = 2026-03-01\nby = {}\nsigned_by = {}\n\
                 rows = [\"164.308(a)(1)(ii)(A)\"]\n+++\n\n{}\n",
                toml(15),
                toml(16),
                toml(17),
                text(18)
            ),
        ),
        (
            "registers/risks.csv".to_string(),
            format!(
                "id,asset,threat,likelihood,impact,checked\n{},{},{},low,high,2026-09-01\nR-2,{},{},high,high,2026-09-01\n",
                cell(19),
                cell(20),
                cell(21),
                cell(22),
                cell(23)
            ),
        ),
        (
            "registers/evidence.csv".to_string(),
            format!(
                "id,file,title,date,rows,shows,by,kept_at,phi\nEX-1,\"{}.txt\",{},2026-09-08,164.312(b),{},{},{},none\n\
                 {},b.csv,{},2026-09-08,164.312(b),,,,none\n",
                file_name.replace('"', "\"\""),
                cell(24),
                cell(25),
                cell(26),
                cell(27),
                cell(28),
                cell(29)
            ),
        ),
        (format!("evidence/{file_name}.txt"), text(30).to_string()),
        (
            "evidence/b.csv".to_string(),
            format!("a,b\n{},{}\n", cell(31), cell(32)),
        ),
    ])
}

/// What would run, or break out, if it stood in markup or ended a literal.
const HOSTILE: [&str; 30] = [
    "#read(\"/etc/passwd\")",
    "#sys.inputs",
    "#eval(\"1+1\")",
    "#panic()",
    "#let x = 1",
    "#include \"x.typ\"",
    "#import \"@preview/a:1.0.0\": *",
    "\"];#panic()[#\"",
    "\");#panic();(\"",
    "\\\");#panic();(\\\"",
    "\\",
    "\\\\\"",
    "\\u{41}",
    "$ x^2 $",
    "@ref",
    "<label>",
    "```typ\n#panic()\n```",
    "`#panic()`",
    "= heading",
    "/ term: words",
    "// comment",
    "/* comment",
    "*/",
    "]",
    "[",
    "{",
    "\n\n#show: none\n",
    "\u{2028}#panic()",
    "\u{85}#panic()\u{b}",
    "![a](\"#panic()\") [b](<#panic()> \"t\") [^\"]\n\n[^\"]: #panic()\n",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(&HOSTILE[..]).prop_map(str::to_string),
        2 => "[#$@\\\\*_<>\\[\\]{}()=/\"'.,;:!?|&%+~`^-]{1,8}",
        1 => "\\PC{1,8}",
        1 => "[a-z]{1,8} ",
    ];
    let between = proptest::sample::select(vec![
        "",
        " ",
        "\n",
        "\n\n",
        "\n- ",
        "\n> ",
        "\n\n| a | b |\n|---|---|\n| ",
        "\n# ",
    ]);
    prop::collection::vec((piece, between), 1..12)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, after)| piece + after).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_anywhere_becomes_code(texts in prop::collection::vec(hostile(), 33)) {
        let functions = functions();
        for (path, text) in written(&everywhere(&texts)) {
            if path == META || path == MAIN {
                continue;
            }
            let checked = check_source(&text, &functions);
            prop_assert!(checked.is_ok(), "{path}: {checked:?}");
        }
    }
}

#[test]
fn the_file_that_holds_all_together_includes_and_shows_and_nothing_else() {
    let texts: Vec<String> = HOSTILE.iter().map(|text| text.to_string()).collect();
    let functions = functions();
    let written = written(&everywhere(&texts));
    let root = parse(&written[MAIN]);
    for node in root.children() {
        use SyntaxKind::*;
        match node.kind() {
            Hash | Space | Parbreak | Semicolon => {}
            ModuleImport | ModuleInclude => {
                let names: Vec<_> = node.children().filter(|child| child.kind() == Str).collect();
                assert!(names.len() == 1, "{node:?}");
                let name = source(names[0]);
                let name = name.trim_matches('"');
                assert!(
                    name.starts_with("/print/") || written.contains_key(name),
                    "{name}"
                );
            }
            ShowRule => {
                let words = source(node);
                assert!(words.starts_with("show: binder.with(title: \""), "{words}");
                let args = node.children().last().and_then(|call| call.children().last());
                check(args.expect("arguments"), &functions).expect("only literals");
            }
            FuncCall => check(node, &functions).expect("a function of the template"),
            kind => panic!("{kind:?}: {:?}", source(node)),
        }
    }
    let meta = parse(&written[META]);
    let [hash, binding, ..] = meta.children().collect::<Vec<_>>()[..] else {
        panic!("{meta:?}");
    };
    assert_eq!(
        (hash.kind(), binding.kind()),
        (SyntaxKind::Hash, SyntaxKind::LetBinding)
    );
    let value = binding.children().last().expect("a dictionary");
    assert_eq!(value.kind(), SyntaxKind::Dict);
    for pair in value.children().filter(|child| child.kind() == SyntaxKind::Named) {
        check(pair, &functions).expect("only literals");
    }
    assert!(
        meta.children()
            .skip(2)
            .all(|rest| rest.kind() == SyntaxKind::Space),
        "{meta:?}"
    );
}

#[test]
fn the_check_itself_finds_what_runs() {
    let functions = functions();
    let head = "#import \"/print/binder.typ\": *\n";
    for code in [
        "#p[words];",
        "#p(sys);",
        "#p[#sys;];",
        "#sys.inputs;",
        "#read(\"x\");",
        "#p[#sys.version;];",
        "#p[#(1 + 1);];",
        "#{ 1 };",
        "#p[$x$];",
        "#p(x => x);",
        "#p[@ref];",
        "#p[<label>];",
        "#let x = 1",
        "#p[`raw`];",
        "#\"broken;",
    ] {
        assert!(
            check_source(&format!("{head}{code}"), &functions).is_err(),
            "{code}"
        );
    }
    assert_eq!(
        check_source(
            &format!("{head}#p(rtl: true, )[#\"words\";#nb(\"1\");];\n"),
            &functions
        ),
        Ok(())
    );
}
