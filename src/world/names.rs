//! Which names in a content folder are content, and which are left behind by editors and sync programs.

/// Where a name stands, as far as it matters for judging it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Files that somebody types.
    Text,
    /// Scans and exports: scanners number files `Scan (1).pdf`, and the evidence register names each one anyway.
    Files,
}

impl Place {
    pub(super) fn of(folder: &str) -> Self {
        match folder.split('/').next() {
            Some("evidence" | "theme") => Place::Files,
            _ => Place::Text,
        }
    }
}

/// What a name is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sort {
    /// Read it.
    Content,
    /// Left behind by a program; nobody needs to hear of it.
    Dropping,
    /// A second copy that a sync program made; somebody must compare the two.
    Conflict {
        /// Name of the file it is a copy of.
        of: String,
    },
}

/// Judges `name`, which stands in a folder with the names `here`.
pub(super) fn sort(name: &str, here: &[String], place: Place) -> Sort {
    if is_dropping(name) {
        return Sort::Dropping;
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    // Windows and macOS take `X.MD` and `x.md` for one name, and so do the programs that make the copies.
    let original = |of: &str| {
        let lower = of.to_lowercase();
        let same = |name: &&String| **name == of || name.to_lowercase() == lower;
        here.iter().find(same).cloned()
    };
    if let Some(of) = sure_copy_of(stem) {
        let of = of + &extension;
        return Sort::Conflict {
            of: original(&of).unwrap_or(of),
        };
    }
    // These may be a name somebody chose: only beside the original are they a copy.
    if let Some(of) = likely_copy_of(stem, place).and_then(|of| original(&format!("{of}{extension}"))) {
        return Sort::Conflict { of };
    }
    Sort::Content
}

/// Backups, locks and temporary files of editors, office programs, file managers and sync programs.
fn is_dropping(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.')
        || name.starts_with("~$")
        || name.ends_with('~')
        || (name.len() > 1 && name.starts_with('#') && name.ends_with('#'))
        || [".swp", ".swo", ".tmp", ".part", ".crdownload"]
            .iter()
            .any(|end| lower.ends_with(end))
        || [
            "thumbs.db",
            "ehthumbs.db",
            "desktop.ini",
            "icon\r",
            "__macosx",
            "@eadir",
        ]
        .contains(&lower.as_str())
}

/// Names that no person types.
fn sure_copy_of(stem: &str) -> Option<String> {
    if let Some((of, _)) = stem.split_once(".sync-conflict-") {
        return Some(of.to_string());
    }
    let open = stem.rfind('(')?;
    let inner = stem[open + 1..].strip_suffix(')')?;
    let of = stem[..open].trim_end();
    (inner.to_lowercase().contains("conflicted copy") && !of.is_empty()).then(|| of.to_string())
}

fn likely_copy_of(stem: &str, place: Place) -> Option<&str> {
    let upper = stem.to_ascii_uppercase();
    let computer = ["-DESKTOP-", "-LAPTOP-"].iter().find_map(|mark| upper.find(mark));
    if let Some(at) = computer.filter(|at| *at > 0) {
        return Some(&stem[..at]);
    }
    if place == Place::Files {
        return None;
    }
    let (of, rest) = stem.rsplit_once(" (")?;
    let number = rest.strip_suffix(')')?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(name: &str) -> Sort {
        sort(name, &["x.md".to_string(), name.to_string()], Place::Text)
    }

    #[test]
    fn droppings_are_passed_over() {
        let names = [
            "~$x.docx",
            ".x.md.swp",
            "x.swp",
            "x.tmp",
            "x.md~",
            ".#x.md",
            "#x.md#",
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
            ".goutputstream-AB12",
            ".~lock.x.csv#",
            ".git",
        ];
        for name in names {
            assert_eq!(judge(name), Sort::Dropping, "{name}");
        }
    }

    #[test]
    fn conflict_copies_name_their_original() {
        let names = [
            "x (conflicted copy).md",
            "x (Renata's conflicted copy 2026-01-01).md",
            "x.sync-conflict-20260101-101010-ABCDEFG.md",
            "x (1).md",
            "x-DESKTOP-7Q1.md",
            "x-laptop-front.md",
        ];
        for name in names {
            assert_eq!(
                judge(name),
                Sort::Conflict {
                    of: "x.md".to_string()
                },
                "{name}"
            );
        }
    }

    #[test]
    fn capital_letters_do_not_part_a_copy_from_its_original() {
        for copy in ["Log (conflicted copy).csv", "Log (1).csv", "log-DESKTOP-1.csv"] {
            let here = ["LOG.CSV".to_string(), copy.to_string()];
            let of = "LOG.CSV".to_string();
            assert_eq!(sort(copy, &here, Place::Text), Sort::Conflict { of }, "{copy}");
        }
    }

    #[test]
    fn a_chosen_name_is_content() {
        let alone = |name: &str, place| sort(name, &[name.to_string()], place);
        for name in [
            "x.md",
            "visit (1).md",
            "moving-DESKTOP-pcs.md",
            "c#.md",
            "a (draft).md",
            "x",
        ] {
            assert_eq!(alone(name, Place::Text), Sort::Content, "{name}");
        }
        let here = ["Scan.pdf".to_string(), "Scan (1).pdf".to_string()];
        assert_eq!(sort("Scan (1).pdf", &here, Place::Files), Sort::Content);
    }
}
