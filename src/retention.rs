//! How long a document is kept at least: six years, or the practice's own longer term, from the later of the day it was
//! made and the day it was last in effect (45 CFR 164.316(b)(2)(i)).
//!
//! Plain arithmetic on days. What is still in effect has no such day yet, and what is on legal hold is given none. This
//! program never says that anything may be thrown away, and never deletes.

use jiff::ToSpan;
use jiff::civil::{Date, date};

mod items;
mod schedule;

pub use items::{
    keep_exhibit, keep_policy_text, keep_record, later_record, shelved_records, shelved_texts,
    superseded_texts,
};
pub use schedule::{Line, Of, VERSIONS, schedule};

/// What stands beside every date that is printed.
pub const LONGER: &str = "Other law or a legal hold may require longer.";

/// Head of a column of days: what must stand beside each of them.
pub const HEAD: &str = "Keep at least until (other law or a legal hold may require longer)";

/// How long something was in effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Never: it is a record of something that happened on its day, such as a line of a log.
    Never,
    /// It is in effect, or will be.
    Lasting,
    /// It was, up to this day and including it.
    To(Date),
    /// It was, and nothing says when it ended.
    Ended,
}

/// What the term is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Day it was made; `None` where nothing says so.
    pub created: Option<Date>,
    /// How long it was in effect.
    pub effect: Effect,
    /// It is on legal hold.
    pub held: bool,
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It is still in effect: the term has not begun.
    InEffect,
    /// It is on legal hold: no day is given.
    Held,
    /// The day that the term is counted from is not known.
    Undated,
    /// At least until this day.
    Until(Date),
}

impl Keep {
    /// In words, for one item: a day with what must stand beside it, or why there is none. A hold is never explained.
    pub fn words(self) -> String {
        match self {
            Keep::InEffect => "no date yet: still in effect".to_string(),
            Keep::Held => "no date is given".to_string(),
            Keep::Undated => "no date: nothing says when it was made or ended".to_string(),
            Keep::Until(day) => format!("{day} ({})", LONGER.to_lowercase().trim_end_matches('.')),
        }
    }

    /// In words, among the facts of a document; "" while it is in effect or on hold, when nothing is said.
    pub fn fact(self) -> String {
        match self {
            Keep::InEffect | Keep::Held => String::new(),
            keep => keep.words(),
        }
    }

    /// In few words, for a table whose head says what must stand beside a day.
    pub fn brief(self) -> String {
        match self {
            Keep::InEffect => "still in effect".to_string(),
            Keep::Held => "no date".to_string(),
            Keep::Undated => "not known".to_string(),
            Keep::Until(day) => day.to_string(),
        }
    }
}

/// How long this is kept, `years` being the practice's own term, 6 or more.
pub fn keep(span: Span, years: u32) -> Keep {
    if span.held {
        return Keep::Held;
    }
    let from = match span.effect {
        Effect::Lasting => return Keep::InEffect,
        Effect::Ended => return Keep::Undated,
        Effect::Never => span.created,
        Effect::To(last) => Some(span.created.map_or(last, |created| created.max(last))),
    };
    from.map_or(Keep::Undated, |from| Keep::Until(after(from, years)))
}

/// The same day of a later year. February 29 becomes March 1 where the year has none, so that no term is a day short.
fn after(day: Date, years: u32) -> Date {
    let later = day.checked_add(i64::from(years).years()).unwrap_or(Date::MAX);
    match (day.month(), day.day(), later.day()) {
        (2, 29, 28) => date(later.year(), 3, 1),
        _ => later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// made, last in effect ("-": never in effect, "now": still), on hold, years, what comes out.
    const TABLE: &str = "
        2024-03-10  2026-02-14  no    6   2032-02-14
        2024-03-10  2024-01-01  no    6   2030-03-10
        2024-03-10  -           no    6   2030-03-10
        2024-03-10  now         no    6   InEffect
        2024-03-10  ended       no    6   Undated
        -           2026-02-14  no    6   2032-02-14
        -           -           no    6   Undated
        2024-02-29  -           no    6   2030-03-01
        2024-02-29  -           no    8   2032-02-29
        2019-01-01  2024-02-29  no    7   2031-03-01
        2026-02-28  -           no    6   2032-02-28
        2026-12-31  -           no    10  2036-12-31
        2024-03-10  2026-02-14  hold  6   Held
        2024-03-10  now         hold  6   Held
        9998-06-01  -           no    6   9999-12-31
    ";

    #[test]
    fn the_term_runs_from_the_later_of_made_and_last_in_effect() {
        let day = |text: &str| text.parse::<Date>().ok();
        for line in TABLE.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let [created, last, held, years, expected] = line.split_whitespace().collect::<Vec<_>>()[..]
            else {
                panic!("five columns: {line}");
            };
            let span = Span {
                created: day(created),
                effect: match last {
                    "-" => Effect::Never,
                    "now" => Effect::Lasting,
                    "ended" => Effect::Ended,
                    last => Effect::To(day(last).expect("a day")),
                },
                held: held == "hold",
            };
            let kept = keep(span, years.parse().expect("a number"));
            let kept = match kept {
                Keep::Until(day) => day.to_string(),
                other => format!("{other:?}"),
            };
            assert_eq!(kept, expected, "{line}");
        }
    }

    #[test]
    fn a_day_never_stands_alone_and_a_hold_is_not_explained() {
        let until = Keep::Until(date(2032, 2, 14)).words();
        assert_eq!(until, "2032-02-14 (other law or a legal hold may require longer)");
        for other in [Keep::InEffect, Keep::Held, Keep::Undated] {
            assert!(other.words().starts_with("no date"), "{}", other.words());
        }
        assert!(!Keep::Held.words().contains("hold"));
    }
}
