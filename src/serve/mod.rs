//! Watch mode: wait for a change, build, publish to memory, tell the browsers.
//!
//! [`watch`] says when to look, [`follow`] looks and builds, [`snapshot`] holds what is served, [`server`] and
//! [`routes`] answer browsers, [`events`] tells them of changes, [`printing`] makes the PDF behind the pages. One
//! direction again: the files make the snapshot, the snapshot makes the answers, and no answer changes anything.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::binder::Options;
use crate::diagnostic::Diagnostic;
use crate::pipeline::Built;
use crate::world::Folder;

mod body;
mod changed;
mod edit;
mod events;
mod follow;
mod hosts;
mod page;
mod panel;
mod printing;
mod routes;
mod server;
mod snapshot;
mod staff;
mod watch;

pub use watch::POLL;

/// How to serve.
pub struct Settings {
    /// The content folder. It need not be there yet.
    pub dir: PathBuf,
    /// The options of a build today; asked before each.
    pub options: Box<dyn Fn() -> Options + Send + Sync>,
    /// Address or name to be reached at; `None` for this computer alone, at 127.0.0.1.
    pub host: Option<String>,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Whether one of the next ports will do where that one is in use.
    pub or_next: bool,
    /// Whether answers can be changed in the browser.
    pub edit: bool,
    /// Look this often instead of asking the system for events.
    pub poll: Option<Duration>,
}

/// What happens, for the terminal.
#[derive(Debug)]
pub enum Happening<'a> {
    /// The server can be reached.
    Listening {
        /// Where.
        address: SocketAddr,
    },
    /// There is a new site.
    Built {
        /// Its number, from 1.
        number: u64,
        /// Time of day at which its files had been read.
        at: &'a str,
        /// What was built.
        built: &'a Built,
        /// From the first look at the files to the site's being served.
        took: Duration,
    },
    /// There can be none, and the last one stays.
    Refused {
        /// What was built, without output.
        built: &'a Built,
        /// There is no last one.
        first: bool,
        /// The files, to show their lines.
        folder: &'a Folder,
    },
    /// The files are again those of the site that is shown.
    AsBefore,
    /// There is a new PDF.
    Printed {
        /// Time of day of the site it belongs to.
        at: &'a str,
        /// Its pages.
        pages: usize,
    },
    /// There can be none.
    NotPrinted {
        /// Why.
        problems: &'a [Diagnostic],
        /// The files, to show their lines.
        folder: &'a Folder,
    },
    /// The system can't watch; we look again and again.
    Polling {
        /// What the system said.
        why: &'a str,
    },
}

/// Why nothing can be served.
#[derive(Debug)]
pub enum Failed {
    /// The port can't be had.
    Listen(std::io::Error),
    /// Something that this program takes for granted is missing.
    Start(String),
}

/// Serves until Ctrl-C, or until the system asks the program to end.
///
/// # Errors
/// Where it can't begin.
pub fn run(settings: Settings, tell: impl Fn(Happening<'_>) + Send + Sync + 'static) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(|error| Failed::Start(error.to_string()))?;
    runtime.block_on(begin(settings, Arc::new(tell)))
}

async fn begin(settings: Settings, tell: Arc<dyn Fn(Happening<'_>) + Send + Sync>) -> Result<(), Failed> {
    let templates = Arc::new(panel::Templates::new().map_err(Failed::Start)?);
    let host = settings.host.as_deref();
    let (listener, address) = server::listen(host.unwrap_or("127.0.0.1"), settings.port, settings.or_next)
        .await
        .map_err(Failed::Listen)?;
    tell(Happening::Listening { address });

    let board = Arc::new(snapshot::Board::default());
    let desk = Arc::new(printing::Desk::default());
    let token = match settings.edit {
        true => Some(edit::Token::new().map_err(Failed::Start)?),
        false => None,
    };
    let shared = Arc::new(routes::Shared {
        token,
        board: board.clone(),
        hosts: hosts::Hosts::new(host, address.port()),
        templates: templates.clone(),
        dir: settings.dir.clone(),
    });
    {
        let (desk, board, templates, tell) = (desk.clone(), board.clone(), templates.clone(), tell.clone());
        thread("print", move || printing::run(&desk, &board, &templates, &*tell))?;
    }
    let (waker, woken) = std::sync::mpsc::channel();
    let stopper = waker.clone();
    thread("follow", move || {
        let (mut watcher, begun) = watch::Watcher::new(settings.poll, waker, woken);
        if let watch::Synced::GaveUp(why) = begun {
            tell(Happening::Polling { why: &why });
        }
        let follower = follow::Follower {
            board: &board,
            desk: &desk,
            templates: &templates,
            options: &*settings.options,
            cache: crate::pipeline::Cache::default(),
            tell: &*tell,
        };
        follower.run(&settings.dir, &mut watcher);
    })?;
    tokio::select! {
        () = server::serve(listener, shared) => {}
        () = asked_to_end() => {}
    }
    let _ = stopper.send(watch::Wake::Stop);
    Ok(())
}

/// A thread for work that lasts; it ends with the program.
fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failed> {
    let thread = std::thread::Builder::new().name(name.to_string());
    thread
        .spawn(work)
        .map(|_| ())
        .map_err(|error| Failed::Start(error.to_string()))
}

/// Ctrl-C, or the system's request to end.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut end) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = end.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // No way to hear of it: the system's own handling ends the program.
        std::future::pending::<()>().await;
    }
}
