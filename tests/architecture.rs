//! The invariants of ARCHITECTURE.md that the sources themselves can show.

use std::path::{Path, PathBuf};

fn sources(below: &str) -> Vec<(PathBuf, String)> {
    let mut found = vec![];
    let mut folders = vec![PathBuf::from(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// Code lines only: comments may name what the code must not use, and tests may use it.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn nobody_in(below: &str, except: &[&str], words: &[&str]) {
    let sources = sources(below);
    assert!(!sources.is_empty(), "{below} has sources");
    for (path, text) in sources {
        if path.file_name().is_some_and(|name| name == "tests.rs")
            || except.iter().any(|allowed| path.starts_with(Path::new(allowed)))
        {
            continue;
        }
        let code = code(&text);
        for word in words {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn only_world_and_the_command_line_touch_disk_and_clock() {
    let disk = [
        "std::fs",
        "fs::read",
        "fs::write",
        "File::open",
        "File::create",
        "std::env::var",
        "current_dir",
    ];
    let clock = [
        "SystemTime",
        "Instant::now",
        "Zoned::now",
        "Timestamp::now",
        "Date::today",
    ];
    let network = ["std::net", "TcpStream", "TcpListener", "UdpSocket"];
    for words in [&disk[..], &clock[..]] {
        nobody_in("src", &["src/world", "src/cli", "src/main.rs"], words);
    }
    // Serving is what the network is for.
    nobody_in("src", &["src/serve", "src/cli"], &network);
}

#[test]
fn the_core_prints_nothing_and_keeps_no_global_state() {
    nobody_in(
        "src",
        &["src/cli", "src/main.rs"],
        &["println!", "eprintln!", "print!(", "static mut", "thread_local!"],
    );
}

#[test]
fn the_renderers_do_not_know_each_other() {
    nobody_in("src/site", &[], &["crate::print", "typst::", "typst_"]);
    nobody_in("src/print", &[], &["crate::site", "tera::"]);
}

#[test]
fn nothing_before_rendering_knows_a_renderer() {
    for stage in [
        "src/content",
        "src/markdown",
        "src/gap",
        "src/rule",
        "src/citation",
        "src/binder",
    ] {
        nobody_in(
            stage,
            &[],
            &[
                "crate::site",
                "crate::print",
                "crate::theme",
                "crate::output",
                "tera::",
                "typst::",
            ],
        );
    }
}

#[test]
fn the_gap_logic_reads_no_files_and_the_parsers_do_not_know_what_counts() {
    nobody_in("src/gap", &[], &["crate::world"]);
    // Plans name the mark they will mend; that name is all that content knows of the gap logic.
    nobody_in(
        "src/content",
        &[],
        &[
            "crate::binder",
            "gap::assess",
            "gap::Gap",
            "gap::Marks",
            "gap::State",
            "gap::proof",
        ],
    );
}
