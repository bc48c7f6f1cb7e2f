//! Files that say what must come out. `UPDATE_EXPECT=1` writes them anew; read the difference.

use std::fs;
use std::path::Path;

/// Holds what came out against the file at `path`.
pub fn same(path: &Path, came_out: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(path, came_out).expect("the expected file is written");
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(came_out, expected, "{}", path.display());
}
