//! `imported.csv`: which file of which source became which file of the binder.
//!
//! It lets a second import find what the first one made, also where somebody has rewritten it from top to bottom. It is not
//! read by a build, and may be deleted when nothing is to be imported any more.

use std::collections::BTreeMap;

/// Its name, at the top of the binder's folder.
pub const NAME: &str = "imported.csv";

const COLUMNS: [&str; 4] = ["source", "file", "source_sha256", "file_sha256"];

/// What became of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path of the file in the binder.
    pub file: String,
    /// SHA-256 of the source as it was imported, in hex.
    pub source: String,
    /// SHA-256 of the file as it was written, in hex.
    pub written: String,
}

/// The entries by source, and whether the file may be written anew: not where it is somebody else's.
pub fn read(bytes: Option<&[u8]>) -> (BTreeMap<String, Entry>, bool) {
    let mut entries = BTreeMap::new();
    let Some(bytes) = bytes else {
        return (entries, true);
    };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let ours = reader
        .headers()
        .is_ok_and(|header| header.iter().map(str::trim).eq(COLUMNS));
    if !ours {
        return (entries, bytes.trim_ascii().is_empty());
    }
    for record in reader.records().flatten() {
        let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        let entry = Entry {
            file: cell(1),
            source: cell(2),
            written: cell(3),
        };
        // A path that leads out of the folder was not written here.
        let inside = entry.file.starts_with("policies/") && !entry.file.split('/').any(|part| part == "..");
        if inside && !cell(0).is_empty() {
            entries.insert(cell(0), entry);
        }
    }
    (entries, true)
}

/// The file with these entries.
pub fn write(entries: &BTreeMap<String, Entry>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(vec![]);
    // Writing to memory does not fail.
    let _ = writer.write_record(COLUMNS);
    for (source, entry) in entries {
        let _ = writer.write_record([source, &entry.file, &entry.source, &entry.written]);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let entry = |file: &str| Entry {
            file: file.to_owned(),
            source: "aa".to_owned(),
            written: "bb".to_owned(),
        };
        let entries = BTreeMap::from([
            ("old/a, \"b\".md".to_owned(), entry("policies/a.md")),
            ("old/ü\nx.md".to_owned(), entry("policies/ü x.md")),
        ]);
        assert_eq!(read(Some(&write(&entries))), (entries, true));
        assert_eq!(read(None), (BTreeMap::new(), true));
        assert!(!read(Some(b"name,amount\nx,1\n")).1);
        let out = b"source,file,source_sha256,file_sha256\na,../x,1,2\nb,policies/../../x,1,2\n";
        assert_eq!(read(Some(out)), (BTreeMap::new(), true));
    }
}
