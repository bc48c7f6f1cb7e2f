//! A small clinic on disk, with versions sealed by the program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hipaa_binder::verify::{Examined, Finding, chain};
use hipaa_binder::world::versions::{self, examine};

use super::whole;

/// A binder's folder that goes away with the test.
pub struct Clinic(tempfile::TempDir);

/// A text that is approved, an answer, a list, a file: something of each.
pub const FILES: [(&str, &str); 4] = [
    (
        "policies/sanctions.md",
        "+++\ntitle = \"Sanction policy\"\nkind = \"policy\"\nversion = \"1.0\"\neffective = 2026-01-01\napproved = 2026-01-01\napproved_by = \"Owner\"\nsatisfies = [\"164.308(a)(1)(ii)(C)\"]\n+++\n\n# Sanctions, 164.308(a)(1)(ii)(C)\n\nWho breaks a rule is spoken to, then warned in writing, then let go.\n",
    ),
    (
        "answers/a.md",
        "+++\ncitation = \"164.308(a)(1)(ii)(C)\"\nowner = \"Office manager\"\nreviewed = 2026-09-01\n+++\n\n## 1.\n\nYes. The manager applies it.\n",
    ),
    (
        "registers/evidence.csv",
        "id,title,file,date,rows,shows,phi\nEX-1,Lock-out setting,evidence/lock.txt,2026-09-01,164.312(a)(2)(iii),setting,none\n",
    ),
    (
        "evidence/lock.txt",
        "The screens lock after ten minutes at the front desk.\n",
    ),
];

/// How a command went.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Clinic {
    /// The base clinic of the gap cases and [`FILES`].
    pub fn new() -> Self {
        let clinic = Self(tempfile::tempdir().expect("a folder for the test"));
        for (path, text) in whole::base() {
            clinic.write(&path, &text);
        }
        for (path, text) in FILES {
            clinic.write(path, text);
        }
        clinic
    }

    /// With three versions, and something written between them.
    pub fn with_versions() -> Self {
        let clinic = Self::new();
        clinic.seal("2026.1", "2026-03-01");
        clinic.write("evidence/second.txt", "A second file.\n");
        clinic.seal("2026.2", "2026-06-01");
        clinic.write(
            "records/check.md",
            "+++\nkind = \"other\"\ntitle = \"A check\"\ndate = 2026-06-15\n+++\n\nAll is there.\n",
        );
        clinic.seal("2026.3", "2026-09-01");
        clinic
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        super::put(&self.path(path), text);
    }

    pub fn archive(&self, label: &str) -> PathBuf {
        self.path(&format!("versions/{label}.zip"))
    }

    /// The program with these arguments, in the clinic's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_binder"));
        command
            .args(arguments)
            .current_dir(self.dir())
            .env("NO_COLOR", "1")
            .env("TZ", "UTC");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().expect("the program runs"))
    }

    /// The arguments that seal a version without its PDF, which takes longest and matters to few tests.
    pub fn sealing<'a>(label: &'a str, as_of: &'a str) -> [&'a str; 10] {
        [
            "seal",
            label,
            "--by",
            "Dana",
            "--note",
            "A test",
            "--as-of",
            as_of,
            "--with-gaps",
            "--no-pdf",
        ]
    }

    pub fn seal(&self, label: &str, as_of: &str) -> Said {
        let said = self.run(&Self::sealing(label, as_of));
        assert_eq!(said.code, Some(0), "{label}: {}", said.err);
        said
    }

    /// Names in `versions/`, sorted; none without the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("versions"))
            .into_iter()
            .flatten()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Every archive, looked at in whole.
    pub fn examine(&self) -> Vec<Examined> {
        let list = versions::list(self.dir()).expect("the list of versions");
        list.iter()
            .map(|(name, at)| examine(&format!("versions/{name}"), at, true))
            .collect()
    }

    /// Everything that is not as it was sealed.
    pub fn findings(&self) -> Vec<Finding> {
        let archives = self.examine();
        let records = versions::withdrawals(self.dir()).expect("the records");
        let mut findings: Vec<Finding> = archives
            .iter()
            .flat_map(|archive| archive.findings.clone())
            .collect();
        findings.extend(chain(&archives, &records));
        findings
    }
}

pub fn said(output: Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// Numbers without order, the same in each run.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % most.max(1)
    }
}
