//! `binder serve`: show the binder in the browser, and follow every save.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use clap::Args;
use hipaa_binder::Options;
use hipaa_binder::diagnostic::report::{count, summary};
use hipaa_binder::serve::{self, Failed, Happening, POLL, Settings};
use hipaa_binder::world::clock;
use jiff::civil::Date;

use super::build::gaps;
use super::console::{Console, wrap};
use super::{Exit, When, Where, problems, shown};

/// The port that is tried first: the part of the rule, 164, behind an 8.
const PORT: u16 = 8164;

/// Show the binder in your browser while you write it.
///
/// Makes the binder and shows it at an address on this computer. Every file you save shows at once in the open pages.
/// A mistake in a file shows as a message over the last good pages. What still needs writing, and by whom, is on a page
/// of its own. Nothing is written, unless --edit lets answers be changed in the browser. Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  binder serve                      the binder you are in
  binder serve my-clinic --open     the binder in my-clinic, and open the browser
  binder serve --port 9000          at http://127.0.0.1:9000/, and at no other port
  binder serve --edit               change the answers in the browser, too
  binder serve --poll               for a folder on a network drive

Exit code: 0 ended with Ctrl-C, 2 the command itself is wrong or the port is in use.")]
pub(super) struct Serve {
    #[command(flatten)]
    place: Where,
    /// The port to serve at; 0 for any that is free [default: 8164, or one of the next where that is in use]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open the browser
    #[arg(long)]
    open: bool,
    /// Look for changes every so many seconds (1 if left out), for folders on a network drive
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "1",
          value_parser = interval)]
    poll: Option<Duration>,
    /// Be reachable from other computers, at this address or name of this one. Everyone in the network can then read
    /// the binder
    #[arg(long, value_name = "ADDR")]
    host: Option<String>,
    /// Let answers be changed in the browser, on this computer alone. Without it the server can write nothing
    #[arg(long, conflicts_with = "host")]
    edit: bool,
    #[command(flatten)]
    when: When,
}

fn interval(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| (0.05..=3600.0).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "write a number of seconds, like 1 or 0.5".to_string())
}

pub(super) fn run(args: &Serve, base: &Path, console: &mut Console) -> Exit {
    let dir = args.place.find(base);
    // For the warning about a day that lies ahead.
    args.when.options(true, console);
    let here_only = args
        .host
        .as_deref()
        .is_none_or(|host| host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()));
    if !here_only {
        console.note(
            "warning: everyone who can reach this computer over the network can now read the binder. \
             Leave --host out to keep it to yourself.\n",
        );
    }
    let as_of = args.when.as_of;
    let settings = Settings {
        dir: dir.clone(),
        options: Box::new(move || options(as_of)),
        host: args.host.clone(),
        port: args.port.unwrap_or(PORT),
        or_next: args.port.is_none(),
        poll: args.poll,
        edit: args.edit,
    };
    let teller = Teller {
        dir,
        host: args.host.clone(),
        wanted: args.port.unwrap_or(PORT),
        open: args.open,
        console: Mutex::new(Console::new()),
    };
    match serve::run(settings, move |happening| teller.tell(&happening)) {
        Ok(()) => {
            console.note("Stopped.\n");
            Exit::Done
        }
        Err(Failed::Listen(error)) => {
            let at = format!(
                "{}:{}",
                args.host.as_deref().unwrap_or("127.0.0.1"),
                args.port.unwrap_or(PORT)
            );
            let (why, help) = match error.kind() {
                std::io::ErrorKind::AddrInUse => (
                    "another program has it already".to_string(),
                    "Name another port with --port, or leave --port out to get one that is free.",
                ),
                std::io::ErrorKind::PermissionDenied => (
                    "permission denied".to_string(),
                    "Name a port above 1023 with --port.",
                ),
                _ => (error.to_string(), "Check what you gave with --host and --port."),
            };
            console.note(&format!("error: {at} can't be served: {why}\n  = help: {help}\n"));
            Exit::Usage
        }
        Err(Failed::Start(why)) => {
            console.note(&format!("error: the server can't begin: {why}\n"));
            Exit::Content
        }
    }
}

