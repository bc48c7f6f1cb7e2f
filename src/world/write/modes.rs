//! New files and folders, with the same permissions on every machine, whatever its habits.

use std::fs;
use std::io;
use std::path::Path;

const FOLDER: u32 = 0o755;
const FILE: u32 = 0o644;

/// How new files and folders get their permissions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modes {
    /// The system takes nothing away from what is asked for.
    as_asked: bool,
}

impl Modes {
    /// Makes the folder that all others are made in, and sees by it what the system makes of the permissions asked for:
    /// files ask for nothing that a folder does not.
    pub fn first(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let as_asked = has(&fs::symlink_metadata(folder)?, FOLDER);
        let modes = Self { as_asked };
        if !as_asked {
            set_mode(folder, FOLDER)?;
        }
        Ok(modes)
    }

    pub fn folder(self, path: &Path) -> io::Result<()> {
        make_folder(path)?;
        match self.as_asked {
            true => Ok(()),
            false => set_mode(path, FOLDER),
        }
    }

    /// A file that was not there before, open for writing. What is there is never written over.
    pub fn file(self, path: &Path) -> io::Result<fs::File> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(FILE);
        }
        let file = options.open(path)?;
        if !self.as_asked {
            set_mode(path, FILE)?;
        }
        Ok(file)
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(FOLDER);
    }
    builder.create(path)
}

/// True where the permissions are `mode` and nothing else. Where there are none, there is nothing to set.
fn has(meta: &fs::Metadata, mode: u32) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        meta.permissions().mode() & 0o7777 == mode
    }
    #[cfg(not(unix))]
    {
        let _ = (meta, mode);
        true
    }
}

/// True for a real folder with the permissions that ours have.
pub(super) fn is_folder_of_ours(meta: &fs::Metadata) -> bool {
    meta.is_dir() && has(meta, FOLDER)
}

/// Sets the permissions of a file or folder, where the system has them.
pub(in crate::world) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (path, mode);
        Ok(())
    }
}
