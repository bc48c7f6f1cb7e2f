//! The site of the example clinic as `binder build` publishes it, sealed versions included.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

/// Builds it once for a test program, without the PDF; the folder stays below `target/tmp` until the next run.
pub fn example() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let out =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("published-{}", env!("CARGO_CRATE_NAME")));
        let made = Command::new(env!("CARGO_BIN_EXE_binder"))
            .args([
                "build",
                "content-example",
                "--as-of",
                "2026-11-20",
                "--no-pdf",
                "--out",
            ])
            .arg(&out)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("the program runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        out
    })
}

/// The same site as made for a server: its binder.toml says where it stands there, at [`super::hosted::BELOW`] or, for
/// the lines of the docs, at `/binder/`.
pub fn hosted_example() -> &'static Path {
    example_at("/binder/")
}

/// The site of the example with this `[hosting] path`; built once for a test program.
pub fn example_at(path: &str) -> &'static Path {
    static SITES: Mutex<BTreeMap<String, &'static Path>> = Mutex::new(BTreeMap::new());
    let mut sites = SITES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(site) = sites.get(path) {
        return site;
    }
    let name = path.replace('/', "-");
    let base =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hosted{name}{}", env!("CARGO_CRATE_NAME")));
    let _ = std::fs::remove_dir_all(&base);
    let (clinic, out) = (base.join("clinic"), base.join("site"));
    for (file, mut bytes) in super::tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content-example")) {
        if file == "binder.toml" {
            bytes.extend(format!("\n[hosting]\npath = \"{path}\"\n").bytes());
        }
        let to = clinic.join(file);
        std::fs::create_dir_all(to.parent().expect("a folder above")).expect("made");
        std::fs::write(to, bytes).expect("written");
    }
    let made = Command::new(env!("CARGO_BIN_EXE_binder"))
        .args(["build", "--as-of", "2026-11-20", "--no-pdf", "--out"])
        .args([&out, &clinic])
        .output()
        .expect("the program runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    sites
        .entry(path.to_string())
        .or_insert(Box::leak(out.into_boxed_path()))
}

/// Folders of the site; what stands below `versions/` is a site of its own.
const FOLDERS: [&str; 9] = [
    "",
    "exhibits/",
    "gaps/",
    "policies/",
    "records/",
    "registers/",
    "standards/",
    "staff/",
    "versions/",
];

/// One page of each kind, as paths that begin with `base`: the pages there, and of each folder its index, its largest
/// page and its smallest.
pub fn kinds(site: &Path, base: &str) -> Vec<String> {
    let mut kinds = Vec::new();
    for folder in FOLDERS {
        let within = format!("{base}{folder}");
        let Ok(entries) = std::fs::read_dir(site.join(&within)) else {
            continue;
        };
        let mut pages: Vec<(u64, String)> = entries
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|e| e == "html"))
            .map(|entry| {
                let size = entry.metadata().map_or(0, |m| m.len());
                (size, format!("{within}{}", entry.file_name().to_string_lossy()))
            })
            .collect();
        pages.sort();
        let (indexes, others): (Vec<_>, Vec<_>) = pages
            .into_iter()
            .map(|(_, page)| page)
            .partition(|page| folder.is_empty() || page.ends_with("/index.html"));
        let ends = others
            .first()
            .into_iter()
            .chain(others.iter().skip(1).next_back());
        kinds.extend(indexes.iter().chain(ends).cloned());
    }
    assert!(kinds.len() > 15, "{kinds:?}");
    kinds
}

/// The address of a page as a double click opens it.
pub fn from_folder(site: &Path, page: &str) -> String {
    format!("file://{}/{page}", site.display())
}
