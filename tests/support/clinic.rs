//! A binder's folder on disk.

use std::fs;
use std::path::PathBuf;

/// A binder's folder that goes away with the test.
pub struct Clinic(pub tempfile::TempDir);

impl Clinic {
    /// One with a `binder.toml` and these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let clinic = Self(tempfile::tempdir().expect("a folder for the test"));
        clinic.write("binder.toml", "[practice]\n");
        for (path, text) in files {
            clinic.write(path, text);
        }
        clinic
    }

    /// Where a path below it is.
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("made");
        fs::write(path, text).expect("written");
    }
}
