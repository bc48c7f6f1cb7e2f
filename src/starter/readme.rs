//! The note for staff, and the files for a double click.

use std::fmt::Write as _;

use super::{NewFile, first_ten};

/// For the Mac, and for any system with a shell.
const COMMAND: &str = r#"#!/bin/sh
# Double-click to open the binder. Closing this window stops it.
cd "$(dirname "$0")" || exit 1
PATH="$PATH:$HOME/.cargo/bin:/usr/local/bin:/opt/homebrew/bin"
if command -v binder >/dev/null 2>&1; then
  binder serve --open
else
  echo "The program \"binder\" is not installed on this computer, or can't be found."
  echo "Ask the person who looks after your computers."
fi
printf 'Press Return to close this window. '
read -r _
"#;

/// For Windows.
const BAT: &str = r#"@echo off
rem Double-click to open the binder. Closing this window stops it.
cd /d "%~dp0"
where binder >nul 2>nul
if errorlevel 1 (
  echo The program "binder" is not installed on this computer, or can't be found.
  echo Ask the person who looks after your computers.
) else (
  binder serve --open
)
pause
"#;

/// For Linux desktops. `%k` is the place of this file, so the folder may be moved.
const DESKTOP: &str = r#"[Desktop Entry]
Type=Application
Version=1.0
Name=Open the binder
Comment=Shows the binder of this folder in the browser
Exec=sh -c "exec sh \\"\\$(dirname \\"\\$1\\")/start.command\\"" start %k
Terminal=true
Categories=Office;
"#;

pub(super) fn files() -> [NewFile; 4] {
    let run = |path: &str, text: String| NewFile {
        executable: true,
        ..NewFile::text(path, text)
    };
    [
        NewFile::text("README.md", readme()),
        run("start.command", COMMAND.to_owned()),
        NewFile::text("start.bat", BAT.replace('\n', "\r\n")),
        run("start.desktop", DESKTOP.to_owned()),
    ]
}

fn readme() -> String {
    let mut text = String::from(OPENING);
    for (number, step) in first_ten().iter().enumerate() {
        let _ = writeln!(text, "{}. **{}.** {}", number + 1, step.title, step.todo);
        for file in step.files() {
            let _ = writeln!(text, "    - [{file}]({file})");
        }
        text.push('\n');
    }
    text.push_str(CLOSING);
    text
}

const OPENING: &str = "# How to work in this folder

This folder is your HIPAA Security Rule binder: plain files that any editor opens, and lists that open in Excel. The
program `binder` makes a website and a printable PDF of them, with every standard and implementation specification of the
rule, and a page for each gap. Nothing is sent anywhere.

**To see the binder**, double-click `start.command` (Mac), `start.bat` (Windows) or `start.desktop` (Linux). The pages open in
your browser and follow each save. Or type in this folder: `binder serve --open`

Everything starts as *not documented*. That is how it should be: nothing has been written yet. Don't try to answer all of
it at once.

## The first ten

";

const CLOSING: &str = "## What is where

| folder | what belongs there |
|---|---|
| `answers/` | one file for each row of the rule, with its questions. Write under the headings |
| `policies/` | starter policies: drafts with blanks like `[NAME OR ROLE]`. Fill them in, change what you do differently |
| `registers/` | lists and logs for Excel. The first line names the columns; leave it there |
| `evidence/` | scans, pictures of settings, exports. Each gets a line in `registers/evidence.csv`, or it proves nothing |
| `records/` | dated, signed documents, such as the risk analysis and the evaluation |
| `binder.toml` | the practice, its offices, and the facts that decide which rows apply |

## From a starter policy to a policy in effect

1. Open it in any text editor. Fill in every blank, and change what is done differently here.
2. Have the person in charge read it.
3. Type `binder approve sanction-policy --by \"Medical director\"`, with the name of the file and the person who approved it.

Starter text left as it came documents nothing, even when it is approved. A section counts when its blanks are filled in
with your own words.

## The risk analysis, and other signed documents

They are files of their own in `records/`. A risk analysis begins like this, and has a heading for each of its nine parts:

```
+++
kind = \"risk-analysis\"
title = \"Risk analysis\"
date = 2026-09-14
by = \"NAME OR ROLE\"
signed_by = \"NAME\"
rows = [\"164.308(a)(1)(ii)(A)\"]
audience = \"management\"
systems = [\"ehr\", \"billing\"]   # ids from registers/systems.csv
sites = [\"main\"]               # ids from binder.toml
no_previous = \"This is our first one.\"
+++

## Scope
## Data collection
## Threats and vulnerabilities
## Current measures
## Likelihood
## Impact
## Risk level
## Documentation
## Review and update
```

## Good habits

- Write what you do, not what would be nice. A bare yes or no is no answer.
- A date is written 2026-09-14. When you have read an answer through, put the day after `reviewed =`.
- Where nothing happened in a log, a line that begins with `none` says so, with `from`, `to`, `by` and `recorded`.
- Never put patient names or passwords into these files. Black them out in pictures.
- `binder check` lists every mistake and every gap. `binder rule \"164.308(a)(2)\"` shows one row of the rule.
- `binder new --row CITATION` and `binder new --policy TITLE` bring back a file that was deleted, or make another.
- Keep this folder backed up. Old policies and records stay for at least six years.

The program shows what is written down and what is not. It gives no legal advice.
";
