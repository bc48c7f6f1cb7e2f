//! What other programs are given: completions, manual pages, problems as data, as lines and as annotations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hipaa_binder::diagnostic::{Diagnostic, data};
use hipaa_binder::world::{Folder, read};
use hipaa_binder::{Options, check};
use serde_json::Value;

mod support;
use support::schema::problems;
use support::sealed::{Said, said};

fn binder(dir: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_binder"));
    command
        .args(arguments)
        .current_dir(dir)
        .env("NO_COLOR", "1")
        .env("TZ", "UTC")
        .env("COLUMNS", "100");
    command.env_remove("GITHUB_WORKSPACE");
    said(command.output().expect("it runs"))
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let help = binder(here(), &["--help"]).out;
    let list = help
        .split("Commands:\n")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next())
        .expect("the commands");
    let names = list
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names
        .filter(|name| !name.is_empty() && *name != "help")
        .map(str::to_string)
        .collect()
}

/// The long options in a text of help.
fn options(help: &str) -> Vec<&str> {
    let list = help
        .split("Options:\n")
        .nth(1)
        .unwrap_or_default()
        .split("\nExamples:")
        .next()
        .unwrap_or_default();
    let lines = list
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'));
    lines
        .filter_map(|line| line.split([' ', ',']).find(|word| word.starts_with("--")))
        .map(|word| word.split(['=', '[']).next().unwrap_or(word))
        .collect()
}

#[test]
fn every_shell_is_told_of_every_command_and_option() {
    let commands = commands();
    assert!(commands.len() >= 13, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = binder(here(), &["completions", shell]);
        assert_eq!(script.code, Some(0), "{shell}: {}", script.err);
        for command in &commands {
            assert!(script.out.contains(command.as_str()), "{command} for {shell}");
            let help = binder(here(), &[command, "--help"]).out;
            for option in options(&help) {
                let fish = format!("-l {}", option.trim_start_matches('-'));
                assert!(
                    script.out.contains(option) || script.out.contains(&fish),
                    "{command} {option} for {shell}"
                );
            }
        }
    }
    let wrong = binder(here(), &["completions", "tcsh"]);
    assert!(
        wrong.code == Some(2) && wrong.err.contains("bash"),
        "{}",
        wrong.err
    );
}

