//! The clock: which day it is here, which moment it is, how long a stage took.
//!
//! Nothing else in the program asks the time. The core takes the as-of date as an input, so the same files and the
//! same date give the same binder on any day and in any time zone.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Where the system keeps its time zone files.
const ZONES: &str = "/usr/share/zoneinfo";

/// Today on this computer's calendar. Where the time zone can't be told (no `TZ`, no `/etc/localtime`), it is the
/// day in UTC.
pub fn today() -> Date {
    Zoned::new(Timestamp::now(), local_zone()).date()
}

/// The time of day here, as `14:02:11`.
pub fn time_of_day() -> String {
    let now = Zoned::new(Timestamp::now(), local_zone()).time();
    format!("{:02}:{:02}:{:02}", now.hour(), now.minute(), now.second())
}

/// The moment, in UTC and whole seconds, as `2026-11-20T14:05:09Z`.
pub fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// `TZ` where it is set, else the file behind `/etc/localtime`, else UTC. Read here because the program carries no
/// copy of the time zone database.
fn local_zone() -> TimeZone {
    let set = std::env::var("TZ").ok().filter(|text| !text.trim().is_empty());
    match set {
        Some(text) => zone_named(text.trim()).unwrap_or(TimeZone::UTC),
        None => zone_file(Path::new("/etc/localtime")).unwrap_or(TimeZone::UTC),
    }
}

/// A zone as `TZ` spells it: `:America/Denver`, `America/Denver`, a path, or POSIX rules such as `EST5EDT,M3.2.0,M11.1.0`.
fn zone_named(text: &str) -> Option<TimeZone> {
    let name = text.strip_prefix(':').unwrap_or(text);
    let path = if name.starts_with('/') {
        PathBuf::from(name)
    } else {
        Path::new(ZONES).join(name)
    };
    zone_file(&path).or_else(|| TimeZone::posix(name).ok())
}

fn zone_file(path: &Path) -> Option<TimeZone> {
    TimeZone::tzif("local", &std::fs::read(path).ok()?).ok()
}

/// Times the stages of a build: one lap from each mark to the next.
#[derive(Debug)]
pub struct Stopwatch {
    start: Instant,
    marks: Mutex<Vec<(&'static str, Instant)>>,
}

impl Stopwatch {
    /// Starts it.
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            marks: Mutex::default(),
        }
    }

    /// Says that the stage `name` has just ended. Stages that run side by side may end in any order.
    pub fn mark(&self, name: &'static str) {
        self.marks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push((name, Instant::now()));
    }

    /// Each stage with the moment it ended, counted from the start, in the order in which they ended.
    pub fn laps(&self) -> Vec<(&'static str, Duration)> {
        let marks = self
            .marks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        marks
            .iter()
            .map(|(name, at)| (*name, at.duration_since(self.start)))
            .collect()
    }

    /// Time since the start.
    pub fn total(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posix_zone_is_understood_without_a_database() {
        let zone = zone_named("EST5EDT,M3.2.0,M11.1.0").expect("POSIX rules");
        let late = "2026-11-21T03:00:00Z".parse::<Timestamp>().expect("a timestamp");
        assert_eq!(Zoned::new(late, zone).date(), jiff::civil::date(2026, 11, 20));
    }

    #[test]
    fn an_unknown_zone_is_no_zone() {
        assert!(zone_named("Nowhere/At_All").is_none());
    }

    #[test]
    fn a_moment_has_whole_seconds() {
        let now = now();
        assert!(
            now.ends_with('Z') && now.len() == "2026-11-20T14:05:09Z".len(),
            "{now}"
        );
    }
}
