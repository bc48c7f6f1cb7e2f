//! Freshness and windows: plain arithmetic on days.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::content::registers::NEVER_AGES;

/// Where a date lies, seen from the as-of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Within the interval.
    Fresh,
    /// Before the interval.
    Stale,
    /// After the as-of date: counts as nothing.
    Later,
}

/// The first day of an interval of `months` that ends on `as_of`.
pub(super) fn start(as_of: Date, months: u32) -> Date {
    if months == NEVER_AGES {
        return Date::MIN;
    }
    // Saturating: an interval that reaches before the calendar begins holds every day.
    as_of.checked_sub(i64::from(months).months()).unwrap_or(Date::MIN)
}

/// Where `date` lies in the interval of `months` that ends on `as_of`. Both ends count as inside.
pub(super) fn age(date: Date, as_of: Date, months: u32) -> Age {
    if date > as_of {
        Age::Later
    } else if date < start(as_of, months) {
        Age::Stale
    } else {
        Age::Fresh
    }
}

/// The first day within `from..=to` that no period covers, if the periods leave a hole that `excused` does not
/// explain. Periods may overlap and come in any order. A hole is excused as a whole: an entry within it shows that
/// somebody was keeping the register.
pub(super) fn first_hole(
    from: Date,
    to: Date,
    mut periods: Vec<(Date, Date)>,
    excused: impl Fn(Date, Date) -> bool,
) -> Option<(Date, Date)> {
    periods.sort();
    let mut next = from;
    for (begin, end) in periods {
        if end < next {
            continue;
        }
        if begin > to {
            break;
        }
        if begin > next {
            let last = begin.yesterday().unwrap_or(begin);
            if !excused(next, last) {
                return Some((next, last));
            }
        }
        next = end.tomorrow().unwrap_or(end);
    }
    (next <= to && !excused(next, to)).then_some((next, to))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_interval_counts_calendar_months_back() {
        let as_of = date(2026, 11, 20);
        assert_eq!(start(as_of, 12), date(2025, 11, 20));
        assert_eq!(start(date(2026, 5, 31), 3), date(2026, 2, 28));
        assert_eq!(age(date(2025, 11, 20), as_of, 12), Age::Fresh);
        assert_eq!(age(date(2025, 11, 19), as_of, 12), Age::Stale);
        assert_eq!(age(as_of, as_of, 12), Age::Fresh);
        assert_eq!(age(date(2026, 11, 21), as_of, 12), Age::Later);
        assert_eq!(age(date(1999, 1, 1), as_of, NEVER_AGES), Age::Fresh);
    }

    #[test]
    fn holes_between_periods_are_found_unless_excused() {
        let day = |d| date(2026, 1, d);
        let hole = |periods: &[(i8, i8)], excused: &[i8]| {
            let periods = periods.iter().map(|(a, b)| (day(*a), day(*b))).collect();
            first_hole(day(1), day(20), periods, |a, b| {
                excused.iter().any(|d| (a..=b).contains(&day(*d)))
            })
            .map(|(a, b)| (a.day(), b.day()))
        };
        assert_eq!(hole(&[(1, 20)], &[]), None);
        assert_eq!(hole(&[(1, 10), (11, 20)], &[]), None);
        assert_eq!(hole(&[(11, 20), (1, 12)], &[]), None);
        assert_eq!(hole(&[(1, 10), (12, 20)], &[]), Some((11, 11)));
        assert_eq!(hole(&[(1, 10), (12, 20)], &[11]), None);
        assert_eq!(hole(&[(3, 20)], &[]), Some((1, 2)));
        assert_eq!(hole(&[(1, 18)], &[]), Some((19, 20)));
        assert_eq!(hole(&[], &[]), Some((1, 20)));
    }
}
