//! The PDF behind the pages: one is made at a time, and of those that wait only the latest is ever begun.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;

use super::Happening;
use super::panel::{Of, Templates};
use super::snapshot::{Board, Pdf};
use crate::pipeline::{self, Built};
use crate::world::Folder;

/// A site whose PDF is wanted.
#[derive(Debug)]
pub struct Job {
    /// Number of the site.
    pub site: u64,
    /// Time of day of its content.
    pub at: String,
    /// What it was made from.
    pub folder: Arc<Folder>,
    /// The site as built.
    pub built: Arc<Built>,
}

/// Where the next job waits. A later one takes its place.
#[derive(Debug, Default)]
pub struct Desk {
    next: Mutex<Option<Job>>,
    put: Condvar,
}

impl Desk {
    /// Puts a job on the desk.
    pub fn put(&self, job: Job) {
        *self.lock() = Some(job);
        self.put.notify_one();
    }

    /// Waits for a job and takes it.
    fn take(&self) -> Job {
        let mut next = self.lock();
        loop {
            if let Some(job) = next.take() {
                return job;
            }
            next = self.put.wait(next).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Job>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Prints for ever. `tell` hears of each PDF.
pub fn run(desk: &Desk, board: &Board, templates: &Templates, tell: &dyn Fn(Happening)) {
    // Threads of its own, that give way: pages that are to be made meanwhile do not stand in line behind the sheets.
    let threads = rayon::ThreadPoolBuilder::new()
        .thread_name(|n| format!("print-{n}"))
        .start_handler(|_| give_way())
        .build();
    loop {
        let job = desk.take();
        let print = || pipeline::print(&job.folder, &job.built);
        let printed = match &threads {
            Ok(threads) => threads.install(print),
            Err(_) => print(),
        };
        match printed {
            Ok(print) => {
                tell(Happening::Printed {
                    at: &job.at,
                    pages: print.pages,
                });
                board.printed(Pdf {
                    site: job.site,
                    at: job.at,
                    bytes: Bytes::from_owner(print.pdf),
                    pages: print.pages,
                    json: Bytes::from_owner(print.json),
                });
            }
            Err(problems) => {
                tell(Happening::NotPrinted {
                    problems: &problems,
                    folder: &job.folder,
                });
                board.print_failed(templates.panel(Of::Print, &problems, &job.folder));
            }
        }
    }
}

/// Lets the other threads of the program go first, where the system knows priorities of threads.
fn give_way() {
    #[cfg(target_os = "linux")]
    {
        // Without leave to do so the PDF takes its share all the same.
        let _ = rustix::process::setpriority_process(None, 10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binder::Options;

    fn job(site: u64) -> Job {
        let folder = Folder::default();
        let options = Options::new(jiff::civil::date(2026, 11, 20));
        let built = pipeline::build_site(&folder, &options, &pipeline::Cache::default(), &|_| {});
        Job {
            site,
            at: String::new(),
            folder: Arc::new(folder),
            built: Arc::new(built),
        }
    }

    #[test]
    fn of_those_that_wait_the_latest_is_taken() {
        let desk = Desk::default();
        for site in 1..=3 {
            desk.put(job(site));
        }
        assert_eq!(desk.take().site, 3);
        assert!(desk.lock().is_none());
    }
}