/// The day is today's on each day anew, unless one was given.
fn options(as_of: Option<Date>) -> Options {
    let today = clock::today();
    let as_of = as_of.unwrap_or(today);
    Options {
        reconstruction: as_of < today,
        ..Options::new(as_of)
    }
}

/// Says what happens: to standard output what went well, to standard error what did not.
struct Teller {
    dir: PathBuf,
    host: Option<String>,
    wanted: u16,
    open: bool,
    console: Mutex<Console>,
}

impl Teller {
    fn tell(&self, happening: &Happening<'_>) {
        let mut console = self
            .console
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match happening {
            Happening::Listening { address } => self.listening(*address, &mut console),
            Happening::Built {
                number,
                at,
                built,
                took,
            } => {
                let gaps = built.binder.as_ref().map(gaps).unwrap_or_default();
                let noted = match built.diagnostics.len() {
                    0 => String::new(),
                    _ => format!(", {}", summary(&built.diagnostics)),
                };
                let took = took.as_secs_f64() * 1000.0;
                console.result(&format!("{at}  Build {number} in {took:.0} ms. {gaps}{noted}.\n"));
            }
            Happening::Refused { built, first, folder } => {
                let text = problems(&built.diagnostics, folder, console.note_color());
                console.note(&text);
                console.note(if *first {
                    "The pages show this message. Waiting for the next save.\n"
                } else {
                    "The last good pages stay, with this message over them. Waiting for the next save.\n"
                });
            }
            Happening::AsBefore => {
                console.result(&format!("{}  As before.\n", clock::time_of_day()));
            }
            Happening::Printed { at, pages } => {
                console.result(&format!(
                    "{}  PDF of {at}, {}.\n",
                    clock::time_of_day(),
                    count(*pages, "page")
                ));
            }
            Happening::NotPrinted {
                problems: list,
                folder,
            } => {
                let text = problems(list, folder, console.note_color());
                console.note(&text);
                console.note("The pages are up to date; the PDF is the last one that could be made.\n");
            }
            Happening::Polling { why } => {
                let text = format!(
                    "warning: changes can't be watched for: {why}. Looking every {} s instead; what you save shows a \
                     little later.",
                    POLL.as_secs_f64()
                );
                console.note(&format!("{}\n", wrap(&text, 0)));
            }
        }
    }

    fn listening(&self, address: SocketAddr, console: &mut Console) {
        let port = address.port();
        let name = match &self.host {
            None => "127.0.0.1".to_string(),
            // Any address of this computer: the one that works here.
            Some(_) if address.ip().is_unspecified() => "127.0.0.1".to_string(),
            Some(host) if host.contains(':') => format!("[{host}]"),
            Some(host) => host.clone(),
        };
        let url = format!("http://{name}:{port}/");
        if self.wanted != 0 && port != self.wanted {
            console.note(&format!(
                "Port {} is in use by another program; this is {port}.\n",
                self.wanted
            ));
        }
        console.result(&format!(
            "Serving {} at {url}\nCtrl-C ends it.\n",
            wrap(&shown(&self.dir), 0)
        ));
        if self.open && !open(&url) {
            console.note("The browser could not be opened. Open the address yourself.\n");
        }
    }
}

/// Opens the browser the way the system does it.
fn open(url: &str) -> bool {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    let begun = command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match begun {
        Ok(mut child) => {
            // Waited for, so that it does not stay behind as a dead process.
            std::thread::spawn(move || child.wait());
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_a_number_of_seconds() {
        assert_eq!(interval("1"), Ok(Duration::from_secs(1)));
        assert_eq!(interval("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "NaN", "inf", "1e9", "2s", ""] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
