//! Versions that were sealed later than the clock says it is now: then the clock is wrong, or it was.

use jiff::{SignedDuration, Timestamp};

use super::Head;
use crate::diagnostic::{Diagnostic, Place};

/// By how much the clocks of two computers may differ before it is worth a word.
const APART: SignedDuration = SignedDuration::from_mins(10);

/// The warning `clock-behind` where one of these versions was sealed later than `now`, which is written as
/// `2026-11-20T14:05:09Z`. Times that can't be read say nothing.
pub fn clock_behind<'a>(heads: impl IntoIterator<Item = &'a Head>, now: &str) -> Option<Diagnostic> {
    let clock: Timestamp = now.parse().ok()?;
    let sealed = |head: &'a Head| Some((head.sealed_at.parse::<Timestamp>().ok()?, head));
    let (at, head) = heads.into_iter().filter_map(sealed).max_by_key(|(at, _)| *at)?;
    if at.duration_since(clock) <= APART {
        return None;
    }
    let now = now.replace('T', " ");
    let now = now.get(..16).unwrap_or(&now);
    let message = format!(
        "the clock of this computer says {now} UTC, and version {} was sealed later than that, at {}",
        head.label,
        head.sealed_minute()
    );
    Some(
        Diagnostic::warning("clock-behind", Place::default(), message).help(
            "Set the clock right. Until then give the day with --as-of: \"today\" is a day that is over, and what is dated \
             later does not count.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sealed_at: &str) -> Head {
        let text = format!(
            r#"{{"format":1,"label":"2026.1","practice":"P","as_of":"2026-03-01","sealed_at":"{sealed_at}","by":"D","note":"n",
            "edition":"internal","audience":"official","gaps":{{"count":0,"rows":0,"with_gaps":false}},
            "rule":{{"edition":"e","as_of":"2026-01-01"}},"program":"0.1.0","build_id":"sha256:00","git":null,"pages":null,
            "previous":null,"withdrawals":[]}}"#
        );
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_clock_that_went_back_is_named_with_both_times() {
        let heads = [head("2026-03-01T08:00:00Z"), head("2026-03-02T09:30:11Z")];
        let said = clock_behind(&heads, "2026-03-02T09:10:00Z").expect("a warning");
        assert_eq!(
            said.message,
            "the clock of this computer says 2026-03-02 09:10 UTC, and version 2026.1 was sealed later than that, at \
             2026-03-02 09:30 UTC"
        );
    }

    #[test]
    fn two_clocks_may_differ_a_little_and_odd_times_say_nothing() {
        let heads = [head("2026-03-02T09:30:11Z"), head("some day")];
        for now in [
            "2026-03-02T09:25:00Z",
            "2026-03-02T09:40:00Z",
            "2031-01-01T00:00:00Z",
            "noon",
        ] {
            assert_eq!(clock_behind(&heads, now), None, "{now}");
        }
        assert_eq!(clock_behind([], "2026-03-02T09:25:00Z"), None);
    }
}