/// What bash offers for a line, by the script in a real bash.
#[cfg(unix)]
fn offered(line: &str) -> Vec<String> {
    let script = binder(here(), &["completions", "bash"]).out;
    let words: Vec<String> = line.split(' ').map(|word| format!("'{word}'")).collect();
    let ask = format!(
        "{script}\nCOMP_WORDS=({})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
         _binder binder \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        words.join(" ")
    );
    let done = said(
        Command::new("bash")
            .args(["--norc", "-c", &ask])
            .current_dir(here())
            .output()
            .expect("bash"),
    );
    assert_eq!(done.code, Some(0), "{}", done.err);
    done.out.lines().map(str::to_string).collect()
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_options_and_their_values() {
    assert_eq!(offered("binder bui"), ["build"]);
    assert_eq!(offered("binder ver"), ["verify", "versions"]);
    assert_eq!(offered("binder build --no"), ["--no-pdf"]);
    assert_eq!(offered("binder check --for"), ["--format"]);
    assert_eq!(
        offered("binder check --format "),
        ["human", "json", "short", "github"]
    );
    assert_eq!(offered("binder build --audience m"), ["management"]);
    assert_eq!(offered("binder completions f"), ["fish"]);
}

#[test]
fn a_manual_page_for_every_command_says_what_its_help_says() {
    let dir = tempfile::tempdir().expect("a folder");
    let wrote = binder(dir.path(), &["man", "--out", "share/man1"]);
    assert_eq!(wrote.code, Some(0), "{}", wrote.err);
    let pages = support::tree(&dir.path().join("share/man1"));
    let commands = commands();
    assert_eq!(pages.len(), commands.len() + 1, "{:?}", pages.keys());
    let page = |name: &str| {
        String::from_utf8_lossy(&pages[name])
            .replace("\\-", "-")
            .replace("\\*(Aq", "'")
    };
    let main = page("binder.1");
    assert_eq!(binder(dir.path(), &["man"]).out.as_bytes(), pages["binder.1"]);
    for command in &commands {
        assert!(main.contains(&format!("binder-{command}(1)")), "{command}");
        let page = page(&format!("binder-{command}.1"));
        let help = binder(here(), &[command, "--help"]).out;
        for option in options(&help) {
            assert!(page.contains(option), "{command} {option}\n{page}");
        }
        let about = help.lines().next().expect("a line").trim_end_matches('.');
        assert!(page.contains(about.trim_end_matches(':')), "{about} in\n{page}");
        assert!(page.contains(".SH \"EXIT STATUS\""), "{page}");
    }
    assert!(
        page("binder-build.1").contains(".SH EXAMPLES\n.nf\n"),
        "examples keep their lines"
    );
    // Read as man and its checker read it, where they are.
    for name in pages.keys() {
        let path = dir.path().join("share/man1").join(name);
        if let Ok(done) = Command::new("mandoc")
            .args(["-Tlint", "-Wwarning"])
            .arg(&path)
            .output()
        {
            let said = String::from_utf8_lossy(&done.stdout).into_owned();
            // A page that says the same in each year has no date; lists are spaced more than they need be.
            let known = ["missing date", "skipping paragraph macro"];
            let is_known = |line: &&str| known.iter().any(|words| line.contains(words));
            let others: Vec<&str> = said.lines().filter(|line| !is_known(line)).collect();
            assert!(others.is_empty(), "{others:#?}");
        }
    }
    if let Ok(done) = Command::new("mandoc")
        .args(["-Tutf8"])
        .arg(dir.path().join("share/man1/binder-build.1"))
        .output()
    {
        // Bold is a letter, a step back, and the letter again.
        let text = String::from_utf8_lossy(&done.stdout);
        let plain = regex::Regex::new(".\u{8}").expect("a pattern");
        let text = plain.replace_all(&text, "");
        assert!(text.contains("EXAMPLES") && text.contains("--no-pdf"), "{text}");
    }
    // Again, over what it wrote itself; never over what others did.
    assert_eq!(binder(dir.path(), &["man", "--out", "share/man1"]).code, Some(0));
    fs::write(dir.path().join("share/man1/binder.1"), ".TH mine 1\n").expect("written");
    fs::remove_file(dir.path().join("share/man1/binder-new.1")).expect("removed");
    let refused = binder(dir.path(), &["man", "--out", "share/man1"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("was not made by this program"),
        "{}",
        refused.err
    );
    assert!(
        !dir.path().join("share/man1/binder-new.1").exists(),
        "nothing was written"
    );
}

#[test]
fn schemas_are_listed_printed_and_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let list = binder(dir.path(), &["schema"]);
    let names: Vec<&str> = list
        .out
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names, ["binder.toml", "answer", "policy", "record", "check"]);
    assert_eq!(binder(dir.path(), &["schema", "--out", "s"]).code, Some(0));
    for name in names {
        let printed = binder(dir.path(), &["schema", name]);
        let file = format!("s/{}.schema.json", name.trim_end_matches(".toml"));
        assert_eq!(
            printed.out,
            fs::read_to_string(dir.path().join(file)).expect("written")
        );
    }
    let wrong = binder(dir.path(), &["schema", "polices"]);
    assert!(
        wrong.code == Some(2) && wrong.err.contains("policy"),
        "{}",
        wrong.err
    );
    fs::write(dir.path().join("s/answer.schema.json"), "{}").expect("written");
    assert_eq!(binder(dir.path(), &["schema", "--out", "s"]).code, Some(1));
}

/// Folders with mistakes: those of the diagnostics cases and of the transcripts.
fn cases() -> Vec<PathBuf> {
    let mut found = vec![];
    for below in ["tests/cases/diagnostics", "tests/cases/cli"] {
        let entries = fs::read_dir(here().join(below)).expect("cases").flatten();
        found.extend(
            entries
                .map(|entry| entry.path().join("in"))
                .filter(|path| path.join("binder.toml").exists()),
        );
    }
    found.sort();
    assert!(found.len() > 60, "{}", found.len());
    found
}

fn options_of_the_day() -> Options {
    support::options(jiff::civil::date(2026, 11, 20))
}

