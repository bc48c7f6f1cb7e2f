//! `binder completions` and `binder man`: made of the declaration of the command line that `--help` is made of.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::{Man, roff};
use hipaa_binder::world::{Folder, write};

use super::console::Console;
use super::{Cli, EXITS, Exit, problems};

/// Print what a shell needs to complete commands and options
///
/// The script goes to standard output. Where it belongs depends on the shell; docs/tools.md says how for each.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder completions bash > ~/.local/share/bash-completion/completions/binder
  binder completions zsh > ~/.zfunc/_binder
  binder completions fish > ~/.config/fish/completions/binder.fish
  binder completions powershell >> $PROFILE
  binder completions elvish >> ~/.config/elvish/rc.elv")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Print the manual page, or write those of all commands
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder man | man -l -                         read it
  binder man --out ~/.local/share/man/man1      then: man binder, man binder-build")]
pub(super) struct ManPages {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const NAME: &str = "binder";

pub(super) fn completions(args: &Completions, console: &mut Console) -> Exit {
    let mut script = vec![];
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    console.result(&String::from_utf8_lossy(&script));
    Exit::Done
}

pub(super) fn man(args: &ManPages, base: &Path, console: &mut Console) -> Exit {
    let mut whole = Cli::command();
    whole.build();
    let Some(out) = &args.out else {
        console.result(&page(&whole, NAME));
        return Exit::Done;
    };
    let mut pages = vec![(format!("{NAME}.1"), page(&whole, NAME).into_bytes())];
    for command in whole
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        let name = format!("{NAME}-{}", command.get_name());
        pages.push((format!("{name}.1"), page(command, &name).into_bytes()));
    }
    let dir = base.join(out);
    match write::own_files(&dir, &pages, MARK.as_bytes()) {
        Ok(()) => {
            console.result(&format!(
                "{} manual pages in {}\n",
                pages.len(),
                super::shown(&dir)
            ));
            Exit::Done
        }
        Err(refusal) => {
            console.note(&problems(&[*refusal], &Folder::default(), console.note_color()));
            Exit::Content
        }
    }
}

/// The first line of each page: what starts so may be written over.
const MARK: &str = ".\\\" Made by binder man. Changes are lost.\n";

/// A page in the form that `man` reads.
fn page(command: &Command, name: &str) -> String {
    let mut bytes = MARK.as_bytes().to_vec();
    // Writing to memory does not fail.
    let _ = write_page(command, name, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn write_page(command: &Command, name: &str, to: &mut Vec<u8>) -> io::Result<()> {
    let mut shown = command
        .clone()
        .display_name(name.to_string())
        .bin_name(name.replacen('-', " ", 1));
    let usage = shown.render_usage().to_string();
    let version = env!("CARGO_PKG_VERSION");
    // The same on every day: no date.
    writeln!(
        to,
        ".TH {} 1 \"\" \"hipaa-binder {version}\" hipaa-binder",
        name.to_uppercase()
    )?;
    let man = Man::new(shown).title(name).section("1");
    man.render_name_section(to)?;
    let mut synopsis = roff::Roff::new();
    synopsis.control("SH", ["SYNOPSIS"]);
    synopsis.control("nf", []);
    for line in usage.trim_start_matches("Usage: ").lines() {
        synopsis.text([roff::roman(line.trim())]);
    }
    synopsis.control("fi", []);
    synopsis.to_writer(to)?;
    man.render_description_section(to)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(to)?;
    }
    let commands: Vec<&Command> = command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .collect();
    if !commands.is_empty() {
        let mut list = roff::Roff::new();
        list.control("SH", ["COMMANDS"]);
        for command in commands {
            list.control("TP", []);
            list.text([roff::bold(format!("{NAME}-{}(1)", command.get_name()))]);
            list.text([roff::roman(
                command.get_about().map(ToString::to_string).unwrap_or_default(),
            )]);
        }
        list.to_writer(to)?;
    }
    let after = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut more = roff::Roff::new();
    let mut notes = vec![];
    // Examples stand as they are; what follows them is text.
    for part in after.split("\n\n") {
        match part.strip_prefix("Examples:\n") {
            Some(lines) => {
                more.control("SH", ["EXAMPLES"]);
                more.control("nf", []);
                for line in lines.lines() {
                    more.text([roff::roman(line)]);
                }
                more.control("fi", []);
            }
            // Said below, for every command.
            None if part.starts_with("Exit code") => {}
            None if part.is_empty() => {}
            None => notes.push(part),
        }
    }
    for (n, note) in notes.into_iter().enumerate() {
        match n {
            0 => more.control("SH", ["NOTES"]),
            _ => more.control("PP", []),
        };
        more.text([roff::roman(note)]);
    }
    more.control("SH", ["EXIT STATUS"]);
    let own = after
        .split("\n\n")
        .find_map(|part| part.strip_prefix("Exit code: "));
    match own {
        Some(own) => {
            more.text([roff::roman(own)]);
        }
        None => {
            for (code, meaning) in EXITS {
                more.control("TP", []);
                more.text([roff::bold(code)]);
                more.text([roff::roman(meaning)]);
            }
        }
    }
    more.to_writer(to)
}