#[test]
fn problems_as_data_are_as_the_schema_says_and_point_at_what_is_wrong() {
    let schema: Value = serde_json::from_str(
        &hipaa_binder::schema::Schema::named("check")
            .expect("there")
            .text(),
    )
    .expect("JSON");
    let mut ranges = 0;
    for dir in cases() {
        let folder = read::read(&dir);
        let built = check(&folder, &options_of_the_day(), &|_| {});
        let report: Value = serde_json::from_str(&built.json(&options_of_the_day(), &folder)).expect("JSON");
        let found = problems(&schema, &report);
        assert!(found.is_empty(), "{}: {found:#?}", dir.display());
        for (problem, told) in built
            .diagnostics
            .iter()
            .zip(report["diagnostics"].as_array().expect("a list"))
        {
            let Some(source) = folder.source(&problem.place.file) else {
                continue;
            };
            if told["range"].is_null() {
                assert_eq!(problem.place.line, 0, "{}: {problem:?}", dir.display());
                continue;
            }
            ranges += 1;
            let at = |end: &str, unit: &str| {
                usize::try_from(told["range"][end][unit].as_u64().expect("a number")).expect("small")
            };
            // Each unit leads to the same place.
            for end in ["start", "end"] {
                let line_start: usize = source
                    .text
                    .split_inclusive('\n')
                    .take(at(end, "line") - 1)
                    .map(str::len)
                    .sum();
                let before = &source.text[line_start..at(end, "byte")];
                assert_eq!(before.chars().count() + 1, at(end, "column"), "{problem:?}");
                assert_eq!(before.encode_utf16().count() + 1, at(end, "utf16"), "{problem:?}");
            }
            if problem.place.column > 0 {
                let marked = &source.text[problem.place.range.as_range()];
                assert_eq!(
                    marked,
                    &source.text[at("start", "byte")..at("end", "byte")],
                    "{}: {problem:?}",
                    dir.display()
                );
            }
        }
    }
    assert!(ranges > 100, "{ranges}");
}

/// The folder with one problem's replacement typed in.
fn mended(folder: &Folder, problem: &Diagnostic) -> Folder {
    let source = folder.source(&problem.place.file).expect("its text");
    let range = data::range(&source, &problem.place).expect("a range");
    let replacement = problem.replacement.as_deref().expect("a replacement");
    let text = format!(
        "{}{replacement}{}",
        &source.text[..range.start.byte],
        &source.text[range.end.byte..]
    );
    let mut files: BTreeMap<&str, Vec<u8>> = folder
        .files
        .iter()
        .map(|(path, file)| {
            (
                &**path,
                file.bytes.as_ref().map_or_else(Vec::new, |bytes| bytes.to_vec()),
            )
        })
        .collect();
    files.insert(&problem.place.file, text.into_bytes());
    support::folder(files.iter().map(|(path, bytes)| (*path, bytes.as_slice())))
}

#[test]
fn what_is_proposed_mends_the_problem_and_makes_no_other() {
    let mut codes = BTreeMap::new();
    for dir in cases() {
        let folder = read::read(&dir);
        let before = check(&folder, &options_of_the_day(), &|_| {}).diagnostics;
        for problem in before.iter().filter(|problem| problem.replacement.is_some()) {
            *codes.entry(problem.code).or_insert(0) += 1;
            let after = check(&mended(&folder, problem), &options_of_the_day(), &|_| {}).diagnostics;
            let same = |other: &&Diagnostic| {
                (other.code, &other.message, other.place.line)
                    == (problem.code, &problem.message, problem.place.line)
            };
            let count = |all: &[Diagnostic]| all.iter().filter(same).count();
            assert!(count(&after) < count(&before), "{}: {problem:#?}", dir.display());
        }
    }
    println!("{codes:?}");
    for code in [
        "unknown-key",
        "unknown-word",
        "unknown-column",
        "bad-date",
        "bad-toml",
        "bad-id",
        "bad-version",
        "retention-too-short",
    ] {
        assert!(
            codes.contains_key(code),
            "no case proposes anything for {code}: {codes:?}"
        );
    }
}

/// A binder in a repository, with file names that mean something to GitHub.
fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("staff, 100%/binder");
    for (path, text) in [
        (
            "binder.toml",
            "[practice]\nname = \"P\"\nkind = \"coverd-entity\"\n",
        ),
        (
            "policies/a,b 50%.md",
            "+++\ntitle = \"A\"\nkind = \"form\"\nversoin = \"1\"\n+++\n\n# A\n\nWords.\n",
        ),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    #[cfg(unix)]
    fs::write(
        root.join("policies/c:d\n::error::gotcha.md"),
        "+++\ntitle = \"B\"\nkind = \"form\"\nownr = \"::error::x\"\n+++\n\n# A\n\nWords.\n",
    )
    .expect("written");
    fs::create_dir(dir.path().join(".git")).expect("made");
    dir
}

/// An annotation, read as GitHub reads it: level, properties, message.
fn annotation(line: &str) -> (String, BTreeMap<String, String>, String) {
    let rest = line
        .strip_prefix("::")
        .unwrap_or_else(|| panic!("no annotation: {line}"));
    let (head, message) = rest.split_once("::").expect("a message");
    let (level, properties) = head.split_once(' ').expect("properties");
    let plain = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let properties = properties.split(',').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or_else(|| panic!("{line}"));
        (name.to_string(), plain(value))
    });
    (level.to_string(), properties.collect(), plain(message))
}

#[test]
fn annotations_name_files_from_the_top_of_the_repository() {
    let dir = repository();
    let clinic = dir.path().join("staff, 100%/binder");
    for (from, arguments) in [
        (
            dir.path(),
            &["check", "staff, 100%/binder", "--format", "github"][..],
        ),
        (&clinic, &["check", "--format", "github"]),
        (
            &clinic.join("policies"),
            &["check", "--format", "github", "--deny", "gaps"],
        ),
    ] {
        let done = binder(from, &[arguments, &["--as-of", "2026-11-20"]].concat());
        assert_eq!(done.code, Some(1), "{}", done.err);
        let lines: Vec<&str> = done.out.lines().collect();
        let (last, annotations) = lines.split_last().expect("a summary");
        assert!(last.ends_with("errors.") && !last.contains("::"), "{last}");
        let mut files = vec![];
        for line in annotations {
            let (level, properties, message) = annotation(line);
            assert!(["error", "warning"].contains(&level.as_str()), "{line}");
            assert!(!message.is_empty() && !properties["title"].is_empty(), "{line}");
            if let Some(file) = properties.get("file") {
                assert!(file.starts_with("staff, 100%/binder/"), "{line}");
                files.push(file.clone());
                if level == "error" && !message.contains("164.") {
                    assert!(dir.path().join(file).is_file(), "{line}");
                    assert_eq!(properties["line"], properties["endLine"], "{line}");
                    let (start, end): (usize, usize) = (
                        properties["col"].parse().expect("n"),
                        properties["endColumn"].parse().expect("n"),
                    );
                    assert!(0 < start && start < end, "{line}");
                }
            }
        }
        assert!(files.iter().any(|file| file.ends_with("a,b 50%.md")), "{files:?}");
        #[cfg(unix)]
        assert!(
            files.iter().any(|file| file.ends_with("c:d\n::error::gotcha.md")),
            "{files:?}"
        );
        let has_gaps = annotations
            .iter()
            .any(|line| line.contains("title=answer-missing") || line.contains("title=policy-missing"));
        assert_eq!(
            has_gaps,
            arguments.contains(&"gaps"),
            "gaps are annotations where they are denied"
        );
    }
    // In a job the workspace is the top, whatever lies in it.
    let mut command = Command::new(env!("CARGO_BIN_EXE_binder"));
    command
        .args(["check", "--format", "github"])
        .current_dir(&clinic)
        .env("GITHUB_WORKSPACE", dir.path().join("staff, 100%"));
    let done = said(command.output().expect("it runs"));
    assert!(
        done.out.contains(
            "file=binder/policies/a%2Cb 50%25.md,line=4,col=1,endLine=4,endColumn=8,title=unknown-key::"
        ),
        "{}",
        done.out
    );
}

#[test]
fn the_problem_matcher_of_the_documentation_reads_every_line() {
    let docs = fs::read_to_string(here().join("docs/tools.md")).expect("the page");
    let pattern = docs
        .lines()
        .find_map(|line| line.trim().strip_prefix("\"regexp\": "))
        .expect("a problem matcher");
    let pattern: String = serde_json::from_str(pattern.trim_end_matches(',')).expect("JSON");
    let pattern = regex::Regex::new(&pattern).expect("a pattern");
    for dir in cases() {
        let done = binder(&dir, &["check", "--format", "short", "--as-of", "2026-11-20"]);
        let folder = read::read(&dir);
        let (mut lines, problems) = (0, check(&folder, &options_of_the_day(), &|_| {}).diagnostics);
        for line in done.out.lines() {
            if let Some(found) = pattern.captures(line) {
                lines += 1;
                assert!(
                    dir.join(&found[1]).exists() || problems.iter().any(|p| *p.place.file == found[1]),
                    "{line}"
                );
                assert!(["error", "warning"].contains(&&found[4]), "{line}");
            }
        }
        assert_eq!(
            lines,
            problems.iter().filter(|p| !p.place.file.is_empty()).count(),
            "{}\n{}",
            dir.display(),
            done.out
        );
    }
}
